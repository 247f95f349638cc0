//! Jangkau's core: everything that decides, on the phone and on the server alike.

pub mod calendar;
pub mod chunk;
pub mod class;
mod code;
pub mod command;
pub mod deadline;
pub mod document;
pub mod id;
pub mod profile;
pub mod record;
pub mod time;
