//! What happened, in the forge's past tense, neutral to the forge. Which events and payloads a forge makes of it is its wire
//! layer's affair.

use super::{Comment, Installation, Label, Milestone, Release, Team};

#[derive(Debug, Clone)]
pub(crate) struct Happening {
    pub(crate) project: Option<u64>,
    pub(crate) installation: Option<u64>,
    pub(crate) actor: u64,
    pub(crate) what: What,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ReleaseAct {
    Created,
    Published,
    Edited,
    Unpublished,
}

#[derive(Debug, Clone)]
pub(crate) enum What {
    CommentCreated(u64),
    CommentEdited { id: u64, before: String },
    CommentDeleted(Box<Comment>),
    ChangeOpened(u64),
    ChangeEdited { number: u64, title_before: Option<String>, body_before: Option<String> },
    ChangeLabelled { number: u64, label: String },
    ChangeUnlabelled { number: u64, label: String },
    ChangePlanned { number: u64, milestone: u64 },
    ChangeUnplanned { number: u64, milestone: u64 },
    ChangePushed { number: u64, before: String, after: String },
    ChangeDrafted(u64),
    ChangeReady(u64),
    ChangeClosed(u64),
    ChangeReopened(u64),
    ReviewDismissed(u64),
    RefMoved { name: String, before: Option<String>, after: Option<String> },
    ReleaseTold { id: u64, act: ReleaseAct },
    ReleaseDeleted(Box<Release>),
    MilestoneOpened(u64),
    MilestoneEdited(u64),
    MilestoneClosed(u64),
    MilestoneReopened(u64),
    MilestoneDeleted(Box<Milestone>),
    LabelCreated(String),
    LabelEdited { name: String, before: String },
    LabelDeleted(Box<Label>),
    CheckCreated(u64),
    CheckCompleted(u64),
    CheckRerequested(u64),
    CheckActionRequested { id: u64, identifier: String },
    StatusCreated(u64),
    DeploymentCreated(u64),
    DeploymentReported { deployment: u64, status: u64 },
    RunRequested(u64),
    RunBegan(u64),
    RunCompleted(u64),
    JobChanged(u64),
    Renamed { from: String },
    Transferred { from: u64 },
    Archived,
    Deleted,
    Unarchived,
    TokenExpiring,
    CollaboratorAdded(u64),
    CollaboratorRemoved(u64),
    TeamCreated(u64),
    TeamDeleted(Box<Team>),
    TeamJoined { team: u64, member: u64 },
    TeamLeft { team: u64, member: u64 },
    Installed,
    Uninstalled(Box<Installation>),
    Suspended,
    Unsuspended,
    ProjectsAdded(Vec<u64>),
    ProjectsRemoved(Vec<u64>),
}
