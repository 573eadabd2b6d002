//! What a running crowd counts.

use crate::arrive::Failure;
use crate::latency::{Latencies, Percentiles};
use protocol::id::RoomId;
use rustc_hash::FxHashMap;
use serde::Serialize;
use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;
use tokio::time::Instant;

/// Counters and times of everybody.
#[derive(Debug, Default)]
pub struct Tally {
    /// Whether deliveries, bytes and times count: from when all are in until they rest.
    measuring: AtomicBool,
    /// People whose socket is open and greeted.
    pub connected: Count,
    /// People who hear their room since the last time they were let in.
    pub live: Count,
    /// Durable events that reached somebody through a live socket, each receiver counted.
    pub deliveries: Count,
    /// Commands sent, counting each id once.
    pub commands: Count,
    /// Commands that were carried out.
    pub acknowledged: Count,
    /// Commands without an outcome yet.
    pub pending: Count,
    /// Positions that reached somebody, each receiver counted.
    pub positions: Count,
    /// Steps that were overtaken by a later one of the same person before the park told of them, each receiver counted.
    pub superseded: Count,
    /// Frames of positions that a receiver did not get although others did.
    pub skipped_frames: Count,
    /// Steps sent.
    pub steps: Count,
    /// Bytes of frames received.
    pub bytes: Count,
    /// Frames received.
    pub frames: Count,
    /// Connections that ended although nobody wanted that.
    pub disconnects: Count,
    /// Of them those whose gateway had said that it goes away.
    pub drained: Count,
    /// Connections that people dropped on purpose.
    pub drops: Count,
    /// Snapshots, beyond the first of each person.
    pub resyncs: Count,
    /// Times that a deed could not be done, as there was no line or nothing to vote for.
    pub undone: Count,
    /// From when a command was due until its event reached a receiver, each receiver counted.
    pub latency: Latencies,
    /// From when a command was due until its sender knew it was carried out.
    pub acknowledgement: Latencies,
    /// From when a step was due until its position reached a receiver.
    pub staleness: Latencies,
    /// From the first request of somebody who walks in until they hear and see their room.
    pub joining: Latencies,
    /// From the loss of a connection until the room is heard again.
    pub gaps: Latencies,
    refusals: Mutex<BTreeMap<String, u64>>,
    closes: Mutex<BTreeMap<u16, u64>>,
    /// The last reason for which somebody could not come in, as a sentence.
    failure: Mutex<Option<String>>,
    nonsense: Mutex<Vec<String>>,
    marks: Mutex<Vec<Mark>>,
}

/// A counter.
#[derive(Debug, Default)]
pub struct Count(AtomicU64);

impl Count {
    /// Counts so many more.
    pub fn add(&self, n: u64) {
        self.0.fetch_add(n, Ordering::Relaxed);
    }

    /// Counts one less.
    pub fn take_one(&self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }

    /// How many.
    pub fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// A moment of the run, and when each room carried out a command that was asked for after it.
#[derive(Debug)]
struct Mark {
    what: String,
    at: Instant,
    /// Of each room: the first such command's way.
    accepted: FxHashMap<RoomId, Duration>,
    waits: Latencies,
}

/// What came after a marked moment.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Marked {
    /// Which moment.
    pub what: String,
    /// When, in seconds since all were in.
    pub at_s: f64,
    /// Rooms that have carried out a command that was due after it.
    pub rooms: usize,
    /// From the moment until a room carried out its first command due after it, over the rooms, in milliseconds.
    pub accepts_again_ms: Percentiles,
    /// From when a command was due after it until its sender knew it was carried out, in milliseconds.
    pub waits_ms: Percentiles,
}

const UNPOISONED: &str = "nobody panics while counting";
/// Frames that made no sense are kept up to this many, as examples.
const NONSENSE_KEPT: usize = 10;

impl Tally {
    /// Whether the measured time runs.
    pub fn is_measuring(&self) -> bool {
        self.measuring.load(Ordering::Relaxed)
    }

    /// Begins or ends the measured time.
    pub fn measure(&self, whether: bool) {
        self.measuring.store(whether, Ordering::Relaxed);
    }

    /// Something was refused for this reason.
    pub fn refused(&self, reason: String) {
        *self.refusals.lock().expect(UNPOISONED).entry(reason).or_default() += 1;
    }

    /// Somebody could not come in.
    pub fn failed(&self, failure: &Failure) {
        self.refused(failure.reason());
        *self.failure.lock().expect(UNPOISONED) = Some(failure.to_string());
    }

    /// The last reason for which somebody could not come in, as a sentence.
    pub fn last_failure(&self) -> Option<String> {
        self.failure.lock().expect(UNPOISONED).clone()
    }

    /// Refusals by reason.
    pub fn refusals(&self) -> BTreeMap<String, u64> {
        self.refusals.lock().expect(UNPOISONED).clone()
    }

    /// A connection was closed with this code.
    pub fn closed(&self, code: u16) {
        *self.closes.lock().expect(UNPOISONED).entry(code).or_default() += 1;
    }

    /// Closes by code; 1006 is a connection that ended without one.
    pub fn closes(&self) -> BTreeMap<u16, u64> {
        self.closes.lock().expect(UNPOISONED).clone()
    }

    /// A frame made no sense.
    pub fn nonsense(&self, why: &str) {
        let mut nonsense = self.nonsense.lock().expect(UNPOISONED);
        if nonsense.len() < NONSENSE_KEPT {
            nonsense.push(why.to_owned());
        }
    }

    /// Examples of frames that made no sense.
    pub fn nonsense_seen(&self) -> Vec<String> {
        self.nonsense.lock().expect(UNPOISONED).clone()
    }

    /// Marks this moment.
    pub fn mark(&self, what: &str) {
        let mark = Mark {
            what: what.to_owned(),
            at: Instant::now(),
            accepted: FxHashMap::default(),
            waits: Latencies::default(),
        };
        self.marks.lock().expect(UNPOISONED).push(mark);
    }

    /// A command of this room that was due then is carried out, as its sender now knows.
    pub fn carried_out(&self, room: RoomId, due: Instant) {
        self.acknowledged.add(1);
        let wait = due.elapsed();
        if self.is_measuring() {
            self.acknowledgement.add(wait);
        }
        for mark in self.marks.lock().expect(UNPOISONED).iter_mut().filter(|mark| mark.at <= due) {
            mark.accepted.entry(room).or_insert_with(|| mark.at.elapsed());
            mark.waits.add(wait);
        }
    }

    /// What came after each marked moment.
    pub fn marked(&self, began: Instant) -> Vec<Marked> {
        let marks = self.marks.lock().expect(UNPOISONED);
        let told = |mark: &Mark| {
            let rooms = Latencies::default();
            rooms.add_all(mark.accepted.values().copied());
            Marked {
                what: mark.what.clone(),
                at_s: mark.at.saturating_duration_since(began).as_secs_f64(),
                rooms: mark.accepted.len(),
                accepts_again_ms: rooms.percentiles(),
                waits_ms: mark.waits.percentiles(),
            }
        };
        marks.iter().map(told).collect()
    }
}
