//! Who is running: what the node registry says of each node, and how it changes.

use serde::{Deserialize, Serialize};

use crate::address::Address;

/// What a node says of itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum NodeState {
    /// It has an address and does not take messages yet.
    Joining,
    /// It takes messages.
    Serving,
    /// It finishes what it has and is about to leave: send it nothing new.
    Draining,
}

/// One entry of the registry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NodeInfo {
    /// Which node, and which life of it.
    pub address: Address,
    /// Whether it takes messages.
    pub state: NodeState,
    /// Its own figure of how busy it is, in a unit its namespace agrees on; 0 when it never said.
    pub load: u32,
    /// When it joined, in milliseconds since 1970 by its own clock.
    pub since: u64,
    /// How many messages it has sent since then: transmits, broadcasts, requests and what it published, replies not.
    #[serde(default)]
    pub sent: u64,
    /// How many messages its handlers have dealt with since then: transmits, broadcasts and requests.
    #[serde(default)]
    pub handled: u64,
}

impl NodeInfo {
    /// Whether nothing is another but how much it sent and handled.
    pub(crate) fn says_the_same(&self, other: &Self) -> bool {
        let said = |info: &Self| Self { sent: 0, handled: 0, ..info.clone() };
        said(self) == said(other)
    }
}

/// A change in the registry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// A node is there that was not.
    Joined(NodeInfo),
    /// Its state or load is another.
    Changed(NodeInfo),
    /// It left, or was silent for longer than its lease.
    Left(NodeInfo),
}
