//! The table of all REST operations, by noun; a path that is not in it is unknown, and recorded as such.

mod app;
mod check;
mod deployment;
mod git;
mod people;
mod release;
mod repository;
mod run;
mod talk;
mod thread;

use std::collections::BTreeMap;

use super::graphql;
use super::wire::{Need, Operation};

/// An operation and the parts of the path that its template names.
pub(crate) type Found = (&'static Operation, BTreeMap<&'static str, String>);

const READ_CONTENTS: Need = Need::Token(&[("contents", "read")]);
const WRITE_CONTENTS: Need = Need::Token(&[("contents", "write")]);
const READ_TALK: Need = Need::Token(&[("issues", "read"), ("pull_requests", "read")]);
const WRITE_TALK: Need = Need::Token(&[("issues", "write"), ("pull_requests", "write")]);
const READ_PULLS: Need = Need::Token(&[("pull_requests", "read")]);
const WRITE_PULLS: Need = Need::Token(&[("pull_requests", "write")]);
const METADATA: Need = Need::Token(&[]);

static GRAPHQL: [Operation; 1] =
    [Operation { method: "POST", path: "/graphql", need: METADATA, act: graphql::answer }];

fn tables() -> [&'static [Operation]; 11] {
    [
        &GRAPHQL,
        &app::OPERATIONS,
        &repository::OPERATIONS,
        &git::OPERATIONS,
        &thread::OPERATIONS,
        &talk::OPERATIONS,
        &people::OPERATIONS,
        &release::OPERATIONS,
        &check::OPERATIONS,
        &run::OPERATIONS,
        &deployment::OPERATIONS,
    ]
}

/// The operation of a request. Where several fit, the one with more fixed segments goes first.
pub(crate) fn find(method: &str, path: &str) -> Option<Found> {
    let candidates = tables().into_iter().flatten().filter(|operation| operation.method == method);
    let fitting = candidates.filter_map(|operation| Some((operation, fit(operation.path, path)?)));
    fitting
        .max_by_key(|(operation, _)| operation.path.split('/').filter(|part| !part.starts_with('{')).count())
}

/// The named parts if a path fits a template.
fn fit(template: &'static str, path: &str) -> Option<BTreeMap<&'static str, String>> {
    let mut parts = path.split('/');
    let mut named = BTreeMap::new();
    for expected in template.split('/') {
        if let Some(name) = expected.strip_prefix('{').and_then(|rest| rest.strip_suffix("*}")) {
            let rest: Vec<&str> = parts.by_ref().collect();
            named.insert(name, rest.join("/"));
            return (!rest.is_empty()).then_some(named);
        }
        let part = parts.next()?;
        match expected.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')) {
            Some(name) if !part.is_empty() => {
                named.insert(name, part.to_owned());
            }
            Some(_) => return None,
            None if expected == part => {}
            None => return None,
        }
    }
    parts.next().is_none().then_some(named)
}

/// Every operation as `METHOD /path/{template}`, so that a test can see that it has asked for all.
pub fn operations() -> Vec<String> {
    tables()
        .into_iter()
        .flatten()
        .map(|operation| format!("{} {}", operation.method, operation.path))
        .collect()
}
