//! Somebody in the park: a small client of the public protocol.

use crate::eventually::{eventually, eventually_or};
use crate::view::View;
use futures_util::{SinkExt, StreamExt};
use protocol::binary::{FromClient, Spot};
use protocol::command::{Action, Command};
use protocol::http::{Boot, GuestBody, Me, RoomMade, Rooms, Ticket, Tracks};
use protocol::id::{AccountId, CommandId, FloorId, RoomId};
use protocol::refusal::{Refusal, RefusalCode};
use protocol::room::{RoomState, RoomSummary};
use protocol::socket::{Head, ToServer};
use protocol::track::Track;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio_tungstenite::tungstenite::Message;

/// Somebody with a session and perhaps a socket.
#[derive(Debug)]
pub struct Somebody {
    /// Who.
    pub me: Me,
    park: String,
    http: reqwest::Client,
    line: Option<Line>,
    /// What the last socket had seen.
    kept: Option<View>,
    /// How old one's list of rooms is said to be, in ms, as the next socket is opened.
    pub rooms_age_ms: Option<u32>,
}

/// A socket.
#[derive(Debug)]
struct Line {
    send: mpsc::Sender<Message>,
    view: Arc<Mutex<View>>,
    task: JoinHandle<()>,
}

impl Drop for Line {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Somebody {
    /// Walks in as a guest, without a socket yet.
    pub async fn arrive(park: &str, name: &str) -> Somebody {
        let http = reqwest::Client::builder().cookie_store(true).build().expect("a client");
        let body = GuestBody { name: name.to_owned(), look: 12_345 };
        let answer =
            http.post(format!("{park}/api/guest")).json(&body).send().await.expect("the park answers");
        assert!(answer.status().is_success(), "{}: {:?}", answer.status(), answer.text().await);
        let me = answer.json().await.expect("who one is");
        Somebody { me, park: park.to_owned(), http, line: None, kept: None, rooms_age_ms: None }
    }

    /// Walks in, opens a socket at this gateway and stands in the room.
    pub async fn enter(park: &str, gateway: &str, name: &str, slug: &str) -> Somebody {
        let mut somebody = Somebody::arrive(park, name).await;
        somebody.connect(gateway).await;
        let room = somebody.room_called(slug).await.id;
        somebody.step_in(room).await;
        somebody
    }

    /// Fetches a ticket.
    pub async fn ticket(&self) -> String {
        self.post::<_, Ticket>("/api/ticket", &()).await.expect("a ticket").ticket
    }

    /// Opens a socket with a fresh ticket and waits for the greeting.
    pub async fn connect(&mut self, gateway: &str) {
        let ticket = self.ticket().await;
        self.connect_with(gateway, ticket).await;
        self.sees("the greeting", |view| view.welcome.then_some(())).await;
    }

    /// Opens a socket and says hello with this ticket, whatever comes of it. What one has seen of the room before stays.
    pub async fn connect_with(&mut self, gateway: &str, ticket: String) {
        let url = format!("{}/ws", gateway.replacen("http", "ws", 1));
        let (socket, _) = tokio_tungstenite::connect_async(url).await.expect("the gateway takes sockets");
        let before = self.line.as_ref().map(|_| self.view()).or_else(|| self.kept.take()).unwrap_or_default();
        let view = Arc::new(Mutex::new(View { room: before.room, head: before.head, ..View::default() }));
        let (send, mut outgoing) = mpsc::channel::<Message>(64);
        let seen = view.clone();
        let task = tokio::spawn(async move {
            let (mut sink, mut stream) = socket.split();
            loop {
                tokio::select! {
                    message = outgoing.recv() => match message {
                        Some(message) => if sink.send(message).await.is_err() { break },
                        None => break,
                    },
                    frame = stream.next() => {
                        let mut view = seen.lock().expect("no view panics");
                        match frame {
                            Some(Ok(Message::Text(text))) => view.text(&text),
                            Some(Ok(Message::Binary(bytes))) => view.binary(&bytes),
                            Some(Ok(Message::Close(frame))) => {
                                view.closed.get_or_insert(frame.map_or(1005, |frame| frame.code.into()));
                            }
                            Some(Ok(_)) => {}
                            Some(Err(_)) | None => {
                                view.closed.get_or_insert(1006);
                                break;
                            }
                        }
                    }
                }
            }
        });
        self.line = Some(Line { send, view, task });
        self.say(&ToServer::Hello { version: protocol::VERSION, ticket, rooms_age_ms: self.rooms_age_ms })
            .await;
    }

    /// Loses the connection, as in a tunnel; what one has seen of the room stays. Returns where that is.
    pub fn drop_line(&mut self) -> Option<Head> {
        let view = self.view();
        let head = view.head;
        self.kept = Some(view);
        self.line = None;
        head
    }

    /// Listens to a room and stands in it.
    pub async fn step_in(&self, room: RoomId) {
        self.listen(room, None).await;
        self.say(&ToServer::Stand { floor: FloorId::of(room) }).await;
        self.sees("the room and the people in it", |view| {
            let here = view.people.contains_key(&self.me.person.account);
            view.room.as_ref().filter(|(id, _)| *id == room && here).map(|_| ())
        })
        .await;
    }

    /// Listens to a room, knowing it up to `have`.
    pub async fn listen(&self, room: RoomId, have: Option<Head>) {
        self.say(&ToServer::Listen { room: Some(room), have }).await;
    }

    /// Sends a frame.
    pub async fn say(&self, frame: &ToServer) {
        self.say_raw(serde_json::to_string(frame).expect("frames are JSON")).await;
    }

    /// Sends any text.
    pub async fn say_raw(&self, text: String) {
        self.send(Message::Text(text.into())).await;
    }

    /// Walks.
    pub async fn walk(&self, x: u16, y: u16) {
        self.send(Message::Binary(FromClient::Step(Spot { x, y, pose: 0b1000 }).encode().into())).await;
    }

    /// Probes the clock.
    pub async fn probe(&self, c0: f64) {
        self.send(Message::Binary(FromClient::Probe { c0, rtt_ms: 1 }.encode().into())).await;
    }

    async fn send(&self, message: Message) {
        let line = self.line.as_ref().expect("there is a socket");
        // A socket that is closed already shows in the view.
        let _ = line.send.send(message).await;
    }

    /// Sends a command; does not wait.
    pub async fn ask(&self, action: Action) -> CommandId {
        let command = self.command(action);
        let id = command.id;
        self.say(&ToServer::Command(command)).await;
        id
    }

    /// A command for the room one listens to.
    pub fn command(&self, action: Action) -> Command {
        let room = self.view().room.expect("one listens to a room").0;
        Command { id: CommandId(uuid::Uuid::now_v7()), room, resent: false, action }
    }

    /// Sends a command and waits until it is carried out, sending it again as a browser does; or for its refusal. Where its event stands.
    pub async fn does(&self, action: Action) -> Result<Head, Refusal> {
        let mut command = self.command(action);
        let id = command.id;
        self.say(&ToServer::Command(command.clone())).await;
        command.resent = true;
        loop {
            let outcome = self
                .sees("the command's result", |view| {
                    let event = view.events.iter().find(|event| event.command == Some(id));
                    let done = event.map(|event| Head { term: event.term, seq: event.seq });
                    // A gateway that missed the event has it in its next snapshot; then only the answer tells.
                    let done = done.or_else(|| view.accepted.get(&id).copied());
                    match (done, view.refused.get(&id)) {
                        (Some(head), _) => Some(Ok(Ok(head))),
                        (None, Some(why)) if why.code == RefusalCode::Retry => {
                            Some(Ok(Err(why.retry_after_ms.unwrap_or_default())))
                        }
                        (None, Some(why)) => Some(Err(why.clone())),
                        (None, None) => view.unknown.contains(&id).then_some(Ok(Err(0))),
                    }
                })
                .await?;
            match outcome {
                Ok(head) => return Ok(head),
                Err(wait_ms) => {
                    // Asking again sooner than one was told to uses up what one may ask at all.
                    tokio::time::sleep(Duration::from_millis(wait_ms.into())).await;
                    self.forget_answer(id);
                    self.say(&ToServer::Command(command.clone())).await;
                }
            }
        }
    }

    fn forget_answer(&self, id: CommandId) {
        let mut view = self.line.as_ref().expect("there is a socket").view.lock().expect("no view panics");
        view.unknown.remove(&id);
        view.refused.remove(&id);
    }

    /// What this socket has seen so far.
    pub fn view(&self) -> View {
        self.line.as_ref().expect("there is a socket").view.lock().expect("no view panics").clone()
    }

    /// The room as one sees it.
    pub fn room(&self) -> RoomState {
        self.view().room.expect("one listens to a room").1
    }

    /// Waits until one sees something.
    pub async fn sees<T>(&self, what: &str, mut look: impl FnMut(&View) -> Option<T>) -> T {
        let name = &self.me.person.name;
        let view = self.line.as_ref().expect("there is a socket").view.clone();
        let looked = async || look(&view.lock().expect("no view panics"));
        let instead = || {
            let view = view.lock().expect("no view panics");
            let people: Vec<&str> =
                view.people.values().map(|standing| standing.person.name.as_str()).collect();
            let View { line, crowd, closed, head, refused, sorry, wrong, .. } = &*view;
            format!(
                "; people {people:?}, line {line:?}, crowd {crowd:?}, closed {closed:?}, head {head:?}, refused {refused:?}, sorry {sorry:?}, wrong {wrong:?}"
            )
        };
        eventually_or(&format!("{name} sees {what}"), looked, instead).await
    }

    /// The close code of the socket, once it is closed.
    pub async fn is_sent_away(&self) -> u16 {
        self.sees("the socket closed", |view| view.closed).await
    }

    /// A page as the server sends it, and what it tells the web client.
    pub async fn page(&self, path: &str) -> (String, Boot) {
        let answer = self.http.get(format!("{}{path}", self.park)).send().await.expect("the park answers");
        let html = answer.text().await.expect("a page");
        let boot = html.split_once("id=\"boot\">").and_then(|(_, rest)| rest.split_once("</script>"));
        let (json, _) = boot.unwrap_or_else(|| panic!("no boot data in {html}"));
        let boot = serde_json::from_str(json).unwrap_or_else(|error| panic!("{error} in {json}"));
        (html, boot)
    }

    /// The list of rooms.
    pub async fn rooms(&self) -> Vec<RoomSummary> {
        self.get::<Rooms>("/api/rooms").await.rooms
    }

    /// A room of the list, once it is there: each web server reads the list anew about once a second.
    pub async fn room_called(&self, slug: &str) -> RoomSummary {
        eventually(&format!("there is a room {slug}"), async || {
            self.rooms().await.into_iter().find(|room| room.slug == slug)
        })
        .await
    }

    /// Makes a room of one's own.
    pub async fn make_room(&self, body: &protocol::http::MakeRoomBody) -> RoomMade {
        self.post("/api/rooms", body).await.expect("a room")
    }

    /// The library.
    pub async fn library(&self) -> Vec<Track> {
        self.get::<Tracks>("/api/tracks").await.tracks
    }

    /// One's account.
    pub fn account(&self) -> AccountId {
        self.me.person.account
    }

    /// Reads from the API.
    pub async fn get<A: DeserializeOwned>(&self, path: &str) -> A {
        self.try_get(path).await.unwrap_or_else(|why| panic!("GET {path}: {why}"))
    }

    /// Reads from the API of a park of which something is away; what it answered else.
    pub async fn try_get<A: DeserializeOwned>(&self, path: &str) -> Result<A, String> {
        let answer = self.http.get(format!("{}{path}", self.park)).send().await.expect("the park answers");
        let (status, text) = (answer.status(), answer.text().await.map_err(|error| error.to_string())?);
        let answer = status.is_success().then(|| serde_json::from_str(&text).ok()).flatten();
        answer.ok_or_else(|| format!("{status}: {text}"))
    }

    /// Sends to the API; the refusal when it says no.
    pub async fn post<B: Serialize, A: DeserializeOwned>(&self, path: &str, body: &B) -> Result<A, Refusal> {
        self.send_to(reqwest::Method::POST, path, body).await
    }

    /// Changes something through the API.
    pub async fn send_to<B: Serialize, A: DeserializeOwned>(
        &self,
        method: reqwest::Method,
        path: &str,
        body: &B,
    ) -> Result<A, Refusal> {
        let request = self.http.request(method, format!("{}{path}", self.park)).json(body);
        let answer = request.send().await.expect("the park answers");
        let good = answer.status().is_success();
        let text = answer.text().await.expect("a body");
        if good {
            let text = if text.is_empty() { "null" } else { &text };
            Ok(serde_json::from_str(text).unwrap_or_else(|error| panic!("{path} answered {text}: {error}")))
        } else {
            Err(serde_json::from_str(&text).unwrap_or_else(|error| panic!("{path} answered {text}: {error}")))
        }
    }
}
