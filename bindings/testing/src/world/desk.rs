//! What the people of a world work with: one clock, one source of what looks like chance, phones, and answers to forms.

use std::path::Path;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use butler_core::Butler;
use butler_core::areas::cases::NewCase;
use butler_core::areas::rounds::Proof;
use butler_core::context::Recorded;
use butler_core::context::question::Question;
use butler_core::host::{Host, RandomnessUnavailable};
use butler_core::model::{Edit, Evidence, PlaceId, RecordId, Timestamp, Value};
use butler_core::playbook::form::AnswerType;
use butler_core::store::{KeyAnswer, KeyProvider, KeyRejected, StoreKey};
use butler_core::sync::{Transport, TransportError};
use butler_core::{ButlerError, sync::SyncReport};

use super::morning::MINUTE;
use super::{Made, PHONE};
use crate::TestOfficeCore;

/// The clock and the dice of a world.
pub(super) struct Desk {
    now: AtomicI64,
    dice: AtomicU64,
    key: Mutex<Option<StoreKey>>,
}

impl Desk {
    /// Where it is this time, in milliseconds.
    pub fn at(millis: i64) -> Arc<Self> {
        Arc::new(Self {
            now: AtomicI64::new(millis),
            dice: AtomicU64::new(0x6c7f_21a9),
            key: Mutex::new(None),
        })
    }

    pub fn set(&self, millis: i64) {
        self.now.store(millis, Ordering::SeqCst);
    }

    pub fn millis(&self) -> i64 {
        self.now.load(Ordering::SeqCst)
    }

    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        for byte in &mut bytes {
            *byte = self.throw().to_le_bytes()[0];
        }
        bytes
    }

    /// The key of one's own phone, the one in the folder [`PHONE`].
    pub fn key(&self) -> [u8; 32] {
        let key = self.key.lock().unwrap_or_else(PoisonError::into_inner);
        key.as_ref().map_or([0; 32], |key| *key.as_bytes())
    }

    /// SplitMix64: good enough for identifiers of a world that is always the same.
    fn throw(&self) -> u64 {
        const STEP: u64 = 0x9e37_79b9_7f4a_7c15;
        let mut mixed = self.dice.fetch_add(STEP, Ordering::SeqCst).wrapping_add(STEP);
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }
}

impl Host for Desk {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.millis())
    }

    fn fill_random(&self, buffer: &mut [u8]) -> Result<(), RandomnessUnavailable> {
        for byte in buffer {
            *byte = self.throw().to_le_bytes()[0];
        }
        Ok(())
    }
}

/// The key store of a phone of the world; the desk remembers the key of one's own.
struct Keys<'a> {
    desk: &'a Desk,
    own: bool,
    kept: Mutex<Option<StoreKey>>,
}

impl KeyProvider for Keys<'_> {
    fn key(&self) -> KeyAnswer {
        let key = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        key.clone().map_or(KeyAnswer::Missing, KeyAnswer::Key)
    }

    fn keep(&self, key: &StoreKey) -> Result<(), KeyRejected> {
        *self.kept.lock().unwrap_or_else(PoisonError::into_inner) = Some(key.clone());
        if self.own {
            *self.desk.key.lock().unwrap_or_else(PoisonError::into_inner) = Some(key.clone());
        }
        Ok(())
    }
}

/// The line between a phone and the office.
struct Line<'a>(&'a TestOfficeCore);

impl Transport for Line<'_> {
    fn exchange(&self, frame: &[u8]) -> Result<Vec<u8>, TransportError> {
        Ok(self.0.hub.handle(&self.0.desk, frame))
    }
}

/// Opens a phone that nobody is enrolled on.
pub(super) fn phone(desk: &Arc<Desk>, folder: &Path) -> Made<Butler> {
    let keys = Keys { desk, own: folder.ends_with(PHONE), kept: Mutex::new(None) };
    Ok(Butler::open(folder, &keys, desk.clone())?)
}

/// Opens a phone, enrols it and syncs.
pub(super) fn enrolled(
    desk: &Arc<Desk>,
    office: &TestOfficeCore,
    folder: &Path,
    staff: &str,
) -> Made<Butler> {
    let butler = phone(desk, folder)?;
    butler.enrol(&office.code(staff)?, "华为 Mate 60", &Line(office))?;
    sync(&butler, office)?;
    Ok(butler)
}

pub(super) fn sync(butler: &Butler, office: &TestOfficeCore) -> Made<SyncReport> {
    Ok(butler.sync(&Line(office), &mut |_| {})?)
}

/// The same without photos.
pub(super) fn sync_records(butler: &Butler, office: &TestOfficeCore) -> Made<SyncReport> {
    Ok(butler.sync_records(&Line(office), &mut |_| {})?)
}

/// Opens a case by its first opening step; what is not given is answered as it mostly is.
pub(super) fn open(
    butler: &Butler,
    workflow: &str,
    place: &PlaceId,
    about: &[RecordId],
    title: &str,
    given: &[(&str, Value)],
) -> Made<RecordId> {
    let steps = butler.cases().opening(&workflow.into(), place)?;
    let step = steps.into_iter().next().ok_or_else(|| format!("nobody may open {workflow}"))?;
    let opened = answered(butler, &step.questions, given, |evidence| {
        butler.cases().open(&NewCase {
            workflow: workflow.into(),
            step: step.step.clone(),
            place: Some(place.clone()),
            about: about.to_vec(),
            title: title.to_owned(),
            fields: Edit::new(),
            evidence,
            note: String::new(),
            from: None,
            due: None,
        })
    })?;
    Ok(opened.record)
}

/// Makes a step of a case.
pub(super) fn take(butler: &Butler, case: RecordId, step: &str, given: &[(&str, Value)]) -> Made {
    let steps = butler.cases().next_steps(case)?;
    let next = steps.iter().find(|next| next.step == step).ok_or_else(|| {
        let possible: Vec<&str> = steps.iter().map(|next| next.step.as_str()).collect();
        format!("{step} is not possible, but {possible:?}")
    })?;
    answered(butler, &next.questions, given, |evidence| {
        butler.cases().take(case, &step.into(), evidence, "")
    })?;
    Ok(())
}

/// Begins the round that is due at a place.
pub(super) fn begin(butler: &Butler, checklist: &str, place: &PlaceId) -> Made<RecordId> {
    let begins = butler.today().list(None, 100)?.items.into_iter();
    let due =
        begins.filter(|item| item.begin.id() == checklist).find(|item| item.place.as_ref() == Some(place));
    Ok(butler.rounds().start(&checklist.into(), place, None, due.map(|item| item.id))?.record)
}

/// Walks the first points of a checklist, two minutes from one to the next: everything is in order.
pub(super) fn walk(desk: &Desk, butler: &Butler, checklist: &str, place: &PlaceId, points: usize) -> Made {
    let round = begin(butler, checklist, place)?;
    for (number, point) in butler.rounds().details(round)?.points.iter().take(points).enumerate() {
        if number > 0 {
            desk.set(desk.millis() + 2 * MINUTE);
        }
        look_at(butler, round, &point.id, &Proof::Distance { metres: 6.0 })?;
    }
    Ok(())
}

/// Stands at a point of a round: everything is in order there. An answer may ask for more at the same point.
pub(super) fn look_at(butler: &Butler, round: RecordId, point: &str, proof: &Proof) -> Made {
    butler.rounds().check_in(round, point, proof)?;
    loop {
        let points = butler.rounds().details(round)?.points.into_iter();
        let here = points.filter(|known| known.id == point).flat_map(|known| known.items);
        let open: Vec<_> = here.filter(|item| item.question.required && item.results.is_empty()).collect();
        if open.is_empty() {
            return Ok(());
        }
        for item in open {
            let field = item.question.field.clone();
            answered(butler, &[item.question], &[], |evidence| {
                butler.rounds().record(round, &field, evidence, "")
            })?;
        }
    }
}

/// Answers what is required, and then what the answers made required, as somebody at a screen would.
pub(super) fn answered(
    butler: &Butler,
    questions: &[Question],
    given: &[(&str, Value)],
    act: impl Fn(Evidence) -> Result<Recorded, ButlerError>,
) -> Made<Recorded> {
    let mut evidence = Evidence::default();
    for (field, value) in given {
        evidence.fields.insert((*field).into(), value.clone());
    }
    for question in questions.iter().filter(|question| question.required) {
        give(butler, question, &mut evidence)?;
    }
    loop {
        let before = evidence.clone();
        let missing = match act(evidence.clone()) {
            Err(ButlerError::EvidenceMissing { problems }) => problems,
            done => return Ok(done?),
        };
        for question in questions.iter().filter(|it| missing.iter().any(|problem| problem.field == it.field))
        {
            give(butler, question, &mut evidence)?;
            // What is answered and still missing wants a photo beside it.
            if evidence == before {
                evidence.photos.insert(question.field.clone(), vec![picture(butler, 0)?]);
            }
        }
        if evidence == before {
            let codes: Vec<_> = missing.iter().map(|problem| (&problem.field, problem.code)).collect();
            return Err(format!("cannot answer {codes:?}").into());
        }
    }
}

/// Answers one question, unless it is answered.
fn give(butler: &Butler, question: &Question, evidence: &mut Evidence) -> Made {
    let field = question.field.clone();
    if evidence.fields.contains_key(&field) || evidence.photos.contains_key(&field) {
        return Ok(());
    }
    let now = butler.now();
    let value: Value = match question.answer {
        AnswerType::Photo | AnswerType::Signature => {
            let photos = (0..question.at_least.unwrap_or(1)).map(|number| picture(butler, number));
            evidence.photos.insert(field, photos.collect::<Made<Vec<_>>>()?);
            return Ok(());
        }
        AnswerType::Choice | AnswerType::MultiChoice => {
            let fine = question.options.iter().find(|option| !option.fails);
            fine.ok_or("a choice without options")?.id.as_str().into()
        }
        AnswerType::Number => 1.0.into(),
        AnswerType::Money => 12_000.into(),
        AnswerType::Score => 5.into(),
        AnswerType::Flag => true.into(),
        AnswerType::Date => butler.office()?.date_of(now).to_string().into(),
        AnswerType::Time => "09:30".into(),
        AnswerType::Moment => now.millis().into(),
        AnswerType::Phone => "13800135021".into(),
        AnswerType::Staff => butler.enrolled()?.ok_or("not enrolled")?.as_str().into(),
        _ => "已按规程处理".into(),
    };
    evidence.fields.insert(field, value);
    Ok(())
}

/// A photo of a wall with a stain; that of another number is another photo of it.
pub(super) fn picture(butler: &Butler, number: usize) -> Made<butler_core::model::PhotoId> {
    const WALL: &[u8] = include_bytes!("stain.jpg");
    let number = u8::try_from(number)?;
    // A comment behind the first marker of a JPEG is not seen.
    let photo = [&WALL[..2], &[0xff, 0xfe, 0, 3, number], &WALL[2..]].concat();
    Ok(butler.photos().add(&photo)?)
}
