//! A park in memory that keeps every promise: what its journal has, and what its people sent and saw.

use crowd::history::{History, Issued, Outcome, Print, Seen, StatePrint};
use crowd::journal::{Entry, Journal};
use park::{Room, RoomOpening, fold};
use protocol::event::{Event, Happened};
use protocol::id::{AccountId, CommandId, RoomId};
use protocol::refusal::RefusalCode;
use protocol::room::{Hue, Place, QueueMode, RoomSettings, RoomState, Snapshot};
use protocol::socket::Head;
use std::collections::BTreeMap;
use uuid::Uuid;

/// What somebody saw, event by event: histories are made of it once nothing is changed any more.
#[derive(Debug, Clone, PartialEq)]
pub enum Saw {
    Listens(RoomId),
    Snapshot(RoomId, Snapshot),
    Event(RoomId, Event),
    Lost,
}

#[derive(Debug, Clone)]
pub struct Person {
    pub account: AccountId,
    pub room: RoomId,
    pub is_here: bool,
    pub commands: Vec<Issued>,
    pub saw: Vec<Saw>,
}

#[derive(Debug, Clone, Default)]
pub struct Park {
    pub events: BTreeMap<RoomId, Vec<Event>>,
    pub people: Vec<Person>,
    terms: BTreeMap<RoomId, i64>,
    moment: i64,
}

/// What somebody does, or what a room does by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// A command that is carried out and acknowledged.
    Ask,
    /// A command that is refused.
    AskInVain,
    /// A command of which nothing is ever heard, although it is carried out.
    AskUnheard,
    /// A command of which nothing is ever heard, as it never arrived.
    AskLost,
    /// The room goes on by itself.
    Tick,
    /// Another worker takes the room over.
    TakeOver,
    /// The connection is lost.
    Drop,
    /// They come back and get what came since.
    Resume,
    /// They come back through a gateway that lags behind what they have: an older state, and what came since.
    ResumeBehind,
    /// They come back, or are on a gateway that missed something, and get the room's state.
    Resync,
    /// They go to another room.
    Move,
}

pub const STEPS: [Step; 11] = [
    Step::Ask,
    Step::AskInVain,
    Step::AskUnheard,
    Step::AskLost,
    Step::Tick,
    Step::TakeOver,
    Step::Drop,
    Step::Resume,
    Step::ResumeBehind,
    Step::Resync,
    Step::Move,
];

impl Park {
    /// So many rooms, and people in them, all inside.
    pub fn new(rooms: i64, people: i64) -> Park {
        let mut park = Park::default();
        for room in 1..=rooms {
            park.events.insert(RoomId(room), Vec::new());
            park.terms.insert(RoomId(room), 1);
        }
        for n in 0..people {
            let room = RoomId(n % rooms + 1);
            let account = AccountId(100 + n);
            park.people.push(Person { account, room, is_here: false, commands: vec![], saw: vec![] });
            park.step(Step::Resync, n as usize);
        }
        park
    }

    /// The event of a room after which its events come.
    pub fn head(&self, room: RoomId) -> Head {
        let last = self.events[&room].last();
        last.map_or(Head { term: self.terms[&room], seq: 0 }, |event| Head {
            term: event.term,
            seq: event.seq,
        })
    }

    /// A room's state after the last event up to this number.
    pub fn snapshot(&self, room: RoomId, up_to: i64) -> Snapshot {
        let events = &self.events[&room];
        let term = events.first().map_or(self.terms[&room], |event| event.term);
        let mut snapshot = Snapshot { term, seq: 0, state: blank(room) };
        for event in events.iter().take_while(|event| event.seq <= up_to) {
            fold(&mut snapshot.state, event);
            (snapshot.term, snapshot.seq) = (event.term, event.seq);
        }
        snapshot
    }

    pub fn step(&mut self, step: Step, who: usize) {
        let room = self.people[who].room;
        match step {
            Step::Ask => {
                let (id, head) = self.ask(who);
                self.note(who, id, Outcome::Acknowledged(head));
            }
            Step::AskUnheard => {
                let (id, _) = self.ask(who);
                self.note(who, id, Outcome::Unknown);
            }
            Step::AskInVain => self.note_new(who, Outcome::Refused(RefusalCode::Forbidden)),
            Step::AskLost => self.note_new(who, Outcome::Unknown),
            Step::Tick => {
                self.happens(room, None);
            }
            Step::TakeOver => {
                self.terms.entry(room).and_modify(|term| *term += 1);
            }
            Step::Drop => self.leave(who),
            Step::Resume => {
                self.leave(who);
                let from = self.seen_of(who);
                let person = &mut self.people[who];
                person.saw.push(Saw::Listens(room));
                let since = self.events[&room].iter().filter(|event| event.seq > from);
                person.saw.extend(since.map(|event| Saw::Event(room, event.clone())));
                person.is_here = true;
            }
            Step::ResumeBehind => {
                self.leave(who);
                let older = self.snapshot(room, self.seen_of(who) / 2);
                let since = self.events[&room].iter().filter(|event| event.seq > older.seq);
                let since: Vec<_> = since.map(|event| Saw::Event(room, event.clone())).collect();
                let person = &mut self.people[who];
                person.saw.extend([Saw::Listens(room), Saw::Snapshot(room, older)]);
                person.saw.extend(since);
                person.is_here = true;
            }
            Step::Resync => {
                self.leave(who);
                self.enter(who, room);
            }
            Step::Move => {
                let rooms = self.events.len() as i64;
                self.enter(who, RoomId(room.0 % rooms + 1));
            }
        }
    }

    fn enter(&mut self, who: usize, room: RoomId) {
        let snapshot = self.snapshot(room, i64::MAX);
        let person = &mut self.people[who];
        person.saw.extend([Saw::Listens(room), Saw::Snapshot(room, snapshot)]);
        (person.room, person.is_here) = (room, true);
    }

    fn leave(&mut self, who: usize) {
        let person = &mut self.people[who];
        if std::mem::take(&mut person.is_here) {
            person.saw.push(Saw::Lost);
        }
    }

    /// The furthest they have been told of their room.
    fn seen_of(&self, who: usize) -> i64 {
        let room = self.people[who].room;
        let seen = self.people[who].saw.iter().filter_map(|saw| match saw {
            Saw::Snapshot(of, snapshot) if *of == room => Some(snapshot.seq),
            Saw::Event(of, event) if *of == room => Some(event.seq),
            _ => None,
        });
        seen.max().unwrap_or(0)
    }

    fn ask(&mut self, who: usize) -> (CommandId, Head) {
        let id = self.new_id();
        let head = self.happens(self.people[who].room, Some((self.people[who].account, id)));
        (id, head)
    }

    fn new_id(&mut self) -> CommandId {
        self.moment += 1;
        CommandId(Uuid::from_u128(self.moment as u128))
    }

    fn note_new(&mut self, who: usize, outcome: Outcome) {
        let id = self.new_id();
        self.note(who, id, outcome);
    }

    fn note(&mut self, who: usize, id: CommandId, outcome: Outcome) {
        let room = self.people[who].room;
        self.people[who].commands.push(Issued { id, room, sent: 1, outcome });
    }

    fn happens(&mut self, room: RoomId, by: Option<(AccountId, CommandId)>) -> Head {
        self.moment += 1;
        let head = Head { term: self.terms[&room], seq: self.head(room).seq + 1 };
        let (account, command) = by.unzip();
        let event = Event {
            term: head.term,
            seq: head.seq,
            at: self.moment,
            command,
            account,
            // Each event leaves a state of its own.
            happened: Happened::SkipVoted { votes: vec![AccountId(self.moment)] },
        };
        for person in self.people.iter_mut().filter(|person| person.is_here && person.room == room) {
            person.saw.push(Saw::Event(room, event.clone()));
        }
        self.events.entry(room).or_default().push(event);
        head
    }

    pub fn histories(&self) -> Vec<History> {
        self.people.iter().map(Person::history).collect()
    }

    pub fn journal(&self) -> Journal {
        let entries = |events: &Vec<Event>| events.iter().map(Entry::from).collect();
        let mut states = BTreeMap::new();
        for (room, events) in &self.events {
            let mut state = blank(*room);
            for event in events {
                fold(&mut state, event);
                states.insert((*room, event.seq), StatePrint::of(&state));
            }
        }
        Journal { rooms: self.events.iter().map(|(room, events)| (*room, entries(events))).collect(), states }
    }
}

/// A room before its first event.
fn blank(room: RoomId) -> RoomState {
    let settings = RoomSettings {
        name: "Room".to_owned(),
        about: String::new(),
        mode: QueueMode::Open,
        hue: Hue::Sky,
        mix: true,
        capacity: None,
    };
    let (slug, place) = ("room".to_owned(), Place::Bench);
    Room::open(RoomOpening { id: room, slug, settings, place, mood: None, owner: None }, 0).state().clone()
}

impl Person {
    fn history(&self) -> History {
        let mut history =
            History { account: Some(self.account), commands: self.commands.clone(), ..History::default() };
        for saw in &self.saw {
            match saw {
                Saw::Listens(room) => history.seen.push(Seen::Listens { room: *room }),
                Saw::Snapshot(room, Snapshot { term, seq, state }) => history.seen.push(Seen::Snapshot {
                    room: *room,
                    head: Head { term: *term, seq: *seq },
                    state: StatePrint::of(state),
                }),
                Saw::Event(room, event) => {
                    history.saw(*room, Head { term: event.term, seq: event.seq }, Print::of(event));
                }
                Saw::Lost => history.seen.push(Seen::Lost),
            }
        }
        history
    }
}
