//! `release-please-config.json` and its manifest: the file as that tool reads it, the notes it would write, and our policy. What its updaters do to files is not looked at, only to which.

mod translation;

use std::collections::BTreeMap;

use super::sheet::{Cursor, Entry as Key, Keys, Sheet};
use super::{Files, Place};
use crate::config::diagnostic::Report;
use crate::domain::change::conventional::Title;
use crate::domain::plan::{Entry, Plan};

/// Where it stands in a repository.
pub const PATH: &str = "release-please-config.json";

/// Where it keeps the versions.
const MANIFEST: &str = ".release-please-manifest.json";

/// The sections of a file that names none: type, heading, whether it is left out.
/// <https://github.com/googleapis/release-please/blob/main/docs/manifest-releaser.md>
const USUAL_SECTIONS: [(&str, &str, bool); 12] = [
    ("feat", "Features", false),
    ("fix", "Bug Fixes", false),
    ("perf", "Performance Improvements", false),
    ("deps", "Dependencies", false),
    ("revert", "Reverts", false),
    ("docs", "Documentation", true),
    ("style", "Styles", true),
    ("chore", "Miscellaneous Chores", true),
    ("refactor", "Code Refactoring", true),
    ("test", "Tests", true),
    ("build", "Build System", true),
    ("ci", "Continuous Integration", true),
];

/// The heading of what breaks users.
const BREAKING: &str = "⚠ BREAKING CHANGES";

/// A file as it was read: the whole of it, and its one package where there is only one.
#[derive(Debug, Clone)]
pub struct Configuration {
    file: String,
    /// The sections in their order.
    sections: Vec<Section>,
    /// All keys that are there, of the one package too, with text and line.
    written: BTreeMap<String, (Place, Option<String>)>,
    /// The packages.
    packages: Vec<Package>,
    /// The groups of components that share their versions.
    groups: Vec<Group>,
    /// The version of the one package, by the manifest.
    version: Option<String>,
}

/// One package, with what the whole file says where it says nothing itself.
#[derive(Debug, Clone)]
struct Package {
    /// Its folder, `.` for the whole.
    folder: String,
    place: Place,
    /// Its keys, with text and line.
    written: BTreeMap<String, (Place, Option<String>)>,
    /// The folders that are left out, from the root.
    excluded: Vec<String>,
    /// The files beside those of its kind that name the version.
    extra: Vec<Extra>,
}

/// A file that a package names besides.
#[derive(Debug, Clone)]
struct Extra {
    place: Place,
    /// From the package's folder, or with a slash in front from the root.
    path: String,
    /// Where in it the version stands; `None`: where such files have it, or where a line is marked.
    key: Option<String>,
    /// Whether the path is a pattern of many files.
    is_glob: bool,
}

impl Extra {
    fn read(cursor: Cursor<'_>) -> Option<Self> {
        let text = |key: &str| cursor.get(key).and_then(Cursor::text);
        let path = cursor.text().or_else(|| text("path"))?.to_owned();
        let key = text("jsonpath").or_else(|| text("xpath")).map(str::to_owned);
        Some(Self { place: cursor.place(), path, key, is_glob: text("glob") == Some("true") })
    }
}

impl Package {
    fn read(key: &Key<'_>, whole: &Keys<'_>) -> Self {
        let keys = Keys::of(key.value).over(whole.clone(), |_| super::sheet::Joined::Override);
        Self {
            folder: key.key.to_owned(),
            place: key.place.clone(),
            excluded: keys.texts("exclude-paths"),
            extra: extra(&keys),
            written: written(&keys),
        }
    }

    /// The whole repository, of a file that names no package.
    fn whole(file: &str, keys: &Keys<'_>) -> Self {
        Self {
            folder: ".".to_owned(),
            place: Place { file: file.to_owned(), line: 1 },
            excluded: vec![],
            extra: extra(keys),
            written: written(keys),
        }
    }

    fn text(&self, key: &str) -> Option<&str> {
        self.written.get(key)?.1.as_deref()
    }

    fn is_false(&self, key: &str) -> bool {
        self.text(key) == Some("false")
    }
}

/// What the plugin `linked-versions` says.
#[derive(Debug, Clone)]
struct Group {
    name: String,
    components: Vec<String>,
}

impl Group {
    fn read(plugin: Cursor<'_>) -> Option<Self> {
        plugin.get("type").and_then(Cursor::text).filter(|kind| *kind == "linked-versions")?;
        let name = plugin.get("groupName").and_then(Cursor::text)?.to_owned();
        Some(Self { name, components: plugin.get("components").map(Cursor::texts).unwrap_or_default() })
    }
}

fn extra(keys: &Keys<'_>) -> Vec<Extra> {
    keys.items("extra-files").into_iter().filter_map(Extra::read).collect()
}

fn written(keys: &Keys<'_>) -> BTreeMap<String, (Place, Option<String>)> {
    let read = |key: &Key<'_>| (key.key.to_owned(), (key.place.clone(), key.value.text().map(str::to_owned)));
    keys.all().map(read).collect()
}

/// One type of commit.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Section {
    kind: String,
    title: String,
    is_hidden: bool,
}

impl Configuration {
    /// Reads the file, and the manifest that `files` has.
    ///
    /// # Errors
    /// What is wrong with either as a file.
    pub fn read(file: &str, text: &str, files: &Files<'_>) -> Result<Self, Report> {
        let sheet = Sheet::read_json(file, text)?;
        let manifest = files(MANIFEST).map(|text| Sheet::read_json(MANIFEST, &text)).transpose()?;
        let whole = Keys::of(sheet.root());
        let packages: Vec<Key<'_>> = whole.get("packages").into_iter().flat_map(Cursor::entries).collect();
        // What the one package says counts before what the whole file says.
        let keys = match packages.as_slice() {
            [one] => Keys::of(one.value).over(whole, |_| super::sheet::Joined::Override),
            _ => whole,
        };
        let version = match packages.as_slice() {
            [one] => manifest.as_ref().and_then(|manifest| manifest.root().get(one.key)?.text()),
            _ => None,
        };
        let mut read: Vec<Package> = packages.iter().map(|key| Package::read(key, &keys)).collect();
        if read.is_empty() {
            read.push(Package::whole(file, &keys));
        }
        Ok(Self {
            file: file.to_owned(),
            sections: sections(&keys),
            written: written(&keys),
            packages: read,
            groups: keys.items("plugins").into_iter().filter_map(Group::read).collect(),
            version: version.map(str::to_owned),
        })
    }

    fn text(&self, key: &str) -> Option<&str> {
        self.written.get(key)?.1.as_deref()
    }

    fn is_true(&self, key: &str) -> bool {
        self.text(key) == Some("true")
    }

    fn is_false(&self, key: &str) -> bool {
        self.text(key) == Some("false")
    }

    /// The changelog that it would write: conventional commits by their types, all others left out.
    pub(super) fn notes(&self, plan: &Plan) -> String {
        let mut lines = Vec::new();
        lines.extend(plan.version.as_ref().map(|version| format!("## {version}")));
        let entries: Vec<&Entry> = plan.entries().collect();
        let breaking =
            entries.iter().filter(|entry| entry.is_breaking && Title::parse(&entry.title).is_some());
        section_lines(&mut lines, BREAKING, breaking.copied());
        let mut titles: Vec<&str> = Vec::new();
        for section in self.sections.iter().filter(|section| !section.is_hidden) {
            if titles.contains(&section.title.as_str()) {
                continue;
            }
            titles.push(&section.title);
            let same: Vec<&str> = self
                .sections
                .iter()
                .filter(|other| other.title == section.title && !other.is_hidden)
                .map(|other| other.kind.as_str())
                .collect();
            let is_of = |entry: &&&Entry| {
                Title::parse(&entry.title).is_some_and(|title| same.iter().any(|kind| title.is_of(kind)))
            };
            section_lines(&mut lines, &section.title, entries.iter().filter(is_of).copied());
        }
        lines.join("\n") + "\n"
    }
}

fn section_lines<'a>(lines: &mut Vec<String>, title: &str, entries: impl Iterator<Item = &'a Entry>) {
    let own: Vec<String> = entries.map(line).collect();
    if !own.is_empty() {
        lines.extend([String::new(), format!("### {title}"), String::new()]);
        lines.extend(own);
    }
}

fn line(entry: &Entry) -> String {
    let (scope, text) = match Title::parse(&entry.title) {
        Some(title) => (title.scope, title.description),
        None => (None, entry.title.as_str()),
    };
    let scope = scope.map_or_else(String::new, |scope| format!("**{scope}:** "));
    let number = entry.number.map_or_else(String::new, |number| format!(" (#{})", number.0));
    format!("* {scope}{text}{number} ({})", entry.commit.short())
}

fn sections(keys: &Keys<'_>) -> Vec<Section> {
    let own = keys.items("changelog-sections");
    if own.is_empty() {
        let usual = USUAL_SECTIONS.iter().map(|(kind, title, is_hidden)| Section {
            kind: (*kind).to_owned(),
            title: (*title).to_owned(),
            is_hidden: *is_hidden,
        });
        return usual.collect();
    }
    let read = |cursor: Cursor<'_>| {
        let text = |key: &str| cursor.get(key).and_then(Cursor::text);
        let is_hidden = text("hidden") == Some("true");
        Some(Section { kind: text("type")?.to_owned(), title: text("section")?.to_owned(), is_hidden })
    };
    own.into_iter().filter_map(read).collect()
}
