//! Who one is: `GET /api/me`, `POST /api/guest`, `PATCH /api/me`.

use crate::body::Json;
use crate::neighbours;
use crate::problem::Failure;
use crate::server::Site;
use crate::session::{self, SignedIn, Visitor, me};
use axum::Router;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use protocol::http::{GuestBody, Me, ProfileBody};
use protocol::name;
use protocol::people::{LOOKS, Person};
use protocol::refusal::{Refusal, RefusalCode};
use std::sync::Arc;

pub fn router() -> Router<Arc<Site>> {
    Router::new().route("/api/me", get(who).patch(change)).route("/api/guest", post(walk_in))
}

async fn who(SignedIn { session, .. }: SignedIn) -> Json<Me> {
    Json(me(&session))
}

/// Makes a guest, unless one is somebody already: then one stays who one is.
async fn walk_in(
    State(site): State<Arc<Site>>,
    Visitor { client, session }: Visitor,
    Json(body): Json<GuestBody>,
) -> Result<Response, Failure> {
    if let Some(session) = session {
        return Ok(Json(me(&session)).into_response());
    }
    let (name, look) = (name::display_name(&body.name)?, look(body.look)?);
    site.limits.guests.take(&client)?;
    let account = site.store.guest(&name, look).await?;
    let cookie = session::open(&site, &client, account).await?;
    let person = Person { account, name, look };
    Ok((cookie, Json(Me { person, login: None })).into_response())
}

async fn change(
    State(site): State<Arc<Site>>,
    SignedIn { session, .. }: SignedIn,
    Json(body): Json<ProfileBody>,
) -> Result<Json<Me>, Failure> {
    let (name, look) = (name::display_name(&body.name)?, look(body.look)?);
    let person = site.store.profile(session.person.account, &name, look).await?;
    neighbours::tell_person(&site, &person).await;
    Ok(Json(Me { person, login: session.login }))
}

fn look(look: i64) -> Result<i64, Refusal> {
    if (0..LOOKS).contains(&look) {
        Ok(look)
    } else {
        Err(Refusal::new(RefusalCode::BadInput, "There is no such look. Choose one from the rows."))
    }
}
