//! The loop: hear, gather, decide, record, act, as steps that each do one unit and say what they did. No rule of releasing lives here.
//!
//! Nothing in memory is worth keeping between two steps (invariant 3): a process may end anywhere and another go on.

pub mod agreement;
pub mod audit;
pub mod board;
pub mod chronicle;
pub mod gather;
pub mod intake;
mod policy;
mod record;
pub mod resume;
pub mod schedule;
pub mod send;
pub mod survey;
mod touched;
pub mod work;

use std::sync::Arc;

use jiff::SignedDuration;

use crate::clock::Clock;
use crate::config::redact::Redactor;
use crate::domain::id::Incarnation;
use crate::domain::journal::SALT_LENGTH;
use crate::forge::Forges;
use crate::store::Store;

/// How long a lane is held for one unit.
pub const LANE_LEASE: SignedDuration = SignedDuration::from_secs(75);

/// How long a unit may take; it ends well before its lease.
pub const UNIT_LIMIT: SignedDuration = SignedDuration::from_secs(60);

/// How long a call to a forge may take, all in all.
pub const CALL_TIMEOUT: SignedDuration = SignedDuration::from_secs(10);

/// How long an effect is held for one attempt: more than twice [`CALL_TIMEOUT`], and enough for an effect of several calls.
pub const SEND_LEASE: SignedDuration = SignedDuration::from_secs(60);

/// How long an attempt may take, all its calls together; it ends well before its lease.
pub const SEND_LIMIT: SignedDuration = SignedDuration::from_secs(45);

/// How often the head of a lane is tried before what could not be read counts as unknown, or the head is parked.
pub const ATTEMPTS: u32 = 5;

/// After so many attempts the head of a lane is put aside whatever ended them: only crashes and lost leases come so far.
pub const CRASHES: i64 = 10;

/// How long the attempts at the head of a lane may take together.
pub const PATIENCE: SignedDuration = SignedDuration::from_secs(120);

/// How old what the forge told may be when something begins because of it (S32).
pub const FRESH: SignedDuration = SignedDuration::from_secs(30);

/// How long a lane rests whose forge accepts our credentials no more and says no time: a forge bars an address that goes on asking.
pub const LOCKED_OUT: SignedDuration = SignedDuration::from_secs(60);

/// How often questions may be answered in one unit.
pub const ROUNDS: usize = 4;

/// Everything that a step needs. Cheap to clone; all clones are one engine.
#[derive(Clone)]
pub struct Engine {
    /// What survives.
    pub store: Store,
    /// Whom we speak with.
    pub forges: Forges,
    /// The time.
    pub clock: Clock,
    /// Random bytes for incarnations and salts.
    pub chance: Chance,
    /// Whom we listen to.
    pub admitted: Arc<intake::Admitted>,
    /// Takes secrets out of what a forge said, before people read it (S27).
    pub redactor: Arc<Redactor>,
    /// This process among its replicas.
    pub worker: String,
    /// Whether this process and the store agree on the time.
    pub agreement: agreement::Agreement,
}

/// Where random bytes come from.
#[derive(Clone)]
pub struct Chance(Arc<Fill>);

type Fill = dyn Fn(&mut [u8]) + Send + Sync;

impl Chance {
    /// The operating system's randomness.
    pub fn system() -> Self {
        Self(Arc::new(|bytes| getrandom::fill(bytes).expect("the operating system gives random bytes")))
    }

    /// A life for a project that joins now.
    pub fn incarnation(&self) -> Incarnation {
        let mut bytes = [0_u8; 8];
        (self.0)(&mut bytes);
        Incarnation::parse(hex::encode(bytes)).expect("eight bytes are 16 hex digits")
    }

    /// A salt for one text.
    pub fn salt(&self) -> [u8; SALT_LENGTH] {
        let mut bytes = [0_u8; SALT_LENGTH];
        (self.0)(&mut bytes);
        bytes
    }
}

/// When to try again after this many attempts: 1, 4, 16, 64 … seconds, at most 10 minutes.
pub(crate) fn backoff(attempts: u32) -> SignedDuration {
    let exponent = attempts.saturating_sub(1).min(5);
    SignedDuration::from_secs(4_i64.pow(exponent).min(600))
}

/// An error with all its causes, for one log line.
pub fn chain(error: &(dyn std::error::Error + 'static)) -> String {
    let causes = std::iter::successors(error.source(), |cause| cause.source());
    std::iter::once(error.to_string()).chain(causes.map(ToString::to_string)).collect::<Vec<_>>().join(": ")
}
