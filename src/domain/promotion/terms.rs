//! What an approval covers, and its digest (S11). Whether anybody approved is `gate`'s question.

use serde_json::json;
use sha2::{Digest as _, Sha256};

use super::model::{Asked, Kind, Target, Terms};
use crate::domain::decision::Moment;
use crate::domain::id::{CommitId, Digest, ProjectId};
use crate::domain::policy::environment::{Conditions, Environment, Seconds};
use crate::domain::query::Found;

/// Why there are no terms.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Obstacle {
    /// The tag stands elsewhere now, or nowhere (S13).
    TagMoved {
        /// Where it stands.
        to: Option<CommitId>,
    },
    /// It could not be read.
    Unreadable {
        /// Why.
        why: String,
    },
}

/// What an approval would cover now. `None`: facts are missing.
pub fn terms(
    moment: &Moment<'_>,
    asked: &Asked,
    environment: &Environment,
) -> Option<Result<Terms, Obstacle>> {
    let tag = moment.facts.tag_now(asked.tag.clone());
    let page = moment.facts.release_page(asked.tag.clone());
    let (tag, page) = (tag?, page?);
    let tag_object = match tag.found {
        Found::Known(now) if now.commit == asked.commit => now.object.clone(),
        Found::Known(now) => return Some(Err(Obstacle::TagMoved { to: Some(now.commit.clone()) })),
        Found::Absent => return Some(Err(Obstacle::TagMoved { to: None })),
        Found::Unknown(why) => return Some(Err(Obstacle::Unreadable { why })),
    };
    let artifacts = match page.found {
        Found::Known(page) => page.assets.clone(),
        Found::Absent => Default::default(),
        Found::Unknown(why) => return Some(Err(Obstacle::Unreadable { why })),
    };
    let mut terms = Terms {
        tag_object,
        artifacts,
        waves: waves(environment),
        deploy: environment.deploy.clone(),
        conditions: environment.conditions.clone(),
        after: environment.after.clone(),
        bake: environment.bake,
        timeout: environment.timeout,
        expires: environment.expires,
        digest: Digest::parse("0".repeat(64)).expect("64 digits"),
    };
    if asked.kind == Kind::Rollback {
        // A rollback waits for none of them, and for no watch between its waves: what it brings back was good there.
        terms.conditions = Conditions::default();
        terms.after.clear();
        terms.bake = Seconds(0);
    }
    let project = moment.state.project.as_ref().map(|project| &project.id);
    terms.digest = digest(project, asked, &terms);
    Some(Ok(terms))
}

fn waves(environment: &Environment) -> Vec<Vec<Target>> {
    if environment.waves.is_empty() {
        return vec![vec![None]];
    }
    environment.waves.iter().map(|wave| wave.iter().cloned().map(Some).collect()).collect()
}

/// The digest of what was asked for and what it covers: SHA-256 over the RFC 8785 form. The policy's commit, notes and wording
/// are not in it.
pub fn digest(project: Option<&ProjectId>, asked: &Asked, terms: &Terms) -> Digest {
    let artifacts: Vec<_> =
        terms.artifacts.iter().map(|(name, sha256)| json!({ "name": name, "sha256": sha256 })).collect();
    let covered = json!({
        "v": 1,
        "project": project,
        "component": asked.component,
        "kind": asked.kind,
        "version": asked.version.to_string(),
        "commit": asked.commit,
        "tag_object": terms.tag_object,
        "artifacts": artifacts,
        "environment": asked.environment,
        "waves": terms.waves,
        "executor": terms.deploy,
        "gates": { "after": terms.after, "conditions": terms.conditions, "bake": terms.bake },
    });
    let canonical = serde_json_canonicalizer::to_string(&covered).expect("integers and text only");
    let hash = Sha256::digest(canonical.as_bytes());
    Digest::parse(hex::encode(hash)).expect("a SHA-256 has 64 hex digits")
}

/// Which parts differ, in words for people.
pub fn differences(before: &Terms, after: &Terms) -> Vec<String> {
    let parts = [
        ("the tag", before.tag_object == after.tag_object),
        ("the files of the release", before.artifacts == after.artifacts),
        ("the targets", before.waves == after.waves),
        ("how it is deployed", before.deploy == after.deploy),
        ("its gates", before.conditions == after.conditions),
        ("what comes before it", before.after == after.after),
        ("how long it is watched", before.bake == after.bake),
    ];
    parts.iter().filter(|(_, same)| !same).map(|(words, _)| (*words).to_owned()).collect()
}
