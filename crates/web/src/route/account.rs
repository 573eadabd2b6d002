//! Accounts with a password: `POST /api/register`, `POST /api/login`, `POST /api/logout`.
//!
//! Registering says when a name is taken, as one has to choose another; logging in never tells a known name from an unknown one.

use crate::body::Json;
use crate::limits::again_later;
use crate::password::{self, Verified};
use crate::problem::Failure;
use crate::server::Site;
use crate::session::{self, SignedIn, Visitor};
use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use protocol::http::{Me, PasswordBody};
use protocol::id::AccountId;
use protocol::name::{self, LOGIN_MAX};
use protocol::people::{LOOKS, Person};
use protocol::refusal::RefusalCode;
use std::sync::Arc;
use std::time::Instant;
use store::StoreError;

pub fn router() -> Router<Arc<Site>> {
    Router::new()
        .route("/api/register", post(register))
        .route("/api/login", post(log_in))
        .route("/api/logout", post(log_out))
}

/// A guest becomes an account and stays who they are; somebody without a session becomes a new person of that name.
async fn register(
    State(site): State<Arc<Site>>,
    Visitor { client, session }: Visitor,
    Json(body): Json<PasswordBody>,
) -> Result<Response, Failure> {
    let login = name::login(&body.login)?;
    password::check(&body.password, &login)?;
    if session.as_ref().is_some_and(|session| session.login.is_some()) {
        return Err(has_a_login());
    }
    site.limits.logins.take(&client)?;
    let hash = site.hasher.hash(body.password).await?;
    let person = match &session {
        Some(session) => {
            site.store.register(session.person.account, &login, &hash).await.map_err(not_registered)?;
            session.person.clone()
        }
        None => {
            let look = rand::random_range(0..LOOKS);
            let account =
                site.store.register_new(&login, look, &login, &hash).await.map_err(not_registered)?;
            Person { account, name: login.clone(), look }
        }
    };
    site.throttle.known(&login, client.key());
    let cookie = session::open(&site, &client, person.account).await?;
    if let Some(guest) = session {
        session::retire(&site, &guest);
    }
    Ok((cookie, Json(Me { person, login: Some(login) })).into_response())
}

/// Whoever was a guest before is the account from now on.
async fn log_in(
    State(site): State<Arc<Site>>,
    Visitor { client, session }: Visitor,
    Json(body): Json<PasswordBody>,
) -> Result<Response, Failure> {
    site.limits.logins.take(&client)?;
    // What cannot be a name is an unknown one: it takes the same way, and its tries are counted as well.
    let login = name::login(&body.login).unwrap_or_default();
    let tried: String = body.login.trim().to_lowercase().chars().take(LOGIN_MAX * 2).collect();
    let wait = site.throttle.admit(&tried, client.key(), Instant::now());
    wait.map_err(|wait| again_later("Too many tries with a wrong password.", wait))?;
    let account = match verify(&site, &login, body.password).await {
        Ok(Some(account)) => account,
        Ok(None) => return Err(Failure::refused(RefusalCode::Forbidden, "Name and password do not match.")),
        Err(failure) => {
            site.throttle.not_tried(&tried, client.key());
            return Err(failure);
        }
    };
    site.throttle.succeeded(&tried, client.key());
    let gone = || Failure::Fault(anyhow::anyhow!("account {account} has a login and is no person"));
    let person = site.store.person(account).await?.ok_or_else(gone)?;
    let cookie = session::open(&site, &client, account).await?;
    if let Some(former) = session {
        session::retire(&site, &former);
    }
    Ok((cookie, Json(Me { person, login: Some(login) })).into_response())
}

/// The account of a name and its password. One hash for every answer, known name or not.
async fn verify(site: &Site, login: &str, password: String) -> Result<Option<AccountId>, Failure> {
    let (account, stored) = site.store.credentials(login).await?.unzip();
    match site.hasher.verify(password.clone(), stored).await? {
        Verified::Wrong => Ok(None),
        Verified::Right => Ok(account),
        Verified::RightButOutdated => {
            if let Some(account) = account {
                let hash = site.hasher.hash(password).await?;
                site.store.rehash(account, &hash).await?;
            }
            Ok(account)
        }
    }
}

async fn log_out(State(site): State<Arc<Site>>, signed_in: SignedIn) -> Result<Response, Failure> {
    let cookie = session::end(&site, &signed_in).await?;
    Ok((cookie, StatusCode::NO_CONTENT).into_response())
}

fn has_a_login() -> Failure {
    Failure::refused(RefusalCode::Conflict, "You have a log-in already. Log out first to make another.")
}

fn not_registered(error: StoreError) -> Failure {
    match error {
        StoreError::Taken => Failure::refused(RefusalCode::Conflict, "This name is taken. Choose another."),
        StoreError::Conflict(_) => has_a_login(),
        error => error.into(),
    }
}
