//! The `musicpark-worker-planted` binary: the worker with one bug, planted on purpose. Never run it for people.
//!
//! A history checker that has never been red shows nothing. These are the four bugs it must find (PROMISES.md, How it is shown);
//! `crates/crowd/tests/planted.rs` shows that it does. Each is the worker as it is, on books that are wrong.

mod books;
mod early;
mod lossy;
mod unfenced;
mod unindexed;

use books::Planted;
use clap::{Parser, ValueEnum};
use std::process::ExitCode;
use worker::Tenure;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// A worker of Music Park with a bug planted on purpose, for checking the checker.
#[derive(Debug, Parser)]
#[command(name = "musicpark-worker-planted", version)]
struct Planting {
    /// Which bug.
    #[arg(long)]
    bug: Bug,
    /// What the worker itself is told.
    #[command(flatten)]
    worker: worker::program::Args,
}

/// A bug.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Bug {
    /// It believes that it owns its rooms for ever, and the journal's statement does not ask whether it does.
    FenceOff,
    /// It acknowledges a turn, and writes it half a second later.
    EarlyAck,
    /// It does not know which commands were carried out, and neither does the database.
    NoDedupe,
    /// One publish in a thousand is dropped, and the next one says that it follows.
    LossyPublish,
}

fn main() -> ExitCode {
    let Planting { bug, worker } = Planting::parse();
    let tenure = if bug == Bug::FenceOff { Tenure::Alone } else { Tenure::Leased };
    let url = worker.database_url.clone();
    service::program::run(&worker.telemetry.clone(), |stop| {
        worker::program::run_with(worker, tenure, move |store| Planted::new(bug, store, &url), stop)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn its_options_and_those_of_the_worker_do_not_clash() {
        Planting::command().debug_assert();
    }
}
