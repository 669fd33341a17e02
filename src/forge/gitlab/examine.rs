//! Is our account set up right? Reads only; each finding says what to do. Used by an operator, never by the loop.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::Deserialize;

use super::GitLab;
use super::allow::Project;
use super::hook::Hook;
use crate::forge::fault::{Fault, if_there};
use crate::forge::route::Route;
use crate::forge::{Finding, ReadError};

/// A token that runs out sooner than this is to be renewed now.
const RENEW_WITHIN_DAYS: i32 = 30;

/// How many projects are looked into.
const PROJECTS: usize = 20;

/// What our hooks must tell, by the names of the API.
const HEARD: [&str; 8] = [
    "note_events",
    "merge_requests_events",
    "push_events",
    "tag_push_events",
    "pipeline_events",
    "job_events",
    "deployment_events",
    "releases_events",
];

/// The first that hands inputs on to a new pipeline; an older one passes them over without a word.
pub(super) const INPUTS_SINCE: (u32, u32) = (17, 11);

/// What an older GitLab lacks, newest first: its first version, and what is missing before it.
const SINCE: [((u32, u32), &str); 4] = [
    (INPUTS_SINCE, "a pipeline that declares inputs is not started"),
    ((17, 4), "deliveries are known again only by what they say"),
    ((17, 3), "deliveries that failed while the bot was away are not fetched"),
    ((16, 11), "nobody hears that a note was edited, or that a token runs out"),
];

#[derive(Deserialize)]
struct Token {
    name: String,
    #[serde(default)]
    scopes: Vec<String>,
    #[serde(default)]
    expires_at: Option<Date>,
}

#[derive(Deserialize)]
struct Version {
    version: String,
}

#[derive(Deserialize)]
struct Member {
    access_level: u32,
}

impl GitLab {
    /// Looks at token, version, and for each project at our role and the hooks.
    pub(super) async fn examined(&self) -> Vec<Finding> {
        let mut findings = match self.token().await {
            Ok(findings) => findings,
            Err(fault) => return vec![Finding::wrong(format!("token: {}", unreached(fault)))],
        };
        match self.account_found().await {
            Ok(finding) => findings.push(finding),
            Err(fault) => {
                return [findings, vec![Finding::wrong(format!("account: {}", unreached(fault)))]].concat();
            }
        }
        findings.push(
            self.version_found()
                .await
                .unwrap_or_else(|fault| Finding::wrong(format!("version: {}", unreached(fault)))),
        );
        findings.push(people(super::read::tells_people(&self.api).await));
        match self.projects(0).await {
            Ok(projects) if projects.is_empty() => findings.push(Finding::wrong(
                "projects: none. Invite the bot's account to a project or group, as Maintainer",
            )),
            Ok(projects) => {
                for project in projects.iter().take(PROJECTS) {
                    findings.extend(self.project_found(project).await);
                }
            }
            Err(fault) => findings.push(Finding::wrong(format!("projects: {}", unreached(fault)))),
        }
        findings
    }

    /// What a token tells of itself; one of an OAuth application or an old GitLab tells nothing.
    async fn token(&self) -> Result<Vec<Finding>, Fault> {
        let route = Route::root().down("personal_access_tokens/self");
        let Some(token) = if_there(self.api.get::<Token>(&route).await)? else { return Ok(vec![]) };
        let today = (self.api.now)().to_zoned(TimeZone::UTC).date();
        Ok(vec![scope(&token), life(&token, today)])
    }

    async fn account_found(&self) -> Result<Finding, Fault> {
        let account = self.ourselves().await?;
        Ok(Finding::right(format!("account: GitLab knows us as `{}`", account.login)))
    }

    /// The instance's version, as it says it and as major and minor number.
    pub(super) async fn version(&self) -> Result<(String, (u32, u32)), Fault> {
        let found: Version = self.api.get(&Route::root().then("version")).await?;
        let number = numbered(&found.version);
        Ok((found.version, number))
    }

    async fn version_found(&self) -> Result<Finding, Fault> {
        let (version, number) = self.version().await?;
        let lacks =
            SINCE.iter().filter(|(since, _)| number < *since).map(|(_, lack)| *lack).collect::<Vec<_>>();
        let lacks = if lacks.is_empty() { String::new() } else { format!(", where {}", lacks.join("; ")) };
        Ok(Finding::right(format!("version: {version}{lacks}")))
    }

    async fn project_found(&self, project: &Project) -> Vec<Finding> {
        let path = &project.path_with_namespace;
        let looked = async {
            let hooks = self.hooks(project.id).await?;
            Ok::<_, Fault>((self.role(project.id).await?, hooks))
        };
        match looked.await {
            Ok((level, hooks)) => [vec![role(path, level)], hooks_found(path, hooks.as_deref())].concat(),
            Err(fault) => vec![Finding::wrong(format!("{path}: {}", unreached(fault)))],
        }
    }

    async fn role(&self, project: u64) -> Result<u32, Fault> {
        let us = self.ourselves().await?.id;
        let route = Route::project(project).down("members/all").then(us);
        let found: Option<Member> = if_there(self.api.get(&route).await)?;
        Ok(found.map_or(0, |member| member.access_level))
    }
}

/// S14: who wrote commits is told by GraphQL alone.
fn people(told: Result<(), Fault>) -> Finding {
    let why = match told {
        Ok(()) => return Finding::right("people: GitLab tells who wrote commits"),
        Err(Fault::Denied { said, .. }) => said,
        Err(fault) => unreached(fault),
    };
    Finding::wrong(format!(
        "people: GitLab does not tell who wrote commits: {why}. Where a policy says `not: [authors]`, no approval counts until it does: \
         let us reach /api/graphql, or update GitLab"
    ))
}

fn scope(token: &Token) -> Finding {
    if token.scopes.iter().any(|scope| scope == "api") {
        return Finding::right(format!("token `{}`: has the scope api", token.name));
    }
    Finding::wrong(format!(
        "token `{}`: has {}, needs the scope api. Make a new one and set LOCKKEEPER_GITLAB_TOKEN to it",
        token.name,
        if token.scopes.is_empty() { "no scope".to_owned() } else { token.scopes.join(", ") }
    ))
}

fn life(token: &Token, today: Date) -> Finding {
    let Some(ends) = token.expires_at else {
        return Finding::right(format!("token `{}`: never runs out", token.name));
    };
    let left = ends.since(today).map_or(0, |span| span.get_days());
    let sentence = format!("token `{}`: runs out on {ends}, in {left} days", token.name);
    if left > RENEW_WITHIN_DAYS {
        return Finding::right(sentence);
    }
    Finding::wrong(format!("{sentence}. Make a new one and set LOCKKEEPER_GITLAB_TOKEN to it"))
}

/// Major and minor number of `18.4.1-ee`.
fn numbered(version: &str) -> (u32, u32) {
    let mut numbers = version.split(['.', '-']).map_while(|part| part.parse().ok());
    (numbers.next().unwrap_or(0), numbers.next().unwrap_or(0))
}

/// Levels are ordered, and new ones may stand between: <https://docs.gitlab.com/api/access_requests/#valid-access-levels>
fn role(path: &str, level: u32) -> Finding {
    match level {
        40.. => Finding::right(format!("{path}: we are Maintainer")),
        30.. => Finding::right(format!(
            "{path}: we are Developer: enough unless tags, branches or environments are protected; hooks are not seen"
        )),
        _ => Finding::wrong(format!(
            "{path}: we are less than Developer. Make the bot's account Maintainer there"
        )),
    }
}

fn hooks_found(path: &str, hooks: Option<&[Hook]>) -> Vec<Finding> {
    match hooks {
        None => vec![],
        Some([]) => vec![Finding::right(format!(
            "{path}: no hook of its own leads to /webhooks/gitlab; right only where one of its group or of the instance does"
        ))],
        Some(hooks) => hooks.iter().map(|hook| hook_found(path, hook)).collect(),
    }
}

fn hook_found(path: &str, hook: &Hook) -> Finding {
    if hook.alert_status.as_deref().is_some_and(|status| status != "executable") {
        let until = hook
            .disabled_until
            .as_deref()
            .map_or("until somebody tests it".to_owned(), |at| format!("until {at}"));
        return Finding::wrong(format!(
            "{path}: GitLab switched hook {} off {until}, because we did not answer. Once we do: Settings, Webhooks, Test",
            hook.id
        ));
    }
    let missing: Vec<&str> = HEARD.into_iter().filter(|events| !hook.tells(events)).collect();
    if missing.is_empty() {
        return Finding::right(format!("{path}: hook {} tells all that is needed", hook.id));
    }
    Finding::wrong(format!("{path}: hook {} does not tell {}", hook.id, missing.join(", ")))
}

fn unreached(fault: Fault) -> String {
    // It says what to do by itself.
    if let Fault::LockedOut(cause) = &fault {
        return cause.to_string();
    }
    let error = ReadError::from(fault);
    let cause = std::error::Error::source(&error).map(|cause| format!(": {cause}")).unwrap_or_default();
    format!("{error}{cause}. Check LOCKKEEPER_GITLAB_URL and LOCKKEEPER_GITLAB_TOKEN")
}
