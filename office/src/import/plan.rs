//! From sheets to what the register says: homes, people, places and grids, each value with the cell it came from.
//!
//! Nothing here knows what the office has already; that comparison is [`super::compare`].

use std::collections::{BTreeMap, BTreeSet, HashMap};

use butler_core::model::directory::{Grid, Place};
use butler_core::model::fields::group;
use butler_core::model::phone::halfwidth;
use butler_core::model::resident::resident_id;
use butler_core::model::room::{Location, RoomError, ascii};
use butler_core::model::{CommunityId, Edit, GridId, HomeEdit, Kind, PlaceId, RecordId, Value, derived};

use super::cells::{CellRef, Raw, Sheet};
use super::column::{self, Column};
use super::convert::{self, Meaning};
use super::join;
use super::mapping::{FieldTarget, LocationPart, Mapping, Rows, Target, Who};
use super::names::{self, name_key};
use super::proposal::{Proposal, Question};
use super::report::{Line, Report, Treatment, Why};
use super::shape::{Shape, shapes};
use super::spot::{self, Cell, Filled, Found, Locator, Spot, cell};
use super::table::{self, Table};
use super::{CellError, ImportError};

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
    /// What the file was taken for, and what a person has to say about it.
    pub proposal: Proposal,
    /// Rows about homes or people.
    pub rows: usize,
    /// Of them, those nothing was taken from.
    pub lost: usize,
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
    /// The cell that names it first.
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

impl PlannedResident {
    /// The role the register gives, if it does.
    #[must_use]
    pub fn role(&self) -> Option<&str> {
        let role = self.stated.iter().find(|stated| stated.field.spec.path == "role")?;
        role.value.as_text()
    }
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
    /// The cell; `None` for a default of the mapping, and for what a column's title says.
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

/// A table, its columns, and what each of its rows is.
pub(super) struct Read<'a> {
    pub table: Table<'a>,
    pub columns: Vec<Column>,
    pub spots: Vec<(u32, Spot)>,
    /// Whether it says where homes are, itself or by another's numbers.
    pub register: bool,
    pub rows: Rows,
}

impl Read<'_> {
    /// Whether the table or what stands around it says which building its rows are in.
    pub fn says_building(&self) -> bool {
        let told = |spot: &Spot| matches!(spot, Spot::Home(found) if !found.location.building().is_empty());
        self.spots.iter().any(|(_, spot)| told(spot))
    }
}

/// Reads what the sheets say.
pub(super) fn plan(
    community: &CommunityId,
    sheets: &[Sheet],
    mapping: &Mapping,
) -> Result<ImportPlan, ImportError> {
    let mut report = Report::default();
    let mut reads: Vec<Read<'_>> = Vec::new();
    let mut proposal = Proposal::default();
    for sheet in sheets {
        report.enter(sheet);
        let ignored = mapping.sheets.get(&*sheet.name).is_some_and(|facts| facts.ignore);
        let aside = match sheet {
            Sheet { damaged: true, .. } => Some(Why::DamagedSheet),
            Sheet { hidden: true, .. } if !mapping.hidden => Some(Why::HiddenSheet),
            _ if ignored => Some(Why::NoTable),
            _ => None,
        };
        if let Some(why) = aside {
            proposal.left_out(sheet, &why);
            report.set_aside(sheet, why);
            continue;
        }
        for row in sheet.hidden_rows.iter().filter(|_| !mapping.hidden) {
            for ((row, col), raw) in sheet.cells.range((*row, 0)..=(*row, u32::MAX)) {
                report.left_out(sheet.at(*row, *col), "", Why::HiddenRow, raw);
            }
        }
        for table in table::find(sheet, mapping) {
            let columns = column::recognise(&table, mapping);
            let register = column::is_register(&columns, &table.facts);
            reads.push(Read { table, columns, spots: Vec::new(), register, rows: Rows::Homes });
        }
    }
    locate(&mut reads, community, mapping, &mut proposal);
    if !reads.iter().any(|read| read.register) {
        return Err(ImportError::NoRegister(seen(sheets, &reads)));
    }
    let mut reader = Reader {
        community,
        mapping,
        report,
        homes: Vec::new(),
        index: HashMap::new(),
        buildings: BTreeMap::new(),
        rows: 0,
        lost: 0,
    };
    for sheet in sheets.iter().filter(|sheet| !sheet.damaged && (!sheet.hidden || mapping.hidden)) {
        reader.around(sheet, &reads);
    }
    for read in reads.iter().filter(|read| read.register) {
        reader.table(read);
    }
    if reader.homes.is_empty() && reader.lost == 0 {
        return Err(ImportError::Empty);
    }
    let (grids, places) = reader.places();
    reader.report.close(sheets);
    let hidden: usize = sheets
        .iter()
        .filter(|sheet| !sheet.hidden && !mapping.hidden)
        .map(|sheet| {
            sheet
                .hidden_rows
                .iter()
                .filter(|row| sheet.cells.range((**row, 0)..=(**row, u32::MAX)).next().is_some())
                .count()
        })
        .sum();
    let (rows, lost) = (reader.rows + hidden, reader.lost + hidden);
    proposal.fill(&reads, mapping);
    let homes = reader.homes.into_iter().map(|home| home.planned).collect();
    Ok(ImportPlan {
        community: community.clone(),
        homes,
        grids,
        places,
        report: reader.report,
        proposal,
        rows,
        lost,
    })
}

/// Says of every row where it is, of every table what its rows are, and joins what stands on two sheets.
fn locate(reads: &mut [Read<'_>], community: &CommunityId, mapping: &Mapping, proposal: &mut Proposal) {
    let mut values = Vec::new();
    for read in reads.iter().filter(|read| read.register) {
        let parts = [LocationPart::Whole, LocationPart::Building].map(Target::Location);
        let column =
            parts.iter().find_map(|part| read.columns.iter().find(|column| column.target() == Some(part)));
        let Some(column) = column else { continue };
        for row in &read.table.rows {
            let own = read.table.sheet.cells.get(&(*row, column.col));
            let looks = |raw: &&Raw| {
                let found = shapes(raw);
                found.contains(&Shape::Address) || found.contains(&Shape::Building)
            };
            values.extend(own.filter(looks).map(Raw::text));
        }
    }
    let prefixes = spot::community_prefix(&values, mapping);
    let locator = Locator { community, prefixes: &prefixes };
    for read in reads.iter_mut().filter(|read| read.register) {
        read.spots = locator.spots(&read.table, &read.columns);
        read.rows = mapping.rows.unwrap_or_else(|| rows(read));
    }
    proposal.prefixes.clone_from(&prefixes);
    join::join(reads, mapping);
    unclear(reads, mapping, proposal);
}

/// What the rows of a table are: people, where a room is written again and again, row after row.
fn rows(read: &Read<'_>) -> Rows {
    let homes: Vec<(&Found, String)> =
        homes_of(read).map(|(_, found)| (found, found.key.raw.text())).collect();
    let again = homes
        .windows(2)
        .filter(|pair| pair[0].0.location == pair[1].0.location && pair[0].1 == pair[1].1)
        .count();
    if again * 20 >= homes.len().max(1) && again > 0 { Rows::People } else { Rows::Homes }
}

fn homes_of<'r>(read: &'r Read<'_>) -> impl Iterator<Item = (u32, &'r Found)> {
    read.spots.iter().filter_map(|(row, spot)| match spot {
        Spot::Home(found) => Some((*row, &**found)),
        _ => None,
    })
}

/// Tables whose room numbers begin again and again: what tells those rooms apart is missing, and taking the first of
/// each for all would lose homes in silence.
fn unclear(reads: &mut [Read<'_>], mapping: &Mapping, proposal: &mut Proposal) {
    let tells = |read: &Read<'_>| {
        let of = |path: &str| {
            read.columns.iter().any(
                |column| matches!(column.target(), Some(Target::Field(field)) if field.spec.path == path),
            )
        };
        of("role") || of("relation")
    };
    let mut unclear: BTreeSet<usize> = BTreeSet::new();
    for (at, read) in
        reads.iter().enumerate().filter(|(_, read)| read.register && !tells(read) && mapping.rows.is_none())
    {
        let mut seen: BTreeMap<String, u32> = BTreeMap::new();
        let (mut last, mut again, mut all) = (String::new(), 0_usize, 0_usize);
        let mut example = None;
        for (row, found) in homes_of(read) {
            let home = found.location.canonical();
            all += 1;
            match seen.get(&home) {
                Some(first) if last != home => {
                    again += 1;
                    example.get_or_insert((*first, row, found.key.at.clone()));
                }
                Some(_) => {}
                None => {
                    seen.insert(home.clone(), row);
                }
            }
            last = home;
        }
        if let Some((first, second, key)) = example.filter(|_| again >= 2 && again * 20 >= all) {
            proposal.questions.push(Question::PlaceUnclear {
                table: read.table.place(),
                building: !read.says_building(),
                first: CellRef { row: first, ..key.clone() },
                second: CellRef { row: second, ..key },
                times: again,
            });
            unclear.insert(at);
        }
    }
    // Several sheets without a building whose rooms are the same: which building each is, nobody said.
    let bare: Vec<usize> = (0..reads.len())
        .filter(|at| {
            reads[*at].register && !reads[*at].says_building() && homes_of(&reads[*at]).next().is_some()
        })
        .collect();
    for (nth, at) in bare.iter().enumerate() {
        let own: BTreeMap<String, CellRef> = homes_of(&reads[*at])
            .map(|(_, found)| (found.location.canonical(), found.key.at.clone()))
            .collect();
        for other in &bare[nth + 1..] {
            let strangers = |found: &Found| {
                let other_sheet = own.get(&found.location.canonical());
                other_sheet
                    .filter(|cell| !same_people(&reads[*at], cell.row, &reads[*other], found.key.at.row))
                    .cloned()
            };
            let shared: Vec<(CellRef, CellRef)> = homes_of(&reads[*other])
                .filter_map(|(_, found)| Some((strangers(found)?, found.key.at.clone())))
                .collect();
            let Some((first, second)) = shared.first().cloned() else { continue };
            if reads[*at].table.sheet.name == reads[*other].table.sheet.name && shared.len() < 2 {
                continue;
            }
            if !unclear.contains(at) || !unclear.contains(other) {
                let table = format!("{}、{}", reads[*at].table.place(), reads[*other].table.place());
                let times = shared.len();
                proposal.questions.push(Question::PlaceUnclear {
                    table,
                    building: true,
                    first,
                    second,
                    times,
                });
            }
            unclear.extend([*at, *other]);
        }
    }
    for at in unclear {
        for (_, spot) in &mut reads[at].spots {
            if let Spot::Home(found) = spot {
                *spot = Spot::Refused(Why::PlaceUnclear, found.key.at.clone());
            } else if let Spot::More(_, cell) = spot {
                *spot = Spot::Refused(Why::PlaceUnclear, cell.clone());
            }
        }
    }
}

/// Whether two rows name the same people, or one of them nobody: homes on one sheet and people on another are no
/// contradiction.
fn same_people(one: &Read<'_>, row: u32, other: &Read<'_>, other_row: u32) -> bool {
    let names = |read: &Read<'_>, row: u32| -> BTreeSet<String> {
        let named = |column: &&Column| matches!(column.target(), Some(Target::Field(field)) if field.spec.path == "name");
        let cells = read
            .columns
            .iter()
            .filter(named)
            .filter_map(|column| read.table.sheet.cells.get(&(row, column.col)));
        cells.map(|raw| name_key(&raw.text())).collect()
    };
    let (one, other) = (names(one, row), names(other, other_row));
    one.is_empty() || other.is_empty() || !one.is_disjoint(&other)
}

/// What was seen of a file that is no register: sizes and titles, no content.
fn seen(sheets: &[Sheet], reads: &[Read<'_>]) -> Vec<String> {
    let line = |sheet: &Sheet| {
        let (rows, columns) = (sheet.rows().len(), sheet.columns().len());
        let state = match sheet {
            Sheet { damaged: true, .. } => "（读不出来）",
            Sheet { hidden: true, .. } => "（隐藏，没有读）",
            _ => "",
        };
        let titles: Vec<String> = reads
            .iter()
            .filter(|read| read.table.sheet.name == sheet.name && read.table.title_rows.is_some())
            .flat_map(|read| &read.columns)
            .filter(|column| !column.title.is_empty())
            .map(|column| match &column.aim {
                Some(aim) => format!("{}→{}", column.title, aim.words()),
                None => format!("{}→?", column.title),
            })
            .collect();
        let titles = if titles.is_empty() { "没有像标题的行".to_owned() } else { titles.join("，") };
        format!("  {}{state}: {rows} 行 × {columns} 列；{titles}", sheet.name)
    };
    sheets.iter().map(line).collect()
}

struct Reader<'a> {
    community: &'a CommunityId,
    mapping: &'a Mapping,
    report: Report,
    homes: Vec<HomeRow>,
    index: HashMap<RecordId, usize>,
    /// What the register calls a building: normalised → as typed.
    buildings: BTreeMap<String, String>,
    rows: usize,
    lost: usize,
}

struct HomeRow {
    planned: PlannedHome,
    grid: Option<Filled>,
    /// The table it first stands in.
    table: usize,
}

/// A person of a row, before it is known whether they stand in another row already.
#[derive(Default)]
struct Draft {
    name: Option<String>,
    phones: Vec<String>,
    stated: Vec<Stated>,
}

impl Reader<'_> {
    /// Accounts for the cells of a sheet outside its registers' rows.
    fn around(&mut self, sheet: &Sheet, reads: &[Read<'_>]) {
        let here: Vec<&Read<'_>> =
            reads.iter().filter(|read| read.register && std::ptr::eq(read.table.sheet, sheet)).collect();
        let first = here.iter().filter_map(|read| Some(read.table.title_rows?.0)).min();
        for ((row, col), raw) in &sheet.cells {
            let at = sheet.at(*row, *col);
            let titles = here.iter().filter(|read| {
                read.table.title_rows.is_some_and(|(first, last)| (first..=last).contains(row))
                    && (read.table.span.0..=read.table.span.1).contains(col)
            });
            if titles.count() > 0 {
                self.report.used(&at);
            } else if here.is_empty() {
                self.report.left_out(at, "", Why::NoTable, raw);
            } else if first.is_some_and(|first| *row < first) {
                self.report.left_out(at, "", Why::AboveTable, raw);
            }
        }
    }

    fn table(&mut self, read: &Read<'_>) {
        let mut last: Option<usize> = None;
        for (row, spot) in &read.spots {
            let about_somebody = !matches!(spot, Spot::Aside(_));
            self.rows += usize::from(about_somebody);
            let taken = match spot {
                Spot::Aside(why) => {
                    self.leave_out(read, *row, why);
                    true
                }
                Spot::Refused(why, cell) => {
                    self.refuse(read, *row, why, cell);
                    last = None;
                    false
                }
                Spot::Home(found) => match self.home(read, *row, found) {
                    Some(index) => {
                        last = Some(index);
                        true
                    }
                    None => {
                        last = None;
                        false
                    }
                },
                Spot::More(why, key) => match last {
                    Some(index) => {
                        self.more(read, *row, index, why, key);
                        true
                    }
                    None => {
                        let why = Why::WithRow { cell: key.clone() };
                        self.leave_out(read, *row, &why);
                        false
                    }
                },
            };
            self.lost += usize::from(!taken);
        }
    }

    fn leave_out(&mut self, read: &Read<'_>, row: u32, why: &Why) {
        for (col, raw) in read.table.own_cells(row) {
            let title = read.table.title(col).unwrap_or_default();
            self.report.left_out(read.table.sheet.at(row, col), title, why.clone(), raw);
        }
    }

    /// Leaves a row out because of one of its cells.
    fn refuse(&mut self, read: &Read<'_>, row: u32, why: &Why, cell: &CellRef) {
        let sheet = read.table.sheet;
        let broken = sheet.cells.get(&(cell.row, cell.col));
        let title = read.table.title(cell.col).unwrap_or_default();
        match broken {
            Some(raw) => self.report.left_out(cell.clone(), title, why.clone(), raw),
            None => self.report.left_out(cell.clone(), title, why.clone(), &Raw::Text(String::new())),
        }
        self.leave_out(read, row, &Why::WithRow { cell: cell.clone() });
    }

    fn home(&mut self, read: &Read<'_>, row: u32, found: &Found) -> Option<usize> {
        let id = found.location.home_id(self.community);
        let known = self.index.get(&id).copied();
        let (home, people) = self.row(read, row, known.map(|known| &self.homes[known].planned));
        if let Some(known) = known
            && self.is_slip(read, known, &people)
        {
            let of = self.homes[known].planned.row.clone();
            self.leave_out(read, row, &Why::Duplicate { of });
            return None;
        }
        if let Some(building) = &found.building {
            self.buildings.entry(found.location.building().to_owned()).or_insert_with(|| building.clone());
        }
        found.located.iter().for_each(|cell| self.report.used(cell));
        found.lines.iter().for_each(|line| self.report.note(line.clone()));
        let index = known.unwrap_or_else(|| {
            let grid = found.grid.as_ref().and_then(|grid| grid.cell.as_ref()).map(|cell| cell.at.clone());
            let planned = PlannedHome {
                id,
                location: found.location.clone(),
                place: found.place.clone(),
                row: CellRef { row, ..found.key.at.clone() },
                grid,
                stated: Vec::new(),
                residents: Vec::new(),
            };
            let table = std::ptr::from_ref(read).addr();
            self.homes.push(HomeRow { planned, grid: found.grid.clone(), table });
            self.index.insert(id, self.homes.len() - 1);
            self.homes.len() - 1
        });
        if let Some(grid) = found.grid.as_ref().filter(|_| known.is_some()) {
            // Said again of the same home.
            match &mut self.homes[index].grid {
                Some(said) if said.text == grid.text => {
                    if let Some(cell) = &grid.cell {
                        self.report.used(&cell.at);
                    }
                }
                Some(_) => {}
                none => *none = Some(grid.clone()),
            }
        }
        self.take(read, row, index, home, people);
        Some(index)
    }

    /// Whether a home that stands in an earlier row is a slip here: the rows are homes, and other people are named.
    fn is_slip(&self, read: &Read<'_>, known: usize, people: &[(Who, Vec<Draft>)]) -> bool {
        let home = &self.homes[known];
        if read.rows == Rows::People {
            return false;
        }
        let same_table = home.table == std::ptr::from_ref(read).addr();
        let drafts: Vec<&Draft> = people.iter().flat_map(|(_, drafts)| drafts).collect();
        if same_table {
            return true;
        }
        // Another table may say more about the home, about the same people, or about people of another kind.
        let keys: BTreeSet<String> = home
            .planned
            .residents
            .iter()
            .filter_map(|resident| resident.name.as_deref().map(name_key))
            .collect();
        let strangers = drafts
            .iter()
            .filter_map(|draft| draft.name.as_deref())
            .any(|name| !keys.contains(&name_key(name)));
        let other_kind = people.iter().all(|(who, _)| matches!(who.role, Some(role) if role != "owner"));
        strangers && !keys.is_empty() && !other_kind
    }

    /// Adds somebody more, or more about the home, from a row that belongs to the home above.
    fn more(&mut self, read: &Read<'_>, row: u32, index: usize, why: &Why, key: &CellRef) {
        let (home, people) = self.row(read, row, Some(&self.homes[index].planned));
        let named = |(_, drafts): &(Who, Vec<Draft>)| {
            drafts.iter().any(|draft| draft.name.is_some() || !draft.phones.is_empty())
        };
        if key.row == row && people.iter().any(named) {
            let became = self.homes[index].planned.location.display();
            let title = read.table.title(key.col).unwrap_or_default().to_owned();
            self.report.note(Line {
                cell: key.clone(),
                treatment: Treatment::Guessed,
                title,
                why: why.clone(),
                was: String::new(),
                became,
            });
        }
        self.take(read, row, index, home, people);
    }

    /// What a row states about its home and each of its people. Nothing is reported yet.
    fn row(
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
    fn take(
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

    /// Adds what a row states to its home.
    fn add_home(&mut self, index: usize, home: Vec<Stated>) {
        let HomeRow { planned, .. } = &mut self.homes[index];
        for stated in home {
            let same = |earlier: &&Stated| earlier.field == stated.field && earlier.part == stated.part;
            match planned.stated.iter().find(same) {
                None => planned.stated.push(stated),
                Some(earlier) if earlier.value == stated.value => {}
                // Two rows of a household disagree about their home, or a remark about a cell of its own.
                Some(earlier) => {
                    let (Some(cell), Some(of)) = (stated.cell, earlier.cell.clone()) else { continue };
                    self.report.note(Line {
                        cell,
                        title: stated.field.spec.zh.to_owned(),
                        treatment: Treatment::LeftOut,
                        why: Why::Contradicts { of },
                        was: convert::show(&stated.value),
                        became: String::new(),
                    });
                }
            }
        }
        for (field, value) in self.mapping.defaults.iter().filter(|(field, _)| field.kind == Kind::Home) {
            if !planned.stated.iter().any(|stated| stated.field == *field) {
                planned.stated.push(default(*field, value));
            }
        }
    }

    /// Adds a person to a home, or what a second row says to one who is there: the name tells, never the number.
    fn add_person(&mut self, index: usize, mut draft: Draft) {
        if draft.stated.is_empty() {
            return;
        }
        for (field, value) in self.mapping.defaults.iter().filter(|(field, _)| field.kind == Kind::Resident) {
            if !draft.stated.iter().any(|stated| stated.field == *field) {
                draft.stated.push(default(*field, value));
            }
        }
        let planned = &mut self.homes[index].planned;
        let Draft { name, phones, stated } = draft;
        let key = name.as_deref().map(name_key);
        let same = |resident: &&mut PlannedResident| match (&key, resident.name.as_deref().map(name_key)) {
            (Some(key), Some(other)) => *key == other,
            (None, None) => !phones.is_empty() && resident.phones == phones,
            _ => false,
        };
        if let Some(resident) = planned.residents.iter_mut().find(same) {
            resident.phones.extend(phones);
            merge(&mut resident.stated, stated);
            return;
        }
        let first = phones.first().map(String::as_str).unwrap_or_default();
        let called = name.as_deref().unwrap_or_default();
        let mut id = resident_id(planned.id, called, first);
        let mut nth = 2;
        while planned.residents.iter().any(|resident| resident.id == id) {
            id = resident_id(planned.id, called, &format!("{first}#{nth}"));
            nth += 1;
        }
        planned.residents.push(PlannedResident { id, name, phones, stated });
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
        for HomeRow { planned, grid, .. } in &self.homes {
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
                    let kind = if depth == 0 { Place::BUILDING } else { Place::UNIT };
                    let kind = Some(kind.to_owned());
                    places.push(Place { parent, walk, kind, ..Place::new(id.clone(), name) });
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

/// A cell about a home or a person, still to be taken in.
struct Entry {
    field: FieldTarget,
    cell: Cell,
    /// Which of the row's people it is about, and which of those who share their cells.
    draft: Option<(usize, usize, Part)>,
}

enum Part {
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

/// Adds one value with what stands beside it.
fn add(list: &mut Vec<Stated>, field: FieldTarget, meaning: &Meaning, cell: &CellRef) {
    let part = if field.set().is_some() { convert::show(&meaning.value) } else { String::new() };
    let state = |field: FieldTarget, value: &Value| Stated {
        field,
        part: part.clone(),
        value: value.clone(),
        cell: Some(cell.clone()),
    };
    let beside = meaning.beside.iter().filter_map(|(leaf, value)| Some(state(field.beside(leaf)?, value)));
    let all: Vec<Stated> = std::iter::once(state(field, &meaning.value)).chain(beside).collect();
    merge(list, all);
}

/// Adds what is not said yet; remarks are joined.
fn merge(list: &mut Vec<Stated>, more: Vec<Stated>) {
    for stated in more {
        let earlier =
            list.iter_mut().find(|earlier| earlier.field == stated.field && earlier.part == stated.part);
        match earlier {
            None => list.push(stated),
            Some(earlier) if stated.field.spec.path == "remark" => {
                let (Some(said), Some(new)) = (earlier.value.as_text(), stated.value.as_text()) else {
                    continue;
                };
                if said != new && !said.split('；').any(|said| said == new) {
                    earlier.value = format!("{said}；{new}").into();
                }
            }
            Some(_) => {}
        }
    }
}

/// The role a word or a title tells.
fn role_of(code: &str, cell: Option<CellRef>) -> Option<Stated> {
    let aim = Mapping::aim("resident.role").ok()?;
    let Target::Field(field) = aim.target else { return None };
    Some(Stated { field, part: String::new(), value: code.into(), cell })
}

fn default(field: FieldTarget, value: &Value) -> Stated {
    let part = if field.set().is_some() { "default" } else { "" };
    Stated { field, part: part.to_owned(), value: value.clone(), cell: None }
}

/// `1网格` → `jinse/grid-1`.
fn grid_id(community: &CommunityId, name: &str) -> Option<GridId> {
    let name = halfwidth(name);
    let name = name.trim().trim_start_matches('第').trim_end_matches(['号', '网', '格']);
    let id = if name.is_empty() { return None } else { ascii(name) };
    GridId::new(format!("{community}/grid-{id}")).ok()
}
