//! The transport within one process: queues, channels and registry in shared memory, with the same guarantees.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use rustc_hash::FxHashMap;
use tokio::sync::Notify;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::address::{Address, Incarnation};
use crate::exchange::{Exchange, Tap};
use crate::registry::NodeInfo;
use crate::ring::Ring;
use crate::wire::{Announced, BATCH, Batch, DEAD_LETTERS, Standing, Taker, Wire, WireError};

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

#[derive(Default)]
struct Shared {
    exchange: Arc<Exchange>,
    queues: Mutex<FxHashMap<String, Arc<Queue>>>,
    /// By namespace and id.
    nodes: Mutex<BTreeMap<(String, u32), Held>>,
}

#[derive(Default)]
struct Queue {
    content: Mutex<Content>,
    filled: Notify,
}

#[derive(Default)]
struct Content {
    waiting: VecDeque<Bytes>,
    /// By the id of the node that took them.
    in_flight: FxHashMap<u32, InFlight>,
    dead: VecDeque<Bytes>,
}

#[derive(Default)]
struct InFlight {
    messages: VecDeque<Bytes>,
    /// How often the first of them was handed out again.
    attempts: u32,
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
}

impl Queue {
    fn lock(&self) -> MutexGuard<'_, Content> {
        self.content.lock().expect(UNPOISONED)
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
        let length = {
            let mut content = queue.lock();
            content.waiting.push_back(body);
            content.waiting.len() as u64
        };
        queue.filled.notify_one();
        Ok(length)
    }

    async fn length(&self, queue: &str) -> Result<u64, WireError> {
        Ok(self.shared.queue(queue).lock().waiting.len() as u64)
    }

    async fn bury(&self, queue: &str, body: Bytes) -> Result<(), WireError> {
        let queue = self.shared.queue(queue);
        let mut content = queue.lock();
        content.dead.push_back(body);
        if content.dead.len() > DEAD_LETTERS {
            content.dead.pop_front();
        }
        Ok(())
    }

    async fn taker(&self, queue: &str, me: &Address, fenced: bool) -> Result<Box<dyn Taker>, WireError> {
        let lease = fenced.then(|| (self.shared.clone(), me.clone()));
        Ok(Box::new(MemoryTaker { queue: self.shared.queue(queue), nid: me.nid, lease, fresh: true }))
    }

    fn post(&self, channel: Arc<str>, body: Bytes) {
        self.shared.exchange.deliver(&channel, &body);
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

    async fn announce(&self, info: &NodeInfo, lease: Duration) -> Result<Standing, WireError> {
        let mut nodes = self.shared.nodes();
        let key = (info.address.ns.clone(), info.address.nid);
        let standing = match nodes.get(&key) {
            Some(held) if held.incarnation == info.address.incarnation => Standing::Held,
            Some(held) if !held.is_over() => return Ok(Standing::Lost),
            _ => Standing::Reclaimed,
        };
        let incarnation = info.address.incarnation;
        nodes.insert(key, Held { incarnation, info: Some(info.clone()), lease, renewed: Instant::now() });
        Ok(standing)
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

struct MemoryTaker {
    queue: Arc<Queue>,
    nid: u32,
    /// Whose lease has to be held, when the queue is one node's own.
    lease: Option<(Arc<Shared>, Address)>,
    /// Nothing was taken yet: what is in flight is another life's.
    fresh: bool,
}

impl MemoryTaker {
    fn check_lease(&self) -> Result<(), WireError> {
        let Some((shared, me)) = &self.lease else { return Ok(()) };
        let nodes = shared.nodes();
        match nodes.get(&(me.ns.clone(), me.nid)) {
            Some(held) if held.incarnation == me.incarnation => Ok(()),
            _ => Err(WireError("the lease of this id was lost".into())),
        }
    }

    /// The next batch if there is one.
    fn try_take(&mut self) -> Option<Batch> {
        let mut content = self.queue.lock();
        let Content { waiting, in_flight, .. } = &mut *content;
        let mine = in_flight.entry(self.nid).or_default();
        if self.fresh {
            if let Some(first) = mine.messages.front() {
                // One at a time: what felled the life before must not take its neighbours along.
                mine.attempts += 1;
                return Some(Batch { messages: vec![first.clone()], earlier_attempts: mine.attempts });
            }
            self.fresh = false;
        }
        let count = waiting.len().min(BATCH);
        if count == 0 {
            return None;
        }
        mine.messages.extend(waiting.drain(..count));
        Some(Batch { messages: mine.messages.iter().cloned().collect(), earlier_attempts: 0 })
    }

    fn acknowledge(&self, handled: usize) {
        let mut content = self.queue.lock();
        if let Some(mine) = content.in_flight.get_mut(&self.nid) {
            mine.messages.drain(..handled.min(mine.messages.len()));
            if handled > 0 {
                mine.attempts = 0;
            }
        }
    }
}

#[async_trait]
impl Taker for MemoryTaker {
    async fn take(&mut self, handled: usize, stop: &CancellationToken) -> Result<Batch, WireError> {
        self.check_lease()?;
        self.acknowledge(handled);
        loop {
            let queue = self.queue.clone();
            let filled = queue.filled.notified();
            if let Some(batch) = self.try_take() {
                // Another taker of the same queue may have been passed over for this notice.
                if !queue.lock().waiting.is_empty() {
                    queue.filled.notify_one();
                }
                return Ok(batch);
            }
            tokio::select! {
                () = filled => {}
                () = stop.cancelled() => return Ok(Batch::default()),
            }
        }
    }

    async fn finish(&mut self, handled: usize) -> Result<(), WireError> {
        self.acknowledge(handled);
        let mut content = self.queue.lock();
        let Content { waiting, in_flight, .. } = &mut *content;
        if let Some(mine) = in_flight.remove(&self.nid) {
            for message in mine.messages.into_iter().rev() {
                waiting.push_front(message);
            }
        }
        drop(content);
        self.queue.filled.notify_one();
        Ok(())
    }
}
