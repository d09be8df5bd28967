//! That Saturday on the phone of the supervisor 陈静, where something is reckoned: a shelf of lamps that an engineer keeps, and
//! fees of which a part was paid.

use std::path::Path;
use std::sync::Arc;

use butler_core::Butler;
use butler_core::areas::registers::NewEntry;
use butler_core::model::{PlaceId, RecordId, Value};

use super::desk::{Desk, answered, enrolled, open, sync, take};
use super::morning::{GRID, HOUR, SATURDAY, community};
use super::{Made, PHONE};

pub(super) fn books(folder: &Path) -> Made<Arc<Desk>> {
    let community = community(folder)?;
    let office = community.office.clone();
    office.assign("zhou.min", "周敏", "finance", None)?;
    let aside = tempfile::tempdir()?;
    community.at(SATURDAY + 9 * HOUR)?;
    let own = enrolled(&community.desk, &office, &folder.join(PHONE), "chen.jing")?;
    let li = enrolled(&community.desk, &office, &aside.path().join("li"), "li.qiang")?;
    let zhou = enrolled(&community.desk, &office, &aside.path().join("zhou"), "zhou.min")?;

    // Forty lamps came, six were taken.
    let lamps = [
        ("label", "GC-001".into()),
        ("name", "LED灯管".into()),
        ("model", "T8 16W".into()),
        ("unit_name", "支".into()),
        ("zone", "spares".into()),
        ("shelf", "A-1-3".into()),
        ("minimum", Value::from(20.0)),
        ("entered_on", "2026-11-02".into()),
    ];
    let item = row(&li, "stock.item", None, &lamps)?;
    for (day, direction, quantity) in [("2026-11-02", "receipt", 40.0), ("2026-11-20", "issue", 6.0)] {
        let given = [
            ("date", day.into()),
            ("direction", direction.into()),
            ("quantity", Value::from(quantity)),
            ("used_for", "楼道换灯".into()),
        ];
        let given = &given[..if direction == "issue" { 4 } else { 3 }];
        row(&li, "stock.movement", Some(item), given)?;
    }

    // Half a year's fees, and what was paid of them.
    let (home, place) = community.home("3-1-904")?;
    let given = [
        ("fee_kind", "service".into()),
        ("arrears_amount", 396_000.into()),
        ("period", "2026年1月至6月".into()),
    ];
    let case = open(&zhou, "fees.collection", &place, &[home], "3-1-904 物业费", &given)?;
    take(
        &zhou,
        case,
        "part_paid",
        &[("part_amount", 150_005.into()), ("part_paid_on", "2026-11-27".into())],
    )?;

    for phone in [&li, &zhou, &own] {
        sync(phone, &office)?;
    }
    for phone in [li, zhou, own] {
        phone.shutdown();
    }
    Ok(community.desk)
}

/// A row of a register of the grid.
fn row(butler: &Butler, form: &str, about: Option<RecordId>, given: &[(&str, Value)]) -> Made<RecordId> {
    // What an answer makes a form ask is among its questions once it is given.
    let answers = given.iter().map(|(id, value)| ((*id).into(), value.clone())).collect();
    let answers = butler_core::model::Evidence { fields: answers, ..Default::default() };
    let about: Vec<RecordId> = about.into_iter().collect();
    let asked = butler.registers().ask(&form.into(), &answers, &about, None)?;
    let place = PlaceId::new(GRID)?;
    let made = answered(butler, &asked, given, |answers| {
        let (place, about) = (place.clone(), about.clone());
        butler.registers().add(&NewEntry { form: form.into(), place, answers, about, due: None })
    })?;
    Ok(made.record)
}
