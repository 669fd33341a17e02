//! What the stories left, however often the server died: nothing lost, nothing twice. Nothing is waited for here.

use std::collections::BTreeMap;

use lockkeeper::sandbox::World;

use crate::stage::Stage;
use crate::story::Thread;

/// Where production is, in its waves.
const TARGETS: [&str; 3] = ["eu-1", "us-1", "us-2"];

/// The forge heard everything: no effect was refused or given up.
pub(crate) fn nothing_was_lost(metrics: &str) {
    let ended_badly: Vec<&str> = metrics
        .lines()
        .filter(|line| line.starts_with("lockkeeper_effects{"))
        .filter(|line| line.contains("\"lost\"") || line.contains("\"refused\""))
        .collect();
    assert!(ended_badly.iter().all(|line| line.ends_with(" 0")), "{ended_badly:?}");
}

/// Every story is told once and to its end, at the forge and in the database.
pub(crate) async fn once(stage: &Stage, projects: &[World], threads: &[Thread]) {
    for project in projects {
        let thread = threads.iter().find(|thread| thread.path == project.path()).unwrap();
        one_release(project);
        what_runs_where(project);
        one_answer_to_each(project, thread);
        one_follow_up(project);
    }
    let timeline = stage.world.timeline();
    let by_bot =
        |deed: &str| timeline.iter().filter(|entry| entry.by_bot && entry.text.contains(deed)).count();
    assert_eq!(by_bot("creates tag v1.5.0"), projects.len());
    assert_eq!(by_bot("deletes "), 0, "something was made and taken away again");
    assert_eq!(stage.world.unknown_routes(), Vec::<String>::new());
    for (command, last_line) in [(&["audit", "verify"][..], "0 broken"), (&["replay"], "0 parked")] {
        let output = stage.run(command).await;
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(output.status.success() && said.trim_end().ends_with(last_line), "{command:?}: {said}");
    }
}

fn one_release(world: &World) {
    let path = world.path();
    let tags: Vec<_> = world.tags().into_iter().map(|tag| tag.name).collect();
    assert_eq!(tags, ["v1.4.2", "v1.5.0"], "{path}");
    let pages: Vec<_> = world.releases().into_iter().map(|page| (page.tag, page.is_draft)).collect();
    assert_eq!(pages, [("v1.4.2".to_owned(), false), ("v1.5.0".to_owned(), false)], "{path}");
}

/// One deployment per attempt and target: v1.5.0 forward, v1.4.2 back; the newest of a place is what runs there.
fn what_runs_where(world: &World) {
    let path = world.path();
    let is = |tag: &str, state: &str| (tag.to_owned(), state.to_owned());
    assert_eq!(deployments(world, "staging"), [is("v1.5.0", "success")], "{path}");
    for target in TARGETS {
        let there = deployments(world, &format!("production/{target}"));
        assert_eq!(there, [is("v1.5.0", "inactive"), is("v1.4.2", "success")], "{path}: {target}");
    }
    let places: Vec<String> = world.environments().into_iter().map(|one| one.name).collect();
    assert_eq!(places.len(), 5, "{path}: {places:?}");
}

/// The bot's deployments to a place: the release by its tag, and how it stands.
fn deployments(world: &World, place: &str) -> Vec<(String, String)> {
    let tags: BTreeMap<String, String> = world.tags().into_iter().map(|tag| (tag.commit, tag.name)).collect();
    let ours = world.deployments_to(place).into_iter().filter(|one| one.by_bot);
    ours.map(|one| (tags[&one.commit].clone(), one.state().to_owned())).collect()
}

/// One reply per command and one pair of eyes; one panel, one prompt, one word at the end of each promotion; one note per change.
fn one_answer_to_each(world: &World, thread: &Thread) {
    let path = &thread.path;
    // What is carried somewhere is answered by its panel; the yes that begins it, by the word that it has begun.
    let [plan, asked, cut, _, _, _, _, status] = thread.commands[..] else { panic!("{path}") };
    let mut wanted: Vec<String> =
        [plan, asked, cut, status].iter().map(|id| format!("reply:discussion:{id}")).collect();
    let of_promotions =
        ["p1:ended", "p1:panel", "p2:begun", "p2:ended", "p2:panel", "p2:prompt", "p3:ended", "p3:panel"];
    wanted.extend(of_promotions.map(str::to_owned));
    wanted.push(format!("note:{}", thread.number));
    wanted.sort();
    assert_eq!(
        purposes(world, thread.number),
        wanted,
        "{path}:\n{}",
        world.bot_comments(thread.number).join("\n---\n")
    );
    for change in world.changes().iter().filter(|one| one.is_change && one.number != thread.number) {
        let said = purposes(world, change.number);
        assert!(said.is_empty() || said == [format!("note:{}", change.number)], "{path}: {said:?}");
    }
    for command in world.comments(thread.number).iter().filter(|one| thread.commands.contains(&one.id)) {
        let eyes: Vec<_> = command.reactions.iter().map(|one| one.content.as_str()).collect();
        assert_eq!(eyes, ["eyes"], "{path}: {}", command.body);
    }
    let said = world.bot_comments(thread.number);
    let status = said.iter().find(|body| body.contains(&format!("reply:discussion:{status}"))).unwrap();
    assert!(status.contains("**production:** v1.4.2 since"), "{path}: {status}");
    assert!(status.contains("**staging:** v1.5.0 since"), "{path}: {status}");
}

/// What the bot's comments of a thread are for, by the mark that each ends with; how often each was edited left out. Where a preview
/// is a note, there is one at most, and none where the label was quicker.
fn purposes(world: &World, number: u64) -> Vec<String> {
    let said = world.bot_comments(number);
    let (previews, said): (Vec<&String>, Vec<&String>) =
        said.iter().partition(|body| body.contains("<!-- lockkeeper:preview:"));
    assert!(previews.len() <= 1, "{previews:#?}");
    let mut all: Vec<String> = said.into_iter().map(|body| purpose(body)).collect();
    all.sort();
    all
}

fn purpose(body: &str) -> String {
    let (_, mark) = body.rsplit_once("<!-- lockkeeper:").unwrap();
    let (_, purpose) = mark.trim_end().trim_end_matches(" -->").split_once(':').unwrap();
    let words: Vec<&str> = purpose.split(':').collect();
    let kept = match words[..] {
        ["reply", ..] => 3,
        _ => 2,
    };
    words[..kept].join(":")
}

fn one_follow_up(world: &World) {
    let issues: Vec<_> =
        world.changes().into_iter().filter(|one| !one.is_change).map(|one| (one.title, one.state)).collect();
    assert_eq!(issues, [("v1.5.0 was rolled back in production".to_owned(), "open")], "{}", world.path());
}
