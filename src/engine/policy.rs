//! The policy in force, put together from what the forge has: the project's file, what it extends, the forge's own conventions. What a key means is `config`'s business.

use serde::{Deserialize, Serialize};

use crate::config;
use crate::config::policy::Layer;
use crate::domain::policy::{Customs, Policy};
use crate::domain::query::PolicyNow;
use crate::domain::state::Project;
use crate::forge::{Forge, PolicyFile, PolicySource, ReadError};

/// All files that a policy is made of, as they were read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Files {
    source: PolicySource,
    /// What the project's file extends; `None` where it extends nothing, or nothing that we can read.
    shared: Option<PolicyFile>,
}

impl Files {
    /// Reads them from the default branch (invariant 11); `None` where there is no commit yet.
    pub(super) async fn read(forge: &dyn Forge, project: &Project) -> Result<Option<Self>, ReadError> {
        let Some(source) = forge.policy_source(project).await? else { return Ok(None) };
        let own =
            source.file.as_ref().map(|file| config::policy::read(&file.name, &file.text, &forge.customs()));
        let shared = match own {
            Some(Ok(Layer { extends: Some(path), .. })) => forge.shared_policy(project, &path).await?,
            Some(Ok(Layer { extends: None, .. }) | Err(_)) | None => None,
        };
        Ok(Some(Self { source, shared }))
    }

    /// The policy that they make.
    pub(super) fn policy(self, customs: &Customs) -> PolicyNow {
        let policy = self.compose(customs);
        PolicyNow {
            revision: self.source.revision,
            branch: self.source.branch,
            file: self.source.file.map(|file| file.name),
            policy,
        }
    }

    /// The policy, or what is wrong with a file of it, as a listing for people.
    fn compose(&self, customs: &Customs) -> Result<Policy, String> {
        let listing = |report: config::diagnostic::Report| report.to_string();
        let conventions =
            self.source.conventions.as_ref().map(|file| config::release_yml::read(&file.name, &file.text));
        let conventions = conventions.transpose().map_err(listing)?;
        let Some(file) = &self.source.file else {
            return Ok(config::policy::complete(Layer::default(), conventions, customs));
        };
        let own = config::policy::read(&file.name, &file.text, customs).map_err(listing)?;
        let Some(path) = &own.extends else {
            return Ok(config::policy::complete(own, conventions, customs));
        };
        let missing = || format!("`extends: {path}`: there is no policy file that we can read");
        let shared = self.shared.as_ref().ok_or_else(missing)?;
        let base = config::policy::read_shared(&shared.name, &shared.text, customs).map_err(listing)?;
        Ok(config::policy::complete(config::policy::merge(base, own), conventions, customs))
    }
}

/// The policy in force now; `None` where there is no commit yet.
pub(super) async fn in_force(forge: &dyn Forge, project: &Project) -> Result<Option<PolicyNow>, ReadError> {
    Ok(Files::read(forge, project).await?.map(|files| files.policy(&forge.customs())))
}
