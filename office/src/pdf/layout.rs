//! Where everything stands: from top to bottom, page after page.

use butler_core::model::qr::QrPicture;
use butler_core::playbook::paper::{FilledSlip, PaperSize, SlipPart};
use pdf_writer::{Content, Str};
use ttf_parser::Face;

use super::FONT;
use super::font::Glyphs;
use super::wrap::wrapped;

/// Points in a millimetre.
const MM: f32 = 72.0 / 25.4;
/// Sizes of type, in points.
const TITLE: f32 = 17.0;
const SMALL: f32 = 8.0;
/// From one line to the next, as a part of the size.
const LEADING: f32 = 1.5;
/// Around the words of a cell.
const PADDING: f32 = 1.2 * MM;
/// How far a letter rises above the line it stands on, as a part of its size.
const RISE: f32 = 0.86;

pub(super) struct Layout<'f> {
    glyphs: Glyphs<'f>,
    width: f32,
    height: f32,
    margin: f32,
    /// The size of words.
    body: f32,
    pages: Vec<Content>,
    /// How far down the last page something stands.
    down: f32,
}

/// A cell of a row.
struct Cell<'a> {
    text: &'a str,
    width: f32,
    /// It says what stands beside or below it.
    head: bool,
}

/// A row's cells in columns of these widths.
fn cells<'a>(texts: &'a [String], widths: &[f32], head: bool) -> Vec<Cell<'a>> {
    texts.iter().zip(widths).map(|(text, width)| Cell { text, width: *width, head }).collect()
}

impl<'f> Layout<'f> {
    pub(super) fn new(slip: &FilledSlip, face: &'f Face<'f>) -> Self {
        let (width, height) = slip.size.millimetres();
        let mut layout = Self {
            glyphs: Glyphs::new(face),
            width: f32::from(width) * MM,
            height: f32::from(height) * MM,
            margin: f32::from(slip.size.margin()) * MM,
            body: slip.size.points(),
            pages: Vec::new(),
            down: 0.0,
        };
        layout.turn();
        layout
    }

    /// The pages, what of the font they use, and how large they are.
    pub(super) fn finish(self) -> (Vec<Content>, Glyphs<'f>, (f32, f32)) {
        (self.pages, self.glyphs, (self.width, self.height))
    }

    pub(super) fn slip(&mut self, slip: &FilledSlip) {
        self.head(slip);
        for part in &slip.parts {
            match part {
                SlipPart::Text(text) => self.paragraph(text),
                SlipPart::Table(rows) => self.table(rows),
                SlipPart::List { heads, rows } => self.list(heads, rows),
                SlipPart::Sign(who) => self.sign(who),
            }
        }
    }

    fn head(&mut self, slip: &FilledSlip) {
        let side = if slip.size == PaperSize::A4 { 22.0 } else { 16.0 } * MM;
        if let Some(picture) = QrPicture::of(slip.code.as_bytes()) {
            self.picture(&picture, self.width - self.margin - side, self.down, side);
        }
        self.words(&slip.company, self.margin, self.down + side - self.body * LEADING, self.body);
        self.down += side + 1.0 * MM;
        self.rule(self.down);
        self.down += 4.0 * MM;
        let title = if slip.size == PaperSize::A4 { TITLE } else { TITLE * 0.85 };
        let wide = self.glyphs.width(&slip.title, title);
        self.words(&slip.title, (self.width - wide) / 2.0, self.down, title);
        self.down += title * LEADING + 1.0 * MM;
        let number = slip.number_line();
        let wide = self.glyphs.width(&number, SMALL);
        self.words(&number, self.width - self.margin - wide, self.down, SMALL);
        self.down += SMALL * LEADING + 1.0 * MM;
    }

    fn paragraph(&mut self, text: &str) {
        self.down += 1.5 * MM;
        for line in self.lines(text, self.room()) {
            self.make_room(self.line());
            self.words(&line, self.margin, self.down, self.body);
            self.down += self.line();
        }
    }

    fn table(&mut self, rows: &[(String, String)]) {
        self.down += 2.0 * MM;
        let (left, right) = (self.room() * 0.26, self.room() * 0.74);
        for (label, words) in rows {
            let label = Cell { text: label, width: left, head: true };
            self.row(&[label, Cell { text: words, width: right, head: false }], &[]);
        }
        self.down += 2.0 * MM;
    }

    fn list(&mut self, heads: &[String], rows: &[Vec<String>]) {
        self.down += 2.0 * MM;
        let widths = self.columns(heads, rows);
        let above = cells(heads, &widths, true);
        self.row(&above, &[]);
        for row in rows {
            self.row(&cells(row, &widths, false), &above);
        }
        self.down += 2.0 * MM;
    }

    /// How wide each column is: as wide as its words need, and where that is too wide the widest give way.
    fn columns(&self, heads: &[String], rows: &[Vec<String>]) -> Vec<f32> {
        let texts = |column: usize| {
            std::iter::once(heads.get(column)).chain(rows.iter().map(move |row| row.get(column))).flatten()
        };
        let wide = |text: &String| {
            let lines = text.split('\n').map(|line| self.glyphs.width(line, self.body));
            lines.fold(0.0, f32::max) + 2.0 * PADDING + 0.5
        };
        let mut widths: Vec<f32> =
            (0..heads.len()).map(|column| texts(column).map(wide).fold(0.0, f32::max)).collect();
        let room = self.room();
        // What is at most a share of the room keeps its width; the others share what is left.
        let mut fixed = vec![false; widths.len()];
        loop {
            let taken: f32 =
                widths.iter().zip(&fixed).filter(|(_, fixed)| **fixed).map(|(wide, _)| wide).sum();
            let open = fixed.iter().filter(|fixed| !**fixed).count();
            let Ok(open) = u16::try_from(open) else { break };
            let share = (room - taken) / f32::from(open.max(1));
            let narrow = widths.iter().zip(&mut fixed).filter(|(wide, fixed)| !**fixed && **wide <= share);
            let mut any = false;
            for (_, fixed) in narrow {
                *fixed = true;
                any = true;
            }
            if !any {
                for (wide, _) in widths.iter_mut().zip(&fixed).filter(|(_, fixed)| !**fixed) {
                    *wide = share;
                }
                break;
            }
        }
        let over = room - widths.iter().sum::<f32>();
        if let Some(last) = widths.iter_mut().max_by(|a, b| a.total_cmp(b)) {
            *last += over;
        }
        widths
    }

    /// A row, whole where a page has room for it; below the heads again where a page begins.
    fn row(&mut self, cells: &[Cell<'_>], heads: &[Cell<'_>]) {
        let lines: Vec<Vec<String>> =
            cells.iter().map(|cell| self.lines(cell.text, cell.width - 2.0 * PADDING)).collect();
        let all = lines.iter().map(Vec::len).max().unwrap_or(0);
        let line = self.line();
        let height =
            |lines: usize| f32::from(u16::try_from(lines).unwrap_or(u16::MAX)) * line + 2.0 * PADDING;
        let whole = height(all);
        let (bottom, top) = (self.height - self.margin, self.margin);
        let (mut done, mut turned) = (0, false);
        while done < all {
            let fits = (0..=all - done).rev().find(|lines| self.down + height(*lines) <= bottom).unwrap_or(0);
            // A row that a page has room for is not torn.
            let turn = fits == 0 || fits < all - done && done == 0 && whole <= (bottom - top) * 0.7;
            // Once: what does not even fit below the heads of a new page is put there all the same.
            if turn && !turned && self.down > top + 1.0 {
                turned = true;
                self.turn();
                if !heads.is_empty() {
                    self.row(heads, &[]);
                }
                continue;
            }
            let fits = fits.max(1);
            let high = height(fits);
            let mut x = self.margin;
            for (cell, lines) in cells.iter().zip(&lines) {
                self.frame(x, self.down, cell.width, high, cell.head);
                let mut down = self.down + PADDING;
                for words in lines.iter().skip(done).take(fits) {
                    self.words(words, x + PADDING, down, self.body);
                    down += line;
                }
                x += cell.width;
            }
            self.down += high;
            done += fits;
            turned = false;
        }
    }

    fn sign(&mut self, who: &[String]) {
        self.down += 9.0 * MM;
        self.make_room(self.line());
        let each = self.room() / f32::from(u16::try_from(who.len().max(1)).unwrap_or(u16::MAX));
        for (number, who) in (0_u16..).zip(who) {
            let x = self.margin + each * f32::from(number);
            self.words(who, x, self.down, self.body);
            let from = x + self.glyphs.width(who, self.body) + 1.0;
            let (to, down) = (x + each - 3.0 * MM, self.down + self.body);
            self.stroke(from, to, down, 0.5);
        }
        self.down += self.line();
    }

    fn room(&self) -> f32 {
        self.width - 2.0 * self.margin
    }

    fn line(&self) -> f32 {
        self.body * LEADING
    }

    fn lines(&self, text: &str, room: f32) -> Vec<String> {
        wrapped(text, room, |text| self.glyphs.width(text, self.body))
    }

    /// Begins a page.
    fn turn(&mut self) {
        self.pages.push(Content::new());
        self.down = self.margin;
    }

    fn make_room(&mut self, height: f32) {
        if self.down + height > self.height - self.margin {
            self.turn();
        }
    }

    fn words(&mut self, text: &str, x: f32, down: f32, size: f32) {
        let y = self.height - down - size * (RISE + (LEADING - 1.0) / 2.0);
        let written = self.glyphs.written(text);
        if let Some(page) = self.pages.last_mut() {
            page.begin_text().set_font(FONT, size).next_line(x, y).show(Str(&written)).end_text();
        }
    }

    fn rule(&mut self, down: f32) {
        self.stroke(self.margin, self.width - self.margin, down, 1.0);
    }

    fn stroke(&mut self, from: f32, to: f32, down: f32, weight: f32) {
        let y = self.height - down;
        if let Some(page) = self.pages.last_mut() {
            page.set_line_width(weight).move_to(from, y).line_to(to, y).stroke();
        }
    }

    fn frame(&mut self, x: f32, down: f32, width: f32, height: f32, filled: bool) {
        let y = self.height - down - height;
        if let Some(page) = self.pages.last_mut() {
            if filled {
                page.set_fill_gray(0.95).rect(x, y, width, height).fill_nonzero().set_fill_gray(0.0);
            }
            page.set_line_width(0.6).rect(x, y, width, height).stroke();
        }
    }

    fn picture(&mut self, picture: &QrPicture, x: f32, down: f32, side: f32) {
        let Ok(count) = u16::try_from(picture.side()) else { return };
        let square = side / f32::from(count);
        let top = self.height - down;
        let at = |squares: usize| f32::from(u16::try_from(squares).unwrap_or(u16::MAX)) * square;
        if let Some(page) = self.pages.last_mut() {
            for (column, row, run) in picture.runs() {
                page.rect(x + at(column), top - at(row + 1), at(run), square);
            }
            page.fill_nonzero();
        }
    }
}
