//! What one socket is: whose it is, which room it hears, which floor it stands on. And all sockets of this gateway.

use crate::outbox::Outbox;
use protocol::id::{AccountId, CommandId, FloorId, RoomId, Shard};
use protocol::link::SocketId;
use protocol::people::Person;
use protocol::socket::{CloseCode, ToClient};
use rustc_hash::FxHashMap;
use std::collections::VecDeque;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// A command that has no event after this long gets `unknown`.
pub const ANSWER_PATIENCE: Duration = Duration::from_secs(4);
/// Whoever hears nothing for this long is away (PRODUCT.md, Rules).
const SILENT_AWAY: Duration = Duration::from_secs(300);
/// A ticket lives 30 s: for longer than that it is remembered that its session ended.
const ENDED_KEPT: Duration = Duration::from_secs(60);
/// Ended sessions that are remembered at the most.
const ENDED_MAX: usize = 10_000;
/// What their sockets are told.
const LOGGED_OUT: &str = "You are logged out here.";
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
    /// Since when it has stood in rooms.
    inside_since: Option<Instant>,
    away: bool,
    chose_away: bool,
    silent_since: Option<Instant>,
    rtt_ms: u16,
    pending: FxHashMap<CommandId, Pending>,
}

/// A command whose result is not known yet.
#[derive(Debug, Clone, Copy)]
struct Pending {
    room: RoomId,
    since: Instant,
}

impl Session {
    /// A socket of somebody.
    pub fn new(socket: SocketId, login: i64, person: Person, outbox: Arc<Outbox>) -> Session {
        let account = person.account;
        let state = State {
            person,
            hears: None,
            stands: None,
            inside_since: None,
            away: false,
            chose_away: false,
            silent_since: None,
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

    /// It went into a room, or from one to the next.
    pub fn went_in(&self, now: Instant) {
        self.lock().inside_since.get_or_insert(now);
    }

    /// It came out onto the lawn: since when it had been in rooms, if it had.
    pub fn came_out(&self) -> Option<Instant> {
        self.lock().inside_since.take()
    }

    /// It does not hear a room any more, unless it hears another by now.
    pub fn stop_hearing(&self, room: RoomId) {
        self.lock().hears.take_if(|hears| *hears == room);
    }

    /// Whether it is away: by choice, or nothing has been heard for long.
    pub fn is_away(&self) -> bool {
        self.lock().away
    }

    /// What the browser says: whether sound comes out, and whether its person chose to be away.
    pub fn set_hearing(&self, sound: bool, chose_away: bool, now: Instant) {
        let mut state = self.lock();
        state.chose_away = chose_away;
        if sound {
            state.silent_since = None;
        } else {
            state.silent_since.get_or_insert(now);
        }
    }

    /// Judges anew whether it is away; true when that changed.
    pub fn judge_away(&self, now: Instant) -> bool {
        let mut state = self.lock();
        let silent =
            state.silent_since.is_some_and(|since| now.saturating_duration_since(since) >= SILENT_AWAY);
        let away = state.chose_away || silent;
        std::mem::replace(&mut state.away, away) != away
    }

    /// Median round trip in ms as the browser measured it; 0 unknown.
    pub fn rtt_ms(&self) -> u16 {
        self.lock().rtt_ms
    }

    /// Remembers the round trip.
    pub fn set_rtt_ms(&self, rtt_ms: u16) {
        self.lock().rtt_ms = rtt_ms;
    }

    /// Remembers that a command for a room waits for its result. False when too many wait already.
    pub fn await_result(&self, id: CommandId, room: RoomId, now: Instant) -> bool {
        let mut state = self.lock();
        if state.pending.len() >= PENDING_MAX && !state.pending.contains_key(&id) {
            return false;
        }
        state.pending.insert(id, Pending { room, since: now });
        true
    }

    /// A command's result is known. True when it was waited for.
    pub fn has_result(&self, id: CommandId) -> bool {
        self.lock().pending.remove(&id).is_some()
    }

    /// Whether a command for this room waits for its result.
    pub fn awaits_of(&self, room: RoomId) -> bool {
        self.lock().pending.values().any(|pending| pending.room == room)
    }

    /// Says of commands that waited too long that nothing is known of them: the browser sends them again.
    pub fn doubt_overdue(&self, now: Instant) {
        self.doubt(|pending| now.saturating_duration_since(pending.since) >= ANSWER_PATIENCE);
    }

    /// The same at once of those for such rooms: their result may never come by itself.
    pub fn doubt_of(&self, room: impl Fn(RoomId) -> bool) {
        self.doubt(|pending| room(pending.room));
    }

    fn doubt(&self, which: impl Fn(&Pending) -> bool) {
        let doubted: Vec<CommandId> =
            self.lock().pending.extract_if(|_, pending| which(pending)).map(|(id, _)| id).collect();
        for id in doubted {
            self.tell(&ToClient::Unknown { id });
        }
    }

    /// When to ask [`Session::doubt_overdue`] and [`Session::judge_away`] again, as far as is known now; none: nothing ripens by itself.
    pub fn next_look(&self) -> Option<Instant> {
        let state = self.lock();
        let command =
            state.pending.values().map(|pending| pending.since).min().map(|since| since + ANSWER_PATIENCE);
        let silence = state.silent_since.filter(|_| !state.away).map(|since| since + SILENT_AWAY);
        [command, silence].into_iter().flatten().min()
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
    /// Sessions that ended lately, oldest first.
    ended: Mutex<VecDeque<Ended>>,
    last: AtomicU64,
}

/// A log-in session that ended, or all of an account's.
#[derive(Debug)]
struct Ended {
    account: AccountId,
    login: Option<i64>,
    at: Instant,
}

impl Ended {
    fn is_of(&self, session: &Session) -> bool {
        session.account == self.account && self.login.is_none_or(|login| session.login == login)
    }
}

impl Sessions {
    /// A socket id that was not used in this incarnation.
    pub fn next_id(&self) -> SocketId {
        SocketId(self.last.fetch_add(1, Ordering::Relaxed) + 1)
    }

    /// Adds a socket. One whose session ended while its ticket was on the way is closed at once.
    pub fn add(&self, session: Arc<Session>) {
        let mut all = self.lock();
        if self.ended_lately().iter().any(|ended| ended.is_of(&session)) {
            session.outbox.close(CloseCode::Revoked, LOGGED_OUT);
        }
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

    /// These shards have another owner now. What the former one was sent it may never see: commands do not wait for that.
    pub fn moved(&self, shards: &[Shard]) {
        for session in self.all() {
            session.doubt_of(|room| shards.contains(&Shard::of(FloorId::of(room))));
        }
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
        let ended = Ended { account, login, at: Instant::now() };
        // Under the same lock as `add`: a socket is either seen here or sees this.
        let all = self.lock();
        for session in all.values().filter(|session| ended.is_of(session)) {
            session.outbox.close(CloseCode::Revoked, LOGGED_OUT);
        }
        let mut lately = self.ended_lately();
        if lately.len() == ENDED_MAX {
            lately.pop_front();
        }
        lately.push_back(ended);
    }

    fn ended_lately(&self) -> MutexGuard<'_, VecDeque<Ended>> {
        let mut ended = self.ended.lock().unwrap_or_else(PoisonError::into_inner);
        while ended.front().is_some_and(|ended| ended.at.elapsed() > ENDED_KEPT) {
            ended.pop_front();
        }
        ended
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_mutes_is_away_after_five_minutes_and_not_before() {
        let person = Person { account: AccountId(1), name: "Juno".into(), look: 7 };
        let session = Session::new(SocketId(1), 1, person, Arc::default());
        let start = Instant::now();
        session.set_hearing(false, false, start);
        assert!(!session.judge_away(start + SILENT_AWAY / 2));
        assert!(session.judge_away(start + SILENT_AWAY) && session.is_away());
        session.set_hearing(true, false, start + SILENT_AWAY);
        assert!(session.judge_away(start + SILENT_AWAY) && !session.is_away());
        session.set_hearing(true, true, start);
        assert!(session.judge_away(start) && session.is_away(), "by choice at once");
    }

    #[test]
    fn a_socket_is_looked_at_when_something_ripens_and_not_before() {
        let person = Person { account: AccountId(1), name: "Juno".into(), look: 7 };
        let session = Session::new(SocketId(1), 1, person, Arc::default());
        assert_eq!(session.next_look(), None);
        let (start, id) = (Instant::now(), CommandId(uuid::Uuid::now_v7()));
        session.set_hearing(false, false, start);
        assert_eq!(session.next_look(), Some(start + SILENT_AWAY));
        assert!(session.await_result(id, RoomId(1), start));
        assert_eq!(session.next_look(), Some(start + ANSWER_PATIENCE));
        session.doubt_overdue(start + ANSWER_PATIENCE);
        assert!(!session.has_result(id));
        assert!(session.judge_away(start + SILENT_AWAY));
        assert_eq!(session.next_look(), None, "what has ripened is not looked at again");
    }

    #[test]
    fn a_ticket_that_was_on_the_way_when_its_session_ended_opens_nothing() {
        let person = Person { account: AccountId(1), name: "Juno".into(), look: 7 };
        let sessions = Sessions::default();
        let opened = |login| {
            let session = Session::new(sessions.next_id(), login, person.clone(), Arc::default());
            let session = Arc::new(session);
            sessions.add(session.clone());
            session.outbox.is_closing()
        };
        assert!(!opened(5));
        sessions.revoke(AccountId(1), Some(5));
        sessions.revoke(AccountId(2), None);
        assert!(opened(5), "the session ended");
        assert!(!opened(6), "another session of the same person goes on");
    }
}
