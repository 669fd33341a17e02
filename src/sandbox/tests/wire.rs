//! How GitHub's wire behaves: tokens, permissions, redirects, unknown routes, documents that are wrong.

use jiff::SignedDuration;
use serde_json::{Value, json};

use super::{ask, credentials, graphql, jwt, noon, send, token, world};
use crate::clock::Clock;
use crate::sandbox::github;

#[track_caller]
fn check_jwt(issuer: Value, issued: i64, expires: i64, status: u16) {
    let reply = send(&world(), &jwt(&issuer, issued, expires), "GET /app", &Value::Null);
    assert_eq!(reply.map(|reply| reply.status), Some(status));
}

#[test]
fn a_jwt_names_the_app_and_lives_at_most_ten_minutes() {
    check_jwt(json!(credentials().client_id), -60, 540, 200);
    check_jwt(json!(credentials().id.to_string()), -60, 540, 200);
    check_jwt(json!(credentials().id), -60, 540, 200);
    check_jwt(json!("somebody"), -60, 540, 401);
    check_jwt(json!(credentials().id), -60, 700, 401);
    check_jwt(json!(credentials().id), -60, -1, 401);
    check_jwt(json!(credentials().id), 60, 540, 401);
}

#[test]
fn a_jwt_of_another_key_is_refused() {
    let theirs = crate::sandbox::AppCredentials::generate();
    let key = jsonwebtoken::EncodingKey::from_rsa_pem(theirs.private_key_pem.as_bytes()).expect("a PEM");
    let claims =
        json!({ "iss": theirs.client_id, "iat": noon().as_second(), "exp": noon().as_second() + 60 });
    let forged =
        jsonwebtoken::encode(&jsonwebtoken::Header::new(jsonwebtoken::Algorithm::RS256), &claims, &key);
    let reply = send(&world(), &forged.expect("it can be signed"), "GET /app", &Value::Null);
    assert_eq!(reply.map(|reply| reply.status), Some(401));
}

#[test]
fn a_token_ends_after_an_hour() {
    let clock = Clock::standing_at(noon());
    let world = github::stand_in(clock.clone(), credentials(), "acme/app");
    world.install();
    let token = token(&world);
    let status = || send(&world, &token, "GET /repos/acme/app", &Value::Null).map(|reply| reply.status);
    assert_eq!(status(), Some(200));
    clock.advance(SignedDuration::from_mins(61));
    assert_eq!(status(), Some(401));
}

#[test]
fn an_operation_needs_its_permission() {
    let world = world();
    world.set_permission("contents", Some("read"));
    let (status, answer) =
        ask(&world, "POST /repos/acme/app/git/refs", json!({ "ref": "refs/tags/v1", "sha": world.head() }));
    assert_eq!((status, answer["message"].as_str()), (403, Some("Resource not accessible by integration")));
    world.set_permission("contents", None);
    assert_eq!(ask(&world, "GET /repos/acme/app/branches/main", json!({})).0, 403);
    assert_eq!(ask(&world, "GET /repos/acme/app", json!({})).0, 200);
}

#[test]
fn an_app_edits_only_its_own_comments() {
    let world = world();
    let number = world.open_change("ana", "feat: x");
    let hers = world.comment("ana", number, "mine");
    let line = format!("PATCH /repos/acme/app/issues/comments/{hers}");
    assert_eq!(ask(&world, &line, json!({ "body": "yours" })).0, 403);
    assert_eq!(world.comments(number)[0].body, "mine");
}

#[test]
fn a_project_of_somebody_else_is_not_there() {
    let world = world();
    world.at("other/thing");
    assert_eq!(ask(&world, "GET /repos/other/thing", json!({})).0, 404);
}

#[test]
fn a_renamed_project_redirects_to_its_number() {
    let world = world();
    let number = world.open_change("ana", "feat: x");
    world.rename_project("acme/application");
    let line = format!("GET /repos/acme/app/pulls/{number}");
    let reply = send(&world, &token(&world), &line, &Value::Null).expect("it is answered");
    let location =
        reply.headers.iter().find(|(name, _)| name == "location").expect("it says where").1.clone();
    assert_eq!(
        (reply.status, location.as_str()),
        (301, format!("http://127.0.0.1:1/repositories/{}/pulls/{number}", world.project_id()).as_str())
    );
    let (status, answer) =
        ask(&world, &format!("GET {}", location.trim_start_matches("http://127.0.0.1:1")), json!({}));
    assert_eq!((status, answer["title"].as_str()), (200, Some("feat: x")));
    assert_eq!(world.unknown_routes(), Vec::<String>::new());
}

#[test]
fn an_unknown_route_is_404_and_written_down() {
    let world = world();
    assert_eq!(ask(&world, "GET /repos/acme/app/stargazers?page=2", json!({})).0, 404);
    assert_eq!(world.unknown_routes(), ["GET /repos/acme/app/stargazers?page=2"]);
}

#[test]
fn pages_lead_on_until_the_last() {
    let world = world();
    let number = world.open_change("ana", "feat: x");
    for text in ["one", "two", "three"] {
        world.comment("ana", number, text);
    }
    let link = |page: usize| {
        let line = format!("GET /repos/acme/app/issues/{number}/comments?per_page=2&page={page}");
        let reply = send(&world, &token(&world), &line, &Value::Null).expect("it is answered");
        reply.headers.into_iter().find(|(name, _)| name == "link").map(|(_, value)| value)
    };
    assert!(link(1).is_some_and(|link| link.contains("page=2>; rel=\"next\"")));
    assert_eq!(link(2), None);
}

#[test]
fn too_long_texts_are_refused() {
    let world = world();
    let number = world.open_change("ana", "feat: x");
    let line = format!("POST /repos/acme/app/issues/{number}/comments");
    assert_eq!(ask(&world, &line, json!({ "body": "x".repeat(65_537) })).0, 422);
    assert_eq!(ask(&world, &line, json!({ "body": "x".repeat(65_536) })).0, 201);
    let release = |length: usize| json!({ "tag_name": format!("v{length}"), "body": "x".repeat(length) });
    assert_eq!(ask(&world, "POST /repos/acme/app/releases", release(125_001)).0, 422);
    assert_eq!(ask(&world, "POST /repos/acme/app/releases", release(125_000)).0, 201);
}

#[test]
fn a_reaction_given_twice_is_one() {
    let world = world();
    let number = world.open_change("ana", "feat: x");
    let line =
        format!("POST /repos/acme/app/issues/comments/{}/reactions", world.comment("ana", number, "hm"));
    assert_eq!(ask(&world, &line, json!({ "content": "eyes" })).0, 201);
    assert_eq!(ask(&world, &line, json!({ "content": "eyes" })).0, 200);
    assert_eq!(world.comments(number)[0].reactions.len(), 1);
}

#[test]
fn a_review_is_reacted_to_in_graphql_only() {
    let world = world();
    let number = world.open_change("ana", "feat: x");
    let review = world.review("ana", number, "hm");
    let rest = format!("POST /repos/acme/app/issues/comments/{review}/reactions");
    assert_eq!(ask(&world, &rest, json!({ "content": "eyes" })).0, 404);
    let react = |subject: &str| {
        let input = format!("{{subjectId:\"{subject}\",content:EYES,clientMutationId:\"7\"}}");
        let fields = "clientMutationId reaction { content user { login } }";
        graphql(&world, &format!("mutation {{ addReaction(input:{input}) {{ {fields} }} }}"))
    };
    let page = ask(&world, &format!("GET /repos/acme/app/pulls/{number}/reviews/{review}"), json!({})).1;
    let subject = page["node_id"].as_str().unwrap_or_default();
    let made = json!({ "clientMutationId": "7", "reaction": { "content": "EYES", "user": null } });
    assert_eq!(react(subject)["data"]["addReaction"], made);
    assert_eq!(react(subject)["data"]["addReaction"], made);
    assert_eq!(world.reviews(number)[0].reactions.len(), 1);
    assert_eq!(react("PRR_kwDO1")["errors"][0]["type"], "NOT_FOUND");
    for name in ["issues", "pull_requests"] {
        world.set_permission(name, Some("read"));
    }
    assert_eq!(react(subject)["errors"][0]["type"], "FORBIDDEN");
}

#[track_caller]
fn check_document(query: &str, fault: &str) {
    let world = world();
    let (status, answer) = ask(&world, "POST /graphql", json!({ "query": query }));
    assert_eq!(status, 200);
    assert_eq!(answer["errors"][0]["message"].as_str(), Some(fault));
}

#[test]
fn a_document_that_does_not_fit_is_an_error_with_status_200() {
    check_document(
        "{ repository(owner: \"acme\", name: \"app\") { stars } }",
        "Field 'stars' doesn't exist on type 'Repository'",
    );
    check_document("{ rateLimit(wet: true) { cost } }", "Field 'rateLimit' doesn't accept argument 'wet'");
    check_document(
        "{ repository(owner: \"acme\") { id } }",
        "Field 'repository' is missing required arguments: name",
    );
    check_document(
        "query($o: String!) { repository(owner: $o, name: \"app\") { id } }",
        "Variable $o of type String! was provided invalid value",
    );
    check_document(
        "{ repository(owner: \"acme\", name: \"app\") { pullRequests { nodes { id } } } }",
        "You must provide a `first` or `last` value to properly paginate the `pullRequests` connection.",
    );
    check_document(
        "{ repository(owner: \"acme\", name: \"none\") { id } }",
        "Could not resolve to a Repository with the name 'acme/none'.",
    );
}

#[test]
fn a_connection_is_walked_by_its_cursor() {
    let world = world();
    for title in ["feat: a", "feat: b", "feat: c"] {
        world.open_change("ana", title);
    }
    let page = |after: &str| {
        let query = format!(
            "{{ repository(owner: \"acme\", name: \"app\") {{ pullRequests(first: 2{after}) {{ nodes {{ n: number }} pageInfo {{ hasNextPage endCursor }} }} }} }}"
        );
        graphql(&world, &query)["data"]["repository"]["pullRequests"].clone()
    };
    let first = page("");
    assert_eq!(
        (&first["nodes"], &first["pageInfo"]["hasNextPage"]),
        (&json!([{ "n": 1 }, { "n": 2 }]), &json!(true))
    );
    let second = page(&format!(", after: {}", first["pageInfo"]["endCursor"]));
    assert_eq!((&second["nodes"], &second["pageInfo"]["hasNextPage"]), (&json!([{ "n": 3 }]), &json!(false)));
}

#[test]
fn a_first_time_contributor_is_found_by_the_search() {
    let world = world();
    let number = world.open_change("ana", "feat: a");
    let count = || {
        graphql(&world, "{ search(query: \"repo:acme/app is:pr is:merged author:ana merged:<2026-12-02\", type: ISSUE, first: 1) { issueCount } }")["data"]["search"]["issueCount"].clone()
    };
    assert_eq!(count(), 0);
    world.merge(number, "bob");
    assert_eq!(count(), 1);
}
