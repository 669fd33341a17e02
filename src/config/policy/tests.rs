//! The policy file over the files of `fixtures/policies`: each good one is read, each bad one says exactly what its `.txt` says.

use std::fs;
use std::path::{Path, PathBuf};

use proptest::prelude::*;

use super::*;
use crate::config::diagnostic::Code;

fn fixtures(folder: &str) -> Vec<(PathBuf, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/policies").join(folder);
    let mut paths: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "yml"));
    paths.sort();
    paths.into_iter().map(|path| (path.clone(), fs::read_to_string(path).unwrap())).collect()
}

/// The report of a bad file. The codes in its first line are written by hand, so that a wrong `.txt` is not accepted
/// unread; what differs from the `.txt` is written beside it as `.txt.new`.
fn check_bad(path: &Path, text: &str) -> Result<Vec<Code>, String> {
    let name = path.file_name().unwrap().to_string_lossy();
    let Err(report) = read(GITHUB_PATH, text, &customs()) else { return Err(format!("{name} was accepted")) };
    for wanted in
        text.lines().next().unwrap_or_default().trim_start_matches(['\u{feff}', '#']).split_whitespace()
    {
        if !report.errors.iter().any(|error| error.code.as_str() == wanted) {
            return Err(format!("{name} does not say {wanted}:\n{report}"));
        }
    }
    let expected = path.with_extension("txt");
    if fs::read_to_string(&expected).unwrap_or_default() != report.to_string() {
        fs::write(path.with_extension("txt.new"), report.to_string()).unwrap();
        return Err(format!(
            "{name} says something else now; if it is right, keep the `.txt.new`:\n{report}"
        ));
    }
    Ok(report.errors.iter().map(|error| error.code).collect())
}

#[test]
fn every_good_file_is_read() {
    let files = fixtures("good");
    assert!(files.len() >= 5);
    // Beside the folders lie the policies of the histories that other tests plan.
    for (path, text) in files.into_iter().chain(fixtures(".")) {
        if let Err(report) = read(GITHUB_PATH, &text, &customs()) {
            panic!("{}:\n{report}", path.display());
        }
    }
}

#[test]
fn every_bad_file_says_what_is_wrong_with_it() {
    let checked: Vec<_> = fixtures("bad").iter().map(|(path, text)| check_bad(path, text)).collect();
    let wrong: Vec<_> = checked.iter().filter_map(|one| one.as_ref().err().cloned()).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let seen: Vec<Code> = checked.into_iter().flatten().flatten().collect();
    let unseen: Vec<_> = Code::ALL.iter().filter(|code| !seen.contains(code)).collect();
    // It is no text, so it cannot be a fixture of text.
    assert_eq!(unseen, [&Code::NotText]);
}

#[test]
fn the_whole_file_becomes_the_policy_that_it_means() {
    let (_, text) = fixtures("good").into_iter().find(|(path, _)| path.ends_with("whole.yml")).unwrap();
    let layer = read(GITHUB_PATH, &text, &customs()).unwrap();
    assert_eq!(layer.extends.as_ref().map(ToString::to_string).as_deref(), Some("acme/release-policy"));
    insta::assert_debug_snapshot!(complete(layer, None, &customs()));
}

#[test]
fn environments_become_what_they_mean() {
    let (_, text) = fixtures("good")
        .into_iter()
        .find(|(path, _)| path.ends_with("every-key-of-an-environment.yml"))
        .unwrap();
    let policy = read_alone(GITHUB_PATH, &text, &customs()).unwrap();
    insta::assert_debug_snapshot!((policy.environments, policy.who));
}

#[test]
fn a_mode_without_means_on_this_forge_is_told_with_what_to_write_instead() {
    let policy = read_alone(GITHUB_PATH, "cut: draft", &customs()).unwrap();
    assert_eq!(policy.cut, CutMode::Draft);
    let text = "branches: release/*\ncut: draft\n";
    let report = read(GITLAB_PATH, text, &Customs { lacks_drafts: true, ..Customs::default() }).unwrap_err();
    insta::assert_snapshot!(report.to_string(), @r"
    error[LK015]: there are no draft releases on this forge, so none could follow what is merged
     --> .gitlab/lockkeeper.yml:2:6
      |
    2 | cut: draft
      |      ^^^^^
      |
      = help: write `cut: tag`; `/release notes` shows the notes as they would be published

    1 error in .gitlab/lockkeeper.yml
    ");
}

#[test]
fn environments_stay_in_the_order_of_the_file() {
    let policy = read_alone(GITHUB_PATH, "environments: { z: {}, m: {}, a: {}, b: {} }", &customs()).unwrap();
    let names: Vec<_> = policy.environments.iter().map(|one| one.name.as_str()).collect();
    assert_eq!(names, ["z", "m", "a", "b"]);
}

#[test]
fn the_environments_of_the_repository_replace_the_shared_ones_as_a_whole() {
    let base =
        read("base", "environments: { staging: {}, production: { after: staging } }", &customs()).unwrap();
    let child = read("child", "environments: { live: { deploy: event } }", &customs()).unwrap();
    let policy = complete(merge(base.clone(), child), None, &customs());
    assert_eq!(policy.environments.len(), 1);
    assert_eq!(
        complete(merge(base, read("child", "cut: tag", &customs()).unwrap()), None, &customs())
            .environments
            .len(),
        2
    );
}

#[test]
fn a_block_of_the_repository_replaces_the_shared_block_as_a_whole() {
    let base =
        read("base", "who: { reader: ana, releaser: bob }\nbranches: [a, b]\nextends: x/y", &customs())
            .unwrap();
    let child =
        read("child", "who: { releaser: cem }\nversioning: { tag: \"{version}\" }", &customs()).unwrap();
    let policy = complete(merge(base, child), None, &customs());
    assert_eq!(policy.who.reader, []);
    assert_eq!(policy.who.releaser, [Principal::User("cem".to_owned())]);
    assert_eq!(policy.branches.len(), 2);
    assert!(policy.versioning.tag.is_some());
}

#[test]
fn an_empty_file_means_what_no_file_means() {
    assert_eq!(read_alone(GITHUB_PATH, "", &customs()), Ok(complete(Layer::default(), None, &customs())));
}

#[test]
fn a_category_without_a_bump_has_that_of_its_names() {
    use crate::domain::version::Bump;
    let check = |keys: &str, expected| {
        let text = format!("notes: {{ categories: [{{ title: x, {keys} }}] }}");
        assert_eq!(
            read_alone(GITHUB_PATH, &text, &customs()).unwrap().notes.categories[0].bump,
            expected,
            "{keys}"
        );
    };
    check("labels: [feature, Breaking-Change]", Bump::Major);
    check("types: [feat]", Bump::Minor);
    check("labels: bug, types: fix", Bump::Patch);
    check("labels: breaking, bump: none", Bump::None);
}

#[test]
fn a_shared_policy_cannot_extend_another() {
    let report = read_shared("lockkeeper.yml", "extends: a/b\n", &customs()).unwrap_err();
    assert_eq!(report.errors[0].code, Code::BadExtends);
    assert!(read_shared("lockkeeper.yml", "cut: tag\n", &customs()).is_ok());
}

#[test]
fn categories_come_from_release_yml_where_the_file_has_none() {
    let release_yml = || {
        let text = "changelog: { categories: [{ title: New, labels: [new] }] }";
        Some(crate::config::release_yml::read("release.yml", text).unwrap())
    };
    let titles = |text: &str| -> Vec<String> {
        let policy = complete(read(GITHUB_PATH, text, &customs()).unwrap(), release_yml(), &customs());
        policy.notes.categories.into_iter().map(|category| category.title).collect()
    };
    assert_eq!(titles("cut: tag"), ["New"]);
    assert_eq!(titles("notes: { exclude: { labels: [x] } }"), ["New"]);
    assert_eq!(titles("notes: { categories: [{ title: Own, labels: [own] }] }"), ["Own"]);
}

#[test]
fn s23_an_invalid_file_is_never_the_defaults() {
    for text in ["relaeser: x", "who: { releaser: }", "who: { releaser: [] }", "- x", "who: [", "\u{0}"] {
        assert!(read_alone(GITHUB_PATH, text, &customs()).is_err(), "{text:?}");
    }
}

#[test]
fn s24_nothing_in_a_policy_is_expanded() {
    let policy = read_alone(GITHUB_PATH, "versioning: { tag: \"$HOME-{version}\" }", &customs()).unwrap();
    assert_eq!(policy.versioning.tag.map(|tag| tag.to_string()).as_deref(), Some("$HOME-{version}"));
}

#[test]
fn a_file_over_64_kib_is_not_read() {
    let report = read(GITHUB_PATH, &"#".repeat(65 * 1024), &customs()).unwrap_err();
    insta::assert_snapshot!(report, @r"
    error[LK006]: this file has 66560 bytes, more than the 65536 that are read
    --> .github/lockkeeper.yml

    1 error in .github/lockkeeper.yml
    ");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn the_reader_never_panics(text in "\\PC{0,200}") {
        let _ = read(GITHUB_PATH, &text, &customs()).map_err(|report| (report.to_string(), report.headline()));
    }

    #[test]
    fn the_reader_never_panics_on_what_looks_like_yaml(text in "([-:#&*!|>'\"%@`{}\\[\\],? \t\r\n~é\u{feff}\u{0}a]|notes|title|who|<<|---){0,60}") {
        let _ = read(GITHUB_PATH, &text, &customs()).map_err(|report| (report.to_string(), report.headline()));
    }

    #[test]
    fn the_reader_never_panics_on_a_damaged_file(
        file in any::<prop::sample::Index>(), at in 0_usize..1200, with in "\\PC{0,3}"
    ) {
        let files = fixtures("good");
        let (_, mut text) = file.get(&files).clone();
        let at = (0..=at.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
        text.insert_str(at, &with);
        let _ = read(GITHUB_PATH, &text, &customs()).map_err(|report| report.to_string());
    }
}

/// Reader and schema cannot differ, because the reader walks the schema; so what is left to pin is the schema itself.
#[test]
fn the_schema_is_the_one_that_editors_have() {
    insta::assert_snapshot!(serde_json::to_string_pretty(&schema()).unwrap());
}

fn customs() -> Customs {
    Customs { reporters: vec!["github-actions".to_owned()], starts: vec!["workflow"], ..Customs::default() }
}
