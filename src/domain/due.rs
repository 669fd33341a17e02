//! Which timers a state wants, as a function of the state alone: nobody arms or cancels one. What a due timer means is decided in `decide`.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use super::state::State;
use super::timer::TimerKey;

/// How long after publishing a release we look which runs it started.
pub const RUNS_WAIT: SignedDuration = SignedDuration::from_secs(10);

/// The timers that this state wants, each with its moment.
pub fn due(state: &State) -> BTreeMap<TimerKey, Timestamp> {
    state
        .components
        .iter()
        .filter_map(|(name, component)| {
            let published = component.cutting.as_ref()?.published_at()?;
            Some((TimerKey::RunsOf(name.clone()), published + RUNS_WAIT))
        })
        .collect()
}
