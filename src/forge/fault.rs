//! What can go wrong on the wire, named after what the caller does next. How a call is made, and what a forge's answer means, live in its adapter.

use jiff::Timestamp;

use super::{PerformError, ReadError};
use crate::domain::effect::Refusal;

/// Why a call has no good answer.
#[derive(Debug)]
pub(in crate::forge) enum Fault {
    /// It never reached the forge.
    NotSent(anyhow::Error),
    /// It was sent; whether it was carried out nobody knows.
    NoAnswer(anyhow::Error),
    /// We have used up what we may call.
    Limited {
        /// When we may call again.
        retry_at: Timestamp,
        /// What the forge said.
        cause: anyhow::Error,
    },
    /// The installation is suspended, or our own credentials are not accepted: nothing will work for now.
    LockedOut(anyhow::Error),
    /// The forge answered with a plain no.
    Denied {
        /// The HTTP status, or what GraphQL says in its place.
        status: u16,
        /// What it said, for people.
        said: String,
    },
    /// The forge answered with something that we cannot read.
    Unreadable(anyhow::Error),
}

impl Fault {
    /// That a name cannot be the name of anything.
    pub(in crate::forge) fn nameless() -> Self {
        Self::Denied { status: 404, said: "there is nothing of that name".to_owned() }
    }

    /// An answer that lacks what it must have.
    pub(in crate::forge) fn lacks(what: &str) -> Self {
        Self::Unreadable(anyhow::anyhow!("the answer lacks {what}"))
    }

    /// Whether the forge said that there is no such thing.
    pub(in crate::forge) fn is_absent(&self) -> bool {
        matches!(self, Self::Denied { status: 404 | 410, .. })
    }

    /// The same for a call that had to be made before the one that was asked for: that one was certainly not sent.
    pub(in crate::forge) fn beforehand(self) -> Self {
        match self {
            Self::NoAnswer(cause) | Self::Unreadable(cause) => Self::NotSent(cause),
            other => other,
        }
    }

    /// For a look-up that precedes a write.
    pub(in crate::forge) fn of_lookup(self) -> PerformError {
        self.beforehand().of_write()
    }

    /// For the write itself.
    pub(in crate::forge) fn of_write(self) -> PerformError {
        match self {
            Self::NotSent(cause) => {
                PerformError::Unavailable { retry_at: None, whole_installation: false, cause }
            }
            // An answer to a write that cannot be read is no proof that nothing was written.
            Self::NoAnswer(cause) | Self::Unreadable(cause) => PerformError::Unsure { cause },
            Self::Limited { retry_at, cause } => {
                PerformError::Unavailable { retry_at: Some(retry_at), whole_installation: true, cause }
            }
            Self::LockedOut(cause) => {
                PerformError::Unavailable { retry_at: None, whole_installation: true, cause }
            }
            Self::Denied { status, said } => PerformError::Refused(refusal(status, said)),
        }
    }
}

fn refusal(status: u16, said: String) -> Refusal {
    match status {
        404 | 410 => Refusal::Gone,
        401 | 403 | 451 => Refusal::Forbidden { said },
        _ => Refusal::Invalid { said },
    }
}

impl From<Fault> for ReadError {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::NotSent(cause) | Fault::NoAnswer(cause) => {
                Self::Unavailable { retry_at: None, whole_installation: false, cause }
            }
            Fault::Limited { retry_at, cause } => {
                Self::Unavailable { retry_at: Some(retry_at), whole_installation: true, cause }
            }
            Fault::LockedOut(cause) => Self::Unavailable { retry_at: None, whole_installation: true, cause },
            Fault::Denied { said, .. } => Self::Refused { said },
            Fault::Unreadable(cause) => Self::Corrupt { cause },
        }
    }
}

/// What is known and what is not there, of a call that may find nothing.
pub(in crate::forge) fn if_there<T>(found: Result<T, Fault>) -> Result<Option<T>, Fault> {
    match found {
        Ok(value) => Ok(Some(value)),
        Err(fault) if fault.is_absent() => Ok(None),
        Err(fault) => Err(fault),
    }
}
