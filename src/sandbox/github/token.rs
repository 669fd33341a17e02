//! Who is calling: the app by its JWT, or an installation by its token. What a caller may do is checked per operation.

use std::collections::BTreeMap;

use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use serde::Deserialize;

use super::wire::{Reply, message};
use crate::sandbox::model::Model;

/// An authenticated caller.
#[derive(Debug, Clone)]
pub(crate) enum Caller {
    App,
    Installation { id: u64, permissions: BTreeMap<String, String> },
}

#[derive(Deserialize)]
struct Claims {
    iss: serde_json::Value,
    iat: i64,
    exp: i64,
}

/// The caller of an `Authorization` header, or the refusal that GitHub would send.
pub(crate) fn caller(model: &Model, authorization: &str) -> Result<Caller, Reply> {
    let (scheme, token) = authorization.split_once(' ').unwrap_or_default();
    if !scheme.eq_ignore_ascii_case("bearer") && !scheme.eq_ignore_ascii_case("token") {
        return Err(message(401, "Requires authentication"));
    }
    if token.starts_with("eyJ") { app(model, token) } else { installation(model, token) }
}

fn app(model: &Model, token: &str) -> Result<Caller, Reply> {
    let credentials = &model.app.credentials;
    let mut validation = Validation::new(Algorithm::RS256);
    // The times are compared with the stand-in's clock below, not with the machine's.
    validation.validate_exp = false;
    validation.validate_aud = false;
    validation.required_spec_claims.clear();
    let key = DecodingKey::from_rsa_der(credentials.public_key_der());
    let claims = jsonwebtoken::decode::<Claims>(token, &key, &validation)
        .map_err(|_| message(401, "A JSON web token could not be decoded"))?
        .claims;
    let issuer = claims.iss.as_str().map_or_else(|| claims.iss.to_string(), str::to_owned);
    if issuer != credentials.client_id && issuer != credentials.id.to_string() {
        return Err(message(401, "Integration not found"));
    }
    let now = model.now().as_second();
    let wrong = match () {
        () if claims.exp <= now => {
            "'Expiration time' claim ('exp') must be a numeric value representing a future time"
        }
        () if claims.exp > now + 600 => "'Expiration time' claim ('exp') is too far in the future",
        () if claims.iat > now => {
            "'Issued at' claim ('iat') must be an Integer representing the time that the assertion was issued"
        }
        () => return Ok(Caller::App),
    };
    Err(message(401, wrong))
}

fn installation(model: &Model, token: &str) -> Result<Caller, Reply> {
    let known = model.tokens.get(token).filter(|known| known.expires_at > model.now());
    let known = known.ok_or_else(|| message(401, "Bad credentials"))?;
    let installation = model.installations.get(&known.installation);
    let installation = installation.ok_or_else(|| message(401, "Bad credentials"))?;
    if installation.suspended_at.is_some() {
        return Err(message(403, "This installation has been suspended"));
    }
    Ok(Caller::Installation { id: installation.id, permissions: known.permissions.clone() })
}
