//! The sections of a release-drafter file as our categories: whose labels and types they take, and what they ask of the version. What leaves a change out altogether is the translation's.

use super::{labels_alone, remark};
use crate::config::import::release_drafter::Configuration;
use crate::config::import::release_drafter::condition::Condition;
use crate::config::import::release_drafter::rules::{Category, Increment, Purpose};
use crate::config::import::{Remark, Touches};
use crate::domain::policy::{Category as Section, Exclude};
use crate::domain::version::Bump;

/// What a change is taken by.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Sign {
    Label(String),
    Type(String),
}

/// A section on its way.
struct Draft<'c> {
    category: &'c Category,
    signs: Vec<Sign>,
    bump: Bump,
}

/// Our categories.
pub(super) fn sections(configuration: &Configuration, remarks: &mut Vec<Remark>) -> Vec<Section> {
    let resolver = Resolver::of(configuration, remarks);
    let mut drafts: Vec<Draft<'_>> = Vec::new();
    let changelog = configuration.categories.iter().filter(|category| category.purpose == Purpose::Changelog);
    for category in changelog.clone().filter(|category| !category.when.is_empty()) {
        let signs = signs(category, &drafts, remarks);
        if signs.is_empty() {
            let what = format!("section `{}`", category.title);
            remarks.push(remark(
                &category.place,
                &what,
                Touches::Contents,
                "nothing of it is left, so it is left out",
            ));
            continue;
        }
        let bump = resolver.bump(category, &signs, remarks);
        drafts.push(Draft { category, signs, bump });
    }
    let mut sections = resolver.own_sections(&drafts, remarks);
    for draft in drafts {
        add(&mut sections, section(&draft), draft.category, remarks);
    }
    let bucket = changelog.clone().rfind(|category| category.when.is_empty());
    if changelog.count() == 0 {
        sections.push(whole_list(resolver.usual.unwrap_or_default()));
        remarks.push(Remark {
            place: None,
            what: "no sections".to_owned(),
            why: "one section takes all; without `categories` here it would be the usual ones".to_owned(),
            touches: Touches::Wording,
        });
    } else if let Some(category) = bucket {
        let bump = bump_of(category.increment.max(resolver.usual.unwrap_or_default()));
        let rest = Section { catches_all: true, ..Section::labelled(title(category), &[], bump) };
        add(&mut sections, rest, category, remarks);
    }
    sections
}

/// The heading of what has none there.
const UNTITLED: &str = "Changes";

fn title(category: &Category) -> &str {
    if category.title.trim().is_empty() { UNTITLED } else { &category.title }
}

/// What a file without sections lists.
fn whole_list(usual: Increment) -> Section {
    Section { catches_all: true, ..Section::labelled(UNTITLED, &[], bump_of(usual)) }
}

fn section(draft: &Draft<'_>) -> Section {
    let labels = draft.signs.iter().filter_map(|sign| match sign {
        Sign::Label(label) => Some(label.clone()),
        Sign::Type(_) => None,
    });
    let types = draft.signs.iter().filter_map(|sign| match sign {
        Sign::Type(name) => Some(name.clone()),
        Sign::Label(_) => None,
    });
    Section {
        title: title(draft.category).to_owned(),
        labels: labels.collect(),
        types: types.collect(),
        bump: draft.bump,
        catches_all: false,
        except: Exclude::default(),
    }
}

/// Adds a section; two of one title become one, because our titles are unique.
fn add(sections: &mut Vec<Section>, next: Section, category: &Category, remarks: &mut Vec<Remark>) {
    if category.collapse_after.is_some() {
        let what = format!("`collapse-after` of `{}`", next.title);
        let why = "long notes are folded by themselves, section by section";
        remarks.push(remark(&category.place, &what, Touches::Wording, why));
    }
    match sections.iter_mut().find(|section| section.title == next.title) {
        None => sections.push(next),
        Some(there) => {
            let what = format!("a second section `{}`", next.title);
            remarks.push(remark(&category.place, &what, Touches::Contents, "the two are one here"));
            there.labels.extend(next.labels);
            there.types.extend(next.types);
            there.bump = there.bump.max(next.bump);
            there.catches_all |= next.catches_all;
        }
    }
}

/// The labels and types of a category that no section before it takes.
fn signs(category: &Category, before: &[Draft<'_>], remarks: &mut Vec<Remark>) -> Vec<Sign> {
    let mut signs: Vec<Sign> = Vec::new();
    for condition in &category.when {
        match read(condition, category.increment) {
            Some(read) => signs.extend(read),
            None => {
                let what = format!("a condition of `{}`", category.title);
                let why = "a section takes changes by any one of its labels or conventional types; \
                           files, scopes and combinations decide nothing here";
                remarks.push(remark(&category.place, &what, Touches::Contents, why));
            }
        }
    }
    let mut own: Vec<Sign> = Vec::new();
    for sign in signs {
        let taken = before.iter().find(|draft| draft.signs.contains(&sign));
        match (taken, &sign) {
            (Some(taken), Sign::Label(name) | Sign::Type(name)) => {
                if !taken.category.exclusive {
                    let what = format!("`{name}` of `{}`", category.title);
                    let why = format!(
                        "`{}` stands before it and takes it; a change stands in one section",
                        taken.category.title
                    );
                    remarks.push(remark(&category.place, &what, Touches::Contents, &why));
                }
            }
            (None, _) if !own.contains(&sign) => own.push(sign),
            (None, _) => {}
        }
    }
    own
}

/// A condition as what a section of ours takes changes by, where it is one.
fn read(condition: &Condition, increment: Increment) -> Option<Vec<Sign>> {
    if let Some(labels) = labels_alone(condition) {
        return Some(labels.iter().cloned().map(Sign::Label).collect());
    }
    let conventional = condition.conventional.as_ref()?;
    let is_alone =
        condition.labels.is_empty() && condition.paths.is_empty() && conventional.scopes.is_empty();
    let is_word = |name: &String| name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    match (conventional.types.as_slice(), conventional.breaking) {
        // What says that it breaks users goes to the first section that raises the major number, by itself.
        ([], Some(true)) if is_alone && increment == Increment::Major => {
            Some(vec![Sign::Label("breaking".to_owned())])
        }
        (types @ [_, ..], None) if is_alone && types.iter().all(is_word) => {
            Some(types.iter().map(|name| Sign::Type(name.to_lowercase())).collect())
        }
        _ => None,
    }
}

/// What raises the version beside the sections.
struct Resolver<'c> {
    by_sign: Vec<(Sign, Increment, &'c Category)>,
    /// Where nothing else says it.
    usual: Option<Increment>,
}

impl<'c> Resolver<'c> {
    fn of(configuration: &'c Configuration, remarks: &mut Vec<Remark>) -> Self {
        let mut resolver = Self { by_sign: Vec::new(), usual: None };
        let resolvers =
            configuration.categories.iter().filter(|category| category.purpose == Purpose::VersionResolver);
        for category in resolvers {
            if category.when.is_empty() && category.increment > Increment::Patch {
                resolver.usual = Some(category.increment);
                let why = "that holds there where no change says otherwise; here each section says what its changes ask for";
                remarks.push(remark(
                    &category.place,
                    "what raises the version by default",
                    Touches::Version,
                    why,
                ));
            }
            for condition in &category.when {
                match read(condition, category.increment) {
                    Some(signs) => resolver
                        .by_sign
                        .extend(signs.into_iter().map(|sign| (sign, category.increment, category))),
                    None => {
                        let why = "only sections raise the version, by labels or conventional types";
                        remarks.push(remark(
                            &category.place,
                            "a condition that raises the version",
                            Touches::Version,
                            why,
                        ));
                    }
                }
            }
        }
        resolver
    }

    fn increment(&self, sign: &Sign) -> Option<Increment> {
        self.by_sign.iter().filter(|(known, ..)| known == sign).map(|(_, increment, _)| *increment).max()
    }

    /// What a section asks for: the most that any of its signs does.
    fn bump(&self, category: &Category, signs: &[Sign], remarks: &mut Vec<Remark>) -> Bump {
        let asked =
            |sign: &Sign| self.increment(sign).or(self.usual).unwrap_or_default().max(category.increment);
        let most = signs.iter().map(asked).max().unwrap_or_default();
        let less: Vec<String> = signs
            .iter()
            .filter(|sign| asked(sign) < most)
            .map(|(Sign::Label(name) | Sign::Type(name))| format!("`{name}`"))
            .collect();
        if !less.is_empty() {
            let what = format!("`{}` by {}", category.title, less.join(", "));
            let why =
                format!("it raises less there; here the whole section raises the {} number", bump_of(most));
            remarks.push(remark(&category.place, &what, Touches::Version, &why));
        }
        bump_of(most)
    }

    /// Sections for what raises the version there without standing in any section: before all others, because the
    /// version must be right first.
    fn own_sections(&self, drafts: &[Draft<'_>], remarks: &mut Vec<Remark>) -> Vec<Section> {
        let mut sections: Vec<Section> = Vec::new();
        for (title, increment) in
            [("Breaking changes", Increment::Major), ("Minor changes", Increment::Minor)]
        {
            let mut section = Section::labelled(title, &[], bump_of(increment));
            let homeless = self.by_sign.iter().filter(|(sign, raised, _)| {
                *raised == increment && !drafts.iter().any(|draft| draft.signs.contains(sign))
            });
            for (sign, _, category) in homeless {
                let (Sign::Label(name) | Sign::Type(name)) = sign;
                match sign {
                    Sign::Label(_) => section.labels.push(name.clone()),
                    Sign::Type(_) => section.types.push(name.clone()),
                }
                let why = format!(
                    "a change that has it stands under \"{title}\" here, because sections raise the version"
                );
                remarks.push(remark(&category.place, &format!("`{name}`"), Touches::Contents, &why));
            }
            let is_there = drafts.iter().any(|draft| draft.category.title == title);
            if !section.labels.is_empty() || !section.types.is_empty() {
                section.title = if is_there { format!("{title}, by label") } else { section.title };
                sections.push(section);
            }
        }
        sections
    }
}

fn bump_of(increment: Increment) -> Bump {
    match increment {
        Increment::Major => Bump::Major,
        Increment::Minor => Bump::Minor,
        Increment::Patch => Bump::Patch,
    }
}
