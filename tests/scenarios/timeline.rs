//! What happened, as the journal has it, without what belongs to one forge: what was decided, of which version, where to, for
//! whom, under which policy. Two forges must tell the same. Nobody's words are compared here.

use lockkeeper::domain::journal::Row;
use serde_json::{Map, Value};

use super::stage::Stage;
use super::told;

/// Rows that are not compared, and why.
const ASIDE: &[(&str, &str)] = &[
    (
        "project_joined",
        "an installation tells of its projects before anything happens, a hook when something does",
    ),
    (
        "project_changed",
        "an installation says less of a project than a hook: the first event after it says the rest",
    ),
    ("panel_drawn", "a panel is drawn anew when anything that it shows changed, be it an address"),
    ("panel_shown", "the same"),
    ("attempt_unclaimed", "where a deployment begins as running, nobody is seen to pick it up"),
];

/// What a row says that is the forge's own: its numbers and addresses, and what was made of them.
const FORGES_OWN: &[&str] = &[
    "comment",
    "deploy",
    "deployment",
    "deployments",
    "digest",
    "handle",
    "home",
    "installation",
    "left",
    "milestone",
    "object",
    "page",
    "release",
    "row",
    "run",
    "runs",
    "started",
    "sum",
];

/// What a row says of accounts, by their numbers.
const ACCOUNTS: &[&str] = &["author", "by", "people", "requester", "reviewers", "writers"];

/// The rows of all lanes, each on a line.
pub(super) async fn of(stage: &Stage) -> Vec<String> {
    let rows = stage.journal().await;
    let compared = rows.iter().filter(|(_, row)| !is_aside(row));
    let lines: Vec<String> = compared.map(|(_, row)| line(stage, row)).collect();
    let text = told::same_every_time(lines.join("\n"), stage).await;
    text.lines().map(str::to_owned).collect()
}

/// That an attempt is picked up is aside, too: where it begins as running, it is always so.
fn is_aside(row: &Row) -> bool {
    let is_picked_up = row.kind == "attempt_moved" && row.data["to"] == "in_progress";
    is_picked_up || ASIDE.iter().any(|(kind, _)| *kind == row.kind)
}

fn line(stage: &Stage, row: &Row) -> String {
    let by = row.actor.map(|actor| format!(" by {}", login(stage, actor.0)));
    let under = row.policy.as_ref().map(|revision| format!(" under {revision}"));
    let place = if row.project.is_some() { "" } else { " (of no project)" };
    let said = neutral(stage, &row.data);
    format!("{}{place}{}{} {said}", row.kind, by.unwrap_or_default(), under.unwrap_or_default())
}

fn login(stage: &Stage, account: u64) -> String {
    let login = stage.world.login_of(account);
    match login {
        Some(login) if login == stage.world.bot() => "the bot".to_owned(),
        Some(login) => login,
        None => format!("nobody ({account})"),
    }
}

/// Without the forge's own, with names for accounts, and without the seconds that each forge takes.
fn neutral(stage: &Stage, said: &Value) -> Value {
    match said {
        Value::Object(fields) => Value::Object(fields_of(stage, fields)),
        Value::Array(items) => items.iter().map(|item| neutral(stage, item)).collect(),
        Value::String(text) if text.parse::<jiff::Timestamp>().is_ok() => "a moment".into(),
        other => other.clone(),
    }
}

fn fields_of(stage: &Stage, fields: &Map<String, Value>) -> Map<String, Value> {
    let kept = fields.iter().filter(|(name, _)| !FORGES_OWN.contains(&name.as_str()));
    kept.map(|(name, said)| {
        let is_account = ACCOUNTS.contains(&name.as_str());
        (name.clone(), if is_account { named(stage, said) } else { neutral(stage, said) })
    })
    .collect()
}

fn named(stage: &Stage, said: &Value) -> Value {
    match said {
        Value::Array(all) => all.iter().map(|one| named(stage, one)).collect(),
        Value::Number(account) => {
            account.as_u64().map_or(Value::Null, |account| login(stage, account).into())
        }
        other => neutral(stage, other),
    }
}

/// Where two timelines part.
pub(super) fn difference(github: &[String], gitlab: &[String]) -> Option<String> {
    let lines = github.len().max(gitlab.len());
    let at =
        |lines: &[String], place: usize| lines.get(place).cloned().unwrap_or_else(|| "(nothing)".to_owned());
    let place = (0..lines).find(|place| at(github, *place) != at(gitlab, *place))?;
    let before = place.checked_sub(1).map(|place| at(github, place)).unwrap_or_default();
    Some(format!("after  {before}\ngithub {}\ngitlab {}", at(github, place), at(gitlab, place)))
}
