//! What does a row say, and of whom?

use butler_core::model::Kind;
use butler_core::model::fields::group;

use super::super::cells::Raw;
use super::super::column::Column;
use super::super::convert::Meaning;
use super::super::mapping::{FieldTarget, LocationPart, Target, Who};
use super::super::names::name_key;
use super::super::report::{Line, Treatment, Why};
use super::super::spot::{Cell, cell};
use super::super::{CellError, convert, names};
use super::gather::{add, merge, role_of};
use super::locate::Read;
use super::{PlannedHome, Reader, Stated};

/// A person of a row, before it is known whether they stand in another row already.
#[derive(Default)]
pub(super) struct Draft {
    pub name: Option<String>,
    pub phones: Vec<String>,
    pub stated: Vec<Stated>,
}

/// A cell about a home or a person, still to be taken in.
pub(super) struct Entry {
    pub field: FieldTarget,
    pub cell: Cell,
    /// Which of the row's people it is about, and which of those who share their cells.
    pub draft: Option<(usize, usize, Part)>,
}

pub(super) enum Part {
    Name {
        name: String,
        of: usize,
    },
    Phone {
        meaning: Meaning,
        role: Option<&'static str>,
        shared: bool,
        first: bool,
    },
    /// The cell says that there is nobody.
    Nobody,
    Rest,
}

impl Reader<'_> {
    /// What a row states about its home and each of its people. Nothing is reported yet.
    pub(super) fn row(
        &self,
        read: &Read<'_>,
        row: u32,
        known: Option<&PlannedHome>,
    ) -> (Vec<Entry>, Vec<(Who, Vec<Draft>)>) {
        let mut home: Vec<Entry> = Vec::new();
        let mut people: Vec<(Who, Vec<Draft>)> = Vec::new();
        // Names first: numbers go to the names they belong to.
        let order = |column: &&Column| !matches!(column.target(), Some(Target::Field(field)) if field.spec.path == "name");
        let mut columns: Vec<&Column> = read.columns.iter().collect();
        columns.sort_by_key(order);
        for column in columns {
            let Some(aim) = &column.aim else { continue };
            let Target::Field(field) = aim.target else { continue };
            let Some(cell) = cell(&read.table, column, row) else { continue };
            // What is merged over several rows of a household is said once.
            let repeated = cell.at.row != row
                && (field.spec.group == group::FINANCE || (field.kind == Kind::Resident && known.is_some()));
            if repeated {
                continue;
            }
            if field.kind == Kind::Home {
                home.push(Entry { field, cell, draft: None });
                continue;
            }
            let at = people.iter().position(|(who, _)| *who == aim.who).unwrap_or_else(|| {
                people.push((aim.who, Vec::new()));
                people.len() - 1
            });
            self.personal(field, &cell, &mut people[at].1, &mut home, at);
        }
        (home, people)
    }

    /// Reads a cell about people into their drafts; what is left to report goes through `entries`.
    fn personal(
        &self,
        field: FieldTarget,
        cell: &Cell,
        drafts: &mut Vec<Draft>,
        entries: &mut Vec<Entry>,
        of: usize,
    ) {
        let entry =
            |draft: usize, part: Part| Entry { field, cell: cell.clone(), draft: Some((of, draft, part)) };
        if drafts.is_empty() {
            drafts.push(Draft::default());
        }
        match field.spec.path {
            "name" if names::is_no_name(&cell.raw.text()) => entries.push(entry(0, Part::Nobody)),
            "name" if matches!(cell.raw, Raw::Text(_)) => {
                let named = names::split_names(&cell.raw.text());
                for (nth, name) in named.iter().enumerate() {
                    if nth >= drafts.len() {
                        drafts.push(Draft::default());
                    }
                    drafts[nth].name = Some(name.clone());
                    entries.push(entry(nth, Part::Name { name: name.clone(), of: named.len() }));
                }
            }
            "phone/*/number" => {
                let Some(told) = names::people_of(&cell.raw.text()) else {
                    let reading = convert::phones(&cell.raw);
                    let names = drafts.iter().filter(|draft| draft.name.is_some()).count();
                    let each = names > 1 && reading.values.len() == names && reading.problems.is_empty();
                    for (nth, meaning) in reading.values.iter().enumerate() {
                        let draft = if each { nth } else { 0 };
                        drafts[draft].phones.push(convert::show(&meaning.value));
                        entries.push(entry(
                            draft,
                            Part::Phone {
                                meaning: meaning.clone(),
                                role: None,
                                shared: names > 1 && !each,
                                first: nth == 0,
                            },
                        ));
                    }
                    if reading.values.is_empty() || !reading.problems.is_empty() {
                        entries.push(entry(0, Part::Rest));
                    }
                    return;
                };
                let mut first = true;
                for person in told {
                    let known = person.name.as_deref().map(name_key);
                    let found = known.as_ref().and_then(|key| {
                        drafts
                            .iter()
                            .position(|draft| draft.name.as_deref().map(name_key).as_ref() == Some(key))
                    });
                    // A nameless first draft is whoever the cell names first without a number of their own.
                    let blank =
                        (drafts.len() == 1 && drafts[0].name.is_none() && drafts[0].phones.is_empty())
                            .then_some(0);
                    let at = match (&person.name, found.or(blank)) {
                        (None, _) => 0,
                        (Some(_), Some(at)) => at,
                        (Some(_), None) => {
                            drafts.push(Draft::default());
                            drafts.len() - 1
                        }
                    };
                    if let Some(name) = person.name.as_ref().filter(|_| drafts[at].name.is_none()) {
                        drafts[at].name = Some(name.clone());
                        entries.push(entry(at, Part::Name { name: name.clone(), of: 2 }));
                    }
                    for number in &person.numbers {
                        for meaning in convert::phones(&Raw::Text(number.clone())).values {
                            drafts[at].phones.push(convert::show(&meaning.value));
                            entries.push(entry(
                                at,
                                Part::Phone { meaning, role: person.role, shared: false, first },
                            ));
                            first = false;
                        }
                    }
                }
            }
            _ => entries.push(entry(0, Part::Rest)),
        }
    }

    /// Takes in what a row states: reports each cell, and adds home and people to the plan.
    pub(super) fn take(
        &mut self,
        read: &Read<'_>,
        row: u32,
        index: usize,
        entries: Vec<Entry>,
        mut people: Vec<(Who, Vec<Draft>)>,
    ) {
        let mut home = Vec::new();
        for Entry { field, cell, draft } in entries {
            match draft {
                None => {
                    let stated = self.state(read, field, &cell);
                    home.extend(stated);
                }
                Some((of, nth, Part::Rest)) => {
                    let stated = self.state(read, field, &cell);
                    // A remark may say something about the home.
                    let (about_home, about_person): (Vec<Stated>, Vec<Stated>) =
                        stated.into_iter().partition(|stated| stated.field.kind == Kind::Home);
                    home.extend(about_home);
                    merge(&mut people[of].1[nth].stated, about_person);
                }
                Some((_, _, Part::Nobody)) => {
                    self.report.left_out(cell.at, &cell.title, Why::Nobody, &cell.raw);
                }
                Some((of, nth, Part::Name { name, of: several })) => {
                    self.report.used(&cell.at);
                    if several > 1 {
                        self.report.note(cell.line(Treatment::Corrected, Why::SeveralPeople, name.clone()));
                    }
                    let stated =
                        Stated { field, part: String::new(), value: name.into(), cell: Some(cell.at) };
                    people[of].1[nth].stated.insert(0, stated);
                }
                Some((of, nth, Part::Phone { meaning, role, shared, first })) => {
                    self.phone(field, &cell, &meaning, shared, first);
                    let draft = &mut people[of].1[nth];
                    add(&mut draft.stated, field, &meaning, &cell.at);
                    if let Some(role) = role {
                        draft.stated.extend(role_of(role, None));
                    }
                }
            }
        }
        self.leftovers(read, row);
        self.add_home(index, home);
        for (who, drafts) in people {
            let role = drafts.first().and_then(|first| {
                first.stated.iter().find(|stated| stated.field.spec.path == "role").cloned()
            });
            let names = drafts.iter().filter(|draft| draft.name.is_some()).count();
            for (nth, mut draft) in drafts.into_iter().enumerate() {
                let says = draft.stated.iter().any(|stated| stated.field.spec.path == "role");
                if !says && !draft.stated.is_empty() {
                    // Whoever shares the cell of a name shares what they are.
                    let shared = role.clone().filter(|_| nth > 0 && names > 1);
                    draft.stated.extend(who.role.and_then(|code| role_of(code, None)).or(shared));
                }
                self.add_person(index, draft);
            }
        }
    }

    /// The other cells of a row: columns nobody wants, and those nobody knows.
    fn leftovers(&mut self, read: &Read<'_>, row: u32) {
        let sheet = read.table.sheet;
        for column in &read.columns {
            let Some(raw) = sheet.cells.get(&(row, column.col)) else { continue };
            let at = sheet.at(row, column.col);
            match column.target() {
                Some(Target::Ignore) => self.report.ignored(at, &column.title),
                Some(Target::Key | Target::Location(LocationPart::Floor)) => self.report.used(&at),
                Some(Target::Location(_)) => self.report.used(&at),
                None | Some(Target::Ask) if column.title.is_empty() => {
                    self.report.left_out(at, "", Why::Untitled, raw)
                }
                None | Some(Target::Ask) => self.report.left_out(at, &column.title, Why::UnknownColumn, raw),
                Some(Target::Grid | Target::Field(_)) => {}
            }
        }
    }

    fn phone(&mut self, field: FieldTarget, cell: &Cell, meaning: &Meaning, shared: bool, first: bool) {
        self.report.used(&cell.at);
        if shared && first {
            self.report.note(cell.line(Treatment::Guessed, Why::WhoseNumber, convert::show(&meaning.value)));
        }
        if first {
            let reading = if names::people_of(&cell.raw.text()).is_some() {
                let became = convert::show(&meaning.value);
                self.report.note(cell.line(Treatment::Corrected, Why::SeveralPeople, became));
                return;
            } else {
                convert::read(&field, &cell.raw, self.mapping, false)
            };
            let became = reading.shown();
            for (treatment, why) in reading.notes {
                self.report.note(cell.line(treatment, why, became.clone()));
            }
        }
    }

    /// Reads one cell into what it states, and reports what was done to it.
    fn state(&mut self, read: &Read<'_>, field: FieldTarget, cell: &Cell) -> Vec<Stated> {
        let reading = convert::read(&field, &cell.raw, self.mapping, read.table.sheet.since_1904);
        let became = reading.shown();
        if reading.values.is_empty() {
            let error = reading.problems.first().map_or(CellError::Broken, |(_, error)| *error);
            self.report.left_out(cell.at.clone(), &cell.title, Why::Unreadable(error), &cell.raw);
            return Vec::new();
        }
        let phone = field.spec.path == "phone/*/number";
        for (treatment, why) in reading.notes.into_iter().filter(|_| !phone) {
            self.report.note(cell.line(treatment, why, became.clone()));
        }
        for (piece, error) in reading.problems {
            let line = cell.line(Treatment::LeftOut, Why::Unreadable(error), String::new());
            self.report.note(Line { was: piece, ..line });
        }
        if phone {
            // Its numbers were taken already; only what is none was left to say.
            return Vec::new();
        }
        self.report.used(&cell.at);
        let mut stated = Vec::new();
        for meaning in &reading.values {
            add(&mut stated, field, meaning, &cell.at);
        }
        if field.spec.path == "remark" {
            let remark = cell.raw.text();
            for rule in self.mapping.remarks.iter().filter(|rule| remark.contains(&rule.contains)) {
                for (field, value) in &rule.set {
                    let became = format!("{}: {}", field.name(), convert::show(value));
                    self.report.note(cell.line(Treatment::Guessed, Why::FromRemark, became));
                    let part = if field.set().is_some() { rule.contains.clone() } else { String::new() };
                    stated.push(Stated {
                        field: *field,
                        part,
                        value: value.clone(),
                        cell: Some(cell.at.clone()),
                    });
                }
            }
        }
        stated
    }
}
