//! What is said of a promotion: its panel, the comments when something begins, ends or fails, the request for approval.

use super::{Span, Text};
use crate::domain::promotion::model::{Attempt, Ended};
use crate::domain::promotion::step::ApprovalEnd;
use crate::domain::promotion::view::View;

fn first(view: &View, words: &str) -> Text {
    Text::line([Span::words(format!(
        "v{} → {}: {words} ({})",
        view.promotion.asked.version,
        view.promotion.asked.environment,
        view.promotion.name()
    ))])
}

/// The panel while it is open, edited in place.
pub fn panel(view: &View) -> Text {
    first(view, "open")
}

/// The panel once it is over.
pub fn closed_panel(view: &View, how: Ended) -> Text {
    first(view, &format!("{how:?}"))
}

/// It waited, and begins now: a comment of its own.
pub fn begun(view: &View) -> Text {
    first(view, "begins")
}

/// It is over, one way or another: a comment of its own.
pub fn ended(view: &View, how: Ended) -> Text {
    first(view, &format!("{how:?}"))
}

/// A target failed: a comment of its own, with what can be done.
pub fn failed(view: &View) -> Text {
    first(view, "failed")
}

/// Nobody picked an attempt up within three minutes: a comment of its own, with the lines to add.
pub fn unclaimed(view: &View, attempt: &Attempt) -> Text {
    first(view, &format!("nobody picked up {}", attempt.number))
}

/// What an approval covers changed, and those given are void: a comment of its own.
pub fn voided(view: &View, fields: &[String], givers: &[String]) -> Text {
    first(view, &format!("changed: {fields:?}, void: {givers:?}"))
}

/// Approvals ended for another cause than a change: a comment of its own.
pub fn approval_ended(view: &View, login: &str, because: ApprovalEnd) -> Text {
    first(view, &format!("{login}: {because:?}"))
}

/// Asks people to approve, by name: the one place that calls them.
pub fn prompt(view: &View, people: &[String], again: Again) -> Text {
    let calls = people.iter().map(|login| Span::Ask(login.clone()));
    let mut text = first(view, if again == Again::Reminder { "still" } else { "needs you" });
    if let Some(super::Block::Line(spans)) = text.0.first_mut() {
        spans.splice(0..0, calls);
    }
    text
}

/// Whether people are asked for the first time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Again {
    /// They are.
    First,
    /// They were asked a day ago.
    Reminder,
}
