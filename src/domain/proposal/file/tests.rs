//! Tests of version files: only the version changes, and what cannot be changed is told.

use super::*;

fn raise_one(path: &str, text: &str) -> Raised {
    let read = Files::from([(path.to_owned(), text.to_owned())]);
    raise(&[path.to_owned()], &read, &"1.5.0".parse().expect("a version"))
}

/// `«»` stands around what must have changed.
fn check(path: &str, marked: &str) {
    let (mut before, mut after, mut rest) = (String::new(), String::new(), marked);
    while let Some((head, tail)) = rest.split_once('«') {
        let (old, tail) = tail.split_once('»').expect("a closing mark");
        before += &format!("{head}{old}");
        after += &format!("{head}1.5.0");
        rest = tail;
    }
    let (before, after) = (before + rest, after + rest);
    assert_eq!(raise_one(path, &before).files.get(path), Some(&after), "{path}: {before}");
}

fn left(path: &str, text: &str) {
    let raised = raise_one(path, text);
    assert_eq!((raised.files.len(), raised.left), (0, vec![path.to_owned()]), "{text}");
}

#[test]
fn the_version_of_each_kind_of_file_is_raised_and_nothing_else() {
    check(
        "Cargo.toml",
        "[package]\r\nname = \"web\"\r\nversion = \"«1.4.2»\" # ours\r\n[dependencies]\r\nx = { version = \"1.4.2\" }\r\n",
    );
    check("web/Cargo.toml", "[dependencies.x]\nversion = '1'\n[workspace.package]\nversion='«1.4.2»'");
    check(
        "package.json",
        "{\n\t\"x\": {\"version\": \"1\", \"n\": [1, {\"a\": \"}\"}]},\n\t\"version\" : \"«1.4.2»\",\n\t\"y\": \"\\\"\"\n}\n",
    );
    check(
        "pyproject.toml",
        "[project]\ndescription = \"\"\"\nversion = \"9\"\n\"\"\"\nversion = \"«1.4.2»\"\n",
    );
    check("pyproject.toml", "[tool.poetry]\nversion = \"«1.4.2»\"");
    check(
        "pom.xml",
        "<?xml version=\"1.0\"?>\n<!-- <project><version>1</version> -->\n<project a=\">\"><parent><version>1</version></parent>\n  <x/><version> «1.4.2» </version></project>",
    );
    check("charts/app/Chart.yaml", "apiVersion: v2\nversion: «1.4.2» # the chart\nappVersion: \"1.4.2\"\n");
    check("Chart.yaml", "version: '«1.4.2»'\n");
    check("src/version.py", "OLD = \"1.4.2\"\nVERSION = \"«1.4.2-rc.1»\"  # lockkeeper:version\n");
    check(
        "README.md",
        "Take v«1.4.2». <!-- lockkeeper:version -->\n<!-- lockkeeper:version --> image:«1.4»\n",
    );
    check("Cargo.toml", "[package]\nversion = \"«1.4.2»\"\ndocs = \"x/«1.4.2»\" # lockkeeper:version\n");
}

#[test]
fn what_names_no_version_is_left_and_told() {
    left("Cargo.toml", "[package]\nversion.workspace = true\n[dependencies]\nversion = \"1\"\n");
    left("package.json", "{ \"name\": \"version\" ");
    left("package.json", "{ \"version\": 1 }");
    left("pom.xml", "<project><version>${revision}</version></project>");
    left("pom.xml", "<project><version>1.4.2");
    left("Chart.yaml", "  version: 1.4.2\n");
    left("Chart.yaml", "version: # nothing\n");
    left("version.txt", "1.4.2\n");
    left("version.txt", "x86.64 a1.2 # lockkeeper:version\n");
    let none = raise(&["a".to_owned()], &Files::new(), &"1.5.0".parse().expect("a version"));
    assert_eq!(none.left, ["a"]);
}

#[test]
fn a_version_that_is_there_already_changes_no_file() {
    let raised = raise_one("package.json", "{\"version\": \"1.5.0\"}");
    assert_eq!(raised, Raised::default());
}

#[test]
fn locks_repeat_the_version_of_the_projects_own_packages() {
    let read = Files::from(
        [
            ("Cargo.toml", "[workspace.package]\nversion = \"1.4.2\"\n"),
            ("cli/Cargo.toml", "[package]\nname = \"cli\"\nversion = \"0.3.0\"\n"),
            (
                "Cargo.lock",
                "version = 4\n\n[[package]]\nname = \"cli\"\nversion = \"0.3.0\"\n\n[[package]]\nname = \"web\"\nversion = \"1.4.2\"\ndependencies = [\n \"x\",\n]\n\n[[package]]\nname = \"x\"\nversion = \"1.4.2\"\nsource = \"registry\"\n",
            ),
            ("ui/package.json", "{\"version\": \"1.4.2\"}"),
            (
                "ui/package-lock.json",
                "{\"name\": \"ui\", \"version\": \"1.4.2\", \"packages\": {\"\": {\"version\": \"1.4.2\"}, \"node_modules/x\": {\"version\": \"1.4.2\"}}}",
            ),
        ]
        .map(|(path, text)| (path.to_owned(), text.to_owned())),
    );
    let named = ["Cargo.toml", "cli/Cargo.toml", "ui/package.json"].map(str::to_owned);
    assert_eq!(
        needed(&named).into_iter().collect::<Vec<_>>().join(" "),
        "Cargo.lock Cargo.toml cli/Cargo.lock cli/Cargo.toml npm-shrinkwrap.json package-lock.json ui/npm-shrinkwrap.json ui/package-lock.json ui/package.json"
    );
    let raised = raise(&named, &read, &"1.5.0".parse().expect("a version"));
    assert_eq!(raised.left, Vec::<String>::new());
    let lock = &raised.files["Cargo.lock"];
    assert_eq!(
        lock.lines().filter(|line| line.starts_with("version = \"")).collect::<Vec<_>>(),
        ["version = \"1.5.0\"", "version = \"1.5.0\"", "version = \"1.4.2\""]
    );
    assert_eq!(raised.files["ui/package-lock.json"].matches("1.5.0").count(), 2);
    assert_eq!(raised.files.len(), 5);
}

#[test]
fn a_changelog_gets_its_section_above_the_earlier_ones() {
    for (before, expected) in [
        (None, "# Changelog\n\n## v2\n\n* new\n"),
        (Some("# Changes\n\nAll of them.\n"), "# Changes\n\nAll of them.\n\n## v2\n\n* new\n"),
        (Some("# C\n\n## v1\n\n* old\n"), "# C\n\n## v2\n\n* new\n\n## v1\n\n* old\n"),
        (
            Some("# C\n\n## [Unreleased]\n\n* soon\n\n## v1\n"),
            "# C\n\n## [Unreleased]\n\n* soon\n\n## v2\n\n* new\n\n## v1\n",
        ),
        (Some("# C\n\n```\n## no\n```\n\n## v1\n"), "# C\n\n```\n## no\n```\n\n## v2\n\n* new\n\n## v1\n"),
        (Some("# C\r\n\r\n## v1\r\n"), "# C\r\n\r\n## v2\r\n\r\n* new\r\n\r\n## v1\r\n"),
    ] {
        assert_eq!(with_section(before, "v2", "* new"), expected, "{before:?}");
    }
}

mod any_text {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn no_text_stops_the_reader(text in "[ -~\n\r\t«é]{0,200}", name in "Cargo.toml|package.json|pom.xml|Chart.yaml|pyproject.toml|x") {
            raise_one(&name, &text);
        }
    }
}
