//! What happened in the rooms. Written by workers only.

use crate::columns::{from_json, json_of};
use crate::error::StoreError;
use crate::leases::WorkerId;
use crate::rooms::RoomSpec;
use crate::store::{Db, Store, on};
use protocol::event::Event;
use protocol::id::{AccountId, CommandId, RoomId, Shard};
use protocol::room::Snapshot;
use protocol::socket::Head;
use sqlx::{FromRow, query_as};
use uuid::Uuid;

/// An event to write. Its term must be the one under which its shard is claimed.
#[derive(Debug, Clone, PartialEq)]
pub struct JournalRow {
    /// The room's shard.
    pub shard: Shard,
    /// The room.
    pub room: RoomId,
    /// The event.
    pub event: Event,
}

/// A room as it is loaded: fold `events` onto `snapshot`.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredRoom {
    /// The list's row.
    pub spec: RoomSpec,
    /// The latest snapshot.
    pub snapshot: Option<Snapshot>,
    /// All events after it, in order.
    pub events: Vec<Event>,
}

#[derive(FromRow)]
struct EventRow {
    seq: i64,
    term: i64,
    at_us: i64,
    command: Option<Uuid>,
    account: Option<i64>,
    event: String,
}

impl TryFrom<EventRow> for Event {
    type Error = StoreError;

    fn try_from(row: EventRow) -> Result<Event, StoreError> {
        Ok(Event {
            term: row.term,
            seq: row.seq,
            at: row.at_us,
            command: row.command.map(CommandId),
            account: row.account.map(AccountId),
            happened: from_json(&row.event)?,
        })
    }
}

#[derive(FromRow)]
struct SnapshotRow {
    term: i64,
    seq: i64,
    state: String,
}

impl Store {
    /// Writes a turn in one fenced statement: rows of shards that `me` owns under the claimed term are written, others are not.
    /// Answers the claims that hold, whether or not they had rows; a shard missing from it is lost: drop its rooms.
    ///
    /// After any error drop the rooms concerned and load them anew: after [`StoreError::Unreachable`] it is not known whether the
    /// turn was written; [`StoreError::Duplicate`] (a command that is in the journal already) and [`StoreError::Conflict`] (an event
    /// of that number is there) wrote nothing.
    pub async fn journal(
        &self,
        me: WorkerId,
        claims: &[(Shard, i64)],
        rows: &[JournalRow],
    ) -> Result<Vec<Shard>, StoreError> {
        check(claims, rows)?;
        match &self.db {
            Db::Postgres(postgres) => postgres.journal(me, claims, rows).await,
            Db::Sqlite(sqlite) => sqlite.journal(me, claims, rows).await,
        }
    }

    /// Keeps a snapshot in place of an older one; `false` when `me` does not own the shard under this term (any more).
    pub async fn snapshot_save(
        &self,
        me: WorkerId,
        shard: Shard,
        term: i64,
        room: RoomId,
        snapshot: &Snapshot,
    ) -> Result<bool, StoreError> {
        let state = json_of(&snapshot.state)?;
        match &self.db {
            Db::Postgres(postgres) => postgres.snapshot_save(me, (shard, term), room, snapshot, &state).await,
            Db::Sqlite(sqlite) => sqlite.snapshot_save(me, (shard, term), room, snapshot, &state).await,
        }
    }

    /// A room with all that happened in it since its snapshot. After taking a shard call it in a statement of its own, that is:
    /// after [`Store::shards_take`] has answered.
    pub async fn room_load(&self, room: RoomId) -> Result<Option<StoredRoom>, StoreError> {
        let Some(spec) = self.room(room).await? else { return Ok(None) };
        let snapshot: Option<SnapshotRow> = on!(self.reader, db => {
            query_as("SELECT term, seq, CAST(state AS text) AS state FROM snapshot WHERE room = $1")
                .bind(room.0)
                .fetch_optional(db)
                .await?
        })?;
        let snapshot = snapshot
            .map(|row| {
                Ok::<_, StoreError>(Snapshot { term: row.term, seq: row.seq, state: from_json(&row.state)? })
            })
            .transpose()?;
        // A newer snapshot may have been saved since: the events after the older one are all there still.
        let events: Vec<EventRow> = on!(self.reader, db => {
            query_as(
                "SELECT seq, term, at_us, command, account, CAST(event AS text) AS event
                 FROM journal WHERE room = $1 AND seq > $2 ORDER BY seq",
            )
            .bind(room.0)
            .bind(snapshot.as_ref().map_or(0, |s| s.seq))
            .fetch_all(db)
            .await?
        })?;
        let events = events.into_iter().map(Event::try_from).collect::<Result<_, _>>()?;
        Ok(Some(StoredRoom { spec, snapshot, events }))
    }

    /// Events of a room after a number, in order, at most so many: for whoever judges what was kept. Workers load rooms
    /// ([`Store::room_load`]).
    pub async fn events(&self, room: RoomId, after: i64, at_most: u32) -> Result<Vec<Event>, StoreError> {
        let events: Vec<EventRow> = on!(self.reader, db => {
            query_as(
                "SELECT seq, term, at_us, command, account, CAST(event AS text) AS event
                 FROM journal WHERE room = $1 AND seq > $2 ORDER BY seq LIMIT $3",
            )
            .bind(room.0)
            .bind(after)
            .bind(i64::from(at_most))
            .fetch_all(db)
            .await?
        })?;
        events.into_iter().map(Event::try_from).collect()
    }

    /// The event that a command caused, when it was carried out.
    pub async fn command_head(
        &self,
        account: AccountId,
        command: CommandId,
    ) -> Result<Option<Head>, StoreError> {
        let row: Option<(i64, i64)> = on!(self.reader, db => {
            query_as("SELECT term, seq FROM journal WHERE account = $1 AND command = $2")
                .bind(account.0)
                .bind(command.0)
                .fetch_optional(db)
                .await?
        })?;
        Ok(row.map(|(term, seq)| Head { term, seq }))
    }
}

/// Refuses a turn that contradicts itself: a row whose shard is not claimed, or is claimed under another term than the event's.
fn check(claims: &[(Shard, i64)], rows: &[JournalRow]) -> Result<(), StoreError> {
    match rows.iter().find(|row| !claims.contains(&(row.shard, row.event.term))) {
        None => Ok(()),
        Some(row) => Err(StoreError::Other(format!(
            "An event of room {} has term {}, under which shard {} is not claimed. This is a mistake in the worker.",
            row.room, row.event.term, row.shard.0
        ))),
    }
}

/// What a turn's violated constraint means: first Postgres's name for it, then SQLite's.
pub(crate) fn unwritten(error: sqlx::Error) -> StoreError {
    match crate::error::violated(&error).as_deref() {
        Some("journal_command" | "journal.account, journal.command") => StoreError::Duplicate,
        Some("journal_seq" | "journal.room, journal.seq") => StoreError::Conflict(
            "An event of this number is in the journal already: nothing of the turn was written. Load the room anew.".to_owned(),
        ),
        _ => error.into(),
    }
}
