//! Tests of versions and tag patterns. Nothing else.

use proptest::prelude::*;

use super::*;
use crate::domain::id::TagName;

fn version(text: &str) -> Version {
    Version::parse(text).unwrap()
}

fn pattern(text: &str) -> TagPattern {
    TagPattern::parse(text).unwrap()
}

#[test]
fn below_one_what_breaks_raises_the_minor_number() {
    for (from, bump, to) in [
        ("0.4.2", Bump::Major, "0.5.0"),
        ("0.4.2", Bump::Minor, "0.5.0"),
        ("0.4.2", Bump::Patch, "0.4.3"),
        ("1.4.2", Bump::Major, "2.0.0"),
        ("1.4.2", Bump::Minor, "1.5.0"),
        ("1.4.2", Bump::Patch, "1.4.3"),
        ("1.4.2", Bump::None, "1.4.2"),
        ("1.5.0-rc.2", Bump::None, "1.5.0"),
    ] {
        assert_eq!(version(from).bumped(bump).to_string(), to, "{bump} of {from}");
    }
    assert_eq!(version("0.4.2").raised(Bump::Major).to_string(), "1.0.0");
}

#[test]
fn precedence_is_that_of_semver() {
    let order =
        ["1.0.0-alpha", "1.0.0-alpha.1", "1.0.0-beta.2", "1.0.0-beta.11", "1.0.0-rc.1", "1.0.0", "1.0.1"];
    assert!(order.windows(2).all(|pair| version(pair[0]) < version(pair[1])));
}

#[test]
fn pre_releases_count_on_within_their_channel_and_core() {
    let rc = Channel::parse("rc").unwrap();
    let taken: Vec<Version> =
        ["1.5.0-rc.1", "1.5.0-rc.9", "1.5.0-rc.10", "1.5.0-beta.20", "1.6.0-rc.30"].map(version).into();
    assert_eq!(version("1.5.0").next_on(&rc, []).to_string(), "1.5.0-rc.1");
    assert_eq!(version("1.5.0").next_on(&rc, &taken).to_string(), "1.5.0-rc.11");
    assert_eq!(version("1.5.0-rc.10").core().to_string(), "1.5.0");
}

#[test]
fn a_channel_is_a_name() {
    assert!(["rc", "beta", "rc-next"].into_iter().all(|text| Channel::parse(text).is_ok()));
    assert!(["", "1", "rc.1", "r c", "-rc"].into_iter().all(|text| Channel::parse(text).is_err()));
}

#[test]
fn people_may_write_a_version_loosely() {
    for (text, read) in [
        ("v1.5.0", Some("1.5.0")),
        ("1.5", Some("1.5.0")),
        (" V2.0.0-rc.1 ", Some("2.0.0-rc.1")),
        ("v1.5-rc", None),
        ("7", None),
        ("Later", None),
    ] {
        assert_eq!(
            Version::parse_loosely(text).map(|version| version.to_string()).as_deref(),
            read,
            "{text}"
        );
    }
}

#[test]
fn the_pattern_is_that_of_the_highest_version() {
    let detect = |tags: &[&str]| match TagPattern::detect(tags.iter().copied()) {
        Detected::One(one) => one.to_string(),
        Detected::None => "none".to_owned(),
        Detected::Ambiguous(a, b) => format!("{a} or {b}"),
    };
    assert_eq!(detect(&["v1.0.0", "v1.10.0", "v1.9.0"]), "v{version}");
    assert_eq!(detect(&["0.9.0", "v1.0.0", "1.0"]), "v{version}");
    assert_eq!(detect(&["release/1.2.0", "lib2-v0.9.0"]), "release/{version}");
    assert_eq!(detect(&["nightly", "latest", "1.0"]), "none");
    assert_eq!(detect(&["1.2.0", "v1.2.0", "v1.1.0"]), "{version} or v{version}");
    assert_eq!(detect(&["1.1.0", "v1.1.0", "v1.2.0"]), "v{version}");
    assert_eq!(detect(&["python3.8-1.2.3"]), "python3.8-{version}");
}

#[test]
fn a_pattern_holds_the_version_once_and_makes_a_tag() {
    for bad in [
        "v",
        "{version}{version}",
        "-{version}",
        "v {version}",
        "{version}.lock",
        "v{Version}",
        "a..{version}",
    ] {
        assert!(TagPattern::parse(bad).is_err(), "{bad}");
    }
    assert_eq!(pattern("app@{version}-final").version_of("app@1.2.0-final"), Some(version("1.2.0")));
    assert_eq!(pattern("v{version}").version_of("v1.2"), None);
}

#[test]
fn before_a_final_release_comes_a_final_one() {
    let tags: Vec<TagName> = ["v1.0.0", "v1.1.0-rc.1", "v1.1.0-beta.1", "v0.9.0", "x1.2.0"]
        .map(|tag| TagName::parse(tag).unwrap())
        .into();
    let names = |channel: Option<&str>| -> Vec<String> {
        let channel = channel.map(|text| Channel::parse(text).unwrap());
        let found = candidates(&tags, &pattern("v{version}"), channel.as_ref());
        found.into_iter().map(|(_, tag)| tag.to_string()).collect()
    };
    assert_eq!(names(None), ["v1.0.0", "v0.9.0"]);
    assert_eq!(names(Some("rc")), ["v1.1.0-rc.1", "v1.0.0", "v0.9.0"]);
}

fn any_version() -> impl Strategy<Value = Version> {
    let pre =
        prop_oneof![Just(String::new()), "-(rc|beta|alpha)\\.(0|[1-9][0-9]{0,3})", "-[a-z][a-z0-9-]{0,5}"];
    let build = prop_oneof![Just(String::new()), "\\+[a-z0-9]{1,6}"];
    (0u64..300, 0u64..300, 0u64..300, pre, build).prop_map(|(major, minor, patch, pre, build)| {
        version(&format!("{major}.{minor}.{patch}{pre}{build}"))
    })
}

proptest! {
    #[test]
    fn a_version_reads_back_as_it_was_written(version in any_version()) {
        prop_assert_eq!(Version::parse(&version.to_string()), Ok(version.clone()));
        let json = serde_json::to_string(&version).unwrap();
        prop_assert_eq!(serde_json::from_str::<Version>(&json).unwrap(), version);
    }

    #[test]
    fn a_tag_gives_back_its_version(version in any_version(), before in "[a-z]{0,3}[@/v-]?", after in "(-final)?") {
        let text = format!("{before}{{version}}{after}");
        if let Ok(pattern) = TagPattern::parse(&text) {
            prop_assert_eq!(pattern.to_string(), text);
            let tag = pattern.tag(&version).unwrap();
            prop_assert_eq!(pattern.version_of(tag.as_str()), Some(version));
        }
    }

    #[test]
    fn a_bump_never_lowers_and_a_greater_one_never_gives_less(version in any_version()) {
        let raised = [Bump::None, Bump::Patch, Bump::Minor, Bump::Major].map(|bump| version.bumped(bump));
        prop_assert!(raised.is_sorted());
        prop_assert!(raised[1] > version.core());
    }

    #[test]
    fn reading_tags_never_panics(tags in proptest::collection::vec("\\PC{0,20}", 0..5)) {
        let _ = TagPattern::detect(tags.iter().map(String::as_str));
    }
}
