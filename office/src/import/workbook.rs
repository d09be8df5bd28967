//! The files of spreadsheets, read within bounds: what a file claims about its own size is never believed.
//!
//! Sheets are read one by one; one that cannot be read is marked and holds no other.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{Cursor, Read};
use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};

use calamine::{
    CellErrorType, Data, DataRef, Dimensions, Ods, Reader, SheetType, SheetVisible, Xls, Xlsb, Xlsx,
    XlsxError,
};

use super::cells::{Merged, Raw, Sheet, clean};
use super::hidden::{self, HiddenRows, attribute, tags};
use super::{ImportError, delimited};

/// Bounds on what is read. A register of 30,000 homes needs about a third of each.
pub(super) mod limit {
    /// Bytes of the file.
    pub const FILE: usize = 64 << 20;
    /// Bytes of the sheets, inflated: they are read as a stream, and one styled down to its last row is long.
    pub const SHEETS: u64 = 1 << 30;
    /// Bytes of everything else in it, inflated: texts, styles, pictures.
    pub const PARTS: u64 = 64 << 20;
    /// Cells that hold something.
    pub const CELLS: usize = 1_500_000;
    /// Cells a sheet may span where the whole rectangle is kept in memory (ods).
    pub const SPAN: u64 = 8_000_000;
    /// Columns cells of merged regions may cover in all, row by row not counted.
    pub const MERGED: usize = 200_000;
    /// Characters of one cell: what a field may hold.
    pub const TEXT: usize = 4_000;
    /// Entries a shared-strings table may announce.
    pub const STRINGS: u64 = 4_000_000;
}

/// What a formula without a stored value shows.
const NO_VALUE: &str = "#公式没有存值";

/// Reads every worksheet of a file: xlsx, xlsm, xlsb, xls, ods, or a text file as one sheet.
///
/// # Errors
/// [`ImportError`] when it is too large, protected by a password, damaged as a whole, or nothing of these.
pub(super) fn read(bytes: &[u8]) -> Result<Vec<Sheet>, ImportError> {
    const COMPOUND_FILE: &[u8] = &[0xd0, 0xcf, 0x11, 0xe0];
    if bytes.len() > limit::FILE {
        return Err(ImportError::TooLarge { what: "file bytes", limit: limit::FILE as u64 });
    }
    // calamine is careful, but not proven against hostile files: a panic inside it is a damaged file.
    let guarded = |read: &mut dyn FnMut() -> Result<Vec<Sheet>, ImportError>| {
        catch_unwind(AssertUnwindSafe(read)).unwrap_or(Err(ImportError::Damaged))
    };
    let sheets = if bytes.starts_with(COMPOUND_FILE) {
        guarded(&mut || {
            let workbook = Xls::new(Cursor::new(bytes)).map_err(|_| ImportError::OldOrProtected)?;
            let hidden = catch_unwind(|| hidden::of_xls(bytes)).ok().flatten();
            // In the order of the list; of sheets the two readers do not agree about nothing can be told.
            let agreed = hidden.filter(|hidden| hidden.len() == listed(&workbook).len());
            let mut hidden = agreed.map(Vec::into_iter);
            whole(workbook, |_| hidden.as_mut().and_then(Iterator::next))
        })?
    } else if bytes.starts_with(b"PK\x03\x04") {
        let parts = Parts::check(bytes)?;
        match parts.kind {
            Kind::Xlsx => guarded(&mut || xlsx(bytes, &parts))?,
            Kind::Xlsb => guarded(&mut || {
                whole(Xlsb::new(Cursor::new(bytes)).map_err(|_| ImportError::Damaged)?, |_| None)
            })?,
            Kind::Ods => guarded(&mut || {
                let workbook = Ods::new(Cursor::new(bytes)).map_err(|_| ImportError::OldOrProtected)?;
                whole(workbook, |sheet| parts.of_ods.get(sheet).cloned())
            })?,
            Kind::Unknown => return Err(ImportError::NotAWorkbook),
        }
    } else {
        vec![delimited::read(bytes)?]
    };
    if sheets.iter().all(|sheet| sheet.damaged) { Err(ImportError::Damaged) } else { Ok(sheets) }
}

/// What an archive is, by its parts.
#[derive(Clone, Copy)]
enum Kind {
    Xlsx,
    Xlsb,
    Ods,
    Unknown,
}

/// What a pass over the archive's parts found, before any reader believes a size written in them.
struct Parts {
    kind: Kind,
    /// Hidden rows of each part that is a worksheet.
    hidden: BTreeMap<String, BTreeSet<u32>>,
    /// Hidden rows of each table of an ods.
    of_ods: BTreeMap<String, HiddenRows>,
    /// `xl/workbook.xml` and what its sheets' ids stand for.
    workbook: Vec<u8>,
    relations: Vec<u8>,
}

impl Parts {
    /// Inflates every part once within bounds.
    fn check(bytes: &[u8]) -> Result<Self, ImportError> {
        let mut zip = zip::ZipArchive::new(Cursor::new(bytes)).map_err(|_| ImportError::Damaged)?;
        let mut parts = Self {
            kind: Kind::Unknown,
            hidden: BTreeMap::new(),
            of_ods: BTreeMap::new(),
            workbook: Vec::new(),
            relations: Vec::new(),
        };
        let (mut of_sheets, mut of_others) = (limit::SHEETS, limit::PARTS);
        for index in 0..zip.len() {
            let part = zip.by_index(index).map_err(|_| ImportError::Damaged)?;
            let name = part.name().map_err(|_| ImportError::Damaged)?.into_owned();
            let sheet = name.contains("worksheets/") && name.ends_with(".xml");
            let left = if sheet { &mut of_sheets } else { &mut of_others };
            let mut part = part.take(*left + 1);
            let length = if sheet {
                let (hidden, length) = hidden::of_xlsx(&mut part).map_err(|_| ImportError::Damaged)?;
                parts.hidden.insert(name, hidden);
                length
            } else {
                let mut inflated = Vec::new();
                let length = part.read_to_end(&mut inflated).map_err(|_| ImportError::Damaged)? as u64;
                parts.take(&name, inflated)?;
                length
            };
            *left = left
                .checked_sub(length)
                .ok_or(ImportError::TooLarge { what: "inflated bytes", limit: limit::PARTS })?;
        }
        Ok(parts)
    }

    fn take(&mut self, name: &str, inflated: Vec<u8>) -> Result<(), ImportError> {
        // calamine reserves room for as many strings as the table announces; failing to would abort the process.
        if announced_strings(&inflated) > limit::STRINGS {
            return Err(ImportError::TooLarge { what: "strings", limit: limit::STRINGS });
        }
        match name {
            "xl/workbook.bin" => self.kind = Kind::Xlsb,
            "content.xml" => {
                self.kind = Kind::Ods;
                if spanned(&inflated) > limit::SPAN {
                    return Err(ImportError::TooLarge { what: "cells", limit: limit::SPAN });
                }
                self.of_ods = hidden::of_ods(&inflated);
            }
            // Lists of relations are named like what they belong to.
            _ if name.ends_with("workbook.xml") => (self.kind, self.workbook) = (Kind::Xlsx, inflated),
            _ if name.ends_with("workbook.xml.rels") => self.relations = inflated,
            _ => {}
        }
        Ok(())
    }

    /// The hidden rows of the sheet of that name.
    fn hidden_rows(&self, sheet: &str) -> BTreeSet<u32> {
        let named =
            tags(&self.workbook, "sheet").find(|tag| attribute(tag, "name").as_deref() == Some(sheet));
        let id = named.and_then(|tag| attribute(tag, "r:id").or_else(|| attribute(tag, "id")));
        let target = tags(&self.relations, "Relationship")
            .find(|tag| id.is_some() && attribute(tag, "Id") == id)
            .and_then(|tag| attribute(tag, "Target"));
        let part = target.map(|target| target.trim_start_matches("/xl/").to_owned());
        let part = part.map(|part| part.trim_start_matches("xl/").to_owned());
        let found = part.and_then(|part| self.hidden.iter().find(|(name, _)| name.ends_with(&part)));
        found.map(|(_, rows)| rows.clone()).unwrap_or_default()
    }
}

/// How many cells the content of an ods spans: what it repeats is kept as often as it says.
fn spanned(content: &[u8]) -> u64 {
    let times = |tag: &str, name| attribute(tag, name).and_then(|times| times.parse().ok()).unwrap_or(1_u64);
    let (mut rows, mut width, mut most) = (0_u64, 0_u64, 0_u64);
    let (mut widest, mut lowest) = (0_u64, 0_u64);
    for tag in
        content.split(|byte| *byte == b'<').filter_map(|tag| std::str::from_utf8(tag).ok()?.split('>').next())
    {
        let name = tag.split([' ', '/']).next().unwrap_or_default();
        match name {
            "table:table" => (rows, widest, lowest) = (0, 0, 0),
            "table:table-row" => {
                rows = rows.saturating_add(times(tag, "table:number-rows-repeated"));
                width = 0;
            }
            "table:table-cell" | "table:covered-table-cell" => {
                width = width.saturating_add(times(tag, "table:number-columns-repeated"));
                if tag.contains("value-type") {
                    widest = widest.max(width);
                    lowest = lowest.max(rows);
                }
            }
            _ => {}
        }
        most = most.max(widest.saturating_mul(lowest));
    }
    most
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
    // Only words that begin as it does are compared.
    let starts = part.iter().enumerate().filter(|(_, byte)| **byte == b'u').map(|(at, _)| at);
    starts.filter(|at| part[*at..].starts_with(NAME)).map(number).max().unwrap_or_default()
}

/// Reads an xlsx cell by cell: what is blank costs nothing.
fn xlsx(bytes: &[u8], parts: &Parts) -> Result<Vec<Sheet>, ImportError> {
    let mut workbook = Xlsx::new(Cursor::new(bytes)).map_err(|error| match error {
        XlsxError::Password => ImportError::OldOrProtected,
        XlsxError::FileNotFound(_) => ImportError::NotAWorkbook,
        _ => ImportError::Damaged,
    })?;
    let since_1904 = workbook.has_1904_epoch();
    let worksheets: Vec<(String, bool)> = listed(&workbook);
    let mut left = limit::CELLS;
    let mut sheets = Vec::new();
    for (name, hidden) in worksheets {
        let read = catch_unwind(AssertUnwindSafe(|| xlsx_sheet(&mut workbook, &name, &mut left)));
        let sheet = match read {
            Ok(Ok(sheet)) => sheet,
            Ok(Err(error @ ImportError::TooLarge { .. })) => return Err(error),
            Ok(Err(_)) | Err(_) => Sheet { damaged: true, ..Sheet::default() },
        };
        let hidden_rows = parts.hidden_rows(&name);
        sheets.push(Sheet { name: clean(&name).into(), hidden, hidden_rows, since_1904, ..sheet });
    }
    Ok(sheets)
}

fn listed<R: Reader<Cursor<T>>, T: AsRef<[u8]>>(workbook: &R) -> Vec<(String, bool)> {
    let worksheets = workbook.sheets_metadata().iter().filter(|sheet| sheet.typ == SheetType::WorkSheet);
    worksheets.map(|sheet| (sheet.name.clone(), sheet.visible != SheetVisible::Visible)).collect()
}

fn xlsx_sheet(
    workbook: &mut Xlsx<Cursor<&[u8]>>,
    name: &str,
    left: &mut usize,
) -> Result<Sheet, ImportError> {
    let damaged = |_| ImportError::Damaged;
    let merged = regions(&workbook.merge_cells_by_sheet_name(name).map_err(damaged)?)?;
    let mut cells = BTreeMap::new();
    let mut reader = workbook.worksheet_cells_reader(name).map_err(damaged)?;
    while let Some(cell) = reader.next_cell_with_formula_metadata().map_err(damaged)? {
        let raw = match (raw(&cell.value), &cell.formula) {
            (Some(raw), _) => raw,
            (None, Some(_)) if matches!(cell.value, DataRef::Empty) => Raw::Broken(NO_VALUE),
            (None, _) => continue,
        };
        *left =
            left.checked_sub(1).ok_or(ImportError::TooLarge { what: "cells", limit: limit::CELLS as u64 })?;
        cells.insert(cell.pos, raw);
    }
    Ok(Sheet { cells, merged, ..Sheet::default() })
}

/// Merged regions by column and first row.
fn regions(regions: &[Dimensions]) -> Result<Merged, ImportError> {
    let mut merged = BTreeMap::new();
    for region in regions {
        let ((top, left), (bottom, right)) = (region.start, region.end);
        merged.extend((left..=right).take(limit::MERGED + 1).map(|col| ((col, top), (bottom, left))));
        if merged.len() > limit::MERGED {
            return Err(ImportError::TooLarge { what: "merged cells", limit: limit::MERGED as u64 });
        }
    }
    Ok(merged)
}

/// Reads a workbook of another kind, whose reader keeps whole rectangles in memory. A formula of theirs always has
/// its value. `hidden_rows` says which rows of each sheet are hidden, as far as that can be told.
fn whole<R: Reader<Cursor<T>> + Regions, T: AsRef<[u8]>>(
    mut workbook: R,
    mut hidden_rows: impl FnMut(&str) -> Option<HiddenRows>,
) -> Result<Vec<Sheet>, ImportError> {
    let mut left = limit::CELLS;
    let mut sheets = Vec::new();
    for (name, hidden) in listed(&workbook) {
        let merged = regions(&workbook.regions(&name))?;
        let range = catch_unwind(AssertUnwindSafe(|| workbook.worksheet_range(&name).ok())).ok().flatten();
        let damaged = range.is_none();
        let mut cells = BTreeMap::new();
        if let Some(range) = range {
            let (top, start) = range.start().unwrap_or_default();
            for (row, col, value) in range.used_cells() {
                let Some(raw) = raw(&of_whole(value)) else { continue };
                left = left
                    .checked_sub(1)
                    .ok_or(ImportError::TooLarge { what: "cells", limit: limit::CELLS as u64 })?;
                let at =
                    |first: u32, more: usize| first.saturating_add(u32::try_from(more).unwrap_or(u32::MAX));
                cells.insert((at(top, row), at(start, col)), raw);
            }
        }
        let told = hidden_rows(&name);
        let hides_untold = told.is_none();
        let mut rows: Vec<u32> = cells.keys().map(|(row, _)| *row).collect();
        rows.dedup();
        let within = |range: Range<u32>| {
            let [first, end] = [range.start, range.end].map(|at| rows.partition_point(|row| *row < at));
            rows.get(first..end).unwrap_or_default()
        };
        let hidden_rows = told.into_iter().flatten().flat_map(within).copied().collect();
        let name = clean(&name).into();
        let sheet =
            Sheet { name, cells, merged, hidden, damaged, hidden_rows, hides_untold, since_1904: false };
        sheets.push(sheet);
    }
    Ok(sheets)
}

/// Where cells are merged, as far as the reader of that kind of file tells.
trait Regions {
    fn regions(&self, _sheet: &str) -> Vec<Dimensions> {
        Vec::new()
    }
}

impl<T: Read + std::io::Seek> Regions for Xls<T> {
    fn regions(&self, sheet: &str) -> Vec<Dimensions> {
        self.merge_cells_by_sheet_name(sheet).unwrap_or_default()
    }
}

impl<T: Read + std::io::Seek> Regions for Xlsb<T> {}

impl<T: Read + std::io::Seek> Regions for Ods<T> {}

fn of_whole(value: &Data) -> DataRef<'_> {
    match value {
        Data::Int(int) => DataRef::Int(*int),
        Data::Float(number) => DataRef::Float(*number),
        Data::String(text) => DataRef::SharedString(text),
        Data::Bool(flag) => DataRef::Bool(*flag),
        Data::DateTime(moment) => DataRef::DateTime(*moment),
        Data::DateTimeIso(text) | Data::DurationIso(text) => DataRef::SharedString(text),
        Data::Error(error) => DataRef::Error(error.clone()),
        _ => DataRef::Empty,
    }
}

/// The content of a cell; `None` when it is blank.
fn raw(value: &DataRef<'_>) -> Option<Raw> {
    let text = |text: &str| match clean(text) {
        text if text.is_empty() => None,
        text if text.chars().count() > limit::TEXT => Some(Raw::Broken("#TOO LONG")),
        text => Some(Raw::Text(text)),
    };
    match value {
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
        DataRef::DateTimeIso(string) | DataRef::DurationIso(string) => {
            let day = string.split('T').next().and_then(|day| day.parse().ok());
            day.map(Raw::Date).or_else(|| text(string))
        }
        DataRef::Error(error) => Some(Raw::Broken(match error {
            CellErrorType::NA => "#N/A",
            CellErrorType::Ref => "#REF!",
            CellErrorType::Value => "#VALUE!",
            CellErrorType::Name => "#NAME?",
            CellErrorType::Div0 => "#DIV/0!",
            CellErrorType::Num => "#NUM!",
            CellErrorType::Null => "#NULL!",
            _ => "#ERROR",
        })),
        _ => None,
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
    fn a_reader_that_tells_no_hidden_rows_makes_sheets_that_say_so() {
        let file: &[u8] = include_bytes!("../../tests/fixtures/registers/hidden-rows.xls");
        let untold = |sheets: &[Sheet]| sheets.iter().filter(|sheet| sheet.hides_untold).count();
        let sheets = whole(Xls::new(Cursor::new(file)).unwrap(), |_| None).unwrap();
        assert_eq!((sheets.len(), untold(&sheets)), (3, 3));
        assert_eq!(untold(&read(file).unwrap()), 0);
    }

    #[test]
    fn what_is_no_workbook_is_named() {
        assert_eq!(read(b""), Err(ImportError::NotAWorkbook));
        assert_eq!(read(b"\x00\x01\x02"), Err(ImportError::NotAWorkbook));
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
        let wide = br#"<table:table><table:table-row table:number-rows-repeated="1048576"><table:table-cell table:number-columns-repeated="16384" office:value-type="float"/>"#;
        assert!(spanned(wide) > limit::SPAN);
        let blank = br#"<table:table><table:table-row><table:table-cell office:value-type="float"/></table:table-row><table:table-row table:number-rows-repeated="1048576"><table:table-cell table:number-columns-repeated="16384"/>"#;
        assert_eq!(spanned(blank), 1);
    }
}
