//! What one turn of the loop gathers: events to journal and to tell, commands to answer.

use cipher::Address;
use protocol::event::Event;
use protocol::id::{CommandId, FloorId, RoomId, Shard};
use protocol::link::{CommandAnswered, CommandResult, SocketId};
use protocol::refusal::Refusal;
use protocol::room::Snapshot;
use std::collections::BTreeMap;
use store::JournalRow;
use tokio::sync::oneshot;

/// Where a command's answer goes.
#[derive(Debug, Clone)]
pub struct Asker {
    /// The gateway.
    pub gateway: Address,
    /// Its socket.
    pub socket: SocketId,
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
    /// Answers that depend on nothing in this turn.
    pub answers: Vec<(Asker, CommandResult)>,
    /// Whoever waits for a snapshot: taken after the commit, as nothing uncommitted may leave.
    pub replies: Vec<(oneshot::Sender<Result<Snapshot, Refusal>>, Result<RoomId, Refusal>)>,
}

impl Turn {
    /// Events of a room, owned under `term`.
    pub fn add(&mut self, room: RoomId, term: i64, events: Vec<Event>) {
        if !events.is_empty() {
            self.claims.insert(Shard::of(FloorId::of(room)), term);
            self.events.entry(room).or_default().extend(events);
        }
    }

    /// A command is refused.
    pub fn refuse(&mut self, asker: Asker, why: Refusal) {
        self.answers.push((asker, CommandResult::Refused(why)));
    }

    /// Whether there is nothing to journal.
    pub fn is_quiet(&self) -> bool {
        self.events.is_empty()
    }

    /// Rooms that something happened in.
    pub fn rooms(&self) -> impl Iterator<Item = RoomId> + '_ {
        self.events.keys().copied()
    }

    /// The shards this turn writes to, with their terms.
    pub fn claims(&self) -> Vec<(Shard, i64)> {
        self.claims.iter().map(|(shard, term)| (*shard, *term)).collect()
    }

    /// All events as rows.
    pub fn rows(&self) -> Vec<JournalRow> {
        let row = |room: RoomId, event: &Event| JournalRow {
            shard: Shard::of(FloorId::of(room)),
            room,
            event: event.clone(),
        };
        self.events
            .iter()
            .flat_map(|(room, events)| events.iter().map(move |event| row(*room, event)))
            .collect()
    }

    /// Events by room.
    pub fn into_events(self) -> BTreeMap<RoomId, Vec<Event>> {
        self.events
    }
}

/// An answer as it is sent.
pub fn answered(asker: &Asker, result: CommandResult) -> CommandAnswered {
    CommandAnswered { socket: asker.socket, id: asker.id, result }
}
