//! The six kinds of field records and what is fixed about each.

use serde::{Deserialize, Serialize};

/// What a field record is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "uniffi", derive(uniffi::Enum))]
pub enum Kind {
    /// A home 房屋.
    Home,
    /// A person of a household 住户.
    Resident,
    /// A call, visit, message or meeting 沟通记录.
    Contact,
    /// One walk through a checklist 巡视.
    Round,
    /// Anything that follows a workflow: work order, complaint, renovation 工单.
    Case,
    /// A row of any register, a snooze, a rain day: form + fields + events.
    Entry,
}

/// The version of a kind's genesis. A new version is a new genesis, so it is part of every record's identity.
pub type KindVersion = u16;

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 6] =
        [Self::Home, Self::Resident, Self::Contact, Self::Round, Self::Case, Self::Entry];

    /// The newest genesis version this build knows.
    pub const VERSION: KindVersion = 1;

    /// The stable name, used in formats and as the first part of term keys.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Home => "home",
            Self::Resident => "resident",
            Self::Contact => "contact",
            Self::Round => "round",
            Self::Case => "case",
            Self::Entry => "entry",
        }
    }

    /// The kind of that [`Self::name`].
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// Text objects made by the genesis: they merge character by character. Every other path is a scalar.
    /// Fixed per kind version: automerge hides one side of objects created concurrently.
    #[must_use]
    pub const fn texts(self) -> &'static [&'static str] {
        &["note"]
    }

    /// Fields that may be written once, by the record's first edit: they decide where a record belongs
    /// and which procedure runs it, so no later edit may change them.
    #[must_use]
    pub const fn write_once(self) -> &'static [&'static str] {
        match self {
            Self::Home | Self::Contact => &["place"],
            Self::Resident => &["place", "home"],
            Self::Round => &["place", "playbook", "version", "due", "stops"],
            Self::Case => &["place", "playbook", "version"],
            Self::Entry => &["place", "form", "version"],
        }
    }

    /// Whether every record of this kind is about a person, whatever its fields say: the office notes who reads them.
    #[must_use]
    pub const fn is_personal(self) -> bool {
        matches!(self, Self::Resident | Self::Contact)
    }
}
