//! One publish in a thousand is dropped, silently: the next one says that it follows what was told before.
//!
//! Dropped alone it would be no bug: spans and digests are there to show that, and the gateways take a snapshot.

use cipher::Span;
use protocol::id::RoomId;
use rustc_hash::FxHashMap;
use std::sync::{Mutex, PoisonError};

/// Of so many publishes one is dropped.
const ONE_IN: u64 = 1_000;

/// Drops publishes.
#[derive(Default)]
pub struct Lossy(Mutex<Told>);

#[derive(Default)]
struct Told {
    count: u64,
    /// Rooms of which something was dropped, and its first number.
    dropped: FxHashMap<RoomId, u64>,
}

impl Lossy {
    /// What is said to be in a frame; none: it is dropped.
    pub fn span_of(&self, room: RoomId, span: Span) -> Option<Span> {
        let mut told = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        told.count += 1;
        if told.count.is_multiple_of(ONE_IN) {
            told.dropped.entry(room).or_insert(span.first);
            return None;
        }
        let first = told.dropped.remove(&room).unwrap_or(span.first);
        Some(Span { first, ..span })
    }
}
