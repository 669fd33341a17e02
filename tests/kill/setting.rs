//! What a team keeps at each forge so that the story can be told there: its policy, its automation, and who reports. The story itself is the same.

use lockkeeper::sandbox::{ACTIONS, World};

use crate::stage::Forge;

/// A workflow that a tag starts, so that the first cut has something to ask.
const PUBLISH: &str = "on:\n  push:\n    tags: ['v*']\njobs:\n  publish:\n    runs-on: ubuntu-latest\n    steps:\n      - run: echo\n";

/// A workflow that deploys.
const DEPLOY: &str = "on:\n  workflow_dispatch:\n    inputs:\n      version: { required: true }\n      target: { required: true }\n\
                      jobs:\n  deploy:\n    runs-on: ubuntu-latest\n    steps:\n      - run: echo\n";

/// Both in one file.
const PIPELINE: &str = "spec:\n  inputs:\n    pipeline: { default: '' }\n    version: { default: '' }\n    target: { default: '' }\n---\n\
                        publish:\n  script: echo\n  rules:\n    - if: $CI_COMMIT_TAG\n\
                        deploy:\n  script: echo\n  rules:\n    - if: $CI_PIPELINE_SOURCE == \"api\"\n";

/// A forge as the story needs it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Setting {
    /// Where a project keeps its policy.
    pub(crate) policy: &'static str,
    /// What stands there: files and their texts.
    pub(crate) files: &'static [(&'static str, &'static str)],
    /// How production is deployed to by automation of the forge's own.
    pub(crate) by_automation: &'static str,
    /// The file that such a run is of.
    pub(crate) automation: &'static str,
    /// Who reports on deployments.
    pub(crate) machine: &'static str,
}

impl Setting {
    pub(crate) fn at(forge: Forge) -> Self {
        match forge {
            Forge::GitHub => Self {
                policy: ".github/lockkeeper.yml",
                files: &[
                    (".github/workflows/publish.yml", PUBLISH),
                    (".github/workflows/deploy.yml", DEPLOY),
                ],
                by_automation: r#"{ workflow: deploy.yml, inputs: { version: "{tag}", target: "{target}" } }"#,
                automation: "deploy.yml",
                machine: ACTIONS,
            },
            Forge::GitLab => Self {
                policy: ".gitlab/lockkeeper.yml",
                files: &[(".gitlab-ci.yml", PIPELINE)],
                by_automation: r#"{ pipeline: deploy, inputs: { version: "{tag}", target: "{target}" } }"#,
                automation: ".gitlab-ci.yml",
                machine: "deployer",
            },
        }
    }

    /// The runs that somebody started by hand.
    pub(crate) fn runs(self, world: &World) -> Vec<lockkeeper::sandbox::RunView> {
        let all = world.runs_of(self.automation).into_iter();
        all.filter(|run| run.event == "workflow_dispatch").collect()
    }
}
