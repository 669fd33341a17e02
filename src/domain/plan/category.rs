//! Where a change stands in the notes and what it asks of the version: label first, conventional title where no label decides. What a version becomes of it is `plan::next`'s question.

use super::range::Unit;
use crate::domain::change::conventional::{self, Title};
use crate::domain::policy::label::ALWAYS_EXCLUDED;
use crate::domain::policy::{Category, Exclude, Notes, has_label};
use crate::domain::version::Bump;

/// The heading of what no category takes.
pub const OTHER: &str = "Other";

/// Why a change stands where it does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Placed {
    /// It carries this label.
    ByLabel(String),
    /// No label decides; its conventional type does.
    ByType(String),
    /// No label decides; it says that it breaks users.
    ByBreaking,
    /// The category takes whatever is still free.
    ByCatchAll,
    /// Nothing decides; it stands under [`OTHER`].
    Nowhere,
}

/// What the policy makes of one unit.
#[derive(Debug)]
pub(super) struct Judged {
    /// Index of the category; `None`: [`OTHER`].
    pub(super) category: Option<usize>,
    pub(super) placed: Placed,
    pub(super) bump: Bump,
    pub(super) is_breaking: bool,
    /// Whether a label or its author asks to leave it out.
    pub(super) asks_out: bool,
}

/// Judges one unit by the policy.
pub(super) fn judge(unit: &Unit<'_>, author: Option<&str>, policy: &Notes) -> Judged {
    let seen = Seen {
        labels: unit.change.map_or(&[], |change| &change.labels),
        author,
        title: Title::parse(unit.title()),
        says_breaking: says_breaking(unit),
    };
    let (category, placed) = place(&seen, &policy.categories);
    let own_bump = category.map(|at| policy.categories[at].bump);
    let is_breaking = seen.says_breaking || own_bump == Some(Bump::Major);
    let bump = match (&placed, own_bump) {
        _ if is_breaking => Bump::Major,
        (Placed::ByCatchAll, Some(Bump::None)) => Bump::None,
        (Placed::ByCatchAll, Some(bump)) => bump.max(usual_bump(seen.title)),
        (_, Some(bump)) => bump,
        (_, None) => usual_bump(seen.title),
    };
    Judged {
        category,
        placed,
        bump,
        is_breaking,
        asks_out: seen.is_named_in(&policy.exclude) || seen.opts_out(),
    }
}

/// What decides, of one unit.
struct Seen<'a> {
    labels: &'a [String],
    author: Option<&'a str>,
    title: Option<Title<'a>>,
    says_breaking: bool,
}

impl Seen<'_> {
    fn is_named_in(&self, exclude: &Exclude) -> bool {
        exclude.names_label(self.labels) || self.author.is_some_and(|author| exclude.names_author(author))
    }

    fn opts_out(&self) -> bool {
        self.labels.iter().any(|label| ALWAYS_EXCLUDED.iter().any(|out| label.eq_ignore_ascii_case(out)))
    }

    fn is_of(&self, category: &Category) -> bool {
        self.title.is_some_and(|title| category.types.iter().any(|kind| title.is_of(kind)))
    }
}

fn says_breaking(unit: &Unit<'_>) -> bool {
    Title::parse(unit.title()).is_some_and(|title| title.is_breaking)
        || unit.commits.iter().any(|commit| conventional::is_breaking(&commit.message))
}

/// What a conventional title asks for where no category says it. A title of no convention asks for a fix.
fn usual_bump(title: Option<Title<'_>>) -> Bump {
    if title.is_some_and(|title| title.is_of("feat")) { Bump::Minor } else { Bump::Patch }
}

fn place(seen: &Seen<'_>, categories: &[Category]) -> (Option<usize>, Placed) {
    let open = || categories.iter().enumerate().filter(|(_, category)| !seen.is_named_in(&category.except));
    let by_type = || open().find(|(_, category)| seen.is_of(category)).map(|(at, _)| at);
    let breaking = || open().find(|(_, category)| category.bump == Bump::Major).map(|(at, _)| at);
    let named = if seen.says_breaking { breaking() } else { None };
    let fallback = named.map(|at| (at, Placed::ByBreaking)).or_else(|| {
        let kind = seen.title.map(|title| title.kind.to_owned()).unwrap_or_default();
        by_type().map(|at| (at, Placed::ByType(kind)))
    });
    for (at, category) in open() {
        if let Some(label) = seen.labels.iter().find(|label| has_label(&category.labels, label)) {
            return (Some(at), Placed::ByLabel(label.clone()));
        }
        // A `*` takes what is still free at its place, labelled or not; but what a category names by its type is not free.
        if category.catches_all && fallback.is_none() {
            return (Some(at), Placed::ByCatchAll);
        }
    }
    match fallback {
        Some((at, placed)) => (Some(at), placed),
        None => (None, Placed::Nowhere),
    }
}
