//! What becomes of a row: a home, more of the home above, or left out?

use std::collections::BTreeSet;

use super::super::cells::{CellRef, Raw, Sheet};
use super::super::mapping::{Rows, Who};
use super::super::names::name_key;
use super::super::report::{Line, Treatment, Why};
use super::super::spot::{Found, Spot};
use super::locate::Read;
use super::people::Draft;
use super::{HomeRow, PlannedHome, Reader};

impl Reader<'_> {
    /// Accounts for the cells of a sheet outside its registers' rows.
    pub(super) fn around(&mut self, sheet: &Sheet, reads: &[Read<'_>]) {
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

    pub(super) fn table(&mut self, read: &Read<'_>) {
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
}
