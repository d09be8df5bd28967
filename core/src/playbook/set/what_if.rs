//! A set tried on what was recorded before it: as if it had been in force all along.

use std::sync::Arc;

use super::Playbooks;
use crate::model::StepId;
use crate::playbook::rule::{DueRule, Rules};
use crate::playbook::workflow::{Deadline, Workflow};

impl Playbooks {
    /// This set as if it had been in force in place of another. Rules, deadlines and findings the other says otherwise are
    /// those of this set from the first day on, for what was begun under older versions too; what both say alike keeps its
    /// history.
    #[must_use]
    pub fn instead_of(&self, in_force: &Self) -> Self {
        let mut set = self.clone();
        let first = in_force.rules.at.values().map(|rules| rules.effective_from).min();
        for (id, version) in &self.rules.current {
            let Some(tried) = self.rules.current(id) else { continue };
            let before = in_force.rules.current(id);
            let since = before.map(|before| before.effective_from).or(first);
            for ((other, of), rules) in &mut set.rules.at {
                if other != id {
                    continue;
                }
                let rules = &mut Arc::make_mut(rules).body;
                if of == version {
                    rules.effective_from = since.unwrap_or(rules.effective_from);
                } else if let Some(before) = before {
                    rules.rules = rules_over(&rules.rules, tried, before);
                }
            }
        }
        for ((id, _), flow) in &mut set.workflows.at {
            let both = self.workflows.current(id).zip(in_force.workflows.current(id));
            if let Some((tried, _)) = both.filter(|(tried, before)| tried.deadlines != before.deadlines) {
                let deadlines = deadlines_over(flow, &tried.deadlines);
                Arc::make_mut(flow).body.deadlines = deadlines;
            }
        }
        for ((id, _), list) in &mut set.checklists.at {
            let both = self.checklists.current(id).zip(in_force.checklists.current(id));
            if let Some((tried, _)) = both.filter(|(tried, before)| tried.findings != before.findings) {
                Arc::make_mut(list).body.findings = tried.findings.clone();
            }
        }
        set.imply_rules();
        set
    }
}

/// The rules of an older version: its own where a rule is tried as it is in force, else as it is tried.
fn rules_over(older: &[DueRule], tried: &Rules, in_force: &Rules) -> Vec<DueRule> {
    let stays = |rule: &DueRule| in_force.rules.iter().any(|before| before == rule);
    let tried_as_it_is = |rule: &&DueRule| tried.rules.iter().any(|new| new.id == rule.id && stays(new));
    let own = older.iter().filter(tried_as_it_is);
    own.chain(tried.rules.iter().filter(|rule| !stays(rule))).cloned().collect()
}

/// Those deadlines whose steps a version of the workflow knows.
fn deadlines_over(flow: &Workflow, deadlines: &[Deadline]) -> Vec<Deadline> {
    let known = |step: &StepId| flow.step(step).is_some();
    let all_known = |deadline: &&Deadline| deadline.from.iter().chain(&deadline.until).all(known);
    deadlines.iter().filter(all_known).cloned().collect()
}

#[cfg(test)]
mod tests {
    use chrono::NaiveDate;

    use super::*;
    use crate::playbook::PlaybookFile;
    use crate::playbook::workflow::Span;

    fn file(text: String, current: bool) -> PlaybookFile {
        PlaybookFile { name: format!("{}.toml", text.len()), text, current }
    }

    fn flow(word: &str, step: &str, hours: u32) -> String {
        format!(
            r#"
            kind = "workflow"
            id = "test.slip"
            title = {{ zh = "单子{word}", en = "Slip" }}
            subjects = ["home"]
            resolved_by = ["supervisor"]
            state = [
              {{ id = "open", label = {{ zh = "处理中", en = "Open" }} }},
              {{ id = "closed", label = {{ zh = "办结", en = "Closed" }}, end = true }},
            ]
            [[step]]
            id = "receive"
            label = {{ zh = "受理", en = "Receive" }}
            opens = true
            to = "open"
            roles = ["butler"]
            [[step]]
            id = "{step}"
            label = {{ zh = "办结", en = "Close" }}
            from = ["open"]
            to = "closed"
            roles = ["butler"]
            [[deadline]]
            id = "close"
            label = {{ zh = "限时办结", en = "In time" }}
            from = ["receive"]
            until = ["{step}"]
            within = {{ hours = {hours} }}
            "#
        )
    }

    #[test]
    fn a_deadline_holds_for_what_was_opened_under_older_versions() {
        let (first, second) = (flow("一", "close", 72), flow("二", "close", 48));
        let stranger = flow("零", "finish", 96);
        let older = [first.clone(), stranger.clone()].map(|text| file(text, false));
        let set = |text: &str| {
            let current = [file(text.to_owned(), true)];
            let kept = older.iter().filter(|file| file.text != text).cloned();
            Playbooks::company(&current.into_iter().chain(kept).collect::<Vec<_>>()).unwrap()
        };
        let in_force = set(&second);
        let within = |set: &Playbooks, text: &str| {
            let version = file(text.to_owned(), true).version();
            let of = set.deadlines_at(&"test.slip".into(), version)?;
            of.rules.first()?.due.within
        };
        let tried = Playbooks::company(
            &[file(flow("三", "close", 24), true), file(second.clone(), false)]
                .into_iter()
                .chain(older.clone())
                .collect::<Vec<_>>(),
        );
        let tried = tried.unwrap().instead_of(&in_force);
        for text in [&first, &second, &flow("三", "close", 24)] {
            assert_eq!(within(&tried, text), Some(Span::Hours(24)), "{text}");
        }
        assert_eq!(within(&tried, &stranger), None, "a step it never had meets nothing");
        let same = in_force.instead_of(&in_force);
        assert_eq!(
            [&first, &second, &stranger].map(|text| within(&same, text)),
            [Some(Span::Hours(72)), Some(Span::Hours(48)), Some(Span::Hours(96))],
            "what is not changed keeps its history"
        );
    }

    fn rules(from: &str, rules: &[(&str, u32)]) -> String {
        let head = format!(
            "kind = \"rules\"\nid = \"test.rules\"\ntitle = {{ zh = \"规则\", en = \"Rules\" }}\n\
             effective_from = {from}\n"
        );
        let rule = |(id, days): &(&str, u32)| {
            format!(
                "[[rule]]\nid = \"test.{id}\"\ntitle = {{ zh = \"查看\", en = \"Look\" }}\n\
                 why = {{ zh = \"每月一次\", en = \"once a month\" }}\nroles = [\"butler\"]\n\
                 subject = {{ kind = \"grid\" }}\n\
                 when = {{ every = {{ schedule = \"FREQ=MONTHLY;BYMONTHDAY=1\", start = 2026-01-01 }} }}\n\
                 due = {{ within = {{ days = {days} }} }}\n\
                 done = {{ record = \"contact\", begin = \"contact.log\" }}\n"
            )
        };
        head + &rules.iter().map(rule).collect::<String>()
    }

    /// A rule, and within how long what it asks for is due.
    type Within = (String, Option<Span>);

    #[test]
    fn a_rule_that_differs_governs_from_the_first_day_and_one_that_does_not_keeps_its_history() {
        let first = rules("2026-01-01", &[("alike", 20), ("changed", 25)]);
        let second = rules("2026-06-01", &[("alike", 10), ("changed", 15)]);
        let third = rules("2026-12-01", &[("alike", 10), ("changed", 5), ("new", 3)]);
        let set = |files: &[(&String, bool)]| {
            let files: Vec<_> = files.iter().map(|(text, current)| file((*text).clone(), *current)).collect();
            Playbooks::company(&files).unwrap()
        };
        let in_force = set(&[(&second, true), (&first, false)]);
        let tried = set(&[(&third, true), (&second, false), (&first, false)]).instead_of(&in_force);
        let of = |set: &Playbooks| {
            let current = set.rules.current("test.rules").unwrap();
            let versions = set.older_rules(current).map(|rules| &**rules).chain([current]);
            let mut versions: Vec<(NaiveDate, Vec<Within>)> = versions
                .filter(|rules| {
                    rules.version == current.version || rules.effective_from < current.effective_from
                })
                .map(|rules| {
                    let rules_of = |rule: &DueRule| (rule.id.to_string(), rule.due.within);
                    (rules.effective_from, rules.rules.iter().map(rules_of).collect())
                })
                .collect();
            versions.sort_by_key(|(from, _)| *from);
            versions
        };
        let days = |id: &str, days| (format!("test.{id}"), Some(Span::Days(days)));
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        assert_eq!(
            of(&tried),
            [
                (day("2026-01-01"), vec![days("alike", 20), days("changed", 5), days("new", 3)]),
                (day("2026-06-01"), vec![days("alike", 10), days("changed", 5), days("new", 3)]),
            ]
        );
        assert_eq!(of(&in_force.instead_of(&in_force)), of(&in_force));
    }
}
