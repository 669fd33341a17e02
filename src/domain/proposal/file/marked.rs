//! Versions in any text file, on lines that carry our mark. A line without it is never touched.

use std::ops::Range;

/// What a line carries, in a comment of whatever language, so that its version is kept up to date.
pub const MARK: &str = "lockkeeper:version";

/// The first version of each line that carries the mark.
pub(super) fn versions(text: &str) -> Vec<Range<usize>> {
    let mut at = 0;
    let mut found = vec![];
    for line in text.split_inclusive('\n') {
        let start = at;
        at += line.len();
        if let Some((before, after)) = line.split_once(MARK) {
            let behind = start + before.len() + MARK.len();
            let span = version(before).map(|span| span.start + start..span.end + start);
            found.extend(span.or_else(|| version(after).map(|span| span.start + behind..span.end + behind)));
        }
    }
    found
}

/// `1.4.2`, `1.5.0-rc.1`: begins with a digit that no word precedes, and has a dot between digits.
fn version(line: &str) -> Option<Range<usize>> {
    let is_part = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '.' | '-' | '+');
    let mut at = 0;
    while let Some(found) = line[at..].find(|letter: char| letter.is_ascii_digit()) {
        let start = at + found;
        let length = line[start..].find(|letter: char| !is_part(letter)).unwrap_or(line.len() - start);
        let word = line[start..start + length].trim_end_matches(['.', '-', '+']);
        let before = line[..start].strip_suffix(['v', 'V']).unwrap_or(&line[..start]);
        let stands_alone = !before.ends_with(|letter: char| letter.is_alphanumeric() || letter == '.');
        let has_dot = word.split_once('.').is_some_and(|(major, rest)| {
            major.bytes().all(|byte| byte.is_ascii_digit()) && rest.starts_with(|c: char| c.is_ascii_digit())
        });
        if stands_alone && has_dot {
            return Some(start..start + word.len());
        }
        at = start + length;
    }
    None
}
