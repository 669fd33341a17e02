//! A stage for tests of promotions: a release that was cut, two environments, and a forge that does what is ordered. No rule lives here.

use std::collections::BTreeMap;

use jiff::SignedDuration;

use super::{Played, World, actor, said, version};
use crate::domain::change::Writers;
use crate::domain::due::due;
use crate::domain::effect::{Effect, EffectKey, Made, Outcome};
use crate::domain::event::Event;
use crate::domain::id::{DeploymentId, EnvironmentName, PromotionId, ReleaseId};
use crate::domain::policy::environment::{ApprovalRule, Deploy, Environment, Seconds};
use crate::domain::promotion::Promotion;
use crate::domain::promotion::step::Step;
use crate::domain::query::{DeploymentNow, Report, ReportedState, RunNow};
use crate::domain::say::Text;
use crate::domain::signal::{DeploymentReported, Run, Signal};
use crate::domain::timer::TimerKey;

/// The stage, with a forge that carries orders out at once.
#[derive(Debug)]
pub(crate) struct Port {
    pub(crate) world: World,
    made: u64,
    ended: Vec<EffectKey>,
    /// What each panel says, by its subject (`p7:panel`).
    pub(crate) panels: BTreeMap<String, Text>,
    /// Orders of these kinds are not carried out, but come to this end.
    pub(crate) fate: BTreeMap<&'static str, Outcome>,
}

/// An environment's name.
pub(crate) fn name(text: &str) -> EnvironmentName {
    EnvironmentName::parse(text).expect("a name")
}

/// Staging, and production behind it with one approval and two hours of soak.
pub(crate) fn environments() -> Vec<Environment> {
    let event = || Deploy::Event { reporters: vec!["github-actions".to_owned()] };
    let staging = Environment::new(name("staging"), event());
    let mut production = Environment::new(name("production"), event());
    production.after = vec![name("staging")];
    production.conditions.soak = Seconds::hours(2);
    production.conditions.approvals = vec![ApprovalRule { from: vec![], count: 1, not_authors: false }];
    vec![staging, production]
}

impl Port {
    /// v1.5.0 was just cut by `ana`; `ada` and a Jane whom the forge does not know wrote along.
    pub(crate) fn new() -> Self {
        Self::with(|_| {})
    }

    /// The same with other environments.
    pub(crate) fn with(change: impl FnOnce(&mut Vec<Environment>)) -> Self {
        let mut world = World::new().calm();
        let mut all = environments();
        change(&mut all);
        let (accounts, strangers) = ([actor("ada").id].into(), ["Jane Doe".to_owned()].into());
        world.writers = Some(Writers { accounts, strangers });
        if let Ok(policy) = &mut world.policy {
            policy.environments = all;
        }
        let mut port =
            Self { world, made: 900, ended: vec![], panels: BTreeMap::new(), fate: BTreeMap::new() };
        port.cut("ana in 40: /release cut");
        port
    }

    /// Changes the policy.
    pub(crate) fn policy(&mut self, change: impl FnOnce(&mut Vec<Environment>)) {
        if let Ok(policy) = &mut self.world.policy {
            change(&mut policy.environments);
        }
    }

    /// Cuts a release; its tag is there afterwards.
    pub(crate) fn cut(&mut self, line: &str) {
        let told = self.says(line);
        assert!(told.iter().any(|line| line == "release_cut"), "{told:#?}");
        self.pass(SignedDuration::from_mins(5));
    }

    /// Somebody writes now; everything that follows at once happens.
    pub(crate) fn says(&mut self, line: &str) -> Vec<String> {
        let Signal::CommentWritten(mut comment) = said(line) else { unreachable!("words are written") };
        comment.written_at = self.world.now;
        self.made += 1;
        comment.at.number += self.made;
        self.plays(&Signal::CommentWritten(comment))
    }

    /// A signal, and everything that follows at once.
    pub(crate) fn plays(&mut self, signal: &Signal) -> Vec<String> {
        let played = self.world.play(signal);
        assert!(played.rounds <= 4, "{signal:?} took {} rounds: {:#?}", played.rounds, played.asked);
        let mut told = played.told();
        told.extend(self.carries_out(&played));
        told
    }

    fn carries_out(&mut self, played: &Played) -> Vec<String> {
        let mut told = Vec::new();
        for order in &played.decision.effects {
            if self.ended.contains(&order.key) {
                continue;
            }
            self.ended.push(order.key.clone());
            if let (Effect::Comment { text, .. }, true) = (&order.effect, order.subject.0.ends_with(":panel"))
            {
                self.panels.insert(order.subject.0.clone(), text.clone());
            }
            let outcome = match self.fate.get(order.effect.kind()) {
                Some(outcome) => outcome.clone(),
                None => Outcome::Done(self.makes(&order.effect)),
            };
            let key = order.key.clone();
            let next = self.world.play(&Signal::EffectEnded { key, outcome });
            told.extend(next.told().into_iter().filter(|line| !line.starts_with("ignored")));
            told.extend(self.carries_out(&next));
        }
        told
    }

    fn makes(&mut self, effect: &Effect) -> Made {
        self.made += 1;
        let page = format!("https://forge.example/{}", self.made);
        match effect {
            Effect::Comment { .. } => Made::Comment { number: self.made, page },
            Effect::Preview { .. } => Made::Preview { number: self.made, head: None },
            Effect::CreateTag { tag, commit, .. } => {
                let (name, commit) = (tag.clone(), commit.clone());
                self.world.tags.push(crate::domain::query::Tag { name, commit: commit.clone() });
                Made::Tag { object: commit, adopted: false }
            }
            Effect::DraftRelease { .. } | Effect::PublishRelease { .. } => {
                Made::Release { id: ReleaseId(77), page }
            }
            Effect::CreateBranch { .. } => Made::Nothing,
            Effect::Backport(_) => Made::Change { number: crate::domain::id::ChangeNumber(self.made), page },
            Effect::KeepProposal(_) => {
                Made::Proposal { number: crate::domain::id::ChangeNumber(self.made), page, left: None }
            }
            Effect::KeepDraft { .. } => {
                Made::Draft { id: ReleaseId(77), page, notes: Some("sum".to_owned()) }
            }
            Effect::CreateDeployment { environment, commit, .. } => {
                let id = DeploymentId(self.made);
                let deployment = DeploymentNow {
                    id,
                    environment: environment.clone(),
                    commit: commit.clone(),
                    made_at: self.world.now,
                    reports: vec![],
                };
                self.world.deployments.insert(id, deployment);
                Made::Deployment { id, page: None }
            }
            Effect::StartRun { what, commit, tag, .. } => {
                let run = Run {
                    number: self.made,
                    commit: commit.clone(),
                    on: Some(tag.to_string()),
                    file: what.name().to_owned(),
                    page: page.clone(),
                };
                let now = RunNow { run, state: ReportedState::Queued, by: actor("renovate[bot]").id };
                self.world.runs.insert(self.made, now);
                Made::Run { number: self.made, page }
            }
            Effect::OpenIssue { .. } => Made::Issue { number: self.made, page },
            Effect::React { .. }
            | Effect::AddBanner { .. }
            | Effect::ReportDeployment { .. }
            | Effect::CancelRun { .. }
            | Effect::SetIssue { .. }
            | Effect::CreateLabel { .. }
            | Effect::CarryOver { .. }
            | Effect::CloseMilestone { .. } => Made::Nothing,
        }
    }

    /// Somebody reports on the newest deployment of a place.
    pub(crate) fn reports(&mut self, place: &str, state: ReportedState, by: &str) -> Vec<String> {
        let newest = self.world.deployments.values().rev().find(|known| known.environment == place);
        let id = newest.expect("there is a deployment").id;
        self.reports_on(id, state, by)
    }

    /// Somebody reports on one deployment.
    pub(crate) fn reports_on(&mut self, id: DeploymentId, state: ReportedState, by: &str) -> Vec<String> {
        let at = self.world.now;
        let deployment = self.world.deployments.get_mut(&id).expect("there is a deployment");
        let report = Report { state, by: actor(by), at, page: None, said: String::new() };
        deployment.reports.insert(0, report);
        let reported = DeploymentReported {
            deployment: id,
            environment: deployment.environment.clone(),
            commit: deployment.commit.clone(),
        };
        self.plays(&Signal::DeploymentReported(reported))
    }

    /// The usual executor says that a place is done.
    pub(crate) fn succeeds(&mut self, place: &str) -> Vec<String> {
        self.reports(place, ReportedState::Success, "github-actions")
    }

    /// Time goes by; timers fire on their way.
    pub(crate) fn pass(&mut self, by: SignedDuration) -> Vec<String> {
        let end = self.world.now + by;
        let mut told = Vec::new();
        let mut fired: Vec<(TimerKey, jiff::Timestamp)> = Vec::new();
        while let Some((timer, at)) = due(&self.world.state)
            .into_iter()
            .filter(|timer| timer.1 <= end && !fired.contains(timer))
            .min_by_key(|(_, at)| *at)
        {
            fired.push((timer.clone(), at));
            self.world.now = self.world.now.max(at);
            told.extend(self.plays(&Signal::TimerDue { timer }));
        }
        self.world.now = end;
        told.retain(|line| !line.starts_with("ignored"));
        told
    }

    /// An open promotion.
    pub(crate) fn promotion(&self, number: u64) -> &Promotion {
        &self.world.state.promotions[&PromotionId(number)]
    }

    /// The version that stands in an environment.
    pub(crate) fn there(&self, environment: &str) -> Option<String> {
        let slot =
            self.world.state.slot(&crate::domain::id::ComponentName::default_component(), &name(environment));
        Some(slot.current()?.version.as_ref()?.to_string())
    }

    /// v1.5.0 is in staging, for so long.
    pub(crate) fn staged(&mut self, since: SignedDuration) {
        self.says("ana on #12: /release promote staging");
        self.succeeds("staging");
        self.pass(since);
        assert_eq!(self.there("staging").as_deref(), Some(version("1.5.0").to_string().as_str()));
    }

    /// Everything that ever happened to promotions, by kind.
    pub(crate) fn steps(&self) -> Vec<&Step> {
        self.world
            .rows
            .iter()
            .filter_map(|recorded| match &recorded.event {
                Event::Promotion(step) => Some(step.as_ref()),
                _ => None,
            })
            .collect()
    }
}
