//! The `musicpark-crowd` binary: parse, run, check, print.

use clap::Parser;
use crowd::args::Args;
use crowd::crowd::Crowd;
use std::process::ExitCode;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

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
    let finished = crowd.finish().await;
    match args.json {
        true => println!("{}", serde_json::to_string(&finished.report)?),
        false => print!("{}", finished.report),
    }
    Ok(ExitCode::SUCCESS)
}
