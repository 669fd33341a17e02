//! `lockkeeper check --repo`: whether the people and labels that a policy names are there, with the bot's own rights. Reads only; what is lacking is found in `domain`.

use std::io;

use crate::cli::plan::repository::{explained, found};
use crate::clock::Clock;
use crate::config::settings::ForgeArgs;
use crate::domain::id::{Actor, ProjectPath};
use crate::domain::policy::label::Upkeep;
use crate::domain::policy::staffing::{Shortage, When};
use crate::domain::policy::{GroupPath, Policy, Principal};
use crate::engine::survey::{Muster, muster};

use super::summary;

/// Writes what the policy means (`given`: its summary and itself, else the repository's own) and what it lacks. The
/// exit code: 0 nothing is lacking, or only where somebody asks who is needed; 1 something is.
pub(super) async fn check(
    path: &ProjectPath,
    forge: ForgeArgs,
    given: (Option<String>, Option<Policy>),
    out: &mut dyn io::Write,
) -> anyhow::Result<u8> {
    let clock = Clock::system();
    let (forge, project) = found(path, forge, &clock).await?;
    let (shown, policy) = given;
    let found = muster(forge.as_ref(), &project, policy, || clock.now())
        .await
        .map_err(|none| explained(none, path))?;
    let name =
        found.file.as_ref().map_or(format!("{path} (no policy file)"), |file| format!("{file} of {path}"));
    write!(out, "{}", shown.unwrap_or_else(|| summary::of_policy(&name, &found.policy, None)))?;
    write!(out, "\npeople of {path}\n")?;
    for shortage in &found.shortages {
        writeln!(out, "  {:<7} {}", if is_wrong(shortage) { "WRONG" } else { "note" }, sentence(shortage))?;
    }
    if found.shortages.is_empty() {
        writeln!(out, "  ok      everybody whom the policy names is there, and enough of them")?;
    }
    labels(path, &found, out)?;
    Ok(u8::from(found.shortages.iter().any(is_wrong)))
}

/// The labels that the policy names and the repository lacks; a policy works without them, so none is wrong.
fn labels(path: &ProjectPath, found: &Muster, out: &mut dyn io::Write) -> io::Result<()> {
    write!(out, "\nlabels of {path}\n")?;
    match &found.labels {
        Err(why) => writeln!(out, "  note    they could not be read: {why}"),
        Ok(missing) if missing.is_empty() => {
            writeln!(out, "  ok      every label that the policy counts on is there")
        }
        Ok(missing) => {
            for label in missing {
                writeln!(out, "  note    {} is not there ({})", label.name, label.description)?;
            }
            let then = match found.policy.labels {
                Upkeep::Sync => "the bot makes them, because the policy says `labels: sync`",
                Upkeep::ByHand => "`labels: sync` in the policy file has them made",
            };
            writeln!(out, "          {then}")
        }
    }
}

/// Whether it can never be as the policy wants it. What could not be read may be.
fn is_wrong(shortage: &Shortage) -> bool {
    match shortage {
        Shortage::Absent(_) | Shortage::Empty(_) | Shortage::NoReporter { .. } => true,
        Shortage::TooFew { when, .. } => *when == When::Always,
        Shortage::Unread(..) => false,
    }
}

fn sentence(shortage: &Shortage) -> String {
    match shortage {
        Shortage::Absent(Principal::Group(GroupPath(path))) => {
            format!("team {path}: it does not exist, or we cannot see it")
        }
        Shortage::Absent(Principal::User(login)) => format!("user {login}: nobody is called that"),
        Shortage::Absent(role @ Principal::Role(_)) => format!("{}: nobody", summary::principal(role)),
        Shortage::Empty(GroupPath(path)) => format!("team {path} has nobody"),
        Shortage::NoReporter { environment, account } => {
            format!("{environment}: the reporter {account} is no app and no user, so its reports never come")
        }
        Shortage::Unread(principal, why) => {
            format!("{} could not be read: {why}", summary::principal(principal))
        }
        Shortage::TooFew { environment, wanted, people, when } => {
            let names: Vec<_> = people.iter().map(|Actor { login, .. }| login.as_str()).collect();
            let people = match (names.as_slice(), names.len()) {
                ([], _) => "nobody".to_owned(),
                (some, 1..=5) => some.join(", "),
                (_, many) => format!("{many} people"),
            };
            let approvals = if *wanted == 1 { "approval" } else { "approvals" };
            let so = match when {
                When::Always => "so it can never begin",
                When::OneOfThemAsks => "so none of them can ask for it",
            };
            format!("{environment} wants {wanted} {approvals} and has {people}; who asks gives none, {so}")
        }
    }
}
