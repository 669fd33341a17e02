//! What people do with the project as a whole and with the app: more projects, roles, teams, renaming, installing.

use jiff::Timestamp;

use super::World;
use crate::sandbox::model::{Reach, Refusal, Role, What};

impl World {
    /// A handle for another project of this forge, which is made on first mention.
    pub fn at(&self, path: &str) -> Self {
        let known = self.look().find_project(path).map(|project| project.id);
        let project = known.unwrap_or_else(|| self.attempt(|model| model.create_project(path)));
        Self { project, ..self.clone() }
    }

    /// Where the project is now: `owner/name`.
    pub fn path(&self) -> String {
        self.ask(|model, project| model.path_of(project))
    }

    /// Installs the app for the project's owner, on all projects; the installation's number.
    pub fn install(&self) -> u64 {
        self.act(|model, project| {
            let owner = model.project(project)?.owner;
            Ok(model.install(owner, None))
        })
    }

    /// Installs the app for the project's owner, on this project only.
    pub fn install_here_only(&self) -> u64 {
        self.act(|model, project| {
            let owner = model.project(project)?.owner;
            Ok(model.install(owner, Some([project].into())))
        })
    }

    /// Adds this project to its owner's installation.
    pub fn add_to_installation(&self) {
        self.act(|model, project| {
            let owner = model.project(project)?.owner;
            let found = model.installations.values_mut().find(|one| one.account == owner);
            let installation = found.ok_or(Refusal::NotFound)?;
            let id = installation.id;
            if let Some(selected) = installation.selected.as_mut() {
                selected.insert(project);
            }
            model.happen_to_installation(id, owner, What::ProjectsAdded(vec![project]));
            Ok(())
        });
    }

    /// Takes this project out of its owner's installation; the owner's other projects stay.
    pub fn remove_from_installation(&self) {
        self.act(|model, project| {
            let owner = model.project(project)?.owner;
            let theirs = model.projects.values().filter(|one| one.owner == owner).map(|one| one.id).collect();
            let found = model.installations.values_mut().find(|one| one.account == owner);
            let installation = found.ok_or(Refusal::NotFound)?;
            installation.selected.get_or_insert(theirs).remove(&project);
            let id = installation.id;
            model.happen_to_installation(id, owner, What::ProjectsRemoved(vec![project]));
            Ok(())
        });
    }

    /// Takes the app away.
    pub fn uninstall(&self) {
        self.act(|model, project| {
            let (id, owner) = installation(model, project)?;
            model.uninstall(id, owner)
        });
    }

    /// Suspends the app.
    pub fn suspend(&self) {
        self.act(|model, project| {
            let (id, owner) = installation(model, project)?;
            model.suspend(id, owner)
        });
    }

    /// Lets a suspended app work again.
    pub fn unsuspend(&self) {
        self.act(|model, project| {
            let (id, owner) = installation(model, project)?;
            model.unsuspend(id, owner)
        });
    }

    /// Gives the app a permission (`read`, `write`), or with `None` takes it away; for tokens made from now on.
    pub fn set_permission(&self, name: &str, level: Option<&str>) {
        self.attempt(|model| {
            let all = model.installations.values_mut().map(|one| &mut one.permissions);
            for permissions in all.chain([&mut model.app.permissions]) {
                match level {
                    Some(level) => permissions.insert(name.to_owned(), level.to_owned()),
                    None => permissions.remove(name),
                };
            }
        });
    }

    /// Takes an event from those that the app hears of.
    pub fn unsubscribe(&self, event: &str) {
        self.attempt(|model| model.app.unheard.insert(event.to_owned()));
    }

    /// The token of a CI job on the project, which may do this (`contents: write`) and read what everybody may.
    pub fn token_of_a_job(&self, permissions: &[(&str, &str)]) -> String {
        let own = |(name, level): &(&str, &str)| ((*name).to_owned(), (*level).to_owned());
        let permissions = permissions.iter().chain(&[("metadata", "read")]).map(own).collect();
        self.act(|model, project| {
            let (installation, _) = installation(model, project)?;
            Ok(model.mint(installation, permissions).0)
        })
    }

    /// Every token that was handed out stops working.
    pub fn revoke_tokens(&self) {
        self.attempt(|model| {
            model.tokens.clear();
            model.app.token_revoked = true;
        });
    }

    /// When the bot's access token ends, on a forge where a person makes it; `None` is never.
    pub fn let_token_expire(&self, at: Option<Timestamp>) {
        self.attempt(|model| model.app.token_expires_at = at);
    }

    /// The forge tells that the bot's access token ends soon.
    pub fn tell_of_token_expiry(&self) {
        self.act(|model, project| {
            let actor = model.app.bot;
            model.happen(project, actor, What::TokenExpiring);
            Ok(())
        });
    }

    /// What the bot's hook is of, where a person makes it.
    pub fn set_reach(&self, reach: Reach) {
        self.attempt(|model| model.hook.reach = reach);
    }

    /// Whether deliveries carry the secret and a signature, on a forge where a person says so.
    pub fn guard_hook(&self, has_token: bool, is_signed: bool) {
        self.attempt(|model| (model.hook.has_token, model.hook.is_signed) = (has_token, is_signed));
    }

    /// Renames or moves the project to `owner/name`. Old paths redirect.
    pub fn rename_project(&self, path: &str) {
        self.act_as("olga", |model, project, actor| model.rename(project, actor, path));
    }

    /// Archives the project.
    pub fn archive(&self) {
        self.act_as("olga", |model, project, actor| model.set_archived(project, actor, What::Archived));
    }

    /// Brings an archived project back.
    pub fn unarchive(&self) {
        self.act_as("olga", |model, project, actor| model.set_archived(project, actor, What::Unarchived));
    }

    /// Deletes the project; this handle can still ask what was there.
    pub fn delete_project(&self) {
        self.act_as("olga", |model, project, actor| model.delete_project(project, actor));
    }

    /// Makes the project private: who has no role sees nothing.
    pub fn make_private(&self) {
        self.act(|model, project| {
            model.project_mut(project)?.private = true;
            Ok(())
        });
    }

    /// What a person may do in this project.
    pub fn give_role(&self, login: &str, role: Role) {
        self.act_as(login, |model, project, actor| {
            model.project_mut(project)?.roles.insert(actor, role);
            Ok(())
        });
    }

    /// A team of an organisation and all who are in it; nobody, if that is empty.
    pub fn team(&self, organization: &str, slug: &str, members: &[&str]) {
        self.attempt(|model| model.set_team(organization, slug, members));
    }

    /// Lets somebody work on the project, or with [`Role::None`] no longer; unlike [`World::give_role`] the app hears of it.
    pub fn collaborator(&self, login: &str, role: Role) {
        self.act(|model, project| {
            let (owner, person) = (model.project(project)?.owner, model.person(login));
            let roles = &mut model.project_mut(project)?.roles;
            let what = match role {
                Role::None => roles.remove(&person).map(|_| What::CollaboratorRemoved(person)),
                role => roles.insert(person, role).is_none().then_some(What::CollaboratorAdded(person)),
            };
            if let Some(what) = what {
                model.happen(project, owner, what);
            }
            Ok(())
        });
    }

    /// Puts somebody into a team, which is made if it is not there.
    pub fn join_team(&self, organization: &str, slug: &str, login: &str) {
        let mut members = self.team_members(organization, slug).unwrap_or_default();
        members.push(login.to_owned());
        self.set_members(organization, slug, &members);
    }

    /// Takes somebody out of a team.
    pub fn leave_team(&self, organization: &str, slug: &str, login: &str) {
        let mut members = self.team_members(organization, slug).unwrap_or_default();
        members.retain(|member| member != login);
        self.set_members(organization, slug, &members);
    }

    /// Ends a team.
    pub fn disband_team(&self, organization: &str, slug: &str) {
        self.act(|model, _| model.disband_team(organization, slug));
    }

    /// Who is in a team; `None` where there is none.
    pub fn team_members(&self, organization: &str, slug: &str) -> Option<Vec<String>> {
        let model = self.look();
        Some(model.members_of(organization, slug)?.into_iter().map(str::to_owned).collect())
    }

    fn set_members(&self, organization: &str, slug: &str, members: &[String]) {
        let members: Vec<&str> = members.iter().map(String::as_str).collect();
        self.team(organization, slug, &members);
    }

    /// The number of a person; made on first mention.
    pub fn person(&self, login: &str) -> u64 {
        self.attempt(|model| model.person(login))
    }

    /// The number of another app's bot, `name[bot]`.
    pub fn other_bot(&self, login: &str) -> u64 {
        self.attempt(|model| model.actor(login))
    }
}

/// The installation that covers a project, and its owner.
fn installation(model: &crate::sandbox::model::Model, project: u64) -> Result<(u64, u64), Refusal> {
    let project = model.project(project)?;
    let installation = model.installation_of(project).ok_or(Refusal::NotFound)?;
    Ok((installation.id, project.owner))
}
