//! `after`: which environments come before which, and that none comes before itself. What else opens the way is not known here.

use std::collections::BTreeSet;
use std::ops::Range;

use crate::config::diagnostic::{Code, Diagnostic};
use crate::config::shape::{Written, listed, nearest, shortened};
use crate::domain::id::EnvironmentName;

use super::{Errors, Stage};

/// An earlier environment that one waits for, by its place in the list, and where the file says so.
struct Earlier {
    stage: usize,
    place: Range<usize>,
}

/// For each environment those that come before it, spelt as they are themselves.
pub(super) fn after(stages: &[Stage], errors: &mut Errors) -> Vec<Vec<EnvironmentName>> {
    let all: Vec<Vec<Earlier>> = stages.iter().map(|stage| earlier(stage, stages, errors)).collect();
    for first in 0..stages.len() {
        errors.extend(circle(first, &all).map(|circle| explained(&circle, stages, &all)));
    }
    let name = |earlier: &Earlier| EnvironmentName::parse(stages[earlier.stage].name.text.as_str()).ok();
    all.iter().map(|earlier| earlier.iter().filter_map(name).collect()).collect()
}

fn earlier(stage: &Stage, stages: &[Stage], errors: &mut Errors) -> Vec<Earlier> {
    let mut found: Vec<Earlier> = Vec::new();
    let names = stage.value.iter().flat_map(|raw| &raw.after).flat_map(|names| &names.0);
    for written in names {
        match stages.iter().position(|stage| stage.name.text.eq_ignore_ascii_case(&written.text)) {
            Some(stage) if found.iter().any(|known| known.stage == stage) => {}
            Some(stage) => found.push(Earlier { stage, place: written.span() }),
            None => errors.push(unknown(written, stages)),
        }
    }
    found
}

fn unknown(written: &Written, stages: &[Stage]) -> Diagnostic {
    let title = format!("there is no environment `{}` in this file", shortened(&written.text));
    let error = Diagnostic::at(Code::UnknownEnvironment, written.span(), title);
    let names: Vec<&str> = stages.iter().map(|stage| stage.name.text.as_str()).collect();
    match nearest(&written.text, &names) {
        Some(near) => error.help(format!("did you mean `{near}`?")),
        None => error
            .help(format!("known here: {}", listed(&names)))
            .help("one that others deploy to is written `deploy: observe`"),
    }
}

/// A way from an environment back to itself that passes only later ones of the file, so that each circle is found from
/// one of its members alone.
fn circle(first: usize, all: &[Vec<Earlier>]) -> Option<Vec<usize>> {
    fn leads_back(way: &mut Vec<usize>, seen: &mut BTreeSet<usize>, all: &[Vec<Earlier>]) -> bool {
        let (first, here) = (way[0], way[way.len() - 1]);
        all[here].iter().map(|earlier| earlier.stage).any(|next| {
            if next <= first || !seen.insert(next) {
                return next == first;
            }
            way.push(next);
            leads_back(way, seen, all) || way.pop().is_none()
        })
    }
    let mut way = vec![first];
    leads_back(&mut way, &mut BTreeSet::new(), all).then_some(way)
}

fn explained(circle: &[usize], stages: &[Stage], all: &[Vec<Earlier>]) -> Diagnostic {
    let name = |stage: usize| format!("`{}`", stages[stage].name.text);
    let first = circle[0];
    let next = circle.get(1).copied().unwrap_or(first);
    let title = if circle.len() == 1 {
        format!("{} cannot come after itself", name(first))
    } else {
        let way: Vec<_> = circle.iter().chain([&first]).map(|stage| name(*stage)).collect();
        format!("a circle: {}", way.join(" after "))
    };
    let place = all[first].iter().find(|earlier| earlier.stage == next).map(|earlier| earlier.place.clone());
    let error = Diagnostic::at(Code::Circle, place.unwrap_or_default(), title);
    error.help("a release could never get there; take one of them out of `after`")
}
