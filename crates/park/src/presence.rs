//! Sockets of gateways, summed up to people on floors.
//!
//! Somebody with several windows stands on a floor once, as long as one of their sockets does, and is present as long as one of
//! them is not away.

use protocol::id::{AccountId, FloorId};
use protocol::link::{Here, PresenceTold, SocketId};
use protocol::people::Person;
use std::collections::{BTreeMap, BTreeSet};

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

/// A person on a floor.
type Place = (FloorId, AccountId);

/// All sockets that all gateways told of.
#[derive(Debug, Clone, Default)]
pub struct Presence {
    gateways: BTreeMap<Gateway, BTreeMap<SocketId, Place>>,
    places: BTreeMap<Place, Attendance>,
}

/// Somebody's sockets on one floor.
#[derive(Debug, Clone)]
struct Attendance {
    person: Person,
    /// Each socket, and whether it is away.
    sockets: BTreeMap<(Gateway, SocketId), bool>,
    spot: Option<(u16, u16)>,
}

impl Attendance {
    fn away(&self) -> bool {
        self.sockets.values().all(|away| *away)
    }
}

impl Presence {
    /// Takes in what a gateway told. Another incarnation of a gateway's node ends the former.
    pub fn told(&mut self, gateway: Gateway, told: &PresenceTold) -> Vec<Change> {
        let mut before = Before::default();
        let former: Vec<Gateway> =
            self.gateways.keys().filter(|g| g.node == gateway.node && **g != gateway).copied().collect();
        for gateway in former {
            self.drop_all(gateway, &BTreeSet::new(), &mut before);
        }
        if told.full {
            let named = told.here.iter().map(|h| h.socket).collect();
            self.drop_all(gateway, &named, &mut before);
        }
        for socket in &told.gone {
            self.drop_socket(gateway, *socket, &mut before);
        }
        for here in &told.here {
            self.take(gateway, here, &mut before);
        }
        self.changes(before)
    }

    /// A gateway is gone: so are its sockets.
    pub fn expire(&mut self, gateway: Gateway) -> Vec<Change> {
        let mut before = Before::default();
        self.drop_all(gateway, &BTreeSet::new(), &mut before);
        self.changes(before)
    }

    /// Another worker owns the floor now: its sockets are forgotten, without a word.
    pub fn forget(&mut self, floor: FloorId) {
        self.places.retain(|(on, _), _| *on != floor);
        for sockets in self.gateways.values_mut() {
            sockets.retain(|_, (on, _)| *on != floor);
        }
        self.gateways.retain(|_, sockets| !sockets.is_empty());
    }

    /// Whose socket it is and where they stand: for steps, reactions and typing.
    pub fn whose(&self, gateway: Gateway, socket: SocketId) -> Option<(FloorId, AccountId)> {
        self.gateways.get(&gateway)?.get(&socket).copied()
    }

    fn take(&mut self, gateway: Gateway, here: &Here, before: &mut Before) {
        let place = (here.floor, here.person.account);
        if self.whose(gateway, here.socket).is_some_and(|was| was != place) {
            self.drop_socket(gateway, here.socket, before);
        }
        before.note(place, &self.places);
        self.gateways.entry(gateway).or_default().insert(here.socket, place);
        let attendance = self.places.entry(place).or_insert_with(|| Attendance {
            person: here.person.clone(),
            sockets: BTreeMap::new(),
            spot: None,
        });
        attendance.person.clone_from(&here.person);
        attendance.spot = here.spot.or(attendance.spot);
        attendance.sockets.insert((gateway, here.socket), here.away);
    }

    fn drop_socket(&mut self, gateway: Gateway, socket: SocketId, before: &mut Before) {
        let Some(sockets) = self.gateways.get_mut(&gateway) else { return };
        let Some(place) = sockets.remove(&socket) else { return };
        if sockets.is_empty() {
            self.gateways.remove(&gateway);
        }
        before.note(place, &self.places);
        if let Some(attendance) = self.places.get_mut(&place) {
            attendance.sockets.remove(&(gateway, socket));
            if attendance.sockets.is_empty() {
                self.places.remove(&place);
            }
        }
    }

    fn drop_all(&mut self, gateway: Gateway, but: &BTreeSet<SocketId>, before: &mut Before) {
        let sockets = self.gateways.get(&gateway).into_iter().flat_map(|s| s.keys()).copied();
        for socket in sockets.filter(|s| !but.contains(s)).collect::<Vec<_>>() {
            self.drop_socket(gateway, socket, before);
        }
    }

    fn changes(&self, before: Before) -> Vec<Change> {
        let change = |((floor, account), was): (Place, Option<(Person, bool)>)| {
            let is = self.places.get(&(floor, account));
            let now = is.map(|a| (a.person.clone(), a.away()));
            match (now, was) {
                (now, was) if now == was => None,
                (Some((person, away)), _) => {
                    Some(Change::Stands { floor, person, away, spot: is.and_then(|a| a.spot) })
                }
                (None, _) => Some(Change::Left { floor, account }),
            }
        };
        before.0.into_iter().filter_map(change).collect()
    }
}

/// How the places that are touched were before.
#[derive(Default)]
struct Before(BTreeMap<Place, Option<(Person, bool)>>);

impl Before {
    fn note(&mut self, place: Place, places: &BTreeMap<Place, Attendance>) {
        self.0.entry(place).or_insert_with(|| places.get(&place).map(|a| (a.person.clone(), a.away())));
    }
}
