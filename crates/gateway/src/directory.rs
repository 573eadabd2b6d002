//! The list of rooms, for every socket: what the workers publish, merged; each change is passed on once, and whoever comes is told
//! what changed since their own list was made.

use crate::session::{Session, Sessions, to_text};
use axum::extract::ws::Utf8Bytes;
use cipher::{Delivery, Node};
use protocol::id::RoomId;
use protocol::link::{Directory as Told, topic};
use protocol::room::RoomSummary;
use protocol::socket::ToClient;
use rustc_hash::{FxHashMap, FxHashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use tokio_util::sync::CancellationToken;

/// After the subscription could not be made.
const RETRY: Duration = Duration::from_secs(1);
/// A list is made by a web server, which may have missed what a worker said until it said everything again: two times its 5 s.
const MARGIN: Duration = Duration::from_secs(10);
/// Lines that whoever comes is told at the most, the latest changed: as many as a list has.
const CATCH_UP_MAX: usize = 200;
/// Lines remembered at the most.
const LINES_MAX: usize = 10_000;

/// The list of rooms as this gateway knows it, and whom it tells.
#[derive(Debug)]
pub struct Directory {
    sessions: Arc<Sessions>,
    lines: Mutex<Lines>,
}

impl Directory {
    /// An empty list.
    pub fn new(sessions: Arc<Sessions>) -> Arc<Directory> {
        Arc::new(Directory { sessions, lines: Mutex::default() })
    }

    /// Follows what the workers say, and passes changes on to all sockets, until `stop`.
    pub async fn follow(self: Arc<Directory>, node: Node, stop: CancellationToken) {
        while !stop.is_cancelled() {
            match node.subscribe(topic::DIRECTORY).await {
                Ok(mut subscription) => {
                    while let Some(Some(delivery)) = stop.run_until_cancelled(subscription.next()).await {
                        if let Delivery::Message { payload, .. } = delivery {
                            self.take(&payload);
                        }
                    }
                }
                Err(error) => {
                    tracing::warn!(%error, "the list of rooms cannot be followed yet");
                    tokio::time::sleep(RETRY).await;
                }
            }
        }
    }

    fn take(&self, payload: &[u8]) {
        let told = match serde_json::from_slice(payload) {
            Ok(told) => told,
            Err(error) => {
                tracing::warn!(%error, "a list of rooms was not understood");
                return;
            }
        };
        // The lock is held until the sockets have it: whoever comes meanwhile must not get an older line after a newer one.
        let mut lines = self.lock();
        let rooms = lines.take(told, Instant::now());
        if !rooms.is_empty() {
            let frame = Utf8Bytes::from(to_text(&ToClient::Rooms { rooms }));
            for session in self.sessions.all() {
                session.outbox.text(frame.clone());
            }
        }
    }

    /// Tells a socket that gets changes from now on what changed before, since its list was made `age` ago.
    pub fn catch_up(&self, session: &Session, age: Duration) {
        let lines = self.lock();
        let rooms = lines.since(Instant::now().checked_sub(age + MARGIN));
        if !rooms.is_empty() {
            session.tell(&ToClient::Rooms { rooms });
        }
    }

    fn lock(&self) -> MutexGuard<'_, Lines> {
        self.lines.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The lines, and when each became what it is.
#[derive(Debug, Default)]
struct Lines(FxHashMap<RoomId, Line>);

#[derive(Debug)]
struct Line {
    worker: u32,
    changed: Instant,
    summary: RoomSummary,
}

impl Lines {
    /// Takes in what a worker told; answers the lines that are others now.
    fn take(&mut self, told: Told, now: Instant) -> Vec<RoomSummary> {
        let mut rooms = told.rooms;
        if told.full {
            let named: FxHashSet<RoomId> = rooms.iter().map(|room| room.id).collect();
            let gone = self
                .0
                .values()
                .filter(|line| line.worker == told.worker && !named.contains(&line.summary.id));
            rooms.extend(gone.map(|line| quiet(&line.summary)).collect::<Vec<_>>());
        }
        rooms.retain(|room| self.put(told.worker, room, now));
        rooms
    }

    /// Whether that is news.
    fn put(&mut self, worker: u32, summary: &RoomSummary, now: Instant) -> bool {
        if let Some(line) = self.0.get_mut(&summary.id) {
            line.worker = worker;
            let is_news = line.summary != *summary;
            if is_news {
                (line.changed, line.summary) = (now, summary.clone());
            }
            return is_news;
        }
        if self.0.len() >= LINES_MAX {
            let oldest = self.0.values().min_by_key(|line| line.changed).map(|line| line.summary.id);
            oldest.map(|id| self.0.remove(&id));
        }
        self.0.insert(summary.id, Line { worker, changed: now, summary: summary.clone() });
        true
    }

    /// What changed since a moment (none: ever), the latest first, at most [`CATCH_UP_MAX`].
    fn since(&self, when: Option<Instant>) -> Vec<RoomSummary> {
        let mut lines: Vec<&Line> =
            self.0.values().filter(|line| when.is_none_or(|when| line.changed >= when)).collect();
        lines.sort_by_key(|line| std::cmp::Reverse(line.changed));
        lines.into_iter().take(CATCH_UP_MAX).map(|line| line.summary.clone()).collect()
    }
}

/// The line of a room that its worker let go of.
fn quiet(summary: &RoomSummary) -> RoomSummary {
    RoomSummary { listening: 0, full: false, now: None, ..summary.clone() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use protocol::room::{Hue, Place, QueueMode};

    const SECOND: Duration = Duration::from_secs(1);

    fn room(id: i64, listening: u32) -> RoomSummary {
        RoomSummary {
            id: RoomId(id),
            slug: format!("room-{id}"),
            name: format!("Room {id}"),
            about: String::new(),
            hue: Hue::Coral,
            place: Place::Bench,
            mode: QueueMode::Open,
            host: None,
            listening,
            full: false,
            now: None,
        }
    }

    fn told(full: bool, rooms: &[(i64, u32)]) -> Told {
        Told { worker: 1, full, rooms: rooms.iter().map(|(id, listening)| room(*id, *listening)).collect() }
    }

    fn seen(rooms: &[RoomSummary]) -> Vec<(i64, u32)> {
        rooms.iter().map(|room| (room.id.0, room.listening)).collect()
    }

    #[test]
    fn only_what_changed_is_passed_on_and_a_full_list_makes_good_what_was_lost() {
        let (mut lines, now) = (Lines::default(), Instant::now());
        assert_eq!(seen(&lines.take(told(false, &[(1, 3), (2, 5)]), now)), [(1, 3), (2, 5)]);
        // The word that somebody left room 1 was lost.
        assert_eq!(seen(&lines.take(told(true, &[(1, 2), (2, 5)]), now)), [(1, 2)]);
        assert_eq!(seen(&lines.take(told(true, &[(1, 2), (2, 5)]), now)), []);
    }

    #[test]
    fn a_room_its_worker_names_no_more_is_quiet_once() {
        let (mut lines, now) = (Lines::default(), Instant::now());
        lines.take(told(true, &[(1, 3), (2, 5)]), now);
        assert_eq!(seen(&lines.take(told(true, &[(2, 5)]), now)), [(1, 0)]);
        assert_eq!(seen(&lines.take(told(true, &[(2, 5)]), now)), []);
        // What another worker holds is not this one's to end.
        lines.take(Told { worker: 2, ..told(false, &[(2, 6)]) }, now);
        assert_eq!(seen(&lines.take(told(true, &[]), now)), []);
    }

    #[test]
    fn whoever_comes_is_told_what_changed_since_their_list() {
        let (mut lines, start) = (Lines::default(), Instant::now());
        lines.take(told(true, &[(1, 3), (2, 5)]), start);
        lines.take(told(true, &[(1, 3), (2, 4)]), start + SECOND);
        lines.take(told(false, &[(3, 1)]), start + 2 * SECOND);
        assert_eq!(seen(&lines.since(Some(start + SECOND))), [(3, 1), (2, 4)]);
        assert_eq!(lines.since(None).len(), 3);
    }

    #[test]
    fn lines_remembered_are_bounded_and_the_oldest_go_first() {
        let (mut lines, start) = (Lines::default(), Instant::now());
        lines.take(told(false, &[(0, 1)]), start);
        for id in 1..=LINES_MAX {
            let id = i64::try_from(id).unwrap();
            lines.take(told(false, &[(id, 1)]), start + SECOND);
        }
        assert_eq!(lines.0.len(), LINES_MAX);
        assert!(!lines.0.contains_key(&RoomId(0)));
        assert_eq!(lines.since(None).len(), CATCH_UP_MAX);
    }
}
