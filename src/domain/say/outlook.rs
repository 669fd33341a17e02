//! The answers to `plan` and `notes`: the plan's own words, and what the place they were asked in adds.

use super::{Block, Span, Text, plan};
use crate::domain::notes::{self, Place};
use crate::domain::outlook::Outlook;

/// The answer to `plan`.
pub fn plan(outlook: &Outlook<'_>) -> Text {
    let text = plan::plan(&outlook.plan);
    match &outlook.with {
        Some(_) => text.with(if_merged(outlook)),
        None if outlook.plan.is_empty() => text,
        None => text.with(Block::Command("/release cut".to_owned())),
    }
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
