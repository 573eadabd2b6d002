//! Records the corpus: somebody does one of everything in a park, and what goes over the wires meanwhile is kept.

use super::corpus::{Corpus, hex, keep};
use super::guest::{Guest, Heard, Line};
use crate::stack::{Stack, place};
use anyhow::Context;
use protocol::binary::{FromClient, Spot};
use protocol::command::{Action, Command};
use protocol::id::{CommandId, EntryId, RoomId};
use protocol::people::Reaction;
use protocol::room::{RoomSettings, RoomState};
use protocol::socket::{ToClient, ToServer};
use serde_json::Value;
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines};
use tokio::net::TcpStream;
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::task::JoinHandle;
use tokio::time::Instant;

/// After each thing said, what comes back is listened to for so long.
const LISTEN: Duration = Duration::from_millis(700);
/// The services' own rounds (owners, directory, revocations) come at least so often.
const ROUNDS: Duration = Duration::from_secs(4);

/// Records this version's frames on a stack.
///
/// # Errors
/// When the park does not do what is asked of it.
pub async fn record(stack: &Stack) -> anyhow::Result<Corpus> {
    let monitor = Monitor::start(&stack.redis()?).await?;
    let guest = Guest::arrive(stack.url(), "Recorder").await?;
    let room = guest.make_room("Recording Room").await?.id;
    let mut scribe =
        Scribe { line: guest.connect(stack.url()).await?, room, corpus: Corpus::default(), state: None };
    let hello =
        ToServer::Hello { version: protocol::VERSION, ticket: "1.ticket.secret".into(), rooms_age_ms: None };
    scribe.corpus.from_clients.push(serde_json::to_string(&hello)?);
    scribe.do_one_of_everything(&guest, stack.url()).await?;
    let mut corpus = scribe.corpus;
    corpus.between_services = monitor.end().await?;
    Ok(corpus)
}

struct Scribe {
    line: Line,
    room: RoomId,
    corpus: Corpus,
    state: Option<RoomState>,
}

impl Scribe {
    async fn do_one_of_everything(&mut self, guest: &Guest, web: &str) -> anyhow::Result<()> {
        let room = self.room;
        self.say(ToServer::Listen { room: Some(room), have: None }).await?;
        self.say(ToServer::Stand { floor: protocol::id::FloorId::of(room) }).await?;
        self.say(ToServer::Hearing { sound: true, away: false }).await?;
        self.say(ToServer::Typing {}).await?;
        self.say(ToServer::React { with: Reaction::Fire }).await?;
        self.say_bytes(FromClient::Probe { c0: 1.5, rtt_ms: 7 }.encode()).await?;
        self.say_bytes(FromClient::Step(Spot { x: 700, y: 600, pose: 0b1000 }).encode()).await?;

        let said = self.command(Action::ChatSay { text: "For the record: ünï ♫".into() }).await?;
        self.say(ToServer::Command(Command { resent: true, ..said })).await?;
        for track in guest.tracks().await?.iter().take(5) {
            self.command(Action::QueueAdd { track: track.id }).await?;
        }
        let entries: Vec<EntryId> = self.state()?.queue.iter().map(|entry| entry.id).collect();
        let (first, last) = (entries.first().copied(), entries.last().copied());
        let last = last.context("Nothing waits in the queue")?;
        self.command(Action::QueueVote { entry: last, up: true }).await?;
        self.command(Action::QueueMove { entry: last, before: first }).await?;
        self.command(Action::QueueRemove { entry: last }).await?;
        self.command(Action::QueueRemove { entry: EntryId(i64::MAX >> 12) }).await?;

        // Another's vote is not enough to skip; the owner's word is.
        let playing = |state: &RoomState| state.playback.as_ref().map(|playback| playback.now.start_us);
        let start_us = playing(self.state()?).context("Nothing plays")?;
        let other = Guest::arrive(web, "Witness").await?;
        self.command(Action::RoleDj { account: other.account(), dj: true }).await?;
        self.command(Action::SkipVote { start_us, up: true }).await?;
        if let Some(start_us) = playing(self.state()?) {
            self.command(Action::SkipNow { start_us }).await?;
        }
        let settings = RoomSettings { about: "As it was.".into(), ..self.state()?.settings.clone() };
        self.command(Action::RoomChange { settings }).await?;
        self.say_text(r#"{"moonwalk":{}}"#.into(), Keep::Answer).await?;
        let until = Instant::now() + ROUNDS;
        while Instant::now() < until {
            self.listen().await;
        }
        self.say(ToServer::Listen { room: None, have: None }).await
    }

    fn state(&self) -> anyhow::Result<&RoomState> {
        self.state.as_ref().context("The room was never told")
    }

    async fn command(&mut self, action: Action) -> anyhow::Result<Command> {
        let id = CommandId(uuid::Uuid::now_v7());
        let command = Command { id, room: self.room, resent: false, action };
        self.say(ToServer::Command(command.clone())).await?;
        Ok(command)
    }

    async fn say(&mut self, frame: ToServer) -> anyhow::Result<()> {
        self.say_text(serde_json::to_string(&frame)?, Keep::Both).await
    }

    async fn say_text(&mut self, text: String, what: Keep) -> anyhow::Result<()> {
        if what == Keep::Both {
            keep(&mut self.corpus.from_clients, text.clone());
        }
        self.line.say_text(text).await?;
        self.listen().await;
        Ok(())
    }

    async fn say_bytes(&mut self, bytes: Vec<u8>) -> anyhow::Result<()> {
        keep(&mut self.corpus.from_clients, hex(&bytes));
        self.line.say_bytes(bytes).await?;
        self.listen().await;
        Ok(())
    }

    async fn listen(&mut self) {
        let until = Instant::now() + LISTEN;
        while let Some(heard) = self.line.next(until.saturating_duration_since(Instant::now())).await {
            match heard {
                Heard::Text(text) => {
                    match serde_json::from_str(&text) {
                        Ok(ToClient::Snapshot { snapshot, .. }) => self.state = Some(snapshot.state),
                        Ok(ToClient::Events { events, .. }) => {
                            let state = self.state.iter_mut();
                            state.for_each(|state| events.iter().for_each(|event| park::fold(state, event)));
                        }
                        _ => {}
                    }
                    keep(&mut self.corpus.from_gateways, text);
                }
                Heard::Binary(bytes) => keep(&mut self.corpus.from_gateways, hex(&bytes)),
                Heard::Closed(_) => return,
            }
        }
    }
}

/// Whether what is said is worth keeping, or only what is answered.
#[derive(PartialEq)]
enum Keep {
    Both,
    Answer,
}

/// Listens to all that the services say to Redis.
struct Monitor {
    listening: JoinHandle<Vec<String>>,
    /// Ends the connection when it is dropped.
    write: OwnedWriteHalf,
}

impl Monitor {
    async fn start(redis: &str) -> anyhow::Result<Monitor> {
        let (read, mut write) = TcpStream::connect(place(redis)?).await?.into_split();
        write.write_all(b"MONITOR\r\n").await?;
        let lines = BufReader::new(read).lines();
        Ok(Monitor { listening: tokio::spawn(listen(lines)), write })
    }

    async fn end(mut self) -> anyhow::Result<Vec<String>> {
        self.write.shutdown().await?;
        Ok(self.listening.await?)
    }
}

async fn listen(mut lines: Lines<BufReader<OwnedReadHalf>>) -> Vec<String> {
    let mut messages = Vec::new();
    while let Ok(Some(line)) = lines.next_line().await {
        for message in line.split("\" \"").filter_map(message) {
            keep(&mut messages, message);
        }
    }
    messages
}

/// An argument of a Redis command that is one of cipher's envelopes, as route and payload.
fn message(argument: &str) -> Option<String> {
    // Redis writes arguments as C strings; these are JSON in ASCII but for \x bytes of other scripts, which are left alone.
    let text = argument.trim_end_matches('"').replace("\\\"", "\"").replace("\\\\", "\\");
    let envelope: Value = serde_json::from_str(&text).ok()?;
    let route = envelope.get("recipient")?.get("r")?;
    envelope.get("origin")?;
    Some(serde_json::json!({ "route": route, "payload": envelope.get("payload")? }).to_string())
}
