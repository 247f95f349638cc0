//! Whole-system tests: worlds that are made by a seed.

pub mod figures;
pub mod world;
