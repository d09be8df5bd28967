//! What do the bytes of one change claim, read without trusting them?
//!
//! automerge's own reader follows run lengths wherever they lead: a change of a hundred bytes may claim 2⁵⁰
//! operations. So the head is read and every column is walked here first, in time bounded by the bytes; only then
//! may automerge see them. The format is that of automerge's change chunks (automerge.org/automerge-binary-format-spec).

use sha2::{Digest, Sha256};

use super::{GateError, limit};
use crate::model::{ActorId, ChangeHash, Stamp};

const MAGIC: [u8; 4] = [0x85, 0x6f, 0x4a, 0x83];
/// The chunk type of a plain change; documents, deflated changes and bundles are others.
const CHANGE: u8 = 1;

/// [`limit::REPLACED`].
const PREDECESSORS: u64 = limit::REPLACED as u64;

/// The columns an operation of a record may need, by their specification number (id ‖ type).
mod column {
    pub const OBJECT_ACTOR: u32 = 0x01;
    pub const OBJECT_COUNTER: u32 = 0x02;
    pub const KEY_ACTOR: u32 = 0x11;
    pub const KEY_COUNTER: u32 = 0x13;
    pub const KEY_TEXT: u32 = 0x15;
    pub const INSERT: u32 = 0x34;
    pub const ACTION: u32 = 0x42;
    pub const VALUE_META: u32 = 0x56;
    pub const VALUE: u32 = 0x57;
    pub const PREDECESSOR_COUNT: u32 = 0x70;
    pub const PREDECESSOR_ACTOR: u32 = 0x71;
    pub const PREDECESSOR_COUNTER: u32 = 0x73;
}

/// The head of a change, with counts that the columns were checked against.
#[derive(Debug)]
pub(super) struct Head {
    pub hash: ChangeHash,
    pub actor: ActorId,
    pub seq: u64,
    pub start_op: u64,
    pub op_count: usize,
    pub deps: Vec<ChangeHash>,
    pub stamp: Stamp,
}

/// A change chunk without what whoever knows the one change it builds on can work out: that it is a chunk, its length, its
/// hash and that dependency. `None` for a chunk that builds on anything else.
#[must_use]
pub fn shortened(chunk: &[u8], dependency: ChangeHash) -> Option<&[u8]> {
    let mut input = Input(chunk);
    let head = input.take(9).ok()?;
    let length = input.unsigned().ok()?;
    let one = input.take(1).ok()?;
    let named = input.take(ChangeHash::LEN).ok()?;
    let plain = head.starts_with(&MAGIC) && head.last() == Some(&CHANGE);
    let whole = length == (one.len() + named.len() + input.0.len()) as u64;
    (plain && whole && one == [1] && named == dependency.as_bytes()).then_some(input.0)
}

/// The chunk that [`shortened`] leaves this of, and its hash.
#[must_use]
pub fn restored(short: &[u8], dependency: ChangeHash) -> (Vec<u8>, ChangeHash) {
    let mut named = vec![CHANGE];
    let mut length = (1 + ChangeHash::LEN + short.len()) as u64;
    loop {
        let bits = (length & 0x7f) as u8;
        length >>= 7;
        named.push(if length == 0 { bits } else { bits | 0x80 });
        if length == 0 {
            break;
        }
    }
    named.push(1);
    named.extend_from_slice(dependency.as_bytes());
    named.extend_from_slice(short);
    let hash = ChangeHash(Sha256::digest(&named).into());
    let mut chunk = Vec::with_capacity(8 + named.len());
    chunk.extend_from_slice(&MAGIC);
    chunk.extend_from_slice(&hash.0[..4]);
    chunk.append(&mut named);
    (chunk, hash)
}

/// Reads one plain change chunk: size, type, length, checksum, then every field and column within limits.
pub(super) fn read(bytes: &[u8]) -> Result<Head, GateError> {
    if bytes.len() > limit::CHANGE {
        return Err(GateError::TooLarge { limit: limit::CHANGE, path: None });
    }
    let mut input = Input(bytes);
    if input.take(4)? != MAGIC {
        return Err(GateError::NotAChange);
    }
    let checksum = input.take(4)?;
    if input.take(1)? != [CHANGE] {
        return Err(GateError::NotAChange);
    }
    let written_length = input.0;
    let length = input.unsigned()?;
    let body = input.0;
    if length != body.len() as u64 {
        return Err(GateError::NotAChange);
    }
    // The hash covers the length in its shortest form, so a longer one would be a second spelling of one change.
    let written_length = &written_length[..written_length.len() - body.len()];
    if written_length.len() > 1 && written_length.last() == Some(&0) {
        return Err(GateError::Malformed);
    }
    let digest =
        Sha256::new().chain_update([CHANGE]).chain_update(written_length).chain_update(body).finalize();
    let hash = ChangeHash(digest.into());
    if checksum != &hash.0[..4] {
        return Err(GateError::Checksum);
    }
    read_body(body, hash)
}

fn read_body(body: &[u8], hash: ChangeHash) -> Result<Head, GateError> {
    let mut input = Input(body);
    let deps = (0..input.count(limit::DEPS)?)
        .map(|_| {
            input
                .take(ChangeHash::LEN)
                .and_then(|dep| ChangeHash::from_slice(dep).map_err(|_| GateError::Malformed))
        })
        .collect::<Result<Vec<_>, _>>()?;
    if !deps.is_sorted_by(|a, b| a < b) {
        return Err(GateError::Malformed);
    }
    let actor = input.prefixed()?;
    let actor = ActorId::from_slice(actor).map_err(|_| GateError::Actor)?;
    let seq = input.unsigned()?;
    let start_op = input.unsigned()?;
    // Counters are kept in 32 bits by automerge; the gate then binds them to what the author saw.
    if seq == 0 || seq > u64::from(u32::MAX) {
        return Err(GateError::Sequence);
    }
    if start_op == 0 || start_op > u64::from(u32::MAX) - limit::OPS as u64 {
        return Err(GateError::Counter);
    }
    if input.signed()? != 0 {
        return Err(GateError::Time);
    }
    let message = std::str::from_utf8(input.prefixed()?).map_err(|_| GateError::Stamp)?;
    let stamp = Stamp::from_message(message).ok_or(GateError::Stamp)?;
    for _ in 0..input.count(limit::OPS)? {
        input.prefixed()?;
    }
    let columns = (0..input.count(16)?)
        .map(|_| Ok((input.unsigned()?, input.unsigned()?)))
        .collect::<Result<Vec<_>, GateError>>()?;
    if !columns.is_sorted_by(|a, b| a.0 < b.0) {
        return Err(GateError::Malformed);
    }
    let mut op_count = 0;
    for (specification, length) in columns {
        let data = input.take(usize::try_from(length).map_err(|_| GateError::Malformed)?)?;
        let specification = u32::try_from(specification).map_err(|_| GateError::Malformed)?;
        let rows = walk(specification, Input(data))?;
        if specification == column::ACTION {
            op_count = rows;
        }
    }
    if !input.0.is_empty() || op_count == 0 {
        return Err(GateError::Malformed);
    }
    let op_count = usize::try_from(op_count).map_err(|_| GateError::Malformed)?;
    Ok(Head { hash, actor, seq, start_op, op_count, deps, stamp })
}

/// How many rows a column claims, rejecting more than an honest change has.
fn walk(specification: u32, mut input: Input<'_>) -> Result<u64, GateError> {
    let mut rows = 0;
    let mut predecessors = 0;
    let rows_limit = match specification {
        column::PREDECESSOR_ACTOR | column::PREDECESSOR_COUNTER => PREDECESSORS,
        _ => limit::OPS as u64,
    };
    let add = |total: &mut u64, more: u64, limit: u64| {
        *total = total.saturating_add(more);
        if *total > limit { Err(GateError::TooLarge { limit: limit as usize, path: None }) } else { Ok(()) }
    };
    match specification {
        column::VALUE => {}
        column::INSERT => {
            while !input.0.is_empty() {
                add(&mut rows, input.unsigned()?, rows_limit)?;
            }
        }
        column::OBJECT_ACTOR
        | column::OBJECT_COUNTER
        | column::KEY_ACTOR
        | column::KEY_COUNTER
        | column::KEY_TEXT
        | column::ACTION
        | column::VALUE_META
        | column::PREDECESSOR_COUNT
        | column::PREDECESSOR_ACTOR
        | column::PREDECESSOR_COUNTER => {
            // Runs: n > 0 is n times the next item, n < 0 is -n items, 0 is a counted run of nulls.
            while !input.0.is_empty() {
                let run = input.signed()?;
                let (items, repeat) = match run {
                    0 => (0, input.unsigned()?),
                    1.. => (1, run.unsigned_abs()),
                    _ => (run.unsigned_abs(), 1),
                };
                add(&mut rows, items.max(1).saturating_mul(repeat), rows_limit)?;
                for _ in 0..items {
                    match specification {
                        column::KEY_TEXT => {
                            input.prefixed()?;
                        }
                        column::KEY_COUNTER | column::PREDECESSOR_COUNTER => {
                            input.signed()?;
                        }
                        column::PREDECESSOR_COUNT => {
                            let group = input.unsigned()?.saturating_mul(repeat);
                            add(&mut predecessors, group, PREDECESSORS)?;
                        }
                        _ => {
                            input.unsigned()?;
                        }
                    }
                }
            }
        }
        // Marks, deflated columns and whatever a later automerge may add.
        _ => return Err(GateError::Operation { path: None }),
    }
    Ok(rows)
}

/// What is left to read.
pub(super) struct Input<'a>(pub(super) &'a [u8]);

impl<'a> Input<'a> {
    pub(super) fn take(&mut self, n: usize) -> Result<&'a [u8], GateError> {
        let (taken, rest) = self.0.split_at_checked(n).ok_or(GateError::Malformed)?;
        self.0 = rest;
        Ok(taken)
    }

    /// LEB128, at most 64 bits.
    pub(super) fn unsigned(&mut self) -> Result<u64, GateError> {
        let mut value = 0;
        for shift in (0..64).step_by(7) {
            let byte = self.take(1)?[0];
            let bits = u64::from(byte & 0x7f);
            if (bits << shift) >> shift != bits {
                return Err(GateError::Malformed);
            }
            value |= bits << shift;
            if byte & 0x80 == 0 {
                return Ok(value);
            }
        }
        Err(GateError::Malformed)
    }

    /// Signed LEB128. Numbers that do not fit 64 bits are malformed: no field of a change needs them.
    fn signed(&mut self) -> Result<i64, GateError> {
        let mut value: i128 = 0;
        for shift in (0..70).step_by(7) {
            let byte = self.take(1)?[0];
            value |= i128::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                if byte & 0x40 != 0 {
                    value -= 1_i128 << (shift + 7);
                }
                return i64::try_from(value).map_err(|_| GateError::Malformed);
            }
        }
        Err(GateError::Malformed)
    }

    fn count(&mut self, limit: usize) -> Result<usize, GateError> {
        let count = self.unsigned()?;
        match usize::try_from(count) {
            Ok(count) if count <= limit => Ok(count),
            _ => Err(GateError::TooLarge { limit, path: None }),
        }
    }

    pub(super) fn prefixed(&mut self) -> Result<&'a [u8], GateError> {
        let length = self.unsigned()?;
        self.take(usize::try_from(length).map_err(|_| GateError::Malformed)?)
    }
}
