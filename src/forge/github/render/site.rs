//! Where GitHub's pages for people are, beside its API, and their addresses. How a link to them looks in a text is `dialect`'s.

use std::fmt;

use http::Uri;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::domain::id::ProjectPath;
use crate::domain::say::Revision;

/// What stands in an address as it is; a slash is part of a tag's name there.
const KEPT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~').remove(b'/');

/// The pages of one GitHub.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::forge::github) struct Site {
    /// Scheme and host.
    origin: String,
    pub(super) listing: Listing,
}

/// How a pull request can stand in a list without being told that it was mentioned (invariant 13; decision 0010).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Listing {
    /// By a link through GitHub's own redirector, which is there for this.
    Redirector,
    /// By an ordinary link: this machine alone is no GitHub that tells anybody.
    Link,
    /// By its number as code: such a server has no redirector, and an ordinary link would tell.
    Code,
}

impl Site {
    /// The pages that belong to an API: `https://api.HOST` has them at `https://HOST`, an Enterprise Server's
    /// `https://HOST/api/v3` at `https://HOST`, and so has every other address at its own root.
    pub(in crate::forge::github) fn of_api(api: &Uri) -> Self {
        let authority = api.authority().map(ToString::to_string).unwrap_or_default();
        let host = match authority.strip_prefix("api.") {
            Some(host) if host == "github.com" || host.ends_with(".ghe.com") => host,
            _ => &authority,
        };
        let is_here = matches!(api.host(), Some("127.0.0.1" | "localhost" | "[::1]"));
        let listing = match host {
            "github.com" => Listing::Redirector,
            _ if is_here => Listing::Link,
            _ => Listing::Code,
        };
        Self { origin: format!("{}://{host}", api.scheme_str().unwrap_or("https")), listing }
    }

    /// A commit's page.
    pub(super) fn commit(&self, project: &ProjectPath, commit: impl fmt::Display) -> String {
        format!("{}/{}/commit/{commit}", self.origin, encoded(project.as_str()))
    }

    /// The page that lists the deployments to an environment, as GitHub's API itself names it.
    pub(in crate::forge::github) fn deployments(&self, project: &ProjectPath, environment: &str) -> String {
        let environment = encoded(environment);
        let project = encoded(project.as_str());
        format!("{}/{project}/deployments/activity_log?environments_filter={environment}", self.origin)
    }

    /// The page that compares two points of the history.
    pub(super) fn compare(&self, project: &ProjectPath, from: &Revision, to: &Revision) -> String {
        let (from, to) = (encoded(from.as_str()), encoded(to.as_str()));
        format!("{}/{}/compare/{from}...{to}", self.origin, encoded(project.as_str()))
    }

    /// The page of a pull request or issue (`place`: `pull`, `issues`), for a list.
    pub(super) fn listed(&self, project: &ProjectPath, place: &str, number: u64) -> Option<String> {
        let origin = match self.listing {
            Listing::Redirector => "https://redirect.github.com",
            Listing::Link => &self.origin,
            Listing::Code => return None,
        };
        Some(format!("{origin}/{}/{place}/{number}", encoded(project.as_str())))
    }
}

fn encoded(path: &str) -> impl fmt::Display {
    utf8_percent_encode(path, KEPT)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::id::TagName;

    #[test]
    fn the_pages_stand_beside_the_api() {
        for (api, origin, listing) in [
            ("https://api.github.com/", "https://github.com", Listing::Redirector),
            ("https://ghe.acme.example/api/v3", "https://ghe.acme.example", Listing::Code),
            ("https://api.acme.example:8443/api/v3", "https://api.acme.example:8443", Listing::Code),
            ("https://api.acme.ghe.com", "https://acme.ghe.com", Listing::Code),
            ("http://127.0.0.1:4000/api/v3", "http://127.0.0.1:4000", Listing::Link),
        ] {
            let site = Site::of_api(&api.parse().unwrap());
            assert_eq!((site.origin.as_str(), site.listing), (origin, listing), "{api}");
        }
    }

    #[test]
    fn a_tag_of_any_name_stays_inside_its_address() {
        let site = Site::of_api(&Uri::from_static("https://api.github.com"));
        let tag = |name: &str| Revision::Tag(TagName::parse(name).unwrap());
        let address = site.compare(&ProjectPath::parse("acme/web").unwrap(), &tag("rel/v1#)"), &tag("v2"));
        assert_eq!(address, "https://github.com/acme/web/compare/rel/v1%23%29...v2");
    }
}
