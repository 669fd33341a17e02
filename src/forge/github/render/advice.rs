//! What to do at GitHub, in its own words and files. When to say it is `domain::say`'s affair.

use crate::domain::policy::environment::Automation;
use crate::domain::say::{Advice, Block, Span, Text};

/// The lines to add.
pub(super) fn advice(advice: &Advice) -> Text {
    let yaml = |body: String| Block::Listing { language: "yaml".to_owned(), body };
    match advice {
        Advice::Listener { environment, has_targets } => Text(vec![
            Block::Line(vec![
                "A workflow that does, as a file in ".into(),
                Span::code(".github/workflows"),
                ":".into(),
            ]),
            yaml(listener(environment.as_str(), *has_targets)),
        ]),
        Advice::Startable(Automation::Workflow(_)) => Text(vec![
            Block::Line(vec!["The file needs these lines:".into()]),
            yaml("on:\n  workflow_dispatch:".to_owned()),
        ]),
        Advice::Startable(Automation::Pipeline(_) | Automation::Job(_)) => Text::default(),
        Advice::BesidesEvents => Text::line([
            "A workflow instead of an event: ".into(),
            Span::code("deploy: { workflow: deploy.yml }"),
        ]),
        Advice::TagRights => Text::line(["If a ruleset protects tags, let this app pass it.".into()]),
    }
}

/// A workflow that takes a deployment and reports on it.
/// See <https://docs.github.com/actions/reference/workflows-and-actions/events-that-trigger-workflows#deployment>.
fn listener(environment: &str, has_targets: bool) -> String {
    let condition = if has_targets {
        format!("startsWith(github.event.deployment.environment, '{environment}/')")
    } else {
        format!("github.event.deployment.environment == '{environment}'")
    };
    format!(
        "on: deployment
permissions: {{ contents: read, deployments: write }}
jobs:
  deploy:
    if: {condition}
    runs-on: ubuntu-latest
    env:
      GH_TOKEN: ${{{{ github.token }}}}
      AT: repos/${{{{ github.repository }}}}/deployments/${{{{ github.event.deployment.id }}}}/statuses
    steps:
      - run: gh api $AT -f state=in_progress
      # your steps: check out, build, deploy
      - run: gh api $AT -f state=success
      - if: failure()
        run: gh api $AT -f state=failure"
    )
}
