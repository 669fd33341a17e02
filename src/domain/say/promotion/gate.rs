//! Each gate in words: what it waits for, and who or what opens it. Whether it is open is `gate`'s question.

use super::way;
use super::{apart, command, covers, subject};
use crate::domain::gate::approval::Count;
use crate::domain::gate::{Gate, Opening, Verdict};
use crate::domain::id::EnvironmentName;
use crate::domain::promotion::view::View;
use crate::domain::query::ReportedState;
use crate::domain::say::{Span, counted, environment, joined, release, somebody};

/// How many people are named where many could act.
pub(in crate::domain::say) const PEOPLE_NAMED: usize = 10;

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
                vec![Span::strong("the forge"), " could not be read; asked again by itself".into()];
            line.extend(said_by_forge(why.as_deref()));
            line
        }
        Gate::Allowed { .. } => vec![
            Span::Strong(vec![release(&asked.version), " is held or withdrawn".into()]),
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
                        " over at ".into(),
                        Span::time(until),
                        "; there since ".into(),
                        Span::time(*since),
                    ]);
                }
                (Some(_), None) | (None, _) => line.push(" begins when it is there".into()),
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
            line.extend([" · given back with ".into(), Span::code(command(view, "unlock"))]);
            line
        }
        Gate::Slot { .. } => slot(view),
    }
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
        " not there yet · brought there with ".into(),
        Span::code(format!("/release promote {before} v{version}")),
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
        line.push(" could not be read; asked again by itself".into());
        line.extend(said_by_forge(Some(why)));
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
        line.push(" · counts again once it is run again and passes".into());
    }
    line
}

/// " ([words](page))".
pub(super) fn link(words: &str, page: &str) -> [Span; 3] {
    [" (".into(), Span::Link { words: words.to_owned(), to: page.to_owned() }, ")".into()]
}

fn said_by_forge(why: Option<&str>) -> Vec<Span> {
    why.map(|why| vec![". It said: ".into(), Span::Written(why.to_owned())]).unwrap_or_default()
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

/// Who could fill the places that are left: "missing: one of `carol`, `dan` (not `ana`, who asked)".
fn missing(view: &View, count: &Count) -> Vec<Span> {
    let could = match &count.could {
        Ok(could) => could,
        Err(why) => {
            let mut line = vec![
                Span::words(format!("{} missing", count.missing())),
                "; who could say yes is not known".into(),
            ];
            line.extend(said_by_forge(Some(why)));
            return line;
        }
    };
    let mut line = if count.is_hopeless() {
        too_few(count)
    } else {
        let mut line = vec!["missing: ".into()];
        line.extend(whom_of(
            count.missing(),
            &could.iter().map(|actor| actor.login.as_str()).collect::<Vec<_>>(),
        ));
        line
    };
    line.extend(excluded(view, count));
    line
}

fn too_few(count: &Count) -> Vec<Span> {
    let could = count.could.as_deref().unwrap_or_default();
    let mut line = vec![Span::words(format!("{} missing, and ", count.missing()))];
    if could.is_empty() {
        line.push("nobody is left who could say yes".into());
    } else {
        line.push("only ".into());
        line.extend(joined(could.iter().map(|actor| vec![Span::Person(actor.login.clone())]), "and"));
        line.push(" could say yes".into());
    }
    line.push(". Name more people in the policy file, or ask for fewer".into());
    line
}

fn excluded(view: &View, count: &Count) -> Vec<Span> {
    let mut parts: Vec<Vec<Span>> = vec![];
    let asked = view.promotion.asked.by.and_then(|_| view.said(view.promotion.since).login);
    parts.extend(asked.map(|login| vec![Span::Person(login), ", who asked".into()]));
    if count.rule.not_authors {
        parts.push(vec!["the authors of its changes".into()]);
    }
    if parts.is_empty() {
        return vec![];
    }
    let mut line = vec![" (not ".into()];
    line.extend(joined(parts, "nor"));
    if count.authors_unknown {
        line.push("; not all of them are known".into());
    }
    line.push(")".into());
    line
}

/// So many of these people: "`carol`", "one of `carol`, `dan`", "2 of `carol`, `dan`, `eve`", "`carol` and `dan`".
pub(in crate::domain::say) fn whom_of(count: usize, logins: &[&str]) -> Vec<Span> {
    let named = logins.iter().take(PEOPLE_NAMED).map(|login| vec![Span::Person((*login).to_owned())]);
    if count == logins.len() && count <= PEOPLE_NAMED {
        return joined(named, "and");
    }
    let mut line = vec![if count == 1 { "one of ".into() } else { Span::words(format!("{count} of ")) }];
    let more = logins.len().saturating_sub(PEOPLE_NAMED);
    let last = if more > 0 { "and" } else { "or" };
    let more = (more > 0).then(|| vec![Span::words(format!("{more} more"))]);
    line.extend(joined(named.chain(more), last));
    line
}

fn slot(view: &View) -> Vec<Span> {
    let mut line = match &view.in_the_way {
        Some((id, version)) => {
            vec![Span::Strong(vec![Span::words(format!("{id} first:"))]), " ".into(), release(version)]
        }
        None => vec![Span::strong("another promotion first:"), " it".into()],
    };
    line.extend([" is on its way to ".into(), environment(&view.promotion.asked.environment)]);
    line.push(" or stands there unfinished".into());
    line
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
        Gate::Readable { .. } => vec!["an answer of the forge".into()],
        Gate::Order { environment: before, .. } => vec![environment(before)],
        Gate::Soak { length, environment: at, .. } => {
            if let Opening::Waiting { until: Some(_) } = verdict.opening {
                return None;
            }
            let mut name = soak_name(view, &length.to_string(), at.as_ref());
            name.pop();
            name
        }
        Gate::Check { name, .. } => vec!["check ".into(), Span::code(name.clone())],
        Gate::Approvals(count) => vec![Span::words(counted(count.missing(), "approval", "approvals"))],
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
        Gate::Allowed { .. } => vec!["it is held or withdrawn".into()],
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

/// The targets that a wave would bring next, for the sentence on what begins by itself.
pub(super) fn then(view: &View) -> Vec<Span> {
    let promotion = &view.promotion;
    let mut line: Vec<Span> = vec!["Starts by itself once all of this is open".into()];
    if !way::is_plain(promotion) {
        line.push(": ".into());
        line.extend(way::steps(promotion, 0));
    }
    line.extend(way::watched(promotion));
    line.push(".".into());
    line
}
