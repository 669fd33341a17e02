//! The command over files in a folder of its own.

use std::fs;

use clap::Parser as _;

use super::*;

#[derive(clap::Parser)]
struct Program {
    #[command(flatten)]
    args: CheckArgs,
}

fn args(file: PathBuf, extends: Option<PathBuf>) -> CheckArgs {
    let mut args = Program::parse_from(["check"]).args;
    (args.file, args.extends) = (Some(file), extends);
    args
}

/// The exit code and the text over files `(name, content)`, of which the first is checked.
fn check(files: &[(&str, &str)], extends: Option<&str>) -> (u8, String) {
    let folder = tempfile::tempdir().unwrap();
    for (name, content) in files {
        fs::write(folder.path().join(name), content).unwrap();
    }
    let name = files.first().map_or("missing.yml", |(name, _)| name);
    let args = args(folder.path().join(name), extends.map(|name| folder.path().join(name)));
    let mut out = Vec::new();
    let code = run(&args, &mut out).unwrap();
    let text = String::from_utf8(out).unwrap();
    (code, text.replace(&format!("{}/", folder.path().display()), ""))
}

#[test]
fn a_good_file_says_what_it_means() {
    let text = "extends: acme/release-policy\nversioning: { tag: \"v{version}\" }\nbranches: release/*
notes:
  categories:
    - { title: Features, labels: [feature], types: [feat], bump: minor }
    - { title: Inside, types: [chore, ci], bump: none }
who: { releaser: [acme/release, ana, role:maintain] }\n";
    let (code, said) = check(&[("lockkeeper.yml", text)], None);
    assert_eq!(code, 0);
    insta::assert_snapshot!(said, @r"
    ok: lockkeeper.yml

    versions  semver, tags as v{version}
    notes     Features (minor): label feature; type feat
              Inside (no release of its own): type chore, ci
              Other: what is left
    left out  label skip-changelog and the like
    cut from  the default branch, release/*
    reader    whoever can read
    writer    whoever can push
    releaser  team acme/release, ana, everybody with maintain and above
    deployer  whoever can push
    approver  whoever can push

    `extends: acme/release-policy` was not followed: this is the file alone.
    With a local copy: lockkeeper check lockkeeper.yml --extends COPY
    ");
}

#[test]
fn environments_are_told_in_plain_words() {
    let text = "cut: tag\nenvironments:
  staging: { deploy: observe }
  production:
    after: staging
    deploy: { workflow: deploy.yml, inputs: { version: \"{tag}\" } }
    auto_promote: true
    soak: 2h
    checks: [build, { name: e2e, app: 15368 }]
    approvals: [{ from: acme/release, count: 2 }, { not: authors }]
    waves: [eu-1, [us-1, us-2]]
    bake: 15m
  us: { deploy: event, after: [staging, production], announce: quiet }\n";
    let (code, said) = check(&[("lockkeeper.yml", text)], None);
    assert_eq!(code, 0);
    let environments = said.split_once("\n\n").and_then(|(_, rest)| rest.split_once("\n\n")).unwrap().1;
    insta::assert_snapshot!(environments, @r"
    staging
      gets there others deploy, it is only watched; reports of github-actions count

    production
      gets there deploy.yml is started on the tag, with version={tag}
      begins     by itself, once a release is in staging
      waits for  the same commit healthy in staging for 2 h
                 checks passed: build, e2e by app 15368
                 2 approvals by team acme/release, not who asked
                 1 approval by whoever may approve, not who asked, and no author of a change
      then       eu-1, then us-1 and us-2, each watched for 15 min
      gives up   a deployment fails after 1 h, a promotion that waits lapses after 14 d
      says       each change of the release hears of it, in one comment

    us
      gets there a deployment that others carry out; reports of github-actions count
      begins     when somebody asks for it
      waits for  the same commit in staging and production
      then       all of it in one step
      gives up   a deployment fails after 1 h, a promotion that waits lapses after 14 d
      says       nothing on the changes of the release
    ");
}

#[test]
fn an_empty_file_means_the_defaults() {
    let (code, said) = check(&[("lockkeeper.yml", "")], None);
    assert_eq!(code, 0);
    insta::assert_snapshot!(said, @r"
    ok: lockkeeper.yml

    versions  semver, tags as the existing ones
    notes     Breaking changes (major): label breaking, breaking-change, semver-major
              Features (minor): label feature, enhancement, semver-minor; type feat
              Fixes (patch): label fix, bug, security, semver-patch; type fix, perf
              Reverted (patch): type revert
              Dependencies (patch): label dependencies
              Other: what is left
    left out  label skip-changelog and the like
    cut from  the default branch
    reader    whoever can read
    writer    whoever can push
    releaser  whoever can push
    deployer  whoever can push
    approver  whoever can push
    ");
}

#[test]
fn a_shared_file_is_read_where_the_flag_says_it_is() {
    let own = ("lockkeeper.yml", "extends: acme/policy\nbranches: own/*\n");
    let (code, said) =
        check(&[own, ("base.yml", "branches: base/*\nwho: { writer: ana }\n")], Some("base.yml"));
    assert_eq!(code, 0);
    assert!(said.contains("own/*") && said.contains("writer    ana") && !said.contains("base/*"), "{said}");
    assert!(!said.contains("not followed"));
    let (code, said) = check(&[own, ("base.yml", "brunches: x\n")], Some("base.yml"));
    assert!(code == 1 && said.contains("base.yml:1:1"), "{said}");
}

#[test]
fn categories_come_from_a_release_yml_beside_the_file() {
    let own = ("lockkeeper.yml", "cut: tag\n");
    let github =
        "changelog: { categories: [{ title: Sparkles, labels: ['*'], exclude: { labels: [deps] } }] }";
    let (code, said) = check(&[own, ("release.yml", github)], None);
    assert_eq!(code, 0);
    assert!(said.contains("Sparkles (patch): what is left; not label deps"), "{said}");
    let (code, said) = check(&[("release.yml", github)], None);
    assert!(code == 0 && !said.contains("releaser"), "{said}");
}

#[test]
fn a_wrong_file_gives_1_and_an_unreadable_one_2() {
    let (code, said) = check(&[("lockkeeper.yml", "noets: {}")], None);
    assert!(code == 1 && said.contains("did you mean `notes`?"), "{said}");
    let (code, said) = check(&[], None);
    assert!(code == 2 && said.starts_with("cannot read"), "{said}");
    let (code, said) = check(&[("lockkeeper.yml", "cut: tag")], Some("lockkeeper.yml"));
    assert!(code == 2 && said.contains("extends nothing"), "{said}");
}

#[test]
fn a_file_that_is_not_utf_8_is_told_so() {
    let file = tempfile::NamedTempFile::new().unwrap();
    fs::write(file.path(), b"notes: \xff\xfe").unwrap();
    let mut out = Vec::new();
    let args = args(file.path().to_owned(), None);
    assert_eq!(run(&args, &mut out).unwrap(), 1);
    assert!(String::from_utf8(out).unwrap().contains("LK008"));
}
