//! Where a line ends: between Chinese characters, at the spaces of everything else, and never so that a mark which
//! closes stands first or one which opens stands last.

/// Marks that stand at no line's beginning.
const CLOSING: &str = "，。、；：？！）》〉」』】〕”’…％,.;:?!)]}%";
/// Marks that stand at no line's end.
const OPENING: &str = "（《〈「『【〔“‘([{";

/// What is written right behind a number and not taken off it.
const BEHIND_NUMBERS: &str = "年月日时分号元";

/// A text in lines that are no wider than `room`, the first by `indent` less, as `width` measures. What alone is wider is
/// broken where it must be.
pub(super) fn wrapped(text: &str, room: f32, indent: f32, width: impl Fn(&str) -> f32) -> Vec<String> {
    let mut lines = Vec::new();
    let room = |lines: &Vec<String>| if lines.is_empty() { room - indent } else { room };
    for paragraph in text.split('\n') {
        let mut line = String::new();
        for piece in pieces(paragraph) {
            if !line.is_empty() && width(&format!("{line}{}", piece.trim_end())) > room(&lines) {
                lines.push(std::mem::take(&mut line).trim_end().to_owned());
            }
            if width(piece.trim_end()) <= room(&lines) {
                line.push_str(if line.is_empty() { piece.trim_start() } else { piece });
                continue;
            }
            for letter in piece.chars() {
                if !line.is_empty() && width(&format!("{line}{letter}")) > room(&lines) {
                    lines.push(std::mem::take(&mut line));
                }
                line.push(letter);
            }
        }
        lines.push(line.trim_end().to_owned());
    }
    lines
}

/// What is never taken apart while there is room for it: a character, a word with its space, each with its marks.
fn pieces(text: &str) -> Vec<&str> {
    let mut pieces = Vec::new();
    let (mut from, mut before) = (0, None::<char>);
    for (at, letter) in text.char_indices() {
        if let Some(last) = before
            && may_break(last, letter)
        {
            pieces.push(&text[from..at]);
            from = at;
        }
        before = Some(letter);
    }
    pieces.push(&text[from..]);
    pieces
}

fn may_break(last: char, next: char) -> bool {
    if CLOSING.contains(next) || OPENING.contains(last) {
        return false;
    }
    if last.is_ascii_digit() && BEHIND_NUMBERS.contains(next) {
        return false;
    }
    // A word ends with its space.
    last.is_whitespace() && !next.is_whitespace() || (is_wide(last) || is_wide(next)) && !next.is_whitespace()
}

/// Written without spaces, so that a line may end at any of them.
const fn is_wide(letter: char) -> bool {
    matches!(letter, '\u{2e80}'..='\u{ffef}' | '\u{20000}'..='\u{3ffff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A Chinese character is as wide as two others.
    fn width(text: &str) -> f32 {
        text.chars().map(|letter| if is_wide(letter) { 2.0 } else { 1.0 }).sum()
    }

    #[test]
    fn a_line_ends_between_characters_and_between_words() {
        assert_eq!(wrapped("请于三日内整改", 8.0, 0.0, width), ["请于三日", "内整改"]);
        assert_eq!(wrapped("put it right by noon", 8.0, 0.0, width), ["put it", "right by", "noon"]);
        assert_eq!(wrapped("许可证XK-118号", 8.0, 0.0, width), ["许可证", "XK-118号"]);
        assert_eq!(wrapped("请于2026年3月前", 11.0, 0.0, width), ["请于2026年", "3月前"]);
        assert_eq!(wrapped("截至2026年3月", 9.0, 0.0, width), ["截至", "2026年3月"]);
        assert_eq!(wrapped("请于三日内整改", 8.0, 4.0, width), ["请于", "三日内整", "改"]);
        assert_eq!(wrapped("一\n\n二", 8.0, 0.0, width), ["一", "", "二"]);
        assert_eq!(wrapped("", 8.0, 0.0, width), [""]);
    }

    #[test]
    fn no_closing_mark_begins_a_line_and_no_opening_one_ends_it() {
        assert_eq!(wrapped("现场已经拆，恢复", 10.0, 0.0, width), ["现场已经", "拆，恢复"]);
        assert_eq!(wrapped("违反规定（见附件）", 8.0, 0.0, width), ["违反规定", "（见附", "件）"]);
    }

    #[test]
    fn what_is_too_wide_alone_is_broken() {
        assert_eq!(wrapped("ABCDEFGHIJ", 4.0, 0.0, width), ["ABCD", "EFGH", "IJ"]);
        assert_eq!(wrapped("见ABCDEFGHIJ", 4.0, 0.0, width), ["见", "ABCD", "EFGH", "IJ"]);
    }
}
