//! Following the workers' clock: park time is the same whichever gateway one hears it from.

use cipher::{Node, To};
use protocol::link::{ParkTime, ns, route};
use service::clock::{Observed, ParkClock};
use std::time::{Duration, Instant};
use tokio_util::sync::CancellationToken;

/// Between two looks at a worker's clock.
const EVERY: Duration = Duration::from_secs(1);
/// Until the clock is known, look more often.
const EVERY_AT_FIRST: Duration = Duration::from_millis(100);
/// Longest wait for an answer; a slower one would say little.
const PATIENCE: Duration = Duration::from_millis(500);

/// Follows the workers' park time until `stop`. Calls `known` once the clock has been set, and again after each step.
pub async fn follow(node: Node, clock: ParkClock, known: impl Fn(), stop: CancellationToken) {
    let mut heard = false;
    loop {
        let before = Instant::now();
        match node.request::<_, ParkTime>(To::any(ns::WORKER), route::TIME, &(), PATIENCE).await {
            Ok(time) => {
                if clock.observe(before, time.now_us, Instant::now()) == Observed::Stepped {
                    known();
                }
                heard = true;
            }
            Err(error) => tracing::debug!(%error, "no worker tells the time"),
        }
        let pause = if heard { EVERY } else { EVERY_AT_FIRST };
        if stop.run_until_cancelled(tokio::time::sleep(pause)).await.is_none() {
            return;
        }
    }
}
