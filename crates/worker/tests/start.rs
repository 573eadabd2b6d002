//! A worker that starts while its database does not answer.
#![allow(clippy::unwrap_used, reason = "only tests are here; clippy sees it in #[test] functions alone")]

use cipher::{MemoryBus, Node, NodeConfig, Transport};
use protocol::link::ns;
use service::clock::ParkClock;
use service::health::Health;
use sqlx::{Connection as _, Executor as _, SqliteConnection};
use std::time::Duration;
use store::Store;
use tokio_util::sync::CancellationToken;
use worker::{Config, Tenure, Worker};

/// Longer than SQLite waits for somebody who writes.
const LONG: Duration = Duration::from_secs(3);

#[tokio::test]
async fn a_park_that_starts_while_its_database_is_being_copied_waits_for_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("park.db").display().to_string();
    let store = Store::connect(&format!("sqlite:{path}")).await.unwrap();
    let mut other = SqliteConnection::connect(&path).await.unwrap();
    other.execute("BEGIN IMMEDIATE").await.unwrap();

    let bus = Transport::Memory(MemoryBus::new());
    let node = Node::join(bus, NodeConfig::new(ns::WORKER)).await.unwrap();
    let (stop, health) = (CancellationToken::new(), Health::new(Worker::NEEDS));
    let (config, clock) = (Config::default(), ParkClock::system());
    let start = Worker::start(config, Tenure::Alone, store, node.clone(), clock, health, stop.clone());
    let mut start = Box::pin(start);
    let early = tokio::time::timeout(LONG, &mut start).await;
    assert!(early.is_err(), "it waits, and does not give up: {early:?}");
    other.execute("ROLLBACK").await.unwrap();
    let worker = start.await.unwrap();
    stop.cancel();
    worker.drain().await;
    node.leave().await;
}
