//! From text to a raw struct in one call: YAML, shape, serde, with every problem on the way. What the values mean is the caller's question.

use serde::de::DeserializeOwned;
use serde_json::Value as Json;

use super::diagnostic::Diagnostic;
use super::shape::{self, Advice, Shape};
use super::yaml;

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
