//! `GET /api/tracks?search=`: the library.

use crate::body::Json;
use crate::problem::Failure;
use crate::server::Site;
use axum::Router;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::routing::get;
use protocol::http::Tracks;
use protocol::refusal::RefusalCode;
use serde::Deserialize;
use std::sync::Arc;

/// Tracks in one answer, at the most.
const TRACKS_MAX: u32 = 100;
/// Longest search, in characters.
const SEARCH_MAX: usize = 100;

pub fn router() -> Router<Arc<Site>> {
    Router::new().route("/api/tracks", get(find))
}

#[derive(Deserialize)]
struct Search {
    #[serde(default)]
    search: String,
}

async fn find(
    State(site): State<Arc<Site>>,
    search: Result<Query<Search>, QueryRejection>,
) -> Result<Json<Tracks>, Failure> {
    let Query(Search { search }) = search?;
    let search = search.trim();
    if search.chars().count() > SEARCH_MAX {
        return Err(Failure::refused(RefusalCode::BadInput, "That is long for a search. Use a few words."));
    }
    // A character that no title has; Postgres refuses it.
    let tracks =
        if search.contains('\0') { Vec::new() } else { site.store.tracks(search, TRACKS_MAX).await? };
    Ok(Json(Tracks { tracks }))
}
