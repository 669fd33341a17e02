//! Commits, trees, tags and refs, in memory, with ids that depend only on what they hold. No pack, no index, no files on disk.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::fmt::Write as _;
use std::sync::Arc;

use aws_lc_rs::digest;
use jiff::Timestamp;

/// A whole tree: path to text.
pub(crate) type Tree = Arc<BTreeMap<String, Arc<str>>>;

#[derive(Debug, Clone)]
pub(crate) struct Signature {
    pub(crate) name: String,
    pub(crate) email: String,
    pub(crate) account: Option<u64>,
}

#[derive(Debug, Clone)]
pub(crate) struct Commit {
    pub(crate) oid: String,
    pub(crate) parents: Vec<String>,
    pub(crate) message: String,
    pub(crate) author: Signature,
    /// Who put it there; `None`: the forge, for somebody in the browser.
    pub(crate) committer: Option<Signature>,
    pub(crate) at: Timestamp,
    pub(crate) tree: Tree,
}

impl Commit {
    pub(crate) fn headline(&self) -> &str {
        self.message.split('\n').next().unwrap_or_default()
    }

    pub(crate) fn body(&self) -> &str {
        self.message.split_once('\n').map_or("", |(_, rest)| rest.trim())
    }

    /// Whom trailers of the message name as co-authors, with their addresses.
    pub(crate) fn co_authors(&self) -> impl Iterator<Item = (&str, &str)> {
        let trailers = self.message.lines().filter_map(|line| line.strip_prefix("Co-authored-by: "));
        trailers.filter_map(|who| who.strip_suffix('>')?.split_once(" <"))
    }

    pub(crate) fn tree_oid(&self) -> String {
        tree_oid(&self.tree, "")
    }
}

/// A commit to be made.
pub(crate) struct NewCommit {
    pub(crate) parents: Vec<String>,
    pub(crate) message: String,
    pub(crate) author: Signature,
    pub(crate) committer: Option<Signature>,
    pub(crate) at: Timestamp,
    pub(crate) tree: Tree,
}

#[derive(Debug, Clone)]
pub(crate) struct TagObject {
    pub(crate) oid: String,
    pub(crate) name: String,
    pub(crate) message: String,
    pub(crate) target: String,
    pub(crate) tagger: Signature,
    pub(crate) at: Timestamp,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Relation {
    Ahead,
    Behind,
    Diverged,
    Identical,
}

#[derive(Debug, Clone)]
pub(crate) struct Comparison {
    pub(crate) relation: Relation,
    /// What the head has and the base has not, oldest first.
    pub(crate) commits: Vec<String>,
    pub(crate) behind: usize,
    pub(crate) merge_base: Option<String>,
}

#[derive(Debug, Clone, Default)]
pub(crate) struct Git {
    commits: BTreeMap<String, Commit>,
    tags: BTreeMap<String, TagObject>,
    /// Trees that no commit has yet.
    loose: Vec<Tree>,
    /// Full names (`refs/heads/main`) to object ids.
    refs: BTreeMap<String, String>,
}

/// An id in git's manner: SHA-1 over kind, length and content.
pub(crate) fn object_id(kind: &str, content: &[u8]) -> String {
    let mut context = digest::Context::new(&digest::SHA1_FOR_LEGACY_USE_ONLY);
    context.update(format!("{kind} {}\0", content.len()).as_bytes());
    context.update(content);
    hex::encode(context.finish())
}

/// The id of the part of a tree under a folder (`""` is the root).
pub(crate) fn tree_oid(tree: &Tree, folder: &str) -> String {
    let mut listing = String::new();
    for (path, text) in tree.iter().filter(|(path, _)| path.starts_with(folder)) {
        let _ = writeln!(listing, "{path}\0{}", object_id("blob", text.as_bytes()));
    }
    object_id("tree", listing.as_bytes())
}

impl Git {
    pub(crate) fn commit(&self, oid: &str) -> Option<&Commit> {
        self.commits.get(oid)
    }

    pub(crate) fn all_commits(&self) -> impl Iterator<Item = &Commit> {
        self.commits.values()
    }

    /// Trees that were made by themselves.
    pub(crate) fn trees(&self) -> impl Iterator<Item = &Tree> {
        self.loose.iter()
    }

    pub(crate) fn keep_tree(&mut self, tree: Tree) -> String {
        let oid = tree_oid(&tree, "");
        self.loose.push(tree);
        oid
    }

    pub(crate) fn tag_object(&self, oid: &str) -> Option<&TagObject> {
        self.tags.get(oid)
    }

    pub(crate) fn add_commit(&mut self, new: NewCommit) -> String {
        let content = format!(
            "{}\n{}\n{} <{}> {}\n{}",
            tree_oid(&new.tree, ""),
            new.parents.join(" "),
            new.author.name,
            new.author.email,
            new.at,
            new.message
        );
        let oid = object_id("commit", content.as_bytes());
        let NewCommit { parents, message, author, committer, at, tree } = new;
        let commit = Commit { oid: oid.clone(), parents, message, author, committer, at, tree };
        self.commits.insert(oid.clone(), commit);
        oid
    }

    pub(crate) fn add_tag_object(&mut self, mut tag: TagObject) -> String {
        let content =
            format!("{}\n{}\n{} {}\n{}", tag.target, tag.name, tag.tagger.name, tag.at, tag.message);
        tag.oid = object_id("tag", content.as_bytes());
        let oid = tag.oid.clone();
        self.tags.insert(oid.clone(), tag);
        oid
    }

    /// Sets a ref, or with `None` takes it away; what it was.
    pub(crate) fn set_ref(&mut self, name: &str, oid: Option<&str>) -> Option<String> {
        match oid {
            Some(oid) => self.refs.insert(name.to_owned(), oid.to_owned()),
            None => self.refs.remove(name),
        }
    }

    pub(crate) fn reference(&self, name: &str) -> Option<&str> {
        self.refs.get(name).map(String::as_str)
    }

    pub(crate) fn branch(&self, name: &str) -> Option<&str> {
        self.reference(&format!("refs/heads/{name}"))
    }

    /// The refs under a prefix: name without it, and object id; by name.
    pub(crate) fn refs_under<'a>(
        &'a self,
        prefix: &'a str,
    ) -> impl DoubleEndedIterator<Item = (&'a str, &'a str)> {
        self.refs
            .iter()
            .filter_map(move |(name, oid)| name.strip_prefix(prefix).map(|short| (short, oid.as_str())))
    }

    pub(crate) fn knows(&self, oid: &str) -> bool {
        self.commits.contains_key(oid) || self.tags.contains_key(oid)
    }

    /// From a tag object to its commit; a commit is itself.
    pub(crate) fn peel<'a>(&'a self, oid: &'a str) -> Option<&'a Commit> {
        let target = self.tags.get(oid).map_or(oid, |tag| tag.target.as_str());
        self.commits.get(target)
    }

    /// What a person or the API may write for a commit: a branch, a tag, a full ref or at least seven digits of an id.
    pub(crate) fn resolve(&self, text: &str) -> Option<&Commit> {
        let spellings =
            [format!("refs/heads/{text}"), format!("refs/tags/{text}"), format!("refs/{text}"), text.into()];
        if let Some(oid) = spellings.iter().find_map(|name| self.reference(name)) {
            return self.peel(oid);
        }
        if text.len() < 7 || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return None;
        }
        if let Some(tag) = self.tags.get(text) {
            return self.commits.get(&tag.target);
        }
        let mut matches = self.commits.range(text.to_owned()..).take_while(|(oid, _)| oid.starts_with(text));
        let first = matches.next()?;
        matches.next().is_none().then_some(first.1)
    }

    /// A commit and all before it.
    pub(crate) fn ancestors(&self, oid: &str) -> HashSet<&str> {
        let mut seen = HashSet::new();
        let mut open: Vec<&str> =
            self.commits.get_key_value(oid).map(|(key, _)| key.as_str()).into_iter().collect();
        while let Some(next) = open.pop() {
            if seen.insert(next) {
                open.extend(self.commits[next].parents.iter().map(String::as_str));
            }
        }
        seen
    }

    pub(crate) fn is_reachable(&self, oid: &str, from: &str) -> bool {
        self.ancestors(from).contains(oid)
    }

    /// The commits of `head` that are not in `base`, parents before children.
    pub(crate) fn range(&self, base: &str, head: &str) -> Vec<String> {
        let excluded = self.ancestors(base);
        let mut done = HashSet::new();
        let mut order = Vec::new();
        let mut open = vec![(head, false)];
        while let Some((oid, parents_done)) = open.pop() {
            if parents_done {
                order.push(oid.to_owned());
                continue;
            }
            if excluded.contains(oid) || !done.insert(oid) {
                continue;
            }
            let Some(commit) = self.commits.get(oid) else { continue };
            open.push((oid, true));
            open.extend(commit.parents.iter().rev().map(|parent| (parent.as_str(), false)));
        }
        order
    }

    /// All commits before and with `head`, newest first, as `git log` lists them.
    pub(crate) fn log(&self, head: &str) -> Vec<String> {
        let mut order = self.range("", head);
        order.reverse();
        order
    }

    pub(crate) fn compare(&self, base: &str, head: &str) -> Comparison {
        let commits = self.range(base, head);
        let behind = self.range(head, base).len();
        let relation = match (commits.len(), behind) {
            (0, 0) => Relation::Identical,
            (_, 0) => Relation::Ahead,
            (0, _) => Relation::Behind,
            _ => Relation::Diverged,
        };
        Comparison { relation, commits, behind, merge_base: self.merge_base(base, head) }
    }

    pub(crate) fn merge_base(&self, one: &str, other: &str) -> Option<String> {
        let of_one = self.ancestors(one);
        self.log(other).into_iter().find(|oid| of_one.contains(oid.as_str()))
    }

    /// `onto` with what changed from `base` to `head`. The head wins where both changed a file: the stand-in has no conflicts.
    pub(crate) fn apply(base: &Tree, head: &Tree, onto: &Tree) -> Tree {
        let mut tree = BTreeMap::clone(onto);
        for path in Self::changed(base, head) {
            match head.get(&path) {
                Some(text) => tree.insert(path, Arc::clone(text)),
                None => tree.remove(&path),
            };
        }
        Arc::new(tree)
    }

    /// The files that a branch changed since it left another.
    pub(crate) fn brought(&self, base: &str, head: &str) -> Vec<String> {
        let tree = |oid: &str| self.commit(oid).map(|commit| commit.tree.clone()).unwrap_or_default();
        let origin = self.merge_base(base, head).unwrap_or_default();
        Self::changed(&tree(&origin), &tree(head))
    }

    /// The paths at which two trees differ.
    pub(crate) fn changed(base: &Tree, head: &Tree) -> Vec<String> {
        let paths: BTreeSet<&String> = base.keys().chain(head.keys()).collect();
        paths.into_iter().filter(|path| base.get(*path) != head.get(*path)).cloned().collect()
    }
}
