//! `POST /api/ticket`: a ticket for one websocket.

use crate::body::Json;
use crate::problem::Failure;
use crate::server::Site;
use crate::session::SignedIn;
use axum::Router;
use axum::extract::State;
use axum::routing::post;
use protocol::http::Ticket;
use protocol::link::TicketOwner;
use protocol::refusal::{Refusal, RefusalCode};
use std::sync::Arc;
use std::time::Instant;

pub fn router() -> Router<Arc<Site>> {
    Router::new().route("/api/ticket", post(issue))
}

async fn issue(
    State(site): State<Arc<Site>>,
    SignedIn { client, session }: SignedIn,
) -> Result<Json<Ticket>, Failure> {
    site.limits.tickets.take(&client)?;
    let owner = TicketOwner { person: session.person, session: session.session };
    let full = || {
        let text = "Very many people are coming in right now. Try again in 5 seconds.";
        Failure::Refused(Refusal::new(RefusalCode::Unavailable, text).after(5000))
    };
    let ticket = site.tickets.issue(owner, Instant::now()).ok_or_else(full)?;
    Ok(Json(Ticket { ticket }))
}
