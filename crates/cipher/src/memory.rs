//! The transport within one process: queues, channels and registry in shared memory, with the same guarantees.

mod faults;
mod queue;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use rustc_hash::FxHashMap;
use tokio::time::Instant;

pub use self::faults::Faults;
use self::faults::{Cut, Mischief};
use self::queue::{MemoryTaker, Queue};
use crate::address::{Address, Incarnation};
use crate::clock::now_ms;
use crate::exchange::{Exchange, Tap};
use crate::registry::NodeInfo;
use crate::ring::Ring;
use crate::transport::Nid;
use crate::wire::{Announced, Dead, Ended, Id, Standing, Taker, Wire, WireError, queue_name};

/// What the nodes of one process share instead of a server. Cloning it gives another handle to the same bus.
#[derive(Clone, Default)]
pub struct MemoryBus {
    shared: Arc<Shared>,
}

impl MemoryBus {
    /// A bus nobody is on yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// A bus that misbehaves, for tests: how often and in which way is drawn from the seed.
    pub fn with_faults(faults: Faults) -> Self {
        Self { shared: Arc::new(Shared { faults: Some(Mischief::new(faults)), ..Shared::default() }) }
    }

    /// One node's connection to it.
    pub(crate) fn connect(&self) -> MemoryWire {
        MemoryWire { shared: self.shared.clone(), taps: Mutex::default() }
    }
}

impl std::fmt::Debug for MemoryBus {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("MemoryBus")
    }
}

/// What a cut connection leaves the caller with: the command may have been carried out.
fn lost_reply() -> WireError {
    WireError("the connection was cut".into())
}

#[derive(Default)]
struct Shared {
    faults: Option<Mischief>,
    exchange: Arc<Exchange>,
    queues: Mutex<FxHashMap<String, Arc<Queue>>>,
    /// By namespace and id.
    nodes: Mutex<BTreeMap<(String, u32), Held>>,
    /// Every id that was ever announced, and whether it is leased.
    ids: Mutex<BTreeMap<(String, u32), bool>>,
}

/// An id and who has it.
struct Held {
    incarnation: Option<Incarnation>,
    info: Option<NodeInfo>,
    lease: Duration,
    renewed: Instant,
}

impl Held {
    fn is_over(&self) -> bool {
        self.renewed.elapsed() > self.lease
    }
}

const UNPOISONED: &str = "nothing panics while it holds this lock";

impl Shared {
    fn queue(&self, name: &str) -> Arc<Queue> {
        self.queues.lock().expect(UNPOISONED).entry(name.to_owned()).or_default().clone()
    }

    fn nodes(&self) -> MutexGuard<'_, BTreeMap<(String, u32), Held>> {
        self.nodes.lock().expect(UNPOISONED)
    }

    /// Who holds an id.
    fn holder(&self, ns: &str, nid: u32) -> Option<Incarnation> {
        let nodes = self.nodes();
        nodes.get(&(ns.to_owned(), nid)).filter(|held| !held.is_over())?.incarnation
    }
}

pub(crate) struct MemoryWire {
    shared: Arc<Shared>,
    /// This node's own, to end them with it.
    taps: Mutex<Vec<std::sync::Weak<Ring<Bytes>>>>,
}

#[async_trait]
impl Wire for MemoryWire {
    async fn push(&self, queue: &str, body: Bytes) -> Result<u64, WireError> {
        let queue = self.shared.queue(queue);
        match self.shared.faults.as_ref().and_then(Mischief::cut) {
            None => Ok(queue.push(body)),
            Some(cut) => {
                if cut == Cut::AfterIt {
                    queue.push(body);
                }
                Err(lost_reply())
            }
        }
    }

    async fn length(&self, queue: &str) -> Result<u64, WireError> {
        Ok(self.shared.queue(queue).length())
    }

    async fn taker(&self, queue: &str, me: &Address, fenced: bool) -> Result<Box<dyn Taker>, WireError> {
        let lease = fenced.then(|| me.clone());
        Ok(Box::new(MemoryTaker::new(self.shared.clone(), self.shared.queue(queue), me, lease)))
    }

    async fn takers(&self, queue: &str) -> Result<Vec<(u32, Incarnation)>, WireError> {
        Ok(self.shared.queue(queue).takers())
    }

    async fn give_back(&self, queue: &str, of: Incarnation) -> Result<u64, WireError> {
        Ok(self.shared.queue(queue).give_back(of))
    }

    async fn forget_taker(&self, queue: &str, of: Incarnation) -> Result<(), WireError> {
        self.shared.queue(queue).forget_taker(of);
        Ok(())
    }

    async fn bury(&self, queue: &str, dead: Dead) -> Result<u64, WireError> {
        Ok(self.shared.queue(queue).bury(dead))
    }

    async fn end_queue(&self, of: &Address, why: &str) -> Result<Ended, WireError> {
        if self.shared.holder(&of.ns, of.nid).is_some_and(|holder| of.incarnation != Some(holder)) {
            return Ok(Ended::default());
        }
        Ok(self.shared.queue(&queue_name(&of.ns, Some(of.nid))).end(now_ms(), why))
    }

    async fn dead(&self, queue: &str) -> Result<Vec<Dead>, WireError> {
        Ok(self.shared.queue(queue).dead())
    }

    async fn unbury(&self, queue: &str, dead: &Dead) -> Result<bool, WireError> {
        Ok(self.shared.queue(queue).unbury(dead))
    }

    fn post(&self, channel: Arc<str>, body: Bytes) {
        match &self.shared.faults {
            None => {
                self.shared.exchange.deliver(&channel, &body);
                self.shared.exchange.deliver_to_patterns(&channel, &body);
            }
            Some(faults) => faults.post(&self.shared.exchange, &channel, &body),
        }
    }

    async fn ask(&self, channel: &str, body: Bytes) -> Result<u64, WireError> {
        Ok(self.shared.exchange.deliver(channel, &body) as u64)
    }

    async fn listen(&self, channel: Arc<str>) -> Result<Tap, WireError> {
        let tap = self.shared.exchange.tap(channel);
        let mut taps = self.taps.lock().expect(UNPOISONED);
        taps.retain(|tap| tap.strong_count() > 0);
        taps.push(Arc::downgrade(&tap.ring()));
        Ok(tap)
    }

    async fn quiet_time(&self, _ns: &str, _lease: Duration) -> Result<Duration, WireError> {
        Ok(Duration::ZERO) // memory forgets nobody
    }

    async fn lease(&self, me: &Address, lease: Duration) -> Result<bool, WireError> {
        let mut nodes = self.shared.nodes();
        let key = (me.ns.clone(), me.nid);
        if nodes.get(&key).is_some_and(|held| !held.is_over()) {
            return Ok(false);
        }
        let held = Held { incarnation: me.incarnation, info: None, lease, renewed: Instant::now() };
        nodes.insert(key, held);
        Ok(true)
    }

    async fn announce(&self, info: &NodeInfo, lease: Duration, nid: Nid) -> Result<Standing, WireError> {
        let mut nodes = self.shared.nodes();
        let key = (info.address.ns.clone(), info.address.nid);
        let standing = match nodes.get(&key) {
            Some(held) if held.incarnation == info.address.incarnation => Standing::Held,
            Some(held) if !held.is_over() => return Ok(Standing::Lost),
            _ => Standing::Reclaimed,
        };
        let incarnation = info.address.incarnation;
        self.shared.ids.lock().expect(UNPOISONED).insert(key.clone(), nid == Nid::Lease);
        nodes.insert(key, Held { incarnation, info: Some(info.clone()), lease, renewed: Instant::now() });
        Ok(standing)
    }

    async fn ids(&self, ns: &str) -> Result<Vec<Id>, WireError> {
        let ids = self.shared.ids.lock().expect(UNPOISONED).clone();
        let of_ns = ids.range((ns.to_owned(), 0)..=(ns.to_owned(), u32::MAX));
        Ok(of_ns
            .map(|((_, nid), leased)| Id { nid: *nid, leased: *leased, holder: self.shared.holder(ns, *nid) })
            .collect())
    }

    async fn leads(&self, _me: &Address, _lease: Duration) -> Result<bool, WireError> {
        Ok(true) // it costs nothing here that everyone does it
    }

    async fn retire(&self, me: &Address) -> Result<(), WireError> {
        let mut nodes = self.shared.nodes();
        let key = (me.ns.clone(), me.nid);
        if nodes.get(&key).is_some_and(|held| held.incarnation == me.incarnation) {
            nodes.remove(&key);
        }
        Ok(())
    }

    async fn census(&self, ns: &str) -> Result<Vec<Announced>, WireError> {
        let nodes = self.shared.nodes();
        let listed = nodes.range((ns.to_owned(), 0)..=(ns.to_owned(), u32::MAX));
        Ok(listed
            .filter_map(|(_, held)| {
                let info = held.info.clone()?;
                Some(Announced { info, lease: held.lease, age: held.renewed.elapsed() })
            })
            .collect())
    }

    async fn flush(&self, _grace: Duration) {}

    async fn close(&self) {
        for tap in self.taps.lock().expect(UNPOISONED).drain(..).filter_map(|tap| tap.upgrade()) {
            tap.close();
        }
    }
}
