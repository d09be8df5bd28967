//! What must be due, and in which order.

use std::collections::BTreeSet;

use butler_core::areas::today::TodayItem;
use butler_core::playbook::Label;
use butler_core::playbook::due::Status;
use butler_core::playbook::rule::Urgency;

use super::super::file::{Expect, ExpectArgs};
use super::super::stage::Stage;
use super::of_walks::begun;
use super::{Look, Not, is_called, list, names, same, so};

/// What is there instead of a due item.
pub(super) fn hint(stage: &Stage, phone: &str, expect: &Expect) -> String {
    let Some(rule) = &expect.args.due else { return String::new() };
    let items = stage.today(phone).unwrap_or_default();
    let same: Vec<String> = items.iter().filter(|item| item.rule == **rule).map(item_words).collect();
    if !same.is_empty() {
        return format!("; due of that rule are {}", same.join("; "));
    }
    let rules: BTreeSet<&str> = items.iter().map(|item| item.rule.as_str()).collect();
    format!("; nothing of that rule is due, only of {}", rules.into_iter().collect::<Vec<_>>().join(", "))
}

fn item_words(item: &TodayItem) -> String {
    let late = if item.overdue { ", overdue" } else { "" };
    format!("{}（{}）by {}: {:?}{late}", item.title.zh, item.subject, item.due, item.status).to_lowercase()
}

pub(super) fn due(stage: &Stage, phone: &str, args: &ExpectArgs) -> Look {
    let rule = args.due.as_deref().unwrap_or_default();
    let playbooks = stage.phone(phone)?.butler.playbooks().map_err(so)?;
    let said = playbooks.rules().flat_map(|rules| &rules.rules);
    if !said.chain(playbooks.implied_rules()).any(|known| known.id == rule) {
        return Err(Not::Meant(format!("there is no rule `{rule}`")));
    }
    let items = stage.today(phone)?;
    let mut items: Vec<&TodayItem> = items.iter().filter(|item| item.rule == rule).collect();
    if let Some(about) = &args.about {
        match stage.record(about) {
            Ok((record, _)) => {
                items.retain(|item| item.about == Some(record) || item.case == Some(record));
            }
            Err(nothing) => {
                let place = stage.place(about).map_err(|_| Not::Meant(nothing))?;
                items.retain(|item| item.place.as_ref() == Some(&place) || item.subject == *about);
            }
        }
    }
    if let Some(want) = &args.item {
        let want = &stage.spot(want)?;
        let of = |item: &&TodayItem| item.finding.as_ref().is_some_and(|finding| finding.item == **want);
        items.retain(of);
    }
    if let Some(times) = args.times {
        if items.len() != times {
            let words: Vec<String> = items.iter().map(|item| item_words(item)).collect();
            return Err(Not::So(format!(
                "{times} should be due, but there are {}: {}",
                items.len(),
                words.join("; ")
            )));
        }
        if times == 0 {
            return Ok(());
        }
    }
    // Of several periods the one of that day is meant, else the first still open.
    let of_day = items.iter().find(|item| args.day.as_ref().is_some_and(|day| item.due.to_string() == *day));
    let open = items.iter().find(|item| !matches!(item.status, Status::Done | Status::Skipped));
    let item = of_day.or(open).or(items.first()).ok_or(Not::Here)?;
    if args.absent == Some(true) && matches!(item.status, Status::Done | Status::Skipped) {
        return Err(Not::Here);
    }
    if args.absent == Some(true) {
        return Err(Not::So(format!("nothing should be due, but there is {}", item_words(item))));
    }
    if let Some(day) = &args.day {
        same("the due day", day, &item.due.to_string())?;
    }
    if let Some(at) = &args.at {
        let is = item.due_at.map(|at| stage.local_of(at).format("%Y-%m-%d %H:%M").to_string());
        same("the due moment", at, &is.unwrap_or_else(|| "a whole day".to_owned()))?;
    }
    if let Some(want) = &args.status {
        let (is, zh) = match item.status {
            Status::Open => ("open", "待办"),
            Status::Begun => ("begun", "进行中"),
            Status::Snoozed => ("snoozed", "已延后"),
            Status::Skipped => ("skipped", "已免"),
            Status::Done => ("done", "已完成"),
        };
        if !is_called(want, is, &Label::new(zh, is)) {
            return Err(Not::So(format!("it should be {want}, but is {is}: {}", item_words(item))));
        }
    }
    if let Some(want) = args.escalated {
        same("whether it is escalated", &want.to_string(), &item.escalated.to_string())?;
    }
    if let Some(want) = args.for_me {
        same("whether the case names this person", &want.to_string(), &item.for_me.to_string())?;
    }
    if let Some(want) = &args.begun_by {
        begun(stage, want, item.begun_by.as_ref())?;
    }
    if let Some(want) = args.overdue {
        same("whether it is overdue", &want.to_string(), &item.overdue.to_string())?;
    }
    if let Some(want) = &args.begin {
        same("what it offers to begin", want, item.begin.id())?;
    }
    if let Some(want) = &args.urgency {
        let is = match item.urgency {
            Urgency::Urgent => "urgent",
            Urgency::Normal => "normal",
            Urgency::Low => "low",
        };
        same("how pressing it is", want, is)?;
    }
    if let Some(want) = &args.why
        && !item.why.zh.contains(want)
    {
        return Err(Not::So(format!("the reason should say “{want}”, but says “{}”", item.why.zh)));
    }
    if let Some(want) = &args.articles {
        names("it", &item.articles, want)?;
    }
    if let Some(want) = &args.serves {
        serves(item, want)?;
    }
    Ok(())
}

/// Whom the butler is to customers by it; "nothing" where it is other work.
fn serves(item: &TodayItem, want: &str) -> Look {
    match &item.serves {
        Some(is) if is_called(want, &is.id, &is.label) => Ok(()),
        None if want == "nothing" => Ok(()),
        is => {
            let is = is.as_ref().map_or("nothing", |is| is.label.zh.as_str());
            Err(Not::So(format!("it should serve {want}, but serves {is}")))
        }
    }
}

pub(super) fn today(stage: &Stage, phone: &str, args: &ExpectArgs) -> Look {
    let want = args.today.clone().unwrap_or_default().0;
    let items = stage.today(phone)?;
    let mut is: Vec<String> = Vec::new();
    for item in &items {
        let rule = item.rule.to_string();
        if want.contains(&rule) && !is.contains(&rule) {
            is.push(rule);
        }
    }
    same("the order of what is due", &list(&want), &list(&is))
}
