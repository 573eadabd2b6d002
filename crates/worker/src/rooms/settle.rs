//! The end of a turn: journal it; then, and only then, tell everybody.

use super::{Rooms, retry};
use crate::books::Books;
use crate::directory::{directory, tell};
use crate::seat::new_lines;
use crate::turn::{Asker, Turn, answered, shard};
use bytes::Bytes;
use cipher::{Node, Span, To};
use futures_util::future::join_all;
use protocol::event::{Event, Happened};
use protocol::id::RoomId;
use protocol::link::{CommandResult, Digest, route, topic};
use protocol::room::RoomSettings;
use protocol::socket::{Head, ToClient};
use std::time::{Duration, Instant};
use store::StoreError;

/// Heads one digest names at the most.
const DIGEST_MAX: usize = 2_000;
/// Answers that the messaging has not taken by then are left: the browsers ask again.
const ANSWER_PATIENCE: Duration = Duration::from_secs(1);

impl<B: Books> Rooms<B> {
    /// Journals the turn and tells what came of it.
    pub(super) async fn settle(&mut self, mut turn: Turn) {
        let lost = self.journal(&turn).await;
        for room in &lost {
            self.seats.remove(room);
        }
        if !lost.is_empty() {
            self.own_unread = true;
        }
        for (room, asker) in &turn.applied {
            if lost.contains(room) {
                // Whether it is in the journal shows when the room is read again.
                self.ledger.forget(asker.account, asker.id);
            }
        }
        for (reply, snapshot) in std::mem::take(&mut turn.snapshots) {
            let snapshot = snapshot
                .and_then(|room| self.seats.get(&room).map(|seat| seat.room.snapshot()).ok_or_else(retry));
            // Whoever asked may have given up.
            let _ = reply.send(snapshot);
        }
        for reply in std::mem::take(&mut turn.directories) {
            let _ = reply.send(directory(self.node.nid(), true, self.lines()));
        }
        // Before anybody hears of it: whoever comes because of it finds it so.
        self.tell_admissions();
        let mut renamed = Vec::new();
        for (room, events) in turn.take_events() {
            if lost.contains(&room) {
                continue;
            }
            let settings = events.iter().rev().find_map(|event| match &event.happened {
                Happened::RoomChanged { settings } => Some(settings.clone()),
                _ => None,
            });
            tell_events(&self.books, &self.node, room, events).await;
            renamed.extend(settings.map(|settings| (room, settings)));
        }
        self.answer(turn, &lost).await;
        for (room, settings) in renamed {
            self.rename(room, &settings).await;
        }
    }

    /// The list of rooms has the settings too; the journal is where they are true.
    async fn rename(&self, room: RoomId, settings: &RoomSettings) {
        if let Err(error) = self.books.store().room_rename(room, settings).await {
            tracing::warn!(%error, room.id = room.0, "the list of rooms keeps the old settings");
            self.doubt(&error);
        }
    }

    /// Writes the turn in one statement. Returns the rooms of which it is not sure that their events were written, or that are
    /// another worker's.
    async fn journal(&mut self, turn: &Turn) -> Vec<RoomId> {
        let rooms = turn.rooms();
        if rooms.is_empty() {
            return rooms;
        }
        let started = Instant::now();
        let outcome = self.write(turn, &rooms).await;
        metrics::histogram!("worker_turn_seconds").record(started.elapsed().as_secs_f64());
        match outcome {
            Ok(lost) => lost,
            Err(error) if error.is_retryable() => {
                tracing::warn!(%error, rooms = rooms.len(), "a turn could not be saved: its rooms are read anew");
                self.doubt(&error);
                rooms
            }
            // Nothing was written, as one room's events cannot be: the others shall not suffer for it.
            Err(_) => {
                let mut lost = Vec::new();
                for room in rooms {
                    match self.write(turn, &[room]).await {
                        Ok(gone) => lost.extend(gone),
                        Err(error) => {
                            tracing::warn!(%error, room.id = room.0, "what happened in a room could not be saved: it is read anew");
                            self.doubt(&error);
                            if matches!(error, StoreError::Duplicate) {
                                self.be_wary();
                            }
                            lost.push(room);
                        }
                    }
                }
                lost
            }
        }
    }

    /// One fenced statement for these rooms of the turn. Returns those whose shard is another worker's.
    async fn write(&self, turn: &Turn, rooms: &[RoomId]) -> Result<Vec<RoomId>, StoreError> {
        let Some(me) = self.ownership.sure() else {
            return Err(StoreError::Unreachable("the worker's lease is not sure".to_owned()));
        };
        let (claims, rows) = turn.entry(rooms);
        let still_mine = self.books.write(me, &claims, &rows).await?;
        let lost: Vec<RoomId> =
            rooms.iter().copied().filter(|room| !still_mine.contains(&shard(*room))).collect();
        for room in &lost {
            self.ownership.lost(shard(*room));
        }
        Ok(lost)
    }

    /// Answers the commands that no event answers. What was judged on a state that is lost was judged on nothing.
    async fn answer(&mut self, turn: Turn, lost: &[RoomId]) {
        let unjudged = |room: &RoomId, result: CommandResult| match result {
            CommandResult::Refused(_) if lost.contains(room) => CommandResult::Refused(retry()),
            result => result,
        };
        let answers = turn.answers.into_iter().map(|(room, asker, result)| (asker, unjudged(&room, result)));
        let answers: Vec<_> = answers.collect();
        for (asker, result) in &answers {
            if let CommandResult::Refused(why) = result {
                self.ledger.refuse(asker.account, asker.id, why);
            }
        }
        let undone = turn.applied.into_iter().filter(|(room, _)| lost.contains(room));
        let undone = undone.map(|(_, asker)| (asker, CommandResult::Refused(retry())));
        let sending =
            answers.into_iter().chain(undone).map(|(asker, result)| self.send_answer(asker, result));
        if tokio::time::timeout(ANSWER_PATIENCE, join_all(sending)).await.is_err() {
            tracing::warn!("some answers could not be sent in time: the browsers ask again");
        }
    }

    async fn send_answer(&self, asker: Asker, result: CommandResult) {
        let to = To::incarnation(asker.gateway.clone());
        if let Err(error) = self.node.transmit(to, route::ANSWER, &answered(&asker, result)).await {
            tracing::debug!(%error, "an answer could not be sent: the browser asks again");
        }
    }

    /// Tells what changed in the list of rooms, and now and then all of it, and where the rooms stand.
    pub(super) async fn tell_list(&mut self) {
        let Some(full) = self.listing.due() else { return };
        let changed = new_lines(self.seats.values_mut());
        if !changed.is_empty() {
            tell(&self.node, &directory(self.node.nid(), false, changed)).await;
        }
        if full {
            tell(&self.node, &directory(self.node.nid(), true, self.lines())).await;
        }
        let heads: Vec<_> = self.seats.iter().map(|(room, seat)| (*room, seat.room.head())).collect();
        for heads in heads.chunks(DIGEST_MAX) {
            if let Ok(json) = serde_json::to_vec(&Digest { heads: heads.to_vec() }) {
                let _ = self.node.publish(topic::DIGEST, None, Bytes::from(json)).await;
            }
        }
    }
}

async fn tell_events(books: &impl Books, node: &Node, room: RoomId, events: Vec<Event>) {
    let (Some(first), Some(last)) = (events.first(), events.last()) else { return };
    let (epoch, first, last) = (last.term.unsigned_abs(), first.seq.unsigned_abs(), last.seq.unsigned_abs());
    let span = Span { epoch, first, last };
    let frame = ToClient::Events { room, events };
    if let Ok(json) = serde_json::to_vec(&frame)
        && let Err(error) = books.tell(node, room, span, Bytes::from(json)).await
    {
        tracing::warn!(%error, room.id = room.0, "events could not be told: gateways notice by the digest");
    }
}

/// Tells a room's head without an event.
pub(super) async fn announce(node: &Node, room: RoomId, head: Head) {
    let (epoch, last) = (head.term.unsigned_abs(), head.seq.unsigned_abs());
    let span = Span { epoch, first: last + 1, last };
    let _ = node.publish(&topic::room(room), Some(span), Bytes::new()).await;
}
