//! Whether GitLab sent a delivery: by the signature over it where hooks sign, else by the secret they carry. What the bytes say is nobody's business here.

use aws_lc_rs::constant_time::verify_slices_are_equal;
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};
use hmac::{Hmac, Mac};
use jiff::{SignedDuration, Timestamp};
use secrecy::zeroize::Zeroizing;
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};

use crate::forge::gitlab::BadSetup;
use crate::forge::{Headers, NotAuthentic};

const TOKEN: &str = "x-gitlab-token";
const ID: &str = "webhook-id";
const TIMESTAMP: &str = "webhook-timestamp";
const SIGNATURE: &str = "webhook-signature";

/// An older signature may have been listened to and be sent again.
/// <https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md>
const FRESH: SignedDuration = SignedDuration::from_mins(5);

/// The secrets and signing keys in force: one of a kind, or two while it is being changed.
pub(in crate::forge::gitlab) struct Keys {
    secrets: Vec<[u8; 32]>,
    signing: Vec<Zeroizing<Vec<u8>>>,
}

/// A setting and the one before it.
type Rotation = (Option<SecretString>, Option<SecretString>);

impl Keys {
    /// Refuses to be without any, and to hold an empty one: anybody could send deliveries.
    pub(in crate::forge::gitlab) fn new(secrets: Rotation, signing: Rotation) -> Result<Self, BadSetup> {
        let secrets: Vec<SecretString> = secrets.0.into_iter().chain(secrets.1).collect();
        if secrets.iter().any(|secret| secret.expose_secret().trim().is_empty()) {
            return Err(BadSetup::WebhookSecret);
        }
        let signing = signing.0.into_iter().chain(signing.1);
        let signing: Vec<_> = signing.map(|token| key(&token)).collect::<Result<_, _>>()?;
        if secrets.is_empty() && signing.is_empty() {
            return Err(BadSetup::NoWebhookSecret);
        }
        let secrets = secrets.iter().map(|secret| digest(secret.expose_secret())).collect();
        Ok(Self { secrets, signing })
    }

    /// Whether GitLab sent this. A signature, where there is one or must be one, decides alone: never its absence the token.
    pub(in crate::forge::gitlab) fn verify(
        &self,
        headers: &Headers,
        body: &[u8],
        now: Timestamp,
    ) -> Result<(), NotAuthentic> {
        let is_signed = headers.0.iter().any(|(name, _)| name == SIGNATURE);
        if is_signed || !self.signing.is_empty() {
            return self.signed(headers, body, now);
        }
        let claimed = digest(headers.only(TOKEN).ok_or(NotAuthentic::Unsigned)?);
        // Every secret is compared, so that the time tells nothing of which one fitted.
        let fits = self.secrets.iter().fold(false, |fits, secret| fits | same(secret, &claimed));
        if fits { Ok(()) } else { Err(NotAuthentic::Forged) }
    }

    fn signed(&self, headers: &Headers, body: &[u8], now: Timestamp) -> Result<(), NotAuthentic> {
        let signatures = headers.only(SIGNATURE).ok_or(NotAuthentic::Unsigned)?;
        let id = headers.only(ID).ok_or(NotAuthentic::Unsigned)?;
        let timestamp = headers.only(TIMESTAMP).ok_or(NotAuthentic::Unsigned)?;
        let claimed: Vec<Vec<u8>> = signatures
            .split_ascii_whitespace()
            .filter_map(|signature| STANDARD.decode(signature.strip_prefix("v1,")?).ok())
            .collect();
        let content = [id.as_bytes(), b".", timestamp.as_bytes(), b".", body];
        // Every key and signature is tried, so that the time tells nothing of which one fitted.
        let pairs = self.signing.iter().flat_map(|key| claimed.iter().map(move |claim| (key, claim)));
        let fits = pairs.fold(false, |fits, (key, claim)| fits | signs(key, content, claim));
        if !fits {
            return Err(NotAuthentic::Forged);
        }
        // Only now is the time worth a look: it is under the signature.
        if is_fresh(timestamp, now) { Ok(()) } else { Err(NotAuthentic::Stale) }
    }
}

/// The key of a signing token: the base64 behind `whsec_`.
fn key(token: &SecretString) -> Result<Zeroizing<Vec<u8>>, BadSetup> {
    let encoded = token.expose_secret().trim().strip_prefix("whsec_").ok_or(BadSetup::SigningToken)?;
    let encoded = encoded.trim_end_matches('=');
    let key = Zeroizing::new(STANDARD_NO_PAD.decode(encoded).map_err(|_| BadSetup::SigningToken)?);
    // The specification wants 24 to 64 bytes; GitLab makes 32.
    if (24..=64).contains(&key.len()) { Ok(key) } else { Err(BadSetup::SigningToken) }
}

fn digest(text: &str) -> [u8; 32] {
    Sha256::digest(text).into()
}

/// In constant time, whatever the two are.
fn same(one: &[u8; 32], other: &[u8; 32]) -> bool {
    verify_slices_are_equal(one, other).is_ok()
}

fn signs(key: &[u8], content: [&[u8]; 5], claimed: &[u8]) -> bool {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes keys of any length");
    content.iter().for_each(|part| mac.update(part));
    // Constant in time, and refuses any other length than 32 bytes.
    mac.verify_slice(claimed).is_ok()
}

fn is_fresh(timestamp: &str, now: Timestamp) -> bool {
    let at = timestamp.parse().ok().and_then(|seconds| Timestamp::from_second(seconds).ok());
    at.is_some_and(|at| now.duration_since(at).abs() <= FRESH)
}
