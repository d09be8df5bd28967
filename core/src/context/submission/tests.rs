//! What a screen showed is part of an edit, and a form handed in twice is one: every verb, on one phone.

use std::collections::{BTreeMap, BTreeSet};

use super::{Submission, Submitting};
use crate::areas::cases::NewCase;
use crate::areas::conflicts::ConflictKind;
use crate::areas::registers::NewEntry;
use crate::areas::rounds::Proof;
use crate::context::Recorded;
use crate::error::ButlerError;
use crate::model::choice::{Channel, Outcome};
use crate::model::{
    ChangeHash, ContactEdit, Edit, Evidence, Kind, Lifecycle, PlaceId, Record, RecordId, ResidentEdit, Shown,
    Value,
};
use crate::playbook::case::Standing;
use crate::playbook::form::DueAnswer;
use crate::store::Fate;
use crate::testing::{TestPhone, unit};

const KEY: &str = r#"
    kind = "form"
    id = "test.key"
    title = { zh = "钥匙", en = "Key" }
    [[field]]
    id = "bag"
    label = { zh = "袋号", en = "Bag" }
    type = "text"
    required = true
    max_length = 4
"#;

const LEAK: &str = r#"
    kind = "workflow"
    id = "test.leak"
    title = { zh = "漏水", en = "Leak" }
    subjects = ["home"]
    resolved_by = ["butler"]
    state = [
      { id = "open", label = { zh = "处理中", en = "Open" } },
      { id = "done", label = { zh = "完成", en = "Done" }, end = true },
      { id = "off", label = { zh = "取消", en = "Called off" }, end = true },
    ]
    [[step]]
    id = "report"
    label = { zh = "报修", en = "Report" }
    opens = true
    to = "open"
    roles = ["butler"]
    [[step]]
    id = "finish"
    label = { zh = "完工", en = "Finish" }
    from = ["open"]
    to = "done"
    roles = ["butler"]
    [[step]]
    id = "cancel"
    label = { zh = "取消", en = "Call off" }
    from = ["open"]
    to = "off"
    roles = ["butler"]
"#;

/// A screen that draws a record now.
fn shown(bench: &TestPhone, record: RecordId) -> Shown {
    bench.butler.records().get(record).unwrap().shown()
}

/// A form over what a screen showed.
fn over(bench: &TestPhone, shown: Shown) -> Submitting<'_> {
    bench.butler.submitting(bench.butler.submission(Some(shown)).unwrap())
}

/// A form that begins something.
fn form(bench: &TestPhone) -> Submission {
    bench.butler.submission(None).unwrap()
}

fn record(bench: &TestPhone, id: RecordId) -> Record {
    bench.butler.records().get(id).unwrap()
}

fn note(bench: &TestPhone, id: RecordId) -> String {
    record(bench, id).texts["note"].clone()
}

/// Every value of a field, sorted.
fn values(bench: &TestPhone, id: RecordId, path: &str) -> Vec<String> {
    let field = record(bench, id).fields.remove(path);
    let claims = field.into_iter().flat_map(|field| std::iter::once(field.winner).chain(field.others));
    let mut values: Vec<String> =
        claims.map(|claim| claim.value.as_text().unwrap_or_default().to_owned()).collect();
    values.sort();
    values
}

fn layout(layout: &str) -> Edit {
    Edit::new().put("layout", layout)
}

fn key_row(home: RecordId) -> NewEntry {
    let fields = BTreeMap::from([("bag".into(), "F-01".into())]);
    let answers = Evidence { fields, photos: BTreeMap::new() };
    NewEntry { form: "test.key".into(), place: unit(), about: vec![home], answers, due: None }
}

fn leak(home: RecordId) -> NewCase {
    NewCase {
        workflow: "test.leak".into(),
        step: "report".into(),
        about: vec![home],
        title: "厨房水槽下漏水".into(),
        ..NewCase::default()
    }
}

#[test]
fn a_note_saved_over_words_that_came_meanwhile_keeps_both() {
    let bench = TestPhone::new(&["butler"]);
    let home = bench.home("501");
    bench.butler.records().edit_note(home, "周末在家").unwrap();
    let screen = shown(&bench, home);
    bench.brings(home, Kind::Home, &Edit::new().splice("note", 4, 0, "，养了一只大狗"));
    over(&bench, screen).records().edit_note(home, "周末在家，钥匙在前台").unwrap();
    let note = note(&bench, home);
    assert!(note.contains("大狗") && note.contains("钥匙在前台"), "{note}");
}

#[test]
fn a_note_is_compared_with_the_words_that_were_shown() {
    let bench = TestPhone::new(&["butler"]);
    let home = bench.home("501");
    bench.butler.records().edit_note(home, "周末在家，门铃坏了").unwrap();
    let screen = shown(&bench, home);
    bench.brings(home, Kind::Home, &Edit::new().splice("note", 0, 0, "二楼有狗。"));
    over(&bench, screen).records().edit_note(home, "周末在家").unwrap();
    assert_eq!(note(&bench, home), "二楼有狗。周末在家", "what was taken away is what was shown");
}

#[test]
fn a_value_saved_over_one_that_came_meanwhile_is_a_conflict() {
    let bench = TestPhone::new(&["butler"]);
    bench.publish(&[KEY]);
    let home = bench.home("501");
    let screen = shown(&bench, home);
    bench.brings(home, Kind::Home, &layout("三室"));
    over(&bench, screen).homes().edit(home, layout("两室")).unwrap();
    assert_eq!(values(&bench, home, "layout"), ["三室", "两室"]);

    let person = ResidentEdit { name: "单小明".into(), ..ResidentEdit::default() };
    let person = bench.butler.residents().add(home, person).unwrap().record;
    let screen = bench.butler.residents().details(person).unwrap().shown;
    bench.brings(person, Kind::Resident, &Edit::new().put("hobbies", "下棋"));
    over(&bench, screen).residents().edit(person, Edit::new().put("hobbies", "钓鱼")).unwrap();
    assert_eq!(values(&bench, person, "hobbies"), ["下棋", "钓鱼"]);

    let row = bench.butler.registers().add(&key_row(home)).unwrap().record;
    let screen = shown(&bench, row);
    bench.brings(row, Kind::Entry, &Edit::new().put("field/bag", "F-02"));
    let answers = BTreeMap::from([("bag".into(), Some(Value::from("F-03")))]);
    over(&bench, screen).registers().edit(row, &answers, &BTreeMap::new()).unwrap();
    assert_eq!(values(&bench, row, "field/bag"), ["F-02", "F-03"]);

    let screen = shown(&bench, person);
    bench.brings(person, Kind::Resident, &Edit::new().put("occupation", "教师"));
    over(&bench, screen).records().archive(person).unwrap();
    assert_eq!(record(&bench, person).lifecycle, Lifecycle::Revived, "who archived did not know of it");
}

#[test]
fn a_part_removed_on_a_screen_stays_when_somebody_touched_it_meanwhile() {
    let bench = TestPhone::new(&["butler"]);
    let home = bench.home("501");
    let meter = format!("meter/{}", "07".repeat(16));
    let added = Edit::new().put(&meter, true).put(format!("{meter}/number"), "W-88");
    bench.butler.homes().edit(home, added).unwrap();
    let screen = bench.butler.homes().details(home).unwrap().shown;
    let read = Edit::new().put(&meter, true).put(format!("{meter}/reading"), 12.5);
    bench.brings(home, Kind::Home, &read);
    let removed = Edit::new().clear(&meter).clear(format!("{meter}/number"));
    over(&bench, screen).homes().edit(home, removed).unwrap();
    assert_eq!(record(&bench, home).get(&meter), Some(&Value::Bool(true)));
}

#[test]
fn a_list_row_shows_what_the_details_show() {
    let bench = TestPhone::new(&["butler"]);
    bench.publish(&[KEY, LEAK]);
    let home = bench.home("501");
    let butler = &bench.butler;
    let person = ResidentEdit { name: "单小明".into(), ..ResidentEdit::default() };
    let person = butler.residents().add(home, person).unwrap().record;
    let case = butler.cases().open(&leak(home)).unwrap().record;
    bench.concurrently(home, Kind::Home, &layout("三室"), &layout("两室"));
    let details = butler.homes().details(home).unwrap();
    assert_eq!(details.shown.heads.len(), 2, "both are shown");
    assert_eq!(butler.homes().list(None, 10).unwrap()[0].record.shown, details.shown);
    assert_eq!(butler.records().page(Kind::Home, None, 1).unwrap()[0].shown, details.shown);
    assert_eq!(details.residents[0].record.shown, butler.residents().details(person).unwrap().shown);
    assert_eq!(butler.conflicts().list().unwrap()[0].shown, details.shown);
    assert_eq!(
        butler.cases().open_list(None, 10).unwrap()[0].shown,
        butler.cases().details(case).unwrap().shown
    );
    let rejected = bench.reject(home, Kind::Home, &layout("四室"), "field");
    let row = &butler.rejected().list().unwrap()[0];
    assert_eq!((row.change, row.shown.as_ref()), (rejected, Some(&details.shown)));
}

#[test]
fn what_one_wrote_on_another_screen_in_between_counts_as_seen() {
    let bench = TestPhone::new(&["butler"]);
    let home = bench.home("501");
    let screen = shown(&bench, home);
    bench.butler.homes().edit(home, layout("三室")).unwrap();
    over(&bench, screen.clone()).homes().edit(home, layout("两室")).unwrap();
    assert_eq!(values(&bench, home, "layout"), ["两室"], "nobody is in conflict with themselves");
    let actors = |bench: &TestPhone| {
        let history = bench.butler.context.read(|reader| Ok(reader.changes(home)?)).unwrap();
        history.iter().map(|change| change.actor).collect::<BTreeSet<_>>().len()
    };
    assert_eq!(actors(&bench), 1);

    // But what was written knowing more than the screen showed does not bring that along.
    bench.brings(home, Kind::Home, &layout("四室"));
    bench.butler.homes().edit(home, Edit::new().put("orientation", "南")).unwrap();
    over(&bench, screen).homes().edit(home, layout("一室")).unwrap();
    assert_eq!(values(&bench, home, "layout"), ["一室", "四室"]);
    assert_eq!(record(&bench, home).text("orientation"), Some("南"));
    assert_eq!(actors(&bench), 3, "the colleague's, one's own, and one aside");
    bench.butler.homes().edit(home, layout("五室")).unwrap();
    assert_eq!(values(&bench, home, "layout"), ["五室"], "and one goes on as before");
}

#[test]
fn a_form_that_stays_open_is_saved_again_over_what_it_shows() {
    let bench = TestPhone::new(&["butler"]);
    let home = bench.home("501");
    bench.butler.records().edit_note(home, "周末在家").unwrap();
    let screen = shown(&bench, home);
    bench.brings(home, Kind::Home, &Edit::new().splice("note", 4, 0, "，有狗"));
    let saved = over(&bench, screen).records().edit_note(home, "周末在家，钥匙").unwrap();
    over(&bench, saved.shown).records().edit_note(home, "周末在家，钥匙在前台").unwrap();
    let note = note(&bench, home);
    assert!(note.contains("有狗") && note.matches("钥匙").count() == 1 && note.contains("在前台"), "{note}");
}

/// More characters than one change may hold: written in several, and what came in between merges all the same.
#[test]
fn a_long_note_is_replaced_and_cleared_in_one_go() {
    let bench = TestPhone::new(&["butler"]);
    let home = bench.home("501");
    let long: String = (0..700).map(|n| format!("第{n}次上门")).collect();
    assert!(long.chars().count() > 3_000);
    bench.butler.records().edit_note(home, &long).unwrap();
    assert_eq!(note(&bench, home), long);
    let screen = shown(&bench, home);
    bench.brings(home, Kind::Home, &Edit::new().splice("note", 0, 0, "养了一只大狗。"));
    let other: String = (0..600).map(|n| format!("{n}号来电")).collect();
    over(&bench, screen).records().edit_note(home, &other).unwrap();
    // Written at the same place at the same time: either may come first.
    let either = [format!("养了一只大狗。{other}"), format!("{other}养了一只大狗。")];
    assert!(either.contains(&note(&bench, home)));
    bench.butler.records().edit_note(home, "").unwrap();
    assert_eq!(note(&bench, home), "");
    let too_long = bench.butler.records().edit_note(home, &"长".repeat(20_001));
    assert!(
        matches!(too_long, Err(ButlerError::InvalidInput { ref field, .. }) if field == "note"),
        "{too_long:?}"
    );
    assert_eq!(note(&bench, home), "");
}

#[test]
fn words_typed_over_what_the_office_rejected_since_are_kept_without_it() {
    let bench = TestPhone::new(&["butler"]);
    let home = bench.home("501");
    bench.butler.records().edit_note(home, "按铃无人应").unwrap();
    let rejected = bench.butler.records().edit_note(home, "东户按铃无人应").unwrap().edit;
    let later = bench.butler.homes().edit(home, layout("三室")).unwrap();
    let screen = shown(&bench, home);
    assert_eq!(screen.heads, [later.edit]);
    bench.bury(home, rejected);
    bench.brings(home, Kind::Home, &Edit::new().put("layout", "四室"));
    assert_eq!(note(&bench, home), "按铃无人应");

    let edit = layout("两室");
    over(&bench, screen.clone()).homes().edit(home, edit).unwrap();
    assert_eq!(values(&bench, home, "layout"), ["两室", "四室"], "one's own, written again, was shown");
    over(&bench, screen.clone()).records().edit_note(home, "东户按铃无人应，改天再来").unwrap();
    assert_eq!(note(&bench, home), "按铃无人应，改天再来");

    // When the copy is accepted, what was known of the first goes.
    bench
        .butler
        .context
        .act(|author, tx| Ok(tx.lift_verdicts(home, later.edit, author.identity.device)?))
        .unwrap();
    over(&bench, screen).homes().edit(home, layout("一室")).unwrap();
    assert_eq!(values(&bench, home, "layout"), ["一室", "四室"]);
}

#[test]
fn what_nothing_is_known_of_any_more_was_not_seen() {
    let bench = TestPhone::new(&["butler"]);
    let home = bench.home("501");
    bench.butler.homes().edit(home, layout("三室")).unwrap();
    bench.brings(home, Kind::Home, &layout("四室"));
    bench.butler.records().edit_note(home, "周末在家").unwrap();
    let lost = Shown::new(home, vec![ChangeHash([9; 32])]);
    over(&bench, lost.clone()).homes().edit(home, layout("两室")).unwrap();
    assert_eq!(values(&bench, home, "layout"), ["两室", "四室"], "nothing of others is overwritten");
    over(&bench, lost).records().edit_note(home, "有狗").unwrap();
    let note = note(&bench, home);
    assert!(note.contains("周末在家") && note.contains("有狗"), "{note}");
}

#[test]
fn a_token_is_of_the_record_the_form_is_handed_in_for() {
    let bench = TestPhone::new(&["butler"]);
    bench.publish(&[KEY, LEAK]);
    let (home, other) = (bench.home("501"), bench.home("502"));
    let before = bench.butler.status().unwrap();
    let wrong = |result: Result<Recorded, ButlerError>| {
        assert!(matches!(result, Err(ButlerError::InvalidInput { field, .. }) if field == "shown"));
    };
    let aside = || over(&bench, shown(&bench, other));
    wrong(aside().homes().edit(home, layout("三室")));
    wrong(aside().records().edit_note(home, "有狗"));
    wrong(aside().records().archive(home));
    wrong(aside().cases().open(&leak(home)));
    wrong(aside().registers().add(&key_row(home)));
    assert_eq!(bench.butler.status().unwrap(), before, "nothing of it was recorded");
}

#[test]
fn a_form_is_asked_of_what_was_written_not_of_what_a_merge_shows() {
    let bench = TestPhone::new(&["butler"]);
    let home = bench.home("501");
    let area = |area: f64| Edit::new().put("area", area);
    bench.butler.homes().edit(home, area(90.0)).unwrap();
    let screen = shown(&bench, home);
    // Several in a line, so that whichever value would be shown after the merge is theirs.
    for theirs in [95.0, 96.0, 97.0] {
        bench.brings(home, Kind::Home, &area(theirs));
    }
    let rejected = over(&bench, screen).homes().edit(home, area(9.5));
    assert!(
        matches!(rejected, Err(ButlerError::EvidenceMissing { problems }) if problems[0].field == "area" && problems.len() == 1)
    );
}

#[test]
fn a_step_of_a_case_that_moved_meanwhile_is_kept_beside() {
    let bench = TestPhone::new(&["butler"]);
    bench.publish(&[LEAK]);
    let cases = bench.butler.cases();
    let opened = cases.open(&leak(bench.home("501"))).unwrap();
    let case = opened.record;
    let screen = cases.details(case).unwrap().shown;
    let cancel = bench.colleagues_event("cancel", opened.event.into_iter().collect());
    bench.brings(case, Kind::Case, &Edit::new().event(&cancel));
    let finish = |cases: &crate::areas::cases::Cases<'_>| {
        cases.take(case, &"finish".into(), Evidence::default(), "已修好")
    };
    assert!(matches!(finish(&cases), Err(ButlerError::StepNotPossible { .. })), "not as the case is now");
    finish(&over(&bench, screen).cases()).unwrap();
    let steps = cases.details(case).unwrap().steps;
    let in_conflict =
        steps.iter().filter(|made| matches!(made.standing, Standing::InConflict { .. })).count();
    assert_eq!((steps.len(), in_conflict), (3, 1), "both were made, and a person decides");
}

#[test]
fn a_result_given_over_what_was_shown_stands_beside_one_that_came_meanwhile() {
    let bench = TestPhone::new(&["butler"]);
    let rounds = bench.butler.rounds();
    let place = PlaceId::new("jinse/grid-1").unwrap();
    let round = rounds.start(&"patrol.public-area".into(), &place, None, None).unwrap().record;
    let details = rounds.details(round).unwrap();
    let question = &details.points[0].items[0].question;
    let good = question.options.iter().find(|option| !option.fails).unwrap().id.clone();
    let fields = BTreeMap::from([(question.field.clone(), Value::from(good.as_str()))]);
    let evidence = Evidence { fields, photos: BTreeMap::new() };
    let theirs = bench.colleagues_event(question.field.as_str(), Vec::new());
    let path = crate::model::Round::result_path(&theirs);
    bench.brings(round, Kind::Round, &Edit::new().put(path, theirs.encode()));
    let mine = over(&bench, details.shown).rounds().record(round, &question.field, evidence, "").unwrap();
    let written = record(&bench, round);
    let results = crate::model::Round::results(&written);
    let mine = results.iter().find(|result| Some(result.event.id) == mine.event).unwrap();
    assert_eq!((results.len(), mine.event.after.as_slice()), (2, [].as_slice()));
}

#[test]
fn a_decision_is_between_the_values_that_were_shown() {
    let bench = TestPhone::new(&["butler"]);
    let home = bench.home("501");
    bench.concurrently(home, Kind::Home, &layout("三室"), &layout("两室"));
    let list = bench.butler.conflicts().list().unwrap();
    let ConflictKind::Field { path, .. } = &list[0].about else { panic!("{list:?}") };
    bench.brings_over(&list[0].shown.heads[..1], home, Kind::Home, &layout("四室"));
    let resolve = |screen: Shown, value: &str| {
        over(&bench, screen).conflicts().resolve(home, path, value.into()).map(drop)
    };
    resolve(list[0].shown.clone(), "三室").unwrap();
    let left = values(&bench, home, "layout");
    assert!(left.contains(&"三室".to_owned()) && left.contains(&"四室".to_owned()), "{left:?}");
    resolve(shown(&bench, home), "四室").unwrap();
    assert_eq!(values(&bench, home, "layout"), ["四室"]);
    let again = resolve(shown(&bench, home), "三室");
    assert!(matches!(again, Err(ButlerError::InvalidInput { field, .. }) if field == "layout"));
}

#[test]
fn a_rejected_note_sent_again_lands_where_it_was_meant() {
    let bench = TestPhone::new(&["butler"]);
    let home = bench.home("501");
    bench.butler.records().edit_note(home, "周末在家").unwrap();
    let meant = Edit::new().splice("note", 2, 2, "不在家");
    let rejected = bench.reject(home, Kind::Home, &meant, "role");
    bench.brings(home, Kind::Home, &Edit::new().splice("note", 0, 0, "二楼有狗。"));
    let row = &bench.butler.rejected().list().unwrap()[0];
    let screen = row.shown.clone().unwrap();
    bench.brings(home, Kind::Home, &Edit::new().splice("note", 0, 0, "门铃坏了。"));
    let form = bench.butler.submission(Some(screen)).unwrap();
    twice(&bench, form, |form| form.rejected().resend_as_meant(rejected));
    assert_eq!(note(&bench, home), "门铃坏了。二楼有狗。周末不在家");
    let twice = bench.butler.rejected().resend(rejected, &meant);
    assert!(matches!(twice, Err(ButlerError::NotFound)), "it is not shown as rejected any more");
}

/// Hands a form in twice: the second is answered with what the first made, and nothing more is recorded.
fn twice(
    bench: &TestPhone,
    form: Submission,
    verb: impl Fn(&Submitting<'_>) -> Result<Recorded, ButlerError>,
) {
    let form = bench.butler.submitting(form);
    let first = verb(&form).unwrap();
    let after = bench.butler.status().unwrap();
    assert_eq!(verb(&form).unwrap(), first);
    assert_eq!(bench.butler.status().unwrap(), after, "one record, one edit");
}

#[test]
fn a_form_handed_in_twice_is_recorded_once_whatever_it_asks_for() {
    let bench = TestPhone::new(&["butler"]);
    bench.publish(&[KEY, LEAK]);
    let butler = &bench.butler;
    let home = bench.home("501");
    let over_now = |record| butler.submission(Some(shown(&bench, record))).unwrap();
    let person = || ResidentEdit { name: "单小明".into(), ..ResidentEdit::default() };
    twice(&bench, form(&bench), |form| form.residents().add(home, person()));
    twice(&bench, over_now(home), |form| form.homes().edit(home, layout("三室")));
    twice(&bench, over_now(home), |form| form.records().edit_note(home, "有狗"));
    twice(&bench, form(&bench), |form| form.registers().add(&key_row(home)));
    let contact = ContactEdit {
        channel: Channel::VISIT.into(),
        purpose: "planned_visit".into(),
        summary: "一切都好".into(),
        outcome: Outcome::Agreed.into(),
        ..ContactEdit::default()
    };
    twice(&bench, form(&bench), |form| form.contacts().record(&[home], contact.clone(), &[]));
    twice(&bench, form(&bench), |form| form.cases().open(&leak(home)));
    let case = butler.cases().open_list(None, 1).unwrap()[0].id;
    for step in ["$remark", "finish"] {
        twice(&bench, over_now(case), |form| {
            form.cases().take(case, &step.into(), Evidence::default(), "已到场")
        });
    }
    let place = PlaceId::new("jinse/grid-1").unwrap();
    twice(&bench, form(&bench), |form| form.rounds().start(&"patrol.public-area".into(), &place, None, None));
    let round = butler.records().page(Kind::Round, None, 1).unwrap()[0].id;
    let point = butler.rounds().details(round).unwrap().points.swap_remove(0);
    twice(&bench, over_now(round), |form| {
        form.rounds().check_in(round, &point.id, &Proof::Distance { metres: 3.0 })
    });
    let question = &point.items[0].question;
    let good = question.options.iter().find(|option| !option.fails).unwrap();
    let fields = BTreeMap::from([(question.field.clone(), good.id.as_str().into())]);
    let evidence = Evidence { fields, photos: BTreeMap::new() };
    twice(&bench, over_now(round), |form| form.rounds().record(round, &question.field, evidence.clone(), ""));
    let person = butler.residents().add(home, person()).unwrap().record;
    twice(&bench, over_now(person), |form| form.records().archive(person));
    twice(&bench, over_now(person), |form| form.records().restore(person));
}

#[test]
fn a_due_item_put_off_twice_is_put_off_once() {
    let bench = TestPhone::new(&["butler"]);
    let today = bench.butler.today();
    let due = today.list(None, 100).unwrap().items.swap_remove(0).id;
    let asks = today.asks(DueAnswer::Skip).unwrap();
    let reason = asks.iter().find(|question| question.required).unwrap();
    let text = reason.options.first().map_or("下雨", |option| option.id.as_str());
    let fields = BTreeMap::from([(reason.field.clone(), text.into())]);
    let answers = Evidence { fields, photos: BTreeMap::new() };
    twice(&bench, form(&bench), |form| form.today().skip(due, answers.clone()));
}

#[test]
fn a_repeat_is_known_after_the_app_was_killed() {
    let mut bench = TestPhone::new(&["butler"]);
    bench.publish(&[LEAK]);
    let home = bench.home("501");
    let form = form(&bench);
    let open = |bench: &TestPhone| bench.butler.submitting(form.clone()).cases().open(&leak(home)).unwrap();
    let first = open(&bench);
    bench.reopen();
    assert_eq!(open(&bench), first);
    assert_eq!(bench.butler.cases().open_list(None, 10).unwrap().len(), 1);
}

#[test]
fn a_form_handed_in_again_with_other_answers_loses_none_in_silence() {
    let bench = TestPhone::new(&["butler"]);
    bench.publish(&[LEAK]);
    let home = bench.home("501");
    let form = bench.butler.submitting(form(&bench));
    let first = form.cases().open(&leak(home)).unwrap();
    let other = NewCase { note: "水已到客厅".into(), ..leak(home) };
    let rejected = form.cases().open(&other);
    assert!(matches!(rejected, Err(ButlerError::AlreadySubmitted { record }) if record == first.record));
    let rejected = form.records().edit_note(first.record, "水已到客厅");
    assert!(matches!(rejected, Err(ButlerError::AlreadySubmitted { .. })), "one form, one call");
}

#[test]
fn a_form_that_was_rejected_is_corrected_and_handed_in_again() {
    let bench = TestPhone::new(&["butler"]);
    bench.publish(&[KEY]);
    let home = bench.home("501");
    let form = bench.butler.submitting(form(&bench));
    let mut row = key_row(home);
    let bag = row.answers.fields.insert("bag".into(), "F-0100".into()).unwrap();
    assert!(matches!(form.registers().add(&row), Err(ButlerError::EvidenceMissing { .. })));
    row.answers.fields.insert("bag".into(), bag);
    form.registers().add(&row).unwrap();
}

#[test]
fn an_edit_still_on_its_way_is_not_sent_a_second_time() {
    let bench = TestPhone::new(&["butler"]);
    let home = bench.home("501");
    bench.acknowledge(home);
    let meant = Edit::new().splice("note", 0, 0, "周末在家");
    bench.butler.records().edit_note(home, "周末在家").unwrap();
    let waits = |code: &str| {
        bench.butler.context.act(|author, tx| {
            let change = tx.outbox(0, 9)?.remove(0);
            let fate = if code == "pending" { Fate::Pending } else { Fate::Later };
            tx.show_waiting(home, change.hash, fate, code, None, author.now)?;
            Ok(change.hash)
        })
    };
    for code in ["pending", "held"] {
        let change = waits(code).unwrap();
        assert_eq!(bench.butler.rejected().list().unwrap()[0].code, code);
        let again = bench.butler.rejected().resend(change, &meant);
        assert!(matches!(again, Err(ButlerError::NotFound)), "{code}: {again:?}");
        let again = bench.butler.rejected().resend_as_meant(change);
        assert!(matches!(again, Err(ButlerError::NotFound)), "{code}: {again:?}");
    }
    // What it waited for came.
    bench.acknowledge(home);
    assert_eq!(note(&bench, home), "周末在家");
    let unsent = bench.butler.context.read(|reader| Ok(reader.outbox(0, 9)?.len())).unwrap();
    assert_eq!(unsent, 0, "there is one edit, and it is at the office");
}
