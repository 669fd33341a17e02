//! What is told of a promotion from its record: its steps one by one, what it covers, what it waits for. What its panel says is the panel's.

use super::{Block, Span, Text, counted, environment, released};
use crate::domain::id::ActorId;
use crate::domain::place::Thread;
use crate::domain::promotion::chronicle::{Chronicle, Due, Entry, Order, Standing};
use crate::domain::promotion::model::{AttemptStage, Ended, Kind, Stage, Target};
use crate::domain::promotion::step::{ApprovalEnd, Step};
use crate::domain::timer::Alarm;

/// Why a promotion stands where it stands: what was asked for, what its panel says, what happened, what it waits for.
pub fn explain(told: &Chronicle) -> Text {
    let mut blocks = vec![Block::Line(vec![Span::Strong(headline(told))]), Block::Line(asked(told))];
    blocks.extend(panel(told));
    let section = |title: &str, entries: Vec<Vec<Span>>| {
        let shown = !entries.is_empty();
        shown.then(|| [Block::Heading(vec![Span::words(title)]), Block::List(entries)]).into_iter().flatten()
    };
    blocks.extend(section("Its revisions", covers(told)));
    let steps = told.entries.iter().filter_map(|entry| Some(dated(entry, step(told, entry)?)));
    blocks.extend(section("What happened", steps.collect()));
    blocks.extend(section(
        "When it is looked at again",
        told.alarms.iter().map(|due| alarm(told, due)).collect(),
    ));
    blocks.extend(section("Orders on their way, refused or lost", told.orders.iter().map(order).collect()));
    Text(blocks)
}

/// `v1.5.0 → production (p7.1) waits`.
pub fn headline(told: &Chronicle) -> Vec<Span> {
    let mut line = subject(told);
    line.push(Span::words(format!(" ({}) {}", told.name(), standing(told))));
    line
}

/// `v1.5.0 → production`; of a rollback `production back to v1.4.2`.
pub fn subject(told: &Chronicle) -> Vec<Span> {
    let asked = &told.asked;
    let (version, environment) = (released(asked), environment(&asked.environment));
    match asked.kind {
        Kind::Rollback => vec![environment, " back to ".into(), version],
        Kind::Normal => vec![version, " → ".into(), environment],
    }
}

/// How far it is, in a word or two.
pub fn standing(told: &Chronicle) -> &'static str {
    match (&told.open, told.ended()) {
        (Some(open), _) if open.held.is_some() => "is held",
        (Some(open), _) => match open.stage {
            Stage::Waiting => "waits",
            Stage::Rolling { .. } => "is on its way",
            Stage::Failed { .. } => "failed and keeps its place",
            Stage::Aborting { .. } => "is being stopped",
        },
        (None, Some(how)) => ended(how),
        (None, None) => "is over",
    }
}

/// How it ended.
pub fn ended(how: Ended) -> &'static str {
    match how {
        Ended::Succeeded => "is there",
        Ended::Rejected => "was rejected",
        Ended::Superseded => "gave way to a newer one",
        Ended::Cancelled => "was called off before it began",
        Ended::Expired => "waited too long and lapsed",
        Ended::Aborted => "was stopped on its way",
        Ended::RolledBack => "failed, and the release before is back",
    }
}

/// Who asked for what, when and where.
pub fn asked(told: &Chronicle) -> Vec<Span> {
    let asked = &told.asked;
    let mut line = vec!["Asked by ".into()];
    line.push(asked.by.map_or_else(|| "the policy".into(), |by| person(told, by)));
    if let Some(first) = told.entries.first() {
        line.extend([", ".into(), Span::time(first.row.at)]);
    }
    if let Some(comment) = &asked.comment {
        line.extend([", on ".into(), thread(comment.thread)]);
    }
    line.extend([" · commit ".into(), Span::Commit(asked.commit.clone()), ", tag ".into()]);
    line.push(Span::code(asked.tag.as_str()));
    line.push(match &asked.replaces {
        Some(replaced) => Span::words(format!(" · replaces v{replaced}")),
        None => " · the first release there".into(),
    });
    line
}

fn panel(told: &Chronicle) -> Vec<Block> {
    let Some(panel) = &told.panel else {
        return vec![Block::Line(vec!["Its panel was not drawn yet.".into()])];
    };
    let mut title = vec!["What its panel says, drawn ".into(), Span::time(panel.drawn_at)];
    title.extend((!panel.is_shown).then(|| ", not shown by the forge yet".into()));
    let mut blocks = vec![Block::Heading(title)];
    blocks.extend(panel.text.0.iter().cloned());
    blocks
}

fn thread(thread: Thread) -> Span {
    match thread {
        Thread::Change(number) => Span::Change(number),
        Thread::Issue(number) => Span::Issue(number),
    }
}

/// An account by its login, where one of the rows names it.
fn person(told: &Chronicle, who: ActorId) -> Span {
    match told.login(who) {
        Some(login) => Span::Person(login.to_owned()),
        None => Span::words(format!("account {}", who.0)),
    }
}

/// What each revision covers, since when, and what made it another.
pub fn covers(told: &Chronicle) -> Vec<Vec<Span>> {
    told.entries.iter().filter_map(|entry| revision(told, entry)).collect()
}

fn revision(told: &Chronicle, entry: &Entry) -> Option<Vec<Span>> {
    let (revision, terms, changed) = match &entry.step {
        Step::PromotionAsked { terms, .. } => (1, terms, None),
        Step::TermsChanged { name, terms, fields } => (name.revision, terms, Some(fields.join(", "))),
        _ => return None,
    };
    let waves: Vec<String> = terms.waves.iter().map(|wave| wave_words(wave)).collect();
    let mut line = vec![
        Span::code(format!("{}.{revision}", told.asked.id)),
        " since ".into(),
        Span::time(entry.row.at),
        Span::words(format!(": {} · digest ", waves.join(", then "))),
        Span::code(format!("{}…", terms.digest.short())),
    ];
    line.extend(changed.map(|changed| Span::words(format!(" · what changed: {changed}"))));
    Some(line)
}

fn wave_words(wave: &[Target]) -> String {
    let names: Vec<String> = wave.iter().map(target).collect();
    names.join(" and ")
}

fn target(target: &Target) -> String {
    target.as_ref().map_or_else(|| "the environment as a whole".to_owned(), ToString::to_string)
}

fn dated(entry: &Entry, words: Vec<Span>) -> Vec<Span> {
    let mut line = vec![Span::time(entry.row.at), ": ".into()];
    line.extend(words);
    line
}

/// What happened in one row, by whom and why; `None`: nothing that people need.
pub fn step(told: &Chronicle, entry: &Entry) -> Option<Vec<Span>> {
    let mut line = happened(told, entry)?;
    if let Some(reason) = entry.text("reason").or_else(|| entry.text("meaning")) {
        line.extend([": ".into(), Span::Written(reason.to_owned())]);
    }
    Some(line)
}

fn happened(told: &Chronicle, entry: &Entry) -> Option<Vec<Span>> {
    let by = |words: &str| vec![doer(told, entry), Span::words(format!(" {words}"))];
    let words = |words: String| Some(vec![Span::Words(words)]);
    Some(match &entry.step {
        Step::PromotionAsked { asked, .. } => {
            let who = asked.by.map_or_else(|| "the policy".into(), |by| person(told, by));
            vec![who, Span::words(format!(" asked for it, as {}", asked.id))]
        }
        Step::TermsChanged { name, fields, .. } => {
            let changed = fields.join(", ");
            return words(format!("it became {name}, all approvals are void: {changed} changed"));
        }
        Step::ApprovalGiven { name, by } => {
            vec![person(told, *by), Span::words(format!(" approved {name}"))]
        }
        Step::ApprovalEnded { by, because, .. } => approval_ended(person(told, *by), *because),
        Step::ApproversAsked { name, people, again } => {
            let asked = if *again { "reminded" } else { "asked" };
            return words(format!(
                "{} to approve {name} were {asked}",
                counted(people.len(), "person", "people")
            ));
        }
        Step::PromotionHeld { .. } => by("held it"),
        Step::PromotionResumed { .. } => by("let it go on"),
        Step::WaveStarted { wave, targets, .. } => {
            let (number, targets) = (wave + 1, wave_words(targets));
            if !is_begun_before(told, entry, *wave) {
                return words(format!("wave {number} begins: {targets}"));
            }
            by(&format!("tried wave {number} again: {targets}"))
        }
        Step::AttemptMoved { attempt, to, page, .. } => moved(told, (entry, *attempt), *to, page.as_deref()),
        Step::AttemptUnclaimed { attempt, .. } => {
            return words(format!("{}: nobody picked it up in time", tried(told, entry, *attempt)));
        }
        Step::WaveBaking { until, .. } => {
            vec!["every target of the wave is there; it is watched until ".into(), Span::time(*until)]
        }
        Step::PromotionFailed { .. } => return words("it failed; nothing goes on by itself".to_owned()),
        Step::AbortBegun { .. } => by("stopped it"),
        Step::PromotionEnded { how: Ended::Rejected, .. } => by("rejected it"),
        Step::PromotionEnded { how: Ended::Cancelled, .. } if entry.text("login").is_some() => {
            by("called it off")
        }
        Step::PromotionEnded { how, .. } => return words(format!("it {}", ended(*how))),
        Step::PanelShown { .. } => return first_shown(told, entry),
        Step::PanelDrawn { .. } => return None,
    })
}

fn is_begun_before(told: &Chronicle, entry: &Entry, number: usize) -> bool {
    let before = told.entries.iter().take_while(|other| other.row.seq < entry.row.seq);
    let begun = |other: &Entry| matches!(&other.step, Step::WaveStarted { wave, .. } if *wave == number);
    before.into_iter().any(begun)
}

fn doer(told: &Chronicle, entry: &Entry) -> Span {
    match (entry.text("login"), entry.actor) {
        (Some(login), _) => Span::Person(login.to_owned()),
        (None, Some(actor)) => person(told, actor),
        (None, None) => "somebody".into(),
    }
}

fn approval_ended(giver: Span, because: ApprovalEnd) -> Vec<Span> {
    match because {
        ApprovalEnd::TakenBack => vec![giver, " took their approval back".into()],
        ApprovalEnd::Lapsed => vec!["the approval of ".into(), giver, " lapsed".into()],
        ApprovalEnd::NoLongerEntitled => {
            vec!["the approval of ".into(), giver, " counts no more: they may not approve any longer".into()]
        }
    }
}

fn moved(
    told: &Chronicle,
    (entry, attempt): (&Entry, u32),
    to: AttemptStage,
    page: Option<&str>,
) -> Vec<Span> {
    let words = match to {
        AttemptStage::Created => "is ordered",
        AttemptStage::Dispatched => "has reached the forge",
        AttemptStage::InProgress => "is being deployed",
        AttemptStage::Succeeded => "is there",
        AttemptStage::Failed => "failed",
        AttemptStage::TimedOut => "took too long",
        AttemptStage::Lost => "is lost: nobody can say whether it began",
        AttemptStage::Cancelled => "was called off",
    };
    let mut line = vec![Span::words(format!("{} {words}", tried(told, entry, attempt)))];
    if let Some(page) = page {
        line.extend([" (".into(), Span::Link { words: "page".to_owned(), to: page.to_owned() }, ")".into()]);
    }
    line
}

/// An attempt by its target, with its number where it is not the first of that target.
fn tried(told: &Chronicle, until: &Entry, attempt: u32) -> String {
    let begun = told.entries.iter().take_while(|entry| entry.row.seq <= until.row.seq);
    let targets: Vec<&Target> = begun
        .filter_map(|entry| match &entry.step {
            Step::WaveStarted { targets, .. } => Some(targets),
            _ => None,
        })
        .flatten()
        .collect();
    let Some(tried) = (attempt as usize).checked_sub(1).and_then(|at| targets.get(at)) else {
        return format!("attempt {attempt}");
    };
    let before = targets.iter().take(attempt as usize - 1).filter(|other| other == &tried).count();
    let name = tried.as_ref().map_or_else(|| told.asked.environment.to_string(), ToString::to_string);
    if before == 0 { name } else { format!("{name}, attempt {},", before + 1) }
}

/// That people can see a revision: their bare yes counts for it from then on. Later drawings of the same one are left out.
fn first_shown(told: &Chronicle, shown: &Entry) -> Option<Vec<Span>> {
    let revision_of = |drawing: u32| {
        told.entries.iter().find_map(|entry| match &entry.step {
            Step::PanelDrawn { name, drawing: drawn, .. } if *drawn == drawing => Some(*name),
            _ => None,
        })
    };
    let drawing = |entry: &Entry| match &entry.step {
        Step::PanelShown { drawing, .. } => Some(*drawing),
        _ => None,
    };
    let name = revision_of(drawing(shown)?)?;
    let before = told.entries.iter().take_while(|entry| entry.row.seq < shown.row.seq);
    let is_first = before.filter_map(drawing).all(|drawing| revision_of(drawing) != Some(name));
    is_first.then(|| vec![Span::words(format!("the panel shows {name}"))])
}

/// When it is looked at again, and what for.
pub fn alarm(told: &Chronicle, due: &Due) -> Vec<Span> {
    let given = told.entries.iter().find(|entry| entry.row.seq == due.number);
    let what = match due.what {
        Alarm::Expiry => "it lapses unless it has begun".to_owned(),
        Alarm::Soak => "it has been long enough in the environment before".to_owned(),
        Alarm::Lock => "the lock of the environment is over".to_owned(),
        Alarm::Reminder => "whoever can approve is reminded".to_owned(),
        Alarm::Lapse => {
            let giver = given.map_or_else(|| "somebody".into(), |given| doer(told, given));
            return vec![Span::time(due.at), ": the approval of ".into(), giver, " lapses".into()];
        }
        Alarm::Claim => format!("attempt {} should have been picked up", due.number),
        Alarm::Poll => format!("the forge is asked about attempt {}", due.number),
        Alarm::Timeout => format!("attempt {} has taken too long", due.number),
        Alarm::Bake => "the wave was watched long enough".to_owned(),
        Alarm::Abort => "what was called off counts as over".to_owned(),
    };
    vec![Span::time(due.at), Span::words(format!(": {what}"))]
}

/// An order that has not come to a good end.
pub fn order(order: &Order) -> Vec<Span> {
    let mut line = vec![
        Span::code(order.kind.clone()),
        " for ".into(),
        Span::code(order.subject.clone()),
        " of ".into(),
        Span::time(order.since),
    ];
    let begun = counted(order.attempts as usize, "attempt", "attempts");
    match order.standing {
        Standing::Waiting { .. } if order.attempts == 0 => line.push(": waits to be sent".into()),
        Standing::Waiting { until } => {
            line.extend([
                Span::words(format!(": tried again after {begun}, not before ")),
                Span::time(until),
            ]);
        }
        Standing::Sending => line.push(Span::words(format!(": being sent, {begun}"))),
        Standing::Refused => line.push(": the forge refused".into()),
        Standing::Lost => line.push(": lost, nobody can say whether it happened".into()),
    }
    if let Some(heard) = &order.heard {
        line.extend([". Heard last: ".into(), Span::Written(heard.clone())]);
    }
    line
}

#[cfg(test)]
mod tests;
