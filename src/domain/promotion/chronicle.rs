//! All that is on record of one promotion: what was asked for, what happened, where it stands, what it waits for. Nothing is decided or worded here.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::model::{Asked, Ended, Promotion, RevisionName};
use super::step::Step;
use crate::domain::id::{ActorId, CommitId, ProjectPath};
use crate::domain::say::Text;
use crate::domain::state::Written;
use crate::domain::timer::Alarm;

/// All that is on record of one promotion, open or over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chronicle {
    /// The project.
    pub project: ProjectPath,
    /// What was asked for.
    pub asked: Asked,
    /// What happened, in order; the first asked for it.
    pub entries: Vec<Entry>,
    /// Where it stands; `None`: it is over.
    pub open: Option<Promotion>,
    /// What its panel said last; `None`: none was drawn.
    pub panel: Option<Panel>,
    /// When it is looked at again, and what for, soonest first.
    pub alarms: Vec<Due>,
    /// Its orders that have not come to a good end, oldest first.
    pub orders: Vec<Order>,
}

/// A journal row about a promotion.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The row.
    pub row: Written,
    /// Who caused the decision that it is part of; `None`: no person did.
    pub actor: Option<ActorId>,
    /// The commit at which the policy was read, where it mattered.
    pub policy: Option<CommitId>,
    /// What people wrote, by name; what was erased is missing.
    pub texts: BTreeMap<String, String>,
    /// What happened.
    pub step: Step,
}

/// What a panel said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Panel {
    /// What.
    pub text: Text,
    /// When it was drawn.
    pub drawn_at: Timestamp,
    /// Whether people can see it yet.
    pub is_shown: bool,
    /// Its page at the forge, once it is there.
    pub page: Option<String>,
}

/// A moment at which a promotion is looked at again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Due {
    /// What for.
    pub what: Alarm,
    /// Tells several of a kind apart: an attempt's number, an approval's row, a revision, a wave.
    pub number: u64,
    /// When.
    pub at: Timestamp,
}

/// An order that has not come to a good end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Order {
    /// What it is about, as the outbox has it (`p7:attempt:1`).
    pub subject: String,
    /// What is to be done (`comment`, `create_deployment`).
    pub kind: String,
    /// When it was decided.
    pub since: Timestamp,
    /// How often it was begun.
    pub attempts: u32,
    /// Where it stands.
    pub standing: Standing,
    /// What was heard of it last.
    pub heard: Option<String>,
}

/// Where an order stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// It is not begun, or begun again at that moment.
    Waiting {
        /// Not before.
        until: Timestamp,
    },
    /// It is being carried out.
    Sending,
    /// The forge will not have it.
    Refused,
    /// Nobody can say whether it happened.
    Lost,
}

impl Chronicle {
    /// How it ended, once it is over.
    pub fn ended(&self) -> Option<Ended> {
        self.entries.iter().rev().find_map(|entry| match &entry.step {
            Step::PromotionEnded { how, .. } => Some(*how),
            _ => None,
        })
    }

    /// Its last revision.
    pub fn name(&self) -> RevisionName {
        let revised = self.entries.iter().rev().find_map(|entry| match &entry.step {
            Step::TermsChanged { name, .. } => Some(*name),
            _ => None,
        });
        revised.unwrap_or(RevisionName { promotion: self.asked.id, revision: 1 })
    }

    /// The login of an account that is named in one of its rows.
    pub fn login(&self, who: ActorId) -> Option<&str> {
        self.entries.iter().find_map(|entry| {
            let login = entry.texts.get("login")?;
            (entry.actor == Some(who) || entry.giver() == Some(who)).then_some(login.as_str())
        })
    }
}

impl Entry {
    /// What somebody wrote about it.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.texts.get(name).map(String::as_str)
    }

    /// The row's own account, where its step names one.
    fn giver(&self) -> Option<ActorId> {
        match &self.step {
            Step::PromotionAsked { asked, .. } => asked.by,
            Step::ApprovalGiven { by, .. } => Some(*by),
            _ => None,
        }
    }
}
