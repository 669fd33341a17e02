//! The server's settings, from flags and environment: the only reader of the environment. Every problem is told at once; nothing is started here.

use std::fmt;
use std::net::SocketAddr;

use clap::Args;
use secrecy::{ExposeSecret, SecretString};
use url::Url;

mod check;
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

    /// Serve only these owners and projects, `owner` or `owner/name`, with commas. Without it: every installation.
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
    /// The GitHub App.
    pub github: GitHub,
    /// Who is served; empty: every installation.
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

/// An owner or a project that is served. Names only until the forge has told their ids.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Allowed {
    /// All projects of an owner.
    Owner(String),
    /// One project.
    Project {
        /// Its owner.
        owner: String,
        /// Its name.
        name: String,
    },
}

impl fmt::Display for Allowed {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Owner(owner) => formatter.write_str(owner),
            Self::Project { owner, name } => write!(formatter, "{owner}/{name}"),
        }
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
        let github = github(args.github, args.hook, &mut problems);
        match (listen, database, allow, log, github) {
            (Some(listen), Some(database), Some(allow), Some(log), Some(github)) => {
                Ok(Self { listen, database, github, allow, log })
            }
            _ => Err(problems),
        }
    }

    /// Every secret that the settings hold, for the redactor.
    pub fn secrets(&self) -> Vec<SecretString> {
        let mut secrets = vec![self.github.app.private_key.clone(), self.github.webhook_secret.clone()];
        secrets.extend(self.github.webhook_secret_old.clone());
        secrets.extend(self.database.password());
        secrets
    }
}

impl App {
    /// The App of a command that only asks GitHub and hears nothing.
    pub fn new(args: GitHubApp) -> Result<Self, Problems> {
        let mut problems = Problems(Vec::new());
        app(args, &mut problems).ok_or(problems)
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

fn github(app: GitHubApp, hook: GitHubHook, problems: &mut Problems) -> Option<GitHub> {
    let app = self::app(app, problems);
    let webhook_secret =
        problems.keep("LOCKKEEPER_GITHUB_WEBHOOK_SECRET", check::webhook_secret(hook.github_webhook_secret));
    let webhook_secret_old = problems
        .keep("LOCKKEEPER_GITHUB_WEBHOOK_SECRET_OLD", check::old_secret(hook.github_webhook_secret_old));
    Some(GitHub { app: app?, webhook_secret: webhook_secret?, webhook_secret_old: webhook_secret_old? })
}

fn app(args: GitHubApp, problems: &mut Problems) -> Option<App> {
    let app_id = problems.keep("LOCKKEEPER_GITHUB_APP_ID", check::app_id(args.github_app_id));
    let private_key =
        problems.keep("LOCKKEEPER_GITHUB_PRIVATE_KEY", key::private_key(args.github_private_key.as_ref()));
    let api_url = problems.keep("LOCKKEEPER_GITHUB_API_URL", check::api_url(&args.github_api_url));
    Some(App { app_id: app_id?, private_key: private_key?, api_url: api_url? })
}

#[cfg(test)]
mod tests;
