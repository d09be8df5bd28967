//! What people do: one function per verb, each one call of the phone's façade.

mod on_cases;
mod on_records;
mod on_rounds;

use std::collections::{BTreeMap, BTreeSet};

use butler_core::context::{Recorded, Submitting};
use butler_core::error::ButlerError;
use butler_core::model::{DueId, Evidence, Kind, PhotoId, PlaceId, RecordId, Value};
use butler_core::playbook::condition::Scope;
use butler_core::playbook::due::Status;
use butler_core::playbook::form::{AnswerType, DueAnswer, FormField, answered};
use butler_core::playbook::walk::WalkHours;

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
            "cuts_short" => self.cuts_short(),
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

    /// Only so many minutes are left: what is due and not walked is put off with one reason; each open item is in exactly
    /// one part of the proposal.
    fn cuts_short(&mut self) -> Doing {
        let minutes = self.args.cuts_short.unwrap_or_default();
        let butler = &self.stage.phone(self.who)?.butler;
        let (today, hours) = (butler.today(), WalkHours::default());
        let open = today.walk(&hours)?.open as usize;
        let cut = today.cut_short(&hours, minutes)?;
        let parts = [&cut.keep, &cut.tomorrow, &cut.missed, &cut.another_day];
        let all: BTreeSet<DueId> = parts.iter().flat_map(|part| part.iter().copied()).collect();
        if all.len() != open || parts.iter().map(|part| part.len()).sum::<usize>() != open {
            return Err(NotDone::Senseless(format!("{open} are open, but {} are in the parts", all.len())));
        }
        let playbooks = butler.playbooks()?;
        let form = playbooks.forms().find(|form| form.answers_due == Some(DueAnswer::Snooze));
        let questions = form.map(|form| form.fields.clone()).unwrap_or_default();
        let evidence = self.evidence(&questions)?;
        let made = self.stage.phone(self.who)?.butler.today().snooze_many(&cut.tomorrow, &evidence)?;
        for recorded in &made {
            self.began(recorded, Kind::Entry)?;
        }
        let [kept, tomorrow, missed, another] = parts.map(Vec::len);
        Ok(format!(
            "has {minutes} minutes left: walks {kept}, puts off {tomorrow}, misses {missed}, leaves {another} for another day"
        ))
    }

    fn chooses(&mut self) -> Doing {
        let name = given(self.args.chooses.as_ref(), "chooses")?.clone();
        let field = given(self.args.field.as_ref(), "field")?;
        let value = given(self.args.value.as_ref(), "value")?;
        let (record, kind) = self.stage.record(&name)?;
        let path = Stage::path(record, kind, field);
        let spec = butler_core::model::fields::spec(kind, &path);
        let spec = spec.ok_or_else(|| format!("there is no field `{field}`"))?;
        let value = self.stage.field_value(spec, field, value)?;
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

    fn due(&self) -> Result<Option<DueId>, String> {
        self.due_about(self.about()?.first().copied())
    }

    fn due_about(&self, about: Option<RecordId>) -> Result<Option<DueId>, String> {
        match &self.args.due {
            Some(rule) => self.open_due(rule, about).map(|(due, _)| Some(due)),
            None => Ok(None),
        }
    }

    /// The open item of a rule about a record; at the place that is named, else the one due first.
    fn open_due(&self, rule: &str, about: Option<RecordId>) -> Result<(DueId, String), String> {
        let items = self.stage.today(self.who)?;
        let mut open: Vec<_> = items
            .iter()
            .filter(|item| item.rule == rule && !matches!(item.status, Status::Done | Status::Skipped))
            .filter(|item| about.is_none() || item.about == about || item.case == about)
            .filter(|item| {
                let of_item = |wanted: &str| item.finding.as_ref().is_some_and(|found| found.item == *wanted);
                self.args.item.as_deref().is_none_or(of_item)
            })
            .collect();
        let place = self.args.place.as_ref().and_then(|place| self.stage.place(place).ok());
        open.sort_by_key(|item| (place.is_some() && item.place != place, item.due));
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

fn question<'q>(questions: &'q [FormField], name: &str) -> Result<&'q FormField, String> {
    questions.iter().find(|question| question.id == name).ok_or_else(|| {
        let known: Vec<String> =
            questions.iter().map(|question| format!("{}（{}）", question.id, question.label.zh)).collect();
        let known = if known.is_empty() { "nothing".to_owned() } else { known.join(", ") };
        format!("`{name}` is not asked here; asked are: {known}")
    })
}
