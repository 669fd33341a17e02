//! The filling of a verb's arguments from a line's words, and the nearest right line where they do not fit. A guess is only ever shown, never acted on.

use super::argument::{Argument, Form, Given, Need};
use super::mistake::{Fault, Nearest};
use super::table::{ReasonRule, Verb};
use super::value::Reason;
use super::words::{Word, is_plain};

/// Goes through a line's words; keeps the first fault, and goes on so that the nearest right command can be told.
pub(super) struct Filling {
    verb: &'static Verb,
    given: Given,
    fault: Option<Fault>,
    surplus: Vec<Surplus>,
    is_exact: bool,
}

/// A word that no argument took.
struct Surplus {
    text: String,
    /// What it may have been meant as.
    role: Role,
}

/// What a word that no argument took may have been meant as.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Role {
    /// The same thing a second time: another environment.
    Second,
    /// The value of an argument that is still free.
    Value,
    /// The value of an argument that wants a word in front, `to`.
    Headless,
    /// Part of the reason.
    Prose,
}

type Rest<'w> = std::iter::Peekable<std::slice::Iter<'w, Word>>;

impl Filling {
    /// Fills the verb's arguments with these words.
    pub(super) fn of(verb: &'static Verb, words: &[Word], reason: Option<&str>) -> Self {
        let mut filling =
            Self { verb, given: Given::default(), fault: None, surplus: Vec::new(), is_exact: true };
        let mut rest = words.iter().peekable();
        while let Some(word) = rest.next() {
            match word.as_flag() {
                Some((name, value)) => filling.flag(name, value, &mut rest),
                None => filling.bare(&word.text, &mut rest),
            }
        }
        filling.close(reason);
        filling
    }

    /// The complete arguments, or what is wrong with them and the nearest right ones.
    pub(super) fn finish(mut self) -> Result<Given, (Fault, Nearest)> {
        let Some(fault) = self.fault.take() else { return Ok(self.given) };
        let has_nothing_right = self.given.words.is_empty();
        self.complete();
        let line = (self.verb.make)(&self.given).to_string();
        Err(match (self.is_exact, has_nothing_right) {
            (true, _) => (fault, Nearest::Meant(line)),
            (false, true) => (fault, Nearest::Example(self.verb.example.to_owned())),
            (false, false) => (fault, Nearest::Example(line)),
        })
    }

    fn blame(&mut self, fault: Fault) {
        self.fault.get_or_insert(fault);
    }

    fn flag(&mut self, name: &str, value: Option<&str>, rest: &mut Rest<'_>) {
        let known = self.verb.arguments.iter().find(|argument| argument.is_flag(name));
        let Some(argument) = known else {
            self.is_exact = false;
            let value = value.map(str::to_owned).or_else(|| next_value(rest).map(str::to_owned));
            return self.blame(Fault::UnknownFlag { flag: name.to_ascii_lowercase(), value });
        };
        match (argument.form, value) {
            (Form::Switch(_), None) => self.value(argument, Some("")),
            (Form::Switch(_), Some(_)) => {
                self.is_exact = false;
                self.blame(Fault::UnwantedValue { flag: argument.head() });
            }
            (Form::Flag(_) | Form::Word | Form::Behind(_), None) => self.value(argument, next_value(rest)),
            (Form::Flag(_) | Form::Word | Form::Behind(_), Some(_)) => self.value(argument, value),
        }
    }

    /// The value of an argument that was named.
    fn value(&mut self, argument: &Argument, value: Option<&str>) {
        let flag = argument.head();
        match value {
            None => {
                self.blame(Fault::NoValue { flag, expected: argument.kind.wanted() });
                self.repair(argument, "");
            }
            Some(_) if self.given.word(argument.kind.shown).is_some() => {
                self.is_exact = false;
                self.blame(Fault::Repeated { flag });
            }
            Some(value) if (argument.kind.accepts)(value) => self.given.put(argument, value),
            Some(value) => {
                self.blame(Fault::Invalid { word: value.to_owned(), expected: vec![argument.kind.wanted()] });
                self.repair(argument, value);
            }
        }
    }

    /// A word without dashes: the head of an argument, a flag whose dashes were forgotten, or an argument itself.
    fn bare(&mut self, word: &str, rest: &mut Rest<'_>) {
        let arguments = self.verb.arguments.iter();
        for argument in arguments.filter(|argument| argument.head_word().eq_ignore_ascii_case(word)) {
            match argument.form {
                Form::Behind(_) => return self.value(argument, next_value(rest)),
                Form::Switch(_) => {
                    self.blame(Fault::Undashed { flag: argument.head() });
                    return self.value(argument, Some(""));
                }
                Form::Flag(_) => {
                    if let Some(value) = rest.next_if(|next| (argument.kind.accepts)(&next.text)) {
                        self.blame(Fault::Undashed { flag: argument.head() });
                        return self.value(argument, Some(&value.text));
                    }
                }
                Form::Word => {}
            }
        }
        self.word(word);
    }

    fn word(&mut self, word: &str) {
        let of_words = || self.verb.arguments.iter().filter(|argument| argument.form == Form::Word);
        let free: Vec<&Argument> =
            of_words().filter(|argument| self.given.word(argument.kind.shown).is_none()).collect();
        if let Some(argument) = free.iter().find(|argument| (argument.kind.accepts)(word)) {
            return self.given.put(argument, word);
        }
        if let Some(argument) = free.iter().find(|argument| (argument.kind.nearest)(word).is_some()) {
            self.repair(argument, word);
            return self.blame_word(word, &free);
        }
        let is_second = of_words().any(|argument| (argument.kind.accepts)(word));
        let role = match (is_second, self.headless(word), free.is_empty()) {
            (true, _, _) => Role::Second,
            (false, Some(_), _) => Role::Headless,
            (false, None, false) => Role::Value,
            (false, None, true) => Role::Prose,
        };
        self.surplus.push(Surplus { text: word.to_owned(), role });
        match (role, self.headless(word)) {
            (Role::Headless, Some(argument)) => {
                self.blame(Fault::NoHead { word: word.to_owned(), head: argument.head() });
            }
            (Role::Value, _) => self.blame_word(word, &free),
            (Role::Second | Role::Prose | Role::Headless, _) => {
                self.blame(Fault::Extra { word: word.to_owned() });
            }
        }
    }

    fn blame_word(&mut self, word: &str, free: &[&Argument]) {
        let expected = free.iter().map(|argument| argument.kind.wanted()).collect();
        self.blame(Fault::Invalid { word: word.to_owned(), expected });
    }

    /// The free argument that takes this word, but only behind another one: `rollback production v1.5.0` may be meant
    /// against v1.5.0 as well as for it.
    fn headless(&self, word: &str) -> Option<&'static Argument> {
        let is_it = |argument: &&Argument| {
            matches!(argument.form, Form::Behind(_))
                && self.given.word(argument.kind.shown).is_none()
                && (argument.kind.accepts)(word)
        };
        self.verb.arguments.iter().find(is_it)
    }

    /// Puts in what was probably meant, for the nearest right command.
    fn repair(&mut self, argument: &Argument, word: &str) {
        let meant = (argument.kind.nearest)(word);
        self.is_exact &= meant.is_some();
        self.given.put(argument, meant.as_deref().unwrap_or(argument.kind.sample));
    }

    fn close(&mut self, reason: Option<&str>) {
        for argument in self.verb.arguments {
            if argument.need == Need::Required && self.given.word(argument.kind.shown).is_none() {
                self.blame(Fault::Missing { expected: argument.kind.wanted() });
            }
        }
        self.given.reason = reason.and_then(Reason::read);
        match (self.verb.reason, &self.given.reason) {
            (ReasonRule::None, Some(_)) => {
                self.given.reason = None;
                self.blame(Fault::UnwantedReason);
            }
            (ReasonRule::Required, None) => self.blame(Fault::MissingReason),
            (ReasonRule::None, None) | (ReasonRule::Optional, _) | (ReasonRule::Required, Some(_)) => {}
        }
    }

    /// Makes the arguments complete: what is missing gets a sample, words that were too many become the reason.
    fn complete(&mut self) {
        for argument in self.verb.arguments {
            if argument.need == Need::Required && self.given.word(argument.kind.shown).is_none() {
                self.is_exact = false;
                self.given.put(argument, argument.kind.sample);
            }
        }
        if self.verb.reason == ReasonRule::None {
            self.is_exact &= self.surplus.is_empty();
        } else {
            self.complete_reason();
        }
    }

    /// A value without the word in front is shown with it, but never offered for copying.
    fn complete_headless(&mut self) {
        let (headless, others): (Vec<_>, Vec<_>) =
            std::mem::take(&mut self.surplus).into_iter().partition(|word| word.role == Role::Headless);
        self.surplus = others;
        for word in headless {
            self.is_exact = false;
            if let Some(argument) = self.headless(&word.text) {
                self.given.put(argument, &word.text);
            }
        }
    }

    /// Words that were too many were probably meant as the reason; a single one perhaps as something else, and then it is not
    /// offered for copying. What a person wrote is offered only if all of it can be seen.
    fn complete_reason(&mut self) {
        self.complete_headless();
        if let [only] = self.surplus.as_slice() {
            self.is_exact &= only.role == Role::Prose;
            if only.role == Role::Second {
                self.surplus.clear();
            }
        }
        let kept = self.given.reason.take().filter(|reason| is_plain(reason.as_str()));
        let surplus = self.surplus.iter().map(|word| word.text.as_str()).collect::<Vec<_>>().join(" ");
        let spare = surplus.trim_start_matches(['-', ' ']);
        let wanted = self.verb.reason == ReasonRule::Required;
        self.is_exact &=
            (kept.is_none() || spare.is_empty()) && (kept.is_some() || !spare.is_empty() || !wanted);
        let sample = || Reason::read("why").filter(|_| wanted);
        self.given.reason = kept.or_else(|| Reason::read(spare)).or_else(sample);
    }
}

/// The next word, unless it is a flag.
fn next_value<'w>(rest: &mut Rest<'w>) -> Option<&'w str> {
    rest.next_if(|next| next.as_flag().is_none()).map(|word| word.text.as_str())
}
