//! GitHub's wire layer over the model: REST, GraphQL, webhooks, on loopback. What is there is the model's affair; how it is asked
//! for, refused and written is decided here.

mod call;
mod graphql;
mod hook;
mod route;
mod shape;
mod signature;
mod token;
mod wire;

use axum::Router;
use axum::routing::any;
use tokio::net::TcpListener;

use super::model::AppCredentials;
use super::server;
pub use super::wire::{Reply, Request, answer};
use super::world::World;
use crate::clock::Clock;

pub use route::operations;

/// A stand-in GitHub with one project, `owner/name`, on which the app is not installed yet.
pub fn stand_in(clock: Clock, credentials: AppCredentials, path: &str) -> World {
    World::begin(clock, credentials, &wire::GitHub, path)
}

/// The API as a router: REST and `/graphql`, also under `/api/v3` and `/api` as on a self-hosted GitHub.
pub fn router(world: World) -> Router {
    server::router(world)
}

/// The API below `/api` and the pages for people beside it, on one address as a self-hosted GitHub has them.
pub fn self_hosted(world: World) -> Router {
    let api = Router::new().route("/api/{*rest}", any(server::receive)).with_state(world.clone());
    super::page::router(world).merge(api)
}

/// Answers API requests until the future is dropped. Makes no tasks of its own but those of the HTTP library.
pub async fn serve(world: World, listener: TcpListener) -> std::io::Result<()> {
    if let Ok(address) = listener.local_addr() {
        world.look().addresses.api = format!("http://{address}");
    }
    axum::serve(listener, router(world)).await
}
