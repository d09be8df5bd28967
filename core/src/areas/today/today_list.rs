//! What is due today, with the reason, in the order a butler walks.

use chrono::NaiveDate;

use crate::areas::library::ArticleRow;
use crate::areas::today::Today;
use crate::context::Agenda;
use crate::context::Visibility;
use crate::error::ButlerError;
use crate::model::{DueId, EventId, PlaceId, Procedure, QuestionId, RecordId, RuleId, StaffId, Timestamp};
use crate::playbook::due::{DueItem, Status, Tried};
use crate::playbook::rule::{Asks, Urgency};
use crate::playbook::walk::Mode;
use crate::playbook::{ButlerIdentity, Label};
use crate::query::{SubjectId, SubjectKind};

/// One thing to do, as a row.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct TodayItem {
    /// Identity: the same on every phone that sees the same facts.
    pub id: DueId,
    /// The rule's id.
    pub rule: RuleId,
    /// What is to be done.
    pub title: Label,
    /// Why it is due, in words.
    pub why: Label,
    /// Advice on how it is done.
    pub guidance: Option<Label>,
    /// What is read before it is done: each opens by [`crate::areas::library::Library::article`].
    pub articles: Vec<ArticleRow>,
    /// What a butler is to customers by it; none where it is other work.
    pub serves: Option<ButlerIdentity>,
    /// What it is about, as shown in a list ("3栋2单元501").
    pub subject: String,
    /// The record it is about, when it is one.
    pub about: Option<RecordId>,
    /// Where; of the whole community, where an answer of this phone's owner belongs.
    pub place: Option<PlaceId>,
    /// The case whose step brought it about.
    pub case: Option<RecordId>,
    /// The cases that are one matter, for an item about several; one opened from it is linked with them.
    pub cases: Vec<RecordId>,
    /// How pressing.
    pub urgency: Urgency,
    /// The last day on which it is in time.
    pub due: NaiveDate,
    /// The very moment, where the rule counts hours.
    pub due_at: Option<Timestamp>,
    /// The day rests on a year whose holidays are not published yet.
    pub provisional: bool,
    /// How it stands.
    pub status: Status,
    /// Its time has passed and it is neither done nor left out.
    pub overdue: bool,
    /// The records that answer it; two phones answering concurrently show both.
    pub answers: Vec<RecordId>,
    /// The form, checklist or workflow to begin.
    pub begin: Procedure,
    /// Where it is done.
    pub mode: Mode,
    /// How many minutes it takes when one goes there for this alone.
    pub minutes: u16,
    /// The last contact about it that met nobody, and when to try again.
    pub tried: Option<Tried>,
    /// What a contact that answers it is for, in the list `contact_purpose`; none where it is no contact, or one of any purpose.
    pub purpose: Option<String>,
    /// What it needs besides a talk; none where a talk is enough, or it is done by itself.
    pub asks: Option<Asks>,
    /// Promised to or agreed with a customer for its day.
    pub promised: bool,
    /// It is brought before this person because nobody did it in time.
    pub escalated: bool,
    /// The case names this person for it: theirs first.
    pub for_me: bool,
    /// The person the case names for it; of a finding who found it.
    pub person: Option<StaffId>,
    /// Who has begun it, while it is begun: somebody else's is not offered as one's own.
    pub begun_by: Option<StaffId>,
    /// Who did it, where the record that answers it says so.
    pub done_by: Option<StaffId>,
    /// For a finding of a round: where it was found; an order is opened from it.
    pub finding: Option<FindingSource>,
}

/// A finding an order is opened from.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct FindingSource {
    /// The round.
    pub round: RecordId,
    /// The newest result that is a finding.
    pub event: EventId,
    /// The item of the checklist.
    pub item: QuestionId,
    /// When it was found.
    pub at: Timestamp,
}

/// A page of what is due, and how much there is.
#[derive(Debug, Clone, PartialEq, Default)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct TodayPage {
    /// The items, in order.
    pub items: Vec<TodayItem>,
    /// Behind this one the next page begins; `None` on the last.
    pub next: Option<DueId>,
    /// How many are to be done by this person, or begun by them.
    pub open: usize,
    /// How many somebody else has begun.
    pub with_others: usize,
    /// How many of them are overdue.
    pub overdue: usize,
    /// How many are done, put off or left out.
    pub answered: usize,
}

impl Today<'_> {
    /// What is due now, for the grids and roles of this phone's owner, a page of at most 100 behind the item `after`:
    /// urgent first, then in walking order. What is done, put off or left out stands at the end.
    ///
    /// An `after` that is not due any more begins again at the top.
    ///
    /// # Errors
    /// [`ButlerError::NotEnrolled`] and those of the store.
    pub fn list(&self, after: Option<DueId>, limit: usize) -> Result<TodayPage, ButlerError> {
        self.0.agenda(|reader, agenda| {
            let (day, now) = agenda.now();
            let mut page = TodayPage::default();
            for item in agenda.items() {
                match item.status(day).is_answered() {
                    true => page.answered += 1,
                    false if agenda.is_anothers(item) => page.with_others += 1,
                    false => page.open += 1,
                }
                let mine = !item.status(day).is_answered() && !agenda.is_anothers(item);
                page.overdue += usize::from(item.is_overdue(day, now) && mine);
            }
            let begin = after.and_then(|after| agenda.items().position(|item| item.id == after));
            let begin = begin.map_or(0, |at| at + 1);
            let limit = limit.clamp(1, 100);
            let shown = agenda.items().skip(begin).take(limit);
            let visibility = agenda.visibility(reader);
            page.items = shown.map(|item| row(&visibility, agenda, item)).collect::<Result<_, _>>()?;
            let more = agenda.items().len() > begin + page.items.len();
            page.next = page.items.last().filter(|_| more).map(|item| item.id);
            Ok(page)
        })
    }

    /// One item.
    ///
    /// # Errors
    /// As [`Self::list`].
    pub fn item(&self, id: DueId) -> Result<Option<TodayItem>, ButlerError> {
        Ok(self.items(&[id])?.pop())
    }

    /// Those of these items that are due, in the order of the list.
    pub(super) fn items(&self, ids: &[DueId]) -> Result<Vec<TodayItem>, ButlerError> {
        self.0.agenda(|reader, agenda| {
            let visibility = agenda.visibility(reader);
            let wanted = agenda.items().filter(|item| ids.contains(&item.id));
            wanted.map(|item| row(&visibility, agenda, item)).collect()
        })
    }
}

/// Where it is done, or where an answer of the phone's owner belongs.
pub(super) fn place_of(visibility: &Visibility<'_>, agenda: &Agenda, item: &DueItem) -> Option<PlaceId> {
    item.place.clone().or_else(|| {
        let grid = match &item.subject {
            SubjectId::Grid(grid) => Some(grid),
            // Wherever it is answered, it is answered for all; nobody writes where they do not work.
            SubjectId::Community => visibility.first_grid(&item.rule.roles),
            SubjectId::Record(_) | SubjectId::Place(_) => None,
        };
        grid.and_then(|grid| agenda.office().place_of_grid(grid))
    })
}

pub(super) fn row(
    visibility: &Visibility<'_>,
    agenda: &Agenda,
    item: &DueItem,
) -> Result<TodayItem, ButlerError> {
    let office = agenda.office();
    let (day, now) = agenda.now();
    let place = place_of(visibility, agenda, item);
    let (subject, about) = match &item.subject {
        SubjectId::Record(id) if item.rule.subject.kind == SubjectKind::Entry => {
            let row = visibility.listed(*id)?;
            let title = row.map(|row| crate::context::labels::entry_title(&office.playbooks, &row));
            (title.unwrap_or_default(), Some(*id))
        }
        SubjectId::Record(id)
            if matches!(item.rule.subject.kind, SubjectKind::Home | SubjectKind::Resident) =>
        {
            (agenda.title(visibility, *id)?, Some(*id))
        }
        SubjectId::Record(id) => (visibility.title_of(*id)?, Some(*id)),
        SubjectId::Place(id) => {
            (office.places.get(id).map_or_else(String::new, |place| place.name.clone()), None)
        }
        SubjectId::Grid(id) => {
            (office.grids.get(id).map_or_else(String::new, |grid| grid.name.clone()), None)
        }
        SubjectId::Community => (String::new(), None),
    };
    // What its roles may not read is called by where it is; the community needs no name.
    let subject = match &place {
        Some(place) if subject.is_empty() && item.subject != SubjectId::Community => {
            office.places.get(place).map(|place| place.name.clone()).unwrap_or_default()
        }
        _ => subject,
    };
    // Of a case they may not read, not even the words that brought it about.
    let told = item.case().map(|case| agenda.tells(visibility, case)).transpose()?.unwrap_or(true);
    Ok(TodayItem {
        id: item.id,
        rule: item.rule.id.clone(),
        title: item.rule.title.clone(),
        why: item.why(&office.playbooks, told),
        guidance: item.rule.guidance.clone(),
        articles: ArticleRow::named(&office.playbooks, &item.rule.articles),
        serves: item.rule.serves.as_deref().and_then(|id| office.playbooks.terms().identity(id)).cloned(),
        subject,
        about,
        place,
        case: item.case(),
        cases: item.together().map(|(cases, _)| cases.to_vec()).unwrap_or_default(),
        urgency: item.urgency(now),
        due: item.due,
        due_at: item.due_at,
        provisional: office.calendar.is_provisional(item.due),
        status: item.status(day),
        overdue: item.is_overdue(day, now),
        answers: item.answers.keys().copied().collect(),
        begin: item.rule.done.begins(),
        mode: item.rule.mode(),
        minutes: item.rule.effort().alone,
        tried: item.tried,
        purpose: item.rule.done.purpose().map(str::to_owned),
        asks: item.rule.done.asks(),
        promised: item.rule.promised,
        escalated: agenda.is_escalated(item),
        for_me: agenda.is_for_me(item),
        person: item.person().filter(|_| told),
        begun_by: item.begun_by(day).cloned(),
        done_by: item.done_by.clone().filter(|_| item.status(day) == Status::Done),
        finding: item.finding.as_ref().map(|finding| FindingSource {
            round: finding.round,
            event: finding.found.event,
            item: finding.found.item.clone(),
            at: finding.found.at,
        }),
    })
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use crate::areas::cases::NewCase;
    use crate::areas::registers::NewEntry;
    use crate::areas::testing::{CLOSE_TOGETHER, STORM, TICKED};
    use crate::model::choice::{HomeState, OwnerState};
    use crate::model::date::PartialDate;
    use crate::model::{Evidence, GridId, HomeEdit, PlaceId, RecordId};
    use crate::playbook::due::Status;
    use crate::testing::{TestPhone, unit};

    /// Somebody stands in for finance, whose role is the whole community's, beside being the butler of one grid.
    #[test]
    fn a_rule_is_asked_where_one_of_its_roles_is_held() {
        const DAILY: &str = r#"
            kind = "rules"
            id = "test.daily"
            title = { zh = "每日", en = "Daily" }
            effective_from = 2026-01-01
            [[rule]]
            id = "test.walk"
            title = { zh = "巡视", en = "Walk" }
            why = { zh = "每天一遍", en = "once a day" }
            roles = ["butler"]
            subject = { kind = "grid" }
            when = { every = { schedule = "FREQ=DAILY", start = 2026-01-01 } }
            due = {}
            done = { record = "contact", begin = "contact.log" }
            [[rule]]
            id = "test.reconcile"
            title = { zh = "对账", en = "Reconcile" }
            why = { zh = "每天一次", en = "once a day" }
            roles = ["finance"]
            subject = { kind = "grid" }
            when = { every = { schedule = "FREQ=DAILY", start = 2026-01-01 } }
            due = {}
            done = { record = "contact", begin = "contact.log" }
        "#;
        let bench = TestPhone::new(&["butler"]);
        bench.publish(&[DAILY]);
        bench.grid(&GridId::new("jinse/grid-2").unwrap());
        let due = |rule: &str| {
            let items = bench.butler.today().list(None, 100).unwrap().items;
            let mut places: Vec<_> =
                items.into_iter().filter(|item| item.rule == rule).map(|item| item.subject).collect();
            places.sort();
            places
        };
        bench.assign_at(&[("butler", "jinse/grid-1"), ("finance", "jinse/grid-1")]);
        assert_eq!(due("test.walk").len(), 1, "a role of one grid sends nobody into the others");
        assert_eq!(due("test.reconcile").len(), 2, "a role of the whole community holds in every grid");
        bench.assign_at(&[("butler", "jinse/grid-2")]);
        assert_eq!((due("test.walk").len(), due("test.reconcile").len()), (1, 0));
    }

    #[test]
    fn a_deadline_stands_with_those_whose_turn_it_is_by_the_version_of_its_case() {
        let flow = |title: &str, turn: &str| {
            format!(
                r#"
                kind = "workflow"
                id = "test.slip"
                title = {{ zh = "{title}", en = "Slip" }}
                subjects = ["home"]
                resolved_by = ["supervisor"]
                state = [
                  {{ id = "open", label = {{ zh = "处理中", en = "Open" }} }},
                  {{ id = "closed", label = {{ zh = "已返单", en = "Returned" }}, end = true }},
                ]
                [[step]]
                id = "receive"
                label = {{ zh = "受理", en = "Receive" }}
                opens = true
                to = "open"
                roles = ["butler"]
                [[step]]
                id = "return"
                label = {{ zh = "返单", en = "Return" }}
                from = ["open"]
                to = "closed"
                roles = ["butler", "security"]
                [[deadline]]
                id = "return"
                label = {{ zh = "3天内返单", en = "Within 3 days" }}
                from = ["receive"]
                until = ["return"]
                within = {{ days = 3 }}
                {turn}"#
            )
        };
        let bench = TestPhone::new(&["butler"]);
        let (wide, narrow) = (flow("返单", ""), flow("返单二", "roles = [\"security\"]"));
        let due = || {
            let items = bench.butler.today().list(None, 100).unwrap().items;
            items.iter().filter(|item| item.rule == "deadline/test.slip/return").count()
        };
        let home = bench.home("501");
        let open = || {
            let new = NewCase {
                workflow: "test.slip".into(),
                step: "receive".into(),
                about: vec![home],
                ..NewCase::default()
            };
            bench.butler.cases().open(&new).unwrap();
        };
        bench.publish(&[&wide]);
        open();
        assert_eq!(due(), 1);
        bench.publish_over(&[&narrow], &[&wide]);
        open();
        assert_eq!(due(), 1, "the turn of another, though it was the butler's by the version before");
    }

    #[test]
    fn an_item_says_which_identity_it_serves_by_its_rule_or_the_file() {
        let bench = TestPhone::new(&["butler"]);
        let daily = |id: &str, serves: &str| {
            format!(
                "[[rule]]\nid = \"test.{id}\"\n{serves}title = {{ zh = \"巡视\", en = \"Walk\" }}\n\
                 why = {{ zh = \"每天一遍\", en = \"once a day\" }}\nroles = [\"butler\"]\n\
                 subject = {{ kind = \"grid\" }}\n\
                 when = {{ every = {{ schedule = \"FREQ=DAILY\", start = 2026-01-01 }} }}\ndue = {{}}\n\
                 done = {{ record = \"contact\", begin = \"contact.log\" }}\n"
            )
        };
        let head = |id: &str| {
            format!(
                "kind = \"rules\"\nid = \"{id}\"\ntitle = {{ zh = \"每日\", en = \"Daily\" }}\n\
                 effective_from = 2026-01-01\n"
            )
        };
        let (own, plain) = (daily("own", "serves = \"assessor\"\n"), daily("plain", ""));
        let served = format!("{}serves = \"collector\"\n{own}{plain}", head("test.served"));
        bench.publish(&[&served, &format!("{}{}", head("test.other"), daily("other", ""))]);
        let items = bench.butler.today().list(None, 100).unwrap().items;
        let serves = |rule: &str| {
            let item = items.iter().find(|item| item.rule == rule).unwrap();
            item.serves.as_ref().map(|identity| (identity.label.zh.as_str(), identity.duty.zh.as_str()))
        };
        assert_eq!(serves("test.own"), Some(("后台能力的评价者", "网格管理")));
        assert_eq!(serves("test.plain"), Some(("客户信息的收集者", "客户信息管理")));
        assert_eq!(serves("test.other"), None);
        let metrics = bench.butler.metrics().list().unwrap();
        let of = |id: &str| {
            let metric = metrics.iter().find(|info| info.metric == id).unwrap();
            metric.serves.as_ref().map(|identity| identity.label.zh.as_str())
        };
        assert_eq!((of("products_ordered"), of("arrears")), (Some("服务产品的推荐者"), None));
    }

    #[test]
    fn a_round_over_midnight_stays_on_today_and_in_the_list_of_rounds_until_it_is_finished() {
        const HOUR: i64 = 3_600_000;
        let bench = TestPhone::new(&["butler"]);
        let patrol = || {
            let items = bench.butler.today().list(None, 100).unwrap().items;
            let of: Vec<_> =
                items.into_iter().filter(|item| item.begin.id() == "patrol.public-area").collect();
            of.into_iter().map(|item| (item.id, item.status)).collect::<Vec<_>>()
        };
        let [(first, Status::Open)] = patrol()[..] else { panic!("one patrol is open: {:?}", patrol()) };
        let place = PlaceId::new("jinse/grid-1").unwrap();
        let round = bench
            .butler
            .rounds()
            .start(&"patrol.public-area".into(), &place, None, Some(first))
            .unwrap()
            .record;
        let under_way = || {
            let rows = bench.butler.rounds().under_way(None, 10).unwrap();
            rows.into_iter().map(|row| row.id).collect::<Vec<_>>()
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

    #[test]
    fn a_row_about_a_grid_brings_something_about_for_each_home_in_it() {
        let bench = TestPhone::new(&["butler"]);
        bench.publish(&[TICKED, STORM, CLOSE_TOGETHER]);
        let vacant = |room: &str| {
            let home = bench.home(room);
            let edit = HomeEdit {
                state: HomeState::VACANT.into(),
                owner_state: OwnerState::ELSEWHERE.into(),
                layout: "三室两厅".into(),
                area: 95.5.into(),
                handed_over: "2022-11-20".parse::<PartialDate>().unwrap().into(),
                key_held: false.into(),
                ..HomeEdit::default()
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
                fields: BTreeMap::from([("date".into(), day.as_str().into())]),
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

    const FORM: &str = r#"
        kind = "form"
        id = "test.report"
        title = { zh = "日报", en = "Report" }
        subject = "place"
        roles = ["butler"]
        [[field]]
        id = "date"
        label = { zh = "日期", en = "Date" }
        type = "date"
        required = true
        [[field]]
        id = "broken"
        label = { zh = "需要维修", en = "Broken" }
        type = "flag"
    "#;
    const RULES: &str = r#"
        kind = "rules"
        id = "test.rules"
        title = { zh = "规则", en = "Rules" }
        effective_from = 2020-01-01
        [[rule]]
        id = "test.report.repair"
        title = { zh = "转报修", en = "Make the order" }
        why = { zh = "{date}需要维修", en = "broken on {date}" }
        roles = ["butler"]
        subject = { kind = "entry" }
        when = { after_entry = { form = "test.report", date = "date", condition = "has(form.broken) && form.broken" } }
        due = { within = { days = 0 } }
        done = { record = "entry", begin = "test.report" }
    "#;

    #[test]
    fn a_yes_in_a_register_is_a_yes_to_a_rule() {
        let bench = TestPhone::new(&["butler"]);
        bench.publish(&[FORM, RULES]);
        let today = bench.butler.office().unwrap().date_of(bench.butler.now()).to_string();
        let enter = |broken: Option<bool>| {
            let mut fields = BTreeMap::from([("date".into(), today.as_str().into())]);
            fields.extend(broken.map(|broken| ("broken".into(), broken.into())));
            let answers = Evidence { fields, photos: BTreeMap::new() };
            let entry =
                NewEntry { form: "test.report".into(), place: unit(), about: vec![], answers, due: None };
            bench.butler.registers().add(&entry).unwrap().record
        };
        let broken = enter(Some(true));
        enter(Some(false));
        enter(None);
        let due = bench.butler.today().list(None, 100).unwrap().items;
        let about: Vec<_> =
            due.iter().filter(|item| item.rule == "test.report.repair").map(|item| item.about).collect();
        assert_eq!(about, [Some(broken)]);
    }
}
