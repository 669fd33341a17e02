//! GraphQL: a document is parsed, checked against the part of GitHub's schema that the stand-in speaks, and executed over the
//! model. No query is known by its text.

mod check;
mod commit;
mod execute;
mod mutation;
mod pull;
mod repository;
mod schema;
mod search;
mod value;

use std::sync::OnceLock;

use serde_json::{Value, json};

use super::call::Call;
use super::wire::Reply;
use crate::sandbox::model::{Model, Refusal};
use schema::Schema;

/// Text of a document's pieces.
type Text = String;

fn schema() -> &'static Schema {
    static SCHEMA: OnceLock<Schema> = OnceLock::new();
    SCHEMA.get_or_init(|| Schema::parse(include_str!("graphql/schema.graphql")))
}

/// Answers one request. What is wrong with a document is told with status 200, as GitHub does.
pub(crate) fn answer(model: &mut Model, call: &Call) -> Result<Reply, Refusal> {
    let query = call.said("query").unwrap_or_default();
    let document = match graphql_parser::parse_query::<Text>(query) {
        Ok(document) => document.into_static(),
        Err(error) => return Ok(failed(&[format!("Parse error: {error}")])),
    };
    let variables = call.body.get("variables").cloned().unwrap_or(json!({}));
    let wrong = check::document(schema(), &document, &variables);
    if !wrong.is_empty() {
        return Ok(failed(&wrong));
    }
    let mut execution = execute::Execution::new(model, call, &document, &variables);
    let data = execution.run();
    let errors = execution.into_errors();
    let body =
        if errors.is_empty() { json!({ "data": data }) } else { json!({ "data": data, "errors": errors }) };
    Ok(Reply::json(200, body))
}

fn failed(messages: &[String]) -> Reply {
    let errors: Vec<Value> = messages.iter().map(|message| json!({ "message": message })).collect();
    Reply::json(200, json!({ "errors": errors }))
}
