//! The codes of problems: one table from which messages and `docs/policy.md` are made. A code never changes its meaning.

use std::fmt;

/// Declares the codes; the text of each is the sentence of `docs/policy.md`.
macro_rules! codes {
    ($($name:ident = $text:literal, $meaning:literal;)*) => {
        /// The kind of a problem. Stable over versions, so that it can be searched for.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Code {
            $(#[doc = $meaning] $name,)*
        }

        impl Code {
            /// Every code, in the order of its number.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// The code as it is printed, `LK012`.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$name => $text,)*
                }
            }

            /// What it means, for the reference.
            pub const fn meaning(self) -> &'static str {
                match self {
                    $(Self::$name => $meaning,)*
                }
            }
        }
    };
}

codes! {
    NotYaml = "LK001", "The file is not YAML.";
    Tab = "LK002", "A tab is used for indentation; YAML wants spaces.";
    ReservedCharacter = "LK003", "A value begins with `@` or a backtick without quotes.";
    DuplicateKey = "LK004", "A key stands twice in one mapping.";
    NotPlain = "LK005", "Aliases (`*name`), merge keys (`<<`) and tags (`!name`) are not read.";
    TooLarge = "LK006", "The file is over a limit: 64 KiB, 5000 values, 32 levels.";
    ManyDocuments = "LK007", "The file holds more than one YAML document.";
    NotText = "LK008", "The file is not UTF-8 text.";
    NotAMapping = "LK010", "The file is not a mapping of keys to values.";
    WrongType = "LK011", "A value has the wrong type: text where a list is wanted, and the like.";
    UnknownKey = "LK012", "A key that no version knows, most often a typing error.";
    UnsupportedKey = "LK013", "A key that a later version obeys. Nothing would obey it now, so it is refused.";
    MissingKey = "LK014", "A key that must be there is not.";
    UnknownWord = "LK015", "A value that is none of those that the key takes.";
    UnsupportedWord = "LK016", "A value that a later version obeys.";
    BadTagPattern = "LK020", "A tag pattern without `{version}`, with two of them, or not a name that git accepts.";
    Empty = "LK021", "A text or list that must hold something is empty.";
    DuplicateTitle = "LK022", "Two categories have the same title.";
    MatchesNothing = "LK023", "A category has neither `labels` nor `types`, so no change could stand in it.";
    BadBranch = "LK024", "A branch pattern that git could not have as a name.";
    BadPrincipal = "LK025", "Neither a team (`acme/release`), a user (`ana`) nor a role (`role:maintain`).";
    BadExtends = "LK026", "`extends` does not name a project, or the shared file extends another one.";
    BadType = "LK027", "Not a conventional type: lower-case letters, digits and `-`.";
    TooLong = "LK028", "A text is longer than it may be.";
    BadTemplate = "LK029", "The template of the notes has an error, or uses a name that is not there.";
    BadEnvironment = "LK030", "A name that an environment cannot have, or that differs from another one only by capitals.";
    UnknownEnvironment = "LK031", "`after` names an environment that the file does not have.";
    Circle = "LK032", "Environments that come after each other in a circle.";
    BadLength = "LK033", "Not a length of time, such as `90s`, `30m`, `2h`, `5d`, of at most 365 days.";
    BadNumber = "LK034", "Not a number, or one outside its limits.";
    BadWorkflow = "LK035", "Not the bare name of a workflow file.";
    BadInput = "LK036", "A name that an input of a workflow cannot have, or a placeholder that does not exist.";
    BadReporter = "LK037", "Neither the short name of an app nor a user's login.";
    BadTarget = "LK038", "A name that a target cannot have, or that stands twice.";
    TooMany = "LK039", "More entries than there may be.";
    Idle = "LK040", "A key that nothing would obey beside the others, such as `soak` without `after`.";
    BadFormat = "LK041", "Not a format of versions by the calendar: from the year down, `MICRO` last.";
    BadVersion = "LK042", "Not a version of three numbers.";
    BadComponent = "LK043", "A name that a component cannot have.";
    BadPath = "LK044", "Not a pattern of files from the root of the repository.";
    BadFile = "LK045", "Not the name of a file, written from the root of the repository.";
}

impl fmt::Display for Code {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_unique_and_in_order() {
        assert!(Code::ALL.windows(2).all(|pair| pair[0].as_str() < pair[1].as_str()));
    }
}
