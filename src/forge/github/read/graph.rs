//! The shapes of GraphQL answers that several questions share. No query text and no rule lives here.

use serde::Deserialize;

use crate::domain::id::CommitId;

/// One page of a connection.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", bound = "T: Deserialize<'de>")]
pub(super) struct Connection<T> {
    #[serde(default)]
    pub(super) page_info: PageInfo,
    /// How many there are on all pages, where that was asked.
    #[serde(default)]
    pub(super) total_count: Option<usize>,
    pub(super) nodes: Vec<Option<T>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct PageInfo {
    pub(super) has_next_page: bool,
    pub(super) start_cursor: Option<String>,
    pub(super) end_cursor: Option<String>,
}

impl<T> Connection<T> {
    /// The nodes that we may see.
    pub(super) fn seen(self) -> impl Iterator<Item = T> {
        self.nodes.into_iter().flatten()
    }

    /// Where the next page begins.
    pub(super) fn next(&self) -> Option<String> {
        self.page_info.end_cursor.clone().filter(|_| self.page_info.has_next_page)
    }
}

/// An answer about a repository.
#[derive(Debug, Deserialize)]
#[serde(bound = "T: Deserialize<'de>")]
pub(super) struct About<T> {
    pub(super) repository: Option<T>,
}

/// A git object, peeled of as many tag objects as were asked for.
#[derive(Debug, Deserialize)]
pub(super) struct Object {
    #[serde(rename = "__typename", default)]
    kind: String,
    oid: String,
    #[serde(default)]
    target: Option<Box<Object>>,
}

impl Object {
    /// The commit at the bottom; `None` where a tag stands for a tree or a blob.
    pub(super) fn commit(&self) -> Option<CommitId> {
        match &self.target {
            Some(inner) => inner.commit(),
            None if self.kind == "Commit" => CommitId::parse(self.oid.as_str()).ok(),
            None => None,
        }
    }
}

/// How a commit stands to another.
#[derive(Debug, Deserialize)]
pub(super) struct Comparison {
    pub(super) status: String,
}

impl Comparison {
    /// Whether the base is an ancestor of the head, or the head itself.
    pub(super) fn base_is_ancestor(&self) -> bool {
        matches!(self.status.as_str(), "AHEAD" | "IDENTICAL")
    }

    /// Whether the head is an ancestor of the base, or the base itself.
    pub(super) fn head_is_ancestor(&self) -> bool {
        matches!(self.status.as_str(), "BEHIND" | "IDENTICAL")
    }
}
