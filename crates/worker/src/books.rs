//! Where a turn of the rooms' loop ends: the journal that makes it true, and the topics that tell it.
//!
//! It is a seam so that the history checker can be checked: `crates/planted` has books that are wrong on purpose, in a program of
//! their own. The worker's own books are the store.

use crate::ledger;
use bytes::Bytes;
use cipher::{CipherError, Node, Span};
use protocol::id::{AccountId, CommandId, RoomId, Shard};
use protocol::link::topic;
use protocol::socket::Head;
use std::future::Future;
use store::{JournalRow, Store, StoreError, WorkerId};

/// Writes turns, finds what was written, and tells it.
pub trait Books: Send + Sync + 'static {
    /// The database, for everything that is not about a turn.
    fn store(&self) -> &Store;

    /// Writes a turn, all or nothing for each shard; answers the claims that hold: [`Store::journal`].
    fn write(
        &self,
        me: WorkerId,
        claims: &[(Shard, i64)],
        rows: &[JournalRow],
    ) -> impl Future<Output = Result<Vec<Shard>, StoreError>> + Send;

    /// The event that a command caused, when it was carried out: [`Store::command_head`].
    fn find(
        &self,
        account: AccountId,
        command: CommandId,
    ) -> impl Future<Output = Result<Option<Head>, StoreError>> + Send;

    /// How many commands that were carried out are remembered without asking the database.
    fn remembered(&self) -> usize;

    /// Tells the gateways a finished frame of a room's events, which are written.
    fn tell(
        &self,
        node: &Node,
        room: RoomId,
        span: Span,
        frame: Bytes,
    ) -> impl Future<Output = Result<(), CipherError>> + Send;
}

impl Books for Store {
    fn store(&self) -> &Store {
        self
    }

    async fn write(
        &self,
        me: WorkerId,
        claims: &[(Shard, i64)],
        rows: &[JournalRow],
    ) -> Result<Vec<Shard>, StoreError> {
        self.journal(me, claims, rows).await
    }

    async fn find(&self, account: AccountId, command: CommandId) -> Result<Option<Head>, StoreError> {
        self.command_head(account, command).await
    }

    fn remembered(&self) -> usize {
        ledger::REMEMBERED
    }

    async fn tell(&self, node: &Node, room: RoomId, span: Span, frame: Bytes) -> Result<(), CipherError> {
        node.publish(&topic::room(room), Some(span), frame).await
    }
}
