//! What can be wrong with a command, with all that is needed to say it. The words for it are `say::mistake`'s.

/// Why a line is no command. Nothing was done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Mistake {
    /// `/release` and nothing else.
    NoVerb,
    /// A verb that does not exist.
    UnknownVerb {
        /// As it was written.
        word: String,
        /// The nearest line with a verb of this version.
        nearest: Option<Nearest>,
    },
    /// A word that people use for another verb. It never stands for it: what it would do is too much to guess.
    Hint {
        /// As it was written.
        word: String,
        /// The line with the right verb.
        nearest: Nearest,
    },
    /// A verb of the language that this version does not have.
    NotBuilt {
        /// Its name.
        verb: &'static str,
    },
    /// The verb is right, what follows it is not.
    Argument {
        /// The verb's name.
        verb: &'static str,
        /// What is wrong.
        fault: Fault,
        /// The nearest right line.
        nearest: Nearest,
    },
    /// A quote that never ends.
    OpenQuote {
        /// The line without the quote, if that is right.
        nearest: Option<Nearest>,
    },
    /// A character in verb or arguments that cannot be seen, or looks like another one.
    OddCharacter {
        /// The character.
        character: char,
        /// What is odd about it.
        oddity: Oddity,
        /// The word that holds it, with every odd character as a visible escape.
        seen: String,
        /// The line without such characters, if that is right.
        nearest: Option<Nearest>,
    },
    /// More than one command in a comment.
    Several {
        /// How many.
        count: usize,
    },
    /// A line that is too long to be meant.
    TooLong {
        /// Its length in characters.
        length: usize,
    },
}

/// What is wrong with the arguments.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// A required one is not there.
    Missing {
        /// What should be.
        expected: Expected,
    },
    /// The verb wants a reason.
    MissingReason,
    /// The verb takes no reason.
    UnwantedReason,
    /// A word too many.
    Extra {
        /// As it was written.
        word: String,
    },
    /// A word that none of the free arguments takes.
    Invalid {
        /// As it was written.
        word: String,
        /// What could stand there.
        expected: Vec<Expected>,
    },
    /// A flag that the verb does not have.
    UnknownFlag {
        /// Its name, without dashes.
        flag: String,
        /// What followed it.
        value: Option<String>,
    },
    /// A flag, or the `to` of a rollback, without its value.
    NoValue {
        /// As it is written: `--pre`, `to`.
        flag: String,
        /// What should follow.
        expected: Expected,
    },
    /// A flag that takes no value, with one.
    UnwantedValue {
        /// As it is written.
        flag: String,
    },
    /// A flag that is there twice.
    Repeated {
        /// As it is written.
        flag: String,
    },
    /// A value without the word that stands in front of it: a version to go back to, without its `to`.
    NoHead {
        /// As it was written.
        word: String,
        /// What stands in front.
        head: String,
    },
    /// A flag without its dashes.
    Undashed {
        /// As it is written.
        flag: String,
    },
}

/// What should stand at a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Expected {
    /// What it is, in words.
    pub what: &'static str,
    /// A right one.
    pub sample: &'static str,
}

/// A full command line that is right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Nearest {
    /// What was probably meant: all of it comes from what was written.
    Meant(String),
    /// How it is written: some of it is made up, so it must not be offered for copying.
    Example(String),
}

impl Nearest {
    /// The line.
    pub fn line(&self) -> &str {
        match self {
            Self::Meant(line) | Self::Example(line) => line,
        }
    }
}

/// Why a character is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Oddity {
    /// A control character.
    Control,
    /// Turns the direction of text.
    Direction,
    /// Takes no room.
    Invisible,
    /// A blank that is not a space.
    Blank,
    /// May look like another one.
    Foreign,
}

impl Mistake {
    /// The stable code that stands under the refusal.
    pub fn code(&self) -> &'static str {
        match self {
            Self::UnknownVerb { .. } | Self::Hint { .. } => "E_VERB",
            Self::NotBuilt { .. } => "E_NOT_BUILT",
            Self::NoVerb | Self::Argument { .. } | Self::OpenQuote { .. } => "E_SYNTAX",
            Self::OddCharacter { .. } => "E_ODD_CHARACTER",
            Self::Several { .. } => "E_SEVERAL",
            Self::TooLong { .. } => "E_TOO_LONG",
        }
    }

    /// The nearest right line, where there is one.
    pub fn nearest(&self) -> Option<&Nearest> {
        match self {
            Self::UnknownVerb { nearest, .. }
            | Self::OpenQuote { nearest }
            | Self::OddCharacter { nearest, .. } => nearest.as_ref(),
            Self::Hint { nearest, .. } | Self::Argument { nearest, .. } => Some(nearest),
            Self::NoVerb | Self::NotBuilt { .. } | Self::Several { .. } | Self::TooLong { .. } => None,
        }
    }
}
