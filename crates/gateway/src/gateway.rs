//! Putting the gateway together: its handlers on cipher, its tasks, its route.

use crate::config::Config;
use crate::directory::Directory;
use crate::floors::Floors;
use crate::owners::OwnersMap;
use crate::rooms::Rooms;
use crate::session::Sessions;
use crate::upstream::Upstream;
use crate::{revocations, socket};
use axum::Router;
use axum::extract::{State, WebSocketUpgrade};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use cipher::{Message, Node};
use http::{HeaderMap, StatusCode, header};
use protocol::link::{CommandAnswered, CommandResult, Owners, PersonChanged, Revoked, route};
use protocol::socket::{CloseCode, FRAME_MAX, ToClient};
use service::clock::ParkClock;
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// Read buffer of a socket: the library's default of 128 KiB is most of a connection's memory (ARCHITECTURE.md), and what browsers send is
/// short.
const READ_BUFFER: usize = 1024;
/// Frames fed one after another gather up to this and leave in one write. The library keeps a buffer as large as it ever was.
const WRITE_BUFFER: usize = 4 * 1024;
/// Bytes the websocket library may hold back: more than the largest snapshot. What waits for a socket is bounded by its outbox.
const WRITE_BUFFER_MAX: usize = 16 * 1024 * 1024;
/// Sockets get this long between the word that they should go elsewhere and their close.
const DRAIN: Duration = Duration::from_millis(500);

/// Closing the sockets may take this long.
const LAST_WORDS: Duration = Duration::from_secs(2);
/// Between two looks whether they are closed.
const LOOK_EVERY: Duration = Duration::from_millis(10);

/// A running gateway.
#[derive(Debug, Clone)]
pub struct Gateway {
    shared: Arc<Shared>,
    tasks: TaskTracker,
}

/// What the sockets share.
#[derive(Debug)]
pub struct Shared {
    pub config: Config,
    pub node: Node,
    pub clock: ParkClock,
    pub sessions: Arc<Sessions>,
    pub rooms: Arc<Rooms>,
    pub floors: Arc<Floors>,
    pub directory: Arc<Directory>,
    pub upstream: Arc<Upstream>,
    pub stop: CancellationToken,
}

impl Gateway {
    /// Registers the gateway's handlers on its node and starts its tasks, which end with `stop`. The caller lets the node serve.
    pub fn start(config: Config, node: Node, clock: ParkClock, stop: &CancellationToken) -> Gateway {
        let sessions = Arc::new(Sessions::default());
        let owners = OwnersMap::new(sessions.clone());
        let rooms = Rooms::new(node.clone(), owners.clone());
        let floors = Floors::new(node.clone(), owners.clone());
        let upstream = Upstream::new(node.clone(), clock.clone(), owners.clone(), sessions.clone());
        let directory = Directory::new(sessions.clone());
        let stopping = stop.clone();
        let shared = Arc::new(Shared {
            config,
            node,
            clock,
            sessions,
            rooms,
            floors,
            directory,
            upstream,
            stop: stopping,
        });
        listen_to_services(&shared, owners);
        let tasks = TaskTracker::new();
        let node = || shared.node.clone();
        tasks.spawn(shared.upstream.clone().run(stop.clone()));
        tasks.spawn(shared.upstream.clone().watch_workers(stop.clone()));
        tasks.spawn(revocations::follow(node(), shared.sessions.clone(), stop.clone()));
        tasks.spawn(shared.directory.clone().follow(node(), stop.clone()));
        let digests = shared.rooms.clone().follow_digests();
        let stopped = stop.clone();
        tasks.spawn(async move {
            stopped.run_until_cancelled(digests).await;
        });
        tasks.close();
        Gateway { shared, tasks }
    }

    /// The route `/ws`.
    pub fn router(&self) -> Router {
        Router::new().route("/ws", get(upgrade)).with_state(self.shared.clone())
    }

    /// Tells all sockets to go elsewhere and closes them; returns when the gateway's tasks have ended. After `stop`.
    pub async fn drain(&self) {
        let sessions = self.shared.sessions.all();
        for session in &sessions {
            session.tell(&ToClient::Draining {});
        }
        if !sessions.is_empty() {
            tokio::time::sleep(DRAIN).await;
        }
        for session in self.shared.sessions.all() {
            session.outbox.close(CloseCode::GoingAway, "The park restarts here. Come back at once.");
        }
        // The tasks' last word is that nobody stands anywhere any more; the sockets say theirs meanwhile.
        self.tasks.wait().await;
        let gone = async {
            while !self.shared.sessions.all().is_empty() {
                tokio::time::sleep(LOOK_EVERY).await;
            }
        };
        let _ = tokio::time::timeout(LAST_WORDS, gone).await;
    }
}

/// What other services tell this gateway.
fn listen_to_services(shared: &Arc<Shared>, owners: OwnersMap) {
    let upstream = shared.upstream.clone();
    let map = owners.clone();
    shared.node.on(route::OWNERS_TOLD, move |message: Message<Owners>| {
        if map.learn(&message.payload) {
            upstream.tell_all();
        }
        async { Ok(()) }
    });
    let at = shared.clone();
    shared.node.on(route::ANSWER, move |message: Message<CommandAnswered>| {
        let at = at.clone();
        let owners = owners.clone();
        async move {
            answer(&at, &owners, message.payload);
            Ok(())
        }
    });
    let at = shared.clone();
    shared.node.on(route::PERSON_CHANGED, move |message: Message<PersonChanged>| {
        for session in at.sessions.rename(&message.payload.person) {
            at.upstream.changed(session.socket);
        }
        async { Ok(()) }
    });
    let at = shared.clone();
    shared.node.on(route::REVOKED, move |message: Message<Revoked>| {
        at.sessions.revoke(message.payload.account, message.payload.session);
        async { Ok(()) }
    });
}

fn answer(shared: &Arc<Shared>, owners: &OwnersMap, answered: CommandAnswered) {
    let Some(session) = shared.sessions.get(answered.socket) else { return };
    let id = answered.id;
    if !session.has_result(id) {
        return;
    }
    match answered.result {
        CommandResult::Accepted(head) => session.tell(&ToClient::Accepted { id, head }),
        CommandResult::Refused(why) => session.tell(&ToClient::Refused { id, why }),
        CommandResult::NotOwner(_) => {
            session.tell(&ToClient::Unknown { id });
            let (owners, node) = (owners.clone(), shared.node.clone());
            tokio::spawn(async move { owners.ask(&node).await });
        }
    }
}

async fn upgrade(
    State(shared): State<Arc<Shared>>,
    headers: HeaderMap,
    upgrade: WebSocketUpgrade,
) -> Response {
    let header = |name| headers.get(name).and_then(|value| value.to_str().ok());
    let origin = headers.contains_key(header::ORIGIN).then(|| header(header::ORIGIN).unwrap_or("null"));
    if !shared.config.pages.allow(origin, header(header::HOST)) {
        let text = "This page does not belong to this park. Its operator can allow it with MUSICPARK_ALLOWED_ORIGINS.\n";
        return (StatusCode::FORBIDDEN, text).into_response();
    }
    upgrade
        .read_buffer_size(READ_BUFFER)
        .write_buffer_size(WRITE_BUFFER)
        .max_write_buffer_size(WRITE_BUFFER_MAX)
        .max_message_size(FRAME_MAX)
        .max_frame_size(FRAME_MAX)
        .on_upgrade(move |socket| socket::drive(socket, shared))
}
