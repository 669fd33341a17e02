//! Tags and their place in the ancestry. Which version a tag spells is not asked here.

use std::fmt::Write as _;

use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::graph::{About, Comparison, Connection, Object};
use super::repository_of;
use crate::domain::id::{CommitId, TagName};
use crate::domain::query::{Ancestry, Tag};
use crate::forge::fault::Fault;
use crate::forge::github::read::Reader;

/// Peels three tag objects deep; deeper nests are somebody's experiment and no release.
const TAGS: &str = "query($owner:String!,$name:String!,$after:String){repository(owner:$owner,name:$name){\
    refs(refPrefix:\"refs/tags/\",first:100,after:$after){pageInfo{hasNextPage endCursor} nodes{name target{\
    __typename oid ... on Tag{target{__typename oid ... on Tag{target{__typename oid \
    ... on Tag{target{__typename oid}}}}}}}}}}}";

/// At most this many pages of a hundred tags.
const PAGES: usize = 200;

/// So many comparisons in one document: each walks the graph.
const COMPARISONS: usize = 10;

#[derive(Deserialize)]
struct WithRefs {
    refs: Option<Connection<Ref>>,
}

#[derive(Deserialize)]
struct Ref {
    name: String,
    target: Option<Object>,
}

#[derive(Deserialize)]
struct Compared {
    compare: Option<Comparison>,
}

/// All tags that stand for commits.
pub(super) async fn all(reader: &Reader<'_>) -> Result<Vec<Tag>, Fault> {
    let mut tags = Vec::new();
    let mut after = None;
    for _ in 0..PAGES {
        let variables = reader.variables(json!({ "after": after }));
        let found: About<WithRefs> = reader.caller.graphql(TAGS, variables).await?;
        let Some(refs) = repository_of(found.repository)?.refs else { break };
        after = refs.next();
        tags.extend(refs.seen().filter_map(tag));
        if after.is_none() {
            return Ok(tags);
        }
    }
    Ok(tags)
}

fn tag(found: Ref) -> Option<Tag> {
    Some(Tag { name: TagName::parse(found.name).ok()?, commit: found.target?.commit()? })
}

/// The first of the tags that the commit descends from, the most wanted first.
pub(super) async fn first_ancestor(reader: &Reader<'_>, asked: &Ancestry) -> Result<Option<TagName>, Fault> {
    for some in asked.tags.chunks(COMPARISONS) {
        let names: Vec<String> = some.iter().map(|tag| format!("refs/tags/{tag}")).collect();
        let compared = compare(reader, &names, &asked.head).await?;
        let first =
            some.iter().zip(compared).find(|(_, how)| how.as_ref().is_some_and(Comparison::base_is_ancestor));
        if let Some((tag, _)) = first {
            return Ok(Some(tag.clone()));
        }
    }
    Ok(None)
}

/// How the commit stands to each of these refs; `None` where the ref is not there or has nothing to do with it.
pub(super) async fn compare(
    reader: &Reader<'_>,
    refs: &[String],
    head: &CommitId,
) -> Result<Vec<Option<Comparison>>, Fault> {
    let mut heading = String::from("query($owner:String!,$name:String!,$head:String!");
    let mut parts = String::new();
    let mut variables = reader.variables(json!({ "head": head }));
    for (at, name) in refs.iter().enumerate() {
        let _ = write!(heading, ",$r{at}:String!");
        let _ = write!(parts, "c{at}:ref(qualifiedName:$r{at}){{compare(headRef:$head){{status}}}} ");
        variables[format!("r{at}")] = json!(name);
    }
    let document = format!("{heading}){{repository(owner:$owner,name:$name){{{parts}}}}}");
    let found: About<Map<String, Value>> = reader.caller.graphql(&document, variables).await?;
    let mut found = repository_of(found.repository)?;
    Ok((0..refs.len())
        .map(|at| {
            let one = found.remove(&format!("c{at}"))?;
            serde_json::from_value::<Option<Compared>>(one).ok()??.compare
        })
        .collect())
}
