//! What one turn of the loop gathers: events to journal and to tell, commands to answer.

use cipher::Address;
use protocol::event::Event;
use protocol::id::{AccountId, CommandId, FloorId, RoomId, Shard};
use protocol::link::{CommandAnswered, CommandResult, Directory, SocketId};
use protocol::refusal::Refusal;
use protocol::room::Snapshot;
use std::collections::{BTreeMap, BTreeSet};
use store::JournalRow;
use tokio::sync::oneshot;

/// Where a snapshot goes.
pub type SnapshotReply = oneshot::Sender<Result<Snapshot, Refusal>>;

/// Where a command's answer goes.
#[derive(Debug, Clone)]
pub struct Asker {
    /// The gateway.
    pub gateway: Address,
    /// Its socket.
    pub socket: SocketId,
    /// Whose it is.
    pub account: AccountId,
    /// The command.
    pub id: CommandId,
}

/// What one turn gathers.
#[derive(Debug, Default)]
pub struct Turn {
    events: BTreeMap<RoomId, Vec<Event>>,
    claims: BTreeMap<Shard, i64>,
    /// Commands whose events are in this turn.
    pub applied: Vec<(RoomId, Asker)>,
    /// Answers without an event. They were judged on a room's state of this very turn: when that is lost, so are they.
    pub answers: Vec<(RoomId, Asker, CommandResult)>,
    /// Whoever waits for a snapshot: taken after the commit, as nothing uncommitted may leave.
    pub snapshots: Vec<(SnapshotReply, Result<RoomId, Refusal>)>,
    /// Whoever waits for the list of rooms.
    pub directories: Vec<oneshot::Sender<Directory>>,
}

impl Turn {
    /// Events of a room, owned under `term`.
    pub fn add(&mut self, room: RoomId, term: i64, events: Vec<Event>) {
        if !events.is_empty() {
            self.claims.insert(shard(room), term);
            self.events.entry(room).or_default().extend(events);
        }
    }

    /// A command is refused.
    pub fn refuse(&mut self, room: RoomId, asker: Asker, why: Refusal) {
        self.answers.push((room, asker, CommandResult::Refused(why)));
    }

    /// Rooms that something happened in.
    pub fn rooms(&self) -> Vec<RoomId> {
        self.events.keys().copied().collect()
    }

    /// What to write for these rooms: the shards with their terms, and the rows.
    pub fn entry(&self, rooms: &[RoomId]) -> (Vec<(Shard, i64)>, Vec<JournalRow>) {
        let shards: BTreeSet<Shard> = rooms.iter().map(|room| shard(*room)).collect();
        let claims =
            self.claims.iter().filter(|(shard, _)| shards.contains(shard)).map(|(s, term)| (*s, *term));
        let of_room = |room: &RoomId| {
            let (room, shard) = (*room, shard(*room));
            let events = self.events.get(&room).into_iter().flatten();
            events.map(move |event| JournalRow { shard, room, event: event.clone() })
        };
        (claims.collect(), rooms.iter().flat_map(of_room).collect())
    }

    /// Takes the events, by room.
    pub fn take_events(&mut self) -> BTreeMap<RoomId, Vec<Event>> {
        std::mem::take(&mut self.events)
    }
}

/// The shard of a room.
pub fn shard(room: RoomId) -> Shard {
    Shard::of(FloorId::of(room))
}

/// An answer as it is sent.
pub fn answered(asker: &Asker, result: CommandResult) -> CommandAnswered {
    CommandAnswered { socket: asker.socket, id: asker.id, result }
}
