//! Environments: what stands in each, what is on its way, what waits for what and whom. Nothing is looked up here.

use jiff::Timestamp;
use maud::{Markup, PreEscaped, html};

use super::place::Place;
use crate::domain::id::{Lane, ProjectId};
use crate::domain::promotion::chronicle::Panel;
use crate::domain::promotion::model::{Promotion, Stage};
use crate::domain::say::html::{line, moment};
use crate::domain::say::{self, Block, Span};
use crate::engine::board::{Berth, Board};
use crate::store::PromotionRow;

/// All projects with their environments.
pub(super) fn overview(boards: &[Board], now: Timestamp) -> Markup {
    html! {
        h1 { "What runs where" }
        @if boards.is_empty() {
            p { "No project is served yet. Install the App on a repository, and it appears here." }
        }
        @for board in boards {
            section {
                h2 { (project_link(board)) }
                (berths(board, now))
            }
        }
    }
}

/// One project, with what ended last.
pub(super) fn project(board: &Board, past: &[PromotionRow], now: Timestamp) -> Markup {
    html! {
        h1 { (board.project.row.path) }
        (berths(board, now))
        @if !past.is_empty() {
            h2 { "Ended" }
            ul.past { @for row in past { li { (ended(board, row, now)) } } }
        }
    }
}

fn project_of(board: &Board) -> Option<&ProjectId> {
    match &board.project.lane {
        Lane::Project(id) => Some(id),
        Lane::Installation(_) => None,
    }
}

fn project_link(board: &Board) -> Markup {
    let path = &board.project.row.path;
    match project_of(board) {
        Some(id) => html! { a href=(Place::Project(id.clone()).address()) { (path) } },
        None => html! { (path) },
    }
}

fn berths(board: &Board, now: Timestamp) -> Markup {
    html! {
        @if board.berths.is_empty() {
            p { "Nothing was brought to any environment yet." }
        }
        div.berths { @for berth in &board.berths { (berth_card(board, berth, now)) } }
    }
}

fn berth_card(board: &Board, berth: &Berth, now: Timestamp) -> Markup {
    html! {
        article.berth {
            header {
                h3 {
                    (berth.environment)
                    @if !berth.component.is_default() { " " small { (berth.component) } }
                }
                (current(berth, now))
            }
            @if let Some((lock, login)) = &berth.lock {
                p {
                    "🔒 locked by " b { (login.as_deref().unwrap_or("somebody")) }
                    @if let Some(until) = lock.until { " until " (at(until, now)) }
                }
            }
            @if !berth.barred.is_empty() {
                p.soft { "held there: " (berth.barred.iter().map(|it| format!("v{it}")).collect::<Vec<_>>().join(", ")) }
            }
            @if let Some(newest) = berth.ignored.last() {
                p.soft {
                    "not counted: " (berth.ignored.len()) " of what was reported since, last on " (at(newest.row.at, now))
                }
            }
            @for (promotion, panel) in &berth.coming { (coming(board, promotion, panel.as_ref(), now)) }
        }
    }
}

fn current(berth: &Berth, now: Timestamp) -> Markup {
    match &berth.current {
        Some(standing) => html! {
            p.current {
                strong {
                    @match &standing.version {
                        Some(version) => { "v" (version) }
                        None => { code { (standing.commit.short()) } }
                    }
                }
                span.soft { " since " (at(standing.since, now)) }
            }
        },
        None if berth.is_unclear => html! { p.current { "nobody can say what runs there" } },
        None => html! { p.current.soft { "nothing yet" } },
    }
}

fn coming(board: &Board, promotion: &Promotion, panel: Option<&Panel>, now: Timestamp) -> Markup {
    let id = promotion.id();
    let address = project_of(board).map(|project| Place::Promotion(project.clone(), id).address());
    html! {
        div class={ "coming " (tone(promotion)) } {
            p {
                a href=[address] { (id) } " "
                (PreEscaped(headline(promotion, panel, now)))
            }
            @let shut = shut(panel);
            @if !shut.is_empty() {
                ul { @for entry in shut { li { (PreEscaped(line(entry, now))) } } }
            }
        }
    }
}

/// How a promotion is marked.
fn tone(promotion: &Promotion) -> &'static str {
    match (&promotion.held, &promotion.stage) {
        (_, Stage::Failed { .. }) => "bad",
        (Some(_), _) => "waits",
        (None, Stage::Rolling { .. } | Stage::Aborting { .. }) => "moves",
        (None, Stage::Waiting) => "waits",
    }
}

/// The first line of the panel, which is the whole answer; before it was drawn, what is carried.
fn headline(promotion: &Promotion, panel: Option<&Panel>, now: Timestamp) -> String {
    match panel.and_then(|panel| panel.text.0.first()) {
        Some(Block::Line(spans)) => line(spans, now),
        Some(_) | None => {
            let words = Span::Written(format!("v{} is on its way", promotion.asked.version));
            line(&[words], now)
        }
    }
}

/// The lines of the panel about what is not open or not done yet.
fn shut(panel: Option<&Panel>) -> Vec<&Vec<Span>> {
    let Some(Block::List(entries)) = panel.and_then(|panel| panel.text.0.get(1)) else { return vec![] };
    entries.iter().filter(|entry| !is_open(entry)).collect()
}

fn is_open(entry: &[Span]) -> bool {
    match entry.first() {
        Some(Span::Words(words)) => words.starts_with('✅'),
        Some(Span::Strong(inner) | Span::Emphasis(inner)) => is_open(inner),
        Some(_) | None => false,
    }
}

fn ended(board: &Board, row: &PromotionRow, now: Timestamp) -> Markup {
    let address = project_of(board).map(|project| Place::Promotion(project.clone(), row.id).address());
    let how = serde_json::from_value(row.ended.clone().into()).ok().map(say::chronicle::ended);
    html! {
        a href=[address] { (row.id) } " "
        strong { "v" (row.version) " → " (row.environment) }
        " " (how.unwrap_or(&row.ended))
        span.soft { " · " (at(row.ended_at, now)) }
    }
}

fn at(at: Timestamp, now: Timestamp) -> Markup {
    PreEscaped(moment(at, None, now))
}
