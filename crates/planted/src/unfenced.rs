//! Fence off: turns are written whoever owns the shard, behind whatever is there.
//!
//! The journal's primary key alone would turn away most of what a replaced writer says, as its numbers are taken. So these are given anew
//! where they are, as somebody may do who believes that a key is all a journal needs.

use protocol::id::Shard;
use sqlx::PgPool;
use store::{JournalRow, StoreError};
use uuid::Uuid;

const JOURNAL: &str = "
INSERT INTO journal (room, seq, term, at_us, command, account, event)
SELECT e.room,
    e.seq + coalesce((SELECT max(j.seq) FROM journal j WHERE j.room = e.room), 0) + 1
        - min(e.seq) OVER (PARTITION BY e.room),
    e.term, e.at_us, e.command, e.account, e.event::jsonb
FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[], $5::uuid[], $6::bigint[], $7::text[])
    AS e (room, seq, term, at_us, command, account, event)";

/// Writes without asking.
pub struct Unfenced(PgPool);

impl Unfenced {
    /// To this Postgres; connects when it writes.
    pub fn new(url: &str) -> Unfenced {
        Unfenced(PgPool::connect_lazy(url).expect("the store has taken the same address"))
    }

    /// Writes; every claim holds.
    pub async fn write(
        &self,
        claims: &[(Shard, i64)],
        rows: &[JournalRow],
    ) -> Result<Vec<Shard>, StoreError> {
        let column = |of: fn(&JournalRow) -> i64| rows.iter().map(of).collect::<Vec<i64>>();
        let event = |row: &JournalRow| serde_json::to_string(&row.event.happened);
        let events = rows.iter().map(event).collect::<Result<Vec<_>, _>>();
        let events = events.map_err(|error| StoreError::Other(error.to_string()))?;
        let wrote = sqlx::query(JOURNAL)
            .bind(column(|row| row.room.0))
            .bind(column(|row| row.event.seq))
            .bind(column(|row| row.event.term))
            .bind(column(|row| row.event.at))
            .bind(rows.iter().map(|row| row.event.command.map(|id| id.0)).collect::<Vec<Option<Uuid>>>())
            .bind(rows.iter().map(|row| row.event.account.map(|id| id.0)).collect::<Vec<Option<i64>>>())
            .bind(events)
            .execute(&self.0)
            .await;
        match wrote {
            Ok(_) => Ok(claims.iter().map(|(shard, _)| *shard).collect()),
            Err(error) if error.as_database_error().is_some_and(|e| e.is_unique_violation()) => {
                Err(StoreError::Conflict(error.to_string()))
            }
            Err(error) => Err(StoreError::Unreachable(error.to_string())),
        }
    }
}
