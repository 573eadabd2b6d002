//! Measurements: how fast each operation is through this Redis, what it costs, and how soon failures are over.

mod cpu;
mod failures;
mod figures;
mod pace;
mod raw;
mod system;
mod traffic;

use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, ensure};
use cipher::{RedisConfig, Transport};
use clap::{Args, ValueEnum};
use fred::clients::Client;
use fred::interfaces::ClientLike;

use self::figures::Figures;
use self::pace::Pace;
use self::raw::RawPubsub;
use self::system::{Operation, System};
use self::traffic::{Load, measure};

/// Measures cipher through this Redis and prints lines of `name value unit`: throughput, latency of a lone message, and
/// processor time for a million messages. Sender and receivers run in this process: client_cpu is that of both.
#[derive(Args)]
pub struct Bench {
    /// What to measure; publish and pubsub (bare PUBLISH to SUBSCRIBE, pipelined by 16) are comparable.
    #[arg(value_enum, default_values = ["transmit", "broadcast", "publish", "request"])]
    what: Vec<What>,
    /// How large the payloads are.
    #[arg(long, value_delimiter = ',', default_value = "100", value_parser = clap::value_parser!(u32).range(1..=1 << 20))]
    bytes: Vec<u32>,
    /// How many nodes receive; transmits and requests take turns among them.
    #[arg(long, value_delimiter = ',', default_value = "1", value_parser = clap::value_parser!(u32).range(1..=256))]
    nodes: Vec<u32>,
    /// How many subscribers a topic has, each on a node and a connection of its own.
    #[arg(long, value_delimiter = ',', default_value = "1", value_parser = clap::value_parser!(u32).range(1..=256))]
    subscribers: Vec<u32>,
    /// How many messages are under way at once while the throughput is measured; fewer of large ones, to stay near 1 MiB.
    #[arg(long, default_value_t = 1_024, value_parser = clap::value_parser!(u32).range(16..=65_536))]
    in_flight: u32,
    /// How often all is measured, one after the other in each round; the medians are printed.
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..=1_000))]
    rounds: u32,
    /// How long each throughput is measured. Whatever is measured takes about twice that.
    #[arg(long, default_value_t = 1.0)]
    seconds: f64,
    /// A shell command that is run in each round too; its output, lines of `name value unit`, joins the figures.
    #[arg(long, value_name = "COMMAND")]
    beside: Vec<String>,
    /// For outage: a shell command that ends the Redis server, which something else then starts again on the same port.
    #[arg(long, value_name = "COMMAND")]
    stop_with: Option<String>,
}

/// What can be measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum What {
    Transmit,
    Broadcast,
    Publish,
    Request,
    /// Bare PUBLISH to SUBSCRIBE.
    Pubsub,
    /// Until the others notice that a node was killed.
    DeadNode,
    /// From the server's first answer until messages arrive again; needs --stop-with.
    Outage,
}

/// Messages under way, in bytes: queues and buffers are to be full of messages, not memory.
const UNDER_WAY: u32 = 1 << 20;
/// What raw PUBLISH is pipelined by has to fit.
const FEWEST: u32 = 16;

/// A measurement of traffic.
struct Case {
    name: String,
    /// `None` is bare pub/sub.
    operation: Option<Operation>,
    bytes: u32,
    receivers: u32,
}

impl Bench {
    pub async fn run(self, config: RedisConfig) -> anyhow::Result<()> {
        ensure!(
            !self.what.contains(&What::Outage) || self.stop_with.is_some(),
            "an outage is measured with --stop-with COMMAND, which ends the server"
        );
        ensure!(self.seconds > 0.0 && self.seconds <= 3_600.0, "--seconds is above 0 and at most an hour");
        let cases = self.cases();
        let mut figures = Figures::default();
        for round in 1..=self.rounds {
            eprintln!("round {round} of {}", self.rounds);
            let redis = raw::connect(&config.url, 32).await?;
            for case in &cases {
                self.measure(case, &config, &redis, &mut figures).await.with_context(|| case.name.clone())?;
            }
            redis.quit().await?;
            for command in &self.beside {
                figures.add_lines(&output(command).await?)?;
            }
            self.fail(&config, &mut figures).await?;
        }
        print!("{figures}");
        Ok(())
    }

    fn cases(&self) -> Vec<Case> {
        let mut cases = Vec::new();
        for &bytes in &self.bytes {
            let size = if bytes % 1_024 == 0 { format!("{}KB", bytes / 1_024) } else { format!("{bytes}B") };
            for what in &self.what {
                let (operation, who, name) = match what {
                    What::Transmit => (Some(Operation::Transmit), "nodes", "cipher.transmit"),
                    What::Broadcast => (Some(Operation::Broadcast), "nodes", "cipher.broadcast"),
                    What::Request => (Some(Operation::Request), "nodes", "cipher.request"),
                    What::Publish => (Some(Operation::Publish), "sub", "cipher.publish"),
                    What::Pubsub => (None, "sub", "redis.pubsub"),
                    What::DeadNode | What::Outage => continue,
                };
                for &receivers in if who == "sub" { &self.subscribers } else { &self.nodes } {
                    let name = match (who, receivers) {
                        ("nodes", 1) => format!("{name}.{size}"),
                        _ => format!("{name}.{size}.{receivers}{who}"),
                    };
                    cases.push(Case { name, operation, bytes, receivers });
                }
            }
        }
        cases
    }

    async fn measure(
        &self,
        case: &Case,
        config: &RedisConfig,
        redis: &Client,
        figures: &mut Figures,
    ) -> anyhow::Result<()> {
        let Case { ref name, operation, bytes, receivers } = *case;
        let in_flight = self.in_flight.min(UNDER_WAY / bytes).max(FEWEST);
        let fan_out = match operation {
            Some(Operation::Transmit | Operation::Request) => 1,
            Some(Operation::Broadcast | Operation::Publish) | None => receivers,
        };
        let pace = Arc::new(Pace::new(in_flight, fan_out));
        let load = Load { span: Duration::from_secs_f64(self.seconds), in_flight };
        match operation {
            Some(operation) => {
                let transport = Transport::Redis(config.clone());
                let system = System::start(&transport, operation, receivers, bytes as usize, &pace).await?;
                measure(system, pace, load, redis, name, figures).await
            }
            None => {
                let raw =
                    RawPubsub::start(&config.url, receivers, bytes as usize, config.burst, &pace).await?;
                measure(raw, pace, load, redis, name, figures).await
            }
        }
    }

    async fn fail(&self, config: &RedisConfig, figures: &mut Figures) -> anyhow::Result<()> {
        let transport = Transport::Redis(config.clone());
        if self.what.contains(&What::DeadNode) {
            let noticed = failures::death_noticed(&transport, &config.url).await?;
            figures.add("cipher.dead_node.noticed", noticed, "s");
        }
        if let (true, Some(stop)) = (self.what.contains(&What::Outage), &self.stop_with) {
            let delivered = failures::delivered_again(&transport, &config.url, stop).await?;
            figures.add("cipher.redis_back.first_delivery", delivered, "s");
        }
        Ok(())
    }
}

/// Runs a shell command to its end and returns what it printed; it complains where this program does.
async fn output(command: &str) -> anyhow::Result<String> {
    let mut shell = tokio::process::Command::new("sh");
    shell.args(["-c", command]).stdin(Stdio::null()).stderr(Stdio::inherit());
    let output = shell.output().await?;
    ensure!(output.status.success(), "{command:?} failed: {}", output.status);
    String::from_utf8(output.stdout).with_context(|| format!("what {command:?} printed is no text"))
}
