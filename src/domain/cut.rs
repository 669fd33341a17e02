//! Cutting a release: what is asked first, what is refused, and the way from the tag over the draft to the report. Drawing the plan is `plan`'s business.
//!
//! ```text
//! asked ─first cut that would start workflows─▶ question (the same command within a day is the yes)
//! asked ─▶ Tagging ─tag there─▶ Drafting ─page there─▶ Publishing ─public─▶ Watching ─10 s─▶ reported
//!             └── the forge refuses for good, or an answer is lost ──▶ failed, said why
//! ```

use jiff::SignedDuration;

use super::command::{self, CommitPrefix, WrittenVersion};
use super::conversation::{Asked, comment_effect, reply, reply_subject};
use super::decide::{Decision, Moment, Past, release_subject};
use super::due::TimerKey;
use super::effect::{Effect, EffectKey, Made, Outcome, Refusal};
use super::event::{Cut, CutChange, Event, Recorded};
use super::id::{CommitId, ComponentName, TagName};
use super::notes;
use super::outlook::{Obstacle, Outlook, Target, account, look, standing_on};
use super::plan::{Entry, Flag, Plan, Wish};
use super::query::{BranchAsked, Fact, Found, RunsAsked, Workflow};
use super::say::{self, Text};
use super::signal::Run;
use super::state::{Component, CutStep, Cutting, Report};
use super::version::{Channel, Version};

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
    pub pre: Option<&'a command::Channel>,
}

/// A release that may be cut, with everything that will be frozen.
struct Ready<'a> {
    component: ComponentName,
    cut: Cut,
    outlook: Outlook<'a>,
}

/// Answers `cut`. `None`: facts are missing.
pub fn start(asked: &Asked<'_>, wanted: Wanted<'_>) -> Option<Decision> {
    let component_name = asked.rules.versioning.component.clone();
    let component = asked.moment.state.component(&component_name);
    if let Some(cutting) = &component.cutting {
        return Some(asked.refuse("cut", "E_BUSY", say::cut::busy(&cutting.cut)));
    }
    let open = standing_on(asked);
    let head = commit(asked, wanted.commit);
    let Some(head) = head else {
        read_beside(asked, wanted.commit);
        return None;
    };
    if let Some(change) = open? {
        return Some(asked.refuse("cut", "E_NOT_MERGED", say::cut::not_merged(change.number)));
    }
    let head = match head {
        Ok(head) => head,
        Err(refusal) => return Some(*refusal),
    };
    let target = Target {
        head,
        wish: wanted
            .version
            .and_then(|version| version.as_str().parse().ok())
            .map_or(Wish::Next, Wish::Exactly),
        channel: wanted.pre.and_then(|channel| Channel::parse(channel.as_str()).ok()),
        ..Target::default()
    };
    // Asked beside the rest, so that one round of questions serves.
    let starts =
        asked.moment.facts.tag_starts(target.head.clone().unwrap_or_else(|| asked.policy.revision.clone()));
    let outlook = match look(&asked.ground(), target)? {
        Ok(outlook) => outlook,
        Err(obstacle) => {
            return Some(asked.refuse(
                "cut",
                say::refusal::obstacle_code(&obstacle),
                say::refusal::obstacle(&obstacle),
            ));
        }
    };
    let cut = match freeze(asked, &outlook, &component) {
        Ok(cut) => cut,
        Err(refusal) => return Some(*refusal),
    };
    let starts = starts?;
    if let Some(question) = question(asked, &component, &cut, starts.found) {
        return Some(question);
    }
    Some(begin(asked, &Ready { component: component_name, cut, outlook }))
}

/// Asks for what the plan of a commit needs while it is still being read where that commit belongs, so that the rounds suffice.
fn read_beside(asked: &Asked<'_>, wanted: Option<&CommitPrefix>) {
    let commit = wanted.and_then(|prefix| asked.moment.facts.commit(prefix.to_string())?.known().cloned());
    if let Some(head) = commit {
        let _ = asked.moment.facts.tag_starts(head.clone());
        let _ = look(&asked.ground(), Target { head: Some(head), ..Target::default() });
    }
}

/// The commit that was asked for; a refusal where it does not exist or is on no branch that releases come from (S15).
fn commit(
    asked: &Asked<'_>,
    wanted: Option<&CommitPrefix>,
) -> Option<Result<Option<CommitId>, Box<Decision>>> {
    let Some(prefix) = wanted else { return Some(Ok(None)) };
    let refuse = |code: &str, text: Text| Some(Err(Box::new(asked.refuse("cut", code, text))));
    let unreadable = |why: String| Obstacle::Unreadable { what: "that commit", why };
    let commit = match asked.moment.facts.commit(prefix.to_string())?.found {
        Found::Known(commit) => commit.clone(),
        Found::Absent => return refuse("E_COMMIT", say::cut::no_such_commit(prefix.as_str())),
        Found::Unknown(why) => {
            let obstacle = unreadable(why);
            return refuse(say::refusal::obstacle_code(&obstacle), say::refusal::obstacle(&obstacle));
        }
    };
    let belongs = BranchAsked { commit: commit.clone(), listed: asked.rules.branches.clone() };
    match asked.moment.facts.branch_of(belongs)?.found {
        Found::Known(_) => Some(Ok(Some(commit))),
        Found::Absent => refuse("E_NOT_ON_BRANCH", say::cut::not_on_branch(&commit, &asked.policy.branch)),
        Found::Unknown(why) => {
            let obstacle = unreadable(why);
            refuse(say::refusal::obstacle_code(&obstacle), say::refusal::obstacle(&obstacle))
        }
    }
}

/// The release as it would be frozen; a refusal where something stands in the way.
fn freeze(asked: &Asked<'_>, outlook: &Outlook<'_>, component: &Component) -> Result<Cut, Box<Decision>> {
    let plan = &outlook.plan;
    let refuse = |code: &str, text: Text| Err(Box::new(asked.refuse("cut", code, text)));
    let Some(version) = plan.version.clone() else { return refuse("E_NOTHING", say::cut::nothing(plan)) };
    let Some(tag) = plan.tag.clone() else {
        return refuse("E_TAG", say::cut::no_such_tag(&version, &outlook.pattern));
    };
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
        latest: version.is_final() && is_highest(&version, outlook),
        previous: plan.previous.as_ref().map(|released| released.version.clone()),
        bump: plan.bump,
        commit: plan.head.clone(),
        version,
        tag,
    })
}

/// Whether no final version above this one has a tag: only then it becomes the project's latest release.
fn is_highest(version: &Version, outlook: &Outlook<'_>) -> bool {
    outlook
        .tags
        .iter()
        .filter_map(|tag| outlook.pattern.version_of(tag.name.as_str()))
        .all(|other| other.is_prerelease() || other <= *version)
}

/// The first cut of a project names what the tag would start, and does nothing else; the same command again is the yes.
fn question(
    asked: &Asked<'_>,
    component: &Component,
    cut: &Cut,
    starts: Found<&Vec<Workflow>>,
) -> Option<Decision> {
    if component.has_cut {
        return None;
    }
    let workflows = match starts {
        Found::Known(workflows) if workflows.is_empty() => return None,
        Found::Absent => return None,
        Found::Known(workflows) => Ok(workflows.as_slice()),
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
    Some(asked.answer(say::cut::question(cut, workflows, until, &asked.comment.body)).record(event))
}

/// Freezes the release and orders the tag; what follows is ordered when the tag is there.
fn begin(asked: &Asked<'_>, ready: &Ready<'_>) -> Decision {
    let Ready { component, cut, outlook } = ready;
    let plan = &outlook.plan;
    let changes =
        plan.sections.iter().flat_map(|section| &section.entries).map(|entry| contained(entry, true));
    let hidden = plan.hidden.iter().chain(&plan.excluded).map(|entry| contained(entry, false));
    let event = Event::CutStarted {
        component: component.clone(),
        cut: cut.clone(),
        asked: asked.comment.at.clone(),
        changes: changes.chain(hidden).collect(),
    };
    let page = notes::release_page(plan, None);
    let notes = serde_json::to_string(&page).expect("a text has only text keys");
    let recorded = with_titles(Recorded::from(event).with_text("notes", notes), plan);
    let effect = Effect::CreateTag {
        tag: cut.tag.clone(),
        commit: cut.commit.clone(),
        message: say::notes::tag_message(cut),
    };
    asked.acknowledge().record(recorded).order(
        asked.moment.key(step_key(component, "tag", cut, &asked.comment.at)),
        release_subject(component, cut),
        effect,
    )
}

fn contained(entry: &Entry, shown: bool) -> CutChange {
    CutChange {
        number: entry.number,
        commit: entry.commit.clone(),
        author: account(entry.author.as_ref()),
        reviewers: entry.reviewers.clone(),
        shown,
    }
}

/// Titles and logins stand beside the event, so that they can be erased.
fn with_titles(mut recorded: Recorded, plan: &Plan) -> Recorded {
    for entry in plan.entries() {
        let name = entry.number.map_or_else(|| entry.commit.to_string(), |number| number.to_string());
        recorded = recorded.with_text(format!("title.{name}"), entry.title.clone());
        if let Some(author) = &entry.author {
            recorded = recorded.with_text(format!("author.{name}"), author.name());
        }
    }
    recorded
}

/// The key of a step. The command is part of it: a cut that failed may be asked for again.
fn step_key(component: &ComponentName, step: &str, cut: &Cut, asked: &super::signal::CommentRef) -> String {
    format!("{component}:{step}:{}:{}", cut.tag, reply(asked))
}

/// Takes the outcome of an effect in: the next step of a cut, or nothing.
pub fn effect_ended(moment: &Moment<'_>, key: &EffectKey, outcome: &Outcome) -> Option<Decision> {
    for (name, component) in &moment.state.components {
        let Some(cutting) = &component.cutting else { continue };
        let is = |step: &str| *key == moment.key(step_key(name, step, &cutting.cut, &cutting.asked));
        let on_the_way = OnTheWay { moment, name, cutting };
        match &cutting.step {
            CutStep::Tagging if is("tag") => return on_the_way.tagged(outcome),
            CutStep::Drafting { .. } if is("draft") => return Some(on_the_way.drafted(outcome)),
            CutStep::Publishing { object, .. } if is("publish") => {
                return on_the_way.published(object, outcome);
            }
            CutStep::Tagging
            | CutStep::Drafting { .. }
            | CutStep::Publishing { .. }
            | CutStep::Watching { .. } => {}
        }
    }
    Some(match outcome {
        Outcome::Lost { .. } => Decision::default().record(Event::EffectLost { key: key.clone() }),
        Outcome::Done(_) | Outcome::Refused(_) => Decision::ignored("nothing waits for this outcome"),
    })
}

/// A cut between two steps.
struct OnTheWay<'a> {
    moment: &'a Moment<'a>,
    name: &'a ComponentName,
    cutting: &'a Cutting,
}

impl OnTheWay<'_> {
    fn order(&self, decision: Decision, step: &str, effect: Effect) -> Decision {
        let cut = &self.cutting.cut;
        decision.order(
            self.moment.key(step_key(self.name, step, cut, &self.cutting.asked)),
            release_subject(self.name, cut),
            effect,
        )
    }

    fn tagged(&self, outcome: &Outcome) -> Option<Decision> {
        let Outcome::Done(Made::Tag { object, adopted }) = outcome else { return Some(self.failed(outcome)) };
        let Found::Known(row) = self.moment.facts.row(self.cutting.started)?.found else {
            return Some(self.failed(outcome));
        };
        let cut = &self.cutting.cut;
        let notes = row.texts.get("notes").and_then(|notes| serde_json::from_str(notes).ok());
        let event =
            Event::TagMade { component: self.name.clone(), object: object.clone(), adopted: *adopted };
        let effect = Effect::DraftRelease {
            tag: cut.tag.clone(),
            commit: cut.commit.clone(),
            title: cut.tag.to_string(),
            notes: notes.unwrap_or_else(say::notes::erased),
            prerelease: cut.version.is_prerelease(),
        };
        Some(self.order(Decision::default().record(event), "draft", effect))
    }

    fn drafted(&self, outcome: &Outcome) -> Decision {
        let Outcome::Done(Made::Release { id, page }) = outcome else { return self.failed(outcome) };
        let cut = &self.cutting.cut;
        let event = Event::ReleaseDrafted { component: self.name.clone(), release: *id, page: page.clone() };
        let effect = Effect::PublishRelease { release: *id, tag: cut.tag.clone(), latest: cut.latest };
        self.order(Decision::default().record(event), "publish", effect)
    }

    fn published(&self, object: &CommitId, outcome: &Outcome) -> Option<Decision> {
        let Outcome::Done(Made::Release { id, .. }) = outcome else { return Some(self.failed(outcome)) };
        let Found::Known(row) = self.moment.facts.row(self.cutting.started)?.found else {
            return Some(self.failed(outcome));
        };
        let changes = match &row.event {
            Event::CutStarted { changes, .. } => changes.clone(),
            _ => vec![],
        };
        let cut = self.cutting.cut.clone();
        let past = Past::Released {
            component: self.name.clone(),
            version: cut.version.clone(),
            tag: cut.tag.clone(),
            commit: cut.commit.clone(),
            at: self.moment.now,
            changes: changes
                .iter()
                .filter_map(|change| Some((change.number?, change.commit.clone())))
                .collect(),
        };
        let event = Event::ReleaseCut {
            component: self.name.clone(),
            cut,
            object: object.clone(),
            release: *id,
            started: self.cutting.started,
            changes,
        };
        let mut decision = Decision::default().record(event);
        decision.history.push(past);
        Some(decision)
    }

    /// The forge will not, or nobody knows: it stops here, and the person hears why and what to do.
    fn failed(&self, outcome: &Outcome) -> Decision {
        let cut = &self.cutting.cut;
        let (code, text) = match outcome {
            Outcome::Refused(Refusal::Taken { by }) => {
                ("E_TAG_TAKEN", say::cut::tag_taken(&cut.tag, by.as_ref(), &cut.commit))
            }
            Outcome::Refused(Refusal::Forbidden { said } | Refusal::Invalid { said }) => {
                ("E_FORBIDDEN", say::cut::forbidden(cut, said))
            }
            Outcome::Refused(Refusal::Gone) => ("E_GONE", say::cut::gone(cut)),
            Outcome::Lost { why } => ("E_LOST", say::cut::lost(cut, why)),
            Outcome::Done(_) => ("E_LOST", say::cut::lost(cut, "the forge made something else")),
        };
        let event = Event::CutFailed { component: self.name.clone(), code: code.to_owned() };
        let asked = &self.cutting.asked;
        Decision::default().record(event).order(
            self.moment.key(format_args!("{}:failed", reply(asked))),
            reply_subject(asked),
            comment_effect(asked, text),
        )
    }
}

/// The moment after a publication is over: the person hears what was cut, and which runs it started.
pub fn timer_due(moment: &Moment<'_>, timer: &TimerKey) -> Option<Decision> {
    let TimerKey::RunsOf(name) = timer;
    let component = moment.state.component(name);
    let watched = component.cutting.as_ref().and_then(|cutting| match &cutting.step {
        CutStep::Watching { page, .. } => Some((cutting, page)),
        CutStep::Tagging | CutStep::Drafting { .. } | CutStep::Publishing { .. } => None,
    });
    let Some((cutting, page)) = watched else {
        return Some(Decision::ignored("nothing was published that waits for its report"));
    };
    let (cut, since) = (&cutting.cut, cutting.since);
    let runs = moment.facts.runs(RunsAsked { commit: cut.commit.clone(), tag: cut.tag.clone(), since });
    let row = moment.facts.row(cutting.started);
    let (runs, row) = (runs?, row?);
    // Which runs started is a courtesy: where it cannot be read, the report goes out without.
    let runs = runs.known().cloned().unwrap_or_default();
    let count = contained_in(row);
    let report = Report {
        cut: cut.clone(),
        asked: cutting.asked.clone(),
        started: cutting.started,
        page: page.clone(),
        runs: runs.clone(),
    };
    Some(tell(
        moment,
        Decision::default().record(Event::CutReported { component: name.clone(), runs }),
        &report,
        count,
    ))
}

/// A run that appears after the report is added to it, by an edit.
pub fn run_started(moment: &Moment<'_>, run: &Run) -> Option<Decision> {
    let told = moment.state.components.iter().find_map(|(name, component)| {
        let report = component.report.as_ref()?;
        let is_ours = report.cut.commit == run.commit && run.on.as_deref() == Some(report.cut.tag.as_str());
        let is_new = report.runs.iter().all(|known| known.number != run.number);
        (is_ours && is_new).then_some((name, report))
    });
    let Some((name, report)) = told else {
        return Some(Decision::ignored("no run of a release that was just cut"));
    };
    let count = contained_in(moment.facts.row(report.started)?);
    let mut report = report.clone();
    report.runs.push(run.clone());
    let event = Event::RunNoticed { component: name.clone(), run: run.clone() };
    Some(tell(moment, Decision::default().record(event), &report, count))
}

fn contained_in(started: Fact<&Recorded>) -> usize {
    match started.known().map(|row| &row.event) {
        Some(Event::CutStarted { changes, .. }) => changes.len(),
        _ => 0,
    }
}

fn tell(moment: &Moment<'_>, decision: Decision, report: &Report, changes: usize) -> Decision {
    // Each state of the report is an order of its own; the subject makes all of them one comment.
    let key = moment.key(format_args!("{}:runs:{}", reply(&report.asked), report.runs.len()));
    decision.order(
        key,
        reply_subject(&report.asked),
        comment_effect(&report.asked, say::cut::done(report, changes)),
    )
}

/// The tag that a component is cutting at the moment.
pub fn under_way<'a>(component: &'a Component, tag: &TagName) -> Option<&'a Cutting> {
    component.cutting.as_ref().filter(|cutting| cutting.cut.tag == *tag)
}
