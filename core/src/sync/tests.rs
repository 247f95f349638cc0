//! Golden bytes of everything that is sent or stored, and what hostile bytes do.

mod documents;
mod golden;
mod hostile;
mod packing;
mod samples;
mod trust;
