//! What an approval covers, folded away under the panel: all that is in the digest, in words. What is in it is `promotion::terms`' question.

use super::{apart, way};
use crate::domain::policy::environment::{ApprovalRule, Deploy};
use crate::domain::promotion::model::{RevisionName, Stage};
use crate::domain::promotion::view::View;
use crate::domain::say::refusal::principal;
use crate::domain::say::{Block, Span, Text, counted, environment, joined};

/// How many files of a release are named.
const FILES_NAMED: usize = 10;

/// The fold, while it is open. What has begun goes on as it was approved.
pub(super) fn covers(view: &View) -> Block {
    let promotion = &view.promotion;
    let next = RevisionName { revision: promotion.revision + 1, ..promotion.name() };
    let end = if asks(view) {
        "If any of it changes, every approval is void and a new comment says why.".to_owned()
    } else {
        format!("If any of it changes, it becomes {next}.")
    };
    let can_change = promotion.stage == Stage::Waiting;
    fold(view, "covers", can_change.then(|| Block::Line(vec![Span::Words(end)])))
}

/// The fold, once it is over.
pub(super) fn covered(view: &View) -> Block {
    fold(view, "covered", None)
}

fn asks(view: &View) -> bool {
    !view.promotion.terms.conditions.approvals.is_empty()
}

fn fold(view: &View, verb: &str, end: Option<Block>) -> Block {
    let name = view.promotion.name();
    let what = if asks(view) { format!("an approval of {name}") } else { name.to_string() };
    let summary = vec![Span::words(format!("What {what} {verb}"))];
    let mut entries = vec![commit(view), targets(view), executor(view)];
    entries.extend(gates(view));
    entries.push(files(view));
    let digest = view.promotion.terms.digest.short();
    let mut digest = vec!["Digest of all this ".into(), Span::code(format!("{digest}…"))];
    digest.extend(
        view.policy.iter().flat_map(|at| [", with the policy read at ".into(), Span::Commit(at.clone())]),
    );
    entries.push(digest);
    Block::Fold { summary, body: Text([Block::List(entries)].into_iter().chain(end).collect()) }
}

fn commit(view: &View) -> Vec<Span> {
    let (asked, terms) = (&view.promotion.asked, &view.promotion.terms);
    let mut line = vec![
        "Commit ".into(),
        Span::Commit(asked.commit.clone()),
        ", tag ".into(),
        Span::code(asked.tag.as_str()),
    ];
    if terms.tag_object != asked.commit {
        line.extend([" (tag object ".into(), Span::code(terms.tag_object.short()), ")".into()]);
    }
    line
}

fn targets(view: &View) -> Vec<Span> {
    let promotion = &view.promotion;
    let mut line = vec![environment(&promotion.asked.environment)];
    if way::is_plain(promotion) {
        line.push(" as a whole".into());
    } else {
        line.push(": ".into());
        line.extend(way::steps(promotion, 0));
    }
    line.extend(way::watched(promotion));
    line
}

fn executor(view: &View) -> Vec<Span> {
    match &view.promotion.terms.deploy {
        Deploy::Event { reporters } | Deploy::Observe { reporters } => {
            let names = reporters.iter().map(|name| vec![Span::code(name.clone())]);
            let mut line = vec!["A deployment event".into()];
            if !reporters.is_empty() {
                line.push("; only reports of ".into());
                line.extend(joined(names, "and"));
                line.push(" count".into());
            }
            line
        }
        Deploy::Run { what, inputs } => {
            let mut line = vec![Span::words(capital(what.key())), " ".into(), Span::code(what.name())];
            if inputs.is_empty() {
                line.push(" without inputs".into());
            } else {
                line.push(" with ".into());
                let each = inputs.iter().map(|(name, value)| vec![Span::code(format!("{name}: {value}"))]);
                line.extend(joined(each, "and"));
            }
            line
        }
    }
}

/// A word at the beginning of a line.
fn capital(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).collect()
}

fn gates(view: &View) -> Option<Vec<Span>> {
    let (conditions, after) = (&view.promotion.terms.conditions, &view.promotion.terms.after);
    let mut parts: Vec<Vec<Span>> = vec![];
    if !after.is_empty() {
        let mut part = vec!["after ".into()];
        part.extend(joined(after.iter().map(|name| vec![environment(name)]), "and"));
        parts.push(part);
    }
    if !conditions.soak.is_zero() {
        parts.push(vec![Span::words(format!("{} there", conditions.soak))]);
    }
    if !conditions.checks.is_empty() {
        let mut part = vec![if conditions.checks.len() == 1 { "check ".into() } else { "checks ".into() }];
        part.extend(joined(
            conditions.checks.iter().map(|check| vec![Span::code(check.name.clone())]),
            "and",
        ));
        parts.push(part);
    }
    parts.extend(conditions.approvals.iter().map(rule));
    let mut line: Vec<Span> = vec!["Gates: ".into()];
    line.extend(apart(parts.clone()));
    (!parts.is_empty()).then_some(line)
}

/// "2 approvals of `acme/release`, authors do not count".
pub(super) fn rule(rule: &ApprovalRule) -> Vec<Span> {
    let mut line = vec![Span::words(counted(rule.count as usize, "approval", "approvals"))];
    if !rule.from.is_empty() {
        line.push(" of ".into());
        line.extend(whom(rule));
    }
    if rule.not_authors {
        line.push(", authors do not count".into());
    }
    line
}

/// Whose approval a rule counts: "`acme/release` or maintainers".
pub(in crate::domain::say) fn whom(rule: &ApprovalRule) -> Vec<Span> {
    if rule.from.is_empty() {
        return vec!["those who may approve here".into()];
    }
    joined(rule.from.iter().map(|one| vec![principal(one)]), "or")
}

fn files(view: &View) -> Vec<Span> {
    let artifacts = &view.promotion.terms.artifacts;
    if artifacts.is_empty() {
        return vec!["No files on the release page".into()];
    }
    let named = artifacts.iter().take(FILES_NAMED).map(|(name, sha256)| {
        let mut part = vec![Span::code(name.clone())];
        match sha256 {
            Some(sha256) => {
                let short: String = sha256.chars().take(8).collect();
                part.extend([" (".into(), Span::code(format!("{short}…")), ")".into()]);
            }
            None => part.push(" (no checksum known)".into()),
        }
        part
    });
    let more = artifacts.len().saturating_sub(FILES_NAMED);
    let more = (more > 0).then(|| vec![Span::words(format!("{more} more"))]);
    let mut line = vec!["Files of the release: ".into()];
    line.extend(joined(named.chain(more), "and"));
    line
}
