//! `lockkeeper schema`: the JSON Schema of the policy file, for editors. The schema itself is made in `config`.

use std::io;

use clap::Args;

use crate::config::policy;

/// The flags of `schema`: none yet.
#[derive(Debug, Clone, Copy, Args)]
pub struct SchemaArgs {}

/// Writes the schema; the exit code is 0.
pub fn run(_: SchemaArgs, out: &mut dyn io::Write) -> io::Result<u8> {
    let schema = serde_json::to_string_pretty(&policy::schema()).expect("JSON without other keys than text");
    writeln!(out, "{schema}")?;
    Ok(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_schema_is_json_with_a_newline_at_its_end() {
        let mut out = Vec::new();
        assert_eq!(run(SchemaArgs {}, &mut out).unwrap(), 0);
        assert!(out.ends_with(b"}\n"));
        let schema: serde_json::Value = serde_json::from_slice(&out).unwrap();
        assert_eq!(schema["title"], "Lockkeeper policy");
    }
}
