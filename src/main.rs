//! Setara.
fn main() {}
