//! A changelog with the section of a new release. What people wrote into it stays to the letter.

/// The file with a section above those of earlier releases, below what stands before them and a section of what is unreleased.
pub fn with_section(before: Option<&str>, heading: &str, body: &str) -> String {
    let section = format!("## {heading}\n\n{}\n", body.trim());
    let Some(before) = before.filter(|text| !text.trim().is_empty()) else {
        return format!("# Changelog\n\n{section}");
    };
    let is_windows = before.contains("\r\n");
    let section = if is_windows { section.replace('\n', "\r\n") } else { section };
    let gap = if is_windows { "\r\n" } else { "\n" };
    match first_release(before) {
        Some(at) => format!("{}{section}{gap}{}", &before[..at], &before[at..]),
        None => format!("{}{gap}{gap}{section}", before.trim_end()),
    }
}

/// Where the newest release's heading begins.
fn first_release(text: &str) -> Option<usize> {
    let (mut at, mut is_listing) = (0, false);
    for line in text.split_inclusive('\n') {
        let start = at;
        at += line.len();
        is_listing ^= line.trim_start().starts_with("```");
        let title = line.strip_prefix("## ").filter(|_| !is_listing);
        if title.is_some_and(|title| !title.to_ascii_lowercase().contains("unreleased")) {
            return Some(start);
        }
    }
    None
}
