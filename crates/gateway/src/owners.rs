//! Which worker owns which shard, as far as this gateway knows: told by broadcasts, asked for when in doubt.

use crate::session::Sessions;
use cipher::{Node, To};
use protocol::id::{FloorId, SHARDS, Shard};
use protocol::link::{Owners, ns, route};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How long an unknown owner is looked for before the sender hears `unknown`.
const PATIENCE: Duration = Duration::from_secs(1);
/// Between two questions for owners.
const ASK_EVERY: Duration = Duration::from_millis(100);

/// The owners' map. Cheap to clone.
#[derive(Debug, Clone)]
pub struct OwnersMap {
    map: Arc<Mutex<Map>>,
    /// Whose commands went to the former owner when a shard moves.
    sessions: Arc<Sessions>,
}

#[derive(Debug)]
struct Map {
    /// Worker node and term of each shard.
    shards: Vec<Option<(u32, i64)>>,
}

impl OwnersMap {
    /// A map that knows nobody.
    pub fn new(sessions: Arc<Sessions>) -> OwnersMap {
        let shards = vec![None; usize::from(SHARDS)];
        OwnersMap { map: Arc::new(Mutex::new(Map { shards })), sessions }
    }

    /// Learns. The highest term wins. True when something changed. Browsers are told which of their commands went to a worker
    /// that does not own the room any more: they send them again at once, instead of when nothing has come for seconds.
    pub fn learn(&self, told: &Owners) -> bool {
        let mut map = self.map.lock().unwrap_or_else(PoisonError::into_inner);
        let (mut changed, mut moved) = (false, Vec::new());
        for (worker, shards) in &told.workers {
            for (shard, term) in shards {
                let Some(known) = map.shards.get_mut(usize::from(shard.0)) else { continue };
                if known.is_none_or(|(_, known)| known < *term) {
                    if known.is_some_and(|(before, _)| before != *worker) {
                        moved.push(*shard);
                    }
                    *known = Some((*worker, *term));
                    changed = true;
                }
            }
        }
        drop(map);
        if !moved.is_empty() {
            self.sessions.moved(&moved);
        }
        changed
    }

    /// The worker node that owns a floor and its room, as far as is known.
    pub fn of(&self, floor: FloorId) -> Option<u32> {
        let shard = Shard::of(floor);
        self.map.lock().unwrap_or_else(PoisonError::into_inner).shards[usize::from(shard.0)]
            .map(|(worker, _)| worker)
    }

    /// The same, asking the workers for up to a second when it is not known.
    pub async fn find(&self, node: &Node, floor: FloorId) -> Option<u32> {
        let give_up = Instant::now() + PATIENCE;
        loop {
            if let Some(worker) = self.of(floor) {
                return Some(worker);
            }
            if Instant::now() >= give_up {
                return None;
            }
            self.ask(node).await;
            if self.of(floor).is_none() {
                tokio::time::sleep(ASK_EVERY).await;
            }
        }
    }

    /// Asks any worker who owns what.
    pub async fn ask(&self, node: &Node) {
        match node.request::<_, Owners>(To::any(ns::WORKER), route::OWNERS, &(), PATIENCE).await {
            Ok(told) => {
                self.learn(&told);
            }
            Err(error) => tracing::debug!(%error, "no worker says who owns the rooms"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::outbox::Outbox;
    use crate::session::{Session, to_text};
    use protocol::id::{AccountId, CommandId, RoomId};
    use protocol::people::Person;
    use protocol::socket::ToClient;

    #[test]
    fn the_newer_term_wins_in_whatever_order_it_is_heard() {
        let owners = OwnersMap::new(Arc::default());
        let shard = Shard::of(FloorId(7));
        assert_eq!(owners.of(FloorId(7)), None);
        assert!(owners.learn(&Owners { workers: vec![(2, vec![(shard, 5)])] }));
        assert!(!owners.learn(&Owners { workers: vec![(1, vec![(shard, 4)])] }));
        assert_eq!(owners.of(FloorId(7)), Some(2));
    }

    #[test]
    fn who_waits_for_a_worker_that_lost_the_room_hears_so_at_once() {
        let sessions = Arc::new(Sessions::default());
        let owners = OwnersMap::new(sessions.clone());
        let person = Person { account: AccountId(1), name: "Juno".into(), look: 7 };
        let session = Arc::new(Session::new(sessions.next_id(), 1, person, Arc::new(Outbox::default())));
        sessions.add(session.clone());
        let (here, id) = (RoomId(7), CommandId(uuid::Uuid::now_v7()));
        let shard = Shard::of(FloorId::of(here));
        let elsewhere = (1..).map(RoomId).find(|room| Shard::of(FloorId::of(*room)) != shard).unwrap();
        let told = |owner, term| Owners { workers: vec![(owner, vec![(shard, term)])] };
        owners.learn(&told(1, 1));
        assert!(session.await_result(id, here, Instant::now()));
        assert!(session.await_result(CommandId(uuid::Uuid::now_v7()), elsewhere, Instant::now()));
        owners.learn(&told(1, 2));
        assert!(
            session.outbox.take().frames.is_empty(),
            "the same worker under a new term has it in its queue"
        );
        owners.learn(&told(2, 3));
        let unknown = axum::extract::ws::Message::Text(to_text(&ToClient::Unknown { id }).into());
        assert_eq!(session.outbox.take().frames, [unknown]);
        assert!(!session.has_result(id), "it waits no longer");
    }
}
