//! That Saturday in a grid whose spots the office knows, and nothing but the patrol to be done: what the butler 张丽 scans on
//! her way, and what the supervisor 陈静 sees of it.

use std::path::Path;
use std::sync::Arc;

use butler_core::Butler;
use butler_core::areas::rounds::Proof;
use butler_core::model::{Evidence, PlaceId, RecordId};

use super::desk::{Desk, begin, enrolled, look_at, picture, sync};
use super::morning::{Community, GRID, HOUR, MINUTE, SATURDAY, community};
use super::{Made, PHONE};

const PATROL: &str = "patrol.public-area";
/// What is written on the labels of the gate and of the lobbies.
const GATE: &str = "qr:jinse/gate";
const LOBBIES: [&str; 2] = ["qr:jinse/3-1-lobby", "qr:jinse/3-2-lobby"];

/// What is asked of the farthest lobby first.
const FLOOR: &str = "lobby_floor@jinse/3-2-lobby";

/// What the butler holds at 9:06, a minute after the gate.
pub(super) fn surveyed(folder: &Path) -> Made<Arc<Desk>> {
    let community = with_spots(folder)?;
    let own = enrolled(&community.desk, &community.office, &folder.join(PHONE), "zhang.li")?;
    community.at(SATURDAY + 9 * HOUR + 5 * MINUTE)?;
    let round = begin(&own, PATROL, &PlaceId::new(GRID)?)?;
    look_at(&own, round, "gate@jinse/gate", &scan(GATE))?;
    community.at(SATURDAY + 9 * HOUR + 6 * MINUTE)?;
    own.shutdown();
    Ok(community.desk)
}

/// What has reached the supervisor at 9:40. She was in a lobby, too, and found it otherwise.
pub(super) fn hasty(folder: &Path) -> Made<Arc<Desk>> {
    let community = with_spots(folder)?;
    let aside = tempfile::tempdir()?;
    let zhang = enrolled(&community.desk, &community.office, aside.path(), "zhang.li")?;
    let own = enrolled(&community.desk, &community.office, &folder.join(PHONE), "chen.jing")?;
    let round = walked(&community, &zhang)?;
    for phone in [&zhang, &own] {
        sync(phone, &community.office)?;
    }
    community.at(SATURDAY + 9 * HOUR + 25 * MINUTE)?;
    floor(&zhang, round, "defect")?;
    community.at(SATURDAY + 9 * HOUR + 27 * MINUTE)?;
    floor(&own, round, "ok")?;
    community.at(SATURDAY + 9 * HOUR + 40 * MINUTE)?;
    for phone in [&zhang, &own] {
        sync(phone, &community.office)?;
    }
    for phone in [zhang, own] {
        phone.shutdown();
    }
    Ok(community.desk)
}

/// The community, with the spots of its grid as far as they were surveyed: a gate, two lobbies 240 and 300 metres north of
/// it, and a notice board nobody labelled. Of lifts, garden and garage the office knows nothing yet.
fn with_spots(folder: &Path) -> Made<Community> {
    let community = community(folder)?;
    let spot = |id: &str, name: &str, kind: &str, north: Option<f64>, code: Option<&str>| {
        let position = north.map(|metres| vec![22.53 + metres / 111_195.0, 113.93]);
        let here = vec![GRID.to_owned()];
        community.office.add_spot(id, name, here, Some(kind.to_owned()), position, code.map(str::to_owned))
    };
    spot("jinse/gate", "南大门", "gate", Some(0.0), Some(GATE))?;
    spot("jinse/3-1-lobby", "3栋1单元大堂", "lobby", Some(240.0), Some(LOBBIES[0]))?;
    spot("jinse/3-2-lobby", "3栋2单元大堂", "lobby", Some(300.0), Some(LOBBIES[1]))?;
    spot("jinse/board", "3栋宣传栏", "board", None, None)?;
    community.at(SATURDAY + 8 * HOUR + 30 * MINUTE)?;
    Ok(community)
}

/// The whole patrol from 8:50 on, a minute from the gate to the farthest lobby.
fn walked(community: &Community, zhang: &Butler) -> Made<RecordId> {
    community.at(SATURDAY + 8 * HOUR + 50 * MINUTE)?;
    let round = begin(zhang, PATROL, &PlaceId::new(GRID)?)?;
    look_at(zhang, round, "gate@jinse/gate", &scan(GATE))?;
    community.at(SATURDAY + 8 * HOUR + 51 * MINUTE)?;
    look_at(zhang, round, "lobby@jinse/3-2-lobby", &scan(LOBBIES[1]))?;
    community.at(SATURDAY + 8 * HOUR + 54 * MINUTE)?;
    look_at(zhang, round, "lobby@jinse/3-1-lobby", &scan(LOBBIES[0]))?;
    let points = zhang.rounds().details(round)?.points;
    for (number, point) in points.iter().filter(|point| point.visited.is_none()).enumerate() {
        community.at(SATURDAY + 8 * HOUR + (57 + 3 * i64::try_from(number)?) * MINUTE)?;
        look_at(zhang, round, &point.id, &Proof::Distance { metres: 6.0 })?;
    }
    Ok(round)
}

/// Says of the floor of the farthest lobby how it is, with a photo.
fn floor(butler: &Butler, round: RecordId, how: &str) -> Made {
    let mut evidence = Evidence::default();
    evidence.fields.insert(FLOOR.into(), how.into());
    evidence.photos.insert(FLOOR.into(), vec![picture(butler, 0)?]);
    butler.rounds().record(round, &FLOOR.into(), evidence, "")?;
    Ok(())
}

fn scan(code: &str) -> Proof {
    Proof::Scan { code: code.to_owned() }
}
