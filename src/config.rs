//! Server settings and the policy file: raw shapes turned into domain values, errors with line and hint. No rule of releasing lives here.

pub mod diagnostic;
mod document;
pub mod import;
pub mod log;
pub mod policy;
pub mod redact;
pub mod reference;
pub mod release_yml;
mod schema;
pub mod settings;
mod shape;
mod yaml;
