//! Where a change is, what is out, and what comes next.

use super::arrival::Stop;
use super::{
    Block, Span, Text, counted, environment, joined, release, release_of, released, somebody, tagged,
};
use crate::domain::id::{ChangeNumber, ComponentName, EnvironmentName};
use crate::domain::line::Standing as OpenLine;
use crate::domain::outlook::Obstacle;
use crate::domain::place::Thread;
use crate::domain::plan::Plan;
use crate::domain::promotion::model::{Promotion, Stage};
use crate::domain::promotion::view::Said;
use crate::domain::state::Component;
use crate::domain::state::slot::{Lock, Slot, Standing};
use crate::domain::version::Version;

/// How many held releases are named per environment.
const HELD_NAMED: usize = 3;

/// Where a change is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Whereabouts {
    /// Not merged.
    Open {
        /// The change.
        number: ChangeNumber,
    },
    /// Closed without a merge.
    Closed {
        /// The change.
        number: ChangeNumber,
    },
    /// Merged, and in no release.
    Waiting {
        /// The change.
        number: ChangeNumber,
        /// Whether people hid it from the notes.
        hidden: bool,
    },
    /// In a release.
    Released {
        /// The change.
        number: ChangeNumber,
        /// What was released.
        component: ComponentName,
        /// The release.
        version: Version,
        /// Whether that was withdrawn.
        withdrawn: bool,
        /// Where it is by now, the last one of the way first, each with the release that is there.
        reached: Vec<Stop>,
    },
}

/// What comes next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Next {
    /// This.
    Planned(Box<Plan>),
    /// It cannot be planned.
    Unclear(Obstacle),
    /// The policy file has errors.
    PolicyBroken,
}

/// One environment, as `status` tells of it.
#[derive(Debug)]
pub struct Place<'a> {
    /// Its name.
    pub environment: &'a EnvironmentName,
    /// What stands there.
    pub slot: Slot,
    /// Who has it for themselves, and why; only a lock that holds now.
    pub lock: Option<(&'a Lock, Said)>,
    /// The open promotions into it, oldest first.
    pub open: Vec<&'a Promotion>,
}

/// The environments as a list, in the order given: what runs there since when, what is on its way or waits, what is held,
/// who has it locked. Nothing where there are none.
pub fn environments(places: &[Place<'_>]) -> Option<Block> {
    (!places.is_empty()).then(|| Block::List(places.iter().map(place).collect()))
}

fn place(place: &Place<'_>) -> Vec<Span> {
    let mut line = vec![Span::Strong(vec![environment(place.environment), ":".into()]), " ".into()];
    line.extend(runs(&place.slot));
    for promotion in &place.open {
        line.push(" · ".into());
        line.extend(on_its_way(promotion));
    }
    if !place.slot.barred.is_empty() {
        line.push(" · held: ".into());
        let newest = place.slot.barred.iter().rev().take(HELD_NAMED).map(|version| vec![release(version)]);
        let more = place.slot.barred.len().saturating_sub(HELD_NAMED);
        let more = (more > 0).then(|| vec![Span::words(format!("{more} more"))]);
        line.extend(joined(newest.chain(more), "and"));
    }
    if let Some((lock, said)) = &place.lock {
        line.extend([" · 🔒 locked by ".into(), somebody(said)]);
        line.extend(lock.until.into_iter().flat_map(|until| [" until ".into(), Span::time(until)]));
        line.extend(said.reason.iter().flat_map(|why| [": ".into(), Span::Written(why.clone())]));
    }
    line
}

fn runs(slot: &Slot) -> Vec<Span> {
    match (slot.current(), slot.unclear) {
        (Some(there), _) => {
            vec![standing(there), " since ".into(), Span::time(there.since)]
        }
        (None, true) => vec!["unclear, because a promotion was stopped on its way there".into()],
        (None, false) => vec!["nothing yet".into()],
    }
}

fn standing(there: &Standing) -> Span {
    there.version.as_ref().map_or_else(|| Span::Commit(there.commit.clone()), release)
}

fn on_its_way(promotion: &Promotion) -> Vec<Span> {
    let asked = &promotion.asked;
    let held = promotion.held.is_some();
    let how = match promotion.stage {
        Stage::Waiting if held => " is held",
        Stage::Waiting => " waits",
        Stage::Rolling { .. } if held => " is held on its way",
        Stage::Rolling { .. } => " is on its way",
        Stage::Failed { .. } => " failed",
        Stage::Aborting { .. } => " is being stopped",
    };
    let back = if promotion.is_rollback() { "back to " } else { "" };
    let mut line = vec![back.into(), released(asked), Span::words(format!("{how} ({}", promotion.id()))];
    line.extend(promotion.panel.home.into_iter().flat_map(|home| {
        let panel = match home {
            Thread::Change(number) => Span::Change(number),
            Thread::Issue(number) => Span::Issue(number),
        };
        [", ".into(), panel]
    }));
    line.push(")".into());
    line
}

/// What is told of one component.
#[derive(Debug)]
pub struct Part<'a> {
    /// The component.
    pub component: ComponentName,
    /// Where the change is in it that was asked about.
    pub here: Option<Whereabouts>,
    /// The environments.
    pub places: Vec<Place<'a>>,
    /// Its releases.
    pub state: Component,
    /// What comes next.
    pub next: Next,
    /// The line that is open.
    pub line: Option<OpenLine>,
}

impl Part<'_> {
    /// What a change comes out with: a candidate of the open line where it is on that one.
    fn next_of(&self, at: &Whereabouts) -> Next {
        let number = match at {
            Whereabouts::Waiting { number, .. } => *number,
            Whereabouts::Open { .. } | Whereabouts::Closed { .. } | Whereabouts::Released { .. } => {
                return self.next.clone();
            }
        };
        let line = self.line.as_ref().filter(|line| line.plan.entries().any(|it| it.number == Some(number)));
        line.map_or_else(|| self.next.clone(), |line| Next::Planned(Box::new(line.plan.clone())))
    }
}

/// The reply to `status`: first where this change is, then the environments, then releases; where there are several components,
/// of each.
pub fn status(parts: &[Part<'_>]) -> Text {
    match parts {
        [only] => of_one(only),
        several => of_several(several),
    }
}

fn of_one(part: &Part<'_>) -> Text {
    let Part { here: whereabouts, places, state, next, .. } = part;
    let here = whereabouts.as_ref().map(|at| here(at, places, &part.next_of(at)));
    let mut blocks: Vec<Block> = here.into_iter().flatten().map(Block::Line).collect();
    let shown = environments(places);
    if whereabouts.is_none() && shown.is_some() {
        // The first line is a line, and the answer.
        blocks.push(Block::Line(summary(places)));
    }
    blocks.extend(shown);
    blocks.extend(part.line.iter().flat_map(super::line::stands));
    blocks.extend(releases(state, next));
    blocks.extend(is_planned(next).then(plan));
    Text(blocks)
}

fn of_several(parts: &[Part<'_>]) -> Text {
    let mut blocks: Vec<Block> = here_in(parts).into_iter().map(Block::Line).collect();
    for part in parts {
        let mut line = vec![Span::strong(part.component.as_str()), ": ".into()];
        let mut lines = releases_lines(&part.state, &part.next).into_iter();
        line.extend(lines.next().into_iter().flatten());
        line.extend(lines.flat_map(|line| [vec![" ".into()], line].concat()));
        blocks.push(Block::Line(line));
        blocks.extend(part.line.iter().flat_map(super::line::stands));
        blocks.extend(environments(&part.places));
    }
    blocks.extend(parts.iter().any(|part| is_planned(&part.next)).then(plan));
    Text(blocks)
}

/// Where a change is, in each component that it belongs to.
fn here_in(parts: &[Part<'_>]) -> Vec<Vec<Span>> {
    let is_told = |part: &&Part<'_>| match (&part.here, &part.next) {
        (Some(Whereabouts::Waiting { number, .. }), Next::Planned(plan)) => {
            plan.entries().any(|entry| entry.number == Some(*number))
        }
        (Some(Whereabouts::Open { .. } | Whereabouts::Closed { .. }), _) => {
            part.component == parts[0].component
        }
        (Some(Whereabouts::Waiting { .. } | Whereabouts::Released { .. }), _) => true,
        (None, _) => false,
    };
    let told = parts.iter().filter(is_told);
    let lines: Vec<Vec<Span>> =
        told.flat_map(|part| part.here.iter().flat_map(|at| here(at, &part.places, &part.next))).collect();
    match parts.iter().find_map(|part| part.here.as_ref()) {
        Some(Whereabouts::Waiting { number, .. }) if lines.is_empty() => {
            vec![vec![
                Span::Change(*number),
                " is merged and in no component, so it is in no release.".into(),
            ]]
        }
        Some(_) | None => lines,
    }
}

fn is_planned(next: &Next) -> bool {
    matches!(next, Next::Planned(plan) if !plan.is_empty())
}

fn plan() -> Block {
    Block::Command("/release plan".to_owned())
}

/// "production has v1.4.2, staging has v1.5.0": the last two of the way.
fn summary(places: &[Place<'_>]) -> Vec<Span> {
    let has = |place: &Place<'_>| {
        let name = environment(place.environment);
        match place.slot.current() {
            Some(there) => vec![name, " has ".into(), standing(there)],
            None if place.slot.unclear => vec![name, " is unclear".into()],
            None => vec![name, " has nothing yet".into()],
        }
    };
    let mut line = joined(places.iter().rev().take(2).map(has), "and");
    line.push(".".into());
    line
}

fn releases(component: &Component, next: &Next) -> Vec<Block> {
    releases_lines(component, next).into_iter().map(Block::Line).collect()
}

fn releases_lines(component: &Component, next: &Next) -> Vec<Vec<Span>> {
    let cutting = component.cutting.as_ref();
    let cutting =
        cutting.map(|cutting| vec![tagged(&cutting.cut.tag, ""), " is being cut at the moment.".into()]);
    cutting.into_iter().chain(out(component, next)).chain([coming(next)]).collect()
}

fn here(at: &Whereabouts, places: &[Place<'_>], next: &Next) -> Vec<Vec<Span>> {
    vec![match at {
        Whereabouts::Open { number } => {
            vec![Span::Change(*number), " is not merged, so it is in no release.".into()]
        }
        Whereabouts::Closed { number } => {
            vec![Span::Change(*number), " was closed without a merge, so it is in no release.".into()]
        }
        Whereabouts::Waiting { number, hidden } => {
            let mut line =
                vec![Span::Change(*number), " is merged and goes out with the next release".into()];
            if let Next::Planned(plan) = next {
                line.extend(plan.tag.iter().flat_map(|tag| [", ".into(), Span::Written(tag.to_string())]));
            }
            line.push(if *hidden { ", hidden from its notes.".into() } else { ".".into() });
            line
        }
        Whereabouts::Released { number, component, version, withdrawn, reached } => {
            let release = (component, version, *withdrawn);
            return match reached.split_first() {
                Some(reached) => there(*number, release, reached),
                None => vec![nowhere(*number, release, places)],
            };
        }
    }]
}

/// "#12 is in v1.5.0, which runs nowhere yet."; without environments a release that is cut is out.
fn nowhere(
    number: ChangeNumber,
    (component, version, withdrawn): (&ComponentName, &Version, bool),
    places: &[Place<'_>],
) -> Vec<Span> {
    // Where nobody can say what runs, nobody can say that it does not.
    let is_sure = places.iter().all(|place| {
        !place.slot.unclear
            && place
                .slot
                .current()
                .is_none_or(|there| there.version.as_ref().is_some_and(|there| there < version))
    });
    let was_somewhere = places.iter().any(|place| place.slot.was_good(version).is_some());
    let (verb, end) = match (withdrawn, places.is_empty()) {
        (true, _) => (" is in ", ", which was withdrawn."),
        (false, true) => (" is out with ", "."),
        (false, false) if was_somewhere && is_sure => (" is in ", ", which runs nowhere now."),
        (false, false) if is_sure => (" is in ", ", which runs nowhere yet."),
        (false, false) => (" is in ", "."),
    };
    vec![Span::Change(number), verb.into(), Span::Strong(vec![release_of(component, version)]), end.into()]
}

/// "#12 is in production since … with v1.5.0.", then where else it is.
fn there(
    number: ChangeNumber,
    (component, version, withdrawn): (&ComponentName, &Version, bool),
    (furthest, others): (&Stop, &[Stop]),
) -> Vec<Vec<Span>> {
    let end = if withdrawn { ", which was withdrawn." } else { "." };
    let place = |stop: &Stop| vec![environment(&stop.environment), " since ".into(), Span::time(stop.since)];
    let here = Span::Strong(vec!["in ".into(), environment(&furthest.environment)]);
    let mut first = vec![
        Span::Change(number),
        " is ".into(),
        here,
        " with ".into(),
        release_of(component, &furthest.version),
    ];
    first.extend([", since ".into(), Span::time(furthest.since), ".".into()]);
    let mut lines = vec![first];
    let mut rest: Vec<Span> = vec![];
    if !others.is_empty() {
        rest.push("Also in ".into());
        rest.extend(joined(others.iter().map(place), "and"));
        rest.push(". ".into());
    }
    if furthest.version != *version || withdrawn {
        rest.extend(["It came with ".into(), release_of(component, version), end.into()]);
    }
    lines.extend((!rest.is_empty()).then_some(rest));
    lines
}

/// The newest release; nothing where it cannot be known, which what comes next says.
fn out(component: &Component, next: &Next) -> Option<Vec<Span>> {
    if let Some(mark) = component.releases.first() {
        let end = if mark.withdrawn { ", withdrawn." } else { "." };
        return Some(vec![
            "Newest release: ".into(),
            tagged(&mark.tag, ""),
            ", since ".into(),
            Span::time(mark.at),
            end.into(),
        ]);
    }
    match next {
        Next::Planned(plan) => Some(match &plan.previous {
            Some(previous) => vec!["Newest release: ".into(), tagged(&previous.tag, ""), ".".into()],
            None => vec!["Nothing was released yet.".into()],
        }),
        Next::Unclear(_) | Next::PolicyBroken => None,
    }
}

fn coming(next: &Next) -> Vec<Span> {
    match next {
        Next::Planned(plan) => match &plan.tag {
            Some(tag) => {
                let count = counted(plan.entries().count(), "change", "changes");
                vec!["Next: ".into(), tagged(tag, ""), Span::words(format!(", {count} so far."))]
            }
            None => vec!["Next: nothing to release so far.".into()],
        },
        Next::Unclear(Obstacle::Unreadable { what, .. }) => {
            vec![Span::words(format!("What comes next is unclear: I could not read {what}."))]
        }
        Next::Unclear(Obstacle::AmbiguousTags(..)) => {
            vec!["What comes next is unclear: the tags follow two patterns.".into()]
        }
        Next::PolicyBroken => {
            vec!["What comes next waits: the policy file on the default branch has errors.".into()]
        }
    }
}
