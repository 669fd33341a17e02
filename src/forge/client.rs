//! The HTTP client that every call to a forge is made with. What is sent, and with whose token, lives in the adapters.

use std::time::Duration;

/// What TLS says of a certificate whose signer is none of those that this machine believes.
const UNKNOWN_SIGNER: &str = "invalid peer certificate: UnknownIssuer";

/// The HTTP client that calls to a forge may be made with: it follows no redirect (a POST would become a GET that
/// "succeeds"), gives up after ten seconds, and keeps no cache (one installation would read another's answers). It believes
/// whom the machine believes and, where they are given, those whose certificates stand in this PEM text.
///
/// # Errors
/// Where the machine has no usable TLS set-up, or the text is no PEM.
pub fn http_client(more_roots: Option<&str>) -> Result<reqwest::Client, reqwest::Error> {
    let mut builder = reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .connect_timeout(Duration::from_secs(5))
        .read_timeout(Duration::from_secs(10))
        .timeout(Duration::from_secs(10));
    if let Some(pem) = more_roots {
        builder = builder.tls_certs_merge(reqwest::Certificate::from_pem_bundle(pem.as_bytes())?);
    }
    builder.build()
}

/// Why a connection was not made, in words that say what to do where something can be done here.
pub(super) fn unconnected(error: impl Into<anyhow::Error>) -> anyhow::Error {
    let error = error.into();
    // The layers between pass it on in their own types, so only its words are the same everywhere.
    if error.chain().any(|cause| cause.to_string().contains(UNKNOWN_SIGNER)) {
        return error.context(
            "this machine does not believe who signed its certificate. Is it an authority of your own? \
             Name the file of its certificate (PEM) in LOCKKEEPER_CA_FILE",
        );
    }
    error
}
