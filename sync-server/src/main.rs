//! jangkau-server
fn main() {}
