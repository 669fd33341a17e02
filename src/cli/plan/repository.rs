//! `lockkeeper plan --repo`: the facts come from the forge, with the App's own rights. Reads only.

use anyhow::{Context, anyhow, bail};

use crate::app;
use crate::clock::Clock;
use crate::config::settings::{self, GitHubApp};
use crate::domain::id::ProjectPath;
use crate::domain::outlook::Obstacle;
use crate::domain::plan::Plan;
use crate::domain::policy::Policy;
use crate::domain::state::Project;
use crate::engine::chain;
use crate::engine::survey::{NoPlan, survey};
use crate::forge::github::GitHub;

/// The plan of a repository's default branch, by its own policy or by the one given.
pub(super) async fn plan(path: &ProjectPath, app: GitHubApp, policy: Option<Policy>) -> anyhow::Result<Plan> {
    let clock = Clock::system();
    let (github, project) = found(path, app, &clock).await?;
    survey(&github, &project, policy, || clock.now()).await.map_err(|none| explained(none, path))
}

/// The forge, and the project as the App sees it.
pub(in crate::cli) async fn found(
    path: &ProjectPath,
    app: GitHubApp,
    clock: &Clock,
) -> anyhow::Result<(GitHub, Project)> {
    let github = app::github_unheard(settings::App::new(app)?, clock)?;
    let seen = github.project(path).await.with_context(|| format!("{path} could not be read"))?;
    let Some(seen) = seen else {
        bail!(
            "the App is not installed for {path}, or there is no such repository\n\n\
             Install it there, or look at a clone: `lockkeeper plan --git PATH`, `lockkeeper check FILE`."
        );
    };
    let project = Project::first_seen(&seen, clock.now());
    Ok((github, project))
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
