//! `checks` and `approvals`: what must be said of a release before it may go on. Whether it was said is judged in `domain`.

use crate::config::diagnostic::{Code, Diagnostic};
use crate::config::policy::meaning::{Errors, principals, told};
use crate::config::policy::{raw, value, who};
use crate::config::shape::{Number, OneOrMore, shortened};
use crate::domain::policy::environment::{ApprovalRule, Check};

/// As many checks as one environment may ask for.
const MOST_CHECKS: usize = 50;
/// As many groups of approvers as one environment may have.
const MOST_RULES: usize = 10;
/// As many approvals as one rule may ask for.
const MOST_APPROVALS: u64 = 20;

/// Checks of the commit.
pub(super) fn checks(raw: OneOrMore<raw::Check>, errors: &mut Errors) -> Vec<Check> {
    let OneOrMore(raw) = raw;
    let written = |check: &raw::Check| match check {
        raw::Check::Name(name) => name.span(),
        raw::Check::Of(check) => check.name.span(),
    };
    if let Some(first_over) = raw.get(MOST_CHECKS) {
        let title = format!("more than {MOST_CHECKS} checks");
        errors.push(Diagnostic::at(Code::TooMany, written(first_over), title));
    }
    raw.into_iter().map(|raw| check(raw, errors)).collect()
}

fn check(raw: raw::Check, errors: &mut Errors) -> Check {
    match raw {
        raw::Check::Name(name) => Check { name: name.text, app: None },
        raw::Check::Of(raw) => {
            let app = raw.app.map(|app| {
                let help = "an app is named by its number: GitHub Actions is 15368";
                value::number("app", &app, 1..=u64::MAX).map_err(|error| error.help(help))
            });
            let app = app.and_then(|app| told(app, errors));
            Check { name: raw.name.text, app }
        }
    }
}

/// Who must agree.
pub(super) fn approvals(raw: raw::Approvals, errors: &mut Errors) -> Vec<ApprovalRule> {
    match raw {
        raw::Approvals::Count(number) => {
            vec![ApprovalRule {
                from: vec![],
                count: count("approvals", &number, errors),
                not_authors: false,
            }]
        }
        raw::Approvals::Rules(OneOrMore(rules)) => {
            if rules.len() > MOST_RULES {
                let place = rules[MOST_RULES].from.iter().flat_map(|names| &names.0).next();
                let title = format!("more than {MOST_RULES} entries under `approvals`");
                errors.push(match place {
                    Some(first) => Diagnostic::at(Code::TooMany, first.span(), title),
                    None => Diagnostic::whole(Code::TooMany, title),
                });
            }
            rules.into_iter().map(|raw| rule(raw, errors)).collect()
        }
    }
}

fn rule(raw: raw::ApprovalRule, errors: &mut Errors) -> ApprovalRule {
    ApprovalRule {
        from: raw.from.map_or_else(Vec::new, |names| principals(&names, errors)),
        count: raw.count.map_or(1, |number| count("count", &number, errors)),
        not_authors: raw.not.is_some_and(|OneOrMore(not)| not.iter().any(is_authors)),
    }
}

fn is_authors(not: &raw::NotCounted) -> bool {
    match not {
        raw::NotCounted::Authors => true,
    }
}

/// How many; 1 where that is not known, because something is wrong with it.
fn count(key: &str, number: &Number, errors: &mut Errors) -> u32 {
    let read =
        value::number(key, number, 1..=MOST_APPROVALS).map_err(|error| with_way_out(key, number, error));
    told(read, errors).and_then(|count| u32::try_from(count).ok()).unwrap_or(1)
}

/// What people mean who write no number there.
fn with_way_out(key: &str, number: &Number, error: Diagnostic) -> Diagnostic {
    let text = number.0.text.as_str();
    let names_somebody = !text.starts_with(|c: char| c.is_ascii_digit()) && who::principal(&number.0).is_ok();
    let help = match text {
        "0" => "where nobody need agree, leave `approvals` out".to_owned(),
        _ if key == "approvals" && names_somebody => {
            format!("people are written like this: `{{ from: {} }}`", shortened(text))
        }
        _ => return error,
    };
    Diagnostic { help: vec![help], ..error }
}
