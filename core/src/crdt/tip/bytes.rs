//! How a tip is kept: bytes of this phone alone, never sent. Whatever is not read here is made again from the document.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{Origin, Tip, Visible};
use crate::crdt::chunk::Input;
use crate::model::{ActorId, ChangeHash, Kind, KindVersion, Lifecycle, RecordId, Stamp, Value};

/// The first byte. What a later build writes otherwise begins otherwise.
const FORMAT: u8 = 1;

mod tag {
    pub const FALSE: u8 = 0;
    pub const TRUE: u8 = 1;
    pub const INT: u8 = 2;
    pub const REAL: u8 = 3;
    pub const TEXT: u8 = 4;
}

impl Tip {
    /// As the store keeps it.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(512);
        out.push(FORMAT);
        out.extend_from_slice(self.head.as_bytes());
        out.push(match self.lifecycle {
            Lifecycle::Live => 0,
            Lifecycle::Archived => 1,
            Lifecycle::Revived => 2,
        });
        put_number(&mut out, self.max_op);
        put_number(&mut out, self.lines.len() as u64);
        for (actor, written) in &self.lines {
            out.extend_from_slice(actor.as_bytes());
            put_number(&mut out, *written);
        }
        let visible = || self.fields.values().flatten();
        let origins: BTreeMap<ChangeHash, &Arc<Origin>> =
            visible().map(|visible| (visible.by.hash, &visible.by)).collect();
        put_number(&mut out, origins.len() as u64);
        for origin in origins.values() {
            out.extend_from_slice(origin.hash.as_bytes());
            put_number(&mut out, self.lines.range(..origin.actor).count() as u64);
            put_text(&mut out, &origin.stamp.to_message());
        }
        for text in &self.texts {
            put_text(&mut out, text);
        }
        put_number(&mut out, self.fields.len() as u64);
        let mut before = "";
        for (path, values) in &self.fields {
            // Neighbours have much in common: `phone/<id>`, `phone/<id>/number`.
            let shared = path.bytes().zip(before.bytes()).take_while(|(a, b)| a == b).count();
            put_number(&mut out, shared as u64);
            put_text(&mut out, &path[shared..]);
            put_number(&mut out, values.len() as u64);
            for Visible { counter, by, value } in values {
                put_number(&mut out, *counter);
                put_number(&mut out, origins.range(..by.hash).count() as u64);
                put_value(&mut out, value);
            }
            before = path;
        }
        out
    }

    /// Reads what [`Self::to_bytes`] made of that record at that head; `None` for anything else.
    #[must_use]
    pub fn from_bytes(
        (id, kind, version): (RecordId, Kind, KindVersion),
        head: ChangeHash,
        bytes: &[u8],
    ) -> Option<Self> {
        let mut input = Input(bytes);
        if input.byte()? != FORMAT || ChangeHash::from_slice(input.next(ChangeHash::LEN)?).ok()? != head {
            return None;
        }
        let lifecycle = match input.byte()? {
            0 => Lifecycle::Live,
            1 => Lifecycle::Archived,
            2 => Lifecycle::Revived,
            _ => return None,
        };
        let max_op = input.number()?;
        let mut actors = Vec::new();
        let mut lines = BTreeMap::new();
        for _ in 0..input.number()? {
            let actor = ActorId::from_slice(input.next(ActorId::LEN)?).ok()?;
            actors.push(actor);
            lines.insert(actor, input.number()?);
        }
        let mut origins = Vec::new();
        for _ in 0..input.number()? {
            let hash = ChangeHash::from_slice(input.next(ChangeHash::LEN)?).ok()?;
            let actor = *actors.get(input.index()?)?;
            origins.push(Arc::new(Origin { hash, actor, stamp: Stamp::from_message(input.text()?)? }));
        }
        let texts = kind.texts().iter().map(|_| input.text().map(str::to_owned)).collect::<Option<_>>()?;
        let mut fields = BTreeMap::new();
        let mut path = String::new();
        for _ in 0..input.number()? {
            let shared = input.index()?;
            if !path.is_char_boundary(shared) {
                return None;
            }
            path.truncate(shared);
            path.push_str(input.text()?);
            let mut values = Vec::with_capacity(1);
            for _ in 0..input.number()? {
                let counter = input.number()?;
                let by = origins.get(input.index()?)?.clone();
                values.push(Visible { counter, by, value: input.value()? });
            }
            fields.insert(path.clone(), values);
        }
        let whole = input.0.is_empty();
        whole.then_some(Self { id, kind, version, head, max_op, lines, fields, texts, lifecycle })
    }
}

fn put_number(out: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        out.push((number as u8 & 0x7f) | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

fn put_text(out: &mut Vec<u8>, text: &str) {
    put_number(out, text.len() as u64);
    out.extend_from_slice(text.as_bytes());
}

fn put_value(out: &mut Vec<u8>, value: &Value) {
    match value {
        Value::Bool(flag) => out.push(if *flag { tag::TRUE } else { tag::FALSE }),
        Value::Int(int) => {
            out.push(tag::INT);
            // Small numbers of either sign are short.
            put_number(out, ((int << 1) ^ (int >> 63)).cast_unsigned());
        }
        Value::Real(real) => {
            out.push(tag::REAL);
            out.extend_from_slice(&real.to_bits().to_be_bytes());
        }
        Value::Text(text) => {
            out.push(tag::TEXT);
            put_text(out, text);
        }
    }
}

/// The same readers that walk a change, without its reasons.
impl<'a> Input<'a> {
    fn next(&mut self, n: usize) -> Option<&'a [u8]> {
        self.take(n).ok()
    }

    fn byte(&mut self) -> Option<u8> {
        self.next(1)?.first().copied()
    }

    fn number(&mut self) -> Option<u64> {
        self.unsigned().ok()
    }

    fn index(&mut self) -> Option<usize> {
        usize::try_from(self.number()?).ok()
    }

    fn text(&mut self) -> Option<&'a str> {
        std::str::from_utf8(self.prefixed().ok()?).ok()
    }

    fn value(&mut self) -> Option<Value> {
        Some(match self.byte()? {
            tag::FALSE => Value::Bool(false),
            tag::TRUE => Value::Bool(true),
            tag::INT => {
                let number = self.number()?;
                Value::Int((number >> 1).cast_signed() ^ -(number & 1).cast_signed())
            }
            tag::REAL => Value::Real(f64::from_bits(u64::from_be_bytes(self.next(8)?.try_into().ok()?))),
            tag::TEXT => Value::Text(self.text()?.to_owned()),
            _ => return None,
        })
    }
}
