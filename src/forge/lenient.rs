//! Reading what a forge sends although it adds fields and kinds at any time: what is missing or of another shape is `None`. The shapes themselves live in the adapters.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use serde::de::{DeserializeOwned, IgnoredAny, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

/// A struct that is filled field by field, each by its name on the wire. [`lenient_structs`] writes it.
pub(in crate::forge) trait Fields: Default {
    /// Takes the value that stands under this name, or passes over it.
    fn take<'de, M: MapAccess<'de>>(&mut self, name: &str, map: &mut M) -> Result<(), M::Error>;
}

/// A value that is there and has its shape, or `None`. Its text is taken apart only here: most of a payload is nothing that we ask for.
/// Not for what stands under `#[serde(flatten)]`, which keeps no raw text.
pub(in crate::forge) fn lenient<'de, M: MapAccess<'de>, T: DeserializeOwned>(
    map: &mut M,
) -> Result<Option<T>, M::Error> {
    let raw = map.next_value::<Box<RawValue>>()?;
    Ok(serde_json::from_str(raw.get()).ok())
}

/// Reads an object into the struct.
pub(in crate::forge) fn fields<'de, D: Deserializer<'de>, T: Fields>(deserializer: D) -> Result<T, D::Error> {
    deserializer.deserialize_map(Filling(PhantomData))
}

struct Filling<T>(PhantomData<T>);

impl<'de, T: Fields> Visitor<'de> for Filling<T> {
    type Value = T;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an object")
    }

    fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<T, M::Error> {
        let mut filled = T::default();
        while let Some(Name(name)) = map.next_key()? {
            filled.take(&name, &mut map)?;
        }
        Ok(filled)
    }
}

/// The name of a field, not copied where it stands in the text as it is.
#[derive(Deserialize)]
struct Name<'a>(#[serde(borrow)] Cow<'a, str>);

/// Passes over the value of a field that nobody asks for.
pub(in crate::forge) fn pass_over<'de, M: MapAccess<'de>>(map: &mut M) -> Result<(), M::Error> {
    map.next_value::<IgnoredAny>().map(drop)
}

/// A JSON object of this shape, or why it is none, in words for an operator.
pub(in crate::forge) fn object<'a, T: Deserialize<'a> + Default>(body: &'a [u8]) -> Result<T, String> {
    let first = body.iter().find(|byte| !byte.is_ascii_whitespace());
    if first != Some(&b'{') {
        return Err("the body is not a JSON object".to_owned());
    }
    serde_json::from_slice(body).map_err(|error| format!("the body is not readable JSON: {error}"))
}

/// Declares structs in which every field is `Option` and lenient, for one adapter. A field whose name on the wire is a word of Rust
/// says it in brackets: `reference ("ref"): String`. Written out here and not derived: a derived reader of every field made half of
/// what the compiler had to read of this crate.
macro_rules! lenient_structs {
    ($home:path; $($(#[$doc:meta])* $name:ident { $($field:ident $(($wire:literal))?: $type:ty,)* })*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Default)]
        pub(in $home) struct $name {
            $(pub(in $home) $field: Option<$type>,)*
        }

        impl $crate::forge::lenient::Fields for $name {
            fn take<'de, M: serde::de::MapAccess<'de>>(&mut self, name: &str, map: &mut M) -> Result<(), M::Error> {
                match name {
                    $($crate::forge::lenient::wire_name!($field $($wire)?) => self.$field = $crate::forge::lenient::lenient(map)?,)*
                    _ => $crate::forge::lenient::pass_over(map)?,
                }
                Ok(())
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                $crate::forge::lenient::fields(deserializer)
            }
        }
    )*};
}

/// The name of a field on the wire.
macro_rules! wire_name {
    ($field:ident) => {
        stringify!($field)
    };
    ($field:ident $wire:literal) => {
        $wire
    };
}

pub(in crate::forge) use {lenient_structs, wire_name};
