//! What we decided happened, in the past tense, as the journal keeps it for ever. Every kind stays readable; free text stands beside the event, never in it.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::effect::EffectKey;
use super::id::{
    ActorId, BranchName, ChangeNumber, CommitId, ComponentName, DeploymentId, EnvironmentName, Incarnation,
    InstallationId, ProjectId, ProjectPath, PromotionId, ReleaseId, TagName,
};
use super::milestone::Aftermath;
use super::place::CommentRef;
use super::promotion::step::Step;
use super::proposal::LeftProposal;
use super::signal::Run;
use super::state::slot::{SlotName, Standing};
use super::state::{Errand, ErrandEnd, Planned};
use super::version::{Bump, Version};

/// An event with the free text that belongs to it: titles, logins, reasons, notes. The text may be erased without breaking the chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recorded {
    /// The event.
    pub event: Event,
    /// Free text by name.
    pub texts: BTreeMap<String, String>,
}

impl Recorded {
    /// Adds a text.
    #[must_use]
    pub fn with_text(mut self, name: impl Into<String>, text: impl Into<String>) -> Self {
        self.texts.insert(name.into(), text.into());
        self
    }
}

impl From<Step> for Recorded {
    fn from(step: Step) -> Self {
        Event::Promotion(Box::new(step)).into()
    }
}

impl From<Event> for Recorded {
    fn from(event: Event) -> Self {
        Self { event, texts: BTreeMap::new() }
    }
}

/// What happened. A new kind is written one release after it can be read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind", content = "data")]
pub enum Event {
    /// We began to serve the project.
    ProjectJoined {
        /// The project.
        project: ProjectId,
        /// Its path.
        path: ProjectPath,
        /// What lets us in.
        installation: Option<InstallationId>,
        /// This life of the project in this database.
        incarnation: Incarnation,
        /// Its default branch, where known.
        default_branch: Option<BranchName>,
        /// Whether everybody can read it, where known.
        public: Option<bool>,
    },
    /// Path, installation, default branch or visibility changed.
    ProjectChanged {
        /// Its path now.
        path: ProjectPath,
        /// What lets us in now.
        installation: Option<InstallationId>,
        /// Its default branch now.
        default_branch: Option<BranchName>,
        /// Whether everybody can read it now.
        public: Option<bool>,
    },
    /// The project was archived, or opened again.
    ProjectArchived {
        /// Whether it is archived now.
        archived: bool,
    },
    /// The project is no longer ours to serve.
    ProjectLeft {
        /// Suspended only, or gone for good.
        suspended: bool,
    },
    /// The policy file in force cannot be read; privileged commands are blocked until it can.
    PolicyBroken {
        /// The commit it was read at.
        revision: CommitId,
    },
    /// The policy file can be read again.
    PolicyMended {
        /// The commit it was read at.
        revision: CommitId,
    },
    /// A privileged command was refused.
    CommandRefused {
        /// Its verb.
        verb: String,
        /// The stable code.
        code: String,
    },
    /// A change is hidden from the notes. It ships all the same. Text `reason`.
    ChangeHidden {
        /// The component.
        component: ComponentName,
        /// The change.
        change: ChangeNumber,
    },
    /// A change is shown in the notes, whatever its labels say.
    ChangeShown {
        /// The component.
        component: ComponentName,
        /// The change.
        change: ChangeNumber,
    },
    /// The first cut of the project was asked back: it would start workflows.
    FirstCutQuestioned {
        /// The component.
        component: ComponentName,
        /// The version that was asked for.
        version: Version,
        /// The commit that was asked for.
        commit: CommitId,
        /// How long the same command counts as the yes.
        until: Timestamp,
    },
    /// A release was decided on: version, commit, contents and notes are frozen. Texts `notes`, `title.<n>`, `author.<n>`,
    /// `strangers` (a JSON list of names on its commits that the forge links to no account).
    CutStarted {
        /// The component.
        component: ComponentName,
        /// The frozen release.
        cut: Cut,
        /// The command that asked for it; `None`: somebody published it.
        asked: Option<CommentRef>,
        /// What it contains, hidden changes too.
        changes: Vec<CutChange>,
        /// The accounts behind its commits: authors, co-authors and committers. `None`: nobody told.
        #[serde(default)]
        writers: Option<BTreeSet<ActorId>>,
    },
    /// A line of versions has its branch: candidates are cut from it until its release is out.
    LineOpened {
        /// The component.
        component: ComponentName,
        /// The branch.
        branch: BranchName,
        /// The commit of its first candidate.
        commit: CommitId,
        /// Whether somebody else had made the branch.
        adopted: bool,
    },
    /// The branch of an open line is gone: nothing more comes of it.
    LineDropped {
        /// The component.
        component: ComponentName,
        /// The branch.
        branch: BranchName,
    },
    /// The tag is there.
    TagMade {
        /// The component.
        component: ComponentName,
        /// The tag object.
        object: CommitId,
        /// Whether somebody else had made it.
        adopted: bool,
    },
    /// The draft of the release page is there.
    ReleaseDrafted {
        /// The component.
        component: ComponentName,
        /// The page.
        release: ReleaseId,
    },
    /// The release is cut: tag and published notes are there. Contents are repeated, so that one row tells the whole.
    ReleaseCut {
        /// The component.
        component: ComponentName,
        /// The frozen release.
        cut: Cut,
        /// The tag object.
        object: CommitId,
        /// The page.
        release: ReleaseId,
        /// Its address, now that everybody can see it.
        page: String,
        /// The journal row of [`Event::CutStarted`], whose texts hold notes, titles and logins.
        started: u64,
        /// What it contains, hidden changes too, with authors and reviewers.
        changes: Vec<CutChange>,
        /// Whether it was published by somebody who may not release: then it goes nowhere until a releaser lets it.
        #[serde(default)]
        unconfirmed: bool,
    },
    /// A releaser lets a release go that somebody else had published. Text `login`.
    ReleaseConfirmed {
        /// The component.
        component: ComponentName,
        /// Its version.
        version: Version,
    },
    /// Something happened that the draft release must follow.
    DraftOutdated {
        /// The component.
        component: ComponentName,
    },
    /// What the draft release shall say from now on.
    DraftPlanned {
        /// The component.
        component: ComponentName,
        /// What.
        planned: Planned,
    },
    /// The draft release is there and says so.
    DraftKept {
        /// The component.
        component: ComponentName,
        /// The page.
        release: ReleaseId,
        /// Its address.
        page: String,
        /// The sum of our notes as they stand there; `None`: people changed them, and so they stay as they are.
        notes: Option<String>,
    },
    /// The change that carries the next release is there and says so.
    ProposalKept {
        /// The component.
        component: ComponentName,
        /// The change.
        change: ChangeNumber,
        /// Its page.
        page: String,
        /// What we left there; `None`: people's commits are on its branch, and so it stays as it is.
        left: Option<LeftProposal>,
    },
    /// The change that carried the next release was merged.
    ProposalMerged {
        /// The component.
        component: ComponentName,
        /// The change.
        change: ChangeNumber,
    },
    /// The draft release stays as it is.
    DraftLeft {
        /// The component.
        component: ComponentName,
        /// Why.
        because: DraftLeft,
    },
    /// What the cut started was told to the person who asked for it.
    CutReported {
        /// The component.
        component: ComponentName,
        /// The runs that were named.
        runs: Vec<Run>,
        /// What became of its milestone.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        aftermath: Option<Aftermath>,
    },
    /// An open milestone that is named like a version has this day.
    MilestonePlanned {
        /// The forge's number of it.
        milestone: u64,
        /// The version.
        version: Version,
        /// Its day.
        due: Timestamp,
    },
    /// A milestone's day is no longer waited for: it has come, or it was closed, renamed or deleted.
    MilestoneDropped {
        /// The forge's number of it.
        milestone: u64,
    },
    /// An issue proposes to cut a release.
    CutProposed {
        /// The component.
        component: ComponentName,
        /// The version.
        version: Version,
    },
    /// A run of the newest release appeared after the report; the report was edited.
    RunNoticed {
        /// The component.
        component: ComponentName,
        /// The run.
        run: Run,
    },
    /// The cut came to nothing. Text `said`: what the forge said.
    CutFailed {
        /// The component.
        component: ComponentName,
        /// The stable code.
        code: String,
    },
    /// A tag or release that somebody made by hand is ours to know from now on.
    ReleaseAdopted {
        /// The component.
        component: ComponentName,
        /// Its version.
        version: Version,
        /// Its tag.
        tag: TagName,
        /// The commit under the tag.
        commit: CommitId,
        /// Its page, where there is one.
        release: Option<ReleaseId>,
    },
    /// A release was cut by mistake: the tag stays, it is held everywhere. Text `reason`.
    ReleaseWithdrawn {
        /// The component.
        component: ComponentName,
        /// Its version.
        version: Version,
    },
    /// A branch is being made for people: a backport, or the beginning of a hotfix.
    ErrandBegun {
        /// What.
        errand: Errand,
    },
    /// A branch is there, with a change where it is a backport, or will not be.
    ErrandEnded {
        /// The journal row that began it.
        row: u64,
        /// How.
        #[serde(flatten)]
        end: ErrandEnd,
    },
    /// A label asks for a backport once the change is merged, and who set it may ask.
    BackportWished {
        /// The change.
        change: ChangeNumber,
        /// The branch, as the label names it.
        target: String,
    },
    /// The change is merged: what labels asked for is begun, or said why not.
    BackportsGranted {
        /// The change.
        change: ChangeNumber,
    },
    /// An effect was lost: nobody can say whether it happened.
    EffectLost {
        /// Which.
        key: EffectKey,
    },
    /// A report was not believed, or came too late. It is on record, and changes nothing. Texts `by`, `state`.
    ReportIgnored {
        /// The deployment it was about.
        deployment: DeploymentId,
        /// The commit it was about.
        commit: CommitId,
        /// Why.
        because: IgnoredReport,
        /// Where it is shown; `None`: at the open promotion that made the deployment.
        #[serde(default)]
        slot: Option<SlotName>,
    },
    /// What runs in an environment was seen there, brought by others.
    EnvironmentObserved {
        /// The component.
        component: ComponentName,
        /// The environment.
        environment: EnvironmentName,
        /// What is there now.
        standing: Standing,
    },
    /// A release may be carried to an environment again, or may not. Texts `login`, `reason`.
    ReleaseBarred {
        /// The component.
        component: ComponentName,
        /// The environment.
        environment: EnvironmentName,
        /// The release.
        version: Version,
        /// Whether it may not.
        barred: bool,
    },
    /// Somebody took an environment for themselves. Texts `login`, `reason`.
    EnvironmentLocked {
        /// Which.
        environment: EnvironmentName,
        /// Who.
        by: ActorId,
        /// Until when; `None`: until they give it back.
        until: Option<Timestamp>,
    },
    /// An environment is everybody's again. Text `login`.
    EnvironmentUnlocked {
        /// Which.
        environment: EnvironmentName,
    },
    /// An issue was opened for a release.
    IssueOpened {
        /// The component.
        component: ComponentName,
        /// The release.
        tag: TagName,
        /// The issue.
        number: u64,
    },
    /// The follow-up issue of a rollback is there, or will not be.
    FollowUpOpened {
        /// The rollback.
        promotion: PromotionId,
        /// The issue; `None`: it could not be opened.
        number: Option<u64>,
    },
    /// A promotion went on. In the journal it stands flat, under the step's own kind.
    #[serde(untagged)]
    Promotion(Box<Step>),
}

/// The text of [`Event::CutStarted`] that names whom the forge links to no account.
pub const STRANGERS: &str = "strangers";

/// Why a report changes nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IgnoredReport {
    /// Its writer is none of those whose reports count.
    Stranger,
    /// It is about another commit than the planned one.
    OtherCommit,
    /// A newer attempt, or an end, came before it.
    Late,
}

/// Why a draft release stays as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DraftLeft {
    /// It says already what it should.
    Same,
    /// There is nothing to release, or no tag for it.
    Nothing,
    /// The tag that it would have is there, on its way or made by hand.
    TagTaken,
    /// The policy file is broken, or the tags are spelt in two ways.
    Blocked,
    /// The policy wants no draft any more.
    Unwanted,
    /// The forge refused it.
    Refused,
    /// Nobody can say whether it was written.
    Lost,
}

impl Event {
    /// The kind's name, as the journal has it.
    pub fn kind(&self) -> String {
        match serde_json::to_value(self) {
            Ok(serde_json::Value::Object(map)) => {
                map.get("kind").and_then(|kind| kind.as_str()).unwrap_or_default().to_owned()
            }
            _ => String::new(),
        }
    }
}

/// A release as it was frozen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cut {
    /// Its version.
    pub version: Version,
    /// Its tag.
    pub tag: TagName,
    /// The commit.
    pub commit: CommitId,
    /// The release before it.
    pub previous: Option<Version>,
    /// What its contents ask of the version.
    pub bump: Bump,
    /// Whether it becomes the project's latest release.
    pub latest: bool,
    /// The line that it is a candidate of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<OfLine>,
}

/// How a candidate stands to its line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OfLine {
    /// It begins the line: this branch is made before its tag.
    Begins(BranchName),
    /// It comes from this branch, which is there.
    Continues(BranchName),
}

impl OfLine {
    /// The branch.
    pub fn branch(&self) -> &BranchName {
        match self {
            Self::Begins(branch) | Self::Continues(branch) => branch,
        }
    }
}

/// One change of a release, as evidence lists it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CutChange {
    /// Its number; `None`: a commit that no change brought.
    pub number: Option<ChangeNumber>,
    /// The commit that brought it.
    pub commit: CommitId,
    /// Who wrote it, where the forge knows.
    pub author: Option<ActorId>,
    /// Who approved it. They cannot be collected later.
    pub reviewers: Vec<ActorId>,
    /// Whether the notes show it.
    pub shown: bool,
    /// Whether it hears nothing of where it is: a bot's, or merged before we came.
    #[serde(default)]
    pub quiet: bool,
}
