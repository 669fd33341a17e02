//! The panel of an open promotion, edited in place: what it waits for or does, who can act, what happens next. `View::now` stands only in its small print.

use super::{apart, attempt, back_to, command, covers, first, fits, gate, ignored, small_print, way};
use crate::domain::gate::{Gate, Opening, Verdict};
use crate::domain::place::Thread;
use crate::domain::promotion::model::{Attempt, AttemptStage, Stage, Wave, WaveStep};
use crate::domain::promotion::view::View;
use crate::domain::say::{Block, Span, Text, counted, joined, reason, release, somebody};
use crate::domain::state::slot::WayBack;

/// The panel while it is open.
pub fn panel(view: &View) -> Text {
    let mut blocks = vec![Block::Line(headline(view))];
    if view.promotion.is_rollback() {
        blocks.extend(reason(&view.said(view.promotion.since)));
    }
    blocks.extend(match &view.promotion.stage {
        Stage::Waiting => waiting(view),
        Stage::Rolling { wave } => rolling(view, wave),
        Stage::Failed { wave } => failed(view, wave),
        Stage::Aborting { wave, .. } => aborting(view, wave),
    });
    blocks.extend(ignored::fold(view));
    blocks.push(covers::covers(view));
    blocks.push(small_print(view, Some(Span::time(view.now))));
    Text(blocks)
}

/// The first line: what it waits for or does.
pub(in crate::domain::say) fn headline(view: &View) -> Vec<Span> {
    match &view.promotion.stage {
        Stage::Waiting => waits(view),
        Stage::Rolling { wave } => rolls(view, wave),
        Stage::Failed { wave } => fails(view, wave),
        Stage::Aborting { row, .. } => {
            first("⏹️", view, [" is being stopped, since ".into(), Span::time(row.at)])
        }
    }
}

/// What stands under the first line, as entries of a list.
pub(in crate::domain::say) fn progress_entries(view: &View) -> Vec<Vec<Span>> {
    match view.promotion.wave() {
        Some(wave) => attempt::entries(view, wave),
        None => shut_ones(view).map(|verdict| gate::entry(view, verdict)).collect(),
    }
}

/// What `why` says under the headline: the gates or targets, the panel, the number by which it is named.
pub(in crate::domain::say) fn why_body(view: &View) -> Vec<Block> {
    let mut entries = progress_entries(view);
    if view.promotion.held.is_some() && view.promotion.wave().is_some() {
        entries.insert(0, gate::held(view));
    }
    let next = match (&view.promotion.stage, &view.promotion.held) {
        (Stage::Failed { .. }, _) => Some((" tries what failed again", "retry")),
        (_, Some(_)) => Some((" lets it go on", "resume")),
        (Stage::Waiting | Stage::Rolling { .. } | Stage::Aborting { .. }, None) => None,
    };
    entries.extend(next.map(|(does, verb)| vec![Span::code(command(view, verb)), does.into()]));
    if gate::can_approve(view) {
        entries.push(vec![Span::code(approve(view)), " says yes".into()]);
    }
    entries.extend(
        ignored::entries(view)
            .into_iter()
            .map(|entry| ["Not counted: ".into()].into_iter().chain(entry).collect()),
    );
    let mut name = vec![Span::words(view.promotion.name().to_string())];
    if let Some(home) = view.promotion.panel.home {
        name.extend([", ".into(), super::panel_link(view)]);
        name.push(if view.promotion.panel.page.is_some() { " in ".into() } else { ": ".into() });
        name.push(match home {
            Thread::Change(number) => Span::Change(number),
            Thread::Issue(number) => Span::Issue(number),
        });
    }
    entries.push(name);
    vec![Block::List(entries)]
}

fn shut_ones(view: &View) -> impl Iterator<Item = &Verdict> {
    view.verdicts.iter().filter(|verdict| !verdict.is_open())
}

fn waits(view: &View) -> Vec<Span> {
    if view.promotion.held.is_some() {
        return held(view);
    }
    if let Some(verdict) = view.verdicts.iter().find(|verdict| verdict.opening == Opening::Shut) {
        let mut rest = vec![" cannot begin: ".into()];
        rest.extend(gate::shut(view, &verdict.gate));
        return first("❌", view, rest);
    }
    let wanted: Vec<Vec<Span>> = shut_ones(view).filter_map(|verdict| gate::wanted(view, verdict)).collect();
    let until = shut_ones(view).filter_map(soak_end).max();
    if wanted.is_empty() && until.is_none() {
        return first("⏳", view, [" begins: every gate is open".into()]);
    }
    let line = |named: usize| {
        let mut rest: Vec<Span> = vec![" waits".into()];
        rest.extend(waits_for(&wanted, named));
        let and = if wanted.is_empty() { " until " } else { ", and until " };
        rest.extend(until.into_iter().flat_map(|until| [and.into(), Span::time(until)]));
        first("⏳", view, rest)
    };
    (0..=wanted.len()).rev().map(line).find(|line| fits(line)).unwrap_or_else(|| line(0))
}

fn soak_end(verdict: &Verdict) -> Option<jiff::Timestamp> {
    let Gate::Soak { .. } = verdict.gate else { return None };
    if let Opening::Waiting { until } = verdict.opening { until } else { None }
}

/// " for 1 approval, staging and 2 more".
fn waits_for(wanted: &[Vec<Span>], named: usize) -> Vec<Span> {
    if wanted.is_empty() {
        return vec![];
    }
    let rest = wanted.len() - named;
    let more = match (named, rest) {
        (_, 0) => None,
        (0, _) => Some(counted(rest, "thing", "things")),
        (_, _) => Some(format!("{rest} more")),
    };
    let mut line = vec![" for ".into()];
    let items = wanted.iter().take(named).cloned().chain(more.map(|more| vec![Span::Words(more)]));
    line.extend(joined(items, "and"));
    line
}

fn held(view: &View) -> Vec<Span> {
    let said = view.promotion.held.as_ref().map(|held| view.said(held.row)).unwrap_or_default();
    first("⏸️", view, [" is held by ".into(), somebody(&said)])
}

fn waiting(view: &View) -> Vec<Block> {
    let mut entries: Vec<_> = shut_ones(view).map(|verdict| gate::entry(view, verdict)).collect();
    entries.extend(gate::open_ones(view));
    let mut blocks = if entries.is_empty() { vec![] } else { vec![Block::List(entries)] };
    let can_approve = gate::can_approve(view);
    if view.promotion.held.is_some() {
        blocks.push(Block::Line(vec!["Nothing begins until somebody lets it go on:".into()]));
        blocks.push(Block::Command(command(view, "resume")));
        let meanwhile = vec!["Approvals count meanwhile: ".into(), Span::code(approve(view))];
        blocks.extend(can_approve.then_some(Block::Line(meanwhile)));
        blocks.extend(Some(way::back(view)).filter(|back| !back.is_empty()).map(Block::Line));
        return blocks;
    }
    let (then, back) = (gate::then(view), way::back(view));
    let gap = (!then.is_empty() && !back.is_empty()).then(|| " ".into());
    let line: Vec<Span> = then.into_iter().chain(gap).chain(back).collect();
    blocks.extend((!line.is_empty()).then_some(Block::Line(line)));
    blocks.extend(can_approve.then(|| Block::Command(approve(view))));
    blocks.push(Block::Line(vec!["Stop it at any time: ".into(), Span::code(command(view, "hold"))]));
    blocks
}

fn approve(view: &View) -> String {
    format!("/release approve {}", view.promotion.name())
}

fn rolls(view: &View, wave: &Wave) -> Vec<Span> {
    if view.promotion.held.is_some() {
        return held(view);
    }
    let has = |stage| wave.attempts.iter().any(|attempt| attempt.stage == stage);
    let mut rest = match wave.step {
        WaveStep::Baking { until } => vec![" is watched until ".into(), Span::time(until)],
        WaveStep::Deploying
            if wave.attempts.iter().any(|attempt| attempt.unclaimed && !attempt.stage.is_over()) =>
        {
            vec![": ".into(), attempt::not_begun_in_time(view).into()]
        }
        WaveStep::Deploying if has(AttemptStage::InProgress) || has(AttemptStage::Succeeded) => {
            vec![if view.promotion.is_rollback() {
                " is on its way".into()
            } else {
                " is being deployed".into()
            }]
        }
        WaveStep::Deploying => vec![" is ordered, ".into(), attempt::not_begun_yet(view).into()],
    };
    rest.extend(which_wave(view, wave));
    first(super::on_its_way(view), view, rest)
}

fn which_wave(view: &View, wave: &Wave) -> Option<Span> {
    let all = view.promotion.terms.waves.len();
    (all > 1).then(|| Span::words(format!(", wave {} of {all}", wave.number + 1)))
}

fn rolling(view: &View, wave: &Wave) -> Vec<Block> {
    let mut entries = attempt::entries(view, wave);
    if view.promotion.held.is_some() {
        entries.insert(0, gate::held(view));
        return vec![
            Block::List(entries),
            Block::Line(vec![
                "What is on its way goes on; nothing new begins until somebody lets it go on:".into(),
            ]),
            Block::Command(command(view, "resume")),
            Block::Line(ways_out(view, view.promotion.terms.waves.len())),
        ];
    }
    vec![Block::List(entries), Block::Line(ways_out(view, wave.number))]
}

/// How to stop what is on its way: before the next wave, back at once, off.
pub(super) fn ways_out(view: &View, wave: usize) -> Vec<Span> {
    let mut ways: Vec<Vec<Span>> = vec![];
    if wave + 1 < view.promotion.terms.waves.len() {
        ways.push(vec!["stop before the next wave: ".into(), Span::code(command(view, "hold"))]);
    }
    ways.push(match &view.back {
        WayBack::To(version) if !view.promotion.is_rollback() => {
            vec!["back to ".into(), release(version), " at once: ".into(), Span::code(back_to(view, version))]
        }
        WayBack::To(_) | WayBack::FirstThere | WayBack::AllHeld => {
            vec!["call it off: ".into(), Span::code(command(view, "abort"))]
        }
    });
    let mut line = apart(ways);
    if let Some(Span::Words(words)) = line.first_mut() {
        *words = capital(words);
    }
    line
}

/// Our own words with a capital at the start.
fn capital(words: &str) -> String {
    let mut rest = words.chars();
    rest.next().map_or_else(String::new, |first| first.to_uppercase().chain(rest).collect())
}

/// The way back, with its command where there is one.
pub(super) fn go_back(view: &View, words: &'static str) -> Option<Block> {
    if view.promotion.is_rollback() {
        return None;
    }
    Some(Block::Line(match &view.back {
        WayBack::To(version) => {
            vec![words.into(), release(version), ": ".into(), Span::code(back_to(view, version))]
        }
        WayBack::FirstThere | WayBack::AllHeld => way::back(view),
    }))
}

/// "failed at `us-1`".
fn fails(view: &View, wave: &Wave) -> Vec<Span> {
    let mut rest: Vec<Span> = vec![" failed".into()];
    if !way::is_plain(&view.promotion) {
        rest.push(" at ".into());
        rest.extend(joined(bad(wave).map(|it| vec![way::target(&view.promotion, &it.target)]), "and"));
    }
    let line = first("❌", view, rest);
    if fits(&line) {
        return line;
    }
    let count = counted(bad(wave).count(), "target", "targets");
    first("❌", view, [Span::words(format!(" failed at {count}"))])
}

fn bad(wave: &Wave) -> impl Iterator<Item = &Attempt> {
    wave.attempts.iter().filter(|attempt| attempt.stage.is_bad())
}

/// What stands under a failure: the targets, and the ways out.
pub(super) fn failed(view: &View, wave: &Wave) -> Vec<Block> {
    let mut blocks = vec![Block::List(attempt::entries(view, wave))];
    blocks.push(Block::Line(vec!["Nothing goes on by itself. To try what failed again:".into()]));
    blocks.push(Block::Command(command(view, "retry")));
    if view.promotion.is_rollback() {
        let other = format!("/release rollback {} to vX.Y.Z", view.promotion.asked.environment);
        blocks.push(Block::Line(vec!["Or back to another release: ".into(), Span::code(other)]));
    }
    blocks.extend(go_back(view, "Or back to "));
    let end = ", and what runs there then is not known.";
    blocks.push(Block::Line(vec!["Or end it here: ".into(), Span::code(command(view, "abort")), end.into()]));
    blocks
}

fn aborting(view: &View, wave: &Wave) -> Vec<Block> {
    let end = "Over once every target has ended, or nobody reports any more. Until then nothing else goes there but a rollback.";
    vec![Block::List(attempt::entries(view, wave)), Block::Line(vec![end.into()])]
}
