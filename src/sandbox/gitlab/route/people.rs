//! The instance, its users and groups.

use serde_json::json;

use super::TOKEN;
use crate::sandbox::gitlab::call::Call;
use crate::sandbox::gitlab::shape;
use crate::sandbox::gitlab::wire::{Operation, Reply};
use crate::sandbox::model::{AccountKind, Model, Refusal, Role};

pub(super) static OPERATIONS: [Operation; 9] = [
    Operation { method: "GET", path: "/version", need: TOKEN, act: version },
    Operation { method: "GET", path: "/metadata", need: TOKEN, act: metadata },
    Operation { method: "GET", path: "/user", need: TOKEN, act: current_user },
    Operation { method: "GET", path: "/personal_access_tokens/self", need: TOKEN, act: token },
    Operation { method: "GET", path: "/users", need: TOKEN, act: users },
    Operation { method: "GET", path: "/users/{user_id}", need: TOKEN, act: user },
    Operation { method: "GET", path: "/groups/{group}", need: TOKEN, act: group },
    Operation { method: "GET", path: "/groups/{group}/members/all", need: TOKEN, act: members },
    Operation { method: "GET", path: "/groups/{group}/members/all/{user_id}", need: TOKEN, act: member },
];

const VERSION: &str = "19.2.0-ee";
const REVISION: &str = "5ta4d191";

fn version(_: &mut Model, _: &Call) -> Result<Reply, Refusal> {
    Ok(Reply::json(200, json!({ "version": VERSION, "revision": REVISION })))
}

fn metadata(_: &mut Model, _: &Call) -> Result<Reply, Refusal> {
    let kas = json!({ "enabled": false, "externalUrl": null, "externalK8sProxyUrl": null, "version": null });
    let told = json!({ "version": VERSION, "revision": REVISION, "kas": kas, "enterprise": true });
    Ok(Reply::json(200, told))
}

fn current_user(model: &mut Model, call: &Call) -> Result<Reply, Refusal> {
    Ok(Reply::json(200, shape::current_user(model, call.caller.0)))
}

fn token(model: &mut Model, call: &Call) -> Result<Reply, Refusal> {
    let app = &model.app;
    Ok(Reply::json(
        200,
        json!({
            "id": 7, "name": app.slug, "revoked": false, "created_at": shape::time(app.created_at),
            "description": null, "scopes": ["api"], "user_id": call.caller.0,
            "last_used_at": shape::time(model.now()), "active": true,
            "expires_at": app.token_expires_at.map(shape::day), "last_used_ips": [],
        }),
    ))
}

fn users(model: &mut Model, call: &Call) -> Result<Reply, Refusal> {
    let wanted = |id: u64| {
        call.asked("username").is_none_or(|name| shape::username(model, id).eq_ignore_ascii_case(name))
    };
    let people = model.accounts.values().filter(|one| one.kind != AccountKind::Organization);
    Ok(call.list(people.filter(|one| wanted(one.id)).map(|one| shape::user(model, one.id)).collect()))
}

fn user(model: &mut Model, call: &Call) -> Result<Reply, Refusal> {
    let id = call.number("user_id")?;
    let known = model.accounts.get(&id).filter(|one| one.kind != AccountKind::Organization);
    known.ok_or(Refusal::Absent("User"))?;
    Ok(Reply::json(200, shape::current_user(model, id)))
}

fn group(model: &mut Model, call: &Call) -> Result<Reply, Refusal> {
    let found = shape::group_of(model, call.text("group")).ok_or(Refusal::Absent("Group"))?;
    Ok(Reply::json(200, shape::group(model, &found)))
}

fn members(model: &mut Model, call: &Call) -> Result<Reply, Refusal> {
    let found = shape::group_of(model, call.text("group")).ok_or(Refusal::Absent("Group"))?;
    let members = found.members(model);
    Ok(call.list(members.into_iter().map(|id| shape::member(model, id, Role::Write)).collect()))
}

fn member(model: &mut Model, call: &Call) -> Result<Reply, Refusal> {
    let (id, found) = (call.number("user_id")?, shape::group_of(model, call.text("group")));
    let members = found.ok_or(Refusal::Absent("Group"))?.members(model);
    let member = members.into_iter().find(|one| *one == id).ok_or(Refusal::NotFound)?;
    Ok(Reply::json(200, shape::member(model, member, Role::Write)))
}
