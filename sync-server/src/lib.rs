//! The sync server: merges the replicas of each institution and judges its decisions.

pub mod engine;
pub mod story;
