//! The app itself: its installations, tokens and delivery log, by JWT.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::METADATA;
use crate::sandbox::github::call::{Call, PER_PAGE};
use crate::sandbox::github::token::Caller;
use crate::sandbox::github::wire::{Need, Operation, Reply};
use crate::sandbox::github::{shape, signature};
use crate::sandbox::model::{Delivery, DeliveryFate, Model, Refusal};

pub(super) static OPERATIONS: [Operation; 8] = [
    Operation { method: "GET", path: "/app", need: Need::App, act: app },
    Operation { method: "GET", path: "/app/installations", need: Need::App, act: installations },
    Operation {
        method: "GET",
        path: "/repos/{owner}/{repo}/installation",
        need: Need::App,
        act: installation,
    },
    Operation {
        method: "POST",
        path: "/app/installations/{installation_id}/access_tokens",
        need: Need::App,
        act: create_token,
    },
    Operation { method: "GET", path: "/app/hook/deliveries", need: Need::App, act: deliveries },
    Operation { method: "GET", path: "/app/hook/deliveries/{delivery_id}", need: Need::App, act: delivery },
    Operation {
        method: "POST",
        path: "/app/hook/deliveries/{delivery_id}/attempts",
        need: Need::App,
        act: redeliver,
    },
    Operation { method: "GET", path: "/installation/repositories", need: METADATA, act: repositories },
];

fn app(model: &mut Model, _: &Call) -> Result<Reply, Refusal> {
    Ok(Reply::json(200, shape::app(model)))
}

fn installations(model: &mut Model, call: &Call) -> Result<Reply, Refusal> {
    let items = model.installations.values().map(|one| {
        let mut value = shape::installation(model, one);
        // The description of this list wants the fields of a user and of an enterprise together.
        let login = model.login(one.account);
        let created_at = shape::time(one.created_at);
        let enterprise =
            json!({ "name": login, "slug": login, "created_at": created_at, "updated_at": created_at });
        shape::merge(&mut value["account"], enterprise);
        value
    });
    Ok(call.list(items.collect()))
}

fn installation(model: &mut Model, call: &Call) -> Result<Reply, Refusal> {
    let found = model.installation_of(model.project(call.project)?).ok_or(Refusal::NotFound)?;
    Ok(Reply::json(200, shape::installation(model, found)))
}

/// A token with what the installation may do, or with less if less was asked for.
fn create_token(model: &mut Model, call: &Call) -> Result<Reply, Refusal> {
    let installation = model.installations.get(&call.number("installation_id")?).ok_or(Refusal::NotFound)?;
    if installation.suspended_at.is_some() {
        return Err(Refusal::Forbidden("This installation has been suspended".into()));
    }
    let (id, granted) = (installation.id, installation.permissions.clone());
    let selection = if installation.selected.is_some() { "selected" } else { "all" };
    let asked = call.body.get("permissions").and_then(Value::as_object);
    let permissions: BTreeMap<String, String> = match asked {
        None => granted,
        Some(asked) => narrowed(&granted, asked)?,
    };
    let (secret, token) = model.mint(id, permissions);
    Ok(Reply::json(
        201,
        json!({
            "token": secret, "expires_at": shape::time(token.expires_at), "permissions": token.permissions,
            "repository_selection": selection,
        }),
    ))
}

/// What was asked for, if all of it was granted.
fn narrowed(
    granted: &BTreeMap<String, String>,
    asked: &Map<String, Value>,
) -> Result<BTreeMap<String, String>, Refusal> {
    let one = |(name, level): (&String, &Value)| {
        let level = level.as_str().unwrap_or_default();
        let has = granted.get(name).is_some_and(|have| have == level || have == "write");
        let refusal =
            || Refusal::Invalid("The permissions requested are not granted to this installation.".into());
        has.then(|| (name.clone(), level.to_owned())).ok_or_else(refusal)
    };
    asked.iter().map(one).collect()
}

fn status(delivery: &Delivery) -> (&'static str, u16) {
    match delivery.fate {
        DeliveryFate::Answered(code) => (if delivery.is_ok() { "OK" } else { "Invalid HTTP Response" }, code),
        DeliveryFate::Waiting | DeliveryFate::Lost | DeliveryFate::Unreachable => {
            ("failed to connect to host", 502)
        }
    }
}

fn item(delivery: &Delivery) -> Value {
    let (status, status_code) = status(delivery);
    json!({
        "id": delivery.id, "guid": delivery.guid, "delivered_at": shape::time(delivery.at),
        "redelivery": delivery.is_redelivery, "duration": 0.1, "status": status, "status_code": status_code,
        "event": delivery.message.event, "action": delivery.message.action, "throttled_at": null,
        "installation_id": delivery.message.installation, "repository_id": delivery.message.project,
    })
}

/// Newest first; `cursor` is the number of the last one shown.
fn deliveries(model: &mut Model, call: &Call) -> Result<Reply, Refusal> {
    let cursor =
        call.asked("cursor").and_then(|text| text.strip_prefix("v1_")?.parse().ok()).unwrap_or(u64::MAX);
    let wanted = |delivery: &&Delivery| match call.asked("status") {
        Some("success") => delivery.is_ok(),
        Some("failure") => !delivery.is_ok(),
        _ => true,
    };
    let sent = model.post.log.iter().rev().filter(|delivery| delivery.fate != DeliveryFate::Waiting);
    let matching: Vec<&Delivery> = sent.filter(|delivery| delivery.id < cursor).filter(wanted).collect();
    let shown = &matching[..matching.len().min(call.per_page(PER_PAGE))];
    let reply = Reply::json(200, Value::Array(shown.iter().map(|delivery| item(delivery)).collect()));
    match shown.last().filter(|_| shown.len() < matching.len()) {
        None => Ok(reply),
        Some(last) => {
            let next = call.address_with("cursor", &format!("v1_{}", last.id));
            Ok(reply.header("link", format!("<{next}>; rel=\"next\"")))
        }
    }
}

fn delivery(model: &mut Model, call: &Call) -> Result<Reply, Refusal> {
    let delivery = model.post.find(call.number("delivery_id")?)?;
    let mut value = item(delivery);
    let headers = signature::envelope(model, delivery).headers;
    let headers: serde_json::Map<String, Value> =
        headers.into_iter().map(|(name, value)| (name, Value::String(value))).collect();
    value["url"] = json!(model.addresses.site);
    value["request"] = json!({ "headers": headers, "payload": delivery.message.payload });
    value["response"] = json!({ "headers": {}, "payload": "" });
    Ok(Reply::json(200, value))
}

fn redeliver(model: &mut Model, call: &Call) -> Result<Reply, Refusal> {
    model.redeliver(call.number("delivery_id")?)?;
    Ok(Reply::json(202, json!({})))
}

fn repositories(model: &mut Model, call: &Call) -> Result<Reply, Refusal> {
    let Caller::Installation { id, .. } = &call.caller else { return Err(Refusal::NotFound) };
    let installation = model.installations.get(id).ok_or(Refusal::NotFound)?;
    let covered = model.projects.values().filter(|project| installation.covers(project));
    let items = covered.map(|project| shape::repository(model, project)).collect();
    let mut reply = call.counted_list("repositories", items);
    if let Some(body) = reply.body.as_mut() {
        body["repository_selection"] =
            json!(if installation.selected.is_some() { "selected" } else { "all" });
    }
    Ok(reply)
}
