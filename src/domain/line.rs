//! `cut: branch`: a line of versions has a branch of its own, on which candidates ripen. What a branch is called, which tags stand for a release, and what is on an open line; from where a cut is made is `answer`'s.
//!
//! ```text
//! cut ─▶ branch `release/1.5` and v1.5.0-rc.1 ─▶ open ─cut─▶ v1.5.0-rc.2 … ─cut v1.5.0─▶ out: its fixes are cut from a change there
//!                                                └── its branch is gone ──▶ over
//! ```

use super::decision::Moment;
use super::id::{BranchName, ComponentName, TagName};
use super::outlook::{Ground, Obstacle, Target, look};
use super::plan::{Plan, Wish};
use super::policy::{BranchPattern, CutMode, Versioning};
use super::query::Found;
use super::version::{Channel, Naming, Series, Version};

/// The channel of a candidate, where nobody names another.
pub fn candidate() -> Channel {
    Channel::parse("rc").expect("two letters are an identifier")
}

/// Where the branches of a component's lines are. Ours by their names: several components never share one.
fn folder(component: &ComponentName) -> String {
    if component.is_default() { "release".to_owned() } else { format!("release/{component}") }
}

/// All branches of a component's lines.
pub fn pattern(component: &ComponentName) -> BranchPattern {
    BranchPattern(format!("{}/*", folder(component)))
}

/// The branch of the line that a version belongs to.
pub fn branch(versioning: &Versioning, version: &Version) -> BranchName {
    let line = versioning.scheme.line(version);
    BranchName::parse(format!("{}/{line}", folder(&versioning.component)))
        .expect("numbers with dots below a folder are a branch's name")
}

/// The branch of the line of a final version that is asked for by its name, wherever it is cut from.
pub fn own(versioning: &Versioning, wish: &Wish) -> Option<BranchName> {
    match wish {
        Wish::Exactly(version) if version.is_final() => Some(branch(versioning, version)),
        Wish::Exactly(_) | Wish::Next | Wish::Bump(_) => None,
    }
}

/// The tags that stand for a release, highest version first. A line parts from its branch at its candidate: what was before is in that
/// line, wherever its release is tagged. So on the default branch every pre-release stands for its release; on a line's branch
/// those of other lines do whose release is out.
pub fn standing<'a>(
    tags: impl IntoIterator<Item = &'a TagName>,
    naming: &Naming,
    (mode, series): (CutMode, Option<&Series>),
) -> Vec<(Version, TagName)> {
    let named = |tag: &TagName| Some((naming.version_of(tag.as_str())?, tag.clone()));
    let found: Vec<(Version, TagName)> = tags.into_iter().filter_map(named).collect();
    let is_out = |early: &Version| found.iter().any(|(version, _)| *version == early.core());
    let stands = |version: &Version| match (mode, series) {
        _ if version.is_final() => true,
        (CutMode::Tag | CutMode::Draft | CutMode::PullRequest, _) => false,
        (CutMode::Branch, None) => true,
        (CutMode::Branch, Some(series)) => !series.holds(version) && is_out(version),
    };
    let mut standing: Vec<(Version, TagName)> =
        found.iter().filter(|(version, _)| stands(version)).cloned().collect();
    standing.sort_by(|one, other| other.cmp(one));
    standing
}

/// Asks where the branches of lines stand that a command may be about, before it is known which: their heads are what all else is
/// read by.
pub fn ask_ahead(moment: &Moment<'_>, version: Option<&Version>) {
    for line in moment.state.components.values().flat_map(|component| &component.lines) {
        if line.is_open || version.is_some_and(|version| line.holds(version)) {
            let _ = moment.facts.branch_head(line.branch.clone());
        }
    }
}

/// An open line as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// Its branch.
    pub branch: BranchName,
    /// Its next candidate: nothing is new where it has no version.
    pub plan: Plan,
}

/// The open line of the component in view, with what is on it since its newest candidate; nothing where none is open, its branch is gone, or it
/// cannot be read. `None`: facts are missing.
pub fn open(ground: &Ground<'_>) -> Option<Option<Standing>> {
    let component = ground.moment.state.component(&ground.rules.versioning.component);
    let Some(line) = component.open_line().filter(|_| ground.rules.cut == CutMode::Branch) else {
        return Some(None);
    };
    let branch = line.branch.clone();
    let Found::Known(head) = ground.moment.facts.branch_head(branch.clone())?.found else {
        return Some(None);
    };
    let target = Target {
        head: Some(head.clone()),
        branch: Some(branch.clone()),
        channel: Some(candidate()),
        ..Target::default()
    };
    let found: Result<_, Obstacle> = look(ground, target)?;
    Some(found.ok().map(|outlook| Standing { branch, plan: outlook.plan }))
}

#[cfg(test)]
mod tests;
