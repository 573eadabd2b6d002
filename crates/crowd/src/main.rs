//! The `musicpark-crowd` binary: parse, run, judge, print.

use clap::Parser;
use crowd::args::Args;
use crowd::crowd::Crowd;
use crowd::journal;
use crowd::judge::{Judged, judge};
use std::process::ExitCode;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Breaches that are told one by one.
const BREACHES_TOLD: usize = 20;

#[tokio::main]
async fn main() -> ExitCode {
    let args = Args::parse();
    match run(&args).await {
        Ok(code) => code,
        Err(error) => {
            eprintln!("musicpark-crowd: {error:#}");
            ExitCode::from(2)
        }
    }
}

async fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let settings = args.settings()?;
    // Said now, not after an hour.
    if let Some(database) = &args.journal {
        journal::open(database).await?.close().await;
    }
    let web = settings.web().to_owned();
    let crowd = Crowd::start(settings).await?;
    crowd.act().await;
    let Judged { report, verdict } = judge(crowd.finish().await, args.witness(&web)).await;
    match args.json {
        true => println!("{}", serde_json::to_string(&report)?),
        false => print!("{report}"),
    }
    for breach in verdict.breaches.iter().take(BREACHES_TOLD) {
        eprintln!("{breach}");
    }
    let untold = verdict.breaches_in_all().saturating_sub(BREACHES_TOLD as u64);
    if untold > 0 {
        eprintln!("And {untold} more of that kind.");
    }
    Ok(match verdict.holds() {
        false => ExitCode::from(1),
        true if !report.unchecked.is_empty() || report.absent > 0 => ExitCode::from(2),
        true => ExitCode::SUCCESS,
    })
}
