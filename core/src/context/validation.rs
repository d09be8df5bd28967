//! What the playbooks ask of an edit, whatever verb writes it.
//!
//! A verb that begins something from answers asks before it writes. Where only the edit is known (a part of a record, a
//! decision, something sent again), the record as it would stand is planned and asked here before anything is written.
//! It is asked as its author saw it: not what a merge with others' values shows instead of what was written.

use super::case_steps::{self, Requirements};
use super::{Author, round_results};
use crate::context::author::place_of;
use crate::context::{AskedRow, Recorded};
use crate::error::{ButlerError, InputProblem};
use crate::model::{Case, Contact, Edit, Entry, Event, Kind, Op, Record, RecordId, RoleId, Round, fields};
use crate::playbook::condition::Scope;
use crate::playbook::course;
use crate::playbook::form::{self, FieldProblem, Form};
use crate::store::{Reader, Tx};

impl Author {
    /// Records an edit and holds it to what the playbooks ask of such a record: of a home or a resident what is written,
    /// of a contact and a row all of it when it begins and then what changes, of a case its steps, of a round its results.
    ///
    /// # Errors
    /// As [`Self::edit`]; [`ButlerError::EvidenceMissing`] in the words of the form; those of `cases.take` for a
    /// step; [`ButlerError::NeedsNewerApp`] when what runs the record is not known here.
    pub fn edit_validated(
        &self,
        tx: &mut Tx<'_>,
        id: RecordId,
        kind: Kind,
        edit: &Edit,
    ) -> Result<Recorded, ButlerError> {
        let planned = self.plan(tx, id, kind, edit)?;
        let (before, after) = (planned.before(), planned.after());
        match kind {
            Kind::Home | Kind::Resident => self.fields(before, after)?,
            Kind::Contact => self.contact(before, after)?,
            Kind::Entry => self.row(tx, before, after)?,
            Kind::Case => self.steps(tx, before, after, edit)?,
            Kind::Round => self.results(before, after, edit)?,
        }
        self.carry_out(tx, planned)
    }

    /// An edit of a record's own fields says only a part: it is asked for what it writes, and for what that brings about.
    fn fields(&self, before: Option<&Record>, after: &Record) -> Result<(), ButlerError> {
        let touched = after.differing(before);
        self.by_forms(after, |form, scope, roles| {
            form::check_fields(form, before, after, &touched, scope, roles)
        })
    }

    /// A contact is whole from the beginning.
    fn contact(&self, before: Option<&Record>, after: &Record) -> Result<(), ButlerError> {
        match before {
            Some(_) => self.fields(before, after)?,
            None => self.by_forms(after, |form, scope, roles| {
                form::check(&form.fields, &form.answers(after), scope, roles)
            })?,
        }
        // What was wrong before is not this person's fault.
        match (before.map(|before| Contact::read(before).check()), Contact::read(after).check()) {
            (None | Some(Ok(())), Err(error)) => Err(error.into()),
            _ => Ok(()),
        }
    }

    /// Asks every form over the record's kind. Their `roles` say who is offered a form; who may write a field is decided
    /// by the roles' groups and by `entered_by`.
    fn by_forms(
        &self,
        after: &Record,
        check: impl Fn(&Form, &Scope, &[RoleId]) -> Vec<FieldProblem>,
    ) -> Result<(), ButlerError> {
        let roles = self.roles_at(&place_of(after)?);
        let scope = Scope::new().today(self.today());
        let forms = self.office.playbooks.forms().filter(|form| form.record == after.kind);
        ButlerError::of_form(forms.flat_map(|form| check(form, &scope, &roles)).collect())
    }

    /// A row is asked by its form, in the version it was entered under.
    fn row(&self, reader: &Reader<'_>, before: Option<&Record>, after: &Record) -> Result<(), ButlerError> {
        let form = course::form(&self.office.playbooks, after).ok_or(ButlerError::NeedsNewerApp)?;
        let (fields, roles) = (&form.fields, self.roles_at(&place_of(after)?));
        let row = AskedRow::of(after);
        let given = Entry::answers;
        let moved = before.is_none_or(|before| form.is_another(&given(before).fields, &given(after).fields));
        let repeated = match row.of.as_ref().filter(|_| moved) {
            Some(of) => self.office.repeated(reader, form, Some(after.id), of)?,
            None => None,
        };
        let scope = self.office.scope_of_row(reader, fields, row, self.estimated())?;
        let mut problems = match before {
            Some(before) => form::check_edit(fields, &given(before), &given(after), &scope, &roles),
            None => form::check(fields, &given(after), &scope, &roles),
        };
        problems.extend(repeated);
        ButlerError::of_form(problems)
    }

    /// The steps an edit makes must be possible as the case and what it is about stand, and bring what they ask.
    fn steps(
        &self,
        reader: &Reader<'_>,
        before: Option<&Record>,
        after: &Record,
        edit: &Edit,
    ) -> Result<(), ButlerError> {
        let workflow = case_steps::workflow(&self.office.playbooks, after)?;
        let stood = |before| case_steps::state(reader, &self.office, workflow, before);
        let state = before.map(stood).transpose()?;
        let state = state.unwrap_or_default();
        let requirements = Requirements {
            reader,
            office: &self.office,
            today: self.today(),
            case: before.map(|before| before.id),
            about: Case::subjects(after),
        };
        for event in events(edit, Event::PREFIX) {
            case_steps::check_step(workflow, &state, &event.role, &event.step, &event.evidence)?;
            requirements.check(workflow, &state, &event.step, &event.evidence)?;
        }
        Ok(())
    }

    /// The results an edit brings must do.
    fn results(&self, before: Option<&Record>, after: &Record, edit: &Edit) -> Result<(), ButlerError> {
        let checklist = round_results::checklist(&self.office.playbooks, after)?;
        let mut known: Vec<Event> =
            before.map(Round::results).unwrap_or_default().into_iter().map(|seen| seen.event).collect();
        for event in events(edit, "result/") {
            round_results::check_result(
                &self.office,
                checklist,
                &event.step.as_str().into(),
                &event.evidence,
                &event.role,
                &known,
            )?;
            // An item may be asked because of the answer to another of the same edit.
            known.push(event);
        }
        Ok(())
    }
}

/// An edit of a record's own fields as it is written: each is a field of the kind, and a text left blank holds nothing.
///
/// # Errors
/// [`ButlerError::InvalidInput`] for a field no such record has. One that a newer app wrote is resolved and read, not
/// written anew.
pub(crate) fn own_fields(kind: Kind, edit: Edit) -> Result<Edit, ButlerError> {
    let op = |op: Op| {
        // What is kept for events is not written as a field at all: the document says so.
        let known = fields::spec(kind, op.path());
        if known.is_none() && !fields::holds_events(op.path()) {
            return Err(ButlerError::invalid(op.path(), InputProblem::UnknownField));
        }
        let typed = known.is_some_and(|spec| spec.is_typed());
        Ok(match op {
            Op::Put { path, value }
                if typed && value.as_text().is_some_and(|text| text.trim().is_empty()) =>
            {
                Op::Clear { path }
            }
            op => op,
        })
    };
    Ok(Edit { ops: edit.ops.into_iter().map(op).collect::<Result<_, _>>()? })
}

/// The readable events an edit writes under a prefix.
fn events(edit: &Edit, prefix: &str) -> impl Iterator<Item = Event> {
    edit.ops.iter().filter_map(move |op| match op {
        Op::Put { path, value } if path.starts_with(prefix) => fields::event_at(path, value.as_text()?),
        _ => None,
    })
}
