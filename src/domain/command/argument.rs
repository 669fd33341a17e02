//! What a verb takes: the things that can be named, and how each is given. Which verb takes what is the table's business.

use super::mistake::Expected;
use super::value::Reason;

/// A thing that can be named in a command. All that is known of it stands in its `impl`.
pub(super) trait Typed: Sized {
    /// How grammar lines write it.
    const SHOWN: &'static str;
    /// What it is, to somebody who wrote something else.
    const EXPECTED: &'static str;
    /// One that `read` takes.
    const SAMPLE: &'static str;
    /// Reads a word.
    fn read(word: &str) -> Option<Self>;
    /// The word that was probably meant; `read` takes it.
    fn nearest(_word: &str) -> Option<String> {
        None
    }
}

/// A `Typed` thing without its type, so that a table can hold it.
#[derive(Debug, Clone, Copy)]
pub struct Kind {
    /// How grammar lines write it.
    pub shown: &'static str,
    /// What it is, to somebody who wrote something else.
    pub expected: &'static str,
    /// A right one.
    pub sample: &'static str,
    pub(super) accepts: fn(&str) -> bool,
    pub(super) nearest: fn(&str) -> Option<String>,
}

impl Kind {
    const fn of<T: Typed>() -> Self {
        fn accepts<T: Typed>(word: &str) -> bool {
            T::read(word).is_some()
        }
        Self {
            shown: T::SHOWN,
            expected: T::EXPECTED,
            sample: T::SAMPLE,
            accepts: accepts::<T>,
            nearest: T::nearest,
        }
    }

    pub(super) fn wanted(&self) -> Expected {
        Expected { what: self.expected, sample: self.sample }
    }
}

/// One argument of a verb.
#[derive(Debug, Clone, Copy)]
pub struct Argument {
    /// What it names.
    pub kind: Kind,
    /// How it is given.
    pub form: Form,
    /// Whether the command means anything without it.
    pub need: Need,
}

/// How an argument is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// A bare word; of several, each goes to the first argument that takes it.
    Word,
    /// `--name value`.
    Flag(&'static str),
    /// `--name`, without a value.
    Switch(&'static str),
    /// A bare word right behind this one: `to v1.4.2`.
    Behind(&'static str),
}

/// Whether an argument can be left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Need {
    /// It must be there.
    Required,
    /// It can be left out.
    Optional,
}

impl Argument {
    pub(super) const fn required<T: Typed>() -> Self {
        Self { kind: Kind::of::<T>(), form: Form::Word, need: Need::Required }
    }

    pub(super) const fn optional<T: Typed>() -> Self {
        Self { kind: Kind::of::<T>(), form: Form::Word, need: Need::Optional }
    }

    pub(super) const fn flag<T: Typed>(name: &'static str) -> Self {
        Self { kind: Kind::of::<T>(), form: Form::Flag(name), need: Need::Optional }
    }

    pub(super) const fn switch<T: Typed>(name: &'static str) -> Self {
        Self { kind: Kind::of::<T>(), form: Form::Switch(name), need: Need::Optional }
    }

    pub(super) const fn behind<T: Typed>(word: &'static str) -> Self {
        Self { kind: Kind::of::<T>(), form: Form::Behind(word), need: Need::Optional }
    }

    /// Whether it is a flag of this name.
    pub(super) fn is_flag(&self, name: &str) -> bool {
        matches!(self.form, Form::Flag(own) | Form::Switch(own) if own.eq_ignore_ascii_case(name))
    }

    /// The word that names it, without dashes.
    pub(super) fn head_word(&self) -> &'static str {
        match self.form {
            Form::Word => "",
            Form::Flag(word) | Form::Switch(word) | Form::Behind(word) => word,
        }
    }

    /// What stands in front of its value: `--pre`, `to`.
    pub(super) fn head(&self) -> String {
        match self.form {
            Form::Word => String::new(),
            Form::Flag(name) | Form::Switch(name) => format!("--{name}"),
            Form::Behind(word) => word.to_owned(),
        }
    }

    /// As the grammar line writes it: `[--pre rc]`.
    pub fn shown(&self) -> String {
        let bare = match self.form {
            Form::Word => self.kind.shown.to_owned(),
            Form::Flag(_) | Form::Behind(_) => format!("{} {}", self.head(), self.kind.shown),
            Form::Switch(_) => self.head(),
        };
        match self.need {
            Need::Required => bare,
            Need::Optional => format!("[{bare}]"),
        }
    }
}

/// The arguments of one line, each already accepted by its kind.
#[derive(Debug, Default)]
pub(super) struct Given {
    pub(super) words: Vec<(&'static str, String)>,
    pub(super) reason: Option<Reason>,
}

impl Given {
    /// The argument of this type, if it was given.
    pub(super) fn get<T: Typed>(&self) -> Option<T> {
        self.word(T::SHOWN).and_then(T::read)
    }

    /// The argument of this type.
    pub(super) fn required<T: Typed>(&self) -> T {
        self.get().expect("a row is made only when all that it requires was given")
    }

    /// The reason, if one was given.
    pub(super) fn reason(&self) -> Option<Reason> {
        self.reason.clone()
    }

    /// The reason.
    pub(super) fn required_reason(&self) -> Reason {
        self.reason().expect("a row is made only when the reason that it requires was given")
    }

    pub(super) fn word(&self, shown: &str) -> Option<&str> {
        self.words.iter().find(|(name, _)| *name == shown).map(|(_, word)| word.as_str())
    }

    pub(super) fn put(&mut self, argument: &Argument, word: &str) {
        self.words.push((argument.kind.shown, word.to_owned()));
    }
}
