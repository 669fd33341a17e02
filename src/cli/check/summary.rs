//! What a policy means, in a few lines for a terminal. Nothing is checked here.

use std::fmt::Write as _;

mod environment;

use crate::domain::policy::label::Upkeep;
use crate::domain::policy::{Category, Exclude, Milestones, Notes, Policy, Principal, Standing, Versioning};
use crate::domain::version::{Bump, Scheme};

/// The whole policy, defaults included.
pub(super) fn of_policy(file: &str, policy: &Policy, not_followed: Option<&str>) -> String {
    let mut text = format!("ok: {file}\n\n");
    for (at, component) in policy.all_components().iter().enumerate() {
        line(&mut text, if at == 0 { "versions" } else { "" }, &versions(component));
    }
    notes(&mut text, &policy.notes);
    if policy.labels == Upkeep::Sync {
        line(&mut text, "labels", "those that are missing are made");
    }
    if policy.milestones == Milestones::Read {
        line(&mut text, "milestones", "only read");
    }
    let branches =
        std::iter::once("the default branch").chain(policy.branches.iter().map(|one| one.0.as_str()));
    line(&mut text, "cut from", &branches.collect::<Vec<_>>().join(", "));
    line(&mut text, "reader", &principals(&policy.who.reader, "whoever can read"));
    line(&mut text, "writer", &principals(&policy.who.writer, "whoever can push"));
    line(&mut text, "releaser", &principals(&policy.who.releaser, "whoever can push"));
    line(&mut text, "deployer", &principals(&policy.who.deployer, "whoever can push"));
    line(&mut text, "approver", &principals(&policy.who.approver, "whoever can push"));
    environment::all(&mut text, &policy.environments);
    if let Some(project) = not_followed {
        let _ = writeln!(text, "\n`extends: {project}` was not followed: this is the file alone.");
        let _ = writeln!(text, "With a local copy: lockkeeper check {file} --extends COPY");
    }
    text
}

fn versions(versioning: &Versioning) -> String {
    let scheme = match &versioning.scheme {
        scheme if *scheme == Scheme::default() => "semver".to_owned(),
        Scheme::Semantic { initial } => format!("semver from {initial} on"),
        Scheme::Calendar(format) => format!("calver as {format}"),
    };
    let tags = versioning.tag.as_ref().map_or("the existing ones".to_owned(), ToString::to_string);
    let of =
        if versioning.component.is_default() { String::new() } else { format!("{}: ", versioning.component) };
    let linked = versioning.linked.as_ref().map(|group| format!(", linked as {group}")).unwrap_or_default();
    format!("{of}{scheme}, tags as {tags}{linked}")
}

/// GitHub's own file: only the notes.
pub(super) fn of_notes(file: &str, read: &Notes) -> String {
    let mut text = format!("ok: {file}\n\n");
    notes(&mut text, read);
    text
}

fn notes(text: &mut String, notes: &Notes) {
    for (at, category) in notes.categories.iter().enumerate() {
        line(text, if at == 0 { "notes" } else { "" }, &described(category));
    }
    if !notes.categories.iter().any(|category| category.catches_all && category.except == Exclude::default())
    {
        line(text, if notes.categories.is_empty() { "notes" } else { "" }, "Other: what is left");
    }
    let always = "label skip-changelog and the like";
    let left_out = excluded(&notes.exclude).map_or(always.to_owned(), |more| format!("{always}; {more}"));
    line(text, "left out", &left_out);
}

fn described(category: &Category) -> String {
    let mut takes = Vec::new();
    if category.catches_all {
        takes.push("what is left".to_owned());
    }
    takes.extend(listed("label", &category.labels));
    takes.extend(listed("type", &category.types));
    takes.extend(excluded(&category.except).map(|except| format!("not {except}")));
    format!("{} ({}): {}", category.title, bump(category.bump), takes.join("; "))
}

fn excluded(exclude: &Exclude) -> Option<String> {
    let parts: Vec<_> = [listed("label", &exclude.labels), listed("author", &exclude.authors)]
        .into_iter()
        .flatten()
        .collect();
    (!parts.is_empty()).then(|| parts.join("; "))
}

fn listed(kind: &str, names: &[String]) -> Option<String> {
    (!names.is_empty()).then(|| format!("{kind} {}", names.join(", ")))
}

fn bump(bump: Bump) -> &'static str {
    match bump {
        Bump::Major => "major",
        Bump::Minor => "minor",
        Bump::Patch => "patch",
        Bump::None => "no release of its own",
    }
}

fn principals(names: &[Principal], default: &str) -> String {
    if names.is_empty() {
        return default.to_owned();
    }
    names.iter().map(principal).collect::<Vec<_>>().join(", ")
}

pub(super) fn principal(principal: &Principal) -> String {
    match principal {
        Principal::Group(path) => format!("team {}", path.0),
        Principal::User(login) => login.clone(),
        Principal::Role(standing) => format!("everybody with {} and above", standing_word(*standing)),
    }
}

fn standing_word(standing: Standing) -> &'static str {
    match standing {
        Standing::None => "no right",
        Standing::Read => "read",
        Standing::Triage => "triage",
        Standing::Write => "write",
        Standing::Maintain => "maintain",
        Standing::Admin => "admin",
    }
}

fn line(text: &mut String, head: &str, body: &str) {
    let _ = writeln!(text, "{head:<9} {}", printable(body));
}

/// The text without control characters, which would steer a terminal.
fn printable(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect()
}
