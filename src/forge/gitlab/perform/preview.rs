//! The preview: a note on the merge request, and only where a label is missing. A status on the commit could hold an automatic merge back.

use serde_json::json;

use super::{Work, note};
use crate::domain::effect::Made;
use crate::domain::id::ChangeNumber;
use crate::domain::place::Thread;
use crate::domain::say::{Block, Span, Text};
use crate::forge::PerformError;
use crate::forge::fault::Fault;

/// What is to be shown.
pub(super) struct Shown<'a> {
    pub(super) title: &'a str,
    pub(super) text: &'a Text,
    /// Whether somebody should do something about it.
    pub(super) asks: bool,
}

/// There is one note on a merge request, whatever its head, and says what is true now. Where none is known, none is there, and nothing
/// is read to learn that; only before one is posted it is looked for by its marker.
pub(super) async fn ensure(
    work: &Work<'_>,
    change: ChangeNumber,
    shown: &Shown<'_>,
) -> Result<Made, PerformError> {
    let thread = Thread::Change(change);
    let marker = format!("<!-- lockkeeper:preview:{change} -->");
    if work.order.reference.is_none() && !shown.asks && !work.may_be_done() {
        return Ok(Made::Nothing);
    }
    let mut text = Text(vec![Block::Line(vec![Span::strong(shown.title)])]);
    text.0.extend(shown.text.0.clone());
    let body = work.pen().marked(&text, &marker);
    let made = |note: note::Note| Made::Preview { number: note.id, head: None };
    if let Some(number) = work.order.reference
        && let Some(edited) = note::edit(work, thread, (number, &body)).await?
    {
        return Ok(made(edited));
    }
    if let Some(found) = note::find(work, thread, &marker).await?
        && let Some(edited) = note::edit(work, thread, (&found.id.to_string(), &body)).await?
    {
        return Ok(made(edited));
    }
    if !shown.asks {
        return Ok(Made::Nothing);
    }
    let posted = work.api().post::<note::Note>(&note::notes(work, thread), json!({ "body": body })).await;
    posted.map(made).map_err(Fault::of_write)
}
