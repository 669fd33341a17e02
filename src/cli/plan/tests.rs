//! Tests of `plan --git`, from arguments to output; `plan --repo` is tested on the program itself. Nothing else.

use std::process::Command;

use clap::Parser;
use serde_json::{Value, json};

use super::*;

#[derive(Parser)]
struct Program {
    #[command(flatten)]
    args: Args,
}

fn git(folder: &Path, arguments: &[&str]) {
    let settings = ["user.name=Ana", "user.email=ana@x.example", "commit.gpgSign=false", "tag.gpgSign=false"];
    let settings = settings.iter().flat_map(|setting| ["-c", setting]);
    let done = Command::new("git").arg("-C").arg(folder).args(settings).args(arguments).output().unwrap();
    assert!(done.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&done.stderr));
}

/// A repository with v1.0.0, a merged pull request and a fix.
fn repository() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let git = |arguments: &[&str]| git(folder.path(), arguments);
    git(&["init", "--quiet", "--initial-branch=main"]);
    git(&["commit", "--quiet", "--allow-empty", "-m", "Begin"]);
    git(&["tag", "v1.0.0"]);
    git(&["checkout", "--quiet", "-b", "topic"]);
    git(&["commit", "--quiet", "--allow-empty", "-m", "feat: add @x"]);
    git(&["checkout", "--quiet", "main"]);
    git(&["commit", "--quiet", "--allow-empty", "-m", "fix: mend y (#4)"]);
    git(&["merge", "--quiet", "--no-ff", "-m", "Merge pull request #3 from ana/topic\n\nAdd x", "topic"]);
    folder
}

fn output(folder: &Path, more: &[&str]) -> Result<String, String> {
    let path = folder.to_str().unwrap();
    let program = Program::try_parse_from(["plan", "--git", path].iter().chain(more)).unwrap();
    let mut out = Vec::new();
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(run(program.args, &mut out)).map_err(|error| format!("{error:#}"))?;
    Ok(String::from_utf8(out).unwrap())
}

fn json(folder: &Path, more: &[&str]) -> Value {
    let arguments: Vec<&str> = ["--json"].iter().chain(more).copied().collect();
    serde_json::from_str(&output(folder, &arguments).unwrap()).unwrap()
}

/// Commits a policy file.
fn with_policy(folder: &Path, path: &str, text: &str) {
    with_files(folder, &[(path, text)], "ci: say how we release");
}

fn with_files(folder: &Path, files: &[(&str, &str)], message: &str) {
    for (path, text) in files {
        std::fs::create_dir_all(folder.join(path).parent().unwrap()).unwrap();
        std::fs::write(folder.join(path), text).unwrap();
    }
    git(folder, &["add", "--all"]);
    git(folder, &["commit", "--quiet", "-m", message]);
}

#[test]
fn the_policy_is_the_one_of_the_planned_commit() {
    for path in [policy::GITHUB_PATH, policy::GITLAB_PATH] {
        let folder = repository();
        let version = |more: &[&str]| json(folder.path(), more)["version"].clone();
        let rules = "versioning: { tag: \"v{version}\" }\nnotes: { categories: [{ title: All, types: [feat, fix], bump: major }] }\n";
        with_policy(folder.path(), path, rules);
        assert_eq!(version(&[]), "2.0.0", "{path}");
        assert_eq!(version(&["--to", "HEAD~1"]), "1.1.0", "that commit holds none");
        std::fs::write(folder.path().join(path), "categories: x").unwrap();
        assert_eq!(version(&[]), "2.0.0", "the working tree is nobody's word");
        let other = folder.path().join("other.yml");
        std::fs::write(&other, "").unwrap();
        assert_eq!(version(&["--policy", other.to_str().unwrap()]), "1.1.0", "who names one means it");
        with_policy(folder.path(), path, "catgories: x\n");
        let wrong = output(folder.path(), &[]).unwrap_err();
        assert!(
            wrong.contains(&format!("{path}:1:1")) && wrong.contains("unknown key `catgories`"),
            "{wrong}"
        );
        with_policy(folder.path(), path, "extends: acme/shared\n");
        let wrong = output(folder.path(), &[]).unwrap_err();
        assert!(wrong.contains("`--policy FILE`"), "{wrong}");
    }
}

#[test]
fn json_holds_what_is_documented() {
    let folder = repository();
    let mut document = json(folder.path(), &[]);
    for change in document["changes"].as_array_mut().unwrap() {
        assert_eq!(change["sha"].as_str().unwrap().len(), 40);
        change["sha"] = json!("…");
    }
    assert_eq!(document["head"].as_str().unwrap().len(), 40);
    document["head"] = json!("…");
    let change = |number: u64, title: &str, category: &str| {
        json!({
            "number": number, "sha": "…", "title": title, "author": "Ana", "category": category, "labels": [],
            "hidden": false, "excluded": false, "reverted": false, "folded_into": null, "note": null, "original": null,
            "breaking": false, "breaking_note": null, "part": false, "co_authors": [],
        })
    };
    let expected = json!({
        "component": "default", "previous": "1.0.0", "previous_tag": "v1.0.0", "version": "1.1.0", "tag": "v1.1.0",
        "bump": "minor", "head": "…",
        "changes": [change(3, "feat: add @x", "Features"), change(4, "fix: mend y", "Fixes")],
    });
    assert_eq!(document, expected);
    let page = include_str!("../../../docs/plan-json.md");
    let fields =
        expected.as_object().unwrap().keys().chain(expected["changes"][0].as_object().unwrap().keys());
    fields.for_each(|field| assert!(page.contains(&format!("| `{field}` |")), "{field} is not documented"));
}

#[test]
fn markdown_says_what_is_next() {
    let markdown = output(repository().path(), &[]).unwrap();
    assert_eq!(
        markdown,
        "**Next: v1.1.0** (minor: #3 adds a feature) · 2 changes since v1.0.0 · only a preview\n\n\
         **Features**\n\n- add `@x` #3 (`Ana`)\n\n**Fixes**\n\n- mend y #4 (`Ana`)\n"
    );
}

#[test]
fn a_range_has_the_ends_that_are_asked_for() {
    let folder = repository();
    let document = json(folder.path(), &["--to", "HEAD^1"]);
    assert_eq!((&document["version"], document["changes"].as_array().unwrap().len()), (&json!("1.0.1"), 1));
    let document = json(folder.path(), &["--from", "v1.0.0", "--to", "v1.0.0"]);
    assert_eq!((&document["version"], &document["bump"]), (&json!(null), &json!("none")));
}

#[test]
fn a_policy_file_rules_and_a_wrong_one_is_reported() {
    let folder = repository();
    let file = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let rules = file("rules.yml", "versioning: { tag: \"app-{version}\" }\n");
    let document = json(folder.path(), &["--policy", &rules]);
    assert_eq!((&document["previous"], &document["tag"]), (&json!(null), &json!("app-0.1.0")));
    assert_eq!(document["changes"].as_array().unwrap().len(), 3);
    let star = file("release.yml", "changelog: { categories: [{ title: All, labels: [\"*\"] }] }\n");
    assert_eq!(json(folder.path(), &["--policy", &star])["changes"][0]["category"], "All");
    let refused = |path: &str| output(folder.path(), &["--policy", path]).unwrap_err();
    assert!(refused(&file("wrong.yml", "versionin: 1\n")).contains("versioning"));
    assert!(refused(&file("shared.yml", "extends: acme/policy\n")).contains("acme/policy"));
    assert!(refused("nowhere.yml").contains("nowhere.yml"));
}

#[test]
fn what_cannot_be_planned_says_what_to_do() {
    let folder = repository();
    let missing = output(folder.path(), &["--from", "v9.9.9"]).unwrap_err();
    assert!(missing.contains("--from v9.9.9") && missing.contains("git tag"), "{missing}");
    let git = |arguments: &[&str]| {
        Command::new("git").arg("-C").arg(folder.path()).args(arguments).output().unwrap()
    };
    assert!(git(&["tag", "1.0.0"]).status.success());
    let ambiguous = output(folder.path(), &[]).unwrap_err();
    assert!(ambiguous.contains("`v{version}`") && ambiguous.contains("versioning"), "{ambiguous}");
    assert!(output(folder.path(), &["--from", "v1.0.0"]).is_ok());
}

/// What each release had, and after which it came.
fn released(all: &Value) -> Vec<String> {
    let told = |document: &Value| {
        let titles = document["changes"].as_array().unwrap().iter().map(|change| change["title"].to_string());
        let titles: Vec<String> = titles.collect();
        format!("{} after {}: {}", document["released"], document["previous_tag"], titles.join(", "))
    };
    all.as_array().unwrap().iter().map(told).collect()
}

#[test]
fn every_release_is_planned_as_it_was_before_it_was_made() {
    let folder = repository();
    let git = |arguments: &[&str]| git(folder.path(), arguments);
    git(&["tag", "v1.1.0"]);
    git(&["commit", "--quiet", "--allow-empty", "-m", "fix: mend z"]);
    git(&["tag", "v1.1.1"]);
    git(&["commit", "--quiet", "--allow-empty", "-m", "feat: not out yet"]);
    let all = json(folder.path(), &["--all"]);
    assert_eq!(
        released(&all),
        [
            "\"v1.1.1\" after \"v1.1.0\": \"fix: mend z\"",
            "\"v1.1.0\" after \"v1.0.0\": \"feat: add @x\", \"fix: mend y\"",
            "\"v1.0.0\" after null: \"Begin\"",
        ]
    );
    let changelog = output(folder.path(), &["--all", "--notes"]).unwrap();
    let headings: Vec<&str> = changelog.lines().filter(|line| line.starts_with('#')).collect();
    let expected =
        ["## v1.1.1", "### Fixes", "## v1.1.0", "### Features", "### Fixes", "## v1.0.0", "### Other"];
    assert_eq!(headings, expected);
    assert!(changelog.contains("\nFull list: v1.1.0...v1.1.1\n"), "{changelog}");
    assert!(output(folder.path(), &["--all"]).unwrap().starts_with("## v1.1.1\n\n**Next: v1.1.1** (patch)"));
}

#[test]
fn a_range_is_planned_alone_as_it_is_within_the_whole() {
    let folder = repository();
    let git = |arguments: &[&str]| git(folder.path(), arguments);
    git(&["tag", "v2.0.0-rc.1"]);
    git(&["commit", "--quiet", "--allow-empty", "-m", "fix: mend z"]);
    git(&["tag", "v1.1.0"]);
    git(&["commit", "--quiet", "--allow-empty", "-m", "feat: more"]);
    for from in ["v1.0.0", "v1.1.0", "v2.0.0-rc.1"] {
        let history = History::read(folder.path(), "HEAD").unwrap();
        let asked = Asking { clone: Some(folder.path()), from: Some(from), today: today() };
        let whole = plan_of_clone(&history, &policy::defaults(), &asked).unwrap();
        let alone = json(folder.path(), &["--from", from]);
        assert_eq!(alone, serde_json::to_value(Document::of(&whole)).unwrap(), "after {from}");
        let is_read_alone = of_range(folder.path(), (from, "HEAD"), &None).unwrap().is_some();
        assert_eq!(is_read_alone, from == "v1.0.0", "what lies before {from} decides, too");
    }
    let error = output(folder.path(), &["--from", "v9.9.9"]).unwrap_err();
    assert!(error.contains("is no tag of this clone"), "{error}");
}

/// Two components with releases of their own; the newest one of `web` has the commit of one of `api`.
fn with_components(rules: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    git(path, &["init", "--quiet", "--initial-branch=main"]);
    with_policy(path, policy::GITHUB_PATH, rules);
    let released = |files: &[(&str, &str)], message: &str, tags: &[&str]| {
        with_files(path, files, message);
        tags.iter().for_each(|tag| git(path, &["tag", tag]));
    };
    let (web, api) = ("web/cart.ts", "api/total.rs");
    released(&[(web, "1")], "feat: a cart", &["web-v0.1.0"]);
    released(&[(api, "1")], "fix: totals", &["api-v0.1.0"]);
    released(&[(web, "2"), (api, "2")], "feat: invoices", &["web-v0.2.0", "api-v0.2.0"]);
    released(&[(web, "3")], "fix: the cart", &["web-v0.2.1"]);
    folder
}

#[test]
fn every_release_of_every_component_is_planned_by_its_own_files() {
    let folder = with_components("components:\n  web: { paths: [web] }\n  api: { paths: [api] }\n");
    let all = json(folder.path(), &["--all"]);
    let web = [
        "\"web-v0.2.1\" after \"web-v0.2.0\": \"fix: the cart\"",
        "\"web-v0.2.0\" after \"web-v0.1.0\": \"feat: invoices\"",
        "\"web-v0.1.0\" after null: \"feat: a cart\"",
    ];
    let api = [
        "\"api-v0.2.0\" after \"api-v0.1.0\": \"feat: invoices\"",
        "\"api-v0.1.0\" after null: \"fix: totals\"",
    ];
    assert_eq!(released(&all), [&web[..], &api].concat());
    assert_eq!(released(&json(folder.path(), &["--all", "--component", "api"])), api);
    let changelog = output(folder.path(), &["--all", "--notes"]).unwrap();
    let headings: Vec<&str> = changelog.lines().filter(|line| !line.starts_with("###")).collect();
    let headings: Vec<&str> = headings.into_iter().filter(|line| line.starts_with('#')).collect();
    let expected = [
        "# web",
        "## web-v0.2.1",
        "## web-v0.2.0",
        "## web-v0.1.0",
        "# api",
        "## api-v0.2.0",
        "## api-v0.1.0",
    ];
    assert_eq!(headings, expected);
    let error = output(folder.path(), &["--all", "--component", "wev"]).unwrap_err();
    assert_eq!(error, "there is no component `wev`\n\nThe policy has `web`, `api`.");
}

#[test]
fn a_release_that_shared_its_version_is_planned_with_what_the_others_asked_for() {
    let linked = "components:\n  web: { paths: [web], linked: all }\n  api: { paths: [api], linked: all }\n";
    let folder = with_components(linked);
    with_files(folder.path(), &[("web/cart.ts", "4")], "feat: two carts");
    with_files(folder.path(), &[("api/total.rs", "4")], "fix: totals of two");
    git(folder.path(), &["tag", "web-v0.3.0"]);
    git(folder.path(), &["tag", "api-v0.3.0"]);
    let all = json(folder.path(), &["--all", "--component", "api"]);
    assert_eq!((&all[0]["released"], &all[0]["version"]), (&json!("api-v0.3.0"), &json!("0.3.0")));
    assert_eq!(released(&all)[0], "\"api-v0.3.0\" after \"api-v0.2.0\": \"fix: totals of two\"");
}
