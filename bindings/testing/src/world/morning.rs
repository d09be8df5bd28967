//! A Saturday morning in November at 锦瑟家园: what the butler 张丽 of the first grid finds on her phone at 10:42.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, UNIX_EPOCH};

use butler_core::Butler;
use butler_core::areas::registers::NewEntry;
use butler_core::model::choice::{Channel, HomeState, Outcome, OwnerState};
use butler_core::model::date::PartialDate;
use butler_core::model::resident::PhoneEdit;
use butler_core::model::{
    ContactEdit, Edit, HomeEdit, Kind, Location, PlaceId, RecordId, ResidentEdit, StaffId, Timestamp, Touch,
    derived,
};
use butler_office::hub::OfficeEdit;
use chrono::NaiveDate;

use super::desk::{Desk, answered, enrolled, open, phone, sync, take, walk};
use super::{COMMUNITY, Made, OFFICE, PHONE};
use crate::TestOfficeCore;

pub(super) const MINUTE: i64 = 60_000;
pub(super) const HOUR: i64 = 60 * MINUTE;
pub(super) const DAY: i64 = 24 * HOUR;
/// 2026-11-28 00:00 in China, a Saturday.
pub(super) const SATURDAY: i64 = 1_795_795_200_000;
pub(super) const GRID: &str = "g1";
/// Where a leak was repaired, and what it was.
pub(super) const LEAK: (&str, &str) = ("3-2-1501", "飘窗渗水");

/// Rooms of a unit, from the top down; a building has two units.
const ROOMS: [&str; 10] = ["1501", "1203", "1002", "904", "802", "702", "602", "503", "301", "101"];
const UNITS: [(&str, &str); 6] = [("3", "2"), ("3", "1"), ("2", "2"), ("2", "1"), ("1", "2"), ("1", "1")];
const SURNAMES: [&str; 20] = [
    "刘", "陈", "赵", "周", "吴", "郑", "孙", "朱", "何", "郭", "林", "罗", "梁", "宋", "唐", "许", "韩",
    "冯", "邓", "曹",
];
const GIVEN: [&str; 18] = [
    "敏", "志远", "秀英", "建国", "慧", "子涵", "玉兰", "海涛", "晓峰", "丽华", "文博", "雅琴", "俊杰",
    "淑珍", "浩然", "桂芳", "明轩", "雪梅",
];
const SEGMENTS: [&str; 5] =
    ["thrifty_home", "young_couple", "small_sun", "three_generations", "active_elders"];
const LAYOUTS: [&str; 4] = ["两室一厅", "三室一厅", "三室两厅", "四室两厅"];

/// The community with its office, before anybody works.
pub(super) struct Community {
    pub desk: Arc<Desk>,
    pub office: Arc<TestOfficeCore>,
    homes: Vec<(String, RecordId, PlaceId)>,
}

impl Community {
    /// It is this time, for everybody.
    pub fn at(&self, millis: i64) -> Made {
        self.desk.set(millis);
        let millis = u64::try_from(millis)?;
        let now = UNIX_EPOCH.checked_add(Duration::from_millis(millis)).ok_or("a time nobody has")?;
        Ok(self.office.set_time(now)?)
    }

    pub fn home(&self, room: &str) -> Made<(RecordId, PlaceId)> {
        let known = self.homes.iter().find(|home| home.0 == room);
        let (_, record, place) = known.ok_or_else(|| format!("no home {room}"))?;
        Ok((*record, place.clone()))
    }
}

/// A phone nobody enrolled yet, in a community that is there.
pub(super) fn before(folder: &Path) -> Made<Arc<Desk>> {
    let community = community(folder)?;
    community.at(SATURDAY + 8 * HOUR + 30 * MINUTE)?;
    phone(&community.desk, &folder.join(PHONE))?.shutdown();
    Ok(community.desk)
}

/// The morning, and the grid went to somebody else.
pub(super) fn lost(folder: &Path) -> Made<Arc<Desk>> {
    let (community, own) = walked(folder, &[LEAK])?;
    community.office.unassign("zhang.li")?;
    sync(&own, &community.office)?;
    own.shutdown();
    Ok(community.desk)
}

/// The morning.
pub(super) fn morning(folder: &Path) -> Made<Arc<Desk>> {
    let (community, own) = walked(folder, &[LEAK])?;
    own.shutdown();
    Ok(community.desk)
}

/// The morning after more homes leaked than one: more is due by today than can be walked.
pub(super) fn leaks(folder: &Path) -> Made<Arc<Desk>> {
    let rooms = [LEAK, ("1-2-1203", "次卫渗水"), ("1-2-503", "阳台渗水"), ("2-2-602", "厨房渗水")];
    let (community, own) = walked(folder, &rooms)?;
    own.shutdown();
    Ok(community.desk)
}

/// The morning, and at the first door more than a talk is to be done: nobody knows how many live there, and the owner's
/// telephone was not tried for a year.
pub(super) fn door(folder: &Path) -> Made<Arc<Desk>> {
    let (community, own) = walked(folder, &[LEAK])?;
    let (home, _) = community.home(LEAK.0)?;
    let edit = Edit::new().clear("people");
    let forgotten = OfficeEdit { record: home, kind: Kind::Home, seen: None, edit };
    community.office.hub.author(&community.office.desk, &StaffId::new("office")?, &[forgotten])?;
    sync(&own, &community.office)?;
    let household = own.homes().details(home)?.residents;
    let owner = household.first().ok_or("nobody lives there")?.record.id;
    let phone = own.residents().details(owner)?.resident.phones.first().ok_or("no telephone")?.id;
    let tried = NaiveDate::from_ymd_opt(2025, 11, 10).ok_or("no such day")?;
    let verified = PhoneEdit { verified: tried.into(), ..PhoneEdit::default() };
    let phones = [(phone, Touch::Set(verified))].into();
    own.residents().edit(owner, ResidentEdit { phones, ..ResidentEdit::default() })?;
    own.shutdown();
    Ok(community.desk)
}

/// At 9:08 of that morning, three points of the patrol are walked.
pub(super) fn patrol(folder: &Path) -> Made<Arc<Desk>> {
    let (community, own) = begun(folder, "zhang.li", &[LEAK], 3)?.alone();
    community.at(SATURDAY + 9 * HOUR + 8 * MINUTE)?;
    own.shutdown();
    Ok(community.desk)
}

/// What was done until 10:42, by her and by her colleagues.
pub(super) fn walked(folder: &Path, leaks: &[(&str, &str)]) -> Made<(Community, Butler)> {
    let (community, own) = begun(folder, "zhang.li", leaks, usize::MAX)?.alone();
    community.at(SATURDAY + 10 * HOUR + 38 * MINUTE)?;
    let (home, place) = community.home("3-1-1203")?;
    let given = [
        ("category", "seepage".into()),
        ("urgency", "urgent".into()),
        ("description", "卫生间顶上往下滴水，楼下吊顶已湿".into()),
    ];
    open(&own, "repair.paid", &place, &[home], "卫生间渗水", &given)?;
    // What she did since and has not sent.
    let visits = [
        ("3-2-1203", "一切都好，问了车位"),
        ("3-2-1002", "孩子上小学了，想换儿童座椅位"),
        ("3-2-702", "没什么事，聊了聊暖气"),
    ];
    for (number, (room, said)) in visits.into_iter().enumerate() {
        community.at(SATURDAY + 9 * HOUR + 20 * MINUTE + i64::try_from(number)? * 15 * MINUTE)?;
        visit(&own, community.home(room)?.0, Outcome::Agreed, said, ContactEdit::default())?;
    }
    community.at(SATURDAY + 10 * HOUR + 42 * MINUTE)?;
    Ok((community, own))
}

/// The people of a morning with their phones; `own` is the butler's.
pub(super) struct AtWork {
    pub community: Community,
    pub own: Butler,
    pub chen: Butler,
    pub li: Butler,
    pub fang: Butler,
    /// Where the phones lie that are nobody's one looks at.
    _aside: tempfile::TempDir,
}

impl AtWork {
    /// The colleagues put their phones away.
    pub fn alone(self) -> (Community, Butler) {
        for colleague in [self.chen, self.li, self.fang] {
            colleague.shutdown();
        }
        (self.community, self.own)
    }
}

/// The days before, and the morning until so many points of the patrol are walked. The phone one looks at is `whose`.
pub(super) fn begun(folder: &Path, whose: &str, leaks: &[(&str, &str)], points: usize) -> Made<AtWork> {
    let community = community(folder)?;
    let aside = tempfile::tempdir()?;
    let office = community.office.clone();
    let person = |staff: &str| {
        let at = if staff == whose { folder.join(PHONE) } else { aside.path().join(staff) };
        enrolled(&community.desk, &office, &at, staff)
    };

    // The days before: a seepage was repaired, a renovation went wrong, visits were agreed.
    community.at(SATURDAY - 4 * DAY + 9 * HOUR)?;
    let (chen, li, fang) = (person("chen.jing")?, person("li.qiang")?, person("he.fang")?);
    let own = person("zhang.li")?;
    let together = |phones: &[&Butler]| -> Made {
        for _ in 0..2 {
            for phone in phones {
                sync(phone, &office)?;
            }
        }
        Ok(())
    };
    for (room, what) in leaks {
        seepage(&community, &own, &li, room, what, &together)?;
    }
    rain(&community, &own)?;
    violation(&community, &own, &together)?;
    contacts(&community, &own)?;
    rounds(&community, &fang)?;

    // The evening before, two of them wrote about the same home.
    community.at(SATURDAY - 8 * HOUR)?;
    together(&[&own, &chen, &fang])?;
    let (home, _) = community.home("3-2-802")?;
    chen.homes().edit(home, HomeEdit { owner_state: OwnerState::ELSEWHERE.into(), ..HomeEdit::default() })?;
    repairs(&community, &own, &li, &together)?;
    community.at(SATURDAY - 8 * HOUR + 20 * MINUTE)?;
    fang.homes().edit(
        home,
        HomeEdit { owner_state: OwnerState::ABROAD.into(), people: 1.into(), ..HomeEdit::default() },
    )?;
    together(&[&chen, &fang])?;

    // She stood in for finance and wrote what she may not any more.
    let (home, _) = community.home("3-1-602")?;
    office.assign("zhang.li", "张丽", "finance", Some(GRID.into()))?;
    sync(&own, &office)?;
    own.homes().edit(
        home,
        HomeEdit {
            arrears: 120_000.into(),
            owner_state: OwnerState::ELSEWHERE.into(),
            people: 2.into(),
            ..HomeEdit::default()
        },
    )?;
    office.unassign("zhang.li")?;
    office.assign("zhang.li", "张丽", "butler", Some(GRID.into()))?;

    // The day begins: everything of yesterday is in, and an urgent repair is reported.
    community.at(SATURDAY + 8 * HOUR + 30 * MINUTE)?;
    together(&[&own, &li])?;
    own.today().walk(&butler_core::playbook::walk::WalkHours::default())?;
    community.at(SATURDAY + 8 * HOUR + 50 * MINUTE)?;
    walk(&community.desk, &own, "patrol.public-area", &PlaceId::new(GRID)?, points)?;
    Ok(AtWork { community, own, chen, li, fang, _aside: aside })
}

/// A leak was repaired.
fn seepage(
    community: &Community,
    own: &Butler,
    li: &Butler,
    room: &str,
    what: &str,
    together: &dyn Fn(&[&Butler]) -> Made,
) -> Made {
    let (home, place) = community.home(room)?;
    let given = [
        ("category", "seepage".into()),
        ("urgency", "normal".into()),
        ("description", "主卧飘窗下面渗水，墙纸起鼓".into()),
    ];
    let case = open(own, "repair.paid", &place, &[home], what, &given)?;
    take(own, case, "dispatch", &[("port", "engineering".into()), ("assignee", "li.qiang".into())])?;
    together(&[own, li])?;
    for step in ["accept", "quote"] {
        take(li, case, step, &[])?;
    }
    together(&[li, own])?;
    for _ in 0..4 {
        let next = li.cases().next_steps(case)?;
        let on = ["agree", "approve", "confirm_quote", "start", "finish"];
        let Some(step) = next.iter().find(|next| on.contains(&next.step.as_str()) && next.why_not.is_none())
        else {
            break;
        };
        take(li, case, step.step.as_str(), &[])?;
        if step.step == "finish" {
            break;
        }
    }
    together(&[li, own])
}

/// Then it rained: whoever lives where a leak was repaired is to be asked whether it is dry.
fn rain(community: &Community, own: &Butler) -> Made {
    let (_, place) = community.home(LEAK.0)?;
    community.at(SATURDAY - 3 * DAY + 9 * HOUR)?;
    let form = own.registers().form(&"weather.rain-day".into())?;
    answered(own, &form.questions, &[], |answers| {
        let form = "weather.rain-day".into();
        own.registers().add(&NewEntry { form, place: place.clone(), answers, about: vec![], due: None })
    })?;
    Ok(())
}

/// A repair the fitter took while she cancelled it, and what somebody else has to put right.
fn repairs(community: &Community, own: &Butler, li: &Butler, together: &dyn Fn(&[&Butler]) -> Made) -> Made {
    let (home, place) = community.home("2-1-1002")?;
    let given = [
        ("category", "water".into()),
        ("urgency", "normal".into()),
        ("description", "厨房角阀接头渗水，柜底湿了".into()),
    ];
    let sink = open(own, "repair.paid", &place, &[home], "厨房水槽下漏水", &given)?;
    take(own, sink, "dispatch", &[("port", "engineering".into()), ("assignee", "li.qiang".into())])?;
    let (_, place) = community.home("3-1-702")?;
    let given = [
        ("area", "fire".into()),
        ("spot", "7 层消防前室".into()),
        ("standard", "防火门前堆放童车".into()),
        ("port", "environment".into()),
    ];
    open(own, "patrol.rectification", &place, &[], "童车堵防火门", &given)?;
    together(&[own, li])?;
    community.at(SATURDAY - 8 * HOUR + 10 * MINUTE)?;
    take(own, sink, "cancel", &[("cancel_reason", "客户说自己修好了".into())])?;
    community.at(SATURDAY - 8 * HOUR + 13 * MINUTE)?;
    take(li, sink, "accept", &[])
}

/// Somebody drilled into a wall that carries the house.
fn violation(community: &Community, own: &Butler, together: &dyn Fn(&[&Butler]) -> Made) -> Made {
    community.at(SATURDAY - DAY + 15 * HOUR)?;
    let (home, place) = community.home("3-2-904")?;
    let given = [
        ("severity", "severe".into()),
        ("spot", "客厅与阳台之间".into()),
        ("description", "开槽伤到承重墙，已停工".into()),
        ("on_site", "工长周师傅".into()),
    ];
    let case = open(own, "renovation.violation", &place, &[home], "承重墙开槽", &given)?;
    community.at(SATURDAY - DAY + 15 * HOUR + 10 * MINUTE)?;
    take(own, case, "report_up", &[("reported_to", "chen.jing".into())])?;
    together(&[own])
}

/// The weekly inspections of the grid, done by her colleague.
fn rounds(community: &Community, fang: &Butler) -> Made {
    for (number, checklist) in
        ["patrol.greening", "patrol.notice-boards", "patrol.cleaning"].into_iter().enumerate()
    {
        community.at(SATURDAY - 2 * DAY + 14 * HOUR + i64::try_from(number)? * 40 * MINUTE)?;
        walk(&community.desk, fang, checklist, &PlaceId::new(GRID)?, usize::MAX)?;
    }
    Ok(())
}

/// What was talked about lately: agreed days and promises that fall due.
fn contacts(community: &Community, own: &Butler) -> Made {
    let today = NaiveDate::from_ymd_opt(2026, 11, 28).ok_or("no such day")?;
    let promised = ContactEdit {
        promise: "问一下充电桩什么时候装".into(),
        promise_by: today.into(),
        ..ContactEdit::default()
    };
    community.at(SATURDAY - 2 * DAY + 10 * HOUR)?;
    visit(own, community.home("3-2-503")?.0, Outcome::Agreed, "关心充电桩", promised)?;
    let next = |millis: i64| ContactEdit {
        next_contact: Timestamp::from_millis(millis).into(),
        ..ContactEdit::default()
    };
    let (home, _) = community.home("3-1-904")?;
    visit(own, home, Outcome::NotAgreed, "物业费有疑问，想看明细", next(SATURDAY + 15 * HOUR))?;
    let (home, _) = community.home("2-2-802")?;
    visit(own, home, Outcome::NotReached, "", next(SATURDAY + 3 * DAY + 18 * HOUR))?;
    Ok(())
}

/// A visit that was paid; `more` says what came of it.
fn visit(own: &Butler, home: RecordId, outcome: Outcome, said: &str, more: ContactEdit) -> Made {
    let contact = ContactEdit {
        channel: Channel::VISIT.into(),
        purpose: "planned_visit".into(),
        outcome: outcome.into(),
        summary: if said.is_empty() { Touch::Keep } else { said.into() },
        ..more
    };
    own.contacts().record(&[home], contact, &[])?;
    Ok(())
}

/// Three buildings with ten homes a unit, their people and who works for them.
pub(super) fn community(folder: &Path) -> Made<Community> {
    let desk = Desk::at(SATURDAY - 30 * DAY);
    let start = UNIX_EPOCH.checked_add(Duration::from_millis(u64::try_from(desk.millis())?));
    let office = TestOfficeCore::create(COMMUNITY, &folder.join(OFFICE), start.ok_or("a time nobody has")?)?;
    office.rename("锦瑟家园 物业服务中心")?;
    office.add_grid(GRID, "1网格")?;
    for (staff, name, role, grid) in [
        ("zhang.li", "张丽", "butler", Some(GRID)),
        ("he.fang", "何芳", "butler", Some(GRID)),
        ("chen.jing", "陈静", "supervisor", None),
        ("li.qiang", "李强", "engineering", None),
    ] {
        office.assign(staff, name, role, grid.map(str::to_owned))?;
    }
    let mut community = Community { desk, office, homes: Vec::new() };
    let mut edits = Vec::new();
    for (building, unit) in UNITS {
        for room in ROOMS {
            let number = community.homes.len();
            let room = format!("{building}-{unit}-{room}");
            let location = Location::parse(&room)?;
            community.office.add_places(&location, GRID)?;
            let place = location.places(&community.office.community)?.pop().ok_or("no place")?;
            let home = location.home_id(&community.office.community);
            edits.push(home_edit(&community, &location, home, number)?);
            if !matches!(state(&room), HomeState::VACANT) {
                residents(&community.desk, home, &place, number, &mut edits);
            }
            community.homes.push((room, home, place));
        }
    }
    let office = StaffId::new("office")?;
    for some in edits.chunks(50) {
        community.office.hub.author(&community.office.desk, &office, some)?;
    }
    Ok(community)
}

fn state(room: &str) -> &'static str {
    match room {
        "3-2-904" | "3-1-503" | "2-1-802" | "1-2-1203" => HomeState::RENOVATING,
        "3-2-101" | "2-2-702" | "1-1-1002" => HomeState::VACANT,
        "2-1-301" | "1-2-503" => HomeState::RENTED_OUT,
        _ => HomeState::OCCUPIED,
    }
}

fn home_edit(community: &Community, location: &Location, home: RecordId, number: usize) -> Made<OfficeEdit> {
    let room = location.canonical();
    let state = state(&room);
    let vacant = matches!(state, HomeState::VACANT);
    let edit = HomeEdit {
        layout: LAYOUTS[number % LAYOUTS.len()].into(),
        area: (78.5 + f64::from(u16::try_from(number % 7)?) * 11.3).into(),
        people: i64::try_from(2 + number % 3)?.into(),
        state: state.into(),
        owner_state: OwnerState::LIVES_HERE.into(),
        handed_over: PartialDate::Month(2019, 9).into(),
        paid_until: NaiveDate::from_ymd_opt(2026, 12, 31).ok_or("no such day")?.into(),
        ..HomeEdit::at(&community.office.community, location)?
    };
    let mut edit = Edit::from(edit);
    if vacant {
        edit = edit.put("key_held", true).put("key_spot", "前台3号柜").put("vacant_since", "2026-03");
    }
    Ok(OfficeEdit { record: home, kind: Kind::Home, seen: None, edit })
}

/// An owner, and mostly somebody who lives with them.
fn residents(desk: &Desk, home: RecordId, place: &PlaceId, number: usize, edits: &mut Vec<OfficeEdit>) {
    let surname = SURNAMES[number % SURNAMES.len()];
    for (at, role) in ["owner", "family"].into_iter().enumerate().take(1 + usize::from(number % 4 != 3)) {
        // The family of an owner has a name of its own.
        let surname = if at == 0 { surname } else { SURNAMES[(number * 7 + 3) % SURNAMES.len()] };
        let name = format!("{surname}{}", GIVEN[(number * 5 + at * 7) % GIVEN.len()]);
        let phone = format!("phone/{:032x}", 1 + at);
        let mut edit = Edit::new()
            .put("place", place.as_str())
            .put("home", home.to_string())
            .put("name", name)
            .put("role", role)
            .put("lives_here", true)
            .put("consent_data", true)
            .put("consent_on", "2025-06-01")
            .put(phone.clone(), true)
            .put(format!("{phone}/number"), format!("138{:08}", 135_021 + number * 7_919 + at * 31));
        if at == 0 {
            // Some telephones were not tried for a long time, and some people were never asked what they are like.
            let verified = if number % 5 == 2 { "2025-11-10" } else { "2026-08-20" };
            edit = edit.put("key_person", number % 12 == 5).put(format!("{phone}/verified"), verified);
            if number % 6 != 4 {
                edit = edit.put("segment", SEGMENTS[number % SEGMENTS.len()]);
            }
        }
        if number == 0 && at == 0 {
            edit = edit
                .put("preferred_time", "evening")
                .put("visit_hint", "12:30–14:30 孩子午睡，轻敲门")
                .put("personality", "性子急，先说结果");
        }
        edits.push(OfficeEdit {
            record: derived::drawn(desk.bytes()),
            kind: Kind::Resident,
            seen: None,
            edit,
        });
    }
}
