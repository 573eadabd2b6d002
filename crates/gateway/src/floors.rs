//! People standing on floors: one task a floor passes on what its worker publishes, as the very bytes that came.

use crate::owners::OwnersMap;
use crate::session::Session;
use crate::tasks::Tasks;
use axum::extract::ws::Utf8Bytes;
use bytes::Bytes;
use cipher::{CipherError, Delivery, Node, Subscription, To};
use protocol::binary::POSITIONS;
use protocol::id::FloorId;
use protocol::link::{PeopleAsked, SocketId, ns, route, topic};
use protocol::socket::ToClient;
use rustc_hash::FxHashMap;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::time::Instant;

/// A floor on which nobody stands any more is followed a little longer.
const LINGER: Duration = Duration::from_secs(10);
/// Longest wait for the list of people.
const PEOPLE_PATIENCE: Duration = Duration::from_secs(2);
/// The list of people is asked for at most this often, however many come.
const PEOPLE_EVERY: Duration = Duration::from_millis(500);
/// After something could not be had.
const RETRY: Duration = Duration::from_millis(250);
/// Index of the byte of a positions frame that says whether it is a key frame.
const KEY_BYTE: usize = 9;

/// All floors that somebody stands on through this gateway.
#[derive(Debug)]
pub struct Floors {
    node: Node,
    owners: OwnersMap,
    followers: Tasks<FloorId, Note>,
}

#[derive(Debug)]
enum Note {
    Stand(Arc<Session>),
    Leave(SocketId),
}

impl Floors {
    /// No floors yet.
    pub fn new(node: Node, owners: OwnersMap) -> Arc<Floors> {
        Arc::new(Floors { node, owners, followers: Tasks::new() })
    }

    /// A socket's person stands on a floor from now on: it gets the people there and what they do.
    pub async fn stand(self: &Arc<Self>, floor: FloorId, session: Arc<Session>) {
        let follower = self.followers.get(floor, |inbox| {
            let standing = FxHashMap::default();
            let follower = Follower { floor, floors: self.clone(), standing, asked: None, owed: false };
            tokio::spawn(follower.run(inbox));
        });
        // It cannot have ended: somebody holds the way to it.
        let _ = follower.send(Note::Stand(session)).await;
    }

    /// A socket's person went away from a floor.
    pub async fn leave(&self, floor: FloorId, socket: SocketId) {
        if let Some(follower) = self.followers.running(floor) {
            let _ = follower.send(Note::Leave(socket)).await;
        }
    }
}

/// The task of one floor.
struct Follower {
    floor: FloorId,
    floors: Arc<Floors>,
    standing: FxHashMap<SocketId, Arc<Session>>,
    /// When the list of people was last asked for.
    asked: Option<Instant>,
    /// Whether somebody waits for the list of people.
    owed: bool,
}

impl Follower {
    async fn run(mut self, mut inbox: mpsc::Receiver<Note>) {
        let mut subscription: Option<Subscription> = None;
        let mut occupied = Instant::now();
        loop {
            if subscription.is_none() {
                match self.floors.node.subscribe(&topic::floor(self.floor)).await {
                    Ok(made) => subscription = Some(made),
                    // The gateway has left: everything ends.
                    Err(CipherError::Closed) => return,
                    Err(error) => {
                        tracing::warn!(floor.id = self.floor.0, %error, "a floor cannot be followed yet");
                        while let Ok(note) = inbox.try_recv() {
                            self.note(note);
                        }
                        tokio::time::sleep(RETRY).await;
                        continue;
                    }
                }
            }
            if !self.standing.is_empty() {
                occupied = Instant::now();
            }
            let Some(stream) = subscription.as_mut() else { continue };
            let due = self.asked.map_or_else(Instant::now, |asked| asked + PEOPLE_EVERY);
            tokio::select! {
                biased;
                note = inbox.recv() => match note {
                    Some(note) => self.note(note),
                    None => return,
                },
                delivery = stream.next() => match delivery {
                    Some(Delivery::Message { payload, .. }) => self.pass_on(payload),
                    Some(Delivery::Gap) => self.owed = true,
                    None => { subscription = None; self.owed = true; }
                },
                () = tokio::time::sleep_until(due), if self.owed && !self.standing.is_empty() => {
                    self.asked = Some(Instant::now());
                    self.owed = !self.tell_people().await;
                }
                () = tokio::time::sleep_until(occupied + LINGER), if self.standing.is_empty() => {
                    if self.floors.followers.may_end(self.floor, &inbox) {
                        return;
                    }
                    occupied = Instant::now();
                }
            }
        }
    }

    fn note(&mut self, note: Note) {
        match note {
            Note::Stand(session) => {
                self.standing.insert(session.socket, session);
                self.owed = true;
            }
            Note::Leave(socket) => {
                self.standing.remove(&socket);
            }
        }
    }

    fn pass_on(&self, payload: Bytes) {
        if payload.first() == Some(&POSITIONS) {
            let key = payload.get(KEY_BYTE) == Some(&1);
            for session in self.standing.values() {
                session.outbox.positions(payload.clone(), key);
            }
        } else if let Ok(frame) = Utf8Bytes::try_from(payload) {
            for session in self.standing.values() {
                session.outbox.text(frame.clone());
            }
        }
    }

    /// Asks the worker who is here and tells everybody. False: not now.
    async fn tell_people(&self) -> bool {
        let Some(worker) = self.floors.owners.find(&self.floors.node, self.floor).await else { return false };
        let asked = PeopleAsked { floor: self.floor };
        let answer = self.floors.node.request::<_, ToClient>(
            To::node(ns::WORKER, worker),
            route::PEOPLE,
            &asked,
            PEOPLE_PATIENCE,
        );
        match answer.await {
            Ok(people) => {
                let frame = Utf8Bytes::from(crate::session::to_text(&people));
                for session in self.standing.values() {
                    session.outbox.text(frame.clone());
                }
                true
            }
            Err(error) => {
                tracing::debug!(floor.id = self.floor.0, %error, "nobody says who is here");
                self.floors.owners.ask(&self.floors.node).await;
                false
            }
        }
    }
}
