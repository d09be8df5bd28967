use std::sync::Arc;

use proptest::prelude::*;

use super::causality::Causality;
use super::*;
use crate::model::{ClockOffset, DeviceId, Evidence, Resolution, RoleId, StaffId, StepId, SystemStep};
use crate::playbook::Label;
use crate::playbook::workflow::Step;

/// The evidence of a resolution: `keep` counts, `over` do not.
fn resolution(keep: EventId, over: &[EventId]) -> Evidence {
    Resolution { keep, over: over.to_vec() }.evidence()
}

const HOUR: i64 = 3_600_000;

/// A small order: reported → taken → done, with a pause, a round, a price that excludes nothing.
fn workflow() -> Workflow {
    toml::from_str(
        r#"
        id = "order"
        title = { zh = "工单", en = "Order" }
        subjects = ["home"]
        resolved_by = ["supervisor"]
        reopen = { to = "taken", roles = ["supervisor"] }
        [[state]]
        id = "reported"
        label = { zh = "未派单", en = "Undispatched" }
        [[state]]
        id = "taken"
        label = { zh = "已接单", en = "Taken" }
        [[state]]
        id = "paused"
        label = { zh = "暂停", en = "Paused" }
        pauses = true
        [[state]]
        id = "done"
        label = { zh = "办理完成", en = "Done" }
        end = true
        [[step]]
        id = "report"
        label = { zh = "登记", en = "Report" }
        opens = true
        to = "reported"
        roles = ["butler"]
        [[step]]
        id = "take"
        label = { zh = "接单", en = "Take" }
        from = ["reported"]
        to = "taken"
        roles = ["engineering"]
        [[step]]
        id = "reject"
        label = { zh = "不予受理", en = "Reject" }
        from = ["reported"]
        to = "done"
        roles = ["butler"]
        precedence = 5
        [[step]]
        id = "price"
        label = { zh = "报价", en = "Price" }
        from = ["taken"]
        roles = ["engineering"]
        [[step.field]]
        id = "told"
        label = { zh = "报价", en = "Price" }
        type = "number"
        unit = "fen"
        required = true
        [[step]]
        id = "pause"
        label = { zh = "暂停", en = "Pause" }
        from = ["taken"]
        to = "paused"
        roles = ["engineering"]
        [[step]]
        id = "resume"
        label = { zh = "恢复", en = "Go on" }
        from = ["paused"]
        to = "taken"
        roles = ["engineering"]
        [[step]]
        id = "again"
        label = { zh = "返工", en = "Again" }
        from = ["taken"]
        to = "taken"
        roles = ["butler"]
        round = true
        [[step]]
        id = "finish"
        label = { zh = "完工", en = "Finish" }
        from = ["taken"]
        to = "done"
        roles = ["engineering"]
        when = "has(case.told)"
        when_not = { zh = "先报价", en = "price it first" }
        [[step.field]]
        id = "after"
        label = { zh = "照片", en = "Photo" }
        type = "photo"
        required = true
        [[step.field]]
        id = "score"
        label = { zh = "评分", en = "Score" }
        type = "score"
        [[deadline]]
        id = "in_time"
        label = { zh = "24小时内完工", en = "Finished within 24 hours" }
        from = ["report"]
        until = ["finish"]
        within = { hours = 24 }
        "#,
    )
    .unwrap()
}

fn role(id: &str) -> RoleId {
    RoleId::new(id).unwrap()
}

fn id(n: u8) -> EventId {
    EventId([n; 16])
}

/// Event `n` at hour `n`, built on `after`; received as number `receipt`.
fn event(n: u8, step: &str, after: &[u8], receipt: Option<u32>) -> EventWithReceipt {
    EventWithReceipt {
        event: Event {
            id: id(n),
            step: step.into(),
            by: StaffId::new("wang.qiang").unwrap(),
            role: role("engineering"),
            device: DeviceId([1; 16]),
            at: Timestamp::from_millis(i64::from(n) * HOUR),
            offset: None,
            after: after.iter().map(|n| id(*n)).collect(),
            note: String::new(),
            evidence: Evidence::default(),
            unknown: BTreeMap::new(),
        },
        change: ChangeHash([n; 32]),
        receipt: receipt.map(|ordinal| Receipt { ordinal, at: Timestamp::from_millis(1000 * HOUR) }),
    }
}

fn with(mut event: EventWithReceipt, field: &str, value: impl Into<Value>) -> EventWithReceipt {
    event.event.evidence.fields.insert(field.into(), value.into());
    event
}

fn resolve(n: u8, keep: u8, over: &[u8], after: &[u8], receipt: Option<u32>) -> EventWithReceipt {
    let mut event = event(n, SystemStep::Resolve.id(), after, receipt);
    event.event.evidence = resolution(id(keep), &over.iter().map(|n| id(*n)).collect::<Vec<_>>());
    event
}

fn standing(state: &CaseState, n: u8) -> Standing {
    state.events.iter().find(|folded| folded.event.id == id(n)).unwrap().standing
}

#[test]
fn what_the_office_received_first_counts_and_the_other_stays_in_conflict() {
    let flow = workflow();
    let concurrent = [
        event(1, "report", &[], Some(1)),
        event(2, "reject", &[1], Some(3)),
        event(3, "take", &[1], Some(2)),
    ];
    let state = fold(&flow, &concurrent);
    assert_eq!(state.state.as_deref(), Some("taken"));
    assert_eq!(standing(&state, 2), Standing::InConflict { by: id(3) });
    assert!(!state.provisional);
}

#[test]
fn without_receipts_precedence_decides_then_the_id_and_it_is_provisional() {
    let flow = workflow();
    let reported = event(1, "report", &[], None);
    let state =
        fold(&flow, &[reported.clone(), event(2, "take", &[1], None), event(3, "reject", &[1], None)]);
    assert_eq!((state.state.as_deref(), state.provisional), (Some("done"), true), "reject has precedence 5");
    assert_eq!(standing(&state, 2), Standing::InConflict { by: id(3) });
    let state = fold(&flow, &[reported, event(5, "take", &[1], None), event(4, "take", &[1], None)]);
    assert_eq!(standing(&state, 5), Standing::InConflict { by: id(4) });
}

#[test]
fn a_received_step_goes_before_one_that_is_not() {
    let concurrent =
        [event(1, "report", &[], Some(1)), event(2, "reject", &[1], None), event(3, "take", &[1], Some(2))];
    let state = fold(&workflow(), &concurrent);
    assert_eq!(
        standing(&state, 2),
        Standing::InConflict { by: id(3) },
        "precedence only ranks the unreceived"
    );
    assert!(!state.provisional, "the one in conflict does not count, so nothing that counts is open");
}

#[test]
fn what_was_built_on_a_lost_step_shares_its_fate_until_its_author_knew_the_winner() {
    let events = [
        event(1, "report", &[], Some(1)),
        event(2, "take", &[1], Some(2)),
        event(3, "take", &[1], Some(3)),
        event(4, "pause", &[3], Some(4)),
        event(5, "pause", &[2, 3], Some(5)),
    ];
    let state = fold(&workflow(), &events);
    assert_eq!(standing(&state, 3), Standing::InConflict { by: id(2) });
    assert_eq!(standing(&state, 4), Standing::InConflict { by: id(2) });
    assert_eq!(standing(&state, 5), Standing::Counts);
    assert_eq!(state.conflicts().count(), 2);
}

#[test]
fn a_resolution_turns_the_order_and_the_loser_is_overruled_with_what_was_built_on_it() {
    let mut events = vec![
        event(1, "report", &[], Some(1)),
        event(2, "take", &[1], Some(2)),
        event(3, "reject", &[1], Some(3)),
        event(4, "pause", &[2], Some(4)),
        resolve(5, 3, &[2], &[3, 4], Some(5)),
    ];
    let state = fold(&workflow(), &events);
    assert_eq!(state.state.as_deref(), Some("done"));
    assert_eq!(standing(&state, 2), Standing::Overruled { by: id(5) });
    assert_eq!(standing(&state, 4), Standing::Overruled { by: id(5) });
    assert_eq!(state.conflicts().count(), 0);
    // A later resolution, by somebody who knew this one, supersedes it.
    events.push(resolve(6, 2, &[3], &[5], Some(6)));
    let state = fold(&workflow(), &events);
    assert_eq!(state.state.as_deref(), Some("paused"));
    assert_eq!(standing(&state, 3), Standing::Overruled { by: id(6) });
}

#[test]
fn concurrent_resolutions_rank_by_receipt_and_the_second_changes_nothing() {
    let events = [
        event(1, "report", &[], Some(1)),
        event(2, "take", &[1], Some(2)),
        event(3, "reject", &[1], Some(3)),
        resolve(4, 3, &[2], &[2, 3], Some(5)),
        resolve(5, 2, &[3], &[2, 3], Some(4)),
    ];
    let state = fold(&workflow(), &events);
    assert_eq!(state.state.as_deref(), Some("taken"));
    assert_eq!(standing(&state, 3), Standing::Overruled { by: id(5) });
}

#[test]
fn a_resolution_of_what_is_not_here_waits_and_absent_causes_are_ignored() {
    let events =
        [event(1, "report", &[], None), event(2, "take", &[1, 99], None), resolve(5, 9, &[2], &[2], None)];
    let state = fold(&workflow(), &events);
    assert_eq!(state.pending, [id(5)]);
    assert_eq!(standing(&state, 5), Standing::Pending);
    assert_eq!(state.state.as_deref(), Some("taken"));
}

#[test]
fn what_only_adds_is_never_lost() {
    let events = [
        event(1, "report", &[], None),
        event(2, "take", &[1], None),
        event(3, "pause", &[2], Some(9)),
        with(event(4, "price", &[2], None), "told", 9_800),
    ];
    let state = fold(&workflow(), &events);
    assert_eq!(standing(&state, 4), Standing::Counts);
    assert_eq!(state.answers["told"], Value::Int(9_800));
}

#[test]
fn what_was_never_possible_is_shown_as_such_and_counts_for_nothing() {
    let events =
        [event(1, "report", &[], None), event(2, "resume", &[1], None), event(3, "launch", &[2], None)];
    let state = fold(&workflow(), &events);
    assert_eq!((standing(&state, 2), standing(&state, 3)), (Standing::Impossible, Standing::Impossible));
    assert_eq!(state.state.as_deref(), Some("reported"));
}

#[test]
fn rounds_are_counted_and_an_end_is_left_only_by_reopening() {
    let priced = with(event(3, "price", &[2], Some(3)), "told", 100);
    let events = [
        event(1, "report", &[], Some(1)),
        event(2, "take", &[1], Some(2)),
        priced,
        event(4, "again", &[3], Some(4)),
        event(5, "finish", &[4], Some(5)),
        event(6, "pause", &[5], Some(6)),
        event(7, SystemStep::Reopen.id(), &[5], Some(7)),
    ];
    let state = fold(&workflow(), &events);
    assert_eq!((state.rounds, state.reopened), (3, 1));
    assert_eq!(state.state.as_deref(), Some("taken"));
    assert_eq!(standing(&state, 6), Standing::Impossible);
}

#[test]
fn deadlines_run_from_the_field_time_never_later_than_the_receipt_and_stand_still_in_a_pause() {
    let flow = workflow();
    let calendar = Calendar::plain(480);
    let mut wrong_clock = event(1, "report", &[], Some(1));
    wrong_clock.event.at = Timestamp::from_millis(90_000 * HOUR);
    wrong_clock.receipt = Some(Receipt { ordinal: 1, at: Timestamp::from_millis(2 * HOUR) });
    let state = fold(&flow, &[wrong_clock]);
    assert_eq!(state.clocks[0].started, Timestamp::from_millis(2 * HOUR));

    let mut measured = event(1, "report", &[], None);
    measured.event.offset = Some(ClockOffset(HOUR));
    let events = [
        measured,
        event(2, "take", &[1], None),
        event(4, "pause", &[2], None),
        event(10, "resume", &[4], None),
    ];
    let state = fold(&flow, &events);
    let clock = &state.clocks[0];
    assert_eq!((clock.started, clock.paused), (Timestamp::from_millis(2 * HOUR), 6 * HOUR));
    assert_eq!(clock.due(&flow, &calendar), Some(Timestamp::from_millis(32 * HOUR)));
    assert!(!clock.is_late(&flow, &calendar, Timestamp::from_millis(32 * HOUR)));
    assert!(clock.is_late(&flow, &calendar, Timestamp::from_millis(33 * HOUR)));
    let met = DeadlineClock { ended: Some(Timestamp::from_millis(20 * HOUR)), ..clock.clone() };
    assert_eq!((clock.took(), met.took()), (None, Some(12 * HOUR)), "what it stood still is none of it");
    let paused = fold(&flow, &events[..3]);
    assert!(!paused.clocks[0].is_late(&flow, &calendar, Timestamp::from_millis(500 * HOUR)));
}

#[test]
fn next_steps_are_those_of_the_role_with_what_they_need() {
    let flow = workflow();
    let priced = with(event(3, "price", &[2], None), "told", 100);
    let state = fold(&flow, &[event(1, "report", &[], None), event(2, "take", &[1], None), priced]);
    let steps = next_steps(&flow, &state, &[role("engineering")]);
    let names: Vec<&str> = steps.iter().map(|next| next.step.id.as_str()).collect();
    assert_eq!(names, ["price", "pause", "finish"]);
    let needed: Vec<&str> = steps[2]
        .questions
        .iter()
        .filter(|asked| asked.problem.is_some())
        .map(|asked| asked.field.id.as_str())
        .collect();
    assert_eq!(needed, ["after"], "the photo is needed, the score is not");
    assert_eq!(waits_for(&flow, &state), BTreeSet::from([role("butler"), role("engineering")]));
    assert_eq!(state.heads(), [id(3)]);
}

#[test]
fn a_case_waits_for_nobody_who_may_only_turn_it_aside() {
    let mut flow = workflow();
    for step in flow.steps.iter_mut().filter(|step| ["reject", "pause"].contains(&step.id.as_str())) {
        step.aside = true;
    }
    let mut events = vec![event(1, "report", &[], None)];
    assert_eq!(
        waits_for(&flow, &fold(&flow, &events)),
        BTreeSet::from([role("engineering")]),
        "not for who may cancel"
    );
    // Where nothing else leads on, it waits for whoever may end it.
    events.push(event(2, "take", &[1], None));
    flow.steps.retain(|step| ["report", "take", "pause"].contains(&step.id.as_str()));
    let waited = waits_for(&flow, &fold(&flow, &events));
    assert_eq!(waited, flow.step(&"pause".into()).unwrap().roles.iter().cloned().collect());
}

#[test]
fn what_the_case_answered_stands_in_the_question_that_asks_for_it_again() {
    let mut flow = workflow();
    let finish = flow.steps.iter_mut().find(|step| step.id == "finish").unwrap();
    finish.fields[1].prefilled_from = Some("told".into());
    let asked = |events: &[EventWithReceipt]| -> Vec<Option<Value>> {
        let (finish, state) = (flow.step(&"finish".into()).unwrap(), fold(&flow, events));
        let asked = ask(&flow, &state, finish, &Evidence::default(), &[role("engineering")]);
        asked.into_iter().map(|asked| asked.prefilled).collect()
    };
    let mut events = vec![event(1, "report", &[], None), event(2, "take", &[1], None)];
    assert_eq!(asked(&events)[1], None);
    events.push(with(event(3, "price", &[2], None), "told", 100));
    assert_eq!(asked(&events), [None, Some(100.into())]);
}

#[test]
fn what_a_condition_holds_back_is_shown_with_its_reason_while_it_would_be_its_turn() {
    let flow = workflow();
    let mut events = vec![event(1, "report", &[], None)];
    let shown = |events: &[EventWithReceipt]| -> Vec<(StepId, bool)> {
        let state = fold(&flow, events);
        let steps = next_steps(&flow, &state, &[role("engineering")]);
        steps.iter().map(|next| (next.step.id.clone(), next.why_not.is_some())).collect()
    };
    let row = |id: &str, held| (StepId::from(id), held);
    assert_eq!(shown(&events), [row("take", false)], "not its turn");
    events.push(event(2, "take", &[1], None));
    assert_eq!(shown(&events), [row("price", false), row("pause", false), row("finish", true)]);
    events.push(with(event(3, "price", &[2], None), "told", 100));
    assert_eq!(shown(&events), [row("price", false), row("pause", false), row("finish", false)]);
}

#[test]
fn a_step_is_rejected_with_what_to_do_about_it() {
    let flow = workflow();
    let state = fold(&flow, &[event(1, "report", &[], None), event(2, "take", &[1], None)]);
    let nothing = Evidence::default();
    let check = |role_id: &str, step: &str, evidence: &Evidence| {
        check_step(&flow, &state, &role(role_id), &step.into(), evidence)
    };
    assert_eq!(
        check("butler", "pause", &nothing),
        Err(StepError::WrongRole { roles: vec![role("engineering")] })
    );
    assert_eq!(check("engineering", "launch", &nothing), Err(StepError::Unknown));
    let why = |why| Err(StepError::NotPossibleNow { state: Some("taken".into()), why });
    let not_now = why(None);
    assert_eq!(check("engineering", "take", &nothing), not_now);
    assert_eq!(check("engineering", "finish", &nothing), why(Some(Label::new("先报价", "price it first"))));
    assert_eq!(check("supervisor", SystemStep::Reopen.id(), &nothing), not_now);
    let missing = check("engineering", "price", &nothing).unwrap_err();
    assert_eq!(missing.to_string(), "the step needs evidence: told");
    assert_eq!(check("engineering", "pause", &nothing), Ok(()));
    assert_eq!(check("supervisor", SystemStep::Resolve.id(), &resolution(id(2), &[id(1)])), Ok(()));
    assert!(
        check("supervisor", SystemStep::Resolve.id(), &resolution(id(7), &[id(1)])).is_err(),
        "only events of this case"
    );
    assert!(check("butler", SystemStep::Resolve.id(), &resolution(id(2), &[id(1)])).is_err());
}

/// The order with a list to tick before it is closed: light off, then doors shut, then finished.
fn ticked() -> Workflow {
    let mut flow = workflow();
    let tick = |id: &str, needs: &[&str]| {
        let mut step = flow.step(&"pause".into()).unwrap().clone();
        (step.id, step.to, step.once) = (id.into(), None, true);
        step.needs = needs.iter().map(|id| StepId::from(*id)).collect();
        step.roles = vec![role("environment")];
        step
    };
    let (light, doors) = (tick("light", &[]), tick("doors", &["light"]));
    let mut close = flow.step(&"pause".into()).unwrap().clone();
    (close.id, close.to) = ("close".into(), Some("done".to_owned()));
    close.needs = vec!["light".into(), "doors".into()];
    flow.steps.retain(|step| ["report", "take"].contains(&step.id.as_str()));
    flow.steps.extend([light, doors, close]);
    flow
}

#[test]
fn what_needs_another_step_names_it_and_once_made_is_not_offered_again() {
    let flow = ticked();
    let taken = [event(1, "report", &[], None), event(2, "take", &[1], None)];
    let with = |more: &[EventWithReceipt]| fold(&flow, &[&taken[..], more].concat());
    let offered = |state: &CaseState| -> Vec<(StepId, Vec<StepId>)> {
        let steps = next_steps(&flow, state, &[role("environment"), role("engineering")]);
        let ids = |steps: &[&Step]| steps.iter().map(|step| step.id.clone()).collect();
        steps.iter().map(|next| (next.step.id.clone(), ids(&next.first))).collect()
    };
    let row = |id: &str, first: &[&str]| {
        (StepId::from(id), first.iter().map(|id| StepId::from(*id)).collect::<Vec<_>>())
    };
    let check = |state: &CaseState, by: &str, step: &str| {
        check_step(&flow, state, &role(by), &step.into(), &Evidence::default())
    };
    let first = |step: &str| Err(StepError::NeedsFirst { first: step.into() });

    let state = with(&[]);
    assert_eq!(
        offered(&state),
        [row("light", &[]), row("doors", &["light"]), row("close", &["light", "doors"])]
    );
    assert_eq!(check(&state, "environment", "doors"), first("light"));
    assert_eq!(check(&state, "engineering", "close"), first("light"), "the first missing one");
    assert_eq!(waits_for(&flow, &state), BTreeSet::from([role("environment")]));

    let state = with(&[event(3, "light", &[2], None)]);
    assert_eq!(offered(&state), [row("doors", &[]), row("close", &["doors"])]);
    assert_eq!(check(&state, "environment", "light"), Err(StepError::MadeAlready));
    assert_eq!(check(&state, "environment", "doors"), Ok(()));

    let state = with(&[event(3, "light", &[2], None), event(4, "doors", &[3], None)]);
    assert_eq!(check(&state, "engineering", "close"), Ok(()));
    assert_eq!(waits_for(&flow, &state), BTreeSet::from([role("engineering")]));
}

#[test]
fn a_recorded_step_counts_whatever_it_needed_and_however_often_it_was_ticked() {
    let flow = ticked();
    let events = [
        event(1, "report", &[], None),
        event(2, "take", &[1], None),
        event(3, "doors", &[2], None),
        event(4, "light", &[2], None),
        event(5, "light", &[2], None),
        event(6, "close", &[2], None),
    ];
    let state = fold(&flow, &events);
    assert!(state.events.iter().all(|folded| folded.standing == Standing::Counts));
    assert_eq!(state.state.as_deref(), Some("done"));
}

/// A case reported and then talked about by so many people, who see each other's words now and then.
fn talked_about(remarks: u32, people: u32) -> Vec<EventWithReceipt> {
    let id = |number: u32| EventId(u128::from(number).to_be_bytes());
    let mut events = vec![event(0, "report", &[], None)];
    let mut last: Vec<EventId> = vec![id(0); people as usize];
    for number in 1..=remarks {
        let who = (number % people) as usize;
        let mut remark = event(1, SystemStep::Remark.id(), &[], None);
        remark.event.id = id(number);
        remark.event.after = if number % 40 < people { last.clone() } else { vec![last[who]] };
        last[who] = id(number);
        events.push(remark);
    }
    events
}

/// Places kept of who knew what: what a fold remembers and looks through beyond the events themselves.
fn places_kept(events: &[EventWithReceipt]) -> usize {
    let flow = workflow();
    let graph = Causality::new(&flow, events);
    let kept: BTreeMap<_, usize> =
        graph.nodes.iter().map(|node| (Arc::as_ptr(&node.known), node.known.len())).collect();
    kept.values().sum()
}

#[test]
fn four_times_the_remarks_are_four_times_the_work() {
    assert_eq!(places_kept(&talked_about(2_000, 1)), 0, "one after the other, nothing is kept but the order");
    for people in [2, 3, 8] {
        let (short, long) =
            (places_kept(&talked_about(500, people)), places_kept(&talked_about(2_000, people)));
        assert!(long <= 4 * short + 100, "{people} people: {short} places for 500 remarks, {long} for 2,000");
    }
    let flow = workflow();
    let state = fold(&flow, &talked_about(2_000, 8));
    assert!(state.events.iter().all(|folded| folded.standing == Standing::Counts));
}

/// Histories of up to a dozen events by people who saw different parts of it; receipts follow causality.
fn histories() -> impl Strategy<Value = Vec<EventWithReceipt>> {
    let steps = [
        "report",
        "take",
        "reject",
        "price",
        "pause",
        "resume",
        "again",
        "finish",
        SystemStep::Resolve.id(),
        SystemStep::Reopen.id(),
        SystemStep::Remark.id(),
    ];
    let one = (prop::sample::select(steps.to_vec()), any::<u16>(), any::<bool>(), any::<u8>(), any::<u8>());
    (prop::collection::vec(one, 1..12), 0..12_u32).prop_map(|(drawn, received)| {
        let mut events = vec![event(0, "report", &[], None)];
        for (number, (step, seen, told, keep, over)) in (1..).zip(drawn) {
            let after: Vec<u8> = (0..number).filter(|n| seen >> n & 1 == 1).collect();
            let mut drawn = event(number, step, &after, None);
            if step == SystemStep::Resolve.id() {
                let at = |n: u8| n % (number + 2);
                drawn.event.evidence =
                    resolution(id(at(keep)), &[id(at(over)), id(at(over.wrapping_add(1)))]);
            } else if told {
                drawn = with(drawn, "told", i64::from(keep));
            }
            events.push(drawn);
        }
        for (ordinal, event) in (1..=received).zip(&mut events) {
            event.receipt = Some(Receipt { ordinal, at: Timestamp::from_millis(1000 * HOUR) });
        }
        events
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_order_of_arrival_folds_alike(events in histories(), order in any::<prop::sample::Index>(), twice in any::<prop::sample::Index>()) {
        let flow = workflow();
        let state = fold(&flow, &events);
        let mut shuffled = events.clone();
        let turn = order.index(shuffled.len());
        shuffled.rotate_left(turn);
        shuffled.reverse();
        shuffled.push(events[twice.index(events.len())].clone());
        prop_assert_eq!(&fold(&flow, &shuffled), &state);
        // Nothing anybody recorded is missing, and nothing is there twice.
        let ids: BTreeSet<EventId> = state.events.iter().map(|folded| folded.event.id).collect();
        prop_assert_eq!((ids.len(), state.events.len()), (events.len(), events.len()));
        // Nothing is folded before what its author built on.
        for (at, folded) in state.events.iter().enumerate() {
            for cause in &folded.event.after {
                prop_assert!(state.events[..at].iter().any(|before| before.event.id == *cause));
            }
        }
        // Every step that counts leaves the state the one before it led to.
        let moves = state.events.iter().filter(|folded| folded.standing == Standing::Counts && folded.to.is_some());
        let mut now: Option<String> = None;
        for moved in moves {
            prop_assert_eq!(&moved.from, &now);
            now = moved.to.clone();
        }
        prop_assert_eq!(now, state.state);
    }

    #[test]
    fn who_knew_what_is_what_follows_from_the_events(events in histories(), lie in any::<Option<(prop::sample::Index, prop::sample::Index)>>()) {
        let mut events = events;
        if let Some((early, late)) = lie {
            // Somebody claims to build on what came after it.
            let late = events[late.index(events.len())].event.id;
            let early = early.index(events.len());
            events[early].event.after.push(late);
        }
        let flow = workflow();
        let graph = Causality::new(&flow, &events);
        for later in 0..graph.nodes.len() {
            let mut past = BTreeSet::new();
            let mut open = graph.nodes[later].after.clone();
            while let Some(at) = open.pop() {
                if past.insert(at) {
                    open.extend(&graph.nodes[at].after);
                }
            }
            for earlier in 0..graph.nodes.len() {
                prop_assert_eq!(graph.knew(later, earlier), past.contains(&earlier), "{} {}", later, earlier);
            }
        }
    }

    #[test]
    fn a_receipt_for_the_next_event_in_order_changes_no_standing(events in histories()) {
        // The office takes unreceived events one by one in the order everybody already shows them in: what was
        // shown as provisional is what becomes final. (Two resolutions made concurrently may be shown in another order
        // than they rank in, because each comes after what it is about; receipts then decide between them.)
        prop_assume!(events.iter().filter(|given| given.event.step == SystemStep::Resolve.id()).count() < 2);
        let flow = workflow();
        let before = fold(&flow, &events);
        let mut ordinal = 100;
        let mut received = events;
        for folded in &before.events {
            let event = received.iter_mut().find(|given| given.event.id == folded.event.id).unwrap();
            if event.receipt.is_none() {
                event.receipt = Some(Receipt { ordinal, at: Timestamp::from_millis(1000 * HOUR) });
                ordinal += 1;
            }
        }
        let after = fold(&flow, &received);
        prop_assert_eq!(&after.state, &before.state);
        let standings = |state: &CaseState| state.events.iter().map(|f| (f.event.id, f.standing)).collect::<Vec<_>>();
        prop_assert_eq!(standings(&after), standings(&before));
        prop_assert!(!after.provisional);
    }
}

/// What is owed, less what was paid; nothing once it is done.
fn with_sum() -> Workflow {
    #[derive(serde::Deserialize)]
    struct Only {
        field: Vec<crate::playbook::form::FormField>,
    }
    let only: Only = toml::from_str(
        r#"
        [[field]]
        id = "all_told"
        label = { zh = "报价合计", en = "All prices" }
        type = "number"
        unit = "fen"
        sum = [{ each = "told", when = "!has(case.state) || case.state != 'done'" }]
        [[field]]
        id = "left"
        label = { zh = "还差", en = "Left" }
        type = "number"
        unit = "fen"
        sum = [{ answer = "told", times = 10 }, { answer = "all_told", times = -1 }]
        "#,
    )
    .unwrap();
    Workflow { sums: only.field, ..workflow() }
}

#[test]
fn sums_add_the_answers_of_every_step_that_counts_in_whatever_order_they_come() {
    let flow = with_sum();
    let events = [
        event(1, "report", &[], Some(1)),
        event(2, "take", &[1], Some(2)),
        with(event(3, "price", &[2], None), "told", 250),
        with(event(4, "price", &[2], None), "told", Value::Real(0.1)),
        // Not possible any more: it does not count.
        with(event(5, "reject", &[2], None), "told", 7),
    ];
    let sum = |events: &[EventWithReceipt], id: &str| fold(&flow, events).answers.get(id).cloned();
    assert_eq!(sum(&events[..2], "all_told"), Some(Value::Int(0)), "nothing was paid yet");
    assert_eq!(sum(&events[..2], "left"), None, "what it is taken from is not known yet");
    let mut turned = events.clone();
    turned.reverse();
    for events in [events, turned] {
        assert_eq!(sum(&events, "all_told"), Some(Value::Real(250.1)));
        assert_eq!(sum(&events, "left"), Some(Value::Real(-249.1)), "ten times the newest, less all");
    }
}
