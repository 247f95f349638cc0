//! The sync server: merges the replicas of each institution and judges its decisions.

mod admission;
mod backfill;
pub mod clock;
pub mod config;
mod door;
pub mod engine;
mod founding;
mod grants;
mod intake;
mod library;
pub mod metrics;
mod pull;
mod ruling;
mod store;
pub mod story;
