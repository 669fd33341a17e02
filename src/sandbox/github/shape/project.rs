//! A repository, with all the addresses that GitHub lists for it.

use serde_json::{Map, Value, json};

use super::account::{merge, user};
use super::{node_id, time};
use crate::sandbox::model::{Model, Project};

/// The addresses under a repository's own: key and path.
const ADDRESSES: [(&str, &str); 37] = [
    ("archive_url", "/{archive_format}{/ref}"),
    ("assignees_url", "/assignees{/user}"),
    ("blobs_url", "/git/blobs{/sha}"),
    ("branches_url", "/branches{/branch}"),
    ("collaborators_url", "/collaborators{/collaborator}"),
    ("comments_url", "/comments{/number}"),
    ("commits_url", "/commits{/sha}"),
    ("compare_url", "/compare/{base}...{head}"),
    ("contents_url", "/contents/{+path}"),
    ("contributors_url", "/contributors"),
    ("deployments_url", "/deployments"),
    ("downloads_url", "/downloads"),
    ("events_url", "/events"),
    ("forks_url", "/forks"),
    ("git_commits_url", "/git/commits{/sha}"),
    ("git_refs_url", "/git/refs{/sha}"),
    ("git_tags_url", "/git/tags{/sha}"),
    ("hooks_url", "/hooks"),
    ("issue_comment_url", "/issues/comments{/number}"),
    ("issue_events_url", "/issues/events{/number}"),
    ("issues_url", "/issues{/number}"),
    ("keys_url", "/keys{/key_id}"),
    ("labels_url", "/labels{/name}"),
    ("languages_url", "/languages"),
    ("merges_url", "/merges"),
    ("milestones_url", "/milestones{/number}"),
    ("notifications_url", "/notifications{?since,all,participating}"),
    ("pulls_url", "/pulls{/number}"),
    ("releases_url", "/releases{/id}"),
    ("stargazers_url", "/stargazers"),
    ("statuses_url", "/statuses/{sha}"),
    ("subscribers_url", "/subscribers"),
    ("subscription_url", "/subscription"),
    ("tags_url", "/tags"),
    ("teams_url", "/teams"),
    ("trees_url", "/git/trees{/sha}"),
    ("url", ""),
];

pub(crate) fn api_url(model: &Model, project: &Project) -> String {
    format!("{}/repos/{}", model.addresses.api, model.path_of(project))
}

pub(crate) fn site_url(model: &Model, project: &Project) -> String {
    format!("{}/{}", model.addresses.site, model.path_of(project))
}

/// The few fields that an installation's events carry of a repository.
pub(crate) fn repository_name(model: &Model, project: &Project) -> Value {
    json!({
        "id": project.id, "node_id": node_id("R", project.id), "name": project.name,
        "full_name": model.path_of(project), "private": project.private,
    })
}

pub(crate) fn repository(model: &Model, project: &Project) -> Value {
    let (api, site, path) = (api_url(model, project), site_url(model, project), model.path_of(project));
    let addresses: Map<String, Value> = ADDRESSES
        .iter()
        .map(|(key, suffix)| ((*key).to_owned(), Value::String(format!("{api}{suffix}"))))
        .collect();
    let mut value = repository_name(model, project);
    merge(&mut value, Value::Object(addresses));
    let open = project.threads.values().filter(|thread| thread.is_open).count();
    let (created_at, pushed_at) = (time(project.created_at), time(model.now()));
    merge(
        &mut value,
        json!({
            "owner": user(model, project.owner), "html_url": site, "description": null, "fork": false,
            "clone_url": format!("{site}.git"), "git_url": format!("git://forge.example/{path}.git"),
            "ssh_url": format!("git@forge.example:{path}.git"), "svn_url": site, "homepage": null, "language": null,
            "default_branch": project.default_branch, "archived": project.archived, "disabled": false,
            "visibility": if project.private { "private" } else { "public" }, "mirror_url": null, "license": null,
            "created_at": created_at, "updated_at": pushed_at, "pushed_at": pushed_at, "size": 1,
        }),
    );
    merge(
        &mut value,
        json!({
            "forks": 0, "forks_count": 0, "stargazers_count": 0, "watchers": 0, "watchers_count": 0,
            "open_issues": open, "open_issues_count": open, "network_count": 0, "subscribers_count": 0,
            "has_issues": true, "has_projects": true, "has_downloads": true, "has_wiki": false, "has_pages": false,
            "has_discussions": false, "topics": [], "is_template": false, "allow_forking": true,
            "web_commit_signoff_required": false, "custom_properties": {},
        }),
    );
    value
}
