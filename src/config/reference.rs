//! The tables of `docs/policy.md`, made from the schema and the codes, so that the page cannot be out of date. The prose of the page is written by hand.

use std::fmt::Write as _;

use serde_json::Value as Json;

use super::diagnostic::Code;
use super::policy;

/// One row per key of the policy file, in the order of the page: outer keys before inner ones.
pub fn keys() -> String {
    let mut table = String::from("| Key | Takes | Meaning |\n|---|---|---|\n");
    rows(&policy::schema(), "", &mut table);
    table
}

/// One row per code of a problem.
pub fn codes() -> String {
    let mut table = String::from("| Code | Meaning |\n|---|---|\n");
    for code in Code::ALL {
        let _ = writeln!(table, "| `{code}` | {} |", cell(code.meaning()));
    }
    table
}

fn rows(schema: &Json, path: &str, table: &mut String) {
    let Some(fields) = schema["properties"].as_object() else { return };
    let required = schema["required"].as_array();
    for (name, field) in fields {
        let must = required.is_some_and(|names| names.contains(&Json::from(name.as_str())));
        let must = if must { " Required." } else { "" };
        let key = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
        let meaning = cell(field["description"].as_str().unwrap_or_default());
        let _ = writeln!(table, "| `{key}` | {} | {meaning}{must} |", takes(field));
        inner(field, &key, table);
    }
}

/// The rows of what stands inside a key: its own keys, those of each item, those under each name.
fn inner(field: &Json, key: &str, table: &mut String) {
    rows(field, key, table);
    if field["items"].is_object() {
        inner(&field["items"], &format!("{key}[]"), table);
    }
    if field["additionalProperties"].is_object() {
        inner(&field["additionalProperties"], &format!("{key}.NAME"), table);
    }
    // "One or a list of it" is described as the list.
    let either = field["anyOf"].as_array().map_or(&[][..], Vec::as_slice);
    match either.iter().find(|one| one["type"] == "array") {
        Some(list) => inner(list, key, table),
        None => either.iter().for_each(|one| inner(one, key, table)),
    }
}

fn takes(field: &Json) -> String {
    if let Some(words) = field["oneOf"].as_array() {
        let words = words.iter().filter_map(|word| word["const"].as_str());
        return words.map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ");
    }
    if let Some(either) = field["anyOf"].as_array() {
        return either.iter().map(takes).collect::<Vec<_>>().join(" or ");
    }
    match field["type"].as_str() {
        Some("string") => "text".to_owned(),
        Some("integer") => "a number".to_owned(),
        Some("boolean") => "`true` or `false`".to_owned(),
        Some("array") => format!("a list of {}", several(&field["items"])),
        _ if field["additionalProperties"].is_object() => {
            format!("names, each with {}", takes(&field["additionalProperties"]))
        }
        _ => "a mapping".to_owned(),
    }
}

fn several(item: &Json) -> String {
    if let Some(either) = item["anyOf"].as_array() {
        return either.iter().map(several).collect::<Vec<_>>().join(" or of ");
    }
    match item["type"].as_str() {
        Some("array") => format!("lists of {}", several(&item["items"])),
        Some("object") => "mappings".to_owned(),
        Some("string") if !item["oneOf"].is_array() => "texts".to_owned(),
        _ => takes(item),
    }
}

/// Text in one cell of a table.
fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace('\n', " ")
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    /// The page with its tables made anew; each stands between `<!-- NAME -->` and `<!-- /NAME -->`.
    fn renewed(page: &str, name: &str, table: &str) -> String {
        let (begin, end) = (format!("<!-- {name} -->\n"), format!("<!-- /{name} -->"));
        let (before, rest) = page.split_once(&begin).expect("the page has the mark");
        let (_, after) = rest.split_once(&end).expect("the page has the end mark");
        format!("{before}{begin}{table}{end}{after}")
    }

    #[test]
    fn the_page_holds_the_tables_of_this_version() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/policy.md");
        let page = fs::read_to_string(path).unwrap();
        let wanted = renewed(&renewed(&page, "keys", &keys()), "codes", &codes());
        if page != wanted {
            fs::write(format!("{path}.new"), wanted).unwrap();
            panic!("docs/policy.md is out of date: move docs/policy.md.new over it");
        }
    }

    #[test]
    fn every_example_of_the_page_is_a_good_file() {
        let page = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/policy.md")).unwrap();
        let examples: Vec<&str> =
            page.split("```yaml\n").skip(1).filter_map(|rest| rest.split("```").next()).collect();
        assert!(examples.len() >= 3);
        for example in examples {
            policy::read(policy::GITHUB_PATH, example, &crate::domain::policy::Customs::default())
                .unwrap_or_else(|report| panic!("{report}"));
        }
    }
}
