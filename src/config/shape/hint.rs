//! Guesses at what somebody meant who wrote a word that does not exist. A guess is only ever shown, never acted on.

use super::Shape;

/// The word most like `written`, if one is like it at all.
pub(in crate::config) fn nearest<'a>(written: &str, words: &[&'a str]) -> Option<&'a str> {
    let lower = written.to_lowercase();
    let scored = words.iter().map(|word| (strsim::damerau_levenshtein(&lower, word), *word));
    let (distance, word) = scored.min()?;
    // One slip in a short word, one in three letters in a long one; more would be guessing.
    (distance <= (word.len() / 3).max(1)).then_some(word)
}

/// The path of the mapping that does take `key`, if it is exactly one.
pub(super) fn elsewhere(root: &Shape, key: &str) -> Option<String> {
    let mut homes = Vec::new();
    collect(root, key, &mut Vec::new(), &mut homes);
    if homes.len() == 1 { homes.pop() } else { None }
}

fn collect<'s>(shape: &'s Shape, key: &str, path: &mut Vec<&'s str>, homes: &mut Vec<String>) {
    match shape {
        Shape::Text(_) | Shape::Page(_) | Shape::Word(_) => {}
        Shape::List { item, .. } => collect(item, key, path, homes),
        Shape::Named(each) => {
            path.push("NAME");
            collect(each, key, path, homes);
            path.pop();
        }
        Shape::Either(shapes) => shapes.iter().for_each(|shape| collect(shape, key, path, homes)),
        Shape::Mapping { fields, .. } => {
            for (name, field) in fields {
                if name == key {
                    homes.push(path.join("."));
                }
                path.push(name);
                collect(field, key, path, homes);
                path.pop();
            }
        }
    }
}

/// The words in code marks, with commas.
pub(in crate::config) fn listed(words: &[&str]) -> String {
    words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_guess_needs_likeness() {
        let words = ["categories", "exclude"];
        assert_eq!(nearest("catgories", &words), Some("categories"));
        assert_eq!(nearest("Categories", &words), Some("categories"));
        assert_eq!(nearest("exlcude", &words), Some("exclude"));
        assert_eq!(nearest("sections", &words), None);
        assert_eq!(nearest("", &["tag"]), None);
    }
}
