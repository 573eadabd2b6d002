//! Transmitting: one writer per node, which pushes whatever queued up while its previous push was under way.

use std::sync::Mutex;

use bytes::Bytes;
use fred::clients::Client;
use fred::interfaces::ListInterface;
use futures_util::future::join_all;
use rustc_hash::FxHashMap;
use tokio::sync::{mpsc, oneshot};

use super::redirect::settled;
use crate::wire::WireError;

/// Transmits that wait for the writer; then their callers wait.
const WAITING: usize = 4_096;
/// Pushed together, at most.
const TOGETHER: usize = 512;

pub(super) struct Pusher {
    waiting: Mutex<Option<mpsc::Sender<Push>>>,
}

struct Push {
    queue: String,
    body: Bytes,
    pushed: oneshot::Sender<Result<u64, WireError>>,
}

impl Pusher {
    pub(super) fn start(client: Client) -> Self {
        let (waiting, pushes) = mpsc::channel(WAITING);
        tokio::spawn(write(client, pushes));
        Self { waiting: Mutex::new(Some(waiting)) }
    }

    pub(super) async fn push(&self, queue: &str, body: Bytes) -> Result<u64, WireError> {
        let over = || WireError("this node has left".into());
        let waiting = self.lock().clone().ok_or_else(over)?;
        let (pushed, confirmed) = oneshot::channel();
        waiting.send(Push { queue: queue.to_owned(), body, pushed }).await.map_err(|_| over())?;
        confirmed.await.map_err(|_| over())?
    }

    pub(super) fn close(&self) {
        self.lock().take();
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Option<mpsc::Sender<Push>>> {
        self.waiting.lock().expect("nothing panics while it holds this lock")
    }
}

async fn write(client: Client, mut pushes: mpsc::Receiver<Push>) {
    let mut batch = Vec::with_capacity(TOGETHER);
    while pushes.recv_many(&mut batch, TOGETHER).await > 0 {
        let mut queues: FxHashMap<String, (Vec<Bytes>, Vec<oneshot::Sender<_>>)> = FxHashMap::default();
        for Push { queue, body, pushed } in batch.drain(..) {
            let (bodies, waiting) = queues.entry(queue).or_default();
            bodies.push(body);
            waiting.push(pushed);
        }
        join_all(queues.into_iter().map(|(queue, (bodies, waiting))| {
            let client = &client;
            async move {
                let length = settled(|| client.rpush::<u64, _, _>(&queue, bodies.clone())).await;
                if let Ok(length) = &length {
                    metrics::gauge!("cipher_queue_depth", "queue" => queue).set(*length as f64);
                }
                for pushed in waiting {
                    let _ =
                        pushed.send(length.as_ref().copied().map_err(|error| WireError(error.to_string())));
                }
            }
        }))
        .await;
    }
}
