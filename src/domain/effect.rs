//! Orders to the outside, each with a key derived from what it is for and a subject that keeps order. Who carries them out, and how, is `forge`'s and `engine`'s business.

use std::fmt;

use serde::{Deserialize, Serialize};

use std::collections::BTreeMap;

use super::errand::Backport;
use super::id::{
    BranchName, ChangeNumber, CommitId, ComponentName, DeploymentId, Incarnation, PromotionId, ReleaseId,
    TagName,
};
use super::place::{CommentRef, Thread};
use super::policy::environment::Automation;
use super::policy::label::Label;
use super::proposal::{LeftProposal, Proposal};
use super::say::Text;

/// What an effect is for, as text: the same purpose gives the same key, so that deciding twice orders once.
///
/// Invariant 5: it begins with the project's incarnation, so that a database restored from a backup never takes up old keys.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct EffectKey(String);

impl EffectKey {
    /// The key of what serves `purpose` (for example `reply:discussion:77` or `default:tag:v1.5.0`).
    pub fn new(incarnation: &Incarnation, purpose: impl fmt::Display) -> Self {
        Self(format!("{incarnation}:{purpose}"))
    }

    /// A key that was stored.
    pub fn stored(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The key as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for EffectKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// What an effect is about. Effects of one subject go in order, one in flight; subjects go side by side (invariant 6).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Subject(pub String);

impl Subject {
    /// One try of a promotion at one target: what orders, stops and marks its deployment goes in order.
    pub fn attempt(promotion: PromotionId, attempt: u32) -> Self {
        Self(format!("{promotion}:attempt:{attempt}"))
    }

    /// What starts runs that look alike: one after the other, because nothing but its time and its number tells one of ours from
    /// another where the answer to an order was lost.
    pub fn runs(what: &Automation) -> Self {
        Self(match what {
            Automation::Workflow(name) | Automation::Job(name) => format!("runs:{name}"),
            // Which of a project's pipelines one is, it does not tell.
            Automation::Pipeline(_) => "runs".to_owned(),
        })
    }

    /// The preview of a change, on whichever of its commits it stands.
    pub fn preview(change: ChangeNumber) -> Self {
        Self(format!("preview:{change}"))
    }

    /// The draft that follows what is merged.
    pub fn draft(component: &ComponentName) -> Self {
        Self(format!("{component}:draft"))
    }

    /// Tag, draft and page of a release: they go in order.
    pub fn release(component: &ComponentName, tag: &TagName) -> Self {
        Self(format!("{component}:release:{tag}"))
    }
}

/// Which share of a token's budget an effect draws on, most urgent first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Class {
    /// Somebody waits: replies, panels, deployments and runs.
    Reply,
    /// Tags and releases.
    Release,
    /// What may wait: previews, sweeps.
    Sweep,
}

/// An effect with what is needed to order it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ordered {
    /// What it is for.
    pub key: EffectKey,
    /// What it is about.
    pub subject: Subject,
    /// How urgent.
    pub class: Class,
    /// The order itself.
    pub effect: Effect,
}

impl Ordered {
    /// Whether it is a note that nobody waits for. Those of a project are written one after the other, at a pace.
    pub fn keeps_pace(&self) -> bool {
        self.class == Class::Sweep && matches!(self.effect, Effect::Comment { .. })
    }
}

/// An order to a forge. Performing one is *ensure*, not *create*: on a second try look first, adopt what is there, refuse what contradicts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "effect")]
pub enum Effect {
    /// Puts a reaction on a comment.
    React {
        /// The comment.
        comment: CommentRef,
        /// Which reaction.
        reaction: Reaction,
    },
    /// Posts a comment, or edits the one that this subject already has.
    Comment {
        /// Where.
        thread: Thread,
        /// The comment it answers; where the forge threads remarks, the answer stands below it.
        answers: Option<CommentRef>,
        /// What it says.
        text: Text,
    },
    /// Shows a preview on a commit: the one preview per head commit, neutral, made or renewed.
    Preview {
        /// The change.
        change: ChangeNumber,
        /// Its head commit.
        head: CommitId,
        /// One line: the heading and bump, or the missing label.
        title: String,
        /// More, for who opens it.
        text: Text,
        /// Whether somebody should do something about it. A forge that cannot show it without being in the way shows only such.
        asks: bool,
    },
    /// Makes an annotated tag. One that is there on the same commit is adopted; on another, refused as [`Refusal::Taken`].
    CreateTag {
        /// Its name.
        tag: TagName,
        /// What it points at.
        commit: CommitId,
        /// Its message.
        message: String,
    },
    /// Makes a draft release page for a tag that exists. One that carries our key is adopted; a published one of the tag too.
    DraftRelease {
        /// The tag.
        tag: TagName,
        /// The commit under the tag.
        commit: CommitId,
        /// The page's title.
        title: String,
        /// The notes.
        notes: Text,
        /// Whether it is a pre-release.
        prerelease: bool,
    },
    /// Makes a draft release page, or brings the one that is there up to date. What people wrote outside our notes stays; where
    /// they changed our notes, all of it stays.
    KeepDraft {
        /// The page, where its number is known.
        release: Option<ReleaseId>,
        /// By what the page is found where its number is not known: its notes carry it.
        mark: EffectKey,
        /// The tag that its publication makes.
        tag: TagName,
        /// The full commit that the notes describe, and that the tag will stand on.
        commit: CommitId,
        /// The page's title.
        title: String,
        /// The notes.
        notes: Text,
        /// Whether it is a pre-release.
        prerelease: bool,
        /// What we left there last; what differs from it is people's.
        left: Option<LeftDraft>,
        /// Where that is remembered.
        #[serde(default)]
        memory: Memory,
        /// Whether it is about to be published by our own command: then tag and commit are as ordered, whatever people chose.
        is_final: bool,
    },
    /// Makes the change that carries the next release, or brings it up to date. Commits of people on its branch end that, and what
    /// people wrote around our text stays.
    KeepProposal(Box<Proposal>),
    /// Makes a branch at a commit. One that is there on the same commit is adopted; on another, refused as [`Refusal::Taken`].
    CreateBranch {
        /// Its name.
        branch: BranchName,
        /// The commit.
        commit: CommitId,
    },
    /// Picks the commits of a change onto a branch of their own and opens a change from it. One that is there is adopted.
    Backport(Box<Backport>),
    /// Publishes a draft, last of all.
    PublishRelease {
        /// The page.
        release: ReleaseId,
        /// The tag that it must stand for.
        tag: TagName,
        /// Whether it becomes the project's latest release.
        latest: bool,
    },
    /// Puts a banner above what a release page says, once; the rest stays as people wrote it.
    AddBanner {
        /// The page.
        release: ReleaseId,
        /// The tag that it stands for.
        tag: TagName,
        /// What the banner says.
        banner: Text,
    },
    /// Makes a deployment of a full commit, without merging and without asking for checks: those are gates of ours.
    CreateDeployment {
        /// The environment, as the forge shall spell it (`production`, `production/eu-1`).
        environment: String,
        /// The commit.
        commit: CommitId,
        /// What it is, for people.
        description: String,
        /// What whoever listens needs to know, by name; all of it ours.
        payload: BTreeMap<String, String>,
    },
    /// Reports on a deployment of ours. One that stands so already is left alone.
    ReportDeployment {
        /// The deployment.
        deployment: DeploymentId,
        /// What.
        state: DeploymentVerdict,
        /// Why, for people.
        description: String,
    },
    /// Starts something of the forge's automation on a tag. It cannot be found again with certainty: what was lost is never
    /// sent again.
    StartRun {
        /// What.
        what: Automation,
        /// The tag.
        tag: TagName,
        /// The commit under the tag, by which a run is found again.
        commit: CommitId,
        /// Its inputs.
        inputs: BTreeMap<String, String>,
    },
    /// Calls a run off. One that is over is left alone.
    CancelRun {
        /// What was started.
        what: Automation,
        /// The forge's number of its run.
        run: u64,
    },
    /// Opens an issue, once.
    OpenIssue {
        /// Its title.
        title: String,
        /// What it says.
        text: Text,
    },
    /// Takes an open change or issue from one milestone to another; one that somebody moved meanwhile stays where it is.
    CarryOver {
        /// Which.
        thread: Thread,
        /// The milestone that it is in.
        from: u64,
        /// The milestone that it goes to.
        to: u64,
    },
    /// Closes a milestone.
    CloseMilestone {
        /// Which.
        number: u64,
    },
    /// Makes a label, unless there is one of that name: that stays as it is.
    CreateLabel {
        /// The label.
        label: Label,
    },
    /// Closes an issue or opens it again.
    SetIssue {
        /// Its number.
        number: u64,
        /// What it shall be.
        state: IssueState,
    },
}

/// A draft page as we left it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeftDraft {
    /// The tag that we gave it; its title is the same.
    pub tag: TagName,
    /// The sum of our notes.
    pub notes: String,
}

/// Where it is remembered what we left on a draft.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Memory {
    /// With us: the order says it.
    #[default]
    Ours,
    /// On the page itself, for who has no memory: the order is written there, too.
    Page,
}

/// What we ourselves report on a deployment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeploymentVerdict {
    /// Another one took its place.
    Inactive,
    /// It was called off, or nobody reported on it in time.
    Error,
}

/// Whether an issue is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IssueState {
    /// Open.
    Open,
    /// Closed as done.
    Closed,
}

/// The reactions that we give.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reaction {
    /// 👀: received.
    Eyes,
    /// 😕: not for you, and no words.
    Confused,
}

impl Effect {
    /// The kind's name, as it is stored and counted.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::React { .. } => "react",
            Self::Comment { .. } => "comment",
            Self::Preview { .. } => "preview",
            Self::CreateTag { .. } => "create_tag",
            Self::DraftRelease { .. } => "draft_release",
            Self::KeepDraft { .. } => "keep_draft",
            Self::KeepProposal(_) => "keep_proposal",
            Self::CreateBranch { .. } => "create_branch",
            Self::Backport(_) => "backport",
            Self::PublishRelease { .. } => "publish_release",
            Self::AddBanner { .. } => "add_banner",
            Self::CreateDeployment { .. } => "create_deployment",
            Self::ReportDeployment { .. } => "report_deployment",
            Self::StartRun { .. } => "start_run",
            Self::CancelRun { .. } => "cancel_run",
            Self::OpenIssue { .. } => "open_issue",
            Self::SetIssue { .. } => "set_issue",
            Self::CreateLabel { .. } => "create_label",
            Self::CarryOver { .. } => "carry_over",
            Self::CloseMilestone { .. } => "close_milestone",
        }
    }

    /// Whether a newer effect of the same subject makes an unsent older one pointless.
    pub fn replaces_older(&self) -> bool {
        match self {
            Self::Comment { .. }
            | Self::Preview { .. }
            | Self::KeepDraft { .. }
            | Self::KeepProposal(_)
            | Self::SetIssue { .. } => true,
            Self::React { .. }
            | Self::CreateTag { .. }
            | Self::DraftRelease { .. }
            | Self::CreateBranch { .. }
            | Self::Backport(_)
            | Self::PublishRelease { .. }
            | Self::AddBanner { .. }
            | Self::CreateDeployment { .. }
            | Self::ReportDeployment { .. }
            | Self::StartRun { .. }
            | Self::CancelRun { .. }
            | Self::OpenIssue { .. }
            | Self::CreateLabel { .. }
            | Self::CarryOver { .. }
            | Self::CloseMilestone { .. } => false,
        }
    }
}

/// How an effect ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "outcome")]
pub enum Outcome {
    /// It is so now.
    Done(Made),
    /// The forge will not have it, and trying again would not help.
    Refused(Refusal),
    /// Nobody can say whether it happened; it is never sent again, a human is asked.
    Lost {
        /// Why, for the operator.
        why: String,
    },
}

/// What an effect made, or found made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "made")]
pub enum Made {
    /// Nothing that has a name.
    Nothing,
    /// A comment.
    Comment {
        /// Its number.
        number: u64,
        /// Its page.
        page: String,
    },
    /// A preview.
    Preview {
        /// Its number.
        number: u64,
        /// The commit that it stands on; `None`: on the change itself, whatever its head.
        #[serde(default)]
        head: Option<CommitId>,
    },
    /// A tag.
    Tag {
        /// The tag object's own name; the commit's where the tag is not annotated.
        object: CommitId,
        /// Whether it was there before, made by somebody else.
        adopted: bool,
    },
    /// A release page.
    Release {
        /// Its number.
        id: ReleaseId,
        /// Its page.
        page: String,
    },
    /// A draft page that is kept up to date.
    Draft {
        /// Its number.
        id: ReleaseId,
        /// Its page.
        page: String,
        /// The sum of our notes as they stand there; `None`: people changed them, and so they stay as they are.
        notes: Option<String>,
    },
    /// A deployment.
    Deployment {
        /// Its number.
        id: DeploymentId,
        /// Its page, where the forge has one.
        page: Option<String>,
    },
    /// A run.
    Run {
        /// Its number.
        number: u64,
        /// Its page.
        page: String,
    },
    /// An issue.
    Issue {
        /// Its number.
        number: u64,
        /// Its page.
        page: String,
    },
    /// A change that carries a release.
    Proposal {
        /// Its number.
        number: ChangeNumber,
        /// Its page.
        page: String,
        /// What we left there; `None`: people's commits are on its branch, so it stays as it is.
        left: Option<LeftProposal>,
    },
    /// A change.
    Change {
        /// Its number.
        number: ChangeNumber,
        /// Its page.
        page: String,
    },
}

/// Why a forge refused for good.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "refusal")]
pub enum Refusal {
    /// The name is taken by something that contradicts the order.
    Taken {
        /// The commit that the name stands for now, where there is one.
        by: Option<CommitId>,
    },
    /// A rule of the project forbids it to us (a ruleset, a protected tag).
    Forbidden {
        /// What the forge said, for people.
        said: String,
    },
    /// Commits do not fit where they are picked to.
    Conflict {
        /// The first that does not.
        commit: CommitId,
        /// The files that it changed and that changed there too.
        files: Vec<String>,
        /// Whether it is a merge.
        is_merge: bool,
    },
    /// What it is about does not exist any more.
    Gone,
    /// Anything else that trying again would not mend.
    Invalid {
        /// What the forge said, for people.
        said: String,
    },
}

impl Refusal {
    /// Why, in words: the forge's own where it gave some.
    pub fn said(&self) -> &str {
        match self {
            Self::Forbidden { said } | Self::Invalid { said } => said,
            Self::Gone => "what it needs is not there any more",
            Self::Conflict { .. } => "it does not fit there",
            Self::Taken { .. } => "another one is in the way",
        }
    }
}
