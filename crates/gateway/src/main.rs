//! The `musicpark-gateway` binary.

fn main() {}
