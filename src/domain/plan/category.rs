//! Where a change stands in the notes and what it asks of the version: label first, conventional title where no label decides. What a version becomes of it is `plan::next`'s question.

use super::range::Unit;
use crate::domain::change::conventional::{self, Title};
use crate::domain::change::dependency::Update;
use crate::domain::change::note::Note;
use crate::domain::change::revert::Undoing;
use crate::domain::policy::label::ALWAYS_EXCLUDED;
use crate::domain::policy::{Category, Exclude, Notes, has_label};
use crate::domain::version::Bump;

/// The heading of what no category takes.
pub const OTHER: &str = "Other";

/// The heading of what breaks users, for teams that have no section of their own for it.
pub(super) const BREAKING: &str = "Breaking changes";

/// Why a change stands where it does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Placed {
    /// It carries this label.
    ByLabel(String),
    /// No label decides; its conventional type does.
    ByType(String),
    /// No label decides; it says that it breaks users.
    ByBreaking,
    /// Its release note names the type.
    ByNote,
    /// No label or type decides; its title is that of an update of a dependency.
    ByUpdate,
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

/// Judges one unit by the policy, or one of the notes that it asks for: what that says of itself counts first.
pub(super) fn judge(unit: &Unit<'_>, note: Option<&Note>, author: Option<&str>, policy: &Notes) -> Judged {
    let whole = judge_unit(unit, author, policy);
    let Some(note) = note else { return whole };
    let seen = Seen::of_note(note, author);
    let own = judged(&seen, policy);
    let is_placed = own.category.is_some() && own.placed != Placed::ByCatchAll;
    let asks_out = whole.asks_out;
    if is_placed || own.is_breaking {
        let placed = if note.kind.is_some() { Placed::ByNote } else { own.placed };
        return Judged { placed, asks_out, ..own };
    }
    let is_major = whole.category.is_some_and(|at| policy.categories[at].bump == Bump::Major);
    let is_breaking = is_major || whole.placed == Placed::ByBreaking;
    let bump = if whole.is_breaking && !is_breaking { own.bump } else { whole.bump };
    Judged { is_breaking, bump, ..whole }
}

fn judge_unit(unit: &Unit<'_>, author: Option<&str>, policy: &Notes) -> Judged {
    let seen = Seen {
        labels: unit.change.map_or(&[], |change| &change.labels),
        author,
        title: Title::parse(unit.title()),
        says_breaking: says_breaking(unit),
        is_revert: Undoing::is_title(unit.title()),
        is_update: Update::parse(unit.title()).is_some(),
    };
    let judged = judged(&seen, policy);
    Judged { asks_out: judged.asks_out || unit.said.is_nothing, ..judged }
}

fn judged(seen: &Seen<'_>, policy: &Notes) -> Judged {
    let (category, placed) = place(seen, &policy.categories);
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
    is_revert: bool,
    is_update: bool,
}

impl<'a> Seen<'a> {
    fn of_note(note: &'a Note, author: Option<&'a str>) -> Self {
        let title = Title::parse(&note.text);
        Self {
            labels: note.kind.as_slice(),
            author,
            title,
            says_breaking: title.is_some_and(|title| title.is_breaking),
            is_revert: Undoing::is_title(&note.text),
            is_update: Update::parse(&note.text).is_some(),
        }
    }

    fn is_named_in(&self, exclude: &Exclude) -> bool {
        exclude.names_label(self.labels) || self.author.is_some_and(|author| exclude.names_author(author))
    }

    fn opts_out(&self) -> bool {
        self.labels.iter().any(|label| ALWAYS_EXCLUDED.iter().any(|out| label.eq_ignore_ascii_case(out)))
    }

    /// The conventional type; that of `Revert "…"`, which git and the forges write, is `revert`.
    fn kind(&self) -> Option<&str> {
        if self.is_revert { Some("revert") } else { self.title.map(|title| title.kind) }
    }

    fn is_of(&self, category: &Category) -> bool {
        self.kind().is_some_and(|own| category.types.iter().any(|kind| own.eq_ignore_ascii_case(kind)))
    }
}

pub(super) fn says_breaking(unit: &Unit<'_>) -> bool {
    Title::parse(unit.title()).is_some_and(|title| title.is_breaking)
        || !unit.said.breaking.is_empty()
        || unit.commits.iter().any(|commit| conventional::is_breaking(&commit.message))
}

/// What a conventional title asks for where no category says it. A title of no convention asks for a fix.
fn usual_bump(title: Option<Title<'_>>) -> Bump {
    if title.is_some_and(|title| title.is_of("feat")) { Bump::Minor } else { Bump::Patch }
}

fn place(seen: &Seen<'_>, categories: &[Category]) -> (Option<usize>, Placed) {
    let open = || categories.iter().enumerate().filter(|(_, category)| !seen.is_named_in(&category.except));
    let unlabelled = unlabelled(seen, open);
    for (at, category) in open() {
        if let Some(label) = seen.labels.iter().find(|label| has_label(&category.labels, label)) {
            return (Some(at), Placed::ByLabel(label.clone()));
        }
        // A `*` takes what is still free at its place, labelled or not; but what a category names by its type is not free.
        if category.catches_all && unlabelled.is_none() {
            return (Some(at), Placed::ByCatchAll);
        }
    }
    unlabelled.unwrap_or((None, Placed::Nowhere))
}

/// Where a unit stands that no label places.
fn unlabelled<'a, O>(seen: &Seen<'_>, open: impl Fn() -> O) -> Option<(Option<usize>, Placed)>
where
    O: Iterator<Item = (usize, &'a Category)>,
{
    if seen.says_breaking {
        let own = open().find(|(_, category)| category.bump == Bump::Major).map(|(at, _)| at);
        return Some((own, Placed::ByBreaking));
    }
    if let Some((at, _)) = open().find(|(_, category)| seen.is_of(category)) {
        return Some((Some(at), Placed::ByType(seen.kind().unwrap_or_default().to_owned())));
    }
    let of_updates = |category: &Category| category.labels.iter().any(|label| is_of_updates(label));
    let (at, _) = open().find(|(_, category)| seen.is_update && of_updates(category))?;
    Some((Some(at), Placed::ByUpdate))
}

/// The label by which the bots that keep dependencies new mark their changes.
fn is_of_updates(label: &str) -> bool {
    label.eq_ignore_ascii_case("dependencies")
}
