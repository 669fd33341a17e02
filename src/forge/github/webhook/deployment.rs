//! Reports on deployments. Whether the reporter may, and what the report says, is read again before it counts.

use super::payload::{Payload, commit};
use super::{Lacks, Meaning, ignored, other_action};
use crate::domain::id::DeploymentId;
use crate::domain::signal::{DeploymentReported, Signal};
use crate::forge::github::Names;

/// `deployment_status`.
pub(super) fn reported(names: &Names, payload: &Payload) -> Meaning {
    if payload.action.as_deref() != Some("created") {
        return Ok(other_action("deployment_status", payload, &[]));
    }
    let status = payload.deployment_status.as_ref().ok_or(Lacks("its status"))?;
    let is_ours = status.performed_via_github_app.as_ref().is_some_and(|app| names.is_us(app));
    if is_ours && status.state.as_deref() == Some("inactive") {
        return Ok(ignored("our own word that a deployment was replaced"));
    }
    let deployment = payload.deployment.as_ref().ok_or(Lacks("its deployment"))?;
    let environment = deployment.environment.clone();
    Ok(Signal::DeploymentReported(DeploymentReported {
        deployment: DeploymentId(deployment.id.ok_or(Lacks("its deployment's number"))?),
        environment: environment.ok_or(Lacks("its environment"))?,
        commit: commit(deployment.sha.as_ref()).ok_or(Lacks("its deployment's commit"))?,
    }))
}
