//! Which environment and which release a command means, by what it names and by where it stands. Nothing is decided here.

use crate::domain::asked::Asked;
use crate::domain::change::Stage;
use crate::domain::command::{WrittenEnvironment, WrittenVersion};
use crate::domain::decision::Decision;
use crate::domain::id::{ChangeNumber, CommitId, EnvironmentName, TagName};
use crate::domain::outlook::naming;
use crate::domain::place::Thread;
use crate::domain::policy::environment::Environment;
use crate::domain::promotion::observe::is_well_known;
use crate::domain::query::{Found, Newest};
use crate::domain::say;
use crate::domain::state::ReleaseMark;
use crate::domain::version::Version;

/// What was meant, or the refusal that says why it is unclear.
pub(super) type Meant<T> = Result<T, Box<Decision>>;

/// Short names that everybody uses.
const SHORT: [(&str, &str); 3] = [("stg", "staging"), ("prd", "production"), ("live", "production")];

/// The environment that a word means: its name, a usual short form, or the beginning of only one. `None`: facts are missing.
pub(super) fn environment(
    asked: &Asked<'_>,
    verb: &str,
    written: &WrittenEnvironment,
) -> Option<Meant<Environment>> {
    let refuse = |text| Some(Err(Box::new(asked.refuse(verb, "E_ENVIRONMENT", text))));
    let word = written.as_str();
    let described = &asked.rules.environments;
    match named(described.iter().map(|environment| &environment.name), word) {
        Some(Ok(name)) => {
            return Some(Ok(asked.rules.environment(&name).expect("the name is one of these").clone()));
        }
        Some(Err(unclear)) => return refuse(unclear),
        None => {}
    }
    let forge: Vec<EnvironmentName> = match asked.moment.facts.environments(Newest)?.found {
        Found::Known(names) => names
            .iter()
            .filter(|name| is_well_known(name))
            .filter_map(|name| EnvironmentName::parse(name).ok())
            .collect(),
        Found::Absent | Found::Unknown(_) => vec![],
    };
    match named(forge.iter(), word) {
        Some(Ok(name)) => Some(Ok(Environment::observed(name, usual_reporters(asked)?))),
        Some(Err(unclear)) => refuse(unclear),
        None => {
            let known: Vec<EnvironmentName> =
                described.iter().map(|environment| environment.name.clone()).chain(forge).collect();
            refuse(say::promote::unknown_environment(word, &known))
        }
    }
}

/// Whose reports count where nobody is named. `None`: the policy must be read first.
fn usual_reporters(asked: &Asked<'_>) -> Option<Vec<String>> {
    let policy = asked.moment.facts.policy(Newest)?.known().and_then(|now| now.policy.as_ref().ok());
    Some(policy.map(|policy| policy.usual_reporters.clone()).unwrap_or_default())
}

/// So many letters of a name are enough; fewer may be a slip of the thumb.
const LETTERS: usize = 3;

/// The name that a word is, else the only one that begins with it; an error says why it is not clear which. `None`: none does.
fn named<'a>(
    names: impl Iterator<Item = &'a EnvironmentName>,
    word: &str,
) -> Option<Result<EnvironmentName, say::Text>> {
    let names: Vec<&EnvironmentName> = names.collect();
    let word = word.to_lowercase();
    let is = |name: &EnvironmentName, word: &str| name.as_str().to_lowercase() == word;
    let long = SHORT.iter().find(|(short, _)| *short == word).map(|(_, long)| *long);
    let exact = |word: &str| names.iter().find(|name| is(name, word));
    if let Some(name) = exact(&word).or_else(|| long.and_then(exact)) {
        return Some(Ok((*name).clone()));
    }
    let fits: Vec<EnvironmentName> =
        names.into_iter().filter(|name| name.as_str().to_lowercase().starts_with(&word)).cloned().collect();
    Some(match fits.as_slice() {
        [] => return None,
        some if word.chars().count() < LETTERS => Err(say::promote::short_environment(&word, some)),
        [only] => Ok(only.clone()),
        several => Err(say::promote::ambiguous_environment(&word, several)),
    })
}

/// A release that can be carried somewhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Release {
    pub(super) version: Version,
    pub(super) tag: TagName,
    pub(super) commit: CommitId,
    pub(super) withdrawn: bool,
    /// When it was cut, where we know.
    pub(super) at: Option<jiff::Timestamp>,
}

impl From<&ReleaseMark> for Release {
    fn from(mark: &ReleaseMark) -> Self {
        Self {
            version: mark.version.clone(),
            tag: mark.tag.clone(),
            commit: mark.commit.clone(),
            withdrawn: mark.withdrawn,
            at: Some(mark.at),
        }
    }
}

/// The release that `promote` means: the named one, the one that this change is in, else the newest. `None`: facts are missing.
pub(super) fn release(
    asked: &Asked<'_>,
    environment: &EnvironmentName,
    written: Option<&WrittenVersion>,
) -> Option<Meant<Release>> {
    let refuse = |code: &str, text| Some(Err(Box::new(asked.refuse("promote", code, text))));
    let all = releases(asked)?;
    if let Some(written) = written {
        let found = written.as_str().parse().ok().and_then(|version| find(&all, &version));
        return match found {
            Some(found) => Some(Ok(found)),
            None => {
                refuse("E_UNKNOWN_VERSION", say::promote::unknown_version(written.as_str(), &newest(&all)))
            }
        };
    }
    let meant = match asked.comment.at.thread {
        Thread::Change(number) => match of_change(asked, number, &all)? {
            Ok(release) => Some(release),
            Err(refusal) => return Some(Err(refusal)),
        },
        Thread::Issue(number) => of_issue(asked, number).or_else(|| {
            all.iter().filter(|release| !release.withdrawn).max_by(|a, b| a.version.cmp(&b.version)).cloned()
        }),
    };
    let Some(release) = meant else { return refuse("E_NO_RELEASE", say::promote::no_release()) };
    // S12: a release that was cut after the words were written was never meant; the same second counts as after.
    let written_at = asked.comment.written_at.as_second();
    if release.at.is_some_and(|at| at.as_second() >= written_at) {
        return refuse("E_CUT_LATER", say::promote::cut_later(environment, &release.version));
    }
    Some(Ok(release))
}

fn find(all: &[Release], version: &Version) -> Option<Release> {
    all.iter().find(|release| release.version == *version).cloned()
}

/// The versions of the newest releases, newest first.
pub(super) fn newest(all: &[Release]) -> Vec<Version> {
    let mut versions: Vec<Version> = all.iter().map(|release| release.version.clone()).collect();
    versions.sort();
    versions.into_iter().rev().take(5).collect()
}

fn of_change(asked: &Asked<'_>, number: ChangeNumber, all: &[Release]) -> Option<Meant<Release>> {
    let refuse = |code: &str, text| Some(Err(Box::new(asked.refuse("promote", code, text))));
    let change = asked.moment.facts.change(number);
    let released = asked.moment.facts.release_of(asked.contained(number));
    let (change, released) = (change?, released?);
    let is_merged = change.known().is_some_and(|change| matches!(change.stage, Stage::Merged { .. }));
    match released.known().and_then(|version| find(all, version)) {
        Some(release) => Some(Ok(release)),
        None if is_merged => refuse("E_NOT_CUT", say::promote::not_cut(number)),
        None => refuse("E_NOT_MERGED", say::promote::not_merged(number)),
    }
}

fn of_issue(asked: &Asked<'_>, number: u64) -> Option<Release> {
    let component = asked.moment.state.component(&asked.rules.versioning.component);
    component.releases.iter().find(|mark| mark.issue == Some(number)).map(Release::from)
}

/// Every release that is known: those that we cut or adopted, and those that only have a tag. `None`: facts are missing.
pub(super) fn releases(asked: &Asked<'_>) -> Option<Vec<Release>> {
    let component = asked.moment.state.component(&asked.rules.versioning.component);
    let mut all: Vec<Release> = component.releases.iter().map(Release::from).collect();
    let Some(tags) = asked.moment.facts.tags(Newest)?.known() else { return Some(all) };
    let Ok(naming) = naming(&asked.ground(), tags) else { return Some(all) };
    for tag in tags {
        let Some(version) = naming.version_of(tag.name.as_str()) else { continue };
        if all.iter().all(|known| known.version != version) {
            let (tag, commit) = (tag.name.clone(), tag.commit.clone());
            all.push(Release { version, tag, commit, withdrawn: false, at: None });
        }
    }
    Some(all)
}
