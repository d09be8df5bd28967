//! Registers that were tried on the product and went wrong, each with what is right.

use butler_core::model::{Edit, Home, Kind, Resident};
use butler_core::testing::TestHost;
use butler_office::import::{self, Choices, Comparison, ImportPlan, Mapping, Question, Treatment, Why};

use super::support::{
    edit, guesses, home_id, jinse, office, read, record, resident, sheet, take_in, take_in_at, take_in_plan,
};

macro_rules! fixture {
    ($name:literal) => {
        include_bytes!(concat!("../fixtures/registers/", $name, ".xlsx"))
    };
}

/// What a plan holds: each home with its people and their numbers.
pub fn told(plan: &ImportPlan) -> Vec<String> {
    let home = |home: &import::PlannedHome| {
        let people = home.residents.iter().map(|resident| {
            let role = resident.role().map(|role| format!("[{role}]")).unwrap_or_default();
            format!("{}{role} {}", resident.name.as_deref().unwrap_or("-"), resident.phones.join("+"))
        });
        let people: Vec<String> = people.map(|person| person.trim().to_owned()).collect();
        format!("{}: {}", home.location.canonical(), people.join(", "))
            .trim_end_matches([':', ' '])
            .to_owned()
    };
    plan.homes.iter().map(home).collect()
}

/// Every cell left out, with the reason.
fn left_out(plan: &ImportPlan) -> Vec<String> {
    let lines = plan.report.lines.iter().filter(|line| line.treatment == Treatment::LeftOut);
    lines.map(|line| format!("{} {} {}", line.cell, line.was, line.why)).collect()
}

fn has(lines: &[String], wanted: &[&str]) {
    for line in wanted {
        assert!(lines.iter().any(|found| found.starts_with(line)), "{line} is not in {lines:#?}");
    }
}

/// Importing the file twice changes nothing the second time.
fn is_stable(bytes: &[u8]) {
    let hub = office();
    take_in(&hub, bytes);
    let again = take_in(&hub, bytes);
    assert_eq!((again.work.len(), again.gone.len(), again.missing.len(), again.owners.len()), (0, 0, 0, 0));
}

#[test]
fn an_error_in_the_room_leaves_out_its_row_and_makes_no_home() {
    let plan = read(fixture!("error-in-room-cell")).unwrap();
    assert_eq!(told(&plan), ["1-1-101: 钱多 13800001111"]);
    has(
        &left_out(&plan),
        &["业主信息!C3 #N/A 房屋位置是错误值", "业主信息!D3 孙里 因 业主信息!C3", "业主信息!C4 #N/A"],
    );
    assert_eq!((plan.rows, plan.lost), (3, 2));
    assert!(plan.ready(&Choices::default()).is_err(), "most of it would be lost");
    assert!(plan.ready(&Choices { partial: true, ..Choices::default() }).is_ok());
    is_stable(fixture!("error-in-room-cell"));
}

#[test]
fn a_room_that_became_a_date_is_refused_with_the_likely_room() {
    let plan = read(fixture!("room-became-a-date")).unwrap();
    assert_eq!(
        told(&plan),
        [
            "1-1-101: 孙里 13800002222",
            "1-1-102: 周武 13800003333",
            "1-1-103: 吴一 13800004444",
            "1-1-104: 郑\u{3000}二 13800005555",
            "1-1-105: 王三 13800006666",
        ]
    );
    has(
        &left_out(&plan),
        &["业主信息!C2 2026-03-02 房号变成了日期，原来可能是 3-2", "业主信息!D2 钱多 因 业主信息!C2"],
    );
    is_stable(fixture!("room-became-a-date"));
}

#[test]
fn lines_below_a_table_are_no_households() {
    let plan = read(fixture!("footer-in-room-column")).unwrap();
    assert_eq!(told(&plan), ["101: 钱多 13800001111"]);
    has(
        &left_out(&plan),
        &["业主信息!A3 制表人：李四 表尾说明", "业主信息!A4", "业主信息!A5 共1户", "业主信息!A6 注："],
    );
    assert_eq!((plan.rows, plan.lost), (1, 0));
    is_stable(fixture!("footer-in-room-column"));
}

#[test]
fn a_second_table_below_is_read_by_its_own_titles() {
    let plan = read(fixture!("second-table-below")).unwrap();
    assert_eq!(
        told(&plan),
        [
            "1-1-101: 钱多 13800001111",
            "1-1-102: 孙里 13800002222",
            "S1.1: 冯记面馆[tenant] 13800005555",
            "S1.2: 陈家药房[tenant] 13800006666",
        ]
    );
    assert_eq!(left_out(&plan), [""; 0]);
    is_stable(fixture!("second-table-below"));
}

#[test]
fn rooms_below_ground_and_parts_of_rooms_are_places_of_their_own() {
    let plan = read(fixture!("basement-rooms")).unwrap();
    assert_eq!(
        told(&plan),
        [
            "1-101: 钱多 13800001111",
            "1-负101: 孙里 13800002222",
            "1-B101: 吴一 13800004444",
            "1-负1层101: 郑二 13800005555",
            "1-地下101: 王三 13800006666",
            "1-101上: 冯四 13800007777",
            "1-101下: 陈五 13800008888",
            "1-101A: 褚六 13800009999",
            "1-101.1: 卫七 13800009998",
            "1-101.102: 韩十 13800009995",
        ]
    );
    // The same place in another spelling, with somebody else in it: said, and left to a person.
    has(
        &left_out(&plan),
        &[
            "业主信息!B4 负101 与 业主信息!B3 重复",
            "业主信息!B12 101(1) 与 业主信息!B11 重复",
            "业主信息!B13 0101 与 业主信息!B2 重复",
            "业主信息!B15 101、102 与 业主信息!B14 重复",
        ],
    );
    is_stable(fixture!("basement-rooms"));
}

#[test]
fn a_sheet_for_each_building_says_the_building() {
    let plan = read(fixture!("sheet-per-building")).unwrap();
    assert_eq!(
        told(&plan),
        [
            "1-101: 钱多 13800001111",
            "1-102: 孙里 13800002222",
            "2-101: 周武 13800003333",
            "2-102: 郑王 13800004444"
        ]
    );
    is_stable(fixture!("sheet-per-building"));
}

#[test]
fn without_a_building_the_same_rooms_of_two_sheets_are_asked_about() {
    let titles: &[&str] = &["房号", "业主姓名", "联系电话"];
    let bytes = super::support::workbook(&[
        ("东边", &[titles, &["101", "钱多", "13800001111"], &["102", "孙里", "13800002222"]]),
        ("西边", &[titles, &["101", "周武", "13800003333"], &["102", "郑王", "13800004444"]]),
    ]);
    let plan = read(&bytes).unwrap();
    assert_eq!(told(&plan), [""; 0], "no home is taken for another");
    let Question::PlaceUnclear { building: true, times: 2, .. } = &plan.proposal.questions[0] else {
        panic!("{:?}", plan.proposal.questions)
    };
    assert!(plan.ready(&Choices::default()).is_err());
    let told_so = "[sheets.\"东边\"]\nbuilding = \"1栋\"\n[sheets.\"西边\"]\nbuilding = \"2栋\"";
    let plan = import::read(&bytes, &jinse(), &Mapping::parse(told_so).unwrap()).unwrap();
    assert_eq!(plan.homes.len(), 4);
}

#[test]
fn room_numbers_that_begin_again_are_asked_about() {
    let mut rows: Vec<Vec<String>> = vec![["房号", "业主姓名", "联系电话"].map(str::to_owned).to_vec()];
    for building in 0..5 {
        for room in 0..9 {
            let name = format!("赵{}{}", '一', ['一', '二', '三', '四', '五', '六', '七', '八', '九'][room]);
            rows.push(vec![format!("{}", 101 + room), name, format!("138{building:04}{room:04}")]);
        }
    }
    let rows: Vec<Vec<&str>> = rows.iter().map(|row| row.iter().map(String::as_str).collect()).collect();
    let rows: Vec<&[&str]> = rows.iter().map(Vec::as_slice).collect();
    let plan = read(&sheet(&rows)).unwrap();
    assert_eq!((plan.homes.len(), plan.lost), (0, 45), "45 homes are not nine");
    assert!(matches!(plan.proposal.questions[0], Question::PlaceUnclear { building: true, times: 36, .. }));
}

#[test]
fn hidden_sheets_are_named_and_left_out_unless_asked_for() {
    let plan = read(fixture!("hidden-sheet-of-last-year-first")).unwrap();
    assert_eq!(told(&plan), ["1-1-101: 钱多 13800001111", "1-1-102: 孙里 13800002222"]);
    has(&left_out(&plan), &["去年!A1 去年!A1 – 去年!E3: 15 隐藏的工作表"]);
    assert_eq!(plan.proposal.left_out[0].0, "去年");
    let mut asked = guesses();
    asked.hidden = true;
    let plan = import::read(fixture!("hidden-sheet-of-last-year-first"), &jinse(), &asked).unwrap();
    has(&left_out(&plan), &["业主信息!C2 101 与 去年!C2 重复"]);
    is_stable(fixture!("hidden-sheet-of-last-year-first"));
}

#[test]
fn a_formula_without_a_stored_value_is_reported_as_such() {
    let plan = read(fixture!("formula-without-value")).unwrap();
    assert_eq!(told(&plan), ["1-1-101: 钱多 13800001111"]);
    has(&left_out(&plan), &["业主信息!F2 #公式没有存值", "业主信息!C3 #公式没有存值 房屋位置是错误值"]);
    is_stable(fixture!("formula-without-value"));
}

#[test]
fn several_owners_and_numbers_of_a_cell_are_several_people_each_with_theirs() {
    let plan = read(fixture!("names-between-phones-and-three-owners")).unwrap();
    assert_eq!(
        told(&plan),
        [
            "1-101: 钱多 13800001111, 赵敏 13800001112",
            "1-102: 孙里 62980001+13800002222",
            "1-103: 周武 13800003333, 郑先生[tenant] 13900003333",
            "1-104: 吴一 13800004444, 郑二 13900004444",
            "1-105: 郑二 13800005555, 王三, 冯四",
        ]
    );
    assert!(
        plan.report.lines.iter().any(|line| line.why == Why::WhoseNumber),
        "whose the one number is, is a guess"
    );
    is_stable(fixture!("names-between-phones-and-three-owners"));
}

#[test]
fn two_columns_with_one_title_are_told_apart_by_where_they_stand() {
    let plan = read(fixture!("two-columns-one-title")).unwrap();
    let remark = &plan.homes[0].residents[0]
        .stated
        .iter()
        .find(|stated| stated.field.spec.path == "remark")
        .unwrap()
        .value;
    assert_eq!(remark.as_text(), Some("养猫；欠费协商中"));
    assert_eq!(left_out(&plan), [""; 0]);
    let toml = "[[column]]\nsheet = \"业主信息\"\nat = \"F\"\nto = \"home.surroundings\"";
    let plan =
        import::read(fixture!("two-columns-one-title"), &jinse(), &Mapping::parse(toml).unwrap()).unwrap();
    assert_eq!(plan.homes[0].stated[0].value.as_text(), Some("欠费协商中"));
    is_stable(fixture!("two-columns-one-title"));
}

#[test]
fn a_child_with_the_owners_number_above_the_owner_is_nobody_else() {
    let hub = office();
    let first = take_in(&hub, fixture!("shared-phone-1"));
    let owner = first.matches[0].0;
    for _ in 0..2 {
        take_in(&hub, fixture!("shared-phone-2"));
        assert_eq!(resident(&hub, owner).name.as_deref(), Some("钱多"));
    }
    let plan = read(fixture!("shared-phone-2")).unwrap();
    assert_eq!(told(&plan), ["1-1-101: 钱小多[family] 13800001111, 钱多[owner] 13800001111"]);
    let child = plan.homes[0].residents[0].id;
    assert_eq!(resident(&hub, child).name.as_deref(), Some("钱小多"));
    assert_eq!(take_in(&hub, fixture!("shared-phone-2")).work, []);
}

#[test]
fn a_name_in_another_spelling_is_the_same_person() {
    let hub = office();
    let first = take_in(&hub, fixture!("name-spelling-1"));
    let people: Vec<_> = first.matches.iter().map(|(id, _)| *id).collect();
    let second = take_in(&hub, fixture!("name-spelling-2"));
    assert_eq!(second.matches.iter().map(|(id, _)| *id).collect::<Vec<_>>(), people);
    assert_eq!((second.created(), second.gone.len()), (0, 0));
    assert!(second.to_csv().contains("recognised by name"), "it is shown");
    assert_eq!(resident(&hub, people[0]).name.as_deref(), Some("张三"), "the spelling is no edit");
    assert_eq!(resident(&hub, people[0]).phones[0].number.as_deref(), Some("13800001119"));
    assert_eq!(take_in(&hub, fixture!("name-spelling-2")).work, []);
}

#[test]
fn a_building_moved_to_another_grid_is_shown_and_taken_over_by_choice() {
    let hub = office();
    take_in(&hub, fixture!("grid-changes-1"));
    let plan = read(fixture!("grid-changes-2")).unwrap();
    let shown = take_in_plan(&hub, &plan, &Choices::default());
    assert_eq!(shown.moves.len(), 1);
    assert_eq!(shown.moves[0].cell.to_string(), "业主信息!F3");
    let grids = |place: &str| {
        use butler_office::storage::Storage as _;
        let tables = hub.storage().read(|read| hub.in_force(read)).unwrap();
        let place = place.parse().unwrap();
        let of: Vec<String> =
            tables.places.get(&place).unwrap().grids.iter().map(ToString::to_string).collect();
        (of, tables.grids.len())
    };
    assert_eq!(grids("jinse/2/1"), (vec!["jinse/grid-1".to_owned()], 1), "no empty grid, nothing moved");
    take_in_plan(&hub, &plan, &Choices { moves: true, ..Choices::default() });
    assert_eq!(grids("jinse/2/1"), (vec!["jinse/grid-2".to_owned()], 2));
    assert_eq!(grids("jinse/2").0, ["jinse/grid-2"]);
    let again = take_in_plan(&hub, &plan, &Choices { moves: true, ..Choices::default() });
    assert_eq!((again.moves.len(), again.work.len()), (0, 0));
}

#[test]
fn villas_are_homes_without_a_room() {
    let plan = read(fixture!("villas-without-room")).unwrap();
    assert_eq!(
        told(&plan),
        ["1-101: 钱多 13800001111", "别墅1: 孙里 13800002222", "别墅2: 周武 13800003333"]
    );
    is_stable(fixture!("villas-without-room"));
    let hub = office();
    take_in(&hub, fixture!("villas-without-room"));
    let villa = butler_core::model::Location::house("别墅1幢").unwrap();
    let here = Home::location(&record(&hub, villa.home_id(&jinse())));
    assert_eq!(here.map(|location| location.display()).as_deref(), Some("别墅1栋"));
}

#[test]
fn two_owners_over_a_merged_room_are_two_people() {
    let plan = read(fixture!("two-owners-merged-room")).unwrap();
    assert_eq!(told(&plan), ["1-101: 钱多 13800001111, 赵敏 13800001113", "1-102: 孙里 13800002222"]);
    assert_eq!(left_out(&plan), [""; 0]);
    is_stable(fixture!("two-owners-merged-room"));
}

#[test]
fn owner_and_tenant_columns_are_two_people() {
    let plan = read(fixture!("owner-and-tenant-columns")).unwrap();
    assert_eq!(told(&plan), ["1-101: 钱多[owner] 13800001111, 李租[tenant] 13800002222"]);
    is_stable(fixture!("owner-and-tenant-columns"));
}

#[test]
fn a_day_count_from_1904_is_the_day_it_means() {
    let plan = read(fixture!("1904-serial-without-format")).unwrap();
    let moved_in = plan.homes[0].stated.iter().find(|stated| stated.field.spec.path == "moved_in").unwrap();
    assert_eq!(moved_in.value.as_text(), Some("2020-01-01"));
    is_stable(fixture!("1904-serial-without-format"));
}

#[test]
fn a_sold_home_has_its_new_owner_and_keeps_the_old_one_ended() {
    let hub = office();
    let titles: &[&str] = &["楼栋", "房号", "业主姓名", "联系电话"];
    let before: &[&[&str]] =
        &[titles, &["1栋", "101", "钱多", "13800001111"], &["1栋", "102", "孙里", "13800002222"]];
    let after: &[&[&str]] = &[titles, &["1栋", "101", "周武", "13800003333"]];
    let first = take_in(&hub, &sheet(before));
    let old = first.matches[0].0;
    let plan = read(&sheet(after)).unwrap();
    let ended = Choices { owners_until: Some("2026-11".parse().unwrap()), ..Choices::default() };
    let sold = take_in_plan(&hub, &plan, &ended);
    assert_eq!((sold.owners.len(), sold.owners[0].old, sold.gone.len()), (1, old, 0));
    assert_eq!(sold.missing, [home_id("1-102")], "a home the register does not have is listed");
    let kept = Resident::read(&record(&hub, old));
    assert_eq!(kept.until.map(|until| until.to_string()).as_deref(), Some("2026-11"));
    assert_eq!(kept.name.as_deref(), Some("钱多"));
    let again = take_in_plan(&hub, &plan, &ended);
    assert_eq!((again.work.len(), again.owners.len(), again.gone.len()), (0, 0, 0));
    assert_eq!(hub.document(old).unwrap().unwrap().kind(), Kind::Resident);
}

/// The register after 101 and 102 were sold, where 103 lost one of its two owners.
#[test]
fn a_sold_home_is_said_by_every_import_until_somebody_answers() {
    let (hub, clock) = (office(), TestHost::new(7));
    let titles: &[&str] = &["楼栋", "房号", "业主姓名", "联系电话"];
    let before = read(&sheet(&[
        titles,
        &["1栋", "101", "钱多", "13800001111"],
        &["1栋", "102", "孙里", "13800002222"],
        &["1栋", "103", "王小明、李伟", ""],
    ]));
    let after = read(&sheet(&[
        titles,
        &["1栋", "101", "周武", "13800003333"],
        &["1栋", "102", "吴双", "13800004444"],
        &["1栋", "103", "李伟", ""],
    ]));
    let (before, after) = (before.unwrap(), after.unwrap());
    let import = |plan, choices: &Choices| {
        clock.pass(3_600_000);
        take_in_at(&hub, &clock, plan, choices)
    };
    let open = |comparison: &Comparison| {
        comparison.owners.iter().map(|change| (change.old, change.cell.to_string())).collect::<Vec<_>>()
    };
    let plain = Choices::default();
    let first = import(&before, &plain);
    let [qian, sun, wang] = [0, 1, 2].map(|nth| first.matches[nth].0);
    let sold = import(&after, &plain);
    let both = [(qian, "业主信息!B2".to_owned()), (sun, "业主信息!B3".to_owned())];
    assert_eq!((open(&sold), sold.gone.as_slice()), (both.to_vec(), [wang].as_slice()));
    for _ in 0..2 {
        let again = import(&after, &plain);
        assert_eq!(
            (again.work.len(), open(&again), again.gone.as_slice()),
            (0, both.to_vec(), [wang].as_slice())
        );
        assert!(again.to_csv().contains(&format!("\"{qian}\",\"业主变更，原业主")), "{}", again.to_csv());
    }
    // A butler answers for one home, the clerk for the other.
    edit(&hub, qian, Kind::Resident, Edit::new().put("until", "2026-10"));
    assert_eq!(open(&import(&after, &plain)), both[1..]);
    let ended = Choices { owners_until: Some("2026-11".parse().unwrap()), ..Choices::default() };
    let answered = import(&after, &ended);
    assert_eq!((answered.work.len(), open(&answered)), (1, both[1..].to_vec()));
    let until = |who| Resident::read(&record(&hub, who)).until.map(|until| until.to_string());
    assert_eq!([qian, sun, wang].map(until), [Some("2026-10".to_owned()), Some("2026-11".to_owned()), None]);
    let last = import(&after, &ended);
    assert_eq!((last.work.len(), open(&last)), (0, Vec::new()));
}

#[test]
fn a_word_for_nobody_in_the_column_of_names_is_nobody() {
    let titles: &[&str] = &["楼栋", "房号", "业主姓名", "联系电话"];
    let rows: &[&[&str]] = &[
        titles,
        &["1栋", "101", "空置", ""],
        &["1栋", "102", "-", "无"],
        &["1栋", "103", "钱多", "13800001111"],
    ];
    let plan = read(&sheet(rows)).unwrap();
    assert_eq!(told(&plan), ["1-101", "1-102", "1-103: 钱多 13800001111"]);
    has(&left_out(&plan), &["业主信息!C2 空置 不是姓名", "业主信息!C3 - 不是姓名"]);
    is_stable(&sheet(rows));
}

#[test]
fn homes_and_people_on_two_sheets_are_joined_by_the_number_both_have() {
    let homes: &[&[&str]] = &[
        &["房产编码", "楼栋", "房号", "面积"],
        &["FC-88", "1栋", "101", "90.5"],
        &["FC-91", "1栋", "102", "88.2"],
        &["FC-95", "2栋", "101", "70.1"],
    ];
    let people: &[&[&str]] = &[
        &["房产编码", "姓名", "手机", "身份"],
        &["FC-88", "钱多", "13800001111", "业主"],
        &["FC-88", "赵敏", "13800001112", "家属"],
        &["FC-95", "周武", "13800003333", "业主"],
        &["FC-91", "孙里", "13800002222", "业主"],
        &["FC-91", "孙小里", "", "家属"],
        &["FC-99", "吴一", "13800004444", "业主"],
    ];
    let bytes = super::support::workbook(&[("房屋", homes), ("住户", people)]);
    let plan = read(&bytes).unwrap();
    assert_eq!(
        told(&plan),
        [
            "1-101: 钱多[owner] 13800001111, 赵敏[family] 13800001112",
            "1-102: 孙里[owner] 13800002222, 孙小里[family]",
            "2-101: 周武[owner] 13800003333",
        ]
    );
    has(&left_out(&plan), &["住户!A7 FC-99 编号在房屋表里找不到", "住户!B7 吴一 因 住户!A7"]);
    is_stable(&bytes);
}
