//! The table as Markdown for readers of the repository: `docs/commands.md` and the README. Sentences for comments are `say`'s.

use std::fmt::Write;

use super::table::{Verb, verbs};

const RULES: &str = "\
## How a command is written

- It begins a line: `/release`, a space, the verb. Not in code, a quote, an HTML comment or a folded `<details>`.
- One command per comment. With two, nothing is done.
- Capitals and a final full stop do not matter. On a phone `—` and `–` count as `--`, curly quotes as straight ones.
- A change is `#12`, `!12` or `12`; a version `v1.5.0` or `1.5.0`; a commit 7 to 64 hex digits.
- An environment is its name, or a beginning that only one name has. A promotion is `p7`, one revision of it `p7.1`; a length of time `30m`, `4h` or `2d`.
- A flag takes its value as `--pre rc` or `--pre=rc`; a value may stand in double quotes.
- Everything behind ` -- ` is the reason, as it stands.
- Verb and arguments are plain ASCII; characters that cannot be seen or look like others are refused. A reason may hold any.
- A line is at most 1000 characters long. An edited comment is not run.

What is not understood is answered with the nearest right command, and nothing is done.
";

/// The verbs as a Markdown table: command, who may by default, what it does.
pub fn table_markdown() -> String {
    let mut table = String::from("| Command | Who by default | What it does |\n|---|---|---|\n");
    for verb in verbs() {
        // A bar ends a cell even in a code span.
        let grammar = verb.grammar().replace('|', "\\|");
        writeln!(table, "| `{grammar}` | {} | {} |", verb.who.key(), verb.summary)
            .expect("a string takes every write");
    }
    table
}

/// The whole of `docs/commands.md`.
pub fn document() -> String {
    let sections: String = verbs().iter().map(section).collect();
    format!(
        "# Commands\n\n<!-- Made from the table in `src/domain/command/table.rs`. To make it anew:\n\
         UPDATE_DOCUMENTS=1 cargo test --test documents -->\n\n\
         {}\n{RULES}\n{}",
        table_markdown(),
        sections.trim_end().to_owned() + "\n"
    )
}

fn section(verb: &Verb) -> String {
    let other = |title: &str, words: &[&str]| match words {
        [] => String::new(),
        words => format!("{title}: `{}`.\n\n", words.join("`, `")),
    };
    let sentence = format!("It {}. {}", verb.summary, verb.details);
    format!(
        "## {}\n\n```\n{}\n```\n\n{}\n\nWho: `{}`, by default {}.\n\n{}{}Example: `{}`\n\n",
        verb.name,
        verb.grammar(),
        sentence.trim_end(),
        verb.who.key(),
        verb.who.default_holders(),
        other("Also", verb.aliases),
        other("Not for this, but answered with a hint", verb.hinted_by),
        verb.example
    )
}
