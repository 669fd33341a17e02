//! What machines report, as lines of a script: deployments, workflow runs, checks, statuses, teams, assets. Here all their words stand together; what people say and merge stands in `act`.
//!
//! ```text
//! executor: staging in_progress                  the newest deployment to staging, by the forge's machine
//! executor: staging#1 success                    the first one: late and reordered reports
//! executor: staging failure app vercel           by another app; `by ana`: by a person
//! executor: staging success sha #4 saying "Up."  the newest one of that commit; with a description
//! ana deploys staging v1.4.2                     a deployment by hand; `machine deploys …` by the forge's machine
//! ana deploys preview HEAD transient             whose environment will be gone
//!
//! run deploy.yml in_progress                     the newest run of the file; it deploys where its jobs say
//! run deploy.yml#1 failure                       any conclusion: success failure cancelled timed_out skipped
//! run deploy.yml astray to #4                    before it is started: the next run goes to another commit
//! run deploy.yml ignores cancelling              it is told to end early, and goes on
//! ana runs deploy.yml on v1.5.0 version=v1.5.0   a run by hand
//! project knows no run details                   an older server: it refuses `return_run_details`
//!
//! check "build" success                          on HEAD, by the forge's machine; queued in_progress or a conclusion
//! check "build" failure app circleci on v1.5.0   `on #4`: its merge commit, or its head while it is open
//! status "ci/x" pending by ana on change-4       error failure pending success
//!
//! team acme/release: +bob -carol                 `team acme/release bob dan` sets all; none: it is empty
//! team acme/release away                         there is no such team any more
//! collaborator dan write                         and `collaborator dan away`; `role` does the same unheard
//! asset v1.5.0 app.zip a1                        the digest is `sha256:a1a1…`; the same name again replaces it
//! mallory moves tag v1.5.0 to HEAD               a forced push of the tag
//!
//! ana opens issue "It is slow" saying "Since noon."
//! ana rewrites #5 "Since one."                   a change or an issue; also `closes #5`, `reopens #5`
//! ```
//! What breaks on the way to the forge is said with `fault` and `lose`, as for all else: `fault deployment once
//! server-error-after`, `lose answer of start-run`.

use std::collections::BTreeMap;

use lockkeeper::sandbox::{DeploymentView, Role, RunView, World};

use super::act::{place, role};
use super::script::Words;
use super::stage::Stage;

/// `staging#2`: a name, and the place in the order of making.
pub(crate) fn counted(word: &str) -> (&str, Option<usize>) {
    match word.split_once('#') {
        Some((name, nth)) => (name, Some(nth.parse().expect("a place from 1"))),
        None => (word, None),
    }
}

/// The one at a place from 1, or the last.
pub(crate) fn chosen<T>(all: Vec<T>, nth: Option<usize>) -> Option<T> {
    match nth {
        Some(nth) => all.into_iter().nth(nth.checked_sub(1)?),
        None => all.into_iter().next_back(),
    }
}

/// A commit: what [`place`] knows, and the head of an open change as `#4`.
pub(crate) fn commit(world: &World, text: &str) -> String {
    let number = text.strip_prefix('#').and_then(|number| number.parse::<u64>().ok());
    let open = number.and_then(|number| {
        let change = world.changes().into_iter().find(|change| change.number == number)?;
        change.head.filter(|_| change.merge_commit.is_none())
    });
    let name = open.unwrap_or_else(|| place(world, text));
    world.commit_at(&name).unwrap_or_else(|| panic!("there is no commit `{text}`"))
}

/// Who reports, of what, with which words.
struct Telling {
    login: String,
    at: Option<String>,
    words: String,
}

fn telling(stage: &Stage, words: &mut Words<'_>) -> Telling {
    let (world, login) = (&stage.world, stage.wire.machine.to_owned());
    let mut telling = Telling { login, at: None, words: String::new() };
    while !words.is_over() {
        match words.word() {
            "by" => words.word().clone_into(&mut telling.login),
            "app" => telling.login = format!("{}[bot]", words.word()),
            "on" | "sha" => telling.at = Some(commit(world, words.word())),
            "saying" => telling.words = words.quoted(),
            other => panic!("nothing is reported `{other}`"),
        }
    }
    telling
}

pub(crate) fn executor(stage: &Stage, words: &mut Words<'_>) {
    let world = &stage.world;
    let (environment, nth) = counted(words.word());
    let state = words.word();
    let telling = telling(stage, words);
    let mut all = world.deployments_to(environment);
    all.retain(|one| telling.at.as_ref().is_none_or(|commit| *commit == one.commit));
    let found: Option<DeploymentView> = chosen(all, nth);
    let deployment = found.unwrap_or_else(|| panic!("nobody deployed that to {environment}"));
    world.report(&telling.login, deployment.id, state, &telling.words);
}

pub(crate) fn deploys(world: &World, login: &str, words: &mut Words<'_>) {
    let (environment, at) = (words.word(), words.word());
    let reference = if at.starts_with('#') || at == "HEAD" { commit(world, at) } else { at.to_owned() };
    if words.takes("transient") {
        world.deploy_transiently(login, environment, &reference);
    } else {
        world.deploy(login, environment, &reference);
    }
}

pub(crate) fn run(stage: &Stage, words: &mut Words<'_>) {
    let (name, nth) = counted(words.word());
    let (world, file) = (&stage.world, stage.wire.file(name));
    if words.takes("astray to") {
        return world.lead_astray(file, &commit(world, words.word()));
    }
    let found: Option<RunView> = chosen(world.runs_of(file), nth);
    let id = found.unwrap_or_else(|| panic!("{file} never ran")).id;
    match words.rest() {
        "in_progress" => world.begin_run(id),
        "ignores cancelling" => world.ignore_cancel(id),
        conclusion => world.finish_run(id, conclusion),
    }
}

pub(crate) fn runs(stage: &Stage, login: &str, words: &mut Words<'_>) {
    let (world, file) = (&stage.world, stage.wire.file(words.word()));
    assert!(words.takes("on"), "`ana runs deploy.yml on v1.5.0`");
    let reference = words.word();
    world.dispatch(login, file, reference, &inputs(words.rest()));
}

/// `name=value`, several.
pub(crate) fn inputs(text: &str) -> BTreeMap<String, String> {
    let pairs = text.split_whitespace().map(|pair| pair.split_once('=').expect("`name=value`"));
    pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}

pub(crate) fn check(stage: &Stage, words: &mut Words<'_>) {
    let (name, outcome) = (words.quoted(), words.word());
    let telling = telling(stage, words);
    let at = telling.at.unwrap_or_else(|| stage.world.head());
    stage.world.report_check(&telling.login, &name, &at, outcome);
}

pub(crate) fn status(stage: &Stage, words: &mut Words<'_>) {
    let (context, state) = (words.quoted(), words.word());
    let telling = telling(stage, words);
    let at = telling.at.unwrap_or_else(|| stage.world.head());
    stage.world.report_status(&telling.login, &context, &at, state);
}

pub(crate) fn team(world: &World, words: &mut Words<'_>) {
    let name = words.word();
    let (organization, slug) = name.split_once('/').expect("`team acme/release carol`");
    if words.takes("away") {
        return world.disband_team(organization, slug);
    }
    let members: Vec<&str> = words.rest().split_whitespace().collect();
    let Some(slug) = slug.strip_suffix(':') else { return world.team(organization, slug, &members) };
    for change in members {
        match change.split_at(1) {
            ("+", login) => world.join_team(organization, slug, login),
            ("-", login) => world.leave_team(organization, slug, login),
            _ => panic!("`team acme/release: +bob -carol`, not `{change}`"),
        }
    }
}

pub(crate) fn collaborator(world: &World, words: &mut Words<'_>) {
    let login = words.word();
    let may = if words.takes("away") { Role::None } else { role(words.word()) };
    world.collaborator(login, may);
}

pub(crate) fn asset(world: &World, words: &mut Words<'_>) {
    let (tag, name, digits) = (words.word(), words.word(), words.word());
    let is_hex = !digits.is_empty() && digits.bytes().all(|digit| digit.is_ascii_hexdigit());
    assert!(is_hex, "`asset v1.5.0 app.zip a1`");
    let sum: String = digits.chars().cycle().take(64).collect();
    world.add_asset("ana", tag, name, &format!("sha256:{sum}"));
}

pub(crate) fn moves(world: &World, login: &str, words: &mut Words<'_>) {
    assert!(words.takes("tag"), "`mallory moves tag v1.5.0 to HEAD`");
    let name = words.word();
    assert!(words.takes("to"), "`mallory moves tag v1.5.0 to HEAD`");
    world.move_tag(login, name, &commit(world, words.word()));
}
