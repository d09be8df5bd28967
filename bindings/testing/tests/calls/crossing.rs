//! What crosses, as JSON, by UniFFI's own description of it: the one the Kotlin and Swift halves are generated from. So what
//! is written down here is what both languages are given, and no type has to be described a second time.
//!
//! Names are those of both languages (`ownerState`, `rentedOut`); what is empty is left out; a value of a field is the plain
//! scalar, an edit the fields it touches.

use std::collections::BTreeMap;
use std::path::Path;

use butler_core::ButlerError;
use butler_ffi::UniFfiTag;
use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::{Map, Value as Json, json};
use uniffi::{Lift, Lower};
use uniffi_meta::{FnParamMetadata, Metadata, Type};

/// Fields with their types.
type Fields = Vec<(String, Type)>;

/// Everything the library describes.
pub struct Description {
    records: BTreeMap<String, Fields>,
    enums: BTreeMap<String, Vec<(String, Fields)>>,
    /// By their names in Rust.
    pub calls: BTreeMap<String, Call>,
}

/// A call of the butler.
pub struct Call {
    inputs: Fields,
    answer: Option<Type>,
}

impl Description {
    /// Reads it out of the library.
    pub fn of(library: &Path) -> Self {
        let bytes = std::fs::read(library).unwrap_or_else(|error| panic!("{}: {error}", library.display()));
        let mut all = Self { records: BTreeMap::new(), enums: BTreeMap::new(), calls: BTreeMap::new() };
        let fields = |fields: Vec<uniffi_meta::FieldMetadata>| -> Fields {
            fields.into_iter().map(|field| (field.name, field.ty)).collect()
        };
        let inputs = |inputs: Vec<FnParamMetadata>| -> Fields {
            inputs.into_iter().map(|input| (input.name, input.ty)).collect()
        };
        for item in uniffi_bindgen::macro_metadata::extract_from_bytes(&bytes).unwrap() {
            match item {
                Metadata::Record(record) => {
                    all.records.insert(record.name, fields(record.fields));
                }
                Metadata::Enum(choice) => {
                    let variants = choice.variants.into_iter();
                    let variants = variants.map(|variant| (variant.name, fields(variant.fields))).collect();
                    all.enums.insert(choice.name, variants);
                }
                Metadata::Method(method) if method.self_name == "ButlerCore" => {
                    let call = Call { inputs: inputs(method.inputs), answer: method.return_type };
                    all.calls.insert(method.name, call);
                }
                Metadata::Func(function) => {
                    let call = Call { inputs: inputs(function.inputs), answer: function.return_type };
                    all.calls.insert(function.name, call);
                }
                _ => {}
            }
        }
        all
    }

    /// The variants of an enum, as both languages call them.
    pub fn variants(&self, name: &str) -> Vec<String> {
        self.enums[name].iter().map(|(variant, _)| small(variant)).collect()
    }

    /// An argument out of what a case gives.
    pub fn argument<T: Lift<UniFfiTag>>(
        &self,
        call: &str,
        name: &str,
        given: &Json,
    ) -> Result<T, ButlerError> {
        let inputs = &self.calls[call].inputs;
        let (_, ty) = inputs
            .iter()
            .find(|(input, _)| input == name)
            .unwrap_or_else(|| panic!("{call} takes no {name}"));
        let mut bytes = Vec::new();
        self.write(ty, given.get(camel(name)).unwrap_or(&Json::Null), &mut bytes);
        T::try_read(&mut bytes.as_slice()).map_err(|error| match error.downcast::<ButlerError>() {
            Ok(error) => error,
            Err(error) => panic!("{call} cannot be given this {name}: {error}"),
        })
    }

    /// What a call answered.
    pub fn answer<T: Lower<UniFfiTag>>(&self, call: &str, answer: T) -> Json {
        let ty = self.calls[call].answer.as_ref().unwrap_or_else(|| panic!("{call} answers nothing"));
        self.json(ty, answer)
    }

    /// An error, named as both languages name it.
    pub fn error(&self, error: ButlerError) -> Json {
        let name = "ButlerError".to_owned();
        self.json(&Type::Enum { module_path: String::new(), name }, error)
    }

    fn json<T: Lower<UniFfiTag>>(&self, ty: &Type, value: T) -> Json {
        let mut bytes = Vec::new();
        T::write(value, &mut bytes);
        let mut rest = bytes.as_slice();
        let json = self.read(ty, &mut rest);
        assert!(rest.is_empty(), "what crossed is not as it is described: {ty:?}");
        json
    }

    fn read(&self, ty: &Type, bytes: &mut &[u8]) -> Json {
        match ty {
            Type::UInt8 => json!(u8::from_be_bytes(take(bytes))),
            Type::Int8 => json!(i8::from_be_bytes(take(bytes))),
            Type::UInt16 => json!(u16::from_be_bytes(take(bytes))),
            Type::Int16 => json!(i16::from_be_bytes(take(bytes))),
            Type::UInt32 => json!(u32::from_be_bytes(take(bytes))),
            Type::Int32 => json!(i32::from_be_bytes(take(bytes))),
            Type::UInt64 => json!(u64::from_be_bytes(take(bytes))),
            Type::Int64 => json!(i64::from_be_bytes(take(bytes))),
            Type::Float32 => json!(f32::from_be_bytes(take(bytes))),
            Type::Float64 => json!(f64::from_be_bytes(take(bytes))),
            Type::Boolean => json!(i8::from_be_bytes(take(bytes)) != 0),
            Type::String => json!(String::from_utf8(some(bytes)).unwrap()),
            Type::Bytes => json!(format!("{} bytes", some(bytes).len())),
            Type::Timestamp => {
                let (seconds, nanos) = (i64::from_be_bytes(take(bytes)), u32::from_be_bytes(take(bytes)));
                let at = DateTime::<Utc>::from_timestamp(seconds, nanos).unwrap();
                json!(at.to_rfc3339_opts(SecondsFormat::AutoSi, true))
            }
            Type::Optional { inner_type } => match take(bytes) {
                [0] => Json::Null,
                [_] => self.read(inner_type, bytes),
            },
            Type::Sequence { inner_type } | Type::Set { inner_type } => {
                (0..count(bytes)).map(|_| self.read(inner_type, bytes)).collect()
            }
            Type::Map { value_type, .. } => {
                let entry = |bytes: &mut &[u8]| {
                    (String::from_utf8(some(bytes)).unwrap(), self.read(value_type, bytes))
                };
                Json::Object((0..count(bytes)).map(|_| entry(bytes)).collect())
            }
            Type::Record { name, .. } => self.read_fields(&self.records[name], bytes),
            Type::Enum { name, .. } => {
                let (variant, fields) = &self.enums[name][count(bytes) - 1];
                match fields.as_slice() {
                    [] => json!(small(variant)),
                    [(unnamed, ty)] if unnamed.is_empty() && name == "Value" => self.read(ty, bytes),
                    [(unnamed, ty)] if unnamed.is_empty() => json!({ small(variant): self.read(ty, bytes) }),
                    fields => json!({ small(variant): self.read_fields(fields, bytes) }),
                }
            }
            Type::Custom { builtin, .. } => self.read(builtin, bytes),
            Type::Box { inner_type } => self.read(inner_type, bytes),
            other => panic!("{other:?} crosses in no answer"),
        }
    }

    fn read_fields(&self, fields: &[(String, Type)], bytes: &mut &[u8]) -> Json {
        let all = fields.iter().map(|(name, ty)| (camel(name), self.read(ty, bytes)));
        Json::Object(all.filter(|(_, value)| !is_empty(value)).collect())
    }

    /// The way back, of what arguments are made of.
    fn write(&self, ty: &Type, given: &Json, bytes: &mut Vec<u8>) {
        let number = || given.as_i64().unwrap_or_else(|| panic!("{given} is no number"));
        match ty {
            Type::UInt16 => bytes.extend(u16::try_from(number()).unwrap().to_be_bytes()),
            Type::UInt32 => bytes.extend(u32::try_from(number()).unwrap().to_be_bytes()),
            Type::UInt64 => bytes.extend(u64::try_from(number()).unwrap().to_be_bytes()),
            Type::Int64 => bytes.extend(number().to_be_bytes()),
            Type::Float64 => bytes.extend(given.as_f64().unwrap().to_be_bytes()),
            Type::Boolean => bytes.push(u8::from(given.as_bool().unwrap_or_default())),
            Type::String => write_some(given.as_str().unwrap_or_default().as_bytes(), bytes),
            Type::Bytes => write_some(&hex(given.as_str().unwrap()), bytes),
            Type::Timestamp => {
                let at: DateTime<Utc> = given.as_str().unwrap().parse().unwrap();
                bytes.extend(at.timestamp().to_be_bytes());
                bytes.extend(at.timestamp_subsec_nanos().to_be_bytes());
            }
            Type::Optional { inner_type } => {
                bytes.push(u8::from(!given.is_null()));
                if !given.is_null() {
                    self.write(inner_type, given, bytes);
                }
            }
            Type::Sequence { inner_type } => {
                let all = given.as_array().map_or(&[][..], Vec::as_slice);
                write_count(all.len(), bytes);
                all.iter().for_each(|one| self.write(inner_type, one, bytes));
            }
            Type::Map { key_type, value_type } => {
                let none = Map::new();
                let all = given.as_object().unwrap_or(&none);
                write_count(all.len(), bytes);
                for (key, value) in all {
                    self.write(key_type, &json!(key), bytes);
                    self.write(value_type, value, bytes);
                }
            }
            Type::Record { name, .. } if name == "Edit" => self.write_edit(given, bytes),
            Type::Record { name, .. } => {
                for (field, ty) in &self.records[name] {
                    self.write(ty, given.get(camel(field)).unwrap_or(&Json::Null), bytes);
                }
            }
            Type::Enum { name, .. } => {
                let (variant, value) = match given {
                    Json::Bool(_) if name == "Value" => ("bool", given),
                    Json::String(_) if name == "Value" => ("text", given),
                    Json::Number(number) if name == "Value" => {
                        (if number.is_f64() { "real" } else { "int" }, given)
                    }
                    Json::String(variant) => (variant.as_str(), &Json::Null),
                    Json::Object(of) => {
                        let (variant, value) = of.iter().next().unwrap();
                        (variant.as_str(), value)
                    }
                    other => panic!("{other} is no {name}"),
                };
                let known = self.enums[name].iter().enumerate();
                let (at, (_, fields)) = known
                    .into_iter()
                    .find(|(_, (known, _))| small(known) == variant)
                    .unwrap_or_else(|| panic!("there is no {variant} of {name}"));
                write_count(at + 1, bytes);
                for (field, ty) in fields {
                    let value = if field.is_empty() { Some(value) } else { value.get(camel(field)) };
                    self.write(ty, value.unwrap_or(&Json::Null), bytes);
                }
            }
            Type::Custom { builtin, .. } => self.write(builtin, given, bytes),
            Type::Box { inner_type } => self.write(inner_type, given, bytes),
            other => panic!("{other:?} crosses in no argument"),
        }
    }

    /// An edit is given as what it touches: a value to put there, nothing to clear it.
    fn write_edit(&self, given: &Json, bytes: &mut Vec<u8>) {
        let ops = given.as_object().unwrap().iter().map(|(path, value)| match value {
            Json::Null => json!({ "clear": { "path": path } }),
            value => json!({ "put": { "path": path, "value": value } }),
        });
        for (_, ty) in &self.records["Edit"] {
            self.write(ty, &ops.clone().collect(), bytes);
        }
    }
}

/// What is not written: nothing, no words, no rows.
fn is_empty(value: &Json) -> bool {
    match value {
        Json::Null => true,
        Json::String(text) => text.is_empty(),
        Json::Array(all) => all.is_empty(),
        Json::Object(all) => all.is_empty(),
        Json::Bool(_) | Json::Number(_) => false,
    }
}

/// Bytes written as pairs of digits.
pub fn hex(digits: &str) -> Vec<u8> {
    let pairs = (0..digits.len()).step_by(2);
    pairs.map(|at| u8::from_str_radix(&digits[at..at + 2], 16).unwrap()).collect()
}

fn take<const N: usize>(bytes: &mut &[u8]) -> [u8; N] {
    let (taken, rest) = bytes.split_first_chunk().unwrap();
    *bytes = rest;
    *taken
}

fn count(bytes: &mut &[u8]) -> usize {
    usize::try_from(i32::from_be_bytes(take(bytes))).unwrap()
}

fn some(bytes: &mut &[u8]) -> Vec<u8> {
    let length = count(bytes);
    let (taken, rest) = bytes.split_at(length);
    *bytes = rest;
    taken.to_vec()
}

fn write_count(count: usize, bytes: &mut Vec<u8>) {
    bytes.extend(i32::try_from(count).unwrap().to_be_bytes());
}

fn write_some(all: &[u8], bytes: &mut Vec<u8>) {
    write_count(all.len(), bytes);
    bytes.extend(all);
}

/// `owner_state` as `ownerState`.
fn camel(name: &str) -> String {
    let mut words = name.split('_');
    let mut out = words.next().unwrap_or_default().to_owned();
    for word in words {
        let (first, rest) = word.split_at(word.len().min(1));
        out.push_str(&first.to_uppercase());
        out.push_str(rest);
    }
    out
}

/// `RentedOut` as `rentedOut`.
fn small(name: &str) -> String {
    let (first, rest) = name.split_at(1);
    first.to_lowercase() + rest
}
