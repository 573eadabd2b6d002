//! Sessions: opaque tokens of 256 random bits, stored hashed, in a cookie; and who is asking.

use crate::client::Client;
use crate::neighbours;
use crate::problem::Failure;
use crate::server::Site;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderValue, header};
use axum::response::AppendHeaders;
use axum_extra::extract::cookie::CookieJar;
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use protocol::http::Me;
use protocol::id::AccountId;
use sha2::{Digest, Sha256};
use std::sync::Arc;
use std::time::Duration;
use store::Session;

/// The cookie over https: the browser then takes it from this host only.
const SECURE_COOKIE: &str = "__Host-park";
/// The cookie over plain http, where that prefix is refused.
const PLAIN_COOKIE: &str = "park";
/// A session that was replaced ends this much later: its sockets are closed then, when the new cookie has long arrived.
const ROTATION: Duration = Duration::from_secs(2);
const DAY_S: i64 = 86_400;
const DAY_US: i64 = DAY_S * 1_000_000;

/// 256 random bits as text that fits a cookie and an address.
pub fn draw_secret() -> String {
    BASE64_URL_SAFE_NO_PAD.encode(rand::random::<[u8; 32]>())
}

/// What the database knows of a token; `None` when the text is no token.
fn token_hash(token: &str) -> Option<[u8; 32]> {
    let token: [u8; 32] = BASE64_URL_SAFE_NO_PAD.decode(token).ok()?.try_into().ok()?;
    Some(Sha256::digest(token).into())
}

/// Somebody at the door, perhaps with a session.
#[derive(Debug, Clone)]
pub struct Visitor {
    /// Where the request comes from.
    pub client: Client,
    /// Who it is.
    pub session: Option<Session>,
}

/// Somebody with a session.
#[derive(Debug, Clone)]
pub struct SignedIn {
    /// Where the request comes from.
    pub client: Client,
    /// Who it is.
    pub session: Session,
}

/// How one sees oneself.
pub fn me(session: &Session) -> Me {
    Me { person: session.person.clone(), login: session.login.clone() }
}

impl FromRequestParts<Arc<Site>> for Visitor {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, site: &Arc<Site>) -> Result<Visitor, Failure> {
        let client = Client::from_request_parts(parts, site).await?;
        let jar = CookieJar::from_headers(&parts.headers);
        let token = jar.get(cookie_name(&client)).and_then(|cookie| token_hash(cookie.value()));
        let session = match token {
            Some(hash) => site.store.session(&hash).await?,
            None => None,
        };
        Ok(Visitor { client, session })
    }
}

impl FromRequestParts<Arc<Site>> for SignedIn {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, site: &Arc<Site>) -> Result<SignedIn, Failure> {
        let Visitor { client, session } = Visitor::from_request_parts(parts, site).await?;
        session.map(|session| SignedIn { client, session }).ok_or_else(Failure::not_signed_in)
    }
}

/// The header that sets or removes the cookie.
pub type SetCookie = AppendHeaders<[(header::HeaderName, HeaderValue); 1]>;

/// Opens a session for an account and answers with its cookie.
pub async fn open(site: &Site, client: &Client, account: AccountId) -> Result<SetCookie, Failure> {
    let token = draw_secret();
    let hash = token_hash(&token).expect("what was drawn is a token");
    let days = i64::from(site.config.session_days.get());
    site.store.session_open(account, &hash, site.clock.now_us() + days * DAY_US).await?;
    Ok(set_cookie(client, &token, days * DAY_S))
}

/// Ends a session at once: its cookie is worthless, its sockets are closed. Answers with the cookie's removal.
pub async fn end(site: &Site, signed_in: &SignedIn) -> Result<SetCookie, Failure> {
    let revoked = site.store.session_end(signed_in.session.session).await?;
    neighbours::tell_revoked(site, &revoked).await;
    Ok(set_cookie(&signed_in.client, "", 0))
}

/// Ends a session that another has replaced, a moment later; at once when the service stops.
pub fn retire(site: &Arc<Site>, session: &Session) {
    let (site, session) = (site.clone(), session.session);
    tokio::spawn(async move {
        site.stop.run_until_cancelled(tokio::time::sleep(ROTATION)).await;
        match site.store.session_end(session).await {
            Ok(revoked) => neighbours::tell_revoked(&site, &revoked).await,
            Err(error) => tracing::warn!(%error, session, "a replaced session could not be ended"),
        }
    });
}

fn cookie_name(client: &Client) -> &'static str {
    if client.origin.is_https() { SECURE_COOKIE } else { PLAIN_COOKIE }
}

fn set_cookie(client: &Client, token: &str, max_age_s: i64) -> SetCookie {
    let secure = if client.origin.is_https() { "; Secure" } else { "" };
    let name = cookie_name(client);
    let cookie = format!("{name}={token}; Path=/; Max-Age={max_age_s}; HttpOnly; SameSite=Lax{secure}");
    AppendHeaders([(
        header::SET_COOKIE,
        HeaderValue::try_from(cookie).expect("a token has no control characters"),
    )])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_256_bits_and_anything_else_is_none() {
        let token = draw_secret();
        assert_eq!(token.len(), 43);
        assert_ne!(token, draw_secret());
        assert!(token_hash(&token).is_some());
        for garbage in ["", "short", "%%%", &"A".repeat(44), &"A".repeat(10_000)] {
            assert_eq!(token_hash(garbage), None);
        }
    }
}
