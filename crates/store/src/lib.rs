//! Persistence: accounts, sessions, rooms, tracks, the fenced journal and leases, on Postgres and SQLite.
//!
//! One type, [`Store`], with one method for each thing the services ask of the database; its methods are grouped by
//! what they are about. Both databases keep the same promises, shown by one contract suite (`tests/contract`).
//!
//! | module | what it keeps |
//! |---|---|
//! | [`accounts`] | people, and the names they log in with |
//! | [`sessions`] | who is logged in, and the numbered revocations |
//! | [`rooms`] | the list of rooms |
//! | [`library`] | tracks and the maps of their audio |
//! | [`journal`] | what happened in the rooms: written by the fenced statement only |
//! | [`leases`] | which worker owns which shard |
//! | [`error`] | what can go wrong |
//! | `testing` | a private Postgres for tests (feature `testing`) |
//!
//! Inside, `postgres` and `sqlite` hold what only one of the two understands: connections, the fence, taking shards. Everything else is
//! one text that both accept, run by `on!` and `in_transaction!` of `store`.

pub mod accounts;
mod columns;
mod connect;
pub mod error;
pub mod journal;
pub mod leases;
pub mod library;
mod migrations;
mod postgres;
pub mod rooms;
pub mod sessions;
mod sqlite;
mod store;
#[cfg(feature = "testing")]
pub mod testing;

pub use error::StoreError;
pub use journal::{JournalRow, StoredRoom};
pub use leases::{ShardRow, Survey, WorkerId, WorkerRow};
pub use library::NewTrack;
pub use rooms::{NewRoom, RoomSpec};
pub use sessions::Session;
pub use store::Store;
