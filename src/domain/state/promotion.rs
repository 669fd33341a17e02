//! How steps move a promotion and, when it ends, the environment. Only `State::apply` leads here; which step follows is decided elsewhere.

use super::slot::{Slot, SlotName, Standing};
use super::{FollowUp, State, Written};
use crate::domain::id::{ComponentName, DeploymentId, EnvironmentName, PromotionId, TagName};
use crate::domain::place::Thread;
use crate::domain::promotion::model::{
    Approval, Asked, Attempt, AttemptStage, Ended, Held, Ignored, Kind, Panel, Promotion, Prompt, Stage,
    Target, Terms, Wave, WaveStep,
};
use crate::domain::promotion::step::Step;

/// How many replaced attempts a promotion remembers; reports of older ones are none of its business any more.
const FENCED_KEPT: usize = 20;

/// How many reports that changed nothing a promotion shows.
const IGNORED_KEPT: usize = 3;

impl State {
    /// The slot of a component in an environment; empty where nothing is known.
    pub fn slot(&self, component: &ComponentName, environment: &EnvironmentName) -> Slot {
        let found = self.components.get(component).and_then(|component| component.slots.get(environment));
        found.cloned().unwrap_or_default()
    }

    /// The promotion that has the slot of a component in an environment.
    pub fn holder(&self, component: &ComponentName, environment: &EnvironmentName) -> Option<&Promotion> {
        self.promotions_into(component, environment).find(|promotion| promotion.has_slot())
    }

    /// Open promotions of a component into an environment, oldest first.
    pub fn promotions_into(
        &self,
        component: &ComponentName,
        environment: &EnvironmentName,
    ) -> impl Iterator<Item = &Promotion> {
        self.promotions.values().filter(move |promotion| {
            promotion.asked.component == *component && promotion.asked.environment == *environment
        })
    }

    pub(super) fn slot_mut(&mut self, component: &ComponentName, environment: &EnvironmentName) -> &mut Slot {
        self.at(component).slots.entry(environment.clone()).or_default()
    }

    pub(super) fn promotion_moved(&mut self, step: &Step, written: Written) {
        if let Step::PromotionAsked { asked, terms, home } = step {
            self.newest_promotion = asked.id.0;
            let panel = Panel { home: *home, ..Panel::default() };
            self.promotions.insert(asked.id, Promotion { panel, ..begun(asked, terms, written) });
        }
        if let Some(promotion) = self.promotions.get_mut(&step.promotion()) {
            promotion.apply(step, written);
        }
        if let Step::PromotionEnded { promotion, how } = step
            && let Some(promotion) = self.promotions.remove(promotion)
        {
            self.leave_behind(&promotion, *how, written);
        }
    }

    /// Promotions that nobody asked for in a conversation are shown in their release's issue.
    pub(super) fn give_home(&mut self, tag: &TagName, issue: u64) {
        for promotion in self.promotions.values_mut().filter(|open| open.asked.tag == *tag) {
            promotion.panel.home.get_or_insert(Thread::Issue(issue));
        }
    }

    /// A report changed nothing; it is shown all the same: at the open promotion of its deployment, else where it is about.
    pub(super) fn report_ignored(
        &mut self,
        deployment: DeploymentId,
        slot: Option<&SlotName>,
        ignored: Ignored,
    ) {
        let mut open = self.promotions.values_mut();
        let is_its =
            |open: &Promotion| open.fenced.contains(&deployment) || open.deployments().contains(&deployment);
        let shown = match (open.find(|open| is_its(open)), slot) {
            (Some(promotion), _) => &mut promotion.ignored,
            (None, Some(SlotName { component, environment })) => {
                &mut self.slot_mut(component, environment).ignored
            }
            (None, None) => return,
        };
        shown.push(ignored);
        drop_oldest(shown, IGNORED_KEPT);
    }

    /// A rollback's follow-up issue is there, or will not be.
    pub(super) fn followed_up(&mut self, id: PromotionId, number: Option<u64>) {
        let Some(FollowUp { promotion, .. }) = self.follow_ups.remove(&id) else { return };
        let Asked { component, environment, replaces, .. } = &promotion.asked;
        if let (Some(replaced), Some(number)) = (replaces, number) {
            self.slot_mut(component, environment).followed_up(replaced, number);
        }
    }

    /// What an ended promotion leaves in its environment.
    fn leave_behind(&mut self, promotion: &Promotion, how: Ended, written: Written) {
        let Asked { component, environment, version, commit, replaces, kind, id, .. } = &promotion.asked;
        let slot = self.slot_mut(component, environment);
        match how {
            Ended::Succeeded => {
                if let (Kind::Rollback, Some(replaced)) = (kind, replaces) {
                    slot.bar(replaced, true);
                }
                slot.arrive(Standing {
                    version: Some(version.clone()),
                    commit: commit.clone(),
                    since: written.at,
                    deployments: promotion.deployments(),
                    promotion: Some(*id),
                });
            }
            Ended::Aborted => slot.unclear = true,
            Ended::Rejected | Ended::Superseded | Ended::Cancelled | Ended::Expired | Ended::RolledBack => {}
        }
        if promotion.is_rollback() && how == Ended::Succeeded {
            self.follow_ups.insert(*id, FollowUp { promotion: promotion.clone(), ended: written });
        }
    }
}

fn drop_oldest<T>(list: &mut Vec<T>, kept: usize) {
    list.drain(..list.len().saturating_sub(kept));
}

fn begun(asked: &Asked, terms: &Terms, written: Written) -> Promotion {
    Promotion {
        asked: asked.clone(),
        since: written,
        revision: 1,
        terms: terms.clone(),
        panel: Panel::default(),
        approvals: vec![],
        prompt: None,
        held: None,
        done: vec![],
        fenced: vec![],
        ignored: vec![],
        attempts: 0,
        stage: Stage::Waiting,
    }
}

impl Promotion {
    fn apply(&mut self, step: &Step, written: Written) {
        match step {
            Step::PromotionAsked { .. } | Step::PromotionEnded { .. } => {}
            Step::TermsChanged { name, terms, .. } => {
                self.revision = name.revision;
                self.terms = (**terms).clone();
                self.approvals.clear();
                self.prompt = None;
            }
            Step::ApprovalGiven { by, .. } => self.approvals.push(Approval { by: *by, given: written }),
            Step::ApprovalEnded { by, .. } => self.approvals.retain(|approval| approval.by != *by),
            Step::ApproversAsked { again, .. } => {
                // A reminder says when people were first asked.
                let first = self.prompt.as_ref().filter(|_| *again).map(|prompt| prompt.at);
                self.prompt = Some(Prompt { at: first.unwrap_or(written.at), reminded: *again });
            }
            Step::PromotionHeld { .. } => self.held = Some(Held { row: written }),
            Step::PromotionResumed { .. } => self.held = None,
            Step::WaveStarted { wave, targets, .. } => self.begin(*wave, targets, written),
            Step::AttemptMoved { attempt, to, handle, page, .. } => self.with_attempt(*attempt, |known| {
                known.stage = *to;
                known.moved = Some(written);
                known.handle = handle.or(known.handle);
                known.page = page.clone().or(known.page.take());
            }),
            Step::AttemptUnclaimed { attempt, .. } => {
                self.with_attempt(*attempt, |known| known.unclaimed = true);
            }
            Step::WaveBaking { until, .. } => {
                self.with_wave(|wave| wave.step = WaveStep::Baking { until: *until });
            }
            Step::PromotionFailed { .. } => self.restage(|wave| Stage::Failed { wave }),
            Step::AbortBegun { .. } => {
                self.restage(|wave| Stage::Aborting { wave, row: written });
            }
            Step::PanelDrawn { name, drawing, content } => {
                self.panel.drawn = *drawing;
                self.panel.content.clone_from(content);
                self.panel.pending.insert(*drawing, name.revision);
            }
            Step::PanelShown { drawing, page, .. } => {
                self.panel.page = page.clone().or(self.panel.page.take());
                self.shown(*drawing, written);
            }
        }
    }

    /// Begins a wave, or the failed part of one again.
    fn begin(&mut self, number: usize, targets: &[Target], written: Written) {
        let before = self.wave().map(|wave| (wave.number, wave.attempts.clone()));
        let mut attempts = match before {
            Some((same, attempts)) if same == number => attempts,
            Some((_, done)) => {
                self.done.extend(done);
                vec![]
            }
            None => vec![],
        };
        for target in targets {
            self.attempts += 1;
            let attempt = Attempt {
                target: target.clone(),
                number: self.attempts,
                ordered_at: written.at,
                handle: None,
                page: None,
                unclaimed: false,
                moved: None,
                stage: AttemptStage::Created,
            };
            match attempts.iter_mut().find(|known| known.target == *target) {
                Some(known) => {
                    self.fenced.extend(known.deployment());
                    *known = attempt;
                }
                None => attempts.push(attempt),
            }
        }
        drop_oldest(&mut self.fenced, FENCED_KEPT);
        self.stage = Stage::Rolling { wave: Wave { number, step: WaveStep::Deploying, attempts } };
    }

    fn with_attempt(&mut self, number: u32, change: impl FnOnce(&mut Attempt)) {
        self.with_wave(|wave| {
            if let Some(known) = wave.attempts.iter_mut().find(|known| known.number == number) {
                change(known);
            }
        });
    }

    fn with_wave(&mut self, change: impl FnOnce(&mut Wave)) {
        match &mut self.stage {
            Stage::Waiting => {}
            Stage::Rolling { wave } | Stage::Failed { wave } | Stage::Aborting { wave, .. } => change(wave),
        }
    }

    fn restage(&mut self, stage: impl FnOnce(Wave) -> Stage) {
        if let Some(wave) = self.wave().cloned() {
            self.stage = stage(wave);
        }
    }

    fn shown(&mut self, drawing: u32, written: Written) {
        if let Some(revision) = self.panel.pending.get(&drawing) {
            self.panel.shown.entry(*revision).or_insert(written.at);
        }
        self.panel.pending.retain(|pending, _| *pending > drawing);
    }
}
