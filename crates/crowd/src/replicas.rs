//! Whether all copies of a room are the same at rest: (term, seq, hash of the state) from each gateway and from the journal.
//!
//! Only the public protocol is asked, as what is not told to anybody cannot be wrong for anybody: a fresh listener gets a gateway's
//! copy, that is its snapshot and the tail of events since, and folds it as a browser does. The worker's own copy is what a gateway
//! hands on that does not follow the room yet: it has to ask the worker. So the worker needs no endpoint of its own for this; add a gateway
//! that has just started to those to be compared.

use crate::addresses::Server;
use crate::arrive::{Entrance, Session};
use crate::history::StatePrint;
use crate::journal::opening;
use crate::line::Line;
use anyhow::{Context, bail};
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
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// The room.
    pub room: RoomId,
    /// A gateway's copy.
    pub copy: Copy,
    /// The journal's.
    pub kept: Copy,
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Room {} has two copies at rest: {}, {}.", self.room, self.copy, self.kept)
    }
}

/// Compares each gateway's copy of each room with what the journal says.
///
/// # Errors
/// When the database or a gateway cannot be asked.
pub async fn compare(
    gateways: &[String],
    web: &str,
    database: &str,
    rooms: &[RoomId],
) -> anyhow::Result<Vec<Difference>> {
    let store = Store::open(database).await.context("The journal cannot be read")?;
    let entrance = Entrance::new(web, None)?;
    let listener = Listener { session: entrance.guest(0).await?, entrance };
    let mut differences = Vec::new();
    for room in rooms {
        for gateway in gateways {
            let server = Server::find(gateway).await?;
            let (copy, kept) = rested(&listener, &server, &store, *room).await?;
            if (copy.head, copy.state) != (kept.head, kept.state) {
                differences.push(Difference { room: *room, copy, kept });
            }
        }
    }
    store.close().await;
    Ok(differences)
}

/// A gateway's copy and the journal's, at the same moment of the room.
async fn rested(
    listener: &Listener,
    server: &Server,
    store: &Store,
    room: RoomId,
) -> anyhow::Result<(Copy, Copy)> {
    let mut tries = 0;
    loop {
        let kept = kept(store, room).await?;
        let copy = listener.copy(server, room, kept.head).await?;
        tries += 1;
        // Otherwise it went on after the journal was read.
        if copy.head.seq <= kept.head.seq || tries == TRIES {
            return Ok((copy, kept));
        }
    }
}

async fn kept(store: &Store, room: RoomId) -> anyhow::Result<Copy> {
    let stored = store.room_load(room).await?;
    let StoredRoom { spec, snapshot, events } =
        stored.with_context(|| format!("There is no room {room}."))?;
    let room = Room::load(opening(spec), snapshot, &events, 0);
    Ok(Copy { holder: "the journal".to_owned(), head: room.head(), state: StatePrint::of(room.state()) })
}

/// A guest who listens.
struct Listener {
    entrance: Entrance,
    session: Session,
}

impl Listener {
    /// A gateway's copy, once it has reached `to`, or as far as it comes.
    async fn copy(&self, server: &Server, room: RoomId, to: Head) -> anyhow::Result<Copy> {
        let ticket = self.entrance.ticket(&self.session).await?;
        let mut line = Line::open(server, None, ticket).await?;
        line.say(&ToServer::Listen { room: Some(room), have: None }).await?;
        let give_up = Instant::now() + PATIENCE;
        let mut copy: Option<(RoomState, Head)> = None;
        loop {
            let has_all = copy.as_ref().is_some_and(|(_, head)| head.seq >= to.seq);
            // What goes beyond the journal comes in the same write.
            let end = if has_all { give_up.min(Instant::now() + QUIET) } else { give_up };
            let Ok(frame) = timeout_at(end, line.next()).await else { break };
            match frame {
                Ok(Message::Text(text)) => take(&mut copy, &text)?,
                Ok(_) => {}
                Err(code) => bail!("{} closed a listener's socket with {code}.", server.url),
            }
        }
        line.close().await;
        let (state, head) = copy.with_context(|| format!("{} told nothing of room {room}.", server.url))?;
        Ok(Copy { holder: server.url.clone(), head, state: StatePrint::of(&state) })
    }
}

/// Folds a frame.
fn take(copy: &mut Option<(RoomState, Head)>, text: &str) -> anyhow::Result<()> {
    match serde_json::from_str(text)? {
        ToClient::Snapshot { snapshot, .. } => {
            *copy = Some((snapshot.state, Head { term: snapshot.term, seq: snapshot.seq }));
        }
        ToClient::Events { events, .. } => {
            let Some((state, head)) = copy else { bail!("Events came before the state that they change.") };
            for event in &events {
                fold(state, event);
                *head = Head { term: event.term, seq: event.seq };
            }
        }
        _ => {}
    }
    Ok(())
}
