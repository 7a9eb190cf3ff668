//! The `aegis` binary under test.
fn main() {}
