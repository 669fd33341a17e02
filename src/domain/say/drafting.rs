//! What is said of the draft release that follows what is merged, and of one that was published by somebody who may not release.

use super::{Block, Span, Text, code, refused, release, tagged};
use crate::domain::event::Cut;
use crate::domain::id::{Actor, EnvironmentName, TagName};
use crate::domain::state::DraftPage;
use crate::domain::version::Version;

/// What a plan says of the draft: that publishing it is the cut, or that it is not renewed any more.
pub fn stands(page: &DraftPage) -> Block {
    let link = Span::Link { words: "draft".to_owned(), to: page.page.clone() };
    Block::Line(if page.is_theirs {
        vec![
            "Somebody changed my notes in the ".into(),
            link,
            ", so I leave it as it is. Delete it, and the next merge makes a new one.".into(),
        ]
    } else {
        vec!["The ".into(), link, " follows what is merged; publishing it is the cut. Or:".into()]
    })
}

/// The title of the issue about a release that waits for a releaser.
pub fn unconfirmed_title(tag: &TagName) -> String {
    format!("Release {tag} waits for a releaser")
}

/// A release that was published by somebody who may not release.
pub fn unconfirmed(cut: &Cut, by: Option<&Actor>, page: &str) -> Text {
    let who = by.map_or("Somebody".into(), |by| Span::Person(by.login.clone()));
    Text(vec![
        Block::Line(vec![
            who,
            " published ".into(),
            tagged(&cut.tag, ""),
            ", but is none of those who may release.".into(),
        ]),
        Block::Line(vec![
            "The tag and the ".into(),
            Span::Link { words: "page".to_owned(), to: page.to_owned() },
            " stay as they are. The release goes nowhere until a releaser lets it:".into(),
        ]),
        Block::Command(format!("/release resume v{}", cut.version)),
        Block::Line(vec!["If it was a mistake:".into()]),
        Block::Command(format!("/release withdraw v{} -- published by mistake", cut.version)),
    ])
}

/// The refusal to carry such a release anywhere.
pub fn held_back(at: &EnvironmentName, version: &Version) -> Text {
    let first = vec![
        "Not promoted to ".into(),
        super::environment(at),
        ": ".into(),
        release(version),
        " waits for a releaser.".into(),
    ];
    let rest = vec![
        Block::Line(vec![
            "It was published by somebody who may not release. A releaser lets it go with:".into(),
        ]),
        Block::Command(format!("/release resume v{version}")),
    ];
    refused(first, rest, "E_UNCONFIRMED")
}

/// The refusal to let such a release go, to who may not release either.
pub fn not_a_releaser(version: &Version) -> Text {
    Text(vec![
        Block::Line(vec![release(version), " was published by somebody who may not release.".into()]),
        Block::Line(vec!["Only a releaser lets it go. Nothing was done.".into()]),
        code("E_ROLE"),
    ])
}

/// A releaser let it go.
pub fn confirmed(version: &Version) -> Text {
    Text(vec![
        Block::Line(vec![Span::Strong(vec![release(version), " is released".into()]), ".".into()]),
        Block::Line(vec!["It may be promoted like any other release.".into()]),
    ])
}
