//! The five profiles that ship with the core.

use super::{Profile, ProfileError};

/// A profile's file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ShippedProfile {
    /// The profile as TOML.
    pub toml: &'static str,
}

macro_rules! shipped_profile {
    ($profile:literal) => {
        ShippedProfile {
            toml: include_str!(concat!("../../data/profiles/", $profile, ".toml")),
        }
    };
}

/// The files, in the order of the published standards.
#[must_use]
pub const fn shipped_files() -> [ShippedProfile; 5] {
    [
        shipped_profile!("cilegon-lk3-2023"),
        shipped_profile!("mataram-lk3"),
        shipped_profile!("karangasem-lk3"),
        shipped_profile!("tarakan-rujukan-stres-2025"),
        shipped_profile!("kaltim-puspaga"),
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
