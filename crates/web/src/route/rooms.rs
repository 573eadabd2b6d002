//! The list of rooms: `GET /api/rooms`, `POST /api/rooms`; a look into one of them: `GET /api/rooms/{slug}/floor`.

use crate::body::Json;
use crate::client::Client;
use crate::problem::Failure;
use crate::server::Site;
use crate::session::SignedIn;
use axum::Router;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::routing::get;
use protocol::http::{FloorSeen, MakeRoomBody, RoomMade, Rooms};
use protocol::name;
use protocol::refusal::RefusalCode;
use protocol::room::{Place, RoomSettings};
use std::sync::Arc;
use store::NewRoom;

pub fn router() -> Router<Arc<Site>> {
    Router::new().route("/api/rooms", get(list).post(make)).route("/api/rooms/{slug}/floor", get(look))
}

async fn list(State(site): State<Arc<Site>>) -> Result<Json<Rooms>, Failure> {
    let rooms = site.directory.rooms(&site.store).await?;
    Ok(Json(Rooms { rooms }))
}

/// What everybody on the floor sees, for whoever has not stepped in. A room that is not for everybody must not be answered here.
async fn look(
    State(site): State<Arc<Site>>,
    Path(slug): Path<String>,
    client: Client,
) -> Result<Json<FloorSeen>, Failure> {
    site.limits.looks.take(&client)?;
    let room = site.directory.room(&site.store, &slug).await?;
    let room = room.ok_or_else(|| Failure::refused(RefusalCode::NotFound, "There is no room here."))?;
    let seen = site.floors.look(&site.node, &site.directory, room).await;
    Ok(Json(Arc::unwrap_or_clone(seen)))
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
        settings: RoomSettings {
            name,
            about: String::new(),
            hue: body.hue,
            mode: body.mode,
            mix: true,
            capacity: None,
        },
        place: Place::Bandstand,
        mood: None,
        owner: Some(session.person.account),
        own: false,
    };
    let room = site.store.room_make(&new).await?;
    site.directory.changed().await;
    Ok((StatusCode::CREATED, Json(RoomMade { id: room.id, slug: room.slug })))
}
