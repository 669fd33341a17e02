//! Packages of a release-please file as components: names, files, tags, groups. What the sections and other keys become is its parent's business.

use super::super::{Configuration, Package};
use super::remark;
use crate::config::import::{Remark, Touches};
use crate::config::policy::ComponentLayer;
use crate::domain::id::ComponentName;
use crate::domain::policy::{PathPattern, Paths};
use crate::domain::version::{Scheme, TagPattern, Version};

/// The components of a file with several packages, in its order; `None`: it has one at most.
pub(super) fn components(
    configuration: &Configuration,
    remarks: &mut Vec<Remark>,
) -> Option<Vec<ComponentLayer>> {
    if configuration.packages.len() < 2 {
        return None;
    }
    let mut components: Vec<ComponentLayer> = Vec::new();
    for package in &configuration.packages {
        let Some(name) = name(package, &components) else {
            let what = format!("package `{}`", package.folder);
            remarks.push(remark(
                &package.place,
                &what,
                Touches::Contents,
                "it has no name that a component can have",
            ));
            continue;
        };
        let tag = tag(package).filter(|tag| components.iter().all(|other| other.tag != *tag));
        let tag = tag.or_else(|| {
            let what = format!("the tags of package `{}`", package.folder);
            let why = "another package has tags like them, so its own bear its name";
            remarks.push(remark(&package.place, &what, Touches::Version, why));
            TagPattern::parse(&format!("{name}-v{{version}}")).ok()
        });
        let linked = configuration
            .groups
            .iter()
            .find(|group| group.components.iter().any(|one| *one == called(package)));
        components.extend(tag.map(|tag| ComponentLayer {
            paths: paths(package),
            scheme: scheme(package),
            linked: linked.map(|group| group.name.clone()),
            name,
            tag,
        }));
    }
    Some(components)
}

/// What the other tool calls it.
fn called(package: &Package) -> &str {
    let name = package.text("component").or_else(|| package.text("package-name"));
    let name = name.unwrap_or(if package.folder == "." { "root" } else { &package.folder });
    // A package of a scope is called without it.
    name.trim_matches('/').rsplit_once('/').map_or(name, |(_, name)| name)
}

/// A name of its own: as it is called, else as its folder is.
fn name(package: &Package, others: &[ComponentLayer]) -> Option<ComponentName> {
    let is_right = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    let parsed = |text: &str| {
        let text: String =
            text.trim_matches('/').chars().map(|c| if is_right(c) { c } else { '-' }).collect();
        ComponentName::parse(text).ok().filter(|name| !name.is_default())
    };
    let is_free = |name: &ComponentName| others.iter().all(|other| other.name != *name);
    [called(package), &package.folder].into_iter().filter_map(parsed).find(is_free)
}

/// Its tags; `None`: they would name no version.
fn tag(package: &Package) -> Option<TagPattern> {
    let version = if package.is_false("include-v-in-tag") { "{version}" } else { "v{version}" };
    if package.is_false("include-component-in-tag") {
        return TagPattern::parse(version).ok();
    }
    let separator = package.text("tag-separator").unwrap_or("-");
    TagPattern::parse(&format!("{}{separator}{version}", called(package))).ok()
}

/// Its files: its folder, without what it leaves out.
fn paths(package: &Package) -> Paths {
    let pattern = |text: &str| PathPattern(text.trim_matches('/').to_owned());
    let within = if package.folder == "." { "**" } else { &package.folder };
    Paths {
        within: vec![pattern(within)],
        without: package.excluded.iter().map(|text| pattern(text)).collect(),
    }
}

/// How its versions are counted, where it says that for itself.
fn scheme(package: &Package) -> Option<Scheme> {
    let initial = package.text("initial-version").and_then(Version::semantic)?;
    Some(Scheme::Semantic { initial })
}
