//! The morning after some days of inspections: homes under renovation that were seen, one nobody opened, and empty homes.

use std::path::Path;
use std::sync::Arc;

use butler_core::Butler;
use butler_core::areas::rounds::Proof;
use butler_core::model::{Evidence, Value};

use super::Made;
use super::desk::{Desk, look_at, open, sync};
use super::morning::{Community, DAY, HOUR, LEAK, MINUTE, SATURDAY, walked};

/// A home, when it was seen, through which checklist, and what was answered otherwise than as it mostly is.
type Seen = (&'static str, i64, &'static str, &'static [(&'static str, &'static str)]);

const SEEN: &[Seen] = &[
    ("3-2-101", SATURDAY - 28 * DAY + 10 * HOUR, "vacant.inspection", &[]),
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

fn inspect(community: &Community, own: &Butler, room: &str, checklist: &str, given: &[(&str, &str)]) -> Made {
    let (home, place) = community.home(room)?;
    let round = own.rounds().start(&checklist.into(), &place, Some(home), None)?.record;
    let points: Vec<String> = own.rounds().details(round)?.points.into_iter().map(|point| point.id).collect();
    for point in points {
        // What is said of a home decides what else is asked there.
        for (field, value) in given {
            let here = own.rounds().details(round)?.points.into_iter().find(|known| known.id == point);
            let asks = here.is_some_and(|here| here.items.iter().any(|item| item.question.field == *field));
            if asks {
                let fields = [((*field).into(), Value::from(*value))].into();
                let answer = Evidence { fields, ..Evidence::default() };
                own.rounds().record(round, &(*field).into(), answer, "")?;
            }
        }
        look_at(own, round, &point, &Proof::Distance { metres: 6.0 })?;
    }
    Ok(())
}
