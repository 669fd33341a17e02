//! A text in a forge's markup within a forge's limit. What the markup and the limit are, the adapter says.

use crate::domain::say::Text;
use crate::domain::say::plain::{Dialect, markdown};
use crate::domain::say::shorten::shortened;

/// The text, shortened until it has at most so many characters; never cut inside an entry.
pub(in crate::forge) fn within(text: &Text, dialect: &dyn Dialect, limit: usize) -> String {
    let fits = |text: &Text| written(text, dialect).chars().count() <= limit;
    written(&shortened(text, fits), dialect)
}

/// The same with a marker below it, together within the limit.
pub(in crate::forge) fn above_marker(
    text: &Text,
    dialect: &dyn Dialect,
    (marker, limit): (&str, usize),
) -> String {
    let end = format!("\n\n{marker}");
    within(text, dialect, limit.saturating_sub(end.chars().count())) + &end
}

/// A page's text with a banner above it; `None` where both do not fit.
pub(in crate::forge) fn below_banner(
    page: &str,
    banner: &Text,
    dialect: &dyn Dialect,
    (marker, limit): (&str, usize),
) -> Option<String> {
    let whole = format!("{marker}\n{}\n\n---\n\n{page}", written(banner, dialect));
    (whole.chars().count() <= limit).then_some(whole)
}

fn written(text: &Text, dialect: &dyn Dialect) -> String {
    markdown(text, dialect).trim_end().to_owned()
}
