//! A scenario from its first step to the agreement of all phones at the end.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use butler_core::error::ButlerError;
use butler_core::model::{Kind, Record, RecordId};
use butler_core::playbook::access::Rights;

use super::books::Books;
use super::deeds::{Deed, NotDone};
use super::expect::{self, Not, worked_out};
use super::file::{Community, Row, Scenario, Step, Wrong};
use super::stage::{Stage, Trouble};

/// What became of a scenario.
#[derive(Debug, Default)]
pub struct Outcome {
    /// What did not hold; empty when the scenario is fulfilled.
    pub failures: Vec<Failure>,
    /// Deeds that were rejected as they had to be, by kind of rejection.
    pub rejections: Vec<String>,
    /// Writes of the same record by two phones, neither of which had seen the other's.
    pub concurrent: Vec<Concurrent>,
}

/// Two phones wrote the same record, neither knowing of the other's write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Concurrent {
    /// What the file calls the record.
    pub record: String,
    /// Whose phones, and in which line of the file.
    pub by: [(String, usize); 2],
}

/// Something that did not hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// The file.
    pub file: String,
    /// The line of the step or expectation, from 1.
    pub line: usize,
    /// The step's number, from 1; 0 for what every scenario must fulfil at its end.
    pub step: usize,
    /// What was expected and what is.
    pub what: String,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.step {
            0 => write!(f, "{}: at the end: {}", self.file, self.what),
            step => write!(f, "{}:{}: step {step}: {}", self.file, self.line, self.what),
        }
    }
}

/// Why a scenario could not be run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unrun {
    /// Its file asks for something that cannot be meant.
    File(Wrong),
    /// The office rejected the playbooks.
    Playbooks(String),
}

impl fmt::Display for Unrun {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(wrong) => wrong.fmt(f),
            Self::Playbooks(reasons) => write!(f, "the office rejects these playbooks:\n{reasons}"),
        }
    }
}

/// Runs a scenario; `tell` hears what happens, in words.
///
/// # Errors
/// [`Unrun`] when it makes no sense or the playbooks are rejected.
pub fn run(
    community: &Community,
    scenario: &Scenario,
    books: &Books,
    tell: &mut dyn FnMut(&str),
) -> Result<Outcome, Unrun> {
    act(community, scenario, books, tell, false)
}

/// Runs a scenario until something does not hold, and says what; `None` when all of it holds.
///
/// # Errors
/// As [`run`].
pub fn first_failure(
    community: &Community,
    scenario: &Scenario,
    books: &Books,
) -> Result<Option<Failure>, Unrun> {
    act(community, scenario, books, &mut |_| {}, true).map(|outcome| outcome.failures.into_iter().next())
}

fn act(
    community: &Community,
    scenario: &Scenario,
    books: &Books,
    tell: &mut dyn FnMut(&str),
    until_failure: bool,
) -> Result<Outcome, Unrun> {
    let wrong = |line: usize, trouble: Trouble| match trouble {
        Trouble::Said(what) => Unrun::File(Wrong { file: scenario.file.clone(), line, what }),
        Trouble::Playbooks(reasons) => Unrun::Playbooks(reasons),
    };
    let stage = Stage::set(community, scenario, &books.of(scenario)).map_err(|trouble| wrong(1, trouble))?;
    let mut play = Play { stage, scenario, outcome: Outcome::default(), tell };
    for (number, step) in scenario.steps.iter().enumerate() {
        let go_on = play.step(number + 1, step).map_err(|trouble| wrong(step.line, trouble))?;
        if !go_on || until_failure && !play.outcome.failures.is_empty() {
            return Ok(play.outcome);
        }
    }
    play.agree().map_err(|trouble| wrong(1, trouble))?;
    play.concurrently();
    Ok(play.outcome)
}

struct Play<'p> {
    stage: Stage,
    scenario: &'p Scenario,
    outcome: Outcome,
    tell: &'p mut dyn FnMut(&str),
}

impl Play<'_> {
    /// One step; `false` when nothing after it would make sense.
    fn step(&mut self, number: usize, step: &Row<Step>) -> Result<bool, Trouble> {
        let Row { line, row } = step;
        match (&row.args.at, row.deed) {
            (Some(at), _) => {
                let at = self.stage.moment(at)?;
                self.stage.pass_until(at)?;
            }
            (None, Some(_)) => self.stage.pass(60),
            (None, None) => {}
        }
        let time = self.stage.local().format("%m-%d %H:%M");
        if let Some(what) = &row.args.what {
            (self.tell)(&format!("\n# {what}"));
        }
        let mut watched: Vec<String> = match (&row.args.who, row.args.syncs.0.as_slice()) {
            (Some(who), _) => vec![who.clone()],
            (None, syncs) if !syncs.is_empty() && syncs != ["all"] => syncs.to_vec(),
            _ => self.present(),
        };
        watched.retain(|name| self.stage.phones.get(name).is_some_and(|phone| !phone.revoked));
        let failed = match row.deed {
            None => None,
            Some(verb) => {
                let (words, failed) = match &row.args.who {
                    Some(who) => self.on_a_phone(*line, who, verb, row)?,
                    None => self.elsewhere(verb, row)?,
                };
                let who = row.args.who.as_deref().unwrap_or("office");
                let who = if verb == "syncs" { "sync" } else { who };
                (self.tell)(&format!("{number:>3}. {time} {who}: {words}"));
                failed
            }
        };
        if let Some(what) = failed {
            self.fail(number, *line, what);
            return Ok(false);
        }
        for expect in &row.expect {
            match expect::check(&self.stage, &expect.row, &watched) {
                Ok(phones) => (self.tell)(&format!("     ✓ {}（{phones}）", about(expect))),
                Err(Not::So(what)) => self.fail(number, expect.line, format!("{}: {what}", about(expect))),
                Err(Not::Here) => {
                    self.fail(number, expect.line, format!("{}: it is not there", about(expect)))
                }
                Err(Not::Meant(what)) => self.fail(number, expect.line, what),
            }
        }
        Ok(true)
    }

    fn fail(&mut self, step: usize, line: usize, what: String) {
        (self.tell)(&format!("     ✗ {what}"));
        self.outcome.failures.push(Failure { file: self.scenario.file.clone(), line, step, what });
    }

    fn present(&self) -> Vec<String> {
        self.stage.phones.iter().filter(|(_, phone)| !phone.revoked).map(|(name, _)| name.clone()).collect()
    }

    /// A deed on a phone: what happened in words, and what is wrong with that.
    fn on_a_phone(
        &mut self,
        line: usize,
        who: &str,
        verb: &str,
        step: &Step,
    ) -> Result<(String, Option<String>), Trouble> {
        let result =
            Deed { stage: &mut self.stage, line, who, args: &step.args, rest: BTreeSet::new() }.run(verb);
        let (rejected, names) = (&step.args.rejected, &step.args.names.0);
        match (result, rejected) {
            (Err(NotDone::Senseless(what)), _) => Err(Trouble::Said(what)),
            (Ok(words), None) => Ok((words, None)),
            (Ok(words), Some(kind)) => {
                let what = format!("{who} {words}: this should have been rejected ({kind}), but it was done");
                Ok((words, Some(what)))
            }
            (Err(NotDone::Rejected(error)), None) => {
                let words = in_words(&error, step);
                Ok((format!("{verb}: rejected, {words}"), Some(format!("{who} {verb}: rejected: {words}"))))
            }
            (Err(NotDone::Rejected(error)), Some(want)) => {
                let (kind, missing) = classify(&error, step);
                let words = in_words(&error, step);
                if kind != want {
                    let what = format!("{who} {verb}: rejected as “{kind}” ({words}), not as “{want}”");
                    return Ok((what.clone(), Some(what)));
                }
                if let Some(name) = names.iter().find(|name| !missing.contains(name)) {
                    let what = format!(
                        "{who} {verb}: `{name}` should be named by the rejection, but named are {}",
                        missing.join(", ")
                    );
                    return Ok((what.clone(), Some(what)));
                }
                self.outcome.rejections.push(kind.to_owned());
                Ok((format!("{verb}: rejected as it must be, {words}"), None))
            }
        }
    }

    /// A deed of the office, or a sync.
    fn elsewhere(&mut self, verb: &str, step: &Step) -> Result<(String, Option<String>), Trouble> {
        let args = &step.args;
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        match verb {
            "syncs" => self.sync(step),
            "office_edits" => {
                let name = text(&args.office_edits);
                self.stage.office_edit(&name, &args.set, &args.clear.0)?;
                Ok((format!("writes {name}"), None))
            }
            "publishes" => {
                let Some(change) = &args.publishes else { return Ok((String::new(), None)) };
                match (self.stage.publish_change(change), args.rejected.as_deref()) {
                    (Ok(()), None) => Ok((format!("publishes {}, changed", change.file), None)),
                    (Ok(()), Some(_)) => {
                        let what = format!("{} should have been rejected, but was published", change.file);
                        Ok((what.clone(), Some(what)))
                    }
                    (Err(Trouble::Playbooks(reasons)), Some("playbook")) => {
                        self.outcome.rejections.push("playbook".to_owned());
                        Ok((format!("publishes nothing: {reasons}"), None))
                    }
                    (Err(Trouble::Playbooks(reasons)), _) => {
                        Ok((String::new(), Some(format!("the playbooks are rejected: {reasons}"))))
                    }
                    (Err(other), _) => Err(other),
                }
            }
            "revokes" => {
                let name = text(&args.revokes);
                self.stage.revoke(&name)?;
                Ok((format!("takes the phone of {name} back"), None))
            }
            "assigns" => {
                let name = text(&args.assigns);
                self.stage.assign(&name, &text(&args.role), args.grid.as_deref())?;
                let grid = args.grid.as_deref().unwrap_or("all grids");
                Ok((format!("{name} works as {} in {grid} from now on", text(&args.role)), None))
            }
            "leaves" => {
                let name = text(&args.leaves);
                self.stage.leave(&name)?;
                Ok((format!("{name} leaves the company"), None))
            }
            "enrols" => {
                let name = text(&args.enrols);
                self.stage.enrol(&name)?;
                Ok((format!("a new phone for {name}"), None))
            }
            other => Err(Trouble::Said(format!("who does it? `{other}` is a deed on a phone"))),
        }
    }

    /// Phones sync in the order of the file; then once more, so that the first know what the last handed in.
    fn sync(&mut self, step: &Step) -> Result<(String, Option<String>), Trouble> {
        let args = &step.args;
        let names = if args.syncs.0 == ["all"] { self.present() } else { args.syncs.0.clone() };
        let want = args.ends.as_deref().unwrap_or("complete");
        let bad = match args.line.as_deref() {
            None | Some("good") => false,
            Some("bad") => true,
            Some(other) => return Err(Trouble::Said(format!("a line is `good` or `bad`, not `{other}`"))),
        };
        for round in 0..if names.len() > 1 { 2 } else { 1 } {
            for name in &names {
                let end = self.stage.sync(name, bad && round == 0)?;
                if end != want {
                    let what = format!("the sync of {name} should end as `{want}`, but ended as `{end}`");
                    return Ok((what.clone(), Some(what)));
                }
            }
        }
        if want != "complete" {
            for name in &names {
                if let Some(phone) = self.stage.phones.get_mut(name) {
                    phone.revoked = true;
                }
            }
        }
        Ok((names.join("、"), None))
    }

    /// At the end every phone syncs, hands in all it has, and reads every record as the office and the others do.
    fn agree(&mut self) -> Result<(), Trouble> {
        let names = self.present();
        for _ in 0..2 {
            for name in &names {
                let end = self.stage.sync(name, false)?;
                if end != "complete" {
                    self.fail(0, 1, format!("the last sync of {name} ended as `{end}`"));
                }
            }
        }
        let mut wrong = Vec::new();
        for name in &names {
            let unsent = self.stage.phone(name)?.butler.status().map_or(0, |status| status.unsent_records);
            if unsent > 0 {
                wrong.push(format!("{unsent} records of {name} never reached the office"));
            }
        }
        let mut records: BTreeMap<RecordId, &str> =
            self.stage.written.iter().map(|written| (written.record, "a record without a name")).collect();
        records.extend(self.stage.named().map(|(called, id, _)| (id, called)));
        for (id, called) in records {
            let what = self.disagreement(&names, id).map_err(Trouble::Said)?;
            wrong.extend(what.map(|what| format!("{called} {what}")));
        }
        for what in wrong {
            self.fail(0, 1, what);
        }
        Ok(())
    }

    /// What is wrong with a record when every phone was told all: each shows it exactly when it lies in a grid of its owner
    /// who may read it, shows of it what they may read as the office has it, and a case stands alike everywhere.
    fn disagreement(&self, names: &[String], id: RecordId) -> Result<Option<String>, String> {
        let words = |error: &dyn fmt::Display| error.to_string();
        // What the office rejected from its first edit on is on no phone's record any more.
        let Some(there) = self.stage.hub.document(id).map_err(|error| words(&error))? else {
            return Ok(None);
        };
        let there = there.record();
        let place = self.stage.place_of(id)?;
        let mut stands = None;
        let mut comes_to = None;
        for name in names {
            let phone = self.stage.phone(name)?;
            let office = phone.butler.office().map_err(|error| words(&error))?;
            let grids = office.grids_of(&place);
            let mine = office.grids_for(&phone.staff);
            let visible = mine.is_none_or(|mine| !mine.is_disjoint(&grids));
            let actor = office.actor(&phone.staff);
            let rights = Rights::over(&office.playbooks, actor, &grids);
            let theirs = rights.shown(&office.playbooks, there.clone());
            let (here, there) = match (phone.butler.records().get(id), theirs) {
                (Ok(_), _) if !visible => {
                    return Ok(Some(format!("is on the phone of {name}, but lies in another grid")));
                }
                (Ok(_), None) => {
                    return Ok(Some(format!("is shown on the phone of {name}, who may not read it")));
                }
                (Ok(here), Some(there)) => (here, there),
                (Err(ButlerError::NotFound), Some(_)) if visible => {
                    return Ok(Some(format!("is missing on the phone of {name}")));
                }
                (Err(_), _) => continue,
            };
            if meaning(&here) != meaning(&there) {
                return Ok(Some(format!("reads otherwise on the phone of {name} than at the office")));
            }
            if matches!(there.kind, Kind::Case | Kind::Entry | Kind::Round) {
                let is = worked_out(&phone.butler, id, there.kind).map_err(|error| words(&error))?;
                if comes_to.as_ref().is_some_and(|known| *known != is) {
                    return Ok(Some(format!("comes to something else on the phone of {name}")));
                }
                comes_to = Some(is);
            }
            if there.kind == Kind::Case {
                let details = phone.butler.cases().details(id).map_err(|error| words(&error))?;
                let state = Some((details.state, details.ended, details.rounds));
                if stands.is_some() && stands != state {
                    return Ok(Some(format!("stands otherwise on the phone of {name} than on another")));
                }
                stands = state;
            }
        }
        Ok(None)
    }

    /// Finds the concurrent writes.
    fn concurrently(&mut self) {
        let written = &self.stage.written;
        for (at, one) in written.iter().enumerate() {
            for other in &written[at + 1..] {
                if one.apart_from(other) {
                    self.outcome.concurrent.push(Concurrent {
                        record: self.stage.name_of(one.record).unwrap_or("a record").to_owned(),
                        by: [(one.phone.clone(), one.line), (other.phone.clone(), other.line)],
                    });
                }
            }
        }
    }
}

/// What a person can tell of a record: values, also the ones in conflict, with who wrote them, and the texts.
fn meaning(record: &Record) -> impl PartialEq + use<> {
    let fields = record.fields.iter().map(|(path, field)| {
        let all = std::iter::once(&field.winner).chain(&field.others);
        let values: Vec<_> = all.map(|one| (super::deeds::shown(&one.value), one.change)).collect();
        (path.clone(), values)
    });
    (fields.collect::<Vec<_>>(), record.texts.clone(), record.lifecycle)
}

/// What an expectation is about, for messages.
fn about(expect: &Row<super::file::Expect>) -> String {
    let args = &expect.row.args;
    let name = [
        &args.case,
        &args.record,
        &args.round,
        &args.history,
        &args.rejection,
        &args.photos,
        &args.search,
        &args.library,
        &args.proposal,
        &args.metric,
        &args.reads,
    ]
    .into_iter()
    .flatten()
    .next();
    match (expect.row.kind, name, &args.due) {
        ("due", _, Some(rule)) => match &args.about {
            Some(about) => format!("due {rule} about {about}"),
            None => format!("due {rule}"),
        },
        (kind, Some(name), _) => format!("{kind} {name}"),
        (kind, None, _) => kind.to_owned(),
    }
}

/// The kind of a rejection, and the names in it.
fn classify(error: &ButlerError, step: &Step) -> (&'static str, Vec<String>) {
    match error {
        ButlerError::EvidenceMissing { problems } => {
            let missing: Vec<String> = problems.iter().map(|problem| problem.field.to_string()).collect();
            let given =
                |name: &String| step.args.answers.contains_key(name) || step.args.photos.contains_key(name);
            let kind = if missing.iter().all(given) { "answer" } else { "evidence" };
            (kind, missing)
        }
        ButlerError::NotAllowed { what, .. } => ("role", vec![what.to_string()]),
        ButlerError::StepNeeds { first, .. } => ("needs", vec![first.to_string()]),
        ButlerError::StepNotPossible { step, .. } => ("step", vec![step.to_string()]),
        ButlerError::InvalidInput { field, .. } => ("input", vec![field.clone()]),
        ButlerError::NotFound => ("not_here", Vec::new()),
        _ => ("other", Vec::new()),
    }
}

fn in_words(error: &ButlerError, step: &Step) -> String {
    match classify(error, step) {
        ("evidence", names) => format!("still needed: {}", names.join(", ")),
        ("answer", names) => format!("these answers will not do: {}", names.join(", ")),
        ("role", names) => format!("this role may not do it ({})", names.join(", ")),
        ("needs", names) => format!("first comes {}", names.join(", ")),
        ("step", _) => match error {
            ButlerError::StepNotPossible { why: Some(why), .. } => why.zh.clone(),
            _ => "the step is not possible now".to_owned(),
        },
        _ => error.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::super::file;
    use super::*;

    /// What becomes of these steps, on the phones of the two butlers of a grid.
    fn outcome(steps: &str) -> Result<Outcome, Unrun> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios");
        let community = super::super::community(&folder).unwrap();
        let head = r#"title = { zh = "试", en = "try" }
proves = "x"
covers = []
start = "2026-11-23 08:30"
phones = ["张丽", "何芳"]
"#;
        let scenario = file::scenario("99.toml", &format!("{head}{steps}")).unwrap();
        let books = Books::embedded(&folder.join("../../core/playbooks")).unwrap();
        run(&community, &scenario, &books, &mut |_| {})
    }

    fn edit(who: &str, state: &str) -> String {
        format!("[[step]]\nwho = \"{who}\"\nedits_home = \"1-1-302\"\nset = {{ state = \"{state}\" }}\n")
    }

    #[test]
    fn writes_are_apart_only_when_neither_knew_of_the_other() {
        let (first, second) = (edit("张丽", "装修中"), edit("何芳", "委托代管"));
        let concurrent = outcome(&format!("{first}{second}")).unwrap();
        assert!(concurrent.failures.is_empty(), "{:?}", concurrent.failures);
        let by = concurrent
            .concurrent
            .iter()
            .map(|concurrent| (concurrent.record.as_str(), concurrent.by.clone()))
            .collect::<Vec<_>>();
        assert_eq!(by, [("1-1-302", [("张丽".to_owned(), 6), ("何芳".to_owned(), 10)])]);
        let sync = "[[step]]\nsyncs = \"all\"\n";
        assert_eq!(outcome(&format!("{first}{sync}{second}")).unwrap().concurrent, []);
        // One who heard of the other's write wrote after it, even when the other heard of nothing.
        let one_way = "[[step]]\nsyncs = \"张丽\"\n[[step]]\nsyncs = \"何芳\"\n";
        assert_eq!(outcome(&format!("{first}{one_way}{second}")).unwrap().concurrent, []);
    }

    #[test]
    fn what_does_not_hold_names_its_line_and_says_what_is() {
        let look = "[[step.expect]]\nrecord = \"1-1-302\"\nfields = { state = \"空置\" }\n";
        let failed = outcome(&format!("{}{look}", edit("张丽", "装修中"))).unwrap().failures;
        let text = failed[0].to_string();
        assert_eq!(
            text,
            "99.toml:10: step 1: record 1-1-302: 张丽: `state` should be vacant, but is renovating"
        );
    }

    #[test]
    fn a_rejection_must_come_and_be_the_one_that_is_meant() {
        let arrears = "[[step]]\nwho = \"张丽\"\nedits_home = \"1-1-302\"\nset = { arrears = 100 }\n";
        assert_eq!(outcome(&format!("{arrears}rejected = \"role\"\n")).unwrap().rejections, ["role"]);
        for (steps, said) in [
            (arrears.to_owned(), "rejected: this role may not do it (arrears)"),
            (format!("{arrears}rejected = \"evidence\"\n"), "rejected as “role”"),
            (format!("{arrears}rejected = \"role\"\nnames = \"fee\"\n"), "`fee` should be named"),
            (format!("{}rejected = \"role\"\n", edit("张丽", "装修中")), "should have been rejected"),
        ] {
            let failed = outcome(&steps).unwrap().failures;
            assert!(failed[0].what.contains(said), "{}", failed[0].what);
        }
    }

    #[test]
    fn time_never_goes_back_and_names_are_known() {
        let back = format!("{}at = \"2026-11-22 08:00\"\n", edit("张丽", "装修中"));
        assert!(
            matches!(outcome(&back), Err(Unrun::File(wrong)) if wrong.line == 6 && wrong.what.contains("never goes back"))
        );
        let nobody = edit("张丽", "装修中").replace("1-1-302", "9-9-999");
        assert!(matches!(outcome(&nobody), Err(Unrun::File(wrong)) if wrong.what.contains("9-9-999")));
        let foreign = edit("张丽", "拆了");
        assert!(
            matches!(outcome(&foreign), Err(Unrun::File(wrong)) if wrong.what.contains("renovating（装修中）"))
        );
    }
}
