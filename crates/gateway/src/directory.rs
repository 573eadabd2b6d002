//! The list of rooms, for every socket: what the workers publish, merged. What changed is passed on once a second to those on the lawn, who
//! have it before their eyes, and now and then to those in rooms; whoever comes is told what changed since their own list was made.

use crate::session::{Session, Sessions, to_text};
use axum::extract::ws::Utf8Bytes;
use cipher::{Delivery, Node, Subscription};
use protocol::id::{FloorId, RoomId};
use protocol::link::{Directory as Told, topic};
use protocol::room::RoomSummary;
use protocol::socket::ToClient;
use rustc_hash::{FxHashMap, FxHashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use tokio::time::MissedTickBehavior;
use tokio_util::sync::CancellationToken;

/// After the subscription could not be made.
const RETRY: Duration = Duration::from_secs(1);
/// A list is made by a web server, which may have missed what a worker said until it said everything again: two times its 5 s.
const MARGIN: Duration = Duration::from_secs(10);
/// Changes are passed on this often to those who are in no room, however many workers tell them.
const EVERY: Duration = Duration::from_secs(1);
/// To those in rooms every so many times: with 4,000 people in 80 rooms whose tracks end now and then, telling them each second was as much
/// work as 200 chat lines a second, all at once.
const INSIDE_EVERY: u32 = 10;
/// Lines that are passed on at once at the most, those that wait longest; the others come next. A line is some 400 bytes, to every socket.
const LINES_AT_ONCE: usize = 20;
/// A change goes to all sockets: to so many slices of them one after the other, so that what is said in a room meanwhile need not wait for
/// thousands of writes.
const SLICES: usize = 50;
/// Between two slices: a quarter of a second in all.
const SLICE_PAUSE: Duration = Duration::from_millis(5);
/// A slice has at least so many sockets.
const SLICE_MIN: usize = 32;
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
                Ok(subscription) => {
                    stop.run_until_cancelled(self.pass_on(subscription)).await;
                }
                Err(error) => {
                    tracing::warn!(%error, "the list of rooms cannot be followed yet");
                    tokio::time::sleep(RETRY).await;
                }
            }
        }
    }

    /// Until the subscription ends.
    async fn pass_on(&self, mut subscription: Subscription) {
        let mut ticks = 0_u32;
        let mut tick = tokio::time::interval(EVERY);
        tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                delivery = subscription.next() => match delivery {
                    Some(Delivery::Message { payload, .. }) => self.take(&payload),
                    // Workers say everything again every few seconds.
                    Some(Delivery::Gap) => {}
                    None => return,
                },
                _ = tick.tick() => {
                    self.tell(Whom::Outside).await;
                    ticks = ticks.wrapping_add(1);
                    if ticks.is_multiple_of(INSIDE_EVERY) {
                        self.tell(Whom::Inside).await;
                    }
                }
            }
        }
    }

    fn take(&self, payload: &[u8]) {
        match serde_json::from_slice(payload) {
            Ok(told) => self.lock().take(told, Instant::now()),
            Err(error) => tracing::warn!(%error, "a list of rooms was not understood"),
        }
    }

    /// Nothing is taken in meanwhile: whoever comes between two slices is told the same lines by [`Directory::catch_up`], and never an older
    /// one after a newer.
    async fn tell(&self, whom: Whom) {
        let rooms = self.lock().news(whom);
        if rooms.is_empty() {
            return;
        }
        let frame = Utf8Bytes::from(to_text(&ToClient::Rooms { rooms }));
        let mut sessions = self.sessions.all();
        sessions.retain(|session| Whom::of(session) == whom);
        for slice in sessions.chunks((sessions.len() / SLICES).max(SLICE_MIN)) {
            for session in slice {
                session.outbox.text(frame.clone());
            }
            tokio::time::sleep(SLICE_PAUSE).await;
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

/// Who is told changes at the same time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Whom {
    /// Those on the lawn, or nowhere yet.
    Outside,
    /// Those on the floor of a room.
    Inside,
}

impl Whom {
    fn of(session: &Session) -> Whom {
        if session.stands().and_then(FloorId::room).is_some() { Whom::Inside } else { Whom::Outside }
    }
}

/// The lines, and when each became what it is.
#[derive(Debug, Default)]
struct Lines {
    all: FxHashMap<RoomId, Line>,
    /// Those that changed since they were passed on, to whom.
    untold_outside: FxHashSet<RoomId>,
    untold_inside: FxHashSet<RoomId>,
}

#[derive(Debug)]
struct Line {
    worker: u32,
    changed: Instant,
    summary: RoomSummary,
}

impl Lines {
    /// Takes in what a worker told.
    fn take(&mut self, told: Told, now: Instant) {
        let mut rooms = told.rooms;
        if told.full {
            let named: FxHashSet<RoomId> = rooms.iter().map(|room| room.id).collect();
            let gone = self
                .all
                .values()
                .filter(|line| line.worker == told.worker && !named.contains(&line.summary.id));
            rooms.extend(gone.map(|line| quiet(&line.summary)).collect::<Vec<_>>());
        }
        for room in rooms {
            self.put(told.worker, room, now);
        }
    }

    fn put(&mut self, worker: u32, summary: RoomSummary, now: Instant) {
        let id = summary.id;
        if let Some(line) = self.all.get_mut(&id) {
            line.worker = worker;
            if line.summary != summary {
                (line.changed, line.summary) = (now, summary);
                self.changed(id);
            }
            return;
        }
        if self.all.len() >= LINES_MAX {
            let oldest = self.all.values().min_by_key(|line| line.changed).map(|line| line.summary.id);
            if let Some(id) = oldest {
                self.all.remove(&id);
                self.untold_outside.remove(&id);
                self.untold_inside.remove(&id);
            }
        }
        self.all.insert(id, Line { worker, changed: now, summary });
        self.changed(id);
    }

    fn changed(&mut self, id: RoomId) {
        self.untold_outside.insert(id);
        self.untold_inside.insert(id);
    }

    /// What they have not been told, which they are told now: at most [`LINES_AT_ONCE`].
    fn news(&mut self, whom: Whom) -> Vec<RoomSummary> {
        let untold = match whom {
            Whom::Outside => &mut self.untold_outside,
            Whom::Inside => &mut self.untold_inside,
        };
        let mut lines: Vec<&Line> = untold.iter().filter_map(|id| self.all.get(id)).collect();
        lines.sort_by_key(|line| line.changed);
        lines.truncate(LINES_AT_ONCE);
        for line in &lines {
            untold.remove(&line.summary.id);
        }
        lines.into_iter().map(|line| line.summary.clone()).collect()
    }

    /// What changed since a moment (none: ever), the latest first, at most [`CATCH_UP_MAX`].
    fn since(&self, when: Option<Instant>) -> Vec<RoomSummary> {
        let mut lines: Vec<&Line> =
            self.all.values().filter(|line| when.is_none_or(|when| line.changed >= when)).collect();
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
        let mut seen: Vec<_> = rooms.iter().map(|room| (room.id.0, room.listening)).collect();
        seen.sort_unstable();
        seen
    }

    /// What is passed on after a worker told this.
    fn news(lines: &mut Lines, told: Told) -> Vec<(i64, u32)> {
        lines.take(told, Instant::now());
        seen(&lines.news(Whom::Outside))
    }

    #[test]
    fn only_what_changed_is_passed_on_and_a_full_list_makes_good_what_was_lost() {
        let mut lines = Lines::default();
        assert_eq!(news(&mut lines, told(false, &[(1, 3), (2, 5)])), [(1, 3), (2, 5)]);
        // The word that somebody left room 1 was lost.
        assert_eq!(news(&mut lines, told(true, &[(1, 2), (2, 5)])), [(1, 2)]);
        assert_eq!(news(&mut lines, told(true, &[(1, 2), (2, 5)])), []);
    }

    #[test]
    fn a_room_that_changes_several_times_a_second_is_passed_on_once() {
        let mut lines = Lines::default();
        lines.take(told(false, &[(1, 3)]), Instant::now());
        assert_eq!(news(&mut lines, told(false, &[(1, 4), (2, 1)])), [(1, 4), (2, 1)]);
    }

    #[test]
    fn many_changes_at_once_are_passed_on_in_turn() {
        let mut lines = Lines::default();
        let rooms: Vec<(i64, u32)> = (1..=45).map(|id| (id, 1)).collect();
        lines.take(told(true, &rooms), Instant::now());
        let counts: Vec<usize> = (0..4).map(|_| lines.news(Whom::Outside).len()).collect();
        assert_eq!(counts, [20, 20, 5, 0]);
    }

    #[test]
    fn those_in_rooms_are_told_later_and_miss_nothing() {
        let mut lines = Lines::default();
        assert_eq!(news(&mut lines, told(false, &[(1, 3), (2, 1)])), [(1, 3), (2, 1)]);
        assert_eq!(news(&mut lines, told(false, &[(1, 4)])), [(1, 4)]);
        assert_eq!(seen(&lines.news(Whom::Inside)), [(1, 4), (2, 1)]);
        assert_eq!(seen(&lines.news(Whom::Inside)), []);
    }

    #[test]
    fn a_room_its_worker_names_no_more_is_quiet_once() {
        let mut lines = Lines::default();
        news(&mut lines, told(true, &[(1, 3), (2, 5)]));
        assert_eq!(news(&mut lines, told(true, &[(2, 5)])), [(1, 0)]);
        assert_eq!(news(&mut lines, told(true, &[(2, 5)])), []);
        // What another worker holds is not this one's to end.
        news(&mut lines, Told { worker: 2, ..told(false, &[(2, 6)]) });
        assert_eq!(news(&mut lines, told(true, &[])), []);
    }

    #[test]
    fn whoever_comes_is_told_what_changed_since_their_list() {
        let (mut lines, start) = (Lines::default(), Instant::now());
        lines.take(told(true, &[(1, 3), (2, 5)]), start);
        lines.take(told(true, &[(1, 3), (2, 4)]), start + SECOND);
        lines.take(told(false, &[(3, 1)]), start + 2 * SECOND);
        let since = lines.since(Some(start + SECOND));
        assert_eq!(since[0].id, RoomId(3), "the latest first");
        assert_eq!(seen(&since), [(2, 4), (3, 1)]);
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
        assert_eq!(lines.all.len(), LINES_MAX);
        assert!(!lines.all.contains_key(&RoomId(0)));
        assert_eq!(lines.since(None).len(), CATCH_UP_MAX);
    }
}
