//! GitLab's wire layer over the model: REST and webhooks, on loopback. What is there is the model's affair; how it is asked
//! for, refused and written is decided here.

mod call;
mod hook;
mod quick_action;
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

/// A stand-in GitLab with one project, `group/name` (sub-groups too), which the bot's token does not reach yet.
pub fn stand_in(clock: Clock, credentials: AppCredentials, path: &str) -> World {
    World::begin(clock, credentials, &wire::GitLab, path)
}

/// The API as a router: everything under `/api/v4`, below the path that the site's address has.
pub fn router(world: World) -> Router {
    server::router(world)
}

/// The API below `/api` and the pages for people beside it, on one address as a self-managed GitLab has them.
pub fn self_hosted(world: World) -> Router {
    let api = Router::new().route("/api/{*rest}", any(server::receive)).with_state(world.clone());
    super::page::router(world).merge(api)
}

/// Answers API requests until the future is dropped. Makes no tasks of its own but those of the HTTP library.
pub async fn serve(world: World, listener: TcpListener) -> std::io::Result<()> {
    if let Ok(address) = listener.local_addr() {
        let site = format!("http://{address}");
        world.set_addresses(&format!("{site}/api/v4"), &site);
    }
    axum::serve(listener, router(world)).await
}
