//! An imported policy as the text of a policy file, what was not carried over as comments below it. What is carried over is not decided here.

use std::fmt::Write as _;

use super::{Imported, Remark, Touches};
use crate::config::policy::{ComponentLayer, GITHUB_PATH, NotesLayer, VersioningLayer};
use crate::domain::policy::{Category, CutMode, Exclude};
use crate::domain::version::Scheme;

/// Columns of a comment.
const WIDTH: usize = 100;

/// The file. Reading it gives the same policy.
pub(super) fn of(imported: &Imported) -> String {
    let mut text = String::new();
    comment(
        &mut text,
        "",
        &format!("Imported from {} by `lockkeeper import`, for {GITHUB_PATH}.", imported.file),
    );
    if !imported.usual.is_empty() {
        text.push_str("#\n");
        comment(&mut text, "", "Whatever a file of that tool says, this is different here:");
        for line in imported.usual {
            comment(&mut text, "- ", line);
        }
    }
    text.push('\n');
    if let Some(versioning) = &imported.layer.versioning {
        let _ = writeln!(text, "versioning: {{ {} }}", versioning_text(versioning));
    }
    if let Some(components) = &imported.layer.components {
        text.push_str("components:\n");
        for component in components {
            let _ =
                writeln!(text, "  {}: {{ {} }}", quoted(component.name.as_str()), component_text(component));
        }
    }
    if let Some(cut) = imported.layer.cut {
        let _ = writeln!(text, "cut: {}", cut_word(cut));
    }
    if let Some(notes) = &imported.layer.notes {
        notes_text(&mut text, notes);
    }
    for touches in [Touches::Contents, Touches::Version, Touches::Wording, Touches::Running, Touches::Nothing]
    {
        remarks(&mut text, touches, &imported.remarks);
    }
    text
}

fn versioning_text(versioning: &VersioningLayer) -> String {
    let tag = versioning.tag.as_ref().map(|tag| format!("tag: {}", quoted(&tag.to_string())));
    let is_usual = versioning.scheme == Scheme::default();
    let scheme = (!is_usual).then(|| scheme_text(&versioning.scheme));
    let files = versioning.files.as_ref().map(|files| format!("files: {}", list(files)));
    tag.into_iter().chain(scheme).chain(files).collect::<Vec<_>>().join(", ")
}

fn scheme_text(scheme: &Scheme) -> String {
    match scheme {
        Scheme::Semantic { initial } => format!("initial: {}", quoted(&initial.to_string())),
        Scheme::Calendar(format) => format!("scheme: calver, format: {}", quoted(&format.to_string())),
    }
}

fn component_text(component: &ComponentLayer) -> String {
    let without = component.paths.without.iter().map(|path| format!("!{}", path.0));
    let paths: Vec<String> =
        component.paths.within.iter().map(|path| path.0.clone()).chain(without).collect();
    let mut parts = vec![format!("paths: {}", list(&paths))];
    let tag = component.tag.to_string();
    let is_usual = tag == format!("{}-v{{version}}", component.name);
    parts.extend((!is_usual).then(|| format!("tag: {}", quoted(&tag))));
    parts.extend(component.scheme.as_ref().map(scheme_text).filter(|text| !text.is_empty()));
    parts.extend(component.linked.as_ref().map(|group| format!("linked: {}", quoted(group))));
    parts.join(", ")
}

fn cut_word(cut: CutMode) -> &'static str {
    match cut {
        CutMode::Tag => "tag",
        CutMode::Draft => "draft",
        CutMode::PullRequest => "pull-request",
        CutMode::Branch => "branch",
    }
}

fn notes_text(text: &mut String, notes: &NotesLayer) {
    text.push_str("notes:\n");
    if let Some(changelog) = &notes.changelog {
        let _ = writeln!(text, "  changelog: {}", quoted(changelog));
    }
    if let Some(categories) = &notes.categories {
        text.push_str("  categories:\n");
        for category in categories {
            let _ = writeln!(text, "    - {}", category_text(category));
        }
    }
    let lists = [("labels", &notes.excluded_labels), ("authors", &notes.excluded_authors)];
    let lists: Vec<String> =
        lists.iter().filter_map(|(key, names)| Some(format!("{key}: {}", list(names.as_deref()?)))).collect();
    if !lists.is_empty() {
        let _ = writeln!(text, "  exclude: {{ {} }}", lists.join(", "));
    }
}

fn category_text(category: &Category) -> String {
    let mut parts = vec![format!("title: {}", quoted(&category.title))];
    let mut labels = category.labels.clone();
    labels.extend(category.catches_all.then(|| "*".to_owned()));
    if !labels.is_empty() {
        parts.push(format!("labels: {}", list(&labels)));
    }
    if !category.types.is_empty() {
        parts.push(format!("types: {}", list(&category.types)));
    }
    parts.push(format!("bump: {}", category.bump));
    parts.extend(except(&category.except));
    format!("{{ {} }}", parts.join(", "))
}

fn except(except: &Exclude) -> Option<String> {
    let lists = [("labels", &except.labels), ("authors", &except.authors)];
    let lists: Vec<String> = lists
        .iter()
        .filter(|(_, names)| !names.is_empty())
        .map(|(key, names)| format!("{key}: {}", list(names)))
        .collect();
    (!lists.is_empty()).then(|| format!("exclude: {{ {} }}", lists.join(", ")))
}

fn list(names: &[String]) -> String {
    format!("[{}]", names.iter().map(|name| quoted(name)).collect::<Vec<_>>().join(", "))
}

/// A word stays as it is; all else is quoted. What JSON quotes, YAML reads.
fn quoted(text: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    let is_word = text.starts_with(|c: char| c.is_ascii_alphabetic()) && text.chars().all(is_plain);
    if is_word && !["null", "true", "false", "yes", "no", "on", "off"].contains(&text) {
        return text.to_owned();
    }
    serde_json::to_string(text).expect("a text is written as JSON without fail")
}

fn remarks(text: &mut String, touches: Touches, remarks: &[Remark]) {
    let mut those = remarks.iter().filter(|remark| remark.touches == touches).peekable();
    if those.peek().is_none() {
        return;
    }
    text.push('\n');
    comment(text, "", touches.heading());
    for remark in those {
        let place = remark.place.as_ref().map_or_else(String::new, |place| format!("{place} "));
        comment(text, "- ", &format!("{place}{}: {}", remark.what, remark.why));
    }
}

/// A comment in lines of some width. Nothing of what a person wrote can end it: it holds no line break.
fn comment(text: &mut String, sign: &str, sentence: &str) {
    let blank = " ".repeat(sign.chars().count());
    let mut line = format!("# {sign}");
    let mut length = line.chars().count();
    let words = sentence.split(|c: char| c.is_whitespace() || c.is_control()).filter(|word| !word.is_empty());
    for (at, word) in words.enumerate() {
        let width = word.chars().count();
        if at > 0 && length + 1 + width > WIDTH {
            text.push_str(line.trim_end());
            text.push('\n');
            line = format!("# {blank}");
            length = line.chars().count();
        } else if at > 0 {
            line.push(' ');
            length += 1;
        }
        line.push_str(word);
        length += width;
    }
    text.push_str(line.trim_end());
    text.push('\n');
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::policy::{self, Layer};
    use crate::domain::policy::Customs;
    use crate::domain::version::{Bump, TagPattern, Version};

    fn texts(list: &[&str]) -> Vec<String> {
        list.iter().map(|text| (*text).to_owned()).collect()
    }

    #[test]
    fn what_is_written_is_read_as_the_same_policy() {
        let hard = "\"quoted\" 🚀: #1 \\ {x}\n# y";
        let categories = vec![
            Category::labelled(hard, &["kind/bug", "no", "a \"b\""], Bump::Major),
            Category { types: texts(&["fix"]), ..Category::labelled("Fixes", &[], Bump::None) },
            Category {
                catches_all: true,
                except: Exclude { labels: texts(&["x: y"]), authors: texts(&["renovate[bot]"]) },
                ..Category::labelled("Other", &["*and*"], Bump::Patch)
            },
        ];
        let layer = Layer {
            versioning: Some(VersioningLayer {
                files: None,
                tag: TagPattern::parse("shop-v{version}").ok(),
                scheme: Scheme::Semantic { initial: Version::new(1, 0, 0) },
            }),
            cut: Some(CutMode::Draft),
            notes: Some(NotesLayer {
                changelog: None,
                categories: Some(categories),
                excluded_labels: Some(texts(&["skip me"])),
                excluded_authors: Some(vec![]),
                template: None,
            }),
            ..Layer::default()
        };
        let remark = Remark {
            place: None,
            what: "evil\nversioning: { tag: x{version} }".to_owned(),
            why: "because".to_owned(),
            touches: Touches::Contents,
        };
        let imported =
            Imported { file: "x".to_owned(), layer: layer.clone(), remarks: vec![remark], usual: &["a"] };
        let text = imported.text();
        let read = policy::read("x", &text, &Customs::default()).unwrap_or_else(|report| panic!("{report}"));
        assert_eq!(read, layer, "{text}");
    }
}
