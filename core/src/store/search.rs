//! How something is found: name, pinyin with all readings and initials, phone digits, a room as people type it,
//! notes and titles.
//!
//! One FTS5 row per record. Chinese is spaced by character and asked for as a phrase; pinyin, phone digits and room
//! keys are prepared tokens asked for whole or by their beginning. Rooms that begin with what was typed come first, in the
//! order of the register.

use std::collections::BTreeSet;

use rusqlite::{OptionalExtension, Row, params};

use super::{Reader, StoreError};
use crate::model::resident::{Phone, Vehicle};
use crate::model::row::Part as _;
use crate::model::{
    Case, Contact, Entry, Home, Kind, PlaceId, Record, RecordId, Resident, Room, phone, pinyin,
};

/// Something found.
#[derive(Debug, Clone, PartialEq)]
pub struct Hit {
    /// The record.
    pub record: RecordId,
    /// Its kind.
    pub kind: Kind,
    /// Where it belongs.
    pub place: Option<PlaceId>,
}

/// By which of its words something was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Enum))]
pub enum FoundBy {
    /// The name of a person or the title of a case, written out or in pinyin.
    Name,
    /// The room of a home.
    Room,
    /// Digits of a telephone.
    Phone,
    /// A note, a summary, an answer, what was said with a step.
    Note,
}

/// Why something was found.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct Found {
    /// By which of its words.
    pub by: FoundBy,
    /// What was met there, where the title does not show it: the last digits of a telephone, the words of a note around
    /// what was typed. Empty for a name and a room.
    pub excerpt: String,
}

/// The most readings of one name that are indexed: three characters of two readings each make eight.
const READINGS: usize = 16;
/// Fewer digits than this are no part of a phone: every fifth number contains any two.
const PHONE_DIGITS: usize = 4;
/// Words of one query; more only cost time.
const WORDS: usize = 8;

/// The searchable text of one record, by column.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct SearchText {
    pub name: String,
    pub pinyin: String,
    pub phone: String,
    pub room: String,
    pub note: String,
}

impl SearchText {
    /// Whether a field is among the words of such a record: what [`Self::of`] reads.
    pub(crate) fn reads(kind: Kind, path: &str) -> bool {
        let among = |names: &[&str], sets: &[&str]| {
            let set = path.split_once('/').map(|(set, _)| set);
            names.contains(&path) || set.is_some_and(|set| set == "event" || sets.contains(&set))
        };
        match kind {
            Kind::Home => among(&["building", "unit", "room"], &[]),
            Kind::Resident => {
                among(&["name", "remark", "hobbies", "occupation"], &[Phone::SET, Vehicle::SET])
            }
            Kind::Contact => among(&["purpose", "summary", "promise"], &[]),
            Kind::Case => among(&["title", "description", "spot", "contractor"], &[]),
            Kind::Entry => true,
            Kind::Round => among(&[], &[]),
        }
    }

    pub(crate) fn of(record: &Record) -> Self {
        let mut text = Self::default();
        let mut notes: Vec<String> = record.texts.values().cloned().collect();
        match record.kind {
            Kind::Home => {
                let location = Home::location(record);
                let keys = location.map_or_else(Vec::new, |location| location.keys());
                text.room = keys.iter().map(|key| room_token(key)).collect::<Vec<_>>().join(" ");
            }
            Kind::Resident => {
                let person = Resident::read(record);
                let name = person.name.unwrap_or_default();
                text.pinyin = pinyin_tokens(&name);
                text.name = spaced(&name);
                let numbers = person.phones.iter().filter_map(|phone| phone.number.as_deref());
                text.phone = numbers.flat_map(phone_tokens).collect::<Vec<_>>().join(" ");
                notes.extend(person.vehicles.into_iter().filter_map(|vehicle| vehicle.plate));
                notes.extend([person.remark, person.hobbies, person.occupation].into_iter().flatten());
            }
            Kind::Contact => {
                let contact = Contact::read(record);
                notes.extend([contact.purpose, contact.summary, contact.promise].into_iter().flatten());
            }
            Kind::Case => {
                let case = Case::read(record);
                text.name = spaced(&case.title.unwrap_or_default());
                notes.extend([case.description, case.spot, case.contractor].into_iter().flatten());
            }
            Kind::Entry => {
                notes.extend(
                    Entry::fields(record)
                        .into_values()
                        .filter_map(|value| value.as_text())
                        .map(str::to_owned),
                );
            }
            Kind::Round => {}
        }
        notes.extend(record.events().map(|(event, _)| event.note));
        notes.retain(|note| !note.is_empty());
        text.note = spaced(&notes.join("\n"));
        text
    }
}

/// Half-width, lower case, every character outside ASCII letters and digits by itself.
fn spaced(text: &str) -> String {
    let mut out = String::with_capacity(text.len() * 2);
    let mut in_word = false;
    for c in phone::halfwidth(text).chars() {
        let word = c.is_ascii_alphanumeric();
        let goes_on = word && in_word;
        if !(goes_on || out.is_empty() || out.ends_with(' ')) {
            out.push(' ');
        }
        if word || c.is_alphanumeric() {
            out.extend(c.to_lowercase());
        }
        in_word = word;
    }
    out.trim_end().to_owned()
}

/// The words of a note around a phrase, both as [`spaced`] makes them, put together again.
fn around(note: &str, phrase: &str) -> String {
    let column = format!(" {note}");
    let Some(at) = column.find(&format!(" {phrase}")) else { return String::new() };
    let tokens = |text: &str| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
    let (before, behind) = (tokens(&column[..at]), tokens(&column[at..]));
    let length = phrase.split(' ').count() + AROUND;
    let cut = before.len().saturating_sub(AROUND);
    let mut out = String::new();
    if cut > 0 {
        out.push('…');
    }
    for token in before[cut..].iter().chain(behind.iter().take(length)) {
        let latin = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
        if latin(out.chars().last()) && latin(token.chars().next()) {
            out.push(' ');
        }
        out.push_str(token);
    }
    if behind.len() > length {
        out.push('…');
    }
    out
}

/// A room key as one token: the tokenizer would cut it at its dashes.
fn room_token(key: &str) -> String {
    key.to_lowercase().replace('-', "x").replace('.', "d")
}

/// Every ending of a number that is long enough: then any run of its digits is the beginning of one of them.
fn phone_tokens(number: &str) -> Vec<String> {
    let digits: String = number.chars().filter(char::is_ascii_digit).collect();
    let endings = digits.len().saturating_sub(PHONE_DIGITS - 1);
    (0..endings).map(|from| digits[from..].to_owned()).collect()
}

/// Every reading of a name, whole and as initials, and again without its first character: people type `xiaoming` for
/// 王小明, and `shan`, `dan` or `chan` for 单.
fn pinyin_tokens(name: &str) -> String {
    let mut syllables: Vec<BTreeSet<&'static str>> = Vec::new();
    for c in name.chars() {
        let readings: BTreeSet<&str> = pinyin::readings(c).collect();
        if !readings.is_empty() {
            syllables.push(readings);
        }
    }
    let mut tokens = BTreeSet::new();
    for from in [0, 1] {
        let Some(part) = syllables.get(from..).filter(|part| !part.is_empty()) else { continue };
        let mut spelled = vec![(String::new(), String::new())];
        for readings in part {
            spelled = spelled
                .iter()
                .flat_map(|(whole, initials)| {
                    readings.iter().map(move |reading| {
                        (format!("{whole}{reading}"), format!("{initials}{}", &reading[..1]))
                    })
                })
                .take(READINGS)
                .collect();
        }
        tokens.extend(spelled.into_iter().flat_map(|(whole, initials)| [whole, initials]));
    }
    tokens.into_iter().collect::<Vec<_>>().join(" ")
}

/// One way of meeting a word.
enum Way {
    /// These words in a row in a name or note; the last of them perhaps still being typed.
    Phrase { text: String, open: bool },
    /// A token of a name in pinyin that begins so.
    Pinyin(String),
    /// A run of digits of a phone.
    Phone(String),
    /// One of the keys of a room.
    Room(Vec<String>),
    /// A room that begins so: it is perhaps still being typed.
    RoomBegins(Vec<String>),
}

/// What somebody typed: every word is met in one of its ways, or all of it is one room, or the beginning of one.
struct Query {
    words: Vec<Vec<Way>>,
    room: Option<Way>,
    begins: Option<Way>,
}

impl Query {
    /// `None` when nothing of it can be looked for.
    fn of(typed: &str) -> Option<Self> {
        let typed = phone::halfwidth(typed).to_lowercase();
        let words =
            typed.split_whitespace().take(WORDS).map(Way::of).filter(|ways| !ways.is_empty()).collect();
        // "3栋 2单元 501": one room, though it is three words.
        let room = Room::parse(&typed);
        let begins = room.as_ref().and_then(Way::room_begins);
        let room = room.filter(|_| typed.split_whitespace().nth(1).is_some());
        let query = Self { words, room: room.map(|room| Way::room(&room)), begins };
        (!query.words.is_empty() || query.room.is_some()).then_some(query)
    }

    /// As FTS5 takes it.
    fn expression(&self) -> String {
        let any = |ways: &Vec<Way>| {
            format!("({})", ways.iter().map(Way::expression).collect::<Vec<_>>().join(" OR "))
        };
        let all = self.words.iter().map(any).collect::<Vec<_>>().join(" AND ");
        match (&self.room, all.is_empty()) {
            (Some(room), true) => room.expression(),
            (Some(room), false) => format!("({all}) OR {}", room.expression()),
            (None, _) => all,
        }
    }
}

impl Way {
    fn of(word: &str) -> Vec<Self> {
        let mut ways = Vec::new();
        let phrase = spaced(word);
        if !phrase.is_empty() {
            // The last word of Latin text is perhaps still being typed.
            let open = phrase.ends_with(|c: char| c.is_ascii_alphabetic());
            ways.push(Self::Phrase { text: phrase, open });
        }
        let letters: String = word.chars().filter(|c| !matches!(c, '\'' | '’')).collect();
        if !letters.is_empty() && letters.bytes().all(|byte| byte.is_ascii_lowercase()) {
            ways.push(Self::Pinyin(letters));
        }
        let digits: String = word.chars().filter(char::is_ascii_digit).collect();
        let only_digits = word.chars().all(|c| c.is_ascii_digit() || matches!(c, '-' | '+'));
        if only_digits && digits.len() >= PHONE_DIGITS {
            ways.push(Self::Phone(digits));
        }
        ways.extend(Room::parse(word).map(|room| Self::room(&room)));
        ways
    }

    fn room(room: &Room) -> Self {
        Self::Room(room.keys().iter().map(|key| room_token(key)).collect())
    }

    fn room_begins(room: &Room) -> Option<Self> {
        let beginnings: Vec<String> = room.beginnings().iter().map(|key| room_token(key)).collect();
        (!beginnings.is_empty()).then_some(Self::RoomBegins(beginnings))
    }

    fn expression(&self) -> String {
        match self {
            Self::Phrase { text, open } => {
                format!("{{name note}} : \"{text}\"{}", if *open { " *" } else { "" })
            }
            Self::Pinyin(letters) => format!("pinyin : \"{letters}\" *"),
            Self::Phone(digits) => format!("phone : \"{digits}\" *"),
            Self::Room(keys) => {
                let keys: Vec<String> = keys.iter().map(|key| format!("\"{key}\"")).collect();
                format!("room : ({})", keys.join(" OR "))
            }
            Self::RoomBegins(beginnings) => {
                let beginnings: Vec<String> = beginnings.iter().map(|key| format!("\"{key}\" *")).collect();
                format!("room : ({})", beginnings.join(" OR "))
            }
        }
    }

    /// Where a text meets it, the name first.
    fn found(&self, text: &SearchText) -> Option<Found> {
        if !self.meets(text) {
            return None;
        }
        let (by, excerpt) = match self {
            Self::Pinyin(_) => (FoundBy::Name, String::new()),
            Self::Room(_) | Self::RoomBegins(_) => (FoundBy::Room, String::new()),
            Self::Phone(digits) => {
                // Every ending of a number is a token: its last one has the last digits.
                let token = text.phone.split(' ').find(|token| token.starts_with(digits.as_str()))?;
                (FoundBy::Phone, token[token.len().saturating_sub(PHONE_DIGITS)..].to_owned())
            }
            Self::Phrase { text: phrase, .. } => {
                let name = SearchText { name: text.name.clone(), ..SearchText::default() };
                if self.meets(&name) {
                    (FoundBy::Name, String::new())
                } else {
                    (FoundBy::Note, around(&text.note, phrase))
                }
            }
        };
        Some(Found { by, excerpt })
    }

    fn meets(&self, text: &SearchText) -> bool {
        let begins = |column: &str, start: &str| column.split(' ').any(|token| token.starts_with(start));
        match self {
            Self::Phrase { text: phrase, open } => {
                let within = |column: &str| {
                    // Between spaces: a phrase is made of whole tokens.
                    let (column, end) = (format!(" {column} "), if *open { "" } else { " " });
                    column.contains(&format!(" {phrase}{end}"))
                };
                within(&text.name) || within(&text.note)
            }
            Self::Pinyin(letters) => begins(&text.pinyin, letters),
            Self::Phone(digits) => begins(&text.phone, digits),
            Self::Room(keys) => text.room.split(' ').any(|token| keys.iter().any(|key| key == token)),
            Self::RoomBegins(beginnings) => beginnings.iter().any(|start| begins(&text.room, start)),
        }
    }
}

/// Characters of a note shown before and behind what was typed.
const AROUND: usize = 12;

/// Why a record is found by what somebody typed, one reason for each of its words. None when a text does not meet it: with
/// fewer fields than the index knows, a record that was found by one of the others is not met.
pub(crate) fn found(typed: &str, text: &SearchText) -> Vec<Found> {
    let Some(query) = Query::of(typed) else { return Vec::new() };
    if query.room.iter().chain(&query.begins).any(|room| room.meets(text)) {
        return vec![Found { by: FoundBy::Room, excerpt: String::new() }];
    }
    let mut reasons: Vec<Found> = Vec::new();
    for ways in &query.words {
        let reason = ways.iter().filter_map(|way| way.found(text)).min_by_key(|found| found.by);
        // Every word must be met.
        let Some(reason) = reason else { return Vec::new() };
        if !reasons.contains(&reason) {
            reasons.push(reason);
        }
    }
    reasons
}

fn read(row: &Row<'_>) -> rusqlite::Result<Hit> {
    Ok(Hit { record: row.get(0)?, kind: row.get(1)?, place: row.get(2)? })
}

impl Reader<'_> {
    /// What the index knows of a record; `None` when it is not there.
    pub(crate) fn search_text(&self, record: RecordId) -> Result<Option<SearchText>, StoreError> {
        let mut query = self.db.prepare_cached(
            "SELECT name, pinyin, phone, room, note FROM search
             WHERE rowid = (SELECT rid FROM record WHERE id = ?1)",
        )?;
        let text = |row: &Row<'_>| {
            Ok(SearchText {
                name: row.get(0)?,
                pinyin: row.get(1)?,
                phone: row.get(2)?,
                room: row.get(3)?,
                note: row.get(4)?,
            })
        };
        Ok(query.query_row([record], text).optional()?)
    }

    /// Finds records by what somebody typed: every word must be met, in whatever way. Names weigh most, then rooms,
    /// pinyin and phones, then notes; rooms that begin with all of it stand before everything. Archived and hidden records
    /// are not found. Only among these `kinds`.
    pub fn search(&self, typed: &str, kinds: &[Kind], limit: usize) -> Result<Vec<Hit>, StoreError> {
        let Some(asked) = Query::of(typed) else { return Ok(Vec::new()) };
        let begins = asked.begins.as_ref().filter(|_| kinds.contains(&Kind::Home));
        let mut hits = begins.map_or(Ok(Vec::new()), |begins| self.rooms(begins, limit))?;
        let expression = asked.expression();
        if expression.is_empty() || hits.len() == limit {
            return Ok(hits);
        }
        // The index sorts by itself, so that only the records shown are looked up, not all that match.
        let mut query = self.db.prepare_cached(
            "SELECT record.id, record.kind, record.place
             FROM search CROSS JOIN record ON record.rid = search.rowid
             WHERE search MATCH ?1 AND rank MATCH 'bm25(10.0, 6.0, 6.0, 8.0, 1.0)'
               AND instr(?2, ',' || record.kind || ',')
               AND record.hidden = 0 AND record.lifecycle <> 'archived'
             ORDER BY rank LIMIT ?3",
        )?;
        let kinds = kinds.iter().fold(",".to_owned(), |list, kind| list + kind.name() + ",");
        let more = i64::try_from(limit).unwrap_or(i64::MAX);
        let known: BTreeSet<RecordId> = hits.iter().map(|hit| hit.record).collect();
        for hit in query.query_map(params![expression, kinds, more], read)? {
            hits.extend(Some(hit?).filter(|hit| !known.contains(&hit.record)));
        }
        hits.truncate(limit);
        Ok(hits)
    }

    /// Homes whose room begins so, in the order of the register.
    fn rooms(&self, begins: &Way, limit: usize) -> Result<Vec<Hit>, StoreError> {
        let mut query = self.db.prepare_cached(
            "SELECT record.id, record.kind, record.place
             FROM search CROSS JOIN record ON record.rid = search.rowid JOIN home ON home.rid = record.rid
             WHERE search MATCH ?1 AND record.hidden = 0 AND record.lifecycle <> 'archived'
             ORDER BY home.sort LIMIT ?2",
        )?;
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        Ok(query.query_map(params![begins.expression(), limit], read)?.collect::<Result<_, _>>()?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crdt::Document;
    use crate::model::{Edit, Lifecycle, StaffId, Stamp, Timestamp, fields};
    use crate::testing::{ACTOR, TestStore};

    /// An edit of any other field leaves the words as they stand in the index.
    #[test]
    fn the_words_of_a_record_are_those_of_the_fields_named_for_it() {
        const PART: &str = "0102030405060708090a0b0c0d0e0f10";
        let stamp = Stamp {
            staff: StaffId::new("zhang.li").unwrap(),
            at: Timestamp::from_millis(1),
            offset: None,
            copy_of: None,
        };
        for kind in Kind::ALL {
            let members = fields::sets(kind).iter().map(|(set, _)| format!("{set}/{PART}"));
            let home = Edit::new().put("building", "3").put("unit", "2").put("room", "501");
            let base = members.fold(home, |edit, member| edit.put(member, true));
            let words = |path: &str, value: &str| {
                let mut document = Document::genesis(RecordId([7; 16]), kind, Kind::VERSION).unwrap();
                document.author(ACTOR, &stamp, &base.clone().put(path, value)).unwrap();
                SearchText::of(&document.record())
            };
            let written = fields::specs(kind).iter().chain(fields::common());
            for spec in written.filter(|spec| !matches!(spec.ty, fields::Type::Event | fields::Type::Note)) {
                let path = spec.path.replace('*', PART);
                let differ = words(&path, "13807315521") != words(&path, "13955501234");
                assert!(!differ || SearchText::reads(kind, &path), "{} {path}", kind.name());
            }
        }
        assert!(SearchText::reads(Kind::Case, &format!("event/{PART}")));
        assert!(!SearchText::reads(Kind::Home, "people"));
    }

    /// A small community: one record per row, found again by its number.
    fn community() -> TestStore {
        let store = TestStore::new();
        let home = |building: &str, unit: &str, room: &str| {
            Edit::new().put("building", building).put("unit", unit).put("room", room)
        };
        let phone_id = "phone/0102030405060708090a0b0c0d0e0f10";
        let person = |name: &str, number: &str| {
            Edit::new().put("name", name).put(phone_id, true).put(format!("{phone_id}/number"), number)
        };
        let records = [
            (1, Kind::Home, home("3", "2", "501")),
            (2, Kind::Home, home("3", "1", "501")),
            (3, Kind::Home, home("5", "2", "1203").splice("note", 0, 0, "电梯口堆放纸箱")),
            (11, Kind::Resident, person("王小明", "13807315521")),
            (12, Kind::Resident, person("单小明", "13955501234")),
            (13, Kind::Resident, person("曾丽", "073188215501").put("remark", "爱听京剧")),
            (14, Kind::Resident, person("仇海", "13607318888")),
            (15, Kind::Resident, person("吕绿", "18673150001")),
            (16, Kind::Resident, person("欧阳娜娜", "13100001111")),
            (17, Kind::Resident, person("Anna Lindqvist", "13200002222")),
            (
                21,
                Kind::Case,
                Edit::new().put("title", "卫生间天花板漏水").put("description", "楼上501水管破裂"),
            ),
            (31, Kind::Contact, Edit::new().put("summary", "王小明说周末在家")),
        ];
        for (number, kind, edit) in records {
            store.edit(RecordId([number; 16]), kind, &edit).unwrap();
        }
        store
    }

    #[test]
    fn what_was_found_says_by_what() {
        let why = |kind, edit: &Edit, typed: &str| {
            let store = TestStore::new();
            store.edit(RecordId([1; 16]), kind, edit).unwrap();
            let record = store.read(|reader| reader.record(RecordId([1; 16]))).unwrap().unwrap();
            super::found(typed, &SearchText::of(&record))
                .into_iter()
                .map(|found| (found.by, found.excerpt))
                .collect::<Vec<_>>()
        };
        let phone = "phone/0102030405060708090a0b0c0d0e0f10";
        let person = Edit::new()
            .put("name", "王小明")
            .put(phone, true)
            .put(format!("{phone}/number"), "13807315521")
            .splice("note", 0, 0, "常年在国外，房屋委托给妹妹打理，钥匙在物业前台保管，来访请先打电话");
        let reason = |by, excerpt: &str| (by, excerpt.to_owned());
        for typed in ["王小明", "xiaoming", "wxm"] {
            assert_eq!(why(Kind::Resident, &person, typed), [reason(FoundBy::Name, "")], "{typed}");
        }
        assert_eq!(why(Kind::Resident, &person, "5521"), [reason(FoundBy::Phone, "5521")]);
        assert_eq!(
            why(Kind::Resident, &person, "0731"),
            [reason(FoundBy::Phone, "5521")],
            "in the middle of it"
        );
        let note = "…在国外房屋委托给妹妹打理钥匙在物业前台保管来访请先打…";
        assert_eq!(why(Kind::Resident, &person, "钥匙"), [reason(FoundBy::Note, note)]);
        let both = [reason(FoundBy::Name, ""), reason(FoundBy::Phone, "5521")];
        assert_eq!(why(Kind::Resident, &person, "小明 5521"), both);
        assert_eq!(why(Kind::Resident, &person, "李四"), []);
        let home = Edit::new().put("building", "3").put("unit", "2").put("room", "501");
        for typed in ["3-2-501", "3栋 2单元 501"] {
            assert_eq!(why(Kind::Home, &home, typed), [reason(FoundBy::Room, "")], "{typed}");
        }
    }

    fn found(store: &TestStore, typed: &str) -> Vec<u8> {
        let found: Vec<u8> = store
            .read(|r| r.search(typed, &Kind::ALL, 20))
            .unwrap()
            .iter()
            .map(|hit| hit.record.0[0])
            .collect();
        // The same question of each record by itself has the same answer.
        for id in 0..=40 {
            let record = store.read(|r| r.record(RecordId([id; 16]))).unwrap();
            if let Some(record) = record.filter(|record| record.lifecycle != Lifecycle::Archived) {
                let met = !super::found(typed, &SearchText::of(&record)).is_empty();
                assert_eq!(met, found.contains(&id), "{typed} {id}");
            }
        }
        found
    }

    #[test]
    fn things_are_found_as_people_type_them() {
        let store = community();
        let check = |typed: &str, want: &[u8]| {
            let mut have = found(&store, typed);
            have.sort_unstable();
            assert_eq!(have, want, "{typed}");
        };
        // Names, whole or the given name alone; a note that names somebody too.
        check("王小明", &[11, 31]);
        check("小明", &[11, 12, 31]);
        check("明小", &[]);
        check("anna", &[17]);
        check("lindq", &[17]);
        // Pinyin: every reading of a surname, initials, the given name, ü as v.
        check("wangxiaoming", &[11]);
        check("wxm", &[11]);
        check("xiaoming", &[11, 12]);
        check("shanxiaoming", &[12]);
        check("danxm", &[]);
        check("sxm", &[12]);
        check("dxm", &[12]);
        check("zengli", &[13]);
        check("cengli", &[13]);
        check("qiuhai", &[14]);
        check("chouhai", &[14]);
        check("lvlv", &[15]);
        check("oynn", &[16]);
        check("ouyang", &[16]);
        // Phones: the last four, or any four and more; fewer digits are no phone.
        check("5521", &[11]);
        check("0731552", &[11]);
        check("138-0731-5521", &[11]);
        check("１３８０７３１５５２１", &[11]);
        check("0731", &[11, 13, 14]);
        check("552", &[]);
        // Rooms.
        for typed in ["3-2-501", "3栋2单元501", "3栋2单元501室", "３－２－５０１", "3#2-501", "3栋 2单元 501"]
        {
            check(typed, &[1]);
        }
        check("3-501", &[1, 2]);
        check("1203", &[3]);
        // Rooms still being typed; one digit alone is the beginning of half a community.
        for typed in ["3-2-5", "3-2-50", "325", "3栋2单元5"] {
            check(typed, &[1]);
        }
        check("3-2", &[1]);
        check("3-5", &[1, 2]);
        check("50", &[1, 2]);
        check("12", &[3]);
        check("5", &[]);
        check("3-2-51", &[]);
        check("5栋", &[3]);
        // Notes, orders, and both with something else.
        check("纸箱", &[3]);
        check("京剧", &[13]);
        check("漏水", &[21]);
        check("小明 5521", &[11]);
        check("小明 8888", &[]);
        // Nothing to look for, and what FTS5 would take for its own language.
        for nothing in ["", "  ", "。", "\"", "*", "NEAR(", "name:", "\u{0}"] {
            let _ = found(&store, nothing);
        }
        check("\"小明\" OR *", &[]);
    }

    #[test]
    fn a_name_stands_before_a_note_and_a_room_before_a_text() {
        let store = community();
        assert_eq!(found(&store, "王小明"), [11, 31]);
        let rooms = found(&store, "501");
        assert_eq!(rooms[..2].iter().collect::<BTreeSet<_>>(), BTreeSet::from([&1, &2]), "{rooms:?}");
        assert_eq!(rooms[2..], [21], "the order that names a room comes last");
        assert_eq!(found(&store, "50"), [2, 1], "rooms that begin so, in the order of the register");
        assert_eq!(store.read(|r| r.search("50", &Kind::ALL, 1)).unwrap().len(), 1);
    }

    #[test]
    fn what_is_gone_is_not_found() {
        let store = community();
        store.edit(RecordId([11; 16]), Kind::Resident, &Edit::new().put("name", "王大明")).unwrap();
        assert_eq!(found(&store, "王小明"), [31]);
        assert_eq!(found(&store, "王大明"), [11]);
        store.edit(RecordId([11; 16]), Kind::Resident, &Edit::new().put("archived", true)).unwrap();
        assert!(found(&store, "王大明").is_empty());
        assert_eq!(store.read(|r| r.search("小明", &[Kind::Contact], 9)).unwrap().len(), 1);
    }

    #[test]
    fn a_name_of_many_readings_stays_small() {
        let tokens = pinyin_tokens(&"和".repeat(60));
        assert!(tokens.split(' ').count() <= 4 * READINGS, "{}", tokens.split(' ').count());
    }

    #[test]
    fn every_surname_reading_is_what_people_type() {
        let surnames = [
            ("仇", "qiu"),
            ("单", "shan"),
            ("曾", "zeng"),
            ("解", "xie"),
            ("区", "ou"),
            ("查", "zha"),
            ("朴", "piao"),
        ];
        for (name, reading) in surnames {
            assert!(pinyin_tokens(name).split(' ').any(|token| token == reading), "{name}");
        }
    }

    /// Every byte the index and its shadow tables hold, as SQLite hands it out.
    fn shadow_bytes(store: &TestStore) -> Vec<u8> {
        store
            .read(|r| {
                let mut bytes = Vec::new();
                let sql = [
                    "SELECT CAST(block AS BLOB) FROM search_data",
                    "SELECT CAST(concat(c0, c1, c2, c3, c4) AS BLOB) FROM search_content",
                    "SELECT CAST(term AS BLOB) FROM search_idx",
                ];
                for sql in sql {
                    let mut query = r.db.raw().prepare(sql)?;
                    let mut rows = query.query([])?;
                    while let Some(row) = rows.next()? {
                        bytes.extend(row.get::<_, Vec<u8>>(0)?);
                    }
                }
                Ok::<_, StoreError>(bytes)
            })
            .unwrap()
    }

    #[test]
    fn a_deleted_name_leaves_no_term_behind() {
        let store = community();
        let canary = Edit::new().put("name", "鑫zzyzx");
        store.edit(RecordId([99; 16]), Kind::Resident, &canary).unwrap();
        let holds =
            |store: &TestStore, what: &[u8]| shadow_bytes(store).windows(what.len()).any(|at| at == what);
        assert!(holds(&store, b"zzyzx") && holds(&store, "鑫".as_bytes()), "the scan finds what is there");
        store.write(|tx| tx.remove_record(RecordId([99; 16]))).unwrap();
        assert!(!holds(&store, b"zzyzx") && !holds(&store, "鑫".as_bytes()));
    }
}
