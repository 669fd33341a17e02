//! A release-please file as our policy: sections by type, tags, and a remark for all that is not as it was. How the other tool reads its file is its parent's business.

mod component;

use std::collections::BTreeMap;

use super::{BREAKING, Configuration, Section};
use crate::config::import::{Imported, Place, Remark, Touches};
use crate::config::policy::{Layer, NotesLayer, VersioningLayer};
use crate::domain::plan::OTHER;
use crate::domain::policy::Category;
use crate::domain::version::{Bump, Scheme, TagPattern, Version};

/// What nobody has to be told key by key.
const USUAL: &[&str] = &[
    "the pull request is the unit: its title decides, not each of its commits; labels decide before titles",
    "a title of no convention is listed, too, and asks for a patch",
    "what breaks users stands under its own heading only; there it stands under that of its type as well",
];

/// Keys that have no like here, and why. A key that is read elsewhere is in [`CARRIED`].
const NOT_CARRIED: &[(&str, Touches, &str)] = &[
    ("versioning", Touches::Version, "versions follow from the changes, by SemVer"),
    ("bump-patch-for-minor-pre-major", Touches::Version, "below 1.0.0 something new raises the minor number"),
    ("prerelease", Touches::Version, "a pre-release is asked for: `/release cut --pre rc`"),
    ("prerelease-type", Touches::Version, "it is named where a pre-release is asked for: `--pre rc`"),
    ("release-as", Touches::Version, "`/release cut v2.0.0` makes that version, once"),
    ("changelog-type", Touches::Wording, "the notes have one form"),
    ("changelog-host", Touches::Nothing, "links are those of the forge"),
    ("pull-request-title-pattern", Touches::Wording, "there is no release pull request"),
    ("pull-request-header", Touches::Wording, "there is no release pull request"),
    ("pull-request-footer", Touches::Wording, "there is no release pull request"),
    ("group-pull-request-title-pattern", Touches::Wording, "there is no release pull request"),
    ("include-commit-authors", Touches::Nothing, "authors are always credited"),
    ("release-type", Touches::Running, "no file of the repository is changed: the tag is the version"),
    ("extra-files", Touches::Running, "no file of the repository is changed: the tag is the version"),
    ("version-file", Touches::Running, "no file of the repository is changed: the tag is the version"),
    ("changelog-path", Touches::Running, "the notes are those of the release; no file is written"),
    ("skip-changelog", Touches::Nothing, "the notes are those of the release; no file is written"),
    ("skip-github-release", Touches::Running, "a release is always made"),
    ("draft", Touches::Running, "`cut: draft` keeps a draft that follows what is merged"),
    ("draft-pull-request", Touches::Running, "there is no release pull request"),
    ("label", Touches::Nothing, "the state is kept in a database, not in labels"),
    ("release-label", Touches::Nothing, "the state is kept in a database, not in labels"),
    ("extra-label", Touches::Nothing, "the state is kept in a database, not in labels"),
    ("separate-pull-requests", Touches::Nothing, "there is no release pull request"),
    (
        "plugins",
        Touches::Running,
        "components share their versions where they are `linked`; no file of a workspace is changed",
    ),
    ("bootstrap-sha", Touches::Nothing, "the range is found by the commit graph"),
    ("last-release-sha", Touches::Nothing, "the range is found by the commit graph"),
    ("commit-search-depth", Touches::Nothing, "the range is found by the commit graph"),
    ("release-search-depth", Touches::Nothing, "the range is found by the commit graph"),
    ("sequential-calls", Touches::Nothing, "calls keep a pace of their own"),
    ("always-update", Touches::Nothing, "there is no release pull request"),
    ("force-tag-creation", Touches::Nothing, "a release always has its tag"),
    ("signoff", Touches::Running, "no commit is made"),
    ("snapshot-label", Touches::Nothing, "no file of the repository is changed"),
    ("skip-snapshot", Touches::Nothing, "no file of the repository is changed"),
];

/// Keys that are read elsewhere, or say what is so here anyway.
const CARRIED: &[&str] = &[
    "$schema",
    "bump-minor-pre-major",
    "changelog-sections",
    "component",
    "exclude-paths",
    "include-component-in-tag",
    "include-v-in-tag",
    "initial-version",
    "package-name",
    "packages",
    "tag-separator",
];

impl Configuration {
    /// Our policy, as near to the file as it can come.
    pub fn imported(&self) -> Imported {
        let mut remarks = self.keys_without_like();
        let categories = self.categories(&mut remarks);
        let scheme = self.scheme(&mut remarks);
        let components = component::components(self, &mut remarks);
        let tag = if components.is_some() { None } else { self.tag() };
        let versioning = VersioningLayer { tag, scheme, files: None };
        remarks.sort_by(|a, b| a.place.cmp(&b.place));
        Imported {
            file: self.file.clone(),
            layer: Layer {
                versioning: Some(versioning).filter(|versioning| *versioning != VersioningLayer::default()),
                components,
                notes: Some(NotesLayer { categories: Some(categories), ..NotesLayer::default() }),
                ..Layer::default()
            },
            remarks,
            usual: USUAL,
        }
    }

    fn keys_without_like(&self) -> Vec<Remark> {
        let mut remarks = Vec::new();
        let all = self.packages.iter().map(|package| &package.written).chain([&self.written]);
        let is_on = |text: &Option<String>| text.as_deref() != Some("false");
        let keys: BTreeMap<&String, &Place> = all
            .flatten()
            .filter(|(_, (_, text))| is_on(text))
            .map(|(key, (place, _))| (key, place))
            .collect();
        for (key, place) in keys {
            match NOT_CARRIED.iter().find(|(known, ..)| known == key) {
                Some((_, touches, why)) => remarks.push(remark(place, &format!("`{key}`"), *touches, why)),
                None if CARRIED.contains(&key.as_str()) => {}
                None => {
                    let why = "not known to this importer";
                    remarks.push(remark(place, &format!("`{key}`"), Touches::Running, why));
                }
            }
        }
        let is_early = self.version.as_ref().is_some_and(|version| version.starts_with("0."));
        if is_early && !self.is_true("bump-minor-pre-major") {
            let why = "what breaks users made 1.0.0 of it; here it raises the minor number below 1.0.0, \
                       and `/release cut v1.0.0` makes that version";
            let what = "no `bump-minor-pre-major`".to_owned();
            remarks.push(Remark { place: None, what, why: why.to_owned(), touches: Touches::Version });
        }
        remarks
    }

    /// The pattern of tags; `None`: it needs what the file does not say, and is read from the tags there are.
    fn tag(&self) -> Option<TagPattern> {
        let version = if self.is_false("include-v-in-tag") { "{version}" } else { "v{version}" };
        if self.is_false("include-component-in-tag") {
            return TagPattern::parse(version).ok();
        }
        let name = self.text("component").or_else(|| self.text("package-name"))?;
        // A package of a scope is called without it.
        let name = name.rsplit_once('/').map_or(name, |(_, name)| name);
        let separator = self.text("tag-separator").unwrap_or("-");
        TagPattern::parse(&format!("{name}{separator}{version}")).ok()
    }

    /// How versions are counted: the first one may be named.
    fn scheme(&self, remarks: &mut Vec<Remark>) -> Scheme {
        let Some((place, Some(written))) = self.written.get("initial-version") else {
            return Scheme::default();
        };
        if let Some(initial) = Version::semantic(written) {
            return Scheme::Semantic { initial };
        }
        remarks.push(remark(place, "`initial-version`", Touches::Version, "it is no version by SemVer"));
        Scheme::default()
    }

    fn categories(&self, remarks: &mut Vec<Remark>) -> Vec<Category> {
        let mut categories = vec![Category::labelled(BREAKING, &["breaking"], Bump::Major)];
        let place = self.written.get("changelog-sections").map(|(place, _)| place.clone());
        let told = |remarks: &mut Vec<Remark>, what: String, why: &str| {
            remarks.push(Remark {
                place: place.clone(),
                what,
                why: why.to_owned(),
                touches: Touches::Contents,
            });
        };
        let is_word =
            |kind: &str| !kind.is_empty() && kind.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
        for section in &self.sections {
            if is_word(&section.kind) {
                take_in(&mut categories, section);
            } else {
                told(remarks, format!("type `{}`", section.kind), "it is no type by Conventional Commits");
            }
        }
        if let Some(at) = categories.iter().position(|category| category.bump == Bump::None) {
            // What asks for no version stands last.
            let hidden = categories.remove(at);
            let what = format!("hidden types {}", hidden.types.join(", "));
            categories.push(hidden);
            told(remarks, what, "nothing that ships is hidden: they stand last, and ask for no release");
        }
        categories
    }
}

/// Adds a type to the section of its title; hidden ones share one.
fn take_in(categories: &mut Vec<Category>, section: &Section) {
    let kind = section.kind.to_lowercase();
    let bump = match (section.is_hidden, kind.as_str()) {
        (true, _) => Bump::None,
        (false, "feat" | "feature") => Bump::Minor,
        (false, _) => Bump::Patch,
    };
    let title = if section.is_hidden { OTHER } else { &section.title };
    match categories.iter_mut().find(|category| category.title == title) {
        Some(there) => {
            there.types.push(kind);
            there.bump = there.bump.max(bump);
        }
        None => categories.push(Category { types: vec![kind], ..Category::labelled(title, &[], bump) }),
    }
}

fn remark(place: &Place, what: &str, touches: Touches, why: &str) -> Remark {
    Remark { place: Some(place.clone()), what: what.to_owned(), why: why.to_owned(), touches }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn imported(text: &str, manifest: &str) -> Imported {
        let files = |path: &str| (path == super::super::MANIFEST).then(|| manifest.to_owned());
        let read = Configuration::read(super::super::PATH, text, &files);
        read.unwrap_or_else(|report| panic!("{report}")).imported()
    }

    #[test]
    fn a_usual_file_becomes_sections_by_type() {
        let text = "{\n\t\"release-type\": \"rust\",\n\t\"packages\": { \".\": { \"package-name\": \"@acme/shop\" } },\n\
                    \t\"prerelease\": false,\n\t\"initial-version\": \"1.0.0\",\n\t\"oops\": 1\n}\n";
        insta::assert_snapshot!(imported(text, "{ \".\": \"0.4.2\" }").text(), @r#"
    # Imported from release-please-config.json by `lockkeeper import`, for .github/lockkeeper.yml.
    #
    # Whatever a file of that tool says, this is different here:
    # - the pull request is the unit: its title decides, not each of its commits; labels decide before
    #   titles
    # - a title of no convention is listed, too, and asks for a patch
    # - what breaks users stands under its own heading only; there it stands under that of its type as
    #   well

    versioning: { tag: "shop-v{version}", initial: "1.0.0" }
    notes:
      categories:
        - { title: "⚠ BREAKING CHANGES", labels: [breaking], bump: major }
        - { title: Features, types: [feat], bump: minor }
        - { title: "Bug Fixes", types: [fix], bump: patch }
        - { title: "Performance Improvements", types: [perf], bump: patch }
        - { title: Dependencies, types: [deps], bump: patch }
        - { title: Reverts, types: [revert], bump: patch }
        - { title: Other, types: [docs, style, chore, refactor, test, build, ci], bump: none }

    # Different: which changes are listed, and where
    # - hidden types docs, style, chore, refactor, test, build, ci: nothing that ships is hidden: they
    #   stand last, and ask for no release

    # Different: versions and tags
    # - no `bump-minor-pre-major`: what breaks users made 1.0.0 of it; here it raises the minor number
    #   below 1.0.0, and `/release cut v1.0.0` makes that version

    # Different: when and how it runs
    # - release-please-config.json:2 `release-type`: no file of the repository is changed: the tag is
    #   the version
    # - release-please-config.json:6 `oops`: not known to this importer
    "#);
    }

    #[test]
    fn sections_of_its_own_keep_their_order_and_what_is_hidden_stands_last() {
        let text = r#"{ "include-component-in-tag": false, "bump-minor-pre-major": true, "changelog-sections": [
            { "type": "chore", "section": "Chores", "hidden": true },
            { "type": "feat", "section": "New" }, { "type": "fix", "section": "Mended" },
            { "type": "perf", "section": "Mended" } ] }"#;
        let imported = imported(text, "{}");
        let notes = imported.layer.notes.expect("there are sections");
        let sections: Vec<String> = notes
            .categories
            .iter()
            .flatten()
            .map(|category| format!("{} {} {}", category.title, category.types.join(","), category.bump))
            .collect();
        assert_eq!(
            sections,
            ["⚠ BREAKING CHANGES  major", "New feat minor", "Mended fix,perf patch", "Other chore none"]
        );
        let tag = imported.layer.versioning.and_then(|versioning| versioning.tag);
        assert_eq!(tag.map(|tag| tag.to_string()).as_deref(), Some("v{version}"));
    }

    #[test]
    fn several_packages_become_components() {
        let text = r#"{ "release-type": "node", "tag-separator": "/", "packages": {
            "packages/web": { "package-name": "@acme/web", "exclude-paths": ["docs"] },
            "packages/api": { "component": "server", "initial-version": "1.0.0" },
            "tools/cli": { "include-v-in-tag": false },
            ".": { "include-component-in-tag": false, "release-type": "simple" } },
            "plugins": [ { "type": "linked-versions", "groupName": "core", "components": ["web", "server"] } ] }"#;
        let imported = imported(text, "{}");
        let (_, file) =
            imported.text().split_once("components:").map(|(a, b)| (a.len(), b.to_owned())).unwrap();
        let (components, _) = file.split_once("notes:").unwrap();
        insta::assert_snapshot!(components, @r#"

          web: { paths: ["packages/web", "!docs"], tag: "web/v{version}", linked: core }
          server: { paths: ["packages/api"], tag: "server/v{version}", initial: "1.0.0", linked: core }
          cli: { paths: ["tools/cli"], tag: "cli/{version}" }
          root: { paths: ["**"], tag: "v{version}" }
        "#);
        let read =
            crate::config::policy::read("x", &imported.text(), &crate::domain::policy::Customs::default());
        assert_eq!(read.unwrap_or_else(|report| panic!("{report}")), imported.layer);
    }
}
