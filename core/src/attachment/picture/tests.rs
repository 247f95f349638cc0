//! What leaves the device of a picture.

use image::codecs::png::PngEncoder;
use image::{ExtendedColorType, ImageEncoder as _, Rgb, RgbImage};

use super::*;

/// Words that stand in the metadata of a picture and nowhere else.
const CANARY: &[u8] = b"kenari -2.9833 116.1500";

fn rules() -> Attachments {
    Attachments::default()
}

/// A JPEG, red to the left and blue to the right.
fn jpeg(width: u32, height: u32) -> Vec<u8> {
    let pixels = RgbImage::from_fn(width, height, |x, _| {
        if x < width / 2 {
            Rgb([250, 0, 0])
        } else {
            Rgb([0, 0, 250])
        }
    });
    let mut bytes = Vec::new();
    let encoder = JpegEncoder::new_with_quality(&mut bytes, 95);
    pixels.write_with_encoder(encoder).unwrap();
    bytes
}

/// Puts an EXIF segment behind the start of a JPEG: the orientation, and a GPS directory with the canary as its area.
fn with_exif(jpeg: &[u8], orientation: u8) -> Vec<u8> {
    let mut tiff: Vec<u8> = b"MM\0\x2a\0\0\0\x08".to_vec();
    tiff.extend([0, 2]);
    // Orientation (0x0112), short, one.
    tiff.extend([0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0]);
    // The GPS directory (0x8825) at 38.
    tiff.extend([0x88, 0x25, 0, 4, 0, 0, 0, 1, 0, 0, 0, 38]);
    tiff.extend([0, 0, 0, 0]);
    // Its one field: GPSAreaInformation (0x001c), undefined, at 56.
    tiff.extend([
        0,
        1,
        0,
        0x1c,
        0,
        7,
        0,
        0,
        0,
        CANARY.len() as u8,
        0,
        0,
        0,
        56,
    ]);
    tiff.extend([0, 0, 0, 0]);
    tiff.extend(CANARY);
    let length = (2 + 6 + tiff.len()) as u16;
    let mut bytes = jpeg[..2].to_vec();
    bytes.extend([0xff, 0xe1]);
    bytes.extend(length.to_be_bytes());
    bytes.extend(b"Exif\0\0");
    bytes.extend(tiff);
    bytes.extend(&jpeg[2..]);
    bytes
}

fn holds(bytes: &[u8], words: &[u8]) -> bool {
    bytes.windows(words.len()).any(|window| window == words)
}

#[test]
fn a_photo_loses_where_it_was_taken_and_stands_upright() {
    let taken = with_exif(&jpeg(64, 32), 6);
    assert!(holds(&taken, CANARY) && holds(&taken, b"Exif"));
    let (media, kept) = prepare(&taken, &rules()).unwrap();
    assert_eq!(media, MediaType::Jpeg);
    for gone in [CANARY, b"Exif", b"MM\0\x2a"] {
        assert!(!holds(&kept, gone));
    }
    let picture = image::load_from_memory(&kept).unwrap().into_rgb8();
    // Turned by a quarter to the right: what was to the left is above.
    assert_eq!(picture.dimensions(), (32, 64));
    let (above, below) = (picture.get_pixel(16, 4), picture.get_pixel(16, 60));
    assert!(above[0] > 200 && below[2] > 200, "{above:?} {below:?}");
}

#[test]
fn a_large_photo_is_scaled_and_a_small_one_is_not() {
    let check = |width, height, expected| {
        let (_, kept) = prepare(&jpeg(width, height), &rules()).unwrap();
        let picture = image::load_from_memory(&kept).unwrap();
        assert_eq!((picture.width(), picture.height()), expected);
    };
    check(2_000, 1_000, (1_600, 800));
    check(100, 40, (100, 40));
}

#[test]
fn a_screenshot_becomes_a_photo() {
    let mut png = Vec::new();
    PngEncoder::new(&mut png)
        .write_image(&[9; 4 * 4 * 3], 4, 4, ExtendedColorType::Rgb8)
        .unwrap();
    let (media, kept) = prepare(&png, &rules()).unwrap();
    assert_eq!(media, MediaType::Jpeg);
    assert!(image::load_from_memory(&kept).is_ok());
}

#[test]
fn few_bytes_that_claim_many_pixels_are_refused_before_they_are_decoded() {
    // The header of a PNG of 16,000 times 16,000 pixels, a gigabyte once decoded, and nothing behind it.
    let mut png = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR".to_vec();
    png.extend(16_000_u32.to_be_bytes());
    png.extend(16_000_u32.to_be_bytes());
    png.extend([8, 6, 0, 0, 0]);
    let mut sum = 0xffff_ffff_u32;
    for byte in &png[12..] {
        sum ^= u32::from(*byte);
        for _ in 0..8 {
            sum = if sum & 1 == 1 {
                (sum >> 1) ^ 0xedb8_8320
            } else {
                sum >> 1
            };
        }
    }
    png.extend((!sum).to_be_bytes());
    png.extend(b"\0\0\0\x04IDAT\x78\x9c\x03\0\0\0\0\0");
    assert_eq!(prepare(&png, &rules()), Err(PictureError::TooLarge));
}

#[test]
fn a_scan_passes_as_it_is_and_other_bytes_do_not_pass() {
    let pdf = b"%PDF-1.7 isi".to_vec();
    assert_eq!(prepare(&pdf, &rules()), Ok((MediaType::Pdf, pdf)));
    let mut long = PDF.to_vec();
    long.resize(PLAIN_BYTES_MAX as usize + 1, 0);
    assert_eq!(prepare(&long, &rules()), Err(PictureError::TooLarge));
    let broken = jpeg(64, 64);
    for bytes in [&b""[..], b"GIF89a", b"MZ\0\0", &broken[..40]] {
        assert_eq!(prepare(bytes, &rules()), Err(PictureError::Unknown));
    }
}
