//! The newest result of each check and status of a commit. Which of them a policy asks for is not known here.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::domain::id::CommitId;
use crate::domain::query::{CheckNow, ReportedState};
use crate::forge::fault::Fault;
use crate::forge::github::read::Reader;
use crate::forge::github::webhook::{Check, CommitStatus};
use crate::forge::route::Route;

/// Up to so many pages of a hundred; more is an error, because the one that counts may be on the next.
const PAGES: u32 = 10;

#[derive(Deserialize)]
struct Runs {
    check_runs: Vec<Check>,
}

#[derive(Deserialize)]
struct Combined {
    statuses: Vec<CommitStatus>,
}

/// What is newest by its number: per name and app.
#[derive(Default)]
struct Newest(BTreeMap<(String, Option<u64>), (u64, CheckNow)>);

impl Newest {
    fn take(&mut self, number: u64, check: CheckNow) {
        let newest = self.0.entry((check.name.clone(), check.app)).or_insert_with(|| (number, check.clone()));
        if newest.0 < number {
            *newest = (number, check);
        }
    }
}

/// The newest result per name and app, and per status; `None` where there is no such commit.
pub(super) async fn of(reader: &Reader<'_>, commit: &CommitId) -> Result<Option<Vec<CheckNow>>, Fault> {
    match newest(reader, commit).await {
        Ok(newest) => Ok(Some(newest.0.into_values().map(|(_, check)| check).collect())),
        // "No commit found for SHA": that status means nothing else here.
        Err(Fault::Denied { status: 404 | 422, .. }) => Ok(None),
        Err(fault) => Err(fault),
    }
}

async fn newest(reader: &Reader<'_>, commit: &CommitId) -> Result<Newest, Fault> {
    let of_commit = || reader.repository().then("commits").then(commit);
    let mut newest = Newest::default();
    let runs = all(reader, &of_commit().then("check-runs").with("filter", "latest"), runs_of).await?;
    runs.iter().filter_map(checked).for_each(|(number, check)| newest.take(number, check));
    let statuses = all(reader, &of_commit().then("status"), statuses_of).await?;
    statuses.iter().filter_map(reported).for_each(|(number, check)| newest.take(number, check));
    Ok(newest)
}

fn runs_of(page: Runs) -> Vec<Check> {
    page.check_runs
}

fn statuses_of(page: Combined) -> Vec<CommitStatus> {
    page.statuses
}

async fn all<P: serde::de::DeserializeOwned, T>(
    reader: &Reader<'_>,
    route: &Route,
    items: impl Fn(P) -> Vec<T>,
) -> Result<Vec<T>, Fault> {
    let route = route.clone().with("per_page", 100);
    let found = reader.caller.pages(&route, PAGES + 1, items, |_| false).await?;
    if found.len() > PAGES as usize * 100 {
        let said = format!("the commit has more than {} checks", PAGES * 100);
        return Err(Fault::Denied { status: 413, said });
    }
    Ok(found)
}

fn checked(run: &Check) -> Option<(u64, CheckNow)> {
    let check = CheckNow {
        name: run.name.clone()?,
        app: run.app.as_ref().and_then(|app| app.id),
        state: state(run.status.as_deref(), run.conclusion.as_deref()),
        page: run.html_url.clone().or_else(|| run.details_url.clone()),
    };
    Some((run.id?, check))
}

/// Neutral and skipped are as good as success, as GitHub itself takes them for required checks.
/// <https://docs.github.com/en/pull-requests/collaborating-with-pull-requests/collaborating-on-repositories-with-code-quality-features/about-status-checks>
fn state(status: Option<&str>, conclusion: Option<&str>) -> ReportedState {
    match (status, conclusion) {
        (Some("completed"), Some("success" | "neutral" | "skipped")) => ReportedState::Success,
        (Some("completed"), _) => ReportedState::Failure,
        (Some("in_progress"), _) => ReportedState::InProgress,
        (_, _) => ReportedState::Queued,
    }
}

fn reported(status: &CommitStatus) -> Option<(u64, CheckNow)> {
    let state = match status.state.as_deref()? {
        "success" => ReportedState::Success,
        "failure" | "error" => ReportedState::Failure,
        _ => ReportedState::Queued,
    };
    let check = CheckNow { name: status.context.clone()?, app: None, state, page: status.target_url.clone() };
    Some((status.id?, check))
}
