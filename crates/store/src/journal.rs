//! What happened in the rooms. Called by workers only.

use crate::error::StoreError;
use crate::leases::WorkerId;
use crate::rooms::RoomSpec;
use crate::store::{Store, later};
use protocol::event::Event;
use protocol::id::{AccountId, CommandId, RoomId, Shard};
use protocol::room::Snapshot;
use protocol::socket::Head;

/// An event to write. Its term must be the one under which the shard is claimed.
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

#[allow(unused_variables)]
impl Store {
    /// Writes a turn in one fenced statement: rows of shards that `me` owns under the claimed term are written, others are not.
    /// Answers the claims that hold; a shard missing from it is lost: drop its rooms.
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
        later()
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
        later()
    }

    /// A room with all that happened in it since its snapshot.
    pub async fn room_load(&self, room: RoomId) -> Result<Option<StoredRoom>, StoreError> {
        later()
    }

    /// The event that a command caused, when it was carried out.
    pub async fn command_head(
        &self,
        account: AccountId,
        command: CommandId,
    ) -> Result<Option<Head>, StoreError> {
        later()
    }
}
