//! Publishing: callers never wait; what queued up while the previous write was under way leaves together.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use bytes::Bytes;
use fred::clients::Client;
use fred::interfaces::ClientLike;
use fred::types::config::Options;
use futures_util::future::join_all;
use tokio::time::Instant;

use super::sharded;
use crate::ring::{Next, Ring};
use crate::transport::RedisConfig;

/// Written together, at most.
const TOGETHER: usize = 512;

pub(super) struct Outbox {
    shared: Arc<Shared>,
}

struct Shared {
    ring: Ring<(Arc<str>, Bytes)>,
    /// Posted and neither written nor dropped.
    pending: AtomicUsize,
}

impl Outbox {
    pub(super) fn start(client: Client, config: &RedisConfig) -> Self {
        let ring = Ring::new(config.outbox_messages, config.outbox_bytes);
        let shared = Arc::new(Shared { ring, pending: AtomicUsize::new(0) });
        tokio::spawn(write(shared.clone(), client));
        Self { shared }
    }

    pub(super) fn post(&self, channel: Arc<str>, body: Bytes) {
        let cost = channel.len() + body.len();
        self.shared.pending.fetch_add(1, Ordering::SeqCst);
        let dropped = self.shared.ring.push((channel, body), cost);
        if dropped > 0 {
            self.shared.pending.fetch_sub(dropped, Ordering::SeqCst);
            metrics::counter!("cipher_dropped_total", "why" => "outbox_full").increment(dropped as u64);
        }
    }

    /// Waits until everything was written or `grace` is over.
    pub(super) async fn flush(&self, grace: Duration) {
        let until = Instant::now() + grace;
        while self.shared.pending.load(Ordering::SeqCst) > 0 && Instant::now() < until {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    }

    pub(super) fn close(&self) {
        self.shared.ring.close();
    }
}

async fn write(shared: Arc<Shared>, client: Client) {
    // At most once: what was under way when the connection broke is not sent again.
    let client = client.with_options(&Options { max_attempts: Some(1), ..Options::default() });
    while let Some(next) = shared.ring.next().await {
        let first = match next {
            Next::Item(first) => Some(first),
            Next::Lossy => None, // counted where it was dropped
        };
        let batch = first.into_iter().chain(shared.ring.drain(TOGETHER));
        // fred writes them in this order without waiting for the replies in between.
        let publishing = batch.map(|(channel, body)| {
            let client = &client;
            async move { sharded::publish(client, &channel, body).await }
        });
        let results = join_all(publishing).await;
        let written = results.len();
        let failed = results.into_iter().filter(Result::is_err).count();
        if failed > 0 {
            metrics::counter!("cipher_dropped_total", "why" => "server_away").increment(failed as u64);
        }
        shared.pending.fetch_sub(written, Ordering::SeqCst);
    }
}
