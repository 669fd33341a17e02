//! Asking for approval, and what is said when approvals count no more. Whose yes counts is `gate`'s question.

use super::{asker, fits, gate, look_first, panel_link, since, subject};
use crate::domain::gate::approval::Count;
use crate::domain::gate::{Gate, Opening, Verdict};
use crate::domain::promotion::step::ApprovalEnd;
use crate::domain::promotion::view::View;
use crate::domain::say::{Block, Span, Text, counted, environment, joined};

/// How many people are called at most.
const PEOPLE_CALLED: usize = 10;

/// Whether people are asked for the first time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Again {
    /// They are.
    First,
    /// They were asked a day ago.
    Reminder,
}

/// What each approval rule counts.
pub(in crate::domain::say) fn counts(view: &View) -> impl Iterator<Item = &Count> {
    view.verdicts.iter().filter_map(|verdict| count(&verdict.gate))
}

fn count(gate: &Gate) -> Option<&Count> {
    if let Gate::Approvals(count) = gate { Some(count) } else { None }
}

/// How many approvals are missing, over all rules.
pub(in crate::domain::say) fn still_missing(view: &View) -> usize {
    counts(view).map(Count::missing).sum()
}

/// "1 of 2"; with several rules "1 of 2 from `acme/release` and 0 of 1 from `acme/security`".
pub(in crate::domain::say) fn count_now(view: &View) -> Vec<Span> {
    let several = counts(view).count() > 1;
    joined(
        counts(view).map(|count| {
            let mut part = vec![Span::words(format!("{} of {}", count.given.len(), count.rule.count))];
            if several {
                part.push(" from ".into());
                part.extend(super::covers::whom(&count.rule));
            }
            part
        }),
        "and",
    )
}

/// Asks people to approve, by name. But for the owner of a lock that was passed over, nobody else is called.
pub fn prompt(view: &View, people: &[String], again: Again) -> Text {
    let people = &people[..people.len().min(PEOPLE_CALLED)];
    let calls: Vec<Span> = people.iter().flat_map(|login| [Span::Ask(login.clone()), " ".into()]).collect();
    let mut blocks = called(view, (people.len(), calls), again);
    let missing: Vec<_> =
        view.verdicts.iter().filter(|it| is_missing(it)).map(|it| gate::entry(view, it)).collect();
    blocks.extend((missing.len() > 1).then_some(Block::List(missing)));
    let mut asked = asked(view, again);
    let is_linked = asked.iter().any(|span| matches!(span, Span::Link { .. }));
    let page = view.promotion.panel.page.as_ref().filter(|_| !is_linked);
    asked.extend(
        page.into_iter()
            .flat_map(|page| [" ".into(), Span::Link { words: "Panel".to_owned(), to: page.clone() }]),
    );
    blocks.push(Block::Line(asked));
    let name = view.promotion.name();
    blocks.push(Block::Command(format!("/release approve {name}")));
    blocks.push(Block::Line(vec![
        "Against it: ".into(),
        Span::code(format!("/release reject {name} -- why")),
        ". Without an answer the request lapses on ".into(),
        Span::time(view.promotion.expires_at()),
        ".".into(),
    ]));
    Text(blocks)
}

fn is_missing(verdict: &Verdict) -> bool {
    !verdict.is_open() && count(&verdict.gate).is_some()
}

/// Who asks for what, where it is already, when it would begin.
fn asked(view: &View, again: Again) -> Vec<Span> {
    let mut line = match view.promotion.asked.by {
        Some(_) => vec![asker(view), " asks".into()],
        None => vec!["The policy asks".into()],
    };
    let since = since(view);
    line.extend((!since.is_empty()).then(|| ": ".into()));
    line.extend(since);
    line.push(".".into());
    for verdict in &view.verdicts {
        if let Gate::Order { environment: before, since: Some(since) } = &verdict.gate {
            line.extend([
                " In ".into(),
                environment(before),
                " since ".into(),
                Span::time(*since),
                ".".into(),
            ]);
        }
    }
    line.extend(begins(view));
    if let (Again::Reminder, Some(prompt)) = (again, &view.promotion.prompt) {
        line.extend([" First asked on ".into(), Span::time(prompt.at), ".".into()]);
    }
    line
}

/// The first line with the calls in it; where they do not fit, on a line of their own.
fn called(view: &View, (people, mut calls): (usize, Vec<Span>), again: Again) -> Vec<Block> {
    let missing = still_missing(view).max(1);
    let still = if again == Again::Reminder { " still needs " } else { " needs " };
    let whom = match (missing, people) {
        (1, 1) => "you".to_owned(),
        (2, 2) => "both of you".to_owned(),
        (1, _) => "one of you".to_owned(),
        (missing, people) if missing >= people => "all of you".to_owned(),
        (missing, _) => format!("{missing} of you"),
    };
    let mut needs = subject(view);
    needs.push(Span::words(format!("{still}{whom}")));
    let mut short = vec![Span::Strong(needs)];
    short.extend(given(view));
    let mut whole = calls.clone();
    whole.extend(short);
    if fits(&whole) {
        return vec![Block::Line(whole)];
    }
    let mut alone = subject(view);
    alone.push(Span::words(format!("{still}{}", counted(missing, "approval", "approvals"))));
    let mut first = vec![Span::Strong(alone)];
    first.extend(given(view));
    calls.push(if missing == 1 { "can give it.".into() } else { "can give them.".into() });
    vec![Block::Line(first), Block::Line(calls)]
}

/// " (1 of 2 given)".
fn given(view: &View) -> Vec<Span> {
    let given: usize = counts(view).map(|count| count.given.len()).sum();
    let wanted: u32 = counts(view).map(|count| count.rule.count).sum();
    if given == 0 { vec![] } else { vec![Span::words(format!(" ({given} of {wanted} given)"))] }
}

/// When it would begin.
fn begins(view: &View) -> Vec<Span> {
    let others = || {
        view.verdicts
            .iter()
            .filter(|verdict| !verdict.is_open() && !matches!(verdict.gate, Gate::Approvals(_)))
    };
    if others().next().is_none() {
        let given = if still_missing(view) > 1 { "they are given" } else { "it is given" };
        return vec![Span::words(format!(" It begins as soon as {given}."))];
    }
    let at = others().map(|verdict| match verdict.opening {
        Opening::Waiting { until } => until,
        Opening::Open | Opening::Shut => None,
    });
    match at.collect::<Option<Vec<_>>>().and_then(|all| all.into_iter().max()) {
        Some(at) => vec![" It would begin on ".into(), Span::time(at), ".".into()],
        None => vec![" It waits for more than that; the ".into(), panel_link(view), " says for what.".into()],
    }
}

/// What an approval covers changed, and those given are void: a comment of its own.
pub fn voided(view: &View, fields: &[String], givers: &[String]) -> Text {
    let name = view.promotion.name();
    let mut first = subject(view);
    first.push(" has changed: ".into());
    first.push(match givers.len() {
        0 => "what an approval covers is not what it was".into(),
        1 => "the approval given is void".into(),
        count => Span::words(format!("the {count} approvals given are void")),
    });
    let mut changed: Vec<Span> = vec![Span::words(format!("It is {name} now. What differs: "))];
    changed.extend(joined(fields.iter().map(|field| vec![Span::words(field.clone())]), "and"));
    changed.extend(
        view.policy.iter().flat_map(|at| [" (policy at ".into(), Span::Commit(at.clone()), ")".into()]),
    );
    changed.push(".".into());
    changed.extend([
        " The commit is the same: ".into(),
        Span::Commit(view.promotion.asked.commit.clone()),
        ".".into(),
    ]);
    let mut blocks = vec![Block::Line(vec![Span::Strong(first)]), Block::Line(changed)];
    if !givers.is_empty() {
        let mut void = vec!["Void: the yes of ".into()];
        void.extend(joined(givers.iter().map(|login| vec![Span::Person(login.clone())]), "and"));
        void.push(".".into());
        if still_missing(view) > 0 {
            void.push(" Approvals now: ".into());
            void.extend(count_now(view));
            void.push(".".into());
        }
        blocks.push(Block::Line(void));
    }
    if still_missing(view) > 0 {
        blocks.push(look_first(view));
        blocks.push(Block::Command(format!("/release approve {name}")));
    }
    Text(blocks)
}

/// Approvals ended for another cause than a change: a comment of its own.
pub fn approval_ended(view: &View, login: &str, because: ApprovalEnd) -> Text {
    let who = || Span::Person(login.to_owned());
    let name = Span::words(format!("{}", view.promotion.name()));
    let first = match because {
        ApprovalEnd::TakenBack => vec![who(), " took the approval of ".into(), name, " back".into()],
        ApprovalEnd::Lapsed => {
            vec!["The approval of ".into(), name, " by ".into(), who(), " has lapsed".into()]
        }
        ApprovalEnd::NoLongerEntitled => {
            vec!["The approval of ".into(), name, " by ".into(), who(), " counts no more".into()]
        }
    };
    let mut why = match because {
        ApprovalEnd::TakenBack => vec![],
        ApprovalEnd::Lapsed => vec!["An approval is good for 7 days. ".into()],
        ApprovalEnd::NoLongerEntitled => vec![who(), " may no longer approve here. ".into()],
    };
    why.push("Approvals now: ".into());
    why.extend(count_now(view));
    why.push(".".into());
    let mut blocks = vec![Block::Line(vec![Span::Strong(first), ".".into()]), Block::Line(why)];
    if still_missing(view) > 0 {
        blocks.push(Block::Command(format!("/release approve {}", view.promotion.name())));
    }
    Text(blocks)
}
