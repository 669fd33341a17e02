//! What is open in a lane, and what the next decision needs of the past. Only [`State::apply`] changes it; it is the fold of the journal (invariant 4).

mod cutting;
mod drafting;
mod errand;
mod line;
mod promotion;
pub mod slot;

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::event::{Cut, Event};
use super::id::{
    BranchName, ChangeNumber, CommitId, ComponentName, EnvironmentName, Incarnation, InstallationId,
    ProjectId, ProjectPath, PromotionId, ReleaseId, TagName,
};
use super::milestone::{self, Aftermath};
use super::place::CommentRef;
use super::promotion::Promotion;
use super::promotion::model::Ignored;
use super::signal::{ProjectSeen, Run};
use super::version::Version;
pub use cutting::{CutStep, Cutting};
pub use drafting::{DraftChange, DraftPage, Drafting, Planned};
pub use errand::{Errand, ErrandEnd};
pub use line::Line;
use slot::{Lock, Slot};

/// The shape of [`State`] in this version. A lane whose state is newer is not claimed; an older one is folded again.
pub const STATE_VERSION: u32 = 4;

/// How many open milestones are waited for.
const MILESTONES_KEPT: usize = 100;

/// How many of the newest releases of a component the state remembers; older ones are history.
const RELEASES_KEPT: usize = 100;

/// How many changes with a wish for a backport the state remembers.
const WISHES_KEPT: usize = 500;

/// The state of one lane.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct State {
    /// The project's life in this database; `None` until it joined.
    pub incarnation: Option<Incarnation>,
    /// The project; `None` until it joined, and for an installation's lane.
    pub project: Option<Project>,
    /// The commit at which the policy was found broken and reported, until it is mended.
    pub policy_broken: Option<CommitId>,
    /// What is open per component.
    pub components: BTreeMap<ComponentName, Component>,
    /// Open promotions.
    pub promotions: BTreeMap<PromotionId, Promotion>,
    /// The number of the newest promotion; 0: there was none.
    pub newest_promotion: u64,
    /// Rollbacks that are over and wait for their follow-up issue, to be told of with its number.
    pub follow_ups: BTreeMap<PromotionId, FollowUp>,
    /// Environments that somebody has for themselves.
    pub locks: BTreeMap<EnvironmentName, Lock>,
    /// Open milestones that are named like a version and have a day, by the forge's number.
    #[serde(default)]
    pub milestones: BTreeMap<u64, milestone::Planned>,
    /// Branches that are being made for people, by the journal row that began them.
    #[serde(default)]
    pub errands: BTreeMap<u64, Errand>,
    /// The branches that labels ask a backport to, once the change is merged.
    #[serde(default)]
    pub wishes: BTreeMap<ChangeNumber, BTreeSet<String>>,
}

/// The project that a lane serves.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Project {
    /// Its number.
    pub id: ProjectId,
    /// Its path, as last seen.
    pub path: ProjectPath,
    /// What lets us in.
    pub installation: Option<InstallationId>,
    /// Its default branch, as last seen.
    pub default_branch: Option<BranchName>,
    /// Whether everybody can read it, as last seen.
    pub public: Option<bool>,
    /// Whether it is archived.
    pub archived: bool,
    /// Whether it is ours to serve.
    pub service: Service,
    /// Since when we serve it. What was merged before is none of our announcements.
    pub joined_at: Timestamp,
}

impl Project {
    /// The project as a first sight of it tells.
    pub fn first_seen(seen: &ProjectSeen, at: Timestamp) -> Self {
        Self {
            id: seen.id.clone(),
            path: seen.path.clone(),
            installation: seen.installation.clone(),
            default_branch: seen.default_branch.clone(),
            public: seen.public,
            archived: false,
            service: Service::Active,
            joined_at: at,
        }
    }

    /// Takes in what an event says of the project itself; others say nothing of it.
    fn apply(&mut self, event: &Event) {
        if let Event::ProjectChanged { path, installation, default_branch, public } = event {
            self.path = path.clone();
            self.installation = installation.clone();
            self.default_branch = default_branch.clone();
            self.public = *public;
        }
        if let Event::ProjectArchived { archived } = event {
            self.archived = *archived;
        }
        if let Event::ProjectLeft { suspended } = event {
            self.service = if *suspended { Service::Suspended } else { Service::Ended };
        }
    }
}

/// Whether a project is ours to serve.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Service {
    /// It is.
    Active,
    /// The owner suspended us.
    Suspended,
    /// The owner sent us away.
    Ended,
}

/// What is open in one component.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Component {
    /// Changes that people asked to show.
    pub shown: BTreeSet<ChangeNumber>,
    /// Changes that people asked to hide.
    pub hidden: BTreeSet<ChangeNumber>,
    /// The first cut's question, while it may be answered.
    pub question: Option<Question>,
    /// The cut under way.
    pub cutting: Option<Cutting>,
    /// The newest releases, newest first.
    pub releases: Vec<ReleaseMark>,
    /// What was told of the newest cut, so that it can be completed.
    pub report: Option<Report>,
    /// Whether we cut a release before: then nobody is asked any more what a tag would start.
    pub has_cut: bool,
    /// What stands in each environment.
    pub slots: BTreeMap<EnvironmentName, Slot>,
    /// The draft release that follows what is merged, where the policy wants one.
    #[serde(default)]
    pub drafting: Option<Drafting>,
    /// Changes that carried a release which is not cut yet: they bring a version, and nothing for users.
    #[serde(default)]
    pub carriers: BTreeSet<ChangeNumber>,
    /// The lines that have a branch of their own, newest first; at most one of them is open.
    #[serde(default)]
    pub lines: Vec<Line>,
}

/// The question that the first cut of a project asks back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Question {
    /// The version that was asked for.
    pub version: Version,
    /// The commit that was asked for.
    pub commit: CommitId,
    /// How long the same command counts as the yes.
    pub until: Timestamp,
}

/// A release that the state remembers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReleaseMark {
    /// Its version.
    pub version: Version,
    /// Its tag.
    pub tag: TagName,
    /// The commit.
    pub commit: CommitId,
    /// Its page, where there is one.
    pub release: Option<ReleaseId>,
    /// The page's address, where we published it.
    pub page: Option<String>,
    /// When it was cut or adopted.
    pub at: Timestamp,
    /// Whether it was withdrawn.
    pub withdrawn: bool,
    /// The journal row whose event lists what it contains, where we cut it.
    pub contents: Option<u64>,
    /// The issue that was opened for it.
    pub issue: Option<u64>,
    /// Whether somebody published it who may not release, and no releaser let it go since.
    #[serde(default)]
    pub unconfirmed: bool,
}

/// A rollback that is over, and is told of once its follow-up issue is there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FollowUp {
    /// The rollback, as it was at its end.
    pub promotion: Promotion,
    /// The journal row that ended it.
    pub ended: Written,
}

/// What was told of a cut.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// What was cut.
    pub cut: Cut,
    /// The command that it answers.
    pub asked: CommentRef,
    /// The journal row that froze it.
    pub started: u64,
    /// The page's address.
    pub page: String,
    /// The runs that were named.
    pub runs: Vec<Run>,
    /// What became of its milestone.
    #[serde(default)]
    pub milestone: Option<Aftermath>,
}

/// When and where in the journal an event stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Written {
    /// The row's number in its lane, from 1.
    pub seq: u64,
    /// The row's time.
    pub at: Timestamp,
}

impl State {
    /// The component's state; empty where nothing is known.
    pub fn component(&self, name: &ComponentName) -> Component {
        self.components.get(name).cloned().unwrap_or_default()
    }

    /// A release that the state remembers, by its version.
    pub fn release(&self, component: &ComponentName, version: &Version) -> Option<&ReleaseMark> {
        self.components.get(component)?.releases.iter().find(|mark| mark.version == *version)
    }

    /// Whether a release was withdrawn.
    pub fn is_withdrawn(&self, component: &ComponentName, version: &Version) -> bool {
        let releases = self.components.get(component).map(|component| component.releases.as_slice());
        releases.unwrap_or_default().iter().any(|mark| mark.version == *version && mark.withdrawn)
    }

    /// Whether a release was published by somebody who may not, and waits for a releaser.
    pub fn is_unconfirmed(&self, component: &ComponentName, version: &Version) -> bool {
        self.release(component, version).is_some_and(|mark| mark.unconfirmed)
    }

    /// Takes an event in. The only way a state changes.
    pub fn apply(&mut self, event: &Event, written: Written) {
        match event {
            Event::ProjectJoined { .. } => self.join(event, written),
            Event::ProjectChanged { .. } | Event::ProjectArchived { .. } | Event::ProjectLeft { .. } => {
                self.with_project(|project| project.apply(event));
            }
            Event::PolicyBroken { revision } => self.policy_broken = Some(revision.clone()),
            Event::PolicyMended { .. } => self.policy_broken = None,
            Event::CommandRefused { .. } | Event::EffectLost { .. } | Event::CutProposed { .. } => {}
            Event::ReportIgnored { deployment, because, slot, .. } => {
                self.report_ignored(*deployment, slot.as_ref(), Ignored { row: written, because: *because });
            }
            Event::ChangeHidden { component, change } => self.at(component).hide(*change),
            Event::ChangeShown { component, change } => self.at(component).show(*change),
            Event::FirstCutQuestioned { component, version, commit, until } => {
                self.at(component).question =
                    Some(Question { version: version.clone(), commit: commit.clone(), until: *until });
            }
            Event::CutStarted { component, cut, asked, .. } => {
                self.at(component).start(cut, asked.as_ref(), written);
            }
            Event::LineOpened { component, .. } | Event::LineDropped { component, .. } => {
                self.at(component).line_moved(event, written.at);
            }
            Event::TagMade { component, object, .. } => {
                self.at(component).step(CutStep::Drafting { object: object.clone() });
            }
            Event::ReleaseDrafted { component, release } => self.at(component).drafted(*release),
            Event::ReleaseCut { component, .. } => self.at(component).cut(event, written.at),
            Event::ReleaseConfirmed { component, version } => self.at(component).confirm(version),
            Event::ErrandBegun { errand } => _ = self.errands.insert(written.seq, errand.clone()),
            Event::ErrandEnded { row, .. } => _ = self.errands.remove(row),
            Event::BackportWished { change, target } => self.wish(*change, target),
            Event::BackportsGranted { change } => _ = self.wishes.remove(change),
            Event::DraftOutdated { component }
            | Event::DraftPlanned { component, .. }
            | Event::DraftKept { component, .. }
            | Event::DraftLeft { component, .. } => self.at(component).draft_moved(event, written),
            Event::ProposalKept { component, .. } | Event::ProposalMerged { component, .. } => {
                self.at(component).carried(event);
            }
            Event::CutReported { component, runs, aftermath } => {
                self.at(component).reported(runs, aftermath.as_ref());
            }
            Event::MilestonePlanned { .. } | Event::MilestoneDropped { .. } => self.plan_milestone(event),
            Event::RunNoticed { component, run } => self.at(component).noticed(run),
            Event::CutFailed { component, .. } => self.at(component).cutting = None,
            Event::ReleaseAdopted { component, .. } => self.at(component).adopt(event, written.at),
            Event::ReleaseWithdrawn { component, version } => self.at(component).withdraw(version),
            Event::IssueOpened { component, tag, number } => {
                self.at(component).issue_opened(tag, *number);
                self.give_home(tag, *number);
            }
            Event::FollowUpOpened { promotion, number } => self.followed_up(*promotion, *number),
            Event::Promotion(step) => self.promotion_moved(step, written),
            Event::EnvironmentObserved { component, environment, standing } => {
                self.slot_mut(component, environment).arrive(standing.clone());
            }
            Event::ReleaseBarred { component, environment, version, barred } => {
                self.slot_mut(component, environment).bar(version, *barred);
            }
            Event::EnvironmentLocked { environment, by, until } => {
                self.locks.insert(environment.clone(), Lock { by: *by, row: written, until: *until });
            }
            Event::EnvironmentUnlocked { environment } => {
                self.locks.remove(environment);
            }
        }
    }

    fn at(&mut self, component: &ComponentName) -> &mut Component {
        self.components.entry(component.clone()).or_default()
    }

    fn plan_milestone(&mut self, event: &Event) {
        if let Event::MilestonePlanned { milestone: number, version, due } = event {
            let planned = milestone::Planned { version: version.clone(), due: *due };
            self.milestones.insert(*number, planned);
            // Those made first go first, so that the state stays bounded.
            while self.milestones.len() > MILESTONES_KEPT {
                self.milestones.pop_first();
            }
        }
        if let Event::MilestoneDropped { milestone: number } = event {
            self.milestones.remove(number);
        }
    }

    /// What was wished for longest goes first, so that the state stays bounded.
    fn wish(&mut self, change: ChangeNumber, target: &str) {
        self.wishes.entry(change).or_default().insert(target.to_owned());
        while self.wishes.len() > WISHES_KEPT {
            self.wishes.pop_first();
        }
    }

    fn with_project(&mut self, change: impl FnOnce(&mut Project)) {
        if let Some(project) = &mut self.project {
            change(project);
        }
    }

    fn join(&mut self, event: &Event, written: Written) {
        let Event::ProjectJoined { project, path, installation, incarnation, default_branch, public } = event
        else {
            return;
        };
        // A project that comes back keeps its life: its effects are still its own.
        self.incarnation.get_or_insert_with(|| incarnation.clone());
        self.project = Some(Project {
            id: project.clone(),
            path: path.clone(),
            installation: installation.clone(),
            default_branch: default_branch.clone(),
            public: *public,
            archived: false,
            service: Service::Active,
            joined_at: written.at,
        });
    }
}

impl Component {
    /// The changes that the notes do not show: what people hid, and what only carries a release.
    pub fn unseen(&self) -> BTreeSet<ChangeNumber> {
        &self.hidden | &self.all_carriers()
    }

    /// The changes that carried a release, and the one that carries the next.
    pub fn all_carriers(&self) -> BTreeSet<ChangeNumber> {
        let change = self.drafting.as_ref().and_then(|drafting| drafting.change.as_ref());
        self.carriers.iter().copied().chain(change.map(|change| change.number)).collect()
    }

    fn hide(&mut self, change: ChangeNumber) {
        self.shown.remove(&change);
        self.hidden.insert(change);
    }

    fn show(&mut self, change: ChangeNumber) {
        self.hidden.remove(&change);
        self.shown.insert(change);
    }

    fn start(&mut self, cut: &Cut, asked: Option<&CommentRef>, written: Written) {
        self.question = None;
        if let Some(drafting) = &mut self.drafting {
            drafting.interrupted();
        }
        self.cutting = Some(Cutting {
            cut: cut.clone(),
            asked: asked.cloned(),
            started: written.seq,
            since: written.at,
            step: CutStep::first(cut),
        });
    }

    fn step(&mut self, step: CutStep) {
        if let Some(cutting) = &mut self.cutting {
            cutting.step = step;
        }
    }

    fn drafted(&mut self, release: ReleaseId) {
        if let Some(CutStep::Drafting { object }) = self.cutting.as_ref().map(|cutting| cutting.step.clone())
        {
            self.step(CutStep::Publishing { object, release });
        }
    }

    fn cut(&mut self, event: &Event, at: Timestamp) {
        let Event::ReleaseCut { cut, release, page, started, changes, unconfirmed, .. } = event else {
            return;
        };
        self.step(CutStep::Watching { page: page.clone(), since: at });
        self.has_cut = true;
        self.line_out(&cut.version);
        // What people asked of the notes holds until a final release has carried the change out.
        if !cut.version.is_prerelease() {
            let carried = |number: &ChangeNumber| changes.iter().any(|change| change.number == Some(*number));
            self.shown.retain(|number| !carried(number));
            self.hidden.retain(|number| !carried(number));
        }
        if let Some(drafting) = &mut self.drafting {
            drafting.published();
        }
        let is_in = |number: &ChangeNumber| changes.iter().any(|change| change.number == Some(*number));
        self.carriers.retain(|number| !is_in(number));
        self.remember(ReleaseMark {
            version: cut.version.clone(),
            tag: cut.tag.clone(),
            commit: cut.commit.clone(),
            release: Some(*release),
            page: Some(page.clone()),
            at,
            withdrawn: false,
            contents: Some(*started),
            issue: None,
            unconfirmed: *unconfirmed,
        });
    }

    fn adopt(&mut self, event: &Event, at: Timestamp) {
        let Event::ReleaseAdopted { version, tag, commit, release, .. } = event else { return };
        self.carriers.clear();
        self.line_out(version);
        // What was withdrawn stays so, whatever page people make for it.
        let withdrawn = self.releases.iter().any(|known| known.tag == *tag && known.withdrawn);
        self.remember(ReleaseMark {
            version: version.clone(),
            tag: tag.clone(),
            commit: commit.clone(),
            release: *release,
            page: None,
            at,
            withdrawn,
            contents: None,
            issue: None,
            unconfirmed: false,
        });
    }

    fn carried(&mut self, event: &Event) {
        if let Event::ProposalKept { change, page, left, .. } = event {
            self.drafting().carried(*change, page, left.as_ref());
        }
        if let Event::ProposalMerged { change, .. } = event {
            self.carriers.insert(*change);
            self.drafting().merged();
        }
    }

    fn confirm(&mut self, version: &Version) {
        for mark in self.releases.iter_mut().filter(|mark| mark.version == *version) {
            mark.unconfirmed = false;
        }
    }

    fn drafting(&mut self) -> &mut Drafting {
        self.drafting.get_or_insert_default()
    }

    fn reported(&mut self, runs: &[Run], milestone: Option<&Aftermath>) {
        let Some(Cutting { cut, asked, started, step: CutStep::Watching { page, .. }, .. }) =
            self.cutting.take()
        else {
            return;
        };
        self.report = asked.map(|asked| Report {
            cut,
            asked,
            started,
            page,
            runs: runs.to_vec(),
            milestone: milestone.cloned(),
        });
    }

    fn noticed(&mut self, run: &Run) {
        if let Some(report) = &mut self.report {
            report.runs.push(run.clone());
        }
    }

    fn withdraw(&mut self, version: &Version) {
        for mark in self.releases.iter_mut().filter(|mark| mark.version == *version) {
            mark.withdrawn = true;
        }
        for slot in self.slots.values_mut() {
            slot.bar(version, true);
        }
    }

    fn issue_opened(&mut self, tag: &TagName, number: u64) {
        for mark in self.releases.iter_mut().filter(|mark| mark.tag == *tag) {
            mark.issue = Some(number);
        }
    }

    fn remember(&mut self, mark: ReleaseMark) {
        self.releases.retain(|known| known.tag != mark.tag);
        self.releases.insert(0, mark);
        self.releases.truncate(RELEASES_KEPT);
    }
}
