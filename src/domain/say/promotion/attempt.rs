//! Each attempt in words: how far it is, and its page. When one fails is `promotion`'s question.

use super::gate::link;
use super::way;
use crate::domain::policy::environment::{Automation, Deploy};
use crate::domain::promotion::model::{Attempt, AttemptStage, Handle, Stage, Wave, WaveStep};
use crate::domain::promotion::view::View;
use crate::domain::say::{Span, joined};

/// How many targets of the waves that are done have an entry of their own.
const DONE_SINGLY: usize = 5;

/// All targets of a promotion on its way, as entries of a list: the waves that are done, the one in hand, those to come.
pub(super) fn entries(view: &View, wave: &Wave) -> Vec<Vec<Span>> {
    let mut entries = reached(view, wave);
    entries.extend(match view.promotion.stage {
        Stage::Rolling { .. } => later(view, wave),
        Stage::Waiting | Stage::Failed { .. } | Stage::Aborting { .. } => not_begun(view, wave),
    });
    entries
}

/// How it ended at all targets, once it is over.
pub(super) fn outcomes(view: &View, wave: &Wave) -> Vec<Vec<Span>> {
    let mut entries = reached(view, wave);
    entries.extend(not_begun(view, wave));
    entries
}

/// The waves that are done and the one in hand.
fn reached(view: &View, wave: &Wave) -> Vec<Vec<Span>> {
    let done = &view.promotion.done;
    let mut entries: Vec<Vec<Span>> = match done.len() {
        0..=DONE_SINGLY => done.iter().map(|attempt| entry(view, attempt)).collect(),
        _ => vec![together(view, done)],
    };
    entries.extend(wave.attempts.iter().map(|attempt| entry(view, attempt)));
    entries
}

/// "✅ `eu-1` ([log](…)), … and `us-2` ([log](…)): there".
fn together(view: &View, done: &[Attempt]) -> Vec<Span> {
    let each = done.iter().map(|attempt| {
        let mut one = vec![way::target(&view.promotion, &attempt.target)];
        one.extend(page(view, attempt));
        one
    });
    let mut line = vec!["✅ ".into()];
    line.extend(joined(each, "and"));
    line.push(": there".into());
    line
}

fn not_begun(view: &View, wave: &Wave) -> Option<Vec<Span>> {
    let rest = way::steps(&view.promotion, wave.number + 1);
    let mut line = vec!["not begun: ".into()];
    line.extend(rest.clone());
    (!rest.is_empty()).then_some(line)
}

/// What comes after the targets in hand: the watch, and the waves to come.
fn later(view: &View, wave: &Wave) -> Option<Vec<Span>> {
    let promotion = &view.promotion;
    let rest = way::steps(promotion, wave.number + 1);
    let bake = promotion.terms.bake;
    let mut line: Vec<Span> = match wave.step {
        WaveStep::Baking { until } => vec!["⏳ watched until ".into(), Span::time(until)],
        WaveStep::Deploying if !bake.is_zero() => vec![Span::words(format!("then watched for {bake}"))],
        WaveStep::Deploying => vec![],
    };
    if !rest.is_empty() {
        line.push(if line.is_empty() { "then ".into() } else { ", then ".into() });
        line.extend(rest);
    }
    (!line.is_empty()).then_some(line)
}

/// "❌ `us-1`: failed ([run](…))".
pub(super) fn entry(view: &View, attempt: &Attempt) -> Vec<Span> {
    let sign = match attempt.stage {
        AttemptStage::Created | AttemptStage::Dispatched | AttemptStage::InProgress => "⏳ ",
        AttemptStage::Succeeded => "✅ ",
        AttemptStage::Failed | AttemptStage::TimedOut | AttemptStage::Lost => "❌ ",
        AttemptStage::Cancelled => "⏹️ ",
    };
    let mut line = vec![sign.into(), way::target(&view.promotion, &attempt.target), ": ".into()];
    line.extend(state(view, attempt));
    let why = attempt.moved.filter(|_| attempt.stage.is_bad()).and_then(|row| view.said(row).reason);
    line.extend(why.into_iter().flat_map(|why| [": ".into(), Span::Written(why)]));
    line.extend(page(view, attempt));
    line
}

fn page(view: &View, attempt: &Attempt) -> Vec<Span> {
    attempt.page.iter().flat_map(|page| link(page_word(view, attempt), page)).collect()
}

/// How far it is, in words.
pub(super) fn state(view: &View, attempt: &Attempt) -> Vec<Span> {
    let ordered = || Span::time(attempt.ordered_at);
    match attempt.stage {
        AttemptStage::Created => vec!["ordered on ".into(), ordered()],
        AttemptStage::Dispatched if attempt.unclaimed => match view.promotion.terms.deploy {
            Deploy::Run { .. } => vec!["not begun since ".into(), ordered()],
            Deploy::Event { .. } | Deploy::Observe { .. } => {
                vec!["nobody has picked it up since ".into(), ordered()]
            }
        },
        AttemptStage::Dispatched => {
            vec!["ordered on ".into(), ordered(), ", ".into(), not_begun_yet(view).into()]
        }
        AttemptStage::InProgress => vec!["being deployed, ordered on ".into(), ordered()],
        AttemptStage::Succeeded => vec!["there".into()],
        AttemptStage::Failed => vec!["failed".into()],
        AttemptStage::TimedOut => {
            vec![Span::words(format!("no end reported within {}", view.promotion.terms.timeout))]
        }
        AttemptStage::Lost => vec!["nobody can say whether it began".into()],
        AttemptStage::Cancelled => vec!["called off".into()],
    }
}

/// What is ordered and has not moved. A run begins by itself; a deployment is picked up by somebody.
pub(super) fn not_begun_yet(view: &View) -> &'static str {
    match view.promotion.terms.deploy {
        Deploy::Run { .. } => "not begun yet",
        Deploy::Event { .. } | Deploy::Observe { .. } => "not picked up yet",
    }
}

/// The same once it has taken longer than it should.
pub(super) fn not_begun_in_time(view: &View) -> &'static str {
    match view.promotion.terms.deploy {
        Deploy::Run { .. } => "it has not begun yet",
        Deploy::Event { .. } | Deploy::Observe { .. } => "nobody has picked it up yet",
    }
}

fn page_word(view: &View, attempt: &Attempt) -> &'static str {
    match (attempt.handle, &view.promotion.terms.deploy) {
        (_, Deploy::Run { what, .. }) => run_word(what),
        (Some(Handle::Run(_)), _) => "run",
        (Some(Handle::Deployment(_)) | None, Deploy::Event { .. } | Deploy::Observe { .. }) => "log",
    }
}

/// What was started, in words: "run of `deploy.yml`".
pub(super) fn started(what: &Automation) -> Vec<Span> {
    let words = match what {
        Automation::Workflow(_) => "run of ",
        Automation::Pipeline(_) => "pipeline ",
        Automation::Job(_) => "job ",
    };
    vec![words.into(), Span::code(what.name())]
}

/// The word for one run of it.
pub(super) fn run_word(what: &Automation) -> &'static str {
    match what {
        Automation::Workflow(_) => "run",
        Automation::Pipeline(_) | Automation::Job(_) => what.key(),
    }
}
