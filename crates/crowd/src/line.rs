//! One person's websocket: opened from a source address of their own, little memory, counted bytes.

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
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;

/// Read buffer of a socket: the library's own of 128 KiB would be most of a person's memory.
const READ_BUFFER: usize = 4 * 1024;
/// Largest message taken: a snapshot of a full room with a long queue is far below it.
const MESSAGE_MAX: usize = 16 << 20;
/// Opening takes at most this long.
const PATIENCE: Duration = Duration::from_secs(20);
/// The close code of a connection that ended without one.
const NO_CLOSE: u16 = 1006;

/// An open socket.
#[derive(Debug)]
pub struct Line(WebSocketStream<TcpStream>);

impl Line {
    /// Opens a socket and says hello.
    ///
    /// # Errors
    /// When nobody takes it, or all ports of the source are in use.
    pub async fn open(server: &Server, source: Option<IpAddr>, ticket: String) -> anyhow::Result<Line> {
        let opening = Box::pin(async {
            let stream = connect(server.address, source).await?;
            stream.set_nodelay(true)?;
            let config = WebSocketConfig::default()
                .read_buffer_size(READ_BUFFER)
                .write_buffer_size(0)
                .max_message_size(Some(MESSAGE_MAX))
                .max_frame_size(Some(MESSAGE_MAX));
            let url = format!("ws://{}/ws", server.authority);
            let (socket, _) = tokio_tungstenite::client_async_with_config(url, stream, Some(config))
                .await
                .with_context(|| format!("{} opened no websocket", server.url))?;
            let mut line = Line(socket);
            line.say(&ToServer::Hello { version: protocol::VERSION, ticket }).await?;
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
        Ok(self.0.send(Message::Text(text.into())).await?)
    }

    /// Sends a hot frame.
    ///
    /// # Errors
    /// When the connection is lost.
    pub async fn hot(&mut self, frame: Vec<u8>) -> anyhow::Result<()> {
        Ok(self.0.send(Message::Binary(frame.into())).await?)
    }

    /// The next frame with something in it; the close code once there is none. Safe to cancel.
    pub async fn next(&mut self) -> Result<Message, u16> {
        loop {
            match self.0.next().await {
                Some(Ok(message @ (Message::Text(_) | Message::Binary(_)))) => return Ok(message),
                Some(Ok(Message::Close(frame))) => return Err(frame.map_or(1005, |frame| frame.code.into())),
                Some(Ok(_)) => {}
                Some(Err(_)) | None => return Err(NO_CLOSE),
            }
        }
    }

    /// Says goodbye.
    pub async fn close(mut self) {
        // Whoever is gone already needs no goodbye.
        let _ = tokio::time::timeout(Duration::from_secs(1), self.0.close(None)).await;
    }
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
