//! The hash chain over events: how a row is sealed, read back and verified. Where rows are kept is `store`'s business.
//!
//! `hash` is the lower-case hex SHA-256 of the row's RFC 8785 JSON without `hash`; `prev` of a lane's first row is 64 zeros.
//! Free text stands beside the row as `SHA-256(salt ‖ text)`, so that erasing a text leaves the chain whole.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::event::{Event, Recorded};
use super::id::{ActorId, CommitId, Incarnation, ProjectId};

/// The shape of [`Row`]. Every shape stays readable for ever.
pub const ROW_VERSION: u32 = 1;

/// Length of a text's salt in bytes.
pub const SALT_LENGTH: usize = 16;

/// What `prev` of a lane's first row is.
pub const FIRST_PREV: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// One row of a lane's journal, final from the day it is written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    /// The row's shape.
    pub v: u32,
    /// Its number in the lane, from 1, without gaps.
    pub seq: u64,
    /// The project's life in this database; `None` in an installation's lane.
    pub incarnation: Option<Incarnation>,
    /// The project; `None` in an installation's lane.
    pub project: Option<ProjectId>,
    /// When it was decided, UTC, to the millisecond.
    pub at: Timestamp,
    /// Who caused it; `None`: no person did.
    pub actor: Option<ActorId>,
    /// What caused it.
    pub cause: Cause,
    /// The commit at which the policy in force was read, where it mattered.
    pub policy: Option<CommitId>,
    /// The event's kind.
    pub kind: String,
    /// The event's data.
    pub data: serde_json::Value,
    /// What was looked up for the decision, and when.
    pub facts: Vec<Relied>,
    /// Free text by name, as `SHA-256(salt ‖ text)` in hex.
    pub texts: BTreeMap<String, String>,
    /// The hash of the row before.
    pub prev: String,
    /// The hash of this row.
    pub hash: String,
}

/// What caused a decision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "by", content = "key")]
pub enum Cause {
    /// A delivery, by the forge's name of it.
    Delivery(String),
    /// The outcome of an effect, by its key.
    Outcome(String),
    /// A timer.
    Timer(String),
    /// Another lane's word.
    Tell(String),
    /// An operator.
    Operator(String),
}

/// A look-up that a decision relied on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Relied {
    /// The question, in the words of `query`.
    pub query: serde_json::Value,
    /// `known`, `absent` or `unknown`.
    pub found: String,
    /// When it was read.
    pub read_at: Timestamp,
}

/// A text as it is kept beside its row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Salted {
    /// 16 random bytes, given by the engine.
    pub salt: [u8; SALT_LENGTH],
    /// The text.
    pub text: String,
}

impl Salted {
    /// What the row keeps of the text.
    pub fn hash(&self) -> String {
        text_hash(&self.salt, &self.text)
    }
}

/// `SHA-256(salt ‖ text)` in lower-case hex.
pub fn text_hash(salt: &[u8], text: &str) -> String {
    hex::encode(Sha256::new().chain_update(salt).chain_update(text.as_bytes()).finalize())
}

/// What all rows of one decision share.
#[derive(Debug, Clone)]
pub struct Circumstances {
    /// The project's life in this database.
    pub incarnation: Option<Incarnation>,
    /// The project.
    pub project: Option<ProjectId>,
    /// When it was decided.
    pub at: Timestamp,
    /// Who caused it.
    pub actor: Option<ActorId>,
    /// What caused it.
    pub cause: Cause,
    /// The commit at which the policy was read.
    pub policy: Option<CommitId>,
    /// What was looked up.
    pub facts: Vec<Relied>,
}

/// The end of a lane's chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tip {
    /// The newest row's number; 0 where there is none.
    pub seq: u64,
    /// The newest row's hash.
    pub hash: String,
}

impl Default for Tip {
    fn default() -> Self {
        Self { seq: 0, hash: FIRST_PREV.to_owned() }
    }
}

impl Row {
    /// Seals an event as the row after `tip`.
    pub fn seal(
        tip: &Tip,
        event: &Event,
        texts: &BTreeMap<String, Salted>,
        circumstances: &Circumstances,
    ) -> Self {
        let (kind, data) = split(event);
        let mut row = Self {
            v: ROW_VERSION,
            seq: tip.seq + 1,
            incarnation: circumstances.incarnation.clone(),
            project: circumstances.project.clone(),
            at: circumstances.at,
            actor: circumstances.actor,
            cause: circumstances.cause.clone(),
            policy: circumstances.policy.clone(),
            kind,
            data,
            facts: circumstances.facts.clone(),
            texts: texts.iter().map(|(name, text)| (name.clone(), text.hash())).collect(),
            prev: tip.hash.clone(),
            hash: String::new(),
        };
        row.hash = row.compute_hash();
        row
    }

    /// The end of the chain that this row is.
    pub fn tip(&self) -> Tip {
        Tip { seq: self.seq, hash: self.hash.clone() }
    }

    /// The row as it is stored: its RFC 8785 JSON.
    pub fn to_json(&self) -> String {
        canonical(&serde_json::to_value(self).expect("a row has only text keys"))
    }

    /// The event that the row holds.
    pub fn event(&self) -> Result<Event, serde_json::Error> {
        serde_json::from_value(serde_json::json!({ "kind": self.kind, "data": self.data }))
    }

    fn compute_hash(&self) -> String {
        let mut value = serde_json::to_value(self).expect("a row has only text keys");
        if let Some(map) = value.as_object_mut() {
            map.remove("hash");
        }
        hex::encode(Sha256::digest(canonical(&value).as_bytes()))
    }
}

fn split(event: &Event) -> (String, serde_json::Value) {
    let mut value = serde_json::to_value(event).expect("an event has only text keys");
    let data = value.get_mut("data").map_or(serde_json::Value::Null, serde_json::Value::take);
    (event.kind(), data)
}

fn canonical(value: &serde_json::Value) -> String {
    serde_json_canonicalizer::to_string(value).expect("rows hold no floating-point numbers")
}

/// How a journal fails verification.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Broken {
    /// The row cannot be read.
    #[error("row {seq} cannot be read: {why}")]
    Unreadable {
        /// The row.
        seq: u64,
        /// Why.
        why: String,
    },
    /// A row is missing or out of place.
    #[error("row {expected} is missing: row {found} follows")]
    Gap {
        /// The row that should stand here.
        expected: u64,
        /// The row that does.
        found: u64,
    },
    /// The row does not follow from the one before.
    #[error("row {seq} does not follow from the row before it")]
    Unchained {
        /// The row.
        seq: u64,
    },
    /// The row was changed after it was written.
    #[error("row {seq} was changed after it was written")]
    Altered {
        /// The row.
        seq: u64,
    },
    /// A text was changed after it was written. Erasing one is allowed, changing it is not.
    #[error("text `{name}` of row {seq} was changed after it was written")]
    TextAltered {
        /// The row.
        seq: u64,
        /// The text.
        name: String,
    },
}

/// Verifies a row as the one after `tip`, and the texts that are still kept beside it.
pub fn verify(tip: &Tip, row: &Row, texts: &BTreeMap<String, Salted>) -> Result<Tip, Broken> {
    let seq = row.seq;
    if seq != tip.seq + 1 {
        return Err(Broken::Gap { expected: tip.seq + 1, found: seq });
    }
    if row.prev != tip.hash {
        return Err(Broken::Unchained { seq });
    }
    if row.hash != row.compute_hash() {
        return Err(Broken::Altered { seq });
    }
    for (name, text) in texts {
        if row.texts.get(name) != Some(&text.hash()) {
            return Err(Broken::TextAltered { seq, name: name.clone() });
        }
    }
    row.event().map_err(|error| Broken::Unreadable { seq, why: error.to_string() })?;
    Ok(row.tip())
}

/// Salts the texts of an event, one salt each, in the order of their names.
pub fn salt(recorded: &Recorded, mut fresh: impl FnMut() -> [u8; SALT_LENGTH]) -> BTreeMap<String, Salted> {
    recorded
        .texts
        .iter()
        .map(|(name, text)| (name.clone(), Salted { salt: fresh(), text: text.clone() }))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn circumstances() -> Circumstances {
        Circumstances {
            incarnation: Some(Incarnation::parse("0123456789abcdef").expect("16 hex digits")),
            project: Some("github:42".parse().expect("a project id")),
            at: "2026-12-01T12:00:00.123Z".parse().expect("a time"),
            actor: Some(ActorId(7)),
            cause: Cause::Delivery("d-1".into()),
            policy: None,
            facts: vec![],
        }
    }

    fn chain() -> Vec<(Row, BTreeMap<String, Salted>)> {
        let mut tip = Tip::default();
        ["first", "second", "third"]
            .iter()
            .map(|reason| {
                let recorded =
                    Recorded::from(Event::ProjectArchived { archived: true }).with_text("reason", *reason);
                let texts = salt(&recorded, || [7; SALT_LENGTH]);
                let row = Row::seal(&tip, &recorded.event, &texts, &circumstances());
                tip = row.tip();
                (row, texts)
            })
            .collect()
    }

    fn verified(rows: &[(Row, BTreeMap<String, Salted>)]) -> Result<Tip, Broken> {
        rows.iter().try_fold(Tip::default(), |tip, (row, texts)| verify(&tip, row, texts))
    }

    #[test]
    fn a_chain_reads_back_and_verifies() {
        let rows = chain();
        assert_eq!(verified(&rows).map(|tip| tip.seq), Ok(3));
        let again: Row = serde_json::from_str(&rows[1].0.to_json()).expect("a stored row reads back");
        assert_eq!(again, rows[1].0);
    }

    #[test]
    fn every_field_of_a_row_is_covered_by_its_hash() {
        let rows = chain();
        let original = serde_json::to_value(&rows[1].0).expect("json");
        for field in
            ["incarnation", "project", "at", "actor", "cause", "policy", "kind", "data", "facts", "texts"]
        {
            let mut changed = original.clone();
            changed[field] = match field {
                "at" => serde_json::json!("2026-12-01T12:00:00.124Z"),
                "actor" => serde_json::json!(8),
                "cause" => serde_json::json!({"by": "timer", "key": "x"}),
                "kind" => serde_json::json!("project_left"),
                "data" => serde_json::json!({"archived": false}),
                "facts" => {
                    serde_json::json!([{"query": "x", "found": "known", "read_at": "2026-12-01T12:00:00Z"}])
                }
                "texts" => serde_json::json!({}),
                "incarnation" | "project" => serde_json::Value::Null,
                _ => serde_json::json!("a".repeat(40)),
            };
            let row: Row = serde_json::from_value(changed).expect("still a row");
            let mut forged = rows.clone();
            forged[1].0 = row;
            assert_eq!(verified(&forged), Err(Broken::Altered { seq: 2 }), "{field}");
        }
    }

    #[test]
    fn a_missing_a_swapped_and_a_resealed_row_are_found() {
        let mut missing = chain();
        missing.remove(1);
        assert_eq!(verified(&missing), Err(Broken::Gap { expected: 2, found: 3 }));
        let mut resealed = chain();
        resealed[1].0 = Row::seal(
            &resealed[0].0.tip(),
            &Event::ProjectLeft { suspended: false },
            &BTreeMap::new(),
            &circumstances(),
        );
        resealed[1].1.clear();
        assert_eq!(verified(&resealed), Err(Broken::Unchained { seq: 3 }));
    }

    #[test]
    fn an_erased_text_leaves_the_chain_whole_and_a_changed_one_does_not() {
        let mut rows = chain();
        rows[1].1.clear();
        assert!(verified(&rows).is_ok());
        rows[2].1.get_mut("reason").expect("a reason").text = "another".into();
        assert_eq!(verified(&rows), Err(Broken::TextAltered { seq: 3, name: "reason".into() }));
    }
}
