//! The people behind commits, as far as GitLab tells them. Whose approval they cost is not decided here.
//!
//! Beside a commit stand names and addresses; whose account an address is, only GraphQL says, and only of an author. A merge request is
//! asked for all its commits, for a squash shows none of them; of what was pushed directly, one commit of each author is asked.
//! Committers and co-authors are known where some commit has their address as its author's, or the address names their account; who
//! is not is told by name.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use serde::Deserialize;
use serde_json::json;

use super::approval;
use super::inside::{self, Inside, Wanted};
use crate::domain::change::Writers;
use crate::domain::id::{Actor, ActorId, ActorKind};
use crate::forge::fault::Fault;
use crate::forge::gitlab::read::Reader;
use crate::forge::gitlab::webhook::actor;

/// So many commits are asked about at once: a question may only be so big.
const AT_ONCE: usize = 20;
/// What is asked of a commit.
pub(super) const SIGNED: &str =
    "sha message authorName authorEmail committerName committerEmail author{id username}";

/// Whose names a commit bears.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Signed {
    pub(super) sha: String,
    pub(super) message: Option<String>,
    pub(super) author_name: Option<String>,
    pub(super) author_email: Option<String>,
    pub(super) committer_name: Option<String>,
    pub(super) committer_email: Option<String>,
    /// The account, where GraphQL tells the commit and the address is linked to one.
    pub(super) author: Option<User>,
}

#[derive(Debug, Clone, Deserialize)]
pub(super) struct User {
    /// `gid://gitlab/User/7`.
    id: String,
    username: String,
}

impl User {
    pub(super) fn actor(&self) -> Option<Actor> {
        Some(actor(self.id.rsplit('/').next()?.parse().ok()?, &self.username))
    }
}

/// A name as git has it, and the address as GitLab compares it.
type Name<'a> = (&'a str, String);

fn name<'a>((name, address): (Option<&'a str>, Option<&str>)) -> Name<'a> {
    (name.unwrap_or("nobody").trim(), address.unwrap_or_default().trim().to_lowercase())
}

impl Signed {
    fn author(&self) -> Name<'_> {
        name((self.author_name.as_deref(), self.author_email.as_deref()))
    }

    /// Everybody who is named. An older GitLab does not tell who committed.
    fn names(&self) -> impl Iterator<Item = Name<'_>> {
        let committer = self.committer_email.as_deref();
        let committer = committer.map(|address| name((self.committer_name.as_deref(), Some(address))));
        let others = self.message.as_deref().unwrap_or_default().lines().filter_map(co_author);
        std::iter::once(self.author()).chain(committer).chain(others)
    }
}

/// `Co-authored-by: Jane Doe <jane@example.org>`, in any spelling.
fn co_author(line: &str) -> Option<Name<'_>> {
    let (_, who) = line.split_once(':').filter(|(key, _)| key.eq_ignore_ascii_case("co-authored-by"))?;
    let (own, address) = who.trim().strip_suffix('>')?.split_once('<')?;
    Some(name((Some(own), Some(address))))
}

/// What a range is made of.
pub(super) struct Made {
    /// The merge requests that brought it.
    pub(super) merges: BTreeSet<u64>,
    /// Its commits that no merge request put there.
    pub(super) commits: Vec<Signed>,
}

/// The people behind a range.
#[derive(Default)]
pub(super) struct People {
    /// By the number of the merge request that they wrote in.
    merges: HashMap<u64, Writers>,
    /// By the commit that no merge request put there.
    commits: HashMap<String, Writers>,
    /// Who approved a merge request, by its number.
    approvers: HashMap<u64, Vec<ActorId>>,
}

impl People {
    /// Those behind a commit: who wrote in the merge request that put it there, or wrote it. `None`: nobody told.
    pub(super) fn behind(&self, merge: Option<u64>, commit: &str) -> Option<Writers> {
        match merge {
            Some(merge) => self.merges.get(&merge),
            None => self.commits.get(commit),
        }
        .cloned()
    }

    /// The distinct people who approved a merge request.
    pub(super) fn approvers(&self, merge: u64) -> Vec<ActorId> {
        self.approvers.get(&merge).cloned().unwrap_or_default()
    }
}

/// Asks who wrote all that, and who approved it. A GitLab that cannot say who wrote says it of nobody, and not that nobody did.
pub(super) async fn of(reader: &Reader<'_>, made: Made) -> Result<People, Fault> {
    let merges: Vec<u64> = made.merges.iter().rev().copied().collect();
    match told(reader, &merges, &made.commits).await {
        Err(Fault::Denied { .. }) => {
            Ok(People { approvers: approval::of(reader, &merges).await?, ..People::default() })
        }
        told => told,
    }
}

async fn told(reader: &Reader<'_>, merges: &[u64], commits: &[Signed]) -> Result<People, Fault> {
    let merges = inside::of(reader, merges, Wanted::People).await?;
    let inside = || merges.iter().flat_map(Inside::commits);
    let seen: HashSet<&str> = inside().map(|one| one.sha.as_str()).collect();
    let mut known = Known::new(reader).await?;
    inside().for_each(|one| known.learn(one));
    let direct: Vec<&Signed> = commits.iter().filter(|one| !seen.contains(one.sha.as_str())).collect();
    for one in &by_themselves(reader, &known.unknown(&direct)).await? {
        known.learn(one);
    }
    let whole = merges.iter().filter(|merge| merge.is_whole());
    let wrote = whole.map(|merge| (merge.number(), known.writers(merge.commits().iter())));
    let approved = merges.iter().map(|merge| (merge.number(), approvers(merge)));
    // What a merge request brought in is told with it.
    let inside = seen.iter().map(|sha| ((*sha).to_owned(), Writers::default()));
    let direct = direct.iter().map(|one| (one.sha.clone(), known.writers([*one].into_iter())));
    Ok(People {
        merges: wrote.collect(),
        commits: inside.chain(direct).collect(),
        approvers: approved.collect(),
    })
}

fn approvers(merge: &Inside) -> Vec<ActorId> {
    approval::people(merge.approved_by().iter().filter_map(User::actor))
}

/// Whose address is whose.
struct Known {
    accounts: HashMap<String, Actor>,
    ours: ActorId,
    /// What follows the `@` in the addresses that this GitLab gives to those who show none of their own.
    noreply: String,
}

impl Known {
    async fn new(reader: &Reader<'_>) -> Result<Self, Fault> {
        let ours = reader.gitlab.ourselves().await?.id;
        let host = reader.api().transport.base().host_str().unwrap_or_default();
        Ok(Self { accounts: HashMap::new(), ours, noreply: format!("users.noreply.{host}") })
    }

    /// Whose address it is: somebody's who wrote a commit under it, or by itself, `7-jane@users.noreply.HOST`.
    /// <https://docs.gitlab.com/user/profile/#use-an-automatically-generated-private-commit-email>
    fn account(&self, address: &str) -> Option<Actor> {
        let by_itself = || {
            let (number, login) = address.strip_suffix(&self.noreply)?.strip_suffix('@')?.split_once('-')?;
            Some(actor(number.parse().ok()?, login))
        };
        self.accounts.get(address).cloned().or_else(by_itself)
    }

    fn learn(&mut self, commit: &Signed) {
        if let Some(actor) = commit.author.as_ref().and_then(User::actor) {
            self.accounts.insert(commit.author().1, actor);
        }
    }

    /// A commit of each author who is not known.
    fn unknown<'a>(&self, commits: &[&'a Signed]) -> Vec<&'a str> {
        let by_author: BTreeMap<String, &str> =
            commits.iter().map(|one| (one.author().1, one.sha.as_str())).collect();
        by_author
            .into_iter()
            .filter(|(address, _)| self.account(address).is_none())
            .map(|(_, sha)| sha)
            .collect()
    }

    /// The people, each once; no programs, and not ourselves.
    fn writers<'a>(&self, commits: impl Iterator<Item = &'a Signed>) -> Writers {
        let mut writers = Writers::default();
        for (name, address) in commits.flat_map(Signed::names) {
            match self.account(&address) {
                Some(actor) if actor.kind == ActorKind::Bot || actor.id == self.ours => {}
                Some(actor) => _ = writers.accounts.insert(actor.id),
                None => _ = writers.strangers.insert(name.to_owned()),
            }
        }
        writers
    }
}

/// Commits by their names. GraphQL gives one as the newest that made a tree what it is: one that changes no file is not found so.
/// <https://docs.gitlab.com/api/graphql/reference/#tree>
async fn by_themselves(reader: &Reader<'_>, commits: &[&str]) -> Result<Vec<Signed>, Fault> {
    let mut found = Vec::new();
    for some in commits.chunks(AT_ONCE) {
        let tree = |(at, sha): (usize, &&str)| format!("c{at}:tree(ref:\"{sha}\"){{lastCommit{{{SIGNED}}}}}");
        let trees: String = some.iter().enumerate().map(tree).collect();
        let document = format!("query($path:ID!){{project(fullPath:$path){{repository{{{trees}}}}}}}");
        let mut data = reader.api().graphql(&document, json!({ "path": reader.project.path })).await?;
        for (at, sha) in some.iter().enumerate() {
            let commit = data["project"]["repository"][format!("c{at}")]["lastCommit"].take();
            found.extend(serde_json::from_value::<Signed>(commit).ok().filter(|commit| commit.sha == *sha));
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn signed(author: (&str, Option<u64>), committer: &str, message: &str) -> Signed {
        let address = |name: &str| format!("{name}@example.org");
        Signed {
            author_name: Some(author.0.to_owned()),
            author_email: Some(address(author.0).to_uppercase()),
            committer_name: Some(committer.to_owned()),
            committer_email: Some(address(committer)),
            author: author
                .1
                .map(|id| User { id: format!("gid://gitlab/User/{id}"), username: author.0.to_owned() }),
            message: Some(message.to_owned()),
            ..Signed::default()
        }
    }

    fn check(commits: &[Signed], accounts: &[u64], strangers: &[&str]) {
        let mut known = Known {
            accounts: HashMap::new(),
            ours: ActorId(90),
            noreply: "users.noreply.gitlab.com".to_owned(),
        };
        commits.iter().for_each(|one| known.learn(one));
        let expected = Writers {
            accounts: accounts.iter().copied().map(ActorId).collect(),
            strangers: strangers.iter().map(|name| (*name).to_owned()).collect(),
        };
        assert_eq!(known.writers(commits.iter()), expected);
    }

    #[test]
    fn s14_author_committer_and_co_authors_are_known_by_their_addresses() {
        check(&[signed(("ana", Some(1)), "ana", "")], &[1], &[]);
        check(&[signed(("ana", Some(1)), "bob", "")], &[1], &["bob"]);
        check(&[signed(("ana", Some(1)), "bob", ""), signed(("bob", Some(2)), "bob", "")], &[1, 2], &[]);
        check(&[signed(("jane", None), "jane", "")], &[], &["jane"]);
        let along = "fix\n\nCo-Authored-By: Bo <bob@example.org>\nco-authored-by: Eve <eve@example.org>\nCo-authored-by: nobody";
        check(&[signed(("ana", Some(1)), "ana", along)], &[1], &["Bo", "Eve"]);
    }

    #[test]
    fn s14_an_address_that_this_gitlab_gave_names_its_account() {
        let along = |address: &str| format!("fix\n\nCo-authored-by: Bo <{address}>");
        let by_ana = |message: &str| [signed(("ana", Some(1)), "ana", message)];
        check(&by_ana(&along("7-bo.x-y@users.noreply.gitlab.com")), &[1, 7], &[]);
        check(&by_ana(&along("8-project_42_bot_1f@users.noreply.gitlab.com")), &[1], &[]);
        for other in [
            "7-bo@users.noreply.example.org",
            "7-bo@x.users.noreply.gitlab.com",
            "bo@users.noreply.gitlab.com",
        ] {
            check(&by_ana(&along(other)), &[1], &["Bo"]);
        }
    }

    #[test]
    fn s14_what_programs_and_we_ourselves_sign_is_nobodys() {
        check(&[signed(("project_42_bot_1f", Some(7)), "project_42_bot_1f", "")], &[], &[]);
        check(&[signed(("lockkeeper", Some(90)), "lockkeeper", "")], &[], &[]);
    }
}
