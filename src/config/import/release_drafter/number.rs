//! The versions that release-drafter counts to, by the rules of node-semver, and the variables that show them. Where the version to count from is found is `release_drafter::previous`'s question.

use std::collections::BTreeMap;

use semver::{Prerelease, Version};

use super::rules::Increment;
use super::template::Variables;

/// How much of a version is raised, and whether to a pre-release.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// To the next final version.
    Final(Increment),
    /// To the first pre-release of the next version.
    Before(Increment),
    /// To the next pre-release of the same version, where it is one.
    Next,
}

/// What is said of the version from outside.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wished {
    /// The version.
    pub version: Option<String>,
    /// The tag.
    pub tag: Option<String>,
    /// The name of the release.
    pub name: Option<String>,
}

/// A release as far as its version counts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Named {
    /// Its tag.
    pub tag: String,
    /// Its name.
    pub name: String,
}

/// How versions are spelt and counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Numbering {
    /// `version-template`.
    pub template: String,
    /// `prerelease-identifier`.
    pub identifier: String,
    /// `tag-prefix`.
    pub tag_prefix: String,
}

impl Numbering {
    /// The variables of a release after `last`.
    pub fn variables(&self, wished: &Wished, last: Option<&Named>, step: Step) -> Variables {
        let asked = [&wished.version, &wished.tag, &wished.name];
        let asked = asked.into_iter().flatten().find(|text| !text.is_empty());
        let asked = asked.and_then(|text| version_of(text, &self.tag_prefix));
        let base = asked.clone().or_else(|| self.version_of(last?)).unwrap_or(Version::new(0, 0, 0));
        let resolved = asked.unwrap_or_else(|| raised(&base, step, &self.identifier));
        let mut variables = Variables::default();
        let next = |step| raised(&base, step, &self.identifier);
        self.show(&mut variables, "NEXT_MAJOR_VERSION", &next(Step::Final(Increment::Major)));
        self.show(&mut variables, "NEXT_MINOR_VERSION", &next(Step::Final(Increment::Minor)));
        self.show(&mut variables, "NEXT_PATCH_VERSION", &next(Step::Final(Increment::Patch)));
        self.show(&mut variables, "NEXT_PRERELEASE_VERSION", &next(Step::Next));
        self.show(&mut variables, "RESOLVED_VERSION", &resolved);
        variables
    }

    /// The version of a release: of its tag, else of its name.
    pub fn version_of(&self, release: &Named) -> Option<Version> {
        version_of(&release.tag, &self.tag_prefix).or_else(|| version_of(&release.name, &self.tag_prefix))
    }

    fn show(&self, variables: &mut Variables, name: &str, version: &Version) {
        let pre = if version.pre.is_empty() { String::new() } else { format!("-{}", version.pre) };
        let parts = [
            ("MAJOR", version.major.to_string()),
            ("MINOR", version.minor.to_string()),
            ("PATCH", version.patch.to_string()),
            ("PRERELEASE", pre),
        ];
        let own: BTreeMap<String, String> =
            parts.iter().map(|(part, value)| ((*part).to_owned(), value.clone())).collect();
        variables.set(name, Variables::from(own).fill(&self.template));
        for (part, value) in parts {
            variables.set(&format!("{name}_{part}"), value);
        }
    }
}

/// Reads a version: as SemVer, with or without a `v`; else the first numbers that stand there.
pub(super) fn version_of(text: &str, prefix: &str) -> Option<Version> {
    let text = text.strip_prefix(prefix).unwrap_or(text).trim();
    Version::parse(text.trim_start_matches(['v', '='])).ok().or_else(|| coerced(text))
}

/// The first one to three numbers parted by dots; what follows them is lost.
pub(super) fn coerced(text: &str) -> Option<Version> {
    let start = text.find(|c: char| c.is_ascii_digit())?;
    let end = text[start..].find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len() - start);
    let mut numbers = text[start..start + end].split('.').map_while(|number| number.parse().ok());
    let major = numbers.next()?;
    Some(Version::new(major, numbers.next().unwrap_or(0), numbers.next().unwrap_or(0)))
}

/// The version raised by a step, as `inc` of node-semver does.
/// <https://github.com/npm/node-semver#functions>
pub fn raised(version: &Version, step: Step, identifier: &str) -> Version {
    match step {
        Step::Final(increment) => raised_to_final(version, increment),
        Step::Before(increment) => {
            let core = Version::new(version.major, version.minor, version.patch);
            // A pre-release is left behind here: the next version is counted from its numbers.
            let target = match increment {
                Increment::Major => Version::new(core.major + 1, 0, 0),
                Increment::Minor => Version::new(core.major, core.minor + 1, 0),
                Increment::Patch => raised_to_final(&core, Increment::Patch),
            };
            with_next_prerelease(target, identifier)
        }
        Step::Next if version.pre.is_empty() => {
            with_next_prerelease(raised_to_final(version, Increment::Patch), identifier)
        }
        Step::Next => with_next_prerelease(version.clone(), identifier),
    }
}

/// A pre-release of exactly the version that is wanted becomes that version.
fn raised_to_final(version: &Version, increment: Increment) -> Version {
    let Version { major, minor, patch, pre, .. } = version;
    let is_pre = !pre.is_empty();
    match increment {
        Increment::Major if is_pre && *minor == 0 && *patch == 0 => Version::new(*major, 0, 0),
        Increment::Major => Version::new(major + 1, 0, 0),
        Increment::Minor if is_pre && *patch == 0 => Version::new(*major, *minor, 0),
        Increment::Minor => Version::new(*major, minor + 1, 0),
        Increment::Patch if is_pre => Version::new(*major, *minor, *patch),
        Increment::Patch => Version::new(*major, *minor, patch + 1),
    }
}

/// `rc.1` becomes `rc.2`; another identifier, or none before, begins at 0.
fn with_next_prerelease(version: Version, identifier: &str) -> Version {
    let mut parts: Vec<String> =
        version.pre.split('.').filter(|part| !part.is_empty()).map(str::to_owned).collect();
    match parts.iter().rposition(|part| part.parse::<u64>().is_ok()) {
        Some(at) => parts[at] = (parts[at].parse::<u64>().unwrap_or_default() + 1).to_string(),
        None => parts.push("0".to_owned()),
    }
    let goes_on = parts.len() > 1 && parts[0] == identifier && parts[1].parse::<u64>().is_ok();
    if !identifier.is_empty() && !goes_on {
        parts = vec![identifier.to_owned(), "0".to_owned()];
    }
    let pre = Prerelease::new(&parts.join(".")).unwrap_or(Prerelease::EMPTY);
    Version { pre, build: semver::BuildMetadata::EMPTY, ..version }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_raised_as_node_semver_raises_it() {
        for (from, step, identifier, to) in [
            ("1.0.0-rc.1", Step::Final(Increment::Patch), "", "1.0.0"),
            ("1.2.0-rc.1", Step::Final(Increment::Minor), "", "1.2.0"),
            ("1.2.1-rc.1", Step::Final(Increment::Minor), "", "1.3.0"),
            ("2.0.0-rc.1", Step::Final(Increment::Major), "", "2.0.0"),
            ("2.1.1-alpha", Step::Final(Increment::Minor), "", "2.2.0"),
            ("1.0.0", Step::Before(Increment::Minor), "rc", "1.1.0-rc.0"),
            ("1.0.0", Step::Next, "", "1.0.1-0"),
            ("1.0.1-rc.1", Step::Next, "rc", "1.0.1-rc.2"),
            ("1.0.1-rc.1", Step::Next, "beta", "1.0.1-beta.0"),
            ("1.0.1-rc.1", Step::Before(Increment::Patch), "rc", "1.0.2-rc.0"),
        ] {
            let from_version = Version::parse(from).expect("the table holds versions");
            assert_eq!(raised(&from_version, step, identifier).to_string(), to, "{from} {step:?}");
        }
    }

    #[test]
    fn a_version_is_found_in_what_people_call_a_release() {
        for (text, prefix, version) in [
            ("v10.0.3", "", Some("10.0.3")),
            ("shop-v1.2.3-RC3", "shop-v", Some("1.2.3-RC3")),
            ("v2.1.1-alpha (Code name: Foxtrot)", "", Some("2.1.1")),
            ("v5.3", "", Some("5.3.0")),
            ("nightly", "", None),
        ] {
            let found = version_of(text, prefix).map(|version| version.to_string());
            assert_eq!(found.as_deref(), version, "{text}");
        }
    }
}
