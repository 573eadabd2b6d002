//! What a handler gets.

use crate::address::Address;

/// A message as its handler sees it.
#[derive(Clone, Debug)]
pub struct Message<T> {
    /// The node that sent it.
    pub origin: Address,
    /// From whom behind that node it is, when the sender said so.
    pub tenant: Option<String>,
    /// For whom behind this node it is, when the sender said so.
    pub recipient_tenant: Option<String>,
    /// The route, without the namespace.
    pub route: String,
    /// The sender's id for it: the same when it is delivered again. Peers that speak plain rapt-cipher give none.
    pub id: Option<String>,
    /// What was sent.
    pub payload: T,
    /// 1 at first, and one more each time it is tried again after a failure.
    pub attempt: u32,
}
