//! What people do with git: push files, make branches and tags, move them, and the workflows that this starts.

use super::World;
use crate::sandbox::model::{Push, Refusal, TagObject};

impl World {
    /// Puts a file onto the default branch; the new commit.
    pub fn push_file(&self, path: &str, text: &str) -> String {
        let branch = self.ask(|_, project| project.default_branch.clone());
        self.push_file_to(&branch, path, text)
    }

    /// Puts a file onto a branch; the new commit.
    pub fn push_file_to(&self, branch: &str, path: &str, text: &str) -> String {
        let message = format!("Write {path}");
        self.push_to(branch, &message, vec![(path, Some(text))])
    }

    /// Takes a file away from the default branch; the new commit.
    pub fn remove_file(&self, path: &str) -> String {
        let branch = self.ask(|_, project| project.default_branch.clone());
        self.push_to(&branch, &format!("Remove {path}"), vec![(path, None)])
    }

    /// A commit without a change, straight onto the default branch.
    pub fn push_directly(&self, login: &str, message: &str) -> String {
        self.act_as(login, |model, project, actor| {
            let branch = model.project(project)?.default_branch.clone();
            let path = format!("direct/{}.md", model.next_id());
            let files = vec![(path.as_str(), Some(message))];
            model.push(project, Push { actor, branch: &branch, message, files })
        })
    }

    /// From now on nobody finds somebody's account by the address on new commits.
    pub fn unlink_address(&self, login: &str) {
        self.act_as(login, |model, _, actor| {
            model.unlinked.insert(actor);
            Ok(())
        });
    }

    fn push_to(&self, branch: &str, message: &str, files: Vec<(&str, Option<&str>)>) -> String {
        self.act_as("olga", |model, project, actor| {
            model.push(project, Push { actor, branch, message, files })
        })
    }

    /// A new branch at a commit, tag or branch.
    pub fn create_branch(&self, name: &str, at: &str) {
        self.act_as("olga", |model, project, actor| {
            let oid = model.project(project)?.resolve(at).ok_or(Refusal::NotFound)?.oid.clone();
            model.create_ref(project, actor, &format!("refs/heads/{name}"), &oid)
        });
    }

    /// Protects a branch.
    pub fn protect(&self, branch: &str) {
        self.act(|model, project| {
            model.project_mut(project)?.protected.insert(branch.to_owned());
            Ok(())
        });
    }

    /// A ruleset refuses new tags from now on.
    pub fn refuse_tags(&self) {
        self.act(|model, project| {
            model.project_mut(project)?.tags_refused = true;
            Ok(())
        });
    }

    /// The ruleset of [`World::refuse_tags`] is lifted.
    pub fn allow_tags(&self) {
        self.act(|model, project| {
            model.project_mut(project)?.tags_refused = false;
            Ok(())
        });
    }

    /// A lightweight tag.
    pub fn tag_by_hand(&self, login: &str, name: &str, at: &str) {
        self.act_as(login, |model, project, actor| {
            let oid = model.project(project)?.resolve(at).ok_or(Refusal::NotFound)?.oid.clone();
            model.create_ref(project, actor, &format!("refs/tags/{name}"), &oid)
        });
    }

    /// An annotated tag.
    pub fn annotated_tag_by_hand(&self, login: &str, name: &str, at: &str) {
        self.act_as(login, |model, project, actor| {
            let target = model.project(project)?.resolve(at).ok_or(Refusal::NotFound)?.oid.clone();
            let (tagger, now) = (model.signature(actor), model.now());
            let (name, message) = (name.to_owned(), format!("{name}\n"));
            let tag = TagObject { oid: String::new(), name: name.clone(), message, target, tagger, at: now };
            let oid = model.create_tag_object(project, tag)?;
            model.create_ref(project, actor, &format!("refs/tags/{name}"), &oid)
        });
    }

    /// Deletes a tag.
    pub fn delete_tag(&self, login: &str, name: &str) {
        self.act_as(login, |model, project, actor| {
            model.move_ref(project, actor, &format!("refs/tags/{name}"), None)
        });
    }

    /// Moves a tag to another commit, as a forced push does; it is lightweight afterwards.
    pub fn move_tag(&self, login: &str, name: &str, to: &str) {
        self.act_as(login, |model, project, actor| {
            let oid = model.project(project)?.resolve(to).ok_or(Refusal::NotFound)?.oid.clone();
            model.tell(actor, "tags", format!("moves tag {name} to {}", &oid[..7]));
            model.move_ref(project, actor, &format!("refs/tags/{name}"), Some(&oid))
        });
    }

    /// Deletes a branch.
    pub fn delete_branch(&self, login: &str, name: &str) {
        self.act_as(login, |model, project, actor| {
            model.move_ref(project, actor, &format!("refs/heads/{name}"), None)
        });
    }

    /// Moves a branch to another commit, as a forced push does.
    pub fn force_push(&self, login: &str, branch: &str, to: &str) {
        self.act_as(login, |model, project, actor| {
            let oid = model.project(project)?.resolve(to).ok_or(Refusal::NotFound)?.oid.clone();
            model.move_ref(project, actor, &format!("refs/heads/{branch}"), Some(&oid))
        });
    }

    /// A workflow file that runs when a tag is pushed.
    pub fn start_runs_on_tag(&self, file: &str) -> String {
        let (path, text) = (self.wire().manners().on_tag)(file);
        self.push_file(&path, &text)
    }

    /// The id of a commit by branch, tag, id or `HEAD`; through an annotated tag to its commit.
    pub fn commit_at(&self, text: &str) -> Option<String> {
        self.ask(|_, project| project.resolve(text).map(|commit| commit.oid.clone()))
    }

    /// The id of the default branch's head.
    pub fn head(&self) -> String {
        self.ask(|_, project| project.head().to_owned())
    }

    /// The text of a file at a branch, tag or commit.
    pub fn file(&self, at: &str, path: &str) -> Option<String> {
        self.ask(|_, project| project.tree_at(at)?.get(path).map(|text| text.to_string()))
    }

    /// The message of a commit, by its id, a branch or a tag.
    pub fn commit_message(&self, text: &str) -> Option<String> {
        self.ask(|_, project| project.resolve(text).map(|commit| commit.message.clone()))
    }

    /// Ids and first lines of what `head` has and `base` has not, oldest first.
    pub fn commits_between(&self, base: &str, head: &str) -> Option<Vec<(String, String)>> {
        self.ask(|_, project| {
            let (base, head) = (project.resolve(base)?, project.resolve(head)?);
            let range = project.git.range(&base.oid, &head.oid).into_iter();
            let line = |oid: String| project.git.commit(&oid).map(|one| (oid, one.headline().to_owned()));
            Some(range.filter_map(line).collect())
        })
    }
}
