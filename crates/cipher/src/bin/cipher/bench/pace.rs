//! How far a sender may be ahead of its receivers, and how many messages they have handled.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use anyhow::{Context, ensure};
use tokio::sync::Semaphore;

/// Without one arrival for this long, messages were lost or the server is away.
const STALLED: Duration = Duration::from_secs(10);

/// One permit for each delivery that may be under way: sending takes one for each receiver, handling gives one back.
/// The sender is so held to the speed of its receivers, and nothing overflows.
pub struct Pace {
    room: Semaphore,
    deliveries: u32,
    /// How many receivers get each message.
    fan_out: u32,
    handled: AtomicU64,
}

impl Pace {
    /// At most `in_flight` messages under way, of which each goes to `fan_out` receivers.
    pub fn new(in_flight: u32, fan_out: u32) -> Self {
        let deliveries = in_flight * fan_out;
        let room = Semaphore::new(deliveries as usize);
        Self { room, deliveries, fan_out, handled: AtomicU64::new(0) }
    }

    /// How many messages may be under way.
    pub fn in_flight(&self) -> u32 {
        self.deliveries / self.fan_out
    }

    /// Waits until so many messages may be sent.
    pub async fn send(&self, messages: u32) -> anyhow::Result<()> {
        self.take(messages * self.fan_out).await
    }

    /// A receiver has handled a message.
    pub fn handled(&self) {
        self.handled.fetch_add(1, Ordering::Relaxed);
        self.room.add_permits(1);
    }

    /// Waits until nothing is under way.
    pub async fn rest(&self) -> anyhow::Result<()> {
        self.take(self.deliveries).await?;
        self.room.add_permits(self.deliveries as usize);
        Ok(())
    }

    /// How many deliveries were handled so far.
    pub fn count(&self) -> u64 {
        self.handled.load(Ordering::Relaxed)
    }

    async fn take(&self, permits: u32) -> anyhow::Result<()> {
        if let Ok(taken) = self.room.try_acquire_many(permits) {
            taken.forget(); // without a timer
            return Ok(());
        }
        loop {
            let before = self.count();
            if let Ok(taken) = tokio::time::timeout(STALLED, self.room.acquire_many(permits)).await {
                taken.context("the measurement is over")?.forget();
                return Ok(());
            }
            ensure!(
                self.count() > before,
                "no message arrived for {} s: some were lost, or the server does not keep up",
                STALLED.as_secs()
            );
        }
    }
}
