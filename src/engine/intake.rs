//! How a delivery comes in: authentic, for somebody we serve, durable before it is answered (invariant 1). What it means is found out later.

use std::collections::BTreeMap;

use bytes::Bytes;
use http::StatusCode;

use super::Engine;
use crate::domain::id::ForgeName;
use crate::forge::{Filed, Forge, Headers, Listed, NotAuthentic, Owner};
use crate::store::{Arrival, ArrivalKind, StoreError, Taken, Weight};

/// Whom we listen to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Admitted {
    /// The owners and projects by forge; `None`: whoever sends what is authentic.
    pub only: Option<BTreeMap<ForgeName, Listed>>,
}

impl Admitted {
    fn lets_in(&self, forge: &ForgeName, owner: Option<&Owner>, project: Option<u64>) -> bool {
        let Some(only) = &self.only else { return true };
        let Some(listed) = only.get(forge) else { return false };
        owner.is_some_and(|owner| owner.and_above().iter().any(|owner| listed.owners.contains(owner)))
            || project.is_some_and(|project| listed.projects.contains(&project))
    }
}

/// What became of a delivery.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Received {
    /// It is durable and will be worked.
    Kept,
    /// It was here before.
    Again,
    /// It is of an owner whom we do not serve; counted, not stored.
    NotAdmitted,
    /// It is about nothing that has a lane; not stored.
    Nowhere {
        /// Why.
        reason: String,
    },
}

/// Why a delivery was not taken in.
#[derive(Debug, thiserror::Error)]
pub enum Refused {
    /// It is not authentic; nothing was stored.
    #[error(transparent)]
    NotAuthentic(#[from] NotAuthentic),
    /// No such forge is configured.
    #[error("no such forge is configured")]
    NoSuchForge,
    /// It could not be made durable; the sender must try again.
    #[error("the delivery could not be stored")]
    Store(#[from] StoreError),
}

impl Engine {
    /// How a forge is told that a delivery was taken; `None`: no such forge is configured.
    pub fn acknowledgement(&self, forge: &ForgeName) -> Option<StatusCode> {
        self.forges.get(forge).map(|forge| forge.acknowledgement())
    }

    /// Takes a delivery in. When this returns `Ok(Received::Kept)`, no crash loses it.
    pub async fn take_in(
        &self,
        forge: &ForgeName,
        headers: &Headers,
        body: Bytes,
    ) -> Result<Received, Refused> {
        let forge = self.forges.get(forge).ok_or(Refused::NoSuchForge)?;
        forge.verify(headers, &body)?;
        Ok(self.file_away(forge.as_ref(), headers, body).await?)
    }

    /// Takes a delivery in that the forge's own API told of: it needs no signature, all else is as for one that came by itself.
    pub(super) async fn take_in_again(
        &self,
        forge: &dyn Forge,
        headers: &Headers,
        body: Bytes,
    ) -> Result<Received, StoreError> {
        self.file_away(forge, headers, body).await
    }

    async fn file_away(
        &self,
        forge: &dyn Forge,
        headers: &Headers,
        body: Bytes,
    ) -> Result<Received, StoreError> {
        let (lane, delivery, owner, project, hint) = match forge.file(headers, &body) {
            Filed::On { lane, delivery, owner, project, hint } => (lane, delivery, owner, project, hint),
            Filed::Nowhere { reason } => return Ok(Received::Nowhere { reason }),
        };
        if !self.admitted.lets_in(forge.name(), owner.as_ref(), project.map(|project| project.number)) {
            return Ok(Received::NotAdmitted);
        }
        let arrival = Arrival {
            key: format!("{}:{delivery}", forge.name()),
            lane,
            kind: ArrivalKind::Delivery,
            received_at: self.clock.now(),
            headers: headers.0.clone(),
            body,
            run_at: None,
            weight: if hint { Weight::Hint } else { Weight::Keep },
        };
        let taken = self.store.take_in(arrival).await?;
        Ok(match taken {
            Taken::New { .. } => Received::Kept,
            Taken::Known { .. } => Received::Again,
        })
    }
}
