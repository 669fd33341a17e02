//! Tests of where a release begins, over histories of every shape. Nothing else.

use super::*;
use crate::domain::id::{CommitId, TagName};
use crate::domain::version::Naming;

/// A history: each commit with its parents, oldest first, and tags on commits.
struct Shape<'a> {
    parents: &'a [&'a [u32]],
    tags: &'a [(&'a str, u32)],
}

impl Shape<'_> {
    /// The release before a head, and the commits since, as `v1.0.0: 1 2`.
    fn check(&self, (head, channel): (u32, Option<&str>), expected: &str) {
        let graph = Graph::new(self.parents.iter().map(|parents| parents.iter().copied()));
        let tag = |(name, commit): &(&str, u32)| Tag {
            name: TagName::parse(*name).unwrap(),
            commit: CommitId::parse(format!("{commit:040x}")).unwrap(),
        };
        let tags: Vec<Tag> = self.tags.iter().map(tag).collect();
        let known = |at: &u32| (*at as usize) < self.parents.len();
        let find = |tag: &Tag| u32::from_str_radix(&tag.commit.as_str()[32..], 16).ok().filter(known);
        let channel = channel.map(|name| Channel::parse(name).unwrap());
        let line = Tags::new(&tags, &Naming::usual(), find).line(&graph, head, channel.as_ref());
        let number = |commit: &CommitId| u32::from_str_radix(&commit.as_str()[32..], 16).unwrap();
        let bases: Vec<u32> = line.previous.iter().map(|previous| number(&previous.commit)).collect();
        let range: Vec<String> = graph.range(head, &bases).iter().map(u32::to_string).collect();
        let previous = line.previous.map_or("none".to_owned(), |previous| previous.tag.to_string());
        assert_eq!(format!("{previous}: {}", range.join(" ")), expected, "head {head}");
    }
}

#[test]
fn squashed_and_rebased_changes_are_a_line() {
    let shape = Shape { parents: &[&[], &[0], &[1], &[2]], tags: &[("v1.0.0", 1)] };
    shape.check((3, None), "v1.0.0: 2 3");
    shape.check((1, None), "v1.0.0: ");
}

#[test]
fn a_merge_brings_its_branch_and_nothing_that_was_out() {
    // 2 and 3 are a branch that began before v1.0.0 and was merged after it.
    let shape = Shape { parents: &[&[], &[0], &[0], &[2], &[1, 3]], tags: &[("v1.0.0", 1)] };
    shape.check((4, None), "v1.0.0: 2 3 4");
    // The other way round: the release contains the branch, and what follows does not list it again.
    let shape = Shape { parents: &[&[], &[0], &[0], &[1, 2], &[3]], tags: &[("v1.0.0", 3)] };
    shape.check((4, None), "v1.0.0: 4");
}

#[test]
fn a_hotfix_goes_on_from_its_own_line_and_the_main_line_from_its_own() {
    // v1.1.0 is on the main line; v1.0.1 is a fix of v1.0.0 that was made later.
    let parents: &[&[u32]] = &[&[], &[0], &[0], &[2], &[1], &[4, 3]];
    let shape = Shape { parents, tags: &[("v1.0.0", 0), ("v1.1.0", 1), ("v1.0.1", 2)] };
    shape.check((3, None), "v1.0.1: 3");
    shape.check((4, None), "v1.1.0: 4");
    // Merged back: v1.1.0 lacked the fixes, so its successor lists them.
    shape.check((5, None), "v1.1.0: 2 3 4 5");
}

#[test]
fn a_tag_that_the_head_does_not_reach_is_no_release_before_it() {
    let shape = Shape {
        parents: &[&[], &[0], &[0], &[1]],
        tags: &[("v1.0.0", 0), ("v9.0.0", 2), ("nightly", 1), ("v2", 1)],
    };
    shape.check((3, None), "v1.0.0: 1 3");
}

#[test]
fn the_first_release_has_everything() {
    Shape { parents: &[&[], &[0], &[1]], tags: &[] }.check((2, None), "none: 0 1 2");
    // Two histories that were joined, and a tag on a commit that this clone lacks.
    let shape = Shape { parents: &[&[], &[], &[0, 1]], tags: &[("v1.0.0", 7)] };
    shape.check((2, None), "none: 0 1 2");
}

#[test]
fn a_final_release_has_what_all_its_candidates_had() {
    let tags = &[("v1.0.0", 0), ("v1.1.0-beta.1", 1), ("v1.1.0-rc.1", 2)];
    let shape = Shape { parents: &[&[], &[0], &[1], &[2]], tags };
    shape.check((3, None), "v1.0.0: 1 2 3");
    shape.check((3, Some("rc")), "v1.1.0-rc.1: 3");
    shape.check((3, Some("beta")), "v1.1.0-beta.1: 2 3");
    shape.check((3, Some("alpha")), "v1.0.0: 1 2 3");
}
