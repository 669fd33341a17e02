//! A release-drafter file as our policy: sections, tags, exclusions, and a remark for all that is not as it was. How the other tool reads its file is `rules`'s business.

mod section;

use super::condition::{Condition, Mode};
use super::rules::{Category, Purpose};
use super::template::{Variables, named_in};
use super::{Configuration, PATH};
use crate::config::import::{Imported, Place, Remark, Touches};
use crate::config::policy::{Layer, NotesLayer, VersioningLayer};
use crate::domain::policy::CutMode;
use crate::domain::version::TagPattern;

/// What nobody has to be told key by key.
const USUAL: &[&str] = &[
    "the draft follows by itself what is merged, labelled or reverted; what people change in it stays theirs",
    "a change stands in one section: the first whose label it has; what no section takes stands under \"Other\", last",
    "the labels skip-changelog, changelog:skip, ignore-for-release and no-changelog always leave a change out",
    "entries stand from the oldest to the newest, commits without a pull request too",
    "a conventional title (`feat!: x`) counts where no label decides, for the section and for the version",
    "below 1.0.0 what breaks users raises the minor number; without any tag the first version is 0.1.0",
    "the release before is found by the commit graph, not by dates or by the list of releases",
];

/// Keys that have no like here, and why. A key that is read elsewhere is in [`CARRIED`].
const NOT_CARRIED: &[(&str, Touches, &str)] = &[
    ("include-labels", Touches::Contents, "everything that ships is listed; leave out by `exclude`"),
    ("template", Touches::Wording, "the notes have a form of their own"),
    ("header", Touches::Wording, "the notes have a form of their own"),
    ("footer", Touches::Wording, "the notes have a form of their own"),
    ("name-template", Touches::Wording, "a release is called by its tag"),
    ("change-template", Touches::Wording, "an entry is title, number and author"),
    ("change-author-template", Touches::Wording, "an author is credited by login"),
    ("change-authors-separator", Touches::Wording, "an entry credits its author"),
    ("change-authors-final-separator", Touches::Wording, "an entry credits its author"),
    ("change-title-escapes", Touches::Nothing, "whatever stands in a title is only text"),
    ("category-template", Touches::Wording, "headings have one form"),
    ("no-changes-template", Touches::Wording, "without a change there is no release"),
    ("no-contributors-template", Touches::Wording, "there is no list of all contributors"),
    ("new-contributor-template", Touches::Wording, "first contributions have one form"),
    ("no-new-contributor-template", Touches::Wording, "first contributions have one form"),
    ("exclude-contributors", Touches::Wording, "programs are not credited; for people there is no such list"),
    ("sort-by", Touches::Wording, "entries stand in the order in which they were merged"),
    ("replacers", Touches::Wording, "nothing rewrites the text; mend the title on the pull request"),
    ("prerelease", Touches::Version, "a pre-release is asked for: `/release cut --pre rc`"),
    ("prerelease-identifier", Touches::Version, "it is named where a pre-release is asked for: `--pre rc`"),
    ("include-pre-releases", Touches::Version, "a final release follows the last final one"),
    ("latest", Touches::Running, "the forge decides which release is the latest"),
    ("commitish", Touches::Running, "a release is cut from the default branch, or from `branches`"),
    ("branches", Touches::Running, "it is not run by pushes; `branches` says where else one may cut"),
    ("autolabeler", Touches::Running, "labels are not set here; its own action can stay"),
    ("filter-by-commitish", Touches::Nothing, "the release before is found by the commit graph"),
    ("filter-by-range", Touches::Nothing, "the release before is found by the commit graph"),
    ("initial-commits-since", Touches::Nothing, "the range is found by the commit graph, not by dates"),
    ("references", Touches::Nothing, "it is not run by pushes"),
    ("pull-request-limit", Touches::Nothing, "all that is new is read once"),
    ("history-limit", Touches::Nothing, "all that is new is read once"),
];

/// Keys that are read elsewhere.
const CARRIED: &[&str] = &[
    "_extends",
    "categories",
    "exclude-labels",
    "exclude-paths",
    "include-paths",
    "sort-direction",
    "tag-prefix",
    "tag-template",
    "version-resolver",
    "version-template",
];

impl Configuration {
    /// Our policy, as near to the file as it can come.
    pub fn imported(&self) -> Imported {
        let mut remarks = self.keys_without_like();
        let tag = self.tag(&mut remarks);
        let categories = section::sections(self, &mut remarks);
        let excluded = self.excluded(&mut remarks);
        remarks.sort_by(|a, b| a.place.cmp(&b.place));
        Imported {
            file: self.written.values().next().map_or_else(|| PATH.to_owned(), |place| place.file.clone()),
            layer: Layer {
                versioning: tag.map(|tag| VersioningLayer { tag: Some(tag), ..VersioningLayer::default() }),
                // That is what the tool is for.
                cut: Some(CutMode::Draft),
                notes: Some(NotesLayer {
                    categories: (!categories.is_empty()).then_some(categories),
                    excluded_labels: (!excluded.is_empty()).then_some(excluded),
                    excluded_authors: None,
                    template: None,
                    changelog: None,
                })
                .filter(|notes| *notes != NotesLayer::default()),
                ..Layer::default()
            },
            remarks,
            usual: USUAL,
        }
    }

    fn keys_without_like(&self) -> Vec<Remark> {
        let mut remarks = Vec::new();
        for (key, place) in &self.written {
            if let Some((_, touches, why)) = NOT_CARRIED.iter().find(|(known, ..)| known == key) {
                remarks.push(remark(place, &format!("`{key}`"), *touches, why));
            } else if !CARRIED.contains(&key.as_str()) {
                let why = "release-drafter does not know this key either";
                remarks.push(remark(place, &format!("`{key}`"), Touches::Nothing, why));
            }
        }
        if let (Some(place), false) = (self.written.get("sort-direction"), self.order.ascending) {
            let why = "entries stand from the oldest to the newest";
            remarks.push(remark(place, "`sort-direction`", Touches::Wording, why));
        }
        if let Some((place, reference)) = &self.not_followed {
            let what = format!("`_extends: {reference}`");
            let why = "that file is not in this repository and was not read; import it, too, and share it by `extends`";
            remarks.push(remark(place, &what, Touches::Contents, why));
        }
        remarks
    }

    /// The pattern of tags, where the file makes tags at all.
    fn tag(&self, remarks: &mut Vec<Remark>) -> Option<TagPattern> {
        let place = self.written.get("tag-template")?;
        let template = &self.templates.tag;
        if let Some(place) = self.written.get("version-template").filter(|_| !self.spells_in_full()) {
            let why = "a version always has its three numbers, a pre-release its name behind them";
            remarks.push(remark(place, "`version-template`", Touches::Version, why));
        }
        let mut variables = Variables::default();
        for name in ["RESOLVED_VERSION", "NEXT_PATCH_VERSION", "NEXT_MINOR_VERSION", "NEXT_MAJOR_VERSION"] {
            variables.set(name, "{version}");
        }
        if !named_in(template).contains(&"RESOLVED_VERSION") {
            let why =
                "what the changes ask for decides which number is raised; `/release cut major` overrules it";
            remarks.push(remark(place, &format!("`tag-template: {template}`"), Touches::Version, why));
        }
        let pattern = variables.fill(template);
        let only_version = !pattern.replace("{version}", "").contains(['$', '{', '}']);
        let parsed = TagPattern::parse(&pattern).ok().filter(|_| only_version);
        if parsed.is_none() {
            let why = "this is no pattern for tags here; without one it is read from the tags there are";
            remarks.push(remark(place, &format!("`tag-template: {template}`"), Touches::Version, why));
        }
        parsed
    }

    fn spells_in_full(&self) -> bool {
        ["$MAJOR.$MINOR.$PATCH$PRERELEASE", "$MAJOR.$MINOR.$PATCH"]
            .contains(&self.numbering.template.as_str())
    }

    /// The labels that leave a change out.
    fn excluded(&self, remarks: &mut Vec<Remark>) -> Vec<String> {
        let mut labels: Vec<String> = Vec::new();
        let of =
            |purpose| self.categories.iter().filter(move |category: &&Category| category.purpose == purpose);
        for category in of(Purpose::PreExclude) {
            for condition in &category.when {
                match labels_alone(condition) {
                    Some(own) => labels.extend(
                        own.iter().filter(|label| !labels.contains(label)).cloned().collect::<Vec<_>>(),
                    ),
                    None => {
                        let why = "only labels, any one of them, and authors leave a change out here";
                        remarks.push(remark(
                            &category.place,
                            "what is excluded by more than labels",
                            Touches::Contents,
                            why,
                        ));
                    }
                }
            }
        }
        // `include-labels` has its remark by its key.
        for category in of(Purpose::PreInclude)
            .filter(|category| self.written.get("include-labels") != Some(&category.place))
        {
            let why = "everything that ships is listed; leave out by `exclude`";
            remarks.push(remark(&category.place, "what alone is included", Touches::Contents, why));
        }
        labels
    }
}

/// The labels of a condition that asks for any one of them and for nothing else.
fn labels_alone(condition: &Condition) -> Option<&[String]> {
    let is_any = condition.labels_mode == Mode::Any
        || (condition.labels_mode == Mode::All && condition.labels.len() == 1);
    let is_alone = condition.paths.is_empty() && condition.conventional.is_none();
    (is_any && is_alone && !condition.labels.is_empty()).then_some(&condition.labels)
}

fn remark(place: &Place, what: &str, touches: Touches, why: &str) -> Remark {
    Remark { place: Some(place.clone()), what: what.to_owned(), why: why.to_owned(), touches }
}

#[cfg(test)]
mod tests;
