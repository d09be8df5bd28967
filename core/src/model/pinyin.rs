//! How Chinese is typed on a keyboard of Latin letters.

use pinyin::{PinyinMulti, ToPinyinMulti as _};

/// Every reading of a character, without tones, those it has as a surname among them; none for what is not Chinese.
pub(crate) fn readings(c: char) -> impl Iterator<Item = &'static str> {
    let multi = c.to_pinyin_multi();
    let count = multi.map_or(0, PinyinMulti::count);
    let common = (0..count).filter_map(move |at| Some(plain(multi?.get_opt(at)?.plain())));
    surname_reading(c).into_iter().chain(common)
}

/// Whether `typed` (small letters) spells the beginning of `text`, each character whole or by its initial: `gkpw`,
/// `gaokongpw` and `gaok` for 高空抛物.
pub(crate) fn spells(typed: &str, text: &str) -> bool {
    let mut chars = text.chars();
    let Some(c) = chars.next() else { return typed.is_empty() };
    typed.is_empty()
        || readings(c).any(|reading| {
            let initial = reading.get(..1).and_then(|initial| typed.strip_prefix(initial));
            reading.starts_with(typed)
                || [typed.strip_prefix(reading), initial]
                    .into_iter()
                    .flatten()
                    .any(|rest| spells(rest, chars.as_str()))
        })
}

/// The reading as people type it: `ü` is `v` on every keyboard.
fn plain(reading: &'static str) -> &'static str {
    match reading {
        "lü" => "lv",
        "nü" => "nv",
        "lüe" => "lve",
        "nüe" => "nve",
        other => other,
    }
}

/// Readings that a character has as a surname and that common dictionaries of single characters leave out.
fn surname_reading(c: char) -> Option<&'static str> {
    Some(match c {
        '仇' => "qiu",
        '单' => "shan",
        '曾' => "zeng",
        '解' => "xie",
        '区' => "ou",
        '查' => "zha",
        '朴' => "piao",
        '尉' => "yu",
        '盖' => "ge",
        '乐' => "yue",
        '翟' => "zhai",
        '繁' => "po",
        '折' => "she",
        '员' => "yun",
        '黑' => "he",
        '秘' => "bi",
        '冼' => "xian",
        '种' => "chong",
        '缪' => "miao",
        '纪' => "ji",
        '华' => "hua",
        '任' => "ren",
        '宁' => "ning",
        '召' => "shao",
        '覃' => "qin",
        '洗' => "xian",
        '车' => "che",
        '万' => "wan",
        '晟' => "cheng",
        '令' => "ling",
        '那' => "na",
        '哈' => "ha",
        '牟' => "mu",
        '隗' => "wei",
        '郗' => "chi",
        '佴' => "nai",
        '逄' => "pang",
        '臧' => "zang",
        '褚' => "chu",
        '瞿' => "qu",
        '郇' => "huan",
        '谌' => "chen",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_spelled_whole_by_initials_or_mixed() {
        for typed in ["gkpw", "gaokongpaowu", "gaokpw", "gaok", "g", ""] {
            assert!(spells(typed, "高空抛物"), "{typed}");
        }
        for typed in ["kpw", "gkpwx", "gap", "高"] {
            assert!(!spells(typed, "高空抛物"), "{typed}");
        }
        assert!(spells("shan", "单") && spells("dan", "单"), "as a surname and as a word");
        assert!(spells("lv", "绿"));
    }
}
