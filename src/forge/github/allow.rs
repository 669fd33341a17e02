//! Who we are and whom we serve: our own accounts, an allow-list turned into numbers, the projects of an installation. Whether a delivery is allowed is decided at intake.

use serde::Deserialize;

use super::api::{Api, Caller};
use super::auth::{Credential, Keys};
use super::webhook::{RepositorySeen, User};
use super::{GitHub, Ourselves, ReadError};
use crate::domain::id::{ActorId, InstallationId, ProjectPath};
use crate::domain::signal::ProjectSeen;
use crate::forge::fault::{Fault, if_there};
use crate::forge::route::Route;
use crate::forge::{Listed, Owner};

/// At most this many pages of a hundred projects are listed for one installation.
const PAGES: u32 = 50;

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
    /// What an entry of an allow-list, `owner` or `owner/name`, stands for; `None` where we can see nothing of that name.
    pub(super) async fn named(&self, entry: &str) -> Result<Option<Listed>, Fault> {
        let mut listed = Listed::default();
        match entry.split('/').count() {
            1 => listed.owners.extend(self.owner_number(entry).await?.map(Owner::Number)),
            2 => {
                let path = ProjectPath::parse(entry).map_err(|_| Fault::nameless())?;
                listed.projects.extend(self.repository_number(&path).await?);
            }
            // GitHub has no owners within owners.
            _ => {}
        }
        Ok((listed != Listed::default()).then_some(listed))
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

    /// A project by its path, where the App is installed for it or the given token reaches it; `None` where not.
    pub(super) async fn installed(&self, path: &ProjectPath) -> Result<Option<ProjectSeen>, Fault> {
        let repository = Route::repository(path);
        if let Keys::Token(_) = self.api.keys {
            let reader = self.api.speak_as(Credential::Given);
            let found: Option<RepositorySeen> = if_there(reader.get(&repository).await)?;
            return Ok(found.and_then(|found| found.seen(&self.names, None)));
        }
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
