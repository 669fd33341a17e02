//! Tags and releases that people make by hand are ours to know as well: the next plan goes on from them, and their changes know where they are.

use super::cut::under_way;
use super::decision::{Decision, Moment, Past};
use super::drafting;
use super::event::Event;
use super::id::{ReleaseId, TagName};
use super::outlook::{Ground, Target, Unseen, look};
use super::policy::Policy;
use super::query::{Found, Newest};
use super::signal::{ReleaseTouch, ReleaseTouched};

/// A tag appeared on the forge. `None`: facts are missing.
pub fn tag_appeared(moment: &Moment<'_>, tag: &TagName) -> Option<Decision> {
    if drafting::was_published(moment, tag)? {
        return Some(Decision::ignored("a draft of ours was published; its page tells more"));
    }
    adopt(moment, tag, None)
}

/// A release page was touched on the forge. `None`: facts are missing.
pub fn release_touched(moment: &Moment<'_>, touched: &ReleaseTouched) -> Option<Decision> {
    match touched.touch {
        ReleaseTouch::Published => match drafting::of_page(moment, touched) {
            Some(component) => drafting::published(moment, component, touched),
            None => adopt(moment, &touched.tag, Some(touched.id)),
        },
        ReleaseTouch::Edited => Some(Decision::ignored("what people write on a release page is theirs")),
        ReleaseTouch::Withdrawn => Some(Decision::ignored("a page went away; the release stays on record")),
    }
}

fn adopt(moment: &Moment<'_>, tag: &TagName, release: Option<ReleaseId>) -> Option<Decision> {
    let known = moment.state.components.values().any(|component| {
        under_way(component, tag).is_some()
            || component
                .releases
                .iter()
                .any(|mark| mark.tag == *tag && (mark.release.is_some() || release.is_none()))
    });
    if known {
        return Some(Decision::ignored("known already"));
    }
    let tags = moment.facts.tags(Newest);
    let policy = moment.facts.policy(Newest);
    let (Found::Known(tags), Found::Known(policy)) = (tags?.found, policy?.found) else {
        return Some(Decision::ignored("the tags cannot be read; the next plan will read them"));
    };
    let Some(found) = tags.iter().find(|known| known.name == *tag) else {
        return Some(Decision::ignored("the tag is gone again"));
    };
    let fallback = Policy::default();
    let rules = policy.policy.as_ref().unwrap_or(&fallback);
    let of_component = rules.of_tag(tag);
    let rules = of_component.as_ref().unwrap_or(rules);
    let ground = Ground { moment, newest: &policy.revision, rules };
    let target = Target {
        head: Some(found.commit.clone()),
        without: Some(Unseen::Tag(tag.clone())),
        ..Target::default()
    };
    let Ok(outlook) = look(&ground, target)? else {
        return Some(Decision::ignored(
            "its contents cannot be read; the next plan will go on from it all the same",
        ));
    };
    let Some(version) = outlook.naming.version_of(tag.as_str()) else {
        return Some(Decision::ignored("the tag names no version of this project"));
    };
    let component = rules.versioning.component.clone();
    let changes =
        outlook.plan.entries().filter_map(|entry| Some((entry.number?, entry.commit.clone()))).collect();
    let mut decision = Decision::default().under(policy.revision.clone()).record(Event::ReleaseAdopted {
        component: component.clone(),
        version: version.clone(),
        tag: tag.clone(),
        commit: found.commit.clone(),
        release,
    });
    decision.history.push(Past::Released {
        component,
        version,
        tag: tag.clone(),
        commit: found.commit.clone(),
        at: moment.now,
        changes,
    });
    Some(decision)
}
