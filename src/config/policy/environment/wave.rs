//! `waves`: the steps of an environment and their targets. What a target is, only its deployment knows.

use crate::config::diagnostic::{Code, Diagnostic};
use crate::config::policy::meaning::{Errors, told};
use crate::config::shape::{ListOf, OneOrMore, Written, shortened};
use crate::domain::id::TargetName;

/// As many steps as one environment may have.
const MOST_WAVES: usize = 20;
/// As many targets as all steps together may have.
const MOST_TARGETS: usize = 50;

/// The steps, each with its targets.
pub(super) fn waves(raw: ListOf<OneOrMore<Written>>, errors: &mut Errors) -> Vec<Vec<TargetName>> {
    let ListOf(waves) = raw;
    let targets: Vec<&Written> = waves.iter().flat_map(|OneOrMore(wave)| wave).collect();
    let first_over = waves.get(MOST_WAVES).and_then(|OneOrMore(wave)| wave.first());
    errors.extend(first_over.map(|target| too_many(target, &format!("{MOST_WAVES} waves"))));
    errors
        .extend(targets.get(MOST_TARGETS).map(|target| too_many(target, &format!("{MOST_TARGETS} targets"))));
    for (at, target) in targets.iter().enumerate() {
        if targets[..at].iter().any(|other| other.text.eq_ignore_ascii_case(&target.text)) {
            let title = format!("the target `{}` stands twice", shortened(&target.text));
            let error = Diagnostic::at(Code::BadTarget, target.span(), title);
            errors.push(error.help("each target is deployed to once, in one wave"));
        }
    }
    waves
        .iter()
        .map(|OneOrMore(wave)| wave.iter().filter_map(|name| told(target(name), errors)).collect())
        .collect()
}

fn target(written: &Written) -> Result<TargetName, Diagnostic> {
    TargetName::parse(written.text.as_str()).map_err(|malformed| {
        let title = format!("`{}` cannot name a target", shortened(&written.text));
        Diagnostic::at(Code::BadTarget, written.span(), title).help(format!("a name has {}", malformed.rule))
    })
}

fn too_many(first_over: &Written, most: &str) -> Diagnostic {
    Diagnostic::at(Code::TooMany, first_over.span(), format!("more than {most}"))
}
