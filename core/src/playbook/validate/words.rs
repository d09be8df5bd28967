//! What must hold of files that are looked up: libraries, roles, terms, calendars.

use std::collections::{BTreeMap, BTreeSet};

use chrono::Datelike;

use super::Check;
use crate::model::{Kind, choice, fields};
use crate::playbook::Label;
use crate::playbook::calendar::{Calendar, CalendarFile, FestivalDay, Year};
use crate::playbook::diagnostics::Diagnostic;
use crate::playbook::library::LibraryFile;
use crate::playbook::lunar::LunarYear;
use crate::playbook::path::Path;
use crate::playbook::roles::Roles;
use crate::playbook::terms::{AddedWord, TermsFile};

impl Check<'_> {
    pub(super) fn library(&mut self, library: &LibraryFile) {
        self.head(&library.id, &library.title);
        let top = Path::top().key("article");
        self.report_if(library.articles.is_empty(), &top, Diagnostic::NoArticle);
        let articles = library.articles.iter().enumerate();
        self.unique(
            articles.clone().map(|(index, article)| (article.id.as_str(), top.index(index).key("id"))),
        );
        for (index, article) in articles {
            let path = top.index(index);
            self.label(&path.key("title"), &article.title);
            self.label(&path.key("situation"), &article.situation);
            self.label(&path.key("handling"), &article.handling);
            if let Some(basis) = &article.basis {
                self.label(&path.key("basis"), basis);
            }
            self.workflow_ids(&path.key("offers"), &article.offers);
        }
    }

    pub(super) fn roles(&mut self, roles: &Roles) {
        self.head(&roles.id, &roles.title);
        let mut seen = BTreeSet::new();
        for (index, role) in roles.roles.iter().enumerate() {
            let path = Path::top().key("role").index(index);
            self.label(&path.key("label"), &role.label);
            let repeated = !seen.insert(&role.id);
            self.report_if(repeated, &path.key("id"), Diagnostic::RepeatedRole(role.id.to_string()));
            for (key, patterns) in [("read", &role.read), ("write", &role.write)] {
                for (number, pattern) in patterns.iter().enumerate() {
                    let diagnostic = Diagnostic::NoGroup(pattern.clone());
                    self.report_if(!is_group(pattern), &path.key(key).index(number), diagnostic);
                }
            }
        }
    }

    /// Words, with those of other files by what they are and the file: two files that say the same thing differently
    /// would leave it to chance which of them is read.
    pub(super) fn terms(&mut self, terms: &TermsFile, known: &mut BTreeMap<(&'static str, String), String>) {
        let (top, here) = (Path::top(), self.file.name.clone());
        self.head(&terms.id, &terms.title);
        let all = terms.terms.keys().map(|id| ("term", id));
        let all = all.chain(terms.units.keys().map(|id| ("unit", id)));
        let all = all.chain(terms.choices.keys().map(|id| ("choices", id)));
        let all = all.chain(terms.identities.iter().map(|known| ("identity", &known.id)));
        let mut all: BTreeSet<(&'static str, String)> = all.map(|(what, id)| (what, id.clone())).collect();
        for (list, words) in &terms.added {
            all.extend(words.iter().map(|word| ("added", format!("{list}.{}", word.id))));
            let lists = self.set.terms().choices.keys().map(String::as_str);
            self.one_of(&top.key("added").key(list), list, lists, Diagnostic::NoChoices);
        }
        for (what, id) in all {
            if let Some(other) = known.insert((what, id.clone()), here.clone()) {
                let twice = Diagnostic::TermTwice(format!("{what}.{id}"), other, here.clone());
                self.report(&top.key(what).key(&id), twice);
            }
        }
        for (key, term) in &terms.terms {
            let path = top.key("term").key(key);
            self.label(&path, &Label::new(term.zh.clone(), term.en.clone()));
            if let Some(means) = &term.means {
                self.label(&path.key("means"), means);
            }
        }
        let identities = terms.identities.iter().enumerate();
        let at = |index| top.key("identity").index(index);
        self.unique(identities.clone().map(|(index, known)| (known.id.as_str(), at(index).key("id"))));
        for (index, identity) in identities {
            self.label(&at(index).key("label"), &identity.label);
            self.label(&at(index).key("duty"), &identity.duty);
        }
        for list in terms.choices.keys().filter(|list| !choice::words_of(list).is_empty()) {
            self.report(&top.key("choices").key(list), Diagnostic::ListOfCore(list.clone()));
        }
        for (list, choices) in &terms.choices {
            let words = choices.iter().map(|choice| (choice.id.as_str(), &choice.label));
            self.words(&top.key("choices").key(list), words);
        }
        for (list, added) in &terms.added {
            let path = top.key("added").key(list);
            self.words(&path, added.iter().map(|word| (word.id.as_str(), &word.label)));
            for (index, word) in added.iter().enumerate() {
                self.counts_as(&path.index(index).key("as"), list, word);
            }
        }
    }

    /// The words of a list.
    fn words<'w>(&mut self, path: &Path<'_>, words: impl Iterator<Item = (&'w str, &'w Label)> + Clone) {
        let words = words.enumerate();
        self.unique(words.clone().map(|(index, (id, _))| (id, path.index(index))));
        for (index, (_, label)) in words {
            self.label(&path.index(index).key("label"), label);
        }
    }

    /// A company's own word counts as one of the list that counts as no other.
    fn counts_as(&mut self, path: &Path<'_>, list: &str, word: &AddedWord) {
        let Some(counts_as) = &word.counts_as else { return };
        let terms = self.set.terms();
        let own = |id: &str| terms.meanings(list).is_some_and(|meanings| meanings.contains_key(id));
        self.report_if(!own(&word.id), path, Diagnostic::CountsAsItself(word.id.clone()));
        let known: Vec<&str> =
            terms.choices(list).into_iter().flatten().map(|known| known.id.as_str()).collect();
        let known = known.into_iter().filter(|id| !own(id) && *id != word.id);
        self.one_of(path, counts_as, known, Diagnostic::CountsAsNoWord);
    }

    pub(super) fn calendar(&mut self, file: &CalendarFile) {
        self.head(&file.id, &file.title);
        let mut years = BTreeSet::new();
        for (index, year) in file.years.iter().enumerate() {
            let path = Path::top().key("year").index(index);
            let repeated = !years.insert(year.year);
            self.report_if(repeated, &path.key("year"), Diagnostic::RepeatedYear(year.year));
            self.days_off(&path, year);
        }
        let festivals = file.festivals.iter().enumerate();
        let here = |index| Path::top().key("festival").index(index);
        self.unique(festivals.clone().map(|(index, festival)| (festival.id.as_str(), here(index).key("id"))));
        for (index, festival) in festivals {
            self.label(&here(index).key("name"), &festival.name);
            let (FestivalDay::Lunar(text) | FestivalDay::Solar(text)) = &festival.on;
            let wrong = festival.on.day().is_none();
            self.report_if(wrong, &here(index).key("on"), Diagnostic::NotADayOfAYear(text.clone()));
        }
        for (index, year) in file.lunar.iter().enumerate() {
            let next = file.lunar.get(index + 1);
            let follows =
                |next: &LunarYear| next.year == year.year + 1 && year.next_begins() == Some(next.begins);
            let off = !year.is_whole() || year.begins.year() != year.year || !next.is_none_or(follows);
            let path = Path::top().key("lunar").index(index).key("year");
            self.report_if(off, &path, Diagnostic::LunarYearOff(year.year));
        }
    }

    fn days_off(&mut self, path: &Path<'_>, year: &Year) {
        let plain = Calendar::plain(0);
        for (number, holiday) in year.holidays.iter().enumerate() {
            let here = path.key("holiday").index(number);
            let outside = [holiday.from, holiday.to].iter().any(|day| day.year() != year.year);
            self.label(&here.key("name"), &holiday.name);
            self.report_if(holiday.from > holiday.to || outside, &here, Diagnostic::InvalidHoliday);
        }
        for (number, day) in year.make_up.iter().enumerate() {
            let off = year.holidays.iter().any(|holiday| holiday.from <= *day && *day <= holiday.to);
            let wrong = off || plain.is_working(*day) || day.year() != year.year;
            self.report_if(wrong, &path.key("make_up").index(number), Diagnostic::NoMakeUpDay(*day));
        }
    }
}

/// Whether a pattern of rights names something: `*`, a kind, a kind's group.
fn is_group(pattern: &str) -> bool {
    let Some((kind, group)) = pattern.split_once('.') else {
        return pattern == "*" || Kind::from_name(pattern).is_some();
    };
    Kind::from_name(kind).is_some_and(|kind| {
        let specs = fields::specs(kind).iter().chain(fields::common());
        group == "*" || group == fields::group::UNKNOWN || specs.into_iter().any(|spec| spec.group == group)
    })
}

#[cfg(test)]
mod tests {
    use super::super::testing::{each_reports, reported};
    use super::Diagnostic as D;
    use crate::playbook::diagnostics::Suggestion;

    #[test]
    fn each_slip_of_a_library_is_reported() {
        let article = r#"[[article]]
id = "a"
title = { zh = "甲", en = "A" }
situation = { zh = "情况", en = "Situation" }
handling = { zh = "处理", en = "Handling" }
"#;
        each_reports(
            "library",
            article,
            &[
                (article, "article = []\n", D::NoArticle),
                (article, &article.repeat(2), D::RepeatedId("a".to_owned())),
                ("\"A\"", "\"\"", D::EmptyEnglish),
                ("\"甲\"", "\"A\"", D::NoChinese),
                ("id = \"a\"", "id = \"甲\"", D::MalformedId("甲".to_owned())),
            ],
        );
    }

    #[test]
    fn each_slip_of_a_calendar_is_reported() {
        let year = r#"[[year]]
year = 2026
source = "通知"
holiday = [{ name = { zh = "国庆节", en = "National Day" }, from = 2026-10-01, to = 2026-10-07 }]
make_up = [2026-10-10]
"#;
        each_reports(
            "calendar",
            year,
            &[
                (year, &year.repeat(2), D::RepeatedYear(2026)),
                ("2026-10-07", "2027-10-07", D::InvalidHoliday),
                ("2026-10-10", "2026-10-04", D::NoMakeUpDay("2026-10-04".parse().unwrap())),
                ("2026-10-10", "2026-10-09", D::NoMakeUpDay("2026-10-09".parse().unwrap())),
            ],
        );
    }

    #[test]
    fn each_slip_of_roles_and_terms_is_reported() {
        let role = "[[role]]\nid = \"butler\"\nlabel = { zh = \"管家\", en = \"Butler\" }\nread = [\"treasure\"]\n\
                    write = []\nscope = \"grids\"\n";
        let roles = reported("roles", &role.repeat(2));
        assert!(roles.contains(&D::RepeatedRole("butler".to_owned())), "{roles:#?}");
        assert!(roles.contains(&D::NoGroup("treasure".to_owned())), "{roles:#?}");
        let terms = reported("terms", "[unit]\nh = { zh = \"小时\", en = \"hours\" }\n");
        let twice = D::TermTwice("unit.h".to_owned(), "terms.toml".to_owned(), "x.toml".to_owned());
        assert_eq!(terms, [twice]);
        let words = "[choices]\nhome_state = [{ id = \"sold\", label = { zh = \"已售\", en = \"sold\" } }]\n";
        assert_eq!(reported("terms", words), [D::ListOfCore("home_state".to_owned())]);
        let added = words.replace("choices", "added");
        assert_eq!(reported("terms", &added), []);
        let nowhere =
            D::NoChoices("home_stat".to_owned(), Suggestion::among("home_stat", ["home_state"].into_iter()));
        assert_eq!(reported("terms", &added.replace("home_state", "home_stat")), [nowhere]);
        let counting = |word: &str, counts_as: &str| {
            let counts_as = format!("en = \"sold\" }}, as = \"{counts_as}\" }}");
            added
                .replace("en = \"sold\" } }", &counts_as)
                .replace("id = \"sold\"", &format!("id = \"{word}\""))
        };
        assert_eq!(reported("terms", &counting("sold", "vacant")), []);
        let no_word = reported("terms", &counting("sold", "vacnat"));
        assert!(matches!(&no_word[..], [D::CountsAsNoWord(word, _)] if word == "vacnat"), "{no_word:?}");
        assert_eq!(
            reported("terms", &counting("occupied", "vacant")),
            [D::CountsAsItself("occupied".to_owned())]
        );
    }
}
