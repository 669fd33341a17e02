//! Who approved, whose yes counts, and who could still say it (S8, S14). Asking people is `promotion`'s business.

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::{Gate, Opening, Verdict};
use crate::domain::authorize::{self, Belongs, Claim, authorize};
use crate::domain::change::RangeCommit;
use crate::domain::command::Rank;
use crate::domain::event::{CutChange, Event, Recorded, STRANGERS};
use crate::domain::id::{Actor, ActorId, ActorKind, ComponentName, TagName};
use crate::domain::policy::environment::{ApprovalRule, Seconds};
use crate::domain::policy::staffing::{Shortage, behind, shortage};
use crate::domain::policy::{Principal, Standing};
use crate::domain::promotion::draft::Draft;
use crate::domain::promotion::model::{Approval, Promotion};
use crate::domain::query::{Detail, Found, RangeAsked};
use crate::domain::state::ReleaseMark;
use crate::domain::version::Version;

/// How long an approval is good.
pub const APPROVAL_LASTS: Seconds = Seconds::days(7);

/// What one approval rule sees.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Count {
    /// The rule.
    pub rule: ApprovalRule,
    /// Whose yes it counts, in the order given.
    pub given: Vec<Actor>,
    /// Who could still say yes, by login; an error: it could not be read, and why.
    pub could: Result<Vec<Actor>, String>,
    /// Whom the rule names, and nobody is.
    pub lacking: Vec<Shortage>,
    /// How many of its places nobody can fill, because one human fills one place over all rules.
    pub short: usize,
    /// Why the authors are not all known, where they do not count: then nobody's yes does.
    pub untold: Option<Untold>,
    /// The names on commits that belong to no account, where authors do not count.
    pub strangers: Vec<String>,
}

impl Count {
    /// How many are missing.
    pub fn missing(&self) -> usize {
        (self.rule.count as usize).saturating_sub(self.given.len())
    }

    /// Whether there are not enough people left who could.
    pub fn is_hopeless(&self) -> bool {
        self.short > 0 || self.could.as_ref().is_ok_and(|could| could.len() < self.missing())
    }
}

/// Why it is not known who wrote all that a promotion brings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Untold {
    /// The forge does not tell it.
    Silent,
    /// It could not be read. The reason is for people.
    Unread(String),
}

/// The verdict on a count.
pub fn verdict(count: Count) -> Verdict {
    let opening = match (count.missing(), count.is_hopeless()) {
        (0, _) => Opening::Open,
        (_, true) => Opening::Shut,
        (_, false) => Opening::Waiting { until: None },
    };
    Verdict { gate: Gate::Approvals(Box::new(count)), opening }
}

/// What each rule of a promotion counts. `None`: facts are missing.
pub fn counts(draft: &Draft<'_>, promotion: &Promotion) -> Option<Vec<Count>> {
    let rules = &promotion.terms.conditions.approvals;
    if rules.is_empty() {
        return Some(vec![]);
    }
    let authors = authors(draft, promotion);
    let givers = givers(draft, promotion);
    let could: Vec<_> = rules.iter().map(|rule| candidates(draft, rule)).collect();
    let (authors, givers) = (authors?, givers?);
    let fits: Vec<Option<Vec<bool>>> = rules
        .iter()
        .map(|rule| givers.iter().map(|giver| fits(draft, promotion, rule, (giver, &authors))).collect())
        .collect();
    let fits: Vec<Vec<bool>> = fits.into_iter().collect::<Option<_>>()?;
    let named: Vec<Named> = could.into_iter().collect::<Option<_>>()?;
    let could: Vec<Result<Vec<Actor>, String>> = rules
        .iter()
        .zip(&named)
        .map(|(rule, named)| {
            let people = named.people.clone()?;
            let told = authors.leave_out(rule).ok_or("who wrote it is not known")?;
            Ok(open_to(promotion, people, (&givers, told)))
        })
        .collect();
    let places: Vec<u32> = rules.iter().map(|rule| rule.count).collect();
    // Those who could still say yes are seated behind the givers, so that each giver has the place that leaves most open to them.
    let assigned = assign(&places, &with_those_who_could(fits, &could));
    // Where somebody is not known, nobody can say that a place stays empty.
    let is_known = could.iter().all(Result::is_ok);
    let seats = |at: usize| assigned.iter().filter(|seat| **seat == Some(at)).count();
    let given = |at: usize| {
        let seated = givers.iter().zip(&assigned).filter(|(_, seat)| **seat == Some(at));
        seated.map(|(giver, _)| giver.clone()).collect()
    };
    let each = rules.iter().zip(could).zip(named).enumerate();
    let counted = each.map(|(at, ((rule, could), named))| Count {
        rule: rule.clone(),
        given: given(at),
        could,
        lacking: named.lacking,
        short: if is_known { (rule.count as usize).saturating_sub(seats(at)) } else { 0 },
        untold: authors.untold.clone().filter(|_| rule.not_authors),
        strangers: authors.strangers.iter().filter(|_| rule.not_authors).cloned().collect(),
    });
    Some(counted.collect())
}

/// What people fit, the givers first, then everybody who could still say yes.
fn with_those_who_could(mut fits: Vec<Vec<bool>>, could: &[Result<Vec<Actor>, String>]) -> Vec<Vec<bool>> {
    let people: BTreeSet<ActorId> = could.iter().flatten().flatten().map(|actor| actor.id).collect();
    for (fits, could) in fits.iter_mut().zip(could) {
        let may = |id: &ActorId| could.iter().flatten().any(|actor| actor.id == *id);
        fits.extend(people.iter().map(may));
    }
    fits
}

/// Gives each person at most one place, so that one human is one vote over all rules, and as many places as can be are filled.
/// More people never fill fewer places.
pub(in crate::domain) fn assign(places: &[u32], fits: &[Vec<bool>]) -> Vec<Option<usize>> {
    let people = fits.first().map_or(0, Vec::len);
    let mut assigned: Vec<Option<usize>> = vec![None; people];
    for person in 0..people {
        settle(person, (places, fits), &mut assigned, &mut vec![false; places.len()]);
    }
    assigned
}

/// Finds a place for a person, moving others where they have another (an augmenting path).
fn settle(
    person: usize,
    (places, fits): (&[u32], &[Vec<bool>]),
    assigned: &mut Vec<Option<usize>>,
    tried: &mut Vec<bool>,
) -> bool {
    for rule in 0..places.len() {
        if !fits[rule][person] || std::mem::replace(&mut tried[rule], true) {
            continue;
        }
        let sitting: Vec<usize> =
            (0..assigned.len()).filter(|other| assigned[*other] == Some(rule)).collect();
        if sitting.len() < places[rule] as usize {
            assigned[person] = Some(rule);
            return true;
        }
        for other in sitting {
            if settle(other, (places, fits), assigned, tried) {
                assigned[person] = Some(rule);
                return true;
            }
        }
    }
    false
}

/// The people who approved this revision, as the forge knows them by number. `None`: facts are missing.
pub fn givers(draft: &Draft<'_>, promotion: &Promotion) -> Option<Vec<Actor>> {
    promotion
        .approvals
        .iter()
        .map(|approval| {
            let login = draft.text(approval.given, "login")?.unwrap_or_default();
            Some(Actor { id: approval.by, login, kind: ActorKind::Person })
        })
        .collect()
}

/// Whether an approval is too old.
pub fn has_lapsed(approval: &Approval, now: Timestamp) -> bool {
    now >= lapses_at(approval)
}

/// When an approval is too old.
pub fn lapses_at(approval: &Approval) -> Timestamp {
    approval.given.at + APPROVAL_LASTS.duration()
}

/// Whether a person's yes counts for a rule: one of its people, never the requester, no author where the rule says so.
fn fits(
    draft: &Draft<'_>,
    promotion: &Promotion,
    rule: &ApprovalRule,
    (actor, authors): (&Actor, &Authors),
) -> Option<bool> {
    let entitled = entitled(draft, rule, actor);
    let is_no_author = authors.leave_out(rule).is_some_and(|left_out| !left_out.contains(&actor.id));
    Some(entitled? == Belongs::Yes && promotion.asked.by != Some(actor.id) && is_no_author)
}

/// Whether somebody is one of the people of a rule, asked of the forge anew (S8). `None`: facts are missing.
pub fn entitled(draft: &Draft<'_>, rule: &ApprovalRule, actor: &Actor) -> Option<Belongs> {
    let facts = draft.moment.facts;
    let Some(rules) = draft.rules else { return Some(Belongs::No) };
    if rule.from.is_empty() {
        let claim = Claim { actor, rank: Rank::Approver, wrote_the_change: false, is_public: true };
        return Some(match authorize(facts, rules, claim)? {
            authorize::Verdict::Allowed => Belongs::Yes,
            authorize::Verdict::Denied { .. } | authorize::Verdict::Stranger => Belongs::No,
            authorize::Verdict::Unknown { why } => Belongs::Unknown(why),
        });
    }
    let by_name = authorize::belongs(facts, &rule.from, actor);
    let least = rule.from.iter().filter_map(|principal| match principal {
        Principal::Role(least) => Some(*least),
        Principal::User(_) | Principal::Group(_) => None,
    });
    let Some(least) = least.min() else { return by_name };
    let standing = facts.standing(actor.clone())?;
    let by_role = standing.known().is_some_and(|standing| *standing >= least);
    Some(if by_role { Belongs::Yes } else { by_name? })
}

/// Whom a rule names.
struct Named {
    /// Everybody, by login; an error: it could not be read, and why.
    people: Result<Vec<Actor>, String>,
    /// Names behind which nobody stands.
    lacking: Vec<Shortage>,
}

/// Everybody whom a rule names. `None`: facts are missing.
fn candidates(draft: &Draft<'_>, rule: &ApprovalRule) -> Option<Named> {
    let own = draft.rules.map_or(&[][..], |rules| rules.who.approver.as_slice());
    let everybody = [Principal::Role(Standing::Write)];
    let from = match (rule.from.is_empty(), own.is_empty()) {
        (false, _) => rule.from.as_slice(),
        (true, false) => own,
        (true, true) => everybody.as_slice(),
    };
    let each: Vec<Option<Found<Vec<Actor>>>> =
        from.iter().map(|principal| behind(principal, draft.moment.facts)).collect();
    let each: Vec<Found<Vec<Actor>>> = each.into_iter().collect::<Option<_>>()?;
    let lacking =
        from.iter().zip(&each).filter_map(|(principal, found)| shortage(principal, found)).collect();
    Some(Named { people: together(each), lacking })
}

/// All of these people, each once, by login.
fn together(each: Vec<Found<Vec<Actor>>>) -> Result<Vec<Actor>, String> {
    let mut people = Vec::new();
    for found in each {
        match found {
            Found::Known(some) => people.extend(some),
            Found::Absent => {}
            Found::Unknown(why) => return Err(why),
        }
    }
    people.sort_by(|one: &Actor, other| one.login.cmp(&other.login));
    people.dedup_by_key(|actor| actor.id);
    Ok(people)
}

/// Of all whom a rule names, those who could still say a yes that counts.
fn open_to(
    promotion: &Promotion,
    people: Vec<Actor>,
    (givers, left_out): (&[Actor], &BTreeSet<ActorId>),
) -> Vec<Actor> {
    let may = |actor: &Actor| {
        actor.kind == ActorKind::Person
            && promotion.asked.by != Some(actor.id)
            && givers.iter().all(|giver| giver.id != actor.id)
            && !left_out.contains(&actor.id)
    };
    people.into_iter().filter(may).collect()
}

/// Who wrote what the release brings.
#[derive(Debug, Clone, Default)]
pub struct Authors {
    /// By number.
    pub known: BTreeSet<ActorId>,
    /// By the names that git has, where the forge links no account.
    pub strangers: BTreeSet<String>,
    /// Why that is not all of them, where it is not.
    pub untold: Option<Untold>,
}

impl Authors {
    /// Whose yes a rule does not count for what they wrote. `None`: somebody of them is not known, so it counts nobody's (S14).
    fn leave_out(&self, rule: &ApprovalRule) -> Option<&BTreeSet<ActorId>> {
        const NOBODY: &BTreeSet<ActorId> = &BTreeSet::new();
        match (rule.not_authors, &self.untold) {
            (false, _) => Some(NOBODY),
            (true, None) => Some(&self.known),
            (true, Some(_)) => None,
        }
    }

    /// Takes in who wrote a release, by the row that froze it: the authors of its changes, and the people behind its commits. False:
    /// it does not tell all of them. A change without an author is of an account that is gone, which approves nothing.
    fn join(&mut self, frozen: &Recorded) -> bool {
        let Event::CutStarted { changes, writers, .. } = &frozen.event else { return false };
        self.known.extend(changes.iter().filter_map(|change| change.author));
        self.known.extend(writers.iter().flatten());
        let names = frozen.texts.get(STRANGERS);
        let strangers: Option<BTreeSet<String>> = names.and_then(|names| serde_json::from_str(names).ok());
        self.strangers.extend(strangers.unwrap_or_default());
        writers.is_some()
    }

    /// Takes in who wrote these commits; why somebody of them is not told, where that is so.
    fn join_all(&mut self, range: &[RangeCommit]) -> Option<Untold> {
        let authors = range.iter().filter_map(|commit| commit.change.as_ref()?.author.as_ref());
        self.known.extend(authors.map(|author| author.id));
        for writers in range.iter().filter_map(|commit| commit.writers.as_ref()) {
            self.known.extend(&writers.accounts);
            self.strangers.extend(writers.strangers.iter().cloned());
        }
        range.iter().any(|commit| commit.writers.is_none()).then_some(Untold::Silent)
    }
}

/// Who wrote what the promotion would bring to its environment: its release, and those that it passes over. Asked only where a
/// rule leaves authors out. `None`: facts are missing.
pub fn authors(draft: &Draft<'_>, promotion: &Promotion) -> Option<Authors> {
    if !promotion.terms.conditions.approvals.iter().any(|rule| rule.not_authors) {
        return Some(Authors::default());
    }
    let each: Vec<Option<Option<&Recorded>>> =
        brought(draft, promotion).iter().map(|mark| frozen(draft, mark)).collect();
    let each: Vec<Option<&Recorded>> = each.into_iter().collect::<Option<_>>()?;
    let mut authors = Authors::default();
    let told: Vec<bool> = each.iter().map(|row| row.is_some_and(|row| authors.join(row))).collect();
    if told.is_empty() || told.contains(&false) {
        // Cut before anybody asked, by hand, or when the forge did not tell: perhaps it does now.
        let asked = RangeAsked {
            base: base(draft, promotion),
            head: promotion.asked.commit.clone(),
            with_people: true,
            detail: Detail::Commits,
        };
        authors.untold = match draft.moment.facts.range(asked)?.found {
            Found::Known(range) => authors.join_all(range),
            Found::Absent => Some(Untold::Silent),
            Found::Unknown(why) => Some(Untold::Unread(why)),
        };
    }
    Some(authors)
}

/// The tag from which on a promotion brings something: of the release that it replaces, else of the one before it.
fn base(draft: &Draft<'_>, promotion: &Promotion) -> Option<TagName> {
    let asked = &promotion.asked;
    let releases = draft.state().component(&asked.component).releases;
    let replaced =
        asked.replaces.as_ref().and_then(|version| releases.iter().find(|mark| mark.version == *version));
    let before = releases
        .iter()
        .filter(|mark| mark.version < asked.version)
        .max_by(|one, other| one.version.cmp(&other.version));
    replaced.filter(|mark| mark.version < asked.version).or(before).map(|mark| mark.tag.clone())
}

/// The releases whose changes a promotion brings: its own, and those between it and what is there.
pub fn brought(draft: &Draft<'_>, promotion: &Promotion) -> Vec<ReleaseMark> {
    let asked = &promotion.asked;
    let floor = asked.replaces.as_ref().filter(|replaced| **replaced < asked.version);
    above(draft, &asked.component, floor, &asked.version)
}

/// The releases above one, up to another; without a floor only that other one.
pub fn above(
    draft: &Draft<'_>,
    component: &ComponentName,
    floor: Option<&Version>,
    top: &Version,
) -> Vec<ReleaseMark> {
    let is_in = |mark: &ReleaseMark| match floor {
        Some(floor) => mark.version > *floor && mark.version <= *top,
        None => mark.version == *top,
    };
    draft.state().component(component).releases.into_iter().filter(is_in).collect()
}

/// What a release contains, where the journal says. `None`: facts are missing.
pub fn contents(draft: &Draft<'_>, mark: &ReleaseMark) -> Option<Option<Vec<CutChange>>> {
    Some(
        frozen(draft, mark)?.map(|row| {
            if let Event::CutStarted { changes, .. } = &row.event { changes.clone() } else { vec![] }
        }),
    )
}

/// The row that froze a release, where there is one. `None`: facts are missing.
fn frozen<'a>(draft: &Draft<'a>, mark: &ReleaseMark) -> Option<Option<&'a Recorded>> {
    let Some(row) = mark.contents else { return Some(None) };
    Some(draft.moment.facts.row(row)?.known())
}
