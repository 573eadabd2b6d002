//! Moments of a run, such as a fault, and how long rooms and people needed from there.

use crate::latency::{Latencies, Percentiles};
use protocol::id::RoomId;
use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tokio::time::Instant;

/// The marked moments, in their order.
#[derive(Debug, Default)]
pub struct Marks {
    kept: Mutex<Kept>,
    /// How many there are: most deliveries need to know no more.
    count: AtomicUsize,
}

#[derive(Debug, Default)]
struct Kept {
    marks: Vec<Mark>,
    /// When each room carried out a command for the last time.
    last: FxHashMap<RoomId, Instant>,
}

#[derive(Debug)]
struct Mark {
    what: String,
    at: Instant,
    /// Of each room: until it carried out the first command that was due after the moment.
    accepted: FxHashMap<RoomId, Duration>,
    /// Of each room: the longest for which it carried out nothing, from this moment to the next one that is marked.
    silent: FxHashMap<RoomId, Duration>,
    waits: Latencies,
    heard: Latencies,
}

/// What came after a marked moment.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Marked {
    /// Which moment.
    pub what: String,
    /// When, in seconds since all were in.
    pub at_s: f64,
    /// Rooms that have carried out a command that was due after it.
    pub rooms: usize,
    /// From the moment until a room carried out its first command due after it, over the rooms, in milliseconds.
    pub accepts_again_ms: Percentiles,
    /// The longest time between two commands that a room carried out, or between the moment and the first, up to the next marked moment,
    /// over the rooms, in milliseconds. Never less than the time between two commands that were asked for.
    pub silent_ms: Percentiles,
    /// From when a command was due, between it and the next marked moment, until its sender knew it was carried out, in milliseconds.
    pub waits_ms: Percentiles,
    /// From the moment until somebody had an event of a command that was due after it, over the people, in milliseconds.
    pub heard_ms: Percentiles,
}

const UNPOISONED: &str = "nobody panics while noting what came after a mark";

impl Marks {
    /// Marks a moment: now.
    pub fn mark(&self, what: &str, now: Instant) {
        let mut kept = self.kept.lock().expect(UNPOISONED);
        kept.marks.push(Mark {
            what: what.to_owned(),
            at: now,
            accepted: FxHashMap::default(),
            silent: FxHashMap::default(),
            waits: Latencies::default(),
            heard: Latencies::default(),
        });
        self.count.store(kept.marks.len(), Ordering::Relaxed);
    }

    /// A command of this room that was due then is carried out now.
    pub fn carried_out(&self, room: RoomId, due: Instant, now: Instant) {
        let mut kept = self.kept.lock().expect(UNPOISONED);
        let Kept { marks, last } = &mut *kept;
        let before = last.insert(room, now);
        // Up to the next moment, or up to now.
        let mut until = now;
        for mark in marks.iter_mut().rev() {
            let since = before.map_or(mark.at, |before| before.max(mark.at));
            if until > since {
                let silent = mark.silent.entry(room).or_default();
                *silent = (*silent).max(until - since);
            }
            if mark.at <= due {
                mark.accepted.entry(room).or_insert_with(|| now - mark.at);
                if due <= until {
                    mark.waits.add(now - due);
                }
            }
            until = mark.at;
        }
    }

    /// Somebody has now an event of a command that was due then; `heard` is of how many of the moments they had one before.
    pub fn heard(&self, due: Instant, now: Instant, heard: &mut usize) {
        if *heard == self.count.load(Ordering::Relaxed) {
            return;
        }
        let kept = self.kept.lock().expect(UNPOISONED);
        for mark in kept.marks.iter().skip(*heard).take_while(|mark| mark.at <= due) {
            mark.heard.add(now - mark.at);
            *heard += 1;
        }
    }

    /// How many rooms have carried out a command that was due after a moment, and how many people have an event of one. Cheap: to be
    /// asked again and again.
    pub fn reached(&self, what: &str) -> (u64, u64) {
        let kept = self.kept.lock().expect(UNPOISONED);
        let mark = kept.marks.iter().find(|mark| mark.what == what);
        mark.map_or((0, 0), |mark| (mark.accepted.len() as u64, mark.heard.count()))
    }

    /// What came after each of them, of a run that began then.
    pub fn told(&self, began: Instant) -> Vec<Marked> {
        let kept = self.kept.lock().expect(UNPOISONED);
        let over_rooms = |times: &FxHashMap<RoomId, Duration>| {
            let all = Latencies::default();
            all.add_all(times.values().copied());
            all.percentiles()
        };
        let told = |mark: &Mark| Marked {
            what: mark.what.clone(),
            at_s: mark.at.saturating_duration_since(began).as_secs_f64(),
            rooms: mark.accepted.len(),
            accepts_again_ms: over_rooms(&mark.accepted),
            silent_ms: over_rooms(&mark.silent),
            waits_ms: mark.waits.percentiles(),
            heard_ms: mark.heard.percentiles(),
        };
        kept.marks.iter().map(told).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROOM: RoomId = RoomId(1);

    /// A run that has just begun, and the moment so many milliseconds later.
    fn run() -> (Marks, impl Fn(u64) -> Instant) {
        let began = Instant::now();
        (Marks::default(), move |ms| began + Duration::from_millis(ms))
    }

    fn is(told: f64, ms: f64) -> bool {
        (told - ms).abs() <= ms / 100.0
    }

    #[test]
    fn a_room_is_silent_between_what_it_carries_out_and_each_moment_has_its_own_part_of_that() {
        let (marks, at) = run();
        marks.carried_out(ROOM, at(0), at(0));
        marks.mark("killed", at(100));
        marks.carried_out(ROOM, at(400), at(400));
        marks.mark("started", at(450));
        marks.carried_out(ROOM, at(650), at(650));
        let told = marks.told(at(0));
        // From the moment on, although nothing had come for longer; and no further than the next one.
        assert!(is(told[0].silent_ms.max, 300.0), "{told:?}");
        assert!(is(told[1].silent_ms.max, 200.0), "{told:?}");
        assert_eq!((told[0].rooms, told[1].rooms), (1, 1));
    }

    #[test]
    fn a_room_accepts_again_with_a_command_that_was_due_after_the_moment() {
        let (marks, at) = run();
        marks.mark("killed", at(10));
        marks.carried_out(ROOM, at(0), at(1_010));
        assert_eq!(marks.told(at(0))[0].rooms, 0);
        marks.carried_out(ROOM, at(1_010), at(1_510));
        let told = &marks.told(at(0))[0];
        assert!(is(told.accepts_again_ms.max, 1_500.0) && is(told.waits_ms.max, 500.0), "{told:?}");
        assert!(is(told.silent_ms.max, 1_000.0), "{told:?}");
    }

    #[test]
    fn a_wait_belongs_to_the_last_moment_before_the_command_was_due() {
        let (marks, at) = run();
        marks.mark("normal", at(10));
        marks.mark("flooded", at(1_000));
        marks.carried_out(ROOM, at(900), at(1_100));
        marks.carried_out(ROOM, at(1_050), at(1_550));
        let told = marks.told(at(0));
        assert_eq!((told[0].waits_ms.count, told[1].waits_ms.count), (1, 1));
        assert!(is(told[0].waits_ms.max, 200.0) && is(told[1].waits_ms.max, 500.0), "{told:?}");
    }

    #[test]
    fn somebody_hears_of_a_moment_once_and_by_what_was_due_after_it() {
        let (marks, at) = run();
        let mut heard = 0;
        marks.heard(at(0), at(5), &mut heard);
        marks.mark("killed", at(10));
        marks.heard(at(0), at(300), &mut heard);
        assert_eq!((heard, marks.told(at(0))[0].heard_ms.count), (0, 0));
        marks.heard(at(390), at(410), &mut heard);
        marks.heard(at(500), at(510), &mut heard);
        let told = &marks.told(at(0))[0];
        assert_eq!((marks.reached("killed"), marks.reached("never")), ((0, 1), (0, 0)));
        assert!(heard == 1 && told.heard_ms.count == 1 && is(told.heard_ms.max, 400.0), "{told:?}");
    }
}
