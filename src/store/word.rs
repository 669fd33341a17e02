//! How the store spells its enums in columns: each word once, read back by the same table.

/// A stored word that this version does not know.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{word}` is not a {kind}")]
pub struct UnknownWord {
    /// Which enum was to be read.
    pub kind: &'static str,
    /// The word as stored.
    pub word: String,
}

/// Gives an enum `as_str`, `Display` and `FromStr` through one table of words.
macro_rules! words {
    ($name:ident, $kind:literal, $($variant:ident = $word:literal),+ $(,)?) => {
        impl $name {
            /// The word as stored and as metrics show it.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                formatter.write_str(self.as_str())
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::store::UnknownWord;
            fn from_str(word: &str) -> std::result::Result<Self, Self::Err> {
                match word {
                    $($word => Ok(Self::$variant),)+
                    _ => Err($crate::store::UnknownWord { kind: $kind, word: word.to_owned() }),
                }
            }
        }
    };
}

pub(super) use words;
