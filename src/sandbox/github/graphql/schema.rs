//! The part of the schema that is spoken, read from its text. Resolving stands elsewhere.

use std::collections::BTreeMap;

use graphql_parser::schema::{Definition, Type, TypeDefinition};

/// Every type by name.
#[derive(Debug)]
pub(super) struct Schema {
    types: BTreeMap<String, Definitions>,
    /// The types that an interface or a union stands for.
    implementations: BTreeMap<String, Vec<String>>,
}

#[derive(Debug)]
pub(super) enum Definitions {
    Object(BTreeMap<String, Field>),
    Input(BTreeMap<String, Type<'static, String>>),
    Enum(Vec<String>),
    Scalar,
}

#[derive(Debug)]
pub(super) struct Field {
    pub(super) kind: Type<'static, String>,
    pub(super) arguments: BTreeMap<String, Type<'static, String>>,
}

/// The name of a type without lists and exclamation marks.
pub(super) fn base<'a>(kind: &'a Type<'static, String>) -> &'a str {
    match kind {
        Type::NamedType(name) => name,
        Type::ListType(inner) | Type::NonNullType(inner) => base(inner),
    }
}

impl Schema {
    pub(super) fn parse(text: &str) -> Self {
        let document = graphql_parser::parse_schema::<String>(text)
            .expect("the schema is part of the program")
            .into_static();
        let mut types: BTreeMap<String, Definitions> = ["String", "Int", "Boolean", "ID", "Float"]
            .map(|name| (name.to_owned(), Definitions::Scalar))
            .into();
        let mut implementations: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for definition in document.definitions {
            let Definition::TypeDefinition(definition) = definition else { continue };
            match definition {
                TypeDefinition::Object(object) => {
                    for interface in object.implements_interfaces {
                        implementations.entry(interface).or_default().push(object.name.clone());
                    }
                    types.insert(object.name, Definitions::Object(fields(object.fields)));
                }
                TypeDefinition::Interface(interface) => {
                    types.insert(interface.name, Definitions::Object(fields(interface.fields)));
                }
                TypeDefinition::InputObject(input) => {
                    let members =
                        input.fields.into_iter().map(|field| (field.name, field.value_type)).collect();
                    types.insert(input.name, Definitions::Input(members));
                }
                TypeDefinition::Enum(choice) => {
                    let names = choice.values.into_iter().map(|value| value.name).collect();
                    types.insert(choice.name, Definitions::Enum(names));
                }
                TypeDefinition::Scalar(scalar) => {
                    types.insert(scalar.name, Definitions::Scalar);
                }
                // A union has no fields of its own, but may be looked at as each of its members.
                TypeDefinition::Union(union) => {
                    implementations.insert(union.name.clone(), union.types);
                    types.insert(union.name, Definitions::Object(BTreeMap::new()));
                }
            }
        }
        Self { types, implementations }
    }

    pub(super) fn get(&self, name: &str) -> Option<&Definitions> {
        self.types.get(name)
    }

    pub(super) fn field(&self, type_name: &str, field: &str) -> Option<&Field> {
        match self.types.get(type_name)? {
            Definitions::Object(fields) => fields.get(field),
            Definitions::Input(_) | Definitions::Enum(_) | Definitions::Scalar => None,
        }
    }

    pub(super) fn has_fields(&self, type_name: &str) -> bool {
        matches!(self.types.get(type_name), Some(Definitions::Object(_)))
    }

    /// Whether a value of one type may be looked at as another: the same, or an interface and what implements it.
    pub(super) fn overlaps(&self, one: &str, other: &str) -> bool {
        let implements = |interface: &str, name: &str| {
            self.implementations.get(interface).is_some_and(|all| all.iter().any(|each| each == name))
        };
        one == other || implements(one, other) || implements(other, one)
    }
}

fn fields(fields: Vec<graphql_parser::schema::Field<'static, String>>) -> BTreeMap<String, Field> {
    let read = |field: graphql_parser::schema::Field<'static, String>| {
        let arguments =
            field.arguments.into_iter().map(|argument| (argument.name, argument.value_type)).collect();
        (field.name, Field { kind: field.field_type, arguments })
    };
    fields.into_iter().map(read).collect()
}
