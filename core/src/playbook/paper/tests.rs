use super::*;
use crate::playbook::Language;

fn notice() -> Paper {
    toml::from_str(
        r#"
        id = "test.notice"
        title = { zh = "整改通知单", en = "Notice" }
        of = ["test"]
        after = ["notice"]
        size = "a5"
        notes = true
        [[block]]
        text = { zh = """
        {$home}业主：
        请于{by}前整改，编号{number}。
        """, en = "To {$home}: by {by}" }
        [[block]]
        table = ["$home", "by", "spot"]
        [[block]]
        course = []
        [[block]]
        points = "findings"
        [[block]]
        sign = [{ zh = "签收人", en = "Received by" }]
        "#,
    )
    .unwrap()
}

fn facts(home: &str) -> SlipFacts {
    let mut facts = SlipFacts { code: "butler://record/01".to_owned(), ..SlipFacts::default() };
    facts.name("$home", Label::same(home));
    facts.name("$company", Label::same("金色家园物业"));
    facts.named.insert("by".to_owned(), (Label::new("整改期限", "By"), Some(Label::same("2026-12-03"))));
    facts.named.insert("spot".to_owned(), (Label::new("部位", "Where"), None));
    facts
}

fn made(step: &str) -> SlipStep {
    SlipStep {
        step: step.into(),
        label: Label::new("发整改通知单", "Issue the notice"),
        at: "2026-11-28 14:30".to_owned(),
        by: "张丽".to_owned(),
        said: vec![(Label::new("整改要求", "What"), Label::same("恢复原状"))],
        note: "业主在场".to_owned(),
    }
}

#[test]
fn what_is_not_answered_stays_free_and_a_slip_is_ready_after_its_step() {
    let (paper, mut facts) = (notice(), facts("3栋2单元501"));
    assert!(!paper.is_ready(&facts), "no notice before it is issued");
    facts.steps.push(made("notice"));
    facts.name_step(&"notice".into(), &Label::new("发整改通知单", "Issue the notice"));
    assert!(paper.is_ready(&facts));
    let slip = paper.fill(&facts, Language::Zh);
    assert_eq!(slip.parts[0], SlipPart::Text("3栋2单元501业主：".to_owned()));
    assert_eq!(slip.parts[1], SlipPart::Text("请于2026-12-03前整改，编号＿＿＿＿＿＿。".to_owned()));
    let SlipPart::Table(rows) = &slip.parts[2] else { panic!("{:?}", slip.parts) };
    assert_eq!(rows[2], ("部位".to_owned(), "＿＿＿＿＿＿".to_owned()));
    let SlipPart::List { rows, .. } = &slip.parts[3] else { panic!("{:?}", slip.parts) };
    assert_eq!(rows[0], ["2026-11-28 14:30", "发整改通知单", "张丽", "整改要求：恢复原状\n业主在场"]);
    let silent = Paper { notes: false, ..notice() }.fill(&facts, Language::Zh);
    let SlipPart::List { rows, .. } = &silent.parts[3] else { panic!("{:?}", silent.parts) };
    assert_eq!(rows[0][3], "整改要求：恢复原状", "what colleagues tell each other is not for who signs");
    assert_eq!(facts.named["notice.on"].1, Some(Label::new("2026年11月28日", "2026-11-28")));
    assert_eq!(
        paper.fill(&facts, Language::En).parts[0],
        SlipPart::Text("To 3栋2单元501: by 2026-12-03".to_owned())
    );
}

#[test]
fn no_answer_is_told_twice_and_what_it_is_not_about_has_no_row() {
    let mut facts = facts("");
    let mut notice_made = made("notice");
    notice_made.said.push((Label::new("整改期限", "By"), Label::same("2026-12-03")));
    facts.steps.push(notice_made);
    let slip = notice().fill(&facts, Language::Zh);
    let SlipPart::Table(rows) = &slip.parts[2] else { panic!("{:?}", slip.parts) };
    assert_eq!(rows.iter().map(|(label, _)| &**label).collect::<Vec<_>>(), ["整改期限", "部位"]);
    let SlipPart::List { rows, .. } = &slip.parts[3] else { panic!("{:?}", slip.parts) };
    assert_eq!(rows[0][3], "整改要求：恢复原状\n业主在场");
}

#[test]
fn a_finding_is_marked_and_a_point_is_named_once() {
    let check = |point: &str, item: &str, fails| SlipCheck {
        point: Label::same(point),
        item: Label::same(item),
        found: Some(Label::same("破损")),
        fails,
        by: "王伟".to_owned(),
        at: "2026-11-28 09:10".to_owned(),
    };
    let mut facts = facts("");
    facts.checks =
        vec![check("大堂", "灯具", true), check("大堂", "地面", true), check("电梯", "轿厢", false)];
    let slip = notice().fill(&facts, Language::Zh);
    let Some(SlipPart::List { rows, .. }) = slip.parts.get(4) else { panic!("{:?}", slip.parts) };
    let shown: Vec<[&str; 3]> = rows.iter().map(|row| [&*row[0], &*row[1], &*row[2]]).collect();
    assert_eq!(shown, [["大堂", "灯具", "× 破损"], ["", "地面", "× 破损"]]);
}

#[test]
fn whatever_is_filled_in_stays_text() {
    let hostile = "</td><script>alert('x')</script>\"&{by}\u{202e}501";
    let page = notice().fill(&facts(hostile), Language::Zh).html();
    assert!(!page.contains("<script") && !page.contains('\u{202e}'), "{page}");
    assert!(
        page.contains("&lt;/td&gt;&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;&quot;&amp;{by}501"),
        "{page}"
    );
    assert!(page.contains("@page{size:148mm 210mm") && page.contains("<html lang=\"zh-CN\">"));
    assert!(page.contains("<svg viewBox=") && page.contains("default-src 'none'"));
}
