//! What a tag's ref stands for, tag objects peeled off. Whether that is what it should stand for is not asked here.

use jiff::Timestamp;
use serde::Deserialize;

use crate::domain::id::{CommitId, TagName};
use crate::domain::query::TagNow;
use crate::forge::fault::{Fault, if_there};
use crate::forge::github::read::Reader;

/// How many tag objects are peeled off; deeper nests are somebody's experiment and no release.
const DEPTH: u32 = 5;

#[derive(Deserialize)]
struct Ref {
    object: Target,
}

#[derive(Deserialize)]
struct Target {
    #[serde(rename = "type")]
    kind: String,
    sha: String,
}

#[derive(Deserialize)]
struct TagObject {
    #[serde(default)]
    message: String,
    tagger: Option<Tagger>,
    object: Target,
}

#[derive(Deserialize)]
struct Tagger {
    date: Option<Timestamp>,
}

/// A tag as it stands.
pub(in crate::forge::github) struct Peeled {
    /// What the ref names: the tag object, or the commit where the tag is not annotated.
    pub(in crate::forge::github) object: CommitId,
    /// The commit at the bottom; `None` where a tree or a blob lies there.
    pub(in crate::forge::github) commit: Option<CommitId>,
    /// What the outermost tag object says.
    pub(in crate::forge::github) annotation: Option<Annotation>,
}

/// What a tag object says of itself.
pub(in crate::forge::github) struct Annotation {
    pub(in crate::forge::github) message: String,
    pub(in crate::forge::github) made_at: Option<Timestamp>,
}

/// The tag now; `None`, too, where it stands for no commit.
pub(super) async fn now(reader: &Reader<'_>, tag: &TagName) -> Result<Option<TagNow>, Fault> {
    let found = peeled(reader, tag).await?;
    Ok(found.and_then(|found| Some(TagNow { commit: found.commit?, object: found.object })))
}

/// What the tag stands for; `None` where there is none.
pub(in crate::forge::github) async fn peeled(
    reader: &Reader<'_>,
    tag: &TagName,
) -> Result<Option<Peeled>, Fault> {
    let route = reader.repository().down("git/ref").then(format!("tags/{tag}"));
    let Some(Ref { object: mut target }) = if_there(reader.caller.get(&route).await)? else {
        return Ok(None);
    };
    let object = name(&target)?;
    let mut annotation = None;
    for _ in 0..DEPTH {
        if target.kind != "tag" {
            break;
        }
        let route = reader.repository().down("git/tags").then(&target.sha);
        let tag: TagObject = reader.caller.get(&route).await?;
        let made_at = tag.tagger.and_then(|tagger| tagger.date);
        annotation.get_or_insert(Annotation { message: tag.message, made_at });
        target = tag.object;
    }
    let commit = if target.kind == "commit" { Some(name(&target)?) } else { None };
    Ok(Some(Peeled { object, commit, annotation }))
}

fn name(target: &Target) -> Result<CommitId, Fault> {
    CommitId::parse(target.sha.as_str()).map_err(|_| Fault::lacks("a readable object name"))
}
