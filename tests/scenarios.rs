//! Scenarios: a script of what people do, played at a stand-in forge with the real bot behind its real routes; its whole story is
//! compared with the one kept beside the script. The rules of releasing are tested beside their nouns, not here.
#![expect(clippy::disallowed_methods, reason = "a test reads its settings and owns its tasks")]

#[path = "scenarios/act.rs"]
mod act;
#[path = "scenarios/bot.rs"]
mod bot;
#[path = "scenarios/door.rs"]
mod door;
#[path = "scenarios/executor.rs"]
mod executor;
#[path = "scenarios/expect.rs"]
mod expect;
#[path = "scenarios/frugal.rs"]
mod frugal;
#[path = "sandbox_wire/judge.rs"]
#[expect(dead_code, reason = "what judges the stand-in alone is asked for in `sandbox_wire`")]
mod judge;
#[path = "scenarios/refereed.rs"]
mod refereed;
#[path = "scenarios/script.rs"]
mod script;
#[path = "scenarios/stage.rs"]
mod stage;
#[path = "scenarios/stored.rs"]
mod stored;
#[path = "scenarios/timeline.rs"]
mod timeline;
#[path = "scenarios/told.rs"]
mod told;
#[path = "scenarios/transition.rs"]
mod transition;
#[path = "scenarios/unwelcome.rs"]
mod unwelcome;
#[path = "scenarios/wire.rs"]
mod wire;
#[path = "scenarios/work.rs"]
mod work;

use std::collections::BTreeSet;
use std::fs;

use door::Door;
use script::Heading;
use serde_json::Value;
use stage::{Stage, folder};
use wire::{GITHUB, WIRES, Wire};

/// What the referee says against us although we are right: where, its words, and what the description says. At most five.
const FALSE_ALARMS: &[(&str, &str, &str)] = &[
    (
        "/repositories/",
        "no such path in the description",
        "\"If you receive this status code on a GET request, follow the Location header\" (best practices, on 301): a moved \
     repository's answers lead to `/repositories/{id}/…`, which the description does not list",
    ),
    (
        "/repos/acme/shop/actions/workflows/deploy.yml/dispatches",
        "status 422 is not described",
        "responses \"200\" and \"204\" alone: the operation describes no refusal of any kind, and its text says that \"the \
         inputs are configured in the workflow file\", so that others must be refused somehow",
    ),
];

/// A workflow that deploys where it is told to.
const DEPLOY: &str = r#"file .github/workflows/deploy.yml <<< on:\n  workflow_dispatch:\n    inputs:\n      version: { required: true }\njobs:\n  deploy:\n    environment: eu\n    runs-on: ubuntu-latest"#;

/// Each word of `work`, played without the bot having a part in it.
const WHAT_MACHINES_REPORT: &str = r#"
ana deploys staging v1.4.2
executor: staging in_progress
expect deployment staging in_progress of v1.4.2 by ana

ana opens "Slow queries"
merge "fix: rounding"
vercel[bot] deploys staging #3
executor: staging success app vercel saying "Up."
executor: staging#1 success by ana
executor: staging failure sha v1.4.2
expect deployment staging success
expect deployment staging#1 failure
expect deployments staging 2
expect no deployment production

DEPLOY
ana runs deploy.yml on main version=v1.5.0
run deploy.yml in_progress
expect deployment eu in_progress by github-actions[bot]
expect run deploy.yml in_progress on main with version=v1.5.0

run deploy.yml success
expect deployment eu success
expect run deploy.yml success
expect runs deploy.yml 1

run deploy.yml astray to #1
ana runs deploy.yml on main version=v1.5.1
run deploy.yml ignores cancelling
run deploy.yml cancelled
expect run deploy.yml#2 cancelled at #1

check "build" in_progress app circleci on #2
check "build" success app circleci on #2
status "ci/x" pending by ana on v1.4.2
expect statuses 1
expect "build" success on #2
expect "ci/x" pending on v1.4.2

team acme/release bob
team acme/release: +carol -bob
team acme/nobody
team acme/old bob
team acme/old away
collaborator dan write
collaborator dan away
asset v1.4.2 app.zip a1
mallory moves tag v1.4.2 to HEAD
project knows no run details
expect tag v1.4.2 at HEAD

ana opens issue "It is slow" saying "Since noon."
bob rewrites #4 "Since one."
bob closes #4
bob reopens #4
expect issue "slow" open contains "Since one."
expect issues 1
"#;

/// The script of a scenario.
fn script_of(name: &str) -> String {
    fs::read_to_string(folder(name).join("script.txt")).expect("a scenario has a script")
}

/// Plays a scenario behind a door, and compares its story; its timeline.
async fn play(wire: Wire, name: &str, door: &Door) -> Vec<String> {
    let policy = fs::read_to_string(folder(name).join("policy.yml")).ok();
    let mut stage = Stage::set(wire, door, policy).await;
    stage.play(&script_of(name)).await;
    stage.end().await;
    told::compare(name, wire.kept, &stage.story(name).await);
    stage.timeline().await
}

/// Plays a scenario on each forge that it is for. But for a forge's own words they must tell the same.
async fn everywhere(name: &'static str) {
    let heading = Heading::of(&script_of(name));
    let wires = WIRES.into_iter().filter(|wire| heading.is_for(wire.name));
    let plays = wires.map(|wire| async move { play(wire, name, &Door::open().await).await });
    let plays: Vec<_> = plays.map(tokio::spawn).collect();
    let mut timelines = Vec::new();
    for play in plays {
        timelines.push(play.await.unwrap_or_else(|gone| std::panic::resume_unwind(gone.into_panic())));
    }
    let [github, gitlab] = &timelines[..] else { return };
    match (heading.another, timeline::difference(github, gitlab)) {
        (None, Some(difference)) => panic!("`{name}` goes another way on each forge:\n{difference}"),
        (Some(why), None) => panic!("`{name}` goes the same way on each forge, although \"{why}\""),
        (None, None) | (Some(_), Some(_)) => {}
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_word_for_what_machines_report_does_what_it_says() {
    let door = Door::open().await;
    let mut stage = Stage::set(GITHUB, &door, None).await;
    stage.perform(&["begin"]).await;
    stage.play(&WHAT_MACHINES_REPORT.replace("DEPLOY", DEPLOY)).await;
    stage.end().await;
    assert_eq!(stage.world.team_members("acme", "release"), Some(vec!["carol".to_owned()]));
    assert_eq!(stage.world.team_members("acme", "nobody"), Some(vec![]));
    assert_eq!(stage.world.team_members("acme", "old"), None);
    let release = stage.world.releases().into_iter().find(|release| release.tag == "v1.4.2");
    let digest = release.and_then(|release| Some(release.assets.first()?.digest.clone()));
    assert_eq!(digest, Some(format!("sha256:{}", "a1".repeat(32))));
}

/// The happy path, as short as it can be.
const TO_THE_REPORT: &[&str] = &[
    "begin publishing",
    "merge \"feat: sign in with passkeys\"",
    "ana: /release plan",
    "ana: /release cut",
    "ana: /release cut",
    "clock +10s",
];

/// Plays the happy path with a sudden death after so many moments; how many moments there were, and the end of it.
async fn until_the_end(door: &Door, dies_after: Option<u64>) -> (u64, String) {
    let mut stage = Stage::set(GITHUB, door, None).await;
    if let Some(moments) = dies_after {
        stage.bot.crash_after(moments);
    }
    stage.perform(TO_THE_REPORT).await;
    stage.end().await;
    (stage.bot.moments(), stage.outcome().await)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_crash_between_any_two_transactions_changes_nothing_in_the_end() {
    let (moments, whole) = until_the_end(&Door::open().await, None).await;
    assert!(moments > 50, "only {moments} moments were seen to die at");
    let lane = |first: u64| {
        let whole = whole.clone();
        async move {
            let door = Door::open().await;
            for moment in (first..=moments).step_by(2) {
                let (_, end) = until_the_end(&door, Some(moment)).await;
                assert_eq!(end, whole, "it ended otherwise after a death at moment {moment}");
            }
        }
    };
    let (odd, even) = tokio::join!(tokio::spawn(lane(1)), tokio::spawn(lane(2)));
    odd.and(even).expect("every death is made good");
    println!("{moments} deaths, one end");
}

/// Production in two waves, with one yes.
const TWO_WAVES: &str =
    "environments:\n  production: { deploy: event, approvals: 1, waves: [[eu-1], [us-1]] }\n";

/// Up to the promotion: what runs in production, and what shall go there.
const TO_THE_CUT: &[&str] = &[
    "begin",
    "ana deploys production v1.4.2",
    "executor: production success",
    "merge \"feat: sign in with passkeys\"",
    "ana: /release cut",
    "clock +10s",
];

/// There and back: an approval, two waves, a rollback.
const THERE_AND_BACK: &[&str] = &[
    "ana: /release promote production",
    "bob: /release approve p1.1",
    "executor: production/eu-1 success",
    "executor: production/us-1 success",
    "bob comments #2 /release rollback production",
    "executor: production/eu-1 success",
    "executor: production/us-1 success",
];

/// Goes there and back with a sudden death after so many moments; the moments before and in all, and the end of it.
async fn there_and_back(door: &Door, dies_after: Option<u64>) -> (u64, u64, Vec<String>) {
    let mut stage = Stage::set(GITHUB, door, Some(TWO_WAVES.to_owned())).await;
    stage.perform(TO_THE_CUT).await;
    let before = stage.bot.moments();
    if let Some(moments) = dies_after {
        stage.bot.crash_after(moments);
    }
    stage.perform(THERE_AND_BACK).await;
    stage.end().await;
    (before, stage.bot.moments(), settled(&stage.outcome().await))
}

/// What is the same in the end however it came about: which of two comments was first, how often the panel was drawn and how
/// many seconds it took need not be.
fn settled(outcome: &str) -> Vec<String> {
    let (world, journal) =
        outcome.split_once("\n## What the journal says").expect("it ends with the journal");
    let timeless = |text: &str| {
        let lines = text.lines().map(|line| line.split(" UTC, ").next().unwrap_or(line));
        let lines = lines.map(|line| line.split(":panel:").next().unwrap_or(line));
        lines.collect::<Vec<_>>().join("\n")
    };
    let mut all: Vec<String> = world.split("\n#").map(timeless).collect();
    all.sort();
    all.extend(journal.lines().filter(|line| !line.contains("panel_")).map(str::to_owned));
    all
}

#[tokio::test(flavor = "multi_thread")]
async fn a_crash_on_the_way_to_production_and_back_changes_nothing_in_the_end() {
    let (before, moments, whole) = there_and_back(&Door::open().await, None).await;
    let moments = moments - before;
    assert!(moments > 80, "only {moments} moments were seen to die at");
    let lane = |first: u64| {
        let whole = whole.clone();
        async move {
            let door = Door::open().await;
            for moment in (first..=moments).step_by(6) {
                let (_, _, end) = there_and_back(&door, Some(moment)).await;
                assert_eq!(end, whole, "it ended otherwise after a death at moment {moment}");
            }
        }
    };
    let (odd, even) = tokio::join!(tokio::spawn(lane(1)), tokio::spawn(lane(4)));
    odd.and(even).expect("every death is made good");
    println!("a death at every third of {moments} moments, one end");
}

/// Where exactly a death falls differs from run to run, and so does what was said in which order: only the expectations of the
/// script are held against it.
#[tokio::test(flavor = "multi_thread")]
async fn a_crash_around_a_deployment_is_made_good() {
    let policy = include_str!("scenarios/deaths.yml").to_owned();
    let door = Door::open().await;
    let mut stage = Stage::set(GITHUB, &door, Some(policy)).await;
    stage.play(include_str!("scenarios/deaths.txt")).await;
    stage.end().await;
}

/// The same holds for a death between two notes.
#[tokio::test(flavor = "multi_thread")]
async fn a_death_between_notes_doubles_none() {
    let policy = "environments:\n  production: { deploy: event }\n".to_owned();
    let door = Door::open().await;
    let mut stage = Stage::set(GITHUB, &door, Some(policy)).await;
    stage.play(include_str!("scenarios/notes.txt")).await;
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_whole_suite_passes_the_referee() {
    let Some(judges) = judge::Judges::find() else { return };
    let door = Door::open().await;
    let referee = judges.referee_before(&door.address).await;
    let judged = door.behind_judge(&referee.address);
    for name in played_on(GITHUB) {
        play(GITHUB, name, &judged).await;
    }
    let report = referee.report().await;
    let violations = report["violations"].as_array().expect("the referee lists violations");
    let is_known = |one: &&Value| {
        let text = |key: &str| one[key].as_str().unwrap_or_default().to_owned();
        let says = |(place, words, _): &(&str, &str, &str)| {
            text("path").starts_with(place) && text("what").starts_with(words)
        };
        FALSE_ALARMS.iter().any(says)
    };
    let against: BTreeSet<String> =
        violations.iter().filter(|one| !is_known(one)).map(ToString::to_string).collect();
    assert!(against.is_empty(), "{}", against.into_iter().collect::<Vec<_>>().join("\n"));
    let operations = report["operations"].as_object().expect("the referee counts operations").len();
    assert!(operations >= 25, "only {operations} different operations");
    judges.graphql(&Value::Array(door.spoken())).expect("GraphQL is spoken as GitHub's schema says");
    println!("{} requests, {operations} operations, {} false alarms", report["requests"], FALSE_ALARMS.len());
}

/// The names of all scenarios: those of their folders.
fn names() -> BTreeSet<String> {
    let folders = fs::read_dir(folder("")).expect("there are scenarios");
    folders.map(|entry| entry.expect("it can be listed").file_name().to_string_lossy().into_owned()).collect()
}

/// What is played on a forge: all that does not say that it is for another one alone.
fn played_on(wire: Wire) -> Vec<&'static str> {
    PLAYED.iter().copied().filter(|name| Heading::of(&script_of(name)).is_for(wire.name)).collect()
}

#[test]
fn every_folder_is_played() {
    assert_eq!(names(), PLAYED.iter().map(|name| (*name).to_owned()).collect());
}

/// A reason is more than a word, and no story is kept that nobody tells.
#[test]
fn what_is_not_the_same_on_every_forge_says_why() {
    for name in names() {
        let heading = Heading::of(&script_of(&name));
        if let Some(only) = &heading.only {
            assert!(WIRES.iter().any(|wire| wire.name == only.0), "{name}: there is no forge `{}`", only.0);
        }
        let reason = heading.only.as_ref().map(|(_, why)| why).or(heading.another.as_ref());
        assert!(
            reason.is_none_or(|why| why.split(' ').count() > 4 && why.ends_with('.')),
            "{name}: {reason:?}"
        );
        for wire in WIRES {
            let kept = folder(&name).join(wire.kept).exists();
            assert_eq!(kept, heading.is_for(wire.name), "{name}: {}", wire.kept);
        }
    }
}

#[test]
fn promotions_move_as_the_table_says_and_every_line_of_it_is_reached() {
    let (documented, reached) = (transition::documented(), transition::reached(names()));
    let undocumented: Vec<_> = reached.difference(&documented).collect();
    assert!(undocumented.is_empty(), "not in the table: {undocumented:#?}");
    let missing: Vec<_> = documented.difference(&reached).collect();
    assert!(missing.is_empty(), "no scenario does this: {missing:#?}");
}

/// A test for each scenario, named as its folder is.
macro_rules! played {
    ($(fn $name:ident();)*) => {
        /// What is played.
        const PLAYED: &[&str] = &[$(stringify!($name)),*];

        mod scenario {
            $(
                #[tokio::test(flavor = "multi_thread")]
                async fn $name() {
                    super::everywhere(stringify!($name)).await;
                }
            )*
        }
    };
}

played! {
    fn a_backport_that_was_given_up_is_opened_anew();
    fn a_branch_with_something_else_is_not_taken_over();
    fn a_fix_reaches_an_open_line_by_backport();
    fn a_line_begins_on_a_branch_of_its_own();
    fn a_line_comes_out_and_the_next_begins();
    fn a_backport_is_picked_onto_its_branch();
    fn a_backport_that_does_not_fit_is_explained();
    fn a_candidate_then_the_release();
    fn a_change_says_what_the_notes_say();
    fn a_command_in_a_review_is_answered();
    fn a_command_on_a_line_is_answered_in_its_thread();
    fn a_command_that_failed_inside_is_put_aside();
    fn a_crash_at_a_bad_moment_is_made_good();
    fn a_deployment_around_us_is_listed();
    fn a_deployment_that_never_ends_fails();
    fn a_draft_follows_what_is_merged();
    fn a_draft_that_people_changed_is_theirs();
    fn a_draft_whose_tag_went_away_is_not_published();
    fn a_failed_reading_becomes_unknown_and_the_person_gets_a_sentence();
    fn a_cut_closes_its_milestone();
    fn a_fix_for_an_older_line_is_not_the_latest();
    fn a_hotfix_begins_at_its_release();
    fn a_hotfix_is_cut_from_its_branch();
    fn a_label_a_plan_and_a_cut();
    fn a_label_of_a_change_that_was_just_opened_counts();
    fn a_label_asks_for_a_backport();
    fn a_lock_keeps_others_out_until_it_is_over();
    fn a_maintenance_branch_keeps_to_its_line();
    fn a_milestone_proposes_its_cut();
    fn a_milestone_says_what_is_still_expected();
    fn a_mistaken_release_is_withdrawn();
    fn a_moved_repository_goes_on_under_its_new_name();
    fn a_newer_release_takes_the_place_of_one_that_waits();
    fn a_no_and_a_yes_taken_back();
    fn a_phone_writes_as_it_likes();
    fn a_plan_on_an_open_change_takes_it_in();
    fn a_policy_is_read_from_the_default_branch_at_a_recorded_revision();
    fn a_policy_says_who_and_under_which_heading();
    fn a_preview_is_made_again_when_asked();
    fn a_preview_says_what_is_true_now();
    fn a_private_repository_knows_no_strangers();
    fn a_question_of_the_first_cut_lapses();
    fn a_rate_limit_before_a_deployment_is_waited_out();
    fn a_rate_limit_is_waited_out();
    fn a_release_cut_after_the_words_is_not_meant();
    fn a_release_change_follows_what_is_merged();
    fn a_release_change_that_people_push_to_is_theirs();
    fn a_release_goes_forward_and_once();
    fn a_release_made_by_hand_is_adopted();
    fn a_release_travels_to_production();
    fn a_release_waits_its_time_and_its_turn();
    fn a_report_that_never_reached_us_is_found();
    fn a_rollback_after_an_abort_brings_back_what_was_good_last();
    fn a_rollback_brings_the_release_before_back();
    fn a_rollback_can_fail_too();
    fn a_rollback_closes_what_failed();
    fn a_rollback_during_a_wave_is_abort_and_back_in_one();
    fn a_rollback_goes_where_it_was_good();
    fn a_rollback_passes_a_foreign_lock();
    fn a_ruleset_that_forbids_tags_is_explained();
    fn a_run_of_another_target_is_not_taken_for_ones_own();
    fn a_run_that_ignores_cancelling_is_not_waited_for();
    fn a_run_that_starts_late_is_added_to_the_report();
    fn a_second_cut_waits_for_the_first();
    fn a_stranger_gets_a_reaction_and_no_words();
    fn a_tag_on_another_commit_is_refused();
    fn a_tag_on_the_same_commit_is_adopted();
    fn a_target_that_failed_is_tried_again();
    fn a_team_that_is_not_there_is_said_at_once();
    fn a_token_that_was_taken_back_is_renewed();
    fn a_workflow_carries_waves_there_and_back();
    fn a_workflow_that_is_not_at_the_tag_is_said();
    fn an_abort_cancels_a_run();
    fn an_abort_ends_what_waits_what_rolls_and_what_failed();
    fn an_answer_that_was_lost_makes_no_second_comment();
    fn an_answer_that_was_lost_makes_no_second_deployment();
    fn an_answer_that_was_lost_makes_no_second_draft();
    fn an_answer_that_was_lost_makes_no_second_issue();
    fn an_answer_that_was_lost_makes_no_second_release();
    fn an_answer_that_was_lost_makes_no_second_release_change();
    fn an_answer_that_was_lost_makes_no_second_run();
    fn an_answer_that_was_lost_makes_no_second_tag();
    fn an_archived_repository_is_left_alone();
    fn an_older_server_tells_no_run_details();
    fn an_outcome_that_nobody_knows_is_said();
    fn answers_that_never_came_lapse();
    fn approving_from_a_review_and_from_elsewhere();
    fn components_are_released_by_themselves();
    fn labels_that_are_missing_are_made();
    fn nobody_picks_a_deployment_up();
    fn notes_are_written_at_a_pace();
    fn one_command_and_only_where_it_is_said();
    fn only_the_inputs_that_a_workflow_declares_are_sent();
    fn people_shape_the_notes();
    fn reports_come_late_reordered_and_contradict();
    fn reports_of_strangers_are_on_record();
    fn s9_a_release_change_merged_by_a_stranger_is_not_cut();
    fn s10a_a_label_or_milestone_alone_orders_nothing_but_a_preview();
    fn s11a_changed_gates_void_an_approval();
    fn s11b_a_replaced_file_is_covered_by_an_approval();
    fn s11b_files_and_tag_are_covered_by_an_approval();
    fn s11c_a_yes_in_the_moment_of_a_change_is_not_counted();
    fn s14_where_nobody_tells_who_wrote_it_no_yes_counts();
    fn s14_who_wrote_along_does_not_approve();
    fn s15a_a_commit_outside_the_branches_is_refused();
    fn s16b_a_pipeline_on_another_commit_is_called_off();
    fn s16b_a_run_with_another_commit_is_no_success();
    fn s17a_a_check_counts_by_its_name();
    fn s17a_a_check_counts_by_its_name_and_its_app();
    fn s17a_only_the_reporter_that_the_policy_names_is_believed();
    fn s18a_an_edited_comment_is_not_run();
    fn s18b_words_that_changed_since_the_delivery_are_not_run();
    fn s18c_a_deleted_comment_is_not_run();
    fn s22a_a_title_calls_nobody_and_embeds_nothing();
    fn s23a_a_policy_in_a_pull_request_has_no_effect();
    fn s23b_a_broken_policy_blocks_privileged_commands();
    fn s3a_a_redelivery_is_run_once();
    fn s3b_the_same_comment_under_another_delivery_id_is_run_once();
    fn s3c_a_redelivery_after_a_restart_is_run_once();
    fn s7b_a_bot_is_not_obeyed();
    fn s8b_a_right_that_cannot_be_read_is_denied_and_said();
    fn s8c_a_right_to_approve_that_cannot_be_read_counts_nothing();
    fn s8d_a_member_who_left_counts_no_more();
    fn s9_a_draft_published_by_a_stranger_is_held();
    fn the_author_of_a_change_may_ask_where_it_is();
    fn the_first_release_of_a_new_project();
    fn the_policy_carries_a_release_on_by_itself();
    fn two_groups_want_two_humans();
    fn two_merges_at_once_are_both_in_the_plan();
    fn two_promotions_at_once_make_one_deployment();
    fn two_tag_patterns_with_one_highest_version_are_asked_about();
    fn uninstalled_and_installed_again_begins_anew();
    fn versions_and_lines_that_make_no_sense_are_refused();
    fn versions_by_the_calendar();
    fn versions_that_cannot_be_cut_are_refused();
    fn waves_are_watched_and_can_be_held_between();
    fn what_a_cut_needs_may_go_away();
    fn what_a_promotion_needs_may_go_away();
    fn what_can_be_steered();
    fn what_is_not_understood_does_nothing();
    fn what_was_deployed_before_we_came_is_adopted();
    fn what_was_reverted_is_not_announced();
    fn where_a_release_can_be_carried();
    fn whose_approval_counts();
}
