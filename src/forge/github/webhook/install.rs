//! Installations: begun, ended, and which projects they cover. What follows for a project's lane is not decided here.

use super::payload::{Payload, Repository};
use super::{Lacks, Meaning, other_action};
use crate::domain::id::{InstallationId, ProjectId};
use crate::domain::signal::{InstallationChange, InstallationTouched, ProjectSeen, Signal};
use crate::forge::github::Names;

/// `installation`.
pub(super) fn whole(names: &Names, payload: &Payload) -> Meaning {
    let change = match payload.action.as_deref() {
        Some("created") => InstallationChange::Created,
        Some("deleted") => InstallationChange::Deleted,
        Some("suspend") => InstallationChange::Suspended,
        Some("unsuspend" | "new_permissions_accepted") => InstallationChange::Resumed,
        _ => return Ok(other_action("installation", payload, &[])),
    };
    let listed = payload.repositories.as_deref().unwrap_or_default();
    let ended = matches!(change, InstallationChange::Deleted | InstallationChange::Suspended);
    let (joined, left) = if ended { (&[][..], listed) } else { (listed, &[][..]) };
    touched(names, payload, (joined, left), change)
}

/// `installation_repositories`.
pub(super) fn projects(names: &Names, payload: &Payload) -> Meaning {
    if !matches!(payload.action.as_deref(), Some("added" | "removed")) {
        return Ok(other_action("installation_repositories", payload, &[]));
    }
    let joined = payload.repositories_added.as_deref().unwrap_or_default();
    let left = payload.repositories_removed.as_deref().unwrap_or_default();
    touched(names, payload, (joined, left), InstallationChange::None)
}

fn touched(
    names: &Names,
    payload: &Payload,
    (joined, left): (&[Repository], &[Repository]),
    change: InstallationChange,
) -> Meaning {
    let number = payload.installation.as_ref().and_then(|it| it.id).ok_or(Lacks("its installation"))?;
    let installation: InstallationId = names.installation(number);
    let joined: Vec<ProjectSeen> = joined.iter().filter_map(|it| it.seen(names, Some(number))).collect();
    let left: Vec<ProjectId> = left.iter().filter_map(|it| it.id).map(|id| names.project(id)).collect();
    Ok(Signal::InstallationTouched(InstallationTouched { installation, joined, left, change }))
}
