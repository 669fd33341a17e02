//! Tests of reading clones, over small repositories made by git itself. Nothing else.

use super::*;

/// A repository in a folder of its own.
struct Repository(tempfile::TempDir);

impl Repository {
    fn new() -> Self {
        let repository = Self(tempfile::tempdir().unwrap());
        repository.git(&["init", "--quiet", "--initial-branch=main"]);
        repository
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn git(&self, arguments: &[&str]) {
        let done = Command::new("git")
            .arg("-C")
            .arg(self.path())
            .args(["-c", "user.name=Ana \u{df}", "-c", "user.email=ana@x.example", "-c", "tag.gpgSign=false"])
            .args(["-c", "commit.gpgSign=false"])
            .args(arguments)
            .output()
            .unwrap();
        assert!(done.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&done.stderr));
    }

    fn commit(&self, message: &str) {
        self.git(&["commit", "--quiet", "--allow-empty", "--allow-empty-message", "-m", message]);
    }
}

#[test]
fn a_history_holds_commits_parents_and_tags() {
    let repository = Repository::new();
    repository.commit("First\n\nWith a body\nof two lines");
    repository.git(&["tag", "v1.0.0"]);
    repository.git(&["checkout", "--quiet", "-b", "topic"]);
    repository.commit("On a branch");
    repository.git(&["checkout", "--quiet", "main"]);
    repository.commit("");
    repository.git(&["merge", "--quiet", "--no-ff", "-m", "Merge branch 'topic'", "topic"]);
    repository.git(&["tag", "-a", "-m", "an annotated one", "v1.1.0"]);

    let history = History::read(repository.path(), "HEAD").unwrap();
    let commits = history.commits(&history.graph().range(0, &[]));
    assert_eq!(commits.len(), 4);
    assert_eq!(commits[0].message.trim_end(), "Merge branch 'topic'");
    assert_eq!(commits[0].parents.len(), 2);
    assert_eq!(commits[3].message, "First\n\nWith a body\nof two lines\n");
    assert_eq!(commits[3].author, "Ana \u{df}");
    assert!(commits.iter().any(|commit| commit.message.is_empty()));
    let tags: Vec<(&str, Option<u32>)> =
        history.tags().iter().map(|tag| (tag.name.as_str(), history.find(&tag.commit))).collect();
    assert_eq!(tags, [("v1.0.0", Some(3)), ("v1.1.0", Some(0))]);
    assert_eq!(history.graph().range(0, &[3]), [0, 1, 2]);
    assert!(!history.is_shallow);
}

#[test]
fn a_revision_cannot_be_an_option() {
    let repository = Repository::new();
    repository.commit("First");
    let written = repository.path().join("written");
    let option = format!("--output={}", written.display());
    assert!(matches!(History::read(repository.path(), &option), Err(ReadError::Refused { .. })));
    assert!(!written.exists());
}

#[test]
fn what_is_not_there_is_said_in_gits_words() {
    let empty = tempfile::tempdir().unwrap();
    let said = |path: &Path, revision: &str| match History::read(path, revision) {
        Err(ReadError::Refused { said, .. }) => said,
        other => format!("{other:?}"),
    };
    assert!(said(empty.path(), "HEAD").contains("not a git repository"), "{}", said(empty.path(), "HEAD"));
    let repository = Repository::new();
    repository.commit("First");
    assert!(said(repository.path(), "nowhere").contains("nowhere"));
}

#[test]
fn an_answer_that_ends_early_is_not_taken() {
    for output in ["a\0b\0c\0", "a\0b\0c\0d", "a\0b\0c\0d\0e"] {
        assert!(
            matches!(History::parse(output.into(), vec![], false), Err(ReadError::Corrupt(_))),
            "{output:?}"
        );
    }
    assert!(History::parse(vec![], vec![], false).unwrap().graph().is_empty());
}
