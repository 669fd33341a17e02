//! YAML text as a tree in which every value knows its place; limits and everything that is wrong with it as YAML. Which keys are right is `shape`'s question.

use std::collections::HashMap;
use std::ops::Range;

use serde_saphyr::granit_parser::{self, ErrorKind, Event, Marker, Parser, ScalarStyle, ScanError, Span};

use super::diagnostic::{Code, Diagnostic};

/// The largest file that is read.
pub(super) const MAX_BYTES: usize = 64 * 1024;
/// As many values as one file may hold.
pub(super) const MAX_NODES: usize = 5_000;
/// As deep as one file may nest.
pub(super) const MAX_DEPTH: usize = 32;

/// A value and its place in the file, in bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Node {
    /// The value.
    pub(super) value: Value,
    /// Where it stands.
    pub(super) span: Range<usize>,
}

/// A value as it is written. YAML's guesses at numbers, dates and booleans are not made: `1.10` and `no` stay text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Value {
    /// Nothing, or an unquoted `~` or `null`.
    Nothing,
    /// Text, quoted or not.
    Text(String),
    /// A list.
    List(Vec<Node>),
    /// Keys and values in the order of the file, each key once.
    Mapping(Vec<(Key, Node)>),
}

/// A key of a mapping and its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Key {
    /// The key.
    pub(super) name: String,
    /// Where it stands.
    pub(super) span: Range<usize>,
}

impl Value {
    /// The kind of the value, in words for a sentence.
    pub(super) fn kind(&self) -> &'static str {
        match self {
            Self::Nothing => "nothing",
            Self::Text(_) => "text",
            Self::List(_) => "a list",
            Self::Mapping(_) => "a mapping",
        }
    }
}

/// Reads the one document of a file. Problems that leave the rest readable (a key that stands twice, an alias) are
/// added to `errors`; `None`: what stands there cannot be read at all, `errors` says why.
pub(super) fn read(text: &str, errors: &mut Vec<Diagnostic>) -> Option<Node> {
    read_with(text, None, errors)
}

/// As [`read`], for a file that is not ours: an alias is the value that it stands for, a merge key takes the keys in that
/// are not written beside it.
pub(super) fn read_foreign(text: &str, errors: &mut Vec<Diagnostic>) -> Option<Node> {
    read_with(text, Some(HashMap::new()), errors)
}

fn read_with(text: &str, anchors: Option<Anchors>, errors: &mut Vec<Diagnostic>) -> Option<Node> {
    if text.len() > MAX_BYTES {
        let title = format!("this file has {} bytes, more than the {MAX_BYTES} that are read", text.len());
        errors.push(Diagnostic::whole(Code::TooLarge, title));
        return None;
    }
    let options = granit_parser::options! { emit_comments: false };
    let parser = Parser::new_from_str_with_options(text, options);
    let mut reader = Reader { parser, text, errors, anchors, nodes: 0, saw_alias: false };
    match reader.document() {
        Ok(node) => Some(node),
        Err(fatal) => {
            reader.errors.push(fatal);
            None
        }
    }
}

/// What an alias may stand for, by the parser's number of the anchor.
type Anchors = HashMap<usize, Node>;

struct Reader<'t, 'e> {
    parser: Parser<'t, granit_parser::StrInput<'t>>,
    text: &'t str,
    errors: &'e mut Vec<Diagnostic>,
    /// `None`: aliases are refused.
    anchors: Option<Anchors>,
    nodes: usize,
    saw_alias: bool,
}

/// A problem after which nothing more can be read.
type Fatal = Diagnostic;

impl<'t> Reader<'t, '_> {
    fn document(&mut self) -> Result<Node, Fatal> {
        let mut root = Node { value: Value::Nothing, span: 0..0 };
        let mut documents = 0;
        loop {
            let (event, span) = self.next()?;
            match event {
                Event::StreamEnd => return Ok(root),
                Event::StreamStart | Event::DocumentEnd => {}
                Event::DocumentStart(..) if documents == 1 => {
                    return Err(Diagnostic::at(
                        Code::ManyDocuments,
                        self.place(span),
                        "a second document begins here",
                    )
                    .help("keep one document and take the `---` out"));
                }
                Event::DocumentStart(..) => documents += 1,
                other => root = self.node(other, span, 0)?,
            }
        }
    }

    fn next(&mut self) -> Result<(Event<'t>, Span), Fatal> {
        match self.parser.next_event() {
            Some(Ok(found)) => Ok(found),
            Some(Err(error)) => Err(self.syntax(&error)),
            None => Err(Diagnostic::at(
                Code::NotYaml,
                self.text.len()..self.text.len(),
                "the file ends too early",
            )),
        }
    }

    fn node(&mut self, event: Event<'t>, span: Span, depth: usize) -> Result<Node, Fatal> {
        self.within_limits(span, depth)?;
        self.refuse_tag(&event, span);
        let start = self.place(span);
        match event {
            Event::Scalar(text, style, anchor, _) => {
                let node = Node { value: scalar(text.into_owned(), style), span: start };
                Ok(self.anchored(anchor, node))
            }
            Event::SequenceStart(_, anchor, _) => {
                let node = self.list(start, depth)?;
                Ok(self.anchored(anchor, node))
            }
            Event::MappingStart(_, anchor, _) => {
                let node = self.mapping(start, depth)?;
                Ok(self.anchored(anchor, node))
            }
            Event::Alias(anchor) if self.anchors.is_some() => self.meant_by(anchor, start),
            Event::Alias(_) => {
                // Once is enough: who uses aliases uses many.
                if !std::mem::replace(&mut self.saw_alias, true) {
                    let error = Diagnostic::at(Code::NotPlain, start.clone(), "aliases are not read");
                    self.errors.push(error.help("write the value out, wherever an alias stands"));
                }
                Ok(Node { value: Value::Nothing, span: start })
            }
            unexpected => Err(Diagnostic::at(Code::NotYaml, start, format!("cannot read {unexpected:?}"))),
        }
    }

    fn anchored(&mut self, anchor: usize, node: Node) -> Node {
        if let Some(anchors) = self.anchors.as_mut().filter(|_| anchor > 0) {
            anchors.insert(anchor, node.clone());
        }
        node
    }

    /// What an alias stands for. Every copy counts, so that a small file cannot grow without end.
    fn meant_by(&mut self, anchor: usize, place: Range<usize>) -> Result<Node, Fatal> {
        let Some(node) = self.anchors.as_ref().and_then(|anchors| anchors.get(&anchor)).cloned() else {
            return Err(Diagnostic::at(Code::NotYaml, place, "an alias stands inside of what it names"));
        };
        self.nodes += size(&node);
        if self.nodes > MAX_NODES {
            return Err(Diagnostic::at(Code::TooLarge, place, format!("more than {MAX_NODES} values")));
        }
        Ok(node)
    }

    fn list(&mut self, start: Range<usize>, depth: usize) -> Result<Node, Fatal> {
        let mut items = Vec::new();
        loop {
            match self.next()? {
                (Event::SequenceEnd, end) => {
                    let span = start.start..self.place(end).end;
                    return Ok(Node { value: Value::List(items), span });
                }
                (event, span) => items.push(self.node(event, span, depth + 1)?),
            }
        }
    }

    fn mapping(&mut self, start: Range<usize>, depth: usize) -> Result<Node, Fatal> {
        let mut entries: Vec<(Key, Node)> = Vec::new();
        let mut merged: Vec<(Key, Node)> = Vec::new();
        loop {
            let (event, span) = self.next()?;
            if event == Event::MappingEnd {
                let span = start.start..self.place(span).end;
                for (key, value) in merged {
                    if entries.iter().all(|(there, _)| there.name != key.name) {
                        entries.push((key, value));
                    }
                }
                return Ok(Node { value: Value::Mapping(entries), span });
            }
            let key = self.node(event, span, depth + 1)?;
            let (event, span) = self.next()?;
            let value = self.node(event, span, depth + 1)?;
            if self.anchors.is_some() && key.value == Value::Text("<<".to_owned()) {
                merged.extend(to_merge(value));
                continue;
            }
            let Some(key) = self.key(key) else { continue };
            match entries.iter().find(|(first, _)| first.name == key.name) {
                Some((first, _)) => {
                    let line = line_of(self.text, first.span.start);
                    self.errors.push(
                        Diagnostic::at(
                            Code::DuplicateKey,
                            key.span,
                            format!("`{}` stands here twice", key.name),
                        )
                        .help(format!("it stands on line {line} already; put both into one")),
                    );
                }
                None => entries.push((key, value)),
            }
        }
    }

    /// The key of an entry, or a problem where it is not text.
    fn key(&mut self, node: Node) -> Option<Key> {
        match node.value {
            Value::Text(name) if name == "<<" => {
                let help = "write the keys out";
                self.errors
                    .push(Diagnostic::at(Code::NotPlain, node.span, "merge keys are not read").help(help));
                None
            }
            Value::Text(name) => Some(Key { name, span: node.span }),
            Value::Nothing | Value::List(_) | Value::Mapping(_) => {
                let title = format!("a key must be text, but this is {}", node.value.kind());
                self.errors.push(Diagnostic::at(Code::WrongType, node.span, title));
                None
            }
        }
    }

    fn within_limits(&mut self, span: Span, depth: usize) -> Result<(), Fatal> {
        self.nodes += 1;
        let title = if self.nodes > MAX_NODES {
            format!("more than {MAX_NODES} values")
        } else if depth > MAX_DEPTH {
            format!("nested deeper than {MAX_DEPTH} levels")
        } else {
            return Ok(());
        };
        Err(Diagnostic::at(Code::TooLarge, self.place(span), title))
    }

    fn refuse_tag(&mut self, event: &Event<'t>, span: Span) {
        if event.tag().is_some() {
            let place = span.tag_span().unwrap_or(span);
            let error = Diagnostic::at(Code::NotPlain, self.place(place), "tags are not read");
            self.errors.push(error.help("take the tag out; every value here is text"));
        }
    }

    fn place(&self, span: Span) -> Range<usize> {
        span.byte_range().unwrap_or(self.text.len()..self.text.len())
    }

    /// A sentence for what the parser could not read, with a way out for what people often write.
    fn syntax(&self, error: &ScanError) -> Diagnostic {
        let start = self.offset(error.marker());
        let length = self.text[start..].chars().next().map_or(0, char::len_utf8);
        let at = |code, title: &str| Diagnostic::at(code, start..start + length, title);
        match error.kind() {
            ErrorKind::UnexpectedCharacter { character: '@' } => {
                at(Code::ReservedCharacter, "a value cannot begin with `@` unless it is quoted")
                    .help(self.without_at(start))
            }
            ErrorKind::UnexpectedCharacter { character: '`' } => {
                at(Code::ReservedCharacter, "a value cannot begin with a backtick unless it is quoted")
            }
            ErrorKind::TabNotAllowed
            | ErrorKind::TabInBlockIndentation
            | ErrorKind::TabInIndentation
            | ErrorKind::TabAtBlockScalarStart => {
                at(Code::Tab, "a tab is used for indentation").help("use spaces")
            }
            ErrorKind::RecursionLimitExceeded => at(Code::TooLarge, "nested too deep"),
            ErrorKind::MappingValueNotAllowed => at(Code::NotYaml, "a `:` is not allowed here")
                .help("text that holds `: ` needs quotes; otherwise look at the indentation"),
            ErrorKind::InvalidColonPlacement => at(Code::NotYaml, "a `:` is not allowed here")
                .help("a `[`, `{` or quote before it may not be closed"),
            ErrorKind::UnclosedQuotedScalar => at(Code::NotYaml, "a quote is not closed"),
            ErrorKind::UnknownAnchor => at(Code::NotPlain, "aliases are not read")
                .help("text that begins with `*` needs quotes, as in `\"*\"`"),
            ErrorKind::MissingAnchorOrAliasName => at(Code::NotYaml, "this is not YAML")
                .help("text that begins with `*` or `&` needs quotes, as in `\"*\"`"),
            other => at(Code::NotYaml, &format!("this is not YAML: {other}")),
        }
    }

    /// What to write instead of an unquoted `@name`.
    fn without_at(&self, start: usize) -> String {
        let is_name = |c: &char| c.is_alphanumeric() || matches!(c, '-' | '_' | '/' | '.' | '[');
        let name: String = self.text[start..].chars().skip(1).take_while(is_name).take(60).collect();
        if name.is_empty() {
            return "put it into quotes".to_owned();
        }
        format!("write `{name}` or `\"@{name}\"`")
    }

    fn offset(&self, marker: &Marker) -> usize {
        let mut offset = marker.byte_offset().unwrap_or(0).min(self.text.len());
        while !self.text.is_char_boundary(offset) {
            offset -= 1;
        }
        offset
    }
}

fn scalar(text: String, style: ScalarStyle) -> Value {
    let is_nothing = style == ScalarStyle::Plain && matches!(text.as_str(), "" | "~" | "null");
    if is_nothing { Value::Nothing } else { Value::Text(text) }
}

fn size(node: &Node) -> usize {
    1 + match &node.value {
        Value::Nothing | Value::Text(_) => 0,
        Value::List(items) => items.iter().map(size).sum(),
        Value::Mapping(entries) => entries.iter().map(|(_, value)| 1 + size(value)).sum(),
    }
}

/// The entries that a merge key takes in: those of a mapping, or of several.
fn to_merge(node: Node) -> Vec<(Key, Node)> {
    match node.value {
        Value::Mapping(entries) => entries,
        Value::List(items) => items.into_iter().flat_map(to_merge).collect(),
        Value::Nothing | Value::Text(_) => Vec::new(),
    }
}

/// The line of a place, from 1.
pub(super) fn line_of(text: &str, offset: usize) -> usize {
    text.as_bytes()[..offset.min(text.len())].iter().filter(|byte| **byte == b'\n').count() + 1
}

#[cfg(test)]
mod tests {
    use super::*;

    fn codes(text: &str) -> Vec<&'static str> {
        let mut errors = Vec::new();
        read(text, &mut errors);
        errors.iter().map(|error| error.code.as_str()).collect()
    }

    #[test]
    fn every_value_knows_its_place() {
        let text = "a: [é, 'b c']\n";
        let Some(Node { value: Value::Mapping(entries), .. }) = read(text, &mut Vec::new()) else {
            panic!("not a mapping");
        };
        assert_eq!(&text[entries[0].0.span.clone()], "a");
        let Value::List(items) = &entries[0].1.value else { panic!("not a list") };
        assert_eq!(&text[items[0].span.clone()], "é");
        assert_eq!(&text[items[1].span.clone()], "'b c'");
        assert_eq!(items[1].value, Value::Text("b c".to_owned()));
    }

    #[test]
    fn numbers_and_booleans_stay_as_they_were_written() {
        let Some(Node { value: Value::List(items), .. }) = read("[1.10, no, '~', ~]", &mut Vec::new()) else {
            panic!("not a list");
        };
        let values: Vec<_> = items.into_iter().map(|item| item.value).collect();
        let text = |text: &str| Value::Text(text.to_owned());
        assert_eq!(values, [text("1.10"), text("no"), text("~"), Value::Nothing]);
    }

    #[test]
    fn limits_hold() {
        assert_eq!(codes(&"#".repeat(MAX_BYTES + 1)), ["LK006"]);
        assert_eq!(codes(&format!("[{}]", "a,".repeat(MAX_NODES))), ["LK006"]);
        let deep = MAX_DEPTH + 1;
        assert_eq!(codes(&format!("{}x{}", "[".repeat(deep), "]".repeat(deep))), ["LK006"]);
        assert_eq!(codes(&"- ".repeat(20_000)), ["LK006"]);
    }

    #[test]
    fn what_can_be_read_after_a_problem_is_read() {
        assert_eq!(
            codes("a: 1\na: 2\nb: &x 1\nc: *x\nd: !!str 1\n<<: {}\n"),
            ["LK004", "LK005", "LK005", "LK005"]
        );
    }

    #[test]
    fn a_foreign_file_may_have_aliases_and_merge_keys() {
        let read = |text: &str| read_foreign(text, &mut Vec::new()).map(|node| plain(&node));
        let text = "a: &x [b, c]\nd: *x\ne: &y { f: 1, g: 2 }\nh: { <<: *y, g: 3 }\n";
        let meant = "{a: [b, c], d: [b, c], e: {f: 1, g: 2}, h: {g: 3, f: 1}}";
        assert_eq!(read(text).as_deref(), Some(meant));
        let doubling = (1..20).map(|n| format!("a{n}: &a{n} [*a{0}, *a{0}]\n", n - 1)).collect::<String>();
        let mut errors = Vec::new();
        assert_eq!(read_foreign(&format!("a0: &a0 x\n{doubling}"), &mut errors), None);
        assert_eq!(errors[0].code, Code::TooLarge);
    }

    fn plain(node: &Node) -> String {
        match &node.value {
            Value::Nothing => String::new(),
            Value::Text(text) => text.clone(),
            Value::List(items) => format!("[{}]", items.iter().map(plain).collect::<Vec<_>>().join(", ")),
            Value::Mapping(entries) => {
                let entries = entries.iter().map(|(key, value)| format!("{}: {}", key.name, plain(value)));
                format!("{{{}}}", entries.collect::<Vec<_>>().join(", "))
            }
        }
    }

    #[test]
    fn an_empty_file_holds_nothing() {
        for text in ["", "# only a comment\n", "---\n"] {
            assert_eq!(read(text, &mut Vec::new()).map(|node| node.value), Some(Value::Nothing), "{text:?}");
        }
    }
}
