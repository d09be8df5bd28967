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

pub use font::{Font, FontError};
use layout::Layout;

/// What is a little too long for one page is written a little smaller; what is longer is not.
const SMALLER: [f32; 3] = [1.0, 0.94, 0.88];
/// The one font of a file.
const FONT: Name<'static> = Name(b"F");

/// Draws a slip.
///
/// # Errors
/// [`FontError`] when the font is none, or cannot be embedded.
pub fn draw(slip: &FilledSlip, font: &Font) -> Result<Vec<u8>, FontError> {
    let face = font.face()?;
    let drawn = |scale| {
        let mut layout = Layout::new(slip, &face, scale);
        layout.slip(slip);
        layout
    };
    let layout =
        SMALLER.into_iter().map(drawn).find(|layout| layout.pages() == 1).unwrap_or_else(|| drawn(1.0));
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
    use butler_core::playbook::paper::SlipFacts;
    use butler_core::playbook::{Language, Playbooks};

    use super::*;

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
