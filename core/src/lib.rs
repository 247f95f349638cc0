//! Jangkau's core: everything that decides, on the phone and on the server alike.

pub mod calendar;
pub mod chunk;
pub mod class;
mod code;
pub mod command;
pub mod deadline;
pub mod document;
pub mod envelope;
pub mod id;
pub mod plant;
pub mod profile;
pub mod record;
#[cfg(feature = "store")]
pub mod replica;
pub mod rules;
#[cfg(feature = "store")]
pub mod store;
pub mod sync;
pub mod text;
pub mod time;
