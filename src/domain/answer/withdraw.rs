//! "Cut by mistake": the tag stays, the page gets a banner, the release is held everywhere. Nothing is ever deleted.

use crate::domain::asked::Asked;
use crate::domain::command::{Reason, WrittenVersion};
use crate::domain::decision::Decision;
use crate::domain::effect::{Effect, Subject};
use crate::domain::event::{Event, Recorded};
use crate::domain::query::Found;
use crate::domain::say;
use crate::domain::version::Version;

/// Answers `withdraw`. `None`: facts are missing.
pub fn withdraw(asked: &Asked<'_>, version: &WrittenVersion, reason: &Reason) -> Option<Decision> {
    let name = asked.rules.versioning.component.clone();
    let component = asked.moment.state.component(&name);
    let parsed: Option<Version> = version.as_str().parse().ok();
    if component.cutting.as_ref().is_some_and(|cutting| Some(&cutting.cut.version) == parsed.as_ref()) {
        return Some(asked.refuse("withdraw", "E_BUSY", say::withdraw::being_cut(version.as_str())));
    }
    let Some(mark) = component.releases.iter().find(|mark| Some(&mark.version) == parsed.as_ref()) else {
        let text = say::withdraw::unknown(version.as_str(), &component.releases);
        return Some(asked.refuse("withdraw", "E_UNKNOWN_VERSION", text));
    };
    if mark.withdrawn {
        return Some(asked.refuse("withdraw", "E_WITHDRAWN", say::withdraw::already(mark)));
    }
    let page = match mark.release {
        Some(release) => Some(release),
        None => match asked.moment.facts.release_page(mark.tag.clone())?.found {
            Found::Known(page) => Some(page.id),
            Found::Absent | Found::Unknown(_) => None,
        },
    };
    let event = Event::ReleaseWithdrawn { component: name.clone(), version: mark.version.clone() };
    let decision = asked
        .answer(say::withdraw::done(mark, page.is_some()))
        .record(Recorded::from(event).with_text("reason", reason.as_str()));
    Some(match page {
        None => decision,
        Some(release) => decision.order(
            asked.moment.key(format_args!("{name}:withdrawn:{}", mark.tag)),
            Subject::release(&name, &mark.tag),
            Effect::AddBanner {
                release,
                tag: mark.tag.clone(),
                banner: say::withdraw::banner(mark, reason.as_str()),
            },
        ),
    })
}
