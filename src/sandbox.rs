//! A stand-in forge: one model of accounts, projects, changes, releases and deliveries, and a wire layer per real forge over it.
//! Used by the demonstration, the scenarios and the simulation; nothing of the bot may be known here.

mod call;
pub mod github;
pub mod gitlab;
mod model;
pub mod page;
mod post;
mod route;
mod server;
mod wire;
mod world;

pub use model::{
    AppCredentials, Break, DeliveryFate, Entry, Fault, MergeMethod, Reach, Refusal, RequestRecord, Role,
};
pub use post::{DeliveryRecord, Envelope};
pub use world::World;
pub use world::view::{
    AssetView, ChangeView, CheckView, CommentView, DeploymentView, EnvironmentView, JobView, MilestoneView,
    ReactionView, ReleaseView, ReportView, RunView, StatusView, TagView,
};
pub use world::work::ACTIONS;

#[cfg(test)]
mod tests;
