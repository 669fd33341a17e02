//! GitHub, spoken to as a GitHub App, or by a token where nothing is heard. octocrab is used here only, and no rule of releasing lives here.

mod allow;
mod api;
mod auth;
mod backfill;
mod examine;
mod perform;
mod read;
mod render;
mod transport;
mod verdict;
mod webhook;

use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use futures_util::future::join_all;
use jiff::Timestamp;
use secrecy::SecretString;
use tokio::sync::OnceCell;

use self::api::{Api, Caller};
use self::auth::{AppKey, Credential, Keys};
use self::read::Reader;
use self::transport::Transport;
use super::fault::Fault;
use super::{
    Filed, Finding, Forge, Headers, Listed, NotAuthentic, Operated, Order, Ourselves, PerformError,
    PolicyFile, PolicySource, ReadError, Understood,
};
use crate::domain::effect::Made;
use crate::domain::id::{ForgeName, InstallationId, ProjectId, ProjectPath};
use crate::domain::policy::Customs;
use crate::domain::query::{Answer, Query};
use crate::domain::say::Text;
use crate::domain::signal::ProjectSeen;
use crate::domain::state::Project;

/// The public GitHub's API.
pub const PUBLIC_API: &str = "https://api.github.com";

/// What a policy may use on GitHub: the automation of its own reports on deployments where nobody else is named.
pub fn customs() -> Customs {
    Customs {
        reporters: vec!["github-actions".to_owned()],
        hides_reporters: false,
        lacks_drafts: false,
        starts: vec!["workflow"],
    }
}

/// Tells the time.
pub type Now = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// What a GitHub App is set up with.
pub struct Setup {
    /// The root of the REST API: [`PUBLIC_API`], or `https://HOST/api/v3` of an Enterprise Server.
    pub api_url: String,
    /// The App's client id, or its number on an old Enterprise Server. Goes into the `iss` of its tokens as it stands.
    pub app_id: String,
    /// The App's private key, as PEM.
    pub private_key: SecretString,
    /// The secret that deliveries are signed with.
    pub webhook_secret: SecretString,
    /// The secret before, while it is being changed.
    pub webhook_secret_old: Option<SecretString>,
    /// The clock.
    pub now: Now,
}

/// What a command is set up with that hears nothing and has only a token, such as the one of a CI job.
pub struct TokenSetup {
    /// The root of the REST API, as in [`Setup`].
    pub api_url: String,
    /// The token.
    pub token: SecretString,
    /// A secret that nobody knows: no delivery is believed.
    pub webhook_secret: SecretString,
    /// The clock.
    pub now: Now,
}

/// Why a [`Setup`] cannot be used. Says which setting, never its value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadSetup {
    /// Not an address.
    #[error("the API URL must be an http or https address such as https://api.github.com")]
    ApiUrl,
    /// Empty.
    #[error("the App id is empty")]
    AppId,
    /// Not an RSA key.
    #[error("the App's private key is not an RSA key in PEM form")]
    PrivateKey,
    /// An empty secret would let anybody sign.
    #[error("a webhook secret is empty")]
    WebhookSecret,
}

/// One GitHub, and our App on it.
pub struct GitHub {
    names: Names,
    secrets: webhook::Secrets,
    api: Api,
    site: render::Site,
    ourselves: OnceCell<Ourselves>,
}

/// How this GitHub's things are named, and by which id our App is known. Enough to understand deliveries.
struct Names {
    forge: ForgeName,
    app: String,
}

impl Names {
    fn project(&self, number: u64) -> ProjectId {
        ProjectId { forge: self.forge.clone(), number }
    }

    fn installation(&self, number: u64) -> InstallationId {
        InstallationId { forge: self.forge.clone(), number }
    }

    fn is_us(&self, app: &webhook::App) -> bool {
        app.client_id.as_deref() == Some(self.app.as_str())
            || app.id.is_some_and(|id| id.to_string() == self.app)
    }
}

impl GitHub {
    /// Our App on the GitHub at `setup.api_url`, over this client ([`crate::forge::client::http_client`], or one with the same properties).
    ///
    /// Must be called inside a tokio runtime. Speaks to nobody yet.
    pub fn new(setup: Setup, http: &reqwest::Client) -> Result<Self, BadSetup> {
        let key = AppKey::new(setup.app_id.clone(), &setup.private_key, Arc::clone(&setup.now))?;
        let secrets = webhook::Secrets::new(setup.webhook_secret, setup.webhook_secret_old)?;
        let transport = Transport::new(&setup.api_url, http)?;
        let api = Api { transport, keys: Keys::App(key), now: setup.now };
        Ok(Self::over(api, setup.app_id, secrets))
    }

    /// The GitHub at `setup.api_url` by a token. There is no App, so that nothing is heard and nobody is us.
    ///
    /// Must be called inside a tokio runtime. Speaks to nobody yet.
    pub fn by_token(setup: TokenSetup, http: &reqwest::Client) -> Result<Self, BadSetup> {
        let secrets = webhook::Secrets::new(setup.webhook_secret, None)?;
        let transport = Transport::new(&setup.api_url, http)?;
        let api = Api { transport, keys: Keys::Token(setup.token), now: setup.now };
        Ok(Self::over(api, String::new(), secrets))
    }

    fn over(api: Api, app: String, secrets: webhook::Secrets) -> Self {
        Self {
            site: render::Site::of_api(api.transport.base()),
            names: Names { forge: ForgeName::parse("github").expect("a valid name"), app },
            secrets,
            api,
            ourselves: OnceCell::new(),
        }
    }

    /// Our own accounts, read once.
    ///
    /// # Errors
    /// Where GitHub does not answer or does not accept our key.
    pub async fn ourselves(&self) -> Result<&Ourselves, ReadError> {
        Ok(self.ourselves_through(None).await?)
    }

    /// The same, looked up through an installation where one is at hand: an App's own token may not look up users.
    async fn ourselves_through(&self, installation: Option<u64>) -> Result<&Ourselves, Fault> {
        self.ourselves.get_or_try_init(|| allow::ourselves(&self.api, installation)).await
    }

    fn pen<'a>(&'a self, project: &'a Project, now: Timestamp) -> render::Pen<'a> {
        render::Pen { site: &self.site, project: &project.path, now }
    }

    fn caller(&self, project: &Project) -> Result<Caller<'_>, Fault> {
        Ok(self.api.speak_as(match self.api.keys {
            Keys::App(_) => Credential::Installation(installation_of(project)?),
            Keys::Token(_) => Credential::Given,
        }))
    }
}

fn installation_of(project: &Project) -> Result<u64, Fault> {
    let said =
        || Fault::Denied { status: 403, said: format!("the App is not installed for {}", project.path) };
    project.installation.as_ref().map(|installation| installation.number).ok_or_else(said)
}

#[async_trait]
impl Forge for GitHub {
    fn name(&self) -> &ForgeName {
        &self.names.forge
    }

    fn customs(&self) -> Customs {
        customs()
    }

    fn verify(&self, headers: &Headers, body: &[u8]) -> Result<(), NotAuthentic> {
        self.secrets.verify(headers, body)
    }

    fn file(&self, headers: &Headers, body: &[u8]) -> Filed {
        webhook::file(&self.names, headers, body)
    }

    fn understand(&self, headers: &Headers, body: &[u8]) -> Understood {
        webhook::understand(&self.names, headers, body)
    }

    fn render(&self, text: &Text, project: &Project) -> String {
        self.pen(project, (self.api.now)()).comment(text)
    }

    async fn read(&self, project: &Project, query: &Query) -> Result<Option<Answer>, ReadError> {
        let reader = Reader { caller: self.caller(project)?, project, names: &self.names };
        Ok(read::answer(&reader, query).await?)
    }

    async fn read_round(
        &self,
        project: &Project,
        queries: &[Query],
    ) -> Vec<Result<Option<Answer>, ReadError>> {
        match self.caller(project) {
            Ok(caller) => read::answers(&Reader { caller, project, names: &self.names }, queries).await,
            Err(_) => join_all(queries.iter().map(|query| self.read(project, query))).await,
        }
    }

    async fn policy_source(&self, project: &Project) -> Result<Option<PolicySource>, ReadError> {
        let reader = Reader { caller: self.caller(project)?, project, names: &self.names };
        Ok(read::policy_source(&reader).await?)
    }

    async fn shared_policy(&self, of: &Project, path: &ProjectPath) -> Result<Option<PolicyFile>, ReadError> {
        let reader = Reader { caller: self.caller(of)?, project: of, names: &self.names };
        Ok(read::shared_policy(&reader, path).await?)
    }

    async fn perform(&self, order: &Order<'_>) -> Result<Made, PerformError> {
        perform::ensure(self, order).await
    }

    async fn missed(&self, since: Timestamp, limit: usize) -> Result<Vec<(Headers, Bytes)>, ReadError> {
        self.failed_deliveries(since, limit).await
    }
}

#[async_trait]
impl Operated for GitHub {
    async fn listed(&self, entry: &str) -> Result<Option<Listed>, ReadError> {
        Ok(self.named(entry).await?)
    }

    async fn project(&self, path: &ProjectPath) -> Result<Option<ProjectSeen>, ReadError> {
        Ok(self.installed(path).await?)
    }

    async fn text_of(&self, project: &Project, path: &str) -> Result<Option<String>, ReadError> {
        let reader = Reader { caller: self.caller(project)?, project, names: &self.names };
        Ok(read::text_of(&reader, path).await?)
    }

    async fn examine(&self) -> Vec<Finding> {
        self.examined().await
    }
}

#[cfg(test)]
mod tests;
