//! The answer to `cut`: what is refused, what is asked back, and what is frozen. The way from there on is `domain::cut`'s.

use jiff::SignedDuration;

use super::plan::{Source, source, standing_on};
use crate::domain::asked::Asked;
use crate::domain::command::{Command, CommitPrefix, WrittenVersion};
use crate::domain::cut::{contents, step_key};
use crate::domain::decision::Decision;
use crate::domain::effect::{Effect, Subject};
use crate::domain::event::{Cut, Event};
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
    let open = standing_on(asked);
    let head = commit(asked, wanted.commit);
    let source = match wanted.commit {
        Some(_) => Some(Ok(Source::default())),
        None => source(asked),
    };
    let (open, head, source) = (open?, head?, source?);
    if let Some(change) = open {
        return Some(asked.refuse("cut", "E_NOT_MERGED", say::cut::not_merged(change.number)));
    }
    let source = match source {
        Ok(source) => source,
        Err(obstacle) => return Some(stopped(asked, &obstacle)),
    };
    let head = match head {
        Ok(head) => head.or(source.head),
        Err(refusal) => return Some(*refusal),
    };
    let version: Option<Version> = wanted.version.and_then(|version| version.as_str().parse().ok());
    let astray = branch(asked, head.as_ref());
    let target = Target {
        head,
        branch: source.branch.or_else(|| astray.as_ref()?.as_ref().ok().cloned().flatten()),
        wish: version.clone().map_or(Wish::Next, Wish::Exactly),
        channel: wanted.pre.cloned(),
        with: None,
        // A tag of that version that is there on the same commit is adopted: it is no release before this one.
        without: version.map(Unseen::Version),
        with_people: true,
    };
    // Asked beside the rest, so that one round of questions serves.
    let starts =
        asked.moment.facts.tag_starts(target.head.clone().unwrap_or_else(|| asked.policy.revision.clone()));
    let outlook = look(&asked.ground(), target);
    if let Err(refusal) = astray? {
        return Some(*refusal);
    }
    let outlook = match outlook? {
        Ok(outlook) => outlook,
        Err(obstacle) => return Some(stopped(asked, &obstacle)),
    };
    let cut = match freeze(asked, &outlook, &component) {
        Ok(cut) => cut,
        Err(refusal) => return Some(*refusal),
    };
    let starts = starts?;
    if let Some(question) = question(asked, &component, wanted, &cut, starts.found) {
        return Some(question);
    }
    Some(begin(asked, &Ready { component: component_name, cut, outlook }))
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
            return Some(Err(Box::new(stopped(asked, &obstacle))));
        }
    };
    Some(Ok(Some(commit)))
}

/// The branch of the commit, `None` for the default one, on which is the newest of all; a refusal where it is on no branch
/// that releases come from (S15).
fn branch(asked: &Asked<'_>, commit: Option<&CommitId>) -> Option<Result<Option<BranchName>, Box<Decision>>> {
    let Some(commit) = commit else { return Some(Ok(None)) };
    let belongs = BranchAsked { commit: commit.clone(), listed: asked.rules.branches.clone() };
    Some(match asked.moment.facts.branch_of(belongs)?.found {
        Found::Known(branch) => Ok(Some(branch.clone()).filter(|branch| *branch != asked.policy.branch)),
        Found::Absent => {
            let text = say::cut::not_on_branch(commit, &asked.policy.branch);
            Err(Box::new(asked.refuse("cut", "E_NOT_ON_BRANCH", text)))
        }
        Found::Unknown(why) => {
            let obstacle = Obstacle::Unreadable { what: "which branch that commit is on", why };
            Err(Box::new(stopped(asked, &obstacle)))
        }
    })
}

fn stopped(asked: &Asked<'_>, obstacle: &Obstacle) -> Decision {
    asked.refuse("cut", say::refusal::obstacle_code(obstacle), say::refusal::obstacle(obstacle))
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

/// Freezes the release and orders the tag; what follows is ordered when the tag is there.
fn begin(asked: &Asked<'_>, ready: &Ready<'_>) -> Decision {
    let Ready { component, cut, outlook } = ready;
    let plan = &outlook.plan;
    let carriers = asked.moment.state.component(component).all_carriers();
    let quiet = (asked.project.joined_at, &carriers);
    let recorded = contents::started(component, (cut, plan), Some(asked.comment.at.clone()), quiet);
    let effect = Effect::CreateTag {
        tag: cut.tag.clone(),
        commit: cut.commit.clone(),
        message: say::notes::tag_message(cut),
    };
    asked.acknowledge().record(recorded).order(
        asked.moment.key(step_key(component, "tag", cut, &asked.comment.at)),
        Subject::release(component, &cut.tag),
        effect,
    )
}
