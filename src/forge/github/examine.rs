//! Is the App set up right? Reads only; each finding says what to do. Used by an operator, never by the loop.

use std::collections::BTreeMap;

use http::Method;
use serde::Deserialize;

use super::GitHub;
use super::auth::Credential;
use super::read::{Reader, started_by_tags};
use super::transport::Call;
use crate::domain::signal::ProjectSeen;
use crate::domain::state::Project;
use crate::forge::fault::Fault;
use crate::forge::route::Route;
use crate::forge::{Finding, ReadError};

/// What the App must be allowed, least first: `docs/github.md` has the same list for people.
const NEEDED: [(&str, &str); 10] = [
    ("metadata", "read"),
    ("contents", "write"),
    ("pull_requests", "write"),
    ("issues", "write"),
    ("checks", "write"),
    ("actions", "write"),
    ("deployments", "write"),
    ("statuses", "read"),
    ("members", "read"),
    ("workflows", "write"),
];

/// What the App must hear of.
const HEARD: [&str; 15] = [
    "create",
    "delete",
    "deployment_status",
    "issue_comment",
    "issues",
    "label",
    "milestone",
    "pull_request",
    "pull_request_review",
    "pull_request_review_comment",
    "push",
    "release",
    "repository",
    "status",
    "workflow_run",
];

/// Our tokens are dated a minute back, so that much does no harm.
const CLOCK_MAY_DIFFER_S: i64 = 60;

/// The header by which an Enterprise Server tells its version.
const ENTERPRISE: &str = "x-github-enterprise-version";

/// How many projects are looked into, all in all.
const PROJECTS: usize = 20;

#[derive(Deserialize)]
struct AppSeen {
    slug: String,
    #[serde(default)]
    permissions: BTreeMap<String, String>,
    #[serde(default)]
    events: Vec<String>,
}

impl GitHub {
    /// Looks at key, clock, permissions, events, installations, and what a tag would start in each project.
    pub(super) async fn examined(&self) -> Vec<Finding> {
        let mut findings = self.first_answer().await;
        let app: AppSeen = match self.api.speak_as(Credential::App).get(&Route::root().then("app")).await {
            Ok(app) => app,
            Err(fault) => {
                findings.push(Finding::wrong(format!("key: {}", unreached(fault))));
                return findings;
            }
        };
        findings.push(Finding::right(format!("key: GitHub knows the App `{}`", app.slug)));
        findings.extend(NEEDED.iter().map(|(name, level)| permission(&app, name, level)));
        findings.push(events(&app));
        match self.installations().await {
            Ok(installations) if installations.is_empty() => {
                findings.push(Finding::wrong("installations: none. On the App's page: Install App"));
            }
            Ok(installations) => {
                let mut left = PROJECTS;
                for installation in &installations {
                    let projects = self.installed_projects(installation).await;
                    findings.extend(self.installation(projects, &mut left).await);
                }
            }
            Err(error) => findings.push(Finding::wrong(format!("installations: {error}"))),
        }
        findings
    }

    /// What every answer of GitHub carries, whoever asks: its clock, and of an Enterprise Server the version.
    async fn first_answer(&self) -> Vec<Finding> {
        let call = Call { method: Method::GET, target: "/app".to_owned(), body: None };
        let Ok(reply) = self.api.transport.send(&call, None).await else { return vec![] };
        let clock = reply.header("date").and_then(|date| self.clock(date));
        clock.into_iter().chain(reply.header(ENTERPRISE).map(enterprise)).collect()
    }

    /// Compares this machine's clock with GitHub's.
    fn clock(&self, date: &str) -> Option<Finding> {
        let theirs = jiff::fmt::rfc2822::parse(date).ok()?.timestamp();
        let ahead_s = (self.api.now)().duration_since(theirs).as_secs();
        if ahead_s.abs() <= CLOCK_MAY_DIFFER_S {
            return Some(Finding::right("clock: agrees with GitHub's"));
        }
        let way = if ahead_s > 0 { "ahead of" } else { "behind" };
        Some(Finding::wrong(format!(
            "clock: {} s {way} GitHub's. Set it, best by NTP: GitHub refuses tokens that are dated wrongly",
            ahead_s.abs()
        )))
    }

    async fn installation(
        &self,
        projects: Result<Vec<ProjectSeen>, ReadError>,
        left: &mut usize,
    ) -> Vec<Finding> {
        let projects = match projects {
            Ok(projects) => projects,
            Err(error) => return vec![Finding::wrong(format!("installation: {error}"))],
        };
        let mut findings = vec![];
        for seen in projects.into_iter().take(*left) {
            *left -= 1;
            findings.push(self.tag_starts(seen).await);
        }
        findings
    }

    async fn tag_starts(&self, seen: ProjectSeen) -> Finding {
        let path = seen.path.clone();
        match self.workflows(seen).await {
            Ok(files) if files.is_empty() => Finding::right(format!("{path}: a tag starts nothing")),
            Ok(files) => Finding::right(format!("{path}: a tag starts {}", files.join(", "))),
            Err(fault) => Finding::wrong(format!("{path}: {}", unreached(fault))),
        }
    }

    async fn workflows(&self, seen: ProjectSeen) -> Result<Vec<String>, Fault> {
        let project = Project::first_seen(&seen, (self.api.now)());
        let reader = Reader { caller: self.caller(&project)?, project: &project, names: &self.names };
        Ok(started_by_tags(&reader).await?.into_iter().map(|workflow| workflow.file).collect())
    }
}

/// What is done otherwise on an Enterprise Server that lacks what the public GitHub has. Which version has it is not told
/// anywhere in one place, so each is tried first.
fn enterprise(version: &str) -> Finding {
    let version = version.trim_start_matches("enterprise-server@");
    Finding::right(format!(
        "version: Enterprise Server {version}; where it does not tell which run it started, the run is found by its commit; \
         where it tells no checksums of files, an approval covers their names alone"
    ))
}

fn unreached(fault: Fault) -> String {
    let error = ReadError::from(fault);
    let cause = std::error::Error::source(&error).map(|cause| format!(": {cause}")).unwrap_or_default();
    format!(
        "{error}{cause}. Check LOCKKEEPER_GITHUB_APP_ID, the private key, the API URL and this machine's clock"
    )
}

fn permission(app: &AppSeen, name: &str, level: &str) -> Finding {
    let rank = |level: &str| match level {
        "read" => 1,
        "write" => 2,
        "admin" => 3,
        _ => 0,
    };
    let has = app.permissions.get(name).map_or("none", String::as_str);
    if rank(has) >= rank(level) {
        return Finding::right(format!("permission {name}: {has}"));
    }
    Finding::wrong(format!(
        "permission {name}: {has}, needs {level}. Change it on the App's page; each owner must accept it"
    ))
}

fn events(app: &AppSeen) -> Finding {
    let missing: Vec<&str> =
        HEARD.into_iter().filter(|event| !app.events.iter().any(|heard| heard == event)).collect();
    if missing.is_empty() {
        return Finding::right("events: all that are needed");
    }
    Finding::wrong(format!("events: subscribe to {} on the App's page", missing.join(", ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_enterprise_server_is_told_with_what_may_be_missing() {
        let told = enterprise("enterprise-server@3.14.2");
        assert!(told.is_right, "it is no fault");
        assert!(
            told.sentence.starts_with("version: Enterprise Server 3.14.2; where it does not tell"),
            "{told:?}"
        );
    }
}
