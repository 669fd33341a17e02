//! A release on its way: from the tag over the draft and its publication to the report. What may be cut at all is `answer::cut`'s business, what publishing a draft means `drafting`'s.
//!
//! ```text
//! asked ─first cut that would start workflows─▶ question (the same command within a day is the yes)
//! asked, of a new line ─▶ Branching ─branch there─▶ Tagging
//! asked ─▶ Tagging ─tag there─▶ Drafting ─page there─▶ Publishing ─public─▶ Watching ─10 s─▶ reported
//!             └── the forge refuses for good, or an answer is lost ──▶ failed, said why
//! ```

pub mod contents;

use super::asked::{comment_effect, reply, reply_subject};
use super::decision::{Decision, Moment, Past};
use super::drafting;
use super::effect::{Effect, EffectKey, Made, Outcome, Refusal, Subject};
use super::event::{Cut, CutChange, Event, OfLine, Recorded};
use super::id::{BranchName, CommitId, ComponentName, TagName};
use super::milestone::{self, After};
use super::place::CommentRef;
use super::query::{Fact, Found, RunsAsked};
use super::say;
use super::signal::Run;
use super::state::{Component, CutStep, Cutting, Report};

/// The key of a step. The command is part of it: a cut that failed may be asked for again.
pub fn step_key(component: &ComponentName, step: &str, cut: &Cut, asked: &CommentRef) -> String {
    format!("{component}:{step}:{}:{}", cut.tag, reply(asked))
}

/// Takes the outcome of an effect in: the next step of a cut, or nothing.
pub fn effect_ended(moment: &Moment<'_>, key: &EffectKey, outcome: &Outcome) -> Option<Decision> {
    for (name, component) in &moment.state.components {
        let Some(cutting) = &component.cutting else { continue };
        let Some(asked) = &cutting.asked else { continue };
        let is = |step: &str| *key == moment.key(step_key(name, step, &cutting.cut, asked));
        let on_the_way = OnTheWay { moment, name, cutting, asked };
        match &cutting.step {
            CutStep::Branching if is("branch") => return Some(on_the_way.branched(outcome)),
            CutStep::Tagging if is("tag") => return on_the_way.tagged(outcome),
            CutStep::Drafting { .. } if is("draft") => return Some(on_the_way.drafted(outcome)),
            CutStep::Publishing { object, .. } if is("publish") => {
                return on_the_way.published(object, outcome);
            }
            CutStep::Branching
            | CutStep::Tagging
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

/// What a cut begins with, by the name of its step.
pub fn first_order(cut: &Cut) -> (&'static str, Effect) {
    match &cut.line {
        Some(OfLine::Begins(branch)) => {
            ("branch", Effect::CreateBranch { branch: branch.clone(), commit: cut.commit.clone() })
        }
        Some(OfLine::Continues(_)) | None => ("tag", tag_order(cut)),
    }
}

fn tag_order(cut: &Cut) -> Effect {
    let (tag, commit) = (cut.tag.clone(), cut.commit.clone());
    Effect::CreateTag { tag, commit, message: say::notes::tag_message(cut) }
}

/// Who made the branch of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Making {
    /// We did.
    Ours,
    /// Somebody else had.
    Theirs,
}

/// The event that a line is open with this candidate.
pub fn line_opened(component: &ComponentName, cut: &Cut, (branch, making): (&BranchName, Making)) -> Event {
    Event::LineOpened {
        component: component.clone(),
        branch: branch.clone(),
        commit: cut.commit.clone(),
        adopted: making == Making::Theirs,
    }
}

/// A cut between two steps.
struct OnTheWay<'a> {
    moment: &'a Moment<'a>,
    name: &'a ComponentName,
    cutting: &'a Cutting,
    asked: &'a CommentRef,
}

impl OnTheWay<'_> {
    fn order(&self, decision: Decision, step: &str, effect: Effect) -> Decision {
        let cut = &self.cutting.cut;
        decision.order(
            self.moment.key(step_key(self.name, step, cut, self.asked)),
            Subject::release(self.name, &cut.tag),
            effect,
        )
    }

    fn branched(&self, outcome: &Outcome) -> Decision {
        let cut = &self.cutting.cut;
        let (Outcome::Done(_), Some(line)) = (outcome, &cut.line) else { return self.failed(outcome) };
        let event = line_opened(self.name, cut, (line.branch(), Making::Ours));
        self.order(Decision::default().record(event), "tag", tag_order(cut))
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
        let notes = notes.unwrap_or_else(say::notes::erased);
        let decision = Decision::default().record(event);
        // A draft that followed what was merged becomes the page, with what people wrote into it.
        let kept = drafting::last_words(&self.moment.state.component(self.name), cut, &notes);
        Some(match kept {
            Some(effect) => decision.order(
                self.moment.key(step_key(self.name, "draft", cut, self.asked)),
                Subject::draft(self.name),
                effect,
            ),
            None => self.order(decision, "draft", self.fresh_page(notes)),
        })
    }

    fn fresh_page(&self, notes: say::Text) -> Effect {
        let cut = &self.cutting.cut;
        Effect::DraftRelease {
            tag: cut.tag.clone(),
            commit: cut.commit.clone(),
            title: cut.tag.to_string(),
            notes,
            prerelease: cut.version.is_prerelease(),
        }
    }

    fn drafted(&self, outcome: &Outcome) -> Decision {
        let Outcome::Done(Made::Release { id, .. } | Made::Draft { id, .. }) = outcome else {
            return self.failed(outcome);
        };
        let cut = &self.cutting.cut;
        let event = Event::ReleaseDrafted { component: self.name.clone(), release: *id };
        let effect = Effect::PublishRelease { release: *id, tag: cut.tag.clone(), latest: cut.latest };
        self.order(Decision::default().record(event), "publish", effect)
    }

    fn published(&self, object: &CommitId, outcome: &Outcome) -> Option<Decision> {
        let Outcome::Done(Made::Release { id, page }) = outcome else { return Some(self.failed(outcome)) };
        let Found::Known(row) = self.moment.facts.row(self.cutting.started)?.found else {
            return Some(self.failed(outcome));
        };
        let changes = contained_in(row).to_vec();
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
            page: page.clone(),
            started: self.cutting.started,
            changes,
            unconfirmed: false,
        };
        let mut decision = Decision::default().record(event);
        decision.history.push(past);
        Some(decision)
    }

    /// The forge will not, or nobody knows: it stops here, and the person hears why and what to do.
    fn failed(&self, outcome: &Outcome) -> Decision {
        let cut = &self.cutting.cut;
        let unmade = cut.line.as_ref().filter(|_| self.cutting.step == CutStep::Branching);
        let (code, text) = match outcome {
            Outcome::Refused(Refusal::Taken { by }) => match unmade {
                Some(line) => ("E_BRANCH_TAKEN", say::line::taken(line.branch(), cut)),
                None => ("E_TAG_TAKEN", say::cut::tag_taken(&cut.tag, by.as_ref(), &cut.commit)),
            },
            Outcome::Refused(Refusal::Forbidden { said } | Refusal::Invalid { said }) => {
                ("E_FORBIDDEN", say::cut::forbidden(self.name, cut, said))
            }
            Outcome::Refused(refusal @ Refusal::Conflict { .. }) => {
                ("E_FORBIDDEN", say::cut::forbidden(self.name, cut, refusal.said()))
            }
            Outcome::Refused(Refusal::Gone) => ("E_GONE", say::cut::gone(self.name, cut)),
            Outcome::Lost { why } => ("E_LOST", say::cut::lost(self.name, cut, why)),
            Outcome::Done(_) => ("E_LOST", say::cut::lost(self.name, cut, "the forge made something else")),
        };
        let event = Event::CutFailed { component: self.name.clone(), code: code.to_owned() };
        let asked = self.asked;
        Decision::default().record(event).order(
            self.moment.key(format_args!("{}:failed", reply(asked))),
            reply_subject(asked),
            comment_effect(asked, text),
        )
    }
}

/// The moment after a publication is over: the person hears what was cut, and which runs it started.
pub fn timer_due(moment: &Moment<'_>, name: &ComponentName) -> Option<Decision> {
    let component = moment.state.component(name);
    let Some(cutting) = &component.cutting else {
        return Some(Decision::ignored("nothing was published that waits for its report"));
    };
    let CutStep::Watching { page, .. } = &cutting.step else {
        return Some(Decision::ignored("nothing was published that waits for its report"));
    };
    let cut = &cutting.cut;
    let after = milestone::after(moment, cut);
    let Some(comment) = &cutting.asked else {
        // Nobody asked, so nobody is told; what the policy carries on by itself may begin.
        return Some(reported(moment, name, vec![], after?));
    };
    let asked = RunsAsked { commit: cut.commit.clone(), tag: cut.tag.clone(), since: cutting.since };
    let runs = moment.facts.runs(asked);
    let row = moment.facts.row(cutting.started);
    let (runs, row, after) = (runs?, row?, after?);
    // Which runs started is a courtesy: where it cannot be read, the report goes out without.
    let runs = runs.known().cloned().unwrap_or_default();
    let count = count_in(row);
    let report = Report {
        cut: cut.clone(),
        asked: comment.clone(),
        started: cutting.started,
        page: page.clone(),
        runs: runs.clone(),
        milestone: after.as_ref().map(|after| after.told.clone()),
    };
    Some(tell(moment, reported(moment, name, runs, after), (name, &report), count))
}

/// What the cut started is known, and its milestone is dealt with.
fn reported(moment: &Moment<'_>, name: &ComponentName, runs: Vec<Run>, after: Option<After>) -> Decision {
    let aftermath = after.as_ref().map(|after| after.told.clone());
    let event = Event::CutReported { component: name.clone(), runs, aftermath };
    let decision = Decision::default().record(event);
    match after {
        Some(after) => after.order(moment, decision),
        None => decision,
    }
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
    let count = count_in(moment.facts.row(report.started)?);
    let mut report = report.clone();
    report.runs.push(run.clone());
    let event = Event::RunNoticed { component: name.clone(), run: run.clone() };
    Some(tell(moment, Decision::default().record(event), (name, &report), count))
}

/// How many changes a cut froze; none where its row cannot be read.
fn count_in(started: Fact<&Recorded>) -> usize {
    started.known().map_or(0, |row| contained_in(row).len())
}

/// What a cut froze, by the row that says so.
fn contained_in(started: &Recorded) -> &[CutChange] {
    if let Event::CutStarted { changes, .. } = &started.event { changes } else { &[] }
}

fn tell(
    moment: &Moment<'_>,
    decision: Decision,
    (name, report): (&ComponentName, &Report),
    changes: usize,
) -> Decision {
    // Each state of the report is an order of its own; the subject makes all of them one comment.
    let key = moment.key(format_args!("{}:runs:{}", reply(&report.asked), report.runs.len()));
    decision.order(
        key,
        reply_subject(&report.asked),
        comment_effect(&report.asked, say::cut::done(name, report, changes)),
    )
}

/// The tag that a component is cutting at the moment.
pub fn under_way<'a>(component: &'a Component, tag: &TagName) -> Option<&'a Cutting> {
    component.cutting.as_ref().filter(|cutting| cutting.cut.tag == *tag)
}

#[cfg(test)]
mod tests;
