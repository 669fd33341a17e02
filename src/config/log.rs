//! Log lines: filtered, formatted, and without secrets. What is logged is decided where it happens.

use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::{EnvFilter, Layer, Registry};

use super::redact::{Redactor, Writer};
use super::settings::{Log, LogFormat};

/// Writes log lines to `inner`, with everything that `redactor` knows taken out (S27). To be installed once, by the
/// composition root.
pub fn subscriber<M>(log: &Log, redactor: Redactor, inner: M) -> impl tracing::Subscriber + Send + Sync
where
    M: for<'w> MakeWriter<'w> + Send + Sync + 'static,
{
    let filter = EnvFilter::try_new(&log.filter).unwrap_or_else(|_| EnvFilter::new("info"));
    let lines = tracing_subscriber::fmt::layer().with_ansi(false).with_writer(Writer::new(redactor, inner));
    let lines: Box<dyn Layer<Registry> + Send + Sync> = match log.format {
        LogFormat::Text => lines.boxed(),
        LogFormat::Json => lines.json().flatten_event(true).boxed(),
    };
    Registry::default().with(lines.with_filter(filter))
}
