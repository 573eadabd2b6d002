//! A running node: its handle and its operations.

mod broadcasts;
mod consume;
mod core;
mod dead_letters;
mod join;
mod requests;
mod routes;
mod serve;
mod subscription;
mod sweep;
mod transmits;
mod view;

use std::future::Future;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use futures_util::future::{BoxFuture, Shared};
use serde::Serialize;
use serde::de::DeserializeOwned;

use self::core::Core;
pub use self::core::Ending;
pub use self::dead_letters::DeadLetter;
pub use self::subscription::{Delivery, Subscription};
pub use self::view::Watch;
use crate::address::{Address, Incarnation, To, check_namespace, check_route};
use crate::envelope::{self, Extras};
use crate::error::{CipherError, HandlerError, JoinError, Refusal, RequestError};
use crate::message::Message;
use crate::redis::RedisWire;
use crate::registry::{NodeInfo, NodeState};
use crate::span::Span;
use crate::trace::trace_context;
use crate::transport::{Nid, NodeConfig, Transport};
use crate::wire::{Wire, WireError, broadcast_channel, reply_channel, topic_channel};

/// A handle to one running node; clones are cheap and mean the same node.
///
/// [`leave`](Node::leave) ends it in good order. When the last handle is dropped without that, the node stops as if it
/// had crashed, and the others notice when its lease runs out. (A handler that holds a handle keeps the node running.)
#[derive(Clone)]
pub struct Node {
    life: Arc<Life>,
}

struct Life {
    core: Arc<Core>,
    /// Beginning to serve, once for all who ask for it, and to its end whoever stops waiting for it. Whether it came to be.
    serving: Mutex<Option<Shared<BoxFuture<'static, bool>>>>,
    leaving: AtomicBool,
}

impl Drop for Life {
    fn drop(&mut self) {
        if self.core.over.is_cancelled() {
            return; // it has left
        }
        self.core.over.cancel();
        self.core.stop.cancel();
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            let wire = self.core.wire.clone();
            runtime.spawn(async move { wire.close().await });
        }
    }
}

impl Node {
    /// Joins the registry in state [`Joining`](NodeState::Joining). From here on the node can send; it receives once it
    /// [serves](Node::serve).
    ///
    /// A server that cannot be reached is waited for, for as long as it takes, with a warning in the log every few
    /// seconds; so is a fixed id that another node still holds. On a server whose registry is empty a leased id takes
    /// one lease (3 s) longer: it may have been wiped, and those who hold an id come first.
    ///
    /// # Errors
    /// Only when the configuration is wrong: see [`JoinError`].
    pub async fn join(transport: Transport, config: NodeConfig) -> Result<Node, JoinError> {
        check_namespace(&config.ns)?;
        if config.nid == Nid::Fixed(0) {
            return Err(JoinError::NidZero);
        }
        let wire = connect(transport).await?;
        let incarnation = Incarnation::draw();
        let me = join::take_id(&*wire, &config, incarnation).await;
        let node = Self::begin(Arc::new(Core::member(config, me, incarnation, wire))).await;
        node.core().spawn(core::renew(node.core().clone()));
        node.core().set_state(NodeState::Joining).await;
        Ok(node)
    }

    /// A node that sends without being one of its namespace: for tools and tests. `origin` is who it says it is, and nothing
    /// more: nobody sees it in the registry, it has no queue, and it never [serves](Node::serve). Everything else works,
    /// [`request`](Node::request) too.
    ///
    /// # Errors
    /// Only when the configuration is wrong: see [`JoinError`].
    pub async fn guest(transport: Transport, origin: Address) -> Result<Node, JoinError> {
        check_namespace(&origin.ns)?;
        let wire = connect(transport).await?;
        let core = Core::guest(NodeConfig::new(&origin.ns), origin, Incarnation::draw(), wire);
        Ok(Self::begin(Arc::new(core)).await)
    }

    async fn begin(core: Arc<Core>) -> Self {
        let replies =
            core.listen(reply_channel(core.incarnation)).await.expect("a node that begins does not stop");
        core.spawn(requests::run_replies(core.clone(), replies));
        Node { life: Arc::new(Life { core, serving: Mutex::default(), leaving: AtomicBool::new(false) }) }
    }

    fn core(&self) -> &Arc<Core> {
        &self.life.core
    }

    /// Its namespace.
    pub fn ns(&self) -> &str {
        &self.core().config.ns
    }

    /// Its id within the namespace, from 1. (A [guest](Node::guest) may have 0.)
    pub fn nid(&self) -> u32 {
        self.core().nid()
    }

    /// Which life of it this is.
    pub fn incarnation(&self) -> Incarnation {
        self.core().incarnation
    }

    /// All three.
    pub fn address(&self) -> Address {
        self.core().address.clone()
    }

    /// Handles the transmits and broadcasts of a route (without the namespace). Register before [`serve`](Node::serve).
    ///
    /// Messages of one sender are handled one after another, those of different senders side by side. Transmits are
    /// delivered at least once: a handler may see one again (with the same id), after a crash or after it failed. One
    /// that fails three times is put among the dead letters.
    ///
    /// # Panics
    /// When the route has a handler already.
    pub fn on<T, F, Fut>(&self, route: &str, handler: F)
    where
        T: DeserializeOwned + Send + 'static,
        F: Fn(Message<T>) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<(), HandlerError>> + Send + 'static,
    {
        assert!(self.core().routes.on(route, handler), "the route {route:?} has a handler already");
    }

    /// Handles the transmits and broadcasts of this namespace that no handler is registered for. Register before
    /// [`serve`](Node::serve): the node then receives every broadcast of its namespace, over Redis by a pattern.
    ///
    /// # Panics
    /// When there is such a handler already.
    pub fn on_any<T, F, Fut>(&self, handler: F)
    where
        T: DeserializeOwned + Send + 'static,
        F: Fn(Message<T>) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<(), HandlerError>> + Send + 'static,
    {
        assert!(self.core().routes.on_any(handler), "there is a handler for any route already");
    }

    /// Looks up whom behind this node a message is for, before its handler runs, which gets what was found from
    /// [`Message::resolved`]. (rapt-cipher's `tenentHandler`.) Only messages that name a tenant are looked up, each once
    /// an attempt; an error counts as one of the handler, and refuses a request with the code `no_tenant`.
    ///
    /// # Panics
    /// When there is a resolver already.
    pub fn resolve_tenants<R, F, Fut>(&self, resolver: F)
    where
        R: Send + Sync + 'static,
        F: Fn(String) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<Arc<R>, HandlerError>> + Send + 'static,
    {
        assert!(self.core().routes.resolve_tenants(resolver), "there is a tenant resolver already");
    }

    /// Answers the requests of a route (without the namespace). Register before [`serve`](Node::serve).
    ///
    /// Each request runs in a task of its own, [`NodeConfig::concurrent_answers`] at once.
    ///
    /// # Panics
    /// When the route has an answerer already.
    pub fn answer<T, R, F, Fut>(&self, route: &str, handler: F)
    where
        T: DeserializeOwned + Send + 'static,
        R: Serialize + Send + 'static,
        F: Fn(Message<T>) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<R, Refusal>> + Send + 'static,
    {
        assert!(self.core().routes.answer(route, handler), "the route {route:?} has an answerer already");
    }

    /// Sends a message to every node of a namespace that runs and handles the route, at most once. Does not wait for
    /// the server.
    ///
    /// # Errors
    /// When the payload or a name cannot be used, or the node has left.
    pub async fn broadcast<T: Serialize + ?Sized>(
        &self,
        ns: &str,
        route: &str,
        payload: &T,
    ) -> Result<(), CipherError> {
        check_namespace(ns)?;
        check_route(route)?;
        let core = self.core();
        let extras = Extras {
            id: Some(core.next_id()),
            inc: core.address.incarnation,
            trace: trace_context(),
            ..Extras::default()
        };
        let body = envelope::write(&core.address, &To::any(ns), route, payload, &extras)
            .map_err(CipherError::Payload)?;
        self.post(broadcast_channel(ns, route), body, "broadcast")
    }

    /// Asks one node and waits for its reply, at most once.
    ///
    /// # Errors
    /// At the deadline, at once when the node is known to be gone, or with its [`Refusal`]: see [`RequestError`].
    pub async fn request<T, R>(
        &self,
        to: To,
        route: &str,
        payload: &T,
        deadline: Duration,
    ) -> Result<R, RequestError>
    where
        T: Serialize + ?Sized,
        R: DeserializeOwned,
    {
        check_namespace(&to.ns)?;
        check_route(route)?;
        if self.core().over.is_cancelled() {
            return Err(RequestError::Closed);
        }
        let payload = serde_json::value::to_raw_value(payload).map_err(RequestError::Payload)?;
        self.core().count_sent("request");
        let reply = requests::ask(self.core(), to, route, &payload, deadline).await?;
        serde_json::from_slice(&reply).map_err(RequestError::Payload)
    }

    /// Sends bytes to every subscriber of a topic, at most once, in order per publisher. Does not wait for the server:
    /// when too much has piled up the oldest is dropped and counted, which the subscribers see as a gap in the spans.
    ///
    /// # Errors
    /// [`CipherError::Closed`] when the node has left.
    pub async fn publish(&self, topic: &str, span: Option<Span>, payload: Bytes) -> Result<(), CipherError> {
        self.post(topic_channel(topic), subscription::frame(span, &payload), "topic")
    }

    fn post(&self, channel: Arc<str>, body: Bytes, kind: &'static str) -> Result<(), CipherError> {
        if self.core().over.is_cancelled() {
            return Err(CipherError::Closed);
        }
        self.core().count_sent(kind);
        self.core().wire.post(channel, body);
        Ok(())
    }

    /// Subscribes to a topic. Once this returns, nothing published to it is missed without a
    /// [`Gap`](Delivery::Gap).
    ///
    /// # Errors
    /// [`CipherError::Away`] when the server does not confirm in time.
    pub async fn subscribe(&self, topic: &str) -> Result<Subscription, CipherError> {
        if self.core().over.is_cancelled() {
            return Err(CipherError::Closed);
        }
        let tap = self.core().wire.listen(topic_channel(topic)).await.map_err(away)?;
        Ok(Subscription::new(tap))
    }

    /// The nodes of a namespace, by id. From the first call on this node follows that namespace and answers from memory;
    /// while the server is away it says what it knew last.
    pub async fn nodes(&self, ns: &str) -> Vec<NodeInfo> {
        let view = self.core().view(ns);
        let nodes = tokio::time::timeout(view::FIRST_READING, view.nodes()).await.unwrap_or_default();
        nodes.values().cloned().collect()
    }

    /// The changes of a namespace, beginning with everyone who is there. To be called within the runtime.
    pub fn watch(&self, ns: &str) -> Watch {
        Watch::new(&self.core().view(ns))
    }

    /// Whether the registry surely lists this node: its lease was renewed less than a lease ago. Otherwise it is cut off from the
    /// server (or was frozen), nothing that is sent to it arrives, and the others take it for dead. A guest is not listed.
    pub fn is_listed(&self) -> bool {
        self.core().surely_holds_id() && !self.core().over.is_cancelled()
    }

    /// Says in the registry what this node does; the others hear of it at once.
    pub async fn set_state(&self, state: NodeState) {
        self.core().set_state(state).await;
    }

    /// Says in the registry how busy this node is, with the next renewal. [`To::any`] requests go to the least busy.
    pub fn set_load(&self, load: u32) {
        self.core().load.store(load, Ordering::Relaxed);
    }

    /// Leaves in good order: takes nothing new, finishes what was begun (for at most five seconds), sends what is still
    /// to be sent, and gives up its id. The others see it leave at once. What waits in the queue of a leased id goes to
    /// its dead letters. It goes on when the caller stops waiting for it; whoever calls it again waits until it is done.
    pub async fn leave(&self) {
        if !self.core().stop.is_cancelled() && !self.life.leaving.swap(true, Ordering::SeqCst) {
            let core = self.core().clone();
            tokio::spawn(async move {
                core.set_state(NodeState::Draining).await;
                core.leave().await;
            });
        }
        self.ended().await;
    }

    /// Waits until this node is over, and says why. A program that did not call [`leave`](Node::leave) itself ends, or
    /// joins again: all operations of this handle fail from here on.
    pub async fn ended(&self) -> Ending {
        self.core().ended().await
    }
}

impl std::fmt::Debug for Node {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Node({} {})", self.address(), self.incarnation())
    }
}

async fn connect(transport: Transport) -> Result<Arc<dyn Wire>, JoinError> {
    Ok(match transport {
        Transport::Memory(bus) => Arc::new(bus.connect()),
        Transport::Redis(redis) => Arc::new(Box::pin(RedisWire::connect(redis)).await?),
    })
}

fn away(error: WireError) -> CipherError {
    CipherError::Away(error.0)
}
