//! Who is calling: the bot, by its access token. What it may do in a project is checked per operation.

use serde_json::json;

use super::wire::{Reply, message};
use crate::sandbox::model::Model;
use crate::sandbox::wire::Request;

/// The account that a token is of.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Caller(pub(crate) u64);

/// The caller of a request, or the refusal that GitLab would send.
pub(crate) fn caller(model: &Model, request: &Request) -> Result<Caller, Reply> {
    let bearer = request.authorization.split_once(' ');
    let bearer = bearer.filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"));
    let given = if request.private_token.is_empty() {
        bearer.map_or("", |(_, token)| token)
    } else {
        request.private_token.as_str()
    };
    if given != model.app.credentials.access_token || given.is_empty() {
        return Err(message(401, "401 Unauthorized"));
    }
    let invalid =
        |why: &str| Err(Reply::json(401, json!({ "error": "invalid_token", "error_description": why })));
    if model.app.token_revoked {
        return invalid("Token was revoked. You have to re-authorize from the user.");
    }
    if model.app.token_expires_at.is_some_and(|end| end <= model.now()) {
        return invalid("Token is expired. You can either do re-authentication or token refresh.");
    }
    Ok(Caller(model.app.bot))
}
