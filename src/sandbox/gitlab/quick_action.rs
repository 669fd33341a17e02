//! Quick actions: lines of a note that GitLab takes for orders of whoever wrote it, does, and cuts out. What is a note is not decided here.

use super::call::Call;
use crate::sandbox::model::{Model, Refusal};

/// The names that GitLab knows for notes on merge requests and issues. A line with any other stays as it is.
const KNOWN: [&str; 43] = [
    "approve",
    "unapprove",
    "assign",
    "assign_reviewer",
    "award",
    "board_move",
    "clone",
    "close",
    "confidential",
    "copy_metadata",
    "draft",
    "due",
    "duplicate",
    "estimate",
    "iteration",
    "label",
    "labels",
    "lock",
    "merge",
    "milestone",
    "move",
    "parent",
    "promote",
    "publish",
    "react",
    "ready",
    "rebase",
    "reassign",
    "relabel",
    "remove_due_date",
    "remove_milestone",
    "reopen",
    "request_review",
    "shrug",
    "spend",
    "status",
    "submit_review",
    "subscribe",
    "target_branch",
    "title",
    "unlabel",
    "unlock",
    "weight",
];

/// A text without its quick actions, and what they were.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Read {
    pub(super) rest: String,
    /// Without the slash.
    pub(super) commands: Vec<String>,
}

/// Code, quotes and HTML are left alone.
pub(super) fn read(text: &str) -> Read {
    let (mut rest, mut commands, mut fence) = (Vec::new(), Vec::new(), None);
    for line in text.lines() {
        let mark = ["```", "~~~", ">>>"].into_iter().find(|mark| line.starts_with(mark));
        match (fence, mark) {
            (None, Some(mark)) => fence = Some(mark),
            (Some(open), Some(mark)) if open == mark => fence = None,
            _ => {}
        }
        match line.strip_prefix('/').filter(|_| fence.is_none()) {
            Some(command) if is_known(command) => commands.push(command.trim_end().to_owned()),
            _ => rest.push(line),
        }
    }
    Read { rest: rest.join("\n"), commands }
}

fn is_known(command: &str) -> bool {
    let name = command.split([' ', '\t']).next().unwrap_or_default();
    KNOWN.contains(&name)
}

/// Does the ones that a test could miss the least; of all of them the timeline tells.
pub(super) fn perform(model: &mut Model, call: &Call, number: u64, read: &Read) -> Result<(), Refusal> {
    let actor = call.caller.0;
    for command in &read.commands {
        model.tell(actor, format!("#{number}"), format!("runs the quick action /{command}"));
        let (name, words) = command.split_once(' ').unwrap_or((command, ""));
        match name {
            "close" => model.close_thread(call.project, actor, number, None)?,
            "reopen" => model.reopen_thread(call.project, actor, number)?,
            "merge" => {
                _ = model.merge(call.project, actor, number, crate::sandbox::model::MergeMethod::Squash)?
            }
            "label" => {
                let label = words.trim_start_matches('~').trim_matches('"');
                model.label(call.project, actor, number, label)?;
            }
            _ => {}
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{Read, read};

    #[track_caller]
    fn check(text: &str, rest: &str, commands: &[&str]) {
        let commands = commands.iter().map(|one| (*one).to_owned()).collect();
        assert_eq!(read(text), Read { rest: rest.to_owned(), commands });
    }

    #[test]
    fn only_lines_that_begin_with_a_known_name_are_orders() {
        check("/merge", "", &["merge"]);
        check("Done.\n/label ~x\n/close", "Done.", &["label ~x", "close"]);
        check("/release plan", "/release plan", &[]);
        check("/merged", "/merged", &[]);
        check("- /merge\n> /close\n /reopen", "- /merge\n> /close\n /reopen", &[]);
        check("```\n/merge\n```\n/close", "```\n/merge\n```", &["close"]);
    }
}
