//! One websocket from upgrade to close: hello, reading, writing.

use crate::gateway::Shared;
use crate::limits::{Bucket, is_shallow};
use crate::outbox::{Close, Due, Outbox};
use crate::session::Session;
use crate::tickets::{NoEntry, redeem};
use axum::extract::ws::{CloseFrame, Message, WebSocket};
use bytes::Bytes;
use futures_util::future::BoxFuture;
use futures_util::stream::{FuturesUnordered, SplitSink, SplitStream};
use futures_util::{SinkExt, StreamExt};
use protocol::binary::{FromClient, encode_probe_answer};
use protocol::command::Command;
use protocol::refusal::{Refusal, RefusalCode};
use protocol::socket::{CloseCode, ToClient, ToServer};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::time::MissedTickBehavior;

/// A socket that has not said hello by then is closed.
const HELLO_PATIENCE: Duration = Duration::from_secs(10);
/// Writing what waits may take this long before the socket counts as too slow.
const WRITE_PATIENCE: Duration = Duration::from_secs(5);
/// The close may take this long.
const CLOSE_PATIENCE: Duration = Duration::from_secs(1);
/// A browser answers pings by itself, even in a hidden tab whose timers rest.
const PING_EVERY: Duration = Duration::from_secs(20);
/// A browser that sends nothing for this long, not even answers to pings, is gone.
const SILENCE_MAX: Duration = Duration::from_secs(60);
/// Frames that make no sense before the socket is closed.
const NONSENSE_MAX: u32 = 8;
/// Frames in a row and a second.
const FRAMES: (u32, f64) = (200, 60.0);
/// Commands in a row and a second.
const COMMANDS: (u32, f64) = (20, 5.0);
/// Reactions in a row and a second.
const REACTIONS: (u32, f64) = (12, 6.0);

/// Rooms listened to and floors stood on, in a row and a second.
const MOVES: (u32, f64) = (20, 2.0);
/// Words that one is writing, in a row and a second.
const TYPING: (u32, f64) = (2, 0.4);

/// Drives a socket until either side ends it.
pub async fn drive(mut socket: WebSocket, shared: Arc<Shared>) {
    // Large and soon over: not to be kept in the socket's own for its lifetime.
    let hello = Box::pin(hello(&mut socket, &shared));
    let hello = tokio::time::timeout(HELLO_PATIENCE, hello).await;
    let late = Close { code: CloseCode::NoHello, reason: "No hello came." };
    match hello.unwrap_or(Err(Some(late))) {
        Ok(session) => speak(socket, session, &shared).await,
        Err(Some(close)) => say_close(&mut socket, close).await,
        Err(None) => {}
    }
}

/// Reads the first frame and redeems its ticket. `Err(None)`: the browser went away.
async fn hello(socket: &mut WebSocket, shared: &Shared) -> Result<Arc<Session>, Option<Close>> {
    let refuse = |code, reason| Some(Close { code, reason });
    let first = loop {
        match socket.recv().await {
            Some(Ok(Message::Text(text))) => break text,
            Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
            Some(Ok(Message::Binary(_))) => {
                return Err(refuse(CloseCode::BadHello, "The first frame is a hello."));
            }
            Some(Err(error)) => return Err(too_large(&error)),
            Some(Ok(Message::Close(_))) | None => return Err(None),
        }
    };
    let Ok(ToServer::Hello { version, ticket, rooms_age_ms }) = parse(&first) else {
        return Err(refuse(CloseCode::BadHello, "The first frame is a hello with a ticket."));
    };
    if version == 0 || version > protocol::VERSION {
        return Err(refuse(CloseCode::Version, "This park speaks another version. Reload the page."));
    }
    let owner = redeem(&shared.node, &ticket).await.map_err(|why| match why {
        NoEntry::Stale => {
            refuse(CloseCode::StaleTicket, "That ticket was used or is too old. Fetch another.")
        }
        NoEntry::Away => refuse(
            CloseCode::GoingAway,
            "The park cannot check your ticket right now. Come back in a moment.",
        ),
    })?;
    let outbox = Arc::new(Outbox::default());
    let you = owner.person.clone();
    let session = Arc::new(Session::new(shared.sessions.next_id(), owner.session, owner.person, outbox));
    shared.sessions.add(session.clone());
    if shared.stop.is_cancelled() {
        session.outbox.close(CloseCode::GoingAway, "The park restarts here. Come back at once.");
    }
    let software = env!("CARGO_PKG_VERSION").to_owned();
    session.tell(&ToClient::Welcome { version: protocol::VERSION, you, software });
    if let Some(age) = rooms_age_ms {
        shared.directory.catch_up(&session, Duration::from_millis(age.into()));
    }
    Ok(session)
}

/// Reads and writes side by side, so that neither waits for the other, until one of them ends.
async fn speak(socket: WebSocket, session: Arc<Session>, shared: &Arc<Shared>) {
    let (mut sink, stream) = socket.split();
    // Each side has a waker of its own: most wakes are for writing, and must not have the reading side look for something to read.
    let mut sides: FuturesUnordered<BoxFuture<'_, Option<Close>>> = FuturesUnordered::new();
    sides.push(Box::pin(write(&mut sink, &session, shared)));
    sides.push(Box::pin(read(stream, &session, shared)));
    let end = sides.next().await.flatten();
    drop(sides);
    leave(&session, shared).await;
    // A browser that closed first gets its close answered.
    let last_word = async {
        if let Some(close) = end {
            sink.send(close_frame(&close)).await?;
        }
        sink.close().await
    };
    let _ = tokio::time::timeout(CLOSE_PATIENCE, last_word).await;
}

/// Writes what waits, all of it in one write, until the socket shall close or cannot keep up.
async fn write(
    sink: &mut SplitSink<WebSocket, Message>,
    session: &Session,
    shared: &Shared,
) -> Option<Close> {
    let mut pings = tokio::time::interval(PING_EVERY);
    pings.set_missed_tick_behavior(MissedTickBehavior::Delay);
    pings.reset();
    loop {
        let mut ping = false;
        tokio::select! {
            () = session.outbox.ready() => {}
            _ = pings.tick() => ping = true,
        }
        let Due { probes, frames, close } = session.outbox.take();
        let written = async {
            for (c0, s1) in probes {
                let answer = encode_probe_answer(c0, s1, shared.clock.now_us() as f64 / 1e3);
                sink.feed(Message::Binary(answer.to_vec().into())).await?;
            }
            if ping {
                sink.feed(Message::Ping(Bytes::new())).await?;
            }
            for frame in frames {
                sink.feed(frame).await?;
            }
            sink.flush().await
        };
        match tokio::time::timeout(WRITE_PATIENCE, written).await {
            Ok(Ok(())) if close.is_some() => return close,
            Ok(Ok(())) => {}
            Ok(Err(_)) => return None,
            Err(_) => {
                return Some(Close { code: CloseCode::TooSlow, reason: "You were too slow to follow." });
            }
        }
    }
}

/// Reads until the browser goes away or falls silent.
async fn read(
    mut stream: SplitStream<WebSocket>,
    session: &Arc<Session>,
    shared: &Arc<Shared>,
) -> Option<Close> {
    let mut reader = Reader::new(session.clone(), shared.clone());
    let mut heard = Instant::now();
    loop {
        // No beat: thousands of sockets that have nothing to look after would be most of what there is to do.
        let silent = heard + SILENCE_MAX;
        let look = session.next_look().map_or(silent, |look| look.min(silent));
        tokio::select! {
            frame = stream.next() => {
                heard = Instant::now();
                match frame {
                    Some(Ok(Message::Binary(bytes))) => reader.binary(&bytes),
                    // As with hello: most of the time nothing is said.
                    Some(Ok(Message::Text(text))) => Box::pin(reader.text(&text)).await,
                    Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
                    Some(Ok(Message::Close(_))) | None => return None,
                    Some(Err(error)) => return too_large(&error),
                }
            }
            () = tokio::time::sleep_until(look.into()) => {
                let now = Instant::now();
                session.doubt_overdue(now);
                if session.judge_away(now) {
                    shared.upstream.changed(session.socket);
                }
                if now >= silent {
                    return Some(Close { code: CloseCode::GoingAway, reason: "Nothing was heard of you for a minute." });
                }
            }
        }
    }
}

/// Takes the socket out of everything it was in.
async fn leave(session: &Session, shared: &Shared) {
    shared.sessions.remove(session.socket);
    if let Some(room) = session.set_hears(None) {
        shared.rooms.leave(room, session.socket).await;
    }
    if let Some(floor) = session.set_stands(None) {
        shared.floors.leave(floor, session.socket).await;
    }
    shared.upstream.changed(session.socket);
}

/// Understands what one browser sends.
struct Reader {
    session: Arc<Session>,
    shared: Arc<Shared>,
    frames: Bucket,
    commands: Bucket,
    reactions: Bucket,
    moves: Bucket,
    typing: Bucket,
    nonsense: u32,
}

impl Reader {
    fn new(session: Arc<Session>, shared: Arc<Shared>) -> Reader {
        let now = Instant::now();
        let bucket = |(burst, per_second)| Bucket::new(burst, per_second, now);
        Reader {
            session,
            shared,
            frames: bucket(FRAMES),
            commands: bucket(COMMANDS),
            reactions: bucket(REACTIONS),
            moves: bucket(MOVES),
            typing: bucket(TYPING),
            nonsense: 0,
        }
    }

    fn binary(&mut self, bytes: &[u8]) {
        let read_us = self.shared.clock.now_us();
        if !self.is_admitted() {
            return;
        }
        match FromClient::decode(bytes) {
            Ok(FromClient::Probe { c0, rtt_ms }) => {
                self.session.set_rtt_ms(rtt_ms);
                self.session.outbox.probe(c0, read_us as f64 / 1e3);
            }
            Ok(FromClient::Step(spot)) => self.shared.upstream.step(&self.session, spot),
            Err(error) => self.sorry(format!("The park does not understand that: {error}.")),
        }
    }

    async fn text(&mut self, text: &str) {
        if !self.is_admitted() {
            return;
        }
        match parse(text) {
            Ok(ToServer::Command(command)) => self.command(command).await,
            Ok(ToServer::Listen { .. } | ToServer::Stand { .. })
                if self.moves.take(Instant::now()).is_err() =>
            {
                let text = "That was a lot of walking about at once. Try again in a moment.";
                self.session
                    .tell(&ToClient::Sorry { why: Refusal::new(RefusalCode::TooMany, text).after(1_000) });
            }
            Ok(ToServer::Listen { room, have }) => {
                let before = self.session.set_hears(room);
                if let Some(before) = before.filter(|before| Some(*before) != room) {
                    self.shared.rooms.leave(before, self.session.socket).await;
                }
                if let Some(room) = room {
                    self.shared.rooms.join(room, self.session.clone(), have).await;
                }
            }
            Ok(ToServer::Stand { floor }) => {
                let before = self.session.set_stands(Some(floor));
                if let Some(before) = before.filter(|before| *before != floor) {
                    self.shared.floors.leave(before, self.session.socket).await;
                }
                if floor.room().is_some() {
                    self.session.went_in(Instant::now());
                } else if let Some(since) = self.session.came_out() {
                    self.shared.directory.catch_up(&self.session, since.elapsed());
                }
                self.shared.floors.stand(floor, self.session.clone()).await;
                self.shared.upstream.changed(self.session.socket);
            }
            Ok(ToServer::React { with }) => {
                // Whoever reacts faster than anybody can see is not told so.
                if self.reactions.take(Instant::now()).is_ok() {
                    self.shared.upstream.react(self.session.socket, with);
                }
            }
            Ok(ToServer::Typing {}) => {
                if self.typing.take(Instant::now()).is_ok() {
                    self.shared.upstream.typing(self.session.socket);
                }
            }
            Ok(ToServer::Hearing { sound, away }) => {
                let now = Instant::now();
                self.session.set_hearing(sound, away, now);
                if self.session.judge_away(now) {
                    self.shared.upstream.changed(self.session.socket);
                }
            }
            Ok(ToServer::Hello { .. }) => self.sorry("You said hello before.".to_owned()),
            Err(what) => self.sorry(what),
        }
    }

    async fn command(&mut self, command: Command) {
        let id = command.id;
        // What was sent before may have been carried out: this gateway does not know, and so it never says that it was not.
        let code = |code| if command.resent { RefusalCode::Retry } else { code };
        let refuse = |why| self.session.tell(&ToClient::Refused { id, why });
        if self.session.hears() != Some(command.room) {
            refuse(Refusal::new(code(RefusalCode::Forbidden), "Step into the room first."));
            return;
        }
        if let Err(wait) = self.commands.take(Instant::now()) {
            let ms = u32::try_from(wait.as_millis()).unwrap_or(u32::MAX).max(1);
            refuse(
                Refusal::new(code(RefusalCode::TooMany), "That was a lot at once. Try again in a moment.")
                    .after(ms),
            );
            return;
        }
        metrics::counter!("gateway_commands_total", "do" => command.action.name()).increment(1);
        if !self.session.await_result(id, command.room, Instant::now()) {
            refuse(
                Refusal::new(
                    code(RefusalCode::TooMany),
                    "Too many things wait to be saved. Try again in a moment.",
                )
                .after(1_000),
            );
            return;
        }
        if !self.shared.upstream.command(&self.session, command).await && self.session.has_result(id) {
            self.session.tell(&ToClient::Unknown { id });
        }
    }

    /// Whether the socket may send another frame; a flood closes it.
    fn is_admitted(&mut self) -> bool {
        let admitted = self.frames.take(Instant::now()).is_ok();
        if !admitted {
            self.session.outbox.close(CloseCode::Flood, "Far too many frames came. Come back in a moment.");
        }
        admitted
    }

    fn sorry(&mut self, text: String) {
        self.nonsense += 1;
        self.session.tell(&ToClient::Sorry { why: Refusal::new(RefusalCode::BadInput, text) });
        if self.nonsense >= NONSENSE_MAX {
            self.session
                .outbox
                .close(CloseCode::Flood, "Too much of what came made no sense. Reload the page.");
        }
    }
}

fn parse(text: &str) -> Result<ToServer, String> {
    if !is_shallow(text) {
        return Err("The park does not understand that: it nests too deep.".to_owned());
    }
    // It repeats the client's own words at most, to the client alone.
    serde_json::from_str(text).map_err(|error| format!("The park does not understand that: {error}."))
}

/// The close for a frame that was too large; none for a connection that simply broke.
fn too_large(error: &axum::Error) -> Option<Close> {
    use tokio_tungstenite::tungstenite::Error;
    let source = std::error::Error::source(error).and_then(|source| source.downcast_ref::<Error>());
    matches!(source, Some(Error::Capacity(_)))
        .then_some(Close { code: CloseCode::TooLarge, reason: "A frame was too large. At most 16 KiB." })
}

async fn say_close(socket: &mut WebSocket, close: Close) {
    let _ = tokio::time::timeout(CLOSE_PATIENCE, socket.send(close_frame(&close))).await;
}

fn close_frame(close: &Close) -> Message {
    metrics::counter!("gateway_closes_total", "code" => (close.code as u16).to_string()).increment(1);
    Message::Close(Some(CloseFrame { code: close.code as u16, reason: close.reason.into() }))
}
