//! Pull requests as they are now, and which one brought a commit. What a change does to a release is not asked here.

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::json;

use super::graph::{About, Connection};
use super::repository_of;
use crate::domain::change::{Change, MilestoneRef, Stage, bounded};
use crate::domain::id::{Actor, ActorId, ActorKind, BranchName, ChangeNumber, CommitId};
use crate::domain::query::BaseNow;
use crate::domain::state::Project;
use crate::forge::fault::Fault;
use crate::forge::github::read::Reader;

/// All that we read of a pull request. The merge commit is asked for by `mergeCommit`: the REST field is going away,
/// and means a trial merge while the pull request is open.
pub(super) const FIELDS: &str = "fragment change on PullRequest{number title body state isDraft merged mergedAt updatedAt \
    baseRefName headRefOid mergeCommit{oid} baseRepository{databaseId} milestone{number title} \
    labels(first:50){nodes{name}} author{...account}} \
    fragment account on Actor{__typename login ... on User{databaseId} ... on Bot{databaseId} \
    ... on Mannequin{databaseId}}";

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Pull {
    number: u64,
    title: String,
    #[serde(default)]
    body: String,
    state: String,
    is_draft: bool,
    #[serde(default)]
    merged: bool,
    merged_at: Option<Timestamp>,
    updated_at: Timestamp,
    base_ref_name: String,
    head_ref_oid: String,
    merge_commit: Option<Oid>,
    base_repository: Option<Numbered>,
    milestone: Option<Milestone>,
    labels: Option<Labels>,
    author: Option<Account>,
    #[serde(default)]
    reviews: Option<Reviews>,
}

#[derive(Debug, Clone, Deserialize)]
struct Oid {
    oid: String,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Numbered {
    database_id: Option<u64>,
}

#[derive(Debug, Clone, Deserialize)]
struct Milestone {
    number: u64,
    title: String,
}

#[derive(Debug, Clone, Deserialize)]
struct Labels {
    nodes: Vec<Option<Label>>,
}

#[derive(Debug, Clone, Deserialize)]
struct Label {
    name: String,
}

#[derive(Debug, Clone, Deserialize)]
struct Reviews {
    nodes: Vec<Option<Review>>,
}

#[derive(Debug, Clone, Deserialize)]
struct Review {
    author: Option<Account>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Account {
    #[serde(rename = "__typename")]
    kind: String,
    login: String,
    database_id: Option<u64>,
}

impl Account {
    /// A bot's login comes without its `[bot]` here and with it everywhere else.
    fn actor(&self) -> Option<Actor> {
        let bot = self.kind == "Bot";
        let suffix = if bot && !self.login.ends_with("[bot]") { "[bot]" } else { "" };
        let kind = if bot { ActorKind::Bot } else { ActorKind::Person };
        Some(Actor { id: ActorId(self.database_id?), login: format!("{}{suffix}", self.login), kind })
    }
}

impl Pull {
    /// Whether it was merged into this project; a fork's pull requests share commits with ours.
    pub(super) fn is_merged_into(&self, project: &Project) -> bool {
        let here = self.base_repository.as_ref().and_then(|base| base.database_id) == Some(project.id.number);
        self.merged && here
    }

    /// The distinct people who approved it.
    pub(super) fn approvers(&self) -> Vec<ActorId> {
        let reviews = self.reviews.iter().flat_map(|reviews| reviews.nodes.iter().flatten());
        let mut approvers: Vec<ActorId> = reviews
            .filter_map(|review| review.author.as_ref()?.actor())
            .filter(|actor| actor.kind == ActorKind::Person)
            .map(|actor| actor.id)
            .collect();
        approvers.sort_unstable();
        approvers.dedup();
        approvers
    }

    /// In our words.
    pub(super) fn change(&self) -> Result<Change, Fault> {
        Ok(Change {
            number: ChangeNumber(self.number),
            title: self.title.clone(),
            body: bounded(&self.body),
            author: self.author.as_ref().and_then(Account::actor),
            labels: self
                .labels
                .iter()
                .flat_map(|labels| labels.nodes.iter().flatten())
                .map(|label| label.name.clone())
                .collect(),
            milestone: self
                .milestone
                .as_ref()
                .map(|it| MilestoneRef { number: it.number, title: it.title.clone() }),
            stage: self.stage()?,
            base: BranchName::parse(self.base_ref_name.as_str())
                .map_err(|_| Fault::lacks("a base branch"))?,
            head: CommitId::parse(self.head_ref_oid.as_str()).map_err(|_| Fault::lacks("a head commit"))?,
            updated_at: self.updated_at,
        })
    }

    fn stage(&self) -> Result<Stage, Fault> {
        if self.merged {
            let commit =
                self.merge_commit.as_ref().and_then(|commit| CommitId::parse(commit.oid.as_str()).ok());
            let commit = commit.ok_or_else(|| Fault::lacks("the merge commit of a merged pull request"))?;
            let at = self.merged_at.ok_or_else(|| Fault::lacks("the time of a merge"))?;
            return Ok(Stage::Merged { commit, at });
        }
        Ok(match self.state.as_str() {
            "CLOSED" => Stage::Closed,
            _ if self.is_draft => Stage::Draft,
            _ => Stage::Open,
        })
    }

    /// Whether its merge is this commit.
    pub(super) fn brought(&self, commit: &str) -> bool {
        self.merge_commit.as_ref().is_some_and(|merge| merge.oid == commit)
    }
}

/// Which of the pull requests that GitHub names for a commit brought it here. It names open ones, too, for commits
/// outside the default branch, and those of forks. The one whose merge it is wins, then one into the default branch.
pub(super) fn bringer<'a>(pulls: &'a [Pull], commit: &str, project: &Project) -> Option<&'a Pull> {
    let default = project.default_branch.as_ref().map(BranchName::as_str);
    pulls
        .iter()
        .filter(|pull| pull.is_merged_into(project))
        .min_by_key(|pull| (!pull.brought(commit), Some(pull.base_ref_name.as_str()) != default, pull.number))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WithPull {
    pull_request: Option<Pull>,
}

/// A change as it is now.
pub(super) async fn now(reader: &Reader<'_>, number: ChangeNumber) -> Result<Option<Change>, Fault> {
    let document = format!(
        "query($owner:String!,$name:String!,$number:Int!){{repository(owner:$owner,name:$name){{\
         pullRequest(number:$number){{...change}}}}}} {FIELDS}"
    );
    let variables = reader.variables(json!({ "number": number }));
    let found: About<WithPull> = reader.caller.graphql(&document, variables).await?;
    repository_of(found.repository)?.pull_request.map(|pull| pull.change()).transpose()
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WithBase {
    pull_request: Option<Based>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Based {
    base_ref_name: String,
    base_ref: Option<Target>,
}

#[derive(Deserialize)]
struct Target {
    target: Option<Oid>,
}

/// The branch that a change goes to, as it is now; `None` where there is no such change, or the branch is gone.
pub(super) async fn base(reader: &Reader<'_>, number: ChangeNumber) -> Result<Option<BaseNow>, Fault> {
    const BASE: &str = "query($owner:String!,$name:String!,$number:Int!){repository(owner:$owner,name:$name){\
        pullRequest(number:$number){baseRefName baseRef{target{oid}}}}}";
    let variables = reader.variables(json!({ "number": number }));
    let found: About<WithBase> = reader.caller.graphql(BASE, variables).await?;
    let Some(pull) = repository_of(found.repository)?.pull_request else { return Ok(None) };
    let Some(newest) = pull.base_ref.and_then(|branch| branch.target) else { return Ok(None) };
    let branch = BranchName::parse(pull.base_ref_name).map_err(|_| Fault::lacks("a base branch"))?;
    let newest = CommitId::parse(newest.oid).map_err(|_| Fault::lacks("the newest commit of a branch"))?;
    Ok(Some(BaseNow { branch, newest }))
}

#[derive(Deserialize)]
struct WithCommit {
    object: Option<Brought>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Brought {
    associated_pull_requests: Option<Connection<Pull>>,
}

/// The merged change that brought a commit.
pub(super) async fn that_brought(reader: &Reader<'_>, commit: &CommitId) -> Result<Option<Change>, Fault> {
    let document = format!(
        "query($owner:String!,$name:String!,$oid:GitObjectID!){{repository(owner:$owner,name:$name){{\
         object(oid:$oid){{... on Commit{{associatedPullRequests(first:10){{nodes{{...change}}}}}}}}}}}} {FIELDS}"
    );
    let variables = reader.variables(json!({ "oid": commit }));
    let found: About<WithCommit> = reader.caller.graphql(&document, variables).await?;
    let brought = repository_of(found.repository)?.object.and_then(|commit| commit.associated_pull_requests);
    let pulls: Vec<Pull> = brought.into_iter().flat_map(Connection::seen).collect();
    bringer(&pulls, commit.as_str(), reader.project).map(Pull::change).transpose()
}
