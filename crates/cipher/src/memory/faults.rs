//! Faults of the memory transport, drawn from a seed: what a network and a server do to messages now and then.

use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;

use bytes::Bytes;
use tokio::sync::mpsc;

use crate::exchange::Exchange;

/// Delayed messages on their way at once; beyond it they are dropped.
const ON_THE_WAY: usize = 65_536;

/// How a [`MemoryBus`](crate::MemoryBus) misbehaves. Every share is between 0 (never) and 1 (always).
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Faults {
    /// Equal seeds draw equal numbers, in the order in which messages are sent.
    pub seed: u64,
    /// The share of broadcasts, publishes and replies that vanish without a word.
    pub drop: f64,
    /// The share of them that come twice.
    pub duplicate: f64,
    /// The longest time by which one is late, and all that follow it: they stay in order.
    pub delay: Duration,
    /// The share of operations at which connections are cut. What is published then is lost and the subscribers are told;
    /// a transmit is not confirmed, and may or may not be in the queue; what a node was about to take it takes next time.
    pub cut: f64,
}

/// When a connection was cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cut {
    BeforeIt,
    AfterIt,
}

pub(super) struct Mischief {
    faults: Faults,
    dice: Mutex<u64>,
    late: OnceLock<mpsc::Sender<(Duration, Arc<str>, Bytes)>>,
}

impl Mischief {
    pub(super) fn new(faults: Faults) -> Self {
        Self { dice: Mutex::new(faults.seed), faults, late: OnceLock::new() }
    }

    /// From 0 up to 1: splitmix64 (Steele, Lea, Flood 2014).
    fn roll(&self) -> f64 {
        let mut state = self.dice.lock().expect("nothing panics while it holds this lock");
        *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut bits = *state;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        bits ^= bits >> 31;
        (bits >> 11) as f64 / (1u64 << 53) as f64
    }

    pub(super) fn cut(&self) -> Option<Cut> {
        let cut = self.roll() < self.faults.cut;
        cut.then(|| if self.roll() < 0.5 { Cut::BeforeIt } else { Cut::AfterIt })
    }

    pub(super) fn post(&self, exchange: &Arc<Exchange>, channel: &Arc<str>, body: &Bytes) {
        if self.cut().is_some() {
            return exchange.gap();
        }
        if self.roll() < self.faults.drop {
            return;
        }
        let copies = if self.roll() < self.faults.duplicate { 2 } else { 1 };
        for _ in 0..copies {
            let delay = self.faults.delay.mul_f64(self.roll());
            let late = self.late.get_or_init(|| {
                let (late, on_the_way) = mpsc::channel(ON_THE_WAY);
                tokio::spawn(deliver(exchange.clone(), on_the_way));
                late
            });
            let _ = late.try_send((delay, channel.clone(), body.clone()));
        }
    }
}

async fn deliver(exchange: Arc<Exchange>, mut on_the_way: mpsc::Receiver<(Duration, Arc<str>, Bytes)>) {
    while let Some((delay, channel, body)) = on_the_way.recv().await {
        if !delay.is_zero() {
            tokio::time::sleep(delay).await;
        }
        exchange.deliver(&channel, &body);
        exchange.deliver_to_patterns(&channel, &body);
    }
}
