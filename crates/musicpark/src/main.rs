//! Music Park in one process: web, gateway and worker together, with everything embedded
fn main() {}
