//! Tests of versions and tag patterns. Nothing else.

use proptest::prelude::*;

use super::*;
use crate::domain::id::{BranchName, TagName};

fn version(text: &str) -> Version {
    Version::parse(text).unwrap()
}

fn naming(text: &str) -> Naming {
    Naming { pattern: TagPattern::parse(text).unwrap(), scheme: Scheme::default() }
}

/// A case of [`Scheme::next`]: nothing before it, every branch free, on a Sunday in November.
struct Case<'a> {
    scheme: Scheme,
    stable: Option<&'a str>,
    promised: Option<&'a str>,
    taken: &'a [&'a str],
    branch: Option<&'a str>,
    today: &'a str,
}

impl Default for Case<'_> {
    fn default() -> Self {
        let scheme = Scheme::default();
        Self { scheme, stable: None, promised: None, taken: &[], branch: None, today: "2026-11-22" }
    }
}

impl Case<'_> {
    fn next(&self, step: Step) -> (String, Fit) {
        let [stable, promised] = [self.stable, self.promised].map(|text| text.map(version));
        let branch = self.branch.map(|name| BranchName::parse(name).unwrap());
        let series = branch.map(|branch| Series::of(&branch).unwrap());
        let taken = self.taken.iter().map(|text| version(text)).collect();
        let origin = Origin {
            stable: stable.as_ref(),
            promised: promised.as_ref(),
            taken: &taken,
            today: self.today.parse().unwrap(),
            series: series.as_ref(),
        };
        let (version, fit) = self.scheme.next(&origin, step);
        (version.to_string(), fit)
    }

    fn check(&self, step: Step, expected: &str) {
        assert_eq!(self.next(step).0, expected, "{step:?} of {:?} {:?}", self.stable, self.promised);
    }
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
    ] {
        Case { stable: Some(from), ..Case::default() }.check(Step::Contents(bump), to);
    }
    Case { stable: Some("0.4.2"), ..Case::default() }.check(Step::Word(Bump::Major), "1.0.0");
}

#[test]
fn a_first_version_is_the_one_that_the_team_names() {
    Case::default().check(Step::Contents(Bump::Major), "0.1.0");
    let scheme = Scheme::Semantic { initial: version("1.0.0") };
    let first = Case { scheme, ..Case::default() };
    first.check(Step::Contents(Bump::Patch), "1.0.0");
    first.check(Step::Word(Bump::Minor), "1.0.0");
}

#[test]
fn a_promise_is_kept_and_outgrown_only_by_more() {
    for (stable, promised, bump, to) in [
        (Some("1.4.2"), "1.5.0-rc.2", Bump::Patch, "1.5.0"),
        (Some("1.4.2"), "1.5.0-rc.2", Bump::Major, "2.0.0"),
        (None, "1.0.0-beta.1", Bump::Major, "1.0.0"),
        (None, "1.1.0-beta.1", Bump::Minor, "1.1.0"),
        (None, "1.1.0-beta.1", Bump::Major, "2.0.0"),
        (None, "1.0.1-beta.1", Bump::Minor, "1.1.0"),
        (None, "0.2.0-beta.1", Bump::Major, "0.2.0"),
    ] {
        Case { stable, promised: Some(promised), ..Case::default() }.check(Step::Contents(bump), to);
    }
}

#[test]
fn a_maintenance_branch_stays_in_its_series() {
    for (branch, stable, bump, to) in [
        ("release/1.4", "1.4.2", Bump::Patch, ("1.4.3", Fit::Right)),
        ("release/1.4.x", "1.4.2", Bump::Minor, ("1.4.3", Fit::Lowered)),
        ("release/1.4.x", "1.4.2", Bump::Major, ("2.0.0", Fit::Outside)),
        ("1.x", "1.4.2", Bump::Minor, ("1.5.0", Fit::Right)),
        ("v1.x", "1.4.2", Bump::Major, ("2.0.0", Fit::Outside)),
        ("release/0.4", "0.4.2", Bump::Major, ("0.5.0", Fit::Outside)),
        ("release-2.x", "1.4.2", Bump::Patch, ("2.0.0", Fit::Right)),
        ("release/1.5", "1.4.2", Bump::Patch, ("1.5.0", Fit::Right)),
        ("hotfix/v1.4.3", "1.4.2", Bump::Minor, ("1.4.3", Fit::Right)),
    ] {
        let case = Case { stable: Some(stable), branch: Some(branch), ..Case::default() };
        let (next, fit) = case.next(Step::Contents(bump));
        assert_eq!((next.as_str(), fit), to, "{bump} on {branch}");
    }
    let word = Case { stable: Some("1.4.2"), branch: Some("1.4.x"), ..Case::default() };
    assert_eq!(word.next(Step::Word(Bump::Minor)), ("1.5.0".to_owned(), Fit::Outside));
}

#[test]
fn a_branch_tells_its_series_by_its_name_or_none() {
    let shown = |name: &str| Series::of(&BranchName::parse(name).unwrap()).map(|series| series.to_string());
    for (name, series) in [
        ("1.x", Some("1.x")),
        ("1.x.x", Some("1.x")),
        ("release/1.4", Some("1.4.x")),
        ("stable-1.4.x", Some("1.4.x")),
        ("hotfix/v1.4.3", Some("1.4.3")),
        ("release/26.12", Some("26.12.x")),
        ("main", None),
        ("release/next", None),
        ("release/2026-11-03", None),
        ("x", None),
    ] {
        assert_eq!(shown(name).as_deref(), series, "{name}");
    }
}

fn format(text: &str) -> Format {
    Format::parse(text).unwrap()
}

#[test]
fn a_calendar_version_is_its_day_and_a_counter() {
    for (text, taken, to) in [
        ("YYYY.MM.MICRO", &[][..], "2026.11.0"),
        ("YYYY.MM.MICRO", &["2026.11.0", "2026.11.9", "2026.11.10-rc.1", "2026.10.30"], "2026.11.10"),
        ("YYYY.MM.MICRO", &["1.4.2"], "2026.11.0"),
        ("YY.0M.MICRO", &["26.11.00", "26.11.04"], "26.11.5"),
        ("YYYY.0M.0D", &["2026.11.22"], "2026.11.22"),
        ("YY.WW.MICRO", &[], "26.47.0"),
        ("YYYY.MM.DD.MICRO", &["2026.11.22.0"], "2026.11.22.1"),
        ("0Y.MM", &[], "26.11"),
    ] {
        let scheme = Scheme::Calendar(format(text));
        Case { scheme, taken, ..Case::default() }.check(Step::Contents(Bump::Patch), to);
    }
    let scheme = || Scheme::Calendar(format("YYYY.0M.MICRO"));
    let march = Case { scheme: scheme(), today: "2027-03-01", ..Case::default() };
    march.check(Step::Contents(Bump::Major), "2027.03.0");
    let new_year =
        Case { scheme: Scheme::Calendar(format("YYYY.0W")), today: "2024-12-30", ..Case::default() };
    new_year.check(Step::Contents(Bump::Patch), "2025.01");
    let promised = Case { scheme: scheme(), promised: Some("2026.11.3-rc.1"), ..Case::default() };
    promised.check(Step::Contents(Bump::Patch), "2026.11.3");
    let taken = &["2026.03.1", "2026.11.0"];
    let old = Case { scheme: scheme(), stable: Some("2026.03.1"), taken, ..Case::default() };
    let old = Case { branch: Some("release/2026.3"), ..old };
    assert_eq!(old.next(Step::Contents(Bump::Minor)), ("2026.03.2".to_owned(), Fit::Right));
}

#[test]
fn a_format_goes_from_the_year_down() {
    for bad in ["", "YYYY", "MM.YYYY", "YYYY.MICRO.MM", "YYYY.MM.WW", "YYYY.DD", "YYYY.MM.PATCH", "YYYY-MM"] {
        assert!(Format::parse(bad).is_err(), "{bad}");
    }
    let read = |text: &str| format("YYYY.0M.MICRO").read(text).map(|version| version.to_string());
    assert_eq!(read("2026.03.1-rc.1").as_deref(), Some("2026.03.1-rc.1"));
    assert_eq!(read("2026.3.1").as_deref(), Some("2026.3.1"), "before they wrote zeros");
    assert!(["2026.13.1", "26.03.1", "2026.03", "2026.03.beta"].iter().all(|text| read(text).is_none()));
}

#[test]
fn precedence_is_that_of_semver() {
    let order =
        ["1.0.0-alpha", "1.0.0-alpha.1", "1.0.0-beta.2", "1.0.0-beta.11", "1.0.0-rc.1", "1.0.0", "1.0.1"];
    assert!(order.windows(2).all(|pair| version(pair[0]) < version(pair[1])));
    let meant =
        ["1.0.0-rc", "1.0.0-rc1", "1.0.0-rc09", "1.0.0-rc10", "1.0.0-rd", "1.0.0", "2026.3.1", "2026.03.2"];
    assert!(meant.windows(2).all(|pair| version(pair[0]) < version(pair[1])), "numbers count as numbers");
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
fn pre_releases_are_spelt_as_the_project_spells_them() {
    let next = |taken: &[&str]| {
        let taken: Vec<Version> = taken.iter().map(|text| version(text)).collect();
        version("1.5.0").next_on(&Channel::parse("rc").unwrap(), &taken).to_string()
    };
    assert_eq!(next(&["1.5.0-rc1", "1.5.0-rc9"]), "1.5.0-rc10");
    assert_eq!(next(&["1.5.0-rc09"]), "1.5.0-rc10");
    assert_eq!(next(&["1.4.0-rc01", "1.3.0-rc.7"]), "1.5.0-rc01");
    assert_eq!(next(&["1.5.0-rc-2"]), "1.5.0-rc-3");
    assert_eq!(next(&["1.5.0-rc"]), "1.5.0-rc.1");
    assert_eq!(version("1.5.0-rc10").channel(), Some("rc"));
    assert_eq!(version("1.5.0-beta2023.1").channel(), Some("beta2023"));
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
        ("v1.5-rc", Some("1.5-rc")),
        ("2026.03", Some("2026.03")),
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
fn a_version_is_called_as_people_call_it() {
    let is_called = |text: &str, name: &str| version(text).is_called(name);
    assert!(["v1.5.0", "1.5", " V1.5 "].iter().all(|name| is_called("1.5.0", name)));
    assert!(is_called("2026.03", "2026.03") && is_called("2026.11.0", "2026.11"));
    assert!(!is_called("1.0.0", "1") && !is_called("1.5.1", "1.5") && !is_called("1.50.0", "1.5"));
}

#[test]
fn the_pattern_is_that_of_the_highest_version() {
    let detect = |tags: &[&str]| match TagPattern::detect(tags.iter().copied(), &Scheme::default()) {
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
    assert_eq!(naming("app@{version}-final").version_of("app@1.2.0-final"), Some(version("1.2.0")));
    assert_eq!(naming("v{version}").version_of("v1.2"), None);
}

#[test]
fn before_a_final_release_comes_a_final_one() {
    let tags: Vec<TagName> = ["v1.0.0", "v1.1.0-rc.1", "v1.1.0-beta.1", "v0.9.0", "x1.2.0"]
        .map(|tag| TagName::parse(tag).unwrap())
        .into();
    let names = |channel: Option<&str>| -> Vec<String> {
        let channel = channel.map(|text| Channel::parse(text).unwrap());
        let found = candidates(&tags, &naming("v{version}"), channel.as_ref());
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
            let naming = Naming { pattern, scheme: Scheme::default() };
            let tag = naming.tag(&version).unwrap();
            prop_assert_eq!(naming.version_of(tag.as_str()), Some(version));
        }
    }

    #[test]
    fn a_bump_never_lowers_and_a_greater_one_never_gives_less(from in any_version()) {
        let text = from.core().to_string();
        let case = Case { stable: Some(&text), ..Case::default() };
        let raised = [Bump::None, Bump::Patch, Bump::Minor, Bump::Major].map(|bump| version(&case.next(Step::Contents(bump)).0));
        prop_assert!(raised.is_sorted());
        prop_assert!(raised[1] > from.core());
    }

    #[test]
    fn versions_of_any_scheme_read_back_and_are_in_one_order(texts in proptest::collection::vec("[0-9]{1,4}(\\.[0-9]{1,2}){1,3}(-(rc|beta)[.-]?[0-9]{0,2})?", 3)) {
        let versions: Vec<Version> = texts.iter().filter_map(|text| Version::parse(text).ok()).collect();
        for one in &versions {
            prop_assert_eq!(Version::parse(&one.to_string()), Ok(one.clone()));
            for other in &versions {
                prop_assert_eq!(one == other, one.cmp(other).is_eq());
                prop_assert_eq!(one.cmp(other), other.cmp(one).reverse());
                prop_assert!(versions.iter().all(|third| !(one <= other && other <= third) || one <= third));
            }
        }
    }

    #[test]
    fn reading_tags_never_panics(tags in proptest::collection::vec("\\PC{0,20}", 0..5)) {
        let _ = TagPattern::detect(tags.iter().map(String::as_str), &Scheme::default());
    }
}
