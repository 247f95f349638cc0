//! The sync server: merges the replicas of each institution and judges its decisions.

mod accounts;
mod admission;
pub mod audit;
mod backfill;
pub mod backup;
pub mod cli;
pub mod clock;
pub mod config;
pub mod demo;
mod door;
pub mod engine;
mod founding;
mod glass;
mod grants;
pub mod http;
mod intake;
mod lease;
mod library;
pub mod logging;
pub mod metrics;
mod pull;
mod replay;
mod rewrite;
mod ruling;
mod store;
pub mod story;
pub mod writer;
