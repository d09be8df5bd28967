//! A word of a list a company adds to.

use super::fields::Type;
use super::{Label, Scalar, Touch, Value};

/// A word of a list that a company adds to: what is stored, and what people call it. A word that no list has, of a newer
/// set or one no longer in force, is called as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct ListedWord {
    /// What is stored: a code of [`super::choice`], or a company's own.
    pub code: String,
    /// What people call it.
    pub label: Label,
}

impl ListedWord {
    /// Whether it is this word.
    #[must_use]
    pub fn is(&self, code: &str) -> bool {
        self.code == code
    }
}

impl From<&str> for ListedWord {
    fn from(code: &str) -> Self {
        Self { code: code.to_owned(), label: Label::same(code) }
    }
}

impl From<&str> for Touch<ListedWord> {
    fn from(code: &str) -> Self {
        Self::Set(code.into())
    }
}

impl Scalar for ListedWord {
    const TYPE: Type = Type::Code;

    fn read(value: &Value) -> Option<Self> {
        value.as_text().map(Self::from)
    }
    fn write(self) -> Value {
        self.code.into()
    }
    fn as_word(&mut self) -> Option<&mut ListedWord> {
        Some(self)
    }
}
