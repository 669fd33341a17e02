//! Executing a checked document: walks the selections, resolves each field, keeps aliases. What a field is stands with its noun.

use std::collections::BTreeMap;

use graphql_parser::query::{
    Definition, Directive, Document, Field, FragmentDefinition, OperationDefinition, Selection, SelectionSet,
    TypeCondition, Value as Literal, VariableDefinition,
};
use serde_json::{Map, Value, json};

use super::super::call::Call;
use super::super::shape;
use super::super::token::Caller;
use super::super::wire::sees;
use super::value::{Arguments, Node, Resolved};
use super::{commit, mutation, pull, repository, schema, search};
use crate::sandbox::model::{AccountKind, Model, Project};

pub(super) struct Execution<'a> {
    pub(super) model: &'a mut Model,
    pub(super) caller: &'a Caller,
    document: &'a Document<'static, String>,
    fragments: BTreeMap<&'a str, &'a FragmentDefinition<'static, String>>,
    variables: Value,
    errors: Vec<Value>,
}

impl<'a> Execution<'a> {
    pub(super) fn new(
        model: &'a mut Model,
        call: &'a Call,
        document: &'a Document<'static, String>,
        variables: &Value,
    ) -> Self {
        let fragments = document.definitions.iter().filter_map(|definition| match definition {
            Definition::Fragment(fragment) => Some((fragment.name.as_str(), fragment)),
            Definition::Operation(_) => None,
        });
        let (fragments, variables) = (fragments.collect(), variables.clone());
        Self { model, caller: &call.caller, document, fragments, variables, errors: Vec::new() }
    }

    pub(super) fn into_errors(self) -> Vec<Value> {
        self.errors
    }

    pub(super) fn run(&mut self) -> Value {
        for definition in &self.document.definitions {
            match definition {
                Definition::Operation(OperationDefinition::SelectionSet(set)) => {
                    return self.object(&Node::Query, set);
                }
                Definition::Operation(OperationDefinition::Query(query)) => {
                    self.fill_defaults(&query.variable_definitions);
                    return self.object(&Node::Query, &query.selection_set);
                }
                Definition::Operation(OperationDefinition::Mutation(mutation)) => {
                    self.fill_defaults(&mutation.variable_definitions);
                    return self.object(&Node::Mutation, &mutation.selection_set);
                }
                Definition::Operation(OperationDefinition::Subscription(_)) | Definition::Fragment(_) => {}
            }
        }
        Value::Null
    }

    fn fill_defaults(&mut self, definitions: &[VariableDefinition<'static, String>]) {
        for definition in definitions {
            let Some(default) = &definition.default_value else { continue };
            if self.variables.get(&definition.name).is_none() {
                let value = self.literal(default);
                self.variables[&definition.name] = value;
            }
        }
    }

    fn object(&mut self, node: &Node, set: &SelectionSet<'static, String>) -> Value {
        let mut fields = Map::new();
        self.select(node, set, &mut fields);
        Value::Object(fields)
    }

    fn select(&mut self, node: &Node, set: &SelectionSet<'static, String>, into: &mut Map<String, Value>) {
        let type_name = self.type_name(node);
        for selection in &set.items {
            match selection {
                Selection::Field(field) => {
                    if self.is_wanted(&field.directives) {
                        let name = field.alias.as_ref().unwrap_or(&field.name).clone();
                        let value = self.field(node, type_name, field);
                        merge_into(into, name, value);
                    }
                }
                Selection::InlineFragment(fragment) => {
                    let fits = match &fragment.type_condition {
                        None => true,
                        Some(TypeCondition::On(on)) => schema().overlaps(on, type_name),
                    };
                    if fits && self.is_wanted(&fragment.directives) {
                        self.select(node, &fragment.selection_set, into);
                    }
                }
                Selection::FragmentSpread(spread) => {
                    let fragment = self.fragments[spread.fragment_name.as_str()];
                    let TypeCondition::On(on) = &fragment.type_condition;
                    if schema().overlaps(on, type_name) && self.is_wanted(&spread.directives) {
                        self.select(node, &fragment.selection_set, into);
                    }
                }
            }
        }
    }

    /// `@include` and `@skip`.
    fn is_wanted(&self, directives: &[Directive<'static, String>]) -> bool {
        directives.iter().all(|directive| {
            let condition = directive.arguments.iter().find(|(name, _)| name == "if");
            let holds = condition.is_none_or(|(_, value)| self.literal(value) == Value::Bool(true));
            holds == (directive.name == "include")
        })
    }

    fn field(&mut self, node: &Node, type_name: &str, field: &Field<'static, String>) -> Value {
        if field.name == "__typename" {
            return json!(type_name);
        }
        let arguments = field.arguments.iter().map(|(name, value)| (name.clone(), self.literal(value)));
        let arguments = Arguments(arguments.filter(|(_, value)| !value.is_null()).collect());
        let resolved = match node {
            // The fields of a mutation are carried out one after the other, in the order of the document.
            Node::Mutation => mutation::perform(self, &arguments),
            other => self.resolve(other, &field.name, &arguments),
        };
        match resolved {
            Resolved::Leaf(value) => value,
            Resolved::One(inner) => self.object(&inner, &field.selection_set),
            Resolved::Many(nodes) => {
                Value::Array(nodes.iter().map(|inner| self.object(inner, &field.selection_set)).collect())
            }
            Resolved::Missing(message) => self.refuse(field, ("NOT_FOUND", &message)),
            Resolved::Forbidden => {
                self.refuse(field, ("FORBIDDEN", "Resource not accessible by integration"))
            }
        }
    }

    fn refuse(&mut self, field: &Field<'static, String>, why: (&str, &str)) -> Value {
        let path = field.alias.as_ref().unwrap_or(&field.name);
        self.errors.push(json!({ "type": why.0, "path": [path], "message": why.1 }));
        Value::Null
    }

    /// A literal as JSON, variables filled in; one that was not given is null.
    fn literal(&self, value: &Literal<'static, String>) -> Value {
        match value {
            Literal::Variable(name) => self.variables.get(name).cloned().unwrap_or(Value::Null),
            Literal::Int(number) => json!(number.as_i64()),
            Literal::Float(number) => json!(number),
            Literal::String(text) | Literal::Enum(text) => json!(text),
            Literal::Boolean(truth) => json!(truth),
            Literal::Null => Value::Null,
            Literal::List(items) => Value::Array(items.iter().map(|item| self.literal(item)).collect()),
            Literal::Object(members) => members
                .iter()
                .map(|(name, value)| (name.clone(), self.literal(value)))
                .collect::<Map<_, _>>()
                .into(),
        }
    }

    fn type_name(&self, node: &Node) -> &'static str {
        match node {
            Node::Query => "Query",
            Node::Mutation => "Mutation",
            Node::Reacted { .. } => "AddReactionPayload",
            Node::Reaction { .. } => "Reaction",
            Node::RateLimit => "RateLimit",
            Node::Search { .. } => "SearchResultItemConnection",
            Node::Account(id) => match self.model.accounts.get(id).map(|account| account.kind) {
                Some(AccountKind::Bot) => "Bot",
                Some(AccountKind::Organization) => "Organization",
                Some(AccountKind::Person) | None => "User",
            },
            Node::Repository(_) => "Repository",
            Node::Ref { .. } => "Ref",
            Node::Comparison { .. } => "Comparison",
            Node::Commit { .. } => "Commit",
            Node::GitActor { .. } => "GitActor",
            Node::Tag { .. } => "Tag",
            Node::Tree { .. } => "Tree",
            Node::TreeEntry { .. } => "TreeEntry",
            Node::Blob { .. } => "Blob",
            Node::Pull { .. } => "PullRequest",
            Node::PullCommit { .. } => "PullRequestCommit",
            Node::ChangedFile { .. } => "PullRequestChangedFile",
            Node::Review { .. } => "PullRequestReview",
            Node::Issue { .. } => "Issue",
            Node::Label { .. } => "Label",
            Node::Milestone { .. } => "Milestone",
            Node::Release { .. } => "Release",
            Node::Connection { kind, .. } => kind,
            Node::PageInfo { .. } => "PageInfo",
        }
    }

    fn resolve(&self, node: &Node, field: &str, arguments: &Arguments) -> Resolved {
        match node {
            Node::Query => self.query(field, arguments),
            Node::Mutation | Node::Reacted { .. } | Node::Reaction { .. } => {
                mutation::resolve(self, node, field)
            }
            Node::RateLimit => self.rate_limit(field),
            Node::Search { found, shown } => match field {
                "issueCount" => Resolved::leaf(found.len()),
                "nodes" => Resolved::Many(found[..*shown].to_vec()),
                _ => Resolved::One(Node::PageInfo { total: found.len(), start: 0, shown: *shown }),
            },
            Node::Account(id) => self.account(*id, field),
            Node::Repository(_) | Node::Ref { .. } | Node::Comparison { .. } => {
                repository::resolve(self, node, field, arguments)
            }
            Node::Commit { .. }
            | Node::GitActor { .. }
            | Node::Tag { .. }
            | Node::Tree { .. }
            | Node::TreeEntry { .. }
            | Node::Blob { .. } => commit::resolve(self, node, field, arguments),
            Node::Pull { .. }
            | Node::PullCommit { .. }
            | Node::Review { .. }
            | Node::Issue { .. }
            | Node::Label { .. }
            | Node::Milestone { .. }
            | Node::Release { .. } => pull::resolve(self, node, field, arguments),
            Node::ChangedFile { path } => Resolved::leaf(path),
            Node::Connection { nodes, total, start, .. } => match field {
                "nodes" => Resolved::Many(nodes.clone()),
                "totalCount" => Resolved::leaf(total),
                _ => Resolved::One(Node::PageInfo { total: *total, start: *start, shown: nodes.len() }),
            },
            Node::PageInfo { total, start, shown } => page_info(field, *total, *start, *shown),
        }
    }

    fn query(&self, field: &str, arguments: &Arguments) -> Resolved {
        match field {
            "rateLimit" => Resolved::One(Node::RateLimit),
            "viewer" => Resolved::One(Node::Account(self.model.app.bot)),
            "search" => {
                let found = search::find(self, arguments.text("query").unwrap_or_default());
                let first = arguments.number("first").and_then(|first| usize::try_from(first).ok());
                let shown = found.len().min(first.unwrap_or(usize::MAX));
                Resolved::One(Node::Search { found, shown })
            }
            _ => {
                let (owner, name) =
                    (arguments.text("owner").unwrap_or_default(), arguments.text("name").unwrap_or_default());
                let path = format!("{owner}/{name}");
                match self.find(&path) {
                    Some(project) => Resolved::One(Node::Repository(project.id)),
                    None => Resolved::Missing(format!(
                        "Could not resolve to a Repository with the name '{path}'."
                    )),
                }
            }
        }
    }

    /// A project by its path, also by one that it had before; only what the caller may see.
    pub(super) fn find(&self, path: &str) -> Option<&Project> {
        let found = self.model.find_project(path).or_else(|| self.model.find_moved(path))?;
        sees(self.model, self.caller, found).then_some(found)
    }

    fn rate_limit(&self, field: &str) -> Resolved {
        match field {
            "cost" | "nodeCount" | "used" => Resolved::leaf(1),
            "limit" => Resolved::leaf(5000),
            "remaining" => Resolved::leaf(4999),
            _ => Resolved::leaf(shape::time(self.model.now() + jiff::SignedDuration::from_hours(1))),
        }
    }

    fn account(&self, id: u64, field: &str) -> Resolved {
        let login = self.model.login(id);
        // GraphQL names a bot without the suffix that REST gives it.
        let plain = login.strip_suffix("[bot]").unwrap_or(login);
        match field {
            "id" => Resolved::leaf(shape::node_id("U", id)),
            "databaseId" => Resolved::leaf(id),
            "login" => Resolved::leaf(plain),
            "url" => Resolved::leaf(format!("{}/{plain}", self.model.addresses.site)),
            _ => Resolved::NULL,
        }
    }
}

/// Two selections of one field come together in one answer.
fn merge_into(into: &mut Map<String, Value>, name: String, value: Value) {
    match (into.get_mut(&name), value) {
        (Some(Value::Object(known)), Value::Object(more)) => {
            for (name, value) in more {
                merge_into(known, name, value);
            }
        }
        (_, value) => {
            into.insert(name, value);
        }
    }
}

fn page_info(field: &str, total: usize, start: usize, shown: usize) -> Resolved {
    let end = start + shown;
    match field {
        "hasNextPage" => Resolved::leaf(end < total),
        "hasPreviousPage" => Resolved::leaf(start > 0),
        "endCursor" if shown > 0 => Resolved::leaf(format!("cursor:{end}")),
        "startCursor" if shown > 0 => Resolved::leaf(format!("cursor:{}", start + 1)),
        _ => Resolved::NULL,
    }
}
