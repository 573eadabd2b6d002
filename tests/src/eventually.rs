//! Waiting for a condition, the only way to wait in a test.

use std::time::{Duration, Instant};

/// How long a condition may take. Long, as machines that run tests are busy; a condition that holds ends the wait at once.
pub const PATIENCE: Duration = Duration::from_secs(30);
/// Between two looks.
const LOOK_EVERY: Duration = Duration::from_millis(10);

/// Waits until `look` finds something, and returns it; panics with `what` when it never does.
pub async fn eventually<T>(what: &str, look: impl AsyncFnMut() -> Option<T>) -> T {
    eventually_or(what, look, String::new).await
}

/// The same, which also says what there is instead.
pub async fn eventually_or<T>(
    what: &str,
    mut look: impl AsyncFnMut() -> Option<T>,
    instead: impl Fn() -> String,
) -> T {
    let give_up = Instant::now() + PATIENCE;
    loop {
        if let Some(found) = look().await {
            return found;
        }
        assert!(Instant::now() < give_up, "never happened: {what}{}", instead());
        tokio::time::sleep(LOOK_EVERY).await;
    }
}
