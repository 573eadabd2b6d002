//! What a running crowd counts.

use crate::arrive::Failure;
use crate::latency::Latencies;
use crate::marks::Marks;
use protocol::id::RoomId;
use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
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
    /// People who have given up: they are not in their rooms, and will not be.
    pub gone: Count,
    /// Durable events that reached somebody live in the measured time, each receiver counted.
    pub deliveries: Count,
    /// Durable events that reached somebody, at whatever time, each receiver counted.
    pub heard: Count,
    /// Commands sent, counting each id once.
    pub commands: Count,
    /// Commands that were carried out.
    pub acknowledged: Count,
    /// Deeds of the plan that are still to be done.
    pub owed: Count,
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
    /// Tickets asked for: one for each try to come in.
    pub tickets: Count,
    /// Connections that ended although nobody wanted that.
    pub disconnects: Count,
    /// Of them those whose gateway had said that it goes away.
    pub drained: Count,
    /// Connections that people dropped on purpose.
    pub drops: Count,
    /// Snapshots, beyond the first of each person.
    pub resyncs: Count,
    /// Of them those to people who came back soon, having missed little: they should have been told only that.
    pub not_resumed: Count,
    /// Times that a deed could not be done, as there was no line or nothing to vote for.
    pub undone: Count,
    /// From when a command was due until it was first sent.
    pub lateness: Latencies,
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
    /// Moments such as faults, and what came after them.
    pub marks: Marks,
    refusals: Mutex<BTreeMap<String, u64>>,
    closes: Mutex<BTreeMap<u16, u64>>,
    /// The last reason for which somebody could not come in, as a sentence.
    failure: Mutex<Option<String>>,
    /// Frames that made no sense.
    pub nonsense: Count,
    nonsense_seen: Mutex<Vec<String>>,
    /// When a connection ended last.
    cut: Mutex<Option<Instant>>,
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
    pub fn made_no_sense(&self, why: &str) {
        self.nonsense.add(1);
        let mut nonsense = self.nonsense_seen.lock().expect(UNPOISONED);
        if nonsense.len() < NONSENSE_KEPT {
            nonsense.push(why.to_owned());
        }
    }

    /// Examples of frames that made no sense.
    pub fn nonsense_seen(&self) -> Vec<String> {
        self.nonsense_seen.lock().expect(UNPOISONED).clone()
    }

    /// A connection ended.
    pub fn disconnected(&self) {
        self.connected.take_one();
        *self.cut.lock().expect(UNPOISONED) = Some(Instant::now());
    }

    /// Since when nobody has been connected; none while somebody is.
    pub fn deserted_since(&self) -> Option<Instant> {
        let cut = *self.cut.lock().expect(UNPOISONED);
        cut.filter(|_| self.connected.get() == 0)
    }

    /// A command of this room that was due then is carried out, as its sender now knows.
    pub fn carried_out(&self, room: RoomId, due: Instant) {
        self.acknowledged.add(1);
        if self.is_measuring() {
            self.acknowledgement.add(due.elapsed());
        }
        self.marks.carried_out(room, due, Instant::now());
    }
}
