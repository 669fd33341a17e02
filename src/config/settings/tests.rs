//! The settings, from the same flags that the program takes.

use std::fs;

use base64::Engine as _;
use clap::Parser;

use super::*;

#[derive(Debug, Parser)]
struct Program {
    #[command(flatten)]
    serve: ServeArgs,
}

/// A key made for this run, as PEM.
fn pem() -> String {
    use aws_lc_rs::encoding::AsDer;
    let pair = aws_lc_rs::rsa::KeyPair::generate(aws_lc_rs::rsa::KeySize::Rsa2048).unwrap();
    let der = AsDer::<aws_lc_rs::encoding::Pkcs8V1Der<'_>>::as_der(&pair).unwrap();
    let body = base64::engine::general_purpose::STANDARD.encode(der.as_ref());
    let lines: Vec<_> = body.as_bytes().chunks(64).map(|line| std::str::from_utf8(line).unwrap()).collect();
    format!("-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n", lines.join("\n"))
}

fn settings(flags: &[&str]) -> Result<Settings, Problems> {
    let flags = std::iter::once("serve").chain(flags.iter().copied());
    Settings::new(Program::try_parse_from(flags).unwrap().serve)
}

/// Complete settings plus `more` flags.
fn with(more: &[&str]) -> Result<Settings, Problems> {
    let pem = pem();
    let mut flags = vec![
        "--github-app-id",
        "Iv23liAbc",
        "--github-private-key",
        &pem,
        "--github-webhook-secret",
        "s3cret",
    ];
    for pair in more.chunks(2) {
        match flags.iter().position(|flag| *flag == pair[0]) {
            Some(at) => flags[at + 1] = pair[1],
            None => flags.extend(pair),
        }
    }
    settings(&flags)
}

/// The one problem that `flag` with `value` makes.
fn check_refused(flag: &str, value: &str, expected: &str) {
    let Problems(problems) = with(&[flag, value]).expect_err(value);
    assert_eq!(problems.len(), 1, "{problems:?}");
    let sentence = format!("{} {}", problems[0].variable, problems[0].sentence);
    assert!(sentence.contains(expected), "{sentence}");
}

#[test]
fn complete_settings_start() {
    let settings = with(&["--allow", "acme, cem/app"]).unwrap();
    assert!(settings.listen.ip().is_loopback());
    let app = &settings.forges.github.as_ref().unwrap().app;
    assert_eq!(app.app_id, "Iv23liAbc");
    assert_eq!(app.api_url.as_str(), "https://api.github.com/");
    assert!(settings.forges.gitlab.is_none());
    assert_eq!(settings.allow.iter().map(ToString::to_string).collect::<Vec<_>>(), ["acme", "cem/app"]);
    assert!(matches!(&settings.database, DatabaseUrl::Sqlite { path } if path == "lockkeeper.db"));
}

#[test]
fn everything_that_is_missing_is_told_at_once() {
    insta::assert_snapshot!(settings(&["--listen", "80", "--database-url", "mysql://x:hush@y/z"]).unwrap_err(), @r"
    the settings are not complete, so nothing was started:
    - LOCKKEEPER_LISTEN is `80`, which is not an address and port; write it like `127.0.0.1:8080` or `[::]:8080`
    - LOCKKEEPER_DATABASE_URL is neither `sqlite:PATH` nor `postgres://USER:PASSWORD@HOST/DATABASE`
    - LOCKKEEPER_GITHUB_APP_ID is not set; set it to the client id of the GitHub App (on its settings page, `Iv…`) or to its number
    - LOCKKEEPER_GITHUB_PRIVATE_KEY is not set; set it to the path of the `.pem` file that GitHub gave you, or to its content
    - LOCKKEEPER_GITHUB_WEBHOOK_SECRET is not set; set it to the webhook secret of the GitHub App; a new one: `openssl rand -hex 32`
    - LOCKKEEPER_GITLAB_TOKEN is not set either; to serve a GitLab in place of GitHub, set it to a token with the scope `api`
    ");
}

#[test]
fn s1_an_empty_secret_refuses_to_start() {
    for empty in ["", " ", "\t\n"] {
        check_refused("--github-webhook-secret", empty, "LOCKKEEPER_GITHUB_WEBHOOK_SECRET is empty");
        check_refused("--github-webhook-secret-old", empty, "LOCKKEEPER_GITHUB_WEBHOOK_SECRET_OLD is empty");
    }
}

#[test]
fn an_empty_allow_list_is_not_everybody() {
    check_refused("--allow", "", "LOCKKEEPER_ALLOW is empty");
    check_refused("--allow", " , ", "LOCKKEEPER_ALLOW is empty");
    check_refused("--allow", "acme,a//c", "`a//c`");
}

#[test]
fn tokens_never_travel_in_the_open() {
    check_refused("--github-api-url", "http://github.acme.dev/api/v3", "not `https`");
    check_refused("--github-api-url", "https://bot:hush@github.acme.dev", "holds a login");
    check_refused("--github-api-url", "github.acme.dev", "not a URL");
    for good in ["http://127.0.0.1:9000", "http://localhost:1/", "https://github.acme.dev/api/v3/"] {
        let url = with(&["--github-api-url", good]).unwrap().forges.github.unwrap().app.api_url;
        assert!(url.path() == "/" || !url.path().ends_with('/'), "{url}");
    }
}

#[test]
fn a_private_key_comes_as_path_as_text_or_on_one_line() {
    let pem = pem();
    let file = tempfile::NamedTempFile::new().unwrap();
    fs::write(file.path(), &pem).unwrap();
    for given in [pem.clone(), pem.replace('\n', "\\n"), file.path().to_str().unwrap().to_owned()] {
        let settings = with(&["--github-private-key", &given]).unwrap();
        assert_eq!(settings.forges.github.unwrap().app.private_key.expose_secret(), pem);
    }
}

#[test]
fn what_is_no_private_key_is_refused_and_not_shown() {
    let key = "--github-private-key";
    check_refused(key, "/nowhere/key.pem", "cannot be read");
    check_refused(key, "", "is empty");
    check_refused(
        key,
        "-----BEGIN RSA PRIVATE KEY-----\\nhush\\n-----END RSA PRIVATE KEY-----",
        "not an RSA private key",
    );
    check_refused(key, "-----BEGIN PUBLIC KEY-----\\nhush\\n-----END PUBLIC KEY-----", "public key");
    check_refused(key, "-----BEGIN ENCRYPTED PRIVATE KEY-----\\nx", "passphrase");
    check_refused(key, "MIIEhush\nMIIEhush", "neither a path nor PEM");
}

#[test]
fn the_other_settings_say_what_they_want() {
    check_refused("--listen", "8080", "127.0.0.1:8080");
    check_refused("--database-url", "sqlite:", "names no file");
    check_refused("--database-url", "sqlite::memory:", "survives a restart");
    check_refused("--database-url", "postgres", "postgres://");
    check_refused("--github-app-id", "my app", "not an id");
    check_refused("--log", "info,=[", "not a filter");
    check_refused("--log-format", "xml", "`text` or `json`");
}

#[test]
fn s27_no_secret_shows_in_debug_output_or_problems() {
    let settings = with(&[
        "--github-webhook-secret",
        "hush-1",
        "--github-webhook-secret-old",
        "hush-2",
        "--database-url",
        "postgres://bot:hush-3%21@db/lk",
    ])
    .unwrap();
    assert!(!format!("{settings:?}").contains("hush"));
    let secrets = settings.secrets();
    let exposed: Vec<_> = secrets.iter().map(|secret| secret.expose_secret()).collect();
    assert!(["hush-1", "hush-2", "hush-3!"].iter().all(|secret| exposed.contains(secret)));
    let problems = settings_with_broken_secrets();
    assert!(!problems.contains("hush"), "{problems}");
}

fn settings_with_broken_secrets() -> String {
    let args =
        ["--database-url", "mysql://hush", "--github-private-key", "-----BEGIN hush", "--github-app-id", "1"];
    settings(&args).unwrap_err().to_string()
}

/// A token as GitLab makes it, of a key of this test's own.
const SIGNING: &str = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=";

#[test]
fn a_gitlab_alone_is_enough() {
    let gitlab = |more: &[&str]| settings(&[&["--gitlab-token", "glpat-x"], more].concat());
    let by_secret =
        gitlab(&["--gitlab-webhook-secret", "s3cret", "--gitlab-url", "https://git.acme.dev/gl/"]);
    let forges = by_secret.unwrap().forges;
    assert!(forges.github.is_none());
    assert_eq!(forges.gitlab.unwrap().account.url.as_str(), "https://git.acme.dev/gl");
    let by_signature = gitlab(&["--gitlab-signing-token", SIGNING]).unwrap();
    assert!(by_signature.forges.gitlab.unwrap().webhook_secret.is_none());
    assert!(
        with(&["--gitlab-token", "glpat-x", "--gitlab-webhook-secret", "s"]).unwrap().forges.gitlab.is_some()
    );
}

#[test]
fn what_is_begun_for_a_forge_must_be_complete() {
    insta::assert_snapshot!(settings(&["--gitlab-webhook-secret", "s"]).unwrap_err(), @r"
    the settings are not complete, so nothing was started:
    - LOCKKEEPER_GITLAB_TOKEN is not set; set it to a token with the scope `api` of the bot's account
    ");
    insta::assert_snapshot!(settings(&["--gitlab-token", "glpat-x"]).unwrap_err(), @r"
    the settings are not complete, so nothing was started:
    - LOCKKEEPER_GITLAB_WEBHOOK_SECRET is not set, nor is LOCKKEEPER_GITLAB_SIGNING_TOKEN, so that anybody could send deliveries; set one of them to what the hooks have; a new one: `openssl rand -hex 32`
    ");
}

#[test]
fn s2_an_empty_secret_or_signing_token_of_gitlab_refuses_to_start() {
    let refused = |flag: &str, value: &str, expected: &str| {
        let flags = ["--gitlab-token", "glpat-x", "--gitlab-webhook-secret", "good"];
        let flags: Vec<&str> = match flags.iter().position(|known| *known == flag) {
            Some(at) => flags[..at].iter().copied().chain([flag, value]).collect(),
            None => flags.iter().copied().chain([flag, value]).collect(),
        };
        let told = settings(&flags).expect_err(value).to_string();
        assert!(told.contains(expected), "{told}");
    };
    for empty in ["", " ", "\t\n"] {
        refused("--gitlab-webhook-secret", empty, "LOCKKEEPER_GITLAB_WEBHOOK_SECRET is empty");
        refused("--gitlab-webhook-secret-old", empty, "LOCKKEEPER_GITLAB_WEBHOOK_SECRET_OLD is empty");
        refused("--gitlab-signing-token", empty, "LOCKKEEPER_GITLAB_SIGNING_TOKEN is not a signing token");
    }
    for short in ["whsec_", "whsec_YWJj", "whsec_!", "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="] {
        refused("--gitlab-signing-token", short, "LOCKKEEPER_GITLAB_SIGNING_TOKEN is not a signing token");
        refused("--gitlab-signing-token-old", short, "LOCKKEEPER_GITLAB_SIGNING_TOKEN_OLD is not a");
    }
    refused("--ca-file", "/nowhere/ca.pem", "LOCKKEEPER_CA_FILE names a file that cannot be read");
    refused("--ca-file", "Cargo.toml", "holds no certificate");
    refused("--gitlab-url", "http://git.acme.dev", "not `https`");
}

#[derive(Debug, Parser)]
struct Command {
    #[command(flatten)]
    forge: ForgeArgs,
}

#[test]
fn a_command_asks_the_forge_that_is_set_up_or_the_one_that_is_named() {
    let pem = pem();
    let github = ["--github-app-id", "1", "--github-private-key", &pem];
    let gitlab = ["--gitlab-token", "glpat-x"];
    let asked = |parts: &[&[&str]]| {
        let flags = std::iter::once("plan").chain(parts.concat());
        match Asked::new(Command::try_parse_from(flags).unwrap().forge) {
            Ok(Asked { forge: AskedForge::GitHub(_), .. }) => "github".to_owned(),
            Ok(Asked { forge: AskedForge::GitHubToken(_), .. }) => "github by a token".to_owned(),
            Ok(Asked { forge: AskedForge::GitLab(_), .. }) => "gitlab".to_owned(),
            Err(problems) => problems.to_string(),
        }
    };
    assert_eq!(asked(&[&github]), "github");
    assert_eq!(asked(&[&gitlab]), "gitlab");
    assert_eq!(asked(&[&github, &gitlab, &["--forge", "gitlab"]]), "gitlab");
    assert!(asked(&[&github, &gitlab]).contains("--forge is not given"));
    assert!(asked(&[&github, &["--forge", "forgejo"]]).contains("--forge is `forgejo`"));
    let token = ["--github-token", "ghs_x"];
    assert_eq!(asked(&[&token]), "github by a token");
    assert_eq!(asked(&[&token, &github]), "github by a token", "what is given for one command");
    assert!(asked(&[&token, &gitlab]).contains("--forge is not given"));
    assert!(asked(&[&["--github-token", " "]]).contains("LOCKKEEPER_GITHUB_TOKEN is empty"));
    assert!(asked(&[]).contains("LOCKKEEPER_GITLAB_TOKEN is not set either"));
}

#[test]
fn s27_no_secret_of_gitlab_shows_in_debug_output_or_problems() {
    let secrets = ["glpat-hush", "hush-1", "hush-2", SIGNING];
    let settings = settings(&[
        "--gitlab-token",
        secrets[0],
        "--gitlab-webhook-secret",
        secrets[1],
        "--gitlab-webhook-secret-old",
        secrets[2],
        "--gitlab-signing-token",
        SIGNING,
    ])
    .unwrap();
    let shown = format!("{settings:?}");
    assert!(secrets.iter().all(|secret| !shown.contains(secret)), "{shown}");
    let known = settings.secrets();
    assert!(secrets.iter().all(|secret| known.iter().any(|known| known.expose_secret() == *secret)));
}
