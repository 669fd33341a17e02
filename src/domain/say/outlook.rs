//! The answers to `plan` and `notes`: the plan's own words, and what the place they were asked in adds.

use super::{Block, Span, Text, counted, environment, joined, plan, refusal};
use crate::domain::notes::{self, Place};
use crate::domain::outlook::Outlook;
use crate::domain::policy::Principal;
use crate::domain::policy::staffing::{Shortage, When};

/// The answer to `plan`; `shortages` are the people that its promotions will lack.
pub fn plan(outlook: &Outlook<'_>, shortages: &[Shortage]) -> Text {
    let mut text = plan::plan(&outlook.plan);
    let lacking: Vec<Vec<Span>> = shortages.iter().filter_map(shortage).collect();
    if !lacking.is_empty() {
        text.0.push(Block::Line(vec![Span::strong("Before you promote")]));
        text.0.push(Block::List(lacking));
    }
    match &outlook.with {
        Some(_) => text.with(if_merged(outlook)),
        None if outlook.plan.is_empty() => text,
        None => text.with(Block::Command("/release cut".to_owned())),
    }
}

/// One thing that the people of the policy lack; nothing where it could not be read.
pub(super) fn shortage(shortage: &Shortage) -> Option<Vec<Span>> {
    Some(match shortage {
        Shortage::Absent(Principal::Group(team)) => {
            vec!["There is no team ".into(), Span::code(team.0.clone()), ", or I cannot see it.".into()]
        }
        Shortage::Absent(Principal::User(login)) => {
            vec!["Nobody is called ".into(), Span::Person(login.clone()), ".".into()]
        }
        Shortage::Absent(role @ Principal::Role(_)) => {
            vec!["There is nobody among ".into(), refusal::principal(role), ".".into()]
        }
        Shortage::Empty(team) => {
            vec!["The team ".into(), Span::code(team.0.clone()), " has nobody in it.".into()]
        }
        Shortage::NoReporter { environment: at, account } => vec![
            environment(at),
            ": there is no account ".into(),
            Span::code(account.clone()),
            ", so its reports never come.".into(),
        ],
        Shortage::Unread(..) => return None,
        Shortage::TooFew { environment: at, wanted, people, when } => {
            let wants = format!(" wants {} of ", counted(*wanted as usize, "approval", "approvals"));
            let mut line = vec![environment(at), Span::words(wants)];
            let named: Vec<Vec<Span>> =
                people.iter().map(|actor| vec![Span::Person(actor.login.clone())]).collect();
            line.extend(if named.is_empty() {
                vec!["people who are not there".into()]
            } else {
                joined(named, "and")
            });
            line.push(match when {
                When::Always => ", and who asks gives none: it can never begin.".into(),
                When::OneOfThemAsks => ", and who asks gives none: none of them can ask for it.".into(),
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

fn if_merged(outlook: &Outlook<'_>) -> Block {
    let number = outlook.with.iter().map(|change| Span::Change(change.number));
    let rest = " is not merged; this is the release as it would be if it were merged now.".into();
    Block::Line(number.chain([rest]).collect())
}
