//! From a line to a command, or to a mistake with the nearest right line. It guesses for the answer, never for the deed.

use super::filling::Filling;
use super::mistake::{Mistake, Nearest};
use super::table::{self, Known, Verb};
use super::words::{self, Stuck, Word, Words};
use super::{Command, find};

/// The longest line that is read, in characters.
pub const LINE_LIMIT: usize = 1000;

/// Reads one line that begins with `/release`, as [`find`](super::find()) gives it.
pub fn parse(line: &str) -> Result<Command, Mistake> {
    let length = line.chars().count();
    if length > LINE_LIMIT {
        return Err(Mistake::TooLong { length });
    }
    let rest = find::behind_release(line).unwrap_or(line);
    let Words { words, reason } = words::split(rest).map_err(|stuck| unreadable(rest, stuck))?;
    let Some((word, arguments)) = words.split_first() else { return Err(Mistake::NoVerb) };
    match table::look_up(&word.text) {
        Known::Built(verb) => fill(verb, arguments, reason),
        Known::Hint(verb) => {
            Err(Mistake::Hint { word: word.text.clone(), nearest: instead(verb, arguments, reason) })
        }
        Known::NotBuilt(verb) => Err(Mistake::NotBuilt { verb }),
        Known::Nothing => {
            let nearest = table::nearest_verb(&word.text).map(|verb| instead(verb, arguments, reason));
            Err(Mistake::UnknownVerb { word: word.text.clone(), nearest })
        }
    }
}

fn fill(verb: &'static Verb, words: &[Word], reason: Option<&str>) -> Result<Command, Mistake> {
    match Filling::of(verb, words, reason).finish() {
        Ok(given) => Ok((verb.make)(&given)),
        Err((fault, nearest)) => Err(Mistake::Argument { verb: verb.name, fault, nearest }),
    }
}

/// The same words behind another verb.
fn instead(verb: &'static Verb, words: &[Word], reason: Option<&str>) -> Nearest {
    let shown = reason.filter(|reason| words::is_plain(reason));
    match Filling::of(verb, words, shown).finish() {
        Ok(given) => Nearest::Meant((verb.make)(&given).to_string()),
        Err((_, nearest)) => nearest,
    }
}

fn unreadable(rest: &str, stuck: Stuck) -> Mistake {
    match stuck {
        Stuck::OpenQuote => Mistake::OpenQuote { nearest: repaired(rest, words::without_quotes(rest)) },
        Stuck::Odd(character, word) => Mistake::OddCharacter {
            character,
            oddity: words::oddity(character).expect("`split` stops only at odd characters"),
            seen: words::visible(&word),
            nearest: repaired(rest, words::without_odd(rest)),
        },
    }
}

/// The repaired line, unless it is wrong in another way: then it is no help.
fn repaired(rest: &str, line: String) -> Option<Nearest> {
    // Repairing a repaired line changes nothing, so this ends.
    let command = if line == rest { None } else { parse(&line).ok() };
    command.map(|command| Nearest::Meant(command.to_string()))
}
