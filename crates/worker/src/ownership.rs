//! Which shards this worker owns, and until when that is sure.

use cipher::Node;
use protocol::id::{FloorId, Shard};
use protocol::link::{Owners, ns, route};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;
use store::WorkerId;
use tokio::sync::watch;

/// What this worker owns. Cheap to clone; the lease task writes it, everybody else reads.
#[derive(Debug, Clone)]
pub struct Ownership {
    held: Arc<Mutex<Held>>,
    changes: Arc<watch::Sender<u64>>,
}

#[derive(Debug, Default)]
struct Held {
    me: Option<WorkerId>,
    shards: BTreeMap<Shard, i64>,
    /// After this the lease may be somebody else's; none: no end.
    sure_until: Option<Instant>,
    /// The database did not answer since the lease was renewed.
    in_doubt: bool,
    /// All workers as of the latest survey.
    everybody: Vec<(u32, Vec<(Shard, i64)>)>,
}

impl Ownership {
    /// Owns nothing.
    pub fn new() -> Ownership {
        Ownership { held: Arc::default(), changes: Arc::new(watch::Sender::new(0)) }
    }

    /// The term under which this worker owns a floor and its room; none when it does not.
    pub fn term(&self, floor: FloorId) -> Option<i64> {
        self.lock().shards.get(&Shard::of(floor)).copied()
    }

    /// The worker's id, while its lease is sure and the database answers. None: suspended, nothing durable may be done.
    pub fn sure(&self) -> Option<WorkerId> {
        let held = self.lock();
        let sure = !held.in_doubt && held.sure_until.is_none_or(|until| Instant::now() < until);
        held.me.filter(|_| sure)
    }

    /// The database did not answer: nobody waits for it again until the lease was renewed.
    pub fn doubt(&self) {
        self.lock().in_doubt = true;
    }

    /// Sees changes of what is owned.
    pub fn changes(&self) -> watch::Receiver<u64> {
        self.changes.subscribe()
    }

    /// Who owns what, as of the latest survey.
    pub fn everybody(&self) -> Owners {
        Owners { workers: self.lock().everybody.clone() }
    }

    /// The lease is sure until then; none: for ever. The database has answered.
    pub fn renewed(&self, me: WorkerId, sure_until: Option<Instant>) {
        let mut held = self.lock();
        held.me = Some(me);
        held.sure_until = sure_until;
        held.in_doubt = false;
    }

    /// What is owned now. True when that is another set or term than before.
    pub fn set(&self, shards: BTreeMap<Shard, i64>, everybody: Vec<(u32, Vec<(Shard, i64)>)>) -> bool {
        let mut held = self.lock();
        held.everybody = everybody;
        let changed = held.shards != shards;
        if changed {
            held.shards = shards;
            drop(held);
            self.changes.send_modify(|version| *version += 1);
        }
        changed
    }

    /// A statement showed that a shard is not this worker's (any more).
    pub fn lost(&self, shard: Shard) {
        if self.lock().shards.remove(&shard).is_some() {
            self.changes.send_modify(|version| *version += 1);
        }
    }

    /// The lease is gone, and everything with it.
    pub fn lost_all(&self) {
        let mut held = self.lock();
        held.me = None;
        held.shards.clear();
        drop(held);
        self.changes.send_modify(|version| *version += 1);
    }

    /// Tells the gateways what this worker owns.
    pub async fn announce(&self, node: &Node) {
        let shards: Vec<_> = self.lock().shards.iter().map(|(shard, term)| (*shard, *term)).collect();
        let owners = Owners { workers: vec![(node.nid(), shards)] };
        if let Err(error) = node.broadcast(ns::GATEWAY, route::OWNERS_TOLD, &owners).await {
            tracing::warn!(%error, "the gateways could not be told who owns the rooms");
        }
    }

    fn lock(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
