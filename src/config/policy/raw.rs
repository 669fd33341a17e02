//! The policy file as people write it. The doc comments are the reference: they go into the JSON Schema and `docs/policy.md`. What the values mean is `read`'s question.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::config::shape::{AnyNumberOf, Named, OneOrMore, Page, Written};

mod environment;

pub(super) use environment::{
    Announce, ApprovalRule, Approvals, Check, Deploy, DeployWord, Environment, NotCounted, Run,
};

/// What a team wants of its releases: `.github/lockkeeper.yml` on the default branch.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
#[schemars(title = "Lockkeeper policy")]
pub(super) struct PolicyFile {
    /// A project whose policy file is the base of this one, `acme/release-policy`. A block of this file replaces the shared block of that name as a whole.
    pub(super) extends: Option<Written>,
    /// How versions are made and tags are named.
    pub(super) versioning: Option<Versioning>,
    /// The parts of the repository that are released by themselves, by name, in the order of this file: each with its own tags, versions and notes. The first stands for the project: its releases are the latest ones. Default: the repository is one.
    pub(super) components: Option<Named<Component>>,
    /// How a release is cut. `tag`: by command. `draft`: a draft release follows what is merged, what you write into it is kept, and publishing it on the forge is the cut; not on GitLab, which has no drafts. `pull-request`: a pull or merge request that carries the new version and the changelog follows what is merged, and merging it is the cut. `branch`: the command makes a branch `release/1.5` for a new line and `v1.5.0-rc.1` there, fixes come by backport, and the release is cut from that branch. Default: `tag`.
    pub(super) cut: Option<Cut>,
    /// What stands where in the release notes.
    pub(super) notes: Option<Notes>,
    /// What becomes of labels that this file names and the project does not have. Default: people are told of them.
    pub(super) labels: Option<Labels>,
    /// What becomes of milestones that are named like a version. `manage`: one that closes or comes due proposes its cut in an issue; after the cut it is closed, and what is open in it moves on to the next. `read`: plans read them, and nothing else happens. Default: `manage`.
    pub(super) milestones: Option<Milestones>,
    /// Protected branches besides the default one that a release may be cut from. `*` stands for any characters but `/`. From one whose name tells a line of versions (`1.x`, `release/1.4`) come only versions of that line. Default: none.
    pub(super) branches: Option<OneOrMore<Written>>,
    /// The stages that releases are carried to, by name, in the order of this file. What no file describes is only watched. Default: none.
    pub(super) environments: Option<Named<Environment>>,
    /// Who may do what. A key that is left out keeps its default; one that is there replaces it.
    pub(super) who: Option<Who>,
}

/// How versions are made and tags are named.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Versioning {
    /// The scheme of the versions: `semver` goes by what changes, `calver` by the day (of UTC). Default: `semver`.
    pub(super) scheme: Option<Scheme>,
    /// With `calver`: how a date is written as a version, in the words of calver.org: two to four of `YYYY` `YY` `0Y` `MM` `0M` `WW` `0W` `DD` `0D` `MICRO` with dots between. Default: `YYYY.MM.MICRO`.
    pub(super) format: Option<Written>,
    /// With `semver`: the version of a project, or of a series of tags, that has none yet. Default: `0.1.0`.
    pub(super) initial: Option<Written>,
    /// The name of a tag, with `{version}` in it once: `v{version}`. Default: the pattern of the existing tags, else `v{version}`.
    pub(super) tag: Option<Written>,
    /// With `cut: pull-request`: the files that name the version, from the root. Known are `Cargo.toml`, `package.json` (both with their locks), `pyproject.toml`, `pom.xml` and `Chart.yaml`, in any folder; of all others, and of these too, each line that carries `lockkeeper:version`. Default: none.
    pub(super) files: Option<OneOrMore<Written>>,
}

/// A part of the repository that is released by itself.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Component {
    /// Where its files are, from the root: `web`, `crates/*/src`, `**/*.md`; `*` and `?` stay within a folder, and `"!web/docs"` leaves out. A change belongs to every component whose files it touches, and to all of them where nobody tells what it touches.
    pub(super) paths: OneOrMore<Written>,
    /// The name of its tags, with `{version}` in it once. Default: `NAME-v{version}`.
    #[serde(default)]
    pub(super) tag: Option<Written>,
    /// As under `versioning`. Default: what stands there.
    #[serde(default)]
    pub(super) scheme: Option<Scheme>,
    /// As under `versioning`.
    #[serde(default)]
    pub(super) format: Option<Written>,
    /// As under `versioning`.
    #[serde(default)]
    pub(super) initial: Option<Written>,
    /// The name of a group: those of its components that are released take one version, the highest that any of them asks for. Default: none.
    #[serde(default)]
    pub(super) linked: Option<Written>,
}

/// The scheme of the versions.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(super) enum Scheme {
    /// Semantic Versioning 2.0.0.
    Semver,
    /// Calendar Versioning.
    Calver,
}

/// How a release is cut.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Cut {
    /// By command; it makes the tag and the release.
    Tag,
    /// By publishing a draft that follows what is merged.
    Draft,
    /// By merging a change that carries version and changelog.
    PullRequest,
    /// By command, from a branch that it makes for each line.
    Branch,
}

/// What becomes of labels that are missing.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(super) enum Labels {
    /// They are made, each once, with a colour and a description. A label that is there is never changed or deleted.
    Sync,
}

/// What becomes of milestones that are named like a version.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(super) enum Milestones {
    /// They propose their cut, and are tidied up after it.
    Manage,
    /// They are only read.
    Read,
}

/// What stands where in the release notes.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Notes {
    /// The sections, in their order; a change stands in the first that takes it, else under "Other". Default: those of `.github/release.yml`, else Breaking changes, Features, Fixes, Reverted, Dependencies.
    pub(super) categories: Option<Vec<Category>>,
    /// What stays out of the notes. It ships all the same. Default: that of `.github/release.yml`.
    pub(super) exclude: Option<Exclude>,
    /// How a release page is written, in Jinja; `{{ notes }}` are the notes as they are without it. See [notes-template.md](notes-template.md). Default: `{{ notes }}`.
    pub(super) template: Option<Page>,
    /// With `cut: pull-request`: the file that each release adds a section to. Default: `CHANGELOG.md`.
    pub(super) changelog: Option<Written>,
}

/// One section of the notes. It takes a change by its labels or, where no category takes it by label, by its conventional type.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Category {
    /// The heading.
    pub(super) title: Written,
    /// Labels; any one of them is enough. `"*"` takes every change that is still free. Capitals do not matter.
    #[serde(default)]
    pub(super) labels: Option<OneOrMore<Written>>,
    /// Conventional types (`fix` of `fix: a title`); any one of them is enough. `revert` is also that of `Revert "a title"`.
    #[serde(default)]
    pub(super) types: Option<OneOrMore<Written>>,
    /// What a change of this section asks of the version. Default: `major` where a label is `breaking…` or `semver-major`; `minor` where one is `feature`, `enhancement` or `semver-minor` or a type is `feat`; else `patch`.
    #[serde(default)]
    pub(super) bump: Option<Bump>,
    /// What never stands here, although the section takes it: a later section may. Default: nothing.
    #[serde(default)]
    pub(super) exclude: Option<Except>,
}

/// Labels and authors whose changes a section does not take.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Except {
    /// Labels; any one of them is enough.
    pub(super) labels: Option<OneOrMore<Written>>,
    /// Logins; a bot's with or without its `[bot]`.
    pub(super) authors: Option<OneOrMore<Written>>,
}

/// What a change asks of the version.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(super) enum Bump {
    /// It breaks users.
    Major,
    /// It is new, and compatible.
    Minor,
    /// It fixes.
    Patch,
    /// It needs no release of its own.
    None,
}

/// Labels and authors whose changes are left out of the notes.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Exclude {
    /// Labels; any one of them is enough. They come on top of `skip-changelog`, `changelog:skip`, `ignore-for-release` and `no-changelog`, which every project has.
    pub(super) labels: Option<AnyNumberOf<Written>>,
    /// Logins; a bot's with or without its `[bot]`. Default: nobody.
    pub(super) authors: Option<AnyNumberOf<Written>>,
}

/// Who may do what: teams (`acme/release`), users (`ana`) and roles of the forge (`role:maintain`); `@` needs quotes.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Who {
    /// May ask: `help`, `status`, `notes`. Default: whoever can read.
    pub(super) reader: Option<OneOrMore<Written>>,
    /// May plan and shape the notes: `plan`, `include`, `skip`. Default: whoever can push.
    pub(super) writer: Option<OneOrMore<Written>>,
    /// May cut and withdraw. Default: whoever can push.
    pub(super) releaser: Option<OneOrMore<Written>>,
    /// May act on environments: `promote`, `hold`, `resume`, `abort`, `retry`, `rollback`, `lock`, `unlock`. Default: whoever can push.
    pub(super) deployer: Option<OneOrMore<Written>>,
    /// May approve where an environment's `approvals` name nobody in `from`. Default: whoever can push.
    pub(super) approver: Option<OneOrMore<Written>>,
}
