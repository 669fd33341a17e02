//! What becomes of a project itself, and of the token that lets somebody in. What follows for the project's lane is not decided here.

use super::payload::Payload;
use super::{Lacks, Meaning, ignored, short};
use crate::domain::id::ProjectPath;
use crate::domain::signal::{ProjectSeen, Signal};
use crate::forge::gitlab::Names;

/// Events of group and system hooks on a project. Its path and visibility are taken over in passing; that it was archived no event says.
pub(super) fn itself(event: &str) -> Signal {
    match event {
        "project_destroy" => Signal::ProjectDeleted,
        _ => ignored("the project's path and visibility are taken over in passing"),
    }
}

/// What these events, which are flat, say of the project.
pub(super) fn seen(names: &Names, payload: &Payload) -> Option<ProjectSeen> {
    Some(ProjectSeen {
        id: names.project(payload.project_id?),
        path: ProjectPath::parse(payload.path_with_namespace.clone()?).ok()?,
        installation: None,
        default_branch: None,
        public: payload.project_visibility.as_ref().map(|visibility| visibility == "public"),
    })
}

/// `access_token`: a token of the project will run out. Whether it is ours, `doctor` knows.
pub(super) fn token_ends(payload: &Payload) -> Meaning {
    let token = payload.object_attributes.as_ref().ok_or(Lacks("its token"))?;
    let name = short(token.name.as_deref().unwrap_or("?"));
    let ends = short(token.expires_at.as_deref().unwrap_or("a day that is not told"));
    Ok(ignored(format!("the access token `{name}` runs out on {ends}: if the bot uses it, make a new one")))
}
