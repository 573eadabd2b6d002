//! What goes up to the workers: commands at once; presence, reactions and steps gathered for a tick.

use crate::owners::OwnersMap;
use crate::session::{Session, Sessions};
use cipher::{Change, Node, To};
use protocol::binary::Spot;
use protocol::command::Command;
use protocol::id::FloorId;
use protocol::link::{CommandSent, Here, PresenceTold, SocketId, Steps, ns, route, topic};
use protocol::people::Reaction;
use rustc_hash::{FxHashMap, FxHashSet};
use service::clock::ParkClock;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::time::{Instant, MissedTickBehavior};
use tokio_util::sync::CancellationToken;

/// Presence and steps leave this often.
const TICK: Duration = Duration::from_millis(100);
/// Everything is told anew this often, so that a worker that lost it has it again.
const FULL_EVERY: Duration = Duration::from_secs(5);
/// A command must be carried out this long after it came, or not at all.
const DEADLINE_US: i64 = 10_000_000;
/// Longest wait until the messaging has a command.
const SEND_PATIENCE: Duration = Duration::from_secs(2);
/// Most reactions one tick carries.
const REACTIONS_MAX: usize = 200;

/// The way up. One a gateway.
#[derive(Debug)]
pub struct Upstream {
    node: Node,
    clock: ParkClock,
    owners: OwnersMap,
    sessions: Arc<Sessions>,
    tick: Mutex<Gathered>,
}

#[derive(Debug, Default)]
struct Gathered {
    /// Sockets whose place, person or away mark changed.
    changed: FxHashSet<SocketId>,
    steps: FxHashMap<SocketId, Spot>,
    /// Where each was last, for a worker that starts anew.
    spots: FxHashMap<SocketId, (FloorId, u16, u16)>,
    reactions: Vec<(SocketId, Reaction)>,
    typing: FxHashSet<SocketId>,
    /// Which worker believes that a socket stands on one of its floors.
    told: FxHashMap<SocketId, u32>,
    full: bool,
}

impl Upstream {
    /// The way up to the workers.
    pub fn new(node: Node, clock: ParkClock, owners: OwnersMap, sessions: Arc<Sessions>) -> Arc<Upstream> {
        Arc::new(Upstream { node, clock, owners, sessions, tick: Mutex::default() })
    }

    /// Sends a command to the worker that owns its room. False: nothing is known of it, the browser should send it again.
    pub async fn command(&self, session: &Session, command: Command) -> bool {
        let Some(worker) = self.owners.find(&self.node, FloorId::of(command.room)).await else {
            return false;
        };
        let sent = CommandSent {
            person: session.person(),
            socket: session.socket,
            deadline_us: self.clock.now_us() + DEADLINE_US,
            command,
        };
        let transmit = self.node.transmit(To::node(ns::WORKER, worker), route::COMMAND, &sent);
        match tokio::time::timeout(SEND_PATIENCE, transmit).await {
            Ok(Ok(())) => true,
            Ok(Err(error)) => {
                tracing::warn!(%error, "a command could not be sent on");
                false
            }
            Err(_) => false,
        }
    }

    /// A socket's place, person or away mark changed, or it is gone.
    pub fn changed(&self, socket: SocketId) {
        self.lock().changed.insert(socket);
    }

    /// A socket's person stepped somewhere. Latest wins.
    pub fn step(&self, session: &Session, spot: Spot) {
        if let Some(floor) = session.stands() {
            let mut tick = self.lock();
            tick.steps.insert(session.socket, spot);
            tick.spots.insert(session.socket, (floor, spot.x, spot.y));
        }
    }

    /// A socket's person reacted.
    pub fn react(&self, socket: SocketId, with: Reaction) {
        let mut tick = self.lock();
        if tick.reactions.len() < REACTIONS_MAX {
            tick.reactions.push((socket, with));
        }
    }

    /// A socket's person is writing.
    pub fn typing(&self, socket: SocketId) {
        self.lock().typing.insert(socket);
    }

    /// Tells everything anew with the next tick: owners changed, or a worker started.
    pub fn tell_all(&self) {
        self.lock().full = true;
    }

    /// Sends what was gathered, tick by tick, until `stop`.
    pub async fn run(self: Arc<Self>, stop: CancellationToken) {
        let mut ticks = tokio::time::interval(TICK);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut full_at = Instant::now();
        while stop.run_until_cancelled(ticks.tick()).await.is_some() {
            let due = Instant::now() >= full_at;
            if due {
                full_at = Instant::now() + FULL_EVERY;
            }
            self.send_tick(due).await;
        }
        self.send_goodbye().await;
    }

    /// Tells everything anew whenever a worker joins, until `stop`.
    pub async fn watch_workers(self: Arc<Self>, stop: CancellationToken) {
        let mut workers = self.node.watch(ns::WORKER);
        while let Some(Some(change)) = stop.run_until_cancelled(workers.next()).await {
            if !matches!(change, Change::Left(_)) {
                self.owners.ask(&self.node).await;
                self.tell_all();
            }
        }
    }

    async fn send_tick(&self, due: bool) {
        let rtt_p95_ms = self.sessions.rtt_p95_ms();
        let (presence, steps) = self.gather(due, rtt_p95_ms);
        for (worker, told) in presence {
            if let Err(error) = self.node.transmit(To::node(ns::WORKER, worker), route::PRESENCE, &told).await
            {
                tracing::debug!(%error, "presence could not be told");
                self.tell_all();
            }
        }
        let incarnation = u64::from_str_radix(&self.node.incarnation().to_string(), 16).unwrap_or_default();
        for (worker, steps) in steps {
            let message = Steps { gateway: self.node.nid(), incarnation, steps };
            // Moves are never queued: a lost one is overtaken by the next.
            let _ = self.node.publish(&topic::steps(worker), None, message.encode().into()).await;
        }
    }

    #[allow(clippy::type_complexity, reason = "two lists by worker, taken apart at once")]
    fn gather(
        &self,
        due: bool,
        rtt_p95_ms: u16,
    ) -> (FxHashMap<u32, PresenceTold>, FxHashMap<u32, Vec<(SocketId, Spot)>>) {
        let mut tick = self.lock();
        let full = std::mem::take(&mut tick.full) || due;
        let changed = std::mem::take(&mut tick.changed);
        let which: Vec<SocketId> = if full {
            tick.told.keys().copied().chain(self.sessions.all().iter().map(|s| s.socket)).collect()
        } else {
            changed.into_iter().collect()
        };
        let mut presence: FxHashMap<u32, PresenceTold> = FxHashMap::default();
        let new = |full| PresenceTold {
            full,
            here: vec![],
            gone: vec![],
            reactions: vec![],
            typing: vec![],
            rtt_p95_ms,
        };
        let mut seen = FxHashSet::default();
        for socket in which {
            if !seen.insert(socket) {
                continue;
            }
            let session = self.sessions.get(socket);
            let place = session.as_ref().and_then(|session| session.stands());
            let worker = place.and_then(|floor| self.owners.of(floor));
            let before = tick.told.get(&socket).copied();
            if let Some(before) = before.filter(|before| Some(*before) != worker) {
                presence.entry(before).or_insert_with(|| new(full)).gone.push(socket);
                tick.told.remove(&socket);
            }
            if session.is_none() {
                tick.spots.remove(&socket);
            }
            if let (Some(session), Some(floor), Some(worker)) = (session, place, worker) {
                let spot = tick.spots.get(&socket).filter(|(on, ..)| *on == floor).map(|(_, x, y)| (*x, *y));
                let here = Here { socket, floor, person: session.person(), away: session.is_away(), spot };
                presence.entry(worker).or_insert_with(|| new(full)).here.push(here);
                tick.told.insert(socket, worker);
            }
        }
        let mut steps: FxHashMap<u32, Vec<(SocketId, Spot)>> = FxHashMap::default();
        for (socket, spot) in std::mem::take(&mut tick.steps) {
            if let Some(worker) = tick.told.get(&socket) {
                steps.entry(*worker).or_default().push((socket, spot));
            }
        }
        for (socket, with) in std::mem::take(&mut tick.reactions) {
            if let Some(worker) = tick.told.get(&socket) {
                presence.entry(*worker).or_insert_with(|| new(false)).reactions.push((socket, with));
            }
        }
        for socket in std::mem::take(&mut tick.typing) {
            if let Some(worker) = tick.told.get(&socket) {
                presence.entry(*worker).or_insert_with(|| new(false)).typing.push(socket);
            }
        }
        (presence, steps)
    }

    /// This gateway goes away: nobody stands anywhere through it any more.
    async fn send_goodbye(&self) {
        let workers: FxHashSet<u32> = std::mem::take(&mut self.lock().told).into_values().collect();
        for worker in workers {
            let nobody = PresenceTold {
                full: true,
                here: vec![],
                gone: vec![],
                reactions: vec![],
                typing: vec![],
                rtt_p95_ms: 0,
            };
            let _ = self.node.transmit(To::node(ns::WORKER, worker), route::PRESENCE, &nobody).await;
        }
    }

    fn lock(&self) -> MutexGuard<'_, Gathered> {
        self.tick.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
