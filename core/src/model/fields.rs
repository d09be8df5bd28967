//! Which fields the kinds of records have, read by forms, rights, checks and readers alike. The table of a kind stands
//! in its own file (`home.rs`, `resident.rs` …), declared by [`super::typed::kind`].
//!
//! A path pattern is segments joined by `/`; `*` stands for one segment (the id of a part, of a person, of an
//! item). A set is written as its member (`phone/*` = true) and its parts (`phone/*/number`). What is not in
//! the table was written by a newer app: it is kept, belongs to [`group::UNKNOWN`] and counts as personal.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use super::choice::{self, CodedWord};
use super::date::{Birthday, PartialDate};
use super::{Event, Kind, PlaceId, RecordId, StaffId, Value, phone};

/// Field groups: the unit in which the `roles` playbook grants reading and writing.
pub mod group {
    /// Where the record belongs and what runs it; written once, by its first edit.
    pub const ORIGIN: &str = "origin";
    /// Facts of a home: location, layout, area, history, meters.
    pub const DESCRIPTION: &str = "description";
    /// State of a home, of its owner, and whether we hold its key.
    pub const STATE: &str = "state";
    /// Parking spaces and vehicles.
    pub const PARKING: &str = "parking";
    /// Amounts from finance: read-only for butlers.
    pub const FINANCE: &str = "finance";
    /// Who somebody is in the household.
    pub const IDENTITY: &str = "identity";
    /// Phones, WeChat, resident app, preferred time and channel.
    pub const REACH: &str = "reach";
    /// What we know of a person: hobbies, habits, pets, segment, stage.
    pub const PROFILE: &str = "profile";
    /// Care needs and key-person flag: need-to-know.
    pub const CARE: &str = "care";
    /// What somebody agreed to, and what they asked us not to do.
    pub const CONSENT: &str = "consent";
    /// A contact: who, channel, when, outcome, promise.
    pub const CONTACT: &str = "contact";
    /// The plan of a round.
    pub const PLAN: &str = "plan";
    /// Check-ins and results of a round.
    pub const RESULT: &str = "result";
    /// What a case is about.
    pub const CASE: &str = "case";
    /// Who handles a case.
    pub const DISPATCH: &str = "dispatch";
    /// Parts and prices of a case.
    pub const PRICE: &str = "price";
    /// Answers of an entry's form; the form says which hold personal data.
    pub const FORM: &str = "form";
    /// Steps of a workflow.
    pub const EVENT: &str = "event";
    /// Links to the records something is about.
    pub const SUBJECT: &str = "subject";
    /// The note every record has.
    pub const NOTE: &str = "note";
    /// The group of photos.
    pub const PHOTO: &str = "photo";
    /// The group of archiving and restoring.
    pub const ARCHIVE: &str = "archive";
    /// Fields of a newer app.
    pub const UNKNOWN: &str = "unknown";
}

/// What a field holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Type {
    /// True or false.
    Bool,
    /// A whole number.
    Int,
    /// A measured number.
    Real,
    /// Money in fen (分), a whole number: sums stay exact.
    Fen,
    /// Free text.
    Text,
    /// A full date, `2026-11-22`.
    Date,
    /// A date that may lack day or month, `2020-02`.
    PartialDate,
    /// A birthday, `1988-03-09` or `--03-09`.
    Birthday,
    /// A moment, milliseconds since the Unix epoch.
    Moment,
    /// A phone number in its stored form ([`phone::normalise`]).
    Phone,
    /// One of a closed list of words.
    Choice(&'static [CodedWord]),
    /// A word of the playbooks (port, category, procedure, content hash): `a-z A-Z 0-9 . _ - / :`.
    Code,
    /// Another record.
    Record,
    /// A place of the office's table.
    Place,
    /// A member of staff.
    Staff,
    /// Membership of a set: `true`.
    Member,
    /// An [`Event`] as JSON text; the last segment of the path is its id.
    Event,
    /// A text object: changed by characters, not by writing.
    Note,
    /// Any scalar; a form decides.
    Any,
}

/// One row of a kind's table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FieldSpec {
    /// Path pattern.
    pub path: &'static str,
    /// What it holds.
    pub ty: Type,
    /// One of [`group`].
    pub group: &'static str,
    /// Whether it can name or describe a person. Nothing acts on it yet: the tests see to it that no such field is left
    /// unmarked.
    pub personal: bool,
    /// Unit of a number.
    pub unit: Option<&'static str>,
    /// Of a code: the list of the playbooks' terms its words stand in. A company adds to it; a phone carries and shows a word
    /// that is in no list any more, or not yet, as it is, and the office takes no word that no list of its ever had.
    pub terms: Option<&'static str>,
    /// Written when the office takes a register in: apps show it and do not offer to change it.
    pub by_office: bool,
    /// What people call it, in Chinese: the authoritative word.
    pub zh: &'static str,
    /// What people call it, in English.
    pub en: &'static str,
}

impl FieldSpec {
    /// A field of one kind; personal if all of that kind is.
    pub(super) const fn new(
        kind: Kind,
        path: &'static str,
        ty: Type,
        group: &'static str,
        zh: &'static str,
        en: &'static str,
    ) -> Self {
        Self { personal: kind.is_personal(), ..Self::of_any(path, ty, group, zh, en) }
    }

    const fn of_any(
        path: &'static str,
        ty: Type,
        group: &'static str,
        zh: &'static str,
        en: &'static str,
    ) -> Self {
        Self { path, ty, group, personal: false, unit: None, terms: None, by_office: false, zh, en }
    }

    pub(super) const fn personal(mut self) -> Self {
        self.personal = true;
        self
    }

    pub(super) const fn unit(mut self, unit: &'static str) -> Self {
        self.unit = Some(unit);
        self
    }

    pub(super) const fn terms(mut self, list: &'static str) -> Self {
        self.terms = Some(list);
        self
    }

    pub(super) const fn by_office(mut self) -> Self {
        self.by_office = true;
        self
    }

    /// The words the core has for it: of a choice all there are, of a list those every company begins with.
    #[must_use]
    pub fn words(&self) -> &'static [CodedWord] {
        match (self.ty, self.terms) {
            (Type::Choice(words), _) => words,
            (_, Some(list)) => choice::words_of(list),
            _ => &[],
        }
    }

    /// Whether stores index the field, so that rules and metrics can select by it. Prose is only there or not:
    /// its index is cut short.
    #[must_use]
    pub const fn is_indexed(&self) -> bool {
        !matches!(self.ty, Type::Member | Type::Event | Type::Note)
    }

    /// Whether it holds words somebody types, so that blank ones say nothing. The words of a photo are the photo's membership too.
    #[must_use]
    pub fn is_typed(&self) -> bool {
        matches!(self.ty, Type::Text | Type::Phone | Type::Date | Type::PartialDate | Type::Birthday)
            && self.group != group::PHOTO
    }

    /// Whether the concrete `path` is one of this row.
    #[must_use]
    pub fn matches(&self, path: &str) -> bool {
        // Asked of every row until one says yes: nearly all differ in the first letter, and few are of a group.
        if self.path.as_bytes().first() != path.as_bytes().first() {
            return false;
        }
        if !self.path.contains('*') {
            return self.path == path;
        }
        let mut segments = path.split('/');
        let same = |want: &str| {
            segments.next().is_some_and(|segment| want == "*" && !segment.is_empty() || want == segment)
        };
        self.path.split('/').all(same) && segments.next().is_none()
    }
}

/// What every kind has.
const COMMON: &[FieldSpec] = &[
    FieldSpec::of_any("place", Type::Place, group::ORIGIN, "所属位置", "place"),
    FieldSpec::of_any("note", Type::Note, group::NOTE, "备注", "note").personal(),
    FieldSpec::of_any("photo/*", Type::Text, group::PHOTO, "照片", "photo").personal(),
    FieldSpec::of_any("archived", Type::Bool, group::ARCHIVE, "已归档", "archived"),
];

/// The fields of a kind, without those of [`common`].
#[must_use]
pub const fn specs(kind: Kind) -> &'static [FieldSpec] {
    match kind {
        Kind::Home => super::home::FIELDS,
        Kind::Resident => super::resident::FIELDS,
        Kind::Contact => super::contact::FIELDS,
        Kind::Round => super::round::FIELDS,
        Kind::Case => super::case::FIELDS,
        Kind::Entry => super::entry::FIELDS,
    }
}

/// The sets of parts of a kind, each with the name of its part: `("meter", "Meter")`.
#[must_use]
pub const fn sets(kind: Kind) -> &'static [(&'static str, &'static str)] {
    match kind {
        Kind::Home => super::home::SETS,
        Kind::Resident => super::resident::SETS,
        Kind::Contact => super::contact::SETS,
        Kind::Round => super::round::SETS,
        Kind::Case => super::case::SETS,
        Kind::Entry => super::entry::SETS,
    }
}

/// The fields every kind has: place, note, photos, archived.
#[must_use]
pub const fn common() -> &'static [FieldSpec] {
    COMMON
}

/// The groups of a kind's fields, that of fields nobody here knows included; each once.
#[must_use]
pub fn groups(kind: Kind) -> &'static BTreeSet<&'static str> {
    static GROUPS: LazyLock<BTreeMap<Kind, BTreeSet<&'static str>>> = LazyLock::new(|| {
        let known = |kind| specs(kind).iter().chain(COMMON).map(|spec| spec.group);
        Kind::ALL.map(|kind| (kind, known(kind).chain([group::UNKNOWN]).collect())).into()
    });
    static NONE: BTreeSet<&'static str> = BTreeSet::new();
    GROUPS.get(&kind).unwrap_or(&NONE)
}

/// The row of a concrete path; `None` for a field of a newer app.
#[must_use]
pub fn spec(kind: Kind, path: &str) -> Option<&'static FieldSpec> {
    specs(kind).iter().chain(COMMON).find(|spec| spec.matches(path))
}

/// The group of a concrete path; [`group::UNKNOWN`] for a field of a newer app.
#[must_use]
pub fn group(kind: Kind, path: &str) -> &'static str {
    spec(kind, path).map_or(group::UNKNOWN, |spec| spec.group)
}

/// What the office writes to join the concurrent changes of a record when nobody has for long, so that the next edit
/// need not name them all. It says nothing about the record, and no list or history shows it.
pub const MERGED: &str = "merged";

/// Whether a path is kept for events, check-ins and results, on every kind: a kind that has none holds nothing there.
#[must_use]
pub fn holds_events(path: &str) -> bool {
    [Event::PREFIX, "checkin/", "result/"].iter().any(|prefix| path.starts_with(prefix))
}

/// Whether a concrete path can hold personal data; what nobody here knows might.
#[must_use]
pub fn is_personal(kind: Kind, path: &str) -> bool {
    kind.is_personal() || spec(kind, path).is_none_or(|spec| spec.personal)
}

/// The member whose part `path` is: `phone/7f…/number` → `phone/7f…`. Whoever touches a part writes the
/// member again, so that somebody else's removal does not take the touched part away.
#[must_use]
pub fn member(kind: Kind, path: &str) -> Option<&str> {
    let end = path.match_indices('/').nth(1)?.0;
    let member = &path[..end];
    spec(kind, member).is_some_and(|spec| spec.ty == Type::Member).then_some(member)
}

/// A value that does not fit its field. The value itself is not repeated.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("field `{path}` does not hold {expected}")]
pub struct FieldError {
    /// The path.
    pub path: String,
    /// What the field holds.
    pub expected: &'static str,
    /// The field.
    pub spec: &'static FieldSpec,
    /// Of a mobile number: by how many digits it is too long or, below zero, too short.
    pub digits_over: Option<isize>,
}

/// Checks that a value fits its field. A field of a newer app fits anything.
///
/// # Errors
/// [`FieldError`] with the path and what was expected.
pub fn check(kind: Kind, path: &str, value: &Value) -> Result<(), FieldError> {
    let Some(spec) = spec(kind, path) else { return Ok(()) };
    match misfit(spec.ty, path, value) {
        None => Ok(()),
        Some(expected) => Err(FieldError { path: path.to_owned(), expected, spec, digits_over: None }),
    }
}

/// A value as it is stored, from a value as people type it: a telephone has one spelling.
///
/// # Errors
/// [`FieldError`] when it has no stored form.
pub fn stored(kind: Kind, path: &str, value: Value) -> Result<Value, FieldError> {
    match (spec(kind, path), value.as_text()) {
        (Some(spec), Some(typed)) if spec.ty == Type::Phone => match phone::normalise(typed) {
            Ok(number) => Ok(number.into()),
            Err(_) => Err(FieldError {
                path: path.to_owned(),
                expected: "a phone number",
                spec,
                digits_over: phone::digits_over(typed),
            }),
        },
        _ => Ok(value),
    }
}

/// What was expected instead, if the value does not fit.
fn misfit(ty: Type, path: &str, value: &Value) -> Option<&'static str> {
    let text = value.as_text();
    let (fits, expected) = match ty {
        Type::Bool => (value.as_bool().is_some(), "true or false"),
        Type::Int => (value.as_int().is_some(), "a whole number"),
        Type::Real => (value.as_real().is_some_and(f64::is_finite), "a number"),
        Type::Fen => (value.as_int().is_some(), "an amount in fen"),
        Type::Text => (text.is_some(), "text"),
        Type::Date => (
            text.and_then(|text| text.parse::<PartialDate>().ok()).and_then(PartialDate::day).is_some(),
            "a date (2026-11-22)",
        ),
        Type::PartialDate => {
            (text.is_some_and(|text| text.parse::<PartialDate>().is_ok()), "a date, month or year (2026-11)")
        }
        Type::Birthday => (text.is_some_and(|text| text.parse::<Birthday>().is_ok()), "a birthday (--11-22)"),
        Type::Moment => (value.as_int().is_some(), "a moment in milliseconds"),
        Type::Phone => (
            text.is_some_and(|text| phone::normalise(text).is_ok_and(|stored| stored == text)),
            "a phone number in its stored form",
        ),
        Type::Choice(choices) => {
            (text.is_some_and(|text| choices.iter().any(|choice| choice.code == text)), "one of its choices")
        }
        Type::Code => (text.is_some_and(is_code), "a code"),
        Type::Record => (text.is_some_and(|text| text.parse::<RecordId>().is_ok()), "a record's id"),
        Type::Place => (text.is_some_and(|text| text.parse::<PlaceId>().is_ok()), "a place's id"),
        Type::Staff => (text.is_some_and(|text| text.parse::<StaffId>().is_ok()), "a staff id"),
        Type::Member => (value.as_bool() == Some(true), "true"),
        Type::Event => (text.is_some_and(|text| event_at(path, text).is_some()), "an event of that id"),
        Type::Note => (false, "a change of characters"),
        Type::Any => (true, "a value"),
    };
    (!fits).then_some(expected)
}

fn is_code(text: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-' | b'/' | b':');
    (1..=128).contains(&text.len()) && text.bytes().all(allowed)
}

/// Reads the event stored at `path`, whose last segment is its id (`result/lobby.floor/<event id>`).
#[must_use]
pub fn event_at(path: &str, text: &str) -> Option<Event> {
    let (_, id) = path.rsplit_once('/')?;
    Event::decode(&format!("{}{id}", Event::PREFIX), text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_is_one_segment() {
        assert_eq!(spec(Kind::Resident, "phone/7f/number").map(|spec| spec.path), Some("phone/*/number"));
        assert_eq!(spec(Kind::Resident, "phone/7f").map(|spec| spec.path), Some("phone/*"));
        for path in ["phone", "phone/", "phone//number", "phone/7f/number/x", "phone/7f/", "/phone/7f", ""] {
            assert_eq!(spec(Kind::Resident, path), None, "{path}");
        }
    }

    #[test]
    fn every_field_is_listed_once_and_named_in_both_languages() {
        for kind in Kind::ALL {
            let mut paths: Vec<&str> = specs(kind).iter().chain(common()).map(|spec| spec.path).collect();
            paths.sort_unstable();
            assert!(paths.windows(2).all(|pair| pair[0] != pair[1]), "{kind:?}");
            for spec in specs(kind).iter().chain(common()) {
                assert!(!spec.zh.is_empty() && spec.en.is_ascii(), "{}", spec.path);
                // A part without its set could never be shown.
                assert_eq!(holds_events(spec.path), spec.ty == Type::Event, "{}", spec.path);
                if let Some((set, _)) = spec.path.split_once("/*/").filter(|_| spec.ty != Type::Event) {
                    let member = format!("{set}/*");
                    assert!(
                        specs(kind).iter().any(|spec| spec.path == member && spec.ty == Type::Member),
                        "{}",
                        spec.path
                    );
                }
            }
            for path in kind.write_once() {
                assert_eq!(group(kind, path), group::ORIGIN, "{kind:?} {path}");
            }
            for path in kind.texts() {
                assert_eq!(spec(kind, path).map(|spec| spec.ty), Some(Type::Note), "{kind:?} {path}");
            }
        }
    }

    #[test]
    fn nothing_of_a_home_but_notes_and_photos_is_personal() {
        let personal: Vec<&str> =
            specs(Kind::Home).iter().filter(|spec| spec.personal).map(|spec| spec.path).collect();
        assert!(personal.is_empty(), "{personal:?}");
        assert!(is_personal(Kind::Resident, "place"), "everything about a person is");
        assert!(is_personal(Kind::Home, "of_a_newer_app"), "what nobody knows might be");
    }

    #[test]
    fn finance_is_a_group_of_its_own() {
        for path in ["arrears", "arrears_on", "paid_until", "fee"] {
            assert_eq!(group(Kind::Home, path), group::FINANCE);
        }
    }

    #[test]
    fn values_are_checked_by_type() {
        let id = "01010101010101010101010101010101";
        let event = format!(
            r#"{{"id":"{id}","step":"lobby.floor","by":"zhang.li","role":"butler","device":"{id}","at":5}}"#
        );
        let result = format!("result/lobby.floor/{id}");
        let good: &[(Kind, &str, Value)] = &[
            (Kind::Home, "area", 95.51.into()),
            (Kind::Home, "area", 95.into()),
            (Kind::Home, "state", "vacant".into()),
            (Kind::Home, "moved_in", "2020-02".into()),
            (Kind::Home, "arrears", 383_220.into()),
            (Kind::Resident, "home", id.into()),
            (Kind::Resident, "phone/7f", true.into()),
            (Kind::Resident, "phone/7f/number", "19900002960".into()),
            (Kind::Resident, "birthday", "--03-09".into()),
            (Kind::Round, &result, event.as_str().into()),
            (Kind::Entry, "field/anything", 1.5.into()),
            (Kind::Home, "of_a_newer_app", true.into()),
        ];
        for (kind, path, value) in good {
            assert_eq!(check(*kind, path, value), Ok(()), "{path}");
        }
        let bad: &[(Kind, &str, Value)] = &[
            (Kind::Home, "area", "95.51㎡".into()),
            (Kind::Home, "area", f64::NAN.into()),
            (Kind::Home, "state", "空置".into()),
            (Kind::Home, "moved_in", "2020.2".into()),
            (Kind::Home, "arrears", 3832.2.into()),
            (Kind::Home, "arrears_on", "2020-02".into()),
            (Kind::Resident, "phone/7f", false.into()),
            (Kind::Resident, "phone/7f/number", "199 0000 2960".into()),
            (Kind::Resident, "note", "x".into()),
            (Kind::Round, "result/lobby.floor/02", event.as_str().into()),
            (Kind::Case, "category", "渗漏".into()),
        ];
        for (kind, path, value) in bad {
            assert!(check(*kind, path, value).is_err(), "{path}");
        }
    }

    #[test]
    fn a_part_knows_its_member() {
        assert_eq!(member(Kind::Resident, "phone/7f/number"), Some("phone/7f"));
        assert_eq!(member(Kind::Resident, "phone/7f"), None);
        assert_eq!(member(Kind::Round, "result/lobby.floor/01"), None, "a result is no part of a set");
    }
}
