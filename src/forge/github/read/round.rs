//! The questions of one round, two of a plan by one call. What they mean lives with their nouns.

use futures_util::future::join_all;
use serde_json::{Map, Value};

use super::actor::{self, SEARCHES, Searches};
use super::{Reader, answer, milestone, repository_of};
use crate::domain::query::{Answer, Newcomers, Query};
use crate::domain::version::Version;
use crate::forge::ReadError;
use crate::forge::fault::Fault;

/// Questions that were answered by one call.
type Told = Vec<(Query, Option<Answer>)>;

/// Answers questions in their order, each as it would be answered alone.
pub(in crate::forge::github) async fn answers(
    reader: &Reader<'_>,
    queries: &[Query],
) -> Vec<Result<Option<Answer>, ReadError>> {
    let told = match wanted(queries) {
        // What could not be read of two is asked for one by one: then it is known which of them it is.
        Some(wanted) => told(reader, wanted).await.unwrap_or_default(),
        None => vec![],
    };
    let known = |query| told.iter().find(|(known, _)| known == query).map(|(_, answer)| answer.clone());
    join_all(queries.iter().map(async |query| match known(query) {
        Some(answer) => Ok(answer),
        None => answer(reader, query).await,
    }))
    .await
}

/// Who is new and what a milestone expects, where both are asked and fit into one document.
fn wanted(queries: &[Query]) -> Option<(&Newcomers, &Version)> {
    let (mut newcomers, mut version) = (None, None);
    for query in queries {
        if let Query::FirstTimers(asked) = query {
            newcomers = Some(asked);
        }
        if let Query::Milestone(asked) = query {
            version = Some(asked);
        }
    }
    let wanted = (newcomers?, version?);
    (1..=SEARCHES).contains(&actor::searchable(wanted.0).len()).then_some(wanted)
}

async fn told(reader: &Reader<'_>, (asked, version): (&Newcomers, &Version)) -> Result<Told, Fault> {
    let people = actor::searchable(asked);
    let searches = Searches::of(reader, &people);
    let document = format!(
        "query($owner:String!,$name:String!,{}){{{} repository(owner:$owner,name:$name){{{}}}}}",
        searches.declared,
        searches.fields,
        milestone::first_titles()
    );
    let mut found: Map<String, Value> =
        reader.caller.graphql(&document, reader.variables(searches.variables)).await?;
    let titles = found.remove("repository").unwrap_or_default();
    let titles = serde_json::from_value(titles).map_err(|cause| Fault::Unreadable(cause.into()))?;
    let milestone = milestone::among(reader, version, repository_of(titles)?).await?;
    let new = actor::new_among(asked, &people, &found);
    Ok(vec![
        (Query::FirstTimers(asked.clone()), Some(Answer::FirstTimers(new))),
        (Query::Milestone(version.clone()), milestone.map(Answer::Milestone)),
    ])
}
