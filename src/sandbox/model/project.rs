//! One project and the acts on it as a whole: pushing, refs, renaming, archiving. What stands in it has a file per noun.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::Timestamp;

use super::git::{Git, NewCommit, Signature, TagObject, Tree};
use super::{
    AccountKind, Check, Comment, Deployment, Environment, Label, Milestone, Model, Refusal, Release, Role,
    Run, Status, Thread, What,
};

#[derive(Debug)]
pub(crate) struct Project {
    pub(crate) id: u64,
    pub(crate) owner: u64,
    pub(crate) name: String,
    /// Paths that it had before; they redirect.
    pub(crate) former_paths: Vec<String>,
    pub(crate) default_branch: String,
    pub(crate) archived: bool,
    /// It was deleted: nobody finds it.
    pub(crate) is_gone: bool,
    pub(crate) private: bool,
    pub(crate) created_at: Timestamp,
    pub(crate) git: Git,
    pub(crate) protected: BTreeSet<String>,
    /// A ruleset refuses new tags.
    pub(crate) tags_refused: bool,
    pub(crate) roles: BTreeMap<u64, Role>,
    pub(crate) threads: BTreeMap<u64, Thread>,
    /// What was said, on threads, on lines and in reviews.
    pub(crate) comments: BTreeMap<u64, Comment>,
    pub(crate) labels: BTreeMap<String, Label>,
    pub(crate) milestones: BTreeMap<u64, Milestone>,
    pub(crate) releases: BTreeMap<u64, Release>,
    pub(crate) checks: BTreeMap<u64, Check>,
    pub(crate) statuses: BTreeMap<u64, Status>,
    pub(crate) runs: BTreeMap<u64, Run>,
    /// Workflow files whose next run starts at another commit than asked for.
    pub(crate) astray: BTreeMap<String, String>,
    pub(crate) deployments: BTreeMap<u64, Deployment>,
    pub(crate) environments: BTreeMap<String, Environment>,
}

impl Project {
    fn new(id: u64, owner: u64, name: &str, created_at: Timestamp) -> Self {
        Self {
            id,
            owner,
            name: name.to_owned(),
            former_paths: Vec::new(),
            default_branch: "main".into(),
            archived: false,
            is_gone: false,
            private: false,
            created_at,
            git: Git::default(),
            protected: BTreeSet::new(),
            tags_refused: false,
            roles: BTreeMap::new(),
            threads: BTreeMap::new(),
            comments: BTreeMap::new(),
            labels: BTreeMap::new(),
            milestones: BTreeMap::new(),
            releases: BTreeMap::new(),
            checks: BTreeMap::new(),
            statuses: BTreeMap::new(),
            runs: BTreeMap::new(),
            astray: BTreeMap::new(),
            deployments: BTreeMap::new(),
            environments: BTreeMap::new(),
        }
    }

    /// The commit at the head of the default branch.
    pub(crate) fn head(&self) -> &str {
        self.git.branch(&self.default_branch).expect("a project begins with a commit on its default branch")
    }

    pub(crate) fn thread(&self, number: u64) -> Result<&Thread, Refusal> {
        self.threads.get(&number).ok_or(Refusal::NotFound)
    }

    pub(crate) fn thread_mut(&mut self, number: u64) -> Result<&mut Thread, Refusal> {
        self.threads.get_mut(&number).ok_or(Refusal::NotFound)
    }

    /// Like [`Git::resolve`], and `HEAD`.
    pub(crate) fn resolve(&self, text: &str) -> Option<&super::Commit> {
        self.git.resolve(if text == "HEAD" { &self.default_branch } else { text })
    }

    pub(crate) fn tree_at(&self, text: &str) -> Option<&Tree> {
        self.resolve(text).map(|commit| &commit.tree)
    }
}

/// A commit on a branch, by one person.
pub(crate) struct Push<'a> {
    pub(crate) actor: u64,
    pub(crate) branch: &'a str,
    pub(crate) message: &'a str,
    /// Paths and their new text; `None` deletes.
    pub(crate) files: Vec<(&'a str, Option<&'a str>)>,
}

impl Model {
    /// A new project with one commit on `main`.
    pub(crate) fn create_project(&mut self, path: &str) -> u64 {
        let (owner, name) = path.rsplit_once('/').unwrap_or(("acme", path));
        let owner = self.add_account(owner, AccountKind::Organization);
        let (id, now) = (self.next_id(), self.now());
        let mut project = Project::new(id, owner, name, now);
        let tree = Arc::new(BTreeMap::from([("README.md".to_owned(), Arc::from(format!("# {name}\n")))]));
        let author = self.signature(owner);
        let message = "Begin".to_owned();
        let committer = Some(author.clone());
        let first = NewCommit { parents: Vec::new(), message, author, committer, at: now, tree };
        let oid = project.git.add_commit(first);
        project.git.set_ref("refs/heads/main", Some(&oid));
        self.projects.insert(id, project);
        id
    }

    pub(crate) fn signature(&self, account: u64) -> Signature {
        let login = self.login(account);
        Signature {
            name: login.to_owned(),
            email: format!("{account}+{}@users.noreply.example", login.replace(['[', ']'], "")),
            account: Some(account).filter(|account| !self.unlinked.contains(account)),
        }
    }

    pub(crate) fn path_of(&self, project: &Project) -> String {
        format!("{}/{}", self.login(project.owner), project.name)
    }

    pub(crate) fn find_project(&self, path: &str) -> Option<&Project> {
        let mut there = self.projects.values().filter(|project| !project.is_gone);
        there.find(|project| self.path_of(project).eq_ignore_ascii_case(path))
    }

    /// The project that had this path before it was renamed or moved.
    pub(crate) fn find_moved(&self, path: &str) -> Option<&Project> {
        self.projects
            .values()
            .filter(|project| !project.is_gone)
            .find(|project| project.former_paths.iter().any(|old| old.eq_ignore_ascii_case(path)))
    }

    /// Commits to a branch; the commit's id.
    pub(crate) fn push(&mut self, project: u64, push: Push<'_>) -> Result<String, Refusal> {
        let before = self.project(project)?.git.branch(push.branch).ok_or(Refusal::NotFound)?.to_owned();
        self.push_upon(project, before, push)
    }

    /// Commits upon another commit and lets a branch, old or new, be there; the commit's id.
    pub(crate) fn push_upon(
        &mut self,
        project: u64,
        before: String,
        push: Push<'_>,
    ) -> Result<String, Refusal> {
        let (now, author) = (self.now(), self.signature(push.actor));
        let target = self.writable(project)?;
        let mut tree = BTreeMap::clone(&target.git.peel(&before).expect("a branch points to a commit").tree);
        for (path, text) in push.files {
            match text {
                Some(text) => tree.insert(path.to_owned(), Arc::from(text)),
                None => tree.remove(path),
            };
        }
        let oid = target.git.add_commit(NewCommit {
            parents: vec![before],
            message: push.message.to_owned(),
            committer: Some(author.clone()),
            author,
            at: now,
            tree: Arc::new(tree),
        });
        self.move_ref(project, push.actor, &format!("refs/heads/{}", push.branch), Some(&oid))?;
        Ok(oid)
    }

    /// Sets, makes or (`None`) deletes a ref and notes what that does to open changes and workflows.
    pub(crate) fn move_ref(
        &mut self,
        project: u64,
        actor: u64,
        name: &str,
        oid: Option<&str>,
    ) -> Result<(), Refusal> {
        let before = self.writable(project)?.git.set_ref(name, oid);
        let after = oid.map(str::to_owned);
        self.happen(project, actor, What::RefMoved { name: name.to_owned(), before, after });
        if let Some(branch) = name.strip_prefix("refs/heads/") {
            self.branch_moved(project, actor, branch)?;
        }
        if oid.is_some() {
            self.start_runs(project, actor, name)?;
        }
        Ok(())
    }

    /// Makes a ref that must not exist yet.
    pub(crate) fn create_ref(
        &mut self,
        project: u64,
        actor: u64,
        name: &str,
        oid: &str,
    ) -> Result<(), Refusal> {
        let target = self.writable(project)?;
        if !name.starts_with("refs/") || name.matches('/').count() < 2 {
            return Err(Refusal::Invalid(format!("{name} is not a valid ref name.")));
        }
        if target.git.reference(name).is_some() {
            return Err(Refusal::Invalid("Reference already exists".into()));
        }
        if !target.git.knows(oid) {
            return Err(Refusal::Invalid("Object does not exist".into()));
        }
        if target.tags_refused && name.starts_with("refs/tags/") {
            return Err(Refusal::Invalid(
                "Repository rule violations found\n\nCannot create ref due to creations being restricted."
                    .into(),
            ));
        }
        if let Some(tag) = name.strip_prefix("refs/tags/") {
            self.tell(actor, "tags", format!("creates tag {tag}"));
        }
        self.move_ref(project, actor, name, Some(oid))
    }

    /// An annotated tag's object; no ref points to it yet.
    pub(crate) fn create_tag_object(&mut self, project: u64, tag: TagObject) -> Result<String, Refusal> {
        let target = self.writable(project)?;
        if target.git.commit(&tag.target).is_none() {
            return Err(Refusal::Invalid("Could not verify object".into()));
        }
        Ok(target.git.add_tag_object(tag))
    }

    pub(crate) fn rename(&mut self, project: u64, actor: u64, path: &str) -> Result<(), Refusal> {
        let (owner, name) = path.rsplit_once('/').ok_or(Refusal::Invalid("owner/name".into()))?;
        let owner = self.add_account(owner, AccountKind::Organization);
        let old_path = self.path_of(self.project(project)?);
        let target = self.project_mut(project)?;
        let (old_owner, old_name) = (target.owner, std::mem::replace(&mut target.name, name.to_owned()));
        target.owner = owner;
        target.former_paths.push(old_path.clone());
        self.tell(actor, "project", format!("moves {old_path} to {path}"));
        if old_owner != owner {
            self.happen(project, actor, What::Transferred { from: old_owner });
        }
        if old_name != name {
            self.happen(project, actor, What::Renamed { from: old_name });
        }
        Ok(())
    }

    /// Deletes a project, as far as anybody can see.
    pub(crate) fn delete_project(&mut self, project: u64, actor: u64) -> Result<(), Refusal> {
        self.project_mut(project)?.is_gone = true;
        self.tell(actor, "project", "deletes the project");
        self.happen(project, actor, What::Deleted);
        Ok(())
    }

    pub(crate) fn set_archived(&mut self, project: u64, actor: u64, what: What) -> Result<(), Refusal> {
        let archived = matches!(what, What::Archived);
        self.project_mut(project)?.archived = archived;
        self.tell(
            actor,
            "project",
            if archived { "archives the project" } else { "brings the project back" },
        );
        self.happen(project, actor, what);
        Ok(())
    }
}
