//! What is said of backports and hotfixes: the branch, the change, or why not and how to do it by hand.

use super::refusal::said_by_forge;
use super::{Block, Span, Text, refused as refusal, release};
use crate::domain::effect::Refusal;
use crate::domain::errand::{Hindrance, MOST_COMMITS};
use crate::domain::id::{BranchName, ChangeNumber, CommitId};
use crate::domain::state::Errand;

/// How many files of a conflict are named.
const FILES_NAMED: usize = 20;

/// What the change of a backport says of itself, in words that the notes know again: they list it by its original.
pub fn backport_text(number: ChangeNumber, target: &BranchName) -> Text {
    Text(vec![
        Block::Line(vec![
            "Backport of ".into(),
            Span::Change(number),
            ": its commits, picked onto ".into(),
            Span::code(target.as_str()),
            ".".into(),
        ]),
        Block::Small(vec!["Each names the commit that it was picked from.".into()]),
    ])
}

/// The change of a backport is open.
pub fn opened(errand: &Errand, number: ChangeNumber) -> Text {
    let Errand::Backport { change, target, .. } = errand else { return made(errand) };
    Text(vec![Block::Line(vec![
        Span::Strong(vec![
            Span::Change(number),
            " carries ".into(),
            Span::Change(*change),
            " to ".into(),
            Span::Written(target.to_string()),
        ]),
        ". It is for you to review and merge.".into(),
    ])])
}

/// The branch is there.
pub fn made(errand: &Errand) -> Text {
    let branch = errand.branch();
    let mut blocks = vec![Block::Line(vec![
        Span::Strong(vec!["The branch ".into(), Span::code(branch.as_str()), " is there".into()]),
        ".".into(),
    ])];
    if let Errand::Hotfix { version, from, .. } = errand {
        blocks.push(Block::Line(vec![
            "It begins at ".into(),
            Span::Written(from.to_string()),
            ". Merge the fix into it, or pick one that is merged elsewhere:".into(),
        ]));
        blocks.push(Block::Command(format!("/release backport {branch} #12")));
        blocks.push(Block::Line(vec![
            "Then cut its newest commit. The policy file must list the branch under ".into(),
            Span::code("branches"),
            " (".into(),
            Span::code("hotfix/*"),
            "), and it must be protected:".into(),
        ]));
        blocks.push(Block::Command(format!("/release cut v{version} SHA")));
    }
    Text(blocks)
}

/// It was not made: it does not fit, or the forge will not have it.
pub fn refused(errand: &Errand, why: &Refusal) -> Text {
    match (errand, why) {
        (Errand::Backport { .. }, Refusal::Conflict { commit, files, is_merge }) => {
            conflict(errand, (commit, *is_merge), files)
        }
        (_, Refusal::Taken { .. }) => refusal(
            vec![
                "Nothing was done: ".into(),
                Span::code(errand.branch().as_str()),
                " is there already.".into(),
            ],
            [Block::Line(vec!["Take that branch, or delete it and ask again.".into()])],
            "E_BRANCH_TAKEN",
        ),
        (_, Refusal::Gone) => {
            refusal(vec!["Nothing was done: what it needs went away in the meantime.".into()], [], "E_GONE")
        }
        (_, Refusal::Conflict { .. } | Refusal::Forbidden { .. } | Refusal::Invalid { .. }) => refusal(
            vec!["The branch ".into(), Span::code(errand.branch().as_str()), " was not made.".into()],
            [Block::Line(said_by_forge(why.said()))],
            "E_FORBIDDEN",
        ),
    }
}

fn conflict(errand: &Errand, (commit, is_merge): (&CommitId, bool), files: &[String]) -> Text {
    let Errand::Backport { change, commits, target, branch, .. } = errand else { return made(errand) };
    let first = vec![
        Span::Change(*change),
        " does not fit onto ".into(),
        Span::code(target.as_str()),
        ". Nothing was made.".into(),
    ];
    let mut rest = vec![Block::Line(vec![
        "Changed by ".into(),
        Span::Commit(commit.clone()),
        " and on the branch since they parted:".into(),
    ])];
    let mut named: Vec<Vec<Span>> =
        files.iter().take(FILES_NAMED).map(|file| vec![Span::code(file.clone())]).collect();
    if files.len() > FILES_NAMED {
        named.push(vec![Span::words(format!("and {} more", files.len() - FILES_NAMED))]);
    }
    rest.push(Block::List(named));
    rest.push(Block::Line(vec!["By hand:".into()]));
    let mainline = if is_merge { " -m 1" } else { "" };
    let picks: Vec<&str> = commits.iter().map(CommitId::as_str).collect();
    let (branch, from) = (word(branch.as_str()), word(&format!("origin/{target}")));
    rest.push(Block::Listing {
        language: "sh".to_owned(),
        body: format!(
            "git fetch origin\ngit switch -c {branch} {from}\ngit cherry-pick -x{mainline} {}\n\
             # mend the files, then: git add -A && git cherry-pick --continue\ngit push -u origin {branch}",
            picks.join(" ")
        ),
    });
    refusal(first, rest, "E_CONFLICT")
}

/// A word of a shell: git takes names for branches that a shell would take for commands.
fn word(name: &str) -> String {
    let is_plain = name.chars().all(|letter| letter.is_ascii_alphanumeric() || "._/-".contains(letter));
    if is_plain { name.to_owned() } else { format!("'{}'", name.replace('\'', "'\\''")) }
}

/// Nobody can say whether it happened.
pub fn lost(errand: &Errand, why: &str) -> Text {
    refusal(
        vec!["The branch ".into(), Span::code(errand.branch().as_str()), " may be half made.".into()],
        [
            Block::Line(vec!["What is known: ".into(), Span::Written(why.to_owned())]),
            Block::Line(vec!["Look at it; if you delete it, you can ask again.".into()]),
        ],
        "E_LOST",
    )
}

/// No change was named, and the command stands on none.
pub fn which_change(target: &str) -> Text {
    refusal(
        vec!["Which change? Nothing was done.".into()],
        [Block::Command(format!("/release backport {target} #12"))],
        "E_WHICH",
    )
}

/// It cannot be the version of a hotfix.
pub fn no_version(written: &str) -> Text {
    refusal(
        vec![Span::code(written.to_owned()), " is no version that this project can have.".into()],
        [],
        "E_VERSION",
    )
}

/// The code of what stands in the way.
pub fn code_of(hindrance: &Hindrance) -> &'static str {
    match hindrance {
        Hindrance::NoSuchChange(_) => "E_CHANGE",
        Hindrance::NotMerged(..) => "E_NOT_MERGED",
        Hindrance::NoSuchBranch(_) => "E_BRANCH",
        Hindrance::ThereAlready(..) => "E_ALREADY_THERE",
        Hindrance::UnderWay(_) => "E_BUSY",
        Hindrance::TooMany(..) => "E_TOO_MANY",
        Hindrance::NoSuchRelease(_) => "E_UNKNOWN_VERSION",
        Hindrance::NotAbove(..) => "E_VERSION",
        Hindrance::Unreadable(..) => "E_UNREADABLE",
    }
}

/// What stands in the way.
pub fn hindered(hindrance: &Hindrance) -> Text {
    let (first, rest) = match hindrance {
        Hindrance::NoSuchChange(number) => {
            (vec!["There is no ".into(), Span::Change(*number), ". Nothing was done.".into()], vec![])
        }
        Hindrance::NotMerged(number, target) => (
            vec![Span::Change(*number), " is not merged, so there is nothing to pick yet.".into()],
            vec![
                "Set the label now, and it is picked once it is merged: ".into(),
                Span::code(format!("backport {target}")),
                ".".into(),
            ],
        ),
        Hindrance::NoSuchBranch(tried) => {
            let mut rest: Vec<Span> = vec!["Looked for ".into()];
            for (at, branch) in tried.iter().enumerate() {
                rest.extend((at > 0).then(|| ", ".into()));
                rest.push(Span::code(branch.as_str()));
            }
            rest.push(".".into());
            (vec!["There is no such branch. Nothing was done.".into()], rest)
        }
        Hindrance::ThereAlready(number, branch) => (
            vec![
                Span::Change(*number),
                " was merged into ".into(),
                Span::code(branch.as_str()),
                ". Nothing was done.".into(),
            ],
            vec![],
        ),
        Hindrance::UnderWay(branch) => (
            vec![Span::code(branch.as_str()), " is being made at the moment. Nothing was done.".into()],
            vec![],
        ),
        Hindrance::TooMany(number, count) => (
            vec![Span::Change(*number), Span::words(format!(" has {count} commits. Nothing was done."))],
            vec![Span::words(format!(
                "At most {MOST_COMMITS} are picked here; more are yours to pick with git."
            ))],
        ),
        Hindrance::NoSuchRelease(version) => (
            vec![
                "There is no release to begin at for ".into(),
                release(version),
                ". Nothing was done.".into(),
            ],
            vec![
                "Name one that has a tag: ".into(),
                Span::code("/release hotfix vX.Y.Z from vA.B.C"),
                ".".into(),
            ],
        ),
        Hindrance::NotAbove(version, base) => (
            vec![Span::words(format!("{version} is not above {base}. Nothing was done."))],
            vec!["Choose the version that the fix shall have.".into()],
        ),
        Hindrance::Unreadable(what, why) => {
            (vec![Span::words(format!("Not done: I could not read {what}."))], said_by_forge(why))
        }
    };
    let rest = (!rest.is_empty()).then_some(Block::Line(rest));
    refusal(first, rest, code_of(hindrance))
}

#[cfg(test)]
mod tests {
    use super::word;

    #[test]
    fn a_branch_that_a_shell_would_obey_is_quoted() {
        for (name, expected) in [
            ("release/1.4", "release/1.4"),
            ("release/;reboot", "'release/;reboot'"),
            ("it's$(x)", "'it'\\''s$(x)'"),
        ] {
            assert_eq!(word(name), expected);
        }
    }
}
