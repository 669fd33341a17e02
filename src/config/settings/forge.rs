//! Which forges are set up, from the settings of both: one is enough, and what is begun must be complete. What a single setting may be is `check`'s.

use std::path::Path;

use secrecy::SecretString;
use url::Url;

use super::{
    Account, App, Asked, AskedForge, ForgeArgs, Forges, GitHub, GitHubApp, GitHubHook, GitLab, GitLabAccount,
    GitLabHook, MoreRoots, Problem, Problems, Token, check, key,
};

/// A certificate file is a few hundred kilobytes where it holds a whole system's.
const MAX_BYTES: u64 = 4 * 1024 * 1024;

/// All forges that are set up.
pub(super) fn all(
    github: (GitHubApp, GitHubHook),
    gitlab: (GitLabAccount, GitLabHook),
    roots: &MoreRoots,
    problems: &mut Problems,
) -> Option<Forges> {
    let more_roots = problems.keep("LOCKKEEPER_CA_FILE", certificates(roots.ca_file.as_deref()));
    let wants = (wants_github(&github.0) || heard_from_github(&github.1), wants_gitlab(&gitlab));
    let github = (wants.0 || !wants.1).then(|| self::github(github, problems));
    if wants == (false, false) {
        problems.0.push(neither());
    }
    let gitlab = wants.1.then(|| self::gitlab(gitlab, problems));
    let (github, gitlab) = (complete(github)?, complete(gitlab)?);
    Some(Forges { github, gitlab, more_roots: more_roots? })
}

impl Asked {
    /// The forge of a command that only asks one and hears nothing.
    pub fn new(args: ForgeArgs) -> Result<Self, Problems> {
        let mut problems = Problems(Vec::new());
        let more_roots = problems.keep("LOCKKEEPER_CA_FILE", certificates(args.roots.ca_file.as_deref()));
        let has_token = args.token.github_token.is_some();
        let wants = (wants_github(&args.github) || has_token, args.gitlab.gitlab_token.is_some());
        let named = args.forge.as_ref().map(|name| name.as_str());
        let forge = match (named, wants) {
            (Some("github"), _) | (None, (true, false)) => {
                github_asked((args.github, args.token.github_token), &mut problems)
            }
            (Some("gitlab"), _) | (None, (false, true)) => {
                account(args.gitlab, &mut problems).map(AskedForge::GitLab)
            }
            (None, (false, false)) => {
                let _ = app(args.github, &mut problems);
                problems.0.push(neither());
                None
            }
            (None, (true, true)) => {
                problems.0.push(Problem {
                    variable: "--forge",
                    sentence: "is not given, and a GitHub as well as a GitLab is set up; write `--forge github` or `--forge gitlab`"
                        .to_owned(),
                });
                None
            }
            (Some(other), _) => {
                let sentence = format!("is `{other}`; it is `github` or `gitlab`");
                problems.0.push(Problem { variable: "--forge", sentence });
                None
            }
        };
        match (forge, more_roots) {
            (Some(forge), Some(more_roots)) => Ok(Self { forge, more_roots }),
            _ => Err(problems),
        }
    }
}

fn neither() -> Problem {
    let sentence =
        "is not set either; to serve a GitLab in place of GitHub, set it to a token with the scope `api`";
    Problem { variable: "LOCKKEEPER_GITLAB_TOKEN", sentence: sentence.to_owned() }
}

fn wants_github(app: &GitHubApp) -> bool {
    app.github_app_id.is_some() || app.github_private_key.is_some()
}

fn heard_from_github(hook: &GitHubHook) -> bool {
    hook.github_webhook_secret.is_some() || hook.github_webhook_secret_old.is_some()
}

fn wants_gitlab((account, hook): &(GitLabAccount, GitLabHook)) -> bool {
    let secrets = [&hook.gitlab_webhook_secret, &hook.gitlab_webhook_secret_old];
    let signing = [&hook.gitlab_signing_token, &hook.gitlab_signing_token_old];
    account.gitlab_token.is_some() || secrets.into_iter().chain(signing).any(Option::is_some)
}

/// What is not wanted is complete; what is wanted and incomplete is not.
fn complete<T>(wanted: Option<Option<T>>) -> Option<Option<T>> {
    match wanted {
        None => Some(None),
        Some(forge) => forge.map(Some),
    }
}

fn github((app, hook): (GitHubApp, GitHubHook), problems: &mut Problems) -> Option<GitHub> {
    let app = self::app(app, problems);
    let webhook_secret =
        problems.keep("LOCKKEEPER_GITHUB_WEBHOOK_SECRET", check::webhook_secret(hook.github_webhook_secret));
    let webhook_secret_old = problems
        .keep("LOCKKEEPER_GITHUB_WEBHOOK_SECRET_OLD", check::old_secret(hook.github_webhook_secret_old));
    Some(GitHub { app: app?, webhook_secret: webhook_secret?, webhook_secret_old: webhook_secret_old? })
}

/// A token is for this one command, and so goes before an App that may be set up for all.
fn github_asked(
    (app, token): (GitHubApp, Option<SecretString>),
    problems: &mut Problems,
) -> Option<AskedForge> {
    let Some(token) = token else { return self::app(app, problems).map(AskedForge::GitHub) };
    let token = problems.keep("LOCKKEEPER_GITHUB_TOKEN", check::github_token(&token));
    let api_url = problems.keep("LOCKKEEPER_GITHUB_API_URL", api_url(&app.github_api_url));
    Some(AskedForge::GitHubToken(Token { token: token?, api_url: api_url? }))
}

fn api_url(text: &str) -> Result<Url, String> {
    check::root_url(text, "write it like `https://api.github.com` or `https://github.acme.dev/api/v3`")
}

fn app(args: GitHubApp, problems: &mut Problems) -> Option<App> {
    let app_id = problems.keep("LOCKKEEPER_GITHUB_APP_ID", check::app_id(args.github_app_id));
    let private_key =
        problems.keep("LOCKKEEPER_GITHUB_PRIVATE_KEY", key::private_key(args.github_private_key.as_ref()));
    let api_url = problems.keep("LOCKKEEPER_GITHUB_API_URL", api_url(&args.github_api_url));
    Some(App { app_id: app_id?, private_key: private_key?, api_url: api_url? })
}

fn gitlab((account, hook): (GitLabAccount, GitLabHook), problems: &mut Problems) -> Option<GitLab> {
    let account = self::account(account, problems);
    let (secret, signing) = (hook.gitlab_webhook_secret, hook.gitlab_signing_token);
    if secret.is_none() && signing.is_none() {
        let sentence = "is not set, nor is LOCKKEEPER_GITLAB_SIGNING_TOKEN, so that anybody could send deliveries; \
                        set one of them to what the hooks have; a new one: `openssl rand -hex 32`";
        problems
            .0
            .push(Problem { variable: "LOCKKEEPER_GITLAB_WEBHOOK_SECRET", sentence: sentence.to_owned() });
    }
    let mut secret_of =
        |variable, secret: Option<SecretString>| problems.keep(variable, check::old_secret(secret));
    let webhook_secret = secret_of("LOCKKEEPER_GITLAB_WEBHOOK_SECRET", secret);
    let webhook_secret_old =
        secret_of("LOCKKEEPER_GITLAB_WEBHOOK_SECRET_OLD", hook.gitlab_webhook_secret_old);
    let mut signing_of = |variable, token| problems.keep(variable, check::signing_token(token));
    let signing_token = signing_of("LOCKKEEPER_GITLAB_SIGNING_TOKEN", signing);
    let signing_token_old = signing_of("LOCKKEEPER_GITLAB_SIGNING_TOKEN_OLD", hook.gitlab_signing_token_old);
    Some(GitLab {
        account: account?,
        webhook_secret: webhook_secret?,
        webhook_secret_old: webhook_secret_old?,
        signing_token: signing_token?,
        signing_token_old: signing_token_old?,
    })
    .filter(|gitlab| gitlab.webhook_secret.is_some() || gitlab.signing_token.is_some())
}

fn account(args: GitLabAccount, problems: &mut Problems) -> Option<Account> {
    let token = problems.keep("LOCKKEEPER_GITLAB_TOKEN", check::gitlab_token(args.gitlab_token));
    let how = "write it like `https://gitlab.com` or `https://git.acme.dev/gitlab`";
    let url = problems.keep("LOCKKEEPER_GITLAB_URL", check::root_url(&args.gitlab_url, how));
    Some(Account { url: url?, token: token? })
}

/// The text of a file of certificates.
fn certificates(path: Option<&Path>) -> Result<Option<String>, String> {
    let Some(path) = path else { return Ok(None) };
    let cannot = |error: std::io::Error| format!("names a file that cannot be read ({})", error.kind());
    if std::fs::metadata(path).map_err(cannot)?.len() > MAX_BYTES {
        return Err("names a file that is too large to hold certificates".to_owned());
    }
    let text = std::fs::read_to_string(path).map_err(cannot)?;
    if text.contains("-----BEGIN CERTIFICATE-----") {
        return Ok(Some(text));
    }
    Err("names a file that holds no certificate in PEM (`-----BEGIN CERTIFICATE-----`)".to_owned())
}
