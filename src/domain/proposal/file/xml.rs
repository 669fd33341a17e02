//! Texts in XML files, found by the names of the elements around them. Comments and what is quoted are passed over; no entity is read.

use std::ops::Range;

/// Where the text of the first element of this path stands, without the blanks around it.
pub(super) fn value(text: &str, path: &[&str]) -> Option<Range<usize>> {
    let (mut at, mut open): (usize, Vec<&str>) = (0, vec![]);
    while let Some(found) = text[at..].find('<') {
        let start = at + found;
        let rest = &text[start..];
        at = if rest.starts_with("<!--") {
            start + rest.find("-->")? + 3
        } else if rest.starts_with("<![CDATA[") {
            start + rest.find("]]>")? + 3
        } else if rest.starts_with("<?") || rest.starts_with("<!") {
            start + rest.find('>')? + 1
        } else {
            let end = start + end_of_tag(rest)?;
            let tag = &text[start + 1..end];
            if tag.starts_with('/') {
                open.pop();
            } else if !tag.ends_with('/') {
                open.push(tag.split_ascii_whitespace().next().unwrap_or_default());
                if open == path {
                    return words(text, end + 1);
                }
            }
            end + 1
        };
    }
    None
}

/// Where a tag's `>` stands; one in an attribute's quotes is none.
fn end_of_tag(rest: &str) -> Option<usize> {
    let mut quote = None;
    rest.char_indices().find_map(|(at, letter)| {
        match (quote, letter) {
            (None, '>') => return Some(at),
            (None, '"' | '\'') => quote = Some(letter),
            (Some(open), letter) if open == letter => quote = None,
            (None | Some(_), _) => {}
        }
        None
    })
}

fn words(text: &str, start: usize) -> Option<Range<usize>> {
    let inner = &text[start..start + text[start..].find('<')?];
    let from = start + inner.len() - inner.trim_start().len();
    // `${revision}` is set elsewhere.
    let is_plain = !inner.trim().is_empty() && !inner.contains('$');
    is_plain.then(|| from..from + inner.trim().len())
}
