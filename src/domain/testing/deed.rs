//! An order as a test reads it: a few words. What an order says in full is tested beside `say`.

use super::number_of;
use crate::domain::effect::{Effect, Reaction};
use crate::domain::say::{Block, Span, Text, aloud};

/// An order in a few words; what is said by its first line and its code.
pub(super) fn deed(effect: &Effect) -> String {
    match effect {
        Effect::React { reaction: Reaction::Eyes, .. } => "eyes".to_owned(),
        Effect::React { reaction: Reaction::Confused, .. } => "confused".to_owned(),
        Effect::Comment { text, .. } => format!("says: {}", first_line_and_code(text)),
        Effect::Preview { title, text, .. } => {
            aloud::plain(text);
            format!("previews: {title}")
        }
        Effect::CreateTag { tag, commit, .. } => format!("tags {tag} at {}", number_of(commit)),
        Effect::DraftRelease { tag, prerelease, .. } => {
            format!("drafts {tag}{}", if *prerelease { " as pre-release" } else { "" })
        }
        Effect::CreateBranch { branch, commit } => format!("makes {branch} at {}", number_of(commit)),
        Effect::Backport(wanted) => {
            aloud::plain(&wanted.text);
            format!("picks #{} onto {}", wanted.change, wanted.target)
        }
        Effect::KeepProposal(wanted) => {
            aloud::plain(&wanted.text);
            format!("keeps the change that carries v{} at {}", wanted.version, number_of(&wanted.commit))
        }
        Effect::KeepDraft { tag, commit, .. } => format!("keeps the draft of {tag} at {}", number_of(commit)),
        Effect::PublishRelease { tag, latest, .. } => {
            format!("publishes {tag}{}", if *latest { " as latest" } else { "" })
        }
        Effect::AddBanner { release, .. } => format!("puts a banner on page {release}"),
        Effect::CreateDeployment { environment, commit, .. } => {
            format!("deploys {} to {environment}", number_of(commit))
        }
        Effect::ReportDeployment { deployment, state, .. } => format!("reports {deployment} as {state:?}"),
        Effect::StartRun { what, tag, inputs, .. } => {
            format!("starts {} on {tag} with {inputs:?}", what.name())
        }
        Effect::CancelRun { run, .. } => format!("cancels run {run}"),
        Effect::OpenIssue { title, text } => {
            aloud::plain(text);
            format!("opens an issue: {title}")
        }
        Effect::CarryOver { thread, to, .. } => format!("moves {thread:?} to milestone {to}"),
        Effect::CloseMilestone { number } => format!("closes milestone {number}"),
        Effect::CreateLabel { label } => format!("makes label {}", label.name),
        Effect::SetIssue { number, state } => format!("sets issue {number} {state:?}"),
    }
}

fn first_line_and_code(text: &Text) -> String {
    let all = aloud::plain(text);
    let code = text.0.iter().rev().find_map(|block| match block {
        Block::Small(spans) => spans.iter().find_map(|span| match span {
            Span::Words(words) if words.starts_with("E_") => Some(words.clone()),
            _ => None,
        }),
        _ => None,
    });
    let first = all.lines().next().unwrap_or_default();
    code.map_or_else(|| first.to_owned(), |code| format!("{first} {code}"))
}
