//! Threads: issues and changes (pull requests), with their life from opening to merging. What is said in them is a comment's
//! affair.

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::git::{Git, NewCommit, Signature, Tree};
use super::project::Push;
use super::{Model, Refusal, What};
use crate::sandbox::wire::Landing;

/// How a change's commits come into its base branch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum MergeMethod {
    /// One new commit, titled like the change with its number.
    #[default]
    Squash,
    /// A commit with two parents.
    MergeCommit,
    /// Each commit again, on top of the base.
    Rebase,
}

#[derive(Debug, Clone)]
pub(crate) struct Thread {
    pub(crate) id: u64,
    pub(crate) number: u64,
    pub(crate) title: String,
    pub(crate) body: String,
    pub(crate) author: u64,
    pub(crate) labels: BTreeSet<String>,
    pub(crate) milestone: Option<u64>,
    pub(crate) is_open: bool,
    /// Why it was closed or opened again; issues only.
    pub(crate) reason: Option<String>,
    pub(crate) created_at: Timestamp,
    pub(crate) updated_at: Timestamp,
    pub(crate) closed_at: Option<Timestamp>,
    /// What makes a thread a change.
    pub(crate) pull: Option<Pull>,
}

#[derive(Debug, Clone)]
pub(crate) struct Pull {
    pub(crate) base: String,
    pub(crate) base_oid: String,
    pub(crate) head: String,
    pub(crate) head_oid: String,
    pub(crate) is_draft: bool,
    pub(crate) merged: Option<Merged>,
}

#[derive(Debug, Clone)]
pub(crate) struct Merged {
    pub(crate) at: Timestamp,
    pub(crate) by: u64,
    pub(crate) method: MergeMethod,
    pub(crate) commit: String,
    /// Every commit that this merge brought into the base.
    pub(crate) landed: Vec<String>,
}

impl Thread {
    pub(crate) fn pull(&self) -> Result<&Pull, Refusal> {
        self.pull.as_ref().ok_or(Refusal::NotFound)
    }

    pub(crate) fn merged(&self) -> Option<&Merged> {
        self.pull.as_ref()?.merged.as_ref()
    }
}

/// A thread to be opened: an issue, or with a branch pair a change.
#[derive(Debug, Default)]
pub(crate) struct NewThread<'a> {
    pub(crate) title: &'a str,
    pub(crate) body: &'a str,
    pub(crate) pull: Option<Pull>,
}

/// What somebody writes anew of a thread; what it leaves out stays.
#[derive(Debug, Default)]
pub(crate) struct ThreadEdit {
    pub(crate) title: Option<String>,
    pub(crate) body: Option<String>,
}

impl Model {
    /// Opens an issue or a change; its number.
    pub(crate) fn open_thread(
        &mut self,
        project: u64,
        author: u64,
        new: NewThread<'_>,
    ) -> Result<u64, Refusal> {
        let (id, now) = (self.next_id(), self.now());
        let target = self.writable(project)?;
        let number = target.threads.keys().next_back().copied().unwrap_or(0) + 1;
        target.threads.insert(
            number,
            Thread {
                id,
                number,
                title: new.title.to_owned(),
                body: new.body.to_owned(),
                author,
                labels: BTreeSet::new(),
                milestone: None,
                is_open: true,
                reason: None,
                created_at: now,
                updated_at: now,
                closed_at: None,
                pull: new.pull,
            },
        );
        let line = format!("opens \"{}\"\n{}", new.title, new.body);
        self.tell(author, format!("#{number}"), line.trim_end());
        self.happen(project, author, What::ChangeOpened(number));
        Ok(number)
    }

    /// A branch from the head of `base` with one commit, and a change of it; its number.
    pub(crate) fn open_change(
        &mut self,
        project: u64,
        author: u64,
        title: &str,
        base: &str,
    ) -> Result<u64, Refusal> {
        let target = self.writable(project)?;
        let number = target.threads.keys().next_back().copied().unwrap_or(0) + 1;
        let base_oid = target.git.branch(base).ok_or(Refusal::NotFound)?.to_owned();
        let head = format!("change-{number}");
        self.move_ref(project, author, &format!("refs/heads/{head}"), Some(&base_oid))?;
        let (path, text) = (format!("changes/{number}.md"), format!("{title}\n"));
        let files = vec![(path.as_str(), Some(text.as_str()))];
        let head_oid = self.push(project, Push { actor: author, branch: &head, message: title, files })?;
        let pull = Pull { base: base.to_owned(), base_oid, head, head_oid, is_draft: false, merged: None };
        self.open_thread(project, author, NewThread { title, body: "", pull: Some(pull) })
    }

    /// What a moved branch means to the open changes of it.
    pub(super) fn branch_moved(&mut self, project: u64, actor: u64, branch: &str) -> Result<(), Refusal> {
        let now = self.now();
        let target = self.project_mut(project)?;
        let Some(after) = target.git.branch(branch).map(str::to_owned) else { return Ok(()) };
        let mut pushed = Vec::new();
        for thread in target.threads.values_mut().filter(|thread| thread.is_open) {
            let Some(pull) = thread.pull.as_mut() else { continue };
            if pull.base == branch {
                pull.base_oid.clone_from(&after);
            }
            if pull.head == branch && pull.head_oid != after {
                let before = std::mem::replace(&mut pull.head_oid, after.clone());
                thread.updated_at = now;
                pushed.push(What::ChangePushed { number: thread.number, before, after: after.clone() });
            }
        }
        for what in pushed {
            self.happen(project, actor, what);
        }
        Ok(())
    }

    pub(crate) fn edit_thread(
        &mut self,
        project: u64,
        actor: u64,
        number: u64,
        edit: ThreadEdit,
    ) -> Result<(), Refusal> {
        let now = self.now();
        let thread = self.writable(project)?.thread_mut(number)?;
        let title = edit.title.filter(|title| *title != thread.title);
        let body = edit.body.filter(|body| *body != thread.body);
        let title_before = title.clone().map(|title| std::mem::replace(&mut thread.title, title));
        let body_before = body.clone().map(|body| std::mem::replace(&mut thread.body, body));
        if title_before.is_none() && body_before.is_none() {
            return Ok(());
        }
        thread.updated_at = now;
        if let Some(title) = title {
            self.tell(actor, format!("#{number}"), format!("renames it \"{title}\""));
        }
        if let Some(body) = body {
            self.tell(actor, format!("#{number}"), format!("rewrites it\n{body}"));
        }
        self.happen(project, actor, What::ChangeEdited { number, title_before, body_before });
        Ok(())
    }

    /// Closes a thread; an issue as `completed` where no reason is given.
    pub(crate) fn close_thread(
        &mut self,
        project: u64,
        actor: u64,
        number: u64,
        reason: Option<&str>,
    ) -> Result<(), Refusal> {
        let now = self.now();
        let thread = self.writable(project)?.thread_mut(number)?;
        thread.is_open = false;
        thread.reason = thread.pull.is_none().then(|| reason.unwrap_or("completed").to_owned());
        thread.closed_at = Some(now);
        thread.updated_at = now;
        self.tell(actor, format!("#{number}"), "closes it");
        self.happen(project, actor, What::ChangeClosed(number));
        Ok(())
    }

    pub(crate) fn reopen_thread(&mut self, project: u64, actor: u64, number: u64) -> Result<(), Refusal> {
        let now = self.now();
        let thread = self.writable(project)?.thread_mut(number)?;
        if thread.merged().is_some() {
            return Err(Refusal::Invalid("a merged change cannot be opened again".into()));
        }
        thread.is_open = true;
        thread.reason = thread.pull.is_none().then(|| "reopened".to_owned());
        thread.closed_at = None;
        thread.updated_at = now;
        self.tell(actor, format!("#{number}"), "opens it again");
        self.happen(project, actor, What::ChangeReopened(number));
        Ok(())
    }

    /// Makes a change a draft (`What::ChangeDrafted`) or ready (`What::ChangeReady`).
    pub(crate) fn set_draft(
        &mut self,
        project: u64,
        actor: u64,
        number: u64,
        what: What,
    ) -> Result<(), Refusal> {
        let is_draft = matches!(what, What::ChangeDrafted(_));
        let thread = self.writable(project)?.thread_mut(number)?;
        thread.pull.as_mut().ok_or(Refusal::NotFound)?.is_draft = is_draft;
        self.tell(
            actor,
            format!("#{number}"),
            if is_draft { "makes it a draft" } else { "says it is ready" },
        );
        self.happen(project, actor, what);
        Ok(())
    }

    /// Merges an open change; the merge's commit.
    pub(crate) fn merge(
        &mut self,
        project: u64,
        actor: u64,
        number: u64,
        method: MergeMethod,
    ) -> Result<String, Refusal> {
        let thread = self.writable(project)?.thread(number)?.clone();
        let pull = thread.pull()?.clone();
        if !thread.is_open || pull.is_draft {
            return Err(Refusal::Invalid("Pull Request is not mergeable".into()));
        }
        let landed = match method {
            MergeMethod::Squash => self.squash(project, &thread, &pull)?,
            MergeMethod::MergeCommit => self.merge_commit(project, actor, &thread, &pull)?,
            MergeMethod::Rebase => self.rebase(project, actor, &pull)?,
        };
        let commit = landed.last().cloned().ok_or(Refusal::Invalid("nothing to merge".into()))?;
        let now = self.now();
        let open = self.project_mut(project)?.thread_mut(number)?;
        (open.is_open, open.closed_at, open.updated_at) = (false, Some(now), now);
        let merged = Merged { at: now, by: actor, method, commit: commit.clone(), landed };
        open.pull.as_mut().expect("it is a change").merged = Some(merged);
        self.tell(actor, format!("#{number}"), format!("merges \"{}\"", thread.title));
        self.move_ref(project, actor, &format!("refs/heads/{}", pull.base), Some(&commit))?;
        self.happen(project, actor, What::ChangeClosed(number));
        Ok(commit)
    }

    fn squash(&mut self, project: u64, thread: &Thread, pull: &Pull) -> Result<Vec<String>, Refusal> {
        let (at, author) = (self.now(), self.signature(thread.author));
        let path = self.path_of(self.project(project)?);
        let git = &self.project(project)?.git;
        let co_authors = co_authors(git, pull, &author);
        let message = (self.manners.squashed)(&Landing { co_authors, ..landing(&path, thread, pull) });
        let git = &mut self.project_mut(project)?.git;
        let (parent, tree) = merged_tree(git, pull)?;
        let commit = NewCommit { parents: vec![parent], message, author, committer: None, at, tree };
        Ok(vec![git.add_commit(commit)])
    }

    fn merge_commit(
        &mut self,
        project: u64,
        actor: u64,
        thread: &Thread,
        pull: &Pull,
    ) -> Result<Vec<String>, Refusal> {
        let (at, author) = (self.now(), self.signature(actor));
        let message = (self.manners.merged)(&landing(&self.path_of(self.project(project)?), thread, pull));
        let git = &mut self.project_mut(project)?.git;
        let (parent, tree) = merged_tree(git, pull)?;
        let mut landed = git.range(&parent, &pull.head_oid);
        let parents = vec![parent, pull.head_oid.clone()];
        landed.push(git.add_commit(NewCommit { parents, message, author, committer: None, at, tree }));
        Ok(landed)
    }

    /// Whoever merges so becomes the committer of each commit.
    fn rebase(&mut self, project: u64, actor: u64, pull: &Pull) -> Result<Vec<String>, Refusal> {
        let (at, committer) = (self.now(), self.signature(actor));
        let git = &mut self.project_mut(project)?.git;
        let mut parent = git.branch(&pull.base).ok_or(Refusal::NotFound)?.to_owned();
        let mut landed = Vec::new();
        for oid in git.range(&parent, &pull.head_oid) {
            let commit = git.commit(&oid).expect("a range holds commits that exist").clone();
            if commit.parents.len() > 1 {
                continue;
            }
            let before = commit.parents.first().and_then(|oid| git.commit(oid)).map(|one| one.tree.clone());
            let onto = git.commit(&parent).expect("the base exists").tree.clone();
            let tree = Git::apply(&before.unwrap_or_default(), &commit.tree, &onto);
            let (message, author, parents) = (commit.message, commit.author, vec![parent]);
            let committer = Some(committer.clone());
            parent = git.add_commit(NewCommit { parents, message, author, committer, at, tree });
            landed.push(parent.clone());
        }
        Ok(landed)
    }
}

fn landing<'a>(project: &'a str, thread: &'a Thread, pull: &'a Pull) -> Landing<'a> {
    Landing {
        project,
        number: thread.number,
        title: &thread.title,
        body: &thread.body,
        head: &pull.head,
        base: &pull.base,
        co_authors: vec![],
    }
}

/// Who else wrote commits of a change, each once.
fn co_authors(git: &Git, pull: &Pull, author: &Signature) -> Vec<Signature> {
    let range = git.branch(&pull.base).map(|base| git.range(base, &pull.head_oid)).unwrap_or_default();
    let mut found: Vec<Signature> = vec![];
    for commit in range.iter().filter_map(|oid| git.commit(oid)) {
        let known = found.iter().chain([author]).any(|one| one.email == commit.author.email);
        found.extend((!known).then(|| commit.author.clone()));
    }
    found
}

/// The head of a change's base, and its tree with the change applied.
fn merged_tree(git: &Git, pull: &Pull) -> Result<(String, Tree), Refusal> {
    let parent = git.branch(&pull.base).ok_or(Refusal::NotFound)?.to_owned();
    let origin =
        git.merge_base(&parent, &pull.head_oid).ok_or(Refusal::Invalid("no common history".into()))?;
    let tree_of = |oid: &str| git.commit(oid).map(|commit| commit.tree.clone()).unwrap_or_default();
    let tree = Git::apply(&tree_of(&origin), &tree_of(&pull.head_oid), &tree_of(&parent));
    Ok((parent, tree))
}
