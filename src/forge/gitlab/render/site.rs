//! Where GitLab's pages for people are, and their addresses. How a link to them looks in a text is `dialect`'s.

use std::fmt;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use url::Url;

use crate::domain::id::{ProjectPath, TagName};
use crate::domain::place::Thread;
use crate::domain::say::Revision;

/// What stands in an address as it is; a slash is part of a tag's name there.
const KEPT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~').remove(b'/');
/// A release's page takes the tag as one segment.
const SEGMENT: &AsciiSet = &KEPT.add(b'/');

/// The pages of one GitLab.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::forge::gitlab) struct Site {
    /// The root of the instance, without a slash at its end.
    root: String,
}

impl Site {
    /// The pages of the instance at this root, which may be a sub-path.
    pub(in crate::forge::gitlab) fn of_instance(base: &Url) -> Self {
        Self { root: base.as_str().trim_end_matches('/').to_owned() }
    }

    /// A note's page.
    pub(in crate::forge::gitlab) fn note(&self, project: &ProjectPath, thread: Thread, note: u64) -> String {
        let (place, number) = match thread {
            Thread::Change(change) => ("merge_requests", change.0),
            Thread::Issue(issue) => ("issues", issue),
        };
        self.of(project, format_args!("{place}/{number}#note_{note}"))
    }

    /// A release's page.
    pub(in crate::forge::gitlab) fn release(&self, project: &ProjectPath, tag: &TagName) -> String {
        self.of(project, format_args!("releases/{}", utf8_percent_encode(tag.as_str(), SEGMENT)))
    }

    /// The page that lists the environments.
    pub(in crate::forge::gitlab) fn environments(&self, project: &ProjectPath) -> String {
        self.of(project, format_args!("environments"))
    }

    /// A job's page.
    pub(in crate::forge::gitlab) fn job(&self, project: &ProjectPath, number: u64) -> String {
        self.of(project, format_args!("jobs/{number}"))
    }

    /// A commit's page.
    pub(super) fn commit(&self, project: &ProjectPath, commit: impl fmt::Display) -> String {
        self.of(project, format_args!("commit/{commit}"))
    }

    /// The page that compares two points of the history.
    pub(super) fn compare(&self, project: &ProjectPath, from: &Revision, to: &Revision) -> String {
        self.of(project, format_args!("compare/{}...{}", encoded(from.as_str()), encoded(to.as_str())))
    }

    /// All pages of a project stand below `/-/`, so that no name of a project can be taken for one.
    fn of(&self, project: &ProjectPath, page: impl fmt::Display) -> String {
        format!("{}/{}/-/{page}", self.root, encoded(project.as_str()))
    }
}

fn encoded(path: &str) -> impl fmt::Display {
    utf8_percent_encode(path, KEPT)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_stand_below_the_instance_wherever_that_is() {
        let project = ProjectPath::parse("acme/shop/web").unwrap();
        for (base, root) in [
            ("https://gitlab.com/", "https://gitlab.com"),
            ("https://host.example/git/lab", "https://host.example/git/lab"),
        ] {
            let site = Site::of_instance(&base.parse().unwrap());
            let page = site.note(&project, Thread::Issue(4), 9);
            assert_eq!(page, format!("{root}/acme/shop/web/-/issues/4#note_9"));
        }
    }

    #[test]
    fn a_tag_of_any_name_stays_inside_its_address() {
        let site = Site::of_instance(&"https://gitlab.com".parse().unwrap());
        let project = ProjectPath::parse("acme/web").unwrap();
        let tag = |name: &str| TagName::parse(name).unwrap();
        let address = site.compare(&project, &Revision::Tag(tag("rel/v1#)")), &Revision::Tag(tag("v2")));
        assert_eq!(address, "https://gitlab.com/acme/web/-/compare/rel/v1%23%29...v2");
        let page = site.release(&project, &tag("rel/v1#"));
        assert_eq!(page, "https://gitlab.com/acme/web/-/releases/rel%2Fv1%23");
    }
}
