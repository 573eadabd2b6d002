//! Which transport a node uses, and its settings.

use std::path::PathBuf;
use std::time::Duration;

pub use crate::memory::{Faults, MemoryBus};

/// How a node's messages travel.
#[derive(Clone, Debug)]
pub enum Transport {
    /// Within this process: every node that was given a clone of the same bus.
    Memory(MemoryBus),
    /// Through Redis, version 7 or newer: one server, one that sentinels watch, or a cluster.
    Redis(RedisConfig),
}

/// How to reach and use Redis.
#[derive(Clone)]
pub struct RedisConfig {
    /// `redis://[user:password@]host:port[/database]` for one server; `redis-cluster://host:port?node=host:port` for a cluster;
    /// `redis-sentinel://host:port?node=host:port&sentinelServiceName=name` for a server that sentinels watch. With `rediss` in
    /// place of `redis` each of them speaks TLS.
    pub url: String,
    /// Over TLS: a file with the certificates, in PEM, that the server's has to descend from. Default: those the system trusts.
    pub ca_file: Option<PathBuf>,
    /// How long a command may take before it counts as failed. Default 5 s.
    pub patience: Duration,
    /// How many broadcasts and publishes wait while the server is slow or away; then the oldest is dropped. Default
    /// 65,536.
    pub outbox_messages: usize,
    /// How many bytes they may hold together. Default 64 MiB.
    pub outbox_bytes: usize,
    /// How many received messages may wait to be sorted by topic when a burst comes in; beyond it every subscription
    /// gets a gap. Memory for all of them, about 0.7 KiB each, is taken at the start. Default 65,536.
    pub burst: usize,
}

impl RedisConfig {
    /// The defaults, with the server that the variable `REDIS_URL` names, or `redis://127.0.0.1:6379` without it.
    pub fn from_env() -> Self {
        Self::new(std::env::var("REDIS_URL").unwrap_or_else(|_| "redis://127.0.0.1:6379".to_owned()))
    }

    /// The defaults, with this server.
    pub fn new(url: impl Into<String>) -> Self {
        Self {
            url: url.into(),
            ca_file: None,
            patience: Duration::from_secs(5),
            outbox_messages: 65_536,
            outbox_bytes: 64 << 20,
            burst: 65_536,
        }
    }
}

impl std::fmt::Debug for RedisConfig {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // The URL may hold a password.
        f.debug_struct("RedisConfig").field("patience", &self.patience).finish_non_exhaustive()
    }
}

/// Which id a node takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Nid {
    /// The lowest that is free, from 1.
    Lease,
    /// This one: its queue waits while it is down. From 1.
    Fixed(u32),
}

/// How a node presents itself and how much it holds.
#[derive(Clone, Debug)]
pub struct NodeConfig {
    /// The kind of service, such as `worker`.
    pub ns: String,
    /// Which id it takes. Default: the lowest that is free.
    pub nid: Nid,
    /// How long it may be silent before the others take it for dead; it renews three times within it. Default 3 s.
    pub lease: Duration,
    /// How many requests it answers at once before it refuses with `busy`. Default 256.
    pub concurrent_answers: usize,
    /// How many messages may wait in a receiver's queue before a transmit to it is refused. Default 100,000. A soft
    /// bound: each sender looks at the length its last push reported.
    pub queue_limit: u64,
    /// How long a transmit of this node may wait for its handler, by the clocks of the two machines; then it is put among
    /// the dead letters. Default one day.
    pub queue_age: Duration,
}

impl NodeConfig {
    /// The defaults, for a node of this namespace.
    pub fn new(ns: impl Into<String>) -> Self {
        Self {
            ns: ns.into(),
            nid: Nid::Lease,
            lease: Duration::from_secs(3),
            concurrent_answers: 256,
            queue_limit: 100_000,
            queue_age: Duration::from_secs(24 * 60 * 60),
        }
    }
}
