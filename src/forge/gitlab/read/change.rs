//! Merge requests as they are now, and which one brought a commit. What a change does to a release is not asked here.

use jiff::Timestamp;
use serde::Deserialize;

use super::account::User;
use super::commit;
use crate::domain::change::{Change, MilestoneRef, Stage, bounded};
use crate::domain::errand;
use crate::domain::id::{ActorId, BranchName, ChangeNumber, CommitId};
use crate::domain::proposal;
use crate::domain::query::BaseNow;
use crate::domain::state::Project;
use crate::forge::fault::{Fault, if_there};
use crate::forge::gitlab::read::Reader;
use crate::forge::route::Route;

/// All that we read of a merge request.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Merge {
    pub(super) iid: u64,
    title: String,
    #[serde(default)]
    description: Option<String>,
    state: String,
    #[serde(default)]
    draft: bool,
    #[serde(default)]
    merged_at: Option<Timestamp>,
    updated_at: Timestamp,
    target_project_id: u64,
    pub(super) target_branch: String,
    #[serde(default)]
    source_branch: String,
    /// The newest commit of its own branch; after a merge by rebasing or fast-forward, as it landed.
    #[serde(default)]
    pub(super) sha: Option<String>,
    #[serde(default)]
    pub(super) merge_commit_sha: Option<String>,
    #[serde(default)]
    pub(super) squash_commit_sha: Option<String>,
    #[serde(default)]
    milestone: Option<Milestone>,
    #[serde(default)]
    labels: Vec<String>,
    #[serde(default)]
    author: Option<User>,
}

#[derive(Debug, Clone, Deserialize)]
struct Milestone {
    iid: u64,
    title: String,
}

impl Merge {
    /// Whether it was merged into this project.
    pub(super) fn is_merged_into(&self, project: &Project) -> bool {
        self.state == "merged" && self.target_project_id == project.id.number
    }

    /// The commit that brought it onto its base branch. A merge without a merge commit put its squash there, or itself.
    pub(super) fn landing(&self) -> Option<&str> {
        self.merge_commit_sha.as_deref().or(self.squash_commit_sha.as_deref()).or(self.sha.as_deref())
    }

    /// Whether its own commits landed as they are, so that several of them may stand on the base branch.
    pub(super) fn landed_by_itself(&self) -> bool {
        self.merge_commit_sha.is_none() && self.squash_commit_sha.is_none()
    }

    /// One into the default branch first, then the older: a merge between branches brings the same commits once more.
    pub(super) fn rank(&self, project: &Project) -> (bool, u64) {
        let default = project.default_branch.as_ref().map(BranchName::as_str);
        (Some(self.target_branch.as_str()) != default, self.iid)
    }

    /// Whether it comes from a branch such as we make.
    fn may_be_ours(&self) -> bool {
        [proposal::BRANCHES, errand::BRANCHES].iter().any(|begin| self.source_branch.starts_with(begin))
    }

    /// In our words. What the account `ours` opened is a program's.
    pub(super) fn change(&self, ours: Option<ActorId>) -> Result<Change, Fault> {
        let named = |text: Option<&str>| text.and_then(|text| CommitId::parse(text).ok());
        let head = named(self.sha.as_deref()).or_else(|| named(self.landing()));
        Ok(Change {
            number: ChangeNumber(self.iid),
            title: self.title.clone(),
            body: bounded(self.description.as_deref().unwrap_or_default()),
            author: self.author.as_ref().map(|author| author.actor_beside(ours)),
            labels: self.labels.clone(),
            milestone: self
                .milestone
                .as_ref()
                .map(|it| MilestoneRef { number: it.iid, title: it.title.clone() }),
            stage: self.stage(named(self.landing()))?,
            base: BranchName::parse(self.target_branch.as_str())
                .map_err(|_| Fault::lacks("a target branch"))?,
            head: head.ok_or_else(|| Fault::lacks("the newest commit of a merge request"))?,
            updated_at: self.updated_at,
        })
    }

    fn stage(&self, landing: Option<CommitId>) -> Result<Stage, Fault> {
        Ok(match self.state.as_str() {
            "merged" => Stage::Merged {
                commit: landing.ok_or_else(|| Fault::lacks("the commit of a merge"))?,
                // Merge requests that were imported, and very old ones, do not tell when.
                at: self.merged_at.unwrap_or(self.updated_at),
            },
            "closed" => Stage::Closed,
            _ if self.draft => Stage::Draft,
            _ => Stage::Open,
        })
    }
}

/// Who we are, where one of these may be ours: of most ranges none is, and nobody asks.
pub(super) async fn ours<'m>(
    reader: &Reader<'_>,
    mut merges: impl Iterator<Item = &'m Merge>,
) -> Result<Option<ActorId>, Fault> {
    if !merges.any(Merge::may_be_ours) {
        return Ok(None);
    }
    reader.gitlab.ourselves().await.map(|account| Some(account.id))
}

/// Where all merge requests are.
pub(super) fn all(reader: &Reader<'_>) -> Route {
    reader.route().then("merge_requests")
}

/// A change as it is now.
pub(super) async fn now(reader: &Reader<'_>, number: ChangeNumber) -> Result<Option<Change>, Fault> {
    let found: Option<Merge> = if_there(reader.api().get(&all(reader).then(number)).await)?;
    told(reader, found).await
}

async fn told(reader: &Reader<'_>, merge: Option<Merge>) -> Result<Option<Change>, Fault> {
    let ours = ours(reader, merge.iter()).await?;
    merge.map(|merge| merge.change(ours)).transpose()
}

/// The branch that a change goes to, as it is now; `None` where there is no such change, or the branch is gone.
pub(super) async fn base(reader: &Reader<'_>, number: ChangeNumber) -> Result<Option<BaseNow>, Fault> {
    let Some(change) = now(reader, number).await? else { return Ok(None) };
    let newest = commit::named(reader, &format!("refs/heads/{}", change.base)).await?;
    Ok(newest.map(|newest| BaseNow { branch: change.base, newest }))
}

/// The merged change that brought a commit.
pub(super) async fn that_brought(reader: &Reader<'_>, commit: &CommitId) -> Result<Option<Change>, Fault> {
    told(reader, bringer(reader, commit.as_str()).await?).await
}

/// Which of the merge requests that GitLab names for a commit brought it here: it names open ones, too. The one whose merge
/// it is wins.
pub(super) async fn bringer(reader: &Reader<'_>, commit: &str) -> Result<Option<Merge>, Fault> {
    let route = reader.route().down("repository/commits").then(commit).then("merge_requests");
    let found: Option<Vec<Merge>> = if_there(reader.api().get(&route.with("per_page", 100)).await)?;
    let merged = found.into_iter().flatten().filter(|merge| merge.is_merged_into(reader.project));
    Ok(merged.min_by_key(|merge| (merge.landing() != Some(commit), merge.rank(reader.project))))
}
