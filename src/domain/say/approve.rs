//! The answers to `approve`, `reject` and `revoke`: what counts now, and why something did not.

use super::promotion::gate::{nobody_counts, whom_of};
use super::promotion::{count_now, counts, headline, look_first, progress_entries, still_missing, whom};
use super::refusal::said_by_forge;
use super::{Block, Span, Text, joined, refused};
use crate::domain::gate::approval::Untold;
use crate::domain::promotion::model::{Promotion, RevisionName, Stage};
use crate::domain::promotion::view::View;

fn name(view: &View) -> Span {
    Span::words(view.promotion.name().to_string())
}

fn approve(view: &View) -> Block {
    Block::Command(format!("/release approve {}", view.promotion.name()))
}

/// Who could give what is missing: "missing: `carol` or `dan`".
fn missing(view: &View) -> Vec<Span> {
    let several = counts(view).count() > 1;
    let each = counts(view).filter(|count| count.missing() > 0).map(|count| {
        let mut part = match &count.could {
            Ok(could) => {
                let logins: Vec<&str> = could.iter().map(|actor| actor.login.as_str()).collect();
                let more = format!("{} more, and ", count.missing());
                let nobody = logins.is_empty().then_some(Span::Words(more));
                nobody.into_iter().chain(whom_of(count.missing(), &logins)).collect()
            }
            Err(_) => vec![Span::words(format!("{} more", count.missing()))],
        };
        if several {
            part.push(" from ".into());
            part.extend(whom(&count.rule));
        }
        part
    });
    joined(each, "and")
}

/// What the promotion has now, and who could give what is missing.
fn standing(view: &View) -> Option<Block> {
    let mut line = vec!["Approvals of ".into(), name(view), ": ".into()];
    line.extend(count_now(view));
    let missing = missing(view);
    line.extend((!missing.is_empty()).then(|| "; missing: ".into()));
    line.extend(missing);
    line.push(".".into());
    (counts(view).count() > 0).then_some(Block::Line(line))
}

/// It counts.
pub fn approved(view: &View) -> Text {
    let mut first = vec![Span::Strong(vec!["✅ Your approval of ".into(), name(view), " counts".into()])];
    if counts(view).count() > 0 {
        first.push(": ".into());
        first.extend(count_now(view));
    }
    first.push(".".into());
    let mut text = Text(vec![Block::Line(first)]);
    if still_missing(view) > 0 {
        let mut line = vec!["Missing: ".into()];
        line.extend(missing(view));
        line.push(".".into());
        return text.with(Block::Line(line));
    }
    let open: Vec<Vec<Span>> = progress_entries(view);
    let line = if open.is_empty() || view.promotion.has_slot() {
        "All approvals are there, and every gate is open: it begins now."
    } else {
        text.0.push(Block::Line(vec!["All approvals are there. It still waits:".into()]));
        text.0.push(Block::List(open));
        return text;
    };
    text.with(Block::Line(vec![line.into()]))
}

/// It is taken back.
pub fn taken_back(view: &View) -> Text {
    let first =
        vec![Span::Strong(vec!["Your approval of ".into(), name(view), " is taken back".into()]), ".".into()];
    let mut text = Text(vec![Block::Line(first)]);
    text.0.extend(standing(view));
    text
}

/// Who asked cannot approve.
pub fn self_approval(view: &View) -> Text {
    let first = vec!["Not counted: you asked for ".into(), name(view), ", so others approve it.".into()];
    refused(first, standing(view), "E_SELF_APPROVAL")
}

/// Authors do not count here.
pub fn author(view: &View) -> Text {
    let first = vec!["Not counted: you wrote part of what ".into(), name(view), " brings.".into()];
    let why = "Here, only people who wrote none of it may approve.".into();
    refused(first, [Block::Line(vec![why])].into_iter().chain(standing(view)), "E_AUTHOR")
}

/// Authors do not count here, and nobody can say who is none.
pub fn authors_unknown(view: &View, untold: &Untold) -> Text {
    let first = vec!["Not counted: who wrote all that ".into(), name(view), " brings is not known.".into()];
    let mut why = vec!["Here ".into()];
    why.extend(nobody_counts(untold));
    why.push(".".into());
    refused(first, [Block::Line(why)], "E_AUTHORS_UNKNOWN")
}

/// They are none of those whose approval is asked for.
pub fn not_an_approver(view: &View) -> Text {
    let first = vec!["Not counted: others are asked to approve ".into(), name(view), ".".into()];
    refused(first, standing(view), "E_NOT_APPROVER")
}

/// They approved this revision before.
pub fn twice(view: &View) -> Text {
    let first = vec!["You approved ".into(), name(view), " already; one person counts once.".into()];
    refused(first, standing(view), "E_APPROVED")
}

/// No approval is asked for.
pub fn not_needed(view: &View) -> Text {
    let first = vec!["Nothing was done: ".into(), name(view), " needs no approval.".into()];
    let mut rest = vec![Block::Line(headline(view))];
    let entries = progress_entries(view);
    rest.extend((!entries.is_empty()).then_some(Block::List(entries)));
    refused(first, rest, "E_NOT_NEEDED")
}

/// What they approved has changed since.
pub fn stale(view: &View, approved: RevisionName) -> Text {
    let mut first: Vec<Span> = vec!["Not counted: what you approved has changed".into()];
    first.push(Span::words(format!("; {approved} is {} now.", view.promotion.name())));
    let mut what: Vec<Span> = vec![];
    if let Some(since) = view.promotion.panel.shown.get(&view.promotion.revision) {
        what.extend([name(view), " has been shown since ".into(), Span::time(*since), ". ".into()]);
    }
    what.push(Span::words(format!("All approvals of {approved} are void: ")));
    what.extend(count_now(view));
    what.push(" now.".into());
    let rest = vec![Block::Line(what), look_first(view), approve(view)];
    refused(first, rest, "E_STALE_DIGEST")
}

/// They named a revision that there is not, or not yet.
pub fn no_such_revision(view: &View, approved: RevisionName) -> Text {
    let first = vec![
        Span::words(format!("Not counted: there is no {approved}; what is asked for is ")),
        name(view),
        ".".into(),
    ];
    let rest = vec![look_first(view), approve(view)];
    refused(first, rest, "E_STALE_DIGEST")
}

/// A bare `approve` was written before the forge showed this revision.
pub fn not_shown(view: &View) -> Text {
    let first = vec!["Not counted: ".into(), name(view), " was not shown yet when you wrote.".into()];
    let changed = Block::Line(vec!["It changed shortly before that.".into()]);
    let rest = vec![changed, look_first(view), approve(view)];
    refused(first, rest, "E_STALE_DIGEST")
}

/// It has begun already: an answer changes nothing.
pub fn too_late(promotion: &Promotion) -> Text {
    let now = match promotion.stage {
        Stage::Waiting | Stage::Rolling { .. } => "is on its way already",
        Stage::Failed { .. } => "has begun already, and failed",
        Stage::Aborting { .. } => "is being stopped",
    };
    let first = vec![Span::words(format!("Nothing was done: {} {now}.", promotion.name()))];
    let (then, next) = match promotion.stage {
        Stage::Waiting | Stage::Rolling { .. } => {
            ("To stop it:", format!("/release abort {}", promotion.id()))
        }
        Stage::Failed { .. } => ("To end it:", format!("/release abort {}", promotion.id())),
        Stage::Aborting { .. } => ("What stands where:", "/release status".to_owned()),
    };
    let why = format!("Approving or rejecting changes nothing any more. {then}");
    refused(first, [Block::Line(vec![Span::Words(why)]), Block::Command(next)], "E_TOO_LATE")
}

/// They gave no approval that could be taken back.
pub fn no_approval(view: &View) -> Text {
    let first = vec!["Nothing was done: no approval of yours counts for ".into(), name(view), ".".into()];
    refused(first, standing(view), "E_NO_APPROVAL")
}

/// Whether they may could not be found out.
pub fn rights_unknown(view: &View, why: &str) -> Text {
    let first = vec![
        "Not counted: I cannot find out at the moment whether you may approve ".into(),
        name(view),
        ".".into(),
    ];
    let rest = vec![
        Block::Line(
            said_by_forge(why)
                .into_iter()
                .chain([". An approval counts only where that is known. Send it again later:".into()])
                .collect(),
        ),
        approve(view),
    ];
    refused(first, rest, "E_RIGHTS_UNKNOWN")
}
