//! The address a service listens on, and serving HTTP on it until told to stop.

use crate::program::Sentence;
use axum::Router;
use axum::body::Body;
use axum::extract::connect_info::ConnectInfo;
use axum::http::{Request, StatusCode, header};
use axum::response::IntoResponse;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto;
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr, UdpSocket};
use std::sync::{Arc, OnceLock};
use std::time::Duration;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;

/// A client gets this long to send its request's head.
const HEAD_TIMEOUT: Duration = Duration::from_secs(15);
/// Requests under way get this long to finish once the service stops.
const DRAIN: Duration = Duration::from_secs(5);
/// Waiting after an error of accept, such as too many open files, instead of spinning.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// Binds an address, or says in a sentence why not.
pub async fn bind(addr: SocketAddr, variable: &str) -> Result<TcpListener, Sentence> {
    TcpListener::bind(addr).await.map_err(|error| {
        Sentence::configuration(match error.kind() {
            io::ErrorKind::AddrInUse => format!(
                "Port {} is in use on {}. Stop what listens there, or choose another address with {variable} (port 0 picks a free one).",
                addr.port(), addr.ip()
            ),
            io::ErrorKind::PermissionDenied => format!(
                "This user may not listen on port {}. Choose one above 1023 with {variable}.", addr.port()
            ),
            _ => format!("Cannot listen on {addr}: {error}. Choose an address of this machine with {variable}."),
        })
    })
}

/// The address to tell people for a listener: that of the network where it listens on all.
pub fn told(listener: &TcpListener) -> io::Result<SocketAddr> {
    let mut addr = listener.local_addr()?;
    if addr.ip().is_unspecified() {
        addr.set_ip(network_address().unwrap_or(IpAddr::V4(Ipv4Addr::LOCALHOST)));
    }
    Ok(addr)
}

/// The address of this machine on its network. Connecting a UDP socket sends nothing: it only asks the routing table.
fn network_address() -> Option<IpAddr> {
    let socket = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0)).ok()?;
    socket.connect((Ipv4Addr::new(192, 0, 2, 1), 9)).ok()?;
    let ip = socket.local_addr().ok()?.ip();
    (!ip.is_unspecified()).then_some(ip)
}

/// Serves HTTP/1 with websocket upgrades until `stop`, then lets requests under way finish.
/// Handlers find the peer's address as `ConnectInfo<SocketAddr>`.
pub async fn serve(listener: TcpListener, router: Router, stop: CancellationToken) {
    let mut builder = auto::Builder::new(TokioExecutor::new()).http1_only();
    builder.http1().timer(TokioTimer::new()).header_read_timeout(HEAD_TIMEOUT).max_buf_size(64 * 1024);
    let graceful = GracefulShutdown::new();
    loop {
        let (stream, peer) = tokio::select! {
            () = stop.cancelled() => break,
            accepted = listener.accept() => match accepted {
                Ok(accepted) => accepted,
                Err(error) => {
                    tracing::warn!(%error, "cannot accept a connection");
                    tokio::time::sleep(ACCEPT_PAUSE).await;
                    continue;
                }
            },
        };
        // Small frames to many: waiting for more bytes would only add delay.
        let _ = stream.set_nodelay(true);
        let service = router.clone().map_request(move |mut request: Request<hyper::body::Incoming>| {
            request.extensions_mut().insert(ConnectInfo(peer));
            request.map(Body::new)
        });
        let connection = builder
            .serve_connection_with_upgrades(TokioIo::new(stream), TowerToHyperService::new(service))
            .into_owned();
        let connection = graceful.watch(connection);
        tokio::spawn(async move {
            // A peer that goes away or sends no HTTP is its own business.
            if let Err(error) = connection.await {
                tracing::debug!(%error, "connection ended");
            }
        });
    }
    drop(listener);
    if tokio::time::timeout(DRAIN, graceful.shutdown()).await.is_err() {
        tracing::warn!("some requests were still under way at the end of the drain");
    }
}

/// The doors of a service: closed (503 with a sentence) while it waits for what it needs, then open to its router.
#[derive(Debug, Clone, Default)]
pub struct Doors {
    open: Arc<OnceLock<Router>>,
}

impl Doors {
    /// The router to serve from the start.
    pub fn router(&self) -> Router {
        let doors = self.open.clone();
        Router::new().fallback(move |request: Request<Body>| async move {
            match doors.get() {
                // A router never fails.
                Some(router) => router.clone().oneshot(request).await.into_response(),
                None => {
                    let text = "The park is starting. Try again in a moment.\n";
                    (StatusCode::SERVICE_UNAVAILABLE, [(header::RETRY_AFTER, "1")], text).into_response()
                }
            }
        })
    }

    /// Opens the doors; once.
    pub fn open(&self, router: Router) {
        let _ = self.open.set(router);
    }
}
