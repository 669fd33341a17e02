//! Calendar versions: what a day is as a version, and the counter behind it. Their patterns are `strftime`'s, ours calver.org's.

use std::collections::BTreeSet;

use jiff::civil::Date;
use lockkeeper::domain::id::TagName;
use lockkeeper::domain::version::{Bump, Format, Naming, Origin, Scheme, Step, TagPattern, Version};

use super::table::{read, text};

const TABLE: &str = "craft/calver-cases.json";

/// Our words for theirs.
const WORDS: [(&str, &str); 6] =
    [("%Y", "YYYY"), ("%y", "YY"), ("%-m", "MM"), ("%m", "0M"), ("%-d", "DD"), ("%d", "0D")];

fn ours(theirs: &str) -> String {
    WORDS.iter().fold(theirs.to_owned(), |text, (theirs, ours)| text.replace(theirs, ours))
}

#[test]
fn a_day_is_written_as_craft_writes_it() {
    let Some(table) = read(TABLE) else { return };
    let cases = table["format"].as_array().unwrap();
    assert!(cases.len() >= 14);
    for case in cases {
        let [day, theirs, expected] = [0, 1, 2].map(|at| case[at].as_str().unwrap());
        let day: Date = day.parse().unwrap();
        // A format is one of versions: it begins with the year and goes on without a gap.
        let year = format!("{}.", day.year());
        let (format, before) = match ours(theirs).as_str() {
            month @ ("MM" | "0M") => (format!("YYYY.{month}"), year),
            days @ ("DD" | "0D") => (format!("YYYY.MM.{days}"), format!("{year}{}.", day.month())),
            "YY" | "YYYY" => (format!("{}.MICRO", ours(theirs)), String::new()),
            other => (other.to_owned(), String::new()),
        };
        let next = Format::parse(&format).unwrap().next(day, []).to_string();
        let next = next.strip_suffix(".0").filter(|_| format.ends_with("MICRO")).unwrap_or(&next);
        assert_eq!(next, format!("{before}{expected}"), "{theirs} on {day}");
    }
}

#[test]
fn the_counter_goes_on_as_crafts_does() {
    let Some(table) = read(TABLE) else { return };
    let cases = table["next"].as_array().unwrap();
    assert!(cases.len() >= 5);
    for case in cases {
        let pattern = TagPattern::parse(&format!("{}{{version}}", text(case, "tag_prefix"))).unwrap();
        let format = Format::parse(&format!("{}.MICRO", ours(text(case, "format")))).unwrap();
        let naming = Naming { pattern, scheme: Scheme::Calendar(format) };
        let tags = case["tags"].as_array().unwrap().iter();
        let tags = tags.map(|tag| TagName::parse(tag.as_str().unwrap()).unwrap());
        let taken: BTreeSet<Version> = tags.filter_map(|tag| naming.version_of(tag.as_str())).collect();
        let day: Date = text(case, "today").parse().unwrap();
        let today = day - jiff::Span::new().days(case["offset_days"].as_i64().unwrap());
        let origin = Origin { stable: taken.last(), promised: None, taken: &taken, today, series: None };
        let (next, _) = naming.scheme.next(&origin, Step::Contents(Bump::Patch));
        assert_eq!(next.to_string(), text(case, "expected"), "{case}");
    }
}
