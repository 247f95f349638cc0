//! Jangkau's core: everything that decides, on the phone and on the server alike.

pub mod calendar;
pub mod chunk;
pub mod class;
mod code;
pub mod command;
pub mod document;
pub mod id;
pub mod record;
pub mod time;
