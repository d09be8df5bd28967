//! Where a sheet's table begins and what its columns are.

use super::ImportError;
use super::error::UnknownColumn;
use super::mapping::{LocationPart, Mapping, Target, Unknown};
use super::report::{Report, Why};
use super::workbook::{Raw, Sheet};

/// Rows in which column titles are looked for.
const TITLE_ROWS: u32 = 30;
/// Columns a table may have; what lies beyond is reported as untitled.
const COLUMNS: usize = 256;

/// A sheet's table: its titled columns, and the rows below.
pub(super) struct Table<'a> {
    pub sheet: &'a Sheet,
    pub columns: Vec<Column>,
    /// The lowest row of the titles.
    pub last_title: u32,
    first_title: u32,
}

/// A titled column.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Column {
    pub col: u32,
    pub title: String,
    /// What it is; `None` when nobody knows and the mapping says to go on.
    pub target: Option<Target>,
}

impl Table<'_> {
    /// The column of that target.
    pub fn column(&self, target: &Target) -> Option<&Column> {
        self.columns.iter().find(|column| column.target.as_ref() == Some(target))
    }

    /// The title of a column.
    pub fn title(&self, col: u32) -> Option<&str> {
        self.columns.iter().find(|column| column.col == col).map(|column| column.title.as_str())
    }

    /// The rows below the titles.
    pub fn rows(&self) -> Vec<u32> {
        // A row may hold nothing of its own but show what was merged into it: such a row is still no home,
        // because a room is never merged over several.
        self.sheet.rows().into_iter().filter(|row| *row > self.last_title).collect()
    }

    /// The cells a row holds itself, in titled columns or not.
    pub fn own_cells(&self, row: u32) -> impl Iterator<Item = (u32, &Raw)> {
        self.sheet.cells.range((row, 0)..=(row, u32::MAX)).map(|((_, col), raw)| (*col, raw))
    }

    /// Whether a row repeats the titles, as printed registers do on each page.
    pub fn is_header(&self, row: u32) -> bool {
        let same = |column: &&Column| {
            self.sheet.cells.get(&(row, column.col)).is_some_and(|raw| raw.text() == column.title)
        };
        self.columns.iter().filter(same).count() >= 3
    }
}

/// Finds the table of every sheet, and takes their cells into account.
pub(super) fn tables<'a>(
    sheets: &'a [Sheet],
    mapping: &Mapping,
    report: &mut Report,
) -> Result<Vec<Table<'a>>, ImportError> {
    let mut tables = Vec::new();
    let mut unknown = Vec::new();
    for sheet in sheets {
        report.enter(sheet);
        let ignored = mapping.sheets.get(&*sheet.name).is_some_and(|facts| facts.ignore);
        let Some(table) = find(sheet, mapping).filter(|_| !ignored) else {
            for ((row, col), raw) in &sheet.cells {
                report.left_out(sheet.at(*row, *col), "", Why::NoTable, raw);
            }
            continue;
        };
        check_doubles(&table)?;
        let filled = |column: &&Column| {
            sheet.cells.keys().any(|(row, col)| *col == column.col && *row > table.last_title)
        };
        for column in table.columns.iter().filter(|column| column.target.is_none()).filter(filled) {
            let cell = sheet.at(table.last_title, column.col);
            unknown.push(UnknownColumn { cell, title: column.title.clone() });
        }
        for ((row, col), raw) in sheet.cells.range(..(table.last_title + 1, 0)) {
            let cell = sheet.at(*row, *col);
            match *row < table.first_title {
                true => report.left_out(cell, "", Why::AboveTable, raw),
                false => report.used(&cell),
            }
        }
        tables.push(table);
    }
    if tables.is_empty() {
        return Err(ImportError::NoHeaderRow);
    }
    if mapping.unknown == Unknown::Reject && !unknown.is_empty() {
        return Err(ImportError::UnknownColumns(unknown));
    }
    Ok(tables)
}

/// The row, or two rows one above the other, with the most known titles; the first of equals, one row before two.
fn find<'a>(sheet: &'a Sheet, mapping: &Mapping) -> Option<Table<'a>> {
    let columns: Vec<u32> = sheet.columns().into_iter().take(COLUMNS).collect();
    let starts: Vec<u32> = sheet.rows().into_iter().filter(|row| *row < TITLE_ROWS).collect();
    let merged_down = |row: u32| {
        columns.iter().any(|col| sheet.shown(row + 1, *col).is_some_and(|((anchor, _), _)| anchor == row))
    };
    let mut best: Option<(usize, Table<'a>)> = None;
    for height in [1, 2] {
        for first_title in starts.iter().copied().filter(|row| height == 2 || !merged_down(*row)) {
            let table = titled(sheet, &columns, first_title, first_title + height - 1, mapping);
            let known: Vec<&Target> =
                table.columns.iter().filter_map(|column| column.target.as_ref()).collect();
            let room = [LocationPart::Room, LocationPart::Whole].map(Target::Location);
            let has_room = known.iter().any(|target| room.contains(target));
            if has_room && known.len() >= 3 && best.as_ref().is_none_or(|(most, _)| known.len() > *most) {
                best = Some((known.len(), table));
            }
        }
    }
    best.map(|(_, table)| table)
}

/// The table under the titles of these rows; the lower title counts.
fn titled<'a>(
    sheet: &'a Sheet,
    columns: &[u32],
    first_title: u32,
    last_title: u32,
    mapping: &Mapping,
) -> Table<'a> {
    let column = |col: &u32| {
        let shown = (first_title..=last_title).rev().find_map(|row| sheet.shown(row, *col))?;
        // What is merged down from above the titles is no column's title.
        let ((row, _), raw) = shown;
        let title = (row >= first_title).then(|| raw.text())?;
        Some(Column { col: *col, target: mapping.target(&title).cloned(), title })
    };
    Table { sheet, columns: columns.iter().filter_map(column).collect(), last_title, first_title }
}

/// Two columns may be one set (two phones), but not one scalar.
fn check_doubles(table: &Table<'_>) -> Result<(), ImportError> {
    for (at, second) in table.columns.iter().enumerate() {
        let Some(target) = &second.target else { continue };
        let name = match target {
            Target::Ignore => continue,
            Target::Field(field) if field.set().is_some() => continue,
            Target::Field(field) => field.name(),
            Target::Grid => "grid".to_owned(),
            Target::Location(part) => format!("{part:?}").to_lowercase(),
        };
        if let Some(first) = table.columns[..at].iter().find(|first| first.target.as_ref() == Some(target)) {
            return Err(ImportError::DoubleColumn {
                first: table.sheet.at(table.last_title, first.col),
                second: table.sheet.at(table.last_title, second.col),
                target: name,
            });
        }
    }
    Ok(())
}
