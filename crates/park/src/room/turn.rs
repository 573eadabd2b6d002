//! One turn of a room: numbers its events and folds each at once, so that the next decision sees the state it made.

use super::Room;
use crate::fold;
use protocol::event::{Event, Happened};
use protocol::id::{AccountId, CommandId};
use protocol::people::Person;
use protocol::room::RoomState;
use protocol::socket::Head;
use protocol::time::Micros;

/// A turn under way.
pub(super) struct Turn<'a> {
    room: &'a mut Room,
    at: Micros,
    command: Option<(CommandId, AccountId)>,
    events: Vec<Event>,
}

impl<'a> Turn<'a> {
    /// A turn that a command causes: its first event carries the command. Checks come before the first event, so that a
    /// refusal leaves the room as it was.
    pub fn of_command(room: &'a mut Room, at: Micros, by: &Person, id: CommandId) -> Turn<'a> {
        Turn { room, at, command: Some((id, by.account)), events: Vec::new() }
    }

    /// A turn that the room takes by itself.
    pub fn of_room(room: &'a mut Room, at: Micros) -> Turn<'a> {
        Turn { room, at, command: None, events: Vec::new() }
    }

    /// The state as it is now.
    pub fn state(&self) -> &RoomState {
        &self.room.state
    }

    /// When the turn takes place.
    pub fn at(&self) -> Micros {
        self.at
    }

    /// Number of the next event.
    pub fn next_seq(&self) -> i64 {
        self.room.head.seq + 1
    }

    /// Numbers, folds and keeps an event.
    pub fn emit(&mut self, happened: Happened) {
        let (command, account) = self.command.take().unzip();
        let head = Head { term: self.room.term, seq: self.next_seq() };
        let event = Event { term: head.term, seq: head.seq, at: self.at, command, account, happened };
        fold(&mut self.room.state, &event);
        self.room.head = head;
        self.events.push(event);
    }

    /// What happened in this turn.
    pub fn events(self) -> Vec<Event> {
        self.events
    }
}
