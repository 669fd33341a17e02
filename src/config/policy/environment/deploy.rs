//! `deploy` and `reporter`: how a release gets to an environment and whose word on it counts. Starting it is not done here.

use std::collections::BTreeMap;

use crate::config::diagnostic::{Code, Diagnostic};
use crate::config::policy::meaning::{Errors, told};
use crate::config::policy::{raw, who};
use crate::config::shape::{Named, OneOrMore, Written, nearest, shortened};
use crate::domain::policy::Customs;
use crate::domain::policy::environment::{Automation, Deploy};

/// As many as GitHub takes for one workflow.
const MOST_INPUTS: usize = 25;
/// As many accounts as may report on one environment.
const MOST_REPORTERS: usize = 10;
/// What is filled in, in braces.
const PLACEHOLDERS: [&str; 5] = ["tag", "version", "sha", "environment", "target"];

/// How a release gets there.
pub(super) fn deploy(
    raw: Option<raw::Deploy>,
    reporter: Option<OneOrMore<Written>>,
    (customs, errors): (&Customs, &mut Errors),
) -> Deploy {
    match raw {
        None | Some(raw::Deploy::Word(raw::DeployWord::Observe)) => {
            Deploy::Observe { reporters: reporters(reporter, customs, errors) }
        }
        Some(raw::Deploy::Word(raw::DeployWord::Event)) => {
            Deploy::Event { reporters: reporters(reporter, customs, errors) }
        }
        Some(raw::Deploy::Run(raw)) => {
            errors.extend(reporter.and_then(|names| names.0.into_iter().next()).map(|first| idle(&first)));
            run(raw, customs, errors)
        }
    }
}

fn idle(reporter: &Written) -> Diagnostic {
    let title = "`reporter` does nothing beside what Lockkeeper starts: it follows the run itself";
    Diagnostic::at(Code::Idle, reporter.span(), title)
        .help("take it out; it belongs to `event` and `observe`")
}

fn reporters(raw: Option<OneOrMore<Written>>, customs: &Customs, errors: &mut Errors) -> Vec<String> {
    let Some(OneOrMore(names)) = raw else { return customs.reporters.clone() };
    if let (true, Some(first)) = (customs.hides_reporters, names.first()) {
        let title = "`reporter` cannot be obeyed here: this forge does not tell who reported on a deployment";
        let error = Diagnostic::at(Code::BadReporter, first.span(), title);
        errors.push(error.help("take it out, and let the forge's protected environments say who may deploy"));
    }
    if let Some(first_over) = names.get(MOST_REPORTERS) {
        let title = format!("more than {MOST_REPORTERS} reporters");
        errors.push(Diagnostic::at(Code::TooMany, first_over.span(), title));
    }
    let mut reporters: Vec<String> = Vec::new();
    for name in names.iter().filter_map(|written| told(reporter(written), errors)) {
        if !reporters.iter().any(|known| known.eq_ignore_ascii_case(&name)) {
            reporters.push(name);
        }
    }
    reporters
}

/// An app's short name or a login, perhaps with `@`, an app's perhaps with the `[bot]` that its comments show.
fn reporter(written: &Written) -> Result<String, Diagnostic> {
    let text = written.text.as_str();
    let name = text.strip_prefix('@').unwrap_or(text);
    let name = name.strip_suffix("[bot]").unwrap_or(name);
    if who::is_login(name) {
        return Ok(name.to_owned());
    }
    let title = format!("`{}` is neither an app nor a user", shortened(text));
    Err(Diagnostic::at(Code::BadReporter, written.span(), title).help(
        "an app is written by its short name, as in `github-actions`, a user by login; teams do not report",
    ))
}

/// What is started, if the forge has such a thing. What it is for goes with a pipeline and a job under names of ours, unless the
/// file gives them itself.
fn run(raw: raw::Run, customs: &Customs, errors: &mut Errors) -> Deploy {
    let has_inputs = raw.inputs.is_some();
    let mut inputs = raw.inputs.map_or_else(BTreeMap::new, |inputs| read_inputs(inputs, errors));
    let workflow = raw.workflow.map(|written| (file(&written).map(Automation::Workflow), written));
    let pipeline =
        raw.pipeline.map(|written| (title("pipeline", &written).map(Automation::Pipeline), written));
    let job = raw.job.map(|written| (title("job", &written).map(Automation::Job), written));
    let mut given = [workflow, pipeline, job].into_iter().flatten();
    let first = given.next();
    if let Some((_, second)) = given.next() {
        let title = "only one of `workflow`, `pipeline` and `job` can be started for one environment";
        errors.push(Diagnostic::at(Code::BadWorkflow, second.span(), title).help("keep one of them"));
    }
    let Some((what, written)) = first else {
        let title = "`deploy` says what to start with, but not what to start";
        let error = Diagnostic::whole(Code::BadWorkflow, title);
        // Where another key is wrong, it was meant to say it.
        if has_inputs || errors.is_empty() {
            errors.push(
                error.help("add `workflow: FILE` on GitHub; `pipeline: NAME` or `job: NAME` on GitLab"),
            );
        }
        return Deploy::Observe { reporters: vec![] };
    };
    let Some(what) = told(what, errors) else { return Deploy::Observe { reporters: vec![] } };
    errors.extend(started_elsewhere(&what, &written, customs));
    for (name, value) in goes_with(&what) {
        inputs.entry(name.to_owned()).or_insert_with(|| value.to_owned());
    }
    Deploy::Run { what, inputs }
}

fn goes_with(what: &Automation) -> Vec<(&'static str, &str)> {
    let place = [("environment", "{environment}"), ("target", "{target}")];
    match what {
        Automation::Workflow(_) => vec![],
        Automation::Pipeline(name) => [("pipeline", name.as_str())].into_iter().chain(place).collect(),
        Automation::Job(_) => place.into(),
    }
}

/// What this forge cannot start, told with what it can.
fn started_elsewhere(what: &Automation, written: &Written, customs: &Customs) -> Option<Diagnostic> {
    if customs.starts.is_empty() || customs.starts.contains(&what.key()) {
        return None;
    }
    let title = format!("there is no `{}` to be started on this forge", what.key());
    let here: Vec<String> = customs.starts.iter().map(|key| format!("`deploy: {{ {key}: … }}`")).collect();
    let error = Diagnostic::at(Code::BadWorkflow, written.span(), title);
    Some(error.help(format!("write {}, or `deploy: event`", here.join(" or "))))
}

/// The name of a pipeline or job: one line of text.
fn title(key: &str, written: &Written) -> Result<String, Diagnostic> {
    let text = written.text.trim();
    if !text.is_empty() && text.chars().count() <= 255 && !text.chars().any(char::is_control) {
        return Ok(text.to_owned());
    }
    let title = format!("`{}` is not the name of a {key}", shortened(&written.text));
    Err(Diagnostic::at(Code::BadWorkflow, written.span(), title)
        .help("a name is one line of 1 to 255 characters"))
}

/// Only the name: where the forge looks for it is the forge's rule.
fn file(written: &Written) -> Result<String, Diagnostic> {
    let text = written.text.as_str();
    let name = text.rsplit(['/', '\\']).next().unwrap_or_default();
    let stem = name.strip_suffix(".yml").or_else(|| name.strip_suffix(".yaml")).unwrap_or_default();
    let is_file = !stem.is_empty() && !name.chars().any(char::is_control);
    if is_file && name == text {
        return Ok(name.to_owned());
    }
    let title = format!("`{}` is not the name of a workflow file", shortened(text));
    let error = Diagnostic::at(Code::BadWorkflow, written.span(), title);
    Err(if is_file {
        error.help(format!("write only the name: `{}`", shortened(name)))
    } else {
        error.help("write the name of a file under `.github/workflows`, as in `deploy.yml`")
    })
}

fn read_inputs(raw: Named<Written>, errors: &mut Errors) -> BTreeMap<String, String> {
    let Named(entries) = raw;
    if let Some(first_over) = entries.get(MOST_INPUTS) {
        let title = format!("more than {MOST_INPUTS} inputs");
        let error = Diagnostic::at(Code::TooMany, first_over.name.span(), title);
        errors.push(error.help("GitHub takes no more for one workflow"));
    }
    let mut inputs = BTreeMap::new();
    for entry in entries {
        errors.extend(wrong_name(&entry.name));
        let Some(value) = entry.value else { continue };
        errors.extend(wrong_value(&value));
        inputs.insert(entry.name.text, value.text);
    }
    inputs
}

/// An input's name by GitHub's rule.
/// <https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax#onworkflow_dispatchinputs>
fn wrong_name(written: &Written) -> Option<Diagnostic> {
    let text = written.text.as_str();
    let begins = text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    if begins && text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_')) {
        return None;
    }
    let title = format!("no input can be named `{}`", shortened(text));
    Some(
        Diagnostic::at(Code::BadInput, written.span(), title)
            .help("a name has letters, digits, `-` and `_`, the first a letter or `_`"),
    )
}

/// Braces around a word are a placeholder; all others, as in JSON, stay as they are.
fn wrong_value(written: &Written) -> Option<Diagnostic> {
    let is_word = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | ' ');
    let inside = written.text.split('{').skip(1).filter_map(|rest| rest.split_once('}'));
    let mut words =
        inside.map(|(word, _)| word).filter(|word| !word.trim().is_empty() && word.chars().all(is_word));
    let unknown = words.find(|word| !PLACEHOLDERS.contains(word))?;
    let title = format!("there is no placeholder `{{{}}}`", shortened(unknown));
    let error = Diagnostic::at(Code::BadInput, written.span(), title);
    Some(match nearest(unknown.trim(), &PLACEHOLDERS) {
        Some(near) => error.help(format!("did you mean `{{{near}}}`?")),
        None => {
            let all = PLACEHOLDERS.map(|word| format!("`{{{word}}}`"));
            error.help(format!("filled in are {}", all.join(", ")))
        }
    })
}
