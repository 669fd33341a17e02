//! `plan --git PATH --all`: every release of a clone, or of each component in it, from one reading, each planned as if it were the next one. How a plan is drawn is `domain`'s business.

use std::collections::HashMap;
use std::io::{BufWriter, Write};

use serde::{Serialize, Serializer as _};
use serde_json::ser::{PrettyFormatter, Serializer};

use super::{Document, Stretch, draw, draw_range, naming, range};
use crate::domain::id::CommitId;
use crate::domain::notes;
use crate::domain::plan::{Link, Plan, Released, Tags};
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
    component: Option<Component<'a>>,
}

/// What the releases of a component follow from besides.
struct Component<'a> {
    /// The files that each commit touches.
    touched: &'a Touched,
    /// The others of its group.
    linked: Vec<(Policy, Naming, Tags)>,
}

/// The files that each commit touches, by the commit's name.
type Touched = HashMap<CommitId, Vec<String>>;

impl<'a> Releases<'a> {
    /// Those of its tags that name versions.
    pub fn new(history: &'a History, policy: &'a Policy, naming: Naming, today: Date) -> Self {
        let tags = tags(history, &naming);
        Self { history, policy, naming, tags, today, component: None }
    }

    /// The same of the component in view, by the files that each commit touches.
    pub(super) fn of_component(self, touched: &'a Touched) -> anyhow::Result<Self> {
        let linked = |policy: Policy| {
            let naming = naming(self.history, &policy)?;
            let tags = tags(self.history, &naming);
            Ok((policy, naming, tags))
        };
        let linked = self.policy.linked().into_iter().map(linked).collect::<anyhow::Result<_>>()?;
        Ok(Self { component: Some(Component { touched, linked }), ..self })
    }

    /// Each that the history reaches, with its commit there, highest version first.
    pub fn newest_first(&self) -> impl Iterator<Item = (u32, Released)> {
        self.tags.reached()
    }

    /// What was new in it: the plan as it was drawn when the releases of lower versions were there and no others.
    pub fn plan(&self, (head, released): &(u32, Released)) -> Plan {
        let line = self.tags.below(&released.version).line(self.history.graph(), *head, None);
        let stretch = Stretch { naming: &self.naming, line: &line, head: *head, today: self.today };
        let Some(component) = &self.component else { return draw(self.history, self.policy, stretch) };
        let link = |(policy, naming, tags): &(Policy, Naming, Tags)| {
            // They share their versions, so that the others' releases before are of lower ones, too.
            let line = tags.below(&released.version).line(self.history.graph(), *head, None);
            let plan = self.drawn(component, (policy, &[]), Stretch { naming, line: &line, ..stretch });
            Link { stable: line.stable, bump: plan.bump }
        };
        let links: Vec<Link> = component.linked.iter().map(link).collect();
        self.drawn(component, (self.policy, &links), stretch)
    }

    fn drawn(
        &self,
        component: &Component<'_>,
        (policy, links): (&Policy, &[Link]),
        stretch: Stretch<'_>,
    ) -> Plan {
        let mut range = range(self.history, stretch);
        range.iter_mut().for_each(|commit| commit.paths = component.touched.get(&commit.id).cloned());
        draw_range(policy, stretch, (self.history, &range), links)
    }

    /// As people read it.
    fn text(&self, release: &(u32, Released), form: Form) -> String {
        let mut plan = self.plan(release);
        let text = if form == Form::Notes {
            // Its page is called by the tag that it got, whatever the rules would have called it.
            plan.tag = Some(release.1.tag.clone());
            notes::release_page(&plan)
        } else {
            say::plan::plan(&plan)
        };
        markdown(&text, &Plain)
    }
}

fn tags(history: &History, naming: &Naming) -> Tags {
    Tags::new(history.tags(), naming, |tag| history.find(&tag.commit))
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

/// Writes one plan after the other: none is kept. Those of several components stand under their names.
pub(super) fn write(all: &[Releases<'_>], form: Form, out: &mut (dyn Write + Send)) -> anyhow::Result<()> {
    let mut out = BufWriter::new(out);
    if form == Form::Json {
        let each = all.iter().flat_map(|releases| releases.newest_first().map(move |one| (releases, one)));
        let documents = each.map(|(releases, release)| ReleaseDocument {
            plan: Document::of(&releases.plan(&release)),
            released: release.1.tag.to_string(),
        });
        Serializer::with_formatter(&mut out, PrettyFormatter::new()).collect_seq(documents)?;
        writeln!(out)?;
        return Ok(out.flush()?);
    }
    for releases in all {
        if all.len() > 1 {
            writeln!(out, "# {}\n", releases.policy.versioning.component)?;
        }
        for release in releases.newest_first() {
            writeln!(out, "## {}\n\n{}", release.1.tag, releases.text(&release, form))?;
        }
    }
    Ok(out.flush()?)
}
