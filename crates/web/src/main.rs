//! The `musicpark-web` binary: parse, run, nothing else.

use clap::Parser;
use std::process::ExitCode;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let args = web::program::Args::parse();
    service::program::run(&args.telemetry.clone(), |stop| web::program::run(args, stop))
}
