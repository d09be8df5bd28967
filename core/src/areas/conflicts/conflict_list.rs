//! Every disagreement: both values, who, when. Deciding is `conflicts().resolve` and `cases().resolve`.

use std::collections::{BTreeSet, HashMap};

use crate::areas::conflicts::Conflicts;
use crate::context::OfficeTables;
use crate::context::Visibility;
use crate::context::field_words::FieldWords;
use crate::error::ButlerError;
use crate::model::{
    Candidate, DeviceId, Event, EventId, GridId, Kind, Record, RecordId, Shown, StaffId, Timestamp, Value,
    facts,
};
use crate::playbook::case::{Folded, Standing};
use crate::playbook::course;
use crate::playbook::workflow::Workflow;
use crate::playbook::{Label, access};

/// One field, or one step of a case, that waits for a decision.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct Conflict {
    /// The record.
    pub record: RecordId,
    /// Its kind.
    pub kind: Kind,
    /// What it is about, as shown in a list ("3栋2单元501").
    pub subject: String,
    /// What is in conflict.
    pub about: ConflictKind,
    /// Who decides about it, where this phone's owner may not; `None` where they may.
    pub decided_by: Option<Label>,
    /// What a screen shows of the record that draws this: goes back with the decision.
    pub shown: Shown,
}

/// What is in conflict.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Enum))]
#[expect(clippy::large_enum_variant, reason = "few are made, and each goes to a screen")]
pub enum ConflictKind {
    /// A field with several values.
    Field {
        /// Its path.
        path: String,
        /// What people call it.
        label: Label,
        /// The values, the one shown meanwhile first.
        candidates: Vec<Claim>,
    },
    /// Steps of a case that exclude each other.
    Steps {
        /// The step that counts meanwhile.
        counts: StepClaim,
        /// The step that lost, with its evidence still readable.
        lost: StepClaim,
    },
}

/// One value somebody wrote.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct Claim {
    /// The value.
    pub value: Value,
    /// The value in words.
    pub words: Label,
    /// The person who did it.
    pub by: StaffId,
    /// Their name.
    pub by_name: String,
    /// On which device.
    pub device: DeviceId,
    /// When, by the office's clock as far as known.
    pub at: Timestamp,
}

/// One step somebody made.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct StepClaim {
    /// The event.
    pub event: EventId,
    /// The step's name.
    pub step: Label,
    /// The person who did it.
    pub by: StaffId,
    /// Their name.
    pub by_name: String,
    /// On which device.
    pub device: DeviceId,
    /// When, by the office's clock as far as known.
    pub at: Timestamp,
    /// Their words.
    pub note: String,
}

impl Claim {
    /// A value of a field as it is shown.
    pub(crate) fn of(
        candidate: &Candidate,
        path: &str,
        office: &OfficeTables,
        words: &FieldWords<'_>,
    ) -> Result<Self, ButlerError> {
        Ok(Self {
            value: candidate.value.clone(),
            words: words.value(path, &candidate.value)?,
            by: candidate.stamp.staff.clone(),
            by_name: office.name_of(&candidate.stamp.staff),
            device: candidate.actor.device(),
            at: candidate.stamp.estimated(),
        })
    }
}

impl StepClaim {
    fn of(folded: &Folded, workflow: &Workflow, office: &OfficeTables) -> Self {
        Self {
            event: folded.event.id,
            step: crate::context::labels::step_label(workflow, &folded.event.step),
            by: folded.event.by.clone(),
            by_name: office.name_of(&folded.event.by),
            device: folded.event.device,
            at: folded.at,
            note: folded.event.note.clone(),
        }
    }
}

/// Who may decide. A decision is an edit, so it is judged as one.
struct Deciders<'a> {
    office: &'a OfficeTables,
    /// The owner of this phone; nobody may decide before there is one.
    staff: Option<StaffId>,
}

impl Deciders<'_> {
    fn of_field(&self, record: &Record, path: &str) -> Option<Label> {
        let (playbooks, paths) = (&self.office.playbooks, [path.to_owned()]);
        let grids = self.grids(record);
        let attempt = access::Attempt { before: Some(record), after: record, paths: &paths, grids: &grids };
        let decided = access::decide(playbooks, self.office.actor(self.staff.as_ref()?), &attempt);
        decided.err().map(|denied| playbooks.roles().names(&denied.whose))
    }

    fn of_steps(&self, workflow: &Workflow, case: &Record) -> Option<Label> {
        let playbooks = &self.office.playbooks;
        let actor = self.office.actor(self.staff.as_ref()?);
        let held = access::roles_over(playbooks, actor, &self.grids(case));
        let may = held.iter().any(|role| workflow.resolved_by.contains(role));
        (!may).then(|| playbooks.roles().names(&workflow.resolved_by))
    }

    fn grids(&self, record: &Record) -> BTreeSet<GridId> {
        facts::place(record).map(|place| self.office.grids_of(&place)).unwrap_or_default()
    }
}

impl Conflicts<'_> {
    /// Everything that waits for a decision on this phone and may be read: fields first, then steps.
    ///
    /// # Errors
    /// [`ButlerError`] of the store.
    pub fn list(&self) -> Result<Vec<Conflict>, ButlerError> {
        let office = self.0.office()?;
        self.0.read(|reader| {
            let visibility = Visibility::new(reader, &office)?;
            let deciders = Deciders { office: &office, staff: reader.identity()?.map(|owner| owner.staff) };
            let mut conflicts = Vec::new();
            let records: BTreeSet<RecordId> =
                reader.conflicts()?.into_iter().map(|(record, _)| record).collect();
            for id in records {
                let Some(whole) = reader.readable(id)? else { continue };
                let Some(record) = visibility.shown(whole.clone()) else { continue };
                let subject = visibility.title(&record)?;
                let words = FieldWords::new(&office, &visibility, record.kind, Some(&record));
                for (path, field) in record.conflicts() {
                    let candidates = std::iter::once(&field.winner).chain(&field.others);
                    let about = ConflictKind::Field {
                        path: path.to_owned(),
                        label: crate::context::labels::field_label(record.kind, path),
                        candidates: candidates
                            .map(|candidate| Claim::of(candidate, path, &office, &words))
                            .collect::<Result<_, _>>()?,
                    };
                    conflicts.push(Conflict {
                        record: id,
                        kind: record.kind,
                        subject: subject.clone(),
                        about,
                        decided_by: deciders.of_field(&whole, path),
                        shown: record.shown(),
                    });
                }
            }
            for id in reader.cases_in_conflict()? {
                // A case run by a workflow that is not known here yet cannot be decided here; the others can.
                let Some(record) = reader.readable(id)? else { continue };
                let Some(workflow) = course::workflow(&office.playbooks, &record) else { continue };
                let state = crate::context::case_steps::state(reader, &office, workflow, &record)?;
                let Some(record) = visibility.shown(record) else { continue };
                // Steps in conflict are listed for those who may read steps.
                if record.below(Event::PREFIX).next().is_none() {
                    continue;
                }
                let subject = visibility.title(&record)?;
                let by_id: HashMap<EventId, &Folded> =
                    state.events.iter().map(|folded| (folded.event.id, folded)).collect();
                for lost in state.conflicts() {
                    let Standing::InConflict { by } = lost.standing else { continue };
                    let Some(counts) = by_id.get(&by) else { continue };
                    let claim = |folded| StepClaim::of(folded, workflow, &office);
                    let about = ConflictKind::Steps { counts: claim(counts), lost: claim(lost) };
                    let (decided_by, shown) = (deciders.of_steps(workflow, &record), record.shown());
                    conflicts.push(Conflict {
                        record: id,
                        kind: Kind::Case,
                        subject: subject.clone(),
                        about,
                        decided_by,
                        shown,
                    });
                }
            }
            Ok(conflicts)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::{ConflictKind, StepClaim};
    use crate::areas::cases::NewCase;
    use crate::model::choice::{Channel, Outcome};
    use crate::model::{ContactEdit, Edit, Event, EventId, Evidence, Kind, RecordId, ResidentEdit, RoleId};
    use crate::query::WorkProgress;
    use crate::testing::{COLLEAGUE, TestPhone, staff};

    /// What waits for a decision: the record, what it is called, and the field, or the step that counts.
    fn shown(bench: &TestPhone) -> Vec<(RecordId, String, String)> {
        let what = |about| match about {
            ConflictKind::Field { path, .. } => path,
            ConflictKind::Steps { counts: StepClaim { step, .. }, .. } => step.en,
        };
        let list = bench.butler.conflicts().list().unwrap();
        list.into_iter().map(|conflict| (conflict.record, conflict.subject, what(conflict.about))).collect()
    }

    fn person(bench: &TestPhone) -> RecordId {
        let person = ResidentEdit { name: "单小明".into(), ..ResidentEdit::default() };
        bench.butler.residents().add(bench.home("501"), person).unwrap().record
    }

    #[test]
    fn a_field_in_conflict_is_shown_to_those_who_read_it() {
        let bench = TestPhone::new(&["butler"]);
        let person = person(&bench);
        let said = |role: &str, hobby: &str| Edit::new().put("relation", role).put("hobbies", hobby);
        bench.concurrently(person, Kind::Resident, &said("儿子", "钓鱼"), &said("女婿", "下棋"));
        let row = |path: &str| (person, "单小明".to_owned(), path.to_owned());
        assert_eq!(shown(&bench), [row("hobbies"), row("relation")]);
        let deciders = || -> Vec<Option<String>> {
            let list = bench.butler.conflicts().list().unwrap().into_iter();
            list.map(|conflict| conflict.decided_by.map(|whose| whose.zh)).collect()
        };
        assert_eq!(deciders(), [None, None], "whoever writes a field decides about it");
        bench.assign(&["front_desk"]);
        assert_eq!(shown(&bench), [row("relation")], "reads who somebody is, not what they like");
        assert_eq!(deciders(), [Some("管家、主管".to_owned())], "and does not write it");
        bench.assign(&["environment"]);
        assert_eq!(shown(&bench), [], "reads nothing of a person");
    }

    #[test]
    fn a_conflict_is_not_called_by_what_may_not_be_read() {
        let bench = TestPhone::new(&["butler"]);
        let contact = ContactEdit {
            channel: Channel::VISIT.into(),
            purpose: "planned_visit".into(),
            outcome: Outcome::Agreed.into(),
            summary: "聊了聊".into(),
            ..ContactEdit::default()
        };
        let contact = bench.butler.contacts().record(&[person(&bench)], contact, &[]).unwrap().record;
        let said = |summary: &str| Edit::new().put("summary", summary);
        bench.concurrently(contact, Kind::Contact, &said("聊到钓鱼"), &said("聊到下棋"));
        let row = |subject: &str| (contact, subject.to_owned(), "summary".to_owned());
        assert_eq!(shown(&bench), [row("单小明")]);
        bench.publish_with_clerk(&[], &["home.origin", "contact.*"]);
        bench.assign(&["clerk"]);
        assert_eq!(shown(&bench), [row("")], "reads the contact, not the person");
    }

    const REPORT: &str = r#"
        kind = "workflow"
        id = "test.report"
        title = { zh = "举报", en = "Report" }
        subjects = ["home"]
        resolved_by = ["butler"]
        read_by = ["butler", "clerk"]
        state = [{ id = "open", label = { zh = "开", en = "Open" } }, { id = "done", label = { zh = "完", en = "Done" }, end = true }]
        [[step]]
        id = "report"
        label = { zh = "举报", en = "Report" }
        opens = true
        to = "open"
        roles = ["butler"]
        [[step]]
        id = "close"
        label = { zh = "结案", en = "Close" }
        from = ["open"]
        to = "done"
        roles = ["butler"]
    "#;

    #[test]
    fn a_conflict_that_cannot_be_worked_out_here_hides_none_of_the_others() {
        let bench = TestPhone::new(&["butler"]);
        let person = person(&bench);
        let said = |hobby: &str| Edit::new().put("hobbies", hobby);
        bench.concurrently(person, Kind::Resident, &said("钓鱼"), &said("下棋"));
        // A case under a workflow of a newer set, which was in conflict when it was last worked out.
        let unknown = bench.butler.context.act(|author, tx| {
            let edit = Edit::new().put("place", "jinse/1/1").put("playbook", "test.newer");
            let edit = edit.put("version", "00".repeat(16)).put("title", "新流程");
            let case = author.edit_unchecked(tx, author.new_record()?, Kind::Case, &edit)?.record;
            tx.set_progress(case, &WorkProgress { in_conflict: true, ..WorkProgress::default() })?;
            Ok(case)
        });
        let unknown = unknown.unwrap();
        assert_eq!(bench.butler.context.read(|reader| Ok(reader.cases_in_conflict()?)).unwrap(), [unknown]);
        assert_eq!(shown(&bench), [(person, "单小明".to_owned(), "hobbies".to_owned())]);
        bench.butler.context.write(|tx| Ok(tx.spoil(person)?)).unwrap();
        assert_eq!(shown(&bench), []);
    }

    #[test]
    fn steps_in_conflict_are_shown_to_those_who_open_the_case_and_read_its_steps() {
        let bench = TestPhone::new(&["butler"]);
        bench.publish_with_clerk(&[REPORT], &["case.origin", "case.case"]);
        let new = NewCase {
            workflow: "test.report".into(),
            step: "report".into(),
            about: vec![bench.home("501")],
            title: "私收现金".into(),
            ..NewCase::default()
        };
        let opened = bench.butler.cases().open(&new).unwrap();
        let mine = bench.butler.context.act(|author, _| {
            let role = RoleId::new("butler").unwrap();
            author.event(&"close".into(), role, opened.event.into_iter().collect(), "", Evidence::default())
        });
        let mine = mine.unwrap();
        let theirs =
            Event { id: EventId([9; 16]), by: staff("he.fang"), device: COLLEAGUE.device(), ..mine.clone() };
        let made = |event: &Event| Edit::new().event(event);
        bench.concurrently(opened.record, Kind::Case, &made(&mine), &made(&theirs));
        let row = (opened.record, "私收现金".to_owned(), "Close".to_owned());
        assert_eq!(shown(&bench), [row]);
        let conflict = bench.butler.conflicts().list().unwrap().remove(0);
        assert_eq!(conflict.decided_by, None);
        let ConflictKind::Steps { counts, lost } = conflict.about else { panic!("steps") };
        let devices = [counts.device, lost.device];
        assert!(devices.contains(&mine.device) && devices.contains(&COLLEAGUE.device()), "{devices:?}");
        bench.assign(&["environment"]);
        assert_eq!(shown(&bench), [], "the workflow keeps the case from them");
        bench.assign(&["clerk"]);
        assert!(bench.butler.records().get(opened.record).is_ok());
        assert_eq!(shown(&bench), [], "opens the case, and reads no steps");
    }
}
