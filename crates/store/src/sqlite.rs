//! SQLite: its connections, and the statements that only it understands.

mod journal;
mod leases;

use crate::error::StoreError;
use crate::migrations;
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqlitePool, SqlitePoolOptions,
    SqliteSynchronous,
};
use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// How long to wait for another process that writes (a backup, a shell of SQLite).
const BUSY: Duration = Duration::from_secs(2);
/// Connections that read.
const READERS: u32 = 4;
/// Turns of the journal between two checkpoints of our own.
const CHECKPOINT_TURNS: u32 = 1000;

/// One connection writes, as SQLite has one writer anyway and waiting in a queue is fairer than polling a lock; a few read.
#[derive(Clone)]
pub(crate) struct Sqlite {
    writer: SqlitePool,
    readers: SqlitePool,
    turns: Arc<AtomicU32>,
}

impl Sqlite {
    pub(crate) async fn open(path: &str) -> Result<Sqlite, StoreError> {
        if path.is_empty() || path.contains(":memory:") {
            return Err(StoreError::Other("SQLite needs a file. Give sqlite:<path>.".to_owned()));
        }
        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(true)
            .foreign_keys(true)
            .busy_timeout(BUSY)
            .journal_mode(SqliteJournalMode::Wal)
            // Every commit reaches the disk: an acknowledged command survives the power cut, too.
            .synchronous(SqliteSynchronous::Full)
            .pragma("journal_size_limit", "67108864");
        let kept = SqlitePoolOptions::new().acquire_timeout(BUSY).idle_timeout(None).max_lifetime(None);
        let writer = kept
            .clone()
            .max_connections(1)
            .min_connections(1)
            .connect_with(options.clone())
            .await
            .map_err(|e| unopened(path, e))?;
        let readers = kept.max_connections(READERS).connect_lazy_with(options.pragma("query_only", "on"));
        Ok(Sqlite { writer, readers, turns: Arc::new(AtomicU32::new(0)) })
    }

    pub(crate) fn reader(&self) -> &SqlitePool {
        &self.readers
    }

    pub(crate) fn writer(&self) -> &SqlitePool {
        &self.writer
    }

    /// The twin of Postgres's: a local file answers or fails by itself.
    pub(crate) async fn answered<T>(
        &self,
        call: impl Future<Output = Result<T, StoreError>>,
    ) -> Result<T, StoreError> {
        call.await
    }

    /// Migrates in one transaction that has the file's lock from its first statement on, as sqlx itself locks nothing on SQLite.
    pub(crate) async fn migrate(&self) -> Result<(), StoreError> {
        let mut tx = self.writer.begin_with("BEGIN IMMEDIATE").await?;
        migrate(&mut tx).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Copies the write-ahead log back into the file now and then. SQLite does so itself after most commits; this is for those where a
    /// reader was in the way each time. A failure costs nothing: the next one does it.
    pub(crate) async fn turn_ended(&self) {
        if self.turns.fetch_add(1, Ordering::Relaxed) % CHECKPOINT_TURNS == CHECKPOINT_TURNS - 1
            && let Err(error) = sqlx::query("PRAGMA wal_checkpoint(PASSIVE)").fetch_all(&self.writer).await
        {
            tracing::warn!(error = %error, "SQLite's log could not be checkpointed");
        }
    }

    pub(crate) async fn close(&self) {
        self.readers.close().await;
        self.writer.close().await;
    }
}

/// The machine's clock, which is SQLite's, to the microsecond.
pub(crate) fn now_us() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_micros()).unwrap_or(i64::MAX)
}

async fn migrate(connection: &mut SqliteConnection) -> Result<(), StoreError> {
    // `run` is generic over how a connection is come by, which keeps the future from being `Send`.
    match migrations::sqlite().run_direct(None, &mut *connection, false).await {
        Ok(()) => Ok(()),
        Err(error) => {
            let data = sqlx::query_scalar(migrations::APPLIED).fetch_all(connection).await;
            Err(migrations::refused(error, data, &migrations::sqlite()))
        }
    }
}

fn unopened(path: &str, error: sqlx::Error) -> StoreError {
    match StoreError::from(error) {
        StoreError::Other(why) => StoreError::Other(format!(
            "The database file {path} cannot be opened. Does its folder exist, and may this program write there? ({why})"
        )),
        other => other,
    }
}
