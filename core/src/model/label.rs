//! Words a person reads, in both languages.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::fields::FieldSpec;

/// A language of the product.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Language {
    /// 简体中文, the authoritative one.
    Zh,
    /// English.
    En,
}

/// A text in both languages; neither may be left out or empty.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct Label {
    /// 简体中文, the authoritative text.
    pub zh: String,
    /// English.
    pub en: String,
}

impl Label {
    /// Longest text with placeholders, in characters.
    pub const MOST_TEMPLATE: usize = 500;
    /// Longest text that is filled in for one of them, in characters; of a longer one the beginning is shown.
    const MOST_FILLED: usize = 200;

    /// A label of two texts.
    #[must_use]
    pub fn new(zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self { zh: zh.into(), en: en.into() }
    }

    /// What a field is called, as a question or a heading.
    #[must_use]
    pub fn of_field(spec: &FieldSpec) -> Self {
        let mut en = spec.en.chars();
        let first = en.next().into_iter().flat_map(char::to_uppercase);
        Self::new(spec.zh, first.chain(en).collect::<String>())
    }

    /// The text in a language.
    #[must_use]
    pub fn text(&self, language: Language) -> &str {
        match language {
            Language::Zh => &self.zh,
            Language::En => &self.en,
        }
    }

    /// What reads the same in both languages: a name, a number, a day.
    pub fn same(text: impl Into<String>) -> Self {
        let zh = text.into();
        Self { en: zh.clone(), zh }
    }

    /// The label with `{name}` replaced in both languages. A placeholder without a value reads as `–`.
    #[must_use]
    pub fn fill(&self, values: &BTreeMap<&str, Label>) -> Self {
        let fill = |text: &str, language| {
            let mut out = String::with_capacity(text.len());
            let mut rest = text;
            while let Some((before, after)) = rest.split_once('{') {
                out.push_str(before);
                let Some((name, after)) = after.split_once('}') else {
                    out.push('{');
                    rest = after;
                    continue;
                };
                let value = values.get(name).map_or("–", |value| value.text(language));
                match value.char_indices().nth(Self::MOST_FILLED) {
                    Some((end, _)) => {
                        out.push_str(&value[..end]);
                        out.push('…');
                    }
                    None => out.push_str(value),
                }
                rest = after;
            }
            out.push_str(rest);
            out
        };
        Self { zh: fill(&self.zh, Language::Zh), en: fill(&self.en, Language::En) }
    }

    /// The names between braces, of both languages.
    pub(crate) fn placeholders(&self) -> impl Iterator<Item = &str> {
        [&self.zh, &self.en].into_iter().flat_map(|text| {
            text.split('{').skip(1).filter_map(|part| part.split_once('}').map(|(name, _)| name))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_are_filled_in_both_languages() {
        let why = Label::new("{home} 已入住满 {n} 个月", "{home} moved in {n} months ago");
        let filled = why.fill(&BTreeMap::from([("home", Label::new("3-2-501", "3-2-501"))]));
        assert_eq!(filled.zh, "3-2-501 已入住满 – 个月");
        assert_eq!(filled.en, "3-2-501 moved in – months ago");
        assert_eq!(Label::new("a{b", "{").fill(&BTreeMap::new()), Label::new("a{b", "{"));
    }
}
