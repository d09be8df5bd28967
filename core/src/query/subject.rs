//! What a question is about: kinds of subjects, single subjects, values of their fields.

use serde::{Deserialize, Serialize};

use crate::model::{GridId, Kind, PlaceId, RecordId, Value};

/// What a procedure, a rule or an entry is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "uniffi", derive(uniffi::Enum))]
pub enum SubjectKind {
    /// A home.
    Home,
    /// A person.
    Resident,
    /// A case (a work order).
    Case,
    /// A row of a register.
    Entry,
    /// A contact.
    Contact,
    /// A building or public spot.
    Place,
    /// A grid.
    Grid,
    /// The whole community.
    Community,
}

impl SubjectKind {
    /// The subject that is a record of that kind; `None` for rounds, which nothing is about.
    #[must_use]
    pub const fn of(kind: Kind) -> Option<Self> {
        match kind {
            Kind::Home => Some(Self::Home),
            Kind::Resident => Some(Self::Resident),
            Kind::Case => Some(Self::Case),
            Kind::Entry => Some(Self::Entry),
            Kind::Contact => Some(Self::Contact),
            Kind::Round => None,
        }
    }

    /// Its name, as playbooks write it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Home => "home",
            Self::Resident => "resident",
            Self::Case => "case",
            Self::Entry => "entry",
            Self::Contact => "contact",
            Self::Place => "place",
            Self::Grid => "grid",
            Self::Community => "community",
        }
    }

    /// The kind of field record it is; `None` for what the office's tables hold.
    #[must_use]
    pub const fn record(self) -> Option<Kind> {
        match self {
            Self::Home => Some(Kind::Home),
            Self::Resident => Some(Kind::Resident),
            Self::Case => Some(Kind::Case),
            Self::Entry => Some(Kind::Entry),
            Self::Contact => Some(Kind::Contact),
            Self::Place | Self::Grid | Self::Community => None,
        }
    }
}

/// One subject.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "uniffi", derive(uniffi::Enum))]
pub enum SubjectId {
    /// A field record.
    Record(RecordId),
    /// A building or spot.
    Place(PlaceId),
    /// A grid.
    Grid(GridId),
    /// The community.
    Community,
}

/// A field with one of some values.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FieldFilter {
    /// The field's path.
    pub path: String,
    /// Any of these; empty: any value at all.
    #[serde(default)]
    pub is: Vec<Value>,
}

impl FieldFilter {
    /// A field that has a value, whichever.
    #[must_use]
    pub fn present(path: impl Into<String>) -> Self {
        Self { path: path.into(), is: Vec::new() }
    }

    /// Whether a value is among those named; with none named: whether there is a value at all.
    #[must_use]
    pub fn matches(&self, value: Option<&Value>) -> bool {
        value.is_some_and(|value| self.is.is_empty() || self.is.contains(value))
    }
}
