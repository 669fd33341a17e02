//! What an answer's status, headers and message mean, by GitHub's own rules. Sending and sending again live in `transport`.

use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::forge::fault::Fault;

/// How long to wait after a limit that names no time: GitHub asks for at least a minute.
const UNNAMED_LIMIT: SignedDuration = SignedDuration::from_secs(60);

/// An answer as it came.
#[derive(Debug)]
pub(super) struct Reply {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Complaint {
    message: String,
    errors: Vec<serde_json::Value>,
}

impl Reply {
    /// The body as JSON of this shape.
    pub(super) fn json<T: DeserializeOwned>(&self) -> Result<T, Fault> {
        serde_json::from_slice(&self.body).map_err(|cause| Fault::Unreadable(cause.into()))
    }

    /// A header's text.
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// Itself where it is a good answer, else what went wrong.
    pub(super) fn judged(self, target: &str, now: Timestamp) -> Result<Self, Fault> {
        let status = self.status;
        if status.is_success() {
            return Ok(self);
        }
        let complaint: Complaint = serde_json::from_slice(&self.body).unwrap_or_default();
        if let Some(retry_at) = self.limit(&complaint.message, now) {
            let cause = anyhow::anyhow!("limited ({status}): {}", complaint.message);
            return Err(Fault::Limited { retry_at, cause });
        }
        if status.is_server_error() || status == StatusCode::REQUEST_TIMEOUT {
            return Err(Fault::NoAnswer(anyhow::anyhow!("{status} from {}", shape_of(target))));
        }
        if complaint.message.contains("installation has been suspended") {
            return Err(Fault::LockedOut(anyhow::anyhow!("{}", complaint.message)));
        }
        Err(Fault::Denied { status: status.as_u16(), said: self.words(&complaint, target) })
    }

    /// When calls are welcome again, where this answer says that they are not: first `retry-after`, then the
    /// exhausted primary limit, then the message alone, which a secondary limit may come with.
    /// <https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api>
    pub(super) fn limit(&self, message: &str, now: Timestamp) -> Option<Timestamp> {
        if !matches!(self.status, StatusCode::FORBIDDEN | StatusCode::TOO_MANY_REQUESTS) {
            return None;
        }
        let lowered = message.to_ascii_lowercase();
        let told = lowered.contains("rate limit") || lowered.contains("abuse detection");
        self.retry_after(now)
            .or_else(|| self.exhausted_until())
            .or_else(|| (told || self.status == StatusCode::TOO_MANY_REQUESTS).then(|| now + UNNAMED_LIMIT))
    }

    /// When an exhausted GraphQL budget is full again: that answer has the status 200.
    pub(super) fn graphql_limit(&self, now: Timestamp) -> Timestamp {
        self.retry_after(now).or_else(|| self.exhausted_until()).unwrap_or(now + UNNAMED_LIMIT)
    }

    fn retry_after(&self, now: Timestamp) -> Option<Timestamp> {
        let seconds: i64 = self.header("retry-after")?.trim().parse().ok()?;
        now.checked_add(SignedDuration::from_secs(seconds.clamp(1, 24 * 3600))).ok()
    }

    fn exhausted_until(&self) -> Option<Timestamp> {
        if self.header("x-ratelimit-remaining")?.trim() != "0" {
            return None;
        }
        Timestamp::from_second(self.header("x-ratelimit-reset")?.trim().parse().ok()?).ok()
    }

    fn words(&self, complaint: &Complaint, target: &str) -> String {
        if complaint.message.contains("not accessible by integration") {
            return missing_permission(self.header("x-accepted-github-permissions"), target);
        }
        // A ruleset's refusal says the same in both places.
        let details =
            complaint.errors.iter().filter_map(detail).filter(|detail| *detail != complaint.message);
        let details: Vec<String> = details.collect();
        match (complaint.message.is_empty(), details.is_empty()) {
            (true, _) => format!("GitHub answered {}", self.status),
            (false, true) => complaint.message.clone(),
            (false, false) => format!("{}: {}", complaint.message, details.join("; ")),
        }
    }
}

/// One entry of `errors`: a text, or an object with a message or a field and a code.
fn detail(error: &serde_json::Value) -> Option<String> {
    let text = |key: &str| error.get(key).and_then(serde_json::Value::as_str);
    error
        .as_str()
        .or_else(|| text("message"))
        .map(str::to_owned)
        .or_else(|| Some(format!("{} {}", text("field").unwrap_or_default(), text("code")?)))
}

/// The sentence for a permission that the App was not given.
pub(super) fn missing_permission(accepted: Option<&str>, target: &str) -> String {
    let needed = accepted.filter(|text| !text.is_empty()).map(accepted_words);
    let needed = needed.or_else(|| permission_of(target).map(str::to_owned));
    let needed = needed.map_or_else(|| "a permission".to_owned(), |name| format!("the permission `{name}`"));
    format!(
        "the App lacks {needed}. Add it in the App's settings; the owner of the installation must then accept it"
    )
}

/// `contents=write; issues=read` (any one of them) as people read it.
fn accepted_words(header: &str) -> String {
    header.split([';', ',']).map(|part| part.trim().replace('=', ": ")).collect::<Vec<_>>().join("` or `")
}

fn permission_of(target: &str) -> Option<&'static str> {
    const BY_SEGMENT: [(&str, &str); 15] = [
        ("/dispatches", "actions: write"),
        ("/cancel", "actions: write"),
        ("/deployments", "deployments: write"),
        ("/environments", "actions: read"),
        ("/check-runs", "checks: write"),
        ("/git/", "contents: write"),
        ("/merges", "contents: write"),
        ("/releases", "contents: write"),
        ("/actions/", "actions: read"),
        ("/collaborators", "metadata: read"),
        ("/teams/", "members: read"),
        ("/issues", "issues: write"),
        ("/pulls", "pull_requests: write"),
        ("/branches", "contents: read"),
        ("/status", "statuses: read"),
    ];
    BY_SEGMENT.iter().find(|(segment, _)| target.contains(segment)).map(|(_, name)| *name)
}

/// The address without its query, for a log line.
fn shape_of(target: &str) -> &str {
    target.split('?').next().unwrap_or(target)
}
