//! What a cut freezes: every change that ships, and the notes. How the release comes to be is not known here.

use std::collections::BTreeSet;

use jiff::Timestamp;

use crate::domain::event::{Cut, CutChange, Event, Recorded, STRANGERS};
use crate::domain::id::{ActorId, ChangeNumber, ComponentName};
use crate::domain::notes;
use crate::domain::outlook::Outlook;
use crate::domain::place::CommentRef;
use crate::domain::plan::{Author, Entry, Plan};
use crate::domain::version::Version;

/// The event that freezes a release, with the free text that stands beside it. What was merged before we came hears nothing, nor what carried the release.
pub fn started(
    component: &ComponentName,
    (cut, plan): (&Cut, &Plan),
    asked: Option<CommentRef>,
    (joined_at, carriers): (Timestamp, &BTreeSet<ChangeNumber>),
) -> Recorded {
    let contained = |entry: &Entry, shown: bool| CutChange {
        quiet: entry.author.as_ref().is_some_and(Author::is_bot)
            || entry.number.is_some_and(|number| carriers.contains(&number))
            // Forges tell the time of a merge in whole seconds: the second in which we came is ours.
            || entry.merged_at.is_some_and(|merged_at| merged_at.as_second() < joined_at.as_second()),
        number: entry.number,
        commit: entry.commit.clone(),
        author: account(entry.author.as_ref()),
        reviewers: entry.reviewers.clone(),
        shown,
    };
    let shown = plan.shown().flat_map(Entry::with_folded).filter(|entry| !entry.is_part);
    let shown = shown.map(|entry| contained(entry, true));
    let hidden = plan.hidden.iter().chain(&plan.excluded).map(|entry| contained(entry, false));
    // What was reverted has no effect that anybody could be told of.
    let reverted = plan.reverted.iter();
    let reverted = reverted.map(|reverted| CutChange { quiet: true, ..contained(&reverted.entry, false) });
    let event = Event::CutStarted {
        component: component.clone(),
        cut: cut.clone(),
        asked,
        changes: shown.chain(hidden).chain(reverted).collect(),
        writers: plan.writers.as_ref().map(|writers| writers.accounts.clone()),
    };
    let page = notes::release_page(plan);
    let notes = serde_json::to_string(&page).expect("a text has only text keys");
    let recorded = with_titles(Recorded::from(event).with_text("notes", notes), plan);
    with_strangers(recorded, plan)
}

/// Titles and logins stand beside the event, so that they can be erased.
fn with_titles(mut recorded: Recorded, plan: &Plan) -> Recorded {
    for entry in plan.entries() {
        let name = entry.number.map_or_else(|| entry.commit.to_string(), |number| number.to_string());
        recorded = recorded.with_text(format!("title.{name}"), entry.title.clone());
        if let Some(author) = &entry.author {
            recorded = recorded.with_text(format!("author.{name}"), author.name());
        }
    }
    recorded
}

/// Whom the forge does not know by account is on record by name, beside the event too.
fn with_strangers(recorded: Recorded, plan: &Plan) -> Recorded {
    let strangers = plan.writers.as_ref().map(|writers| &writers.strangers);
    let Some(strangers) = strangers.filter(|strangers| !strangers.is_empty()) else { return recorded };
    recorded.with_text(STRANGERS, serde_json::to_string(strangers).expect("a list of texts"))
}

/// The account behind an author, where there is one.
fn account(author: Option<&Author>) -> Option<ActorId> {
    match author {
        Some(Author::Account(actor)) => Some(actor.id),
        Some(Author::Name(_)) | None => None,
    }
}

/// Whether it is final and no final version above it has a tag: only then it becomes the latest release.
pub fn is_latest(version: &Version, outlook: &Outlook<'_>) -> bool {
    let versions = outlook.tags.iter().filter_map(|tag| outlook.naming.version_of(tag.name.as_str()));
    version.is_final() && { versions }.all(|other| other.is_prerelease() || other <= *version)
}
