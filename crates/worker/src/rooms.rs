//! The loop of turns: it drains its inbox, applies, journals everything in one fenced statement, and only then tells.
//!
//! What is decided is in `commands`, what comes of it in `settle`. One statement is in flight at a time; what arrives meanwhile is the next turn: the load itself makes the groups larger.

mod commands;
mod settle;
#[cfg(test)]
mod tests;

use crate::books::Books;
use crate::directory::{Listing, directory, tell};
use crate::floors::FloorNote;
use crate::ledger::Ledger;
use crate::ownership::Ownership;
use crate::seat::{Crowd, Seat};
use crate::turn::{SnapshotReply, Turn, shard};
use cipher::Node;
use protocol::event::Play;
use protocol::id::{FloorId, RoomId};
use protocol::link::{CommandSent, Directory};
use protocol::people::Person;
use protocol::refusal::{Refusal, RefusalCode};
use protocol::room::RoomSummary;
use protocol::track::Track;
use rustc_hash::FxHashMap;
use service::clock::ParkClock;
use settle::announce;
use std::time::{Duration, Instant};
use store::StoreError;
use tokio::sync::{mpsc, oneshot};
use tokio_util::sync::CancellationToken;

/// Notes one turn takes at the most.
const TURN_MAX: usize = 256;
/// The loop looks up at least this often, for deadlines and the list of rooms.
const LOOK_UP: Duration = Duration::from_millis(250);
/// After a doubled command that did not say so, all commands are looked up for this long.
const WARY_FOR: Duration = Duration::from_secs(60);
/// What a browser is told to wait when nothing can be saved.
const RETRY_MS: u32 = 1_000;

/// What the loop is asked.
#[derive(Debug)]
pub enum Note {
    /// A command from a gateway.
    Command(cipher::Address, CommandSent),
    /// A snapshot for a gateway's replica.
    Snapshot(RoomId, SnapshotReply),
    /// Others are in a room now.
    Crowd(RoomId, Crowd),
    /// Somebody in a room has this name and look.
    Person(RoomId, Person),
    /// A room's line and what it plays next, when it is in memory.
    Line(RoomId, oneshot::Sender<Option<(RoomSummary, Option<Play>)>>),
    /// The list of rooms.
    Directory(oneshot::Sender<Directory>),
}

/// The rooms this worker owns.
pub struct Rooms<B> {
    books: B,
    node: Node,
    clock: ParkClock,
    ownership: Ownership,
    floors: mpsc::Sender<FloorNote>,
    seats: FxHashMap<RoomId, Seat>,
    ledger: Ledger,
    mix: Vec<Track>,
    listing: Listing,
    /// Whether the park's own rooms should be looked for: shards changed.
    own_unread: bool,
    /// Until when every command is looked up in the journal.
    wary_until: Option<Instant>,
}

impl<B: Books> Rooms<B> {
    /// No rooms in memory yet.
    pub fn new(
        books: B,
        node: Node,
        clock: ParkClock,
        ownership: Ownership,
        floors: mpsc::Sender<FloorNote>,
    ) -> Rooms<B> {
        let ledger = Ledger::new(books.remembered());
        Rooms {
            books,
            node,
            clock,
            ownership,
            floors,
            seats: FxHashMap::default(),
            ledger,
            mix: Vec::new(),
            listing: Listing::new(),
            own_unread: true,
            wary_until: None,
        }
    }

    /// Turns, until `stop`; what is in the inbox then is done first.
    pub async fn run(mut self, mut inbox: mpsc::Receiver<Note>, stop: CancellationToken) {
        let mut changes = self.ownership.changes();
        let mut notes = Vec::with_capacity(TURN_MAX);
        while !stop.is_cancelled() {
            tokio::select! {
                taken = inbox.recv_many(&mut notes, TURN_MAX) => if taken == 0 { return },
                _ = changes.changed() => self.own_unread = true,
                () = tokio::time::sleep(self.until_due()) => {}
                () = stop.cancelled() => {}
            }
            self.drop_lost();
            self.turn(std::mem::take(&mut notes)).await;
            self.tell_list().await;
        }
        inbox.close();
        while inbox.recv_many(&mut notes, TURN_MAX).await > 0 {
            self.drop_lost();
            self.turn(std::mem::take(&mut notes)).await;
        }
        self.save_all().await;
    }

    /// Whether the database may be asked: this worker's lease is sure, and the database has answered since.
    fn may_ask(&self) -> Result<(), Refusal> {
        if self.ownership.sure().is_none() { Err(retry()) } else { Ok(()) }
    }

    /// The refusal for what the database did not answer. While it is away one call of one turn waits for it, and whoever comes later
    /// hears so at once (promise 10).
    fn unsaved(&self, error: &StoreError) -> Refusal {
        tracing::warn!(%error, "the database did not answer");
        self.doubt(error);
        retry()
    }

    /// Suspends this worker until its lease was renewed, when it is the database that is away.
    fn doubt(&self, error: &StoreError) {
        if error.is_retryable() {
            self.ownership.doubt();
        }
    }

    fn is_wary(&self) -> bool {
        self.wary_until.is_some_and(|until| Instant::now() < until)
    }

    fn be_wary(&mut self) {
        self.wary_until = Some(Instant::now() + WARY_FOR);
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
                    turn.snapshots.push((reply, snapshot.map(|()| room)));
                }
                Note::Crowd(room, crowd) => self.crowd(room, crowd, &mut turn).await,
                Note::Person(room, person) => self.person(room, &person, &mut turn),
                Note::Line(room, reply) => {
                    let _ = reply.send(self.seats.get(&room).map(|seat| (seat.summary(), seat.next())));
                }
                Note::Directory(reply) => turn.directories.push(reply),
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
        self.may_ask()?;
        if self.mix.is_empty() {
            self.mix = self.books.store().mix().await.map_err(|error| self.unsaved(&error))?;
        }
        let stored = self.books.store().room_load(room).await.map_err(|error| self.unsaved(&error))?;
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
        match self.books.store().rooms(64).await {
            Ok(rooms) => {
                // A new park's first rooms are put in by a web server, perhaps a moment from now.
                self.own_unread = !rooms.iter().any(|spec| spec.own);
                for spec in rooms.into_iter().filter(|spec| spec.own) {
                    if self.ownership.term(FloorId::of(spec.id)).is_some()
                        && let Err(error) = self.seat(spec.id, turn).await
                    {
                        tracing::warn!(%error, room.id = spec.id.0, "one of the park's own rooms could not be loaded");
                        self.own_unread = true;
                    }
                }
            }
            Err(error) => {
                tracing::warn!(%error, "the park's own rooms could not be read");
                self.doubt(&error);
            }
        }
    }

    async fn snapshot(&mut self, room: RoomId, turn: &mut Turn) -> Result<(), Refusal> {
        metrics::counter!("worker_snapshots_total").increment(1);
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

    /// Tells the floors whom the rooms let in, where that changed.
    fn tell_admissions(&mut self) {
        let now = self.clock.now_us();
        for (room, seat) in &mut self.seats {
            if let Some(admission) = seat.untold_admission(now)
                // A full inbox: again with the next turn.
                && self.floors.try_send(FloorNote::Admission(FloorId::of(*room), admission)).is_ok()
            {
                seat.admission_told();
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
                |summary: &mut RoomSummary| (summary.listening, summary.full, summary.now) = (0, false, None);
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
        match self.books.store().snapshot_save(me, shard(room), seat.term, room, &snapshot).await {
            Ok(true) => {}
            Ok(false) => self.ownership.lost(shard(room)),
            Err(error) => {
                tracing::warn!(%error, room.id = room.0, "a snapshot could not be saved: loading the room takes longer");
                self.doubt(&error);
            }
        }
    }

    async fn save_all(&mut self) {
        let rooms: Vec<RoomId> = self.seats.keys().copied().collect();
        for room in rooms {
            self.save(room).await;
        }
    }

    /// All lines of the list of rooms.
    fn lines(&self) -> Vec<RoomSummary> {
        self.seats.values().map(Seat::summary).collect()
    }
}

fn retry() -> Refusal {
    let text = "This takes a moment longer. Your click is kept.";
    Refusal::new(RefusalCode::Retry, text).after(RETRY_MS)
}
