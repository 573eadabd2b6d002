//! What all tasks of one node share.

use std::future::Future;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU32, AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;

use bytes::Bytes;
use rustc_hash::FxHashMap;
use tokio::sync::watch;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::address::{Address, Incarnation};
use crate::clock::now_ms;
use crate::exchange::Tap;
use crate::node::requests::Pending;
use crate::node::routes::Routes;
use crate::node::sweep::end_queue;
use crate::node::view::{View, departure_note};
use crate::registry::{NodeInfo, NodeState};
use crate::transport::{Nid, NodeConfig};
use crate::wire::{Standing, Wire, WireError, queue_name, registry_channel};

/// Before the transport is tried again.
const RETRY: Duration = Duration::from_millis(100);
/// Malformed input is logged this seldom: somebody may be sending nothing else.
const COMPLAINT: Duration = Duration::from_secs(10);

/// How long a leaving node waits for its handlers and for what it has yet to send.
const GRACE: Duration = Duration::from_secs(5);

/// Why a node is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// It left: [`Node::leave`](crate::Node::leave).
    Left,
    /// It was silent for longer than its lease (frozen, or cut off), and another node took its id meanwhile.
    Displaced,
}

pub(crate) struct Core {
    pub(crate) config: NodeConfig,
    /// Who it is; a guest only says so.
    pub(crate) address: Address,
    guest: bool,
    /// Which life of it this is, a guest's too: replies come under it.
    pub(crate) incarnation: Incarnation,
    since: u64,
    pub(crate) wire: Arc<dyn Wire>,
    pub(crate) routes: Routes,
    pub(crate) pending: Pending,
    lapses: AtomicU64,
    pub(crate) state: Mutex<NodeState>,
    pub(crate) load: AtomicU32,
    /// The node is leaving: finish what is begun, take nothing new.
    pub(crate) stop: CancellationToken,
    /// The node is over: every task ends where it is.
    pub(crate) over: CancellationToken,
    /// One announcement at a time, and none after the node signed off (then it holds true): a late one would list
    /// the node again.
    signed_off: tokio::sync::Mutex<bool>,
    /// What runs until the node is over.
    background: TaskTracker,
    /// What ends by itself once the node stops: handlers and those who feed them.
    work: TaskTracker,
    /// Queues whose length at the last push was at their bound.
    pub(crate) full: Mutex<FxHashMap<String, u64>>,
    views: Mutex<FxHashMap<String, View>>,
    messages: AtomicU64,
    sent: AtomicU64,
    handled: AtomicU64,
    turns: AtomicUsize,
    complained: Mutex<Option<Instant>>,
    /// Until when this node surely holds its id: one lease from before the last renewal was sent.
    held_until: watch::Sender<Instant>,
    ending: watch::Sender<Option<Ending>>,
}

const UNPOISONED: &str = "nothing panics while it holds this lock";

impl Core {
    /// One of its namespace.
    pub(crate) fn member(
        config: NodeConfig,
        address: Address,
        incarnation: Incarnation,
        wire: Arc<dyn Wire>,
    ) -> Self {
        Self {
            config,
            address,
            guest: false,
            incarnation,
            since: now_ms(),
            wire,
            routes: Routes::default(),
            pending: Pending::default(),
            lapses: AtomicU64::new(0),
            state: Mutex::new(NodeState::Joining),
            load: AtomicU32::new(0),
            stop: CancellationToken::new(),
            over: CancellationToken::new(),
            signed_off: tokio::sync::Mutex::new(false),
            background: TaskTracker::new(),
            work: TaskTracker::new(),
            full: Mutex::default(),
            views: Mutex::default(),
            messages: AtomicU64::new(0),
            sent: AtomicU64::new(0),
            handled: AtomicU64::new(0),
            turns: AtomicUsize::new(0),
            complained: Mutex::default(),
            held_until: watch::Sender::new(Instant::now()),
            ending: watch::Sender::new(None),
        }
    }

    /// One that only sends.
    pub(crate) fn guest(
        config: NodeConfig,
        origin: Address,
        incarnation: Incarnation,
        wire: Arc<dyn Wire>,
    ) -> Self {
        Self { guest: true, ..Self::member(config, origin, incarnation, wire) }
    }

    pub(crate) fn is_guest(&self) -> bool {
        self.guest
    }

    pub(crate) fn nid(&self) -> u32 {
        self.address.nid
    }

    pub(crate) fn info(&self) -> NodeInfo {
        NodeInfo {
            address: self.address.clone(),
            state: *self.state.lock().expect(UNPOISONED),
            load: self.load.load(Ordering::Relaxed),
            since: self.since,
            sent: self.sent.load(Ordering::Relaxed),
            handled: self.handled.load(Ordering::Relaxed),
        }
    }

    /// Counts a message that was sent.
    pub(crate) fn count_sent(&self, kind: &'static str) {
        self.sent.fetch_add(1, Ordering::Relaxed);
        metrics::counter!("cipher_sent_total", "kind" => kind).increment(1);
    }

    /// Counts a message that a handler has dealt with.
    pub(crate) fn count_handled(&self) {
        self.handled.fetch_add(1, Ordering::Relaxed);
    }

    /// Runs a task until the node is over.
    pub(crate) fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        self.background.spawn(self.over.clone().run_until_cancelled_owned(task));
    }

    /// Runs a task that ends by itself once the node stops, and that a leaving node waits for.
    pub(crate) fn spawn_work(&self, task: impl Future<Output = ()> + Send + 'static) {
        self.work.spawn(self.over.clone().run_until_cancelled_owned(task));
    }

    /// Leaves the others in good order.
    pub(crate) async fn leave(&self) {
        self.drain().await;
        if self.is_guest() {
            return self.end(Ending::Left).await;
        }
        let me = self.address.clone();
        if self.config.nid == Nid::Lease
            && let Err(error) = end_queue(&*self.wire, &me).await
        {
            tracing::warn!(cipher.node = %me, %error, "could not end its queue: the others do when the lease has run out");
        }
        if let Err(error) = self.sign_off().await {
            tracing::warn!(cipher.node = %me, %error, "could not sign off: the others notice when the lease runs out");
        }
        self.wire.post(registry_channel(&me.ns), departure_note(&me).into());
        self.end(Ending::Left).await;
    }

    /// Ends after another node took this one's id: says nothing more in its name.
    async fn give_way(&self) {
        self.drain().await;
        *self.signed_off.lock().await = true;
        self.end(Ending::Displaced).await;
    }

    /// Takes nothing new, and waits until the work is done, for a while.
    async fn drain(&self) {
        self.stop.cancel();
        self.work.close();
        let _ = tokio::time::timeout(GRACE, self.work.wait()).await;
    }

    /// Sends what is still to be sent, and ends everything that runs.
    async fn end(&self, ending: Ending) {
        self.wire.flush(GRACE).await;
        self.over.cancel();
        self.background.close();
        self.background.wait().await;
        self.wire.close().await;
        self.routes.clear();
        self.ending.send_replace(Some(ending));
    }

    pub(crate) async fn ended(&self) -> Ending {
        let mut ending = self.ending.subscribe();
        let ended = ending.wait_for(Option::is_some).await.expect("whoever asks holds the node");
        ended.expect("it was waited for")
    }

    /// An id nobody else gives: this life of this node, and a number.
    pub(crate) fn next_id(&self) -> String {
        format!("{}-{}", self.incarnation, self.messages.fetch_add(1, Ordering::Relaxed))
    }

    /// For taking turns among equals.
    pub(crate) fn next_turn(&self) -> usize {
        self.turns.fetch_add(1, Ordering::Relaxed)
    }

    /// Renews the lease and says in the registry how this node is; `None` for a guest and for who has signed off.
    pub(crate) async fn announce(&self) -> Option<Result<Standing, WireError>> {
        let signed_off = self.signed_off.lock().await;
        if *signed_off || self.is_guest() {
            return None;
        }
        let sent = Instant::now();
        let announced = self.wire.announce(&self.info(), self.config.lease, self.config.nid).await;
        if let Ok(Standing::Held | Standing::Reclaimed) = announced {
            if !self.surely_holds_id() {
                // Said first: whoever sees that the id is held again sees this too.
                self.lapses.fetch_add(1, Ordering::SeqCst);
            }
            self.held_until.send_replace(sent + self.config.lease);
        }
        Some(announced)
    }

    /// Says in the registry what this node does, at once if that goes.
    pub(crate) async fn set_state(&self, state: NodeState) {
        *self.state.lock().expect("nothing panics while it holds this lock") = state;
        match self.announce().await {
            Some(Ok(_)) => {
                self.wire.post(registry_channel(&self.address.ns), Bytes::from_static(b"changed"));
            }
            Some(Err(error)) => tracing::debug!(%error, "the state will be announced with the next renewal"),
            None => {}
        }
    }

    /// Whether this node surely holds its id.
    pub(crate) fn surely_holds_id(&self) -> bool {
        Instant::now() < *self.held_until.borrow()
    }

    /// How often the lease ran out and was had again: meanwhile others may have been given what this node had in its hands.
    pub(crate) fn lapses(&self) -> u64 {
        self.lapses.load(Ordering::SeqCst)
    }

    /// Waits until this node surely holds its id; false when it stops before that.
    pub(crate) async fn holds_id(&self) -> bool {
        // Nearly always, and before every message: without a subscription.
        if self.surely_holds_id() {
            return true;
        }
        let mut held_until = self.held_until.subscribe();
        let surely = held_until.wait_for(|until| Instant::now() < *until);
        self.stop.run_until_cancelled(surely).await.is_some_and(|held| held.is_ok())
    }

    /// Gives id and entry up, for good.
    async fn sign_off(&self) -> Result<(), WireError> {
        *self.signed_off.lock().await = true;
        self.wire.retire(&self.address.clone()).await
    }

    /// Tells how much waits for this node.
    async fn measure_queues(&self) {
        for queue in [Some(self.nid()), None].map(|nid| queue_name(&self.config.ns, nid)) {
            if let Ok(length) = self.wire.length(&queue).await {
                metrics::gauge!("cipher_queue_depth", "queue" => queue).set(length as f64);
            }
        }
    }

    /// Listens as soon as the transport lets it; `None` when the node is over before that.
    pub(crate) async fn listen(&self, channel: Arc<str>) -> Option<Tap> {
        loop {
            match self.over.run_until_cancelled(self.wire.listen(channel.clone())).await? {
                Ok(tap) => return Some(tap),
                Err(error) => {
                    tracing::warn!(cipher.channel = %channel, %error, "cannot listen yet, trying again");
                }
            }
            self.over.run_until_cancelled(tokio::time::sleep(RETRY)).await?;
        }
    }

    /// What is known of a namespace; begins to follow it at the first call.
    pub(crate) fn view(self: &Arc<Self>, ns: &str) -> View {
        let mut views = self.views.lock().expect(UNPOISONED);
        if let Some(view) = views.get(ns) {
            return view.clone();
        }
        let view = View::open(self, ns);
        views.insert(ns.to_owned(), view.clone());
        view
    }

    /// Counts input that is no message, and logs it once in a while.
    pub(crate) fn malformed(&self, kind: &'static str, place: &str, error: &serde_json::Error) {
        metrics::counter!("cipher_malformed_total", "kind" => kind).increment(1);
        let mut complained = self.complained.lock().expect(UNPOISONED);
        if complained.is_none_or(|last| last.elapsed() > COMPLAINT) {
            *complained = Some(Instant::now());
            tracing::warn!(cipher.kind = kind, cipher.place = %place, %error, "malformed input was skipped");
        }
    }
}

/// Renews this node's lease and entry three times within the lease.
pub(crate) async fn renew(core: Arc<Core>) {
    loop {
        tokio::time::sleep(core.config.lease / 3).await;
        let Some(announced) = core.announce().await else { return };
        // A server that is slow now is not to delay the next renewal.
        let _ = tokio::time::timeout(core.config.lease / 6, core.measure_queues()).await;
        match announced {
            Ok(Standing::Held) => {}
            Ok(Standing::Reclaimed) => {
                tracing::info!(cipher.node = %core.address, "the registry had forgotten this node, it is listed again");
            }
            Ok(Standing::Lost) => {
                tracing::error!(
                    cipher.node = %core.address,
                    "another node has this id: this one was silent for longer than its lease, and ends"
                );
                // Ending waits for all that runs in the background, and so for this task.
                tokio::spawn(async move { core.give_way().await });
                return;
            }
            Err(error) => {
                tracing::debug!(cipher.node = %core.address, %error, "the lease could not be renewed, trying again");
            }
        }
    }
}
