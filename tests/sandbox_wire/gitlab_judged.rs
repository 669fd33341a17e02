//! The stand-in GitLab before judges that we did not write: GitLab's OpenAPI description, a strict model of its webhooks, and two
//! client libraries. What they are asked about stands in `gitlab_drive`.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

use lockkeeper::sandbox::{DeliveryRecord, World, gitlab};
use serde_json::{Value, json};
use tokio::net::TcpListener;

use super::gitlab_drive::{self, Bot};
use super::judge::{Judges, two_of_each_kind};

/// Serves a world on a free port of the loopback.
async fn serve(world: &World) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("the loopback has a free port");
    let address = format!("http://{}", listener.local_addr().expect("it is bound"));
    tokio::spawn(gitlab::serve(world.clone(), listener));
    address
}

/// What the description says otherwise than GitLab does, after [`relaxed`].
fn is_false_alarm(violation: &Value) -> bool {
    let text = |name: &str| violation[name].as_str().unwrap_or_default();
    let (what, operation) = (text("what"), text("op"));
    match text("side") {
        // A branch has a name, not a number; and the notes of issues can be asked for one by one.
        "request" => {
            operation == "getApiV4ProjectsIdRepositoryBranchesBranch"
                || (operation.is_empty() && text("path").contains("/issues/5/notes/"))
        }
        _ => {
            let is_made = ["CherryPick", "Revert", "StatusesSha"].iter().any(|end| operation.ends_with(end));
            // What is made is answered by 201; described is only the answer of a dry run, or a slip.
            (what == "status 201 is not described" && is_made)
                // A release that is gone is answered with what it was.
                || (what == "status 200 is not described" && text("method") == "DELETE")
                // The end of a token is a day.
                || (operation == "getApiV4PersonalAccessTokensSelf" && what.ends_with("\"date-time\""))
                // Of a new note the description knows the id alone, and forbids the rest.
                || (operation.contains("Notes") && what.ends_with("/ must NOT have additional properties"))
        }
    }
}

/// GitLab's description with what it says of answers made bearable: it has `string` for whatever nobody looked up, one thing for a
/// list of them, and null nowhere. Numbers, truths, lists, dates and choices are judged.
fn relaxed(description: &Path) -> tempfile::NamedTempFile {
    let text = fs::read_to_string(description).expect("the description can be read");
    let mut description: Value = serde_json::from_str(&text).expect("the description is JSON");
    let schemas = description["components"]["schemas"].as_object_mut().expect("it has schemas");
    let asks =
        |name: &str| ["post", "put", "patch", "get", "delete"].iter().any(|verb| name.starts_with(verb));
    let entities = schemas.iter_mut().filter(|(name, _)| !asks(name));
    entities.for_each(|(_, schema)| relax(schema));
    let file = tempfile::NamedTempFile::new().expect("a temporary file can be made");
    fs::write(file.path(), description.to_string()).expect("it can be written");
    file
}

fn relax(schema: &mut Value) {
    match schema {
        Value::Object(fields) => {
            fields.values_mut().for_each(relax);
            match fields.get("type").and_then(Value::as_str) {
                Some("string" | "text" | "object") => _ = fields.remove("type"),
                Some(_) => _ = fields.insert("nullable".into(), json!(true)),
                // Of something else, which is an object; null is as good.
                None => {
                    if let Some(other) = fields.remove("$ref") {
                        fields.insert("anyOf".into(), json!([{ "$ref": other }, { "type": "null" }]));
                    }
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(relax),
        _ => {}
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_answer_of_the_stand_in_gitlab_is_as_gitlab_describes_it() {
    let Some(judges) = Judges::find() else { return };
    let world = gitlab_drive::story();
    let description = relaxed(&judges.gitlab_description());
    let referee = judges.gitlab_referee_before(description.path(), &serve(&world).await).await;
    gitlab_drive::every_operation(&Bot::new(&world, &referee.address), &world).await;

    let report = referee.report().await;
    let violations = report["violations"].as_array().expect("the referee lists violations");
    let text: Vec<String> =
        violations.iter().filter(|one| !is_false_alarm(one)).map(ToString::to_string).collect();
    assert!(text.is_empty(), "{} violations:\n{}", text.len(), text.join("\n"));

    let asked: BTreeSet<String> = world.request_counts().into_keys().collect();
    let all: BTreeSet<String> = gitlab::operations().into_iter().collect();
    let unasked: Vec<&String> = all.difference(&asked).collect();
    assert!(unasked.is_empty(), "operations that nobody asked for: {unasked:?}");
    assert_eq!(world.unknown_routes(), Vec::<String>::new());
    println!("{} requests, {} operations, 0 violations", report["requests"], all.len());
}

#[tokio::test(flavor = "multi_thread")]
async fn every_webhook_of_the_stand_in_gitlab_is_as_others_read_them() {
    let Some(judges) = Judges::find() else { return };
    let world = gitlab_drive::story();
    gitlab_drive::every_event(&world);
    let deliveries = world.deliveries();
    let kind = |one: &DeliveryRecord| {
        one.action.as_ref().map_or(one.event.clone(), |action| format!("{}.{action}", one.event))
    };
    let sent: BTreeSet<String> = deliveries.iter().map(kind).collect();
    let missing: Vec<&&str> = gitlab_drive::EVENTS.iter().filter(|event| !sent.contains(**event)).collect();
    assert!(missing.is_empty(), "never sent: {missing:?}");

    let chosen = two_of_each_kind(&deliveries);
    let cases: Vec<Value> =
        chosen.iter().map(|one| json!({ "header": one.event, "body": one.payload })).collect();
    let file = tempfile::NamedTempFile::new().expect("a temporary file can be made");
    fs::write(file.path(), Value::Array(cases).to_string()).expect("it can be written");
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/referee/gitlab_hooks.py");
    run(judges.python().arg(script).arg(file.path()));
}

#[tokio::test(flavor = "multi_thread")]
async fn python_gitlab_cuts_a_release_on_the_stand_in() {
    let Some(judges) = Judges::find() else { return };
    judges.have_python("gitlab", "python-gitlab==6.5.0");
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/referee/gitlab_client.py");
    drive(judges.python().arg(script)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn gitbeaker_cuts_a_release_on_the_stand_in() {
    let Some(judges) = Judges::find() else { return };
    judges.have_node("@gitbeaker/rest", "@gitbeaker/rest@43.8.0");
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/referee/gitlab_client.mjs");
    drive(&mut judges.node(&script)).await;
}

/// Lets a client that is not ours cut v1.5.0, and looks at what is there then.
async fn drive(command: &mut Command) {
    let world = gitlab_drive::story();
    let address = serve(&world).await;
    let token = world.credentials().access_token;
    let mut command = std::mem::replace(command, Command::new("true"));
    command.args([&address, &token]);
    tokio::task::spawn_blocking(move || run(&mut command)).await.expect("it ends");
    assert_eq!(world.unknown_routes(), Vec::<String>::new());
    let tag = world.tags().into_iter().find(|tag| tag.name == "v1.5.0").expect("it was tagged");
    assert_eq!(tag.message.as_deref().map(str::trim), Some("v1.5.0"));
    let release = world.releases().into_iter().find(|release| release.tag == "v1.5.0");
    assert_eq!(release.map(|release| release.body), Some("Better notes".to_owned()));
    let states: Vec<String> =
        world.deployments_to("production").iter().map(|one| one.state().to_owned()).collect();
    assert_eq!(states, ["success"]);
    let bot = world.comments(4).into_iter().find(|comment| comment.by_bot).expect("it said something");
    assert_eq!(bot.body, "**Next: v1.5.0** (edited)");
}

fn run(command: &mut Command) {
    let output = command.output().expect("it can be run");
    let text =
        format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{text}");
    println!("{text}");
}
