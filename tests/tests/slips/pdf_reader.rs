//! A reader of the PDFs an office writes, as strict as a picture needs: it finds objects by the file's own table, draws with the
//! glyphs and the widths that are in the file, and knows no other font. What an office does not write it does not read.

use std::collections::BTreeMap;

use ab_glyph_rasterizer::{Point, Rasterizer, point};
use image::GrayImage;
use ttf_parser::{GlyphId, OutlineBuilder, cff};

/// A page as it is shown.
pub struct Page {
    pub picture: GrayImage,
    /// Its words as they are copied out of it, a line each.
    pub text: Vec<String>,
}

/// The pages of a file, drawn with so many pixels an inch.
pub fn pages(file: &[u8], dpi: f32) -> Vec<Page> {
    let file = File::new(file);
    let trailer = file.text(file.trailer);
    let catalog = file.object(reference(trailer, "Root"));
    let tree = file.object(reference(catalog, "Pages"));
    let kids = references(tree, "Kids");
    assert_eq!(kids.len() as f32, numbers(value(tree, "Count"))[0], "the tree of pages");
    kids.into_iter().map(|kid| file.page(file.object(kid), dpi / 72.0)).collect()
}

struct File<'f> {
    bytes: &'f [u8],
    /// Where each object begins.
    offsets: BTreeMap<u32, usize>,
    trailer: usize,
}

impl<'f> File<'f> {
    fn new(bytes: &'f [u8]) -> Self {
        let end = std::str::from_utf8(&bytes[bytes.len() - 40..]).unwrap();
        let table = end.split_once("startxref").unwrap().1.split_whitespace().next().unwrap();
        let table: usize = table.parse().unwrap();
        let mut file = Self { bytes, offsets: BTreeMap::new(), trailer: table };
        let mut rows = file.text(table).lines().skip(1);
        let (first, count) = rows.next().unwrap().split_once(' ').unwrap();
        let (first, count): (u32, usize) = (first.parse().unwrap(), count.trim().parse().unwrap());
        for (number, row) in (first..).zip(rows.take(count)) {
            if row.contains(" n") {
                file.offsets.insert(number, row[..10].parse().unwrap());
            }
        }
        file.trailer += file.text(table).find("trailer").unwrap();
        file
    }

    /// What stands from a place on, as far as it is text.
    fn text(&self, from: usize) -> &'f str {
        let part = &self.bytes[from..];
        let valid = std::str::from_utf8(part).map_or_else(|error| error.valid_up_to(), str::len);
        std::str::from_utf8(&part[..valid]).unwrap()
    }

    /// An object: a dictionary, or the one before a stream.
    fn object(&self, number: u32) -> &'f str {
        let text = self.text(self.offsets[&number]);
        let text = text.strip_prefix(&format!("{number} 0 obj\n")).unwrap();
        let end = [text.find("\nstream"), text.find("\nendobj")].into_iter().flatten().min();
        &text[..end.unwrap()]
    }

    fn stream(&self, number: u32) -> &'f [u8] {
        let dictionary = self.object(number);
        let length = numbers(value(dictionary, "Length"))[0] as usize;
        let from = dictionary.as_ptr() as usize - self.bytes.as_ptr() as usize + dictionary.len();
        &self.bytes[from + "\nstream\n".len()..][..length]
    }

    fn page(&self, page: &str, scale: f32) -> Page {
        let [_, _, width, height] = numbers(value(page, "MediaBox"))[..] else { panic!("{page}") };
        let font = self.font(reference(page, "F"));
        let size = |points: f32| (points * scale).round() as u32;
        let mut canvas = Canvas { picture: GrayImage::new(size(width), size(height)), scale, height };
        canvas.picture.fill(255);
        let mut shown = Vec::new();
        let (mut stack, mut path) = (Vec::new(), Vec::new());
        let (mut grey, mut line, mut size, mut at) = (0.0, 1.0, 0.0, (0.0, 0.0));
        for word in words(self.stream(reference(page, "Contents"))) {
            let operator = match word {
                Word::Operand(operand) => {
                    stack.push(operand);
                    continue;
                }
                Word::Operator(operator) => operator,
            };
            let number = |back: usize| match stack[stack.len() - back] {
                Operand::Number(number) => number,
                _ => panic!("a number before {operator}"),
            };
            match operator {
                "g" => grey = number(1),
                "w" => line = number(1),
                "re" => path.push([number(4), number(3), number(4) + number(2), number(3) + number(1)]),
                "m" => at = (number(2), number(1)),
                "l" => path.push([at.0, at.1, number(2), number(1)]),
                "f" => path.drain(..).for_each(|part| canvas.fill(part, grey)),
                "S" => path.drain(..).for_each(|part| canvas.stroke(part, line)),
                "BT" => at = (0.0, 0.0),
                "Tf" => size = number(1),
                "Td" => at = (at.0 + number(2), at.1 + number(1)),
                "Tj" => {
                    let Some(Operand::Text(text)) = stack.last() else { panic!("a text before Tj") };
                    let mut line = String::new();
                    let mut x = at.0;
                    for pair in text.chunks_exact(2) {
                        let glyph = u16::from_be_bytes([pair[0], pair[1]]);
                        canvas.glyph(&font, glyph, (x, at.1), size);
                        x += font.widths[&glyph] * size / 1000.0;
                        line.push(font.letters[&glyph]);
                    }
                    shown.push(line);
                }
                "ET" | "q" | "Q" => {}
                other => panic!("an office draws no `{other}`"),
            }
            stack.clear();
        }
        // Sixteen greys are enough to read, and make small files.
        for grey in canvas.picture.iter_mut() {
            *grey = (*grey / 17) * 17;
        }
        Page { picture: canvas.picture, text: shown }
    }

    fn font(&self, number: u32) -> FontPart<'f> {
        let font = self.object(number);
        assert_eq!(value(font, "Encoding").split_whitespace().next(), Some("/Identity-H"));
        let glyphs = self.object(references(font, "DescendantFonts")[0]);
        let (mut widths, mut letters) = (BTreeMap::new(), BTreeMap::new());
        for same in numbers(value(glyphs, "W")).chunks_exact(3) {
            widths.extend((same[0] as u16..=same[1] as u16).map(|glyph| (glyph, same[2])));
        }
        let map = std::str::from_utf8(self.stream(reference(font, "ToUnicode"))).unwrap();
        for line in map.lines().filter(|line| line.starts_with('<')) {
            let pair: Vec<&str> = line.split(['<', '>', ' ']).filter(|word| !word.is_empty()).collect();
            let [glyph, letter] = pair[..] else { continue };
            let units: Vec<u16> = (0..letter.len() / 4)
                .map(|at| u16::from_str_radix(&letter[at * 4..][..4], 16).unwrap())
                .collect();
            letters.insert(
                u16::from_str_radix(glyph, 16).unwrap(),
                char::decode_utf16(units).next().unwrap().unwrap(),
            );
        }
        let about = self.object(reference(glyphs, "FontDescriptor"));
        let outlines = cff::Table::parse(self.stream(reference(about, "FontFile3"))).unwrap();
        FontPart { outlines, widths, letters }
    }
}

/// The part of a font that is in a file, by the numbers the file gives its glyphs.
struct FontPart<'f> {
    outlines: cff::Table<'f>,
    widths: BTreeMap<u16, f32>,
    letters: BTreeMap<u16, char>,
}

/// What stands behind a name of a dictionary.
fn value<'t>(dictionary: &'t str, name: &str) -> &'t str {
    let named =
        |(at, _): &(usize, &str)| dictionary[at + 1 + name.len()..].starts_with([' ', '\n', '[', '<', '/']);
    let found = dictionary.match_indices(&format!("/{name}")).find(named);
    let (at, _) = found.unwrap_or_else(|| panic!("no /{name} in {dictionary}"));
    dictionary[at + 1 + name.len()..].trim_start()
}

/// A number, or the numbers of a list.
fn numbers(value: &str) -> Vec<f32> {
    let value = match value.strip_prefix('[') {
        Some(list) => list.split_once(']').unwrap().0,
        None => value.split([' ', '\n', '/', '>']).next().unwrap(),
    };
    value.split_whitespace().map(|number| number.parse().unwrap()).collect()
}

fn reference(dictionary: &str, name: &str) -> u32 {
    let mut words = value(dictionary, name).split_whitespace();
    let number = words.next().unwrap();
    assert_eq!((words.next(), words.next().map(|word| &word[..1])), (Some("0"), Some("R")), "{name}");
    number.parse().unwrap()
}

fn references(dictionary: &str, name: &str) -> Vec<u32> {
    let list = value(dictionary, name).strip_prefix('[').unwrap().split_once(']').unwrap().0;
    list.split_whitespace().step_by(3).map(|number| number.parse().unwrap()).collect()
}

enum Operand {
    Number(f32),
    Text(Vec<u8>),
    Name,
}

enum Word<'c> {
    Operand(Operand),
    Operator(&'c str),
}

/// The words of a page's contents.
fn words(contents: &[u8]) -> Vec<Word<'_>> {
    let mut words = Vec::new();
    let mut at = 0;
    while at < contents.len() {
        let rest = &contents[at..];
        let until = |ends: &[u8]| {
            rest.iter().skip(1).position(|byte| ends.contains(byte)).map_or(rest.len(), |to| to + 1)
        };
        match rest[0] {
            b' ' | b'\n' | b'\r' | b'\t' => at += 1,
            b'(' => {
                let mut text = Vec::new();
                let mut open = 1;
                while open > 0 {
                    at += 1;
                    match contents[at] {
                        b'\\' => {
                            at += 1;
                            text.push(match contents[at] {
                                b'0'..=b'7' => {
                                    at += 2;
                                    let digits = std::str::from_utf8(&contents[at - 2..=at]).unwrap();
                                    u8::from_str_radix(digits, 8).unwrap()
                                }
                                b'n' => b'\n',
                                b'r' => b'\r',
                                b't' => b'\t',
                                b'b' => 8,
                                b'f' => 12,
                                escaped => escaped,
                            });
                            continue;
                        }
                        b'(' => open += 1,
                        b')' => open -= 1,
                        _ => {}
                    }
                    if open > 0 {
                        text.push(contents[at]);
                    }
                }
                at += 1;
                words.push(Word::Operand(Operand::Text(text)));
            }
            b'<' => {
                let digits = std::str::from_utf8(&rest[1..until(b">")]).unwrap();
                let byte = |at| u8::from_str_radix(&digits[at..at + 2], 16).unwrap();
                words.push(Word::Operand(Operand::Text((0..digits.len()).step_by(2).map(byte).collect())));
                at += digits.len() + 2;
            }
            first => {
                let word = std::str::from_utf8(&rest[..until(b" \n\r\t(</")]).unwrap();
                at += word.len();
                words.push(match word.parse() {
                    Ok(number) => Word::Operand(Operand::Number(number)),
                    Err(_) if first == b'/' => Word::Operand(Operand::Name),
                    Err(_) => Word::Operator(word),
                });
            }
        }
    }
    words
}

/// What is drawn on, in points from the lower left corner.
struct Canvas {
    picture: GrayImage,
    scale: f32,
    height: f32,
}

impl Canvas {
    /// A point in pixels from the upper left corner.
    fn pixel(&self, x: f32, y: f32) -> (f32, f32) {
        (x * self.scale, (self.height - y) * self.scale)
    }

    fn ink(&mut self, x: i64, y: i64, cover: f32, grey: f32) {
        let (Ok(x), Ok(y)) = (u32::try_from(x), u32::try_from(y)) else { return };
        if let Some(pixel) = self.picture.get_pixel_mut_checked(x, y) {
            let cover = cover.clamp(0.0, 1.0);
            pixel[0] = (f32::from(pixel[0]) * (1.0 - cover) + grey * 255.0 * cover).round() as u8;
        }
    }

    fn fill(&mut self, [left, bottom, right, top]: [f32; 4], grey: f32) {
        let ((left, top), (right, bottom)) = (self.pixel(left, top), self.pixel(right, bottom));
        let covered = |at: i64, from: f32, to: f32| (to.min(at as f32 + 1.0) - from.max(at as f32)).max(0.0);
        for y in top.floor() as i64..=bottom.floor() as i64 {
            for x in left.floor() as i64..=right.floor() as i64 {
                self.ink(x, y, covered(x, left, right) * covered(y, top, bottom), grey);
            }
        }
    }

    /// A line, or the edges of a rectangle.
    fn stroke(&mut self, [left, bottom, right, top]: [f32; 4], line: f32) {
        let half = line / 2.0;
        if bottom.to_bits() == top.to_bits() {
            return self.fill([left, bottom - half, right, bottom + half], 0.0);
        }
        for y in [bottom, top] {
            self.fill([left - half, y - half, right + half, y + half], 0.0);
        }
        for x in [left, right] {
            self.fill([x - half, bottom + half, x + half, top - half], 0.0);
        }
    }

    fn glyph(&mut self, font: &FontPart<'_>, glyph: u16, (x, y): (f32, f32), size: f32) {
        let (x, y) = self.pixel(x, y);
        let em = (size * self.scale * 1.5).ceil();
        // Room around the place a letter stands at, above and below its line.
        let (left, top) = ((x - em * 0.25).floor(), (y - em * 0.75).floor());
        let side = (em * 1.5) as usize;
        let mut pen = Pen {
            raster: Rasterizer::new(side, side),
            scale: size * self.scale * font.outlines.matrix().sx,
            origin: (x - left, y - top),
            first: point(0.0, 0.0),
            last: point(0.0, 0.0),
        };
        if font.outlines.outline(GlyphId(glyph), &mut pen).is_ok() {
            pen.raster.for_each_pixel_2d(|x, y, cover| {
                if cover > 0.0 {
                    self.ink(left as i64 + i64::from(x), top as i64 + i64::from(y), cover, 0.0);
                }
            });
        }
    }
}

struct Pen {
    raster: Rasterizer,
    scale: f32,
    origin: (f32, f32),
    first: Point,
    last: Point,
}

impl Pen {
    fn to(&self, x: f32, y: f32) -> Point {
        point(self.origin.0 + x * self.scale, self.origin.1 - y * self.scale)
    }
}

impl OutlineBuilder for Pen {
    fn move_to(&mut self, x: f32, y: f32) {
        self.first = self.to(x, y);
        self.last = self.first;
    }

    fn line_to(&mut self, x: f32, y: f32) {
        let to = self.to(x, y);
        self.raster.draw_line(self.last, to);
        self.last = to;
    }

    fn quad_to(&mut self, x1: f32, y1: f32, x: f32, y: f32) {
        let to = self.to(x, y);
        self.raster.draw_quad(self.last, self.to(x1, y1), to);
        self.last = to;
    }

    fn curve_to(&mut self, x1: f32, y1: f32, x2: f32, y2: f32, x: f32, y: f32) {
        let to = self.to(x, y);
        self.raster.draw_cubic(self.last, self.to(x1, y1), self.to(x2, y2), to);
        self.last = to;
    }

    fn close(&mut self) {
        self.raster.draw_line(self.last, self.first);
        self.last = self.first;
    }
}
