//! The list of rooms: the database's rows with the live lines that the workers publish.
//!
//! A worker says what changed each second and everything every few seconds. A line that nobody has confirmed for a while (its
//! worker is gone, or Redis is) loses its listeners and its track, and the room stays on the list.

use cipher::{Delivery, Node, To};
use protocol::id::RoomId;
use protocol::link::{Directory as Lines, ns, route, topic};
use protocol::name::is_slug;
use protocol::room::RoomSummary;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use store::{RoomSpec, Store, StoreError};
use tokio_util::sync::CancellationToken;

/// Rooms on the list, at the most.
const ROOMS_MAX: u32 = 200;
/// Live lines kept, at the most.
const LINES_MAX: usize = 10_000;
/// How long the database's rows are taken for true.
const ROWS_FRESH: Duration = Duration::from_secs(1);
/// How long a live line is taken for true without being confirmed.
const LINE_FRESH: Duration = Duration::from_secs(20);
/// How long a worker may take to answer.
const PATIENCE: Duration = Duration::from_secs(2);
/// Until the workers are asked again when none answered.
const AGAIN: Duration = Duration::from_secs(1);

/// The list of rooms as this node knows it.
#[derive(Default)]
pub struct Directory {
    lines: Mutex<HashMap<RoomId, Line>>,
    /// One reads the database, the others wait for it.
    rows: tokio::sync::Mutex<Option<(Instant, Arc<Vec<RoomSpec>>)>>,
}

struct Line {
    worker: u32,
    confirmed: Instant,
    summary: RoomSummary,
}

impl Line {
    fn is_fresh(&self, now: Instant) -> bool {
        now.saturating_duration_since(self.confirmed) < LINE_FRESH
    }
}

impl Directory {
    /// All rooms, liveliest first; among equals the park's own, then the newest.
    pub async fn rooms(&self, store: &Store) -> Result<Vec<RoomSummary>, StoreError> {
        let rows = self.rows(store).await?;
        Ok(self.merge(&rows, Instant::now()))
    }

    /// One room by its name in links, whether it is on the list or not.
    pub async fn room(&self, store: &Store, slug: &str) -> Result<Option<RoomSummary>, StoreError> {
        if !is_slug(slug) {
            return Ok(None);
        }
        if let Some(listed) = self.rooms(store).await?.into_iter().find(|room| room.slug == slug) {
            return Ok(Some(listed));
        }
        let Some(row) = store.room_by_slug(slug).await? else { return Ok(None) };
        Ok(self.merge(std::slice::from_ref(&row), Instant::now()).into_iter().find(|room| room.id == row.id))
    }

    /// The worker node that told of a room lately; none when the room sleeps.
    pub fn worker_of(&self, room: RoomId) -> Option<u32> {
        let now = Instant::now();
        self.lock().get(&room).filter(|line| line.is_fresh(now)).map(|line| line.worker)
    }

    /// A room was made here: the next list has it.
    pub async fn changed(&self) {
        *self.rows.lock().await = None;
    }

    /// Follows what the workers publish, until `stop`.
    pub async fn follow(&self, node: Node, stop: CancellationToken) {
        stop.run_until_cancelled(async {
            loop {
                match node.subscribe(topic::DIRECTORY).await {
                    Ok(mut subscription) => {
                        self.ask(&node).await;
                        while let Some(delivery) = subscription.next().await {
                            match delivery {
                                Delivery::Message { payload, .. } => self.take(&payload),
                                Delivery::Gap => self.ask(&node).await,
                            }
                        }
                    }
                    Err(error) => tracing::warn!(%error, "cannot follow the list of rooms, trying again"),
                }
                tokio::time::sleep(AGAIN).await;
            }
        })
        .await;
    }

    /// Asks every worker for its rooms. One that does not answer says them by itself every few seconds.
    async fn ask(&self, node: &Node) {
        for worker in node.nodes(ns::WORKER).await {
            let to = To::incarnation(worker.address);
            match node.request::<_, Lines>(to, route::DIRECTORY, &(), PATIENCE).await {
                Ok(lines) => self.told(lines, Instant::now()),
                Err(error) => tracing::debug!(%error, "a worker did not tell its rooms"),
            }
        }
    }

    fn take(&self, payload: &[u8]) {
        match serde_json::from_slice(payload) {
            Ok(lines) => self.told(lines, Instant::now()),
            Err(error) => tracing::warn!(%error, "a worker's list of rooms cannot be read"),
        }
    }

    fn told(&self, told: Lines, now: Instant) {
        let mut lines = self.lock();
        if told.full {
            lines.retain(|_, line| line.worker != told.worker);
        }
        for summary in told.rooms {
            if lines.len() < LINES_MAX || lines.contains_key(&summary.id) {
                lines.insert(summary.id, Line { worker: told.worker, confirmed: now, summary });
            }
        }
    }

    /// The rows cached; of an absent database the latest known.
    async fn rows(&self, store: &Store) -> Result<Arc<Vec<RoomSpec>>, StoreError> {
        let mut rows = self.rows.lock().await;
        if let Some((read, known)) = rows.as_ref()
            && read.elapsed() < ROWS_FRESH
        {
            return Ok(known.clone());
        }
        let fresh = match (store.rooms(ROOMS_MAX).await, rows.as_ref()) {
            (Ok(fresh), _) => Arc::new(fresh),
            (Err(error), Some((_, known))) if error.is_retryable() => {
                tracing::warn!(%error, "the list of rooms is as it was before the database went away");
                known.clone()
            }
            (Err(error), _) => return Err(error),
        };
        *rows = Some((Instant::now(), fresh.clone()));
        Ok(fresh)
    }

    fn merge(&self, rows: &[RoomSpec], now: Instant) -> Vec<RoomSummary> {
        let lines = self.lock();
        let live = |id: RoomId| {
            let line = lines.get(&id).filter(|line| line.is_fresh(now));
            line.map(|line| line.summary.clone())
        };
        let mut rooms: Vec<RoomSummary> =
            rows.iter().map(|row| live(row.id).unwrap_or_else(|| quiet(row))).collect();
        let listed: std::collections::HashSet<RoomId> = rows.iter().map(|row| row.id).collect();
        // Lively rooms that are too old for the database's part of the list.
        rooms.extend(lines.keys().filter(|id| !listed.contains(id)).filter_map(|id| live(*id)));
        rooms.sort_by_key(|room| std::cmp::Reverse(room.listening));
        rooms
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<RoomId, Line>> {
        self.lines.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The line of a room that sleeps.
fn quiet(row: &RoomSpec) -> RoomSummary {
    RoomSummary {
        id: row.id,
        slug: row.slug.clone(),
        name: row.settings.name.clone(),
        about: row.settings.about.clone(),
        hue: row.settings.hue,
        place: row.place,
        mode: row.settings.mode,
        host: row.owner.as_ref().map(|owner| owner.name.clone()),
        listening: 0,
        full: false,
        now: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use protocol::room::{Hue, Place, QueueMode, RoomSettings};

    fn row(id: i64) -> RoomSpec {
        let settings = RoomSettings {
            name: format!("Room {id}"),
            about: String::new(),
            hue: Hue::Coral,
            mode: QueueMode::Open,
            mix: true,
            capacity: None,
        };
        let slug = format!("room-{id}");
        RoomSpec { id: RoomId(id), slug, settings, place: Place::Bench, mood: None, owner: None, own: true }
    }

    fn lively(id: i64, listening: u32) -> RoomSummary {
        RoomSummary { listening, ..quiet(&row(id)) }
    }

    fn told(directory: &Directory, worker: u32, full: bool, rooms: Vec<RoomSummary>, now: Instant) {
        directory.told(Lines { worker, full, rooms }, now);
    }

    fn listeners(directory: &Directory, now: Instant) -> Vec<(i64, u32)> {
        let rooms = directory.merge(&[row(1), row(2), row(3)], now);
        rooms.iter().map(|room| (room.id.0, room.listening)).collect()
    }

    #[test]
    fn the_liveliest_come_first_and_the_rest_keep_their_order() {
        let (directory, now) = (Directory::default(), Instant::now());
        told(&directory, 1, false, vec![lively(3, 7), lively(9, 2)], now);
        assert_eq!(listeners(&directory, now), [(3, 7), (9, 2), (1, 0), (2, 0)]);
    }

    #[test]
    fn everything_from_one_worker_leaves_the_rooms_of_another() {
        let (directory, now) = (Directory::default(), Instant::now());
        told(&directory, 1, true, vec![lively(1, 5)], now);
        told(&directory, 2, true, vec![lively(2, 4)], now);
        told(&directory, 1, true, vec![], now);
        assert_eq!(listeners(&directory, now), [(2, 4), (1, 0), (3, 0)]);
        // A room that moved belongs to its new worker: the old one's next word does not take it away.
        told(&directory, 1, false, vec![lively(2, 6)], now);
        told(&directory, 2, true, vec![], now);
        assert_eq!(listeners(&directory, now), [(2, 6), (1, 0), (3, 0)]);
    }

    #[test]
    fn a_line_that_nobody_confirms_goes_quiet() {
        let (directory, now) = (Directory::default(), Instant::now());
        told(&directory, 1, true, vec![lively(1, 5)], now);
        assert_eq!(listeners(&directory, now + LINE_FRESH), [(1, 0), (2, 0), (3, 0)]);
    }
}
