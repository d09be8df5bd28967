//! What a cell looks like by its content alone, whatever its column is called.

use butler_core::model::date::PartialDate;
use butler_core::model::phone::{self, halfwidth};
use butler_core::model::room::Room;

use super::cells::Raw;
use super::names;

/// Something a cell may look like. One cell may look like several: `1203` is a room and a whole number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Shape {
    /// A mobile number.
    Mobile,
    /// A number that is no mobile.
    Landline,
    /// An identity card.
    IdCard,
    /// The plate of a car.
    Plate,
    /// A date with its year.
    Date,
    /// Building, perhaps unit, and room in one.
    Address,
    /// A building alone: `3栋`.
    Building,
    /// A unit alone: `2单元`.
    Unit,
    /// A room alone: `501`, `-101`, `S1-02`.
    Room,
    /// A person's name, or several.
    Name,
    /// A measured number.
    Decimal,
    /// A whole number.
    Whole,
    /// Rooms and halls: `三室两厅`.
    Layout,
    /// Where it looks: `南北通透`.
    Orientation,
    /// A grid: `1网格`.
    Grid,
    /// How somebody belongs to the household: `配偶`.
    Relation,
    /// Yes or no.
    Flag,
    /// A formula's error or the like.
    Broken,
}

/// Every shape with the word for it, likeliest first.
pub const ALL: &[(Shape, &str)] = &[
    (Shape::Mobile, "手机号"),
    (Shape::IdCard, "证件号"),
    (Shape::Plate, "车牌"),
    (Shape::Date, "日期"),
    (Shape::Address, "楼栋加房号"),
    (Shape::Building, "楼栋"),
    (Shape::Unit, "单元"),
    (Shape::Grid, "网格"),
    (Shape::Room, "房号"),
    (Shape::Landline, "座机号"),
    (Shape::Layout, "户型"),
    (Shape::Orientation, "朝向"),
    (Shape::Relation, "与业主关系"),
    (Shape::Flag, "是或否"),
    (Shape::Name, "姓名"),
    (Shape::Decimal, "带小数的数"),
    (Shape::Whole, "整数"),
    (Shape::Broken, "错误值"),
];

const RELATIONS: &[&str] = &[
    "本人", "配偶", "妻子", "丈夫", "夫妻", "儿子", "女儿", "子女", "父亲", "母亲", "父母", "兄弟", "姐妹",
    "岳父", "岳母", "公公", "婆婆", "儿媳", "女婿", "孙子", "孙女", "亲属", "朋友", "合租",
];

/// Everything a cell looks like.
#[must_use]
pub fn shapes(raw: &Raw) -> Vec<Shape> {
    let text = match raw {
        Raw::Broken(_) => return vec![Shape::Broken],
        Raw::Date(_) => return vec![Shape::Date],
        Raw::Bool(_) => return vec![Shape::Flag],
        Raw::Number(_) | Raw::Text(_) => halfwidth(&raw.text()),
    };
    let text = text.trim();
    let upper: String = text.chars().filter(|c| !c.is_whitespace()).flat_map(char::to_uppercase).collect();
    let mut found = Vec::new();
    let mut add = |shape: Shape, is: bool| {
        if is {
            found.push(shape);
        }
    };
    let numbers: Vec<String> = phone::parse(text).into_iter().filter_map(|one| one.number.ok()).collect();
    let mobile = numbers.iter().any(|number| number.len() == 11 && number.starts_with('1'))
        || names::people_of(text).is_some();
    add(Shape::Mobile, mobile);
    add(Shape::IdCard, id_card(&upper));
    add(Shape::Plate, plate(&upper));
    add(Shape::Date, date(text));
    add(Shape::Address, address(text));
    add(Shape::Building, building(&upper));
    add(Shape::Unit, unit(&upper));
    add(Shape::Grid, upper.contains("网格"));
    add(Shape::Room, room(&upper));
    // Seven or eight digits alone may be a room of four and anything else: a landline has its area code or stands alone.
    let landline = numbers.iter().any(|number| number.starts_with('0') || matches!(number.len(), 7 | 8 | 10));
    add(Shape::Landline, !mobile && landline);
    let han: String = upper.chars().filter(|c| !c.is_ascii()).collect();
    add(Shape::Layout, layout(&upper, &han));
    let directions = "东南西北朝向通透全双";
    add(
        Shape::Orientation,
        (1..=6).contains(&upper.chars().count())
            && upper.chars().all(|c| directions.contains(c))
            && upper.contains(['东', '南', '西', '北']),
    );
    add(Shape::Relation, RELATIONS.contains(&upper.as_str()));
    add(Shape::Flag, matches!(upper.as_str(), "是" | "否" | "有" | "无" | "√" | "×" | "Y" | "N" | "✓"));
    add(Shape::Name, names::split_names(text).iter().all(|name| names::is_name(name)));
    let measured = upper
        .trim_end_matches(['㎡', '²', '2'])
        .trim_end_matches('M')
        .trim_end_matches("平方米")
        .trim_end_matches("平米");
    let number: Option<f64> = measured.replace([',', '¥'], "").parse().ok();
    let unit_cut =
        measured.len() < upper.len() && measured.parse::<f64>().is_ok() && upper.contains(['㎡', 'M', '平']);
    add(Shape::Decimal, number.is_some_and(|number| number.fract() != 0.0) || unit_cut);
    add(Shape::Whole, upper.parse::<f64>().is_ok_and(|number| number.fract() == 0.0));
    found
}

fn id_card(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.len() == 18
        && bytes[..17].iter().all(u8::is_ascii_digit)
        && (bytes[17].is_ascii_digit() || bytes[17] == b'X')
}

fn plate(text: &str) -> bool {
    let provinces = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼";
    let one = |text: &str| {
        let text: String = text.chars().filter(|c| !matches!(c, '·' | '•' | '-' | '.')).collect();
        let mut chars = text.chars();
        let province = chars.next().is_some_and(|first| provinces.contains(first));
        let city = chars.next().is_some_and(|second| second.is_ascii_uppercase());
        let rest = chars.as_str();
        province
            && city
            && matches!(rest.len(), 5 | 6)
            && rest.bytes().all(|byte| byte.is_ascii_alphanumeric())
    };
    text.split(['/', ',', '、', ';']).all(one)
}

fn date(text: &str) -> bool {
    let apart = text.contains(['-', '/', '.', '年']);
    apart
        && match PartialDate::parse(text) {
            Ok(PartialDate::Day(day)) => (1900..2100).contains(&chrono::Datelike::year(&day)),
            Ok(PartialDate::Month(year, _) | PartialDate::Year(year)) => (1900..2100).contains(&year),
            Err(_) => false,
        }
}

fn address(text: &str) -> bool {
    let Some(typed) = Room::parse(text) else { return false };
    let (Some(building), Some(room)) = (&typed.building, &typed.room) else { return false };
    let digits = room.bytes().filter(u8::is_ascii_digit).count();
    let spoken = text.contains(['栋', '幢', '座', '楼', '#']);
    // `101、102` and `101-1` are rooms, not rooms of a building 101.
    let counted = building.parse::<u32>().is_ok_and(|building| building > 99);
    let listed = text.contains(['、', ',', '+', '&', ';']);
    (1..=5).contains(&digits)
        && (spoken || (digits >= 3 && building.len() <= 3))
        && !counted
        && !listed
        && !date(text)
}

/// Whether a text names a building and nothing else.
#[must_use]
pub fn building(text: &str) -> bool {
    let text = halfwidth(text);
    let words = ["号楼", "栋", "幢", "座", "楼", "#"];
    let Some(before) = words.iter().find_map(|word| text.strip_suffix(word)) else { return false };
    let counted = |c: char| c.is_ascii_alphanumeric() || "一二三四五六七八九十".contains(c);
    let last = before.chars().next_back();
    (1..=10).contains(&before.chars().count())
        && last.is_some_and(counted)
        && !before.contains(['栋', '幢', '室', '层', '单', '哪'])
}

/// Whether a text names a unit and nothing else.
#[must_use]
pub fn unit(text: &str) -> bool {
    let text = halfwidth(text);
    text.strip_suffix("单元").is_some_and(|before| {
        (1..=4).contains(&before.chars().count()) && !before.contains(['栋', '幢', '座', '楼', '#'])
    })
}

/// Whether a text looks like the number of a room: a floor and a number, perhaps with letters, a sign or a word of
/// floors around.
fn room(text: &str) -> bool {
    let text = text.trim_end_matches(['室', '房', '户']);
    let below = ["负", "-", "B", "地下", "S", "商铺", "商", "铺"];
    let rest = below.iter().find_map(|word| text.strip_prefix(word)).unwrap_or(text);
    let digits = rest.bytes().filter(u8::is_ascii_digit).count();
    let known = |c: char| c.is_ascii_digit() || c.is_ascii_uppercase() || "-层上下（）()夹".contains(c);
    let starts = text.chars().next().is_some_and(|c| c.is_ascii_alphanumeric()) || rest.len() < text.len();
    starts
        && (2..=5).contains(&digits)
        && rest.chars().count() <= 8
        && rest.chars().all(known)
        && !rest.ends_with('层')
        && rest.bytes().filter(u8::is_ascii_uppercase).count() <= 2
}

/// Whether a text may stand in a column of rooms: with a digit and short, or a word for a part of a house.
#[must_use]
pub fn may_be_room(text: &str) -> bool {
    let text = halfwidth(text);
    let text = text.trim();
    let words = [
        "夹层",
        "阁楼",
        "地下室",
        "架空层",
        "负一层",
        "负二层",
        "复式",
        "商铺",
        "会所",
        "车库",
        "储藏室",
        "半地下",
        "物业用房",
    ];
    let letter = text.chars().count() <= 2 && text.chars().all(|c| c.is_ascii_alphabetic());
    let numeral = text.chars().any(|c| c.is_ascii_digit() || "一二三四五六七八九十〇零".contains(c));
    let sentence = text.contains(['：', ':', '。', '，', '；']) || is_footer(text);
    !sentence
        && text.chars().count() <= 16
        && (numeral || letter || words.iter().any(|word| text.contains(word)))
}

/// Words a line below a table begins with.
const FOOTERS: &[&str] = &[
    "制表",
    "审核",
    "审批",
    "填表",
    "填报",
    "复核",
    "校对",
    "经办",
    "负责人",
    "注:",
    "注：",
    "注1",
    "备注:",
    "备注：",
    "说明",
    "打印",
    "统计",
    "截止",
    "截至",
    "更新",
    "编制",
    "单位:",
    "单位：",
    "日期:",
    "日期：",
    "共计",
    "本页",
    "第1页",
    "以上",
    "以下",
    "签名",
    "签字",
    "盖章",
    "联系人:",
    "联系人：",
    "数据来源",
    "楼栋长",
    "**",
];

/// Whether a text is a line below a table: who made it, how many homes, a note.
#[must_use]
pub fn is_footer(text: &str) -> bool {
    let text: String = text.trim().chars().filter(|c| !c.is_whitespace()).collect();
    let counts = text.starts_with('共') && text.contains(['户', '套', '条', '人', '页', '间']);
    counts || FOOTERS.iter().any(|word| text.starts_with(word))
}

/// Whether a text is a line of sums.
#[must_use]
pub fn is_total(text: &str) -> bool {
    let text: String = text.to_lowercase().chars().filter(|c| !c.is_whitespace()).collect();
    ["合计", "总计", "小计", "累计", "total"].iter().any(|word| text.starts_with(word))
}

/// Whether a text marks a row as an example of how to fill in a form.
#[must_use]
pub fn is_sample(text: &str) -> bool {
    let text = text.trim();
    ["示例", "样例", "填写示例", "范例", "举例", "例:", "例：", "(例)", "（例）", "如:", "如："]
        .iter()
        .any(|word| text.starts_with(word))
        || text.ends_with("(示例)")
        || text.ends_with("（示例）")
}

/// Whether a text may be a column's title: short words without anything that is data. Asked of every cell of a file, so it
/// looks for nothing that three digits rule out already.
#[must_use]
pub fn may_be_title(raw: &Raw) -> bool {
    let Raw::Text(text) = raw else { return false };
    let plain: String = halfwidth(text).chars().filter(|c| !c.is_whitespace()).collect();
    let outside = plain.split(['(', '[']).next().filter(|outside| !outside.is_empty()).unwrap_or(&plain);
    let digits = plain.chars().filter(char::is_ascii_digit).count();
    let words = outside.chars().any(char::is_alphabetic);
    if digits >= 3 || !(words || matches!(plain.as_str(), "#" | "№")) || outside.chars().nth(20).is_some() {
        return false;
    }
    let upper = plain.to_uppercase();
    // `栋-单元-房号` and `楼座` are titles; `1栋` is not.
    let data = building(&upper) || unit(&upper) || plate(&upper) || room(&upper);
    let measured =
        upper.parse::<f64>().is_ok() || (digits > 0 && upper.contains('㎡') && !upper.contains('('));
    let data = data || measured || (digits > 0 && address(&plain));
    !(data || is_footer(text) || is_total(text))
}

fn layout(upper: &str, han: &str) -> bool {
    let counted = |word: char| {
        let before = upper.split(word).next().unwrap_or_default();
        upper.contains(word)
            && before.chars().next_back().is_some_and(|c| c.is_ascii_digit() || "一二两三四五六".contains(c))
    };
    matches!(han, "复式" | "跃层" | "平层")
        || upper == "LOFT"
        || ((counted('室') || counted('房')) && (upper.contains(['厅', '卫'])))
        || (upper.len() <= 6
            && upper.starts_with(['一', '二', '两', '三', '四', '五'])
            && upper.ends_with(['室', '房', '居']))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is(text: &str, shape: Shape) -> bool {
        shapes(&Raw::Text(text.to_owned())).contains(&shape)
    }

    #[test]
    fn cells_are_what_they_look_like() {
        for (shape, like, unlike) in [
            (
                Shape::Mobile,
                &["13800001111", "138-0000-1111(微信)", "钱多 13800001111"][..],
                &["101", "1380000111"][..],
            ),
            (Shape::Plate, &["粤B12345", "粤B·D12345", "粤B12345/粤B54321"], &["B12345", "粤12345"]),
            (Shape::IdCard, &["440300196803090000", "44030019680309000X"], &["13800001111"]),
            (Shape::Date, &["2020-03-01", "2020年3月", "2020.2"], &["2015", "3-2-501", "101"]),
            (
                Shape::Address,
                &["3-2-501", "3栋501", "金色家园3栋2单元501", "A座-2-501"],
                &["501", "2020-03-01", "0755-26001234", "3栋"],
            ),
            (Shape::Building, &["3栋", "A座", "三号楼", "别墅1幢", "3#"], &["501", "3栋501", "大楼"]),
            (Shape::Unit, &["2单元", "二单元"], &["3栋2单元", "单元"]),
            (
                Shape::Room,
                &["501", "1203", "-101", "负101", "S1-01", "101A", "13A", "101上", "B101", "-1层101"],
                &["钱多", "5", "共1户", "95.51", "13800001111"],
            ),
            (Shape::Name, &["钱多", "郑二、王三"], &["空置", "房号"]),
            (Shape::Decimal, &["95.51", "98平方米", "95.51㎡"], &["95", "房"]),
            (Shape::Layout, &["三室两厅", "3室2厅1卫", "复式"], &["101室", "空置"]),
            (Shape::Orientation, &["南", "南北通透", "朝南"], &["东方", "3栋"]),
        ] {
            like.iter().for_each(|text| assert!(is(text, shape), "{text} {shape:?}"));
            unlike.iter().for_each(|text| assert!(!is(text, shape), "{text} {shape:?}"));
        }
    }

    #[test]
    fn titles_footers_and_rooms_are_told_apart() {
        let title = |text: &str| may_be_title(&Raw::Text(text.to_owned()));
        for text in ["房号", "建筑面积(㎡)", "手机1", "栋-单元-房号", "主人", "No"] {
            assert!(title(text), "{text}");
        }
        for text in ["101", "1栋", "13800001111", "2020-01-01", "制表人：李四", "合计"] {
            assert!(!title(text), "{text}");
        }
        for text in ["制表人：李四", "审核：王五", "共1户", "注：数据至10月", "共 405 户"]
        {
            assert!(is_footer(text) && !may_be_room(text), "{text}");
        }
        for text in ["101", "-101", "负一层", "夹层", "A", "13A", "S1-01", "101上", "101、102"] {
            assert!(may_be_room(text), "{text}");
        }
    }
}
