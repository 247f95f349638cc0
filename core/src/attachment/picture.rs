//! Making a picture fit to be kept: turned upright, scaled down, and encoded anew, so that nothing of it is left but what
//! can be seen. Where and with which device it was taken does not leave the device.

use std::io::Cursor;
use std::panic::{AssertUnwindSafe, catch_unwind};

use image::codecs::jpeg::JpegEncoder;
use image::imageops::FilterType;
use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder as _, ImageFormat, ImageReader, Limits};
use thiserror::Error;

use super::PLAIN_BYTES_MAX;
use crate::command::MediaType;
use crate::profile::Attachments;

/// Most pixels of a picture: what the largest cameras of phones give. Some bytes can claim far more.
const PIXELS_MAX: u64 = 50_000_000;

/// Longest side of a picture, in pixels.
const SIDE_MAX: u32 = 16_384;

/// Memory for decoding, in bytes: four for each pixel, and what the decoder itself needs.
const DECODING_BYTES_MAX: u64 = 256 * 1024 * 1024;

/// How every PDF begins.
const PDF: &[u8] = b"%PDF-";

/// Why bytes are not fit to be attached.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum PictureError {
    /// They are neither a JPEG or PNG picture nor a PDF, or damaged.
    #[error("neither a picture nor a PDF")]
    Unknown,
    /// The picture has more pixels than a phone can decode, or the PDF more bytes than are taken.
    #[error("the picture or scan is too large")]
    TooLarge,
}

/// Makes bytes from a camera, a file or a scanner fit to be attached. A picture is turned as its camera says, scaled and
/// encoded anew, without its metadata; a PDF passes as it is.
///
/// # Errors
/// [`PictureError`].
pub fn prepare(bytes: &[u8], rules: &Attachments) -> Result<(MediaType, Vec<u8>), PictureError> {
    if bytes.starts_with(PDF) {
        return if bytes.len() <= PLAIN_BYTES_MAX as usize {
            Ok((MediaType::Pdf, bytes.to_vec()))
        } else {
            Err(PictureError::TooLarge)
        };
    }
    // A decoder that panics must not take the app with it.
    let encoded = catch_unwind(AssertUnwindSafe(|| encode(bytes, rules)));
    let encoded = encoded.map_err(|_| PictureError::Unknown)??;
    Ok((MediaType::Jpeg, encoded))
}

fn encode(bytes: &[u8], rules: &Attachments) -> Result<Vec<u8>, PictureError> {
    let picture = decode(bytes)?;
    let side = rules.longest_side_px;
    let is_large = picture.width().max(picture.height()) > side;
    let picture = if is_large {
        picture.resize(side, side, FilterType::Triangle)
    } else {
        picture
    };
    let mut encoded = Vec::new();
    let encoder = JpegEncoder::new_with_quality(&mut encoded, rules.jpeg_quality);
    let pixels = picture.into_rgb8();
    pixels
        .write_with_encoder(encoder)
        .map_err(|_| PictureError::Unknown)?;
    Ok(encoded)
}

/// The pixels, upright. What a picture claims is checked before anything is decoded.
fn decode(bytes: &[u8]) -> Result<DynamicImage, PictureError> {
    let reader = ImageReader::new(Cursor::new(bytes)).with_guessed_format();
    let mut reader = reader.map_err(|_| PictureError::Unknown)?;
    if !matches!(reader.format(), Some(ImageFormat::Jpeg | ImageFormat::Png)) {
        return Err(PictureError::Unknown);
    }
    let mut limits = Limits::default();
    limits.max_image_width = Some(SIDE_MAX);
    limits.max_image_height = Some(SIDE_MAX);
    limits.max_alloc = Some(DECODING_BYTES_MAX);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(fault)?;
    let (width, height) = decoder.dimensions();
    if u64::from(width) * u64::from(height) > PIXELS_MAX {
        return Err(PictureError::TooLarge);
    }
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let mut picture = DynamicImage::from_decoder(decoder).map_err(fault)?;
    picture.apply_orientation(orientation);
    Ok(picture)
}

fn fault(error: image::ImageError) -> PictureError {
    if matches!(error, image::ImageError::Limits(_)) {
        PictureError::TooLarge
    } else {
        PictureError::Unknown
    }
}

#[cfg(test)]
mod tests;
