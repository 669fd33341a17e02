//! The core knows no forge: what one of them calls its things comes as words from its adapter. Which rooms use each other is `arrows`.

use crate::reading::{File, Tree};

/// The rooms that every forge shares.
const ROOMS: &[&[&str]] = &[&["domain"], &["engine"]];

/// Named nowhere in code.
const FORGES: &[&str] = &["github", "gitlab"];

/// What one forge has and another has not, or calls otherwise: in no text, in the singular or the plural.
const THEIR_WORDS: &[&str] = &["workflow", "ruleset", "pull request", "merge request", "app", "actions"];

/// The same among identifiers.
const THEIR_NAMES: &[&str] = &["workflow", "ruleset", "pull_request", "merge_request"];

/// `deploy: { workflow: … }` is a key of the policy file, whichever forge obeys it: the word alone, where the policy's words stand.
const KEYS: (&str, &[&str]) = ("workflow", &["domain", "policy"]);

/// Whatever in the shared rooms is one forge's.
pub(crate) fn the_core_names_no_forge(tree: &Tree) -> Vec<String> {
    let shared = tree.files.iter().filter(|file| ROOMS.iter().any(|room| file.is_in(room)));
    shared.flat_map(|file| identifiers(file).into_iter().chain(texts(file))).collect()
}

fn identifiers(file: &File) -> Vec<String> {
    let is_named = |name: &str| {
        let written = name.to_lowercase();
        let is_key = written == KEYS.0;
        FORGES.iter().any(|forge| written.contains(forge))
            || (!is_key && THEIR_NAMES.iter().any(|word| written.contains(word)))
    };
    let found = file.identifiers.iter().filter(|name| is_named(name));
    found.map(|name| format!("{}: `{name}` is one forge's", file.path)).collect()
}

fn texts(file: &File) -> Vec<String> {
    let is_key = |text: &str| text == KEYS.0 && file.is_in(KEYS.1);
    let is_theirs = |text: &str| {
        let written = text.to_lowercase();
        let words: Vec<&str> = written.split(|letter: char| !letter.is_alphanumeric()).collect();
        let spoken = format!(" {} ", words.join(" "));
        FORGES.iter().any(|forge| written.contains(forge))
            || THEIR_WORDS
                .iter()
                .any(|word| spoken.contains(&format!(" {word} ")) || spoken.contains(&format!(" {word}s ")))
    };
    let found = file.texts.iter().filter(|text| !is_key(text) && is_theirs(text));
    found.map(|text| format!("{}: {text:?} has words of one forge", file.path)).collect()
}
