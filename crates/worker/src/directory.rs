//! The list of rooms as it changes: what changed each second, all of this worker's rooms every few seconds.

use bytes::Bytes;
use cipher::Node;
use protocol::link::{Directory, topic};
use protocol::room::RoomSummary;
use std::time::{Duration, Instant};

/// Changes are told this often.
pub const EVERY: Duration = Duration::from_secs(1);
/// Everything is told this often.
const FULL_EVERY: Duration = Duration::from_secs(5);
/// Rooms one message names at the most: the liveliest.
const ROOMS_MAX: usize = 500;

/// When the list was last told.
#[derive(Debug)]
pub struct Listing {
    told: Instant,
    full: Instant,
}

impl Listing {
    /// Everything is due.
    pub fn new() -> Listing {
        let long_ago = Instant::now().checked_sub(FULL_EVERY).unwrap_or_else(Instant::now);
        Listing { told: long_ago, full: long_ago }
    }

    /// Whether changes (`Some(false)`) or everything (`Some(true)`) should be told now.
    pub fn due(&mut self) -> Option<bool> {
        let now = Instant::now();
        let due = now.duration_since(self.told) >= EVERY;
        let full = now.duration_since(self.full) >= FULL_EVERY;
        if due {
            self.told = now;
            if full {
                self.full = now;
            }
        }
        due.then_some(full)
    }
}

/// A worker's rooms, liveliest first, bounded.
pub fn directory(worker: u32, full: bool, mut rooms: Vec<RoomSummary>) -> Directory {
    rooms.sort_by_key(|room| std::cmp::Reverse(room.listening));
    // A list that had to be cut does not say that the others are quiet.
    let full = full && rooms.len() <= ROOMS_MAX;
    rooms.truncate(ROOMS_MAX);
    Directory { worker, full, rooms }
}

/// Tells a list of rooms.
pub async fn tell(node: &Node, directory: &Directory) {
    if let Ok(json) = serde_json::to_vec(directory) {
        // Lost ones are made good by the next full list.
        let _ = node.publish(topic::DIRECTORY, None, Bytes::from(json)).await;
    }
}
