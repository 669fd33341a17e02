//! The gates of a promotion: each gives a verdict that explains itself, and panel, `why` and pages are drawn from it. What follows from a verdict is `promotion`'s business.

pub mod approval;
#[cfg(test)]
mod tests;

use jiff::Timestamp;

use super::id::{EnvironmentName, PromotionId};
use super::policy::environment::{Check, Seconds};
use super::promotion::dispatch;
use super::promotion::draft::Draft;
use super::promotion::model::{Asked, Kind, Promotion, Stage};
use super::promotion::terms::{Obstacle, terms};
use super::query::{CheckNow, Found, ReportedState};
use super::state::Written;
use approval::Count;

/// What one gate says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// Which gate, with what it saw.
    pub gate: Gate,
    /// Whether it is open.
    pub opening: Opening,
}

/// Whether a gate is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Opening {
    /// It is.
    Open,
    /// Not yet; it opens by itself, or when somebody acts.
    Waiting {
        /// When it opens by itself, where that is known.
        until: Option<Timestamp>,
    },
    /// It will not open unless something is done about what stands there.
    Shut,
}

/// A gate with what it saw.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Gate {
    /// The policy still describes the environment, and lets us deploy to it.
    Described,
    /// What the promotion covers could be read.
    Readable {
        /// Why it could not.
        why: Option<String>,
    },
    /// The release may go there.
    Allowed {
        /// Why it may not.
        bar: Option<Bar>,
    },
    /// The same commit was good in an environment that comes before.
    Order {
        /// Which.
        environment: EnvironmentName,
        /// Since when it is or was there.
        since: Option<Timestamp>,
    },
    /// It has been there long enough.
    Soak {
        /// How long is enough.
        length: Seconds,
        /// The environment that counts: the last one that it reached.
        environment: Option<EnvironmentName>,
        /// Since when it is there.
        since: Option<Timestamp>,
    },
    /// A check of the commit passed.
    Check {
        /// Its name.
        name: String,
        /// How it stands; `None`: nobody reported it.
        state: Option<ReportedState>,
        /// Its page.
        page: Option<String>,
        /// Why it could not be read.
        unreadable: Option<String>,
    },
    /// Enough people said yes.
    Approvals(Box<Count>),
    /// Nobody has the environment for themselves.
    Lock {
        /// The row of the lock that is in the way.
        lock: Option<Written>,
    },
    /// Nobody holds the promotion.
    Hold {
        /// The row that holds it.
        held: Option<Written>,
    },
    /// Nothing else is being brought there.
    Slot {
        /// What is in the way.
        taken_by: Option<PromotionId>,
    },
}

/// Why a release may not go somewhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bar {
    /// It was rolled back there, or somebody holds it: until somebody lets it go.
    Held,
    /// It was cut by mistake: for ever.
    Withdrawn,
}

impl Verdict {
    fn open(gate: Gate) -> Self {
        Self { gate, opening: Opening::Open }
    }

    /// Whether the gate is open.
    pub fn is_open(&self) -> bool {
        self.opening == Opening::Open
    }
}

/// All verdicts on a waiting promotion, the ones that people can do something about first. `None`: facts are missing.
pub fn weigh(draft: &Draft<'_>, promotion: &Promotion) -> Option<Vec<Verdict>> {
    let counts = approval::counts(draft, promotion);
    let checks = checks(draft, promotion);
    let readable = readable(draft, promotion);
    let (counts, checks, readable) = (counts?, checks?, readable?);
    let mut verdicts: Vec<Verdict> = vec![hold(promotion), described(draft, &promotion.asked), readable];
    verdicts.push(allowed(draft, &promotion.asked));
    verdicts.extend(counts.into_iter().map(approval::verdict));
    verdicts.extend(soak(draft, promotion));
    verdicts.extend(order(draft, promotion));
    verdicts.extend(checks);
    verdicts.push(lock(draft, &promotion.asked));
    verdicts.push(slot(draft, promotion));
    Some(verdicts)
}

fn hold(promotion: &Promotion) -> Verdict {
    let held = promotion.held.as_ref().map(|held| held.row);
    let opening = if held.is_some() { Opening::Waiting { until: None } } else { Opening::Open };
    Verdict { gate: Gate::Hold { held }, opening }
}

fn described(draft: &Draft<'_>, asked: &Asked) -> Verdict {
    let opening = if draft.environment(&asked.environment).is_some() { Opening::Open } else { Opening::Shut };
    Verdict { gate: Gate::Described, opening }
}

/// Unknown opens no gate. `None`: facts are missing.
fn readable(draft: &Draft<'_>, promotion: &Promotion) -> Option<Verdict> {
    let environment = draft.environment(&promotion.asked.environment);
    let terms = match environment {
        Some(environment) => terms(draft.moment, &promotion.asked, environment),
        None => return Some(Verdict::open(Gate::Readable { why: None })),
    };
    let startable = dispatch::startable(draft, promotion);
    let why = match (terms?, startable?) {
        (Err(Obstacle::Unreadable { why }), _) | (Ok(_), Err(why)) => Some(why),
        (Ok(_), Ok(())) | (Err(Obstacle::TagMoved { .. }), _) => None,
    };
    let opening = if why.is_some() { Opening::Waiting { until: None } } else { Opening::Open };
    Some(Verdict { gate: Gate::Readable { why }, opening })
}

fn allowed(draft: &Draft<'_>, asked: &Asked) -> Verdict {
    let state = draft.state();
    let slot = state.slot(&asked.component, &asked.environment);
    let is_held = state.is_unconfirmed(&asked.component, &asked.version) || slot.bars(Some(&asked.version));
    let bar = match (state.is_withdrawn(&asked.component, &asked.version), is_held) {
        (true, _) => Some(Bar::Withdrawn),
        (false, true) => Some(Bar::Held),
        (false, false) => None,
    };
    let opening = if bar.is_some() { Opening::Shut } else { Opening::Open };
    Verdict { gate: Gate::Allowed { bar }, opening }
}

/// One verdict per environment that comes before.
fn order(draft: &Draft<'_>, promotion: &Promotion) -> Vec<Verdict> {
    let verdict = |environment: &EnvironmentName| {
        let since = good_since(draft, &promotion.asked, environment);
        let opening = if since.is_some() { Opening::Open } else { Opening::Waiting { until: None } };
        Verdict { gate: Gate::Order { environment: environment.clone(), since }, opening }
    };
    promotion.terms.after.iter().map(verdict).collect()
}

/// Since when the same commit was good in an environment, where it was and is not held there.
pub fn good_since(draft: &Draft<'_>, asked: &Asked, environment: &EnvironmentName) -> Option<Timestamp> {
    let slot = draft.state().slot(&asked.component, environment);
    let there = slot.good.iter().find(|standing| standing.commit == asked.commit)?;
    (!slot.bars(there.version.as_ref())).then_some(there.since)
}

fn soak(draft: &Draft<'_>, promotion: &Promotion) -> Option<Verdict> {
    let length = promotion.terms.conditions.soak;
    if length.is_zero() {
        return None;
    }
    let reached: Option<Vec<(Timestamp, &EnvironmentName)>> = promotion
        .terms
        .after
        .iter()
        .map(|environment| Some((good_since(draft, &promotion.asked, environment)?, environment)))
        .collect();
    let last = reached.and_then(|reached| reached.into_iter().max());
    let over_at = last.map(|(since, _)| since + length.duration());
    let opening = match over_at {
        Some(over_at) if over_at <= draft.moment.now => Opening::Open,
        until => Opening::Waiting { until },
    };
    let environment = last.map(|(_, environment)| environment.clone());
    Some(Verdict { gate: Gate::Soak { length, environment, since: last.map(|(since, _)| since) }, opening })
}

/// One verdict per check that the policy names; where it names none, nothing is asked. `None`: facts are missing.
fn checks(draft: &Draft<'_>, promotion: &Promotion) -> Option<Vec<Verdict>> {
    let wanted = &promotion.terms.conditions.checks;
    if wanted.is_empty() {
        return Some(vec![]);
    }
    let results = match draft.moment.facts.checks(promotion.asked.commit.clone())?.found {
        Found::Known(results) => Ok(results.as_slice()),
        Found::Absent => Ok(&[][..]),
        Found::Unknown(why) => Err(why),
    };
    Some(wanted.iter().map(|check| checked(check, &results)).collect())
}

/// S17: a check counts by its name and, where the policy names one, its app.
fn checked(wanted: &Check, results: &Result<&[CheckNow], String>) -> Verdict {
    let name = wanted.name.clone();
    let results = match results {
        Ok(results) => results,
        Err(why) => {
            let unreadable = Some(why.clone());
            return Verdict {
                gate: Gate::Check { name, state: None, page: None, unreadable },
                opening: Opening::Waiting { until: None },
            };
        }
    };
    let ours =
        |result: &&CheckNow| result.name == wanted.name && (wanted.app.is_none() || result.app == wanted.app);
    // Of several of one name the worst counts.
    let worst = results.iter().filter(ours).min_by_key(|result| match result.state {
        ReportedState::Failure => 0,
        ReportedState::Queued | ReportedState::InProgress | ReportedState::Inactive => 1,
        ReportedState::Success => 2,
    });
    let opening = match worst.map(|result| result.state) {
        Some(ReportedState::Success) => Opening::Open,
        Some(ReportedState::Failure) => Opening::Shut,
        Some(ReportedState::Queued | ReportedState::InProgress | ReportedState::Inactive) | None => {
            Opening::Waiting { until: None }
        }
    };
    let page = worst.and_then(|result| result.page.clone());
    Verdict {
        gate: Gate::Check { name, state: worst.map(|result| result.state), page, unreadable: None },
        opening,
    }
}

fn lock(draft: &Draft<'_>, asked: &Asked) -> Verdict {
    let held = draft.state().locks.get(&asked.environment);
    let in_the_way = held
        .filter(|lock| lock.holds(draft.moment.now) && Some(lock.by) != asked.by)
        .filter(|_| asked.kind == Kind::Normal);
    match in_the_way {
        None => Verdict::open(Gate::Lock { lock: None }),
        Some(lock) => Verdict {
            gate: Gate::Lock { lock: Some(lock.row) },
            opening: Opening::Waiting { until: lock.until },
        },
    }
}

fn slot(draft: &Draft<'_>, promotion: &Promotion) -> Verdict {
    let asked = &promotion.asked;
    let others = || {
        draft
            .state()
            .promotions_into(&asked.component, &asked.environment)
            .filter(|other| other.id() != promotion.id())
    };
    let is_in_the_way = |other: &&Promotion| match &other.stage {
        // A rollback goes before all that waits, and takes the slot of what failed.
        Stage::Waiting => other.is_rollback() && !promotion.is_rollback(),
        Stage::Failed { .. } => !promotion.is_rollback(),
        Stage::Rolling { .. } | Stage::Aborting { .. } => true,
    };
    match others().find(is_in_the_way) {
        None => Verdict::open(Gate::Slot { taken_by: None }),
        Some(other) => Verdict {
            gate: Gate::Slot { taken_by: Some(other.id()) },
            opening: Opening::Waiting { until: None },
        },
    }
}
