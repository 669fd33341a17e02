//! Accounts by name and number, and whether a person or a program stands behind one. What an account may do lives in `actor`.

use serde::Deserialize;

use crate::domain::id::{Actor, ActorId, ActorKind};
use crate::forge::fault::{Fault, if_there};
use crate::forge::gitlab::read::Reader;
use crate::forge::route::Route;

/// No account has this number: it stands for one that is gone, and has no rights anywhere.
const NOBODY: u64 = 0;

/// An account as it stands inside other things.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct User {
    pub(super) id: u64,
    pub(super) username: String,
    /// `active`, or why it may do nothing.
    #[serde(default)]
    pub(super) state: Option<String>,
    /// Told only of an account that was asked for by its number.
    #[serde(default)]
    bot: Option<bool>,
}

impl User {
    /// In our words, as far as it can be told from here.
    pub(super) fn actor(&self) -> Actor {
        let is_bot = self.bot == Some(true) || is_bot(&self.username);
        let kind = if is_bot { ActorKind::Bot } else { ActorKind::Person };
        Actor { id: ActorId(self.id), login: self.username.clone(), kind }
    }

    /// The account, or one that nobody is.
    pub(super) fn or_nobody(user: Option<&Self>) -> Actor {
        let nobody = || Actor { id: ActorId(NOBODY), login: "ghost".to_owned(), kind: ActorKind::Bot };
        user.map_or_else(nobody, Self::actor)
    }
}

/// Whether GitLab itself made the account for a program, by its name: where accounts stand inside other things, nothing else
/// tells. <https://docs.gitlab.com/user/project/settings/project_access_tokens/#bot-users-for-projects>
fn is_bot(name: &str) -> bool {
    let is_made_for = |kind: &str| {
        let rest =
            name.strip_prefix(kind).map(|rest| (rest, rest.trim_start_matches(|c: char| c.is_ascii_digit())));
        let end =
            rest.filter(|(rest, end)| rest.len() > end.len()).and_then(|(_, end)| end.strip_prefix("_bot"));
        end.is_some_and(|end| !end.starts_with(char::is_alphabetic))
    };
    is_made_for("project_")
        || is_made_for("group_")
        || name.starts_with("service_account_")
        || matches!(name, "GitLabDuo" | "alert-bot" | "support-bot")
}

/// An account with its kind for certain: a program may have any name. One that is gone by now is taken as it stood.
pub(super) async fn certain(reader: &Reader<'_>, user: &User) -> Result<Actor, Fault> {
    let seen = user.actor();
    if seen.kind == ActorKind::Bot {
        return Ok(seen);
    }
    let found: Option<User> = if_there(reader.api().get(&Route::root().then("users").then(user.id)).await)?;
    Ok(Actor { kind: found.map_or(ActorKind::Person, |found| found.actor().kind), ..seen })
}

/// The account of that name.
pub(super) async fn called(reader: &Reader<'_>, name: &str) -> Result<Option<Actor>, Fault> {
    let route = Route::root().then("users").with("username", name);
    let found: Vec<User> = reader.api().get(&route).await?;
    match found.iter().find(|user| user.username.eq_ignore_ascii_case(name)) {
        Some(user) => certain(reader, user).await.map(Some),
        None => Ok(None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s7_an_account_that_gitlab_made_for_a_token_is_a_bot() {
        for bot in
            ["project_7_bot", "project_7_bot_1f3c", "group_12_bot1", "service_account_1f3c", "GitLabDuo"]
        {
            assert!(is_bot(bot), "{bot}");
        }
        for person in ["ana", "project_lead", "project_bot", "group_7_bottle", "project_7", "robot"] {
            assert!(!is_bot(person), "{person}");
        }
    }
}
