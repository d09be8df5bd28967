//! From sheets to what the register says: homes, people, places and grids, each value with the cell it came from.
//!
//! Nothing here knows what the office has already; that comparison is [`super::apply`].

use std::collections::{BTreeMap, HashMap};

use butler_core::model::directory::{Grid, Place};
use butler_core::model::fields::group;
use butler_core::model::phone::halfwidth;
use butler_core::model::resident::resident_id;
use butler_core::model::room::{Location, RoomError, ascii};
use butler_core::model::{CommunityId, Edit, GridId, HomeEdit, Kind, PlaceId, RecordId, Value, derived};

use super::header::{self, Column, Table};
use super::mapping::{FieldTarget, LocationPart, Mapping, Rows, Target};
use super::report::{Line, Report, Treatment, Why};
use super::workbook::{CellRef, Raw, Sheet};
use super::{CellError, ImportError, convert};

/// What a register says, before it is compared with what the office has.
#[derive(Debug, Clone, PartialEq)]
pub struct ImportPlan {
    /// Whose register it is.
    pub community: CommunityId,
    /// Its homes, in the order of the register.
    pub homes: Vec<PlannedHome>,
    /// The grids it names.
    pub grids: Vec<Grid>,
    /// Buildings and units with their grids, in the order of the register; public spots come from elsewhere.
    pub places: Vec<Place>,
    /// What became of every cell.
    pub report: Report,
}

/// A home of the register.
#[derive(Debug, Clone, PartialEq)]
pub struct PlannedHome {
    /// Its identity.
    pub id: RecordId,
    /// Where it is.
    pub location: Location,
    /// The place it is pinned to.
    pub place: PlaceId,
    /// The row it first stands in.
    pub row: CellRef,
    /// The cell that names its grid, if one does.
    pub grid: Option<CellRef>,
    /// What is said about it.
    pub stated: Vec<Stated>,
    /// Its people.
    pub residents: Vec<PlannedResident>,
}

/// A person of the register.
#[derive(Debug, Clone, PartialEq)]
pub struct PlannedResident {
    /// The identity a new person gets; an existing one may be matched instead.
    pub id: RecordId,
    /// The name, if the register has it.
    pub name: Option<String>,
    /// The numbers, in their stored form.
    pub phones: Vec<String>,
    /// What is said about the person.
    pub stated: Vec<Stated>,
}

/// One value the register states.
#[derive(Debug, Clone, PartialEq)]
pub struct Stated {
    /// The field.
    pub field: FieldTarget,
    /// What names the part of a set the field belongs to (the phone number, the space); empty for a scalar.
    pub part: String,
    /// The value, stored form.
    pub value: Value,
    /// The cell; `None` for a default of the mapping.
    pub cell: Option<CellRef>,
}

impl Stated {
    /// The concrete path in `record`.
    #[must_use]
    pub fn path(&self, record: RecordId) -> String {
        match self.member(record) {
            None => self.field.spec.path.to_owned(),
            Some(member) => {
                self.field.spec.path.replace(&format!("{}/*", self.field.set().unwrap_or_default()), &member)
            }
        }
    }

    /// The member of the set in `record`.
    #[must_use]
    pub fn member(&self, record: RecordId) -> Option<String> {
        let set = self.field.set()?;
        Some(format!("{set}/{}", derived::part(record, set, &self.part)))
    }
}

impl PlannedHome {
    /// The first edit of a new home, before what is [stated](Self::stated).
    ///
    /// # Errors
    /// [`RoomError`] when the location does not fit into a place's id; the plan has checked that it does.
    pub fn origin(&self, community: &CommunityId) -> Result<Edit, RoomError> {
        Ok(HomeEdit::at(community, &self.location)?.into())
    }
}

/// Reads what the sheets say.
pub(super) fn plan(
    community: &CommunityId,
    sheets: &[Sheet],
    mapping: &Mapping,
) -> Result<ImportPlan, ImportError> {
    let mut reader = Reader {
        community,
        mapping,
        report: Report::default(),
        homes: Vec::new(),
        index: HashMap::new(),
        buildings: BTreeMap::new(),
    };
    let tables = header::tables(sheets, mapping, &mut reader.report)?;
    for table in &tables {
        reader.table(table);
    }
    if reader.homes.is_empty() {
        return Err(ImportError::Empty);
    }
    let (grids, places) = reader.places();
    reader.report.close(sheets);
    let homes = reader.homes.into_iter().map(|home| home.planned).collect();
    Ok(ImportPlan { community: community.clone(), homes, grids, places, report: reader.report })
}

struct Reader<'a> {
    community: &'a CommunityId,
    mapping: &'a Mapping,
    report: Report,
    homes: Vec<HomeRow>,
    index: HashMap<RecordId, usize>,
    /// What the register calls a building: normalised → as typed.
    buildings: BTreeMap<String, String>,
}

struct HomeRow {
    planned: PlannedHome,
    grid: Option<Filled>,
}

/// What a row says in a column that may be left blank, and the cell that says it.
struct Filled {
    text: String,
    cell: Option<Cell>,
}

/// A cell as it shows in a row, with its column's title.
#[derive(Clone)]
struct Cell {
    at: CellRef,
    title: String,
    raw: Raw,
}

/// What stood last in the columns a blank cell continues.
#[derive(Default)]
struct Above {
    building: Option<Cell>,
    unit: Option<Cell>,
    grid: Option<Cell>,
}

impl Reader<'_> {
    fn table(&mut self, table: &Table<'_>) {
        let mut above = Above::default();
        for row in table.rows() {
            self.row(table, row, &mut above);
        }
    }

    fn row(&mut self, table: &Table<'_>, row: u32, above: &mut Above) {
        let own: Vec<(u32, &Raw)> = table.own_cells(row).collect();
        let leave_out = |report: &mut Report, why: &Why| {
            for (col, raw) in &own {
                let title = table.title(*col).unwrap_or_default();
                report.left_out(table.sheet.at(row, *col), title, why.clone(), raw);
            }
        };
        if table.is_header(row) {
            return leave_out(&mut self.report, &Why::RepeatedTitles);
        }
        let first = own.first().map(|(_, raw)| raw.text()).unwrap_or_default();
        if ["合计", "总计", "小计", "total"].iter().any(|word| first.to_lowercase().starts_with(word)) {
            return leave_out(&mut self.report, &Why::Totals);
        }
        let cells = |part| table.column(&Target::Location(part)).and_then(|column| cell(table, column, row));
        let (room, whole) = (cells(LocationPart::Room), cells(LocationPart::Whole));
        let Some(key) = whole.as_ref().or(room.as_ref()) else {
            return leave_out(&mut self.report, &Why::NotAHome);
        };

        let facts = self.mapping.sheets.get(&*table.sheet.name);
        let before = above.building.as_ref().map(|cell| cell.raw.text());
        let building = self.filled(
            table,
            row,
            &Target::Location(LocationPart::Building),
            facts.and_then(|facts| facts.building.as_ref()),
            &mut above.building,
        );
        if before != above.building.as_ref().map(|cell| cell.raw.text()) {
            // A unit ends with its building.
            above.unit = None;
        }
        let unit = self.filled(
            table,
            row,
            &Target::Location(LocationPart::Unit),
            facts.and_then(|facts| facts.unit.as_ref()),
            &mut above.unit,
        );

        let text = |part: &Option<Filled>| part.as_ref().map(|part| part.text.clone()).unwrap_or_default();
        let location = match &whole {
            Some(whole) => Location::parse_within(&text(&building), &text(&unit), &whole.raw.text()),
            None => Location::new(&text(&building), &text(&unit), &key.raw.text()),
        };
        let placed = location.and_then(|location| {
            let place = location.places(self.community)?.pop().ok_or(RoomError::BuildingMissing)?;
            Ok((location, place))
        });
        let (location, place) = match placed {
            Ok(placed) => placed,
            Err(error) => {
                return leave_out(&mut self.report, &Why::Unreadable(CellError::NotALocation(error)));
            }
        };
        let parts =
            [building.as_ref(), unit.as_ref()].into_iter().flatten().filter_map(|part| part.cell.as_ref());
        let located: Vec<CellRef> =
            parts.chain(room.as_ref()).chain(whole.as_ref()).map(|cell| cell.at.clone()).collect();
        if let Some(building) = &building {
            self.buildings.entry(location.building().to_owned()).or_insert_with(|| building.text.clone());
        }

        let id = location.home_id(self.community);
        let known = self.index.get(&id).copied();
        if let (Some(known), Rows::Homes) = (known, self.mapping.rows) {
            let row = self.homes[known].planned.row.row + 1;
            return leave_out(&mut self.report, &Why::Duplicate { row });
        }
        located.iter().for_each(|cell| self.report.used(cell));
        let said = facts.and_then(|facts| facts.grid.as_ref());
        let grid = self.filled(table, row, &Target::Grid, said, &mut above.grid);

        let mut home = Vec::new();
        let mut person = Vec::new();
        for column in &table.columns {
            match &column.target {
                Some(Target::Field(field)) => {
                    let Some(cell) = cell(table, column, row) else { continue };
                    // One sum over several homes is not the sum of each.
                    let shared = cell.at.row != row && field.spec.group == group::FINANCE;
                    if !shared {
                        self.state(*field, &cell, &mut home, &mut person);
                    }
                }
                Some(Target::Ignore) => {
                    if table.sheet.cells.contains_key(&(row, column.col)) {
                        self.report.ignored(table.sheet.at(row, column.col), &column.title);
                    }
                }
                None => {
                    if let Some(raw) = table.sheet.cells.get(&(row, column.col)) {
                        let cell = table.sheet.at(row, column.col);
                        self.report.left_out(cell, &column.title, Why::UnknownColumn, raw);
                    }
                }
                Some(Target::Location(_) | Target::Grid) => {}
            }
        }
        let index = known.unwrap_or_else(|| {
            let row = table.sheet.at(row, key.at.col);
            let said = grid.as_ref().and_then(|grid| grid.cell.as_ref()).map(|cell| cell.at.clone());
            let (stated, residents) = (Vec::new(), Vec::new());
            let planned = PlannedHome { id, location, place, row, grid: said, stated, residents };
            self.homes.push(HomeRow { planned, grid });
            self.index.insert(id, self.homes.len() - 1);
            self.homes.len() - 1
        });
        self.add(index, home, person);
    }

    /// What a row says in a column that may be left blank: its cell, what the sheet's name says, or what stands
    /// above.
    fn filled(
        &mut self,
        table: &Table<'_>,
        row: u32,
        target: &Target,
        said: Option<&String>,
        last: &mut Option<Cell>,
    ) -> Option<Filled> {
        let column = table.column(target);
        if let Some(own) = column.and_then(|column| cell(table, column, row)) {
            *last = Some(own.clone());
            return Some(Filled { text: own.raw.text(), cell: Some(own) });
        }
        if let Some(said) = said {
            return Some(Filled { text: said.clone(), cell: None });
        }
        let (column, last) = (column?, last.clone()?);
        self.report.note(Line {
            cell: table.sheet.at(row, column.col),
            title: column.title.clone(),
            treatment: Treatment::Guessed,
            why: Why::FromAbove,
            was: String::new(),
            became: last.raw.text(),
        });
        Some(Filled { text: last.raw.text(), cell: Some(last) })
    }

    /// Reads one cell into what it states about home and person, and reports what was done to it.
    fn state(&mut self, field: FieldTarget, cell: &Cell, home: &mut Vec<Stated>, person: &mut Vec<Stated>) {
        let reading = convert::read(&field, &cell.raw, self.mapping);
        let became = reading.shown();
        let line = |treatment, why, was: String, became: String| Line {
            cell: cell.at.clone(),
            title: cell.title.clone(),
            treatment,
            why,
            was,
            became,
        };
        if reading.values.is_empty() {
            let error = reading.problems.first().map_or(CellError::Broken, |(_, error)| *error);
            self.report.left_out(cell.at.clone(), &cell.title, Why::Unreadable(error), &cell.raw);
            return;
        }
        for (treatment, why) in reading.notes {
            self.report.note(line(treatment, why, cell.raw.text(), became.clone()));
        }
        for (piece, error) in reading.problems {
            self.report.note(line(Treatment::LeftOut, Why::Unreadable(error), piece, String::new()));
        }
        self.report.used(&cell.at);

        let mut add = |field: FieldTarget, part: &str, value: Value| {
            let stated = Stated { field, part: part.to_owned(), value, cell: Some(cell.at.clone()) };
            if field.kind == Kind::Home { home.push(stated) } else { person.push(stated) }
        };
        for meaning in &reading.values {
            let part = if field.set().is_some() { convert::show(&meaning.value) } else { String::new() };
            add(field, &part, meaning.value.clone());
            for (leaf, value) in &meaning.beside {
                if let Some(beside) = field.beside(leaf) {
                    add(beside, &part, value.clone());
                }
            }
        }
        if field.spec.path == "remark" {
            let remark = cell.raw.text();
            for rule in self.mapping.remarks.iter().filter(|rule| remark.contains(&rule.contains)) {
                for (field, value) in &rule.set {
                    let became = format!("{}: {}", field.name(), convert::show(value));
                    self.report.note(line(Treatment::Guessed, Why::FromRemark, remark.clone(), became));
                    let part = if field.set().is_some() { rule.contains.as_str() } else { "" };
                    add(*field, part, value.clone());
                }
            }
        }
    }

    /// Adds what a row states to its home.
    fn add(&mut self, index: usize, home: Vec<Stated>, mut person: Vec<Stated>) {
        let HomeRow { planned, .. } = &mut self.homes[index];
        for stated in home {
            let same = |earlier: &&Stated| earlier.field == stated.field && earlier.part == stated.part;
            match planned.stated.iter().find(same) {
                None => planned.stated.push(stated),
                Some(earlier) if earlier.value == stated.value => {}
                // Two rows of a household disagree about their home, or a remark about a cell of its own.
                Some(earlier) => {
                    let (Some(cell), Some(first)) = (stated.cell, &earlier.cell) else { continue };
                    self.report.note(Line {
                        cell,
                        title: stated.field.spec.zh.to_owned(),
                        treatment: Treatment::LeftOut,
                        why: Why::Contradicts { row: first.row + 1 },
                        was: convert::show(&stated.value),
                        became: String::new(),
                    });
                }
            }
        }
        for (field, value) in &self.mapping.defaults {
            let default = |part: &str| Stated {
                field: *field,
                part: part.to_owned(),
                value: value.clone(),
                cell: None,
            };
            let list = if field.kind == Kind::Home { &mut planned.stated } else { &mut person };
            let wanted = field.kind == Kind::Home || !list.is_empty();
            if wanted && !list.iter().any(|stated| stated.field == *field) {
                list.push(default(if field.set().is_some() { "default" } else { "" }));
            }
        }
        if person.is_empty() {
            return;
        }
        let texts = |path: &str| -> Vec<String> {
            let of = person.iter().filter(|stated| stated.field.spec.path == path);
            of.filter_map(|stated| stated.value.as_text().map(str::to_owned)).collect()
        };
        let (name, phones) = (texts("name").into_iter().next(), texts("phone/*/number"));
        let first = phones.first().map(String::as_str).unwrap_or_default();
        let id = resident_id(planned.id, name.as_deref().unwrap_or_default(), first);
        match planned.residents.iter_mut().find(|resident| resident.id == id) {
            // The same person in two rows: what the second adds is kept.
            Some(resident) => {
                for stated in person {
                    let same =
                        |earlier: &Stated| earlier.field == stated.field && earlier.part == stated.part;
                    if !resident.stated.iter().any(same) {
                        resident.stated.push(stated);
                    }
                }
            }
            None => planned.residents.push(PlannedResident { id, name, phones, stated: person }),
        }
    }

    /// Grids, buildings and units. A unit lies in the grid most of its homes name.
    fn places(&mut self) -> (Vec<Grid>, Vec<Place>) {
        let mut votes: BTreeMap<&PlaceId, BTreeMap<String, usize>> = BTreeMap::new();
        for home in &self.homes {
            let ballot = votes.entry(&home.planned.place).or_default();
            if let Some(grid) = &home.grid {
                *ballot.entry(grid.text.clone()).or_default() += 1;
            }
        }
        let chosen: BTreeMap<PlaceId, Option<String>> = votes
            .into_iter()
            .map(|(place, ballot)| {
                let most = ballot.into_iter().max_by(|a, b| (a.1, &b.0).cmp(&(b.1, &a.0)));
                (place.clone(), most.map(|(name, _)| name))
            })
            .collect();

        let mut grids: Vec<Grid> = Vec::new();
        let mut places: Vec<Place> = Vec::new();
        let mut index: HashMap<PlaceId, usize> = HashMap::new();
        for HomeRow { planned, grid } in &self.homes {
            let name = chosen.get(&planned.place).and_then(Option::as_deref);
            let grid_id = name.and_then(|name| grid_id(self.community, name));
            if let Some(Filled { text, cell: Some(cell) }) = grid {
                if Some(text.as_str()) == name && grid_id.is_some() {
                    self.report.used(&cell.at);
                } else {
                    self.report.left_out(cell.at.clone(), &cell.title, Why::OtherGrid, &cell.raw);
                }
            }
            if let (Some(id), Some(name)) = (&grid_id, name)
                && !grids.iter().any(|grid| grid.id == *id)
            {
                grids.push(Grid { id: id.clone(), name: name.to_owned() });
            }
            let Ok(ids) = planned.location.places(self.community) else { continue };
            let mut parent = None;
            for (depth, id) in ids.into_iter().enumerate() {
                let at = *index.entry(id.clone()).or_insert_with(|| {
                    let name = self.place_name(&planned.location, depth);
                    let walk = i64::try_from(places.len()).unwrap_or(i64::MAX).saturating_mul(10);
                    let parent = parent.clone();
                    places.push(Place { id: id.clone(), name, parent, grids: Vec::new(), walk, code: None });
                    places.len() - 1
                });
                if let Some(grid) = grid_id.clone().filter(|grid| !places[at].grids.contains(grid)) {
                    places[at].grids.push(grid);
                }
                parent = Some(id);
            }
        }
        (grids, places)
    }

    /// As the register calls it: `3栋`, `3栋2单元`.
    fn place_name(&self, location: &Location, depth: usize) -> String {
        let typed = self.buildings.get(location.building());
        let building = match typed.map(|typed| halfwidth(typed).trim().to_owned()) {
            Some(typed) if typed.chars().any(|c| !c.is_ascii_alphanumeric()) => typed,
            _ if location.building().is_empty() => self.community.as_str().to_owned(),
            _ => format!("{}栋", location.building()),
        };
        if depth == 0 { building } else { format!("{building}{}单元", location.unit()) }
    }
}

/// What shows in a column of a row.
fn cell(table: &Table<'_>, column: &Column, row: u32) -> Option<Cell> {
    let ((at_row, at_col), raw) = table.sheet.shown(row, column.col)?;
    // A title merged down into the table is no content.
    (at_row > table.last_title).then(|| Cell {
        at: table.sheet.at(at_row, at_col),
        title: column.title.clone(),
        raw: raw.clone(),
    })
}

/// `1网格` → `jinse/grid-1`.
fn grid_id(community: &CommunityId, name: &str) -> Option<GridId> {
    let name = halfwidth(name);
    let name = name.trim().trim_start_matches('第').trim_end_matches(['号', '网', '格']);
    let id = if name.is_empty() { return None } else { ascii(name) };
    GridId::new(format!("{community}/grid-{id}")).ok()
}
