//! `cut: draft`: a draft release that follows what is merged. When it is renewed, and what it means that somebody publishes it; how a page is written is the forge's business.
//!
//! ```text
//! a merge, a label, a release ─▶ outdated ─10 s of batching, a minute since the last time─▶ planned ─▶ written ─▶ kept
//!                                    ▲                                                        │ people changed our notes: left as it is
//!                                    └────────────── the next merge, label, release ──────────┘
//! published by a releaser ─▶ cut · by anybody else ─▶ cut, and held until a releaser resumes it
//! ```

use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use super::authorize::{Claim, Verdict, authorize};
use super::change::Stage;
use super::command::Rank;
use super::cut::{contents, under_way};
use super::decision::{Decision, Moment, Past};
use super::effect::{Effect, EffectKey, LeftDraft, Made, Memory, Outcome, Subject};
use super::event::{Cut, DraftLeft, Event};
use super::id::{Actor, BranchName, CommitId, ComponentName, TagName};
use super::journal::text_hash;
use super::notes;
use super::outlook::{Ground, Obstacle, Outlook, Target, Unseen, look};
use super::plan::Plan;
use super::policy::{Carried, CutMode, Policy};
use super::proposal;
use super::query::{Fact, Found, Held, Newest, ReleasePage, TagNow};
use super::say::{self, Text};
use super::signal::{ReleaseTouched, Signal, Touch};
use super::state::{Component, DraftPage, Drafting, Planned};

/// How long merges and labels are gathered before the draft is renewed: several often come together.
pub const GATHERING: SignedDuration = SignedDuration::from_secs(10);

/// The draft is renewed at most this often.
pub const PACE: SignedDuration = SignedDuration::from_mins(1);

/// When a component's draft is to be renewed; `None`: it is not.
pub fn due_at(component: &Component) -> Option<Timestamp> {
    let drafting = component.drafting.as_ref()?;
    if drafting.is_being_written() || component.cutting.is_some() {
        return None;
    }
    let gathered = drafting.outdated? + GATHERING;
    Some(drafting.followed.map_or(gathered, |followed| gathered.max(followed + PACE)))
}

/// Whatever may change the next release makes the draft out of date. `None`: facts are missing.
pub fn noticed(moment: &Moment<'_>, decision: Decision) -> Option<Decision> {
    if !concerns(moment, &decision) {
        return Some(decision);
    }
    let outdated = |name: &ComponentName| {
        let component = moment.state.components.get(name);
        component.and_then(|component| component.drafting.as_ref()).is_some_and(|it| it.outdated.is_some())
    };
    let followers = followers(moment)?.into_iter().filter(|name| !outdated(name));
    Some(followers.fold(decision, |decision, component| {
        Decision { ignored: None, ..decision }.record(Event::DraftOutdated { component })
    }))
}

/// Whether the next release may be another one now.
fn concerns(moment: &Moment<'_>, decision: &Decision) -> bool {
    let default = moment.state.project.as_ref().and_then(|project| project.default_branch.as_ref());
    let is_default = |branch: &BranchName| default.is_none_or(|default| default == branch);
    let touched = if let Signal::ChangeTouched(touched) = moment.signal {
        matches!(touched.touch, Touch::Merged | Touch::Described)
            && matches!(touched.change.stage, Stage::Merged { .. })
            && is_default(&touched.change.base)
    } else if let Signal::ChangeLabelled(labelled) = moment.signal {
        matches!(labelled.change.stage, Stage::Merged { .. }) && is_default(&labelled.change.base)
    } else if let Signal::BranchMoved { branch, head, .. } = moment.signal {
        head.is_some() && is_default(branch)
    } else {
        false
    };
    let shapes = |event: &Event| {
        matches!(
            event,
            Event::ChangeHidden { .. }
                | Event::ChangeShown { .. }
                | Event::ReleaseCut { .. }
                | Event::ReleaseAdopted { .. }
                | Event::CutFailed { .. }
        )
    };
    touched || decision.events.iter().any(|recorded| shapes(&recorded.event))
}

/// The components that have a draft, or shall have one. `None`: facts are missing.
fn followers(moment: &Moment<'_>) -> Option<Vec<ComponentName>> {
    let drafted = moment.state.components.iter().filter(|(_, component)| component.drafting.is_some());
    let known: Vec<ComponentName> = drafted.map(|(name, _)| name.clone()).collect();
    let may_be_new = matches!(
        moment.signal,
        Signal::ChangeTouched(_)
            | Signal::ChangeLabelled(_)
            | Signal::BranchMoved { touches_policy: true, .. }
    );
    if !known.is_empty() || !may_be_new {
        return Some(known);
    }
    // A merge reads nothing: what was read last tells whether a draft is wanted.
    let policy = if matches!(moment.signal, Signal::ChangeTouched(_)) {
        moment.facts.policy_held(Held)?
    } else {
        moment.facts.policy(Newest)?
    };
    let policy = policy.known().and_then(|now| now.policy.as_ref().ok());
    let wanted = policy.filter(|policy| policy.cut.follows());
    let names =
        |policy: &Policy| policy.all_components().iter().map(|known| known.component.clone()).collect();
    Some(wanted.map(names).unwrap_or_default())
}

/// The draft's time has come: it is planned anew. `None`: facts are missing.
pub fn timer_due(moment: &Moment<'_>, name: &ComponentName) -> Option<Decision> {
    let component = moment.state.component(name);
    if due_at(&component).is_none_or(|at| moment.now < at) {
        return Some(Decision::ignored("the draft is up to date, or is being written"));
    }
    let left = |because| Decision::default().record(Event::DraftLeft { component: name.clone(), because });
    // What cannot be read now is tried again, after the same time.
    let again = || Decision::default().record(Event::DraftOutdated { component: name.clone() });
    // Asked beside the policy, so that four rounds of questions serve.
    let (policy, _) = (moment.facts.policy(Newest), moment.facts.tags(Newest));
    let Some(policy) = policy?.known() else { return Some(again()) };
    let Ok(rules) = &policy.policy else { return Some(left(DraftLeft::Blocked)) };
    let rules = rules.of_component(name).filter(|rules| rules.cut.follows());
    let Some(rules) = rules else { return Some(left(DraftLeft::Unwanted)) };
    let ground = Ground { moment, newest: &policy.revision, rules: &rules };
    let outlook = match look(&ground, Target::default())? {
        Ok(outlook) => outlook,
        Err(Obstacle::Unreadable { .. }) => return Some(again()),
        Err(Obstacle::AmbiguousTags(..)) => return Some(left(DraftLeft::Blocked)),
    };
    let drafting = component.drafting.unwrap_or_default();
    let carried = (rules.cut == CutMode::PullRequest).then_some(&rules.carried);
    let decision = match planned(moment, (name, carried), &outlook) {
        Err(because) => left(because),
        Ok(planned) if is_so(&rules, &drafting, &planned) => left(DraftLeft::Same),
        Ok(planned) => match ordered(&ground, (name, &drafting), &planned, &outlook) {
            Some(effect) => renewed(moment, name, planned, effect),
            None => left(DraftLeft::Blocked),
        },
    };
    Some(decision.under(policy.revision.clone()))
}

/// `carried` is what a change brings, where it is one that carries the release.
fn planned(
    moment: &Moment<'_>,
    (name, carried): (&ComponentName, Option<&Carried>),
    outlook: &Outlook<'_>,
) -> Result<Planned, DraftLeft> {
    let plan = &outlook.plan;
    let Some(tag) = plan.tag.clone() else { return Err(DraftLeft::Nothing) };
    // What a merged change carries is on its way until a releaser has cut it.
    let is_on_its_way = !moment.state.component(name).carriers.is_empty();
    if is_on_its_way || outlook.tags.iter().any(|known| known.name == tag) {
        return Err(DraftLeft::TagTaken);
    }
    let says = match carried {
        Some(carried) => {
            json!([tag, plan.head, notes::release_page(plan), carried.files, carried.changelog])
        }
        None => json!([tag, plan.head, notes::release_page(plan)]),
    };
    let after = plan.previous.as_ref().map(|previous| previous.tag.as_str());
    Ok(Planned {
        mark: moment.key(format_args!("{name}:draft:{}", after.unwrap_or_default())),
        commit: plan.head.clone(),
        sum: text_hash(&[], &says.to_string()),
        version: plan.version.clone(),
        tag,
    })
}

fn is_so(rules: &Policy, drafting: &Drafting, planned: &Planned) -> bool {
    let is_there = match rules.cut {
        CutMode::PullRequest => drafting.change.is_some(),
        CutMode::Tag | CutMode::Draft | CutMode::Branch => drafting.page.is_some(),
    };
    is_there && drafting.planned.as_ref() == Some(planned)
}

fn ordered(
    ground: &Ground<'_>,
    (name, drafting): (&ComponentName, &Drafting),
    planned: &Planned,
    outlook: &Outlook<'_>,
) -> Option<Effect> {
    match ground.rules.cut {
        CutMode::PullRequest => proposal::ordered((ground, name), drafting, planned, outlook),
        CutMode::Tag | CutMode::Draft | CutMode::Branch => {
            Some(written(planned, &outlook.plan, (drafting.page.as_ref(), Memory::Ours)))
        }
    }
}

/// The order that writes a plan into its draft.
fn written(planned: &Planned, plan: &Plan, (page, memory): (Option<&DraftPage>, Memory)) -> Effect {
    Effect::KeepDraft {
        release: page.map(|page| page.release),
        mark: planned.mark.clone(),
        tag: planned.tag.clone(),
        commit: planned.commit.clone(),
        title: planned.tag.to_string(),
        notes: notes::release_page(plan),
        prerelease: plan.version.as_ref().is_some_and(|version| version.is_prerelease()),
        left: page.map(left_there),
        memory,
        is_final: false,
    }
}

fn renewed(moment: &Moment<'_>, name: &ComponentName, planned: Planned, effect: Effect) -> Decision {
    Decision::default().record(Event::DraftPlanned { component: name.clone(), planned }).order(
        moment.key(purpose(name, moment.next_row)),
        Subject::draft(name),
        effect,
    )
}

/// The order that brings the draft up to date, with its key, for who follows nothing and remembers nothing: what we left on the page
/// stands on the page.
///
/// # Errors
/// Why there is nothing to be written.
pub fn once(moment: &Moment<'_>, outlook: &Outlook<'_>) -> Result<(EffectKey, Effect), DraftLeft> {
    let planned = planned(moment, (&outlook.plan.component, None), outlook)?;
    let effect = written(&planned, &outlook.plan, (None, Memory::Page));
    Ok((planned.mark, effect))
}

fn left_there(page: &DraftPage) -> LeftDraft {
    LeftDraft { tag: page.tag.clone(), notes: page.notes.clone() }
}

/// What writing a plan is for: each plan is written once.
fn purpose(name: &ComponentName, row: u64) -> String {
    format!("{name}:draft:row:{row}")
}

/// The order by which a command's cut takes the draft as its page; `None`: there is none.
pub fn last_words(component: &Component, cut: &Cut, notes: &Text) -> Option<Effect> {
    let drafting = component.drafting.as_ref()?;
    let (page, planned) = (drafting.page.as_ref()?, drafting.planned.as_ref()?);
    Some(Effect::KeepDraft {
        release: Some(page.release),
        mark: planned.mark.clone(),
        tag: cut.tag.clone(),
        commit: cut.commit.clone(),
        title: cut.tag.to_string(),
        notes: notes.clone(),
        prerelease: cut.version.is_prerelease(),
        left: Some(left_there(page)),
        memory: Memory::Ours,
        is_final: true,
    })
}

/// Takes the outcome of a writing in. `None`: it was none of a draft.
pub fn effect_ended(moment: &Moment<'_>, key: &EffectKey, outcome: &Outcome) -> Option<Decision> {
    let (component, now) = moment.state.components.iter().find(|(name, component)| {
        let row = component.drafting.as_ref().and_then(|drafting| drafting.writing);
        row.is_some_and(|row| *key == moment.key(purpose(name, row)))
    })?;
    let component = component.clone();
    if let Outcome::Done(Made::Proposal { number, page, left }) = outcome {
        let before = now.drafting.as_ref().and_then(|drafting| drafting.change.as_ref());
        return Some(proposal::kept(moment, before, (component, *number), (page, left.as_ref())));
    }
    Some(Decision::default().record(match outcome {
        Outcome::Done(Made::Draft { id, page, notes }) => {
            Event::DraftKept { component, release: *id, page: page.clone(), notes: notes.clone() }
        }
        Outcome::Refused(_) => Event::DraftLeft { component, because: DraftLeft::Refused },
        Outcome::Done(_) | Outcome::Lost { .. } => Event::DraftLeft { component, because: DraftLeft::Lost },
    }))
}

/// The component whose draft was published, where it was one of ours and no command is publishing it.
pub fn of_page<'a>(moment: &Moment<'a>, touched: &ReleaseTouched) -> Option<&'a ComponentName> {
    let is_it = |component: &Component| {
        let page = component.drafting.as_ref().and_then(|drafting| drafting.page.as_ref());
        page.is_some_and(|page| page.release == touched.id) && under_way(component, &touched.tag).is_none()
    };
    moment.state.components.iter().find(|(_, component)| is_it(component)).map(|(name, _)| name)
}

/// Whether a tag appeared because our draft was published: then its page tells more. `None`: facts are missing.
pub fn was_published(moment: &Moment<'_>, tag: &TagName) -> Option<bool> {
    let components = moment.state.components.values();
    let pages: Vec<&DraftPage> =
        components.filter_map(|component| component.drafting.as_ref()?.page.as_ref()).collect();
    if pages.is_empty() {
        return Some(false);
    }
    let now = moment.facts.release_page(tag.clone())?.known();
    Some(now.is_some_and(|now| !now.draft && pages.iter().any(|page| page.release == now.id)))
}

/// What is asked for at once when a draft was published.
struct Published<'a> {
    tag: Fact<&'a TagNow>,
    page: Fact<&'a ReleasePage>,
}

/// Somebody published the draft: that is the cut. Its contents are those of the tag, whatever the draft said before. `None`: facts
/// are missing.
pub fn published(moment: &Moment<'_>, name: &ComponentName, touched: &ReleaseTouched) -> Option<Decision> {
    let facts = moment.facts;
    let (tag, page) = (facts.tag_now(touched.tag.clone()), facts.release_page(touched.tag.clone()));
    let (policy, tags) = (facts.policy(Newest), facts.tags(Newest));
    let _ = touched.by.as_ref().map(|by| facts.standing(by.clone()));
    let (Found::Known(policy), Found::Known(_)) = (policy?.found, tags?.found) else {
        return Some(Decision::ignored(
            "what was published cannot be read; the next plan will go on from it",
        ));
    };
    let now = Published { tag: tag?, page: page? };
    let Some(standing) = now.tag.known() else {
        return Some(Decision::ignored("the tag of what was published is gone again"));
    };
    let fallback = Policy::default();
    let rules = policy.policy.as_ref().unwrap_or(&fallback);
    let of_component = rules.of_component(name);
    let rules = of_component.as_ref().unwrap_or(rules);
    let may = match &policy.policy {
        Ok(rules) => may_release(moment, rules, touched.by.as_ref()),
        // Invariant 11: where it cannot be read who may, nobody may.
        Err(_) => Some(false),
    };
    let ground = Ground { moment, newest: &policy.revision, rules };
    let target = Target {
        head: Some(standing.commit.clone()),
        without: Some(Unseen::Tag(touched.tag.clone())),
        with_people: true,
        ..Target::default()
    };
    let outlook = look(&ground, target);
    let may = may?;
    let Ok(outlook) = outlook? else {
        return Some(Decision::ignored("its contents cannot be read; the next plan will go on from it"));
    };
    let Some(cut) = frozen((&outlook, rules), &touched.tag, &standing.commit) else {
        return Some(Decision::ignored("the tag names no version of this project"));
    };
    let page = now.page.known().map(|page| page.page.clone()).unwrap_or_default();
    let release = Release { name, cut, object: &standing.object, page, may };
    Some(release.recorded(moment, touched, &outlook.plan).under(policy.revision.clone()))
}

/// S9: whoever publishes must be what whoever cuts must be. `None`: facts are missing.
fn may_release(moment: &Moment<'_>, rules: &Policy, by: Option<&Actor>) -> Option<bool> {
    let Some(actor) = by else { return Some(false) };
    let claim = Claim::of_rank(moment.state, actor, Rank::Releaser);
    Some(authorize(moment.facts, rules, claim)? == Verdict::Allowed)
}

fn frozen((outlook, rules): (&Outlook<'_>, &Policy), tag: &TagName, commit: &CommitId) -> Option<Cut> {
    let version = outlook.naming.version_of(tag.as_str())?;
    Some(Cut {
        latest: rules.stands_for_the_project() && contents::is_latest(&version, outlook),
        previous: outlook.plan.previous.as_ref().map(|released| released.version.clone()),
        bump: outlook.plan.bump,
        commit: commit.clone(),
        tag: tag.clone(),
        version,
        line: None,
    })
}

/// A release that somebody published.
struct Release<'a> {
    name: &'a ComponentName,
    cut: Cut,
    object: &'a CommitId,
    page: String,
    may: bool,
}

impl Release<'_> {
    fn recorded(self, moment: &Moment<'_>, touched: &ReleaseTouched, plan: &Plan) -> Decision {
        let joined_at = moment.state.project.as_ref().map_or(moment.now, |project| project.joined_at);
        let carriers = moment.state.component(self.name).all_carriers();
        let started = contents::started(self.name, (&self.cut, plan), None, (joined_at, &carriers));
        let Event::CutStarted { changes, .. } = started.event.clone() else {
            unreachable!("`contents::started` makes no other event")
        };
        let past = Past::Released {
            component: self.name.clone(),
            version: self.cut.version.clone(),
            tag: self.cut.tag.clone(),
            commit: self.cut.commit.clone(),
            at: moment.now,
            changes: changes
                .iter()
                .filter_map(|change| Some((change.number?, change.commit.clone())))
                .collect(),
        };
        let asks = (!self.may).then(|| self.question(touched.by.as_ref()));
        let purpose = format!("{}:unconfirmed:{}", self.name, self.cut.tag);
        let cut = Event::ReleaseCut {
            component: self.name.clone(),
            cut: self.cut,
            object: self.object.clone(),
            release: touched.id,
            page: self.page,
            started: moment.next_row,
            changes,
            unconfirmed: !self.may,
        };
        let mut decision = Decision::default().record(started).record(cut);
        decision.actor = touched.by.as_ref().map(|by| by.id);
        decision.history.push(past);
        match asks {
            Some(effect) => decision.order(moment.key(&purpose), Subject(purpose), effect),
            None => decision,
        }
    }

    /// A releaser must act, and nobody asked anywhere: so an issue says it.
    fn question(&self, by: Option<&Actor>) -> Effect {
        Effect::OpenIssue {
            title: say::drafting::unconfirmed_title(&self.cut.tag),
            text: say::within(self.name, say::drafting::unconfirmed(&self.cut, by, &self.page)),
        }
    }
}

#[cfg(test)]
mod tests;
