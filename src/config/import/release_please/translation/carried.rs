//! What the release pull request carries from now on: the files that name the version, and the changelog. What is raised in a file is `domain`'s business.

use super::super::{Configuration, Extra, Package};
use super::remark;
use crate::config::import::{Place, Remark, Touches};
use crate::config::policy::ComponentLayer;
use crate::domain::proposal::file::MARK;

/// What a package of a kind has.
struct Kind {
    name: &'static str,
    /// The file that names the version, as far as it is known here.
    file: Option<&'static str>,
    /// What it writes besides, and what becomes of that.
    others: Option<&'static str>,
}

/// <https://github.com/googleapis/release-please/blob/main/docs/customizing.md#strategy-language-types-supported>
const KINDS: &[Kind] = &[
    Kind { name: "node", file: Some("package.json"), others: None },
    Kind { name: "rust", file: Some("Cargo.toml"), others: None },
    Kind { name: "helm", file: Some("Chart.yaml"), others: None },
    Kind { name: "go", file: None, others: None },
    Kind {
        name: "maven",
        file: Some("pom.xml"),
        others: Some("no SNAPSHOT version is written after a release"),
    },
    Kind { name: "java", file: None, others: Some("no SNAPSHOT version is written after a release") },
    Kind {
        name: "python",
        file: Some("pyproject.toml"),
        others: Some(
            "`setup.py`, `setup.cfg` and `__init__.py` are raised where they stand under `versioning: files` \
             and a comment on the line of the version says `lockkeeper:version`",
        ),
    },
    Kind {
        name: "expo",
        file: Some("package.json"),
        others: Some("`app.json` is not raised: it has no comment that could say where"),
    },
];

/// What a file that says no kind is.
const USUAL_KIND: &str = "node";

/// The names of files that are understood, with the places of the version there.
const KNOWN: &[(&str, &[&str])] = &[
    ("package.json", &["$.version"]),
    ("Cargo.toml", &["$.package.version", "$.workspace.package.version"]),
    ("pyproject.toml", &["$.project.version", "$.tool.poetry.version"]),
    ("pom.xml", &["/project/version", "//project/version", "project/version"]),
    ("Chart.yaml", &["$.version"]),
    ("Chart.yml", &["$.version"]),
];

/// A policy names no more files than these.
const MOST: usize = 20;
/// Nor a longer path.
const LONGEST: usize = 200;

/// The files that name the version; `None`: there is none that can be named.
pub(super) fn files(
    configuration: &Configuration,
    components: Option<&[ComponentLayer]>,
    remarks: &mut Vec<Remark>,
) -> Option<Vec<String>> {
    let mut files: Vec<String> = Vec::new();
    for package in &configuration.packages {
        for (place, path) in of_package(package, remarks) {
            let why = match (components, files.contains(&path)) {
                (_, true) => continue,
                (None, false) => None,
                (Some(components), false) => astray(components, &path),
            };
            let why = why.or((files.len() >= MOST).then_some("a policy names at most 20 files"));
            match why {
                None => files.push(path),
                Some(why) => remarks.push(remark(&place, &format!("`{path}`"), Touches::Running, why)),
            }
        }
    }
    Some(files).filter(|files| !files.is_empty())
}

/// Why a file would get no version, or more than one.
fn astray(components: &[ComponentLayer], path: &str) -> Option<&'static str> {
    match components.iter().filter(|component| component.paths.hold(path)).count() {
        0 => Some("no component has it among its `paths`, so none writes its version there"),
        1 => None,
        _ => Some(
            "several components have it among their `paths`, and each would write its version there: \
             leave it out of all but one, and name it under `versioning: files`",
        ),
    }
}

/// The files of a package from the root, each with the place that asks for it.
fn of_package(package: &Package, remarks: &mut Vec<Remark>) -> Vec<(Place, String)> {
    let written = package.written.get("release-type");
    let place = written.map_or(&package.place, |(place, _)| place);
    let name = package.text("release-type").unwrap_or(USUAL_KIND);
    let kind = KINDS.iter().find(|kind| kind.name == name);
    let what = format!("`release-type: {name}`");
    let why = match kind.map(|kind| kind.others) {
        Some(None) => None,
        Some(Some(others)) => Some(others.to_owned()),
        None => Some(format!("its files are not known here; {}", marked())),
    };
    remarks.extend(why.map(|why| remark(place, &what, Touches::Running, &why)));
    let own = kind.and_then(|kind| kind.file).map(|file| (place.clone(), within(package, file)));
    own.into_iter().chain(named(package, remarks)).collect()
}

fn marked() -> String {
    format!(
        "any text file can stand under `versioning: files`, with `{MARK}` in a comment on each line of the version"
    )
}

/// The files that it names besides.
fn named(package: &Package, remarks: &mut Vec<Remark>) -> Vec<(Place, String)> {
    let version_file = package.written.get("version-file").and_then(|(place, path)| {
        Some(Extra { place: place.clone(), path: path.clone()?, key: None, is_glob: false })
    });
    let mut found = Vec::new();
    for extra in version_file.iter().chain(&package.extra) {
        let path = within(package, &extra.path);
        let known = KNOWN.iter().find(|(name, _)| path.rsplit('/').next() == Some(name));
        let is_understood =
            known.is_some_and(|(_, keys)| extra.key.as_ref().is_none_or(|key| keys.contains(&key.as_str())));
        let (is_named, why) = match () {
            () if extra.is_glob => (false, Some("a pattern of files: each must be named".to_owned())),
            () if !is_file(&path) => (false, Some("it is no file of the repository".to_owned())),
            () if is_understood => (true, None),
            () if has_no_comments(&path) => {
                (false, Some(format!("there is no comment in it that could hold `{MARK}`")))
            }
            () => (
                true,
                Some(format!("each line of the version needs `{MARK}` in a comment, whatever marks it now")),
            ),
        };
        if let Some(why) = why {
            remarks.push(remark(&extra.place, &format!("`{}`", extra.path), Touches::Running, &why));
        }
        found.extend(is_named.then(|| (extra.place.clone(), path)));
    }
    found
}

/// A path of a package from the root; one that begins with a slash is so already.
fn within(package: &Package, path: &str) -> String {
    let (folder, path) = (package.folder.trim_matches('/'), path.strip_prefix("./").unwrap_or(path));
    match path.strip_prefix('/') {
        Some(path) => path.to_owned(),
        None if matches!(folder, "." | "") => path.to_owned(),
        None => format!("{folder}/{path}"),
    }
}

/// Whether a policy can name it.
fn is_file(path: &str) -> bool {
    let is_name =
        |part: &str| !matches!(part, "" | "." | "..") && !part.chars().any(|c| c.is_control() || c == '\\');
    path.len() <= LONGEST && path.split('/').all(is_name)
}

/// JSON knows no comments, and a text that is nothing but a version has no room for one.
fn has_no_comments(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path).to_lowercase();
    name.ends_with(".json") || matches!(name.as_str(), "version" | "version.txt")
}

/// The changelog, where it is not the usual one; of several packages there is one for all.
pub(super) fn changelog(configuration: &Configuration, remarks: &mut Vec<Remark>) -> Option<String> {
    let [package] = configuration.packages.as_slice() else {
        remarks.push(Remark {
            place: None,
            what: "a changelog in each package".to_owned(),
            why: "one at the root has the releases of all components; `notes: { changelog: … }` names it"
                .to_owned(),
            touches: Touches::Running,
        });
        return None;
    };
    let path = within(package, package.text("changelog-path").unwrap_or(USUAL_CHANGELOG));
    if let Some((place, _)) = package.written.get("changelog-path").filter(|_| !is_file(&path)) {
        remarks.push(remark(place, "`changelog-path`", Touches::Running, "it is no file of the repository"));
        return None;
    }
    Some(path).filter(|path| path != USUAL_CHANGELOG)
}

/// Where both tools write, if nothing is said.
const USUAL_CHANGELOG: &str = "CHANGELOG.md";
