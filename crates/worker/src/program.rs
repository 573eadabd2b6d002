//! The worker as a process of its own: over Redis and Postgres.

use crate::books::Books;
use crate::{Config, Tenure, Worker};
use cipher::{Ending, Node, NodeConfig, RedisConfig, Transport};
use clap::Parser;
use protocol::link::ns;
use service::clock::ParkClock;
use service::health::Health;
use service::program::Sentence;
use service::{listen, telemetry};
use std::net::SocketAddr;
use store::Store;
use tokio_util::sync::CancellationToken;

/// The central game state of Music Park: owns rooms, journals what happens in them to Postgres, tells the gateways over Redis.
///
/// Run as many as you like; they share the rooms among themselves. The first service that starts brings the database's
/// schema up to date, under a lock.
#[derive(Debug, Parser)]
#[command(name = "musicpark-worker", version)]
pub struct Args {
    /// Address of /health/live and /health/ready; port 0 picks a free one.
    #[arg(long, env = "MUSICPARK_ADDR", default_value = "127.0.0.1:8082", value_name = "HOST:PORT")]
    pub addr: SocketAddr,
    /// The Postgres database all services share, such as postgres://park@localhost/park.
    #[arg(long, env = "DATABASE_URL", hide_env_values = true, value_name = "URL")]
    pub database_url: String,
    /// The Redis server all services share, such as redis://localhost.
    #[arg(long, env = "REDIS_URL", hide_env_values = true, value_name = "URL")]
    pub redis_url: String,
    /// Settings of the worker.
    #[command(flatten)]
    pub worker: Config,
    /// Logs and metrics.
    #[command(flatten)]
    pub telemetry: telemetry::Config,
}

/// Runs until `stop`, then finishes the last turn and gives the lease up.
pub async fn run(args: Args, stop: CancellationToken) -> anyhow::Result<()> {
    run_with(args, Tenure::Leased, |store| store, stop).await
}

/// The same with other books: for programs that are wrong on purpose.
pub async fn run_with<B: Books>(
    args: Args,
    tenure: Tenure,
    books: impl FnOnce(Store) -> B,
    stop: CancellationToken,
) -> anyhow::Result<()> {
    let listener = listen::bind(args.addr, "MUSICPARK_ADDR").await?;
    println!("listening http://{}", listen::told(&listener)?);
    let health = Health::new(Worker::NEEDS);
    let serving = tokio::spawn(listen::serve(listener, health.router(), stop.clone()));

    let Some(store) = stop.run_until_cancelled(Store::connect(&args.database_url)).await else {
        return Ok(());
    };
    let store = store
        .map_err(|error| Sentence::configuration(format!("The worker cannot use DATABASE_URL: {error}")))?;
    let transport = Transport::Redis(RedisConfig::new(args.redis_url));
    let Some(node) = stop.run_until_cancelled(Node::join(transport, NodeConfig::new(ns::WORKER))).await
    else {
        return Ok(());
    };
    let node =
        node.map_err(|error| Sentence::configuration(format!("The worker cannot use REDIS_URL: {error}.")))?;
    let clock = ParkClock::system();
    let worker =
        Worker::start(args.worker, tenure, books(store.clone()), node.clone(), clock, health, stop.clone())
            .await?;
    node.serve().await?;
    let displaced = tokio::select! {
        () = stop.cancelled() => false,
        ending = node.ended() => ending == Ending::Displaced,
    };
    stop.cancel();
    worker.drain().await;
    node.leave().await;
    store.close().await;
    serving.await?;
    if displaced {
        return Err(Sentence::displaced("worker").into());
    }
    Ok(())
}
