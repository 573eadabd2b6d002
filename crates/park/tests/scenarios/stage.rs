//! A room with a virtual clock and a small cast. Whatever happens on it is checked against what must always hold.

use park::{Context, Resolved, Room, RoomOpening, fold};
use protocol::command::Action;
use protocol::event::{Event, Happened, Play, StartReason};
use protocol::id::{AccountId, CommandId, EntryId, RoomId, TrackId};
use protocol::people::{Person, Role};
use protocol::refusal::{Refusal, RefusalCode};
use protocol::room::{
    CHAT_KEPT, HISTORY_KEPT, Hue, Place, QUEUE_MAX, QUEUE_MAX_EACH, QueueMode, RoomSettings, RoomState,
    Snapshot,
};
use protocol::time::{Micros, SAMPLE_RATE};
use protocol::track::Track;
use std::collections::BTreeMap;

pub const SECOND: Micros = 1_000_000;
pub const LEAD: Micros = 600_000;
/// Where the clock of a stage begins.
pub const DAWN: Micros = 1_700_000_000 * SECOND;

/// The owner of a stage's room.
pub const OLGA: i64 = 1;
pub const ANNA: i64 = 2;
pub const BEN: i64 = 3;
pub const CLEO: i64 = 4;
pub const DAN: i64 = 5;

pub fn person(account: i64) -> Person {
    let name = ["Nobody", "Olga", "Anna", "Ben", "Cleo", "Dan"].get(account as usize).unwrap_or(&"Guest");
    Person { account: AccountId(account), name: (*name).to_owned(), look: account * 7 }
}

/// Tracks 1 to 99 are of the library and a minute long; 100 and above are of the mix, 100 s long.
pub fn track(id: i64) -> Track {
    let moods = ["slow", "warm", "driving"];
    Track {
        id: TrackId(id),
        title: format!("Track {id}"),
        artist: "Low Tide".to_owned(),
        samples: SAMPLE_RATE * if id < 100 { 60 } else { 100 },
        bpm: Some(112.0),
        first_beat_ms: Some(12.5),
        key: None,
        mood: (id >= 100).then(|| moods[id as usize % 3].to_owned()),
        gain_db: -3.5,
        cover: id as u32,
        audio: format!("{id:064x}"),
    }
}

pub fn settings(mode: QueueMode, mix: bool) -> RoomSettings {
    RoomSettings {
        name: "Shell Stage".to_owned(),
        about: String::new(),
        hue: Hue::Coral,
        mode,
        mix,
        capacity: None,
    }
}

#[derive(Clone)]
pub struct Stage {
    pub room: Room,
    pub opening: RoomOpening,
    pub now: Micros,
    pub present: Vec<AccountId>,
    pub inside: u32,
    pub mix: Vec<Track>,
    /// Everything that ever happened.
    pub journal: Vec<Event>,
    commands: u128,
}

impl Stage {
    /// Olga's room, everybody of the cast inside, quiet, the mix off.
    pub fn new(mode: QueueMode) -> Stage {
        Stage::opened(mode, false, Some(person(OLGA)))
    }

    pub fn with_mix(mode: QueueMode) -> Stage {
        Stage::opened(mode, true, Some(person(OLGA)))
    }

    pub fn opened(mode: QueueMode, mix: bool, owner: Option<Person>) -> Stage {
        let opening = RoomOpening {
            id: RoomId(7),
            slug: "shell-stage".to_owned(),
            settings: settings(mode, mix),
            place: Place::Shell,
            mood: Some("warm".to_owned()),
            owner,
        };
        let mut stage = Stage {
            room: Room::open(opening.clone(), 3),
            opening,
            now: DAWN,
            present: [OLGA, ANNA, BEN, CLEO, DAN].map(AccountId).to_vec(),
            inside: 5,
            mix: (100..112).map(track).collect(),
            journal: Vec::new(),
            commands: 0,
        };
        stage.tick();
        stage
    }

    pub fn state(&self) -> &RoomState {
        self.room.state()
    }

    /// Track ids of the queue, in its order.
    pub fn waiting(&self) -> Vec<i64> {
        self.state().queue.iter().map(|e| e.track.id.0).collect()
    }

    pub fn playing(&self) -> &Play {
        &self.state().playback.as_ref().expect("something plays").now
    }

    pub fn next(&self) -> Option<&Play> {
        self.state().playback.as_ref().expect("something plays").next.as_ref()
    }

    /// Somebody does something that is allowed.
    pub fn does(&mut self, who: i64, action: Action) -> Vec<Event> {
        self.tries(who, action).expect("it is allowed")
    }

    /// Somebody does something that is not: the refusal.
    pub fn may_not(&mut self, who: i64, action: Action) -> (RefusalCode, String) {
        let refusal = self.tries(who, action).expect_err("it is not allowed");
        (refusal.code, refusal.text)
    }

    pub fn adds(&mut self, who: i64, id: i64) -> EntryId {
        let events = self.does(who, Action::QueueAdd { track: TrackId(id) });
        EntryId(events[0].seq)
    }

    pub fn tries(&mut self, who: i64, action: Action) -> Result<Vec<Event>, Refusal> {
        self.tick_if_due();
        self.commands += 1;
        let id = CommandId(uuid::Uuid::from_u128(self.commands));
        let known = |id: TrackId| (1..100).contains(&id.0).then(|| track(id.0));
        let (track, somebody) = match &action {
            Action::QueueAdd { track } => (known(*track), None),
            Action::RoleDj { account, .. } => (None, Some(person(account.0))),
            _ => (None, None),
        };
        let before = self.room.snapshot();
        let asked = action.clone();
        let Stage { room, now, present, inside, mix, .. } = self;
        let cx = Context { now: *now, present, inside: *inside, lead_us: LEAD, mix };
        let result = room.apply(&person(who), id, Resolved::from(action, track, somebody), &cx);
        match &result {
            Ok(events) => {
                assert_eq!(events[0].command, Some(id), "the first event acknowledges the command");
                assert_eq!(events[0].account, Some(AccountId(who)));
                assert!(events[1..].iter().all(|e| e.command.is_none() && e.account.is_none()));
                assert_allowed(&before.state, who, &asked);
                self.took_place(&before, events);
            }
            Err(refusal) => {
                assert_eq!(self.room.snapshot(), before, "a refusal changes nothing");
                assert!(refusal.text.ends_with('.'), "a sentence: {}", refusal.text);
            }
        }
        result
    }

    pub fn tick(&mut self) -> Vec<Event> {
        let before = self.room.snapshot();
        let Stage { room, now, present, inside, mix, .. } = self;
        let cx = Context { now: *now, present, inside: *inside, lead_us: LEAD, mix };
        let events = room.tick(&cx);
        assert!(events.iter().all(|e| e.command.is_none() && e.account.is_none()));
        assert!(room.tick(&cx).is_empty(), "a second tick at the same moment has nothing to do");
        self.took_place(&before, &events);
        events
    }

    /// Time passes; the room is ticked whenever it asks for it.
    pub fn wait(&mut self, us: Micros) -> Vec<Event> {
        let until = self.now + us;
        let mut events = Vec::new();
        while let Some(due) = self.room.deadline().filter(|due| *due <= until) {
            self.now = self.now.max(due);
            events.extend(self.tick());
        }
        self.now = until;
        events
    }

    /// Until so many microseconds before the end of what plays.
    pub fn wait_until_before_the_end(&mut self, us: Micros) {
        let left = self.playing().end_us() - us - self.now;
        assert!(left >= 0, "it is later already");
        self.wait(left);
    }

    /// Nobody ticks the room for a while, then another worker takes it over.
    pub fn down_for(&mut self, us: Micros) -> Vec<Event> {
        let term = self.room.head().term + 1;
        let stored = self.room.snapshot();
        self.now += us;
        self.room = Room::load(self.opening.clone(), Some(stored), &[], term);
        self.tick()
    }

    /// Only these are in the room and not away; the worker ticks, as it has to.
    pub fn only(&mut self, who: &[i64]) -> Vec<Event> {
        self.present = who.iter().map(|a| AccountId(*a)).collect();
        self.tick()
    }

    fn tick_if_due(&mut self) {
        if self.room.deadline().is_some_and(|due| due <= self.now) {
            self.tick();
        }
    }

    fn took_place(&mut self, before: &Snapshot, events: &[Event]) {
        let mut replica = before.clone();
        for event in events {
            assert_eq!(event.seq, replica.seq + 1, "numbers without gaps");
            assert!(event.term >= replica.term);
            let former = replica.state.clone();
            fold(&mut replica.state, event);
            (replica.term, replica.seq) = (event.term, event.seq);
            assert_event(&former, &replica.state, event, &self.mix);
        }
        assert_eq!(replica, self.room.snapshot(), "the events lead from the state before to the state after");
        assert_state(&replica.state, self.now);
        if let Some(due) = self.room.deadline() {
            assert!(due > self.now, "nothing is due any more");
        }
        self.journal.extend_from_slice(events);
    }
}

/// What holds of a state at any time.
fn assert_state(state: &RoomState, now: Micros) {
    assert!(
        state.queue.len() <= QUEUE_MAX
            && state.chat.len() <= CHAT_KEPT
            && state.history.len() <= HISTORY_KEPT
    );
    let mut each = BTreeMap::<AccountId, usize>::new();
    for entry in &state.queue {
        *each.entry(entry.by.account).or_default() += 1;
        let mut votes = entry.votes.clone();
        votes.sort();
        votes.dedup();
        assert_eq!(votes.len(), entry.votes.len(), "everybody votes once");
    }
    assert!(each.values().all(|n| *n <= QUEUE_MAX_EACH));
    let mut fixed = None;
    if let Some(playback) = &state.playback {
        assert!(state.queue.iter().all(|e| Some(e.id) != playback.now.entry), "what plays does not wait");
        let left = playback.now.end_us() - now;
        assert!(left > 0, "what is over does not play");
        match &playback.next {
            Some(next) => {
                assert_eq!(next.start_us, playback.now.end_us(), "no gap and no overlap");
                match next.entry {
                    Some(entry) => {
                        assert_eq!(
                            state.queue.first().map(|e| e.id),
                            Some(entry),
                            "what is next heads the queue"
                        );
                        fixed = (left <= 20 * SECOND).then_some(entry);
                    }
                    None => {
                        assert!(state.queue.is_empty() || left <= 20 * SECOND, "picks come before the mix");
                    }
                }
            }
            None => assert!(state.queue.is_empty() || left < LEAD, "what waits is announced"),
        }
    } else {
        assert!(state.queue.is_empty(), "nothing waits while it is quiet");
        assert!(state.skip_votes.is_empty());
    }
    match state.settings.mode {
        QueueMode::Open => {
            let free: Vec<_> = state.queue.iter().filter(|e| !e.placed && Some(e.id) != fixed).collect();
            assert!(free.windows(2).all(|w| w[0].votes.len() >= w[1].votes.len()), "votes order the queue");
        }
        QueueMode::Rotation => assert_turns(state),
    }
}

/// Nobody is two turns ahead of somebody who still has an entry waiting.
fn assert_turns(state: &RoomState) {
    let mut had = BTreeMap::<AccountId, usize>::new();
    for at in 0..state.queue.len() {
        let by = state.queue[at].by.account;
        *had.entry(by).or_default() += 1;
        for later in &state.queue[at + 1..] {
            assert!(had[&by] <= had.get(&later.by.account).copied().unwrap_or(0) + 1, "turns are fair");
        }
    }
}

/// What holds of an event between the states before and after it.
fn assert_event(before: &RoomState, after: &RoomState, event: &Event, mix: &[Track]) {
    let ids: Vec<EntryId> = after.queue.iter().map(|e| e.id).collect();
    if matches!(
        event.happened,
        Happened::QueueAdded { .. } | Happened::QueueRemoved { .. } | Happened::PlayStarted { .. }
    ) {
        for entry in &after.queue {
            let own = |of: &RoomState, other: &RoomState| -> Vec<EntryId> {
                let still = |id| other.queue.iter().any(|e| e.id == id);
                let mine = of.queue.iter().filter(|e| e.by.account == entry.by.account);
                mine.map(|e| e.id).filter(|id| still(*id)).collect()
            };
            assert_eq!(own(before, after), own(after, before), "everybody's own tracks keep their order");
        }
    }
    match &event.happened {
        Happened::QueueAdded { entry, order } => {
            assert_eq!(entry.id, EntryId(event.seq));
            assert_eq!(*order, ids);
            assert_eq!(after.queue.len(), before.queue.len() + 1);
        }
        Happened::QueueRemoved { order, .. } => {
            assert_eq!(*order, ids);
            assert_eq!(after.queue.len() + 1, before.queue.len());
        }
        Happened::QueueOrdered { order, .. } | Happened::QueueVoted { order, .. } => {
            assert_eq!(*order, ids);
            assert_eq!(after.queue.len(), before.queue.len());
        }
        Happened::PlayStarted { playback, why, order } => {
            assert_eq!(*order, ids);
            let now = &playback.now;
            let gone = before.queue.len() - after.queue.len();
            assert_eq!(gone, usize::from(now.entry.is_some()), "only what starts leaves the queue");
            assert!(after.skip_votes.is_empty());
            let former = before.playback.as_ref().map(|p| &p.now);
            assert_eq!(after.history.first(), former.or(before.history.first()));
            match why {
                StartReason::Quiet => {
                    assert!(former.is_none());
                    assert_eq!(now.start_us, event.at + LEAD);
                }
                StartReason::Ended => {
                    let former = before.playback.as_ref().expect("something ended");
                    assert_eq!(now.start_us, former.now.end_us(), "gapless");
                    assert_eq!(former.next.as_ref(), Some(now), "what was announced");
                }
                StartReason::Voted { votes, needed } => assert!(votes >= needed),
                StartReason::Skipped { .. } => {}
            }
            assert!(now.start_us <= event.at + LEAD);
            if now.entry.is_none() {
                assert_eq!(after.mix_plays, before.mix_plays + 1);
                let again = former.is_some_and(|f| f.track.id == now.track.id);
                assert!(!again || mix.len() == 1, "never the same twice in a row");
            }
        }
        Happened::PlayNext { next } => assert_ne!(*next, before.playback.as_ref().expect("it plays").next),
        Happened::PlayEnded {} => assert!(before.playback.is_some() && after.playback.is_none()),
        _ => {}
    }
}

/// The permissions in plain words, apart from the table.
fn assert_allowed(before: &RoomState, who: i64, action: &Action) {
    let who = AccountId(who);
    let role = park::role(before, who);
    let entry = |id: &EntryId| before.queue.iter().find(|e| e.id == *id).expect("it waits");
    match action {
        Action::QueueAdd { .. } => assert!(before.settings.mode == QueueMode::Open || role != Role::Listener),
        Action::QueueRemove { entry: id } => assert!(entry(id).by.account == who || role == Role::Owner),
        Action::QueueMove { entry: id, .. } => {
            let host = role == Role::Owner && before.settings.mode == QueueMode::Open;
            assert!(entry(id).by.account == who || host);
        }
        Action::QueueVote { .. } => assert_eq!(before.settings.mode, QueueMode::Open),
        Action::SkipNow { start_us } => {
            let now = &before.playback.as_ref().expect("it plays").now;
            assert_eq!(now.start_us, *start_us);
            let own = now.by.as_ref().is_some_and(|by| by.account == who);
            let dj = role == Role::Dj && before.settings.mode == QueueMode::Rotation;
            assert!(own || dj || role == Role::Owner);
        }
        Action::RoleDj { .. } | Action::RoomChange { .. } => assert_eq!(role, Role::Owner),
        Action::ChatSay { .. } | Action::SkipVote { .. } => {}
    }
}
