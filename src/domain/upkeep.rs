//! What is kept in order without being asked, where the policy says so: the labels that it names. What is there is never changed.

use super::decision::{Decision, Moment};
use super::effect::{Effect, Subject};
use super::policy::Policy;
use super::policy::label::{Label, Upkeep, missing};
use super::query::Newest;

/// The labels that the policy names and the project lacks; none where that cannot be read. `None`: facts are missing.
pub fn missing_labels(moment: &Moment<'_>, policy: &Policy) -> Option<Vec<Label>> {
    let there = moment.facts.labels(Newest)?.known();
    Some(there.map(|there| missing(policy, there)).unwrap_or_default())
}

/// Adds an order for each of these labels, if the policy leaves them to us. Each is ordered once: one that people delete afterwards
/// stays deleted.
pub fn make(moment: &Moment<'_>, policy: &Policy, labels: &[Label], decision: Decision) -> Decision {
    match policy.labels {
        Upkeep::ByHand => decision,
        Upkeep::Sync => labels.iter().fold(decision, |decision, label| {
            let purpose = format!("label:{}", label.name.to_lowercase());
            let subject = Subject(purpose.clone());
            decision.order(moment.key(purpose), subject, Effect::CreateLabel { label: label.clone() })
        }),
    }
}
