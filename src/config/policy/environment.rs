//! What `environments:` means: one environment after the other, then what their keys mean beside each other. How releases move through them is decided in `domain`.

use crate::config::diagnostic::{Code, Diagnostic};
use crate::config::shape::{Entry, Length, Named, Written, listed, shortened};
use crate::domain::command::WrittenEnvironment;
use crate::domain::id::EnvironmentName;
use crate::domain::policy::Customs;
use crate::domain::policy::environment::{Announce, Conditions, Environment, Seconds};

use super::meaning::{Errors, told};
use super::{raw, value};

mod deploy;
mod gate;
mod order;
mod wave;

/// As many environments as one file may have.
const MOST: usize = 30;

type Stage = Entry<raw::Environment>;

/// The environments of a file, in its order. What is wrong is told in `errors`; then they are not to be used.
pub(super) fn environments(
    raw: Named<raw::Environment>,
    customs: &Customs,
    errors: &mut Errors,
) -> Vec<Environment> {
    let Named(stages) = raw;
    if let Some(first_over) = stages.get(MOST) {
        let title = format!("more than {MOST} environments");
        errors.push(Diagnostic::at(Code::TooMany, first_over.name.span(), title));
        return vec![];
    }
    twins(&stages, errors);
    let after = order::after(&stages, errors);
    let whole = stages.into_iter().zip(after);
    whole.filter_map(|(stage, after)| environment(stage, after, (customs, errors))).collect()
}

/// Names that the forges take for one.
fn twins(stages: &[Stage], errors: &mut Errors) {
    for (at, stage) in stages.iter().enumerate() {
        let (name, earlier) = (&stage.name, &stages[..at]);
        if let Some(twin) = earlier.iter().find(|twin| twin.name.text.eq_ignore_ascii_case(&name.text)) {
            let title = format!("`{}` and `{}` differ only by capitals", twin.name.text, name.text);
            let error = Diagnostic::at(Code::BadEnvironment, name.span(), title);
            errors.push(error.help("a forge takes them for one environment; put both into one"));
        }
    }
}

fn environment(
    stage: Stage,
    after: Vec<EnvironmentName>,
    (customs, errors): (&Customs, &mut Errors),
) -> Option<Environment> {
    let name = told(name(&stage.name), errors);
    let raw = stage.value?;
    if stage.is_whole {
        nothing_idle(&stage.name, &raw, errors);
    }
    let auto_promote = raw.auto_promote.map(|switch| value::switch("auto_promote", &switch));
    Some(Environment {
        after,
        deploy: deploy::deploy(raw.deploy, raw.reporter, (customs, errors)),
        auto_promote: auto_promote.and_then(|on| told(on, errors)).unwrap_or_default(),
        conditions: Conditions {
            soak: length("soak", raw.soak.as_ref(), errors).unwrap_or_default(),
            checks: raw.checks.map_or_else(Vec::new, |checks| gate::checks(checks, errors)),
            approvals: raw.approvals.map_or_else(Vec::new, |approvals| gate::approvals(approvals, errors)),
        },
        waves: raw.waves.map_or_else(Vec::new, |waves| wave::waves(waves, errors)),
        bake: length("bake", raw.bake.as_ref(), errors).unwrap_or_default(),
        timeout: length("timeout", raw.timeout.as_ref(), errors).unwrap_or(Environment::USUAL_TIMEOUT),
        expires: length("expires", raw.expires.as_ref(), errors).unwrap_or(Environment::USUAL_EXPIRES),
        announce: announce(raw.announce.unwrap_or(raw::Announce::Comment)),
        // Last, so that what is wrong under a wrong name is told too.
        name: name?,
    })
}

fn name(written: &Written) -> Result<EnvironmentName, Diagnostic> {
    let refused = |help: String| {
        let title = format!("`{}` cannot name an environment", shortened(&written.text));
        Diagnostic::at(Code::BadEnvironment, written.span(), title).help(help)
    };
    let name = EnvironmentName::parse(written.text.as_str())
        .map_err(|malformed| refused(format!("a name has {}", malformed.rule)))?;
    match WrittenEnvironment::read(name.as_str()) {
        Some(_) => Ok(name),
        None => Err(refused("in a command it would be read as something else".to_owned())),
    }
}

fn length(key: &str, written: Option<&Length>, errors: &mut Errors) -> Option<Seconds> {
    told(value::length(key, written?), errors)
}

fn announce(raw: raw::Announce) -> Announce {
    match raw {
        raw::Announce::Comment => Announce::Comment,
        raw::Announce::Quiet => Announce::Quiet,
    }
}

/// Keys that nothing would obey beside the others: their writer believes in a gate that is not there.
fn nothing_idle(name: &Written, raw: &raw::Environment, errors: &mut Errors) {
    if let (Some(soak), None) = (&raw.soak, &raw.after) {
        let title = "`soak` needs `after`: it counts from the environments before";
        let error = Diagnostic::at(Code::Idle, soak.0.span(), title);
        errors.push(error.help("name them, as in `after: staging`, or take `soak` out"));
    }
    let idle = only_for_promotions(raw);
    if !idle.is_empty() && matches!(raw.deploy, None | Some(raw::Deploy::Word(raw::DeployWord::Observe))) {
        let title =
            format!("`{}` is only watched, nothing would obey its {}", shortened(&name.text), listed(&idle));
        let error = Diagnostic::at(Code::Idle, name.span(), title);
        errors.push(error.help("say how releases get there, as in `deploy: event`, or take the keys out"));
    }
}

/// The keys that are there and mean something only where promotions go.
fn only_for_promotions(raw: &raw::Environment) -> Vec<&'static str> {
    let goes_by_itself = raw.auto_promote.as_ref().is_some_and(|switch| switch.0.text != "false");
    let keys = [
        ("auto_promote", goes_by_itself),
        ("soak", raw.soak.is_some()),
        ("checks", raw.checks.is_some()),
        ("approvals", raw.approvals.is_some()),
        ("waves", raw.waves.is_some()),
        ("bake", raw.bake.is_some()),
        ("timeout", raw.timeout.is_some()),
        ("expires", raw.expires.is_some()),
    ];
    keys.into_iter().filter_map(|(key, is_there)| is_there.then_some(key)).collect()
}
