//! A scenario file and the community's file: read, and judged with the line to blame.
//!
//! `tests/scenarios/README.md` describes the format for those who write such files.

use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;

use butler_core::playbook::Label;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use toml::de::{DeTable, DeValue};
use toml::{Spanned, Table};

/// What is wrong with a file, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wrong {
    /// The file.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
    /// What is wrong, in words for whoever wrote it.
    pub what: String,
}

impl fmt::Display for Wrong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.file, self.line, self.what)
    }
}

/// One scenario.
#[derive(Debug, Clone)]
pub struct Scenario {
    /// The file, for messages.
    pub file: String,
    /// What it shows, in a few words.
    pub title: Label,
    /// What it proves, in words of a property manager.
    pub proves: String,
    /// The areas of the procedures it accepts.
    pub covers: Vec<String>,
    /// The playbooks it is about, for readers.
    pub playbooks: Vec<String>,
    /// Community time at which it begins.
    pub start: String,
    /// Whose phones take part; enrolled and synced at the start.
    pub phones: Vec<String>,
    /// How many minutes a phone's clock is wrong.
    pub clocks: BTreeMap<String, i64>,
    /// What the office changes before the start.
    pub given: Vec<Row<Given>>,
    /// The company's own playbooks, laid over the embedded ones.
    pub company: Vec<Row<Own>>,
    /// What happens, in the order it happens.
    pub steps: Vec<Row<Step>>,
    /// Changes of playbooks that must make this scenario fail.
    pub broken: Vec<Row<Broken>>,
}

/// A table of the file with its line.
#[derive(Debug, Clone)]
pub struct Row<T> {
    /// Where its header stands, from 1.
    pub line: usize,
    /// What it says.
    pub row: T,
}

/// One name or several.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(from = "OneOrMore")]
pub struct Names(pub Vec<String>);

#[derive(Deserialize)]
#[serde(untagged, expecting = "expected a text or a list of texts")]
enum OneOrMore {
    One(String),
    More(Vec<String>),
}

impl From<OneOrMore> for Names {
    fn from(names: OneOrMore) -> Self {
        match names {
            OneOrMore::One(name) => Self(vec![name]),
            OneOrMore::More(names) => Self(names),
        }
    }
}

/// A change of a playbook's text.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Change {
    /// The playbook's file below the folder of playbooks.
    pub file: String,
    /// The text that is replaced.
    pub replace: String,
    /// What stands there instead.
    pub by: String,
    /// Which of several places, from 1; without it the text must stand there once.
    pub occurrence: Option<usize>,
}

/// A playbook of the company's own.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Own {
    /// The file's name below the folder of playbooks.
    pub file: String,
    /// What stands in it.
    pub text: String,
}

/// A change of a playbook that must make the scenario fail.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Broken {
    file: String,
    replace: String,
    by: String,
    occurrence: Option<usize>,
    /// Which rule it takes away, for readers.
    pub why: Option<String>,
}

impl Broken {
    /// The change itself.
    #[must_use]
    pub fn change(&self) -> Change {
        let Self { file, replace, by, occurrence, .. } = self.clone();
        Change { file, replace, by, occurrence }
    }
}

/// Something the office changes before the start.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Given {
    /// A home, changed or added.
    pub home: Option<String>,
    /// A resident, changed or added; an added one needs `of`.
    pub resident: Option<String>,
    /// The home of an added resident.
    pub of: Option<String>,
    /// A place, added or with another code.
    pub place: Option<String>,
    /// Id of an added place.
    pub id: Option<String>,
    /// What a scan at the place reads.
    pub code: Option<String>,
    /// What the place is, a word of the list `place_kind`.
    pub kind: Option<String>,
    /// Where the place lies, degrees north and east.
    pub at: Option<String>,
    /// Its number in the walking order.
    pub walk: Option<i64>,
    /// The grids of an added place.
    #[serde(default)]
    pub grids: Names,
    /// A member of staff, added or put to other work.
    pub staff: Option<String>,
    /// In which role.
    pub role: Option<String>,
    /// In which grid; without it everywhere.
    pub grid: Option<String>,
    /// Fields written.
    #[serde(default)]
    pub set: Table,
    /// Fields removed.
    #[serde(default)]
    pub clear: Names,
}

/// One step: at most one deed, then what must hold.
#[derive(Debug, Clone)]
pub struct Step {
    /// What is done; `None` only looks.
    pub deed: Option<&'static str>,
    /// Everything the step says.
    pub args: StepArgs,
    /// What must hold afterwards.
    pub expect: Vec<Row<Expect>>,
}

/// One expectation.
#[derive(Debug, Clone)]
pub struct Expect {
    /// What is looked at.
    pub kind: &'static str,
    /// Everything it says.
    pub args: ExpectArgs,
}

/// Declares the keys of a table: all optional, typed, and listed.
macro_rules! keys {
    ($(#[$doc:meta])* $name:ident { $($key:ident: $ty:ty,)+ }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Default, Deserialize)]
        #[serde(deny_unknown_fields)]
                pub struct $name { $(#[serde(default)] pub $key: $ty,)+ }
    };
}

keys! {
    /// The keys of a step.
    StepArgs {
        what: Option<String>, who: Option<String>, at: Option<String>,
        rejected: Option<String>, names: Names,
        opens: Option<String>, takes: Option<String>, visits: Names, enters: Option<String>,
        changes: Option<String>, walks: Option<String>, checks_in: Option<String>, finds: Option<String>,
        completes: Option<String>, edits_home: Option<String>, edits_resident: Option<String>,
        edits: Option<String>, adds_resident: Option<String>, snoozes: Option<String>, skips: Option<String>,
        cuts_short: Option<u32>, also: Names, item: Option<String>,
        resolves: Option<String>, links: Option<String>, chooses: Option<String>, archives: Option<String>, restores: Option<String>,
        draws: Option<String>, notes: Option<String>, dismisses: Option<String>, resends: Option<String>, syncs: Names,
        office_edits: Option<String>, publishes: Option<Change>, revokes: Option<String>,
        assigns: Option<String>, leaves: Option<String>, enrols: Option<String>,
        with: Option<String>, on: Option<String>, about: Names, place: Option<String>,
        r#as: Option<String>, title: Option<String>, answers: Table, photos: BTreeMap<String, usize>,
        fields: Table, set: Table, clear: Names, from: Option<Finding>, due: Option<String>,
        scan: Option<String>, distance: Option<f64>, position: Option<String>, is: Option<toml::Value>,
        minutes_per_point: Option<f64>, keep: Option<Claim>, field: Option<String>,
        value: Option<toml::Value>, text: Option<String>, note: Option<String>, line: Option<String>,
        ends: Option<String>, rest: bool, from_screen: bool, how: Option<String>, role: Option<String>, grid: Option<String>,
    }
}

keys! {
    /// The keys of an expectation.
    ExpectArgs {
        seen_by: Names,
        case: Option<String>, due: Option<String>, today: Option<Names>, record: Option<String>,
        round: Option<String>, history: Option<String>, rejection: Option<String>, photos: Option<String>,
        search: Option<String>, library: Option<String>, proposal: Option<String>, metric: Option<String>,
        reads: Option<String>, unsent: Option<u64>, under_way: Option<Names>, walk: Option<Names>, door: Option<String>,
        contacts: Option<String>, item: Option<String>, begun_by: Option<String>, urgent: Option<Names>,
        calls: Option<Names>, desk: Option<Names>, jobs: Option<Names>, along: Option<Names>, open: Option<bool>,
        channel: Option<String>, outcome: Option<String>,
        state: Option<String>, ended: Option<bool>, rounds: Option<u32>, provisional: Option<bool>,
        conflicts: Option<Names>, offers: Names, offers_not: Names, waits_for: Option<Names>,
        deadline: Option<String>, late: Option<toml::Value>, answers: Table, steps: Names, linked: Names,
        fields: Table, without: Names, archived: Option<bool>, revived: Option<bool>, absent: Option<bool>,
        about: Option<String>, status: Option<String>, day: Option<String>, at: Option<String>,
        overdue: Option<bool>, escalated: Option<bool>, for_me: Option<bool>, times: Option<usize>, why: Option<String>, articles: Option<Names>, serves: Option<String>, begin: Option<String>,
        urgency: Option<String>, visible: Option<bool>,
        complete: Option<bool>, findings: Option<Names>, corrected: Option<Names>, in_conflict: Option<Names>,
        early: Option<Names>, unproven: Option<Names>, walked: Option<Names>, missed: Option<Names>, on_time: Option<Names>, too_fast: Option<bool>,
        field: Option<String>, by: Option<String>, to: Option<toml::Value>, of: Option<String>,
        may: Option<bool>, reason: Option<String>, count: Option<usize>, finds: Option<Names>, hides: Option<Names>,
        sums: BTreeMap<String, String>,
        is: Option<toml::Value>, from: Option<String>, at_office: Option<bool>, month: Option<String>, text: Option<String>,
        slip: Option<String>, receipt: Option<String>, says: Names,
    }
}

/// The finding a case is opened from.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Finding {
    /// The round.
    pub round: String,
    /// The item.
    pub item: String,
}

/// One of the concurrent steps.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Claim {
    /// The step.
    pub step: String,
    /// Who made it.
    pub who: String,
}

/// What a verb may go with: the verb, what it needs, what it may have besides.
type Grammar = (&'static str, &'static [&'static str], &'static [&'static str]);

/// Keys every deed on a phone may have.
const ON_A_PHONE: &[&str] = &["who", "rejected", "names"];
/// What is written is written over what this phone's screen last drew of the record.
const SCREEN: &str = "from_screen";
/// Keys every step may have.
const ALWAYS: &[&str] = &["what", "at", "expect"];

/// Deeds on a phone.
const DEEDS: &[Grammar] = &[
    (
        "opens",
        &[],
        &[
            "with", "about", "place", "as", "title", "answers", "photos", "fields", "from", "due", "note",
            "rest",
        ],
    ),
    ("takes", &["on"], &["answers", "photos", "note", "rest", SCREEN]),
    ("visits", &["set"], &["photos", "as", "due", "also"]),
    ("enters", &[], &["about", "place", "answers", "photos", "due", "as", "rest"]),
    ("changes", &[], &["answers", "photos", "clear", SCREEN]),
    ("walks", &[], &["place", "about", "due", "as"]),
    ("checks_in", &["on"], &["scan", "distance", "position", SCREEN]),
    ("finds", &["on"], &["is", "answers", "photos", "note", SCREEN]),
    ("completes", &[], &["answers", "photos", "minutes_per_point"]),
    ("edits_home", &[], &["set", "clear", SCREEN]),
    ("edits_resident", &[], &["set", "clear", SCREEN]),
    ("adds_resident", &["as", "set"], &[]),
    ("snoozes", &[], &["about", "answers", "item"]),
    ("skips", &[], &["about", "answers", "item"]),
    ("cuts_short", &["answers"], &[]),
    ("links", &["with"], &["how", SCREEN]),
    ("resolves", &["keep"], &["note", SCREEN]),
    ("chooses", &["field", "value"], &[SCREEN]),
    ("archives", &[], &[SCREEN]),
    ("restores", &[], &[SCREEN]),
    ("draws", &[], &[]),
    ("notes", &["text"], &[SCREEN]),
    ("dismisses", &[], &[]),
    ("resends", &["set"], &[SCREEN]),
];

/// Deeds that need no phone, or several.
const OFFICE: &[Grammar] = &[
    ("syncs", &[], &["line", "ends"]),
    ("office_edits", &[], &["set", "clear"]),
    ("publishes", &[], &["rejected"]),
    ("revokes", &[], &[]),
    ("assigns", &["role"], &["grid"]),
    ("leaves", &[], &[]),
    ("enrols", &[], &[]),
];

/// Expectations.
const LOOKS: &[Grammar] = &[
    (
        "case",
        &[],
        &[
            "state",
            "ended",
            "rounds",
            "provisional",
            "in_conflict",
            "offers",
            "offers_not",
            "articles",
            "waits_for",
            "deadline",
            "day",
            "at",
            "late",
            "answers",
            "fields",
            "steps",
            "linked",
            "sums",
            "absent",
        ],
    ),
    (
        "due",
        &[],
        &[
            "about",
            "status",
            "day",
            "at",
            "overdue",
            "escalated",
            "for_me",
            "absent",
            "times",
            "why",
            "articles",
            "serves",
            "begin",
            "urgency",
            "linked",
            "item",
            "begun_by",
        ],
    ),
    ("today", &[], &[]),
    ("under_way", &[], &[]),
    ("walk", &[], &["urgent", "calls", "desk"]),
    ("door", &[], &["jobs", "along", "open", "begun_by", "absent"]),
    ("contacts", &["count"], &["channel", "outcome"]),
    ("record", &[], &["fields", "sums", "without", "in_conflict", "archived", "revived", "absent", "text"]),
    (
        "round",
        &[],
        &[
            "complete",
            "findings",
            "corrected",
            "in_conflict",
            "early",
            "unproven",
            "walked",
            "late",
            "missed",
            "on_time",
            "too_fast",
            "sums",
            "absent",
        ],
    ),
    ("history", &["field"], &["by", "to"]),
    ("rejection", &[], &["reason", "field", "absent"]),
    ("photos", &["count"], &["at_office"]),
    ("search", &[], &["finds", "hides"]),
    ("library", &["finds"], &[]),
    ("proposal", &["field"], &["is", "absent"]),
    ("metric", &["is"], &["by", "of", "month", "absent"]),
    ("reads", &["of", "may"], &[]),
    ("slip", &["of"], &["says", "absent"]),
    ("receipt", &[], &["says", "absent"]),
    ("unsent", &[], &[]),
];

/// Reads a scenario.
///
/// # Errors
/// [`Wrong`] with the line to blame.
pub fn scenario(file: &str, text: &str) -> Result<Scenario, Wrong> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Whole {
        title: Label,
        proves: String,
        covers: Vec<String>,
        #[serde(default)]
        playbooks: Vec<String>,
        start: String,
        phones: Vec<String>,
        #[serde(default)]
        clocks: BTreeMap<String, i64>,
        #[serde(default)]
        given: Vec<Table>,
        #[serde(default)]
        company: Vec<Table>,
        #[serde(default, rename = "step")]
        steps: Vec<Table>,
        #[serde(default)]
        broken: Vec<Table>,
    }
    let source = Source::new(file, text)?;
    let whole: Whole = toml::from_str(text).map_err(|error| source.unreadable(&error))?;
    let given = whole.given.iter().enumerate().map(|(at, table)| source.row("given", at, table));
    let steps = whole.steps.iter().enumerate().map(|(at, table)| source.step(at, table));
    let company = whole.company.iter().enumerate().map(|(at, table)| source.row("company", at, table));
    let broken = whole.broken.iter().enumerate().map(|(at, table)| source.row("broken", at, table));
    Ok(Scenario {
        file: file.to_owned(),
        given: given.collect::<Result<_, _>>()?,
        company: company.collect::<Result<_, _>>()?,
        steps: steps.collect::<Result<_, _>>()?,
        broken: broken.collect::<Result<_, _>>()?,
        title: whole.title,
        proves: whole.proves,
        covers: whole.covers,
        playbooks: whole.playbooks,
        start: whole.start,
        phones: whole.phones,
        clocks: whole.clocks,
    })
}

/// The community all scenarios begin with.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Community {
    /// Its id.
    pub id: String,
    /// What people call it.
    pub name: String,
    /// East of UTC, in minutes.
    pub utc_offset_minutes: i32,
    /// Its grids.
    #[serde(rename = "grid")]
    pub grids: Vec<GridRow>,
    /// Who works there.
    #[serde(rename = "staff")]
    pub staff: Vec<StaffRow>,
    /// Buildings, units and spots, in walking order.
    #[serde(rename = "place")]
    pub places: Vec<PlaceRow>,
    /// Homes.
    #[serde(rename = "home")]
    pub homes: Vec<HomeRow>,
    /// Their people.
    #[serde(rename = "resident")]
    pub residents: Vec<ResidentRow>,
}

/// A grid.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GridRow {
    pub id: String,
    pub name: String,
}

/// A member of staff.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StaffRow {
    pub id: String,
    pub name: String,
    pub role: String,
    #[serde(default)]
    pub grids: Names,
}

/// A place.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlaceRow {
    pub id: String,
    pub name: String,
    pub parent: Option<String>,
    #[serde(default)]
    pub grids: Names,
    pub code: Option<String>,
}

/// A home.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HomeRow {
    pub room: String,
    #[serde(default)]
    pub set: Table,
}

/// A resident.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ResidentRow {
    pub name: String,
    pub home: String,
    #[serde(default)]
    pub set: Table,
}

/// Reads the community's file.
///
/// # Errors
/// [`Wrong`] with the line to blame.
pub fn community(file: &str, text: &str) -> Result<Community, Wrong> {
    let source = Source::new(file, text)?;
    toml::from_str(text).map_err(|error| source.unreadable(&error))
}

/// Reads a file from the disk.
///
/// # Errors
/// [`Wrong`] when it cannot be read.
pub fn read(path: &Path) -> Result<String, Wrong> {
    std::fs::read_to_string(path).map_err(|error| Wrong {
        file: path.display().to_string(),
        line: 1,
        what: format!("cannot be read: {error}"),
    })
}

/// A text with the places of its tables and keys.
struct Source<'t> {
    file: &'t str,
    text: &'t str,
    whole: Spanned<DeTable<'t>>,
}

impl<'t> Source<'t> {
    fn new(file: &'t str, text: &'t str) -> Result<Self, Wrong> {
        let whole = DeTable::parse(text).map_err(|error| unreadable(file, text, &error))?;
        Ok(Self { file, text, whole })
    }

    fn unreadable(&self, error: &toml::de::Error) -> Wrong {
        unreadable(self.file, self.text, error)
    }

    fn wrong(&self, line: usize, what: impl Into<String>) -> Wrong {
        Wrong { file: self.file.to_owned(), line, what: what.into() }
    }

    /// The `at`-th table of an array of tables.
    fn table(&self, of: &DeTable<'t>, name: &str, at: usize) -> Option<(usize, DeTable<'t>)> {
        let DeValue::Array(array) = of.get(name)?.get_ref() else { return None };
        let item = array.get(at)?;
        let DeValue::Table(table) = item.get_ref() else { return None };
        Some((line_of(self.text, item.span().start), table.clone()))
    }

    /// Where a key of a table stands; the table's own line when it is not there.
    fn key(&self, table: &DeTable<'t>, key: &str, line: usize) -> usize {
        let found = table.iter().find(|(known, _)| known.get_ref().as_ref() == key);
        found.map_or(line, |(known, _)| line_of(self.text, known.span().start))
    }

    fn row<T: DeserializeOwned>(&self, name: &str, at: usize, table: &Table) -> Result<Row<T>, Wrong> {
        let (line, _) = self.table(self.whole.get_ref(), name, at).unwrap_or_default();
        let row = typed(table).map_err(|what| self.wrong(line, what))?;
        Ok(Row { line, row })
    }

    fn step(&self, at: usize, table: &Table) -> Result<Row<Step>, Wrong> {
        let (line, spans) = self.table(self.whole.get_ref(), "step", at).unwrap_or_default();
        let expects = match table.get("expect") {
            None => Vec::new(),
            Some(toml::Value::Array(rows)) => rows.clone(),
            Some(_) => {
                let line = self.key(&spans, "expect", line);
                return Err(self.wrong(line, "write an expectation as [[step.expect]]"));
            }
        };
        let mut verbs: Vec<&Grammar> =
            DEEDS.iter().chain(OFFICE).filter(|(verb, ..)| table.contains_key(*verb)).collect();
        verbs.sort_by_key(|(verb, ..)| self.key(&spans, verb, line));
        let deed = match verbs.as_slice() {
            [] => None,
            [one] => Some(**one),
            [one, two, ..] => {
                let line = self.key(&spans, two.0, line);
                let what = format!("one step is one deed: this one says `{}` and `{}`", one.0, two.0);
                return Err(self.wrong(line, what));
            }
        };
        let verb = deed.map(|(verb, ..)| verb);
        let phone = verb.is_some_and(|verb| DEEDS.iter().any(|(known, ..)| *known == verb));
        let mut allowed: Vec<&str> = ALWAYS.to_vec();
        if let Some((verb, needed, optional)) = deed {
            allowed.push(verb);
            allowed.extend(needed);
            allowed.extend(optional);
            if let Some(missing) = needed.iter().find(|key| !table.contains_key(**key)) {
                return Err(self.wrong(line, format!("a step that `{verb}` needs `{missing}`")));
            }
        }
        if phone {
            allowed.extend(ON_A_PHONE);
        }
        if phone && !table.contains_key("who") {
            return Err(self.wrong(line, "who does it? (`who = \"张丽\"`)"));
        }
        let place =
            verb.map_or_else(|| "a step without a deed".to_owned(), |verb| format!("a step that `{verb}`"));
        self.only(&spans, table, &allowed, &place, line, deed.is_none())?;
        if deed.is_none() && expects.is_empty() && !table.contains_key("at") {
            return Err(self.wrong(line, "this step does nothing and expects nothing"));
        }
        let mut plain = table.clone();
        plain.remove("expect");
        let args: StepArgs = typed(&plain).map_err(|what| self.wrong(line, what))?;
        if args.rest && args.rejected.as_deref() == Some("evidence") {
            let line = self.key(&spans, "rest", line);
            return Err(self.wrong(line, "nothing is missing where the rest is answered: leave `rest` out"));
        }
        let expect =
            expects.iter().enumerate().map(|(number, value)| self.expect(&spans, number, value, line));
        Ok(Row { line, row: Step { deed: verb, args, expect: expect.collect::<Result<_, _>>()? } })
    }

    fn expect(
        &self,
        step: &DeTable<'t>,
        number: usize,
        value: &toml::Value,
        step_line: usize,
    ) -> Result<Row<Expect>, Wrong> {
        let (line, spans) = self.table(step, "expect", number).unwrap_or((step_line, DeTable::default()));
        let toml::Value::Table(table) = value else {
            return Err(self.wrong(line, "write an expectation as [[step.expect]]"));
        };
        let names = || LOOKS.iter().map(|(kind, ..)| format!("`{kind}`")).collect::<Vec<_>>().join(", ");
        let Some((kind, needed, optional)) = LOOKS.iter().find(|(kind, ..)| table.contains_key(*kind)) else {
            return Err(self.wrong(line, format!("what is expected? one of {}", names())));
        };
        let mut allowed = vec![*kind, "seen_by"];
        allowed.extend(*needed);
        allowed.extend(*optional);
        if let Some(missing) = needed.iter().find(|key| !table.contains_key(**key)) {
            return Err(self.wrong(line, format!("an expectation of `{kind}` needs `{missing}`")));
        }
        self.only(&spans, table, &allowed, &format!("an expectation of `{kind}`"), line, false)?;
        let args = typed(table).map_err(|what| self.wrong(line, what))?;
        Ok(Row { line, row: Expect { kind, args } })
    }

    /// Rejects a key that does not belong there, and says which was perhaps meant.
    fn only(
        &self,
        spans: &DeTable<'t>,
        table: &Table,
        allowed: &[&str],
        place: &str,
        line: usize,
        verbs: bool,
    ) -> Result<(), Wrong> {
        let Some(key) = table.keys().find(|key| !allowed.contains(&key.as_str())) else { return Ok(()) };
        let line = self.key(spans, key, line);
        let deeds: Vec<&str> =
            if verbs { DEEDS.iter().chain(OFFICE).map(|(verb, ..)| *verb).collect() } else { Vec::new() };
        let near = allowed.iter().chain(&deeds).min_by_key(|known| distance(known, key));
        let near = near.filter(|known| distance(known, key) <= 2);
        let hint = near.map_or_else(String::new, |near| format!("; `{near}` was meant?"));
        let mut known: Vec<&str> = allowed.to_vec();
        known.extend(&deeds);
        Err(self.wrong(
            line,
            format!("`{key}` does not belong to {place}{hint} It may have: {}", known.join(", ")),
        ))
    }
}

fn typed<T: DeserializeOwned>(table: &Table) -> Result<T, String> {
    table.clone().try_into().map_err(|error: toml::de::Error| error.to_string().trim().replace('\n', " "))
}

fn unreadable(file: &str, text: &str, error: &toml::de::Error) -> Wrong {
    let line = error.span().map_or(1, |span| line_of(text, span.start));
    Wrong { file: file.to_owned(), line, what: error.message().to_owned() }
}

fn line_of(text: &str, offset: usize) -> usize {
    text.bytes().take(offset).filter(|byte| *byte == b'\n').count() + 1
}

/// How many letters two words differ by.
fn distance(a: &str, b: &str) -> usize {
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.bytes().enumerate() {
        let mut before = i;
        row[0] = i + 1;
        for (j, y) in b.bytes().enumerate() {
            let change = before + usize::from(x != y);
            before = row[j + 1];
            row[j + 1] = change.min(row[j] + 1).min(before + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &str = r#"
title = { zh = "试", en = "try" }
proves = "x"
covers = ["repair"]
start = "2026-11-23 08:30"
phones = ["张丽"]
"#;

    fn said(rest: &str) -> String {
        scenario("07.toml", &format!("{HEAD}{rest}")).unwrap_err().to_string()
    }

    #[test]
    fn a_wrong_key_is_named_with_its_line_and_what_was_meant() {
        let text = said("[[step]]\nwho = \"张丽\"\ntakes = \"finish\"\non = \"x\"\nanswer = {}\n");
        assert!(
            text.starts_with("07.toml:11: `answer` does not belong to a step that `takes`; `answers`"),
            "{text}"
        );
        let text = said("[[step]]\nwho = \"张丽\"\n");
        assert!(text.starts_with("07.toml:8: `who`"), "{text}");
        let text = said("[[step]]\nwho = \"张丽\"\ntake = \"finish\"\n");
        assert!(text.contains("`takes`"), "{text}");
    }

    #[test]
    fn a_step_is_one_deed_and_says_who() {
        let text = said("[[step]]\nwho = \"张丽\"\ntakes = \"a\"\nopens = \"b\"\n");
        assert_eq!(text, "07.toml:10: one step is one deed: this one says `takes` and `opens`");
        let text = said("[[step]]\ntakes = \"a\"\non = \"b\"\n");
        assert!(text.starts_with("07.toml:7: who does it?"), "{text}");
    }

    #[test]
    fn expectations_follow_their_step() {
        let text = format!(
            "{HEAD}[[step]]\nsyncs = \"张丽\"\n[[step.expect]]\ncase = \"a\"\nstate = \"b\"\n[[step.expect]]\ndue = \"r\"\nabsent = true\n"
        );
        let read = scenario("x", &text).unwrap();
        let kinds: Vec<_> = read.steps[0].row.expect.iter().map(|e| (e.line, e.row.kind)).collect();
        assert_eq!(kinds, [(9, "case"), (12, "due")]);
        let text = said("[[step]]\nsyncs = \"张丽\"\n[[step.expect]]\ncase = \"a\"\nstat = \"b\"\n");
        assert!(
            text.starts_with("07.toml:11: `stat` does not belong to an expectation of `case`; `state`"),
            "{text}"
        );
    }
}
