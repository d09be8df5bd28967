//! What must hold after a step: one function per thing that can be looked at, through the façade alone.

use std::collections::BTreeSet;

use butler_core::Butler;
use butler_core::areas::rounds::{ItemRow, PointRow};
use butler_core::areas::today::TodayItem;
use butler_core::error::ButlerError;
use butler_core::model::{Evidence, Kind, Lifecycle, MetricId, Record, RecordId, Value};
use butler_core::playbook::Label;
use butler_core::playbook::case::Standing;
use butler_core::playbook::checklist::{Finding, Punctuality};
use butler_core::playbook::due::Status;
use butler_core::playbook::form::FormField;
use butler_core::playbook::metric::{GroupBy, Measure, MetricGroup, MetricRow, Month};
use butler_core::playbook::rule::Urgency;
use butler_office::storage::{Storage as _, StorageError};

use super::deeds::shown;
use super::file::{Expect, ExpectArgs, Names};
use super::stage::{Phone, Stage};
use super::words::text_of;

/// Why an expectation does not hold, or why it cannot be asked.
#[derive(Debug)]
pub(super) enum Not {
    /// Something else is the case.
    So(String),
    /// The thing is not on this phone.
    Here,
    /// The file asks for something that cannot be meant.
    Meant(String),
}

type Look<T = ()> = Result<T, Not>;

impl From<String> for Not {
    fn from(what: String) -> Self {
        Self::Meant(what)
    }
}

/// Checks one expectation on phones. Those a file names must all show it so; of those it does not name, every one
/// that has the thing, and one must.
pub(super) fn check(stage: &Stage, expect: &Expect, by_itself: &[String]) -> Look<String> {
    let named = &expect.args.seen_by.0;
    let phones: &[String] = if named.is_empty() { by_itself } else { named };
    let absent = expect.args.absent == Some(true);
    let mut seen = Vec::new();
    for name in phones {
        let look = if name == "office" { at_office(stage, expect) } else { on_phone(stage, name, expect) };
        match (look, absent) {
            (Ok(()), true) => return Err(Not::So(format!("{name}: it should not be there, but it is"))),
            (Err(Not::Here), true) => seen.push(name.as_str()),
            (Ok(()), false) => seen.push(name.as_str()),
            (Err(Not::Here), false) if named.is_empty() => {}
            (Err(Not::Here), false) => {
                return Err(Not::So(format!(
                    "{name}: there is no such thing here{}",
                    hint(stage, name, expect)
                )));
            }
            (Err(Not::So(what)), _) => return Err(Not::So(format!("{name}: {what}"))),
            (Err(Not::Meant(what)), _) => return Err(Not::Meant(what)),
        }
    }
    if seen.is_empty() {
        let hints = phones.first().map_or_else(String::new, |name| hint(stage, name, expect));
        return Err(Not::So(format!("it is nowhere: not with {}{hints}", phones.join(", "))));
    }
    Ok(seen.join(", "))
}

/// What is there instead of a due item.
fn hint(stage: &Stage, phone: &str, expect: &Expect) -> String {
    let Some(rule) = &expect.args.due else { return String::new() };
    let items = stage.today(phone).unwrap_or_default();
    let same: Vec<String> = items.iter().filter(|item| item.rule == **rule).map(item_words).collect();
    if !same.is_empty() {
        return format!("; due of that rule are {}", same.join("; "));
    }
    let rules: BTreeSet<&str> = items.iter().map(|item| item.rule.as_str()).collect();
    format!("; nothing of that rule is due, only of {}", rules.into_iter().collect::<Vec<_>>().join(", "))
}

fn on_phone(stage: &Stage, name: &str, expect: &Expect) -> Look {
    let phone = stage.phone(name)?;
    let args = &expect.args;
    match expect.kind {
        "case" => case(stage, phone, args),
        "due" => due(stage, name, args),
        "today" => today(stage, name, args),
        "record" => {
            let (id, _) = stage.record(args.record.as_deref().unwrap_or_default())?;
            record(stage, &get(&phone.butler, id)?, args)
        }
        "round" => round(stage, phone, args),
        "history" => history(stage, phone, args),
        "rejection" => rejection(stage, phone, args),
        "photos" => {
            let (id, _) = stage.record(args.photos.as_deref().unwrap_or_default())?;
            photos(stage, &get(&phone.butler, id)?, args)
        }
        "search" => search(stage, phone, args),
        "metric" => metric(stage, phone, args),
        "library" => library(phone, args),
        "proposal" => proposal(stage, phone, args),
        "reads" => reads(stage, phone, args),
        "unsent" => {
            let is = phone.butler.status().map_err(so)?.unsent_records;
            same("the unsent records", &args.unsent.unwrap_or_default().to_string(), &is.to_string())
        }
        other => Err(Not::Meant(format!("this build cannot look at `{other}` yet"))),
    }
}

fn at_office(stage: &Stage, expect: &Expect) -> Look {
    let args = &expect.args;
    if expect.kind == "metric" {
        return metric_at_office(stage, args);
    }
    let name = match expect.kind {
        "record" => args.record.as_deref(),
        "photos" => args.photos.as_deref(),
        other => return Err(Not::Meant(format!("`{other}` is looked at on a phone, not at the office"))),
    };
    let (id, _) = stage.record(name.unwrap_or_default())?;
    let document = stage.hub.document(id).map_err(so)?.ok_or(Not::Here)?;
    match expect.kind {
        "photos" => photos(stage, &document.record(), args),
        _ => record(stage, &document.record(), args),
    }
}

fn get(butler: &Butler, id: RecordId) -> Look<Record> {
    butler.records().get(id).map_err(|error| match error {
        ButlerError::NotFound => Not::Here,
        other => so(other),
    })
}

fn so(error: impl std::fmt::Display) -> Not {
    Not::So(error.to_string())
}

fn same(what: &str, want: &str, is: &str) -> Look {
    if want == is { Ok(()) } else { Err(Not::So(format!("{what} should be {want}, but is {is}"))) }
}

/// Whether a word is a thing's id or one of its names.
fn is_called(word: &str, id: &str, label: &Label) -> bool {
    word == id || word == label.zh || word == label.en
}

fn list(words: &[String]) -> String {
    if words.is_empty() { "nothing".to_owned() } else { words.join("、") }
}

/// Compares a set of names with what is there.
fn same_set(what: &str, want: &Names, is: &[String]) -> Look {
    let (mut want, mut is) = (want.0.clone(), is.to_vec());
    want.sort();
    is.sort();
    is.dedup();
    same(what, &list(&want), &list(&is))
}

fn case(stage: &Stage, phone: &Phone, args: &ExpectArgs) -> Look {
    let (id, kind) = stage.record(args.case.as_deref().unwrap_or_default())?;
    if kind != Kind::Case {
        return Err(Not::Meant("this is no case; look at it as a `record`".to_owned()));
    }
    let record = get(&phone.butler, id)?;
    let butler = &phone.butler;
    let details = butler.cases().details(id).map_err(so)?;
    if let Some(want) = &args.state {
        let is = details.state.clone().unwrap_or_default();
        if !is_called(want, &is, &details.state_label) {
            return Err(Not::So(format!(
                "the state should be {want}, but is {is}（{}）",
                details.state_label.zh
            )));
        }
    }
    if let Some(want) = args.ended {
        same("whether it is over", &want.to_string(), &details.ended.to_string())?;
    }
    if let Some(want) = args.rounds {
        same("the rounds of handling", &want.to_string(), &details.rounds.to_string())?;
    }
    if let Some(want) = args.provisional {
        same(
            "whether the office may still decide otherwise",
            &want.to_string(),
            &details.provisional.to_string(),
        )?;
    }
    let playbooks = butler.playbooks().map_err(so)?;
    let version = record.text("version").and_then(|version| version.parse().ok());
    let workflow =
        record.read("playbook").zip(version).and_then(|(id, version)| playbooks.workflow_at(&id, version));
    let workflow = workflow.ok_or_else(|| Not::So("its workflow is not known here".to_owned()))?;
    if let Some(want) = &args.conflicts {
        let lost = details.steps.iter().filter(|made| matches!(made.standing, Standing::InConflict { .. }));
        let lost: Vec<String> = lost.map(|made| made.step.to_string()).collect();
        same_set("the steps in conflict", want, &lost)?;
    }
    if !args.steps.0.is_empty() {
        let counted = details.steps.iter().filter(|made| made.standing == Standing::Counts);
        let counted: Vec<String> = counted.map(|made| made.step.to_string()).collect();
        let mut rest = counted.iter();
        if !args.steps.0.iter().all(|want| rest.any(|step| step == want)) {
            let what =
                format!("the steps that count should go {}, but go {}", list(&args.steps.0), list(&counted));
            return Err(Not::So(what));
        }
    }
    if let Some(want) = &args.waits_for {
        let roles: Vec<String> = details.waits_for.iter().map(ToString::to_string).collect();
        same_set("whom it waits for", want, &roles)?;
    }
    if !args.offers.0.is_empty() || !args.offers_not.0.is_empty() {
        let next = butler.cases().next_steps(id).map_err(so)?;
        let next: Vec<_> =
            next.iter().filter(|next| next.first.is_empty() && next.why_not.is_none()).collect();
        let steps: Vec<String> = next.iter().map(|next| next.step.to_string()).collect();
        let offered =
            |want: &String| next.iter().any(|next| is_called(want, next.step.as_str(), &next.label));
        if let Some(want) = args.offers.0.iter().find(|want| !offered(want)) {
            return Err(Not::So(format!(
                "the step {want} should be offered, but offered are {}",
                list(&steps)
            )));
        }
        if let Some(want) = args.offers_not.0.iter().find(|want| offered(want)) {
            return Err(Not::So(format!("the step {want} should not be offered, but it is")));
        }
    }
    if let Some(want) = &args.deadline {
        let known = workflow.deadlines.iter().find(|deadline| is_called(want, &deadline.id, &deadline.label));
        let known = known.ok_or_else(|| {
            let ids: Vec<&str> = workflow.deadlines.iter().map(|deadline| deadline.id.as_str()).collect();
            Not::So(format!("there is no deadline {want}: {}", ids.join(", ")))
        })?;
        let row = details.deadlines.iter().rev().find(|row| row.label == known.label);
        let row = row.ok_or_else(|| Not::So(format!("the deadline {want} does not run")))?;
        let due = row.due.map(|due| stage.local_of(due));
        let words = |format| due.map_or_else(String::new, |due| due.format(format).to_string());
        if let Some(day) = &args.day {
            same(&format!("the deadline {want}"), day, &words("%Y-%m-%d"))?;
        }
        if let Some(at) = &args.at {
            same(&format!("the deadline {want}"), at, &words("%Y-%m-%d %H:%M"))?;
        }
        if let Some(late) = args.late.as_ref().and_then(toml::Value::as_bool) {
            same(&format!("whether the deadline {want} is late"), &late.to_string(), &row.late.to_string())?;
        }
    }
    for (name, value) in &args.answers {
        let question = workflow.fields().find(|field| field.id == **name);
        let question = question.ok_or_else(|| Not::So(format!("the workflow asks no `{name}`")))?;
        let counted = details.steps.iter().filter(|made| made.standing == Standing::Counts);
        let evidence: Vec<&Evidence> = counted.map(|made| &made.evidence).collect();
        answer(
            stage,
            question,
            value,
            evidence.iter().rev().find_map(|evidence| evidence.fields.get(name.as_str())),
        )?;
    }
    for other in &args.linked.0 {
        let (other_id, _) = stage.record(other)?;
        if !details.links.iter().any(|link| link.case == other_id) {
            return Err(Not::So(format!("it should be linked with {other}, but is not")));
        }
    }
    fields_of(stage, &record, args)
}

fn answer(stage: &Stage, question: &FormField, want: &toml::Value, is: Option<&Value>) -> Look {
    let wanted = stage.answer(question, want)?;
    let is_words = is.map_or_else(|| "not answered".to_owned(), shown);
    same(&format!("the answer {}（{}）", question.id, question.label.zh), &shown(&wanted), &is_words)
}

fn item_words(item: &TodayItem) -> String {
    let late = if item.overdue { ", overdue" } else { "" };
    format!("{}（{}）by {}: {:?}{late}", item.title.zh, item.subject, item.due, item.status).to_lowercase()
}

fn due(stage: &Stage, phone: &str, args: &ExpectArgs) -> Look {
    let rule = args.due.as_deref().unwrap_or_default();
    let playbooks = stage.phone(phone)?.butler.playbooks().map_err(so)?;
    if !playbooks.rules().any(|rules| rules.rules.iter().any(|known| known.id == rule)) {
        return Err(Not::Meant(format!("there is no rule `{rule}`")));
    }
    let items = stage.today(phone)?;
    let mut items: Vec<&TodayItem> = items.iter().filter(|item| item.rule == rule).collect();
    if let Some(about) = &args.about {
        match stage.record(about) {
            Ok((record, _)) => {
                items.retain(|item| item.about == Some(record) || item.case == Some(record));
            }
            Err(nothing) => {
                let place = stage.place(about).map_err(|_| Not::Meant(nothing))?;
                items.retain(|item| item.place.as_ref() == Some(&place) || item.subject == *about);
            }
        }
    }
    if let Some(times) = args.times {
        if items.len() != times {
            let words: Vec<String> = items.iter().map(|item| item_words(item)).collect();
            return Err(Not::So(format!(
                "{times} should be due, but there are {}: {}",
                items.len(),
                words.join("; ")
            )));
        }
        if times == 0 {
            return Ok(());
        }
    }
    // Of several periods the one of that day is meant, else the first still open.
    let of_day = items.iter().find(|item| args.day.as_ref().is_some_and(|day| item.due.to_string() == *day));
    let open = items.iter().find(|item| !matches!(item.status, Status::Done | Status::Skipped));
    let item = of_day.or(open).or(items.first()).ok_or(Not::Here)?;
    if args.absent == Some(true) && matches!(item.status, Status::Done | Status::Skipped) {
        return Err(Not::Here);
    }
    if args.absent == Some(true) {
        return Err(Not::So(format!("nothing should be due, but there is {}", item_words(item))));
    }
    if let Some(day) = &args.day {
        same("the due day", day, &item.due.to_string())?;
    }
    if let Some(at) = &args.at {
        let is = item.due_at.map(|at| stage.local_of(at).format("%Y-%m-%d %H:%M").to_string());
        same("the due moment", at, &is.unwrap_or_else(|| "a whole day".to_owned()))?;
    }
    if let Some(want) = &args.status {
        let (is, zh) = match item.status {
            Status::Open => ("open", "待办"),
            Status::Begun => ("begun", "进行中"),
            Status::Snoozed => ("snoozed", "已延后"),
            Status::Skipped => ("skipped", "已免"),
            Status::Done => ("done", "已完成"),
        };
        if !is_called(want, is, &Label::new(zh, is)) {
            return Err(Not::So(format!("it should be {want}, but is {is}: {}", item_words(item))));
        }
    }
    if let Some(want) = args.overdue {
        same("whether it is overdue", &want.to_string(), &item.overdue.to_string())?;
    }
    if let Some(want) = &args.begin {
        same("what it offers to begin", want, item.begin.id())?;
    }
    if let Some(want) = &args.urgency {
        let is = match item.urgency {
            Urgency::Urgent => "urgent",
            Urgency::Normal => "normal",
            Urgency::Low => "low",
        };
        same("how pressing it is", want, is)?;
    }
    if let Some(want) = &args.why
        && !item.why.zh.contains(want)
    {
        return Err(Not::So(format!("the reason should say “{want}”, but says “{}”", item.why.zh)));
    }
    Ok(())
}

fn today(stage: &Stage, phone: &str, args: &ExpectArgs) -> Look {
    let want = args.today.clone().unwrap_or_default().0;
    let items = stage.today(phone)?;
    let mut is: Vec<String> = Vec::new();
    for item in &items {
        let rule = item.rule.to_string();
        if want.contains(&rule) && !is.contains(&rule) {
            is.push(rule);
        }
    }
    same("the order of what is due", &list(&want), &list(&is))
}

fn record(stage: &Stage, record: &Record, args: &ExpectArgs) -> Look {
    if let Some(want) = args.archived {
        let is = record.lifecycle == Lifecycle::Archived;
        same("whether it is archived", &want.to_string(), &is.to_string())?;
    }
    if let Some(want) = args.revived {
        let is = record.lifecycle == Lifecycle::Revived;
        same("whether it was archived and edited concurrently", &want.to_string(), &is.to_string())?;
    }
    if let Some(want) = &args.conflicts {
        let want = Names(want.0.iter().map(|path| Stage::path(record.id, record.kind, path)).collect());
        let is: Vec<String> = record.conflicts().map(|(path, _)| path.to_owned()).collect();
        same_set("the fields in conflict", &want, &is)?;
    }
    if let Some(want) = &args.text {
        let is = record.texts.get("note").map(String::as_str).unwrap_or_default();
        if !is.contains(want) {
            return Err(Not::So(format!("the note should say “{want}”, but says “{is}”")));
        }
    }
    fields_of(stage, record, args)
}

fn fields_of(stage: &Stage, record: &Record, args: &ExpectArgs) -> Look {
    for (name, want) in &args.fields {
        let path = if record.kind == Kind::Entry && !name.contains('/') && record.get(name).is_none() {
            format!("field/{name}")
        } else {
            Stage::path(record.id, record.kind, name)
        };
        let ty = butler_core::model::fields::spec(record.kind, &path).map(|spec| spec.ty);
        let ty = ty.ok_or_else(|| Not::Meant(format!("there is no field `{name}`")))?;
        let is = record.get(&path);
        let is_words = is.map_or_else(|| "not there".to_owned(), shown);
        if text_of(want).is_some_and(|want| want == is_words) {
            continue;
        }
        let want = stage.field_value(ty, name, want)?;
        let equal =
            is.is_some_and(|is| *is == want || is.as_real().is_some() && is.as_real() == want.as_real());
        if !equal {
            return Err(Not::So(format!("`{name}` should be {}, but is {is_words}", shown(&want))));
        }
    }
    for name in &args.without.0 {
        let path = Stage::path(record.id, record.kind, name);
        if let Some(is) = record.get(&path) {
            return Err(Not::So(format!("`{name}` should not be there, but is {}", shown(is))));
        }
    }
    Ok(())
}

fn round(stage: &Stage, phone: &Phone, args: &ExpectArgs) -> Look {
    let (id, kind) = stage.record(args.round.as_deref().unwrap_or_default())?;
    if kind != Kind::Round {
        return Err(Not::Meant("this is no round".to_owned()));
    }
    get(&phone.butler, id)?;
    let details = phone.butler.rounds().details(id).map_err(so)?;
    let points = |of: Punctuality| -> Vec<String> {
        let matching = details.points.iter().filter(|point: &&PointRow| point.punctuality == of);
        matching.map(|point| point.id.clone()).collect()
    };
    let items = |of: &dyn Fn(&ItemRow) -> bool| -> Vec<String> {
        let all = details.points.iter().flat_map(|point| &point.items);
        all.filter(|item| of(item)).map(|item| item.question.field.to_string()).collect()
    };
    if let Some(want) = args.complete {
        let missing = items(&|item| !item.missing.is_empty() && item.question.required);
        let missing =
            if details.complete { String::new() } else { format!(" (missing: {})", list(&missing)) };
        if want != details.complete {
            return Err(Not::So(format!("whether it is complete should be {want}, but is not so{missing}")));
        }
    }
    for (what, want, is) in [
        ("the findings", &args.findings, items(&|item| item.finding == Finding::Failed)),
        ("what was put right", &args.corrected, items(&|item| item.finding == Finding::Corrected)),
        ("what two people see differently", &args.in_conflict, items(&|item| item.in_conflict)),
        ("the points reached early", &args.early, points(Punctuality::Early)),
        ("the points missed", &args.missed, points(Punctuality::Missed)),
        ("the points reached on time", &args.on_time, points(Punctuality::OnTime)),
    ] {
        if let Some(want) = want {
            same_set(what, want, &is)?;
        }
    }
    if let Some(late) = &args.late {
        let want: Names =
            late.clone().try_into().map_err(|_| Not::Meant("`late` lists points".to_owned()))?;
        same_set("the points reached late", &want, &points(Punctuality::Late))?;
    }
    if let Some(want) = args.too_fast {
        same(
            "whether it was walked too fast",
            &want.to_string(),
            &(!details.too_fast.is_empty()).to_string(),
        )?;
    }
    Ok(())
}

fn history(stage: &Stage, phone: &Phone, args: &ExpectArgs) -> Look {
    let (id, kind) = stage.record(args.history.as_deref().unwrap_or_default())?;
    get(&phone.butler, id)?;
    let rows = phone.butler.records().history(id).map_err(so)?;
    let field = args.field.as_deref().unwrap_or_default();
    let path = Stage::path(id, kind, field);
    let want_value = match &args.to {
        Some(to) => {
            let ty = butler_core::model::fields::spec(kind, &path).map(|spec| spec.ty);
            let ty = ty.ok_or_else(|| Not::Meant(format!("there is no field `{field}`")))?;
            Some(stage.field_value(ty, field, to)?)
        }
        None => None,
    };
    let all = rows.iter().flat_map(|row| row.changes.iter().map(move |change| (row, change)));
    // A whole set of paths may be meant, such as `event`.
    let about: Vec<_> = all
        .filter(|(_, change)| change.path == path || change.path.starts_with(&format!("{path}/")))
        .collect();
    let found = about.iter().any(|(row, change)| {
        args.by.as_ref().is_none_or(|by| row.by_name == *by || row.by.as_str() == by)
            && want_value.as_ref().is_none_or(|want| change.to.as_ref() == Some(want))
    });
    if found {
        return Ok(());
    }
    let words: Vec<String> = about
        .iter()
        .map(|(row, change)| {
            let to = change.to.as_ref().map_or_else(|| "nothing".to_owned(), shown);
            format!("{} wrote {to}", row.by_name)
        })
        .collect();
    Err(Not::So(format!("the history of `{field}` should name that, but it says: {}", list(&words))))
}

fn rejection(stage: &Stage, phone: &Phone, args: &ExpectArgs) -> Look {
    let (id, kind) = stage.record(args.rejection.as_deref().unwrap_or_default())?;
    let rows = phone.butler.rejected().list().map_err(so)?;
    let mine: Vec<_> = rows.iter().filter(|row| row.record == id).collect();
    if mine.is_empty() {
        return Err(Not::Here);
    }
    let field = args.field.as_ref().map(|field| Stage::path(id, kind, field));
    let found = mine.iter().any(|row| {
        args.reason.as_ref().is_none_or(|reason| is_called(reason, &row.code, &row.reason))
            && field.as_ref().is_none_or(|field| row.path.as_ref() == Some(field))
    });
    if found {
        return Ok(());
    }
    let words: Vec<String> = mine
        .iter()
        .map(|row| {
            format!("{}（{}） at {}", row.code, row.reason.zh, row.path.as_deref().unwrap_or("no field"))
        })
        .collect();
    Err(Not::So(format!("the office rejected for another reason: {}", list(&words))))
}

fn photos(stage: &Stage, record: &Record, args: &ExpectArgs) -> Look {
    let photos: Vec<_> = record.below("photo/").filter_map(|(id, _)| id.parse().ok()).collect();
    let is = if args.at_office == Some(true) {
        let whole = photos.iter().filter(|photo| {
            let row: Result<_, StorageError> = stage.hub.storage().read(|read| read.photo(**photo));
            row.is_ok_and(|row| row.is_some())
        });
        whole.count()
    } else {
        photos.len()
    };
    same("the number of photos", &args.count.unwrap_or_default().to_string(), &is.to_string())
}

fn search(stage: &Stage, phone: &Phone, args: &ExpectArgs) -> Look {
    let typed = args.search.as_deref().unwrap_or_default();
    let hits = phone.butler.search(typed, 20).map_err(so)?;
    for want in args.finds.clone().unwrap_or_default().0 {
        let (id, _) = stage.record(&want)?;
        if !hits.iter().any(|hit| hit.record == id) {
            let titles: Vec<String> = hits.iter().map(|hit| hit.title.clone()).collect();
            return Err(Not::So(format!("“{typed}” should find {want}, but finds {}", list(&titles))));
        }
    }
    for hidden in args.hides.clone().unwrap_or_default().0 {
        let (id, _) = stage.record(&hidden)?;
        if hits.iter().any(|hit| hit.record == id) {
            return Err(Not::So(format!("“{typed}” should not find {hidden}")));
        }
    }
    match (&args.finds, &args.hides) {
        (None, None) => Err(Not::Meant("a search says what it `finds` or what it `hides`".to_owned())),
        _ => Ok(()),
    }
}

/// A metric of a month as a phone shows it.
fn metric(stage: &Stage, phone: &Phone, args: &ExpectArgs) -> Look {
    let known = || phone.butler.metrics().list().unwrap_or_default();
    counted(stage, args, |id, month, by| {
        phone.butler.metrics().month(Some(id), month, by).map_err(|error| match error {
            ButlerError::NotFound => {
                let known = known();
                let known: Vec<String> =
                    known.iter().map(|info| format!("{}（{}）", info.metric, info.label.zh)).collect();
                Not::Meant(format!("there is no metric `{id}`: {}", known.join(", ")))
            }
            other => so(other),
        })
    })
}

/// The same as the office counts it.
fn metric_at_office(stage: &Stage, args: &ExpectArgs) -> Look {
    counted(stage, args, |id, month, by| {
        let counted = stage.hub.metrics(stage.now(), month, Some(id), by).map_err(so)?;
        same("records left out", "0", &counted.unreadable.to_string())?;
        Ok(counted.rows)
    })
}

/// One number, of the whole or of a grid, butler or port.
fn counted(
    stage: &Stage,
    args: &ExpectArgs,
    count: impl Fn(&MetricId, Month, Option<GroupBy>) -> Look<Vec<MetricRow>>,
) -> Look {
    let id = MetricId::new(args.metric.as_deref().unwrap_or_default());
    let by = match args.by.as_deref() {
        None => None,
        Some("grid") => Some(GroupBy::Grid),
        Some("butler") => Some(GroupBy::Butler),
        Some("port") => Some(GroupBy::Port),
        Some(other) => {
            return Err(Not::Meant(format!("metrics are by `grid`, `butler` or `port`, not `{other}`")));
        }
    };
    let month = match &args.month {
        Some(month) => month.parse().map_err(|_| Not::Meant("a month is `2026-11`".to_owned()))?,
        None => Month::of(stage.local().date()),
    };
    let rows = count(&id, month, by)?;
    let group = match (&args.of, by) {
        (None, None) => None,
        (Some(of), Some(GroupBy::Grid)) => Some(MetricGroup::Grid(stage.grid(of)?)),
        (Some(of), Some(GroupBy::Butler)) => Some(MetricGroup::Butler(stage.staff(of)?)),
        (Some(of), Some(GroupBy::Port)) => Some(MetricGroup::Port(of.clone())),
        (None, Some(_)) | (Some(_), None) => {
            return Err(Not::Meant(
                "a group is `by = \"grid\", of = \"1网格\"`; without both it is the whole".to_owned(),
            ));
        }
    };
    let row = rows.iter().find(|row| row.group == group).ok_or(Not::Here)?;
    let is = row.value.map_or_else(
        || "no data".to_owned(),
        |value| match (row.measure, value.whole) {
            (Measure::Share, whole) => format!("{}/{whole}", value.part),
            (_, whole) => match gcd(value.part, whole) {
                common if common == whole => (value.part / whole).to_string(),
                common => format!("{}/{}", value.part / common, whole / common),
            },
        },
    );
    let want = match &args.is {
        Some(toml::Value::Integer(int)) => int.to_string(),
        Some(other) => text_of(other).unwrap_or_default(),
        None => String::new(),
    };
    same(&format!("the metric {}", row.label.zh), &want, &is)
}

fn gcd(a: i64, b: i64) -> i64 {
    if b == 0 { a.abs().max(1) } else { gcd(b, a % b) }
}

fn library(phone: &Phone, args: &ExpectArgs) -> Look {
    let typed = args.library.as_deref().unwrap_or_default();
    let hits = phone.butler.library().search(typed).map_err(so)?;
    for want in args.finds.clone().unwrap_or_default().0 {
        if !hits.iter().any(|hit| is_called(&want, &hit.article, &hit.title)) {
            let titles: Vec<String> =
                hits.iter().map(|hit| format!("{}（{}）", hit.article, hit.title.zh)).collect();
            return Err(Not::So(format!("“{typed}” should find {want}, but finds {}", list(&titles))));
        }
    }
    Ok(())
}

/// What a row of a register suggests about the record it is about.
fn proposal(stage: &Stage, phone: &Phone, args: &ExpectArgs) -> Look {
    let (id, kind) = stage.record(args.proposal.as_deref().unwrap_or_default())?;
    if kind != Kind::Entry {
        return Err(Not::Meant("only a row of a register proposes something".to_owned()));
    }
    let record = get(&phone.butler, id)?;
    let fields = record.below("field/").map(|(name, field)| (name.into(), field.winner.value.clone()));
    let answers = Evidence { fields: fields.collect(), photos: std::collections::BTreeMap::new() };
    let proposed = phone.butler.registers().propose(&record.read("form").unwrap_or_default(), &answers);
    let proposed = proposed.map_err(so)?;
    let field = args.field.as_deref().unwrap_or_default();
    let row = proposed.iter().find(|row| row.path == field).ok_or(Not::Here)?;
    match args.is.as_ref().and_then(text_of) {
        Some(want) if !is_called(&want, &shown(&row.value), &row.label) => {
            let is = format!("{}（{}）", shown(&row.value), row.label.zh);
            Err(Not::So(format!("`{field}` should be proposed as {want}, but is as {is}")))
        }
        _ => Ok(()),
    }
}

/// Whether the screens of a phone show a field that has a value at the office.
fn reads(stage: &Stage, phone: &Phone, args: &ExpectArgs) -> Look {
    let (id, kind) = stage.record(args.of.as_deref().unwrap_or_default())?;
    let field = args.reads.as_deref().unwrap_or_default();
    let path = Stage::path(id, kind, field);
    let has = |record: &Record| {
        record.fields.contains_key(&path) || record.texts.get(&path).is_some_and(|text| !text.is_empty())
    };
    let there = stage.hub.document(id).map_err(so)?.ok_or(Not::Here)?;
    if !has(&there.record()) {
        return Err(Not::Meant(format!("`{field}` has no value at the office: nobody could be shown one")));
    }
    let records = phone.butler.records();
    let shown = match records.get(id) {
        Err(ButlerError::NotFound) => false,
        record => has(&record.map_err(so)?),
    };
    let told = match records.history(id) {
        Err(ButlerError::NotFound) => false,
        rows => rows.map_err(so)?.iter().flat_map(|row| &row.changes).any(|change| change.path == path),
    };
    let want = args.may.unwrap_or_default().to_string();
    same(&format!("whether `{field}` is shown"), &want, &shown.to_string())?;
    same(&format!("whether the history tells `{field}`"), &want, &told.to_string())
}
