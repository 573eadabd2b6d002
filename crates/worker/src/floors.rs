//! People on floors: who is there, their steps, ten ticks a second. Ephemeral: rebuilt from what the gateways tell.
//!
//! It runs beside the loop of turns, so that people walk on while the database is away.

use crate::ownership::Ownership;
use crate::rooms::Note;
use crate::seat::Crowd;
use bytes::Bytes;
use cipher::{Address, Change as NodeChange, Delivery, Node, Subscription};
use park::floor::Admission;
use park::{Change, Floor, Gateway, Presence};
use protocol::http::{FLOOR_SEEN_MAX, PersonSeen};
use protocol::id::FloorId;
use protocol::link::{PresenceTold, Steps, ns, topic};
use protocol::socket::ToClient;
use rustc_hash::{FxHashMap, FxHashSet};
use service::clock::ParkClock;
use std::time::Duration;
use tokio::sync::{mpsc, oneshot};
use tokio::time::{Instant, MissedTickBehavior};
use tokio_util::sync::CancellationToken;

/// Between two ticks.
const TICK: Duration = Duration::from_millis(100);
/// A gateway that tells nothing for this long is gone, and its people with it (promise 8).
const GATEWAY_SILENCE: Duration = Duration::from_secs(12);
/// A change of what plays is announced 1.5 round trips and this ahead (SYNC.md, Timeline), in ms.
const LEAD_BASE_MS: i64 = 200;
/// Bounds of that, in ms.
const LEAD_MS: (i64, i64) = (400, 1_500);
/// After the steps could not be followed.
const RETRY: Duration = Duration::from_millis(500);

/// What the floors are asked.
#[derive(Debug)]
pub enum FloorNote {
    /// A gateway tells who stands where.
    Told(Address, PresenceTold),
    /// Somebody just came and asks who is there.
    People(FloorId, oneshot::Sender<ToClient>),
    /// Somebody looks in from outside.
    Seen(FloorId, oneshot::Sender<Vec<PersonSeen>>),
    /// Whom a room lets in from now on.
    Admission(FloorId, Admission),
}

/// The floors this worker owns.
pub struct Floors {
    node: Node,
    clock: ParkClock,
    ownership: Ownership,
    rooms: mpsc::Sender<Note>,
    presence: Presence,
    floors: FxHashMap<FloorId, Floor>,
    /// Of the rooms that hold only so many: known also while nobody is there.
    admissions: FxHashMap<FloorId, Admission>,
    gateways: FxHashMap<Gateway, Heard>,
    /// Rooms whose crowd changed since the rules were told.
    stirred: FxHashSet<FloorId>,
}

#[derive(Debug)]
struct Heard {
    at: Instant,
    rtt_p95_ms: u16,
}

impl Floors {
    /// Empty floors.
    pub fn new(node: Node, clock: ParkClock, ownership: Ownership, rooms: mpsc::Sender<Note>) -> Floors {
        Floors {
            node,
            clock,
            ownership,
            rooms,
            presence: Presence::default(),
            floors: FxHashMap::default(),
            admissions: FxHashMap::default(),
            gateways: FxHashMap::default(),
            stirred: FxHashSet::default(),
        }
    }

    /// Ticks until `stop`.
    pub async fn run(mut self, mut inbox: mpsc::Receiver<FloorNote>, stop: CancellationToken) {
        let mut ticks = tokio::time::interval(TICK);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut changes = self.ownership.changes();
        let mut gateways = self.node.watch(ns::GATEWAY);
        let mut steps = self.follow_steps().await;
        loop {
            tokio::select! {
                () = stop.cancelled() => return,
                _ = ticks.tick() => {
                    self.tick().await;
                    if steps.is_none() {
                        steps = self.follow_steps().await;
                    }
                }
                note = inbox.recv() => match note {
                    Some(note) => self.note(note),
                    None => return,
                },
                delivery = next(&mut steps) => match delivery {
                    Some(Delivery::Message { payload, .. }) => self.steps(&payload),
                    Some(Delivery::Gap) => {}
                    None => steps = None,
                },
                _ = changes.changed() => self.drop_lost(),
                change = gateways.next() => if let Some(NodeChange::Left(gone)) = change {
                    let _ = self.expire(gateway_of(&gone.address));
                },
            }
        }
    }

    async fn follow_steps(&self) -> Option<Subscription> {
        match self.node.subscribe(&topic::steps(self.node.nid())).await {
            Ok(steps) => Some(steps),
            Err(error) => {
                tracing::warn!(%error, "steps cannot be followed yet");
                tokio::time::sleep(RETRY).await;
                None
            }
        }
    }

    fn note(&mut self, note: FloorNote) {
        match note {
            FloorNote::Told(from, told) => self.told(&from, told),
            FloorNote::People(floor, reply) => {
                let people =
                    self.floors.get_mut(&floor).map_or_else(|| Floor::new(floor).people(), Floor::people);
                let _ = reply.send(people);
            }
            FloorNote::Seen(floor, reply) => {
                let seen = self.floors.get(&floor).map(|floor| floor.seen(FLOOR_SEEN_MAX));
                let _ = reply.send(seen.unwrap_or_default());
            }
            FloorNote::Admission(floor, admission) => self.admit(floor, admission),
        }
    }

    fn admit(&mut self, id: FloorId, admission: Admission) {
        if let Some(floor) = self.floors.get_mut(&id) {
            floor.set_admission(admission.clone());
            self.stirred.insert(id);
        }
        if admission.capacity.is_some() {
            self.admissions.insert(id, admission);
        } else {
            self.admissions.remove(&id);
        }
    }

    fn told(&mut self, from: &Address, mut told: PresenceTold) {
        let Some(gateway) = gateway_of(from) else { return };
        self.gateways.insert(gateway, Heard { at: Instant::now(), rtt_p95_ms: told.rtt_p95_ms });
        // Another worker's floors: the gateway will learn so and tell that one.
        told.here.retain(|here| self.ownership.term(here.floor).is_some());
        if told.full {
            // Should the rules have forgotten who is in a room, as after a turn that could not be saved, they learn it again.
            self.stirred.extend(told.here.iter().map(|here| here.floor));
        }
        let changes = self.presence.told(gateway, &told);
        self.change(changes);
        for (socket, with) in told.reactions {
            if let Some((floor, account)) = self.presence.whose(gateway, socket)
                && let Some(floor) = self.floors.get_mut(&floor)
            {
                floor.react(account, with);
            }
        }
        for socket in told.typing {
            if let Some((floor, account)) = self.presence.whose(gateway, socket)
                && let Some(floor) = self.floors.get_mut(&floor)
            {
                floor.types(account);
            }
        }
    }

    fn change(&mut self, changes: Vec<Change>) {
        let now = self.clock.now_us();
        for change in changes {
            match change {
                Change::Stands { floor, person, away, spot } => {
                    let admission = self.admissions.get(&floor);
                    self.floors
                        .entry(floor)
                        .or_insert_with(|| opened(floor, admission))
                        .stand(&person, away, spot, now);
                    self.stirred.insert(floor);
                    if let Some(room) = floor.room() {
                        // A full inbox has commands in it; a new name can wait for the next change.
                        let _ = self.rooms.try_send(Note::Person(room, person));
                    }
                }
                Change::Left { floor, account } => {
                    self.stirred.insert(floor);
                    if let Some(floor) = self.floors.get_mut(&floor) {
                        floor.leave(account, now);
                    }
                }
            }
        }
    }

    fn steps(&mut self, payload: &[u8]) {
        let Some(Steps { gateway, incarnation, steps }) = Steps::decode(payload) else { return };
        let gateway = Gateway { node: gateway, incarnation };
        let now = self.clock.now_us();
        for (socket, spot) in steps {
            if let Some((floor, account)) = self.presence.whose(gateway, socket)
                && let Some(floor) = self.floors.get_mut(&floor)
            {
                floor.step(account, spot, now);
            }
        }
    }

    async fn tick(&mut self) {
        let silent: Vec<Gateway> = self
            .gateways
            .iter()
            .filter(|(_, heard)| heard.at.elapsed() > GATEWAY_SILENCE)
            .map(|(g, _)| *g)
            .collect();
        for gateway in silent {
            if self.expire(Some(gateway)) {
                tracing::warn!(gateway.node, "a gateway fell silent: its people are gone");
            }
        }
        let now = self.clock.now_us();
        for (id, floor) in &mut self.floors {
            if floor.let_in(now) {
                self.stirred.insert(*id);
            }
        }
        self.tell_rooms();
        for (id, floor) in &mut self.floors {
            let topic = topic::floor(*id);
            let presence = floor.presence().into_iter().chain(floor.moments());
            for frame in presence {
                if let Ok(json) = serde_json::to_vec(&frame) {
                    let _ = self.node.publish(&topic, None, Bytes::from(json)).await;
                }
            }
            if let Some(positions) = floor.positions(now) {
                let _ = self.node.publish(&topic, None, Bytes::from(positions.encode())).await;
            }
        }
        self.floors.retain(|_, floor| !floor.is_forgettable(now));
    }

    /// Tells the rules who is in the rooms now.
    fn tell_rooms(&mut self) {
        let rtt = self.gateways.values().map(|heard| heard.rtt_p95_ms).max().unwrap_or(0);
        let lead_us = lead_us(rtt);
        let floors = &self.floors;
        self.stirred.retain(|id| {
            let Some(room) = id.room() else { return false };
            let (present, inside, full) = floors
                .get(id)
                .map_or((Vec::new(), 0, false), |floor| (floor.present(), floor.count(), floor.is_full()));
            // A full inbox: again with the next tick.
            self.rooms.try_send(Note::Crowd(room, Crowd { present, inside, full, lead_us })).is_err()
        });
    }

    /// A gateway is gone. Whether anybody went with it.
    fn expire(&mut self, gateway: Option<Gateway>) -> bool {
        let Some(gateway) = gateway else { return false };
        self.gateways.remove(&gateway);
        let changes = self.presence.expire(gateway);
        let anybody = !changes.is_empty();
        self.change(changes);
        anybody
    }

    fn drop_lost(&mut self) {
        let lost: Vec<FloorId> =
            self.floors.keys().copied().filter(|floor| self.ownership.term(*floor).is_none()).collect();
        for floor in lost {
            self.presence.forget(floor);
            self.floors.remove(&floor);
        }
        self.admissions.retain(|floor, _| self.ownership.term(*floor).is_some());
    }
}

/// How far ahead a change of what plays is announced, for a round trip's 95th percentile.
fn lead_us(rtt_p95_ms: u16) -> i64 {
    (i64::from(rtt_p95_ms) * 3 / 2 + LEAD_BASE_MS).clamp(LEAD_MS.0, LEAD_MS.1) * 1_000
}

/// A floor that somebody is about to come to.
fn opened(id: FloorId, admission: Option<&Admission>) -> Floor {
    let mut floor = Floor::new(id);
    if let Some(admission) = admission {
        floor.set_admission(admission.clone());
    }
    floor
}

fn gateway_of(address: &Address) -> Option<Gateway> {
    let incarnation = u64::from_str_radix(&address.incarnation?.to_string(), 16).ok()?;
    Some(Gateway { node: address.nid, incarnation })
}

async fn next(steps: &mut Option<Subscription>) -> Option<Delivery> {
    match steps {
        Some(steps) => steps.next().await,
        None => std::future::pending().await,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_waits_for_the_slow_and_the_near_are_not_cut_off() {
        assert_eq!(lead_us(0), 400_000);
        assert_eq!(lead_us(400), 800_000);
        assert_eq!(lead_us(5_000), 1_500_000);
    }
}
