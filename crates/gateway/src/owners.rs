//! Which worker owns which shard, as far as this gateway knows: told by broadcasts, asked for when in doubt.

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
}

#[derive(Debug)]
struct Map {
    /// Worker node and term of each shard.
    shards: Vec<Option<(u32, i64)>>,
}

impl OwnersMap {
    /// A map that knows nobody.
    pub fn new() -> OwnersMap {
        OwnersMap { map: Arc::new(Mutex::new(Map { shards: vec![None; usize::from(SHARDS)] })) }
    }

    /// Learns. The highest term wins. True when something changed.
    pub fn learn(&self, told: &Owners) -> bool {
        let mut map = self.map.lock().unwrap_or_else(PoisonError::into_inner);
        let mut changed = false;
        for (worker, shards) in &told.workers {
            for (shard, term) in shards {
                let Some(known) = map.shards.get_mut(usize::from(shard.0)) else { continue };
                if known.is_none_or(|(_, known)| known < *term) {
                    *known = Some((*worker, *term));
                    changed = true;
                }
            }
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

    #[test]
    fn the_newer_term_wins_in_whatever_order_it_is_heard() {
        let owners = OwnersMap::new();
        let shard = Shard::of(FloorId(7));
        assert_eq!(owners.of(FloorId(7)), None);
        assert!(owners.learn(&Owners { workers: vec![(2, vec![(shard, 5)])] }));
        assert!(!owners.learn(&Owners { workers: vec![(1, vec![(shard, 4)])] }));
        assert_eq!(owners.of(FloorId(7)), Some(2));
    }
}
