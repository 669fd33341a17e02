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

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of the Standard Webhooks specification: key, name, time, body and signature.
    const KEY: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    const OTHER: &str = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=";
    const NAME: &str = "msg_p5jXN8AQM9LWM0D4loKWxJek";
    const AT: i64 = 1_614_265_330;
    const BODY: &[u8] = br#"{"test": 2432232314}"#;
    const GOOD: &str = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";
    const SECRET: &str = "s3cret";

    fn keys(secrets: &[&str], signing: &[&str]) -> Keys {
        let rotation =
            |all: &[&str]| (all.first().map(|one| (*one).into()), all.get(1).map(|one| (*one).into()));
        Keys::new(rotation(secrets), rotation(signing)).unwrap()
    }

    fn headers(all: &[(&str, &str)]) -> Headers {
        Headers(all.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect())
    }

    /// A delivery with this signature, told `late_s` seconds after it was signed.
    fn check(keys: &Keys, signature: &str, late_s: i64) -> Result<(), NotAuthentic> {
        let at = AT.to_string();
        let headers = headers(&[(ID, NAME), (TIMESTAMP, &at), (SIGNATURE, signature)]);
        keys.verify(&headers, BODY, Timestamp::from_second(AT + late_s).unwrap())
    }

    #[test]
    fn s2_a_signature_by_either_key_in_force_is_believed() {
        assert_eq!(check(&keys(&[], &[KEY]), GOOD, 0), Ok(()));
        assert_eq!(check(&keys(&[], &[OTHER, KEY]), GOOD, 0), Ok(()));
        // While GitLab itself changes keys it sends several.
        let several = format!("v1,AAAA {GOOD} v1a,xyz");
        assert_eq!(check(&keys(&[SECRET], &[KEY]), &several, 0), Ok(()));
        assert_eq!(check(&keys(&[], &[OTHER]), GOOD, 0), Err(NotAuthentic::Forged));
    }

    #[test]
    fn s2_a_signature_of_another_time_is_not_believed() {
        let keys = keys(&[], &[KEY]);
        for late_s in [-300, -1, 0, 300] {
            assert_eq!(check(&keys, GOOD, late_s), Ok(()), "{late_s} s");
        }
        for late_s in [-301, 301, 86_400] {
            assert_eq!(check(&keys, GOOD, late_s), Err(NotAuthentic::Stale), "{late_s} s");
        }
    }

    #[test]
    fn s2_name_time_and_body_are_under_the_signature() {
        let keys = keys(&[], &[KEY]);
        let now = Timestamp::from_second(AT).unwrap();
        let signed = |name: &str, at: &str, body: &[u8]| {
            keys.verify(&headers(&[(ID, name), (TIMESTAMP, at), (SIGNATURE, GOOD)]), body, now)
        };
        assert_eq!(signed(NAME, "1614265330", BODY), Ok(()));
        assert_eq!(signed("msg_other", "1614265330", BODY), Err(NotAuthentic::Forged));
        assert_eq!(signed(NAME, "1614265331", BODY), Err(NotAuthentic::Forged));
        assert_eq!(signed(NAME, "1614265330", b"{}"), Err(NotAuthentic::Forged));
        for cut in (1..GOOD.len()).map(|length| &GOOD[..length]) {
            assert_eq!(check(&keys, cut, 0), Err(NotAuthentic::Forged), "{cut}");
        }
    }

    #[test]
    fn s2_a_signature_decides_alone_and_never_falls_back_to_the_token() {
        let now = Timestamp::from_second(AT).unwrap();
        let good_token = (TOKEN, SECRET);
        // Wrong signature, right token.
        for keys in [keys(&[SECRET], &[OTHER]), keys(&[SECRET], &[])] {
            let told = headers(&[good_token, (ID, NAME), (TIMESTAMP, "1614265330"), (SIGNATURE, GOOD)]);
            assert_eq!(keys.verify(&told, BODY, now), Err(NotAuthentic::Forged));
        }
        // A signing token is set, and nothing is signed.
        let keys = keys(&[SECRET], &[KEY]);
        assert_eq!(keys.verify(&headers(&[good_token]), BODY, now), Err(NotAuthentic::Unsigned));
        // Signed, but not all of it is there, or it is there twice.
        for lacking in [
            &[(TIMESTAMP, "1614265330"), (SIGNATURE, GOOD)][..],
            &[(ID, NAME), (SIGNATURE, GOOD)],
            &[(ID, NAME), (TIMESTAMP, "1614265330"), (SIGNATURE, GOOD), (SIGNATURE, GOOD)],
        ] {
            assert_eq!(keys.verify(&headers(lacking), BODY, now), Err(NotAuthentic::Unsigned), "{lacking:?}");
        }
    }

    #[test]
    fn s2_a_token_is_either_secret_in_force_and_nothing_else() {
        let keys = keys(&["new", SECRET], &[]);
        let now = Timestamp::from_second(AT).unwrap();
        let told = |all: &[(&str, &str)]| keys.verify(&headers(all), BODY, now);
        assert_eq!(told(&[(TOKEN, SECRET)]), Ok(()));
        assert_eq!(told(&[(TOKEN, "new")]), Ok(()));
        for wrong in ["", "s3cre", "s3crets", "S3CRET", "new "] {
            assert_eq!(told(&[(TOKEN, wrong)]), Err(NotAuthentic::Forged), "{wrong:?}");
        }
        assert_eq!(told(&[]), Err(NotAuthentic::Unsigned));
        assert_eq!(told(&[(TOKEN, SECRET), (TOKEN, SECRET)]), Err(NotAuthentic::Unsigned));
    }

    #[test]
    fn s2_without_a_secret_or_with_an_empty_one_nothing_begins() {
        let made = |secrets: [Option<&str>; 2], signing: [Option<&str>; 2]| {
            let rotation = |[new, old]: [Option<&str>; 2]| (new.map(Into::into), old.map(Into::into));
            Keys::new(rotation(secrets), rotation(signing)).err()
        };
        assert_eq!(made([None, None], [None, None]), Some(BadSetup::NoWebhookSecret));
        for secrets in [[Some(""), None], [Some(" "), None], [Some("good"), Some("")]] {
            assert_eq!(made(secrets, [None, None]), Some(BadSetup::WebhookSecret), "{secrets:?}");
        }
        for token in ["", "whsec_", "whsec_YWJj", "whsec_!", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"] {
            assert_eq!(
                made([Some("good"), None], [Some(token), None]),
                Some(BadSetup::SigningToken),
                "{token}"
            );
        }
        assert_eq!(made([None, None], [Some(KEY), None]), None);
    }
}
