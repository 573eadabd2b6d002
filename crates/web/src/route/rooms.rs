//! The list of rooms: `GET /api/rooms`, `POST /api/rooms`.

use crate::body::Json;
use crate::problem::Failure;
use crate::server::Site;
use crate::session::SignedIn;
use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::get;
use protocol::http::{MakeRoomBody, RoomMade, Rooms};
use protocol::name;
use protocol::room::{Place, RoomSettings};
use std::sync::Arc;
use store::NewRoom;

pub fn router() -> Router<Arc<Site>> {
    Router::new().route("/api/rooms", get(list).post(make))
}

async fn list(State(site): State<Arc<Site>>) -> Result<Json<Rooms>, Failure> {
    let rooms = site.directory.rooms(&site.store).await?;
    Ok(Json(Rooms { rooms }))
}

/// Anybody who walked in makes rooms, guests too, and owns them.
async fn make(
    State(site): State<Arc<Site>>,
    SignedIn { client, session }: SignedIn,
    Json(body): Json<MakeRoomBody>,
) -> Result<(StatusCode, Json<RoomMade>), Failure> {
    let name = name::room_name(&body.name)?;
    site.limits.rooms.take(&client)?;
    let new = NewRoom {
        slug: name::slug(&name),
        settings: RoomSettings { name, about: String::new(), hue: body.hue, mode: body.mode, mix: true },
        place: Place::Bandstand,
        mood: None,
        owner: Some(session.person.account),
        own: false,
    };
    let room = site.store.room_make(&new).await?;
    site.directory.changed().await;
    Ok((StatusCode::CREATED, Json(RoomMade { id: room.id, slug: room.slug })))
}
