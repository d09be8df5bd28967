//! Who may do an edit: one evaluator for phone and office, on the record before *and* after; and who may read what.

use std::collections::BTreeSet;

use super::Playbooks;
use super::form::{Form, FormField};
use super::workflow::Workflow;
use crate::model::directory::{Assignment, Directory};
use crate::model::{
    Case, Event, GridId, Kind, PlaybookVersion, Procedure, Record, RoleId, StaffId, SystemStep, Value,
    WorkflowId, facts, fields,
};

/// Who wants it: a member of staff with what the office's tables say of them now.
#[derive(Debug, Clone, Copy)]
pub struct Actor<'a> {
    /// The person.
    pub staff: &'a StaffId,
    /// Where they hold which role.
    pub directory: &'a Directory,
}

/// What is wanted.
#[derive(Debug, Clone, Copy)]
pub struct Attempt<'a> {
    /// The record as it was before; `None` for the first edit.
    pub before: Option<&'a Record>,
    /// The record as it would be.
    pub after: &'a Record,
    /// The paths the change touches.
    pub paths: &'a [String],
    /// The grids of the record's pinned place; for the first edit, of the place it names.
    pub grids: &'a BTreeSet<GridId>,
}

/// Why an edit is not allowed. Codes are stable; their words are in the terms under `reason.<code>`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not allowed ({code}{})", .path.as_deref().map(|p| format!(" at {p}")).unwrap_or_default())]
pub struct Denied {
    /// `grid`, `role`, `field`, `step`, `involved`, `author`, `playbook`, `malformed`.
    pub code: &'static str,
    /// The path it is about; never a value.
    pub path: Option<String>,
    /// The roles that may, where it is a matter of roles.
    pub whose: Vec<RoleId>,
}

impl Denied {
    fn new(code: &'static str, path: Option<&str>) -> Self {
        Self { code, path: path.map(str::to_owned), whose: Vec::new() }
    }

    fn whose(self, roles: impl Into<Vec<RoleId>>) -> Self {
        Self { whose: roles.into(), ..self }
    }
}

/// The roles `actor` holds over a record that lies in `grids`.
#[must_use]
pub fn roles_over(playbooks: &Playbooks, actor: Actor<'_>, grids: &BTreeSet<GridId>) -> Vec<RoleId> {
    let mut roles: Vec<RoleId> = actor
        .directory
        .assignments_of(actor.staff)
        .filter(|assignment| reach(playbooks, assignment).is_none_or(|grid| grids.contains(grid)))
        .map(|assignment| assignment.role.clone())
        .collect();
    roles.sort();
    roles.dedup();
    roles
}

/// The grids `actor` works in, in whichever role; `None` is every grid of the community.
#[must_use]
pub fn grids_for(playbooks: &Playbooks, actor: Actor<'_>) -> Option<BTreeSet<GridId>> {
    grids_in_roles(playbooks, actor, |_| true)
}

/// The grids `actor` works in, in one of the `wanted` roles; `None` is every grid of the community.
#[must_use]
pub fn grids_in_roles(
    playbooks: &Playbooks,
    actor: Actor<'_>,
    wanted: impl Fn(&RoleId) -> bool,
) -> Option<BTreeSet<GridId>> {
    let mine = actor.directory.assignments_of(actor.staff);
    mine.filter(|assignment| wanted(&assignment.role))
        .map(|assignment| reach(playbooks, assignment).cloned())
        .collect()
}

/// The grid an assignment is for; `None` is every one, because it says so or because its role is the community's.
fn reach<'a>(playbooks: &Playbooks, assignment: &'a Assignment) -> Option<&'a GridId> {
    let role = playbooks.roles().get(&assignment.role);
    let everywhere = role.is_some_and(|role| role.scope == super::roles::RoleScope::Community);
    assignment.grid.as_ref().filter(|_| !everywhere)
}

/// Whether `actor` may do it.
///
/// Decided on the grids the record lies in, the group of every touched path, and, for an event, on its author,
/// role and step by the playbook version the record was opened under. Whether a step was possible is not
/// decided here: concurrent steps are kept and shown as a conflict, never rejected.
///
/// # Errors
/// [`Denied`] with the first reason found.
pub fn decide(playbooks: &Playbooks, actor: Actor<'_>, attempt: &Attempt<'_>) -> Result<(), Denied> {
    let roles = roles_over(playbooks, actor, attempt.grids);
    if roles.is_empty() {
        return Err(Denied::new("grid", None));
    }
    let kind = attempt.after.kind;
    for path in attempt.paths {
        // What was already fixed stays: a record is pinned by its first edit.
        if kind.write_once().contains(&path.as_str()) {
            let changed = attempt
                .before
                .and_then(|before| before.get(path))
                .is_some_and(|was| Some(was) != attempt.after.get(path));
            if changed {
                return Err(Denied::new("field", Some(path)));
            }
        }
        if fields::holds_events(path) {
            event(playbooks, actor, &roles, attempt, path)?;
        } else if !playbooks.roles().may_write(&roles, kind, fields::group(kind, path)) {
            let writers = playbooks.roles().writers(kind, fields::group(kind, path));
            return Err(Denied::new("field", Some(path)).whose(writers));
        } else if kind == Kind::Entry {
            entry_field(playbooks, &roles, attempt.after, path)?;
        }
    }
    Ok(())
}

/// Whether `roles` may write this field of a register's row, by the form it was opened under.
fn entry_field(playbooks: &Playbooks, roles: &[RoleId], record: &Record, path: &str) -> Result<(), Denied> {
    let form = pinned_form(playbooks, record)?;
    if !form.roles.is_empty() && !form.roles.iter().any(|role| roles.contains(role)) {
        return Err(Denied::new("role", Some(path)).whose(form.roles.as_slice()));
    }
    let field = form.fields.iter().find(|field| path.strip_prefix("field/") == Some(field.id.as_str()));
    match field.filter(|field| !field.is_writable(roles)) {
        None => Ok(()),
        Some(field) => Err(Denied::new("field", Some(path)).whose(field.entered_by.as_slice())),
    }
}

fn pinned_form<'a>(playbooks: &'a Playbooks, record: &Record) -> Result<&'a Form, Denied> {
    let version = record.text("version").and_then(|text| text.parse::<PlaybookVersion>().ok());
    let (id, version) = record.read("form").zip(version).ok_or_else(|| Denied::new("playbook", None))?;
    playbooks.form_at(&id, version).ok_or_else(|| Denied::new("playbook", Some("version")))
}

/// Whether `actor` may write this event: it is theirs, in a role they hold, and a step of that role.
fn event(
    playbooks: &Playbooks,
    actor: Actor<'_>,
    roles: &[RoleId],
    attempt: &Attempt<'_>,
    path: &str,
) -> Result<(), Denied> {
    let record = attempt.after;
    let id = path.rsplit('/').next().unwrap_or_default();
    let text = record.text(path).unwrap_or_default();
    let event = Event::decode(&format!("{}{id}", Event::PREFIX), text)
        .ok_or_else(|| Denied::new("malformed", Some(path)))?;
    if event.by != *actor.staff {
        return Err(Denied::new("author", Some(path)));
    }
    if !roles.contains(&event.role) {
        return Err(Denied::new("role", Some(path)));
    }
    let version = record.text("version").and_then(|text| text.parse::<PlaybookVersion>().ok());
    let unpinned = || Denied::new("playbook", None);
    let unknown = || Denied::new("playbook", Some("version"));
    let mut whose = Vec::new();
    let (allowed, questions): (bool, Vec<&FormField>) = match record.kind {
        Kind::Case => {
            let id: WorkflowId =
                record.read("playbook").filter(|_| version.is_some()).ok_or_else(unpinned)?;
            let at = |version| playbooks.workflow_at(&id, version);
            // Whoever did not know of a migration acted by the version before it.
            let known: Vec<&Workflow> = match Case::migrates(&event) {
                Some((_, to)) => at(to).into_iter().collect(),
                None => Case::versions(record).into_iter().rev().filter_map(at).collect(),
            };
            let workflow = known
                .iter()
                .copied()
                .find(|workflow| workflow.step(&event.step).is_some())
                .or_else(|| known.first().copied())
                .ok_or_else(unknown)?;
            if attempt.before.is_some_and(|before| is_kept_from(playbooks, before, actor.staff)) {
                return Err(Denied::new("role", Some(path)));
            }
            match SystemStep::of(event.step.as_str()) {
                Some(SystemStep::Migrate) => {
                    // To the version in force, or to any by somebody who resolves by the one that runs the case: nobody
                    // gets rights by going back to a version that gave them.
                    let to = Case::migrates(&event).map(|(_, to)| to);
                    let in_force = playbooks.workflow(&id).is_some_and(|current| Some(current.version) == to);
                    let now = attempt.before.and_then(|before| Case::versions(before).pop()).and_then(at);
                    let by_now = now.is_some_and(|now| now.resolved_by.contains(&event.role));
                    let resolves = workflow.resolved_by.contains(&event.role);
                    (to.is_some() && resolves && (in_force || by_now), Vec::new())
                }
                Some(SystemStep::Remark) => (true, Vec::new()),
                Some(SystemStep::Resolve) => (workflow.resolved_by.contains(&event.role), Vec::new()),
                Some(SystemStep::Reopen) => {
                    let reopen = workflow.reopen.as_ref();
                    (reopen.is_some_and(|reopen| reopen.roles.contains(&event.role)), Vec::new())
                }
                None => match workflow.step(&event.step) {
                    Some(step) => {
                        let so_far = || attempt.before.into_iter().flat_map(Record::events);
                        let involved = step.not_by.as_ref().is_some_and(|not_by| {
                            not_by.includes(actor.staff, so_far().map(|(event, _)| event))
                        });
                        if involved {
                            return Err(Denied::new("involved", Some(path)));
                        }
                        whose.clone_from(&step.roles);
                        (step.roles.contains(&event.role), step.fields.iter().collect())
                    }
                    None => (false, Vec::new()),
                },
            }
        }
        Kind::Round => {
            let (id, version) = record.read("playbook").zip(version).ok_or_else(unpinned)?;
            let checklist = playbooks.checklist_at(&id, version).ok_or_else(unknown)?;
            let item = checklist.item(&event.step.as_str().into()).filter(|_| path.starts_with("result/"));
            let known = match path.split('/').next() {
                Some("result") => item.is_some(),
                Some("checkin") => checklist.points.iter().any(|point| event.step == *point.id),
                _ => SystemStep::reserves(event.step.as_str()),
            };
            (known && checklist.roles.contains(&event.role), item.into_iter().collect())
        }
        Kind::Entry => {
            let form = pinned_form(playbooks, record)?;
            (form.roles.is_empty() || form.roles.contains(&event.role), form.fields.iter().collect())
        }
        // Nothing happens to a home, a person or a visit that is not a case, a round or a row of its own.
        Kind::Home | Kind::Resident | Kind::Contact => (false, Vec::new()),
    };
    if !allowed {
        return Err(Denied::new("step", Some(path)).whose(whose));
    }
    // An answer that belongs to another role: a price, an amount of finance.
    let held = std::slice::from_ref(&event.role);
    let given = |field: &FormField| {
        event.evidence.fields.contains_key(field.id.as_str())
            || event.evidence.photos.contains_key(field.id.as_str())
    };
    match questions.iter().find(|field| given(field) && !field.is_writable(held)) {
        None => Ok(()),
        Some(field) => Err(Denied::new("field", Some(path)).whose(field.entered_by.as_slice())),
    }
}

/// Whether [`decide`] about these paths of a case looks at what was done in it before. The office reads no more of a record
/// than that.
#[must_use]
pub fn looks_back(playbooks: &Playbooks, case: &Record, paths: &[String]) -> bool {
    let Some(id) = (case.kind == Kind::Case).then(|| case.read::<WorkflowId>("playbook")).flatten() else {
        return false;
    };
    let mut events = paths.iter().filter_map(|path| fields::event_at(path, case.text(path)?)).peekable();
    if events.peek().is_none() {
        return false;
    }
    let kept = reading_by(playbooks, &id, facts::version(case)).is_some_and(|run| run.kept_from.is_some());
    let versions = Case::versions(case);
    let known: Vec<_> = versions.into_iter().filter_map(|at| playbooks.workflow_at(&id, at)).collect();
    let judges = |event: Event| {
        known.iter().any(|run| run.step(&event.step).is_some_and(|step| step.not_by.is_some()))
    };
    kept || events.any(judges)
}

/// The workflow that decides who reads a case: the one in force, or, of one that is gone, the version it was opened under.
fn reading_by<'p>(
    playbooks: &'p Playbooks,
    id: &WorkflowId,
    version: Option<PlaybookVersion>,
) -> Option<&'p Workflow> {
    playbooks.workflow(id).map(|workflow| &**workflow).or_else(|| playbooks.workflow_at(id, version?))
}

/// Whether cases of this workflow may be kept from somebody they are about.
#[must_use]
pub fn keeps_from_somebody(
    playbooks: &Playbooks,
    run_by: Option<(&Procedure, Option<PlaybookVersion>)>,
) -> bool {
    let Some((Procedure::Workflow { workflow: id }, version)) = run_by else { return false };
    reading_by(playbooks, id, version).is_some_and(|workflow| workflow.kept_from.is_some())
}

/// Whether a case is kept from this person because one of its steps names them as whom it is about.
#[must_use]
pub fn is_kept_from(playbooks: &Playbooks, case: &Record, staff: &StaffId) -> bool {
    let workflow = (case.kind == Kind::Case).then(|| case.read::<WorkflowId>("playbook")).flatten();
    let workflow = workflow.and_then(|id| reading_by(playbooks, &id, facts::version(case)));
    let Some(question) = workflow.and_then(|workflow| workflow.kept_from.as_ref()) else { return false };
    let named = |event: &Event| {
        let answer = event.evidence.fields.get(question.as_str());
        answer.and_then(Value::as_text) == Some(staff.as_str())
    };
    case.events().any(|(event, _)| named(&event))
}

/// What somebody may read of the records of one place: worked out once per place, asked for every field.
///
/// Whoever may read no group of a kind does not see its records at all; of the others they see the fields whose
/// group one of their roles reads. A form or workflow may say more narrowly who reads what it makes (`read_by`).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Rights {
    /// Whose they are: a case may be kept from one person (`kept_from`).
    staff: Option<StaffId>,
    roles: Vec<RoleId>,
    groups: BTreeSet<(Kind, &'static str)>,
    whole: BTreeSet<Kind>,
}

impl Rights {
    /// What `actor` may read of records that lie in `grids`.
    #[must_use]
    pub fn over(playbooks: &Playbooks, actor: Actor<'_>, grids: &BTreeSet<GridId>) -> Self {
        let staff = Some(actor.staff.clone());
        Self { staff, ..Self::of(playbooks, roles_over(playbooks, actor, grids)) }
    }

    /// What these roles may read where they hold.
    #[must_use]
    pub fn of(playbooks: &Playbooks, roles: Vec<RoleId>) -> Self {
        let mut rights = Self { roles, ..Self::default() };
        for kind in Kind::ALL {
            let groups = fields::groups(kind);
            let before = rights.groups.len();
            let read = groups.iter().filter(|group| playbooks.roles().may_read(&rights.roles, kind, group));
            rights.groups.extend(read.map(|group| (kind, *group)));
            if rights.groups.len() - before == groups.len() {
                rights.whole.insert(kind);
            }
        }
        rights
    }

    /// Whether a field of a kind may be read.
    #[must_use]
    pub fn reads(&self, kind: Kind, path: &str) -> bool {
        self.whole.contains(&kind) || self.groups.contains(&(kind, fields::group(kind, path)))
    }

    /// Whether anything of a kind may be read.
    #[must_use]
    pub fn reads_kind(&self, kind: Kind) -> bool {
        self.groups.range((kind, "")..).next().is_some_and(|(found, _)| *found == kind)
    }

    /// Whether every field of a kind may be read.
    #[must_use]
    pub fn reads_whole(&self, kind: Kind) -> bool {
        self.whole.contains(&kind)
    }

    /// Whether a record may be opened: something of its kind is readable, and what it was made by does not keep it
    /// from these roles.
    ///
    /// Who reads is said by the form or workflow in force, not by the version the record was opened under: a company
    /// that narrows it means the rows it already has. Of one that is gone, the record's own version says it.
    #[must_use]
    pub fn opens(
        &self,
        playbooks: &Playbooks,
        kind: Kind,
        run_by: Option<(&Procedure, Option<PlaybookVersion>)>,
    ) -> bool {
        let read_by = run_by.and_then(|(procedure, version)| match procedure {
            Procedure::Form { form: id } => playbooks
                .form(id)
                .map(|form| &**form)
                .or_else(|| playbooks.form_at(id, version?))
                .map(|form| form.read_by.as_slice()),
            Procedure::Workflow { workflow: id } => {
                reading_by(playbooks, id, version).map(|workflow| workflow.read_by.as_slice())
            }
            Procedure::Checklist { .. } => None,
        });
        let read_by = read_by.unwrap_or_default();
        self.reads_kind(kind) && (read_by.is_empty() || read_by.iter().any(|role| self.roles.contains(role)))
    }

    /// The record as these roles may see it; `None` when it is not theirs to open.
    #[must_use]
    pub fn shown(&self, playbooks: &Playbooks, mut record: Record) -> Option<Record> {
        let kind = record.kind;
        let procedure = facts::procedure(&record);
        let version = record.text("version").and_then(|version| version.parse().ok());
        let kept = || self.staff.as_ref().is_some_and(|staff| is_kept_from(playbooks, &record, staff));
        if !self.opens(playbooks, kind, procedure.as_ref().map(|procedure| (procedure, version))) || kept() {
            return None;
        }
        if !self.reads_whole(kind) {
            record.fields.retain(|path, _| self.reads(kind, path));
            record.texts.retain(|path, _| self.reads(kind, path));
        }
        Some(record)
    }
}
