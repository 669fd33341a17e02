//! The next release as it would be now: asks for what a plan is made from. How a plan is drawn is `plan`'s business.

use super::change::{Change, RangeCommit};
use super::decision::Moment;
use super::id::{ActorKind, BranchName, CommitId, TagName};
use super::line;
use super::plan::{Basis, Line, Link, Plan, Released, Wish, draw};
use super::policy::{Policy, Versioning};
use super::query::{Ancestry, AtHead, Detail, Found, Holding, Newcomers, Newest, RangeAsked, Tag};
use super::version::{Channel, Detected, Naming, Series, TagPattern, Version, candidates};

/// What every plan stands on.
#[derive(Debug, Clone, Copy)]
pub struct Ground<'a> {
    /// The moment.
    pub moment: &'a Moment<'a>,
    /// The newest commit of the default branch.
    pub newest: &'a CommitId,
    /// The rules in force.
    pub rules: &'a Policy,
}

/// What is to be planned.
#[derive(Debug, Clone, Default)]
pub struct Target {
    /// The commit; `None`: the newest of the default branch.
    pub head: Option<CommitId>,
    /// The branch that it is on, if not the default one.
    pub branch: Option<BranchName>,
    /// Which version is asked for.
    pub wish: Wish,
    /// The channel, for a pre-release.
    pub channel: Option<Channel>,
    /// An open change to be taken in as if it were merged now.
    pub with: Option<Change>,
    /// A tag that is looked at as if it were not there: the one whose contents are asked for.
    pub without: Option<Unseen>,
    /// Whether it shall begin a line: then it is asked in passing whether the branch is there.
    pub begins_line: bool,
    /// Whether the people behind it are wanted: what is frozen names them, what is only shown does not.
    pub with_people: bool,
}

/// A tag that is looked at as if it were not there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unseen {
    /// By its name.
    Tag(TagName),
    /// By the version that it stands for.
    Version(Version),
}

impl Unseen {
    fn is(&self, tag: &TagName, naming: &Naming) -> bool {
        match self {
            Self::Tag(name) => name == tag,
            Self::Version(version) => naming.version_of(tag.as_str()).as_ref() == Some(version),
        }
    }
}

/// A plan with what it was made from.
#[derive(Debug, Clone)]
pub struct Outlook<'a> {
    /// The plan.
    pub plan: Plan,
    /// All tags.
    pub tags: &'a [Tag],
    /// How the project names its releases.
    pub naming: Naming,
    /// The open change that was taken in.
    pub with: Option<Change>,
}

/// Why there is no plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Obstacle {
    /// Something could not be read.
    Unreadable {
        /// What, in words.
        what: &'static str,
        /// Why.
        why: String,
    },
    /// The highest version is spelt in two ways.
    AmbiguousTags(TagPattern, TagPattern),
}

/// The value of a fact, or the obstacle that it is not known.
fn need<T>(fact: super::query::Fact<T>, what: &'static str) -> Result<T, Obstacle> {
    match fact.found {
        Found::Known(value) => Ok(value),
        Found::Absent => Err(Obstacle::Unreadable { what, why: "it is not there".to_owned() }),
        Found::Unknown(why) => Err(Obstacle::Unreadable { what, why }),
    }
}

/// Draws up the plan of a target, for the component in view. `None`: facts are missing.
pub fn look<'a>(ground: &Ground<'a>, target: Target) -> Option<Result<Outlook<'a>, Obstacle>> {
    let links = links(ground, &target);
    let alone = look_beside(ground, target.clone(), &[]);
    let links = match links? {
        Ok(links) if links.is_empty() => return alone,
        Ok(links) => links,
        Err(obstacle) => return Some(Err(obstacle)),
    };
    look_beside(ground, target, &links)
}

/// The plans of all components, in the order of the policy. `None`: facts are missing.
pub fn look_at_all(ground: &Ground<'_>, target: &Target) -> Option<Result<Vec<Plan>, Obstacle>> {
    let rules = ground.rules.each_component();
    let plans: Vec<Option<Result<Plan, Obstacle>>> = rules
        .iter()
        .map(|rules| look(&Ground { rules, ..*ground }, target.clone()))
        .map(|found| found.map(|found| found.map(|outlook| outlook.plan)))
        .collect();
    plans.into_iter().collect::<Option<_>>().map(|plans: Vec<_>| plans.into_iter().collect())
}

/// What the other components of the group ask for.
fn links(ground: &Ground<'_>, target: &Target) -> Option<Result<Vec<Link>, Obstacle>> {
    let rules = ground.rules.linked();
    let target = Target { head: target.head.clone(), branch: target.branch.clone(), ..Target::default() };
    let links: Vec<Option<Result<Link, Obstacle>>> = rules
        .iter()
        .map(|rules| look_beside(&Ground { rules, ..*ground }, target.clone(), &[]))
        .map(|found| found.map(|found| found.map(|outlook| link(&outlook.plan))))
        .collect();
    links.into_iter().collect::<Option<_>>().map(|links: Vec<_>| links.into_iter().collect())
}

fn link(plan: &Plan) -> Link {
    Link { stable: plan.previous.as_ref().map(|previous| previous.version.clone()), bump: plan.bump }
}

fn look_beside<'a>(
    ground: &Ground<'a>,
    target: Target,
    links: &[Link],
) -> Option<Result<Outlook<'a>, Obstacle>> {
    let facts = ground.moment.facts;
    let tags: &'a [Tag] = match need(facts.tags(Newest)?, "the tags") {
        Ok(tags) => tags,
        Err(obstacle) => return Some(Err(obstacle)),
    };
    let naming = match naming(ground, tags) {
        Ok(naming) => naming,
        Err(obstacle) => return Some(Err(obstacle)),
    };
    let head = target.head.clone().unwrap_or_else(|| ground.newest.clone());
    let is_unseen = |tag: &Tag| target.without.as_ref().is_some_and(|unseen| unseen.is(&tag.name, &naming));
    let before: Vec<&Tag> = tags.iter().filter(|tag| !is_unseen(tag)).collect();
    let line = match line(ground, &before, &naming, (&head, &target))? {
        Ok(line) => line,
        Err(obstacle) => return Some(Err(obstacle)),
    };
    let base = line.previous.as_ref().map(|released| released.tag.clone());
    let taken = target.with.as_ref().map(|change| taken_in(ground, change));
    let detail = if ground.rules.versioning.paths.are_everywhere() { Detail::Commits } else { Detail::Paths };
    let asked = RangeAsked { base, head: head.clone(), with_people: target.with_people, detail };
    let range = match need(facts.range(asked)?, "the commits since then") {
        Ok(range) => range,
        Err(obstacle) => return Some(Err(obstacle)),
    };
    let taken = match taken {
        Some(commit) => Some(commit?),
        None => None,
    };
    let range: Vec<RangeCommit> = taken.into_iter().chain(range.iter().cloned()).collect();
    let plan = draw_with(ground, &target, (&naming, &line, links), (&head, &range))?;
    Some(Ok(Outlook { plan, tags, naming, with: target.with }))
}

/// The names that the policy wants, its tags else spelt as those are that are there.
pub fn naming(ground: &Ground<'_>, tags: &[Tag]) -> Result<Naming, Obstacle> {
    let Versioning { tag, scheme, .. } = &ground.rules.versioning;
    let named = |pattern: TagPattern| Naming { pattern, scheme: scheme.clone() };
    if let Some(pattern) = tag {
        return Ok(named(pattern.clone()));
    }
    match TagPattern::detect(tags.iter().map(|tag| tag.name.as_str()), scheme) {
        Detected::One(pattern) => Ok(named(pattern)),
        Detected::None => Ok(named(TagPattern::usual())),
        Detected::Ambiguous(one, other) => Err(Obstacle::AmbiguousTags(one, other)),
    }
}

/// The releases that the head goes on from. Only ancestry counts, never a date.
fn line(
    ground: &Ground<'_>,
    tags: &[&Tag],
    naming: &Naming,
    (head, target): (&CommitId, &Target),
) -> Option<Result<Line, Obstacle>> {
    let names = || tags.iter().map(|tag| &tag.name);
    let own = line::own(&ground.rules.versioning, &target.wish);
    let series = own.as_ref().or(target.branch.as_ref()).and_then(Series::of);
    let finals = line::standing(names(), naming, (ground.rules.cut, series.as_ref()));
    let own = target.channel.as_ref().map(|channel| before_on(channel, (names(), naming), &finals));
    let mut early: Vec<(Version, TagName)> = names()
        .filter_map(|tag| Some((naming.version_of(tag.as_str())?, tag.clone())))
        .filter(|(version, _)| version.is_prerelease())
        .collect();
    early.sort_by(|one, other| other.cmp(one));
    let stable = first_of(ground, head, &finals);
    let previous = own.as_ref().map(|own| first_of(ground, head, own));
    let promised = first_of(ground, head, &early);
    let (stable, promised) = (stable?, promised?);
    let previous = match previous {
        Some(found) => found?,
        None => stable.clone(),
    };
    let all = || -> Result<Line, Obstacle> {
        let (stable, promised, previous) = (stable?, promised?, previous?);
        let released = |(version, tag): (Version, TagName)| Released {
            commit: tags
                .iter()
                .find(|known| known.name == tag)
                .map_or_else(|| head.clone(), |known| known.commit.clone()),
            version,
            tag,
        };
        let final_of = |early: Version| if early.is_final() { early } else { early.core() };
        let stable = stable.map(|(version, _)| final_of(version));
        let promised = promised
            .map(|(version, _)| version)
            .filter(|early| stable.as_ref().is_none_or(|stable| early > stable));
        // A candidate that stands for its release has taken that number, too.
        let taken = names().filter_map(|tag| naming.version_of(tag.as_str())).chain(stable.clone()).collect();
        Ok(Line { previous: previous.map(released), stable, promised, taken })
    };
    Some(all())
}

/// The releases that may come before one of a channel, highest version first.
fn before_on<'a>(
    channel: &Channel,
    (names, naming): (impl Iterator<Item = &'a TagName>, &Naming),
    standing: &[(Version, TagName)],
) -> Vec<(Version, TagName)> {
    let mut own = candidates(names, naming, Some(channel));
    own.extend(standing.iter().cloned());
    own.sort_by(|one, other| other.cmp(one));
    own.dedup();
    own
}

type Candidate = Option<(Version, TagName)>;

/// The first candidate that is an ancestor of the head.
fn first_of(
    ground: &Ground<'_>,
    head: &CommitId,
    list: &[(Version, TagName)],
) -> Option<Result<Candidate, Obstacle>> {
    if list.is_empty() {
        return Some(Ok(None));
    }
    let tags = list.iter().map(|(_, tag)| tag.clone()).collect();
    let fact = ground.moment.facts.first_ancestor(Ancestry { head: head.clone(), tags })?;
    Some(match fact.found {
        Found::Known(first) => Ok(list.iter().find(|(_, tag)| tag == first).cloned()),
        Found::Absent => Ok(None),
        Found::Unknown(why) => Err(Obstacle::Unreadable { what: "which release came before", why }),
    })
}

fn draw_with(
    ground: &Ground<'_>,
    target: &Target,
    (naming, line, linked): (&Naming, &Line, &[Link]),
    (head, range): (&CommitId, &[RangeCommit]),
) -> Option<Plan> {
    let facts = ground.moment.facts;
    let component = ground.moment.state.component(&ground.rules.versioning.component);
    let unseen = component.unseen();
    let newcomers = facts.first_timers(newcomers(range));
    let series = target.branch.as_ref().and_then(Series::of);
    let mut basis = Basis {
        policy: ground.rules,
        naming,
        line,
        head,
        range,
        shown: &component.shown,
        hidden: &unseen,
        first_timers: &Default::default(),
        milestone: None,
        wish: &target.wish,
        channel: target.channel.as_ref(),
        today: ground.moment.today(),
        series: series.as_ref(),
        linked,
    };
    // The version names the milestone, so the plan is drawn once without it.
    let milestone = match draw(&basis).version {
        Some(version) => {
            // Asked in passing, so that four rounds of questions serve.
            let branch = target.begins_line.then(|| line::branch(&ground.rules.versioning, &version));
            let _ = branch.map(|branch| facts.holds(Holding { branch, commit: head.clone() }));
            facts.milestone(version.core())
        }
        None => return Some(draw(&basis)),
    };
    let (newcomers, milestone) = (newcomers?, milestone?);
    // Neither decides anything: where they cannot be read, the plan says less.
    let none = Default::default();
    basis.first_timers = newcomers.known().unwrap_or(&none);
    basis.milestone = milestone.known();
    Some(draw(&basis))
}

/// An open change as its merge would be, with its files where components are told apart by them. `None`: facts are missing.
fn taken_in(ground: &Ground<'_>, change: &Change) -> Option<RangeCommit> {
    let mut commit = as_if_merged(change);
    if !ground.rules.versioning.paths.are_everywhere() {
        commit.paths = ground.moment.facts.files_at(AtHead::from(change))?.known().cloned();
    }
    Some(commit)
}

/// An open change as the commit that its merge would make.
pub fn as_if_merged(change: &Change) -> RangeCommit {
    RangeCommit {
        id: change.head.clone(),
        parents: vec![],
        message: change.title.clone(),
        author: change.author.as_ref().map(|author| author.login.clone()).unwrap_or_default(),
        merges: None,
        change: Some(change.clone()),
        reviewers: vec![],
        writers: None,
        paths: None,
    }
}

fn newcomers(range: &[RangeCommit]) -> Newcomers {
    let changes: Vec<&Change> = range.iter().filter_map(|commit| commit.change.as_ref()).collect();
    let mut people: Vec<_> = changes
        .iter()
        .filter_map(|change| change.author.clone())
        .filter(|author| author.kind == ActorKind::Person)
        .collect();
    people.sort();
    people.dedup();
    let mut numbers: Vec<_> = changes.iter().map(|change| change.number).collect();
    numbers.sort();
    numbers.dedup();
    Newcomers { people, changes: numbers }
}
