//! Each attempt in words: how far it is, and its page. When one fails is `promotion`'s question.

use super::gate::link;
use super::way;
use crate::domain::policy::environment::Deploy;
use crate::domain::promotion::model::{Attempt, AttemptStage, Handle, Wave, WaveStep};
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
    if let WaveStep::Baking { until } = wave.step {
        entries.push(vec!["⏳ watched until ".into(), Span::time(until)]);
    }
    if promotion.terms.waves.len() > wave.number + 1 {
        let mut line = vec!["then ".into()];
        line.extend(way::steps(promotion, wave.number + 1));
        entries.push(line);
    }
    entries
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
    line.extend(attempt.page.iter().flat_map(|page| link(page_word(view, attempt), page)));
    line
}

/// How far it is, in words.
pub(super) fn state(view: &View, attempt: &Attempt) -> Vec<Span> {
    let ordered = || Span::time(attempt.ordered_at);
    match attempt.stage {
        AttemptStage::Created => vec!["ordered at ".into(), ordered()],
        AttemptStage::Dispatched if attempt.unclaimed => {
            vec!["nobody has picked it up since ".into(), ordered()]
        }
        AttemptStage::Dispatched => vec!["ordered at ".into(), ordered(), ", not picked up yet".into()],
        AttemptStage::InProgress => vec!["being deployed, ordered at ".into(), ordered()],
        AttemptStage::Succeeded => vec!["there".into()],
        AttemptStage::Failed => vec!["failed".into()],
        AttemptStage::TimedOut => match view.limits {
            Some(limits) => vec![Span::words(format!("no end reported within {}", limits.timeout))],
            None => vec!["no end reported in time".into()],
        },
        AttemptStage::Lost => vec!["nobody can say whether it began".into()],
        AttemptStage::Cancelled => vec!["called off".into()],
    }
}

fn page_word(view: &View, attempt: &Attempt) -> &'static str {
    match (attempt.handle, &view.promotion.terms.deploy) {
        (Some(Handle::Run(_)), _) | (None, Deploy::Workflow { .. }) => "run",
        (Some(Handle::Deployment(_)), _) | (None, Deploy::Event { .. } | Deploy::Observe { .. }) => "log",
    }
}
