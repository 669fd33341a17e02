//! Orders carried out as *ensure*, one file per noun: what is there is looked for before it is made again (invariant 5). What is ordered is not decided here.

mod branch;
mod comment;
mod deployment;
mod draft;
mod issue;
mod label;
mod milestone;
mod page;
mod preview;
mod proposal;
mod reaction;
mod run;
mod tag;

use jiff::{SignedDuration, Timestamp};

use super::read::Reader;
use super::render;
use super::{GitHub, Order, Ourselves, PerformError};
use crate::domain::effect::{Effect, Made, Refusal};
use crate::domain::policy::environment::Automation;
use crate::forge::fault::Fault;

/// GitHub's clock and ours may differ by this much.
const CLOCK_DIFFERENCE: SignedDuration = SignedDuration::from_mins(2);

/// An order with what is needed to carry it out.
struct Work<'a> {
    reader: Reader<'a>,
    order: &'a Order<'a>,
    github: &'a GitHub,
    /// What lets us in; `None`: a token does.
    installation: Option<u64>,
}

impl Work<'_> {
    /// Writes as of the order: a later attempt writes the same.
    fn pen(&self) -> render::Pen<'_> {
        self.github.pen(self.order.project, self.order.ordered_at)
    }

    /// Whether an earlier attempt may have done it without our knowing.
    fn may_be_done(&self) -> bool {
        self.order.attempt > 1
    }

    /// Whether something may come from this order, by the moment that GitHub says it was made.
    fn is_since_ordered(&self, at: Timestamp) -> bool {
        at + CLOCK_DIFFERENCE >= self.order.ordered_at
    }

    /// The moment of the order as a query parameter.
    fn ordered_at_text(&self) -> String {
        self.order.ordered_at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
    }

    /// Our own accounts, by which our works are told from others'.
    async fn ourselves(&self) -> Result<&Ourselves, PerformError> {
        self.github.ourselves_through(self.installation).await.map_err(Fault::of_lookup)
    }
}

/// Carries an order out. Routes only.
pub(super) async fn ensure(github: &GitHub, order: &Order<'_>) -> Result<Made, PerformError> {
    let project = order.project;
    let installation = project.installation.as_ref().map(|installation| installation.number);
    let caller = github.caller(project).map_err(Fault::of_lookup)?;
    let reader = Reader { caller, project, names: &github.names };
    let work = Work { reader, order, github, installation };
    match order.effect {
        Effect::React { comment, reaction } => reaction::ensure(&work, comment, *reaction).await,
        Effect::Comment { thread, answers, text } => {
            comment::ensure(&work, comment::Place::of(*thread, answers.as_ref()), text).await
        }
        Effect::Preview { head, title, text, .. } => preview::ensure(&work, head, (title, text)).await,
        Effect::CreateTag { tag, commit, message } => tag::ensure(&work, (tag, commit), message).await,
        Effect::DraftRelease { tag, commit, title, notes, prerelease } => {
            let draft = page::Draft { tag, commit, title, notes, prerelease: *prerelease };
            page::ensure_draft(&work, &draft).await
        }
        Effect::CreateBranch { branch, commit } => branch::ensure(&work, branch, commit).await,
        Effect::Backport(wanted) => branch::ensure_backport(&work, wanted).await,
        Effect::KeepProposal(wanted) => proposal::ensure(&work, wanted).await,
        Effect::KeepDraft { .. } => draft::ensure(&work).await,
        Effect::PublishRelease { release, tag, latest } => {
            page::ensure_published(&work, (*release, tag), *latest).await
        }
        Effect::AddBanner { release, tag: _, banner } => page::ensure_banner(&work, *release, banner).await,
        Effect::CreateDeployment { environment, commit, description, payload } => {
            let draft = deployment::Draft { environment, commit, description, payload };
            deployment::ensure(&work, &draft).await
        }
        Effect::ReportDeployment { deployment, state, description } => {
            deployment::ensure_reported(&work, (*deployment, *state), description).await
        }
        Effect::StartRun { what: Automation::Workflow(file), tag, commit, inputs } => {
            run::ensure_started(&work, &run::Start { file, tag, commit, inputs }).await
        }
        Effect::StartRun { what: what @ (Automation::Pipeline(_) | Automation::Job(_)), .. } => {
            let said = format!("GitHub has no {} to be started", what.key());
            Err(PerformError::Refused(Refusal::Invalid { said }))
        }
        Effect::CancelRun { what: _, run } => run::ensure_cancelled(&work, *run).await,
        Effect::OpenIssue { title, text } => issue::ensure_open(&work, title, text).await,
        Effect::CarryOver { thread, from, to } => {
            milestone::ensure_carried(&work, *thread, (*from, *to)).await
        }
        Effect::CloseMilestone { number } => milestone::ensure_closed(&work, *number).await,
        Effect::CreateLabel { label } => label::ensure(&work, label).await,
        Effect::SetIssue { number, state } => issue::ensure_state(&work, *number, *state).await,
    }
}
