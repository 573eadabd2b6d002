//! Getting a database that is ready for use: waiting for a server that is not there yet, then migrating.

use crate::error::StoreError;
use crate::store::Store;
use std::time::{Duration, Instant};

/// Between two tries.
const RETRY: Duration = Duration::from_millis(500);
/// Between two words about it in the log.
const SAY_EVERY: Duration = Duration::from_secs(5);

impl Store {
    /// Opens and migrates. Waits for as long as the server cannot be reached, saying so now and then; any other error (a wrong
    /// address, a refused password, newer data) is final.
    pub async fn connect(url: &str) -> Result<Store, StoreError> {
        let mut said: Option<Instant> = None;
        loop {
            let outcome = match Store::open(url).await {
                Ok(store) => store.migrate().await.map(|()| store),
                Err(error) => Err(error),
            };
            match outcome {
                Err(error) if error.is_retryable() => {
                    if said.is_none_or(|said| said.elapsed() > SAY_EVERY) {
                        tracing::warn!(%error, "waiting for the database");
                        said = Some(Instant::now());
                    }
                    tokio::time::sleep(RETRY).await;
                }
                outcome => return outcome,
            }
        }
    }
}
