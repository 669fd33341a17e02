//! Projects and where things are.

use serde_json::{Value, json};

use super::{merge, time};
use crate::sandbox::gitlab::call::encode;
use crate::sandbox::model::{Model, Project};

pub(crate) fn api_url(model: &Model, project: &Project) -> String {
    format!("{}/projects/{}", model.addresses.api, project.id)
}

pub(crate) fn site_url(model: &Model, project: &Project) -> String {
    format!("{}/{}", model.addresses.site, model.path_of(project))
}

/// `20` is for everybody, `0` for members.
pub(crate) fn visibility(project: &Project) -> (&'static str, u64) {
    if project.private { ("private", 0) } else { ("public", 20) }
}

pub(crate) fn ssh_url(model: &Model, project: &Project) -> String {
    let site = &model.addresses.site;
    let host = site.split_once("://").map_or(site.as_str(), |(_, host)| host);
    let host = host.split([':', '/']).next().unwrap_or_default();
    format!("git@{host}:{}.git", model.path_of(project))
}

pub(crate) fn project(model: &Model, project: &Project) -> Value {
    let (path, site, api) = (model.path_of(project), site_url(model, project), api_url(model, project));
    let owner = model.login(project.owner);
    let namespace_url = format!("{}/groups/{owner}", model.addresses.site);
    let own = owner.rsplit('/').next().unwrap_or(owner);
    let mut value = json!({
        "id": project.id, "description": null, "name": project.name,
        "name_with_namespace": path.replace('/', " / "), "path": project.name, "path_with_namespace": path,
        "created_at": time(project.created_at), "default_branch": project.default_branch, "tag_list": [],
        "topics": [], "ssh_url_to_repo": ssh_url(model, project), "http_url_to_repo": format!("{site}.git"),
        "web_url": site, "readme_url": format!("{site}/-/blob/{}/README.md", project.default_branch),
        "forks_count": 0, "avatar_url": null, "star_count": 0, "last_activity_at": time(model.now()),
        "visibility": visibility(project).0,
        "namespace": {
            "id": project.owner, "name": own, "path": own, "kind": "group", "full_path": owner,
            "parent_id": null, "avatar_url": null, "web_url": namespace_url,
        },
        "_links": {
            "self": api, "issues": format!("{api}/issues"), "merge_requests": format!("{api}/merge_requests"),
            "repo_branches": format!("{api}/repository/branches"), "labels": format!("{api}/labels"),
            "events": format!("{api}/events"), "members": format!("{api}/members"),
            "cluster_agents": format!("{api}/cluster_agents"),
        },
    });
    merge(&mut value, settings(model, project));
    value
}

/// How a project is set, of which the bot reads little.
fn settings(model: &Model, project: &Project) -> Value {
    let level = super::level(model.membership(project, model.app.bot));
    let access = json!({ "access_level": level, "notification_level": 3 });
    json!({
        "packages_enabled": true, "empty_repo": false, "archived": project.archived,
        "issues_enabled": true, "merge_requests_enabled": true, "wiki_enabled": false, "jobs_enabled": true,
        "snippets_enabled": false, "can_create_merge_request_in": true,
        "issues_access_level": "enabled", "repository_access_level": "enabled",
        "merge_requests_access_level": "enabled", "builds_access_level": "enabled",
        "environments_access_level": "enabled", "releases_access_level": "enabled",
        "shared_runners_enabled": true, "lfs_enabled": true, "creator_id": project.owner, "import_status": "none",
        "ci_config_path": "", "ci_default_git_depth": 20, "ci_pipeline_variables_minimum_override_role": "developer",
        "public_jobs": true, "shared_with_groups": [], "only_allow_merge_if_pipeline_succeeds": false,
        "allow_merge_on_skipped_pipeline": null, "request_access_enabled": true,
        "only_allow_merge_if_all_discussions_are_resolved": false, "remove_source_branch_after_merge": true,
        "merge_method": "ff", "squash_option": "default_on", "suggestion_commit_message": null,
        "merge_commit_template": null, "squash_commit_template": null, "autoclose_referenced_issues": true,
        "permissions": { "project_access": access, "group_access": null },
    })
}

/// A path below a project's pages.
pub(crate) fn page(model: &Model, project: &Project, kind: &str, name: &str) -> String {
    let name = name.split('/').map(encode).collect::<Vec<_>>().join("/");
    format!("{}/-/{kind}/{name}", site_url(model, project))
}
