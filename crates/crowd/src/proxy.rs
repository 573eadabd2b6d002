//! A TCP proxy between two services of a test, as a network that misbehaves: it cuts one way or both, delays, closes, and heals.
//!
//! Cut means what it means in a network: what was sent is neither lost nor refused, it does not arrive, and once the cut is healed
//! it does, unless somebody gave up. A new connection is taken and hears nothing.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{mpsc, watch};
use tokio::task::JoinHandle;
use tokio::time::Instant;

/// Bytes taken at once.
const CHUNK: usize = 16 * 1024;
/// Chunks of one direction of one connection that may be under way.
const CHUNKS: usize = 64;

/// How one direction fares.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Flow {
    /// At once.
    #[default]
    Open,
    /// So much later.
    Late(Duration),
    /// Not until it is healed.
    Cut,
}

/// How a proxy fares.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Weather {
    /// From whoever connected.
    there: Flow,
    /// To whoever connected.
    back: Flow,
    /// How often all connections were closed.
    closed: u64,
}

/// A proxy that listens on a free port of 127.0.0.1, whose far end may be told later. Dropping it closes all its connections.
#[derive(Debug)]
pub struct Proxy {
    address: SocketAddr,
    target: watch::Sender<Option<SocketAddr>>,
    weather: watch::Sender<Weather>,
    accepting: JoinHandle<()>,
}

impl Proxy {
    /// Listens. Connections wait until there is a target.
    ///
    /// # Errors
    /// When no port is free.
    pub async fn listen() -> io::Result<Proxy> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?;
        let (target, of_target) = watch::channel(None);
        let (weather, of_weather) = watch::channel(Weather::default());
        let accepting = tokio::spawn(accept(listener, of_target, of_weather));
        Ok(Proxy { address, target, weather, accepting })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Leads there from now on.
    pub fn lead_to(&self, target: SocketAddr) {
        self.target.send_replace(Some(target));
    }

    /// How bytes fare from now on: from whoever connected, and back to them.
    pub fn fare(&self, there: Flow, back: Flow) {
        self.weather.send_modify(|weather| (weather.there, weather.back) = (there, back));
    }

    /// Everything flows again.
    pub fn heal(&self) {
        self.fare(Flow::Open, Flow::Open);
    }

    /// Closes all connections. New ones are welcome.
    pub fn close(&self) {
        self.weather.send_modify(|weather| weather.closed += 1);
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        // The connections end with the sender of the weather.
        self.accepting.abort();
    }
}

async fn accept(
    listener: TcpListener,
    target: watch::Receiver<Option<SocketAddr>>,
    weather: watch::Receiver<Weather>,
) {
    loop {
        // An accept that fails, for want of descriptors say, has closed nothing: the next one may do.
        let Ok((stream, _)) = listener.accept().await else {
            tokio::task::yield_now().await;
            continue;
        };
        tokio::spawn(connect(stream, target.clone(), weather.clone()));
    }
}

/// Serves one connection to its end.
async fn connect(
    near: TcpStream,
    mut target: watch::Receiver<Option<SocketAddr>>,
    mut weather: watch::Receiver<Weather>,
) {
    let closed = weather.borrow().closed;
    let (mut there, back) = (weather.clone(), weather.clone());
    let serve = async {
        wait(&mut there, |weather| weather.there != Flow::Cut).await?;
        let place = *target.wait_for(Option::is_some).await.ok()?;
        let far = TcpStream::connect(place?).await.ok()?;
        let _ = (near.set_nodelay(true), far.set_nodelay(true));
        let ((near_read, near_write), (far_read, far_write)) = (near.into_split(), far.into_split());
        tokio::join!(
            pump(near_read, far_write, there, |weather| weather.there),
            pump(far_read, near_write, back, |weather| weather.back),
        );
        Some(())
    };
    tokio::select! {
        _ = serve => {}
        _ = wait(&mut weather, |weather| weather.closed != closed) => {}
    }
}

/// Waits for a kind of weather; none when the proxy is gone.
async fn wait(weather: &mut watch::Receiver<Weather>, holds: impl Fn(&Weather) -> bool) -> Option<()> {
    weather.wait_for(|weather| holds(weather)).await.ok().map(|_| ())
}

/// Carries one direction until its end, and passes the end on.
async fn pump(
    mut from: OwnedReadHalf,
    mut to: OwnedWriteHalf,
    mut weather: watch::Receiver<Weather>,
    flow: impl Fn(&Weather) -> Flow,
) {
    let (send, mut chunks) = mpsc::channel::<(Instant, Vec<u8>)>(CHUNKS);
    let read = async move {
        let mut buffer = vec![0; CHUNK];
        while let Ok(n @ 1..) = from.read(&mut buffer).await {
            if send.send((Instant::now(), buffer[..n].to_vec())).await.is_err() {
                break;
            }
        }
    };
    let write = async {
        while let Some((taken, chunk)) = chunks.recv().await {
            if wait(&mut weather, |weather| flow(weather) != Flow::Cut).await.is_none() {
                return;
            }
            let now = flow(&weather.borrow());
            if let Flow::Late(by) = now {
                tokio::time::sleep_until(taken + by).await;
            }
            if to.write_all(&chunk).await.is_err() {
                return;
            }
        }
        // An end that is cut off does not arrive either.
        if wait(&mut weather, |weather| flow(weather) != Flow::Cut).await.is_some() {
            let _ = to.shutdown().await;
        }
    };
    tokio::join!(read, write);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::waiting::until;

    /// A server that sends back what it gets, and a client's connection to it through a proxy.
    async fn echo() -> (Proxy, TcpStream) {
        let server = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let proxy = Proxy::listen().await.unwrap();
        let client = TcpStream::connect(proxy.address()).await.unwrap();
        proxy.lead_to(server.local_addr().unwrap());
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = server.accept().await {
                tokio::spawn(async move {
                    let (mut read, mut write) = stream.split();
                    let _ = tokio::io::copy(&mut read, &mut write).await;
                });
            }
        });
        (proxy, client)
    }

    async fn ask(client: &mut TcpStream) {
        client.write_all(b"hello").await.unwrap();
        answer(client).await;
    }

    async fn answer(client: &mut TcpStream) {
        let mut answer = [0; 5];
        tokio::time::timeout(Duration::from_secs(30), client.read_exact(&mut answer)).await.unwrap().unwrap();
        assert_eq!(&answer, b"hello");
    }

    fn hears(client: &TcpStream) -> bool {
        client.try_read(&mut [0; 5]).is_ok()
    }

    #[tokio::test]
    async fn what_is_sent_through_a_cut_arrives_once_it_is_healed() {
        let (proxy, mut client) = echo().await;
        ask(&mut client).await;
        for (there, back) in [(Flow::Cut, Flow::Open), (Flow::Open, Flow::Cut), (Flow::Cut, Flow::Cut)] {
            proxy.fare(there, back);
            client.write_all(b"hello").await.unwrap();
            // Another connection, which is not cut, takes its time: what was cut had as much.
            let (_other_proxy, mut other) = echo().await;
            for _ in 0..50 {
                ask(&mut other).await;
            }
            assert!(!hears(&client), "{there:?} {back:?}");
            proxy.heal();
            answer(&mut client).await;
        }
    }

    #[tokio::test]
    async fn a_late_answer_comes_later() {
        let (proxy, mut client) = echo().await;
        let late = Duration::from_millis(80);
        proxy.fare(Flow::Late(late), Flow::Late(late));
        let asked = Instant::now();
        ask(&mut client).await;
        assert!(asked.elapsed() >= 2 * late, "{:?}", asked.elapsed());
    }

    #[tokio::test]
    async fn closed_connections_are_gone_and_new_ones_are_welcome() {
        let (proxy, mut client) = echo().await;
        ask(&mut client).await;
        proxy.close();
        assert_eq!(client.read(&mut [0; 5]).await.unwrap_or(0), 0);
        let mut again = TcpStream::connect(proxy.address()).await.unwrap();
        ask(&mut again).await;
        let address = proxy.address();
        drop(proxy);
        until("a proxy that is gone", Duration::from_secs(30), async || {
            TcpStream::connect(address).await.is_err().then_some(())
        })
        .await
        .unwrap();
    }
}
