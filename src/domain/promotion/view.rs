//! What is told of a promotion, gathered once: panel, comments, `why` and pages are all drawn from it. The wording is `say`'s.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::draft::Draft;
use super::model::{Promotion, Stage};
use crate::domain::gate::{self, Verdict};
use crate::domain::id::{CommitId, PromotionId};
use crate::domain::state::Written;
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
    /// Who ended it, where a person did.
    pub ended_by: Option<Said>,
    /// Whether one can go back from it.
    pub back: WayBack,
    /// How many changes it brings, where that is known.
    pub changes: Option<usize>,
    /// The commit at which the policy was read.
    pub policy: Option<CommitId>,
    /// The moment.
    pub now: Timestamp,
}

/// Who wrote a journal row, and what they said; nothing where it was erased.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Said {
    /// Their login.
    pub login: Option<String>,
    /// Their reason, or what their yes means.
    pub reason: Option<String>,
}

/// Whether one can go back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WayBack {
    /// To this release.
    To(Version),
    /// Nothing was good there before.
    FirstThere,
    /// What was good there is held by now.
    AllHeld,
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
    let (verdicts, said, changes) = (verdicts?, said?, changes?);
    let in_the_way = verdicts.iter().find_map(|verdict| match &verdict.gate {
        gate::Gate::Slot { taken_by: Some(other) } => {
            let other = draft.state().promotions.get(other)?;
            Some((other.id(), other.asked.version.clone()))
        }
        _ => None,
    });
    Some(View {
        back: way_back(draft, promotion),
        promotion: promotion.clone(),
        verdicts,
        said,
        in_the_way,
        ended_by: None,
        changes,
        policy: draft.revision.cloned(),
        now: draft.moment.now,
    })
}

/// The rows that a promotion's words speak of.
fn said(draft: &Draft<'_>, promotion: &Promotion) -> Option<BTreeMap<u64, Said>> {
    let lock = draft.state().locks.get(&promotion.asked.environment).map(|lock| lock.row);
    let held = promotion.held.as_ref().map(|held| held.row);
    let given = promotion.approvals.iter().map(|approval| approval.given);
    let attempts = promotion.wave().map(|wave| wave.attempts.as_slice()).unwrap_or_default();
    let moved = attempts.iter().filter_map(|attempt| attempt.moved);
    let rows = [promotion.since].into_iter().chain(given).chain(held).chain(lock).chain(moved);
    let each: Vec<Option<(u64, Said)>> = rows.map(|row| Some((row.seq, said_in(draft, row)?))).collect();
    each.into_iter().collect()
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

fn way_back(draft: &Draft<'_>, promotion: &Promotion) -> WayBack {
    let asked = &promotion.asked;
    let slot = draft.state().slot(&asked.component, &asked.environment);
    let others = || slot.good.iter().filter(|standing| standing.version.as_ref() != Some(&asked.version));
    match slot.before(Some(&asked.version)).and_then(|standing| standing.version.clone()) {
        Some(version) => WayBack::To(version),
        None if others().next().is_some() => WayBack::AllHeld,
        None => WayBack::FirstThere,
    }
}
