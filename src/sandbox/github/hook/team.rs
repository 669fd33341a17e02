//! Events of an organisation's teams: made, gone, joined, left.

use serde_json::{Value, json};

use super::super::shape;
use super::Event;
use crate::sandbox::model::{Installation, Model, Team, What};

pub(super) fn event(model: &Model, one: &Installation, what: &What) -> Option<Event> {
    let found = |id: &u64| model.teams.iter().find(|team| team.id == *id);
    let membership = |action, team: &u64, member: &u64| {
        let more = json!({ "scope": "team", "member": shape::user(model, *member) });
        Some(Event::of("membership", action, fields(model, one, found(team)?, more)))
    };
    match what {
        What::TeamCreated(id) => {
            Some(Event::of("team", "created", fields(model, one, found(id)?, json!({}))))
        }
        What::TeamDeleted(gone) => Some(Event::of("team", "deleted", fields(model, one, gone, json!({})))),
        What::TeamJoined { team, member } => membership("added", team, member),
        What::TeamLeft { team, member } => membership("removed", team, member),
        _ => None,
    }
}

fn fields(model: &Model, one: &Installation, team: &Team, more: Value) -> Value {
    let mut fields = json!({
        "team": shape::team_in_event(model, team), "organization": shape::organization(model, one.account),
        "installation": { "id": one.id, "node_id": shape::node_id("MDI", one.id) },
    });
    shape::merge(&mut fields, more);
    fields
}
