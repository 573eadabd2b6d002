//! Postgres: its connections, and the statements that only it understands.

mod journal;
mod leases;

use crate::error::StoreError;
use crate::migrations;
use sqlx::postgres::{PgConnectOptions, PgConnection, PgPool, PgPoolOptions};
use sqlx::{ConnectOptions as _, Connection as _};
use std::future::Future;
use std::str::FromStr as _;
use std::sync::Arc;
use std::time::Duration;

/// How long a call may take in all, waiting for a connection included: what hangs without a word (a frozen server, a cut line) ends
/// here. Whoever asks a service for something hears within 2 s that the database is away (PROMISES.md, 10), and the service is not all
/// there is on the way.
const PATIENCE: Duration = Duration::from_millis(1500);
/// How long to wait for others who migrate, and for one's own migration.
const MIGRATION: Duration = Duration::from_secs(120);
/// Connections of one process. Three services with a few nodes each stay under Postgres's usual hundred.
const CONNECTIONS: u32 = 10;

#[derive(Clone)]
pub(crate) struct Postgres {
    pool: PgPool,
    /// Without limits of time, for migrations.
    options: Arc<PgConnectOptions>,
}

impl Postgres {
    pub(crate) fn open(url: &str) -> Result<Postgres, StoreError> {
        let options = PgConnectOptions::from_str(url)
            .map_err(|e| StoreError::Other(format!("The address of the database is malformed: {e}")))?
            .application_name("musicpark");
        // A client frozen inside a transaction holds its locks for a second at the most, so that others can take over.
        let limited = options
            .clone()
            .options([("idle_in_transaction_session_timeout", "1s"), ("statement_timeout", "1500ms")]);
        let pool = PgPoolOptions::new()
            .max_connections(CONNECTIONS)
            .acquire_timeout(PATIENCE)
            .connect_lazy_with(limited);
        Ok(Postgres { pool, options: Arc::new(options) })
    }

    pub(crate) fn reader(&self) -> &PgPool {
        &self.pool
    }

    pub(crate) fn writer(&self) -> &PgPool {
        &self.pool
    }

    /// Bounds a call by [`PATIENCE`].
    pub(crate) async fn answered<T>(
        &self,
        call: impl Future<Output = Result<T, StoreError>>,
    ) -> Result<T, StoreError> {
        tokio::time::timeout(PATIENCE, call).await.unwrap_or_else(|_| {
            Err(StoreError::Unreachable(format!("no answer within {} ms", PATIENCE.as_millis())))
        })
    }

    /// Migrates on a connection of its own, which has no limits of time: sqlx holds an advisory lock, which ends with the connection.
    pub(crate) async fn migrate(&self) -> Result<(), StoreError> {
        let mut connection = self.answered(async { Ok(self.options.connect().await?) }).await?;
        let migrated = tokio::time::timeout(MIGRATION, migrate(&mut connection)).await.unwrap_or_else(|_| {
            Err(StoreError::Unreachable(format!(
                "the migration, or another process that migrates, took longer than {} s",
                MIGRATION.as_secs()
            )))
        });
        // Whatever happened is in `migrated`; a connection that cannot say goodbye is dropped.
        let _ = connection.close().await;
        migrated
    }

    pub(crate) async fn durable(&self) -> Result<Result<(), String>, StoreError> {
        let settings: Vec<(String, String)> = self
            .answered(async {
                Ok(sqlx::query_as(
                    "SELECT name, setting FROM pg_settings
                     WHERE name IN ('fsync', 'full_page_writes', 'synchronous_commit') ORDER BY name",
                )
                .fetch_all(&self.pool)
                .await?)
            })
            .await?;
        let off: Vec<&str> =
            settings.iter().filter(|(_, is)| is == "off").map(|(name, _)| name.as_str()).collect();
        Ok(if off.is_empty() {
            Ok(())
        } else {
            Err(format!(
                "Postgres may lose what it has committed when its machine crashes: {} off. Switch it on in postgresql.conf.",
                off.join(", ")
            ))
        })
    }

    pub(crate) async fn close(&self) {
        self.pool.close().await;
    }
}

async fn migrate(connection: &mut PgConnection) -> Result<(), StoreError> {
    // `run` is generic over how a connection is come by, which keeps the future from being `Send`.
    match migrations::postgres().run_direct(None, &mut *connection, false).await {
        Ok(()) => Ok(()),
        Err(error) => {
            let data = sqlx::query_scalar(migrations::APPLIED).fetch_all(connection).await;
            Err(migrations::refused(error, data, &migrations::postgres()))
        }
    }
}
