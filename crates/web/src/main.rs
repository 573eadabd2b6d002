//! The `musicpark-web` binary.

fn main() {}
