//! From the words of a file to values: choices by id or by name, times of the community, people and places by name.

use butler_core::model::choice::CodedWord;
use butler_core::model::fields::{self, FieldSpec, Type};
use butler_core::model::{Edit, Kind, RecordId, Timestamp, Value};
use butler_core::playbook::form::{AnswerType, FormField};
use chrono::{NaiveDate, NaiveDateTime, NaiveTime};
use sha2::{Digest as _, Sha256};

use super::stage::Stage;

/// What the words say, or why they cannot.
type Said<T> = Result<T, String>;

fn no_choice(name: &str, text: &str, choices: &[CodedWord]) -> Said<Value> {
    let known: Vec<String> =
        choices.iter().map(|choice| format!("{}（{}）", choice.code, choice.zh)).collect();
    Err(format!("`{name}` has no choice `{text}`: {}", known.join(", ")))
}

impl Stage {
    /// A time of the file: `2026-11-23 09:05`, or `09:05` on the day it is.
    pub(super) fn moment(&self, words: &str) -> Said<Timestamp> {
        let wrong = || format!("`{words}` is no time: write `2026-11-23 09:05`, or `09:05` for the same day");
        let time = |words: &str| NaiveTime::parse_from_str(words, "%H:%M");
        let at = match words.split_once(' ') {
            Some((day, hour)) => {
                let day: NaiveDate = day.parse().map_err(|_| wrong())?;
                day.and_time(time(hour.trim()).map_err(|_| wrong())?)
            }
            None => self.local().date().and_time(time(words).map_err(|_| wrong())?),
        };
        Ok(self.timestamp(at))
    }

    /// Community time of a moment.
    pub(super) fn local_of(&self, at: Timestamp) -> NaiveDateTime {
        let shifted = at.millis() + i64::from(self.offset_minutes) * 60_000;
        chrono::DateTime::from_timestamp_millis(shifted).unwrap_or_default().naive_utc()
    }

    fn timestamp(&self, local: NaiveDateTime) -> Timestamp {
        let millis = local.and_utc().timestamp_millis() - i64::from(self.offset_minutes) * 60_000;
        Timestamp::from_millis(millis)
    }

    /// Fields of a record as an edit. `phone/手机/number` names a part by a word: it becomes a member of its set.
    pub(super) fn edit(
        &self,
        record: RecordId,
        kind: Kind,
        set: &toml::Table,
        clear: &[String],
    ) -> Said<Edit> {
        let mut edit = Edit::new();
        let mut members: Vec<String> = Vec::new();
        for (words, value) in set {
            let spec = fields::spec(kind, words).ok_or_else(|| no_field(kind, words))?;
            let path = part_path(record, words, spec.path);
            if let Some((member, _)) = member_of(&path, spec.path)
                && !members.contains(&member)
            {
                edit = edit.put(member.clone(), true);
                members.push(member);
            }
            if spec.ty == Type::Member && members.contains(&path) {
                continue;
            }
            if spec.ty == Type::Note {
                let text = text_of(value).ok_or_else(|| format!("`{words}` is a text"))?;
                edit = edit.splice(path, 0, 0, text);
                continue;
            }
            edit = edit.put(path, self.field_value(spec, words, value)?);
        }
        for words in clear {
            let spec = fields::spec(kind, words).ok_or_else(|| no_field(kind, words))?;
            edit = edit.clear(part_path(record, words, spec.path));
        }
        Ok(edit)
    }

    /// The path a file means: parts are named by words there.
    pub(super) fn path(record: RecordId, kind: Kind, words: &str) -> String {
        fields::spec(kind, words).map_or_else(|| words.to_owned(), |spec| part_path(record, words, spec.path))
    }

    /// The code of a word of a list by what the company calls it.
    fn word_called(&self, list: &str, text: &str) -> Option<String> {
        let set = self.phones.values().find_map(|phone| phone.butler.playbooks().ok())?;
        let mut words = set.terms().choices(list)?.iter();
        words
            .find(|word| [&word.label.zh, &word.label.en].contains(&&text.to_owned()))
            .map(|word| word.id.clone())
    }

    /// A value of the field table.
    pub(super) fn field_value(&self, spec: &FieldSpec, name: &str, value: &toml::Value) -> Said<Value> {
        let text = text_of(value);
        let wrong = |what: &str| Err(format!("`{name}` is {what}, not {value}"));
        match spec.ty {
            Type::Bool | Type::Member => {
                value.as_bool().map_or_else(|| wrong("true or false"), |yes| Ok(yes.into()))
            }
            Type::Int | Type::Fen => {
                value.as_integer().map_or_else(|| wrong("a whole number"), |int| Ok(int.into()))
            }
            Type::Real => {
                let real = value.as_float().or_else(|| value.as_integer().map(|int| int as f64));
                real.map_or_else(|| wrong("a number"), |real| Ok(real.into()))
            }
            Type::Moment => match text {
                Some(words) => Ok(self.moment(&words)?.millis().into()),
                None => wrong("a time"),
            },
            Type::Choice(choices) => {
                let Some(text) = text else { return wrong("a choice") };
                let meant =
                    choices.iter().find(|choice| [choice.code, choice.zh, choice.en].contains(&&*text));
                meant.map_or_else(|| no_choice(name, &text, choices), |choice| Ok(choice.code.into()))
            }
            Type::Record => match text {
                Some(words) => Ok(self.record(&words)?.0.to_string().into()),
                None => wrong("a record by name"),
            },
            Type::Place => match text {
                Some(words) => Ok(self.place(&words)?.to_string().into()),
                None => wrong("a place by name"),
            },
            Type::Staff => match text {
                Some(words) => Ok(self.staff(&words)?.to_string().into()),
                None => wrong("a colleague by name"),
            },
            Type::Any => plain(value).map_or_else(|| wrong("a single value"), Ok),
            _ => {
                // A word of a list by what it is called, or its code.
                let Some(text) = text else { return wrong("a text") };
                let own = spec.words().iter().find(|word| [word.zh, word.en].contains(&&*text));
                let own =
                    own.map(|word| word.code.to_owned()).or_else(|| self.word_called(spec.terms?, &text));
                match own {
                    Some(code) => Ok(code.into()),
                    // A code may be one of another company.
                    None if spec.words().is_empty() || text.is_ascii() => Ok(text.into()),
                    None => no_choice(name, &text, spec.words()),
                }
            }
        }
    }

    /// The answer to a question.
    pub(super) fn answer(&self, question: &FormField, value: &toml::Value) -> Said<Value> {
        let name = &question.id;
        let text = text_of(value);
        let wrong = |what: &str| Err(format!("`{name}`（{}）is {what}, not {value}", question.label.zh));
        match question.answer {
            AnswerType::Photo | AnswerType::Signature => {
                Err(format!("`{name}` is answered by photos: photos = {{ {name} = 1 }}"))
            }
            AnswerType::Moment => match text {
                Some(words) => Ok(self.moment(&words)?.millis().into()),
                None => wrong("a time"),
            },
            AnswerType::Choice => match text {
                Some(text) => Ok(option(question, &text)?.into()),
                None => wrong("a choice"),
            },
            AnswerType::MultiChoice => {
                let chosen: Vec<String> = match value {
                    toml::Value::Array(many) => many.iter().filter_map(text_of).collect(),
                    _ => text.iter().flat_map(|text| text.split(',')).map(str::to_owned).collect(),
                };
                let mut chosen: Vec<&str> =
                    chosen.iter().map(|text| option(question, text)).collect::<Result<_, _>>()?;
                chosen.sort_by_key(|id| question.options.iter().position(|option| option.id == **id));
                Ok(chosen.join(",").into())
            }
            AnswerType::Person | AnswerType::Home | AnswerType::Case => match text {
                Some(words) => Ok(self.record(&words)?.0.to_string().into()),
                None => wrong("a record by name"),
            },
            AnswerType::Staff => match text {
                Some(words) => Ok(self.staff(&words)?.to_string().into()),
                None => wrong("a colleague by name"),
            },
            AnswerType::Place => match text {
                Some(words) => Ok(self.place(&words)?.to_string().into()),
                None => wrong("a place by name"),
            },
            _ => plain(value).map_or_else(|| wrong("a single value"), Ok),
        }
    }
}

/// An option's id by id or name.
fn option<'q>(question: &'q FormField, words: &str) -> Said<&'q str> {
    let meant = question
        .options
        .iter()
        .find(|option| option.id == words || option.label.zh == words || option.label.en == words);
    meant.map(|option| option.id.as_str()).ok_or_else(|| {
        let known = question.options.iter().map(|option| format!("{}（{}）", option.id, option.label.zh));
        let known = known.collect::<Vec<_>>().join(", ");
        format!("`{}`（{}）offers no `{words}`, but {known}", question.id, question.label.zh)
    })
}

/// A text or a date.
pub(super) fn text_of(value: &toml::Value) -> Option<String> {
    match value {
        toml::Value::String(text) => Some(text.clone()),
        toml::Value::Datetime(date) => Some(date.to_string()),
        _ => None,
    }
}

/// A single value as it stands.
pub(super) fn plain(value: &toml::Value) -> Option<Value> {
    match value {
        toml::Value::Boolean(flag) => Some((*flag).into()),
        toml::Value::Integer(int) => Some((*int).into()),
        toml::Value::Float(real) => Some((*real).into()),
        other => text_of(other).map(Value::from),
    }
}

fn no_field(kind: Kind, words: &str) -> String {
    format!("a record of kind {} has no field `{words}` (core/src/model/fields.rs lists them)", kind.name())
}

/// Whether a pattern is that of a set with parts, named by an id.
fn has_parts(pattern: &str) -> bool {
    let set = pattern.split('/').next().unwrap_or_default();
    pattern.contains("/*")
        && !["photo", "subject", "link", "event", "checkin", "result", "field"].contains(&set)
}

/// The path with the word of its part turned into the part's id.
fn part_path(record: RecordId, words: &str, pattern: &str) -> String {
    if !has_parts(pattern) {
        return words.to_owned();
    }
    let mut segments: Vec<String> = words.split('/').map(str::to_owned).collect();
    if segments[1].len() != 32 {
        let mut hash = Sha256::new();
        hash.update(record.as_bytes());
        hash.update(&segments[0]);
        hash.update(&segments[1]);
        segments[1] = hash.finalize()[..16].iter().map(|byte| format!("{byte:02x}")).collect();
    }
    segments.join("/")
}

/// The member a path of a part belongs to, and the rest.
fn member_of(path: &str, pattern: &str) -> Option<(String, String)> {
    if !has_parts(pattern) {
        return None;
    }
    let (set, rest) = path.split_once('/')?;
    let (part, rest) = rest.split_once('/').unwrap_or((rest, ""));
    Some((format!("{set}/{part}"), rest.to_owned()))
}
