//! The answers to `backport` and `hotfix`: which branch is meant, and what stands in the way. How branches are made and what labels ask for is `domain::errand`'s.

use crate::domain::asked::Asked;
use crate::domain::command::{WrittenBranch, WrittenVersion};
use crate::domain::decision::Decision;
use crate::domain::errand::{Hindrance, begin_backport, begin_hotfix, picked};
use crate::domain::id::ChangeNumber;
use crate::domain::say;
use crate::domain::version::Version;

/// Answers `backport`. `None`: facts are missing.
pub fn backport(asked: &Asked<'_>, target: &WrittenBranch, number: Option<ChangeNumber>) -> Option<Decision> {
    let Some(number) = number.or(asked.comment.at.thread.change()) else {
        return Some(asked.refuse("backport", "E_WHICH", say::errand::which_change(target.as_str())));
    };
    let begun = match picked(asked.moment, asked.rules, (number, target.as_str()))? {
        Ok(picked) => {
            begin_backport(asked.moment, asked.acknowledge(), &picked, Some(asked.comment.at.clone()))
        }
        Err(hindrance) => Err(hindrance),
    };
    Some(begun.unwrap_or_else(|hindrance| hindered(asked, "backport", &hindrance)))
}

/// Answers `hotfix`. `None`: facts are missing.
pub fn hotfix(
    asked: &Asked<'_>,
    version: &WrittenVersion,
    from: Option<&WrittenVersion>,
) -> Option<Decision> {
    let read = |written: &WrittenVersion| written.as_str().parse::<Version>().ok();
    let from = from.and_then(read);
    let Some(version) = read(version) else {
        let text = say::errand::no_version(version.as_str());
        return Some(asked.refuse("hotfix", "E_VERSION", text));
    };
    let at = asked.comment.at.clone();
    let begun = begin_hotfix(&asked.ground(), asked.acknowledge(), (&version, from.as_ref()), at)?;
    Some(begun.unwrap_or_else(|hindrance| hindered(asked, "hotfix", &hindrance)))
}

fn hindered(asked: &Asked<'_>, verb: &str, hindrance: &Hindrance) -> Decision {
    asked.refuse(verb, say::errand::code_of(hindrance), say::errand::hindered(hindrance))
}
