//! Whether a document fits the schema, before anything is executed: fields, arguments, variables, fragments, missing selections.

use std::collections::BTreeMap;

use graphql_parser::query::{
    Definition, Document, Field, FragmentDefinition, OperationDefinition, Selection, SelectionSet, Type,
    TypeCondition, Value as Literal, VariableDefinition,
};
use serde_json::Value;

use super::schema::{Definitions, Schema, base};

/// All that is wrong, in GitHub's words as far as they are known.
pub(super) fn document(schema: &Schema, document: &Document<'static, String>, given: &Value) -> Vec<String> {
    let mut check =
        Check { schema, fragments: BTreeMap::new(), variables: BTreeMap::new(), wrong: Vec::new() };
    for definition in &document.definitions {
        if let Definition::Fragment(fragment) = definition {
            check.fragments.insert(&fragment.name, fragment);
        }
    }
    let mut operations = 0;
    for definition in &document.definitions {
        let Definition::Operation(operation) = definition else { continue };
        operations += 1;
        match operation {
            OperationDefinition::SelectionSet(set) => check.selections("Query", set, 0),
            OperationDefinition::Query(query) => {
                check.declare(&query.variable_definitions, given);
                check.selections("Query", &query.selection_set, 0);
            }
            OperationDefinition::Mutation(mutation) => {
                check.declare(&mutation.variable_definitions, given);
                check.selections("Mutation", &mutation.selection_set, 0);
            }
            OperationDefinition::Subscription(_) => {
                check.wrong.push("Schema is not configured for subscriptions".into());
            }
        }
    }
    if operations != 1 {
        check.wrong.push("An operation name is required".into());
    }
    check.wrong
}

struct Check<'a> {
    schema: &'a Schema,
    fragments: BTreeMap<&'a str, &'a FragmentDefinition<'static, String>>,
    variables: BTreeMap<&'a str, &'a Type<'static, String>>,
    wrong: Vec<String>,
}

/// Deeper documents than this are refused; it also ends fragments that spread themselves.
const DEEPEST: usize = 30;

impl<'a> Check<'a> {
    fn declare(&mut self, definitions: &'a [VariableDefinition<'static, String>], given: &Value) {
        for definition in definitions {
            let name = &definition.name;
            if self.schema.get(base(&definition.var_type)).is_none() {
                self.wrong
                    .push(format!("{} isn't a defined input type (on ${name})", base(&definition.var_type)));
            }
            let required =
                matches!(definition.var_type, Type::NonNullType(_)) && definition.default_value.is_none();
            if required && given.get(name).is_none_or(Value::is_null) {
                self.wrong.push(format!(
                    "Variable ${name} of type {} was provided invalid value",
                    definition.var_type
                ));
            }
            self.variables.insert(name, &definition.var_type);
        }
    }

    fn selections(&mut self, type_name: &str, set: &SelectionSet<'static, String>, depth: usize) {
        if depth > DEEPEST {
            self.wrong.push("Query is too deep".into());
            return;
        }
        for selection in &set.items {
            match selection {
                Selection::Field(field) => self.field(type_name, field, depth),
                Selection::InlineFragment(fragment) => {
                    let on = fragment.type_condition.as_ref();
                    let TypeCondition::On(name) =
                        on.cloned().unwrap_or(TypeCondition::On(type_name.to_owned()));
                    self.fragment(type_name, &name, &fragment.selection_set, depth);
                }
                Selection::FragmentSpread(spread) => {
                    let Some(fragment) = self.fragments.get(spread.fragment_name.as_str()).copied() else {
                        self.wrong
                            .push(format!("Fragment {} was used, but not defined", spread.fragment_name));
                        continue;
                    };
                    let TypeCondition::On(name) = &fragment.type_condition;
                    self.fragment(type_name, name, &fragment.selection_set, depth);
                }
            }
        }
    }

    fn fragment(&mut self, outer: &str, on: &str, set: &SelectionSet<'static, String>, depth: usize) {
        if !self.schema.has_fields(on) {
            self.wrong.push(format!("No such type {on}, so it can't be a fragment condition"));
        } else if self.schema.overlaps(outer, on) {
            self.selections(on, set, depth + 1);
        } else {
            self.wrong.push(format!("Fragment on {on} can't be spread inside {outer}"));
        }
    }

    fn field(&mut self, type_name: &str, field: &Field<'static, String>, depth: usize) {
        if field.name == "__typename" {
            return;
        }
        let Some(known) = self.schema.field(type_name, &field.name) else {
            self.wrong.push(format!("Field '{}' doesn't exist on type '{type_name}'", field.name));
            return;
        };
        for (name, value) in &field.arguments {
            match known.arguments.get(name) {
                Some(kind) => self.argument(name, kind, value),
                None => {
                    self.wrong.push(format!("Field '{}' doesn't accept argument '{name}'", field.name));
                }
            }
        }
        let given = |name: &str| field.arguments.iter().any(|(given, _)| given == name);
        for (name, kind) in &known.arguments {
            if matches!(kind, Type::NonNullType(_)) && !given(name) {
                self.wrong.push(format!("Field '{}' is missing required arguments: {name}", field.name));
            }
        }
        let inner = base(&known.kind);
        if inner.ends_with("Connection")
            && known.arguments.contains_key("first")
            && !given("first")
            && !given("last")
            && asks_nodes(field)
        {
            self.wrong.push(format!(
                "You must provide a `first` or `last` value to properly paginate the `{}` connection.",
                field.name
            ));
        }
        match (self.schema.has_fields(inner), field.selection_set.items.is_empty()) {
            (true, true) => self
                .wrong
                .push(format!("Field must have selections (field '{}' returns {inner})", field.name)),
            (false, false) => {
                self.wrong.push(format!("Selections can't be made on scalars (field '{}')", field.name))
            }
            (true, false) => self.selections(inner, &field.selection_set, depth + 1),
            (false, true) => {}
        }
    }

    fn argument(&mut self, name: &str, kind: &Type<'static, String>, value: &Literal<'static, String>) {
        let wanted = base(kind);
        match (value, self.schema.get(wanted)) {
            (Literal::Variable(variable), _) => match self.variables.get(variable.as_str()) {
                None => self.wrong.push(format!("Variable ${variable} is used but not declared")),
                Some(declared) if base(declared) != wanted => self.wrong.push(format!(
                    "Type mismatch on variable ${variable} and argument {name} ({declared} / {kind})"
                )),
                Some(_) => {}
            },
            (Literal::Enum(choice), Some(Definitions::Enum(names))) if names.contains(choice) => {}
            (Literal::Object(members), Some(Definitions::Input(known))) => {
                for (member, inner) in members {
                    match known.get(member) {
                        Some(kind) => self.argument(member, kind, inner),
                        None => self
                            .wrong
                            .push(format!("InputObject '{wanted}' doesn't accept argument '{member}'")),
                    }
                }
            }
            (Literal::List(items), _) => items.iter().for_each(|item| self.argument(name, kind, item)),
            (_, Some(Definitions::Scalar)) if fits(wanted, value) => {}
            _ => self
                .wrong
                .push(format!("Argument '{name}' has an invalid value ({value}). Expected type '{kind}'.")),
        }
    }
}

fn asks_nodes(field: &Field<'static, String>) -> bool {
    let mut items = field.selection_set.items.iter();
    items.any(|item| !matches!(item, Selection::Field(inner) if inner.name == "totalCount" || inner.name == "issueCount"))
}

fn fits(scalar: &str, value: &Literal<'static, String>) -> bool {
    match value {
        Literal::Int(_) => scalar == "Int",
        Literal::Boolean(_) => scalar == "Boolean",
        Literal::String(_) => scalar != "Int" && scalar != "Boolean",
        Literal::Null => true,
        Literal::Float(_)
        | Literal::Enum(_)
        | Literal::List(_)
        | Literal::Object(_)
        | Literal::Variable(_) => false,
    }
}
