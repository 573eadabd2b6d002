//! People on a plane: where they stand, how fast they go, and what the others are told of it. Nothing of it is durable.

use protocol::binary::{Positions, Spot};
use protocol::id::{AccountId, FloorId};
use protocol::people::{Person, Reaction};
use protocol::socket::ToClient;
use protocol::time::Micros;

/// The people on one floor.
#[derive(Debug, Clone)]
pub struct Floor {
    id: FloorId,
}

impl Floor {
    /// An empty floor.
    pub fn new(id: FloorId) -> Floor {
        Floor { id }
    }

    /// Which floor it is.
    pub fn id(&self) -> FloorId {
        self.id
    }

    /// Somebody comes: to `spot` when they were there before, else near the gate. Whoever is there already keeps their place
    /// and takes the new name, look and being away.
    pub fn stand(&mut self, person: &Person, away: bool, spot: Option<(u16, u16)>, now: Micros) {
        let _ = (person, away, spot, now);
    }

    /// Somebody is away, or back. Whether that is news.
    pub fn away(&mut self, account: AccountId, away: bool) -> bool {
        let _ = (account, away);
        false
    }

    /// Somebody leaves. Whether they were there.
    pub fn leave(&mut self, account: AccountId) -> bool {
        let _ = account;
        false
    }

    /// Somebody walks. Whether they got where they wanted: who is too fast gets as far as a walk would take them.
    pub fn step(&mut self, account: AccountId, to: Spot, now: Micros) -> bool {
        let _ = (account, to, now);
        false
    }

    /// Somebody reacts. Ignored when they are not there.
    pub fn react(&mut self, account: AccountId, with: Reaction) {
        let _ = (account, with);
    }

    /// Somebody is writing. Ignored when they are not there.
    pub fn types(&mut self, account: AccountId) {
        let _ = account;
    }

    /// The frame of positions that is due: who moved since the last one, or each second everybody. To be asked ten times a second.
    pub fn positions(&mut self, now: Micros) -> Option<Positions> {
        let _ = now;
        None
    }

    /// Who came and went since the last call ([`ToClient::Presence`]); none when nobody did.
    pub fn presence(&mut self) -> Option<ToClient> {
        None
    }

    /// Reactions and typing since the last call ([`ToClient::Reactions`], [`ToClient::Typing`]).
    pub fn moments(&mut self) -> Vec<ToClient> {
        Vec::new()
    }

    /// Who is there, for somebody who just came ([`ToClient::People`]).
    pub fn people(&self) -> ToClient {
        ToClient::People { floor: self.id, count: 0, present: 0, needed: 1, people: Vec::new() }
    }

    /// How many are there.
    pub fn count(&self) -> u32 {
        0
    }

    /// Who is there and not away.
    pub fn present(&self) -> Vec<AccountId> {
        Vec::new()
    }
}
