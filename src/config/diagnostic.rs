//! What is wrong with a file a person wrote, as values: a code, a place, a sentence, a way out; and how it prints. What is right or wrong is decided elsewhere.

use std::fmt;
use std::ops::Range;

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};

mod code;

pub use code::Code;

/// As many problems as one report prints; the rest is counted.
const SHOWN: usize = 20;

/// Columns of a printed report: narrow enough for a comment on a change.
const WIDTH: usize = 110;

/// One thing that is wrong in one place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// The kind, stable over versions; documented in `docs/policy.md`.
    pub code: Code,
    /// What is wrong, in one line without a full stop.
    pub title: String,
    /// Where, in bytes of the file; `None` for the file as a whole.
    pub span: Option<Range<usize>>,
    /// A few words at the carets; may be empty.
    pub label: String,
    /// What to do, one line each.
    pub help: Vec<String>,
}

impl Diagnostic {
    /// A problem at a place of the file.
    pub fn at(code: Code, span: Range<usize>, title: impl Into<String>) -> Self {
        Self { code, title: title.into(), span: Some(span), label: String::new(), help: Vec::new() }
    }

    /// A problem of the file as a whole.
    pub fn whole(code: Code, title: impl Into<String>) -> Self {
        Self { code, title: title.into(), span: None, label: String::new(), help: Vec::new() }
    }

    /// The same with words at the carets.
    pub fn label(mut self, label: impl Into<String>) -> Self {
        self.label = label.into();
        self
    }

    /// The same with one more line of help.
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help.push(help.into());
        self
    }
}

/// Everything that is wrong with one file, in the order of the file. Prints for a terminal and for a `text` fence alike.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// The file's name as people know it.
    pub file: String,
    /// The file's text, for the excerpts.
    pub source: String,
    /// What is wrong; never empty.
    pub errors: Vec<Diagnostic>,
}

impl std::error::Error for Report {}

impl Report {
    /// A report over `errors`, put into the order of the file.
    pub fn new(file: &str, source: &str, mut errors: Vec<Diagnostic>) -> Self {
        errors.sort_by_key(|error| error.span.as_ref().map_or(0, |span| span.start));
        for error in &mut errors {
            error.span = error.span.take().map(|span| within(source, &span));
        }
        Self { file: file.to_owned(), source: source.to_owned(), errors }
    }

    /// A file that is not text at all.
    pub fn not_text(file: &str) -> Self {
        let error = Diagnostic::whole(Code::NotText, "this file is not UTF-8 text")
            .help("save it as UTF-8; an older editor may have written Latin-1 or UTF-16");
        Self::new(file, "", vec![error])
    }

    /// The first problem in one line, for where there is no room for the report.
    pub fn headline(&self) -> String {
        let Some(first) = self.errors.first() else { return String::new() };
        let more = match self.errors.len() - 1 {
            0 => String::new(),
            more => format!(" (and {more} more)"),
        };
        let line = first.span.as_ref().map_or(String::new(), |span| format!(":{}", self.line(span)));
        format!("{}{line}: {}{more}", self.file, first.title)
    }

    /// The line of a place, from 1.
    pub fn line(&self, span: &Range<usize>) -> usize {
        let end = span.start.min(self.source.len());
        self.source.as_bytes()[..end].iter().filter(|byte| **byte == b'\n').count() + 1
    }

    fn render(&self, error: &Diagnostic) -> String {
        let title = Level::ERROR.primary_title(printable(&error.title)).id(error.code.as_str());
        let mut group = match &error.span {
            Some(span) => title.element(self.snippet(span.clone(), &error.label)),
            None => Group::with_title(title).element(annotate_snippets::Origin::path(self.file.as_str())),
        };
        for help in &error.help {
            group = group.element(Level::HELP.message(printable(help)));
        }
        Renderer::plain().term_width(WIDTH).render(&[group])
    }

    fn snippet<'a>(
        &'a self,
        span: Range<usize>,
        label: &str,
    ) -> Snippet<'a, annotate_snippets::Annotation<'a>> {
        let mark = AnnotationKind::Primary.span(span);
        let mark = if label.is_empty() { mark } else { mark.label(printable(label)) };
        Snippet::source(self.source.as_str()).path(self.file.as_str()).annotation(mark)
    }
}

impl fmt::Display for Report {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for error in self.errors.iter().take(SHOWN) {
            // Blanks at the end of a line would be a hazard in every snapshot and comment.
            for line in self.render(error).lines() {
                writeln!(formatter, "{}", line.trim_end())?;
            }
            writeln!(formatter)?;
        }
        if self.errors.len() > SHOWN {
            writeln!(formatter, "and {} more", self.errors.len() - SHOWN)?;
        }
        match self.errors.len() {
            1 => writeln!(formatter, "1 error in {}", self.file),
            many => writeln!(formatter, "{many} errors in {}", self.file),
        }
    }
}

/// The same place, but inside the text, on character borders, and no longer than its first line.
fn within(source: &str, span: &Range<usize>) -> Range<usize> {
    let mut start = span.start.min(source.len());
    while !source.is_char_boundary(start) {
        start -= 1;
    }
    let mut end = span.end.clamp(start, source.len());
    while !source.is_char_boundary(end) {
        end += 1;
    }
    let line = source[start..end].find('\n').map_or(end, |length| start + length);
    start..line.max(start)
}

/// The text without control characters, which would steer a terminal.
fn printable(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_shows_code_place_carets_and_help() {
        let source = "notes:\n  catgories: []\n";
        let error = Diagnostic::at(Code::UnknownKey, 9..18, "unknown key `catgories`")
            .help("did you mean `categories`?");
        let report = Report::new(".github/lockkeeper.yml", source, vec![error]);
        insta::assert_snapshot!(report, @r"
        error[LK012]: unknown key `catgories`
         --> .github/lockkeeper.yml:2:3
          |
        2 |   catgories: []
          |   ^^^^^^^^^
          |
          = help: did you mean `categories`?

        1 error in .github/lockkeeper.yml
        ");
        assert_eq!(report.headline(), ".github/lockkeeper.yml:2: unknown key `catgories`");
    }

    #[test]
    fn a_place_outside_the_text_is_moved_into_it() {
        assert_eq!(within("aé", &(2..9)), 1..3);
        assert_eq!(within("a\nb", &(0..3)), 0..1);
        assert_eq!(within("", &(5..5)), 0..0);
    }

    #[test]
    fn very_many_problems_are_counted_not_printed() {
        let error = || Diagnostic::whole(Code::UnknownKey, "x");
        let report = Report::new("f", "", std::iter::repeat_with(error).take(30).collect());
        assert!(report.to_string().contains("and 10 more\n30 errors in f"));
    }
}
