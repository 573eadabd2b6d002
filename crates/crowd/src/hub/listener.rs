//! What waits for one socket of the hub: shared bytes that leave in one write, bounded.

use bytes::Bytes;
use protocol::people::Person;
use std::sync::{Mutex, MutexGuard, PoisonError};
use tokio::sync::Notify;
use tokio_tungstenite::tungstenite::{Message, Utf8Bytes};

/// Bytes that may wait for a socket, as in the park's gateway.
const BYTES_MAX: usize = 256 * 1024;

/// Somebody's socket, as a room sees it.
#[derive(Debug)]
pub struct Listener {
    /// A number that no other socket has.
    pub socket: i64,
    /// Whose it is.
    pub person: Person,
    waiting: Mutex<Waiting>,
    wake: Notify,
}

#[derive(Debug, Default)]
struct Waiting {
    frames: Vec<Message>,
    bytes: usize,
    is_too_slow: bool,
}

/// The socket reads too slowly and is to be cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TooSlow;

impl Listener {
    /// A socket for which nothing waits.
    pub fn new(socket: i64, person: Person) -> Listener {
        Listener { socket, person, waiting: Mutex::default(), wake: Notify::new() }
    }

    /// Queues a text frame.
    pub fn text(&self, text: Utf8Bytes) {
        let bytes = text.len();
        self.push(Message::Text(text), bytes);
    }

    /// Queues a binary frame.
    pub fn binary(&self, bytes: Bytes) {
        let length = bytes.len();
        self.push(Message::Binary(bytes), length);
    }

    /// Waits for frames and takes all of them.
    ///
    /// # Errors
    /// [`TooSlow`] when more waited than may.
    pub async fn due(&self) -> Result<Vec<Message>, TooSlow> {
        self.wake.notified().await;
        let mut waiting = self.lock();
        waiting.bytes = 0;
        if waiting.is_too_slow { Err(TooSlow) } else { Ok(std::mem::take(&mut waiting.frames)) }
    }

    fn push(&self, frame: Message, bytes: usize) {
        let mut waiting = self.lock();
        if waiting.bytes > 0 && waiting.bytes + bytes > BYTES_MAX {
            waiting.is_too_slow = true;
        } else {
            waiting.bytes += bytes;
            waiting.frames.push(frame);
        }
        drop(waiting);
        self.wake.notify_one();
    }

    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use protocol::id::AccountId;

    #[tokio::test]
    async fn what_waits_leaves_at_once_and_whoever_reads_nothing_is_cut() {
        let listener = Listener::new(1, crate::hub::person(AccountId(1)));
        listener.text("one".into());
        listener.text("two".into());
        assert_eq!(listener.due().await.map(|frames| frames.len()), Ok(2));
        for _ in 0..40 {
            listener.binary(Bytes::from_static(&[0; 8 * 1024]));
        }
        assert_eq!(listener.due().await, Err(TooSlow));
    }
}
