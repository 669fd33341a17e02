//! The building blocks of the raw structs: what a fitted file holds at its leaves, each with its part of the JSON Schema. Nothing is judged here.

use std::borrow::Cow;
use std::ops::Range;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Deserialize;

use super::MAX_TEXT;
use crate::domain::notes::template::LONGEST as MAX_PAGE;

/// Text of 1 to [`MAX_TEXT`] characters, not all of them blank, and the place where it stands, so that what is found out later can still point at it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::config) struct Written {
    /// The text.
    pub(in crate::config) text: String,
    start: usize,
    end: usize,
}

impl Written {
    /// The place of the text in the file, in bytes.
    pub(in crate::config) fn span(&self) -> Range<usize> {
        self.start..self.end
    }
}

/// Implements `JsonSchema` in place, under no name of its own: our schemas have no references.
macro_rules! inline_schema {
    ($name:ident $(<$of:ident>)?, $text:literal, $generator:ident => $schema:expr) => {
        impl$(<$of: JsonSchema>)? JsonSchema for $name$(<$of>)? {
            fn schema_name() -> Cow<'static, str> {
                $text.into()
            }

            fn inline_schema() -> bool {
                true
            }

            fn json_schema($generator: &mut SchemaGenerator) -> Schema {
                $schema
            }
        }
    };
}

inline_schema!(Written, "Text", _generator => json_schema!({
    "type": "string", "pattern": "\\S", "maxLength": MAX_TEXT
}));

/// Text of several lines, up to [`MAX_PAGE`] characters.
#[derive(Debug, Clone, Deserialize)]
#[serde(transparent)]
pub(in crate::config) struct Page(pub(in crate::config) Written);

inline_schema!(Page, "Page", _generator => json_schema!({
    "type": "string", "pattern": "\\S", "maxLength": MAX_PAGE
}));

/// A length of time, as it was written. Whether it is one, and within its limits, is its reader's question.
#[derive(Debug, Clone, Deserialize)]
#[serde(transparent)]
pub(in crate::config) struct Length(pub(in crate::config) Written);

inline_schema!(Length, "Length", _generator => json_schema!({ "type": "string", "pattern": "^[0-9]+[smhd]$" }));

/// A whole number, as it was written. Whether it is one, and within its limits, is its reader's question.
#[derive(Debug, Clone, Deserialize)]
#[serde(transparent)]
pub(in crate::config) struct Number(pub(in crate::config) Written);

inline_schema!(Number, "Number", _generator => json_schema!({ "type": "integer", "minimum": 1 }));

/// `true` or `false`, as it was written. Whether it is one of them is its reader's question.
#[derive(Debug, Clone, Deserialize)]
#[serde(transparent)]
pub(in crate::config) struct Switch(pub(in crate::config) Written);

inline_schema!(Switch, "Switch", _generator => json_schema!({ "type": "boolean" }));

/// One, or a list of at least one: an empty list never means what its writer hopes.
#[derive(Debug, Clone, Deserialize)]
#[serde(transparent)]
pub(in crate::config) struct OneOrMore<T>(pub(in crate::config) Vec<T>);

inline_schema!(OneOrMore<T>, "OneOrMore", generator => {
    let one = generator.subschema_for::<T>();
    json_schema!({ "anyOf": [one, { "type": "array", "items": one, "minItems": 1 }] })
});

/// One, or a list of them; an empty list is a wish.
#[derive(Debug, Clone, Deserialize)]
#[serde(transparent)]
pub(in crate::config) struct AnyNumberOf<T>(pub(in crate::config) Vec<T>);

inline_schema!(AnyNumberOf<T>, "AnyNumberOf", generator => {
    let one = generator.subschema_for::<T>();
    json_schema!({ "anyOf": [one, { "type": "array", "items": one }] })
});

/// A list of at least one; a single one needs the brackets too.
#[derive(Debug, Clone, Deserialize)]
#[serde(transparent)]
pub(in crate::config) struct ListOf<T>(pub(in crate::config) Vec<T>);

inline_schema!(ListOf<T>, "ListOf", generator => {
    let one = generator.subschema_for::<T>();
    json_schema!({ "type": "array", "items": one, "minItems": 1 })
});

/// A mapping whose keys are names of the writer's own, in the order of the file.
#[derive(Debug, Clone, Deserialize)]
#[serde(transparent)]
pub(in crate::config) struct Named<T>(pub(in crate::config) Vec<Entry<T>>);

inline_schema!(Named<T>, "Named", generator => {
    let each = generator.subschema_for::<T>();
    json_schema!({ "type": "object", "additionalProperties": each })
});

/// One name and what stands under it.
#[derive(Debug, Clone, Deserialize)]
pub(in crate::config) struct Entry<T> {
    /// The name.
    pub(in crate::config) name: Written,
    /// Its value; `None`: it did not fit at all, and that was told.
    pub(in crate::config) value: Option<T>,
    /// Whether nothing in the value was told to be wrong; else some of it is missing here.
    pub(in crate::config) is_whole: bool,
}
