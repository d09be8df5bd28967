//! What must hold after a step: one function per thing that can be looked at, through the façade alone.

mod of_cases;
mod of_due;
mod of_metrics;
mod of_paper;
mod of_walks;

use std::collections::BTreeMap;

use butler_core::Butler;
use butler_core::areas::library::ArticleRow;
use butler_core::error::ButlerError;
use butler_core::model::{Kind, Lifecycle, QuestionId, Record, RecordId, facts};
use butler_core::playbook::Label;
use butler_office::storage::{Storage as _, StorageError};

use super::deeds::shown;
use super::file::{Expect, ExpectArgs, Names};
use super::stage::{Phone, Stage};
use super::words::text_of;
use of_cases::{case, proposal, round};
use of_due::{due, hint, today};
use of_metrics::{metric, metric_at_office};
use of_paper::{receipt, slip, slip_at_office};
use of_walks::{contacts, door, under_way, walk};

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

fn on_phone(stage: &Stage, name: &str, expect: &Expect) -> Look {
    let phone = stage.phone(name)?;
    let args = &expect.args;
    match expect.kind {
        "case" => case(stage, phone, args),
        "due" => due(stage, name, args),
        "today" => today(stage, name, args),
        "under_way" => under_way(stage, phone, args),
        "walk" => walk(phone, args),
        "door" => door(stage, phone, args),
        "contacts" => contacts(stage, phone, args),
        "record" => {
            let (id, _) = stage.record(args.record.as_deref().unwrap_or_default())?;
            let shown = get(&phone.butler, id)?;
            sums(&phone.butler, shown.id, shown.kind, args)?;
            record(stage, &shown, args)
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
        "slip" => slip(stage, phone, args),
        "receipt" => receipt(stage, phone, args),
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
    if expect.kind == "slip" {
        return slip_at_office(stage, args);
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

/// What is worked out of a row, a case or a round, by question, in words.
pub(super) fn worked_out(
    butler: &Butler,
    id: RecordId,
    kind: Kind,
) -> Result<BTreeMap<String, String>, ButlerError> {
    let said = match kind {
        Kind::Entry => {
            let (row, playbooks) = (butler.registers().details(id)?, butler.playbooks()?);
            let version = facts::version(&butler.records().get(id)?);
            let form = version.and_then(|version| playbooks.form_at(&row.form, version));
            let fields = form.map_or(&[][..], |form| &form.fields);
            let is_sum = |field: &QuestionId| fields.iter().any(|asked| asked.id == *field && asked.is_sum());
            row.said.into_iter().filter(|said| is_sum(&said.field)).collect()
        }
        Kind::Case => butler.cases().details(id)?.sums,
        Kind::Round => butler.rounds().details(id)?.sums,
        _ => Vec::new(),
    };
    Ok(said.into_iter().map(|said| (said.field.to_string(), said.words.zh)).collect())
}

fn sums(butler: &Butler, id: RecordId, kind: Kind, args: &ExpectArgs) -> Look {
    if args.sums.is_empty() {
        return Ok(());
    }
    let is = worked_out(butler, id, kind).map_err(so)?;
    for (name, want) in &args.sums {
        let is = is.get(name).map_or("nothing", String::as_str);
        same(&format!("what `{name}` comes to"), want, is)?;
    }
    Ok(())
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

/// What must be read first, by id or title.
fn names(what: &str, articles: &[ArticleRow], want: &Names) -> Look {
    let is_one = |row: &ArticleRow| want.0.iter().any(|want| is_called(want, &row.article, &row.title));
    if articles.len() == want.0.len() && articles.iter().all(is_one) {
        return Ok(());
    }
    let named: Vec<String> = articles.iter().map(|row| row.article.clone()).collect();
    Err(Not::So(format!("before {what} one should read {}, but it names {}", list(&want.0), list(&named))))
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
        let spec = butler_core::model::fields::spec(record.kind, &path);
        let spec = spec.ok_or_else(|| Not::Meant(format!("there is no field `{name}`")))?;
        let is = record.get(&path);
        let is_words = is.map_or_else(|| "not there".to_owned(), shown);
        if text_of(want).is_some_and(|want| want == is_words) {
            continue;
        }
        let want = stage.field_value(spec, name, want)?;
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

fn history(stage: &Stage, phone: &Phone, args: &ExpectArgs) -> Look {
    let (id, kind) = stage.record(args.history.as_deref().unwrap_or_default())?;
    get(&phone.butler, id)?;
    let rows = phone.butler.records().history(id).map_err(so)?;
    let field = args.field.as_deref().unwrap_or_default();
    let path = Stage::path(id, kind, field);
    let want_value = match &args.to {
        Some(to) => {
            let spec = butler_core::model::fields::spec(kind, &path);
            let spec = spec.ok_or_else(|| Not::Meant(format!("there is no field `{field}`")))?;
            Some(stage.field_value(spec, field, to)?)
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
