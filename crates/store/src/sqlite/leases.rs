//! Joining, taking and giving on SQLite, each in a transaction that has the only lock there is.

use super::Sqlite;
use crate::columns::json_of;
use crate::error::StoreError;
use crate::leases::{LEASE_US, WorkerId};
use protocol::id::Shard;

const SWEEP: &str = "
DELETE FROM worker WHERE ended AND id NOT IN (SELECT owner FROM shard WHERE owner IS NOT NULL)";

const JOIN: &str = "
INSERT INTO worker (id, nid, until_us, ended) VALUES ($1, $2, (SELECT now_us FROM clock) + $3, FALSE)";

const BURY: &str = "
UPDATE worker SET ended = TRUE
WHERE NOT ended AND until_us < (SELECT now_us FROM clock)
    AND id IN (SELECT owner FROM shard WHERE id IN (SELECT value FROM json_each($1)))";

const TAKE: &str = "
UPDATE shard SET owner = $1, term = term + 1
WHERE id IN (SELECT value FROM json_each($2))
    AND (owner IS NULL OR owner IN (SELECT id FROM worker WHERE ended))
    AND EXISTS (SELECT 1 FROM worker WHERE id = $1 AND NOT ended)
RETURNING id, term";

const GIVE: &str = "
UPDATE shard SET owner = (SELECT id FROM worker WHERE id = $3 AND NOT ended), term = shard.term + 1
FROM json_each($2) AS c
WHERE shard.id = c.value ->> 0 AND shard.term = c.value ->> 1 AND shard.owner = $1";

impl Sqlite {
    pub(crate) async fn worker_join(&self, me: WorkerId, nid: u32) -> Result<(), StoreError> {
        let mut tx = self.writer.begin_with("BEGIN IMMEDIATE").await?;
        sqlx::query("UPDATE worker SET ended = TRUE").execute(&mut *tx).await?;
        sqlx::query(SWEEP).execute(&mut *tx).await?;
        sqlx::query(JOIN).bind(me.0).bind(i64::from(nid)).bind(LEASE_US).execute(&mut *tx).await?;
        tx.commit().await?;
        Ok(())
    }

    pub(crate) async fn shards_take(
        &self,
        me: WorkerId,
        which: &[Shard],
    ) -> Result<Vec<(i32, i64)>, StoreError> {
        let which = json_of(&which)?;
        let mut tx = self.writer.begin_with("BEGIN IMMEDIATE").await?;
        sqlx::query(BURY).bind(&which).execute(&mut *tx).await?;
        let taken = sqlx::query_as(TAKE).bind(me.0).bind(&which).fetch_all(&mut *tx).await?;
        tx.commit().await?;
        Ok(taken)
    }

    pub(crate) async fn shards_give(
        &self,
        me: WorkerId,
        which: &[(Shard, i64)],
        to: WorkerId,
    ) -> Result<(), StoreError> {
        sqlx::query(GIVE).bind(me.0).bind(json_of(&which)?).bind(to.0).execute(&self.writer).await?;
        Ok(())
    }
}
