//! The policy in force, put together from what the forge has: the project's file, what it extends, the forge's own conventions. What a key means is `config`'s business.

use crate::config;
use crate::config::policy::Layer;
use crate::domain::policy::Policy;
use crate::domain::query::PolicyNow;
use crate::domain::state::Project;
use crate::forge::{Forge, PolicySource, ReadError};

/// Reads the policy from the default branch (invariant 11); `None` where there is no commit yet.
pub(super) async fn in_force(forge: &dyn Forge, project: &Project) -> Result<Option<PolicyNow>, ReadError> {
    let Some(source) = forge.policy_source(project).await? else { return Ok(None) };
    let policy = compose(forge, project, &source).await?;
    Ok(Some(PolicyNow {
        revision: source.revision,
        branch: source.branch,
        file: source.file.map(|file| file.name),
        policy,
    }))
}

/// The policy, or what is wrong with a file of it, as a listing for people.
async fn compose(
    forge: &dyn Forge,
    project: &Project,
    source: &PolicySource,
) -> Result<Result<Policy, String>, ReadError> {
    let conventions =
        source.conventions.as_ref().map(|file| config::release_yml::read(&file.name, &file.text));
    let conventions = match conventions.transpose() {
        Ok(notes) => notes,
        Err(report) => return Ok(Err(report.to_string())),
    };
    let customs = forge.customs();
    let Some(file) = &source.file else {
        return Ok(Ok(config::policy::complete(Layer::default(), conventions, &customs)));
    };
    let own = match config::policy::read(&file.name, &file.text, &customs) {
        Ok(own) => own,
        Err(report) => return Ok(Err(report.to_string())),
    };
    let Some(path) = own.extends.clone() else {
        return Ok(Ok(config::policy::complete(own, conventions, &customs)));
    };
    let Some(shared) = forge.shared_policy(project, &path).await? else {
        return Ok(Err(format!("`extends: {path}`: there is no policy file that we can read")));
    };
    Ok(match config::policy::read_shared(&shared.name, &shared.text, &customs) {
        Ok(base) => Ok(config::policy::complete(config::policy::merge(base, own), conventions, &customs)),
        Err(report) => Err(report.to_string()),
    })
}
