//! What the database has kept of rooms, as the checker needs it.

use crate::history::{History, Print, Seen, StatePrint};
use anyhow::{Context, ensure};
use park::{Room, RoomOpening, fold};
use protocol::event::Event;
use protocol::id::{AccountId, CommandId, RoomId};
use protocol::room::RoomState;
use protocol::socket::Head;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use store::{RoomSpec, Store};

/// Events read at once.
const PAGE: u32 = 5_000;

/// The journal of some rooms.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Journal {
    /// Each room's events in the order of their numbers.
    pub rooms: BTreeMap<RoomId, Vec<Entry>>,
    /// What a room's state is after an event, where somebody got it.
    pub states: BTreeMap<(RoomId, i64), StatePrint>,
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

/// Opens a database that is there.
///
/// # Errors
/// When it is not, or cannot be opened.
pub async fn open(url: &str) -> anyhow::Result<Store> {
    // The store would make a new file: right for a park, and of no use for whoever wants to know what was kept.
    if let Some(path) = url.strip_prefix("sqlite:") {
        ensure!(Path::new(path).is_file(), "The journal cannot be read: there is no file {path}");
    }
    Store::open(url).await.context("The journal cannot be read")
}

/// Reads the journal of these rooms: `postgres://...` or `sqlite:<path>`; and makes their states wherever these people were told one.
/// Writes nothing.
///
/// # Errors
/// When the database cannot be read.
pub async fn read(url: &str, rooms: &[RoomId], histories: &[History]) -> anyhow::Result<Journal> {
    let store = open(url).await?;
    let mut wanted: BTreeSet<(RoomId, i64)> = BTreeSet::new();
    for seen in histories.iter().flat_map(|history| &history.seen) {
        if let Seen::Snapshot { room, head, .. } = seen {
            wanted.insert((*room, head.seq));
        }
    }
    let mut journal = Journal::default();
    for room in rooms {
        let mut entries = Vec::new();
        let mut replay = Replay::begin(&store, *room).await?;
        let keep = |event: &Event, state: &RoomState| {
            entries.push(Entry::from(event));
            if wanted.contains(&(*room, event.seq)) {
                journal.states.insert((*room, event.seq), StatePrint::of(state));
            }
        };
        replay.go_on(&store, keep).await?;
        journal.rooms.insert(*room, entries);
    }
    store.close().await;
    Ok(journal)
}

/// A room as its journal alone makes it: every event from the first on, and none of the snapshots that workers saved.
///
/// What the journal does not say (the name in links, the owner's name before the first event) is as it is now.
#[derive(Debug)]
pub struct Replay {
    room: RoomId,
    state: RoomState,
    head: Head,
}

impl Replay {
    /// Before the first event.
    ///
    /// # Errors
    /// When the database cannot be read, or has no such room.
    pub async fn begin(store: &Store, room: RoomId) -> anyhow::Result<Replay> {
        let spec = store.room(room).await.with_context(|| unreadable(room))?;
        let made = Room::open(opening(spec.with_context(|| format!("There is no room {room}"))?), 0);
        Ok(Replay { room, state: made.state().clone(), head: made.head() })
    }

    /// Goes on to the end of what is kept by now, with a look at each event and the state after it.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn go_on(
        &mut self,
        store: &Store,
        mut each: impl FnMut(&Event, &RoomState),
    ) -> anyhow::Result<()> {
        loop {
            let page = store.events(self.room, self.head.seq, PAGE).await;
            let page = page.with_context(|| unreadable(self.room))?;
            if page.is_empty() {
                return Ok(());
            }
            for event in &page {
                fold(&mut self.state, event);
                self.head = Head { term: event.term, seq: event.seq };
                each(event, &self.state);
            }
        }
    }

    /// Its last event.
    pub fn head(&self) -> Head {
        self.head
    }

    /// Its state.
    pub fn state(&self) -> &RoomState {
        &self.state
    }
}

fn unreadable(room: RoomId) -> String {
    format!("The journal of room {room} cannot be read")
}

/// What a room starts from.
pub fn opening(spec: RoomSpec) -> RoomOpening {
    let RoomSpec { id, slug, settings, place, mood, owner, .. } = spec;
    RoomOpening { id, slug, settings, place, mood, owner }
}
