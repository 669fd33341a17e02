//! What a script expects, written by hand. A snapshot can be accepted unread; these lines cannot.

use jiff::Timestamp;
use lockkeeper::sandbox::{CheckView, CommentView, Entry, ReleaseView, RunView};

use super::act::{duration, place};
use super::bot;
use super::script::{Line, Words};
use super::stage::Stage;
use super::work::{chosen, commit, counted, inputs};

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
        "checks" => count("check runs", own_checks(stage).len(), words.word()),
        "deployment" => deployment(stage, &mut words),
        "deployments" => count("deployments", stage.world.deployments_to(words.word()).len(), words.word()),
        "label" => {
            let name = words.rest();
            ensure(stage.world.labels().iter().any(|one| one == name), || "there is none".to_owned())
        }
        "labels" => count("labels", stage.world.labels().len(), words.word()),
        "run" => run(stage, &mut words),
        "runs" => count("runs", runs(stage, words.word()).len(), words.word()),
        "statuses" => count("statuses", stage.world.statuses().len(), words.word()),
        "issue" => issue(stage, &mut words),
        "change" => change(stage, &mut words),
        "file" => file(stage, &mut words),
        "issues" => {
            let issues = stage.world.changes().into_iter().filter(|one| !one.is_change).count();
            count("issues", issues, words.word())
        }
        quoted if quoted.starts_with('"') => context(stage, &mut Words::of(text)),
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
        let wanted = stage.wire.shown(&stage.world, &words.quoted());
        let said = newest_words(stage);
        return ensure(said.contains(&wanted), || format!("the bot's newest words are\n{said}"));
    }
    if words.takes("wrote") {
        return paced(stage, words);
    }
    if !words.takes("on") {
        return Err("`bot says`, `bot wrote`, or `bot on #4 …`".to_owned());
    }
    let on_lines = words.takes("a line of");
    let number = words.number();
    let said = if on_lines { stage.world.review_comments(number) } else { everything_on(stage, number) };
    let said: Vec<String> = said.into_iter().filter(|one| one.by_bot).map(|one| one.body).collect();
    let all = said.join("\n\n");
    match words.word() {
        "contains" => {
            let wanted = stage.wire.shown(&stage.world, &words.quoted());
            ensure(all.contains(&wanted), || format!("the bot said on #{number}:\n{all}"))
        }
        "lacks" => {
            let unwanted = stage.wire.shown(&stage.world, &words.quoted());
            ensure(!all.contains(&unwanted), || format!("the bot said on #{number}:\n{all}"))
        }
        "said" => {
            count("comments of the bot", said.iter().filter(|body| !is_preview(body)).count(), words.word())
        }
        other => Err(format!("nothing is expected of the bot by `{other}`")),
    }
}

/// `bot wrote "…" 4 times 1s apart`: since the story began, each so long after the one before; without the end, whenever.
fn paced(stage: &Stage, words: &mut Words<'_>) -> Verdict {
    let (wanted, times) = (words.quoted(), words.word());
    assert!(words.takes("times"), "`4 times 1s apart`");
    let apart = (!words.is_over()).then(|| duration(words.word()));
    let written = stage.world.timeline().into_iter().filter(|one| one.by_bot && one.text.contains(&wanted));
    let at: Vec<Timestamp> = written.map(|one| one.at).collect();
    count("such comments", at.len(), times)?;
    let mut pairs = at.windows(2);
    let is_paced = apart.is_none_or(|apart| pairs.all(|pair| pair[1].duration_since(pair[0]) == apart));
    ensure(is_paced, || format!("written at {at:?}"))
}

/// `no answer`, `no tag v1.5.0`, `no release v1.5.0`, `no deployment staging`, `no run deploy.yml`, `no journal release_cut`.
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
        "file" => ensure(file(stage, words).is_err(), || "there is one".to_owned()),
        "change" => {
            let number = words.number();
            let is_there = stage.world.changes().into_iter().any(|one| one.number == number);
            ensure(!is_there, || "there is one".to_owned())
        }
        "deployment" => {
            let found = stage.world.deployments_to(words.word()).len();
            ensure(found == 0, || format!("{found} deployments"))
        }
        "run" => {
            let found = runs(stage, words.word()).len();
            ensure(found == 0, || format!("{found} runs"))
        }
        "journal" => {
            let kind = words.word();
            let found = kinds(stage).await.into_iter().filter(|one| one == kind).count();
            ensure(found == 0, || format!("{found} rows"))
        }
        other => Err(format!("there is never a `{other}`")),
    }
}

/// Words to somebody; opening or closing an issue is none.
fn is_answer(entry: &Entry) -> bool {
    let deeds = ["reacts ", "opens ", "closes it", "rewrites it", "renames it ", "labels it "];
    let is_deed = deeds.iter().any(|deed| entry.text.starts_with(deed));
    entry.by_bot && entry.subject.starts_with('#') && !is_deed && !is_preview(&entry.text)
}

/// What a forge without checks of ours shows instead: an answer to nobody.
fn is_preview(text: &str) -> bool {
    text.contains("<!-- lockkeeper:preview:")
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

/// `release v1.5.0 published latest contains "…"`: any of `published draft final prerelease latest older`, what its publication
/// tags (`at #4`), then words of its notes.
fn release(stage: &Stage, words: &mut Words<'_>) -> Verdict {
    let name = words.word();
    let Some(found) = find(stage, name) else { return Err("there is none".to_owned()) };
    while !words.is_over() {
        let wanted = words.word();
        let holds = match wanted {
            "published" => !found.is_draft,
            "draft" => found.is_draft,
            // Where a forge has no such marks, nothing can be expected of them.
            "prerelease" | "final" | "latest" | "older" if !stage.wire.marks_releases => true,
            "prerelease" => found.is_prerelease,
            "final" => !found.is_prerelease,
            "latest" => found.is_latest,
            "older" => !found.is_latest,
            "at" => found.target == commit(&stage.world, words.word()),
            "contains" => found.body.contains(&stage.wire.shown(&stage.world, &words.quoted())),
            "lacks" => !found.body.contains(&stage.wire.shown(&stage.world, &words.quoted())),
            other => return Err(format!("a release is never `{other}`")),
        };
        ensure(holds, || format!("not {wanted}: {found:?}"))?;
    }
    Ok(())
}

/// `change #4 "its title" into release/1.4 label fix`.
fn change(stage: &Stage, words: &mut Words<'_>) -> Verdict {
    let number = words.number();
    let changes = stage.world.changes().into_iter();
    let Some(found) = changes.filter(|one| one.is_change).find(|one| one.number == number) else {
        return Err("there is none".to_owned());
    };
    let title = words.quoted();
    ensure(found.title == title, || format!("it is {found:?}"))?;
    while !words.is_over() {
        let (what, wanted) = (words.word(), words.word());
        let holds = match what {
            "into" => found.base.as_deref() == Some(wanted),
            "label" => found.labels.iter().any(|label| label == wanted),
            other => return Err(format!("a change is never `{other}`")),
        };
        ensure(holds, || format!("it is {found:?}"))?;
    }
    Ok(())
}

/// `file changes/3.md on release/1.4 contains "text"`.
fn file(stage: &Stage, words: &mut Words<'_>) -> Verdict {
    let path = words.word();
    assert!(words.takes("on"), "`file PATH on BRANCH`");
    let Some(text) = stage.world.file(words.word(), path) else { return Err("there is none".to_owned()) };
    if !words.takes("contains") {
        return Ok(());
    }
    let wanted = words.quoted();
    ensure(text.contains(&wanted), || format!("it says {text:?}"))
}

fn find(stage: &Stage, tag: &str) -> Option<ReleaseView> {
    stage.world.releases().into_iter().rfind(|release| release.tag == tag)
}

/// The title of our newest check run.
fn check(stage: &Stage, wanted: &str) -> Verdict {
    if !stage.wire.has_checks {
        return preview(stage, wanted);
    }
    let told = stage.world.timeline().into_iter().rfind(|entry| entry.subject == "checks" && entry.by_bot);
    let found = told.map(|entry| entry.text);
    let title = found.as_deref().and_then(|line| line.split_once(": ")).map(|(_, title)| title);
    ensure(title == Some(wanted), || format!("found {found:?}"))
}

/// Where a forge has no checks that are not in the way: a note, which is made only where a label is missing and then kept true.
fn preview(stage: &Stage, wanted: &str) -> Verdict {
    let changes = stage.world.changes().into_iter();
    let notes = changes.flat_map(|change| stage.world.comments(change.number));
    let previews = notes.filter(|note| note.by_bot && is_preview(&note.body));
    let newest = previews.collect::<Vec<_>>().pop().map(|note| note.body);
    let shown = newest.as_deref().and_then(|body| body.lines().next()).map(|line| line.replace("**", ""));
    let says_so = shown.as_deref() == Some(wanted);
    ensure(says_so || !wanted.starts_with("Needs a label"), || format!("found {shown:?}"))
}

fn own_checks(stage: &Stage) -> Vec<CheckView> {
    stage.world.check_runs().into_iter().filter(|check| check.by_bot).collect()
}

/// `"build" success on #4`: a check run or a commit status, the newest of that name there.
fn context(stage: &Stage, words: &mut Words<'_>) -> Verdict {
    let (name, wanted) = (words.quoted(), words.word());
    let at = words.takes("on").then(|| commit(&stage.world, words.word()));
    let at = at.unwrap_or_else(|| stage.world.head());
    let checks = stage.world.check_runs().into_iter().filter(|one| one.name == name && one.head == at);
    let checks = checks.map(|one| one.conclusion.unwrap_or(one.status));
    let statuses = stage.world.statuses().into_iter().filter(|one| one.context == name && one.head == at);
    let found = checks.chain(statuses.map(|one| one.state)).last();
    ensure(found.as_deref() == Some(wanted), || format!("found {found:?}"))
}

/// `deployment staging success`, `deployment staging#1 waiting of v1.5.0 by bot`: its newest report, its commit, who asked for it.
fn deployment(stage: &Stage, words: &mut Words<'_>) -> Verdict {
    let (environment, nth) = counted(words.word());
    let Some(found) = chosen(stage.world.deployments_to(environment), nth) else {
        return Err("there is none".to_owned());
    };
    ensure(found.state() == stage.wire.state(words.word()), || format!("it is {found:?}"))?;
    while !words.is_over() {
        let holds = match words.word() {
            "of" => found.commit == commit(&stage.world, words.word()),
            "by" => match words.word() {
                "bot" => found.by_bot,
                login => found.creator == login,
            },
            "carries" => found.payload.to_string().contains(&words.quoted()),
            other => return Err(format!("a deployment is never `{other}`")),
        };
        ensure(holds, || format!("it is {found:?}"))?;
    }
    Ok(())
}

/// The runs of what scripts call so.
fn runs(stage: &Stage, name: &str) -> Vec<RunView> {
    stage.world.runs_of(stage.wire.file(name))
}

/// `run deploy.yml success on v1.5.0 at #4 with version=v1.5.0`: how it stands, its ref, its commit, its inputs (to the end).
fn run(stage: &Stage, words: &mut Words<'_>) -> Verdict {
    let (file, nth) = counted(words.word());
    let Some(found) = chosen(runs(stage, file), nth) else { return Err("there is none".to_owned()) };
    let stands = words.word();
    let is_so = found.conclusion.as_deref().unwrap_or(found.status) == stands;
    ensure(is_so, || format!("it is {found:?}"))?;
    while !words.is_over() {
        let holds = match words.word() {
            "on" => found.head_ref == words.word(),
            "at" => found.head == commit(&stage.world, words.word()),
            "with" => {
                let rest = words.rest();
                *words = Words::of("");
                found.inputs == inputs(rest)
            }
            other => return Err(format!("a run is never `{other}`")),
        };
        ensure(holds, || format!("it is {found:?}"))?;
    }
    Ok(())
}

/// `issue "words of its title" open contains "…"`: the newest such issue; `closed`, `lacks "…"`.
fn issue(stage: &Stage, words: &mut Words<'_>) -> Verdict {
    let title = words.quoted();
    let mut issues = stage.world.changes().into_iter().filter(|one| !one.is_change);
    let Some(found) = issues.rfind(|one| one.title.contains(&title)) else {
        return Err("there is none".to_owned());
    };
    while !words.is_over() {
        let holds = match words.word() {
            "contains" => found.body.contains(&words.quoted()),
            "lacks" => !found.body.contains(&words.quoted()),
            state => found.state == state,
        };
        ensure(holds, || format!("it is {found:?}"))?;
    }
    Ok(())
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
