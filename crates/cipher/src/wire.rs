//! What a transport has to do: queues, channels and a registry of nodes. Everything else is the same over each.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use tokio_util::sync::CancellationToken;

use crate::address::{Address, Incarnation};
use crate::exchange::Tap;
use crate::registry::NodeInfo;
use crate::transport::Nid;

/// The transport did not do it, or did not say that it did.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct WireError(pub(crate) String);

/// One node's connection to the others.
#[async_trait]
pub(crate) trait Wire: Send + Sync + 'static {
    /// Appends to a queue and returns its length.
    async fn push(&self, queue: &str, body: Bytes) -> Result<u64, WireError>;

    /// How many messages wait in a queue.
    async fn length(&self, queue: &str) -> Result<u64, WireError>;

    /// A taker from a queue for the node `me`. A fenced one takes only while that node holds its lease.
    async fn taker(&self, queue: &str, me: &Address, fenced: bool) -> Result<Box<dyn Taker>, WireError>;

    /// Who takes from a queue, or took from it and was not forgotten since: id and incarnation.
    async fn takers(&self, queue: &str) -> Result<Vec<(u32, Incarnation)>, WireError>;

    /// Puts back to the front of a queue what an incarnation took from it and has not finished, each message with one
    /// attempt more. Returns how many those were.
    async fn give_back(&self, queue: &str, of: Incarnation) -> Result<u64, WireError>;

    /// Forgets a taker with nothing in its hands.
    async fn forget_taker(&self, queue: &str, of: Incarnation) -> Result<(), WireError>;

    /// Puts a message aside where an operator finds it, among at most [`DEAD_LETTERS`] of that queue. Returns how many
    /// of the oldest had to go for it.
    async fn bury(&self, queue: &str, dead: Dead) -> Result<u64, WireError>;

    /// Puts aside all that waits in the queue of an id, if nobody holds that id or the very incarnation that is named
    /// does.
    async fn end_queue(&self, of: &Address, why: &str) -> Result<Ended, WireError>;

    /// The messages that were put aside, the oldest first.
    async fn dead(&self, queue: &str) -> Result<Vec<Dead>, WireError>;

    /// Takes one of them away; false when it is no longer there.
    async fn unbury(&self, queue: &str, dead: &Dead) -> Result<bool, WireError>;

    /// Sends to everyone who listens, at most once, without waiting: in order per sender.
    fn post(&self, channel: Arc<str>, body: Bytes);

    /// Sends to everyone who listens and returns how many those were.
    async fn ask(&self, channel: &str, body: Bytes) -> Result<u64, WireError>;

    /// Listens; once this returns, nothing sent to the channel is missed without word of it.
    async fn listen(&self, channel: Arc<str>) -> Result<Tap, WireError>;

    /// How long a newcomer waits before it may lease an id: after a wipe its holders reclaim first.
    async fn quiet_time(&self, ns: &str, lease: Duration) -> Result<Duration, WireError>;

    /// Takes an id for an incarnation if nobody holds it.
    async fn lease(&self, me: &Address, lease: Duration) -> Result<bool, WireError>;

    /// Renews the lease and says how the node is, and whether its id was leased or is its own.
    async fn announce(&self, info: &NodeInfo, lease: Duration, nid: Nid) -> Result<Standing, WireError>;

    /// Every id of a namespace that was ever announced, and who holds it now.
    async fn ids(&self, ns: &str) -> Result<Vec<Id>, WireError>;

    /// Whether this node is the one that sweeps its namespace: one at a time, for as long as it asks within `lease`.
    async fn leads(&self, me: &Address, lease: Duration) -> Result<bool, WireError>;

    /// Gives id and entry up.
    async fn retire(&self, me: &Address) -> Result<(), WireError>;

    /// Everyone who announced itself lately.
    async fn census(&self, ns: &str) -> Result<Vec<Announced>, WireError>;

    /// Waits until what was posted has left, or `grace` is over.
    async fn flush(&self, grace: Duration);

    /// Ends every connection and every tap.
    async fn close(&self);
}

/// Takes from one queue, at least once.
#[async_trait]
pub(crate) trait Taker: Send {
    /// Acknowledges the first `handled` messages of the batch before, and waits for the next. Returns an empty batch
    /// when `stop` came first. After an error it knows what is still to be acknowledged: the next call says 0.
    async fn take(&mut self, handled: usize, stop: &CancellationToken) -> Result<Batch, WireError>;

    /// Is done with the batch before: acknowledges those messages of it that were handled, and puts all others back to where
    /// they were in the queue. After an error of [`take`](Taker::take) there are no fates to tell.
    async fn finish(&mut self, fates: &[Fate]) -> Result<(), WireError>;
}

/// Messages taken together.
#[derive(Debug, Default)]
pub(crate) struct Batch {
    pub(crate) messages: Vec<Bytes>,
    /// How often they were handed out before to somebody who did not finish; above 0 there is only one message.
    pub(crate) earlier_attempts: u32,
}

/// What became of a message of a batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fate {
    Handled,
    /// Its node leaves: somebody else is to have it, and to know how often its handler failed here.
    GivenBack {
        failures: u32,
    },
}

/// What became of a queue that ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Ended {
    /// So many messages were put among the dead letters.
    pub(crate) put_aside: u64,
    /// So many of the oldest dead letters had to go for them, and they may be among these themselves.
    pub(crate) pushed_out: u64,
}

/// A message that was put aside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Dead {
    /// When, in milliseconds since 1970.
    pub(crate) at: u64,
    pub(crate) why: String,
    /// As it was sent.
    pub(crate) body: Bytes,
}

/// An id of a namespace.
#[derive(Clone, Debug)]
pub(crate) struct Id {
    pub(crate) nid: u32,
    /// Its queue ends with whoever leased it.
    pub(crate) leased: bool,
    pub(crate) holder: Option<Incarnation>,
}

/// What became of a node's hold on its id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Standing {
    /// It holds it.
    Held,
    /// It was gone and was taken again.
    Reclaimed,
    /// Another incarnation has it.
    Lost,
}

/// A node as the registry has it.
#[derive(Clone, Debug)]
pub(crate) struct Announced {
    pub(crate) info: NodeInfo,
    pub(crate) lease: Duration,
    /// Since it last announced itself.
    pub(crate) age: Duration,
}

/// How many dead letters a queue keeps, the newest ones.
pub(crate) const DEAD_LETTERS: usize = 1_000;

/// The queue of one node, or of any node of a namespace, as rapt-cipher names it.
pub(crate) fn queue_name(ns: &str, nid: Option<u32>) -> String {
    match nid {
        Some(nid) => format!("{ns}.{nid}"),
        None => format!("{ns}.*"),
    }
}

/// The channel of a broadcast, as rapt-cipher names it.
pub(crate) fn broadcast_channel(ns: &str, route: &str) -> Arc<str> {
    format!("{ns}.{route}").into()
}

/// The pattern over all broadcasts of a namespace, as rapt-cipher subscribes it.
pub(crate) fn every_broadcast(ns: &str) -> Arc<str> {
    format!("{ns}.*").into()
}

/// Whether a channel is such a pattern: names of ours begin with `cipher:`, and no route ends with a star.
pub(crate) fn is_pattern(channel: &str) -> bool {
    channel.ends_with(".*") && !is_ours(channel)
}

/// Whether only nodes of ours know the channel, so that it may travel otherwise than rapt-cipher expects.
pub(crate) fn is_ours(channel: &str) -> bool {
    channel.starts_with("cipher:")
}

pub(crate) fn topic_channel(topic: &str) -> Arc<str> {
    format!("cipher:topic:{topic}").into()
}

pub(crate) fn ask_channel(ns: &str, nid: u32) -> Arc<str> {
    format!("cipher:ask:{ns}.{nid}").into()
}

pub(crate) const REPLY_PREFIX: &str = "cipher:reply:";

pub(crate) fn reply_channel(incarnation: Incarnation) -> Arc<str> {
    format!("{REPLY_PREFIX}{incarnation}").into()
}

pub(crate) fn registry_channel(ns: &str) -> Arc<str> {
    format!("cipher:registry:{{{ns}}}").into()
}
