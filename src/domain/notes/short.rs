//! The notes in a few plain lines, for a store or a feed that takes no markup. Where they are put is the asker's business.

use super::wording;
use crate::domain::change::conventional::Title;
use crate::domain::plan::{Author, Entry, Plan};
use crate::domain::say::escape::tidy;

/// So many characters at most: what the strictest of the large stores takes.
pub const LIMIT: usize = 500;

/// What nobody who uses the product would notice.
const INNER: [&str; 7] = ["build", "chore", "ci", "docs", "refactor", "style", "test"];

/// The entries that matter to users, a line each, as many as fit. None is cut inside, and how many are missing is said.
pub fn short(plan: &Plan) -> String {
    let lines: Vec<String> = plan
        .shown()
        .filter(|entry| matters(entry))
        .map(|entry| format!("• {}", tidy(wording(entry).1)))
        .collect();
    if lines.is_empty() {
        return "Small improvements.".to_owned();
    }
    let all = lines.len();
    (0..=all)
        .rev()
        .map(|kept| beginning(&lines, kept))
        .find(|text| text.chars().count() <= LIMIT)
        .unwrap_or_default()
}

fn beginning(lines: &[String], kept: usize) -> String {
    let mut text = lines[..kept].join("\n");
    match (kept, lines.len() - kept) {
        (_, 0) => {}
        (0, more) => text = format!("{more} improvements."),
        (_, more) => text.push_str(&format!("\n… and {more} more")),
    }
    text
}

fn matters(entry: &Entry) -> bool {
    let is_inner = Title::parse(entry.text()).is_some_and(|title| INNER.iter().any(|kind| title.is_of(kind)));
    let is_bot = entry.author.as_ref().is_some_and(Author::is_bot);
    entry.is_breaking || !(is_inner || is_bot)
}
