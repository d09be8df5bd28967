//! What people do: one function per verb, each one call of the phone's façade.

use std::collections::{BTreeMap, BTreeSet};

use butler_core::areas::cases::NewCase;
use butler_core::areas::registers::NewEntry;
use butler_core::areas::rounds::Proof;
use butler_core::context::{Recorded, Submitting};
use butler_core::error::ButlerError;
use butler_core::model::choice::{Channel, Outcome};
use butler_core::model::{
    ChecklistId, ContactEdit, DueId, Edit, EventId, Evidence, FormId, Kind, Op, PhotoId, PlaceId, QuestionId,
    RecordId, Scalar as _, StaffId, StepId, SystemStep, Timestamp, Touch, Value,
};
use butler_core::playbook::case::Standing;
use butler_core::playbook::checklist::{Checklist, ProofKind};
use butler_core::playbook::condition::Scope;
use butler_core::playbook::due::Status;
use butler_core::playbook::form::{AnswerType, DueAnswer, FormField, PhotoRule, answered};
use butler_core::playbook::workflow::Workflow;

use super::file::StepArgs;
use super::stage::Stage;
use super::words::plain;

/// Why a deed was not done.
#[derive(Debug)]
pub(super) enum NotDone {
    /// The file asks for something that cannot be meant.
    Senseless(String),
    /// The phone rejected it.
    Rejected(ButlerError),
}

impl From<String> for NotDone {
    fn from(what: String) -> Self {
        Self::Senseless(what)
    }
}

impl From<ButlerError> for NotDone {
    fn from(error: ButlerError) -> Self {
        Self::Rejected(error)
    }
}

/// What was done, in words.
type Doing = Result<String, NotDone>;

/// One deed of one phone: who does it, and what the file says of it.
pub(super) struct Deed<'a> {
    pub stage: &'a mut Stage,
    pub line: usize,
    pub who: &'a str,
    pub args: &'a StepArgs,
    /// Ordinary answers to what the file leaves open with `rest = true`.
    pub rest: BTreeSet<String>,
}

impl Deed<'_> {
    /// Does it. With `rest = true` what is rejected for missing answers is tried again with ordinary ones: a rejected
    /// deed records nothing.
    pub fn run(&mut self, verb: &str) -> Doing {
        self.stage.phone(self.who)?;
        loop {
            match self.once(verb) {
                Err(NotDone::Rejected(ButlerError::EvidenceMissing { problems })) if self.args.rest => {
                    let open = |name: &String| {
                        let args = self.args;
                        !args.answers.contains_key(name)
                            && !args.photos.contains_key(name)
                            && !self.rest.contains(name)
                    };
                    let missing = problems.iter().map(|problem| problem.field.to_string());
                    let open: Vec<String> = missing.filter(open).collect();
                    if open.is_empty() {
                        return Err(NotDone::Rejected(ButlerError::EvidenceMissing { problems }));
                    }
                    self.rest.extend(open);
                }
                result => return result,
            }
        }
    }

    fn once(&mut self, verb: &str) -> Doing {
        match verb {
            "opens" => self.opens(),
            "takes" => self.takes(),
            "visits" => self.visits(),
            "enters" => self.enters(),
            "changes" => self.changes(),
            "walks" => self.walks(),
            "checks_in" => self.checks_in(),
            "finds" => self.finds(),
            "completes" => self.completes(),
            "edits_home" => self.edits(Kind::Home, self.args.edits_home.as_deref()),
            "edits_resident" => self.edits(Kind::Resident, self.args.edits_resident.as_deref()),
            "adds_resident" => self.adds_resident(),
            "snoozes" => self.answers_due(DueAnswer::Snooze, self.args.snoozes.as_deref()),
            "skips" => self.answers_due(DueAnswer::Skip, self.args.skips.as_deref()),
            "links" => self.links(),
            "resolves" => self.resolves(),
            "chooses" => self.chooses(),
            "archives" => self.plainly(self.args.archives.as_deref(), "archives", |butler, id| {
                butler.records().archive(id)
            }),
            "restores" => self.plainly(self.args.restores.as_deref(), "restores", |butler, id| {
                butler.records().restore(id)
            }),
            "notes" => {
                let text = self.args.text.clone().unwrap_or_default();
                self.plainly(self.args.notes.as_deref(), "notes about", |butler, id| {
                    butler.records().edit_note(id, &text)
                })
            }
            "draws" => self.draws(),
            "dismisses" => self.dismisses(),
            "resends" => self.resends(),
            other => Err(NotDone::Senseless(format!("`{other}` is no deed of a phone"))),
        }
    }

    fn opens(&mut self) -> Doing {
        let id = given(self.args.opens.as_ref(), "opens")?;
        let butler = &self.stage.phone(self.who)?.butler;
        let playbooks = butler.playbooks()?;
        let workflow = playbooks.workflow(&id.as_str().into()).ok_or_else(|| {
            let known: Vec<&str> = playbooks.workflows().map(|workflow| workflow.id.as_str()).collect();
            format!("there is no workflow `{id}`: {}", known.join(", "))
        })?;
        let openings = || workflow.steps.iter().filter(|step| step.opens);
        let step = match &self.args.with {
            Some(with) => StepId::from(with.as_str()),
            None if openings().count() == 1 => {
                openings().map(|step| step.id.clone()).next().unwrap_or_default()
            }
            None => {
                let known: Vec<&str> = openings().map(|step| step.id.as_str()).collect();
                return Err(format!("say `with` which step {id} is opened: {}", known.join(", ")).into());
            }
        };
        let about = self.about()?;
        let place = match &self.args.place {
            Some(place) => Some(self.stage.place(place)?),
            None => None,
        };
        if about.is_empty() && place.is_none() {
            return Err("say what it is `about`, or at which `place`".to_owned().into());
        }
        let questions = questions_of(workflow, &step)?.to_vec();
        let title = workflow.title.zh.clone();
        let label = workflow.step(&step).map_or_else(String::new, |step| step.label.zh.clone());
        let evidence = self.evidence(&questions)?;
        let from = match &self.args.from {
            Some(finding) => Some(self.finding(&finding.round, &finding.item)?),
            None => None,
        };
        let due = self.due()?;
        let name = self.args.r#as.clone();
        let new = NewCase {
            workflow: id.as_str().into(),
            step,
            place,
            about,
            title: self.args.title.clone().or_else(|| name.clone()).unwrap_or_else(|| title.clone()),
            fields: self.stage.edit(RecordId([0; 16]), Kind::Case, &self.args.fields, &[])?,
            evidence,
            note: self.args.note.clone().unwrap_or_default(),
            from,
            due,
        };
        let recorded = self.stage.phone(self.who)?.butler.cases().open(&new)?;
        self.began(&recorded, Kind::Case)?;
        Ok(format!("opens {title} with “{label}”{}", called(name.as_deref())))
    }

    fn takes(&mut self) -> Doing {
        let step = StepId::from(given(self.args.takes.as_ref(), "takes")?.as_str());
        let name = given(self.args.on.as_ref(), "on")?.clone();
        let (case, kind) = self.stage.record(&name)?;
        if kind != Kind::Case {
            return Err(format!("`{name}` is no case: a step is taken `on` what somebody `opens`").into());
        }
        let mut label = step.to_string();
        let mut questions = Vec::new();
        if !SystemStep::reserves(step.as_str()) {
            let butler = &self.stage.phone(self.who)?.butler;
            let record = butler.records().get(case)?;
            let playbooks = butler.playbooks()?;
            let version = record.text("version").and_then(|version| version.parse().ok());
            let pinned = record.read("playbook").zip(version);
            let workflow = pinned.and_then(|(id, version)| playbooks.workflow_at(&id, version));
            let workflow = workflow.ok_or(ButlerError::NeedsNewerApp)?;
            questions = questions_of(workflow, &step)?.to_vec();
            label = workflow.step(&step).map_or_else(String::new, |step| step.label.zh.clone());
        }
        let evidence = self.evidence(&questions)?;
        let note = self.args.note.clone().unwrap_or_default();
        self.writes(case, |butler| butler.cases().take(case, &step, evidence, &note))?;
        Ok(format!("“{label}” of {name}"))
    }

    fn visits(&mut self) -> Doing {
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
        let recorded = self.stage.phone(self.who)?.butler.contacts().record(&about, contact, &photos)?;
        self.began(&recorded, Kind::Contact)?;
        let words =
            format!("speaks with {}{}", self.args.visits.0.join("、"), called(self.args.r#as.as_deref()));
        Ok(words)
    }

    fn enters(&mut self) -> Doing {
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

    fn changes(&mut self) -> Doing {
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

    fn walks(&mut self) -> Doing {
        let id = ChecklistId::from(given(self.args.walks.as_ref(), "walks")?.as_str());
        let playbooks = self.stage.phone(self.who)?.butler.playbooks()?;
        let title = match playbooks.checklist(&id) {
            Some(list) => list.title.zh.clone(),
            None => {
                let known: Vec<&str> = playbooks.checklists().map(|list| list.id.as_str()).collect();
                return Err(format!("there is no checklist `{id}`: {}", known.join(", ")).into());
            }
        };
        let about = self.about()?.first().copied();
        let place = match (&self.args.place, about) {
            (Some(place), _) => self.stage.place(place)?,
            (None, Some(about)) => self.place_on_phone(about)?,
            (None, None) => self.own_place()?,
        };
        let due = self.due()?;
        let recorded = self.stage.phone(self.who)?.butler.rounds().start(&id, &place, about, due)?;
        self.began(&recorded, Kind::Round)?;
        Ok(format!("begins {title}{}", called(self.args.r#as.as_deref())))
    }

    fn checks_in(&mut self) -> Doing {
        let point = given(self.args.checks_in.as_ref(), "checks_in")?.clone();
        let (round, list) = self.round(self.args.on.as_deref())?;
        let label = point_label(&list, &point)?;
        let proof = match (&self.args.scan, self.args.distance) {
            (Some(scan), _) => {
                let place = self.stage.place(scan)?;
                let code = self.stage.code(&place).ok_or_else(|| format!("{scan} has no code to scan"))?;
                Proof::Scan { code: code.to_owned() }
            }
            (None, Some(metres)) => Proof::Distance { metres },
            (None, None) => Proof::Nothing,
        };
        self.writes(round, |butler| butler.rounds().check_in(round, &point, &proof))?;
        Ok(format!("checks in at {label}"))
    }

    fn finds(&mut self) -> Doing {
        let item = QuestionId::from(given(self.args.finds.as_ref(), "finds")?.as_str());
        let (round, list) = self.round(self.args.on.as_deref())?;
        let question = item_of(&list, &item)?.clone();
        let mut evidence = self.evidence(std::slice::from_ref(&question))?;
        if let Some(value) = &self.args.is {
            evidence.fields.insert(item.clone(), self.stage.answer(&question, value)?);
        }
        let note = self.args.note.clone().unwrap_or_default();
        self.writes(round, |butler| butler.rounds().record(round, &item, evidence, &note))?;
        Ok(format!("records “{}”", question.label.zh))
    }

    /// Walks the rest of a round: checks in where nobody was, answers what is required and open, all in order but
    /// for what the file answers.
    fn completes(&mut self) -> Doing {
        let (round, list) = self.round(self.args.completes.as_deref())?;
        if let Some(unknown) = self.args.answers.keys().find(|id| list.item(&id.as_str().into()).is_none()) {
            item_of(&list, &unknown.as_str().into())?;
        }
        let details = self.stage.phone(self.who)?.butler.rounds().details(round)?;
        #[expect(clippy::cast_possible_truncation, reason = "minutes between two points of a walk")]
        let pause = (self.args.minutes_per_point.unwrap_or(3.0) * 60.0) as i64;
        let mut count = 0;
        for (point, row) in list.points.iter().zip(&details.points) {
            if row.visited.is_none() {
                let proof = self.proof(&point.proof, &point.id);
                self.writes(round, |butler| butler.rounds().check_in(round, &point.id, &proof))?;
            }
            for item in &point.items {
                let answer = self.args.answers.get(item.id.as_str());
                if answer.is_none() && !self.is_open(round, item)? {
                    continue;
                }
                let value = match answer {
                    Some(value) => self.stage.answer(item, value)?,
                    None if item.answer.is_photo() => Value::Bool(true),
                    None => self.in_order(item)?,
                };
                let mut evidence = Evidence::default();
                let mut photos = self.args.photos.get(item.id.as_str()).copied().unwrap_or_default();
                if item.answer.is_photo() || item.photo == PhotoRule::Always {
                    photos = photos.max(item.at_least.unwrap_or(1));
                }
                if !item.answer.is_photo() {
                    evidence.fields.insert(item.id.clone(), value);
                }
                if photos > 0 {
                    evidence.photos.insert(item.id.clone(), self.pictures(photos)?);
                }
                self.writes(round, |butler| butler.rounds().record(round, &item.id, evidence, ""))?;
                count += 1;
            }
            self.stage.pass(pause);
        }
        Ok(format!("walks the round to its end: {count} answers"))
    }

    /// Whether an item still has to be answered; one answer may make another one asked, or required.
    fn is_open(&self, round: RecordId, item: &FormField) -> Result<bool, String> {
        if !item.required && item.required_when.is_none() {
            return Ok(false);
        }
        let details = self.stage.phone(self.who)?.butler.rounds().details(round);
        let details = details.map_err(|error| error.to_string())?;
        let mut rows = details.points.iter().flat_map(|point| &point.items);
        let row = rows.find(|row| row.question.field == item.id);
        Ok(row.is_some_and(|row| row.question.required && row.results.is_empty()))
    }

    /// An answer that is no finding.
    fn in_order(&self, item: &FormField) -> Result<Value, String> {
        let day = self.stage.local().date();
        let candidates: Vec<Value> = match item.answer {
            AnswerType::Choice | AnswerType::MultiChoice => {
                item.options.iter().map(|option| option.id.as_str().into()).collect()
            }
            AnswerType::Number => {
                let (min, max) = (item.min.unwrap_or(0.0), item.max.unwrap_or(100.0));
                [f64::midpoint(min, max), min, max, 1.0, 0.0].into_iter().map(Value::Real).collect()
            }
            AnswerType::Flag => vec![true.into(), false.into()],
            AnswerType::Score => vec![5.into()],
            AnswerType::Text => vec!["正常".into()],
            AnswerType::Date => {
                vec![(day + chrono::Days::new(30)).to_string().into(), day.to_string().into()]
            }
            AnswerType::Time => vec!["09:00".into()],
            AnswerType::Moment => vec![self.stage.now().millis().into()],
            AnswerType::Phone => vec!["13800000000".into()],
            AnswerType::Money => vec![10_000_i64.into()],
            AnswerType::Staff => vec![self.stage.phone(self.who)?.staff.as_str().into()],
            _ => Vec::new(),
        };
        let fine = candidates.into_iter().find(|value| {
            let fields = BTreeMap::from([(item.id.clone(), value.clone())]);
            let evidence = Evidence { fields, photos: BTreeMap::new() };
            !item.fails(value, &answered(std::slice::from_ref(item), &evidence, &Scope::new()))
        });
        fine.ok_or_else(|| {
            format!("answer `{}`（{}）in `answers`: no answer is surely in order", item.id, item.label.zh)
        })
    }

    fn proof(&self, kinds: &[ProofKind], point: &str) -> Proof {
        if kinds.contains(&ProofKind::Location) {
            return Proof::Distance { metres: 3.0 };
        }
        if !kinds.contains(&ProofKind::Scan) {
            return Proof::Nothing;
        }
        let near = self.stage.scanned().find(|(place, _)| place.as_str().contains(point));
        let code = near.or_else(|| self.stage.scanned().next());
        code.map_or(Proof::Nothing, |(_, code)| Proof::Scan { code: code.to_owned() })
    }

    fn edits(&mut self, kind: Kind, name: Option<&str>) -> Doing {
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

    fn adds_resident(&mut self) -> Doing {
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

    fn answers_due(&mut self, answer: DueAnswer, rule: Option<&str>) -> Doing {
        let rule = rule.unwrap_or_default().to_owned();
        let about = self.about()?;
        let (due, title) = self.open_due(&rule, about.first().copied())?;
        let butler = &self.stage.phone(self.who)?.butler;
        let playbooks = butler.playbooks()?;
        let form = playbooks.forms().find(|form| form.answers_due == Some(answer));
        let questions = form.map(|form| form.fields.clone()).unwrap_or_default();
        let evidence = self.evidence(&questions)?;
        let today = self.stage.phone(self.who)?.butler.today();
        let (recorded, words) = match answer {
            DueAnswer::Snooze => (today.snooze(due, evidence)?, "puts off"),
            DueAnswer::Skip => (today.skip(due, evidence)?, "leaves out"),
        };
        self.began(&recorded, Kind::Entry)?;
        Ok(format!("{words} {title}"))
    }

    fn links(&mut self) -> Doing {
        let name = given(self.args.links.as_ref(), "links")?.clone();
        let other_name = given(self.args.with.as_ref(), "with")?.clone();
        let how = self.args.how.clone().unwrap_or_else(|| "group".to_owned());
        let (case, _) = self.stage.record(&name)?;
        let (other, _) = self.stage.record(&other_name)?;
        self.writes(case, |butler| butler.cases().link(case, other, &how))?;
        Ok(format!("links {name} with {other_name}"))
    }

    fn resolves(&mut self) -> Doing {
        let name = given(self.args.resolves.as_ref(), "resolves")?.clone();
        let claim = given(self.args.keep.as_ref(), "keep")?.clone();
        let (case, _) = self.stage.record(&name)?;
        let by = self.stage.staff(&claim.who)?;
        let details = self.stage.phone(self.who)?.butler.cases().details(case)?;
        let kept = details.steps.iter().rev().find(|made| made.step == *claim.step && made.by == by);
        let Some(kept) = kept.map(|made| made.event) else {
            return Err(format!("{} made no step `{}` of {name}", claim.who, claim.step).into());
        };
        let over: Vec<EventId> = details
            .steps
            .iter()
            .filter_map(|made| match made.standing {
                Standing::InConflict { by } if by == kept => Some(made.event),
                Standing::InConflict { by } if made.event == kept => Some(by),
                _ => None,
            })
            .collect();
        let note = self.args.note.clone().unwrap_or_default();
        self.writes(case, |butler| butler.cases().resolve(case, kept, &over, &note))?;
        Ok(format!("resolves {name}: `{}` of {} counts", claim.step, claim.who))
    }

    fn chooses(&mut self) -> Doing {
        let name = given(self.args.chooses.as_ref(), "chooses")?.clone();
        let field = given(self.args.field.as_ref(), "field")?;
        let value = given(self.args.value.as_ref(), "value")?;
        let (record, kind) = self.stage.record(&name)?;
        let path = Stage::path(record, kind, field);
        let ty = butler_core::model::fields::spec(kind, &path).map(|spec| spec.ty);
        let ty = ty.ok_or_else(|| format!("there is no field `{field}`"))?;
        let value = self.stage.field_value(ty, field, value)?;
        let words = format!("chooses {} for {field} of {name}", shown(&value));
        self.writes(record, |butler| butler.conflicts().resolve(record, &path, value))?;
        Ok(words)
    }

    fn plainly(
        &mut self,
        name: Option<&str>,
        words: &str,
        act: impl FnOnce(&Submitting<'_>, RecordId) -> Result<Recorded, ButlerError>,
    ) -> Doing {
        let name = name.unwrap_or_default().to_owned();
        let (record, _) = self.stage.record(&name)?;
        self.writes(record, |butler| act(butler, record))?;
        Ok(format!("{words} {name}"))
    }

    fn dismisses(&mut self) -> Doing {
        let name = given(self.args.dismisses.as_ref(), "dismisses")?.clone();
        let (record, _) = self.stage.record(&name)?;
        let butler = &self.stage.phone(self.who)?.butler;
        for row in butler.rejected().list()?.iter().filter(|row| row.record == record) {
            butler.rejected().dismiss(row.change)?;
        }
        Ok(format!("puts away what was rejected of {name}"))
    }

    fn resends(&mut self) -> Doing {
        let name = given(self.args.resends.as_ref(), "resends")?.clone();
        let (record, kind) = self.stage.record(&name)?;
        let edit = self.stage.edit(record, kind, &self.args.set, &[])?;
        let rows = self.stage.phone(self.who)?.butler.rejected().list()?;
        let row = rows.iter().find(|row| row.record == record);
        let row = row.ok_or_else(|| format!("nothing of {name} is rejected on the phone of {}", self.who))?;
        self.writes(record, |butler| butler.rejected().resend(row.change, &edit))?;
        Ok(format!("sends {name} again, corrected"))
    }

    /// Has the phone's screen draw a record, and leaves it standing there.
    fn draws(&mut self) -> Doing {
        let name = given(self.args.draws.as_ref(), "draws")?.clone();
        let (record, _) = self.stage.record(&name)?;
        self.stage.draw(self.who, record)?;
        Ok(format!("has {name} on the screen"))
    }

    /// Writes to a record that is there, noting what this phone, or its screen, had seen of it.
    fn writes(
        &mut self,
        record: RecordId,
        act: impl FnOnce(&Submitting<'_>) -> Result<Recorded, ButlerError>,
    ) -> Result<Recorded, NotDone> {
        let (shown, seen) = if self.args.from_screen {
            let (shown, seen) = self.stage.screen(self.who, record)?;
            (Some(shown), seen)
        } else {
            (None, self.stage.seen(self.who, record))
        };
        let butler = &self.stage.phone(self.who)?.butler;
        let form = shown.map(|shown| butler.submission(Some(shown))).transpose()?;
        let recorded = act(&butler.handing_in(form))?;
        self.stage.wrote(self.line, self.who, record, recorded.edit, seen);
        Ok(recorded)
    }

    /// A record began: it gets the name the file gives it.
    fn began(&mut self, recorded: &Recorded, kind: Kind) -> Result<(), String> {
        self.stage.wrote(self.line, self.who, recorded.record, recorded.edit, BTreeSet::new());
        match &self.args.r#as {
            Some(name) => self.stage.name(name, recorded.record, kind),
            None => Ok(()),
        }
    }

    fn about(&self) -> Result<Vec<RecordId>, String> {
        self.args.about.0.iter().map(|name| Ok(self.stage.record(name)?.0)).collect()
    }

    fn evidence(&mut self, questions: &[FormField]) -> Result<Evidence, String> {
        let mut evidence = Evidence::default();
        for (name, value) in &self.args.answers {
            let question = question(questions, name)?;
            let answer = match (self.stage.answer(question, value), self.args.rejected.as_deref()) {
                // Just this is to be rejected.
                (Err(what), Some("answer")) => plain(value).ok_or(what)?,
                (answer, _) => answer?,
            };
            evidence.fields.insert(name.as_str().into(), answer);
        }
        for (name, count) in &self.args.photos {
            question(questions, name)?;
            let photos = self.pictures(*count)?;
            evidence.photos.insert(name.as_str().into(), photos);
        }
        for name in self.rest.clone() {
            let question = question(questions, &name)?;
            if question.answer.is_photo() {
                let photos = self.pictures(question.at_least.unwrap_or(1))?;
                evidence.photos.insert(name.into(), photos);
            } else {
                evidence.fields.insert(name.into(), self.in_order(question)?);
            }
        }
        Ok(evidence)
    }

    fn pictures(&mut self, count: usize) -> Result<Vec<PhotoId>, String> {
        (0..count)
            .map(|_| {
                let bytes = self.stage.picture();
                let photo = self.stage.phone(self.who)?.butler.photos().add(&bytes);
                photo.map_err(|error| format!("a photo: {error}"))
            })
            .collect()
    }

    fn finding(&self, round: &str, item: &str) -> Result<(RecordId, EventId), String> {
        let (round, _) = self.stage.record(round)?;
        let details = self.stage.phone(self.who)?.butler.rounds().details(round);
        let details = details.map_err(|error| error.to_string())?;
        let items = details.points.iter().flat_map(|point| &point.items);
        let found = items.filter(|row| row.question.field == item).flat_map(|row| &row.results).last();
        found.map(|result| (details.id, result.event)).ok_or_else(|| format!("nothing was found at `{item}`"))
    }

    fn due(&self) -> Result<Option<DueId>, String> {
        self.due_about(self.about()?.first().copied())
    }

    fn due_about(&self, about: Option<RecordId>) -> Result<Option<DueId>, String> {
        match &self.args.due {
            Some(rule) => self.open_due(rule, about).map(|(due, _)| Some(due)),
            None => Ok(None),
        }
    }

    /// The open item of a rule about a record; the one due first.
    fn open_due(&self, rule: &str, about: Option<RecordId>) -> Result<(DueId, String), String> {
        let items = self.stage.today(self.who)?;
        let mut open: Vec<_> = items
            .iter()
            .filter(|item| item.rule == rule && !matches!(item.status, Status::Done | Status::Skipped))
            .filter(|item| about.is_none() || item.about == about || item.case == about)
            .collect();
        open.sort_by_key(|item| item.due);
        let first = open.first().ok_or_else(|| {
            let known: BTreeSet<&str> = items.iter().map(|item| item.rule.as_str()).collect();
            let known: Vec<&str> = known.into_iter().collect();
            format!(
                "nothing of `{rule}` is due about that on the phone of {}; due are {}",
                self.who,
                known.join(", ")
            )
        })?;
        Ok((first.id, first.title.zh.clone()))
    }

    fn place_on_phone(&self, record: RecordId) -> Result<PlaceId, NotDone> {
        let record = self.stage.phone(self.who)?.butler.records().get(record)?;
        let place = record.text("place").and_then(|place| PlaceId::new(place).ok());
        place.ok_or_else(|| NotDone::Senseless("it has no place".to_owned()))
    }

    /// The place that stands for the first grid somebody works in, or for the community.
    fn own_place(&self) -> Result<PlaceId, NotDone> {
        let phone = self.stage.phone(self.who)?;
        let office = phone.butler.office()?;
        let grids = office.grids_for(&phone.staff).unwrap_or_default();
        let place = grids.iter().next().and_then(|grid| office.place_of_grid(grid));
        place
            .ok_or_else(|| NotDone::Senseless(format!("{} works everywhere: say at which `place`", self.who)))
    }

    fn round(&self, name: Option<&str>) -> Result<(RecordId, Checklist), NotDone> {
        let name = name.unwrap_or_default();
        let (round, kind) = self.stage.record(name)?;
        if kind != Kind::Round {
            return Err(format!("`{name}` is no round: a round is what somebody `walks`").into());
        }
        let butler = &self.stage.phone(self.who)?.butler;
        let record = butler.records().get(round)?;
        let playbooks = butler.playbooks()?;
        let version = record.text("version").and_then(|version| version.parse().ok());
        let pinned = record.read("playbook").zip(version);
        let list = pinned.and_then(|(id, version)| playbooks.checklist_at(&id, version));
        Ok((round, list.ok_or(ButlerError::NeedsNewerApp)?.clone()))
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
fn contact(edit: &Edit) -> ContactEdit {
    let mut contact = ContactEdit::default();
    for op in &edit.ops {
        let Op::Put { path, value } = op else { continue };
        let text = || value.as_text().unwrap_or_default();
        match path.as_str() {
            "channel" => contact.channel = Channel::from_code(text()).map_or(Touch::Keep, Touch::Set),
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

fn given<'a, T>(value: Option<&'a T>, key: &str) -> Result<&'a T, String> {
    value.ok_or_else(|| format!("`{key}` is missing"))
}

fn called(name: Option<&str>) -> String {
    name.map_or_else(String::new, |name| format!(", called {name}"))
}

/// A value in words.
pub(super) fn shown(value: &Value) -> String {
    match value {
        Value::Bool(flag) => flag.to_string(),
        Value::Int(int) => int.to_string(),
        Value::Real(real) => real.to_string(),
        Value::Text(text) => text.clone(),
    }
}

fn questions_of<'w>(workflow: &'w Workflow, step: &StepId) -> Result<&'w [FormField], String> {
    let found = workflow.step(step).map(|step| step.fields.as_slice());
    found.ok_or_else(|| {
        let known: Vec<String> =
            workflow.steps.iter().map(|step| format!("{}（{}）", step.id, step.label.zh)).collect();
        format!("{} has no step `{step}`: {}", workflow.id, known.join(", "))
    })
}

fn question<'q>(questions: &'q [FormField], name: &str) -> Result<&'q FormField, String> {
    questions.iter().find(|question| question.id == name).ok_or_else(|| {
        let known: Vec<String> =
            questions.iter().map(|question| format!("{}（{}）", question.id, question.label.zh)).collect();
        let known = if known.is_empty() { "nothing".to_owned() } else { known.join(", ") };
        format!("`{name}` is not asked here; asked are: {known}")
    })
}

fn item_of<'l>(list: &'l Checklist, item: &QuestionId) -> Result<&'l FormField, String> {
    list.item(item).ok_or_else(|| {
        let known: Vec<&str> = list.items().map(|item| item.id.as_str()).collect();
        format!("{} has no item `{item}`: {}", list.id, known.join(", "))
    })
}

fn point_label(list: &Checklist, point: &str) -> Result<String, String> {
    let found = list.points.iter().find(|known| known.id == point);
    found.map(|point| point.label.zh.clone()).ok_or_else(|| {
        let known: Vec<&str> = list.points.iter().map(|point| point.id.as_str()).collect();
        format!("{} has no point `{point}`: {}", list.id, known.join(", "))
    })
}
