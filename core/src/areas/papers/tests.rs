use crate::areas::cases::NewCase;
use crate::areas::registers::NewEntry;
use crate::error::ButlerError;
use crate::model::{Evidence, RecordId, Value};
use crate::playbook::Language;
use crate::playbook::paper::SlipPart;
use crate::testing::{TestPhone, unit};

const LOAN: &str = r#"
    kind = "workflow"
    id = "test.loan"
    title = { zh = "工具借用", en = "Tool lent" }
    subjects = ["home"]
    resolved_by = ["supervisor"]
    state = [
      { id = "out", label = { zh = "借出", en = "Lent" } },
      { id = "back", label = { zh = "已归还", en = "Back" }, end = true },
    ]
    [[step]]
    id = "lend"
    label = { zh = "借出", en = "Lend" }
    opens = true
    to = "out"
    roles = ["butler"]
    [[step.field]]
    id = "days"
    label = { zh = "借用时间", en = "For how long" }
    type = "number"
    unit = "day"
    [[step]]
    id = "take_back"
    label = { zh = "归还", en = "Take back" }
    from = ["out"]
    to = "back"
    roles = ["butler"]
"#;
const SLIP: &str = r#"
    kind = "paper"
    id = "test.loan-slip"
    title = { zh = "借用单", en = "Loan" }
    of = ["test.loan"]
    [[block]]
    text = { zh = "{$home}借用工具 {days}，经办{lend.by}。", en = "{$home} has a tool for {days}, by {lend.by}." }
"#;
const RETURNED: &str = r#"
    kind = "paper"
    id = "test.return-slip"
    title = { zh = "归还单", en = "Returned" }
    of = ["test.loan"]
    after = ["take_back"]
    [[block]]
    table = ["$number", "$state", "take_back.on"]
"#;

fn lent(bench: &TestPhone) -> RecordId {
    let evidence = Evidence { fields: [("days".into(), Value::from(3))].into(), ..Evidence::default() };
    let new = NewCase {
        workflow: "test.loan".into(),
        step: "lend".into(),
        about: vec![bench.home("501")],
        evidence,
        ..NewCase::default()
    };
    bench.butler.cases().open(&new).unwrap().record
}

#[test]
fn a_case_is_handed_out_as_the_slips_its_steps_allow() {
    let bench = TestPhone::new(&["butler"]);
    bench.publish(&[LOAN, SLIP, RETURNED]);
    let case = lent(&bench);
    let papers = bench.butler.papers();
    let ids = || papers.of(case).unwrap().into_iter().map(|row| row.id).collect::<Vec<_>>();
    assert_eq!(ids(), ["test.loan-slip"]);
    assert!(matches!(papers.fill(case, "test.return-slip", Language::Zh), Err(ButlerError::NotFound)));
    let slip = papers.fill(case, "test.loan-slip", Language::Zh).unwrap();
    let me = bench.butler.me().unwrap().name;
    assert_eq!(slip.parts, [SlipPart::Text(format!("1栋1单元501借用工具 3 天，经办{me}。"))]);
    assert_eq!((slip.code, slip.company.as_str()), (format!("butler://record/{case}"), "物业服务中心"));
    bench.butler.cases().take(case, &"take_back".into(), Evidence::default(), "").unwrap();
    assert_eq!(ids(), ["test.loan-slip", "test.return-slip"]);
    let slip = papers.fill(case, "test.return-slip", Language::En).unwrap();
    let SlipPart::Table(rows) = &slip.parts[0] else { panic!("{:?}", slip.parts) };
    assert_eq!(rows[1], ("State".to_owned(), "Back".to_owned()));
    assert_eq!((rows[0].1.len(), &rows[0].1), (13, &slip.number), "{rows:?}");
    assert_eq!(rows[2].0, "Take back: date");
}

#[test]
fn what_is_worked_out_stands_on_a_slip() {
    const LEFT: &str = r#"
        [[field]]
        id = "left"
        label = { zh = "还剩天数", en = "Days left" }
        type = "number"
        unit = "day"
        sum = [{ answer = "days" }, { answer = "used", times = -1 }]
        [[step]]
        id = "use"
        label = { zh = "用了", en = "Use" }
        from = ["out"]
        roles = ["butler"]
        [[step.field]]
        id = "used"
        label = { zh = "用了几天", en = "Days used" }
        type = "number"
        unit = "day"
        [[step]]
        id = "take_back""#;
    const BOOKED: &str = r#"
        kind = "form"
        id = "test.bags"
        title = { zh = "融雪盐", en = "Salt" }
        subject = "home"
        roles = ["butler"]
        [[field]]
        id = "date"
        label = { zh = "日期", en = "Date" }
        type = "date"
        required = true
        [[field]]
        id = "bags"
        label = { zh = "袋数", en = "Bags" }
        type = "number"
        unit = "piece"
        [[field]]
        id = "all"
        label = { zh = "共领", en = "In all" }
        type = "number"
        unit = "piece"
        sum = [{ answer = "bags" }, { beside = "test.bags", dated = "date", answer = "bags" }]
    "#;
    let slip = |id: &str, of: &str, name: &str| {
        format!(
            "kind = 'paper'\nid = '{id}'\ntitle = {{ zh = '单据', en = 'Slip' }}\nof = ['{of}']\n[[block]]\ntable = ['{name}']"
        )
    };
    let loan = LOAN.replace("    [[step]]\n    id = \"take_back\"", LEFT);
    let slips = [slip("test.of-loan", "test.loan", "left"), slip("test.of-bags", "test.bags", "all")];
    let bench = TestPhone::new(&["butler"]);
    bench.publish(&[&loan, BOOKED, &slips[0], &slips[1]]);
    let printed = |id: RecordId, slip: &str| {
        let mut filled = bench.butler.papers().fill(id, slip, Language::Zh).unwrap();
        let SlipPart::Table(mut rows) = filled.parts.remove(0) else { panic!("{:?}", filled.parts) };
        rows.remove(0)
    };
    let case = lent(&bench);
    assert_eq!(printed(case, "test.of-loan").1, "＿＿＿＿＿＿", "what it takes away is not there yet");
    let used = Evidence { fields: [("used".into(), Value::from(2))].into(), ..Evidence::default() };
    bench.butler.cases().take(case, &"use".into(), used, "").unwrap();
    assert_eq!(printed(case, "test.of-loan"), ("还剩天数".to_owned(), "1 天".to_owned()));
    let row = |bags: i64| {
        let fields = [("date".into(), "2026-12-01".into()), ("bags".into(), bags.into())].into();
        let answers = Evidence { fields, ..Evidence::default() };
        let about = bench.butler.cases().details(case).unwrap().about;
        let new = NewEntry { form: "test.bags".into(), place: unit(), answers, about, due: None };
        bench.butler.registers().add(&new).unwrap().record
    };
    let (first, _) = (row(4), row(3));
    assert_eq!(printed(first, "test.of-bags"), ("共领".to_owned(), "7 个".to_owned()));
}

#[test]
fn who_may_not_open_a_case_prints_none_of_it() {
    let bench = TestPhone::new(&["butler"]);
    let closed = LOAN.replace("resolved_by", "read_by = [\"supervisor\", \"butler\"]\nresolved_by");
    bench.publish(&[&closed, SLIP, RETURNED]);
    let case = lent(&bench);
    bench.assign(&["security"]);
    assert!(matches!(bench.butler.papers().of(case), Err(ButlerError::NotFound)));
    assert!(matches!(
        bench.butler.papers().fill(case, "test.loan-slip", Language::Zh),
        Err(ButlerError::NotFound)
    ));
}
