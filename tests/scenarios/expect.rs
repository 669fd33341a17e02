//! What a script expects, written by hand. A snapshot can be accepted unread; these lines cannot.

use lockkeeper::sandbox::{CommentView, Entry, ReleaseView};

use super::act::place;
use super::bot;
use super::script::{Line, Words};
use super::stage::Stage;

/// Judges one expectation.
pub(crate) async fn judge(stage: &Stage, text: &str, line: &Line) {
    let mut words = Words::of(text);
    let verdict = match words.word() {
        "bot" => said(stage, &mut words),
        "no" => none(stage, &mut words).await,
        "nothing" => nothing(stage),
        "reaction" => reaction(stage, words.word()),
        "code" => code(stage, words.word()),
        "tag" => tag(stage, &mut words),
        "release" => release(stage, &mut words),
        "releases" => count("releases", stage.world.releases().len(), words.word()),
        "tags" => count("tags", stage.world.tags().len(), words.word()),
        "check" => check(stage, &words.quoted()),
        "checks" => count("check runs", stage.world.check_runs().len(), words.word()),
        "journal" => journal(stage, &mut words).await,
        "requests" => requests(stage, &mut words),
        "parked" => {
            count("parked signals", usize::try_from(stage.bot.parked().await).unwrap_or(0), words.word())
        }
        other => Err(format!("nothing is expected by `{other}`")),
    };
    if let Err(why) = verdict {
        let reasons = bot::reasons(stage.bot.folder()).await.join("\n");
        panic!("{line}\n{why}\n\nthe story so far:\n{}\n\nignored:\n{reasons}", last_lines(stage));
    }
}

type Verdict = Result<(), String>;

fn ensure(holds: bool, why: impl FnOnce() -> String) -> Verdict {
    if holds { Ok(()) } else { Err(why()) }
}

fn count(what: &str, found: usize, wanted: &str) -> Verdict {
    ensure(wanted.parse() == Ok(found), || format!("{found} {what}"))
}

/// `bot says "…"`, `bot on #4 contains "…"`, `bot on #4 lacks "…"`, `bot on #4 said 2`; `on a line of #4` counts only what it
/// said there.
fn said(stage: &Stage, words: &mut Words<'_>) -> Verdict {
    if words.takes("says") {
        let wanted = words.quoted();
        let said = newest_words(stage);
        return ensure(said.contains(&wanted), || format!("the bot's newest words are\n{said}"));
    }
    if !words.takes("on") {
        return Err("`bot says`, or `bot on #4 …`".to_owned());
    }
    let on_lines = words.takes("a line of");
    let number = words.number();
    let said = if on_lines { stage.world.review_comments(number) } else { everything_on(stage, number) };
    let said: Vec<String> = said.into_iter().filter(|one| one.by_bot).map(|one| one.body).collect();
    let all = said.join("\n\n");
    match words.word() {
        "contains" => {
            let wanted = words.quoted();
            ensure(all.contains(&wanted), || format!("the bot said on #{number}:\n{all}"))
        }
        "lacks" => {
            let unwanted = words.quoted();
            ensure(!all.contains(&unwanted), || format!("the bot said on #{number}:\n{all}"))
        }
        "said" => count("comments of the bot", said.len(), words.word()),
        other => Err(format!("nothing is expected of the bot by `{other}`")),
    }
}

/// `no answer`, `no tag v1.5.0`, `no release v1.5.0`, `no journal release_cut`.
async fn none(stage: &Stage, words: &mut Words<'_>) -> Verdict {
    match words.word() {
        "answer" => {
            let said: Vec<Entry> = since(stage).into_iter().filter(is_answer).collect();
            ensure(said.is_empty(), || format!("the bot answered: {said:?}"))
        }
        "tag" => {
            let name = words.word();
            ensure(stage.world.tags().iter().all(|tag| tag.name != name), || "there is one".to_owned())
        }
        "release" => {
            let name = words.word();
            ensure(find(stage, name).is_none(), || "there is one".to_owned())
        }
        "journal" => {
            let kind = words.word();
            let found = kinds(stage).await.into_iter().filter(|one| one == kind).count();
            ensure(found == 0, || format!("{found} rows"))
        }
        other => Err(format!("there is never a `{other}`")),
    }
}

fn is_answer(entry: &Entry) -> bool {
    entry.by_bot && entry.subject.starts_with('#') && !entry.text.starts_with("reacts ")
}

/// The bot did nothing at all that anybody sees.
fn nothing(stage: &Stage) -> Verdict {
    let done: Vec<Entry> = since(stage).into_iter().filter(|entry| entry.by_bot).collect();
    ensure(done.is_empty(), || format!("the bot did: {done:?}"))
}

/// The newest reaction of the bot.
fn reaction(stage: &Stage, wanted: &str) -> Verdict {
    let mut reactions =
        since(stage).into_iter().filter(|entry| entry.by_bot && entry.text.starts_with("reacts "));
    let found = reactions.next_back().map(|entry| entry.text);
    ensure(found == Some(format!("reacts :{wanted}:")), || format!("found {found:?}"))
}

/// The code in small print; an underscore may be escaped.
fn code(stage: &Stage, wanted: &str) -> Verdict {
    let said = newest_words(stage).replace('\\', "");
    let mut words = said.split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_');
    let found = words.rfind(|word| word.starts_with("E_"));
    ensure(found == Some(wanted), || format!("found {found:?} in\n{said}"))
}

fn tag(stage: &Stage, words: &mut Words<'_>) -> Verdict {
    let name = words.word();
    let Some(tag) = stage.world.tags().into_iter().find(|tag| tag.name == name) else {
        return Err("there is none".to_owned());
    };
    if !words.takes("at") {
        return Ok(());
    }
    let wanted = place(&stage.world, words.word());
    ensure(tag.commit == wanted, || format!("it is at {}, not at {wanted}", tag.commit))
}

/// `release v1.5.0 published latest contains "…"`: any of `published draft final prerelease latest older`, then words of its notes.
fn release(stage: &Stage, words: &mut Words<'_>) -> Verdict {
    let name = words.word();
    let Some(found) = find(stage, name) else { return Err("there is none".to_owned()) };
    while !words.is_over() {
        let wanted = words.word();
        let holds = match wanted {
            "published" => !found.is_draft,
            "draft" => found.is_draft,
            "prerelease" => found.is_prerelease,
            "final" => !found.is_prerelease,
            "latest" => found.is_latest,
            "older" => !found.is_latest,
            "contains" => found.body.contains(&words.quoted()),
            "lacks" => !found.body.contains(&words.quoted()),
            other => return Err(format!("a release is never `{other}`")),
        };
        ensure(holds, || format!("not {wanted}: {found:?}"))?;
    }
    Ok(())
}

fn find(stage: &Stage, tag: &str) -> Option<ReleaseView> {
    stage.world.releases().into_iter().rfind(|release| release.tag == tag)
}

/// The newest check run's title.
fn check(stage: &Stage, wanted: &str) -> Verdict {
    let told = stage.world.timeline().into_iter().rfind(|entry| entry.subject == "checks");
    let found = told.map(|entry| entry.text);
    let title = found.as_deref().and_then(|line| line.split_once(": ")).map(|(_, title)| title);
    ensure(title == Some(wanted), || format!("found {found:?}"))
}

/// `journal release_cut` (once or oftener), `journal release_cut 1`, `journal cut_started under HEAD` (the policy's revision).
async fn journal(stage: &Stage, words: &mut Words<'_>) -> Verdict {
    let kind = words.word();
    if words.takes("under") {
        let wanted = place(&stage.world, words.word());
        let rows = stage.journal().await;
        let found = rows.iter().rfind(|(_, row)| row.kind == kind).and_then(|(_, row)| row.policy.clone());
        return ensure(found.as_ref().is_some_and(|one| one.as_str() == wanted), || {
            format!("found {found:?}")
        });
    }
    let kinds = kinds(stage).await;
    let found = kinds.iter().filter(|one| *one == kind).count();
    if words.is_over() {
        return ensure(found > 0, || format!("only {kinds:?}"));
    }
    count(&format!("rows `{kind}`"), found, words.word())
}

async fn kinds(stage: &Stage) -> Vec<String> {
    stage.journal().await.into_iter().map(|(_, row)| row.kind).collect()
}

/// `requests <= 30`, since the last act began; `requests POST 1`: so many of that method, not counting GraphQL.
fn requests(stage: &Stage, words: &mut Words<'_>) -> Verdict {
    let all = stage.world.requests();
    let made = &all[stage.before.requests..];
    if words.takes("<=") {
        let most: usize = words.word().parse().expect("a count");
        return ensure(made.len() <= most, || format!("{} requests", made.len()));
    }
    let method = words.word();
    let found = made.iter().filter(|one| one.method == method && !one.path.ends_with("graphql")).count();
    count(&format!("{method} requests"), found, words.word())
}

fn since(stage: &Stage) -> Vec<Entry> {
    stage.world.timeline().split_off(stage.before.timeline)
}

/// What was said on a thread and its lines, in order.
fn everything_on(stage: &Stage, number: u64) -> Vec<CommentView> {
    let mut said = stage.world.comments(number);
    said.extend(stage.world.review_comments(number));
    said.sort_by_key(|comment| comment.id);
    said
}

fn newest_words(stage: &Stage) -> String {
    let said = since(stage).into_iter().rfind(is_answer);
    said.map_or_else(|| "(nothing since the last act)".to_owned(), |entry| entry.text)
}

fn last_lines(stage: &Stage) -> String {
    let timeline = stage.world.timeline();
    let from = timeline.len().saturating_sub(14);
    let line = |entry: &Entry| format!("{} {}: {}", entry.actor, entry.subject, entry.text);
    timeline[from..].iter().map(line).collect::<Vec<_>>().join("\n")
}
