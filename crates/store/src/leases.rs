//! Which worker is alive and which owns which shard. Called by workers only.

use crate::error::StoreError;
use crate::store::{Store, later};
use protocol::id::Shard;
use uuid::Uuid;

/// How long a worker's lease lasts without a renewal, in microseconds by the database's clock.
pub const LEASE_US: i64 = 3_000_000;

/// One incarnation of a worker.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct WorkerId(pub Uuid);

/// Workers and shards as they are now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Survey {
    /// All workers that are alive or own something, oldest first.
    pub workers: Vec<WorkerRow>,
    /// All shards, by number.
    pub shards: Vec<ShardRow>,
}

/// A worker.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WorkerRow {
    /// Its incarnation.
    pub id: WorkerId,
    /// Its node id in cipher.
    pub nid: u32,
    /// Whether its lease holds: neither ended nor run out.
    pub alive: bool,
}

/// A shard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ShardRow {
    /// Its number.
    pub shard: Shard,
    /// Who owns it; none before the first.
    pub owner: Option<WorkerId>,
    /// Its term; only rises.
    pub term: i64,
}

#[allow(unused_variables)]
impl Store {
    /// Joins as a worker with a lease of [`LEASE_US`]. On SQLite every former worker ends: the data folder belongs to one process.
    pub async fn worker_join(&self, nid: u32) -> Result<WorkerId, StoreError> {
        later()
    }

    /// Renews the lease and answers the database's clock in microseconds; none when the lease has been ended: everything is lost, join anew.
    pub async fn worker_renew(&self, me: WorkerId) -> Result<Option<i64>, StoreError> {
        later()
    }

    /// Ends the lease: others may take its shards at once.
    pub async fn worker_leave(&self, me: WorkerId) -> Result<(), StoreError> {
        later()
    }

    /// Reads workers and shards.
    pub async fn survey(&self) -> Result<Survey, StoreError> {
        later()
    }

    /// Takes those of the shards that have no owner or whose owner's lease ended or ran out (it is marked ended first); their terms rise by one.
    /// Answers the shards taken with their new terms.
    pub async fn shards_take(&self, me: WorkerId, which: &[Shard]) -> Result<Vec<(Shard, i64)>, StoreError> {
        later()
    }

    /// Hands shards, each named with the term it is owned under, to another worker, which learns of it by its survey; their terms rise by
    /// one. When that worker has ended the shards are left without an owner.
    pub async fn shards_give(
        &self,
        me: WorkerId,
        which: &[(Shard, i64)],
        to: WorkerId,
    ) -> Result<(), StoreError> {
        later()
    }
}
