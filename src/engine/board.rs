//! What stands where and what is on its way there, gathered from the store for who looks. Reads only, and asks no forge.

use jiff::Timestamp;

use super::Engine;
use crate::domain::id::{ComponentName, EnvironmentName, Lane};
use crate::domain::promotion::chronicle::Panel;
use crate::domain::promotion::model::{Ignored, Promotion};
use crate::domain::state::State;
use crate::domain::state::slot::{Lock, Standing};
use crate::domain::version::Version;
use crate::store::{Project, PromotionRow};

/// A project's environments.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Board {
    /// The project.
    pub project: Project,
    /// What stands where, those first that a release reaches first.
    pub berths: Vec<Berth>,
}

/// One component in one environment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Berth {
    /// The component.
    pub component: ComponentName,
    /// The environment.
    pub environment: EnvironmentName,
    /// What is there now.
    pub current: Option<Standing>,
    /// Whether nobody can say what is there, because a promotion was stopped on its way.
    pub is_unclear: bool,
    /// Releases that may not go there.
    pub barred: Vec<Version>,
    /// The newest reports that changed nothing since what is there arrived, oldest first.
    pub ignored: Vec<Ignored>,
    /// Who has the environment for themselves, with their login where it is not erased.
    pub lock: Option<(Lock, Option<String>)>,
    /// What is on its way there or waits: what has its place first.
    pub coming: Vec<(Promotion, Option<Panel>)>,
}

impl Engine {
    /// Every project that is known, with its environments.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub async fn boards(&self) -> anyhow::Result<Vec<Board>> {
        let mut boards = Vec::new();
        for project in self.store.projects().await? {
            boards.push(self.board(project).await?);
        }
        Ok(boards)
    }

    /// A project's environments.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub async fn board(&self, project: Project) -> anyhow::Result<Board> {
        let state = self.state_of(&project.lane).await?;
        let mut berths = Vec::new();
        for (component, environment) in places(&state) {
            berths.push(self.berth(&project.lane, &state, (component, environment)).await?);
        }
        Ok(Board { project, berths })
    }

    /// A lane's promotions that are over, the last one that ended first.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub async fn past(&self, lane: &Lane, limit: u32) -> anyhow::Result<Vec<PromotionRow>> {
        Ok(self.store.past_promotions(lane, limit).await?)
    }

    async fn berth(
        &self,
        lane: &Lane,
        state: &State,
        (component, environment): (ComponentName, EnvironmentName),
    ) -> anyhow::Result<Berth> {
        let slot = state.slot(&component, &environment);
        let now = self.clock.now();
        let mut lock = None;
        if let Some(held) = state.locks.get(&environment).filter(|lock| lock.holds(now)) {
            let texts = self.store.texts(lane, held.row.seq.cast_signed()).await?;
            let login = texts.into_iter().find(|text| text.name == "login").map(|text| text.value);
            lock = Some((held.clone(), login));
        }
        let mut open: Vec<&Promotion> = state.promotions_into(&component, &environment).collect();
        open.sort_by_key(|open| (!open.has_slot(), open.asked.kind, open.id()));
        let mut coming = Vec::new();
        for promotion in open {
            coming.push((promotion.clone(), self.panel(lane, promotion.id()).await?));
        }
        Ok(Berth {
            current: slot.current().cloned(),
            is_unclear: slot.unclear,
            barred: slot.barred.into_iter().collect(),
            ignored: slot.ignored,
            component,
            environment,
            lock,
            coming,
        })
    }
}

/// Every component in every environment that anything is known of. A release reaches staging before production, so what was
/// reached first stands first.
fn places(state: &State) -> Vec<(ComponentName, EnvironmentName)> {
    let there = state.components.iter().flat_map(|(name, component)| {
        component.slots.iter().map(|(environment, slot)| {
            let reached = slot.good.iter().map(|standing| standing.since).min();
            (reached, name.clone(), environment.clone())
        })
    });
    let going = state.promotions.values().map(|open| {
        let asked = &open.asked;
        (None, asked.component.clone(), asked.environment.clone())
    });
    let mut all: Vec<_> = there.chain(going).collect();
    all.sort_by_key(|(reached, ..)| reached.unwrap_or(Timestamp::MAX));
    let mut places = Vec::new();
    for (_, component, environment) in all {
        if !places.contains(&(component.clone(), environment.clone())) {
            places.push((component, environment));
        }
    }
    places
}
