//! GitLab, spoken to as the account that a token belongs to. No rule of releasing lives here.

mod allow;
mod api;
mod configuration;
mod examine;
mod file;
mod hook;
mod perform;
mod pipeline;
mod read;
mod render;
mod transport;
mod verdict;
mod webhook;

use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use http::StatusCode;
use jiff::{SignedDuration, Timestamp};
use secrecy::SecretString;
use tokio::sync::OnceCell;

use self::api::{Account, Api};
use self::read::Reader;
use self::transport::Transport;
use super::fault::Fault;
use super::{
    Filed, Finding, Forge, Headers, Listed, NotAuthentic, Operated, Order, Pace, PerformError, PolicyFile,
    PolicySource, ReadError, Understood,
};
use crate::domain::effect::Made;
use crate::domain::id::{ForgeName, ProjectId, ProjectPath, ReleaseId, TagName};
use crate::domain::policy::Customs;
use crate::domain::query::{Answer, Query};
use crate::domain::say::Text;
use crate::domain::signal::ProjectSeen;
use crate::domain::state::Project;

/// The public GitLab.
pub const PUBLIC_URL: &str = "https://gitlab.com";

/// What a policy may use on GitLab. It does not tell who reported on a deployment.
pub fn customs() -> Customs {
    Customs { reporters: vec![], hides_reporters: true, lacks_drafts: true, starts: vec!["pipeline", "job"] }
}

/// GitLab takes 60 notes a minute of an account, whatever their projects
/// (<https://docs.gitlab.com/administration/settings/rate_limit_on_notes_creation/>): 40 of them are for notes that nobody waits
/// for, the rest for answers.
const NOTE_EVERY: SignedDuration = SignedDuration::from_millis(1500);

/// Tells the time.
pub type Now = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// What the bot is set up with on a GitLab.
pub struct Setup {
    /// The root of the instance: [`PUBLIC_URL`], or `https://HOST` with the sub-path where it has one. `/api/v4` is added.
    pub url: String,
    /// A token with the scope `api`: of a project, a group, a service account or a user.
    pub token: SecretString,
    /// The secret that hooks send in `X-Gitlab-Token`.
    pub webhook_secret: Option<SecretString>,
    /// The secret before, while it is being changed.
    pub webhook_secret_old: Option<SecretString>,
    /// The token that hooks sign with (`whsec_…`). Once there is one, an unsigned delivery is not believed.
    pub signing_token: Option<SecretString>,
    /// The signing token before, while it is being changed.
    pub signing_token_old: Option<SecretString>,
    /// The clock.
    pub now: Now,
}

/// Why a [`Setup`] cannot be used. Says which setting, never its value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadSetup {
    /// Not an address.
    #[error("GitLab's URL must be an http or https address such as https://gitlab.com")]
    Url,
    /// Empty, or not to be sent in a header.
    #[error("GitLab's token is empty or holds characters that no token has")]
    Token,
    /// Anybody could send deliveries.
    #[error("there is neither a webhook secret nor a signing token for GitLab's deliveries")]
    NoWebhookSecret,
    /// An empty secret would let anybody in.
    #[error("a webhook secret for GitLab's deliveries is empty")]
    WebhookSecret,
    /// Not what GitLab makes.
    #[error("a signing token for GitLab's deliveries is not `whsec_` and the base64 of its key")]
    SigningToken,
}

/// One GitLab, and our account on it.
pub struct GitLab {
    names: Names,
    keys: webhook::Keys,
    api: Api,
    site: render::Site,
    ourselves: OnceCell<Account>,
}

/// How this GitLab's things are named. Enough to understand deliveries.
struct Names {
    forge: ForgeName,
}

impl Names {
    fn project(&self, number: u64) -> ProjectId {
        ProjectId { forge: self.forge.clone(), number }
    }
}

/// Our number of a release page: GitLab has none, its pages are named by their tags.
fn release_id(tag: &TagName) -> ReleaseId {
    use sha2::{Digest, Sha256};
    let digest: [u8; 32] = Sha256::digest(tag.as_str()).into();
    let first: [u8; 8] = digest[..8].try_into().expect("a SHA-256 has 32 bytes");
    // As many bits as a number in canonical JSON can hold (RFC 8785, 3.2.2.3): the journal is written in that.
    ReleaseId(u64::from_be_bytes(first) >> 11)
}

impl GitLab {
    /// Our account on the GitLab at `setup.url`, over this client ([`crate::forge::client::http_client`], or one with the
    /// same properties). Speaks to nobody yet.
    pub fn new(setup: Setup, http: &reqwest::Client) -> Result<Self, BadSetup> {
        let transport = Transport::new(&setup.url, setup.token, http)?;
        Ok(Self {
            site: render::Site::of_instance(transport.base()),
            names: Names { forge: ForgeName::parse("gitlab").expect("a valid name") },
            keys: webhook::Keys::new(
                (setup.webhook_secret, setup.webhook_secret_old),
                (setup.signing_token, setup.signing_token_old),
            )?,
            api: Api { transport, now: setup.now },
            ourselves: OnceCell::new(),
        })
    }

    /// The account that the token belongs to, read once.
    async fn ourselves(&self) -> Result<&Account, Fault> {
        self.ourselves.get_or_try_init(|| self.api.account()).await
    }

    fn pen<'a>(&'a self, project: &'a Project, now: Timestamp) -> render::Pen<'a> {
        render::Pen { site: &self.site, project: &project.path, now }
    }

    fn reader<'a>(&'a self, project: &'a Project) -> Reader<'a> {
        Reader { gitlab: self, project }
    }
}

#[async_trait]
impl Forge for GitLab {
    fn name(&self) -> &ForgeName {
        &self.names.forge
    }

    fn customs(&self) -> Customs {
        customs()
    }

    /// GitLab switches a hook off that is answered with other than a success, and says so of 200 alone everywhere.
    fn acknowledgement(&self) -> StatusCode {
        StatusCode::OK
    }

    fn verify(&self, headers: &Headers, body: &[u8]) -> Result<(), NotAuthentic> {
        self.keys.verify(headers, body, (self.api.now)())
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
        read::answer(&self.reader(project), query).await
    }

    async fn policy_source(&self, project: &Project) -> Result<Option<PolicySource>, ReadError> {
        Ok(read::policy_source(&self.reader(project)).await?)
    }

    async fn shared_policy(&self, of: &Project, path: &ProjectPath) -> Result<Option<PolicyFile>, ReadError> {
        Ok(read::shared_policy(&self.reader(of), path).await?)
    }

    fn pace(&self) -> Pace {
        Pace::OfAccount(NOTE_EVERY)
    }

    async fn perform(&self, order: &Order<'_>) -> Result<Made, PerformError> {
        perform::ensure(self, order).await
    }

    async fn missed(&self, since: Timestamp, limit: usize) -> Result<Vec<(Headers, Bytes)>, ReadError> {
        self.failed_deliveries(since, limit).await
    }
}

#[async_trait]
impl Operated for GitLab {
    async fn listed(&self, entry: &str) -> Result<Option<Listed>, ReadError> {
        Ok(self.named(entry).await?)
    }

    async fn project(&self, path: &ProjectPath) -> Result<Option<ProjectSeen>, ReadError> {
        Ok(self.visible(path).await?)
    }

    async fn text_of(&self, project: &Project, path: &str) -> Result<Option<String>, ReadError> {
        Ok(read::text_of(&self.reader(project), path).await?)
    }

    async fn examine(&self) -> Vec<Finding> {
        self.examined().await
    }
}

#[cfg(test)]
mod tests;
