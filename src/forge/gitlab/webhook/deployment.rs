//! Reports on deployments. Whether the reporter may, and what the report says, is read again before it counts.

use super::payload::{Payload, commit};
use super::{Lacks, Meaning};
use crate::domain::id::DeploymentId;
use crate::domain::signal::{DeploymentReported, Signal};

/// `deployment`. The whole name of its commit stands only at the end of the address of its page.
pub(super) fn reported(payload: &Payload) -> Meaning {
    let page = payload.commit_url.as_deref().ok_or(Lacks("its commit"))?;
    let name = page.split(['?', '#']).next().and_then(|page| page.rsplit('/').next());
    Ok(Signal::DeploymentReported(DeploymentReported {
        deployment: DeploymentId(payload.deployment_id.ok_or(Lacks("its number"))?),
        environment: payload.environment.clone().ok_or(Lacks("its environment"))?,
        commit: commit(name).ok_or(Lacks("its commit"))?,
    }))
}
