//! The sync server: merges the replicas of each institution and judges its decisions.

mod admission;
mod backfill;
mod door;
pub mod engine;
mod founding;
mod grants;
mod intake;
mod library;
mod pull;
mod ruling;
mod store;
