//! Each gate in words: what it waits for, and who or what opens it. Whether it is open is `gate`'s question.

use super::way;
use super::{apart, between, command, counts, covers, subject};
use crate::domain::gate::approval::{Count, Untold};
use crate::domain::gate::{Bar, Gate, Opening, Verdict};
use crate::domain::id::EnvironmentName;
use crate::domain::promotion::view::View;
use crate::domain::query::ReportedState;
use crate::domain::say::outlook::shortage;
use crate::domain::say::refusal::said_by_forge;
use crate::domain::say::{Span, counted, environment, joined, release, released, somebody};

/// How many people are named where many could act.
const PEOPLE_LISTED: usize = 5;

/// A gate that is not open, as an entry of a list.
pub(in crate::domain::say) fn entry(view: &View, verdict: &Verdict) -> Vec<Span> {
    let sign = match (&verdict.gate, verdict.opening) {
        (Gate::Hold { .. }, _) => "⏸️ ",
        (_, Opening::Shut) => "❌ ",
        (_, Opening::Open) => "✅ ",
        (_, Opening::Waiting { .. }) => "⏳ ",
    };
    let mut line = vec![sign.into()];
    line.extend(says(view, verdict));
    line
}

fn says(view: &View, verdict: &Verdict) -> Vec<Span> {
    let asked = &view.promotion.asked;
    match &verdict.gate {
        Gate::Hold { .. } => hold(view),
        Gate::Described => vec![
            Span::strong("policy:"),
            " its file does not let me deploy to ".into(),
            environment(&asked.environment),
            " any more, or has errors. Mend it on the default branch".into(),
        ],
        Gate::Readable { why } => {
            let mut line =
                vec![Span::strong("what it covers"), " could not be read; I ask again by myself".into()];
            line.extend(heard(why.as_deref()));
            line
        }
        Gate::Allowed { bar: Some(Bar::Withdrawn) } => {
            vec![
                Span::Strong(vec![released(asked), " was withdrawn".into()]),
                ": it goes nowhere any more".into(),
            ]
        }
        Gate::Allowed { bar: Some(Bar::Held) | None } => vec![
            Span::Strong(vec![released(asked), " is held in ".into(), environment(&asked.environment)]),
            ". If it is good again: ".into(),
            Span::code(format!("/release resume v{}", asked.version)),
        ],
        Gate::Order { environment, .. } => order(view, environment),
        Gate::Soak { length, environment: at, since } => {
            let until = if let Opening::Waiting { until } = verdict.opening { until } else { None };
            let mut line = vec![Span::Strong(soak_name(view, &length.to_string(), at.as_ref()))];
            match (until, since) {
                (Some(until), Some(since)) => {
                    line.extend([
                        " over on ".into(),
                        Span::time(until),
                        "; there since ".into(),
                        Span::time(*since),
                    ]);
                }
                (Some(_), None) | (None, _) => line.push(match view.promotion.terms.after.len() {
                    0 | 1 => " starts once it is there".into(),
                    2 => " starts once it is in both".into(),
                    _ => " starts once it is in all of them".into(),
                }),
            }
            line
        }
        Gate::Check { name, state, page, unreadable } => {
            check(name, *state, (page.as_deref(), unreadable.as_deref()))
        }
        Gate::Approvals(count) => approvals(view, count),
        Gate::Lock { lock } => {
            let said = lock.map(|row| view.said(row)).unwrap_or_default();
            let mut line = vec![Span::strong("lock"), " of ".into(), somebody(&said)];
            if let Opening::Waiting { until: Some(until) } = verdict.opening {
                line.extend([" until ".into(), Span::time(until)]);
            }
            line.extend(said.reason.iter().flat_map(|why| [": ".into(), Span::Written(why.clone())]));
            line.extend([" · ".into(), Span::code(command(view, "unlock")), " lifts it".into()]);
            line
        }
        Gate::Slot { .. } => slot(view),
    }
}

/// That somebody holds it, as an entry of a list.
pub(super) fn held(view: &View) -> Vec<Span> {
    let mut line = vec!["⏸️ ".into()];
    line.extend(hold(view));
    line
}

/// Whether somebody could give an approval that counts.
pub(super) fn can_approve(view: &View) -> bool {
    let is_possible = |count: &Count| count.missing() > 0 && !count.is_hopeless();
    counts(view).any(is_possible)
}

fn hold(view: &View) -> Vec<Span> {
    let Some(held) = &view.promotion.held else { return vec![Span::strong("held")] };
    let said = view.said(held.row);
    let mut line =
        vec![Span::strong("held"), " by ".into(), somebody(&said), " since ".into(), Span::time(held.row.at)];
    line.extend(said.reason.iter().flat_map(|why| [": ".into(), Span::Written(why.clone())]));
    line
}

fn order(view: &View, before: &EnvironmentName) -> Vec<Span> {
    let version = &view.promotion.asked.version;
    vec![
        Span::Strong(vec![environment(before), " first:".into()]),
        " not there yet · ".into(),
        Span::code(format!("/release promote {before} v{version}")),
        " brings it there".into(),
    ]
}

/// "2 h in staging:".
fn soak_name(view: &View, length: &str, at: Option<&EnvironmentName>) -> Vec<Span> {
    let mut name = vec![Span::words(format!("{length} in "))];
    match at {
        Some(at) => name.push(environment(at)),
        None => {
            name.extend(joined(view.promotion.terms.after.iter().map(|one| vec![environment(one)]), "and"))
        }
    }
    name.push(":".into());
    name
}

fn check(
    name: &str,
    state: Option<ReportedState>,
    (page, unreadable): (Option<&str>, Option<&str>),
) -> Vec<Span> {
    let mut line = vec![Span::Strong(vec!["check ".into(), Span::code(name), ":".into()])];
    if let Some(why) = unreadable {
        line.push(" could not be read; I ask again by myself".into());
        line.extend(heard(Some(why)));
        return line;
    }
    line.push(
        match state {
            None => " not reported yet for this commit",
            Some(ReportedState::Queued) => " queued",
            Some(ReportedState::InProgress) => " running",
            Some(ReportedState::Inactive) => " gave no verdict",
            Some(ReportedState::Success) => " passed",
            Some(ReportedState::Failure) => " failed",
        }
        .into(),
    );
    line.extend(page.into_iter().flat_map(|page| link("result", page)));
    if state == Some(ReportedState::Failure) {
        line.push(" · run again, it counts once it passes".into());
    }
    line
}

/// " ([words](page))".
pub(super) fn link(words: &str, page: &str) -> [Span; 3] {
    [" (".into(), Span::Link { words: words.to_owned(), to: page.to_owned() }, ")".into()]
}

fn heard(why: Option<&str>) -> Vec<Span> {
    why.map(|why| [". ".into()].into_iter().chain(said_by_forge(why)).collect()).unwrap_or_default()
}

fn approvals(view: &View, count: &Count) -> Vec<Span> {
    let so_far = format!("approvals, {} of {}", count.given.len(), count.rule.count);
    let mut name = vec![Span::words(so_far)];
    if !count.rule.from.is_empty() {
        name.push(" from ".into());
        name.extend(covers::whom(&count.rule));
    }
    name.push(":".into());
    let mut line = vec![Span::Strong(name), " ".into()];
    if !count.given.is_empty() {
        let given = count.given.iter().map(|actor| vec![Span::Person(actor.login.clone())]);
        line.extend(joined(given, "and"));
        line.push(" yes · ".into());
    }
    line.extend(missing(view, count));
    line
}

/// Who could fill the places that are left: "missing: `carol` or `dan` (not `ana`, who asked)".
fn missing(view: &View, count: &Count) -> Vec<Span> {
    if let Some(untold) = &count.untold {
        let number = Span::words(format!("{} missing, and ", count.missing()));
        return std::iter::once(number).chain(nobody_counts(untold)).collect();
    }
    let could = match &count.could {
        Ok(could) => could,
        Err(why) => {
            let number = Span::words(format!("{} missing", count.missing()));
            let mut line = vec![number, "; who could say yes is not known".into()];
            line.extend(heard(Some(why)));
            return line;
        }
    };
    let logins: Vec<&str> = could.iter().map(|actor| actor.login.as_str()).collect();
    let mut line = vec![];
    if count.is_hopeless() {
        line.push(Span::words(format!("{} missing, and ", count.missing())));
        if !logins.is_empty() {
            line.push("only ".into());
        }
    } else {
        line.push("missing: ".into());
    }
    line.extend(whom_of(count.missing(), &logins));
    if count.is_hopeless() && !logins.is_empty() {
        line.push(" could say yes".into());
    }
    line.extend(excluded(view, count));
    if count.is_hopeless() && logins.len() >= count.missing() {
        line.push("; one person counts for one group only".into());
    }
    for lacking in count.lacking.iter().filter_map(shortage) {
        line.push(". ".into());
        line.extend(lacking);
        // Each of them is a whole sentence; the entry ends without its full stop.
        if let Some(Span::Words(words)) = line.last_mut() {
            words.truncate(words.trim_end_matches('.').len());
        }
    }
    if count.is_hopeless() {
        line.push(". Name more people in the policy file, or ask for fewer".into());
    }
    line
}

fn excluded(view: &View, count: &Count) -> Vec<Span> {
    let mut parts: Vec<Vec<Span>> = vec![];
    let asked = view.promotion.asked.by.and_then(|_| view.said(view.promotion.since).login);
    parts.extend(asked.map(|login| vec!["not ".into(), Span::Person(login), ", who asked".into()]));
    if count.rule.not_authors {
        parts.push(vec!["authors do not count".into()]);
    }
    if parts.is_empty() {
        return vec![];
    }
    let mut line = vec![" (".into()];
    line.extend(between(parts, "; "));
    line.extend(strangers(&count.strangers));
    line.push(")".into());
    line
}

/// S14: where it is not known who wrote it, anybody may have. Why, and what to do; without a full stop.
pub(in crate::domain::say) fn nobody_counts(untold: &Untold) -> Vec<Span> {
    let mut line: Vec<Span> = vec!["nobody's yes counts: authors do not, and ".into()];
    match untold {
        Untold::Silent => line.extend([Span::Forge, " does not tell who wrote all of it".into()]),
        Untold::Unread(why) => {
            line.push("who wrote all of it cannot be read. ".into());
            line.extend(said_by_forge(why));
        }
    }
    line.extend([
        ". I ask again with each approval that is sent here, and ".into(),
        Span::code("lockkeeper doctor"),
        " tells whoever runs me more. To go on without this rule, take ".into(),
        Span::code("not: [authors]"),
        " out of the policy file".into(),
    ]);
    line
}

/// Names on commits that nobody here answers to: they are not counted, so they are named.
fn strangers(names: &[String]) -> Vec<Span> {
    if names.is_empty() {
        return vec![];
    }
    // A name on a commit is no login, even where somebody's login reads the same.
    let quoted = |name: &String| vec!["\"".into(), Span::Written(name.clone()), "\"".into()];
    let listed = names.iter().take(PEOPLE_LISTED).map(quoted);
    let more = names.len().saturating_sub(PEOPLE_LISTED);
    let more = (more > 0).then(|| vec![Span::words(format!("{more} more"))]);
    let mut line = vec!["; commits also name ".into()];
    line.extend(joined(listed.chain(more), "and"));
    line.push(", which I can match to no account".into());
    line
}

/// So many of these people: "`carol` or `dan`", "2 of `carol`, `dan`, `eve`", "`carol` and `dan`".
pub(in crate::domain::say) fn whom_of(count: usize, logins: &[&str]) -> Vec<Span> {
    let named = logins.iter().take(PEOPLE_LISTED).map(|login| vec![Span::Person((*login).to_owned())]);
    let more = logins.len().saturating_sub(PEOPLE_LISTED);
    let more = (more > 0).then(|| vec![Span::words(format!("{more} more"))]);
    if logins.is_empty() {
        return vec!["nobody is left who could give it".into()];
    }
    if count >= logins.len() {
        return joined(named.chain(more), "and");
    }
    let mut line = if count > 1 { vec![Span::words(format!("{count} of "))] } else { vec![] };
    line.extend(joined(named.chain(more), "or"));
    line
}

fn slot(view: &View) -> Vec<Span> {
    let Some((id, version)) = &view.in_the_way else {
        return vec![
            Span::strong("another promotion first:"),
            " it has the environment until it ends".into(),
        ];
    };
    vec![
        Span::Strong(vec![Span::words(format!("{id} first:"))]),
        " ".into(),
        release(version),
        Span::words(format!(" has the environment until {id} ends · ")),
        Span::code(format!("/release abort {id}")),
        " ends it".into(),
    ]
}

/// All open gates on one line; `None` where none is worth a word.
pub(super) fn open_ones(view: &View) -> Option<Vec<Span>> {
    let open: Vec<&Gate> = view.verdicts.iter().filter(|it| it.is_open()).map(|it| &it.gate).collect();
    let mut parts: Vec<Vec<Span>> = vec![];
    parts.extend(open.iter().filter_map(|gate| passed(view, gate)));
    let checks: Vec<Vec<Span>> = open.iter().filter_map(|gate| open_check(gate)).collect();
    if !checks.is_empty() {
        let mut part = vec![if checks.len() == 1 { "check ".into() } else { "checks ".into() }];
        part.extend(joined(checks, "and"));
        parts.push(part);
    }
    let has = |wanted: fn(&&Gate) -> bool| open.iter().copied().any(|gate| wanted(&gate));
    let free: Vec<Vec<Span>> = [
        has(|gate| matches!(gate, Gate::Lock { .. })).then(|| vec!["no lock".into()]),
        has(|gate| matches!(gate, Gate::Slot { .. })).then(|| vec!["nothing else on its way there".into()]),
    ]
    .into_iter()
    .flatten()
    .collect();
    if !free.is_empty() {
        parts.push(joined(free, "and"));
    }
    let mut line: Vec<Span> = vec!["✅ ".into()];
    line.extend(apart(parts.clone()));
    (!parts.is_empty()).then_some(line)
}

fn passed(view: &View, gate: &Gate) -> Option<Vec<Span>> {
    match gate {
        Gate::Order { environment: before, .. } => Some(vec![environment(before), " first".into()]),
        Gate::Soak { length, environment: at, .. } => {
            let mut name = soak_name(view, &length.to_string(), at.as_ref());
            name.pop();
            Some(name)
        }
        Gate::Approvals(count) => {
            let mut line =
                vec![Span::words(counted(count.given.len(), "approval", "approvals")), " (".into()];
            line.extend(joined(
                count.given.iter().map(|actor| vec![Span::Person(actor.login.clone())]),
                "and",
            ));
            line.push(")".into());
            Some(line)
        }
        Gate::Check { .. }
        | Gate::Lock { .. }
        | Gate::Slot { .. }
        | Gate::Hold { .. }
        | Gate::Described
        | Gate::Readable { .. }
        | Gate::Allowed { .. } => None,
    }
}

fn open_check(gate: &Gate) -> Option<Vec<Span>> {
    if let Gate::Check { name, .. } = gate { Some(vec![Span::code(name.clone())]) } else { None }
}

/// What a first line says of a gate that is not open: "1 approval", "staging", "check `e2e`". `None` where it only takes time.
pub(super) fn wanted(view: &View, verdict: &Verdict) -> Option<Vec<Span>> {
    Some(match &verdict.gate {
        Gate::Hold { .. } | Gate::Described | Gate::Allowed { .. } => return None,
        Gate::Readable { .. } => vec!["an answer of ".into(), Span::Forge],
        Gate::Order { environment: before, .. } => vec![environment(before)],
        Gate::Soak { length, environment: at, .. } => {
            // Its time begins when the gates of the order open, and they are named already.
            let is_named = matches!(verdict.opening, Opening::Waiting { until: Some(_) })
                || view.verdicts.iter().any(|it| !it.is_open() && matches!(it.gate, Gate::Order { .. }));
            if is_named {
                return None;
            }
            let mut name = soak_name(view, &length.to_string(), at.as_ref());
            name.pop();
            name
        }
        Gate::Check { name, .. } => vec!["check ".into(), Span::code(name.clone())],
        Gate::Approvals(_) => {
            // All groups together, once.
            let is_one = |it: &&Verdict| !it.is_open() && matches!(it.gate, Gate::Approvals(_));
            let first = view.verdicts.iter().find(is_one)?;
            if !std::ptr::eq(first, verdict) {
                return None;
            }
            vec![Span::words(counted(super::still_missing(view), "approval", "approvals"))]
        }
        Gate::Lock { lock } => {
            vec!["the lock of ".into(), somebody(&lock.map(|row| view.said(row)).unwrap_or_default())]
        }
        Gate::Slot { taken_by } => {
            vec![taken_by.map_or_else(|| "another promotion".into(), |id| Span::words(id.to_string()))]
        }
    })
}

/// What a first line says of a gate that nothing will open by itself.
pub(super) fn shut(view: &View, gate: &Gate) -> Vec<Span> {
    match gate {
        Gate::Described => vec!["the policy does not let me deploy there".into()],
        Gate::Allowed { bar: Some(Bar::Withdrawn) } => vec!["it was withdrawn".into()],
        Gate::Allowed { bar: Some(Bar::Held) | None } => vec!["it is held".into()],
        Gate::Check { name, .. } => vec!["check ".into(), Span::code(name.clone()), " failed".into()],
        Gate::Approvals(_) => vec!["too few people could approve it".into()],
        Gate::Hold { .. }
        | Gate::Readable { .. }
        | Gate::Order { .. }
        | Gate::Soak { .. }
        | Gate::Lock { .. }
        | Gate::Slot { .. } => {
            let mut line = vec!["something keeps ".into()];
            line.extend(subject(view));
            line
        }
    }
}

/// What begins by itself once all is open; nothing where there is nothing to say of it.
pub(super) fn then(view: &View) -> Vec<Span> {
    let promotion = &view.promotion;
    let is_open = view.verdicts.iter().all(Verdict::is_open);
    let mut line: Vec<Span> = vec![];
    line.extend((!is_open).then_some("Starts by itself once all of this is open".into()));
    if !way::is_plain(promotion) {
        line.push(if is_open { "First ".into() } else { ": ".into() });
        line.extend(way::steps(promotion, 0));
        line.extend(way::watched(promotion));
    } else if !is_open && !promotion.terms.bake.is_zero() {
        line.push(Span::words(format!(", and is then watched for {}", promotion.terms.bake)));
    }
    if !line.is_empty() {
        line.push(".".into());
    }
    line
}
