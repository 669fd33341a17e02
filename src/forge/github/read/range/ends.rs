//! A range read page by page, a long one from both ends at once. What a commit tells is not known here.

use std::collections::HashSet;

use jiff::SignedDuration;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{COMMITS, Commit};
use crate::domain::query::RangeAsked;
use crate::forge::fault::Fault;
use crate::forge::github::read::Reader;
use crate::forge::github::read::change::FIELDS;
use crate::forge::github::read::graph::{About, Connection};
use crate::forge::github::read::repository_of;

/// So many commits a page, the most that GitHub gives.
const PER_PAGE: usize = 100;
/// With their pull requests a hundred can exceed the ten seconds that GitHub gives a query: then it is asked for fewer, never for less.
const FEWEST: usize = 50;
/// The most commits that one release is made of.
const LIMIT: usize = 5_000;
/// So many questions reach that limit in the smallest pages; more than these are a list without an end.
const QUESTIONS: usize = LIMIT / FEWEST + 4;
/// Where a page takes no longer than this, two at once stay well within the ten seconds.
const QUICK: SignedDuration = SignedDuration::from_secs(3);

/// Either of the two ways to a list of commits.
#[derive(Deserialize)]
struct Root {
    #[serde(rename = "ref", default)]
    base: Option<Base>,
    #[serde(default)]
    object: Option<Head>,
}

#[derive(Deserialize)]
struct Base {
    compare: Option<Told>,
}

#[derive(Deserialize)]
struct Head {
    history: Option<Connection<Commit>>,
}

/// What one question brings.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Told {
    /// How many commits there are in all. A history does not say.
    #[serde(default)]
    ahead_by: Option<usize>,
    /// The next page.
    commits: Connection<Commit>,
    /// The next page from the other end, where it was asked for.
    #[serde(default)]
    rear: Option<Connection<Commit>>,
}

impl Root {
    fn told(self) -> Option<Told> {
        let history = |commits| Told { ahead_by: None, commits, rear: None };
        let compared = self.base.and_then(|base| base.compare);
        compared.or_else(|| self.object.and_then(|head| head.history).map(history))
    }
}

/// How much is asked for by one question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stride {
    /// So many commits.
    Page(usize),
    /// A full page from either end.
    BothEnds,
}

impl Stride {
    /// The smaller one to be tried after a fault; the fault, where asking for less mends nothing.
    fn shorter(self, fault: Fault) -> Result<Self, Fault> {
        match (self, fault) {
            // Not every list can be read from its end, and no forge says so beforehand.
            (Self::BothEnds, Fault::NoAnswer(_) | Fault::Unreadable(_) | Fault::Denied { .. }) => {
                Ok(Self::Page(PER_PAGE))
            }
            (Self::Page(count), Fault::NoAnswer(_)) if count > FEWEST => Ok(Self::Page(count / 2)),
            (_, fault) => Err(fault),
        }
    }

    fn count(self) -> usize {
        match self {
            Self::Page(count) => count,
            Self::BothEnds => PER_PAGE,
        }
    }
}

/// What was read so far, each commit once.
#[derive(Default)]
struct Gathered {
    commits: Vec<Commit>,
    names: HashSet<String>,
    /// How many there are in all.
    total: Option<usize>,
    /// Where the next page begins; `None` at the end, too.
    after: Option<String>,
    /// Where what was read from the other end begins.
    before: Option<String>,
}

impl Gathered {
    /// Takes in what a question brought; whether the other end, if asked, brought anything.
    fn take(&mut self, told: Told) -> bool {
        // Two counts, so that none that stops short is relied on.
        self.total = told.ahead_by.filter(|total| told.commits.total_count == Some(*total));
        self.after = told.commits.next();
        self.add(told.commits);
        let Some(rear) = told.rear else { return true };
        let begins = rear.page_info.start_cursor.clone();
        let is_new = self.add(rear) > 0;
        if is_new {
            self.before = begins;
        }
        is_new
    }

    /// How many of them were not known yet.
    fn add(&mut self, page: Connection<Commit>) -> usize {
        let before = self.commits.len();
        let names = &mut self.names;
        self.commits.extend(page.seen().filter(|commit| names.insert(commit.oid.clone())));
        self.commits.len() - before
    }

    /// One end is enough where it was followed to the other. Read from both, it is whole when every commit was seen that GitHub counts;
    /// until then it is read on, for a gap between the ends must never pass for none.
    fn is_whole(&self) -> bool {
        self.after.is_none() || (self.before.is_some() && self.left() == Some(0))
    }

    /// How many commits are still to come, as far as GitHub counts them.
    fn left(&self) -> Option<usize> {
        self.total?.checked_sub(self.commits.len())
    }
}

/// All commits of a range in any order, each once; `None` where base or head are not there.
pub(super) async fn read(reader: &Reader<'_>, asked: &RangeAsked) -> Result<Option<Vec<Commit>>, Fault> {
    let mut gathered = Gathered::default();
    let mut stride = Stride::Page(PER_PAGE);
    let mut may_double = true;
    for _ in 0..QUESTIONS {
        let begun = reader.caller.now();
        let root = match page(reader, asked, (stride, &gathered)).await {
            Err(fault) => {
                stride = stride.shorter(fault)?;
                may_double = false;
                continue;
            }
            Ok(root) => root,
        };
        let Some(told) = root.told() else { return Ok(None) };
        may_double &=
            gathered.take(told) && reader.caller.now().duration_since(begun) <= QUICK * pages(stride);
        if gathered.commits.len() > LIMIT {
            break;
        }
        if gathered.is_whole() {
            return Ok(Some(gathered.commits));
        }
        let doubles = may_double && gathered.left().is_some_and(|left| left > PER_PAGE);
        stride = match stride {
            Stride::Page(PER_PAGE) | Stride::BothEnds if doubles => Stride::BothEnds,
            Stride::BothEnds => Stride::Page(PER_PAGE),
            Stride::Page(count) => Stride::Page(count),
        };
    }
    let said = format!("more than {LIMIT} commits are new; tag an older commit first");
    Err(Fault::Denied { status: 422, said })
}

fn pages(stride: Stride) -> i32 {
    match stride {
        Stride::Page(_) => 1,
        Stride::BothEnds => 2,
    }
}

/// What comes next, as GitHub tells it.
async fn page(
    reader: &Reader<'_>,
    asked: &RangeAsked,
    (stride, gathered): (Stride, &Gathered),
) -> Result<Root, Fault> {
    let (document, mut variables) = match &asked.base {
        Some(tag) => (compared(stride), json!({ "base": format!("refs/tags/{tag}") })),
        None => (history(), json!({})),
    };
    variables["head"] = json!(asked.head);
    variables["count"] = json!(stride.count());
    variables["after"] = json!(gathered.after);
    if stride == Stride::BothEnds {
        variables["before"] = Value::from(gathered.before.clone());
    }
    let found: About<Root> = reader.caller.graphql(&document, reader.variables(variables)).await?;
    repository_of(found.repository)
}

fn compared(stride: Stride) -> String {
    let (declared, rear) = match stride {
        Stride::Page(_) => ("", String::new()),
        Stride::BothEnds => {
            (",$before:String", format!(" rear:commits(last:$count,before:$before){{{COMMITS}}}"))
        }
    };
    format!(
        "query($owner:String!,$name:String!,$base:String!,$head:String!,$count:Int!,$after:String{declared}){{\
         repository(owner:$owner,name:$name){{ref(qualifiedName:$base){{compare(headRef:$head){{status aheadBy \
         commits(first:$count,after:$after){{totalCount {COMMITS}}}{rear}}}}}}}}} {FIELDS}"
    )
}

/// A history can be read from its newest commit alone.
fn history() -> String {
    format!(
        "query($owner:String!,$name:String!,$head:GitObjectID!,$count:Int!,$after:String){{\
         repository(owner:$owner,name:$name){{object(oid:$head){{... on Commit{{\
         history(first:$count,after:$after){{{COMMITS}}}}}}}}}}} {FIELDS}"
    )
}
