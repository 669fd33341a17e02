//! The answers to `approve`, `reject` and `revoke`: what counts now, and why something did not.

use super::{Span, Text, code};
use crate::domain::promotion::model::RevisionName;
use crate::domain::promotion::view::View;

/// It counts.
pub fn approved(view: &View) -> Text {
    Text::line([Span::words(format!("counted for {}", view.promotion.name()))])
}

/// It is taken back.
pub fn taken_back(view: &View) -> Text {
    Text::line([Span::words(format!("taken back from {}", view.promotion.name()))])
}

/// Who asked cannot approve.
pub fn self_approval(view: &View) -> Text {
    Text::line([Span::words(format!("you asked for {}", view.promotion.name()))])
        .with(code("E_SELF_APPROVAL"))
}

/// Authors do not count here.
pub fn author(view: &View) -> Text {
    Text::line([Span::words(format!("you wrote part of {}", view.promotion.name()))]).with(code("E_AUTHOR"))
}

/// They are none of those whose approval is asked for.
pub fn not_an_approver(view: &View) -> Text {
    Text::line([Span::words(format!("{} asks others", view.promotion.name()))]).with(code("E_NOT_APPROVER"))
}

/// They approved this revision before.
pub fn twice(view: &View) -> Text {
    Text::line([Span::words(format!("you approved {} before", view.promotion.name()))])
        .with(code("E_APPROVED"))
}

/// No approval is asked for.
pub fn not_needed(view: &View) -> Text {
    Text::line([Span::words(format!("{} needs no approval", view.promotion.name()))])
        .with(code("E_NOT_NEEDED"))
}

/// What they approved has changed since.
pub fn stale(view: &View, approved: RevisionName) -> Text {
    Text::line([Span::words(format!("{approved} is {} now", view.promotion.name()))])
        .with(code("E_STALE_DIGEST"))
}

/// A bare `approve` was written before the forge showed this revision.
pub fn not_shown(view: &View) -> Text {
    Text::line([Span::words(format!("{} was not shown yet", view.promotion.name()))])
        .with(code("E_STALE_DIGEST"))
}

/// It has begun already, or is over: an answer changes nothing.
pub fn too_late(name: RevisionName) -> Text {
    Text::line([Span::words(format!("{name} is past that"))]).with(code("E_TOO_LATE"))
}

/// They gave no approval that could be taken back.
pub fn no_approval(view: &View) -> Text {
    Text::line([Span::words(format!("you did not approve {}", view.promotion.name()))])
        .with(code("E_NO_APPROVAL"))
}

/// Whether they may could not be found out.
pub fn rights_unknown(view: &View, why: &str) -> Text {
    Text::line([Span::words(format!("{}: {why}", view.promotion.name()))]).with(code("E_RIGHTS_UNKNOWN"))
}
