//! The comments while a promotion is on its way: that it begins, that a target failed, that nobody picks it up. Its end is said elsewhere.

use super::attempt::{run_word, started};
use super::{apart, approved_by, command, first, gate, headline, on_its_way, panel, since, way};
use crate::domain::policy::environment::{Automation, Deploy};
use crate::domain::promotion::model::{Attempt, AttemptStage};
use crate::domain::promotion::view::View;
use crate::domain::say::{Advice, Block, Span, Text, environment, joined, reason, released, somebody};

/// How many targets are named as picked up.
const TARGETS_NAMED: usize = 3;

/// It waited, and begins now: a comment of its own.
pub fn begun(view: &View) -> Text {
    let promotion = &view.promotion;
    let mut blocks = vec![Block::Line(first(on_its_way(view), view, [" has begun".into()]))];
    if promotion.is_rollback() {
        blocks.extend(reason(&view.said(promotion.since)));
    }
    let mut parts: Vec<Vec<Span>> = vec![];
    if !way::is_plain(promotion) {
        let mut part = way::steps(promotion, 0);
        part.extend(way::watched(promotion));
        parts.push(part);
    }
    parts.extend(Some(since(view)).filter(|since| !since.is_empty()));
    parts.extend(approved_by(view));
    blocks.extend((!parts.is_empty()).then(|| Block::Line(apart(parts))));
    blocks.extend(view.passed_over.map(|row| {
        let owner = somebody(&view.said(row));
        Block::Line(vec!["The lock of ".into(), owner, " is passed over: a rollback waits for none.".into()])
    }));
    blocks.push(Block::Line(panel::ways_out(view, 0)));
    Text(blocks)
}

/// A target failed: a comment of its own, with what can be done.
pub fn failed(view: &View) -> Text {
    let mut blocks = vec![Block::Line(headline(view))];
    match view.promotion.wave() {
        Some(wave) => blocks.extend(panel::failed(view, wave)),
        None => blocks.push(Block::Command(command(view, "retry"))),
    }
    Text(blocks)
}

/// An attempt did not begin within three minutes: a comment of its own, with the lines to add where they are what is missing.
pub fn unclaimed(view: &View, attempt: &Attempt) -> Text {
    let promotion = &view.promotion;
    let rest = match &promotion.terms.deploy {
        Deploy::Event { .. } | Deploy::Observe { .. } => not_picked_up(view, attempt),
        Deploy::Run { what, .. } => not_begun(view, attempt, what),
    };
    let mut blocks = vec![Block::Line(first("⏳", view, rest))];
    blocks.push(Block::Line(vec![
        "Ordered on ".into(),
        Span::time(attempt.ordered_at),
        ". It counts as failed on ".into(),
        Span::time(attempt.ordered_at + promotion.terms.timeout.duration()),
        ".".into(),
    ]));
    blocks.extend(match &promotion.terms.deploy {
        Deploy::Event { .. } | Deploy::Observe { .. } if has_listener(view) => left_out(view, attempt),
        Deploy::Event { reporters } | Deploy::Observe { reporters } => no_listener(view, attempt, reporters),
        Deploy::Run { what, .. } => vec![Block::Line(no_runner(what, attempt))],
    });
    blocks.push(Block::Line(vec!["To call it off: ".into(), Span::code(command(view, "abort"))]));
    Text(blocks)
}

/// ": nobody picked `us-2` up within 3 min".
fn not_picked_up(view: &View, attempt: &Attempt) -> Vec<Span> {
    let promotion = &view.promotion;
    let what = if way::is_plain(promotion) { "it".into() } else { way::target(promotion, &attempt.target) };
    vec![": nobody picked ".into(), what, " up within 3 min".into()]
}

/// ": the run for `us-2` has not begun within 3 min".
fn not_begun(view: &View, attempt: &Attempt, what: &Automation) -> Vec<Span> {
    let promotion = &view.promotion;
    let mut line = vec![Span::words(format!(": the {}", run_word(what)))];
    if !way::is_plain(promotion) {
        line.extend([" for ".into(), way::target(promotion, &attempt.target)]);
    }
    line.push(" has not begun within 3 min".into());
    line
}

/// The targets of this promotion that were picked up: whoever deploys them is there, and reports.
fn picked_up(view: &View) -> Vec<Vec<Span>> {
    let promotion = &view.promotion;
    let in_hand = promotion.wave().map(|wave| wave.attempts.as_slice()).unwrap_or_default();
    let moved = |attempt: &&Attempt| match attempt.stage {
        AttemptStage::InProgress | AttemptStage::Succeeded | AttemptStage::Failed => attempt.handle.is_some(),
        AttemptStage::Created
        | AttemptStage::Dispatched
        | AttemptStage::TimedOut
        | AttemptStage::Lost
        | AttemptStage::Cancelled => false,
    };
    let all = promotion.done.iter().chain(in_hand).filter(moved);
    all.map(|attempt| vec![way::target(promotion, &attempt.target)]).collect()
}

fn has_listener(view: &View) -> bool {
    !picked_up(view).is_empty()
}

/// Others of the same promotion were picked up, so it is not the listener that is missing.
fn left_out(view: &View, attempt: &Attempt) -> Vec<Block> {
    let mut others = picked_up(view);
    let count = others.len();
    if count > TARGETS_NAMED {
        others.truncate(TARGETS_NAMED);
        others.push(vec![Span::words(format!("{} more", count - TARGETS_NAMED))]);
    }
    let mut line = joined(others, "and");
    line.push(if count == 1 { " was".into() } else { " were".into() });
    line.push(" picked up, so whoever deploys is there. Look why ".into());
    line.extend([way::target(&view.promotion, &attempt.target), " was left out.".into()]);
    vec![Block::Line(line)]
}

fn no_runner(what: &Automation, attempt: &Attempt) -> Vec<Span> {
    let mut line: Vec<Span> = vec!["The ".into()];
    line.extend(started(what));
    line.extend(attempt.page.iter().flat_map(|page| gate::link(run_word(what), page)));
    line.push(
        if attempt.page.is_some() {
            " has not begun: it waits for a free runner, or for a reviewer of the environment."
        } else {
            " has not appeared yet; I look for it again by myself."
        }
        .into(),
    );
    line
}

fn no_listener(view: &View, attempt: &Attempt, reporters: &[String]) -> Vec<Block> {
    let mut who: Vec<Span> = vec!["Whoever deploys reports it to ".into(), Span::Forge];
    if !reporters.is_empty() {
        who.push("; only reports of ".into());
        who.extend(joined(reporters.iter().map(|name| vec![Span::code(name.clone())]), "and"));
        who.push(" count".into());
    }
    who.push(".".into());
    vec![
        Block::Line(who),
        Block::Advice(Advice::Listener {
            environment: view.promotion.asked.environment.clone(),
            has_targets: attempt.target.is_some(),
        }),
        Block::Line(vec![
            "It is read at the commit that is deployed, so it works from the next release on. ".into(),
            released(&view.promotion.asked),
            " at ".into(),
            Span::Commit(view.promotion.asked.commit.clone()),
            " reaches ".into(),
            environment(&view.promotion.asked.environment),
            " only if something else picks it up.".into(),
        ]),
    ]
}
