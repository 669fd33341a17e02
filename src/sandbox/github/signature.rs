//! Deliveries as GitHub sends them: headers and signature. Nothing is sent here.

use hmac::{Hmac, Mac};
use sha2::Sha256;

use crate::sandbox::model::{Delivery, Model};
use crate::sandbox::post::Envelope;

pub(crate) fn envelope(model: &Model, delivery: &Delivery) -> Envelope {
    let body = delivery.body();
    let secret = model.app.credentials.webhook_secret.as_bytes();
    let mut mac = Hmac::<Sha256>::new_from_slice(secret).expect("HMAC takes a key of any length");
    mac.update(&body);
    let signature = format!("sha256={}", hex::encode(mac.finalize().into_bytes()));
    let app = model.app.credentials.id.to_string();
    let headers = [
        ("content-type", "application/json".to_owned()),
        ("user-agent", "GitHub-Hookshot/044aadd".to_owned()),
        ("x-github-event", delivery.message.event.clone()),
        ("x-github-delivery", delivery.guid.clone()),
        ("x-github-hook-id", "330".to_owned()),
        ("x-github-hook-installation-target-type", "integration".to_owned()),
        ("x-github-hook-installation-target-id", app),
        ("x-hub-signature-256", signature),
    ];
    let headers = headers.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    Envelope { id: delivery.id, headers, body }
}
