//! Plays a case: one call with its arguments. What both packages do in `CallsTest.kt` and `CallsTests.swift`.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::SystemTime;

use butler_core::ButlerError;
use butler_core::model::Timestamp;
use butler_ffi::{AppError, ButlerCore, Clock, KeyProvider, Transport, TransportError, UniFfiTag};
use butler_testing::{TestOfficeCore, world};
use chrono::{DateTime, Utc};
use serde_json::{Map, Value as Json, json};
use uniffi::Lift;

use super::crossing::Description;

/// What the packages call by hand and the library needs no case for.
pub const ELSEWHERE: &[&str] = &["subscribe", "now", "version", "coreVersion", "frameLimit", "submitting"];

/// Problems of an input that no call of an app meets: the text of a note is compared as a whole, and what a contact lacks
/// its form finds missing first.
pub const UNREACHED: &[&str] = &["missing", "outsideText"];

/// `homes_list_where` as `homes.listWhere`: the area, then what is asked of it.
pub fn named(call: &str) -> String {
    const AREAS: &[&str] = &[
        "today",
        "homes",
        "residents",
        "contacts",
        "rounds",
        "cases",
        "papers",
        "registers",
        "conflicts",
        "rejected",
        "library",
        "metrics",
        "office",
        "drafts",
        "photos",
        "records",
    ];
    let mut words = call.split('_');
    let first = words.next().unwrap_or_default();
    let rest: Vec<&str> = words.collect();
    // `office_at` is a question to another office.
    let area = AREAS.contains(&first) && !rest.is_empty() && call != "office_at";
    let mut name = first.to_owned() + if area { "." } else { "" };
    for (at, word) in rest.into_iter().enumerate() {
        let (letter, end) = word.split_at(1);
        name.push_str(&if at == 0 && area { letter.to_owned() } else { letter.to_uppercase() });
        name.push_str(end);
    }
    name
}

/// The line to the office, whole or not.
struct Line {
    office: Arc<TestOfficeCore>,
    clock: Arc<Still>,
    how: Mutex<String>,
}

impl Transport for Line {
    fn exchange(&self, frame: Vec<u8>) -> Result<Vec<u8>, TransportError> {
        match self.how.lock().unwrap().as_str() {
            "holds" => {
                self.office.set_time(self.clock.time()).unwrap();
                Ok(self.office.exchange(frame).unwrap())
            }
            "cut" => Err(TransportError::Unreachable),
            "slow" => Err(TransportError::TimedOut),
            "proxy" => Err(TransportError::Status { status: 502 }),
            "stranger" => Ok(b"<html>".to_vec()),
            other => panic!("no line is {other}"),
        }
    }
}

/// A clock that stands still.
struct Still(Mutex<SystemTime>);

impl Still {
    fn time(&self) -> SystemTime {
        *self.0.lock().unwrap()
    }
}

impl Clock for Still {
    fn now(&self) -> Result<Timestamp, AppError> {
        let since = self.time().duration_since(SystemTime::UNIX_EPOCH).unwrap();
        Ok(Timestamp::from_millis(i64::try_from(since.as_millis()).unwrap()))
    }
}

/// A key store, which may be locked.
struct Keys(Mutex<Option<Vec<u8>>>, bool);

impl KeyProvider for Keys {
    fn key(&self) -> Result<Option<Vec<u8>>, AppError> {
        if self.1 { Err(AppError::Failed) } else { Ok(self.0.lock().unwrap().clone()) }
    }

    fn keep(&self, key: Vec<u8>) -> Result<(), AppError> {
        *self.0.lock().unwrap() = Some(key);
        Ok(())
    }
}

/// A line that takes the thread down with it.
struct Panics;

impl Transport for Panics {
    fn exchange(&self, _: Vec<u8>) -> Result<Vec<u8>, TransportError> {
        panic!("a bug")
    }
}

/// One's own phone in a world, with what earlier cases kept.
pub struct Stage<'d> {
    description: &'d Description,
    folder: tempfile::TempDir,
    key: Vec<u8>,
    clock: Arc<Still>,
    line: Arc<Line>,
    butler: Arc<ButlerCore>,
    kept: BTreeMap<String, Json>,
}

/// Bytes that a call returned instead of an answer of its type.
type Answer = Result<Json, ButlerError>;

impl<'d> Stage<'d> {
    pub fn of(description: &'d Description, name: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let world = world(name, folder.path().to_str().unwrap()).unwrap();
        let clock = Arc::new(Still(Mutex::new(world.now)));
        let line = Arc::new(Line {
            office: world.office,
            clock: clock.clone(),
            how: Mutex::new("holds".to_owned()),
        });
        let butler = Self::open(folder.path(), Some(world.key.clone()), false, &clock).unwrap();
        Self { description, folder, key: world.key, clock, line, butler, kept: BTreeMap::new() }
    }

    fn open(
        folder: &std::path::Path,
        key: Option<Vec<u8>>,
        locked: bool,
        clock: &Arc<Still>,
    ) -> Result<Arc<ButlerCore>, ButlerError> {
        let keys = Arc::new(Keys(Mutex::new(key), locked));
        ButlerCore::open(folder.join("phone").to_str().unwrap(), keys, Some(clock.clone()))
    }

    /// A sync that panics on its way.
    pub fn breaks_down(&self) {
        drop(self.butler.sync(Arc::new(Panics), None, true));
    }

    /// The case as it goes now.
    pub fn play(&mut self, case: &Json) -> Json {
        let call = case["call"].as_str().unwrap();
        let with = self.filled(&case["with"]);
        let form = case.get("form").map(|form| self.filled(form));
        let mut now = case.clone();
        for told in ["error", "words", "answer"] {
            now.as_object_mut().unwrap().remove(told);
        }
        if let Some(work) = call.strip_prefix("test.") {
            self.arrange(work, &with, &case["keep"]);
            return now;
        }
        match self.call(call, &with, form.as_ref()) {
            Ok(answer) => {
                if let Some(keep) = case["keep"].as_object() {
                    for (name, path) in keep {
                        let found = part(&answer, path.as_str().unwrap());
                        assert!(!found.is_null(), "{call} answers no {path}: {answer}");
                        self.kept.insert(name.clone(), found.clone());
                    }
                }
                let told = part(&answer, case["at"].as_str().unwrap_or_default());
                if !told.is_null() {
                    now["answer"] = self.canonical(told);
                }
            }
            Err(error) => {
                now["words"] = json!(error.words().zh);
                now["error"] = self.canonical(&self.description.error(error));
            }
        }
        now
    }

    /// Arguments with what was kept in place of its name.
    fn filled(&self, given: &Json) -> Json {
        match given {
            Json::String(text) => match text.strip_prefix('$') {
                Some(name) => match self.kept.get(name) {
                    Some(kept) => kept.clone(),
                    // `$remark` and its like are steps of every workflow.
                    None => given.clone(),
                },
                None => given.clone(),
            },
            Json::Array(all) => all.iter().map(|one| self.filled(one)).collect(),
            Json::Object(all) if all.contains_key("repeat") => {
                let times = usize::try_from(all["times"].as_u64().unwrap()).unwrap();
                json!(all["repeat"].as_str().unwrap().repeat(times))
            }
            Json::Object(all) => Json::Object(
                all.iter()
                    .map(|(name, one)| (self.filled_name(name), self.filled(one)))
                    .collect::<Map<_, _>>(),
            ),
            other => other.clone(),
        }
    }

    fn filled_name(&self, name: &str) -> String {
        let kept = name.strip_prefix('$').and_then(|name| self.kept.get(name)).and_then(Json::as_str);
        kept.unwrap_or(name).to_owned()
    }

    /// An answer with names in place of identifiers that are drawn: what was kept by its name, everything else as one.
    fn canonical(&self, answer: &Json) -> Json {
        match answer {
            Json::String(text) => {
                let kept = self.kept.iter().find(|(_, kept)| kept.as_str() == Some(text));
                match kept {
                    Some((name, _)) if is_drawn(text) => json!(format!("${name}")),
                    None if is_drawn(text) => json!("<id>"),
                    _ => answer.clone(),
                }
            }
            Json::Array(all) => all.iter().map(|one| self.canonical(one)).collect(),
            Json::Object(all) => {
                Json::Object(all.iter().map(|(name, one)| (name.clone(), self.canonical(one))).collect())
            }
            other => other.clone(),
        }
    }

    /// What no call of the butler does: time, the line, the office.
    fn arrange(&mut self, work: &str, with: &Json, keep: &Json) {
        let text = |name: &str| with[name].as_str().unwrap_or_default();
        let office = &self.line.office;
        office.set_time(self.clock.time()).unwrap();
        match work {
            "time" => {
                let at: DateTime<Utc> = text("at").parse().unwrap();
                *self.clock.0.lock().unwrap() = at.into();
            }
            "line" => *self.line.how.lock().unwrap() = text("is").to_owned(),
            "assign" => {
                let grid = with["grid"].as_str().map(str::to_owned);
                office.assign(text("staff"), text("staff"), text("role"), grid).unwrap();
            }
            "unassign" => office.unassign(text("staff")).unwrap(),
            "publish" => office.publish(vec![text("file").to_owned()]).unwrap(),
            "code" => {
                let code = office.code(text("staff")).unwrap();
                let name = keep.as_object().unwrap().keys().next().unwrap();
                self.kept.insert(name.clone(), json!(code));
            }
            "damage" => {
                let file = self.folder.path().join("phone").join(text("file"));
                assert!(file.is_file(), "{}", file.display());
                let length = usize::try_from(file.metadata().unwrap().len()).unwrap();
                std::fs::write(file, vec![7; length]).unwrap();
            }
            other => panic!("nobody knows how to arrange {other}"),
        }
    }

    /// Every call of the façade. A line here has its twins in `CallsTest.kt` and `CallsTests.swift`.
    fn call(&mut self, name: &str, with: &Json, form: Option<&Json>) -> Answer {
        let call = &in_rust(name);
        let core = match form {
            Some(form) => {
                let a = Arguments {
                    description: self.description,
                    call: "submitting",
                    with: &json!({ "form": form }),
                };
                self.butler.submitting(a.get("form")?)?
            }
            None => self.butler.clone(),
        };
        let line = self.line.clone();
        let a = Arguments { description: self.description, call, with };
        macro_rules! some {
            ($answer:expr) => {
                Ok(self.description.answer(call, $answer?))
            };
        }
        macro_rules! none {
            ($answer:expr) => {{
                $answer?;
                Ok(Json::Null)
            }};
        }
        match name {
            "open" => {
                let (key, locked) = match with["keys"].as_str() {
                    Some("none") => (None, false),
                    Some("locked") => (None, true),
                    Some("wrong") => (Some(vec![0; 32]), false),
                    _ => (Some(self.key.clone()), false),
                };
                self.butler = Self::open(self.folder.path(), key, locked, &self.clock)?;
                Ok(Json::Null)
            }
            "openAnew" => {
                let keys = Arc::new(Keys(Mutex::new(None), false));
                let place = self.folder.path().join("phone");
                self.butler = ButlerCore::open_anew(place.to_str().unwrap(), keys, Some(self.clock.clone()))?;
                Ok(Json::Null)
            }
            "errorWords" => some!(butler_ffi::error_words(a.get("error")?)),
            "enrolmentCode" => some!(butler_ffi::enrolment_code(&a.get::<String>("scanned")?)),
            "walkHours" => Ok(self.description.answer(call, butler_ffi::walk_hours())),
            "submission" => some!(core.submission(a.get("shown")?)),
            "opening" => some!(core.opening()),
            "enrolled" => some!(core.enrolled()),
            "officeAt" => some!(core.office_at(line)),
            "enrol" => some!(core.enrol(&a.text("code")?, &a.text("label")?, line)),
            "handOver" => none!(core.hand_over()),
            "me" => some!(core.me()),
            "outbox" => some!(core.outbox()),
            "status" => some!(core.status()),
            "playbookSet" => some!(core.playbook_set()),
            "diagnostics" => {
                // What it says of this machine is no contract.
                core.diagnostics().map(|text| json!(!text.is_empty()))
            }
            "date" => some!(core.date()),
            "tidy" => none!(core.tidy()),
            "shutdown" => none!(core.shutdown()),
            "search" => some!(core.search(&a.text("typed")?, a.get("limit")?)),
            "sync" => some!(core.sync(line, None, !with["photos"].is_boolean())),
            "today.list" => some!(core.today_list(a.get("after")?, a.get("limit")?)),
            "today.walk" => some!(core.today_walk(&butler_ffi::walk_hours())),
            "today.cutShort" => some!(core.today_cut_short(&butler_ffi::walk_hours(), a.get("minutes")?)),
            "today.bring" => {
                some!(core.today_bring(&butler_ffi::walk_hours(), a.get("items")?, a.get("instead_of")?))
            }
            "today.about" => some!(core.today_about(a.get("record")?)),
            "today.team" => some!(core.today_team()),
            "today.item" => some!(core.today_item(a.get("due")?)),
            "today.asks" => some!(core.today_asks(a.get("instead")?)),
            "today.snooze" => some!(core.today_snooze(a.get("due")?, a.get("answers")?)),
            "today.skip" => some!(core.today_skip(a.get("due")?, a.get("answers")?)),
            "today.snoozeMany" => some!(core.today_snooze_many(&a.get::<Vec<_>>("due")?, &a.get("answers")?)),
            "today.skipMany" => some!(core.today_skip_many(&a.get::<Vec<_>>("due")?, &a.get("answers")?)),
            "homes.list" => some!(core.homes_list(a.get("after")?, a.get("limit")?)),
            "homes.listWhere" => {
                some!(core.homes_list_where(&a.get("filter")?, a.get("after")?, a.get("limit")?))
            }
            "homes.count" => some!(core.homes_count()),
            "homes.find" => some!(core.homes_find(&a.text("typed")?, a.get("limit")?)),
            "homes.details" => some!(core.homes_details(a.get("home")?)),
            "homes.edit" => some!(core.homes_edit(a.get("home")?, a.get("edit")?)),
            "residents.details" => some!(core.residents_details(a.get("resident")?)),
            "residents.add" => some!(core.residents_add(a.get("home")?, a.get("edit")?)),
            "residents.edit" => some!(core.residents_edit(a.get("resident")?, a.get("edit")?)),
            "residents.addPhone" => {
                some!(core.residents_add_phone(a.get("resident")?, &a.text("number")?, a.get("label")?))
            }
            "residents.verifyPhone" => {
                some!(core.residents_verify_phone(a.get("resident")?, a.get("phone")?))
            }
            "contacts.record" => some!(core.contacts_record(a.get("visit")?)),
            "contacts.phrases" => some!(core.contacts_phrases()),
            "contacts.details" => some!(core.contacts_details(a.get("contact")?)),
            "contacts.edit" => some!(core.contacts_edit(a.get("contact")?, a.get("edit")?)),
            "rounds.start" => {
                some!(core.rounds_start(a.get("checklist")?, a.get("place")?, a.get("about")?, a.get("due")?))
            }
            "rounds.checkIn" => {
                some!(core.rounds_check_in(a.get("round")?, &a.text("point")?, a.get("proof")?))
            }
            "rounds.record" => some!(core.rounds_record(
                a.get("round")?,
                a.get("item")?,
                a.get("evidence")?,
                &a.text("note")?
            )),
            "rounds.recordPoint" => some!(core.rounds_record_point(
                a.get("round")?,
                &a.text("point")?,
                a.get("proof")?,
                a.get("answers")?
            )),
            "rounds.takeBack" => some!(core.rounds_take_back(a.get("round")?, a.get("result")?)),
            "rounds.details" => some!(core.rounds_details(a.get("round")?)),
            "rounds.underWay" => some!(core.rounds_under_way(a.get("after")?, a.get("limit")?)),
            "cases.opening" => some!(core.cases_opening(a.get("workflow")?, a.get("place")?)),
            "cases.askOpening" => some!(core.cases_ask_opening(
                a.get("workflow")?,
                a.get("step")?,
                a.get("place")?,
                a.get("answers")?
            )),
            "cases.open" => some!(core.cases_open(a.get("new")?)),
            "cases.nextSteps" => some!(core.cases_next_steps(a.get("id")?)),
            "cases.plan" => some!(core.cases_plan(a.get("id")?)),
            "cases.planOpening" => {
                some!(core.cases_plan_opening(a.get("workflow")?, a.get("step")?, a.get("place")?))
            }
            "cases.ask" => some!(core.cases_ask(a.get("id")?, a.get("step")?, a.get("answers")?)),
            "cases.take" => {
                some!(core.cases_take(a.get("id")?, a.get("step")?, a.get("evidence")?, &a.text("note")?))
            }
            "cases.details" => some!(core.cases_details(a.get("id")?)),
            "cases.receipt" => some!(core.cases_receipt(a.get("id")?)),
            "papers.of" => some!(core.papers_of(a.get("id")?)),
            "papers.html" => some!(core.papers_html(a.get("id")?, &a.text("paper")?)),
            "cases.openList" => some!(core.cases_open_list(a.get("after")?, a.get("limit")?)),
            "cases.list" => some!(core.cases_list(&a.get("filter")?, a.get("after")?, a.get("limit")?)),
            "cases.link" => some!(core.cases_link(a.get("id")?, a.get("other")?, &a.text("how")?)),
            "cases.migrate" => some!(core.cases_migrate(a.get("id")?, &a.text("note")?)),
            "cases.resolve" => {
                some!(core.cases_resolve(a.get("id")?, a.get("keep")?, a.get("over")?, &a.text("note")?))
            }
            "registers.form" => some!(core.registers_form(a.get("form")?)),
            "registers.ask" => {
                some!(core.registers_ask(a.get("form")?, a.get("answers")?, a.get("about")?, a.get("place")?))
            }
            "registers.propose" => some!(core.registers_propose(a.get("form")?, a.get("answers")?)),
            "registers.add" => some!(core.registers_add(a.get("entry")?)),
            "registers.list" => some!(core.registers_list(
                a.get("form")?,
                &a.get("filter")?,
                a.get("after")?,
                a.get("limit")?
            )),
            "registers.details" => some!(core.registers_details(a.get("entry")?)),
            "registers.edit" => {
                some!(core.registers_edit(a.get("entry")?, a.get("answers")?, a.get("photos")?))
            }
            "conflicts.list" => some!(core.conflicts_list()),
            "conflicts.resolve" => {
                some!(core.conflicts_resolve(a.get("record")?, &a.text("path")?, a.get("value")?))
            }
            "rejected.list" => some!(core.rejected_list()),
            "rejected.resend" => some!(core.rejected_resend(a.get("change")?, a.get("corrected")?)),
            "rejected.dismiss" => none!(core.rejected_dismiss(a.get("change")?)),
            "rejected.photos" => some!(core.rejected_photos()),
            "rejected.dismissPhoto" => none!(core.rejected_dismiss_photo(a.get("photo")?, a.get("record")?)),
            "library.list" => some!(core.library_list()),
            "library.search" => some!(core.library_search(&a.text("typed")?)),
            "library.article" => some!(core.library_article(&a.text("library")?, &a.text("article")?)),
            "metrics.list" => some!(core.metrics_list()),
            "metrics.month" => {
                some!(core.metrics_month(a.get("month")?, a.get("metric")?, a.get("by")?))
            }
            "metrics.series" => some!(core.metrics_series(&a.get("metric")?, &a.get::<Vec<_>>("months")?)),
            "metrics.records" => some!(core.metrics_records(
                a.get("metric")?,
                a.get("month")?,
                a.get("group")?,
                a.get("side")?,
                a.get("skip")?,
                a.get("take")?
            )),
            "office.procedures" => some!(core.office_procedures()),
            "office.slips" => some!(core.office_slips(a.get("about")?)),
            "office.staff" => some!(core.office_staff()),
            "office.roles" => some!(core.office_roles()),
            "office.choices" => some!(core.office_choices(&a.text("name")?)),
            "office.unit" => some!(core.office_unit(&a.text("unit")?)),
            "office.grids" => some!(core.office_grids()),
            "office.places" => some!(core.office_places()),
            "office.placeScanned" => some!(core.office_place_scanned(&a.text("code")?)),
            "drafts.save" => none!(core.drafts_save(a.get("draft")?)),
            "drafts.addPhoto" => {
                some!(core.drafts_add_photo(a.get("draft")?, a.get("question")?, a.get("bytes")?))
            }
            "drafts.list" => some!(core.drafts_list()),
            "drafts.get" => some!(core.drafts_get(a.get("draft")?)),
            "drafts.discard" => none!(core.drafts_discard(a.get("draft")?)),
            "photos.add" => some!(core.photos_add(a.get("bytes")?)),
            "photos.discard" => none!(core.photos_discard(a.get("photo")?)),
            "photos.unused" => some!(core.photos_unused()),
            "photos.ofRecord" => some!(core.photos_of_record(a.get("record")?)),
            "photos.thumbnail" => some!(core.photos_thumbnail(a.get("photo")?, a.get("px")?)),
            "photos.bytes" => some!(core.photos_bytes(a.get("photo")?)),
            "records.state" => some!(core.records_state(a.get("record")?)),
            "records.get" => some!(core.records_get(a.get("record")?)),
            "records.at" => some!(core.records_at(a.get("record")?, a.get("change")?)),
            "records.page" => some!(core.records_page(a.get("kind")?, a.get("after")?, a.get("limit")?)),
            "records.fingerprint" => some!(core.records_fingerprint(a.get("record")?)),
            "records.editNote" => some!(core.records_edit_note(a.get("record")?, &a.text("text")?)),
            "records.archive" => some!(core.records_archive(a.get("record")?)),
            "records.restore" => some!(core.records_restore(a.get("record")?)),
            "records.undo" => some!(core.records_undo(&a.get::<Vec<_>>("edits")?)),
            "records.history" => some!(core.records_history(a.get("record")?)),
            other => panic!("there is no call {other}"),
        }
    }
}

/// `homes.listWhere` as `homes_list_where`.
fn in_rust(name: &str) -> String {
    let mut call = String::new();
    for letter in name.chars() {
        match letter {
            '.' => call.push('_'),
            letter if letter.is_uppercase() => {
                call.push('_');
                call.extend(letter.to_lowercase());
            }
            letter => call.push(letter),
        }
    }
    call
}

/// An identifier that is drawn or computed: a long run of digits of a hash.
fn is_drawn(text: &str) -> bool {
    text.split(|c: char| !c.is_ascii_digit() && !('a'..='f').contains(&c)).any(|run| run.len() >= 32)
}

/// What stands at a path such as `items.0.id`; nothing where nothing does.
fn part<'a>(answer: &'a Json, path: &str) -> &'a Json {
    path.split('.').filter(|name| !name.is_empty()).fold(answer, |at, name| match name.parse::<usize>() {
        Ok(row) => &at[row],
        Err(_) => &at[name],
    })
}

/// The arguments of a case.
struct Arguments<'a> {
    description: &'a Description,
    call: &'a str,
    with: &'a Json,
}

impl Arguments<'_> {
    fn get<T: Lift<UniFfiTag>>(&self, name: &str) -> Result<T, ButlerError> {
        self.description.argument(self.call, name, self.with)
    }

    fn text(&self, name: &str) -> Result<String, ButlerError> {
        self.get(name)
    }
}
