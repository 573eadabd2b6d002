//! The page: `/`, `/r/<slug>`, the web client's files, and an answer at every other address.

use crate::client::Client;
use crate::first::First;
use crate::headers::page_policy;
use crate::page;
use crate::problem::Failure;
use crate::server::Site;
use crate::session::{Visitor, me};
use axum::Router;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use protocol::http::Boot;
use protocol::room::RoomSummary;
use std::sync::Arc;

/// Longest address that the page repeats, in characters.
const MISSING_MAX: usize = 200;

pub fn router() -> Router<Arc<Site>> {
    Router::new().route("/", get(front)).route("/r/{slug}", get(room))
}

/// The bare address leads to the liveliest room, or to the park's own.
async fn front(State(site): State<Arc<Site>>, client: Client, visitor: Result<Visitor, Failure>) -> Response {
    let rooms = match site.directory.rooms(&site.store).await {
        Ok(rooms) => rooms,
        Err(error) => return sorry(Failure::from(error)),
    };
    let room = rooms.first().cloned();
    answer(&site, &client, visitor, Shown { room, missing: None, rooms, path: "/" })
}

/// A link to a room, or the same page saying that there is none.
async fn room(
    State(site): State<Arc<Site>>,
    Path(slug): Path<String>,
    client: Client,
    visitor: Result<Visitor, Failure>,
) -> Response {
    let found = async {
        let rooms = site.directory.rooms(&site.store).await?;
        let room = site.directory.room(&site.store, &slug).await?;
        Ok::<_, Failure>((rooms, room))
    };
    let (rooms, room) = match found.await {
        Ok(found) => found,
        Err(failure) => return sorry(failure),
    };
    let path = room.as_ref().map_or_else(|| "/".to_owned(), |room| format!("/r/{}", room.slug));
    let missing = room.is_none().then(|| slug.chars().take(MISSING_MAX).collect());
    answer(&site, &client, visitor, Shown { room, missing, rooms, path: &path })
}

/// Every other address: a file of the web client, or the page saying that nothing is there.
pub async fn elsewhere(
    State(site): State<Arc<Site>>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    client: Client,
    visitor: Result<Visitor, Failure>,
) -> Response {
    let path = uri.path();
    let reads = method == Method::GET || method == Method::HEAD;
    if let Some(file) = site.web_client.answer(path, &headers).filter(|_| reads) {
        return file;
    }
    // What programs ask for, not people.
    let for_programs = ["/api/", "/audio/", "/assets/", "/ws"].iter().any(|prefix| path.starts_with(prefix));
    if !reads || for_programs {
        return Failure::nothing_here().into_response();
    }
    let rooms = match site.directory.rooms(&site.store).await {
        Ok(rooms) => rooms,
        Err(error) => return sorry(Failure::from(error)),
    };
    let missing = Some(path.chars().take(MISSING_MAX).collect());
    answer(&site, &client, visitor, Shown { room: None, missing, rooms, path: "/" })
}

struct Shown<'a> {
    room: Option<RoomSummary>,
    missing: Option<String>,
    rooms: Vec<RoomSummary>,
    /// The address that should be shared.
    path: &'a str,
}

fn answer(site: &Site, client: &Client, visitor: Result<Visitor, Failure>, shown: Shown<'_>) -> Response {
    let Some(template) = &site.web_client.page else {
        let text = "The page has not been built yet: run scripts/play in the project's folder. It builds the page and starts the park.";
        return plain(StatusCode::SERVICE_UNAVAILABLE, "The page is missing", text);
    };
    let me = match visitor {
        Ok(visitor) => visitor.session.as_ref().map(me),
        Err(failure) => return sorry(failure),
    };
    let status = if shown.missing.is_some() { StatusCode::NOT_FOUND } else { StatusCode::OK };
    let first = site.web_client.first.as_ref();
    let guest = if me.is_none() { first.map(First::newcomer) } else { None };
    let boot = Boot {
        me,
        guest,
        room: shown.room,
        missing: shown.missing,
        rooms: shown.rooms,
        now_us: site.clock.now_us(),
        opened_us: site.opened_us,
        software: env!("CARGO_PKG_VERSION").to_owned(),
    };
    let card = first.and_then(|first| first.fill(&boot)).unwrap_or_default();
    match template.fill(&boot, &card, &client.origin, shown.path) {
        Ok(html) => {
            let policy = [(header::CONTENT_SECURITY_POLICY, page_policy(&client.origin))];
            (status, policy, page_head(), html).into_response()
        }
        Err(error) => sorry(Failure::Fault(error.into())),
    }
}

fn sorry(failure: Failure) -> Response {
    failure.into_page(|status, text| plain(status, "The park is closed for a moment", text))
}

fn plain(status: StatusCode, heading: &str, text: &str) -> Response {
    (status, page_head(), page::plain(heading, text)).into_response()
}

/// The page is made for one person: nobody on the way keeps it, and the browser asks again.
fn page_head() -> [(header::HeaderName, HeaderValue); 3] {
    [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8")),
        (header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache")),
        (header::VARY, HeaderValue::from_static("cookie")),
    ]
}
