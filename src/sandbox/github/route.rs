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

use super::graphql;
use super::token::Caller;
use super::wire::{Need, Operation};
use crate::sandbox::route;

/// An operation and the parts of the path that its template names.
pub(crate) type Found = route::Found<Need, Caller>;

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

/// The operation of a request.
pub(crate) fn find(method: &str, path: &str) -> Option<Found> {
    route::find(&tables(), method, path)
}

/// Every operation as `METHOD /path/{template}`, so that a test can see that it has asked for all.
pub fn operations() -> Vec<String> {
    tables().into_iter().flatten().map(Operation::name).collect()
}
