//! Tests of the translation: files as people have them, and what becomes of them. What the other tool does with them has its cases elsewhere.

use super::*;

fn imported(text: &str) -> Imported {
    let files = |path: &str| {
        let shared = "categories:\n  - { title: Base, label: base }\nheader: x\n";
        (path == ".github/shared.yml").then(|| shared.to_owned())
    };
    Configuration::read(PATH, text, &files).unwrap_or_else(|report| panic!("{report}")).imported()
}

/// The sections, each as title, labels and types, bump.
fn sections(imported: &Imported) -> Vec<String> {
    let notes = imported.layer.notes.clone().unwrap_or_default();
    let told = |category: &crate::domain::policy::Category| {
        let rest = if category.catches_all { " *" } else { "" };
        let types = category.types.iter().map(|name| format!("{name}:"));
        let signs: Vec<String> = category.labels.iter().cloned().chain(types).collect();
        format!("{} [{}{rest}] {}", category.title, signs.join(" "), category.bump)
    };
    notes.categories.iter().flatten().map(told).collect()
}

/// The remarks that touch what is listed or the version, each as line and subject.
fn serious(imported: &Imported) -> Vec<String> {
    let is_serious = |remark: &&Remark| matches!(remark.touches, Touches::Contents | Touches::Version);
    let told = |remark: &Remark| {
        let line = remark.place.as_ref().map_or(0, |place| place.line);
        format!("{line} {}", remark.what)
    };
    imported.remarks.iter().filter(is_serious).map(told).collect()
}

#[test]
fn a_usual_file_is_written_as_a_policy_with_its_remarks() {
    let text = "name-template: 'v$RESOLVED_VERSION 🌈'
tag-template: 'v$RESOLVED_VERSION'
categories:
  - title: '🚀 Features'
    labels: &features ['feature', 'enhancement']
  - title: '🐛 Bug Fixes'
    label: 'fix'
    collapse-after: 5
exclude-labels: [skip-me]
version-resolver:
  major: { labels: ['major'] }
  minor: { labels: *features }
  default: patch
replacers:
  - { search: '/x/g', replace: 'y' }
template: |
  ## Changes
  $CHANGES
colour: red
";
    insta::assert_snapshot!(imported(text).text(), @r#"
    # Imported from .github/release-drafter.yml by `lockkeeper import`, for .github/lockkeeper.yml.
    #
    # Whatever a file of that tool says, this is different here:
    # - the draft follows by itself what is merged, labelled or reverted; what people change in it stays
    #   theirs
    # - a change stands in one section: the first whose label it has; what no section takes stands under
    #   "Other", last
    # - the labels skip-changelog, changelog:skip, ignore-for-release and no-changelog always leave a
    #   change out
    # - entries stand from the oldest to the newest, commits without a pull request too
    # - a conventional title (`feat!: x`) counts where no label decides, for the section and for the
    #   version
    # - below 1.0.0 what breaks users raises the minor number; without any tag the first version is
    #   0.1.0
    # - the release before is found by the commit graph, not by dates or by the list of releases

    versioning: { tag: "v{version}" }
    cut: draft
    notes:
      categories:
        - { title: "Breaking changes", labels: [major], bump: major }
        - { title: "🚀 Features", labels: [feature, enhancement], bump: minor }
        - { title: "🐛 Bug Fixes", labels: [fix], bump: patch }
      exclude: { labels: [skip-me] }

    # Different: which changes are listed, and where
    # - .github/release-drafter.yml:11 `major`: a change that has it stands under "Breaking changes"
    #   here, because sections raise the version

    # Different: how it reads
    # - .github/release-drafter.yml:1 `name-template`: a release is called by its tag
    # - .github/release-drafter.yml:6 `collapse-after` of `🐛 Bug Fixes`: long notes are folded by
    #   themselves, section by section
    # - .github/release-drafter.yml:14 `replacers`: nothing rewrites the text; mend the title on the
    #   pull request
    # - .github/release-drafter.yml:16 `template`: the notes have a form of their own

    # Not needed here
    # - .github/release-drafter.yml:19 `colour`: release-drafter does not know this key either
    "#);
}

#[test]
fn a_label_of_two_sections_stands_in_the_first_and_that_is_told() {
    let text = "categories:\n  - { title: A, labels: [a, both] }\n  - { title: B, labels: [both, b] }\n";
    let both = imported(text);
    assert_eq!(sections(&both), ["A [a both] patch", "B [b] patch"]);
    assert_eq!(serious(&both), ["3 `both` of `B`"]);
    let exclusive =
        imported(&text.replace("both] }\n  - { title: B", "both], exclusive: true }\n  - { title: B"));
    assert_eq!(serious(&exclusive), [""; 0], "what is exclusive there is what is so here");
}

#[test]
fn what_raises_the_version_by_a_label_of_no_section_gets_one() {
    let text = "categories:\n  - { title: Fixes, label: fix }\nversion-resolver: { major: { labels: [major] }, minor: { labels: [fix] } }\n";
    let made = imported(text);
    assert_eq!(sections(&made), ["Breaking changes [major] major", "Fixes [fix] minor"]);
    assert_eq!(serious(&made), ["3 `major`"]);
}

#[test]
fn a_section_whose_labels_raise_differently_raises_the_most_and_that_is_told() {
    let text =
        "categories:\n  - { title: A, labels: [x, y] }\nversion-resolver: { minor: { labels: [x] } }\n";
    let made = imported(text);
    assert_eq!(
        (sections(&made), serious(&made)),
        (vec!["A [x y] minor".to_owned()], vec!["2 `A` by `y`".to_owned()])
    );
}

#[test]
fn conditions_of_version_seven_are_carried_over_where_they_have_a_like() {
    let text = "categories:
  - { title: Breaking, semver-increment: major, when: { conventional: { breaking: true } } }
  - { title: Features, semver-increment: minor, when: [{ label: feature }, { conventional: { type: feat } }] }
  - { title: Api, when: { conventional: { type: fix, scope: api } } }
  - { title: Docs, when: { paths: ['docs/**'] } }
  - { title: Rest }
  - { title: Both, when: { labels: [a, b], labels-mode: all } }
  - { type: pre-exclude, when: { label: skip } }
  - { type: pre-exclude, when: { label: skip, path: docs } }
  - { type: pre-include, when: { label: listed } }
";
    let made = imported(text);
    assert_eq!(
        sections(&made),
        ["Breaking [breaking] major", "Features [feature feat:] minor", "Rest [ *] patch"]
    );
    assert_eq!(
        serious(&made),
        [
            "4 a condition of `Api`",
            "4 section `Api`",
            "5 a condition of `Docs`",
            "5 section `Docs`",
            "7 a condition of `Both`",
            "7 section `Both`",
            "9 what is excluded by more than labels",
            "10 what alone is included",
        ]
    );
    let notes = made.layer.notes.expect("there are sections");
    assert_eq!(notes.excluded_labels, Some(vec!["skip".to_owned()]));
}

#[test]
fn a_file_of_the_same_repository_is_taken_in_and_another_is_named() {
    let own = "categories:\n  - { title: Own, label: own }\n";
    let check = |extends: &str, expected: &[&str], remarks: &[&str]| {
        let made = imported(&format!("{own}{extends}"));
        assert_eq!(
            (sections(&made), serious(&made)),
            (
                expected.iter().map(|text| (*text).to_owned()).collect(),
                remarks.iter().map(|text| (*text).to_owned()).collect()
            ),
            "{extends}"
        );
    };
    check("_extends: ':.github/shared.yml'\n", &["Own [own] patch"], &[]);
    check(
        "_extends: { from: 'file:.github/shared.yml', strategy: { categories: append } }\n",
        &["Base [base] patch", "Own [own] patch"],
        &[],
    );
    check("_extends: acme/rules\n", &["Own [own] patch"], &["3 `_extends: acme/rules`"]);
}

#[test]
fn tags_are_carried_over_as_a_pattern() {
    let check = |text: &str, pattern: Option<&str>, remarks: usize| {
        let made = imported(text);
        let found = made.layer.versioning.as_ref().and_then(|versioning| versioning.tag.as_ref());
        assert_eq!(found.map(ToString::to_string).as_deref(), pattern, "{text}");
        assert_eq!(serious(&made).len(), remarks, "{text}: {:?}", serious(&made));
    };
    check("tag-template: shop-v$RESOLVED_VERSION\ntag-prefix: shop-v\n", Some("shop-v{version}"), 0);
    check("tag-template: v$NEXT_PATCH_VERSION\n", Some("v{version}"), 1);
    check("tag-template: v$RESOLVED_VERSION\nversion-template: $MAJOR.$MINOR\n", Some("v{version}"), 1);
    check("tag-template: v$RESOLVED_VERSION-$OWNER\n", None, 1);
    check("template: $CHANGES\n", None, 0);
}

#[test]
fn a_file_without_sections_is_one_section_and_what_it_switches_off_is_not_told() {
    let made = imported("template: $CHANGES\nprerelease: false\nversion-resolver: { default: minor }\n");
    assert_eq!(sections(&made), ["Changes [ *] minor"]);
    let told: Vec<&str> = made.remarks.iter().map(|remark| remark.what.as_str()).collect();
    assert_eq!(told, ["no sections", "`template`", "what raises the version by default"]);
}
