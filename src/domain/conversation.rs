//! A comment becomes a command, or nothing, or a sentence that says why not. What a command does lives with its noun.

use super::answer;
use super::asked::{Asked, comment_effect, eyes, place, receipt, reply, reply_subject, subject};
use super::authorize::{Claim, Verdict, authorize};
use super::command::{self, AboutNone, Command, Mistake, Rank};
use super::decision::{Decision, Moment};
use super::effect::{Class, Effect, EffectKey, Ordered, Reaction};
use super::id::{ActorKind, ChangeNumber, ComponentName, Incarnation};
use super::line;
use super::place::Thread;
use super::policy::Policy;
use super::promotion::ahead;
use super::query::{Contained, Found, Newest};
use super::say;
use super::signal::Comment;
use super::state::{Component, Project};

/// Answers a comment that was written. `None`: facts are missing.
pub fn heard(moment: &Moment<'_>, comment: &Comment) -> Option<Decision> {
    // S7: the words must be the sender's own, and a person's.
    if comment.author.kind == ActorKind::Bot || comment.author.id != comment.sender {
        return Some(Decision::ignored("not a person's own words"));
    }
    let found = command::find(&comment.body);
    if found == command::Found::Nothing {
        return Some(Decision::ignored("no command in it"));
    }
    let Some(project) = &moment.state.project else { return Some(Decision::ignored("no project")) };
    // S3: the same comment is never answered twice, whatever the delivery's name.
    let answered = moment.facts.ordered(moment.key(receipt(&comment.at)));
    let written = moment.facts.comment(comment.at.clone());
    let policy = moment.facts.policy(Newest);
    let claim = claim(moment, comment, project);
    let understood = understood(found);
    ask_ahead(moment, comment, understood.as_ref().ok());
    if answered?.known() == Some(&true) {
        return Some(Decision::ignored("answered before"));
    }
    // S5, S18: the payload was a hint; what counts is the comment as it is now.
    let now = match written?.found {
        Found::Known(now) => now,
        Found::Absent => return Some(Decision::ignored("deleted before it was read")),
        Found::Unknown(_) => return unreadable(moment, comment, claim?),
    };
    if now.author.id != comment.author.id {
        return Some(Decision::ignored("the comment is another's now"));
    }
    let policy = match policy?.found {
        Found::Known(policy) => policy,
        Found::Absent | Found::Unknown(_) => return unreadable(moment, comment, claim?),
    };
    let fallback = Policy::default();
    let rules = policy.policy.as_ref().unwrap_or(&fallback);
    let asked = Asked { moment, comment, project, policy, rules };
    let rank = understood.as_ref().map_or(Rank::Reader, |command| command.verb().who);
    let Some(verdict) = claim.and_then(|claim| authorize(moment.facts, rules, Claim { rank, ..claim }))
    else {
        // Who may is still being read; what the command will need can be read beside it.
        let _ = understood.as_ref().ok().and_then(|command| run(&asked, command));
        return None;
    };
    if verdict == Verdict::Stranger {
        return Some(no_words(moment, comment));
    }
    if now.body != comment.body {
        return Some(asked.answer(say::refusal::edited()));
    }
    match understood {
        Ok(command) => judged(&asked, verdict, &command),
        Err(mistake) => Some(asked.answer(say::mistake(&mistake))),
    }
}

/// Asks for what will be needed before it is needed, so that four rounds of questions serve every command (invariant 7).
fn ask_ahead(moment: &Moment<'_>, comment: &Comment, command: Option<&Command>) {
    let facts = moment.facts;
    let _ = (facts.standing(comment.author.clone()), facts.tags(Newest));
    let _ = comment.at.thread.change().map(|number| facts.change(number));
    match command {
        Some(Command::Cut { version, .. }) => {
            let version = version.as_ref().and_then(|version| version.as_str().parse().ok());
            line::ask_ahead(moment, version.as_ref());
        }
        Some(Command::Plan { .. } | Command::Status { .. }) => line::ask_ahead(moment, None),
        Some(_) | None => {}
    }
    match command {
        Some(Command::Cut { commit: Some(prefix), .. }) => {
            let _ = facts.commit(prefix.to_string());
        }
        Some(Command::Plan { .. } | Command::Notes { .. } | Command::Cut { commit: None, .. }) => {
            let _ = comment.at.thread.change().map(|number| facts.base(number));
        }
        Some(Command::Promote { .. } | Command::Rollback { .. }) => {
            let _ = comment.at.thread.change().map(|change| facts.release_of(within(command, change)));
            ahead::of_command(moment);
        }
        Some(Command::Status { .. }) => {
            let _ = comment.at.thread.change().map(|change| facts.release_of(within(command, change)));
            let _ = facts.environments(Newest);
            ahead::of_open(moment);
        }
        Some(command) if command.verb().who >= Rank::Approver => ahead::of_open(moment),
        Some(_) | None => {}
    }
}

/// A change in the component that a command names, else in the only one.
fn within(command: Option<&Command>, change: ChangeNumber) -> Contained {
    let named = command.and_then(|command| command.component().ok().flatten());
    Contained { component: named.cloned().unwrap_or_else(ComponentName::default_component), change }
}

fn understood(found: command::Found) -> Result<Command, Mistake> {
    match found {
        command::Found::One(line) => command::parse(&line),
        command::Found::Several(count) => Err(Mistake::Several { count }),
        command::Found::Nothing => Err(Mistake::NoVerb),
    }
}

/// Who asks; what they must at least be is the verb's to say.
fn claim<'a>(moment: &Moment<'_>, comment: &'a Comment, project: &Project) -> Option<Claim<'a>> {
    let is_public = project.public.unwrap_or(true);
    let wrote_the_change = match comment.at.thread.change() {
        Some(number) if is_public => {
            let author = moment.facts.change(number)?.known().and_then(|change| change.author.as_ref());
            author.map(|author| author.id) == Some(comment.author.id)
        }
        Some(_) | None => false,
    };
    Some(Claim { actor: &comment.author, rank: Rank::Reader, wrote_the_change, is_public })
}

/// Refuses who may not, lets a broken policy block what it would govern, and runs the rest.
fn judged(asked: &Asked<'_>, verdict: Verdict, command: &Command) -> Option<Decision> {
    let verb = command.verb();
    match verdict {
        Verdict::Allowed => {}
        Verdict::Stranger => return Some(no_words(asked.moment, asked.comment)),
        Verdict::Denied { may } => {
            return Some(asked.refuse(verb.name, "E_ROLE", say::refusal::role(verb, &may)));
        }
        Verdict::Unknown { why } => {
            return Some(asked.refuse(verb.name, "E_RIGHTS_UNKNOWN", say::refusal::rights_unknown(&why)));
        }
    }
    // Invariant 11: a broken policy blocks; it never falls back to defaults.
    if let (Err(report), true) = (&asked.policy.policy, needs_policy(command)) {
        let text = say::policy::blocks(asked.policy.file.as_deref(), report);
        return Some(asked.refuse(verb.name, "E_POLICY", text));
    }
    run(asked, command)
}

fn needs_policy(command: &Command) -> bool {
    match command {
        Command::Help { .. } | Command::Status { .. } => false,
        Command::Plan { .. }
        | Command::Notes { .. }
        | Command::Include { .. }
        | Command::Skip { .. }
        | Command::Cut { .. }
        | Command::Withdraw { .. }
        | Command::Promote { .. }
        | Command::Approve { .. }
        | Command::Reject { .. }
        | Command::Revoke { .. }
        | Command::Retry { .. }
        | Command::Resume { .. }
        | Command::Rollback { .. }
        | Command::Backport { .. }
        | Command::Hotfix { .. }
        | Command::Why { .. } => true,
        // What only stops must work at three in the morning, whatever somebody did to the file.
        Command::Hold { .. } | Command::Abort { .. } | Command::Lock { .. } | Command::Unlock { .. } => false,
    }
}

/// Runs a command for the component that it is about.
fn run(asked: &Asked<'_>, command: &Command) -> Option<Decision> {
    let rules = match command.component() {
        Err(AboutNone) => return run_within(asked, command),
        Ok(None) if asked.rules.components.is_empty() => return run_within(asked, command),
        Ok(None) => match (stood_on(asked), command) {
            (Some(rules), _) => Ok(rules),
            (None, Command::Plan { ask: None, .. }) => return answer::plan_of_all(asked),
            (None, _) => Err(say::refusal::which_component(command, &asked.rules.components)),
        },
        Ok(Some(name)) => asked
            .rules
            .of_component(name)
            .ok_or_else(|| say::refusal::component(name, asked.rules.all_components())),
    };
    match rules {
        Ok(rules) => run_within(&Asked { rules: &rules, ..*asked }, command)
            .map(|decision| spoken_within(decision, &rules.versioning.component)),
        Err(text) => Some(asked.refuse(command.verb().name, "E_COMPONENT", text)),
    }
}

/// The component that a command can only mean where it stands: the only one there is, or that of the release whose issue it is.
fn stood_on(asked: &Asked<'_>) -> Option<Policy> {
    if let [only] = asked.rules.components.as_slice() {
        return asked.rules.of_component(&only.component);
    }
    let Thread::Issue(number) = asked.comment.at.thread else { return None };
    let components = &asked.moment.state.components;
    let is_at_home = |known: &Component| known.releases.iter().any(|mark| mark.issue == Some(number));
    let (name, _) = components.iter().find(|(_, known)| is_at_home(known))?;
    asked.rules.of_component(name)
}

/// The same decision, whose answer offers commands about that component.
fn spoken_within(mut decision: Decision, component: &ComponentName) -> Decision {
    for order in &mut decision.effects {
        if let Effect::Comment { answers: Some(_), text, .. } = &mut order.effect {
            *text = say::within(component, std::mem::take(text));
        }
    }
    decision
}

/// Runs a command for the component in view.
fn run_within(asked: &Asked<'_>, command: &Command) -> Option<Decision> {
    match command {
        Command::Help { topic } => Some(asked.answer(say::help(*topic))),
        Command::Status { environment } => answer::status(asked, environment.as_ref()),
        Command::Why { environment } => answer::why(asked, environment.as_ref()),
        Command::Promote { environment, version, again, .. } => {
            let repeat = if *again { answer::Repeat::Again } else { answer::Repeat::No };
            answer::promote(asked, environment, version.as_ref(), repeat)
        }
        Command::Approve { promotion, meaning } => {
            answer::approve(asked, promotion.as_ref(), meaning.as_ref())
        }
        Command::Reject { promotion, reason } => answer::reject(asked, promotion.as_ref(), reason),
        Command::Revoke { promotion } => answer::revoke(asked, promotion.as_ref()),
        Command::Hold { which, reason, .. } => answer::hold(asked, which.as_ref(), reason.as_ref()),
        Command::Resume { which, .. } => answer::resume(asked, which.as_ref()),
        Command::Abort { which, reason } => answer::abort(asked, which.as_ref(), reason.as_ref()),
        Command::Retry { which } => answer::retry(asked, which.as_ref()),
        Command::Rollback { environment, version, reason, .. } => {
            answer::rollback(asked, environment, version.as_ref(), reason.as_ref())
        }
        Command::Lock { environment, length, reason } => {
            answer::lock(asked, environment, *length, reason.as_ref())
        }
        Command::Unlock { environment } => answer::unlock(asked, environment),
        Command::Plan { ask, .. } => answer::plan(asked, ask.as_ref()),
        Command::Notes { short: false, .. } => answer::notes(asked, say::outlook::notes),
        Command::Notes { short: true, .. } => answer::notes(asked, say::outlook::short_notes),
        Command::Include { change } => answer::include(asked, *change),
        Command::Skip { change, reason } => answer::skip(asked, *change, reason),
        Command::Cut { version, commit, pre, component } => answer::cut(
            asked,
            answer::Wanted {
                version: version.as_ref(),
                commit: commit.as_ref(),
                pre: pre.as_ref(),
                component: component.as_ref(),
            },
        ),
        Command::Withdraw { version, reason, .. } => answer::withdraw(asked, version, reason),
        Command::Backport { target, change } => answer::backport(asked, target, *change),
        Command::Hotfix { version, from } => {
            answer::hotfix(asked, version, from.as_ref().map(|from| &from.0))
        }
    }
}

/// A stranger gets a reaction and no words.
fn no_words(moment: &Moment<'_>, comment: &Comment) -> Decision {
    let at = &comment.at;
    Decision { ignored: Some("a stranger".to_owned()), ..Decision::default() }.order(
        moment.key(receipt(at)),
        subject(at, "receipt"),
        Effect::React { comment: at.clone(), reaction: Reaction::Confused },
    )
}

/// The forge did not answer to the end: the person gets a sentence all the same (invariant 7). A stranger gets none here either.
fn unreadable(moment: &Moment<'_>, comment: &Comment, claim: Claim<'_>) -> Option<Decision> {
    if authorize(moment.facts, &Policy::default(), claim)? == Verdict::Stranger {
        return Some(no_words(moment, comment));
    }
    let at = &comment.at;
    // With the receipt the comment counts as answered: the person was told to write a new one (S3).
    Some(Decision::default().order(moment.key(receipt(at)), subject(at, "receipt"), eyes(at)).order(
        moment.key(reply(at)),
        subject(at, "reply"),
        comment_effect(at, say::refusal::forge_silent()),
    ))
}

/// A comment that holds a command only since it was edited gets one line, once; nothing is run.
pub fn edited(moment: &Moment<'_>, comment: &Comment) -> Option<Decision> {
    let own = comment.author.kind == ActorKind::Person && comment.author.id == comment.sender;
    if !own || command::find(&comment.body) == command::Found::Nothing {
        return Some(Decision::ignored("edited, and no command of the author's own in it"));
    }
    let Some(project) = &moment.state.project else { return Some(Decision::ignored("no project")) };
    let answered = moment.facts.ordered(moment.key(receipt(&comment.at)));
    let claim = claim(moment, comment, project);
    if answered?.known() == Some(&true) {
        return Some(Decision::ignored("it was run as it was first written; the edit changes nothing"));
    }
    if authorize(moment.facts, &Policy::default(), claim?)? != Verdict::Allowed {
        return Some(Decision::ignored("edited by somebody who would get no words"));
    }
    let at = &comment.at;
    Some(Decision::default().order(
        moment.key(format_args!("edited:{}", place(at))),
        subject(at, "edited"),
        comment_effect(at, say::refusal::edited()),
    ))
}

/// The answer to a command that was put aside because working it failed. `None`: the comment holds no command.
pub fn sorry(life: &Incarnation, comment: &Comment, reference: &str) -> Option<Ordered> {
    let own = comment.author.kind == ActorKind::Person && comment.author.id == comment.sender;
    (own && command::find(&comment.body) != command::Found::Nothing).then(|| Ordered {
        // A key of its own: when the comment is replayed, its answer is still to be ordered, and edits this one.
        key: EffectKey::new(life, format_args!("{}:parked", reply(&comment.at))),
        subject: reply_subject(&comment.at),
        class: Class::Reply,
        effect: comment_effect(&comment.at, say::parked(reference)),
    })
}

#[cfg(test)]
mod tests;
