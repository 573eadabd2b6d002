//! One room in memory: commands and time go in, numbered events come out.
//!
//! The room decides, and every decision is an event that [`fold()`] has already applied to its state when it is handed out.
//! Whoever drives it: [`Room::tick`] once after [`Room::open`] or [`Room::load`], at every [`Room::deadline`], before a command
//! when the deadline has passed, and whenever it changes who is present.

mod chat;
mod host;
mod line;
mod mix;
mod playback;
mod queue;
mod refusals;
mod resolved;
mod skip;
mod turn;

pub use playback::{CATCH_UP_PLAYS, CATCH_UP_US, NEXT_FIXED_US};
pub use resolved::Resolved;

use crate::fold;
use protocol::event::{Event, Happened};
use protocol::id::{AccountId, CommandId, RoomId};
use protocol::people::Person;
use protocol::refusal::Refusal;
use protocol::room::{Place, RoomSettings, RoomState, RoomSummary, Snapshot};
use protocol::socket::Head;
use protocol::time::Micros;
use protocol::track::Track;
use turn::Turn;

/// What a room starts from before its first event.
#[derive(Debug, Clone, PartialEq)]
pub struct RoomOpening {
    /// The room.
    pub id: RoomId,
    /// Its name in links.
    pub slug: String,
    /// Its settings.
    pub settings: RoomSettings,
    /// What it is on the map.
    pub place: Place,
    /// The mood its mix prefers.
    pub mood: Option<String>,
    /// Who made it; none for the park's own.
    pub owner: Option<Person>,
}

/// What the room cannot know by itself.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    /// Park time.
    pub now: Micros,
    /// Who is in the room and not away, each once: what votes to skip are counted against.
    pub present: &'a [AccountId],
    /// How many are in the room, away or not. The mix does not begin in an empty room; once it plays it goes on.
    pub inside: u32,
    /// How far ahead a change of what plays is announced, in microseconds: 400 to 1,500 ms (SYNC.md).
    pub lead_us: i64,
    /// The demo library that the park's own mix chooses from.
    pub mix: &'a [Track],
}

/// One room in memory.
#[derive(Debug, Clone)]
pub struct Room {
    state: RoomState,
    head: Head,
    /// Term of the events to come.
    term: i64,
    /// No tick has been since it was opened or loaded.
    fresh: bool,
    /// The owner as the database knows them, for the first tick to compare.
    owner_now: Option<Person>,
}

impl Room {
    /// A room without a past. Its head is number 0; the first tick writes its first event.
    pub fn open(opening: RoomOpening, term: i64) -> Room {
        Room::load(opening, None, &[], term)
    }

    /// A room as its journal has it: the snapshot, if there is one, and the events after it. Events to come carry `term`.
    pub fn load(opening: RoomOpening, snapshot: Option<Snapshot>, events: &[Event], term: i64) -> Room {
        let owner_now = opening.owner.clone();
        let mut snapshot = snapshot.unwrap_or_else(|| Snapshot { term, seq: 0, state: blank(opening) });
        for event in events.iter().filter(|e| e.seq > snapshot.seq).collect::<Vec<_>>() {
            fold(&mut snapshot.state, event);
            (snapshot.term, snapshot.seq) = (event.term, event.seq);
        }
        let head = Head { term: snapshot.term, seq: snapshot.seq };
        Room { state: snapshot.state, head, term, fresh: true, owner_now }
    }

    /// The room as everybody in it sees it.
    pub fn state(&self) -> &RoomState {
        &self.state
    }

    /// The last event.
    pub fn head(&self) -> Head {
        self.head
    }

    /// The state with its place in the journal.
    pub fn snapshot(&self) -> Snapshot {
        Snapshot { term: self.head.term, seq: self.head.seq, state: self.state.clone() }
    }

    /// Carries out a command of `by`, or says why not; then nothing has changed. The first event carries the command's id.
    pub fn apply(
        &mut self,
        by: &Person,
        id: CommandId,
        action: Resolved,
        cx: &Context<'_>,
    ) -> Result<Vec<Event>, Refusal> {
        let mut turn = Turn::of_command(self, cx.now, by, id);
        match action {
            Resolved::ChatSay { text } => turn.say(by, &text)?,
            Resolved::QueueAdd { track } => turn.add(by, track)?,
            Resolved::QueueRemove { entry } => turn.remove(by, entry)?,
            Resolved::QueueMove { entry, before } => turn.shift(by, entry, before)?,
            Resolved::QueueVote { entry, up } => turn.vote(by, entry, up)?,
            Resolved::SkipVote { start_us, up } => turn.vote_skip(by, start_us, up)?,
            Resolved::SkipNow { start_us } => turn.skip_now(by, start_us, cx)?,
            Resolved::RoleDj { account, dj, person } => turn.appoint(by, account, dj, person)?,
            Resolved::RoomChange { settings } => turn.change(by, &settings)?,
        }
        turn.settle(cx);
        Ok(turn.events())
    }

    /// Does what is due: starts, ends, goes on to what is next, carries a skip whose votes suffice now.
    pub fn tick(&mut self, cx: &Context<'_>) -> Vec<Event> {
        self.fresh = false;
        let owner = self.owner_now.take();
        let mut turn = Turn::of_room(self, cx.now);
        if turn.next_seq() == 1 {
            let settings = turn.state().settings.clone();
            turn.emit(Happened::RoomChanged { settings });
        }
        if let Some(owner) = owner {
            turn.rename(&owner);
        }
        turn.settle(cx);
        turn.events()
    }

    /// A person's name or look changed: roles take the new one. No event when they have no role here.
    pub fn person_changed(&mut self, person: &Person, now: Micros) -> Vec<Event> {
        let mut turn = Turn::of_room(self, now);
        turn.rename(person);
        turn.events()
    }

    /// When [`Room::tick`] has something to do next, in park time; a time that has passed means at once, none means that only
    /// a command or somebody's coming or going changes anything.
    pub fn deadline(&self) -> Option<Micros> {
        if self.fresh { Some(0) } else { self.state.playback.as_ref().map(|p| p.now.end_us()) }
    }

    /// The room's line in the list, with how many are in it and whether no more fit in.
    pub fn summary(&self, listening: u32, full: bool) -> RoomSummary {
        let RoomState { id, slug, settings, place, owner, playback, .. } = &self.state;
        RoomSummary {
            id: *id,
            slug: slug.clone(),
            name: settings.name.clone(),
            about: settings.about.clone(),
            hue: settings.hue,
            place: *place,
            mode: settings.mode,
            host: owner.as_ref().map(|o| o.name.clone()),
            listening,
            full,
            now: playback.as_ref().map(|p| p.now.clone()),
        }
    }
}

fn blank(opening: RoomOpening) -> RoomState {
    let RoomOpening { id, slug, settings, place, mood, owner } = opening;
    RoomState {
        id,
        slug,
        settings,
        place,
        mood,
        owner,
        djs: Vec::new(),
        queue: Vec::new(),
        playback: None,
        skip_votes: Vec::new(),
        chat: Vec::new(),
        history: Vec::new(),
        mix_plays: 0,
    }
}
