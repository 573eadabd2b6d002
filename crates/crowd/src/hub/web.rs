//! What the hub answers over HTTP: anybody is a guest, a ticket is the number of an account, rooms are made for the asking.

use crate::hub::{Hub, person};
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use http::{HeaderMap, StatusCode, header};
use protocol::http::{MakeRoomBody, Me, RoomMade, Rooms, Ticket, Tracks};
use std::sync::{Arc, PoisonError};

/// Name of the session cookie, as the park's over plain http.
const COOKIE: &str = "park=";

/// The routes.
pub fn router(hub: Arc<Hub>) -> Router {
    Router::new()
        .route("/api/guest", post(guest))
        .route("/api/ticket", post(ticket))
        .route("/api/rooms", get(rooms).post(make_room))
        .route("/api/tracks", get(|| async { Json(Tracks { tracks: vec![] }) }))
        .route("/health/live", get(StatusCode::OK))
        .route("/health/ready", get(StatusCode::OK))
        .with_state(hub)
}

async fn guest(State(hub): State<Arc<Hub>>) -> Response {
    let account = hub.next_account();
    let cookie = format!("{COOKIE}{account}; Path=/; HttpOnly");
    ([(header::SET_COOKIE, cookie)], Json(Me { person: person(account), login: None })).into_response()
}

async fn ticket(headers: HeaderMap) -> Response {
    let cookies = headers.get(header::COOKIE).and_then(|cookies| cookies.to_str().ok()).unwrap_or_default();
    match cookies.split("; ").find_map(|cookie| cookie.strip_prefix(COOKIE)) {
        Some(account) => Json(Ticket { ticket: account.to_owned() }).into_response(),
        None => StatusCode::UNAUTHORIZED.into_response(),
    }
}

async fn make_room(State(hub): State<Arc<Hub>>, Json(body): Json<MakeRoomBody>) -> Response {
    match hub.open_room(body.name) {
        Some(room) => {
            (StatusCode::CREATED, Json(RoomMade { id: room.id(), slug: room.slug() })).into_response()
        }
        None => StatusCode::TOO_MANY_REQUESTS.into_response(),
    }
}

async fn rooms(State(hub): State<Arc<Hub>>) -> Json<Rooms> {
    let rooms = hub.rooms.read().unwrap_or_else(PoisonError::into_inner);
    Json(Rooms { rooms: rooms.values().map(|room| room.summary()).collect() })
}
