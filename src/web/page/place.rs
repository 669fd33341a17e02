//! Which page is meant, and what stands on it. How a page is framed and kept up to date is not known here.

use maud::Markup;

use super::{board, promotion};
use crate::domain::id::{Lane, ProjectId, PromotionId};
use crate::engine::Engine;

/// How many promotions that are over a project's page lists.
const PAST: u32 = 20;

/// A page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Place {
    /// All projects.
    Overview,
    /// One project.
    Project(ProjectId),
    /// One promotion.
    Promotion(ProjectId, PromotionId),
}

/// What stands on a page.
pub(super) struct Content {
    /// Its name.
    pub(super) title: String,
    /// The pages above it: address and name.
    pub(super) above: Vec<(String, String)>,
    /// What it shows.
    pub(super) main: Markup,
}

impl Place {
    /// Its address.
    pub(super) fn address(&self) -> String {
        match self {
            Self::Overview => "/".to_owned(),
            Self::Project(project) => format!("/projects/{project}"),
            Self::Promotion(project, id) => format!("/projects/{project}/promotions/{}", id.0),
        }
    }

    /// Where one hears that it changed.
    pub(super) fn live(&self) -> String {
        format!("{}/live", self.address().trim_end_matches('/'))
    }

    /// What stands on it now; `None`: there is nothing here.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub(super) async fn content(&self, engine: &Engine) -> anyhow::Result<Option<Content>> {
        match self {
            Self::Overview => {
                let boards = engine.boards().await?;
                let main = board::overview(&boards, engine.clock.now());
                Ok(Some(Content { title: "Environments".to_owned(), above: vec![], main }))
            }
            Self::Project(id) => of_project(engine, id).await,
            Self::Promotion(id, number) => of_promotion(engine, id, *number).await,
        }
    }
}

async fn of_project(engine: &Engine, id: &ProjectId) -> anyhow::Result<Option<Content>> {
    let lane = Lane::Project(id.clone());
    let Some(project) = engine.store.project(&lane).await? else { return Ok(None) };
    let board = engine.board(project).await?;
    let past = engine.past(&lane, PAST).await?;
    Ok(Some(Content {
        title: board.project.row.path.to_string(),
        above: vec![above(&Place::Overview, "Environments")],
        main: board::project(&board, &past, engine.clock.now()),
    }))
}

async fn of_promotion(
    engine: &Engine,
    id: &ProjectId,
    number: PromotionId,
) -> anyhow::Result<Option<Content>> {
    let lane = Lane::Project(id.clone());
    let Some(project) = engine.store.project(&lane).await? else { return Ok(None) };
    let state = engine.state_of(&lane).await?;
    let Some(told) = engine.chronicle(&project, &state, number).await? else { return Ok(None) };
    let path = project.row.path.as_str();
    Ok(Some(Content {
        title: format!("{number} · v{} → {}", told.asked.version, told.asked.environment),
        above: vec![above(&Place::Overview, "Environments"), above(&Place::Project(id.clone()), path)],
        main: promotion::page(&told, engine.clock.now()),
    }))
}

fn above(place: &Place, name: &str) -> (String, String) {
    (place.address(), name.to_owned())
}
