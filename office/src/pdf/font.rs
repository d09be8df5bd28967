//! The font: found on this machine, measured, and embedded with the glyphs that are used.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

use pdf_writer::types::{CidFontType, FontFlags, SystemInfo, UnicodeCmap};
use pdf_writer::{Name, Pdf, Rect, Ref, Str};
use subsetter::{GlyphRemapper, subset};
use ttf_parser::{Face, GlyphId, RawFace, Tag, fonts_in_collection, name_id};

/// Where systems keep a font that shows Chinese, the one with the plainest licence first.
const KNOWN: [&str; 9] = [
    "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/noto-cjk/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/google-noto-cjk/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/google-noto-sans-cjk-fonts/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/adobe-source-han-sans-cn/SourceHanSansCN-Regular.otf",
    "/usr/share/fonts/truetype/wqy/wqy-zenhei.ttc",
    "/usr/share/fonts/wqy-zenhei/wqy-zenhei.ttc",
    "/usr/share/fonts/truetype/droid/DroidSansFallbackFull.ttf",
    "/System/Library/Fonts/STHeiti Light.ttc",
];
/// What a collection calls the face with the forms of the mainland.
const MAINLAND: [&str; 2] = ["CJK SC", "Sans SC"];
/// The name before that of an embedded part of a font.
const SUBSET: &str = "BUTLER";
const INFO: SystemInfo<'static> =
    SystemInfo { registry: Str(b"Adobe"), ordering: Str(b"Identity"), supplement: 0 };
const GLYPHS: Name<'static> = Name(b"Adobe-Identity-UCS");

/// Why a PDF cannot be drawn.
#[derive(Debug, thiserror::Error)]
pub enum FontError {
    /// No font that shows Chinese is where systems keep one.
    #[error(
        "find a font that shows Chinese; install fonts-noto-cjk or name one with --font · 没有找到中文字体，请安装或用 --font 指定"
    )]
    Missing,
    /// The file cannot be read.
    #[error("read the font {}: {cause}", path.display())]
    File {
        /// Where it is.
        path: PathBuf,
        /// What the system says.
        cause: io::Error,
    },
    /// It is no font that can be embedded.
    #[error("use the font: it is none, or of a kind that no PDF takes · 这个字体文件不能用")]
    Unusable,
}

/// A font's file, with the face to use.
pub struct Font {
    data: Vec<u8>,
    index: u32,
}

impl Font {
    /// A font by its file.
    pub fn read(path: &Path) -> Result<Self, FontError> {
        let data = std::fs::read(path).map_err(|cause| FontError::File { path: path.to_owned(), cause })?;
        let index = (0..fonts_in_collection(&data).unwrap_or(1)).find(|index| is_mainland(&data, *index));
        Ok(Self { data, index: index.unwrap_or(0) })
    }

    /// The font of this machine.
    pub fn find() -> Result<Self, FontError> {
        let known = KNOWN.iter().map(Path::new).find(|path| path.is_file());
        Self::read(known.ok_or(FontError::Missing)?)
    }

    pub(super) fn face(&self) -> Result<Face<'_>, FontError> {
        Face::parse(&self.data, self.index).map_err(|_| FontError::Unusable)
    }
}

fn is_mainland(data: &[u8], index: u32) -> bool {
    let Ok(face) = Face::parse(data, index) else { return false };
    let full = face.names().into_iter().filter(|name| name.name_id == name_id::FULL_NAME);
    let mut names = full.filter_map(|name| name.to_string());
    names.any(|name| !name.contains("Mono") && MAINLAND.iter().any(|known| name.contains(known)))
}

/// What a font draws, and what of it was used.
pub(super) struct Glyphs<'f> {
    face: &'f Face<'f>,
    remapper: GlyphRemapper,
    /// By the number in the embedded part.
    used: BTreeMap<u16, (char, f32)>,
}

impl<'f> Glyphs<'f> {
    pub(super) fn new(face: &'f Face<'f>) -> Self {
        Self { face, remapper: GlyphRemapper::new(), used: BTreeMap::new() }
    }

    /// A letter's glyph; of one the font has not, the empty box.
    fn glyph(&self, letter: char) -> GlyphId {
        self.face.glyph_index(letter).unwrap_or(GlyphId(0))
    }

    /// A letter's width, in thousandths of the size.
    fn advance(&self, letter: char) -> f32 {
        let units = f32::from(self.face.units_per_em().max(1));
        f32::from(self.face.glyph_hor_advance(self.glyph(letter)).unwrap_or(0)) * 1000.0 / units
    }

    /// How wide a text is at a size.
    pub(super) fn width(&self, text: &str, size: f32) -> f32 {
        text.chars().map(|letter| self.advance(letter)).sum::<f32>() * size / 1000.0
    }

    /// A text as the file writes it; its glyphs are used from here on.
    pub(super) fn written(&mut self, text: &str) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(text.len());
        for letter in text.chars() {
            let number = self.remapper.remap(self.glyph(letter).0);
            self.used.entry(number).or_insert_with(|| (letter, 0.0)).1 = self.advance(letter);
            bytes.extend(number.to_be_bytes());
        }
        bytes
    }

    /// Writes the used part of the font into the file.
    pub(super) fn embed(
        self,
        pdf: &mut Pdf,
        font: &Font,
        face: &Face<'_>,
        id: Ref,
        [cid, descriptor, file, unicode]: [Ref; 4],
    ) -> Result<(), FontError> {
        let part = subset(&font.data, font.index, &self.remapper).map_err(|_| FontError::Unusable)?;
        let raw = RawFace::parse(&part, 0).map_err(|_| FontError::Unusable)?;
        let outlines = raw.table(Tag::from_bytes(b"CFF "));
        let names = face.names().into_iter().filter(|name| name.name_id == name_id::POST_SCRIPT_NAME);
        let name = names.filter_map(|name| name.to_string()).next().unwrap_or_else(|| "Chinese".to_owned());
        let name = format!("{SUBSET}+{}", name.replace(|c: char| !c.is_ascii_alphanumeric() && c != '-', ""));
        let base = Name(name.as_bytes());
        let scale = |units: i16| f32::from(units) * 1000.0 / f32::from(face.units_per_em().max(1));

        let mut type0 = pdf.type0_font(id);
        type0
            .base_font(base)
            .encoding_predefined(Name(b"Identity-H"))
            .descendant_font(cid)
            .to_unicode(unicode);
        drop(type0);
        let mut glyphs = pdf.cid_font(cid);
        glyphs.subtype(if outlines.is_some() { CidFontType::Type0 } else { CidFontType::Type2 });
        glyphs.base_font(base).system_info(INFO).font_descriptor(descriptor).default_width(1000.0);
        if outlines.is_none() {
            glyphs.cid_to_gid_map_predefined(Name(b"Identity"));
        }
        let mut widths = glyphs.widths();
        for (number, (_, width)) in &self.used {
            widths.same(*number, *number, *width);
        }
        drop(widths);
        drop(glyphs);
        let bounds = face.global_bounding_box();
        let mut about = pdf.font_descriptor(descriptor);
        about.name(base).flags(FontFlags::SYMBOLIC).italic_angle(0.0).stem_v(80.0);
        about.bbox(Rect::new(
            scale(bounds.x_min),
            scale(bounds.y_min),
            scale(bounds.x_max),
            scale(bounds.y_max),
        ));
        about.ascent(scale(face.ascender())).descent(scale(face.descender()));
        about.cap_height(face.capital_height().map_or(733.0, scale));
        if outlines.is_some() {
            about.font_file3(file);
        } else {
            about.font_file2(file);
        }
        drop(about);
        match outlines {
            Some(outlines) => {
                pdf.stream(file, outlines).pair(Name(b"Subtype"), Name(b"CIDFontType0C"));
            }
            None => {
                pdf.stream(file, &part).pair(Name(b"Length1"), i32::try_from(part.len()).unwrap_or(i32::MAX));
            }
        }
        // So that what is copied out of the file, and searched in it, is what was written.
        let mut text = UnicodeCmap::new(GLYPHS, INFO);
        for (number, (letter, _)) in &self.used {
            text.pair(*number, *letter);
        }
        pdf.cmap(unicode, &text.finish());
        Ok(())
    }
}
