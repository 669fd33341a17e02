//! The parts of GitHub's payloads that we read. Everything may be missing or of another shape: then it is `None`. What they mean lives beside.

use jiff::Timestamp;

use crate::domain::id::{Actor, ActorId, ActorKind, BranchName, CommitId, ProjectPath};
use crate::domain::signal::ProjectSeen;
use crate::forge::github::Names;
use crate::forge::lenient::lenient_structs;

/// GitHub's stand-in for accounts that are gone (<https://github.com/ghost>). It has no rights anywhere.
const GHOST: u64 = 10_137;

lenient_structs! { crate::forge::github;
    /// All events in one: each has some of these.
    Payload {
        action: String,
        repository: Repository,
        installation: Installation,
        sender: User,
        issue: Issue,
        comment: Comment,
        review: Comment,
        pull_request: PullRequest,
        label: Label,
        release: Release,
        milestone: Milestone,
        workflow_run: WorkflowRun,
        check_run: Check,
        check_suite: Check,
        deployment: Deployment,
        deployment_status: DeploymentStatus,
        sha: String,
        reference ("ref"): String,
        ref_type: String,
        before: String,
        after: String,
        created: bool,
        deleted: bool,
        forced: bool,
        commits: Vec<PushCommit>,
        repositories: Vec<Repository>,
        repositories_added: Vec<Repository>,
        repositories_removed: Vec<Repository>,
    }
    /// A repository.
    Repository {
        id: u64,
        full_name: String,
        private: bool,
        visibility: String,
        default_branch: String,
        archived: bool,
        owner: User,
    }
    /// An installation of an App.
    Installation {
        id: u64,
        account: User,
    }
    /// An account.
    User {
        id: u64,
        login: String,
        kind ("type"): String,
    }
    /// An App, where a comment was written through one.
    App {
        id: u64,
        client_id: String,
    }
    /// An issue, or a pull request seen as one.
    Issue {
        number: u64,
        pull_request: serde_json::Value,
    }
    /// A comment, a review or a remark.
    Comment {
        id: u64,
        user: User,
        body: String,
        created_at: Timestamp,
        submitted_at: Timestamp,
        html_url: String,
        node_id: String,
        performed_via_github_app: App,
    }
    /// A pull request.
    PullRequest {
        number: u64,
        title: String,
        body: String,
        user: User,
        labels: Vec<Label>,
        milestone: Milestone,
        state: String,
        draft: bool,
        merged: bool,
        merged_at: Timestamp,
        merge_commit_sha: String,
        updated_at: Timestamp,
        base: Side,
        head: Side,
    }
    /// A label.
    Label {
        name: String,
    }
    /// A milestone.
    Milestone {
        number: u64,
        title: String,
        due_on: Timestamp,
    }
    /// One side of a pull request.
    Side {
        reference ("ref"): String,
        sha: String,
    }
    /// A commit of a push.
    PushCommit {
        id: String,
        added: Vec<String>,
        modified: Vec<String>,
        removed: Vec<String>,
    }
    /// A release page.
    Release {
        id: u64,
        tag_name: String,
    }
    /// A run of a workflow.
    WorkflowRun {
        id: u64,
        head_sha: String,
        head_branch: String,
        path: String,
        name: String,
        html_url: String,
        event: String,
        status: String,
        conclusion: String,
        actor: User,
        created_at: Timestamp,
    }
    /// A check run or suite.
    Check {
        id: u64,
        name: String,
        head_sha: String,
        status: String,
        conclusion: String,
        html_url: String,
        details_url: String,
        app: App,
        pull_requests: Vec<Issue>,
    }
    /// A commit status.
    CommitStatus {
        id: u64,
        context: String,
        state: String,
        target_url: String,
    }
    /// A deployment.
    Deployment {
        id: u64,
        sha: String,
        environment: String,
        payload: serde_json::Value,
        creator: User,
        created_at: Timestamp,
    }
    /// What was reported on a deployment.
    DeploymentStatus {
        id: u64,
        state: String,
        description: String,
        creator: User,
        created_at: Timestamp,
        log_url: String,
        target_url: String,
        performed_via_github_app: App,
    }
}

impl User {
    /// The account; somebody who is gone is GitHub's ghost.
    pub(in crate::forge::github) fn actor(user: Option<&Self>) -> Actor {
        let known = user.and_then(|user| Some((user.id?, user.login.clone()?, user.kind.as_deref())));
        let (id, login, kind) = known.unwrap_or((GHOST, "ghost".to_owned(), None));
        let bot = kind == Some("Bot") || login.ends_with("[bot]");
        let kind = if bot { ActorKind::Bot } else { ActorKind::Person };
        Actor { id: ActorId(id), login, kind }
    }
}

impl Comment {
    /// Whose words they are. What our own App writes in a person's name is ours, not theirs.
    pub(in crate::forge::github) fn author(&self, names: &Names) -> Actor {
        let mut author = User::actor(self.user.as_ref());
        if self.performed_via_github_app.as_ref().is_some_and(|app| names.is_us(app)) {
            author.kind = ActorKind::Bot;
        }
        author
    }
}

impl Repository {
    /// What it says in passing of a project.
    pub(in crate::forge::github) fn seen(
        &self,
        names: &Names,
        installation: Option<u64>,
    ) -> Option<ProjectSeen> {
        let private = self.private.or_else(|| Some(self.visibility.as_deref()? != "public"));
        Some(ProjectSeen {
            id: names.project(self.id?),
            path: ProjectPath::parse(self.full_name.clone()?).ok()?,
            installation: installation.map(|number| names.installation(number)),
            default_branch: self.default_branch.clone().and_then(|name| BranchName::parse(name).ok()),
            public: private.map(|private| !private),
        })
    }
}

/// A commit's name; the forty zeros that stand for "none" are none.
pub(in crate::forge::github) fn commit(text: Option<&String>) -> Option<CommitId> {
    let text = text?;
    if text.bytes().all(|digit| digit == b'0') {
        return None;
    }
    CommitId::parse(text.as_str()).ok()
}
