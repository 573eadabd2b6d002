//! One socket of the hub, from its handshake to its end: one task that reads and writes.

use crate::hub::listener::Listener;
use crate::hub::room::Room;
use crate::hub::{Hub, now_us, person};
use futures_util::{SinkExt, StreamExt};
use protocol::binary::{FromClient, encode_probe_answer};
use protocol::id::AccountId;
use protocol::socket::{FRAME_MAX, ToClient, ToServer};
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;

/// Read buffer of a socket, as in the park's gateway.
const READ_BUFFER: usize = 1024;
/// Frames fed one after another gather up to this and leave in one write, as in the park's gateway.
const WRITE_BUFFER: usize = 4 * 1024;
/// Bytes that the websocket library may hold back: what waits is bounded by [`Listener`].
const WRITE_BUFFER_MAX: usize = 16 * 1024 * 1024;
/// After a connection could not be taken, as when descriptors run out.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// Takes sockets for as long as the process lives.
pub async fn accept(hub: Arc<Hub>, gateway: TcpListener) {
    loop {
        match gateway.accept().await {
            Ok((stream, _)) => {
                tokio::spawn(drive(hub.clone(), stream));
            }
            Err(error) => {
                eprintln!("musicpark-hub: a connection could not be taken: {error}");
                tokio::time::sleep(ACCEPT_PAUSE).await;
            }
        }
    }
}

/// Drives a socket until it ends. Whoever breaks the protocol is hung up on without a word.
async fn drive(hub: Arc<Hub>, stream: TcpStream) {
    let _ = stream.set_nodelay(true);
    let config = WebSocketConfig::default()
        .read_buffer_size(READ_BUFFER)
        .write_buffer_size(WRITE_BUFFER)
        .max_write_buffer_size(WRITE_BUFFER_MAX)
        .max_message_size(Some(FRAME_MAX))
        .max_frame_size(Some(FRAME_MAX));
    // The handshake's future is large and soon over: not to be kept in the socket's own.
    let handshake = Box::pin(tokio_tungstenite::accept_async_with_config(stream, Some(config)));
    let Ok(mut socket) = handshake.await else { return };
    let Some(listener) = hello(&hub, &mut socket).await else { return };
    let mut place = Place { hub, listener, room: None };
    loop {
        tokio::select! {
            biased;
            due = place.listener.due() => {
                let Ok(frames) = due else { return };
                for frame in frames {
                    if socket.feed(frame).await.is_err() {
                        return;
                    }
                }
                if socket.flush().await.is_err() {
                    return;
                }
            }
            frame = socket.next() => match frame {
                Some(Ok(Message::Text(text))) => place.text(&text),
                Some(Ok(Message::Binary(bytes))) => place.binary(&bytes),
                Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
                // Closing is answered by the library when it is polled once more.
                Some(Ok(_)) => {
                    let _ = socket.close(None).await;
                    return;
                }
                Some(Err(_)) | None => return,
            },
        }
    }
}

/// The first frame. A ticket is the number of its account.
async fn hello(hub: &Hub, socket: &mut WebSocketStream<TcpStream>) -> Option<Arc<Listener>> {
    let Some(Ok(Message::Text(first))) = socket.next().await else { return None };
    let Ok(ToServer::Hello { ticket, .. }) = serde_json::from_str(&first) else { return None };
    let you = person(AccountId(ticket.parse().ok()?));
    let software = env!("CARGO_PKG_VERSION").to_owned();
    let welcome = ToClient::Welcome { version: protocol::VERSION, you: you.clone(), software };
    let welcome = serde_json::to_string(&welcome).ok()?;
    socket.send(Message::Text(welcome.into())).await.ok()?;
    Some(Arc::new(Listener::new(hub.next_socket(), you)))
}

/// Where a socket's person is. Dropping it takes them out.
struct Place {
    hub: Arc<Hub>,
    listener: Arc<Listener>,
    room: Option<Arc<Room>>,
}

impl Place {
    fn text(&mut self, text: &str) {
        match serde_json::from_str(text) {
            Ok(ToServer::Listen { room: Some(room), .. }) => {
                if let Some(room) = self.go(self.hub.room(room)) {
                    room.listen(&self.listener);
                }
            }
            Ok(ToServer::Stand { floor }) => {
                let room = floor.room().and_then(|room| self.hub.room(room));
                if let Some(room) = self.go(room) {
                    room.stand(&self.listener);
                }
            }
            Ok(ToServer::Command(command)) => {
                if let Some(room) = &self.room {
                    room.say(&self.listener, command);
                }
            }
            Ok(_) | Err(_) => {}
        }
    }

    fn binary(&self, bytes: &[u8]) {
        match FromClient::decode(bytes) {
            Ok(FromClient::Step(spot)) => {
                if let Some(room) = &self.room {
                    room.step(self.listener.person.account, spot);
                }
            }
            Ok(FromClient::Probe { c0, .. }) => {
                let now_ms = now_us() as f64 / 1e3;
                self.listener.binary(encode_probe_answer(c0, now_ms, now_ms).to_vec().into());
            }
            Err(_) => {}
        }
    }

    /// Goes to a room and out of any other: here one hears where one stands.
    fn go(&mut self, room: Option<Arc<Room>>) -> Option<Arc<Room>> {
        let before = std::mem::replace(&mut self.room, room);
        let is_same = |before: &Arc<Room>| self.room.as_ref().is_some_and(|room| room.id() == before.id());
        if let Some(before) = before.filter(|before| !is_same(before)) {
            before.leave(&self.listener);
        }
        self.room.clone()
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        if let Some(room) = &self.room {
            room.leave(&self.listener);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use protocol::binary::{Positions, Spot};
    use protocol::command::{Action, Command};
    use protocol::id::{CommandId, FloorId, RoomId};
    use tokio_tungstenite::MaybeTlsStream;

    type Client = WebSocketStream<MaybeTlsStream<TcpStream>>;

    async fn enter(gateway: &str, account: i64, room: RoomId) -> Client {
        let (mut socket, _) = tokio_tungstenite::connect_async(gateway).await.unwrap();
        for frame in [
            ToServer::Hello { version: protocol::VERSION, ticket: account.to_string(), rooms_age_ms: None },
            ToServer::Listen { room: Some(room), have: None },
            ToServer::Stand { floor: FloorId::of(room) },
        ] {
            socket.send(Message::Text(serde_json::to_string(&frame).unwrap().into())).await.unwrap();
        }
        let mut next = async || frame(&mut socket).await;
        assert!(matches!(next().await, ToClient::Welcome { you, .. } if you.account.0 == account));
        assert!(matches!(next().await, ToClient::Snapshot { .. }));
        assert!(matches!(next().await, ToClient::People { .. }));
        socket
    }

    /// The next text frame; what comes in between are positions.
    async fn frame(socket: &mut Client) -> ToClient {
        loop {
            if let Message::Text(text) = socket.next().await.unwrap().unwrap() {
                return serde_json::from_str(&text).unwrap();
            }
        }
    }

    #[tokio::test]
    async fn everybody_in_a_room_hears_a_line_once_and_sees_a_step() {
        let hub = Arc::new(Hub::default());
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let gateway = format!("ws://{}", listener.local_addr().unwrap());
        tokio::spawn(accept(hub.clone(), listener));
        let room = hub.open_room("A room".into()).unwrap();
        let mut juno = enter(&gateway, 1, room.id()).await;
        let mut mara = enter(&gateway, 2, room.id()).await;
        let id = CommandId(uuid::Uuid::now_v7());
        let action = Action::ChatSay { text: "Evening all".into() };
        let said = ToServer::Command(Command { id, room: room.id(), resent: false, action });
        juno.send(Message::Text(serde_json::to_string(&said).unwrap().into())).await.unwrap();
        for socket in [&mut juno, &mut mara] {
            let ToClient::Events { events, .. } = frame(socket).await else { panic!("events") };
            assert_eq!((events.len(), events[0].seq, events[0].command), (1, 1, Some(id)));
        }
        let spot = Spot { x: 7, y: 8, pose: 1 };
        juno.send(Message::Binary(FromClient::Step(spot).encode().into())).await.unwrap();
        loop {
            if let Message::Binary(bytes) = mara.next().await.unwrap().unwrap()
                && Positions::decode(&bytes).unwrap().people.contains(&(AccountId(1), spot))
            {
                break;
            }
        }
    }
}
