//! Whether a rule of a CI configuration lets the pipeline of a pushed tag through, as far as the rule alone can tell. Which rules stand where lives above.

use serde_json::Value;

/// How a condition comes out where a tag was pushed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Answer {
    Yes,
    No,
    /// It depends on what only GitLab knows.
    Unclear,
}

/// Whether rules may let a tag through: the first that applies decides, and where none does, it is kept out.
pub(super) fn admit_tags(rules: &Value) -> bool {
    let rules = match rules {
        Value::Array(rules) => rules.as_slice(),
        _ => return true,
    };
    for rule in rules {
        let is_never = rule.get("when").and_then(Value::as_str) == Some("never");
        match applies(rule) {
            Answer::Yes => return !is_never,
            Answer::Unclear if !is_never => return true,
            Answer::Unclear | Answer::No => {}
        }
    }
    false
}

fn applies(rule: &Value) -> Answer {
    let Some(rule) = rule.as_object() else { return Answer::Unclear };
    let on_files = rule.contains_key("exists") || rule.contains_key("changes");
    match rule.get("if") {
        Some(Value::String(condition)) => match answer(condition) {
            Answer::Yes if on_files => Answer::Unclear,
            answer => answer,
        },
        Some(_) => Answer::Unclear,
        None if on_files => Answer::Unclear,
        None => Answer::Yes,
    }
}

/// <https://docs.gitlab.com/ci/jobs/job_rules/#cicd-variable-expressions>
fn answer(condition: &str) -> Answer {
    if condition.contains(['(', ')']) {
        return Answer::Unclear;
    }
    let all = |part: &str| fold(part.split("&&").map(comparison), Answer::No, Answer::Yes);
    fold(condition.split("||").map(all), Answer::Yes, Answer::No)
}

/// One `decisive` answer settles it; else it is the `other` where all are.
fn fold(answers: impl Iterator<Item = Answer>, decisive: Answer, other: Answer) -> Answer {
    answers.fold(other, |so_far, answer| match (so_far, answer) {
        (settled, _) | (_, settled) if settled == decisive => decisive,
        (Answer::Unclear, _) | (_, Answer::Unclear) => Answer::Unclear,
        (_, _) => other,
    })
}

/// A single comparison, with what GitLab sets for a pushed tag: a tag, no branch, no merge request, the source `push`.
fn comparison(text: &str) -> Answer {
    let (variable, rest) = text.trim().split_once(char::is_whitespace).unwrap_or((text.trim(), ""));
    let (operator, value) = rest.trim().split_once(char::is_whitespace).unwrap_or((rest.trim(), ""));
    let value = value.trim();
    let truth = |is_so: bool| if is_so { Answer::Yes } else { Answer::No };
    match variable {
        "$CI_COMMIT_TAG" => match (operator, value) {
            ("", _) | ("!=", "null" | "\"\"" | "''") => Answer::Yes,
            ("==", "null" | "\"\"" | "''") => Answer::No,
            (_, _) => Answer::Unclear,
        },
        "$CI_PIPELINE_SOURCE" => match operator {
            "==" => truth(value.trim_matches(['"', '\'']) == "push"),
            "!=" => truth(value.trim_matches(['"', '\'']) != "push"),
            _ => Answer::Unclear,
        },
        unset if unset == "$CI_COMMIT_BRANCH" || unset.starts_with("$CI_MERGE_REQUEST_") => match operator {
            "" | "=~" => Answer::No,
            "==" => truth(value == "null"),
            "!=" => truth(value != "null"),
            _ => Answer::Unclear,
        },
        _ => Answer::Unclear,
    }
}

/// Whether `only` takes tags: by that word, or by an expression that a tag's name may fit as well as a branch's.
pub(super) fn names_tags(only: &Value) -> bool {
    let names = match only {
        Value::Object(only) => match only.get("refs") {
            Some(names) => names,
            None => return true,
        },
        names => names,
    };
    names_of(names).iter().any(|name| *name == "tags" || name.starts_with('/') || name.starts_with('$'))
}

/// Whether `except` leaves all tags out.
pub(super) fn is_all_tags(except: &Value) -> bool {
    names_of(except.get("refs").unwrap_or(except)).contains(&"tags")
}

fn names_of(names: &Value) -> Vec<&str> {
    match names {
        Value::String(name) => vec![name],
        Value::Array(names) => names.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_condition_is_answered_for_a_pushed_tag() {
        for (condition, expected) in [
            ("$CI_COMMIT_TAG", Answer::Yes),
            ("$CI_COMMIT_TAG != null", Answer::Yes),
            ("$CI_COMMIT_TAG == null", Answer::No),
            ("$CI_COMMIT_TAG =~ /^v/", Answer::Unclear),
            ("$CI_COMMIT_BRANCH", Answer::No),
            ("$CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH", Answer::No),
            ("$CI_COMMIT_BRANCH != \"main\"", Answer::Yes),
            ("$CI_COMMIT_BRANCH == null", Answer::Yes),
            ("$CI_MERGE_REQUEST_IID", Answer::No),
            ("$CI_PIPELINE_SOURCE == \"push\"", Answer::Yes),
            ("$CI_PIPELINE_SOURCE == 'merge_request_event'", Answer::No),
            ("$CI_PIPELINE_SOURCE != 'schedule'", Answer::Yes),
            ("$DEPLOY == \"yes\"", Answer::Unclear),
            ("$CI_COMMIT_BRANCH || $CI_COMMIT_TAG", Answer::Yes),
            ("$CI_COMMIT_TAG && $DEPLOY", Answer::Unclear),
            ("$CI_COMMIT_BRANCH && $DEPLOY", Answer::No),
            ("$CI_COMMIT_TAG && $CI_PIPELINE_SOURCE == \"push\"", Answer::Yes),
            ("($CI_COMMIT_BRANCH)", Answer::Unclear),
            ("$CI_COMMIT_BRANCH =~ /a||b/", Answer::Unclear),
        ] {
            assert_eq!(answer(condition), expected, "{condition}");
        }
    }
}
