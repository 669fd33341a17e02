//! Who we are to GitHub: an App with its signed token and one cached token per installation, or whoever a given token stands for. How a call is sent lives in `transport`.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use http::Method;
use jiff::{SignedDuration, Timestamp};
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};

use super::transport::{Call, Transport};
use super::{BadSetup, Now};
use crate::forge::fault::Fault;

/// A token is renewed this long before it ends, so that none ends on its way.
const RENEW_BEFORE: SignedDuration = SignedDuration::from_mins(5);
/// GitHub refuses a longer life than ten minutes; a minute is left for clocks that differ.
const APP_TOKEN_LIFE: SignedDuration = SignedDuration::from_mins(9);
const CLOCK_DIFFERENCE: SignedDuration = SignedDuration::from_mins(1);

/// As whom a call is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Credential {
    /// As nobody: only what everybody can read.
    Nobody,
    /// As the App itself.
    App,
    /// As an installation of the App.
    Installation(u64),
    /// By the token that was given in place of an App.
    Given,
}

/// By what we are let in. Kept in memory only.
pub(super) enum Keys {
    /// An App's key.
    App(AppKey),
    /// A token, such as the one of a CI job.
    Token(SecretString),
}

/// The App's key and the tokens that were minted with it.
pub(super) struct AppKey {
    issuer: String,
    key: EncodingKey,
    tokens: Mutex<HashMap<u64, Slot>>,
    now: Now,
}

/// Locked while a token is being minted, so that many first callers mint one.
type Slot = Arc<tokio::sync::Mutex<Option<Token>>>;

struct Token {
    secret: SecretString,
    until: Timestamp,
}

#[derive(Serialize)]
struct Claims<'a> {
    iat: i64,
    exp: i64,
    iss: &'a str,
}

#[derive(Deserialize)]
struct Minted {
    token: String,
    expires_at: Timestamp,
}

impl Keys {
    /// The bearer token for a call.
    pub(super) async fn bearer(
        &self,
        transport: &Transport,
        credential: Credential,
    ) -> Result<Option<SecretString>, Fault> {
        match (self, credential) {
            (_, Credential::Nobody) => Ok(None),
            (Self::App(key), Credential::App) => key.app_token().map(Some),
            (Self::App(key), Credential::Installation(number)) => {
                key.installation_token(transport, number).await.map(Some)
            }
            (Self::Token(token), Credential::Given) => Ok(Some(token.clone())),
            (Self::App(_), Credential::Given)
            | (Self::Token(_), Credential::App | Credential::Installation(_)) => {
                let said = "this can only be done by a GitHub App, and a token was given".to_owned();
                Err(Fault::Denied { status: 401, said })
            }
        }
    }

    /// Drops a token that GitHub did not accept, unless it was renewed meanwhile. One that was given cannot be renewed.
    pub(super) async fn forget(&self, installation: u64, refused: &SecretString) {
        match self {
            Self::App(key) => key.forget(installation, refused).await,
            Self::Token(_) => {}
        }
    }
}

impl AppKey {
    pub(super) fn new(issuer: String, pem: &SecretString, now: Now) -> Result<Self, BadSetup> {
        if issuer.trim().is_empty() {
            return Err(BadSetup::AppId);
        }
        let key =
            EncodingKey::from_rsa_pem(pem.expose_secret().as_bytes()).map_err(|_| BadSetup::PrivateKey)?;
        Ok(Self { issuer, key, tokens: Mutex::default(), now })
    }

    async fn forget(&self, installation: u64, refused: &SecretString) {
        let slot = self.slot(installation);
        let mut kept = slot.lock().await;
        if kept.as_ref().is_some_and(|token| token.secret.expose_secret() == refused.expose_secret()) {
            *kept = None;
        }
    }

    fn app_token(&self) -> Result<SecretString, Fault> {
        let now = (self.now)();
        let claims = Claims {
            iat: (now - CLOCK_DIFFERENCE).as_second(),
            exp: (now + APP_TOKEN_LIFE).as_second(),
            iss: &self.issuer,
        };
        jsonwebtoken::encode(&Header::new(Algorithm::RS256), &claims, &self.key)
            .map(SecretString::from)
            .map_err(|cause| Fault::NotSent(cause.into()))
    }

    async fn installation_token(&self, transport: &Transport, number: u64) -> Result<SecretString, Fault> {
        let slot = self.slot(number);
        let mut kept = slot.lock().await;
        if let Some(token) = kept.as_ref().filter(|token| (self.now)() + RENEW_BEFORE < token.until) {
            return Ok(token.secret.clone());
        }
        // Whatever happens here, the call that needs the token was not sent.
        let minted = self.mint(transport, number).await.map_err(Fault::beforehand)?;
        let secret = SecretString::from(minted.token);
        *kept = Some(Token { secret: secret.clone(), until: minted.expires_at });
        Ok(secret)
    }

    async fn mint(&self, transport: &Transport, number: u64) -> Result<Minted, Fault> {
        let call = Call {
            method: Method::POST,
            target: format!("/app/installations/{number}/access_tokens"),
            body: None,
        };
        let reply = transport.send(&call, Some(&self.app_token()?)).await?;
        match reply.judged(&call.target, (self.now)()) {
            Ok(reply) => reply.json(),
            Err(Fault::Denied { status: 401, said }) => {
                Err(Fault::LockedOut(anyhow::anyhow!("GitHub does not accept the App's key or id: {said}")))
            }
            Err(Fault::Denied { status: 404, .. }) => {
                Err(Fault::Denied { status: 403, said: "the App is not installed here any more".to_owned() })
            }
            Err(fault) => Err(fault),
        }
    }

    fn slot(&self, installation: u64) -> Slot {
        let mut tokens = self.tokens.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(tokens.entry(installation).or_default())
    }
}
