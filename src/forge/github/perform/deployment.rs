//! Deployments: made once, reported on. Who else reports on them, and what follows, is not decided here.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::{Value, json};

use super::Work;
use crate::domain::effect::{DeploymentVerdict, EffectKey, Made, Refusal};
use crate::domain::id::{CommitId, DeploymentId};
use crate::forge::PerformError;
use crate::forge::fault::Fault;
use crate::forge::github::read::deployment as recorded;
use crate::forge::github::webhook::{Deployment, DeploymentStatus, User};

/// The name under which the payload carries the effect's key, by which a deployment is found again.
const KEY: &str = "effect";
/// A status's description may be no longer; a deployment's is held to the same.
/// <https://docs.github.com/en/rest/deployments/statuses#create-a-deployment-status>
const DESCRIPTION: usize = 140;
/// First words of environments that are used by people, beside GitHub's own default.
const PRODUCTION: [&str; 3] = ["production", "prod", "live"];

/// A deployment as it was ordered.
pub(super) struct Draft<'a> {
    pub(super) environment: &'a str,
    pub(super) commit: &'a CommitId,
    pub(super) description: &'a str,
    pub(super) payload: &'a BTreeMap<String, String>,
}

/// What GitHub says to an order: a deployment, or with the status 202 only that it merged something instead.
#[derive(Deserialize)]
struct Answered {
    id: Option<u64>,
    message: Option<String>,
}

/// Makes the deployment, or adopts the one that an earlier attempt made.
pub(super) async fn ensure(work: &Work<'_>, draft: &Draft<'_>) -> Result<Made, PerformError> {
    if work.may_be_done()
        && let Some(id) = find(work, draft).await?
    {
        return Ok(made(work, draft, id));
    }
    let mut payload = json!(draft.payload);
    payload[KEY] = json!(work.order.key);
    // Left out, the default branch would be merged first and every check would have to be green: S13.
    let body = json!({
        "ref": draft.commit,
        "environment": draft.environment,
        "description": cut(draft.description),
        "payload": payload,
        "auto_merge": false,
        "required_contexts": [],
        "production_environment": is_production(draft.environment),
    });
    let route = recorded::all(&work.reader);
    let answered: Answered = work.reader.caller.post(&route, body).await.map_err(Fault::of_write)?;
    match (answered.id, answered.message) {
        (Some(id), _) => Ok(made(work, draft, id)),
        (None, Some(said)) => Err(PerformError::Refused(Refusal::Invalid { said })),
        (None, None) => Err(Fault::lacks("the deployment's number").of_write()),
    }
}

/// Whether people use what runs there. By the first word of its name, in whatever case: `production`, `prod-eu` and
/// `Live/us` are, `preprod`, `pre-production` and `staging` are not.
fn is_production(environment: &str) -> bool {
    let word = environment.split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
    PRODUCTION.iter().any(|name| word.eq_ignore_ascii_case(name))
}

fn cut(text: &str) -> String {
    text.chars().take(DESCRIPTION).collect()
}

/// The deployment that an earlier attempt made without our hearing of it: by our own account, with this effect's key.
async fn find(work: &Work<'_>, draft: &Draft<'_>) -> Result<Option<u64>, PerformError> {
    let us = work.ourselves().await?.user;
    let route = recorded::all(&work.reader).with("sha", draft.commit);
    let route = route.with("environment", draft.environment).with("per_page", 100);
    let found: Vec<Deployment> = work.reader.caller.get(&route).await.map_err(Fault::of_lookup)?;
    let is_it = |one: &&Deployment| {
        one.sha.as_deref() == Some(draft.commit.as_str())
            && User::actor(one.creator.as_ref()).id == us
            && carries(one.payload.as_ref(), work.order.key)
    };
    Ok(found.iter().find(is_it).and_then(|one| one.id))
}

/// A payload that was sent as an object may come back as its text.
fn carries(payload: Option<&Value>, key: &EffectKey) -> bool {
    let is_key = |object: &Value| object.get(KEY).and_then(Value::as_str) == Some(key.as_str());
    match payload {
        Some(Value::String(text)) => serde_json::from_str::<Value>(text).is_ok_and(|object| is_key(&object)),
        Some(object) => is_key(object),
        None => false,
    }
}

fn made(work: &Work<'_>, draft: &Draft<'_>, id: u64) -> Made {
    let page = work.github.site.deployments(&work.reader.project.path, draft.environment);
    Made::Deployment { id: DeploymentId(id), page: Some(page) }
}

/// Reports on a deployment, unless it stands so already.
pub(super) async fn ensure_reported(
    work: &Work<'_>,
    (deployment, verdict): (DeploymentId, DeploymentVerdict),
    description: &str,
) -> Result<Made, PerformError> {
    let state = match verdict {
        DeploymentVerdict::Inactive => "inactive",
        DeploymentVerdict::Error => "error",
    };
    let statuses = recorded::statuses(&work.reader, deployment).await.map_err(Fault::of_lookup)?;
    let is_newest = statuses.first().is_some_and(|newest| newest.state.as_deref() == Some(state));
    if is_newest || was_reported(work, &statuses, state).await? {
        return Ok(Made::Nothing);
    }
    // Which others become inactive is our decision, each by an order of its own.
    let body = json!({ "state": state, "description": cut(description), "auto_inactive": false });
    let route = recorded::one(&work.reader, deployment).then("statuses");
    let posted = work.reader.caller.post::<IgnoredAny>(&route, body).await;
    posted.map(|_| Made::Nothing).map_err(Fault::of_write)
}

/// Whether an earlier attempt reported it, though somebody may have reported after us.
async fn was_reported(
    work: &Work<'_>,
    statuses: &[DeploymentStatus],
    state: &str,
) -> Result<bool, PerformError> {
    if !work.may_be_done() {
        return Ok(false);
    }
    let us = work.ourselves().await?.user;
    Ok(statuses.iter().any(|status| {
        status.state.as_deref() == Some(state)
            && User::actor(status.creator.as_ref()).id == us
            && status.created_at.is_some_and(|at| work.is_since_ordered(at))
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_environment_is_productions_by_its_first_word() {
        for name in ["production", "Production", "prod", "prod-eu", "production/eu-1", "live_us", "PROD 2"] {
            assert!(is_production(name), "{name}");
        }
        for name in ["staging", "preprod", "pre-production", "non-prod", "delivery", "eu/production", ""] {
            assert!(!is_production(name), "{name}");
        }
    }

    #[test]
    fn a_payload_is_read_as_an_object_or_as_its_text_and_nothing_else_is() {
        let key = EffectKey::stored("k");
        for payload in [json!({ "effect": "k" }), json!(r#"{"effect":"k"}"#)] {
            assert!(carries(Some(&payload), &key), "{payload}");
        }
        for payload in
            [json!({}), json!({ "effect": "kk" }), json!("k"), json!(""), json!(["k"]), json!(null)]
        {
            assert!(!carries(Some(&payload), &key), "{payload}");
        }
        assert!(!carries(None, &key));
    }
}
