//! Answers to the engine's questions, one file per noun. What follows from an answer is not decided here.

mod account;
mod actor;
mod approval;
mod change;
mod check;
mod comment;
mod commit;
mod deployment;
mod inside;
mod label;
mod landed;
mod milestone;
mod page;
mod people;
mod policy;
mod range;
mod run;
mod tag;
mod touched;
mod writers;

pub(super) use inside::probe as tells_people;
pub(super) use landed::branch_head;
pub(super) use milestone::{is_titled, midnight};
use serde::Deserialize;

use super::api::Api;
use super::{GitLab, PolicyFile, PolicySource, ReadError, configuration};
use crate::domain::id::ProjectPath;
use crate::domain::query::{Answer, Query};
use crate::domain::state::Project;
use crate::forge::fault::Fault;
use crate::forge::route::Route;

/// One project, read with our token.
pub(super) struct Reader<'a> {
    pub(super) gitlab: &'a GitLab,
    pub(super) project: &'a Project,
}

/// What a project says of itself.
#[derive(Deserialize)]
struct Itself {
    /// `None` where it is empty, or where we may not see its code.
    #[serde(default)]
    default_branch: Option<String>,
    #[serde(default)]
    visibility: Option<String>,
}

impl Reader<'_> {
    fn api(&self) -> &Api {
        &self.gitlab.api
    }

    /// `/projects/NUMBER` of the project.
    fn route(&self) -> Route {
        Route::project(self.project.id.number)
    }

    async fn itself(&self) -> Result<Itself, Fault> {
        self.api().get(&self.route()).await
    }
}

/// Answers a question. `None`: there is no such thing.
pub(super) async fn answer(reader: &Reader<'_>, query: &Query) -> Result<Option<Answer>, ReadError> {
    Ok(match query {
        Query::Comment(at) => comment::now(reader, at).await?.map(Answer::Comment),
        Query::Standing(actor) => Some(Answer::Standing(actor::standing(reader, actor).await?)),
        Query::Member(membership) => Some(Answer::Member(actor::member(reader, membership).await?)),
        Query::Tags(_) => Some(Answer::Tags(tag::all(reader).await?)),
        Query::Commit(name) => commit::named(reader, name).await?.map(Answer::Commit),
        Query::FirstAncestor(asked) => tag::first_ancestor(reader, asked).await?.map(Answer::FirstAncestor),
        Query::BranchOf(asked) => commit::branch_of(reader, asked).await?.map(Answer::BranchOf),
        Query::Range(asked) => range::commits(reader, asked).await?.map(Answer::Range),
        Query::Holds(asked) => commit::holds(reader, asked).await?.map(Answer::Holds),
        Query::BranchHead(branch) => {
            landed::branch_head(reader.gitlab, reader.project, branch).await?.map(Answer::BranchHead)
        }
        Query::MergedBy(number) => landed::by(reader, *number).await?.map(Answer::MergedBy),
        Query::Landed(number) => landed::of(reader, *number).await?.map(Answer::Landed),
        Query::Change(number) => change::now(reader, *number).await?.map(Answer::Change),
        Query::Base(number) => change::base(reader, *number).await?.map(Answer::Base),
        Query::Touched(commit) => touched::files(reader, commit).await?.map(Answer::Touched),
        Query::Files(changes) => Some(Answer::Files(touched::of_changes(reader, changes).await?)),
        Query::ChangeOf(commit) => change::that_brought(reader, commit).await?.map(Answer::ChangeOf),
        Query::FirstTimers(asked) => Some(Answer::FirstTimers(actor::first_timers(reader, asked).await?)),
        Query::Milestone(version) => milestone::of(reader, version).await?.map(Answer::Milestone),
        Query::Milestones(_) => Some(Answer::Milestones(milestone::open(reader).await?)),
        Query::ReleasePage(tag) => page::now(reader, tag).await?.map(Answer::ReleasePage),
        Query::TagStarts(commit) => Some(Answer::TagStarts(
            configuration::started_by_tags(reader.api(), reader.route(), commit).await?,
        )),
        Query::Runs(asked) => Some(Answer::Runs(run::started(reader, asked).await?)),
        Query::TagNow(tag) => tag::now(reader, tag).await?.map(Answer::TagNow),
        Query::Deployment(id) => deployment::now(reader, *id).await?.map(Answer::Deployment),
        Query::Deployed(environment) => {
            deployment::succeeded(reader, environment).await?.map(Answer::Deployed)
        }
        Query::Environments(_) => Some(Answer::Environments(deployment::environments(reader).await?)),
        Query::Run(asked) => run::now(reader, asked).await?.map(Answer::Run),
        Query::Inputs(asked) => run::inputs(reader, asked).await?.map(Answer::Inputs),
        Query::Checks(commit) => check::of(reader, commit).await?.map(Answer::Checks),
        Query::Team(group) => people::team(reader, group).await?.map(Answer::Team),
        Query::People(least) => Some(Answer::People(people::with(reader, *least).await?)),
        Query::Labels(_) => Some(Answer::Labels(label::all(reader).await?)),
        Query::Account(name) => account::called(reader, name).await?.map(Answer::Account),
        Query::Policy(_)
        | Query::PolicyHeld(_)
        | Query::ChangeHeld(_)
        | Query::FilesAt(_)
        | Query::FilesHeld(_)
        | Query::ReleaseOf(_)
        | Query::Ordered(_)
        | Query::Row(_) => {
            let cause = anyhow::anyhow!("{query:?} is answered by the engine, not by a forge");
            return Err(ReadError::Corrupt { cause });
        }
    })
}

/// Where the project's own policy comes from.
pub(super) async fn policy_source(reader: &Reader<'_>) -> Result<Option<PolicySource>, Fault> {
    policy::source(reader).await
}

/// A file of the project.
pub(super) async fn text_of(reader: &Reader<'_>, path: &str) -> Result<Option<String>, Fault> {
    policy::text_of(reader, path).await
}

/// The policy file of another project that our token can read.
pub(super) async fn shared_policy(
    reader: &Reader<'_>,
    path: &ProjectPath,
) -> Result<Option<PolicyFile>, Fault> {
    policy::shared(reader, path).await
}
