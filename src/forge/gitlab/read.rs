//! Answers to the engine's questions, one file per noun. What follows from an answer is not decided here.

use super::{GitLab, PolicyFile, PolicySource, ReadError};
use crate::domain::id::ProjectPath;
use crate::domain::query::{Answer, Query};
use crate::domain::state::Project;
use crate::forge::fault::Fault;

/// One project, read with our token.
pub(super) struct Reader<'a> {
    pub(super) gitlab: &'a GitLab,
    pub(super) project: &'a Project,
}

/// Answers a question. `None`: there is no such thing.
pub(super) async fn answer(reader: &Reader<'_>, query: &Query) -> Result<Option<Answer>, ReadError> {
    let cause = anyhow::anyhow!("{query:?} of {} is not read on GitLab yet", reader.project.path);
    Err(Fault::NotSent(cause).into())
}

/// Where the project's own policy comes from.
pub(super) async fn policy_source(reader: &Reader<'_>) -> Result<Option<PolicySource>, Fault> {
    Err(Fault::NotSent(anyhow::anyhow!("the policy of {} is not read on GitLab yet", reader.project.path)))
}

/// The policy file of another project that our token can read.
pub(super) async fn shared_policy(
    _reader: &Reader<'_>,
    path: &ProjectPath,
) -> Result<Option<PolicyFile>, Fault> {
    Err(Fault::NotSent(anyhow::anyhow!("the policy of {path} is not read on GitLab yet")))
}
