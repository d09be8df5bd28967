//! A filled slip as a PDF, with the glyphs it needs and no others.
//!
//! | question | file |
//! |---|---|
//! | which font shows Chinese here, how wide is a text, what of the font goes into the file | `font.rs` |
//! | where does a line end | `wrap.rs` |
//! | where on which page does everything stand | `layout.rs` |

mod font;
mod layout;
mod wrap;

use butler_core::playbook::paper::FilledSlip;
use pdf_writer::{Finish as _, Name, Pdf, Rect, Ref, TextStr};

pub(crate) use font::{Font, FontError};
use layout::Layout;

/// The one font of a file.
const FONT: Name<'static> = Name(b"F");

/// Draws a slip.
///
/// # Errors
/// [`FontError`] when the font is none, or cannot be embedded.
pub(crate) fn draw(slip: &FilledSlip, font: &Font) -> Result<Vec<u8>, FontError> {
    let face = font.face()?;
    let mut layout = Layout::new(slip, &face);
    layout.slip(slip);
    let (pages, glyphs, (width, height)) = layout.finish();

    let mut pdf = Pdf::new();
    let mut next = Ref::new(1);
    let mut id = || next.bump();
    let (catalog, tree, info, font_id) = (id(), id(), id(), id());
    pdf.catalog(catalog).pages(tree);
    pdf.document_info(info).title(TextStr(&format!("{} {}", slip.title, slip.number)));
    let pages: Vec<_> = pages.into_iter().map(|content| (id(), id(), content)).collect();
    let count = i32::try_from(pages.len()).unwrap_or(i32::MAX);
    pdf.pages(tree).kids(pages.iter().map(|(page, ..)| *page)).count(count);
    for (page, contents, content) in pages {
        let mut page = pdf.page(page);
        page.media_box(Rect::new(0.0, 0.0, width, height)).parent(tree).contents(contents);
        page.resources().fonts().pair(FONT, font_id);
        page.finish();
        pdf.stream(contents, &content.finish());
    }
    let rest = [id(), id(), id(), id()];
    glyphs.embed(&mut pdf, font, &face, font_id, rest)?;
    Ok(pdf.finish())
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use butler_core::playbook::form::{AnswerType, FormField};
    use butler_core::playbook::paper::{COMMON, Paper, SlipCheck, SlipFacts, SlipStep};
    use butler_core::playbook::{Label, Language, Playbooks};

    use super::*;

    /// An answer as people give it.
    fn answered(field: &FormField) -> Label {
        let said = |text: &str| Label::same(text);
        match (field.answer, field.id.as_str()) {
            (_, "description") => said(
                "客厅东侧承重墙被开凿约0.8米宽、1.2米高的洞口，钢筋外露；施工人员称按设计师口头要求施工，未见图纸（plan A-02）。",
            ),
            (_, "builder" | "contractor") => said("宏建装饰工程有限公司"),
            (_, "requirement") => said("立即停工；7日内按设计院加固方案恢复，恢复后通知复查。"),
            (AnswerType::Date, _) => said("2026-12-03"),
            (AnswerType::Moment, _) => said("2026-11-28 09:20"),
            (AnswerType::Money, _) => said("2688.00元"),
            (AnswerType::Number | AnswerType::Score, _) => said("4"),
            (AnswerType::Phone, _) => said("13900001111"),
            (AnswerType::Staff | AnswerType::Person, _) => said("张丽"),
            _ => field.options.first().map_or_else(|| said("已核实"), |option| option.label.clone()),
        }
    }

    /// What would be known of a record of the procedure that a template is filled from.
    fn facts(set: &Playbooks, paper: &Paper) -> SlipFacts {
        let of = paper.of.first().unwrap();
        let flow = set.workflow(&of.as_str().into());
        let mut fields: Vec<&FormField> = flow.into_iter().flat_map(|flow| flow.fields()).collect();
        fields.extend(set.form(&of.as_str().into()).into_iter().flat_map(|form| &form.fields));
        let mut facts = SlipFacts { code: "butler://record/0f3a".to_owned(), ..SlipFacts::default() };
        let common = [
            "金色家园物业服务中心",
            "3栋2单元501",
            "单晓彤",
            "3栋2单元",
            "厨房水槽下漏水",
            "处理中",
            "261128-7K3F2Q",
            "2026-11-28",
            "张丽",
        ];
        for ((name, ..), words) in COMMON.iter().zip(common) {
            facts.name(name, Label::same(words));
        }
        let name = |field: &&FormField| (field.id.to_string(), (field.label.clone(), Some(answered(field))));
        facts.named.extend(fields.iter().map(name));
        for step in flow.into_iter().flat_map(|flow| &flow.steps).take(12) {
            let said = step
                .fields
                .iter()
                .filter(|field| !matches!(field.answer, AnswerType::Photo | AnswerType::Signature));
            facts.steps.push(SlipStep {
                step: step.id.clone(),
                label: step.label.clone(),
                at: "2026-11-28 09:20".to_owned(),
                by: "张丽".to_owned(),
                said: said.map(|field| (field.label.clone(), answered(field))).collect(),
                note: String::new(),
            });
        }
        for step in flow.into_iter().flat_map(|flow| &flow.steps) {
            facts.name_step(&step.id, &step.label);
        }
        let list = set.checklist(&of.as_str().into());
        for (number, (point, item)) in list
            .into_iter()
            .flat_map(|list| {
                list.points.iter().flat_map(|point| point.items.iter().map(move |item| (point, item)))
            })
            .enumerate()
        {
            facts.checks.push(SlipCheck {
                point: point.label.clone(),
                item: item.label.clone(),
                found: Some(answered(item)),
                fails: number % 7 == 3,
                by: "王伟".to_owned(),
                at: "2026-11-28 09:20".to_owned(),
            });
        }
        facts
    }

    /// With `SLIPS=FOLDER` every slip is left there as HTML and PDF, to be looked at.
    #[test]
    fn every_slip_of_this_build_is_drawn() {
        let set = Playbooks::embedded().unwrap();
        let folder = std::env::var_os("SLIPS").map(PathBuf::from);
        // Of a machine without a font no PDF is asked; `butler-office` says so there.
        let font = match Font::find() {
            Err(FontError::Missing) => None,
            font => Some(font.unwrap()),
        };
        let mut drawn = 0;
        for paper in set.papers() {
            let slip = paper.fill(&facts(&set, paper), Language::Zh);
            let html = slip.html();
            assert!(!html.contains(">＿＿＿＿＿＿<"), "{}: something is not filled in", paper.id);
            let pdf = font.as_ref().map(|font| draw(&slip, font).unwrap()).unwrap_or_default();
            if font.is_some() {
                assert!(pdf.starts_with(b"%PDF-") && pdf.ends_with(b"%%EOF"), "{}", paper.id);
                assert!(pdf.len() < 400_000, "{}: {} bytes, the whole font is in it", paper.id, pdf.len());
            }
            if let Some(folder) = &folder {
                std::fs::create_dir_all(folder).unwrap();
                std::fs::write(folder.join(format!("{}.html", paper.id)), html).unwrap();
                std::fs::write(folder.join(format!("{}.pdf", paper.id)), pdf).unwrap();
            }
            drawn += 1;
        }
        assert!(drawn >= 12, "{drawn}");
    }

    #[test]
    fn a_file_that_is_no_font_is_said_to_be_none() {
        let slip = {
            let set = Playbooks::embedded().unwrap();
            let paper = set.papers().next().unwrap();
            paper.fill(&SlipFacts::default(), Language::En)
        };
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("font.ttf");
        std::fs::write(&path, "none").unwrap();
        let font = Font::read(&path).unwrap();
        assert!(matches!(draw(&slip, &font), Err(FontError::Unusable)));
        assert!(matches!(Font::read(&folder.path().join("absent")), Err(FontError::File { .. })));
    }
}
