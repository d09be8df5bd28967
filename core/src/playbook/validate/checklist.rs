//! What must hold of a checklist: its points, their items, and when they are visited.

use super::Check;
use crate::playbook::checklist::{Checklist, Point, PointAt, ProofKind, Window};
use crate::playbook::condition_check::Names;
use crate::playbook::diagnostics::Diagnostic;
use crate::playbook::path::Path;
use crate::playbook::rule::DueRule;

impl Check<'_> {
    pub(super) fn checklist(&mut self, list: &Checklist) {
        let top = Path::top();
        self.head(list.id.as_str(), &list.title);
        self.guidance(&top, list.guidance.as_ref());
        self.serves(&top, list.serves.as_ref());
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
            self.no_sums(&path.key("item"), &point.items);
            self.place(&path.key("at"), list, point);
            let invalid = point.window.as_ref().is_some_and(|window| !is_part_of_a_day(window));
            self.report_if(invalid, &path.key("window"), Diagnostic::InvalidWindow);
        }
        self.sums_of_round(list, &names);
    }
}

impl Check<'_> {
    /// Where a point is: at places of a kind there is, with a bound to how far a location may be, and looking at nothing
    /// that is answered at other places.
    fn place(&mut self, path: &Path<'_>, list: &Checklist, point: &Point) {
        if let Some(PointAt::Kind(kind)) = &point.at {
            let kinds = self.set.terms().choices("place_kind").unwrap_or_default();
            let known: Vec<String> = kinds.iter().map(|kind| kind.id.clone()).collect();
            self.one_of(path, kind, known.iter().map(String::as_str), Diagnostic::NoPlaceKind);
        }
        let located = point.proof.contains(&ProofKind::Location) && list.location_within_m.is_none();
        self.report_if(point.at.is_some() && located, path, Diagnostic::LocationWithoutBound);
        let elsewhere = |id: &str| {
            let others = list.points.iter().filter(|other| other.at.is_some() && other.id != point.id);
            others.flat_map(|other| &other.items).any(|item| item.id == *id)
        };
        for item in &point.items {
            let conditions = [&item.shown_when, &item.required_when, &item.fails_when];
            let names = conditions.into_iter().flatten().flat_map(|condition| condition.names());
            let names: Vec<String> = names.map(|name| name.path.clone()).collect();
            for name in names.into_iter().filter(|name| elsewhere(name)) {
                self.report(path, Diagnostic::AnsweredElsewhere(name));
            }
        }
    }

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
