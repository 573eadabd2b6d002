//! The fenced statements on Postgres.
//!
//! The fence is `FOR NO KEY UPDATE` on the shard's row in the very statement that writes: a takeover waits for it, and a statement that waited
//! for a takeover sees the new term. A plain read, and `FOR KEY SHARE`, let zombies in. Rows are locked in the order of their ids, as any
//! other order deadlocks.

use super::Postgres;
use crate::columns::json_of;
use crate::error::StoreError;
use crate::journal::{JournalRow, unwritten};
use crate::leases::{WorkerId, shard};
use protocol::id::{RoomId, Shard};
use protocol::room::Snapshot;
use uuid::Uuid;

const JOURNAL: &str = "
WITH mine AS MATERIALIZED (
    SELECT s.id, s.term FROM shard s
    JOIN unnest($1::int[], $2::bigint[]) AS c (id, term) ON s.id = c.id AND s.term = c.term
    WHERE s.owner = $3 ORDER BY s.id FOR NO KEY UPDATE OF s),
wrote AS (
    INSERT INTO journal (room, seq, term, at_us, command, account, event)
    SELECT e.room, e.seq, m.term, e.at_us, e.command, e.account, e.event::jsonb
    FROM unnest($4::int[], $5::bigint[], $6::bigint[], $7::bigint[], $8::uuid[], $9::bigint[], $10::text[])
        AS e (shard, room, seq, at_us, command, account, event)
    JOIN mine m ON m.id = e.shard RETURNING 1)
SELECT id FROM mine";

const SNAPSHOT: &str = "
WITH mine AS MATERIALIZED (
    SELECT id FROM shard WHERE id = $1 AND term = $2 AND owner = $3 FOR NO KEY UPDATE),
saved AS (
    INSERT INTO snapshot (room, term, seq, state) SELECT $4, $5, $6, $7::jsonb FROM mine
    ON CONFLICT (room) DO UPDATE SET term = excluded.term, seq = excluded.seq, state = excluded.state
    WHERE snapshot.seq < excluded.seq RETURNING 1)
SELECT count(*) > 0 FROM mine";

impl Postgres {
    pub(crate) async fn journal(
        &self,
        me: WorkerId,
        claims: &[(Shard, i64)],
        rows: &[JournalRow],
    ) -> Result<Vec<Shard>, StoreError> {
        let events = rows.iter().map(|r| json_of(&r.event.happened)).collect::<Result<Vec<_>, _>>()?;
        let column = |of: fn(&JournalRow) -> i64| rows.iter().map(of).collect::<Vec<i64>>();
        let query = sqlx::query_scalar::<_, i32>(JOURNAL)
            .bind(claims.iter().map(|(shard, _)| i32::from(shard.0)).collect::<Vec<_>>())
            .bind(claims.iter().map(|(_, term)| *term).collect::<Vec<_>>())
            .bind(me.0)
            .bind(rows.iter().map(|r| i32::from(r.shard.0)).collect::<Vec<_>>())
            .bind(column(|r| r.room.0))
            .bind(column(|r| r.event.seq))
            .bind(column(|r| r.event.at))
            .bind(rows.iter().map(|r| r.event.command.map(|c| c.0)).collect::<Vec<Option<Uuid>>>())
            .bind(rows.iter().map(|r| r.event.account.map(|a| a.0)).collect::<Vec<Option<i64>>>())
            .bind(events);
        let mine = self.answered(async { query.fetch_all(&self.pool).await.map_err(unwritten) }).await?;
        mine.into_iter().map(shard).collect()
    }

    pub(crate) async fn snapshot_save(
        &self,
        me: WorkerId,
        claim: (Shard, i64),
        room: RoomId,
        snapshot: &Snapshot,
        state: &str,
    ) -> Result<bool, StoreError> {
        let query = sqlx::query_scalar::<_, bool>(SNAPSHOT)
            .bind(i32::from(claim.0.0))
            .bind(claim.1)
            .bind(me.0)
            .bind(room.0)
            .bind(snapshot.term)
            .bind(snapshot.seq)
            .bind(state);
        self.answered(async { Ok(query.fetch_one(&self.pool).await?) }).await
    }
}
