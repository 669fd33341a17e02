//! `cut: branch`: from where a cut is made, and which line it begins or continues. How its branch comes to be is `domain::cut`'s business, what is on a line `domain::line`'s.

use super::cut::Wanted;
use super::plan::{Source, stopped};
use crate::domain::asked::Asked;
use crate::domain::decision::Decision;
use crate::domain::event::{Cut, OfLine};
use crate::domain::id::{BranchName, CommitId};
use crate::domain::line;
use crate::domain::outlook::Obstacle;
use crate::domain::policy::CutMode;
use crate::domain::query::{Found, Holding};
use crate::domain::say;
use crate::domain::state::{Component, Line};
use crate::domain::version::{Channel, Version};

/// From where a cut is made.
#[derive(Debug, Default)]
pub(super) struct Way {
    /// The commit and the branch; the commit that was asked for counts before.
    pub(super) source: Source,
    /// The channel, for a candidate.
    pub(super) channel: Option<Channel>,
    /// Whether it shall begin a line.
    pub(super) begins_line: bool,
    /// A line whose branch is gone.
    pub(super) dropped: Option<BranchName>,
}

/// The way of a cut that stands where `source` tells; a refusal where no line is meant. `None`: facts are missing.
pub(super) fn way(
    asked: &Asked<'_>,
    (wanted, version): (Wanted<'_>, Option<&Version>),
    source: Source,
) -> Option<Result<Way, Box<Decision>>> {
    let channel = wanted.pre.cloned();
    if asked.rules.cut != CutMode::Branch {
        return Some(Ok(Way { source, channel, ..Way::default() }));
    }
    let named =
        channel.or_else(|| version.and_then(Version::channel).and_then(|pre| Channel::parse(pre).ok()));
    let component = asked.moment.state.component(&asked.rules.versioning.component);
    let choice = Choice { asked, wanted, version, named, component: &component };
    if let Some(branch) = &source.branch {
        let is_open = component.is_open_on(branch);
        let channel = if is_open { choice.candidate() } else { choice.named };
        return Some(Ok(Way { source, channel, ..Way::default() }));
    }
    choice.of_a_line()
}

/// What may be meant by a cut that stands on no branch of a line.
struct Choice<'a> {
    asked: &'a Asked<'a>,
    wanted: Wanted<'a>,
    version: Option<&'a Version>,
    /// The channel that was named, by itself or by the version.
    named: Option<Channel>,
    component: &'a Component,
}

impl Choice<'_> {
    /// The channel of what is cut from an open line: a candidate's, unless a final version is named.
    fn candidate(&self) -> Option<Channel> {
        self.named.clone().or_else(|| self.version.is_none().then(line::candidate))
    }

    fn of_a_line(self) -> Option<Result<Way, Box<Decision>>> {
        if let (Some(_), None, Some(_)) = (self.version, &self.named, self.wanted.commit) {
            // Who names version and commit has said it all: a hotfix, or a release that stopped on its way.
            return Some(Ok(Way::default()));
        }
        let open = self.component.open_line();
        let meant = match self.version {
            Some(version) => self.component.lines.iter().find(|line| line.holds(version)),
            None => open,
        };
        let (open_head, head) = (self.head(open), self.head(meant));
        let (open_head, head) = (open_head?, head?);
        Some(match (meant, head) {
            (Some(_), Found::Unknown(why)) => Err(unreadable(self.asked, why)),
            (Some(line), Found::Known(head)) => {
                let head = Some(head).filter(|_| self.wanted.commit.is_none());
                let source = Source { head, branch: Some(line.branch.clone()) };
                Ok(Way { source, channel: self.candidate(), ..Way::default() })
            }
            (meant, _) => self.of_a_new_line(meant, open.filter(|_| !matches!(open_head, Found::Absent))),
        })
    }

    /// The newest commit of a line's branch; absent: there is no line. `None`: facts are missing.
    fn head(&self, line: Option<&Line>) -> Option<Found<CommitId>> {
        let Some(line) = line else { return Some(Found::Absent) };
        Some(match self.asked.moment.facts.branch_head(line.branch.clone())?.found {
            Found::Known(head) => Found::Known(head.clone()),
            Found::Absent => Found::Absent,
            Found::Unknown(why) => Found::Unknown(why),
        })
    }

    fn of_a_new_line(self, gone: Option<&Line>, open: Option<&Line>) -> Result<Way, Box<Decision>> {
        let refuse = |code: &str, text| Err(Box::new(self.asked.refuse("cut", code, text)));
        match (self.version, &self.named, open) {
            (Some(version), None, _) => {
                let branch = line::branch(&self.asked.rules.versioning, version);
                refuse("E_NO_LINE", say::line::none(version, &branch))
            }
            (_, _, Some(open)) => refuse("E_LINE_OPEN", say::line::another_is_open(open, self.component)),
            (_, _, None) => Ok(Way {
                source: Source::default(),
                channel: self.named.or_else(|| Some(line::candidate())),
                begins_line: true,
                dropped: gone.or(self.component.open_line()).map(|line| line.branch.clone()),
            }),
        }
    }
}

fn unreadable(asked: &Asked<'_>, why: String) -> Box<Decision> {
    Box::new(stopped(asked, "cut", &Obstacle::Unreadable { what: "the branches", why }))
}

/// A refusal where the commit that was asked for is not on the line that is meant, or nobody can say. `None`: facts are missing.
pub(super) fn on_line(
    asked: &Asked<'_>,
    (wanted, way): (Wanted<'_>, &Way),
    commit: Option<&CommitId>,
) -> Option<Result<(), Box<Decision>>> {
    let (Some(_), Some(commit), Some(branch)) = (wanted.commit, commit, &way.source.branch) else {
        return Some(Ok(()));
    };
    if asked.rules.cut != CutMode::Branch {
        return Some(Ok(()));
    }
    let holding = Holding { branch: branch.clone(), commit: commit.clone() };
    Some(match asked.moment.facts.holds(holding)?.found {
        Found::Known(true) => Ok(()),
        Found::Known(false) | Found::Absent => {
            let text = say::line::not_on_it(commit, branch);
            Err(Box::new(asked.refuse("cut", "E_NOT_ON_BRANCH", text)))
        }
        Found::Unknown(why) => Err(unreadable(asked, why)),
    })
}

/// The line of a candidate; a refusal where its branch is there with something else. `None`: facts are missing.
pub(super) fn of(
    asked: &Asked<'_>,
    (way, cut): (&Way, &Cut),
) -> Option<Result<Option<OfLine>, Box<Decision>>> {
    if !way.begins_line {
        let is_candidate = asked.rules.cut == CutMode::Branch && cut.version.is_prerelease();
        let branch = way.source.branch.clone().filter(|_| is_candidate);
        return Some(Ok(branch.map(OfLine::Continues)));
    }
    let branch = line::branch(&asked.rules.versioning, &cut.version);
    let holding = Holding { branch: branch.clone(), commit: cut.commit.clone() };
    Some(match asked.moment.facts.holds(holding)?.found {
        Found::Absent => Ok(Some(OfLine::Begins(branch))),
        Found::Known(true) => Ok(Some(OfLine::Continues(branch))),
        Found::Known(false) => {
            let text = say::line::taken(&branch, cut);
            Err(Box::new(asked.refuse("cut", "E_BRANCH_TAKEN", text)))
        }
        Found::Unknown(why) => Err(unreadable(asked, why)),
    })
}
