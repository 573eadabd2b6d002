//! What a handler gets.

use std::any::Any;
use std::sync::Arc;

use crate::address::Address;

/// How a message came.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// By [`transmit`](crate::Node::transmit): to one node, at least once.
    Transmit,
    /// By [`broadcast`](crate::Node::broadcast): to every node of a namespace, at most once.
    Broadcast,
    /// By [`request`](crate::Node::request): to one node, whose answer is awaited.
    Request,
}

impl Kind {
    /// As metrics and tools name it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Transmit => "transmit",
            Self::Broadcast => "broadcast",
            Self::Request => "request",
        }
    }
}

/// What a tenant resolver found, with its type erased.
pub(crate) type Resolved = Arc<dyn Any + Send + Sync>;

/// A message as its handler sees it.
#[derive(Clone, Debug)]
pub struct Message<T> {
    /// How it came.
    pub kind: Kind,
    /// The node that sent it.
    pub origin: Address,
    /// From whom behind that node it is, when the sender said so.
    pub tenant: Option<String>,
    /// The id of the node it was addressed to; `None` when it was for any or for all.
    pub recipient_nid: Option<u32>,
    /// For whom behind this node it is, when the sender said so.
    pub recipient_tenant: Option<String>,
    /// The route, without the namespace.
    pub route: String,
    /// The sender's id for it: the same when it is delivered again. Peers that speak plain rapt-cipher give none.
    pub id: Option<String>,
    /// The sender's trace context, such as a W3C `traceparent`. What is sent from within the handler carries it on.
    pub trace: Option<String>,
    /// What was sent.
    pub payload: T,
    /// 1 at first, and one more each time it is tried again after a failure.
    pub attempt: u32,
    pub(crate) resolved: Option<Resolved>,
}

impl<T> Message<T> {
    /// What the node's [tenant resolver](crate::Node::resolve_tenants) found for the recipient's tenant; `None` when the
    /// message names none, when there is no resolver, or when what it finds is of another type.
    pub fn resolved<R: Send + Sync + 'static>(&self) -> Option<Arc<R>> {
        self.resolved.clone()?.downcast().ok()
    }
}
