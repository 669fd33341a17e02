//! The whole story of a scenario as text, the same on every run: who said and did what, and what there is in the end. Kept beside the script and compared.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;

use lockkeeper::sandbox::{CheckView, Entry, ReleaseView, World};
use serde_json::Value;

use super::stage::{Stage, folder};

/// The story.
pub(crate) async fn story(stage: &Stage, name: &str) -> String {
    let mut text = format!("# {}\n\n## What happened\n", name.replace('_', " "));
    stage.world.timeline().iter().for_each(|entry| text.push_str(&told(entry)));
    same_every_time(text + &end(stage).await, stage).await
}

/// The end of a story, and what was said in it, without the times at which that was.
pub(crate) async fn outcome(stage: &Stage) -> String {
    let mut text = String::new();
    for change in stage.world.changes() {
        for comment in stage.world.comments(change.number) {
            let reactions: Vec<String> = comment.reactions.into_iter().map(|one| one.content).collect();
            let _ = writeln!(text, "#{} {} {reactions:?}\n{}", change.number, comment.author, comment.body);
        }
    }
    let text = same_every_time(text + &end(stage).await, stage).await;
    let is_time = |word: &str| word.len() == 5 && word.as_bytes()[2] == b':';
    text.split(' ').map(|word| if is_time(word) { "TIME" } else { word }).collect::<Vec<_>>().join(" ")
}

async fn end(stage: &Stage) -> String {
    let world = &stage.world;
    let mut text = "\n## What there is\n\n".to_owned();
    for tag in world.tags() {
        let kind = if tag.message.is_some() { "annotated" } else { "lightweight" };
        let _ = writeln!(text, "- tag {} at {}, {kind}", tag.name, tag.commit);
    }
    for check in world.check_runs() {
        let (title, ended) = (check.title.unwrap_or_default(), check.conclusion.unwrap_or(check.status));
        if !check.by_bot {
            let _ = writeln!(text, "- check on {}: {} by {} ({ended})", check.head, check.name, check.app);
            continue;
        }
        let _ = writeln!(
            text,
            "- check on {}: {title} ({ended})\n{}",
            check.head,
            quoted(&check.summary.unwrap_or_default())
        );
    }
    for one in world.deployments() {
        let who = if one.by_bot { "bot" } else { one.creator.as_str() };
        let (place, state) = (format!("{}#{}", one.environment, one.nth), one.state());
        let _ = writeln!(text, "- deployment {place} of {} by {who}: {state}", one.commit);
    }
    for run in world.runs().iter().filter(|run| run.event == "workflow_dispatch") {
        let state = run.conclusion.as_deref().unwrap_or(run.status);
        let _ = writeln!(text, "- run of {} on {} at {}: {state}", run.path, run.head_ref, run.head);
    }
    world.releases().iter().for_each(|release| text.push_str(&page(release)));
    text.push_str("\n## What the journal says\n\n");
    for (lane, row) in &stage.journal().await {
        let place = if row.project.is_some() { String::new() } else { format!(" ({lane})") };
        let told = ["verb", "code", "version"].into_iter().filter_map(|name| row.data.get(name)?.as_str());
        let under = row.policy.as_ref().map(|revision| format!("under {revision}"));
        let told: Vec<String> =
            promoted(&row.data).into_iter().chain(told.map(str::to_owned)).chain(under).collect();
        let _ = writeln!(text, "- {}{place} {}", row.kind, told.join(" "));
    }
    text.replace(" \n", "\n")
}

/// Which promotion a row moved, and to what.
fn promoted(data: &Value) -> Vec<String> {
    let number =
        ["/promotion", "/name/promotion", "/asked/id"].iter().find_map(|at| data.pointer(at)?.as_u64());
    let words = ["how", "to", "because"].into_iter().filter_map(|name| data.get(name)?.as_str());
    number.map(|number| format!("p{number}")).into_iter().chain(words.map(str::to_owned)).collect()
}

fn told(entry: &Entry) -> String {
    let who = if entry.by_bot { "bot" } else { entry.actor.as_str() };
    let head = format!("\n**{who}** {}", entry.subject);
    if entry.text.contains('\n') {
        return format!("{head}:\n\n{}", quoted(&entry.text));
    }
    format!("{head}: {}\n", entry.text)
}

fn page(release: &ReleaseView) -> String {
    let kind = [
        if release.is_draft { "draft" } else { "published" },
        if release.is_prerelease { "pre-release" } else { "final" },
        if release.is_latest { "latest" } else { "not latest" },
    ];
    format!(
        "- release {} by {}: {}\n\n{}\n",
        release.tag,
        release.author,
        kind.join(", "),
        quoted(&release.body)
    )
}

fn quoted(text: &str) -> String {
    text.lines().fold(String::new(), |all, line| format!("{all}{}\n", format!("> {line}").trim_end()))
}

/// Names of commits, numbers of the stand-in and the project's life become words.
pub(super) async fn same_every_time(text: String, stage: &Stage) -> String {
    let rows = stage.journal().await;
    let lives = rows.iter().filter_map(|(_, row)| row.incarnation.as_ref());
    let text = lives.fold(text, |text, life| text.replace(life.as_str(), "LIFE"));
    let commits = commits(&stage.world);
    let text = replaced(&text, |letter| letter.is_ascii_hexdigit(), |word, _| known(&commits, word));
    replaced(
        &text,
        |letter| letter.is_ascii_digit(),
        |word, before| (word.len() >= 4 && matches!(before, Some('/' | '-' | ':'))).then(|| "N".to_owned()),
    )
}

/// Every commit that has a name in the story.
fn commits(world: &World) -> BTreeMap<String, String> {
    let mut named = BTreeMap::new();
    for change in world.changes() {
        let number = change.number;
        named.extend(change.head.map(|head| (head, format!("head(#{number})"))));
        named.extend(change.merge_commit.map(|commit| (commit, format!("commit(#{number})"))));
    }
    let direct = world.commits_between("v1.4.2", "HEAD").into_iter().flatten();
    for (place, (commit, _)) in direct.enumerate() {
        named.entry(commit).or_insert_with(|| format!("commit({place})"));
    }
    // What carries a release holds the stand-in's address, so that its name is another each time, also when it was replaced.
    let carries = |check: &CheckView| check.title.as_deref() == Some("Carries the next release");
    for check in world.check_runs().into_iter().filter(carries) {
        named.entry(check.head).or_insert_with(|| "head(before)".to_owned());
    }
    named
}

fn known(commits: &BTreeMap<String, String>, word: &str) -> Option<String> {
    let is_name = word.len() >= 7 && word.chars().all(|letter| !letter.is_ascii_uppercase());
    let found = commits.iter().find(|(commit, _)| commit.starts_with(word)).filter(|_| is_name);
    match found {
        Some((_, name)) => Some(name.clone()),
        None => (word.len() == 40).then(|| "commit(?)".to_owned()),
    }
}

/// Replaces whole words of such letters.
fn replaced(
    text: &str,
    belongs: impl Fn(char) -> bool,
    replace: impl Fn(&str, Option<char>) -> Option<String>,
) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(start) = rest.find(char::is_alphanumeric) {
        out.push_str(&rest[..start]);
        let word_end = rest[start..].find(|letter: char| !letter.is_alphanumeric());
        let end = word_end.map_or(rest.len(), |length| start + length);
        let word = &rest[start..end];
        let new = word.chars().all(&belongs).then(|| replace(word, out.chars().next_back())).flatten();
        out.push_str(new.as_deref().unwrap_or(word));
        rest = &rest[end..];
    }
    out + rest
}

/// Compares a story with the one that is kept. `UPDATE_SCENARIOS=1` keeps the new one instead, except where `CI` is set.
pub(crate) fn compare(name: &str, file: &str, story: &str) {
    let (kept, new) = (folder(name).join(file), folder(name).join(format!("{file}.new")));
    let is_ci = std::env::var_os("CI").is_some();
    if fs::read_to_string(&kept).is_ok_and(|text| text == story) {
        let _ = fs::remove_file(new);
        return;
    }
    if std::env::var_os("UPDATE_SCENARIOS").is_some() && !is_ci {
        fs::write(&kept, story).expect("the fixture can be written");
        let _ = fs::remove_file(new);
        return;
    }
    if !is_ci {
        fs::write(&new, story).expect("the fixture can be written");
    }
    let text = fs::read_to_string(&kept).unwrap_or_default();
    panic!(
        "`{name}` tells another story. {}\nRead it, then take it over with UPDATE_SCENARIOS=1 (never where CI is set).",
        first_difference(&text, story)
    );
}

fn first_difference(kept: &str, story: &str) -> String {
    let mut pairs = kept.lines().zip(story.lines()).enumerate();
    match pairs.find(|(_, (old, new))| old != new) {
        Some((at, (old, new))) => format!("Line {}:\n- {old}\n+ {new}", at + 1),
        None => format!("It has {} lines, not {}.", story.lines().count(), kept.lines().count()),
    }
}
