//! What a decision must know first and does not hold, and the answers. Where an answer comes from (mirror, history, forge) is `engine`'s business.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, PoisonError};

use jiff::Timestamp;
use serde::Serialize;

use super::change::{Change, RangeCommit};
use super::effect::EffectKey;
use super::event::Recorded;
use super::id::{
    Actor, ActorId, BranchName, ChangeNumber, CommitId, ComponentName, DeploymentId, ReleaseId, TagName,
};
use super::place::CommentRef;
use super::policy::environment::Automation;
use super::policy::{BranchPattern, GroupPath, Policy, Standing};
use super::signal::Run;
use super::version::Version;

/// An answer with the moment it was read. Unknown opens nothing: it is never taken for a yes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fact<T> {
    /// What was found.
    pub found: Found<T>,
    /// When it was read.
    pub read_at: Timestamp,
}

/// What a look-up found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found<T> {
    /// This.
    Known(T),
    /// That there is no such thing.
    Absent,
    /// Nothing: the look-up failed to the end. The reason is for people.
    Unknown(String),
}

impl<T> Fact<T> {
    /// The value, where it is known.
    pub fn known(self) -> Option<T> {
        match self.found {
            Found::Known(value) => Some(value),
            Found::Absent | Found::Unknown(_) => None,
        }
    }

    fn map<'a, U>(&'a self, pick: impl FnOnce(&'a T) -> U) -> Fact<U> {
        let found = match &self.found {
            Found::Known(value) => Found::Known(pick(value)),
            Found::Absent => Found::Absent,
            Found::Unknown(why) => Found::Unknown(why.clone()),
        };
        Fact { found, read_at: self.read_at }
    }
}

/// Declares the questions: per line the variant, the method that asks it, what it takes and what answers it.
macro_rules! questions {
    ($($(#[$doc:meta])* $variant:ident, $ask:ident($subject:ty) -> $answer:ty;)*) => {
        /// A question to the world outside the state.
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
        #[serde(rename_all = "snake_case")]
        pub enum Query { $($(#[$doc])* $variant($subject),)* }

        /// What answers the [`Query`] of the same name.
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub enum Answer { $($(#[$doc])* $variant($answer),)* }

        impl Facts {
            $($(#[$doc])*
            ///
            /// `None`: not known yet; the question is noted and the decision is asked again once it is answered.
            pub fn $ask(&self, subject: $subject) -> Option<Fact<&$answer>> {
                let query = Query::$variant(subject);
                let Some(fact) = self.answers.get(&query) else {
                    self.note(query);
                    return None;
                };
                Some(fact.map(|answer| match answer {
                    Answer::$variant(value) => value,
                    other => unreachable!("`learn` takes only answers that fit, got {other:?}"),
                }))
            })*
        }

        /// Whether the answer answers this kind of question.
        fn fits(query: &Query, answer: &Answer) -> bool {
            matches!((query, answer), $((Query::$variant(_), Answer::$variant(_)))|*)
        }
    };
}

questions! {
    /// The comment as it is now; absent where it was deleted.
    Comment, comment(CommentRef) -> CommentNow;
    /// What the forge lets somebody do in the project, looked up by login and checked by number.
    Standing, standing(Actor) -> Standing;
    /// Whether somebody is an active member of a team or group.
    Member, member(Membership) -> bool;
    /// The policy in force, from the default branch.
    Policy, policy(Newest) -> PolicyNow;
    /// The policy as it was read last, here or by another replica: for what only informs. A push that touches it has it read anew.
    PolicyHeld, policy_held(Held) -> PolicyNow;
    /// All tags, each with the commit under it.
    Tags, tags(Newest) -> Vec<Tag>;
    /// A commit by an abbreviated or full name.
    Commit, commit(String) -> CommitId;
    /// The first of these tags that is an ancestor of the commit, or the commit itself.
    FirstAncestor, first_ancestor(Ancestry) -> TagName;
    /// Which branch that releases may come from contains the commit: the default one first, then listed protected ones.
    BranchOf, branch_of(BranchAsked) -> BranchName;
    /// The commits that `head` has and `base` lacks, newest first, with their merged changes.
    Range, range(RangeAsked) -> Vec<RangeCommit>;
    /// Whether a branch contains a commit; absent: there is no such branch.
    Holds, holds(Holding) -> bool;
    /// The newest commit of a branch.
    BranchHead, branch_head(BranchName) -> CommitId;
    /// The commits by which a merged change landed on its branch, oldest first.
    Landed, landed(ChangeNumber) -> Vec<CommitId>;
    /// A change as it is now.
    Change, change(ChangeNumber) -> Change;
    /// Who merged a change.
    MergedBy, merged_by(ChangeNumber) -> Actor;
    /// A change as deliveries told it so far; absent where none did.
    ChangeHeld, change_held(ChangeNumber) -> Change;
    /// The branch that a change goes to, as it is now; absent: the branch is gone, or the policy lists none beside the default one.
    Base, base(ChangeNumber) -> BaseNow;
    /// The files that a commit touches, from the root; absent: no such commit, or more files than the forge tells.
    Touched, touched(CommitId) -> Vec<String>;
    /// The files that changes touch, from the root; one that is missing touches more of them than the forge tells, or is not there.
    Files, files(BTreeSet<ChangeNumber>) -> BTreeMap<ChangeNumber, Vec<String>>;
    /// The files that a change touches at a head: as we hold them, else as the forge tells; absent: it does not tell all.
    FilesAt, files_at(AtHead) -> Vec<String>;
    /// The same, only as we hold them.
    FilesHeld, files_held(AtHead) -> Vec<String>;
    /// The merged change that brought a commit.
    ChangeOf, change_of(CommitId) -> Change;
    /// Which of these people had nothing merged before the base of the range.
    FirstTimers, first_timers(Newcomers) -> BTreeSet<ActorId>;
    /// The milestone whose title is this version, with or without `v`.
    Milestone, milestone(Version) -> Milestone;
    /// The open milestones that changes of the project can be in.
    Milestones, milestones(Newest) -> Vec<MilestoneTitle>;
    /// The release page of a tag.
    ReleasePage, release_page(TagName) -> ReleasePage;
    /// The automation that a new tag or release on this commit would start.
    TagStarts, tag_starts(CommitId) -> Vec<Triggered>;
    /// The runs that a tag or release on this commit started.
    Runs, runs(RunsAsked) -> Vec<Run>;
    /// Which release of a component contains a change, by our own history.
    ReleaseOf, release_of(Contained) -> Version;
    /// Whether an effect was already ordered.
    Ordered, ordered(EffectKey) -> bool;
    /// A journal row of this lane with its texts.
    Row, row(u64) -> Recorded;
    /// A tag as it stands now: its own object, and the commit under it; absent, too, where no commit is under it.
    TagNow, tag_now(TagName) -> TagNow;
    /// A deployment with everything reported on it.
    Deployment, deployment(DeploymentId) -> DeploymentNow;
    /// The newest deployment of an environment (as the forge spells it) whose newest report is a success: one that failed
    /// or was replaced since then does not count.
    Deployed, deployed(String) -> DeploymentNow;
    /// The environments that the forge knows.
    Environments, environments(Newest) -> Vec<String>;
    /// A run as it is now.
    Run, run(RunAsked) -> RunNow;
    /// What can be given to automation at a tag; absent: there is no such thing there, or nobody can start it by hand.
    Inputs, inputs(InputsAsked) -> Inputs;
    /// The newest result of each check and status of a commit; absent: no such commit.
    Checks, checks(CommitId) -> Vec<CheckNow>;
    /// The active members of a team or group; absent: there is no such team, or we cannot see it.
    Team, team(GroupPath) -> Vec<Actor>;
    /// The people who have at least this standing in the project.
    People, people(Standing) -> Vec<Actor>;
    /// The labels that changes of the project can carry, by name.
    Labels, labels(Newest) -> Vec<String>;
    /// The account of an app (by its short name) or of a user (by login).
    Account, account(String) -> Actor;
}

/// Stands where a question needs no subject: the newest there is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Newest;

/// Stands where a question needs no subject: what we hold of it, and no call is made while we do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Held;

/// A comment as it is now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommentNow {
    /// Whose words they are.
    pub author: Actor,
    /// The raw text.
    pub body: String,
    /// Its page.
    pub page: String,
}

/// Whether `actor` belongs to `group`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Membership {
    /// The team or group.
    pub group: GroupPath,
    /// Who.
    pub actor: Actor,
}

/// A change as a part of a component.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Contained {
    /// The component.
    pub component: ComponentName,
    /// The change.
    pub change: ChangeNumber,
}

/// A change with the newest of its commits.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct AtHead {
    /// The change.
    pub change: ChangeNumber,
    /// Its newest commit.
    pub head: CommitId,
}

impl From<&Change> for AtHead {
    fn from(change: &Change) -> Self {
        Self { change: change.number, head: change.head.clone() }
    }
}

/// The branch that a change goes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BaseNow {
    /// Its name.
    pub branch: BranchName,
    /// Its newest commit.
    pub newest: CommitId,
}

/// The policy as it is in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyNow {
    /// The newest commit of the default branch, at which it was read.
    pub revision: CommitId,
    /// The default branch.
    pub branch: BranchName,
    /// The file, where there is one, for people.
    pub file: Option<String>,
    /// The policy, or what is wrong with the file, as a listing for people.
    pub policy: Result<Policy, String>,
}

/// A tag and the commit under it, whatever tag objects lie between.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tag {
    /// Its name.
    pub name: TagName,
    /// The commit.
    pub commit: CommitId,
}

/// Which of `tags` comes first in the ancestry of `head`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Ancestry {
    /// Where the ancestry begins.
    pub head: CommitId,
    /// Candidates, the most wanted first.
    pub tags: Vec<TagName>,
}

/// Which branch that releases may come from contains a commit.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct BranchAsked {
    /// The commit.
    pub commit: CommitId,
    /// What the policy lists beside the default branch; of these only protected ones count.
    pub listed: Vec<BranchPattern>,
}

/// Whether a branch contains a commit.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Holding {
    /// The branch.
    pub branch: BranchName,
    /// The commit.
    pub commit: CommitId,
}

/// A range of the commit graph.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct RangeAsked {
    /// The tag whose history is left out; `None`: from the beginning.
    pub base: Option<TagName>,
    /// The newest commit.
    pub head: CommitId,
    /// Whether the people behind each commit are wanted, too: who wrote it, and who approved its change. A forge may tell them unasked.
    #[serde(default)]
    pub with_people: bool,
    /// How much of each commit is wanted.
    #[serde(default, skip_serializing_if = "Detail::is_least")]
    pub detail: Detail,
}

/// How much of each commit of a range is wanted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Detail {
    /// What a forge tells of a range.
    #[default]
    Commits,
    /// The files, too, that each touches, as far as anybody tells.
    Paths,
}

impl Detail {
    fn is_least(&self) -> bool {
        *self == Self::Commits
    }
}

/// Who of `people` is new, seen from the commit under `base`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Newcomers {
    /// The authors of the range.
    pub people: Vec<Actor>,
    /// Their changes in the range; older merged ones make somebody known.
    pub changes: Vec<ChangeNumber>,
}

/// A milestone and what belongs to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Milestone {
    /// The forge's number of it.
    pub number: u64,
    /// Its title.
    pub title: String,
    /// Its due date: the planned date of the release.
    pub due: Option<Timestamp>,
    /// Whether it was closed.
    pub closed: bool,
    /// Whether other projects have it, too.
    pub shared: bool,
    /// Open changes and issues that it still expects, with their titles.
    pub open: Vec<Expected>,
}

/// A milestone by its title.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MilestoneTitle {
    /// The forge's number of it.
    pub number: u64,
    /// Its title.
    pub title: String,
}

/// Something that a milestone expects.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expected {
    /// Its number.
    pub number: u64,
    /// Whether it is a change; else an issue.
    pub is_change: bool,
    /// Its title.
    pub title: String,
}

/// A release page as it is now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReleasePage {
    /// Its number.
    pub id: ReleaseId,
    /// Its address.
    pub page: String,
    /// Whether only we can see it.
    pub draft: bool,
    /// Its files by name: the SHA-256 in hex, where the forge tells it.
    pub assets: BTreeMap<String, Option<String>>,
}

/// A tag as it stands now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TagNow {
    /// The tag's own object; the commit's name where the tag is not annotated.
    pub object: CommitId,
    /// The commit under it.
    pub commit: CommitId,
}

/// A deployment with everything reported on it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeploymentNow {
    /// Its number.
    pub id: DeploymentId,
    /// The environment, as the forge spells it.
    pub environment: String,
    /// The commit.
    pub commit: CommitId,
    /// When it was made.
    pub made_at: Timestamp,
    /// What was reported, newest first.
    pub reports: Vec<Report>,
}

/// What somebody reported on a deployment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// What.
    pub state: ReportedState,
    /// Who.
    pub by: Actor,
    /// When.
    pub at: Timestamp,
    /// A page that tells more, where one is named.
    pub page: Option<String>,
    /// What they wrote about it.
    pub said: String,
}

/// How a deployment or a run stands, by what was reported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ReportedState {
    /// Seen, not begun.
    Queued,
    /// Begun.
    InProgress,
    /// Done, well.
    Success,
    /// Done, not well.
    Failure,
    /// Replaced, or taken away.
    Inactive,
}

/// A run as it is now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunNow {
    /// The run.
    pub run: Run,
    /// How it stands.
    pub state: ReportedState,
    /// Who started it.
    pub by: ActorId,
}

/// A run by its number, and what it is a run of: different kinds have numbers of their own.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct RunAsked {
    /// What was started.
    pub what: Automation,
    /// The forge's number.
    pub number: u64,
}

/// What can be given to automation at a tag.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct InputsAsked {
    /// What would be started.
    pub what: Automation,
    /// The tag.
    pub tag: TagName,
    /// The commit under the tag.
    pub commit: CommitId,
}

/// What can be given to automation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Inputs {
    /// These, by name; others would be refused.
    Declared(Vec<String>),
    /// Any.
    Any,
}

impl Inputs {
    /// Whether this one can be given.
    pub fn take(&self, name: &str) -> bool {
        match self {
            Self::Declared(names) => names.iter().any(|declared| declared == name),
            Self::Any => true,
        }
    }
}

/// The newest result of a check or status.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckNow {
    /// Its name.
    pub name: String,
    /// The number of the app that reported it; `None`: a status, which every writer may post.
    pub app: Option<u64>,
    /// How it stands. Neutral and skipped ones count as success.
    pub state: ReportedState,
    /// Its page, where there is one.
    pub page: Option<String>,
}

/// A file of the forge's own automation that a new tag or release would start.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Triggered {
    /// Its file name.
    pub file: String,
    /// What starts it (`push`, `create`, `release`).
    pub on: Vec<String>,
}

/// Which runs to look for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct RunsAsked {
    /// The commit they work on.
    pub commit: CommitId,
    /// The tag that started them.
    pub tag: TagName,
    /// Runs before this moment had another cause.
    pub since: Timestamp,
}

/// What is known so far, and what was asked for in vain.
#[derive(Debug, Default)]
pub struct Facts {
    answers: BTreeMap<Query, Fact<Answer>>,
    missing: Mutex<BTreeSet<Query>>,
}

impl Facts {
    /// Takes an answer in.
    ///
    /// # Panics
    /// When the answer is of another kind than the question: a fault of the code that answered.
    pub fn learn(&mut self, query: Query, fact: Fact<Answer>) {
        if let Found::Known(answer) = &fact.found {
            assert!(fits(&query, answer), "{answer:?} does not answer {query:?}");
        }
        self.answers.insert(query, fact);
    }

    fn note(&self, query: Query) {
        self.missing.lock().unwrap_or_else(PoisonError::into_inner).insert(query);
    }

    /// The questions that were asked in vain since the last call.
    pub fn take_missing(&self) -> Vec<Query> {
        std::mem::take(&mut *self.missing.lock().unwrap_or_else(PoisonError::into_inner))
            .into_iter()
            .collect()
    }

    /// What a decision relied on, for its journal row: each question, how it was answered, and when.
    pub fn relied_on(&self) -> impl Iterator<Item = (&Query, &Fact<Answer>)> {
        self.answers.iter()
    }
}
