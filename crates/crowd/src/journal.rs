//! What the database has kept of rooms, as the checker needs it.

use crate::history::Print;
use anyhow::Context;
use protocol::event::Event;
use protocol::id::{AccountId, CommandId, RoomId};
use protocol::socket::Head;
use std::collections::BTreeMap;
use store::Store;

/// Events read at once.
const PAGE: u32 = 5_000;

/// The journal of some rooms.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Journal {
    /// Each room's events in the order of their numbers.
    pub rooms: BTreeMap<RoomId, Vec<Entry>>,
}

/// What is needed of an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry {
    /// Its number.
    pub head: Head,
    /// Who caused it.
    pub account: Option<AccountId>,
    /// The command that caused it.
    pub command: Option<CommandId>,
    /// Its content.
    pub print: Print,
}

impl From<&Event> for Entry {
    fn from(event: &Event) -> Entry {
        Entry {
            head: Head { term: event.term, seq: event.seq },
            account: event.account,
            command: event.command,
            print: Print::of(event),
        }
    }
}

/// Reads the journal of these rooms: `postgres://...` or `sqlite:<path>`. Writes nothing.
///
/// # Errors
/// When the database cannot be read.
pub async fn read(url: &str, rooms: &[RoomId]) -> anyhow::Result<Journal> {
    let store = Store::open(url).await.context("The journal cannot be read")?;
    let mut journal = Journal::default();
    for room in rooms {
        let entries = read_room(&store, *room).await;
        journal
            .rooms
            .insert(*room, entries.with_context(|| format!("The journal of room {room} cannot be read"))?);
    }
    store.close().await;
    Ok(journal)
}

async fn read_room(store: &Store, room: RoomId) -> anyhow::Result<Vec<Entry>> {
    let mut entries: Vec<Entry> = Vec::new();
    loop {
        let after = entries.last().map_or(0, |entry| entry.head.seq);
        let page = store.events(room, after, PAGE).await?;
        if page.is_empty() {
            return Ok(entries);
        }
        entries.extend(page.iter().map(Entry::from));
    }
}
