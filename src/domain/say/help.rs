//! What the bot can be asked, in words made from the table of verbs. It names only verbs of this version.

use super::mistake::mistake;
use super::text::{Block, Span, Text};
use crate::domain::command::{Argument, Level, Mistake, Rank, Topic, Verb, verb, verbs};

/// The answer to `/release help`.
pub fn help(topic: Option<Topic>) -> Text {
    match topic {
        None => everyday(),
        Some(Topic::All) => all(),
        Some(Topic::Verb(name)) => verb(name).map_or_else(everyday, one),
        Some(Topic::NotBuilt(name)) => mistake(&Mistake::NotBuilt { verb: name }),
    }
}

fn everyday() -> Text {
    let everyday = verbs().iter().filter(|verb| verb.level == Level::Everyday);
    let text = Text::line(["One command per comment, at the start of a line:".into()])
        .with(Block::List(everyday.map(entry).collect()));
    let has_more = verbs().iter().any(|verb| verb.level == Level::Rare);
    let text = if has_more {
        text.with(Block::Line(vec!["There are more: ".into(), Span::code("/release help all")]))
    } else {
        text
    };
    more_about_one(text)
}

fn all() -> Text {
    let mut text = Text::line([Span::words(format!("All {} commands, by who may use them:", verbs().len()))]);
    for rank in Rank::ALL {
        let own = verbs().iter().filter(|verb| verb.who == rank).map(entry).collect();
        text = text.with(Block::Line(who(rank))).with(Block::List(own));
    }
    more_about_one(text)
}

fn more_about_one(text: Text) -> Text {
    text.with(Block::Line(vec!["More about one of them:".into()]))
        .with(Block::Command("/release help cut".to_owned()))
}

fn entry(verb: &Verb) -> Vec<Span> {
    vec![Span::code(verb.grammar()), Span::words(format!(" {}", verb.summary))]
}

fn who(rank: Rank) -> Vec<Span> {
    vec![
        Span::strong(capitalised(rank.key())),
        Span::words(format!(" (by default {}; ", rank.default_holders())),
        Span::code(format!("who: {{ {}: [...] }}", rank.key())),
        " in the policy file names others)".into(),
    ]
}

fn one(verb: &'static Verb) -> Text {
    let mut text = Text::line([
        Span::code(format!("/release {}", verb.name)),
        Span::words(format!(" {}.", verb.summary)),
    ])
    .with(Block::Listing { language: "text".to_owned(), body: verb.grammar() });
    if !verb.arguments.is_empty() {
        text = text.with(Block::List(verb.arguments.iter().map(argument).collect()));
    }
    if !verb.details.is_empty() {
        text = text.with(Block::Line(vec![verb.details.into()]));
    }
    if !verb.hinted_by.is_empty() {
        text = text.with(Block::Line(hints(verb)));
    }
    let mut people: Vec<Span> = vec!["Who may: ".into()];
    people.extend(who(verb.who));
    text.with(Block::Line(people))
        .with(Block::Line(vec!["For example:".into()]))
        .with(Block::Command(verb.example.to_owned()))
}

fn hints(verb: &Verb) -> Vec<Span> {
    let mut line: Vec<Span> = vec!["Do nothing but point here: ".into()];
    for (at, hint) in verb.hinted_by.iter().enumerate() {
        line.extend((at > 0).then(|| ", ".into()));
        line.push(Span::code(*hint));
    }
    line
}

fn argument(argument: &Argument) -> Vec<Span> {
    vec![
        Span::code(argument.shown()),
        Span::words(format!(": {}, such as ", argument.kind.expected)),
        Span::code(argument.kind.sample),
    ]
}

fn capitalised(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(letters).collect()
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;

    use super::super::aloud::plain;
    use super::*;

    #[test]
    fn help_lists_what_this_version_can_do() {
        assert_snapshot!(plain(&help(None)), @r"
        One command per comment, at the start of a line:
        - `/release status [ENV]` says what is released, and where this change is
        - `/release plan [major|minor|patch|vX.Y.Z] [--component c]` shows the next release: version, changes, notes; changes nothing
        - `/release notes [--short]` shows the notes as they would be published
        - `/release cut [vX.Y.Z] [sha] [--pre rc]` freezes the notes, makes the tag and the release
        - `/release promote ENV [vX.Y.Z] [--again]` carries a release into an environment, once its gates are open
        - `/release approve [p7.1] [-- reason]` says yes to a promotion
        - `/release rollback ENV [to vX.Y.Z] [-- reason]` brings back the release that was good there before
        - `/release help [all|verb]` shows these commands, or one of them in full
        There are more: `/release help all`
        More about one of them:
        ```
        /release help cut
        ```
        ");
    }

    #[test]
    fn help_all_groups_the_verbs_by_who_may() {
        assert_snapshot!(plain(&help(Some(Topic::All))), @r"
        All 22 commands, by who may use them:
        Reader (by default everyone who can read here; `who: { reader: [...] }` in the policy file names others)
        - `/release status [ENV]` says what is released, and where this change is
        - `/release why [ENV]` says what each promotion waits for, and who or what opens it
        - `/release help [all|verb]` shows these commands, or one of them in full
        Writer (by default everyone who can push here; `who: { writer: [...] }` in the policy file names others)
        - `/release plan [major|minor|patch|vX.Y.Z] [--component c]` shows the next release: version, changes, notes; changes nothing
        - `/release notes [--short]` shows the notes as they would be published
        - `/release include #n` shows a change in the notes again
        - `/release skip #n -- reason` hides a change in the notes; its code ships all the same
        - `/release backport BRANCH [#n]` picks a merged change onto another branch, as a change of its own
        - `/release hotfix vX.Y.Z [from vA.B.C]` makes a branch for the fix of a release, at its tag
        Releaser (by default everyone who can push here; `who: { releaser: [...] }` in the policy file names others)
        - `/release cut [vX.Y.Z] [sha] [--pre rc]` freezes the notes, makes the tag and the release
        - `/release withdraw vX.Y.Z -- reason` marks a release as a mistake; its tag stays
        Approver (by default everyone who can push here; `who: { approver: [...] }` in the policy file names others)
        - `/release approve [p7.1] [-- reason]` says yes to a promotion
        - `/release reject [p7.1] -- reason` says no to a promotion, and ends it
        - `/release revoke [p7.1]` takes your approval back
        Deployer (by default everyone who can push here; `who: { deployer: [...] }` in the policy file names others)
        - `/release promote ENV [vX.Y.Z] [--again]` carries a release into an environment, once its gates are open
        - `/release rollback ENV [to vX.Y.Z] [-- reason]` brings back the release that was good there before
        - `/release hold [ENV|vX.Y.Z|p7] [-- reason]` stops a promotion safely: what runs goes on, nothing new begins
        - `/release resume [ENV|vX.Y.Z|p7]` lets a held promotion, or a held release, go on
        - `/release abort [ENV|vX.Y.Z|p7] [-- reason]` ends a promotion; what runs is called off
        - `/release retry [ENV|vX.Y.Z|p7]` tries the targets that failed again
        - `/release lock ENV [--for 4h] [-- reason]` keeps an environment for yourself
        - `/release unlock ENV` gives an environment back to everybody
        More about one of them:
        ```
        /release help cut
        ```
        ");
    }

    #[test]
    fn help_on_a_verb_says_grammar_people_and_an_example() {
        assert_snapshot!(plain(&help(Some(Topic::Verb("cut")))), @r#"
        `/release cut` freezes the notes, makes the tag and the release.
        ```text
        /release cut [vX.Y.Z] [sha] [--pre rc]
        ```
        - `[vX.Y.Z]`: a version, such as `v1.5.0`
        - `[sha]`: a commit (7 or more hex digits), such as `8f3c21d`
        - `[--pre rc]`: the name of a pre-release, such as `rc`
        Without a version it is the planned one, without a commit the newest of the default branch. A tag is never moved afterwards.
        Do nothing but point here: `ship`, `publish`, `tag`
        Who may: Releaser (by default everyone who can push here; `who: { releaser: [...] }` in the policy file names others)
        For example:
        ```
        /release cut v1.5.0
        ```
        "#);
    }

    #[test]
    fn help_on_a_verb_of_a_later_version_says_so() {
        assert_snapshot!(plain(&help(Some(Topic::NotBuilt("freeze")))), @r#"
        `freeze` is not in this version. Nothing was done.
        What this version can do:
        ```
        /release help
        ```
        (E_NOT_BUILT)
        "#);
    }

    #[test]
    fn help_has_a_text_for_every_verb_that_keeps_the_rules() {
        for verb in verbs() {
            let said = plain(&help(Some(Topic::Verb(verb.name))));
            assert!(said.contains(verb.example) && said.contains(&verb.grammar()), "{said}");
        }
    }
}
