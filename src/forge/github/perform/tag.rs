//! Annotated tags. A tag is never moved: one that is there is adopted or refused.

use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::json;

use super::Work;
use crate::domain::effect::{Made, Refusal};
use crate::domain::id::{CommitId, TagName};
use crate::forge::PerformError;
use crate::forge::fault::Fault;
use crate::forge::github::read::peel::{Annotation, Peeled, peeled};

/// What an order that made an object answers.
#[derive(Deserialize)]
struct Named {
    sha: String,
}

pub(super) async fn ensure(
    work: &Work<'_>,
    wanted: (&TagName, &CommitId),
    message: &str,
) -> Result<Made, PerformError> {
    if work.may_be_done()
        && let Some(standing) = look(work, wanted.0).await?
    {
        return judge(work, standing, wanted.1, message);
    }
    let object = make_object(work, wanted, message).await?;
    match make_ref(work, wanted.0, &object).await {
        Ok(()) => Ok(Made::Tag { object, adopted: false }),
        // Making the ref is the lock: whoever comes second learns it here.
        Err(fault @ Fault::Denied { status: 422, .. }) => match look(work, wanted.0).await? {
            Some(standing) => judge(work, standing, wanted.1, message),
            None => Err(fault.of_write()),
        },
        Err(fault) => Err(workflow_trap(fault, "tag")),
    }
}

fn judge(work: &Work<'_>, standing: Peeled, wanted: &CommitId, message: &str) -> Result<Made, PerformError> {
    if standing.commit.as_ref() == Some(wanted) {
        let is_ours = standing.annotation.is_some_and(|annotation| is_ours(work, &annotation, message));
        return Ok(Made::Tag { object: standing.object, adopted: !is_ours });
    }
    Err(PerformError::Refused(Refusal::Taken { by: standing.commit }))
}

/// A tag object alone shows nowhere: made twice, the unused one is swept away by git.
async fn make_object(
    work: &Work<'_>,
    (tag, commit): (&TagName, &CommitId),
    message: &str,
) -> Result<CommitId, PerformError> {
    let body = json!({ "tag": tag, "message": message, "object": commit, "type": "commit" });
    let route = work.reader.repository().down("git/tags");
    let made: Named =
        work.reader.caller.post(&route, body).await.map_err(|fault| workflow_trap(fault, "tag"))?;
    CommitId::parse(made.sha).map_err(|_| Fault::lacks("the tag object's name").of_lookup())
}

async fn make_ref(work: &Work<'_>, tag: &TagName, object: &CommitId) -> Result<(), Fault> {
    let body = json!({ "ref": format!("refs/tags/{tag}"), "sha": object });
    let made = work.reader.caller.post::<IgnoredAny>(&work.reader.repository().down("git/refs"), body).await;
    made.map(drop)
}

/// What the tag stands for now; `None` where there is none.
async fn look(work: &Work<'_>, tag: &TagName) -> Result<Option<Peeled>, PerformError> {
    peeled(&work.reader, tag).await.map_err(Fault::of_lookup)
}

/// A tag with our very message, made since the order was given, is the one that an earlier attempt of it made.
fn is_ours(work: &Work<'_>, annotation: &Annotation, message: &str) -> bool {
    annotation.message.trim_end() == message.trim_end()
        && annotation.made_at.is_some_and(|at| work.is_since_ordered(at))
}

/// Where a commit touches workflow files and the App may not, GitHub answers 404 or 403 without saying so.
/// <https://docs.github.com/en/rest/releases/releases#create-a-release>
pub(super) fn workflow_trap(fault: Fault, what: &str) -> PerformError {
    let Fault::Denied { status: 403 | 404, said } = fault else { return fault.of_write() };
    let said = format!(
        "GitHub did not make the {what} ({said}). Either a ruleset forbids it, then add the App to its bypass list; \
         or the commit changes files in `.github/workflows`, then the App needs the permission `workflows: write`"
    );
    PerformError::Refused(Refusal::Forbidden { said })
}
