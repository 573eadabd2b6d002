//! `cipher`: looks into a system of cipher nodes and takes part in it, from a terminal or a script.

mod bench;
mod dead_letters;
mod line;
mod nodes;
mod receive;
mod send;
mod target;
mod top;

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::bail;
use cipher::{Address, Node, RedisConfig, Transport};
use clap::{Parser, Subcommand};

// As the programs that use cipher here have it: `cipher bench` measures what they get.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Sends, receives and looks around among the nodes of a system that talks through cipher or rapt-cipher over one Redis.
#[derive(Parser)]
#[command(name = "cipher", version)]
struct Args {
    /// The Redis server, redis://[user:password@]host:port[/database]; redis-cluster:// and redis-sentinel:// for those, rediss for TLS.
    #[arg(
        long = "redis",
        env = "REDIS_URL",
        hide_env_values = true,
        default_value = "redis://127.0.0.1:6379",
        value_name = "URL",
        global = true
    )]
    url: String,
    /// Over TLS: the file of the certificates to trust, in PEM [default: the system's].
    #[arg(long, env = "REDIS_CA_FILE", value_name = "FILE", global = true)]
    ca: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Listen(receive::Listen),
    Transmit(send::Transmit),
    Broadcast(send::Broadcast),
    Publish(send::Publish),
    Subscribe(receive::Subscribe),
    Request(send::Request),
    Nodes(nodes::Nodes),
    DeadLetters(dead_letters::DeadLetters),
    Top(top::Top),
    Bench(bench::Bench),
}

#[tokio::main]
async fn main() -> ExitCode {
    let args = Args::parse();
    tracing_subscriber::fmt()
        .with_writer(std::io::stderr)
        .with_env_filter(
            tracing_subscriber::EnvFilter::try_from_default_env()
                .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("warn,fred=error")),
        )
        .init();
    match run(args.command, RedisConfig { burst: 8_192, ca_file: args.ca, ..RedisConfig::new(args.url) })
        .await
    {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("cipher: {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn run(command: Command, config: RedisConfig) -> anyhow::Result<()> {
    let transport = Transport::Redis(config.clone());
    match command {
        Command::Listen(listen) => listen.run(transport).await,
        Command::Transmit(transmit) => transmit.run(transport).await,
        Command::Broadcast(broadcast) => broadcast.run(transport).await,
        Command::Publish(publish) => publish.run(transport).await,
        Command::Subscribe(subscribe) => subscribe.run(transport).await,
        Command::Request(request) => request.run(transport).await,
        Command::Nodes(nodes) => nodes.run(transport).await,
        Command::DeadLetters(dead_letters) => dead_letters.run(transport).await,
        Command::Top(top) => top.run(transport).await,
        Command::Bench(bench) => {
            guest(transport, None).await?.leave().await; // only to say when there is no server
            bench.run(config).await
        }
    }
}

/// A node waits for a server that is away, for as long as it takes; whoever sits at a terminal wants to be told.
const PATIENCE: Duration = Duration::from_secs(3);

/// A node that only sends, in the name of whom the user says.
async fn guest(transport: Transport, from: Option<Address>) -> anyhow::Result<Node> {
    let server = match &transport {
        Transport::Redis(redis) => without_password(&redis.url).to_owned(),
        Transport::Memory(_) => "memory".to_owned(),
    };
    let joining = Node::guest(transport, from.unwrap_or_else(|| Address::new("cli", 0)));
    match tokio::time::timeout(PATIENCE, joining).await {
        Ok(node) => Ok(node?),
        Err(_) => {
            bail!("no Redis answers at {server}: start it, or name another one by --redis or REDIS_URL")
        }
    }
}

/// The part of a Redis URL that may be shown.
fn without_password(url: &str) -> &str {
    url.rsplit_once('@').map_or_else(|| url.trim_start_matches("redis://"), |(_, server)| server)
}
