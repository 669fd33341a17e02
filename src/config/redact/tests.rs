//! Each kind of secret goes in with a canary inside; the canary must not come out.

use std::sync::{Arc, Mutex};

use proptest::prelude::*;

use super::*;

const CANARY: &str = "c4n4ryc4n4ryc4n4ry";

fn redactor() -> Redactor {
    Redactor::new(&["hunter2 \"quoted\"".into(), "s3cret".into(), "s3cret-and-longer".into()])
}

fn check(text: &str, expected: &str) {
    assert_eq!(redactor().redact(text), expected);
}

#[test]
fn s27a_tokens_of_the_forges_are_taken_out() {
    for prefix in ["ghs_", "ghp_", "gho_", "ghu_", "ghr_", "github_pat_11ABC_", "glpat-", "whsec_", "glrt-"] {
        let clean = redactor().redact(&format!("token={prefix}{CANARY}, and more"));
        assert!(!clean.contains(CANARY) && clean.ends_with(", and more"), "{clean}");
    }
    check("xghs_abc.def/ghi+1= end", "xghs_[redacted] end");
}

#[test]
fn s27b_credentials_in_urls_are_taken_out() {
    check(
        "clone https://x-access-token:c4n4ry@github.com/acme/shop.git",
        "clone https://[redacted]@github.com/acme/shop.git",
    );
    check("postgres://bot:p@ss@db/lk?x=y@z", "postgres://[redacted]@db/lk?x=y@z");
    check("see https://github.com/@ana and a@b", "see https://github.com/@ana and a@b");
}

#[test]
fn s27c_credentials_in_headers_are_taken_out() {
    check("Authorization: Bearer c4n4ry.a.b", "Authorization: [redacted]");
    check(
        r#"{"authorization":"token c4n4ry","accept":"json"}"#,
        r#"{"authorization":"[redacted]","accept":"json"}"#,
    );
    check("PRIVATE-TOKEN=c4n4ry, next", "PRIVATE-TOKEN=[redacted], next");
    check("X-Gitlab-Token: c4n4ry\nHost: x", "X-Gitlab-Token: [redacted]\nHost: x");
    check(&format!("sent bearer {CANARY} to"), "sent bearer [redacted] to");
    check("an authorization that failed", "an authorization that failed");
    check("the token is missing", "the token is missing");
}

#[test]
fn s27d_private_keys_and_signed_tokens_are_taken_out() {
    check(
        "key -----BEGIN RSA PRIVATE KEY-----\nc4n4ry\n-----END RSA PRIVATE KEY----- end",
        "key [redacted] end",
    );
    check(r"-----BEGIN PRIVATE KEY-----\nc4n4ry", "[redacted]");
    check("-----BEGIN CERTIFICATE-----\nfine", "-----BEGIN CERTIFICATE-----\nfine");
    check("jwt eyJhbGciOi.eyJpc3Mi.c4n4ry-_x.", "jwt [redacted]");
    check("eyJust words", "eyJust words");
}

#[test]
fn s27e_configured_secrets_are_taken_out_in_every_spelling() {
    check("a s3cret b s3cret-and-longer c", "a [redacted] b [redacted] c");
    check(r#"x hunter2 "quoted" y"#, "x [redacted] y");
    check(r#"{"x":"hunter2 \"quoted\""}"#, r#"{"x":"[redacted]"}"#);
    check("q=hunter2%20%22quoted%22&z", "q=[redacted]&z");
    let key = "-----BEGIN X PRIVATE KEY-----\nMIIEpAIBAAKCAQEA1234\nabcdefghijklmnopqrst\n-----END X PRIVATE KEY-----";
    let clean = Redactor::new(&[key.into()]).redact("half of it: abcdefghijklmnopqrst");
    assert_eq!(clean, "half of it: [redacted]");
}

#[derive(Clone, Default)]
struct Sink(Arc<Mutex<Vec<u8>>>);

impl io::Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn logged(format: super::super::settings::LogFormat) -> String {
    use super::super::{log, settings::Log};
    let sink = Sink::default();
    let made = sink.clone();
    let args = Log { filter: "info".to_owned(), format };
    let subscriber = log::subscriber(&args, Redactor::new(&[CANARY.into()]), move || made.clone());
    tracing::subscriber::with_default(subscriber, || {
        let span = tracing::info_span!("unit", field = CANARY);
        let _entered = span.enter();
        tracing::info!(value = CANARY, error = ?format!("{CANARY}"), "message {CANARY} ghs_{CANARY}");
        tracing::debug!("not wanted");
    });
    let bytes = sink.0.lock().unwrap().clone();
    String::from_utf8(bytes).unwrap()
}

#[test]
fn s27f_no_log_line_holds_a_canary() {
    use super::super::settings::LogFormat;
    for format in [LogFormat::Text, LogFormat::Json] {
        let text = logged(format);
        assert!(!text.contains(CANARY), "{text}");
        assert!(text.contains(MARK) && text.contains("message") && !text.contains("not wanted"), "{text}");
        assert_eq!(text.lines().count(), 1, "{text}");
    }
}

proptest! {
    #[test]
    fn text_without_secrets_stays_as_it_is(text in "[a-z ,\n]{0,80}") {
        prop_assert_eq!(Redactor::default().redact(&text), text);
    }

    #[test]
    fn a_configured_secret_never_comes_out(before in "\\PC{0,20}", after in "\\PC{0,20}") {
        let clean = redactor().redact(&format!("{before}zq9-k7-xw{after}s3cret{after}"));
        prop_assert!(!clean.contains("s3cret"));
    }
}
