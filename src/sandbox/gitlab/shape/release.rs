//! Releases.

use serde_json::{Value, json};

use super::plan::milestone_of_release;
use super::project::{page, site_url};
use super::{commit, time, user};
use crate::sandbox::gitlab::call::encode;
use crate::sandbox::model::{Asset, Model, Project, Release};

pub(crate) fn link(model: &Model, project: &Project, release: &Release, one: &Asset) -> Value {
    let url = format!("{}/downloads/{}", page(model, project, "releases", &release.tag), encode(&one.name));
    json!({ "id": one.id, "name": one.name, "url": url, "direct_asset_url": url, "link_type": "other" })
}

/// The archives that GitLab offers of every tag.
pub(crate) fn sources(model: &Model, project: &Project, release: &Release) -> Vec<Value> {
    let place = page(model, project, "archive", &release.tag);
    let file = format!("{}-{}", project.name, release.tag);
    let formats = ["zip", "tar.gz", "tar.bz2", "tar"];
    formats
        .iter()
        .map(|format| json!({ "format": format, "url": format!("{place}/{file}.{format}") }))
        .collect()
}

pub(crate) fn links(model: &Model, project: &Project, one: &Release) -> Vec<Value> {
    one.assets.iter().map(|asset| link(model, project, one, asset)).collect()
}

pub(crate) fn release(model: &Model, project: &Project, one: &Release) -> Value {
    let found = project.resolve(&one.tag);
    let (path, tag) = (model.path_of(project), encode(&one.tag));
    let released_at = one.published_at.unwrap_or(one.created_at);
    let (sources, links) = (sources(model, project, one), links(model, project, one));
    let closed = one.milestones.iter().filter_map(|number| project.milestones.get(number));
    let site = format!("{}/-", site_url(model, project));
    let listed = |kind: &str, state: &str| format!("{site}/{kind}?release_tag={tag}&scope=all&state={state}");
    json!({
        "name": one.name.as_deref().unwrap_or(&one.tag), "tag_name": one.tag,
        "description": one.body.as_deref().unwrap_or_default(), "created_at": time(one.created_at),
        "released_at": time(released_at), "upcoming_release": released_at > model.now(),
        "author": user(model, one.author), "commit": found.map(|found| commit(model, project, found)),
        "milestones": closed.map(|found| milestone_of_release(model, project, found)).collect::<Vec<_>>(),
        "commit_path": found.map(|found| format!("/{path}/-/commit/{}", found.oid)),
        "tag_path": format!("/{path}/-/tags/{tag}"),
        "assets": { "count": sources.len() + links.len(), "sources": sources, "links": links }, "evidences": [],
        "_links": {
            "closed_issues_url": listed("issues", "closed"), "opened_issues_url": listed("issues", "opened"),
            "closed_merge_requests_url": listed("merge_requests", "closed"),
            "merged_merge_requests_url": listed("merge_requests", "merged"),
            "opened_merge_requests_url": listed("merge_requests", "opened"),
            "edit_url": format!("{site}/releases/{tag}/edit"), "self": format!("{site}/releases/{tag}"),
        },
    })
}
