//! The App's private key as operators give it: a path, the PEM itself, or the PEM on one line with `\n` in it. It is never shown.

use jsonwebtoken::EncodingKey;
use secrecy::{ExposeSecret, SecretString};

/// A key file is a few kilobytes; more is not a key.
const MAX_BYTES: u64 = 64 * 1024;

const HOW: &str = "set it to the path of the `.pem` file that GitHub gave you, or to its content";

/// The key as PEM, read once to see that it is one.
pub(super) fn private_key(given: Option<&SecretString>) -> Result<SecretString, String> {
    let given = given.ok_or_else(|| format!("is not set; {HOW}"))?.expose_secret().trim();
    if given.is_empty() {
        return Err(format!("is empty; {HOW}"));
    }
    if given.contains("-----BEGIN") {
        return checked(&given.replace("\\n", "\n"));
    }
    // What is neither a path nor PEM may be a piece of a key: it is not shown.
    let is_path = given.len() <= 1000 && !given.contains(['\n', '\0']);
    if !is_path {
        return Err(format!("is neither a path nor PEM; {HOW}"));
    }
    checked(&from_file(given)?)
}

fn from_file(path: &str) -> Result<String, String> {
    let cannot = |error: std::io::Error| format!("names a file that cannot be read ({})", error.kind());
    if std::fs::metadata(path).map_err(cannot)?.len() > MAX_BYTES {
        return Err("names a file that is too large to be a key".to_owned());
    }
    std::fs::read_to_string(path).map_err(cannot)
}

fn checked(pem: &str) -> Result<SecretString, String> {
    if pem.contains("PUBLIC KEY-----") || pem.contains("CERTIFICATE-----") {
        return Err(format!("is a public key or certificate; {HOW}"));
    }
    if pem.contains("ENCRYPTED") {
        return Err(
            "is protected by a passphrase; give the key without one, readable by this user only".to_owned()
        );
    }
    match EncodingKey::from_rsa_pem(pem.as_bytes()) {
        Ok(_) => Ok(SecretString::from(format!("{}\n", pem.trim()))),
        Err(_) => Err(format!("is not an RSA private key in PEM; {HOW}")),
    }
}
