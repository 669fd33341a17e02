//! The adapter's reads against the stand-in GitLab, over real HTTP: both must mean the same. The adapter's own rules are tested beside it.
#![expect(clippy::disallowed_methods, reason = "a test owns its tasks")]

use std::sync::Arc;

use lockkeeper::clock::Clock;
use lockkeeper::domain::change::RangeCommit;
use lockkeeper::domain::id::{
    ActorId, ActorKind, ChangeNumber, CommitId, DeploymentId, ProjectPath, TagName,
};
use lockkeeper::domain::place::{CommentKind, CommentRef, Thread};
use lockkeeper::domain::policy::environment::Automation;
use lockkeeper::domain::policy::{GroupPath, Standing};
use lockkeeper::domain::query::{
    Ancestry, Answer, BranchAsked, CheckNow, Detail, Inputs, InputsAsked, Membership, Newcomers, Newest,
    Query, RangeAsked, ReportedState, RunAsked, RunsAsked,
};
use lockkeeper::domain::state::Project;
use lockkeeper::forge::client::http_client;
use lockkeeper::forge::gitlab::{GitLab, Setup};
use lockkeeper::forge::{Forge, Operated as _};
use lockkeeper::sandbox::{AppCredentials, MergeMethod, Role, World, gitlab};

/// A project on the stand-in, and the adapter that reads it.
struct Stage {
    world: World,
    forge: GitLab,
    project: Project,
}

impl Stage {
    async fn set() -> Self {
        let clock = Clock::standing_at("2026-12-01T12:00:00Z".parse().expect("it is a time"));
        let world = gitlab::stand_in(clock.clone(), AppCredentials::generate(), "acme/app");
        world.install();
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        tokio::spawn(gitlab::serve(world.clone(), listener));
        let credentials = world.credentials();
        let now = clock.clone();
        let setup = Setup {
            url,
            token: credentials.access_token.clone().into(),
            webhook_secret: Some(credentials.webhook_secret.clone().into()),
            webhook_secret_old: None,
            signing_token: None,
            signing_token_old: None,
            now: Arc::new(move || now.now()),
        };
        let forge = GitLab::new(setup, &http_client(None).expect("a client")).expect("a setup that works");
        let path = ProjectPath::parse("acme/app").expect("a path");
        let seen = forge.project(&path).await.expect("it answers").expect("it is there");
        let project = Project::first_seen(&seen, clock.now());
        Self { world, forge, project }
    }

    async fn read(&self, query: Query) -> Option<Answer> {
        self.forge.read(&self.project, &query).await.unwrap_or_else(|error| panic!("{query:?}: {error:?}"))
    }

    fn actor(&self, login: &str) -> lockkeeper::domain::id::Actor {
        let id = ActorId(self.world.person(login));
        lockkeeper::domain::id::Actor { id, login: login.to_owned(), kind: ActorKind::Person }
    }

    fn head(&self) -> CommitId {
        CommitId::parse(self.world.head()).expect("a commit")
    }

    /// Everything that was asked for is there.
    fn end(&self) {
        assert_eq!(self.world.unknown_routes(), Vec::<String>::new());
    }
}

fn tag(name: &str) -> TagName {
    TagName::parse(name).expect("a tag")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_range_is_told_with_its_changes_however_they_were_merged() {
    let stage = Stage::set().await;
    let world = &stage.world;
    world.annotated_tag_by_hand("bob", "v1.0.0", "main");
    let mut expected = Vec::new();
    for (method, title) in [
        (MergeMethod::Squash, "feat: squashed"),
        (MergeMethod::MergeCommit, "feat: merged"),
        (MergeMethod::Rebase, "feat: rebased"),
    ] {
        let number = world.open_change("ana", title);
        world.push_commit("ana", number, "more of it");
        world.approve("carol", number, "Good.");
        world.label(number, "feature");
        world.merge_by(number, "bob", method);
        expected.push(number);
    }
    world.push_directly("bob", "fix: at once");
    let asked = RangeAsked {
        base: Some(tag("v1.0.0")),
        head: stage.head(),
        with_people: true,
        detail: Detail::Commits,
    };
    let Some(Answer::Range(range)) = stage.read(Query::Range(asked)).await else { panic!() };
    assert_eq!((range[0].change.as_ref(), range[0].message.trim()), (None, "fix: at once"));
    let number = |commit: &RangeCommit| commit.change.as_ref().map(|change| change.number.0);
    let mut found: Vec<u64> = range.iter().filter_map(number).collect();
    found.dedup();
    found.reverse();
    assert_eq!(found, expected);
    let carol = ActorId(world.person("carol"));
    for commit in range.iter().filter(|commit| commit.change.is_some()) {
        assert_eq!(commit.reviewers, [carol], "{}", commit.message);
        assert_eq!(
            commit.change.as_ref().map(|change| change.labels.clone()),
            Some(vec!["feature".to_owned()])
        );
    }
    // The second commit of the rebased one stands on the line, too.
    assert_eq!(range.iter().filter(|commit| number(commit) == expected.last().copied()).count(), 2);
    let people = vec![stage.actor("ana")];
    let newcomers = |changes: &[u64]| {
        let changes = changes.iter().copied().map(ChangeNumber).collect();
        Query::FirstTimers(Newcomers { people: people.clone(), changes })
    };
    let ana = Some(Answer::FirstTimers([people[0].id].into()));
    assert_eq!(stage.read(newcomers(&expected)).await, ana);
    assert_eq!(stage.read(newcomers(&expected[1..])).await, Some(Answer::FirstTimers([].into())));
    stage.end();
}

#[tokio::test(flavor = "multi_thread")]
async fn tags_commits_and_branches_are_as_the_forge_has_them() {
    let stage = Stage::set().await;
    let world = &stage.world;
    let first = stage.head();
    world.annotated_tag_by_hand("bob", "v1.0.0", "main");
    world.create_branch("release/1.x", "main");
    world.protect("release/1.x");
    world.push_file_to("release/1.x", "a.txt", "a");
    world.tag_by_hand("bob", "v1.0.1", "release/1.x");
    let patched = CommitId::parse(world.commit_at("release/1.x").expect("a commit")).expect("a commit");
    world.push_file("b.txt", "b");
    let Some(Answer::Tags(tags)) = stage.read(Query::Tags(Newest)).await else { panic!() };
    assert_eq!(tags.len(), 2);
    let Some(Answer::TagNow(now)) = stage.read(Query::TagNow(tag("v1.0.0"))).await else { panic!() };
    assert_eq!(now.commit, first);
    assert_ne!(now.object, first, "an annotated tag");
    let named = |name: &str| Query::Commit(name.to_owned());
    assert_eq!(stage.read(named(first.short())).await, Some(Answer::Commit(first.clone())));
    assert_eq!(stage.read(named("HEAD")).await, Some(Answer::Commit(stage.head())));
    assert_eq!(stage.read(named("refs/heads/release/1.x")).await, Some(Answer::Commit(patched.clone())));
    assert_eq!(stage.read(named("00000000")).await, None);
    let ancestry =
        |head: CommitId| Query::FirstAncestor(Ancestry { head, tags: vec![tag("v1.0.1"), tag("v1.0.0")] });
    assert_eq!(stage.read(ancestry(stage.head())).await, Some(Answer::FirstAncestor(tag("v1.0.0"))));
    assert_eq!(stage.read(ancestry(patched.clone())).await, Some(Answer::FirstAncestor(tag("v1.0.1"))));
    let branch = |commit: CommitId, listed: &str| {
        let listed = vec![lockkeeper::domain::policy::BranchPattern(listed.to_owned())];
        Query::BranchOf(BranchAsked { commit, listed })
    };
    let told = |answer: Option<Answer>| match answer {
        Some(Answer::BranchOf(name)) => Some(name.to_string()),
        None => None,
        other => panic!("{other:?}"),
    };
    assert_eq!(told(stage.read(branch(first.clone(), "release/*")).await).as_deref(), Some("main"));
    assert_eq!(told(stage.read(branch(patched.clone(), "release/*")).await).as_deref(), Some("release/1.x"));
    assert_eq!(told(stage.read(branch(patched, "hotfix/*")).await), None);
    stage.end();
}

#[tokio::test(flavor = "multi_thread")]
async fn people_notes_and_milestones_are_as_the_forge_has_them() {
    let stage = Stage::set().await;
    let world = &stage.world;
    world.make_private();
    world.give_role("bob", Role::Maintain);
    world.team("acme", "release", &["carol", "dan"]);
    let standing = async |login: &str| match stage.read(Query::Standing(stage.actor(login))).await {
        Some(Answer::Standing(standing)) => standing,
        other => panic!("{other:?}"),
    };
    assert_eq!((standing("bob").await, standing("eve").await), (Standing::Maintain, Standing::None));
    let member = |login: &str| {
        Query::Member(Membership { group: GroupPath("acme/release".into()), actor: stage.actor(login) })
    };
    assert_eq!(stage.read(member("carol")).await, Some(Answer::Member(true)));
    assert_eq!(stage.read(member("bob")).await, Some(Answer::Member(false)));
    let team = |name: &str| Query::Team(GroupPath(name.to_owned()));
    assert!(matches!(stage.read(team("acme/release")).await, Some(Answer::Team(team)) if team.len() == 2));
    assert_eq!(stage.read(team("acme/nobody")).await, None);
    let Some(Answer::People(people)) = stage.read(Query::People(Standing::Maintain)).await else { panic!() };
    assert!(people.iter().any(|one| one.login == "bob"), "{people:?}");
    let Some(Answer::Account(bob)) = stage.read(Query::Account("bob".into())).await else { panic!() };
    assert_eq!(bob, stage.actor("bob"));

    let due = "2026-12-24T00:00:00Z".parse().expect("it is a time");
    let milestone = world.milestone("bob", "v1.5.0", Some(due));
    let (change, issue) = (world.open_change("ana", "feat: x"), world.open_issue("ana", "It breaks"));
    for number in [change, issue] {
        world.plan_for("bob", number, milestone);
    }
    let version = serde_json::from_value(serde_json::json!("1.5.0")).expect("a version");
    let Some(Answer::Milestone(found)) = stage.read(Query::Milestone(version)).await else { panic!() };
    assert_eq!((found.title.as_str(), found.due, found.open.len()), ("v1.5.0", Some(due), 2));
    let number = world.comment("ana", change, "/release plan");
    let at =
        CommentRef { thread: Thread::Change(ChangeNumber(change)), kind: CommentKind::Discussion, number };
    let Some(Answer::Comment(note)) = stage.read(Query::Comment(at.clone())).await else { panic!() };
    assert_eq!((note.author, note.body.as_str()), (stage.actor("ana"), "/release plan"));
    assert!(
        note.page.ends_with(&format!("/acme/app/-/merge_requests/{change}#note_{number}")),
        "{}",
        note.page
    );
    world.delete_comment("ana", number);
    assert_eq!(stage.read(Query::Comment(at)).await, None);
    let Some(Answer::Change(now)) = stage.read(Query::Change(ChangeNumber(change))).await else { panic!() };
    assert_eq!(now.milestone.map(|milestone| milestone.title).as_deref(), Some("v1.5.0"));
    stage.end();
}

const PIPELINE: &str = "spec:
  inputs:
    version:
---
deploy:
  script: [./deploy]
  rules: [{ if: $CI_PIPELINE_SOURCE == \"api\" }]
ship:
  script: [./ship]
  environment: production
  rules: [{ if: $CI_COMMIT_TAG, when: manual }]
";

#[tokio::test(flavor = "multi_thread")]
async fn pipelines_deployments_and_checks_are_as_the_forge_has_them() {
    let stage = Stage::set().await;
    let world = &stage.world;
    let before = stage.read(Query::TagStarts(stage.head())).await;
    assert_eq!(before, Some(Answer::TagStarts(vec![])), "there is no configuration");
    world.push_file(".gitlab-ci.yml", PIPELINE);
    world.push_file(".gitlab/lockkeeper.yml", "version: 1\n");
    world.annotated_tag_by_hand("bob", "v1.5.0", "main");
    let head = stage.head();
    let source = stage.forge.policy_source(&stage.project).await.expect("it answers").expect("it is there");
    assert_eq!((source.revision, source.branch.as_str()), (head.clone(), "main"));
    assert_eq!(source.file.map(|file| file.text).as_deref(), Some("version: 1\n"));
    let Some(Answer::TagStarts(starts)) = stage.read(Query::TagStarts(head.clone())).await else { panic!() };
    assert_eq!(starts[0].file, ".gitlab-ci.yml");
    let since = "2026-12-01T12:00:00Z".parse().expect("it is a time");
    let asked = RunsAsked { commit: head.clone(), tag: tag("v1.5.0"), since };
    let Some(Answer::Runs(runs)) = stage.read(Query::Runs(asked)).await else { panic!() };
    assert_eq!(runs.len(), 1);
    let inputs = |what| Query::Inputs(InputsAsked { what, tag: tag("v1.5.0"), commit: head.clone() });
    let declared = Answer::Inputs(Inputs::Declared(vec!["version".to_owned()]));
    assert_eq!(stage.read(inputs(Automation::Pipeline("x".into()))).await, Some(declared));
    assert_eq!(stage.read(inputs(Automation::Job("ship".into()))).await, Some(Answer::Inputs(Inputs::Any)));
    assert_eq!(stage.read(inputs(Automation::Job("deploy".into()))).await, None, "not in the tag's pipeline");
    let asked = RunAsked { what: Automation::Pipeline("x".into()), number: runs[0].number };
    let Some(Answer::Run(now)) = stage.read(Query::Run(asked)).await else { panic!() };
    assert_eq!((now.state, now.run.commit), (ReportedState::Queued, head.clone()), "it waits for somebody");

    let id = world.deploy("ana", "production/eu-1", "v1.5.0");
    let deployed = || Query::Deployed("production/eu-1".to_owned());
    assert_eq!(stage.read(deployed()).await, None);
    world.report("deployer[bot]", id, "success", "");
    let Some(Answer::Deployed(found)) = stage.read(deployed()).await else { panic!() };
    assert_eq!((found.id, found.commit), (DeploymentId(id), head.clone()));
    let Some(Answer::Deployment(now)) = stage.read(Query::Deployment(DeploymentId(id))).await else {
        panic!()
    };
    assert_eq!(now.reports.iter().map(|report| report.state).collect::<Vec<_>>(), [ReportedState::Success]);
    let Some(Answer::Environments(names)) = stage.read(Query::Environments(Newest)).await else { panic!() };
    assert!(names.contains(&"production/eu-1".to_owned()), "{names:?}");
    world.report_status("ana", "e2e", head.as_str(), "success");
    let Some(Answer::Checks(checks)) = stage.read(Query::Checks(head)).await else { panic!() };
    let is_e2e = |check: &&CheckNow| check.name == "e2e";
    assert_eq!(checks.iter().find(is_e2e).map(|check| check.state), Some(ReportedState::Success));
    world.release_by_hand("bob", "v1.5.0", "main");
    world.add_asset("bob", "v1.5.0", "app.tar.gz", "");
    let Some(Answer::ReleasePage(page)) = stage.read(Query::ReleasePage(tag("v1.5.0"))).await else {
        panic!()
    };
    assert_eq!((page.draft, page.assets.len()), (false, 1));
    stage.end();
}
