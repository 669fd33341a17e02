//! Who we are and whom we serve: our own accounts, the allow-list turned into numbers, the projects of an installation. Whether a delivery is allowed is decided at intake.

use std::collections::BTreeSet;

use serde::Deserialize;

use super::api::{Api, Caller};
use super::auth::Credential;
use super::webhook::{RepositorySeen, User};
use super::{GitHub, Ourselves, ReadError};
use crate::domain::id::{ActorId, InstallationId, ProjectId, ProjectPath};
use crate::domain::signal::ProjectSeen;
use crate::forge::fault::{Fault, if_there};
use crate::forge::route::Route;

/// At most this many pages of a hundred projects are listed for one installation.
const PAGES: u32 = 50;

/// Owners and projects that this process serves, by number.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Allowed {
    /// Every project of these owners.
    pub owners: BTreeSet<u64>,
    /// These projects.
    pub projects: BTreeSet<ProjectId>,
}

/// One entry of an allow-list, as it was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AllowedEntry(pub String);

/// Why an allow-list could not be turned into numbers.
#[derive(Debug, thiserror::Error)]
pub enum NotAllowed {
    /// GitHub knows nothing of that name, or does not show it to us.
    #[error("`{}` is neither an owner nor a repository that the App can see", .0.0)]
    Unknown(AllowedEntry),
    /// GitHub does not answer.
    #[error("the allow-list could not be looked up")]
    Unreadable(#[from] ReadError),
}

#[derive(Deserialize)]
struct App {
    id: u64,
    slug: String,
}

#[derive(Deserialize)]
struct Installed {
    id: u64,
    account: Option<User>,
}

#[derive(Deserialize)]
struct Repositories {
    repositories: Vec<RepositorySeen>,
}

/// Our App, and the bot user that writes for it.
pub(super) async fn ourselves(api: &Api, installation: Option<u64>) -> Result<Ourselves, Fault> {
    let as_app = api.speak_as(Credential::App);
    let app: App = as_app.get(&Route::root().then("app")).await?;
    let through = match installation {
        Some(number) => Some(number),
        None => any_installation(as_app).await?,
    };
    let reader = api.speak_as(through.map_or(Credential::Nobody, Credential::Installation));
    let bot: User = reader.get(&Route::root().then("users").then(format!("{}[bot]", app.slug))).await?;
    let user = ActorId(bot.id.ok_or_else(|| Fault::lacks("the bot user's number"))?);
    Ok(Ourselves { app: app.id, slug: app.slug, user })
}

async fn any_installation(as_app: Caller<'_>) -> Result<Option<u64>, Fault> {
    let route = Route::root().down("app/installations").with("per_page", 1);
    let found: Vec<Installed> = as_app.get(&route).await?;
    Ok(found.first().map(|installation| installation.id))
}

impl GitHub {
    /// Turns an allow-list of `owner` and `owner/name` into numbers.
    ///
    /// # Errors
    /// [`NotAllowed::Unknown`] names the first entry that stands for nothing that we can see.
    pub async fn resolve_allowed(&self, entries: &[String]) -> Result<Allowed, NotAllowed> {
        let mut allowed = Allowed::default();
        for entry in entries {
            let unknown = || NotAllowed::Unknown(AllowedEntry(entry.clone()));
            match ProjectPath::parse(entry.trim()) {
                Ok(path) => {
                    let found = self.repository_number(&path).await.map_err(ReadError::from)?;
                    allowed.projects.insert(self.names.project(found.ok_or_else(unknown)?));
                }
                Err(_) => {
                    let found = self.owner_number(entry.trim()).await.map_err(ReadError::from)?;
                    allowed.owners.insert(found.ok_or_else(unknown)?);
                }
            }
        }
        Ok(allowed)
    }

    /// The projects that an installation covers now.
    ///
    /// # Errors
    /// Where GitHub does not answer, or the installation ended or was suspended.
    pub async fn installed_projects(
        &self,
        installation: &InstallationId,
    ) -> Result<Vec<ProjectSeen>, ReadError> {
        let caller = self.api.speak_as(Credential::Installation(installation.number));
        let route = Route::root().down("installation/repositories").with("per_page", 100);
        let items = |page: Repositories| page.repositories;
        let found = caller.pages(&route, PAGES, items, |_| false).await?;
        let seen = |repository: &RepositorySeen| repository.seen(&self.names, Some(installation.number));
        Ok(found.iter().filter_map(seen).collect())
    }

    /// All installations of our App, in GitHub's order.
    ///
    /// # Errors
    /// Where GitHub does not answer or does not accept our key.
    pub async fn installations(&self) -> Result<Vec<InstallationId>, ReadError> {
        let route = Route::root().down("app/installations").with("per_page", 100);
        let as_app = self.api.speak_as(Credential::App);
        let found = as_app.pages(&route, PAGES, |page: Vec<Installed>| page, |_| false).await?;
        Ok(found.into_iter().map(|installation| self.names.installation(installation.id)).collect())
    }

    /// A project by its path, where the App is installed for it; `None` where it is not.
    ///
    /// # Errors
    /// Where GitHub does not answer or does not accept our key.
    pub async fn project(&self, path: &ProjectPath) -> Result<Option<ProjectSeen>, ReadError> {
        let repository = Route::repository(path);
        let as_app = self.api.speak_as(Credential::App);
        let installed: Option<Installed> =
            if_there(as_app.get(&repository.clone().then("installation")).await)?;
        let Some(installed) = installed else { return Ok(None) };
        let reader = self.api.speak_as(Credential::Installation(installed.id));
        let found: Option<RepositorySeen> = if_there(reader.get(&repository).await)?;
        Ok(found.and_then(|found| found.seen(&self.names, Some(installed.id))))
    }

    /// An owner's number: from the App's installation there, else from what everybody can see.
    async fn owner_number(&self, login: &str) -> Result<Option<u64>, Fault> {
        let user = Route::root().then("users").then(login);
        let as_app = self.api.speak_as(Credential::App);
        let installed: Option<Installed> = if_there(as_app.get(&user.clone().then("installation")).await)?;
        if let Some(account) = installed.and_then(|installed| installed.account) {
            return Ok(account.id);
        }
        let found: Option<User> = if_shown(self.api.speak_as(Credential::Nobody).get(&user).await)?;
        Ok(found.and_then(|user| user.id))
    }

    async fn repository_number(&self, path: &ProjectPath) -> Result<Option<u64>, Fault> {
        let repository = Route::repository(path);
        let as_app = self.api.speak_as(Credential::App);
        let installed: Option<Installed> =
            if_there(as_app.get(&repository.clone().then("installation")).await)?;
        let reader = installed.map_or(Credential::Nobody, |found| Credential::Installation(found.id));
        let found: Option<RepositorySeen> = if_shown(self.api.speak_as(reader).get(&repository).await)?;
        Ok(found.and_then(|repository| repository.id))
    }
}

/// What everybody may see; a server that shows strangers nothing at all answers 401, which says no more than "not there".
fn if_shown<T>(read: Result<T, Fault>) -> Result<Option<T>, Fault> {
    match read {
        Err(Fault::Denied { status: 401, .. }) => Ok(None),
        read => if_there(read),
    }
}
