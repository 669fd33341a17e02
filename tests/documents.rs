//! Documents that are made from the code are what the code would make now. Nothing is tested here that has no file in the repository.

use std::path::Path;

use lockkeeper::domain::command;

/// Compares a file with its source; with `UPDATE_DOCUMENTS=1` writes it instead.
fn check(path: &str, made: &str) {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    if is_update_wanted() {
        std::fs::write(&file, made).expect("the repository can be written");
    }
    let there = std::fs::read_to_string(&file).unwrap_or_default();
    let how = "UPDATE_DOCUMENTS=1 cargo test --test documents";
    assert!(there == made, "{path} is out of date; to make it anew: {how}");
}

#[expect(clippy::disallowed_methods, reason = "a switch of this test, not a setting of the server")]
fn is_update_wanted() -> bool {
    std::env::var_os("UPDATE_DOCUMENTS").is_some()
}

#[test]
fn the_page_of_commands_is_made_from_the_table() {
    check("docs/commands.md", &command::document());
}
