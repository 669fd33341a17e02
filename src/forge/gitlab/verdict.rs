//! What an answer's status, headers and message mean, by GitLab's own rules. Sending lives in `transport`.

use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::forge::fault::Fault;

/// How long to wait after a limit that names no time: GitLab counts by the minute.
const UNNAMED_LIMIT: SignedDuration = SignedDuration::from_secs(60);

/// What to do about a token that is not accepted.
pub(super) const RENEW: &str = "make a new token and set LOCKKEEPER_GITLAB_TOKEN to it";

/// An answer as it came.
#[derive(Debug)]
pub(super) struct Reply {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
}

/// GitLab complains in one of several ways: `message` is a text, a list, or lists by field; OAuth has `error`.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Complaint {
    message: Value,
    error: Value,
    error_description: Option<String>,
    error_code: Option<String>,
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
        // Its body is plain text: <https://docs.gitlab.com/administration/settings/user_and_ip_rate_limits/>
        if status == StatusCode::TOO_MANY_REQUESTS {
            let retry_at = self.retry_after(now).unwrap_or(now + UNNAMED_LIMIT);
            let cause = anyhow::anyhow!("limited ({status}) at {}", shape_of(target));
            return Err(Fault::Limited { retry_at, cause });
        }
        if status.is_server_error() || status == StatusCode::REQUEST_TIMEOUT {
            return Err(Fault::NoAnswer(anyhow::anyhow!("{status} from {}", shape_of(target))));
        }
        let complaint: Complaint = serde_json::from_slice(&self.body).unwrap_or_default();
        if status == StatusCode::UNAUTHORIZED {
            let told = complaint.told().map(|told| format!(" ({told})")).unwrap_or_default();
            let cause = anyhow::anyhow!("GitLab does not accept the bot's token{told}: {RENEW}");
            return Err(Fault::LockedOut(cause));
        }
        Err(Fault::Denied { status: status.as_u16(), said: self.words(&complaint, target) })
    }

    /// When calls are welcome again: `Retry-After` in seconds, else the moment in `RateLimit-Reset`.
    fn retry_after(&self, now: Timestamp) -> Option<Timestamp> {
        if let Some(seconds) = self.header("retry-after").and_then(|text| text.trim().parse::<i64>().ok()) {
            return now.checked_add(SignedDuration::from_secs(seconds.clamp(1, 24 * 3600))).ok();
        }
        let reset = Timestamp::from_second(self.header("ratelimit-reset")?.trim().parse().ok()?).ok()?;
        (reset > now).then_some(reset)
    }

    fn words(&self, complaint: &Complaint, target: &str) -> String {
        let told = complaint.told();
        if self.status.is_redirection() {
            return format!(
                "GitLab answered {} in place of {}: the project moved, or LOCKKEEPER_GITLAB_URL is not the address that GitLab gives itself",
                self.status,
                shape_of(target)
            );
        }
        if complaint.error == "insufficient_scope" {
            return "the bot's token lacks the scope `api`: make a new token with it".to_owned();
        }
        match (self.status, told) {
            (StatusCode::FORBIDDEN, None) => format!("the bot's account may not do this{HIGHER}"),
            (StatusCode::FORBIDDEN, Some(told)) if told.starts_with("403 Forbidden") => {
                let reason = told.trim_start_matches("403 Forbidden").trim_start_matches([' ', '-']);
                let reason = if reason.is_empty() { String::new() } else { format!(" ({reason})") };
                format!("the bot's account may not do this{reason}{HIGHER}")
            }
            (_, Some(told)) => match &complaint.error_code {
                Some(code) => format!("{told} ({code})"),
                None => told,
            },
            (status, None) => format!("GitLab answered {status}"),
        }
    }
}

const HIGHER: &str =
    ": give it a higher role in the project, or let it past the protection of the branch, tag or environment";

impl Complaint {
    /// What it says, on one line; `None` where it says nothing.
    fn told(&self) -> Option<String> {
        let told = [&self.message, &self.error].into_iter().find_map(flat);
        match (told, self.error_description.as_deref().filter(|text| !text.is_empty())) {
            (Some(told), Some(more)) if told != more => Some(format!("{told}: {more}")),
            (told, more) => told.or_else(|| more.map(str::to_owned)),
        }
    }
}

/// A text, a list of them, or lists by field, as one line.
fn flat(value: &Value) -> Option<String> {
    let line = match value {
        Value::String(text) => text.trim().to_owned(),
        Value::Array(parts) => parts.iter().filter_map(flat).collect::<Vec<_>>().join(", "),
        Value::Object(fields) => {
            let line = |(name, value): (&String, &Value)| {
                let told = flat(value)?;
                Some(if name == "base" { told } else { format!("{name} {told}") })
            };
            fields.iter().filter_map(line).collect::<Vec<_>>().join("; ")
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => String::new(),
    };
    (!line.is_empty()).then_some(line)
}

/// The address without its query, for a log line.
fn shape_of(target: &str) -> &str {
    target.split('?').next().unwrap_or(target)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: &str = "2026-12-01T12:00:00Z";

    fn judged(status: u16, headers: &[(&'static str, &str)], body: &str) -> Fault {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.insert(*name, value.parse().unwrap());
        }
        let status = StatusCode::from_u16(status).unwrap();
        let reply = Reply { status, headers: map, body: Bytes::from(body.to_owned()) };
        reply.judged("/projects/42?x=y", NOW.parse().unwrap()).expect_err("it is no good answer")
    }

    fn said(status: u16, body: &str) -> String {
        match judged(status, &[], body) {
            Fault::Denied { said, status: told } if told == status => said,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_limit_in_plain_text_ends_when_gitlab_says() {
        let until = |headers: &[(&'static str, &str)]| match judged(429, headers, "Retry later\n") {
            Fault::Limited { retry_at, .. } => retry_at.to_string(),
            other => panic!("{other:?}"),
        };
        assert_eq!(until(&[("retry-after", "30")]), "2026-12-01T12:00:30Z");
        assert_eq!(until(&[("ratelimit-reset", "1796126460")]), "2026-12-01T12:01:00Z");
        assert_eq!(until(&[("ratelimit-reset", "1")]), "2026-12-01T12:01:00Z");
        assert_eq!(until(&[]), "2026-12-01T12:01:00Z");
    }

    #[test]
    fn a_token_that_ran_out_is_to_be_renewed() {
        let body = r#"{"error":"invalid_token","error_description":"Token is expired. You can either do re-authorization or token refresh."}"#;
        let Fault::LockedOut(cause) = judged(401, &[], body) else { panic!() };
        let cause = cause.to_string();
        assert!(cause.contains("Token is expired") && cause.contains(RENEW), "{cause}");
        assert!(matches!(judged(401, &[], r#"{"message":"401 Unauthorized"}"#), Fault::LockedOut(_)));
    }

    #[test]
    fn a_server_that_failed_gave_no_answer() {
        for status in [500, 502, 503, 504, 408] {
            assert!(matches!(judged(status, &[], "<html>"), Fault::NoAnswer(_)), "{status}");
        }
    }

    #[test]
    fn a_refusal_is_told_in_one_line() {
        for (status, body, line) in [
            (
                400,
                r#"{"message":{"tag_name":["is missing","is invalid"]}}"#,
                "tag_name is missing, is invalid",
            ),
            (400, r#"{"message":{"base":["Cannot transition status"]}}"#, "Cannot transition status"),
            (400, r#"{"error":"environment is missing"}"#, "environment is missing"),
            (409, r#"{"message":"Release already exists"}"#, "Release already exists"),
            (422, r#"{"message":["A","B"]}"#, "A, B"),
            (404, "", "GitLab answered 404 Not Found"),
        ] {
            assert_eq!(said(status, body), line);
        }
    }

    #[test]
    fn what_may_not_be_done_says_what_would_help() {
        assert!(said(403, r#"{"message":"403 Forbidden"}"#).contains("higher role"));
        assert!(said(403, r#"{"message":"403 Forbidden - protected"}"#).contains("(protected)"));
        let scope = r#"{"error":"insufficient_scope","error_description":"The request requires higher privileges","scope":"api"}"#;
        assert!(said(403, scope).contains("scope `api`"));
        assert!(said(302, "").contains("LOCKKEEPER_GITLAB_URL"));
    }
}
