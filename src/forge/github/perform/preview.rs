//! The preview: one neutral check run per head commit. It never blocks a merge.

use serde::Deserialize;
use serde_json::{Value, json};

use super::Work;
use crate::domain::effect::Made;
use crate::domain::id::CommitId;
use crate::domain::say::Text;
use crate::forge::PerformError;
use crate::forge::fault::{Fault, if_there};

/// The check's name, as pull requests show it.
const NAME: &str = "Lockkeeper";
/// GitHub cuts longer titles off.
const TITLE_LIMIT: usize = 250;

#[derive(Deserialize)]
struct Check {
    id: u64,
    #[serde(default)]
    app: Option<App>,
}

#[derive(Deserialize)]
struct App {
    id: u64,
}

#[derive(Deserialize)]
struct Page {
    check_runs: Vec<Check>,
}

pub(super) async fn ensure(
    work: &Work<'_>,
    head: &CommitId,
    (title, text): (&str, &Text),
) -> Result<Made, PerformError> {
    let body = body(work, title, text);
    let made = |check: Check| Made::Preview { number: check.id, head: Some(head.clone()) };
    if let Some(number) = work.order.reference.and_then(|reference| on(reference, head))
        && let Some(renewed) = renew(work, number, &body).await?
    {
        return Ok(made(renewed));
    }
    if work.may_be_done()
        && let Some(found) = find(work, head).await?
        && let Some(renewed) = renew(work, &found.id.to_string(), &body).await?
    {
        return Ok(made(renewed));
    }
    let mut new = body;
    new["head_sha"] = json!(head);
    let route = work.reader.repository().then("check-runs");
    work.reader.caller.post(&route, new).await.map(made).map_err(Fault::of_write)
}

/// The number of the check that is known, where it stands on this commit: that of an older head stays as it was.
fn on<'a>(reference: &'a str, head: &CommitId) -> Option<&'a str> {
    let (number, on) = reference.split_once(' ')?;
    (on == head.as_str()).then_some(number)
}

fn body(work: &Work<'_>, title: &str, text: &Text) -> Value {
    let title: String = title.chars().filter(|c| !c.is_control()).take(TITLE_LIMIT).collect();
    json!({
        "name": NAME,
        "status": "completed",
        "conclusion": "neutral",
        "external_id": work.order.key,
        "output": { "title": title, "summary": work.pen().summary(text) },
    })
}

async fn renew(work: &Work<'_>, number: &str, body: &Value) -> Result<Option<Check>, PerformError> {
    let route = work.reader.repository().then("check-runs").then(number);
    let renewed = if_there(work.reader.caller.patch::<Check>(&route, body.clone()).await);
    renewed.map_err(Fault::of_write)
}

/// Our check on this commit: any writer can make one of the same name, so the App's number counts.
async fn find(work: &Work<'_>, head: &CommitId) -> Result<Option<Check>, PerformError> {
    let us = work.ourselves().await?.app;
    let route = work.reader.repository().then("commits").then(head).then("check-runs");
    let route = route.with("check_name", NAME).with("filter", "latest").with("per_page", 100);
    let page: Page = work.reader.caller.get(&route).await.map_err(Fault::of_lookup)?;
    Ok(page.check_runs.into_iter().find(|check| check.app.as_ref().is_some_and(|app| app.id == us)))
}
