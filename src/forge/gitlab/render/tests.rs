//! What GitLab would make of our texts. That words of people stay words is tested for all forges beside `domain::say`.

use super::*;
use crate::domain::id::{ChangeNumber, CommitId, EnvironmentName, TagName};
use crate::domain::policy::environment::Automation;
use crate::domain::say::{Advice, Block, Revision, Span, Text, first_line};

fn site() -> Site {
    Site::of_instance(&"https://gitlab.example/git".parse().unwrap())
}

fn note(text: &Text) -> String {
    let (site, project) = (site(), ProjectPath::parse("acme/web").unwrap());
    Pen { site: &site, project: &project, now: Timestamp::UNIX_EPOCH }.comment(text)
}

#[test]
fn changes_are_merge_requests_and_lists_tell_nobody() {
    let text = Text(vec![
        Block::Line(vec!["See ".into(), Span::Change(ChangeNumber(12)), ", a ".into(), Span::ChangeWord]),
        Block::List(vec![vec![Span::Change(ChangeNumber(12)), " and ".into(), Span::Issue(4)]]),
    ]);
    assert_eq!(note(&text), "See !12, a merge request\n\n- `!12` and `#4`");
}

#[test]
fn the_words_for_things_are_no_longer_than_a_first_line_allows() {
    let spans = || [Span::ChangeWord, ", ".into(), Span::Automations(1), ", ".into(), Span::Automations(2)];
    let written = note(&Text::line(spans()));
    assert_eq!(written, "merge request, 1 pipeline, 2 pipelines");
    assert!(first_line::shown(&spans()).len() >= written.len());
}

#[test]
fn a_command_of_ours_names_a_change_as_gitlab_does_and_groups_are_no_teams() {
    let command = "/release skip #12 -- undone by #13".to_owned();
    let text = Text(vec![
        Block::Line(vec!["A ".into(), Span::TeamWord, ", and ".into(), Span::Code(command.clone())]),
        Block::Command(command),
        Block::Line(vec![Span::code("see #12")]),
    ]);
    assert_eq!(
        note(&text),
        "A group, and `/release skip !12 -- undone by #13`\n\n```\n/release skip !12 -- undone by #13\n```\n\n`see #12`"
    );
}

#[test]
fn people_are_called_only_where_they_must_act() {
    let text = Text::line([Span::Ask("ana.b".into()), " and ".into(), Span::Person("bob".into())]);
    assert_eq!(note(&text), "@ana.b and `bob`");
    assert_eq!(note(&Text::line([Span::Ask("acme/release".into())])), "@acme/release");
    assert_eq!(note(&Text::line([Span::Ask("all\n/close".into())])), "`all /close`");
}

/// Every quick action of <https://docs.gitlab.com/user/project/quick_actions/> begins a line with a slash. Code is exempt.
fn begins_an_action(markdown: &str) -> bool {
    let mut fenced = false;
    markdown.lines().any(|line| {
        fenced ^= line.trim_start().starts_with("```");
        !fenced && line.trim_start().starts_with('/')
    })
}

#[test]
fn s20_no_text_of_ours_can_become_a_quick_action() {
    for title in [
        "/merge",
        "/close",
        "/label ~x",
        " /approve",
        "\n/merge",
        "x\n/merge\n",
        "x\r/close",
        "\u{2028}/merge",
    ] {
        for kind in [Span::Written as fn(String) -> Span, Span::Code, Span::Person] {
            let spans = || vec![kind(title.to_owned())];
            let fold = Block::Fold { summary: spans(), body: Text(vec![Block::Line(spans())]) };
            let listing = Block::Listing { language: "text".into(), body: title.to_owned() };
            for block in [
                Block::Line(spans()),
                Block::Heading(spans()),
                Block::List(vec![spans()]),
                Block::Small(spans()),
                Block::Line(vec![Span::Strong(spans())]),
                Block::Line(vec![Span::Emphasis(spans())]),
                fold,
                listing,
            ] {
                let text = Text(vec![Block::Line(vec!["First".into()]), block]);
                let shown = note(&text);
                assert!(!begins_an_action(&shown), "{title:?}:\n{shown}");
            }
        }
    }
}

#[test]
fn pages_are_linked_where_gitlab_has_them() {
    let commit = CommitId::parse("0123456789012345678901234567890123456789").unwrap();
    let tag = |name: &str| Revision::Tag(TagName::parse(name).unwrap());
    let text = Text::line([
        Span::Commit(commit),
        " ".into(),
        Span::Compare { words: None, from: tag("v1"), to: tag("v2") },
    ]);
    assert_eq!(
        note(&text),
        "[0123456](https://gitlab.example/git/acme/web/-/commit/0123456789012345678901234567890123456789) \
         [v1...v2](https://gitlab.example/git/acme/web/-/compare/v1...v2)"
    );
}

#[test]
fn what_to_add_is_said_in_gitlabs_own_files() {
    let said = |advice| note(&Text(vec![Block::Line(vec!["Add:".into()]), Block::Advice(advice)]));
    let job = said(Advice::Startable(Automation::Job("to store".into())));
    assert!(job.contains("'to store':\n  rules:\n    - if: $CI_COMMIT_TAG\n      when: manual"), "{job}");
    assert!(said(Advice::Startable(Automation::Pipeline("beta".into()))).contains("spec:\n  inputs:"));
    let environment = EnvironmentName::parse("staging").unwrap();
    let listener = said(Advice::Listener { environment, has_targets: false });
    assert!(listener.contains("/deployments/$DEPLOYMENT_ID"), "{listener}");
}
