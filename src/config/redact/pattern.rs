//! What a secret looks like that nobody configured: the tokens of both forges, keys, credentials in headers and URLs. Which secrets are configured is not known here.

/// A secret at the beginning of a text: what of it stays, and where it ends, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) kept: usize,
    pub(super) end: usize,
}

/// Prefixes that forges and webhook senders give their tokens, so that they can be found.
/// <https://github.blog/engineering/behind-githubs-new-authentication-token-formats/>,
/// <https://docs.gitlab.com/security/tokens/#token-prefixes>, <https://www.standardwebhooks.com>
const PREFIXES: &[&str] = &[
    "ghs_",
    "ghp_",
    "gho_",
    "ghu_",
    "ghr_",
    "github_pat_",
    "glpat-",
    "gloas-",
    "gldt-",
    "glrt-",
    "glcbt-",
    "glptt-",
    "glft-",
    "glsoat-",
    "glagent-",
    "whsec_",
    "whsk_",
];

/// Headers and fields whose value is a credential.
const FIELDS: &[&str] =
    &["proxy-authorization", "authorization", "private-token", "x-gitlab-token", "job-token"];

/// Words before a credential in a header.
const SCHEMES: &[&str] = &["bearer", "basic", "token"];

/// The secret that `text` begins with. `before` is the character in front of it.
pub(super) fn find(text: &str, before: Option<char>) -> Option<Found> {
    let starts_a_word = !before.is_some_and(|c| c.is_alphanumeric());
    // Without this every character of a long text would be compared with everything.
    let first = text.chars().next()?;
    match first {
        '-' => private_key(text),
        ':' => credentials_of_url(text),
        'e' if !before.is_some_and(is_base64url_or_dot) => signed_token(text),
        _ => None,
    }
    .or_else(|| if starts_a_word { field(text).or_else(|| bearer(text)) } else { None })
    .or_else(|| prefixed(text))
}

fn is_token(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | '+' | '/' | '=' | '~')
}

fn run(text: &str) -> usize {
    text.find(|c| !is_token(c)).unwrap_or(text.len())
}

/// A token by its prefix, wherever it stands: a token glued to a word is one all the same.
fn prefixed(text: &str) -> Option<Found> {
    let prefix = PREFIXES.iter().find(|prefix| text.starts_with(**prefix))?;
    let length = run(&text[prefix.len()..]);
    (length > 0).then_some(Found { kept: prefix.len(), end: prefix.len() + length })
}

/// Three base64 parts, the first of which begins with `{"`: a JSON web token, such as our App's.
fn signed_token(text: &str) -> Option<Found> {
    if !text.starts_with("eyJ") {
        return None;
    }
    let end = text.find(|c| !is_base64url_or_dot(c)).unwrap_or(text.len());
    (text[..end].trim_end_matches('.').split('.').count() == 3).then_some(Found { kept: 0, end })
}

fn is_base64url_or_dot(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.')
}

/// A PEM private key, whole or cut off.
fn private_key(text: &str) -> Option<Found> {
    let label = text.strip_prefix("-----BEGIN ")?;
    let label_end = label.find("-----")?;
    if !label[..label_end].ends_with("PRIVATE KEY") {
        return None;
    }
    let body = text.len() - label.len() + label_end + "-----".len();
    let end = match text[body..].find("-----END ") {
        Some(at) => {
            let tail = body + at + "-----END ".len();
            text[tail..].find("-----").map_or(text.len(), |at| tail + at + "-----".len())
        }
        None => text.len(),
    };
    Some(Found { kept: 0, end })
}

/// `://user:password@` and `://x-access-token:…@`: what stands before the `@`.
fn credentials_of_url(text: &str) -> Option<Found> {
    let rest = text.strip_prefix("://")?;
    let authority =
        rest.find(|c: char| matches!(c, '/' | '?' | '#' | '"' | '\'' | '<' | '>') || c.is_whitespace());
    let at = rest[..authority.unwrap_or(rest.len())].rfind('@')?;
    (at > 0).then_some(Found { kept: 3, end: 3 + at })
}

/// `Authorization: Bearer …`, `"authorization": "…"`, `private-token=…`.
fn field(text: &str) -> Option<Found> {
    let name = FIELDS.iter().find(|name| begins_with(text, name))?;
    let is_between = |c: char| matches!(c, ':' | '=' | '"' | '\'' | '\\' | ' ' | '[' | '(');
    let between = text[name.len()..].find(|c| !is_between(c))?;
    if !text[name.len()..name.len() + between].contains([':', '=']) {
        return None;
    }
    let start = name.len() + between;
    let value = value_end(&text[start..]);
    (value > 0).then_some(Found { kept: start, end: start + value })
}

/// The end of a field's value: all words up to a quote, a comma or the end of the line.
fn value_end(text: &str) -> usize {
    text.find(|c: char| matches!(c, '"' | '\'' | ',' | '\\' | '}' | ')') || c.is_control())
        .unwrap_or(text.len())
}

/// `Bearer …` without its header. Only what is as long as a token, or sentences with these words would lose some.
fn bearer(text: &str) -> Option<Found> {
    let scheme = SCHEMES.iter().find(|scheme| begins_with(text, scheme))?;
    let rest = text[scheme.len()..].strip_prefix(' ')?;
    let length = run(rest);
    let start = scheme.len() + 1;
    (length >= 16).then_some(Found { kept: start, end: start + length })
}

fn begins_with(text: &str, word: &str) -> bool {
    text.get(..word.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(word))
}
