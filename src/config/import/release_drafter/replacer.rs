//! Release-drafter's replacers: a text or a JavaScript expression, and what takes its place. What has no like in our own notes is told by the translation.

use regex::{Captures, Regex, RegexBuilder};

/// One replacement over the whole text.
#[derive(Debug, Clone)]
pub struct Replacer {
    search: Search,
    replace: String,
}

#[derive(Debug, Clone)]
enum Search {
    /// This text, everywhere.
    Text(String),
    /// This expression, everywhere or only at its first place.
    Expression { regex: Regex, everywhere: bool },
    /// An expression of JavaScript that cannot be read here (it looks around, or back): nothing is replaced.
    Unreadable,
}

impl Replacer {
    /// Reads `/expression/flags` or a plain text.
    pub fn read(search: &str, replace: &str) -> Self {
        Self { search: Search::read(search), replace: replace.to_owned() }
    }

    /// Whether the expression can be followed here.
    pub fn is_readable(&self) -> bool {
        !matches!(self.search, Search::Unreadable)
    }

    /// The text with everything replaced.
    pub fn apply(&self, text: &str) -> String {
        match &self.search {
            Search::Text(wanted) if wanted.is_empty() => text.to_owned(),
            Search::Text(wanted) => text.replace(wanted, &plain(&self.replace)),
            Search::Expression { regex, everywhere } => {
                let limit = usize::from(!everywhere);
                regex
                    .replacen(text, limit, |found: &Captures<'_>| expanded(&self.replace, found))
                    .into_owned()
            }
            Search::Unreadable => text.to_owned(),
        }
    }
}

impl Search {
    fn read(search: &str) -> Self {
        let is_flag = |c: char| "dgimsuy".contains(c);
        let parts = search.strip_prefix('/').and_then(|rest| rest.rsplit_once('/'));
        let Some((expression, flags)) =
            parts.filter(|(expression, flags)| !expression.is_empty() && flags.chars().all(is_flag))
        else {
            return Self::Text(search.to_owned());
        };
        let built = RegexBuilder::new(expression)
            .case_insensitive(flags.contains('i'))
            .multi_line(flags.contains('m'))
            .dot_matches_new_line(flags.contains('s'))
            .build();
        match built {
            Ok(regex) => Self::Expression { regex, everywhere: flags.contains('g') },
            Err(_) => Self::Unreadable,
        }
    }
}

/// How the case of what a group caught is changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Case {
    AsIs,
    Upper,
    Lower,
    UpperOnce,
    LowerOnce,
}

impl Case {
    /// The text in this case, and the case of what follows.
    fn of(self, text: &str) -> (String, Self) {
        let first = |change: fn(&str) -> String| {
            let end = text.chars().next().map_or(0, char::len_utf8);
            (format!("{}{}", change(&text[..end]), &text[end..]), Self::AsIs)
        };
        match self {
            Self::AsIs => (text.to_owned(), self),
            Self::Upper => (text.to_uppercase(), self),
            Self::Lower => (text.to_lowercase(), self),
            Self::UpperOnce => first(str::to_uppercase),
            Self::LowerOnce => first(str::to_lowercase),
        }
    }
}

/// A replacement for a plain text, which has no groups.
fn plain(replacement: &str) -> String {
    expand(replacement, |_| None)
}

/// A replacement with what the groups caught.
fn expanded(replacement: &str, found: &Captures<'_>) -> String {
    expand(replacement, |group| {
        let is_there = group < found.len();
        is_there.then(|| found.get(group).map_or_else(String::new, |caught| caught.as_str().to_owned()))
    })
}

/// Follows `\n \t \\ $$ $& $0 $n $nn \u \l \U \L \E`. A group that is not there stays as it is written.
fn expand(replacement: &str, group: impl Fn(usize) -> Option<String>) -> String {
    let mut out = String::new();
    let mut case = Case::AsIs;
    let mut rest = replacement;
    while let Some(c) = rest.chars().next() {
        let after = &rest[c.len_utf8()..];
        let sign = after.chars().next();
        if let Some((caught, length)) = Some(after).filter(|_| c == '$').and_then(|it| caught(it, &group)) {
            let (text, following) = case.of(&caught);
            (case, rest) = (following, &after[length..]);
            out.push_str(&text);
            continue;
        }
        let turned = match sign {
            Some('U') => Some(Case::Upper),
            Some('L') => Some(Case::Lower),
            Some('u') => Some(Case::UpperOnce),
            Some('l') => Some(Case::LowerOnce),
            Some('E') => Some(Case::AsIs),
            _ => None,
        };
        let literal = match (c, sign) {
            ('$', Some('$')) => Some('$'),
            ('\\', Some('n')) => Some('\n'),
            ('\\', Some('t')) => Some('\t'),
            ('\\', Some('\\')) => Some('\\'),
            _ => None,
        };
        rest = match (literal, turned) {
            (Some(literal), _) => {
                out.push(literal);
                &after[1..]
            }
            (None, Some(turned)) if c == '\\' => {
                case = turned;
                &after[1..]
            }
            (None, _) => {
                out.push(c);
                after
            }
        };
    }
    out
}

/// What `$&`, `$0`, `$n` or `$nn` stands for, and how long it is written without the `$`.
fn caught(after: &str, group: &impl Fn(usize) -> Option<String>) -> Option<(String, usize)> {
    if after.starts_with('&') {
        return Some((group(0)?, 1));
    }
    let digits = after.bytes().take(2).take_while(u8::is_ascii_digit).count();
    (1..=digits).rev().find_map(|length| Some((group(after[..length].parse().ok()?)?, length)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_replacement_is_followed_sign_by_sign() {
        for (search, replace, text, expected) in [
            ("a", "b", "aba", "bbb"),
            ("/a/", "b", "aa", "ba"),
            ("/(x)(y)?/g", "[$1$2$3]", "x", "[x$3]"),
            ("/(\\w+) (\\w+)/", "\\u$1 \\U$2\\E $$1", "ana cut", "Ana CUT $1"),
            ("/X/gi", "$&$&", "xX", "xxXX"),
            ("/not/an/expression", "y", "/not/an/expression", "y"),
        ] {
            assert_eq!(Replacer::read(search, replace).apply(text), expected, "{search}");
        }
    }

    #[test]
    fn an_expression_that_looks_around_is_left_alone() {
        let replacer = Replacer::read("/(?<=#)\\d+/g", "x");
        assert!(!replacer.is_readable());
        assert_eq!(replacer.apply("#12"), "#12");
    }
}
