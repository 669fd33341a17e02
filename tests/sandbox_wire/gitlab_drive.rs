//! A story on the stand-in GitLab that has one of everything, and a client that asks for every operation and makes every webhook happen.

use jiff::{SignedDuration, Timestamp};
use lockkeeper::clock::Clock;
use lockkeeper::sandbox::{AppCredentials, MergeMethod, Reach, Role, World, gitlab};
use reqwest::{Method, Response};
use serde_json::{Value, json};

/// Every webhook and action that the bot may count on.
pub(crate) const EVENTS: [&str; 42] = [
    "Merge Request Hook.open",
    "Merge Request Hook.update",
    "Merge Request Hook.close",
    "Merge Request Hook.reopen",
    "Merge Request Hook.merge",
    "Merge Request Hook.approved",
    "Merge Request Hook.unapproved",
    "Issue Hook.open",
    "Issue Hook.update",
    "Issue Hook.close",
    "Issue Hook.reopen",
    "Note Hook.create",
    "Note Hook.update",
    "Push Hook",
    "Tag Push Hook",
    "Release Hook.create",
    "Release Hook.update",
    "Release Hook.delete",
    "Milestone Hook.create",
    "Milestone Hook.close",
    "Milestone Hook.reopen",
    "Milestone Hook.delete",
    "Deployment Hook.running",
    "Deployment Hook.success",
    "Deployment Hook.failed",
    "Deployment Hook.canceled",
    "Pipeline Hook.pending",
    "Pipeline Hook.manual",
    "Pipeline Hook.running",
    "Pipeline Hook.success",
    "Pipeline Hook.canceled",
    "Job Hook.pending",
    "Job Hook.running",
    "Job Hook.success",
    "Job Hook.canceled",
    "Resource Access Token Hook",
    "Member Hook.user_add_to_group",
    "Member Hook.user_remove_from_group",
    "Subgroup Hook.subgroup_create",
    "System Hook.project_rename",
    "System Hook.project_update",
    "System Hook.user_add_to_team",
];

const PIPELINE: &str = "spec:
  inputs:
    version: { default: none }
    target: { default: staging, options: [staging, production] }
---
workflow: { name: Deploy }
deploy:
  stage: deploy
  script: [./deploy]
  environment:
    name: $[[ inputs.target ]]
  rules: [{ if: $CI_PIPELINE_SOURCE == \"api\" }]
ship:
  stage: deploy
  script: [./ship]
  environment: production
  rules: [{ if: $CI_COMMIT_TAG, when: manual }]
";

/// A project with changes in every state, a milestone, a release and a pipeline.
pub(crate) fn story() -> World {
    let noon: Timestamp = "2026-12-01T12:00:00Z".parse().expect("it is a time");
    let world = gitlab::stand_in(Clock::standing_at(noon), AppCredentials::generate(), "acme/app");
    world.install();
    world.let_token_expire(Some(noon + SignedDuration::from_hours(24 * 300)));
    world.push_file(".gitlab/lockkeeper.yml", "cut: tag\n");
    world.push_file(".gitlab-ci.yml", PIPELINE);
    world.protect("main");
    world.team("acme", "release", &["carol"]);
    world.give_role("bob", Role::Maintain);
    let milestone = world.milestone("carol", "v1.5.0", Some(noon + SignedDuration::from_hours(24 * 19)));
    let first = world.open_change("ana", "feat: passkeys");
    world.label(first, "feature");
    world.plan_for("ana", first, milestone);
    world.push_commit("ana", first, "and tests");
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
    let issue = world.open_issue("eve", "It is slow");
    world.plan_for("eve", issue, milestone);
    world
}

/// Makes each of [`EVENTS`] happen.
pub(crate) fn every_event(world: &World) {
    world.set_reach(Reach::System);
    let number = world.open_change("ana", "feat: export");
    let comment = world.comment("ana", number, "one");
    world.edit_comment("ana", comment, "two");
    world.edit_title("ana", number, "feat: export as CSV");
    world.label(number, "feature");
    world.unlabel("ana", number, "feature");
    let milestone = world.milestone("carol", "v1.6.0", None);
    world.plan_for("ana", number, milestone);
    world.unplan("ana", number);
    world.push_commit("ana", number, "more");
    world.make_draft("ana", number);
    world.make_ready("ana", number);
    world.close("ana", number);
    world.reopen("ana", number);
    let review = world.approve("carol", number, "");
    world.dismiss_review("carol", review);
    world.review_comment("carol", number, "here");
    world.merge(number, "bob");
    let issue = world.open_issue("eve", "It is still slow");
    world.label(issue, "bug");
    world.comment("ana", issue, "On it.");
    world.close("eve", issue);
    world.reopen("eve", issue);
    world.close_milestone("carol", milestone);
    world.reopen_milestone("carol", milestone);
    world.delete_milestone("carol", milestone);
    world.create_branch("release/1.5", "main");
    world.push_file_to("release/1.5", "a.txt", "a");
    world.delete_branch("bob", "release/1.5");
    world.release_by_hand("bob", "v1.5.1", "main");
    world.edit_release("bob", "v1.5.1", "Better words.");
    world.delete_release("bob", "v1.5.1");
    machines(world);
    world.tell_of_token_expiry();
    world.set_reach(Reach::Project);
    world.tell_of_token_expiry();
    world.set_reach(Reach::System);
    world.join_team("acme", "ops", "frank");
    world.leave_team("acme", "ops", "frank");
    world.disband_team("acme", "ops");
    world.collaborator("frank", Role::Write);
    world.archive();
    world.unarchive();
    world.rename_project("acme/application");
}

fn machines(world: &World) {
    let head = world.head();
    world.report_status("ana", "ci/x", &head, "success");
    let by_hand = world.deploy("ana", "staging", "v1.4.1");
    for state in ["in_progress", "success", "failure", "cancelled"] {
        world.report("ana", by_hand, state, "");
    }
    let jobs = world.runs().last().expect("a tag starts a pipeline").jobs.clone();
    world.play_job("bob", jobs[0].id);
    world.begin_job(jobs[0].id);
    world.finish_job(jobs[0].id, "success");
    let run = world.dispatch("bob", ".gitlab-ci.yml", "main", &std::collections::BTreeMap::new());
    world.begin_run(run);
    world.finish_run(run, "cancelled");
}

/// The bot as a plain client.
pub(crate) struct Bot {
    client: reqwest::Client,
    address: String,
    token: String,
}

impl Bot {
    pub(crate) fn new(world: &World, address: &str) -> Self {
        let client = reqwest::Client::builder().no_proxy().build().expect("a client can be made");
        Self { client, address: address.to_owned(), token: world.credentials().access_token }
    }

    async fn send(&self, method: Method, path: &str, body: Option<Value>) -> Response {
        let url = format!("{}/api/v4{path}", self.address);
        let request = self.client.request(method, url).header("private-token", &self.token);
        let request = match body {
            Some(body) => request.json(&body),
            None => request,
        };
        request.send().await.expect("the stand-in answers")
    }

    async fn ask(&self, method: Method, path: &str, body: Option<Value>) -> Value {
        let response = self.send(method, path, body).await;
        let status = response.status();
        let text = response.text().await.expect("the answer has a body");
        assert!(status.is_success(), "{path}: {status} {text}");
        serde_json::from_str(&text).unwrap_or(Value::Null)
    }

    async fn get(&self, path: &str) -> Value {
        self.ask(Method::GET, path, None).await
    }

    async fn post(&self, path: &str, body: Value) -> Value {
        self.ask(Method::POST, path, Some(body)).await
    }

    /// A POST that has no body.
    async fn order(&self, path: &str) -> Value {
        self.ask(Method::POST, path, None).await
    }

    async fn graphql(&self, body: Value) {
        let request = self.client.post(format!("{}/api/graphql", self.address)).json(&body);
        let answer = request.header("private-token", &self.token).send().await.expect("it is answered");
        assert!(answer.status().is_success(), "{}", answer.status());
    }

    async fn put(&self, path: &str, body: Value) -> Value {
        self.ask(Method::PUT, path, Some(body)).await
    }

    async fn delete(&self, path: &str) {
        self.ask(Method::DELETE, path, None).await;
    }
}

const PROJECT: &str = "/projects/acme%2Fapp";

/// Asks for each operation at least once, in every form that it has.
pub(crate) async fn every_operation(bot: &Bot, world: &World) {
    let bob = world.person("bob");
    let carol = world.person("carol");
    for path in ["/version", "/metadata", "/user", "/personal_access_tokens/self", "/users?username=ana"] {
        bot.get(path).await;
    }
    bot.get(&format!("/users/{bob}")).await;
    bot.get("/projects?membership=true&simple=true&min_access_level=40&archived=false").await;
    bot.get("/groups/acme%2Frelease").await;
    bot.get("/groups/acme%2Frelease/members/all").await;
    bot.get(&format!("/groups/acme%2Frelease/members/all/{carol}")).await;
    let milestone = bot.get(&format!("{PROJECT}/milestones?state=active")).await[0]["id"].clone();
    let head = world.head();
    for path in [
        "".to_owned(),
        "/members/all?per_page=100".to_owned(),
        format!("/members/all/{bob}"),
        "/labels".to_owned(),
        "/hooks".to_owned(),
        "/hooks/330".to_owned(),
        "/hooks/330/events?status=server_failure".to_owned(),
        "/repository/files/.gitlab%2Flockkeeper.yml?ref=main".to_owned(),
        "/repository/files/.gitlab%2Flockkeeper.yml/raw?ref=main".to_owned(),
        "/repository/branches".to_owned(),
        "/repository/branches/main".to_owned(),
        "/repository/compare?from=v1.4.0&to=main".to_owned(),
        "/repository/merge_base?refs[]=v1.4.0&refs[]=main".to_owned(),
        "/protected_branches".to_owned(),
        "/protected_tags".to_owned(),
        "/repository/commits?ref_name=v1.4.0..main&per_page=2".to_owned(),
        format!("/repository/commits/{head}"),
        format!("/repository/commits/{head}/merge_requests"),
        format!("/repository/commits/{head}/diff"),
        format!("/repository/commits/{head}/refs?type=all"),
        "/repository/tags".to_owned(),
        "/repository/tags/v1.4.1".to_owned(),
        "/merge_requests?state=merged&order_by=updated_at&sort=desc&labels=feature&milestone=v1.5.0"
            .to_owned(),
        "/merge_requests?updated_after=2026-12-01T00:00:00Z&per_page=1&page=2".to_owned(),
        "/merge_requests/1".to_owned(),
        "/merge_requests/4".to_owned(),
        "/merge_requests/4/approvals".to_owned(),
        "/merge_requests/1/commits".to_owned(),
        "/milestones?title=v1.5.0".to_owned(),
        format!("/milestones/{milestone}"),
        format!("/milestones/{milestone}/issues"),
        format!("/milestones/{milestone}/merge_requests"),
        "/issues?state=opened&labels=bug".to_owned(),
        "/issues/5".to_owned(),
        "/releases".to_owned(),
        "/releases/v1.4.1".to_owned(),
        "/environments".to_owned(),
        "/pipelines?ref=v1.4.1".to_owned(),
    ] {
        bot.get(&format!("{PROJECT}{path}")).await;
    }
    bot.put(&format!("{PROJECT}/milestones/{milestone}"), json!({ "state_event": "close" })).await;
    talk(bot, world).await;
    cut(bot, world).await;
    issues(bot).await;
    deployments(bot, world).await;
    pipelines(bot, world).await;
}

async fn talk(bot: &Bot, world: &World) {
    // The description knows no query on the notes of a merge request.
    let pages = ["", "?sort=asc&order_by=updated_at&per_page=1&page=2"];
    for ((place, said), query) in [("merge_requests/4", 4), ("issues/5", 5)].into_iter().zip(pages) {
        let hers = world.comment("ana", said, "hm");
        let notes = format!("{PROJECT}/{place}/notes");
        let made = bot.post(&notes, json!({ "body": "**Next: v1.5.0**" })).await["id"].clone();
        bot.get(&format!("{notes}{query}")).await;
        bot.get(&format!("{notes}/{made}")).await;
        bot.put(&format!("{notes}/{made}"), json!({ "body": "edited" })).await;
        bot.post(&format!("{notes}/{hers}/award_emoji"), json!({ "name": "eyes" })).await;
        bot.get(&format!("{notes}/{hers}/award_emoji")).await;
        bot.delete(&format!("{notes}/{made}")).await;
    }
    let discussions = format!("{PROJECT}/merge_requests/4/discussions");
    let all = bot.get(&discussions).await;
    let on_line = all.as_array().into_iter().flatten().find(|one| one["individual_note"] == false);
    let id = on_line.expect("a line was talked about")["id"].as_str().unwrap_or_default();
    bot.get(&format!("{discussions}/{id}")).await;
    let answer = bot.post(&format!("{discussions}/{id}/notes"), json!({ "body": "because" })).await;
    assert_eq!(answer["type"], "DiffNote");
}

async fn cut(bot: &Bot, world: &World) {
    let head = world.head();
    let branches = format!("{PROJECT}/repository/branches");
    bot.post(&branches, json!({ "branch": "old", "ref": "v1.4.0" })).await;
    bot.post(&branches, json!({ "branch": "picked", "ref": head })).await;
    let merge =
        json!({ "source_branch": "picked", "target_branch": "old", "title": "Picked", "labels": "fix" });
    let made = bot.post(&format!("{PROJECT}/merge_requests"), merge).await["iid"].clone();
    bot.put(&format!("{PROJECT}/merge_requests/{made}"), json!({ "title": "Picked again" })).await;
    bot.delete(&format!("{branches}/old")).await;
    let tags = format!("{PROJECT}/repository/tags");
    bot.post(&tags, json!({ "tag_name": "v1.5.0", "ref": head, "message": "v1.5.0" })).await;
    bot.post(&tags, json!({ "tag_name": "gone", "ref": head })).await;
    bot.delete(&format!("{tags}/gone")).await;
    let releases = format!("{PROJECT}/releases");
    let release =
        json!({ "tag_name": "v1.5.0", "name": "v1.5.0", "description": "Notes", "milestones": ["v1.5.0"] });
    bot.post(&releases, release).await;
    bot.put(&format!("{releases}/v1.5.0"), json!({ "description": "Better notes", "milestones": [] })).await;
    bot.delete(&format!("{releases}/v1.5.0")).await;
    let actions = json!([{ "action": "create", "file_path": "CHANGELOG.md", "content": "# v1.5.0\n" },
        { "action": "update", "file_path": "README.md", "content": "# app\n\nv1.5.0\n" }]);
    let commit = json!({ "branch": "notes", "start_sha": head, "commit_message": "Notes of v1.5.0", "actions": actions });
    let made = bot.post(&format!("{PROJECT}/repository/commits"), commit).await["id"].clone();
    let made = made.as_str().expect("an id is text");
    let pick = json!({ "branch": "main", "message": "Notes" });
    bot.post(&format!("{PROJECT}/repository/commits/{made}/cherry_pick"), pick).await;
    bot.post(&format!("{PROJECT}/repository/commits/{made}/revert"), json!({ "branch": "main" })).await;
    let status = json!({ "state": "success", "name": "release", "description": "minor" });
    bot.post(&format!("{PROJECT}/statuses/{head}"), status).await;
    bot.get(&format!("{PROJECT}/repository/commits/{head}/statuses?all=true")).await;
}

async fn issues(bot: &Bot) {
    let label = json!({ "name": "breaking", "color": "#d73a4a", "description": "Release notes: Breaking" });
    bot.post(&format!("{PROJECT}/labels"), label).await;
    let place = format!("{PROJECT}/issues");
    let new =
        json!({ "title": "v1.5.0 was taken back", "description": "From production.", "labels": "incident" });
    let number = bot.post(&place, new).await["iid"].clone();
    bot.put(&format!("{place}/{number}"), json!({ "state_event": "close", "add_labels": "done" })).await;
}

async fn deployments(bot: &Bot, world: &World) {
    let environment =
        bot.post(&format!("{PROJECT}/environments"), json!({ "name": "eu/west" })).await["id"].clone();
    bot.get(&format!("{PROJECT}/environments/{environment}")).await;
    bot.get(&format!("{PROJECT}/environments?name=eu/west")).await;
    let place = format!("{PROJECT}/deployments");
    let asked = json!({ "environment": "eu/west", "sha": world.head(), "ref": "v1.4.1", "tag": true, "status": "running" });
    let made = bot.post(&place, asked).await["id"].clone();
    bot.put(&format!("{place}/{made}"), json!({ "status": "success" })).await;
    bot.get(&format!("{place}/{made}")).await;
    bot.get(&format!("{place}?environment=eu/west&status=success&order_by=updated_at&sort=desc")).await;
}

async fn pipelines(bot: &Bot, world: &World) {
    let asked = json!({ "ref": "main", "inputs": { "target": "staging", "version": "v1.5.0" } });
    let made = bot.post(&format!("{PROJECT}/pipeline"), asked).await["id"].clone();
    world.begin_run(made.as_u64().expect("a number"));
    let variables = json!([{ "key": "VERSION", "value": "v1.5.0" }]);
    bot.post(&format!("{PROJECT}/pipeline"), json!({ "ref": "main", "variables": variables })).await;
    let job = bot.get(&format!("{PROJECT}/pipelines/{made}/jobs")).await[0]["id"].clone();
    bot.get(&format!("{PROJECT}/jobs/{job}")).await;
    bot.post(&format!("{PROJECT}/jobs/{job}/cancel"), json!({})).await;
    bot.get(&format!("{PROJECT}/pipelines/{made}")).await;
    bot.order(&format!("{PROJECT}/pipelines/{made}/cancel")).await;
    let tagged = bot.get(&format!("{PROJECT}/pipelines?ref=v1.4.1")).await[0]["id"].clone();
    let manual = bot.get(&format!("{PROJECT}/pipelines/{tagged}/jobs?scope[]=manual")).await[0]["id"].clone();
    bot.post(&format!("{PROJECT}/jobs/{manual}/play"), json!({})).await;
    let query = "mutation($id: CiProcessableID!) { jobRetry(input: { id: $id }) { job { id } errors } }";
    let variables = json!({ "id": format!("gid://gitlab/Ci::Build/{job}") });
    bot.graphql(json!({ "query": query, "variables": variables })).await;
}
