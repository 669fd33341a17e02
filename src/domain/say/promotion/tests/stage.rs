//! A promotion to tell of, and small changes to it. No sentence is asked for here.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use crate::domain::gate::approval::{self, Count};
use crate::domain::gate::{Gate, Opening, Verdict};
use crate::domain::id::{ActorId, ComponentName, Digest, EnvironmentName, PromotionId, TargetName};
use crate::domain::place::Thread;
use crate::domain::policy::environment::{ApprovalRule, Automation, Check, Conditions, Deploy, Seconds};
use crate::domain::policy::{GroupPath, Principal};
use crate::domain::promotion::model::{
    Approval, Asked, Attempt, AttemptStage, Held, Kind, Panel, Promotion, Stage, Target, Terms, Wave,
    WaveStep,
};
use crate::domain::promotion::view::{Said, View};
use crate::domain::query::ReportedState;
use crate::domain::state::Written;
use crate::domain::state::slot::WayBack;
use crate::domain::testing::{actor, morning, sha, tag, version};

/// Journal rows: who asked, who holds, who locked; approvals follow from 50 on.
const ASKED: u64 = 10;
const HELD: u64 = 20;
const LOCKED: u64 = 30;

pub(super) fn environment(name: &str) -> EnvironmentName {
    EnvironmentName::parse(name).expect("a name")
}

pub(super) fn minutes(count: i64) -> Timestamp {
    morning() + SignedDuration::from_mins(count)
}

pub(super) fn row(seq: u64, at: i64) -> Written {
    Written { seq, at: minutes(at) }
}

pub(super) fn said(login: &str, reason: Option<&str>) -> Said {
    Said { login: Some(login.to_owned()), reason: reason.map(str::to_owned) }
}

/// What was said without a name, as an executor does.
pub(super) fn said_nobody(reason: &str) -> Said {
    Said { login: None, reason: Some(reason.to_owned()) }
}

pub(super) fn target(name: &str) -> Target {
    Some(TargetName::parse(name).expect("a name"))
}

pub(super) fn rule(count: u32) -> ApprovalRule {
    let from = vec![Principal::Group(GroupPath("acme/release".to_owned()))];
    ApprovalRule { from, count, not_authors: false }
}

/// v1.5.0 on its way to production, asked by `ana` at 12:20: all gates of the sample, nothing open yet but what is said so.
pub(super) fn view() -> View {
    let mut view = bare("production");
    let terms = &mut view.promotion.terms;
    terms.after = vec![environment("staging")];
    terms.conditions = Conditions {
        soak: Seconds::hours(2),
        checks: ["build", "e2e"].map(|name| Check { name: name.to_owned(), app: None }).to_vec(),
        approvals: vec![rule(2)],
    };
    terms.waves = vec![vec![target("eu-1")], vec![target("us-1"), target("us-2")]];
    terms.bake = Seconds::minutes(15);
    terms.deploy = Deploy::Run {
        what: Automation::Workflow("deploy.yml".to_owned()),
        inputs: BTreeMap::from([
            ("target".to_owned(), "{target}".to_owned()),
            ("version".to_owned(), "{tag}".to_owned()),
        ]),
    };
    view.verdicts = vec![
        approvals(2, &["bob"], &["carol", "dan"]),
        soak(Some(125)),
        order(Some(5)),
        check("build", Some(ReportedState::Success)),
        check("e2e", Some(ReportedState::Success)),
        lock(None),
        slot(None),
    ];
    view.approved_by(&["bob"])
}

/// v1.5.0 on its way to an environment that has no gates and no targets, deployed by event.
pub(super) fn bare(to: &str) -> View {
    let asked = Asked {
        id: PromotionId(7),
        kind: Kind::Normal,
        component: ComponentName::default_component(),
        environment: environment(to),
        version: version("1.5.0"),
        tag: tag("v1.5.0"),
        commit: sha(20),
        replaces: Some(version("1.4.2")),
        by: Some(ActorId(1)),
        comment: None,
    };
    let terms = Terms {
        tag_object: sha(20),
        artifacts: BTreeMap::new(),
        waves: vec![vec![None]],
        deploy: Deploy::Event { reporters: vec!["github-actions".to_owned()] },
        conditions: Conditions::default(),
        after: vec![],
        bake: Seconds(0),
        timeout: Seconds::hours(1),
        expires: Seconds::days(14),
        digest: Digest::parse("3f9c81d2".repeat(8)).expect("a digest"),
    };
    let promotion = Promotion {
        asked,
        since: row(ASKED, 20),
        revision: 1,
        terms,
        panel: Panel { home: Some(Thread::Issue(40)), ..Panel::default() },
        approvals: vec![],
        prompt: None,
        held: None,
        done: vec![],
        fenced: vec![],
        ignored: vec![],
        attempts: 0,
        stage: Stage::Waiting,
    };
    View {
        promotion,
        verdicts: vec![lock(None), slot(None)],
        said: BTreeMap::from([(ASKED, said("ana", None))]),
        in_the_way: None,
        going_back: None,
        back: WayBack::To(version("1.4.2")),
        changes: Some(7),
        replaced: Some(tag("v1.4.2")),
        passed_over: None,
        next: vec![],
        ignored: vec![],
        follow_up: None,
        policy: Some(sha(19)),
        now: minutes(41),
    }
}

/// production back to v1.4.2, asked by `sam` during the night, with `bob`'s lock in the way.
pub(super) fn back() -> View {
    let mut view = view().with(|view| {
        view.promotion.asked.kind = Kind::Rollback;
        view.promotion.asked.id = PromotionId(8);
        view.promotion.asked.version = version("1.4.2");
        view.promotion.asked.tag = tag("v1.4.2");
        view.promotion.asked.commit = sha(10);
        view.promotion.asked.replaces = Some(version("1.5.0"));
        view.promotion.terms.tag_object = sha(10);
        view.promotion.terms.conditions = Conditions::default();
        view.promotion.terms.after.clear();
        view.promotion.terms.bake = Seconds(0);
        view.promotion.approvals.clear();
        view.replaced = Some(tag("v1.5.0"));
        view.verdicts = vec![lock(None), slot(None)];
        view.said.insert(ASKED, said("sam", Some("5xx up")));
        view.now = minutes(24);
    });
    view.changes = None;
    view
}

pub(super) trait Changed {
    fn with(self, change: impl FnOnce(&mut View)) -> Self;
    fn verdicts(self, verdicts: Vec<Verdict>) -> Self;
    fn held(self) -> Self;
    fn locked(self, reason: Option<&str>) -> Self;
    fn approved_by(self, logins: &[&str]) -> Self;
    fn rolling(self, number: usize, attempts: Vec<Attempt>) -> Self;
    fn baking(self, number: usize, attempts: Vec<Attempt>) -> Self;
    fn failed(self, number: usize, attempts: Vec<Attempt>) -> Self;
    fn aborting(self, number: usize, attempts: Vec<Attempt>) -> Self;
}

impl Changed for View {
    fn with(mut self, change: impl FnOnce(&mut View)) -> Self {
        change(&mut self);
        self
    }

    fn verdicts(self, verdicts: Vec<Verdict>) -> Self {
        self.with(|view| view.verdicts = verdicts)
    }

    fn held(self) -> Self {
        self.with(|view| {
            view.promotion.held = Some(Held { row: row(HELD, 30) });
            view.said.insert(HELD, said("max", Some("waiting for the data team")));
            if view.promotion.stage == Stage::Waiting {
                let held = Gate::Hold { held: Some(row(HELD, 30)) };
                view.verdicts.insert(0, Verdict { gate: held, opening: Opening::Waiting { until: None } });
            }
        })
    }

    fn locked(self, reason: Option<&str>) -> Self {
        self.with(|view| {
            view.said.insert(LOCKED, said("bob", reason));
        })
    }

    fn approved_by(self, logins: &[&str]) -> Self {
        self.with(|view| {
            view.promotion.approvals.clear();
            for (at, login) in (50..).zip(logins) {
                view.promotion.approvals.push(Approval { by: actor(login).id, given: row(at, 25) });
                view.said.insert(at, said(login, None));
            }
        })
    }

    fn rolling(self, number: usize, attempts: Vec<Attempt>) -> Self {
        let wave = Wave { number, step: WaveStep::Deploying, attempts };
        self.verdicts(vec![]).with(|view| set_off(view, number, Stage::Rolling { wave }))
    }

    fn baking(self, number: usize, attempts: Vec<Attempt>) -> Self {
        let wave = Wave { number, step: WaveStep::Baking { until: minutes(140) }, attempts };
        self.verdicts(vec![]).with(|view| set_off(view, number, Stage::Rolling { wave }))
    }

    fn failed(self, number: usize, attempts: Vec<Attempt>) -> Self {
        let wave = Wave { number, step: WaveStep::Deploying, attempts };
        self.verdicts(vec![]).with(|view| set_off(view, number, Stage::Failed { wave }))
    }

    fn aborting(self, number: usize, attempts: Vec<Attempt>) -> Self {
        let wave = Wave { number, step: WaveStep::Deploying, attempts };
        let row = Written { seq: 99, at: minutes(130) };
        self.verdicts(vec![]).with(|view| set_off(view, number, Stage::Aborting { wave, row }))
    }
}

/// At that stage, with the waves before that one done.
fn set_off(view: &mut View, wave: usize, stage: Stage) {
    let before = view.promotion.terms.waves.iter().take(wave).flatten().cloned();
    view.promotion.done = before.map(|at| attempt(at, AttemptStage::Succeeded)).collect();
    view.promotion.stage = stage;
}

/// An attempt at a target, with a page once somebody works on it.
pub(super) fn attempt(at: Target, stage: AttemptStage) -> Attempt {
    let has_page = !matches!(stage, AttemptStage::Created | AttemptStage::Dispatched | AttemptStage::Lost);
    Attempt {
        target: at,
        number: 1,
        ordered_at: minutes(125),
        handle: None,
        page: has_page.then(|| "https://forge.example/runs/1".to_owned()),
        unclaimed: false,
        moved: None,
        stage,
    }
}

pub(super) fn waiting(gate: Gate, until: Option<i64>) -> Verdict {
    Verdict { gate, opening: Opening::Waiting { until: until.map(minutes) } }
}

pub(super) fn open(gate: Gate) -> Verdict {
    Verdict { gate, opening: Opening::Open }
}

pub(super) fn shut(gate: Gate) -> Verdict {
    Verdict { gate, opening: Opening::Shut }
}

pub(super) fn count(rule: ApprovalRule, given: &[&str], could: &[&str]) -> Count {
    let people = |logins: &[&str]| logins.iter().map(|login| actor(login)).collect();
    Count {
        rule,
        given: people(given),
        could: Ok(people(could)),
        lacking: vec![],
        short: 0,
        untold: None,
        strangers: vec![],
    }
}

pub(super) fn approvals(wanted: u32, given: &[&str], could: &[&str]) -> Verdict {
    approval::verdict(count(rule(wanted), given, could))
}

/// Two hours in staging: over at that minute, or not begun.
pub(super) fn soak(until: Option<i64>) -> Verdict {
    let there = until.map(|_| environment("staging"));
    let gate = Gate::Soak { length: Seconds::hours(2), environment: there, since: until.map(|_| minutes(5)) };
    waiting(gate, until)
}

pub(super) fn soaked() -> Verdict {
    let there = Some(environment("staging"));
    open(Gate::Soak { length: Seconds::hours(2), environment: there, since: Some(minutes(5)) })
}

pub(super) fn order(since: Option<i64>) -> Verdict {
    let gate = Gate::Order { environment: environment("staging"), since: since.map(minutes) };
    if since.is_some() { open(gate) } else { waiting(gate, None) }
}

pub(super) fn check(name: &str, state: Option<ReportedState>) -> Verdict {
    let page = state.map(|_| "https://forge.example/checks/1".to_owned());
    let gate = Gate::Check { name: name.to_owned(), state, page, unreadable: None };
    match state {
        Some(ReportedState::Success) => open(gate),
        Some(ReportedState::Failure) => shut(gate),
        Some(ReportedState::Queued | ReportedState::InProgress | ReportedState::Inactive) | None => {
            waiting(gate, None)
        }
    }
}

/// No lock, or one that holds until that minute.
pub(super) fn lock(until: Option<i64>) -> Verdict {
    match until {
        None => open(Gate::Lock { lock: None }),
        Some(_) => waiting(Gate::Lock { lock: Some(row(LOCKED, 1)) }, until),
    }
}

pub(super) fn slot(taken_by: Option<u64>) -> Verdict {
    let gate = Gate::Slot { taken_by: taken_by.map(PromotionId) };
    if taken_by.is_some() { waiting(gate, None) } else { open(gate) }
}

/// The row of `bob`'s lock.
pub(super) fn lock_row() -> Written {
    row(LOCKED, 1)
}
