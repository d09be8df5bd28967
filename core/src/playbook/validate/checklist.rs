//! What must hold of a checklist: its points, their items, and when they are visited.

use super::Check;
use crate::playbook::checklist::{Checklist, Window};
use crate::playbook::condition_check::Names;
use crate::playbook::diagnostics::Diagnostic;
use crate::playbook::path::Path;
use crate::playbook::rule::DueRule;

impl Check<'_> {
    pub(super) fn checklist(&mut self, list: &Checklist) {
        let top = Path::top();
        self.head(list.id.as_str(), &list.title);
        self.guidance(&top, list.guidance.as_ref());
        self.somebody(&top.key("roles"), &list.roles);
        self.workflow_ids(&top.key("offers"), &list.offers);
        self.findings(list);
        let points = list.points.iter().enumerate();
        let ids = points.clone().flat_map(|(index, point)| {
            let path = top.key("point").index(index);
            let items = path.key("item");
            let own = (point.id.as_str(), path.key("id"));
            let of_items = point.items.iter().enumerate();
            let of_items =
                of_items.map(move |(number, item)| (item.id.as_str(), items.index(number).key("id")));
            std::iter::once(own).chain(of_items)
        });
        self.unique(ids);
        self.report_if(list.points.is_empty(), &top.key("point"), Diagnostic::NoPoint);
        let names = Names::new().answers("form", list.items());
        for (index, point) in points {
            let path = top.key("point").index(index);
            self.label(&path.key("label"), &point.label);
            self.guidance(&path, point.guidance.as_ref());
            for (number, item) in point.items.iter().enumerate() {
                self.item(&path.key("item").index(number), item, &names);
            }
            let invalid = point.window.as_ref().is_some_and(|window| !is_part_of_a_day(window));
            self.report_if(invalid, &path.key("window"), Diagnostic::InvalidWindow);
        }
    }
}

impl Check<'_> {
    /// How findings stand on Today.
    fn findings(&mut self, list: &Checklist) {
        let (findings, path) = (&list.findings, Path::top().key("findings"));
        self.guidance(&path, findings.guidance.as_ref());
        self.role_ids(&path.key("followed_by"), &findings.followed_by);
        if let Some(within) = findings.within {
            self.span(&path.key("within"), within);
        }
        self.addressed(&path, &DueRule::of_findings(list), &[]);
    }
}

/// From the evening into the morning is a part of a night; more than that is two times mixed up.
fn is_part_of_a_day(window: &Window) -> bool {
    const DAY: u16 = 24 * 60;
    window.minutes().is_some_and(|(from, to)| to != from + DAY && (to <= DAY || to - from <= DAY / 2))
}

#[cfg(test)]
mod tests {
    use super::super::testing::each_reports;
    use super::Diagnostic as D;

    const CHECKLIST: &str = r#"
subject = "grid"
roles = ["butler"]
[[point]]
id = "gate"
label = { zh = "大门", en = "Gate" }
window = { from = "22:00", to = "06:00" }
[[point.item]]
id = "lamp"
label = { zh = "灯", en = "Lamp" }
type = "flag"
photo = "always"
"#;

    #[test]
    fn each_slip_of_a_checklist_is_reported() {
        let (_, points) = CHECKLIST.split_once("[[point]]").unwrap();
        let head = "roles = [\"butler\"]";
        each_reports(
            "checklist",
            CHECKLIST,
            &[
                (&format!("[[point]]{points}"), "point = []\n", D::NoPoint),
                ("to = \"06:00\"", "to = \"20:00\"", D::InvalidWindow),
                ("to = \"06:00\"", "to = \"22:00\"", D::InvalidWindow),
                ("type = \"flag\"", "type = \"flag\"\nmust = true", D::MustInChecklist),
                ("type = \"flag\"", "type = \"text\"\nmust = true", D::MustBeNoFlag),
                ("roles = [\"butler\"]", "roles = []", D::Nobody),
                (head, "roles = [\"butler\"]\nfindings = { within = { years = 101 } }", D::SpanTooLong),
                (
                    head,
                    "roles = [\"butler\"]\nfindings = { escalate = { after = { hours = 1 }, to = [] } }",
                    D::Nobody,
                ),
            ],
        );
    }
}
