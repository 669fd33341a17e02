//! `lockkeeper plan --repo`: the facts come from the forge, with the bot's own rights. Reads only.

use std::sync::Arc;

use anyhow::{Context, anyhow, bail};

use super::narrowed;
use crate::app;
use crate::clock::Clock;
use crate::config::settings::{Asked, ForgeArgs};
use crate::domain::id::{ComponentName, ProjectPath};
use crate::domain::outlook::Obstacle;
use crate::domain::plan::Plan;
use crate::domain::policy::Policy;
use crate::domain::state::Project;
use crate::engine::chain;
use crate::engine::survey::{NoPlan, Survey};
use crate::forge::Operated;

/// The plans of a repository's default branch, by its own policy or by the one given: that of the component that is named,
/// else of each.
pub(in crate::cli) async fn plans(
    path: &ProjectPath,
    forge: ForgeArgs,
    (policy, component): (Option<Policy>, Option<&ComponentName>),
) -> anyhow::Result<Vec<Plan>> {
    let clock = Clock::system();
    let (forge, project) = found(path, forge, &clock).await?;
    let looked = Survey::begin(forge.as_ref(), &project).await;
    let mut survey = looked.map_err(|none| explained(none, path))?;
    let policy = match policy {
        Some(policy) => policy,
        None => survey.policy().map_err(|none| explained(none, path))?,
    };
    let mut plans = Vec::new();
    for rules in narrowed(&policy, component)? {
        let plan = survey.plan(&rules, || clock.now()).await;
        plans.push(plan.map_err(|none| explained(none, path))?);
    }
    Ok(plans)
}

/// The forge, and the project as the bot sees it.
pub(in crate::cli) async fn found(
    path: &ProjectPath,
    forge: ForgeArgs,
    clock: &Clock,
) -> anyhow::Result<(Arc<dyn Operated>, Project)> {
    let forge = app::asked(Asked::new(forge)?, clock)?;
    let seen = forge.project(path).await.with_context(|| format!("{path} could not be read"))?;
    let Some(seen) = seen else {
        bail!(
            "the bot is not let into {path}, or there is no such repository\n\n\
             Install its App there, or make its account a member; or look at a clone: `lockkeeper plan --git PATH`, \
             `lockkeeper check FILE`."
        );
    };
    let project = Project::first_seen(&seen, clock.now());
    Ok((forge, project))
}

/// Why there is nothing to be shown of a repository, and what to do.
pub(in crate::cli) fn explained(none: NoPlan, path: &ProjectPath) -> anyhow::Error {
    match none {
        NoPlan::Policy { file, listing } => anyhow!("{file} of {path} cannot be obeyed\n\n{listing}"),
        NoPlan::Obstacle(Obstacle::Unreadable { what, why }) => anyhow!("{what} could not be read: {why}"),
        NoPlan::Obstacle(Obstacle::AmbiguousTags(one, other)) => anyhow!(
            "the highest version is tagged both as `{one}` and as `{other}`\n\n\
             Say which is right with `versioning: {{ tag: … }}` in the policy file."
        ),
        NoPlan::Unread(error) => anyhow!("{path} could not be read: {}", chain(&error)),
        NoPlan::Empty | NoPlan::Endless => anyhow!("{path}: {none}"),
    }
}
