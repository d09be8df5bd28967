//! Files of every kind a register comes in, and what is hidden, styled or broken in them.

use std::fmt::Write as _;
use std::io::{Cursor, Write as _};

use butler_office::import::{self, Choices, Mapping, Treatment, Why};
use rust_xlsxwriter::{Format, Workbook};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use super::cases::told;
use super::support::{guesses, jinse, read, sheet, workbook};

const OLD: &[u8] = include_bytes!("../fixtures/registers/old-format.xls");

/// An ods of one table; `styled` gives it a blank cell repeated down to the last row and column.
fn ods(rows: &[&[&str]], styled: bool) -> Vec<u8> {
    ods_hiding(rows, styled, None)
}

/// The same with a row that is hidden as it says.
fn ods_hiding(rows: &[&[&str]], styled: bool, hides: Option<(usize, &str)>) -> Vec<u8> {
    let mut table = String::new();
    for (nth, row) in rows.iter().enumerate() {
        match hides.filter(|(hidden, _)| *hidden == nth) {
            Some((_, how)) => write!(table, "<table:table-row table:visibility=\"{how}\">").unwrap(),
            None => table.push_str("<table:table-row>"),
        }
        for cell in *row {
            write!(
                table,
                "<table:table-cell office:value-type=\"string\"><text:p>{cell}</text:p></table:table-cell>"
            )
            .unwrap();
        }
        table.push_str("</table:table-row>");
    }
    if styled {
        table.push_str("<table:table-row table:number-rows-repeated=\"1048000\"><table:table-cell table:style-name=\"ce1\" table:number-columns-repeated=\"16000\"/></table:table-row>");
    }
    let content = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><office:document-content xmlns:office=\"urn:oasis:names:tc:opendocument:xmlns:office:1.0\" xmlns:table=\"urn:oasis:names:tc:opendocument:xmlns:table:1.0\" xmlns:text=\"urn:oasis:names:tc:opendocument:xmlns:text:1.0\"><office:body><office:spreadsheet><table:table table:name=\"业主信息\">{table}</table:table></office:spreadsheet></office:body></office:document-content>"
    );
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in [
        ("mimetype", "application/vnd.oasis.opendocument.spreadsheet"),
        ("content.xml", content.as_str()),
        (
            "META-INF/manifest.xml",
            "<?xml version=\"1.0\"?><manifest:manifest xmlns:manifest=\"urn:oasis:names:tc:opendocument:xmlns:manifest:1.0\"/>",
        ),
    ] {
        zip.start_file(name, SimpleFileOptions::default()).unwrap();
        zip.write_all(text.as_bytes()).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

const ROWS: &[&[&str]] = &[
    &["楼栋", "单元", "房号", "业主姓名", "联系电话"],
    &["1栋", "1单元", "101", "钱多", "13800001111"],
    &["1栋", "1单元", "102", "孙里", "13800002222"],
];
const TOLD: &[&str] = &["1-1-101: 钱多 13800001111", "1-1-102: 孙里 13800002222"];

#[test]
fn old_workbooks_and_open_documents_are_read() {
    let plan = read(OLD).unwrap();
    assert_eq!(
        told(&plan),
        ["1-1-101: 钱多 13800001111", "1-1-102: 孙里 13800002222", "1-2-负101: 周武 13800003333"]
    );
    assert_eq!(plan.homes[2].stated[0].value.as_text(), Some("2020-03-03"));
    assert_eq!(plan.proposal.left_out[0].0, "去年", "hidden there too");
    for styled in [false, true] {
        assert_eq!(told(&read(&ods(ROWS, styled)).unwrap()), TOLD);
    }
}

/// `2栋` was filtered, a row of `1栋` hidden by hand, a sheet of last year is hidden whole.
#[test]
fn hidden_rows_are_left_out_of_every_kind_of_file() {
    const XLS: &[u8] = include_bytes!("../fixtures/registers/hidden-rows.xls");
    let mut all = guesses();
    all.hidden = true;
    let plan = read(XLS).unwrap();
    let shown = ["1-1-101: 钱多 13800001111", "1-1-103: 李伟 13800003333", "2-1-102: 吴双 13800005555"];
    assert_eq!(told(&plan), shown);
    let hidden = plan.report.lines.iter().filter(|line| line.why == Why::HiddenRow);
    let hidden: Vec<String> = hidden.map(|line| format!("{} {}", line.cell, line.was)).collect();
    assert_eq!(hidden.len(), 10);
    assert_eq!((hidden[3].as_str(), hidden[8].as_str()), ("1栋!D3 孙里", "2栋!D2 周武"));
    assert_eq!((plan.rows, plan.lost, plan.proposal.unsure().len()), (5, 2, 0));
    let plan = import::read(XLS, &jinse(), &all).unwrap();
    assert!(told(&plan).contains(&"1-1-102: 孙里 13800002222".to_owned()), "{:?}", told(&plan));

    for how in ["collapse", "filter"] {
        let file = ods_hiding(ROWS, true, Some((1, how)));
        assert_eq!(told(&read(&file).unwrap()), TOLD[1..]);
        assert_eq!(told(&import::read(&file, &jinse(), &all).unwrap()), TOLD);
    }
    assert_eq!(told(&read(&ods_hiding(ROWS, false, Some((2, "visible")))).unwrap()), TOLD);
}

#[test]
fn a_sheet_styled_down_to_its_last_row_is_read() {
    let mut book = Workbook::new();
    let grey = Format::new().set_bold();
    let sheet = book.add_worksheet();
    for (row, cells) in (0..).zip(ROWS) {
        for (col, text) in (0..).zip(*cells) {
            sheet.write(row, col, *text).unwrap();
        }
    }
    // A column's style ends up in each of its rows.
    for row in 3..200_000 {
        sheet.write_blank(row, 1, &grey).unwrap();
    }
    sheet.write_blank(1_048_575, 16_383, &grey).unwrap();
    let plan = read(&book.save_to_buffer().unwrap()).unwrap();
    assert_eq!(told(&plan), TOLD);
    assert_eq!(plan.report.counts().cells, 15);
}

#[test]
fn hidden_rows_are_said_and_count_as_lost() {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    for (row, cells) in (0..).zip(ROWS) {
        for (col, text) in (0..).zip(*cells) {
            sheet.write(row, col, *text).unwrap();
        }
    }
    sheet.set_row_hidden(2).unwrap();
    let bytes = book.save_to_buffer().unwrap();
    let plan = read(&bytes).unwrap();
    assert_eq!((told(&plan).as_slice(), plan.lost), (&[TOLD[0].to_owned()][..], 1));
    let said = plan.report.lines.iter().filter(|line| line.why == Why::HiddenRow).count();
    assert_eq!(said, 5, "every cell");
    assert!(plan.ready(&Choices::default()).is_err(), "a filter left on must not lose half the community");
    let mut asked = guesses();
    asked.hidden = true;
    assert_eq!(told(&import::read(&bytes, &jinse(), &asked).unwrap()), TOLD);
}

#[test]
fn one_sheet_that_cannot_be_read_holds_no_other() {
    let bytes = workbook(&[("业主信息", ROWS), ("坏的", ROWS)]);
    let mut zip = zip::ZipArchive::new(Cursor::new(&bytes)).unwrap();
    let mut broken = ZipWriter::new(Cursor::new(Vec::new()));
    for index in 0..zip.len() {
        let mut part = zip.by_index(index).unwrap();
        let mut content = Vec::new();
        std::io::Read::read_to_end(&mut part, &mut content).unwrap();
        let name = part.name().unwrap().into_owned();
        if name.ends_with("sheet2.xml") {
            content.truncate(content.len() / 2);
        }
        broken.start_file(name, SimpleFileOptions::default()).unwrap();
        broken.write_all(&content).unwrap();
    }
    let plan = read(&broken.finish().unwrap().into_inner()).unwrap();
    assert_eq!(told(&plan), TOLD);
    assert_eq!(plan.proposal.left_out, [("坏的".to_owned(), "工作表读不出来 · damaged sheet".to_owned())]);
}

#[test]
fn three_tables_side_by_side_and_a_sample_row_are_told_apart() {
    let rows: &[&[&str]] = &[
        &["1栋业主台账"],
        &["房号", "姓名", "电话", "", "房号", "姓名", "电话", "", "房号", "姓名", "电话"],
        &["示例101", "张某某", "13900000000"],
        &["101", "钱多", "13800001111", "", "201", "周武", "13800003333", "", "301", "郑王", "13800005555"],
        &["102", "孙里", "13800002222", "", "202", "吴一", "13800004444", "", "302", "冯四", "13800006666"],
    ];
    let plan = read(&sheet(rows)).unwrap();
    let mut homes: Vec<String> = plan.homes.iter().map(|home| home.location.canonical()).collect();
    homes.sort();
    assert_eq!(homes, ["1-101", "1-102", "1-201", "1-202", "1-301", "1-302"]);
}

#[test]
fn what_was_proposed_is_corrected_and_read_again() {
    let rows: &[&[&str]] = &[
        &["楼栋", "房号", "业主姓名", "联系电话", "心情"],
        &["1栋", "101", "钱多", "13800001111", "好"],
        &["1栋", "102", "孙里", "13800002222", "一般"],
    ];
    let plan = read(&sheet(rows)).unwrap();
    let proposed = plan.proposal.to_toml();
    for line in [
        "# 要回答: 业主信息!E1 “心情” 这一列是什么？",
        "rows = \"homes\"",
        "[[column]]  # 房号\nsheet = \"业主信息\"\nat = \"B\"\ntitles = [\"房号\"]\nto = \"room\"\n# 依据: 标题认识；100% 的内容相符\n# 样例（2 格有内容）: 101 ｜ 102\n",
        "at = \"E\"\ntitles = [\"心情\"]\nto = \"?\"",
        "# tenant",
    ] {
        let found = proposed.contains(line) || line == "# tenant" && proposed.contains("tenant（租客）");
        assert!(found, "{line}\nis not in\n{proposed}");
    }
    assert!(plan.ready(&Choices::default()).is_err());
    let corrected = proposed.replace("to = \"?\"", "to = \"resident.personality\"");
    let plan = import::read(&sheet(rows), &jinse(), &Mapping::parse(&corrected).unwrap()).unwrap();
    assert!(plan.ready(&Choices::default()).is_ok());
    assert_eq!(plan.homes[0].residents[0].stated.last().unwrap().value.as_text(), Some("好"));
}

#[test]
fn a_refused_cell_says_where_what_why_and_what_to_do() {
    let rows: &[&[&str]] = &[
        &["楼栋", "房号", "业主姓名", "面积"],
        &["1栋", "101", "钱多", "很大"],
        &["1栋", "门卫", "孙里", "88"],
    ];
    let plan = read(&sheet(rows)).unwrap();
    let csv = plan.report.to_csv();
    for line in [
        "\"业主信息\",\"D2\",\"面积\",\"未导入 · left out\",\"不是数字 · not a number\",\"很大\",\"\",\"照原因改正这一格\"",
        "\"业主信息\",\"B3\",\"房号\",\"未导入 · left out\",\"不像房号 · not a room\",\"门卫\",\"\",\"填上房号；不是房屋的行可以删掉\"",
        "\"业主信息\",\"C3\",\"业主姓名\",\"未导入 · left out\",\"因 业主信息!B3 整行未导入",
    ] {
        assert!(csv.contains(line), "{line}\nis not in\n{csv}");
    }
    let lines = plan.report.lines.iter().filter(|line| line.treatment == Treatment::LeftOut);
    assert!(lines.clone().all(|line| !line.why.advice().is_empty()));
}
