//! The search, as far as a bot asks it: the issues and pull requests that meet a few terms, in the order asked for.

use super::super::shape;
use super::execute::Execution;
use super::value::Node;
use crate::sandbox::model::{Project, Thread};

/// The issues and pull requests that a search finds: `repo: is: author: state: label: created: merged: sort:`.
pub(super) fn find(execution: &Execution<'_>, query: &str) -> Vec<Node> {
    let mut projects: Vec<&Project> = Vec::new();
    let mut terms: Vec<(&str, &str)> = Vec::new();
    let mut oldest_first = false;
    for word in query.split_whitespace() {
        match word.split_once(':') {
            Some(("repo", path)) => projects.extend(execution.find(path)),
            Some(("sort", order)) => oldest_first = order == "created-asc",
            Some((key, value)) => terms.push((key, value.trim_matches('"'))),
            None => {}
        }
    }
    let fits = |thread: &&Thread| terms.iter().all(|term| is_met(execution, thread, *term));
    let found = projects.into_iter().flat_map(|project| {
        project.threads.values().filter(fits).map(|thread| {
            let (project, number) = (project.id, thread.number);
            if thread.pull.is_some() {
                Node::Pull { project, number }
            } else {
                Node::Issue { project, number }
            }
        })
    });
    let mut found: Vec<Node> = found.collect();
    // Numbers are given in the order of creation.
    if !oldest_first {
        found.reverse();
    }
    found
}

fn is_met(execution: &Execution<'_>, thread: &Thread, term: (&str, &str)) -> bool {
    match term {
        ("is" | "type", "pr") => thread.pull.is_some(),
        ("is" | "type", "issue") => thread.pull.is_none(),
        ("is", "merged") => thread.merged().is_some(),
        ("is" | "state", "open") => thread.is_open,
        ("is" | "state", "closed") => !thread.is_open,
        ("author", login) => {
            let wanted = login.strip_prefix("app/").map_or(login.to_owned(), |slug| format!("{slug}[bot]"));
            execution.model.login(thread.author).eq_ignore_ascii_case(&wanted)
        }
        ("label", name) => thread.labels.contains(name),
        ("created", range) => in_range(&shape::time(thread.created_at), range),
        ("merged", range) => thread.merged().is_some_and(|merged| in_range(&shape::time(merged.at), range)),
        // What the stand-in cannot judge finds nothing, so that a test notices.
        _ => false,
    }
}

/// `<X`, `<=X`, `>X`, `>=X`, `A..B` (either may be `*`), or a day. Times of one form compare as text; of a day only its part.
fn in_range(time: &str, range: &str) -> bool {
    let order = |bound: &str| {
        let bound = bound.trim_end_matches("+00:00");
        let width = bound.trim_end_matches('Z').len().min(time.len());
        time[..width].cmp(bound.trim_end_matches('Z'))
    };
    if let Some((from, to)) = range.split_once("..") {
        return (from == "*" || order(from).is_ge()) && (to == "*" || order(to).is_le());
    }
    if let Some(bound) = range.strip_prefix("<=") {
        order(bound).is_le()
    } else if let Some(bound) = range.strip_prefix(">=") {
        order(bound).is_ge()
    } else if let Some(bound) = range.strip_prefix('<') {
        order(bound).is_lt()
    } else if let Some(bound) = range.strip_prefix('>') {
        order(bound).is_gt()
    } else {
        order(range).is_eq()
    }
}
