//! What is around every page: its head, the way up, whether it is kept up to date. What stands on a page is its own file's.

use axum::http::StatusCode;
use jiff::Timestamp;
use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::place::{Content, Place};
use crate::domain::say::html::moment;

/// A page with what stands on it. Without the script it is true as of now, and a link loads it again.
pub(super) fn page(place: &Place, content: &Content, now: Timestamp) -> Markup {
    let crumbs = html! {
        @for (address, name) in &content.above { a href=(address) { (name) } " › " }
        b id="title" { (content.title) }
    };
    let foot = html! {
        span #as-of { (as_of(now)) }
        " · " a href=(place.address()) { "Load again" }
        " · " span #live role="status" {}
    };
    document(&content.title, Some(&place.live()), &crumbs, &content.main, &foot)
}

/// The moment that a page tells of.
pub(super) fn as_of(now: Timestamp) -> Markup {
    html! { "As of " (PreEscaped(moment(now, None, now))) }
}

/// There is no such page.
pub(super) fn missing() -> (StatusCode, Markup) {
    let text = "There is nothing at this address. What there is, the first page lists.";
    (StatusCode::NOT_FOUND, said("Not found", text))
}

/// The page could not be drawn.
pub(super) fn failed(reference: &str) -> (StatusCode, Markup) {
    let text = format!("This page could not be drawn. The log says why, under {reference}.");
    (StatusCode::INTERNAL_SERVER_ERROR, said("Not drawn", &text))
}

fn said(title: &str, text: &str) -> Markup {
    let crumbs = html! { a href="/" { "Environments" } " › " b { (title) } };
    document(title, None, &crumbs, &html! { p { (text) } }, &html! {})
}

fn document(title: &str, live: Option<&str>, crumbs: &Markup, main: &Markup, foot: &Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { (title) " · Lockkeeper" }
                link rel="stylesheet" href="/page.css";
                link rel="icon" href="/page.svg" type="image/svg+xml";
                @if live.is_some() { script src="/page.js" defer {} }
            }
            body {
                header { nav { (crumbs) } }
                main data-live=[live] { (main) }
                footer { (foot) }
            }
        }
    }
}
