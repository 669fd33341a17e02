//! `lockkeeper plan`: what the next release of a local clone, or of a repository on the forge, would contain. Changes nothing, and needs no server.

pub mod all;
mod json;
pub(super) mod repository;

use std::collections::BTreeSet;
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::clock::Clock;
use crate::config::policy::{self, Layer};
use crate::config::release_yml;
use crate::config::settings::ForgeArgs;
use crate::domain::change::RangeCommit;
use crate::domain::id::{ComponentName, ProjectPath};
use crate::domain::notes;
use crate::domain::plan::{self, Basis, Link, Plan, Released, Tags, Wish};
use crate::domain::policy::{Customs, Policy};
use crate::domain::query::Tag;
use crate::domain::say;
use crate::domain::say::plain::{Plain, markdown};
use crate::domain::version::{Detected, Naming, TagPattern, Version};
use crate::forge::local::{self, History};

pub use json::{ChangeDocument, Document};

/// Show what the next release would contain, of a local clone or of a repository.
#[derive(Debug, Clone, clap::Args)]
pub struct Args {
    /// A local clone, bare or not. Nothing is asked of a forge.
    #[arg(long, value_name = "PATH", conflicts_with = "repo", required_unless_present = "repo")]
    pub git: Option<PathBuf>,
    /// A repository that the bot can read, on the forge that is set up; nothing is written there.
    #[arg(long, value_name = "OWNER/NAME")]
    pub repo: Option<ProjectPath>,
    /// The release to begin after [default: the highest final version that --to contains].
    #[arg(long, value_name = "TAG", conflicts_with = "repo")]
    pub from: Option<String>,
    /// The commit that would be released.
    #[arg(long, value_name = "REF", default_value = "HEAD", conflicts_with = "repo")]
    pub to: String,
    /// Every release of the clone in place of the next one, each as it would be planned, the highest version first; with --notes that is a changelog.
    #[arg(long, requires = "git", conflicts_with_all = ["from", "short"])]
    pub all: bool,
    /// A policy file, or GitHub's release.yml [default: the repository's own, with --git as --to holds it; without one the built-in rules].
    #[arg(long, value_name = "FILE")]
    pub policy: Option<PathBuf>,
    /// The component, where the policy names several [default: all of them].
    #[arg(long, value_name = "NAME")]
    pub component: Option<ComponentName>,
    /// Write JSON instead of Markdown (docs/plan-json.md).
    #[arg(long)]
    pub json: bool,
    /// Write the notes as the release page would hold them.
    #[arg(long, conflicts_with = "json")]
    pub notes: bool,
    /// Write the notes as plain text of at most 500 characters, for a store.
    #[arg(long, conflicts_with_all = ["json", "notes"])]
    pub short: bool,
    #[command(flatten)]
    #[expect(missing_docs, reason = "a doc comment on a flattened group becomes a heading of the help")]
    pub forge: ForgeArgs,
}

/// Draws the plan and writes it to `out`.
///
/// # Errors
/// Where there is no plan; the message says what to do.
pub async fn run(args: Args, out: &mut (dyn Write + Send)) -> anyhow::Result<()> {
    let policy = args.policy.as_deref().map(read_policy).transpose()?;
    if let (Some(clone), true) = (&args.git, args.all) {
        return all_of_clone(clone, &args, policy, out);
    }
    let component = args.component.as_ref();
    let plans = match (&args.git, &args.repo) {
        (Some(clone), _) => of_clone(clone, &args, policy)?,
        (None, Some(path)) => repository::plans(path, args.forge.clone(), (policy, component)).await?,
        (None, None) => bail!("name a clone with `--git PATH` or a repository with `--repo OWNER/NAME`"),
    };
    match plans.as_slice() {
        _ if args.json => write_json(&plans, out)?,
        _ if args.short => each(&plans, out, |plan| notes::short(plan) + "\n")?,
        _ if args.notes => each(&plans, out, |plan| markdown(&notes::release_page(plan), &Plain))?,
        [plan] => write!(out, "{}", markdown(&say::plan::plan(plan), &Plain))?,
        plans => write!(out, "{}", markdown(&say::outlook::components(plans), &Plain))?,
    }
    Ok(())
}

/// One plan is a document, several are a list of them.
fn write_json(plans: &[Plan], out: &mut (dyn Write + Send)) -> anyhow::Result<()> {
    match plans {
        [plan] => serde_json::to_writer_pretty(&mut *out, &Document::of(plan))?,
        plans => {
            let documents: Vec<Document> = plans.iter().map(Document::of).collect();
            serde_json::to_writer_pretty(&mut *out, &documents)?;
        }
    }
    Ok(writeln!(out)?)
}

/// The text of each plan; several under the names of their components.
fn each(plans: &[Plan], out: &mut (dyn Write + Send), text: impl Fn(&Plan) -> String) -> anyhow::Result<()> {
    for plan in plans {
        if plans.len() > 1 {
            writeln!(out, "# {}\n", plan.component)?;
        }
        write!(out, "{}", text(plan))?;
    }
    Ok(())
}

/// The policies that are wanted of one: that of the component that is named, else of each.
pub(in crate::cli) fn narrowed(
    policy: &Policy,
    component: Option<&ComponentName>,
) -> anyhow::Result<Vec<Policy>> {
    let Some(name) = component else { return Ok(policy.each_component()) };
    let wanted: Vec<Policy> = policy.of_component(name).into_iter().collect();
    if wanted.is_empty() {
        let known: Vec<String> =
            policy.all_components().iter().map(|known| format!("`{}`", known.component)).collect();
        bail!("there is no component `{name}`\n\nThe policy has {}.", known.join(", "));
    }
    Ok(wanted)
}

fn of_clone(clone: &Path, args: &Args, policy: Option<Policy>) -> anyhow::Result<Vec<Plan>> {
    if let Some(from) = &args.from
        && args.component.is_none()
        && let Some(plan) = of_range(clone, (from, &args.to), &policy)?
    {
        return Ok(vec![plan]);
    }
    let history = read(clone, &args.to)?;
    let policy = policy.map_or_else(|| own_policy(clone, &history), Ok)?;
    let rules = narrowed(&policy, args.component.as_ref())?;
    if args.from.is_some() && rules.len() > 1 {
        bail!("`--from` names the release of one component\n\nSay which with `--component NAME`.");
    }
    let asked = Asking { clone: Some(clone), from: args.from.as_deref(), today: today() };
    let plan = |rules: &Policy| plan_of_clone(&history, rules, &asked);
    rules.iter().map(plan).collect()
}

/// The plan of one range, where that is all that it needs of the history.
fn of_range(clone: &Path, (from, to): (&str, &str), policy: &Option<Policy>) -> anyhow::Result<Option<Plan>> {
    // What is wrong is said by those who look at the whole.
    let Ok(history) = History::read_after(clone, to, from) else { return Ok(None) };
    if history.graph().is_empty() || history.is_shallow {
        return Ok(None);
    }
    let policy = policy.clone().map_or_else(|| own_policy(clone, &history), Ok)?;
    // Components look at one another's releases.
    if !policy.components.is_empty() || !is_enough(&history, &policy, from) {
        return Ok(None);
    }
    let asked = Asking { clone: Some(clone), from: Some(from), today: today() };
    plan_of_clone(&history, &policy, &asked).map(Some)
}

/// Whether a range decides its version alone: the release before it is final, and every pre-release of a later one lies in it.
fn is_enough(history: &History, policy: &Policy, from: &str) -> bool {
    let Ok(pattern) = pattern(history, policy, Some(from)) else { return false };
    let naming = Naming { pattern, scheme: policy.versioning.scheme.clone() };
    let Some(base) = naming.version_of(from).filter(Version::is_final) else { return false };
    let later = |tag: &&Tag| {
        naming.version_of(tag.name.as_str()).is_some_and(|version| version.is_prerelease() && version > base)
    };
    history.tags().iter().filter(later).all(|tag| history.find(&tag.commit).is_some())
}

fn all_of_clone(
    clone: &Path,
    args: &Args,
    policy: Option<Policy>,
    out: &mut (dyn Write + Send),
) -> anyhow::Result<()> {
    let history = read(clone, &args.to)?;
    let policy = policy.map_or_else(|| own_policy(clone, &history), Ok)?;
    let rules = narrowed(&policy, args.component.as_ref())?;
    // Which files a commit touches is asked once for all releases of all components, and only for those.
    let touched = (!policy.components.is_empty()).then(|| local::touched(clone, &history.name(0), None));
    let touched = touched.transpose()?;
    let releases = |rules| -> anyhow::Result<all::Releases<'_>> {
        let releases = all::Releases::new(&history, rules, naming(&history, rules)?, today());
        match &touched {
            Some(touched) => releases.of_component(touched),
            None => Ok(releases),
        }
    };
    let releases = rules.iter().map(releases).collect::<anyhow::Result<Vec<_>>>()?;
    let form = match (args.json, args.notes) {
        (true, _) => all::Form::Json,
        (false, true) => all::Form::Notes,
        (false, false) => all::Form::Plan,
    };
    all::write(&releases, form, out)
}

fn read(clone: &Path, revision: &str) -> anyhow::Result<History> {
    let history = History::read(clone, revision)?;
    if history.is_shallow {
        eprintln!(
            "warning: this clone lacks older history, so changes and releases may be missing\n\n\
             Fetch it with `git fetch --unshallow --tags`."
        );
    }
    Ok(history)
}

/// The policy that the planned commit itself holds, as a server would read it; the defaults where it holds none.
fn own_policy(clone: &Path, history: &History) -> anyhow::Result<Policy> {
    match local::file(clone, &history.name(0), &OWN_POLICY)? {
        Some((path, text)) => alone(path, &text),
        None => Ok(policy::defaults()),
    }
}

/// Where a repository keeps its policy; the first that is there counts.
const OWN_POLICY: [&str; 2] = [policy::GITHUB_PATH, policy::GITLAB_PATH];

/// Reads a policy file, or GitHub's `release.yml`. Nothing is asked of a forge, so the file must stand for itself.
pub fn read_policy(path: &Path) -> anyhow::Result<Policy> {
    let name = path.display().to_string();
    let text = std::fs::read_to_string(path).with_context(|| format!("{name} cannot be read"))?;
    if path.file_name().is_some_and(|file| file == "release.yml" || file == "release.yaml") {
        return Ok(policy::complete(
            Layer::default(),
            Some(release_yml::read(&name, &text)?),
            &Customs::default(),
        ));
    }
    alone(&name, &text)
}

fn alone(name: &str, text: &str) -> anyhow::Result<Policy> {
    let layer = policy::read(name, text, &Customs::default())?;
    if let Some(shared) = &layer.extends {
        bail!(
            "{name} extends `{shared}`, and this command asks no forge\n\nPut what is wanted of it into one file, and name that with `--policy FILE`."
        );
    }
    Ok(policy::complete(layer, None, &Customs::default()))
}

/// What is asked of a clone.
#[derive(Debug, Clone, Copy)]
pub struct Asking<'a> {
    /// Where it lies, to be asked which files a commit touches; `None`: nobody asks.
    pub clone: Option<&'a Path>,
    /// The release to begin after; `None`: the highest final one.
    pub from: Option<&'a str>,
    /// The day, by which some versions are counted.
    pub today: Date,
}

/// The plan of a clone's newest commit, for the component in view.
///
/// # Errors
/// Where the release to begin after is not there, or tags are ambiguous, or git fails.
pub fn plan_of_clone(history: &History, policy: &Policy, asked: &Asking<'_>) -> anyhow::Result<Plan> {
    let links = links(history, policy, asked)?;
    let (naming, line) = line(history, policy, asked.from)?;
    let stretch = Stretch { naming: &naming, line: &line, head: 0, today: asked.today };
    drawn(history, policy, stretch, (asked.clone, &links))
}

/// What the other components of the group ask for.
fn links(history: &History, policy: &Policy, asked: &Asking<'_>) -> anyhow::Result<Vec<Link>> {
    let link = |policy: Policy| {
        let (naming, line) = line(history, &policy, None)?;
        let stretch = Stretch { naming: &naming, line: &line, head: 0, today: asked.today };
        let plan = drawn(history, &policy, stretch, (asked.clone, &[]))?;
        Ok(Link { stable: line.stable, bump: plan.bump })
    };
    policy.linked().into_iter().map(link).collect()
}

fn line(history: &History, policy: &Policy, from: Option<&str>) -> anyhow::Result<(Naming, plan::Line)> {
    let naming =
        Naming { pattern: pattern(history, policy, from)?, scheme: policy.versioning.scheme.clone() };
    let tags = Tags::new(history.tags(), &naming, |tag| history.find(&tag.commit));
    let line = match from {
        Some(from) => tags.line_after(history.graph(), 0, Some(begin(&tags, &naming.pattern, from)?)),
        None => tags.line_of_default(history.graph(), 0, policy.cut),
    };
    Ok((naming, line))
}

/// The day, as a server would have it.
pub(super) fn today() -> Date {
    Clock::system().now().to_zoned(TimeZone::UTC).date()
}

/// One range of a clone's history.
#[derive(Debug, Clone, Copy)]
pub struct Stretch<'a> {
    /// How its releases are named.
    pub naming: &'a Naming,
    /// The releases before.
    pub line: &'a plan::Line,
    /// Its newest commit, as an index of the history's graph.
    pub head: u32,
    /// The day, by which some versions are counted.
    pub today: Date,
}

/// The plan of one range of a clone's history, of a project that is one component.
pub fn draw(history: &History, policy: &Policy, stretch: Stretch<'_>) -> Plan {
    draw_range(policy, stretch, (history, &range(history, stretch)), &[])
}

fn range(history: &History, stretch: Stretch<'_>) -> Vec<RangeCommit> {
    let previous = stretch.line.previous.as_ref().and_then(|previous| history.find(&previous.commit));
    history.commits(&history.graph().range(stretch.head, previous.as_slice()))
}

/// The same where it may have to be known which files the commits touch.
fn drawn(
    history: &History,
    policy: &Policy,
    stretch: Stretch<'_>,
    (clone, links): (Option<&Path>, &[Link]),
) -> anyhow::Result<Plan> {
    let mut range = range(history, stretch);
    if let (Some(clone), false) = (clone, policy.versioning.paths.are_everywhere()) {
        let base = stretch.line.previous.as_ref().map(|previous| &previous.commit);
        let mut touched = local::touched(clone, &history.name(stretch.head), base)?;
        range.iter_mut().for_each(|commit| commit.paths = touched.remove(&commit.id));
    }
    Ok(draw_range(policy, stretch, (history, &range), links))
}

fn draw_range(
    policy: &Policy,
    stretch: Stretch<'_>,
    (history, range): (&History, &[RangeCommit]),
    linked: &[Link],
) -> Plan {
    plan::draw(&Basis {
        policy,
        naming: stretch.naming,
        line: stretch.line,
        head: &history.name(stretch.head),
        range,
        shown: &BTreeSet::new(),
        hidden: &BTreeSet::new(),
        first_timers: &BTreeSet::new(),
        milestone: None,
        wish: &Wish::Next,
        channel: None,
        today: stretch.today,
        series: None,
        linked,
    })
}

fn naming(history: &History, policy: &Policy) -> anyhow::Result<Naming> {
    Ok(Naming { pattern: pattern(history, policy, None)?, scheme: policy.versioning.scheme.clone() })
}

fn pattern(history: &History, policy: &Policy, from: Option<&str>) -> anyhow::Result<TagPattern> {
    if let Some(pattern) = &policy.versioning.tag {
        return Ok(pattern.clone());
    }
    // Who names the release to begin after has said how tags are spelt.
    let reached = history.tags().iter().filter(|tag| history.find(&tag.commit).is_some());
    let detected = match from {
        Some(from) => TagPattern::detect([from], &policy.versioning.scheme),
        None => TagPattern::detect(reached.map(|tag| tag.name.as_str()), &policy.versioning.scheme),
    };
    match detected {
        Detected::One(pattern) => Ok(pattern),
        Detected::None => Ok(TagPattern::usual()),
        Detected::Ambiguous(one, other) => bail!(
            "the highest version is tagged both as `{one}` and as `{other}`\n\nSay which is right with `versioning: {{ tag: … }}` in a policy file, or name the release to begin after with `--from TAG`."
        ),
    }
}

fn begin(tags: &Tags, pattern: &TagPattern, from: &str) -> anyhow::Result<Released> {
    tags.released(from).with_context(|| {
        format!("`--from {from}` is no tag of this clone that reads as a version by `{pattern}`\n\n`git tag` lists its tags.")
    })
}

#[cfg(test)]
mod tests;
