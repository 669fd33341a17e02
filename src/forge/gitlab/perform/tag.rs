//! Annotated tags. A tag is never moved: one that is there is adopted or refused.

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::json;

use super::Work;
use crate::domain::effect::{Made, Refusal};
use crate::domain::id::{CommitId, TagName};
use crate::forge::PerformError;
use crate::forge::fault::{Fault, if_there};

/// A tag as an answer tells it.
#[derive(Deserialize)]
struct Tag {
    /// The tag's own object; the commit's name where it is not annotated.
    target: CommitId,
    #[serde(default)]
    message: Option<String>,
    /// There where it points at a commit.
    #[serde(default)]
    commit: Option<Commit>,
    #[serde(default)]
    created_at: Option<Timestamp>,
}

#[derive(Deserialize)]
struct Commit {
    id: CommitId,
}

pub(super) async fn ensure(
    work: &Work<'_>,
    (tag, commit): (&TagName, &CommitId),
    message: &str,
) -> Result<Made, PerformError> {
    if work.may_be_done()
        && let Some(standing) = look(work, tag).await?
    {
        return judge(work, standing, commit, message);
    }
    let route = work.project().down("repository/tags");
    let body = json!({ "tag_name": tag, "ref": commit, "message": message });
    match work.api().post::<Tag>(&route, body).await {
        Ok(made) if made.commit.as_ref().is_none_or(|made| made.id == *commit) => {
            Ok(Made::Tag { object: made.target, adopted: false })
        }
        Ok(made) => Err(PerformError::Refused(Refusal::Taken { by: made.commit.map(|commit| commit.id) })),
        // Whoever comes second learns it here.
        Err(fault @ Fault::Denied { status: 400 | 409 | 422, .. }) => match look(work, tag).await? {
            Some(standing) => judge(work, standing, commit, message),
            None => Err(trap(fault)),
        },
        Err(fault) => Err(trap(fault)),
    }
}

/// A protected tag is refused as if the request made no sense.
fn trap(fault: Fault) -> PerformError {
    match fault {
        Fault::Denied { status: 400, said } if said.to_lowercase().contains("not allowed") => {
            PerformError::Refused(Refusal::Forbidden { said })
        }
        fault => fault.of_write(),
    }
}

fn judge(work: &Work<'_>, standing: Tag, wanted: &CommitId, message: &str) -> Result<Made, PerformError> {
    let commit = standing.commit.as_ref().map(|commit| commit.id.clone());
    if commit.as_ref() != Some(wanted) {
        return Err(PerformError::Refused(Refusal::Taken { by: commit }));
    }
    let adopted = !is_ours(work, &standing, message);
    Ok(Made::Tag { object: standing.target, adopted })
}

/// A tag with our very message, made since the order was given, is the one that an earlier attempt of it made. Servers before
/// 16.11 do not tell when it was made.
fn is_ours(work: &Work<'_>, standing: &Tag, message: &str) -> bool {
    let said = standing.message.as_deref().unwrap_or_default();
    work.may_be_done()
        && said.trim_end() == message.trim_end()
        && standing.created_at.is_none_or(|at| work.is_since_ordered(at))
}

/// What the tag stands for now; `None` where there is none.
async fn look(work: &Work<'_>, tag: &TagName) -> Result<Option<Tag>, PerformError> {
    let route = work.project().down("repository/tags").then(tag);
    if_there(work.api().get(&route).await).map_err(Fault::of_lookup)
}
