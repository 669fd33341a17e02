//! The draft release that follows what is merged: made once, renewed in place. Whatever people wrote on it stays; a page that was published meanwhile is left alone.

mod record;

use serde_json::{Value, json};

use super::Work;
use super::page::one;
use super::tag::workflow_trap;
use crate::domain::effect::{Effect, EffectKey, LeftDraft, Made, Memory, Refusal};
use crate::domain::id::{CommitId, ReleaseId, TagName};
use crate::domain::notes::frame::{Frame, Merged, sum};
use crate::domain::say::Text;
use crate::forge::fault::{Fault, if_there};
use crate::forge::github::read::{FoundPage, listed_pages};
use crate::forge::{PerformError, frame};

/// A draft as it was ordered.
struct Wanted<'a> {
    mark: &'a EffectKey,
    tag: &'a TagName,
    commit: &'a CommitId,
    title: &'a str,
    notes: &'a Text,
    prerelease: bool,
    left: Option<&'a LeftDraft>,
    memory: Memory,
    is_final: bool,
}

impl Wanted<'_> {
    /// The notes as they stand in the frame.
    fn inside(&self, notes: String) -> String {
        match self.memory {
            Memory::Ours => notes,
            Memory::Page => record::above(self.mark, self.tag, &notes),
        }
    }

    /// What we left on the page.
    fn left_on(&self, page: &str, frame: &Frame) -> Option<LeftDraft> {
        match self.memory {
            Memory::Ours => self.left.cloned(),
            Memory::Page => record::left(self.mark, frame.inside(page)?),
        }
    }
}

/// Makes the draft, or brings the one that is there up to date.
pub(super) async fn ensure(work: &Work<'_>) -> Result<Made, PerformError> {
    let Effect::KeepDraft { release, mark, tag, commit, title, notes, prerelease, left, memory, is_final } =
        work.order.effect
    else {
        unreachable!("`perform` sends only drafts here")
    };
    let wanted = Wanted {
        mark,
        tag,
        commit,
        title,
        notes,
        prerelease: *prerelease,
        left: left.as_ref(),
        memory: *memory,
        is_final: *is_final,
    };
    let frame = frame(mark);
    match find(work, *release, &frame).await? {
        Some(page) if page.draft => renew(work, &wanted, (&frame, &page)).await,
        Some(_) => Err(PerformError::Refused(Refusal::Taken { by: None })),
        None => make(work, &wanted, &frame).await,
    }
}

/// The page by its number, else the newest draft that carries our frame.
async fn find(
    work: &Work<'_>,
    release: Option<ReleaseId>,
    frame: &Frame,
) -> Result<Option<FoundPage>, PerformError> {
    if let Some(release) = release {
        let found = if_there(work.reader.caller.get(&one(work, release)).await).map_err(Fault::of_lookup)?;
        if found.is_some() {
            return Ok(found);
        }
    }
    let is_ours = |page: &FoundPage| {
        page.draft && page.body.as_deref().unwrap_or_default().lines().any(|line| line.trim() == frame.end)
    };
    listed_pages(&work.reader, is_ours).await.map_err(Fault::of_lookup)
}

async fn make(work: &Work<'_>, wanted: &Wanted<'_>, frame: &Frame) -> Result<Made, PerformError> {
    let notes = wanted.inside(work.pen().notes_beside(wanted.notes, 0));
    let body = json!({
        "tag_name": wanted.tag,
        "target_commitish": wanted.commit,
        "name": wanted.title,
        "body": frame.around(&notes),
        "draft": true,
        "prerelease": wanted.prerelease,
    });
    let route = work.reader.repository().then("releases");
    let posted = work.reader.caller.post::<FoundPage>(&route, body).await;
    let page = posted.map_err(|fault| workflow_trap(fault, "draft"))?;
    Ok(made(&page, Some(sum(&notes))))
}

async fn renew(
    work: &Work<'_>,
    wanted: &Wanted<'_>,
    (frame, page): (&Frame, &FoundPage),
) -> Result<Made, PerformError> {
    let before = page.body.as_deref().unwrap_or_default();
    let notes = wanted.inside(work.pen().notes_beside(wanted.notes, frame.outside(before)));
    let left = wanted.left_on(before, frame);
    let (body, kept) = match frame.merge(before, &notes, left.as_ref().map(|left| left.notes.as_str())) {
        Merged::Same => (None, Some(sum(&notes))),
        Merged::Renewed(body) => (Some(body), Some(sum(&notes))),
        // What the notes describe stays what the tag will stand on.
        Merged::Theirs if !wanted.is_final => return Ok(made(page, None)),
        Merged::Theirs => (None, None),
    };
    let change = change(wanted, page, (body, left.as_ref()));
    let patched = work.reader.caller.patch::<FoundPage>(&one(work, ReleaseId(page.id)), change).await;
    let page = patched.map_err(|fault| workflow_trap(fault, "draft"))?;
    Ok(made(&page, kept))
}

/// What is written anew. A tag or title that people chose stays, unless a command is about to publish the page.
fn change(
    wanted: &Wanted<'_>,
    page: &FoundPage,
    (body, left): (Option<String>, Option<&LeftDraft>),
) -> Value {
    let ours = left.map(|left| left.tag.as_str());
    let is_ours = |now: Option<&str>| wanted.is_final || now == ours || now == Some(wanted.tag.as_str());
    let mut change = json!({ "target_commitish": wanted.commit });
    if is_ours(Some(&page.tag_name)) {
        change["tag_name"] = json!(wanted.tag);
    }
    if left.is_none() || page.name.as_deref() == ours {
        change["name"] = json!(wanted.title);
    }
    if let Some(body) = body {
        change["body"] = json!(body);
    }
    change
}

fn made(page: &FoundPage, notes: Option<String>) -> Made {
    Made::Draft { id: ReleaseId(page.id), page: page.html_url.clone(), notes }
}
