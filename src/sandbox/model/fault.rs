//! What a test or the demonstration breaks on purpose: a pattern of requests, how they break, how often. Deliveries are broken
//! in the post.

use super::Model;

/// How a request breaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Break {
    /// 502; nothing was done.
    ServerErrorBefore,
    /// 502, although it was done.
    ServerErrorAfter,
    /// It was done; the answer never comes.
    SilentAfter,
    /// Nothing was done; the answer never comes.
    SilentBefore,
    /// 429 with `retry-after`, in seconds.
    TooManyRequests(u32),
    /// 403 with the words of a secondary limit and no header that says when.
    SecondaryLimit,
    /// 401, as for a token that was taken back.
    Unauthorized,
    /// 404, as for something that was taken away.
    NotFound,
    /// 200 with an error of type `RATE_LIMITED`, for GraphQL.
    GraphqlRateLimited,
}

/// Requests that break.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// `METHOD /path/pattern`, the path by name and without its query; each `*` stands for any text, and a pattern without a
    /// method is good for all.
    pub pattern: String,
    /// How.
    pub how: Break,
    /// How many requests still go through before it begins.
    pub after: u32,
    /// How many requests break.
    pub times: u32,
}

impl Fault {
    /// The next request that matches breaks.
    pub fn once(pattern: &str, how: Break) -> Self {
        Self::times(pattern, how, 1)
    }

    /// The next `times` requests that match break.
    pub fn times(pattern: &str, how: Break, times: u32) -> Self {
        Self { pattern: pattern.to_owned(), how, after: 0, times }
    }

    /// Every request that matches breaks, until the faults are cleared.
    pub fn always(pattern: &str, how: Break) -> Self {
        Self::times(pattern, how, u32::MAX)
    }
}

impl Model {
    /// How this request breaks, if it does; counts it.
    pub(crate) fn fault_for(&mut self, method: &str, path: &str) -> Option<Break> {
        let line = format!("{method} {path}");
        let fault = self.faults.iter_mut().find(|fault| {
            fault.times > 0 && (matches(&fault.pattern, &line) || matches(&fault.pattern, path))
        })?;
        if fault.after > 0 {
            fault.after -= 1;
            return None;
        }
        if fault.times != u32::MAX {
            fault.times -= 1;
        }
        Some(fault.how)
    }
}

/// Whether a text is like a pattern in which `*` stands for anything.
pub(super) fn matches(pattern: &str, text: &str) -> bool {
    let Some((start, rest)) = pattern.split_once('*') else { return pattern == text };
    let Some(text) = text.strip_prefix(start) else { return false };
    if rest.is_empty() {
        return true;
    }
    (0..=text.len()).filter(|at| text.is_char_boundary(*at)).any(|at| matches(rest, &text[at..]))
}
