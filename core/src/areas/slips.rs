//! Which slip one fills in for what one hears: the first question, and what may be opened by its answer 开单.

use std::cmp::Reverse;

use crate::areas::procedures::ProcedureRow;
use crate::butler::Butler;
use crate::error::ButlerError;
use crate::playbook::Label;
use crate::playbook::workflow::Slip;
use crate::query::SubjectKind;

/// What may be opened about something, by the answer to the first question.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct Slips {
    /// The first question.
    pub question: Label,
    /// Its answers under which there is something, in the order of the playbooks.
    pub answers: Vec<SlipAnswer>,
    /// What stands under no answer: what this phone has most cases of first.
    pub others: Vec<ProcedureRow>,
}

/// An answer to the first question.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct SlipAnswer {
    /// Its word in the list `first_question`.
    pub id: String,
    /// The answer.
    pub label: Label,
    /// What it leads to, in the order of the playbooks.
    pub slips: Vec<SlipRow>,
}

/// A slip under an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct SlipRow {
    /// What is opened.
    pub procedure: ProcedureRow,
    /// What tells it from its neighbours.
    pub hint: Option<Label>,
}

impl Butler {
    /// The cases the phone's owner may open about such a record or place, by the answer to the first question.
    ///
    /// # Errors
    /// [`ButlerError::NotEnrolled`] and those of the store.
    pub fn slips(&self, about: SubjectKind) -> Result<Slips, ButlerError> {
        let playbooks = self.playbooks()?;
        let mut filed: Vec<(&Slip, ProcedureRow)> = Vec::new();
        let mut others: Vec<ProcedureRow> = Vec::new();
        for row in self.procedures()?.into_iter().filter(|row| row.about.contains(&about)) {
            let Some(workflow) = row.begin.workflow() else { continue };
            match playbooks.workflow(workflow).and_then(|workflow| workflow.slip.as_ref()) {
                Some(slip) => filed.push((slip, row)),
                None => others.push(row),
            }
        }
        filed.sort_by_key(|(slip, _)| slip.rank);
        others.sort_by_key(|row| Reverse(row.here));
        let terms = playbooks.terms();
        let answers =
            terms.choices(Slip::FIRST_QUESTION).unwrap_or_default().iter().map(|answer| SlipAnswer {
                id: answer.id.clone(),
                label: answer.label.clone(),
                slips: filed
                    .iter()
                    .filter(|(slip, _)| slip.answers == answer.id)
                    .map(|(slip, row)| SlipRow { procedure: row.clone(), hint: slip.hint.clone() })
                    .collect(),
            });
        Ok(Slips {
            question: terms.label(Slip::FIRST_QUESTION),
            answers: answers.filter(|answer| !answer.slips.is_empty()).collect(),
            others,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::{SlipRow, Slips};
    use crate::areas::procedures::ProcedureRow;
    use crate::areas::testing::{TICKED, shutdown};
    use crate::query::SubjectKind;
    use crate::testing::TestPhone;

    fn said(slips: &Slips) -> Vec<(String, Vec<String>)> {
        let titles = |slips: &[SlipRow]| slips.iter().map(|row| row.procedure.title.zh.clone()).collect();
        slips.answers.iter().map(|answer| (answer.label.zh.clone(), titles(&answer.slips))).collect()
    }

    #[test]
    fn at_a_door_four_answers_lead_to_the_slips_and_all_else_stands_behind_them() {
        let bench = TestPhone::new(&["butler"]);
        let slips = bench.butler.slips(SubjectKind::Home).unwrap();
        assert_eq!(slips.question.zh, "坏了、没做好，还是要办事？");
        let said = said(&slips);
        let want: [(&str, &[&str]); 4] = [
            ("坏了要修", &["有偿维修（户内）", "公共部位维修", "工程遗留维修"]),
            ("没做到位", &["现场整改单"]),
            ("要办一件事", &["工单（工作联系单）", "管家调度单", "委托代办", "物品放行"]),
            ("不满意，要说法", &["投诉处理"]),
        ];
        let want = want
            .map(|(answer, titles)| (answer.to_owned(), titles.iter().map(|it| (*it).to_owned()).collect()));
        assert_eq!(said, want);
        let all = bench.butler.procedures().unwrap().into_iter();
        let all = all.filter(|row| row.begin.workflow().is_some() && row.about.contains(&SubjectKind::Home));
        assert_eq!(all.count(), slips.others.len() + 9, "each of them once");
        // Of a whole grid some of them are none.
        let grid = bench.butler.slips(SubjectKind::Grid).unwrap();
        assert_eq!(grid.answers[0].slips.len(), 1, "{grid:?}");
    }

    fn like_it(id: &str, more: &str) -> String {
        TICKED.replace("test.shutdown", id).replace("subjects =", &format!("{more}\n    subjects ="))
    }

    #[test]
    fn a_company_files_its_own_slip_and_of_the_rest_what_is_opened_most_comes_first() {
        let bench = TestPhone::new(&["butler"]);
        let filed = r#"slip = { answers = "to_do", rank = 9 }"#;
        let (ours, other) = (like_it("x.ours", filed), like_it("test.other", ""));
        bench.publish(&[&ours, &other, TICKED]);
        let slips = || bench.butler.slips(SubjectKind::Home).unwrap();
        let ours = |rows: &[ProcedureRow]| -> Vec<String> {
            let ids = rows.iter().map(|row| row.begin.id().to_owned());
            ids.filter(|id| id.starts_with("test.")).collect()
        };
        let answers = slips().answers;
        let last = answers[2].slips.last().unwrap();
        assert_eq!((last.procedure.begin.id(), &last.hint), ("x.ours", &None));
        assert_eq!(ours(&slips().others), ["test.other", "test.shutdown"], "nothing is known of either");
        shutdown(&bench, "501");
        let others = slips().others;
        assert_eq!(others[0].begin.id(), "test.shutdown");
        assert_eq!(ours(&others), ["test.shutdown", "test.other"]);
    }
}
