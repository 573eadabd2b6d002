//! The store itself: opening it, its schema and its clock.

use crate::error::StoreError;

/// The database, Postgres or SQLite. Cheap to clone; all clones share its connections.
///
/// Who may call what: the web servers use accounts, sessions, rooms and the library; **only workers** call
/// what is about the journal and the leases ([`crate::journal`], [`crate::leases`]); gateways never see a store.
#[derive(Clone)]
pub struct Store;

pub(crate) fn later<T>() -> Result<T, StoreError> {
    Err(StoreError::Other("This part of the store is being written.".to_owned()))
}

impl Store {
    /// Opens `sqlite:<path>` (made when missing, its folder is not) or `postgres://...`. Does not migrate, and does not wait for
    /// Postgres: whether it can be reached shows at the first use.
    pub async fn open(url: &str) -> Result<Store, StoreError> {
        let _ = url;
        later()
    }

    /// Brings the schema up to date. Of several processes that start at once one does it and the others wait. Refuses data
    /// of a newer version with [`StoreError::Newer`].
    pub async fn migrate(&self) -> Result<(), StoreError> {
        later()
    }

    /// Whether the database answers.
    pub async fn ping(&self) -> Result<(), StoreError> {
        later()
    }

    /// The database's clock, in microseconds since 1970.
    pub async fn now_us(&self) -> Result<i64, StoreError> {
        later()
    }

    /// Whether what Postgres committed survives a crash: the inner error is a sentence naming the setting that says no.
    pub async fn durable(&self) -> Result<Result<(), String>, StoreError> {
        later()
    }

    /// Closes all connections, of all clones, when what is under way has ended.
    pub async fn close(&self) {}
}
