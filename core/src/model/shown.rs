//! What a screen showed, as a token that goes back with the edit.

use std::fmt;
use std::str::FromStr;

use super::{ChangeHash, IdError, Record, RecordId};

/// A record as a screen showed it. An app takes it from the row or the details it draws and hands it back with the edit;
/// it reads nothing out of it. As text it survives the app: `record.head.head`, each in hexadecimal.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Shown {
    /// The record.
    pub record: RecordId,
    /// The changes it was read at, ascending.
    pub heads: Vec<ChangeHash>,
}

impl Shown {
    /// A record as somebody read it who had seen `heads` and what they build on.
    #[must_use]
    pub fn new(record: RecordId, mut heads: Vec<ChangeHash>) -> Self {
        heads.sort_unstable();
        heads.dedup();
        Self { record, heads }
    }
}

impl Record {
    /// What a screen shows that draws this record.
    #[must_use]
    pub fn shown(&self) -> Shown {
        Shown::new(self.id, self.heads.clone())
    }
}

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.record.fmt(f)?;
        self.heads.iter().try_for_each(|head| write!(f, ".{head}"))
    }
}

impl FromStr for Shown {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        let invalid = |_| IdError { expected: "shown" };
        let mut parts = text.split('.');
        let record = parts.next().unwrap_or_default().parse().map_err(invalid)?;
        let heads = parts.map(|head| head.parse().map_err(invalid)).collect::<Result<_, _>>()?;
        Ok(Self::new(record, heads))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_shown_survives_as_text_and_nothing_else_is_taken_for_it() {
        let shown = Shown::new(RecordId([7; 16]), vec![ChangeHash([2; 32]), ChangeHash([1; 32])]);
        let text = shown.to_string();
        assert_eq!(text.parse(), Ok(shown));
        for bad in ["", "王小明", &text[1..], &text[..text.len() - 1], &format!("{text}."), "07.01"] {
            assert_eq!(bad.parse::<Shown>(), Err(IdError { expected: "shown" }), "{bad}");
        }
    }
}
