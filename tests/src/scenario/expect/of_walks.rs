//! What must stand on a day's walk, which rounds are under way, and what was said at a door.

use butler_core::areas::today::{DayWalk, TodayItem, WalkDoor};
use butler_core::model::StaffId;
use butler_core::model::choice::Outcome;
use butler_core::playbook::walk::WalkHours;

use super::super::file::ExpectArgs;
use super::super::stage::{Phone, Stage};
use super::{Look, Not, list, same, same_set, so};

fn day(phone: &Phone) -> Look<DayWalk> {
    phone.butler.today().walk(&WalkHours::default()).map_err(so)
}

fn rules<'a>(items: impl IntoIterator<Item = &'a TodayItem>) -> Vec<String> {
    items.into_iter().filter(|item| !item.status.is_answered()).map(|item| item.rule.to_string()).collect()
}

fn doors(walk: &DayWalk) -> impl Iterator<Item = &WalkDoor> {
    walk.stops.iter().flat_map(|stop| &stop.doors)
}

/// The doors with something left to do, in the order one walks; and every open item is in exactly one part.
pub(super) fn walk(phone: &Phone, args: &ExpectArgs) -> Look {
    let walk = day(phone)?;
    let is: Vec<String> = doors(&walk).filter(|door| door.open).map(|door| door.title.clone()).collect();
    let want = args.walk.clone().unwrap_or_default().0;
    let want: Vec<String> = want.iter().map(|room| spoken(room)).collect();
    same("the doors of the walk", &list(&want), &list(&is))?;
    for (what, want, is) in [
        ("what has a running clock", &args.urgent, rules(&walk.urgent)),
        ("the calls of the day", &args.calls, rules(&walk.calls)),
        ("what is done at the desk", &args.desk, rules(&walk.desk)),
    ] {
        if let Some(want) = want {
            same_set(what, want, &is)?;
        }
    }
    let page = phone.butler.today().list(None, 1).map_err(so)?;
    let aside: u32 = walk.does_not_fit.iter().chain(&walk.can_wait).map(|group| group.count).sum();
    let parts = walk.planned + aside + u32::try_from(walk.urgent.len()).unwrap_or(u32::MAX);
    same("the parts of the day together", &page.open.to_string(), &parts.to_string())
}

/// "1-1-101" as people say it.
fn spoken(room: &str) -> String {
    let parts: Vec<&str> = room.splitn(3, '-').collect();
    match parts[..] {
        [building, unit, room] => format!("{building}栋{unit}单元{room}"),
        _ => room.to_owned(),
    }
}

pub(super) fn door(stage: &Stage, phone: &Phone, args: &ExpectArgs) -> Look {
    let (home, _) = stage.record(args.door.as_deref().unwrap_or_default())?;
    let walk = day(phone)?;
    let door = doors(&walk).find(|door| door.home == home).ok_or(Not::Here)?;
    for (what, want, items) in [
        ("what it is visited for", &args.jobs, &door.jobs),
        ("what is done by the way", &args.along, &door.along),
    ] {
        if let Some(want) = want {
            same_set(what, want, &rules(items))?;
        }
    }
    if let Some(want) = args.open {
        same("whether something is left to do", &want.to_string(), &door.open.to_string())?;
    }
    if let Some(want) = &args.begun_by {
        begun(stage, want, door.begun_by.as_ref())?;
    }
    Ok(())
}

/// Who has begun something.
pub(super) fn begun(stage: &Stage, want: &str, is: Option<&StaffId>) -> Look {
    let is = is.map(StaffId::as_str).unwrap_or_default();
    same("who has begun it", stage.staff(want)?.as_str(), is)
}

/// The rounds begun and not finished, newest first.
pub(super) fn under_way(stage: &Stage, phone: &Phone, args: &ExpectArgs) -> Look {
    let rows = phone.butler.rounds().under_way(None, 100).map_err(so)?;
    let want = args.under_way.clone().unwrap_or_default().0;
    let mut ids = Vec::new();
    for name in &want {
        ids.push(stage.record(name)?.0);
    }
    let is: Vec<String> = rows
        .iter()
        .map(|row| {
            let known = ids.iter().position(|id| *id == row.id);
            known.map_or_else(|| row.title.clone().unwrap_or_default().zh, |at| want[at].clone())
        })
        .collect();
    same("the rounds under way", &list(&want), &list(&is))
}

/// The contacts of a home, newest first.
pub(super) fn contacts(stage: &Stage, phone: &Phone, args: &ExpectArgs) -> Look {
    let (home, _) = stage.record(args.contacts.as_deref().unwrap_or_default())?;
    let contacts = phone.butler.homes().details(home).map_err(so)?.contacts;
    same("the contacts", &args.count.unwrap_or_default().to_string(), &contacts.len().to_string())?;
    let newest = contacts.first();
    if let Some(want) = &args.channel {
        let is = newest.and_then(|row| row.channel.as_ref()).map(|channel| channel.code.as_str());
        let is = is.unwrap_or_default();
        same("the channel of the newest", want, is)?;
    }
    if let Some(want) = &args.outcome {
        let is = newest.and_then(|row| row.outcome).map(Outcome::code).unwrap_or_default();
        same("how the newest ended", want, is)?;
    }
    Ok(())
}
