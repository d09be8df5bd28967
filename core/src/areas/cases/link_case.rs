use super::Cases;
use crate::context::Recorded;
use crate::error::{ButlerError, InputProblem};
use crate::model::{Edit, Kind, RecordId};
use crate::playbook::Label;

impl Cases<'_> {
    /// Links a case with another: `how` is a code (`group`, `repeat`) that a term `link.<how>` says in words. Shown with
    /// both; linking again says how anew.
    ///
    /// # Errors
    /// [`ButlerError::InvalidInput`] for a case linked with itself or a `how` the terms do not know,
    /// [`ButlerError::NotFound`], [`ButlerError::NotAllowed`].
    pub fn link(&self, case: RecordId, other: RecordId, how: &str) -> Result<Recorded, ButlerError> {
        self.0.submit("cases.link", &(case, other, how), |author, tx| {
            if case == other {
                return Err(ButlerError::invalid("other", InputProblem::LinkedWithItself));
            }
            if author.office.playbooks.terms().get(&format!("link.{how}")).is_none() {
                return Err(ButlerError::invalid_field(
                    "how",
                    Label::new("关联方式", "Link"),
                    InputProblem::UnknownWord,
                ));
            }
            for id in [case, other] {
                author.existing(tx, id, Kind::Case)?;
            }
            let edit = Edit::new().put(format!("link/{other}"), how);
            author.edit(tx, case, Kind::Case, &edit)
        })
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use crate::areas::cases::NewCase;
    use crate::areas::testing::{CLOSE_TOGETHER, STORM, TICKED, shutdown};
    use crate::error::ButlerError;
    use crate::model::Evidence;
    use crate::playbook::due::Status;
    use crate::testing::TestPhone;

    #[test]
    fn linked_cases_are_shown_with_both() {
        let bench = TestPhone::new(&["butler"]);
        bench.publish(&[TICKED]);
        let (one, other) = (shutdown(&bench, "501"), shutdown(&bench, "502"));
        let cases = bench.butler.cases();
        cases.link(one, other, "repeat").unwrap();
        for (case, linked, title) in [(one, other, "502停水"), (other, one, "501停水")] {
            let links = cases.details(case).unwrap().links;
            assert_eq!((links.len(), links[0].case, links[0].title.as_str()), (1, linked, title));
            assert_eq!(links[0].how.zh, "同一问题再次发生");
        }
        let about = bench.butler.context.read(|reader| Ok(reader.links_of([one].into_iter())?)).unwrap();
        assert!(!about[&one].iter().any(|(id, _)| *id == other), "linked with it, not about it");
        cases.link(one, other, "group").unwrap();
        assert_eq!(cases.details(other).unwrap().links[0].how.zh, "同一事项（群诉）");
        let field = |result| match result {
            Err(ButlerError::InvalidInput { field, .. }) => field,
            other => panic!("{other:?}"),
        };
        assert_eq!(field(cases.link(one, one, "group")), "other");
        assert_eq!(field(cases.link(one, other, "gruop")), "how");
        let home = bench.home("501");
        assert!(matches!(cases.link(one, home, "group"), Err(ButlerError::NotFound)));
    }

    #[test]
    fn cases_together_are_one_item_and_what_is_opened_from_it_is_linked_with_them() {
        let bench = TestPhone::new(&["butler"]);
        bench.publish(&[TICKED, STORM, CLOSE_TOGETHER]);
        let items = || {
            let page = bench.butler.today().list(None, 100).unwrap().items;
            page.into_iter().filter(|item| item.rule == "test.shutdown.group").collect::<Vec<_>>()
        };
        let one = shutdown(&bench, "501");
        assert_eq!(items(), []);
        let other = shutdown(&bench, "502");
        let item = items().remove(0);
        assert_eq!((item.cases.clone(), item.why.zh.as_str()), (vec![one, other], "2 户停水：水管破裂"));
        assert_eq!(item.guidance.unwrap().zh, "先查总阀。");
        let new = NewCase {
            workflow: item.begin.workflow().unwrap().clone(),
            step: "report".into(),
            place: item.place,
            title: "总阀漏水".into(),
            evidence: Evidence {
                fields: BTreeMap::from([("what".into(), "总阀漏水".into())]),
                photos: BTreeMap::new(),
            },
            due: Some(item.id),
            ..NewCase::default()
        };
        let opened = bench.butler.cases().open(&new).unwrap().record;
        assert_eq!((items()[0].status, items()[0].answers.clone()), (Status::Begun, vec![opened]));
        let linked = |case| bench.butler.cases().details(case).unwrap().links;
        let how: Vec<String> = linked(opened).into_iter().map(|link| link.how.en).collect();
        assert_eq!(how, ["one matter behind several"; 2]);
        assert_eq!(linked(one)[0].case, opened);
    }
}
