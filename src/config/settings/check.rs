//! One check per setting: text to its type, or what to do, as a sentence that goes on after the variable's name. No sentence quotes a secret.

use std::net::SocketAddr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use secrecy::{ExposeSecret, SecretString};
use tracing_subscriber::EnvFilter;
use url::{Host, Url};

use super::{Allowed, DatabaseUrl, LogFormat};

pub(super) fn listen(text: &str) -> Result<SocketAddr, String> {
    text.parse().map_err(|_| {
        format!(
            "is `{text}`, which is not an address and port; write it like `127.0.0.1:8080` or `[::]:8080`"
        )
    })
}

pub(super) fn database(secret: &SecretString) -> Result<DatabaseUrl, String> {
    let text = secret.expose_secret();
    if let Some(path) = text.strip_prefix("sqlite:") {
        let path = path.strip_prefix("//").unwrap_or(path);
        return match path {
            "" => {
                Err("names no file; write it like `sqlite:lockkeeper.db` or `sqlite:/var/lib/lockkeeper.db`"
                    .into())
            }
            ":memory:" => Err("is in memory, where nothing survives a restart; name a file".into()),
            path => Ok(DatabaseUrl::Sqlite { path: path.to_owned() }),
        };
    }
    let is_postgres = text.starts_with("postgres://") || text.starts_with("postgresql://");
    if is_postgres && Url::parse(text).is_ok() {
        return Ok(DatabaseUrl::Postgres { url: secret.clone() });
    }
    // The text is not shown: it may hold a password.
    Err("is neither `sqlite:PATH` nor `postgres://USER:PASSWORD@HOST/DATABASE`".to_owned())
}

pub(super) fn app_id(id: Option<String>) -> Result<String, String> {
    let how = "set it to the client id of the GitHub App (on its settings page, `Iv…`) or to its number";
    let Some(id) = id else { return Err(format!("is not set; {how}")) };
    let id = id.trim();
    if !id.is_empty() && id.len() <= 100 && id.chars().all(|c| c.is_ascii_alphanumeric() || c == '.') {
        return Ok(id.to_owned());
    }
    Err(format!("is not an id; {how}"))
}

pub(super) fn webhook_secret(secret: Option<SecretString>) -> Result<SecretString, String> {
    let how = "set it to the webhook secret of the GitHub App; a new one: `openssl rand -hex 32`";
    match secret {
        None => Err(format!("is not set; {how}")),
        Some(secret) if secret.expose_secret().trim().is_empty() => {
            Err(format!("is empty, so that anybody could send deliveries; {how}"))
        }
        Some(secret) => Ok(secret),
    }
}

pub(super) fn old_secret(secret: Option<SecretString>) -> Result<Option<SecretString>, String> {
    match secret {
        Some(secret) if secret.expose_secret().trim().is_empty() => {
            Err("is empty, so that anybody could send deliveries; unset it when the rotation is over"
                .to_owned())
        }
        secret => Ok(secret),
    }
}

pub(super) fn gitlab_token(token: Option<SecretString>) -> Result<SecretString, String> {
    let how = "set it to a token with the scope `api` of the bot's account";
    let token = token.ok_or_else(|| format!("is not set; {how}"))?;
    spelt(&token, how)
}

pub(super) fn github_token(token: &SecretString) -> Result<SecretString, String> {
    spelt(
        token,
        "set it to a token that may read the repository; in a job of Actions to `${{ github.token }}`",
    )
}

/// A token, by the characters that it has.
fn spelt(token: &SecretString, how: &str) -> Result<SecretString, String> {
    let text = token.expose_secret().trim();
    if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Ok(SecretString::from(text));
    }
    Err(format!("is empty or holds characters that no token has; {how}"))
}

pub(super) fn signing_token(token: Option<SecretString>) -> Result<Option<SecretString>, String> {
    let Some(token) = token else { return Ok(None) };
    let key = token.expose_secret().trim().strip_prefix("whsec_").map(|key| key.trim_end_matches('='));
    let key = key.and_then(|key| STANDARD_NO_PAD.decode(key).ok());
    // The length that Standard Webhooks asks for: a short key could be guessed.
    if key.is_some_and(|key| (24..=64).contains(&key.len())) {
        return Ok(Some(token));
    }
    Err("is not a signing token; it is `whsec_` and 32 bytes in base64, as GitLab made it".to_owned())
}

/// The root of a forge.
pub(super) fn root_url(text: &str, how: &str) -> Result<Url, String> {
    let mut url = Url::parse(text.trim()).map_err(|_| format!("is not a URL; {how}"))?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err("holds a login; take it out, the bot has its own".to_owned());
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err(format!("holds a `?` or `#`; {how}"));
    }
    match url.scheme() {
        "https" => {}
        "http" if is_loopback(&url) => {}
        _ => return Err("is not `https`, so tokens would travel in the open".to_owned()),
    }
    let path = url.path().trim_end_matches('/').to_owned();
    url.set_path(&path);
    Ok(url)
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

pub(super) fn allow(list: Option<&str>) -> Result<Vec<Allowed>, String> {
    let Some(list) = list else { return Ok(Vec::new()) };
    let names: Vec<&str> = list.split(',').map(str::trim).filter(|name| !name.is_empty()).collect();
    if names.is_empty() {
        return Err(
            "is empty; unset it to serve whoever sends what is authentic, or name owners and projects"
                .to_owned(),
        );
    }
    names.into_iter().map(allowed).collect()
}

fn allowed(name: &str) -> Result<Allowed, String> {
    let is_name = |text: &str| {
        !text.is_empty()
            && text.len() <= 100
            && text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'))
    };
    if name.split('/').all(is_name) {
        return Ok(Allowed(name.to_owned()));
    }
    Err(format!("holds `{name}`, which is neither `owner` nor `owner/name`"))
}

pub(super) fn filter(text: &str) -> Result<String, String> {
    EnvFilter::try_new(text).map(|_| text.to_owned()).map_err(|error| {
        format!("is not a filter ({error}); write it like `info` or `info,lockkeeper::engine=debug`")
    })
}

pub(super) fn format(text: &str) -> Result<LogFormat, String> {
    match text {
        "text" => Ok(LogFormat::Text),
        "json" => Ok(LogFormat::Json),
        other => Err(format!("is `{other}`; it is `text` or `json`")),
    }
}
