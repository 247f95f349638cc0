//! The sync server: merges the replicas of each institution and judges its decisions.

pub mod clock;
pub mod config;
pub mod engine;
pub mod metrics;
pub mod story;
