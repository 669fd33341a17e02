//! Merging a commit into a branch, and changes of branches that are there: what a bot does that picks commits. A merge that does not fit is refused.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::git::{Git, NewCommit, Tree, tree_oid};
use super::{Model, NewThread, Pull, Refusal};

impl Git {
    /// The whole tree of this id, where a commit has it.
    pub(crate) fn tree(&self, oid: &str) -> Option<Tree> {
        let kept = self.trees().find(|tree| tree_oid(tree, "") == oid).cloned();
        kept.or_else(|| {
            self.all_commits().find(|commit| commit.tree_oid() == oid).map(|commit| commit.tree.clone())
        })
    }
}

impl Model {
    /// A commit upon others with a tree that is there, on no branch yet; its id.
    pub(crate) fn commit_tree(
        &mut self,
        project: u64,
        actor: u64,
        (tree, parents): (&str, Vec<String>),
        message: &str,
    ) -> Result<String, Refusal> {
        let (at, author) = (self.now(), self.signature(actor));
        let target = self.writable(project)?;
        let tree = target.git.tree(tree).ok_or(Refusal::Invalid("Tree SHA does not exist".into()))?;
        if parents.iter().any(|parent| target.git.commit(parent).is_none()) {
            return Err(Refusal::Invalid("Parent SHA does not exist or is not a commit object".into()));
        }
        let committer = Some(author.clone());
        let message = message.to_owned();
        Ok(target.git.add_commit(NewCommit { parents, message, author, committer, at, tree }))
    }

    /// The tree of this id with these files in it, known to git from then on; its id.
    pub(crate) fn tree_with(
        &mut self,
        project: u64,
        base: &str,
        files: Vec<(String, String)>,
    ) -> Result<String, Refusal> {
        let target = self.writable(project)?;
        let base = target.git.tree(base).ok_or(Refusal::Invalid("base_tree does not exist".into()))?;
        let mut tree = BTreeMap::clone(&base);
        tree.extend(files.into_iter().map(|(path, text)| (path, Arc::from(text))));
        Ok(target.git.keep_tree(Arc::new(tree)))
    }

    /// Merges a commit into a branch; the merge, or nothing where the branch has it.
    pub(crate) fn merge_into(
        &mut self,
        project: u64,
        actor: u64,
        (branch, head): (&str, &str),
        message: &str,
    ) -> Result<Option<String>, Refusal> {
        let (at, author) = (self.now(), self.signature(actor));
        let target = self.writable(project)?;
        let git = &target.git;
        let base = git.branch(branch).ok_or(Refusal::Absent("Base"))?.to_owned();
        let head = git.resolve(head).ok_or(Refusal::Absent("Head"))?.oid.clone();
        if git.is_reachable(&head, &base) {
            return Ok(None);
        }
        let tree = |oid: &str| git.commit(oid).map(|commit| commit.tree.clone()).unwrap_or_default();
        let origin = git.merge_base(&base, &head).map(|oid| tree(&oid)).unwrap_or_default();
        let (ours, theirs) = (tree(&base), tree(&head));
        let clashes = |path: &String| {
            let (before, here, there) = (origin.get(path), ours.get(path), theirs.get(path));
            here != before && here != there
        };
        if Git::changed(&origin, &theirs).iter().any(clashes) {
            return Err(Refusal::Conflict("Merge conflict".into()));
        }
        let tree = Git::apply(&origin, &theirs, &ours);
        let (parents, committer) = (vec![base, head], Some(author.clone()));
        let message = message.to_owned();
        let oid = target.git.add_commit(NewCommit { parents, message, author, committer, at, tree });
        self.move_ref(project, actor, &format!("refs/heads/{branch}"), Some(&oid))?;
        Ok(Some(oid))
    }

    /// Opens a change of a branch that is there; its number.
    pub(crate) fn propose(
        &mut self,
        project: u64,
        actor: u64,
        (head, base): (&str, &str),
        (title, body): (&str, &str),
    ) -> Result<u64, Refusal> {
        let target = self.writable(project)?;
        let oid = |name: &str, which: &'static str| {
            target
                .git
                .branch(name)
                .map(str::to_owned)
                .ok_or_else(|| Refusal::Invalid(format!("{which} is invalid")))
        };
        let (head_oid, base_oid) = (oid(head, "head")?, oid(base, "base")?);
        let is_doubled = |pull: &Pull| pull.head == head && pull.base == base;
        if target.threads.values().any(|one| one.is_open && one.pull.as_ref().is_some_and(is_doubled)) {
            return Err(Refusal::Invalid(format!("A pull request already exists for {head}")));
        }
        if target.git.is_reachable(&head_oid, &base_oid) {
            return Err(Refusal::Invalid(format!("No commits between {base} and {head}")));
        }
        let (base, head) = (base.to_owned(), head.to_owned());
        let pull = Pull { base, base_oid, head, head_oid, is_draft: false, merged: None };
        self.open_thread(project, actor, NewThread { title, body, pull: Some(pull) })
    }
}
