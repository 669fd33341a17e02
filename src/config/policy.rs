//! The policy file: text to a checked layer, layers to the domain's policy. What a policy means for a release is decided in `domain`.

use crate::domain::id::ProjectPath;
use crate::domain::line;
use crate::domain::notes::template::Template;
use crate::domain::policy::environment::Environment;
use crate::domain::policy::label::Upkeep;
use crate::domain::policy::{
    BranchPattern, Carried, Category, Customs, CutMode, Exclude, Milestones, Notes, Policy, Principal,
    Versioning, Who,
};
use crate::domain::version::{Scheme, TagPattern};

pub use component::ComponentLayer;

use super::diagnostic::{Code, Diagnostic, Report};
use super::shape::Advice;
use super::{document, schema};

mod component;
mod environment;
mod meaning;
mod raw;
mod value;
mod versioning;
mod who;

/// Where the file lives in a repository on GitHub.
pub const GITHUB_PATH: &str = ".github/lockkeeper.yml";
/// Where a project on GitLab keeps its policy.
pub const GITLAB_PATH: &str = ".gitlab/lockkeeper.yml";

/// One policy file, read and checked, without the defaults. `None`: the file does not say.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Layer {
    /// The project whose file is the base of this one.
    pub extends: Option<ProjectPath>,
    /// `versioning:`
    pub versioning: Option<VersioningLayer>,
    /// `components:`
    pub components: Option<Vec<ComponentLayer>>,
    /// `cut:`
    pub cut: Option<CutMode>,
    /// `notes:`
    pub notes: Option<NotesLayer>,
    /// `labels:`
    pub labels: Option<Upkeep>,
    /// `milestones:`
    pub milestones: Option<Milestones>,
    /// `branches:`
    pub branches: Option<Vec<BranchPattern>>,
    /// `environments:`
    pub environments: Option<Vec<Environment>>,
    /// `who:`
    pub who: Option<WhoLayer>,
}

/// What a file says under `versioning:`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct VersioningLayer {
    /// `tag:`
    pub tag: Option<TagPattern>,
    /// `scheme:`, with `format:` and `initial:`
    pub scheme: Scheme,
    /// `files:`
    pub files: Option<Vec<String>>,
}

/// What a file says under `notes:`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NotesLayer {
    /// `categories:`
    pub categories: Option<Vec<Category>>,
    /// `exclude.labels:`
    pub excluded_labels: Option<Vec<String>>,
    /// `exclude.authors:`
    pub excluded_authors: Option<Vec<String>>,
    /// `template:`
    pub template: Option<Template>,
    /// `changelog:`
    pub changelog: Option<String>,
}

/// What a file says under `who:`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WhoLayer {
    /// `reader:`
    pub reader: Option<Vec<Principal>>,
    /// `writer:`
    pub writer: Option<Vec<Principal>>,
    /// `releaser:`
    pub releaser: Option<Vec<Principal>>,
    /// `deployer:`
    pub deployer: Option<Vec<Principal>>,
    /// `approver:`
    pub approver: Option<Vec<Principal>>,
}

/// What the product will obey one day: a file that holds it is told so, which says more than "unknown key". And how the
/// keys are written that take more than one form.
const ADVICE: Advice = Advice {
    keys_to_come: &[
        ("", "exclusive"),
        ("", "freezes"),
        ("", "home"),
        ("", "milestones"),
        ("", "released"),
        ("", "trains"),
        ("", "tz"),
        ("environments.*", "exclusive"),
        ("environments.*", "freezes"),
        ("environments.*", "home"),
        ("environments.*", "lock"),
        ("environments.*", "on_failure"),
        ("environments.*", "rollback"),
        ("environments.*", "tested"),
        ("environments.*", "trains"),
        ("environments.*", "unmerged"),
        ("environments.*", "verify"),
        ("environments.*.deploy", "gitops"),
        ("environments.*.deploy", "webhook"),
        ("who", "freeze"),
        ("who", "waive"),
    ],
    words_to_come: &[("environments.*.deploy", "gitops"), ("environments.*.deploy", "webhook")],
    examples: &[
        ("components", "web: { paths: [web], tag: \"web-v{version}\" }"),
        ("components.*", "{ paths: [web], tag: \"web-v{version}\" }"),
        ("environments", "staging: { deploy: event }"),
        ("environments.*", "{ deploy: event }"),
        ("environments.*.after", "after: [staging]"),
        ("environments.*.approvals", "approvals: { from: acme/release, count: 2 }"),
        ("environments.*.checks", "checks: [build, { name: e2e, app: 15368 }]"),
        ("environments.*.deploy", "deploy: { workflow: deploy.yml }"),
        ("environments.*.waves", "waves: [eu-1, [us-1, us-2]]"),
        ("versioning", "versioning: { tag: \"v{version}\" }"),
    ],
};

/// Reads a repository's own policy file, for a forge of these customs. The report holds everything that is wrong with it.
pub fn read(file: &str, text: &str, customs: &Customs) -> Result<Layer, Report> {
    let mut errors = Vec::new();
    let raw: raw::PolicyFile = document::read(text, &schema(), ADVICE, &mut errors);
    let layer = meaning::of(raw, customs, &mut errors);
    if customs.lacks_drafts && layer.cut == Some(CutMode::Draft) {
        errors.push(meaning::no_drafts(document::place_of(text, "cut")));
    }
    if errors.is_empty() { Ok(layer) } else { Err(Report::new(file, text, errors)) }
}

/// Reads a file that another one extends. It cannot extend a third: who reads a policy looks at two files at most.
pub fn read_shared(file: &str, text: &str, customs: &Customs) -> Result<Layer, Report> {
    let layer = read(file, text, customs)?;
    let Some(next) = &layer.extends else { return Ok(layer) };
    let title = format!("a shared policy cannot extend another one, but this one extends `{next}`");
    let error = Diagnostic::whole(Code::BadExtends, title).help("put what is wanted of it into this file");
    Err(Report::new(file, text, vec![error]))
}

/// The repository's file over the shared one: a block that the repository writes replaces the shared block of that name
/// as a whole, lists included.
pub fn merge(base: Layer, child: Layer) -> Layer {
    Layer {
        extends: child.extends,
        versioning: child.versioning.or(base.versioning),
        components: child.components.or(base.components),
        cut: child.cut.or(base.cut),
        notes: child.notes.or(base.notes),
        labels: child.labels.or(base.labels),
        milestones: child.milestones.or(base.milestones),
        branches: child.branches.or(base.branches),
        environments: child.environments.or(base.environments),
        who: child.who.or(base.who),
    }
}

/// The policy that a layer and the defaults make. `release_yml`: what GitHub's own file says of the notes, if there is
/// one; it counts where the layer has no categories.
pub fn complete(layer: Layer, release_yml: Option<Notes>, customs: &Customs) -> Policy {
    let fallback = release_yml.unwrap_or_else(|| Policy::default().notes);
    let notes = layer.notes.unwrap_or_default();
    let who = layer.who.unwrap_or_default();
    let versioning = layer.versioning.unwrap_or_default();
    let components = layer.components.unwrap_or_default().into_iter();
    let components: Vec<Versioning> =
        components.map(|component| component.complete(&versioning.scheme)).collect();
    let whole = Versioning { tag: versioning.tag, scheme: versioning.scheme, ..Versioning::default() };
    let first = components.first().cloned().unwrap_or(whole);
    let cut = layer.cut.unwrap_or_default();
    Policy {
        branches: branches(
            layer.branches.unwrap_or_default(),
            cut,
            if components.is_empty() { std::slice::from_ref(&first) } else { &components },
        ),
        versioning: first,
        components,
        cut,
        carried: Carried {
            files: versioning.files.unwrap_or_default(),
            changelog: notes.changelog.unwrap_or(Carried::default().changelog),
        },
        notes: Notes {
            categories: notes.categories.unwrap_or(fallback.categories),
            exclude: Exclude {
                labels: notes.excluded_labels.unwrap_or(fallback.exclude.labels),
                authors: notes.excluded_authors.unwrap_or(fallback.exclude.authors),
            },
            template: notes.template,
        },
        labels: layer.labels.unwrap_or_default(),
        milestones: layer.milestones.unwrap_or_default(),
        who: Who {
            reader: who.reader.unwrap_or_default(),
            writer: who.writer.unwrap_or_default(),
            releaser: who.releaser.unwrap_or_default(),
            deployer: who.deployer.unwrap_or_default(),
            approver: who.approver.unwrap_or_default(),
        },
        environments: layer.environments.unwrap_or_default(),
        usual_reporters: customs.reporters.clone(),
    }
}

/// The branches that releases come from: those that the file lists, and those that a cut makes.
fn branches(mut listed: Vec<BranchPattern>, cut: CutMode, components: &[Versioning]) -> Vec<BranchPattern> {
    if cut == CutMode::Branch {
        let ours = components.iter().map(|known| line::pattern(&known.component));
        let new: Vec<BranchPattern> = ours.filter(|pattern| !listed.contains(pattern)).collect();
        listed.extend(new);
    }
    listed
}

/// A single file that stands for itself, with the defaults filled in.
pub fn read_alone(file: &str, text: &str, customs: &Customs) -> Result<Policy, Report> {
    read(file, text, customs).map(|layer| complete(layer, None, customs))
}

/// The policy of a repository without any file.
pub fn defaults() -> Policy {
    Policy::default()
}

/// The JSON Schema of the policy file.
pub fn schema() -> serde_json::Value {
    schema::of::<raw::PolicyFile>()
}

#[cfg(test)]
mod tests;
