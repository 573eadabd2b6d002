//! What waits to be written to one socket: shared bytes, bounded. A socket that is too slow is cut, not waited for.

use axum::extract::ws::{Message, Utf8Bytes};
use bytes::Bytes;
use protocol::socket::CloseCode;
use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use tokio::sync::Notify;

/// Bytes that may wait for one socket (promise 11).
const BYTES_MAX: usize = 256 * 1024;
/// Clock probes that may wait for their answer.
const PROBES_MAX: usize = 32;
/// What a waiting frame costs besides its bytes.
const FRAME_COST: usize = 64;

/// A socket's end, as the browser is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Close {
    /// The code.
    pub code: CloseCode,
    /// A sentence.
    pub reason: &'static str,
}

/// What waits for one socket. Whoever has something for it pushes; the socket's task takes all at once.
#[derive(Debug, Default)]
pub struct Outbox {
    waiting: Mutex<Waiting>,
    wake: Notify,
    closed: AtomicBool,
}

#[derive(Debug, Default)]
struct Waiting {
    frames: VecDeque<Message>,
    /// Positions replace one another: only the newest of them per kind is worth sending late.
    positions: Option<Bytes>,
    /// Clock probes to answer: the browser's time, and park time at reading, in ms.
    probes: Vec<(f64, f64)>,
    bytes: usize,
    close: Option<Close>,
}

/// What is to be written now.
#[derive(Debug, Default)]
pub struct Due {
    /// Clock probes to answer, stamped as they are written.
    pub probes: Vec<(f64, f64)>,
    /// Frames, in order.
    pub frames: VecDeque<Message>,
    /// The socket closes after them.
    pub close: Option<Close>,
}

impl Outbox {
    /// Queues a text frame. What is shared among sockets is shared here too.
    pub fn text(&self, text: Utf8Bytes) {
        self.push(Message::Text(text));
    }

    /// Queues a binary frame.
    pub fn binary(&self, bytes: Bytes) {
        self.push(Message::Binary(bytes));
    }

    /// Queues the answer to a clock probe: it is stamped when it is written, past whatever waits.
    pub fn probe(&self, c0: f64, s1: f64) {
        let mut waiting = self.lock();
        if waiting.probes.len() < PROBES_MAX {
            waiting.probes.push((c0, s1));
        }
        drop(waiting);
        self.wake.notify_one();
    }

    /// Queues a frame of positions that names everybody who moved; a socket that lags gets only the newest key frame.
    pub fn positions(&self, bytes: Bytes, key: bool) {
        let mut waiting = self.lock();
        if waiting.bytes == 0 || !key {
            drop(waiting);
            if !self.is_lagging() {
                self.binary(bytes);
            }
            return;
        }
        waiting.positions = Some(bytes);
        drop(waiting);
        self.wake.notify_one();
    }

    /// Closes the socket after what waits has been written. The first reason stays.
    pub fn close(&self, code: CloseCode, reason: &'static str) {
        self.lock().close.get_or_insert(Close { code, reason });
        self.closed.store(true, Ordering::Relaxed);
        self.wake.notify_one();
    }

    /// Waits until there is something to write.
    pub async fn ready(&self) {
        self.wake.notified().await;
    }

    /// Takes all that waits.
    pub fn take(&self) -> Due {
        let mut waiting = self.lock();
        let mut frames = std::mem::take(&mut waiting.frames);
        frames.extend(waiting.positions.take().map(Message::Binary));
        waiting.bytes = 0;
        Due { probes: std::mem::take(&mut waiting.probes), frames, close: waiting.close.clone() }
    }

    /// Whether the socket shall close.
    pub fn is_closing(&self) -> bool {
        self.closed.load(Ordering::Relaxed)
    }

    /// Whether positions should rather be left out than wait.
    fn is_lagging(&self) -> bool {
        self.lock().bytes > BYTES_MAX / 8
    }

    fn push(&self, message: Message) {
        if self.is_closing() {
            return;
        }
        let cost = FRAME_COST
            + match &message {
                Message::Text(text) => text.len(),
                Message::Binary(bytes) => bytes.len(),
                _ => 0,
            };
        let mut waiting = self.lock();
        // A single large frame always has room: a snapshot may be larger than what may wait behind it.
        if waiting.bytes > 0 && waiting.bytes + cost > BYTES_MAX {
            waiting.frames.clear();
            waiting.positions = None;
            drop(waiting);
            metrics::counter!("gateway_slow_sockets_total").increment(1);
            self.close(
                CloseCode::TooSlow,
                "You were too slow to follow. Coming back resumes where you were.",
            );
            return;
        }
        waiting.bytes += cost;
        waiting.frames.push_back(message);
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

    #[test]
    fn a_socket_that_reads_nothing_is_cut_with_its_own_code() {
        let outbox = Outbox::default();
        for _ in 0..100 {
            outbox.text("x".repeat(8 * 1024).into());
        }
        let Due { frames, close, .. } = outbox.take();
        assert!(frames.len() < 40, "{}", frames.len());
        assert_eq!(close.map(|close| close.code), Some(CloseCode::TooSlow));
    }

    #[test]
    fn a_lagging_socket_gets_the_newest_key_frame_only() {
        let outbox = Outbox::default();
        outbox.text("first".into());
        outbox.positions(Bytes::from_static(b"old"), true);
        outbox.positions(Bytes::from_static(b"new"), true);
        let Due { frames, .. } = outbox.take();
        assert_eq!(frames, [Message::Text("first".into()), Message::Binary(Bytes::from_static(b"new"))]);
    }
}
