//! The signature over a delivery's raw bytes. What the bytes say is nobody's business here.

use hmac::{Hmac, Mac};
use secrecy::{ExposeSecret, SecretString};
use sha2::Sha256;

use crate::forge::github::BadSetup;
use crate::forge::{Headers, NotAuthentic};

const SIGNATURE: &str = "x-hub-signature-256";

/// The secrets in force: one, or two while they are being changed.
pub(in crate::forge::github) struct Secrets(Vec<SecretString>);

impl Secrets {
    /// An empty secret would let anybody sign: it is refused.
    pub(in crate::forge::github) fn new(
        current: SecretString,
        old: Option<SecretString>,
    ) -> Result<Self, BadSetup> {
        let secrets: Vec<SecretString> = std::iter::once(current).chain(old).collect();
        if secrets.iter().any(|secret| secret.expose_secret().trim().is_empty()) {
            return Err(BadSetup::WebhookSecret);
        }
        Ok(Self(secrets))
    }

    /// Whether one of the secrets signed these bytes. The old SHA-1 header counts for nothing.
    pub(in crate::forge::github) fn verify(
        &self,
        headers: &Headers,
        body: &[u8],
    ) -> Result<(), NotAuthentic> {
        let signature = headers.only(SIGNATURE).ok_or(NotAuthentic::Unsigned)?;
        let hex = signature.strip_prefix("sha256=").ok_or(NotAuthentic::Unsigned)?;
        let claimed = hex::decode(hex).map_err(|_| NotAuthentic::Forged)?;
        // Every secret is tried, so that the time tells nothing of which one fitted.
        let fits = self.0.iter().fold(false, |fits, secret| fits | signed(secret, body, &claimed));
        if fits { Ok(()) } else { Err(NotAuthentic::Forged) }
    }
}

fn signed(secret: &SecretString, body: &[u8], claimed: &[u8]) -> bool {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.expose_secret().as_bytes())
        .expect("HMAC takes keys of any length");
    mac.update(body);
    // Constant in time, and refuses any other length than 32 bytes.
    mac.verify_slice(claimed).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// GitHub's own test vector, from "Validating webhook deliveries".
    const SECRET: &str = "It's a Secret to Everybody";
    const BODY: &[u8] = b"Hello, World!";
    const GOOD: &str = "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17";

    fn check(headers: &[(&str, &str)], body: &[u8]) -> Result<(), NotAuthentic> {
        let secrets = Secrets::new("new".into(), Some(SECRET.into())).unwrap();
        let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        secrets.verify(&Headers(headers.collect()), body)
    }

    #[test]
    fn s1_a_signature_by_either_secret_in_force_is_believed() {
        assert_eq!(check(&[(SIGNATURE, GOOD)], BODY), Ok(()));
        let alone = Secrets::new(SECRET.into(), None).unwrap();
        assert_eq!(alone.verify(&Headers(vec![(SIGNATURE.into(), GOOD.into())]), BODY), Ok(()));
    }

    #[test]
    fn s1_an_absent_doubled_or_sha1_signature_is_not() {
        assert_eq!(check(&[], BODY), Err(NotAuthentic::Unsigned));
        assert_eq!(check(&[(SIGNATURE, GOOD), (SIGNATURE, GOOD)], BODY), Err(NotAuthentic::Unsigned));
        assert_eq!(check(&[("x-hub-signature", "sha1=00")], BODY), Err(NotAuthentic::Unsigned));
        assert_eq!(check(&[(SIGNATURE, "sha1=00")], BODY), Err(NotAuthentic::Unsigned));
    }

    #[test]
    fn s1_another_body_or_a_cut_signature_is_forged() {
        assert_eq!(check(&[(SIGNATURE, GOOD)], b"Hello, World?"), Err(NotAuthentic::Forged));
        assert_eq!(check(&[(SIGNATURE, "sha256=xyz")], BODY), Err(NotAuthentic::Forged));
        for cut in ("sha256=".len()..GOOD.len()).map(|length| &GOOD[..length]) {
            assert_eq!(check(&[(SIGNATURE, cut)], BODY), Err(NotAuthentic::Forged), "{cut}");
        }
    }

    #[test]
    fn s1_an_empty_secret_is_refused() {
        for (new, old) in [("", None), (" ", None), ("good", Some(""))] {
            assert!(Secrets::new(new.into(), old.map(Into::into)).is_err(), "{new:?} {old:?}");
        }
    }
}
