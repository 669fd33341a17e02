//! Tests of what changes say of themselves: notes of their own, reverts, updates, backports. Nothing else.

use super::*;

/// A squash-merged change with a description.
fn saying(number: u64, title: &str, labels: &[&str], body: &str) -> RangeCommit {
    let mut commit = merged(number, title, labels);
    commit.change.as_mut().unwrap().body = body.to_owned();
    commit
}

#[test]
fn a_change_says_itself_what_the_notes_say() {
    let two = "```release-note\nSign in\n```\n```release-note:bug\nStay in\n```";
    Case::of([saying(1, "Rework login", &["feature"], two), merged(2, "fix: b", &[])]).check(&[
        "1.5.0 minor by #1",
        "Features: Sign in #1",
        "Fixes: Stay in #1, fix: b #2",
    ]);
    let case = Case::of([saying(1, "Rework login", &["feature"], two)]);
    assert_eq!(case.plan().entries().count(), 1, "one change, whatever it says");
    let typed = "```release-note\nfeat: a\nfix: b\n```";
    Case::of([saying(1, "Much", &[], typed)]).check(&[
        "1.5.0 minor by #1",
        "Features: feat: a #1",
        "Fixes: fix: b #1",
    ]);
}

#[test]
fn a_change_that_has_nothing_to_tell_stays_out_of_the_notes() {
    let none = "```release-note\nNONE\n```";
    let mut case = Case::of([saying(1, "feat: a", &[], none), merged(2, "fix: b", &[])]);
    case.check(&["1.4.3 patch by #2", "Fixes: fix: b #2", "excluded: feat: a #1"]);
    case.shown = numbers(&[1]);
    case.check(&["1.5.0 minor by #1", "Features: feat: a #1", "Fixes: fix: b #2"]);
    Case::of([saying(1, "feat!: a", &[], none)])
        .check(&["2.0.0 major by #1", "Breaking changes: feat!: a #1"]);
}

#[test]
fn what_breaks_users_is_told_with_its_note_once() {
    let body = "```release-note\nA\n```\n```release-note\nB\n```\n\nBREAKING CHANGE: use c\ninstead";
    let case = Case::of([saying(1, "Rework login", &["feature"], body)]);
    case.check(&["2.0.0 major by #1", "Features: A #1, B #1"]);
    let plan = case.plan();
    let notes: Vec<_> = plan.shown().map(|entry| entry.breaking_note.as_deref()).collect();
    assert_eq!(notes, [Some("use c instead"), None]);
    let mut footer = merged(2, "fix: b", &[]);
    footer.message.push_str("\n\nBREAKING CHANGE: d");
    let plan = Case::of([footer]).plan();
    assert_eq!(plan.sections[0].entries[0].breaking_note.as_deref(), Some("d"));
}

#[test]
fn several_changes_in_one_message_are_several_entries_and_a_list_of_commits_is_not() {
    let mut both = commit(1, &[0], "feat: a\n\nfix: b");
    Case::of([both.clone()]).check(&["1.5.0 minor by 0000000", "Features: feat: a", "Fixes: fix: b"]);
    both.message = "feat: a (#1)\n\n* fix: b\n\n* wip".to_owned();
    Case::of([both]).check(&["1.5.0 minor by #1", "Features: a #1".replace(": a", ": feat: a").as_str()]);
}

#[test]
fn who_wrote_along_is_credited_once_and_programs_are_not() {
    let mut together = merged(1, "feat: a", &[]);
    together.message.push_str(
        "\n\nCo-authored-by: Bob B <7+bob@users.noreply.github.com>\nCo-authored-by: Bob B <7+bob@users.noreply.github.com>\n\
         Co-authored-by: Carol <carol@x.example>\nCo-authored-by: x[bot] <8+x[bot]@users.noreply.github.com>\n\
         Co-authored-by: Ana <1+ana@users.noreply.github.com>",
    );
    let plan = Case::of([together]).plan();
    let names: Vec<&str> = plan.sections[0].entries[0].co_authors.iter().map(Author::name).collect();
    assert_eq!(names, ["bob", "Carol"]);
    assert_eq!(plan.contributors.iter().map(Author::name).collect::<Vec<_>>(), ["ana", "bob", "Carol"]);
}

#[test]
fn a_description_tells_of_a_revert_and_of_a_backport() {
    Case::of([merged(1, "feat: a", &[]), saying(2, "Too slow", &[], "Reverts acme/shop#1")])
        .check(&["nothing none", "reverted: feat: a #1, Too slow #2"]);
    let own = "Reverts #1\n\n```release-note\nThe search is the old one again\n```";
    Case::of([merged(1, "feat: a", &[]), saying(2, "Too slow", &[], own)]).check(&[
        "1.4.3 patch by #2",
        "Other: The search is the old one again #2",
        "reverted: feat: a #1",
    ]);
    let case = Case::of([saying(20, "fix: x", &[], "Backport of #12")]);
    let origin = case.plan().sections[0].entries[0].origin.clone().unwrap();
    assert_eq!(origin.number, Some(ChangeNumber(12)));
}

#[test]
fn a_revert_and_what_it_undoes_are_of_no_account() {
    let undone = ["nothing none", "reverted: feat!: a #1, Revert \"feat!: a\" #2"];
    Case::of([merged(1, "feat!: a", &[]), merged(2, "Revert \"feat!: a\"", &[])]).check(&undone);
    let mut by_name = merged(2, "Too slow", &[]);
    by_name.message = format!("Too slow\n\nThis reverts commit {}.", &sha(1).as_str()[..40]);
    let undone = ["nothing none", "reverted: feat: a #1, Too slow #2"];
    Case::of([merged(1, "feat: a", &[]), by_name]).check(&undone);
    Case::of([merged(1, "feat: a", &[]), merged(2, "Revert #1", &[]), merged(3, "fix: b", &[])]).check(&[
        "1.4.3 patch by #3",
        "Fixes: fix: b #3",
        "reverted: feat: a #1, Revert #1 #2",
    ]);
}

#[test]
fn the_revert_of_a_revert_restores() {
    let reverts = [
        merged(1, "feat: a", &[]),
        merged(2, "Revert \"feat: a\"", &[]),
        merged(3, "Reapply \"feat: a\"", &[]),
        merged(4, "Revert \"Reapply \"feat: a\"\"", &[]),
    ];
    let plan = |count: usize| Case::of(reverts[..count].to_vec());
    plan(3).check(&[
        "1.5.0 minor by #1",
        "Features: feat: a #1",
        "reverted: Revert \"feat: a\" #2, Reapply \"feat: a\" #3",
    ]);
    assert!(plan(4).plan().version.is_none(), "and the revert of that one undoes it again");
    assert_eq!(plan(4).plan().reverted.len(), 4);
}

#[test]
fn what_was_released_before_stays_listed_as_a_revert() {
    Case::of([merged(5, "Revert \"feat: old\" (#3)", &[]), merged(6, "fix: b", &[])]).check(&[
        "1.4.3 patch by #5",
        "Fixes: fix: b #6",
        "Reverted: Revert \"feat: old\" (#3) #5",
    ]);
}

#[test]
fn a_commit_decides_before_a_title_and_a_part_is_not_the_whole() {
    let mut revert = merged(3, "Revert \"feat: a\"", &[]);
    revert.message = format!("Revert \"feat: a\"\n\nThis reverts commit {}.", sha(1));
    let twice = [merged(1, "feat: a", &[]), merged(2, "feat: a", &[]), revert];
    Case::of(twice).check(&[
        "1.5.0 minor by #2",
        "Features: feat: a #2",
        "reverted: feat: a #1, Revert \"feat: a\" #3",
    ]);
    // Two commits came by one change; only one of them is undone.
    let rebased = |at: u64| RangeCommit {
        change: Some(change(9, "Add x", &["feature"])),
        ..commit(at, &[at - 1], "wip")
    };
    let part = commit(6, &[5], &format!("Revert \"wip\"\n\nThis reverts commit {}.", sha(4)));
    let case = Case::of([rebased(4), rebased(5), part]);
    case.check(&["1.5.0 minor by #9", "Features: Add x #9", "Reverted: Revert \"wip\""]);
}

#[test]
fn a_reverted_change_that_a_person_asked_for_is_shown() {
    let mut case = Case::of([merged(1, "feat: a", &[]), merged(2, "Revert \"feat: a\"", &[])]);
    case.shown = numbers(&[1]);
    case.check(&["1.5.0 minor by #1", "Features: feat: a #1", "Reverted: Revert \"feat: a\" #2"]);
}

#[test]
fn the_updates_of_one_package_are_one_entry() {
    let update = |number: u64, title: &str| merged(number, title, &["dependencies"]);
    Case::of([
        update(1, "Bump serde from 1.0.1 to 1.0.2"),
        update(2, "Bump jiff from 0.1.0 to 0.2.0"),
        update(3, "Bump serde from 1.0.2 to 1.0.3"),
        update(4, "Bump serde from 1.0.3 to 1.0.4"),
        update(5, "Bump serde from 0.9.0 to 0.9.1"),
        merged(6, "Update dependency tokio to v1.2.3", &[]),
        merged(7, "Update dependency tokio to v1.2.4", &[]),
    ])
    .check(&[
        "1.4.3 patch by #1",
        "Dependencies: Bump serde from 1.0.1 to 1.0.4 #4 +#1 +#3, Bump jiff from 0.1.0 to 0.2.0 #2, \
         Bump serde from 0.9.0 to 0.9.1 #5, Update dependency tokio to v1.2.4 #7 +#6",
    ]);
}

#[test]
fn a_backport_is_listed_once_with_the_number_of_its_original() {
    let backport = || merged(20, "[backport 1.4] fix: x (#12)", &[]);
    let alone = Case::of([backport()]);
    alone.check(&["1.4.3 patch by #20", "Fixes: fix: x #20"]);
    let origin = alone.plan().sections[0].entries[0].origin.clone().unwrap();
    assert_eq!(origin.number, Some(ChangeNumber(12)));
    Case::of([merged(12, "fix: x", &[]), merged(13, "fix: y", &[]), backport()])
        .check(&["1.4.3 patch by #12", "Fixes: fix: x #12 +#20, fix: y #13"]);
    let mut picked = commit(30, &[20], "fix: x");
    picked.message.push_str(&format!("\n\n(cherry picked from commit {})", sha(12)));
    Case::of([merged(12, "fix: x", &[]), picked]).check(&["1.4.3 patch by #12", "Fixes: fix: x #12 +"]);
}

#[test]
fn what_breaks_users_comes_first() {
    let mut case = Case::of([
        merged(1, "a", &["feature"]),
        merged(2, "b!: c", &["feature"]),
        merged(3, "fix: d", &[]),
        merged(4, "fix!: e", &[]),
    ]);
    case.policy.notes.categories.remove(0);
    case.check(&[
        "2.0.0 major by #2",
        "Breaking changes: fix!: e #4",
        "Features: b!: c #2, a #1",
        "Fixes: fix: d #3",
    ]);
}

#[test]
fn a_change_of_several_components_says_something_else_in_each() {
    let body = "```release-note web\nThe cart keeps its total\n```\n```release-note:feature api\nTotals in cents\n```";
    let touching = RangeCommit {
        paths: Some(vec!["web/a".to_owned(), "api/b".to_owned(), "cli/c".to_owned()]),
        ..saying(7, "fix: totals", &[], body)
    };
    for (name, expected) in [
        ("web", ["1.4.3 patch by #7", "Fixes: The cart keeps its total #7"]),
        ("api", ["1.5.0 minor by #7", "Features: Totals in cents #7"]),
        ("cli", ["1.4.3 patch by #7", "Fixes: fix: totals #7"]),
    ] {
        let mut case = Case::of([touching.clone()]);
        let component = |name: &str| {
            let mut policy = component(&[name]);
            policy.versioning.component = ComponentName::parse(name).unwrap();
            policy.versioning
        };
        case.policy.components = ["web", "api", "cli"].map(component).to_vec();
        case.policy = case.policy.of_component(&ComponentName::parse(name).unwrap()).unwrap();
        case.check(&expected);
    }
}
