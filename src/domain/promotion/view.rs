//! What is told of a promotion, gathered once: panel, comments, `why` and pages are all drawn from it. The wording is `say`'s.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::draft::Draft;
use super::model::{Ended, Ignored, Promotion, Stage};
use crate::domain::event::IgnoredReport;
use crate::domain::gate::{self, Verdict};
use crate::domain::id::{CommitId, EnvironmentName, PromotionId, TagName};
use crate::domain::policy::environment::{Deploy, Environment};
use crate::domain::state::slot::{SlotName, WayBack};
use crate::domain::state::{State, Written};
use crate::domain::version::Version;

/// All that is told of a promotion.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct View {
    /// The promotion.
    pub promotion: Promotion,
    /// What its gates say, while it waits; else empty.
    pub verdicts: Vec<Verdict>,
    /// Who wrote the journal rows that it speaks of, and what they said, by the row's number.
    pub said: BTreeMap<u64, Said>,
    /// What is in its way.
    pub in_the_way: Option<(PromotionId, Version)>,
    /// The rollback that takes its place, where one was asked for.
    pub going_back: Option<(PromotionId, Version)>,
    /// Whether one can go back from it.
    pub back: WayBack,
    /// How many changes it brings, where that is known.
    pub changes: Option<usize>,
    /// The tag of the release that it replaces, where that is known.
    pub replaced: Option<TagName>,
    /// The row of somebody else's lock that a rollback passes over.
    pub passed_over: Option<Written>,
    /// The environments that come after this one and are asked for by hand.
    pub next: Vec<EnvironmentName>,
    /// The newest reports that changed nothing, oldest first.
    pub ignored: Vec<Unheard>,
    /// The follow-up issue of a rollback, once it is there.
    pub follow_up: Option<u64>,
    /// The commit at which the policy was read.
    pub policy: Option<CommitId>,
    /// The moment.
    pub now: Timestamp,
}

/// A report that changed nothing, with what is told of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unheard {
    /// When it came.
    pub at: Timestamp,
    /// Whose it is; `None`: that was erased.
    pub by: Option<String>,
    /// What it said: `success`.
    pub state: Option<String>,
    /// Why it changed nothing.
    pub because: IgnoredReport,
}

/// Reports on an environment that changed nothing, where no promotion is open that would show them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Afterwords {
    /// The environment.
    pub environment: EnvironmentName,
    /// Whose reports count there.
    pub reporters: Vec<String>,
    /// The reports, oldest first.
    pub reports: Vec<Unheard>,
}

/// How a promotion ended, with what is told of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ending {
    /// The release is there.
    Succeeded,
    /// Somebody who may said no, and why.
    Rejected(Said),
    /// A newer one was asked for: that one.
    Superseded {
        /// Its number.
        by: PromotionId,
        /// Its release.
        version: Version,
        /// Whether that one asks for approvals.
        asks: bool,
    },
    /// It was called off before it began.
    Cancelled(Cancellation),
    /// It waited too long.
    Expired,
    /// Somebody stopped it on its way; what is there now is not known.
    Aborted(Said),
    /// It failed, and a release that was good there is back.
    RolledBack {
        /// That release.
        to: Version,
    },
}

/// Why a promotion was called off before it began.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cancellation {
    /// Somebody asked for that.
    Asked(Said),
    /// Its tag stands elsewhere now, or nowhere (S13).
    TagMoved {
        /// Where.
        to: Option<CommitId>,
    },
    /// Its release was withdrawn.
    Withdrawn,
}

impl Ending {
    /// Who ended it, and what they said; nothing where no person did.
    pub fn said(&self) -> Said {
        match self {
            Self::Rejected(said) | Self::Cancelled(Cancellation::Asked(said)) | Self::Aborted(said) => {
                said.clone()
            }
            Self::Succeeded
            | Self::Superseded { .. }
            | Self::Cancelled(Cancellation::TagMoved { .. } | Cancellation::Withdrawn)
            | Self::Expired
            | Self::RolledBack { .. } => Said::default(),
        }
    }

    /// How it ended, as the journal has it.
    pub fn how(&self) -> Ended {
        match self {
            Self::Succeeded => Ended::Succeeded,
            Self::Rejected(_) => Ended::Rejected,
            Self::Superseded { .. } => Ended::Superseded,
            Self::Cancelled(_) => Ended::Cancelled,
            Self::Expired => Ended::Expired,
            Self::Aborted(_) => Ended::Aborted,
            Self::RolledBack { .. } => Ended::RolledBack,
        }
    }
}

/// Who wrote a journal row, and what they said; nothing where it was erased.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Said {
    /// Their login.
    pub login: Option<String>,
    /// Their reason, or what their yes means.
    pub reason: Option<String>,
}

impl View {
    /// Who wrote a row, and what they said.
    pub fn said(&self, row: Written) -> Said {
        self.said.get(&row.seq).cloned().unwrap_or_default()
    }
}

/// Gathers what is told of a promotion. `None`: facts are missing.
pub fn view(draft: &Draft<'_>, promotion: &Promotion) -> Option<View> {
    let verdicts = match promotion.stage {
        Stage::Waiting => gate::weigh(draft, promotion),
        Stage::Rolling { .. } | Stage::Failed { .. } | Stage::Aborting { .. } => Some(vec![]),
    };
    let said = said(draft, promotion);
    let changes = changes(draft, promotion);
    let ignored = unheard(draft, &promotion.ignored);
    let (verdicts, said, changes, ignored) = (verdicts?, said?, changes?, ignored?);
    let in_the_way = verdicts.iter().find_map(|verdict| match &verdict.gate {
        gate::Gate::Slot { taken_by: Some(other) } => {
            let other = draft.state().promotions.get(other)?;
            Some((other.id(), other.asked.version.clone()))
        }
        _ => None,
    });
    Some(View {
        going_back: going_back(draft, promotion),
        back: way_back(draft, promotion),
        replaced: replaced(draft, promotion),
        passed_over: passed_over(draft, promotion),
        next: next(draft, promotion),
        promotion: promotion.clone(),
        verdicts,
        said,
        in_the_way,
        changes,
        ignored,
        follow_up: None,
        policy: draft.revision.cloned(),
        now: draft.moment.now,
    })
}

/// The rows that a promotion's words speak of.
pub(super) fn spoken_of(state: &State, promotion: &Promotion) -> Vec<Written> {
    let lock = state.locks.get(&promotion.asked.environment).map(|lock| lock.row);
    let held = promotion.held.as_ref().map(|held| held.row);
    let given = promotion.approvals.iter().map(|approval| approval.given);
    let attempts = promotion.wave().map(|wave| wave.attempts.as_slice()).unwrap_or_default();
    let moved = attempts.iter().filter_map(|attempt| attempt.moved);
    let ignored = promotion.ignored.iter().map(|ignored| ignored.row);
    [promotion.since].into_iter().chain(given).chain(held).chain(lock).chain(moved).chain(ignored).collect()
}

fn said(draft: &Draft<'_>, promotion: &Promotion) -> Option<BTreeMap<u64, Said>> {
    let rows = spoken_of(draft.state(), promotion).into_iter();
    let each: Vec<Option<(u64, Said)>> = rows.map(|row| Some((row.seq, said_in(draft, row)?))).collect();
    each.into_iter().collect()
}

/// What is told of reports that changed nothing. `None`: facts are missing.
fn unheard(draft: &Draft<'_>, ignored: &[Ignored]) -> Option<Vec<Unheard>> {
    let each = ignored.iter().map(|ignored| {
        let (by, state) = (draft.text(ignored.row, "by"), draft.text(ignored.row, "state"));
        Some(Unheard { at: ignored.row.at, by: by?, state: state?, because: ignored.because })
    });
    each.collect::<Vec<_>>().into_iter().collect()
}

/// The reports that changed nothing since what is in an environment arrived; the inner `None`: there are none. `None`: facts are
/// missing.
pub fn afterwords(draft: &Draft<'_>, slot: &SlotName) -> Option<Option<Afterwords>> {
    let known = draft.state().slot(&slot.component, &slot.environment);
    if known.ignored.is_empty() {
        return Some(None);
    }
    let described = draft.environment(&slot.environment).map(|it| it.deploy.reporters().to_vec());
    let reporters = described.filter(|it| !it.is_empty()).unwrap_or_else(|| draft.usual_reporters());
    let reports = unheard(draft, &known.ignored)?;
    Some(Some(Afterwords { environment: slot.environment.clone(), reporters, reports }))
}

/// Who wrote one row, and what they said. `None`: facts are missing.
pub fn said_in(draft: &Draft<'_>, row: Written) -> Option<Said> {
    let (login, reason) = (draft.text(row, "login"), draft.text(row, "reason"));
    Some(Said { login: login?, reason: reason? })
}

fn changes(draft: &Draft<'_>, promotion: &Promotion) -> Option<Option<usize>> {
    let brought = gate::approval::brought(draft, promotion);
    let each: Vec<Option<Option<usize>>> = brought
        .iter()
        .map(|mark| Some(gate::approval::contents(draft, mark)?.map(|changes| changes.len())))
        .collect();
    let each: Vec<Option<usize>> = each.into_iter().collect::<Option<_>>()?;
    let all: Option<Vec<usize>> = each.into_iter().collect();
    Some(all.filter(|all| !all.is_empty()).map(|all| all.iter().sum()))
}

fn replaced(draft: &Draft<'_>, promotion: &Promotion) -> Option<TagName> {
    let replaces = promotion.asked.replaces.as_ref()?;
    draft.state().release(&promotion.asked.component, replaces).map(|mark| mark.tag.clone())
}

fn passed_over(draft: &Draft<'_>, promotion: &Promotion) -> Option<Written> {
    let lock = draft.state().locks.get(&promotion.asked.environment)?;
    let is_foreign = lock.holds(draft.moment.now) && Some(lock.by) != promotion.asked.by;
    (promotion.is_rollback() && is_foreign).then_some(lock.row)
}

fn going_back(draft: &Draft<'_>, promotion: &Promotion) -> Option<(PromotionId, Version)> {
    let asked = &promotion.asked;
    let mut into = draft.state().promotions_into(&asked.component, &asked.environment);
    let back = into.find(|other| other.is_rollback() && other.id() != promotion.id())?;
    Some((back.id(), back.asked.version.clone()))
}

fn next(draft: &Draft<'_>, promotion: &Promotion) -> Vec<EnvironmentName> {
    let here = &promotion.asked.environment;
    let is_next = |environment: &&Environment| {
        let is_watched = matches!(environment.deploy, Deploy::Observe { .. });
        environment.after.contains(here) && !environment.auto_promote && !is_watched
    };
    draft.environments().iter().filter(is_next).map(|environment| environment.name.clone()).collect()
}

fn way_back(draft: &Draft<'_>, promotion: &Promotion) -> WayBack {
    let asked = &promotion.asked;
    let slot = draft.state().slot(&asked.component, &asked.environment);
    slot.way_back(Some(&asked.version))
}
