//! From text to a raw struct in one call: YAML, shape, serde, with every problem on the way. What the values mean is the caller's question.

use std::ops::Range;

use serde::de::DeserializeOwned;
use serde_json::Value as Json;

use super::diagnostic::Diagnostic;
use super::shape::{self, Advice, Shape};
use super::yaml::{self, Value};

/// What can be read of a file. What cannot is left out and told in `errors`, so that the rest can be checked too.
pub(super) fn read<T: DeserializeOwned + Default>(
    text: &str,
    schema: &Json,
    advice: Advice,
    errors: &mut Vec<Diagnostic>,
) -> T {
    let Some(root) = yaml::read(text, errors) else { return T::default() };
    let fitted = shape::fit(&Shape::of(schema), advice, &root, errors);
    serde_json::from_value(fitted)
        .expect("what fits the schema fits the struct that the schema was made from")
}

/// Where the value of a key at the top stands; the beginning of the file where there is no such key.
pub(super) fn place_of(text: &str, key: &str) -> Range<usize> {
    let root = yaml::read(text, &mut Vec::new());
    let Some(Value::Mapping(entries)) = root.map(|root| root.value) else { return 0..0 };
    entries.into_iter().find(|(known, _)| known.name == key).map_or(0..0, |(_, node)| node.span)
}
