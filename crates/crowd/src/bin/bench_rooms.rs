//! The `musicpark-bench-rooms` binary, which `scripts/bench rooms` runs: parse, measure.

use clap::{Parser, ValueEnum};
use crowd::bench::Bench;
use crowd::bench::cases::{Letter, Size};
use std::process::ExitCode;

/// Measures what rooms cost and how quickly they answer: the park in one process, the park split into its services, and a bare hub.
///
/// Servers run on core 0 with their Postgres and Redis, the crowd on core 1. Standard output: one line a figure, NAME VALUE UNIT, the
/// median of the runs, and NAME.spread, the largest less the smallest. Targets are told on standard error.
#[derive(Debug, Parser)]
#[command(name = "scripts/bench rooms", bin_name = "scripts/bench rooms")]
struct Args {
    /// What is measured [default: all].
    #[arg(value_enum, value_name = "LETTER")]
    letters: Vec<Letter>,
    /// How often each is measured; the runs are interleaved.
    #[arg(long, value_name = "N", default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..=99))]
    runs: u32,
    /// Once, with a fiftieth of the people, for two seconds: whether it works, not what the park costs.
    #[arg(long)]
    quick: bool,
}

#[tokio::main]
async fn main() -> ExitCode {
    let Args { mut letters, runs, quick } = Args::parse();
    if letters.is_empty() {
        letters = Letter::value_variants().to_vec();
    }
    let (runs, size) = if quick { (1, Size::Quick) } else { (runs, Size::Full) };
    match (Bench { letters, runs, size }).run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::FAILURE
        }
    }
}
