//! A workbook's cells, read within bounds: what a file claims about its own size is never believed.

use std::collections::BTreeMap;
use std::fmt;
use std::io::{Cursor, Read};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use calamine::{DataRef, Reader, SheetType, Xlsx, XlsxError};

use super::ImportError;

/// Bounds on what is read. A register of 10,000 homes needs about a hundredth of each.
mod limit {
    /// Bytes of the file.
    pub const FILE: usize = 32 << 20;
    /// Bytes of everything in it, inflated.
    pub const INFLATED: u64 = 64 << 20;
    /// Cells that hold something.
    pub const CELLS: usize = 500_000;
    /// Columns cells of merged regions may cover in all, row by row not counted.
    pub const MERGED: usize = 200_000;
    /// Characters of one cell: what a field may hold.
    pub const TEXT: usize = 4_000;
    /// Entries a shared-strings table may announce.
    pub const STRINGS: u64 = 4_000_000;
}

/// Where a value came from.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CellRef {
    /// Name of the sheet.
    pub sheet: Arc<str>,
    /// Row from 0; people see it from 1.
    pub row: u32,
    /// Column from 0.
    pub col: u32,
}

impl CellRef {
    /// The column as people see it: `A`, `H`, `AA`.
    #[must_use]
    pub fn column(&self) -> String {
        let mut letters = Vec::new();
        let mut rest = u64::from(self.col) + 1;
        while rest > 0 {
            rest -= 1;
            letters.push(char::from(b'A' + u8::try_from(rest % 26).unwrap_or_default()));
            rest /= 26;
        }
        letters.iter().rev().collect()
    }
}

impl fmt::Display for CellRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}!{}{}", self.sheet, self.column(), u64::from(self.row) + 1)
    }
}

impl fmt::Debug for CellRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// What a cell holds.
#[derive(Debug, Clone, PartialEq)]
pub enum Raw {
    /// Text, not blank.
    Text(String),
    /// A number.
    Number(f64),
    /// A cell formatted as date.
    Date(chrono::NaiveDate),
    /// True or false.
    Bool(bool),
    /// A formula's error (`#REF!`), or a date or text no workbook should hold.
    Broken(&'static str),
}

impl Raw {
    /// As it is shown and typed.
    #[must_use]
    pub fn text(&self) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Number(number) => number.to_string(),
            Self::Date(date) => date.to_string(),
            Self::Bool(flag) => if *flag { "是" } else { "否" }.to_owned(),
            Self::Broken(what) => (*what).to_owned(),
        }
    }
}

/// One sheet: its non-empty cells and its merged regions.
#[derive(Debug, Clone, PartialEq)]
pub struct Sheet {
    /// Name.
    pub name: Arc<str>,
    /// (row, column) → content; blank cells are not there.
    pub cells: BTreeMap<(u32, u32), Raw>,
    /// (column, first row) → (last row, first column) of each merged region, once for every column it covers.
    merged: BTreeMap<(u32, u32), (u32, u32)>,
}

impl Sheet {
    /// Names a cell.
    #[must_use]
    pub fn at(&self, row: u32, col: u32) -> CellRef {
        CellRef { sheet: self.name.clone(), row, col }
    }

    /// The cell that shows at (row, column): its own content, or that of the region it was merged into.
    #[must_use]
    pub fn shown(&self, row: u32, col: u32) -> Option<((u32, u32), &Raw)> {
        if let Some(raw) = self.cells.get(&(row, col)) {
            return Some(((row, col), raw));
        }
        let ((covered, top), (bottom, left)) = self.merged.range(..=(col, row)).next_back()?;
        let anchor = (*top, *left);
        if *covered != col || *bottom < row {
            return None;
        }
        self.cells.get(&anchor).map(|raw| (anchor, raw))
    }

    /// The rows that hold something.
    #[must_use]
    pub fn rows(&self) -> Vec<u32> {
        let mut rows: Vec<u32> = self.cells.keys().map(|(row, _)| *row).collect();
        rows.dedup();
        rows
    }

    /// The columns that hold something.
    #[must_use]
    pub fn columns(&self) -> Vec<u32> {
        let mut columns: Vec<u32> = self.cells.keys().map(|(_, col)| *col).collect();
        columns.sort_unstable();
        columns.dedup();
        columns
    }
}

/// Reads every worksheet of an xlsx file.
///
/// # Errors
/// [`ImportError`] when it is too large, protected by a password, damaged, or no xlsx at all.
pub fn read(bytes: &[u8]) -> Result<Vec<Sheet>, ImportError> {
    check_size(bytes)?;
    // calamine is careful, but not proven against hostile files: a panic inside it is a damaged file.
    catch_unwind(AssertUnwindSafe(|| read_checked(bytes))).unwrap_or(Err(ImportError::Damaged))
}

/// Inflates every part once within bounds, before anything believes a size written in the file.
fn check_size(bytes: &[u8]) -> Result<(), ImportError> {
    const COMPOUND_FILE: &[u8] = &[0xd0, 0xcf, 0x11, 0xe0];
    if bytes.len() > limit::FILE {
        return Err(ImportError::TooLarge { what: "file bytes", limit: limit::FILE as u64 });
    }
    if bytes.starts_with(COMPOUND_FILE) {
        return Err(ImportError::OldOrProtected);
    }
    if !bytes.starts_with(b"PK\x03\x04") {
        return Err(ImportError::NotAWorkbook);
    }
    let mut zip = zip::ZipArchive::new(Cursor::new(bytes)).map_err(|_| ImportError::Damaged)?;
    let mut left = limit::INFLATED;
    for index in 0..zip.len() {
        let part = zip.by_index(index).map_err(|_| ImportError::Damaged)?;
        let mut inflated = Vec::new();
        let length = part.take(left + 1).read_to_end(&mut inflated).map_err(|_| ImportError::Damaged)? as u64;
        left = left
            .checked_sub(length)
            .ok_or(ImportError::TooLarge { what: "inflated bytes", limit: limit::INFLATED })?;
        // calamine reserves room for as many strings as the table announces; failing to would abort the process.
        if announced_strings(&inflated) > limit::STRINGS {
            return Err(ImportError::TooLarge { what: "strings", limit: limit::STRINGS });
        }
    }
    Ok(())
}

/// The largest number behind a `uniqueCount` attribute.
fn announced_strings(part: &[u8]) -> u64 {
    const NAME: &[u8] = b"uniqueCount";
    let number = |at: usize| {
        let rest = part[at + NAME.len()..].iter();
        let digits = rest
            .skip_while(|byte| {
                !byte.is_ascii_digit() && matches!(byte, b' ' | b'=' | b'"' | b'\'' | b'\t' | b'\n' | b'\r')
            })
            .take_while(|byte| byte.is_ascii_digit());
        digits.fold(0_u64, |number, digit| number.saturating_mul(10).saturating_add(u64::from(digit - b'0')))
    };
    let found = part.windows(NAME.len()).enumerate().filter(|(_, window)| *window == NAME);
    found.map(|(at, _)| number(at)).max().unwrap_or_default()
}

fn read_checked(bytes: &[u8]) -> Result<Vec<Sheet>, ImportError> {
    let mut workbook = Xlsx::new(Cursor::new(bytes)).map_err(|error| match error {
        XlsxError::Password => ImportError::OldOrProtected,
        XlsxError::FileNotFound(_) => ImportError::NotAWorkbook,
        _ => ImportError::Damaged,
    })?;
    let worksheets = workbook.sheets_metadata().iter().filter(|sheet| sheet.typ == SheetType::WorkSheet);
    let names: Vec<String> = worksheets.map(|sheet| sheet.name.clone()).collect();
    let mut left = limit::CELLS;
    names.iter().map(|name| read_sheet(&mut workbook, name, &mut left)).collect()
}

fn read_sheet(
    workbook: &mut Xlsx<Cursor<&[u8]>>,
    name: &str,
    left: &mut usize,
) -> Result<Sheet, ImportError> {
    let damaged = |_| ImportError::Damaged;
    let regions = workbook.merge_cells_by_sheet_name(name).map_err(damaged)?;
    let mut merged = BTreeMap::new();
    for region in &regions {
        let ((top, left), (bottom, right)) = (region.start, region.end);
        merged.extend((left..=right).take(limit::MERGED + 1).map(|col| ((col, top), (bottom, left))));
        if merged.len() > limit::MERGED {
            return Err(ImportError::TooLarge { what: "merged cells", limit: limit::MERGED as u64 });
        }
    }

    let mut cells = BTreeMap::new();
    let mut reader = workbook.worksheet_cells_reader(name).map_err(damaged)?;
    while let Some(cell) = reader.next_cell().map_err(damaged)? {
        let Some(raw) = raw(cell.get_value()) else { continue };
        *left =
            left.checked_sub(1).ok_or(ImportError::TooLarge { what: "cells", limit: limit::CELLS as u64 })?;
        cells.insert(cell.get_position(), raw);
    }
    Ok(Sheet { name: name.into(), cells, merged })
}

/// The content of a cell; `None` when it is blank.
fn raw(value: &DataRef<'_>) -> Option<Raw> {
    let text = |text: &str| match text.trim() {
        "" => None,
        text if text.chars().count() > limit::TEXT => Some(Raw::Broken("#TOO LONG")),
        text => Some(Raw::Text(text.to_owned())),
    };
    match value {
        DataRef::Empty => None,
        DataRef::Int(int) => text(&int.to_string()),
        DataRef::Float(number) => Some(Raw::Number(*number)),
        DataRef::String(string) => text(string),
        DataRef::SharedString(string) => text(string),
        DataRef::Bool(flag) => Some(Raw::Bool(*flag)),
        DataRef::DateTime(moment) => {
            let (year, month, day, ..) = moment.to_ymd_hms_milli();
            let date = chrono::NaiveDate::from_ymd_opt(year.into(), month.into(), day.into());
            Some(date.map_or(Raw::Broken("#DATE"), Raw::Date))
        }
        DataRef::DateTimeIso(string) | DataRef::DurationIso(string) => text(string),
        DataRef::Error(_) => Some(Raw::Broken("#ERROR")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const JINSE: &[u8] = include_bytes!("../../tests/fixtures/register-jinse.xlsx");

    #[test]
    fn merged_cells_show_their_region_and_gaps_show_nothing() {
        let sheets = read(JINSE).unwrap();
        let sheet = &sheets[0];
        // B4:B219 is merged; row 652 lies between two regions and holds its own.
        assert_eq!(sheet.shown(100, 1), Some(((3, 1), &Raw::Text("1栋".into()))));
        assert_eq!(sheet.shown(651, 1), Some(((651, 1), &Raw::Text("3栋".into()))));
        assert_eq!(sheet.shown(1305, 1), None);
    }

    #[test]
    fn cells_are_named_as_people_see_them() {
        let at = |col| CellRef { sheet: "业主信息".into(), row: 4, col }.to_string();
        assert_eq!(
            (at(7), at(25), at(26), at(701), at(702)),
            (
                "业主信息!H5".into(),
                "业主信息!Z5".into(),
                "业主信息!AA5".into(),
                "业主信息!ZZ5".into(),
                "业主信息!AAA5".into(),
            )
        );
    }

    #[test]
    fn what_is_no_workbook_is_named() {
        assert_eq!(read(b""), Err(ImportError::NotAWorkbook));
        assert_eq!(read("楼栋,房号\n1,101".as_bytes()), Err(ImportError::NotAWorkbook));
        assert_eq!(read(b"\xd0\xcf\x11\xe0rest of an old xls"), Err(ImportError::OldOrProtected));
        assert_eq!(read(b"PK\x03\x04 and nothing more"), Err(ImportError::Damaged));
        assert_eq!(read(&JINSE[..JINSE.len() / 2]), Err(ImportError::Damaged));
        let large = vec![0; limit::FILE + 1];
        assert!(matches!(read(&large), Err(ImportError::TooLarge { what: "file bytes", .. })));
    }

    #[test]
    fn an_announced_size_is_not_believed() {
        assert_eq!(announced_strings(br#"<sst count="3" uniqueCount = '18446744073709551616'>"#), u64::MAX);
        assert_eq!(announced_strings(b"<sst uniqueCount=\"7\"/>"), 7);
        assert_eq!(announced_strings(b"<sst/>uniqueCount"), 0);
    }
}
