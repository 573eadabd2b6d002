//! The store itself: opening it, its clock, and how one query runs on either database.

use crate::error::StoreError;
use crate::postgres::Postgres;
use crate::sqlite::Sqlite;

/// The database, Postgres or SQLite. Cheap to clone; all clones share its connections.
///
/// Who may call what: the web servers use accounts, sessions, rooms and the library; **only workers** call what is about the
/// journal and the leases ([`crate::journal`], [`crate::leases`]), besides reading accounts, rooms and tracks; gateways never see a store.
/// The crowd's checker reads rooms and their journal, and writes nothing.
///
/// Every call answers within a bounded time: 1.5 s on Postgres, after which it is [`StoreError::Unreachable`].
#[derive(Clone)]
pub struct Store {
    pub(crate) db: Db,
}

#[derive(Clone)]
pub(crate) enum Db {
    Postgres(Postgres),
    Sqlite(Sqlite),
}

/// Runs the same expression with the pool of whichever database it is: `on!(self.reader, db => query.fetch_all(db).await?)`, or
/// `self.writer`. `?` turns errors of sqlx into [`StoreError`]; the value is that of the expression.
macro_rules! on {
    ($store:ident . $pool:ident, $db:ident => $body:expr) => {
        match &$store.db {
            $crate::store::Db::Postgres(it) => {
                let $db = it.$pool();
                it.answered(async { Ok($body) }).await
            }
            $crate::store::Db::Sqlite(it) => {
                let $db = it.$pool();
                it.answered(async { Ok($body) }).await
            }
        }
    };
}

/// Runs the same statements in a transaction: committed when the block comes to its end, rolled back when it is left by `?`.
macro_rules! in_transaction {
    ($store:ident, $tx:ident => $body:expr) => {
        $crate::store::on!($store.writer, db => {
            let mut $tx = db.begin_with($crate::store::begin(db)).await?;
            let value = $body;
            $tx.commit().await?;
            value
        })
    };
}
pub(crate) use {in_transaction, on};

/// How a transaction that writes begins: SQLite takes the lock at once, as a lock wanted midway is refused without waiting.
pub(crate) fn begin<DB: sqlx::Database>(_: &sqlx::Pool<DB>) -> &'static str {
    if DB::NAME == "SQLite" { "BEGIN IMMEDIATE" } else { "BEGIN" }
}

/// The one row of a statement that must answer one. All rows were read, so that SQLite's statement has ended and its log can be
/// checkpointed.
pub(crate) fn only<T>(rows: Vec<T>) -> Result<T, StoreError> {
    rows.into_iter().next().ok_or_else(|| StoreError::Other("The database answered no row.".to_owned()))
}

impl Store {
    /// Opens `sqlite:<path>` (made when missing; its folder is not) or `postgres://user@host/name`. Does not migrate, and does not wait
    /// for Postgres: whether it can be reached shows at the first use.
    pub async fn open(url: &str) -> Result<Store, StoreError> {
        let db = if let Some(path) = url.strip_prefix("sqlite:") {
            Db::Sqlite(Sqlite::open(path.strip_prefix("//").unwrap_or(path)).await?)
        } else if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            Db::Postgres(Postgres::open(url)?)
        } else {
            // The address may hold a password: it is not repeated.
            return Err(StoreError::Other(
                "This is no address of a database. Give sqlite:<path> or postgres://user@host/name."
                    .to_owned(),
            ));
        };
        Ok(Store { db })
    }

    /// Brings the schema up to date. Of several processes that start at once one does it and the others wait. Refuses data
    /// of a newer version with [`StoreError::Newer`].
    pub async fn migrate(&self) -> Result<(), StoreError> {
        match &self.db {
            Db::Postgres(postgres) => postgres.migrate().await,
            Db::Sqlite(sqlite) => sqlite.migrate().await,
        }
    }

    /// Whether the database answers.
    pub async fn ping(&self) -> Result<(), StoreError> {
        on!(self.reader, db => {
            sqlx::query("SELECT 1").fetch_all(db).await?;
        })
    }

    /// The database's clock, in microseconds since 1970.
    pub async fn now_us(&self) -> Result<i64, StoreError> {
        match &self.db {
            Db::Postgres(_) => on!(self.reader, db => {
                only(sqlx::query_scalar("SELECT now_us FROM clock").fetch_all(db).await?)?
            }),
            Db::Sqlite(_) => Ok(crate::sqlite::now_us()),
        }
    }

    /// Whether what the database committed survives a crash: the inner error is a sentence naming the setting that says no.
    pub async fn durable(&self) -> Result<Result<(), String>, StoreError> {
        match &self.db {
            Db::Postgres(postgres) => postgres.durable().await,
            Db::Sqlite(_) => Ok(Ok(())),
        }
    }

    /// Closes all connections, of all clones, when what is under way has ended.
    pub async fn close(&self) {
        match &self.db {
            Db::Postgres(postgres) => postgres.close().await,
            Db::Sqlite(sqlite) => sqlite.close().await,
        }
    }
}
