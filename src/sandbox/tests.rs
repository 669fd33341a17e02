//! The rules of the model and of the wire, each as one sentence; what is judged by GitHub's own descriptions is in `tests/`.

mod forge;
mod gitlab;
mod page;
mod post;
mod wire;
mod work;

use std::sync::OnceLock;

use jiff::Timestamp;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde_json::{Value, json};

use super::{AppCredentials, World, github};
use crate::clock::Clock;

/// One key for all tests: making one takes a while.
fn credentials() -> AppCredentials {
    static CREDENTIALS: OnceLock<AppCredentials> = OnceLock::new();
    CREDENTIALS.get_or_init(AppCredentials::generate).clone()
}

fn noon() -> Timestamp {
    "2026-12-01T12:00:00Z".parse().expect("it is a time")
}

fn world() -> World {
    let world = github::stand_in(Clock::standing_at(noon()), credentials(), "acme/app");
    world.install();
    world
}

fn jwt(issuer: &Value, issued: i64, expires: i64) -> String {
    let claims =
        json!({ "iss": issuer, "iat": noon().as_second() + issued, "exp": noon().as_second() + expires });
    let key = EncodingKey::from_rsa_pem(credentials().private_key_pem.as_bytes()).expect("the key is a PEM");
    jsonwebtoken::encode(&Header::new(Algorithm::RS256), &claims, &key).expect("it can be signed")
}

fn send(world: &World, authorization: &str, line: &str, body: &Value) -> Option<github::Reply> {
    let (method, target) = line.split_once(' ').expect("METHOD /path");
    let request = github::Request {
        method: method.into(),
        target: target.into(),
        host: "127.0.0.1:1".into(),
        authorization: format!("Bearer {authorization}"),
        user_agent: "test".into(),
        body: body.to_string().into_bytes(),
        ..github::Request::default()
    };
    github::answer(world, &request)
}

/// An installation's token.
fn token(world: &World) -> String {
    let jwt = jwt(&json!(credentials().client_id), -60, 540);
    let found = send(world, &jwt, "GET /app/installations", &Value::Null).expect("it is answered");
    let id = found.body.expect("a list")[0]["id"].clone();
    let made = send(world, &jwt, &format!("POST /app/installations/{id}/access_tokens"), &json!({}));
    made.expect("it is answered").body.expect("a token")["token"].as_str().expect("text").to_owned()
}

/// Status and body of one request by the bot.
fn ask(world: &World, line: &str, body: Value) -> (u16, Value) {
    let reply = send(world, &token(world), line, &body).expect("it is answered");
    (reply.status, reply.body.unwrap_or(Value::Null))
}

fn graphql(world: &World, query: &str) -> Value {
    ask(world, "POST /graphql", json!({ "query": query })).1
}
