//! Releases: drafts and published pages of a tag. A published release without its tag makes a lightweight one, as forges do.

use jiff::Timestamp;

use super::{Model, Project, Refusal, ReleaseAct, What};

const LONGEST_BODY: usize = 125_000;

#[derive(Debug, Clone)]
pub(crate) struct Release {
    pub(crate) id: u64,
    pub(crate) tag: String,
    pub(crate) target: String,
    pub(crate) name: Option<String>,
    pub(crate) body: Option<String>,
    pub(crate) author: u64,
    pub(crate) is_draft: bool,
    pub(crate) is_prerelease: bool,
    /// Whether it may be the latest; `None` lets the forge decide by date.
    pub(crate) latest: Option<bool>,
    pub(crate) assets: Vec<Asset>,
    /// The milestones that it closes, by number.
    pub(crate) milestones: Vec<u64>,
    pub(crate) created_at: Timestamp,
    pub(crate) updated_at: Timestamp,
    pub(crate) published_at: Option<Timestamp>,
}

/// A file of a release.
#[derive(Debug, Clone)]
pub(crate) struct Asset {
    pub(crate) id: u64,
    pub(crate) name: String,
    /// `sha256:` and the sum in hex.
    pub(crate) digest: String,
    pub(crate) uploader: u64,
    pub(crate) created_at: Timestamp,
}

/// What a request says about a release; what it leaves out stays.
#[derive(Debug, Clone, Default)]
pub(crate) struct ReleaseDraft {
    pub(crate) tag: Option<String>,
    pub(crate) target: Option<String>,
    pub(crate) name: Option<String>,
    pub(crate) body: Option<String>,
    pub(crate) is_draft: Option<bool>,
    pub(crate) is_prerelease: Option<bool>,
    pub(crate) latest: Option<bool>,
    pub(crate) milestones: Option<Vec<u64>>,
}

impl ReleaseDraft {
    fn check(&self) -> Result<(), Refusal> {
        if self.body.as_ref().is_some_and(|body| body.chars().count() > LONGEST_BODY) {
            return Err(Refusal::Invalid("body is too long (maximum is 125000 characters)".into()));
        }
        Ok(())
    }

    fn apply(self, release: &mut Release) {
        release.tag = self.tag.unwrap_or_else(|| release.tag.clone());
        release.target = self.target.unwrap_or_else(|| release.target.clone());
        release.name = self.name.or_else(|| release.name.take());
        release.body = self.body.or_else(|| release.body.take());
        release.is_draft = self.is_draft.unwrap_or(release.is_draft);
        release.is_prerelease = self.is_prerelease.unwrap_or(release.is_prerelease);
        release.latest = self.latest.or(release.latest);
        release.milestones = self.milestones.unwrap_or_else(|| std::mem::take(&mut release.milestones));
    }
}

impl Project {
    /// The release that is shown as the latest: the newest published, final one that may be.
    pub(crate) fn latest_release(&self) -> Option<&Release> {
        let marked = |release: &&Release| release.latest == Some(true);
        let eligible = || self.releases.values().filter(|one| !one.is_draft && !one.is_prerelease);
        let newest = |one: &&Release| (one.published_at, one.id);
        eligible()
            .filter(marked)
            .max_by_key(newest)
            .or_else(|| eligible().filter(|one| one.latest != Some(false)).max_by_key(newest))
    }

    /// The published release of a tag. Drafts are not found by tag.
    pub(crate) fn release_of(&self, tag: &str) -> Option<&Release> {
        self.releases.values().find(|release| !release.is_draft && release.tag == tag)
    }

    fn refuse_doubled(&self, tag: &str, besides: Option<u64>) -> Result<(), Refusal> {
        let doubled = self.release_of(tag).is_some_and(|release| Some(release.id) != besides);
        if doubled { Err(Refusal::Invalid("tag_name already_exists".into())) } else { Ok(()) }
    }
}

impl Model {
    pub(crate) fn create_release(
        &mut self,
        project: u64,
        actor: u64,
        draft: ReleaseDraft,
    ) -> Result<u64, Refusal> {
        draft.check()?;
        let (id, now) = (self.next_id(), self.now());
        let target = self.writable(project)?;
        let tag = draft.tag.clone().filter(|tag| !tag.is_empty());
        let tag = tag.ok_or_else(|| Refusal::Invalid("tag_name is missing".into()))?;
        target.refuse_doubled(&tag, None)?;
        let mut release = Release {
            id,
            tag,
            target: target.default_branch.clone(),
            name: None,
            body: None,
            author: actor,
            is_draft: false,
            is_prerelease: false,
            latest: None,
            assets: Vec::new(),
            milestones: Vec::new(),
            created_at: now,
            updated_at: now,
            published_at: None,
        };
        draft.apply(&mut release);
        let is_draft = release.is_draft;
        self.unmark_latest(project, &release)?;
        let line = format!("{} release {}", if is_draft { "drafts" } else { "creates" }, release.tag);
        if !is_draft {
            self.tag_if_missing(project, actor, &release)?;
            release.published_at = Some(now);
        }
        self.project_mut(project)?.releases.insert(id, release);
        self.tell(actor, "releases", line);
        // A draft made through the API tells nobody but those who may write; apps hear `created` for it.
        self.happen(project, actor, What::ReleaseTold { id, act: ReleaseAct::Created });
        if !is_draft {
            self.happen(project, actor, What::ReleaseTold { id, act: ReleaseAct::Published });
        }
        Ok(id)
    }

    pub(crate) fn edit_release(
        &mut self,
        project: u64,
        actor: u64,
        id: u64,
        draft: ReleaseDraft,
    ) -> Result<(), Refusal> {
        draft.check()?;
        let now = self.now();
        let target = self.writable(project)?;
        let before = target.releases.get(&id).ok_or(Refusal::NotFound)?.clone();
        let mut after = before.clone();
        draft.apply(&mut after);
        after.updated_at = now;
        if !after.is_draft {
            target.refuse_doubled(&after.tag, Some(id))?;
        }
        self.unmark_latest(project, &after)?;
        if !after.is_draft {
            self.tag_if_missing(project, actor, &after)?;
        }
        let (act, verb) = match (before.is_draft, after.is_draft) {
            (true, false) => (ReleaseAct::Published, "publishes"),
            (false, true) => (ReleaseAct::Unpublished, "unpublishes"),
            _ => (ReleaseAct::Edited, "edits"),
        };
        if act == ReleaseAct::Published {
            after.published_at = Some(now);
        }
        let line = format!("{verb} release {}", after.tag);
        self.project_mut(project)?.releases.insert(id, after);
        self.tell(actor, "releases", line);
        self.happen(project, actor, What::ReleaseTold { id, act });
        Ok(())
    }

    pub(crate) fn delete_release(&mut self, project: u64, actor: u64, id: u64) -> Result<(), Refusal> {
        let gone = self.writable(project)?.releases.remove(&id).ok_or(Refusal::NotFound)?;
        self.tell(actor, "releases", format!("deletes release {}", gone.tag));
        self.happen(project, actor, What::ReleaseDeleted(Box::new(gone)));
        Ok(())
    }

    /// Adds a file to the release of a tag, draft or not, or replaces the one of that name.
    pub(crate) fn add_asset(
        &mut self,
        project: u64,
        uploader: u64,
        tag: &str,
        (name, digest): (&str, &str),
    ) -> Result<(), Refusal> {
        let (id, now) = (self.next_id(), self.now());
        let mut releases = self.writable(project)?.releases.values_mut().rev();
        let release = releases.find(|release| release.tag == tag).ok_or(Refusal::NotFound)?;
        release.assets.retain(|asset| asset.name != name);
        let asset = Asset { id, name: name.to_owned(), digest: digest.to_owned(), uploader, created_at: now };
        release.assets.push(asset);
        release.updated_at = now;
        self.tell(uploader, "releases", format!("adds {name} to release {tag}"));
        Ok(())
    }

    fn tag_if_missing(&mut self, project: u64, actor: u64, release: &Release) -> Result<(), Refusal> {
        let target = self.project(project)?;
        let name = format!("refs/tags/{}", release.tag);
        if target.git.reference(&name).is_some() {
            return Ok(());
        }
        let commit = target.resolve(&release.target);
        let oid = commit.ok_or(Refusal::Invalid("target_commitish is invalid".into()))?.oid.clone();
        self.create_ref(project, actor, &name, &oid)
    }

    /// Only one release can be marked the latest.
    fn unmark_latest(&mut self, project: u64, release: &Release) -> Result<(), Refusal> {
        if release.latest == Some(true) && !release.is_draft {
            let others = self.project_mut(project)?.releases.values_mut();
            others.filter(|one| one.latest == Some(true)).for_each(|one| one.latest = None);
        }
        Ok(())
    }
}
