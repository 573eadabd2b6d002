//! The gateway as a process of its own: over Redis.

use crate::{Config, Gateway, parktime};
use cipher::{Ending, Node, NodeConfig, NodeState, RedisConfig, Transport};
use clap::Parser;
use protocol::link::ns;
use service::clock::ParkClock;
use service::health::Health;
use service::listen::{self, Doors};
use service::program::Sentence;
use service::telemetry;
use std::net::SocketAddr;
use tokio_util::sync::CancellationToken;

/// What readiness looks at: whether a worker has told the time.
const CLOCK: &str = "clock";

/// The websockets of Music Park: holds the browsers' connections at /ws and fans out what the workers publish over Redis.
///
/// Run as many as you like behind one address; any of them serves anybody.
#[derive(Debug, Parser)]
#[command(name = "musicpark-gateway", version)]
pub struct Args {
    /// Address of /ws, /health/live and /health/ready; port 0 picks a free one.
    #[arg(long, env = "MUSICPARK_ADDR", default_value = "127.0.0.1:8081", value_name = "HOST:PORT")]
    pub addr: SocketAddr,
    /// The Redis server all services share, such as redis://localhost.
    #[arg(long, env = "REDIS_URL", hide_env_values = true, value_name = "URL")]
    pub redis_url: String,
    /// Settings of the gateway.
    #[command(flatten)]
    pub gateway: Config,
    /// Logs and metrics.
    #[command(flatten)]
    pub telemetry: telemetry::Config,
}

/// Runs until `stop`, then sends its sockets elsewhere.
pub async fn run(args: Args, stop: CancellationToken) -> anyhow::Result<()> {
    let listener = listen::bind(args.addr, "MUSICPARK_ADDR").await?;
    println!("listening http://{}", listen::told(&listener)?);
    let health = Health::new(&[CLOCK]);
    let doors = Doors::default();
    let router = health.router().merge(doors.router());
    let serving = tokio::spawn(listen::serve(listener, router, stop.clone()));

    let transport = Transport::Redis(RedisConfig::new(args.redis_url));
    let Some(node) = stop.run_until_cancelled(Node::join(transport, NodeConfig::new(ns::GATEWAY))).await
    else {
        return Ok(());
    };
    let node =
        node.map_err(|error| Sentence::configuration(format!("The gateway cannot use REDIS_URL: {error}.")))?;
    let clock = ParkClock::system();
    let gateway = Gateway::start(args.gateway, node.clone(), clock.clone(), &stop);
    node.serve().await?;
    let known = || {
        health.set(CLOCK, true);
        doors.open(gateway.router());
    };
    let displaced = tokio::select! {
        () = parktime::follow(node.clone(), clock, known, stop.clone()) => false,
        ending = node.ended() => ending == Ending::Displaced,
    };
    stop.cancel();
    node.set_state(NodeState::Draining).await;
    gateway.drain().await;
    node.leave().await;
    serving.await?;
    if displaced {
        return Err(Sentence::displaced("gateway").into());
    }
    Ok(())
}
