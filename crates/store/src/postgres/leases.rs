//! Joining, taking and giving on Postgres.

use super::Postgres;
use crate::error::StoreError;
use crate::leases::{LEASE_US, WorkerId};
use protocol::id::Shard;
use uuid::Uuid;

/// Rows of workers that have been dead for an hour and own nothing are removed, so that restarts do not pile up.
const SWEEP: &str = "
DELETE FROM worker w
WHERE w.until_us < (SELECT now_us FROM clock) - 3600000000
    AND NOT EXISTS (SELECT 1 FROM shard s WHERE s.owner = w.id)";

const JOIN: &str = "
INSERT INTO worker (id, nid, until_us, ended) VALUES ($1, $2, (SELECT now_us FROM clock) + $3, FALSE)";

/// Marks the dead among the owners of these shards and answers all who have ended. `ended` never becomes false again, so that a statement
/// later it still holds. In the order of ids, as others do the same at the same moment.
const BURY: &str = "
WITH owner AS (SELECT DISTINCT owner AS id FROM shard WHERE id = ANY($1) AND owner IS NOT NULL),
dead AS MATERIALIZED (
    SELECT w.id FROM worker w WHERE w.id IN (SELECT id FROM owner)
        AND (w.ended OR w.until_us < (SELECT now_us FROM clock)) ORDER BY w.id FOR NO KEY UPDATE OF w)
UPDATE worker w SET ended = TRUE FROM dead d
WHERE w.id = d.id AND (w.ended OR w.until_us < (SELECT now_us FROM clock)) RETURNING w.id";

/// Names the dead by value: a join to `worker` would, for a row that another took meanwhile, be checked again against the worker's row of
/// the former owner.
const TAKE: &str = "
WITH want AS MATERIALIZED (
    SELECT s.id FROM shard s WHERE s.id = ANY($2) AND (s.owner IS NULL OR s.owner = ANY($3))
        AND EXISTS (SELECT 1 FROM worker w WHERE w.id = $1 AND NOT w.ended)
    ORDER BY s.id FOR NO KEY UPDATE OF s)
UPDATE shard s SET owner = $1, term = s.term + 1 FROM want
WHERE s.id = want.id AND (s.owner IS NULL OR s.owner = ANY($3)) RETURNING s.id, s.term";

const GIVE: &str = "
WITH want AS MATERIALIZED (
    SELECT s.id, s.term FROM shard s
    JOIN unnest($2::int[], $3::bigint[]) AS c (id, term) ON s.id = c.id AND s.term = c.term
    WHERE s.owner = $1 ORDER BY s.id FOR NO KEY UPDATE OF s)
UPDATE shard s SET owner = (SELECT w.id FROM worker w WHERE w.id = $4 AND NOT w.ended), term = s.term + 1 FROM want
WHERE s.id = want.id AND s.owner = $1 AND s.term = want.term";

impl Postgres {
    pub(crate) async fn worker_join(&self, me: WorkerId, nid: u32) -> Result<(), StoreError> {
        self.answered(async {
            match sqlx::query(SWEEP).execute(&self.pool).await {
                Ok(_) => {}
                // It was given something at this very moment, or took it: it stays.
                Err(sqlx::Error::Database(e)) if e.is_foreign_key_violation() => {}
                Err(error) => return Err(error.into()),
            }
            sqlx::query(JOIN).bind(me.0).bind(i64::from(nid)).bind(LEASE_US).execute(&self.pool).await?;
            Ok(())
        })
        .await
    }

    pub(crate) async fn shards_take(
        &self,
        me: WorkerId,
        which: &[Shard],
    ) -> Result<Vec<(i32, i64)>, StoreError> {
        let which: Vec<i32> = which.iter().map(|s| i32::from(s.0)).collect();
        self.answered(async {
            let dead: Vec<Uuid> = sqlx::query_scalar(BURY).bind(&which).fetch_all(&self.pool).await?;
            Ok(sqlx::query_as(TAKE).bind(me.0).bind(&which).bind(dead).fetch_all(&self.pool).await?)
        })
        .await
    }

    pub(crate) async fn shards_give(
        &self,
        me: WorkerId,
        which: &[(Shard, i64)],
        to: WorkerId,
    ) -> Result<(), StoreError> {
        self.answered(async {
            sqlx::query(GIVE)
                .bind(me.0)
                .bind(which.iter().map(|(s, _)| i32::from(s.0)).collect::<Vec<_>>())
                .bind(which.iter().map(|(_, term)| *term).collect::<Vec<_>>())
                .bind(to.0)
                .execute(&self.pool)
                .await?;
            Ok(())
        })
        .await
    }
}
