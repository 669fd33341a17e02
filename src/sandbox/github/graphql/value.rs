//! What a field resolves to, and the arguments that it was asked with. Nothing is looked up here.

use std::collections::BTreeMap;

use serde_json::{Value, json};

/// A thing of the schema, by what finds it in the model.
#[derive(Debug, Clone)]
pub(super) enum Node {
    Query,
    Mutation,
    /// What a mutation gives back.
    Reacted {
        project: u64,
        comment: u64,
        reaction: u64,
        client: Option<String>,
    },
    Reaction {
        project: u64,
        comment: u64,
        id: u64,
    },
    RateLimit,
    Search {
        found: Vec<Node>,
        shown: usize,
    },
    Account(u64),
    Repository(u64),
    Ref {
        project: u64,
        name: String,
    },
    Comparison {
        project: u64,
        base: String,
        head: String,
    },
    Commit {
        project: u64,
        oid: String,
    },
    GitActor {
        name: String,
        email: String,
        account: Option<u64>,
    },
    Tag {
        project: u64,
        oid: String,
    },
    Tree {
        project: u64,
        commit: String,
        folder: String,
    },
    TreeEntry {
        project: u64,
        commit: String,
        path: String,
    },
    Blob {
        text: std::sync::Arc<str>,
    },
    Pull {
        project: u64,
        number: u64,
    },
    PullCommit {
        project: u64,
        oid: String,
    },
    ChangedFile {
        path: String,
    },
    Review {
        project: u64,
        id: u64,
    },
    Issue {
        project: u64,
        number: u64,
    },
    Label {
        project: u64,
        name: String,
    },
    Milestone {
        project: u64,
        number: u64,
    },
    Release {
        project: u64,
        id: u64,
    },
    Connection {
        kind: &'static str,
        nodes: Vec<Node>,
        total: usize,
        start: usize,
    },
    PageInfo {
        total: usize,
        start: usize,
        shown: usize,
    },
}

/// What a field is.
#[derive(Debug, Clone)]
pub(super) enum Resolved {
    Leaf(Value),
    One(Node),
    Many(Vec<Node>),
    /// Nothing, and an error that says so.
    Missing(String),
    /// Nothing was done, for the caller may not.
    Forbidden,
}

impl Resolved {
    pub(super) const NULL: Self = Self::Leaf(Value::Null);

    pub(super) fn leaf(value: impl serde::Serialize) -> Self {
        Self::Leaf(json!(value))
    }

    pub(super) fn maybe(node: Option<Node>) -> Self {
        node.map_or(Self::NULL, Self::One)
    }
}

/// The arguments of one field, variables filled in.
#[derive(Debug, Default)]
pub(super) struct Arguments(pub(super) BTreeMap<String, Value>);

impl Arguments {
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.0.get(name)?.as_str()
    }

    pub(super) fn number(&self, name: &str) -> Option<u64> {
        self.0.get(name)?.as_u64()
    }

    /// A list of names; a single one counts as a list, as GraphQL has it. `None` where nothing is asked.
    pub(super) fn names(&self, name: &str) -> Option<Vec<&str>> {
        match self.0.get(name)? {
            Value::Array(items) => Some(items.iter().filter_map(Value::as_str).collect()),
            Value::String(one) => Some(vec![one]),
            _ => None,
        }
    }

    /// The field and whether descending, of an `orderBy`.
    pub(super) fn order(&self) -> Option<(&str, Direction)> {
        let order = self.0.get("orderBy")?;
        let descending = order.get("direction")?.as_str()? == "DESC";
        Some((
            order.get("field")?.as_str()?,
            if descending { Direction::Descending } else { Direction::Ascending },
        ))
    }

    /// A page of nodes by `first` and `after`, or from the end by `last` and `before`.
    pub(super) fn connection(&self, kind: &'static str, nodes: Vec<Node>) -> Resolved {
        let total = nodes.len();
        let mut start = self.cursor("after").unwrap_or_default().min(total);
        let mut end = self.cursor("before").map_or(total, |at| at.saturating_sub(1)).clamp(start, total);
        end = self.count("first").map_or(end, |first| end.min(start.saturating_add(first)));
        start = self.count("last").map_or(start, |last| start.max(end.saturating_sub(last)));
        let nodes = nodes.into_iter().take(end).skip(start).collect();
        Resolved::One(Node::Connection { kind, nodes, total, start })
    }

    /// The place of a node among all, counted from one.
    fn cursor(&self, name: &str) -> Option<usize> {
        self.text(name)?.strip_prefix("cursor:")?.parse().ok()
    }

    fn count(&self, name: &str) -> Option<usize> {
        self.number(name).map(|count| usize::try_from(count).unwrap_or(usize::MAX))
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Direction {
    Ascending,
    Descending,
}
