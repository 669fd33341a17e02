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

/// There is one note on a merge request, whatever its head: it is found by its own marker, and says what is true now.
pub(super) async fn ensure(
    work: &Work<'_>,
    change: ChangeNumber,
    shown: &Shown<'_>,
) -> Result<Made, PerformError> {
    let thread = Thread::Change(change);
    let marker = format!("<!-- lockkeeper:preview:{change} -->");
    let found = note::find(work, thread, &marker).await?;
    if found.is_none() && !shown.asks {
        return Ok(Made::Nothing);
    }
    let mut text = Text(vec![Block::Line(vec![Span::strong(shown.title)])]);
    text.0.extend(shown.text.0.clone());
    let body = work.pen().marked(&text, &marker);
    if let Some(found) = found {
        if let Some(edited) = note::edit(work, thread, (&found.id.to_string(), &body)).await? {
            return Ok(Made::Preview { number: edited.id });
        }
        if !shown.asks {
            return Ok(Made::Nothing);
        }
    }
    let posted = work.api().post::<note::Note>(&note::notes(work, thread), json!({ "body": body })).await;
    posted.map(|note| Made::Preview { number: note.id }).map_err(Fault::of_write)
}
