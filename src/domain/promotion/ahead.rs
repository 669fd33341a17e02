//! Asking for what will be needed before it is needed, so that four rounds of questions serve every decision (invariant 7). Nothing is decided here.

use super::dispatch;
use super::model::{Promotion, Stage};
use super::view::spoken_of;
use crate::domain::decision::Moment;
use crate::domain::id::ComponentName;
use crate::domain::policy::environment::{ApprovalRule, Deploy};
use crate::domain::policy::staffing::behind;
use crate::domain::state::ReleaseMark;

/// How many of the newest releases a command may mean without naming one.
const LIKELY: usize = 2;

/// What open promotions will ask for, as far as the state tells.
pub fn of_open(moment: &Moment<'_>) {
    // Who waits for a lock is told who locked, and why.
    for lock in moment.state.locks.values() {
        let _ = moment.facts.row(lock.row.seq);
    }
    for promotion in moment.state.promotions.values() {
        rows(moment, promotion);
        if promotion.stage == Stage::Waiting {
            gates(moment, promotion);
        }
    }
}

/// What a command about promotions will ask for, as far as the state tells.
pub fn of_command(moment: &Moment<'_>) {
    of_open(moment);
    for component in moment.state.components.values() {
        for release in component.releases.iter().take(LIKELY) {
            of_release(moment, release);
        }
    }
}

/// What the promotion of a release will ask for.
pub fn of_release(moment: &Moment<'_>, release: &ReleaseMark) {
    let facts = moment.facts;
    let _ = (facts.tag_now(release.tag.clone()), facts.release_page(release.tag.clone()));
    let _ = release.contents.map(|row| facts.row(row));
}

fn rows(moment: &Moment<'_>, promotion: &Promotion) {
    for row in spoken_of(moment.state, promotion) {
        let _ = moment.facts.row(row.seq);
    }
    contents(moment, &promotion.asked.component);
}

fn contents(moment: &Moment<'_>, component: &ComponentName) {
    let releases = moment.state.components.get(component).map(|component| component.releases.as_slice());
    for release in releases.unwrap_or_default().iter().take(LIKELY) {
        let _ = release.contents.map(|row| moment.facts.row(row));
    }
}

fn gates(moment: &Moment<'_>, promotion: &Promotion) {
    let facts = moment.facts;
    let tag = &promotion.asked.tag;
    let _ = (facts.tag_now(tag.clone()), facts.release_page(tag.clone()));
    if !promotion.terms.conditions.checks.is_empty() {
        let _ = facts.checks(promotion.asked.commit.clone());
    }
    if let Deploy::Run { what, .. } = &promotion.terms.deploy {
        let _ = facts.inputs(dispatch::inputs_asked(&promotion.asked, what));
    }
    promotion.terms.conditions.approvals.iter().for_each(|rule| people(moment, rule));
}

/// Everybody whom a rule names.
fn people(moment: &Moment<'_>, rule: &ApprovalRule) {
    for principal in &rule.from {
        let _ = behind(principal, moment.facts);
    }
}
