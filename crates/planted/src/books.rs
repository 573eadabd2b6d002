//! The worker's books, wrong in one place.

use crate::Bug;
use crate::early::Early;
use crate::lossy::Lossy;
use crate::unfenced::Unfenced;
use crate::unindexed::Unindexed;
use bytes::Bytes;
use cipher::{CipherError, Node, Span};
use protocol::id::{AccountId, CommandId, RoomId, Shard};
use protocol::socket::Head;
use store::{JournalRow, Store, StoreError, WorkerId};
use worker::books::Books;

/// Books with a bug.
pub struct Planted {
    store: Store,
    wrong: Wrong,
}

enum Wrong {
    Fence(Unfenced),
    Acknowledgement(Early),
    Dedupe(Unindexed),
    Publish(Lossy),
}

impl Planted {
    /// The store with a bug; `url` is its database's.
    pub fn new(bug: Bug, store: Store, url: &str) -> Planted {
        let wrong = match bug {
            Bug::FenceOff => Wrong::Fence(Unfenced::new(url)),
            Bug::EarlyAck => Wrong::Acknowledgement(Early::new(store.clone())),
            Bug::NoDedupe => Wrong::Dedupe(Unindexed::new(url)),
            Bug::LossyPublish => Wrong::Publish(Lossy::default()),
        };
        Planted { store, wrong }
    }
}

impl Books for Planted {
    fn store(&self) -> &Store {
        &self.store
    }

    async fn write(
        &self,
        me: WorkerId,
        claims: &[(Shard, i64)],
        rows: &[JournalRow],
    ) -> Result<Vec<Shard>, StoreError> {
        match &self.wrong {
            Wrong::Fence(unfenced) => unfenced.write(claims, rows).await,
            Wrong::Acknowledgement(early) => early.write(me, claims, rows).await,
            Wrong::Dedupe(unindexed) => {
                unindexed.drop_index().await?;
                self.store.write(me, claims, rows).await
            }
            Wrong::Publish(_) => self.store.write(me, claims, rows).await,
        }
    }

    async fn find(&self, account: AccountId, command: CommandId) -> Result<Option<Head>, StoreError> {
        match &self.wrong {
            Wrong::Dedupe(_) => Ok(None),
            _ => self.store.find(account, command).await,
        }
    }

    fn remembered(&self) -> usize {
        match &self.wrong {
            Wrong::Dedupe(_) => 0,
            _ => self.store.remembered(),
        }
    }

    async fn tell(&self, node: &Node, room: RoomId, span: Span, frame: Bytes) -> Result<(), CipherError> {
        match &self.wrong {
            Wrong::Publish(lossy) => match lossy.span_of(room, span) {
                Some(span) => self.store.tell(node, room, span, frame).await,
                None => Ok(()),
            },
            _ => self.store.tell(node, room, span, frame).await,
        }
    }
}
