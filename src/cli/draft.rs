//! `lockkeeper draft`: brings the draft release of a repository up to date once, for a CI job and for those who want no server. What it says, and what of it stays people's, is decided in `domain`.

use std::io::Write;
use std::path::PathBuf;

use anyhow::{anyhow, bail};

use super::plan;
use super::plan::repository::{explained, found};
use crate::clock::Clock;
use crate::config::settings::ForgeArgs;
use crate::domain::effect::{Effect, EffectKey, Made, Refusal};
use crate::domain::event::DraftLeft;
use crate::domain::id::{ComponentName, ProjectPath};
use crate::domain::policy::Policy;
use crate::domain::say::plain::{Plain, markdown};
use crate::domain::state::Project;
use crate::engine::chain;
use crate::engine::survey::{NoPlan, Survey};
use crate::forge::{Operated, Order, PerformError};

/// Write the draft release of a repository, or bring the one that is there up to date; then end. For a CI job, in place of a server.
#[derive(Debug, Clone, clap::Args)]
pub struct Args {
    /// The repository. Drafts are GitHub's alone.
    #[arg(long, value_name = "OWNER/NAME")]
    pub repo: ProjectPath,
    /// A policy file, or GitHub's release.yml [default: the repository's own; without one the built-in rules].
    #[arg(long, value_name = "FILE")]
    pub policy: Option<PathBuf>,
    /// The component, where the policy names several [default: all of them, a draft for each].
    #[arg(long, value_name = "NAME")]
    pub component: Option<ComponentName>,
    /// Show what the draft would say, and write nothing.
    #[arg(long)]
    pub dry_run: bool,
    #[command(flatten)]
    #[expect(missing_docs, reason = "a doc comment on a flattened group becomes a heading of the help")]
    pub forge: ForgeArgs,
}

/// Writes the draft, and to `out` what came of it.
///
/// # Errors
/// Where it could not be written; the message says what to do.
pub async fn run(args: Args, out: &mut (dyn Write + Send)) -> anyhow::Result<()> {
    let policy = args.policy.as_deref().map(plan::read_policy).transpose()?;
    let clock = Clock::system();
    let (forge, project) = found(&args.repo, args.forge.clone(), &clock).await?;
    if forge.customs().lacks_drafts {
        bail!(
            "GitLab has no draft releases\n\n\
             `lockkeeper plan --repo {} --notes` writes the notes, for a job to make the release with; a server cuts by `/release cut`.",
            args.repo
        );
    }
    // All are drawn before one is written: what cannot be planned leaves no half.
    let drawn = drawn((forge.as_ref(), &project), (policy, &args), &clock).await?;
    let is_alone = drawn.len() == 1;
    for Drawn { component, draft } in drawn {
        match draft {
            Err(left) if is_alone => writeln!(out, "{}", unwritten(left))?,
            Err(left) => writeln!(out, "{component}: {}", unwritten(left))?,
            Ok((_, effect)) if args.dry_run => shown(&effect, out)?,
            Ok((key, effect)) => {
                let order = order((&project, &key), &effect, &clock);
                let made = forge.perform(&order).await.map_err(failed)?;
                writeln!(out, "{}", written(&effect, &made))?;
            }
        }
    }
    Ok(())
}

/// What becomes of a component's draft: the order that brings it up to date, or why there is none.
struct Drawn {
    component: ComponentName,
    draft: Result<(EffectKey, Effect), DraftLeft>,
}

/// The drafts of the component that is named, else of each, by the policy that is given or the repository's own.
async fn drawn(
    (forge, project): (&dyn Operated, &Project),
    (given, args): (Option<Policy>, &Args),
    clock: &Clock,
) -> anyhow::Result<Vec<Drawn>> {
    let said = |none: NoPlan| explained(none, &args.repo);
    let mut survey = Survey::begin(forge, project).await.map_err(said)?;
    let policy = given.map_or_else(|| survey.policy(), Ok).map_err(said)?;
    let mut drawn = Vec::new();
    for rules in plan::narrowed(&policy, args.component.as_ref())? {
        let draft = survey.draft(&rules, || clock.now()).await.map_err(said)?;
        drawn.push(Drawn { component: rules.versioning.component, draft });
    }
    Ok(drawn)
}

fn order<'a>((project, key): (&'a Project, &'a EffectKey), effect: &'a Effect, clock: &Clock) -> Order<'a> {
    // A run before this one may have written it: it is always looked for.
    Order { project, key, effect, attempt: 2, reference: None, ordered_at: clock.now() }
}

fn unwritten(left: DraftLeft) -> &'static str {
    match left {
        DraftLeft::TagTaken => "the tag of the next version is there already, so no draft was written",
        DraftLeft::Nothing
        | DraftLeft::Same
        | DraftLeft::Blocked
        | DraftLeft::Unwanted
        | DraftLeft::Refused
        | DraftLeft::Lost => "nothing to release, so no draft was written",
    }
}

fn shown(effect: &Effect, out: &mut (dyn Write + Send)) -> anyhow::Result<()> {
    if let Effect::KeepDraft { tag, commit, notes, .. } = effect {
        write!(out, "# {tag} at {commit}\n\n{}", markdown(notes, &Plain))?;
    }
    Ok(())
}

fn written(effect: &Effect, made: &Made) -> String {
    let (Effect::KeepDraft { tag, .. }, Made::Draft { page, notes, .. }) = (effect, made) else {
        return "done".to_owned();
    };
    match notes {
        Some(_) => format!("the draft of {tag} is up to date: {page}"),
        None => format!(
            "somebody changed the notes of the draft, so they stay as they are: {page}\n\n\
             To have them written anew, delete the draft; what was written around them goes with it."
        ),
    }
}

fn failed(error: PerformError) -> anyhow::Error {
    match error {
        PerformError::Unavailable { cause, .. } => {
            anyhow!("GitHub is not answering: {}", chain(cause.as_ref()))
        }
        PerformError::Unsure { cause } => anyhow!(
            "nobody can say whether the draft was written: {}\n\nRun it again: it looks for the draft first.",
            chain(cause.as_ref())
        ),
        PerformError::Lost { why } => anyhow!("nobody can say whether the draft was written: {why}"),
        PerformError::Refused(Refusal::Forbidden { said }) => anyhow!(
            "GitHub does not let the draft be written: {said}\n\n\
             In a job of Actions: `permissions: {{ contents: write, pull-requests: read }}`."
        ),
        PerformError::Refused(refusal) => anyhow!("GitHub refuses the draft: {}", refusal.said()),
    }
}
