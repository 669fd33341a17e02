//! The draft release that follows what is merged: whether it is out of date, what it shall say, and the page as we left it. When it is renewed is `domain::drafting`'s business.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Component, Written};
use crate::domain::effect::EffectKey;
use crate::domain::event::{DraftLeft, Event};
use crate::domain::id::{ChangeNumber, CommitId, ReleaseId, TagName};
use crate::domain::proposal::LeftProposal;
use crate::domain::version::Version;

/// A draft release that is kept up to date.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Drafting {
    /// Since when it is out of date; `None`: it is not.
    pub outdated: Option<Timestamp>,
    /// When it was looked at last.
    pub followed: Option<Timestamp>,
    /// What it shall say.
    pub planned: Option<Planned>,
    /// The journal row of the plan that is being written.
    pub writing: Option<u64>,
    /// The page as we left it.
    pub page: Option<DraftPage>,
    /// The change that carries the release, as we left it.
    #[serde(default)]
    pub change: Option<DraftChange>,
}

/// What a draft release shall say.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Planned {
    /// By what its page is found if nobody told us its number.
    pub mark: EffectKey,
    /// The tag that its publication makes.
    pub tag: TagName,
    /// The commit that its notes describe.
    pub commit: CommitId,
    /// The sum of all that it shall say.
    pub sum: String,
    /// The version that it stands for.
    #[serde(default)]
    pub version: Option<Version>,
}

/// A change that carries the next release.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DraftChange {
    /// Its number.
    pub number: ChangeNumber,
    /// Its page.
    pub page: String,
    /// What we left there; `None`: people's commits are on its branch, so it stays as it is.
    pub left: Option<LeftProposal>,
    /// The release that its files speak of; `None`: people's commits were there before ours.
    pub planned: Option<Planned>,
}

/// A draft's page as we left it. What differs from it now is people's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DraftPage {
    /// Its number.
    pub release: ReleaseId,
    /// Its address.
    pub page: String,
    /// The tag that we gave it.
    pub tag: TagName,
    /// The sum of our notes as we left them.
    pub notes: String,
    /// Whether people changed our notes since: then they stay as they are.
    pub is_theirs: bool,
}

impl Component {
    /// Takes in what became of the draft.
    pub(super) fn draft_moved(&mut self, event: &Event, written: Written) {
        match event {
            Event::DraftOutdated { .. } => self.drafting().outdated(written.at),
            Event::DraftPlanned { planned, .. } => self.drafting().plan(planned, written),
            Event::DraftKept { release, page, notes, .. } => {
                self.drafting().kept(*release, page, notes.as_ref());
            }
            Event::DraftLeft { because: DraftLeft::Unwanted, .. } => self.drafting = None,
            Event::DraftLeft { because, .. } => self.drafting().left(*because, written.at),
            _ => {}
        }
    }
}

impl Drafting {
    /// Whether it is being written at the moment.
    pub fn is_being_written(&self) -> bool {
        self.writing.is_some()
    }

    pub(super) fn outdated(&mut self, at: Timestamp) {
        self.outdated = Some(at);
    }

    pub(super) fn plan(&mut self, planned: &Planned, written: Written) {
        self.outdated = None;
        self.followed = Some(written.at);
        self.writing = Some(written.seq);
        self.planned = Some(planned.clone());
    }

    pub(super) fn kept(&mut self, release: ReleaseId, page: &str, notes: Option<&String>) {
        self.writing = None;
        let Some(planned) = &self.planned else { return };
        let before = self.page.take().filter(|before| before.release == release);
        let (tag, left) = match (notes, before) {
            (Some(notes), _) => (planned.tag.clone(), notes.clone()),
            (None, Some(before)) => (before.tag, before.notes),
            (None, None) => (planned.tag.clone(), String::new()),
        };
        let page = page.to_owned();
        self.page = Some(DraftPage { release, page, tag, notes: left, is_theirs: notes.is_none() });
    }

    pub(super) fn left(&mut self, because: DraftLeft, at: Timestamp) {
        self.outdated = None;
        self.followed = Some(at);
        if matches!(because, DraftLeft::Refused | DraftLeft::Lost) {
            self.writing = None;
            self.planned = None;
        }
    }

    pub(super) fn carried(&mut self, number: ChangeNumber, page: &str, left: Option<&LeftProposal>) {
        self.writing = None;
        let before = self.change.take().filter(|before| before.number == number);
        let planned = match left {
            Some(_) => self.planned.clone(),
            None => before.and_then(|before| before.planned),
        };
        self.change = Some(DraftChange { number, page: page.to_owned(), left: left.cloned(), planned });
    }

    /// Its change is merged; the next one begins anew.
    pub(super) fn merged(&mut self) {
        self.planned = None;
        self.writing = None;
        self.change = None;
    }

    /// A cut goes on with the page.
    pub(super) fn interrupted(&mut self) {
        self.writing = None;
    }

    /// Its page is a release now; the next draft begins anew.
    pub(super) fn published(&mut self) {
        self.planned = None;
        self.writing = None;
        self.page = None;
    }
}
