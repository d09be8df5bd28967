//! What became of every cell: for the operator who asked for the import. It repeats personal data, so it is a file
//! they receive, never a log.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use super::CellError;
use super::cells::{CellRef, Raw, Sheet};

/// What was done to a cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Treatment {
    /// Its meaning was clear and its spelling was changed.
    Corrected,
    /// Its meaning was inferred: worth a look.
    Guessed,
    /// It, or the named piece of it, was not imported.
    LeftOut,
}

impl fmt::Display for Treatment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Corrected => "已更正 · corrected",
            Self::Guessed => "推断 · guessed",
            Self::LeftOut => "未导入 · left out",
        })
    }
}

/// Why.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Why {
    /// Width, spaces, dashes, country code.
    Spelling,
    /// A unit was cut off.
    Unit,
    /// A number where text belongs (a phone Excel took for a number).
    NumberAsText,
    /// Several values in one cell.
    Several,
    /// A remark beside a phone number became a field of it.
    PhoneRemark,
    /// A date in another spelling.
    DateSpelling,
    /// A date that lacks its day or month; kept as it is.
    PartialDate,
    /// A bare number read as a date of the spreadsheet.
    SerialDate,
    /// More decimals than money has.
    Rounded,
    /// A word of the mapping stands for one of the field's words.
    Word,
    /// A blank cell took what stands above it.
    FromAbove,
    /// Read out of a remark.
    FromRemark,
    /// Above the column titles.
    AboveTable,
    /// A line between the rows that says the building of those below.
    Heading,
    /// The column titles once more.
    RepeatedTitles,
    /// A row of totals.
    Totals,
    /// A row without a room.
    NotAHome,
    /// A column the mapping ignores.
    Ignored,
    /// A column nothing is known about.
    UnknownColumn,
    /// Outside the titled columns.
    Untitled,
    /// A sheet without column titles, or ignored by the mapping.
    NoTable,
    /// The same home (and person) stands in an earlier row.
    Duplicate {
        /// The earlier room.
        of: CellRef,
    },
    /// An earlier row of the same home says otherwise; the earlier one counts.
    Contradicts {
        /// The earlier cell.
        of: CellRef,
    },
    /// On a hidden sheet.
    HiddenSheet,
    /// In a hidden row.
    HiddenRow,
    /// Rows may be hidden: files of that kind do not tell which.
    HidesUntold,
    /// The sheet cannot be read.
    DamagedSheet,
    /// A line below a table: who made it, how many homes, a note.
    Footer,
    /// A row that shows how the form is filled in.
    Sample,
    /// Building, unit or room is a formula's error or has no value; its row is left out.
    BrokenPlace,
    /// The room became a date.
    RoomIsDate {
        /// What was probably typed.
        likely: String,
    },
    /// Not the number or name of a room.
    NotARoom,
    /// Its row is left out because of that cell.
    WithRow {
        /// The cell.
        cell: CellRef,
    },
    /// The same room numbers stand there again: building or unit is missing.
    PlaceUnclear,
    /// The number stands in no row of the sheet that says where homes are.
    NoSuchKey,
    /// The community's name in front of the address.
    CommunityCut,
    /// Stands for nobody: `空置` in a column of names.
    Nobody,
    /// Several people in one cell.
    SeveralPeople,
    /// One number for several people: given to the first.
    WhoseNumber,
    /// Floor and number of the room put together.
    FloorAndRoom,
    /// A building without rooms is the home itself.
    House,
    /// Somebody under a blank room belongs to the home above.
    SameHome,
    /// Most homes of the unit lie in another grid.
    OtherGrid,
    /// The office has the home in another grid.
    PinnedElsewhere,
    /// Another kind of record has the number of this home or person.
    OtherKind,
    /// The office has the unit in another grid; `grid move-place` would move it.
    ToBeMoved,
    /// It could not be read.
    Unreadable(CellError),
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = match self {
            Self::Spelling => "统一写法 · spelling",
            Self::Unit => "去掉单位 · unit cut off",
            Self::NumberAsText => "数字转文本 · number kept as text",
            Self::Several => "一格多值 · several values in one cell",
            Self::PhoneRemark => "号码附注 · remark beside the number",
            Self::DateSpelling => "统一日期写法 · date spelling",
            Self::PartialDate => "日期不完整,按原精度保留 · partial date kept as such",
            Self::SerialDate => "数字按日期读取 · number read as a date",
            Self::Rounded => "金额取到分 · rounded to fen",
            Self::Word => "按映射换词 · word of the mapping",
            Self::FromAbove => "沿用上一行 · taken from the row above",
            Self::FromRemark => "由备注推断 · read out of the remark",
            Self::AboveTable => "表头以上 · above the column titles",
            Self::Heading => "行间标题 · heading between the rows",
            Self::RepeatedTitles => "重复表头 · column titles repeated",
            Self::Totals => "合计行 · totals",
            Self::NotAHome => "无房号 · no room in this row",
            Self::Ignored => "不需要的列 · ignored column",
            Self::UnknownColumn => "未知列 · unknown column",
            Self::Untitled => "无表头的单元格 · outside the titled columns",
            Self::NoTable => "无登记表的工作表 · sheet without a register",
            Self::Duplicate { of } => return write!(f, "与 {of} 重复 · duplicate of {of}"),
            Self::Contradicts { of } => return write!(f, "与 {of} 矛盾 · contradicts {of}"),
            Self::HiddenSheet => "隐藏的工作表 · hidden sheet",
            Self::HiddenRow => "隐藏的行 · hidden row",
            Self::HidesUntold => {
                "看不出哪些行是隐藏的，都读了 · which rows are hidden cannot be told; all were read"
            }
            Self::DamagedSheet => "工作表读不出来 · damaged sheet",
            Self::Footer => "表尾说明 · line below the table",
            Self::Sample => "示例行 · sample row",
            Self::BrokenPlace => "房屋位置是错误值 · broken place",
            Self::RoomIsDate { likely } => {
                return write!(f, "房号变成了日期，原来可能是 {likely} · a date, probably {likely}");
            }
            Self::NotARoom => "不像房号 · not a room",
            Self::WithRow { cell } => {
                return write!(f, "因 {cell} 整行未导入 · row left out because of {cell}");
            }
            Self::PlaceUnclear => "同一房号重复出现，缺楼栋或单元 · building or unit is missing",
            Self::NoSuchKey => "编号在房屋表里找不到 · number not found among the homes",
            Self::CommunityCut => "去掉小区名 · community's name cut off",
            Self::Nobody => "不是姓名，没有住户 · names nobody",
            Self::SeveralPeople => "一格多人 · several people in one cell",
            Self::WhoseNumber => "几个人只有一个号码，归第一个 · one number for several people",
            Self::FloorAndRoom => "楼层与房号合成 · floor and room put together",
            Self::House => "没有房号，整栋是一户 · the building is the home",
            Self::SameHome => "房号空白，归上一户 · belongs to the home above",
            Self::OtherGrid => "与本单元多数房屋的网格不一致 · most homes of the unit lie in another grid",
            Self::PinnedElsewhere => "房屋在别的网格，未导入 · the home lies in another grid",
            Self::OtherKind => "编号已是另一类档案，未导入 · another kind of record has this number",
            Self::ToBeMoved => {
                "网格与系统不一致，请用 grid move-place 调整 · in another grid here, see grid move-place"
            }
            Self::Unreadable(error) => return error.fmt(f),
        };
        f.write_str(text)
    }
}

impl Why {
    /// What to do about a cell that was left out; empty where nothing has to be done.
    #[must_use]
    pub const fn advice(&self) -> &'static str {
        match self {
            Self::HiddenSheet | Self::HiddenRow => "需要时取消隐藏，或加 --hidden 再导入",
            Self::HidesUntold => "不想要隐藏的行，就另存为 xlsx 再导入",
            Self::DamagedSheet => "用表格软件打开后另存，再导入",
            Self::BrokenPlace => "改成真正的楼栋、单元、房号（公式请粘贴为数值）",
            Self::RoomIsDate { .. } => "把单元格设成文本，重新填房号",
            Self::NotARoom => "填上房号；不是房屋的行可以删掉",
            Self::WithRow { .. } => "改好那一格，这一行就会导入",
            Self::PlaceUnclear => "加一列楼栋（或单元），或在映射文件 [sheets] 里写明",
            Self::NoSuchKey => "核对编号，或直接写房号",
            Self::Duplicate { .. } => "确认哪一行对；同户几个人请在映射文件写 rows = \"people\"",
            Self::Contradicts { .. } => "确认哪一个对，改成一样",
            Self::NotAHome => "填上房号",
            Self::UnknownColumn => "在映射文件里说明这一列是什么，或写 ignore",
            Self::Untitled => "给这一列加标题",
            Self::NoTable => "是台账的话，加上写明房号、姓名、电话的标题行",
            Self::OtherGrid => "改成同一单元相同的网格",
            Self::PinnedElsewhere | Self::ToBeMoved => "确实调整了网格时，加 --move-grids 再导入",
            Self::OtherKind => "请联系管理员",
            Self::Unreadable(CellError::UnknownWord) => "在映射文件 [words] 里说明这个词",
            Self::Unreadable(CellError::DateNotFull) => "补上日",
            Self::Unreadable(CellError::Broken) => "改成真正的值（公式请粘贴为数值）",
            Self::Unreadable(_) => "照原因改正这一格",
            _ => "",
        }
    }

    /// The reason without the cell it names: what a summary counts by.
    #[must_use]
    pub fn kind(&self) -> String {
        match self {
            Self::Duplicate { .. } => "与别的行重复 · duplicates".to_owned(),
            Self::Contradicts { .. } => "与别的行矛盾 · contradictions".to_owned(),
            Self::RoomIsDate { .. } => "房号变成了日期 · rooms that became dates".to_owned(),
            Self::WithRow { .. } => "因同一行的另一格未导入 · left out with their row".to_owned(),
            other => other.to_string(),
        }
    }
}

/// One line of the report.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Line {
    /// Where.
    pub cell: CellRef,
    /// What was done.
    pub treatment: Treatment,
    /// Title of the column; empty outside the table.
    pub title: String,
    /// Why it is due, in words.
    pub why: Why,
    /// What the cell, or the piece of it, held.
    pub was: String,
    /// What it became; empty when it was left out.
    pub became: String,
}

/// What became of every cell.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Report {
    /// Every correction, guess and omission, by cell.
    pub lines: Vec<Line>,
    /// Every non-empty cell, and whether it is part of what is imported.
    fates: BTreeMap<CellRef, Fate>,
    /// Cells of columns the mapping ignores, by title: they become one line each column.
    ignored: BTreeMap<(Arc<str>, u32, String), Vec<CellRef>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    Open,
    Used,
    LeftOut,
}

/// The report in numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// Cells that hold something.
    pub cells: usize,
    /// Of them, those imported or understood as titles.
    pub used: usize,
    /// Of them, those left out; each has a line, an ignored column one for all of its cells.
    pub left_out: usize,
    /// Cells whose spelling was changed.
    pub corrected: usize,
    /// Cells whose meaning was inferred.
    pub guessed: usize,
}

impl Report {
    /// Takes every cell of a sheet into account: what is not used later is left out, and says so.
    pub(super) fn enter(&mut self, sheet: &Sheet) {
        let cells = sheet.cells.keys().map(|(row, col)| (sheet.at(*row, *col), Fate::Open));
        self.fates.extend(cells);
    }

    /// The cell is part of what is imported.
    pub(super) fn used(&mut self, cell: &CellRef) {
        if let Some(fate) = self.fates.get_mut(cell) {
            *fate = Fate::Used;
        }
    }

    /// The cell as a whole is not imported. A cell that counted elsewhere (merged over several rows) stays used.
    pub(super) fn left_out(&mut self, cell: CellRef, title: &str, why: Why, raw: &Raw) {
        if let Some(fate) = self.fates.get_mut(&cell) {
            if *fate != Fate::Open {
                return;
            }
            *fate = Fate::LeftOut;
        }
        let (treatment, title) = (Treatment::LeftOut, title.to_owned());
        self.lines.push(Line { cell, title, treatment, why, was: raw.text(), became: String::new() });
    }

    /// A cell that was understood is not imported after all.
    pub(super) fn reject(&mut self, cell: &CellRef, why: Why, was: &str) {
        self.fates.insert(cell.clone(), Fate::LeftOut);
        self.lines.push(Line {
            cell: cell.clone(),
            treatment: Treatment::LeftOut,
            title: String::new(),
            why,
            was: was.to_owned(),
            became: String::new(),
        });
    }

    /// A whole sheet is not imported: one line for all of its cells.
    pub(super) fn set_aside(&mut self, sheet: &Sheet, why: Why) {
        for (row, col) in sheet.cells.keys() {
            self.fates.insert(sheet.at(*row, *col), Fate::LeftOut);
        }
        let was = match (sheet.cells.keys().next(), sheet.cells.keys().next_back()) {
            (Some(first), Some(last)) => {
                let (first, last) = (sheet.at(first.0, first.1), sheet.at(last.0, last.1));
                format!("{first} – {last}: {}", sheet.cells.len())
            }
            _ => String::new(),
        };
        self.lines.push(Line {
            cell: sheet.at(0, 0),
            treatment: Treatment::LeftOut,
            title: String::new(),
            why,
            was,
            became: String::new(),
        });
    }

    /// The cell's column is known and not wanted.
    pub(super) fn ignored(&mut self, cell: CellRef, title: &str) {
        self.fates.insert(cell.clone(), Fate::LeftOut);
        let column = (cell.sheet.clone(), cell.col, title.to_owned());
        self.ignored.entry(column).or_default().push(cell);
    }

    /// Something was done to a cell, or to a piece of it.
    pub(super) fn note(&mut self, line: Line) {
        self.lines.push(line);
    }

    /// Everything nobody asked for is left out by name, and the lines are put in order.
    pub(super) fn close(&mut self, sheets: &[Sheet]) {
        for sheet in sheets {
            for ((row, col), raw) in &sheet.cells {
                let cell = sheet.at(*row, *col);
                if self.fates.get(&cell) == Some(&Fate::Open) {
                    self.left_out(cell, "", Why::Untitled, raw);
                }
            }
        }
        for ((_, _, title), cells) in std::mem::take(&mut self.ignored) {
            let (Some(first), Some(last)) = (cells.first(), cells.last()) else { continue };
            self.lines.push(Line {
                cell: first.clone(),
                treatment: Treatment::LeftOut,
                title,
                why: Why::Ignored,
                was: format!("{first} – {last}: {}", cells.len()),
                became: String::new(),
            });
        }
        // A merged cell says the same in each of its rows.
        self.lines.sort_unstable();
        self.lines.dedup();
    }

    /// The report in numbers. `cells` is always `used + left_out`.
    #[must_use]
    pub fn counts(&self) -> Counts {
        let fate = |wanted: Fate| self.fates.values().filter(|fate| **fate == wanted).count();
        let treated = |wanted: Treatment| {
            let mut cells: Vec<&CellRef> =
                self.lines.iter().filter(|line| line.treatment == wanted).map(|line| &line.cell).collect();
            cells.dedup();
            cells.len()
        };
        Counts {
            cells: self.fates.len(),
            used: fate(Fate::Used),
            left_out: fate(Fate::LeftOut),
            corrected: treated(Treatment::Corrected),
            guessed: treated(Treatment::Guessed),
        }
    }

    /// The lines by treatment and reason, counted.
    #[must_use]
    pub fn by_reason(&self) -> BTreeMap<(Treatment, Why), usize> {
        let mut counts = BTreeMap::new();
        for line in &self.lines {
            *counts.entry((line.treatment, line.why.clone())).or_default() += 1;
        }
        counts
    }

    /// The report as CSV for a spreadsheet: UTF-8 with a byte order mark. It holds personal data.
    #[must_use]
    pub fn to_csv(&self) -> String {
        let mut csv = String::from("\u{feff}工作表,单元格,列名,处理,原因,原值,结果,怎么办\r\n");
        for line in &self.lines {
            let cell = format!("{}{}", line.cell.column(), u64::from(line.cell.row) + 1);
            let (treatment, why) = (line.treatment.to_string(), line.why.to_string());
            let advice = if line.treatment == Treatment::LeftOut { line.why.advice() } else { "" };
            let fields =
                [&*line.cell.sheet, &cell, &line.title, &treatment, &why, &line.was, &line.became, advice]
                    .map(quoted);
            csv.push_str(&fields.join(","));
            csv.push_str("\r\n");
        }
        csv
    }
}

/// One CSV field. What a spreadsheet would run as a formula is kept from it by an apostrophe.
pub(super) fn quoted(text: &str) -> String {
    let guard = if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { "'" } else { "" };
    format!("\"{guard}{}\"", text.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_opened_in_a_spreadsheet_runs_nothing() {
        assert_eq!(quoted("+86 19900002960"), "\"'+86 19900002960\"");
        assert_eq!(quoted("=HYPERLINK(\"x\")"), "\"'=HYPERLINK(\"\"x\"\")\"");
        assert_eq!(quoted("二次投诉渗漏"), "\"二次投诉渗漏\"");
    }
}
