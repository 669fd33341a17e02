//! Orders carried out as *ensure*, one file per noun: what is there is looked for before it is made again (invariant 5). What is ordered is not decided here.

mod branch;
mod deployment;
mod issue;
mod label;
mod milestone;
mod note;
mod page;
mod preview;
mod proposal;
mod reaction;
mod run;
mod tag;

use jiff::{SignedDuration, Timestamp};

use super::api::{Account, Api};
use super::{GitLab, Order, PerformError, render};
use crate::domain::effect::{Effect, Made, Refusal};
use crate::forge::fault::Fault;
use crate::forge::route::Route;

/// GitLab's clock and ours may differ by this much.
const CLOCK_DIFFERENCE: SignedDuration = SignedDuration::from_mins(2);

/// An order with what is needed to carry it out.
struct Work<'a> {
    order: &'a Order<'a>,
    gitlab: &'a GitLab,
}

impl<'a> Work<'a> {
    fn api(&self) -> &'a Api {
        &self.gitlab.api
    }

    /// `/projects/NUMBER`: a moved project keeps its number, so no order is ever answered with a redirect.
    fn project(&self) -> Route {
        Route::project(self.order.project.id.number)
    }

    /// Writes as of the order: a later attempt writes the same.
    fn pen(&self) -> render::Pen<'_> {
        self.gitlab.pen(self.order.project, self.order.ordered_at)
    }

    /// Whether an earlier attempt may have done it without our knowing.
    fn may_be_done(&self) -> bool {
        self.order.attempt > 1
    }

    /// Whether something may come from this order, by the moment that GitLab says it was made.
    fn is_since_ordered(&self, at: Timestamp) -> bool {
        at + CLOCK_DIFFERENCE >= self.order.ordered_at
    }

    /// Our own account, by which our works are told from others'.
    async fn ourselves(&self) -> Result<&'a Account, PerformError> {
        self.gitlab.ourselves().await.map_err(Fault::of_lookup)
    }
}

/// Carries an order out. Routes only.
pub(super) async fn ensure(gitlab: &GitLab, order: &Order<'_>) -> Result<Made, PerformError> {
    let work = Work { order, gitlab };
    match order.effect {
        Effect::React { comment, reaction } => reaction::ensure(&work, comment, *reaction).await,
        Effect::Comment { thread, answers, text } => {
            note::ensure(&work, (*thread, answers.as_ref()), text).await
        }
        Effect::Preview { change, title, text, asks, .. } => {
            preview::ensure(&work, *change, &preview::Shown { title, text, asks: *asks }).await
        }
        Effect::CreateTag { tag, commit, message } => tag::ensure(&work, (tag, commit), message).await,
        Effect::DraftRelease { tag, title, notes, .. } => page::ensure(&work, tag, (title, notes)).await,
        Effect::CreateBranch { branch, commit } => branch::ensure(&work, branch, commit).await,
        Effect::Backport(wanted) => branch::ensure_backport(&work, wanted).await,
        Effect::KeepProposal(wanted) => proposal::ensure(&work, wanted).await,
        Effect::KeepDraft { .. } => {
            let said = "GitLab has no draft releases".to_owned();
            Err(PerformError::Refused(Refusal::Invalid { said }))
        }
        Effect::PublishRelease { tag, .. } => page::ensure_there(&work, tag).await,
        Effect::AddBanner { tag, banner, .. } => page::ensure_banner(&work, tag, banner).await,
        Effect::CreateDeployment { environment, commit, payload, .. } => {
            deployment::ensure(&work, &deployment::Draft { environment, commit, payload }).await
        }
        Effect::ReportDeployment { deployment, state, .. } => {
            deployment::ensure_reported(&work, *deployment, *state).await
        }
        Effect::StartRun { what, tag, commit, inputs } => {
            run::ensure_started(&work, &run::Start { what, tag, commit, inputs }).await
        }
        Effect::CancelRun { what, run } => run::ensure_cancelled(&work, what, *run).await,
        Effect::OpenIssue { title, text } => issue::ensure_open(&work, title, text).await,
        Effect::CarryOver { thread, from, to } => {
            milestone::ensure_carried(&work, *thread, (*from, *to)).await
        }
        Effect::CloseMilestone { number } => milestone::ensure_closed(&work, *number).await,
        Effect::CreateLabel { label } => label::ensure(&work, label).await,
        Effect::SetIssue { number, state } => issue::ensure_state(&work, *number, *state).await,
    }
}
