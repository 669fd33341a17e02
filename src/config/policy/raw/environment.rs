//! `environments:` of the policy file as people write it. The doc comments are the reference, as in the rest of the file. What the values mean is not known here.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::config::shape::{Length, ListOf, Named, Number, OneOrMore, Switch, Written};

/// A named stage that releases are carried to.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(in crate::config::policy) struct Environment {
    /// The environments that the same commit must be in first. Default: none.
    pub(in crate::config::policy) after: Option<OneOrMore<Written>>,
    /// How a release gets here. `event`: Lockkeeper makes a deployment that your own automation carries out and reports; `observe`: others deploy, Lockkeeper watches; a mapping: Lockkeeper starts a workflow (GitHub), a pipeline or a manual job (GitLab). Default: `observe`.
    pub(in crate::config::policy) deploy: Option<Deploy>,
    /// Whose reports on a deployment count: apps by their short name, users by login. Not with what Lockkeeper starts, which it follows itself; not on GitLab, which does not tell who reported. Default: on GitHub `github-actions`.
    pub(in crate::config::policy) reporter: Option<OneOrMore<Written>>,
    /// Whether each release goes here by itself: once it is cut or, with `after`, once it is in all of those. Default: `false`.
    pub(in crate::config::policy) auto_promote: Option<Switch>,
    /// How long the release must have been healthy in the environments of `after`: `30m`, `2h`, `5d`. Default: no time.
    pub(in crate::config::policy) soak: Option<Length>,
    /// Checks of the commit that must have passed, by name. Default: none.
    pub(in crate::config::policy) checks: Option<OneOrMore<Check>>,
    /// Who must agree, besides who asks: so many of those who may approve, or so many of certain people. All entries of a list must be met; who is in several counts once. Default: nobody.
    pub(in crate::config::policy) approvals: Option<Approvals>,
    /// The steps, in order; each is a target or a list of targets that are deployed to together. Default: one step, the environment as a whole.
    pub(in crate::config::policy) waves: Option<ListOf<OneOrMore<Written>>>,
    /// How long a wave is watched before the next begins, or before the promotion counts as done: `15m`. Default: no time.
    pub(in crate::config::policy) bake: Option<Length>,
    /// How long a deployment may take before it counts as failed: `90s`, `2h`. Default: `1h`.
    pub(in crate::config::policy) timeout: Option<Length>,
    /// How long a promotion may wait before it lapses: `7d`. Default: `14d`.
    pub(in crate::config::policy) expires: Option<Length>,
    /// What the changes of a release hear when it arrives here. Default: `comment`.
    pub(in crate::config::policy) announce: Option<Announce>,
}

/// How a release gets to an environment.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(untagged)]
pub(in crate::config::policy) enum Deploy {
    /// In one word.
    Word(DeployWord),
    /// By something that Lockkeeper starts.
    Run(Run),
}

/// How a release gets to an environment, in one word.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(in crate::config::policy) enum DeployWord {
    /// Lockkeeper makes a deployment; your own automation carries it out and reports.
    Event,
    /// Others deploy; Lockkeeper watches.
    Observe,
}

/// What Lockkeeper starts on the release's tag, one of the three, and follows to its end.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::config::policy) struct Run {
    /// On GitHub: the name of a file under `.github/workflows`. It must have `workflow_dispatch`.
    #[serde(default)]
    pub(in crate::config::policy) workflow: Option<Written>,
    /// On GitLab: a new pipeline. The name is the value of its input (or, where `.gitlab-ci.yml` declares no inputs, variable) `pipeline`, so that your configuration can tell pipelines apart.
    #[serde(default)]
    pub(in crate::config::policy) pipeline: Option<Written>,
    /// On GitLab: the name of a job with `when: manual` in the pipeline of the tag.
    #[serde(default)]
    pub(in crate::config::policy) job: Option<Written>,
    /// Its inputs, at most 25, each with its value. `{tag}`, `{version}`, `{sha}`, `{environment}` and `{target}` are filled in. A pipeline and a job also get `environment` and `target`. Default: none.
    #[serde(default)]
    pub(in crate::config::policy) inputs: Option<Named<Written>>,
}

/// A check of the commit.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(untagged)]
pub(in crate::config::policy) enum Check {
    /// By name, whoever reports it.
    Name(Written),
    /// By name and app.
    Of(CheckOfApp),
}

/// A check that only one app may report.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::config::policy) struct CheckOfApp {
    /// Its name.
    pub(in crate::config::policy) name: Written,
    /// The number of the only app whose word counts (GitHub Actions: `15368`). Default: whoever may report checks.
    #[serde(default)]
    pub(in crate::config::policy) app: Option<Number>,
}

/// Who must agree.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(untagged)]
pub(in crate::config::policy) enum Approvals {
    /// Rules, all of which must be met.
    Rules(OneOrMore<ApprovalRule>),
    /// So many of whoever may approve.
    Count(Number),
}

/// So many of these people.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(in crate::config::policy) struct ApprovalRule {
    /// Whose approval counts, written as under `who`; they need no other right. Default: `who.approver`.
    pub(in crate::config::policy) from: Option<OneOrMore<Written>>,
    /// How many, 1 to 20. Default: 1.
    pub(in crate::config::policy) count: Option<Number>,
    /// Who does not count, besides who asked: `authors`, the authors of the changes. Default: they do.
    pub(in crate::config::policy) not: Option<OneOrMore<NotCounted>>,
}

/// Who does not count.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(in crate::config::policy) enum NotCounted {
    /// The authors of the changes.
    Authors,
}

/// What the changes of a release hear when it arrives.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(in crate::config::policy) enum Announce {
    /// One comment each, edited as the release travels.
    Comment,
    /// Nothing.
    Quiet,
}
