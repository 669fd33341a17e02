//! Runs a whole table of cases and counts them; an exception must have its reason. What a case means is told in its own file.

use serde_json::Value;

/// Checks every case of a table. An exception names the case it is for and why; one that passes all the same is red too.
pub(crate) fn check(
    table: &str,
    cases: &[Value],
    exceptions: &[(&str, &str)],
    holds: impl Fn(&Value) -> Result<(), String>,
) {
    let mut failures = Vec::new();
    let mut excused = 0;
    for (at, case) in cases.iter().enumerate() {
        let name = case["name"].as_str().map_or_else(|| at.to_string(), str::to_owned);
        let exception = exceptions.iter().find(|(known, _)| name.contains(known));
        match (holds(case), exception) {
            (Ok(()), None) => {}
            (Ok(()), Some(_)) => failures.push(format!("{name}\n  passes; take its exception out")),
            (Err(_), Some((_, why))) => {
                excused += 1;
                println!("{table}: {name}: excused, {why}");
            }
            (Err(said), None) => failures.push(format!("{name}\n  {said}")),
        }
    }
    println!(
        "{table}: {} of {} cases pass, {excused} excused",
        cases.len() - failures.len() - excused,
        cases.len()
    );
    assert!(
        failures.is_empty(),
        "{table}: {} of {} fail\n{}",
        failures.len(),
        cases.len(),
        failures.join("\n")
    );
}

/// The same, or what differs.
pub(crate) fn same<T: PartialEq + std::fmt::Debug>(what: &str, found: &T, wanted: &T) -> Result<(), String> {
    if found == wanted { Ok(()) } else { Err(format!("{what}: {found:?}, wanted {wanted:?}")) }
}

/// The texts of a JSON list.
pub(crate) fn texts(value: &Value) -> Vec<String> {
    value.as_array().into_iter().flatten().filter_map(|item| item.as_str().map(str::to_owned)).collect()
}
