//! The way to a value in a file, to find the line to blame.

use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// A step of a [`Path`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum PathSegment<'p> {
    Key(&'p str),
    Index(usize),
}

/// The keys and positions that lead to a value, from the top of its file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Path<'p>(Vec<PathSegment<'p>>);

impl<'p> Path<'p> {
    /// The top of a file.
    pub fn top() -> Self {
        Self::default()
    }

    /// The value of a key.
    pub fn key(&self, key: &'p str) -> Self {
        self.then(PathSegment::Key(key))
    }

    /// The value of a key in a table in a table …
    pub fn keys<const N: usize>(&self, keys: [&'p str; N]) -> Self {
        keys.into_iter().fold(self.clone(), |path, key| path.key(key))
    }

    /// A value of a list.
    pub fn index(&self, index: usize) -> Self {
        self.then(PathSegment::Index(index))
    }

    fn then(&self, segment: PathSegment<'p>) -> Self {
        let mut path = self.clone();
        path.0.push(segment);
        path
    }

    /// The line, from 1, of the deepest part of the path that is in the text.
    pub fn line(&self, text: &str) -> Option<usize> {
        let table = DeTable::parse(text).ok()?;
        locate(&table, &self.0).map(|start| line_of(text, start))
    }
}

/// The line, from 1, of a place in a text.
pub(super) fn line_of(text: &str, offset: usize) -> usize {
    text.bytes().take(offset).filter(|byte| *byte == b'\n').count() + 1
}

fn locate(table: &Spanned<DeTable<'_>>, path: &[PathSegment<'_>]) -> Option<usize> {
    let Some((PathSegment::Key(key), rest)) = path.split_first() else { return None };
    let (name, value) = table.get_ref().iter().find(|(name, _)| name.get_ref() == *key)?;
    Some(locate_value(value, rest).unwrap_or_else(|| name.span().start))
}

fn locate_value(value: &Spanned<DeValue<'_>>, path: &[PathSegment<'_>]) -> Option<usize> {
    let (first, rest) = path.split_first()?;
    match (first, value.get_ref()) {
        (PathSegment::Key(key), DeValue::Table(table)) => {
            let (name, value) = table.iter().find(|(name, _)| name.get_ref() == *key)?;
            Some(locate_value(value, rest).unwrap_or_else(|| name.span().start))
        }
        (PathSegment::Index(index), DeValue::Array(items)) => {
            let item = items.get(*index)?;
            Some(locate_value(item, rest).unwrap_or_else(|| first_key(item)))
        }
        _ => None,
    }
}

/// The first written thing of a table, its own place otherwise: `[[step]]` is reported at its first line.
fn first_key(item: &Spanned<DeValue<'_>>) -> usize {
    match item.get_ref() {
        DeValue::Table(table) => {
            table.keys().map(|name| name.span().start).min().unwrap_or_else(|| item.span().start)
        }
        _ => item.span().start,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_leads_to_the_deepest_line_that_is_there() {
        let text = "id = \"a\"\n\n[[step]]\nid = \"b\"\nroles = [\n  \"c\",\n  \"d\",\n]\n";
        let step = Path::top().key("step").index(0);
        for (path, line) in [
            (Path::top().key("id"), Some(1)),
            (step.clone(), Some(4)),
            (step.keys(["label", "zh"]), Some(4)),
            (step.key("roles").index(1), Some(7)),
            (step.key("roles").index(2), Some(5)),
            (Path::top().key("nothing"), None),
            (Path::top(), None),
        ] {
            assert_eq!(path.line(text), line, "{path:?}");
        }
    }
}
