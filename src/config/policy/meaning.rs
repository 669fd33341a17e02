//! What the raw file means, key by key: raw text to the domain's types, every problem at its place. This is the one place where a policy file becomes domain values.

use std::ops::Range;

use crate::config::diagnostic::{Code, Diagnostic};
use crate::config::shape::{OneOrMore, Written, shortened};
use crate::domain::id::{BranchName, ProjectPath};
use crate::domain::notes::template::Template;
use crate::domain::policy::label::Upkeep;
use crate::domain::policy::{BranchPattern, Category, Customs, CutMode, Exclude, Milestones, Principal};
use crate::domain::version::Bump;

use super::raw;
use super::{Layer, NotesLayer, WhoLayer};
use super::{component, environment, versioning, who};

/// Everything that is wrong so far.
pub(super) type Errors = Vec<Diagnostic>;

/// The value, or its problem among the others.
pub(super) fn told<T>(read: Result<T, Diagnostic>, errors: &mut Errors) -> Option<T> {
    read.map_err(|error| errors.push(error)).ok()
}

/// A pattern with more stars than this takes too long to compare.
const MAX_STARS: usize = 4;

/// The layer that a raw file means. What is wrong is told in `errors`; then the layer is not to be used.
pub(super) fn of(raw: raw::PolicyFile, customs: &Customs, errors: &mut Errors) -> Layer {
    let whole_tag = raw.versioning.as_ref().and_then(|versioning| versioning.tag.as_ref());
    if let (Some(tag), Some(_)) = (whole_tag, &raw.components) {
        let title = "`versioning.tag` means nothing beside `components`";
        let error = Diagnostic::at(Code::Idle, tag.span(), title);
        errors.push(error.help("each component has tags of its own, under `components`"));
    }
    idle_files(&raw, errors);
    Layer {
        extends: raw.extends.and_then(|written| extends(&written, errors)),
        versioning: raw.versioning.map(|raw| versioning::versioning(&raw, errors)),
        components: raw.components.map(|named| component::components(named, errors)),
        cut: raw.cut.map(cut),
        notes: raw.notes.map(|raw| notes(raw, errors)),
        labels: raw.labels.map(|labels| match labels {
            raw::Labels::Sync => Upkeep::Sync,
        }),
        milestones: raw.milestones.map(|milestones| match milestones {
            raw::Milestones::Manage => Milestones::Manage,
            raw::Milestones::Read => Milestones::Read,
        }),
        branches: raw
            .branches
            .map(|names| names.0.iter().filter_map(|written| branch(written, errors)).collect()),
        environments: raw.environments.map(|stages| environment::environments(stages, customs, errors)),
        who: raw.who.map(|who| WhoLayer {
            reader: who.reader.map(|names| principals(&names, errors)),
            writer: who.writer.map(|names| principals(&names, errors)),
            releaser: who.releaser.map(|names| principals(&names, errors)),
            deployer: who.deployer.map(|names| principals(&names, errors)),
            approver: who.approver.map(|names| principals(&names, errors)),
        }),
    }
}

fn extends(written: &Written, errors: &mut Errors) -> Option<ProjectPath> {
    let path = ProjectPath::parse(written.text.trim_start_matches('@')).ok();
    if path.is_none() {
        let title = format!("`{}` does not name a project", shortened(&written.text));
        errors.push(
            Diagnostic::at(Code::BadExtends, written.span(), title)
                .help("write `owner/name`, as in `acme/release-policy`"),
        );
    }
    path
}

fn cut(raw: raw::Cut) -> CutMode {
    match raw {
        raw::Cut::Tag => CutMode::Tag,
        raw::Cut::Draft => CutMode::Draft,
        raw::Cut::PullRequest => CutMode::PullRequest,
        raw::Cut::Branch => CutMode::Branch,
    }
}

/// Files that nothing would write. Where another file is extended, it may be that one which says how a release is cut.
fn idle_files(raw: &raw::PolicyFile, errors: &mut Errors) {
    let is_wanted =
        matches!(raw.cut, Some(raw::Cut::PullRequest)) || (raw.cut.is_none() && raw.extends.is_some());
    if is_wanted {
        return;
    }
    let files = raw.versioning.as_ref().and_then(|raw| raw.files.as_ref()).and_then(|files| files.0.first());
    let changelog = raw.notes.as_ref().and_then(|raw| raw.changelog.as_ref());
    for (key, written) in [("files", files), ("changelog", changelog)] {
        if let Some(written) = written {
            let title = format!("`{key}` means nothing without `cut: pull-request`");
            let error = Diagnostic::at(Code::Idle, written.span(), title);
            errors.push(error.help("write `cut: pull-request` beside it, or take it out"));
        }
    }
}

/// The most files that one change carries a version to.
const MOST_FILES: usize = 20;

/// The files that name the version.
pub(super) fn files(written: &OneOrMore<Written>, errors: &mut Errors) -> Vec<String> {
    if let Some(first_over) = written.0.get(MOST_FILES) {
        let title = format!("more than {MOST_FILES} files");
        errors.push(Diagnostic::at(Code::TooMany, first_over.span(), title));
    }
    let mut files: Vec<String> = written.0.iter().filter_map(|written| path(written, errors)).collect();
    files.dedup();
    files
}

/// A file of the repository, from its root.
fn path(written: &Written, errors: &mut Errors) -> Option<String> {
    let is_name =
        |part: &str| !matches!(part, "" | "." | "..") && !part.chars().any(|c| c.is_control() || c == '\\');
    if written.text.len() <= 200 && written.text.split('/').all(is_name) {
        return Some(written.text.clone());
    }
    let title = format!("`{}` is no file of the repository", shortened(&written.text));
    let error = Diagnostic::at(Code::BadFile, written.span(), title);
    errors.push(error.help("write it from the root, as in `crates/web/Cargo.toml`"));
    None
}

/// A mode that the forge has no means for, told with what to write instead.
pub(super) fn no_drafts(place: Range<usize>) -> Diagnostic {
    let title = "there are no draft releases on this forge, so none could follow what is merged";
    Diagnostic::at(Code::UnknownWord, place, title)
        .help("write `cut: tag`; `/release notes` shows the notes as they would be published")
}

fn notes(raw: raw::Notes, errors: &mut Errors) -> NotesLayer {
    let exclude = raw.exclude.unwrap_or_default();
    NotesLayer {
        categories: raw.categories.map(|raw| categories(raw, errors)),
        // An empty list is a wish here: "leave nothing out".
        excluded_labels: exclude.labels.map(|names| texts(names.0)),
        excluded_authors: exclude.authors.map(|names| texts(names.0)),
        changelog: raw.changelog.and_then(|written| path(&written, errors)),
        template: raw.template.and_then(|page| template(&page.0, errors)),
    }
}

fn template(written: &Written, errors: &mut Errors) -> Option<Template> {
    let fault = match Template::parse(&written.text) {
        Ok(template) => return Some(template),
        Err(fault) => fault,
    };
    let place = fault.line.map(|line| format!(", in its line {line}")).unwrap_or_default();
    let title = format!("the template of the notes cannot be used{place}: {}", fault.said);
    let error = Diagnostic::at(Code::BadTemplate, written.span(), title);
    errors.push(error.help("docs/notes-template.md lists the names that a template may use"));
    None
}

fn categories(raw: Vec<raw::Category>, errors: &mut Errors) -> Vec<Category> {
    for (at, category) in raw.iter().enumerate() {
        if raw[..at].iter().any(|other| other.title.text == category.title.text) {
            let title = format!("two categories are called `{}`", shortened(&category.title.text));
            let error = Diagnostic::at(Code::DuplicateTitle, category.title.span(), title);
            errors.push(error.help("put their labels into one, or give one another title"));
        }
    }
    raw.into_iter().map(|raw| category(raw, errors)).collect()
}

fn category(raw: raw::Category, errors: &mut Errors) -> Category {
    if raw.labels.is_none() && raw.types.is_none() {
        let title = format!("`{}` has neither `labels` nor `types`", shortened(&raw.title.text));
        let error = Diagnostic::at(Code::MatchesNothing, raw.title.span(), title);
        errors.push(error.help("`labels: [\"*\"]` takes every change that no earlier category takes"));
    }
    let labels = raw.labels.map_or_else(Vec::new, |names| texts(names.0));
    let types = raw.types.map_or_else(Vec::new, |names| {
        names.0.into_iter().filter_map(|written| conventional_type(written, errors)).collect()
    });
    // One rule for both files: what a category is called by tells its bump where nothing else does.
    let named = Category::of_release_yml(raw.title.text, labels, except(raw.exclude));
    let by_type = if types.iter().any(|name| name == "feat") { Bump::Minor } else { Bump::Patch };
    let bump = raw.bump.map_or(named.bump.max(by_type), bump);
    Category { types, bump, ..named }
}

fn except(raw: Option<raw::Except>) -> Exclude {
    let raw = raw.unwrap_or_default();
    let names = |names: Option<OneOrMore<Written>>| names.map_or_else(Vec::new, |names| texts(names.0));
    Exclude { labels: names(raw.labels), authors: names(raw.authors) }
}

fn bump(raw: raw::Bump) -> Bump {
    match raw {
        raw::Bump::Major => Bump::Major,
        raw::Bump::Minor => Bump::Minor,
        raw::Bump::Patch => Bump::Patch,
        raw::Bump::None => Bump::None,
    }
}

fn conventional_type(written: Written, errors: &mut Errors) -> Option<String> {
    let is_word = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if !written.text.is_empty() && written.text.len() <= 50 && written.text.chars().all(is_word) {
        return Some(written.text);
    }
    let title = format!("`{}` is not a conventional type", shortened(&written.text));
    let error = Diagnostic::at(Code::BadType, written.span(), title);
    errors.push(error.help("types are words such as `feat`, `fix`, `perf`, without `!`, scope or `:`"));
    None
}

fn branch(written: &Written, errors: &mut Errors) -> Option<BranchPattern> {
    let stars = written.text.matches('*').count();
    if stars <= MAX_STARS && BranchName::parse(written.text.replace('*', "x")).is_ok() {
        return Some(BranchPattern(written.text.clone()));
    }
    let error = if stars > MAX_STARS {
        Diagnostic::at(
            Code::BadBranch,
            written.span(),
            format!("more than {MAX_STARS} `*` in a branch pattern"),
        )
    } else {
        let title = format!("no branch can be named like `{}`", shortened(&written.text));
        Diagnostic::at(Code::BadBranch, written.span(), title)
            .help("write a branch without `refs/heads/`, as in `main` or `release/*`")
    };
    errors.push(error);
    None
}

/// People as `who` and `approvals.from` name them.
pub(super) fn principals(names: &OneOrMore<Written>, errors: &mut Errors) -> Vec<Principal> {
    names.0.iter().filter_map(|written| told(who::principal(written), errors)).collect()
}

fn texts(written: Vec<Written>) -> Vec<String> {
    written.into_iter().map(|written| written.text).collect()
}
