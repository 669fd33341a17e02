//! A release-please file as our policy: sections by type, tags, the release pull request, and a remark for all that is not as it was. How the other tool reads its file is its parent's business.

mod carried;
mod component;

use std::collections::BTreeMap;

use super::{BREAKING, Configuration, Section};
use crate::config::import::{Imported, Place, Remark, Touches};
use crate::config::policy::{Layer, NotesLayer, VersioningLayer};
use crate::domain::plan::OTHER;
use crate::domain::policy::{Category, CutMode};
use crate::domain::version::{Bump, Scheme, TagPattern, Version};

/// What nobody has to be told key by key.
const USUAL: &[&str] = &[
    "the pull request is the unit: its title decides, not each of its commits; labels decide before titles",
    "a title of no convention is listed, too, and asks for a patch",
    "what breaks users stands under its own heading only; there it stands under that of its type as well",
    "merging the release pull request releases only where who merges it may release (`who: releaser`)",
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
    ("pull-request-title-pattern", Touches::Wording, "it is called as its tag is: `Release v1.5.0`"),
    (
        "pull-request-header",
        Touches::Wording,
        "the text of the release pull request is the notes; what people write around it stays",
    ),
    (
        "pull-request-footer",
        Touches::Wording,
        "the text of the release pull request is the notes; what people write around it stays",
    ),
    ("group-pull-request-title-pattern", Touches::Wording, "it is called as its tag is: `Release v1.5.0`"),
    ("include-commit-authors", Touches::Nothing, "authors are always credited"),
    ("skip-changelog", Touches::Running, "the release pull request always brings a changelog"),
    ("skip-github-release", Touches::Running, "a release is always made"),
    ("draft", Touches::Running, "the release is published once its pull request is merged"),
    ("draft-pull-request", Touches::Running, "the release pull request can be merged at any time"),
    ("label", Touches::Nothing, "the state is kept in a database, not in labels"),
    ("release-label", Touches::Nothing, "the state is kept in a database, not in labels"),
    ("extra-label", Touches::Nothing, "the state is kept in a database, not in labels"),
    ("separate-pull-requests", Touches::Nothing, "each component has a release pull request of its own"),
    (
        "plugins",
        Touches::Running,
        "components share their versions where they are `linked`; by which version packages ask for each other is not changed",
    ),
    ("bootstrap-sha", Touches::Nothing, "the range is found by the commit graph"),
    ("last-release-sha", Touches::Nothing, "the range is found by the commit graph"),
    ("commit-search-depth", Touches::Nothing, "the range is found by the commit graph"),
    ("release-search-depth", Touches::Nothing, "the range is found by the commit graph"),
    ("sequential-calls", Touches::Nothing, "calls keep a pace of their own"),
    ("always-update", Touches::Nothing, "the release pull request follows every merge"),
    ("force-tag-creation", Touches::Nothing, "a release always has its tag"),
    ("signoff", Touches::Running, "the commits of the release pull request have no sign-off"),
    ("snapshot-label", Touches::Nothing, "no snapshot version is written"),
    ("skip-snapshot", Touches::Nothing, "no snapshot version is written"),
];

/// Keys that are read elsewhere, or say what is so here anyway.
const CARRIED: &[&str] = &[
    "$schema",
    "bump-minor-pre-major",
    "changelog-path",
    "changelog-sections",
    "component",
    "exclude-paths",
    "extra-files",
    "include-component-in-tag",
    "include-v-in-tag",
    "initial-version",
    "package-name",
    "packages",
    "release-type",
    "tag-separator",
    "version-file",
];

impl Configuration {
    /// Our policy, as near to the file as it can come.
    pub fn imported(&self) -> Imported {
        let mut remarks = self.keys_without_like();
        let categories = self.categories(&mut remarks);
        let scheme = self.scheme(&mut remarks);
        let components = component::components(self, &mut remarks);
        let tag = if components.is_some() { None } else { self.tag() };
        let files = carried::files(self, components.as_deref(), &mut remarks);
        let changelog = carried::changelog(self, &mut remarks);
        let versioning = VersioningLayer { tag, scheme, files };
        remarks.sort_by(|a, b| a.place.cmp(&b.place));
        Imported {
            file: self.file.clone(),
            layer: Layer {
                versioning: Some(versioning).filter(|versioning| *versioning != VersioningLayer::default()),
                components,
                cut: Some(CutMode::PullRequest),
                notes: Some(NotesLayer { categories: Some(categories), changelog, ..NotesLayer::default() }),
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
    # - merging the release pull request releases only where who merges it may release (`who: releaser`)

    versioning: { tag: "shop-v{version}", initial: "1.0.0", files: ["Cargo.toml"] }
    cut: pull-request
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
    cut: pull-request
    "#);
        assert_reads_back(&imported);
    }

    /// What is written is a policy, and the same one.
    fn assert_reads_back(imported: &Imported) {
        let customs = crate::domain::policy::Customs::default();
        let read = crate::config::policy::read("x", &imported.text(), &customs);
        assert_eq!(read.unwrap_or_else(|report| panic!("{report}")), imported.layer);
    }

    /// The files and the changelog of a file, and what is said of those that are left.
    fn carried(text: &str) -> String {
        let imported = imported(text, "{}");
        assert_reads_back(&imported);
        assert_eq!(imported.layer.cut, Some(CutMode::PullRequest));
        let files = imported.layer.versioning.and_then(|versioning| versioning.files).unwrap_or_default();
        let changelog = imported.layer.notes.and_then(|notes| notes.changelog);
        let mut lines = files;
        lines.extend(changelog.map(|path| format!("changelog {path}")));
        let running = imported.remarks.iter().filter(|remark| remark.touches == Touches::Running);
        lines.extend(running.map(|remark| format!("- {}: {}", remark.what, remark.why)));
        lines.join("\n")
    }

    #[test]
    fn the_release_pull_request_carries_the_files_of_the_packages_kind() {
        let of =
            |kind: &str| carried(&format!(r#"{{ "release-type": "{kind}", "packages": {{ ".": {{}} }} }}"#));
        for (kind, file) in
            [("node", "package.json"), ("rust", "Cargo.toml"), ("helm", "Chart.yaml"), ("go", "")]
        {
            assert_eq!(of(kind), file);
        }
        assert_eq!(carried(r#"{ "packages": { ".": {} } }"#), "package.json", "the kind of who says none");
        insta::assert_snapshot!(of("python"), @"
    pyproject.toml
    - `release-type: python`: `setup.py`, `setup.cfg` and `__init__.py` are raised where they stand under `versioning: files` and a comment on the line of the version says `lockkeeper:version`
    ");
        insta::assert_snapshot!(of("maven"), @"
    pom.xml
    - `release-type: maven`: no SNAPSHOT version is written after a release
    ");
        insta::assert_snapshot!(of("simple"), @"- `release-type: simple`: its files are not known here; any text file can stand under `versioning: files`, with `lockkeeper:version` in a comment on each line of the version");
    }

    #[test]
    fn files_that_a_package_names_are_carried_as_far_as_a_policy_can_name_them() {
        let text = r#"{ "release-type": "rust", "packages": { "crates/app": {
            "changelog-path": "docs/CHANGES.md", "version-file": "src/version.rb", "extra-files": [
            "./README.md", "/charts/app/Chart.yaml", "config.json", "../up.md", "VERSION", "Dockerfile",
            { "type": "json", "path": "web/package.json", "jsonpath": "$.version" },
            { "type": "json", "path": "web/other/package.json", "jsonpath": "$.app.version" },
            { "type": "yaml", "path": "values.yaml", "jsonpath": "$.image.tag" },
            { "type": "generic", "path": "src/**/*.rs", "glob": true }, "README.md" ] } } }"#;
        insta::assert_snapshot!(carried(text), @"
    crates/app/Cargo.toml
    crates/app/src/version.rb
    crates/app/README.md
    charts/app/Chart.yaml
    crates/app/Dockerfile
    crates/app/web/package.json
    crates/app/values.yaml
    changelog crates/app/docs/CHANGES.md
    - `src/version.rb`: each line of the version needs `lockkeeper:version` in a comment, whatever marks it now
    - `./README.md`: each line of the version needs `lockkeeper:version` in a comment, whatever marks it now
    - `config.json`: there is no comment in it that could hold `lockkeeper:version`
    - `../up.md`: it is no file of the repository
    - `VERSION`: there is no comment in it that could hold `lockkeeper:version`
    - `Dockerfile`: each line of the version needs `lockkeeper:version` in a comment, whatever marks it now
    - `web/other/package.json`: there is no comment in it that could hold `lockkeeper:version`
    - `values.yaml`: each line of the version needs `lockkeeper:version` in a comment, whatever marks it now
    - `src/**/*.rs`: a pattern of files: each must be named
    - `README.md`: each line of the version needs `lockkeeper:version` in a comment, whatever marks it now
    ");
        let many: Vec<String> = (0..25).map(|number| format!("\"v{number}.md\"")).collect();
        let text = format!(r#"{{ "release-type": "go", "extra-files": [{}] }}"#, many.join(","));
        let said = carried(&text);
        assert_eq!(said.lines().filter(|line| !line.starts_with('-')).count(), 20, "{said}");
        assert!(said.contains("- `v24.md`: a policy names at most 20 files"), "{said}");
    }

    #[test]
    fn a_file_that_two_components_would_write_is_left_to_people() {
        let text = r#"{ "packages": {
            "web": { "package-name": "web", "extra-files": ["/README.md"] },
            "api": { "package-name": "api", "release-type": "go" } } }"#;
        insta::assert_snapshot!(carried(text), @"
    web/package.json
    - a changelog in each package: one at the root has the releases of all components; `notes: { changelog: … }` names it
    - `/README.md`: each line of the version needs `lockkeeper:version` in a comment, whatever marks it now
    - `README.md`: no component has it among its `paths`, so none writes its version there
    ");
        let text = r#"{ "packages": { ".": {}, "web": { "package-name": "web" } } }"#;
        insta::assert_snapshot!(carried(text), @"
    package.json
    - a changelog in each package: one at the root has the releases of all components; `notes: { changelog: … }` names it
    - `web/package.json`: several components have it among their `paths`, and each would write its version there: leave it out of all but one, and name it under `versioning: files`
    ");
    }
}
