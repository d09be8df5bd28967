//! What the screens show, in words.

use std::error::Error;
use std::time::Instant;

use butler_core::Butler;
use butler_core::areas::today::{TodayItem, WalkGroup};
use butler_core::context::labels::value_label;
use butler_core::model::{Kind, Value};
use butler_core::playbook::due::Status;
use butler_core::playbook::walk::WalkHours;
use chrono::DateTime;

use super::line::{Line, Walked};
use super::phone::say;

/// A screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Screen {
    /// What is due.
    Today,
    /// The day as a walk.
    Walk,
    /// How the days of all butlers stand.
    Team,
    /// Finding homes and people.
    Search,
    /// The history of the home two people edited.
    History,
    /// The text sent to whoever helps.
    Diagnostics,
}

/// Tells what a screen shows.
pub fn show(butler: &Butler, screen: Screen) -> Result<(), Box<dyn Error>> {
    match screen {
        Screen::Today => today(butler),
        Screen::Walk => walk(butler),
        Screen::Team => team(butler),
        Screen::Search => search(butler),
        Screen::History => history(butler),
        Screen::Diagnostics => say(&Line::Says(butler.diagnostics()?)),
    }
}

fn today(butler: &Butler) -> Result<(), Box<dyn Error>> {
    let began = Instant::now();
    let page = butler.today().list(None, 100)?;
    let took = began.elapsed();
    say(&Line::Says(format!(
        "{} things to do, {} overdue, {} answered, read in {:.1} ms",
        page.open,
        page.overdue,
        page.answered,
        took.as_secs_f64() * 1e3
    )))?;
    let items = crate::today::all(butler)?;
    for item in items.iter().take(6) {
        let overdue = if item.overdue { ", overdue" } else { "" };
        say(&Line::Says(format!(
            "{} · {} — {} (by {}{overdue})",
            item.subject, item.title.zh, item.why.zh, item.due
        )))?;
    }
    if let Some(done) = items.iter().find(|item| item.status == Status::Done) {
        let records = done.answers.len();
        say(&Line::Says(format!(
            "{} · {} is done, answered by {records} record(s)",
            done.subject, done.title.zh
        )))?;
    }
    Ok(())
}

fn walk(butler: &Butler) -> Result<(), Box<dyn Error>> {
    const SHOWN: usize = 3;
    let hours = WalkHours::default();
    let began = Instant::now();
    let walk = butler.today().walk(&hours)?;
    let took = began.elapsed().as_secs_f64() * 1e3;
    let sum = |groups: &[WalkGroup]| groups.iter().map(|group| group.count).sum::<u32>();
    let (misfits, waiting) = (sum(&walk.does_not_fit), sum(&walk.can_wait));
    let me = butler.enrolled()?.ok_or("nobody is enrolled")?;
    let walked = Walked {
        butler: butler.office()?.name_of(&me),
        open: walk.open,
        urgent: u32::try_from(walk.urgent.len())?,
        fits: walk.planned,
        does_not_fit: misfits,
        can_wait: waiting,
        doors: walk.doors,
        stops: u32::try_from(walk.stops.len())?,
    };
    say(&Line::Says(format!(
        "{} open: {} urgent, {} at {} doors and {} stops, {misfits} do not fit, {waiting} can wait; {} minutes of work, \
         planned in {took:.1} ms",
        walked.open, walked.urgent, walked.fits, walked.doors, walked.stops, walk.minutes
    )))?;
    say(&Line::Walked(walked))?;
    for item in walk.urgent.iter().take(SHOWN) {
        say(&Line::Says(format!("  急 {} · {} — {}", item.subject, item.title.zh, item.why.zh)))?;
    }
    for stop in walk.stops.iter().take(SHOWN) {
        say(&Line::Says(format!("  站 {}：{} 分钟，{} 户", stop.name, stop.minutes, stop.doors.len())))?;
        for item in stop.spots.iter().take(SHOWN) {
            say(&Line::Says(format!("      {}（{} 分）", item.title.zh, item.minutes)))?;
        }
        for door in stop.doors.iter().take(SHOWN) {
            let said = |items: &[TodayItem]| {
                items.iter().map(|item| item.title.zh.clone()).collect::<Vec<_>>().join("、")
            };
            let along = if door.along.is_empty() {
                String::new()
            } else {
                format!("；顺便 {}", said(&door.along))
            };
            say(&Line::Says(format!("      {} {}{along}", door.title, said(&door.jobs))))?;
        }
    }
    for (what, groups) in [("排不下", &walk.does_not_fit), ("可以等", &walk.can_wait)] {
        for group in groups.iter().take(SHOWN) {
            say(&Line::Says(format!("  {what} {} 件 {}：{}", group.count, group.title.zh, group.reason.zh)))?;
        }
    }
    let cut = butler.today().cut_short(&hours, 60)?;
    say(&Line::Says(format!(
        "  只剩一小时：照走 {} 件（{} 分），改到明天 {}，今天算没看 {}，改天顺路 {}",
        cut.keep.len(),
        cut.minutes,
        cut.tomorrow.len(),
        cut.missed.len(),
        cut.another_day.len()
    )))
}

fn team(butler: &Butler) -> Result<(), Box<dyn Error>> {
    for row in butler.today().team()? {
        let heard = row.last_heard.and_then(|at| DateTime::from_timestamp_millis(at.millis()));
        let heard = heard.map_or_else(|| "–".to_owned(), |at| at.format("%m-%d %H:%M UTC").to_string());
        let grids = row.grids.iter().map(ToString::to_string).collect::<Vec<_>>().join("、");
        say(&Line::Says(format!(
            "{}（{grids}）：{} of {} done, {} urgent, {} overdue; last heard {heard}",
            row.name,
            row.done,
            row.done + row.open,
            row.urgent,
            row.overdue
        )))?;
    }
    Ok(())
}

fn search(butler: &Butler) -> Result<(), Box<dyn Error>> {
    let home = butler.homes().list(None, 30)?.pop().ok_or("no home")?.record.id;
    let person = butler.homes().details(home)?.residents.into_iter().next();
    let mut asked =
        vec![("room".to_owned(), "1-1-501".to_owned()), ("room".to_owned(), "１栋１单元５０１".to_owned())];
    if let Some(person) = person {
        asked.extend(person.name.clone().map(|name| ("name".to_owned(), name)));
        let tail = person
            .phones
            .first()
            .and_then(|phone| phone.number.as_deref())
            .map(|number| number[number.len().saturating_sub(4)..].to_owned());
        asked.extend(tail.map(|tail| ("phone tail".to_owned(), tail)));
    }
    asked.push(("order".to_owned(), "漏水".to_owned()));
    asked.push(("initials".to_owned(), "wy".to_owned()));
    for (what, typed) in asked {
        let began = Instant::now();
        let hits = butler.search(&typed, 10)?;
        let took = began.elapsed().as_secs_f64() * 1e3;
        let first =
            hits.first().map_or_else(|| "nothing".to_owned(), |hit| format!("{} {}", hit.title, hit.detail));
        say(&Line::Says(format!("{what} “{typed}”: {} found in {took:.1} ms, first {first}", hits.len())))?;
    }
    Ok(())
}

fn history(butler: &Butler) -> Result<(), Box<dyn Error>> {
    let home = super::day::homes(butler, 1)?.pop().ok_or("no home")?.record.id;
    say(&Line::Says(butler.homes().details(home)?.title))?;
    let playbooks = butler.playbooks()?;
    for row in butler.records().history(home)?.iter().rev().take(6).rev() {
        let changes: Vec<String> = row
            .changes
            .iter()
            .map(|change| {
                let say_value =
                    |value: &Value| value_label(playbooks.terms(), Kind::Home, &change.path, value).zh;
                let from: Vec<String> = change.from.iter().map(say_value).collect();
                let to = change.to.as_ref().map_or_else(|| "—".to_owned(), say_value);
                format!("{} {} → {to}", change.label.zh, from.join("|"))
            })
            .collect();
        let at = DateTime::from_timestamp_millis(row.at.millis() + 8 * 3_600_000).ok_or("no such time")?;
        say(&Line::Says(format!("{} {}: {}", at.format("%m-%d %H:%M:%S"), row.by_name, changes.join("; "))))?;
    }
    Ok(())
}
