//! What people do on rounds: they walk, check in, record what they find.

use butler_core::areas::rounds::{PointRow, Proof};
use butler_core::error::ButlerError;
use butler_core::model::round::{at_place, split_place};
use butler_core::model::{ChecklistId, EventId, Evidence, Kind, QuestionId, RecordId, Value};
use butler_core::playbook::checklist::{Checklist, ProofKind};
use butler_core::playbook::form::{FormField, PhotoRule};

use super::{Deed, Doing, NotDone, called, given};

impl Deed<'_> {
    pub(super) fn walks(&mut self) -> Doing {
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

    pub(super) fn checks_in(&mut self) -> Doing {
        let point = self.stage.spot(given(self.args.checks_in.as_ref(), "checks_in")?)?;
        let (round, list) = self.round(self.args.on.as_deref())?;
        let label = point_label(&list, split_place(&point).0)?;
        let proof = match (&self.args.scan, self.args.distance) {
            _ if self.args.position.is_some() => {
                let at = self.args.position.as_deref().unwrap_or_default();
                Proof::Position { at: at.parse().map_err(|wrong| format!("{at}: {wrong}"))? }
            }
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

    pub(super) fn finds(&mut self) -> Doing {
        let named = self.stage.spot(given(self.args.finds.as_ref(), "finds")?)?;
        let (round, list) = self.round(self.args.on.as_deref())?;
        let (item, spot) = (QuestionId::from(split_place(&named).0), QuestionId::from(named.as_str()));
        let question = item_of(&list, &item)?.clone();
        let mut evidence = self.evidence(std::slice::from_ref(&question))?;
        if let Some(value) = &self.args.is {
            evidence.fields.insert(item.clone(), self.stage.answer(&question, value)?);
        }
        let note = self.args.note.clone().unwrap_or_default();
        self.writes(round, |butler| butler.rounds().record(round, &spot, evidence, &note))?;
        Ok(format!("records “{}”", question.label.zh))
    }

    /// Walks the rest of a round: checks in where nobody was, answers what is required and open, all in order but
    /// for what the file answers.
    pub(super) fn completes(&mut self) -> Doing {
        let (round, list) = self.round(self.args.completes.as_deref())?;
        if let Some(unknown) = self.args.answers.keys().find(|id| list.item(&id.as_str().into()).is_none()) {
            item_of(&list, &unknown.as_str().into())?;
        }
        let details = self.stage.phone(self.who)?.butler.rounds().details(round)?;
        #[expect(clippy::cast_possible_truncation, reason = "minutes between two points of a walk")]
        let pause = (self.args.minutes_per_point.unwrap_or(3.0) * 60.0) as i64;
        let mut count = 0;
        for row in &details.points {
            let (id, place) = split_place(&row.id);
            let Some(point) = list.points.iter().find(|point| point.id == id) else { continue };
            if row.visited.is_none() {
                let proof = self.proof(&point.proof, row);
                self.writes(round, |butler| butler.rounds().check_in(round, &row.id, &proof))?;
            }
            for item in &point.items {
                let answer = self.args.answers.get(item.id.as_str());
                let spot = QuestionId::from(at_place(item.id.as_str(), place).as_str());
                if answer.is_none() && !self.is_open(round, item, &spot)? {
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
                self.writes(round, |butler| butler.rounds().record(round, &spot, evidence, ""))?;
                count += 1;
            }
            self.stage.pass(pause);
        }
        Ok(format!("walks the round to its end: {count} answers"))
    }

    /// Whether an item still has to be answered; one answer may make another one asked, or required.
    fn is_open(&self, round: RecordId, item: &FormField, spot: &QuestionId) -> Result<bool, String> {
        if !item.required && item.required_when.is_none() {
            return Ok(false);
        }
        let details = self.stage.phone(self.who)?.butler.rounds().details(round);
        let details = details.map_err(|error| error.to_string())?;
        let mut rows = details.points.iter().flat_map(|point| &point.items);
        let row = rows.find(|row| row.question.field == *spot);
        Ok(row.is_some_and(|row| row.question.required && row.results.is_empty()))
    }

    fn proof(&self, kinds: &[ProofKind], row: &PointRow) -> Proof {
        if let Some(code) = row.place.as_ref().and_then(|place| self.stage.code(place)) {
            return Proof::Scan { code: code.to_owned() };
        }
        if kinds.contains(&ProofKind::Location) {
            return Proof::Distance { metres: 3.0 };
        }
        if !kinds.contains(&ProofKind::Scan) {
            return Proof::Nothing;
        }
        let near = self.stage.scanned().find(|(place, _)| place.as_str().contains(&row.id));
        let code = near.or_else(|| self.stage.scanned().next());
        code.map_or(Proof::Nothing, |(_, code)| Proof::Scan { code: code.to_owned() })
    }

    pub(super) fn finding(&self, round: &str, item: &str) -> Result<(RecordId, EventId), String> {
        let (round, _) = self.stage.record(round)?;
        let details = self.stage.phone(self.who)?.butler.rounds().details(round);
        let details = details.map_err(|error| error.to_string())?;
        let item = self.stage.spot(item)?;
        let items = details.points.iter().flat_map(|point| &point.items);
        let found = items.filter(|row| row.question.field == *item).flat_map(|row| &row.results).last();
        found.map(|result| (details.id, result.event)).ok_or_else(|| format!("nothing was found at `{item}`"))
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
