//! Commits: reading, making, picking, reverting, and what is reported of them.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{DEVELOPER, GUEST};
use crate::sandbox::gitlab::call::Call;
use crate::sandbox::gitlab::shape;
use crate::sandbox::gitlab::wire::{Operation, Reply};
use crate::sandbox::model::{Commit, CommitStatusDraft, Model, Project, Push, Refusal, Thread, Tree};

pub(super) static OPERATIONS: [Operation; 10] = [
    Operation { method: "GET", path: "/projects/{id}/repository/commits/{sha}/diff", need: GUEST, act: diff },
    Operation { method: "GET", path: "/projects/{id}/repository/commits", need: GUEST, act: commits },
    Operation { method: "POST", path: "/projects/{id}/repository/commits", need: DEVELOPER, act: create },
    Operation { method: "GET", path: "/projects/{id}/repository/commits/{sha}", need: GUEST, act: commit },
    Operation {
        method: "GET",
        path: "/projects/{id}/repository/commits/{sha}/merge_requests",
        need: GUEST,
        act: changes,
    },
    Operation { method: "GET", path: "/projects/{id}/repository/commits/{sha}/refs", need: GUEST, act: refs },
    Operation {
        method: "POST",
        path: "/projects/{id}/repository/commits/{sha}/cherry_pick",
        need: DEVELOPER,
        act: cherry_pick,
    },
    Operation {
        method: "POST",
        path: "/projects/{id}/repository/commits/{sha}/revert",
        need: DEVELOPER,
        act: revert,
    },
    Operation {
        method: "GET",
        path: "/projects/{id}/repository/commits/{sha}/statuses",
        need: GUEST,
        act: statuses,
    },
    Operation { method: "POST", path: "/projects/{id}/statuses/{sha}", need: DEVELOPER, act: report },
];

/// The commit of the path: an id, a branch or a tag.
fn found<'a>(project: &'a Project, call: &Call) -> Result<&'a Commit, Refusal> {
    project.resolve(call.text("sha")).ok_or(Refusal::Absent("Commit"))
}

fn commit(model: &mut Model, call: &Call) -> Result<Reply, Refusal> {
    let project = model.project(call.project)?;
    Ok(Reply::json(200, shape::commit_in_full(model, project, found(project, call)?)))
}

fn diff(model: &mut Model, call: &Call) -> Result<Reply, Refusal> {
    let (one, before) = commit_and_parent(model.project(call.project)?, call)?;
    Ok(call.list(shape::diffs(Some(&before), &one.tree)))
}

/// Newest first; `a..b` is what the second has and the first has not.
fn commits(model: &mut Model, call: &Call) -> Result<Reply, Refusal> {
    let project = model.project(call.project)?;
    let name = call.asked("ref_name").unwrap_or("HEAD");
    let resolve = |text: &str| project.resolve(text).ok_or(Refusal::Absent("Commit"));
    let mut range = match name.split_once("..") {
        Some((base, head)) => {
            project.git.range(&resolve(base)?.oid, &resolve(head.trim_start_matches('.'))?.oid)
        }
        None => project.git.range("", &resolve(name)?.oid),
    };
    range.reverse();
    let moment = |name: &str| call.asked(name).and_then(|text| text.parse().ok());
    let (since, until): (Option<jiff::Timestamp>, Option<jiff::Timestamp>) =
        (moment("since"), moment("until"));
    let found = range.iter().filter_map(|oid| project.git.commit(oid));
    let found = found.filter(|one| since.is_none_or(|since| one.at >= since));
    let found = found.filter(|one| until.is_none_or(|until| one.at <= until));
    Ok(call.uncounted_list(found.map(|one| shape::commit(model, project, one)).collect()))
}

/// The merge requests that brought a commit in, and those that would.
fn changes(model: &mut Model, call: &Call) -> Result<Reply, Refusal> {
    let project = model.project(call.project)?;
    let oid = &found(project, call)?.oid;
    let has = |one: &&Thread| match (one.merged(), &one.pull) {
        (Some(merged), _) if merged.landed.contains(oid) => true,
        (_, Some(pull)) => project.git.range(&pull.base_oid, &pull.head_oid).contains(oid),
        (_, None) => false,
    };
    let found = project.threads.values().filter(has).filter_map(|one| Some((one, one.pull.as_ref()?)));
    Ok(call.list(found.map(|(one, pull)| shape::change_in_list(model, project, one, pull)).collect()))
}

fn refs(model: &mut Model, call: &Call) -> Result<Reply, Refusal> {
    let project = model.project(call.project)?;
    let oid = &found(project, call)?.oid;
    let kind = call.asked("type").unwrap_or("all");
    let holds =
        |head: &str| project.git.peel(head).is_some_and(|head| project.git.is_reachable(oid, &head.oid));
    let under = |prefix: &'static str, name: &'static str| {
        let wanted = kind == "all" || kind == name;
        let found = project.git.refs_under(prefix).filter(move |(_, head)| wanted && holds(head));
        found.map(move |(short, _)| json!({ "type": name, "name": short })).collect::<Vec<Value>>()
    };
    Ok(call.list([under("refs/heads/", "branch"), under("refs/tags/", "tag")].concat()))
}

/// Several files in one commit, on a branch that is there or is made.
fn create(model: &mut Model, call: &Call) -> Result<Reply, Refusal> {
    let (branch, message) = (call.required("branch")?, call.required("commit_message")?);
    let project = model.project(call.project)?;
    let start = call.said("start_sha").or(call.said("start_branch"));
    let before = match (project.git.branch(branch), start) {
        (Some(_), Some(_)) if !call.is_said("force") => {
            let why = "already exists. Switch to that branch in order to make changes";
            return Err(Refusal::Invalid(format!("A branch called '{branch}' {why}")));
        }
        (_, Some(start)) => project.resolve(start).map(|commit| commit.oid.clone()),
        (Some(head), None) => Some(head.to_owned()),
        (None, None) => None,
    };
    let no_branch = "You can only create or edit files when you are on a branch";
    let before = before.ok_or_else(|| Refusal::Invalid(no_branch.into()))?;
    let tree = project.git.commit(&before).ok_or(Refusal::NotFound)?.tree.clone();
    let files = files(&tree, call)?;
    let files = files.iter().map(|(path, text)| (path.as_str(), text.as_deref())).collect();
    let oid = model.push_upon(call.project, before, Push { actor: call.caller.0, branch, message, files })?;
    shown(model, call, &oid)
}

fn shown(model: &Model, call: &Call, oid: &str) -> Result<Reply, Refusal> {
    let project = model.project(call.project)?;
    let made = project.git.commit(oid).ok_or(Refusal::NotFound)?;
    Ok(Reply::json(201, shape::commit_in_full(model, project, made)))
}

type Files = BTreeMap<String, Option<String>>;

/// What the actions of a request do to the files of a tree.
fn files(tree: &Tree, call: &Call) -> Result<Files, Refusal> {
    let actions = call.body.get("actions").and_then(Value::as_array);
    let actions = actions.ok_or_else(|| Refusal::Invalid("actions is missing".into()))?;
    let mut files = Files::new();
    for action in actions {
        let text = |name: &str| action.get(name).and_then(Value::as_str);
        let path =
            text("file_path").ok_or_else(|| Refusal::Invalid("actions[0][file_path] is missing".into()))?;
        let there = |path: &str| files.get(path).map_or_else(|| tree.contains_key(path), Option::is_some);
        let absent = || Refusal::Invalid("A file with this name doesn't exist".into());
        let content = content(action)?;
        match text("action") {
            Some("create") if there(path) => {
                return Err(Refusal::Invalid("A file with this name already exists".into()));
            }
            Some("create") => _ = files.insert(path.to_owned(), Some(content)),
            Some("update") if there(path) => _ = files.insert(path.to_owned(), Some(content)),
            Some("delete") if there(path) => _ = files.insert(path.to_owned(), None),
            Some("move") => {
                let from = text("previous_path").filter(|from| there(from)).ok_or_else(absent)?.to_owned();
                let old = tree.get(&from).map(ToString::to_string).unwrap_or_default();
                let kept = if text("content").is_some() { content } else { old };
                files.insert(from, None);
                files.insert(path.to_owned(), Some(kept));
            }
            Some("update" | "delete") => return Err(absent()),
            Some("chmod") => {}
            _ => return Err(Refusal::Invalid("actions[0][action] does not have a valid value".into())),
        }
    }
    Ok(files)
}

fn content(action: &Value) -> Result<String, Refusal> {
    use base64::Engine as _;
    let text = action.get("content").and_then(Value::as_str).unwrap_or_default();
    if action.get("encoding").and_then(Value::as_str) != Some("base64") {
        return Ok(text.to_owned());
    }
    let bytes = base64::engine::general_purpose::STANDARD.decode(text).ok();
    let decoded = bytes.and_then(|bytes| String::from_utf8(bytes).ok());
    decoded.ok_or_else(|| Refusal::Invalid("actions[0][content] does not have a valid value".into()))
}

/// How what one commit did is done elsewhere.
struct Doing {
    verb: &'static str,
    message: String,
    /// The trees between which lies what is to be done.
    from: Tree,
    to: Tree,
}

fn cherry_pick(model: &mut Model, call: &Call) -> Result<Reply, Refusal> {
    let (one, before) = commit_and_parent(model.project(call.project)?, call)?;
    let message = format!("{}\n\n(cherry picked from commit {})", one.message, one.oid);
    let message = call.words("message").unwrap_or(message);
    let doing = Doing { verb: "cherry-pick", message, from: before, to: one.tree };
    carry_over(model, call, doing)
}

fn revert(model: &mut Model, call: &Call) -> Result<Reply, Refusal> {
    let (one, before) = commit_and_parent(model.project(call.project)?, call)?;
    let message = format!("Revert \"{}\"\n\nThis reverts commit {}", one.headline(), one.oid);
    carry_over(model, call, Doing { verb: "revert", message, from: one.tree, to: before })
}

/// Of a merge the first parent counts.
fn commit_and_parent(project: &Project, call: &Call) -> Result<(Commit, Tree), Refusal> {
    let one = found(project, call)?.clone();
    let before = one.parents.first().and_then(|oid| project.git.commit(oid));
    let before = before.map(|parent| parent.tree.clone()).unwrap_or_default();
    Ok((one, before))
}

fn carry_over(model: &mut Model, call: &Call, doing: Doing) -> Result<Reply, Refusal> {
    let branch = call.required("branch")?;
    let project = model.project(call.project)?;
    let head = project.git.branch(branch).ok_or(Refusal::Absent("Branch"))?;
    let onto = &project.git.commit(head).ok_or(Refusal::Absent("Branch"))?.tree;
    let changed = crate::sandbox::model::Git::changed(&doing.from, &doing.to);
    let open: Vec<&String> = changed.iter().filter(|path| onto.get(*path) != doing.to.get(*path)).collect();
    if open.is_empty() {
        return Ok(undone(&doing, "empty"));
    }
    if open.iter().any(|path| onto.get(*path) != doing.from.get(*path)) {
        return Ok(undone(&doing, "conflict"));
    }
    if call.is_said("dry_run") {
        return Ok(Reply::json(200, json!({ "dry_run": "success" })));
    }
    let files = open.into_iter().map(|path| (path.as_str(), doing.to.get(path).map(AsRef::as_ref))).collect();
    let push = Push { actor: call.caller.0, branch, message: &doing.message, files };
    let oid = model.push(call.project, push)?;
    shown(model, call, &oid)
}

fn undone(doing: &Doing, code: &str) -> Reply {
    let why = format!(
        "Sorry, we cannot {} this commit automatically. This commit may already have been {}, or a more recent commit may \
         have updated some of its content.",
        doing.verb,
        if doing.verb == "revert" { "reverted" } else { "cherry-picked" }
    );
    Reply::json(400, json!({ "message": why, "error_code": code }))
}

/// Of each name the newest, unless all are asked for.
fn statuses(model: &mut Model, call: &Call) -> Result<Reply, Refusal> {
    let project = model.project(call.project)?;
    let all = shape::reported(project, &found(project, call)?.oid);
    let is_newest = |index: usize| !all[index + 1..].iter().any(|later| later.name == all[index].name);
    let items = all.iter().enumerate().filter(|(index, one)| {
        call.admits("name", one.name) && (call.asked("all") == Some("true") || is_newest(*index))
    });
    Ok(call.list(items.map(|(_, one)| shape::commit_status(model, project, one)).collect()))
}

/// The same status cannot be said twice in a row.
fn report(model: &mut Model, call: &Call) -> Result<Reply, Refusal> {
    let name = call.words("name").or_else(|| call.words("context")).unwrap_or_else(|| "default".into());
    let state = match call.required("state")? {
        "pending" | "running" => "pending",
        "success" | "skipped" => "success",
        "failed" => "failure",
        "canceled" => "error",
        _ => return Err(Refusal::Invalid("state does not have a valid value".into())),
    };
    let project = model.project(call.project)?;
    let oid = found(project, call)?.oid.clone();
    let before = project.statuses_of(&oid).into_iter().find(|one| one.context == name);
    if before.is_some_and(|before| before.state == state) {
        let why = format!(
            "Cannot transition status via :enqueue from :{state} (Reason(s): Status cannot transition)"
        );
        return Err(Refusal::Invalid(why));
    }
    let draft = CommitStatusDraft {
        oid: oid.clone(),
        context: Some(name),
        state: state.to_owned(),
        description: call.words("description"),
        target_url: call.words("target_url"),
    };
    let id = model.create_status(call.project, call.caller.0, draft)?;
    let project = model.project(call.project)?;
    let made =
        shape::reported(project, &oid).into_iter().find(|one| one.id == id).ok_or(Refusal::NotFound)?;
    Ok(Reply::json(201, shape::commit_status(model, project, &made)))
}
