//! Where the tables are, and how a table with exceptions is judged. No table is judged here.

use std::collections::BTreeSet;
use std::path::PathBuf;

use serde_json::Value;

/// A table by its path under `cases`. `None`: this machine has none of them.
///
/// # Panics
/// Where they should be and are not.
pub(crate) fn read(path: &str) -> Option<Value> {
    let text = std::fs::read_to_string(folder()?.join(path)).unwrap();
    Some(serde_json::from_str(&text).unwrap())
}

/// The folder of the tables.
///
/// # Panics
/// Where it should be and is not.
#[expect(clippy::disallowed_methods, reason = "a switch of this test, not a setting of the server")]
pub(crate) fn folder() -> Option<PathBuf> {
    let Some(shared) = std::env::var_os("LOCKKEEPER_SHARED") else {
        println!("skipped: LOCKKEEPER_SHARED names no folder");
        return None;
    };
    let folder = PathBuf::from(shared).join("cases");
    assert!(folder.is_dir(), "{} is not there", folder.display());
    Some(folder)
}

/// The field as text.
pub(crate) fn text<'a>(case: &'a Value, field: &str) -> &'a str {
    case[field].as_str().unwrap()
}

/// What differs is explained, and what is explained differs: an explanation that nothing needs any more is a fault too.
/// A difference belongs to the explanation whose name it begins with.
///
/// # Panics
/// Where it is not so.
pub(crate) fn judge(differing: &[String], explained: &[(&str, &str)]) {
    let reason = |found: &String| explained.iter().position(|(name, _)| found.starts_with(name));
    let unexplained: Vec<&String> = differing.iter().filter(|found| reason(found).is_none()).collect();
    assert!(unexplained.is_empty(), "not as expected, and nobody said why:\n{unexplained:#?}");
    let used: BTreeSet<usize> = differing.iter().filter_map(reason).collect();
    let unused: Vec<&str> =
        (0..explained.len()).filter(|at| !used.contains(at)).map(|at| explained[at].0).collect();
    assert!(unused.is_empty(), "explained, but not needed: {unused:?}");
}
