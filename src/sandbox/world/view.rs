//! What a test or a page sees of the end state: plain copies, in the order in which things were made. No view changes anything.

use jiff::Timestamp;

mod work;

pub use work::{AssetView, DeploymentView, EnvironmentView, JobView, ReportView, RunView, StatusView};

use super::World;
use crate::sandbox::model::{AccountKind, Check, Comment, Model, Project, Reaction, Release, Thread};

/// A change or issue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangeView {
    /// Its number.
    pub number: u64,
    /// Its title.
    pub title: String,
    /// Its text.
    pub body: String,
    /// The login of its author.
    pub author: String,
    /// `open`, `draft`, `merged` or `closed`.
    pub state: &'static str,
    /// Whether it is a change; else it is an issue.
    pub is_change: bool,
    /// Its labels, by name.
    pub labels: Vec<String>,
    /// The title of its milestone.
    pub milestone: Option<String>,
    /// The branch that it goes to.
    pub base: Option<String>,
    /// The head of its branch.
    pub head: Option<String>,
    /// The commit that merged it.
    pub merge_commit: Option<String>,
}

/// A comment on a thread or on a line, or a review.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommentView {
    /// Its number.
    pub id: u64,
    /// The login of its author.
    pub author: String,
    /// Whether the app's bot wrote it.
    pub by_bot: bool,
    /// Its text.
    pub body: String,
    /// When it was written.
    pub created_at: Timestamp,
    /// Its reactions.
    pub reactions: Vec<ReactionView>,
}

/// A reaction to a comment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReactionView {
    /// The login of who reacted.
    pub author: String,
    /// `+1`, `eyes`, …
    pub content: String,
}

/// A tag.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TagView {
    /// Its name.
    pub name: String,
    /// The commit that it leads to.
    pub commit: String,
    /// Its message, if it is annotated.
    pub message: Option<String>,
}

/// A release, draft or published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReleaseView {
    /// Its number.
    pub id: u64,
    /// Its tag.
    pub tag: String,
    /// What its publication tags.
    pub target: String,
    /// Its title.
    pub name: Option<String>,
    /// Its notes.
    pub body: String,
    /// The login of its author.
    pub author: String,
    /// Whether it is not published.
    pub is_draft: bool,
    /// Whether it is a pre-release.
    pub is_prerelease: bool,
    /// Whether it is the one shown as the latest.
    pub is_latest: bool,
    /// Its files.
    pub assets: Vec<AssetView>,
}

/// A check run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckView {
    /// Its number.
    pub id: u64,
    /// The login of the bot whose app made it.
    pub app: String,
    /// Whether our app made it.
    pub by_bot: bool,
    /// Its name.
    pub name: String,
    /// The commit.
    pub head: String,
    /// `queued`, `in_progress` or `completed`.
    pub status: String,
    /// How it ended.
    pub conclusion: Option<String>,
    /// The title of its output.
    pub title: Option<String>,
    /// The summary of its output.
    pub summary: Option<String>,
}

/// A milestone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MilestoneView {
    /// Its number.
    pub number: u64,
    /// Its title.
    pub title: String,
    /// When it is due.
    pub due_on: Option<Timestamp>,
    /// Whether it is open.
    pub is_open: bool,
}

impl World {
    /// All changes and issues, by number.
    pub fn changes(&self) -> Vec<ChangeView> {
        self.ask(|model, project| {
            project.threads.values().map(|thread| ChangeView::of(model, project, thread)).collect()
        })
    }

    /// A change or issue as people write it: `#12`, `!12`.
    pub fn reference(&self, number: u64) -> String {
        let is_change =
            self.ask(|_, project| project.threads.get(&number).is_some_and(|one| one.pull.is_some()));
        format!("{}{number}", if is_change { self.wire().manners().sign } else { '#' })
    }

    /// The comments of a change or issue.
    pub fn comments(&self, number: u64) -> Vec<CommentView> {
        self.ask(|model, project| {
            project.comments_of(number).map(|comment| CommentView::of(model, comment)).collect()
        })
    }

    /// The comments on lines of a change.
    pub fn review_comments(&self, number: u64) -> Vec<CommentView> {
        self.ask(|model, project| {
            project.lines_of(number).map(|(comment, _)| CommentView::of(model, comment)).collect()
        })
    }

    /// The reviews of a change that say something.
    pub fn reviews(&self, number: u64) -> Vec<CommentView> {
        self.ask(|model, project| {
            let said = project.reviews_of(number).filter(|(comment, _)| !comment.body.is_empty());
            said.map(|(comment, _)| CommentView::of(model, comment)).collect()
        })
    }

    /// The texts of the bot's comments on a change or issue.
    pub fn bot_comments(&self, number: u64) -> Vec<String> {
        self.comments(number)
            .into_iter()
            .filter(|comment| comment.by_bot)
            .map(|comment| comment.body)
            .collect()
    }

    /// The tags, by name.
    pub fn tags(&self) -> Vec<TagView> {
        self.ask(|_, project| {
            let tags = project.git.refs_under("refs/tags/");
            tags.filter_map(|(name, oid)| {
                let commit = project.git.peel(oid)?.oid.clone();
                let message = project.git.tag_object(oid).map(|tag| tag.message.clone());
                Some(TagView { name: name.to_owned(), commit, message })
            })
            .collect()
        })
    }

    /// The releases, in the order in which they were made.
    pub fn releases(&self) -> Vec<ReleaseView> {
        self.ask(|model, project| {
            project.releases.values().map(|release| ReleaseView::of(model, project, release)).collect()
        })
    }

    /// The check runs.
    pub fn check_runs(&self) -> Vec<CheckView> {
        self.ask(|model, project| project.checks.values().map(|check| CheckView::of(model, check)).collect())
    }

    /// The logins of all people mentioned so far.
    pub fn people(&self) -> Vec<String> {
        let model = self.look();
        let people = model.accounts.values().filter(|account| account.kind == AccountKind::Person);
        people.map(|account| account.login.clone()).collect()
    }

    /// The login of an account, by its number.
    pub fn login_of(&self, account: u64) -> Option<String> {
        self.look().accounts.get(&account).map(|account| account.login.clone())
    }

    /// The login of the bot.
    pub fn bot(&self) -> String {
        let model = self.look();
        model.login(model.app.bot).to_owned()
    }

    /// The names of the labels.
    pub fn labels(&self) -> Vec<String> {
        self.ask(|_, project| project.labels.keys().cloned().collect())
    }

    /// The milestones.
    pub fn milestones(&self) -> Vec<MilestoneView> {
        self.ask(|_, project| {
            let all = project.milestones.values();
            all.map(|one| MilestoneView {
                number: one.number,
                title: one.title.clone(),
                due_on: one.due_on,
                is_open: one.is_open,
            })
            .collect()
        })
    }
}

impl ChangeView {
    fn of(model: &Model, project: &Project, thread: &Thread) -> Self {
        let state =
            match (thread.merged(), thread.is_open, thread.pull.as_ref().is_some_and(|pull| pull.is_draft)) {
                (Some(_), ..) => "merged",
                (None, false, _) => "closed",
                (None, true, true) => "draft",
                (None, true, false) => "open",
            };
        let milestone = thread.milestone.and_then(|number| project.milestones.get(&number));
        Self {
            number: thread.number,
            title: thread.title.clone(),
            body: thread.body.clone(),
            author: model.login(thread.author).to_owned(),
            state,
            is_change: thread.pull.is_some(),
            labels: thread.labels.iter().cloned().collect(),
            milestone: milestone.map(|one| one.title.clone()),
            base: thread.pull.as_ref().map(|pull| pull.base.clone()),
            head: thread.pull.as_ref().map(|pull| pull.head_oid.clone()),
            merge_commit: thread.merged().map(|merged| merged.commit.clone()),
        }
    }
}

impl CommentView {
    fn of(model: &Model, comment: &Comment) -> Self {
        Self {
            id: comment.id,
            author: model.login(comment.author).to_owned(),
            by_bot: comment.author == model.app.bot,
            body: comment.body.clone(),
            created_at: comment.created_at,
            reactions: comment.reactions.iter().map(|reaction| ReactionView::of(model, reaction)).collect(),
        }
    }
}

impl ReactionView {
    fn of(model: &Model, reaction: &Reaction) -> Self {
        Self { author: model.login(reaction.author).to_owned(), content: reaction.content.clone() }
    }
}

impl ReleaseView {
    fn of(model: &Model, project: &Project, release: &Release) -> Self {
        Self {
            id: release.id,
            tag: release.tag.clone(),
            target: release.target.clone(),
            name: release.name.clone(),
            body: release.body.clone().unwrap_or_default(),
            author: model.login(release.author).to_owned(),
            is_draft: release.is_draft,
            is_prerelease: release.is_prerelease,
            is_latest: project.latest_release().is_some_and(|latest| latest.id == release.id),
            assets: release.assets.iter().map(AssetView::of).collect(),
        }
    }
}

impl CheckView {
    fn of(model: &Model, check: &Check) -> Self {
        Self {
            id: check.id,
            app: model.login(check.app).to_owned(),
            by_bot: check.app == model.app.bot,
            name: check.name.clone(),
            head: check.head_oid.clone(),
            status: check.status.clone(),
            conclusion: check.conclusion.clone(),
            title: check.title.clone(),
            summary: check.summary.clone(),
        }
    }
}
