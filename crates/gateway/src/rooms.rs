//! Listeners of rooms: one task a room that follows its events, keeps the replica and serves joiners from it.

use crate::owners::OwnersMap;
use crate::replica::Replica;
use crate::session::{Session, to_text};
use crate::tasks::Tasks;
use axum::extract::ws::Utf8Bytes;
use bytes::Bytes;
use cipher::{CipherError, Delivery, Node, RequestError, Span, Subscription, To, Verdict};
use protocol::event::Event;
use protocol::id::{AccountId, CommandId, FloorId, RoomId};
use protocol::link::{Digest, MissedAsked, SnapshotAsked, SocketId, ns, route, topic};
use protocol::refusal::{Refusal, RefusalCode};
use protocol::room::Snapshot;
use protocol::socket::{Head, ToClient};
use rustc_hash::FxHashMap;
use serde::Deserialize;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::time::Instant;

/// A room that nobody hears any more is followed a little longer: people come back.
const LINGER: Duration = Duration::from_secs(10);
/// Longest wait for a snapshot.
const SNAPSHOT_PATIENCE: Duration = Duration::from_secs(3);
/// Longest wait for missed events: the room goes on meanwhile, and nobody hears it.
const MISSED_PATIENCE: Duration = Duration::from_secs(1);
/// After a snapshot could not be had.
const RETRY: Duration = Duration::from_millis(250);
/// A room that is heard is looked at this often, so that it stays awake when everybody in it hears it from outside.
const LOOK_EVERY: Duration = Duration::from_secs(60);

/// All rooms that are heard through this gateway.
#[derive(Debug)]
pub struct Rooms {
    node: Node,
    owners: OwnersMap,
    followers: Tasks<RoomId, Note>,
}

#[derive(Debug)]
enum Note {
    Join {
        session: Arc<Session>,
        have: Option<Head>,
    },
    Leave(SocketId),
    /// The worker says it stands here: more than we have means something was lost.
    Head(Head),
}

impl Rooms {
    /// No rooms yet.
    pub fn new(node: Node, owners: OwnersMap) -> Arc<Rooms> {
        Arc::new(Rooms { node, owners, followers: Tasks::new() })
    }

    /// A socket hears a room from now on: it gets a snapshot, or what came since `have`.
    pub async fn join(self: &Arc<Self>, room: RoomId, session: Arc<Session>, have: Option<Head>) {
        let follower = self.followers.get(room, |inbox| {
            let listeners = FxHashMap::default();
            let (rooms, looked) = (self.clone(), Instant::now());
            let follower = Follower { room, rooms, listeners, replica: None, had: None, looked };
            tokio::spawn(follower.run(inbox));
        });
        // It cannot have ended: somebody holds the way to it.
        let _ = follower.send(Note::Join { session, have }).await;
    }

    /// A socket does not hear a room any more.
    pub async fn leave(&self, room: RoomId, socket: SocketId) {
        if let Some(follower) = self.followers.running(room) {
            let _ = follower.send(Note::Leave(socket)).await;
        }
    }

    /// Follows the workers' digests of heads, so that a lost last message shows.
    pub async fn follow_digests(self: Arc<Self>) {
        loop {
            match self.node.subscribe(topic::DIGEST).await {
                Ok(mut subscription) => {
                    while let Some(delivery) = subscription.next().await {
                        let Delivery::Message { payload, .. } = delivery else { continue };
                        let Ok(digest) = serde_json::from_slice::<Digest>(&payload) else { continue };
                        metrics::gauge!("gateway_rooms").set(self.followers.count() as f64);
                        for (room, head) in digest.heads {
                            if let Some(follower) = self.followers.running(room) {
                                // A full inbox means the room is busy; the next digest comes in a second.
                                let _ = follower.try_send(Note::Head(head));
                            }
                        }
                    }
                }
                Err(error) => tracing::debug!(%error, "the digests cannot be followed yet"),
            }
            tokio::time::sleep(RETRY).await;
        }
    }
}

/// The task of one room.
struct Follower {
    room: RoomId,
    rooms: Arc<Rooms>,
    /// Who hears it; `Some` while they wait for their first frames, with what they have.
    listeners: FxHashMap<SocketId, (Arc<Session>, Option<Waiting>)>,
    replica: Option<Replica>,
    /// Where the replica stood that was let go of: who heard the room then has everything up to there.
    had: Option<Head>,
    /// When the worker was last asked for a snapshot.
    looked: Instant,
}

#[derive(Debug, Clone, Copy)]
struct Waiting {
    have: Option<Head>,
}

impl Follower {
    async fn run(mut self, mut inbox: mpsc::Receiver<Note>) {
        let mut subscription: Option<Subscription> = None;
        let mut heard = Instant::now();
        loop {
            if subscription.is_none() {
                // Subscribe first, then take the snapshot: what happens in between is in both and skipped.
                match self.rooms.node.subscribe(&topic::room(self.room)).await {
                    Ok(made) => subscription = Some(made),
                    // The gateway has left: everything ends.
                    Err(CipherError::Closed) => return,
                    Err(error) => {
                        tracing::warn!(room.id = self.room.0, %error, "a room cannot be followed yet");
                        self.take_waiting_notes(&mut inbox);
                        tokio::time::sleep(RETRY).await;
                        continue;
                    }
                }
            }
            if self.replica.is_none() && !self.listeners.is_empty() && !self.load().await {
                self.take_waiting_notes(&mut inbox);
                tokio::time::sleep(RETRY).await;
                continue;
            }
            self.serve_waiting().await;
            if !self.listeners.is_empty() {
                heard = Instant::now();
            }
            let Some(stream) = subscription.as_mut() else { continue };
            tokio::select! {
                // Events before notes: a digest must not overtake the events it counts.
                biased;
                delivery = stream.next() => match delivery {
                    Some(Delivery::Message { span: Some(span), payload }) => self.events(span, payload).await,
                    Some(Delivery::Message { span: None, .. }) => {}
                    Some(Delivery::Gap) => self.let_go(),
                    None => { subscription = None; self.let_go(); }
                },
                note = inbox.recv() => match note {
                    Some(note) => self.note(note),
                    None => return,
                },
                () = tokio::time::sleep_until(self.looked + LOOK_EVERY), if !self.listeners.is_empty() => self.renew().await,
                () = tokio::time::sleep_until(heard + LINGER), if self.listeners.is_empty() => {
                    if self.rooms.followers.may_end(self.room, &inbox) {
                        return;
                    }
                    heard = Instant::now();
                }
            }
        }
    }

    /// Keeps up with who comes and goes while there is no replica.
    fn take_waiting_notes(&mut self, inbox: &mut mpsc::Receiver<Note>) {
        while let Ok(note) = inbox.try_recv() {
            self.note(note);
        }
    }

    fn note(&mut self, note: Note) {
        match note {
            Note::Join { session, have } => {
                let waiting = Waiting { have };
                let replica = self.replica.as_ref();
                let waiting = match replica {
                    Some(replica) if replica.lacks(have).is_none() => {
                        serve(self.room, replica, &session, waiting);
                        None
                    }
                    _ => Some(waiting),
                };
                self.listeners.insert(session.socket, (session, waiting));
            }
            Note::Leave(socket) => {
                self.listeners.remove(&socket);
            }
            Note::Head(head) => {
                let behind = |replica: &Replica| {
                    let (term, seq) = replica.head();
                    (term as i64) < head.term || (term as i64 == head.term && (seq as i64) < head.seq)
                };
                if self.replica.as_ref().is_some_and(behind) {
                    metrics::counter!("gateway_resyncs_total", "why" => "digest").increment(1);
                    self.let_go();
                }
            }
        }
    }

    async fn events(&mut self, span: Span, payload: Bytes) {
        let Ok(frame) = Utf8Bytes::try_from(payload) else { return };
        let Some(replica) = self.replica.as_mut() else { return };
        match replica.take(span, &frame) {
            Verdict::Deliver if span.last >= span.first => {
                for (session, _) in self.listeners.values() {
                    session.outbox.text(frame.clone());
                }
                self.acknowledge(&frame);
                if self.replica.as_ref().is_some_and(Replica::is_long) {
                    self.renew().await;
                }
            }
            Verdict::Resync => {
                metrics::counter!("gateway_resyncs_total", "why" => "gap").increment(1);
                self.let_go();
            }
            Verdict::Deliver | Verdict::Stale => {}
        }
    }

    /// An event carries its command's id: that command waits no longer. Read once a gateway, not once a listener.
    fn acknowledge(&self, frame: &str) {
        for (account, command) in commands_in(frame) {
            for (session, _) in self.listeners.values() {
                if session.account == account {
                    session.has_result(command);
                }
            }
        }
    }

    /// Something was missed: a new replica is wanted.
    fn let_go(&mut self) {
        if let Some((term, seq)) = self.replica.take().map(|replica| replica.head()) {
            self.had = Some(Head { term: term as i64, seq: seq as i64 });
        }
    }

    /// Takes a snapshot as the new replica; everybody waits to be brought up to it. False: not now.
    async fn load(&mut self) -> bool {
        match self.snapshot().await {
            Ok(snapshot) => {
                let head = Head { term: snapshot.term, seq: snapshot.seq };
                let frame = to_text(&ToClient::Snapshot { room: self.room, snapshot });
                self.replica = Some(Replica::new(frame.into(), head));
                // Who heard the room before may have missed something since.
                let had = self.had.take();
                for (_, waiting) in self.listeners.values_mut() {
                    waiting.get_or_insert(Waiting { have: had });
                }
                true
            }
            Err(Some(refusal)) => {
                for (_, (session, _)) in self.listeners.drain() {
                    session.stop_hearing(self.room);
                    session.tell(&ToClient::Sorry { why: refusal.clone() });
                }
                false
            }
            Err(None) => false,
        }
    }

    /// Brings those who wait up to the replica: with what they missed, if they come back soon enough for that.
    async fn serve_waiting(&mut self) {
        let Some(replica) = self.replica.as_ref() else { return };
        if self.listeners.values().all(|(_, waiting)| waiting.is_none()) {
            return;
        }
        let haves = self.listeners.values().filter_map(|(_, waiting)| *waiting);
        let lacks = haves.filter_map(|waiting| replica.lacks(waiting.have)).min();
        let missed = match lacks {
            Some((after, upto)) => self.missed(after, upto).await,
            None => Vec::new(),
        };
        let Some(replica) = self.replica.as_mut() else { return };
        replica.put_before(missed.into_iter());
        for (session, waiting) in self.listeners.values_mut() {
            if let Some(waiting) = waiting.take() {
                serve(self.room, replica, session, waiting);
            }
        }
    }

    /// Events that are kept, each a frame; none when they cannot be had now: a snapshot says as much.
    async fn missed(&self, after: u64, upto: u64) -> Vec<(Span, Utf8Bytes)> {
        let Some(worker) = self.rooms.owners.find(&self.rooms.node, FloorId::of(self.room)).await else {
            return Vec::new();
        };
        let asked = MissedAsked { room: self.room, after: after as i64, upto: upto as i64 };
        let to = To::node(ns::WORKER, worker);
        let answer = self.rooms.node.request(to, route::MISSED, &asked, MISSED_PATIENCE);
        let events: Vec<Event> = match answer.await {
            Ok(events) => events,
            Err(error) => {
                tracing::info!(room.id = self.room.0, %error, "who comes back gets a snapshot instead of what they missed");
                return Vec::new();
            }
        };
        let frame = |event: Event| {
            let seq = event.seq.unsigned_abs();
            let span = Span { epoch: event.term.unsigned_abs(), first: seq, last: seq };
            (span, to_text(&ToClient::Events { room: self.room, events: vec![event] }).into())
        };
        events.into_iter().map(frame).collect()
    }

    /// Puts a newer snapshot under the tail.
    async fn renew(&mut self) {
        if let Ok(snapshot) = self.snapshot().await {
            let head = Head { term: snapshot.term, seq: snapshot.seq };
            let frame = to_text(&ToClient::Snapshot { room: self.room, snapshot });
            if let Some(replica) = self.replica.as_mut() {
                replica.renew(frame.into(), head);
            }
        }
    }

    /// The room's snapshot from its worker. `Err(Some)`: there is none and there will be none.
    async fn snapshot(&mut self) -> Result<Snapshot, Option<Refusal>> {
        self.looked = Instant::now();
        let floor = FloorId::of(self.room);
        let Some(worker) = self.rooms.owners.find(&self.rooms.node, floor).await else { return Err(None) };
        let asked = SnapshotAsked { room: self.room };
        let answer =
            self.rooms.node.request(To::node(ns::WORKER, worker), route::SNAPSHOT, &asked, SNAPSHOT_PATIENCE);
        answer
            .await
            .map_err(|error| match error {
                RequestError::Refused(refusal) if refusal.code == "not_found" => {
                    Some(Refusal::new(RefusalCode::NotFound, refusal.text))
                }
                error => {
                    tracing::info!(room.id = self.room.0, %error, "no snapshot yet");
                    None
                }
            })
            .inspect_err(|why| {
                if why.is_none() {
                    // The worker may be another by now.
                    let (owners, node) = (self.rooms.owners.clone(), self.rooms.node.clone());
                    tokio::spawn(async move { owners.ask(&node).await });
                }
            })
    }
}

/// Brings somebody up to a replica. What they asked for meanwhile may be in it: a tail has the events, and a snapshot does not say
/// which commands are in it, so that the browser asks again at once, instead of when nothing has come for seconds.
fn serve(room: RoomId, replica: &Replica, session: &Session, waiting: Waiting) {
    let (frames, whole) = replica.frames_for(waiting.have);
    metrics::counter!("gateway_joins_total", "with" => if whole { "snapshot" } else { "tail" }).increment(1);
    let awaits = session.awaits_of(room);
    for frame in frames {
        if awaits {
            for (_, command) in commands_in(&frame).into_iter().filter(|(by, _)| *by == session.account) {
                session.has_result(command);
            }
        }
        session.outbox.text(frame);
    }
    if whole {
        session.doubt_of(|of| of == room);
    }
}

/// Account and id of the commands that a frame of events acknowledges.
fn commands_in(frame: &str) -> Vec<(AccountId, CommandId)> {
    #[derive(Deserialize)]
    struct Frame {
        events: Events,
    }
    #[derive(Deserialize)]
    struct Events {
        events: Vec<Ids>,
    }
    #[derive(Deserialize)]
    struct Ids {
        account: Option<AccountId>,
        command: Option<CommandId>,
    }
    let read = serde_json::from_str::<Frame>(frame).map(|frame| frame.events.events).unwrap_or_default();
    read.into_iter().filter_map(|ids| ids.account.zip(ids.command)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::outbox::Outbox;
    use axum::extract::ws::Message;
    use protocol::people::Person;
    use std::time::Instant;

    const ROOM: RoomId = RoomId(7);

    /// A replica of ten events and an eleventh, which somebody's command caused; and them, coming back while they wait for it.
    fn coming_back() -> (Replica, Session, CommandId) {
        let person = Person { account: AccountId(1), name: "Juno".into(), look: 7 };
        let session = Session::new(SocketId(1), 1, person, Arc::new(Outbox::default()));
        let id = CommandId(uuid::Uuid::now_v7());
        let mut replica = Replica::new("the room".into(), Head { term: 1, seq: 10 });
        let event = format!(r#"{{"events":{{"room":7,"events":[{{"account":1,"command":"{}"}}]}}}}"#, id.0);
        replica.take(Span { epoch: 1, first: 11, last: 11 }, &event.into());
        assert!(session.await_result(id, ROOM, Instant::now()));
        (replica, session, id)
    }

    #[test]
    fn a_command_whose_event_is_in_the_snapshot_does_not_wait_for_it() {
        let (_, session, id) = coming_back();
        let elsewhere = CommandId(uuid::Uuid::now_v7());
        assert!(session.await_result(elsewhere, RoomId(8), Instant::now()));
        let replica = Replica::new("the room".into(), Head { term: 1, seq: 11 });
        serve(ROOM, &replica, &session, Waiting { have: None });
        let unknown = Message::Text(to_text(&ToClient::Unknown { id }).into());
        assert_eq!(session.outbox.take().frames, [Message::Text("the room".into()), unknown]);
        assert!(session.has_result(elsewhere), "what is for another room still waits");
    }

    #[test]
    fn a_command_whose_event_is_in_the_tail_is_known_by_it() {
        let (replica, session, id) = coming_back();
        serve(ROOM, &replica, &session, Waiting { have: Some(Head { term: 1, seq: 10 }) });
        assert_eq!(session.outbox.take().frames.len(), 1, "the event and no doubt");
        assert!(!session.has_result(id), "nothing is said of it later");
    }
}
