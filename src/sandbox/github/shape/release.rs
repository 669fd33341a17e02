//! Releases.

use serde_json::{Value, json};

use super::{api_url, maybe_time, node_id, site_url, time, user};
use crate::sandbox::model::{Asset, Model, Project, Release};

pub(crate) fn release(model: &Model, project: &Project, one: &Release) -> Value {
    let (api, site) = (api_url(model, project), site_url(model, project));
    let url = format!("{api}/releases/{}", one.id);
    let encoded = super::super::call::encode(&one.tag);
    // A draft has no public tag yet: its page goes by a name that nobody can guess.
    let page = if one.is_draft { format!("untagged-{}", one.id) } else { encoded.clone() };
    let archive = |kind: &str| (!one.is_draft).then(|| format!("{api}/{kind}/{encoded}"));
    let assets: Vec<Value> = one.assets.iter().map(|file| asset(model, project, one, file)).collect();
    json!({
        "id": one.id, "node_id": node_id("RE", one.id), "url": url, "assets_url": format!("{url}/assets"),
        "upload_url": format!("{url}/assets{{?name,label}}"), "html_url": format!("{site}/releases/tag/{page}"),
        "tag_name": one.tag, "target_commitish": one.target, "name": one.name, "body": one.body,
        "draft": one.is_draft, "prerelease": one.is_prerelease, "immutable": false, "author": user(model, one.author),
        "created_at": time(one.created_at), "updated_at": time(one.updated_at),
        "published_at": maybe_time(one.published_at), "assets": assets,
        "tarball_url": archive("tarball"), "zipball_url": archive("zipball"),
    })
}

fn asset(model: &Model, project: &Project, release: &Release, one: &Asset) -> Value {
    let (api, site) = (api_url(model, project), site_url(model, project));
    let encode = super::super::call::encode;
    let at = format!("{}/{}", encode(&release.tag), encode(&one.name));
    json!({
        "id": one.id, "node_id": node_id("RA", one.id), "url": format!("{api}/releases/assets/{}", one.id),
        "name": one.name, "label": null, "state": "uploaded", "content_type": "application/octet-stream",
        "size": 1, "digest": one.digest, "download_count": 0, "uploader": user(model, one.uploader),
        "browser_download_url": format!("{site}/releases/download/{at}"),
        "created_at": time(one.created_at), "updated_at": time(one.created_at),
    })
}
