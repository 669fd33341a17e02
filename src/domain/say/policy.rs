//! What is said of a policy file that cannot be obeyed. The report itself is written where the file is read.

use super::{Block, Span, Text, code};

fn file(name: Option<&str>) -> Span {
    name.map_or_else(|| "the policy file".into(), Span::code)
}

fn report(report: &str) -> Block {
    Block::Listing { language: "text".to_owned(), body: report.to_owned() }
}

/// A command is refused because the policy cannot be obeyed.
pub fn blocks(name: Option<&str>, wrong: &str) -> Text {
    Text(vec![
        Block::Line(vec!["Not done: ".into(), file(name), " on the default branch has errors.".into()]),
        report(wrong),
        Block::Line(vec![
            "Until the file is right, nothing is planned, cut or promoted. Mend it, then send this again."
                .into(),
        ]),
        code("E_POLICY"),
    ])
}

/// A change that was merged broke the policy.
pub fn broken(name: Option<&str>, wrong: &str) -> Text {
    Text(vec![
        Block::Line(vec!["Since this was merged, ".into(), file(name), " has errors.".into()]),
        report(wrong),
        Block::Line(vec![
            "Until it is right on the default branch, nothing is planned, cut or promoted.".into(),
        ]),
        code("E_POLICY"),
    ])
}
