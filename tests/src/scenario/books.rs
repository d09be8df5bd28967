//! The playbooks a scenario runs under: the embedded ones, or those of a folder laid over them, whole or changed.

use std::collections::BTreeMap;
use std::path::Path;

use butler_core::playbook::{PlaybookFile, Playbooks};

use super::file::{Change, Scenario};

/// A set of playbooks by their texts.
#[derive(Debug, Clone)]
pub struct Books {
    /// Every file's text by its name below the folder.
    texts: BTreeMap<String, String>,
    /// The names of those the office publishes; the others are embedded.
    published: Vec<String>,
}

impl Books {
    /// The embedded playbooks, whose source is `folder`: nothing is published, so nothing is judged.
    ///
    /// # Errors
    /// What cannot be read.
    pub fn embedded(folder: &Path) -> Result<Self, String> {
        Ok(Self { texts: texts(folder)?, published: Vec::new() })
    }

    /// The playbooks of a folder; the office publishes those that are not embedded just so.
    ///
    /// # Errors
    /// What cannot be read.
    pub fn company(folder: &Path) -> Result<Self, String> {
        let texts = texts(folder)?;
        let embedded: Vec<PlaybookFile> = Playbooks::embedded_files();
        let known = |text: &String| embedded.iter().any(|file| file.current && file.text == *text);
        let new = texts.iter().filter(|(_, text)| !known(text));
        Ok(Self { published: new.map(|(name, _)| name.clone()).collect(), texts })
    }

    /// The set with the company's own files of a scenario; those that are there already stay as they are.
    #[must_use]
    pub fn of(&self, scenario: &Scenario) -> Self {
        let own =
            scenario.company.iter().map(|own| &own.row).filter(|own| !self.texts.contains_key(&own.file));
        own.fold(self.clone(), |books, own| books.with(&own.file, own.text.clone()))
    }

    /// The set with one text changed; that file is published.
    ///
    /// # Errors
    /// Why the change cannot be made.
    pub fn changed(&self, change: &Change) -> Result<Self, String> {
        let Change { file, replace, by, occurrence } = change;
        let text = self.texts.get(file).ok_or_else(|| {
            let near = self.texts.keys().find(|name| name.ends_with(file.as_str()));
            let hint = near.map_or_else(String::new, |near| format!("; `{near}` was meant?"));
            format!("there is no playbook file `{file}`{hint}")
        })?;
        let places: Vec<usize> = text.match_indices(replace.as_str()).map(|(at, _)| at).collect();
        let at = match (places.as_slice(), occurrence) {
            (_, None) if replace.is_empty() => return Err("the replaced text is empty".to_owned()),
            ([], _) => return Err(format!("`{replace}` does not stand in {file}")),
            ([at], None) => *at,
            (places, None) => {
                let count = places.len();
                return Err(format!(
                    "`{replace}` stands {count} times in {file}: say which, `occurrence = 1`"
                ));
            }
            (places, Some(number)) => *places
                .get(number.wrapping_sub(1))
                .ok_or_else(|| format!("`{replace}` stands {} times in {file}", places.len()))?,
        };
        let mut changed = text.clone();
        changed.replace_range(at..at + replace.len(), by);
        if changed == *text {
            return Err("the change changes nothing".to_owned());
        }
        Ok(self.with(file, changed))
    }

    /// The set in which nothing is required any more: every question may be left unanswered.
    #[must_use]
    pub fn without_required(&self) -> Self {
        let mut changed = self.clone();
        // Putting something off without saying until when would be no valid set.
        for (name, text) in self.texts.iter().filter(|(_, text)| !text.contains("answers_due = \"snooze\"")) {
            // Rows that a sum adds up are found by a date each of them has, and so is one that is given once.
            let kept = ["dated = ", "once = "].iter().any(|by_date| text.contains(by_date));
            let mut above = "";
            let lines = text.lines().filter(|line| !line.starts_with("required_when")).map(|line| {
                if kept && std::mem::replace(&mut above, line) == "type = \"date\"" {
                    return line.to_owned();
                }
                line.replace("required = true", "required = false")
                    .replace("photo = \"always\"", "photo = \"never\"")
                    .replace("photo = \"on_fail\"", "photo = \"never\"")
            });
            let lax = lines.collect::<Vec<_>>().join("\n");
            if lax != text.trim_end() {
                changed = changed.with(name, lax);
            }
        }
        changed
    }

    fn with(&self, file: &str, text: String) -> Self {
        let mut changed = self.clone();
        if !changed.published.iter().any(|name| name == file) {
            changed.published.push(file.to_owned());
        }
        changed.texts.insert(file.to_owned(), text);
        changed
    }

    /// The files the office publishes.
    #[must_use]
    pub fn files(&self) -> Vec<PlaybookFile> {
        let file = |name: &String| PlaybookFile {
            name: name.clone(),
            text: self.texts.get(name).cloned().unwrap_or_default(),
            current: true,
        };
        self.published.iter().map(file).collect()
    }
}

fn texts(folder: &Path) -> Result<BTreeMap<String, String>, String> {
    let mut texts = BTreeMap::new();
    let mut open = vec![folder.to_owned()];
    while let Some(here) = open.pop() {
        let unreadable = |error: std::io::Error| format!("{} cannot be read: {error}", here.display());
        for entry in std::fs::read_dir(&here).map_err(unreadable)? {
            let path = entry.map_err(unreadable)?.path();
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|extension| extension == "toml") {
                let name = path.strip_prefix(folder).unwrap_or(&path).to_string_lossy().replace('\\', "/");
                texts.insert(name, std::fs::read_to_string(&path).map_err(unreadable)?);
            }
        }
    }
    if texts.is_empty() {
        return Err(format!("there are no playbooks in {}", folder.display()));
    }
    Ok(texts)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn books() -> Books {
        let texts = BTreeMap::from([(
            "a/b.toml".to_owned(),
            "one\nrequired = true\ntwo\nrequired = true\n".to_owned(),
        )]);
        Books { texts, published: Vec::new() }
    }

    fn change(file: &str, replace: &str, by: &str, occurrence: Option<usize>) -> Change {
        Change { file: file.into(), replace: replace.into(), by: by.into(), occurrence }
    }

    #[test]
    fn a_change_must_mean_one_place_of_a_file_there_is() {
        for (change, said) in [
            (change("b.toml", "one", "x", None), "there is no playbook file `b.toml`; `a/b.toml` was meant?"),
            (change("a/b.toml", "three", "x", None), "`three` does not stand in a/b.toml"),
            (
                change("a/b.toml", "required = true", "x", None),
                "`required = true` stands 2 times in a/b.toml: say which, `occurrence = 1`",
            ),
            (
                change("a/b.toml", "required = true", "x", Some(3)),
                "`required = true` stands 2 times in a/b.toml",
            ),
            (change("a/b.toml", "one", "one", None), "the change changes nothing"),
        ] {
            assert_eq!(books().changed(&change).unwrap_err(), said);
        }
        let second = change("a/b.toml", "required = true", "required = false", Some(2));
        let files = books().changed(&second).unwrap().files();
        assert_eq!(files.len(), 1, "only what changed is published");
        assert_eq!(files[0].text, "one\nrequired = true\ntwo\nrequired = false\n");
    }

    #[test]
    fn nothing_is_required_where_all_is_lax() {
        let files = books().without_required().files();
        assert!(!files[0].text.contains("true"));
    }
}
