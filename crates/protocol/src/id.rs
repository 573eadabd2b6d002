//! Identifiers. All fit the 53 bits of a JavaScript number.

use serde::{Deserialize, Serialize};
use std::fmt;
use ts_rs::TS;

macro_rules! number_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS)]
        #[serde(transparent)]
        pub struct $name(#[ts(type = "number")] pub i64);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    };
}

number_id! {
    /// An account, guest or registered. Positive, counted up by the database; fits 32 bits on the floor's frames.
    AccountId
}
number_id! {
    /// A room. Also names the room's floor; 0 is the park's lawn, see [`FloorId`].
    RoomId
}
number_id! {
    /// A track of the library.
    TrackId
}
number_id! {
    /// An entry of a room's queue: the sequence number of the event that added it.
    EntryId
}
number_id! {
    /// A plane that people walk on: [`FloorId::LAWN`] or the floor of a room.
    FloorId
}

impl FloorId {
    /// The park outside the rooms.
    pub const LAWN: FloorId = FloorId(0);

    /// The floor inside a room.
    pub fn of(room: RoomId) -> FloorId {
        FloorId(room.0)
    }

    /// The room whose floor this is; none for the lawn.
    pub fn room(self) -> Option<RoomId> {
        (self != FloorId::LAWN).then_some(RoomId(self.0))
    }
}

/// A command's id, chosen by the client: a uuid v7, so that it carries the time of its making.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS)]
#[serde(transparent)]
pub struct CommandId(pub uuid::Uuid);

impl CommandId {
    /// When the client says it made the command, in milliseconds since 1970; `None` when it is no uuid v7.
    pub fn made_ms(self) -> Option<i64> {
        let (seconds, nanos) = self.0.get_timestamp()?.to_unix();
        (self.0.get_version_num() == 7)
            .then(|| i64::try_from(seconds).ok().map(|s| s * 1000 + i64::from(nanos) / 1_000_000))
            .flatten()
    }
}

impl fmt::Display for CommandId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Number of shards that rooms hash to.
pub const SHARDS: u16 = 256;

/// The part of the rooms that one worker owns at a time, 0 to [`SHARDS`] - 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Shard(pub u16);

impl Shard {
    /// The shard of a floor and of the room it belongs to. Fibonacci hashing: neighbouring ids spread.
    pub fn of(floor: FloorId) -> Shard {
        let mixed = (floor.0 as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        Shard((mixed >> 56) as u16)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shards_are_used_evenly() {
        let mut count = [0u32; SHARDS as usize];
        for room in 0..25_600 {
            count[Shard::of(FloorId(room)).0 as usize] += 1;
        }
        assert!(count.iter().all(|&n| (60..=140).contains(&n)), "{count:?}");
    }

    #[test]
    fn a_command_id_tells_when_it_was_made() {
        let id = CommandId(uuid::Uuid::new_v7(uuid::Timestamp::from_unix(
            uuid::NoContext,
            1_700_000_000,
            5_000_000,
        )));
        assert_eq!(id.made_ms(), Some(1_700_000_000_005));
        assert_eq!(CommandId(uuid::Uuid::new_v4()).made_ms(), None);
    }
}
