//! What the stand-in writes down to be asked about later: the timeline and the requests. Nothing decides by it.

use jiff::Timestamp;

/// One line of the story.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// When, by the stand-in's clock.
    pub at: Timestamp,
    /// The login of who did it.
    pub actor: String,
    /// Whether the app's bot did it.
    pub by_bot: bool,
    /// Where: `#12`, `tags`, `releases`, `checks`, `runs`, `project`, `app`.
    pub subject: String,
    /// What was done; for a comment its text.
    pub text: String,
}

/// One request that the stand-in received.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestRecord {
    /// The HTTP method.
    pub method: String,
    /// The path with its query.
    pub path: String,
    /// The operation as `METHOD /path/{template}`; `None` for a route that the stand-in does not have.
    pub operation: Option<String>,
    /// The status sent back; `None` when the answer was withheld.
    pub status: Option<u16>,
}
