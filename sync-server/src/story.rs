//! Stories: a file tells who records what, where, when and without signal; the player plays it against real replicas
//! and the real server, in one process or over HTTP. `docs/SCENARIOS.md` describes the files.

mod fault;
mod fields;
mod parse;
pub mod plan;
mod read;

pub use fault::{StoryError, StoryFault};
pub use plan::Story;
