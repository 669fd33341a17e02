//! Pipelines and jobs as REST tells them, alone or in lists. What they mean is asked in `read`, what is ordered of them in `perform`.

use jiff::Timestamp;
use serde::Deserialize;

use crate::domain::id::{ActorId, CommitId};

/// A pipeline.
#[derive(Deserialize)]
pub(super) struct Pipeline {
    pub(super) id: u64,
    pub(super) sha: CommitId,
    #[serde(rename = "ref", default)]
    pub(super) reference: Option<String>,
    #[serde(default)]
    pub(super) status: String,
    /// What started it. An older server tells it in no list.
    #[serde(default)]
    pub(super) source: Option<String>,
    #[serde(default)]
    pub(super) created_at: Option<Timestamp>,
    #[serde(default)]
    pub(super) web_url: String,
    /// Told only of a pipeline that was asked for by its number.
    #[serde(default)]
    pub(super) user: Option<By>,
}

/// A job.
#[derive(Deserialize)]
pub(super) struct Job {
    pub(super) id: u64,
    pub(super) name: String,
    pub(super) status: String,
    #[serde(rename = "ref", default)]
    pub(super) reference: Option<String>,
    #[serde(default)]
    pub(super) web_url: String,
    #[serde(default)]
    pub(super) pipeline: Option<Of>,
    /// Who started it, or its pipeline.
    #[serde(default)]
    pub(super) user: Option<By>,
}

/// The pipeline of a job.
#[derive(Deserialize)]
pub(super) struct Of {
    pub(super) sha: CommitId,
}

/// Who started something.
#[derive(Deserialize)]
pub(super) struct By {
    pub(super) id: ActorId,
}
