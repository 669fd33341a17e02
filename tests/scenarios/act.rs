//! What the lines of a script do: people act at the stand-in, things break, time passes, the bot dies. What machines report stands in `work`, what must come of it in `expect`.

use jiff::{SignedDuration, Timestamp};
use lockkeeper::sandbox::{Break, Fault, Role, World};
use lockkeeper::store::Which;

use super::script::{Words, lines};
use super::stage::Stage;
use super::wire::Startable;
use super::work;

/// Does what a line says.
pub(crate) async fn perform(stage: &mut Stage, line: &str) {
    let mut words = Words::of(line);
    match words.word() {
        "begin" => begin(stage, &mut words),
        "merge" => merge(&stage.world, &mut words),
        "tag" => tag(&stage.world, &mut words),
        "release" => release(&stage.world, &mut words),
        "file" => file(&stage.world, &mut words),
        "branch" => branch(&stage.world, &mut words),
        "role" => stage.world.give_role(words.word(), role(words.word())),
        "team" => work::team(&stage.world, &mut words),
        "collaborator" => work::collaborator(&stage.world, &mut words),
        "executor:" => work::executor(stage, &mut words),
        "run" => work::run(stage, &mut words),
        "address" => address(&stage.world, &mut words),
        "check" => work::check(stage, &mut words),
        "status" => work::status(stage, &mut words),
        "asset" => work::asset(&stage.world, &mut words),
        "milestone" => milestone(&stage.world, &mut words),
        "project" => project(&stage.world, words.rest()),
        "rename" => stage.world.rename_project(words.word()),
        "policy" => policy(stage, &mut words),
        "automation" => automation(stage, &mut words),
        "fault" => fault(stage, &mut words),
        "lose" => lose(stage, &mut words),
        "clock" => stage.clock.advance(duration(words.rest())),
        "wait" => stage.wait(duration(words.rest())).await,
        "journal" => journal(stage, words.rest()).await,
        "replay" => replay(stage).await,
        "crash" => crash(stage, &mut words).await,
        "restart" => stage.bot.crash().await,
        "hold" | "go" | "work" | "deliveries" | "redeliver" | "withhold" | "pass" | "leave" => {
            post(stage, line).await;
        }
        who => {
            let login = who.trim_end_matches(':').to_owned();
            let login = if login == "machine" { stage.wire.machine.to_owned() } else { login };
            person(stage, &login, who.ends_with(':'), words);
        }
    }
}

/// The usual start: a team, a released v1.4.2, the bot installed. `begin bare` has no release, `begin public` and
/// `begin private` say who can read, `publishing` adds a workflow that a tag starts.
fn begin(stage: &Stage, words: &mut Words<'_>) {
    let world = &stage.world;
    let asked: Vec<&str> = words.rest().split_whitespace().collect();
    for login in ["ana", "bob", "cem"] {
        world.give_role(login, Role::Write);
    }
    for label in ["feature", "fix", "breaking", "skip-changelog"] {
        world.create_label("ana", label);
    }
    if asked.contains(&"private") {
        world.make_private();
    }
    if asked.contains(&"publishing") {
        let (path, text) = stage.wire.publishing;
        world.push_file(path, text);
    }
    if let Some(policy) = &stage.policy {
        world.push_file(stage.wire.policy_path, &stage.wire.worded(policy));
    }
    if !asked.contains(&"bare") {
        let first = world.open_change("cem", "Show prices with tax");
        world.label(first, "feature");
        let at = world.merge(first, "cem");
        world.annotated_tag_by_hand("ana", "v1.4.2", &at);
        world.release_by_hand("ana", "v1.4.2", &at);
    }
    world.install();
}

/// `address dora unlinked`: nobody finds her account by what her commits say.
fn address(world: &World, words: &mut Words<'_>) {
    let login = words.word();
    assert!(words.takes("unlinked"), "`address dora unlinked`");
    world.unlink_address(login);
}

fn merge(world: &World, words: &mut Words<'_>) {
    let title = words.quoted();
    let opening = opening(words);
    let number = open(world, "cem", &title, &opening);
    world.merge(number, "bob");
}

/// What is said of a change when it is opened: `label feature`, `into release/1.4`, `saying "text"`.
#[derive(Default)]
struct Opening {
    labels: Vec<String>,
    into: Option<String>,
    saying: Option<String>,
    milestone: Option<String>,
}

fn opening(words: &mut Words<'_>) -> Opening {
    let mut opening = Opening::default();
    while !words.is_over() {
        match words.word() {
            "label" => opening.labels.push(words.word().to_owned()),
            "into" => opening.into = Some(words.word().to_owned()),
            "saying" => opening.saying = Some(words.quoted()),
            "for" => opening.milestone = Some(words.word().to_owned()),
            other => panic!("a change is not opened `{other}`"),
        }
    }
    opening
}

fn open(world: &World, login: &str, title: &str, opening: &Opening) -> u64 {
    let number = match &opening.into {
        Some(base) => world.open_change_into(login, title, base),
        None => world.open_change(login, title),
    };
    if let Some(text) = &opening.saying {
        world.describe_change(number, text);
    }
    for label in &opening.labels {
        world.label(number, label);
    }
    if let Some(title) = &opening.milestone {
        world.plan_for(login, number, milestone_number(world, title));
    }
    number
}

fn person(stage: &Stage, login: &str, speaks: bool, mut words: Words<'_>) {
    let world = &stage.world;
    if login == "robot" {
        world.other_bot("robot[bot]");
    }
    let login = if login == "robot" { "robot[bot]" } else { login };
    if speaks {
        world.comment(login, newest(world), &filled(world, words.rest()));
        return;
    }
    let doing = words.word();
    match doing {
        "opens" if words.takes("issue") => {
            let title = words.quoted();
            let body = if words.takes("saying") { words.quoted() } else { String::new() };
            world.open_issue_saying(login, &title, &body);
        }
        "opens" => {
            let title = words.quoted();
            let opening = opening(&mut words);
            open(world, login, &title, &opening);
        }
        "labels" => world.label_as(login, words.number(), words.rest()),
        "unlabels" => world.unlabel(login, words.number(), words.rest()),
        "merges" => _ = world.merge(words.number(), login),
        "closes" => world.close(login, words.number()),
        "reopens" => world.reopen(login, words.number()),
        "rewrites" => world.rewrite(login, words.number(), &words.quoted()),
        "describes" => world.describe_change(words.number(), &words.quoted()),
        "renames" => world.edit_title(login, words.number(), &words.quoted()),
        "plans" => plan(world, login, &mut words),
        "pushes" => pushes(world, login, &mut words),
        "closes-milestone" => world.close_milestone(login, milestone_number(world, words.word())),
        "rechecks" => recheck(world, login, words.number()),
        "publishes" => world.publish_draft(login, words.word()),
        "rewords" => rewords(world, login, &mut words),
        "deploys" => work::deploys(world, login, &mut words),
        "runs" => work::runs(stage, login, &mut words),
        "moves" => work::moves(world, login, &mut words),
        _ => says(world, login, doing, words),
    }
}

fn says(world: &World, login: &str, doing: &str, mut words: Words<'_>) {
    match doing {
        "comments" => {
            let number = words.number();
            world.comment(login, number, &filled(world, words.rest()));
        }
        "remarks" => {
            let number = words.number();
            world.review_comment(login, number, &filled(world, words.rest()));
        }
        "reviews" => {
            let number = words.number();
            world.review(login, number, &filled(world, words.rest()));
        }
        "edits:" => world.edit_comment(login, newest_of(world, login), &filled(world, words.rest())),
        "deletes" => world.delete_comment(login, newest_of(world, login)),
        other => panic!("nobody `{other}`"),
    }
}

/// `rewords v1.5.0 "old" as "new"`: on its page; with nothing old, above all that stands there.
fn rewords(world: &World, login: &str, words: &mut Words<'_>) {
    let tag = words.word();
    let old = words.quoted();
    assert!(words.takes("as"), "`rewords v1.5.0 \"old\" as \"new\"`");
    let found = world.releases().into_iter().rfind(|release| release.tag == tag).expect("it has a page");
    assert!(found.body.contains(&old), "there is no `{old}` in\n{}", found.body);
    // As a browser sends it.
    let body = found.body.replacen(&old, &words.quoted(), 1).replace("\r\n", "\n").replace('\n', "\r\n");
    world.edit_release(login, tag, &body);
}

fn plan(world: &World, login: &str, words: &mut Words<'_>) {
    let number = words.number();
    assert!(words.takes("for"), "`plans #4 for v1.5.0`");
    world.plan_for(login, number, milestone_number(world, words.word()));
}

fn pushes(world: &World, login: &str, words: &mut Words<'_>) {
    let message = words.quoted();
    if words.takes("to") {
        world.push_commit(login, words.number(), &message);
    } else {
        world.push_directly(login, &message);
    }
}

fn recheck(world: &World, login: &str, number: u64) {
    let change = world.changes().into_iter().find(|change| change.number == number).expect("there is one");
    let mut checks = world.check_runs().into_iter().filter(|check| check.by_bot);
    let own = checks.rfind(|check| Some(&check.head) == change.head.as_ref());
    world.rerequest_check(login, own.expect("it has a check").id);
}

fn tag(world: &World, words: &mut Words<'_>) {
    let name = words.word();
    if words.takes("away") {
        return world.delete_tag("ana", name);
    }
    assert!(words.takes("by hand at"), "`tag v1.2.0 by hand at HEAD`");
    world.tag_by_hand("ana", name, &place(world, words.word()));
}

fn release(world: &World, words: &mut Words<'_>) {
    let name = words.word();
    assert!(words.takes("by hand at"), "`release v1.2.0 by hand at HEAD`");
    world.release_by_hand("ana", name, &place(world, words.word()));
}

/// `policy <<< text`, `policy on change-2 <<< text`: the file where this forge has it.
fn policy(stage: &Stage, words: &mut Words<'_>) {
    let line = format!("{} {}", stage.wire.policy_path, stage.wire.worded(words.rest()));
    file(&stage.world, &mut Words::of(&line));
}

/// `automation deploy.yml to staging taking version target`: what deploys there when it is started by hand. Where nothing is said it
/// takes `version`; without `to` only its run tells how it went.
fn automation(stage: &Stage, words: &mut Words<'_>) {
    let name = words.word();
    let environment = words.takes("to").then(|| words.word());
    let inputs = if words.takes("taking") { words.rest() } else { "version" };
    let inputs = inputs.split_whitespace().collect();
    let (path, text) = (stage.wire.automation)(&Startable { name, environment, inputs });
    stage.world.push_file(&path, &text);
}

fn file(world: &World, words: &mut Words<'_>) {
    let path = words.word();
    let branch = words.takes("on").then(|| words.word());
    if words.takes("away") {
        world.remove_file(path);
        return;
    }
    assert!(words.takes("<<<"), "`file PATH <<< text`");
    let text = format!("{}\n", lines(words.rest()));
    match branch {
        Some(branch) => world.push_file_to(branch, path, &text),
        None => world.push_file(path, &text),
    };
}

fn branch(world: &World, words: &mut Words<'_>) {
    let name = words.word();
    if words.takes("protected") {
        return world.protect(name);
    }
    if words.takes("away") {
        return world.delete_branch("ana", name);
    }
    assert!(words.takes("at"), "`branch release/1.4 at v1.4.2`");
    world.create_branch(name, &place(world, words.word()));
}

fn milestone(world: &World, words: &mut Words<'_>) {
    let title = words.word();
    let due = words.takes("due").then(|| words.word());
    let due = due.map(|day| format!("{day}T00:00:00Z").parse::<Timestamp>().expect("a day"));
    world.milestone("ana", title, due);
}

fn project(world: &World, becomes: &str) {
    match becomes {
        "archived" => world.archive(),
        "back from the archive" => world.unarchive(),
        "left by the bot" => world.uninstall(),
        "joined by the bot" => _ = world.install(),
        "private" => world.make_private(),
        "refuses tags" => world.refuse_tags(),
        "takes tags" => world.allow_tags(),
        "takes tokens back" => world.revoke_tokens(),
        "knows no run details" => world.forget_run_details(),
        other => panic!("a project never becomes `{other}`"),
    }
}

/// `fault deployment once server-error-after`: a request by what it does; also `3 times`, `always`, and `after 2` at the end.
fn fault(stage: &Stage, words: &mut Words<'_>) {
    let world = &stage.world;
    if words.takes("over") {
        return world.clear_faults();
    }
    let pattern = stage.wire.operation(words.word()).to_owned();
    let times = match words.word() {
        "once" => 1,
        "always" => u32::MAX,
        count => {
            assert!(words.takes("times"), "`3 times`");
            count.parse().expect("a count")
        }
    };
    let how = how(words);
    let after = if words.takes("after") { words.word().parse().expect("a count") } else { 0 };
    world.inject(Fault { pattern, how, after, times });
}

fn how(words: &mut Words<'_>) -> Break {
    match words.word() {
        "server-error-before" => Break::ServerErrorBefore,
        "server-error-after" => Break::ServerErrorAfter,
        "limited" => Break::TooManyRequests(words.word().trim_end_matches('s').parse().expect("seconds")),
        "secondary-limit" => Break::SecondaryLimit,
        "graphql-limit" => Break::GraphqlRateLimited,
        "unauthorized" => Break::Unauthorized,
        "not-found" => Break::NotFound,
        other => panic!("nothing breaks by `{other}`"),
    }
}

/// `lose answer of comment`: it is done, and the answer never comes.
fn lose(stage: &Stage, words: &mut Words<'_>) {
    assert!(words.takes("answer of"), "`lose answer of comment`");
    stage.world.inject(Fault::once(stage.wire.operation(words.rest()), Break::SilentAfter));
}

async fn crash(stage: &mut Stage, words: &mut Words<'_>) {
    if words.takes("after") {
        let moments = words.word().parse().expect("a count");
        stage.bot.crash_after(moments);
    } else {
        stage.bot.crash().await;
    }
}

async fn post(stage: &mut Stage, line: &str) {
    match line {
        "hold" => stage.holds = true,
        "go" => stage.holds = false,
        "work" => while stage.bot.work().await.unwrap_or(false) {},
        "deliveries arrive" => _ = stage.post().await,
        "deliveries come doubled" => stage.world.double_next_deliveries(u32::MAX),
        "deliveries come last first" => stage.world.reverse_deliveries(),
        "redeliver last" => redeliver(stage),
        "redeliver last under another name" => {
            redeliver(stage);
            stage.renames_next = true;
        }
        "pass on" => stage.pass_on().await,
        "leave it so" => stage.may_leave = true,
        other => match other.strip_prefix("withhold ") {
            Some(event) => stage.withheld = Some(stage.wire.event(event).to_owned()),
            None => panic!("`{other}` says nothing"),
        },
    }
}

/// A fault of the database, planted from outside.
async fn journal(stage: &mut Stage, does: &str) {
    match does {
        "refuses rows" => stage.bot.spoil_journal().await,
        "takes rows" => stage.bot.mend_journal().await,
        other => panic!("a journal never `{other}`"),
    }
}

/// An operator has everything worked again that was put aside.
async fn replay(stage: &Stage) {
    let store = &stage.bot.engine.store;
    for parked in store.parked(10).await.expect("the store can be read") {
        store.replay(&Which::Key(parked.key)).await.expect("what is parked can be replayed");
    }
}

fn redeliver(stage: &Stage) {
    let deliveries = stage.world.deliveries();
    let last = deliveries.iter().rfind(|delivery| (stage.wire.tells_words)(delivery));
    stage.world.redeliver(last.expect("somebody said something").id);
}

pub(crate) fn role(word: &str) -> Role {
    match word {
        "read" => Role::Read,
        "triage" => Role::Triage,
        "write" => Role::Write,
        "maintain" => Role::Maintain,
        "admin" => Role::Admin,
        other => panic!("there is no role `{other}`"),
    }
}

/// `+10s`, `+5m`, `+25h`.
pub(crate) fn duration(text: &str) -> SignedDuration {
    let text = text.trim_start_matches('+');
    let (count, unit) = text.split_at(text.find(|c: char| !c.is_ascii_digit()).expect("a unit"));
    let count: i64 = count.parse().expect("a count of ms, s, m or h");
    match unit {
        "ms" => SignedDuration::from_millis(count),
        "s" => SignedDuration::from_secs(count),
        "m" => SignedDuration::from_mins(count),
        "h" => SignedDuration::from_hours(count),
        other => panic!("there is no unit `{other}`"),
    }
}

/// A commit: `#4` is the one that merged it, `HEAD` the newest of the default branch, else a branch or tag.
pub(crate) fn place(world: &World, text: &str) -> String {
    match text.strip_prefix('#') {
        Some(number) => merged(world, number.parse().expect("a number")),
        None if text == "HEAD" => world.head(),
        None => tip(world, text).unwrap_or_else(|| text.to_owned()),
    }
}

/// The commit at the head of an open change's branch (`change-4`).
fn tip(world: &World, branch: &str) -> Option<String> {
    let number: u64 = branch.strip_prefix("change-")?.parse().ok()?;
    world.changes().into_iter().find(|change| change.number == number)?.head
}

fn merged(world: &World, number: u64) -> String {
    let change = world.changes().into_iter().find(|change| change.number == number);
    change.and_then(|change| change.merge_commit).unwrap_or_else(|| panic!("#{number} is not merged"))
}

/// A person's words: `\n` is a new line, `{#4}` the commit that merged #4, `{main}` the head of a branch, `{long}` a thousand
/// letters.
fn filled(world: &World, text: &str) -> String {
    let mut text = lines(text).replace("{long}", &"x".repeat(1000));
    while let Some(start) = text.find('{') {
        let end = start + text[start..].find('}').expect("a brace ends");
        let commit = place(world, &text[start + 1..end]);
        text.replace_range(start..=end, &commit);
    }
    text
}

fn milestone_number(world: &World, title: &str) -> u64 {
    let found = world.milestones().into_iter().find(|milestone| milestone.title == title);
    found.unwrap_or_else(|| panic!("there is no milestone `{title}`")).number
}

/// The newest change or issue.
pub(crate) fn newest(world: &World) -> u64 {
    world.changes().last().expect("somebody opened something").number
}

fn newest_of(world: &World, login: &str) -> u64 {
    let numbers = world.changes().into_iter().map(|change| change.number);
    let comments = numbers.flat_map(|number| world.comments(number));
    let own = comments.filter(|comment| comment.author == login).map(|comment| comment.id);
    own.max().unwrap_or_else(|| panic!("{login} said nothing"))
}
