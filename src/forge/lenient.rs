//! Reading what a forge sends although it adds fields and kinds at any time: what is missing or of another shape is `None`. The shapes themselves live in the adapters.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

/// A field that is there and has its shape, or `None`. What nobody asks for is skipped, not taken apart: most of a payload is that.
/// Not for what stands under `#[serde(flatten)]`, which keeps no raw text.
pub(in crate::forge) fn lenient<'de, D: Deserializer<'de>, T: DeserializeOwned>(
    deserializer: D,
) -> Result<Option<T>, D::Error> {
    let raw = Box::<RawValue>::deserialize(deserializer)?;
    Ok(serde_json::from_str(raw.get()).ok())
}

/// A JSON object of this shape, or why it is none, in words for an operator.
pub(in crate::forge) fn object<'a, T: Deserialize<'a> + Default>(body: &'a [u8]) -> Result<T, String> {
    let first = body.iter().find(|byte| !byte.is_ascii_whitespace());
    if first != Some(&b'{') {
        return Err("the body is not a JSON object".to_owned());
    }
    serde_json::from_slice(body).map_err(|error| format!("the body is not readable JSON: {error}"))
}

/// Declares structs in which every field is `Option` and lenient, for one adapter. `lenient` must be in scope.
macro_rules! lenient_structs {
    ($home:path; $($(#[$doc:meta])* $name:ident { $($(#[$attribute:meta])* $field:ident: $type:ty,)* })*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Default, serde::Deserialize)]
        #[serde(default)]
        pub(in $home) struct $name {
            $($(#[$attribute])* #[serde(deserialize_with = "lenient")]
            pub(in $home) $field: Option<$type>,)*
        }
    )*};
}

pub(in crate::forge) use lenient_structs;
