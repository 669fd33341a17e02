//! The world that scripts act in: people do things in a project, as a story reads, and ask afterwards what is there. An act that
//! the forge would refuse panics, for a script that is wrong must fail; acts of the bot come over the wire and are refused there.

mod change;
mod git;
mod plan;
mod project;
mod release;
mod talk;
pub(super) mod view;
pub(super) mod work;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::clock::Clock;

use super::model::{AppCredentials, Break, Entry, Fault, Message, Model, Refusal, RequestRecord};
use super::wire::Wire;

/// A stand-in forge and one project on it that the acts of this handle are about. Clones share the forge.
#[derive(Clone)]
pub struct World {
    model: Arc<Mutex<Model>>,
    wire: &'static dyn Wire,
    project: u64,
}

impl std::fmt::Debug for World {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("World").field("project", &self.project).finish_non_exhaustive()
    }
}

impl World {
    /// A forge with one project (`owner/name`), not yet installed to.
    pub(crate) fn begin(
        clock: Clock,
        credentials: AppCredentials,
        wire: &'static dyn Wire,
        path: &str,
    ) -> Self {
        let mut model = Model::new(clock, credentials, wire.manners());
        let project = model.create_project(path);
        Self { model: Arc::new(Mutex::new(model)), wire, project }
    }

    /// How this forge speaks.
    pub(crate) fn wire(&self) -> &'static dyn Wire {
        self.wire
    }

    /// The model, for reading. A panic elsewhere leaves it usable: acts are checked before they change anything.
    pub(crate) fn look(&self) -> MutexGuard<'_, Model> {
        self.model.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// One act, and the deliveries that it causes.
    pub(crate) fn attempt<T>(&self, act: impl FnOnce(&mut Model) -> T) -> T {
        let mut model = self.look();
        let outcome = act(&mut model);
        let messages: Vec<Message> = std::mem::take(&mut model.happened)
            .iter()
            .flat_map(|happening| self.wire.messages(&model, happening))
            .collect();
        messages.into_iter().for_each(|message| model.enqueue(message));
        outcome
    }

    #[track_caller]
    fn act<T>(&self, act: impl FnOnce(&mut Model, u64) -> Result<T, Refusal>) -> T {
        match self.attempt(|model| act(model, self.project)) {
            Ok(outcome) => outcome,
            Err(refusal) => panic!("the stand-in refuses: {refusal}"),
        }
    }

    #[track_caller]
    fn ask<T>(&self, question: impl FnOnce(&Model, &super::model::Project) -> T) -> T {
        let model = self.look();
        let project = model.project(self.project).expect("a handle's project exists");
        question(&model, project)
    }

    /// What the bot must be configured with.
    pub fn credentials(&self) -> AppCredentials {
        self.look().app.credentials.clone()
    }

    /// The number of the app's bot account.
    pub fn bot_id(&self) -> u64 {
        self.look().app.bot
    }

    /// The number of the project.
    pub fn project_id(&self) -> u64 {
        self.project
    }

    /// Where links point: the address of the API and the address of the pages.
    pub fn set_addresses(&self, api: &str, site: &str) {
        let mut model = self.look();
        model.addresses.api = api.trim_end_matches('/').to_owned();
        model.addresses.site = site.trim_end_matches('/').to_owned();
    }

    /// Breaks requests; an earlier fault goes before a later one.
    pub fn inject(&self, fault: Fault) {
        self.look().faults.push(fault);
    }

    /// Short for one [`Fault::once`].
    pub fn break_once(&self, pattern: &str, how: Break) {
        self.inject(Fault::once(pattern, how));
    }

    /// All requests and deliveries work again.
    pub fn clear_faults(&self) {
        let mut model = self.look();
        model.faults.clear();
        model.post.lose_next = 0;
        model.post.double_next = 0;
    }

    /// All that happened, in order.
    pub fn timeline(&self) -> Vec<Entry> {
        self.look().timeline.clone()
    }

    /// A number that grows with everything that happens; a page that shows it knows when to load itself again.
    pub fn version(&self) -> u64 {
        let model = self.look();
        (model.timeline.len() + model.post.log.len()) as u64
    }

    /// Every request received, in order.
    pub fn requests(&self) -> Vec<RequestRecord> {
        self.look().requests.clone()
    }

    /// How often each operation was asked for.
    pub fn request_counts(&self) -> std::collections::BTreeMap<String, usize> {
        let mut counts = std::collections::BTreeMap::new();
        for request in &self.look().requests {
            *counts.entry(request.operation.clone().unwrap_or_else(|| "unknown".into())).or_default() += 1;
        }
        counts
    }

    /// The requests for routes that the stand-in does not have; a test fails on any.
    pub fn unknown_routes(&self) -> Vec<String> {
        let model = self.look();
        let unknown = model.requests.iter().filter(|request| request.operation.is_none());
        unknown.map(|request| format!("{} {}", request.method, request.path)).collect()
    }
}
