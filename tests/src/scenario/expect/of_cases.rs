//! What must hold of a case, of a round, and of what a row proposes.

use butler_core::areas::cases::NextStepRow;
use butler_core::areas::rounds::{ItemRow, PointRow};
use butler_core::model::{Evidence, Kind, Value};
use butler_core::playbook::case::Standing;
use butler_core::playbook::checklist::{Finding, Punctuality};
use butler_core::playbook::form::FormField;

use super::super::deeds::shown;
use super::super::file::{ExpectArgs, Names};
use super::super::stage::{Phone, Stage};
use super::super::words::text_of;
use super::{Look, Not, fields_of, get, is_called, list, names, same, same_set, so, sums};

pub(super) fn case(stage: &Stage, phone: &Phone, args: &ExpectArgs) -> Look {
    let (id, kind) = stage.record(args.case.as_deref().unwrap_or_default())?;
    if kind != Kind::Case {
        return Err(Not::Meant("this is no case; look at it as a `record`".to_owned()));
    }
    let record = get(&phone.butler, id)?;
    let butler = &phone.butler;
    let details = butler.cases().details(id).map_err(so)?;
    sums(butler, id, kind, args)?;
    if let Some(want) = &args.state {
        let is = details.state.clone().unwrap_or_default();
        if !is_called(want, &is, &details.state_label) {
            return Err(Not::So(format!(
                "the state should be {want}, but is {is}（{}）",
                details.state_label.zh
            )));
        }
    }
    if let Some(want) = args.ended {
        same("whether it is over", &want.to_string(), &details.ended.to_string())?;
    }
    if let Some(want) = args.rounds {
        same("the rounds of handling", &want.to_string(), &details.rounds.to_string())?;
    }
    if let Some(want) = args.provisional {
        same(
            "whether the office may still decide otherwise",
            &want.to_string(),
            &details.provisional.to_string(),
        )?;
    }
    let playbooks = butler.playbooks().map_err(so)?;
    let version = record.text("version").and_then(|version| version.parse().ok());
    let workflow =
        record.read("playbook").zip(version).and_then(|(id, version)| playbooks.workflow_at(&id, version));
    let workflow = workflow.ok_or_else(|| Not::So("its workflow is not known here".to_owned()))?;
    if let Some(want) = &args.conflicts {
        let lost = details.steps.iter().filter(|made| matches!(made.standing, Standing::InConflict { .. }));
        let lost: Vec<String> = lost.map(|made| made.step.to_string()).collect();
        same_set("the steps in conflict", want, &lost)?;
    }
    if !args.steps.0.is_empty() {
        let counted = details.steps.iter().filter(|made| made.standing == Standing::Counts);
        let counted: Vec<String> = counted.map(|made| made.step.to_string()).collect();
        let mut rest = counted.iter();
        if !args.steps.0.iter().all(|want| rest.any(|step| step == want)) {
            let what =
                format!("the steps that count should go {}, but go {}", list(&args.steps.0), list(&counted));
            return Err(Not::So(what));
        }
    }
    if let Some(want) = &args.waits_for {
        let roles: Vec<String> = details.waits_for.iter().map(ToString::to_string).collect();
        same_set("whom it waits for", want, &roles)?;
    }
    if !args.offers.0.is_empty() || !args.offers_not.0.is_empty() {
        let next = butler.cases().next_steps(id).map_err(so)?;
        let next: Vec<_> =
            next.iter().filter(|next| next.first.is_empty() && next.why_not.is_none()).collect();
        let steps: Vec<String> = next.iter().map(|next| next.step.to_string()).collect();
        let offered =
            |want: &String| next.iter().any(|next| is_called(want, next.step.as_str(), &next.label));
        if let Some(want) = args.offers.0.iter().find(|want| !offered(want)) {
            return Err(Not::So(format!(
                "the step {want} should be offered, but offered are {}",
                list(&steps)
            )));
        }
        if let Some(want) = args.offers_not.0.iter().find(|want| offered(want)) {
            return Err(Not::So(format!("the step {want} should not be offered, but it is")));
        }
        if let Some(want) = &args.articles {
            let named = |step: &&&NextStepRow| {
                args.offers.0.iter().any(|want| is_called(want, step.step.as_str(), &step.label))
            };
            for step in next.iter().filter(named) {
                names(step.step.as_str(), &step.articles, want)?;
            }
        }
    } else if args.articles.is_some() {
        return Err(Not::Meant("read before what? Name the step in `offers`".to_owned()));
    }
    if let Some(want) = &args.deadline {
        let known = workflow.deadlines.iter().find(|deadline| is_called(want, &deadline.id, &deadline.label));
        let known = known.ok_or_else(|| {
            let ids: Vec<&str> = workflow.deadlines.iter().map(|deadline| deadline.id.as_str()).collect();
            Not::So(format!("there is no deadline {want}: {}", ids.join(", ")))
        })?;
        let row = details.deadlines.iter().rev().find(|row| row.label == known.label);
        let row = row.ok_or_else(|| Not::So(format!("the deadline {want} does not run")))?;
        let due = row.due.map(|due| stage.local_of(due));
        let words = |format| due.map_or_else(String::new, |due| due.format(format).to_string());
        if let Some(day) = &args.day {
            same(&format!("the deadline {want}"), day, &words("%Y-%m-%d"))?;
        }
        if let Some(at) = &args.at {
            same(&format!("the deadline {want}"), at, &words("%Y-%m-%d %H:%M"))?;
        }
        if let Some(late) = args.late.as_ref().and_then(toml::Value::as_bool) {
            same(&format!("whether the deadline {want} is late"), &late.to_string(), &row.late.to_string())?;
        }
    }
    for (name, value) in &args.answers {
        let question = workflow.fields().find(|field| field.id == **name);
        let question = question.ok_or_else(|| Not::So(format!("the workflow asks no `{name}`")))?;
        let counted = details.steps.iter().filter(|made| made.standing == Standing::Counts);
        let evidence: Vec<&Evidence> = counted.map(|made| &made.evidence).collect();
        answer(
            stage,
            question,
            value,
            evidence.iter().rev().find_map(|evidence| evidence.fields.get(name.as_str())),
        )?;
    }
    for other in &args.linked.0 {
        let (other_id, _) = stage.record(other)?;
        if !details.links.iter().any(|link| link.case == other_id) {
            return Err(Not::So(format!("it should be linked with {other}, but is not")));
        }
    }
    fields_of(stage, &record, args)
}

fn answer(stage: &Stage, question: &FormField, want: &toml::Value, is: Option<&Value>) -> Look {
    let wanted = stage.answer(question, want)?;
    let is_words = is.map_or_else(|| "not answered".to_owned(), shown);
    same(&format!("the answer {}（{}）", question.id, question.label.zh), &shown(&wanted), &is_words)
}

pub(super) fn round(stage: &Stage, phone: &Phone, args: &ExpectArgs) -> Look {
    let (id, kind) = stage.record(args.round.as_deref().unwrap_or_default())?;
    if kind != Kind::Round {
        return Err(Not::Meant("this is no round".to_owned()));
    }
    get(&phone.butler, id)?;
    let details = phone.butler.rounds().details(id).map_err(so)?;
    sums(&phone.butler, id, kind, args)?;
    let points = |of: Punctuality| -> Vec<String> {
        let matching = details.points.iter().filter(|point: &&PointRow| point.punctuality == of);
        matching.map(|point| point.id.clone()).collect()
    };
    let items = |of: &dyn Fn(&ItemRow) -> bool| -> Vec<String> {
        let all = details.points.iter().flat_map(|point| &point.items);
        all.filter(|item| of(item)).map(|item| item.question.field.to_string()).collect()
    };
    if let Some(want) = args.complete {
        let missing = items(&|item| !item.missing.is_empty() && item.question.required);
        let missing =
            if details.complete { String::new() } else { format!(" (missing: {})", list(&missing)) };
        if want != details.complete {
            return Err(Not::So(format!("whether it is complete should be {want}, but is not so{missing}")));
        }
    }
    for (what, want, is) in [
        ("the findings", &args.findings, items(&|item| item.finding == Finding::Failed)),
        ("what was put right", &args.corrected, items(&|item| item.finding == Finding::Corrected)),
        ("what two people see differently", &args.in_conflict, items(&|item| item.in_conflict)),
        ("the points reached early", &args.early, points(Punctuality::Early)),
        ("the points missed", &args.missed, points(Punctuality::Missed)),
        ("the points reached on time", &args.on_time, points(Punctuality::OnTime)),
    ] {
        if let Some(want) = want {
            same_set(what, &spots(stage, want)?, &is)?;
        }
    }
    if let Some(late) = &args.late {
        let want: Names =
            late.clone().try_into().map_err(|_| Not::Meant("`late` lists points".to_owned()))?;
        same_set("the points reached late", &spots(stage, &want)?, &points(Punctuality::Late))?;
    }
    if let Some(want) = &args.unproven {
        let unproven = details.points.iter().filter(|point| point.unproven);
        let is: Vec<String> = unproven.map(|point| point.id.clone()).collect();
        same_set("the points nothing proves", &spots(stage, want)?, &is)?;
    }
    if let Some(want) = &args.walked {
        let is: Vec<String> = details.points.iter().map(|point| point.id.clone()).collect();
        same("the points in walking order", &list(&spots(stage, want)?.0), &list(&is))?;
    }
    if let Some(want) = args.too_fast {
        same(
            "whether it was walked too fast",
            &want.to_string(),
            &(!details.too_fast.is_empty()).to_string(),
        )?;
    }
    Ok(())
}

/// Points or items under the ids they have in a round.
fn spots(stage: &Stage, names: &Names) -> Result<Names, Not> {
    let ids: Result<Vec<String>, String> = names.0.iter().map(|name| stage.spot(name)).collect();
    Ok(Names(ids?))
}

/// What a row of a register suggests about the record it is about.
pub(super) fn proposal(stage: &Stage, phone: &Phone, args: &ExpectArgs) -> Look {
    let (id, kind) = stage.record(args.proposal.as_deref().unwrap_or_default())?;
    if kind != Kind::Entry {
        return Err(Not::Meant("only a row of a register proposes something".to_owned()));
    }
    let record = get(&phone.butler, id)?;
    let fields = record.below("field/").map(|(name, field)| (name.into(), field.winner.value.clone()));
    let answers = Evidence { fields: fields.collect(), photos: std::collections::BTreeMap::new() };
    let proposed = phone.butler.registers().propose(&record.read("form").unwrap_or_default(), &answers);
    let proposed = proposed.map_err(so)?;
    let field = args.field.as_deref().unwrap_or_default();
    let row = proposed.iter().find(|row| row.path == field).ok_or(Not::Here)?;
    match args.is.as_ref().and_then(text_of) {
        Some(want) if !is_called(&want, &shown(&row.value), &row.label) => {
            let is = format!("{}（{}）", shown(&row.value), row.label.zh);
            Err(Not::So(format!("`{field}` should be proposed as {want}, but is as {is}")))
        }
        _ => Ok(()),
    }
}
