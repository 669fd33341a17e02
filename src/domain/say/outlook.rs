//! The answers to `plan` and `notes`: the plan's own words, and what the place they were asked in adds.

use super::{Block, Span, Text, counted, drafting, environment, joined, line, plan, proposal, refusal};
use crate::domain::change::Change;
use crate::domain::id::{BranchName, ChangeNumber};
use crate::domain::line::Standing;
use crate::domain::notes::{self, Place};
use crate::domain::outlook::Outlook;
use crate::domain::plan::{Entry, Plan};
use crate::domain::policy::Principal;
use crate::domain::policy::staffing::{Shortage, When};
use crate::domain::state::Drafting;

/// What a plan has to do with lines that have a branch of their own.
#[derive(Debug)]
pub enum Lines {
    /// Nothing.
    None,
    /// One is open beside it, and a cut is of that one.
    Open(Box<Standing>),
    /// Its cut begins the one with this branch.
    Begins(BranchName),
}

/// The answer to `plan`; `shortages` are the people that its promotions will lack, `drafting` what follows it.
pub fn plan(
    outlook: &Outlook<'_>,
    shortages: &[Shortage],
    drafting: Option<&Drafting>,
    lines: &Lines,
) -> Text {
    let mut text = Text(vec![]);
    if let Lines::Open(open) = lines {
        text.0.extend(line::stands(open));
    }
    text.0.extend(plan::plan(&outlook.plan).0);
    let lacking: Vec<Vec<Span>> = shortages.iter().filter_map(shortage).collect();
    if !lacking.is_empty() {
        text.0.push(Block::Line(vec![Span::strong("Before you promote")]));
        text.0.push(Block::List(lacking));
    }
    match &outlook.with {
        Some(_) => text.with(if_merged(outlook)),
        None if outlook.plan.is_empty() => text,
        None => {
            if let Some(change) = drafting.and_then(|drafting| drafting.change.as_ref()) {
                return text.with(proposal::stands(change));
            }
            text.0.extend(drafting.and_then(|drafting| drafting.page.as_ref()).map(drafting::stands));
            match lines {
                // A cut is of the line that is open.
                Lines::Open(_) => text,
                Lines::Begins(branch) => {
                    text.with(line::would_begin(branch)).with(Block::Command(cut_of(&outlook.plan)))
                }
                Lines::None => text.with(Block::Command(cut_of(&outlook.plan))),
            }
        }
    }
}

/// The command that cuts what was planned.
fn cut_of(plan: &Plan) -> String {
    match plan.component.is_default() {
        true => "/release cut".to_owned(),
        false => format!("/release cut --component {}", plan.component),
    }
}

/// The answer to `plan` of a project with several components.
pub fn plan_of_all(plans: &[Plan], with: Option<&Change>) -> Text {
    let mut text = components(plans);
    text.0.extend(with.map(|change| Block::Line(unmerged(change.number))));
    let next = plans.iter().find(|plan| !plan.is_empty()).filter(|_| with.is_none());
    text.0.extend(next.map(|plan| Block::Command(cut_of(plan))));
    text
}

/// The next releases of several components, and what is in none of them.
pub fn components(plans: &[Plan]) -> Text {
    let mut text = Text(vec![]);
    for plan in plans.iter().filter(|plan| !plan.is_empty()) {
        text.0.push(Block::Line(plan::headline_of_component(plan)));
        let count = counted(plan.entries().count(), "change", "changes");
        let summary = vec![Span::code(plan.component.as_str()), Span::words(format!(": {count}"))];
        let mut body = plan::plan(plan);
        body.0.remove(0);
        text.0.push(Block::Fold { summary, body });
    }
    let idle: Vec<Vec<Span>> = plans
        .iter()
        .filter(|plan| plan.is_empty())
        .map(|plan| vec![Span::code(plan.component.as_str())])
        .collect();
    if !idle.is_empty() {
        let mut line = vec!["Nothing to release: ".into()];
        line.extend(joined(idle, "and"));
        line.push(".".into());
        text.0.push(Block::Line(line));
    }
    text.0.extend(in_none(plans));
    text
}

/// What is new and touches no component's files: nothing vanishes without a word.
fn in_none(plans: &[Plan]) -> Option<Block> {
    let (first, others) = plans.split_first()?;
    let is_in_all = |entry: &&Entry| {
        others.iter().all(|plan| plan.elsewhere.iter().any(|other| other.commit == entry.commit))
    };
    let entries: Vec<Vec<Span>> = first
        .elsewhere
        .iter()
        .filter(is_in_all)
        .map(|entry| {
            let which = entry.number.map_or_else(|| Span::Commit(entry.commit.clone()), Span::Change);
            vec![Span::Written(entry.title.clone()), " ".into(), which]
        })
        .collect();
    let summary = vec![Span::words(format!("In no component ({})", entries.len()))];
    let body = Text(vec![Block::List(entries)]);
    (!matches!(body.0.as_slice(), [Block::List(list)] if list.is_empty()))
        .then_some(Block::Fold { summary, body })
}

/// One thing that the people of the policy lack; nothing where it could not be read.
pub(super) fn shortage(shortage: &Shortage) -> Option<Vec<Span>> {
    Some(match shortage {
        Shortage::Absent(Principal::Group(team)) => {
            let named = Span::code(team.0.clone());
            vec!["There is no ".into(), Span::TeamWord, " ".into(), named, ", or I cannot see it.".into()]
        }
        Shortage::Absent(Principal::User(login)) => {
            vec!["Nobody is called ".into(), Span::Person(login.clone()), ".".into()]
        }
        Shortage::Absent(role @ Principal::Role(_)) => {
            vec!["There is nobody among ".into(), refusal::principal(role), ".".into()]
        }
        Shortage::Empty(team) => {
            vec![
                "The ".into(),
                Span::TeamWord,
                " ".into(),
                Span::code(team.0.clone()),
                " has nobody in it.".into(),
            ]
        }
        Shortage::NoReporter { environment: at, account } => vec![
            environment(at),
            ": there is no account ".into(),
            Span::code(account.clone()),
            ", so its reports never come.".into(),
        ],
        Shortage::Unread(..) => return None,
        Shortage::TooFew { environment: at, wanted, people, when } => {
            let wants = format!(" wants {}, ", counted(*wanted as usize, "approval", "approvals"));
            let mut line = vec![environment(at), Span::words(wants)];
            let named: Vec<Vec<Span>> =
                people.iter().map(|actor| vec![Span::Person(actor.login.clone())]).collect();
            if named.is_empty() {
                line.push("and nobody could give one".into());
            } else {
                line.push("and only ".into());
                line.extend(joined(named, "and"));
                line.push(" could give one".into());
            }
            line.push(match when {
                When::Always => ": it can never begin.".into(),
                When::OneOfThemAsks => {
                    ". Whoever asks cannot approve, so it begins only if somebody else asks.".into()
                }
            });
            line
        }
    })
}

/// The answer to `notes`: what the release page would show.
pub fn notes(outlook: &Outlook<'_>) -> Text {
    let mut blocks = vec![Block::Line(plan::headline(&outlook.plan))];
    blocks.extend(notes::sections(&outlook.plan, Place::Answer));
    blocks.extend(outlook.with.is_some().then(|| if_merged(outlook)));
    Text(blocks)
}

/// The answer to `notes --short`: text to copy.
pub fn short_notes(outlook: &Outlook<'_>) -> Text {
    let body = notes::short(&outlook.plan);
    let count =
        Span::words(format!("{} of {} characters, plain text:", body.chars().count(), notes::SHORT_LIMIT));
    let mut blocks = vec![Block::Line(plan::headline(&outlook.plan)), Block::Line(vec![count])];
    blocks.push(Block::Listing { language: "text".to_owned(), body });
    blocks.extend(outlook.with.is_some().then(|| if_merged(outlook)));
    Text(blocks)
}

fn if_merged(outlook: &Outlook<'_>) -> Block {
    Block::Line(outlook.with.iter().flat_map(|change| unmerged(change.number)).collect())
}

fn unmerged(number: ChangeNumber) -> Vec<Span> {
    let rest = " is not merged; this is the release as it would be if it were merged now.";
    vec![Span::Change(number), rest.into()]
}
