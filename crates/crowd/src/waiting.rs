//! Waiting for a condition, for so long and no longer.

use std::time::Duration;
use tokio::time::Instant;

/// Between two looks.
const LOOK_EVERY: Duration = Duration::from_millis(10);

/// Waits until `look` finds something, and returns it.
///
/// # Errors
/// When it has found nothing after `patience`: a sentence that begins with `what`.
pub async fn until<T>(
    what: &str,
    patience: Duration,
    mut look: impl AsyncFnMut() -> Option<T>,
) -> anyhow::Result<T> {
    let give_up = Instant::now() + patience;
    loop {
        if let Some(found) = look().await {
            return Ok(found);
        }
        anyhow::ensure!(Instant::now() < give_up, "{what}: not within {} s.", patience.as_secs());
        tokio::time::sleep(LOOK_EVERY).await;
    }
}
