//! What becomes of a project as a whole: joined, moved, archived, left, its policy broken or mended. No command is answered here.

use std::collections::BTreeMap;

use crate::domain::decision::{Decision, Moment, Tell};
use crate::domain::effect::{Effect, Subject};
use crate::domain::event::{Event, Recorded};
use crate::domain::id::{BranchName, CommitId, Lane, ProjectId};
use crate::domain::place::Thread;
use crate::domain::policy::Policy;
use crate::domain::policy::label::Upkeep;
use crate::domain::query::{Found, Newest};
use crate::domain::signal::{InstallationChange, InstallationTouched, ProjectSeen, Signal};
use crate::domain::state::{Project, Service};
use crate::domain::{say, upkeep};

/// The events that follow from what a delivery says in passing: a project unknown so far joins, a known one may have moved.
pub(super) fn noticed(moment: &Moment<'_>) -> Vec<Recorded> {
    let told = if let Signal::Joined(seen) = moment.signal { Some(seen) } else { None };
    let Some(seen) = told.or(moment.seen) else { return vec![] };
    match &moment.state.project {
        None => vec![joined(moment, seen)],
        Some(known) if known.service == Service::Active => moved(known, seen).into_iter().collect(),
        // Only the installation's own word brings back what it took away.
        Some(_) => told.map(|seen| joined(moment, seen)).into_iter().collect(),
    }
}

fn joined(moment: &Moment<'_>, seen: &ProjectSeen) -> Recorded {
    Event::ProjectJoined {
        project: seen.id.clone(),
        path: seen.path.clone(),
        installation: seen.installation.clone(),
        incarnation: moment.incarnation().clone(),
        default_branch: seen.default_branch.clone(),
        public: seen.public,
    }
    .into()
}

fn moved(known: &Project, seen: &ProjectSeen) -> Option<Recorded> {
    let installation = seen.installation.clone().or_else(|| known.installation.clone());
    let default_branch = seen.default_branch.clone().or_else(|| known.default_branch.clone());
    let public = seen.public.or(known.public);
    let same = known.path == seen.path
        && known.installation == installation
        && known.default_branch == default_branch
        && known.public == public;
    (!same).then(|| {
        Event::ProjectChanged { path: seen.path.clone(), installation, default_branch, public }.into()
    })
}

/// Why nothing is done for the project, where nothing is.
pub(super) fn not_served(moment: &Moment<'_>) -> Option<&'static str> {
    match &moment.state.project {
        None => Some("nothing is known of this project yet"),
        Some(known) if known.archived => Some("the project is archived"),
        Some(Project { service: Service::Suspended | Service::Ended, .. }) => {
            Some("the project is not ours to serve")
        }
        Some(Project { service: Service::Active, .. }) => None,
    }
}

/// The project was archived, or opened again.
pub(super) fn archived(moment: &Moment<'_>, archived: bool) -> Decision {
    if moment.state.project.as_ref().is_some_and(|known| known.archived != archived) {
        return Decision::default().record(Event::ProjectArchived { archived });
    }
    Decision::ignored("already known")
}

/// The project is no longer ours to serve.
pub(super) fn left(moment: &Moment<'_>, suspended: bool) -> Decision {
    if moment.state.project.as_ref().is_some_and(|known| known.service == Service::Active) {
        return Decision::default().record(Event::ProjectLeft { suspended });
    }
    Decision::ignored("not ours to serve already")
}

/// Lanes speak only by signals: each project hears what became of its installation.
pub(super) fn spread(moment: &Moment<'_>, touched: &InstallationTouched) -> Decision {
    let at_ms = moment.now.as_millisecond();
    let tell = |project: &ProjectId, word: &str, signal: Signal| Tell {
        lane: Lane::Project(project.clone()),
        key: format!("{}:{word}:{project}:{at_ms}", touched.installation),
        signal,
    };
    let suspended = touched.change == InstallationChange::Suspended;
    let left = touched.left.iter().map(|project| tell(project, "left", Signal::Left { suspended }));
    let joined = touched.joined.iter().map(|seen| tell(&seen.id, "joined", Signal::Joined(seen.clone())));
    Decision { tells: left.chain(joined).collect(), ..Decision::default() }
}

/// What a push told of its commits is kept where releases come from; elsewhere most of them never ship.
pub(super) fn worth_keeping(
    moment: &Moment<'_>,
    branch: &BranchName,
    touched: &BTreeMap<CommitId, Vec<String>>,
) -> BTreeMap<CommitId, Vec<String>> {
    let default = moment.state.project.as_ref().and_then(|known| known.default_branch.as_ref());
    if default == Some(branch) { touched.clone() } else { BTreeMap::new() }
}

/// Invariant 11: a broken policy is told on what broke it, once, and blocks; mending it is recorded.
pub(super) fn branch_moved(
    moment: &Moment<'_>,
    branch: &BranchName,
    head: Option<&CommitId>,
    touches_policy: bool,
) -> Option<Decision> {
    let is_default =
        moment.state.project.as_ref().and_then(|known| known.default_branch.as_ref()) == Some(branch);
    let (true, true, Some(head)) = (is_default, touches_policy, head) else {
        return Some(Decision::ignored("no branch that a policy comes from, or no policy in it"));
    };
    let Found::Known(now) = moment.facts.policy(Newest)?.found else {
        return Some(Decision::ignored(
            "the policy cannot be read at the moment; commands will read it again",
        ));
    };
    let revision = now.revision.clone();
    let decision = Decision::default().under(revision.clone());
    match (&now.policy, &moment.state.policy_broken) {
        (Err(_), Some(_)) => Some(Decision::ignored("the policy is as good or bad as before")),
        (Ok(policy), broken) => {
            let decision = match broken {
                Some(_) => decision.record(Event::PolicyMended { revision }),
                None => decision,
            };
            let decision = with_labels(moment, policy, decision)?;
            let is_news = !decision.events.is_empty() || !decision.effects.is_empty();
            Some(if is_news { decision } else { Decision::ignored("the policy is as good or bad as before") })
        }
        (Err(report), None) => {
            let brought = moment.facts.change_of(head.clone())?;
            let decision = decision.record(Event::PolicyBroken { revision: revision.clone() });
            Some(match brought.found {
                Found::Known(change) => decision.order(
                    moment.key(format_args!("policy-broken:{revision}")),
                    Subject(format!("policy-broken:{revision}")),
                    Effect::Comment {
                        thread: Thread::Change(change.number),
                        answers: None,
                        text: say::policy::broken(now.file.as_deref(), report),
                    },
                ),
                Found::Absent | Found::Unknown(_) => decision,
            })
        }
    }
}

/// A policy that leaves its labels to us has them made. `None`: facts are missing.
fn with_labels(moment: &Moment<'_>, policy: &Policy, decision: Decision) -> Option<Decision> {
    match policy.labels {
        Upkeep::ByHand => Some(decision),
        Upkeep::Sync => {
            Some(upkeep::make(moment, policy, &upkeep::missing_labels(moment, policy)?, decision))
        }
    }
}
