//! What people write of homes, residents, contacts and rows of registers.

use std::collections::BTreeMap;

use butler_core::areas::registers::NewEntry;
use butler_core::error::ButlerError;
use butler_core::model::choice::Outcome;
use butler_core::model::{
    ContactEdit, Edit, FormId, Kind, Op, QuestionId, RecordId, Scalar as _, StaffId, Timestamp, Touch, Value,
};
use butler_core::playbook::form::FormField;

use super::{Deed, Doing, NotDone, called, given};

impl Deed<'_> {
    pub(super) fn visits(&mut self) -> Doing {
        let about: Vec<RecordId> = self
            .args
            .visits
            .0
            .iter()
            .map(|name| Ok(self.stage.record(name)?.0))
            .collect::<Result<_, String>>()?;
        let edit = self.stage.edit(RecordId([0; 16]), Kind::Contact, &self.args.set, &[])?;
        let mut contact = contact(&edit);
        if let Some(due) = self.due_about(about.first().copied())? {
            contact.due = due.to_string().into();
        }
        let photos = self.pictures(self.args.photos.values().sum())?;
        // What stands at the same door besides, about the home, its people and their cases.
        let butler = &self.stage.phone(self.who)?.butler;
        let at_door = match about.first() {
            Some(first) if !self.args.also.0.is_empty() => butler.today().about(*first)?,
            _ => Vec::new(),
        };
        let mut dues = Vec::new();
        for rule in &self.args.also.0 {
            let item = at_door.iter().find(|item| item.rule == **rule);
            dues.push(item.ok_or_else(|| format!("nothing of `{rule}` is due at that door"))?.id);
        }
        let recorded = butler.contacts().record_answering(&dues, &about, contact, &photos)?;
        self.began(&recorded, Kind::Contact)?;
        let words =
            format!("speaks with {}{}", self.args.visits.0.join("、"), called(self.args.r#as.as_deref()));
        Ok(words)
    }

    pub(super) fn enters(&mut self) -> Doing {
        let id = FormId::from(given(self.args.enters.as_ref(), "enters")?.as_str());
        let butler = &self.stage.phone(self.who)?.butler;
        let playbooks = butler.playbooks()?;
        let form = playbooks.form(&id).ok_or_else(|| {
            let known: Vec<&str> = playbooks.forms().map(|form| form.id.as_str()).collect();
            format!("there is no form `{id}`: {}", known.join(", "))
        })?;
        let (questions, title) = (form.fields.clone(), form.title.zh.clone());
        let about = self.about()?;
        let place = match (&self.args.place, about.first()) {
            (Some(place), _) => self.stage.place(place)?,
            (None, Some(first)) => self.place_on_phone(*first)?,
            (None, None) => self.own_place()?,
        };
        let answers = self.evidence(&questions)?;
        let due = self.due()?;
        let entry = NewEntry { form: id, place, about, answers, due };
        let recorded = self.stage.phone(self.who)?.butler.registers().add(&entry)?;
        self.began(&recorded, Kind::Entry)?;
        Ok(format!("enters {title}{}", called(self.args.r#as.as_deref())))
    }

    pub(super) fn changes(&mut self) -> Doing {
        let name = given(self.args.changes.as_ref(), "changes")?.clone();
        let (entry, kind) = self.stage.record(&name)?;
        if kind != Kind::Entry {
            return Err(format!("`{name}` is no row of a register").into());
        }
        let questions = self.questions_of_entry(entry)?;
        let evidence = self.evidence(&questions)?;
        let mut answers: BTreeMap<QuestionId, Option<Value>> =
            evidence.fields.into_iter().map(|(name, value)| (name, Some(value))).collect();
        answers.extend(self.args.clear.0.iter().map(|name| (name.as_str().into(), None)));
        let photos = evidence.photos;
        self.writes(entry, |butler| butler.registers().edit(entry, &answers, &photos))?;
        let fields: Vec<&str> = answers.keys().chain(photos.keys()).map(QuestionId::as_str).collect();
        Ok(format!("changes {} of {name}", fields.join("、")))
    }

    pub(super) fn edits(&mut self, kind: Kind, name: Option<&str>) -> Doing {
        let name = name.unwrap_or_default().to_owned();
        let (record, known) = self.stage.record(&name)?;
        if known != kind {
            return Err(format!("`{name}` is no {kind:?}").into());
        }
        let edit = self.stage.edit(record, kind, &self.args.set, &self.args.clear.0)?;
        let fields: Vec<&String> = self.args.set.keys().chain(&self.args.clear.0).collect();
        let words =
            format!("edits {name}: {}", fields.iter().map(|s| s.as_str()).collect::<Vec<_>>().join("、"));
        self.writes(record, |butler| match kind {
            Kind::Resident => butler.residents().edit(record, edit),
            _ => butler.homes().edit(record, edit),
        })?;
        Ok(words)
    }

    pub(super) fn adds_resident(&mut self) -> Doing {
        let room = given(self.args.adds_resident.as_ref(), "adds_resident")?.clone();
        let name = given(self.args.r#as.as_ref(), "as")?.clone();
        let (home, _) = self.stage.record(&room)?;
        let mut set = self.args.set.clone();
        set.entry("name").or_insert_with(|| name.clone().into());
        let edit = self.stage.edit(RecordId([0; 16]), Kind::Resident, &set, &[])?;
        let recorded = self.stage.phone(self.who)?.butler.residents().add(home, edit)?;
        self.began(&recorded, Kind::Resident)?;
        Ok(format!("enters {name} of {room}"))
    }

    fn questions_of_entry(&self, entry: RecordId) -> Result<Vec<FormField>, NotDone> {
        let butler = &self.stage.phone(self.who)?.butler;
        let record = butler.records().get(entry)?;
        let playbooks = butler.playbooks()?;
        let version = record.text("version").and_then(|version| version.parse().ok());
        let pinned = record.read("form").zip(version);
        let form = pinned.and_then(|(id, version)| playbooks.form_at(&id, version));
        Ok(form.ok_or(ButlerError::NeedsNewerApp)?.fields.clone())
    }
}

/// A contact from fields.
pub(super) fn contact(edit: &Edit) -> ContactEdit {
    let mut contact = ContactEdit::default();
    for op in &edit.ops {
        let Op::Put { path, value } = op else { continue };
        let text = || value.as_text().unwrap_or_default();
        match path.as_str() {
            "channel" => contact.channel = text().into(),
            "outcome" => contact.outcome = Outcome::from_code(text()).map_or(Touch::Keep, Touch::Set),
            "at" => contact.at = Timestamp::read(value).map_or(Touch::Keep, Touch::Set),
            "next_contact" => contact.next_contact = Timestamp::read(value).map_or(Touch::Keep, Touch::Set),
            "minutes" => contact.minutes = value.as_int().map_or(Touch::Keep, Touch::Set),
            "satisfaction" => contact.satisfaction = value.as_int().map_or(Touch::Keep, Touch::Set),
            "opportunity" => contact.opportunity = value.as_bool().map_or(Touch::Keep, Touch::Set),
            "purpose" => contact.purpose = text().into(),
            "summary" => contact.summary = text().into(),
            "promise" => contact.promise = text().into(),
            "promise_by" => contact.promise_by = text().parse().map_or(Touch::Keep, Touch::Set),
            "by" => contact.by = StaffId::new(text()).map_or(Touch::Keep, Touch::Set),
            _ => {}
        }
    }
    contact
}
