//! Values at the top of YAML files, found line by line so that everything else stays as it is. What is written there is not decided here.

use std::ops::Range;

/// Where a plain or quoted value of the outermost mapping stands, without its quotes.
pub(super) fn value(text: &str, key: &str) -> Option<Range<usize>> {
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let start = at;
        at += line.len();
        let Some(rest) = line.strip_prefix(key).and_then(|rest| rest.strip_prefix(':')) else { continue };
        let from = line.len() - rest.trim_start().len();
        let word = line[from..].trim_end();
        return match word.chars().next()? {
            quote @ ('"' | '\'') => {
                let length = word[1..].find(quote)?;
                Some(start + from + 1..start + from + 1 + length)
            }
            '#' => None,
            _ => {
                let length = word.find(" #").map_or(word.len(), |end| word[..end].trim_end().len());
                Some(start + from..start + from + length)
            }
        };
    }
    None
}
