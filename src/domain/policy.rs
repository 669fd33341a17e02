//! The validated policy of a repository: what its team wants of releases. How it is written in a file belongs to `config`.

mod component;
pub mod environment;
pub mod label;
pub mod staffing;

use serde::{Deserialize, Serialize};

use environment::Environment;
use label::Upkeep;

use super::id::{BranchName, ComponentName, EnvironmentName, TagName};
use super::notes::template::Template;
use super::version::Bump;

pub use component::{PathPattern, Paths, Versioning};

/// What a team wants, with every default filled in. Only keys that this version obeys.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    /// The component in view, and how its versions are made: the only one, the first where several are and nobody named
    /// another.
    pub versioning: Versioning,
    /// The components that are released by themselves; empty: the whole repository is one.
    pub components: Vec<Versioning>,
    /// What a cut begins with.
    pub cut: CutMode,
    /// What the change that carries a release brings.
    pub carried: Carried,
    /// Which changes stand where in the notes.
    pub notes: Notes,
    /// Who makes the labels that are missing.
    pub labels: Upkeep,
    /// What becomes of milestones that are named like a version.
    pub milestones: Milestones,
    /// Branches besides the default one that releases may be cut from (`release/*` patterns allowed).
    pub branches: Vec<BranchPattern>,
    /// The environments, in the order of the file. What no file describes is only watched.
    pub environments: Vec<Environment>,
    /// Who may do what, where the team does not leave that to the forge.
    pub who: Who,
    /// Whose reports on deployments count where nobody is named, as the forge's [`Customs`] have it.
    pub usual_reporters: Vec<String>,
}

/// What a cut begins with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum CutMode {
    /// A command.
    #[default]
    Tag,
    /// A draft release that follows what is merged; publishing it on the forge is the cut. A command does it too.
    Draft,
    /// A change that carries version and changelog and follows what is merged; merging it is the cut.
    PullRequest,
    /// A command, which makes a branch for a new line and a candidate there; its release is cut from that branch.
    Branch,
}

impl CutMode {
    /// Whether something is kept up to date with what is merged.
    pub fn follows(self) -> bool {
        match self {
            Self::Draft | Self::PullRequest => true,
            Self::Tag | Self::Branch => false,
        }
    }
}

/// What the change that carries a release brings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Carried {
    /// The files that name the version.
    pub files: Vec<String>,
    /// The file that lists what is new.
    pub changelog: String,
}

impl Default for Carried {
    fn default() -> Self {
        Self { files: vec![], changelog: "CHANGELOG.md".to_owned() }
    }
}

/// What becomes of milestones that are named like a version.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Milestones {
    /// One that closes or comes due proposes its cut; after the cut it is closed, and what is open in it moves on to the next.
    #[default]
    Manage,
    /// A plan reads them, and nothing else happens.
    Read,
}

/// What a forge has that a policy may use, and what goes without saying there. Its adapter tells it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Customs {
    /// Whose reports on deployments count where the policy names nobody. Empty: of whomever the forge lets report.
    pub reporters: Vec<String>,
    /// Whether it tells who reported. Where it does not, a policy cannot name anybody.
    pub hides_reporters: bool,
    /// Whether a release page there is public as soon as it is made. Then no draft can follow what is merged.
    pub lacks_drafts: bool,
    /// The keys of what it can start (`workflow`, `pipeline`, `job`). Empty: nobody knows which forge it will be.
    pub starts: Vec<&'static str>,
}

/// Which changes stand where in the notes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notes {
    /// Sections in the order of the notes. The last resort, "Other", is not in the list.
    pub categories: Vec<Category>,
    /// What stays out of the notes. It ships all the same, and evidence lists it.
    pub exclude: Exclude,
    /// How a release page is written; `None`: as we do.
    pub template: Option<Template>,
}

/// One section of the notes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Category {
    /// The heading, as the team writes it.
    pub title: String,
    /// A change with any of these labels belongs here. Compared without regard to case.
    pub labels: Vec<String>,
    /// Where no label decides: a change whose conventional type is one of these belongs here.
    pub types: Vec<String>,
    /// What a change of this section asks of the version.
    pub bump: Bump,
    /// Holds every change, labelled or not, that is still free here (`*` of a `release.yml`).
    pub catches_all: bool,
    /// Changes with any of these labels never stand here (a category's own `exclude` of a `release.yml`).
    pub except: Exclude,
}

impl Category {
    /// A section for changes with these labels.
    pub fn labelled(title: &str, labels: &[&str], bump: Bump) -> Self {
        let labels = labels.iter().map(|label| (*label).to_owned()).collect();
        let title = title.to_owned();
        Self { title, labels, types: Vec::new(), bump, catches_all: false, except: Exclude::default() }
    }

    /// The same section, also for changes of these conventional types that no label decides.
    #[must_use]
    pub fn or_of_type(mut self, types: &[&str]) -> Self {
        self.types = types.iter().map(|name| (*name).to_owned()).collect();
        self
    }

    /// A category of GitHub's `.github/release.yml`, which knows no bump: its label names tell it. `*` takes every
    /// change that is still free. See <https://docs.github.com/en/repositories/releasing-projects-on-github/automatically-generated-release-notes>.
    pub fn of_release_yml(title: String, labels: Vec<String>, except: Exclude) -> Self {
        let bump = labels.iter().map(|label| bump_by_label(label)).max().unwrap_or(Bump::Patch);
        let catches_all = labels.iter().any(|label| label == "*");
        let labels = labels.into_iter().filter(|label| label != "*").collect();
        Self { title, labels, types: Vec::new(), bump, catches_all, except }
    }
}

/// What a label's name alone asks of the version.
fn bump_by_label(label: &str) -> Bump {
    match label.to_lowercase().as_str() {
        "semver-major" => Bump::Major,
        label if label.starts_with("breaking") => Bump::Major,
        "feature" | "enhancement" | "semver-minor" => Bump::Minor,
        _ => Bump::Patch,
    }
}

impl Policy {
    /// The environment of this name; capitals do not matter, as they do not to the forges.
    pub fn environment(&self, name: &EnvironmentName) -> Option<&Environment> {
        self.environments.iter().find(|known| known.name.as_str().eq_ignore_ascii_case(name.as_str()))
    }

    /// Every component; of a repository that names none, itself.
    pub fn all_components(&self) -> &[Versioning] {
        if self.components.is_empty() { std::slice::from_ref(&self.versioning) } else { &self.components }
    }

    /// The same policy with another component in view; `None`: there is none of that name.
    pub fn of_component(&self, name: &ComponentName) -> Option<Self> {
        let known = self.all_components().iter().find(|known| known.component == *name)?;
        Some(Self { versioning: known.clone(), ..self.clone() })
    }

    /// The same policy once for each component, with that one in view.
    pub fn each_component(&self) -> Vec<Self> {
        self.all_components().iter().map(|known| Self { versioning: known.clone(), ..self.clone() }).collect()
    }

    /// The same policy once for each other component that shares its versions with the one in view.
    pub fn linked(&self) -> Vec<Self> {
        let own = &self.versioning;
        let is_other =
            |known: &Versioning| own.linked.is_some() && known.linked == own.linked && known != own;
        self.each_component().into_iter().filter(|other| is_other(&other.versioning)).collect()
    }

    /// The same policy with the component in view whose tags are spelt like this one; `None`: no component's are.
    pub fn of_tag(&self, tag: &TagName) -> Option<Self> {
        let known = self.components.iter().find(|known| known.names(tag))?;
        Some(Self { versioning: known.clone(), ..self.clone() })
    }

    /// Whether the component in view is the one whose releases are the project's latest: the first.
    pub fn stands_for_the_project(&self) -> bool {
        self.components.first().is_none_or(|first| first.component == self.versioning.component)
    }

    /// The sections of a team that has written none.
    pub fn default_categories() -> Vec<Category> {
        vec![
            Category::labelled(
                "Breaking changes",
                &["breaking", "breaking-change", "semver-major"],
                Bump::Major,
            ),
            Category::labelled("Features", &["feature", "enhancement", "semver-minor"], Bump::Minor)
                .or_of_type(&["feat"]),
            Category::labelled("Fixes", &["fix", "bug", "security", "semver-patch"], Bump::Patch)
                .or_of_type(&["fix", "perf"]),
            Category::labelled("Reverted", &[], Bump::Patch).or_of_type(&["revert"]),
            Category::labelled("Dependencies", &["dependencies"], Bump::Patch),
        ]
    }
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            versioning: Versioning::default(),
            components: Vec::new(),
            cut: CutMode::default(),
            carried: Carried::default(),
            notes: Notes {
                categories: Self::default_categories(),
                exclude: Exclude::default(),
                template: None,
            },
            labels: Upkeep::default(),
            milestones: Milestones::default(),
            branches: Vec::new(),
            environments: Vec::new(),
            who: Who::default(),
            usual_reporters: Vec::new(),
        }
    }
}

/// Labels and authors whose changes are left out.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Exclude {
    /// Label names, compared without regard to case.
    pub labels: Vec<String>,
    /// Logins; a bot is matched with and without its `[bot]`.
    pub authors: Vec<String>,
}

impl Exclude {
    /// Whether any of the labels is named here.
    pub fn names_label<'a>(&self, labels: impl IntoIterator<Item = &'a String>) -> bool {
        labels.into_iter().any(|label| has_label(&self.labels, label))
    }

    /// Whether the login is named here, `renovate` and `renovate[bot]` being one.
    pub fn names_author(&self, login: &str) -> bool {
        fn bare(login: &str) -> &str {
            login.strip_suffix("[bot]").unwrap_or(login)
        }
        self.authors.iter().any(|author| bare(author).eq_ignore_ascii_case(bare(login)))
    }
}

/// Whether a list holds a label, without regard to case.
pub fn has_label(list: &[String], label: &str) -> bool {
    list.iter()
        .any(|listed| listed.eq_ignore_ascii_case(label) || listed.to_lowercase() == label.to_lowercase())
}

/// A branch name in which `*` stands for any run of characters but `/`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct BranchPattern(pub String);

impl BranchPattern {
    /// Whether the pattern takes this branch.
    pub fn matches(&self, branch: &BranchName) -> bool {
        fn taken(pattern: &[u8], name: &[u8]) -> bool {
            match (pattern.split_first(), name.split_first()) {
                (None, None) => true,
                (Some((b'*', rest)), _) => {
                    taken(rest, name)
                        || name.split_first().is_some_and(|(c, tail)| *c != b'/' && taken(pattern, tail))
                }
                (Some((want, rest)), Some((have, tail))) => want == have && taken(rest, tail),
                _ => false,
            }
        }
        taken(self.0.as_bytes(), branch.as_str().as_bytes())
    }
}

/// Who may do what. A list that is there replaces the forge's own rights for that rank; an empty one leaves them in force.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Who {
    /// May ask: `help`, `status`.
    pub reader: Vec<Principal>,
    /// May plan, show the notes and shape them.
    pub writer: Vec<Principal>,
    /// May cut and withdraw.
    pub releaser: Vec<Principal>,
    /// May promote, hold, abort, retry, roll back, lock.
    pub deployer: Vec<Principal>,
    /// May approve where the environment names nobody else.
    pub approver: Vec<Principal>,
}

/// Somebody named in a policy.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Principal {
    /// A team or group by its path, `acme/release`.
    Group(GroupPath),
    /// One person by login; the number behind it is looked up when it counts.
    User(String),
    /// Everybody with at least this standing on the forge.
    Role(Standing),
}

/// A team's or group's path, `acme/release`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct GroupPath(pub String);

/// What the forge lets somebody do in a project, from least to most. Each adapter maps its own roles to these.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// No right of their own: what the public may.
    None,
    /// May read.
    Read,
    /// May manage issues and labels (triage, Reporter).
    Triage,
    /// May push (write, Developer).
    Write,
    /// May manage the project (maintain, Maintainer).
    Maintain,
    /// May do everything (admin, Owner).
    Admin,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(names: &[&str]) -> Vec<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    #[test]
    fn a_release_yml_category_bumps_by_its_label_names() {
        for (names, bump) in [
            (&["Semver-Major", "breaking-change"][..], Bump::Major),
            (&["breaking"], Bump::Major),
            (&["Semver-Minor", "enhancement"], Bump::Minor),
            (&["bug", "feature"], Bump::Minor),
            (&["bug"], Bump::Patch),
            (&["feature-request"], Bump::Patch),
            (&["*"], Bump::Patch),
        ] {
            let category = Category::of_release_yml("x".to_owned(), labels(names), Exclude::default());
            assert_eq!(category.bump, bump, "{names:?}");
            assert_eq!(category.catches_all, names.contains(&"*"));
            assert!(!category.labels.contains(&"*".to_owned()));
        }
    }

    #[test]
    fn a_bot_is_excluded_with_and_without_its_suffix() {
        let exclude =
            Exclude { labels: labels(&["Skip-Me"]), authors: labels(&["renovate[bot]", "dependabot"]) };
        assert!(
            ["renovate", "renovate[bot]", "dependabot[bot]", "Dependabot"]
                .iter()
                .all(|a| exclude.names_author(a))
        );
        assert!(!exclude.names_author("ana"));
        assert!(exclude.names_label(&labels(&["bug", "skip-me"])));
        assert!(!exclude.names_label(&labels(&["skip"])));
    }
}
