//! The answer to `cut`: what is refused, what is asked back, and what is frozen. The way from there on is `domain::cut`'s.

use jiff::SignedDuration;

use super::line::{self, Way};
use super::plan::{Source, source, standing_on, stopped};
use crate::domain::asked::Asked;
use crate::domain::command::{Command, CommitPrefix, WrittenVersion};
use crate::domain::cut::{Making, contents, first_order, line_opened, step_key};
use crate::domain::decision::Decision;
use crate::domain::effect::Subject;
use crate::domain::event::{Cut, Event, OfLine};
use crate::domain::id::{BranchName, CommitId, ComponentName};
use crate::domain::outlook::{Obstacle, Outlook, Target, Unseen, look};
use crate::domain::place::CommentKind;
use crate::domain::plan::{Flag, Wish};
use crate::domain::policy::CutMode;
use crate::domain::query::{BranchAsked, Found, Triggered};
use crate::domain::say::{self, Text};
use crate::domain::state::Component;
use crate::domain::version::{Channel, Version};

/// How long the first cut's question may be answered by the same command.
const QUESTION_STANDS: SignedDuration = SignedDuration::from_hours(24);

/// What a `cut` asks for.
#[derive(Debug, Clone, Copy)]
pub struct Wanted<'a> {
    /// This version.
    pub version: Option<&'a WrittenVersion>,
    /// This commit.
    pub commit: Option<&'a CommitPrefix>,
    /// A pre-release of this channel.
    pub pre: Option<&'a Channel>,
    /// This component, where it was named.
    pub component: Option<&'a ComponentName>,
}

impl Wanted<'_> {
    /// The line that asks for the same, without what else its comment says.
    fn line(self) -> String {
        let Self { version, commit, pre, component } = self;
        let component = component.cloned();
        Command::Cut { version: version.cloned(), commit: commit.cloned(), pre: pre.cloned(), component }
            .to_string()
    }
}

/// A release that may be cut, with everything that will be frozen.
struct Ready<'a> {
    component: ComponentName,
    cut: Cut,
    outlook: Outlook<'a>,
    way: Way,
}

/// Answers `cut`. `None`: facts are missing.
pub fn cut(asked: &Asked<'_>, wanted: Wanted<'_>) -> Option<Decision> {
    let component_name = asked.rules.versioning.component.clone();
    let component = asked.moment.state.component(&component_name);
    if let Some(cutting) = &component.cutting {
        return Some(asked.refuse("cut", "E_BUSY", say::cut::busy(&cutting.cut)));
    }
    let carrier = component.drafting.as_ref().and_then(|drafting| drafting.change.as_ref());
    if let (CutMode::PullRequest, Some(change), None) = (asked.rules.cut, carrier, wanted.version) {
        return Some(asked.refuse("cut", "E_BY_MERGE", say::proposal::by_merge(change)));
    }
    let start = match start(asked, wanted)? {
        Ok(start) => start,
        Err(refusal) => return Some(*refusal),
    };
    let Start { head, way, .. } = &start;
    let line = way.source.branch.as_ref().filter(|_| asked.rules.cut == CutMode::Branch);
    let (astray, on_line) =
        (branch(asked, head.as_ref(), line), line::on_line(asked, (wanted, way), head.as_ref()));
    let elsewhere = astray.as_ref().and_then(|found| found.as_ref().ok().cloned().flatten());
    // Asked beside the rest, so that one round of questions serves.
    let starts = asked.moment.facts.tag_starts(head.clone().unwrap_or_else(|| asked.policy.revision.clone()));
    let outlook = outlook(asked, &start, elsewhere);
    if let Err(refusal) = on_line?.and(astray?) {
        return Some(*refusal);
    }
    let outlook = match outlook? {
        Ok(outlook) => outlook,
        Err(obstacle) => return Some(stopped(asked, "cut", &obstacle)),
    };
    if let (None, Some(branch)) = (&outlook.plan.version, line) {
        return Some(asked.refuse("cut", "E_NOTHING", say::line::nothing(&outlook.plan, branch)));
    }
    let mut cut = match freeze(asked, &outlook, &component) {
        Ok(cut) => cut,
        Err(refusal) => return Some(*refusal),
    };
    let (of_line, starts) = (line::of(asked, (way, &cut)), starts?);
    cut.line = match of_line? {
        Ok(line) => line,
        Err(refusal) => return Some(*refusal),
    };
    if let Some(question) = question(asked, &component, wanted, &cut, starts.found) {
        return Some(question);
    }
    Some(begin(asked, &Ready { component: component_name, cut, outlook, way: start.way }))
}

/// Where a cut begins, as far as its words and its place tell.
struct Start {
    head: Option<CommitId>,
    way: Way,
    version: Option<Version>,
}

/// What a cut needs before a plan can be made; a refusal where it stands in the way. `None`: facts are missing; all are asked for at once.
fn start(asked: &Asked<'_>, wanted: Wanted<'_>) -> Option<Result<Start, Box<Decision>>> {
    let open = standing_on(asked);
    let head = commit(asked, wanted.commit);
    let source = match wanted.commit {
        Some(_) => Some(Ok(Source::default())),
        None => source(asked),
    };
    let (open, head, source) = (open?, head?, source?);
    if let Some(change) = open {
        return Some(Err(Box::new(asked.refuse("cut", "E_NOT_MERGED", say::cut::not_merged(change.number)))));
    }
    let source = match source {
        Ok(source) => source,
        Err(obstacle) => return Some(Err(Box::new(stopped(asked, "cut", &obstacle)))),
    };
    let version: Option<Version> = wanted.version.and_then(|version| version.as_str().parse().ok());
    let way = match line::way(asked, (wanted, version.as_ref()), source)? {
        Ok(way) => way,
        Err(refusal) => return Some(Err(refusal)),
    };
    Some(head.map(|head| Start { head: head.or_else(|| way.source.head.clone()), way, version }))
}

/// The plan of what is cut. `None`: facts are missing.
fn outlook<'a>(
    asked: &Asked<'a>,
    Start { head, way, version }: &Start,
    elsewhere: Option<BranchName>,
) -> Option<Result<Outlook<'a>, Obstacle>> {
    let target = Target {
        head: head.clone(),
        branch: way.source.branch.clone().or(elsewhere),
        wish: version.clone().map_or(Wish::Next, Wish::Exactly),
        channel: way.channel.clone(),
        with: None,
        // A tag of that version that is there on the same commit is adopted: it is no release before this one.
        without: version.clone().map(Unseen::Version),
        begins_line: way.begins_line,
        with_people: true,
    };
    look(&asked.ground(), target)
}

/// The commit that was asked for; a refusal where there is none of that name.
fn commit(
    asked: &Asked<'_>,
    wanted: Option<&CommitPrefix>,
) -> Option<Result<Option<CommitId>, Box<Decision>>> {
    let Some(prefix) = wanted else { return Some(Ok(None)) };
    if let (CommentKind::Merge, Ok(commit)) = (asked.comment.at.kind, CommitId::parse(prefix.as_str())) {
        // The forge itself has just named it.
        return Some(Ok(Some(commit)));
    }
    let commit = match asked.moment.facts.commit(prefix.to_string())?.found {
        Found::Known(commit) => commit.clone(),
        Found::Absent => {
            let text = say::cut::no_such_commit(prefix.as_str());
            return Some(Err(Box::new(asked.refuse("cut", "E_COMMIT", text))));
        }
        Found::Unknown(why) => {
            let obstacle = Obstacle::Unreadable { what: "that commit", why };
            return Some(Err(Box::new(stopped(asked, "cut", &obstacle))));
        }
    };
    Some(Ok(Some(commit)))
}

/// The branch of the commit, `None` for the default one, on which is the newest of all; a refusal where it is on no branch
/// that releases come from (S15), with what to do where it is one of a line.
fn branch(
    asked: &Asked<'_>,
    commit: Option<&CommitId>,
    line: Option<&BranchName>,
) -> Option<Result<Option<BranchName>, Box<Decision>>> {
    let Some(commit) = commit else { return Some(Ok(None)) };
    let belongs = BranchAsked { commit: commit.clone(), listed: asked.rules.branches.clone() };
    Some(match asked.moment.facts.branch_of(belongs)?.found {
        Found::Known(branch) => Ok(Some(branch.clone()).filter(|branch| *branch != asked.policy.branch)),
        Found::Absent => {
            let text = match line {
                Some(line) => say::line::unprotected(commit, line),
                None => say::cut::not_on_branch(commit, &asked.policy.branch),
            };
            Err(Box::new(asked.refuse("cut", "E_NOT_ON_BRANCH", text)))
        }
        Found::Unknown(why) => {
            let obstacle = Obstacle::Unreadable { what: "which branch that commit is on", why };
            Err(Box::new(stopped(asked, "cut", &obstacle)))
        }
    })
}

/// The release as it would be frozen; a refusal where something stands in the way.
fn freeze(asked: &Asked<'_>, outlook: &Outlook<'_>, component: &Component) -> Result<Cut, Box<Decision>> {
    let plan = &outlook.plan;
    let refuse = |code: &str, text: Text| Err(Box::new(asked.refuse("cut", code, text)));
    let Some(version) = plan.version.clone() else { return refuse("E_NOTHING", say::cut::nothing(plan)) };
    let Some(tag) = plan.tag.clone() else {
        return refuse("E_TAG", say::cut::no_such_tag(&version, &outlook.naming.pattern));
    };
    if let Some((flag, code)) = plan.flags.iter().find_map(|flag| Some((flag, misnamed(flag)?))) {
        return refuse(code, say::cut::misnamed(flag, plan, code));
    }
    if let Some(mark) =
        component.releases.iter().find(|mark| mark.version == version && mark.release.is_some())
    {
        return refuse("E_ALREADY_CUT", say::cut::already_cut(mark));
    }
    if let Some(taken) = outlook.tags.iter().find(|known| known.name == tag && known.commit != plan.head) {
        return refuse("E_TAG_TAKEN", say::cut::tag_taken(&tag, Some(&taken.commit), &plan.head));
    }
    if plan.flags.contains(&Flag::NotAbovePrevious) {
        return refuse("E_VERSION", say::cut::not_above(&version, plan.previous.as_ref()));
    }
    Ok(Cut {
        latest: asked.rules.stands_for_the_project() && contents::is_latest(&version, outlook),
        previous: plan.previous.as_ref().map(|released| released.version.clone()),
        bump: plan.bump,
        commit: plan.head.clone(),
        version,
        tag,
        line: None,
    })
}

/// The code of what is wrong with the version as a name.
fn misnamed(flag: &Flag) -> Option<&'static str> {
    match flag {
        Flag::OutsideSeries { .. } => Some("E_SERIES"),
        Flag::OtherScheme { .. } => Some("E_VERSION"),
        Flag::OtherMilestone { .. }
        | Flag::Uncategorised { .. }
        | Flag::BreakingStays { .. }
        | Flag::UnknownPaths { .. }
        | Flag::StillOpen { .. }
        | Flag::VersionTaken
        | Flag::NotAbovePrevious
        | Flag::NoSuchTag
        | Flag::Lowered { .. }
        | Flag::BeginsLine
        | Flag::TemplateFails { .. } => None,
    }
}

/// The first cut of a project names what the tag would start, and does nothing else; the same command again is the yes.
fn question(
    asked: &Asked<'_>,
    component: &Component,
    wanted: Wanted<'_>,
    cut: &Cut,
    starts: Found<&Vec<Triggered>>,
) -> Option<Decision> {
    if component.has_cut {
        return None;
    }
    let starts = match starts {
        Found::Known(starts) if starts.is_empty() => return None,
        Found::Absent => return None,
        Found::Known(starts) => Ok(starts.as_slice()),
        Found::Unknown(why) => Err(why),
    };
    let now = asked.moment.now;
    let answered = component.question.as_ref().is_some_and(|question| {
        question.version == cut.version && question.commit == cut.commit && now < question.until
    });
    if answered {
        return None;
    }
    let until = now + QUESTION_STANDS;
    let event = Event::FirstCutQuestioned {
        component: asked.rules.versioning.component.clone(),
        version: cut.version.clone(),
        commit: cut.commit.clone(),
        until,
    };
    Some(asked.answer(say::cut::question(cut, starts, until, &wanted.line())).record(event))
}

/// Freezes the release and orders the tag, or the branch of its line first; what follows is ordered when that is there.
fn begin(asked: &Asked<'_>, ready: &Ready<'_>) -> Decision {
    let Ready { component, cut, outlook, way } = ready;
    let carriers = asked.moment.state.component(component).all_carriers();
    let quiet = (asked.project.joined_at, &carriers);
    let place = Some(asked.comment.at.clone());
    let recorded = contents::started(component, (cut, &outlook.plan), place, quiet);
    let decision = lines_moved(component, (cut, way), asked.acknowledge()).record(recorded);
    let (step, effect) = first_order(cut);
    decision.order(
        asked.moment.key(step_key(component, step, cut, &asked.comment.at)),
        Subject::release(component, &cut.tag),
        effect,
    )
}

/// A line whose branch is gone is over; one whose branch people have made is open with its first candidate.
fn lines_moved(component: &ComponentName, (cut, way): (&Cut, &Way), decision: Decision) -> Decision {
    let dropped = way.dropped.clone();
    let dropped = dropped.map(|branch| Event::LineDropped { component: component.clone(), branch });
    let opened = match (&cut.line, way.begins_line) {
        (Some(OfLine::Continues(branch)), true) => {
            Some(line_opened(component, cut, (branch, Making::Theirs)))
        }
        (Some(OfLine::Continues(_) | OfLine::Begins(_)) | None, _) => None,
    };
    dropped.into_iter().chain(opened).fold(decision, Decision::record)
}
