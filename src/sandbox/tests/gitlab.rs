//! How GitLab's wire behaves: tokens, roles, addresses of projects, pages, what a release needs, and what is told of it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, Mac};
use serde_json::{Value, json};

use super::{credentials, noon};
use crate::clock::Clock;
use crate::sandbox::{Break, MergeMethod, Role, World, gitlab};

mod work;

fn world() -> World {
    let world = gitlab::stand_in(Clock::standing_at(noon()), credentials(), "acme/app");
    world.install();
    world
}

fn send(world: &World, token: &str, line: &str, body: &Value) -> gitlab::Reply {
    let (method, target) = line.split_once(' ').expect("METHOD /path");
    let request = gitlab::Request {
        method: method.into(),
        target: target.into(),
        host: "127.0.0.1:1".into(),
        private_token: token.into(),
        content_type: "application/json".into(),
        body: if body.is_null() { Vec::new() } else { body.to_string().into_bytes() },
        ..gitlab::Request::default()
    };
    gitlab::answer(world, &request).expect("it is answered")
}

/// Status and body of one request by the bot, about the project `acme/app`: `GET releases`.
fn ask(world: &World, line: &str, body: Value) -> (u16, Value) {
    let (method, rest) = line.split_once(' ').expect("METHOD path");
    let line = format!("{method} /api/v4/projects/acme%2Fapp/{rest}");
    let reply = send(world, &credentials().access_token, &line, &body);
    (reply.status, reply.body.unwrap_or(Value::Null))
}

fn header(reply: &gitlab::Reply, name: &str) -> Option<String> {
    reply.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone())
}

/// The newest webhook of a name.
fn told(world: &World, event: &str) -> Value {
    let found = world.deliveries().into_iter().rfind(|one| one.event == event);
    found.unwrap_or_else(|| panic!("no {event} was sent")).payload
}

#[track_caller]
fn check_token(world: &World, token: &str, status: u16, text: &str) {
    let reply = send(world, token, "GET /api/v4/user", &Value::Null);
    let body = reply.body.expect("JSON").to_string();
    assert!(reply.status == status && body.contains(text), "{} {body}", reply.status);
}

#[test]
fn a_token_is_known_until_it_ends_or_is_taken_back() {
    let clock = Clock::standing_at(noon());
    let world = gitlab::stand_in(clock.clone(), credentials(), "acme/app");
    let token = &credentials().access_token;
    check_token(&world, token, 200, "lockkeeper");
    check_token(&world, "glpat-other", 401, "401 Unauthorized");
    check_token(&world, "", 401, "401 Unauthorized");
    world.let_token_expire(Some(noon() + jiff::SignedDuration::from_hours(1)));
    check_token(&world, token, 200, "lockkeeper");
    clock.advance(jiff::SignedDuration::from_hours(1));
    check_token(&world, token, 401, "Token is expired.");
    world.revoke_tokens();
    check_token(&world, token, 401, "Token was revoked.");
}

#[test]
fn a_bearer_is_as_good_as_a_private_token() {
    let request = gitlab::Request {
        method: "GET".into(),
        target: "/api/v4/user".into(),
        authorization: format!("Bearer {}", credentials().access_token),
        ..gitlab::Request::default()
    };
    assert_eq!(gitlab::answer(&world(), &request).map(|reply| reply.status), Some(200));
}

#[test]
fn a_project_is_found_by_number_and_by_path_where_the_token_reaches() {
    let world = world();
    let id = world.project_id();
    let get = |world: &World, name: &str| {
        let line = format!("GET /api/v4/projects/{name}");
        let reply = send(world, &credentials().access_token, &line, &Value::Null);
        (reply.status, reply.body.unwrap_or_default())
    };
    assert_eq!(get(&world, &id.to_string()).1["path_with_namespace"], "acme/app");
    assert_eq!(get(&world, "acme%2Fapp").1["id"], id);
    let absent = (404, json!({ "message": "404 Project Not Found" }));
    assert_eq!(get(&world, "acme%2Fother"), absent);
    let other = world.at("other/thing").project_id();
    assert_eq!(get(&world, &other.to_string()), absent);
    let deep = world.at("acme/platform/api");
    deep.install();
    assert_eq!(get(&world, "acme%2Fplatform%2Fapi").1["namespace"]["full_path"], "acme/platform");
}

#[test]
fn a_moved_project_is_read_at_its_number_and_not_written() {
    let world = world();
    let number = world.open_change("ana", "feat: x");
    world.rename_project("acme/application");
    let line = format!("GET /api/v4/projects/acme%2Fapp/merge_requests/{number}?x=1");
    let reply = send(&world, &credentials().access_token, &line, &Value::Null);
    let there =
        format!("http://127.0.0.1:1/api/v4/projects/{}/merge_requests/{number}?x=1", world.project_id());
    assert_eq!((reply.status, header(&reply, "location")), (301, Some(there)));
    let (status, answer) = ask(&world, "POST repository/tags", json!({ "tag_name": "v1", "ref": "main" }));
    assert_eq!(
        (status, &answer["message"]),
        (405, &json!("Non GET methods are not allowed for moved projects"))
    );
    assert_eq!(world.unknown_routes(), Vec::<String>::new());
}

#[test]
fn a_site_below_a_path_has_its_api_there() {
    let world = world();
    world.set_addresses("http://127.0.0.1:1/gitlab/api/v4", "http://127.0.0.1:1/gitlab");
    let status = |target: &str| send(&world, &credentials().access_token, target, &Value::Null).status;
    assert_eq!(status("GET /gitlab/api/v4/user"), 200);
    assert_eq!(status("GET /other/api/v4/user"), 404);
}

#[test]
fn an_operation_needs_its_role() {
    let world = world();
    world.give_role("bot", Role::Triage);
    let tag = json!({ "tag_name": "v1", "ref": "main" });
    assert_eq!(
        ask(&world, "POST repository/tags", tag.clone()),
        (403, json!({ "message": "403 Forbidden" }))
    );
    world.give_role("bot", Role::Write);
    assert_eq!(ask(&world, "POST repository/tags", tag).0, 201);
    assert_eq!(ask(&world, "GET hooks", Value::Null).0, 403);
}

#[test]
fn pages_are_turned_by_link_and_by_header() {
    let world = world();
    let number = world.open_change("ana", "feat: x");
    for text in ["one", "two", "three"] {
        world.comment("ana", number, text);
    }
    let page = |page: usize| {
        let line = format!(
            "GET /api/v4/projects/acme%2Fapp/merge_requests/{number}/notes?per_page=2&page={page}&sort=asc"
        );
        send(&world, &credentials().access_token, &line, &Value::Null)
    };
    let (first, last) = (page(1), page(2));
    assert!(header(&first, "link").is_some_and(|link| link.contains("page=2>; rel=\"next\"")));
    assert_eq!(header(&first, "x-next-page").as_deref(), Some("2"));
    assert_eq!(header(&first, "x-total").as_deref(), Some("3"));
    assert!(header(&last, "link").is_some_and(|link| !link.contains("\"next\"")));
    assert_eq!(header(&last, "x-next-page").as_deref(), Some(""));
    assert_eq!(last.body.expect("a list")[0]["body"], "three");
}

#[test]
fn too_many_requests_are_refused_in_plain_text() {
    let world = world();
    world.break_once("GET /projects/acme%2Fapp", Break::TooManyRequests(7));
    let line = format!("GET /api/v4/projects/{}", world.project_id());
    let reply = send(&world, &credentials().access_token, &line, &Value::Null);
    assert_eq!((reply.status, reply.text.as_deref()), (429, Some("Retry later\n")));
    assert_eq!(header(&reply, "retry-after").as_deref(), Some("7"));
}

#[test]
fn a_note_is_answered_awarded_and_written_anew() {
    let clock = Clock::standing_at(noon());
    let world = gitlab::stand_in(clock.clone(), credentials(), "acme/app");
    world.install();
    let number = world.open_change("ana", "feat: x");
    let hers = world.comment("ana", number, "/release plan");
    clock.advance(jiff::SignedDuration::from_secs(5));
    let notes = format!("merge_requests/{number}/notes");
    let award = format!("POST {notes}/{hers}/award_emoji");
    assert_eq!(ask(&world, &award, json!({ "name": "eyes" })).0, 201);
    let again = ask(&world, &award, json!({ "name": "eyes" }));
    assert_eq!(again, (404, json!({ "message": "404 Award Emoji Name has already been taken Not Found" })));
    let note = ask(&world, &format!("GET {notes}/{hers}"), Value::Null).1;
    assert_eq!(
        (&note["created_at"], &note["updated_at"]),
        (&json!("2026-12-01T12:00:00.000Z"), &json!("2026-12-01T12:00:05.000Z"))
    );
    assert_eq!(ask(&world, &format!("PUT {notes}/{hers}"), json!({ "body": "yours" })).0, 403);
    let made = ask(&world, &format!("POST {notes}"), json!({ "body": "**Next: v1.5.0**" })).1["id"].clone();
    assert_eq!(ask(&world, &format!("PUT {notes}/{made}"), json!({ "body": "edited" })).1["body"], "edited");
    assert_eq!(ask(&world, &format!("DELETE {notes}/{made}"), Value::Null).0, 204);
    assert_eq!(world.comments(number).len(), 1);
}

#[test]
fn a_note_that_is_an_order_is_done_and_not_kept() {
    let world = world();
    let number = world.open_change("ana", "feat: x");
    let line = format!("POST merge_requests/{number}/notes");
    assert_eq!(ask(&world, &line, json!({ "body": "/close" })).0, 202);
    assert_eq!((world.comments(number).len(), world.changes()[0].state), (0, "closed"));
    assert_eq!(ask(&world, &line, json!({ "body": "- /reopen" })).1["body"], "- /reopen");
    assert_eq!(world.changes()[0].state, "closed");
}

#[test]
fn how_a_change_landed_is_told_by_its_two_commits() {
    let world = world();
    let landed = |method| {
        let number = world.open_change("ana", "feat: x");
        world.push_commit("ana", number, "and tests");
        let commit = world.merge_by(number, "bob", method);
        let change = ask(&world, &format!("GET merge_requests/{number}"), Value::Null).1;
        let of = |name: &str| change[name].as_str() == Some(&commit);
        let found = ask(&world, &format!("GET repository/commits/{commit}/merge_requests"), Value::Null).1;
        assert_eq!(found[0]["iid"], number);
        (of("squash_commit_sha"), of("merge_commit_sha"), of("sha"))
    };
    assert_eq!(landed(MergeMethod::Squash), (true, false, false));
    assert_eq!(landed(MergeMethod::MergeCommit), (false, true, false));
    assert_eq!(landed(MergeMethod::Rebase), (false, false, true));
}

#[test]
fn changes_are_sifted_by_state_label_milestone_and_time() {
    let world = world();
    let milestone = world.milestone("carol", "v1.5.0", None);
    let (first, second) = (world.open_change("ana", "feat: a"), world.open_change("ana", "feat: b"));
    world.label(first, "feature");
    world.plan_for("ana", first, milestone);
    world.merge(second, "bob");
    let found = |query: &str| {
        let list = ask(&world, &format!("GET merge_requests?{query}"), Value::Null).1;
        list.as_array()
            .expect("a list")
            .iter()
            .map(|one| one["iid"].as_u64().expect("a number"))
            .collect::<Vec<_>>()
    };
    assert_eq!(found("state=all&sort=asc"), [first, second]);
    assert_eq!(found("state=merged"), [second]);
    assert_eq!(found("state=opened"), [first]);
    assert_eq!(found("labels=feature"), [first]);
    assert_eq!(found("labels=feature,fix"), [0_u64; 0]);
    assert_eq!(found("milestone=v1.5.0"), [first]);
    assert_eq!(found("milestone=None"), [second]);
    assert_eq!(found("updated_after=2026-12-01T12:00:01Z"), [0_u64; 0]);
}

#[test]
fn a_tag_with_a_message_is_annotated_and_a_second_one_refused() {
    let world = world();
    let tag = json!({ "tag_name": "rel/v1", "ref": "main", "message": "v1" });
    let made = ask(&world, "POST repository/tags", tag.clone()).1;
    assert_eq!((&made["message"], &made["commit"]["id"]), (&json!("v1"), &json!(world.head())));
    assert_ne!(made["target"], made["commit"]["id"]);
    assert_eq!(
        ask(&world, "POST repository/tags", tag),
        (400, json!({ "message": "Tag rel/v1 already exists" }))
    );
    assert_eq!(ask(&world, "GET repository/tags/rel%2Fv1", Value::Null).1, made);
    let push = told(&world, "Tag Push Hook");
    assert_eq!((&push["after"], &push["checkout_sha"]), (&made["target"], &json!(world.head())));
    world.refuse_tags();
    let refused = ask(&world, "POST repository/tags", json!({ "tag_name": "v2", "ref": "main" }));
    assert_eq!(
        refused,
        (400, json!({ "message": "You are not allowed to create this tag as it is protected." }))
    );
}

#[test]
fn a_release_is_of_a_tag_and_names_milestones_that_are_there() {
    let world = world();
    world.milestone("carol", "v1.5.0", None);
    world.tag_by_hand("bob", "v1.5.0", "main");
    let release = |milestone: &str| {
        let asked = json!({ "tag_name": "v1.5.0", "description": "Notes", "milestones": [milestone] });
        ask(&world, "POST releases", asked)
    };
    assert_eq!(release("v9"), (400, json!({ "message": "Milestone(s) not found: v9" })));
    let made = release("v1.5.0");
    assert_eq!((made.0, &made.1["milestones"][0]["title"]), (201, &json!("v1.5.0")));
    assert_eq!(release("v1.5.0"), (409, json!({ "message": "Release already exists" })));
    assert_eq!(ask(&world, "PUT releases/v1.5.0", json!({ "milestones": [] })).1["milestones"], json!([]));
    assert_eq!(told(&world, "Release Hook")["action"], "update");
    assert_eq!(ask(&world, "DELETE releases/v1.5.0", Value::Null).0, 200);
    assert_eq!(world.tags().len(), 1);
    let missing = ask(&world, "POST releases", json!({ "name": "x" }));
    assert_eq!(missing, (400, json!({ "error": "tag_name is missing" })));
}

#[test]
fn a_commit_is_of_several_files_or_of_none() {
    let world = world();
    let action = |action: &str, path: &str| json!({ "action": action, "file_path": path, "content": "x\n" });
    let commit = |actions: Value| {
        let asked = json!({ "branch": "next", "start_branch": "main", "force": true, "commit_message": "m",
            "actions": actions });
        ask(&world, "POST repository/commits", asked)
    };
    let absent = commit(json!([action("create", "a"), action("update", "b")]));
    assert_eq!(absent, (400, json!({ "message": "A file with this name doesn't exist" })));
    assert_eq!(world.commit_at("next"), None);
    let made = commit(json!([action("create", "a"), action("create", "b"), action("delete", "README.md")])).1;
    assert_eq!(made["parent_ids"], json!([world.head()]));
    assert_eq!((world.file("next", "b").as_deref(), world.file("next", "README.md")), (Some("x\n"), None));
}

#[test]
fn a_commit_is_picked_reverted_or_refused_by_code() {
    let world = world();
    world.create_branch("stable", "main");
    world.push_file("a.txt", "one\n");
    let one = world.head();
    let two = world.push_file("a.txt", "two\n");
    let pick = |oid: &str, more: Value| {
        let mut body = json!({ "branch": "stable" });
        body.as_object_mut().expect("an object").extend(more.as_object().cloned().unwrap_or_default());
        ask(&world, &format!("POST repository/commits/{oid}/cherry_pick"), body)
    };
    assert_eq!(pick(&two, json!({})).1["error_code"], "conflict");
    assert_eq!(pick(&one, json!({ "dry_run": true })), (200, json!({ "dry_run": "success" })));
    assert_eq!(world.file("stable", "a.txt"), None);
    assert_eq!(pick(&one, json!({})).0, 201);
    assert_eq!(pick(&one, json!({})).1["error_code"], "empty");
    assert_eq!(pick(&two, json!({})).0, 201);
    let back = ask(&world, &format!("POST repository/commits/{two}/revert"), json!({ "branch": "main" }));
    assert_eq!((back.0, world.file("main", "a.txt").as_deref()), (201, Some("one\n")));
}

#[test]
fn a_group_has_the_members_of_the_groups_above_it() {
    let world = world();
    world.team("acme", "platform", &["carol"]);
    world.team("acme", "platform/release", &["dan"]);
    let get =
        |path: &str| send(&world, &credentials().access_token, &format!("GET /api/v4/{path}"), &Value::Null);
    let names = get("groups/acme%2Fplatform%2Frelease/members/all").body.expect("a list");
    let names: Vec<&str> =
        names.as_array().expect("a list").iter().filter_map(|one| one["username"].as_str()).collect();
    assert_eq!(names, ["carol", "dan"]);
    let dan = world.person("dan");
    assert_eq!(get(&format!("groups/acme%2Fplatform/members/all/{dan}")).status, 404);
    assert_eq!(get("groups/acme%2Fplatform").body.expect("JSON")["full_path"], "acme/platform");
    assert_eq!(get("groups/nobody").body.expect("JSON"), json!({ "message": "404 Group Not Found" }));
}

#[test]
fn a_role_is_a_level_and_nobody_else_is_a_member() {
    let world = world();
    world.give_role("gina", Role::Read);
    world.give_role("bob", Role::Maintain);
    let level = |login: &str| {
        let found = ask(&world, &format!("GET members/all/{}", world.person(login)), Value::Null);
        found.1["access_level"].as_u64().ok_or(found.0)
    };
    assert_eq!((level("gina"), level("bob"), level("eve")), (Ok(10), Ok(40), Err(404)));
}

#[test]
fn a_label_is_told_by_what_was_and_what_is() {
    let world = world();
    let number = world.open_change("ana", "feat: x");
    world.label(number, "feature");
    let update = told(&world, "Merge Request Hook");
    assert_eq!(update["object_attributes"]["action"], "update");
    assert_eq!(update["changes"]["labels"]["previous"], json!([]));
    assert_eq!(update["changes"]["labels"]["current"][0]["title"], "feature");
    let milestone = world.milestone("carol", "v1", None);
    world.plan_for("ana", number, milestone);
    assert!(told(&world, "Merge Request Hook")["changes"]["milestone_id"]["current"].is_number());
    world.push_commit("ana", number, "more");
    assert!(told(&world, "Merge Request Hook")["object_attributes"]["oldrev"].is_string());
    world.merge(number, "bob");
    assert_eq!(told(&world, "Merge Request Hook")["object_attributes"]["action"], "merge");
}

#[test]
fn a_note_on_a_line_is_told_with_its_place_and_an_approval_without_words_is_no_note() {
    let world = world();
    let number = world.open_change("ana", "feat: x");
    world.review_comment("carol", number, "why?");
    let note = told(&world, "Note Hook");
    assert_eq!(
        (&note["object_attributes"]["type"], &note["object_attributes"]["position"]["new_path"]),
        (&json!("DiffNote"), &json!("changes/1.md"))
    );
    world.approve("carol", number, "");
    assert_eq!(told(&world, "Merge Request Hook")["object_attributes"]["action"], "approved");
    let notes = world.deliveries().into_iter().filter(|one| one.event == "Note Hook").count();
    assert_eq!(notes, 1);
    let given = ask(&world, &format!("GET merge_requests/{number}/approvals"), Value::Null).1;
    assert_eq!(given["approved_by"][0]["user"]["username"], "carol");
}

#[test]
fn a_delivery_is_signed_as_standard_webhooks_has_it() {
    let world = world();
    world.open_change("ana", "feat: x");
    let envelope = world.take_delivery().expect("something waits");
    let header = |name: &str| {
        let found = envelope.headers.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.clone()).unwrap_or_default()
    };
    let key = STANDARD.decode(credentials().signing_token.trim_start_matches("whsec_")).expect("base64");
    assert_eq!(key.len(), 32);
    let mut mac = Hmac::<sha2::Sha256>::new_from_slice(&key).expect("any length");
    mac.update(format!("{}.{}.", header("webhook-id"), header("webhook-timestamp")).as_bytes());
    mac.update(&envelope.body);
    assert_eq!(header("webhook-signature"), format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes())));
    assert_eq!(header("webhook-id"), header("idempotency-key"));
    assert_eq!(header("x-gitlab-token"), credentials().webhook_secret);
    assert_eq!(header("webhook-timestamp"), noon().as_second().to_string());
    world.guard_hook(true, false);
    let unsigned = world.take_delivery().expect("something waits");
    assert!(!unsigned.headers.iter().any(|(name, _)| name.starts_with("webhook-")));
}

#[test]
fn an_attempt_again_keeps_its_key() {
    let world = world();
    world.open_change("ana", "feat: x");
    let key = |envelope: &crate::sandbox::Envelope, name: &str| {
        envelope.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone())
    };
    let first = world.take_delivery().expect("something waits");
    while world.take_delivery().is_some() {}
    world.redeliver(first.id);
    let again = world.take_delivery().expect("it was asked for again");
    assert_eq!(key(&first, "idempotency-key"), key(&again, "idempotency-key"));
    assert_ne!(key(&first, "x-gitlab-webhook-uuid"), key(&again, "x-gitlab-webhook-uuid"));
}

#[test]
fn what_was_not_heard_stands_in_the_log_of_the_hook() {
    let world = world();
    world.lose_next_deliveries(1);
    world.create_branch("lost", "main");
    world.create_branch("heard", "main");
    let heard = world.take_delivery().expect("something waits");
    world.settle(heard.id, crate::sandbox::DeliveryFate::Answered(200));
    let failed = ask(&world, "GET hooks/330/events?status=client_failure,server_failure", Value::Null).1;
    let refs: Vec<&str> = failed
        .as_array()
        .expect("a list")
        .iter()
        .filter_map(|one| one["request_data"]["ref"].as_str())
        .collect();
    assert_eq!(refs, ["refs/heads/lost"]);
    assert!(failed[0]["request_headers"]["idempotency-key"].is_string());
    assert!(failed[0]["request_headers"]["x-gitlab-token"].is_null());
}

#[test]
fn the_projects_of_the_bot_are_listed_and_a_deleted_one_is_gone() {
    let world = world();
    world.at("other/thing");
    let names = || {
        let line = "GET /api/v4/projects?membership=true&min_access_level=40&archived=false";
        let found = send(&world, &credentials().access_token, line, &Value::Null).body.expect("a list");
        let found = found.as_array().expect("a list").clone();
        found
            .iter()
            .filter_map(|one| one["path_with_namespace"].as_str().map(str::to_owned))
            .collect::<Vec<_>>()
    };
    assert_eq!(names(), ["acme/app"]);
    world.set_reach(crate::sandbox::Reach::System);
    world.delete_project();
    assert_eq!(told(&world, "System Hook")["event_name"], "project_destroy");
    assert_eq!((names(), ask(&world, "GET releases", Value::Null).0), (Vec::<String>::new(), 404));
}
