//! The server's settings, from flags and environment: the only reader of the environment. Every problem is told at once; nothing is started here.

use std::fmt;
use std::net::SocketAddr;
use std::path::PathBuf;

use clap::Args;
use secrecy::{ExposeSecret, SecretString};
use url::Url;

use crate::domain::id::ForgeName;

mod check;
mod forge;
mod key;

/// The flags of `serve`, each with its variable. A secret is better given by its variable: flags show in the process list.
/// They hold what came; [`Settings::new`] says what it is worth.
#[derive(Debug, Clone, Args)]
pub struct ServeArgs {
    #[command(flatten)]
    #[expect(missing_docs, reason = "a doc comment on a flattened group becomes a heading of the help")]
    pub server: ListenAddress,

    #[command(flatten)]
    #[expect(missing_docs, reason = "a doc comment on a flattened group becomes a heading of the help")]
    pub store: StoreUrl,

    #[command(flatten)]
    #[expect(missing_docs, reason = "a doc comment on a flattened group becomes a heading of the help")]
    pub github: GitHubApp,

    #[command(flatten)]
    #[expect(missing_docs, reason = "a doc comment on a flattened group becomes a heading of the help")]
    pub hook: GitHubHook,

    #[command(flatten)]
    #[expect(missing_docs, reason = "a doc comment on a flattened group becomes a heading of the help")]
    pub gitlab: GitLabAccount,

    #[command(flatten)]
    #[expect(missing_docs, reason = "a doc comment on a flattened group becomes a heading of the help")]
    pub gitlab_hook: GitLabHook,

    #[command(flatten)]
    #[expect(missing_docs, reason = "a doc comment on a flattened group becomes a heading of the help")]
    pub roots: MoreRoots,

    /// Serve only these owners and projects, `owner` or `owner/name`, with commas. Without it: whoever sends what is authentic.
    #[arg(long, env = "LOCKKEEPER_ALLOW", value_name = "LIST")]
    pub allow: Option<String>,

    #[command(flatten)]
    #[expect(missing_docs, reason = "a doc comment on a flattened group becomes a heading of the help")]
    pub log: LogArgs,
}

/// Where the server listens.
#[derive(Debug, Clone, Args)]
pub struct ListenAddress {
    /// Address and port to listen on. Behind a reverse proxy, loopback is right.
    #[arg(long, env = "LOCKKEEPER_LISTEN", default_value = "127.0.0.1:8080", value_name = "ADDRESS:PORT")]
    pub listen: String,
}

/// Which GitHub App a command acts as. All that a command needs which only asks GitHub.
#[derive(Debug, Clone, Args)]
pub struct GitHubApp {
    /// The GitHub App: its client id (preferred) or its number.
    #[arg(long, env = "LOCKKEEPER_GITHUB_APP_ID", value_name = "ID")]
    pub github_app_id: Option<String>,

    /// The GitHub App's private key: the path of the `.pem` file, or its content.
    #[arg(
        long,
        env = "LOCKKEEPER_GITHUB_PRIVATE_KEY",
        hide_env_values = true,
        allow_hyphen_values = true,
        value_name = "PATH|PEM"
    )]
    pub github_private_key: Option<SecretString>,

    /// The root of GitHub's API; on GitHub Enterprise Server `https://HOST/api/v3`.
    #[arg(
        long,
        env = "LOCKKEEPER_GITHUB_API_URL",
        default_value = "https://api.github.com",
        value_name = "URL"
    )]
    pub github_api_url: String,
}

/// What lets a command in that has no App at hand, such as one in a CI job.
#[derive(Debug, Clone, Args)]
pub struct GitHubToken {
    /// A token in place of the App's id and key, for a CI job: there `${{ github.token }}`.
    #[arg(
        long,
        env = "LOCKKEEPER_GITHUB_TOKEN",
        hide_env_values = true,
        allow_hyphen_values = true,
        value_name = "TOKEN"
    )]
    pub github_token: Option<SecretString>,
}

/// What the GitHub App's deliveries are signed with.
#[derive(Debug, Clone, Args)]
pub struct GitHubHook {
    /// The GitHub App's webhook secret.
    #[arg(
        long,
        env = "LOCKKEEPER_GITHUB_WEBHOOK_SECRET",
        hide_env_values = true,
        allow_hyphen_values = true,
        value_name = "SECRET"
    )]
    pub github_webhook_secret: Option<SecretString>,

    /// The webhook secret before this one, while it is being rotated.
    #[arg(
        long,
        env = "LOCKKEEPER_GITHUB_WEBHOOK_SECRET_OLD",
        hide_env_values = true,
        allow_hyphen_values = true,
        value_name = "SECRET"
    )]
    pub github_webhook_secret_old: Option<SecretString>,
}

/// Which GitLab a command asks, and by which token.
#[derive(Debug, Clone, Args)]
pub struct GitLabAccount {
    /// A token with the scope `api`: of a project, a group, a service account or a user.
    #[arg(
        long,
        env = "LOCKKEEPER_GITLAB_TOKEN",
        hide_env_values = true,
        allow_hyphen_values = true,
        value_name = "TOKEN"
    )]
    pub gitlab_token: Option<SecretString>,

    /// The root of the GitLab, with its sub-path where it has one.
    #[arg(long, env = "LOCKKEEPER_GITLAB_URL", default_value = "https://gitlab.com", value_name = "URL")]
    pub gitlab_url: String,
}

/// What GitLab's deliveries are told by: one of the two, both while a server changes over.
#[derive(Debug, Clone, Args)]
pub struct GitLabHook {
    /// The secret token of GitLab's hooks.
    #[arg(
        long,
        env = "LOCKKEEPER_GITLAB_WEBHOOK_SECRET",
        hide_env_values = true,
        allow_hyphen_values = true,
        value_name = "SECRET"
    )]
    pub gitlab_webhook_secret: Option<SecretString>,

    /// The secret token before this one, while it is being rotated.
    #[arg(
        long,
        env = "LOCKKEEPER_GITLAB_WEBHOOK_SECRET_OLD",
        hide_env_values = true,
        allow_hyphen_values = true,
        value_name = "SECRET"
    )]
    pub gitlab_webhook_secret_old: Option<SecretString>,

    /// The signing token of GitLab's hooks (`whsec_…`). With it, what is not signed is not believed.
    #[arg(
        long,
        env = "LOCKKEEPER_GITLAB_SIGNING_TOKEN",
        hide_env_values = true,
        allow_hyphen_values = true,
        value_name = "TOKEN"
    )]
    pub gitlab_signing_token: Option<SecretString>,

    /// The signing token before this one, while it is being rotated.
    #[arg(
        long,
        env = "LOCKKEEPER_GITLAB_SIGNING_TOKEN_OLD",
        hide_env_values = true,
        allow_hyphen_values = true,
        value_name = "TOKEN"
    )]
    pub gitlab_signing_token_old: Option<SecretString>,
}

/// Whose certificates are believed besides those that the machine believes.
#[derive(Debug, Clone, Args)]
pub struct MoreRoots {
    /// A file of certificates in PEM of whom to believe as well: the authority of a forge inside a company.
    #[arg(long, env = "LOCKKEEPER_CA_FILE", value_name = "PATH")]
    pub ca_file: Option<PathBuf>,
}

/// Which forge a command asks: the one that is set up, or of two the one that is named.
#[derive(Debug, Clone, Args)]
pub struct ForgeArgs {
    /// Which forge is meant, where both are set up.
    #[arg(long, value_name = "github|gitlab")]
    pub forge: Option<ForgeName>,

    #[command(flatten)]
    #[expect(missing_docs, reason = "a doc comment on a flattened group becomes a heading of the help")]
    pub github: GitHubApp,

    #[command(flatten)]
    #[expect(missing_docs, reason = "a doc comment on a flattened group becomes a heading of the help")]
    pub token: GitHubToken,

    #[command(flatten)]
    #[expect(missing_docs, reason = "a doc comment on a flattened group becomes a heading of the help")]
    pub gitlab: GitLabAccount,

    #[command(flatten)]
    #[expect(missing_docs, reason = "a doc comment on a flattened group becomes a heading of the help")]
    pub roots: MoreRoots,
}

/// Which database a command opens.
#[derive(Debug, Clone, Args)]
pub struct StoreUrl {
    /// `sqlite:PATH`, or `postgres://USER:PASSWORD@HOST/DATABASE`.
    #[arg(
        long,
        env = "LOCKKEEPER_DATABASE_URL",
        default_value = "sqlite:lockkeeper.db",
        hide_env_values = true,
        allow_hyphen_values = true,
        value_name = "URL"
    )]
    pub database_url: SecretString,
}

/// The flags of every command that writes a log.
#[derive(Debug, Clone, Args)]
pub struct LogArgs {
    /// What is logged: `info`, or a filter such as `info,lockkeeper::engine=debug`.
    #[arg(long = "log", env = "LOCKKEEPER_LOG", default_value = "info", value_name = "FILTER")]
    pub filter: String,

    /// How it is logged: for people or, one JSON object a line, for machines.
    #[arg(
        long = "log-format",
        env = "LOCKKEEPER_LOG_FORMAT",
        default_value = "text",
        value_name = "text|json"
    )]
    pub format: String,
}

/// What is logged, and how.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Log {
    /// A filter that has been parsed once, so it is one.
    pub filter: String,
    /// How lines are written.
    pub format: LogFormat,
}

/// How log lines are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line, for machines.
    Json,
}

/// Settings that are complete and consistent: the server can start with them.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Where to listen.
    pub listen: SocketAddr,
    /// Where the data live.
    pub database: DatabaseUrl,
    /// The forges; at least one.
    pub forges: Forges,
    /// Who is served; empty: whoever sends what is authentic.
    pub allow: Vec<Allowed>,
    /// What is logged, and how.
    pub log: Log,
}

/// A `sqlite:` or `postgres:` URL; it may hold a password.
#[derive(Debug, Clone)]
pub enum DatabaseUrl {
    /// One file, opened by this process alone. The text behind `sqlite:`; `:memory:` is not taken.
    Sqlite {
        /// The path of the file.
        path: String,
    },
    /// A PostgreSQL server.
    Postgres {
        /// The whole URL.
        url: SecretString,
    },
}

/// The GitHub App that a program acts as.
#[derive(Debug, Clone)]
pub struct App {
    /// Goes into `iss` of the App's token as it stands: client id or number.
    pub app_id: String,
    /// The private key, as PEM with real line ends. It has been parsed once, so it is a key.
    pub private_key: SecretString,
    /// The root of the API, without a slash at the end of its path.
    pub api_url: Url,
}

/// A token that lets a command in on a GitHub.
#[derive(Debug, Clone)]
pub struct Token {
    /// The token; never blank.
    pub token: SecretString,
    /// The root of the API, without a slash at the end of its path.
    pub api_url: Url,
}

/// The GitHub App that the server acts as and hears from.
#[derive(Debug, Clone)]
pub struct GitHub {
    /// The App.
    pub app: App,
    /// What deliveries are signed with; never blank.
    pub webhook_secret: SecretString,
    /// What deliveries may also be signed with during a rotation; never blank.
    pub webhook_secret_old: Option<SecretString>,
}

/// The forges that the server speaks with and hears from.
#[derive(Debug, Clone)]
pub struct Forges {
    /// A GitHub.
    pub github: Option<GitHub>,
    /// A GitLab.
    pub gitlab: Option<GitLab>,
    /// Certificates in PEM of whom to believe as well. Not parsed yet.
    pub more_roots: Option<String>,
}

/// The account that a program acts as on a GitLab.
#[derive(Debug, Clone)]
pub struct Account {
    /// The root of the instance, without a slash at the end of its path.
    pub url: Url,
    /// Its token; never blank.
    pub token: SecretString,
}

/// The GitLab that the server acts on and hears from: by secret, by signature, or both. None of them is blank.
#[derive(Debug, Clone)]
pub struct GitLab {
    /// The account.
    pub account: Account,
    /// What hooks send along.
    pub webhook_secret: Option<SecretString>,
    /// What hooks may also send along during a rotation.
    pub webhook_secret_old: Option<SecretString>,
    /// What hooks sign with.
    pub signing_token: Option<SecretString>,
    /// What hooks may also sign with during a rotation.
    pub signing_token_old: Option<SecretString>,
}

/// The one forge that a command asks and hears nothing from.
#[derive(Debug, Clone)]
pub struct Asked {
    /// Which.
    pub forge: AskedForge,
    /// Certificates in PEM of whom to believe as well. Not parsed yet.
    pub more_roots: Option<String>,
}

/// As whom a command asks.
#[derive(Debug, Clone)]
pub enum AskedForge {
    /// As an App on a GitHub.
    GitHub(App),
    /// By a token on a GitHub.
    GitHubToken(Token),
    /// As an account on a GitLab.
    GitLab(Account),
}

/// An owner or a project that is served, as its path. A name only, until the forge has told what it stands for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Allowed(pub String);

impl fmt::Display for Allowed {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// Everything that is wrong with the settings; the server does not start.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problems(pub Vec<Problem>);

/// One setting that the server cannot start with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The variable's name.
    pub variable: &'static str,
    /// What is wrong and what to do, as a sentence that goes on after the variable's name. Never holds a secret.
    pub sentence: String,
}

impl std::error::Error for Problems {}

impl fmt::Display for Problems {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("the settings are not complete, so nothing was started:")?;
        for Problem { variable, sentence } in &self.0 {
            write!(formatter, "\n- {variable} {sentence}")?;
        }
        Ok(())
    }
}

impl Settings {
    /// Checks every setting; a key that is given as a path is read from its file.
    pub fn new(args: ServeArgs) -> Result<Self, Problems> {
        let mut problems = Problems(Vec::new());
        let listen = problems.keep("LOCKKEEPER_LISTEN", check::listen(&args.server.listen));
        let database = problems.keep("LOCKKEEPER_DATABASE_URL", check::database(&args.store.database_url));
        let allow = problems.keep("LOCKKEEPER_ALLOW", check::allow(args.allow.as_deref()));
        let log = log(&args.log, &mut problems);
        let forges =
            forge::all((args.github, args.hook), (args.gitlab, args.gitlab_hook), &args.roots, &mut problems);
        match (listen, database, allow, log, forges) {
            (Some(listen), Some(database), Some(allow), Some(log), Some(forges)) => {
                Ok(Self { listen, database, forges, allow, log })
            }
            _ => Err(problems),
        }
    }

    /// Every secret that the settings hold, for the redactor.
    pub fn secrets(&self) -> Vec<SecretString> {
        let mut secrets: Vec<SecretString> = self.database.password().into_iter().collect();
        if let Some(github) = &self.forges.github {
            secrets.extend([github.app.private_key.clone(), github.webhook_secret.clone()]);
            secrets.extend(github.webhook_secret_old.clone());
        }
        if let Some(gitlab) = &self.forges.gitlab {
            secrets.push(gitlab.account.token.clone());
            let hooks = [&gitlab.webhook_secret, &gitlab.webhook_secret_old];
            let signing = [&gitlab.signing_token, &gitlab.signing_token_old];
            secrets.extend(hooks.into_iter().chain(signing).flatten().cloned());
        }
        secrets
    }
}

impl Log {
    /// The log of a command that takes no other settings.
    pub fn new(args: &LogArgs) -> Result<Self, Problems> {
        let mut problems = Problems(Vec::new());
        log(args, &mut problems).ok_or(problems)
    }
}

impl Problems {
    /// The value, or a problem with its variable.
    fn keep<T>(&mut self, variable: &'static str, checked: Result<T, String>) -> Option<T> {
        checked.map_err(|sentence| self.0.push(Problem { variable, sentence })).ok()
    }
}

impl DatabaseUrl {
    /// The URL as the store opens it; it may hold a password.
    pub fn exposed(&self) -> String {
        match self {
            Self::Sqlite { path } => format!("sqlite:{path}"),
            Self::Postgres { url } => url.expose_secret().to_owned(),
        }
    }

    fn password(&self) -> Option<SecretString> {
        let Self::Postgres { url } = self else { return None };
        let url = Url::parse(url.expose_secret()).ok()?;
        let password = percent_encoding::percent_decode_str(url.password()?).decode_utf8_lossy();
        (!password.is_empty()).then(|| SecretString::from(password.into_owned()))
    }
}

fn log(args: &LogArgs, problems: &mut Problems) -> Option<Log> {
    let filter = problems.keep("LOCKKEEPER_LOG", check::filter(&args.filter));
    let format = problems.keep("LOCKKEEPER_LOG_FORMAT", check::format(&args.format));
    Some(Log { filter: filter?, format: format? })
}

#[cfg(test)]
mod tests;
