//! What a cell means for its field: one value or several, and what had to be done to its spelling.

use butler_core::model::Value;
use butler_core::model::date::{Birthday, PartialDate};
use butler_core::model::fields::Type;
use butler_core::model::phone::{self, halfwidth};
use chrono::{Days, NaiveDate};

use super::CellError;
use super::cells::Raw;
use super::mapping::{FieldTarget, Mapping};
use super::report::{Treatment, Why};

/// What a cell means.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Reading {
    /// The values: one for a scalar, any number for a part of a set.
    pub values: Vec<Meaning>,
    /// What had to be done to get there.
    pub notes: Vec<(Treatment, Why)>,
    /// Pieces of the cell that mean nothing.
    pub problems: Vec<(String, CellError)>,
}

/// One value.
#[derive(Debug, Clone, PartialEq)]
pub struct Meaning {
    /// The value in its stored form.
    pub value: Value,
    /// Further fields of the same part: (last segment, value).
    pub beside: Vec<(&'static str, Value)>,
}

impl Reading {
    fn one(value: impl Into<Value>) -> Self {
        let meaning = Meaning { value: value.into(), beside: Vec::new() };
        Self { values: vec![meaning], ..Self::default() }
    }

    fn problem(raw: &Raw, error: CellError) -> Self {
        Self { problems: vec![(raw.text(), error)], ..Self::default() }
    }

    fn noted(mut self, treatment: Treatment, why: Why) -> Self {
        self.notes.push((treatment, why));
        self
    }

    fn corrected_if(self, changed: bool, why: Why) -> Self {
        if changed { self.noted(Treatment::Corrected, why) } else { self }
    }

    /// What the cell became, for the report.
    #[must_use]
    pub fn shown(&self) -> String {
        let shown = |meaning: &Meaning| {
            let beside = meaning.beside.iter().map(|(field, value)| format!(" ({field}: {})", show(value)));
            show(&meaning.value) + &beside.collect::<String>()
        };
        self.values.iter().map(shown).collect::<Vec<_>>().join(" / ")
    }
}

/// A value as the report shows it.
#[must_use]
pub fn show(value: &Value) -> String {
    match value {
        Value::Bool(flag) => flag.to_string(),
        Value::Int(int) => int.to_string(),
        Value::Real(real) => real.to_string(),
        Value::Text(text) => text.clone(),
    }
}

/// Reads a cell for a field; `since_1904` tells from which day on its workbook counts.
#[must_use]
pub fn read(field: &FieldTarget, raw: &Raw, mapping: &Mapping, since_1904: bool) -> Reading {
    if let Raw::Broken(_) = raw {
        return Reading::problem(raw, CellError::Broken);
    }
    let reading = match field.spec.ty {
        Type::Phone => return phones(raw),
        Type::Text if field.set().is_some() => return texts(raw),
        Type::Text => Ok(Reading::one(raw.text())),
        Type::Int => int(raw),
        Type::Real => real(raw),
        Type::Fen => fen(raw),
        Type::Date => date(raw, true, since_1904),
        Type::PartialDate => date(raw, false, since_1904),
        Type::Birthday => birthday(raw, since_1904),
        Type::Bool => flag(raw),
        Type::Choice(_) | Type::Code => choice(field, raw, mapping),
        // The mapping lets no other type be a target.
        _ => Err(CellError::Broken),
    };
    reading.unwrap_or_else(|error| Reading::problem(raw, error))
}

/// A number, whatever stands around it: `95.51㎡`, `¥3,832.20 元`, `3人`.
fn number(raw: &Raw, units: &[&str]) -> Result<(f64, Option<Why>), CellError> {
    let typed = match raw {
        Raw::Number(number) if number.is_finite() => return Ok((*number, None)),
        Raw::Text(typed) => typed,
        _ => return Err(CellError::NotANumber),
    };
    let narrow = halfwidth(typed).to_lowercase();
    let mut text = narrow.trim().trim_start_matches(['¥', '￥']).trim();
    // Longest first: `平方米` before `平`.
    let unit = units.iter().filter(|unit| text.ends_with(**unit)).max_by_key(|unit| unit.len());
    if let Some(unit) = unit {
        text = text[..text.len() - unit.len()].trim();
    }
    let digits = text.replace(',', "");
    let plain = digits.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b'-'));
    let number: f64 = digits.parse().map_err(|_| CellError::NotANumber)?;
    if !plain || !number.is_finite() {
        return Err(CellError::NotANumber);
    }
    let spelled = unit.map(|_| Why::Unit).or((typed != &digits).then_some(Why::Spelling));
    Ok((number, spelled))
}

fn noted(reading: Reading, why: Option<Why>) -> Reading {
    match why {
        Some(why) => reading.noted(Treatment::Corrected, why),
        None => reading,
    }
}

fn real(raw: &Raw) -> Result<Reading, CellError> {
    let (number, why) = number(raw, &["㎡", "m2", "m²", "平方米", "平米", "平方", "平"])?;
    Ok(noted(Reading::one(number), why))
}

/// A whole number small enough to be exact.
fn whole(number: f64) -> Result<i64, CellError> {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    if number.fract() != 0.0 || number.abs() > EXACT {
        return Err(CellError::NotANumber);
    }
    #[expect(clippy::cast_possible_truncation, reason = "whole and within 2^53, as just checked")]
    Ok(number as i64)
}

fn int(raw: &Raw) -> Result<Reading, CellError> {
    let (number, why) = number(raw, &["人", "口", "个", "辆", "层", "只"])?;
    Ok(noted(Reading::one(whole(number)?), why))
}

fn fen(raw: &Raw) -> Result<Reading, CellError> {
    let (yuan, why) = number(raw, &["元", "元整", "rmb"])?;
    let fen = yuan * 100.0;
    let rounded = fen.round();
    let reading = noted(Reading::one(whole(rounded)?), why);
    // 3832.2 × 100 is 383219.99999999994: not a third decimal.
    Ok(reading.corrected_if((fen - rounded).abs() > 1e-4, Why::Rounded))
}

fn date(raw: &Raw, full: bool, since_1904: bool) -> Result<Reading, CellError> {
    let (date, typed) = match raw {
        Raw::Date(day) => return Ok(Reading::one(day.to_string())),
        // A day count of the spreadsheet whose format got lost: 25569 is 1970-01-01, or four years later where the
        // workbook counts from 1904.
        Raw::Number(number) if (20_000.0..80_000.0).contains(number) && number.fract() == 0.0 => {
            let days = u64::try_from(whole(*number)?).map_err(|_| CellError::NotADate)?;
            let epoch = if since_1904 { (1904, 1, 1) } else { (1899, 12, 30) };
            let epoch = NaiveDate::from_ymd_opt(epoch.0, epoch.1, epoch.2).ok_or(CellError::NotADate)?;
            let day = epoch.checked_add_days(Days::new(days)).ok_or(CellError::NotADate)?;
            return Ok(Reading::one(day.to_string()).noted(Treatment::Guessed, Why::SerialDate));
        }
        Raw::Number(_) | Raw::Text(_) => {
            let typed = raw.text();
            (PartialDate::parse(&typed).map_err(|_| CellError::NotADate)?, typed)
        }
        Raw::Bool(_) | Raw::Broken(_) => return Err(CellError::NotADate),
    };
    let stored = date.to_string();
    let changed = stored != typed;
    let reading = Reading::one(stored);
    match (date, raw) {
        (PartialDate::Day(_), _) => Ok(reading.corrected_if(changed, Why::DateSpelling)),
        _ if full => Err(CellError::DateNotFull),
        // As a number, 2020.1 may have been 2020.10.
        (_, Raw::Number(_)) => Ok(reading.noted(Treatment::Guessed, Why::PartialDate)),
        _ => Ok(reading.noted(Treatment::Corrected, Why::PartialDate)),
    }
}

/// A full date, or `3月9日`, `03-09`, `--03-09`.
fn birthday(raw: &Raw, since_1904: bool) -> Result<Reading, CellError> {
    if let Ok(reading) = date(raw, true, since_1904) {
        return Ok(reading);
    }
    let typed = halfwidth(&raw.text());
    let text = typed.trim().trim_start_matches('-').trim_end_matches(['日', '号']);
    let (month, day) = text.split_once(['月', '-', '/', '.']).ok_or(CellError::NotADate)?;
    let stored = format!("--{:0>2}-{:0>2}", month.trim(), day.trim());
    let birthday: Birthday = stored.parse().map_err(|_| CellError::NotADate)?;
    Ok(Reading::one(birthday.to_string()).corrected_if(stored != raw.text(), Why::DateSpelling))
}

fn flag(raw: &Raw) -> Result<Reading, CellError> {
    let typed = halfwidth(&raw.text()).trim().to_lowercase();
    let flag = match (raw, typed.as_str()) {
        (Raw::Bool(flag), _) => return Ok(Reading::one(*flag)),
        (_, "是" | "有" | "√" | "✓" | "y" | "yes" | "1" | "已" | "真" | "true") => true,
        (_, "否" | "无" | "没有" | "×" | "x" | "n" | "no" | "0" | "未" | "假" | "false") => false,
        _ => return Err(CellError::UnknownWord),
    };
    Ok(Reading::one(flag))
}

fn choice(field: &FieldTarget, raw: &Raw, mapping: &Mapping) -> Result<Reading, CellError> {
    let typed = raw.text();
    let code = mapping.word(field, &typed).ok_or(CellError::UnknownWord)?;
    let own = field.spec.words().iter().any(|word| word.code == code && word.zh == typed) || code == typed;
    Ok(Reading::one(code).corrected_if(!own, Why::Word))
}

/// Several texts of one cell: `B1-080/B1-081`.
fn texts(raw: &Raw) -> Reading {
    let typed = raw.text();
    let pieces =
        typed.split(['/', '、', ',', '，', ';', '；', '\n']).map(str::trim).filter(|text| !text.is_empty());
    let values: Vec<Meaning> =
        pieces.map(|text| Meaning { value: text.into(), beside: Vec::new() }).collect();
    let several = values.len() > 1;
    Reading { values, ..Reading::default() }.corrected_if(several, Why::Several)
}

pub(super) fn phones(raw: &Raw) -> Reading {
    let typed = raw.text();
    let mut reading = Reading::default();
    let mut respelled = halfwidth(&typed) != typed;
    for one in phone::parse(&typed) {
        let number = match &one.number {
            Ok(number) => number.clone(),
            Err(error) => {
                reading.problems.push((one.typed.clone(), CellError::NotAPhone(*error)));
                continue;
            }
        };
        let mut beside = Vec::new();
        if one.is_wechat() {
            beside.push(("wechat", true.into()));
        }
        if !one.remark.is_empty() {
            beside.push(("label", one.remark.as_str().into()));
        }
        // A remark in brackets is not another spelling of the number.
        respelled |= one.typed.split(['(', '[']).next().map(str::trim) != Some(number.as_str());
        reading.values.push(Meaning { value: number.into(), beside });
    }
    let remarks = reading.values.iter().any(|meaning| !meaning.beside.is_empty());
    let several = reading.values.len() > 1;
    reading
        .corrected_if(matches!(raw, Raw::Number(_)), Why::NumberAsText)
        .corrected_if(respelled, Why::Spelling)
        .corrected_if(several, Why::Several)
        .corrected_if(remarks, Why::PhoneRemark)
}

#[cfg(test)]
mod tests {
    use butler_core::model::Kind;

    use super::super::mapping::Target;
    use super::*;

    fn reading(title: &str, raw: impl Into<Typed>) -> Reading {
        let mapping = Mapping::guesses().unwrap();
        let Some(Target::Field(field)) = mapping.target(title) else { panic!("{title}") };
        assert!(matches!(field.kind, Kind::Home | Kind::Resident));
        read(field, &raw.into().0, &mapping, false)
    }

    struct Typed(Raw);
    impl From<&str> for Typed {
        fn from(text: &str) -> Self {
            Self(Raw::Text(text.to_owned()))
        }
    }
    impl From<f64> for Typed {
        fn from(number: f64) -> Self {
            Self(Raw::Number(number))
        }
    }

    fn check(title: &str, raw: impl Into<Typed>, value: impl Into<Value>, notes: &[(Treatment, Why)]) {
        let reading = reading(title, raw);
        assert_eq!(reading.problems, []);
        assert_eq!(reading.values.len(), 1);
        assert_eq!((&reading.values[0].value, reading.notes.as_slice()), (&value.into(), notes));
    }

    use Treatment::{Corrected, Guessed};

    #[test]
    fn areas_lose_their_unit() {
        check("面积", 56.85, 56.85, &[]);
        check("面积", "95.51㎡", 95.51, &[(Corrected, Why::Unit)]);
        check("面积", "95.51 平方米", 95.51, &[(Corrected, Why::Unit)]);
        check("面积", "９５.５", 95.5, &[(Corrected, Why::Spelling)]);
        check("面积", "95.5", 95.5, &[]);
        for bad in ["约95", "1e5", "九十五", "95.5.1", "nan", "-"] {
            assert_eq!(reading("面积", bad).problems[0].1, CellError::NotANumber, "{bad}");
        }
    }

    #[test]
    fn money_becomes_whole_fen() {
        check("欠费金额", 3832.2, 383_220, &[]);
        check("欠费金额", 0.0, 0, &[]);
        check("欠费金额", "¥3,832.20元", 383_220, &[(Corrected, Why::Unit)]);
        check("欠费金额", 10.005, 1_001, &[(Corrected, Why::Rounded)]);
        assert_eq!(reading("欠费金额", 1e300).problems[0].1, CellError::NotANumber);
    }

    #[test]
    fn five_spellings_of_dates() {
        check("入住日期", "2025-11-07", "2025-11-07", &[]);
        check("入住日期", "2018/4/6", "2018-04-06", &[(Corrected, Why::DateSpelling)]);
        check("入住日期", "2016年5月20日", "2016-05-20", &[(Corrected, Why::DateSpelling)]);
        check("入住日期", "2020.2", "2020-02", &[(Corrected, Why::PartialDate)]);
        check("入住日期", 2020.2, "2020-02", &[(Guessed, Why::PartialDate)]);
        check("入住日期", 43_561.0, "2019-04-06", &[(Guessed, Why::SerialDate)]);
        check("生日", "3月9日", "--03-09", &[(Corrected, Why::DateSpelling)]);
        assert_eq!(reading("入住日期", "2020-02-30").problems[0].1, CellError::NotADate);
        assert_eq!(reading("物业费交至", "2026-12").problems[0].1, CellError::DateNotFull);
    }

    #[test]
    fn a_workbook_that_counts_from_1904_means_other_days() {
        let mapping = Mapping::guesses().unwrap();
        let Some(Target::Field(field)) = mapping.target("入住日期") else { panic!() };
        assert_eq!(read(field, &Raw::Number(42_369.0), &mapping, true).shown(), "2020-01-01");
    }

    #[test]
    fn words_are_the_models_or_the_mappings() {
        check("房屋状态", "空置", "vacant", &[]);
        check("身份", "租户", "tenant", &[(Corrected, Why::Word)]);
        check("钥匙", "√", true, &[]);
        assert_eq!(reading("房屋状态", "闲置").problems[0].1, CellError::UnknownWord);
    }

    #[test]
    fn phones_are_split_and_their_remarks_kept() {
        check("电话", "19900002960", "19900002960", &[]);
        check("电话", 19_900_002_960.0, "19900002960", &[(Corrected, Why::NumberAsText)]);
        check("电话", "+86 19900002960", "19900002960", &[(Corrected, Why::Spelling)]);
        check("电话", "１９９００００２９６０", "19900002960", &[(Corrected, Why::Spelling)]);
        let two = reading("电话", "199-0000-2960(微信同号)/19900006302");
        assert_eq!(two.shown(), "19900002960 (wechat: true) (label: 微信同号) / 19900006302");
        assert_eq!(
            two.notes,
            [(Corrected, Why::Spelling), (Corrected, Why::Several), (Corrected, Why::PhoneRemark)]
        );
        let half = reading("电话", "19900002960/1990000");
        assert_eq!(half.values.len(), 1);
        assert_eq!(half.problems[0].0, "1990000");
    }

    #[test]
    fn spaces_of_a_parking_cell_are_split() {
        assert_eq!(reading("车位", "B1-080/B1-081").shown(), "B1-080 / B1-081");
    }
}
