//! That Saturday when there is more to do than to walk: water in the basement, a repair nobody takes, keys in our care, a
//! grid that changes hands; what the butler 张丽 sees of it, and what the supervisor 陈静 does.

use std::path::Path;
use std::sync::Arc;

use butler_core::Butler;
use butler_core::areas::registers::NewEntry;
use butler_core::model::{Evidence, PlaceId, Value};

use super::Made;
use super::desk::{Desk, answered, open, sync, sync_records, take};
use super::morning::{AtWork, GRID, HOUR, LEAK, MINUTE, SATURDAY, begun};

const BASEMENT: &str = "jinse/basement-3";

/// What the butler holds at 10:35, four minutes after she found the water.
pub(super) fn emergency(folder: &Path) -> Made<Arc<Desk>> {
    let at_work = pressing(folder, "zhang.li")?;
    at_work.community.at(SATURDAY + 10 * HOUR + 35 * MINUTE)?;
    let (community, own) = at_work.alone();
    own.shutdown();
    Ok(community.desk)
}

/// What has reached the supervisor at 10:50.
pub(super) fn supervisor(folder: &Path) -> Made<Arc<Desk>> {
    let AtWork { community, own, chen, li, fang, .. } = pressing(folder, "chen.jing")?;
    community.at(SATURDAY + 10 * HOUR + 50 * MINUTE)?;
    for phone in [&own, &fang] {
        sync(phone, &community.office)?;
    }
    // No Wi-Fi here: photos come later.
    sync_records(&chen, &community.office)?;
    for phone in [own, li, fang, chen] {
        phone.shutdown();
    }
    Ok(community.desk)
}

fn pressing(folder: &Path, whose: &str) -> Made<AtWork> {
    let at_work = begun(folder, whose, &[LEAK], usize::MAX)?;
    let AtWork { community, own, chen, fang, .. } = &at_work;
    let office = &community.office;

    // Whom one calls, and where the water will stand.
    community.at(SATURDAY + 9 * HOUR + 10 * MINUTE)?;
    let here = || vec![GRID.to_owned()];
    for (id, name, number) in [
        ("jinse/control-room", "监控中心", "075526001234"),
        ("jinse/engineering-desk", "工程值班", "075526001237"),
    ] {
        office.add_spot(id, name, here(), Some("desk".to_owned()), None, None)?;
        office.place_phone(id, Some(number.to_owned()))?;
    }
    office.add_spot(BASEMENT, "3栋地下一层", here(), None, None, None)?;
    office.staff_phone("chen.jing", Some("13800002211".to_owned()))?;

    // A colleague leaves something out, and says why.
    for phone in [chen, fang, own] {
        sync(phone, office)?;
    }
    left_out(fang)?;

    // The grid goes to her: the supervisor begins it, two steps are made.
    let grid = PlaceId::new(GRID)?;
    let given = [
        ("from_staff", "zhang.li".into()),
        ("to_staff", "he.fang".into()),
        ("why", "transfer".into()),
        ("last_day", "2026-12-04".into()),
    ];
    let handover = open(chen, "grid.handover", &grid, &[], "1网格交接", &given)?;
    for phone in [chen, own] {
        sync(phone, office)?;
    }
    community.at(SATURDAY + 9 * HOUR + 40 * MINUTE)?;
    take(own, handover, "walk", &[])?;
    take(own, handover, "key_persons", &[("introduced", "3栋2单元1501刘敏、802吴秀英".into())])?;

    // Keys of homes whose owners live elsewhere.
    for (room, bag, copies) in [("2-1-301", "K-09", 2.0), ("1-2-503", "K-17", 1.0), ("3-1-602", "K-21", 3.0)]
    {
        let (home, place) = community.home(room)?;
        let owner = own.homes().details(home)?.residents.into_iter().next().ok_or("nobody owns it")?;
        let form = own.registers().form(&"keys.owner".into())?;
        let given = [
            ("from_person", owner.record.id.to_string().into()),
            ("copies", Value::from(copies)),
            ("bag_number", bag.into()),
            ("hangs_at", "前台3号柜".into()),
            ("allowed_until", "2027-05-31".into()),
        ];
        answered(own, &form.questions, &given, |answers| {
            own.registers().add(&NewEntry {
                form: "keys.owner".into(),
                place: place.clone(),
                answers,
                about: vec![home],
                due: None,
            })
        })?;
    }

    // An urgent repair is with the engineers, and nobody takes it.
    community.at(SATURDAY + 10 * HOUR + 5 * MINUTE)?;
    let (home, place) = community.home("2-1-503")?;
    let given = [
        ("category", "water".into()),
        ("urgency", "urgent".into()),
        ("description", "厨房水管爆裂，已关户内总阀".into()),
    ];
    let repair = open(own, "repair.paid", &place, &[home], "厨房水管爆裂", &given)?;
    take(own, repair, "dispatch", &[("port", "engineering".into())])?;

    // Water in the basement.
    let found = SATURDAY + 10 * HOUR + 31 * MINUTE;
    community.at(found)?;
    let given = [
        ("happened_at", Value::from(found)),
        ("spot", "电梯厅".into()),
        ("description", "地面积水约5厘米，正往配电间方向流".into()),
        ("people", "无".into()),
        ("injured", 0.0.into()),
        ("water_source", "riser".into()),
    ];
    open(own, "emergency.flooding", &PlaceId::new(BASEMENT)?, &[], "水浸与跑水", &given)?;
    Ok(at_work)
}

/// The first thing due that may be left out is.
fn left_out(fang: &Butler) -> Made {
    let mut why = Evidence::default();
    why.fields.insert("reason".into(), "done_otherwise".into());
    let due = fang.today().list(None, 100)?.items;
    let done = due.into_iter().any(|item| fang.today().skip(item.id, why.clone()).is_ok());
    if done { Ok(()) } else { Err("nothing may be left out".into()) }
}
