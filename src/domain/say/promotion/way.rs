//! The way of a promotion: its steps, how long each is watched, and whether one can go back. How far it is stands elsewhere.

use crate::domain::promotion::model::{Promotion, Target};
use crate::domain::promotion::view::View;
use crate::domain::say::{Span, environment, joined, release};
use crate::domain::state::slot::WayBack;

/// A target by name; a nameless one is the environment as a whole.
pub(super) fn target(promotion: &Promotion, target: &Target) -> Span {
    match target {
        Some(name) => Span::code(name.as_str()),
        None => environment(&promotion.asked.environment),
    }
}

/// The targets of a wave: "`us-1` and `us-2`".
pub(super) fn targets(promotion: &Promotion, wave: &[Target]) -> Vec<Span> {
    joined(wave.iter().map(|one| vec![target(promotion, one)]), "and")
}

/// Whether it is one step without a name.
pub(super) fn is_plain(promotion: &Promotion) -> bool {
    matches!(promotion.terms.waves.as_slice(), [wave] if matches!(wave.as_slice(), [None]))
}

/// The waves from a given one on: "`eu-1`, then `us-1` and `us-2`".
pub(super) fn steps(promotion: &Promotion, from: usize) -> Vec<Span> {
    let mut line = Vec::new();
    for wave in promotion.terms.waves.iter().skip(from) {
        if !line.is_empty() {
            line.push(", then ".into());
        }
        line.extend(targets(promotion, wave));
    }
    line
}

/// ", each watched for 15 min"; nothing where nothing is watched.
pub(super) fn watched(promotion: &Promotion) -> Option<Span> {
    let bake = promotion.terms.bake;
    let each = if promotion.terms.waves.len() > 1 { "each " } else { "" };
    (!bake.is_zero()).then(|| Span::words(format!(", {each}watched for {bake}")))
}

/// Whether one can go back, in a sentence; nothing is said of a rollback, which goes back itself.
pub(super) fn back(view: &View) -> Vec<Span> {
    if view.promotion.is_rollback() {
        return vec![];
    }
    match &view.back {
        WayBack::To(version) => vec!["Going back to ".into(), release(version), ": possible.".into()],
        WayBack::FirstThere => {
            vec!["Going back: not possible, because no release was good there before.".into()]
        }
        WayBack::AllHeld => {
            vec!["Going back: not possible, because what was good there before is held.".into()]
        }
    }
}
