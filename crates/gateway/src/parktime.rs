//! Following the workers' clock: park time is the same whichever gateway one hears it from.

use cipher::{Node, To};
use protocol::link::{ParkTime, ns, route};
use service::clock::{Observed, ParkClock, Sample};
use std::time::Duration;
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
        let sample =
            if heard { Sample::take(|| look(&node)).await } else { Sample::quickest(|| look(&node)).await };
        if let Some(sample) = sample {
            if clock.observe(sample) == Observed::Stepped {
                known();
            }
            heard = true;
        }
        let pause = if heard { EVERY } else { EVERY_AT_FIRST };
        if stop.run_until_cancelled(tokio::time::sleep(pause)).await.is_none() {
            return;
        }
    }
}

/// What a worker's clock shows, in microseconds.
async fn look(node: &Node) -> Option<i64> {
    match node.request::<_, ParkTime>(To::any(ns::WORKER), route::TIME, &(), PATIENCE).await {
        Ok(time) => Some(time.now_us),
        Err(error) => {
            tracing::debug!(%error, "no worker tells the time");
            None
        }
    }
}
