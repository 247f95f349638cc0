//! Whole-system tests: worlds that are made by a seed.

pub mod authorisation;
pub mod figures;
pub mod world;

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests stop at the first surprise")]
mod coverage;
