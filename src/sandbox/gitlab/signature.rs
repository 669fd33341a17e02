//! Deliveries as GitLab sends them: headers, the secret in clear, and a signature where a key for it is set. Nothing is sent here.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, Mac};
use sha2::Sha256;

use crate::sandbox::model::{Delivery, Model, guid};
use crate::sandbox::post::Envelope;

pub(crate) fn envelope(model: &Model, delivery: &Delivery) -> Envelope {
    let body = delivery.body();
    let mut headers = vec![
        ("content-type", "application/json".to_owned()),
        ("user-agent", "GitLab/19.2.0-ee".to_owned()),
        ("x-gitlab-event", delivery.message.event.clone()),
        // Fresh with each attempt; only the key below is kept.
        ("x-gitlab-webhook-uuid", guid(delivery.id)),
        ("x-gitlab-event-uuid", delivery.guid.clone()),
        ("x-gitlab-instance", model.addresses.site.clone()),
        ("idempotency-key", delivery.guid.clone()),
    ];
    if model.hook.has_token {
        headers.push(("x-gitlab-token", model.app.credentials.webhook_secret.clone()));
    }
    if model.hook.is_signed {
        headers.extend(signed(&model.app.credentials.signing_token, delivery, &body));
    }
    let headers = headers.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    Envelope { id: delivery.id, headers, body }
}

/// As Standard Webhooks have it: HMAC-SHA256 over `id.timestamp.body`, keyed with what the token has after `whsec_`.
fn signed(token: &str, delivery: &Delivery, body: &[u8]) -> [(&'static str, String); 3] {
    let key = STANDARD.decode(token.trim_start_matches("whsec_")).expect("the stand-in made the key");
    let at = delivery.at.as_second().to_string();
    let mut mac = Hmac::<Sha256>::new_from_slice(&key).expect("HMAC takes a key of any length");
    mac.update(format!("{}.{at}.", delivery.guid).as_bytes());
    mac.update(body);
    let signature = format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()));
    [("webhook-id", delivery.guid.clone()), ("webhook-timestamp", at), ("webhook-signature", signature)]
}
