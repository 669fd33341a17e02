//! How a promotion ended: its last comment, and its panel once it is closed. What follows from the end is `promotion`'s business.

use super::{
    approved_by, ask_again, asker, attempt, back_to, covers, first, fits, ignored, since, small_print, way,
};
use crate::domain::policy::environment::Seconds;
use crate::domain::promotion::view::{Cancellation, Ending, Said, View};
use crate::domain::say::{Block, Span, Text, environment, reason, release, released, somebody};
use crate::domain::state::slot::WayBack;

/// The panel once it is over.
pub fn closed_panel(view: &View, ending: &Ending) -> Text {
    let mut blocks = vec![Block::Line(headline(view, ending))];
    let outcomes: Vec<Vec<Span>> =
        view.promotion.wave().map(|wave| attempt::outcomes(view, wave)).unwrap_or_default();
    if !outcomes.is_empty() {
        blocks.push(Block::List(outcomes));
    }
    blocks.extend(cause(ending));
    let began = matches!(ending, Ending::Succeeded | Ending::Aborted(_) | Ending::RolledBack { .. });
    blocks.extend(approved_by(view).filter(|_| began).map(|mut line| {
        line[0] = "Approved by ".into();
        Block::Line(line)
    }));
    blocks.extend(ignored::fold(view));
    blocks.push(covers::covered(view));
    blocks.push(small_print(view, None));
    Text(blocks)
}

/// It is over, one way or another: a comment of its own.
pub fn ended(view: &View, ending: &Ending) -> Text {
    let mut blocks = vec![Block::Line(headline(view, ending))];
    blocks.extend(cause(ending));
    blocks.extend(match ending {
        Ending::Succeeded if view.promotion.is_rollback() => came_back(view),
        Ending::Succeeded => arrived(view),
        Ending::Rejected(_) => nothing_went(view, "Once that is settled, ask again:"),
        Ending::Superseded { by, asks, .. } => {
            let own = format!(" Approvals do not carry over: {by} asks for its own.");
            let mut line = vec!["Nothing of it was deployed.".into()];
            line.extend(asks.then_some(Span::Words(own)));
            vec![Block::Line(line)]
        }
        Ending::Cancelled(Cancellation::Asked(_)) => nothing_went(view, "To ask again:"),
        Ending::Cancelled(Cancellation::TagMoved { to }) => tag_moved(view, to.as_ref()),
        Ending::Cancelled(Cancellation::Withdrawn) => withdrawn(),
        Ending::Expired => nothing_went(view, "If it is still wanted, ask again:"),
        Ending::Aborted(_) => not_known(view),
        Ending::RolledBack { .. } => vec![Block::Line(vec![
            released(&view.promotion.asked),
            " is held there until ".into(),
            Span::code(format!("/release resume v{}", view.promotion.asked.version)),
        ])],
    });
    Text(blocks)
}

fn headline(view: &View, ending: &Ending) -> Vec<Span> {
    match ending {
        Ending::Succeeded => succeeded(view),
        Ending::Rejected(said) => first("❌", view, [" is rejected by ".into(), somebody(said)]),
        Ending::Superseded { by, version, .. } => {
            let end = Span::words(format!(" is asked for instead, as {by}"));
            first("⏹️", view, [" ends here: ".into(), release(version), end])
        }
        Ending::Cancelled(Cancellation::Asked(said)) => {
            first("⏹️", view, [" is called off by ".into(), somebody(said)])
        }
        Ending::Cancelled(Cancellation::TagMoved { .. }) => {
            first("❌", view, [" is called off: its tag is not where it was".into()])
        }
        Ending::Cancelled(Cancellation::Withdrawn) => {
            first("⏹️", view, [" is called off: the release was withdrawn".into()])
        }
        Ending::Expired => {
            first("⏹️", view, [" lapsed; it had waited since ".into(), Span::time(view.promotion.since.at)])
        }
        Ending::Aborted(said) => {
            let end = "; what runs there now is not known";
            first("⏹️", view, [" is stopped by ".into(), somebody(said), end.into()])
        }
        Ending::RolledBack { to } => {
            first("↩️", view, [" failed, and ".into(), release(to), " is back there".into()])
        }
    }
}

/// "✅ staging runs v1.5.0 since …"; "✅ production is back on v1.4.2 since …".
fn succeeded(view: &View) -> Vec<Span> {
    let asked = &view.promotion.asked;
    let verb = if view.promotion.is_rollback() { " is back on " } else { " runs " };
    let said = vec!["✅ ".into(), environment(&asked.environment), verb.into(), released(asked)];
    let line = vec![Span::Strong(said), " since ".into(), Span::time(view.now)];
    if !view.promotion.is_rollback() {
        return line;
    }
    let took = view.now.duration_since(view.promotion.since.at).as_secs().unsigned_abs();
    // Seconds say nothing once it took minutes.
    let took = Seconds(if took < 60 { took } else { took - took % 60 });
    let mut whole = line.clone();
    whole.extend([Span::words(format!(", {took} after ")), asker(view), " asked".into()]);
    if fits(&whole) { whole } else { line }
}

fn cause(ending: &Ending) -> Option<Block> {
    match ending {
        Ending::Rejected(said) | Ending::Aborted(said) | Ending::Cancelled(Cancellation::Asked(said)) => {
            reason(said)
        }
        Ending::Succeeded
        | Ending::Superseded { .. }
        | Ending::Cancelled(Cancellation::TagMoved { .. } | Cancellation::Withdrawn)
        | Ending::Expired
        | Ending::RolledBack { .. } => None,
    }
}

fn arrived(view: &View) -> Vec<Block> {
    let promotion = &view.promotion;
    let mut line: Vec<Span> = vec!["Asked for by ".into(), asker(view)];
    if !way::is_plain(promotion) {
        line.push(" · on ".into());
        let all: Vec<_> = promotion.terms.waves.iter().flatten().cloned().collect();
        line.extend(way::targets(promotion, &all));
    }
    let since = since(view);
    line.extend((!since.is_empty()).then(|| " · ".into()));
    line.extend(since);
    let mut blocks = vec![Block::Line(line)];
    match view.next.as_slice() {
        [] => {}
        [next] => {
            blocks.push(Block::Line(vec!["Next: ".into(), environment(next)]));
            blocks.push(Block::Command(format!("/release promote {next} v{}", promotion.asked.version)));
        }
        several => {
            let each = several.iter().map(|next| {
                vec![
                    environment(next),
                    ": ".into(),
                    Span::code(format!("/release promote {next} v{}", promotion.asked.version)),
                ]
            });
            blocks.push(Block::Line(vec!["Next:".into()]));
            blocks.push(Block::List(each.collect()));
        }
    }
    blocks.extend(super::panel::go_back(view, "Back to "));
    blocks
}

fn came_back(view: &View) -> Vec<Block> {
    let mut blocks = vec![];
    blocks.extend(reason(&view.said(view.promotion.since)));
    blocks.push(Block::List(left_by_rollback(view, called)));
    let mut rest = vec!["Nothing needs you now.".into()];
    rest.extend(
        view.follow_up
            .into_iter()
            .flat_map(|issue| [" What happened, and where to write down why: ".into(), Span::Issue(issue)]),
    );
    blocks.push(Block::Line(rest));
    blocks
}

/// What a rollback leaves: where it is, what is held, what it did not undo, whose lock it passed over.
pub(in crate::domain::say) fn left_by_rollback(view: &View, owner: fn(&Said) -> Span) -> Vec<Vec<Span>> {
    let promotion = &view.promotion;
    let asked = &promotion.asked;
    let mut entries = vec![];
    if !way::is_plain(promotion) {
        let all: Vec<_> = promotion.terms.waves.iter().flatten().cloned().collect();
        let mut line = way::targets(promotion, &all);
        line.push(if all.len() == 1 { " is back".into() } else { " are back".into() });
        entries.push(line);
    }
    if let Some(replaced) = asked.replaces.as_ref().filter(|replaced| **replaced != asked.version) {
        entries.push(vec![
            release(replaced),
            " is held: nothing deploys it to ".into(),
            environment(&asked.environment),
            " again until ".into(),
            Span::code(format!("/release resume v{replaced}")),
        ]);
        entries.push(vec![
            "Not undone: data. What ".into(),
            release(replaced),
            " wrote or migrated stays".into(),
        ]);
    }
    if asked.replaces.is_none() {
        // Nobody could say what ran there; whatever did may have written.
        entries.push(vec!["Not undone: data. What was written or migrated there since stays".into()]);
    }
    if let Some(row) = view.passed_over {
        entries.push(vec!["The lock of ".into(), owner(&view.said(row)), " was passed over".into()]);
    }
    entries
}

/// The owner of a lock that was passed over is told: the one mention that asks for nothing.
fn called(said: &Said) -> Span {
    said.login.as_ref().map_or_else(|| somebody(said), |login| Span::Ask(login.clone()))
}

fn nothing_went(view: &View, then: &'static str) -> Vec<Block> {
    vec![
        Block::Line(vec![Span::words(format!("Nothing of it was deployed. {then}"))]),
        Block::Command(ask_again(view)),
    ]
}

fn tag_moved(view: &View, to: Option<&crate::domain::id::CommitId>) -> Vec<Block> {
    let asked = &view.promotion.asked;
    let mut line =
        vec![Span::code(asked.tag.as_str()), " stood at ".into(), Span::Commit(asked.commit.clone())];
    match to {
        Some(commit) => {
            line.extend([" and stands at ".into(), Span::Commit(commit.clone()), " now.".into()]);
        }
        None => line.push(" and is gone.".into()),
    }
    line.push(" Nothing of it was deployed.".into());
    let other = match to {
        Some(_) => "Put the tag back, or give the other commit a version of its own:",
        None => "Put the tag back, or cut a new version:",
    };
    vec![Block::Line(line), Block::Line(vec![other.into()]), Block::Command("/release plan".to_owned())]
}

fn withdrawn() -> Vec<Block> {
    vec![
        Block::Line(vec![
            "Nothing of it was deployed, and it goes nowhere any more. What the next release would be:"
                .into(),
        ]),
        Block::Command("/release plan".to_owned()),
    ]
}

fn not_known(view: &View) -> Vec<Block> {
    let mut blocks = vec![];
    if let Some(wave) = view.promotion.wave() {
        blocks.push(Block::List(attempt::outcomes(view, wave)));
    }
    if let Some((id, version)) = &view.going_back {
        let back = vec![release(version), Span::words(format!(" is on its way back there, as {id}."))];
        blocks.push(Block::Line(back));
        return blocks;
    }
    match &view.back {
        WayBack::To(version) if !view.promotion.is_rollback() => {
            blocks.push(Block::Line(vec![
                "To know again what runs there, back to ".into(),
                release(version),
                ":".into(),
            ]));
            blocks.push(Block::Command(back_to(view, version)));
            blocks.push(Block::Line(vec!["Or the same once more: ".into(), Span::code(ask_again(view))]));
        }
        WayBack::To(_) | WayBack::FirstThere | WayBack::AllHeld => {
            blocks.push(Block::Line(vec!["To know again what runs there, the same once more:".into()]));
            blocks.push(Block::Command(ask_again(view)));
        }
    }
    blocks
}
