//! Whom we serve: an entry of an allow-list turned into what deliveries tell, a project found by its path. Whether a delivery is allowed is decided at intake.

use serde::Deserialize;

use super::GitLab;
use crate::domain::id::{BranchName, ProjectPath};
use crate::domain::signal::ProjectSeen;
use crate::forge::fault::{Fault, if_there};
use crate::forge::route::Route;
use crate::forge::{Listed, Owner};

/// A project as the API tells it; deliveries tell it otherwise.
#[derive(Debug, Deserialize)]
pub(super) struct Project {
    pub(super) id: u64,
    pub(super) path_with_namespace: String,
    default_branch: Option<String>,
    visibility: Option<String>,
}

#[derive(Deserialize)]
struct Group {
    full_path: String,
}

#[derive(Deserialize)]
struct User {
    username: String,
}

impl Project {
    fn seen(self, gitlab: &GitLab) -> Option<ProjectSeen> {
        Some(ProjectSeen {
            id: gitlab.names.project(self.id),
            path: ProjectPath::parse(self.path_with_namespace).ok()?,
            installation: None,
            default_branch: self.default_branch.and_then(|name| BranchName::parse(name).ok()),
            public: self.visibility.map(|visibility| visibility == "public"),
        })
    }
}

impl GitLab {
    /// What an entry of an allow-list stands for: a project, a group with all below it, or a user; `None` where we can see nothing of
    /// that name. Deliveries tell no number of a group, so it is known by its path: one that is renamed must be listed anew.
    pub(super) async fn named(&self, entry: &str) -> Result<Option<Listed>, Fault> {
        let mut listed = Listed::default();
        if let Ok(path) = ProjectPath::parse(entry)
            && let Some(project) = self.project_at(&path).await?
        {
            listed.projects.insert(project.id);
            return Ok(Some(listed));
        }
        let owner = match self.group(entry).await? {
            Some(group) => Some(group),
            None => self.user(entry).await?,
        };
        listed.owners.extend(owner.map(|path| Owner::Path(path.to_lowercase())));
        Ok((listed != Listed::default()).then_some(listed))
    }

    /// A project by its path, also by one that it had before; `None` where we can see none.
    pub(super) async fn visible(&self, path: &ProjectPath) -> Result<Option<ProjectSeen>, Fault> {
        Ok(self.project_at(path).await?.and_then(|project| project.seen(self)))
    }

    async fn project_at(&self, path: &ProjectPath) -> Result<Option<Project>, Fault> {
        if_there(self.api.get(&Route::project_called(path)).await)
    }

    async fn group(&self, path: &str) -> Result<Option<String>, Fault> {
        let route = Route::root().then("groups").then(path).with("with_projects", false);
        let found: Option<Group> = if_there(self.api.get(&route).await)?;
        Ok(found.map(|group| group.full_path))
    }

    async fn user(&self, name: &str) -> Result<Option<String>, Fault> {
        let found: Vec<User> = self.api.get(&Route::root().then("users").with("username", name)).await?;
        Ok(found.into_iter().next().map(|user| user.username))
    }
}
