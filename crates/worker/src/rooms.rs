//! The loop of turns: it drains its inbox, applies, journals everything in one fenced statement, and only then tells.
//!
//! One statement is in flight at a time; what arrives meanwhile is the next turn: the load itself makes the groups larger.

use crate::directory::{Listing, directory, tell};
use crate::ledger::{Ledger, is_timely};
use crate::ownership::Ownership;
use crate::seat::{Crowd, Seat};
use crate::turn::{Asker, Turn, answered};
use bytes::Bytes;
use cipher::{Node, Span, To};
use park::Resolved;
use protocol::command::Action;
use protocol::event::{Event, Happened};
use protocol::id::{FloorId, RoomId, Shard};
use protocol::link::{CommandResult, CommandSent, Digest, Directory, route, topic};
use protocol::people::Person;
use protocol::refusal::{Refusal, RefusalCode};
use protocol::room::Snapshot;
use protocol::socket::{Head, ToClient};
use protocol::track::Track;
use rustc_hash::FxHashMap;
use service::clock::ParkClock;
use std::time::Duration;
use store::{Store, StoreError};
use tokio::sync::{mpsc, oneshot};
use tokio_util::sync::CancellationToken;

/// Notes one turn takes at the most.
const TURN_MAX: usize = 256;
/// The loop looks up at least this often, for deadlines and the list of rooms.
const LOOK_UP: Duration = Duration::from_millis(250);
/// Heads one digest names at the most.
const DIGEST_MAX: usize = 2_000;
/// What a browser is told to wait when nothing can be saved.
const RETRY_MS: u32 = 1_000;

/// What the loop is asked.
#[derive(Debug)]
pub enum Note {
    /// A command from a gateway.
    Command(cipher::Address, CommandSent),
    /// A snapshot for a gateway's replica.
    Snapshot(RoomId, oneshot::Sender<Result<Snapshot, Refusal>>),
    /// Others are in a room now.
    Crowd(RoomId, Crowd),
    /// Somebody in a room has this name and look.
    Person(RoomId, Person),
    /// The list of rooms.
    Directory(oneshot::Sender<Directory>),
}

/// Whether a command was carried out before.
enum Before {
    Never,
    /// In the turn under way: not committed yet.
    ThisTurn,
    Committed(Head),
}

/// The rooms this worker owns.
pub struct Rooms {
    store: Store,
    node: Node,
    clock: ParkClock,
    ownership: Ownership,
    seats: FxHashMap<RoomId, Seat>,
    ledger: Ledger,
    mix: Vec<Track>,
    listing: Listing,
    /// Whether the park's own rooms should be looked for: shards changed.
    own_unread: bool,
}

impl Rooms {
    /// No rooms in memory yet.
    pub fn new(store: Store, node: Node, clock: ParkClock, ownership: Ownership) -> Rooms {
        Rooms {
            store,
            node,
            clock,
            ownership,
            seats: FxHashMap::default(),
            ledger: Ledger::default(),
            mix: Vec::new(),
            listing: Listing::new(),
            own_unread: true,
        }
    }

    /// Turns, until `stop`; what is in the inbox then is done first.
    pub async fn run(mut self, mut inbox: mpsc::Receiver<Note>, stop: CancellationToken) {
        let mut changes = self.ownership.changes();
        let mut notes = Vec::with_capacity(TURN_MAX);
        loop {
            let last = stop.is_cancelled();
            if !last {
                tokio::select! {
                    taken = inbox.recv_many(&mut notes, TURN_MAX) => if taken == 0 { return },
                    _ = changes.changed() => self.own_unread = true,
                    () = tokio::time::sleep(self.until_due()) => {}
                    () = stop.cancelled() => {}
                }
            }
            if last {
                while notes.len() < TURN_MAX
                    && let Ok(note) = inbox.try_recv()
                {
                    notes.push(note);
                }
            }
            self.drop_lost();
            self.turn(std::mem::take(&mut notes)).await;
            if last {
                self.save_all().await;
                return;
            }
            self.tell_list().await;
        }
    }

    fn until_due(&self) -> Duration {
        let now = self.clock.now_us();
        let next = self.seats.values().filter_map(|seat| seat.room.deadline()).min();
        let until = next.map_or(LOOK_UP, |next| Duration::from_micros((next - now).max(0).unsigned_abs()));
        // While nothing can be saved what is due stays due: do not spin.
        let least = if self.ownership.sure().is_some() { Duration::ZERO } else { LOOK_UP };
        until.clamp(least, LOOK_UP)
    }

    /// Rooms whose shard is somebody else's, or under another term, leave memory.
    fn drop_lost(&mut self) {
        let ownership = &self.ownership;
        self.seats
            .retain(|room, seat| ownership.term(FloorId::of(*room)).is_some_and(|term| term == seat.term));
    }

    async fn turn(&mut self, notes: Vec<Note>) {
        let mut turn = Turn::default();
        if self.own_unread && self.ownership.sure().is_some() {
            self.load_own(&mut turn).await;
        }
        for note in notes {
            match note {
                Note::Command(gateway, sent) => self.command(gateway, sent, &mut turn).await,
                Note::Snapshot(room, reply) => {
                    let snapshot = self.snapshot(room, &mut turn).await;
                    // Whoever asked may have given up.
                    turn.replies.push((reply, snapshot.map(|()| room)));
                }
                Note::Crowd(room, crowd) => self.crowd(room, crowd, &mut turn).await,
                Note::Person(room, person) => self.person(room, &person, &mut turn),
                Note::Directory(reply) => {
                    let _ = reply.send(self.directory(true));
                }
            }
        }
        self.tick_due(&mut turn);
        self.settle(turn).await;
        self.tidy().await;
    }

    /// Loads a room unless it is in memory. The refusal is for whoever wanted it.
    async fn seat(&mut self, room: RoomId, turn: &mut Turn) -> Result<(), Refusal> {
        if self.seats.contains_key(&room) {
            return Ok(());
        }
        let term = self.ownership.term(FloorId::of(room)).ok_or_else(retry)?;
        if self.ownership.sure().is_none() {
            return Err(retry());
        }
        if self.mix.is_empty() {
            self.mix = self.store.mix().await.map_err(|error| unsaved(&error))?;
        }
        let stored = self.store.room_load(room).await.map_err(|error| unsaved(&error))?;
        let gone = || Refusal::new(RefusalCode::NotFound, "There is no room here.");
        let now = self.clock.now_us();
        let mut seat = Seat::load(stored.ok_or_else(gone)?, term, now);
        // Whoever follows the room learns where it stands, should the last message have been lost with its writer.
        announce(&self.node, room, seat.room.head()).await;
        let events = seat.tick(now, &self.mix);
        turn.add(room, term, events);
        self.seats.insert(room, seat);
        metrics::gauge!("worker_rooms").set(self.seats.len() as f64);
        Ok(())
    }

    async fn load_own(&mut self, turn: &mut Turn) {
        match self.store.rooms(64).await {
            Ok(rooms) => {
                self.own_unread = false;
                for spec in rooms.into_iter().filter(|spec| spec.own) {
                    if self.ownership.term(FloorId::of(spec.id)).is_some()
                        && let Err(error) = self.seat(spec.id, turn).await
                    {
                        tracing::warn!(%error, room.id = spec.id.0, "one of the park's own rooms could not be loaded");
                        self.own_unread = true;
                    }
                }
            }
            Err(error) => tracing::warn!(%error, "the park's own rooms could not be read"),
        }
    }

    async fn command(&mut self, gateway: cipher::Address, sent: CommandSent, turn: &mut Turn) {
        let CommandSent { person, socket, deadline_us, command } = sent;
        let asker = Asker { gateway, socket, id: command.id };
        let now = self.clock.now_us();
        let shard = Shard::of(FloorId::of(command.room));
        if self.ownership.term(FloorId::of(command.room)).is_none() {
            turn.answers.push((asker, CommandResult::NotOwner(shard)));
            return;
        }
        if now > deadline_us {
            turn.refuse(asker, retry());
            return;
        }
        if !is_timely(command.id, now) {
            let text = "Your device's clock is off by more than ten minutes, or this click is an hour old. Set the clock and try again.";
            turn.refuse(asker, Refusal::new(RefusalCode::StaleCommand, text));
            return;
        }
        let outcome = match self.done_before(&person, &command, turn).await {
            Ok(Before::Committed(head)) => {
                turn.answers.push((asker, CommandResult::Accepted(head)));
                return;
            }
            // Its event will tell, once it is committed.
            Ok(Before::ThisTurn) => Ok(()),
            Ok(Before::Never) => self.carry_out(&person, &command, turn).await,
            Err(refusal) => Err(refusal),
        };
        metrics::counter!("worker_commands_total", "do" => command.action.name(), "done" => if outcome.is_ok() { "yes" } else { "no" })
            .increment(1);
        match outcome {
            Ok(()) => turn.applied.push((command.room, asker)),
            Err(why) => turn.refuse(asker, why),
        }
    }

    /// Whether a command was carried out before.
    async fn done_before(
        &mut self,
        person: &Person,
        command: &protocol::command::Command,
        turn: &Turn,
    ) -> Result<Before, Refusal> {
        if let Some(head) = self.ledger.find(person.account, command.id) {
            let uncommitted = turn.applied.iter().any(|(_, asker)| asker.id == command.id);
            return Ok(if uncommitted { Before::ThisTurn } else { Before::Committed(head) });
        }
        if !command.resent {
            return Ok(Before::Never);
        }
        let found =
            self.store.command_head(person.account, command.id).await.map_err(|error| unsaved(&error))?;
        if let Some(head) = found {
            self.ledger.add(person.account, command.id, head);
        }
        Ok(found.map_or(Before::Never, Before::Committed))
    }

    async fn carry_out(
        &mut self,
        person: &Person,
        command: &protocol::command::Command,
        turn: &mut Turn,
    ) -> Result<(), Refusal> {
        self.seat(command.room, turn).await?;
        let action = self.resolve(command.action.clone()).await?;
        let now = self.clock.now_us();
        let Some(seat) = self.seats.get_mut(&command.room) else { return Err(retry()) };
        if seat.is_due(now) {
            let events = seat.tick(now, &self.mix);
            turn.add(command.room, seat.term, events);
        }
        let events = seat.apply(person, command.id, action, now, &self.mix)?;
        if let Some(first) = events.first() {
            self.ledger.add(person.account, command.id, Head { term: first.term, seq: first.seq });
        }
        turn.add(command.room, seat.term, events);
        Ok(())
    }

    /// Looks up what a command names.
    async fn resolve(&self, action: Action) -> Result<Resolved, Refusal> {
        let track = match &action {
            Action::QueueAdd { track } => match self.mix.iter().find(|known| known.id == *track) {
                Some(known) => Some(known.clone()),
                None => self.store.track(*track).await.map_err(|error| unsaved(&error))?,
            },
            _ => None,
        };
        let person = match &action {
            Action::RoleDj { account, .. } => {
                self.store.person(*account).await.map_err(|error| unsaved(&error))?
            }
            _ => None,
        };
        Ok(Resolved::from(action, track, person))
    }

    async fn snapshot(&mut self, room: RoomId, turn: &mut Turn) -> Result<(), Refusal> {
        self.seat(room, turn).await?;
        let now = self.clock.now_us();
        if let Some(seat) = self.seats.get_mut(&room) {
            seat.touch(now);
        }
        Ok(())
    }

    async fn crowd(&mut self, room: RoomId, crowd: Crowd, turn: &mut Turn) {
        if crowd.inside > 0
            && let Err(error) = self.seat(room, turn).await
        {
            tracing::debug!(%error, room.id = room.0, "somebody is in a room that cannot be loaded");
        }
        let now = self.clock.now_us();
        if let Some(seat) = self.seats.get_mut(&room) {
            seat.set_crowd(crowd, now);
        }
    }

    fn person(&mut self, room: RoomId, person: &Person, turn: &mut Turn) {
        let now = self.clock.now_us();
        if let Some(seat) = self.seats.get_mut(&room) {
            let state = seat.room.state();
            let roles = state.owner.iter().chain(&state.djs);
            if roles.into_iter().any(|known| known.account == person.account && known != person) {
                let events = seat.room.person_changed(person, now);
                turn.add(room, seat.term, events);
            }
        }
    }

    fn tick_due(&mut self, turn: &mut Turn) {
        if self.ownership.sure().is_none() {
            // Suspended: what plays and what is next is known to everybody; the rest waits.
            return;
        }
        let now = self.clock.now_us();
        for (room, seat) in &mut self.seats {
            if seat.is_due(now) {
                let events = seat.tick(now, &self.mix);
                turn.add(*room, seat.term, events);
            }
        }
    }

    /// Journals the turn; then, and only then, tells everybody.
    async fn settle(&mut self, mut turn: Turn) {
        let mut lost = Vec::new();
        if !turn.is_quiet() {
            let started = std::time::Instant::now();
            let outcome = match self.ownership.sure() {
                Some(me) => self.store.journal(me, &turn.claims(), &turn.rows()).await,
                None => Err(StoreError::Unreachable("the worker's lease is not sure".to_owned())),
            };
            metrics::histogram!("worker_turn_seconds").record(started.elapsed().as_secs_f64());
            match outcome {
                Ok(still_mine) => {
                    lost = turn
                        .rooms()
                        .filter(|room| !still_mine.contains(&Shard::of(FloorId::of(*room))))
                        .collect();
                    for room in &lost {
                        self.ownership.lost(Shard::of(FloorId::of(*room)));
                    }
                }
                Err(error) => {
                    tracing::warn!(%error, rooms = turn.rooms().count(), "a turn could not be saved: its rooms are loaded anew");
                    lost = turn.rooms().collect();
                    self.own_unread = true;
                }
            }
            for room in &lost {
                self.seats.remove(room);
            }
            if !lost.is_empty() {
                // What these rooms' commands did is unknown until the journal is read again.
                self.ledger = Ledger::default();
            }
        }
        let applied = std::mem::take(&mut turn.applied);
        let answers = std::mem::take(&mut turn.answers);
        for (reply, snapshot) in std::mem::take(&mut turn.replies) {
            let snapshot = snapshot
                .and_then(|room| self.seats.get(&room).map(|seat| seat.room.snapshot()).ok_or_else(retry));
            let _ = reply.send(snapshot);
        }
        for (room, events) in turn.into_events() {
            if lost.contains(&room) {
                continue;
            }
            let settings = events.iter().rev().find_map(|event| match &event.happened {
                Happened::RoomChanged { settings } => Some(settings.clone()),
                _ => None,
            });
            tell_events(&self.node, room, events).await;
            // The list of rooms has the settings too; the journal is where they are true.
            if let Some(settings) = settings
                && let Err(error) = self.store.room_rename(room, &settings).await
            {
                tracing::warn!(%error, room.id = room.0, "the list of rooms keeps the old settings");
            }
        }
        let refused = applied.into_iter().filter(|(room, _)| lost.contains(room));
        let answers =
            answers.into_iter().chain(refused.map(|(_, asker)| (asker, CommandResult::Refused(retry()))));
        for (asker, result) in answers {
            let to = To::incarnation(asker.gateway.clone());
            if let Err(error) = self.node.transmit(to, route::ANSWER, &answered(&asker, result)).await {
                tracing::debug!(%error, "an answer could not be sent: the browser asks again");
            }
        }
    }

    /// Saves snapshots that are due, lets rooms sleep.
    async fn tidy(&mut self) {
        let now = self.clock.now_us();
        let due = self.seats.iter().find(|(_, seat)| seat.wants_saving()).map(|(room, _)| *room);
        if let Some(room) = due {
            self.save(room).await;
        }
        let asleep: Vec<RoomId> =
            self.seats.iter().filter(|(_, seat)| seat.may_sleep(now)).map(|(room, _)| *room).collect();
        if !asleep.is_empty() {
            let quiet =
                |summary: &mut protocol::room::RoomSummary| (summary.listening, summary.now) = (0, None);
            let mut rooms: Vec<_> =
                asleep.iter().filter_map(|room| self.seats.get(room)).map(Seat::summary).collect();
            rooms.iter_mut().for_each(quiet);
            tell(&self.node, &directory(self.node.nid(), false, rooms)).await;
            for room in asleep {
                self.save(room).await;
                self.seats.remove(&room);
            }
            metrics::gauge!("worker_rooms").set(self.seats.len() as f64);
        }
    }

    async fn save(&mut self, room: RoomId) {
        let Some(me) = self.ownership.sure() else { return };
        let Some(seat) = self.seats.get_mut(&room).filter(|seat| seat.is_unsaved()) else { return };
        let snapshot = seat.room.snapshot();
        seat.saved();
        let shard = Shard::of(FloorId::of(room));
        match self.store.snapshot_save(me, shard, seat.term, room, &snapshot).await {
            Ok(true) => {}
            Ok(false) => self.ownership.lost(shard),
            Err(error) => {
                tracing::warn!(%error, room.id = room.0, "a snapshot could not be saved: loading the room takes longer")
            }
        }
    }

    async fn save_all(&mut self) {
        let rooms: Vec<RoomId> = self.seats.keys().copied().collect();
        for room in rooms {
            self.save(room).await;
        }
    }

    async fn tell_list(&mut self) {
        if let Some(full) = self.listing.due() {
            let list = self.directory(full);
            if full || !list.rooms.is_empty() {
                tell(&self.node, &list).await;
            }
            for seat in self.seats.values_mut() {
                seat.unlisted = false;
            }
            let heads =
                self.seats.iter().map(|(room, seat)| (*room, seat.room.head())).take(DIGEST_MAX).collect();
            if let Ok(json) = serde_json::to_vec(&Digest { heads }) {
                let _ = self.node.publish(topic::DIGEST, None, Bytes::from(json)).await;
            }
        }
    }

    fn directory(&self, full: bool) -> Directory {
        let told = self.seats.values().filter(|seat| full || seat.unlisted);
        directory(self.node.nid(), full, told.map(Seat::summary).collect())
    }
}

async fn tell_events(node: &Node, room: RoomId, events: Vec<Event>) {
    let (Some(first), Some(last)) = (events.first(), events.last()) else { return };
    let span = Span {
        epoch: last.term.unsigned_abs(),
        first: first.seq.unsigned_abs(),
        last: last.seq.unsigned_abs(),
    };
    let frame = ToClient::Events { room, events };
    if let Ok(json) = serde_json::to_vec(&frame)
        && let Err(error) = node.publish(&topic::room(room), Some(span), Bytes::from(json)).await
    {
        tracing::warn!(%error, room.id = room.0, "events could not be told: gateways notice by the digest");
    }
}

/// Tells a room's head without an event.
async fn announce(node: &Node, room: RoomId, head: Head) {
    let (epoch, last) = (head.term.unsigned_abs(), head.seq.unsigned_abs());
    let _ = node.publish(&topic::room(room), Some(Span { epoch, first: last + 1, last }), Bytes::new()).await;
}

fn retry() -> Refusal {
    let text = "This takes a moment longer. Your click is kept.";
    Refusal::new(RefusalCode::Retry, text).after(RETRY_MS)
}

fn unsaved(error: &StoreError) -> Refusal {
    tracing::warn!(%error, "the database did not answer");
    retry()
}
