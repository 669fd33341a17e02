//! Where a change is, what is out, and what comes next.

use super::{Block, Span, Text, counted, tagged};
use crate::domain::id::ChangeNumber;
use crate::domain::outlook::Obstacle;
use crate::domain::plan::Plan;
use crate::domain::state::Component;
use crate::domain::version::Version;

/// Where a change is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Whereabouts {
    /// Not merged.
    Open {
        /// The change.
        number: ChangeNumber,
    },
    /// Closed without a merge.
    Closed {
        /// The change.
        number: ChangeNumber,
    },
    /// Merged, and in no release.
    Waiting {
        /// The change.
        number: ChangeNumber,
        /// Whether people hid it from the notes.
        hidden: bool,
    },
    /// In a release.
    Released {
        /// The change.
        number: ChangeNumber,
        /// The release.
        version: Version,
        /// Whether that was withdrawn.
        withdrawn: bool,
    },
}

/// What comes next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Next {
    /// This.
    Planned(Box<Plan>),
    /// It cannot be planned.
    Unclear(Obstacle),
    /// The policy file has errors.
    PolicyBroken,
}

/// The reply to `status`.
pub fn status(whereabouts: Option<&Whereabouts>, component: &Component, next: &Next) -> Text {
    let mut lines = Vec::new();
    lines.extend(whereabouts.map(|at| here(at, next)));
    lines.extend(
        component
            .cutting
            .as_ref()
            .map(|cutting| vec![tagged(&cutting.cut.tag, ""), " is being cut at the moment.".into()]),
    );
    lines.push(out(component, next));
    lines.push(coming(next));
    let mut blocks: Vec<Block> = lines.into_iter().map(Block::Line).collect();
    if matches!(next, Next::Planned(plan) if !plan.is_empty()) {
        blocks.push(Block::Command("/release plan".to_owned()));
    }
    Text(blocks)
}

fn here(at: &Whereabouts, next: &Next) -> Vec<Span> {
    match at {
        Whereabouts::Open { number } => {
            vec![Span::Change(*number), " is not merged, so it is in no release.".into()]
        }
        Whereabouts::Closed { number } => {
            vec![Span::Change(*number), " was closed without a merge, so it is in no release.".into()]
        }
        Whereabouts::Waiting { number, hidden } => {
            let mut line =
                vec![Span::Change(*number), " is merged and goes out with the next release".into()];
            if let Next::Planned(plan) = next {
                line.extend(plan.tag.iter().flat_map(|tag| [", ".into(), Span::Written(tag.to_string())]));
            }
            line.push(if *hidden { ", hidden from its notes.".into() } else { ".".into() });
            line
        }
        Whereabouts::Released { number, version, withdrawn } => {
            let end = if *withdrawn { ", which was withdrawn." } else { "." };
            vec![
                Span::Change(*number),
                " is out with ".into(),
                Span::strong(format!("v{version}")),
                end.into(),
            ]
        }
    }
}

fn out(component: &Component, next: &Next) -> Vec<Span> {
    if let Some(mark) = component.releases.first() {
        let end = if mark.withdrawn { ", withdrawn." } else { "." };
        return vec![
            "Newest release: ".into(),
            tagged(&mark.tag, ""),
            ", since ".into(),
            Span::time(mark.at),
            end.into(),
        ];
    }
    match next {
        Next::Planned(plan) => match &plan.previous {
            Some(previous) => vec!["Newest release: ".into(), tagged(&previous.tag, ""), ".".into()],
            None => vec!["Nothing was released yet.".into()],
        },
        Next::Unclear(_) | Next::PolicyBroken => vec!["No release is known.".into()],
    }
}

fn coming(next: &Next) -> Vec<Span> {
    match next {
        Next::Planned(plan) => match &plan.tag {
            Some(tag) => {
                let count = counted(plan.entries().count(), "change", "changes");
                vec!["Next: ".into(), tagged(tag, ""), Span::words(format!(", {count} so far."))]
            }
            None => vec!["Next: nothing to release so far.".into()],
        },
        Next::Unclear(Obstacle::Unreadable { what, .. }) => {
            vec![Span::words(format!("What comes next is unclear: I could not read {what}."))]
        }
        Next::Unclear(Obstacle::AmbiguousTags(..)) => {
            vec!["What comes next is unclear: the tags follow two patterns.".into()]
        }
        Next::PolicyBroken => {
            vec!["What comes next waits: the policy file on the default branch has errors.".into()]
        }
    }
}
