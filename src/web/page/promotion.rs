//! One promotion: what its panel says, what happened, what it waits for. Nothing is looked up here.

use jiff::Timestamp;
use maud::{Markup, PreEscaped, html};

use crate::domain::promotion::chronicle::{Chronicle, Entry, Panel};
use crate::domain::promotion::model::{AttemptStage, Ended};
use crate::domain::promotion::step::Step;
use crate::domain::say::chronicle;
use crate::domain::say::html::{blocks, line, link, moment};
use crate::domain::say::{Block, Span};

/// The page of a promotion.
pub(super) fn page(told: &Chronicle, now: Timestamp) -> Markup {
    html! {
        @match &told.panel {
            Some(panel) => (drawn(panel, now)),
            None => {
                h1 { (spans(&chronicle::headline(told), now)) }
                p { "Its panel was not drawn yet." }
            }
        }
        p.soft { (spans(&chronicle::asked(told), now)) }
        h2 { "What happened" }
        ol.steps {
            @for (entry, words) in steps(told) {
                li class=(tone(&entry.step)) {
                    (PreEscaped(moment(entry.row.at, None, now))) " " span { (spans(&words, now)) }
                }
            }
        }
        (list("When it is looked at again", told.alarms.iter().map(|due| chronicle::alarm(told, due)), now))
        (list("Orders still on their way, or lost", told.orders.iter().map(chronicle::order), now))
        @if told.name().revision > 1 {
            (list("Its revisions", chronicle::covers(told).into_iter(), now))
        }
    }
}

/// The panel: its first line is the page's heading.
fn drawn(panel: &Panel, now: Timestamp) -> Markup {
    let (first, rest) = match panel.text.0.split_first() {
        Some((Block::Line(first), rest)) => (first.as_slice(), rest),
        Some(_) | None => (&[][..], panel.text.0.as_slice()),
    };
    html! {
        h1 { (spans(first, now)) }
        section.panel { (PreEscaped(blocks(rest, now))) }
        @if let Some(page) = &panel.page {
            p.soft { (PreEscaped(link("This panel where people answer it", page))) }
        } @else if !panel.is_shown {
            p.soft { "The forge does not show this panel yet." }
        }
    }
}

fn steps(told: &Chronicle) -> Vec<(&Entry, Vec<Span>)> {
    told.entries.iter().filter_map(|entry| Some((entry, chronicle::step(told, entry)?))).collect()
}

/// How a step is marked.
fn tone(step: &Step) -> &'static str {
    match step {
        Step::PromotionEnded { how: Ended::Succeeded, .. }
        | Step::ApprovalGiven { .. }
        | Step::AttemptMoved { to: AttemptStage::Succeeded, .. } => "good",
        Step::PromotionFailed { .. }
        | Step::AttemptUnclaimed { .. }
        | Step::AttemptMoved {
            to: AttemptStage::Failed | AttemptStage::TimedOut | AttemptStage::Lost, ..
        }
        | Step::PromotionEnded {
            how: Ended::Rejected | Ended::Aborted | Ended::RolledBack | Ended::Expired,
            ..
        } => "bad",
        _ => "plain",
    }
}

fn list(title: &str, entries: impl ExactSizeIterator<Item = Vec<Span>>, now: Timestamp) -> Markup {
    html! {
        @if entries.len() > 0 {
            h2 { (title) }
            ul { @for entry in entries { li { (spans(&entry, now)) } } }
        }
    }
}

fn spans(spans: &[Span], now: Timestamp) -> Markup {
    PreEscaped(line(spans, now))
}
