//! The command line.

use crate::judge::Witness;
use crate::plan;
use crate::scenario;
use crate::settings::{Rates, Settings};
use anyhow::{Context, ensure};
use clap::Parser;
use std::path::PathBuf;

/// Lets a simulated crowd loose on a park, over real websockets, and reports what it saw.
///
/// People walk in as guests, make rooms, enter them and do what the rates say, whether or not the park keeps up: an event sent late is
/// timed from when it was due. At the end the report is printed, and what everybody saw is checked: exit code 1 when something is not as it
/// may be, 2 when the crowd could not be let loose, fell apart, or could not be checked as asked for.
#[derive(Debug, Clone, Parser)]
#[command(name = "musicpark-crowd", version)]
pub struct Args {
    /// A gateway, as http://host:port; more than one: people are spread over them, and come back to another one.
    #[arg(long = "target", value_name = "URL", required = true)]
    pub targets: Vec<String>,
    /// Where people log in [default: the first target].
    #[arg(long, value_name = "URL")]
    pub web: Option<String>,
    /// How many people.
    #[arg(long, value_name = "N", default_value_t = 100)]
    pub people: u32,
    /// How many rooms they make and enter [default: one for each 50 people].
    #[arg(long, value_name = "N")]
    pub rooms: Option<u32>,
    /// How long they act, from when all are in.
    #[arg(long, value_name = "S", default_value_t = 10)]
    pub seconds: u32,
    /// Who does what when follows from it.
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub seed: u64,
    /// How many walk in at the same time, at the most.
    #[arg(long, value_name = "N", default_value_t = 32)]
    pub joins_at_once: u32,
    /// A file of rates (TOML; crates/crowd/scenarios has examples). The options below come before it.
    #[arg(long, value_name = "FILE")]
    pub scenario: Option<PathBuf>,
    /// Chat lines a second, of the whole crowd [default: 200].
    #[arg(long, value_name = "PER_SECOND")]
    pub chats: Option<f64>,
    /// Steps a second, of each person [default: 0].
    #[arg(long, value_name = "HERTZ")]
    pub walk: Option<f64>,
    /// Reactions a second, of the whole crowd [default: 0].
    #[arg(long, value_name = "PER_SECOND")]
    pub reacts: Option<f64>,
    /// Tracks put on queues a second, by the whole crowd [default: 0].
    #[arg(long, value_name = "PER_SECOND")]
    pub adds: Option<f64>,
    /// Votes a second, of the whole crowd [default: 0].
    #[arg(long, value_name = "PER_SECOND")]
    pub votes: Option<f64>,
    /// Commands sent twice a second, by the whole crowd [default: 0].
    #[arg(long, value_name = "PER_SECOND")]
    pub doubles: Option<f64>,
    /// Connections dropped a second, by the whole crowd; their people come back [default: 0].
    #[arg(long, value_name = "PER_SECOND")]
    pub drops: Option<f64>,
    /// How unevenly people choose rooms: the exponent of a Zipf law [default: 0, evenly].
    #[arg(long, value_name = "EXPONENT")]
    pub zipf: Option<f64>,
    /// The park's database, to check against its journal; it is only read. The gateways' and workers' copies of the rooms are compared with it
    /// too, once all have left; that may take a quarter of a minute. Without it, what clients saw is checked.
    #[arg(long, value_name = "DATABASE_URL", env = "MUSICPARK_CROWD_JOURNAL", hide_env_values = true)]
    pub journal: Option<String>,
    /// A server process to watch.
    #[arg(long = "pid", value_name = "NAME=PID", value_parser = named_pid)]
    pub pids: Vec<(String, u32)>,
    /// Prints the report as one JSON object on one line.
    #[arg(long)]
    pub json: bool,
}

impl Args {
    /// The crowd that is asked for.
    ///
    /// # Errors
    /// When the scenario cannot be read, or a number makes no sense.
    pub fn settings(&self) -> anyhow::Result<Settings> {
        let mut rates = match &self.scenario {
            Some(file) => scenario::read(file)?,
            None => Rates::default(),
        };
        let given = [
            (&mut rates.chats, self.chats),
            (&mut rates.walk, self.walk),
            (&mut rates.reacts, self.reacts),
            (&mut rates.adds, self.adds),
            (&mut rates.votes, self.votes),
            (&mut rates.doubles, self.doubles),
            (&mut rates.drops, self.drops),
            (&mut rates.zipf, self.zipf),
        ];
        for (rate, given) in given {
            *rate = given.unwrap_or(*rate);
            ensure!(rate.is_finite() && *rate >= 0.0, "A rate has to be 0 or more, and is {rate}.");
        }
        let deeds = plan::deeds(&rates, self.seconds);
        ensure!(
            deeds <= plan::DEEDS_MAX,
            "These rates make {deeds:.0} deeds in {} s, and a crowd plans {:.0} at the most: lower a rate or the time.",
            self.seconds,
            plan::DEEDS_MAX
        );
        Ok(Settings {
            web: self.web.clone(),
            rooms: self.rooms.unwrap_or_else(|| self.people.div_ceil(50)),
            seed: self.seed,
            rates,
            joins_at_once: self.joins_at_once,
            pids: self.pids.clone(),
            ..Settings::new(self.targets.clone(), self.people, 1, self.seconds)
        })
    }

    /// What the crowd is checked against; none: itself.
    pub fn witness<'a>(&'a self, web: &'a str) -> Option<Witness<'a>> {
        let database = self.journal.as_deref()?;
        Some(Witness { database, gateways: &self.targets, web })
    }
}

fn named_pid(text: &str) -> anyhow::Result<(String, u32)> {
    let (name, pid) = text.split_once('=').with_context(|| format!("{text:?} is not NAME=PID"))?;
    let pid = pid.parse().with_context(|| format!("{pid:?} is no process id"))?;
    Ok((name.to_owned(), pid))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(words: &[&str]) -> anyhow::Result<Settings> {
        Args::try_parse_from([&["musicpark-crowd", "--target", "http://127.0.0.1:1"], words].concat())?
            .settings()
    }

    #[test]
    fn without_more_words_a_hundred_people_chat_in_two_rooms() {
        let settings = parse(&[]).unwrap();
        assert_eq!((settings.people, settings.rooms, settings.rates), (100, 2, Rates::default()));
        assert_eq!(settings.web(), "http://127.0.0.1:1");
    }

    #[test]
    fn options_come_before_the_scenario_and_nonsense_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("busy.toml");
        std::fs::write(&file, "chats = 5.0\nwalk = 5.0\n").unwrap();
        let file = file.to_str().unwrap();
        let rates = parse(&["--scenario", file, "--walk", "2", "--pid", "gateway=7"]).unwrap().rates;
        assert_eq!((rates.chats, rates.walk, rates.votes), (5.0, 2.0, 0.0));
        for wrong in [
            ["--chats", "-1"],
            ["--chats", "NaN"],
            ["--chats", "1e12"],
            ["--pid", "7"],
            ["--scenario", "/nowhere.toml"],
        ] {
            assert!(parse(&wrong).is_err(), "{wrong:?}");
        }
    }
}
