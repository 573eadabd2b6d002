//! The fenced statements on SQLite.
//!
//! SQLite has no data-modifying CTE; a plain insert that joins the fence's row is one statement as well. The claims that hold are read in the same
//! transaction, which has the only lock there is.
//!
//! `CROSS JOIN` is SQLite's way to fix the order of a join: the turn's JSON is read once and each row's shard looked up. Left to itself it
//! goes through all shards of the owner, who has all of them here, and reads the JSON anew for each.

use super::Sqlite;
use crate::columns::json_of;
use crate::error::StoreError;
use crate::journal::{JournalRow, unwritten};
use crate::leases::{WorkerId, shard};
use protocol::id::{RoomId, Shard};
use protocol::room::Snapshot;

const JOURNAL: &str = "
INSERT INTO journal (room, seq, term, at_us, command, account, event)
SELECT e.value ->> 0, e.value ->> 1, s.term, e.value ->> 2, unhex(e.value ->> 3), e.value ->> 4, e.value ->> 5
FROM json_each($1) AS e
CROSS JOIN shard s ON s.id = e.value ->> 6 AND s.term = e.value ->> 7 AND s.owner = $2
RETURNING seq";

const MINE: &str = "
SELECT s.id FROM json_each($1) AS c CROSS JOIN shard s ON s.id = c.value ->> 0 AND s.term = c.value ->> 1
WHERE s.owner = $2 ORDER BY s.id";

const SNAPSHOT: &str = "
INSERT INTO snapshot (room, term, seq, state)
SELECT $4, $5, $6, $7 FROM shard WHERE id = $1 AND term = $2 AND owner = $3
ON CONFLICT (room) DO UPDATE SET term = excluded.term, seq = excluded.seq, state = excluded.state
WHERE snapshot.seq < excluded.seq";

impl Sqlite {
    pub(crate) async fn journal(
        &self,
        me: WorkerId,
        claims: &[(Shard, i64)],
        rows: &[JournalRow],
    ) -> Result<Vec<Shard>, StoreError> {
        let turn = rows
            .iter()
            .map(|JournalRow { shard, room, event }| {
                let command = event.command.map(|c| c.0.simple().to_string());
                let happened = json_of(&event.happened)?;
                Ok((room, event.seq, event.at, command, event.account, happened, shard, event.term))
            })
            .collect::<Result<Vec<_>, StoreError>>()?;
        let (turn, claims) = (json_of(&turn)?, json_of(&claims)?);
        let mut tx = self.writer.begin_with("BEGIN IMMEDIATE").await?;
        if !rows.is_empty() {
            sqlx::query(JOURNAL).bind(turn).bind(me.0).fetch_all(&mut *tx).await.map_err(unwritten)?;
        }
        let mine: Vec<i32> = sqlx::query_scalar(MINE).bind(claims).bind(me.0).fetch_all(&mut *tx).await?;
        tx.commit().await?;
        self.turn_ended().await;
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
        let claims = json_of(&[claim])?;
        let mut tx = self.writer.begin_with("BEGIN IMMEDIATE").await?;
        sqlx::query(SNAPSHOT)
            .bind(i32::from(claim.0.0))
            .bind(claim.1)
            .bind(me.0)
            .bind(room.0)
            .bind(snapshot.term)
            .bind(snapshot.seq)
            .bind(state)
            .execute(&mut *tx)
            .await?;
        let mine: Vec<i32> = sqlx::query_scalar(MINE).bind(claims).bind(me.0).fetch_all(&mut *tx).await?;
        tx.commit().await?;
        Ok(!mine.is_empty())
    }
}
