//! Reads titles and messages by [Conventional Commits 1.0.0](https://www.conventionalcommits.org/en/v1.0.0/). What a type asks of the version is `plan`'s question.

/// A title of the form `type(scope)!: description`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Title<'a> {
    /// The type, as written; compare without regard to case.
    pub kind: &'a str,
    /// What stands in brackets behind it.
    pub scope: Option<&'a str>,
    /// Whether a `!` says that it breaks users.
    pub is_breaking: bool,
    /// What follows the colon.
    pub description: &'a str,
}

impl<'a> Title<'a> {
    /// Reads a title; `None` where it does not follow the convention.
    pub fn parse(title: &'a str) -> Option<Self> {
        let (head, description) = title.split_once(": ")?;
        let (head, is_breaking) = match head.strip_suffix('!') {
            Some(head) => (head, true),
            None => (head, false),
        };
        let (kind, scope) = match head.split_once('(') {
            Some((kind, rest)) => (kind, Some(rest.strip_suffix(')')?)),
            None => (head, None),
        };
        let is_word =
            !kind.is_empty() && kind.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'));
        let description = description.trim();
        (is_word && !description.is_empty()).then_some(Self { kind, scope, is_breaking, description })
    }

    /// Whether it is of this type.
    pub fn is_of(&self, kind: &str) -> bool {
        self.kind.eq_ignore_ascii_case(kind)
    }
}

/// The first line of a message.
pub fn subject(message: &str) -> &str {
    message.trim_start().lines().next().unwrap_or_default().trim_end()
}

/// Whether a message says that it breaks users: by the `!` of its subject or a footer.
pub fn is_breaking(message: &str) -> bool {
    let footer = |line: &str| {
        ["BREAKING CHANGE", "BREAKING-CHANGE"]
            .iter()
            .filter_map(|token| line.strip_prefix(token))
            .any(|rest| rest.starts_with(": ") || rest.starts_with(" #") || rest == ":")
    };
    Title::parse(subject(message)).is_some_and(|title| title.is_breaking)
        || message.trim_start().lines().skip(1).any(footer)
}

/// A subject without the number of its change at the end, `(#12)` or `(!12)`, and that number.
pub fn split_number(subject: &str) -> (&str, Option<u64>) {
    let number = || {
        let (title, number) = subject.trim_end().strip_suffix(')')?.rsplit_once('(')?;
        let number = number.strip_prefix(['#', '!'])?.parse().ok()?;
        let title = title.trim_end();
        (!title.is_empty()).then_some((title, number))
    };
    match number() {
        Some((title, number)) => (title, Some(number)),
        None => (subject, None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_is_read_by_the_convention() {
        for (text, read) in [
            ("feat: add x", Some(("feat", None, false, "add x"))),
            ("fix(api)!: stop y", Some(("fix", Some("api"), true, "stop y"))),
            ("Feat(a b): z: w", Some(("Feat", Some("a b"), false, "z: w"))),
            ("feat:x", None),
            ("feat : x", None),
            ("a feat: x", None),
            ("feat(x: y", None),
            ("Merge branch 'a': b", None),
            (": x", None),
            ("feat: ", None),
        ] {
            let title = Title::parse(text).map(|t| (t.kind, t.scope, t.is_breaking, t.description));
            assert_eq!(title, read, "{text}");
        }
    }

    #[test]
    fn what_breaks_says_so_in_subject_or_footer() {
        for message in [
            "feat!: x",
            "x\n\nBREAKING CHANGE: y",
            "x\n\nBREAKING-CHANGE: y",
            "\nfix: x\n\nBREAKING CHANGE #4",
        ] {
            assert!(is_breaking(message), "{message}");
        }
        for message in
            ["BREAKING CHANGE: x", "feat: x\n\nno BREAKING CHANGE: here", "x\n\nBreaking change: y", "x!"]
        {
            assert!(!is_breaking(message), "{message}");
        }
    }

    #[test]
    fn the_number_at_the_end_is_the_changes_not_the_titles() {
        for (subject, title, number) in [
            ("Add x (#12)", "Add x", Some(12)),
            ("Add x (!7)", "Add x", Some(7)),
            ("Revert \"Add x (#12)\" (#13)", "Revert \"Add x (#12)\"", Some(13)),
            ("Add x #12", "Add x #12", None),
            ("Add x (#y)", "Add x (#y)", None),
            ("(#12)", "(#12)", None),
        ] {
            assert_eq!(split_number(subject), (title, number));
        }
    }
}
