//! The comments while a promotion is on its way: that it begins, that a target failed, that nobody picks it up. Its end is said elsewhere.

use super::{apart, approved_by, command, first, gate, headline, on_its_way, panel, since, way};
use crate::domain::policy::environment::Deploy;
use crate::domain::promotion::model::{Attempt, Target};
use crate::domain::promotion::view::View;
use crate::domain::say::{Block, Span, Text, environment, joined, reason, release, somebody};

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

/// Nobody picked an attempt up within three minutes: a comment of its own, with the lines to add.
pub fn unclaimed(view: &View, attempt: &Attempt) -> Text {
    let promotion = &view.promotion;
    let mut rest: Vec<Span> = vec![": nobody picked ".into()];
    rest.push(if way::is_plain(promotion) { "it".into() } else { way::target(promotion, &attempt.target) });
    rest.push(" up within 3 min".into());
    let mut blocks = vec![Block::Line(first("⏳", view, rest))];
    blocks.push(Block::Line(vec![
        "Ordered on ".into(),
        Span::time(attempt.ordered_at),
        ". It counts as failed on ".into(),
        Span::time(attempt.ordered_at + promotion.terms.timeout.duration()),
        ".".into(),
    ]));
    blocks.extend(match &promotion.terms.deploy {
        Deploy::Event { reporters } | Deploy::Observe { reporters } => no_listener(view, attempt, reporters),
        Deploy::Workflow { file, .. } => vec![Block::Line(no_runner(file, attempt))],
    });
    blocks.push(Block::Line(vec!["To call it off: ".into(), Span::code(command(view, "abort"))]));
    Text(blocks)
}

fn no_runner(file: &str, attempt: &Attempt) -> Vec<Span> {
    let mut line: Vec<Span> = vec!["The run of ".into(), Span::code(file)];
    line.extend(attempt.page.iter().flat_map(|page| gate::link("run", page)));
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
    let whose = joined(reporters.iter().map(|name| vec![Span::code(name.clone())]), "and");
    let mut who = vec!["Whoever deploys reports it to the forge; what counts are reports of ".into()];
    who.extend(whose);
    who.extend([". A workflow that does, as a file in ".into(), Span::code(".github/workflows"), ":".into()]);
    vec![
        Block::Line(who),
        Block::Listing { language: "yaml".to_owned(), body: listener(view, &attempt.target) },
        Block::Line(vec![
            "It is read from the commit that is deployed, so it counts from the next release on. ".into(),
            release(&view.promotion.asked.version),
            " at ".into(),
            Span::Commit(view.promotion.asked.commit.clone()),
            " reaches ".into(),
            environment(&view.promotion.asked.environment),
            " only if something else picks it up.".into(),
        ]),
    ]
}

/// The lines to add: a workflow that takes a deployment and reports on it.
/// See <https://docs.github.com/actions/reference/workflows-and-actions/events-that-trigger-workflows#deployment>.
fn listener(view: &View, target: &Target) -> String {
    let environment = &view.promotion.asked.environment;
    let condition = match target {
        None => format!("github.event.deployment.environment == '{environment}'"),
        Some(_) => format!("startsWith(github.event.deployment.environment, '{environment}/')"),
    };
    format!(
        "on: deployment
permissions: {{ contents: read, deployments: write }}
jobs:
  deploy:
    if: {condition}
    runs-on: ubuntu-latest
    env:
      GH_TOKEN: ${{{{ github.token }}}}
      AT: repos/${{{{ github.repository }}}}/deployments/${{{{ github.event.deployment.id }}}}/statuses
    steps:
      - run: gh api $AT -f state=in_progress
      # your steps: check out, build, deploy
      - run: gh api $AT -f state=success
      - if: failure()
        run: gh api $AT -f state=failure"
    )
}
