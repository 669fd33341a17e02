//! Server settings and the policy file: raw shapes turned into domain values, errors with line and hint. No rule of releasing lives here.

pub mod diagnostic;
mod document;
pub mod policy;
pub mod release_yml;
mod schema;
mod shape;
mod yaml;
