//! What there is to do: the procedures the phone's owner may begin, so that a new one appears without a new app.

use crate::butler::Butler;
use crate::error::ButlerError;
use crate::model::{Kind, Procedure, WorkflowId};
use crate::playbook::{Label, Playbooks};
use crate::query::SubjectKind;

/// A procedure that may be begun.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct ProcedureRow {
    /// What is begun: a row of a register by its form, a round by its checklist, a case by its workflow.
    pub begin: Procedure,
    /// What it is called.
    pub title: Label,
    /// Advice shown beside it.
    pub guidance: Option<Label>,
    /// What it may be about; empty when it is about nothing.
    pub about: Vec<SubjectKind>,
    /// The section of the menu it stands in: the folder of its playbook, `other` for one in none.
    pub section: String,
    /// What the section is called, by the term `section.<folder>`.
    pub section_label: Label,
    /// How many of it this phone has.
    pub here: u64,
    /// What the findings of a checklist are opened as.
    pub offers: Vec<WorkflowId>,
}

/// The section a playbook stands in, and what it is called.
fn section(playbooks: &Playbooks, file: &str) -> (String, Label) {
    const NONE: &str = "other";
    let folder = file.split_once('/').map_or(NONE, |(folder, _)| folder);
    let term = playbooks.terms().get(&format!("section.{folder}"));
    let label = term.map_or_else(|| Label::same(folder), |term| Label::new(&*term.zh, &*term.en));
    (folder.to_owned(), label)
}

/// What has a rank first, the lowest first of all; else as it stood.
fn ranked<T>(all: impl Iterator<Item = T>, rank: impl Fn(&T) -> Option<u32>) -> Vec<T> {
    let mut all: Vec<T> = all.collect();
    all.sort_by_key(|it| rank(it).unwrap_or(u32::MAX));
    all
}

impl Butler {
    /// What the phone's owner may begin somewhere: registers, rounds, then cases, each by rank, then in the order of the
    /// playbooks.
    ///
    /// # Errors
    /// [`ButlerError::NotEnrolled`] and those of the store.
    pub fn procedures(&self) -> Result<Vec<ProcedureRow>, ButlerError> {
        let office = self.office()?;
        let staff = self.enrolled()?.ok_or(ButlerError::NotEnrolled)?;
        let held = office.roles_of(&staff);
        let one_of = |roles: &[_]| roles.iter().any(|role| held.contains(role));
        let playbooks = &office.playbooks;
        let counted = self.context.read(|reader| Ok(reader.count_by_procedure()?))?;
        let here = |begin: &Procedure| counted.get(begin).copied().unwrap_or(0);
        let forms = ranked(playbooks.forms(), |form| form.rank);
        let forms = forms
            .into_iter()
            .filter(|form| !form.retired && form.record == Kind::Entry && form.answers_due.is_none())
            .filter(|form| form.may_enter(&held).is_ok())
            .map(|form| {
                let (section, section_label) = section(playbooks, &form.file);
                let begin = Procedure::Form { form: form.id.clone() };
                ProcedureRow {
                    here: here(&begin),
                    begin,
                    title: form.title.clone(),
                    guidance: form.guidance.clone(),
                    about: form.subject.into_iter().collect(),
                    section,
                    section_label,
                    offers: Vec::new(),
                }
            });
        let checklists =
            playbooks.checklists().filter(|list| !list.retired && one_of(&list.roles)).map(|list| {
                let (section, section_label) = section(playbooks, &list.file);
                let begin = Procedure::Checklist { checklist: list.id.clone() };
                ProcedureRow {
                    here: here(&begin),
                    begin,
                    title: list.title.clone(),
                    guidance: list.guidance.clone(),
                    about: vec![list.subject],
                    section,
                    section_label,
                    offers: list.offers.clone(),
                }
            });
        let workflows = ranked(playbooks.workflows(), |workflow| workflow.rank);
        let workflows = workflows
            .into_iter()
            .filter(|workflow| !workflow.retired)
            .filter(|workflow| workflow.steps.iter().any(|step| step.opens && one_of(&step.roles)))
            .map(|workflow| {
                let (section, section_label) = section(playbooks, &workflow.file);
                let begin = Procedure::Workflow { workflow: workflow.id.clone() };
                ProcedureRow {
                    here: here(&begin),
                    begin,
                    title: workflow.title.clone(),
                    guidance: workflow.guidance.clone(),
                    about: workflow.subjects.clone(),
                    section,
                    section_label,
                    offers: Vec::new(),
                }
            });
        Ok(forms.chain(checklists).chain(workflows).collect())
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::TestPhone;

    fn form(id: &str, more: &str) -> String {
        format!(
            r#"
kind = "form"
id = "{id}"
title = {{ zh = "登记", en = "Row" }}
subject = "home"
{more}
[[field]]
id = "what"
label = {{ zh = "什么", en = "What" }}
type = "text"
"#
        )
    }

    const ERRAND: &str = r#"
kind = "workflow"
id = "x.errand"
title = { zh = "代办", en = "Errand" }
subjects = ["home"]
resolved_by = ["butler"]
[[state]]
id = "open"
label = { zh = "待办", en = "Open" }
[[state]]
id = "done"
label = { zh = "办结", en = "Done" }
end = true
[[step]]
id = "report"
label = { zh = "登记", en = "Report" }
opens = true
to = "open"
roles = ["butler"]
[[step]]
id = "finish"
label = { zh = "完成", en = "Finish" }
from = ["open"]
to = "done"
roles = ["butler", "engineering"]
"#;

    #[test]
    fn what_may_be_begun_is_offered_and_nothing_else() {
        let bench = TestPhone::new(&["butler"]);
        let files = [
            form("x.anybody", ""),
            form("x.workshop", "roles = [\"engineering\"]"),
            form("x.retired", "retired = true"),
        ];
        let [anybody, workshop, retired] = files.each_ref().map(String::as_str);
        bench.publish(&[ERRAND, anybody, workshop, retired]);
        let ids = |bench: &TestPhone| -> Vec<String> {
            let rows = bench.butler.procedures().unwrap();
            let ours = rows.into_iter().filter(|row| row.begin.id().starts_with("x."));
            ours.map(|row| row.begin.id().to_owned()).collect()
        };
        assert_eq!(ids(&bench), ["x.anybody", "x.errand"]);
        // Those of this build stand in the sections of their folders, each by its name; what a company adds beside them in none.
        for row in bench.butler.procedures().unwrap() {
            let ours = row.begin.id().starts_with("x.");
            assert_eq!(row.section == "other", ours, "{row:?}");
            assert!(!row.section_label.zh.is_ascii(), "{} has no name", row.section);
        }
        // An engineer finishes errands and begins none.
        bench.assign(&["engineering"]);
        assert_eq!(ids(&bench), ["x.anybody", "x.workshop"]);
    }

    #[test]
    fn what_has_a_rank_stands_before_all_else_of_its_kind() {
        let bench = TestPhone::new(&["butler"]);
        let files = [form("x.a", ""), form("x.b", "rank = 900"), form("x.c", "rank = 800")];
        let [plain, late, early] = files.each_ref().map(String::as_str);
        bench.publish(&[plain, late, early]);
        let rows = bench.butler.procedures().unwrap();
        let ids: Vec<&str> =
            rows.iter().map(|row| row.begin.id()).filter(|id| id.starts_with("x.")).collect();
        assert_eq!(ids, ["x.c", "x.b", "x.a"]);
        let emergencies =
            rows.iter().filter(|row| row.section == "emergency" && row.begin.workflow().is_some());
        let titles: Vec<&str> = emergencies.map(|row| row.title.zh.as_str()).collect();
        assert_eq!(titles[..3], ["火灾", "燃气泄漏", "水浸与跑水"], "{titles:?}");
    }
}
