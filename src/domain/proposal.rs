//! `cut: pull-request`: a change that carries the next release and follows what is merged; merging it is the cut. When it is renewed is `drafting`'s business, what is cut `answer::cut`'s, how a branch is written the forge's.
//!
//! ```text
//! a merge, a label, a release ─▶ outdated ─▶ planned ─▶ written ─▶ kept          (as a draft: see `drafting`)
//! merged by a releaser ─▶ cut of its merge · by anybody else ─▶ said on it, and cut by a releaser's command
//! ```

pub mod file;
mod order;

use super::answer::{self, Wanted};
use super::asked::{Asked, comment_effect, reply, reply_subject};
use super::authorize::{Claim, Verdict, authorize};
use super::change::{Change, Stage};
use super::command::{CommitPrefix, Rank, WrittenVersion};
use super::decision::{Decision, Moment};
use super::effect::{Effect, Subject};
use super::event::Event;
use super::id::{ActorKind, BranchName, ChangeNumber, CommitId, ComponentName};
use super::notes;
use super::outlook::{Ground, Outlook};
use super::place::{CommentKind, CommentRef, Thread};
use super::query::Newest;
use super::say::{self, Text, proposal::Uncut};
use super::signal::{ChangeTouched, Comment, Touch};
use super::state::{DraftChange, Drafting, Planned, State};
use super::version::Version;
pub use order::{LeftProposal, Proposal};

/// How the branches begin that carry a release.
pub const BRANCHES: &str = "lockkeeper/release/";

/// The branch that carries the next release of a component. Ours alone, by its name.
fn branch(name: &ComponentName) -> BranchName {
    BranchName::parse(format!("{BRANCHES}{name}")).expect("a component's name is a part of a branch's")
}

/// The order that writes the change as planned. `None`: there is no version, or nobody knows the default branch.
pub fn ordered(
    (ground, name): (&Ground<'_>, &ComponentName),
    drafting: &Drafting,
    planned: &Planned,
    outlook: &Outlook<'_>,
) -> Option<Effect> {
    let (plan, carried) = (&outlook.plan, &ground.rules.carried);
    let of_component = &ground.rules.versioning.paths;
    Some(Effect::KeepProposal(Box::new(Proposal {
        mark: planned.mark.clone(),
        branch: branch(name),
        base: ground.moment.state.project.as_ref()?.default_branch.clone()?,
        commit: plan.head.clone(),
        title: say::proposal::title(&planned.tag),
        text: say::proposal::description(&planned.tag, plan),
        version: plan.version.clone()?,
        files: carried.files.iter().filter(|file| of_component.hold(file)).cloned().collect(),
        changelog: carried.changelog.clone(),
        section: say::proposal::section(&planned.tag, ground.moment.today()),
        notes: notes::release_page(plan),
        left: drafting.change.as_ref().and_then(|change| change.left.clone()),
    })))
}

/// The change is there as it was ordered, or people's commits keep it as it is: they are told once.
pub fn kept(
    moment: &Moment<'_>,
    before: Option<&DraftChange>,
    (component, change): (ComponentName, ChangeNumber),
    (page, left): (&str, Option<&LeftProposal>),
) -> Decision {
    let is_told = before.is_some_and(|before| before.number == change && before.left.is_none());
    let event = Event::ProposalKept { component, change, page: page.to_owned(), left: left.cloned() };
    let decision = Decision::default().record(event);
    if left.is_some() || is_told {
        return decision;
    }
    let purpose = format!("proposal:{change}:theirs");
    let effect =
        Effect::Comment { thread: Thread::Change(change), answers: None, text: say::proposal::theirs() };
    decision.order(moment.key(&purpose), Subject(purpose), effect)
}

/// The component whose next release a change carries, and what that is.
fn carried_by(state: &State, number: ChangeNumber) -> Option<(&ComponentName, &Planned)> {
    state.components.iter().find_map(|(name, component)| {
        let drafting = component.drafting.as_ref()?;
        let change = drafting.change.as_ref().filter(|change| change.number == number)?;
        Some((name, change.planned.as_ref().or(drafting.planned.as_ref())?))
    })
}

/// Whether a change carries the next release. Its delivery may come before we hear that we made it.
pub fn carries(state: &State, change: &Change) -> bool {
    let is_bots = change.author.as_ref().is_some_and(|author| author.kind == ActorKind::Bot);
    state.components.values().filter_map(|component| component.drafting.as_ref()).any(|drafting| {
        let is_planned = |planned: &Planned| say::proposal::title(&planned.tag) == change.title;
        drafting.change.as_ref().is_some_and(|carrier| carrier.number == change.number)
            || (is_bots && drafting.is_being_written() && drafting.planned.as_ref().is_some_and(is_planned))
    })
}

/// A change was merged: where it carried the next release, that is cut, as if whoever merged it had given the command. What else
/// follows of the merge is read beside it. `None`: facts are missing.
pub fn merged(moment: &Moment<'_>, touched: &ChangeTouched, decision: Option<Decision>) -> Option<Decision> {
    let number = touched.change.number;
    let Some((name, planned)) = carried_by(moment.state, number).filter(|_| touched.touch == Touch::Merged)
    else {
        return decision;
    };
    // Asked for early, so that four rounds of questions serve.
    let _ = moment.facts.tags(Newest);
    let event = Event::ProposalMerged { component: name.clone(), change: number };
    let answered = Merged { moment, number, name, planned }.answered()?;
    Some(answered.after(vec![event.into()]).beside(decision?))
}

/// The merge of a change that carried a release.
struct Merged<'a> {
    moment: &'a Moment<'a>,
    number: ChangeNumber,
    name: &'a ComponentName,
    planned: &'a Planned,
}

impl Merged<'_> {
    fn answered(&self) -> Option<Decision> {
        let facts = self.moment.facts;
        // S5: what counts is the change as it is now, and who the forge says merged it.
        let (change, by) = (facts.change(self.number), facts.merged_by(self.number));
        let policy = facts.policy(Newest);
        let (change, by, policy) = (change?.known(), by?.known(), policy?.known());
        let merge = change.and_then(|change| match &change.stage {
            Stage::Merged { commit, at } => Some((commit, *at)),
            Stage::Open | Stage::Draft | Stage::Closed => None,
        });
        let (name, version) = (self.name, self.planned.version.as_ref());
        let commit = merge.map(|(commit, _)| commit);
        let uncut = Uncut { tag: &self.planned.tag, component: name, version, commit };
        let (Some((commit, at)), Some(by), Some(policy), Some(project), Some(version)) =
            (merge, by, policy, self.moment.state.project.as_ref(), version)
        else {
            return Some(self.told(say::proposal::unread(uncut)));
        };
        // Invariant 11: what acts is blocked by a broken policy.
        let Some(rules) = policy.policy.as_ref().ok().and_then(|rules| rules.of_component(name)) else {
            return Some(self.told(say::proposal::blocked(uncut)));
        };
        let comment = Comment {
            at: self.place(),
            author: by.clone(),
            sender: by.id,
            body: String::new(),
            written_at: at,
        };
        let asked = Asked { moment: self.moment, comment: &comment, project, policy, rules: &rules };
        // What the cut needs is read beside who may.
        let cut = cut(&asked, version, commit);
        // S9: whoever merges must be what whoever cuts must be.
        let claim = Claim::of_rank(self.moment.state, by, Rank::Releaser);
        match authorize(facts, &rules, claim)? {
            Verdict::Allowed => cut,
            Verdict::Denied { .. } | Verdict::Stranger | Verdict::Unknown { .. } => {
                Some(self.told(say::proposal::not_a_releaser(by, uncut)))
            }
        }
    }

    /// The place of what a merge asks for, where a comment's would be.
    fn place(&self) -> CommentRef {
        let Self { number, .. } = *self;
        CommentRef { thread: Thread::Change(number), kind: CommentKind::Merge, number: number.0 }
    }

    fn told(&self, text: Text) -> Decision {
        let at = self.place();
        Decision::default().order(self.moment.key(reply(&at)), reply_subject(&at), comment_effect(&at, text))
    }
}

fn cut(asked: &Asked<'_>, version: &Version, commit: &CommitId) -> Option<Decision> {
    let version = WrittenVersion::read(&version.to_string()).expect("a version is written so");
    let commit = CommitPrefix::from(commit);
    let component = Some(&asked.rules.versioning.component).filter(|name| !name.is_default());
    answer::cut(asked, Wanted { version: Some(&version), commit: Some(&commit), pre: None, component })
}

#[cfg(test)]
mod tests;
