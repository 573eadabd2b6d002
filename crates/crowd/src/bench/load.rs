//! A crowd as a process of its own, on a core of its own, and what it reports.

use crate::bench::cores::Cores;
use crate::bench::servers::{Servers, program};
use crate::processes::Spent;
use anyhow::{Context, bail};
use serde::Deserialize;
use std::process::Stdio;

/// A crowd.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Load {
    /// How many people.
    pub people: u32,
    /// How many rooms they are spread over, evenly.
    pub rooms: u32,
    /// How long they are measured, in seconds.
    pub seconds: u32,
    /// What they do.
    pub doing: Doing,
}

/// What a crowd does.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Doing {
    /// They are there.
    Nothing,
    /// They say lines of 64 bytes.
    Chat {
        /// Lines a second, of all together.
        per_second: f64,
    },
    /// They walk.
    Walk {
        /// Steps a second, of each.
        hertz: f64,
    },
    /// They vote for what is in the queue and take it back.
    Vote {
        /// Votes a second, of all together.
        per_second: f64,
    },
}

impl Doing {
    /// The same, done by so many times fewer people together.
    #[must_use]
    pub fn slower(self, by: f64) -> Doing {
        match self {
            Doing::Chat { per_second } => Doing::Chat { per_second: per_second / by },
            Doing::Vote { per_second } => Doing::Vote { per_second: per_second / by },
            Doing::Walk { .. } | Doing::Nothing => self,
        }
    }

    /// As options of the crowd.
    fn options(self) -> Vec<String> {
        let (chats, walk, votes) = match self {
            Doing::Nothing => (0.0, 0.0, 0.0),
            Doing::Chat { per_second } => (per_second, 0.0, 0.0),
            Doing::Walk { hertz } => (0.0, hertz, 0.0),
            Doing::Vote { per_second } => (0.0, 0.0, per_second),
        };
        let option = |name: &str, rate: f64| [format!("--{name}"), rate.to_string()];
        [option("chats", chats), option("walk", walk), option("votes", votes)].concat()
    }
}

/// What of a crowd's report is used here.
#[derive(Debug, Clone, Deserialize)]
pub struct Report {
    /// Durable events that reached somebody, each receiver counted.
    pub deliveries: f64,
    /// Events that never came.
    pub lost: f64,
    /// Events that came twice.
    pub duplicated: f64,
    /// Commands of which nothing was known at the end.
    pub unknown: f64,
    /// From when a command was due to each receiver of its event.
    pub latency_ms: Percentiles,
    /// From when a command was due until its sender knew it was carried out; of those of the measured time.
    pub acknowledgement_ms: Percentiles,
    /// From when a step was due to each receiver of its position.
    pub staleness_ms: Percentiles,
    /// Positions that reached somebody.
    pub positions: f64,
    /// Bytes that each client received a second.
    pub bytes_per_client_per_second: f64,
    /// How quickly people came in.
    pub joins_per_second: f64,
    /// From the first until all were in, in seconds.
    pub gathering_s: f64,
    /// From somebody's first request until they heard and saw their room.
    pub joining_ms: Percentiles,
    /// How long people acted, in seconds.
    pub seconds: f64,
    /// What the servers took meanwhile.
    pub processes: Vec<Spent>,
}

/// Percentiles in milliseconds.
#[derive(Debug, Clone, Copy, Deserialize)]
pub struct Percentiles {
    /// How many were timed.
    pub count: f64,
    /// Half are at most this.
    pub p50: f64,
    /// 99 of a hundred are at most this.
    pub p99: f64,
}

impl Load {
    /// Lets the crowd loose on these servers and waits for its report.
    ///
    /// # Errors
    /// When it could not do what it should, or found that something was lost: with what it said.
    pub async fn run(&self, cores: Cores, servers: &Servers) -> anyhow::Result<Report> {
        let mut command = tokio::process::Command::from(cores.crowd(program("musicpark-crowd")?));
        for gateway in &servers.gateways {
            command.arg("--target").arg(gateway);
        }
        for (name, pid) in &servers.processes {
            command.arg("--pid").arg(format!("{name}={pid}"));
        }
        command.args(["--web", &servers.web, "--json"]).args(self.doing.options());
        for (option, number) in
            [("--people", self.people), ("--rooms", self.rooms), ("--seconds", self.seconds)]
        {
            command.arg(option).arg(number.to_string());
        }
        command.stdin(Stdio::null()).stderr(Stdio::piped()).kill_on_drop(true);
        let output = command.output().await.context("The crowd cannot be started")?;
        let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        match output.status.code() {
            Some(0) => {}
            // The checker found something: that is a figure, and it is said.
            Some(1) => eprintln!("{err}"),
            _ => bail!("The crowd ended with {}. It said: {err}", output.status),
        }
        let line = out.lines().last().unwrap_or_default();
        serde_json::from_str(line).with_context(|| format!("The crowd's report was not understood: {line}"))
    }
}
