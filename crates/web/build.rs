//! Builds again when the embedded folders change: rust-embed notices changed files, but no new ones. Builds nothing itself.

use std::path::Path;

fn main() {
    // Cargo takes a folder that is missing for changed, each time: make it, empty (both are left out of a build where they are).
    for folder in ["../../web-client/dist", "../../demo-library"] {
        let there = Path::new(folder).is_dir() || std::fs::create_dir_all(folder).is_ok();
        if there {
            println!("cargo::rerun-if-changed={folder}");
        }
    }
}
