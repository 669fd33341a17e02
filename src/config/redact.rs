//! Takes secrets out of text before it goes to a log, a page or a comment: those that are configured, and all that look like one. It never decides what is said.

use std::io;

use secrecy::{ExposeSecret, SecretString};
use tracing_subscriber::fmt::MakeWriter;

mod pattern;

/// What stands in place of a secret.
pub const MARK: &str = "[redacted]";

/// Replaces secrets in text. Cheap to share, made once at the start.
#[derive(Debug, Clone, Default)]
pub struct Redactor {
    secrets: Vec<SecretString>,
}

impl Redactor {
    /// A redactor that knows these secrets besides what looks like one.
    pub fn new(configured: &[SecretString]) -> Self {
        let mut texts: Vec<String> =
            configured.iter().flat_map(|secret| spellings(secret.expose_secret())).collect();
        // The longest first: a secret may contain another.
        texts.sort_by_key(|text| std::cmp::Reverse(text.len()));
        texts.dedup();
        Self { secrets: texts.into_iter().map(SecretString::from).collect() }
    }

    /// The text without secrets.
    pub fn redact(&self, text: &str) -> String {
        let mut clean = String::with_capacity(text.len());
        let mut rest = text;
        while !rest.is_empty() {
            match self.secret_at(rest, clean.chars().next_back()) {
                Some(found) => {
                    clean.push_str(&rest[..found.kept]);
                    clean.push_str(MARK);
                    rest = &rest[found.end..];
                }
                None => {
                    let length = rest.chars().next().map_or(rest.len(), char::len_utf8);
                    clean.push_str(&rest[..length]);
                    rest = &rest[length..];
                }
            }
        }
        clean
    }

    fn secret_at(&self, text: &str, before: Option<char>) -> Option<pattern::Found> {
        let configured =
            self.secrets.iter().map(ExposeSecret::expose_secret).find(|secret| text.starts_with(*secret));
        configured
            .map(|secret| pattern::Found { kept: 0, end: secret.len() })
            .or_else(|| pattern::find(text, before))
    }
}

/// A secret as it may stand in a log: as it is, escaped as JSON or Debug would, percent-encoded; each line of a key.
fn spellings(secret: &str) -> Vec<String> {
    let secret = secret.trim();
    let mut texts: Vec<String> = match secret.contains('\n') {
        true => secret
            .lines()
            .filter(|line| line.len() >= 16 && !line.starts_with("-----"))
            .map(str::to_owned)
            .collect(),
        false => vec![secret.to_owned()],
    };
    let escaped = format!("{secret:?}");
    texts.push(escaped[1..escaped.len() - 1].to_owned());
    texts.push(percent_encoding::utf8_percent_encode(secret, percent_encoding::NON_ALPHANUMERIC).to_string());
    texts.retain(|text| !text.is_empty());
    texts
}

/// A log writer that redacts: each event is held together, cleaned, and written at once.
#[derive(Debug, Clone)]
pub struct Writer<M> {
    redactor: Redactor,
    inner: M,
}

impl<M> Writer<M> {
    /// Writes to `inner` what `redactor` leaves.
    pub fn new(redactor: Redactor, inner: M) -> Self {
        Self { redactor, inner }
    }
}

impl<'a, M: MakeWriter<'a> + 'a> MakeWriter<'a> for Writer<M> {
    type Writer = Line<'a, M::Writer>;

    fn make_writer(&'a self) -> Self::Writer {
        Line { redactor: &self.redactor, held: Vec::new(), inner: self.inner.make_writer() }
    }
}

/// One event on its way. A secret may come in two pieces, so nothing is passed on before the end.
#[derive(Debug)]
pub struct Line<'a, W: io::Write> {
    redactor: &'a Redactor,
    held: Vec<u8>,
    inner: W,
}

impl<W: io::Write> io::Write for Line<'_, W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.held.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<W: io::Write> Drop for Line<'_, W> {
    fn drop(&mut self) {
        let clean = self.redactor.redact(&String::from_utf8_lossy(&self.held));
        // A log that cannot be written has nowhere to say so.
        let _ = self.inner.write_all(clean.as_bytes()).and_then(|()| self.inner.flush());
    }
}

#[cfg(test)]
mod tests;
