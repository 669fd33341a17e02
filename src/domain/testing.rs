//! A stage for tests of rules: a small world of facts that answers questions and counts the rounds. No rule lives here, and nothing of it is built into the program.

mod branch;
mod deed;
pub(crate) mod port;
mod words;

pub(crate) use branch::merged;

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};

use super::change::{Change, RangeCommit, Stage, Writers};
use super::decide::{Thought, decide};
use super::decision::{Decision, Moment, Past, PastPromotion};
use super::effect::{Effect, EffectKey, Made, Outcome};
use super::event::{Event, Recorded};
use super::id::{
    Actor, ActorId, ActorKind, BranchName, ChangeNumber, CommitId, ComponentName, DeploymentId, Incarnation,
    ReleaseId, TagName,
};
use super::place::CommentRef;
use super::policy::{Policy, Principal, Standing};
use super::query::{
    Answer, BaseNow, CheckNow, CommentNow, Contained, DeploymentNow, Fact, Facts, Found, Inputs, Milestone,
    PolicyNow, Query, RangeAsked, ReleasePage, ReportedState, RunNow, Tag, TagNow, Triggered,
};
use super::signal::Signal;
use super::state::{State, Written};
use super::version::Version;

pub(crate) use words::{comment, kind, milestone, said, seen};

/// The people of the stage, each with a standing on the forge. Numbers follow the order, from 1.
const PEOPLE: [(&str, Standing); 7] = [
    ("ana", Standing::Write),
    ("bob", Standing::Write),
    ("rita", Standing::Read),
    ("tom", Standing::Triage),
    ("max", Standing::Maintain),
    ("ada", Standing::Admin),
    ("sam", Standing::None),
];

/// The newest commit of the default branch.
pub(crate) const HEAD: u64 = 20;

/// A commit that is on no branch of the project.
pub(crate) const ASTRAY: u64 = 1001;

/// A commit's name for a small number. Lower numbers are ancestors of higher ones; from 1000 on they are on no branch.
pub(crate) fn sha(number: u64) -> CommitId {
    CommitId::parse(format!("{number:040x}")).expect("40 hex digits")
}

fn number_of(commit: &CommitId) -> u64 {
    u64::from_str_radix(&commit.as_str()[24..], 16).expect("hex digits")
}

/// The first moment of the stage.
pub(crate) fn morning() -> Timestamp {
    "2026-12-01T12:00:00Z".parse().expect("a moment")
}

/// Somebody of the stage; `renovate[bot]` and whoever is unknown have numbers too.
pub(crate) fn actor(login: &str) -> Actor {
    let place = PEOPLE.iter().position(|(name, _)| *name == login);
    let id = place.map_or(900, |place| place as u64 + 1);
    let kind = if login.ends_with("[bot]") { ActorKind::Bot } else { ActorKind::Person };
    Actor { id: ActorId(id), login: login.to_owned(), kind }
}

/// Somebody of the stage by number.
pub(crate) fn by_number(id: ActorId) -> Actor {
    let place = usize::try_from(id.0).ok().and_then(|number| number.checked_sub(1));
    actor(place.and_then(|place| PEOPLE.get(place)).map_or("renovate[bot]", |(login, _)| login))
}

/// A tag's name.
pub(crate) fn tag(name: &str) -> TagName {
    TagName::parse(name).expect("a tag's name")
}

/// A version.
pub(crate) fn version(text: &str) -> Version {
    text.parse().expect("a version")
}

/// What the world outside the state is like.
#[derive(Debug, Clone)]
pub(crate) struct World {
    pub(crate) state: State,
    pub(crate) now: Timestamp,
    pub(crate) policy: Result<Policy, String>,
    pub(crate) standings: BTreeMap<ActorId, Standing>,
    pub(crate) members: BTreeSet<(String, ActorId)>,
    pub(crate) changes: BTreeMap<ChangeNumber, Change>,
    /// Who merged them.
    pub(crate) merged_by: Option<Actor>,
    /// As deliveries told them before.
    pub(crate) held: BTreeMap<ChangeNumber, Change>,
    pub(crate) tags: Vec<Tag>,
    /// Branches beside those that every world has, by their newest commit.
    pub(crate) branches: BTreeMap<BranchName, CommitId>,
    pub(crate) milestone: Option<Milestone>,
    /// Labels that the project has.
    pub(crate) labels: Vec<String>,
    pub(crate) workflows: Vec<Triggered>,
    /// What the comments hold now, where it is not what was delivered; `None`: deleted.
    pub(crate) comments: BTreeMap<u64, Option<CommentNow>>,
    /// Questions that are not answered as the world is: by the kind's name.
    pub(crate) unknown: BTreeSet<&'static str>,
    /// Deployments that the forge has.
    pub(crate) deployments: BTreeMap<DeploymentId, DeploymentNow>,
    /// Runs that the forge has.
    pub(crate) runs: BTreeMap<u64, RunNow>,
    /// Environments that the forge has.
    pub(crate) environments: Vec<String>,
    /// The inputs that every workflow file declares; `None`: there is no such file.
    pub(crate) inputs: Option<Vec<String>>,
    /// Results of checks.
    pub(crate) checks: Vec<CheckNow>,
    /// Tags whose own object was replaced, each by this many steps.
    pub(crate) retagged: BTreeMap<TagName, u64>,
    /// The people behind each commit, where the forge tells them to who asks for them.
    pub(crate) writers: Option<Writers>,
    /// The files that changes touch, where that is known.
    pub(crate) paths: BTreeMap<ChangeNumber, Vec<String>>,
    ordered: BTreeSet<EffectKey>,
    released: BTreeMap<Contained, Version>,
    pub(crate) rows: Vec<Recorded>,
    /// Promotions that are over, in the order in which they ended.
    pub(crate) promoted: Vec<PastPromotion>,
}

/// What came of a signal.
#[derive(Debug)]
pub(crate) struct Played {
    pub(crate) decision: Decision,
    /// How often questions were answered.
    pub(crate) rounds: usize,
    /// Every question, in the order asked.
    pub(crate) asked: Vec<Query>,
}

impl World {
    /// A project with v1.4.2 at commit 10 and four merged changes since, one of each kind.
    pub(crate) fn new() -> Self {
        let standings = PEOPLE.iter().map(|(login, standing)| (actor(login).id, *standing)).collect();
        let mut open = merged(15, "rita", "feat: dark mode", "feature");
        open.stage = Stage::Open;
        let mut closed = merged(16, "bob", "Never mind", "");
        closed.stage = Stage::Closed;
        let mut elsewhere = merged(18, "bob", "Merged elsewhere", "fix");
        elsewhere.stage = Stage::Merged { commit: sha(1018), at: morning() };
        let all = [
            merged(9, "bob", "Old news", "fix"),
            merged(12, "ana", "Sign in with passkeys", "feature"),
            merged(13, "sam", "Drop the old API", "breaking"),
            merged(14, "bob", "Fix the clock", "fix"),
            open,
            closed,
            elsewhere,
        ];
        let mut world = Self {
            state: State::default(),
            now: morning(),
            policy: Ok(Policy::default()),
            standings,
            members: BTreeSet::new(),
            changes: all.into_iter().map(|change| (change.number, change)).collect(),
            merged_by: None,
            held: BTreeMap::new(),
            tags: vec![Tag { name: tag("v1.4.2"), commit: sha(10) }],
            branches: BTreeMap::new(),
            labels: vec![],
            milestone: None,
            workflows: vec![],
            comments: BTreeMap::new(),
            unknown: BTreeSet::new(),
            deployments: BTreeMap::new(),
            runs: BTreeMap::new(),
            environments: vec![],
            inputs: None,
            checks: vec![],
            retagged: BTreeMap::new(),
            writers: Some(Writers::default()),
            paths: BTreeMap::new(),
            ordered: BTreeSet::new(),
            released: BTreeMap::new(),
            rows: vec![],
            promoted: vec![],
        };
        world.play(&Signal::Joined(seen()));
        world
    }

    /// The same world, changed.
    pub(crate) fn with(mut self, change: impl FnOnce(&mut Self)) -> Self {
        change(&mut self);
        self
    }

    /// The same world without its breaking change, so that the next version is a minor one.
    pub(crate) fn calm(self) -> Self {
        self.with(|world| {
            world.changes.remove(&ChangeNumber(13));
        })
    }

    /// Whose files name these people and teams for cutting.
    pub(crate) fn releasers(self, may: &[Principal]) -> Self {
        self.with(|world| {
            if let Ok(policy) = &mut world.policy {
                policy.who.releaser = may.to_vec();
            }
        })
    }

    /// As private as told.
    pub(crate) fn public(self, public: bool) -> Self {
        self.with(|world| {
            if let Some(project) = &mut world.state.project {
                project.public = Some(public);
            }
        })
    }

    /// Where questions of these kinds are not answered to the end.
    pub(crate) fn silent(self, kinds: &[&'static str]) -> Self {
        self.with(|world| world.unknown.extend(kinds))
    }

    /// The default component.
    pub(crate) fn component(&self) -> super::state::Component {
        self.state.component(&ComponentName::default_component())
    }

    fn answer(&self, query: &Query, signal: &Signal) -> Found<Answer> {
        if self.unknown.contains(kind(query).as_str()) || self.unknown.contains("everything") {
            return Found::Unknown("the forge is not answering".to_owned());
        }
        let known = |answer| Found::Known(answer);
        let maybe = |answer: Option<Answer>| answer.map_or(Found::Absent, Found::Known);
        match query {
            Query::Comment(at) => maybe(self.comment_now(at, signal).map(Answer::Comment)),
            Query::Standing(actor) => maybe(self.standings.get(&actor.id).copied().map(Answer::Standing)),
            Query::Member(asked) => {
                known(Answer::Member(self.members.contains(&(asked.group.0.clone(), asked.actor.id))))
            }
            Query::Policy(_) => known(Answer::Policy(self.policy_now())),
            Query::PolicyHeld(_) => known(Answer::PolicyHeld(self.policy_now())),
            Query::ChangeHeld(number) => maybe(self.held.get(number).cloned().map(Answer::ChangeHeld)),
            Query::Tags(_) => known(Answer::Tags(self.tags.clone())),
            Query::Commit(prefix) => maybe(self.commit(prefix).map(Answer::Commit)),
            Query::FirstAncestor(asked) => {
                let below = |name: &&TagName| {
                    self.tags
                        .iter()
                        .any(|tag| tag.name == **name && number_of(&tag.commit) <= number_of(&asked.head))
                };
                maybe(asked.tags.iter().find(below).cloned().map(Answer::FirstAncestor))
            }
            Query::BranchOf(asked) => {
                let is_on = number_of(&asked.commit) < 1000;
                maybe(is_on.then(|| Answer::BranchOf(BranchName::parse("main").expect("a branch"))))
            }
            Query::Range(asked) => known(Answer::Range(self.range(asked))),
            Query::Base(number) => maybe(self.base(*number).map(Answer::Base)),
            Query::Touched(_) => Found::Absent,
            Query::Files(_) => known(Answer::Files(self.paths.clone())),
            Query::FilesAt(at) => maybe(self.paths.get(&at.change).cloned().map(Answer::FilesAt)),
            Query::FilesHeld(at) => maybe(self.paths.get(&at.change).cloned().map(Answer::FilesHeld)),
            Query::Change(number) => maybe(self.changes.get(number).cloned().map(Answer::Change)),
            Query::ChangeOf(commit) => {
                let brought = |change: &&Change| matches!(&change.stage, Stage::Merged { commit: by, .. } if by == commit);
                maybe(self.changes.values().find(brought).cloned().map(Answer::ChangeOf))
            }
            Query::FirstTimers(_) => known(Answer::FirstTimers(BTreeSet::from([actor("sam").id]))),
            Query::Milestone(_) => maybe(self.milestone.clone().map(Answer::Milestone)),
            Query::Milestones(_) => known(Answer::Milestones(vec![])),
            Query::Labels(_) => known(Answer::Labels(self.labels.clone())),
            Query::ReleasePage(_) => known(Answer::ReleasePage(page())),
            Query::TagStarts(_) => known(Answer::TagStarts(self.workflows.clone())),
            Query::Runs(_) => known(Answer::Runs(vec![])),
            Query::BranchHead(branch) => maybe(branch::head(self, branch).map(Answer::BranchHead)),
            Query::Holds(asked) => {
                let holds = |head: CommitId| number_of(&asked.commit) <= number_of(&head);
                maybe(branch::head(self, &asked.branch).map(holds).map(Answer::Holds))
            }
            Query::MergedBy(_) => maybe(self.merged_by.clone().map(Answer::MergedBy)),
            Query::Landed(number) => maybe(self.changes.get(number).and_then(branch::landed)),
            Query::ReleaseOf(asked) => maybe(self.released.get(asked).cloned().map(Answer::ReleaseOf)),
            Query::TagNow(_)
            | Query::Deployment(_)
            | Query::Deployed(_)
            | Query::Environments(_)
            | Query::Run(_)
            | Query::Inputs(_)
            | Query::Checks(_)
            | Query::Team(_)
            | Query::People(_)
            | Query::Account(_) => self.answer_of_deploying(query),
            Query::Ordered(key) => known(Answer::Ordered(self.ordered.contains(key))),
            Query::Row(seq) => {
                let row = usize::try_from(*seq - 1).ok().and_then(|at| self.rows.get(at));
                maybe(row.cloned().map(Answer::Row))
            }
        }
    }

    fn policy_now(&self) -> PolicyNow {
        PolicyNow {
            revision: sha(HEAD),
            branch: BranchName::parse("main").expect("a branch"),
            file: Some(".github/lockkeeper.yml".to_owned()),
            policy: self.policy.clone(),
        }
    }

    fn answer_of_deploying(&self, query: &Query) -> Found<Answer> {
        let known = |answer| Found::Known(answer);
        let maybe = |answer: Option<Answer>| answer.map_or(Found::Absent, Found::Known);
        match query {
            Query::TagNow(name) => {
                let found = self.tags.iter().find(|tag| tag.name == *name);
                maybe(found.map(|tag| {
                    Answer::TagNow(TagNow { object: self.tag_object(tag), commit: tag.commit.clone() })
                }))
            }
            Query::Deployment(id) => maybe(self.deployments.get(id).cloned().map(Answer::Deployment)),
            Query::Deployed(environment) => {
                let is_there = |deployment: &&DeploymentNow| {
                    deployment.environment == *environment
                        && deployment
                            .reports
                            .first()
                            .is_some_and(|report| report.state == ReportedState::Success)
                };
                maybe(self.deployments.values().rfind(is_there).cloned().map(Answer::Deployed))
            }
            Query::Environments(_) => known(Answer::Environments(self.environments.clone())),
            Query::Run(asked) => maybe(self.runs.get(&asked.number).cloned().map(Answer::Run)),
            Query::Inputs(_) => maybe(self.inputs.clone().map(Inputs::Declared).map(Answer::Inputs)),
            Query::Checks(_) => known(Answer::Checks(self.checks.clone())),
            Query::Team(group) => {
                let of = |(team, _): &&(String, ActorId)| *team == group.0;
                let members: Vec<Actor> =
                    self.members.iter().filter(of).map(|(_, id)| by_number(*id)).collect();
                maybe((!members.is_empty()).then_some(Answer::Team(members)))
            }
            Query::People(least) => {
                let may = self.standings.iter().filter(|(_, standing)| *standing >= least);
                known(Answer::People(may.map(|(id, _)| by_number(*id)).collect()))
            }
            Query::Account(name) => known(Answer::Account(actor(name))),
            other => unreachable!("{other:?} is no question about deploying"),
        }
    }

    /// Every branch but the default one ends at commit 12.
    fn base(&self, number: ChangeNumber) -> Option<BaseNow> {
        let branch = self.changes.get(&number)?.base.clone();
        let newest = if branch.as_str() == "main" { HEAD } else { 12 };
        Some(BaseNow { branch, newest: sha(newest) })
    }

    fn tag_object(&self, tag: &Tag) -> CommitId {
        sha(number_of(&tag.commit) + 2000 + self.retagged.get(&tag.name).copied().unwrap_or_default())
    }

    fn comment_now(&self, at: &CommentRef, signal: &Signal) -> Option<CommentNow> {
        if let Some(now) = self.comments.get(&at.number) {
            return now.clone();
        }
        let (Signal::CommentWritten(comment) | Signal::CommentEdited(comment)) = signal else { return None };
        Some(CommentNow { author: comment.author.clone(), body: comment.body.clone(), page: String::new() })
    }

    fn commit(&self, prefix: &str) -> Option<CommitId> {
        let known = (1..=HEAD).chain([ASTRAY]).map(sha);
        known.into_iter().find(|commit| commit.as_str().ends_with(prefix) || commit.as_str() == prefix)
    }

    fn range(&self, asked: &RangeAsked) -> Vec<RangeCommit> {
        let (base, head) = (asked.base.as_ref(), &asked.head);
        let below = |name: &TagName| self.tags.iter().find(|tag| tag.name == *name);
        let from = base.and_then(below).map_or(0, |tag| number_of(&tag.commit));
        let brings = |change: &&Change| match &change.stage {
            Stage::Merged { commit, .. } => {
                number_of(commit) > from && number_of(commit) <= number_of(head) && number_of(commit) < 1000
            }
            Stage::Open | Stage::Draft | Stage::Closed => false,
        };
        let commit = |change: &Change| RangeCommit {
            id: sha(change.number.0),
            parents: vec![sha(change.number.0 - 1)],
            message: change.title.clone(),
            author: "Git Name".to_owned(),
            merges: None,
            change: Some(change.clone()),
            reviewers: vec![actor("max").id],
            writers: self.writers.clone().filter(|_| asked.with_people),
            paths: self.paths.get(&change.number).cloned(),
        };
        let mut range: Vec<RangeCommit> = self.changes.values().filter(brings).map(commit).collect();
        range.reverse();
        range
    }

    /// Thinks a signal through and answers what is asked; changes nothing.
    pub(crate) fn think(&self, signal: &Signal) -> Played {
        let fresh = Incarnation::parse("00000000000000aa").expect("16 hex digits");
        let seen = seen();
        let mut facts = Facts::default();
        let mut asked = Vec::new();
        for rounds in 0..10 {
            let moment = Moment {
                state: &self.state,
                signal,
                facts: &facts,
                now: self.now,
                seen: Some(&seen).filter(|_| self.state.project.is_none()),
                next_row: self.rows.len() as u64 + 1,
                fresh: &fresh,
            };
            match decide(moment) {
                Thought::Decided(decision) => return Played { decision: *decision, rounds, asked },
                Thought::Needs(queries) => {
                    assert!(!queries.is_empty(), "a decision that lacks nothing must decide");
                    for query in queries {
                        let found = self.answer(&query, signal);
                        asked.push(query.clone());
                        facts.learn(query, Fact { found, read_at: self.now });
                    }
                }
            }
        }
        panic!("still undecided after ten rounds; asked: {asked:#?}");
    }

    /// Thinks a signal through and takes what was decided into the world.
    pub(crate) fn play(&mut self, signal: &Signal) -> Played {
        let played = self.think(signal);
        for recorded in &played.decision.events {
            self.rows.push(recorded.clone());
            self.state.apply(&recorded.event, Written { seq: self.rows.len() as u64, at: self.now });
        }
        // As the store does: what was ordered before is not ordered again.
        self.ordered.extend(played.decision.effects.iter().map(|order| order.key.clone()));
        for past in &played.decision.history {
            match past {
                Past::Released { component, version, changes, .. } => {
                    let within = |change: ChangeNumber| Contained { component: component.clone(), change };
                    self.released
                        .extend(changes.iter().map(|(number, _)| (within(*number), version.clone())));
                }
                Past::Promoted(past) => self.promoted.push((**past).clone()),
            }
        }
        played
    }

    /// `ana on #12: /release cut`, played. Every comment of the stage has a number of its own by its place and words.
    pub(crate) fn hears(&mut self, line: &str) -> Vec<String> {
        self.play(&said(line)).told()
    }

    /// Ends the newest order of this kind well, and plays that.
    pub(crate) fn ends(&mut self, decision: &Decision, made: Made) -> Played {
        self.ended(decision, Outcome::Done(made))
    }

    /// Ends the newest order in some way, and plays that.
    pub(crate) fn ended(&mut self, decision: &Decision, outcome: Outcome) -> Played {
        let key = decision.effects.last().expect("something was ordered").key.clone();
        self.play(&Signal::EffectEnded { key, outcome })
    }

    /// Time goes by.
    pub(crate) fn pass(&mut self, by: SignedDuration) {
        self.now += by;
    }
}

fn page() -> ReleasePage {
    ReleasePage {
        id: ReleaseId(77),
        page: "https://forge.example/releases/77".to_owned(),
        draft: false,
        assets: BTreeMap::new(),
    }
}

impl Played {
    /// What was decided, a line each: events, orders, and why nothing follows.
    pub(crate) fn told(&self) -> Vec<String> {
        let events = self.decision.events.iter().map(|recorded| match &recorded.event {
            Event::CommandRefused { verb, code } => format!("refused {verb} {code}"),
            Event::CutFailed { code, .. } => format!("cut_failed {code}"),
            event => event.kind(),
        });
        let orders = self.decision.effects.iter().map(|order| deed::deed(&order.effect));
        let ignored = self.decision.ignored.iter().map(|why| format!("ignored: {why}"));
        events.chain(orders).chain(ignored).collect()
    }

    /// Whether anything but a reaction was ordered or recorded.
    pub(crate) fn acts(&self) -> bool {
        let is_word = |effect: &Effect| matches!(effect, Effect::React { .. });
        !self.decision.events.is_empty() || self.decision.effects.iter().any(|order| !is_word(&order.effect))
    }

    /// Whether it changes releases or what their notes say.
    pub(crate) fn is_privileged(&self) -> bool {
        let orders = self.decision.effects.iter().any(|order| match order.effect {
            Effect::CreateTag { .. }
            | Effect::DraftRelease { .. }
            | Effect::KeepDraft { .. }
            | Effect::KeepProposal(_)
            | Effect::CreateBranch { .. }
            | Effect::Backport(_)
            | Effect::PublishRelease { .. }
            | Effect::AddBanner { .. }
            | Effect::CreateDeployment { .. }
            | Effect::ReportDeployment { .. }
            | Effect::StartRun { .. }
            | Effect::CancelRun { .. }
            | Effect::OpenIssue { .. }
            | Effect::SetIssue { .. } => true,
            Effect::React { .. }
            | Effect::Comment { .. }
            | Effect::Preview { .. }
            | Effect::CreateLabel { .. }
            | Effect::CarryOver { .. }
            | Effect::CloseMilestone { .. } => false,
        });
        let records = self.decision.events.iter().any(|recorded| match recorded.event {
            Event::ChangeHidden { .. }
            | Event::ChangeShown { .. }
            | Event::FirstCutQuestioned { .. }
            | Event::CutStarted { .. }
            | Event::ReleaseConfirmed { .. }
            | Event::ErrandBegun { .. }
            | Event::BackportWished { .. }
            | Event::BackportsGranted { .. }
            | Event::ReleaseWithdrawn { .. }
            | Event::ReleaseBarred { .. }
            | Event::EnvironmentLocked { .. }
            | Event::EnvironmentUnlocked { .. }
            | Event::Promotion(_) => true,
            Event::ProjectJoined { .. }
            | Event::ProjectChanged { .. }
            | Event::ProjectArchived { .. }
            | Event::ProjectLeft { .. }
            | Event::PolicyBroken { .. }
            | Event::PolicyMended { .. }
            | Event::CommandRefused { .. }
            | Event::TagMade { .. }
            | Event::LineOpened { .. }
            | Event::LineDropped { .. }
            | Event::ReleaseDrafted { .. }
            | Event::ReleaseCut { .. }
            | Event::CutReported { .. }
            | Event::MilestonePlanned { .. }
            | Event::MilestoneDropped { .. }
            | Event::CutProposed { .. }
            | Event::RunNoticed { .. }
            | Event::CutFailed { .. }
            | Event::ReleaseAdopted { .. }
            | Event::EffectLost { .. }
            | Event::ErrandEnded { .. }
            | Event::DraftOutdated { .. }
            | Event::DraftPlanned { .. }
            | Event::DraftKept { .. }
            | Event::ProposalKept { .. }
            | Event::ProposalMerged { .. }
            | Event::DraftLeft { .. }
            | Event::ReportIgnored { .. }
            | Event::EnvironmentObserved { .. }
            | Event::IssueOpened { .. }
            | Event::FollowUpOpened { .. } => false,
        });
        orders || records
    }
}
