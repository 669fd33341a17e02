//! `plan --git PATH --all`: every release of a clone from one reading of it, each planned as if it were the next one. How a plan is drawn is `domain`'s business.

use std::io::{BufWriter, Write};

use serde::{Serialize, Serializer as _};
use serde_json::ser::{PrettyFormatter, Serializer};

use super::{Document, Stretch, draw};
use crate::domain::notes;
use crate::domain::plan::{Plan, Released, Tags};
use crate::domain::policy::Policy;
use crate::domain::say;
use crate::domain::say::plain::{Plain, markdown};
use crate::domain::version::Naming;
use crate::forge::local::History;
use jiff::civil::Date;

/// The releases of a history.
pub struct Releases<'a> {
    history: &'a History,
    policy: &'a Policy,
    naming: Naming,
    tags: Tags,
    today: Date,
}

impl<'a> Releases<'a> {
    /// Those of its tags that name versions.
    pub fn new(history: &'a History, policy: &'a Policy, naming: Naming, today: Date) -> Self {
        let tags = Tags::new(history.tags(), &naming, |tag| history.find(&tag.commit));
        Self { history, policy, naming, tags, today }
    }

    /// Each that the history reaches, with its commit there, highest version first.
    pub fn newest_first(&self) -> impl Iterator<Item = (u32, Released)> {
        self.tags.reached()
    }

    /// What was new in it: the plan as it was drawn when the releases of lower versions were there and no others.
    pub fn plan(&self, (head, released): &(u32, Released)) -> Plan {
        let line = self.tags.below(&released.version).line(self.history.graph(), *head, None);
        let stretch = Stretch { naming: &self.naming, line: &line, head: *head, today: self.today };
        draw(self.history, self.policy, stretch)
    }
}

/// How the plans are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// As an answer, under the tag's name.
    Plan,
    /// As the release pages would hold them, under the tags' names: a changelog.
    Notes,
    /// A list of documents.
    Json,
}

/// A release for programs.
#[derive(Serialize)]
struct ReleaseDocument {
    /// The tag that it got. What the rules ask for stands beside it.
    released: String,
    #[serde(flatten)]
    plan: Document,
}

/// Writes one plan after the other: none is kept.
pub(super) fn write(releases: &Releases<'_>, form: Form, out: &mut (dyn Write + Send)) -> anyhow::Result<()> {
    let mut out = BufWriter::new(out);
    if form == Form::Json {
        let documents = releases.newest_first().map(|release| ReleaseDocument {
            plan: Document::of(&releases.plan(&release)),
            released: release.1.tag.to_string(),
        });
        Serializer::with_formatter(&mut out, PrettyFormatter::new()).collect_seq(documents)?;
        writeln!(out)?;
    } else {
        for release in releases.newest_first() {
            let mut plan = releases.plan(&release);
            let text = if form == Form::Notes {
                // Its page is called by the tag that it got, whatever the rules would have called it.
                plan.tag = Some(release.1.tag.clone());
                notes::release_page(&plan)
            } else {
                say::plan::plan(&plan)
            };
            writeln!(out, "## {}\n\n{}", release.1.tag, markdown(&text, &Plain))?;
        }
    }
    Ok(out.flush()?)
}
