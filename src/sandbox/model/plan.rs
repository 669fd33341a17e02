//! What people sort changes with: labels and milestones. What a label means is the bot's affair.

use jiff::Timestamp;

use super::{Model, Refusal, What};

#[derive(Debug, Clone)]
pub(crate) struct Label {
    pub(crate) id: u64,
    pub(crate) name: String,
    pub(crate) color: String,
    pub(crate) description: String,
}

/// A label that somebody asks for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct NewLabel<'a> {
    pub(crate) name: &'a str,
    pub(crate) color: &'a str,
    pub(crate) description: &'a str,
}

#[derive(Debug, Clone)]
pub(crate) struct Milestone {
    pub(crate) id: u64,
    pub(crate) number: u64,
    pub(crate) title: String,
    pub(crate) creator: u64,
    pub(crate) due_on: Option<Timestamp>,
    pub(crate) is_open: bool,
    pub(crate) created_at: Timestamp,
    pub(crate) updated_at: Timestamp,
    pub(crate) closed_at: Option<Timestamp>,
}

impl Model {
    /// Makes a label unless it is there.
    pub(crate) fn create_label(&mut self, project: u64, actor: u64, name: &str) -> Result<(), Refusal> {
        let id = self.next_id();
        let target = self.writable(project)?;
        if target.labels.contains_key(name) {
            return Ok(());
        }
        let label = Label { id, name: name.to_owned(), color: "ededed".into(), description: String::new() };
        target.labels.insert(name.to_owned(), label);
        self.happen(project, actor, What::LabelCreated(name.to_owned()));
        Ok(())
    }

    /// Makes a label as somebody asks for it; one of that name, in whatever spelling, is in the way.
    pub(crate) fn make_label(&mut self, project: u64, actor: u64, new: NewLabel<'_>) -> Result<(), Refusal> {
        let NewLabel { name, color, description } = new;
        let is_it = |known: &String| known.eq_ignore_ascii_case(name);
        if self.writable(project)?.labels.keys().any(is_it) {
            return Err(Refusal::Conflict("Label already exists".to_owned()));
        }
        self.create_label(project, actor, name)?;
        if let Some(label) = self.writable(project)?.labels.get_mut(name) {
            label.color = color.trim_start_matches('#').to_owned();
            label.description = description.to_owned();
        }
        self.tell(actor, "labels", format!("makes label {name} ({color}): {description}"));
        Ok(())
    }

    pub(crate) fn rename_label(
        &mut self,
        project: u64,
        actor: u64,
        name: &str,
        new: &str,
    ) -> Result<(), Refusal> {
        let target = self.writable(project)?;
        let mut label = target.labels.remove(name).ok_or(Refusal::NotFound)?;
        label.name = new.to_owned();
        target.labels.insert(new.to_owned(), label);
        for thread in target.threads.values_mut() {
            if thread.labels.remove(name) {
                thread.labels.insert(new.to_owned());
            }
        }
        self.happen(project, actor, What::LabelEdited { name: new.to_owned(), before: name.to_owned() });
        Ok(())
    }

    pub(crate) fn delete_label(&mut self, project: u64, actor: u64, name: &str) -> Result<(), Refusal> {
        let target = self.writable(project)?;
        let label = target.labels.remove(name).ok_or(Refusal::NotFound)?;
        for thread in target.threads.values_mut() {
            thread.labels.remove(name);
        }
        self.happen(project, actor, What::LabelDeleted(Box::new(label)));
        Ok(())
    }

    pub(crate) fn label(&mut self, project: u64, actor: u64, number: u64, name: &str) -> Result<(), Refusal> {
        self.create_label(project, actor, name)?;
        let now = self.now();
        let thread = self.writable(project)?.thread_mut(number)?;
        if !thread.labels.insert(name.to_owned()) {
            return Ok(());
        }
        thread.updated_at = now;
        self.tell(actor, format!("#{number}"), format!("labels it {name}"));
        self.happen(project, actor, What::ChangeLabelled { number, label: name.to_owned() });
        Ok(())
    }

    pub(crate) fn unlabel(
        &mut self,
        project: u64,
        actor: u64,
        number: u64,
        name: &str,
    ) -> Result<(), Refusal> {
        let now = self.now();
        let thread = self.writable(project)?.thread_mut(number)?;
        if !thread.labels.remove(name) {
            return Ok(());
        }
        thread.updated_at = now;
        self.tell(actor, format!("#{number}"), format!("takes label {name} away"));
        self.happen(project, actor, What::ChangeUnlabelled { number, label: name.to_owned() });
        Ok(())
    }

    pub(crate) fn create_milestone(
        &mut self,
        project: u64,
        creator: u64,
        title: &str,
        due_on: Option<Timestamp>,
    ) -> Result<u64, Refusal> {
        let (id, now) = (self.next_id(), self.now());
        let target = self.writable(project)?;
        let number = target.milestones.keys().next_back().copied().unwrap_or(0) + 1;
        let milestone = Milestone {
            id,
            number,
            title: title.to_owned(),
            creator,
            due_on,
            is_open: true,
            created_at: now,
            updated_at: now,
            closed_at: None,
        };
        target.milestones.insert(number, milestone);
        self.tell(creator, "milestones", format!("opens milestone {title}"));
        self.happen(project, creator, What::MilestoneOpened(number));
        Ok(number)
    }

    pub(crate) fn set_due(
        &mut self,
        project: u64,
        actor: u64,
        number: u64,
        due_on: Option<Timestamp>,
    ) -> Result<(), Refusal> {
        let now = self.now();
        let milestone = self.writable(project)?.milestones.get_mut(&number).ok_or(Refusal::NotFound)?;
        (milestone.due_on, milestone.updated_at) = (due_on, now);
        self.happen(project, actor, What::MilestoneEdited(number));
        Ok(())
    }

    /// Closes (`What::MilestoneClosed`) or opens again (`What::MilestoneReopened`).
    pub(crate) fn turn_milestone(
        &mut self,
        project: u64,
        actor: u64,
        number: u64,
        what: What,
    ) -> Result<(), Refusal> {
        let now = self.now();
        let milestone = self.writable(project)?.milestones.get_mut(&number).ok_or(Refusal::NotFound)?;
        milestone.is_open = !matches!(what, What::MilestoneClosed(_));
        milestone.closed_at = (!milestone.is_open).then_some(now);
        milestone.updated_at = now;
        let line =
            format!("{} milestone {}", if milestone.is_open { "reopens" } else { "closes" }, milestone.title);
        self.tell(actor, "milestones", line);
        self.happen(project, actor, what);
        Ok(())
    }

    pub(crate) fn delete_milestone(&mut self, project: u64, actor: u64, number: u64) -> Result<(), Refusal> {
        let target = self.writable(project)?;
        let gone = target.milestones.remove(&number).ok_or(Refusal::NotFound)?;
        for thread in target.threads.values_mut().filter(|thread| thread.milestone == Some(number)) {
            thread.milestone = None;
        }
        self.tell(actor, "milestones", format!("deletes milestone {}", gone.title));
        self.happen(project, actor, What::MilestoneDeleted(Box::new(gone)));
        Ok(())
    }

    /// Puts a thread into a milestone, or out of the one it is in.
    pub(crate) fn plan(
        &mut self,
        project: u64,
        actor: u64,
        number: u64,
        milestone: Option<u64>,
    ) -> Result<(), Refusal> {
        let now = self.now();
        let target = self.writable(project)?;
        if milestone.is_some_and(|wanted| !target.milestones.contains_key(&wanted)) {
            return Err(Refusal::NotFound);
        }
        let thread = target.thread_mut(number)?;
        thread.updated_at = now;
        let before = std::mem::replace(&mut thread.milestone, milestone);
        if let Some(milestone) = before {
            self.happen(project, actor, What::ChangeUnplanned { number, milestone });
        }
        if let Some(milestone) = milestone {
            self.happen(project, actor, What::ChangePlanned { number, milestone });
        }
        let target = self.project(project)?;
        let title = milestone.and_then(|number| target.milestones.get(&number)).map(|one| one.title.as_str());
        let line = title.map_or_else(
            || "takes it out of its milestone".to_owned(),
            |title| format!("plans it for {title}"),
        );
        self.tell(actor, format!("#{number}"), line);
        Ok(())
    }
}
