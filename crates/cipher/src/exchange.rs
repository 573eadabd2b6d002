//! Which listeners of this process want which channel, and the bounded queue in front of each of them.

use std::sync::{Arc, Mutex, MutexGuard};

use bytes::Bytes;
use rustc_hash::FxHashMap;
use tokio::sync::Notify;

use crate::ring::{Next, Ring};
use crate::wire::every_broadcast;

/// A listener that falls this many messages behind loses the oldest and is told of a gap.
const TAP_MESSAGES: usize = 8_192;
const TAP_BYTES: usize = 32 << 20;

type Channels = FxHashMap<Arc<str>, Vec<Arc<Ring<Bytes>>>>;

/// Channel names to listeners. In memory one exchange carries every node; with Redis each node has its own, fed from
/// its subscribing connection.
#[derive(Default)]
pub(crate) struct Exchange {
    channels: Mutex<Channels>,
    /// Somebody began or ceased to listen.
    pub(crate) changed: Notify,
}

impl std::fmt::Debug for Exchange {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Exchange")
    }
}

impl Exchange {
    fn lock(&self) -> MutexGuard<'_, Channels> {
        self.channels.lock().expect("nothing panics while it holds this lock")
    }

    /// Begins to listen to a channel, in this process; dropping the tap ends it.
    pub(crate) fn tap(self: &Arc<Self>, channel: Arc<str>) -> Tap {
        let ring = Arc::new(Ring::new(TAP_MESSAGES, TAP_BYTES));
        self.lock().entry(channel.clone()).or_default().push(ring.clone());
        self.changed.notify_one();
        Tap { exchange: self.clone(), channel, ring }
    }

    /// Hands a message to everyone who listens, and returns how many those are.
    pub(crate) fn deliver(&self, channel: &str, body: &Bytes) -> usize {
        let channels = self.lock();
        let Some(rings) = channels.get(channel) else { return 0 };
        for ring in rings {
            let dropped = ring.push(body.clone(), body.len());
            if dropped > 0 {
                metrics::counter!("cipher_dropped_total", "why" => "slow_listener").increment(dropped as u64);
            }
        }
        rings.len()
    }

    /// Hands a broadcast to everyone who listens to all of its namespace.
    pub(crate) fn deliver_to_patterns(&self, channel: &str, body: &Bytes) -> usize {
        match channel.split_once('.') {
            Some((ns, _)) if !channel.starts_with("cipher:") => self.deliver(&every_broadcast(ns), body),
            _ => 0,
        }
    }

    /// Tells every listener that messages may have been lost.
    pub(crate) fn gap(&self) {
        for ring in self.lock().values().flatten() {
            ring.mark_lossy();
        }
    }

    /// The channels somebody listens to.
    pub(crate) fn wanted(&self) -> Vec<Arc<str>> {
        self.lock().keys().cloned().collect()
    }

    /// Ends every tap once it has been read to its end.
    pub(crate) fn close(&self) {
        for ring in self.lock().values().flatten() {
            ring.close();
        }
    }
}

/// One listener on one channel.
pub(crate) struct Tap {
    exchange: Arc<Exchange>,
    channel: Arc<str>,
    ring: Arc<Ring<Bytes>>,
}

impl Tap {
    /// The next message, or word that some were lost; `None` when the node has left. Safe to cancel.
    pub(crate) async fn next(&self) -> Option<Next<Bytes>> {
        self.ring.next().await
    }

    /// What is already there.
    pub(crate) fn try_next(&self) -> Option<Next<Bytes>> {
        self.ring.try_next()
    }

    /// A way to end this tap from elsewhere.
    pub(crate) fn ring(&self) -> Arc<Ring<Bytes>> {
        self.ring.clone()
    }
}

impl Drop for Tap {
    fn drop(&mut self) {
        let mut channels = self.exchange.lock();
        if let Some(rings) = channels.get_mut(&self.channel) {
            rings.retain(|ring| !Arc::ptr_eq(ring, &self.ring));
            if rings.is_empty() {
                channels.remove(&self.channel);
            }
        }
        drop(channels);
        self.exchange.changed.notify_one();
    }
}
