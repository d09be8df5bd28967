//! What an app can do and see: one folder per area, one file per verb or look.
//!
//! Every verb has the same course: read, check role and playbook, make one [`Edit`](crate::model::Edit), and let the
//! [`author`](crate::context) turn it into a signed change with its rows in one transaction. What a verb returns names
//! what changed. A look reads one consistent state and computes; it changes nothing, needs no network, and shows what
//! the phone's owner may read and nothing else.

pub mod cases;
pub mod contested;
pub mod drafts;
pub mod figures;
pub mod homes;
pub mod library;
pub mod photos;
pub mod procedures;
pub mod records;
pub mod refused;
pub mod registers;
pub mod residents;
pub mod rounds;
pub mod search;
pub mod status;
pub mod today;
pub mod visits;

use crate::butler::Butler;
use crate::context::Submitting;

macro_rules! areas {
    ($($(#[$doc:meta])* $area:ident: $type:ident,)+) => {
        impl Butler {
            $($(#[$doc])* #[must_use] pub const fn $area(&self) -> $area::$type<'_> {
                $area::$type(self.handing_in(None))
            })+
        }

        impl<'b> Submitting<'b> {
            $($(#[$doc])* #[must_use] pub fn $area(&self) -> $area::$type<'b> {
                $area::$type(self.clone())
            })+
        }
    };
}

areas! {
    /// Homes 房屋.
    homes: Homes,
    /// Residents 住户.
    residents: Residents,
    /// Contacts 沟通记录.
    visits: Visits,
    /// Rounds 巡视.
    rounds: Rounds,
    /// Cases 工单.
    cases: Cases,
    /// Registers 登记.
    registers: Registers,
    /// What is due 今日.
    today: Today,
    /// What is contested 待裁定.
    contested: Contested,
    /// What was refused 被拒绝.
    refused: Refused,
    /// Any record, by id.
    records: Records,
}

#[cfg(test)]
mod tests {
    //! The verbs as an app uses them, on one phone without a network.

    use std::collections::{BTreeMap, BTreeSet};
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use crate::areas::cases::NewCase;
    use crate::areas::registers::NewEntry;
    use crate::areas::rounds::Proof;
    use crate::butler::testing::{Bench, unit};
    use crate::context::Listener;
    use crate::error::ButlerError;
    use crate::model::choice::{Channel, HomeState, Outcome, OwnerState, ResidentRole};
    use crate::model::date::PartialDate;
    use crate::model::{
        ContactEdit, Edit, EventId, Evidence, GridId, Kind, PhotoId, PlaceId, PremisesEdit, RecordId,
        ResidentEdit, RoleId, Round, Timestamp, Touch, Value,
    };
    use crate::playbook::checklist::Finding;
    use crate::playbook::due::Status;
    use crate::playbook::form::DueAnswer;
    use crate::store::{Collection, RecordState};

    fn contact(outcome: Outcome) -> ContactEdit {
        ContactEdit {
            channel: Channel::Visit.into(),
            purpose: "planned_visit".into(),
            summary: "一切都好".into(),
            outcome: outcome.into(),
            ..ContactEdit::default()
        }
    }

    #[test]
    fn only_touched_fields_are_written_and_history_names_them() {
        let bench = Bench::new(&["butler"]);
        let home = bench.home("501");
        let edit = PremisesEdit { orientation: "南".into(), ..PremisesEdit::default() };
        bench.butler.homes().edit(home, edit).unwrap();
        let history = bench.butler.records().history(home).unwrap();
        let last: Vec<&str> =
            history.last().unwrap().changes.iter().map(|change| change.path.as_str()).collect();
        assert_eq!(last, ["orientation"]);
        assert_eq!(history.last().unwrap().by_name, "张丽");
        assert_eq!(bench.butler.record_state(home).unwrap(), RecordState::Unsent);
    }

    #[test]
    fn a_butler_writes_no_figures_of_finance() {
        let bench = Bench::new(&["butler"]);
        let home = bench.home("501");
        let before = bench.butler.status().unwrap();
        let edit = PremisesEdit { arrears: 100.into(), ..PremisesEdit::default() };
        let refused = bench.butler.homes().edit(home, edit);
        assert!(matches!(refused, Err(ButlerError::NotAllowed { what }) if what == "arrears"));
        assert_eq!(bench.butler.status().unwrap(), before, "nothing of it was recorded");
    }

    #[test]
    fn a_contact_without_agreement_needs_a_time_to_talk_again() {
        let bench = Bench::new(&["butler"]);
        let home = bench.home("501");
        let visits = bench.butler.visits();
        let refused = visits.record(&[home], contact(Outcome::NotReached), &[]);
        let Err(ButlerError::EvidenceMissing { missing, words }) = refused else { panic!("{refused:?}") };
        assert_eq!(
            (missing, words[0].en.as_str()),
            (vec!["next_contact".to_owned()], "please answer “Next contact”")
        );
        let before = Timestamp::from_millis(bench.butler.now().millis() - 1);
        let backwards = ContactEdit { next_contact: before.into(), ..contact(Outcome::NotReached) };
        let refused = visits.record(&[home], backwards, &[]);
        assert!(matches!(refused, Err(ButlerError::InvalidInput { field, .. }) if field == "next_contact"));
        let later = Timestamp::from_millis(bench.butler.now().millis() + 86_400_000);
        let agreed = ContactEdit { next_contact: later.into(), ..contact(Outcome::NotReached) };
        visits.record(&[home], agreed, &[]).unwrap();
        assert_eq!(bench.butler.homes().details(home).unwrap().contacts.len(), 1);
    }

    #[test]
    fn a_contact_is_what_the_form_over_contacts_asks() {
        let bench = Bench::new(&["butler"]);
        bench.publish(&[r#"
            kind = "form"
            id = "contact.log"
            title = { zh = "沟通记录", en = "Contact" }
            record = "contact"
            [[field]]
            id = "summary"
            label = { zh = "沟通内容", en = "What was said" }
            type = "text"
            required = true
            max_length = 4
            invalid = { zh = "最多四个字", en = "four characters" }
        "#]);
        let home = bench.home("501");
        let record = |summary: &str| {
            let contact = ContactEdit { summary: summary.into(), ..ContactEdit::default() };
            bench.butler.visits().record(&[home], contact, &[])
        };
        let refused = record("五个汉字了");
        let Err(ButlerError::EvidenceMissing { missing, words }) = refused else { panic!("{refused:?}") };
        assert_eq!((missing, words[0].zh.as_str()), (vec!["summary".to_owned()], "最多四个字"));
        record("四个汉字").unwrap();
    }

    fn missing_of<T: std::fmt::Debug>(result: Result<T, ButlerError>) -> Vec<String> {
        match result {
            Err(ButlerError::EvidenceMissing { missing, .. }) => missing,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn what_is_written_of_a_home_fits_its_form_and_asks_for_no_more_than_it_brings_about() {
        let bench = Bench::new(&["butler"]);
        let home = bench.home("501");
        let homes = bench.butler.homes();
        let edit = |edit: PremisesEdit| homes.edit(home, edit);
        let before = bench.butler.status().unwrap();
        let tiny = PremisesEdit { area: 9.5.into(), ..PremisesEdit::default() };
        assert_eq!(missing_of(edit(tiny)), ["area"]);
        let key = || PremisesEdit { key_held: true.into(), ..PremisesEdit::default() };
        assert_eq!(missing_of(edit(key())), ["key_spot"], "asked by what is written");
        assert_eq!(bench.butler.status().unwrap(), before, "nothing of it was recorded");
        edit(PremisesEdit { key_spot: "A-12".into(), ..key() }).unwrap();
        edit(PremisesEdit { area: 95.5.into(), ..PremisesEdit::default() }).unwrap();
        let partial = "2020-02".parse::<PartialDate>().unwrap();
        edit(PremisesEdit { handed_over: partial.into(), ..PremisesEdit::default() }).unwrap();
        assert_eq!(
            missing_of(edit(PremisesEdit { key_spot: Touch::Clear, ..PremisesEdit::default() })),
            ["key_spot"]
        );
    }

    #[test]
    fn what_is_written_of_a_resident_fits_its_form() {
        let bench = Bench::new(&["butler"]);
        let home = bench.home("501");
        let residents = bench.butler.residents();
        let tenant = || ResidentEdit {
            name: "单小明".into(),
            role: ResidentRole::Tenant.into(),
            lives_here: true.into(),
            ..ResidentEdit::default()
        };
        assert_eq!(missing_of(residents.add(home, tenant())), ["since"]);
        let since = "2026-10".parse::<PartialDate>().unwrap();
        let person = residents.add(home, ResidentEdit { since: since.into(), ..tenant() }).unwrap().record;
        let edit = |edit: ResidentEdit| residents.edit(person, edit);
        let long = "静".repeat(101);
        let written = ResidentEdit { hobbies: long.as_str().into(), ..ResidentEdit::default() };
        assert_eq!(missing_of(edit(written)), ["hobbies"], "though nobody asks it before they agreed");
        edit(ResidentEdit { hobbies: "钓鱼".into(), ..ResidentEdit::default() }).unwrap();
        assert_eq!(
            missing_of(edit(ResidentEdit { name: Touch::Clear, ..ResidentEdit::default() })),
            ["name"]
        );
    }

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
        [[field]]
        id = "given_back_on"
        label = { zh = "归还日期", en = "Given back on" }
        type = "date"
        [[field]]
        id = "given_back_sign"
        label = { zh = "业主签收", en = "Owner's signature" }
        type = "signature"
        required_when = "has(form.given_back_on)"
        shown_when = "has(form.given_back_on)"
    "#;

    fn key_row(bench: &Bench, home: RecordId) -> RecordId {
        let fields = BTreeMap::from([("bag".to_owned(), "F-01".into())]);
        let row = NewEntry {
            form: "test.key".into(),
            place: unit(),
            about: vec![home],
            answers: Evidence { fields, photos: BTreeMap::new() },
            due: None,
        };
        bench.butler.registers().add(&row).unwrap().record
    }

    #[test]
    fn a_row_edited_is_judged_by_the_form_it_was_entered_under() {
        let bench = Bench::new(&["butler"]);
        bench.publish(&[KEY]);
        let home = bench.home("501");
        let row = key_row(&bench, home);
        // What the form asks since is not asked of rows entered before.
        bench.publish_over(&[&KEY.replace("max_length = 4", "max_length = 2")], &[KEY]);
        let edit =
            |field: &str, value: Option<&str>, photos: &BTreeMap<String, Vec<crate::model::PhotoId>>| {
                let answers = BTreeMap::from([(field.to_owned(), value.map(Value::from))]);
                bench.butler.registers().edit(row, &answers, photos)
            };
        let none = BTreeMap::new();
        let before = bench.butler.status().unwrap();
        assert_eq!(missing_of(edit("given_back_on", Some("2026-12-10"), &none)), ["given_back_sign"]);
        assert_eq!(missing_of(edit("bag", Some("F-0100"), &none)), ["bag"]);
        assert_eq!(missing_of(edit("bag", None, &none)), ["bag"]);
        assert_eq!(missing_of(edit("hook", Some("3"), &none)), ["hook"], "no such question");
        assert_eq!(bench.butler.status().unwrap(), before, "nothing of it was recorded");
        let photo = bench.butler.photos().add("签名".as_bytes()).unwrap();
        let signed = BTreeMap::from([("given_back_sign".to_owned(), vec![photo])]);
        edit("given_back_on", Some("2026-12-10"), &signed).unwrap();
        edit("bag", Some("F-02"), &none).unwrap();
        assert_eq!(bench.butler.records().get(row).unwrap().text("field/bag"), Some("F-02"));
    }

    #[test]
    fn what_is_decided_is_asked_like_what_is_written() {
        let bench = Bench::new(&["butler"]);
        bench.publish(&[KEY]);
        let home = bench.home("501");
        let area = |area: f64| Edit::new().put("area", area);
        bench.apart(home, Kind::Premises, &area(95.5), &area(96.5));
        let row = key_row(&bench, home);
        let bag = |bag: &str| Edit::new().put("field/bag", bag);
        bench.apart(row, Kind::Entry, &bag("F-02"), &bag("F-03"));
        let settle = |record, path, value: Value| bench.butler.contested().settle(record, path, value);
        assert_eq!(missing_of(settle(home, "area", Value::Real(9.5))), ["area"]);
        assert_eq!(missing_of(settle(row, "field/bag", "F-0200".into())), ["bag"]);
        assert_eq!(bench.butler.contested().list().unwrap().len(), 2, "nothing was decided");
        settle(home, "area", Value::Real(96.5)).unwrap();
        settle(row, "field/bag", "F-03".into()).unwrap();
        assert_eq!(bench.butler.contested().list().unwrap(), []);
    }

    /// Sends a refused edit again, first one that will not do: what is missing is named, and the refusal stays.
    fn resend(bench: &Bench, id: RecordId, kind: Kind, bad: &Edit, good: &Edit) -> Vec<String> {
        let refused = bench.refuse(id, kind, bad, "field");
        let missing = missing_of(bench.butler.refused().resend(refused, bad));
        assert_eq!(bench.butler.refused().list().unwrap().len(), 1, "still to be corrected");
        bench.butler.refused().resend(refused, good).unwrap();
        assert_eq!(bench.butler.refused().list().unwrap(), []);
        missing
    }

    #[test]
    fn what_is_sent_again_is_asked_like_what_is_written() {
        let bench = Bench::new(&["butler"]);
        bench.publish(&[KEY, TICKED]);
        let home = bench.home("501");
        let area = |area: f64| Edit::new().put("area", area);
        let missing = resend(&bench, home, Kind::Premises, &area(9.5), &area(95.5));
        assert_eq!(missing, ["area"]);

        // A row and a contact that never came to be are asked whole.
        let row = Edit::new().put("place", unit().as_str()).put("form", "test.key");
        let form = bench.butler.playbooks().unwrap().form("test.key").unwrap().version.to_string();
        let row = row.put("version", form);
        let whole = row.clone().put("field/bag", "F-01");
        assert_eq!(resend(&bench, RecordId([7; 16]), Kind::Entry, &row, &whole), ["bag"]);
        let said: Edit = contact(Outcome::NotReached).into();
        let said = said.put("place", unit().as_str()).put("by", "zhang.li").put("at", 1_000);
        let whole = said.clone().put("next_contact", 2_000);
        assert_eq!(resend(&bench, RecordId([8; 16]), Kind::Contact, &said, &whole), ["next_contact"]);
        let backwards = said.put("next_contact", 500);
        let refused = bench.refuse(RecordId([9; 16]), Kind::Contact, &backwards, "field");
        let again = bench.butler.refused().resend(refused, &backwards);
        assert!(matches!(again, Err(ButlerError::InvalidInput { field, .. }) if field == "next_contact"));
    }

    #[test]
    fn a_step_and_a_result_sent_again_bring_what_they_ask() {
        let bench = Bench::new(&["butler"]);
        let asks = TICKED.replace(
            "needs = [\"tell\"]",
            r#"field = [{ id = "how", label = { zh = "怎样", en = "How" }, type = "text", required = true }]"#,
        );
        bench.publish(&[&asks]);
        let event = |step: &str, after: Vec<EventId>, evidence: Evidence| {
            let role = RoleId::new("butler").unwrap();
            bench.butler.context.act(|author, _| author.event(step, role, after, "", evidence)).unwrap()
        };
        let answers = |name: &str, value: &str, photos: &[PhotoId]| Evidence {
            fields: BTreeMap::from([(name.to_owned(), value.into())]),
            photos: BTreeMap::from([(name.to_owned(), photos.to_vec())]),
        };
        let case = shutdown(&bench, "501");
        let opened: Vec<EventId> =
            bench.butler.cases().details(case).unwrap().events.iter().map(|made| made.event.id).collect();
        let step = |step: &str, evidence| Edit::new().event(&event(step, opened.clone(), evidence));
        let (bare, whole) =
            (step("close", Evidence::default()), step("close", answers("how", "已修复", &[])));
        assert_eq!(resend(&bench, case, Kind::Case, &bare, &whole), ["how"]);
        let late = step("tell", Evidence::default());
        let refused = bench.refuse(case, Kind::Case, &late, "role");
        let again = bench.butler.refused().resend(refused, &late);
        assert!(
            matches!(again, Err(ButlerError::StepNotPossible { step, .. }) if step == "tell"),
            "it is over"
        );
        bench.butler.refused().dismiss(refused).unwrap();

        let place = PlaceId::new("jinse/grid-1").unwrap();
        let round = bench.butler.rounds().start("patrol.public-area", &place, None, None).unwrap().record;
        let item = bench.butler.rounds().details(round).unwrap().points[0].items[0].question.clone();
        let bad = item.options.iter().find(|option| option.fails).unwrap().id.as_str();
        let photo = bench.butler.photos().add("地砖".as_bytes()).unwrap();
        let result = |photos: &[PhotoId]| {
            let event = event(&item.field, vec![], answers(&item.field, bad, photos));
            Edit::new().put(Round::result_path(&event), event.encode()).photos(photos)
        };
        let missing = resend(&bench, round, Kind::Round, &result(&[]), &result(&[photo]));
        assert_eq!(missing, std::slice::from_ref(&item.field));
        assert_eq!(bench.butler.status().unwrap().unsent_photos, 1, "the photo goes with it");
    }

    #[test]
    fn a_case_is_about_what_its_workflow_is_for() {
        let bench = Bench::new(&["butler"]);
        bench.publish(&[TICKED]);
        let home = bench.home("501");
        let person = ResidentEdit { name: "单小明".into(), ..ResidentEdit::default() };
        let person = bench.butler.residents().add(home, person).unwrap().record;
        let open = |about: Vec<RecordId>| {
            let fields = BTreeMap::from([("what".to_owned(), "水管破裂".into())]);
            bench.butler.cases().open(&NewCase {
                workflow: "test.shutdown".into(),
                step: "report".into(),
                about,
                evidence: Evidence { fields, photos: BTreeMap::new() },
                ..NewCase::default()
            })
        };
        let refused = open(vec![home, person]);
        let Err(ButlerError::InvalidInput { field, reason }) = refused else { panic!("{refused:?}") };
        assert_eq!(
            (field.as_str(), reason.as_str()),
            ("about", "a case of this workflow is about: premises")
        );
        assert!(matches!(open(vec![home, RecordId([9; 16])]), Err(ButlerError::NotFound)));
        open(vec![home]).unwrap();
    }

    #[test]
    fn a_round_is_complete_when_every_point_is_proven_and_every_item_answered() {
        let bench = Bench::new(&["butler"]);
        let due = bench.butler.today().list(None, 100).unwrap();
        let patrol = due.items.iter().find(|item| item.begin == "patrol.public-area").unwrap();
        let place = PlaceId::new("jinse/grid-1").unwrap();
        let round = bench.butler.rounds().start(&patrol.begin, &place, None, Some(patrol.id)).unwrap().record;
        let details = bench.butler.rounds().details(round).unwrap();
        for point in &details.points {
            bench.butler.rounds().check_in(round, &point.id, &Proof::Distance(3.0)).unwrap();
            for item in point.items.iter().filter(|item| item.question.required) {
                let ok = item.question.options.iter().find(|option| !option.fails);
                let value = ok.map_or(Value::Real(1.0), |option| option.id.as_str().into());
                let fields = BTreeMap::from([(item.question.field.clone(), value)]);
                let evidence = Evidence { fields, photos: BTreeMap::new() };
                bench.butler.rounds().record(round, &item.question.field, evidence, "").unwrap();
            }
        }
        let done = bench.butler.rounds().details(round).unwrap();
        assert!(
            done.points.iter().flat_map(|point| &point.items).all(|item| item.finding != Finding::Failed)
        );
        assert!(done.complete);
        let item = bench.butler.today().item(patrol.id).unwrap().unwrap();
        assert_eq!((item.status, item.answers), (Status::Done, vec![round]));
    }

    #[test]
    fn a_finding_without_its_photo_is_missing_evidence() {
        let bench = Bench::new(&["butler"]);
        let place = PlaceId::new("jinse/grid-1").unwrap();
        let round = bench.butler.rounds().start("patrol.public-area", &place, None, None).unwrap().record;
        let item = bench.butler.rounds().details(round).unwrap().points[0].items[0].question.clone();
        let bad = item.options.iter().find(|option| option.fails).unwrap().id.as_str();
        let mut evidence =
            Evidence { fields: BTreeMap::from([(item.field.clone(), bad.into())]), photos: BTreeMap::new() };
        let missing = bench.butler.rounds().record(round, &item.field, evidence.clone(), "");
        assert!(matches!(missing, Err(ButlerError::EvidenceMissing { .. })));
        let photo = bench.butler.photos().add("地砖".as_bytes()).unwrap();
        evidence.photos.insert(item.field.clone(), vec![photo]);
        bench.butler.rounds().record(round, &item.field, evidence, "地砖松动").unwrap();
        assert_eq!(bench.butler.photos().bytes(photo).unwrap(), "地砖".as_bytes());
        assert_eq!(bench.butler.status().unwrap().unsent_photos, 1);
    }

    #[test]
    fn a_due_item_is_put_off_with_a_reason_and_says_so() {
        let bench = Bench::new(&["butler"]);
        let item = bench.butler.today().list(None, 1).unwrap().items.remove(0);
        let missing = bench.butler.today().snooze(item.id, Evidence::default());
        assert!(matches!(missing, Err(ButlerError::EvidenceMissing { missing, .. }) if missing.len() == 2));
        bench.butler.today().snooze(item.id, tomorrow(&bench)).unwrap();
        assert_eq!(bench.butler.today().item(item.id).unwrap().unwrap().status, Status::Snoozed);
    }

    /// Whoever stands in for finance, whose role is the whole community's, beside being the butler of one grid.
    #[test]
    fn a_role_of_the_whole_community_sends_nobody_on_the_rounds_of_other_grids() {
        let bench = Bench::new(&["butler"]);
        bench.assign_at(&[("butler", "jinse/grid-1"), ("finance", "jinse/grid-1")]);
        let grids = |office: &crate::context::OfficeTables, staff: &crate::model::StaffId| {
            (office.grids_on_today(staff), office.grids_for(staff))
        };
        let (today, reads) =
            bench.butler.context.act(|author, _| Ok(grids(&author.office, &author.identity.staff))).unwrap();
        assert_eq!(today, Some([GridId::new("jinse/grid-1").unwrap()].into()));
        assert_eq!(reads, None, "but it reads everywhere");
    }

    #[test]
    fn of_two_days_something_was_put_off_to_the_last_word_counts() {
        const DAY: i64 = 86_400_000;
        let bench = Bench::new(&["butler"]);
        let items = bench.butler.today().list(None, 100).unwrap().items;
        let monthly =
            items.into_iter().find(|item| item.due > bench.butler.date().unwrap() + chrono::Days::new(3));
        let item = monthly.unwrap().id;
        let status = || bench.butler.today().item(item).unwrap().unwrap().status;
        // A slip of the finger, and the right day a minute later.
        bench.butler.today().snooze(item, until(&bench, 300)).unwrap();
        bench.host.pass(60_000);
        bench.butler.today().snooze(item, until(&bench, 1)).unwrap();
        assert_eq!(status(), Status::Snoozed);
        bench.host.pass(DAY);
        assert_eq!(status(), Status::Open, "the day it was put off to last has come");
    }

    #[test]
    fn a_round_over_midnight_stays_on_today_and_in_the_list_of_rounds_until_it_is_finished() {
        const HOUR: i64 = 3_600_000;
        let bench = Bench::new(&["butler"]);
        let patrol = || {
            let items = bench.butler.today().list(None, 100).unwrap().items;
            let of: Vec<_> = items.into_iter().filter(|item| item.begin == "patrol.public-area").collect();
            of.into_iter().map(|item| (item.id, item.status)).collect::<Vec<_>>()
        };
        let [(first, Status::Open)] = patrol()[..] else { panic!("one patrol is open: {:?}", patrol()) };
        let place = PlaceId::new("jinse/grid-1").unwrap();
        let round =
            bench.butler.rounds().start("patrol.public-area", &place, None, Some(first)).unwrap().record;
        let under_way = || {
            let rows = bench.butler.rounds().under_way(None, 10).unwrap();
            rows.into_iter().map(|row| row.record.id).collect::<Vec<_>>()
        };
        assert_eq!((patrol(), under_way()), (vec![(first, Status::Begun)], vec![round]));
        for days in 1..=2 {
            bench.host.pass(24 * HOUR);
            let today = patrol();
            assert_eq!(today.len(), 2, "{days} days later: the round under way, and the day's own");
            assert!(
                today.contains(&(first, Status::Begun))
                    && today.iter().any(|(_, status)| *status == Status::Open)
            );
            assert_eq!(under_way(), [round]);
        }
        bench.butler.records().archive(round).unwrap();
        assert!(patrol().iter().all(|(id, _)| *id != first), "given up: {:?}", patrol());
        assert_eq!(under_way(), []);
    }

    /// What is asked of somebody who puts something off, until tomorrow.
    fn tomorrow(bench: &Bench) -> Evidence {
        until(bench, 1)
    }

    /// The same, for so many days.
    fn until(bench: &Bench, days: u64) -> Evidence {
        let today = bench.butler.office().unwrap().date_of(bench.butler.now());
        let mut answers = Evidence::default();
        for question in bench.butler.today().asks(DueAnswer::Snooze).unwrap() {
            let until = (today + chrono::Days::new(days)).to_string();
            let given = question.options.first().map_or(until, |option| option.id.clone());
            if question.required {
                answers.fields.insert(question.field, given.into());
            }
        }
        answers
    }

    #[test]
    fn what_is_due_about_the_whole_community_is_put_off_where_one_of_its_roles_works() {
        let bench = Bench::new(&["butler"]);
        bench.publish(&[r#"
            kind = "rules"
            id = "test.rules"
            title = { zh = "测试", en = "Test" }
            effective_from = 2026-01-01
            [[rule]]
            id = "test.drill"
            title = { zh = "演练", en = "Drill" }
            why = { zh = "每天", en = "daily" }
            roles = ["butler"]
            subject = { kind = "community" }
            when = { every = { schedule = "FREQ=DAILY", start = 2026-01-01 } }
            due = { within = { days = 0 } }
            done = { record = "entry", begin = "training.session" }
        "#]);
        // A grid that comes first, where they do something else.
        let elsewhere = GridId::new("jinse/grid-0").unwrap();
        bench.grid(&elsewhere);
        bench.assign_at(&[("butler", "jinse/grid-1"), ("engineering", "jinse/grid-0")]);
        let drill = || {
            let items = bench.butler.today().list(None, 100).unwrap().items;
            items.into_iter().find(|item| item.rule == "test.drill").unwrap()
        };
        assert_eq!((drill().place, drill().subject.as_str()), (PlaceId::new("jinse/grid-1").ok(), ""));
        let row = bench.butler.today().snooze(drill().id, tomorrow(&bench)).unwrap().record;
        assert_eq!((drill().status, drill().answers), (Status::Snoozed, vec![row]));
        assert_eq!(bench.butler.records().get(row).unwrap().text("place"), Some("jinse/grid-1"));
    }

    #[test]
    fn a_step_out_of_turn_and_a_step_of_another_role_are_told_apart() {
        let bench = Bench::new(&["butler"]);
        bench.publish(&[TICKED]);
        let opening = bench.butler.cases().opening("test.shutdown", &unit()).unwrap().remove(0);
        assert_eq!((opening.step.as_str(), opening.questions[0].field.as_str()), ("report", "what"));
        let bare = NewCase {
            workflow: "test.shutdown".into(),
            step: "report".into(),
            about: vec![bench.home("501")],
            ..NewCase::default()
        };
        let refused = bench.butler.cases().open(&bare);
        assert!(matches!(refused, Err(ButlerError::EvidenceMissing { missing, .. }) if missing == ["what"]));
        let case = shutdown(&bench, "501");
        let take = |step: &str| bench.butler.cases().take(case, step, Evidence::default(), "");
        assert!(
            matches!(take("after_care"), Err(ButlerError::StepNotPossible { step, .. }) if step == "after_care")
        );
        assert!(matches!(take("measure"), Err(ButlerError::NotAllowed { .. })));
        let unknown = take("no-such-step");
        assert!(matches!(unknown, Err(ButlerError::InvalidInput { field, .. }) if field == "step"));
        let asked = bench.butler.cases().ask(case, "report", &Evidence::default()).unwrap();
        assert_eq!(asked[0].problem.as_ref().unwrap().zh, "请填写“什么情况”");
        take("$remark").unwrap();
        assert_eq!(bench.butler.cases().open_list(None, 10).unwrap().len(), 1);
    }

    const TICKED: &str = r#"
        kind = "workflow"
        id = "test.shutdown"
        title = { zh = "停水停电", en = "Shutdown" }
        guidance = { zh = "先通知，再停。", en = "Tell people first." }
        subjects = ["premises"]
        settled_by = ["supervisor"]
        state = [
          { id = "open", label = { zh = "处理中", en = "Open" } },
          { id = "done", label = { zh = "完成", en = "Done" }, end = true },
        ]
        [[step]]
        id = "report"
        label = { zh = "登记", en = "Report" }
        opens = true
        to = "open"
        roles = ["butler"]
        [[step.field]]
        id = "what"
        label = { zh = "什么情况", en = "What" }
        type = "text"
        required = true
        [[step]]
        id = "tell"
        label = { zh = "通知住户", en = "Tell the residents" }
        guidance = { zh = "说明原因和时间。", en = "Say why and how long." }
        from = ["open"]
        roles = ["butler"]
        once = true
        [[step]]
        id = "close"
        label = { zh = "恢复并结束", en = "Restore and close" }
        from = ["open"]
        to = "done"
        needs = ["tell"]
        roles = ["butler"]
        [[step]]
        id = "measure"
        label = { zh = "测压", en = "Measure" }
        from = ["open"]
        roles = ["engineering"]
        [[step]]
        id = "after_care"
        label = { zh = "善后", en = "After-care" }
        from = ["done"]
        roles = ["butler"]
    "#;

    fn shutdown(bench: &Bench, room: &str) -> RecordId {
        let new = NewCase {
            workflow: "test.shutdown".into(),
            step: "report".into(),
            about: vec![bench.home(room)],
            title: format!("{room}停水"),
            evidence: Evidence {
                fields: BTreeMap::from([("what".to_owned(), "水管破裂".into())]),
                photos: BTreeMap::new(),
            },
            ..NewCase::default()
        };
        bench.butler.cases().open(&new).unwrap().record
    }

    #[test]
    fn a_case_under_a_faulty_version_is_migrated_to_the_mended_one() {
        let bench = Bench::new(&["butler", "supervisor"]);
        // Nobody who is there may close it.
        let faulty =
            TICKED.replace("needs = [\"tell\"]\n        roles = [\"butler\"]", "roles = [\"finance\"]");
        assert_ne!(faulty, TICKED);
        bench.publish(&[&faulty]);
        let case = shutdown(&bench, "501");
        let cases = bench.butler.cases();
        let take = |step: &str| cases.take(case, step, Evidence::default(), "");
        take("tell").unwrap();
        assert!(matches!(take("close"), Err(ButlerError::NotAllowed { .. })));
        assert!(!cases.details(case).unwrap().may_migrate, "there is no other version");
        assert!(
            matches!(cases.migrate(case, ""), Err(ButlerError::InvalidInput { field, .. }) if field == "version")
        );

        bench.publish_over(&[TICKED], &[&faulty]);
        assert!(matches!(take("close"), Err(ButlerError::NotAllowed { .. })), "it goes on as it was begun");
        bench.assign(&["butler"]);
        assert!(!cases.details(case).unwrap().may_migrate);
        assert!(
            matches!(cases.migrate(case, ""), Err(ButlerError::NotAllowed { .. })),
            "whoever settles decides"
        );
        assert!(matches!(take("$migrate"), Err(ButlerError::InvalidInput { .. })));
        bench.assign(&["butler", "supervisor"]);
        assert!(cases.details(case).unwrap().may_migrate);
        cases.migrate(case, "旧版没有人能结束").unwrap();
        let details = cases.details(case).unwrap();
        assert!(!details.may_migrate);
        let migration = details.events.last().unwrap();
        let version = |text: &str| crate::model::PlaybookHash::of(text).version();
        assert_eq!(crate::model::Case::migrates(&migration.event), Some((version(&faulty), version(TICKED))));
        assert_eq!(
            (migration.event.by.as_str(), migration.event.note.as_str()),
            ("zhang.li", "旧版没有人能结束")
        );
        let row = bench.butler.context.read(|reader| Ok(reader.work_row(case)?)).unwrap().unwrap();
        assert_eq!(row.version, Some(version(TICKED).to_string()), "lists, rules and figures go by it too");
        take("close").unwrap();
        assert!(cases.details(case).unwrap().ended);
    }

    #[test]
    fn a_step_that_needs_another_names_it_and_a_tick_is_offered_once() {
        let bench = Bench::new(&["butler"]);
        bench.publish(&[TICKED]);
        let case = shutdown(&bench, "501");
        let cases = bench.butler.cases();
        let take = |step: &str| cases.take(case, step, Evidence::default(), "");
        assert_eq!(cases.details(case).unwrap().guidance.unwrap().en, "Tell people first.");
        let offered = cases.next_steps(case).unwrap();
        assert_eq!(offered[0].guidance.as_ref().unwrap().en, "Say why and how long.");
        assert_eq!((offered[1].step.as_str(), offered[1].first[0].label.zh.as_str()), ("close", "通知住户"));
        assert!(matches!(take("close"), Err(ButlerError::StepNeeds { first }) if first == "tell"));
        take("tell").unwrap();
        assert!(matches!(take("tell"), Err(ButlerError::StepNotPossible { step, .. }) if step == "tell"));
        let offered = cases.next_steps(case).unwrap();
        assert_eq!(
            offered.iter().map(|next| (next.step.as_str(), next.first.len())).collect::<Vec<_>>(),
            [("close", 0)]
        );
        take("close").unwrap();
        assert!(cases.details(case).unwrap().ended);
    }

    #[test]
    fn what_a_condition_holds_back_says_why() {
        let bench = Bench::new(&["butler"]);
        bench.publish(&[&TICKED.replace(
            "needs = [\"tell\"]",
            r#"when = "has(case.what) && case.what == '已恢复'"
               when_not = { zh = "还没有恢复", en = "not restored yet" }"#,
        )]);
        let case = shutdown(&bench, "501");
        let cases = bench.butler.cases();
        let offered = cases.next_steps(case).unwrap();
        let close = offered.iter().find(|next| next.step == "close").unwrap();
        assert_eq!(close.why_not.as_ref().unwrap().zh, "还没有恢复");
        let refused = cases.take(case, "close", Evidence::default(), "");
        let Err(ButlerError::StepNotPossible { step, why }) = refused else { panic!("{refused:?}") };
        assert_eq!((step.as_str(), why.unwrap().en.as_str()), ("close", "not restored yet"));
    }

    #[test]
    fn linked_cases_are_shown_with_both() {
        let bench = Bench::new(&["butler"]);
        bench.publish(&[TICKED]);
        let (one, other) = (shutdown(&bench, "501"), shutdown(&bench, "502"));
        let cases = bench.butler.cases();
        cases.link(one, other, "repeat").unwrap();
        for (case, linked, title) in [(one, other, "502停水"), (other, one, "501停水")] {
            let links = cases.details(case).unwrap().links;
            assert_eq!((links.len(), links[0].case, links[0].title.as_str()), (1, linked, title));
            assert_eq!(links[0].how.zh, "同一问题再次发生");
        }
        let about = bench.butler.context.read(|reader| Ok(reader.links_of([one].into_iter())?)).unwrap();
        assert!(!about[&one].iter().any(|(id, _)| *id == other), "linked with it, not about it");
        cases.link(one, other, "group").unwrap();
        assert_eq!(cases.details(other).unwrap().links[0].how.zh, "同一事项（群诉）");
        let field = |result| match result {
            Err(ButlerError::InvalidInput { field, .. }) => field,
            other => panic!("{other:?}"),
        };
        assert_eq!(field(cases.link(one, one, "group")), "other");
        assert_eq!(field(cases.link(one, other, "gruop")), "how");
        let home = bench.home("501");
        assert!(matches!(cases.link(one, home, "group"), Err(ButlerError::NotFound)));
    }

    const CLOSE_TOGETHER: &str = r#"
        kind = "rules"
        id = "test.rules"
        title = { zh = "测试", en = "Test" }
        effective_from = 2026-01-01
        [[rule]]
        id = "test.shutdown.group"
        title = { zh = "多户停水", en = "Several homes without water" }
        why = { zh = "{count}户停水：{what}", en = "{count} homes: {what}" }
        guidance = { zh = "先查总阀。", en = "Look at the main valve first." }
        roles = ["butler"]
        subject = { kind = "grid" }
        due = { within = { hours = 2 } }
        done = { record = "case", begin = "test.shutdown" }
        when.together = { workflows = ["test.shutdown"], steps = ["report"], same = "what", at_least = 2, different = "premises", within_days = 1 }
        [[rule]]
        id = "test.storm"
        title = { zh = "关窗", en = "Shut windows" }
        why = { zh = "{date}大风", en = "storm on {date}" }
        roles = ["butler"]
        subject = { kind = "premises", where = [{ path = "state", is = ["vacant"] }] }
        due = { within = { days = 0 }, shown_days_before = 2 }
        done = { record = "contact", begin = "contact.log" }
        when.after_entry = { form = "test.storm", date = "date", each = true }
    "#;
    const STORM: &str = r#"
        kind = "form"
        id = "test.storm"
        title = { zh = "大风预警", en = "Storm" }
        subject = "grid"
        [[field]]
        id = "date"
        label = { zh = "日期", en = "Date" }
        type = "date"
        required = true
    "#;

    #[test]
    fn cases_together_are_one_item_and_what_is_opened_from_it_is_linked_with_them() {
        let bench = Bench::new(&["butler"]);
        bench.publish(&[TICKED, STORM, CLOSE_TOGETHER]);
        let items = || {
            let page = bench.butler.today().list(None, 100).unwrap().items;
            page.into_iter().filter(|item| item.rule == "test.shutdown.group").collect::<Vec<_>>()
        };
        let one = shutdown(&bench, "501");
        assert_eq!(items(), []);
        let other = shutdown(&bench, "502");
        let item = items().remove(0);
        assert_eq!((item.cases.clone(), item.why.zh.as_str()), (vec![one, other], "2户停水：水管破裂"));
        assert_eq!(item.guidance.unwrap().zh, "先查总阀。");
        let new = NewCase {
            workflow: item.begin,
            step: "report".into(),
            place: item.place,
            title: "总阀漏水".into(),
            evidence: Evidence {
                fields: BTreeMap::from([("what".to_owned(), "总阀漏水".into())]),
                photos: BTreeMap::new(),
            },
            due: Some(item.id),
            ..NewCase::default()
        };
        let opened = bench.butler.cases().open(&new).unwrap().record;
        assert_eq!((items()[0].status, items()[0].answers.clone()), (Status::Begun, vec![opened]));
        let linked = |case| bench.butler.cases().details(case).unwrap().links;
        let how: Vec<String> = linked(opened).into_iter().map(|link| link.how.en).collect();
        assert_eq!(how, ["one matter behind several"; 2]);
        assert_eq!(linked(one)[0].case, opened);
    }

    #[test]
    fn a_row_about_a_grid_brings_something_about_for_each_home_in_it() {
        let bench = Bench::new(&["butler"]);
        bench.publish(&[TICKED, STORM, CLOSE_TOGETHER]);
        let vacant = |room: &str| {
            let home = bench.home(room);
            let edit = PremisesEdit {
                state: HomeState::Vacant.into(),
                owner_state: OwnerState::Elsewhere.into(),
                layout: "三室两厅".into(),
                area: 95.5.into(),
                handed_over: "2022-11-20".parse::<PartialDate>().unwrap().into(),
                key_held: false.into(),
                ..PremisesEdit::default()
            };
            bench.butler.homes().edit(home, edit).unwrap();
            home
        };
        let homes = BTreeSet::from([vacant("501"), vacant("502")]);
        bench.home("503");
        let shown = || -> BTreeSet<RecordId> {
            let page = bench.butler.today().list(None, 100).unwrap().items;
            page.iter().filter(|item| item.rule == "test.storm").filter_map(|item| item.about).collect()
        };
        assert!(shown().is_empty());
        let today = bench.butler.office().unwrap().date_of(bench.butler.now());
        let day = (today + chrono::Days::new(2)).to_string();
        let row = NewEntry {
            form: "test.storm".into(),
            place: PlaceId::new("jinse/grid-1").unwrap(),
            about: Vec::new(),
            answers: Evidence {
                fields: BTreeMap::from([("date".to_owned(), day.as_str().into())]),
                photos: BTreeMap::new(),
            },
            due: None,
        };
        bench.butler.registers().add(&row).unwrap();
        assert_eq!(shown(), homes);
        let late = vacant("504");
        assert_eq!(
            shown(),
            homes.into_iter().chain([late]).collect(),
            "vacant since, and the storm still comes"
        );
    }

    #[test]
    fn a_questionnaire_proposes_and_the_form_comes_whole() {
        let bench = Bench::new(&["butler"]);
        bench.publish(&[r#"
            kind = "form"
            id = "test.questionnaire"
            title = { zh = "客户问卷", en = "Questionnaire" }
            guidance = { zh = "闲聊中完成。", en = "While chatting." }
            subject = "resident"
            [[field]]
            id = "children"
            label = { zh = "孩子", en = "Children" }
            help = { zh = "同住的", en = "living with them" }
            type = "number"
            unit = "person"
            min = 0
            max = 9
            [[field]]
            id = "school"
            label = { zh = "学校", en = "School" }
            type = "text"
            shown_when = "has(form.children) && form.children > 0"
            required_when = "has(form.children) && form.children > 1"
            [[field]]
            id = "remark"
            label = { zh = "备注", en = "Remark" }
            type = "text"
            [[proposal]]
            path = "stage"
            value = "new_owner"
            when = "has(form.children) && form.children > 0"
            [[proposal]]
            path = "remark"
            value = "family"
            label = { zh = "有孩子", en = "has children" }
            when = "has(form.children) && form.children > 0"
        "#]);
        let registers = bench.butler.registers();
        let form = registers.form("test.questionnaire").unwrap();
        assert_eq!(form.guidance.unwrap().zh, "闲聊中完成。");
        let [children, remark] = form.questions.as_slice() else { panic!() };
        assert_eq!((children.min, children.max, children.at_least), (Some(0.0), Some(9.0), None));
        assert_eq!((children.help.clone().unwrap().zh.as_str(), remark.max_length), ("同住的", Some(500)));
        let answers = |n: i64| Evidence {
            fields: BTreeMap::from([("children".to_owned(), n.into())]),
            photos: BTreeMap::new(),
        };
        let asked = |n: i64| -> Vec<(String, bool, bool)> {
            let questions = registers.ask("test.questionnaire", &answers(n)).unwrap();
            questions
                .into_iter()
                .map(|asked| (asked.field, asked.required, asked.problem.is_some()))
                .collect()
        };
        let row = |field: &str, required, problem| (field.to_owned(), required, problem);
        assert_eq!(asked(0), [row("children", false, false), row("remark", false, false)]);
        assert_eq!(asked(1)[1], row("school", false, false));
        assert_eq!(asked(2)[1], row("school", true, true));
        assert_eq!(asked(12)[0], row("children", false, true), "more than there may be");
        assert_eq!(registers.propose("test.questionnaire", &answers(0)).unwrap(), []);
        let proposed = registers.propose("test.questionnaire", &answers(2)).unwrap();
        let words: Vec<&str> = proposed.iter().map(|row| row.label.zh.as_str()).collect();
        assert_eq!(words, ["新业主", "有孩子"], "the field table's own word where the form says none");
    }

    #[test]
    fn a_case_library_is_searched_as_people_type() {
        let bench = Bench::new(&["butler"]);
        bench.publish(&[r#"
            kind = "library"
            id = "test.cases"
            title = { zh = "案例库", en = "Cases" }
            [[article]]
            id = "thrown"
            title = { zh = "高空抛物", en = "Things thrown down" }
            tags = ["安全"]
            situation = { zh = "楼上扔下酒瓶。", en = "A bottle came down." }
            handling = { zh = "先救人，再报警。", en = "Help first, then call the police." }
        "#]);
        let library = bench.butler.library();
        for typed in ["gkpw", "高空", "police", "酒瓶 anquan"] {
            let rows = library.search(typed).unwrap();
            let own: Vec<_> = rows.iter().filter(|row| row.library == "test.cases").collect();
            assert_eq!((own.len(), own[0].article.as_str()), (1, "thrown"), "{typed}");
        }
        let row = library.list().unwrap().into_iter().find(|row| row.library == "test.cases").unwrap();
        let article = library.article(&row.library, &row.article).unwrap();
        assert_eq!(article.handling.zh, "先救人，再报警。");
        assert!(matches!(library.article("test.cases", "x"), Err(ButlerError::NotFound)));
    }

    #[test]
    fn people_are_found_by_name_and_phone_and_note() {
        let bench = Bench::new(&["butler"]);
        let home = bench.home("501");
        let person = ResidentEdit { name: "单小明".into(), ..ResidentEdit::default() };
        let person = bench.butler.residents().add(home, person).unwrap().record;
        bench.butler.records().edit_note(person, "常年在国外,房屋委托").unwrap();
        for typed in ["小明", "单小明", "shanxiaoming", "sxm", "委托"] {
            let hits = bench.butler.search(typed, 10).unwrap();
            assert!(hits.iter().any(|hit| hit.record == person), "{typed}");
        }
        let room = bench.butler.search("1-1-501", 10).unwrap();
        assert_eq!((room[0].record, room[0].title.as_str()), (home, "1栋1单元501"));
    }

    struct Count(AtomicUsize);
    impl Listener for Count {
        fn changed(&self, _: &BTreeSet<Collection>) {
            self.0.fetch_add(1, Ordering::SeqCst);
        }
    }

    #[test]
    fn listeners_hear_of_what_changed_and_of_nothing_else() {
        let bench = Bench::new(&["butler"]);
        let home = bench.home("501");
        let count = Arc::new(Count(AtomicUsize::new(0)));
        let _subscription = bench.butler.subscribe(count.clone());
        bench.butler.homes().details(home).unwrap();
        let refused = PremisesEdit { arrears: 1.into(), ..PremisesEdit::default() };
        assert!(bench.butler.homes().edit(home, refused).is_err());
        assert_eq!(count.0.load(Ordering::SeqCst), 0);
        bench.butler.records().edit_note(home, "门禁坏").unwrap();
        assert_eq!(count.0.load(Ordering::SeqCst), 1);
    }

    #[test]
    fn after_shutdown_every_call_says_so() {
        let bench = Bench::new(&["butler"]);
        let home = bench.home("501");
        bench.butler.shutdown();
        bench.butler.shutdown();
        assert!(matches!(bench.butler.records().edit_note(home, "x"), Err(ButlerError::Closed)));
        assert!(matches!(bench.butler.status(), Err(ButlerError::Closed)));
    }
}
