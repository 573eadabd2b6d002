//! The floor of the benchmark: a bare hub on the park's own libraries that writes finished frames to sockets and plays no game.
//!
//! It speaks just enough of the protocol for the crowd: guests, tickets, rooms, snapshots, chat, steps. Nothing is checked, saved or
//! sent between processes, so that what it costs to deliver is what the kernel and the websocket library cost, and the park's
//! figures can be told as a ratio to it. The web's answers and the sockets have a listener each: a socket is plain TCP under
//! tokio-tungstenite, without an HTTP server around it.

mod listener;
mod room;
mod socket;
mod web;

use protocol::id::{AccountId, RoomId};
use protocol::people::Person;
use room::Room;
use rustc_hash::FxHashMap;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{SystemTime, UNIX_EPOCH};
use tokio::net::TcpListener;

/// Rooms a hub holds at the most.
const ROOMS_MAX: usize = 20_000;

/// A bare hub.
#[derive(Debug, Default)]
pub struct Hub {
    rooms: RwLock<FxHashMap<RoomId, Arc<Room>>>,
    accounts: AtomicI64,
    sockets: AtomicI64,
}

impl Hub {
    /// Serves people who log in at `web` and connect at `gateway`, for as long as the process lives.
    ///
    /// # Errors
    /// When the web's listener breaks.
    pub async fn serve(web: TcpListener, gateway: TcpListener) -> std::io::Result<()> {
        let hub = Arc::new(Hub::default());
        let sockets = tokio::spawn(socket::accept(hub.clone(), gateway));
        let served = axum::serve(web, web::router(hub)).await;
        sockets.abort();
        served
    }

    fn room(&self, room: RoomId) -> Option<Arc<Room>> {
        self.rooms.read().unwrap_or_else(PoisonError::into_inner).get(&room).cloned()
    }

    /// Opens a room; none when there are too many.
    fn open_room(&self, name: String) -> Option<Arc<Room>> {
        let mut rooms = self.rooms.write().unwrap_or_else(PoisonError::into_inner);
        if rooms.len() >= ROOMS_MAX {
            return None;
        }
        let id = RoomId(i64::try_from(rooms.len()).ok()? + 1);
        let room = Room::open(id, name);
        rooms.insert(id, room.clone());
        Some(room)
    }

    fn next_account(&self) -> AccountId {
        AccountId(self.accounts.fetch_add(1, Ordering::Relaxed) + 1)
    }

    fn next_socket(&self) -> i64 {
        self.sockets.fetch_add(1, Ordering::Relaxed)
    }
}

/// Everybody's name is their number: the hub remembers nobody.
fn person(account: AccountId) -> Person {
    Person { account, name: format!("Guest {account}"), look: 0 }
}

/// The hub's time, in microseconds since 1970.
fn now_us() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_micros()).unwrap_or(i64::MAX)
}
