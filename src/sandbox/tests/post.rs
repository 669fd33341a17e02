//! How deliveries go over the wire, and what the app can read of them afterwards.

use axum::body::Bytes;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use hmac::{Hmac, Mac as _};
use serde_json::{Value, json};
use tokio::net::TcpListener;

use super::{credentials, jwt, send, world};
use crate::sandbox::DeliveryFate;

/// 202 for what is signed with the app's secret, else 401; 500 for a comment that says so.
async fn receive(headers: HeaderMap, body: Bytes) -> StatusCode {
    let mut mac =
        Hmac::<sha2::Sha256>::new_from_slice(credentials().webhook_secret.as_bytes()).expect("any key fits");
    mac.update(&body);
    let header = headers.get("x-hub-signature-256").and_then(|value| value.to_str().ok()).unwrap_or_default();
    let signature = hex::decode(header.trim_start_matches("sha256=")).unwrap_or_default();
    let is_signed = mac.verify_slice(&signature).is_ok();
    match (is_signed, String::from_utf8_lossy(&body).contains("please fail")) {
        (false, _) => StatusCode::UNAUTHORIZED,
        (true, true) => StatusCode::INTERNAL_SERVER_ERROR,
        (true, false) => StatusCode::ACCEPTED,
    }
}

#[tokio::test]
async fn deliveries_are_signed_and_their_answers_are_kept() {
    let world = world();
    let number = world.open_change("ana", "feat: x");
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("the loopback has a free port");
    let url = format!("http://{}/hook", listener.local_addr().expect("it is bound"));
    let receiver = axum::Router::new().route("/hook", post(receive));
    let waiting = world.waiting_deliveries();
    let story = async {
        assert_eq!(world.deliver_all(&url).await, waiting);
        world.comment("ana", number, "please fail");
        world.deliver_next(&url).await
    };
    let failed = tokio::select! {
        failed = story => failed.expect("a comment is told"),
        ended = async { axum::serve(listener, receiver).await } => panic!("the receiver ended: {ended:?}"),
    };
    assert_eq!(failed.fate, DeliveryFate::Answered(500));
    assert!(world.deliveries()[..waiting].iter().all(|one| one.fate == DeliveryFate::Answered(202)));

    let jwt = jwt(&json!(credentials().client_id), -60, 540);
    let reply = send(&world, &jwt, "GET /app/hook/deliveries?status=failure", &Value::Null);
    let listed = reply.expect("it is answered").body.expect("a list");
    assert_eq!((listed.as_array().map(Vec::len), &listed[0]["guid"]), (Some(1), &json!(failed.guid)));
    let attempt = format!("POST /app/hook/deliveries/{}/attempts", failed.id);
    assert_eq!(send(&world, &jwt, &attempt, &Value::Null).map(|reply| reply.status), Some(202));
    assert_eq!(world.waiting_deliveries(), 1);
}

#[tokio::test]
async fn nobody_listening_is_a_failed_delivery() {
    let world = world();
    let delivered = world.deliver_next("http://127.0.0.1:1/hook").await.expect("the installation is told");
    assert_eq!(delivered.fate, DeliveryFate::Unreachable);
}
