//! A story that has one of everything, and a client that asks for every operation and makes every event happen.

use jiff::Timestamp;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use lockkeeper::clock::Clock;
use lockkeeper::sandbox::{AppCredentials, MergeMethod, Role, World, github};
use reqwest::{Method, Response};
use serde_json::{Value, json};

use super::work;

/// Every event and action that the bot may count on.
pub(crate) const EVENTS: [&str; 72] = [
    "issues.opened",
    "issues.closed",
    "issues.reopened",
    "issues.edited",
    "issues.labeled",
    "issues.unlabeled",
    "issues.milestoned",
    "issues.demilestoned",
    "issue_comment.created",
    "issue_comment.edited",
    "issue_comment.deleted",
    "pull_request.opened",
    "pull_request.edited",
    "pull_request.labeled",
    "pull_request.unlabeled",
    "pull_request.milestoned",
    "pull_request.demilestoned",
    "pull_request.synchronize",
    "pull_request.converted_to_draft",
    "pull_request.ready_for_review",
    "pull_request.closed",
    "pull_request.reopened",
    "pull_request_review.submitted",
    "pull_request_review.edited",
    "pull_request_review.dismissed",
    "pull_request_review_comment.created",
    "pull_request_review_comment.edited",
    "pull_request_review_comment.deleted",
    "push",
    "create",
    "delete",
    "release.published",
    "release.released",
    "release.prereleased",
    "release.edited",
    "release.deleted",
    "release.unpublished",
    "release.created",
    "milestone.created",
    "milestone.edited",
    "milestone.closed",
    "milestone.opened",
    "milestone.deleted",
    "label.created",
    "label.edited",
    "label.deleted",
    "check_run.created",
    "check_run.completed",
    "check_run.rerequested",
    "check_run.requested_action",
    "status",
    "deployment.created",
    "deployment_status.created",
    "workflow_run.requested",
    "workflow_run.in_progress",
    "workflow_run.completed",
    "member.added",
    "member.removed",
    "team.created",
    "team.deleted",
    "membership.added",
    "membership.removed",
    "repository.renamed",
    "repository.transferred",
    "repository.archived",
    "repository.unarchived",
    "installation.created",
    "installation.deleted",
    "installation.suspend",
    "installation.unsuspend",
    "installation_repositories.added",
    "installation_repositories.removed",
];

fn due() -> Option<Timestamp> {
    Some("2026-12-20T00:00:00Z".parse().expect("it is a time"))
}

/// A project with changes in every state, a milestone, a release and a workflow.
pub(crate) fn story() -> World {
    let clock = Clock::standing_at("2026-12-01T12:00:00Z".parse().expect("it is a time"));
    let world = github::stand_in(clock, AppCredentials::generate(), "acme/app");
    // Only so that every operation can be asked for: the bot itself writes no commit statuses.
    world.set_permission("statuses", Some("write"));
    world.install();
    world.push_file(".github/lockkeeper.yml", "cut: tag\n");
    world.start_runs_on_tag("publish.yml");
    world.protect("main");
    world.team("acme", "release", &["carol"]);
    world.give_role("bob", Role::Maintain);
    let milestone = world.milestone("carol", "v1.5.0", due());
    let first = world.open_change("ana", "feat: passkeys");
    world.label(first, "feature");
    world.plan_for("ana", first, milestone);
    world.merge(first, "bob");
    world.tag_by_hand("bob", "v1.4.0", "main");
    for method in [MergeMethod::MergeCommit, MergeMethod::Rebase] {
        let number = world.open_change("ana", "fix: calendar");
        world.push_commit("ana", number, "and tests");
        world.merge_by(number, "bob", method);
    }
    world.annotated_tag_by_hand("bob", "v1.4.1", "main");
    world.release_by_hand("bob", "v1.4.1", "main");
    let open = world.open_change("dan", "feat: dark mode");
    world.label(open, "feature");
    world.comment("dan", open, "/release plan");
    world.approve("carol", open, "good");
    world.review_comment("carol", open, "why?");
    world.open_issue("eve", "It is slow");
    world
}

/// Makes each of [`EVENTS`] happen.
pub(crate) fn every_event(world: &World) {
    let number = world.open_change("ana", "feat: export");
    let comment = world.comment("ana", number, "one");
    world.edit_comment("ana", comment, "two");
    world.delete_comment("ana", comment);
    world.edit_title("ana", number, "feat: export as CSV");
    world.label(number, "feature");
    world.unlabel("ana", number, "feature");
    let milestone = world.milestone("carol", "v1.6.0", None);
    world.set_milestone_due("carol", milestone, due());
    world.plan_for("ana", number, milestone);
    world.comment("ana", number, "planned");
    world.unplan("ana", number);
    let issue = world.open_issue("eve", "It is still slow");
    world.label(issue, "bug");
    world.unlabel("eve", issue, "bug");
    world.plan_for("eve", issue, milestone);
    world.unplan("eve", issue);
    world.close("eve", issue);
    world.reopen("eve", issue);
    world.close_milestone("carol", milestone);
    world.reopen_milestone("carol", milestone);
    world.delete_milestone("carol", milestone);
    world.push_commit("ana", number, "more");
    world.make_draft("ana", number);
    world.make_ready("ana", number);
    world.close("ana", number);
    world.reopen("ana", number);
    let review = world.review("carol", number, "hm");
    world.edit_comment("carol", review, "well");
    world.dismiss_review("carol", review);
    let line = world.review_comment("carol", number, "here");
    world.edit_comment("carol", line, "there");
    world.delete_comment("carol", line);
    world.merge(number, "bob");
    world.create_branch("release/1.5", "main");
    world.push_file_to("release/1.5", "a.txt", "a");
    world.force_push("bob", "release/1.5", "main");
    world.delete_branch("bob", "release/1.5");
    world.tag_by_hand("bob", "v1.5.0", "main");
    world.delete_tag("bob", "v1.5.0");
    world.release_by_hand("bob", "v1.5.1", "main");
    world.edit_release("bob", "v1.5.1", "Better words.");
    world.unpublish_release("bob", "v1.5.1");
    world.publish_draft("bob", "v1.5.1");
    world.delete_release("bob", "v1.5.1");
    world.create_label("bob", "bug");
    world.rename_label("bob", "bug", "defect");
    world.delete_label("bob", "defect");
    let run = world.runs().first().expect("a tag started a run").id;
    world.finish_run(run, "success");
    by_the_bot(world);
    work::every_event(world);
    world.rename_project("acme/application");
    world.rename_project("umbrella/application");
    // The new owner has no installation yet: it gets one, and hears of the rest.
    world.install();
    world.rename_project("acme/app");
    world.rename_project("umbrella/app");
    world.archive();
    world.unarchive();
    world.remove_from_installation();
    world.add_to_installation();
    world.suspend();
    world.unsuspend();
    world.uninstall();
}

/// What only the bot makes: check runs and a pre-release, through the API without the network.
fn by_the_bot(world: &World) {
    let jwt = jwt(world);
    let ask = |authorization: &str, target: &str, body: &Value| {
        let request = github::Request {
            method: "POST".into(),
            target: target.into(),
            host: "127.0.0.1".into(),
            authorization: format!("Bearer {authorization}"),
            user_agent: "test".into(),
            body: body.to_string().into_bytes(),
            ..github::Request::default()
        };
        let reply = github::answer(world, &request).expect("no fault is set");
        assert!(reply.status < 300, "{target}: {:?}", reply.body);
        reply.body.expect("a created thing is answered")
    };
    let installation = world.deliveries()[0].payload["installation"]["id"].clone();
    let token = ask(&jwt, &format!("/app/installations/{installation}/access_tokens"), &json!({}));
    let token = token["token"].as_str().expect("a token is text").to_owned();
    let check = json!({ "name": "release", "head_sha": world.head(), "status": "completed", "conclusion": "neutral",
        "output": { "title": "Next: v1.5.0", "summary": "minor" } });
    let check = ask(&token, "/repos/acme/app/check-runs", &check)["id"].as_u64().expect("an id is a number");
    world.rerequest_check("ana", check);
    world.press_check_button("ana", check, "cut");
    let release = json!({ "tag_name": "v1.6.0-rc.1", "prerelease": true, "make_latest": "false" });
    ask(&token, "/repos/acme/app/releases", &release);
}

/// The app's JWT, good by the world's clock.
pub(crate) fn jwt(world: &World) -> String {
    let credentials = world.credentials();
    let now: Timestamp = "2026-12-01T12:00:00Z".parse().expect("it is a time");
    let claims =
        json!({ "iss": credentials.client_id, "iat": now.as_second() - 60, "exp": now.as_second() + 540 });
    let key = EncodingKey::from_rsa_pem(credentials.private_key_pem.as_bytes()).expect("the key is a PEM");
    jsonwebtoken::encode(&Header::new(Algorithm::RS256), &claims, &key).expect("it can be signed")
}

/// A client with an installation's token.
pub(crate) struct Bot {
    client: reqwest::Client,
    address: String,
    jwt: String,
    pub(crate) token: String,
    installation: u64,
}

impl Bot {
    pub(crate) async fn new(world: &World, address: &str) -> Self {
        let policy = reqwest::redirect::Policy::none();
        let client = reqwest::Client::builder().no_proxy().redirect(policy).user_agent("test").build();
        let (client, jwt) = (client.expect("a client can be made"), jwt(world));
        let mut bot =
            Self { client, address: address.to_owned(), jwt, token: String::new(), installation: 0 };
        let found = bot.app(Method::GET, "/repos/acme/app/installation", None).await;
        bot.installation = found["id"].as_u64().expect("an id is a number");
        let path = format!("/app/installations/{}/access_tokens", bot.installation);
        let made = bot.app(Method::POST, &path, Some(json!({}))).await;
        bot.token = made["token"].as_str().expect("a token is text").to_owned();
        assert!(bot.token.len() > 40, "tokens are longer than the 40 characters that they once had");
        bot
    }

    async fn send(&self, method: Method, path: &str, body: Option<Value>, token: &str) -> Response {
        let request = self.client.request(method, format!("{}{path}", self.address)).bearer_auth(token);
        let request = request.header("x-github-api-version", "2022-11-28");
        let request = match body {
            Some(body) => request.json(&body),
            None => request,
        };
        request.send().await.expect("the stand-in answers")
    }

    async fn app(&self, method: Method, path: &str, body: Option<Value>) -> Value {
        good(path, self.send(method, path, body, &self.jwt).await).await
    }

    pub(crate) async fn get(&self, path: &str) -> Value {
        good(path, self.send(Method::GET, path, None, &self.token).await).await
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> Value {
        good(path, self.send(Method::POST, path, Some(body), &self.token).await).await
    }

    /// A POST that has no body.
    pub(crate) async fn order(&self, path: &str) {
        good(path, self.send(Method::POST, path, None, &self.token).await).await;
    }

    pub(crate) async fn patch(&self, path: &str, body: Value) -> Value {
        good(path, self.send(Method::PATCH, path, Some(body), &self.token).await).await
    }

    async fn delete(&self, path: &str) {
        good(path, self.send(Method::DELETE, path, None, &self.token).await).await;
    }
}

async fn good(path: &str, response: Response) -> Value {
    let status = response.status();
    let text = response.text().await.expect("the answer has a body");
    assert!(status.is_success(), "{path}: {status} {text}");
    serde_json::from_str(&text).unwrap_or(Value::Null)
}

/// Asks for each operation at least once, in every form that it has.
pub(crate) async fn every_operation(bot: &Bot, world: &World) {
    let repo = "/repos/acme/app";
    the_app(bot, world).await;
    for path in [
        "",
        "/branches?protected=true",
        "/branches",
        "/branches/main",
        "/commits",
        "/commits/main",
        "/compare/v1.4.0...main",
        "/compare/main...v1.4.0",
        "/compare/v1.4.0...main?per_page=1&page=2",
        "/contents/.github/lockkeeper.yml?ref=main",
        "/contents/.github",
        "/contents/README.md",
        "/tags",
        "/git/ref/tags/v1.4.1",
        "/git/ref/heads/main",
        "/git/matching-refs/tags/v1",
        "/issues?milestone=1&state=all",
        "/issues",
        "/issues/1",
        "/issues/5",
        "/issues/4/labels",
        "/pulls?state=all",
        "/pulls/1",
        "/pulls/4",
        "/pulls/4/reviews",
        "/pulls/4/comments",
        "/milestones?state=all",
        "/milestones/1",
        "/labels",
        "/labels/feature",
        "/releases",
        "/releases/latest",
        "/releases/tags/v1.4.1",
        "/actions/runs?event=push",
        "/collaborators/bob/permission",
        "/collaborators/dan/permission",
    ] {
        bot.get(&format!("{repo}{path}")).await;
    }
    for path in [
        "/installation/repositories",
        "/orgs/acme/teams/release",
        "/orgs/acme/teams/release/memberships/carol",
        "/users/ana",
        "/users/lockkeeper%5Bbot%5D",
    ] {
        bot.get(path).await;
    }
    talk(bot, world).await;
    cut(bot, world).await;
    work::every_operation(bot, world).await;
    pick(bot, world).await;
    bot.post("/graphql", json!({ "query": "{ rateLimit { cost } }" })).await;
}

async fn the_app(bot: &Bot, world: &World) {
    while let Some(envelope) = world.take_delivery() {
        world.settle(envelope.id, lockkeeper::sandbox::DeliveryFate::Answered(202));
    }
    for path in [
        "/app",
        "/app/installations",
        "/app/hook/deliveries?per_page=2",
        "/app/hook/deliveries?status=failure",
    ] {
        bot.app(Method::GET, path, None).await;
    }
    let delivery = world.deliveries()[0].id;
    bot.app(Method::GET, &format!("/app/hook/deliveries/{delivery}"), None).await;
    bot.app(Method::POST, &format!("/app/hook/deliveries/{delivery}/attempts"), None).await;
}

async fn talk(bot: &Bot, world: &World) {
    let repo = "/repos/acme/app";
    let said = world.comments(4)[0].id;
    let line = world.review_comments(4)[0].id;
    let made =
        bot.post(&format!("{repo}/issues/4/comments"), json!({ "body": "**Next: v1.5.0**" })).await["id"]
            .clone();
    bot.get(&format!("{repo}/issues/4/comments?per_page=1&page=2")).await;
    bot.get(&format!("{repo}/issues/comments/{made}")).await;
    bot.patch(&format!("{repo}/issues/comments/{made}"), json!({ "body": "edited" })).await;
    bot.patch(&format!("{repo}/milestones/1"), json!({ "state": "open" })).await;
    for _ in 0..2 {
        bot.post(&format!("{repo}/issues/comments/{said}/reactions"), json!({ "content": "eyes" })).await;
        bot.post(&format!("{repo}/pulls/comments/{line}/reactions"), json!({ "content": "eyes" })).await;
    }
    bot.get(&format!("{repo}/issues/comments/{said}/reactions")).await;
    bot.get(&format!("{repo}/pulls/comments/{line}/reactions")).await;
    bot.get(&format!("{repo}/pulls/comments/{line}")).await;
    bot.post(&format!("{repo}/pulls/4/comments/{line}/replies"), json!({ "body": "because" })).await;
    let answer =
        json!({ "body": "because", "in_reply_to": line, "commit_id": world.head(), "path": "changes/4.md" });
    bot.post(&format!("{repo}/pulls/4/comments"), answer).await;
    let reviews = bot.get(&format!("{repo}/pulls/4/reviews")).await;
    bot.get(&format!("{repo}/pulls/4/reviews/{}", reviews[0]["id"])).await;
    bot.post(&format!("{repo}/issues/4/labels"), json!({ "labels": ["fix"] })).await;
    let label = json!({ "name": "breaking", "color": "d73a4a", "description": "Release notes: Breaking" });
    bot.post(&format!("{repo}/labels"), label).await;
    bot.delete(&format!("{repo}/issues/comments/{made}")).await;
}

/// A commit is picked onto a branch of its own, by a merge in a temporary one.
async fn pick(bot: &Bot, world: &World) {
    let (repo, head) = ("/repos/acme/app", world.head());
    let sha = |value: &Value| value["sha"].as_str().expect("an id is text").to_owned();
    let picked = bot.get(&format!("{repo}/git/commits/{head}")).await;
    let parent = sha(&picked["parents"][0]);
    let tree = bot.get(&format!("{repo}/git/commits/{parent}")).await["tree"]["sha"].clone();
    let entry = json!({ "path": "version.txt", "mode": "100644", "type": "blob", "content": "1.5.0" });
    let tree =
        bot.post(&format!("{repo}/git/trees"), json!({ "base_tree": tree, "tree": [entry] })).await["sha"]
            .clone();
    let upon = json!({ "message": "Onto", "tree": tree, "parents": [parent] });
    let base = sha(&bot.post(&format!("{repo}/git/commits"), upon).await);
    bot.post(&format!("{repo}/git/refs"), json!({ "ref": "refs/heads/picked", "sha": base })).await;
    bot.post(&format!("{repo}/merges"), json!({ "base": "picked", "head": head })).await;
    let pull = json!({ "title": "Picked", "head": "picked", "base": "old", "body": "By the bot" });
    bot.post(&format!("{repo}/git/refs"), json!({ "ref": "refs/heads/old", "sha": base })).await;
    let number = bot.post(&format!("{repo}/pulls"), pull).await["number"].clone();
    bot.get(&format!("{repo}/pulls/{number}/commits")).await;
}

async fn cut(bot: &Bot, world: &World) {
    let (repo, head) = ("/repos/acme/app", world.head());
    let tag = json!({ "tag": "v1.5.0", "message": "v1.5.0", "object": head, "type": "commit" });
    let tag =
        bot.post(&format!("{repo}/git/tags"), tag).await["sha"].as_str().expect("an id is text").to_owned();
    bot.get(&format!("{repo}/git/tags/{tag}")).await;
    bot.post(&format!("{repo}/git/refs"), json!({ "ref": "refs/tags/v1.5.0", "sha": tag })).await;
    let draft = json!({ "tag_name": "v1.5.0", "name": "v1.5.0", "body": "Notes", "draft": true, "make_latest": "true" });
    let id = bot.post(&format!("{repo}/releases"), draft).await["id"].clone();
    bot.get(&format!("{repo}/releases/{id}")).await;
    bot.patch(&format!("{repo}/releases/{id}"), json!({ "draft": false })).await;
    bot.delete(&format!("{repo}/releases/{id}")).await;
    bot.post(&format!("{repo}/git/refs"), json!({ "ref": "refs/heads/tmp", "sha": head })).await;
    bot.patch(&format!("{repo}/git/refs/heads/tmp"), json!({ "sha": head, "force": true })).await;
    bot.delete(&format!("{repo}/git/refs/heads/tmp")).await;
    let check = json!({ "name": "release", "head_sha": world.changes()[3].head, "external_id": "plan",
        "status": "completed", "conclusion": "neutral", "output": { "title": "Next", "summary": "minor", "text": "more" } });
    let id = bot.post(&format!("{repo}/check-runs"), check).await["id"].clone();
    let output = json!({ "output": { "title": "Next: v1.6.0", "summary": "minor" } });
    bot.patch(&format!("{repo}/check-runs/{id}"), output).await;
    bot.get(&format!("{repo}/check-runs/{id}")).await;
    bot.get(&format!("{repo}/commits/change-4/check-runs?check_name=release")).await;
    let run = world.runs()[0].id;
    bot.get(&format!("{repo}/actions/runs/{run}")).await;
}

/// The node id of the newest review, as its delivery told it.
fn review_of(world: &World) -> Value {
    let deliveries = world.deliveries();
    let told = deliveries.iter().rfind(|delivery| delivery.event == "pull_request_review");
    told.expect("somebody reviewed").payload["review"]["node_id"].clone()
}

/// GraphQL documents that reach every type of our part of the schema.
pub(crate) fn documents(world: &World) -> Vec<(String, Value)> {
    let repository = json!({ "owner": "acme", "name": "app" });
    let range = json!({ "o": "acme", "n": "app", "base": "refs/tags/v1.4.0", "head": "main" });
    vec![
        (include_str!("overview.graphql").to_owned(), repository.clone()),
        (include_str!("range.graphql").to_owned(), range),
        (
            include_str!("objects.graphql").to_owned(),
            json!({ "owner": "acme", "name": "app", "oid": world.head() }),
        ),
        (include_str!("lists.graphql").to_owned(), repository),
        (include_str!("reaction.graphql").to_owned(), json!({ "subject": review_of(world) })),
    ]
}
