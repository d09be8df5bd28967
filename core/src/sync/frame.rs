//! How a message becomes bytes and back: CBOR inside zstd, bounded on the way in.
//!
//! A frame comes from a stranger until its session is proven, so reading it costs at most
//! [`limit::FRAME`] bytes and [`DEPTH`] levels whatever it claims to be.

use std::io::Read;

use serde::de::{DeserializeOwned, IgnoredAny, MapAccess, Visitor};
use serde::{Deserialize, Serialize};
use serde_bytes::ByteBuf;

use super::message::{Frame, PROTOCOL, Problem, limit};

/// How deep CBOR may nest. The deepest message (a page's receipts) uses about a dozen levels of serde calls.
const DEPTH: usize = 32;

/// The largest zstd window a frame may ask for, as a power of two: a frame is never longer than that.
const WINDOW_LOG: u32 = 23;

/// zstd's own default: measured best for pages of raw changes, see `docs/performance.md`.
const LEVEL: i32 = 3;

/// Bytes that are not a frame of this protocol, or a message too large to send.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FrameError {
    /// The frame is longer than [`limit::FRAME_PACKED`] on the wire or [`limit::FRAME`] unpacked. When
    /// sending: split the message.
    #[error("the frame is over the limit of {limit} bytes")]
    TooLarge {
        /// The exceeded limit in bytes.
        limit: usize,
    },
    /// Not zstd, not CBOR, cut off, nested too deep, a wrong field, or bytes after the end.
    #[error("the frame could not be read")]
    Malformed,
    /// The frame is readable but speaks another protocol.
    #[error("the frame speaks protocol {theirs}")]
    Protocol {
        /// The sender's protocol.
        theirs: u16,
        /// The sender's request number, so that the answer finds its question.
        request: u64,
    },
}

impl FrameError {
    /// What to answer.
    #[must_use]
    pub fn problem(&self) -> Problem {
        match self {
            Self::TooLarge { limit } => Problem::TooLarge { limit: *limit as u64 },
            Self::Malformed => Problem::Malformed,
            Self::Protocol { .. } => Problem::Protocol { min: PROTOCOL, max: PROTOCOL },
        }
    }

    /// The number of the request the bytes belong to; 0 when it could not be read.
    #[must_use]
    pub fn request(&self) -> u64 {
        if let Self::Protocol { request, .. } = self { *request } else { 0 }
    }
}

/// Packs a message.
///
/// # Errors
/// [`FrameError::TooLarge`] when the peer would reject it for its size.
pub fn encode<T: Serialize>(frame: &Frame<T>) -> Result<Vec<u8>, FrameError> {
    let mut plain = Vec::new();
    ciborium::into_writer(frame, &mut plain).map_err(|_| FrameError::Malformed)?;
    if plain.len() > limit::FRAME {
        return Err(FrameError::TooLarge { limit: limit::FRAME });
    }
    let packed = pack(&plain).map_err(|_| FrameError::Malformed)?;
    if packed.len() > limit::FRAME_PACKED {
        return Err(FrameError::TooLarge { limit: limit::FRAME_PACKED });
    }
    Ok(packed)
}

/// With a checksum of the whole: a line of changes is said without theirs ([`super::message::PageRow::line`]).
fn pack(plain: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut compressor = zstd::bulk::Compressor::new(LEVEL)?;
    compressor.include_checksum(true)?;
    compressor.compress(plain)
}

/// Unpacks a message.
///
/// # Errors
/// [`FrameError`]; never panics and never holds more than the limits, whatever the bytes are.
pub fn decode<T: DeserializeOwned>(packed: &[u8]) -> Result<Frame<T>, FrameError> {
    let plain = unpack(packed)?;
    match read::<Frame<T>>(&plain) {
        Ok(frame) if frame.protocol == PROTOCOL => Ok(frame),
        Ok(frame) => Err(FrameError::Protocol { theirs: frame.protocol, request: frame.request }),
        // A newer protocol may have messages this build cannot read: then its number is the better answer.
        Err(error) => match read::<FrameHead>(&plain) {
            Ok(head) if head.protocol != PROTOCOL => {
                Err(FrameError::Protocol { theirs: head.protocol, request: head.request })
            }
            _ => Err(error),
        },
    }
}

/// How far into a frame its beginning is looked for, in bytes: token and name stand before all that is large.
const BEGINNING: u64 = 4 << 10;

/// What stands at the beginning of a request's frame.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Beginning {
    /// The token, if it stands before the body, where [`encode`] writes it.
    pub token: Option<ByteBuf>,
    /// The name of the request, as the wire has it: `push`, `pull`. Whether the rest fits it is not known yet.
    pub name: Option<String>,
}

/// Reads no more of a frame than its beginning, so that who asks for what is known before the work. `None` when it
/// cannot be read.
#[must_use]
pub fn beginning(packed: &[u8]) -> Option<Beginning> {
    let mut decoder = zstd::stream::read::Decoder::with_buffer(packed).ok()?;
    decoder.window_log_max(WINDOW_LOG).ok()?;
    ciborium::de::from_reader_with_recursion_limit(decoder.take(BEGINNING), DEPTH).ok()
}

/// What stands behind the name of the request is not read.
impl<'de> Deserialize<'de> for Beginning {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Keys;
        impl<'de> Visitor<'de> for Keys {
            type Value = Beginning;

            fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                formatter.write_str("a frame")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Beginning, A::Error> {
                let mut beginning = Beginning::default();
                while let Some(key) = map.next_key::<String>()? {
                    match key.as_str() {
                        "token" => beginning.token = map.next_value()?,
                        "body" => {
                            beginning.name = map.next_value().ok().map(|FirstKey(name)| name);
                            break;
                        }
                        _ => drop(map.next_value::<IgnoredAny>()?),
                    }
                }
                Ok(beginning)
            }
        }
        deserializer.deserialize_map(Keys)
    }
}

/// The first key of a map; its value is not read.
struct FirstKey(String);

impl<'de> Deserialize<'de> for FirstKey {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct First;
        impl<'de> Visitor<'de> for First {
            type Value = FirstKey;

            fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                formatter.write_str("a request")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<FirstKey, A::Error> {
                let first = map.next_key()?.ok_or_else(|| serde::de::Error::custom("an empty map"))?;
                Ok(FirstKey(first))
            }
        }
        deserializer.deserialize_map(First)
    }
}

/// What every protocol's frame starts with.
#[derive(Deserialize)]
struct FrameHead {
    protocol: u16,
    request: u64,
}

fn unpack(packed: &[u8]) -> Result<Vec<u8>, FrameError> {
    if packed.len() > limit::FRAME_PACKED {
        return Err(FrameError::TooLarge { limit: limit::FRAME_PACKED });
    }
    let mut decoder = zstd::stream::read::Decoder::with_buffer(packed).map_err(|_| FrameError::Malformed)?;
    decoder.window_log_max(WINDOW_LOG).map_err(|_| FrameError::Malformed)?;
    let mut plain = Vec::new();
    // The declared content size is the sender's word: read one byte more than allowed and look.
    let read = decoder.take(limit::FRAME as u64 + 1).read_to_end(&mut plain);
    match read {
        Ok(length) if length > limit::FRAME => Err(FrameError::TooLarge { limit: limit::FRAME }),
        Ok(_) => Ok(plain),
        Err(_) => Err(FrameError::Malformed),
    }
}

fn read<T: DeserializeOwned>(plain: &[u8]) -> Result<T, FrameError> {
    let mut rest = plain;
    let value = ciborium::de::from_reader_with_recursion_limit(&mut rest, DEPTH)
        .map_err(|_| FrameError::Malformed)?;
    if rest.is_empty() { Ok(value) } else { Err(FrameError::Malformed) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{ChangeHash, DeviceId, Kind, RecordId};
    use crate::sync::message::{Envelope, Reason, Reply, Request, Verdict};
    use proptest::prelude::*;
    use serde_bytes::ByteBuf;

    fn frame<T>(body: T) -> Frame<T> {
        Frame { protocol: PROTOCOL, request: 7, token: Some(ByteBuf::from(vec![1, 2, 3])), body }
    }

    fn push(changes: usize, bytes: usize) -> Request {
        let envelope = |n: usize| Envelope {
            record: RecordId([n as u8; 16]),
            kind: Kind::Home.into(),
            version: 1,
            change: ByteBuf::from(vec![n as u8; bytes]),
            device: DeviceId([9; 16]),
            signature: ByteBuf::from(vec![0; 64]),
            receipt: None,
        };
        Request::Push { envelopes: (0..changes).map(envelope).collect() }
    }

    fn pack(plain: &[u8]) -> Vec<u8> {
        zstd::bulk::compress(plain, 1).unwrap()
    }

    #[test]
    fn messages_survive_the_wire() {
        let request = frame(push(3, 200));
        assert_eq!(decode(&encode(&request).unwrap()), Ok(request));
        let verdicts = vec![
            (ChangeHash([1; 32]), Verdict::Later { reason: Reason { code: "busy".into(), path: None } }),
            (ChangeHash([2; 32]), Verdict::Pending),
        ];
        let reply = frame(Reply::Verdicts { verdicts });
        assert_eq!(decode(&encode(&reply).unwrap()), Ok(reply));
    }

    #[test]
    fn who_asks_for_what_is_found_without_reading_the_body() {
        let found = |token: Option<&[u8]>, name: &str| {
            Some(Beginning { token: token.map(ByteBuf::from), name: Some(name.to_owned()) })
        };
        let large = encode(&frame(push(400, 4_000))).unwrap();
        assert_eq!(beginning(&large), found(Some(&[1, 2, 3]), "push"));
        assert_eq!(beginning(&large[..500]), found(Some(&[1, 2, 3]), "push"), "the rest may be missing");
        assert_eq!(
            beginning(&encode(&Frame { token: None, ..frame(push(1, 9)) }).unwrap()),
            found(None, "push")
        );
        let challenge = Request::Challenge { device: DeviceId([1; 16]) };
        assert_eq!(beginning(&encode(&frame(challenge)).unwrap()), found(Some(&[1, 2, 3]), "challenge"));
        let unnamed = encode(&frame(7)).unwrap();
        let token_alone = Beginning { token: Some(ByteBuf::from([1, 2, 3])), name: None };
        assert_eq!(beginning(&unnamed), Some(token_alone));
        assert_eq!(beginning(&pack(b"\xff\xff")), None);
        assert_eq!(beginning(b"no frame"), None);
        let mut late = vec![0xa2, 0x61, b'x', 0x5a, 0, 0, 0x20, 0];
        late.extend([0; 0x2000]);
        late.extend(b"\x65token\x43\x01\x02\x03");
        assert_eq!(beginning(&pack(&late)), None, "not behind whatever somebody puts before it");
    }

    #[test]
    fn a_message_over_the_limit_is_not_sent() {
        let too_long = frame(push(9, 1 << 20));
        assert_eq!(encode(&too_long), Err(FrameError::TooLarge { limit: limit::FRAME }));
    }

    #[test]
    fn a_zip_bomb_is_cut_off() {
        let bomb = pack(&vec![0; limit::FRAME * 16]);
        assert!(bomb.len() < limit::FRAME_PACKED);
        let error = decode::<Request>(&bomb).unwrap_err();
        assert_eq!(error, FrameError::TooLarge { limit: limit::FRAME });
        assert_eq!(error.problem(), Problem::TooLarge { limit: limit::FRAME as u64 });
    }

    #[test]
    fn a_frame_asking_for_a_huge_window_is_rejected() {
        let mut plain = Vec::new();
        ciborium::into_writer(&frame(push(1, 9)), &mut plain).unwrap();
        let packed = |window: u32| {
            let mut encoder = zstd::stream::write::Encoder::new(Vec::new(), 1).unwrap();
            encoder.window_log(window).unwrap();
            std::io::Write::write_all(&mut encoder, &plain).unwrap();
            encoder.finish().unwrap()
        };
        assert_eq!(decode(&packed(WINDOW_LOG)), Ok(frame(push(1, 9))));
        assert_eq!(decode::<Request>(&packed(WINDOW_LOG + 1)), Err(FrameError::Malformed));
    }

    #[test]
    fn an_overlong_body_is_not_unpacked() {
        let error = decode::<Request>(&vec![0; limit::FRAME_PACKED + 1]).unwrap_err();
        assert_eq!(error, FrameError::TooLarge { limit: limit::FRAME_PACKED });
    }

    #[test]
    fn a_changed_byte_is_noticed() {
        let sent = frame(push(3, 40));
        let packed = encode(&sent).unwrap();
        for at in 0..packed.len() {
            let mut damaged = packed.clone();
            damaged[at] ^= 0x55;
            let read = decode::<Request>(&damaged);
            assert!(read.is_err() || read == Ok(sent.clone()), "byte {at}");
        }
    }

    #[test]
    fn deep_nesting_is_rejected_without_overflowing_the_stack() {
        let nested = vec![0x81; 1 << 20];
        assert_eq!(decode::<Request>(&pack(&nested)), Err(FrameError::Malformed));
    }

    #[test]
    fn bytes_after_the_message_are_rejected() {
        let mut plain = Vec::new();
        ciborium::into_writer(&frame(push(0, 0)), &mut plain).unwrap();
        plain.push(0);
        assert_eq!(decode::<Request>(&pack(&plain)), Err(FrameError::Malformed));
    }

    #[test]
    fn another_protocol_is_named_even_if_its_message_is_unknown() {
        #[derive(Serialize)]
        struct Newer {
            protocol: u16,
            request: u64,
            body: &'static str,
        }
        let mut plain = Vec::new();
        ciborium::into_writer(&Newer { protocol: 9, request: 4, body: "?" }, &mut plain).unwrap();
        let error = decode::<Request>(&pack(&plain)).unwrap_err();
        assert_eq!(error, FrameError::Protocol { theirs: 9, request: 4 });
        assert_eq!(error.problem(), Problem::Protocol { min: PROTOCOL, max: PROTOCOL });
        assert_eq!(error.request(), 4);
    }

    #[test]
    fn a_field_this_build_does_not_know_is_skipped() {
        #[derive(Serialize)]
        struct Newer {
            protocol: u16,
            request: u64,
            colour: &'static str,
            body: Request,
        }
        let mut plain = Vec::new();
        let newer = Newer { protocol: PROTOCOL, request: 7, colour: "green", body: push(1, 3) };
        ciborium::into_writer(&newer, &mut plain).unwrap();
        assert_eq!(decode::<Request>(&pack(&plain)).unwrap().body, push(1, 3));
    }

    proptest! {
        #[test]
        fn garbage_never_panics(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            let _ = decode::<Request>(&bytes);
            let _ = decode::<Reply>(&pack(&bytes));
        }

        #[test]
        fn a_damaged_frame_never_panics(at in 0usize..400, bit in 0u8..8, cut in 0usize..400) {
            let mut plain = Vec::new();
            ciborium::into_writer(&frame(push(2, 40)), &mut plain).unwrap();
            let at = at % plain.len();
            plain[at] ^= 1 << bit;
            let cut = plain.len() - cut % plain.len();
            let _ = decode::<Request>(&pack(&plain[..cut]));
            let mut packed = pack(&plain);
            let at = at % packed.len();
            packed[at] ^= 1 << bit;
            let _ = decode::<Request>(&packed);
        }
    }
}
