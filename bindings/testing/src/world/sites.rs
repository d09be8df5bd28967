//! The morning after some days of inspections: homes under renovation that were seen, one nobody opened, and empty homes.
//! Of the renovations one was never permitted, and the permit of another has run out.

use std::path::Path;
use std::sync::Arc;

use butler_core::Butler;
use butler_core::areas::rounds::Proof;
use butler_core::model::Value;

use super::Made;
use super::desk::{Desk, answered, look_at, open, sync, take};
use super::morning::{Community, DAY, GRID, HOUR, LEAK, MINUTE, SATURDAY, walked};

/// A home whose works were permitted, and until when.
const PERMITTED: [(&str, &str); 3] =
    [("3-2-904", "2027-02-28"), ("2-1-802", "2027-01-31"), ("1-2-1203", "2026-11-20")];

/// A home, when it was seen, through which checklist, and what was answered otherwise than as it mostly is.
type Seen = (&'static str, i64, &'static str, &'static [(&'static str, &'static str)]);

const SEEN: &[Seen] = &[
    ("3-2-101", SATURDAY - 28 * DAY + 10 * HOUR, "vacant.inspection", &[]),
    (
        "2-2-702",
        SATURDAY - 28 * DAY + 11 * HOUR,
        "vacant.inspection",
        &[("meter_water", "247.3"), ("meter_power", "1083")],
    ),
    ("3-1-503", SATURDAY - 3 * DAY + 10 * HOUR, "renovation.inspection", &[("stage", "concealed")]),
    ("1-2-1203", SATURDAY - 2 * DAY + 11 * HOUR, "renovation.inspection", &[("stage", "paint")]),
    ("3-2-904", SATURDAY - DAY + 10 * HOUR, "renovation.inspection", &[("stage", "demolition")]),
    (
        "3-1-503",
        SATURDAY - DAY + 11 * HOUR,
        "renovation.inspection",
        &[("outcome", "nobody"), ("absence_handled", "not_reached")],
    ),
    ("2-1-802", SATURDAY + 9 * HOUR + 30 * MINUTE, "renovation.inspection", &[("stage", "waterproof")]),
];

/// The morning, with what was seen in the days before.
pub(super) fn sites(folder: &Path) -> Made<Arc<Desk>> {
    let (community, own) = walked(folder, &[LEAK])?;
    community.at(SATURDAY - 9 * DAY + 9 * HOUR)?;
    permit(&community, &own)?;
    for (room, at, checklist, given) in SEEN {
        // A clock that is turned is believed once the office said what time it is.
        community.at(*at)?;
        sync(&own, &community.office)?;
        inspect(&community, &own, room, checklist, given)?;
    }
    community.at(SATURDAY + 10 * HOUR + 40 * MINUTE)?;
    sync(&own, &community.office)?;
    let (home, place) = community.home("2-2-702")?;
    let given = [
        ("key_kind", "owner".into()),
        ("key_number", "K-17".into()),
        ("taker", "staff".into()),
        ("taken_by", "zhang.li".into()),
    ];
    open(&own, "keys.loan", &place, &[home], "钥匙 K-17", &given)?;
    community.at(SATURDAY + 10 * HOUR + 42 * MINUTE)?;
    own.shutdown();
    Ok(community.desk)
}

/// Works are permitted and begun; whoever looks at the drawings and gives the permit, she does it for them.
fn permit(community: &Community, own: &Butler) -> Made {
    let office = &community.office;
    for role in ["engineering", "supervisor"] {
        office.assign("zhang.li", "张丽", role, None)?;
    }
    sync(own, office)?;
    for (room, until) in PERMITTED {
        let (home, place) = community.home(room)?;
        let case = open(own, "renovation.permit", &place, &[home], "装修手续", &[])?;
        for step in ["engineering_pass", "butler_pass", "brief", "sign_agreement", "make_passes"] {
            take(own, case, step, &[])?;
        }
        take(own, case, "issue_permit", &[("permit_until", until.into())])?;
        take(own, case, "visit_before", &[])?;
        take(own, case, "start", &[("extinguishers", 2.into())])?;
    }
    sync(own, office)?;
    office.unassign("zhang.li")?;
    office.assign("zhang.li", "张丽", "butler", Some(GRID.into()))?;
    sync(own, office)?;
    Ok(())
}

fn inspect(community: &Community, own: &Butler, room: &str, checklist: &str, given: &[(&str, &str)]) -> Made {
    let (home, place) = community.home(room)?;
    let round = own.rounds().start(&checklist.into(), &place, Some(home), None)?.record;
    let points: Vec<String> = own.rounds().details(round)?.points.into_iter().map(|point| point.id).collect();
    for point in points {
        // What is said of a home decides what else is asked there.
        for (field, value) in given {
            let here = own.rounds().details(round)?.points.into_iter().find(|known| known.id == point);
            let asked =
                here.and_then(|here| here.items.into_iter().find(|item| item.question.field == *field));
            if let Some(item) = asked {
                let value = value.parse::<f64>().map_or_else(|_| Value::from(*value), Value::from);
                answered(own, &[item.question], &[(*field, value)], |evidence| {
                    own.rounds().record(round, &(*field).into(), evidence, "")
                })?;
            }
        }
        // Its unit is proven by its code; what is inside a home is near enough.
        let proof = if point.starts_with("at_unit") {
            Proof::Scan { code: format!("qr:{place}") }
        } else {
            Proof::Distance { metres: 6.0 }
        };
        look_at(own, round, &point, &proof)?;
    }
    Ok(())
}
