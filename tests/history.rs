//! Plans over real histories: what another tool published of python-gitlab is the truth, uv is for time and memory. No rule is tested here that a small case can test.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use jiff::civil::Date;
use lockkeeper::cli::plan::all::Releases;
use lockkeeper::domain::change::conventional::Title;
use lockkeeper::domain::plan::Plan;
use lockkeeper::domain::policy::Policy;
use lockkeeper::domain::version::{Naming, TagPattern, Version};
use lockkeeper::forge::local::History;

/// The folder of real histories; `None`, with a word about it, where none is named.
#[expect(
    clippy::disallowed_methods,
    reason = "the folder of shared material is the test run's, not the program's setting"
)]
fn histories() -> Option<PathBuf> {
    let Some(shared) = std::env::var_os("LOCKKEEPER_SHARED") else {
        println!("skipped: LOCKKEEPER_SHARED is not set");
        return None;
    };
    let folder = PathBuf::from(shared).join("histories");
    assert!(folder.is_dir(), "LOCKKEEPER_SHARED is set, but {} is no folder", folder.display());
    Some(folder)
}

fn clone(bundle: &Path, into: &Path) {
    let done =
        Command::new("git").args(["clone", "--quiet", "--bare"]).arg(bundle).arg(into).output().unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
}

/// Each release of a history, planned as if it were the next one: lowest version first.
fn replay(history: &History, policy: &Policy, wanted: impl Fn(&Version) -> bool) -> Vec<(Version, Plan)> {
    let pattern = policy.versioning.tag.clone().unwrap_or_else(TagPattern::usual);
    let naming = Naming { pattern, scheme: policy.versioning.scheme.clone() };
    let releases = Releases::new(history, policy, naming, Date::ZERO);
    let wanted = releases.newest_first().filter(|(_, released)| wanted(&released.version));
    let planned = wanted.map(|release| (release.1.version.clone(), releases.plan(&release)));
    let mut planned: Vec<(Version, Plan)> = planned.collect();
    planned.reverse();
    planned
}

/// Each known difference from what was published, and its reason. Any other fails the test.
const EXPLAINED: [(&str, &str); 5] = [
    (
        "2.0.0 after",
        "Python 2 was dropped, but no commit says that it breaks users; the version was chosen by hand",
    ),
    ("2.0.1 after", "released by hand for a `chore` and a `docs`, which ask for no version"),
    ("2.1.2 after", "released by hand for `Revert \"feat: …\"`, which is of no type"),
    (
        "3.13.0 lacks |typofixedindocs",
        "was merged after v3.13.0, by the graph it belongs to v3.14.0, where ours has it",
    ),
    ("6.4.0 lacks users|sort", "a line in the body of a squashed commit, which ours lists by its subject"),
];

/// Its rules, as a policy file.
fn python_gitlab() -> Policy {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/policies/python-gitlab.yml");
    lockkeeper::cli::plan::read_policy(Path::new(file)).unwrap()
}

/// What was published, version by version: each entry's heading and its text in a form that can be compared.
type Published = BTreeMap<Version, Vec<(String, String)>>;

/// What the published changelog lists: version by version, each entry as its heading and `scope|text` in a form that can
/// be compared.
fn published(changelog: &str) -> Published {
    let mut versions: Published = BTreeMap::new();
    let mut current = None;
    let mut heading = String::new();
    let mut entry: Option<String> = None;
    for line in changelog.lines() {
        if let Some(heading) = line.strip_prefix("## v") {
            current = Version::parse(heading.split(' ').next().unwrap_or_default()).ok();
            entry = None;
        } else if let Some(title) = line.strip_prefix("### ") {
            heading = title.to_owned();
        } else if let Some(start) = line.strip_prefix("- ") {
            entry = Some(start.to_owned());
        } else if line.is_empty() {
            entry = None;
        } else if let Some(open) = &mut entry {
            open.push(' ');
            open.push_str(line.trim());
        }
        // An entry is complete with the link to its commit; what has none repeats the text of one that has.
        if let (Some(open), Some(version)) = (&entry, &current)
            && let Some(end) = open.find("([").filter(|_| open.contains("/commit/"))
        {
            let listed = (heading.clone(), comparable(&open[..end]));
            versions.entry(version.clone()).or_default().push(listed);
            entry = None;
        }
    }
    versions
}

fn comparable(text: &str) -> String {
    let text = text.trim();
    let scoped = text.strip_prefix("**").and_then(|rest| rest.split_once("**: "));
    let (scope, text) = scoped.unwrap_or(("", text));
    let mut text = format!("{scope}|{text}").replace('\\', "").to_lowercase();
    text.retain(|c| !c.is_whitespace());
    text
}

/// A title of ours in the same form: `type(scope): text` without the type.
fn ours(title: &str) -> String {
    match Title::parse(title) {
        Some(Title { scope, description, .. }) => comparable(&match scope {
            Some(scope) => format!("**{scope}**: {description}"),
            None => description.to_owned(),
        }),
        None => comparable(title),
    }
}

/// Its history, and what was published of it; `None` where no folder of histories is named.
fn python_gitlabs() -> Option<(History, Published)> {
    let histories = histories()?;
    let folder = tempfile::tempdir().unwrap();
    clone(&histories.join("python-gitlab.bundle"), folder.path());
    let changelog = std::fs::read_to_string(histories.join("python-gitlab.CHANGELOG.md")).unwrap();
    Some((History::read(folder.path(), "HEAD").unwrap(), published(&changelog)))
}

#[test]
fn python_gitlabs_changelog_follows_from_its_history() {
    let Some((history, truth)) = python_gitlabs() else { return };
    let first = truth.keys().next().unwrap().clone();
    let planned =
        replay(&history, &python_gitlab(), |version| *version > first && truth.contains_key(version));
    assert_eq!((truth.len(), planned.len()), (81, 80));

    let (mut listed, mut found, mut numbers) = (0, 0, 0);
    let mut differences = Vec::new();
    for (version, plan) in &planned {
        let told = plan.shown().map(|entry| ours(entry.text()));
        let titles: BTreeSet<String> = plan.entries().map(|entry| ours(&entry.title)).chain(told).collect();
        let theirs = truth[version].iter().map(|(_, title)| title);
        let missing: Vec<&String> = theirs.filter(|title| !titles.contains(*title)).collect();
        listed += truth[version].len();
        found += truth[version].len() - missing.len();
        differences.extend(missing.into_iter().map(|title| format!("{version} lacks {title}")));
        numbers += usize::from(plan.version.as_ref() == Some(version));
        if plan.version.as_ref() != Some(version) {
            let ours = plan.version.as_ref().map_or("nothing".to_owned(), ToString::to_string);
            let previous =
                plan.previous.as_ref().map(|previous| previous.version.to_string()).unwrap_or_default();
            differences.push(format!("{version} after {previous} is {ours} by the rules ({})", plan.bump));
        }
    }
    println!(
        "python-gitlab: {found} of {listed} published changes in the same version, {numbers} of {} versions",
        planned.len()
    );
    for (kind, why) in EXPLAINED {
        differences
            .iter()
            .filter(|difference| difference.starts_with(kind))
            .for_each(|it| println!("  {it}: {why}"));
    }
    differences.retain(|difference| !EXPLAINED.iter().any(|(kind, _)| difference.starts_with(kind)));
    assert_eq!(differences, Vec::<String>::new(), "differences that nobody has explained");
    assert!(found * 100 >= listed * 95, "{found} of {listed} published changes");
    assert!(numbers * 100 >= planned.len() * 90, "{numbers} of {} versions", planned.len());
}

/// Releases whose notes are compared heading by heading, from the first years to the last.
const NAMED: [&str; 10] =
    ["1.15.0", "2.7.0", "3.0.0", "3.15.0", "4.0.0", "4.13.0", "5.0.0", "6.0.0", "6.4.0", "8.0.0"];

/// Each difference of their notes, and why ours are as they are. What breaks users is counted apart: it stands first in ours, under
/// a heading of its own and in the words of its footer.
const BETTER: [(&str, &str); 5] = [
    (
        " lacks Chores: deps|update",
        "the updates of one package are one entry, from the first version to the last",
    ),
    (" adds Chores: deps|update", "that one entry; and from 6.0.0 on no chore was published"),
    (" adds Chores: dev|addoption", "from 6.0.0 on no chore was published"),
    (
        " adds Chores: |release",
        "the commit that the release itself made; nothing but its words tells it from a chore",
    ),
    (
        "6.4.0 lacks Features: users|sort",
        "a line in the body of a squashed commit, which ours lists by its subject",
    ),
];

/// The heading that breaking changes have in ours.
const BREAKING: &str = " adds Breaking Changes: ";

#[test]
fn the_notes_of_ten_releases_are_those_that_were_published() {
    let Some((history, truth)) = python_gitlabs() else { return };
    let is_named = |version: &Version| NAMED.contains(&version.to_string().as_str());
    let planned = replay(&history, &python_gitlab(), is_named);
    assert_eq!(planned.len(), NAMED.len());
    let mut differences = Vec::new();
    for (version, plan) in &planned {
        let theirs: BTreeSet<(String, String)> = truth[version].iter().cloned().collect();
        let own = plan.sections.iter().flat_map(|section| {
            section.entries.iter().map(|entry| (section.title.clone(), ours(entry.text())))
        });
        let own: BTreeSet<(String, String)> = own.collect();
        let told =
            |how: &str, (heading, text): &(String, String)| format!("{version} {how} {heading}: {text}");
        differences.extend(theirs.difference(&own).map(|it| told("lacks", it)));
        differences.extend(own.difference(&theirs).map(|it| told("adds", it)));
        println!("python-gitlab {version}: {} entries, published {}", own.len(), theirs.len());
    }
    for (kind, why) in BETTER {
        let count = differences.iter().filter(|difference| difference.contains(kind)).count();
        assert!(count > 0, "{kind} is a difference no more");
        println!("  {count} of `{kind}`: {why}");
    }
    differences.retain(|difference| !BETTER.iter().any(|(kind, _)| difference.contains(kind)));
    // What is left is what breaks users: as many entries under that heading as are missing from others.
    for version in NAMED {
        let of = |how: &str| {
            let start = format!("{version}{how}");
            differences.iter().filter(|difference| difference.starts_with(&start)).count()
        };
        assert_eq!(of(BREAKING), of(" lacks "), "{version}: {differences:#?}");
    }
    let others: Vec<&String> = differences
        .iter()
        .filter(|difference| !difference.contains(BREAKING) && !difference.contains(" lacks "))
        .collect();
    assert_eq!(others, Vec::<&String>::new(), "differences that nobody has explained");
}

#[test]
fn all_ranges_of_uv_are_planned_from_one_reading() {
    let Some(histories) = histories() else { return };
    let folder = tempfile::tempdir().unwrap();
    clone(&histories.join("uv.bundle"), folder.path());
    let mut policy = Policy::default();
    policy.versioning.tag = Some(TagPattern::parse("{version}").unwrap());
    let start = Instant::now();
    let history = History::read(folder.path(), "HEAD").unwrap();
    let read = start.elapsed();
    let planned = replay(&history, &policy, |_| true);
    let commits: usize = planned
        .iter()
        .map(|(_, plan)| plan.entries().map(|entry| entry.commits.len()).sum::<usize>() + plan.merges.len())
        .sum();
    println!(
        "uv: {} ranges, {commits} of {} commits, read in {read:?}, all in {:?}, peak memory {}",
        planned.len(),
        history.graph().len(),
        start.elapsed(),
        peak_memory(),
    );
    assert!(planned.len() > 300);
}

/// The process's own figure, where the system tells it.
fn peak_memory() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    peak.map_or("unknown".to_owned(), |peak| peak.trim().to_owned())
}
