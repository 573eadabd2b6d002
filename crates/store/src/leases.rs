//! Which worker is alive and which owns which shard. Called by workers only.

use crate::error::StoreError;
use crate::store::{Db, Store, on};
use protocol::id::Shard;
use sqlx::{FromRow, query, query_as, query_scalar};
use uuid::Uuid;

/// How long a worker's lease lasts without a renewal, in microseconds by the database's clock.
pub const LEASE_US: i64 = 3_000_000;

/// One incarnation of a worker.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct WorkerId(pub Uuid);

/// Workers and shards as they are now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Survey {
    /// All workers that are alive or own something, by id (that is by age).
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

#[derive(FromRow)]
struct WorkerSeen {
    id: Uuid,
    nid: i64,
    alive: bool,
}

#[derive(FromRow)]
struct ShardSeen {
    id: i32,
    owner: Option<Uuid>,
    term: i64,
}

impl Store {
    /// Joins as a worker with a lease of [`LEASE_US`]. On SQLite every former worker ends: the data folder belongs to one process.
    pub async fn worker_join(&self, nid: u32) -> Result<WorkerId, StoreError> {
        let me = WorkerId(Uuid::now_v7());
        match &self.db {
            Db::Postgres(postgres) => postgres.worker_join(me, nid).await?,
            Db::Sqlite(sqlite) => sqlite.worker_join(me, nid).await?,
        }
        Ok(me)
    }

    /// Renews the lease and answers the database's clock in microseconds; none when the lease has been ended: everything is lost, join
    /// anew. A lease that ran out while nobody looked is renewed: its shards were not taken.
    pub async fn worker_renew(&self, me: WorkerId) -> Result<Option<i64>, StoreError> {
        let until: Vec<i64> = on!(self.writer, db => {
            query_scalar(
                "UPDATE worker SET until_us = (SELECT now_us FROM clock) + $2 WHERE id = $1 AND NOT ended
                 RETURNING until_us",
            )
            .bind(me.0)
            .bind(LEASE_US)
            .fetch_all(db)
            .await?
        })?;
        let now = until.first().map(|until| until - LEASE_US);
        Ok(match &self.db {
            Db::Postgres(_) => now,
            // The same clock, read to the microsecond.
            Db::Sqlite(_) => now.map(|_| crate::sqlite::now_us()),
        })
    }

    /// Ends the lease: others may take its shards at once.
    pub async fn worker_leave(&self, me: WorkerId) -> Result<(), StoreError> {
        on!(self.writer, db => {
            query("UPDATE worker SET ended = TRUE WHERE id = $1").bind(me.0).execute(db).await?;
        })
    }

    /// Reads workers and shards.
    pub async fn survey(&self) -> Result<Survey, StoreError> {
        // Shards first: an owner that joins between the two reads is then among the workers.
        let shards: Vec<ShardSeen> = on!(self.reader, db => {
            query_as("SELECT id, owner, term FROM shard ORDER BY id").fetch_all(db).await?
        })?;
        let workers: Vec<WorkerSeen> = on!(self.reader, db => {
            query_as(
                "SELECT w.id, w.nid, (NOT w.ended AND w.until_us > c.now_us) AS alive FROM worker w CROSS JOIN clock c
                 WHERE (NOT w.ended AND w.until_us > c.now_us) OR EXISTS (SELECT 1 FROM shard s WHERE s.owner = w.id)
                 ORDER BY w.id",
            )
            .fetch_all(db)
            .await?
        })?;
        let number = |n: i64, what: &str| {
            u32::try_from(n)
                .map_err(|_| StoreError::Other(format!("{n} in the database is no number of a {what}.")))
        };
        Ok(Survey {
            workers: workers
                .into_iter()
                .map(|w| Ok(WorkerRow { id: WorkerId(w.id), nid: number(w.nid, "node")?, alive: w.alive }))
                .collect::<Result<_, StoreError>>()?,
            shards: shards
                .into_iter()
                .map(|s| Ok(ShardRow { shard: shard(s.id)?, owner: s.owner.map(WorkerId), term: s.term }))
                .collect::<Result<_, StoreError>>()?,
        })
    }

    /// Takes those of the shards that have no owner or whose owner's lease ended or ran out (it is marked ended first); their terms
    /// rise by one. Answers the shards taken with their new terms; none when `me` has ended itself. Load their rooms after it.
    pub async fn shards_take(&self, me: WorkerId, which: &[Shard]) -> Result<Vec<(Shard, i64)>, StoreError> {
        let mut taken = match &self.db {
            Db::Postgres(postgres) => postgres.shards_take(me, which).await?,
            Db::Sqlite(sqlite) => sqlite.shards_take(me, which).await?,
        }
        .into_iter()
        .map(|(id, term)| Ok((shard(id)?, term)))
        .collect::<Result<Vec<_>, StoreError>>()?;
        taken.sort_unstable();
        Ok(taken)
    }

    /// Hands shards, each named with the term it is owned under, to another worker, which learns of it by its survey; their terms rise by
    /// one. Those that `me` does not own under that term stay as they are. When `to` has ended they are left without an owner.
    pub async fn shards_give(
        &self,
        me: WorkerId,
        which: &[(Shard, i64)],
        to: WorkerId,
    ) -> Result<(), StoreError> {
        match &self.db {
            Db::Postgres(postgres) => postgres.shards_give(me, which, to).await,
            Db::Sqlite(sqlite) => sqlite.shards_give(me, which, to).await,
        }
    }
}

/// A shard by its row's id.
pub(crate) fn shard(id: i32) -> Result<Shard, StoreError> {
    u16::try_from(id)
        .ok()
        .filter(|&n| n < protocol::id::SHARDS)
        .map(Shard)
        .ok_or_else(|| StoreError::Other(format!("{id} in the database is no number of a shard.")))
}
