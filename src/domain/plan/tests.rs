//! Tests of planning, through one door: ranges written as lines of text. Nothing else.

mod told;

use proptest::prelude::*;

use super::*;
use crate::domain::change::{Change, MilestoneRef, Stage};
use crate::domain::id::{Actor, ActorKind, BranchName};
use crate::domain::policy::{Category, Exclude, PathPattern};
use crate::domain::query::Expected;

/// A commit's name for a small number.
fn sha(number: u64) -> CommitId {
    CommitId::parse(format!("{number:040x}")).unwrap()
}

fn actor(login: &str) -> Actor {
    let kind = if login.ends_with("[bot]") { ActorKind::Bot } else { ActorKind::Person };
    Actor { id: ActorId(login.bytes().map(u64::from).sum()), login: login.to_owned(), kind }
}

fn commit(at: u64, parents: &[u64], message: &str) -> RangeCommit {
    RangeCommit {
        id: sha(at),
        parents: parents.iter().map(|parent| sha(*parent)).collect(),
        message: message.to_owned(),
        author: "Git Name".to_owned(),
        merges: None,
        change: None,
        writers: None,
        reviewers: Vec::new(),
        paths: None,
    }
}

/// A commit whose message says, in the words of some forge, that it merges a change.
fn merge_of(number: u64, commit: RangeCommit) -> RangeCommit {
    RangeCommit { merges: Some(ChangeNumber(number)), ..commit }
}

fn change(number: u64, title: &str, labels: &[&str]) -> Change {
    Change {
        number: ChangeNumber(number),
        title: title.to_owned(),
        body: String::new(),
        author: Some(actor("ana")),
        labels: labels.iter().map(|label| (*label).to_owned()).collect(),
        milestone: None,
        stage: Stage::Merged { commit: sha(number), at: jiff::Timestamp::UNIX_EPOCH },
        base: BranchName::parse("main").unwrap(),
        head: sha(number),
        updated_at: jiff::Timestamp::UNIX_EPOCH,
    }
}

/// A squash-merged change: its commit has its number.
fn merged(number: u64, title: &str, labels: &[&str]) -> RangeCommit {
    RangeCommit { change: Some(change(number, title, labels)), ..commit(number, &[number - 1], title) }
}

/// Everything of a basis that a test may want to set.
#[derive(Debug)]
struct Case {
    policy: Policy,
    line: Line,
    range: Vec<RangeCommit>,
    shown: BTreeSet<ChangeNumber>,
    hidden: BTreeSet<ChangeNumber>,
    first_timers: BTreeSet<ActorId>,
    milestone: Option<Milestone>,
    wish: Wish,
    channel: Option<Channel>,
    series: Option<Series>,
    linked: Vec<Link>,
}

impl Case {
    /// A range after v1.4.2, oldest first as people write it.
    fn of(commits: impl IntoIterator<Item = RangeCommit>) -> Self {
        let mut range: Vec<RangeCommit> = commits.into_iter().collect();
        range.reverse();
        Self {
            policy: Policy::default(),
            line: after("1.4.2"),
            range,
            shown: BTreeSet::new(),
            hidden: BTreeSet::new(),
            first_timers: BTreeSet::new(),
            milestone: None,
            wish: Wish::Next,
            channel: None,
            series: None,
            linked: Vec::new(),
        }
    }

    fn plan(&self) -> Plan {
        draw(&Basis {
            policy: &self.policy,
            naming: &Naming::usual(),
            line: &self.line,
            head: &self.range.first().map_or_else(|| sha(0), |commit| commit.id.clone()),
            range: &self.range,
            shown: &self.shown,
            hidden: &self.hidden,
            first_timers: &self.first_timers,
            milestone: self.milestone.as_ref(),
            wish: &self.wish,
            channel: self.channel.as_ref(),
            today: jiff::civil::Date::ZERO,
            series: self.series.as_ref(),
            linked: &self.linked,
        })
    }

    /// The plan as lines: version and bump, sections, what is left out.
    fn check(&self, expected: &[&str]) {
        let plan = self.plan();
        let version = plan.version.as_ref().map_or("nothing".to_owned(), ToString::to_string);
        let because = plan.reason.as_ref().map(|reason| match reason.number {
            Some(number) => format!(" by #{number}"),
            None => format!(" by {}", reason.commit.short()),
        });
        let mut lines = vec![format!("{version} {}{}", plan.bump, because.unwrap_or_default())];
        let list = |title: &str, entries: &[Entry]| {
            let number = |entry: &Entry| entry.number.map(|number| format!(" #{number}")).unwrap_or_default();
            let entry = |entry: &Entry| {
                let folded: String =
                    entry.folded.iter().map(|it| format!(" +{}", number(it).trim())).collect();
                format!("{}{}{folded}", entry.text(), number(entry))
            };
            format!("{title}: {}", entries.iter().map(entry).collect::<Vec<_>>().join(", "))
        };
        lines.extend(plan.sections.iter().map(|section| list(&section.title, &section.entries)));
        let left_out = [("hidden", &plan.hidden), ("excluded", &plan.excluded)];
        lines.extend(
            left_out.iter().filter(|(_, entries)| !entries.is_empty()).map(|(title, it)| list(title, it)),
        );
        let reverted: Vec<Entry> = plan.reverted.iter().map(|it| it.entry.clone()).collect();
        lines.extend((!reverted.is_empty()).then(|| list("reverted", &reverted)));
        assert_eq!(lines, expected);
    }
}

fn after(version: &str) -> Line {
    let version = Version::parse(version).unwrap();
    let tag = Naming::usual().tag(&version).unwrap();
    Line::after(Some(Released { version, tag, commit: sha(999) }))
}

fn numbers(of: &[u64]) -> BTreeSet<ChangeNumber> {
    of.iter().copied().map(ChangeNumber).collect()
}

#[test]
fn a_label_decides_before_a_title() {
    Case::of([
        merged(1, "Sign in with passkeys", &["Feature"]),
        merged(2, "feat: x", &["bug"]),
        merged(3, "fix(api): y", &[]),
        merged(4, "perf: z", &["help wanted"]),
        merged(5, "Tidy up", &[]),
        merged(6, "chore: w", &[]),
    ])
    .check(&[
        "1.5.0 minor by #1",
        "Features: Sign in with passkeys #1",
        "Fixes: feat: x #2, fix(api): y #3, perf: z #4",
        "Other: Tidy up #5, chore: w #6",
    ]);
}

#[test]
fn categories_are_asked_in_the_teams_order() {
    let labels = &["fix", "feature"];
    Case::of([merged(1, "a", labels)]).check(&["1.5.0 minor by #1", "Features: a #1"]);
    let mut case = Case::of([merged(1, "a", labels)]);
    case.policy.notes.categories.reverse();
    case.check(&["1.4.3 patch by #1", "Fixes: a #1"]);
}

#[test]
fn what_breaks_users_raises_most_wherever_it_stands() {
    Case::of([merged(1, "feat!: a", &[])]).check(&["2.0.0 major by #1", "Breaking changes: feat!: a #1"]);
    Case::of([merged(1, "feat!: a", &["feature"])]).check(&["2.0.0 major by #1", "Features: feat!: a #1"]);
    let mut footer = merged(1, "fix: a", &[]);
    footer.message.push_str("\n\nBREAKING CHANGE: b");
    Case::of([footer]).check(&["2.0.0 major by #1", "Breaking changes: fix: a #1"]);
    let mut early = Case::of([merged(1, "a", &["breaking"])]);
    early.line = after("0.4.2");
    early.check(&["0.5.0 major by #1", "Breaking changes: a #1"]);
}

#[test]
fn what_breaks_users_cannot_be_left_out() {
    let mut case = Case::of([merged(1, "feat!: a", &["skip-changelog"]), merged(2, "b!", &["breaking"])]);
    case.hidden = numbers(&[2]);
    case.check(&["2.0.0 major by #1", "Breaking changes: feat!: a #1, b! #2"]);
    let stays = |number: u64| Flag::BreakingStays { change: Some(ChangeNumber(number)), commit: sha(number) };
    assert_eq!(case.plan().flags, [stays(1), stays(2)]);
}

#[test]
fn what_is_excluded_asks_for_nothing_and_what_is_hidden_ships_all_the_same() {
    let range = [
        merged(1, "a", &["feature", "No-Changelog"]),
        merged(2, "b", &["feature"]),
        merged(3, "fix: c", &[]),
    ];
    let mut case = Case::of(range);
    case.check(&["1.5.0 minor by #2", "Features: b #2", "Fixes: fix: c #3", "excluded: a #1"]);
    case.hidden = numbers(&[2]);
    case.check(&["1.5.0 minor by #2", "Fixes: fix: c #3", "hidden: b #2", "excluded: a #1"]);
    case.shown = numbers(&[1]);
    case.check(&["1.5.0 minor by #1", "Features: a #1", "Fixes: fix: c #3", "hidden: b #2"]);
}

#[test]
fn a_bot_is_excluded_by_name() {
    let mut update = merged(1, "Bump serde", &["dependencies"]);
    update.change.as_mut().unwrap().author = Some(actor("renovate[bot]"));
    let mut case = Case::of([update, merged(2, "fix: b", &[])]);
    case.policy.notes.exclude = Exclude { labels: vec![], authors: vec!["renovate".to_owned()] };
    case.check(&["1.4.3 patch by #2", "Fixes: fix: b #2", "excluded: Bump serde #1"]);
}

#[test]
fn only_what_asks_for_a_version_makes_a_release() {
    Case::of([]).check(&["nothing none"]);
    Case::of([merged(1, "feat: a", &["skip-changelog"])]).check(&["nothing none", "excluded: feat: a #1"]);
    let mut case = Case::of([merged(1, "a", &["docs"])]);
    case.policy.notes.categories = vec![Category::labelled("Documents", &["docs"], Bump::None)];
    case.check(&["nothing none", "Documents: a #1"]);
    case.wish = Wish::Exactly(Version::new(1, 4, 3));
    case.check(&["1.4.3 none", "Documents: a #1"]);
    case.wish = Wish::Bump(Bump::Minor);
    case.check(&["1.5.0 minor", "Documents: a #1"]);
}

#[test]
fn a_release_yml_star_takes_what_is_still_free_at_its_place() {
    let category = |title: &str, labels: &[&str], except: Exclude| {
        Category::of_release_yml(
            title.to_owned(),
            labels.iter().map(|label| (*label).to_owned()).collect(),
            except,
        )
    };
    let but_dependencies = Exclude { labels: vec!["dependencies".to_owned()], authors: vec![] };
    let mut case = Case::of([
        merged(1, "a", &["enhancement"]),
        merged(2, "b", &["dependencies"]),
        merged(3, "feat: c", &[]),
        merged(4, "d", &["later"]),
    ]);
    case.policy.notes.categories = vec![
        category("New", &["enhancement"], Exclude::default()),
        category("Changes", &["*"], but_dependencies),
        category("Later", &["later"], Exclude::default()),
        category("Dependencies", &["dependencies"], Exclude::default()),
    ];
    case.check(&["1.5.0 minor by #1", "New: a #1", "Changes: feat: c #3, d #4", "Dependencies: b #2"]);
}

#[test]
fn s14_the_people_behind_every_commit_are_known_merges_and_hidden_ones_too() {
    let by = |at: u64, parents: &[u64], name: &str| {
        let (accounts, strangers) = ([ActorId(at)].into(), [name.to_owned()].into());
        RangeCommit { writers: Some(Writers { accounts, strangers }), ..commit(at, parents, "chore: x") }
    };
    let mut case = Case::of([by(3, &[2], "a"), by(4, &[3, 2], "b"), by(5, &[4], "a")]);
    case.hidden = [ChangeNumber(9)].into();
    let writers = case.plan().writers.unwrap();
    assert_eq!(writers.accounts, [ActorId(3), ActorId(4), ActorId(5)].into());
    assert_eq!(writers.strangers, ["a".to_owned(), "b".to_owned()].into());
    let told = Case::of([by(3, &[2], "a"), commit(4, &[3], "chore: y")]).plan().writers;
    assert_eq!(told, None, "of one of them nobody told");
}

#[test]
fn the_commits_of_one_change_are_one_entry() {
    let rebased = |at: u64| RangeCommit {
        change: Some(change(9, "Add x", &["feature"])),
        ..commit(at, &[at - 1], "wip")
    };
    let mut merge = commit(9, &[8, 5], "Merge #9\n\nAdd x");
    merge.change = Some(change(9, "Add x", &["feature"]));
    // 4 and 5 are on the branch of #9; 6 to 8 on the main line.
    let range = [commit(4, &[3], "wip"), commit(5, &[4], "wip 2"), commit(8, &[3], "fix: direct"), merge];
    let case = Case::of(range);
    case.check(&["1.5.0 minor by #9", "Features: Add x #9", "Fixes: fix: direct"]);
    assert_eq!(case.plan().sections[0].entries[0].commits, [sha(9), sha(5), sha(4)]);
    Case::of([rebased(4), rebased(5)]).check(&["1.5.0 minor by #9", "Features: Add x #9"]);
}

#[test]
fn in_a_clone_each_commit_that_is_no_merge_is_a_change() {
    let range = [
        commit(4, &[3], "feat: on a branch"),
        commit(5, &[4], "Second (#77)\n\nBody"),
        commit(6, &[3], "fix: direct"),
        commit(7, &[5, 6], "Merge branch 'main' into topic"),
        merge_of(9, commit(8, &[6, 7], "Merge #9\n\nTopic")),
        commit(10, &[8], "Last"),
    ];
    let case = Case::of(range);
    case.check(&[
        "1.5.0 minor by #9",
        "Features: feat: on a branch #9",
        "Fixes: fix: direct",
        "Other: Second #77, Last",
    ]);
    let plan = case.plan();
    assert_eq!(plan.merges, [sha(8), sha(7)]);
    assert_eq!(plan.sections[0].entries[0].author, Some(Author::Name("Git Name".to_owned())));
    assert!(plan.flags.is_empty(), "a clone knows no label, so none is missed: {:?}", plan.flags);
}

#[test]
fn pre_releases_lead_to_the_version_that_they_promised() {
    let version = |text: &str| Version::parse(text).unwrap();
    let mut case = Case::of([merged(1, "fix: a", &[])]);
    case.channel = Some(Channel::parse("rc").unwrap());
    case.check(&["1.4.3-rc.1 patch by #1", "Fixes: fix: a #1"]);
    case.line.promised = Some(version("1.5.0-rc.1"));
    case.line.taken.insert(version("1.5.0-rc.1"));
    case.check(&["1.5.0-rc.2 patch by #1", "Fixes: fix: a #1"]);
    case.channel = None;
    case.check(&["1.5.0 patch by #1", "Fixes: fix: a #1"]);
    let mut first = Case::of([merged(1, "a", &["breaking"])]);
    first.line = Line::default();
    first.check(&["0.1.0 major by #1", "Breaking changes: a #1"]);
}

#[test]
fn a_later_channel_is_never_below_an_earlier_one() {
    let mut case = Case::of([merged(1, "fix: a", &[])]);
    case.channel = Some(Channel::parse("alpha").unwrap());
    case.line.promised = Some(Version::parse("1.4.3-beta.1").unwrap());
    case.check(&["1.4.4-alpha.1 patch by #1", "Fixes: fix: a #1"]);
}

/// A policy of one component with its files.
fn component(paths: &[&str]) -> Policy {
    let mut policy = Policy::default();
    policy.versioning.paths.within = paths.iter().map(|path| PathPattern((*path).to_owned())).collect();
    policy
}

#[test]
fn a_component_has_the_changes_that_touch_its_files() {
    let touching = |number: u64, title: &str, paths: &[&str]| RangeCommit {
        paths: Some(paths.iter().map(|path| (*path).to_owned()).collect()),
        ..merged(number, title, &[])
    };
    let mut case = Case::of([
        touching(1, "feat: a", &["web/a.ts"]),
        touching(2, "feat!: b", &["api/b.rs"]),
        touching(3, "fix: c", &["api/c.rs", "web/c.ts"]),
        merged(4, "fix: d", &[]),
        touching(5, "docs: e", &[]),
    ]);
    case.policy = component(&["web"]);
    case.check(&["1.5.0 minor by #1", "Features: feat: a #1", "Fixes: fix: c #3, fix: d #4"]);
    let plan = case.plan();
    assert_eq!(plan.flags, [Flag::UnknownPaths { count: 1 }], "of #4 nobody told");
    let titles: Vec<&str> = plan.elsewhere.iter().map(|entry| entry.title.as_str()).collect();
    assert_eq!(titles, ["feat!: b", "docs: e"]);
    case.policy = component(&["api"]);
    case.check(&["2.0.0 major by #2", "Breaking changes: feat!: b #2", "Fixes: fix: c #3, fix: d #4"]);
}

#[test]
fn a_merge_belongs_where_what_it_brings_does() {
    let paths = |path: &str| Some(vec![path.to_owned()]);
    let mut merge = commit(9, &[8, 5], "Merge pull request #9 from a/b\n\nAdd x");
    merge.change = Some(change(9, "Add x", &["feature"]));
    let on_branch =
        |at: u64, told: Option<Vec<String>>| RangeCommit { paths: told, ..commit(at, &[at - 1], "wip") };
    let check = |told: [Option<Vec<String>>; 3], expected: [&[&str]; 2]| {
        let [one, other, merged] = told;
        let merge = RangeCommit { paths: merged, ..merge.clone() };
        let mut case = Case::of([on_branch(4, one), on_branch(5, other), merge]);
        for (component_paths, expected) in ["api", "web"].into_iter().zip(expected) {
            case.policy = component(&[component_paths]);
            case.check(expected);
        }
    };
    let (there, nowhere): (&[&str], &[&str]) =
        (&["1.5.0 minor by #9", "Features: Add x #9"], &["nothing none"]);
    check([paths("api/a.rs"), paths("api/b.rs"), None], [there, nowhere]);
    // What the merge brought to its branch is told at once, of all that it merged.
    check([None, None, paths("web/a.ts")], [nowhere, there]);
    check([paths("api/a.rs"), paths("api/b.rs"), paths("web/merged.ts")], [there, there]);
    check([paths("api/a.rs"), None, Some(vec![])], [there, there]);
}

#[test]
fn who_shares_versions_goes_as_far_as_the_farthest() {
    let link = |version: &str, bump| Link { stable: Some(Version::parse(version).unwrap()), bump };
    let mut case = Case::of([merged(1, "fix: a", &[])]);
    case.linked = vec![link("1.6.2", Bump::None)];
    case.check(&["1.6.3 patch by #1", "Fixes: fix: a #1"]);
    case.linked.push(link("1.0.0", Bump::Minor));
    case.check(&["1.7.0 patch by #1", "Fixes: fix: a #1"]);
    let mut idle = Case::of([]);
    idle.linked = case.linked;
    idle.check(&["nothing none"]);
}

#[test]
fn a_maintenance_branch_takes_only_its_own_versions() {
    let series = |name: &str| Series::of(&BranchName::parse(name).unwrap());
    let mut feature = Case::of([merged(1, "feat: a", &[])]);
    feature.series = series("release/1.4");
    feature.check(&["1.4.3 minor by #1", "Features: feat: a #1"]);
    assert_eq!(feature.plan().flags, [Flag::Lowered { series: series("release/1.4").unwrap() }]);
    feature.channel = Some(Channel::parse("rc").unwrap());
    feature.check(&["1.4.3-rc.1 minor by #1", "Features: feat: a #1"]);
    let outside = |case: &Case| case.plan().blockers().cloned().collect::<Vec<_>>();
    let mut breaking = Case::of([merged(1, "feat!: a", &[])]);
    breaking.series = series("1.x");
    assert_eq!(outside(&breaking), [Flag::OutsideSeries { series: series("1.x").unwrap() }]);
    breaking.wish = Wish::Exactly(Version::new(1, 5, 0));
    assert_eq!(outside(&breaking), [], "who names a version of the series has decided");
    breaking.wish = Wish::Exactly(Version::new(3, 0, 0));
    assert_eq!(outside(&breaking).len(), 1);
}

#[test]
fn a_version_in_use_or_below_is_flagged() {
    let mut case = Case::of([merged(1, "fix: a", &[])]);
    case.wish = Wish::Exactly(Version::new(1, 4, 2));
    assert_eq!(case.plan().flags, [Flag::VersionTaken, Flag::NotAbovePrevious]);
    case.wish = Wish::Exactly(Version::new(1, 4, 3));
    assert_eq!(case.plan().blockers().count(), 0);
}

#[test]
fn a_milestone_says_what_is_missing_and_what_belongs_elsewhere() {
    let of = |number: u64, milestone: &str| {
        let mut commit = merged(number, "a", &["feature"]);
        let milestone = MilestoneRef { number: 1, title: milestone.to_owned() };
        commit.change.as_mut().unwrap().milestone = Some(milestone);
        commit
    };
    let mut case =
        Case::of([of(1, "v1.5.0"), of(2, "1.6"), of(3, "Some day"), merged(4, "b", &["question"])]);
    let due = Some("2026-12-01T00:00:00Z".parse().unwrap());
    let open = vec![Expected { number: 17, is_change: true, title: "c".to_owned() }];
    case.milestone =
        Some(Milestone { number: 1, title: "v1.5.0".to_owned(), due, closed: false, shared: false, open });
    let plan = case.plan();
    assert_eq!(plan.due, due);
    assert_eq!(
        plan.flags,
        [
            Flag::OtherMilestone { change: ChangeNumber(2), milestone: "1.6".to_owned() },
            Flag::StillOpen {
                number: 17,
                is_change: true,
                title: "c".to_owned(),
                milestone: "v1.5.0".to_owned()
            },
            Flag::Uncategorised {
                change: ChangeNumber(4),
                has_labels: true,
                labels: vec!["feature".to_owned(), "fix".to_owned(), "skip-changelog".to_owned()],
            },
        ]
    );
    assert_eq!(plan.blockers().count(), 1);
}

#[test]
fn people_are_named_once_and_newcomers_with_their_oldest_change() {
    let by = |number: u64, login: &str| {
        let mut commit = merged(number, "fix: a", &[]);
        commit.change.as_mut().unwrap().author = Some(actor(login));
        commit.reviewers = vec![ActorId(2), ActorId(1), ActorId(2)];
        commit
    };
    let mut case = Case::of([by(1, "ana"), by(2, "bob"), by(3, "bob"), by(4, "renovate[bot]")]);
    case.first_timers = ["bob", "renovate[bot]", "carol"].map(|login| actor(login).id).into();
    let plan = case.plan();
    assert_eq!(plan.contributors.iter().map(Author::name).collect::<Vec<_>>(), ["ana", "bob"]);
    assert_eq!(plan.first_timers, [FirstTimer { actor: actor("bob"), change: ChangeNumber(2) }]);
    assert_eq!(plan.sections[0].entries[0].reviewers, [ActorId(1), ActorId(2)]);
}

/// Any range: a graph in which each commit's parents are older, some with changes, some excluded or hidden.
fn any_case() -> impl Strategy<Value = Case> {
    const MESSAGES: [&str; 14] = [
        "feat: a",
        "fix: b (#3)",
        "Merge #4",
        "Merge branch 'x'",
        "c",
        "d!: e",
        "",
        "x\n\nBREAKING CHANGE: y",
        "Revert \"c\"",
        "Revert \"Revert \"c\"\"",
        "Reverts #3",
        "Bump serde from 1.0.1 to 1.0.2",
        "Bump serde from 1.0.2 to 1.0.3",
        "[backport 1] b (#3)",
    ];
    const LABELS: [&[&str]; 5] =
        [&[], &["feature"], &["skip-changelog"], &["breaking"], &["dependencies", "fix"]];
    let one = (
        proptest::collection::vec(any::<u64>(), 0..3),
        proptest::sample::select(&MESSAGES[..]),
        proptest::option::of((1u64..6, proptest::sample::select(&LABELS[..]))),
    );
    let marked = proptest::collection::btree_set(1u64..6, 0..3);
    (proptest::collection::vec(one, 0..25), marked.clone(), marked).prop_map(|(commits, hidden, shown)| {
        let commits = commits.into_iter().zip(1u64..).map(|((parents, message, known), at)| {
            let parents: Vec<u64> = parents.into_iter().map(|parent| parent % at).collect();
            RangeCommit {
                merges: message.starts_with("Merge #").then_some(ChangeNumber(4)),
                change: known.map(|(number, labels)| change(number, "Title", labels)),
                ..commit(at, &parents, message)
            }
        });
        let mut case = Case::of(commits);
        (case.hidden, case.shown) =
            (hidden.into_iter().map(ChangeNumber).collect(), shown.into_iter().map(ChangeNumber).collect());
        case
    })
}

proptest! {
    #[test]
    fn nothing_vanishes_and_nothing_counts_twice(case in any_case()) {
        let plan = case.plan();
        let mut accounted: Vec<&CommitId> = plan.entries().flat_map(|entry| &entry.commits).chain(&plan.merges).collect();
        let mut all: Vec<&CommitId> = case.range.iter().map(|commit| &commit.id).collect();
        accounted.sort();
        all.sort();
        prop_assert_eq!(accounted, all);
        let mut changes: Vec<ChangeNumber> = plan.entries().filter(|entry| entry.is_change).filter_map(|entry| entry.number).collect();
        let count = changes.len();
        changes.sort();
        changes.dedup();
        prop_assert_eq!(changes.len(), count);
        prop_assert!(plan.entries().all(|entry| entry.commits.contains(&entry.commit)));
    }

    #[test]
    fn one_more_change_never_lowers_the_version(case in any_case(), label in proptest::sample::select(&["feature", "breaking", "skip-changelog", "x"][..])) {
        let before = case.plan().version;
        let mut more = case;
        more.range.insert(0, merged(1000, "More", &[label]));
        prop_assert!(more.plan().version >= before);
    }

    #[test]
    fn what_breaks_users_is_always_shown(case in any_case()) {
        let plan = case.plan();
        prop_assert!(plan.hidden.iter().chain(&plan.excluded).all(|entry| !entry.is_breaking));
        prop_assert_eq!(plan.shown().any(|entry| entry.is_breaking), plan.bump == Bump::Major);
    }
}
