//! What a changed set of playbooks would have made of a month: the same records, the same engine, two sets. Nothing is
//! written.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use butler_core::model::{RuleId, Timestamp};
use butler_core::playbook::due::{RuleMonth, by_rule};
use butler_core::playbook::metric::Month;
use butler_core::playbook::{Label, PlaybookFile, Playbooks};
use chrono::NaiveDate;

use super::error::OfficeError;
use super::metrics::{Held, indexed};
use super::{Hub, InForce};
use crate::storage::{Read, Storage};

/// A month by the set in force and by another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WhatIf {
    /// The month.
    pub month: Month,
    /// The last day that is counted: the month's, or today.
    pub as_of: NaiveDate,
    /// Every rule that brought something about by one of the two: first those that differ, the most first.
    pub lines: Vec<WhatIfLine>,
    /// Records held here that could not be read: they are not counted.
    pub unreadable: usize,
}

/// A rule of a month by the set in force and by another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WhatIfLine {
    /// The rule.
    pub rule: RuleId,
    /// What it brought about; nothing where the set in force has none.
    pub was: Option<RuleMonth>,
    /// What it would have brought about.
    pub tried: Option<RuleMonth>,
}

impl WhatIfLine {
    /// What it is called.
    #[must_use]
    pub fn title(&self) -> Label {
        let either = self.tried.as_ref().or(self.was.as_ref());
        either.map(|month| month.title.clone()).unwrap_or_default()
    }

    /// How many were due, late and closed, and would have been.
    #[must_use]
    pub fn counts(&self) -> [(u64, u64); 3] {
        let count =
            |of: fn(&RuleMonth) -> u64| (self.was.as_ref().map_or(0, of), self.tried.as_ref().map_or(0, of));
        [count(|month| month.due), count(|month| month.late), count(|month| month.closed)]
    }

    /// By how much the two differ.
    fn difference(&self) -> u64 {
        self.counts().iter().map(|(was, tried)| was.abs_diff(*tried)).sum()
    }

    /// Whether they differ at all.
    #[must_use]
    pub fn differs(&self) -> bool {
        self.difference() > 0
    }
}

impl<S: Storage> Hub<S> {
    /// What publishing these files would have made of a month, as if they had been in force all along, beside what the set
    /// in force made of it. It is judged as a set that is published, and nothing is written.
    ///
    /// # Errors
    /// [`OfficeError::Playbooks`] with everything wrong, [`OfficeError::MonthAhead`], [`OfficeError::NothingRecorded`], the
    /// storage's.
    pub fn what_if(
        &self,
        now: Timestamp,
        month: Month,
        files: &[PlaybookFile],
    ) -> Result<WhatIf, OfficeError> {
        if month > self.month_of(now)? {
            return Err(OfficeError::MonthAhead(month));
        }
        let tried = self.judged(files)?;
        self.storage().read(|read| {
            let in_force = self.in_force(read)?;
            let set = self.playbooks(&in_force);
            let (was, held) = by_set(read, &in_force, set, (now, month))?;
            let calendar = set.calendar(read.community()?.utc_offset_minutes);
            if held.first_made.is_none_or(|first| first >= calendar.start_of(month.end())) {
                return Err(OfficeError::NothingRecorded(month));
            }
            let tried = tried.instead_of(set);
            let (tried, _) = by_set(read, &in_force, &tried, (now, month))?;
            Ok(WhatIf {
                month,
                as_of: month.last().min(calendar.date_of(now)),
                lines: beside(was, tried),
                unreadable: held.unreadable,
            })
        })
    }
}

type ByRule = BTreeMap<RuleId, RuleMonth>;

fn by_set<'a>(
    read: &dyn Read,
    in_force: &'a InForce,
    set: &'a Playbooks,
    (now, month): (Timestamp, Month),
) -> Result<(ByRule, Held<'a>), OfficeError> {
    let calendar = set.calendar(read.community()?.utc_offset_minutes);
    let (index, held) = indexed(read, in_force, set, &calendar)?;
    match by_rule(set, &index, &calendar, now, month) {
        Ok(rules) => Ok((rules, held)),
        Err(never) => match never {},
    }
}

fn beside(mut was: ByRule, tried: ByRule) -> Vec<WhatIfLine> {
    let mut lines: Vec<WhatIfLine> = tried
        .into_iter()
        .map(|(rule, tried)| WhatIfLine { was: was.remove(&rule), tried: Some(tried), rule })
        .collect();
    lines.extend(was.into_iter().map(|(rule, was)| WhatIfLine { rule, was: Some(was), tried: None }));
    lines.sort_by_key(|line| (Reverse(line.difference()), line.rule.clone()));
    lines
}

#[cfg(test)]
mod tests {
    use butler_core::crdt::Document;
    use butler_core::host::Host;
    use butler_core::model::{DueId, Edit, Kind, RecordId};
    use butler_core::playbook::due::due_id;
    use butler_core::query::SubjectId;
    use butler_core::sync::message::Verdict;

    use super::super::testing::*;
    use super::*;

    const DAY: i64 = 86_400_000;

    /// 交付后限期首访 The first visit after a handover, within so many days.
    fn first_visit(days: u32) -> PlaybookFile {
        let text = format!(
            r#"
            kind = "rules"
            id = "jinse.first-visit"
            title = {{ zh = "金色家园首访", en = "First visits" }}
            effective_from = 2026-01-01
            [[rule]]
            id = "jinse.first-visit"
            title = {{ zh = "交付后首次拜访", en = "First visit after the handover" }}
            why = {{ zh = "{{date}}交付，尚未拜访", en = "handed over on {{date}}, not visited yet" }}
            roles = ["butler"]
            mode = "door"
            effort = {{ alone = 15 }}
            subject = {{ kind = "home", where = [{{ path = "state", is = ["occupied"] }}] }}
            when = {{ after_date = {{ field = "handed_over", also_before = true }} }}
            due = {{ within = {{ days = {days} }} }}
            done = {{ record = "contact", begin = "contact.log" }}
            "#
        );
        PlaybookFile { name: "first-visit.toml".to_owned(), text, current: true }
    }

    fn accepted(phone: &Phone<'_>, document: &mut Document, edit: &Edit) {
        let verdict = phone.push_one(&phone.write(document, edit));
        assert!(matches!(verdict, Verdict::Accepted(_)), "{verdict:?}");
    }

    /// Four homes handed over around the beginning of November, of which the third was visited; it is 5 December.
    fn handed_over() -> Office {
        let mut office = Office::new();
        let zhang = office.phone("zhang.li");
        for (number, day) in [(1, "2026-10-20"), (2, "2026-11-02"), (3, "2026-11-12"), (4, "2026-11-20")] {
            let edit = founded("b3/u1").put("state", "occupied").put("handed_over", day);
            accepted(&zhang, &mut home(number), &edit);
        }
        let third = RecordId([3; 16]);
        let due: DueId = due_id(&RuleId::new("jinse.first-visit"), &SubjectId::Record(third), "2026-11-12");
        let contact = Edit::new().put("place", "b3/u1").put(format!("subject/{third}"), true);
        let contact = contact.put("due", due.to_string()).put("outcome", "agreed");
        let mut visit = Document::genesis(RecordId([9; 16]), Kind::Contact, Kind::VERSION).unwrap();
        accepted(&zhang, &mut visit, &contact);
        drop(zhang);
        office.hub.playbooks = Playbooks::embedded().unwrap();
        office.hub.publish(&office.desk, None, &[first_visit(30)]).unwrap();
        office.desk.pass(17 * DAY);
        office
    }

    fn tried(office: &Office, month: &str, days: u32) -> Result<WhatIf, OfficeError> {
        office.hub.what_if(office.desk.now(), month.parse().unwrap(), &[first_visit(days)])
    }

    /// Everything the office holds of records, and how much it ever wrote.
    fn held(office: &Office) -> (Vec<Vec<u8>>, u64, usize) {
        let read = office.hub.storage().read(|read| {
            let mut bytes = Vec::new();
            for at in ["b3/u1", "b3/u2", "b5", "gate"] {
                for row in read.records_at(&place(at))? {
                    bytes.extend(read.snapshot(row.id)?);
                    bytes.extend(read.changes(row.id, 1, usize::MAX)?);
                }
            }
            Ok::<_, OfficeError>((bytes, read.position()?, read.audit(0, 10_000)?.len()))
        });
        read.unwrap()
    }

    #[test]
    fn a_rule_made_tighter_shows_what_more_would_have_been_due_and_late_and_writes_nothing() {
        let office = handed_over();
        let before = held(&office);
        let tightened = tried(&office, "2026-11", 7).unwrap();
        assert_eq!(tightened.as_of.to_string(), "2026-11-30");
        let first = &tightened.lines[0];
        assert_eq!((first.rule.as_str(), first.title().zh.as_str()), ("jinse.first-visit", "交付后首次拜访"));
        assert_eq!(first.counts(), [(1, 3), (1, 2), (0, 1)]);
        assert!(first.tried.as_ref().is_some_and(|month| month.visit && month.minutes == 15));
        let others: Vec<_> = tightened.lines[1..].iter().filter(|line| line.differs()).collect();
        assert!(tightened.lines.len() > 10 && others.is_empty(), "{others:?}");

        let unchanged = tried(&office, "2026-11", 30).unwrap();
        assert!(unchanged.lines.iter().all(|line| !line.differs()));
        assert_eq!(held(&office), before, "records, changes and audit are as they were");
    }

    #[test]
    fn a_rule_that_is_dropped_or_new_stands_beside_nothing() {
        let office = handed_over();
        let month = "2026-11".parse().unwrap();
        let dropped = office.hub.what_if(office.desk.now(), month, &[]).unwrap();
        assert_eq!((dropped.lines[0].counts(), &dropped.lines[0].tried), ([(1, 0), (1, 0), (0, 0)], &None));
        office.hub.publish(&office.desk, None, &[]).unwrap();
        let new = tried(&office, "2026-11", 7).unwrap();
        assert_eq!((new.lines[0].counts(), &new.lines[0].was), ([(0, 3), (0, 2), (0, 1)], &None));
    }

    #[test]
    fn what_cannot_be_tried_is_said() {
        let office = handed_over();
        assert!(matches!(tried(&office, "2027-01", 7), Err(OfficeError::MonthAhead(_))));
        let mut wrong = first_visit(7);
        wrong.text = wrong.text.replace("\"butler\"", "\"butcher\"");
        let rejected = office.hub.what_if(office.desk.now(), "2026-11".parse().unwrap(), &[wrong]);
        assert!(matches!(rejected, Err(OfficeError::Playbooks(_))), "{rejected:?}");
        let mut empty = Office::new();
        empty.hub.playbooks = Playbooks::embedded().unwrap();
        assert!(matches!(tried(&empty, "2026-11", 7), Err(OfficeError::NothingRecorded(_))));
    }
}
