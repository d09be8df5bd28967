//! What each person does on the day, with the network off.

use std::error::Error;

use butler_core::areas::cases::NewCase;
use butler_core::areas::registers::NewEntry;
use butler_core::areas::rounds::Proof;
use butler_core::context::Recorded;
use butler_core::context::labels::value_label;
use butler_core::context::question::Question;
use butler_core::host::{Host as _, SystemHost};
use butler_core::model::choice::{Channel, HomeState, Outcome, OwnerState, TimeOfDay};
use butler_core::model::directory::Assignment;
use butler_core::model::resident::{Phone, PhoneEdit};
use butler_core::model::{
    ContactEdit, Edit, EventId, Evidence, HomeEdit, HomeRow, PhotoId, PlaceId, RecordId, ResidentEdit,
    Timestamp, Touch, Value,
};
use butler_core::playbook::form::AnswerType;
use butler_core::{Butler, ButlerError};

use super::line::Line;
use super::phone::{did, say};

type Done<T = ()> = Result<T, Box<dyn Error>>;

/// A part of the demo's two days.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Part {
    /// The evening before: the orders that two people will work on at once.
    Before,
    /// A butler's day offline.
    Butler,
    /// The same day of the butler who was finance's stand-in until noon.
    StandIn,
    /// Writing on and on, until the phone dies.
    UntilItDies,
    /// The supervisor's day.
    Supervisor,
    /// The supervisor decides conflicts.
    Resolve,
    /// The rejected edit is read and put away, and what is true is recorded again.
    Correct,
}

/// Works a part of the day.
pub fn work(butler: &Butler, part: Part) -> Done {
    match part {
        Part::Before => before(butler),
        Part::Butler => butlers_day(butler),
        Part::StandIn => {
            stand_in(butler)?;
            butlers_day(butler)
        }
        Part::UntilItDies => until_it_dies(butler),
        Part::Supervisor => supervisor(butler),
        Part::Resolve => resolve(butler),
        Part::Correct => correct(butler),
    }
}

/// The homes of the grid this person is butler of, as they are walked. Another role may show more.
pub fn homes(butler: &Butler, count: usize) -> Done<Vec<HomeRow>> {
    let (office, me) = (butler.office()?, butler.enrolled()?.ok_or("not enrolled")?);
    let own = |home: &HomeRow| {
        let grids = home.record.place.as_ref().map(|place| office.grids_of(place)).unwrap_or_default();
        let mine = |row: &&Assignment| row.staff == me && row.role.as_str() == "butler";
        office
            .assignments
            .iter()
            .filter(mine)
            .any(|row| row.grid.as_ref().is_some_and(|grid| grids.contains(grid)))
    };
    let (mut homes, mut after) = (Vec::new(), None);
    loop {
        let page = butler.homes().list(after, 100)?;
        after = page.last().map(|home| home.record.id);
        let last = page.len() < 100;
        homes.extend(page.into_iter().filter(own));
        if last || homes.len() >= count {
            homes.truncate(count);
            return Ok(homes);
        }
    }
}

fn place_of(home: &HomeRow) -> Done<PlaceId> {
    home.record.place.clone().ok_or_else(|| "a home without a place".into())
}

fn before(butler: &Butler) -> Done {
    let home = &homes(butler, 1)?[0];
    let order = open(
        butler,
        "repair.paid",
        place_of(home)?,
        vec![home.record.id],
        "厨房水槽下漏水",
        None,
        &[("category", "drainage")],
    )?;
    did("order", &order)?;
    take(butler, order.record, "dispatch", "请今天安排")
}

fn butlers_day(butler: &Butler) -> Done {
    patrol(butler)?;
    visits(butler, 10)?;
    residents(butler, 5)?;
    shared_home(butler, "三室两厅(已改书房)", OwnerState::ELSEWHERE, "业主周末回来,钥匙交前台。")?;
    repairs(butler)?;
    rain(butler)?;
    exclusive(butler, "cancel")
}

/// Options of choices, by field.
type Answers = &'static [(&'static str, &'static str)];

/// What is wrong on the patrol: the item, the words, and the order of it; what has none waits on Today.
const WRONG: &[(&str, &str, Option<Answers>)] = &[
    ("lobby_light", "大堂东侧两盏筒灯不亮", Some(&[("category", "lighting"), ("urgency", "normal")])),
    ("garden_path", "园路地砖松动,已围挡", Some(&[("category", "road"), ("urgency", "normal")])),
    ("refuse_clean", "投放点地面有污水痕迹", None),
];

/// Walks the grid: checks in at every point, answers every item, and makes orders of what is wrong.
fn patrol(butler: &Butler) -> Done {
    let today = crate::today::all(butler)?;
    let due = today.iter().find(|item| item.begin.id() == "patrol.public-area").ok_or("no patrol is due")?;
    let checklist = due.begin.checklist().ok_or("a patrol is a round")?;
    let place = due.place.clone().ok_or("the patrol has no place")?;
    let round = butler.rounds().start(checklist, &place, None, Some(due.id))?;
    did("round", &round)?;
    let points = butler.rounds().details(round.record)?.points;
    for point in points {
        did(
            "check-in",
            &butler.rounds().check_in(round.record, &point.id, &Proof::Distance { metres: 6.0 })?,
        )?;
        for item in point.items.into_iter().filter(|item| item.question.required) {
            let wrong = WRONG.iter().find(|(id, ..)| item.question.field == **id);
            let mut evidence = Evidence::default();
            give(butler, &item.question, wrong.is_some(), &mut evidence)?;
            if wrong.is_some() {
                evidence.photos.insert(item.question.field.clone(), vec![photo(butler)?]);
            }
            let note = wrong.map_or("", |(_, words, _)| words);
            let result = butler.rounds().record(round.record, &item.question.field, evidence, note)?;
            did(if wrong.is_some() { "finding" } else { "result" }, &result)?;
            if let Some((_, words, Some(said))) = wrong {
                let finding = result.event.map(|event| (round.record, event));
                let title = format!("巡视发现:{words}");
                let order = open(butler, "repair.public", place.clone(), vec![], &title, finding, said)?;
                did("order", &order)?;
            }
        }
    }
    Ok(())
}

/// Ten doors: most open, some do not.
fn visits(butler: &Butler, count: usize) -> Done {
    for (number, home) in homes(butler, count)?.iter().enumerate() {
        let agreed = number % 3 != 0;
        let contact = ContactEdit {
            channel: Channel::VISIT.into(),
            purpose: "planned_visit".into(),
            outcome: if agreed { Outcome::Agreed } else { Outcome::NotReached }.into(),
            summary: if agreed {
                "家里一切都好,希望周末修一下门禁。"
            } else {
                "无人应门,已留温馨提示。"
            }
            .into(),
            next_contact: if agreed { Touch::Keep } else { later(butler, 2).into() },
            ..ContactEdit::default()
        };
        let photos = if number == 0 { vec![photo(butler)?] } else { vec![] };
        did("visit", &butler.contacts().record(&[home.record.id], contact, &photos)?)?;
    }
    Ok(())
}

fn later(butler: &Butler, days: i64) -> Timestamp {
    Timestamp::from_millis(butler.now().millis() + days * 86_400_000)
}

/// Phones are verified, preferences noted.
fn residents(butler: &Butler, count: usize) -> Done {
    let mut updated = 0;
    for home in homes(butler, count * 2)? {
        for person in butler.homes().details(home.record.id)?.residents {
            if updated == count {
                return Ok(());
            }
            let today = butler.office()?.date_of(butler.now());
            let verified = |phone: &Phone| {
                let edit = PhoneEdit { verified: today.into(), ..PhoneEdit::default() };
                (phone.id, Touch::Set(edit))
            };
            let edit = ResidentEdit {
                wechat_linked: true.into(),
                preferred_time: TimeOfDay::EVENING.into(),
                phones: person.phones.iter().take(1).map(verified).collect(),
                ..ResidentEdit::default()
            };
            did("resident", &butler.residents().edit(person.record.id, edit)?)?;
            updated += 1;
        }
    }
    Ok(())
}

/// The home two people edit on the same day: the first of the grid.
fn shared_home(butler: &Butler, layout: &str, state: &str, note: &str) -> Done {
    let home = homes(butler, 1)?[0].record.id;
    let edit = HomeEdit { layout: layout.into(), owner_state: state.into(), ..HomeEdit::default() };
    did("home", &butler.homes().edit(home, edit)?)?;
    did("note", &butler.records().edit_note(home, note)?)
}

/// The three flows of a repair, as far as this person's roles carry them.
fn repairs(butler: &Butler) -> Done {
    let homes = homes(butler, 6)?;
    for (home, workflow, title, category) in [
        (&homes[2], "repair.paid", "卫生间渗水到楼下", "seepage"),
        (&homes[3], "repair.leftover", "木门变形关不上", "wooden_door"),
        (&homes[4], "repair.public", "楼道照明不亮", "lighting"),
    ] {
        let said = [("category", category)];
        let case = open(butler, workflow, place_of(home)?, vec![home.record.id], title, None, &said)?;
        did("order", &case)?;
        let mut steps = 0;
        while steps < 12 {
            let next = butler.cases().next_steps(case.record)?;
            // The straight way through: no returns, pauses or cancellations.
            let crooked = [
                "return",
                "transfer",
                "decline",
                "pause",
                "redo",
                "cancel",
                "remind",
                "payment",
                "reject",
                "quote_again",
                "urge",
                "escalate",
            ];
            let straight = next.iter().find(|next| {
                let straight = !crooked.iter().any(|word| next.step.as_str().starts_with(word));
                straight && next.why_not.is_none() && !next.step.as_str().contains("unsatisfied")
            });
            let Some(step) = straight.map(|next| next.step.clone()) else { break };
            take(butler, case.record, step.as_str(), "按流程办理")?;
            steps += 1;
        }
        let case = butler.cases().details(case.record)?;
        say(&Line::Says(format!("{title}: {steps} steps, now {}", case.state_label.zh)))?;
    }
    Ok(())
}

/// It rained: whoever has a repaired seepage will be visited.
fn rain(butler: &Butler) -> Done {
    let place = place_of(&homes(butler, 1)?[0])?;
    let mut answers = Evidence::default();
    for question in butler.registers().form(&"weather.rain-day".into())?.questions {
        if question.required {
            give(butler, &question, false, &mut answers)?;
        }
    }
    let entry = NewEntry { form: "weather.rain-day".into(), place, about: vec![], answers, due: None };
    did("rain day", &butler.registers().add(&entry)?)
}

/// The butler calls off the order of the evening before, while the supervisor takes it in hand.
fn exclusive(butler: &Butler, step: &str) -> Done {
    let home = homes(butler, 1)?[0].record.id;
    let orders = butler.homes().details(home)?.cases;
    let Some(order) = orders.iter().find(|order| order.title.as_deref() == Some("厨房水槽下漏水"))
    else {
        return Ok(());
    };
    take(butler, order.id, step, "住户来电说已自行处理")
}

/// Finance's stand-in until noon: the office takes the role away while the phone has no signal. The phone allows what
/// the office will reject; the edits that follow are legal.
fn stand_in(butler: &Butler) -> Done {
    let home = homes(butler, 9)?[8].record.id;
    did("arrears", &butler.homes().edit(home, HomeEdit { arrears: 120_000.into(), ..HomeEdit::default() })?)?;
    did(
        "home",
        &butler.homes().edit(
            home,
            HomeEdit { key_held: true.into(), key_spot: "三号柜".into(), ..HomeEdit::default() },
        )?,
    )?;
    did("note", &butler.records().edit_note(home, "钥匙已收,放三号柜。")?)?;
    let edit = HomeEdit { state: HomeState::ENTRUSTED.into(), ..HomeEdit::default() };
    did("home", &butler.homes().edit(home, edit)?)
}

/// Ends only when the phone is killed.
fn until_it_dies(butler: &Butler) -> Done {
    let homes = homes(butler, 40)?;
    for home in homes[20..].iter().cycle() {
        let contact = ContactEdit {
            channel: Channel::PHONE.into(),
            purpose: "notice".into(),
            outcome: Outcome::Agreed.into(),
            summary: "已告知明日九点停水。".into(),
            ..ContactEdit::default()
        };
        did("call", &butler.contacts().record(&[home.record.id], contact, &[])?)?;
    }
    Ok(())
}

/// The supervisor walks along: edits the first home of every grid, takes the orders in hand.
fn supervisor(butler: &Butler) -> Done {
    for room in ["1-1-101", "3-1-101", "5-1-101"] {
        let hits = butler.search(room, 5)?;
        let home = hits.first().ok_or("the supervisor finds no home")?.record;
        let edit = HomeEdit {
            layout: "三室一厅".into(),
            owner_state: OwnerState::LIVES_HERE.into(),
            ..HomeEdit::default()
        };
        did("home", &butler.homes().edit(home, edit)?)?;
        did("note", &butler.records().edit_note(home, "主管走访:门前堆物已清。")?)?;
        for order in butler.homes().details(home)?.cases {
            if order.closed != Some(true) {
                take(butler, order.id, "accept", "工程已接单")?;
            }
        }
        if let Some(person) = butler.homes().details(home)?.residents.first() {
            did("archive", &butler.records().archive(person.record.id)?)?;
        }
    }
    Ok(())
}

/// Decides every conflict: the newest value of a field, the step that counts already.
fn resolve(butler: &Butler) -> Done {
    use butler_core::areas::conflicts::ConflictKind;
    let playbooks = butler.playbooks()?;
    for conflict in butler.conflicts().list()? {
        match conflict.about {
            ConflictKind::Field { path, label, candidates } => {
                let chosen =
                    candidates.iter().max_by_key(|claim| (claim.at, &claim.by)).ok_or("nothing to choose")?;
                let terms = playbooks.terms();
                let say_value = |value: &Value| value_label(terms, conflict.kind, &path, value).zh;
                let said: Vec<String> = candidates
                    .iter()
                    .map(|claim| format!("{} ({})", say_value(&claim.value), claim.by_name))
                    .collect();
                did("resolved", &butler.conflicts().resolve(conflict.record, &path, chosen.value.clone())?)?;
                say(&Line::Says(format!(
                    "{} {}: {} → {}",
                    conflict.subject,
                    label.zh,
                    said.join(" | "),
                    say_value(&chosen.value)
                )))?;
            }
            ConflictKind::Steps { counts, lost } => {
                let note = "以先到办公室的为准";
                did(
                    "resolved",
                    &butler.cases().resolve(conflict.record, counts.event, &[lost.event], note)?,
                )?;
                say(&Line::Says(format!(
                    "{}: {} ({}) stands, {} ({}) does not",
                    conflict.subject, counts.step.zh, counts.by_name, lost.step.zh, lost.by_name
                )))?;
            }
        }
    }
    Ok(())
}

/// Reads what was rejected.
fn correct(butler: &Butler) -> Done {
    for rejected in butler.rejected().list()? {
        let path = rejected.path.clone().unwrap_or_default();
        say(&Line::Says(format!(
            "{}: {} ({path}) — {}",
            rejected.subject, rejected.code, rejected.reason.zh
        )))?;
    }
    Ok(())
}

/// Opens a case by its first opening step, answering what that asks.
fn open(
    butler: &Butler,
    workflow: &str,
    place: PlaceId,
    about: Vec<RecordId>,
    title: &str,
    from: Option<(RecordId, EventId)>,
    said: &[(&str, &str)],
) -> Done<Recorded> {
    let step =
        butler.cases().opening(&workflow.into(), &place)?.into_iter().next().ok_or("nobody may open it")?;
    answered(butler, &step.questions, said, |evidence| {
        butler.cases().open(&NewCase {
            workflow: workflow.into(),
            step: step.step.clone(),
            place: Some(place.clone()),
            about: about.clone(),
            title: title.to_owned(),
            fields: Edit::new(),
            evidence,
            note: title.to_owned(),
            from,
            due: None,
        })
    })
}

/// Makes a step, answering what it asks.
fn take(butler: &Butler, case: RecordId, step: &str, note: &str) -> Done {
    let next = butler.cases().next_steps(case)?;
    let next = next.iter().find(|next| next.step == step).ok_or_else(|| format!("{step} is not possible"))?;
    let taken = answered(butler, &next.questions, &[], |evidence| {
        butler.cases().take(case, &step.into(), evidence, note)
    })?;
    did(step, &taken)
}

/// Answers what is `said` and what is required, then what an answer made required, as a screen would ask.
fn answered(
    butler: &Butler,
    questions: &[Question],
    said: &[(&str, &str)],
    act: impl Fn(Evidence) -> Result<Recorded, ButlerError>,
) -> Done<Recorded> {
    let mut evidence = Evidence::default();
    for (question, answer) in said {
        evidence.fields.insert((*question).into(), (*answer).into());
    }
    let asked = |question: &&Question| question.required && said.iter().all(|(id, _)| question.field != **id);
    for question in questions.iter().filter(asked) {
        give(butler, question, false, &mut evidence)?;
    }
    loop {
        let missing = match act(evidence.clone()) {
            Err(ButlerError::EvidenceMissing { problems }) => {
                problems.into_iter().map(|problem| problem.field).collect::<Vec<_>>()
            }
            done => return Ok(done?),
        };
        let open = |question: &&Question| {
            missing.contains(&question.field)
                && !evidence.fields.contains_key(&question.field)
                && !evidence.photos.contains_key(&question.field)
        };
        let open: Vec<&Question> = questions.iter().filter(open).collect();
        if open.is_empty() {
            return Err(format!("cannot answer {}", missing.join(", ")).into());
        }
        for question in open {
            give(butler, question, false, &mut evidence)?;
        }
    }
}

/// Answers one question as a sensible person would; `wrong` chooses what makes it a finding.
fn give(butler: &Butler, question: &Question, wrong: bool, evidence: &mut Evidence) -> Done {
    let now = butler.now();
    let value: Value = match question.answer {
        AnswerType::Photo | AnswerType::Signature => {
            evidence.photos.insert(question.field.clone(), vec![photo(butler)?]);
            return Ok(());
        }
        AnswerType::Choice | AnswerType::MultiChoice => {
            let choice = question.options.iter().find(|option| option.fails == wrong);
            choice.or(question.options.first()).ok_or("a choice without options")?.id.as_str().into()
        }
        AnswerType::Number => 1.0.into(),
        AnswerType::Money => 12_000.into(),
        AnswerType::Score => 5.into(),
        AnswerType::Flag => (!wrong).into(),
        AnswerType::Date => butler.office()?.date_of(now).to_string().into(),
        AnswerType::Time => "09:30".into(),
        AnswerType::Moment => now.millis().into(),
        AnswerType::Phone => "19900001234".into(),
        _ => "已按规程处理".into(),
    };
    evidence.fields.insert(question.field.clone(), value);
    Ok(())
}

/// A picture nobody took before: a small bitmap of noise.
fn photo(butler: &Butler) -> Done<PhotoId> {
    const SIDE: usize = 96;
    let mut noise = vec![0; SIDE * SIDE * 3];
    SystemHost.fill_random(&mut noise)?;
    let mut bitmap = b"BM".to_vec();
    for word in
        [54 + noise.len() as u32, 0, 54, 40, SIDE as u32, SIDE as u32, (24 << 16) | 1, 0, 0, 0, 0, 0, 0]
    {
        bitmap.extend_from_slice(&word.to_le_bytes());
    }
    bitmap.extend_from_slice(&noise);
    let photo = butler.photos().add(&bitmap)?;
    say(&Line::Photo)?;
    Ok(photo)
}
