//! The `musicpark-gateway` binary: parse, run, nothing else.

use clap::Parser;
use std::process::ExitCode;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let args = gateway::program::Args::parse();
    service::program::run(&args.telemetry.clone(), |stop| gateway::program::run(args, stop))
}
