//! The answers to `approve`, `reject` and `revoke`: whose word counts, for which revision (S11, S14). What opens then is `gate`'s business.

use std::cmp::Ordering;

use super::steer;
use crate::domain::asked::Asked;
use crate::domain::authorize::Belongs;
use crate::domain::command::{PromotionWord, Reason, Which};
use crate::domain::decision::Decision;
use crate::domain::event::{Event, Recorded};
use crate::domain::gate::approval::{self, Untold};
use crate::domain::promotion::advance::advance;
use crate::domain::promotion::draft::Draft;
use crate::domain::promotion::model::{Promotion, RevisionName, Stage};
use crate::domain::promotion::panel;
use crate::domain::promotion::step::{ApprovalEnd, Step};
use crate::domain::promotion::view::{Ending, View, view};
use crate::domain::say::{self, Text};

/// Answers `approve`. `None`: facts are missing.
pub fn approve(
    asked: &Asked<'_>,
    word: Option<&PromotionWord>,
    meaning: Option<&Reason>,
) -> Option<Decision> {
    let mut draft = Draft::on(asked.moment, asked.acknowledge())?;
    let promotion = match waiting(asked, "approve", word) {
        Ok(promotion) => promotion,
        Err(refusal) => return Some(*refusal),
    };
    if let Some(overtaken) = overtaken(asked, &promotion)? {
        return Some(overtaken);
    }
    let view_now = view(&draft, &promotion);
    let given = approval::givers(&draft, &promotion);
    let entitlement = entitlement(asked, &draft, &promotion);
    let (view_now, given, entitlement) = (view_now?, given?, entitlement?);
    let refuse = |code: &str, text: Text| Some(asked.refuse("approve", code, text));
    if let Some((code, text)) = not_this_revision(asked, &promotion, &view_now, word) {
        return refuse(code, text);
    }
    let me = asked.comment.author.id;
    match entitlement {
        _ if promotion.terms.conditions.approvals.is_empty() => {
            return refuse("E_NOT_NEEDED", say::approve::not_needed(&view_now));
        }
        _ if promotion.asked.by == Some(me) => {
            return refuse("E_SELF_APPROVAL", say::approve::self_approval(&view_now));
        }
        _ if given.iter().any(|giver| giver.id == me) => {
            return refuse("E_APPROVED", say::approve::twice(&view_now));
        }
        Entitlement::Counts => {}
        Entitlement::Author => return refuse("E_AUTHOR", say::approve::author(&view_now)),
        Entitlement::Untold(untold) => {
            return refuse("E_AUTHORS_UNKNOWN", say::approve::authors_unknown(&view_now, &untold));
        }
        Entitlement::Nobody => return refuse("E_NOT_APPROVER", say::approve::not_an_approver(&view_now)),
        Entitlement::Unknown(why) => {
            return refuse("E_RIGHTS_UNKNOWN", say::approve::rights_unknown(&view_now, &why));
        }
    }
    let step = Step::ApprovalGiven { name: promotion.name(), by: me };
    let mut recorded = Recorded::from(step).with_text("login", asked.comment.author.login.clone());
    if let Some(meaning) = meaning {
        recorded = recorded.with_text("reason", meaning.as_str());
    }
    draft.record(recorded);
    advance(&mut draft)?;
    answered(asked, draft, &promotion, say::approve::approved)
}

/// S11: what it covers has changed and nobody noticed so far, or it ended: that comes first, and the yes was for something else.
/// `None`: facts are missing; the inner `None`: it is as it was.
fn overtaken(asked: &Asked<'_>, promotion: &Promotion) -> Option<Option<Decision>> {
    let mut draft = Draft::on(asked.moment, asked.acknowledge())?;
    advance(&mut draft)?;
    let now = draft.state().promotions.get(&promotion.id()).cloned();
    match now.filter(|now| now.stage == Stage::Waiting) {
        Some(now) if now.revision == promotion.revision => return Some(None),
        Some(now) => {
            let text = say::approve::stale(&view(&draft, &now)?, promotion.name());
            let (verb, code) = ("approve".to_owned(), "E_STALE_DIGEST".to_owned());
            draft.record(Event::CommandRefused { verb, code });
            steer::reply(&mut draft, asked, text);
        }
        // It ended or began, and that is told in a comment of its own.
        None => {}
    }
    Some(Some(draft.finish()))
}

/// Answers, unless the promotion went on in the same moment: that is told in a comment of its own. `None`: facts are missing.
fn answered(
    asked: &Asked<'_>,
    mut draft: Draft<'_>,
    promotion: &Promotion,
    text: impl Fn(&View) -> Text,
) -> Option<Decision> {
    let now = draft.state().promotions.get(&promotion.id()).cloned();
    if let Some(now) = now.filter(|now| now.stage == Stage::Waiting) {
        let text = text(&view(&draft, &now)?);
        steer::reply(&mut draft, asked, text);
    }
    Some(draft.finish())
}

/// Whether somebody's yes would count.
enum Entitlement {
    Counts,
    Author,
    Untold(Untold),
    Nobody,
    Unknown(String),
}

fn entitlement(asked: &Asked<'_>, draft: &Draft<'_>, promotion: &Promotion) -> Option<Entitlement> {
    let me = &asked.comment.author;
    let rules = &promotion.terms.conditions.approvals;
    let authors = approval::authors(draft, promotion);
    let each: Vec<Option<Belongs>> = rules.iter().map(|rule| approval::entitled(draft, rule, me)).collect();
    let each: Vec<Belongs> = each.into_iter().collect::<Option<_>>()?;
    let authors = authors?;
    let is_author = authors.known.contains(&me.id);
    let belongs = |rule: &Belongs| *rule == Belongs::Yes;
    let is_out = is_author || authors.untold.is_some();
    let counts = rules.iter().zip(&each).any(|(rule, each)| belongs(each) && !(rule.not_authors && is_out));
    let unknown = each.iter().find_map(|belongs| match belongs {
        Belongs::Unknown(why) => Some(why.clone()),
        Belongs::Yes | Belongs::No => None,
    });
    Some(match (counts, each.iter().any(belongs), unknown) {
        (true, _, _) => Entitlement::Counts,
        (false, true, _) => match authors.untold.filter(|_| !is_author) {
            Some(untold) => Entitlement::Untold(untold),
            None => Entitlement::Author,
        },
        (false, false, Some(why)) => Entitlement::Unknown(why),
        (false, false, None) => Entitlement::Nobody,
    })
}

/// S11: a yes counts for what its giver saw. One that names no revision is for what the forge showed when it was written; the
/// same second counts as after.
fn not_this_revision(
    asked: &Asked<'_>,
    promotion: &Promotion,
    view: &View,
    word: Option<&PromotionWord>,
) -> Option<(&'static str, Text)> {
    let named = word.and_then(|word| word.revision);
    if let Some(revision) = named {
        let approved = RevisionName { promotion: promotion.id(), revision };
        let text = match revision.cmp(&promotion.revision) {
            Ordering::Less => say::approve::stale(view, approved),
            Ordering::Equal => return None,
            Ordering::Greater => say::approve::no_such_revision(view, approved),
        };
        return Some(("E_STALE_DIGEST", text));
    }
    let shown = promotion.panel.shown.get(&promotion.revision);
    let was_seen = shown.is_some_and(|at| at.as_second() < asked.comment.written_at.as_second());
    (!was_seen).then(|| ("E_STALE_DIGEST", say::approve::not_shown(view)))
}

/// The promotion that is approved or rejected: it must still wait.
fn waiting(asked: &Asked<'_>, verb: &str, word: Option<&PromotionWord>) -> Result<Promotion, Box<Decision>> {
    let which = word.map(|word| Which::Promotion(*word));
    let promotion = steer::here_or_named(asked, verb, which.as_ref())?;
    if promotion.stage == Stage::Waiting {
        return Ok(promotion);
    }
    let text = say::approve::too_late(&promotion);
    Err(Box::new(asked.refuse(verb, "E_TOO_LATE", text)))
}

/// Answers `reject`. `None`: facts are missing.
pub fn reject(asked: &Asked<'_>, word: Option<&PromotionWord>, reason: &Reason) -> Option<Decision> {
    let mut draft = Draft::on(asked.moment, asked.acknowledge())?;
    let promotion = match waiting(asked, "reject", word) {
        Ok(promotion) => promotion,
        Err(refusal) => return Some(*refusal),
    };
    let said = steer::said(asked, Some(reason));
    panel::end(&mut draft, &promotion, &Ending::Rejected(said))?;
    advance(&mut draft)?;
    Some(draft.finish())
}

/// Answers `revoke`. `None`: facts are missing.
pub fn revoke(asked: &Asked<'_>, word: Option<&PromotionWord>) -> Option<Decision> {
    let mut draft = Draft::on(asked.moment, asked.acknowledge())?;
    let promotion = match waiting(asked, "revoke", word) {
        Ok(promotion) => promotion,
        Err(refusal) => return Some(*refusal),
    };
    let me = asked.comment.author.id;
    if promotion.approvals.iter().all(|approval| approval.by != me) {
        let text = say::approve::no_approval(&view(&draft, &promotion)?);
        return Some(asked.refuse("revoke", "E_NO_APPROVAL", text));
    }
    let step = Step::ApprovalEnded { promotion: promotion.id(), by: me, because: ApprovalEnd::TakenBack };
    draft.record(step);
    advance(&mut draft)?;
    answered(asked, draft, &promotion, say::approve::taken_back)
}
