//! What a file says under `components`: the parts of a repository that are released by themselves. What comes of them for a release is decided in `domain`.

use crate::config::diagnostic::{Code, Diagnostic};
use crate::config::shape::{Entry, Named, Written, shortened};
use crate::domain::id::ComponentName;
use crate::domain::policy::{PathPattern, Paths, Versioning};
use crate::domain::version::{Scheme, TagPattern};

use super::meaning::Errors;
use super::raw;
use super::versioning::{Counting, scheme, tag_pattern};

/// More components make one plan that nobody reads.
const MOST: usize = 50;
/// More patterns are a slip.
const MOST_PATHS: usize = 50;

/// What a file says of one component.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ComponentLayer {
    /// Its name.
    pub name: ComponentName,
    /// `paths:`
    pub paths: Paths,
    /// `tag:`
    pub tag: TagPattern,
    /// `scheme:`, with `format:` and `initial:`; `None`: as under `versioning:`.
    pub scheme: Option<Scheme>,
    /// `linked:`
    pub linked: Option<String>,
}

impl ComponentLayer {
    /// The component, with the scheme of all where it has none of its own.
    pub(super) fn complete(self, scheme: &Scheme) -> Versioning {
        Versioning {
            component: self.name,
            tag: Some(self.tag),
            scheme: self.scheme.unwrap_or_else(|| scheme.clone()),
            paths: self.paths,
            linked: self.linked,
        }
    }
}

/// Reads the block.
pub(super) fn components(named: Named<raw::Component>, errors: &mut Errors) -> Vec<ComponentLayer> {
    if let Some(entry) = named.0.get(MOST) {
        let title = format!("more than {MOST} components");
        errors.push(Diagnostic::at(Code::TooMany, entry.name.span(), title));
    }
    let mut components: Vec<ComponentLayer> = Vec::new();
    for Entry { name: written, value, .. } in named.0 {
        let Some(component) = value.and_then(|raw| component(&written, raw, errors)) else { continue };
        if components.iter().any(|other| other.tag == component.tag) {
            let title = format!("two components have tags like `{}`", component.tag);
            let error = Diagnostic::at(Code::BadTagPattern, written.span(), title);
            errors.push(error.help("each needs tags of its own, as in `web-v{version}`"));
        }
        components.push(component);
    }
    components
}

fn component(written: &Written, raw: raw::Component, errors: &mut Errors) -> Option<ComponentLayer> {
    let usual = TagPattern::parse(&format!("{}-v{{version}}", written.text)).ok();
    let name = ComponentName::parse(written.text.as_str()).ok();
    let name = name.filter(|name| !name.is_default() && usual.is_some());
    if name.is_none() {
        let title = format!("no component can be called `{}`", shortened(&written.text));
        let error = Diagnostic::at(Code::BadComponent, written.span(), title);
        errors.push(error.help("letters, digits, `-`, `_` and `.`; `default` is taken"));
    }
    let name = name?;
    let tag = match &raw.tag {
        Some(written) => tag_pattern(written, errors),
        None => usual,
    };
    let has_scheme = raw.scheme.is_some() || raw.format.is_some() || raw.initial.is_some();
    let counting =
        Counting { scheme: raw.scheme.as_ref(), format: raw.format.as_ref(), initial: raw.initial.as_ref() };
    let scheme = scheme(&counting, errors).filter(|_| has_scheme);
    let paths = paths(raw.paths.0, errors);
    Some(ComponentLayer { name, paths, tag: tag?, scheme, linked: raw.linked.map(|group| group.text) })
}

fn paths(written: Vec<Written>, errors: &mut Errors) -> Paths {
    let mut paths = Paths::default();
    if let Some(one) = written.get(MOST_PATHS) {
        let title = format!("more than {MOST_PATHS} patterns under `paths`");
        errors.push(Diagnostic::at(Code::TooMany, one.span(), title));
    }
    for one in &written {
        let (list, pattern) = match one.text.strip_prefix('!') {
            Some(pattern) => (&mut paths.without, pattern),
            None => (&mut paths.within, one.text.as_str()),
        };
        let is_right = !pattern.trim_matches('/').is_empty()
            && !pattern.split('/').any(|part| part == "..")
            && !pattern.contains(['\\', '\n', '[', '{']);
        if is_right {
            list.push(PathPattern(pattern.to_owned()));
        } else {
            let title = format!("`{}` is no pattern of files", shortened(&one.text));
            let error = Diagnostic::at(Code::BadPath, one.span(), title);
            errors.push(error.help(
                "write paths from the root, as in `web`, `crates/*/src`, `**/*.md`; `\"!web/docs\"` leaves out",
            ));
        }
    }
    paths
}
