//! The answers to `hold`, `resume`, `abort`, `retry`, `lock` and `unlock`, and to a command that names nothing open.

use super::{Span, Text, code};
use jiff::Timestamp;

use crate::domain::id::{EnvironmentName, PromotionId};
use crate::domain::promotion::model::Promotion;
use crate::domain::promotion::view::{Said, View};
use crate::domain::version::Version;

/// Nothing is open that the command could mean.
pub fn nothing_open(verb: &str) -> Text {
    Text::line([Span::words(format!("nothing open to {verb}"))]).with(code("E_NOTHING_OPEN"))
}

/// Several promotions could be meant.
pub fn which(verb: &str, open: &[&Promotion]) -> Text {
    Text::line([Span::words(format!("{verb} which of {}", open.len()))]).with(code("E_WHICH"))
}

/// No promotion of that number is open.
pub fn no_such_promotion(id: PromotionId) -> Text {
    Text::line([Span::words(format!("{id} is not open"))]).with(code("E_NOTHING_OPEN"))
}

/// It is held from now on.
pub fn held(view: &View) -> Text {
    Text::line([Span::words(format!("{} is held", view.promotion.id()))])
}

/// It was held before.
pub fn held_already(view: &View) -> Text {
    Text::line([Span::words(format!("{} is held already", view.promotion.id()))]).with(code("E_HELD_ALREADY"))
}

/// It goes on.
pub fn resumed(view: &View) -> Text {
    Text::line([Span::words(format!("{} goes on", view.promotion.id()))])
}

/// Nobody holds it.
pub fn not_held(what: &str) -> Text {
    Text::line([Span::words(format!("{what} is not held"))]).with(code("E_NOT_HELD"))
}

/// A release is held in these environments from now on.
pub fn release_held(version: &Version, environments: &[EnvironmentName]) -> Text {
    Text::line([Span::words(format!("{version} is held in {environments:?}"))])
}

/// A release may go to these environments again.
pub fn release_resumed(version: &Version, environments: &[EnvironmentName]) -> Text {
    Text::line([Span::words(format!("{version} may go to {environments:?}"))])
}

/// It is being stopped; what runs is called off.
pub fn aborting(view: &View) -> Text {
    Text::line([Span::words(format!("{} is being stopped", view.promotion.id()))])
}

/// The failed targets are tried again.
pub fn retried(view: &View) -> Text {
    Text::line([Span::words(format!("{} tries again", view.promotion.id()))])
}

/// Nothing failed, so nothing can be tried again.
pub fn nothing_failed(view: &View) -> Text {
    Text::line([Span::words(format!("{} has not failed", view.promotion.id()))]).with(code("E_NOT_FAILED"))
}

/// The environment is theirs from now on.
pub fn locked(environment: &EnvironmentName, until: Option<Timestamp>) -> Text {
    Text::line([Span::words(format!("{environment} is yours until {until:?}"))])
}

/// Somebody else has it.
pub fn locked_by_another(environment: &EnvironmentName, owner: &Said, until: Option<Timestamp>) -> Text {
    Text::line([Span::words(format!("{environment} is {:?} until {until:?}", owner.login))])
        .with(code("E_LOCKED"))
}

/// It is everybody's again; `owner` had it.
pub fn unlocked(environment: &EnvironmentName, owner: &Said) -> Text {
    Text::line([Span::words(format!("{environment} was {:?}", owner.login))])
}

/// Nobody had it.
pub fn not_locked(environment: &EnvironmentName) -> Text {
    Text::line([Span::words(format!("{environment} is not locked"))]).with(code("E_NOT_LOCKED"))
}

/// The answer to `why`: each open promotion with its gates; `None` where nothing is open.
pub fn why(views: &[View]) -> Text {
    Text::line([Span::words(format!("{} open", views.len()))])
}
