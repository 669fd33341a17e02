//! How a policy names people: teams, users, roles of the forge. Who they are at the moment, and what they may, is not known here.

use crate::config::diagnostic::{Code, Diagnostic};
use crate::config::shape::{Written, shortened};
use crate::domain::id::ProjectPath;
use crate::domain::policy::{GroupPath, Principal, Standing};

/// `acme/release`, `ana`, both perhaps with `@`, or `role:maintain`.
pub(super) fn principal(written: &Written) -> Result<Principal, Diagnostic> {
    let text = written.text.as_str();
    if let Some(role) = text.strip_prefix("role:") {
        return standing(role).map(Principal::Role).ok_or_else(|| {
            let title = format!("there is no role `{}`", shortened(role));
            Diagnostic::at(Code::BadPrincipal, written.span(), title)
                .help("roles are `role:read`, `role:triage`, `role:write`, `role:maintain`, `role:admin`")
        });
    }
    let name = text.strip_prefix('@').unwrap_or(text);
    // A group's path has the form of a project's: `owner/name`, or deeper.
    if name.contains('/') && ProjectPath::parse(name).is_ok() {
        return Ok(Principal::Group(GroupPath(name.to_owned())));
    }
    if is_login(name) {
        return Ok(Principal::User(name.to_owned()));
    }
    let title = format!("`{}` names nobody", shortened(text));
    Err(Diagnostic::at(Code::BadPrincipal, written.span(), title)
        .help("a team is written `acme/release`, a user `ana`, a role `role:maintain`"))
}

/// The forge's roles in both spellings, GitHub's and GitLab's.
fn standing(role: &str) -> Option<Standing> {
    Some(match role {
        "read" | "guest" => Standing::Read,
        "triage" | "reporter" => Standing::Triage,
        "write" | "developer" => Standing::Write,
        "maintain" | "maintainer" => Standing::Maintain,
        "admin" | "owner" => Standing::Admin,
        _ => return None,
    })
}

/// What both forges allow in a login. A bot's login (`name[bot]`) is not among it: bots give no commands.
pub(super) fn is_login(text: &str) -> bool {
    let is_inside = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    text.len() <= 255
        && text.chars().all(is_inside)
        && text.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: Option<Principal>) {
        let written = serde_json::from_value(serde_json::json!({ "text": text, "start": 0, "end": 1 }));
        assert_eq!(principal(&written.expect("it has all three fields")).ok(), expected, "{text}");
    }

    #[test]
    fn teams_users_and_roles_are_told_apart() {
        check("acme/release", Some(Principal::Group(GroupPath("acme/release".to_owned()))));
        check("@acme/release", Some(Principal::Group(GroupPath("acme/release".to_owned()))));
        check("acme/sub/release", Some(Principal::Group(GroupPath("acme/sub/release".to_owned()))));
        check("ana", Some(Principal::User("ana".to_owned())));
        check("@ana", Some(Principal::User("ana".to_owned())));
        check("role:maintain", Some(Principal::Role(Standing::Maintain)));
        check("role:developer", Some(Principal::Role(Standing::Write)));
    }

    #[test]
    fn what_names_nobody_is_refused() {
        for text in [
            "role:boss",
            "role:none",
            "a b",
            "@",
            "@@ana",
            "acme/",
            "/x",
            "dependabot[bot]",
            "-x",
            "ana, bob",
        ] {
            check(text, None);
        }
    }
}
