//! The scalar a field holds.

use serde::{Deserialize, Serialize};

/// One scalar. Dates are text (`2026-11-22`), moments are milliseconds in `Int`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Enum))]
pub enum Value {
    /// True or false.
    Bool(bool),
    /// A whole number; also moments (milliseconds).
    Int(i64),
    /// A measured number.
    Real(f64),
    /// Text, choices, dates, identifiers, encoded events.
    Text(String),
}

impl Value {
    /// The text, if it is one.
    #[must_use]
    pub fn as_text(&self) -> Option<&str> {
        if let Self::Text(text) = self { Some(text) } else { None }
    }

    /// The whole number, if it is one.
    #[must_use]
    pub fn as_int(&self) -> Option<i64> {
        if let Self::Int(int) = self { Some(*int) } else { None }
    }

    /// The number, whole or measured.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "numbers of a household are far below 2^53")]
    pub fn as_real(&self) -> Option<f64> {
        match self {
            Self::Real(real) => Some(*real),
            Self::Int(int) => Some(*int as f64),
            Self::Bool(_) | Self::Text(_) => None,
        }
    }

    /// True or false, if it is one of them.
    #[must_use]
    pub fn as_bool(&self) -> Option<bool> {
        if let Self::Bool(flag) = self { Some(*flag) } else { None }
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}
impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}
impl From<bool> for Value {
    fn from(flag: bool) -> Self {
        Self::Bool(flag)
    }
}
impl From<i64> for Value {
    fn from(int: i64) -> Self {
        Self::Int(int)
    }
}
impl From<f64> for Value {
    fn from(real: f64) -> Self {
        Self::Real(real)
    }
}
