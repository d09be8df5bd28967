//! Small registers, and an office to import them into.

use butler_core::host::{Host, SystemHost};
use butler_core::model::{CommunityId, Home, Location, RecordId, Resident, StaffId};
use butler_core::playbook::Playbooks;
use butler_core::testing::Tables;
use butler_office::hub::{Hub, OfficeEdit, Rules};
use butler_office::import::{self, Choices, Comparison, ImportError, ImportPlan, Mapping};
use butler_office::storage::{Sqlite, Storage};
use butler_office::testing::found;
use rust_xlsxwriter::{Format, Workbook};

pub const JINSE: &[u8] = include_bytes!("../fixtures/register-jinse.xlsx");

pub fn jinse() -> CommunityId {
    CommunityId::new("jinse").unwrap()
}

pub fn importer() -> StaffId {
    StaffId::new("import").unwrap()
}

pub fn guesses() -> Mapping {
    Mapping::guesses().unwrap()
}

/// A sheet of texts; an empty text is an empty cell.
pub fn sheet(rows: &[&[&str]]) -> Vec<u8> {
    workbook(&[("业主信息", rows)])
}

/// A workbook of such sheets.
pub fn workbook(sheets: &[(&str, &[&[&str]])]) -> Vec<u8> {
    let mut workbook = Workbook::new();
    for (name, rows) in sheets {
        let sheet = workbook.add_worksheet();
        sheet.set_name(*name).unwrap();
        for (row, cells) in rows.iter().enumerate() {
            for (col, text) in cells.iter().enumerate().filter(|(_, text)| !text.is_empty()) {
                sheet.write(row.try_into().unwrap(), col.try_into().unwrap(), *text).unwrap();
            }
        }
    }
    workbook.save_to_buffer().unwrap()
}

/// A workbook with 联系方式 over 手机 and 座机 and the other titles merged down; one
/// sum of arrears over both homes, and a stray cell beside the table.
pub fn grouped_titles() -> Vec<u8> {
    let mut workbook = Workbook::new();
    let plain = Format::new();
    let sheet = workbook.add_worksheet();
    sheet.merge_range(0, 0, 1, 0, "楼栋", &plain).unwrap();
    sheet.merge_range(0, 1, 1, 1, "房号", &plain).unwrap();
    sheet.merge_range(0, 2, 1, 2, "业主姓名", &plain).unwrap();
    sheet.merge_range(0, 3, 0, 4, "联系方式", &plain).unwrap();
    sheet.write(1, 3, "手机").unwrap();
    sheet.write(1, 4, "座机").unwrap();
    sheet.merge_range(0, 5, 1, 5, "欠费", &plain).unwrap();
    sheet.merge_range(2, 0, 3, 0, "7栋", &plain).unwrap();
    sheet.merge_range(2, 5, 3, 5, "100", &plain).unwrap();
    sheet.write(3, 8, "待核对").unwrap();
    for (row, room, name, mobile, landline) in
        [(2, 101.0, "钱多", 13_800_001_111.0, "0755-26001111"), (3, 102.0, "孙里", 13_800_002_222.0, "")]
    {
        sheet.write(row, 1, room).unwrap();
        sheet.write(row, 2, name).unwrap();
        sheet.write(row, 3, mobile).unwrap();
        sheet.write(row, 4, landline).unwrap();
    }
    workbook.save_to_buffer().unwrap()
}

pub fn read(bytes: &[u8]) -> Result<ImportPlan, ImportError> {
    import::read(bytes, &jinse(), &guesses())
}

/// An office without people or places.
pub fn office() -> Hub<Sqlite> {
    let playbooks = Playbooks::embedded().unwrap();
    found(&SystemHost, playbooks, Rules::default(), Tables::default(), None)
}

/// Imports a register, and says what that did.
pub fn take_in<S: Storage>(hub: &Hub<S>, bytes: &[u8]) -> Comparison {
    let plan = read(bytes).unwrap();
    take_in_plan(hub, &plan, &Choices { partial: true, ..Choices::default() })
}

/// Imports what was read.
pub fn take_in_plan<S: Storage>(hub: &Hub<S>, plan: &ImportPlan, choices: &Choices) -> Comparison {
    take_in_at(hub, &SystemHost, plan, choices)
}

/// The same by another clock.
pub fn take_in_at<S: Storage>(
    hub: &Hub<S>,
    host: &dyn Host,
    plan: &ImportPlan,
    choices: &Choices,
) -> Comparison {
    let comparison = import::compare(hub, &importer(), plan, choices, &|_, _, _| {}).unwrap();
    import::apply(hub, host, &importer(), plan, &comparison, choices, &|_, _, _| {}).unwrap();
    comparison
}

/// Somebody else edits a record.
pub fn edit<S: Storage>(
    hub: &Hub<S>,
    record: RecordId,
    kind: butler_core::model::Kind,
    edit: butler_core::model::Edit,
) {
    let by = StaffId::new("zhang.li").unwrap();
    let edit = OfficeEdit { record, kind, seen: None, edit };
    hub.author(&SystemHost as &dyn Host, &by, &[edit]).unwrap();
}

pub fn home_id(location: &str) -> RecordId {
    Location::parse(location).unwrap().home_id(&jinse())
}

pub fn record<S: Storage>(hub: &Hub<S>, id: RecordId) -> butler_core::model::Record {
    hub.document(id).unwrap().unwrap().record()
}

pub fn home<S: Storage>(hub: &Hub<S>, location: &str) -> Home {
    Home::read(&record(hub, home_id(location)))
}

pub fn resident<S: Storage>(hub: &Hub<S>, id: RecordId) -> Resident {
    Resident::read(&record(hub, id))
}
