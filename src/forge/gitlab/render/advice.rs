//! What to do at GitLab, in its own words and files. When to say it is `domain::say`'s affair.

use crate::domain::policy::environment::Automation;
use crate::domain::say::{Advice, Block, Span, Text};

/// The lines to add.
pub(super) fn advice(advice: &Advice) -> Text {
    let listing = |language: &str, body: String| Block::Listing { language: language.to_owned(), body };
    match advice {
        Advice::Listener { environment, .. } => Text(vec![
            Block::Line(vec![
                "Whatever deploys to ".into(),
                Span::code(environment.as_str()),
                " hears of it by the deployment hook and reports with a token of the scope ".into(),
                Span::code("api"),
                ":".into(),
            ]),
            listing("sh", report()),
        ]),
        Advice::Startable(Automation::Pipeline(_)) => Text(vec![
            Block::Line(vec![
                "At the top of ".into(),
                Span::code(".gitlab-ci.yml"),
                " it needs these lines:".into(),
            ]),
            listing("yaml", "spec:\n  inputs:\n    pipeline: { default: '' }\n    environment: { default: '' }\n    target: { default: '' }\n---".to_owned()),
        ]),
        Advice::Startable(Automation::Job(name)) => Text(vec![
            Block::Line(vec!["In ".into(), Span::code(".gitlab-ci.yml"), " it needs these lines:".into()]),
            listing("yaml", waiting(name)),
        ]),
        Advice::Startable(Automation::Workflow(_)) => Text::default(),
        Advice::BesidesEvents => Text::line([
            "A pipeline or a job instead of an event: ".into(),
            Span::code("deploy: { pipeline: deploy }"),
            " or ".into(),
            Span::code("deploy: { job: deploy }"),
        ]),
        Advice::TagRights => Text::line([
            "If the tag is protected, let the account of this bot create it, under ".into(),
            Span::Emphasis(vec!["Settings → Repository → Protected tags".into()]),
            ".".into(),
        ]),
    }
}

/// See <https://docs.gitlab.com/api/deployments/#update-a-deployment>.
fn report() -> String {
    "curl --request PUT --header \"PRIVATE-TOKEN: $TOKEN\" --data status=success \\\n  \"$GITLAB/api/v4/projects/$PROJECT_ID/deployments/$DEPLOYMENT_ID\"".to_owned()
}

/// A job that waits in a tag's pipeline until somebody starts it.
fn waiting(job: &str) -> String {
    format!("{}:\n  rules:\n    - if: $CI_COMMIT_TAG\n      when: manual", quoted(job))
}

/// A job's name as a key of YAML.
fn quoted(name: &str) -> String {
    let is_plain = name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'));
    if is_plain { name.to_owned() } else { format!("'{}'", name.replace('\'', "''")) }
}
