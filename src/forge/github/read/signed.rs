//! The people behind a commit, as GitHub tells them: author, co-authors, committer. Whose approval they cost is not decided here.

use serde::Deserialize;

use super::graph::Connection;
use crate::domain::change::Writers;
use crate::domain::id::ActorId;

/// GitHub's own account, which commits what people do in the browser.
const BROWSER: &str = "web-flow";

/// Whose names a commit bears. GitHub counts the author and everybody in a `Co-authored-by:` trailer among the authors.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Signed {
    committed_via_web: bool,
    authors: Option<Connection<Name>>,
    committer: Option<Name>,
}

/// A name that git has, with the account that GitHub links by its e-mail address: a person's, never an App's.
#[derive(Deserialize)]
struct Name {
    name: Option<String>,
    email: Option<String>,
    user: Option<User>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct User {
    login: String,
    database_id: Option<u64>,
}

impl Name {
    /// An App signs as `name[bot]`, with an address of GitHub's that says the same.
    fn is_program(&self) -> bool {
        let ends = |text: &Option<String>, end: &str| text.as_ref().is_some_and(|text| text.ends_with(end));
        let has = |text: &Option<String>, part: &str| text.as_ref().is_some_and(|text| text.contains(part));
        match &self.user {
            Some(user) => user.login == BROWSER || user.login.ends_with("[bot]"),
            None => ends(&self.name, "[bot]") && has(&self.email, "[bot]@users.noreply."),
        }
    }
}

impl Signed {
    /// Whether GitHub itself committed it, for somebody in the browser.
    pub(super) fn by_the_forge(&self) -> bool {
        self.committed_via_web
    }

    /// The people, each once. `None`: there are more of them than GitHub tells at once, and any could be the others.
    pub(super) fn writers(self) -> Option<Writers> {
        let mut writers = Writers::default();
        if self.authors.as_ref().is_some_and(|authors| authors.next().is_some()) {
            return None;
        }
        let committer = self.committer.filter(|_| !self.committed_via_web);
        let named = self.authors.into_iter().flat_map(Connection::seen).chain(committer);
        for name in named.filter(|name| !name.is_program()) {
            match name.user.and_then(|user| user.database_id) {
                Some(id) => _ = writers.accounts.insert(ActorId(id)),
                None => _ = writers.strangers.insert(name.name.unwrap_or_else(|| "nobody".to_owned())),
            }
        }
        Some(writers)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn check(signed: &Value, accounts: &[u64], strangers: &[&str]) {
        let writers = serde_json::from_value::<Signed>(signed.clone()).unwrap().writers().unwrap();
        let expected = Writers {
            accounts: accounts.iter().copied().map(ActorId).collect(),
            strangers: strangers.iter().map(|name| (*name).to_owned()).collect(),
        };
        assert_eq!(writers, expected, "{signed}");
    }

    fn named(name: &str, id: Option<u64>) -> Value {
        let user = id.map(|id| json!({ "login": name, "databaseId": id }));
        json!({ "name": name, "email": format!("{name}@example.org"), "user": user })
    }

    #[test]
    fn s14_author_co_authors_and_committer_are_the_people_behind_a_commit() {
        let authors = |names: Value| json!({ "authors": { "nodes": names } });
        check(&authors(json!([named("ana", Some(1)), named("bob", Some(2)), null])), &[1, 2], &[]);
        check(&authors(json!([named("ana", Some(1)), named("Jane", None)])), &[1], &["Jane"]);
        let mut committed = authors(json!([named("ana", Some(1))]));
        committed["committer"] = named("cem", Some(3));
        check(&committed, &[1, 3], &[]);
        committed["committer"] = named("Cem", None);
        check(&committed, &[1], &["Cem"]);
        committed["committer"] = named("ana", Some(1));
        check(&committed, &[1], &[]);
        check(&json!({}), &[], &[]);
    }

    #[test]
    fn s14_what_github_and_programs_sign_is_nobodys() {
        let by_the_browser = |committer: Value| json!({ "committedViaWeb": true, "authors": { "nodes": [named("ana", Some(1))] }, "committer": committer });
        check(&by_the_browser(named("GitHub", None)), &[1], &[]);
        check(&by_the_browser(Value::Null), &[1], &[]);
        check(&json!({ "committer": named("web-flow", Some(9)) }), &[], &[]);
        let program = |name: &str, email: &str| json!({ "authors": { "nodes": [{ "name": name, "email": email, "user": null }] } });
        check(&program("renovate[bot]", "29+renovate[bot]@users.noreply.github.com"), &[], &[]);
        check(&program("renovate[bot]", "mallory@example.org"), &[], &["renovate[bot]"]);
        check(&program("Mallory", "29+renovate[bot]@users.noreply.github.com"), &[], &["Mallory"]);
    }

    #[test]
    fn s14_of_authors_that_do_not_fit_on_a_page_nobody_is_said_to_be_all() {
        let page = json!({ "hasNextPage": true, "endCursor": "c" });
        let signed = json!({ "authors": { "pageInfo": page, "nodes": [named("ana", Some(1))] } });
        assert_eq!(serde_json::from_value::<Signed>(signed).unwrap().writers(), None);
    }
}
