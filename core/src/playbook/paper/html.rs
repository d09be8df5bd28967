//! A filled slip as one page of HTML, with what a printer needs to know in it. Nothing is fetched, nothing runs.

use std::fmt::Write as _;

use super::{FilledSlip, SlipPart};
use crate::model::qr::QrPicture;
use crate::playbook::Language;

/// How a slip looks. Fonts are those of phones and desks that show Chinese; the page names its language, so that a font
/// with several countries' forms takes the Chinese ones.
const STYLE: &str = "\
*{box-sizing:border-box}\
body{margin:0 auto;padding:6mm;font:10.5pt/1.5 'Noto Sans CJK SC','Source Han Sans SC','PingFang SC','Microsoft YaHei',sans-serif;color:#000;background:#fff}\
header{display:table;width:100%;border-bottom:.4mm solid #000;padding-bottom:2mm}\
header div{display:table-cell;vertical-align:bottom}\
header div+div{width:24mm;text-align:right}\
header svg{width:22mm;height:22mm}\
h1{margin:4mm 0;text-align:center;font-size:17pt;letter-spacing:.15em}\
p{margin:2mm 0;text-align:justify;overflow-wrap:anywhere}\
p.in{text-indent:2em}\
p.number{text-align:right;margin:0 0 2mm}\
table{width:100%;border-collapse:collapse;margin:3mm 0}\
th,td{border:.25mm solid #000;padding:1.2mm 2mm;text-align:left;vertical-align:top;overflow-wrap:anywhere;white-space:pre-line}\
th{font-weight:600;background:#f2f2f2;-webkit-print-color-adjust:exact;print-color-adjust:exact}\
table.said th{width:26%}\
tr{break-inside:avoid}\
thead{display:table-header-group}\
.sign{display:table;width:100%;margin-top:9mm;break-inside:avoid}\
.sign span{display:table-cell;padding-right:4mm}\
@media print{body{padding:0;max-width:none}}";

impl FilledSlip {
    /// The slip as a page that prints as it is shown.
    #[must_use]
    pub fn html(&self) -> String {
        let (width, height) = self.size.millimetres();
        let (margin, points) = (self.size.margin(), self.size.points());
        let language = if self.language == Language::Zh { "zh-CN" } else { "en" };
        let mut page = format!(
            "<!doctype html>\n<html lang=\"{language}\"><head><meta charset=\"utf-8\">\
             <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\
             <meta name=\"viewport\" content=\"width=device-width,initial-scale=1\"><title>{}</title>\
             <style>{STYLE}@page{{size:{width}mm {height}mm;margin:{margin}mm}}body{{max-width:{width}mm;font-size:{points}pt}}</style>\
             </head><body>\n<header><div>{}</div><div>",
            Escaped(&format!("{} {}", self.title, self.number)),
            Escaped(&self.company),
        );
        if let Some(picture) = QrPicture::of(self.code.as_bytes()) {
            let side = picture.side() + 8;
            let _ = write!(
                page,
                "<svg viewBox=\"-4 -4 {side} {side}\" shape-rendering=\"crispEdges\"><path d=\"{}\"/></svg>",
                picture.path()
            );
        }
        let _ = writeln!(
            page,
            "</div></header>\n<h1>{}</h1>\n<p class=\"number\">{}</p>",
            Escaped(&self.title),
            Escaped(&self.number_line())
        );
        for part in &self.parts {
            self.write_part(&mut page, part);
        }
        page.push_str("</body></html>\n");
        page
    }

    fn write_part(&self, page: &mut String, part: &SlipPart) {
        // Writing to a text cannot fail.
        let _ = match part {
            SlipPart::Text(text) if self.is_indented(text) => {
                writeln!(page, "<p class=\"in\">{}</p>", Escaped(text))
            }
            SlipPart::Text(text) => writeln!(page, "<p>{}</p>", Escaped(text)),
            SlipPart::Table(rows) => {
                page.push_str("<table class=\"said\">");
                for (label, words) in rows {
                    let _ = write!(page, "<tr><th>{}</th><td>{}</td></tr>", Escaped(label), Escaped(words));
                }
                writeln!(page, "</table>")
            }
            SlipPart::List { heads, rows } => {
                page.push_str("<table><thead><tr>");
                for head in heads {
                    let _ = write!(page, "<th>{}</th>", Escaped(head));
                }
                page.push_str("</tr></thead><tbody>");
                for row in rows {
                    page.push_str("<tr>");
                    for cell in row {
                        let _ = write!(page, "<td>{}</td>", Escaped(cell));
                    }
                    page.push_str("</tr>");
                }
                writeln!(page, "</tbody></table>")
            }
            SlipPart::Sign(who) => {
                page.push_str("<div class=\"sign\">");
                for who in who {
                    let _ = write!(page, "<span>{}＿＿＿＿＿＿＿</span>", Escaped(who));
                }
                writeln!(page, "</div>")
            }
        };
    }
}

/// Text that stays text, in an element and in an attribute.
struct Escaped<'a>(&'a str);

impl std::fmt::Display for Escaped<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for letter in self.0.chars() {
            match letter {
                '&' => f.write_str("&amp;")?,
                '<' => f.write_str("&lt;")?,
                '>' => f.write_str("&gt;")?,
                '"' => f.write_str("&quot;")?,
                '\'' => f.write_str("&#39;")?,
                // Whatever turns the direction of writing or is no character would make a slip read otherwise than it says.
                '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => {}
                letter if letter.is_control() && letter != '\n' => {}
                letter => f.write_char(letter)?,
            }
        }
        Ok(())
    }
}
