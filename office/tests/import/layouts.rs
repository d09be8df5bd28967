//! Other layouts need no code: a mapping file, or nothing at all.

use butler_core::model::CommunityId;
use butler_office::import::{
    self, CellError, Choices, ImportError, Mapping, MappingError, Question, Treatment, Why,
};

use super::support::{grouped_titles, guesses, jinse, read, sheet, workbook};

const CUIHU: &str = include_str!("../fixtures/mapping-cuihu.toml");

/// A company that keeps one row per person, a sheet per grid, and everything under other titles.
fn cuihu() -> Vec<u8> {
    let titles: &[&str] = &[
        "客户名称",
        "客户身份",
        "移动电话",
        "家庭电话",
        "出生年月日",
        "饲养宠物",
        "房产坐落",
        "套内及公摊（㎡）",
        "截至上月欠缴(元)",
        "钥匙托管",
        "录入人",
    ];
    let east: &[&[&str]] = &[
        titles,
        &[
            "赵国栋",
            "户主",
            "138 0000 1111",
            "0755-26001111",
            "1968年3月9日",
            "",
            "A座-2-501",
            "120.5",
            "1,200.50",
            "是",
            "李",
        ],
        &[
            "吴敏",
            "配偶",
            "13800002222(微信同号)",
            "",
            "10月1日",
            "狗/猫",
            "A座-2-501",
            "120.5",
            "",
            "",
            "李",
        ],
        &["", "", "", "", "", "", "A座-2-502", "98平方米", "0", "否", "李"],
        titles,
        &["陈晨", "", "1380000333", "", "", "", "三号楼1单元12A", "88", "0", "", "李"],
    ];
    let west: &[&[&str]] = &[
        &["翠湖花园客户台账(西区)"],
        titles,
        &["孙宏", "户主", "13800004444", "", "", "", "B座101", "九十", "0", "无", "王"],
        &["小计", "", "", "", "", "", "", "", "1200.5", "", ""],
    ];
    let notes: &[&[&str]] = &[&["请于每月五日前更新"]];
    workbook(&[("东区", east), ("西区", west), ("填表说明", notes)])
}

#[test]
fn another_companys_layout_needs_only_a_mapping_file() {
    let community = CommunityId::new("cuihu").unwrap();
    let mapping = Mapping::parse(CUIHU).unwrap();
    let plan = import::read(&cuihu(), &community, &mapping).unwrap();

    let homes: Vec<_> =
        plan.homes.iter().map(|home| (home.location.canonical(), home.residents.len())).collect();
    let want = [("A-2-501", 2), ("A-2-502", 0), ("3-1-12A", 1), ("B-101", 1)];
    assert_eq!(homes, want.map(|(location, people)| (location.to_owned(), people)));
    let grids: Vec<_> = plan.grids.iter().map(|grid| grid.name.as_str()).collect();
    assert_eq!(grids, ["东区", "西区"]);

    let family = &plan.homes[0];
    let value = |resident: usize, path: &str| {
        let stated = &family.residents[resident].stated;
        stated
            .iter()
            .filter(|stated| stated.field.spec.path == path)
            .map(|stated| stated.value.clone())
            .collect::<Vec<_>>()
    };
    assert_eq!(value(0, "role"), ["owner".into()]);
    assert_eq!(value(0, "phone/*/number"), ["13800001111".into(), "0755-26001111".into()]);
    assert_eq!(value(0, "birthday"), ["1968-03-09".into()]);
    assert_eq!(value(1, "role"), ["family".into()]);
    assert_eq!(value(1, "birthday"), ["--10-01".into()]);
    assert_eq!(value(1, "pet/*/species"), ["狗".into(), "猫".into()]);
    let of_home = |path: &str| {
        family.stated.iter().find(|stated| stated.field.spec.path == path).map(|stated| stated.value.clone())
    };
    assert_eq!(of_home("arrears"), Some(120_050.into()));
    assert_eq!(of_home("key_held"), Some(true.into()));
    assert_eq!(of_home("state"), Some("occupied".into()), "a default of the mapping");

    let counts = plan.report.counts();
    assert_eq!(counts.cells, counts.used + counts.left_out);
    let left_out: Vec<_> = plan
        .report
        .lines
        .iter()
        .filter(|line| line.treatment == Treatment::LeftOut)
        .map(|line| (line.cell.to_string(), line.why.clone()))
        .collect();
    for (cell, why) in [
        ("东区!C6", Why::Unreadable(CellError::NotAPhone(butler_core::model::phone::PhoneError::Invalid))),
        ("东区!A5", Why::RepeatedTitles),
        ("西区!A1", Why::AboveTable),
        ("西区!H3", Why::Unreadable(CellError::NotANumber)),
        ("西区!I4", Why::Totals),
        ("填表说明!A1", Why::NoTable),
    ] {
        assert!(left_out.contains(&(cell.to_owned(), why.clone())), "{cell} {why}: {left_out:#?}");
    }
}

#[test]
fn titles_in_two_rows_are_understood() {
    let plan = import::read(&grouped_titles(), &jinse(), &guesses()).unwrap();
    let homes: Vec<_> = plan.homes.iter().map(|home| home.location.canonical()).collect();
    assert_eq!(homes, ["7-101", "7-102"]);
    assert_eq!(plan.homes[0].residents[0].phones, ["13800001111", "0755-26001111"]);
    let arrears =
        |home: usize| plan.homes[home].stated.iter().find(|stated| stated.field.spec.path == "arrears");
    assert_eq!(arrears(0).map(|stated| &stated.value), Some(&10_000.into()));
    assert_eq!(arrears(1), None, "one sum over two homes is not owed twice");
    let left_out: Vec<_> =
        plan.report.lines.iter().filter(|line| line.treatment == Treatment::LeftOut).collect();
    assert_eq!(left_out.len(), 1);
    assert_eq!((left_out[0].cell.to_string().as_str(), &left_out[0].why), ("Sheet1!I4", &Why::Untitled));
}

#[test]
fn blank_cells_continue_what_stands_above_and_say_so() {
    let plan = read(&sheet(&[
        &["楼栋", "单元", "房号", "业主姓名"],
        &["1栋", "1单元", "101", "钱多"],
        &["", "", "102", "孙里"],
        &["2栋", "", "101", "李四"],
    ]))
    .unwrap();
    let homes: Vec<_> = plan.homes.iter().map(|home| home.location.canonical()).collect();
    assert_eq!(homes, ["1-1-101", "1-1-102", "2-101"], "a unit ends with its building");
    let guessed: Vec<_> =
        plan.report.lines.iter().map(|line| (line.cell.to_string(), line.became.as_str())).collect();
    assert_eq!(guessed, [("业主信息!A3".to_owned(), "1栋"), ("业主信息!B3".to_owned(), "1单元")]);
}

#[test]
fn a_home_in_another_grid_than_its_unit_is_reported() {
    let plan = read(&sheet(&[
        &["楼栋", "单元", "房号", "网格"],
        &["1栋", "1单元", "101", "1网格"],
        &["1栋", "1单元", "102", "1网格"],
        &["1栋", "1单元", "103", "2网格"],
    ]))
    .unwrap();
    let unit = plan.places.iter().find(|place| place.id.as_str() == "jinse/1/1").unwrap();
    assert_eq!(unit.grids.len(), 1, "a slip must not open a unit to another grid");
    assert_eq!(plan.report.lines[0].why, Why::OtherGrid);
    assert_eq!(plan.report.lines[0].cell.to_string(), "业主信息!D4");
}

#[test]
fn bad_cells_are_left_out_one_by_one() {
    let plan = read(&sheet(&[
        &["楼栋", "单元", "房号", "面积", "房屋状态", "入住日期", "联系电话", "物业费交至"],
        &["1栋", "1单元", "101", "很大", "闲置", "2020-13-01", "待补", "2026-12"],
        &["", "2单元", "", "", "", "", "", ""],
        &["1栋", "1单元", "12345678901234567", "90", "", "", "", ""],
    ]))
    .unwrap();
    assert_eq!(plan.homes.len(), 1, "the home itself is imported");
    let lines: Vec<_> = plan.report.lines.iter().map(|line| format!("{} {}", line.cell, line.why)).collect();
    for line in [
        "业主信息!D2 不是数字 · not a number",
        "业主信息!E2 未知选项,请在映射文件 words 中补充 · unknown word, add it to the mapping",
        "业主信息!F2 不是有效日期 · not a date",
        "业主信息!G2 不是有效电话 · no number",
        "业主信息!H2 日期不完整 · the day is missing",
        "业主信息!B3 无房号 · no room in this row",
        "业主信息!C4 不像房号 · not a room",
    ] {
        assert!(lines.contains(&line.to_owned()), "{line}: {lines:#?}");
    }
    let counts = plan.report.counts();
    assert_eq!(counts.cells, counts.used + counts.left_out);
}

#[test]
fn what_cannot_be_imported_says_what_was_seen() {
    let error = |rows: &[&[&str]]| read(&sheet(rows)).unwrap_err();
    let staff = error(&[
        &["姓名", "手机", "职务"],
        &["钱多", "13800001111", "保安"],
        &["孙里", "13800002222", "保洁"],
    ]);
    let ImportError::NoRegister(seen) = &staff else { panic!("{staff}") };
    assert_eq!(seen, &["  业主信息: 3 行 × 3 列；姓名→姓名，手机→电话号码，职务→?"]);
    assert!(!staff.to_string().contains("钱多"), "titles are named, content is not");
    assert_eq!(
        error(&[&["楼栋", "单元", "房号"]]),
        ImportError::NoRegister(vec!["  业主信息: 1 行 × 3 列；楼栋→楼栋，单元→单元，房号→房号".to_owned()])
    );
}

#[test]
fn a_column_nobody_knows_is_asked_about_with_what_stands_in_it() {
    let rows: &[&[&str]] =
        &[&["楼栋", "单元", "房号", "身份证号"], &["1栋", "1单元", "101", "440300196803090000"]];
    let plan = read(&sheet(rows)).unwrap();
    let Question::Column { cell, title, samples, .. } = &plan.proposal.questions[0] else { panic!() };
    assert_eq!((cell.to_string().as_str(), title.as_str()), ("业主信息!D1", "身份证号"));
    assert_eq!(samples, &["440300196803090000"]);
    let open = plan.ready(&Choices { partial: true, ..Choices::default() }).unwrap_err();
    assert!(open.to_string().contains("业主信息!D1 “身份证号”"), "{open}");
    assert!(!open.to_string().contains("4403"), "the column is named, its content is not");
    assert_eq!(plan.homes.len(), 1, "everything else is understood all the same");
}

#[test]
fn of_two_columns_that_say_the_same_the_better_counts_and_the_other_is_asked_about() {
    let rows: &[&[&str]] = &[&["楼栋", "房号", "面积", "建筑面积(㎡)"], &["1栋", "101", "90", "91"]];
    let plan = read(&sheet(rows)).unwrap();
    let Question::Column { cell, .. } = &plan.proposal.questions[0] else { panic!() };
    assert_eq!(cell.to_string(), "业主信息!D1");
    assert_eq!(plan.homes[0].stated[0].value, 90.0.into());
}

#[test]
fn unknown_columns_may_be_reported_instead() {
    let mapping = Mapping::parse("unknown = \"report\"").unwrap();
    let bytes =
        sheet(&[&["楼栋", "单元", "房号", "身份证号"], &["1栋", "1单元", "101", "440300196803090000"]]);
    let plan = import::read(&bytes, &jinse(), &mapping).unwrap();
    assert_eq!(plan.report.lines[0].why, Why::UnknownColumn);
    assert_eq!(plan.homes[0].stated, []);
}

#[test]
fn a_mapping_file_that_is_wrong_says_where() {
    let error = Mapping::parse("rows = \"families\"").unwrap_err();
    assert!(matches!(&error, MappingError::Toml(message) if message.contains("line 1")), "{error}");
}
