//! The web service as a process of its own: over Redis and Postgres.

use crate::{Config, Web, seed};
use cipher::{Ending, Node, NodeConfig, NodeState, RedisConfig, Transport};
use clap::Parser;
use protocol::link::ns;
use service::clock::{ParkClock, Sample};
use service::health::Health;
use service::listen::{self, Doors};
use service::program::Sentence;
use service::telemetry;
use std::net::SocketAddr;
use std::time::{Duration, Instant};
use store::Store;
use tokio_util::sync::CancellationToken;

/// What readiness looks at.
const DATABASE: &str = "database";
/// The database is looked at, and its clock read, this often.
const LOOK_EVERY: Duration = Duration::from_secs(2);

/// The web service of Music Park: the page, log-in and accounts, the list of rooms, tracks and audio.
///
/// Run as many as you like behind one address. The first service that starts brings the database's schema up to date, under a
/// lock, and puts the demo library and the first rooms in.
#[derive(Debug, Parser)]
#[command(name = "musicpark-web", version)]
pub struct Args {
    /// Address people's browsers reach it at (through a proxy, when there are several); port 0 picks a free one.
    #[arg(long, env = "MUSICPARK_ADDR", default_value = "127.0.0.1:8080", value_name = "HOST:PORT")]
    pub addr: SocketAddr,
    /// The Postgres database all services share, such as postgres://park@localhost/park.
    #[arg(long, env = "DATABASE_URL", hide_env_values = true, value_name = "URL")]
    pub database_url: String,
    /// The Redis server all services share, such as redis://localhost.
    #[arg(long, env = "REDIS_URL", hide_env_values = true, value_name = "URL")]
    pub redis_url: String,
    /// Settings of the web service.
    #[command(flatten)]
    pub web: Config,
    /// Logs and metrics.
    #[command(flatten)]
    pub telemetry: telemetry::Config,
}

/// Runs until `stop`, then finishes the requests under way.
pub async fn run(args: Args, stop: CancellationToken) -> anyhow::Result<()> {
    let listener = listen::bind(args.addr, "MUSICPARK_ADDR").await?;
    println!("listening http://{}", listen::told(&listener)?);
    let health = Health::new(&[DATABASE]);
    let doors = Doors::default();
    let router = health.router().merge(doors.router());
    let serving = tokio::spawn(listen::serve(listener, router, stop.clone()));

    let Some(store) = stop.run_until_cancelled(Store::connect(&args.database_url)).await else {
        return Ok(());
    };
    let store = store.map_err(|error| {
        Sentence::configuration(format!("The web service cannot use DATABASE_URL: {error}"))
    })?;
    seed(&store).await?;
    let transport = Transport::Redis(RedisConfig::new(args.redis_url));
    let Some(node) = stop.run_until_cancelled(Node::join(transport, NodeConfig::new(ns::WEB))).await else {
        return Ok(());
    };
    let node = node.map_err(|error| {
        Sentence::configuration(format!("The web service cannot use REDIS_URL: {error}."))
    })?;
    let clock = ParkClock::system();
    let web = Web::start(args.web, store.clone(), node.clone(), clock.clone(), stop.clone()).await?;
    node.serve().await?;
    doors.open(web.router());
    let displaced = tokio::select! {
        () = look_after(&store, &clock, &health, &stop) => false,
        ending = node.ended() => ending == Ending::Displaced,
    };
    stop.cancel();
    node.set_state(NodeState::Draining).await;
    serving.await?;
    node.leave().await;
    store.close().await;
    if displaced {
        return Err(Sentence::displaced("web server").into());
    }
    Ok(())
}

/// Keeps readiness and the clock by the database, until `stop`.
async fn look_after(store: &Store, clock: &ParkClock, health: &Health, stop: &CancellationToken) {
    loop {
        let before = Instant::now();
        match store.now_us().await {
            Ok(now_us) => {
                clock.observe(Sample { before, reference_us: now_us, after: Instant::now() });
                health.set(DATABASE, true);
            }
            Err(error) => {
                tracing::warn!(%error, "the database does not answer");
                health.set(DATABASE, false);
            }
        }
        if stop.run_until_cancelled(tokio::time::sleep(LOOK_EVERY)).await.is_none() {
            return;
        }
    }
}
