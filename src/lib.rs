//! Lockkeeper: a release manager that lives in the repository. This file is the map of the crate.
//!
//! Imports point one way:
//! `domain ← {config, store, forge, outbound, clock} ← engine ← web ← app ← cli ← main`; `sandbox` stands beside them.

pub mod app;
pub mod cli;
pub mod clock;
pub mod config;
pub mod domain;
pub mod engine;
pub mod forge;
pub mod sandbox;
pub mod store;
pub mod web;
