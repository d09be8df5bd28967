//! Why a register cannot be imported at all, and what can be wrong with a single cell.

use butler_core::model::phone::PhoneError;
use butler_core::model::room::RoomError;

use super::workbook::CellRef;

/// A register that cannot be imported. Nothing was changed. Column titles and cell positions are named, never the
/// content of a data cell.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ImportError {
    /// Larger than any register.
    #[error("the workbook has more than {limit} {what}")]
    TooLarge {
        /// What there is too much of.
        what: &'static str,
        /// How much is read at most.
        limit: u64,
    },
    /// No xlsx file.
    #[error("the file is not an xlsx workbook · 不是 xlsx 工作簿")]
    NotAWorkbook,
    /// An xls of before 2007, or protected by a password.
    #[error(
        "the workbook is an old xls or protected by a password: save it as xlsx without one · 旧版 xls 或有密码，请另存为无密码的 xlsx"
    )]
    OldOrProtected,
    /// An xlsx that cannot be read to its end.
    #[error("the workbook is damaged · 工作簿已损坏")]
    Damaged,
    /// No sheet has a row of known column titles with a room among them.
    #[error(
        "no row with column titles was found: none of the first rows has a title for the room and two more · 找不到表头行"
    )]
    NoHeaderRow,
    /// Columns nothing is known about. Map them, or list them under `ignore`.
    #[error("{} column(s) are not in the mapping: {}", .0.len(), list(.0))]
    UnknownColumns(Vec<UnknownColumn>),
    /// Two columns say the same thing.
    #[error("columns {first} and {second} are both read as `{target}`")]
    DoubleColumn {
        /// Title of the first.
        first: CellRef,
        /// Title of the second.
        second: CellRef,
        /// What both are read as.
        target: String,
    },
    /// There is a header but not a single home under it.
    #[error("the register holds no home · 台账里没有房屋")]
    Empty,
}

/// A column nothing is known about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownColumn {
    /// Its title's cell.
    pub cell: CellRef,
    /// Its title.
    pub title: String,
}

fn list(columns: &[UnknownColumn]) -> String {
    let named: Vec<String> =
        columns.iter().map(|column| format!("{} “{}”", column.cell, column.title)).collect();
    named.join(", ")
}

/// What is wrong with one cell; it is left out and reported, the rest of its row is imported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, thiserror::Error)]
pub enum CellError {
    /// Not a number.
    #[error("不是数字 · not a number")]
    NotANumber,
    /// Not a date, or one that does not exist.
    #[error("不是有效日期 · not a date")]
    NotADate,
    /// Only a month or a year where a full date is needed.
    #[error("日期不完整 · the day is missing")]
    DateNotFull,
    /// Not a phone number.
    #[error("不是有效电话 · {0}")]
    NotAPhone(PhoneError),
    /// Neither one of the field's words nor listed under `words` in the mapping.
    #[error("未知选项,请在映射文件 words 中补充 · unknown word, add it to the mapping")]
    UnknownWord,
    /// Building, unit and room are no location.
    #[error("房屋位置有误 · {0}")]
    NotALocation(RoomError),
    /// A formula's error, a damaged date, or a text too long for a field.
    #[error("单元格内容损坏 · the cell's content is broken")]
    Broken,
}
