//! Files of a project at a commit. What they say is not read here.

use super::api::Api;
use crate::forge::fault::{Fault, if_there};
use crate::forge::route::Route;

/// The text of a file of the project at this ref; `None` where it is not there. One that is too large or no text is an
/// error: it must not be taken for absent.
pub(super) async fn text(
    api: &Api,
    project: Route,
    (path, at): (&str, &str),
) -> Result<Option<String>, Fault> {
    let route = project.down("repository/files").then(path).then("raw").with("ref", at);
    match if_there(api.text(&route).await) {
        Err(Fault::Unreadable(_)) => {
            Err(Fault::Denied { status: 422, said: format!("`{path}` is too large or is not text") })
        }
        found => found,
    }
}
