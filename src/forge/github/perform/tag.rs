//! Annotated tags. A tag is never moved: one that is there is adopted or refused.

use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use serde_json::json;

use super::Work;
use crate::domain::effect::{Made, Refusal};
use crate::domain::id::{CommitId, TagName};
use crate::forge::PerformError;
use crate::forge::github::fault::{Fault, if_there};

/// How many tag objects are peeled off before we give up.
const DEPTH: u32 = 5;
/// GitHub's clock and ours may differ by this much.
const CLOCK_DIFFERENCE: SignedDuration = SignedDuration::from_mins(2);

#[derive(Deserialize)]
struct Ref {
    object: Target,
}

#[derive(Deserialize, Clone)]
struct Target {
    #[serde(rename = "type")]
    kind: String,
    sha: String,
}

#[derive(Deserialize)]
struct TagObject {
    sha: String,
    #[serde(default)]
    message: String,
    tagger: Option<Tagger>,
    object: Target,
}

#[derive(Deserialize)]
struct Tagger {
    date: Option<Timestamp>,
}

/// What a tag that is there stands for.
struct Standing {
    /// What the ref names: the tag object, or the commit where the tag is not annotated.
    object: CommitId,
    commit: Option<CommitId>,
    ours: bool,
}

pub(super) async fn ensure(
    work: &Work<'_>,
    wanted: (&TagName, &CommitId),
    message: &str,
) -> Result<Made, PerformError> {
    if work.may_be_done()
        && let Some(standing) = look(work, wanted.0, message).await?
    {
        return judge(standing, wanted.1);
    }
    let object = make_object(work, wanted, message).await?;
    match make_ref(work, wanted.0, &object).await {
        Ok(()) => Ok(Made::Tag { object, adopted: false }),
        // Making the ref is the lock: whoever comes second learns it here.
        Err(fault @ Fault::Denied { status: 422, .. }) => match look(work, wanted.0, message).await? {
            Some(standing) => judge(standing, wanted.1),
            None => Err(fault.of_write()),
        },
        Err(fault) => Err(workflow_trap(fault, "tag")),
    }
}

fn judge(standing: Standing, wanted: &CommitId) -> Result<Made, PerformError> {
    if standing.commit.as_ref() == Some(wanted) {
        return Ok(Made::Tag { object: standing.object, adopted: !standing.ours });
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
    let made: TagObject =
        work.reader.caller.post(&route, body).await.map_err(|fault| workflow_trap(fault, "tag"))?;
    CommitId::parse(made.sha).map_err(|_| Fault::lacks("the tag object's name").of_lookup())
}

async fn make_ref(work: &Work<'_>, tag: &TagName, object: &CommitId) -> Result<(), Fault> {
    let body = json!({ "ref": format!("refs/tags/{tag}"), "sha": object });
    let made = work.reader.caller.post::<Ref>(&work.reader.repository().down("git/refs"), body).await;
    made.map(drop)
}

/// What the tag stands for now; `None` where there is none.
async fn look(work: &Work<'_>, tag: &TagName, message: &str) -> Result<Option<Standing>, PerformError> {
    standing(work, tag, message).await.map_err(Fault::of_lookup)
}

async fn standing(work: &Work<'_>, tag: &TagName, message: &str) -> Result<Option<Standing>, Fault> {
    let route = work.reader.repository().down("git/ref").then(format!("tags/{tag}"));
    let Some(found) = if_there(work.reader.caller.get::<Ref>(&route).await)? else { return Ok(None) };
    let object = name(&found.object.sha)?;
    let mut target = found.object;
    let mut ours = false;
    for depth in 0..DEPTH {
        if target.kind != "tag" {
            break;
        }
        let route = work.reader.repository().down("git/tags").then(&target.sha);
        let peeled: TagObject = work.reader.caller.get(&route).await?;
        ours |= depth == 0 && is_ours(work, &peeled, message);
        target = peeled.object;
    }
    let commit = if target.kind == "commit" { Some(name(&target.sha)?) } else { None };
    Ok(Some(Standing { object, commit, ours }))
}

/// A tag with our very message, made since the order was given, is the one that an earlier attempt of it made.
fn is_ours(work: &Work<'_>, tag: &TagObject, message: &str) -> bool {
    let made_at = tag.tagger.as_ref().and_then(|tagger| tagger.date);
    tag.message.trim_end() == message.trim_end()
        && made_at.is_some_and(|at| at + CLOCK_DIFFERENCE >= work.order.ordered_at)
}

fn name(sha: &str) -> Result<CommitId, Fault> {
    CommitId::parse(sha).map_err(|_| Fault::lacks("a readable object name"))
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
