//! The table of all operations, by noun; a path that is not in it is unknown, and recorded as such.

mod change;
mod commit;
mod deployment;
mod graphql;
mod issue;
mod milestone;
mod note;
mod people;
mod pipeline;
mod project;
mod release;
mod repository;
mod tag;

use super::token::Caller;
use super::wire::{Need, Operation};
use crate::sandbox::model::Role;
use crate::sandbox::route;

/// An operation and the parts of the path that its template names.
pub(crate) type Found = route::Found<Need, Caller>;

const TOKEN: Need = Need::Token;
const GUEST: Need = Need::Role(Role::Read);
const REPORTER: Need = Need::Role(Role::Triage);
const DEVELOPER: Need = Need::Role(Role::Write);
const MAINTAINER: Need = Need::Role(Role::Maintain);

fn tables() -> [&'static [Operation]; 13] {
    [
        &people::OPERATIONS,
        &project::OPERATIONS,
        &repository::OPERATIONS,
        &commit::OPERATIONS,
        &tag::OPERATIONS,
        &change::OPERATIONS,
        &note::OPERATIONS,
        &issue::OPERATIONS,
        &milestone::OPERATIONS,
        &release::OPERATIONS,
        &deployment::OPERATIONS,
        &pipeline::OPERATIONS,
        &graphql::OPERATIONS,
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
