//! Who changed what from what to what, and when?

use std::collections::HashMap;

use super::Document;
use super::ops::{FlatOp, OpId, decode, raw_actor};
use crate::model::{ActorId, ChangeHash, Stamp, Value};

/// One change as a person reads it.
#[derive(Debug, Clone, PartialEq)]
pub struct HistoryEntry {
    /// The change.
    pub change: ChangeHash,
    /// Who and when ([`Stamp::estimated`] for office time).
    pub stamp: Stamp,
    /// Its actor; names the device.
    pub actor: ActorId,
    /// Scalar fields, by path.
    pub fields: Vec<FieldChange>,
    /// Texts, by path.
    pub texts: Vec<TextChange>,
}

/// What one change did to one field.
#[derive(Debug, Clone, PartialEq)]
pub struct FieldChange {
    /// Path of the field.
    pub path: String,
    /// The values its author saw and replaced; several when the field was in conflict, none when it was empty.
    pub from: Vec<Value>,
    /// The value written; `None` when the field was cleared.
    pub to: Option<Value>,
}

/// What one change did to one text, as its author saw it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TextChange {
    /// Path of the field.
    pub path: String,
    /// Before.
    pub from: String,
    /// After.
    pub to: String,
}

impl Document {
    /// Every change but the genesis and what only joined others, in the order of [`Self::changes`].
    #[must_use]
    pub fn history(&self) -> Vec<HistoryEntry> {
        // What each writing operation wrote, so that an operation replacing it can say so.
        let mut written: HashMap<OpId, Value> = HashMap::new();
        let mut entries = Vec::new();
        for info in self.changes() {
            // What is in a document passed the gate, or was made here: it can be decoded.
            let ops = decode(info.change(), self.texts()).unwrap_or_default();
            let actor = raw_actor(info.actor);
            let mut fields: Vec<FieldChange> = Vec::new();
            let mut texts: Vec<TextChange> = Vec::new();
            for (op, counter) in ops.into_iter().zip(info.start_op..) {
                let (path, replaces, to) = match op {
                    FlatOp::Put { path, value, replaces } => (path, replaces, Some(value)),
                    FlatOp::Clear { path, replaces } => (path, replaces, None),
                    FlatOp::Insert { text, .. } | FlatOp::Remove { text, .. } => {
                        if !texts.iter().any(|change| change.path == text) {
                            texts.push(self.text_change(text, &info.deps, info.hash));
                        }
                        continue;
                    }
                };
                match fields.iter_mut().find(|change| change.path == path) {
                    // Written twice in one change: what counts is what it replaced first and left last.
                    Some(change) => change.to.clone_from(&to),
                    None => {
                        let from = replaces.iter().filter_map(|id| written.get(id).cloned()).collect();
                        fields.push(FieldChange { path, from, to: to.clone() });
                    }
                }
                if let Some(value) = to {
                    written.insert(OpId::new(counter, &actor), value);
                }
            }
            if info.stamp.joins() {
                continue;
            }
            fields.sort_by(|a, b| a.path.cmp(&b.path));
            entries.push(HistoryEntry {
                change: info.hash,
                stamp: info.stamp,
                actor: info.actor,
                fields,
                texts,
            });
        }
        entries
    }

    fn text_change(&self, text: &str, deps: &[ChangeHash], change: ChangeHash) -> TextChange {
        let object = self.texts().object(text);
        let [from, to] = [deps, &[change]].map(|heads| self.view(Some(heads)).text(object.clone()));
        TextChange { path: text.to_owned(), from, to }
    }
}

#[cfg(test)]
mod tests {
    use crate::crdt::testing::{actor, empty, stamp};
    use crate::model::{Edit, Kind, Value};

    #[test]
    fn it_says_from_what_to_what() {
        let mut document = empty(Kind::Home);
        let first =
            document.author(actor(1), &stamp("zhang.li", 1), &Edit::new().put("layout", "三室两厅")).unwrap();
        let edit = Edit::new().put("layout", "两室一厅").splice("note", 0, 0, "有狗，按铃");
        document.author(actor(1), &stamp("zhang.li", 2), &edit).unwrap();
        let edit = Edit::new().put("layout", "四室").splice("note", 0, 0, "东户");
        document.author_at(&[first.hash], actor(2), &stamp("wang.fang", 3), &edit).unwrap();
        let edit = Edit::new().clear("layout").splice("note", 0, 1, "");
        document.author(actor(1), &stamp("zhang.li", 4), &edit).unwrap();

        let history = document.history();
        let line = |index: usize| {
            let entry = &history[index];
            (entry.stamp.staff.as_str(), entry.stamp.at.millis(), entry.fields.clone(), entry.texts.clone())
        };
        let (who, when, fields, texts) = line(0);
        assert_eq!((who, when, fields[0].from.len(), texts.len()), ("zhang.li", 1, 0, 0));
        let middle = history[1..3].iter().map(|entry| entry.fields[0].from.clone());
        assert!(middle.into_iter().all(|from| from == ["三室两厅".into()]));
        let (_, _, fields, texts) = line(3);
        let mut from = fields[0].from.clone();
        from.sort_by_key(|value| value.as_text().map(str::to_owned));
        assert_eq!((from, fields[0].to.clone()), (vec![Value::from("两室一厅"), "四室".into()], None));
        assert_eq!(texts[0].from.chars().count(), texts[0].to.chars().count() + 1);
    }
}
