//! The JSON Schema of the files that people write, from the same structs that are read. Nothing is validated here.

use schemars::generate::SchemaSettings;
use schemars::transform::{Transform, transform_subschemas};
use schemars::{JsonSchema, Schema};
use serde_json::{Value as Json, json};

/// The schema of a file, draft 2020-12, without references: each of our files is small.
pub(super) fn of<T: JsonSchema>() -> Json {
    let settings = SchemaSettings::draft2020_12().with(|settings| settings.inline_subschemas = true);
    let mut schema = settings.into_generator().into_root_schema_for::<T>();
    Tidy.transform(&mut schema);
    schema.to_value()
}

/// Makes the schema say what the reader does: an optional key may be left out, but not hold nothing; one description per
/// key (that of the field, which says more than that of its type); no Rust defaults.
#[derive(Debug, Clone)]
struct Tidy;

impl Transform for Tidy {
    fn transform(&mut self, schema: &mut Schema) {
        schema.remove("default");
        if let Some(types) = schema.get_mut("type")
            && let Some(listed) = types.as_array()
            && let Some(single) = listed.iter().find(|one| **one != json!("null")).cloned()
        {
            *types = single;
        }
        without_null(schema);
        transform_subschemas(self, schema);
    }
}

/// `anyOf: [X, null]` becomes `X`, which keeps the description outside.
fn without_null(schema: &mut Schema) {
    if let Some(words) = schema.get_mut("enum").and_then(Json::as_array_mut) {
        words.retain(|word| !word.is_null());
    }
    let Some(either) = schema.get_mut("anyOf").and_then(Json::as_array_mut) else { return };
    either.retain(|one| one["type"] != "null");
    let [Json::Object(only)] = either.as_mut_slice() else { return };
    let only = std::mem::take(only);
    schema.remove("anyOf");
    for (key, value) in only {
        if schema.get(&key).is_none() {
            schema.insert(key, value);
        }
    }
}
