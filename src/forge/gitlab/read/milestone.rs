//! The milestone of a version and what it still expects. What that means for a release is not decided here.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::Deserialize;

use crate::domain::query::{Expected, Milestone, MilestoneTitle};
use crate::domain::version::Version;
use crate::forge::fault::Fault;
use crate::forge::gitlab::read::Reader;

/// Three hundred milestones of like titles are looked through.
const PAGES: u32 = 3;

#[derive(Deserialize)]
struct Titled {
    /// Milestones of projects and of the groups above are told apart by this alone.
    id: u64,
    title: String,
    state: String,
    #[serde(default)]
    due_date: Option<Date>,
    /// There where it is a group's.
    #[serde(default)]
    group_id: Option<u64>,
}

#[derive(Deserialize)]
struct Item {
    iid: u64,
    title: String,
}

impl Titled {
    fn is_open(&self) -> bool {
        self.state == "active"
    }
}

/// The milestone whose title is the version, with or without `v`, the project's own or that of a group above it; an open one
/// before a closed one.
pub(super) async fn of(reader: &Reader<'_>, version: &Version) -> Result<Option<Milestone>, Fault> {
    let version = version.to_string();
    let route = reader.route().then("milestones").with("search", &version);
    let route = route.with("include_ancestors", true).with("per_page", 100);
    let mut found: Vec<Titled> = reader.api().pages(&route, PAGES, |_| false).await?;
    found.retain(|milestone| is_titled(&milestone.title, &version));
    let Some(found) = found.into_iter().min_by_key(|milestone| !milestone.is_open()) else { return Ok(None) };
    // Both lists are of this project alone, also where the milestone is a group's.
    let mut open = expected(reader, "issues", &found.title).await?;
    open.extend(expected(reader, "merge_requests", &found.title).await?);
    Ok(Some(Milestone {
        number: found.id,
        shared: found.group_id.is_some(),
        closed: !found.is_open(),
        due: found.due_date.and_then(midnight),
        title: found.title,
        open,
    }))
}

/// The open ones, of the project and of the groups above it.
pub(super) async fn open(reader: &Reader<'_>) -> Result<Vec<MilestoneTitle>, Fault> {
    let route = reader.route().then("milestones").with("state", "active");
    let route = route.with("include_ancestors", true).with("per_page", 100);
    let found: Vec<Titled> = reader.api().pages(&route, PAGES, |_| false).await?;
    Ok(found.into_iter().map(|one| MilestoneTitle { number: one.id, title: one.title }).collect())
}

/// GitLab knows only the day.
pub(in crate::forge::gitlab) fn midnight(day: Date) -> Option<Timestamp> {
    day.to_zoned(TimeZone::UTC).ok().map(|zoned| zoned.timestamp())
}

/// Whether a title is that of a version, with or without `v`.
pub(in crate::forge::gitlab) fn is_titled(title: &str, version: &str) -> bool {
    let title = title.trim();
    title == version || title.strip_prefix(['v', 'V']) == Some(version)
}

/// The hundred newest that are open.
async fn expected(reader: &Reader<'_>, kind: &'static str, title: &str) -> Result<Vec<Expected>, Fault> {
    let route = reader.route().then(kind).with("milestone", title).with("state", "opened");
    let found: Vec<Item> = reader.api().get(&route.with("per_page", 100)).await?;
    let is_change = kind == "merge_requests";
    Ok(found.into_iter().map(|item| Expected { number: item.iid, is_change, title: item.title }).collect())
}
