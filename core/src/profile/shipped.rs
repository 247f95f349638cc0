//! The five profiles that ship with the core, and the published texts they were read from.

use super::{Profile, ProfileError};

/// A profile's file and the verbatim text that it names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ShippedProfile {
    /// The profile as TOML.
    pub toml: &'static str,
    /// The standard as published.
    pub published_text: &'static str,
}

macro_rules! shipped_profile {
    ($profile:literal, $standard:literal) => {
        ShippedProfile {
            toml: include_str!(concat!("../../data/profiles/", $profile, ".toml")),
            published_text: include_str!(concat!("../../data/standards/", $standard)),
        }
    };
}

/// The files, in the order of the published standards.
#[must_use]
pub const fn shipped_files() -> [ShippedProfile; 5] {
    [
        shipped_profile!("cilegon-lk3-2023", "000_82eab950b6bde706.txt"),
        shipped_profile!("mataram-lk3", "001_ea289a688383801c.txt"),
        shipped_profile!("karangasem-lk3", "002_4a151b6a30fca014.txt"),
        shipped_profile!("tarakan-rujukan-stres-2025", "003_b9e0297e39c78d97.txt"),
        shipped_profile!("kaltim-puspaga", "004_99fc6db6e2a07227.txt"),
    ]
}

/// The profiles, parsed.
///
/// # Errors
/// Never in a build whose tests passed.
pub fn shipped() -> Result<Vec<Profile>, ProfileError> {
    shipped_files()
        .iter()
        .map(|file| Profile::parse(file.toml))
        .collect()
}
