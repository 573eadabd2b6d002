//! The `musicpark-crowd` binary: parse, run, check, print.

use clap::Parser;
use crowd::args::Args;
use crowd::crowd::{Crowd, Finished};
use crowd::{checker, journal};
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
    let crowd = Crowd::start(args.settings()?).await?;
    crowd.act().await;
    let Finished { mut report, histories, rooms } = crowd.finish().await;
    let rooms: Vec<_> = rooms.iter().map(|room| room.id).collect();
    let journal = match &args.journal {
        // The figures are told whether or not they can be checked.
        Some(url) => journal::read(url, &rooms, &histories).await.map(Some),
        None => Ok(None),
    };
    let unread = journal.as_ref().err().map(|error| {
        format!(
            "What was seen was checked without the journal: {}.",
            format!("{error:#}").trim_end_matches('.')
        )
    });
    report.notes.extend(unread);
    let verdict = checker::check(&histories, journal.as_ref().ok().and_then(Option::as_ref));
    report.judged(&verdict);
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
        true if journal.is_err() || report.absent > 0 => ExitCode::from(2),
        true => ExitCode::SUCCESS,
    })
}
