//! What becomes of a photo before it leaves the device.

use serde::Deserialize;

/// How photos are kept. A profile may leave it out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "Written")]
pub struct Attachments {
    /// Longest side, in pixels. DEFAULT 1,600: the small print of an identity card can be read.
    pub longest_side_px: u32,
    /// Quality of the JPEG. DEFAULT 80.
    pub jpeg_quality: u8,
}

impl Default for Attachments {
    fn default() -> Self {
        Self {
            longest_side_px: 1_600,
            jpeg_quality: 80,
        }
    }
}

/// The table as it stands in the file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    longest_side_px: Option<u32>,
    jpeg_quality: Option<u8>,
}

impl TryFrom<Written> for Attachments {
    type Error = &'static str;

    fn try_from(written: Written) -> Result<Self, Self::Error> {
        let usual = Self::default();
        let rules = Self {
            longest_side_px: written.longest_side_px.unwrap_or(usual.longest_side_px),
            jpeg_quality: written.jpeg_quality.unwrap_or(usual.jpeg_quality),
        };
        if !(640..=4_096).contains(&rules.longest_side_px) {
            return Err("`longest_side_px` is 640 to 4096");
        }
        if !(50..=95).contains(&rules.jpeg_quality) {
            return Err("`jpeg_quality` is 50 to 95");
        }
        Ok(rules)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_out_is_usual_and_what_is_out_of_bounds_is_told() {
        let check = |text: &str, expected: Option<(u32, u8)>| {
            let read: Result<Attachments, _> = toml::from_str(text);
            let read = read.ok();
            let found = read.map(|rules| (rules.longest_side_px, rules.jpeg_quality));
            assert_eq!(found, expected, "{text}");
        };
        check("", Some((1_600, 80)));
        check("longest_side_px = 2000", Some((2_000, 80)));
        check("longest_side_px = 100", None);
        check("jpeg_quality = 100", None);
        check("side = 2000", None);
    }
}
