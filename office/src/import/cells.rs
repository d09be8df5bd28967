//! A file as cells: what every reader makes and every later stage reads.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;

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
    /// A formula's error (`#REF!`), a formula without a stored value, or a date or text no workbook should hold.
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

/// (column, first row) → (last row, first column) of each merged region, once for every column it covers.
pub(super) type Merged = BTreeMap<(u32, u32), (u32, u32)>;

/// One sheet: its non-empty cells and its merged regions.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Sheet {
    /// Name.
    pub name: Arc<str>,
    /// (row, column) → content; blank cells are not there.
    pub cells: BTreeMap<(u32, u32), Raw>,
    /// Its merged regions.
    pub(super) merged: Merged,
    /// Whether whoever keeps the file hid the sheet.
    pub hidden: bool,
    /// Rows that are hidden, by hand or by a filter.
    pub hidden_rows: BTreeSet<u32>,
    /// Whether it cannot be told which rows are hidden.
    pub hides_untold: bool,
    /// Whether it could not be read to its end; it then holds no cells.
    pub damaged: bool,
    /// Whether bare numbers count days from 1904 instead of 1900.
    pub since_1904: bool,
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

/// A text without what shows nothing: zero-width characters, direction marks, controls; ends trimmed.
#[must_use]
pub fn clean(text: &str) -> String {
    let shows = |c: &char| {
        let unseen = matches!(*c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{ad}');
        !unseen && (!c.is_control() || matches!(*c, '\n' | '\t'))
    };
    let seen: String = text.chars().filter(shows).collect();
    seen.trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

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
    fn what_shows_nothing_is_no_part_of_a_text() {
        assert_eq!(clean("\u{202d}13800005555\u{202c}"), "13800005555");
        assert_eq!(clean("105\u{200b} \u{a0}"), "105");
        assert_eq!(clean("张\u{3000}三\n"), "张\u{3000}三");
    }
}
