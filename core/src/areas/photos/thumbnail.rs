//! A photo small enough for a list. Its bytes may come from anybody: sizes are looked at before anything is decoded.

use std::io::Cursor;
use std::sync::{Mutex, PoisonError};

use image::codecs::jpeg::JpegEncoder;
use image::{DynamicImage, ImageDecoder as _, ImageFormat, ImageReader, Limits, Rgb, RgbImage, Rgba};

use super::Photos;
use crate::error::{ButlerError, InputProblem};
use crate::model::PhotoId;

/// The longest edge that may be asked for, in pixels.
const LARGEST: u32 = 1_024;
/// The shortest one.
const SMALLEST: u32 = 16;
/// The longest edge of a photo that is decoded, in pixels.
const EDGE: u32 = 20_000;
/// What decoding may take in memory: a photo of some 40 million pixels.
const MEMORY: u64 = 128 << 20;
/// How good the small picture is, of 100.
const QUALITY: u8 = 80;

/// One photo is decoded at a time: a screen asks for forty, and a phone has no memory for forty.
static DECODING: Mutex<()> = Mutex::new(());

impl Photos<'_> {
    /// A photo as a JPEG whose longer edge has at most `px` pixels (16 to 1,024), upright, transparency on white.
    ///
    /// # Errors
    /// [`ButlerError::PhotoMissing`] when it is not on this phone (yet), [`ButlerError::InvalidInput`] for what is no JPEG
    /// or PNG that can be decoded within bounds: show that there is a photo, and open it whole.
    pub fn thumbnail(&self, photo: PhotoId, px: u32) -> Result<Vec<u8>, ButlerError> {
        let bytes = self.bytes(photo)?;
        let _one = DECODING.lock().unwrap_or_else(PoisonError::into_inner);
        small(&bytes, px.clamp(SMALLEST, LARGEST))
            .ok_or_else(|| ButlerError::invalid("photo", InputProblem::PhotoUnreadable))
    }
}

fn small(bytes: &[u8], px: u32) -> Option<Vec<u8>> {
    let mut reader = ImageReader::new(Cursor::new(bytes)).with_guessed_format().ok()?;
    if !matches!(reader.format()?, ImageFormat::Jpeg | ImageFormat::Png) {
        return None;
    }
    let mut limits = Limits::default();
    limits.max_image_width = Some(EDGE);
    limits.max_image_height = Some(EDGE);
    limits.max_alloc = Some(MEMORY);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().ok()?;
    if decoder.total_bytes() > MEMORY {
        return None;
    }
    let upright = decoder.orientation().ok()?;
    let whole = DynamicImage::from_decoder(decoder).ok()?;
    let (width, height) = (whole.width(), whole.height());
    let mut picture = if width.max(height) > px { whole.thumbnail(px, px) } else { whole };
    picture.apply_orientation(upright);
    let picture = on_white(&picture);
    let mut out = Vec::new();
    JpegEncoder::new_with_quality(&mut out, QUALITY).encode_image(&picture).ok()?;
    Some(out)
}

/// A signature is drawn on nothing; on black nobody could read it.
fn on_white(picture: &DynamicImage) -> RgbImage {
    let blend = |part: u8, alpha: u8| {
        let (part, alpha) = (u16::from(part), u16::from(alpha));
        u8::try_from((part * alpha + 255 * (255 - alpha)) / 255).unwrap_or(u8::MAX)
    };
    if !picture.color().has_alpha() {
        return picture.to_rgb8();
    }
    let seen = picture.to_rgba8();
    RgbImage::from_fn(seen.width(), seen.height(), |x, y| {
        let Rgba([red, green, blue, alpha]) = *seen.get_pixel(x, y);
        Rgb([red, green, blue].map(|part| blend(part, alpha)))
    })
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use image::{DynamicImage, ImageFormat, Rgb, RgbImage, Rgba, RgbaImage};

    use crate::error::{ButlerError, InputProblem};
    use crate::testing::TestPhone;

    fn written(picture: impl Into<DynamicImage>, format: ImageFormat) -> Vec<u8> {
        let mut out = Cursor::new(Vec::new());
        picture.into().write_to(&mut out, format).unwrap();
        out.into_inner()
    }

    /// Left half red, right half blue.
    fn flag() -> RgbImage {
        RgbImage::from_fn(800, 600, |x, _| if x < 400 { Rgb([220, 20, 20]) } else { Rgb([20, 20, 220]) })
    }

    /// A JPEG that says it was taken with the phone on its side (orientation 6: turn right).
    fn on_its_side(jpeg: &[u8]) -> Vec<u8> {
        let exif = b"\xff\xe1\x00\x22Exif\0\0II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\0\0\0\0";
        [&jpeg[..2], exif, &jpeg[2..]].concat()
    }

    #[test]
    fn a_photo_is_shown_small_and_upright_and_a_signature_stays_readable() {
        let bench = TestPhone::new(&["butler"]);
        let photos = bench.butler.photos();
        let small = |bytes: &[u8], px| {
            let photo = photos.add(bytes).unwrap();
            let small = photos.thumbnail(photo, px).unwrap();
            image::load_from_memory_with_format(&small, ImageFormat::Jpeg).unwrap().to_rgb8()
        };
        let jpeg = written(flag(), ImageFormat::Jpeg);
        let picture = small(&jpeg, 160);
        assert_eq!(picture.dimensions(), (160, 120));
        assert!(picture.get_pixel(20, 60)[0] > 150 && picture.get_pixel(140, 60)[2] > 150);
        let turned = small(&on_its_side(&jpeg), 160);
        assert_eq!(turned.dimensions(), (120, 160));
        assert!(turned.get_pixel(60, 20)[0] > 150, "what was left is up");
        assert_eq!(small(&jpeg, 1).dimensions(), (16, 12), "never nothing");
        assert_eq!(small(&jpeg, u32::MAX).dimensions(), (800, 600), "never larger than it is");
        let signature = RgbaImage::from_fn(300, 100, |x, _| Rgba([0, 0, 0, if x < 150 { 255 } else { 0 }]));
        let signature = small(&written(signature, ImageFormat::Png), 90);
        assert!(signature.get_pixel(10, 10)[0] < 60 && signature.get_pixel(80, 10)[0] > 200);
    }

    #[test]
    fn what_is_no_photo_or_would_fill_the_memory_is_said_and_not_decoded() {
        let bench = TestPhone::new(&["butler"]);
        let photos = bench.butler.photos();
        let unreadable = |bytes: &[u8]| {
            let photo = photos.add(bytes).unwrap();
            let tried = photos.thumbnail(photo, 160);
            matches!(tried, Err(ButlerError::InvalidInput { reason: InputProblem::PhotoUnreadable, .. }))
        };
        let png = written(flag(), ImageFormat::Png);
        // The header of a PNG says 60,000 by 60,000.
        let mut bomb = png.clone();
        bomb[16..24].copy_from_slice(&[0, 0, 0xea, 0x60, 0, 0, 0xea, 0x60]);
        // And one within the edges that would take 1.2 GB.
        let mut large = png.clone();
        large[16..24].copy_from_slice(&[0, 0, 0x4e, 0x20, 0, 0, 0x4e, 0x20]);
        let gif = b"GIF89a\x01\0\x01\0\0\0\0;".as_slice();
        for wrong in ["照片".as_bytes(), &png[..40], &bomb, &large, gif] {
            assert!(unreadable(wrong), "{} bytes", wrong.len());
        }
        let nowhere = photos.thumbnail(crate::model::PhotoId([9; 32]), 160);
        assert!(matches!(nowhere, Err(ButlerError::PhotoMissing { .. })));
    }
}
