//! The plan as JSON, the form that `docs/plan-json.md` documents. Fields are added, never renamed; wording for people is not here.

use serde::Serialize;

use crate::domain::plan::{Author, Entry, Plan};

/// A plan for programs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Document {
    /// What is released; `default` where the policy names no component.
    pub component: String,
    /// The version of the previous release; null: none yet.
    pub previous: Option<String>,
    /// The tag of the previous release.
    pub previous_tag: Option<String>,
    /// The planned version; null: nothing to release.
    pub version: Option<String>,
    /// Its tag.
    pub tag: Option<String>,
    /// What the contents ask of the version: `major`, `minor`, `patch` or `none`.
    pub bump: &'static str,
    /// The commit that would be released.
    pub head: String,
    /// Everything that ships, in the order of the notes; then what is hidden, then what is excluded.
    pub changes: Vec<ChangeDocument>,
}

/// One thing that ships.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ChangeDocument {
    /// The number of its change; null: a commit that no change brought, as far as is known.
    pub number: Option<u64>,
    /// The commit that brought it.
    pub sha: String,
    /// Its title.
    pub title: String,
    /// What the notes say instead of its title; null: they say its title.
    pub note: Option<String>,
    /// Whether it breaks users.
    pub breaking: bool,
    /// How it does, in the words of its author; null: nobody says.
    pub breaking_note: Option<String>,
    /// Whether an entry of the same change stands before this one: one change, told in several.
    pub part: bool,
    /// The number of the change that it was backported from; null: it is no backport, or nobody says of what.
    pub original: Option<u64>,
    /// A login, or the name that git has; null: the account is gone.
    pub author: Option<String>,
    /// Who wrote it together with the author: logins, or the names that git has.
    pub co_authors: Vec<String>,
    /// The heading it stands under, or would.
    pub category: String,
    /// Its labels.
    pub labels: Vec<String>,
    /// A person hid it from the notes.
    pub hidden: bool,
    /// A label or its author keeps it out of the notes.
    pub excluded: bool,
    /// It was reverted before it went out, or is that revert.
    pub reverted: bool,
    /// The commit of the entry that stands for it in the notes; null: it stands for itself.
    pub folded_into: Option<String>,
}

impl Document {
    /// The document of a plan.
    pub fn of(plan: &Plan) -> Self {
        let shown = plan.shown().flat_map(|entry| {
            let folded = entry.folded.iter().map(|other| document(other, Standing::FoldedInto(entry)));
            std::iter::once(document(entry, Standing::Shown)).chain(folded)
        });
        let hidden = plan.hidden.iter().map(|entry| document(entry, Standing::Hidden));
        let excluded = plan.excluded.iter().map(|entry| document(entry, Standing::Excluded));
        let reverted = plan.reverted.iter().map(|it| document(&it.entry, Standing::Reverted));
        Self {
            component: plan.component.to_string(),
            previous: plan.previous.as_ref().map(|previous| previous.version.to_string()),
            previous_tag: plan.previous.as_ref().map(|previous| previous.tag.to_string()),
            version: plan.version.as_ref().map(ToString::to_string),
            tag: plan.tag.as_ref().map(ToString::to_string),
            bump: plan.bump.as_str(),
            head: plan.head.to_string(),
            changes: shown.chain(hidden).chain(excluded).chain(reverted).collect(),
        }
    }
}

#[derive(PartialEq)]
enum Standing<'a> {
    Shown,
    FoldedInto(&'a Entry),
    Hidden,
    Excluded,
    Reverted,
}

fn document(entry: &Entry, standing: Standing<'_>) -> ChangeDocument {
    ChangeDocument {
        number: entry.number.map(|number| number.0),
        sha: entry.commit.to_string(),
        title: entry.title.clone(),
        note: entry.note.clone(),
        breaking: entry.is_breaking,
        breaking_note: entry.breaking_note.clone(),
        part: entry.is_part,
        co_authors: entry.co_authors.iter().map(|author| author.name().to_owned()).collect(),
        original: entry.origin.as_ref().and_then(|origin| origin.number).map(|number| number.0),
        author: entry.author.as_ref().map(Author::name).map(str::to_owned),
        category: entry.category.clone(),
        labels: entry.labels.clone(),
        hidden: standing == Standing::Hidden,
        excluded: standing == Standing::Excluded,
        reverted: standing == Standing::Reverted,
        folded_into: match standing {
            Standing::FoldedInto(entry) => Some(entry.commit.to_string()),
            Standing::Shown | Standing::Hidden | Standing::Excluded | Standing::Reverted => None,
        },
    }
}
