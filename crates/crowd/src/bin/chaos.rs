//! `musicpark-chaos`: runs scenarios of what may go wrong; see `scripts/chaos`.

use anyhow::Context;
use clap::Parser;
use crowd::chaos::{Ground, NEMESIS, SCENARIOS, Scenario, record, scenario};
use crowd::stack::Profile;
use std::path::PathBuf;
use std::process::ExitCode;

/// People in a room, unless it is said how many rooms there are.
const PEOPLE_A_ROOM: u32 = 25;

/// Does to the park, split into its services and full of people, what PROMISES.md says it survives.
///
/// Standard output, one line a figure: NAME VALUE UNIT PROMISE holds|short ("- -": nothing is promised). Exits 0 when all ran.
#[derive(Debug, Parser)]
#[command(name = "scripts/chaos", version)]
struct Args {
    /// The scenarios to run, one after the other; all of them when none is named.
    #[arg(value_name = "NAME")]
    names: Vec<String>,
    /// Lists the scenarios.
    #[arg(long)]
    list: bool,
    /// Uses the development build instead of the release build.
    #[arg(long)]
    dev: bool,
    /// How many people there are.
    #[arg(long, default_value = "200", value_name = "N")]
    people: u32,
    /// In how many rooms; one for every 25 people unless told otherwise.
    #[arg(long, value_name = "N")]
    rooms: Option<u32>,
    /// What is drawn is drawn from this.
    #[arg(long, default_value = "1", value_name = "N")]
    seed: u64,
    /// How long `nemesis` goes on.
    #[arg(long, default_value = "5", value_name = "N")]
    minutes: u32,
    /// Keeps the services' logs there.
    #[arg(long, value_name = "FOLDER")]
    logs: Option<PathBuf>,
    /// Records this version's frames for the scenario `skew`, as crates/crowd/corpus/VERSION, and runs nothing.
    #[arg(long, value_name = "VERSION")]
    record: Option<String>,
}

#[tokio::main]
async fn main() -> ExitCode {
    let args = Args::parse();
    if args.list {
        for Scenario { name, about, .. } in SCENARIOS.iter().chain([NEMESIS]) {
            println!("{name:24} {about}");
        }
        return ExitCode::SUCCESS;
    }
    match run(args).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn run(args: Args) -> anyhow::Result<()> {
    let profile = if args.dev { Profile::Dev } else { Profile::Release };
    let Args { people, seed, minutes, logs, .. } = args;
    let rooms = args.rooms.unwrap_or_else(|| people.div_ceil(PEOPLE_A_ROOM));
    let ground = Ground { profile, people, rooms, seed, minutes, logs };
    if let Some(version) = args.record {
        let stack = ground.stack(ground.options()).await?;
        return record::record(&stack).await?.write(&version);
    }
    let named = args.names.iter().map(|name| {
        scenario(name).with_context(|| format!("There is no scenario '{name}'; see scripts/chaos --list."))
    });
    let named = named.collect::<anyhow::Result<Vec<_>>>()?;
    let chosen = if named.is_empty() { SCENARIOS.iter().collect() } else { named };
    let mut broken = 0;
    for scenario in chosen {
        ground.say(&format!("{}: {}", scenario.name, scenario.about));
        match (scenario.run)(&ground).await {
            Ok(figures) => figures.iter().for_each(|figure| println!("{figure}")),
            Err(error) => {
                broken += 1;
                ground.say(&format!("{} could not be run: {error:#}", scenario.name));
            }
        }
    }
    anyhow::ensure!(broken == 0, "{broken} of the scenarios could not be run (above).");
    Ok(())
}
