//! What is said of a promotion: its panel, the comments when something begins, ends or fails, the request for approval. Refusals are said elsewhere.

mod approval;
mod attempt;
mod covers;
mod ending;
pub(super) mod gate;
pub(super) mod ignored;
mod panel;
mod progress;
#[cfg(test)]
mod tests;
mod way;

pub use approval::{Again, approval_ended, prompt, voided};
pub use ending::{closed_panel, ended};
pub use panel::panel;
pub use progress::{begun, failed, unclaimed};

pub(super) use approval::{count_now, counts, still_missing};
pub(super) use covers::whom;
pub(super) use ending::left_by_rollback;
pub(super) use panel::{headline, progress_entries, why_body};

use super::first_line::{self, LIMIT};
use super::{Block, Revision, Span, counted, environment, joined, release, released, somebody};
use crate::domain::command::about;
use crate::domain::promotion::model::{Asked, Promotion};
use crate::domain::promotion::view::View;
use crate::domain::version::Version;

/// What it carries where: `v1.5.0 → production`; of a rollback `production back to v1.4.2`.
pub(super) fn subject(view: &View) -> Vec<Span> {
    carries(&view.promotion)
}

/// What a promotion carries where.
pub(super) fn carries(promotion: &Promotion) -> Vec<Span> {
    let asked = &promotion.asked;
    if promotion.is_rollback() {
        vec![environment(&asked.environment), " back to ".into(), released(asked)]
    } else {
        vec![released(asked), " → ".into(), environment(&asked.environment)]
    }
}

/// A strong first line: a sign, the promotion, and what is the matter with it.
fn first(sign: &str, view: &View, rest: impl IntoIterator<Item = Span>) -> Vec<Span> {
    let mut line = vec![Span::words(format!("{sign} "))];
    line.extend(subject(view));
    line.extend(rest);
    vec![Span::Strong(line)]
}

/// The sign of a promotion on its way.
fn on_its_way(view: &View) -> &'static str {
    if view.promotion.is_rollback() { "↩️" } else { "🚢" }
}

/// The panel, linked where the forge has told its page; it stands in the same conversation.
pub(super) fn panel_link(view: &View) -> Span {
    match &view.promotion.panel.page {
        Some(page) => Span::Link { words: "panel".to_owned(), to: page.clone() },
        None => "panel".into(),
    }
}

/// "Look at the panel, then:".
pub(super) fn look_first(view: &View) -> Block {
    Block::Line(vec!["Look at the ".into(), panel_link(view), ", then:".into()])
}

/// Whether a line shows whole as the first one.
fn fits(line: &[Span]) -> bool {
    first_line::shown(line).chars().count() <= LIMIT
}

/// A command about the environment of a promotion; in a project of several components, about the promotion by its number.
pub(super) fn command(view: &View, verb: &str) -> String {
    let Asked { environment, component, .. } = &view.promotion.asked;
    match component.is_default() || verb == "unlock" {
        true => format!("/release {verb} {environment}"),
        false => format!("/release {verb} {}", view.promotion.id()),
    }
}

/// The command that goes back to a release. It names it: whoever reads this later means what they read.
fn back_to(view: &View, version: &Version) -> String {
    let asked = &view.promotion.asked;
    about(&format!("/release rollback {} to v{version}", asked.environment), &asked.component)
}

/// The command that asks for the same promotion.
fn ask_again(view: &View) -> String {
    let asked = &view.promotion.asked;
    if view.promotion.is_rollback() {
        back_to(view, &asked.version)
    } else {
        about(&format!("/release promote {} v{}", asked.environment, asked.version), &asked.component)
    }
}

/// Who asked for it.
fn asker(view: &View) -> Span {
    match view.promotion.asked.by {
        Some(_) => somebody(&view.said(view.promotion.since)),
        None => "the policy".into(),
    }
}

/// Whether the release was there before, and is deployed once more.
fn is_repeated(view: &View) -> bool {
    let asked = &view.promotion.asked;
    !view.promotion.is_rollback() && asked.replaces.as_ref() == Some(&asked.version)
}

/// "7 changes", linked to the comparison where both ends have names.
fn changes(view: &View) -> Option<Span> {
    let asked = &view.promotion.asked;
    if is_repeated(view) {
        return None;
    }
    let words = view.changes.map(|count| counted(count, "change", "changes"));
    match &view.replaced {
        Some(replaced) if !view.promotion.is_rollback() => Some(Span::Compare {
            words: Some(words.unwrap_or_else(|| "what changes".to_owned())),
            from: Revision::Tag(replaced.clone()),
            to: Revision::Tag(asked.tag.clone()),
        }),
        Some(_) | None => words.filter(|_| !view.promotion.is_rollback()).map(Span::Words),
    }
}

/// "7 changes since v1.4.2"; nothing where neither is known.
fn since(view: &View) -> Vec<Span> {
    if is_repeated(view) {
        return vec!["the same release once more".into()];
    }
    let from = view.promotion.asked.replaces.as_ref().filter(|_| !view.promotion.is_rollback());
    match (changes(view), from) {
        (Some(changes), Some(from)) => vec![changes, " since ".into(), release(from)],
        (Some(changes), None) => vec![changes],
        (None, Some(from)) => vec!["replaces ".into(), release(from)],
        (None, None) => vec![],
    }
}

/// Who said yes.
fn approved_by(view: &View) -> Option<Vec<Span>> {
    let approvals = &view.promotion.approvals;
    let people = approvals.iter().map(|approval| vec![somebody(&view.said(approval.given))]);
    let mut line = vec!["approved by ".into()];
    line.extend(joined(people, "and"));
    (!approvals.is_empty()).then_some(line)
}

/// The small print of a panel.
fn small_print(view: &View, updated: Option<Span>) -> Block {
    let promotion = &view.promotion;
    let mut parts = vec![vec![
        Span::words(format!("{} · asked by ", promotion.id())),
        asker(view),
        ", ".into(),
        Span::time(promotion.since.at),
    ]];
    parts.extend(changes(view).map(|changes| vec![changes]));
    let replaces = promotion.asked.replaces.as_ref();
    parts.extend(match replaces {
        Some(_) if is_repeated(view) => Some(vec!["the same release once more".into()]),
        Some(replaced) if *replaced != promotion.asked.version => {
            Some(vec!["replaces ".into(), release(replaced)])
        }
        Some(_) | None => None,
    });
    parts.extend(updated.map(|at| vec!["updated ".into(), at]));
    Block::Small(apart(parts))
}

/// Parts of a line, with ` · ` between them.
fn apart(parts: impl IntoIterator<Item = Vec<Span>>) -> Vec<Span> {
    between(parts, " · ")
}

/// Parts of a line, with these words between them.
fn between(parts: impl IntoIterator<Item = Vec<Span>>, words: &'static str) -> Vec<Span> {
    let mut line: Vec<Span> = Vec::new();
    for part in parts {
        if !line.is_empty() {
            line.push(words.into());
        }
        line.extend(part);
    }
    line
}
