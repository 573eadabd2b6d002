//! A running node: its handle and its operations.

use std::future::Future;
use std::time::Duration;

use bytes::Bytes;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::address::{Address, Incarnation, To};
use crate::error::{CipherError, HandlerError, JoinError, Refusal, RequestError, TransmitError};
use crate::message::Message;
use crate::registry::{Change, NodeInfo, NodeState};
use crate::span::Span;
use crate::transport::{NodeConfig, Transport};

/// A handle to one running node; clones are cheap and mean the same node.
#[derive(Clone, Debug)]
pub struct Node {
    address: Address,
}

impl Node {
    /// Joins.
    pub async fn join(transport: Transport, config: NodeConfig) -> Result<Node, JoinError> {
        let _ = transport;
        Ok(Self { address: Address { ns: config.ns, nid: 1, incarnation: Some(Incarnation::draw()) } })
    }
    /// Its namespace.
    pub fn ns(&self) -> &str { &self.address.ns }
    /// Its id.
    pub fn nid(&self) -> u32 { self.address.nid }
    /// Which life of it this is.
    pub fn incarnation(&self) -> Incarnation { self.address.incarnation.expect("set in join") }
    /// All of it.
    pub fn address(&self) -> Address { self.address.clone() }
    /// Registers a handler.
    pub fn on<T, F, Fut>(&self, route: &str, handler: F)
    where T: DeserializeOwned + Send + 'static, F: Fn(Message<T>) -> Fut + Send + Sync + 'static, Fut: Future<Output = Result<(), HandlerError>> + Send + 'static,
    { let _ = (route, handler); }
    /// Registers an answerer.
    pub fn answer<T, R, F, Fut>(&self, route: &str, handler: F)
    where T: DeserializeOwned + Send + 'static, R: Serialize + Send + 'static, F: Fn(Message<T>) -> Fut + Send + Sync + 'static, Fut: Future<Output = Result<R, Refusal>> + Send + 'static,
    { let _ = (route, handler); }
    /// Starts consuming.
    pub async fn serve(&self) -> Result<(), CipherError> { Ok(()) }
    /// Transmits.
    pub async fn transmit<T: Serialize + ?Sized>(&self, to: To, route: &str, payload: &T) -> Result<(), TransmitError> { let _ = (to, route, payload); Err(TransmitError::Closed) }
    /// Broadcasts.
    pub async fn broadcast<T: Serialize + ?Sized>(&self, ns: &str, route: &str, payload: &T) -> Result<(), CipherError> { let _ = (ns, route, payload); Ok(()) }
    /// Asks.
    pub async fn request<T: Serialize + ?Sized, R: DeserializeOwned>(&self, to: To, route: &str, payload: &T, deadline: Duration) -> Result<R, RequestError> { let _ = (to, route, payload, deadline); Err(RequestError::Closed) }
    /// Publishes.
    pub async fn publish(&self, topic: &str, span: Option<Span>, payload: Bytes) -> Result<(), CipherError> { let _ = (topic, span, payload); Ok(()) }
    /// Subscribes.
    pub async fn subscribe(&self, topic: &str) -> Result<Subscription, CipherError> { let _ = topic; Err(CipherError::Closed) }
    /// Lists.
    pub async fn nodes(&self, ns: &str) -> Vec<NodeInfo> { let _ = ns; Vec::new() }
    /// Watches.
    pub fn watch(&self, ns: &str) -> Watch { let _ = ns; Watch {} }
    /// Says what it does.
    pub async fn set_state(&self, state: NodeState) { let _ = state; }
    /// Says how busy it is.
    pub fn set_load(&self, load: u32) { let _ = load; }
    /// Leaves.
    pub async fn leave(&self) {}
}

/// A subscription.
#[derive(Debug)]
pub struct Subscription {}
impl Subscription {
    /// The next.
    pub async fn next(&mut self) -> Option<Delivery> { None }
}

/// What a subscription yields.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Delivery {
    /// A message.
    Message {
        /// Which part of the stream, when the publisher said so.
        span: Option<Span>,
        /// What was published.
        payload: Bytes,
    },
    /// Messages may have been lost: get the present state from its owner.
    Gap,
}

/// A stream of changes of the registry.
#[derive(Debug)]
pub struct Watch {}
impl Watch {
    /// The next.
    pub async fn next(&mut self) -> Option<Change> { None }
}
