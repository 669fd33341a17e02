//! Deliveries: authentic or not, on which lane, and what they mean. Nothing here asks the forge anything, so the same bytes always mean the same.

mod signature;

use super::Names;
use crate::domain::signal::Signal;
use crate::forge::{Filed, Headers, Understood};

pub(super) use signature::Keys;

/// The lane and key of a delivery.
pub(super) fn file(_names: &Names, _headers: &Headers, _body: &[u8]) -> Filed {
    Filed::Nowhere { reason: "deliveries of GitLab are not read yet".to_owned() }
}

/// What a delivery means.
pub(super) fn understand(_names: &Names, _headers: &Headers, _body: &[u8]) -> Understood {
    let reason = "deliveries of GitLab are not read yet".to_owned();
    Understood { project: None, signal: Signal::Ignored { reason } }
}
