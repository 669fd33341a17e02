//! Answers to the engine's questions, one file per noun. What follows from an answer is not decided here.

mod actor;
mod change;
mod check;
mod comment;
mod commit;
pub(super) mod deployment;
mod graph;
mod label;
mod landed;
mod milestone;
mod page;
pub(super) mod peel;
mod people;
mod policy;
mod range;
mod round;
pub(super) mod run;
mod signed;
mod tag;
mod touched;
mod workflow;

use serde_json::{Value, json};

use super::api::Caller;
use super::{Names, PolicyFile, PolicySource, ReadError};
use crate::domain::id::ProjectPath;
use crate::domain::query::{Answer, Query, Triggered};
use crate::domain::state::Project;
use crate::forge::fault::Fault;
use crate::forge::route::Route;

pub(super) use comment::{Found as FoundComment, route as comment_route};
pub(super) use landed::branch_head;
pub(super) use page::{Page as FoundPage, by_tag as page_by_tag, listed as listed_pages};
pub(super) use round::answers;

/// One project, read through its installation.
pub(super) struct Reader<'a> {
    pub(super) caller: Caller<'a>,
    pub(super) project: &'a Project,
    pub(super) names: &'a Names,
}

impl Reader<'_> {
    /// `/repos/owner/name` of the project.
    pub(super) fn repository(&self) -> Route {
        Route::repository(&self.project.path)
    }

    /// The variables that every query about the project needs, and these.
    fn variables(&self, more: Value) -> Value {
        about(&self.project.path, more)
    }
}

fn about(path: &ProjectPath, mut more: Value) -> Value {
    more["owner"] = json!(path.owner());
    more["name"] = json!(path.name());
    more
}

/// The part of a GraphQL answer that is about the repository; one that we cannot see is an error, not an absence.
fn repository_of<T>(repository: Option<T>) -> Result<T, Fault> {
    let said = || "the repository is not there, or the App is not installed for it".to_owned();
    repository.ok_or_else(|| Fault::Denied { status: 404, said: said() })
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
        Query::BranchHead(branch) => landed::branch_head(reader, branch).await?.map(Answer::BranchHead),
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
        Query::ReleasePage(tag) => page::of(reader, tag).await?.map(Answer::ReleasePage),
        Query::TagStarts(commit) => {
            Some(Answer::TagStarts(workflow::started_by_tags(reader, commit.as_str()).await?))
        }
        Query::Runs(asked) => Some(Answer::Runs(run::started(reader, asked).await?)),
        Query::TagNow(tag) => peel::now(reader, tag).await?.map(Answer::TagNow),
        Query::Deployment(id) => deployment::now(reader, *id).await?.map(Answer::Deployment),
        Query::Deployed(environment) => {
            deployment::succeeded(reader, environment).await?.map(Answer::Deployed)
        }
        Query::Environments(_) => Some(Answer::Environments(deployment::environments(reader).await?)),
        Query::Run(asked) => run::now(reader, asked.number).await?.map(Answer::Run),
        Query::Inputs(asked) => workflow::inputs(reader, asked).await?.map(Answer::Inputs),
        Query::Checks(commit) => check::of(reader, commit).await?.map(Answer::Checks),
        Query::Team(group) => people::team(reader, group).await?.map(Answer::Team),
        Query::People(least) => Some(Answer::People(people::with(reader, *least).await?)),
        Query::Labels(_) => Some(Answer::Labels(label::all(reader).await?)),
        Query::Account(name) => people::account(reader, name).await?.map(Answer::Account),
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

/// The policy file of another repository that the same installation covers.
pub(super) async fn shared_policy(
    reader: &Reader<'_>,
    path: &ProjectPath,
) -> Result<Option<PolicyFile>, Fault> {
    policy::shared(reader, path).await
}

/// What a tag on the newest commit would start.
pub(super) async fn started_by_tags(reader: &Reader<'_>) -> Result<Vec<Triggered>, Fault> {
    workflow::started_by_tags(reader, "HEAD").await
}
