//! No dedupe: the database's unique index over commands, the backstop, is dropped as well.

use sqlx::PgPool;
use store::StoreError;
use tokio::sync::OnceCell;

/// A database without that index.
pub struct Unindexed {
    pool: PgPool,
    dropped: OnceCell<()>,
}

impl Unindexed {
    /// This Postgres; connects when it is first written to.
    pub fn new(url: &str) -> Unindexed {
        let pool = PgPool::connect_lazy(url).expect("the store has taken the same address");
        Unindexed { pool, dropped: OnceCell::new() }
    }

    /// Drops the index, once.
    pub async fn drop_index(&self) -> Result<(), StoreError> {
        let dropping =
            async || sqlx::query("DROP INDEX IF EXISTS journal_command").execute(&self.pool).await.map(drop);
        self.dropped
            .get_or_try_init(dropping)
            .await
            .map_err(|error| StoreError::Unreachable(error.to_string()))?;
        Ok(())
    }
}
