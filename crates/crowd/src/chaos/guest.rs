//! One person with one socket, for what a crowd does not do: reading too slowly, saying a thing twice, speaking an older protocol.

use anyhow::{Context, bail, ensure};
use futures_util::{SinkExt, StreamExt};
use protocol::binary::{FromClient, PROBE_ANSWER};
use protocol::command::{Action, Command};
use protocol::http::{GuestBody, MakeRoomBody, Me, PasswordBody, Problem, RoomMade, Ticket, Tracks};
use protocol::id::{AccountId, CommandId, FloorId, RoomId};
use protocol::refusal::{Refusal, RefusalCode};
use protocol::room::{Hue, QueueMode};
use protocol::socket::{Head, ToClient, ToServer};
use protocol::time::Micros;
use protocol::track::Track;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::net::SocketAddr;
use std::time::Duration;
use tokio::net::{TcpSocket, TcpStream};
use tokio::time::Instant;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;

/// An answer that takes longer does not come.
const PATIENCE: Duration = Duration::from_secs(30);
/// A command whose result does not come is sent again after this time.
const AGAIN_AFTER: Duration = Duration::from_secs(1);

/// Somebody with a session.
#[derive(Debug, Clone)]
pub struct Guest {
    /// Who.
    pub me: Me,
    web: String,
    http: reqwest::Client,
}

impl Guest {
    /// Walks in.
    ///
    /// # Errors
    /// When the park does not let them.
    pub async fn arrive(web: &str, name: &str) -> anyhow::Result<Guest> {
        let http = reqwest::Client::builder().cookie_store(true).timeout(PATIENCE).build()?;
        let body = GuestBody { name: name.to_owned(), look: 12_345 };
        let me = ask(http.post(format!("{web}/api/guest")).json(&body)).await?;
        Ok(Guest { me, web: web.to_owned(), http })
    }

    /// Whether the park refuses a newcomer, and has them try again later.
    ///
    /// # Errors
    /// When it says something else, or nothing.
    pub async fn is_put_off(web: &str, name: &str) -> anyhow::Result<bool> {
        let http = reqwest::Client::builder().timeout(PATIENCE).build()?;
        let body = GuestBody { name: name.to_owned(), look: 12_345 };
        put_off(http.post(format!("{web}/api/guest")).json(&body)).await
    }

    /// Whether the park refuses a log-in with a password, and has them try again later.
    ///
    /// # Errors
    /// When it says something else, or nothing.
    pub async fn is_log_in_put_off(web: &str, login: &str, password: &str) -> anyhow::Result<bool> {
        let http = reqwest::Client::builder().timeout(PATIENCE).build()?;
        let body = PasswordBody { login: login.to_owned(), password: password.to_owned() };
        put_off(http.post(format!("{web}/api/login")).json(&body)).await
    }

    /// Their account.
    pub fn account(&self) -> AccountId {
        self.me.person.account
    }

    /// Makes a room of their own.
    ///
    /// # Errors
    /// When the park says no.
    pub async fn make_room(&self, name: &str) -> anyhow::Result<RoomMade> {
        self.post("/api/rooms", &MakeRoomBody { name: name.to_owned(), mode: QueueMode::Open, hue: Hue::Sky })
            .await
    }

    /// The library.
    ///
    /// # Errors
    /// When the park does not answer.
    pub async fn tracks(&self) -> anyhow::Result<Vec<Track>> {
        Ok(self.get::<Tracks>("/api/tracks").await?.tracks)
    }

    /// Whether their session is still good.
    ///
    /// # Errors
    /// When the park does not answer, or knows them no more.
    pub async fn is_known(&self) -> anyhow::Result<()> {
        let me: Me = self.get("/api/me").await?;
        ensure!(me.person.account == self.account(), "The park takes {me:?} for {:?}.", self.me);
        Ok(())
    }

    /// Opens a socket at a gateway, or at the proxy before them, and waits for the greeting.
    ///
    /// # Errors
    /// When there is none.
    pub async fn connect(&self, gateway: &str) -> anyhow::Result<Line> {
        self.connect_over(gateway, TcpSocket::new_v4()?).await
    }

    /// The same over a socket with a receive buffer of this many bytes.
    ///
    /// # Errors
    /// When there is no greeting.
    pub async fn connect_narrow(&self, gateway: &str, buffer: u32) -> anyhow::Result<Line> {
        let socket = TcpSocket::new_v4()?;
        socket.set_recv_buffer_size(buffer)?;
        self.connect_over(gateway, socket).await
    }

    /// A ticket for one socket.
    ///
    /// # Errors
    /// When the park gives none.
    pub async fn ticket(&self) -> anyhow::Result<String> {
        Ok(self.post::<_, Ticket>("/api/ticket", &()).await?.ticket)
    }

    /// Gets a log-in: another session takes the place of this one.
    ///
    /// # Errors
    /// When the park says no.
    pub async fn register(&self, login: &str, password: &str) -> anyhow::Result<()> {
        let body = PasswordBody { login: login.to_owned(), password: password.to_owned() };
        self.post::<_, Me>("/api/register", &body).await.map(|_| ())
    }

    /// Ends the session.
    ///
    /// # Errors
    /// When the park says no.
    pub async fn log_out(&self) -> anyhow::Result<()> {
        let answer = self.http.post(format!("{}/api/logout", self.web)).send().await?;
        ensure!(answer.status().is_success(), "Logging out was answered with {}.", answer.status());
        Ok(())
    }

    async fn connect_over(&self, gateway: &str, socket: TcpSocket) -> anyhow::Result<Line> {
        Guest::greet(self.ticket().await?, gateway, socket).await
    }

    /// Opens a socket with a ticket of anybody's.
    ///
    /// # Errors
    /// When there is no greeting.
    pub async fn connect_with(ticket: String, gateway: &str) -> anyhow::Result<Line> {
        Guest::greet(ticket, gateway, TcpSocket::new_v4()?).await
    }

    async fn greet(ticket: String, gateway: &str, socket: TcpSocket) -> anyhow::Result<Line> {
        let place: SocketAddr = gateway.trim_start_matches("http://").parse()?;
        let stream = socket.connect(place).await.with_context(|| format!("{gateway} is not reached"))?;
        let (socket, _) = tokio_tungstenite::client_async(format!("ws://{place}/ws"), stream).await?;
        let mut line = Line { socket };
        line.say(&ToServer::Hello { version: protocol::VERSION, ticket, rooms_age_ms: None }).await?;
        line.hears("the greeting", |frame| matches!(frame, ToClient::Welcome { .. }).then_some(())).await?;
        Ok(line)
    }

    async fn get<A: DeserializeOwned>(&self, path: &str) -> anyhow::Result<A> {
        ask(self.http.get(format!("{}{path}", self.web))).await
    }

    async fn post<B: Serialize + Sync, A: DeserializeOwned>(
        &self,
        path: &str,
        body: &B,
    ) -> anyhow::Result<A> {
        ask(self.http.post(format!("{}{path}", self.web)).json(body)).await
    }
}

async fn ask<A: DeserializeOwned>(request: reqwest::RequestBuilder) -> anyhow::Result<A> {
    let answer = request.send().await?;
    let (status, url) = (answer.status(), answer.url().clone());
    let text = answer.text().await?;
    ensure!(status.is_success(), "{url} answered {status}: {text}");
    serde_json::from_str(&text).with_context(|| format!("{url} answered {text}"))
}

/// Whether a request is refused as one to be tried again; any other refusal is an error.
async fn put_off(request: reqwest::RequestBuilder) -> anyhow::Result<bool> {
    let answer = request.send().await?;
    let (status, url) = (answer.status(), answer.url().clone());
    if status.is_success() {
        return Ok(false);
    }
    let text = answer.text().await?;
    let problem: Problem = serde_json::from_str(&text).with_context(|| format!("{url} answered {text}"))?;
    let again = problem.refusal.code == RefusalCode::Retry && problem.refusal.retry_after_ms.is_some();
    ensure!(again, "{url} refused for good, with {status}: {text}");
    Ok(true)
}

/// The time at which the gateway read a probe, by its answer.
fn park_time(answer: &[u8]) -> anyhow::Result<Micros> {
    let read = answer.get(9..17).and_then(|read| read.try_into().ok());
    let ms = f64::from_le_bytes(read.context("The answer to a probe is too short")?);
    Ok((ms * 1e3) as Micros)
}

/// A frame of the gateway's.
#[derive(Debug, Clone, PartialEq)]
pub enum Heard {
    /// Text, as it came.
    Text(String),
    /// Bytes.
    Binary(Vec<u8>),
    /// The end, with its close code; 1006 without one.
    Closed(u16),
}

/// An open socket.
#[derive(Debug)]
pub struct Line {
    socket: WebSocketStream<TcpStream>,
}

impl Line {
    /// Sends a frame.
    ///
    /// # Errors
    /// When the socket is gone.
    pub async fn say(&mut self, frame: &ToServer) -> anyhow::Result<()> {
        self.say_text(serde_json::to_string(frame)?).await
    }

    /// Sends any text.
    ///
    /// # Errors
    /// When the socket is gone.
    pub async fn say_text(&mut self, text: String) -> anyhow::Result<()> {
        Ok(self.socket.send(Message::Text(text.into())).await?)
    }

    /// Sends any bytes.
    ///
    /// # Errors
    /// When the socket is gone.
    pub async fn say_bytes(&mut self, bytes: Vec<u8>) -> anyhow::Result<()> {
        Ok(self.socket.send(Message::Binary(bytes.into())).await?)
    }

    /// Listens to a room, of which one has this much, and stands in it.
    ///
    /// # Errors
    /// When the socket is gone.
    pub async fn enter(&mut self, room: RoomId, have: Option<Head>) -> anyhow::Result<()> {
        self.say(&ToServer::Listen { room: Some(room), have }).await?;
        self.say(&ToServer::Stand { floor: FloorId::of(room) }).await
    }

    /// Asks for the park's time and waits for the answer, which nothing that waits for this socket delays.
    ///
    /// # Errors
    /// When it does not come, or the socket closes.
    pub async fn probe(&mut self, patience: Duration) -> anyhow::Result<Micros> {
        self.say_bytes(FromClient::Probe { c0: 0.0, rtt_ms: 0 }.encode()).await?;
        let give_up = Instant::now() + patience;
        loop {
            match self.next(give_up.saturating_duration_since(Instant::now())).await {
                None => bail!("The park did not tell its time within {} s.", patience.as_secs()),
                Some(Heard::Closed(code)) => bail!("The socket was closed with {code}."),
                Some(Heard::Binary(bytes)) if bytes.first() == Some(&PROBE_ANSWER) => {
                    return park_time(&bytes);
                }
                Some(_) => {}
            }
        }
    }

    /// The next frame; none when nothing comes in that time.
    pub async fn next(&mut self, patience: Duration) -> Option<Heard> {
        let give_up = Instant::now() + patience;
        loop {
            return match tokio::time::timeout_at(give_up, self.socket.next()).await {
                Err(_) => None,
                Ok(Some(Ok(Message::Text(text)))) => Some(Heard::Text(text.as_str().to_owned())),
                Ok(Some(Ok(Message::Binary(bytes)))) => Some(Heard::Binary(bytes.to_vec())),
                Ok(Some(Ok(Message::Close(close)))) => {
                    Some(Heard::Closed(close.map_or(1005, |close| close.code.into())))
                }
                Ok(Some(Ok(_))) => continue,
                Ok(Some(Err(_)) | None) => Some(Heard::Closed(1006)),
            };
        }
    }

    /// Waits for a frame in which there is what one looks for; others are passed over.
    ///
    /// # Errors
    /// When it does not come, the socket closes, or a frame cannot be understood.
    pub async fn hears<T>(
        &mut self,
        what: &str,
        mut look: impl FnMut(&ToClient) -> Option<T>,
    ) -> anyhow::Result<T> {
        let give_up = Instant::now() + PATIENCE;
        loop {
            match self.next(give_up.saturating_duration_since(Instant::now())).await {
                None => bail!("{what}: nothing came within {} s.", PATIENCE.as_secs()),
                Some(Heard::Closed(code)) => bail!("{what}: the socket was closed with {code}."),
                Some(Heard::Binary(_)) => {}
                Some(Heard::Text(text)) => {
                    let frame = serde_json::from_str(&text).with_context(|| format!("{text} is no frame"))?;
                    if let Some(found) = look(&frame) {
                        return Ok(found);
                    }
                }
            }
        }
    }

    /// Sends a command until its result comes: where its event is, or why it was refused.
    ///
    /// # Errors
    /// When there is no result, or the socket closes.
    pub async fn does(&mut self, room: RoomId, action: Action) -> anyhow::Result<Result<Head, Refusal>> {
        let mut command = Command { id: CommandId(uuid::Uuid::now_v7()), room, resent: false, action };
        let give_up = Instant::now() + PATIENCE;
        while Instant::now() < give_up {
            self.say(&ToServer::Command(command.clone())).await?;
            command.resent = true;
            if let Some(result) = self.result(command.id, AGAIN_AFTER).await? {
                return Ok(result);
            }
        }
        bail!("Nothing became of {:?} within {} s.", command.action, PATIENCE.as_secs())
    }

    /// Sends a command, and tells whether it was refused as one to be tried again within that time.
    ///
    /// # Errors
    /// When the socket closes.
    pub async fn refused(
        &mut self,
        room: RoomId,
        action: Action,
        patience: Duration,
    ) -> anyhow::Result<bool> {
        let command = Command { id: CommandId(uuid::Uuid::now_v7()), room, resent: false, action };
        self.say(&ToServer::Command(command.clone())).await?;
        let give_up = Instant::now() + patience;
        loop {
            match self.next(give_up.saturating_duration_since(Instant::now())).await {
                None => return Ok(false),
                Some(Heard::Closed(code)) => bail!("The socket was closed with {code}."),
                Some(Heard::Binary(_)) => {}
                Some(Heard::Text(text)) => match serde_json::from_str(&text)? {
                    ToClient::Refused { id, why } if id == command.id => {
                        return Ok(why.code == RefusalCode::Retry);
                    }
                    // Nothing is known of it, which is no refusal but has a browser try again just as well.
                    ToClient::Unknown { id } if id == command.id => return Ok(true),
                    _ => {}
                },
            }
        }
    }

    /// Waits for the result of a command; none when it is unknown, to be tried again, or does not come in that time.
    ///
    /// # Errors
    /// When the socket closes.
    pub async fn result(
        &mut self,
        id: CommandId,
        patience: Duration,
    ) -> anyhow::Result<Option<Result<Head, Refusal>>> {
        let give_up = Instant::now() + patience;
        loop {
            let text = match self.next(give_up.saturating_duration_since(Instant::now())).await {
                None => return Ok(None),
                Some(Heard::Closed(code)) => bail!("The socket was closed with {code}."),
                Some(Heard::Binary(_)) => continue,
                Some(Heard::Text(text)) => text,
            };
            match serde_json::from_str(&text).with_context(|| format!("{text} is no frame"))? {
                ToClient::Events { events, .. } => {
                    if let Some(event) = events.iter().find(|event| event.command == Some(id)) {
                        return Ok(Some(Ok(Head { term: event.term, seq: event.seq })));
                    }
                }
                ToClient::Accepted { id: of, head } if of == id => return Ok(Some(Ok(head))),
                ToClient::Refused { id: of, why } if of == id => {
                    let again = why.code == RefusalCode::Retry;
                    return Ok(if again { None } else { Some(Err(why)) });
                }
                ToClient::Unknown { id: of } if of == id => return Ok(None),
                _ => {}
            }
        }
    }
}
