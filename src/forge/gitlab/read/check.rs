//! The newest result of each status and job of a commit. Which of them a policy asks for is not known here.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::commit;
use crate::domain::id::CommitId;
use crate::domain::query::{CheckNow, ReportedState};
use crate::forge::fault::{Fault, if_there};
use crate::forge::gitlab::read::Reader;

/// Up to so many pages of a hundred; more is an error, because the one that counts may be on the next.
const PAGES: u32 = 10;

/// A status that somebody posted, or a job: GitLab lists both alike.
#[derive(Debug, Deserialize)]
struct Status {
    id: u64,
    name: String,
    status: String,
    #[serde(default)]
    allow_failure: bool,
    #[serde(default)]
    target_url: Option<String>,
}

/// The newest result per name; `None` where there is no such commit. Of a name in several pipelines the newest counts.
pub(super) async fn of(reader: &Reader<'_>, commit: &CommitId) -> Result<Option<Vec<CheckNow>>, Fault> {
    let route = commit::one(reader, commit.as_str()).then("statuses").with("per_page", 100);
    let found: Option<Vec<Status>> = if_there(reader.api().pages(&route, PAGES + 1, |_| false).await)?;
    let Some(found) = found else { return Ok(None) };
    if found.len() > PAGES as usize * 100 {
        let said = format!("the commit has more than {} checks", PAGES * 100);
        return Err(Fault::Denied { status: 413, said });
    }
    let mut newest: BTreeMap<String, Status> = BTreeMap::new();
    for status in found {
        if newest.get(&status.name).is_none_or(|before| before.id < status.id) {
            newest.insert(status.name.clone(), status);
        }
    }
    Ok(Some(newest.into_values().map(Status::told).collect()))
}

impl Status {
    fn told(self) -> CheckNow {
        let state = self.state();
        CheckNow { name: self.name, app: None, state, page: self.target_url }
    }

    /// A job that may fail is passed over as GitLab passes it over. One that was skipped gave no verdict: most often something
    /// before it failed. <https://docs.gitlab.com/api/commits/#commit-status>
    fn state(&self) -> ReportedState {
        match self.status.as_str() {
            "success" => ReportedState::Success,
            "failed" if self.allow_failure => ReportedState::Success,
            "failed" | "canceled" => ReportedState::Failure,
            "running" | "canceling" => ReportedState::InProgress,
            "skipped" => ReportedState::Inactive,
            _ => ReportedState::Queued,
        }
    }
}
