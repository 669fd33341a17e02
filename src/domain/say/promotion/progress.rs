//! The comments while a promotion is on its way: that it begins, that a target failed, that nobody picks it up. Its end is said elsewhere.

use super::{apart, command, first, gate, headline, panel, way};
use crate::domain::policy::environment::Deploy;
use crate::domain::promotion::model::{Attempt, Target};
use crate::domain::promotion::view::View;
use crate::domain::say::{Block, Span, Text, environment, joined, reason, release, somebody};

/// It waited, and begins now: a comment of its own.
pub fn begun(view: &View) -> Text {
    let promotion = &view.promotion;
    let sign = if promotion.is_rollback() { "↩️" } else { "🚢" };
    let mut blocks = vec![Block::Line(first(sign, view, [" begins now".into()]))];
    if promotion.is_rollback() {
        blocks.extend(reason(&view.said(promotion.since)));
    }
    let mut parts: Vec<Vec<Span>> = vec![];
    if !way::is_plain(promotion) {
        let mut part = way::steps(promotion, 0);
        part.extend(way::watched(promotion));
        parts.push(part);
    }
    parts.extend(approved_by(view));
    if !parts.is_empty() {
        blocks.push(Block::Line(apart(parts)));
    }
    blocks.extend(view.passed_over.map(|row| {
        let owner = somebody(&view.said(row));
        Block::Line(vec!["The lock of ".into(), owner, " is passed over: a rollback waits for none.".into()])
    }));
    blocks.push(Block::Line(vec!["Stop it safely: ".into(), Span::code(command(view, "hold"))]));
    Text(blocks)
}

fn approved_by(view: &View) -> Option<Vec<Span>> {
    let approvals = &view.promotion.approvals;
    let people = approvals.iter().map(|approval| vec![somebody(&view.said(approval.given))]);
    let mut line = vec!["approved by ".into()];
    line.extend(joined(people, "and"));
    (!approvals.is_empty()).then_some(line)
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
    let mut rest: Vec<Span> = vec![": nobody has picked it up".into()];
    if !way::is_plain(promotion) {
        rest.extend([" for ".into(), way::target(promotion, &attempt.target)]);
    }
    let mut blocks = vec![Block::Line(first("⏳", view, rest))];
    let mut when = vec!["Ordered at ".into(), Span::time(attempt.ordered_at), ".".into()];
    if let Some(limits) = view.limits {
        let end = attempt.ordered_at + limits.timeout.duration();
        when.extend([" It counts as failed at ".into(), Span::time(end), ".".into()]);
    }
    blocks.push(Block::Line(when));
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
            " has not appeared yet; it is looked for again by itself."
        }
        .into(),
    );
    line
}

fn no_listener(view: &View, attempt: &Attempt, reporters: &[String]) -> Vec<Block> {
    let whose = joined(reporters.iter().map(|name| vec![Span::code(name.clone())]), "and");
    let mut who = vec!["Whoever deploys reports it to the forge; what counts are reports of ".into()];
    who.extend(whose);
    who.push(". A workflow that does, in a file of its own:".into());
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
