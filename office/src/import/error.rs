//! Why a register cannot be imported at all, and what can be wrong with a single cell.

use butler_core::model::phone::PhoneError;
use butler_core::model::room::RoomError;

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
    /// Neither a workbook nor a text.
    #[error(
        "the file is neither a workbook (xlsx, xlsm, xlsb, xls, ods) nor a text (csv) · 不是表格文件，请另存为 xlsx 或 csv"
    )]
    NotAWorkbook,
    /// Protected by a password, or older than what is read.
    #[error(
        "the workbook is protected by a password or too old: save it as xlsx without one · 有密码或版本太旧，请另存为无密码的 xlsx"
    )]
    OldOrProtected,
    /// A workbook no sheet of which can be read.
    #[error("the workbook is damaged · 工作簿已损坏，请用表格软件打开后另存")]
    Damaged,
    /// No sheet has a table that says where homes are.
    #[error("no table says which homes there are; what was seen · 没有写明房屋的表，看到的是:\n{}", .0.join("\n"))]
    NoRegister(
        /// A line for each sheet: its size, and the titles that were understood.
        Vec<String>,
    ),
    /// There is a table of homes but not a single home in it.
    #[error("the register holds no home · 台账里没有房屋")]
    Empty,
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
