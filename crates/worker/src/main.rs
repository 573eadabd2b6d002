//! The `musicpark-worker` binary.

fn main() {}
