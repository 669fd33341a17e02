//! The hooks that lead to us, and what they could not deliver (S4): GitLab never sends it again by itself. Taking it in is intake's business.

use bytes::Bytes;
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::allow::Project;
use super::{GitLab, ReadError};
use crate::forge::Headers;
use crate::forge::fault::{Fault, if_there};
use crate::forge::route::Route;

/// Where our hooks lead to, behind whatever address we have.
const OURS: &str = "/webhooks/gitlab";

/// At most so many projects are looked into, those first where something happened last.
const PROJECTS: usize = 100;

/// At most this many pages of twenty failed deliveries of one hook.
const PAGES: u32 = 10;

/// GitLab's number for the role Maintainer, who alone may see hooks.
const MAINTAINER: u32 = 40;

/// A hook of a project.
#[derive(Debug, Deserialize)]
pub(super) struct Hook {
    pub(super) id: u64,
    url: String,
    #[serde(default)]
    pub(super) alert_status: Option<String>,
    #[serde(default)]
    pub(super) disabled_until: Option<String>,
    /// Which events it tells, by their names in the API.
    #[serde(flatten)]
    pub(super) all: Map<String, Value>,
}

impl Hook {
    /// Whether it tells events of this name; one that this GitLab does not know counts as told.
    pub(super) fn tells(&self, events: &str) -> bool {
        self.all.get(events).is_none_or(|told| told == &Value::Bool(true))
    }

    fn is_ours(&self) -> bool {
        self.url.split(['?', '#']).next().is_some_and(|path| path.trim_end_matches('/').ends_with(OURS))
    }
}

/// A delivery as GitLab keeps it, for seven days. Before 18 it does not say when it was.
#[derive(Deserialize)]
struct Told {
    #[serde(default)]
    created_at: Option<Timestamp>,
    #[serde(default)]
    request_headers: Map<String, Value>,
    request_data: Value,
}

impl Told {
    fn is_before(&self, since: Timestamp) -> bool {
        self.created_at.is_some_and(|at| at < since)
    }

    /// As if it came now. Its bytes are not those that were sent, and secrets in its headers are blotted out.
    fn delivered(self) -> (Headers, Bytes) {
        let headers = self
            .request_headers
            .into_iter()
            .filter_map(|(name, value)| Some((name.to_ascii_lowercase(), value.as_str()?.to_owned())));
        (Headers(headers.collect()), Bytes::from(self.request_data.to_string()))
    }
}

impl GitLab {
    /// The projects that our account belongs to with at least this role, the liveliest first.
    pub(super) async fn projects(&self, least: u32) -> Result<Vec<Project>, Fault> {
        let route = Route::root().then("projects").with("membership", true).with("simple", true);
        let route = route.with("min_access_level", least).with("order_by", "last_activity_at");
        let enough = |found: &[Project]| found.len() >= PROJECTS;
        let mut found =
            self.api.pages(&route.with("archived", false).with("per_page", 100), 2, enough).await?;
        found.truncate(PROJECTS);
        Ok(found)
    }

    /// The hooks of a project that lead to us; `None` where we may not see them. Those of its groups nobody sees there.
    pub(super) async fn hooks(&self, project: u64) -> Result<Option<Vec<Hook>>, Fault> {
        let route = Route::project(project).then("hooks").with("per_page", 100);
        match self.api.pages(&route, 1, |_: &[Hook]| false).await {
            Ok(hooks) => Ok(Some(hooks.into_iter().filter(Hook::is_ours).collect())),
            Err(Fault::Denied { .. }) => Ok(None),
            Err(fault) => Err(fault),
        }
    }

    /// The deliveries since then that failed, oldest first and at most `limit`, as far as our role lets us see them. One that
    /// came through later stands here as well: its name tells that we have it.
    pub(super) async fn failed_deliveries(
        &self,
        since: Timestamp,
        limit: usize,
    ) -> Result<Vec<(Headers, Bytes)>, ReadError> {
        let mut found = Vec::new();
        for project in self.projects(MAINTAINER).await? {
            for hook in self.hooks(project.id).await?.unwrap_or_default() {
                found.extend(self.failed_of(project.id, hook.id, since).await?);
            }
        }
        found.sort_by_key(|told| told.created_at);
        found.truncate(limit);
        Ok(found.into_iter().map(Told::delivered).collect())
    }

    /// GitLab tells the newest first; GitLab before 17.3 tells none.
    async fn failed_of(&self, project: u64, hook: u64, since: Timestamp) -> Result<Vec<Told>, Fault> {
        let events = Route::project(project).then("hooks").then(hook).then("events");
        let route = events.with("status", "client_failure,server_failure").with("per_page", 20);
        let reaches_back = |found: &[Told]| found.last().is_some_and(|told| told.is_before(since));
        let found = if_there(self.api.pages(&route, PAGES, reaches_back).await)?;
        let mut found: Vec<Told> = found.unwrap_or_default();
        found.retain(|told| !told.is_before(since));
        found.reverse();
        Ok(found)
    }
}
