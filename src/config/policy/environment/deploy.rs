//! `deploy` and `reporter`: how a release gets to an environment and whose word on it counts. Starting it is not done here.

use std::collections::BTreeMap;

use crate::config::diagnostic::{Code, Diagnostic};
use crate::config::policy::meaning::{Errors, told};
use crate::config::policy::{raw, who};
use crate::config::shape::{Named, OneOrMore, Written, nearest, shortened};
use crate::domain::policy::environment::Deploy;

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
    errors: &mut Errors,
) -> Deploy {
    match raw {
        None | Some(raw::Deploy::Word(raw::DeployWord::Observe)) => {
            Deploy::Observe { reporters: reporters(reporter, errors) }
        }
        Some(raw::Deploy::Word(raw::DeployWord::Event)) => {
            Deploy::Event { reporters: reporters(reporter, errors) }
        }
        Some(raw::Deploy::Workflow(raw)) => {
            errors.extend(reporter.and_then(|names| names.0.into_iter().next()).map(|first| idle(&first)));
            workflow(raw, errors)
        }
    }
}

fn idle(reporter: &Written) -> Diagnostic {
    let title = "`reporter` does nothing beside a workflow: Lockkeeper follows its run itself";
    Diagnostic::at(Code::Idle, reporter.span(), title)
        .help("take it out; it belongs to `event` and `observe`")
}

fn reporters(raw: Option<OneOrMore<Written>>, errors: &mut Errors) -> Vec<String> {
    let Some(OneOrMore(names)) = raw else { return Deploy::usual_reporters() };
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

fn workflow(raw: raw::Workflow, errors: &mut Errors) -> Deploy {
    let inputs = raw.inputs.map_or_else(BTreeMap::new, |inputs| read_inputs(inputs, errors));
    let file = told(file(&raw.workflow), errors).unwrap_or_default();
    Deploy::Workflow { file, inputs }
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
