//! Every identifier, as its own type. Apps never invent or parse one.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use sha2::{Digest, Sha256};

use super::Kind;

/// A text that is not an identifier of the expected type. The text itself is not repeated: it may be
/// somebody's name typed into the wrong field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a valid {expected} identifier")]
pub struct IdError {
    /// Which identifier was expected.
    pub expected: &'static str,
}

const HEX: &[u8; 16] = b"0123456789abcdef";

/// Identifiers of fixed bytes, written in lower-case hexadecimal where a person or a path sees them.
macro_rules! byte_id {
    ($(#[$doc:meta])* $name:ident, $len:literal, $what:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub [u8; $len]);

        impl $name {
            /// Length in bytes.
            pub const LEN: usize = $len;

            /// The bytes.
            #[must_use]
            pub const fn as_bytes(&self) -> &[u8; $len] {
                &self.0
            }

            /// Reads the identifier from exactly [`Self::LEN`] bytes.
            ///
            /// # Errors
            /// [`IdError`] for any other length.
            pub fn from_slice(bytes: &[u8]) -> Result<Self, IdError> {
                bytes.try_into().map(Self).map_err(|_| IdError { expected: $what })
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                let mut hex = [0; $len * 2];
                for (pair, byte) in hex.chunks_exact_mut(2).zip(self.0) {
                    pair[0] = HEX[usize::from(byte >> 4)];
                    pair[1] = HEX[usize::from(byte & 15)];
                }
                f.write_str(std::str::from_utf8(&hex).map_err(|_| fmt::Error)?)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({self})", stringify!($name))
            }
        }

        impl FromStr for $name {
            type Err = IdError;

            fn from_str(text: &str) -> Result<Self, IdError> {
                let invalid = IdError { expected: $what };
                let digits = text.as_bytes();
                if digits.len() != $len * 2 {
                    return Err(invalid);
                }
                let mut bytes = [0; $len];
                for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
                    let pair = std::str::from_utf8(pair).map_err(|_| invalid)?;
                    if pair.starts_with('+') {
                        return Err(invalid);
                    }
                    *byte = u8::from_str_radix(pair, 16).map_err(|_| invalid)?;
                }
                Ok(Self(bytes))
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                if serializer.is_human_readable() {
                    serializer.collect_str(self)
                } else {
                    serializer.serialize_bytes(&self.0)
                }
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                if deserializer.is_human_readable() {
                    let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
                    text.parse().map_err(serde::de::Error::custom)
                } else {
                    let bytes = serde_bytes::ByteBuf::deserialize(deserializer)?;
                    Self::from_slice(&bytes).map_err(serde::de::Error::custom)
                }
            }
        }
    };
}

/// Identifiers given by the office as short ASCII text (`staff.zhangli`, `grid-1`, `3/2`).
macro_rules! text_id {
    ($(#[$doc:meta])* $name:ident, $what:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// The longest identifier, in bytes.
            pub const MAX: usize = 64;

            /// Checks the text: 1 to [`Self::MAX`] of `a-z A-Z 0-9 . _ - /`.
            ///
            /// # Errors
            /// [`IdError`] for anything else.
            pub fn new(text: impl Into<String>) -> Result<Self, IdError> {
                let text = text.into();
                let allowed = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-' | b'/');
                if text.is_empty() || text.len() > Self::MAX || !text.bytes().all(allowed) {
                    return Err(IdError { expected: $what });
                }
                Ok(Self(text))
            }

            /// The text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl TryFrom<String> for $name {
            type Error = IdError;
            fn try_from(text: String) -> Result<Self, IdError> {
                Self::new(text)
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> String {
                id.0
            }
        }

        impl FromStr for $name {
            type Err = IdError;
            fn from_str(text: &str) -> Result<Self, IdError> {
                Self::new(text)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

byte_id!(
    /// One field record: a UUID. Random, but for what is imported: the id of a home is
    /// UUIDv5(community, normalised location), so that two imports mean the same home.
    RecordId, 16, "record"
);
byte_id!(
    /// One device: the first 16 bytes of SHA-256 over its Ed25519 public key.
    DeviceId, 16, "device"
);
byte_id!(
    /// One automerge actor: the device id followed by 8 random bytes, so that the office can check
    /// that an actor belongs to a device, and a device can take a new actor whenever it must.
    ActorId, 24, "actor"
);
byte_id!(
    /// SHA-256 of one automerge change chunk, as automerge defines it.
    ChangeHash, 32, "change"
);
byte_id!(
    /// One event of a case, round or entry: random, survives re-authoring.
    EventId, 16, "event"
);
byte_id!(
    /// One part of a record's set (`phone/<id>`): random, or derived from its meaning by an import.
    PartId, 16, "part"
);
byte_id!(
    /// One photo or other attachment: SHA-256 of its plain bytes.
    PhotoId, 32, "photo"
);
byte_id!(
    /// One life of an office database; new after every restore.
    Generation, 16, "generation"
);
byte_id!(
    /// The Ed25519 public key an office signs its sets of playbooks with.
    OfficePublic, 32, "office key"
);
byte_id!(
    /// One playbook file: SHA-256 over it, byte for byte.
    PlaybookHash, 32, "playbook"
);
byte_id!(
    /// One version of a playbook: the first 16 bytes of SHA-256 over its file, byte for byte. A record keeps
    /// the version it was opened under.
    PlaybookVersion, 16, "playbook version"
);
byte_id!(
    /// One due item: derived from its rule, subject and period or trigger, so that every phone finds the same.
    DueId, 16, "due item"
);

byte_id!(
    /// One form handed in: random, drawn when the form opens, the same however often it is handed in.
    SubmissionId, 16, "submission"
);

/// What a user did once, however often it was re-authored: the hash of the change that first carried it.
pub type EditId = ChangeHash;

text_id!(
    /// One member of staff, as the office names them.
    StaffId, "staff"
);
text_id!(
    /// A role of the `roles` playbook (`butler`, `supervisor` …).
    RoleId, "role"
);
text_id!(
    /// A grid (网格): the unit of responsibility and of data access.
    GridId, "grid"
);
text_id!(
    /// A building, unit or public spot. Which grids it lies in is decided by the office alone.
    PlaceId, "place"
);
text_id!(
    /// A residential community (小区).
    CommunityId, "community"
);
text_id!(
    /// The kind of a record as a peer names it. One that a newer app writes is carried and waits; it makes nothing
    /// unreadable.
    KindName, "kind"
);

impl PlaceId {
    /// Whether it is that place, or lies within it: the ids of places within begin with `<place>/`.
    #[must_use]
    pub fn is_within(&self, whole: &Self) -> bool {
        let rest = self.0.strip_prefix(&whole.0);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }
}

impl KindName {
    /// The kind, if this app knows it.
    #[must_use]
    pub fn known(&self) -> Option<Kind> {
        Kind::from_name(&self.0)
    }
}

impl From<Kind> for KindName {
    fn from(kind: Kind) -> Self {
        Self(kind.name().to_owned())
    }
}

impl PlaybookHash {
    /// The hash of a file's text.
    #[must_use]
    pub fn of(text: &str) -> Self {
        Self(Sha256::digest(text.as_bytes()).into())
    }

    /// The version a record keeps of it.
    #[must_use]
    pub fn version(&self) -> PlaybookVersion {
        let mut version = [0; PlaybookVersion::LEN];
        version.copy_from_slice(&self.0[..PlaybookVersion::LEN]);
        PlaybookVersion(version)
    }
}

impl ActorId {
    /// The actor of `device` with the random `suffix` of one incarnation.
    #[must_use]
    pub fn new(device: DeviceId, suffix: [u8; 8]) -> Self {
        let mut bytes = [0; 24];
        bytes[..16].copy_from_slice(&device.0);
        bytes[16..].copy_from_slice(&suffix);
        Self(bytes)
    }

    /// The device this actor belongs to.
    #[must_use]
    pub fn device(&self) -> DeviceId {
        let mut bytes = [0; 16];
        bytes.copy_from_slice(&self.0[..16]);
        DeviceId(bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn byte_ids_survive_text() {
        let id = EventId([0xab; 16]);
        assert_eq!(id.to_string().parse(), Ok(id));
        for bad in ["", "ab", "zz00000000000000000000000000000000", "+b000000000000000000000000000000b"] {
            assert_eq!(bad.parse::<EventId>(), Err(IdError { expected: "event" }), "{bad}");
        }
    }

    #[test]
    fn text_ids_reject_names_and_spaces() {
        for bad in ["", "王小明", "a b", "x;y"] {
            assert!(StaffId::new(bad).is_err(), "{bad}");
        }
        assert!(StaffId::new("a".repeat(65)).is_err());
        assert!(GridId::new("jinse/grid-1").is_ok());
    }

    #[test]
    fn an_actor_names_its_device() {
        let device = DeviceId([7; 16]);
        assert_eq!(ActorId::new(device, [1; 8]).device(), device);
    }
}
