//! Holds a file's tree against a JSON Schema: unknown keys, wrong types, missing keys, all at once. The schema is the one that people's editors use, so reader and schema cannot differ. What the values mean is not decided here.

use serde_json::{Map, Value as Json, json};

use super::diagnostic::{Code, Diagnostic};
use super::yaml::{Key, Node, Value};

mod hint;
mod written;

pub(super) use hint::{listed, nearest};
pub(super) use written::{
    AnyNumberOf, Entry, Length, ListOf, Named, Number, OneOrMore, Page, Switch, Written,
};

/// As many characters as one text may have.
pub(super) const MAX_TEXT: usize = 250;

/// The part of JSON Schema that our files need.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Shape {
    /// A [`Written`], by what is wanted there: text, a number.
    Text(&'static str),
    /// A [`Page`]: text of several lines, with as many characters as it may have.
    Page(usize),
    /// One of these words.
    Word(Vec<String>),
    /// Several of a shape; one of them may perhaps stand without the list.
    List {
        /// The shape of an item.
        item: Box<Shape>,
        /// Whether a single item may be written without a list.
        may_be_single: bool,
        /// Whether there must be an item.
        must_hold_one: bool,
    },
    /// Keys and their shapes.
    Mapping {
        /// The keys that it takes, and their shapes.
        fields: Vec<(String, Shape)>,
        /// The keys that must be there.
        required: Vec<String>,
        /// Whether other keys are passed over in silence.
        is_open: bool,
    },
    /// Names of the writer's own, each with a value of this shape.
    Named(Box<Shape>),
    /// Whichever of these takes a value of the kind that stands there.
    Either(Vec<Shape>),
}

/// What is known of keys beyond their shapes. In a path, keys are parted by dots and `*` stands for any one.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Advice {
    /// Keys that a later version takes, each with the path of the mapping that it stands in.
    pub(super) keys_to_come: &'static [(&'static str, &'static str)],
    /// Words that a later version takes, each with the path of the key that it is the value of.
    pub(super) words_to_come: &'static [(&'static str, &'static str)],
    /// How a key is written that people often write otherwise: its path, and a line.
    pub(super) examples: &'static [(&'static str, &'static str)],
}

impl Advice {
    fn example(&self, path: &Path<'_>) -> Option<String> {
        let known = self.examples.iter().find(|(home, _)| leads_to(path, home));
        known.map(|(_, example)| format!("as in `{example}`"))
    }
}

impl Shape {
    /// Reads the shape from a schema without references. Only our own schemas come here, and a test reads each.
    pub(super) fn of(schema: &Json) -> Self {
        if let Some(words) = words(schema) {
            return Self::Word(words);
        }
        if let Some(either) = schema["anyOf"].as_array() {
            return Self::either(either.iter().map(Self::of).collect());
        }
        match schema["type"].as_str() {
            Some("string") => {
                match schema["maxLength"].as_u64().and_then(|most| usize::try_from(most).ok()) {
                    Some(most) if most > MAX_TEXT => Self::Page(most),
                    Some(_) | None => Self::Text("text"),
                }
            }
            Some("integer") => Self::Text("a number"),
            Some("boolean") => Self::Text("`true` or `false`"),
            Some("array") => Self::List {
                item: Box::new(Self::of(&schema["items"])),
                may_be_single: false,
                must_hold_one: schema["minItems"] == json!(1),
            },
            Some("object") if schema["additionalProperties"].is_object() => {
                Self::Named(Box::new(Self::of(&schema["additionalProperties"])))
            }
            Some("object") => Self::mapping(schema),
            _ => {
                panic!("our schemas hold text, numbers, words, lists and mappings only, but here is {schema}")
            }
        }
    }

    /// "One or a list of it" is a list that may be single; what is left after that are true alternatives.
    fn either(mut shapes: Vec<Self>) -> Self {
        let at = shapes.iter().position(|shape| matches!(shape, Self::List { .. }));
        if let Some(Self::List { item, mut may_be_single, must_hold_one }) = at.map(|at| shapes.remove(at)) {
            let others = shapes.len();
            shapes.retain(|shape| *shape != *item);
            may_be_single |= shapes.len() < others;
            shapes.push(Self::List { item, may_be_single, must_hold_one });
        }
        if shapes.len() == 1 { shapes.remove(0) } else { Self::Either(shapes) }
    }

    fn mapping(schema: &Json) -> Self {
        let fields = schema["properties"]
            .as_object()
            .map(|fields| fields.iter().map(|(name, field)| (name.clone(), Self::of(field))).collect());
        let required = schema["required"]
            .as_array()
            .map(|names| names.iter().filter_map(|name| name.as_str().map(str::to_owned)).collect());
        Self::Mapping {
            fields: fields.unwrap_or_default(),
            required: required.unwrap_or_default(),
            is_open: schema["additionalProperties"] != json!(false),
        }
    }

    /// Whether a value of this kind can stand here.
    fn takes(&self, value: &Value) -> bool {
        match self {
            Self::Text(_) | Self::Page(_) | Self::Word(_) => matches!(value, Value::Text(_)),
            Self::List { item, may_be_single, .. } => {
                matches!(value, Value::List(_)) || (*may_be_single && item.takes(value))
            }
            Self::Mapping { .. } | Self::Named(_) => matches!(value, Value::Mapping(_)),
            Self::Either(shapes) => shapes.iter().any(|shape| shape.takes(value)),
        }
    }

    /// What can stand here, in words for a sentence.
    fn kind(&self) -> String {
        let kinds = self.kinds();
        match kinds.split_last() {
            Some((last, rest)) if !rest.is_empty() => format!("{} or {last}", rest.join(", ")),
            _ => kinds.concat(),
        }
    }

    fn kinds(&self) -> Vec<&'static str> {
        match self {
            Self::Text(wanted) => vec![wanted],
            Self::Page(_) | Self::Word(_) => vec!["text"],
            Self::List { item, may_be_single: true, .. } => [item.kinds(), vec!["a list"]].concat(),
            Self::List { may_be_single: false, .. } => vec!["a list"],
            Self::Mapping { .. } | Self::Named(_) => vec!["a mapping"],
            Self::Either(shapes) => shapes.iter().flat_map(Self::kinds).collect(),
        }
    }
}

/// The words of an enumeration, as schemars writes them with and without descriptions.
fn words(schema: &Json) -> Option<Vec<String>> {
    let own = |value: &Json| value.as_str().map(str::to_owned);
    if let Some(words) = schema["enum"].as_array() {
        return Some(words.iter().filter_map(own).collect());
    }
    if schema["const"].is_string() {
        return Some(own(&schema["const"]).into_iter().collect());
    }
    let each = schema["oneOf"].as_array()?;
    Some(each.iter().filter_map(words).flatten().collect())
}

/// What fits the shape, as JSON in which each text is a [`Written`]; what does not fit is left out and told in `errors`.
pub(super) fn fit(root: &Shape, advice: Advice, node: &Node, errors: &mut Vec<Diagnostic>) -> Json {
    if node.value == Value::Nothing {
        return json!({});
    }
    if !matches!(node.value, Value::Mapping(_)) {
        let title = format!("a file of keys and values is wanted, but this is {}", node.value.kind());
        errors.push(Diagnostic::at(Code::NotAMapping, node.span.clone(), title));
        return json!({});
    }
    let mut fitter = Fitter { root, advice, errors };
    fitter.fit(root, node, &mut Vec::new()).unwrap_or_else(|| json!({}))
}

struct Fitter<'s, 'e> {
    root: &'s Shape,
    advice: Advice,
    errors: &'e mut Vec<Diagnostic>,
}

/// The keys that lead to a value, outermost first; the items of a list have the path of the list.
type Path<'n> = Vec<&'n str>;

impl Fitter<'_, '_> {
    fn fit<'n>(&mut self, shape: &Shape, node: &'n Node, path: &mut Path<'n>) -> Option<Json> {
        match (shape, &node.value) {
            (_, Value::Nothing) => self.empty(shape, node, path),
            (Shape::Either(shapes), value) => match shapes.iter().find(|shape| shape.takes(value)) {
                Some(fitting) => self.fit(fitting, node, path),
                None => self.wrong_type(shape, node, path),
            },
            (Shape::Text(_), Value::Text(text)) => self.text((text, MAX_TEXT), node, path),
            (Shape::Page(most), Value::Text(text)) => self.text((text, *most), node, path),
            (Shape::Word(words), Value::Text(text)) => self.word(words, text, node, path),
            (Shape::List { must_hold_one: true, .. }, Value::List(nodes)) if nodes.is_empty() => {
                self.empty(shape, node, path)
            }
            (Shape::List { item, .. }, Value::List(nodes)) => {
                Some(nodes.iter().filter_map(|node| self.fit(item, node, path)).collect())
            }
            (Shape::List { item, .. }, value) if shape.takes(value) => {
                self.fit(item, node, path).map(|one| json!([one]))
            }
            (Shape::Mapping { .. }, Value::Mapping(entries)) => self.mapping(shape, entries, node, path),
            (Shape::Named(each), Value::Mapping(entries)) => Some(self.named(each, entries, path)),
            (_, Value::Text(_) | Value::List(_) | Value::Mapping(_)) => self.wrong_type(shape, node, path),
        }
    }

    fn named<'n>(&mut self, each: &Shape, entries: &'n [(Key, Node)], path: &mut Path<'n>) -> Json {
        let mut fitted = Vec::new();
        for (key, node) in entries {
            let told = self.errors.len();
            path.push(&key.name);
            let name = self.text(
                (&key.name, MAX_TEXT),
                &Node { value: Value::Nothing, span: key.span.clone() },
                path,
            );
            let value = self.fit(each, node, path);
            path.pop();
            let is_whole = self.errors.len() == told;
            fitted.extend(name.map(|name| json!({ "name": name, "value": value, "is_whole": is_whole })));
        }
        Json::Array(fitted)
    }

    fn mapping<'n>(
        &mut self,
        shape: &Shape,
        entries: &'n [(Key, Node)],
        node: &Node,
        path: &mut Path<'n>,
    ) -> Option<Json> {
        let Shape::Mapping { fields, required, is_open } = shape else { return None };
        let mut fitted = Map::new();
        let mut has_unknown = false;
        for (key, value) in entries {
            match fields.iter().find(|(name, _)| *name == key.name) {
                Some((name, field)) => {
                    path.push(&key.name);
                    let value = self.fit(field, value, path);
                    path.pop();
                    fitted.extend(value.map(|value| (name.clone(), value)));
                }
                None if *is_open => {}
                None => {
                    has_unknown = true;
                    self.unknown(key, fields, path);
                }
            }
        }
        // A key that is there but wrong has been told already, perhaps as an unknown one; only the absent is missing.
        let missing = |name: &&String| !has_unknown && !entries.iter().any(|(key, _)| key.name == **name);
        for name in required.iter().filter(missing) {
            let place = entries.first().map_or(node.span.clone(), |(key, _)| key.span.clone());
            let title = format!("`{name}` is missing{}", inside(path));
            self.errors.push(Diagnostic::at(Code::MissingKey, place, title));
        }
        let is_whole = required.iter().all(|name| fitted.contains_key(name));
        is_whole.then_some(Json::Object(fitted))
    }

    fn unknown(&mut self, key: &Key, fields: &[(String, Shape)], path: &Path<'_>) {
        if self.advice.keys_to_come.iter().any(|(home, name)| *name == key.name && leads_to(path, home)) {
            let here = path.join(".");
            let full = if here.is_empty() { key.name.clone() } else { format!("{here}.{}", key.name) };
            let title = format!("`{full}` is not supported by this version, nothing would obey it");
            let error = Diagnostic::at(Code::UnsupportedKey, key.span.clone(), title);
            self.errors.push(error.help("take it out until a version that obeys it is installed"));
            return;
        }
        let title = format!("unknown key `{}`{}", shortened(&key.name), inside(path));
        let error = Diagnostic::at(Code::UnknownKey, key.span.clone(), title);
        let names: Vec<&str> = fields.iter().map(|(name, _)| name.as_str()).collect();
        self.errors.push(match hint::nearest(&key.name, &names) {
            Some(near) => error.help(format!("did you mean `{near}`?")),
            None => match hint::elsewhere(self.root, &key.name) {
                Some(home) if home.is_empty() => error.help(format!("`{}` stands at the top", key.name)),
                Some(home) => error.help(format!("`{}` stands under `{home}`", key.name)),
                None => error.help(format!("known here: {}", hint::listed(&names))),
            },
        });
    }

    fn word(&mut self, words: &[String], text: &str, node: &Node, path: &Path<'_>) -> Option<Json> {
        if words.iter().any(|word| word == text) {
            return Some(Json::String(text.to_owned()));
        }
        let key = path.last().copied().unwrap_or_default();
        let names: Vec<&str> = words.iter().map(String::as_str).collect();
        let known = format!("this version takes {}", hint::listed(&names));
        let text_shown = shortened(text);
        let error =
            if self.advice.words_to_come.iter().any(|(home, word)| *word == text && leads_to(path, home)) {
                let title =
                    format!("`{key}: {text_shown}` is not supported by this version, nothing would obey it");
                Diagnostic::at(Code::UnsupportedWord, node.span.clone(), title).help(known)
            } else {
                let title = format!("`{key}` cannot be `{text_shown}`");
                let error = Diagnostic::at(Code::UnknownWord, node.span.clone(), title);
                match hint::nearest(text, &names) {
                    Some(near) => error.help(format!("did you mean `{near}`?")),
                    None => self.with_example(error.help(known), path),
                }
            };
        self.errors.push(error);
        None
    }

    fn with_example(&self, error: Diagnostic, path: &Path<'_>) -> Diagnostic {
        match self.advice.example(path) {
            Some(example) => error.help(example),
            None => error,
        }
    }

    fn text(&mut self, (text, most): (&str, usize), node: &Node, path: &Path<'_>) -> Option<Json> {
        let key = path.last().copied().unwrap_or_default();
        let error = if text.trim().is_empty() {
            Diagnostic::at(Code::Empty, node.span.clone(), format!("`{key}` is empty"))
        } else if text.chars().count() > most {
            let title = format!("`{key}` is longer than {most} characters");
            Diagnostic::at(Code::TooLong, node.span.clone(), title)
        } else {
            return Some(json!({ "text": text, "start": node.span.start, "end": node.span.end }));
        };
        self.errors.push(error);
        None
    }

    fn empty(&mut self, shape: &Shape, node: &Node, path: &Path<'_>) -> Option<Json> {
        let title = match (path.last(), shape) {
            (Some(key), Shape::List { .. }) if node.value != Value::Nothing => {
                format!("`{key}` is an empty list")
            }
            (Some(key), _) => format!("`{key}` holds nothing, {} is wanted", shape.kind()),
            (None, _) => format!("nothing stands here, {} is wanted", shape.kind()),
        };
        let error = Diagnostic::at(Code::Empty, node.span.clone(), title);
        let error = error.help("give it a value, or take the key out to have the default");
        self.errors.push(self.with_example(error, path));
        None
    }

    fn wrong_type(&mut self, shape: &Shape, node: &Node, path: &Path<'_>) -> Option<Json> {
        let key = path.last().copied().unwrap_or_default();
        let title = format!("`{key}` wants {}, but this is {}", shape.kind(), node.value.kind());
        let error = Diagnostic::at(Code::WrongType, node.span.clone(), title);
        self.errors.push(match (shape, &node.value) {
            (Shape::List { item, .. }, Value::Text(text)) if item.takes(&node.value) => {
                error.help(format!("write `[{}]`", shortened(text)))
            }
            _ => self.with_example(error, path),
        });
        None
    }
}

/// Whether the path is the one that is written with dots, where `*` stands for any one key.
fn leads_to(path: &[&str], written: &str) -> bool {
    let wanted: Vec<&str> = written.split('.').filter(|key| !key.is_empty()).collect();
    wanted.len() == path.len() && wanted.iter().zip(path).all(|(wanted, key)| *wanted == "*" || wanted == key)
}

fn inside(path: &Path<'_>) -> String {
    if path.is_empty() { String::new() } else { format!(" in `{}`", path.join(".")) }
}

/// At most the first 60 characters: what a person wrote can be of any length.
pub(super) fn shortened(text: &str) -> String {
    if text.chars().count() <= 60 {
        return text.to_owned();
    }
    text.chars().take(59).chain(['…']).collect()
}
