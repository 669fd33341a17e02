//! Reports that changed nothing, folded away on the panel and listed by `why`. Which are believed is `promotion`'s question.

use crate::domain::event::IgnoredReport;
use crate::domain::promotion::view::{Unheard, View};
use crate::domain::say::{Block, Span, Text, joined};

/// The fold; nothing where every report counted.
pub(super) fn fold(view: &View) -> Option<Block> {
    let summary = match view.ignored.len() {
        0 => return None,
        1 => "A report that was not counted".to_owned(),
        several => format!("The last {several} reports that were not counted"),
    };
    let body = Text(vec![Block::List(entries(view))]);
    Some(Block::Fold { summary: vec![Span::Words(summary)], body })
}

/// Each of them, the newest first.
pub(super) fn entries(view: &View) -> Vec<Vec<Span>> {
    let reporters = view.promotion.terms.deploy.reporters();
    view.ignored.iter().rev().map(|unheard| entry(reporters, unheard)).collect()
}

/// "success of `mallory` on Tue 1 Dec, 12:05 UTC: only reports of `github-actions` count".
pub(in crate::domain::say) fn entry(reporters: &[String], unheard: &Unheard) -> Vec<Span> {
    let state = unheard.state.clone().unwrap_or_else(|| "a report".to_owned());
    let mut line = vec![Span::Written(state)];
    line.extend(unheard.by.iter().flat_map(|by| [" of ".into(), Span::Person(by.clone())]));
    line.extend([" on ".into(), Span::time(unheard.at), ": ".into()]);
    match unheard.because {
        IgnoredReport::Stranger => {
            line.push("only reports of ".into());
            line.extend(joined(reporters.iter().map(|name| vec![Span::code(name.clone())]), "and"));
            line.push(" count".into());
        }
        IgnoredReport::OtherCommit => line.push("it is about another commit".into()),
        IgnoredReport::Late => line.push("it came too late, after a newer attempt or an end".into()),
    }
    line
}
