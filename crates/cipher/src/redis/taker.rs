//! Taking from a queue at least once: a blocking move brings the first message into a list of what is in flight, a
//! script acknowledges it and takes the rest.

use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use fred::clients::{Client, WithOptions};
use fred::interfaces::{ClientInterface, ClientLike, ListInterface};
use fred::types::ClientUnblockFlag;
use fred::types::config::Options;
use fred::types::lists::LMoveDirection;
use tokio_util::sync::CancellationToken;

use super::registry::lease_key;
use super::script::TAKE;
use crate::address::Address;
use crate::wire::{BATCH, Batch, Taker, WireError};

/// How long one blocking move waits, in seconds. Never 0: a frozen connection would wait for ever.
const BLOCK_S: f64 = 1.0;
/// A blocking move that was not answered by then failed.
const BLOCK_TIMEOUT: Duration = Duration::from_secs(4);
/// Batches of large messages are made smaller than [`BATCH`] to stay near this.
const BATCH_BYTES: usize = 256 << 10;

pub(super) struct RedisTaker {
    client: Client,
    /// Sends the blocking move once: a second try would take a second message while the first is in nobody's hands.
    once: WithOptions<Client>,
    queue: String,
    in_flight: String,
    /// Queue, in-flight, mark, attempts and, when fenced, the lease.
    keys: Vec<String>,
    incarnation: String,
    /// Counts the acknowledgements that were confirmed.
    marks: u64,
    /// How many to take at once, from the size of the last ones.
    most: usize,
    /// The last look found the queue empty, and nothing was taken since.
    idle: bool,
}

impl RedisTaker {
    pub(super) fn new(client: Client, queue: &str, me: &Address, fenced: bool) -> Self {
        let own = |what: &str| format!("cipher:{what}:{{{queue}}}:{}", me.nid);
        let in_flight = own("inflight");
        let mut keys = vec![queue.to_owned(), in_flight.clone(), own("mark"), own("attempts")];
        keys.extend(fenced.then(|| lease_key(me)));
        let options = Options { max_attempts: Some(1), timeout: Some(BLOCK_TIMEOUT), ..Options::default() };
        Self {
            once: client.with_options(&options),
            client,
            queue: queue.to_owned(),
            in_flight,
            keys,
            incarnation: me.incarnation.map(|incarnation| incarnation.to_string()).unwrap_or_default(),
            marks: 0,
            most: BATCH,
            idle: false,
        }
    }

    async fn script(&mut self, handled: usize, most: usize) -> Result<Vec<Bytes>, WireError> {
        let mark = format!("{}:{}", self.incarnation, self.marks);
        let args = vec![self.incarnation.clone(), mark, handled.to_string(), most.to_string()];
        let taken = TAKE.run(&self.client, self.keys.clone(), args).await?;
        self.marks += 1;
        Ok(taken)
    }

    fn batch(&mut self, messages: Vec<Bytes>, earlier_attempts: u32) -> Batch {
        let mean = messages.iter().map(Bytes::len).sum::<usize>() / messages.len().max(1);
        self.most = (BATCH_BYTES / mean.max(1)).clamp(1, BATCH);
        self.idle = false;
        Batch { messages, earlier_attempts }
    }

    /// Waits for a message, in its own connection; `None` when none came.
    async fn block(&self, stop: &CancellationToken) -> Result<Option<Bytes>, WireError> {
        let moving = self.once.blmove::<Option<Bytes>, _, _>(
            self.queue.as_str(),
            self.in_flight.as_str(),
            LMoveDirection::Left,
            LMoveDirection::Right,
            BLOCK_S,
        );
        tokio::pin!(moving);
        // The move is never abandoned: a message would be in flight without anybody to handle it.
        tokio::select! {
            moved = &mut moving => return Ok(moved?),
            () = stop.cancelled() => {}
        }
        let _ = self.client.unblock_self(Some(ClientUnblockFlag::Timeout)).await;
        Ok(moving.await?)
    }
}

#[async_trait]
impl Taker for RedisTaker {
    async fn take(&mut self, handled: usize, stop: &CancellationToken) -> Result<Batch, WireError> {
        let mut handled = handled;
        loop {
            if !self.idle || handled > 0 {
                let mut taken = self.script(handled, self.most).await?;
                handled = 0;
                if !taken.is_empty() {
                    let again =
                        std::str::from_utf8(&taken.remove(0)).ok().and_then(|count| count.parse().ok());
                    return Ok(self.batch(taken, again.unwrap_or_default()));
                }
                self.idle = true;
            }
            if stop.is_cancelled() {
                return Ok(Batch::default());
            }
            // Whatever comes of this, the script looks next: after a lost reply there is something in flight, and
            // after a quiet second it checks that the lease is still ours.
            self.idle = false;
            if let Some(message) = self.block(stop).await? {
                return Ok(self.batch(vec![message], 0));
            }
        }
    }

    async fn finish(&mut self, handled: usize) -> Result<(), WireError> {
        self.script(handled, 0).await?;
        Ok(())
    }
}

impl Drop for RedisTaker {
    fn drop(&mut self) {
        let client = self.client.clone();
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            runtime.spawn(async move { client.quit().await });
        }
    }
}
