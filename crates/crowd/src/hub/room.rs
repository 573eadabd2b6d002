//! A room of the hub: who hears it, who stands on its floor, and the frames that go to all of them.

use crate::hub::listener::Listener;
use crate::hub::now_us;
use bytes::Bytes;
use protocol::binary::{POSITIONS_MAX, Positions, Spot};
use protocol::command::{Action, Command};
use protocol::event::{ChatLine, Event, Happened};
use protocol::id::{AccountId, FloorId, RoomId};
use protocol::room::{Hue, Place, QueueMode, RoomSettings, RoomState, RoomSummary, Snapshot};
use protocol::socket::{PEOPLE_MAX, Standing, ToClient};
use rustc_hash::{FxHashMap, FxHashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::time::{Instant, MissedTickBehavior};
use tokio_tungstenite::tungstenite::Utf8Bytes;

/// Between two frames of positions, as in the park's worker.
const TICK: Duration = Duration::from_millis(100);
/// Rooms tick one after another, in this many steps of a tick.
const STAGGERED: u32 = 20;
/// The list of people is made at most this often, however many come: the park's gateway asks for it no more often.
const PEOPLE_EVERY: Duration = Duration::from_millis(500);
/// Where people stand until they step.
const MIDDLE: Spot = Spot { x: 800, y: 600, pose: 0 };

/// A room.
#[derive(Debug)]
pub struct Room {
    id: RoomId,
    settings: RoomSettings,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    listeners: FxHashMap<i64, Arc<Listener>>,
    standing: FxHashMap<i64, Arc<Listener>>,
    spots: FxHashMap<AccountId, Spot>,
    moved: FxHashSet<AccountId>,
    /// Number of the last event.
    seq: i64,
    tick: u32,
    snapshot: Option<Utf8Bytes>,
    people: Option<(Instant, Utf8Bytes)>,
}

impl Room {
    /// Opens a room; its ticks go on as long as somebody holds it.
    pub fn open(id: RoomId, name: String) -> Arc<Room> {
        let settings = RoomSettings {
            name,
            about: String::new(),
            hue: Hue::Coral,
            mode: QueueMode::Open,
            mix: false,
            capacity: None,
        };
        let room = Arc::new(Room { id, settings, state: Mutex::default() });
        let (weak, turn) = (Arc::downgrade(&room), u32::try_from(id.0).unwrap_or(0) % STAGGERED);
        tokio::spawn(async move {
            let mut ticks = tokio::time::interval_at(Instant::now() + TICK * turn / STAGGERED, TICK);
            ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
            while let Some(room) = weak.upgrade() {
                room.tick();
                drop(room);
                ticks.tick().await;
            }
        });
        room
    }

    /// The room's line of the list.
    pub fn summary(&self) -> RoomSummary {
        RoomSummary {
            id: self.id,
            slug: self.slug(),
            name: self.settings.name.clone(),
            about: String::new(),
            hue: self.settings.hue,
            place: Place::Bandstand,
            mode: self.settings.mode,
            host: None,
            listening: u32::try_from(self.lock().standing.len()).unwrap_or(u32::MAX),
            full: false,
            now: None,
        }
    }

    /// The room.
    pub fn id(&self) -> RoomId {
        self.id
    }

    /// Its name in links.
    pub fn slug(&self) -> String {
        format!("room-{}", self.id)
    }

    /// Somebody hears the room from now on: the snapshot, then whatever is said.
    pub fn listen(&self, listener: &Arc<Listener>) {
        let mut state = self.lock();
        let seq = state.seq;
        let snapshot = state.snapshot.get_or_insert_with(|| text(&self.snapshot(seq))).clone();
        listener.text(snapshot);
        state.listeners.insert(listener.socket, listener.clone());
    }

    /// Somebody stands on the floor from now on.
    pub fn stand(&self, listener: &Arc<Listener>) {
        let mut state = self.lock();
        state.standing.insert(listener.socket, listener.clone());
        state.spots.entry(listener.person.account).or_insert(MIDDLE);
        let fresh = state.people.as_ref().filter(|(made, _)| made.elapsed() < PEOPLE_EVERY);
        let people = match fresh {
            Some((_, people)) => people.clone(),
            None => {
                let people = text(&self.people(&state));
                state.people = Some((Instant::now(), people.clone()));
                people
            }
        };
        listener.text(people);
    }

    /// Somebody is neither heard nor seen here any more.
    pub fn leave(&self, listener: &Listener) {
        let mut state = self.lock();
        state.listeners.remove(&listener.socket);
        if state.standing.remove(&listener.socket).is_some() {
            state.spots.remove(&listener.person.account);
        }
    }

    /// A chat line goes to everybody as the next event. Anything else that is asked goes nowhere.
    pub fn say(&self, listener: &Listener, command: Command) {
        let Action::ChatSay { text: said } = command.action else { return };
        let at = now_us();
        let mut state = self.lock();
        state.seq += 1;
        state.snapshot = None;
        let event = Event {
            term: 1,
            seq: state.seq,
            at,
            command: Some(command.id),
            account: Some(listener.person.account),
            happened: Happened::ChatSaid {
                line: ChatLine { id: state.seq, at, by: listener.person.clone(), text: said },
            },
        };
        let frame = text(&ToClient::Events { room: self.id, events: vec![event] });
        for listener in state.listeners.values() {
            listener.text(frame.clone());
        }
    }

    /// Somebody stepped. Latest wins.
    pub fn step(&self, account: AccountId, spot: Spot) {
        let mut state = self.lock();
        if let Some(known) = state.spots.get_mut(&account) {
            *known = spot;
            state.moved.insert(account);
        }
    }

    /// Who moved since the last tick goes to everybody on the floor in one frame.
    fn tick(&self) {
        let mut state = self.lock();
        let moved = std::mem::take(&mut state.moved);
        if moved.is_empty() {
            return;
        }
        state.tick = state.tick.wrapping_add(1);
        let at = |account: &AccountId| state.spots.get(account).map(|spot| (*account, *spot));
        let people: Vec<_> = moved.iter().filter_map(at).take(POSITIONS_MAX).collect();
        let more = u16::try_from(moved.len() - people.len()).unwrap_or(u16::MAX);
        let frame = Positions { floor: FloorId::of(self.id), tick: state.tick, key: false, more, people };
        let frame = Bytes::from(frame.encode());
        for listener in state.standing.values() {
            listener.binary(frame.clone());
        }
    }

    fn snapshot(&self, seq: i64) -> ToClient {
        let state = RoomState {
            id: self.id,
            slug: self.slug(),
            settings: self.settings.clone(),
            place: Place::Bandstand,
            mood: None,
            owner: None,
            djs: vec![],
            queue: vec![],
            playback: None,
            skip_votes: vec![],
            chat: vec![],
            history: vec![],
            mix_plays: 0,
        };
        ToClient::Snapshot { room: self.id, snapshot: Snapshot { term: 1, seq, state } }
    }

    fn people(&self, state: &State) -> ToClient {
        let count = u32::try_from(state.standing.len()).unwrap_or(u32::MAX);
        let standing = |listener: &Arc<Listener>| {
            let Spot { x, y, .. } = state.spots.get(&listener.person.account).copied().unwrap_or(MIDDLE);
            Standing { person: listener.person.clone(), away: false, x, y }
        };
        ToClient::People {
            floor: FloorId::of(self.id),
            count,
            present: count,
            needed: count / 2 + 1,
            people: state.standing.values().take(PEOPLE_MAX).map(standing).collect(),
            line: vec![],
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn text(frame: &ToClient) -> Utf8Bytes {
    serde_json::to_string(frame).expect("frames have string keys only").into()
}
