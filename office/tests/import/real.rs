//! The register of 金色家园 as its service centre keeps it.

use std::collections::BTreeSet;

use butler_core::model::Value;
use butler_office::import::{Counts, ImportPlan, PlannedHome, Treatment, Why};

use super::support::{JINSE, home_id, read};

fn plan() -> ImportPlan {
    read(JINSE).unwrap()
}

fn home<'a>(plan: &'a ImportPlan, location: &str) -> &'a PlannedHome {
    plan.homes.iter().find(|home| home.id == home_id(location)).unwrap()
}

/// What is stated about a home and its people, as `path = value`.
fn stated(home: &PlannedHome) -> BTreeSet<String> {
    let people = home.residents.iter().flat_map(|resident| &resident.stated);
    let show = |value: &Value| match value {
        Value::Text(text) => text.clone(),
        other => format!("{other:?}"),
    };
    home.stated
        .iter()
        .chain(people)
        .map(|stated| format!("{:?} = {}", stated.field, show(&stated.value)))
        .collect()
}

#[test]
fn every_home_person_grid_and_unit_is_there() {
    let plan = plan();
    assert_eq!(plan.homes.len(), 1_296);
    assert!(plan.homes.iter().all(|home| home.residents.len() == 1));
    let grids: Vec<&str> = plan.grids.iter().map(|grid| grid.name.as_str()).collect();
    assert_eq!(grids, ["1网格", "2网格", "3网格"]);
    assert_eq!(plan.places.len(), 6 + 12);
    assert!(plan.places.iter().all(|place| place.grids.len() == 1));
    let unit = plan.places.iter().find(|place| place.id.as_str() == "jinse/3/2").unwrap();
    assert_eq!((unit.name.as_str(), unit.grids[0].as_str()), ("3栋2单元", "jinse/grid-2"));
    assert_eq!(unit.parent.as_ref().map(|parent| parent.as_str()), Some("jinse/3"));
    assert!(plan.places.windows(2).all(|pair| pair[0].walk < pair[1].walk));
}

#[test]
fn every_cell_is_used_or_reported() {
    let report = plan().report;
    let counts = report.counts();
    assert_eq!(
        counts,
        Counts { cells: 16_457, used: 15_141, left_out: 1_316, corrected: 1_167, guessed: 639 }
    );
    let count = |treatment, why| report.by_reason().get(&(treatment, why)).copied().unwrap_or_default();
    use Treatment::{Corrected, Guessed, LeftOut};
    let room = home(&plan(), "3-2-1806").row.clone();
    assert_eq!(room.to_string(), "业主信息!D651");
    for (treatment, why, times) in [
        (Corrected, Why::Unit, 103),
        (Corrected, Why::NumberAsText, 35),
        (Corrected, Why::Several, 174),
        (Corrected, Why::PhoneRemark, 43),
        (Corrected, Why::DateSpelling, 317),
        (Corrected, Why::PartialDate, 43),
        (Corrected, Why::Word, 199),
        (Guessed, Why::FromRemark, 917),
        (LeftOut, Why::AboveTable, 2),
        (LeftOut, Why::Totals, 2),
        (LeftOut, Why::Footer, 1),
        (LeftOut, Why::Ignored, 1),
        (LeftOut, Why::Duplicate { of: room }, 15),
        (LeftOut, Why::Untitled, 0),
    ] {
        assert_eq!(count(treatment, why.clone()), times, "{treatment}: {why}");
    }
    // 1,296 serial numbers are one line; every other cell left out has its own.
    assert_eq!(counts.left_out, 1_296 + 2 + 2 + 1 + 15);
}

#[test]
fn single_homes_read_as_a_person_would() {
    let plan = plan();
    let has = |location: &str, wanted: &[&str]| {
        let stated = stated(home(&plan, location));
        for line in wanted {
            assert!(stated.contains(*line), "{location}: {line} is not in {stated:#?}");
        }
    };
    has(
        "1-1-103",
        &[
            "home.area = Real(95.51)",
            "home.moved_in = 2020-02",
            "home.key_held = Bool(true)",
            "resident.remark = 钥匙在物业",
            "resident.name = 曾佑国",
        ],
    );
    has("1-1-102", &["resident.phone/*/number = 19900007068", "resident.phone/*/number = 19900006302"]);
    has("1-1-203", &["resident.phone/*/number = 19900003671", "resident.key_person = Bool(true)"]);
    // Row 651 stands last in a merged block; row 652 repeats it with other people and is left out.
    has("3-2-1806", &["resident.name = 薛鸿懿", "resident.role = tenant", "home.moved_in = 2013-03-08"]);
    has("6-2-1802", &["home.arrears = Int(383220)", "home.moved_in = 2019-04-06"]);
    has("6-2-1802", &["resident.phone/*/wechat = Bool(true)"]);
}

#[test]
fn every_value_knows_its_cell_and_fits_its_field() {
    let plan = plan();
    for home in &plan.homes {
        let of = [(home.id, &home.stated)].into_iter();
        for (id, list) in of.chain(home.residents.iter().map(|resident| (resident.id, &resident.stated))) {
            for stated in list {
                assert!(stated.cell.is_some());
                let path = stated.path(id);
                butler_core::model::fields::check(stated.field.kind, &path, &stated.value).unwrap();
            }
        }
    }
}
