//! The parts of GitLab's payloads that we read. Everything may be missing or of another shape: then it is `None`. What they mean lives beside.
//! <https://docs.gitlab.com/user/project/integrations/webhook_events/>

use jiff::Timestamp;
use serde::{Deserialize, Deserializer, de};

use crate::domain::id::{Actor, ActorId, ActorKind, BranchName, CommitId, ProjectPath};
use crate::domain::signal::ProjectSeen;
use crate::forge::gitlab::Names;
use crate::forge::lenient::lenient_structs;

/// `visibility_level` of a project that everybody can read; 0 is private, 10 internal.
const PUBLIC: u64 = 20;

lenient_structs! { crate::forge::gitlab;
    /// All events in one: each has some of these.
    Payload {
        object_kind: String,
        event_name: String,
        action: String,
        project: Project,
        user: User,
        object_attributes: Attributes,
        merge_request: Thread,
        issue: Thread,
        work_item: Thread,
        labels: Vec<Label>,
        changes: serde_json::Map<String, serde_json::Value>,
        assignees: Vec<User>,
        reviewers: Vec<User>,
        reference ("ref"): String,
        before: String,
        after: String,
        user_id: u64,
        commits: Vec<PushCommit>,
        total_commits_count: u64,
        tag: serde_json::Value,
        sha: String,
        deployment_id: u64,
        environment: String,
        commit_url: String,
        project_id: u64,
        path_with_namespace: String,
        project_visibility: String,
        old_path_with_namespace: String,
    }
    /// A project, as most events carry it.
    Project {
        id: u64,
        path_with_namespace: String,
        default_branch: String,
        visibility_level: u64,
        ci_config_path: String,
    }
    /// An account.
    User {
        id: u64,
        username: String,
    }
    /// What an event is about: a note, a merge request, a pipeline, a milestone, a token.
    Attributes {
        id: u64,
        iid: u64,
        action: String,
        author_id: u64,
        created_at: Moment,
        updated_at: Moment,
        merged_at: Moment,
        note: String,
        noteable_type: String,
        system: bool,
        kind ("type"): String,
        title: String,
        description: String,
        state: String,
        draft: bool,
        work_in_progress: bool,
        target_branch: String,
        last_commit: Commit,
        oldrev: String,
        merge_commit_sha: String,
        squash_commit_sha: String,
        sha: String,
        reference ("ref"): String,
        source: String,
        status: String,
        url: String,
        name: String,
        expires_at: String,
        due_date: String,
    }
    /// A merge request or an issue that a note stands on.
    Thread {
        iid: u64,
    }
    /// A label.
    Label {
        title: String,
    }
    /// A commit.
    Commit {
        id: String,
    }
    /// A commit of a push.
    PushCommit {
        id: String,
        added: Vec<String>,
        modified: Vec<String>,
        removed: Vec<String>,
    }
}

/// A moment in any of the ways that GitLab writes it: `2015-05-17 18:21:36 UTC`, `2021-04-28 21:50:00 +0200`, ISO 8601.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::forge::gitlab) struct Moment(pub(in crate::forge::gitlab) Timestamp);

impl<'de> Deserialize<'de> for Moment {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        moment(&text).map(Self).ok_or_else(|| de::Error::custom("no moment"))
    }
}

fn moment(text: &str) -> Option<Timestamp> {
    let text = text.trim();
    if let Ok(moment) = text.parse() {
        return Some(moment);
    }
    let offset = text.replace(" UTC", " +0000");
    Timestamp::strptime("%Y-%m-%d %H:%M:%S%.f %z", offset).ok()
}

impl User {
    /// The account, where it says enough.
    pub(in crate::forge::gitlab) fn actor(&self) -> Option<Actor> {
        Some(actor(self.id?, self.username.as_deref()?))
    }
}

/// An account by number and name.
pub(in crate::forge::gitlab) fn actor(id: u64, login: &str) -> Actor {
    let kind = if is_bot(login) { ActorKind::Bot } else { ActorKind::Person };
    Actor { id: ActorId(id), login: login.to_owned(), kind }
}

/// Whether an account's name is one that GitLab gives to a program: no payload says it otherwise. A person cannot choose such a name by
/// accident: `project_7_bot_1f3c`, `group_7_bot`, `service_account_group_7_1f3c`.
/// <https://docs.gitlab.com/user/project/settings/project_access_tokens/#bot-users-for-projects>
pub(in crate::forge::gitlab) fn is_bot(login: &str) -> bool {
    let digits = |text: &str| text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let numbered = ["project_", "group_"].iter().filter_map(|kind| login.strip_prefix(kind)).any(|rest| {
        let (number, rest) = rest.split_at(digits(rest));
        !number.is_empty()
            && rest.strip_prefix("_bot").is_some_and(|end| !end.starts_with(|c: char| c.is_alphabetic()))
    });
    numbered
        || login.starts_with("service_account_")
        || matches!(login, "GitLabDuo" | "alert-bot" | "support-bot")
}

impl Project {
    /// What it says in passing of a project.
    pub(in crate::forge::gitlab) fn seen(&self, names: &Names) -> Option<ProjectSeen> {
        Some(ProjectSeen {
            id: names.project(self.id?),
            path: ProjectPath::parse(self.path_with_namespace.clone()?).ok()?,
            installation: None,
            default_branch: self.default_branch.clone().and_then(|name| BranchName::parse(name).ok()),
            public: self.visibility_level.map(|level| level >= PUBLIC),
        })
    }
}

/// A commit's name; the forty zeros that stand for "none" are none.
pub(in crate::forge::gitlab) fn commit(text: Option<&str>) -> Option<CommitId> {
    let text = text?;
    if text.bytes().all(|digit| digit == b'0') {
        return None;
    }
    CommitId::parse(text).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_read_in_each_of_gitlabs_ways() {
        for (text, expected) in [
            ("2015-05-17 18:21:36 UTC", "2015-05-17T18:21:36Z"),
            ("2021-04-28 21:50:00 +0200", "2021-04-28T19:50:00Z"),
            ("2024-06-05T14:32:20.211Z", "2024-06-05T14:32:20.211Z"),
            ("2011-12-12T14:27:31+02:00", "2011-12-12T12:27:31Z"),
        ] {
            assert_eq!(moment(text).map(|at| at.to_string()).as_deref(), Some(expected), "{text}");
        }
        for text in ["", "yesterday", "2024-01-26", "2015-05-17 18:21:36"] {
            assert_eq!(moment(text), None, "{text}");
        }
    }

    #[test]
    fn s7_an_account_that_gitlab_made_for_a_token_is_a_bot() {
        for bot in ["project_7_bot_1f3c", "group_12_bot", "group_12_bot1", "service_account_group_7_1f3c"] {
            assert!(is_bot(bot), "{bot}");
        }
        for person in ["ana", "project_manager", "project_bot", "group_7_bottle", "bot", "group__bot"] {
            assert!(!is_bot(person), "{person}");
        }
    }
}
