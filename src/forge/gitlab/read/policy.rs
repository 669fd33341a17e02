//! Where a project's policy comes from: a file at the newest commit of its default branch. What it says is not read here.

use super::commit;
use crate::domain::id::ProjectPath;
use crate::forge::fault::Fault;
use crate::forge::gitlab::file::text;
use crate::forge::gitlab::read::Reader;
use crate::forge::route::Route;
use crate::forge::{PolicyFile, PolicySource};

/// Where our file may stand; the first that exists counts.
const POLICY_FILES: [&str; 2] = [".gitlab/lockkeeper.yml", ".gitlab/lockkeeper.yaml"];

/// The project's own policy file; `None` where the repository is empty. GitLab has no file of its own for release notes
/// that says what ours does.
pub(super) async fn source(reader: &Reader<'_>) -> Result<Option<PolicySource>, Fault> {
    let Some((branch, revision)) = commit::newest(reader).await? else { return Ok(None) };
    let file = first_of(reader, reader.route(), revision.as_str()).await?;
    Ok(Some(PolicySource { revision, branch, file, conventions: None }))
}

/// The policy file that another project shares on its default branch; one that we cannot see is an error, not an absence.
pub(super) async fn shared(reader: &Reader<'_>, path: &ProjectPath) -> Result<Option<PolicyFile>, Fault> {
    let project = Route::project_called(path);
    let _: serde::de::IgnoredAny = reader.api().get(&project).await?;
    first_of(reader, project, "HEAD").await
}

/// Any file at the newest commit of the default branch.
pub(super) async fn text_of(reader: &Reader<'_>, path: &str) -> Result<Option<String>, Fault> {
    text(reader.api(), reader.route(), (path, "HEAD")).await
}

async fn first_of(reader: &Reader<'_>, project: Route, at: &str) -> Result<Option<PolicyFile>, Fault> {
    for name in POLICY_FILES {
        if let Some(text) = text(reader.api(), project.clone(), (name, at)).await? {
            return Ok(Some(PolicyFile { name: name.to_owned(), text }));
        }
    }
    Ok(None)
}
