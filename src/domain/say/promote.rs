//! The answers to `promote` and `rollback` where nothing begins: why not, and what to do instead.

use super::{Span, Text, code};
use crate::domain::id::{ChangeNumber, CommitId, EnvironmentName, PromotionId, TagName};
use crate::domain::promotion::view::WayBack;
use crate::domain::state::slot::Standing;
use crate::domain::version::Version;

/// No environment is called so.
pub fn unknown_environment(written: &str, known: &[EnvironmentName]) -> Text {
    Text::line([Span::words(format!("no environment {written}, there are {known:?}"))])
        .with(code("E_ENVIRONMENT"))
}

/// Several environments begin so.
pub fn ambiguous_environment(written: &str, fits: &[EnvironmentName]) -> Text {
    Text::line([Span::words(format!("{written} may be {fits:?}"))]).with(code("E_ENVIRONMENT"))
}

/// The policy only watches it; shows the lines to add.
pub fn observed(environment: &EnvironmentName) -> Text {
    Text::line([Span::words(format!("{environment} is only watched"))]).with(code("E_OBSERVED"))
}

/// No release has that version.
pub fn unknown_version(written: &str, known: &[Version]) -> Text {
    Text::line([Span::words(format!("no release {written}, there are {known:?}"))])
        .with(code("E_UNKNOWN_VERSION"))
}

/// The change that the command stands on is not merged.
pub fn not_merged(change: ChangeNumber) -> Text {
    Text::line([Span::words(format!("{change} is not merged"))]).with(code("E_NOT_MERGED"))
}

/// The change that the command stands on is in no release yet.
pub fn not_cut(change: ChangeNumber) -> Text {
    Text::line([Span::words(format!("{change} is in no release"))]).with(code("E_NOT_CUT"))
}

/// Nothing was ever cut.
pub fn no_release() -> Text {
    Text::line([Span::words("nothing was cut")]).with(code("E_NO_RELEASE"))
}

/// Something newer is there: that would be a rollback.
pub fn downgrade(environment: &EnvironmentName, there: &Version, asked: &Version) -> Text {
    Text::line([Span::words(format!("{environment} has {there}, newer than {asked}"))])
        .with(code("E_DOWNGRADE"))
}

/// It is there already.
pub fn already_there(environment: &EnvironmentName, version: &Version, there: &Standing) -> Text {
    Text::line([Span::words(format!("{environment} has {version} since {}", there.since))])
        .with(code("E_ALREADY_THERE"))
}

/// The release is held there.
pub fn held(environment: &EnvironmentName, version: &Version) -> Text {
    Text::line([Span::words(format!("{version} is held in {environment}"))]).with(code("E_HELD"))
}

/// The release was withdrawn.
pub fn withdrawn(version: &Version) -> Text {
    Text::line([Span::words(format!("{version} was withdrawn"))]).with(code("E_WITHDRAWN"))
}

/// The newest release was cut after the comment was written, so it was not meant (S12).
pub fn cut_later(environment: &EnvironmentName, version: &Version) -> Text {
    Text::line([Span::words(format!("{version} was cut after you wrote; {environment}"))])
        .with(code("E_CUT_LATER"))
}

/// A promotion of the same release into the same environment is open.
pub fn open_already(id: PromotionId, environment: &EnvironmentName, version: &Version) -> Text {
    Text::line([Span::words(format!("{id} carries {version} to {environment} already"))])
        .with(code("E_ALREADY_OPEN"))
}

/// The tag stands elsewhere now, or nowhere (S13).
pub fn tag_moved(tag: &TagName, to: Option<&CommitId>) -> Text {
    Text::line([Span::words(format!("{tag} moved to {to:?}"))]).with(code("E_TAG_MOVED"))
}

/// The workflow file is not there at the tag, or cannot be started by hand.
pub fn no_workflow(file: &str, tag: &TagName) -> Text {
    Text::line([Span::words(format!("{file} is not at {tag}"))]).with(code("E_WORKFLOW"))
}

/// What is needed cannot be read at the moment.
pub fn unreadable(what: &str, why: &str) -> Text {
    Text::line([Span::words(format!("cannot read {what}: {why}"))]).with(code("E_UNREADABLE"))
}

/// There is nothing to go back to.
pub fn nothing_good(environment: &EnvironmentName, way: &WayBack) -> Text {
    Text::line([Span::words(format!("nothing good in {environment}: {way:?}"))]).with(code("E_NOTHING_GOOD"))
}

/// That release was never good there, or is held there.
pub fn not_good_there(environment: &EnvironmentName, version: &Version, good: &[Version]) -> Text {
    Text::line([Span::words(format!("{version} was never good in {environment}: {good:?}"))])
        .with(code("E_NOT_GOOD_THERE"))
}
