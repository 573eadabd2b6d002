//! What one socket is: whose it is, which room it hears, which floor it stands on. And all sockets of this gateway.

use crate::outbox::Outbox;
use protocol::id::{AccountId, CommandId, FloorId, RoomId};
use protocol::link::SocketId;
use protocol::people::Person;
use protocol::socket::{CloseCode, ToClient};
use rustc_hash::FxHashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// A command that has no event after this long gets `unknown`.
pub const ANSWER_PATIENCE: Duration = Duration::from_secs(4);
/// Commands of one socket that may wait for their result.
const PENDING_MAX: usize = 64;

/// One socket that said hello.
#[derive(Debug)]
pub struct Session {
    /// Its id on this gateway.
    pub socket: SocketId,
    /// Whose it is.
    pub account: AccountId,
    /// The log-in session behind it.
    pub login: i64,
    /// What waits to be written.
    pub outbox: Arc<Outbox>,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    person: Person,
    hears: Option<RoomId>,
    stands: Option<FloorId>,
    away: bool,
    rtt_ms: u16,
    pending: FxHashMap<CommandId, Instant>,
}

impl Session {
    /// A socket of somebody.
    pub fn new(socket: SocketId, login: i64, person: Person, outbox: Arc<Outbox>) -> Session {
        let account = person.account;
        let state = State {
            person,
            hears: None,
            stands: None,
            away: false,
            rtt_ms: 0,
            pending: FxHashMap::default(),
        };
        Session { socket, account, login, outbox, state: Mutex::new(state) }
    }

    /// Who.
    pub fn person(&self) -> Person {
        self.lock().person.clone()
    }

    /// The room it hears.
    pub fn hears(&self) -> Option<RoomId> {
        self.lock().hears
    }

    /// Sets the room it hears; returns the one before.
    pub fn set_hears(&self, room: Option<RoomId>) -> Option<RoomId> {
        std::mem::replace(&mut self.lock().hears, room)
    }

    /// The floor it stands on.
    pub fn stands(&self) -> Option<FloorId> {
        self.lock().stands
    }

    /// Sets the floor it stands on; returns the one before.
    pub fn set_stands(&self, floor: Option<FloorId>) -> Option<FloorId> {
        std::mem::replace(&mut self.lock().stands, floor)
    }

    /// Whether it is away.
    pub fn is_away(&self) -> bool {
        self.lock().away
    }

    /// Sets whether it is away; true when that changed.
    pub fn set_away(&self, away: bool) -> bool {
        std::mem::replace(&mut self.lock().away, away) != away
    }

    /// Median round trip in ms as the browser measured it; 0 unknown.
    pub fn rtt_ms(&self) -> u16 {
        self.lock().rtt_ms
    }

    /// Remembers the round trip.
    pub fn set_rtt_ms(&self, rtt_ms: u16) {
        self.lock().rtt_ms = rtt_ms;
    }

    /// Remembers that a command waits for its result. False when too many wait already.
    pub fn await_result(&self, id: CommandId, now: Instant) -> bool {
        let mut state = self.lock();
        if state.pending.len() >= PENDING_MAX && !state.pending.contains_key(&id) {
            return false;
        }
        state.pending.insert(id, now);
        true
    }

    /// A command's result is known. True when it was waited for.
    pub fn has_result(&self, id: CommandId) -> bool {
        self.lock().pending.remove(&id).is_some()
    }

    /// Commands that waited too long, forgotten here: the browser sends them again.
    pub fn overdue(&self, now: Instant) -> Vec<CommandId> {
        let mut overdue = Vec::new();
        self.lock().pending.retain(|id, since| {
            let late = now.saturating_duration_since(*since) > ANSWER_PATIENCE;
            if late {
                overdue.push(*id);
            }
            !late
        });
        overdue
    }

    /// Queues a frame for this browser alone.
    pub fn tell(&self, frame: &ToClient) {
        self.outbox.text(to_text(frame).into());
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A frame as JSON.
pub fn to_text(frame: &ToClient) -> String {
    serde_json::to_string(frame).expect("frames have string keys only")
}

/// All sockets of this gateway.
#[derive(Debug, Default)]
pub struct Sessions {
    all: Mutex<FxHashMap<SocketId, Arc<Session>>>,
    last: AtomicU64,
}

impl Sessions {
    /// A socket id that was not used in this incarnation.
    pub fn next_id(&self) -> SocketId {
        SocketId(self.last.fetch_add(1, Ordering::Relaxed) + 1)
    }

    /// Adds a socket.
    pub fn add(&self, session: Arc<Session>) {
        let mut all = self.lock();
        all.insert(session.socket, session);
        metrics::gauge!("gateway_sockets").set(all.len() as f64);
    }

    /// Takes a socket out.
    pub fn remove(&self, socket: SocketId) {
        let mut all = self.lock();
        all.remove(&socket);
        metrics::gauge!("gateway_sockets").set(all.len() as f64);
    }

    /// The socket of this id.
    pub fn get(&self, socket: SocketId) -> Option<Arc<Session>> {
        self.lock().get(&socket).cloned()
    }

    /// All sockets at this moment.
    pub fn all(&self) -> Vec<Arc<Session>> {
        self.lock().values().cloned().collect()
    }

    /// Somebody's name or look changed: their sockets know it from now on. Returns these.
    pub fn rename(&self, person: &Person) -> Vec<Arc<Session>> {
        let mine: Vec<_> = self.all().into_iter().filter(|s| s.account == person.account).collect();
        for session in &mine {
            session.lock().person = person.clone();
            session.tell(&ToClient::You { you: person.clone() });
        }
        mine
    }

    /// Closes the sockets of a log-in session, or of all of an account.
    pub fn revoke(&self, account: AccountId, login: Option<i64>) {
        for session in self.all() {
            if session.account == account && login.is_none_or(|login| session.login == login) {
                session.outbox.close(CloseCode::Revoked, "You are logged out here.");
            }
        }
    }

    /// 95th percentile of the round trips, in ms; 0 while none is known.
    pub fn rtt_p95_ms(&self) -> u16 {
        let mut known: Vec<u16> = self.all().iter().map(|s| s.rtt_ms()).filter(|rtt| *rtt > 0).collect();
        if known.is_empty() {
            return 0;
        }
        let at = (known.len() * 95 / 100).min(known.len() - 1);
        *known.select_nth_unstable(at).1
    }

    fn lock(&self) -> MutexGuard<'_, FxHashMap<SocketId, Arc<Session>>> {
        self.all.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
