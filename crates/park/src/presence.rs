//! Sockets of gateways, summed up to people on floors.

use protocol::id::{AccountId, FloorId};
use protocol::link::{PresenceTold, SocketId};
use protocol::people::Person;

/// One run of a gateway: node id and incarnation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Gateway {
    /// Its node id.
    pub node: u32,
    /// Its incarnation.
    pub incarnation: u64,
}

/// What changed for a floor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// Somebody came, or their name, look or being away changed: for [`crate::Floor::stand`].
    Stands {
        /// The floor.
        floor: FloorId,
        /// Who.
        person: Person,
        /// Whether all their sockets there are away.
        away: bool,
        /// Where they were last, as the gateway knows it.
        spot: Option<(u16, u16)>,
    },
    /// Somebody's last socket left the floor: for [`crate::Floor::leave`].
    Left {
        /// The floor.
        floor: FloorId,
        /// Who.
        account: AccountId,
    },
}

/// All sockets that all gateways told of.
#[derive(Debug, Clone, Default)]
pub struct Presence {}

impl Presence {
    /// Takes in what a gateway told. A new incarnation of a gateway's node ends the former.
    pub fn told(&mut self, gateway: Gateway, told: &PresenceTold) -> Vec<Change> {
        let _ = (gateway, told);
        Vec::new()
    }

    /// A gateway is gone: so are its sockets.
    pub fn expire(&mut self, gateway: Gateway) -> Vec<Change> {
        let _ = gateway;
        Vec::new()
    }

    /// Another worker owns the floor now: its sockets are forgotten, without a word.
    pub fn forget(&mut self, floor: FloorId) {
        let _ = floor;
    }

    /// Whose socket it is and where they stand: for steps, reactions and typing.
    pub fn whose(&self, gateway: Gateway, socket: SocketId) -> Option<(FloorId, AccountId)> {
        let _ = (gateway, socket);
        None
    }
}
