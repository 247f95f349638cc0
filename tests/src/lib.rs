//! Whole-system tests: worlds that are made by a seed.

pub mod world;
