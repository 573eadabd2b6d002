//! Whether all copies of a room are the same at rest: (term, seq, hash of the state) from each gateway, from the worker, from what workers
//! saved of it, and from the journal.
//!
//! The journal's copy is its events folded from the first ([`Replay`]). Of gateways and workers only the public protocol is asked, as what
//! is not told to anybody cannot be wrong for anybody: a fresh listener gets a gateway's copy, that is a snapshot and the tail of events
//! since, and folds it as a browser does.
//!
//! **The worker's own copy** is in there. A gateway folds nothing: a snapshot is the worker's word, handed on. So one that stands at the
//! last event of all is what the worker had then, and has still, as nothing has happened since. Whoever follows a room that no gateway
//! followed gets one; of rooms that were followed all the time it is asked for again once nobody has heard them for [`LET_GO`].

use crate::addresses::Server;
use crate::arrive::{Entrance, Session, patiently};
use crate::history::StatePrint;
use crate::journal::{Replay, open, opening};
use crate::line::Line;
use anyhow::{Context, bail};
use futures_util::{StreamExt, stream};
use park::{Room, fold};
use protocol::id::RoomId;
use protocol::room::RoomState;
use protocol::socket::{Head, ToClient, ToServer};
use std::fmt;
use std::time::Duration;
use store::{Store, StoredRoom};
use tokio::time::{Instant, timeout_at};
use tokio_tungstenite::tungstenite::Message;

/// A gateway that lags has to repair that by itself: the digest of heads comes each second.
const PATIENCE: Duration = Duration::from_secs(5);
/// Whoever has said nothing for so long has said all it has.
const QUIET: Duration = Duration::from_millis(200);
/// A room may go on by itself meanwhile (the next track): it is compared anew so many times.
const TRIES: u32 = 5;
/// Rooms that are compared at the same time.
const AT_ONCE: usize = 16;
/// A gateway follows a room that nobody hears any more a little longer, for ten seconds (`LINGER` in `gateway/src/rooms.rs`).
pub const LET_GO: Duration = Duration::from_secs(11);
/// What could not be compared is told one by one up to this many.
const UNTOLD_MAX: usize = 3;

/// A copy of a room.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Copy {
    /// Who has it.
    pub holder: String,
    /// Its last event.
    pub head: Head,
    /// A hash of its state.
    pub state: StatePrint,
}

impl fmt::Display for Copy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Copy { holder, head: Head { term, seq }, state } = self;
        write!(f, "{holder} has event {seq} of term {term} (state {state})")
    }
}

/// Two copies of one room that are not the same.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("Room {room} has two copies at rest: {copy}, {kept}.")]
pub struct Difference {
    /// The room.
    pub room: RoomId,
    /// Somebody's copy.
    pub copy: Copy,
    /// The journal's.
    pub kept: Copy,
}

/// How copies compared.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Compared {
    /// Copies that were compared with the journal.
    pub copies: u64,
    /// Rooms whose worker's own copy was among them.
    pub of_workers: u64,
    /// Those that are not what the journal makes.
    pub differences: Vec<Difference>,
    /// What could not be compared, in sentences.
    pub untold: Vec<String>,
    /// What else is to be said, in sentences.
    pub notes: Vec<String>,
}

/// Compares each copy of each room with what its journal makes. Nobody else should be in the rooms any more.
///
/// # Errors
/// When the database cannot be opened, or the park lets nobody in who could listen.
pub async fn compare(
    gateways: &[String],
    web: &str,
    database: &str,
    rooms: &[RoomId],
) -> anyhow::Result<Compared> {
    let entrance = Entrance::new(web, None)?;
    entrance.knock().await?;
    let session = patiently(|| entrance.guest(0)).await.context("Nobody could walk in to listen")?;
    let mut servers = Vec::with_capacity(gateways.len());
    for gateway in gateways {
        servers.push(Server::find(gateway).await?);
    }
    let store = open(database).await?;
    let comparison = Comparison { listener: Listener { session, entrance }, store };
    let compared = comparison.run(&servers, rooms).await;
    comparison.store.close().await;
    Ok(compared)
}

/// Who has a copy of a room.
#[derive(Debug, Clone)]
enum Holder<'a> {
    Gateway(&'a Server),
    /// What workers saved, and the events since: what the next worker would begin with.
    Saved,
}

/// How one room's copies compared.
struct OfRoom<'a> {
    room: RoomId,
    copies: u64,
    /// Whether the worker's own was among them.
    is_workers: bool,
    /// A gateway that could be asked.
    answered: Option<&'a Server>,
    differences: Vec<Difference>,
    untold: Vec<String>,
}

/// Copies are compared with this.
struct Comparison {
    listener: Listener,
    store: Store,
}

impl Comparison {
    async fn run(&self, gateways: &[Server], rooms: &[RoomId]) -> Compared {
        let holders: Vec<_> = gateways.iter().map(Holder::Gateway).chain([Holder::Saved]).collect();
        let comparing = rooms.iter().map(|room| self.room(*room, holders.clone()));
        let mut all: Vec<OfRoom<'_>> = stream::iter(comparing).buffer_unordered(AT_ONCE).collect().await;
        let hidden = all.iter().filter(|of| !of.is_workers);
        let hidden: Vec<_> = hidden.filter_map(|of| Some((of.room, of.answered?))).collect();
        if !hidden.is_empty() {
            tokio::time::sleep(LET_GO).await;
            let again =
                hidden.into_iter().map(|(room, gateway)| self.room(room, vec![Holder::Gateway(gateway)]));
            all.extend(stream::iter(again).buffer_unordered(AT_ONCE).collect::<Vec<_>>().await);
        }
        sum(all, rooms.len() as u64)
    }

    async fn room<'a>(&self, room: RoomId, holders: Vec<Holder<'a>>) -> OfRoom<'a> {
        let (differences, untold) = (Vec::new(), Vec::new());
        let mut of = OfRoom { room, copies: 0, is_workers: false, answered: None, differences, untold };
        let mut kept = match Replay::begin(&self.store, room).await {
            Ok(kept) => kept,
            Err(error) => {
                of.untold.push(format!("{error:#}"));
                return of;
            }
        };
        for holder in holders {
            let (copy, snapshot) = match self.rested(room, &holder, &mut kept).await {
                Ok(copy) => copy,
                Err(error) => {
                    of.untold.push(format!("{error:#}"));
                    continue;
                }
            };
            of.copies += 1;
            let (head, state) = (kept.head(), StatePrint::of(kept.state()));
            if let Holder::Gateway(gateway) = holder {
                of.is_workers |= snapshot == copy.head && snapshot.seq >= head.seq;
                of.answered = Some(gateway);
            }
            if (copy.head, copy.state) != (head, state) {
                let kept = Copy { holder: "the journal".to_owned(), head, state };
                of.differences.push(Difference { room, copy, kept });
            }
        }
        of
    }

    /// Somebody's copy, at the moment of the room at which the journal is taken too; and where the snapshot stands that it is made from.
    async fn rested(
        &self,
        room: RoomId,
        holder: &Holder<'_>,
        kept: &mut Replay,
    ) -> anyhow::Result<(Copy, Head)> {
        let mut tries = 0;
        loop {
            kept.go_on(&self.store, |_, _| ()).await?;
            let (copy, snapshot) = match holder {
                Holder::Gateway(server) => self.listener.copy(server, room, kept.head()).await?,
                Holder::Saved => self.saved(room).await?,
            };
            tries += 1;
            // Otherwise it went on after the journal was read.
            if copy.head.seq <= kept.head().seq || tries == TRIES {
                return Ok((copy, snapshot));
            }
        }
    }

    /// What workers saved, and the events since.
    async fn saved(&self, room: RoomId) -> anyhow::Result<(Copy, Head)> {
        let stored = self.store.room_load(room).await?;
        let StoredRoom { spec, snapshot, events } =
            stored.with_context(|| format!("There is no room {room}."))?;
        let at = snapshot
            .as_ref()
            .map_or(Head { term: 0, seq: 0 }, |saved| Head { term: saved.term, seq: saved.seq });
        let loaded = Room::load(opening(spec), snapshot, &events, 0);
        let (head, state) = (loaded.head(), StatePrint::of(loaded.state()));
        Ok((Copy { holder: "what workers saved".to_owned(), head, state }, at))
    }
}

/// What came of all rooms together.
fn sum(all: Vec<OfRoom<'_>>, rooms: u64) -> Compared {
    let mut compared = Compared::default();
    let mut untold = Vec::new();
    for of in all {
        compared.copies += of.copies;
        compared.of_workers += u64::from(of.is_workers);
        for difference in of.differences {
            // Asked twice and the same twice.
            if !compared.differences.contains(&difference) {
                compared.differences.push(difference);
            }
        }
        untold.extend(of.untold);
    }
    let more = untold.len().saturating_sub(UNTOLD_MAX);
    let told = untold.iter().take(UNTOLD_MAX).map(|why| why.trim_end_matches('.'));
    compared.untold.extend(told.map(|why| format!("A copy was not compared: {why}.")));
    if more > 0 {
        compared.untold.push(format!("{more} more copies were not compared."));
    }
    let hidden = rooms.saturating_sub(compared.of_workers);
    if hidden > 0 {
        compared.notes.push(format!("The worker's own copy of {hidden} of {rooms} rooms was not seen."));
    }
    compared
}

/// A guest who listens.
struct Listener {
    entrance: Entrance,
    session: Session,
}

impl Listener {
    /// A gateway's copy, once it has reached `to`, or as far as it comes; and where the snapshot stands that it is made from.
    async fn copy(&self, server: &Server, room: RoomId, to: Head) -> anyhow::Result<(Copy, Head)> {
        let ticket = patiently(|| self.entrance.ticket(&self.session)).await?;
        let mut line = Line::open(server, None, ticket).await?;
        line.say(&ToServer::Listen { room: Some(room), have: None }).await?;
        let give_up = Instant::now() + PATIENCE;
        let mut told: Option<Told> = None;
        loop {
            let has_all = told.as_ref().is_some_and(|told| told.head.seq >= to.seq);
            // What goes beyond the journal comes in the same write.
            let end = if has_all { give_up.min(Instant::now() + QUIET) } else { give_up };
            let Ok(frame) = timeout_at(end, line.next()).await else { break };
            match frame {
                Ok(Message::Text(text)) => take(&mut told, &text)?,
                Ok(_) => {}
                Err(code) => bail!("{} closed a listener's socket with {code}.", server.url),
            }
        }
        line.close().await;
        let told = told.with_context(|| format!("{} told nothing of room {room}.", server.url))?;
        let state = StatePrint::of(&told.state);
        Ok((Copy { holder: server.url.clone(), head: told.head, state }, told.snapshot))
    }
}

/// What a listener was told.
struct Told {
    /// Where the snapshot stands.
    snapshot: Head,
    state: RoomState,
    head: Head,
}

/// Folds a frame.
fn take(told: &mut Option<Told>, text: &str) -> anyhow::Result<()> {
    match serde_json::from_str(text)? {
        ToClient::Snapshot { snapshot, .. } => {
            let at = Head { term: snapshot.term, seq: snapshot.seq };
            *told = Some(Told { snapshot: at, state: snapshot.state, head: at });
        }
        ToClient::Events { events, .. } => {
            let Some(Told { state, head, .. }) = told else {
                bail!("Events came before the state that they change.")
            };
            for event in &events {
                fold(state, event);
                *head = Head { term: event.term, seq: event.seq };
            }
        }
        _ => {}
    }
    Ok(())
}
