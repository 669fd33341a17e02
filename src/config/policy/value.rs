//! Lengths of time, numbers and switches of a policy file, from the text that was written. What a length is for is not known here.

use std::ops::RangeInclusive;

use crate::config::diagnostic::{Code, Diagnostic};
use crate::config::shape::{Length, Number, Switch, shortened};
use crate::domain::policy::environment::Seconds;

/// The longest time that a file may name: more is a slip.
const LONGEST: Seconds = Seconds::days(365);

/// `90s`, `30m`, `2h`, `5d`.
pub(super) fn length(key: &str, length: &Length) -> Result<Seconds, Diagnostic> {
    let Length(written) = length;
    let refused = |title| Err(Diagnostic::at(Code::BadLength, written.span(), title));
    let shown = shortened(&written.text);
    let Some(length) = seconds(&written.text) else {
        let title = format!("`{key}: {shown}` is not a length of time");
        return refused(title).map_err(how_to_write);
    };
    if length.is_zero() {
        let title = format!("`{key}: {shown}` is no time at all");
        return refused(title).map_err(|error| error.help("take the key out to have the default"));
    }
    if length > LONGEST {
        return refused(format!("`{key}: {shown}` is longer than {LONGEST}"));
    }
    Ok(length)
}

fn how_to_write(error: Diagnostic) -> Diagnostic {
    error.help("write a number and one of `s`, `m`, `h`, `d`, as in `90s`, `30m`, `2h`, `5d`")
}

/// `None`: not written as a length of time. One beyond all counting is cut off.
fn seconds(text: &str) -> Option<Seconds> {
    let (digits, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
    let unit: u64 = match unit {
        "s" => 1,
        "m" => 60,
        "h" => 3600,
        "d" => 86_400,
        _ => return None,
    };
    let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| Seconds(digits.parse().unwrap_or(u64::MAX).saturating_mul(unit)))
}

/// A whole number within limits.
pub(super) fn number(key: &str, number: &Number, within: RangeInclusive<u64>) -> Result<u64, Diagnostic> {
    let Number(written) = number;
    let is_number = written.text.bytes().all(|byte| byte.is_ascii_digit());
    match written.text.parse() {
        Ok(value) if is_number && within.contains(&value) => Ok(value),
        _ => {
            let title = format!("`{key}` cannot be `{}`", shortened(&written.text));
            let wanted = match within.into_inner() {
                (least, u64::MAX) => format!("write a number from {least} on"),
                (least, most) => format!("write a number from {least} to {most}"),
            };
            Err(Diagnostic::at(Code::BadNumber, written.span(), title).help(wanted))
        }
    }
}

/// `true` or `false`; YAML's older words for them are not guessed at.
pub(super) fn switch(key: &str, switch: &Switch) -> Result<bool, Diagnostic> {
    let Switch(written) = switch;
    match written.text.as_str() {
        "true" => Ok(true),
        "false" => Ok(false),
        other => {
            let title = format!("`{key}` cannot be `{}`", shortened(other));
            Err(Diagnostic::at(Code::UnknownWord, written.span(), title).help("write `true` or `false`"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::shape::Written;

    fn written(text: &str) -> Written {
        serde_json::from_value(serde_json::json!({ "text": text, "start": 0, "end": 1 }))
            .expect("all is there")
    }

    #[test]
    fn a_length_is_a_number_and_a_unit() {
        let check = |text: &str, expected| {
            assert_eq!(length("soak", &Length(written(text))).ok(), expected, "{text}")
        };
        check("90s", Some(Seconds(90)));
        check("30m", Some(Seconds::minutes(30)));
        check("2h", Some(Seconds::hours(2)));
        check("365d", Some(Seconds::days(365)));
        for text in [
            "2",
            "h",
            "",
            "2 h",
            "2H",
            "2hours",
            "1.5h",
            "-2h",
            "+2h",
            "0h",
            "366d",
            "99999999999999999999d",
            "2é",
            "é",
        ] {
            check(text, None);
        }
    }

    #[test]
    fn a_number_stays_within_its_limits() {
        let check = |text: &str, expected| {
            assert_eq!(number("count", &Number(written(text)), 1..=20).ok(), expected, "{text}");
        };
        check("1", Some(1));
        check("20", Some(20));
        for text in ["0", "21", "-1", "+1", "two", "1.0", "", "99999999999999999999"] {
            check(text, None);
        }
    }

    #[test]
    fn a_switch_is_true_or_false() {
        let check = |text: &str, expected| {
            assert_eq!(switch("auto_promote", &Switch(written(text))).ok(), expected, "{text}");
        };
        check("true", Some(true));
        check("false", Some(false));
        for text in ["yes", "no", "on", "True", "1"] {
            check(text, None);
        }
    }
}
