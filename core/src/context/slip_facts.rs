//! What is known of a record when a slip is filled from it: on a phone as far as its owner may read, at the office whole.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::OfficeTables;
use super::field_words::{AnswerInWords, FieldWords, Titles};
use super::labels::step_label;
use crate::error::ButlerError;
use crate::model::{
    ChangeHash, Entry, Kind, QuestionId, Receipt, Record, Round, StaffId, Timestamp, Value, facts,
    order_number, subjects,
};
use crate::playbook::case::Standing;
use crate::playbook::checklist::{self, Walk};
use crate::playbook::condition::Scope;
use crate::playbook::form::{self, AnswerType, FormField};
use crate::playbook::paper::{COMMON, COMPANY, SlipCheck, SlipFacts, SlipStep, day_in_words};
use crate::playbook::sum::{self, Booked};
use crate::playbook::{Label, course};

/// What stands before the id of a record in the QR of a slip.
const SCHEME: &str = "butler://record/";

/// Who asks for a slip, and when.
pub struct SlipAsked<'a> {
    /// What records are called before them.
    pub titles: &'a dyn Titles,
    /// Who hands it out.
    pub issuer: &'a StaffId,
    /// The office's time as far as known.
    pub now: Timestamp,
    /// What its sums add up besides its own answers.
    pub booked: Option<Arc<Booked>>,
}

/// What is known of a case, a round or a row of a register, as it may be shown.
///
/// # Errors
/// [`ButlerError::NeedsNewerApp`] when its procedure is not known here; [`ButlerError::NotFound`] for another kind of record.
pub fn slip_facts(
    office: &OfficeTables,
    record: &Record,
    receipts: &BTreeMap<ChangeHash, Receipt>,
    asked: &SlipAsked<'_>,
) -> Result<SlipFacts, ButlerError> {
    let words = FieldWords::new(office, asked.titles, record.kind, Some(record));
    let mut slip = SlipFacts { code: format!("{SCHEME}{}", record.id), ..SlipFacts::default() };
    for (name, ..) in COMMON {
        slip.name(name, None);
    }
    slip.name("$company", office.playbooks.terms().label(COMPANY));
    slip.name("$today", day_in_words(office.date_of(asked.now)));
    slip.name("$issuer", Label::same(office.name_of(asked.issuer)));
    let author = facts::made(record).by;
    slip.name("$author", author.map(|author| Label::same(office.name_of(&author))));
    slip.name("$title", Label::same(record.text("title").unwrap_or_default()));
    let place = facts::place(record).and_then(|place| office.places.get(&place));
    slip.name("$place", place.map(|place| Label::same(place.name.as_str())));
    slip.name("$number", number_of(office, record).map(Label::same));
    about(&mut slip, record, asked.titles)?;
    match record.kind {
        Kind::Case => case(&mut slip, office, record, receipts, (asked, &words))?,
        Kind::Round => round(&mut slip, office, record, asked, &words)?,
        Kind::Entry => {
            let form = course::form(&office.playbooks, record).ok_or(ButlerError::NeedsNewerApp)?;
            let scope = Scope::new().today(office.date_of(asked.now)).with_booked(asked.booked.clone());
            let typed = Entry::answers(record);
            let given = form::complete(&form.fields, &typed, &scope);
            answers(&mut slip, form.fields.iter(), &given.fields, &words)?;
        }
        Kind::Home | Kind::Resident | Kind::Contact => return Err(ButlerError::NotFound),
    }
    Ok(slip)
}

/// The number a record is called by on paper: by the day it was begun, or of a row first written.
#[must_use]
pub fn number_of(office: &OfficeTables, record: &Record) -> Option<String> {
    let first = record.fields.get("place").map(|field| field.winner.stamp.estimated());
    let begun = course::begun(record).or(first)?;
    Some(order_number(office.date_of(begun), record.id))
}

/// The homes and the people it is about, by name.
fn about(slip: &mut SlipFacts, record: &Record, titles: &dyn Titles) -> Result<(), ButlerError> {
    let (mut homes, mut people) = (Vec::new(), Vec::new());
    for id in subjects(record) {
        match titles.kind_of(id)? {
            Some(Kind::Home) => homes.push(titles.title_of(id)?),
            Some(Kind::Resident) => people.push(titles.title_of(id)?),
            _ => {}
        }
    }
    for (name, mut titles) in [("$home", homes), ("$people", people)] {
        titles.retain(|title| !title.zh.is_empty());
        titles.sort();
        let said = |text: fn(&Label) -> &str, between: &str| {
            titles.iter().map(text).collect::<Vec<_>>().join(between)
        };
        slip.name(name, Label::new(said(|title| &title.zh, "、"), said(|title| &title.en, ", ")));
    }
    Ok(())
}

/// Names the questions, each with its answer where there is one; the answers.
fn answers<'f>(
    slip: &mut SlipFacts,
    asked: impl Iterator<Item = &'f FormField>,
    given: &BTreeMap<QuestionId, Value>,
    words: &FieldWords<'_>,
) -> Result<Vec<AnswerInWords>, ButlerError> {
    let asked: Vec<&FormField> = asked.collect();
    for field in &asked {
        slip.named.entry(field.id.to_string()).or_insert_with(|| (field.label.clone(), None));
    }
    let mut said = words.answers(asked.iter().copied(), given)?;
    for said in &mut said {
        let field = asked.iter().find(|field| field.id == said.field);
        if field.is_some_and(|field| matches!(field.answer, AnswerType::Date | AnswerType::Moment)) {
            said.words = when_in_words(&said.words);
        }
    }
    for said in &said {
        slip.named.insert(said.field.to_string(), (said.label.clone(), Some(said.words.clone())));
    }
    Ok(said)
}

/// A day or a moment as it is written in a letter.
fn when_in_words(words: &Label) -> Label {
    let (day, time) = words.zh.split_once(' ').unwrap_or((&words.zh, ""));
    match day.parse() {
        Ok(day) => Label::new(format!("{}{time}", day_in_words(day).zh), words.en.clone()),
        Err(_) => words.clone(),
    }
}

fn case(
    slip: &mut SlipFacts,
    office: &OfficeTables,
    record: &Record,
    receipts: &BTreeMap<ChangeHash, Receipt>,
    (asked, words): (&SlipAsked<'_>, &FieldWords<'_>),
) -> Result<(), ButlerError> {
    let workflow = course::workflow(&office.playbooks, record).ok_or(ButlerError::NeedsNewerApp)?;
    let mut state = course::state(workflow, record, receipts);
    if let Some(booked) = &asked.booked {
        sum::count(&workflow.sums, &mut state.answers, booked.clone());
    }
    let label = state.state.as_deref().and_then(|id| workflow.state(id)).map(|state| state.label.clone());
    slip.name("$state", label);
    answers(slip, workflow.fields(), &BTreeMap::new(), words)?;
    for folded in state.events.iter().filter(|folded| folded.standing == Standing::Counts) {
        let event = &folded.event;
        let asked = workflow.step(&event.step).into_iter().flat_map(|step| &step.fields);
        // The newest answer to a question is the one that holds, under the words it was asked in.
        let said = answers(slip, asked, &event.evidence.fields, words)?;
        slip.steps.push(SlipStep {
            step: event.step.clone(),
            label: step_label(workflow, &event.step),
            at: words.minute(folded.at),
            by: office.name_of(&event.by),
            said: said.into_iter().map(|said| (said.label, said.words)).collect(),
            note: event.note.clone(),
        });
    }
    answers(slip, workflow.sums.iter(), &state.answers, words)?;
    for step in &workflow.steps {
        slip.name_step(&step.id, &step.label);
    }
    Ok(())
}

fn round(
    slip: &mut SlipFacts,
    office: &OfficeTables,
    record: &Record,
    asked: &SlipAsked<'_>,
    words: &FieldWords<'_>,
) -> Result<(), ButlerError> {
    let now = asked.now;
    let list = course::checklist(&office.playbooks, record).ok_or(ButlerError::NeedsNewerApp)?;
    let (check_ins, results) = course::marks(record);
    let stops = Round::stops_of(record);
    let planned = Round::read(record).planned_on.unwrap_or_else(|| office.date_of(now));
    let begun = course::begun(record);
    let walk = Walk { check_ins: &check_ins, results: &results, stops: &stops, planned, begun };
    let mut state = checklist::fold(list, &walk, &office.calendar, now);
    if let Some(booked) = &asked.booked {
        sum::count(&list.sums, &mut state.sums, booked.clone());
    }
    slip.name("$title", list.title.clone());
    answers(slip, list.sums.iter(), &state.sums, words)?;
    let done = if state.complete { ("已完成", "complete") } else { ("未完成", "not complete") };
    slip.name("$state", Label::new(done.0, done.1));
    for point in &state.points {
        let place = point.stop.and_then(|stop| office.places.get(&stop.place));
        let called =
            place.map_or_else(|| point.point.label.clone(), |place| Label::same(place.name.as_str()));
        for item in &point.items {
            let blank = SlipCheck {
                point: called.clone(),
                item: item.item.label.clone(),
                found: None,
                fails: false,
                by: String::new(),
                at: String::new(),
            };
            // What two people found stands there twice, as it does on the screen.
            let found = item.results.iter().map(|result| {
                let said = words.answers(std::iter::once(item.item), &result.event.evidence.fields)?;
                let mut found = said.into_iter().next().map(|said| said.words).unwrap_or_default();
                if !result.event.note.is_empty() {
                    let note = &result.event.note;
                    found = Label::new(format!("{}\n{note}", found.zh), format!("{}\n{note}", found.en));
                }
                Ok(SlipCheck {
                    found: Some(found),
                    fails: result.fails,
                    by: office.name_of(&result.event.by),
                    at: words.minute(result.event.estimated()),
                    ..blank.clone()
                })
            });
            let found = found.collect::<Result<Vec<_>, ButlerError>>()?;
            if found.is_empty() {
                slip.checks.push(blank);
            } else {
                slip.checks.extend(found);
            }
        }
    }
    Ok(())
}
