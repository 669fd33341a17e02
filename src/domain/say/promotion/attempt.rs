//! Each attempt in words: how far it is, and its page. When one fails is `promotion`'s question.

use super::gate::link;
use super::way;
use crate::domain::policy::environment::{Automation, Deploy};
use crate::domain::promotion::model::{Attempt, AttemptStage, Handle, Stage, Wave, WaveStep};
use crate::domain::promotion::view::View;
use crate::domain::say::Span;

/// All targets of a promotion on its way, as entries of a list: the waves that are done, the one in hand, those to come.
pub(super) fn entries(view: &View, wave: &Wave) -> Vec<Vec<Span>> {
    let promotion = &view.promotion;
    let mut entries = vec![];
    let done = promotion.terms.waves.iter().take(wave.number).flatten();
    let done: Vec<_> = done.cloned().collect();
    if !done.is_empty() {
        let mut line = vec!["✅ ".into()];
        line.extend(way::targets(promotion, &done));
        line.push(": there".into());
        entries.push(line);
    }
    entries.extend(wave.attempts.iter().map(|attempt| entry(view, attempt)));
    entries.extend(later(view, wave));
    entries
}

/// What comes after the targets in hand: the watch, and the waves to come.
fn later(view: &View, wave: &Wave) -> Option<Vec<Span>> {
    let promotion = &view.promotion;
    let rest = way::steps(promotion, wave.number + 1);
    let Stage::Rolling { .. } = promotion.stage else {
        let mut line = vec!["not begun: ".into()];
        line.extend(rest.clone());
        return (!rest.is_empty()).then_some(line);
    };
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
    line.extend(attempt.page.iter().flat_map(|page| link(page_word(view, attempt), page)));
    line
}

/// How far it is, in words.
pub(super) fn state(view: &View, attempt: &Attempt) -> Vec<Span> {
    let ordered = || Span::time(attempt.ordered_at);
    match attempt.stage {
        AttemptStage::Created => vec!["ordered on ".into(), ordered()],
        AttemptStage::Dispatched if attempt.unclaimed => {
            vec!["nobody has picked it up since ".into(), ordered()]
        }
        AttemptStage::Dispatched => vec!["ordered on ".into(), ordered(), ", not picked up yet".into()],
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
