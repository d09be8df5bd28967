//! Imports into a real office: the second changes nothing, and nobody's edit is overwritten.

use std::cell::RefCell;

use butler_core::host::SystemHost;
use butler_core::model::choice::HomeState;
use butler_core::model::directory::{Grid, Place};
use butler_core::model::{Edit, GridId, Kind, PartId, PlaceId, RecordId, Value};
use butler_office::import::{self, Choices, Comparison, Known, Match, RejectedBecause, Stage, Why};
use butler_office::storage::Storage as _;

use super::support::{JINSE, edit, home, home_id, importer, office, read, record, resident, sheet, take_in};

const TITLES: &[&str] = &["楼栋", "单元", "房号", "业主姓名", "联系电话", "房屋状态", "户型", "网格", "备注"];

/// A register of one home.
fn one(name: &str, phone: &str, state: &str, layout: &str) -> Vec<u8> {
    sheet(&[TITLES, &["3栋", "2单元", "501", name, phone, state, layout, "1网格", ""]])
}

fn only_resident(comparison: &Comparison) -> RecordId {
    assert_eq!(comparison.matches.len(), 1);
    comparison.matches[0].0
}

#[test]
fn the_real_register_twice_changes_nothing() {
    let hub = office();
    let first = take_in(&hub, JINSE);
    assert_eq!((first.work.len(), first.created()), (2 * 1_296, 2 * 1_296));
    assert!(first.matches.iter().all(|(_, by)| *by == Match::New));
    assert_eq!(home(&hub, "3-2-1806").state, Some(HomeState::OCCUPIED.into()));

    let second = take_in(&hub, JINSE);
    assert_eq!((second.work.len(), second.kept.len(), second.gone.len()), (0, 0, 0));
    assert!(second.matches.iter().all(|(_, by)| *by == Match::Identity));
}

/// What is known of a record without its document is what its document says.
#[test]
fn a_record_nobody_touched_is_known_without_its_document() {
    let hub = office();
    let first = take_in(&hub, JINSE);
    edit(&hub, home_id("3-2-501"), Kind::Home, Edit::new().put("layout", "复式"));
    let drawn = RecordId([0x40; 16]);
    let beside = Edit::new().put("place", "jinse/3/2").put("building", "3").put("room", "9901");
    edit(&hub, drawn, Kind::Home, beside);
    let untouched = first.work.iter().map(|work| work.record).chain([drawn]).filter(|id| {
        let document = hub.document(*id).unwrap().unwrap();
        let Some((change, now)) = hub.untouched(*id).unwrap() else { return false };
        assert_eq!(Known::untouched(&change, now, &importer()), Known::of(&document, &importer()).unwrap());
        true
    });
    assert_eq!(untouched.count(), 2_592, "but for the one that was edited");
    assert_eq!(hub.untouched(RecordId([9; 16])).unwrap(), None);
}

#[test]
fn progress_is_told_record_by_record_until_all_are_written() {
    let hub = office();
    let plan = read(JINSE).unwrap();
    let told = RefCell::new(Vec::new());
    let progress = |stage, done, of| told.borrow_mut().push((stage, done, of));
    let comparison = import::compare(&hub, &importer(), &plan, &Choices::default(), &progress).unwrap();
    let compared: Vec<_> = (0..1_296).map(|done| (Stage::Comparing, done, 1_296)).collect();
    assert_eq!(told.take(), compared);
    import::apply(&hub, &SystemHost, &importer(), &plan, &comparison, &Choices::default(), &progress)
        .unwrap();
    let written: Vec<_> = (0..=2_592).map(|done| (Stage::Writing, done, 2_592)).collect();
    assert_eq!(told.take(), written, "between the first and the last of one transaction too");
}

#[test]
fn a_changed_cell_is_an_edit_and_a_conflict_where_a_butler_wrote_since() {
    let hub = office();
    take_in(&hub, &one("魏怡", "13800001111", "空置", "三室两厅"));
    let id = home_id("3-2-501");
    edit(&hub, id, Kind::Home, Edit::new().put("layout", "复式").put("decoration", "毛坯"));

    // The state changed in the register alone, the layout was changed by both.
    let again = take_in(&hub, &one("魏怡", "13800001111", "装修中", "四室两厅"));
    assert_eq!(again.work.len(), 1);
    let cells: Vec<_> =
        again.work[0].cells.iter().map(|(path, cell)| (path.as_str(), cell.to_string())).collect();
    assert_eq!(cells, [("state", "业主信息!F2".to_owned()), ("layout", "业主信息!G2".to_owned())]);
    assert_eq!(again.conflicts, [(id, "layout".to_owned())], "said before it is done");
    assert!(again.to_csv().contains(&format!("\"{id}\",\"待裁定 · conflict\",\"layout\"")));
    let record = record(&hub, id);
    assert_eq!(record.text("state"), Some("renovating"));
    assert!(!record.in_conflict("state"));
    assert!(record.in_conflict("layout"), "both values wait for a person");
    assert_eq!(record.text("decoration"), Some("毛坯"));

    // The same register again: nothing, although the field is still in conflict.
    assert_eq!(take_in(&hub, &one("魏怡", "13800001111", "装修中", "四室两厅")).work, []);
}

#[test]
fn what_a_butler_changed_stays_while_the_register_says_the_same() {
    let hub = office();
    let register = one("魏怡", "13800001111", "空置", "三室两厅");
    let person = only_resident(&take_in(&hub, &register));
    edit(&hub, home_id("3-2-501"), Kind::Home, Edit::new().put("state", "occupied"));
    edit(&hub, person, Kind::Resident, Edit::new().put("name", "魏一"));
    let again = take_in(&hub, &register);
    assert_eq!((again.work.len(), again.matches[0]), (0, (person, Match::Identity)));
    assert_eq!(home(&hub, "3-2-501").state, Some(HomeState::OCCUPIED.into()));
}

#[test]
fn a_replaced_phone_replaces_and_a_blank_one_stays() {
    let hub = office();
    let person = only_resident(&take_in(&hub, &one("魏怡", "13800001111/13800002222", "空置", "")));
    let numbers = |hub: &_| {
        let mut numbers: Vec<_> =
            resident(hub, person).phones.into_iter().filter_map(|phone| phone.number).collect();
        numbers.sort();
        numbers
    };
    let again = take_in(&hub, &one("魏怡", "13800001111/13800003333", "空置", ""));
    assert_eq!(again.matches, [(person, Match::Identity)]);
    assert_eq!(numbers(&hub), ["13800001111", "13800003333"]);

    let blank = take_in(&hub, &one("魏怡", "", "空置", ""));
    assert_eq!(blank.work, []);
    assert_eq!(blank.kept.len(), 2, "two numbers: {:?}", blank.kept);
    assert_eq!(numbers(&hub), ["13800001111", "13800003333"]);

    take_in(&hub, &one("魏怡", "13800002222", "空置", ""));
    assert_eq!(numbers(&hub), ["13800002222"], "a number that comes back is shown again");
}

#[test]
fn a_phone_a_butler_verified_survives_its_removal_from_the_register() {
    let hub = office();
    let person = only_resident(&take_in(&hub, &one("魏怡", "13800001111", "空置", "")));
    let part: PartId = resident(&hub, person).phones[0].id;
    let verified =
        Edit::new().put(format!("phone/{part}"), true).put(format!("phone/{part}/verified"), "2026-11-20");
    edit(&hub, person, Kind::Resident, verified);
    take_in(&hub, &one("魏怡", "13800002222", "空置", ""));
    assert_eq!(resident(&hub, person).phones.len(), 2, "add wins: the butler reached somebody under it");
}

#[test]
fn people_are_matched_by_name_then_phone_and_never_merged_with_a_stranger() {
    let hub = office();
    let person = only_resident(&take_in(&hub, &one("魏怡", "13800001111", "空置", "")));
    let found = |name, phone| {
        let comparison = take_in(&hub, &one(name, phone, "空置", ""));
        let before = comparison.owners.iter().map(|change| change.old).collect::<Vec<_>>();
        (comparison.matches[0], [comparison.gone, before].concat())
    };
    assert_eq!(found("魏怡", "13800002222"), ((person, Match::Name), vec![]));
    assert_eq!(found("魏宜", "13800002222"), ((person, Match::Phone), vec![]), "a corrected name");
    assert_eq!(resident(&hub, person).name.as_deref(), Some("魏宜"));

    let ((stranger, by), gone) = found("陈新", "13800009999");
    assert_eq!((by, gone), (Match::New, vec![person]), "the home was sold; the old owner's record stays");
    assert_ne!(stranger, person);
    assert_eq!(resident(&hub, person).name.as_deref(), Some("魏宜"));
}

#[test]
fn a_person_without_name_and_phone_is_recognised_when_they_get_one() {
    let hub = office();
    let nameless = sheet(&[&["楼栋", "单元", "房号", "身份"], &["3栋", "2单元", "501", "业主"]]);
    let person = only_resident(&take_in(&hub, &nameless));
    let named = take_in(&hub, &one("魏怡", "13800001111", "空置", ""));
    assert_eq!(named.matches, [(person, Match::OnlyOne)]);
}

#[test]
fn a_home_a_phone_made_first_is_the_same_home() {
    let hub = office();
    take_in(&hub, &one("魏怡", "", "", ""));
    // 502 was opened on a phone before any register named it.
    let id = home_id("3-2-502");
    edit(&hub, id, Kind::Home, Edit::new().put("place", "jinse/3/2").put("layout", "复式"));
    let register = sheet(&[TITLES, &["3栋", "2单元", "502", "", "", "空置", "三室两厅", "1网格", ""]]);
    let comparison = take_in(&hub, &register);
    assert_eq!((comparison.created(), comparison.work.len()), (0, 1));
    let record = record(&hub, id);
    assert!(record.in_conflict("layout"));
    assert_eq!(record.get("room"), Some(&Value::from("502")));
    assert_eq!(take_in(&hub, &register).work, []);
}

/// A place of the office's own in a grid, as a clerk adds it.
fn place(hub: &butler_office::hub::Hub<butler_office::storage::Sqlite>, id: &str, grid: &str) {
    let (id, grid): (PlaceId, GridId) = (id.parse().unwrap(), grid.parse().unwrap());
    hub.change_tables(&SystemHost, "place", |tables| {
        tables.grids.insert(grid.clone(), Grid { id: grid.clone(), name: "9网格".to_owned() });
        let (name, grids) = ("3栋2单元".to_owned(), vec![grid]);
        let row = Place { grids, walk: 1, ..Place::new(id.clone(), name) };
        tables.places.insert(id, row);
        Ok(())
    })
    .unwrap();
}

#[test]
fn a_home_pinned_to_another_grid_is_rejected_with_its_cells() {
    let hub = office();
    place(&hub, "jinse/old-3", "jinse/grid-9");
    let id = home_id("3-2-501");
    edit(&hub, id, Kind::Home, Edit::new().put("place", "jinse/old-3").put("layout", "复式"));
    let before = record(&hub, id);

    let register = one("魏怡", "13800001111", "空置", "三室两厅");
    let comparison = take_in(&hub, &register);
    assert_eq!((comparison.work.len(), comparison.matches.len()), (0, 0), "neither the home nor its people");
    assert_eq!(record(&hub, id), before);
    let rejected = &comparison.rejected[0];
    let RejectedBecause::Elsewhere(elsewhere) = &rejected.reason else { panic!("{rejected:?}") };
    assert_eq!((rejected.record, elsewhere.cell.to_string()), (id, "业主信息!H2".to_owned()));
    assert_eq!(elsewhere.place.as_str(), "jinse/old-3");

    let mut plan = read(&register).unwrap();
    let used = plan.report.counts().used;
    comparison.report(&mut plan.report);
    let counts = plan.report.counts();
    assert_eq!((counts.cells, counts.used), (counts.used + counts.left_out, used - 4), "said of every cell");
    let csv = plan.report.to_csv();
    assert!(csv.contains("\"H2\",\"jinse/old-3\",\"未导入 · left out\",\"房屋在别的网格"), "{csv}");
    assert!(comparison.to_csv().contains("rejected: in another grid"));
}

#[test]
fn a_unit_the_register_puts_into_another_grid_is_proposed_as_a_move() {
    let hub = office();
    place(&hub, "jinse/3/2", "jinse/grid-9");
    let comparison = take_in(&hub, &one("魏怡", "13800001111", "空置", "三室两厅"));
    assert_eq!(
        (comparison.rejected.len(), comparison.work.len()),
        (0, 2),
        "its homes are taken in where it is"
    );
    let moved = &comparison.moves[0];
    assert_eq!((moved.place.as_str(), moved.cell.to_string()), ("jinse/3/2", "业主信息!H2".to_owned()));
    let says: Vec<&str> = moved.says.iter().map(GridId::as_str).collect();
    assert_eq!(says, ["jinse/grid-1"]);
    let tables = hub.storage().read(|read| hub.in_force(read)).unwrap();
    assert_eq!(
        tables.places[&moved.place].grids,
        ["jinse/grid-9".parse().unwrap()],
        "nothing moved by itself"
    );

    // Moved as proposed, the register says the same as the office.
    hub.change_tables(&SystemHost, "move", |tables| {
        let grid: GridId = "jinse/grid-1".parse().unwrap();
        tables.grids.insert(grid.clone(), Grid { id: grid.clone(), name: "1网格".to_owned() });
        tables.places.get_mut(&moved.place).unwrap().grids = vec![grid];
        Ok(())
    })
    .unwrap();
    assert_eq!(take_in(&hub, &one("魏怡", "13800001111", "空置", "三室两厅")).moves, []);
}

#[test]
fn no_grid_is_made_that_nothing_lies_in() {
    let hub = office();
    place(&hub, "jinse/3", "jinse/grid-9");
    place(&hub, "jinse/3/2", "jinse/grid-9");
    take_in(&hub, &one("魏怡", "13800001111", "空置", "三室两厅"));
    let tables = hub.storage().read(|read| hub.in_force(read)).unwrap();
    assert_eq!(tables.grids.keys().map(GridId::as_str).collect::<Vec<_>>(), ["jinse/grid-9"]);
}

/// Somebody wrote a resident under the number of a home, and a home under that of a resident. Two rows are left out, each
/// with its reason; the others come in.
#[test]
fn a_number_that_is_another_kind_of_record_leaves_its_row_out_and_no_other() {
    let titles = &["楼栋", "单元", "房号", "业主姓名", "联系电话", "户型"];
    let rows: &[&[&str]] = &[
        titles,
        &["3栋", "2单元", "501", "魏怡", "13800001111", "三室两厅"],
        &["3栋", "2单元", "502", "钱多", "13800002222", "两室一厅"],
        &["3栋", "2单元", "503", "孙里", "13800003333", "一室一厅"],
    ];
    let plan = read(&sheet(rows)).unwrap();
    let (home, person) = (home_id("3-2-501"), plan.homes[1].residents[0].id);
    let hub = office();
    place(&hub, "jinse/old-3", "jinse/grid-9");
    edit(&hub, home, Kind::Resident, Edit::new().put("place", "jinse/old-3").put("name", "不是房屋"));
    edit(&hub, person, Kind::Home, Edit::new().put("place", "jinse/old-3").put("layout", "不是住户"));

    let comparison = take_in(&hub, &sheet(rows));
    let rejected: Vec<_> = comparison
        .rejected
        .iter()
        .map(|rejected| (rejected.record, rejected.reason.cell().to_string(), rejected.cells.len()))
        .collect();
    assert_eq!(rejected, [(home, "业主信息!C2".to_owned(), 3), (person, "业主信息!C3".to_owned(), 2)]);
    assert_eq!(record(&hub, home).text("layout"), None);
    assert_eq!(record(&hub, home_id("3-2-502")).text("layout"), Some("两室一厅"), "its home comes in");
    assert_eq!(record(&hub, home_id("3-2-503")).text("layout"), Some("一室一厅"));

    let mut plan = plan;
    import::compare(&hub, &importer(), &plan, &import::Choices::default(), &|_, _, _| {})
        .unwrap()
        .report(&mut plan.report);
    let told = plan.report.lines.iter().filter(|line| line.why == Why::OtherKind).count();
    assert_eq!(told, 5, "every cell of both");
}
