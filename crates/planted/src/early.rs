//! Acknowledge before commit: a turn counts as written half a second before it is.

use protocol::id::Shard;
use std::time::Duration;
use store::{JournalRow, Store, StoreError, WorkerId};
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep_until};

/// How much later a turn is written than it is said to be.
const LATE: Duration = Duration::from_millis(500);
/// Turns that may wait.
const WAITING: usize = 1_024;

/// Writes turns later.
pub struct Early(mpsc::Sender<Turn>);

struct Turn {
    due: Instant,
    me: WorkerId,
    claims: Vec<(Shard, i64)>,
    rows: Vec<JournalRow>,
}

impl Early {
    /// In the order of the turns, until the process ends, however that happens.
    pub fn new(store: Store) -> Early {
        let (turns, mut waiting) = mpsc::channel::<Turn>(WAITING);
        tokio::spawn(async move {
            while let Some(Turn { due, me, claims, rows }) = waiting.recv().await {
                sleep_until(due).await;
                if let Err(error) = store.journal(me, &claims, &rows).await {
                    tracing::warn!(%error, "a turn that was acknowledged could not be written");
                }
            }
        });
        Early(turns)
    }

    /// Says that it is written.
    pub async fn write(
        &self,
        me: WorkerId,
        claims: &[(Shard, i64)],
        rows: &[JournalRow],
    ) -> Result<Vec<Shard>, StoreError> {
        let turn = Turn { due: Instant::now() + LATE, me, claims: claims.to_vec(), rows: rows.to_vec() };
        let gone = |_| StoreError::Other("The one who writes later has ended.".to_owned());
        self.0.send(turn).await.map_err(gone)?;
        Ok(claims.iter().map(|(shard, _)| *shard).collect())
    }
}
