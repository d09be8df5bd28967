//! A QR code as squares, for whoever draws it: a page, a screen.

use qrcode::{Color, EcLevel, QrCode};

/// A QR code: dark and light squares, without the light border of four squares that readers need around it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct QrPicture {
    /// How many squares a row has.
    pub width: u32,
    /// Row by row, whether a square is dark.
    pub dark: Vec<bool>,
}

impl QrPicture {
    /// For what is read once, off paper; `None` for a text too long for any picture.
    #[must_use]
    pub fn of(text: &[u8]) -> Option<Self> {
        Self::at(text, EcLevel::M)
    }

    /// For what hangs outside for years: a quarter of it may be scratched away.
    #[must_use]
    pub fn lasting(text: &[u8]) -> Option<Self> {
        Self::at(text, EcLevel::Q)
    }

    /// For a screen, which has neither dust nor folds: as few squares as possible.
    #[must_use]
    pub fn on_screen(text: &[u8]) -> Option<Self> {
        Self::at(text, EcLevel::L)
    }

    fn at(text: &[u8], level: EcLevel) -> Option<Self> {
        let code = QrCode::with_error_correction_level(text, level).ok()?;
        let dark = code.to_colors().into_iter().map(|color| color == Color::Dark).collect();
        Some(Self { width: u32::try_from(code.width()).ok()?, dark })
    }

    /// How many squares a row has.
    #[must_use]
    pub fn side(&self) -> usize {
        self.width as usize
    }

    /// The dark squares as runs: column, row and length.
    pub fn runs(&self) -> impl Iterator<Item = (usize, usize, usize)> {
        self.dark.chunks(self.side().max(1)).enumerate().flat_map(|(y, row)| {
            let mut x = 0;
            std::iter::from_fn(move || {
                x += row.get(x..)?.iter().take_while(|dark| !**dark).count();
                let (from, run) = (x, row.get(x..)?.iter().take_while(|dark| **dark).count());
                x += run;
                (run > 0).then_some((from, y, run))
            })
        })
    }

    /// The dark squares as a path of SVG, in units of one square.
    #[must_use]
    pub fn path(&self) -> String {
        self.runs().map(|(x, y, run)| format!("M{x} {y}h{run}v1h-{run}z")).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_cover_the_dark_squares_and_nothing_else() {
        let picture = QrPicture::of("butler://record/物业".as_bytes()).unwrap();
        let mut drawn = vec![false; picture.dark.len()];
        for (x, y, run) in picture.runs() {
            let from = y * picture.side() + x;
            drawn[from..from + run].fill(true);
        }
        assert_eq!(drawn, picture.dark);
        assert!(picture.path().starts_with("M0 0h7v1h-7z"), "the corner every code has");
        assert_eq!(QrPicture::of(&[b'x'; 3000]), None);
    }
}
