//! Music Park in one process: web, gateway and worker together, with everything embedded. Parse, run, nothing else.
//!
//! | module | what |
//! |---|---|
//! | [`args`] | the command line and its variables |
//! | [`data`] | the data folder: where it is, what is in it, and that one process has it |
//! | [`park`] | the three services put together |

mod args;
mod data;
mod park;

use clap::Parser;
use std::process::ExitCode;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let args = args::Args::parse();
    service::program::run(&args.telemetry.clone(), |stop| park::run(args, stop))
}
