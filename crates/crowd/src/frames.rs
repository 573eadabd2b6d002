//! Reading what the park sends, once for everybody in this process who gets the same bytes.
//!
//! A room's event reaches fifty people as the same bytes. Parsing it fifty times would make the crowd cost more than the park it measures.

use crate::history::{Print, StatePrint};
use crate::steps::{Fresh, Steps};
use protocol::binary::{POSITIONS, Positions};
use protocol::event::{Event, Happened};
use protocol::id::{CommandId, EntryId, FloorId, RoomId};
use protocol::room::Snapshot;
use protocol::socket::{Head, ToClient};
use rustc_hash::{FxHashMap, FxHasher};
use std::hash::Hasher;
use std::sync::{Arc, Mutex};
use tokio::time::Instant;

/// How those frames begin that many people get as the same bytes.
const SHARED: [&str; 5] = ["{\"events\"", "{\"snapshot\"", "{\"people\"", "{\"presence\"", "{\"rooms\""];
/// Frames remembered at the most: two generations of this many,
const GENERATION: usize = 2_048;
/// or of this many bytes, should they be large.
const GENERATION_BYTES: usize = 8 << 20;

/// A frame as the crowd needs it.
#[derive(Debug)]
pub enum Frame {
    /// Events of a room.
    Events(RoomId, Vec<Noted>),
    /// A room's state.
    Snapshot(Stood),
    /// Who is where.
    Positions(FloorId, Fresh),
    /// Anything else in JSON.
    Other(Box<ToClient>),
    /// Something binary that is no positions.
    Binary,
    /// No frame of this protocol version: why.
    Nonsense(String),
}

/// What is kept of an event.
#[derive(Debug, Clone, Copy)]
pub struct Noted {
    /// Its number.
    pub head: Head,
    /// Its content.
    pub print: Print,
    /// The command that caused it.
    pub command: Option<CommandId>,
    /// When somebody of this crowd was due to ask for it.
    pub due: Option<Instant>,
}

/// What is kept of a room's state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stood {
    /// The room.
    pub room: RoomId,
    /// Where it stands.
    pub head: Head,
    /// Its content.
    pub state: StatePrint,
}

/// What is known of a room from what anybody of the crowd was told.
#[derive(Debug, Clone, Copy, Default)]
pub struct Known {
    /// The highest number anybody saw.
    pub seq: i64,
    /// An entry that was added to its queue lately.
    pub entry: Option<EntryId>,
}

/// The reader of all sockets.
#[derive(Debug, Default)]
pub struct Frames {
    read: Mutex<Generations>,
    /// When each command was due.
    dues: Mutex<FxHashMap<CommandId, Instant>>,
    rooms: Mutex<FxHashMap<RoomId, Known>>,
    /// Of each person who hears their room: which, and how much of it they have.
    have: Mutex<FxHashMap<u32, (RoomId, i64)>>,
    /// Steps under way.
    pub steps: Steps,
}

#[derive(Debug, Default)]
struct Generations {
    young: FxHashMap<u64, Kept>,
    /// Bytes of the young ones' frames.
    bytes: usize,
    old: FxHashMap<u64, Kept>,
}

#[derive(Debug, Clone)]
struct Kept {
    bytes: Arc<[u8]>,
    frame: Arc<Frame>,
}

const UNPOISONED: &str = "nobody panics while reading a frame";

impl Frames {
    /// Says when a command is due, before it is sent.
    pub fn expect(&self, command: CommandId, due: Instant) {
        self.dues.lock().expect(UNPOISONED).insert(command, due);
    }

    /// What is known of a room.
    pub fn known(&self, room: RoomId) -> Known {
        self.rooms.lock().expect(UNPOISONED).get(&room).copied().unwrap_or_default()
    }

    /// Somebody was told that a room stands here, and that this is the last entry of its queue.
    fn stands(&self, room: RoomId, seq: i64, entry: Option<EntryId>) {
        let mut rooms = self.rooms.lock().expect(UNPOISONED);
        let known = rooms.entry(room).or_default();
        if seq > known.seq {
            *known = Known { seq, entry };
        }
    }

    /// A person has heard their room up to here.
    pub fn has(&self, person: u32, room: RoomId, seq: i64) {
        self.have.lock().expect(UNPOISONED).insert(person, (room, seq));
    }

    /// A person hears nothing for now.
    pub fn hears_nothing(&self, person: u32) {
        self.have.lock().expect(UNPOISONED).remove(&person);
    }

    /// Whether everybody who hears their room has heard the last that anybody knows of it.
    pub fn is_level(&self) -> bool {
        let rooms = self.rooms.lock().expect(UNPOISONED);
        let last = |room| rooms.get(room).map_or(0, |known| known.seq);
        self.have.lock().expect(UNPOISONED).values().all(|(room, seq)| *seq >= last(room))
    }

    /// Reads a text frame.
    pub fn text(&self, text: &str) -> Arc<Frame> {
        let read = || match serde_json::from_str(text) {
            Ok(ToClient::Events { room, events }) => self.events(room, &events),
            Ok(ToClient::Snapshot { room, snapshot }) => self.snapshot(room, &snapshot),
            Ok(frame) => Frame::Other(Box::new(frame)),
            Err(error) => Frame::Nonsense(error.to_string()),
        };
        // What is for one person only is read once anyway.
        match SHARED.iter().any(|kind| text.starts_with(kind)) {
            true => self.once(text.as_bytes(), read),
            false => Arc::new(read()),
        }
    }

    /// Reads a binary frame.
    pub fn binary(&self, bytes: &[u8]) -> Arc<Frame> {
        if bytes.first() != Some(&POSITIONS) {
            return Arc::new(Frame::Binary);
        }
        self.once(bytes, || match Positions::decode(bytes) {
            Ok(positions) => Frame::Positions(positions.floor, self.steps.fresh(&positions)),
            Err(error) => Frame::Nonsense(error.to_string()),
        })
    }

    fn events(&self, room: RoomId, events: &[Event]) -> Frame {
        let mut rooms = self.rooms.lock().expect(UNPOISONED);
        let known = rooms.entry(room).or_default();
        for event in events {
            known.seq = known.seq.max(event.seq);
            match &event.happened {
                Happened::QueueAdded { entry, .. } => known.entry = Some(entry.id),
                Happened::PlayStarted { order, .. } => known.entry = order.last().copied(),
                _ => {}
            }
        }
        let dues = self.dues.lock().expect(UNPOISONED);
        let noted = events.iter().map(|event| Noted {
            head: Head { term: event.term, seq: event.seq },
            print: Print::of(event),
            command: event.command,
            due: event.command.and_then(|command| dues.get(&command).copied()),
        });
        Frame::Events(room, noted.collect())
    }

    fn snapshot(&self, room: RoomId, snapshot: &Snapshot) -> Frame {
        let Snapshot { term, seq, state } = snapshot;
        self.stands(room, *seq, state.queue.last().map(|entry| entry.id));
        Frame::Snapshot(Stood { room, head: Head { term: *term, seq: *seq }, state: StatePrint::of(state) })
    }

    fn once(&self, bytes: &[u8], read: impl FnOnce() -> Frame) -> Arc<Frame> {
        let mut hasher = FxHasher::default();
        hasher.write(bytes);
        let key = hasher.finish();
        let mut generations = self.read.lock().expect(UNPOISONED);
        let kept = generations.young.get(&key).or_else(|| generations.old.get(&key));
        if let Some(kept) = kept.filter(|kept| *kept.bytes == *bytes) {
            return kept.frame.clone();
        }
        let frame = Arc::new(read());
        generations.bytes += bytes.len();
        if generations.young.len() >= GENERATION || generations.bytes > GENERATION_BYTES {
            generations.old = std::mem::take(&mut generations.young);
            generations.bytes = bytes.len();
        }
        generations.young.insert(key, Kept { bytes: bytes.into(), frame: frame.clone() });
        frame
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use protocol::id::AccountId;

    fn said(seq: i64, command: CommandId) -> String {
        let happened = Happened::PlayEnded {};
        let event =
            Event { term: 1, seq, at: 0, command: Some(command), account: Some(AccountId(1)), happened };
        serde_json::to_string(&ToClient::Events { room: RoomId(3), events: vec![event] }).unwrap()
    }

    #[test]
    fn the_same_bytes_are_read_once_and_remember_when_their_command_was_due() {
        let frames = Frames::default();
        let (command, due) = (CommandId(uuid::Uuid::now_v7()), Instant::now());
        frames.expect(command, due);
        let text = said(7, command);
        let (one, two) = (frames.text(&text), frames.text(&text));
        assert!(Arc::ptr_eq(&one, &two));
        let Frame::Events(RoomId(3), noted) = &*one else { panic!("{one:?}") };
        assert_eq!((noted[0].head.seq, noted[0].due), (7, Some(due)));
        assert_eq!(frames.known(RoomId(3)).seq, 7);
    }

    #[test]
    fn memory_of_frames_is_bounded_and_nonsense_is_told() {
        let frames = Frames::default();
        for seq in 0..3 * GENERATION as i64 {
            frames.text(&said(seq, CommandId(uuid::Uuid::from_u128(1))));
        }
        let kept = frames.read.lock().unwrap();
        assert!(kept.young.len() + kept.old.len() <= 2 * GENERATION);
        drop(kept);
        assert!(matches!(*frames.text("{\"events\":7}"), Frame::Nonsense(_)));
        assert!(matches!(*frames.text("no"), Frame::Nonsense(_)));
        assert!(matches!(*frames.binary(&[POSITIONS, 1]), Frame::Nonsense(_)));
    }
}
