//! Jangkau's core: everything that decides, on the phone and on the server alike.

pub mod id;
pub mod time;
