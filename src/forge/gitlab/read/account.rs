//! Accounts by name and number, and whether a person or a program stands behind one. What an account may do lives in `actor`.

use serde::Deserialize;

use crate::domain::id::{Actor, ActorId, ActorKind};
use crate::forge::fault::{Fault, if_there};
use crate::forge::gitlab::read::Reader;
use crate::forge::gitlab::webhook::actor;
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
    /// In our words, as far as it can be told from here: where accounts stand inside other things, only a program's name may
    /// tell that it is one.
    pub(super) fn actor(&self) -> Actor {
        let told = actor(self.id, &self.username);
        let kind = if self.bot == Some(true) { ActorKind::Bot } else { told.kind };
        Actor { kind, ..told }
    }

    /// The same, where it may be ours: our account may have a person's name.
    pub(super) fn actor_beside(&self, ours: Option<ActorId>) -> Actor {
        let told = self.actor();
        let kind = if ours == Some(told.id) { ActorKind::Bot } else { told.kind };
        Actor { kind, ..told }
    }

    /// The account, or one that nobody is.
    pub(super) fn or_nobody(user: Option<&Self>) -> Actor {
        let nobody = || Actor { id: ActorId(NOBODY), login: "ghost".to_owned(), kind: ActorKind::Bot };
        user.map_or_else(nobody, Self::actor)
    }
}

/// An account with its kind for certain: a program may have any name. One that is gone by now is taken as it stood.
pub(super) async fn certain(reader: &Reader<'_>, user: &User) -> Result<Actor, Fault> {
    let seen = user.actor_beside(Some(reader.gitlab.ourselves().await?.id));
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
