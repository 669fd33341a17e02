//! What changes and follow-ups hear when a release arrives somewhere, or leaves again.

use jiff::Timestamp;

use super::{Span, Text};
use crate::domain::id::EnvironmentName;
use crate::domain::promotion::view::View;
use crate::domain::version::Version;

/// Where a change is, environment by environment, the last one of the way first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Travelled {
    /// The release that the change is in.
    pub version: Version,
    /// The release's page, where there is one.
    pub page: Option<String>,
    /// Where it is now, each with since when and with which release.
    pub there: Vec<Stop>,
    /// Where it was and is no longer, each with since when it is gone and the follow-up issue, if there is one.
    pub left: Vec<Stop>,
}

/// One environment that a change reached or left.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stop {
    /// The environment.
    pub environment: EnvironmentName,
    /// The release that carried the change there, or away.
    pub version: Version,
    /// Since when.
    pub since: Timestamp,
}

/// The note on a change: one per change, edited as it travels.
pub fn note(travelled: &Travelled) -> Text {
    Text::line([Span::words(format!("🚢 v{} in {}", travelled.version, travelled.there.len()))])
}

/// The title of the follow-up issue of a rollback.
pub fn follow_up_title(view: &View) -> String {
    format!("{:?} was rolled back in {}", view.promotion.asked.replaces, view.promotion.asked.environment)
}

/// The follow-up issue of a rollback: what happened, what is held, what to find out in the morning.
pub fn follow_up(view: &View) -> Text {
    Text::line([Span::words(follow_up_title(view))])
}

/// The title of the issue that a promotion without a conversation gets.
pub fn release_title(version: &Version) -> String {
    format!("Release v{version}")
}

/// That issue: it says what it is for; the panels are comments in it.
pub fn release_issue(version: &Version) -> Text {
    Text::line([Span::words(release_title(version))])
}
