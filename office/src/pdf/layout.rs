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
/// What is lower than this part of a page is not torn.
const WHOLE: f32 = 0.25;
/// What is torn leaves at least so many lines on a page.
const LEAST: usize = 3;
/// Of the room of a table what stands on the left has at least, and at most.
const LEFT: (f32, f32) = (0.2, 0.36);
/// A line to sign on is no shorter.
const SIGNATURE: f32 = 14.0 * MM;

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
    /// With words of this part of their size.
    pub(super) fn new(slip: &FilledSlip, face: &'f Face<'f>, scale: f32) -> Self {
        let (width, height) = slip.size.millimetres();
        let mut layout = Self {
            glyphs: Glyphs::new(face),
            width: f32::from(width) * MM,
            height: f32::from(height) * MM,
            margin: f32::from(slip.size.margin()) * MM,
            body: slip.size.points() * scale,
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

    pub(super) const fn pages(&self) -> usize {
        self.pages.len()
    }

    pub(super) fn slip(&mut self, slip: &FilledSlip) {
        self.head(slip);
        for part in &slip.parts {
            match part {
                SlipPart::Text(text) => self.paragraph(text, slip.is_indented(text)),
                SlipPart::Table(rows) => self.table(rows),
                SlipPart::List { heads, rows } => self.list(heads, rows),
                SlipPart::Sign(who) => self.sign(who),
            }
        }
        self.number_pages(slip);
    }

    /// Says on each of several pages whose it is and which.
    fn number_pages(&mut self, slip: &FilledSlip) {
        let count = self.pages.len();
        if count == 1 {
            return;
        }
        let down = self.height - self.margin / 2.0 - SMALL * LEADING;
        for page in 0..count {
            let words = slip.page_line(page + 1, count);
            let x = (self.width - self.glyphs.width(&words, SMALL)) / 2.0;
            self.words_on(page, &words, x, down, SMALL);
        }
    }

    fn head(&mut self, slip: &FilledSlip) {
        let side = if slip.size == PaperSize::A4 { 22.0 } else { 16.0 } * MM;
        if let Some(picture) = QrPicture::of(slip.code.as_bytes()) {
            self.picture(&picture, self.width - self.margin - side, self.down, side);
        }
        // Its last line stands on the rule.
        let company = self.lines(&slip.company, self.room() - side - 4.0 * MM);
        self.down += (side - self.high(company.len())).max(0.0);
        for line in &company {
            self.words(line, self.margin, self.down, self.body);
            self.down += self.line();
        }
        self.down += 1.0 * MM;
        self.rule(self.down);
        self.down += 4.0 * MM;
        let title = if slip.size == PaperSize::A4 { TITLE } else { TITLE * 0.85 };
        for line in wrapped(&slip.title, self.room(), 0.0, |text| self.glyphs.width(text, title)) {
            let wide = self.glyphs.width(&line, title);
            self.words(&line, (self.width - wide) / 2.0, self.down, title);
            self.down += title * LEADING;
        }
        self.down += 1.0 * MM;
        let number = slip.number_line();
        let wide = self.glyphs.width(&number, SMALL);
        self.words(&number, self.width - self.margin - wide, self.down, SMALL);
        self.down += SMALL * LEADING + 1.0 * MM;
    }

    fn paragraph(&mut self, text: &str, is_indented: bool) {
        self.down += 1.5 * MM;
        let mut indent = if is_indented { 2.0 * self.body } else { 0.0 };
        for line in wrapped(text, self.room(), indent, |text| self.glyphs.width(text, self.body)) {
            self.make_room(self.line());
            self.words(&line, self.margin + indent, self.down, self.body);
            self.down += self.line();
            indent = 0.0;
        }
    }

    fn table(&mut self, rows: &[(String, String)]) {
        self.down += 2.0 * MM;
        let widest = rows.iter().map(|(label, _)| self.wide(label)).fold(0.0, f32::max);
        let left = widest.clamp(self.room() * LEFT.0, self.room() * LEFT.1);
        let right = self.room() - left;
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
        // Heads are not left alone at the end of a page.
        let first = rows.first().map_or(0, |row| self.fold(&cells(row, &widths, false)).1);
        let first = if self.cell(first) > self.page() * WHOLE { LEAST } else { first };
        self.make_room(self.cell(self.fold(&above).1) + self.cell(first));
        self.row(&above, &[]);
        let mut named = "";
        for row in rows {
            let mut row = cells(row, &widths, false);
            if let Some(first) = row.first().map(|cell| cell.text).filter(|text| !text.is_empty()) {
                named = first;
            }
            // What is named once for several rows is named again on their next page.
            let turns = self.down + self.cell(self.fold(&row).1) > self.height - self.margin;
            if let Some(first) = row.first_mut().filter(|_| turns) {
                first.text = named;
            }
            self.row(&row, &above);
        }
        self.down += 2.0 * MM;
    }

    /// How wide each column is: as wide as its words need, and where that is too wide the widest give way.
    fn columns(&self, heads: &[String], rows: &[Vec<String>]) -> Vec<f32> {
        let texts = |column: usize| {
            std::iter::once(heads.get(column)).chain(rows.iter().map(move |row| row.get(column))).flatten()
        };
        let mut widths: Vec<f32> = (0..heads.len())
            .map(|column| texts(column).map(|text| self.wide(text)).fold(0.0, f32::max))
            .collect();
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
        let share = over / f32::from(u16::try_from(widths.len().max(1)).unwrap_or(u16::MAX));
        widths.iter_mut().for_each(|wide| *wide += share);
        widths
    }

    /// A row, whole where a page has room for it; below the heads again where a page begins.
    fn row(&mut self, cells: &[Cell<'_>], heads: &[Cell<'_>]) {
        let (lines, all) = self.fold(cells);
        let line = self.line();
        let whole = self.cell(all) <= self.page() * WHOLE;
        let bottom = self.height - self.margin;
        let (mut done, mut turned) = (0, false);
        while done < all {
            let left = all - done;
            let mut fits =
                (0..=left).rev().find(|lines| self.down + self.cell(*lines) <= bottom).unwrap_or(0);
            if fits < left {
                fits = fits.min(left.saturating_sub(LEAST));
            }
            let turn = fits < left && (whole || fits < LEAST);
            // Once: what does not even fit below the heads of a new page is put there all the same.
            if turn && !turned && self.down > self.margin + 1.0 {
                turned = true;
                self.turn();
                if !heads.is_empty() {
                    self.row(heads, &[]);
                }
                continue;
            }
            let fits = fits.max(1);
            let high = self.cell(fits);
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

    /// Beside each other as many as leave room to write.
    fn sign(&mut self, who: &[String]) {
        const ABOVE: f32 = 9.0 * MM;
        let widest = who.iter().map(|who| self.glyphs.width(who, self.body)).fold(0.0, f32::max);
        let each = |beside: u16| self.room() / f32::from(beside);
        let beside = u16::try_from(who.len().max(1)).unwrap_or(u16::MAX);
        let beside = (1..=beside).rev().find(|beside| widest + SIGNATURE <= each(*beside)).unwrap_or(1);
        let each = each(beside);
        let rows: Vec<&[String]> = who.chunks(usize::from(beside)).collect();
        self.make_room(
            self.high(rows.len()) + ABOVE * f32::from(u16::try_from(rows.len()).unwrap_or(u16::MAX)),
        );
        for row in rows {
            self.down += ABOVE;
            for (number, who) in (0_u16..).zip(row) {
                let x = self.margin + each * f32::from(number);
                self.words(who, x, self.down, self.body);
                let from = x + self.glyphs.width(who, self.body) + 1.0;
                let (to, down) = (x + each - 3.0 * MM, self.down + self.body);
                self.stroke(from, to, down, 0.5);
            }
            self.down += self.line();
        }
    }

    /// How wide a cell with these words is that breaks no line of them.
    fn wide(&self, text: &str) -> f32 {
        let lines = text.split('\n').map(|line| self.glyphs.width(line, self.body));
        lines.fold(0.0, f32::max) + 2.0 * PADDING + 0.5
    }

    /// The lines of each cell of a row, and of how many lines the row is.
    fn fold(&self, cells: &[Cell<'_>]) -> (Vec<Vec<String>>, usize) {
        let lines: Vec<Vec<String>> =
            cells.iter().map(|cell| self.lines(cell.text, cell.width - 2.0 * PADDING)).collect();
        let most = lines.iter().map(Vec::len).max().unwrap_or(0);
        (lines, most)
    }

    /// How high so many lines are.
    fn high(&self, lines: usize) -> f32 {
        f32::from(u16::try_from(lines).unwrap_or(u16::MAX)) * self.line()
    }

    /// How high a cell of so many lines is.
    fn cell(&self, lines: usize) -> f32 {
        self.high(lines) + 2.0 * PADDING
    }

    /// How much of a page's height is written on.
    fn page(&self) -> f32 {
        self.height - 2.0 * self.margin
    }

    fn room(&self) -> f32 {
        self.width - 2.0 * self.margin
    }

    fn line(&self) -> f32 {
        self.body * LEADING
    }

    fn lines(&self, text: &str, room: f32) -> Vec<String> {
        wrapped(text, room, 0.0, |text| self.glyphs.width(text, self.body))
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
        self.words_on(self.pages.len().saturating_sub(1), text, x, down, size);
    }

    fn words_on(&mut self, page: usize, text: &str, x: f32, down: f32, size: f32) {
        let y = self.height - down - size * (RISE + (LEADING - 1.0) / 2.0);
        let written = self.glyphs.written(text);
        if let Some(page) = self.pages.get_mut(page) {
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
