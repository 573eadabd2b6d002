//! One person's websocket: opened from a source address of their own, little memory, counted bytes.

mod counted;

use self::counted::Counted;
use crate::addresses::{OutOfPorts, Server};
use anyhow::Context;
use futures_util::{SinkExt, StreamExt};
use protocol::socket::ToServer;
use std::io::{self, ErrorKind};
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;
use tokio::net::{TcpSocket, TcpStream};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::{Role, WebSocketConfig};

/// Read buffer of a socket: the library's own of 128 KiB would be most of a person's memory.
const READ_BUFFER: usize = 4 * 1024;
/// Largest message taken: a snapshot of a full room with a long queue is far below it.
const MESSAGE_MAX: usize = 16 << 20;
/// Opening takes at most this long, and so does the first word of a room.
pub const PATIENCE: Duration = Duration::from_secs(20);
/// The close code of a connection that ended without one.
const NO_CLOSE: u16 = 1006;

const PUT_BACK: &str = "it is put back as soon as it is taken";

/// An open socket.
///
/// The library's read buffer grows to the largest frame and stays so: the list of the people on a floor would be kept for ever, and most of a
/// person's memory. So the library's part is made anew, with a small buffer, as soon as all that was read has been taken out of the large one.
#[derive(Debug)]
pub struct Line {
    /// There always, but for the moment in which it is made anew.
    socket: Option<WebSocketStream<Counted>>,
    /// Bytes of the frames that were taken out so far, with all that was read before the first.
    taken: u64,
    /// A frame came that its buffer had to grow for.
    is_swollen: bool,
}

impl Line {
    /// Opens a socket and says hello.
    ///
    /// # Errors
    /// When nobody takes it, or all ports of the source are in use.
    pub async fn open(server: &Server, source: Option<IpAddr>, ticket: String) -> anyhow::Result<Line> {
        let opening = Box::pin(async {
            let stream = connect(server.address, source).await?;
            stream.set_nodelay(true)?;
            let url = format!("ws://{}/ws", server.authority);
            let opened =
                tokio_tungstenite::client_async_with_config(url, Counted::new(stream), Some(config()));
            let (socket, _) = opened.await.with_context(|| format!("{} opened no websocket", server.url))?;
            // A gateway says nothing before it was greeted: no frame has been read yet.
            let taken = socket.get_ref().read();
            let mut line = Line { socket: Some(socket), taken, is_swollen: false };
            line.say(&ToServer::Hello { version: protocol::VERSION, ticket, rooms_age_ms: None }).await?;
            Ok(line)
        });
        match tokio::time::timeout(PATIENCE, opening).await {
            Ok(opened) => opened,
            Err(_) => anyhow::bail!("{} opened no websocket within {} s", server.url, PATIENCE.as_secs()),
        }
    }

    /// Sends a frame.
    ///
    /// # Errors
    /// When the connection is lost.
    pub async fn say(&mut self, frame: &ToServer) -> anyhow::Result<()> {
        let text = serde_json::to_string(frame).expect("frames are JSON");
        Ok(self.socket().send(Message::Text(text.into())).await?)
    }

    /// Sends a hot frame.
    ///
    /// # Errors
    /// When the connection is lost.
    pub async fn hot(&mut self, frame: Vec<u8>) -> anyhow::Result<()> {
        Ok(self.socket().send(Message::Binary(frame.into())).await?)
    }

    /// The next frame with something in it; the close code once there is none. Safe to cancel.
    pub async fn next(&mut self) -> Result<Message, u16> {
        loop {
            self.shrink().await;
            let next = self.socket().next().await;
            if let Some(Ok(message)) = &next {
                self.taken += on_the_wire(message.len());
                self.is_swollen |= message.len() > READ_BUFFER;
            }
            match next {
                Some(Ok(message @ (Message::Text(_) | Message::Binary(_)))) => return Ok(message),
                Some(Ok(Message::Close(frame))) => return Err(frame.map_or(1005, |frame| frame.code.into())),
                Some(Ok(_)) => {}
                Some(Err(_)) | None => return Err(NO_CLOSE),
            }
        }
    }

    /// Lets a large buffer go once it is empty.
    async fn shrink(&mut self) {
        if self.is_swollen && self.socket().get_ref().read() == self.taken {
            let stream = self.socket.take().map(WebSocketStream::into_inner).expect(PUT_BACK);
            // It has nothing to wait for, so that nobody can be cancelled between these lines.
            let anew = WebSocketStream::from_raw_socket(stream, Role::Client, Some(config()));
            self.socket = Some(anew.await);
            self.is_swollen = false;
        }
    }

    fn socket(&mut self) -> &mut WebSocketStream<Counted> {
        self.socket.as_mut().expect(PUT_BACK)
    }

    /// Says goodbye.
    pub async fn close(mut self) {
        // Whoever is gone already needs no goodbye.
        let _ = tokio::time::timeout(Duration::from_secs(1), self.socket().close(None)).await;
    }
}

fn config() -> WebSocketConfig {
    WebSocketConfig::default()
        .read_buffer_size(READ_BUFFER)
        .write_buffer_size(0)
        .max_message_size(Some(MESSAGE_MAX))
        .max_frame_size(Some(MESSAGE_MAX))
}

/// Bytes of a frame of a server with so many bytes in it (RFC 6455, 5.2).
fn on_the_wire(payload: usize) -> u64 {
    let head = match payload {
        0..126 => 2,
        126..65_536 => 4,
        _ => 10,
    };
    head + payload as u64
}

async fn connect(address: SocketAddr, source: Option<IpAddr>) -> anyhow::Result<TcpStream> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() };
    let socket = socket.context("No socket can be made: are there too few descriptors (ulimit -n)?")?;
    if let Some(source) = source {
        socket.bind(SocketAddr::new(source, 0)).map_err(|error| sentence(error, address, Some(source)))?;
    }
    socket.connect(address).await.map_err(|error| sentence(error, address, source))
}

/// What happened, to what, and what to do.
fn sentence(error: io::Error, address: SocketAddr, source: Option<IpAddr>) -> anyhow::Error {
    if let Some(why) = OutOfPorts::is_why(&error, source, &address.to_string()) {
        return anyhow::Error::from(error).context(why);
    }
    let what = match (error.kind(), source) {
        (ErrorKind::AddrNotAvailable, Some(source)) => format!("{source} is no address of this machine"),
        _ => format!("Nobody takes connections at {address}"),
    };
    anyhow::Error::from(error).context(what)
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn refused(address: &str, source: Option<&str>) -> String {
        let source = source.map(|source| source.parse().unwrap());
        format!("{:#}", connect(address.parse().unwrap(), source).await.unwrap_err())
    }

    #[tokio::test]
    async fn large_frames_among_small_ones_all_come_and_leave_no_large_buffer_behind() {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let server = Server::find(&format!("http://{}", listener.local_addr().unwrap())).await.unwrap();
        let lengths = [1, 125, 126, 5_000, 10, 65_535, 65_536, 200_000, 3, 0, 70_000];
        let serve = async {
            let (stream, _) = listener.accept().await.unwrap();
            let mut socket = tokio_tungstenite::accept_async(stream).await.unwrap();
            assert!(matches!(socket.next().await, Some(Ok(Message::Text(_)))), "a hello");
            for length in lengths {
                socket.feed(Message::Ping("still there?".into())).await.unwrap();
                socket.feed(Message::Binary(vec![length as u8; length].into())).await.unwrap();
            }
            socket.flush().await.unwrap();
            while let Some(Ok(_)) = socket.next().await {}
        };
        let listen = async {
            let mut line = Line::open(&server, None, "ticket".to_owned()).await.unwrap();
            for length in lengths {
                let Ok(Message::Binary(bytes)) = line.next().await else { panic!("no {length} bytes") };
                assert!(bytes.len() == length && bytes.iter().all(|byte| *byte == length as u8));
            }
            assert!(line.is_swollen && line.taken == line.socket().get_ref().read());
            line.shrink().await;
            assert!(!line.is_swollen);
            line.close().await;
        };
        tokio::join!(serve, listen);
    }

    #[tokio::test]
    async fn a_connection_that_cannot_be_made_says_why() {
        assert!(refused("127.0.0.1:1", None).await.contains("Nobody takes connections at 127.0.0.1:1"));
        let foreign = refused("127.0.0.1:1", Some("192.0.2.1")).await;
        assert!(foreign.contains("192.0.2.1 is no address of this machine"), "{foreign}");
    }

    #[test]
    fn used_up_ports_are_told_from_a_park_that_is_away() {
        let address = "127.0.0.1:8080".parse().unwrap();
        let told = |kind: ErrorKind, source| format!("{:#}", sentence(kind.into(), address, source));
        let source = Some("127.0.0.2".parse().unwrap());
        assert!(told(ErrorKind::AddrInUse, source).contains("All ports of 127.0.0.2"));
        assert!(told(ErrorKind::AddrNotAvailable, None).contains("All ports towards 127.0.0.1:8080"));
        assert!(told(ErrorKind::ConnectionRefused, source).contains("Nobody takes connections"));
    }
}
