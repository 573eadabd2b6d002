//! What is to be seen of rooms from outside: asked of the worker that owns a room, and kept for a moment for all who look.

use crate::directory::Directory;
use cipher::{Node, To};
use protocol::http::FloorSeen;
use protocol::id::RoomId;
use protocol::link::{FloorAsked, ns, route};
use protocol::room::RoomSummary;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How long a look is shown to others who look.
const FRESH: Duration = Duration::from_secs(2);
/// How long a worker may take to answer.
const PATIENCE: Duration = Duration::from_secs(1);
/// Rooms whose last look is kept, at the most; about 15 KB each when full of people.
const KEPT_MAX: usize = 500;

/// The last look at a room. One asks its worker, the others wait for it.
type Look = tokio::sync::Mutex<Option<(Instant, Arc<FloorSeen>)>>;

/// The looks of this web server's visitors.
#[derive(Default)]
pub struct Floors {
    looks: Mutex<HashMap<RoomId, Arc<Look>>>,
}

impl Floors {
    /// What is to be seen of a room. Where no worker tells, as of a room that sleeps, its line of the list and nobody.
    pub async fn look(&self, node: &Node, directory: &Directory, line: RoomSummary) -> Arc<FloorSeen> {
        let room = line.id;
        let look = self.of(room);
        let mut last = look.lock().await;
        if let Some((at, seen)) = last.as_ref()
            && at.elapsed() < FRESH
        {
            return seen.clone();
        }
        let seen = match directory.worker_of(room) {
            Some(worker) => ask(node, worker, room).await,
            None => None,
        };
        let seen = Arc::new(seen.unwrap_or(FloorSeen { room: line, next: None, people: Vec::new() }));
        *last = Some((Instant::now(), seen.clone()));
        seen
    }

    fn of(&self, room: RoomId) -> Arc<Look> {
        let mut looks = self.looks.lock().unwrap_or_else(PoisonError::into_inner);
        if looks.len() >= KEPT_MAX && !looks.contains_key(&room) {
            // Who looks at this very moment keeps theirs.
            looks.retain(|_, look| Arc::strong_count(look) > 1);
        }
        looks.entry(room).or_default().clone()
    }
}

async fn ask(node: &Node, worker: u32, room: RoomId) -> Option<FloorSeen> {
    let asked = FloorAsked { room };
    let answer = node.request(To::node(ns::WORKER, worker), route::FLOOR, &asked, PATIENCE).await;
    answer
        .inspect_err(|error| tracing::debug!(%error, room.id = room.0, "a room could not be looked into"))
        .ok()
}
