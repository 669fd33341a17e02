//! What a team keeps at each forge so that the story can be told there: its policy, what a tag starts, and who reports. The story itself is the same.

use lockkeeper::sandbox::ACTIONS;

use crate::stage::Forge;

/// A workflow that a tag starts, so that the first cut has something to ask.
const PUBLISH: &str = "on:\n  push:\n    tags: ['v*']\njobs:\n  publish:\n    runs-on: ubuntu-latest\n    steps:\n      - run: echo\n";

/// The same as a pipeline.
const PIPELINE: &str = "publish:\n  script: echo\n  rules:\n    - if: $CI_COMMIT_TAG\n";

/// A forge as the story needs it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Setting {
    /// Where a project keeps its policy.
    pub(crate) policy: &'static str,
    /// What stands there: files and their texts.
    pub(crate) files: &'static [(&'static str, &'static str)],
    /// Who reports on deployments.
    pub(crate) machine: &'static str,
}

impl Setting {
    pub(crate) fn at(forge: Forge) -> Self {
        match forge {
            Forge::GitHub => Self {
                policy: ".github/lockkeeper.yml",
                files: &[(".github/workflows/publish.yml", PUBLISH)],
                machine: ACTIONS,
            },
            Forge::GitLab => Self {
                policy: ".gitlab/lockkeeper.yml",
                files: &[(".gitlab-ci.yml", PIPELINE)],
                machine: "deployer",
            },
        }
    }
}
