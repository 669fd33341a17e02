//! Tests of `import`, from arguments to what is written. What is carried over of which file is tested in `config::import`.

use std::process::Command;

use clap::Parser;

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

fn put(folder: &Path, path: &str, text: &str) {
    let file = folder.join(path);
    std::fs::create_dir_all(file.parent().unwrap()).unwrap();
    std::fs::write(file, text).unwrap();
}

fn import(folder: &Path, more: &[&str]) -> Result<String, String> {
    let path = folder.to_str().unwrap();
    let program = Program::try_parse_from(["import", path].iter().chain(more)).unwrap();
    let mut out = Vec::new();
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(run(program.args, &mut out)).map_err(|error| format!("{error:#}"))?;
    Ok(String::from_utf8(out).unwrap())
}

const DRAFTER: &str = "template: $CHANGES\ncategories:\n  - { title: Features, label: feature }\n";

#[test]
fn a_file_is_found_and_becomes_a_policy_that_check_takes() {
    let folder = tempfile::tempdir().unwrap();
    put(folder.path(), ".github/release-drafter.yml", DRAFTER);
    let text = import(folder.path(), &[]).unwrap();
    assert!(text.contains("{ title: Features, labels: [feature], bump: patch }"), "{text}");
    let output = folder.path().join("lockkeeper.yml");
    let said = import(folder.path(), &["--output", output.to_str().unwrap()]).unwrap();
    assert!(said.contains("1 thing is not as it was"), "{said}");
    assert_eq!(std::fs::read_to_string(&output).unwrap(), text);
    assert!(plan::read_policy(&output).is_ok());
    let refused = import(folder.path(), &["--output", output.to_str().unwrap()]).unwrap_err();
    assert!(refused.contains("cannot be made"), "what is there is never overwritten: {refused}");
}

#[test]
fn where_there_are_several_files_or_none_it_is_said_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let said = import(folder.path(), &[]).unwrap_err();
    assert!(said.contains("Looked for: .github/release-drafter.yml, release-please-config.json"), "{said}");
    put(folder.path(), ".github/release-drafter.yml", DRAFTER);
    put(folder.path(), ".github/release.yml", "changelog: {}\n");
    let said = import(folder.path(), &[]).unwrap_err();
    assert!(said.contains("`--format release-drafter` or `--format release-yml`"), "{said}");
    assert!(import(folder.path(), &["--format", "release-yml"]).is_ok());
    put(folder.path(), ".github/release.yml", "changelog: [x]\n");
    let said = import(folder.path(), &["--format", "release-yml"]).unwrap_err();
    assert!(said.contains("--> .github/release.yml:1"), "{said}");
}

#[test]
fn old_and_new_notes_of_a_clone_stand_side_by_side() {
    let folder = tempfile::tempdir().unwrap();
    let git = |arguments: &[&str]| git(folder.path(), arguments);
    git(&["init", "--quiet", "--initial-branch=main"]);
    git(&["commit", "--quiet", "--allow-empty", "-m", "Begin"]);
    git(&["tag", "v1.0.0"]);
    git(&["commit", "--quiet", "--allow-empty", "-m", "feat: add x (#3)"]);
    git(&["commit", "--quiet", "--allow-empty", "-m", "Straight onto main"]);
    put(folder.path(), "release-please-config.json", "{ \"packages\": { \".\": {} } }");
    let said = import(folder.path(), &["--compare"]).unwrap();
    assert!(
        said.starts_with("2 changes since v1.0.0; ours would be 1.1.0\nA clone knows no labels"),
        "{said}"
    );
    let line = said.lines().find(|line| line.contains("* add x (#3)")).unwrap();
    assert!(line.contains(" | "), "both stand on one line: {said}");
    assert!(said.contains("Straight onto main"), "{said}");
    assert!(said.ends_with("listed only as until now: none\nlisted only by the policy: none\n"), "{said}");
}
